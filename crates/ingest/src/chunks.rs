//! A chunk is the part of a file that is in memory: the bytes not yet used, and what was read on.

use std::io::{self, Read};

/// How much is read at a time: large enough that the cost of a call vanishes, small enough that
/// hashing and splitting find the bytes in the cache.
pub(crate) const CHUNK: usize = 128 * 1024;

/// Bytes behind the filled part that may be looked at, but mean nothing.
pub(crate) const PADDING: usize = crate::structural::BLOCK;

/// How a file ended.
#[derive(Debug)]
enum End {
    NotYet,
    Reached,
    Broken(io::Error),
}

/// A window on a file that moves on chunk by chunk.
pub(crate) struct Chunks<R> {
    reader: R,
    buffer: Vec<u8>,
    filled: usize,
    /// Where in the file the buffer begins.
    base: u64,
    chunk: usize,
    end: End,
}

impl<R: Read> Chunks<R> {
    pub(crate) fn new(reader: R, chunk: usize) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            filled: 0,
            base: 0,
            chunk: chunk.max(1),
            end: End::NotYet,
        }
    }

    /// The bytes in memory.
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.filled]
    }

    /// The same with [`PADDING`] behind it; empty before the first read.
    #[inline]
    pub(crate) fn padded(&self) -> &[u8] {
        &self.buffer
    }

    /// Where in the file [`Self::bytes`] begins.
    pub(crate) fn base(&self) -> u64 {
        self.base
    }

    /// Whether nothing more comes after [`Self::bytes`].
    pub(crate) fn is_ended(&self) -> bool {
        !matches!(self.end, End::NotYet)
    }

    /// Whether the file broke off rather than ended.
    pub(crate) fn is_broken(&self) -> bool {
        matches!(self.end, End::Broken(_))
    }

    /// What the reader said when the file broke off.
    pub(crate) fn failure(&self) -> Option<&io::Error> {
        match &self.end {
            End::Broken(error) => Some(error),
            _ => None,
        }
    }

    /// Drops the first `used` bytes and reads one chunk more.
    pub(crate) fn refill(&mut self, used: usize) {
        if self.is_ended() {
            return;
        }
        let used = used.min(self.filled);
        if used > 0 {
            self.buffer.copy_within(used..self.filled, 0);
        }
        self.filled -= used;
        self.base += used as u64;
        let goal = self.filled + self.chunk;
        if self.buffer.len() < goal + PADDING {
            self.buffer.resize(goal + PADDING, 0);
        }
        while self.filled < goal {
            match self.reader.read(&mut self.buffer[self.filled..goal]) {
                Ok(0) => {
                    self.end = End::Reached;
                    return;
                }
                Ok(count) => self.filled += count.min(goal - self.filled),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.end = End::Broken(error);
                    return;
                }
            }
        }
    }

    /// Hands the buffer over and goes on with `other`, which the bytes from `used` on are copied to.
    pub(crate) fn hand_over(&mut self, used: usize, other: &mut Vec<u8>) {
        let used = used.min(self.filled);
        std::mem::swap(&mut self.buffer, other);
        let rest = other.get(used..self.filled).unwrap_or_default();
        if self.buffer.len() < rest.len() + PADDING {
            self.buffer.resize(rest.len() + PADDING, 0);
        }
        self.buffer[..rest.len()].copy_from_slice(rest);
        self.filled = rest.len();
        self.base += used as u64;
    }

    /// Reads so many bytes at a time from now on.
    pub(crate) fn set_chunk(&mut self, chunk: usize) {
        self.chunk = chunk.max(1);
    }

    /// Reads until at least `count` bytes are in memory, or the file ends.
    pub(crate) fn fill_to(&mut self, count: usize) {
        while self.filled < count && !self.is_ended() {
            self.refill(0);
        }
    }
}
