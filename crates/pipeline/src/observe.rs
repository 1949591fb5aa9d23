//! Observation: what inference must know of one hull is taken from her reports while they are at
//! hand. It is small, and does not grow with them.

use crate::detect::{HullEvents, VesselEvents};
use crate::gather::VesselRows;
use crate::sightings::Claims;
use landfall_events::dark::{
    Assessment, Heard, InferenceConfig, OwnCells, OwnPresences, Presence, PresenceBuilder,
    ReceptionConfig, SpeedHistogram, assess, could_have_been, fits_length, is_claim, is_there,
    lay_there, reach_speeds, suspect,
};
use landfall_track::{
    Gap, Hull, HullIx, PortCall, PortIx, PositionReport, ReachSpeeds, ReportRef, Sighting,
    SightingIx, SightingOutcome, SourceRow, Suspect, Timestamp, Vertex, Vessel,
};
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

/// What is known of one hull.
#[derive(Clone, Debug)]
pub(crate) struct ObservedHull {
    pub(crate) hull: Hull,
    pub(crate) calls: Vec<PortCall>,
    pub(crate) gaps: Vec<Gap>,
    /// Her path, if she may get a dark leg; else empty.
    pub(crate) vertices: Vec<Vertex>,
    pub(crate) speeds: ReachSpeeds,
    /// For each gap.
    pub(crate) own: Vec<OwnPresences>,
    /// Sightings that name her.
    pub(crate) claimed: Vec<(SightingIx, Assessment)>,
    /// Sightings that name nobody, and could be of her in a gap.
    pub(crate) suspected: Vec<Suspected>,
    /// Sightings that name nobody, and could be of her in some silence, however short.
    pub(crate) rival: Vec<SightingIx>,
    /// Sightings that name nobody, from whose place she reported then; of scenes without any vessel,
    /// within which she surely lay.
    pub(crate) there: Vec<SightingIx>,
    /// For gaps within a call: how many of the call's reports are before the gap.
    pub(crate) reports_in_call: BTreeMap<u32, u64>,
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
    /// Where and when an id was heard. Ships that share it count as one.
    pub(crate) fn presences(rows: &VesselRows) -> Vec<Presence> {
        let mut presences = PresenceBuilder::default();
        for report in rows.reports() {
            presences.push(report.time, report.position);
        }
        presences.finish()
    }

    /// Takes from an id's reports what inference must know of each of her hulls.
    pub(crate) fn hulls(
        &self,
        vessel: &Vessel,
        rows: &VesselRows,
        events: &VesselEvents,
        presences: &[Presence],
    ) -> Vec<ObservedHull> {
        let whose = Whose::new(events);
        let claimed = self.claims.of(&vessel.id);
        let nameless;
        let vessel = if events.hulls.len() > 1 {
            // Which of the id's particulars are which hull's, nobody can tell.
            nameless = Vessel {
                id: vessel.id.clone(),
                identities: Vec::new(),
            };
            &nameless
        } else {
            vessel
        };
        let has_gaps = events.hulls.values().any(|hull| !hull.gaps.is_empty());
        let own = OwnCells::new(if has_gaps { presences } else { &[] }, self.reception);
        events
            .hulls
            .iter()
            .map(|(hull, hers)| {
                let reports = || {
                    rows.reports()
                        .filter(|report| whose.is_hers(report.source, *hull))
                };
                self.hull(vessel, (*hull, hers), reports, claimed, &own)
            })
            .collect()
    }

    fn hull<'r, I: Iterator<Item = &'r PositionReport>>(
        &self,
        vessel: &Vessel,
        (hull, events): (Hull, &HullEvents),
        reports: impl Fn() -> I,
        claimed: &[SightingIx],
        own: &OwnCells<'_>,
    ) -> ObservedHull {
        let mut speeds = SpeedHistogram::default();
        let has_gaps = !events.gaps.is_empty();
        if has_gaps || !claimed.is_empty() || !self.claims.unclaimed().is_empty() {
            for report in reports() {
                speeds.push(report, self.config.moving_knots);
            }
        }
        let speeds = reach_speeds(vessel, &speeds, self.config);
        let length_m = vessel
            .identities
            .iter()
            .filter_map(|identity| identity.particulars.length_dm)
            .max()
            .map(|length_dm| f64::from(length_dm) / 10.0);
        let refs: Vec<ReportRef> = if claimed.is_empty() && self.claims.unclaimed().is_empty() {
            Vec::new()
        } else {
            reports().map(PositionReport::to_ref).collect()
        };
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
        let may_have_been = !claimed.is_empty() || !suspected.is_empty();
        let keeps_path = has_gaps && (may_have_been || !self.watched.is_empty());
        ObservedHull {
            hull,
            own: events
                .gaps
                .iter()
                .map(|gap| own.of_gap(gap, self.data_end))
                .collect(),
            reports_in_call: reports_in_calls(events, &reports),
            calls: events.calls.clone(),
            gaps: events.gaps.clone(),
            vertices: if keeps_path {
                events.vertices.clone()
            } else {
                Vec::new()
            },
            speeds,
            claimed,
            suspected,
            rival,
            there,
        }
    }
}

/// For each gap within a call, how many of the call's reports are before it.
fn reports_in_calls<'r, I: Iterator<Item = &'r PositionReport>>(
    events: &HullEvents,
    reports: &impl Fn() -> I,
) -> BTreeMap<u32, u64> {
    let mut counts = BTreeMap::new();
    // Gaps, calls and reports are all in time order: one pass over the reports does.
    let mut reports = reports().peekable();
    let mut begun: Option<(Timestamp, u64)> = None;
    for (number, gap) in events.gaps.iter().enumerate() {
        let Some(after) = gap.after else {
            continue;
        };
        let next = events
            .calls
            .partition_point(|call| call.first.time <= gap.before.time);
        let around = events.calls[..next]
            .last()
            .filter(|call| call.last.time >= after.time);
        let Some(call) = around else {
            continue;
        };
        let mut count = match begun {
            Some((first, so_far)) if first == call.first.time => so_far,
            _ => {
                while reports
                    .next_if(|report| report.time < call.first.time)
                    .is_some()
                {}
                0
            }
        };
        while reports
            .next_if(|report| report.time <= gap.before.time)
            .is_some()
        {
            count += 1;
        }
        begun = Some((call.first.time, count));
        counts.insert(number as u32, count);
    }
    counts
}

/// Which of an id's reports are whose.
struct Whose {
    /// Flagged reports; all others are the first hull's.
    flagged: BTreeMap<SourceRow, Option<Hull>>,
}

impl Whose {
    fn new(events: &VesselEvents) -> Self {
        Self {
            flagged: events
                .flagged
                .iter()
                .map(|flagged| (flagged.report.source, flagged.hull))
                .collect(),
        }
    }

    fn is_hers(&self, source: SourceRow, hull: Hull) -> bool {
        if self.flagged.is_empty() {
            return true;
        }
        match self.flagged.get(&source) {
            Some(of) => *of == Some(hull),
            None => hull.number == 0,
        }
    }
}
