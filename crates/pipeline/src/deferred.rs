//! Deferred vessels: those of whom only inference can say whether the run asks for them, since it asks for
//! a port at which they may have a dark call. What detection says of them waits here, and is written once
//! that is known. What does not fit into memory waits on disk.

use crate::PipelineError;
use crate::accounts::Accounts;
use crate::detect::{HullEvents, VesselEvents};
use crate::flagged::Flagged;
use crate::fleet::FleetShare;
use crate::observe::Observed;
use crate::quality::VesselQuality;
use crate::state_file::record_bytes;
use crate::subjects::Asked;
use crate::temp_file::TempFile;
use crate::verdict::Verdicts;
use crate::vertices::Vertices;
use crate::work::Detected;
use landfall_report::VesselSpan;
use landfall_track::{
    FlaggedReport, Gap, Hull, HullIx, Leg, PortCall, Stop, Transit, Vertex, Vessel,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What waits of one vessel.
pub(crate) struct Waiting {
    /// How many hulls the vessel has; the first one's number is the key.
    pub(crate) hulls: usize,
    /// Its rows, which are set aside if it is not asked for after all.
    pub(crate) rows: u64,
    place: Place,
}

enum Place {
    InMemory(Box<Detected>),
    OnDisk { start: u64, end: u64 },
}

/// Vessels that wait, by the number of their first hull.
pub(crate) struct Deferred {
    folder: PathBuf,
    /// Bytes that may be in memory, and those that are.
    memory: usize,
    used: usize,
    waiting: BTreeMap<u32, Waiting>,
    file: Option<TempFile>,
}

/// A vessel as it is stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    vessel: Vessel,
    heard: Option<VesselSpan>,
    further_hulls: Vec<(Hull, VesselSpan)>,
    hulls: Vec<(Hull, StoredHull)>,
    flagged: Vec<FlaggedReport>,
    verdicts: Verdicts,
    number: u32,
    quality: Option<VesselQuality>,
}

#[derive(Serialize, Deserialize)]
struct StoredHull {
    vertices: Vec<Vertex>,
    calls: Vec<PortCall>,
    stops: Vec<Stop>,
    transits: Vec<Transit>,
    legs: Vec<Leg>,
    gaps: Vec<Gap>,
}

impl Deferred {
    /// None yet; so many bytes of them stay in memory, the others go to a folder.
    pub(crate) fn new(folder: PathBuf, memory: usize) -> Self {
        Self {
            folder,
            memory,
            used: 0,
            waiting: BTreeMap::new(),
            file: None,
        }
    }

    /// Takes a vessel whose hulls begin with a number.
    ///
    /// # Errors
    /// If there is no room for it.
    pub(crate) fn push(
        &mut self,
        first: HullIx,
        hulls: usize,
        detected: Detected,
    ) -> Result<(), PipelineError> {
        let rows = detected.accounts.used();
        let size = detected.size();
        let place = if self.used + size <= self.memory {
            self.used += size;
            Place::InMemory(Box::new(detected))
        } else {
            let bytes = record_bytes(&Stored::of(detected)?)?;
            let file = match &mut self.file {
                Some(file) => file,
                none => none.insert(TempFile::new(&self.folder)?),
            };
            let start = file.length();
            file.append(&bytes)?;
            Place::OnDisk {
                start,
                end: file.length(),
            }
        };
        let waiting = Waiting { hulls, rows, place };
        self.waiting.insert(first.0, waiting);
        Ok(())
    }

    /// How many hulls the vessel has whose first one has a number, if it waits.
    pub(crate) fn hulls_of(&self, first: HullIx) -> Option<usize> {
        self.waiting.get(&first.0).map(|waiting| waiting.hulls)
    }

    /// Takes a vessel out: its rows, and unless it is dropped what detection says of it.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(crate) fn take(
        &mut self,
        first: HullIx,
        is_asked_for: bool,
    ) -> Result<(u64, Option<Detected>), PipelineError> {
        let Some(waiting) = self.waiting.remove(&first.0) else {
            return Ok((0, None));
        };
        if !is_asked_for {
            return Ok((waiting.rows, None));
        }
        let detected = match (waiting.place, &self.file) {
            (Place::InMemory(detected), _) => Some(*detected),
            (Place::OnDisk { start, end }, Some(file)) => {
                let mut bytes = vec![0; (end - start) as usize];
                file.read_at(&mut bytes, start)?;
                let stored: Stored = postcard::from_bytes(&bytes).map_err(|_| file.damaged())?;
                Some(stored.detected())
            }
            // What is on disk has a file.
            (Place::OnDisk { .. }, None) => None,
        };
        Ok((waiting.rows, detected))
    }
}

impl Stored {
    fn of(detected: Detected) -> Result<Self, PipelineError> {
        let mut flagged = Vec::new();
        detected.events.flagged.in_order(|found| {
            flagged.push(*found);
            Ok(())
        })?;
        let hulls = detected.events.hulls.into_iter().map(|(hull, events)| {
            let stored = StoredHull {
                vertices: events.vertices.all()?,
                calls: events.calls,
                stops: events.stops,
                transits: events.transits,
                legs: events.legs,
                gaps: events.gaps,
            };
            Ok((hull, stored))
        });
        Ok(Self {
            hulls: hulls.collect::<Result<_, PipelineError>>()?,
            vessel: detected.vessel,
            heard: detected.heard,
            further_hulls: detected.further_hulls,
            flagged,
            verdicts: detected.events.verdicts,
            number: detected.number,
            quality: detected.quality,
        })
    }

    fn detected(self) -> Detected {
        let mut flagged = Flagged::default();
        for found in self.flagged {
            flagged.push(found);
        }
        let hulls = self.hulls.into_iter().map(|(hull, stored)| {
            let mut vertices = Vertices::default();
            for vertex in stored.vertices {
                vertices.push(vertex);
            }
            let events = HullEvents {
                vertices,
                calls: stored.calls,
                stops: stored.stops,
                transits: stored.transits,
                legs: stored.legs,
                gaps: stored.gaps,
            };
            (hull, events)
        });
        Detected {
            events: VesselEvents {
                hulls: hulls.collect(),
                flagged,
                verdicts: self.verdicts,
                displaced: Vec::new(),
            },
            number: self.number,
            share: FleetShare::default(),
            vessel: self.vessel,
            heard: self.heard,
            last: None,
            is_station: false,
            further_hulls: self.further_hulls,
            observed: Observed::default(),
            accounts: Accounts::default(),
            quality: self.quality,
            asked: Asked::IfDarkCall,
            near_ports: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{Flag, Mmsi, Position, ReportRef, SourceRow, Timestamp, VesselId};

    fn detected(number: u32) -> Detected {
        let report = ReportRef {
            time: Timestamp::from_seconds(i64::from(number)).unwrap(),
            position: Position::default(),
            source: SourceRow::default(),
        };
        let mut stored = Stored {
            vessel: Vessel {
                id: VesselId::Mmsi(Mmsi::new(number).unwrap()),
                identities: Vec::new(),
            },
            heard: None,
            further_hulls: Vec::new(),
            hulls: Vec::new(),
            flagged: vec![FlaggedReport {
                report,
                flag: Flag::Spike,
                hull: None,
            }],
            verdicts: Verdicts::default(),
            number,
            quality: None,
        };
        let hull = Hull {
            number: 0,
            since: report.time,
        };
        let vertex = Vertex {
            time: report.time,
            position: report.position,
            after_gap: false,
        };
        let events = StoredHull {
            vertices: vec![vertex; 3],
            calls: Vec::new(),
            stops: Vec::new(),
            transits: Vec::new(),
            legs: Vec::new(),
            gaps: Vec::new(),
        };
        stored.hulls.push((hull, events));
        let mut detected = stored.detected();
        detected.accounts.file(0).used = u64::from(number);
        detected
    }

    #[test]
    fn what_waited_on_disk_comes_back_as_what_waited_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        for memory in [0, usize::MAX] {
            let mut deferred = Deferred::new(folder.path().to_owned(), memory);
            for number in 1..20 {
                deferred.push(HullIx(number), 1, detected(number)).unwrap();
            }
            assert_eq!(deferred.hulls_of(HullIx(7)), Some(1));
            let (rows, back) = deferred.take(HullIx(7), true).unwrap();
            let back = back.unwrap();
            assert_eq!((rows, &back.vessel.id), (7, &detected(7).vessel.id));
            assert_eq!(back.events.flagged.total, 1);
            let (_, hull) = &back.events.hulls[0];
            assert_eq!(hull.vertices.all().unwrap().len(), 3);
            let (rows, dropped) = deferred.take(HullIx(8), false).unwrap();
            assert_eq!((rows, dropped.is_none()), (8, true));
            assert_eq!(deferred.hulls_of(HullIx(8)), None);
        }
    }
}
