//! Detection: every vessel's own events are put together and written, and what inference must know of
//! it is kept.

use crate::accounts::Accounts;
use crate::crew::Crew;
use crate::deferred::Deferred;
use crate::flagged_spool::FlaggedSpool;
use crate::fleet::Fleet;
use crate::heard::HeardVessels;
use crate::quality::QualityTally;
use crate::rejected::RejectedSpool;
use crate::sightings::Assessor;
use crate::state::Before;
use crate::state_file::StateWriter;
use crate::subjects::{Asked, Subject, Subjects};
use crate::work::{Detected, Work};
use crate::{HullDigest, PipelineError, Plan, RunProgress, RunSummary};
use landfall_events::dark::CellTable;
use landfall_events::fleet::{DisplacedVessel, Interference, InterferenceConfig};
use landfall_report::{Lines, OutputWriter, VesselLabel, hull_id};
use landfall_spatial_index::canal_name;
use landfall_track::{HullIx, Timestamp, Vessel, VesselId};
use std::collections::BTreeMap;

/// An id is called crowded if more reports than this, and a quarter of all, belong to no hull.
const CROWD: u64 = 100;
const CROWDED_IDS_TOLD: usize = 5;
/// Days by which the last vessel heard must outlast all others to be called lone.
const LONE_DAYS: f64 = 180.0;

/// Every vessel's own events, and what inference must know of it.
pub(crate) struct Detection<'a, 'w> {
    pub(crate) summary: &'a mut RunSummary,
    pub(crate) accounts: Accounts,
    pub(crate) rejected: RejectedSpool,
    /// The state that is being written, if one is kept.
    pub(crate) state: Option<StateWriter>,
    pub(crate) writer: &'a mut OutputWriter<'w>,
    pub(crate) subjects: Subjects,
    pub(crate) cells: CellTable,
    pub(crate) fleet: Fleet<'a>,
    pub(crate) assessor: Assessor<'a>,
    pub(crate) lone_last: LoneLast,
    pub(crate) quality: QualityTally,
    /// Vessels of which only inference can say whether they are asked for.
    pub(crate) deferred: Deferred,
    pub(crate) flagged: FlaggedSpool,
    /// Whose positions were false for a time, and the names of those vessels.
    pub(crate) displaced: Displaced,
    /// Vessels so far.
    pub(crate) taken: u32,
}

/// Vessels whose positions were false for a time.
#[derive(Default)]
pub(crate) struct Displaced {
    all: Vec<DisplacedVessel>,
    names: BTreeMap<u32, String>,
}

impl Displaced {
    fn add(&mut self, detected: &mut Detected) {
        let displaced = std::mem::take(&mut detected.events.displaced);
        if displaced.is_empty() || detected.is_station {
            return;
        }
        let vessel = detected.number;
        self.names.insert(vessel, detected.vessel.id.to_string());
        let of_vessel = |displacement| DisplacedVessel {
            vessel,
            displacement,
        };
        self.all.extend(displaced.into_iter().map(of_vessel));
    }

    /// What they have in common.
    pub(crate) fn interference(self, config: &InterferenceConfig) -> Interference {
        let Self { all, names } = self;
        Interference::find(all, config, |vessel| {
            names.get(&vessel).cloned().unwrap_or_default()
        })
    }
}

impl Detection<'_, '_> {
    /// Takes all vessels that were heard.
    ///
    /// # Errors
    /// If what is on disk cannot be read, or events not written.
    pub(crate) fn take_all(
        &mut self,
        heard: &HeardVessels,
        work: &Work<'_>,
        crew: Crew,
        progress: &RunProgress,
    ) -> Result<(), PipelineError> {
        crew.in_order(
            heard.len(),
            |number| {
                let times = &progress.times;
                times.detect.time(|| work.conclude(heard.take(number)?))
            },
            Detected::size,
            |detected| progress.times.write.time(|| self.take(detected)),
        )
    }

    /// Writes every row that could not be used: those of earlier runs, those of the inputs, then those
    /// of the tables beside them.
    ///
    /// # Errors
    /// If they cannot be read or written.
    pub(crate) fn write_rejected(
        &mut self,
        before: &Before,
        plan: &Plan,
    ) -> Result<(), PipelineError> {
        let (writer, state) = (&mut *self.writer, &mut self.state);
        let mut keep = |line: &[u8]| match state {
            Some(state) => state.rejected(line),
            None => Ok(()),
        };
        before.rejected(|line, row| {
            keep(line)?;
            Ok(writer.rejected(row)?)
        })?;
        self.rejected.drain(|line, row| {
            keep(line)?;
            Ok(writer.rejected(row)?)
        })?;
        for entry in &plan.rejected {
            writer.rejected_entry(entry)?;
        }
        Ok(())
    }

    /// Takes a vessel that has gone through detection: writes what is final, keeps the rest.
    fn take(&mut self, mut detected: Detected) -> Result<(), PipelineError> {
        self.accounts.add(&detected.accounts);
        self.lone_last.add(&detected);
        detected.number = self.taken;
        self.taken += 1;
        self.displaced.add(&mut detected);
        self.summary.near_ports(&detected.near_ports);
        self.cells.add(&detected.observed.presences);
        self.fleet.vessel(&detected);
        let first = HullIx(self.subjects.len() as u32);
        let hulls = std::mem::take(&mut detected.observed.hulls);
        let count = hulls.len();
        for mut hull in hulls {
            let vessel_id = hull_id(&detected.vessel.id, hull.hull);
            let ix = HullIx(self.subjects.len() as u32);
            self.assessor
                .add(ix, (&detected.vessel.id, &vessel_id), &mut hull);
            self.fleet.hull(ix, &hull);
            hull.marks = Vec::new();
            self.subjects.push(Subject {
                vessel: detected.vessel.clone(),
                vessel_id,
                observed: hull,
                asked: detected.asked,
            })?;
        }
        match detected.asked {
            Asked::Yes => write_detected(
                self.writer,
                self.summary,
                &mut self.quality,
                &mut self.flagged,
                detected,
            ),
            Asked::IfDarkCall => self.deferred.push(first, count, detected),
            Asked::No => Ok(()),
        }
    }
}

/// Writes what is final about a vessel that is asked for, and sums it up.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn write_detected(
    writer: &mut OutputWriter<'_>,
    summary: &mut RunSummary,
    tally: &mut QualityTally,
    spool: &mut FlaggedSpool,
    mut detected: Detected,
) -> Result<(), PipelineError> {
    summary.stations += u64::from(detected.is_station);
    write_vessel(writer, &detected)?;
    digest(summary, &detected);
    if let Some(quality) = &detected.quality {
        tally.add(&detected.vessel.id.to_string(), quality);
        let hulls = detected.events.hulls.iter();
        tally.add_gaps(hulls.flat_map(|(_, hull)| &hull.gaps));
    }
    let vessel = (&detected.vessel.id, detected.number);
    let flagged = std::mem::take(&mut detected.events.flagged);
    let verdicts = &detected.events.verdicts;
    flagged.in_order(|flagged| match verdicts.settled(flagged) {
        Some(settled) => spool.put(vessel, &settled),
        None => Ok(()),
    })
}

/// The two vessels that were heard last.
#[derive(Default)]
pub(crate) struct LoneLast {
    last: Option<(Timestamp, VesselId)>,
    next: Option<Timestamp>,
}

impl LoneLast {
    /// Takes the next vessel; they come in the order of their ids.
    fn add(&mut self, detected: &Detected) {
        let Some(last) = detected.last else {
            return;
        };
        if self.last.as_ref().is_some_and(|(latest, _)| last < *latest) {
            self.next = self.next.max(Some(last));
        } else {
            self.next = self.last.take().map(|(latest, _)| latest);
            self.last = Some((last, detected.vessel.id.clone()));
        }
    }

    /// The vessel that was heard long after every other, if there is one, and by how many days.
    pub(crate) fn told(self) -> Option<(VesselId, f64)> {
        let (last, id) = self.last?;
        let days = last.hours_since(self.next?) / 24.0;
        (days > LONE_DAYS).then_some((id, days))
    }
}

/// Writes what is final about one id: all but calls and gaps, which sightings may split.
fn write_vessel(writer: &mut OutputWriter<'_>, detected: &Detected) -> Result<(), PipelineError> {
    let Some(heard) = detected.heard else {
        return Ok(());
    };
    let vessel = &detected.vessel;
    writer.vessel(&vessel.id.to_string(), vessel, heard)?;
    for (hull, span) in &detected.further_hulls {
        // Which of the id's particulars are this hull's, nobody can tell.
        let nameless = Vessel {
            id: vessel.id.clone(),
            identities: Vec::new(),
        };
        writer.vessel(&hull_id(&vessel.id, *hull), &nameless, *span)?;
    }
    let mut lines = Lines::default();
    for (hull, events) in &detected.events.hulls {
        let id = hull_id(&vessel.id, *hull);
        let label = |time| VesselLabel::at(vessel, &id, time);
        for stop in &events.stops {
            writer.stop(&label(stop.first.time), stop)?;
        }
        for transit in &events.transits {
            writer.transit(
                &label(transit.first.time),
                transit,
                canal_name(transit.canal),
            )?;
        }
        for leg in &events.legs {
            lines.trace_pieces(events.vertices.of_leg(leg))?;
            writer.leg(&label(leg.first.time), leg, &lines)?;
        }
    }
    Ok(())
}

/// Notes what the summary will say of an id's hulls.
fn digest(summary: &mut RunSummary, detected: &Detected) {
    let vessel = &detected.vessel;
    summary.further_hulls += detected.further_hulls.len() as u64;
    let flagged = &detected.events.flagged;
    let homeless = flagged.homeless;
    let reports = detected.heard.map_or(0, |heard| heard.reports) + flagged.total;
    if homeless > CROWD && homeless * 4 > reports && summary.crowded_ids.len() < CROWDED_IDS_TOLD {
        summary.crowded_ids.push(vessel.id.clone());
    }
    for (hull, events) in &detected.events.hulls {
        let name = vessel.at(Timestamp::MAX, |sent| sent.name.clone());
        summary
            .digests
            .add(HullDigest::new(hull_id(&vessel.id, *hull), name, events));
    }
}
