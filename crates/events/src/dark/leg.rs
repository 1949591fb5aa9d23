//! A dark leg leads from one call to the next where one of the two at least is dark. What was observed
//! of it and what is inferred stay apart: between her last report and a dark call nobody saw her.

use super::evidence::{SeenStay, SplitGap};
use landfall_spatial_index::SeaWays;
use landfall_track::{
    Confidence, DarkCall, DarkCallIx, DarkLeg, Gap, Grade, HullIx, InferredWay, LegEnd, Pattern,
    PortCall, Position, ReportRef, TimeSpan, Timestamp, distance_m,
};
use std::collections::BTreeMap;

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
}

/// Where a leg begins or ends.
#[derive(Clone, Copy)]
struct End {
    at: LegEnd,
    time: TimeSpan,
    /// The last report before she left, or the first after she came; none at a dark end.
    report: Option<ReportRef>,
}

impl LegCase<'_> {
    /// Every dark leg with its pattern, in time order.
    pub(crate) fn legs(&self) -> (Vec<DarkLeg>, Vec<Pattern>) {
        let mut legs: Vec<DarkLeg> = Vec::new();
        for (number, call) in self.dark.iter().enumerate() {
            let ix = DarkCallIx(number as u32);
            if let Some(leg) = self.leg_in(ix, call) {
                legs.push(leg);
            }
            if let Some(leg) = self.leg_out(ix, call) {
                legs.push(leg);
            }
        }
        let patterns = self.patterns(&mut legs);
        (legs, patterns)
    }

    fn gap(&self, call: &DarkCall) -> Option<&Gap> {
        self.gaps.get(call.gap.number as usize)
    }

    /// The calls that sightings bear out, in time order; the others are alternatives to each other.
    fn sighted(&self) -> impl Iterator<Item = (DarkCallIx, &DarkCall)> {
        self.dark
            .iter()
            .enumerate()
            .filter(|(_, call)| call.grade >= Grade::D3)
            .map(|(number, call)| (DarkCallIx(number as u32), call))
    }

    /// The leg that led to a dark call.
    fn leg_in(&self, ix: DarkCallIx, call: &DarkCall) -> Option<DarkLeg> {
        let gap = self.gap(call)?;
        let origin = self.end_before(ix, call, gap);
        let same_gap = matches!(origin.at, LegEnd::Dark(from, _) if self.is_in_gap(from, call));
        let (from, before) = match origin.at {
            LegEnd::Dark(from, _) if same_gap => {
                let from = self.dark.get(from.0 as usize)?;
                (from.position, self.at_sea_between(Some(from), Some(call)))
            }
            _ => (gap.before.position, self.at_sea_between(None, Some(call))),
        };
        let (observed, way_out) = match origin.at {
            LegEnd::Dark(_, _) if same_gap => (None, None),
            LegEnd::Dark(from, _) => {
                let from = self.dark.get(from.0 as usize)?;
                let heard = self.gap(from)?.after?;
                (
                    between(heard, gap.before),
                    Some(self.way_out(from, heard.position)),
                )
            }
            _ => (
                origin.report.and_then(|report| between(report, gap.before)),
                None,
            ),
        };
        Some(DarkLeg {
            hull: self.hull,
            origin: origin.at,
            destination: LegEnd::Dark(ix, call.candidate.port),
            departure: origin.time,
            arrival: call.arrival,
            way_out,
            observed,
            way_in: Some(self.way(from, &before, call.position)),
            grade: match origin.at {
                LegEnd::Dark(from, _) => call.grade.min(self.dark.get(from.0 as usize)?.grade),
                _ => call.grade,
            },
            pattern: 0,
        })
    }

    /// The leg that led from a dark call to an observed one, or to the data's end. One that led to
    /// another sighted dark call is that one's leg in.
    fn leg_out(&self, ix: DarkCallIx, call: &DarkCall) -> Option<DarkLeg> {
        let gap = self.gap(call)?;
        let heard = gap.after?;
        let next = call_after(self.calls, heard.time);
        let next_dark = self.sighted().find(|(other, dark)| {
            *other > ix && (dark.gap.number > call.gap.number || call.grade >= Grade::D3)
        });
        if let Some((_, dark)) = next_dark {
            let before = self.gap(dark)?.before.time;
            if call.grade >= Grade::D3 && next.is_none_or(|next| next.first.time > before) {
                return None;
            }
        }
        let destination = match next {
            Some(next) => {
                let first = if next.first.time > heard.time {
                    next.first
                } else {
                    heard
                };
                End {
                    at: LegEnd::Call(next.port),
                    time: exactly(next.arrival.unwrap_or(first.time).max(heard.time)),
                    report: Some(first),
                }
            }
            None => End {
                at: LegEnd::Open,
                time: TimeSpan {
                    earliest: heard.time,
                    latest: None,
                },
                report: None,
            },
        };
        Some(DarkLeg {
            hull: self.hull,
            origin: LegEnd::Dark(ix, call.candidate.port),
            destination: destination.at,
            departure: call.departure,
            arrival: destination.time,
            way_out: Some(self.way_out(call, heard.position)),
            observed: destination.report.and_then(|report| between(heard, report)),
            way_in: None,
            grade: call.grade,
            pattern: 0,
        })
    }

    /// Where the leg to a dark call began: at a sighted dark call before it, or where she was last
    /// seen to call.
    fn end_before(&self, ix: DarkCallIx, call: &DarkCall, gap: &Gap) -> End {
        let observed = call_before(self.calls, gap.before.time);
        let dark = self
            .sighted()
            .filter(|(other, dark)| {
                *other != ix
                    && (dark.gap.number < call.gap.number
                        || (dark.gap.number == call.gap.number
                            && (call.grade < Grade::D3 || *other < ix)
                            && dark.departure.latest.is_some_and(|left| {
                                left <= call.departure.latest.unwrap_or(Timestamp::MAX)
                            })))
            })
            .last();
        let dark = dark.filter(|(_, dark)| {
            // An observed call since goes before it.
            let since = self
                .gap(dark)
                .and_then(|gap| gap.after)
                .map(|after| after.time);
            dark.gap.number == call.gap.number
                || observed.is_none_or(|call| since.is_some_and(|since| call.last.time < since))
        });
        match (dark, observed) {
            (Some((from, dark)), _) => End {
                at: LegEnd::Dark(from, dark.candidate.port),
                time: dark.departure,
                report: None,
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
                        latest: None,
                    },
                };
                End {
                    at: LegEnd::Call(call.port),
                    time,
                    report: Some(left),
                }
            }
            (None, None) => End {
                at: LegEnd::Open,
                time: TimeSpan {
                    earliest: Timestamp::MIN,
                    latest: Some(gap.before.time),
                },
                report: None,
            },
        }
    }

    fn is_in_gap(&self, ix: DarkCallIx, call: &DarkCall) -> bool {
        self.dark
            .get(ix.0 as usize)
            .is_some_and(|other| other.gap == call.gap)
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
    fn patterns(&self, legs: &mut [DarkLeg]) -> Vec<Pattern> {
        let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (at, leg) in legs.iter().enumerate() {
            groups
                .entry((leg.origin.port(), leg.destination.port()))
                .or_default()
                .push(at);
        }
        let mut patterns = Vec::new();
        for ((origin, destination), members) in groups {
            let mut gap_h = Vec::new();
            let mut stay_h = Vec::new();
            let best_grade = members
                .iter()
                .map(|at| legs[*at].grade)
                .max()
                .unwrap_or(Grade::D1);
            // Legs that are merely possible count only where all are.
            let counts = |grade: Grade| grade > Grade::D1 || best_grade == Grade::D1;
            let mut times = 0;
            for at in &members {
                legs[*at].pattern = patterns.len() as u32;
                if !counts(legs[*at].grade) {
                    continue;
                }
                times += 1;
                let dark = [legs[*at].origin, legs[*at].destination]
                    .into_iter()
                    .filter_map(|end| match end {
                        LegEnd::Dark(ix, _) => self.dark.get(ix.0 as usize),
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
                times,
                median_gap_h: median(gap_h),
                median_longest_stay_h: median(stay_h),
                best_grade,
            });
        }
        patterns
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
