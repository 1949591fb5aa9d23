//! The map's entries wait in a temporary file without a name, each behind its length.

use crate::map_entry::Entry;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;

/// Entries in a temporary file without a name.
pub(crate) struct Entries {
    file: BufWriter<File>,
    pub(crate) bytes: u64,
    pub(crate) vertices: usize,
    pub(crate) number: u64,
}

impl Entries {
    pub(crate) fn begin(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            file: BufWriter::new(tempfile::tempfile_in(folder)?),
            bytes: 0,
            vertices: 0,
            number: 0,
        })
    }

    pub(crate) fn push(&mut self, entry: &Entry) -> io::Result<()> {
        let bytes = postcard::to_stdvec(entry).map_err(io::Error::other)?;
        self.file.write_all(&(bytes.len() as u64).to_le_bytes())?;
        self.file.write_all(&bytes)?;
        self.bytes += bytes.len() as u64;
        self.vertices += entry.vertices();
        self.number += 1;
        Ok(())
    }

    /// All entries from the first.
    pub(crate) fn read(&mut self) -> io::Result<EntryReader<'_>> {
        self.file.flush()?;
        let file = self.file.get_mut();
        file.rewind()?;
        Ok(EntryReader {
            left: self.number,
            file: BufReader::new(file),
            bytes: Vec::new(),
        })
    }
}

/// Reads entries back.
pub(crate) struct EntryReader<'f> {
    file: BufReader<&'f mut File>,
    left: u64,
    bytes: Vec<u8>,
}

impl EntryReader<'_> {
    pub(crate) fn next(&mut self) -> io::Result<Option<Entry>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let mut length = [0; 8];
        self.file.read_exact(&mut length)?;
        let length = usize::try_from(u64::from_le_bytes(length)).map_err(io::Error::other)?;
        self.bytes.resize(length, 0);
        self.file.read_exact(&mut self.bytes)?;
        postcard::from_bytes(&self.bytes)
            .map(Some)
            .map_err(io::Error::other)
    }
}
