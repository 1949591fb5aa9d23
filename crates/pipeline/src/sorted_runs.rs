//! Values to be had in order in the end: what does not fit into memory is sorted and written to disk in runs, which are
//! merged.

use crate::PipelineError;
use crate::state_file::record_bytes;
use crate::temp_file::{TempFile, Window};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::Path;

/// Bytes of a run that are in memory at a time.
const WINDOW: usize = 1 << 14;
/// Values that are encoded at a time.
const CHUNK: usize = 1 << 13;

/// What can be put in order.
pub(crate) trait Sorted: Copy + Serialize + DeserializeOwned {
    type Key: Ord;
    /// No value takes more bytes on disk.
    const LONGEST: usize;

    fn key(&self) -> Self::Key;
}

/// Values in the order in which they came. Only what is all in memory can be stored in a state.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "T: Sorted")]
pub(crate) struct SortedRuns<T> {
    in_memory: Vec<T>,
    /// Where runs in order begin on disk, and where the last ends.
    #[serde(skip)]
    runs: Vec<u64>,
    #[serde(skip)]
    file: Option<TempFile>,
}

impl<T> Default for SortedRuns<T> {
    fn default() -> Self {
        Self {
            in_memory: Vec::new(),
            runs: Vec::new(),
            file: None,
        }
    }
}

impl<T: Sorted> SortedRuns<T> {
    /// Takes the next one.
    pub(crate) fn push(&mut self, value: T) {
        self.in_memory.push(value);
    }

    /// Bytes in memory.
    pub(crate) fn size(&self) -> usize {
        size_of_val(self.in_memory.as_slice())
    }

    /// Whether some are on disk.
    pub(crate) fn is_on_disk(&self) -> bool {
        self.file.is_some()
    }

    /// Writes those in memory to a file in a folder.
    ///
    /// # Errors
    /// If there is no room for them.
    pub(crate) fn spill(&mut self, folder: &Path) -> Result<(), PipelineError> {
        if self.in_memory.is_empty() {
            return Ok(());
        }
        self.in_memory.sort_by_key(T::key);
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                self.runs.push(0);
                none.insert(TempFile::new(folder)?)
            }
        };
        for part in self.in_memory.chunks(CHUNK) {
            let mut bytes = Vec::new();
            for value in part {
                bytes.extend(record_bytes(value)?);
            }
            file.append(&bytes)?;
        }
        self.runs.push(file.length());
        self.in_memory.clear();
        Ok(())
    }

    /// Hands all over in order; those of one key as they came.
    ///
    /// # Errors
    /// If they cannot be read, or `take` fails.
    pub(crate) fn in_order(
        mut self,
        mut take: impl FnMut(&T) -> Result<(), PipelineError>,
    ) -> Result<(), PipelineError> {
        self.in_memory.sort_by_key(T::key);
        let Some(file) = &self.file else {
            return self.in_memory.iter().try_for_each(take);
        };
        let mut merge = Merge {
            file,
            rest: self.in_memory.iter().copied(),
            runs: (self.runs.windows(2))
                .map(|ends| Window::new(file, ends[0], ends[1] - ends[0], WINDOW))
                .collect(),
            heads: BinaryHeap::new(),
            waiting: vec![None; self.runs.len()],
        };
        for number in 0..merge.waiting.len() {
            merge.refill(number)?;
        }
        while let Some(Reverse((_, number))) = merge.heads.pop() {
            if let Some(value) = merge.waiting[number].take() {
                take(&value)?;
            }
            merge.refill(number)?;
        }
        Ok(())
    }
}

/// A merge of runs, and of what is in memory behind them.
struct Merge<'a, T: Sorted, I> {
    file: &'a TempFile,
    runs: Vec<Window<'a>>,
    rest: I,
    heads: BinaryHeap<Reverse<(T::Key, usize)>>,
    waiting: Vec<Option<T>>,
}

impl<T: Sorted, I: Iterator<Item = T>> Merge<'_, T, I> {
    /// Puts the next one of a run, or of those in memory, among the heads.
    fn refill(&mut self, number: usize) -> Result<(), PipelineError> {
        let next = match self.runs.get_mut(number) {
            None => self.rest.next(),
            Some(run) => {
                let ahead = run.ahead(T::LONGEST)?;
                if ahead.is_empty() {
                    None
                } else {
                    let taken: Result<(T, &[u8]), _> = postcard::take_from_bytes(ahead);
                    let (value, after) = taken.map_err(|_| self.file.damaged())?;
                    let used = ahead.len() - after.len();
                    run.consume(used);
                    Some(value)
                }
            }
        };
        if let Some(next) = next {
            self.heads.push(Reverse((next.key(), number)));
        }
        self.waiting[number] = next;
        Ok(())
    }
}
