//! Vessels whose rows have gone by, until what all of them show together is known. What does not fit into memory waits
//! on disk.

use crate::PipelineError;
use crate::accounts::Accounts;
use crate::state_file::record_bytes;
use crate::temp_file::TempFile;
use crate::watch::Watch;
use landfall_track::Vessel;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// A vessel whose rows have gone by.
#[derive(Serialize, Deserialize)]
pub(crate) struct HeardVessel {
    pub(crate) vessel: Vessel,
    pub(crate) watch: Watch,
    pub(crate) accounts: Accounts,
    pub(crate) is_asked_for: bool,
    pub(crate) is_station: bool,
}

impl HeardVessel {
    /// About how many bytes it takes.
    pub(crate) fn size(&self) -> usize {
        const IDENTITY: usize = 400;
        size_of::<Self>() + self.vessel.identities.len() * IDENTITY + self.watch.size()
    }
}

/// All of them, in order.
pub(crate) struct HeardVessels {
    folder: PathBuf,
    /// Bytes that may be in memory, and those that are.
    memory: usize,
    used: usize,
    places: Vec<Mutex<Place>>,
    file: Option<TempFile>,
}

enum Place {
    InMemory(Box<HeardVessel>),
    OnDisk { start: u64, end: u64 },
    Taken,
}

impl HeardVessels {
    /// None yet; so many bytes of them stay in memory, the others go to a folder.
    pub(crate) fn new(folder: PathBuf, memory: usize) -> Self {
        Self {
            folder,
            memory,
            used: 0,
            places: Vec::new(),
            file: None,
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Takes the next one. One of which a part is on disk already stays with it.
    ///
    /// # Errors
    /// If there is no room for it.
    pub(crate) fn push(&mut self, heard: HeardVessel) -> Result<(), PipelineError> {
        let size = heard.size();
        let place = if heard.watch.is_on_disk() || self.used + size <= self.memory {
            self.used += size;
            Place::InMemory(Box::new(heard))
        } else {
            let file = match &mut self.file {
                Some(file) => file,
                none => none.insert(TempFile::new(&self.folder)?),
            };
            let start = file.length();
            file.append(&record_bytes(&heard)?)?;
            let end = file.length();
            Place::OnDisk { start, end }
        };
        self.places.push(Mutex::new(place));
        Ok(())
    }

    /// Takes one out; the first is 0, and each can be had once.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(crate) fn take(&self, number: usize) -> Result<HeardVessel, PipelineError> {
        let missing =
            || PipelineError::temp("read", &self.folder)(std::io::ErrorKind::NotFound.into());
        let place = self.places.get(number).ok_or_else(missing)?;
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        match (std::mem::replace(&mut *place, Place::Taken), &self.file) {
            (Place::InMemory(heard), _) => Ok(*heard),
            (Place::OnDisk { start, end }, Some(file)) => {
                let mut bytes = vec![0; (end - start) as usize];
                file.read_at(&mut bytes, start)?;
                postcard::from_bytes(&bytes).map_err(|_| file.damaged())
            }
            _ => Err(missing()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{Mmsi, VesselId};

    fn heard(number: u32) -> HeardVessel {
        let mut accounts = Accounts::default();
        accounts.file(number as usize).used = u64::from(number);
        HeardVessel {
            vessel: Vessel {
                id: VesselId::Mmsi(Mmsi::new(number).unwrap()),
                identities: Vec::new(),
            },
            watch: Watch::default(),
            accounts,
            is_asked_for: number.is_multiple_of(2),
            is_station: number.is_multiple_of(3),
        }
    }

    #[test]
    fn who_waited_on_disk_comes_back_as_who_waited_in_memory_and_once_only() {
        let folder = tempfile::tempdir().unwrap();
        let one = heard(1).size();
        for memory in [0, 3 * one, usize::MAX] {
            let mut vessels = HeardVessels::new(folder.path().to_owned(), memory);
            for number in 1..9 {
                vessels.push(heard(number)).unwrap();
            }
            assert_eq!(vessels.len(), 8);
            for number in [8, 1, 4] {
                let back = vessels.take(number as usize - 1).unwrap();
                assert_eq!(
                    record_bytes(&back).unwrap(),
                    record_bytes(&heard(number)).unwrap()
                );
            }
            assert!(vessels.take(0).is_err());
            assert!(vessels.take(8).is_err());
        }
    }
}
