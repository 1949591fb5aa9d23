//! An id's flagged reports, to be listed in order of time. Where a hundred ships share an id nearly every
//! report is flagged, so what does not fit into memory is sorted and written to disk.

use crate::PipelineError;
use crate::state_file::record_bytes;
use crate::temp_file::{TempFile, Window};
use landfall_track::{Flag, FlaggedReport, SourceRow, Timestamp};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::Path;

/// No flagged report takes more bytes on disk.
const LONGEST: usize = 96;
/// Bytes of a run that are in memory at a time.
const WINDOW: usize = 1 << 14;

/// Flagged reports in the order in which they were found. Only what is all in memory can be stored in a
/// state.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Flagged {
    in_memory: Vec<FlaggedReport>,
    /// How many belong to no hull, and how many there are in all.
    pub(crate) homeless: u64,
    pub(crate) total: u64,
    /// Where runs in order begin on disk, and where the last ends.
    #[serde(skip)]
    runs: Vec<u64>,
    #[serde(skip)]
    file: Option<TempFile>,
}

fn key(flagged: &FlaggedReport) -> (Timestamp, SourceRow) {
    (flagged.report.time, flagged.report.source)
}

impl Flagged {
    /// Takes the next one.
    pub(crate) fn push(&mut self, flagged: FlaggedReport) {
        self.total += 1;
        let is_homeless = matches!(flagged.flag, Flag::Spike | Flag::Teleport);
        self.homeless += u64::from(is_homeless);
        self.in_memory.push(flagged);
    }

    /// Bytes in memory.
    pub(crate) fn size(&self) -> usize {
        size_of_val(self.in_memory.as_slice())
    }

    /// Writes those in memory to a file in a folder.
    ///
    /// # Errors
    /// If there is no room for them.
    pub(crate) fn spill(&mut self, folder: &Path) -> Result<(), PipelineError> {
        if self.in_memory.is_empty() {
            return Ok(());
        }
        self.in_memory.sort_by_key(key);
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                self.runs.push(0);
                none.insert(TempFile::new(folder)?)
            }
        };
        for part in self.in_memory.chunks(1 << 13) {
            let mut bytes = Vec::new();
            for flagged in part {
                bytes.extend(record_bytes(flagged)?);
            }
            file.append(&bytes)?;
        }
        self.runs.push(file.length());
        self.in_memory.clear();
        Ok(())
    }

    /// Hands all over in order.
    ///
    /// # Errors
    /// If they cannot be read, or `take` fails.
    pub(crate) fn in_order(
        mut self,
        mut take: impl FnMut(&FlaggedReport) -> Result<(), PipelineError>,
    ) -> Result<(), PipelineError> {
        self.in_memory.sort_by_key(key);
        let Some(file) = &self.file else {
            return self.in_memory.iter().try_for_each(take);
        };
        let mut rest = self.in_memory.iter().copied();
        let mut runs: Vec<Window<'_>> = self
            .runs
            .windows(2)
            .map(|ends| Window::new(file, ends[0], ends[1] - ends[0], WINDOW))
            .collect();
        let mut heads = BinaryHeap::new();
        let mut waiting: Vec<Option<FlaggedReport>> = vec![None; runs.len() + 1];
        for number in 0..waiting.len() {
            refill(file, &mut runs, &mut rest, number, &mut waiting, &mut heads)?;
        }
        while let Some(Reverse((_, number))) = heads.pop() {
            if let Some(flagged) = waiting[number].take() {
                take(&flagged)?;
            }
            refill(file, &mut runs, &mut rest, number, &mut waiting, &mut heads)?;
        }
        Ok(())
    }
}

type Heads = BinaryHeap<Reverse<((Timestamp, SourceRow), usize)>>;

/// Puts the next one of a run, or of those in memory, among the heads.
fn refill(
    file: &TempFile,
    runs: &mut [Window<'_>],
    rest: &mut impl Iterator<Item = FlaggedReport>,
    number: usize,
    waiting: &mut [Option<FlaggedReport>],
    heads: &mut Heads,
) -> Result<(), PipelineError> {
    let next = match runs.get_mut(number) {
        None => rest.next(),
        Some(run) => {
            let ahead = run.ahead(LONGEST)?;
            if ahead.is_empty() {
                None
            } else {
                let taken: Result<(FlaggedReport, &[u8]), _> = postcard::take_from_bytes(ahead);
                let (flagged, after) = taken.map_err(|_| file.damaged())?;
                let used = ahead.len() - after.len();
                run.consume(used);
                Some(flagged)
            }
        }
    };
    if let Some(next) = next {
        heads.push(Reverse((key(&next), number)));
    }
    waiting[number] = next;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{Flag, Hull, Position, ReportRef};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn they_come_in_order_wherever_they_waited(
            times in prop::collection::vec(0_i64..50, 0..200),
            spill_every in 1_usize..100,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut flagged = Flagged::default();
            let mut expected = Vec::new();
            for (number, seconds) in times.iter().enumerate() {
                let time = Timestamp::from_seconds(*seconds).unwrap();
                let report = ReportRef {
                    time,
                    position: Position::default(),
                    source: SourceRow::new(0, number as u64).unwrap(),
                };
                let hull = (number % 2 == 0).then_some(Hull { number: 3, since: time });
                let one = FlaggedReport { report, flag: Flag::Spike, hull };
                flagged.push(one);
                expected.push(one);
                if number % spill_every == 0 {
                    flagged.spill(folder.path()).unwrap();
                }
            }
            expected.sort_by_key(key);
            prop_assert_eq!(flagged.total, expected.len() as u64);
            let mut back = Vec::new();
            flagged.in_order(|one| { back.push(*one); Ok(()) }).unwrap();
            prop_assert_eq!(back, expected);
        }
    }

    #[test]
    fn none_is_longer_on_disk_than_the_longest() {
        let one = FlaggedReport {
            report: ReportRef {
                time: Timestamp::MIN,
                position: Position {
                    lat_e7: i32::MIN,
                    lon_e7: i32::MIN,
                },
                source: SourceRow::new((1 << 24) - 1, (1 << 40) - 1).unwrap(),
            },
            flag: Flag::FurtherHull,
            hull: Some(Hull {
                number: u32::MAX,
                since: Timestamp::MIN,
            }),
        };
        assert!(record_bytes(&one).unwrap().len() <= LONGEST);
    }
}
