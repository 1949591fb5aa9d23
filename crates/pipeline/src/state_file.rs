//! The state file holds what a run needs to go on from where an earlier one ended.
//!
//! From front to back: a mark with the version; one record for each vessel, in the order of their ids;
//! the rejected rows, one line each; the index of the records; the header; and at the end where these
//! begin, with the SHA-256 of all that stands before. A new state is written beside the old one and
//! takes its place in one step, so that whatever happens one of them is whole.

use crate::PipelineError;
use landfall_track::VesselId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// What every state begins with; the last four bytes are the version of what follows.
const MARK: &[u8; 20] = b"landfall state\n\0\0\0\0\x07";
/// What does not change with the version.
const MARK_LENGTH: usize = 16;
/// Places of rejected rows, index and header, and the checksum.
const FOOTER: usize = 3 * 8 + 32;

/// Takes the SHA-256 of what is written through it.
#[derive(Debug)]
struct Hashing<W> {
    out: W,
    hasher: Sha256,
}

impl<W> Hashing<W> {
    fn new(out: W) -> Self {
        Self {
            out,
            hasher: Sha256::new(),
        }
    }

    fn checksum(&mut self) -> [u8; 32] {
        self.hasher.finalize_reset().into()
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// An error of a state file.
fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> PipelineError {
    let path = path.to_owned();
    move |source| PipelineError::State {
        action,
        path,
        source,
    }
}

/// A state as an earlier run left it.
#[derive(Debug)]
pub(crate) struct StateFile {
    file: File,
    path: PathBuf,
    /// Whose records there are, in order.
    ids: Vec<VesselId>,
    /// Where each record begins, and where the last ends.
    places: Vec<u64>,
    rejected_start: u64,
    index_start: u64,
    header: Vec<u8>,
}

impl StateFile {
    /// Opens a state and checks that it is whole; `None` if there is none.
    ///
    /// # Errors
    /// If it cannot be read, is no state of this version, or is damaged.
    pub(crate) fn open(path: &Path) -> Result<Option<Self>, PipelineError> {
        let read = || io_error("read", path);
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(read()(error)),
        };
        let foreign = || PipelineError::NoState {
            path: path.to_owned(),
        };
        let length = file.metadata().map_err(read())?.len();
        let mut mark = [0; MARK.len()];
        if length < (MARK.len() + FOOTER) as u64 {
            return Err(foreign());
        }
        file.read_exact(&mut mark).map_err(read())?;
        if mark[..MARK_LENGTH] != MARK[..MARK_LENGTH] {
            return Err(foreign());
        }
        if mark != *MARK {
            return Err(PipelineError::StateVersion {
                path: path.to_owned(),
            });
        }
        let damaged = || PipelineError::StateDamaged {
            path: path.to_owned(),
        };
        let mut checked = Hashing::new(io::sink());
        checked.write_all(&mark).map_err(read())?;
        let body = length - 32;
        io::copy(
            &mut (&mut file).take(body - mark.len() as u64),
            &mut checked,
        )
        .map_err(read())?;
        let mut checksum = [0; 32];
        file.read_exact(&mut checksum).map_err(read())?;
        if checked.checksum() != checksum {
            return Err(damaged());
        }
        let mut places = [0; 24];
        file.seek(SeekFrom::Start(length - FOOTER as u64))
            .and_then(|_| file.read_exact(&mut places))
            .map_err(read())?;
        let place = |number: usize| {
            let bytes = places[number * 8..][..8].try_into().unwrap_or_default();
            u64::from_le_bytes(bytes)
        };
        let (rejected_start, index_start, header_start) = (place(0), place(1), place(2));
        let header_end = length - FOOTER as u64;
        let is_in_order = MARK.len() as u64 <= rejected_start
            && rejected_start <= index_start
            && index_start <= header_start
            && header_start <= header_end;
        if !is_in_order {
            return Err(damaged());
        }
        let mut state = Self {
            file,
            path: path.to_owned(),
            ids: Vec::new(),
            places: Vec::new(),
            rejected_start,
            index_start,
            header: Vec::new(),
        };
        state.header = state.bytes(header_start, header_end)?;
        let index = state.bytes(index_start, header_start)?;
        (state.ids, state.places) = read_index(&index, rejected_start).ok_or_else(damaged)?;
        Ok(Some(state))
    }

    /// Whose records there are, in order.
    pub(crate) fn ids(&self) -> &[VesselId] {
        &self.ids
    }

    /// What was kept of the whole run.
    ///
    /// # Errors
    /// If it is damaged.
    pub(crate) fn header<T: DeserializeOwned>(&self) -> Result<T, PipelineError> {
        serde_json::from_slice(&self.header).map_err(|_| self.damaged())
    }

    /// A record; the first is 0.
    ///
    /// # Errors
    /// If it cannot be read or is damaged.
    pub(crate) fn record<T: DeserializeOwned>(&self, number: usize) -> Result<T, PipelineError> {
        let bytes = self.bytes(self.places[number], self.places[number + 1])?;
        postcard::from_bytes(&bytes).map_err(|_| self.damaged())
    }

    /// The lines of the rejected rows.
    ///
    /// # Errors
    /// If they cannot be read.
    pub(crate) fn rejected(&self) -> Result<impl Read + '_, PipelineError> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(self.rejected_start))
            .map_err(io_error("read", &self.path))?;
        Ok(file.take(self.index_start - self.rejected_start))
    }

    fn bytes(&self, start: u64, end: u64) -> Result<Vec<u8>, PipelineError> {
        let mut bytes = vec![0; (end - start) as usize];
        crate::temp_file::read_exact_at(&self.file, &mut bytes, start)
            .map_err(io_error("read", &self.path))?;
        Ok(bytes)
    }

    /// That something in it cannot be read.
    pub(crate) fn unreadable(&self, source: io::Error) -> PipelineError {
        io_error("read", &self.path)(source)
    }

    fn damaged(&self) -> PipelineError {
        PipelineError::StateDamaged {
            path: self.path.clone(),
        }
    }
}

/// Whose records there are, where they begin and where the last ends; `None` if that is not `end`.
fn read_index(index: &[u8], end: u64) -> Option<(Vec<VesselId>, Vec<u64>)> {
    let mut rest = index;
    let mut place = MARK.len() as u64;
    let (mut ids, mut places) = (Vec::new(), vec![place]);
    while !rest.is_empty() {
        let (length, id): (u64, VesselId);
        ((length, id), rest) = postcard::take_from_bytes(rest).ok()?;
        place = place.checked_add(length)?;
        places.push(place);
        ids.push(id);
    }
    (place == end).then_some((ids, places))
}

/// A state being written, beside the one whose place it takes.
#[derive(Debug)]
pub(crate) struct StateWriter {
    file: Hashing<BufWriter<File>>,
    written: u64,
    index: Vec<u8>,
    records_end: u64,
    path: PathBuf,
    new: PathBuf,
    is_committed: bool,
}

impl StateWriter {
    /// Begins a state that is to stand at `path`. As long as it is written no other run can.
    ///
    /// # Errors
    /// If it cannot be written there, or another run is writing it.
    pub(crate) fn begin(path: &Path) -> Result<Self, PipelineError> {
        let write = || io_error("write", path);
        let mut name = OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(".landfall-new");
        let new = path.with_file_name(name);
        // What a killed run left there is overwritten, but not what another one is writing.
        let file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&new)
            .map_err(write())?;
        if file.try_lock().is_err() {
            return Err(PipelineError::StateInUse {
                path: path.to_owned(),
            });
        }
        file.set_len(0).map_err(write())?;
        let mut writer = Self {
            file: Hashing::new(BufWriter::with_capacity(1 << 18, file)),
            written: 0,
            index: Vec::new(),
            records_end: 0,
            path: path.to_owned(),
            new,
            is_committed: false,
        };
        writer.write(MARK)?;
        writer.records_end = writer.written;
        Ok(writer)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), PipelineError> {
        self.file
            .write_all(bytes)
            .map_err(io_error("write", &self.path))?;
        self.written += bytes.len() as u64;
        Ok(())
    }

    /// Writes the next record, as [`record_bytes`] makes it.
    ///
    /// # Errors
    /// If there is no room for it.
    pub(crate) fn record(&mut self, id: &VesselId, bytes: &[u8]) -> Result<(), PipelineError> {
        self.index.extend(record_bytes(&(bytes.len() as u64, id))?);
        self.write(bytes)?;
        self.records_end = self.written;
        Ok(())
    }

    /// Writes lines of rejected rows, when all records are written.
    ///
    /// # Errors
    /// If there is no room for them.
    pub(crate) fn rejected(&mut self, lines: &[u8]) -> Result<(), PipelineError> {
        self.write(lines)
    }

    /// Completes the state with its header and puts it in its place.
    ///
    /// # Errors
    /// If that cannot be done; what stood there before then stands there still.
    pub(crate) fn commit(mut self, header: &impl Serialize) -> Result<(), PipelineError> {
        let rejected_start = self.records_end;
        let index_start = self.written;
        let index = std::mem::take(&mut self.index);
        self.write(&index)?;
        let header_start = self.written;
        let header = serde_json::to_vec(header)
            .map_err(|error| io_error("write", &self.path)(error.into()))?;
        self.write(&header)?;
        for place in [rejected_start, index_start, header_start] {
            self.write(&place.to_le_bytes())?;
        }
        let checksum = self.file.checksum();
        let placed = self
            .file
            .out
            .write_all(&checksum)
            .and_then(|()| self.file.out.flush())
            .and_then(|()| self.file.out.get_ref().sync_all())
            .and_then(|()| fs::rename(&self.new, &self.path));
        placed.map_err(io_error("write", &self.path))?;
        sync_folder(&self.path);
        self.is_committed = true;
        Ok(())
    }
}

impl Drop for StateWriter {
    fn drop(&mut self) {
        if !self.is_committed {
            // What cannot be removed now, the next run overwrites.
            let _ = fs::remove_file(&self.new);
        }
    }
}

/// Makes sure that a new name in a folder outlasts a failure of power, where that can be done.
fn sync_folder(path: &Path) {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
        let _ = folder.sync_all();
    }
}

/// A record's bytes.
///
/// # Errors
/// Never, as everything that is kept can be written down.
pub(crate) fn record_bytes(record: &impl Serialize) -> Result<Vec<u8>, PipelineError> {
    postcard::to_stdvec(record)
        .map_err(|error| io_error("write", Path::new("state"))(io::Error::other(error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(path: &Path, records: &[&str], rejected: &str) {
        let mut writer = StateWriter::begin(path).unwrap();
        for record in records {
            let id = VesselId::Text((*record).into());
            writer.record(&id, &record_bytes(record).unwrap()).unwrap();
        }
        writer.rejected(rejected.as_bytes()).unwrap();
        writer.commit(&"the header").unwrap();
    }

    #[test]
    fn a_state_comes_back_as_it_was_written_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        for records in [&[][..], &["one", "", "three"]] {
            written(&path, records, "a\nb\n");
            let state = StateFile::open(&path).unwrap().unwrap();
            let back: Vec<String> = (0..state.ids().len())
                .map(|number| state.record(number).unwrap())
                .collect();
            assert!(
                state
                    .ids()
                    .iter()
                    .map(ToString::to_string)
                    .eq(records.iter().copied())
            );
            assert_eq!(back, records);
            assert_eq!(state.header::<String>().unwrap(), "the header");
            let mut lines = String::new();
            state
                .rejected()
                .unwrap()
                .read_to_string(&mut lines)
                .unwrap();
            assert_eq!(lines, "a\nb\n");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn any_byte_that_changes_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        written(&path, &["one", "two"], "a\n");
        let whole = fs::read(&path).unwrap();
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 1;
            fs::write(&path, &bytes).unwrap();
            assert!(StateFile::open(&path).is_err(), "byte {place}");
            fs::write(&path, &whole[..place]).unwrap();
            assert!(StateFile::open(&path).is_err(), "cut at {place}");
        }
    }

    #[test]
    fn what_is_no_state_and_what_another_version_wrote_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        assert!(StateFile::open(&path).unwrap().is_none());
        written(&path, &["one"], "");
        let mut bytes = fs::read(&path).unwrap();
        bytes[19] = 9;
        fs::write(&path, &bytes).unwrap();
        let version = StateFile::open(&path).unwrap_err();
        assert!(
            matches!(version, PipelineError::StateVersion { .. }),
            "{version}"
        );
        fs::write(&path, "mmsi,timestamp\n".repeat(20)).unwrap();
        let foreign = StateFile::open(&path).unwrap_err();
        assert!(
            matches!(foreign, PipelineError::NoState { .. }),
            "{foreign}"
        );
    }

    #[test]
    fn a_state_that_was_not_completed_changes_nothing_and_two_cannot_be_written_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        written(&path, &["one"], "");
        let mut writer = StateWriter::begin(&path).unwrap();
        writer.record(&VesselId::Text("x".into()), b"half").unwrap();
        let second = StateWriter::begin(&path).unwrap_err();
        assert!(
            matches!(second, PipelineError::StateInUse { .. }),
            "{second}"
        );
        drop(writer);
        let state = StateFile::open(&path).unwrap().unwrap();
        assert_eq!(state.record::<String>(0).unwrap(), "one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
