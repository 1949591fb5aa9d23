//! A call that a silence interrupted is split where a sighting puts the vessel elsewhere in that
//! silence: she left, and came back.

use landfall_track::{Confidence, DarkCall, Gap, Grade, PortCall};
use std::collections::BTreeMap;

/// A hull's calls, split by her dark calls that a sighting bears out. `reports_in_call` says for each
/// gap within a call how many of the call's reports are before it.
pub(crate) fn split_calls(
    calls: &[PortCall],
    gaps: &[Gap],
    dark: &[DarkCall],
    reports_in_call: &BTreeMap<u32, u64>,
) -> Vec<PortCall> {
    let mut split: Vec<Half> = calls.iter().map(|call| Half::whole(*call)).collect();
    for call in dark.iter().filter(|call| call.grade >= Grade::D3) {
        let gap = gaps.get(call.gap.number as usize);
        let before = reports_in_call.get(&call.gap.number);
        let (Some(gap), Some(before)) = (gap, before) else {
            continue;
        };
        let interrupted = |half: &Half| half.is_interrupted(gap, call);
        if let Some(at) = split.iter().position(interrupted)
            && let Some(halves) = split[at].split(gap, *before)
        {
            split.splice(at..=at, halves);
        }
    }
    split.into_iter().map(|half| half.call).collect()
}

/// A call, or what earlier silences have left of one.
#[derive(Clone, Copy)]
struct Half {
    call: PortCall,
    /// Reports of the undivided call that are before it.
    reports_before: u64,
}

impl Half {
    fn whole(call: PortCall) -> Self {
        Self {
            call,
            reports_before: 0,
        }
    }

    fn is_interrupted(&self, gap: &Gap, by: &DarkCall) -> bool {
        self.call.first.time <= gap.before.time
            && gap
                .after
                .is_some_and(|after| self.call.last.time >= after.time)
            && self.call.port != by.candidate.port
    }

    /// The stays before and after a gap, before which lie so many reports of the undivided call.
    fn split(&self, gap: &Gap, before: u64) -> Option<[Half; 2]> {
        let after = gap.after?;
        let whole = self.call;
        let reports = before
            .saturating_sub(self.reports_before)
            .min(whole.reports);
        let first = PortCall {
            last: gap.before,
            departure: None,
            stop_end: whole.stop_end.map(|end| end.min(gap.before.time)),
            reports,
            confidence: seen_ends(whole.arrival.is_some(), false),
            ..whole
        };
        let second = PortCall {
            first: after,
            arrival: None,
            stop_start: whole.stop_start.map(|start| start.max(after.time)),
            reports: whole.reports - reports,
            confidence: seen_ends(false, whole.departure.is_some()),
            ..whole
        };
        Some([
            Half {
                call: first,
                ..*self
            },
            Half {
                call: second,
                reports_before: before,
            },
        ])
    }
}

fn seen_ends(entry: bool, exit: bool) -> Confidence {
    match (entry, exit) {
        (false, false) => Confidence::StopOnly,
        (true, true) => Confidence::BothEnds,
        _ => Confidence::OneEnd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{
        Candidate, GapIx, HullIx, PortIx, Position, ReportRef, SourceRow, TimeSpan, Timestamp,
    };

    fn report(hour: i64) -> ReportRef {
        ReportRef {
            time: Timestamp::from_seconds(hour * 3600).unwrap(),
            position: Position::default(),
            source: SourceRow::default(),
        }
    }

    fn gap(from: i64, to: i64) -> Gap {
        Gap {
            before: report(from),
            after: Some(report(to)),
            reports_before: 1,
            distance_m: None,
            implied_speed_knots: None,
            port: Some(PortIx(0)),
        }
    }

    fn call(from: i64, to: i64, reports: u64) -> PortCall {
        PortCall {
            port: PortIx(0),
            first: report(from),
            last: report(to),
            arrival: Some(report(from).time),
            departure: Some(report(to).time),
            stop_start: Some(report(from + 1).time),
            stop_end: Some(report(to - 1).time),
            confidence: Confidence::BothEnds,
            position: Position::default(),
            distance_to_port_m: 0.0,
            reports,
        }
    }

    fn dark(gap: u32, port: u32, grade: Grade) -> DarkCall {
        let span = TimeSpan {
            earliest: report(0).time,
            latest: None,
        };
        DarkCall {
            gap: GapIx {
                hull: HullIx(0),
                number: gap,
            },
            grade,
            arrival: span,
            departure: span,
            candidate: Candidate {
                port: PortIx(port),
                is_watched: false,
                past_calls: 0,
                others_heard: None,
                slack_h: 1.0,
                longest_stay_h: 2.0,
                speed_needed_knots: 1.0,
                from_m: 1.0,
                to_m: None,
                arrival: span,
                departure: span,
                water: None,
                is_plausible: None,
                score: 1.0,
            },
            sightings: Vec::new(),
            is_named: true,
            cut_by: Vec::new(),
            repeats: None,
            beaten: Vec::new(),
            beaten_total: 0,
            position: Position::default(),
        }
    }

    #[test]
    fn a_sighting_elsewhere_in_a_silence_splits_the_call_around_it() {
        let gaps = [gap(10, 50), gap(60, 100)];
        let counts = BTreeMap::from([(0, 10), (1, 21)]);
        let calls = [call(0, 110, 31)];
        let split = split_calls(&calls, &gaps, &[dark(0, 1, Grade::D3)], &counts);
        assert_eq!(split.len(), 2);
        assert_eq!((split[0].reports, split[1].reports), (10, 21));
        assert_eq!(
            (split[0].arrival, split[0].departure),
            (calls[0].arrival, None)
        );
        assert_eq!(split[0].stop_end, Some(report(10).time));
        assert_eq!(
            (split[1].arrival, split[1].departure),
            (None, calls[0].departure)
        );
        let thrice = split_calls(
            &calls,
            &gaps,
            &[dark(0, 1, Grade::D4), dark(1, 1, Grade::D3)],
            &counts,
        );
        let reports: Vec<u64> = thrice.iter().map(|call| call.reports).collect();
        assert_eq!(reports, [10, 11, 10]);
        assert_eq!(thrice[1].confidence, Confidence::StopOnly);
    }

    #[test]
    fn what_no_sighting_bears_out_splits_nothing_nor_does_the_same_port() {
        let gaps = [gap(10, 50)];
        let counts = BTreeMap::from([(0, 10)]);
        let calls = [call(0, 110, 31)];
        for kept in [dark(0, 1, Grade::D2), dark(0, 0, Grade::D4)] {
            assert_eq!(split_calls(&calls, &gaps, &[kept], &counts), calls);
        }
    }
}
