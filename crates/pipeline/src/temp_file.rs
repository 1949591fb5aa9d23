//! A temporary file has no name: whatever ends the run, a kill included, the system removes it.

use crate::PipelineError;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A file that is written at its end and read anywhere.
#[derive(Debug)]
pub(crate) struct TempFile {
    file: File,
    folder: PathBuf,
    length: u64,
}

impl TempFile {
    /// An empty file in a folder.
    ///
    /// # Errors
    /// If none can be made there.
    pub(crate) fn new(folder: &Path) -> Result<Self, PipelineError> {
        let file = tempfile::tempfile_in(folder).map_err(PipelineError::temp("make", folder))?;
        Ok(Self {
            file,
            folder: folder.to_owned(),
            length: 0,
        })
    }

    /// How long it is.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Writes at the end.
    ///
    /// # Errors
    /// If there is no room for it.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), PipelineError> {
        self.file
            .write_all(bytes)
            .map_err(PipelineError::temp("write", &self.folder))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Fills `buffer` with what stands at `offset`.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<(), PipelineError> {
        read_exact_at(&self.file, buffer, offset).map_err(PipelineError::temp("read", &self.folder))
    }

    /// That what stands in the file is not what was written.
    pub(crate) fn damaged(&self) -> PipelineError {
        let kind = std::io::ErrorKind::InvalidData;
        PipelineError::temp("read", &self.folder)(kind.into())
    }
}

#[cfg(unix)]
pub(crate) fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
pub(crate) fn read_exact_at(
    file: &File,
    mut buffer: &mut [u8],
    mut offset: u64,
) -> std::io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !buffer.is_empty() {
        let count = file.seek_read(buffer, offset)?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        buffer = &mut buffer[count..];
        offset += count as u64;
    }
    Ok(())
}

/// A stretch of a temporary file, read from front to back through a window.
#[derive(Debug)]
pub(crate) struct Window<'a> {
    file: &'a TempFile,
    /// Where the part not yet in memory begins and ends.
    next: u64,
    end: u64,
    bytes: Vec<u8>,
    used: usize,
    size: usize,
}

impl<'a> Window<'a> {
    /// The stretch from `start` on, `length` bytes long, so many in memory at a time.
    pub(crate) fn new(file: &'a TempFile, start: u64, length: u64, size: usize) -> Self {
        Self {
            file,
            next: start,
            end: start + length,
            bytes: Vec::new(),
            used: 0,
            size,
        }
    }

    /// What comes next: at least `wanted` bytes, or all that are left.
    ///
    /// # Errors
    /// If they cannot be read.
    #[inline]
    pub(crate) fn ahead(&mut self, wanted: usize) -> Result<&[u8], PipelineError> {
        if self.bytes.len() - self.used < wanted && self.next < self.end {
            self.refill(wanted)?;
        }
        Ok(&self.bytes[self.used..])
    }

    #[cold]
    fn refill(&mut self, wanted: usize) -> Result<(), PipelineError> {
        self.bytes.drain(..self.used);
        self.used = 0;
        let kept = self.bytes.len();
        let most = (self.end - self.next).min(self.size.max(wanted) as u64) as usize;
        self.bytes.resize(kept + most, 0);
        self.file.read_at(&mut self.bytes[kept..], self.next)?;
        self.next += most as u64;
        Ok(())
    }

    /// Goes on by so many bytes, which were ahead.
    #[inline]
    pub(crate) fn consume(&mut self, count: usize) {
        self.used = (self.used + count).min(self.bytes.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_comes_whole_however_small_the_window() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = TempFile::new(folder.path()).unwrap();
        let bytes: Vec<u8> = (0..1000_u32).map(|number| number as u8).collect();
        file.append(&bytes[..300]).unwrap();
        file.append(&bytes[300..]).unwrap();
        assert_eq!(file.length(), 1000);
        for size in [1, 7, 64, 5000] {
            let mut window = Window::new(&file, 100, 800, size);
            let mut back = Vec::new();
            loop {
                let ahead = window.ahead(5).unwrap();
                let count = ahead.len().min(5);
                if count == 0 {
                    break;
                }
                back.extend_from_slice(&ahead[..count]);
                window.consume(count);
            }
            assert_eq!(back, bytes[100..900], "{size}");
        }
    }

    #[test]
    fn nothing_is_left_in_the_folder_while_the_file_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = TempFile::new(folder.path()).unwrap();
        file.append(b"x").unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error_that_names_it_and_the_way_out() {
        let error = TempFile::new(Path::new("no/such/folder")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot make a temporary file in `no/such/folder`: name another folder with --temp, or \
             give the run more memory with --memory"
        );
    }
}
