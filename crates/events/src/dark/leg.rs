//! A dark leg leads from one call to the next where one of the two at least is dark. What was observed
//! of it and what is inferred stay apart: between her last report and a dark call nobody saw her.

use super::evidence::{SeenStay, SplitGap};
use super::reach::{ReachSetting, later};
use landfall_spatial_index::SeaWays;
use landfall_track::{
    Confidence, DarkCall, DarkCallIx, DarkLeg, Gap, Grade, HullIx, InferredWay, LegEnd,
    METRES_PER_NAUTICAL_MILE, Pattern, PortCall, Position, ReportRef, TimeSpan, Timestamp,
    distance_m,
};
use std::collections::{BTreeMap, BTreeSet};

/// What one hull's dark legs are made from.
#[derive(Clone, Copy)]
pub(crate) struct LegCase<'a> {
    pub(crate) hull: HullIx,
    pub(crate) gaps: &'a [Gap],
    /// Her observed stays in port, in time order, passages too.
    pub(crate) calls: &'a [PortCall],
    /// Her dark calls, in time order.
    pub(crate) dark: &'a [DarkCall],
    /// Each gap with what sightings leave of it.
    pub(crate) splits: &'a [&'a SplitGap],
    pub(crate) water: Option<&'a SeaWays>,
    /// Ports and thresholds, and the cap on her speed in knots.
    pub(crate) reach: ReachSetting<'a>,
    pub(crate) cap_knots: f64,
}

/// Where a leg begins or ends.
#[derive(Clone, Copy)]
struct End {
    at: LegEnd,
    time: TimeSpan,
    /// The last report before she left, or the first after she came; none at a dark end.
    report: Option<ReportRef>,
    /// What tells this stay from another at the same place.
    stay: Stay,
}

/// Which stay a leg begins or ends with: one trip there is counted once, however many legs tell of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stay {
    Observed(Timestamp),
    Dark(DarkCallIx),
    None,
}

/// A leg with the stays at its two ends.
struct Found {
    leg: DarkLeg,
    stays: (Stay, Stay),
}

impl LegCase<'_> {
    /// Every dark leg with its pattern, in time order.
    pub(crate) fn legs(&self) -> (Vec<DarkLeg>, Vec<Pattern>) {
        let sighted: Vec<DarkCallIx> = (0..)
            .zip(self.dark)
            .filter(|(_, call)| call.grade >= Grade::D3 && call.candidate.part.is_some())
            .map(|(number, _)| DarkCallIx(number))
            .collect();
        let mut legs: Vec<Found> = Vec::new();
        for (number, call) in (0..).zip(self.dark) {
            let ix = DarkCallIx(number);
            if call.candidate.part.is_none() {
                // Nobody knows whether it was before or after other sightings of the silence.
                continue;
            }
            // Sighted calls are in time order; the others are alternatives to each other.
            let before = sighted.partition_point(|other| self.is_before(*other, ix, call));
            let earlier = before.checked_sub(1).map(|last| sighted[last]);
            let later = sighted[before..].iter().find(|other| **other != ix);
            legs.extend(self.leg_in(ix, call, earlier));
            legs.extend(self.leg_out(ix, call, later.copied()));
        }
        let patterns = self.patterns(&mut legs);
        (legs.into_iter().map(|found| found.leg).collect(), patterns)
    }

    /// Whether a sighted call is before another call.
    fn is_before(&self, sighted: DarkCallIx, ix: DarkCallIx, call: &DarkCall) -> bool {
        let Some(other) = self.call(sighted) else {
            return false;
        };
        if other.gap.number != call.gap.number || call.grade >= Grade::D3 {
            return sighted < ix && other.gap.number <= call.gap.number;
        }
        // A sighted call's part is the one that ends with it.
        match (other.candidate.part, call.candidate.part) {
            (Some(of_sighted), Some(part)) => of_sighted < part,
            _ => false,
        }
    }

    fn call(&self, ix: DarkCallIx) -> Option<&DarkCall> {
        self.dark.get(ix.0 as usize)
    }

    fn gap(&self, call: &DarkCall) -> Option<&Gap> {
        self.gaps.get(call.gap.number as usize)
    }

    /// The leg that led to a dark call, from a sighted one before it or from where she was last seen
    /// to call.
    fn leg_in(
        &self,
        ix: DarkCallIx,
        call: &DarkCall,
        earlier: Option<DarkCallIx>,
    ) -> Option<Found> {
        let gap = self.gap(call)?;
        let origin = self.end_before(call, gap, earlier);
        let dark = match origin.at {
            LegEnd::Dark(from, _) => Some(self.call(from)?),
            _ => None,
        };
        let (way_out, observed, way_in) = match dark {
            Some(from) if from.gap == call.gap => {
                let over = self.at_sea_between(Some(from), Some(call));
                (None, None, self.way(from.position, &over, call.position))
            }
            _ => {
                let heard = match dark {
                    Some(from) => self.gap(from)?.after,
                    None => origin.report,
                };
                let over = self.at_sea_between(None, Some(call));
                (
                    dark.zip(heard)
                        .map(|(from, heard)| self.way_out(from, heard.position)),
                    heard.and_then(|heard| between(heard, gap.before)),
                    self.way(gap.before.position, &over, call.position),
                )
            }
        };
        Some(Found {
            leg: DarkLeg {
                hull: self.hull,
                origin: origin.at,
                destination: LegEnd::Dark(ix, call.candidate.port),
                departure: origin.time,
                arrival: call.arrival,
                way_out,
                observed,
                way_in: Some(way_in),
                grade: dark.map_or(call.grade, |from| call.grade.min(from.grade)),
                pattern: 0,
            },
            stays: (origin.stay, Stay::Dark(ix)),
        })
    }

    /// The leg that led from a dark call to the next one that was sighted, to an observed one, or to
    /// the data's end. One between two sighted calls is the second one's leg in.
    fn leg_out(&self, ix: DarkCallIx, call: &DarkCall, later: Option<DarkCallIx>) -> Option<Found> {
        let gap = self.gap(call)?;
        let next = gap
            .after
            .and_then(|heard| call_after(self.calls, heard.time));
        let dark = later
            .and_then(|later| Some((later, self.call(later)?)))
            .filter(|(_, dark)| {
                // An observed call before it goes before it.
                let silent = self.gap(dark).map(|gap| gap.before.time);
                dark.gap == call.gap
                    || next.is_none_or(|next| silent.is_none_or(|silent| next.first.time > silent))
            });
        let (destination, way_out, observed, way_in) = match dark {
            Some(_) if call.grade >= Grade::D3 => return None,
            Some((to, dark)) => {
                let destination = End {
                    at: LegEnd::Dark(to, dark.candidate.port),
                    time: dark.arrival,
                    report: None,
                    stay: Stay::Dark(to),
                };
                if dark.gap == call.gap {
                    let over = self.at_sea_between(Some(call), Some(dark));
                    let way = self.way(call.position, &over, dark.position);
                    (destination, None, None, Some(way))
                } else {
                    let (heard, silent) = (gap.after?, self.gap(dark)?.before);
                    let over = self.at_sea_between(None, Some(dark));
                    (
                        destination,
                        Some(self.way_out(call, heard.position)),
                        between(heard, silent),
                        Some(self.way(silent.position, &over, dark.position)),
                    )
                }
            }
            None => {
                let heard = gap.after?;
                let destination = self.end_after(call, heard, next);
                (
                    destination,
                    Some(self.way_out(call, heard.position)),
                    destination.report.and_then(|report| between(heard, report)),
                    None,
                )
            }
        };
        Some(Found {
            leg: DarkLeg {
                hull: self.hull,
                origin: LegEnd::Dark(ix, call.candidate.port),
                destination: destination.at,
                departure: call.departure,
                arrival: destination.time,
                way_out,
                observed,
                way_in,
                grade: dark.map_or(call.grade, |(_, dark)| call.grade.min(dark.grade)),
                pattern: 0,
            },
            stays: (Stay::Dark(ix), destination.stay),
        })
    }

    /// Where the leg from a dark call ended, if no sighted one came next.
    fn end_after(&self, call: &DarkCall, heard: ReportRef, next: Option<&PortCall>) -> End {
        let Some(next) = next else {
            return End {
                at: LegEnd::Open,
                time: TimeSpan {
                    earliest: heard.time,
                    latest: None,
                },
                report: None,
                stay: Stay::None,
            };
        };
        let first = if next.first.time > heard.time {
            next.first
        } else {
            heard
        };
        let time = if next.first.time > heard.time {
            exactly(next.arrival.unwrap_or(first.time).max(heard.time))
        } else {
            // First heard in port: she may have come long before.
            let off_m = self.reach.ports.enter_radius_m(call.candidate.port)
                + self.reach.ports.enter_radius_m(next.port)
                + 2.0 * self.reach.config.position_error_m;
            let way_m = (call.candidate.to_m.unwrap_or_default() - off_m).max(0.0);
            let way_h = way_m / METRES_PER_NAUTICAL_MILE / self.cap_knots;
            TimeSpan {
                earliest: later(call.departure.earliest, way_h).min(heard.time),
                latest: Some(heard.time),
            }
        };
        End {
            at: LegEnd::Call(next.port),
            time,
            report: Some(first),
            stay: Stay::Observed(next.first.time.max(heard.time)),
        }
    }

    /// Where the leg to a dark call began.
    fn end_before(&self, to: &DarkCall, gap: &Gap, earlier: Option<DarkCallIx>) -> End {
        let observed = call_before(self.calls, gap.before.time);
        let dark = earlier
            .and_then(|from| Some((from, self.call(from)?)))
            .filter(|(_, dark)| {
                // An observed call since goes before it.
                let since = self.gap(dark).and_then(|gap| gap.after);
                dark.gap == to.gap
                    || observed
                        .is_none_or(|call| since.is_some_and(|since| call.last.time < since.time))
            });
        match (dark, observed) {
            (Some((from, dark)), _) => End {
                at: LegEnd::Dark(from, dark.candidate.port),
                time: dark.departure,
                report: None,
                stay: Stay::Dark(from),
            },
            (None, Some(call)) => {
                let left = if call.last.time < gap.before.time {
                    call.last
                } else {
                    gap.before
                };
                let time = match call.departure {
                    Some(time) if time <= gap.before.time => exactly(time),
                    _ if call.last.time < gap.before.time => exactly(call.last.time),
                    // She fell silent in port, and left at some time after.
                    _ => TimeSpan {
                        earliest: gap.before.time,
                        latest: to.arrival.latest,
                    },
                };
                End {
                    at: LegEnd::Call(call.port),
                    time,
                    report: Some(left),
                    // Each silence that begins in port is a departure of its own.
                    stay: Stay::Observed(if call.last.time >= gap.before.time {
                        gap.before.time
                    } else {
                        call.first.time
                    }),
                }
            }
            (None, None) => End {
                at: LegEnd::Open,
                time: TimeSpan {
                    earliest: Timestamp::MIN,
                    latest: Some(gap.before.time),
                },
                report: None,
                stay: Stay::None,
            },
        }
    }

    /// The stays outside every port that lie between two dark calls of one gap, or between one and
    /// the gap's end, as far as their order is known.
    fn at_sea_between(&self, from: Option<&DarkCall>, to: Option<&DarkCall>) -> Vec<&'_ SeenStay> {
        let Some(split) = from
            .or(to)
            .and_then(|call| self.splits.get(call.gap.number as usize))
        else {
            return Vec::new();
        };
        let stays_before = |call: &DarkCall| Some(split.stays_before(call.candidate.part?));
        let first = from.map_or(Some(0), stays_before);
        let last = to.map_or(Some(split.stays.len()), stays_before);
        first
            .zip(last)
            .and_then(|(first, last)| split.stays.get(first..last))
            .unwrap_or_default()
            .iter()
            .filter(|stay| stay.port.is_none())
            .collect()
    }

    /// The way from a dark call to where she was next heard.
    fn way_out(&self, call: &DarkCall, heard: Position) -> InferredWay {
        let over = self.at_sea_between(Some(call), None);
        self.way(call.position, &over, heard)
    }

    /// The way from one place to another over those where she was seen at sea.
    fn way(&self, from: Position, over: &[&SeenStay], to: Position) -> InferredWay {
        let mut way = InferredWay {
            line: vec![from],
            length_m: 0.0,
            is_by_water: true,
            over: Vec::new(),
        };
        let mut here = from;
        for next in over.iter().map(|stay| stay.position).chain([to]) {
            if let Some(leg) = self.water.and_then(|water| water.way(here, next)) {
                way.length_m += leg.length_m;
                way.line.extend_from_slice(&leg.line[1..]);
            } else {
                way.length_m += distance_m(here, next);
                way.line.push(next);
                way.is_by_water = false;
            }
            here = next;
        }
        let sightings = over.iter().flat_map(|stay| &stay.sightings);
        way.over = sightings.map(|seen| seen.sighting).collect();
        way
    }

    /// Counts legs between the same two ports, and tells each its pattern.
    fn patterns(&self, legs: &mut [Found]) -> Vec<Pattern> {
        let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (at, found) in legs.iter().enumerate() {
            groups
                .entry((found.leg.origin.port(), found.leg.destination.port()))
                .or_default()
                .push(at);
        }
        let mut patterns = Vec::new();
        for ((origin, destination), members) in groups {
            let mut gap_h = Vec::new();
            let mut stay_h = Vec::new();
            let best_grade = members
                .iter()
                .map(|at| legs[*at].leg.grade)
                .max()
                .unwrap_or(Grade::D1);
            // Legs that are merely possible count only where all are.
            let counts = |grade: Grade| grade > Grade::D1 || best_grade == Grade::D1;
            let mut trips = BTreeSet::new();
            for at in &members {
                legs[*at].leg.pattern = patterns.len() as u32;
                if !counts(legs[*at].leg.grade) {
                    continue;
                }
                let leg = &legs[*at].leg;
                trips.insert(legs[*at].trip());
                let dark = [leg.origin, leg.destination]
                    .into_iter()
                    .filter_map(|end| match end {
                        LegEnd::Dark(ix, _) => self.call(ix),
                        _ => None,
                    });
                for call in dark {
                    stay_h.push(call.candidate.longest_stay_h);
                    gap_h.extend(
                        self.gap(call)
                            .and_then(|gap| Some(gap.after?.time.hours_since(gap.before.time))),
                    );
                }
            }
            patterns.push(Pattern {
                origin,
                destination,
                times: trips.len() as u32,
                median_gap_h: median(gap_h),
                median_longest_stay_h: median(stay_h),
                best_grade,
            });
        }
        patterns
    }
}

impl Found {
    /// The stay that tells one trip from another: legs that lead from one observed call, or to one,
    /// through several silences are one trip.
    fn trip(&self) -> Stay {
        match self.stays {
            (observed @ Stay::Observed(_), _) | (_, observed @ Stay::Observed(_)) => observed,
            (_, to) if to != Stay::None => to,
            (from, _) => from,
        }
    }
}

/// A passage is no call: nobody left from there.
pub(crate) fn is_call(call: &PortCall) -> bool {
    call.confidence > Confidence::Passage
}

/// The last call that had begun by a time. Stays in port are in time order, and none overlaps another.
pub(crate) fn call_before(calls: &[PortCall], time: Timestamp) -> Option<&PortCall> {
    let next = calls.partition_point(|call| call.first.time <= time);
    calls[..next].iter().rfind(|call| is_call(call))
}

/// The first call that had not ended by a time.
pub(crate) fn call_after(calls: &[PortCall], time: Timestamp) -> Option<&PortCall> {
    let first = calls.partition_point(|call| call.last.time < time);
    calls[first..].iter().find(|call| is_call(call))
}

fn exactly(time: Timestamp) -> TimeSpan {
    TimeSpan {
        earliest: time,
        latest: Some(time),
    }
}

fn between(first: ReportRef, last: ReportRef) -> Option<(ReportRef, ReportRef)> {
    (first.time < last.time).then_some((first, last))
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}
