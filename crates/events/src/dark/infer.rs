//! Inference on one hull: her gaps' candidates, her dark calls and her dark legs.

use super::call::GapCase;
use super::candidates::{Caller, CandidateSetting, Ranked};
use super::evidence::{Evidence, SplitGap, Splitter};
use super::leg::{LegCase, call_after, call_before, is_call};
use super::reach::Silence;
use landfall_track::{
    DarkCall, DarkCallIx, Gap, GapInference, GapIx, Grade, HullFindings, HullIx, PortCall, PortIx,
    ReachSpeeds, Reception, Sighting, Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};

/// What inference works with beside one hull's events.
#[derive(Clone, Copy)]
pub struct Inference<'a> {
    /// Ports, thresholds, water, reception, watch list.
    pub candidates: CandidateSetting<'a>,
    /// Every sighting of the run.
    pub sightings: &'a [Sighting],
    /// The end of the data.
    pub data_end: Timestamp,
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
    /// Her speeds.
    pub speeds: ReachSpeeds,
    /// What sightings say of her.
    pub evidence: &'a Evidence,
}

impl Inference<'_> {
    /// Everything inference says of one hull.
    pub fn hull(&self, case: &HullCase<'_>) -> HullFindings {
        let mut past_calls: BTreeMap<PortIx, u32> = BTreeMap::new();
        for call in case.calls.iter().filter(|call| is_call(call)) {
            *past_calls.entry(call.port).or_default() += 1;
        }
        let caller = Caller {
            speeds: case.speeds,
            past_calls: &past_calls,
            absences: &case.evidence.absences,
        };
        let splitter = Splitter {
            ports: self.candidates.reach.ports,
            sightings: self.sightings,
            config: self.candidates.reach.config,
            data_end: self.data_end,
        };
        let found: Vec<(SplitGap, Ranked)> = case
            .gaps
            .iter()
            .enumerate()
            .map(|(number, gap)| {
                let split = splitter.split(gap, number as u32, case.evidence, case.speeds);
                let ranked = self.candidates.of_gap(&split.silences(), &caller);
                (split, ranked)
            })
            .collect();
        let cases: Vec<GapCase<'_>> = found
            .iter()
            .enumerate()
            .map(|(number, (split, ranked))| GapCase {
                gap: GapIx {
                    hull: case.hull,
                    number: number as u32,
                },
                split,
                ranked,
                caller: &caller,
                evidence: case.evidence,
                sightings: self.sightings,
            })
            .collect();
        let mut sighted: Vec<DarkCall> = cases
            .iter()
            .flat_map(|gap_case| gap_case.sighted(&self.candidates))
            .collect();
        sighted.sort_by_key(order);
        let unsighted = self.unsighted(case, &cases, &sighted);
        let dark = merge(sighted, unsighted);
        let splits: Vec<&SplitGap> = found.iter().map(|(split, _)| split).collect();
        let (dark_legs, patterns) = LegCase {
            hull: case.hull,
            gaps: case.gaps,
            calls: case.calls,
            dark: &dark,
            splits: &splits,
            water: self.candidates.water,
        }
        .legs();
        let gaps = found
            .into_iter()
            .zip(case.receptions)
            .enumerate()
            .map(|(number, ((split, ranked), reception))| GapInference {
                gap: GapIx {
                    hull: case.hull,
                    number: number as u32,
                },
                speeds: case.speeds,
                reception: *reception,
                split_by: split.sightings().collect(),
                parts: split.silences().iter().map(Silence::part).collect(),
                candidates: ranked.listed,
                candidates_total: ranked.total,
            })
            .collect();
        HullFindings {
            gaps,
            dark_calls: dark,
            dark_legs,
            patterns,
        }
    }

    /// The calls that no sighting puts into a gap: those that repeat the leg of a sighted one, and
    /// those at watched ports. `repeats` of the former counts among the sighted ones alone.
    fn unsighted(
        &self,
        case: &HullCase<'_>,
        cases: &[GapCase<'_>],
        sighted: &[DarkCall],
    ) -> Vec<DarkCall> {
        let ends: Vec<LegPorts> = case
            .gaps
            .iter()
            .map(|gap| LegPorts::around(gap, case.calls))
            .collect();
        let mut found = Vec::new();
        for (number, gap_case) in cases.iter().enumerate() {
            let taken: BTreeSet<PortIx> = sighted
                .iter()
                .filter(|call| call.gap.number as usize == number)
                .map(|call| call.candidate.port)
                .collect();
            let mut repeated: BTreeMap<PortIx, DarkCallIx> = BTreeMap::new();
            for (at, call) in sighted.iter().enumerate() {
                let port = call.candidate.port;
                let model = ends[call.gap.number as usize];
                if !taken.contains(&port) && ends[number].shares_leg(model, port) {
                    repeated.entry(port).or_insert(DarkCallIx(at as u32));
                }
            }
            let watched = self
                .candidates
                .watched
                .iter()
                .filter(|port| !taken.contains(port) && !repeated.contains_key(port))
                .map(|port| (*port, None));
            let wanted: Vec<(PortIx, Option<DarkCallIx>)> = repeated
                .iter()
                .map(|(port, model)| (*port, Some(*model)))
                .chain(watched)
                .collect();
            for (port, repeats) in wanted {
                let mut listed = gap_case.ranked.listed.iter();
                let candidate = listed
                    .find(|listed| listed.port == port)
                    .copied()
                    .or_else(|| {
                        let silences = gap_case.split.silences();
                        self.candidates.port(&silences, port, gap_case.caller)
                    });
                found.extend(
                    candidate
                        .filter(|candidate| candidate.is_plausible != Some(false))
                        .and_then(|candidate| {
                            gap_case.unsighted(&self.candidates, candidate, repeats)
                        }),
                );
            }
        }
        found
    }
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
