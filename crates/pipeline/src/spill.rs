//! The spill is where rows go when memory is used up: runs on disk, each with some rows of many
//! vessels, and at the end a directory of where each vessel's rows are.
//!
//! Within a run a vessel's rows are in order, so that reading them all is a merge of as many streams
//! as there are runs with rows of hers, in memory that does not depend on how many rows she has.

use crate::PipelineError;
use crate::row_code::{LONGEST_ROW, RowCode, push_unsigned, take_unsigned};
use crate::rows::GatheredRow;
use crate::temp_file::{TempFile, Window};
use landfall_ingest::VesselSlot;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::Path;

/// Bytes that are written at a time.
const CHUNK: usize = 1 << 20;
/// Bytes of a run's index that are in memory at a time while the directory is made.
const INDEX_WINDOW: usize = 1 << 13;
/// No number takes more bytes.
const LONGEST_NUMBER: usize = 10;

/// Rows on disk, run by run.
#[derive(Debug)]
pub(crate) struct Spill {
    rows: TempFile,
    index: TempFile,
    runs: Vec<Run>,
}

/// One run: where its rows begin, and where in the index file it says whose they are.
#[derive(Clone, Copy, Debug)]
struct Run {
    rows_start: u64,
    index_start: u64,
    index_length: u64,
}

/// A run being written.
pub(crate) struct RunWriter<'a> {
    spill: &'a mut Spill,
    run: Run,
    bytes: Vec<u8>,
    index: Vec<u8>,
    next_slot: u32,
}

impl Spill {
    /// An empty one, with its files in a folder.
    ///
    /// # Errors
    /// If they cannot be made.
    pub(crate) fn new(folder: &Path) -> Result<Self, PipelineError> {
        Ok(Self {
            rows: TempFile::new(folder)?,
            index: TempFile::new(folder)?,
            runs: Vec::new(),
        })
    }

    /// Begins a run, to which vessels are written in the order of their slots.
    pub(crate) fn begin_run(&mut self) -> RunWriter<'_> {
        let run = Run {
            rows_start: self.rows.length(),
            index_start: self.index.length(),
            index_length: 0,
        };
        RunWriter {
            spill: self,
            run,
            bytes: Vec::with_capacity(CHUNK + (CHUNK >> 2)),
            index: Vec::new(),
            next_slot: 0,
        }
    }

    /// Ends the writing: from here on each vessel's rows can be found.
    ///
    /// # Errors
    /// If the index cannot be read or the directory written.
    pub(crate) fn finish(self, folder: &Path, slots: u32) -> Result<Spilled, PipelineError> {
        let mut directory = TempFile::new(folder)?;
        let mut places = Vec::with_capacity(slots as usize + 1);
        let mut indexes: Vec<IndexReader<'_>> = Vec::with_capacity(self.runs.len());
        for run in &self.runs {
            indexes.push(IndexReader::new(&self.index, *run)?);
        }
        let mut bytes = Vec::with_capacity(CHUNK);
        for slot in 0..slots {
            places.push(directory.length() + bytes.len() as u64);
            for index in &mut indexes {
                if index.slot == Some(slot) {
                    push_unsigned(&mut bytes, index.offset);
                    push_unsigned(&mut bytes, index.length);
                    index.advance()?;
                }
            }
            if bytes.len() >= CHUNK {
                directory.append(&bytes)?;
                bytes.clear();
            }
        }
        directory.append(&bytes)?;
        places.push(directory.length());
        Ok(Spilled {
            rows: self.rows,
            directory,
            places,
        })
    }
}

impl RunWriter<'_> {
    /// Writes rows of a vessel, which are in order. Slots must come in order.
    ///
    /// # Errors
    /// If there is no room for them.
    pub(crate) fn vessel(
        &mut self,
        vessel: VesselSlot,
        rows: &[GatheredRow],
    ) -> Result<(), PipelineError> {
        let mut code = RowCode::default();
        let mut length = 0;
        for rows in rows.chunks(CHUNK / LONGEST_ROW) {
            let start = self.bytes.len();
            for row in rows {
                code.push(row, &mut self.bytes);
            }
            length += (self.bytes.len() - start) as u64;
            if self.bytes.len() >= CHUNK {
                self.spill.rows.append(&self.bytes)?;
                self.bytes.clear();
            }
        }
        push_unsigned(&mut self.index, u64::from(vessel.0 - self.next_slot));
        push_unsigned(&mut self.index, length);
        self.next_slot = vessel.0 + 1;
        if self.index.len() >= CHUNK {
            self.flush_index()?;
        }
        Ok(())
    }

    fn flush_index(&mut self) -> Result<(), PipelineError> {
        self.spill.index.append(&self.index)?;
        self.run.index_length += self.index.len() as u64;
        self.index.clear();
        Ok(())
    }

    /// Ends the run.
    ///
    /// # Errors
    /// If there is no room for it.
    pub(crate) fn end(mut self) -> Result<(), PipelineError> {
        self.spill.rows.append(&self.bytes)?;
        self.flush_index()?;
        self.spill.runs.push(self.run);
        Ok(())
    }
}

/// One run's index, entry by entry.
struct IndexReader<'a> {
    file: &'a TempFile,
    window: Window<'a>,
    next_slot: u32,
    /// The current entry's vessel; `None` at the end.
    slot: Option<u32>,
    /// Where her rows are.
    offset: u64,
    length: u64,
}

impl<'a> IndexReader<'a> {
    fn new(file: &'a TempFile, run: Run) -> Result<Self, PipelineError> {
        let mut reader = Self {
            file,
            window: Window::new(file, run.index_start, run.index_length, INDEX_WINDOW),
            next_slot: 0,
            slot: None,
            offset: run.rows_start,
            length: 0,
        };
        reader.advance()?;
        Ok(reader)
    }

    fn advance(&mut self) -> Result<(), PipelineError> {
        self.offset += self.length;
        let ahead = self.window.ahead(2 * LONGEST_NUMBER)?;
        if ahead.is_empty() {
            self.slot = None;
            return Ok(());
        }
        let mut rest = ahead;
        let entry = take_unsigned(&mut rest).zip(take_unsigned(&mut rest));
        let used = ahead.len() - rest.len();
        let (skipped, length) = entry.ok_or_else(|| self.file.damaged())?;
        self.window.consume(used);
        let slot = self.next_slot + skipped as u32;
        self.next_slot = slot + 1;
        self.slot = Some(slot);
        self.length = length;
        Ok(())
    }
}

/// All runs, with a directory of where each vessel's rows are.
#[derive(Debug)]
pub(crate) struct Spilled {
    rows: TempFile,
    directory: TempFile,
    /// By vessel slot, where in the directory her entries begin; and where the last ends.
    places: Vec<u64>,
}

impl Spilled {
    /// A vessel's rows in order, from all runs. `memory` is what reading them may take, in bytes.
    ///
    /// # Errors
    /// If they cannot be read.
    pub(crate) fn merged(
        &self,
        vessel: VesselSlot,
        memory: usize,
    ) -> Result<RunMerge<'_>, PipelineError> {
        let slot = vessel.0 as usize;
        let (start, end) = match (self.places.get(slot), self.places.get(slot + 1)) {
            (Some(start), Some(end)) => (*start, *end),
            _ => (0, 0),
        };
        let mut entries = vec![0; (end - start) as usize];
        self.directory.read_at(&mut entries, start)?;
        let mut rest = entries.as_slice();
        let mut stretches = Vec::new();
        while !rest.is_empty() {
            let stretch = take_unsigned(&mut rest).zip(take_unsigned(&mut rest));
            stretches.push(stretch.ok_or_else(|| self.directory.damaged())?);
        }
        let window = (memory / stretches.len().max(1)).clamp(1 << 12, 1 << 18);
        let mut merge = RunMerge {
            streams: Vec::with_capacity(stretches.len()),
            heads: BinaryHeap::with_capacity(stretches.len()),
        };
        for (number, (offset, length)) in stretches.into_iter().enumerate() {
            let mut stream = RowStream {
                file: &self.rows,
                window: Window::new(&self.rows, offset, length, window),
                code: RowCode::default(),
            };
            if let Some(row) = stream.next()? {
                merge.heads.push(Reverse(Head { row, number }));
            }
            merge.streams.push(stream);
        }
        Ok(merge)
    }
}

/// One run's rows of one vessel.
#[derive(Debug)]
struct RowStream<'a> {
    file: &'a TempFile,
    window: Window<'a>,
    code: RowCode,
}

impl RowStream<'_> {
    #[inline]
    fn next(&mut self) -> Result<Option<GatheredRow>, PipelineError> {
        let ahead = self.window.ahead(LONGEST_ROW)?;
        if ahead.is_empty() {
            return Ok(None);
        }
        let mut rest = ahead;
        let row = self.code.next(&mut rest);
        let used = ahead.len() - rest.len();
        let row = row.ok_or_else(|| self.file.damaged())?;
        self.window.consume(used);
        Ok(Some(row))
    }
}

/// The next row of one stream.
#[derive(Debug)]
struct Head {
    row: GatheredRow,
    number: usize,
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Head {}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        if self.row.is_before(&other.row) {
            std::cmp::Ordering::Less
        } else if other.row.is_before(&self.row) {
            std::cmp::Ordering::Greater
        } else {
            self.number.cmp(&other.number)
        }
    }
}

/// One vessel's rows from all runs, in order.
#[derive(Debug)]
pub(crate) struct RunMerge<'a> {
    streams: Vec<RowStream<'a>>,
    heads: BinaryHeap<Reverse<Head>>,
}

impl RunMerge<'_> {
    /// Appends the next rows to `out`, about `most` of them; none at the end.
    ///
    /// # Errors
    /// If they cannot be read.
    pub(crate) fn take(
        &mut self,
        out: &mut Vec<GatheredRow>,
        most: usize,
    ) -> Result<(), PipelineError> {
        while out.len() < most {
            let Some(Reverse(head)) = self.heads.pop() else {
                return Ok(());
            };
            out.push(head.row);
            let stream = &mut self.streams[head.number];
            // Runs follow on each other mostly: as long as one alone goes on, no other is asked.
            let limit = self.heads.peek().map(|other| other.0.row);
            while let Some(row) = stream.next()? {
                let goes_on = limit.is_none_or(|limit| row.is_before(&limit));
                if goes_on && out.len() < most {
                    out.push(row);
                } else {
                    let number = head.number;
                    self.heads.push(Reverse(Head { row, number }));
                    break;
                }
            }
        }
        Ok(())
    }
}
