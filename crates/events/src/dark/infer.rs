//! Inference on one hull: its gaps' candidates, its dark calls and its dark legs.

use super::call::GapCase;
use super::candidates::{Caller, CandidateSetting, Ranked, in_order};
use super::evidence::{Evidence, SeenInOneOf, SplitGap, Splitter, port_of};
use super::leg::{LegCase, call_after, call_before, is_call};
use super::reach::{Absence, Absences, Silence};
use landfall_spatial_index::PortIndex;
use landfall_track::{
    Candidate, DarkCall, DarkCallIx, Gap, GapInference, GapIx, GapKind, Grade, HullFindings,
    HullIx, OneOf, PortCall, PortIx, ReachSpeeds, Reception, Sighting, Timestamp, distance_m,
};
use std::collections::{BTreeMap, BTreeSet};

/// So many of the candidates that a dark call beat are named.
const BEATEN: usize = 5;

/// What inference works with beside one hull's events.
#[derive(Clone, Copy)]
pub struct Inference<'a> {
    /// Ports, thresholds, water, reception, watch list.
    pub candidates: CandidateSetting<'a>,
    /// Every sighting of the run.
    pub sightings: &'a [Sighting],
    /// The end of the data.
    pub data_end: Timestamp,
    /// When no vessel was in a port; each port's in time order.
    pub absences: &'a BTreeMap<PortIx, Vec<Absence>>,
}

/// One hull's events and summaries, as inference needs them.
#[derive(Clone, Copy)]
pub struct HullCase<'a> {
    /// Which hull.
    pub hull: HullIx,
    /// Her gaps in time order.
    pub gaps: &'a [Gap],
    /// The reception of each gap.
    pub receptions: &'a [Reception],
    /// Her stays in port in time order, passages too.
    pub calls: &'a [PortCall],
    /// The numbers of the gaps at both ends of which the vessel lay still outside every port.
    pub at_rest: &'a BTreeSet<u32>,
    /// Her speeds.
    pub speeds: ReachSpeeds,
    /// What sightings say of her.
    pub evidence: &'a Evidence,
}

impl HullCase<'_> {
    /// When she was seen to call at each port.
    fn past_calls(&self) -> BTreeMap<PortIx, Vec<Timestamp>> {
        let mut past_calls: BTreeMap<PortIx, Vec<Timestamp>> = BTreeMap::new();
        for call in self.calls.iter().filter(|call| is_call(call)) {
            let calls = past_calls.entry(call.port).or_default();
            calls.push(call.first.time);
        }
        past_calls
    }

    /// The call that a gap merely interrupts: she was in the same port before and after.
    fn interrupted(&self, gap: &Gap) -> Option<&PortCall> {
        let after = gap.after?;
        call_before(self.calls, gap.before.time).filter(|call| call.last.time >= after.time)
    }

    /// The ports of the observed calls in which she fell silent and was next heard.
    fn berths(&self, gap: &Gap) -> (Option<PortIx>, Option<PortIx>) {
        let before = call_before(self.calls, gap.before.time)
            .filter(|call| call.last.time >= gap.before.time);
        let after = gap.after.and_then(|after| {
            call_after(self.calls, after.time).filter(|call| call.first.time <= after.time)
        });
        (before.map(|call| call.port), after.map(|call| call.port))
    }

    /// Whether the vessel is next heard within the berth where it fell silent, and lay there both
    /// times.
    fn is_at_berth(&self, number: u32, berth_m: f64) -> bool {
        let gap = &self.gaps[number as usize];
        let (before, after) = self.berths(gap);
        let lay = (before.is_some() && before == after) || self.at_rest.contains(&number);
        let moved = |after: landfall_track::ReportRef| {
            distance_m(gap.before.position, after.position) > berth_m
        };
        lay && gap.after.is_some_and(|after| !moved(after))
    }

    /// Whether she is known to have left, or come to, a port over a gap: one who falls silent in port
    /// and is not heard again, or is heard there again, may have lain there all the time.
    fn is_on_the_way(&self, gap: &Gap) -> bool {
        match gap.after {
            Some(_) => self.interrupted(gap).is_none(),
            None => gap.port.is_none(),
        }
    }
}

impl Inference<'_> {
    /// Everything inference says of one hull.
    pub fn hull(&self, case: &HullCase<'_>) -> HullFindings {
        let past_calls = case.past_calls();
        let absences = Absences {
            of_all: self.absences,
            own: &case.evidence.absences,
            longest_h: self.candidates.reach.config.claim_h,
        };
        let caller = Caller {
            speeds: case.speeds,
            past_calls: &past_calls,
            absences,
        };
        let splitter = Splitter {
            ports: self.candidates.reach.ports,
            sightings: self.sightings,
            config: self.candidates.reach.config,
            data_end: self.data_end,
            absences,
        };
        let (groups, mut groups_of_gaps) = self.groups(case);
        let found: Vec<FoundGap> = (0..)
            .zip(case.gaps)
            .map(|(number, gap)| {
                let split = splitter.split(gap, number, case.evidence, case.speeds);
                self.gap(case, (number, gap), split, &caller)
            })
            .collect();
        let cases: Vec<GapCase<'_>> = (0..)
            .zip(&found)
            .map(|(number, found)| GapCase {
                gap: GapIx {
                    hull: case.hull,
                    number,
                },
                kind: case.gaps[number as usize].kind,
                split: &found.split,
                ranked: &found.ranked,
                lay_still: found.lay_still,
                caller: &caller,
                berths: case.berths(&case.gaps[number as usize]),
                one_of: groups_of_gaps.remove(&number).unwrap_or_default(),
                sightings: self.sightings,
            })
            .collect();
        let (mut sighted, doubtful): (Vec<DarkCall>, Vec<DarkCall>) = cases
            .iter()
            .flat_map(|gap_case| gap_case.sighted(&self.candidates))
            .partition(|call| call.grade >= Grade::D3);
        sighted.sort_by_key(order);
        let unsighted = self.unsighted(case, &cases, &sighted, &doubtful);
        let mut dark = merge(sighted, unsighted);
        let with_sighted: Vec<Vec<Candidate>> = cases
            .iter()
            .map(|gap_case| {
                let listed = gap_case.ranked.listed.clone();
                with_sighted(listed, gap_case.gap, &dark, self.candidates.reach.ports)
            })
            .collect();
        for call in &mut dark {
            call.beaten = beaten(&with_sighted[call.gap.number as usize], call);
        }
        let splits: Vec<&SplitGap> = found.iter().map(|found| &found.split).collect();
        let (dark_legs, patterns) = LegCase {
            hull: case.hull,
            gaps: case.gaps,
            calls: case.calls,
            dark: &dark,
            splits: &splits,
            water: self.candidates.water,
            reach: self.candidates.reach,
            cap_knots: case.speeds.cap_knots,
        }
        .legs();
        let gaps = cases
            .iter()
            .zip(case.receptions)
            .zip(with_sighted)
            .map(|((gap_case, reception), candidates)| GapInference {
                gap: gap_case.gap,
                speeds: case.speeds,
                reception: *reception,
                split_by: gap_case.split.sightings().collect(),
                parts: gap_case
                    .split
                    .silences()
                    .iter()
                    .map(Silence::part)
                    .collect(),
                candidates,
                candidates_total: gap_case.ranked.total,
                lay_still: gap_case.lay_still,
                one_of: gap_case.one_of.clone(),
            })
            .collect();
        HullFindings {
            gaps,
            dark_calls: dark,
            one_of: groups,
            dark_legs,
            patterns,
        }
    }

    /// One gap with its candidates. A vessel that was not silent was not dark, and of one that lay still
    /// nothing says that it left.
    fn gap(
        &self,
        case: &HullCase<'_>,
        (number, gap): (u32, &Gap),
        split: SplitGap,
        caller: &Caller<'_>,
    ) -> FoundGap {
        let berth = case.berths(gap).0;
        let stayed = split
            .stays
            .iter()
            .all(|stay| stay.port.is_some() && stay.port == berth);
        let berth_m = self.candidates.reach.config.berth_m;
        let lay_still = stayed && case.is_at_berth(number, berth_m);
        let silences = split.silences();
        let ranked = if gap.kind != GapKind::Silence {
            Ranked::default()
        } else if lay_still {
            let own = berth.and_then(|port| self.candidates.port(&silences, port, caller));
            Ranked {
                total: u32::from(own.is_some()),
                listed: own.into_iter().collect(),
            }
        } else {
            self.candidates.of_gap(&silences, caller)
        };
        FoundGap {
            split,
            ranked,
            lay_still,
        }
    }

    /// What sightings prove that several silences can hold, and that of each gap.
    fn groups(&self, case: &HullCase<'_>) -> (Vec<OneOf>, BTreeMap<u32, Vec<OneOf>>) {
        let mut groups: Vec<OneOf> = Vec::new();
        let mut of_gaps: BTreeMap<u32, Vec<OneOf>> = BTreeMap::new();
        for seen in &case.evidence.one_of {
            if let Some(group) = self.one_of(case, seen) {
                groups.push(group);
                for possible in &seen.gaps {
                    of_gaps.entry(possible.gap).or_default().push(group);
                }
            }
        }
        (groups, of_gaps)
    }

    /// What a sighting proves that several silences can hold: a call in at least one of them. Nothing if
    /// it was made outside every port, or where AIS itself has the vessel before or after one of them.
    fn one_of(&self, case: &HullCase<'_>, seen: &SeenInOneOf) -> Option<OneOf> {
        let sighting = self.sightings.get(seen.sighting.0 as usize)?;
        let port = port_of(sighting, self.candidates.reach.ports)?;
        let mut gaps = seen
            .gaps
            .iter()
            .filter_map(|possible| case.gaps.get(possible.gap as usize));
        let is_berth = |gap: &Gap| {
            let (before, after) = case.berths(gap);
            before == Some(port) || after == Some(port)
        };
        if seen.gaps.is_empty() || gaps.any(is_berth) {
            return None;
        }
        let is_plausible = (seen.gaps.iter()).any(|gap| gap.is_plausible != Some(false));
        Some(OneOf {
            sighting: seen.sighting,
            port,
            silences: seen.silences,
            gaps: seen.gaps.len() as u32,
            grade: if is_plausible && !sighting.is_second_hand() {
                Grade::D3
            } else {
                Grade::D1
            },
        })
    }

    /// The calls that no sighting bears out: those that repeat the leg of a sighted one, those at watched
    /// ports, and those that sightings have doubtfully, which may repeat such a leg, too. `repeats` counts
    /// among the sighted ones alone.
    fn unsighted(
        &self,
        case: &HullCase<'_>,
        cases: &[GapCase<'_>],
        sighted: &[DarkCall],
        doubtful: &[DarkCall],
    ) -> Vec<DarkCall> {
        let ends: Vec<LegPorts> = case
            .gaps
            .iter()
            .map(|gap| LegPorts::around(gap, case.calls))
            .collect();
        let mut found = Vec::new();
        for (number, gap_case) in cases.iter().enumerate() {
            let doubtful = || {
                let all = doubtful.iter();
                all.filter(|call| call.gap.number as usize == number)
            };
            if gap_case.kind != GapKind::Silence || gap_case.lay_still {
                found.extend(doubtful().cloned());
                continue;
            }
            let taken: BTreeSet<PortIx> = sighted
                .iter()
                .filter(|call| call.gap.number as usize == number)
                .map(|call| call.candidate.port)
                .collect();
            let is_on_the_way = case.is_on_the_way(&case.gaps[number]);
            let mut repeated: BTreeMap<PortIx, DarkCallIx> = BTreeMap::new();
            for (at, call) in sighted.iter().enumerate() {
                let port = call.candidate.port;
                let model = ends[call.gap.number as usize];
                if is_on_the_way && !taken.contains(&port) && ends[number].shares_leg(model, port) {
                    repeated.entry(port).or_insert(DarkCallIx(at as u32));
                }
            }
            let mut told = BTreeSet::new();
            for call in doubtful() {
                told.insert(call.candidate.port);
                let model = repeated.get(&call.candidate.port).copied();
                let model = model.filter(|_| call.candidate.is_plausible != Some(false));
                found.push(DarkCall {
                    grade: model.map_or(call.grade, |_| Grade::D2),
                    repeats: model,
                    ..call.clone()
                });
            }
            let taken = &taken | &told;
            let caller = gap_case.caller;
            let setting = &self.candidates;
            let silences = gap_case.split.silences();
            // Every watched port that is in reach is listed.
            let listed = &gap_case.ranked.listed;
            let watched = listed
                .iter()
                .filter(|listed| listed.is_watched && !taken.contains(&listed.port))
                .filter(|listed| !repeated.contains_key(&listed.port))
                .filter(|listed| !gap_case.is_berth(listed.port))
                .map(|listed| (*listed, None));
            let untold = repeated.iter().filter(|(port, _)| !told.contains(port));
            let repeats = untold.filter_map(|(port, model)| {
                let mut known = listed.iter().filter(|listed| listed.port == *port);
                let candidate = known.next().copied();
                let candidate = candidate.or_else(|| setting.port(&silences, *port, caller))?;
                Some((candidate, Some(*model)))
            });
            found.extend(
                repeats
                    .chain(watched)
                    .filter(|(candidate, _)| candidate.is_plausible != Some(false))
                    .filter_map(|(candidate, repeats)| {
                        gap_case.unsighted(setting, candidate, repeats)
                    }),
            );
        }
        found
    }
}

/// A gap with what sightings leave of it, and its candidates.
struct FoundGap {
    split: SplitGap,
    ranked: Ranked,
    lay_still: bool,
}

/// The candidates that a call beat, a few of those within the usual speed.
fn beaten(candidates: &[Candidate], call: &DarkCall) -> Vec<Candidate> {
    candidates
        .iter()
        .filter(|other| other.port != call.candidate.port)
        .filter(|other| other.is_plausible != Some(false))
        .take(BEATEN)
        .copied()
        .collect()
}

/// A gap's candidates, of which one where she was seen has the numbers of that call: a stay there may
/// begin in one part of the gap and end in the next.
fn with_sighted(
    mut listed: Vec<Candidate>,
    gap: GapIx,
    dark: &[DarkCall],
    ports: &PortIndex,
) -> Vec<Candidate> {
    let sighted = dark
        .iter()
        .filter(|call| call.gap == gap && call.grade >= Grade::D3);
    for call in sighted {
        let seen = &call.candidate;
        let same = listed
            .iter_mut()
            .find(|listed| listed.port == seen.port && listed.longest_stay_h < seen.longest_stay_h);
        if let Some(same) = same {
            *same = *seen;
        }
    }
    listed.sort_by(|a, b| in_order(a, b, ports));
    listed
}

/// The calls between which a gap lies, by port and first report.
#[derive(Clone, Copy)]
struct LegPorts {
    before: Option<(PortIx, Timestamp)>,
    after: Option<(PortIx, Timestamp)>,
}

impl LegPorts {
    fn around(gap: &Gap, calls: &[PortCall]) -> Self {
        let named = |call: &PortCall| (call.port, call.first.time);
        let before = call_before(calls, gap.before.time);
        let after = gap.after.and_then(|after| call_after(calls, after.time));
        Self {
            before: before.map(named),
            after: after.map(named),
        }
    }

    /// Whether a call at a port in between makes the same leg there, or from there, as one on
    /// another trip did.
    fn shares_leg(self, model: Self, port: PortIx) -> bool {
        let same = |a: Option<(PortIx, Timestamp)>, b: Option<(PortIx, Timestamp)>| {
            a.zip(b)
                .is_some_and(|(a, b)| a.0 == b.0 && a.1 != b.1 && a.0 != port)
        };
        same(self.before, model.before) || same(self.after, model.after)
    }
}

fn order(call: &DarkCall) -> (u32, Timestamp, std::cmp::Reverse<Grade>, PortIx) {
    (
        call.gap.number,
        call.arrival.earliest,
        std::cmp::Reverse(call.grade),
        call.candidate.port,
    )
}

/// All dark calls in order; what repeats a sighted one is told its new place.
fn merge(sighted: Vec<DarkCall>, unsighted: Vec<DarkCall>) -> Vec<DarkCall> {
    let count = sighted.len();
    let mut all: Vec<(Option<usize>, DarkCall)> = sighted
        .into_iter()
        .enumerate()
        .map(|(at, call)| (Some(at), call))
        .chain(unsighted.into_iter().map(|call| (None, call)))
        .collect();
    all.sort_by_key(|(_, call)| order(call));
    let mut place = vec![0; count];
    for (now, (was, _)) in all.iter().enumerate() {
        if let Some(was) = was {
            place[*was] = now as u32;
        }
    }
    all.into_iter()
        .map(|(_, mut call)| {
            call.repeats = call
                .repeats
                .and_then(|model| place.get(model.0 as usize))
                .map(|place| DarkCallIx(*place));
            call
        })
        .collect()
}

#[cfg(test)]
mod tests;
