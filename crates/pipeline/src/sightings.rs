//! What sightings come to: whom each names, and what the data of all vessels say of it.

use crate::observe::{ObservedHull, Suspected};
use landfall_events::dark::{
    Absence, Assessment, ClaimMatch, Evidence, HeardTable, IdentityIndex, InferenceConfig,
    SeenInGap, SeenInOneOf, exclude_each_other, is_claim, port_of,
};
use landfall_spatial_index::PortIndex;
use landfall_track::{
    AssessedSighting, DoubtfulMatch, EliminationPool, HullIx, MatchBasis, Place, PortIx,
    RegisteredVessel, Sighting, SightingIx, SightingOutcome, TimeSpan, Timestamp, Verdict, Vessel,
    VesselId, distance_m,
};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Ids named of vessels that reported from a sighting's place.
const REPORTING_TOLD: usize = 10;
/// Sightings named that one sighting excludes.
const CONTRADICTIONS_TOLD: usize = 50;
/// No two places are farther apart, in nautical miles.
const HALF_ROUND_NMI: f64 = 10_820.0;
/// No scene covers more around its middle, in metres.
const MOST_SEARCHED_M: f64 = 500_000.0;

/// Whom each sighting names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Claims {
    matches: Vec<Match>,
    by_vessel: BTreeMap<VesselId, Vec<SightingIx>>,
    unclaimed: Vec<SightingIx>,
}

#[derive(Clone, Debug)]
struct Match {
    basis: Option<MatchBasis>,
    doubtful: Vec<DoubtfulMatch>,
    /// Known by a register, but without a report in the data.
    is_elsewhere: bool,
}

impl Claims {
    /// Matches every sighting's claim to the run's vessels.
    pub(crate) fn new<'v>(
        sightings: &[Sighting],
        vessels: impl Iterator<Item = &'v Vessel>,
        register: &'v [RegisteredVessel],
    ) -> Self {
        let mut claims = Self::default();
        if sightings.is_empty() {
            return claims;
        }
        let index = IdentityIndex::new(vessels, register);
        for (number, sighting) in sightings.iter().enumerate() {
            let ix = SightingIx(number as u32);
            let mut found = Match {
                basis: None,
                doubtful: Vec::new(),
                is_elsewhere: false,
            };
            match index.resolve(&sighting.claim, sighting.from, sighting.to) {
                ClaimMatch::Anonymous | ClaimMatch::Nobody => claims.unclaimed.push(ix),
                ClaimMatch::Taken {
                    vessels,
                    basis,
                    doubtful,
                } => {
                    found.basis = Some(basis);
                    found.doubtful = doubtful;
                    for vessel in vessels.into_iter().filter_map(|at| index.vessel(at)) {
                        claims
                            .by_vessel
                            .entry(vessel.id.clone())
                            .or_default()
                            .push(ix);
                    }
                }
                ClaimMatch::NotInTheData { doubtful, .. } => {
                    found.is_elsewhere = true;
                    found.doubtful = doubtful;
                }
                ClaimMatch::Doubtful(doubtful) => {
                    found.doubtful = doubtful;
                    claims.unclaimed.push(ix);
                }
            }
            claims.matches.push(found);
        }
        claims
    }

    /// The sightings that name a vessel.
    pub(crate) fn of(&self, vessel: &VesselId) -> &[SightingIx] {
        self.by_vessel.get(vessel).map_or(&[], Vec::as_slice)
    }

    /// The sightings that name nobody who can be taken.
    pub(crate) fn unclaimed(&self) -> &[SightingIx] {
        &self.unclaimed
    }
}

/// Everything that is gathered of one sighting, hull by hull.
#[derive(Clone, Debug, Default)]
struct Gathered {
    /// For each id of the claimed vessel the assessment that counts among its hulls.
    claimed: BTreeMap<VesselId, (HullIx, Assessment)>,
    suspects: Vec<Suspected>,
    suspects_total: u32,
    /// Hulls that could have been there in some silence, however short.
    rivals: u32,
    /// Vessels heard about then in that area that could have been the one, and the last of them: hulls
    /// of one id count once.
    considered: u32,
    last_considered: Option<VesselId>,
    reporting_there: Vec<String>,
}

/// Gathers what every hull's data say of every sighting.
pub(crate) struct Assessor<'a> {
    sightings: &'a [Sighting],
    claims: &'a Claims,
    config: &'a InferenceConfig,
    /// When the data begin and end.
    data: (Timestamp, Timestamp),
    /// Whether the run sees every vessel of its inputs, so that one can be taken by elimination.
    sees_all: bool,
    /// Each hull's cap on speed.
    caps_knots: Vec<f64>,
    gathered: Vec<Gathered>,
}

impl<'a> Assessor<'a> {
    pub(crate) fn new(
        sightings: &'a [Sighting],
        claims: &'a Claims,
        config: &'a InferenceConfig,
        data: (Timestamp, Timestamp),
        sees_all: bool,
    ) -> Self {
        Self {
            sightings,
            claims,
            config,
            data,
            sees_all,
            caps_knots: Vec::new(),
            gathered: vec![Gathered::default(); sightings.len()],
        }
    }

    /// Adds what one hull's data say.
    pub(crate) fn add(
        &mut self,
        ix: HullIx,
        (id, vessel_id): (&VesselId, &str),
        hull: &mut ObservedHull,
    ) {
        self.caps_knots.push(hull.speeds.cap_knots);
        for (sighting, mut assessment) in std::mem::take(&mut hull.claimed) {
            if let Some(reach) = &mut assessment.reach {
                reach.hull = ix;
            }
            match self.gathered[sighting.0 as usize].claimed.entry(id.clone()) {
                Entry::Vacant(entry) => {
                    entry.insert((ix, assessment));
                }
                Entry::Occupied(mut entry) => {
                    let so_far = entry.get_mut();
                    let silences = so_far.1.silences_possible + assessment.silences_possible;
                    let plausible = so_far.1.silences_plausible + assessment.silences_plausible;
                    if is_likelier_hull(&assessment, &so_far.1) {
                        *so_far = (ix, assessment);
                    }
                    so_far.1.silences_possible = silences;
                    so_far.1.silences_plausible = plausible;
                }
            }
        }
        for mut found in std::mem::take(&mut hull.suspected) {
            found.suspect.hull = ix;
            let gathered = &mut self.gathered[found.sighting.0 as usize];
            gathered.suspects_total += 1;
            let at = gathered
                .suspects
                .partition_point(|other| is_likelier(other, &found));
            gathered.suspects.insert(at, found);
            gathered.suspects.truncate(self.config.suspects as usize);
        }
        for sighting in std::mem::take(&mut hull.rival) {
            self.gathered[sighting.0 as usize].rivals += 1;
        }
        for sighting in std::mem::take(&mut hull.considered) {
            let gathered = &mut self.gathered[sighting.0 as usize];
            if gathered.last_considered.as_ref() != Some(id) {
                gathered.last_considered = Some(id.clone());
                gathered.considered += 1;
            }
        }
        for sighting in std::mem::take(&mut hull.there) {
            let reporting = &mut self.gathered[sighting.0 as usize].reporting_there;
            if reporting.len() < REPORTING_TOLD {
                reporting.push(vessel_id.to_owned());
            }
        }
    }

    /// What every sighting comes to; `heard` says who is heard where.
    pub(crate) fn finish(self, heard: &HeardTable) -> Vec<AssessedSighting> {
        let mut assessed: Vec<AssessedSighting> = self
            .gathered
            .iter()
            .enumerate()
            .map(|(number, gathered)| {
                let pool = self.pool(&self.sightings[number], gathered, heard);
                self.assessed(SightingIx(number as u32), gathered, pool)
            })
            .collect();
        self.drop_excluded(&mut assessed);
        self.link_absences(&mut assessed);
        self.find_contradictions(&mut assessed);
        assessed
    }

    /// Among how many an unnamed vessel is sought; `None` if the sighting names one, or its time is too
    /// long to say who was there.
    fn pool(
        &self,
        sighting: &Sighting,
        gathered: &Gathered,
        heard: &HeardTable,
    ) -> Option<EliminationPool> {
        let is_sought = sighting.outcome == SightingOutcome::Seen
            && is_anonymous(sighting)
            && !is_claim(sighting, self.config);
        let margin_ms = (self.config.pool_h * 3_600_000.0) as i64;
        is_sought.then(|| EliminationPool {
            considered: gathered.considered,
            needed: self.config.pool_vessels,
            within_h: self.config.pool_h,
            within_m: self.config.pool_m,
            is_restricted: !self.sees_all,
            is_received: heard.others_heard_near(
                sighting.position,
                TimeSpan {
                    earliest: sighting.from.shifted(-margin_ms),
                    latest: Some(sighting.to.shifted(margin_ms)),
                },
            ),
        })
    }

    fn assessed(
        &self,
        ix: SightingIx,
        gathered: &Gathered,
        pool: Option<EliminationPool>,
    ) -> AssessedSighting {
        let sighting = &self.sightings[ix.0 as usize];
        let found = &self.claims.matches[ix.0 as usize];
        let mut assessed = AssessedSighting {
            sighting: ix,
            verdict: Verdict::UnknownVessel,
            hull: None,
            basis: found.basis,
            doubtful: found.doubtful.clone(),
            is_claim: is_claim(sighting, self.config),
            ais: None,
            reach: None,
            silences_possible: 0,
            silences_plausible: 0,
            possible_gaps: Vec::new(),
            one_of: None,
            pool,
            suspects: gathered
                .suspects
                .iter()
                .map(|found| found.suspect)
                .collect(),
            suspects_total: gathered.suspects_total,
            reporting_there: gathered.reporting_there.clone(),
            contradicts: Vec::new(),
        };
        let claimed = gathered.claimed.values().reduce(|best, next| {
            if among_ids(&best.1) < among_ids(&next.1) {
                next
            } else {
                best
            }
        });
        if let Some((hull, assessment)) = claimed {
            assessed.verdict = assessment.verdict;
            assessed.hull = Some(*hull);
            assessed.ais = assessment.ais;
            assessed.reach = assessment.reach;
            assessed.silences_possible = assessment.silences_possible;
            assessed.silences_plausible = assessment.silences_plausible;
            assessed.possible_gaps.clone_from(&assessment.possible_gaps);
        } else if found.is_elsewhere
            || found.basis.is_some()
            || sighting.to < self.data.0
            || sighting.from > self.data.1
        {
            assessed.verdict = Verdict::OutsideTheData;
        } else if sighting.outcome == SightingOutcome::NoVessel {
            assessed.verdict = if gathered.reporting_there.is_empty() {
                Verdict::Possible
            } else {
                Verdict::Contradicted
            };
        } else if let Some(alone) = self.by_elimination(sighting, gathered, pool) {
            assessed.hull = Some(alone.suspect.hull);
            assessed.basis = Some(MatchBasis::Elimination);
            assessed.reach = Some(alone.suspect);
            assessed.silences_possible = alone.gaps;
        }
        assessed
    }

    /// The one vessel that can have been seen, if nobody is named and there is but one of enough that
    /// were heard about then in that area: no other reported from there, or was silent, however
    /// briefly, and could have been there. Where nobody was heard though somebody usually is, the
    /// others' silence says nothing, either.
    fn by_elimination(
        &self,
        sighting: &Sighting,
        gathered: &Gathered,
        pool: Option<EliminationPool>,
    ) -> Option<Suspected> {
        let is_alone = pool.is_some_and(|pool| pool.suffices())
            && gathered.reporting_there.is_empty()
            && gathered.suspects_total == 1
            && gathered.rivals == 1;
        gathered.suspects.first().copied().filter(|found| {
            is_alone
                && found.fits_length
                && found.suspect.is_plausible != Some(false)
                && !is_claim(sighting, self.config)
        })
    }

    /// One taken by elimination is not taken where another sighting of hers excludes it: then she is
    /// not the one who can have been seen, or the data lack the one who was.
    fn drop_excluded(&self, assessed: &mut [AssessedSighting]) {
        let mut of_hulls: BTreeMap<HullIx, Vec<usize>> = BTreeMap::new();
        for (number, found) in assessed.iter().enumerate() {
            let is_seen = self.sightings[number].outcome == SightingOutcome::Seen;
            let is_hers = found.verdict != Verdict::Contradicted && !found.is_claim;
            if let Some(hull) = found.hull.filter(|_| is_seen && is_hers) {
                of_hulls.entry(hull).or_default().push(number);
            }
        }
        let mut excluded = Vec::new();
        for (hull, members) in &of_hulls {
            let knots = self.caps_knots.get(hull.0 as usize).copied();
            let knots = knots.unwrap_or_else(|| self.config.speed_caps.of(None));
            let by_elimination = members
                .iter()
                .filter(|number| assessed[**number].basis == Some(MatchBasis::Elimination));
            excluded.extend(by_elimination.copied().filter(|number| {
                members.iter().any(|other| {
                    let (a, b) = (&self.sightings[*number], &self.sightings[*other]);
                    number != other && exclude_each_other(a, b, knots, self.config)
                })
            }));
        }
        for number in excluded {
            let found = &mut assessed[number];
            (found.hull, found.basis, found.reach) = (None, None, None);
            found.silences_possible = 0;
        }
    }

    /// A scene without the unnamed ship speaks of the one that was taken, by elimination, for the
    /// unnamed ship seen at the same place shortly before or after.
    fn link_absences(&self, assessed: &mut [AssessedSighting]) {
        for number in 0..assessed.len() {
            let gone = &self.sightings[number];
            if gone.outcome != SightingOutcome::NotThere
                || assessed[number].hull.is_some()
                || assessed[number].verdict != Verdict::UnknownVessel
                || assessed[number].is_claim
            {
                continue;
            }
            let apart_h = |seen: &Sighting| {
                (gone.from.hours_since(seen.to))
                    .max(seen.from.hours_since(gone.to))
                    .max(0.0)
            };
            let same = assessed
                .iter()
                .filter(|other| other.basis == Some(MatchBasis::Elimination))
                .filter(|other| {
                    self.sightings[other.sighting.0 as usize].outcome == SightingOutcome::Seen
                })
                .filter_map(|other| {
                    let seen = &self.sightings[other.sighting.0 as usize];
                    let near_m = seen.error_radius_m + gone.error_radius_m;
                    let is_near = distance_m(seen.position, gone.position) <= near_m;
                    (is_near && apart_h(seen) <= self.config.claim_h).then_some((
                        apart_h(seen),
                        other.hull,
                        other.reach,
                    ))
                })
                .min_by(|a, b| a.0.total_cmp(&b.0));
            if let Some((_, hull, reach)) = same {
                let silent_then = reach.is_some_and(|reach| {
                    reach.before.time <= gone.from
                        && reach.after.is_none_or(|after| after.time >= gone.to)
                });
                if silent_then {
                    assessed[number].hull = hull;
                    assessed[number].basis = Some(MatchBasis::Elimination);
                    assessed[number].reach = reach;
                }
            }
        }
    }

    /// Tells sightings of one ship that no ship can all have made.
    fn find_contradictions(&self, assessed: &mut [AssessedSighting]) {
        let any_knots = self
            .config
            .cap_knots
            .unwrap_or_else(|| self.config.speed_caps.of(None));
        let mut groups: BTreeMap<String, (f64, Vec<usize>)> = BTreeMap::new();
        for (number, found) in assessed.iter().enumerate() {
            let sighting = &self.sightings[number];
            if sighting.outcome != SightingOutcome::Seen {
                continue;
            }
            let claim = &sighting.claim;
            let subject = match (found.hull, found.basis) {
                (Some(hull), Some(basis)) if basis != MatchBasis::Elimination => {
                    format!("hull {}", hull.0)
                }
                _ => match (claim.imo, claim.mmsi, &claim.name) {
                    (Some(imo), ..) => format!("imo {imo}"),
                    (None, Some(mmsi), _) => format!("mmsi {mmsi}"),
                    (None, None, Some(name)) => format!("name {}", name.trim().to_uppercase()),
                    (None, None, None) => continue,
                },
            };
            let knots = found
                .hull
                .and_then(|hull| self.caps_knots.get(hull.0 as usize).copied())
                .unwrap_or(any_knots);
            groups
                .entry(subject)
                .or_insert((knots, Vec::new()))
                .1
                .push(number);
        }
        for (knots, mut members) in groups.into_values() {
            members.sort_by_key(|number| (self.sightings[*number].from, *number));
            for (at, a) in members.iter().enumerate() {
                for b in &members[at + 1..] {
                    let (first, second) = (&self.sightings[*a], &self.sightings[*b]);
                    // From then on she can have come from the other side of the earth.
                    if second.from.hours_since(first.to) * knots > HALF_ROUND_NMI {
                        break;
                    }
                    let is_full =
                        |number: usize| assessed[number].contradicts.len() >= CONTRADICTIONS_TOLD;
                    if is_full(*a) && is_full(*b) {
                        continue;
                    }
                    if exclude_each_other(first, second, knots, self.config) {
                        assessed[*a].contradicts.push(SightingIx(*b as u32));
                        assessed[*b].contradicts.push(SightingIx(*a as u32));
                    }
                }
            }
        }
        self.find_denials(assessed);
        for found in assessed {
            found.contradicts.sort_unstable();
        }
    }

    /// Tells where one source saw her and another, at the same time and place, saw that she was not
    /// there. Only what is known to the hour is compared.
    fn find_denials(&self, assessed: &mut [AssessedSighting]) {
        let is_brief =
            |sighting: &Sighting| sighting.to.hours_since(sighting.from) <= self.config.confirm_h;
        let of_outcome = |seen: bool| {
            let mut chosen: Vec<usize> = (0..assessed.len())
                .filter(|number| {
                    let sighting = &self.sightings[*number];
                    is_brief(sighting) && (sighting.outcome == SightingOutcome::Seen) == seen
                })
                .collect();
            chosen.sort_by_key(|number| (self.sightings[*number].from, *number));
            chosen
        };
        let (seen, denied) = (of_outcome(true), of_outcome(false));
        for no in denied {
            let denial = &self.sightings[no];
            let first = seen.partition_point(|yes| {
                denial.from.hours_since(self.sightings[*yes].from) > self.config.confirm_h
            });
            let same_ship = |yes: usize| {
                denial.outcome == SightingOutcome::NoVessel
                    || (assessed[no].hull.is_some() && assessed[no].hull == assessed[yes].hull)
            };
            let is_denied = |yes: usize| {
                let sighting = &self.sightings[yes];
                sighting.to >= denial.from
                    && same_ship(yes)
                    && distance_m(sighting.position, denial.position) + sighting.error_radius_m
                        <= denial.searched_m()
            };
            let told: Vec<usize> = seen[first..]
                .iter()
                .copied()
                .take_while(|yes| self.sightings[*yes].from <= denial.to)
                .filter(|yes| is_denied(*yes))
                .take(CONTRADICTIONS_TOLD)
                .collect();
            for yes in told {
                assessed[no].contradicts.push(SightingIx(yes as u32));
                assessed[yes].contradicts.push(SightingIx(no as u32));
            }
        }
    }
}

/// Whether a sighting names nobody.
fn is_anonymous(sighting: &Sighting) -> bool {
    let claim = &sighting.claim;
    claim.name.is_none() && claim.imo.is_none() && claim.mmsi.is_none()
}

/// What the assessed sightings say.
#[derive(Default)]
pub(crate) struct RunEvidence {
    /// Of each hull that is in some sighting.
    pub(crate) hulls: BTreeMap<HullIx, Evidence>,
    /// When no vessel was in a port; each port's in time order.
    pub(crate) absences: BTreeMap<PortIx, Vec<Absence>>,
}

/// What the assessed sightings say of hulls and of ports.
pub(crate) fn evidence(
    sightings: &[Sighting],
    assessed: &[AssessedSighting],
    ports: &PortIndex,
) -> RunEvidence {
    let mut hulls: BTreeMap<HullIx, Evidence> = BTreeMap::new();
    let mut of_all = BTreeMap::new();
    for (sighting, found) in sightings.iter().zip(assessed) {
        let is_negative = sighting.outcome != SightingOutcome::Seen;
        let is_refuted = found.verdict == Verdict::Contradicted
            || (is_negative && !found.contradicts.is_empty());
        if is_refuted || (found.is_claim && is_negative) {
            continue;
        }
        let absence = |port| Absence {
            position: sighting.position,
            radius_m: sighting.searched_m(),
            covers_port: covers(sighting, ports, port),
            from: sighting.from,
            to: sighting.to,
            sighting: found.sighting,
        };
        match sighting.outcome {
            SightingOutcome::Seen => {
                let is_named = found.basis != Some(MatchBasis::Elimination);
                let reach = found
                    .reach
                    .filter(|_| found.verdict == Verdict::Possible || !is_named);
                let Some(reach) = reach else {
                    continue;
                };
                // A claim that one silence alone can hold is a group of one: its time is too long to
                // say more of when that was.
                if found.silences_possible > 1 || found.is_claim {
                    if is_named && found.contradicts.is_empty() {
                        let evidence: &mut Evidence = hulls.entry(reach.hull).or_default();
                        evidence.one_of.push(SeenInOneOf::of(found));
                    }
                } else if let Some(gap) = reach.gap {
                    hulls.entry(reach.hull).or_default().seen.push(SeenInGap {
                        sighting: found.sighting,
                        gap,
                        is_named,
                        is_plausible: reach.is_plausible,
                    });
                }
            }
            SightingOutcome::NotThere | SightingOutcome::NoVessel => {
                let absences = match (sighting.outcome, found.hull) {
                    (SightingOutcome::NoVessel, _) => &mut of_all,
                    (_, Some(hull)) => &mut hulls.entry(hull).or_default().absences,
                    (_, None) => continue,
                };
                for port in searched_ports(sighting, ports) {
                    let of_port: &mut Vec<Absence> = absences.entry(port).or_default();
                    of_port.push(absence(port));
                }
            }
        }
    }
    let of_hulls = hulls.values_mut().map(|hull| &mut hull.absences);
    for of_port in of_hulls.chain([&mut of_all]).flat_map(BTreeMap::values_mut) {
        of_port.sort_by_key(|absence| (absence.from, absence.to, absence.sighting));
    }
    RunEvidence {
        hulls,
        absences: of_all,
    }
}

/// Whether a scene covered every place at which a ship is in a port.
fn covers(sighting: &Sighting, ports: &PortIndex, port: PortIx) -> bool {
    let farthest_m = match &ports.port(port).place {
        Place::Points(points) => points
            .iter()
            .map(|point| distance_m(*point, sighting.position))
            .fold(0.0, f64::max),
        Place::Polygons(_) => f64::INFINITY,
    };
    farthest_m + ports.enter_radius_m(port) <= sighting.searched_m()
}

/// The ports of which a scene says something: those it covered, and the one it was taken in.
fn searched_ports(sighting: &Sighting, ports: &PortIndex) -> Vec<PortIx> {
    let mut searched: Vec<PortIx> = ports
        .near(
            sighting.position,
            sighting.searched_m().min(MOST_SEARCHED_M),
        )
        .into_iter()
        .map(|near| near.port)
        .filter(|port| covers(sighting, ports, *port))
        .collect();
    searched.extend(port_of(sighting, ports));
    searched.sort_unstable();
    searched.dedup();
    searched
}

/// Of one id's hulls the one counts whose data say most for her: another ship under the same id that
/// was elsewhere does not speak against her.
fn among_hulls(assessment: &Assessment) -> u8 {
    match assessment.verdict {
        Verdict::Confirmed => 4,
        Verdict::Possible => 3,
        Verdict::OutsideTheData => 2,
        Verdict::Contradicted => 1,
        Verdict::UnknownVessel | Verdict::LeftOut => 0,
    }
}

/// Whether of two hulls of one id the first says more; of two that could have been there, the one with a
/// gap, and then the one with more to spare.
fn is_likelier_hull(a: &Assessment, b: &Assessment) -> bool {
    let reach = |it: &Assessment| it.reach.map(|reach| (reach.gap.is_some(), reach.slack_h));
    match among_hulls(a).cmp(&among_hulls(b)) {
        std::cmp::Ordering::Equal => reach(a) > reach(b),
        order => order.is_gt(),
    }
}

/// Of one ship's ids the one counts that was in use: one silent since long says less than one that
/// reported before and after.
fn among_ids(assessment: &Assessment) -> u8 {
    let is_closed = assessment.reach.is_some_and(|reach| reach.after.is_some());
    match assessment.verdict {
        Verdict::Confirmed => 5,
        Verdict::Possible if is_closed => 4,
        Verdict::Contradicted => 3,
        Verdict::Possible => 2,
        Verdict::OutsideTheData => 1,
        Verdict::UnknownVessel | Verdict::LeftOut => 0,
    }
}

/// Whether one suspect is listed before another: those whose length fits first, then the plausible
/// ones, then those with more to spare, then in the order of their ids.
fn is_likelier(a: &Suspected, b: &Suspected) -> bool {
    let plausible = |found: &Suspected| found.suspect.is_plausible != Some(false);
    (a.fits_length.cmp(&b.fits_length))
        .then(plausible(a).cmp(&plausible(b)))
        .then(a.suspect.slack_h.total_cmp(&b.suspect.slack_h))
        .is_ge()
}
