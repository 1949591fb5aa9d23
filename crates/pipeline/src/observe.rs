//! Observation: what inference must know of one hull is taken from her reports while they are at
//! hand. It is small, and does not grow with them.

use crate::PipelineError;
use crate::detect::{HullEvents, VesselEvents};
use crate::near_reports::Windows;
use crate::sightings::Claims;
use crate::watch::HullRest;
use landfall_events::dark::{
    Assessment, Heard, InferenceConfig, OwnCells, OwnPresences, Presence, ReceptionConfig, assess,
    could_have_been, fits_length, is_claim, is_there, lay_there, reach_speeds, suspect,
};
use landfall_events::fleet::Mark;
use landfall_track::{
    Gap, Hull, HullIx, PortCall, PortIx, ReachSpeeds, Sighting, SightingIx, SightingOutcome,
    Suspect, Timestamp, Vertex, Vessel, VesselId,
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
    /// Sightings that name nobody, from whose place she reported then; of scenes without any vessel,
    /// within which she surely lay.
    #[serde(skip)]
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
        let length_m = vessel
            .identities
            .iter()
            .filter_map(|identity| identity.particulars.length_dm)
            .max()
            .map(|length_dm| f64::from(length_dm) / 10.0);
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
            there,
        })
    }
}
