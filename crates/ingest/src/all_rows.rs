//! All rows of a table, to be gone through once more where its own content must tell how it is to be
//! read: the unit of its times, the order of its dates, how far its longitudes run.

use crate::chunks::{CHUNK, Chunks};
use crate::csv_file::Again;
use crate::header::Header;
use crate::records::{Record, Records, Step};
use crate::structural::Structural;
use std::io::{self, Read};

/// How much of a table is gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// The whole of a table of a few megabytes; of a larger one its beginning and stripes from there
    /// to its end: enough to tell what most of it is like.
    Stripes,
}

/// Takes a row with its number, and tells whether more rows are wanted.
pub(crate) type TakeRow<'t> = dyn FnMut(u64, &Record<'_>) -> bool + 't;

/// The rows of a table, which can be gone through again and again.
pub(crate) trait AllRows: Send + Sync {
    /// Gives the rows to `take` in their order, until it wants no more. The first is 1; in stripes
    /// rows are not numbered as in the table.
    fn visit(&self, part: Part, take: &mut TakeRow<'_>) -> io::Result<()>;
}

/// The rows of a text.
pub(crate) struct TextRows {
    again: Again,
    structural: Structural,
    width: usize,
    /// Where the first row begins.
    start: usize,
}

impl TextRows {
    /// The rows after a header; `again` gives the text from its beginning.
    pub(crate) fn new(again: Again, header: &Header) -> Self {
        Self {
            again,
            structural: header.structural,
            width: header.layout.names.len(),
            start: header.next,
        }
    }
}

impl AllRows for TextRows {
    fn visit(&self, part: Part, take: &mut TakeRow<'_>) -> io::Result<()> {
        (self.again)(&mut |reader| {
            let mut stripes;
            let reader: &mut dyn Read = match part {
                Part::Whole => reader,
                Part::Stripes => {
                    stripes = Stripes::new(reader, self.structural.line_end);
                    &mut stripes
                }
            };
            let mut chunks = Chunks::new(reader, CHUNK);
            chunks.fill_to(self.start);
            // What is damaged may be unpacked less far than before.
            if chunks.bytes().len() < self.start {
                return;
            }
            let records = Records::new(chunks, self.structural, self.width, self.start);
            visit_records(records, take);
        })
    }
}

/// The rows in the first bytes after a header, of which the last may be cut off.
pub(crate) struct SampleRows<'s> {
    bytes: &'s [u8],
    structural: Structural,
    width: usize,
}

impl<'s> SampleRows<'s> {
    pub(crate) fn new(bytes: &'s [u8], header: &Header) -> Self {
        Self {
            bytes,
            structural: header.structural,
            width: header.layout.names.len(),
        }
    }
}

impl AllRows for SampleRows<'_> {
    fn visit(&self, _part: Part, take: &mut TakeRow<'_>) -> io::Result<()> {
        let chunks = Chunks::new(self.bytes, self.bytes.len());
        visit_records(Records::new(chunks, self.structural, self.width, 0), take);
        Ok(())
    }
}

fn visit_records<R: Read>(mut records: Records<R>, take: &mut TakeRow<'_>) {
    let mut row = 0;
    loop {
        let step = records.advance();
        row += 1;
        match step {
            Step::End => return,
            Step::Damaged(_) => {}
            Step::Record => {
                if !take(row, &records.record()) {
                    return;
                }
            }
        }
    }
}

/// Passes on the beginning of what it reads, then a little of every few megabytes, each part on a line
/// of its own.
struct Stripes<'r> {
    reader: &'r mut dyn Read,
    line_end: u8,
    /// What is still to be passed on of this part.
    left: usize,
    skipped: Vec<u8>,
}

impl<'r> Stripes<'r> {
    /// What is read whole.
    const BEGINNING: usize = 16 << 20;
    /// How long a stripe is, and what lies between two.
    const STRIPE: usize = 128 << 10;
    const BETWEEN: usize = 4 << 20;

    fn new(reader: &'r mut dyn Read, line_end: u8) -> Self {
        Self {
            reader,
            line_end,
            left: Self::BEGINNING,
            skipped: Vec::new(),
        }
    }

    /// Passes over what lies between two stripes.
    fn skip(&mut self) -> io::Result<()> {
        self.skipped.resize(CHUNK, 0);
        let mut left = Self::BETWEEN;
        while left > 0 {
            let most = left.min(CHUNK);
            match self.reader.read(&mut self.skipped[..most]) {
                Ok(0) => break,
                Ok(count) => left -= count.min(left),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Read for Stripes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            self.skip()?;
            self.left = Self::STRIPE;
            if let Some(first) = buffer.first_mut() {
                *first = self.line_end;
                return Ok(1);
            }
        }
        let most = buffer.len().min(self.left);
        let count = self.reader.read(&mut buffer[..most])?;
        self.left -= count.min(self.left);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stripes_are_the_beginning_and_a_little_of_all_that_follows() {
        let line = |number: usize| format!("{number:015}\n");
        let lines = 4 << 20;
        let text: String = (0..lines).map(line).collect();
        let mut reader = text.as_bytes();
        let mut kept = String::new();
        Stripes::new(&mut reader, b'\n')
            .read_to_string(&mut kept)
            .unwrap();
        assert!(kept.starts_with(&text[..Stripes::BEGINNING]));
        let stripes =
            (text.len() - Stripes::BEGINNING).div_ceil(Stripes::BETWEEN + Stripes::STRIPE);
        let most = Stripes::BEGINNING + stripes * (Stripes::STRIPE + 1);
        assert!(kept.len() <= most && kept.len() > Stripes::BEGINNING + 4 * Stripes::STRIPE);
        let last = kept.lines().rfind(|line| line.len() == 15).unwrap();
        assert!(last.parse::<usize>().unwrap() > lines * 9 / 10, "{last}");
        let short = &text[..1000];
        let mut same = String::new();
        Stripes::new(&mut short.as_bytes(), b'\n')
            .read_to_string(&mut same)
            .unwrap();
        assert_eq!(same, short);
    }
}
