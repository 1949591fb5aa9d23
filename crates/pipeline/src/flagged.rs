//! An id's flagged reports, to be listed in order of time. Where a hundred ships share an id nearly every
//! report is flagged, so what does not fit into memory is sorted and written to disk.

use crate::PipelineError;
use crate::sorted_runs::{Sorted, SortedRuns};
use landfall_track::{Flag, FlaggedReport, SourceRow, Timestamp};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Flagged reports, and how many there are.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Flagged {
    reports: SortedRuns<FlaggedReport>,
    /// How many belong to no hull, and how many there are in all.
    pub(crate) homeless: u64,
    pub(crate) total: u64,
}

impl Sorted for FlaggedReport {
    type Key = (Timestamp, SourceRow);
    const LONGEST: usize = 96;

    fn key(&self) -> Self::Key {
        (self.report.time, self.report.source)
    }
}

impl Flagged {
    /// Takes the next one.
    pub(crate) fn push(&mut self, flagged: FlaggedReport) {
        self.total += 1;
        let is_homeless = matches!(flagged.flag, Flag::Spike | Flag::Teleport);
        self.homeless += u64::from(is_homeless);
        self.reports.push(flagged);
    }

    /// Bytes in memory.
    pub(crate) fn size(&self) -> usize {
        self.reports.size()
    }

    /// Whether some are on disk.
    pub(crate) fn is_on_disk(&self) -> bool {
        self.reports.is_on_disk()
    }

    /// Writes those in memory to a file in a folder.
    ///
    /// # Errors
    /// If there is no room for them.
    pub(crate) fn spill(&mut self, folder: &Path) -> Result<(), PipelineError> {
        self.reports.spill(folder)
    }

    /// Hands all over in order.
    ///
    /// # Errors
    /// If they cannot be read, or `take` fails.
    pub(crate) fn in_order(
        self,
        take: impl FnMut(&FlaggedReport) -> Result<(), PipelineError>,
    ) -> Result<(), PipelineError> {
        self.reports.in_order(take)
    }
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
            expected.sort_by_key(Sorted::key);
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
        assert!(crate::state_file::record_bytes(&one).unwrap().len() <= FlaggedReport::LONGEST);
    }
}
