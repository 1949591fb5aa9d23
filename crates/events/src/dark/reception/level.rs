//! A level is a size of cells and time buckets; each level's are made of whole ones of the level
//! below.

use super::cell::{Cell, SIDE_DEG};
use landfall_track::Timestamp;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Length of the finest time buckets in milliseconds: an hour. They begin on the full hour of UTC.
pub(super) const BUCKET_MS: i64 = 3_600_000;

/// The finest bucket that holds a moment, counted from the year 1; less than 2^27.
pub(super) fn bucket_of(time: Timestamp) -> u32 {
    ((time.as_millis() - Timestamp::MIN.as_millis()) / BUCKET_MS) as u32
}

/// How coarse a table is. By turns cells double in height and width, and buckets in length: cells
/// of 1, 2 and 4 degrees with buckets of 1 to 8 hours. Thereafter only buckets grow, since in yet
/// wider cells nothing would be near.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub(super) struct Level(u8);

impl Level {
    /// Sizes of cells.
    pub(super) const CELL_SIZES: usize = 4;
    const COARSEST_CELL: u32 = Self::CELL_SIZES as u32 - 1;
    /// Here all time, 87.7 million hours, is in 11 buckets.
    pub(super) const COARSEST: Level = Level(Self::COARSEST_CELL as u8 + 23);

    /// Every level, the finest first.
    pub(super) fn all() -> impl Iterator<Item = Level> {
        (0..=Self::COARSEST.0).map(Level)
    }

    /// Its place among all, from 0.
    pub(super) fn number(self) -> usize {
        usize::from(self.0)
    }

    /// The next coarser level; `None` at the coarsest.
    pub(super) fn coarser(self) -> Option<Self> {
        (self < Self::COARSEST).then_some(Self(self.0 + 1))
    }

    /// Cells are `2^cell_shift` as high as the finest.
    pub(super) fn cell_shift(self) -> u32 {
        u32::from(self.0).div_ceil(2).min(Self::COARSEST_CELL)
    }

    /// Buckets are `2^bucket_shift` as long as the finest.
    pub(super) fn bucket_shift(self) -> u32 {
        let level = u32::from(self.0);
        (level / 2).max(level.saturating_sub(Self::COARSEST_CELL))
    }

    /// Height of the cells in degrees.
    pub(super) fn cell_deg(self) -> f64 {
        SIDE_DEG * f64::from(1_u32 << self.cell_shift())
    }

    /// Length of the buckets in hours.
    pub(super) fn bucket_h(self) -> f64 {
        f64::from(1_u32 << self.bucket_shift())
    }

    /// This level's cell around a finest one.
    pub(super) fn cell(self, finest: Cell) -> Cell {
        finest.coarsened(self.cell_shift())
    }

    /// The buckets that lie wholly after one moment and before another, and hold neither.
    pub(super) fn buckets_between(self, after: Timestamp, before: Timestamp) -> Range<u32> {
        let shift = self.bucket_shift();
        let first = (bucket_of(after) >> shift) + 1;
        first..(bucket_of(before) >> shift).max(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_coarsen_by_turns_down_to_eleven_buckets_for_all_time() {
        let sizes: Vec<(f64, f64)> = Level::all()
            .map(|level| (level.cell_deg(), level.bucket_h()))
            .take(9)
            .collect();
        let wanted = [
            (0.5, 1.0),
            (1.0, 1.0),
            (1.0, 2.0),
            (2.0, 2.0),
            (2.0, 4.0),
            (4.0, 4.0),
            (4.0, 8.0),
            (4.0, 16.0),
            (4.0, 32.0),
        ];
        assert_eq!(sizes, wanted);
        let last = bucket_of(Timestamp::MAX) >> Level::COARSEST.bucket_shift();
        assert_eq!(last, 10);
        assert_eq!(Level::COARSEST.coarser(), None);
    }

    #[test]
    fn each_level_is_made_of_whole_parts_of_the_one_below() {
        for level in Level::all() {
            let Some(coarser) = level.coarser() else {
                continue;
            };
            let steps = coarser.cell_shift() - level.cell_shift() + coarser.bucket_shift()
                - level.bucket_shift();
            assert_eq!(steps, 1, "{level:?}");
        }
    }

    #[test]
    fn only_buckets_wholly_within_the_silence_count() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let count = |from, to| Level::default().buckets_between(at(from), at(to)).len();
        assert_eq!(count("2023-09-07T00:00:00Z", "2023-09-07T06:00:00Z"), 5);
        assert_eq!(count("2023-09-07T00:59:59Z", "2023-09-07T06:00:00Z"), 5);
        assert_eq!(count("2023-09-07T00:30:00Z", "2023-09-07T01:59:00Z"), 0);
        assert_eq!(count("2023-09-07T06:00:00Z", "2023-09-07T00:00:00Z"), 0);
    }
}
