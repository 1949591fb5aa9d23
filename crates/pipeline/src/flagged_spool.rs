//! Flagged reports wait in a spool until all vessels have been through detection: what was displaced
//! together with other vessels is interference, and one vessel's data do not show that.

use crate::PipelineError;
use crate::state_file::record_bytes;
use crate::temp_file::{TempFile, Window};
use landfall_events::fleet::Interference;
use landfall_track::{Flag, FlaggedReport, VesselId};
use std::path::{Path, PathBuf};

/// Bytes that are in memory before they go to disk.
const IN_MEMORY: usize = 4 << 20;
/// No flagged report takes more bytes.
const LONGEST: usize = 112;
/// Bytes that are read at a time.
const WINDOW: usize = 1 << 16;

/// Flagged reports in the order in which they are to be listed.
pub(crate) struct FlaggedSpool {
    folder: PathBuf,
    vessels: Vec<(VesselId, u32)>,
    bytes: Vec<u8>,
    file: Option<TempFile>,
}

impl FlaggedSpool {
    /// An empty spool, whose temporary file goes to a folder.
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            vessels: Vec::new(),
            bytes: Vec::new(),
            file: None,
        }
    }

    /// Puts a vessel's flagged report down. `number`: the vessel's among all.
    ///
    /// # Errors
    /// If there is no room for it.
    pub(crate) fn put(
        &mut self,
        (id, number): (&VesselId, u32),
        flagged: &FlaggedReport,
    ) -> Result<(), PipelineError> {
        if self.vessels.last().is_none_or(|(last, _)| last != id) {
            self.vessels.push((id.clone(), number));
        }
        let place = self.vessels.len() as u32 - 1;
        self.bytes.extend(record_bytes(&(place, flagged))?);
        if self.bytes.len() >= IN_MEMORY {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), PipelineError> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(TempFile::new(&self.folder)?),
        };
        file.append(&self.bytes)?;
        self.bytes.clear();
        Ok(())
    }

    /// Hands all over in order, those displaced by interference flagged so.
    ///
    /// # Errors
    /// If they cannot be read, or `take` fails.
    pub(crate) fn drain(
        mut self,
        interference: &Interference,
        mut take: impl FnMut(&VesselId, &FlaggedReport, Flag) -> Result<(), PipelineError>,
    ) -> Result<(), PipelineError> {
        if self.bytes.is_empty() && self.file.is_none() {
            return Ok(());
        }
        self.flush()?;
        let Some(file) = &self.file else {
            return Ok(());
        };
        let mut window = Window::new(file, 0, file.length(), WINDOW);
        loop {
            let ahead = window.ahead(LONGEST)?;
            if ahead.is_empty() {
                return Ok(());
            }
            let taken: Result<((u32, FlaggedReport), &[u8]), _> = postcard::take_from_bytes(ahead);
            let ((place, mut flagged), rest) = taken.map_err(|_| file.damaged())?;
            let used = ahead.len() - rest.len();
            window.consume(used);
            let (id, number) = self
                .vessels
                .get(place as usize)
                .ok_or_else(|| file.damaged())?;
            let before = flagged.flag;
            if matches!(before, Flag::Spike | Flag::Teleport)
                && interference.holds(*number, flagged.report.time)
            {
                flagged.flag = Flag::Interference;
            }
            take(id, &flagged, before)?;
        }
    }
}
