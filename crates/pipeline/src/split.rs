//! A call that a silence interrupted is split where a sighting puts the vessel elsewhere in that
//! silence, in another port or at sea: she left, and came back.

use landfall_spatial_index::PortIndex;
use landfall_track::{
    Confidence, Gap, GapInference, GapIx, Grade, HullFindings, PortCall, PortIx, Sighting,
};
use std::collections::BTreeMap;

/// Splits a hull's calls by sightings.
pub(crate) struct CallSplitter<'a> {
    pub(crate) ports: &'a PortIndex,
    /// Every sighting of the run.
    pub(crate) sightings: &'a [Sighting],
    /// For each gap within a call how many of the call's reports are before it.
    pub(crate) reports_in_call: &'a BTreeMap<u32, u64>,
}

impl CallSplitter<'_> {
    /// The calls, split in those gaps in which a sighting puts her elsewhere.
    pub(crate) fn split(
        &self,
        calls: &[PortCall],
        gaps: &[Gap],
        findings: &HullFindings,
    ) -> Vec<PortCall> {
        let mut split: Vec<Half> = calls.iter().map(|call| Half::whole(*call)).collect();
        for (gap, inference) in gaps.iter().zip(&findings.gaps) {
            let Some(before) = self.reports_in_call.get(&inference.gap.number) else {
                continue;
            };
            let interrupted = |half: &Half| {
                half.is_interrupted(gap)
                    && (self.seen_outside(half.call.port, inference)
                        || called_elsewhere(half.call.port, inference.gap, findings))
            };
            if let Some(at) = split.iter().position(interrupted)
                && let Some(halves) = split[at].split(gap, *before)
            {
                split.splice(at..=at, halves);
            }
        }
        split.into_iter().map(|half| half.call).collect()
    }

    /// Whether a sighting that splits a gap is surely from outside a port.
    fn seen_outside(&self, port: PortIx, inference: &GapInference) -> bool {
        inference
            .split_by
            .iter()
            .filter_map(|ix| self.sightings.get(ix.0 as usize))
            .any(|seen| {
                self.ports
                    .is_surely_outside(port, seen.position, seen.error_radius_m)
            })
    }
}

/// Whether a sighting bears out a call at another port in a gap.
fn called_elsewhere(port: PortIx, gap: GapIx, findings: &HullFindings) -> bool {
    findings
        .dark_calls
        .iter()
        .any(|call| call.gap == gap && call.grade >= Grade::D3 && call.candidate.port != port)
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

    fn is_interrupted(&self, gap: &Gap) -> bool {
        self.call.first.time <= gap.before.time
            && gap
                .after
                .is_some_and(|after| self.call.last.time >= after.time)
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
            berthing: whole.berthing.within(None, Some(gap.before.time)),
            reports,
            confidence: seen_ends(whole.arrival.is_some(), false),
            ..whole
        };
        let second = PortCall {
            first: after,
            arrival: None,
            stop_start: whole.stop_start.map(|start| start.max(after.time)),
            berthing: whole.berthing.within(Some(after.time), None),
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
    use landfall_spatial_index::PortRadiusConfig;
    use landfall_track::{
        Candidate, CapBasis, Claim, DarkCall, HullIx, LonLat, Place, Port, PortIx, PortSource,
        Position, ReachSpeeds, Reception, ReceptionVerdict, ReportRef, SightingIx, SightingOutcome,
        SourceRow, TimeSpan, Timestamp, ZoneReception,
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
            kind: landfall_track::GapKind::Silence,
            without_position: None,
            silent_ms: 0,
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
            berthing: landfall_track::Berthing::default(),
            confidence: Confidence::BothEnds,
            position: Position::default(),
            distance_to_port_m: 0.0,
            place: None,
            reports,
        }
    }

    fn dark(gap: u32, port: u32, grade: Grade) -> DarkCall {
        let span = TimeSpan {
            earliest: report(0).time,
            latest: None,
        };
        DarkCall {
            gap: gap_ix(gap),
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
                part: None,
            },
            sightings: Vec::new(),
            is_named: true,
            limits: Vec::new(),
            one_of: Vec::new(),
            cut_by: Vec::new(),
            repeats: None,
            beaten: Vec::new(),
            beaten_total: 0,
            position: Position::default(),
        }
    }

    fn gap_ix(number: u32) -> GapIx {
        GapIx {
            hull: HullIx(0),
            number,
        }
    }

    fn zone() -> ZoneReception {
        ZoneReception::default()
    }

    fn inference(gap: u32, split_by: &[u32]) -> GapInference {
        GapInference {
            gap: gap_ix(gap),
            speeds: ReachSpeeds {
                cap_knots: 33.0,
                cap_basis: CapBasis::Set,
                usual_knots: None,
            },
            reception: Reception {
                verdict: ReceptionVerdict::TooFewData,
                near_last: zone(),
                near_next: zone(),
                on_the_way: zone(),
                cell_deg: 1.0,
                bucket_h: 1.0,
            },
            split_by: split_by.iter().map(|ix| SightingIx(*ix)).collect(),
            parts: Vec::new(),
            candidates: Vec::new(),
            candidates_total: 0,
            lay_still: false,
            one_of: Vec::new(),
        }
    }

    /// A sighting so far east of the port at (0, 0).
    fn seen(lon: f64, error_radius_m: f64) -> Sighting {
        Sighting {
            id: "s".to_owned(),
            from: report(20).time,
            to: report(20).time,
            position: Position::from_degrees(LonLat { lon, lat: 0.0 }).unwrap(),
            error_radius_m,
            outline: None,
            outcome: SightingOutcome::Seen,
            sensor: None,
            claim: Claim::default(),
            activity: None,
            length_m: None,
            scene: None,
            source: String::new(),
            publisher: None,
            via: None,
            url: None,
            row: 1,
        }
    }

    fn split(
        calls: &[PortCall],
        gaps: &[Gap],
        dark: &[DarkCall],
        sightings: &[Sighting],
    ) -> Vec<PortCall> {
        let port = Port {
            place: Place::Points(vec![Position::default()]),
            name: "Here".to_owned(),
            locode: None,
            country: None,
            aliases: Vec::new(),
            other_codes: Vec::new(),
            harbor_size: None,
            radius_m: None,
            source: PortSource::User,
            precision_m: None,
        };
        let ports = PortIndex::new(vec![port], &PortRadiusConfig::default());
        let split_by: Vec<u32> = (0..sightings.len() as u32).collect();
        let findings = HullFindings {
            gaps: (0..gaps.len() as u32)
                .map(|gap| inference(gap, if gap == 0 { &split_by } else { &[] }))
                .collect(),
            dark_calls: dark.to_vec(),
            ..HullFindings::default()
        };
        CallSplitter {
            ports: &ports,
            sightings,
            reports_in_call: &BTreeMap::from([(0, 10), (1, 21)]),
        }
        .split(calls, gaps, &findings)
    }

    #[test]
    fn a_call_elsewhere_in_a_silence_splits_the_call_around_it() {
        let gaps = [gap(10, 50), gap(60, 100)];
        let calls = [call(0, 110, 31)];
        let once = split(&calls, &gaps, &[dark(0, 1, Grade::D3)], &[]);
        assert_eq!(once.len(), 2);
        assert_eq!((once[0].reports, once[1].reports), (10, 21));
        assert_eq!(
            (once[0].arrival, once[0].departure),
            (calls[0].arrival, None)
        );
        assert_eq!(once[0].stop_end, Some(report(10).time));
        assert_eq!(
            (once[1].arrival, once[1].departure),
            (None, calls[0].departure)
        );
        let dark = [dark(0, 1, Grade::D4), dark(1, 1, Grade::D3)];
        let thrice = split(&calls, &gaps, &dark, &[]);
        let reports: Vec<u64> = thrice.iter().map(|call| call.reports).collect();
        assert_eq!(reports, [10, 11, 10]);
        assert_eq!(thrice[1].confidence, Confidence::StopOnly);
    }

    #[test]
    fn a_sighting_at_sea_splits_the_call_if_it_is_surely_outside_the_port() {
        let gaps = [gap(10, 50)];
        let calls = [call(0, 110, 31)];
        // A tenth of a degree of longitude is 11.1 km at the equator.
        assert_eq!(split(&calls, &gaps, &[], &[seen(0.1, 1_000.0)]).len(), 2);
        assert_eq!(split(&calls, &gaps, &[], &[seen(0.1, 11_000.0)]), calls);
        assert_eq!(split(&calls, &gaps, &[], &[seen(0.01, 0.0)]), calls);
    }

    #[test]
    fn what_no_sighting_bears_out_splits_nothing_nor_does_the_same_port() {
        let gaps = [gap(10, 50)];
        let calls = [call(0, 110, 31)];
        for kept in [dark(0, 1, Grade::D2), dark(0, 0, Grade::D4)] {
            assert_eq!(split(&calls, &gaps, &[kept], &[]), calls);
        }
    }
}
