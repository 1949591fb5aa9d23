//! Observation: what inference must know of one hull is taken from her reports while they are at
//! hand. It is small, and does not grow with them.

use crate::PipelineError;
use crate::detect::{HullEvents, VesselEvents};
use crate::near_reports::Windows;
use crate::sightings::Claims;
use crate::watch::HullRest;
use landfall_events::dark::{
    Assessment, Heard, InferenceConfig, OwnCells, OwnPresences, Presence, ReceptionConfig, assess,
    could_have_been, fits_length, greatest_length_m, is_claim, is_considered, is_there, lay_there,
    reach_speeds, suspect,
};
use landfall_events::fleet::Mark;
use landfall_track::{
    Gap, Hull, HullIx, PortCall, PortIx, ReachSpeeds, ReportRef, Sighting, SightingIx,
    SightingOutcome, Stop, Suspect, Timestamp, Vertex, Vessel, VesselId, distance_m,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What observation goes by.
pub(crate) struct Observer<'a> {
    pub(crate) config: &'a InferenceConfig,
    pub(crate) reception: &'a ReceptionConfig,
    pub(crate) watched: &'a BTreeSet<PortIx>,
    pub(crate) sightings: &'a [Sighting],
    pub(crate) claims: &'a Claims,
    pub(crate) data_end: Timestamp,
}

/// What is known of one hull. What it says of sightings is taken out before it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ObservedHull {
    pub(crate) hull: Hull,
    pub(crate) calls: Vec<PortCall>,
    pub(crate) gaps: Vec<Gap>,
    /// Her path, if she may get a dark leg; else empty.
    pub(crate) vertices: Vec<Vertex>,
    pub(crate) speeds: ReachSpeeds,
    /// For each gap.
    pub(crate) own: Vec<OwnPresences>,
    /// How it moved at the ends of its silences.
    #[serde(skip)]
    pub(crate) marks: Vec<Mark>,
    /// Sightings that name her.
    #[serde(skip)]
    pub(crate) claimed: Vec<(SightingIx, Assessment)>,
    /// Sightings that name nobody, and could be of her in a gap.
    #[serde(skip)]
    pub(crate) suspected: Vec<Suspected>,
    /// Sightings that name nobody, and could be of her in some silence, however short.
    #[serde(skip)]
    pub(crate) rival: Vec<SightingIx>,
    /// Sightings that name nobody, about which it was heard in their area and could have been meant.
    #[serde(skip)]
    pub(crate) considered: Vec<SightingIx>,
    /// Sightings that name nobody, from whose place she reported then; of scenes without any vessel,
    /// within which she surely lay.
    #[serde(skip)]
    pub(crate) there: Vec<SightingIx>,
    /// For gaps within a call: how many of the call's reports are before the gap.
    pub(crate) reports_in_call: BTreeMap<u32, u64>,
    /// The gaps at both ends of which it was where it last stopped outside every port.
    pub(crate) at_rest: BTreeSet<u32>,
}

/// A sighting that names nobody, and could be of a hull in a gap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Suspected {
    pub(crate) sighting: SightingIx,
    pub(crate) suspect: Suspect,
    /// In how many of her gaps.
    pub(crate) gaps: u32,
    pub(crate) fits_length: bool,
}

/// One id's hulls, with all her presences.
#[derive(Clone, Debug, Default)]
pub(crate) struct Observed {
    pub(crate) hulls: Vec<ObservedHull>,
    pub(crate) presences: Vec<Presence>,
}

impl Observer<'_> {
    /// The times at which a vessel is watched in view of sightings: those that may be of her, or, as with
    /// later rows any may turn out to be, `all`.
    pub(crate) fn windows(&self, vessel: &VesselId, all: bool) -> Windows {
        let margin_h = self.config.confirm_h;
        if all {
            return Windows::around(self.sightings.iter(), margin_h);
        }
        let of_claims = self.claims.of(vessel).iter();
        let sightings = of_claims
            .chain(self.claims.unclaimed())
            .filter_map(|ix| self.sightings.get(ix.0 as usize));
        Windows::around(sightings, margin_h)
    }

    /// What inference must know of each of an id's hulls.
    ///
    /// # Errors
    /// If a path that is on disk cannot be read.
    pub(crate) fn hulls(
        &self,
        vessel: &Vessel,
        events: &VesselEvents,
        rests: Vec<HullRest>,
        presences: &[Presence],
    ) -> Result<Vec<ObservedHull>, PipelineError> {
        let claimed = self.claims.of(&vessel.id);
        let nameless;
        let vessel = if events.has_several_hulls() {
            // Which of the id's particulars are which hull's, nobody can tell.
            nameless = Vessel {
                id: vessel.id.clone(),
                identities: Vec::new(),
            };
            &nameless
        } else {
            vessel
        };
        let has_gaps = events.hulls.iter().any(|(_, hull)| !hull.gaps.is_empty());
        let own = OwnCells::new(if has_gaps { presences } else { &[] }, self.reception);
        events
            .hulls
            .iter()
            .zip(rests)
            .map(|((hull, hers), rest)| self.hull(vessel, (*hull, hers), rest, claimed, &own))
            .collect()
    }

    fn hull(
        &self,
        vessel: &Vessel,
        (hull, events): (Hull, &HullEvents),
        rest: HullRest,
        claimed: &[SightingIx],
        own: &OwnCells<'_>,
    ) -> Result<ObservedHull, PipelineError> {
        let has_gaps = !events.gaps.is_empty();
        let speeds = reach_speeds(vessel, &rest.speeds, self.config);
        let length_m = greatest_length_m(vessel);
        let refs = rest.near.finish();
        let heard = Heard {
            // Her place among all hulls is known only when all are.
            hull: HullIx::default(),
            reports: &refs,
            gaps: &events.gaps,
            speeds,
            length_m,
            data_end: self.data_end,
        };
        let sighting = |ix: SightingIx| Some((ix, self.sightings.get(ix.0 as usize)?));
        let claimed: Vec<(SightingIx, Assessment)> = claimed
            .iter()
            .filter_map(|ix| sighting(*ix))
            .map(|(ix, sighting)| (ix, assess(sighting, &heard, self.config)))
            .collect();
        let unclaimed = || {
            self.claims
                .unclaimed()
                .iter()
                .filter_map(|ix| sighting(*ix))
        };
        let suspected: Vec<Suspected> = unclaimed()
            .filter(|(_, sighting)| sighting.outcome == SightingOutcome::Seen)
            .filter_map(|(ix, sighting)| {
                let (suspect, gaps) = suspect(sighting, &heard, self.config)?;
                Some(Suspected {
                    sighting: ix,
                    suspect,
                    gaps,
                    fits_length: fits_length(&suspect, sighting, self.config),
                })
            })
            .collect();
        // A claim over weeks is not searched report by report.
        let brief = || unclaimed().filter(|(_, sighting)| !is_claim(sighting, self.config));
        let there = brief()
            .filter(|(_, sighting)| match sighting.outcome {
                SightingOutcome::Seen => is_there(sighting, &refs, self.config),
                _ => lay_there(sighting, &heard, self.config),
            })
            .map(|(ix, _)| ix)
            .collect();
        let rival = brief()
            .filter(|(_, sighting)| could_have_been(sighting, &heard, self.config))
            .map(|(ix, _)| ix)
            .collect();
        let considered = brief()
            .filter(|(_, sighting)| is_considered(sighting, &heard, self.config))
            .map(|(ix, _)| ix)
            .collect();
        let may_have_been = !claimed.is_empty() || !suspected.is_empty();
        let keeps_path = has_gaps && (may_have_been || !self.watched.is_empty());
        Ok(ObservedHull {
            hull,
            own: events
                .gaps
                .iter()
                .map(|gap| own.of_gap(gap, self.data_end))
                .collect(),
            reports_in_call: rest.reports_in_call,
            at_rest: at_rest(&events.gaps, &events.stops, self.config.berth_m),
            calls: events.calls.clone(),
            gaps: events.gaps.clone(),
            vertices: if keeps_path {
                events.vertices.all()?
            } else {
                Vec::new()
            },
            speeds,
            marks: rest.marks,
            claimed,
            suspected,
            rival,
            considered,
            there,
        })
    }
}

/// The numbers of the gaps at both ends of which the vessel was where it last stopped outside every
/// port, within so many metres. Both lists are in time order. A report alone between two silences makes no
/// stop of its own.
fn at_rest(gaps: &[Gap], stops: &[Stop], berth_m: f64) -> BTreeSet<u32> {
    let lay_at = |report: ReportRef| {
        let begun = stops.partition_point(|stop| stop.first.time <= report.time);
        let outside = |stop: &&Stop| stop.call.is_none();
        let last = stops[..begun].iter().rev().find(outside);
        last.is_some_and(|stop| distance_m(stop.position, report.position) <= berth_m)
    };
    (0..)
        .zip(gaps)
        .filter(|(_, gap)| lay_at(gap.before) && gap.after.is_some_and(lay_at))
        .map(|(number, _)| number)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{LonLat, Position, SourceRow};

    /// At an anchorage, or a tenth of a degree east of it: 11 km at the equator.
    fn report(hour: i64, tenths: i32) -> ReportRef {
        ReportRef {
            time: Timestamp::from_seconds(hour * 3600).unwrap(),
            position: Position::from_degrees(LonLat {
                lon: f64::from(tenths) * 0.1,
                lat: 0.0,
            })
            .unwrap(),
            source: SourceRow::default(),
        }
    }

    fn gap(before: ReportRef, after: Option<ReportRef>) -> Gap {
        Gap {
            before,
            after,
            reports_before: 1,
            distance_m: None,
            implied_speed_knots: None,
            port: None,
            kind: landfall_track::GapKind::Silence,
            without_position: None,
            silent_ms: 0,
        }
    }

    #[test]
    fn a_gap_is_at_rest_where_the_vessel_last_stopped_before_and_after_it() {
        let stop = |from, to| Stop {
            first: report(from, 0),
            last: report(to, 0),
            start_seen: true,
            end_seen: false,
            start: report(from, 0).time,
            end: report(to, 0).time,
            position: report(from, 0).position,
            reports: 2,
            evidence: landfall_track::StopEvidence::default(),
            kind: landfall_track::StopKind::Anchored,
            nearest_port: None,
            place: None,
            call: None,
        };
        let gaps = [
            gap(report(2, 0), Some(report(4, 0))),
            gap(report(10, 0), Some(report(20, 0))),
            // One report between two silences.
            gap(report(20, 0), Some(report(30, 0))),
            gap(report(40, 1), Some(report(50, 0))),
            gap(report(60, 0), Some(report(70, 1))),
            gap(report(80, 0), None),
        ];
        let stops = [stop(5, 10), stop(30, 35), stop(55, 60)];
        assert_eq!(at_rest(&gaps, &stops, 600.0), [1, 2].into());
    }
}
