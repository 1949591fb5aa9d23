//! A stored file is what lies on disk: counted and hashed as it is read, whatever is packed in it.

use crate::chunks::CHUNK;
use crate::input_file::InputFile;
use crate::magic::Content;
use crate::positions::ReadProgress;
use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::Ordering;

/// Reads a file and takes its SHA-256 in the same pass.
pub(crate) struct Tally<'a> {
    file: InputFile,
    hasher: Sha256,
    progress: &'a ReadProgress,
}

impl<'a> Tally<'a> {
    pub(crate) fn new(file: InputFile, progress: &'a ReadProgress) -> Self {
        Self {
            file,
            hasher: Sha256::new(),
            progress,
        }
    }

    /// The SHA-256 of the whole file in hexadecimal, what was not asked for included; `None` if it
    /// cannot be read to its end.
    pub(crate) fn finish(mut self) -> Option<String> {
        let mut rest = vec![0; CHUNK];
        loop {
            match self.read(&mut rest) {
                Ok(0) => return Some(hexadecimal(&self.hasher.finalize())),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
    }
}

impl Read for Tally<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        let read = buffer.get(..count).unwrap_or_default();
        self.hasher.update(read);
        self.progress
            .bytes
            .fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// The SHA-256 of a file in hexadecimal, in a pass of its own; `None` if it cannot be read.
pub(crate) fn sha256_of(path: &Path) -> Option<String> {
    let unseen = ReadProgress::default();
    Tally::new(InputFile::open(path).ok()?, &unseen).finish()
}

/// The SHA-256 of bytes, in hexadecimal.
pub fn sha256_of_bytes(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Unpacks what a reader holds, if it is packed.
///
/// A Zstandard file may ask for a window of 128 MiB at most (the library's limit), a gzip file has
/// one of 32 KiB, so memory is bounded however large the content is.
pub(crate) fn unpacked<'a>(
    content: Content,
    reader: impl Read + 'a,
) -> io::Result<Box<dyn Read + 'a>> {
    Ok(match content {
        Content::Gzip => {
            let stored = BufReader::with_capacity(CHUNK, reader);
            Box::new(Pieces(MultiGzDecoder::new(stored)))
        }
        Content::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(
            BufReader::with_capacity(CHUNK, reader),
        )?),
        _ => Box::new(reader),
    })
}

/// Asks an unpacker for a little at a time. What it unpacked in the same call before it met with
/// damage is lost, so this is the most that is.
pub(crate) struct Pieces<R>(pub R);

impl<R: Read> Read for Pieces<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        const PIECE: usize = 1024;
        let most = buffer.len().min(PIECE);
        self.0.read(&mut buffer[..most])
    }
}

/// Reads a file of a known size and counts no more than that: an archive's directory and members
/// may be read more than once.
pub(crate) struct Counted<'a> {
    file: InputFile,
    left: u64,
    progress: &'a ReadProgress,
}

impl<'a> Counted<'a> {
    pub(crate) fn new(file: InputFile, size: u64, progress: &'a ReadProgress) -> Self {
        Self {
            file,
            left: size,
            progress,
        }
    }

    fn count(&mut self, bytes: u64) {
        let counted = bytes.min(self.left);
        self.left -= counted;
        self.progress.bytes.fetch_add(counted, Ordering::Relaxed);
    }
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.count(count as u64);
        Ok(count)
    }
}

impl Seek for Counted<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl Drop for Counted<'_> {
    /// What was never read counts as done when the file is.
    fn drop(&mut self) {
        self.count(self.left);
    }
}
