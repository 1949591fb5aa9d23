//! An input file that is open: a file on disk, or standard input, which is kept in a temporary file
//! without a name so that it can be read from any place, and again.

use crate::chunks::CHUNK;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What stands for standard input among inputs.
pub(crate) const STANDARD_INPUT: &str = "-";

/// Whether a path stands for standard input. A file of that name is `./-`.
pub(crate) fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == STANDARD_INPUT
}

/// An open input. Each has a place of its own in the file, so that several can read one.
#[derive(Debug)]
pub(crate) struct InputFile {
    file: Arc<File>,
    at: u64,
}

/// Where standard input is kept once it was read.
static KEPT: OnceLock<Result<Arc<File>, (io::ErrorKind, String)>> = OnceLock::new();

/// The folder for its temporary file, if the user named one.
static FOLDER: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Has standard input kept in a folder; the system's for temporary files if none is given.
pub(crate) fn keep_standard_input_in(folder: Option<&Path>) {
    if let Some(folder) = folder {
        let mut kept = FOLDER.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(folder.to_owned());
    }
}

impl InputFile {
    /// Opens an input for reading from its beginning. Standard input is read to its end the first time.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = if is_standard_input(path) {
            let kept = KEPT.get_or_init(|| {
                keep(&mut io::stdin().lock())
                    .map(Arc::new)
                    .map_err(|error| (error.kind(), error.to_string()))
            });
            match kept {
                Ok(file) => Arc::clone(file),
                Err((kind, said)) => return Err(io::Error::new(*kind, said.clone())),
            }
        } else {
            Arc::new(File::open(path)?)
        };
        Ok(Self { file, at: 0 })
    }

    /// What the system says of the file.
    pub(crate) fn metadata(&self) -> io::Result<Metadata> {
        self.file.metadata()
    }
}

/// What the system says of an input before it is opened; `None` for standard input.
pub(crate) fn metadata(path: &Path) -> io::Result<Option<Metadata>> {
    if is_standard_input(path) {
        return Ok(None);
    }
    fs::metadata(path).map(Some)
}

/// Copies what can be read only once into a temporary file, which the system removes.
fn keep(reader: &mut dyn Read) -> io::Result<File> {
    let folder = FOLDER
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let mut file = match folder {
        Some(folder) => tempfile::tempfile_in(folder)?,
        None => tempfile::tempfile()?,
    };
    let mut buffer = vec![0; CHUNK];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(file),
            Ok(count) => file.write_all(&buffer[..count])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

impl Read for InputFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = read_at(&self.file, buffer, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for InputFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (from, by) = match to {
            SeekFrom::Start(at) => {
                self.at = at;
                return Ok(at);
            }
            SeekFrom::Current(by) => (self.at, by),
            SeekFrom::End(by) => (self.file.metadata()?.len(), by),
        };
        let before = || io::Error::new(io::ErrorKind::InvalidInput, "a place before the file");
        self.at = from.checked_add_signed(by).ok_or_else(before)?;
        Ok(self.at)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_read_once_is_kept_and_read_from_any_place() {
        let text: Vec<u8> = (0..CHUNK * 2 + 17).map(|at| at as u8).collect();
        let file = Arc::new(keep(&mut &*text).unwrap());
        let open = || InputFile {
            file: Arc::clone(&file),
            at: 0,
        };
        let (mut one, mut other) = (open(), open());
        let mut read = Vec::new();
        one.read_to_end(&mut read).unwrap();
        assert!(read == text);
        other.seek(SeekFrom::End(-3)).unwrap();
        read.clear();
        other.read_to_end(&mut read).unwrap();
        assert_eq!(read, text[text.len() - 3..]);
        assert_eq!(
            other.seek(SeekFrom::Current(-4)).unwrap(),
            text.len() as u64 - 4
        );
        assert!(other.seek(SeekFrom::Current(i64::MIN)).is_err());
    }

    #[test]
    fn only_the_bare_sign_is_standard_input() {
        assert!(is_standard_input(Path::new("-")));
        assert!(!is_standard_input(Path::new("./-")));
        assert!(!is_standard_input(Path::new("-.csv")));
    }
}
