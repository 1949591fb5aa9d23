//! Evidence is what sightings say of one hull's gaps: where she was seen in them, and where she was
//! not. A sighting that bears out where the vessel was splits its gap, and tightens all times on both
//! sides. One that does not (see [`GradeLimit`]) is listed at its place and changes nothing else.

use super::reach::{Absence, Absences, Silence, earlier, later};
use super::{InferenceConfig, exclude_each_other};
use landfall_spatial_index::PortIndex;
use landfall_track::{
    Activity, AssessedSighting, Fix, Gap, GradeLimit, METRES_PER_NAUTICAL_MILE, Place,
    PortDistance, PortIx, Position, PossibleGap, ReachSpeeds, Sighting, SightingIx, Timestamp,
    distance_m,
};
use std::collections::BTreeMap;

/// A sighting that puts a hull into one of her gaps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeenInGap {
    /// Which sighting.
    pub sighting: SightingIx,
    /// Which of her gaps.
    pub gap: u32,
    /// Whether it names her; if not, she was taken by elimination.
    pub is_named: bool,
    /// Whether the vessel's usual speed suffices to be there; `None` if it is not known.
    pub is_plausible: Option<bool>,
}

impl SeenInGap {
    /// What keeps it from bearing out by itself that the vessel was there; empty if nothing does.
    pub fn limits(&self, sighting: &Sighting) -> impl Iterator<Item = GradeLimit> + use<> {
        let limits = [
            (!self.is_named).then_some(GradeLimit::Elimination),
            sighting.is_second_hand().then_some(GradeLimit::SecondHand),
            (self.is_plausible == Some(false)).then_some(GradeLimit::BeyondUsualSpeed),
        ];
        limits.into_iter().flatten()
    }

    /// Whether it bears out by itself that the vessel was there.
    pub fn bears_out(&self, sighting: &Sighting) -> bool {
        self.limits(sighting).next().is_none()
    }
}

/// A sighting that several of a hull's silences can hold.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenInOneOf {
    /// Which sighting.
    pub sighting: SightingIx,
    /// How many silences, those too short to be gaps included.
    pub silences: u32,
    /// Those that are gaps.
    pub gaps: Vec<PossibleGap>,
}

impl SeenInOneOf {
    /// The silences that can hold a sighting: those that the vessel's usual speed allows, if these are
    /// several, else all that the cap does.
    pub fn of(found: &AssessedSighting) -> Self {
        let is_several = found.silences_plausible > 1;
        let gaps = found.possible_gaps.iter();
        Self {
            sighting: found.sighting,
            silences: if is_several {
                found.silences_plausible
            } else {
                found.silences_possible
            },
            gaps: gaps
                .filter(|gap| !is_several || gap.is_plausible != Some(false))
                .copied()
                .collect(),
        }
    }
}

/// What sightings say of one hull.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Where it was seen while silent, by sightings that one silence alone can hold. Claims over a
    /// long time are not among them.
    pub seen: Vec<SeenInGap>,
    /// Where it was seen in one of several silences, claims over a long time included.
    pub one_of: Vec<SeenInOneOf>,
    /// When she was not in a port, though other vessels may have been; each port's in time order.
    pub absences: BTreeMap<PortIx, Vec<Absence>>,
}

/// A stay at one place that one or several sightings bear out.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenStay {
    /// The port; `None` if she was seen outside every port.
    pub port: Option<PortIx>,
    /// Where she was seen.
    pub position: Position,
    /// How far from there she may have been, in metres.
    pub error_m: f64,
    /// The sightings, in time order.
    pub sightings: Vec<SeenInGap>,
    /// At some moment between each two of these she was there: the sightings' times, less those at
    /// which she cannot have come yet or must have left.
    pub times: Vec<(Timestamp, Timestamp)>,
}

/// A gap with the stays that sightings put into it.
#[derive(Clone, Debug, PartialEq)]
pub struct SplitGap {
    /// The stays, in time order.
    pub stays: Vec<SeenStay>,
    /// Stays whose order among the others is not known; they do not split the gap.
    pub aside: Vec<SeenStay>,
    /// Stays that no sighting bears out by itself, in time order; they do not split the gap.
    pub doubtful: Vec<SeenStay>,
    /// What is left between: one more than there are stays.
    parts: Vec<Silence>,
    /// What is left within each stay, from one sighting to the next: she may have gone and come
    /// back.
    inner: Vec<Vec<Silence>>,
    /// The whole gap.
    pub whole: Silence,
}

/// No sighting less sure of its place than this puts a ship into a port, in metres, unless the
/// port itself is larger.
const PORT_ERROR_M: f64 = 10_000.0;

/// The port in which a sighting's place is: the one that holds it, else the nearest that its error
/// allows; one that only fills gaps if its error allows no other. None if the place is too unsure to say,
/// or if the vessel was under way.
pub fn port_of(sighting: &Sighting, ports: &PortIndex) -> Option<PortIx> {
    if sighting.activity == Some(Activity::UnderWay) {
        return None;
    }
    let place = sighting.position;
    let entered = ports.entered(place);
    let is_of_weight = |found: &PortDistance| !ports.port(found.port).source.yields();
    let allowed = |found: &PortDistance| {
        let radius_m = ports.enter_radius_m(found.port);
        let is_sure = sighting.error_radius_m <= radius_m.max(PORT_ERROR_M);
        // Distances to an area are those to its outline: no radius is added.
        let beyond_m = match ports.port(found.port).place {
            Place::Points(_) => radius_m,
            Place::Polygons(_) => 0.0,
        };
        is_sure && found.distance_m <= sighting.error_radius_m + beyond_m
    };
    (entered.filter(is_of_weight))
        .or_else(|| ports.nearest_of_weight(place))
        .filter(allowed)
        .or_else(|| entered.or_else(|| ports.nearest(place)).filter(allowed))
        .map(|found| found.port)
}

/// A gap as a silence.
pub fn silence_of(gap: &Gap, config: &InferenceConfig, data_end: Timestamp) -> Silence {
    let fix = |position, time| Fix {
        position,
        error_m: config.position_error_m,
        time,
    };
    Silence {
        before: fix(gap.before.position, gap.before.time),
        after: gap.after.map(|after| fix(after.position, after.time)),
        data_end,
    }
}

/// What splitting goes by.
#[derive(Clone, Copy)]
pub struct Splitter<'a> {
    /// Every port.
    pub ports: &'a PortIndex,
    /// Every sighting of the run.
    pub sightings: &'a [Sighting],
    /// Thresholds.
    pub config: &'a InferenceConfig,
    /// The end of the data.
    pub data_end: Timestamp,
    /// When she was not in a port.
    pub absences: Absences<'a>,
}

impl Splitter<'_> {
    fn sighting(&self, ix: SightingIx) -> Option<&Sighting> {
        self.sightings.get(ix.0 as usize)
    }

    /// Splits a gap by the sightings that bear out where the vessel was in it. Those that no ship can both have
    /// made are left out, all of them, since nobody knows which is wrong.
    pub fn split(
        &self,
        gap: &Gap,
        number: u32,
        evidence: &Evidence,
        speeds: ReachSpeeds,
    ) -> SplitGap {
        let mut whole = silence_of(gap, self.config, self.data_end);
        let seen: Vec<(SeenInGap, &Sighting)> = evidence
            .seen
            .iter()
            .filter(|seen| seen.gap == number)
            .filter_map(|seen| Some((*seen, self.sighting(seen.sighting)?)))
            .collect();
        let excludes =
            |a: &Sighting, b: &Sighting| exclude_each_other(a, b, speeds.cap_knots, self.config);
        let (firm, doubtful): (Vec<_>, Vec<_>) = seen
            .into_iter()
            .partition(|(seen, sighting)| seen.bears_out(sighting));
        // What is doubtful gives way to what is not, and one taken by elimination to one that
        // names the vessel.
        let gives_way = |seen: &SeenInGap, a: &Sighting| {
            firm.iter().any(|(_, b)| excludes(a, b))
                || (!seen.is_named
                    && (doubtful.iter()).any(|(of_b, b)| of_b.is_named && excludes(a, b)))
        };
        let doubtful: Vec<(SeenInGap, &Sighting)> = doubtful
            .iter()
            .filter(|(of_a, a)| !gives_way(of_a, a))
            .copied()
            .collect();
        let agreeing = |seen: &[(SeenInGap, &'_ Sighting)]| -> Vec<usize> {
            (0..seen.len())
                .filter(|at| !seen.iter().any(|(_, b)| excludes(seen[*at].1, b)))
                .collect()
        };
        let mut kept: Vec<(SeenInGap, &Sighting)> =
            agreeing(&firm).into_iter().map(|at| firm[at]).collect();
        let mut doubtful: Vec<(SeenInGap, &Sighting)> = agreeing(&doubtful)
            .into_iter()
            .map(|at| doubtful[at])
            .collect();
        if whole.after.is_none() {
            // What is known of her goes on as long as a sighting's interval.
            let both = kept.iter().chain(&doubtful);
            let latest = both.map(|(_, sighting)| sighting.to).max();
            whole.data_end = latest.map_or(whole.data_end, |latest| latest.max(whole.data_end));
        }
        // The surest in time first: it decides the order.
        kept.sort_by_key(|(seen, sighting)| {
            (
                sighting.to.millis_since(sighting.from),
                sighting.from,
                sighting.position,
                &sighting.id,
                seen.sighting,
            )
        });
        doubtful.sort_by_key(|(seen, sighting)| {
            (sighting.to, sighting.from, &sighting.id, seen.sighting)
        });
        let mut stays: Vec<SeenStay> = Vec::new();
        let mut aside = Vec::new();
        for (seen, sighting) in kept {
            let stay = self.stay(seen, sighting);
            let mut touched = stays.iter_mut().filter(|other| !other.is_apart(&stay));
            match (touched.next(), touched.next()) {
                (None, _) => stays.push(stay),
                (Some(same), None) if same.port.is_some() && same.port == stay.port => {
                    same.add(stay);
                }
                _ => aside.push(stay),
            }
        }
        stays.sort_by_key(SeenStay::come);
        // Adding to a stay may have made its order doubtful after all.
        while let Some(at) = (1..stays.len()).find(|at| !stays[at - 1].is_apart(&stays[*at])) {
            aside.push(stays.remove(at));
        }
        let mut stays = self.joined(stays);
        Self::tighten(&mut stays, &whole, speeds);
        for stay in &mut aside {
            Self::tighten(std::slice::from_mut(stay), &whole, speeds);
        }
        let mut apart = Vec::new();
        for (seen, sighting) in doubtful {
            let stay = self.stay(seen, sighting);
            match stays.iter_mut().find(|firm| self.is_told_of(firm, &stay)) {
                Some(firm) => firm.list(seen, sighting, self.sightings),
                None => apart.push(stay),
            }
        }
        let mut doubtful = self.joined(apart);
        for stay in &mut doubtful {
            Self::tighten(std::slice::from_mut(stay), &whole, speeds);
        }
        SplitGap {
            doubtful,
            parts: parts(&whole, &stays),
            inner: stays
                .iter()
                .map(|stay| stay.between(whole.data_end))
                .collect(),
            stays,
            aside,
            whole,
        }
    }

    fn stay(&self, seen: SeenInGap, sighting: &Sighting) -> SeenStay {
        SeenStay {
            port: port_of(sighting, self.ports),
            position: sighting.position,
            error_m: sighting.error_radius_m,
            sightings: vec![seen],
            times: vec![(sighting.from, sighting.to)],
        }
    }

    /// Stays one after the other, where those at one port are one if no scene between them shows her
    /// gone and they lie no further apart than a claim is long.
    fn joined(&self, stays: Vec<SeenStay>) -> Vec<SeenStay> {
        let mut joined: Vec<SeenStay> = Vec::with_capacity(stays.len());
        for stay in stays {
            match joined.last_mut() {
                Some(last) if self.is_same(last, &stay) => last.add(stay),
                _ => joined.push(stay),
            }
        }
        joined
    }

    /// Whether a doubtful sighting is of a stay that others bear out.
    fn is_told_of(&self, firm: &SeenStay, doubtful: &SeenStay) -> bool {
        if firm.come() <= doubtful.come() {
            self.is_same(firm, doubtful)
        } else {
            self.is_same(doubtful, firm)
        }
    }

    fn is_same(&self, earlier: &SeenStay, later: &SeenStay) -> bool {
        let (Some(port), true) = (earlier.port, earlier.port == later.port) else {
            return false;
        };
        let (Some(from), Some(to)) = (earlier.span().1, later.span().0) else {
            return false;
        };
        let was_gone = self.absences.within(port, from, to).any(|absence| {
            absence.from > from
                && absence.to < to
                && absence.shows(earlier.position, earlier.error_m)
        });
        !was_gone && to.hours_since(from) <= self.config.claim_h
    }

    /// Takes off each stay's times those at which she cannot have come yet, or must have left, by the
    /// ways between stays and the whole's ends.
    fn tighten(stays: &mut [SeenStay], whole: &Silence, speeds: ReachSpeeds) {
        let way_h = |from: &Fix, to: &Fix| {
            let way_m = distance_m(from.position, to.position) - from.error_m - to.error_m;
            way_m.max(0.0) / METRES_PER_NAUTICAL_MILE / speeds.cap_knots
        };
        let mut last = whole.before;
        for stay in stays.iter_mut() {
            let first = later(last.time, way_h(&last, &stay.fix(last.time)));
            for (from, to) in &mut stay.times {
                *from = (*from).max(first).min(*to);
            }
            last = stay.fix(stay.leave());
        }
        let mut next = whole.after;
        for stay in stays.iter_mut().rev() {
            if let Some(next) = next {
                let last = earlier(next.time, way_h(&next, &stay.fix(next.time)));
                for (from, to) in &mut stay.times {
                    *to = (*to).min(last).max(*from);
                }
            }
            next = Some(stay.fix(stay.come()));
        }
    }
}

impl SeenStay {
    fn add(&mut self, other: SeenStay) {
        self.sightings.extend(other.sightings);
        self.times.extend(other.times);
        let mut order: Vec<usize> = (0..self.times.len()).collect();
        order.sort_by_key(|at| self.times[*at]);
        self.sightings = order.iter().map(|at| self.sightings[*at]).collect();
        self.times = order.iter().map(|at| self.times[*at]).collect();
        self.error_m = self
            .error_m
            .max(other.error_m + distance_m(self.position, other.position));
    }

    /// Lists a sighting among those of the stay, without its saying more of when that was.
    fn list(&mut self, seen: SeenInGap, sighting: &Sighting, sightings: &[Sighting]) {
        let time = |seen: &SeenInGap| {
            let listed = sightings.get(seen.sighting.0 as usize);
            listed.map(|sighting| (sighting.from, sighting.to))
        };
        let at = self
            .sightings
            .partition_point(|other| time(other) <= Some((sighting.from, sighting.to)));
        self.sightings.insert(at, seen);
    }

    /// Not before this she can have left: by then she was seen, or had come.
    pub(crate) fn leave(&self) -> Timestamp {
        let from = self.times.iter().map(|(from, _)| *from);
        from.max().unwrap_or(Timestamp::MIN)
    }

    /// Not after this she can have come.
    pub(crate) fn come(&self) -> Timestamp {
        let to = self.times.iter().map(|(_, to)| *to);
        to.min().unwrap_or(Timestamp::MAX)
    }

    /// Whether all sightings of one stay are before all of the other.
    fn is_apart(&self, other: &SeenStay) -> bool {
        let ((first, last), (other_first, other_last)) = (self.span(), other.span());
        last < other_first || other_last < first
    }

    /// From the first moment of all sightings to the last.
    fn span(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        (
            self.times.iter().map(|(from, _)| *from).min(),
            self.times.iter().map(|(_, to)| *to).max(),
        )
    }

    /// The silences from one sighting of the stay to the next.
    fn between(&self, data_end: Timestamp) -> Vec<Silence> {
        self.times
            .windows(2)
            .map(|pair| Silence {
                before: self.fix(pair[0].0),
                after: Some(self.fix(pair[1].1.max(pair[0].0))),
                data_end,
            })
            .collect()
    }

    fn fix(&self, time: Timestamp) -> Fix {
        Fix {
            position: self.position,
            error_m: self.error_m,
            time,
        }
    }
}

/// The silences before, between and after stays.
fn parts(whole: &Silence, stays: &[SeenStay]) -> Vec<Silence> {
    let mut before = whole.before;
    let mut parts = Vec::with_capacity(stays.len() + 1);
    for stay in stays {
        parts.push(Silence {
            before,
            after: Some(stay.fix(stay.come().max(before.time))),
            data_end: whole.data_end,
        });
        before = stay.fix(stay.leave());
    }
    parts.push(Silence {
        before,
        after: whole.after.map(|after| Fix {
            time: after.time.max(before.time),
            ..after
        }),
        data_end: whole.data_end,
    });
    parts
}

impl SplitGap {
    /// The sightings that split it, in time order.
    pub fn sightings(&self) -> impl Iterator<Item = SightingIx> {
        let of_stays = self.stays.iter().flat_map(|stay| &stay.sightings);
        of_stays.map(|seen| seen.sighting)
    }

    /// Every silence that sightings leave of it, in time order.
    pub fn silences(&self) -> Vec<Silence> {
        let within = self.inner.iter().map(Vec::as_slice).chain([&[] as &[_]]);
        self.parts
            .iter()
            .zip(within)
            .flat_map(|(part, within)| std::iter::once(part).chain(within))
            .copied()
            .collect()
    }

    /// Which of [`SplitGap::silences`] ends with a stay.
    pub(crate) fn part_before(&self, stay: usize) -> u32 {
        let within = self.inner[..stay].iter().map(Vec::len).sum::<usize>();
        (stay + within) as u32
    }

    /// How many stays lie before one of [`SplitGap::silences`]; one within which it lies does not.
    pub(crate) fn stays_before(&self, part: u32) -> usize {
        (0..self.stays.len())
            .take_while(|stay| self.part_before(*stay) + (self.inner[*stay].len() as u32) < part)
            .count()
    }

    /// Which of [`SplitGap::silences`] a stay that does not split the gap lies in; `None` if that is
    /// not known.
    pub(crate) fn part_of(&self, stay: &SeenStay) -> Option<u32> {
        let holds = |silence: &Silence| {
            let mut times = stay.times.iter();
            times.all(|(from, to)| *to >= silence.before.time && *from <= silence.end())
        };
        let silences = self.silences();
        let mut holding = (0..).zip(&silences).filter(|(_, silence)| holds(silence));
        match (holding.next(), holding.next()) {
            (Some((part, _)), None) => Some(part),
            _ => None,
        }
    }

    /// The silence around a stay: from the place known before it to the one known after it.
    pub fn around(&self, at: usize) -> Silence {
        Silence {
            before: self.parts[at].before,
            after: self.parts[at + 1].after,
            data_end: self.whole.data_end,
        }
    }
}
