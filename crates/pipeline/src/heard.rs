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
