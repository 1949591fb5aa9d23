//! The cell table counts the presences of all vessels in bounded memory.
//!
//! When it outgrows its budget it coarsens by a level, as often as it takes. The outcome depends on
//! the set of presences alone, in whatever order they come and however tables are merged: the
//! blocks that a set of presences fills at one level never become fewer as the set grows. A table
//! leaves a level only when a part of the set overfills it, so that the whole does too; and stays
//! at the first level that holds the whole. Thus it ends at the finest level whose blocks fit the
//! budget, and its counts are sums over whole cells and buckets, which do not depend on when it
//! coarsened.

use super::ReceptionConfig;
use super::heard::HeardTable;
use super::level::Level;
use super::presence::Presence;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Time buckets in a block.
pub(super) const BLOCK: usize = 16;
const BLOCK_BITS: u32 = BLOCK.trailing_zeros();
/// Bits that hold any block's number: those of a bucket, 27, less those of its place in the block.
const NUMBER_BITS: u32 = 23;

/// Counts of one cell in 16 buckets, one after the other. Sixteen, since ships stay for hours and
/// busy cells are never empty: a count then takes 3 bytes instead of 19.
///
/// A count ends at 65,535, by the same argument whatever the order.
pub(super) type Counts = [u16; BLOCK];

/// A block's cell and number, in that order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct BlockKey(u64);

impl BlockKey {
    /// The block that holds a bucket of a cell of the same level.
    pub(super) fn of(cell: u32, bucket: u32) -> Self {
        Self(u64::from(cell) << NUMBER_BITS | u64::from(bucket >> BLOCK_BITS))
    }

    /// The cell.
    pub(super) fn cell(self) -> u32 {
        (self.0 >> NUMBER_BITS) as u32
    }

    /// The first bucket.
    pub(super) fn first_bucket(self) -> u32 {
        ((self.0 & ((1 << NUMBER_BITS) - 1)) as u32) << BLOCK_BITS
    }
}

/// A bucket's place in its block.
pub(super) fn place_in_block(bucket: u32) -> usize {
    bucket as usize % BLOCK
}

/// Presences of all vessels by cell and time bucket, as fine as the budget allows.
///
/// It can be stored at any time, and tables made of different vessels can be merged.
#[derive(Clone, Debug)]
pub struct CellTable {
    config: ReceptionConfig,
    level: Level,
    blocks: FxHashMap<BlockKey, Counts>,
    arrivals: FxHashMap<u32, u32>,
}

impl CellTable {
    /// An empty table.
    pub fn new(config: &ReceptionConfig) -> Self {
        Self {
            config: config.clone(),
            level: Level::default(),
            blocks: FxHashMap::default(),
            arrivals: FxHashMap::default(),
        }
    }

    /// Counts the presences of a vessel: all she has, once. See [`super::PresenceBuilder`].
    pub fn add(&mut self, presences: &[Presence]) {
        for presence in presences {
            let cell = self.level.cell(presence.cell()).0;
            let bucket = presence.bucket() >> self.level.bucket_shift();
            let counts = self.blocks.entry(BlockKey::of(cell, bucket)).or_default();
            let count = &mut counts[place_in_block(bucket)];
            *count = count.saturating_add(1);
            if presence.is_arrival() {
                let arrivals = self.arrivals.entry(cell).or_default();
                *arrivals = arrivals.saturating_add(1);
            }
            self.fit();
        }
    }

    /// Adds what another table has counted, of other vessels. Meanwhile the two budgets add up.
    pub fn merge(&mut self, mut other: CellTable) {
        while self.level < other.level && self.coarsen() {}
        while other.level < self.level && other.coarsen() {}
        for (key, counts) in other.blocks {
            let sums = self.blocks.entry(key).or_default();
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum = sum.saturating_add(count);
            }
        }
        for (cell, count) in other.arrivals {
            let sum = self.arrivals.entry(cell).or_default();
            *sum = sum.saturating_add(count);
        }
        self.fit();
    }

    /// Coarsens until it fits its budget.
    fn fit(&mut self) {
        while self.blocks.len() > self.config.budget_blocks as usize && self.coarsen() {}
    }

    /// Goes to the next level; `false` at the last.
    fn coarsen(&mut self) -> bool {
        let Some(coarser) = self.level.coarser() else {
            return false;
        };
        let cell_shift = coarser.cell_shift() - self.level.cell_shift();
        let bucket_shift = coarser.bucket_shift() - self.level.bucket_shift();
        let coarse_cell = |cell: u32| super::cell::Cell(cell).coarsened(cell_shift).0;
        let mut blocks: FxHashMap<BlockKey, Counts> = FxHashMap::default();
        for (key, counts) in std::mem::take(&mut self.blocks) {
            let cell = coarse_cell(key.cell());
            let first = key.first_bucket() >> bucket_shift;
            let sums = blocks.entry(BlockKey::of(cell, first)).or_default();
            for (after_first, count) in counts.into_iter().enumerate() {
                let place = place_in_block(first) + (after_first >> bucket_shift);
                sums[place] = sums[place].saturating_add(count);
            }
        }
        self.blocks = blocks;
        for (cell, count) in std::mem::take(&mut self.arrivals) {
            let sum = self.arrivals.entry(coarse_cell(cell)).or_default();
            *sum = sum.saturating_add(count);
        }
        self.level = coarser;
        true
    }

    /// The table to ask, when all vessels are in. While it is made, two copies are in memory.
    pub fn finish(self) -> HeardTable {
        let blocks = sorted(self.blocks);
        HeardTable::new(self.config, self.level, blocks, &self.arrivals)
    }
}

fn sorted<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> Vec<(K, V)> {
    let mut entries: Vec<(K, V)> = entries.into_iter().collect();
    entries.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    entries
}

/// A table as it is stored: in order, so that equal tables are stored as equal bytes.
#[derive(Serialize, Deserialize)]
#[serde(rename = "CellTable")]
struct Stored {
    config: ReceptionConfig,
    level: Level,
    blocks: Vec<(BlockKey, Counts)>,
    arrivals: Vec<(u32, u32)>,
}

impl Serialize for CellTable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Stored {
            config: self.config.clone(),
            level: self.level,
            blocks: sorted(self.blocks.iter().map(|(key, counts)| (*key, *counts))),
            arrivals: sorted(self.arrivals.iter().map(|(cell, count)| (*cell, *count))),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for CellTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        stored.config.check().map_err(D::Error::custom)?;
        if stored.level > Level::COARSEST {
            return Err(D::Error::custom("a level beyond the coarsest"));
        }
        Ok(Self {
            config: stored.config,
            level: stored.level,
            blocks: stored.blocks.into_iter().collect(),
            arrivals: stored.arrivals.into_iter().collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dark::reception::PresenceBuilder;
    use landfall_track::{Position, Timestamp};
    use proptest::prelude::*;

    /// A vessel's presences from hours and places on a grid of quarter degrees.
    fn vessel(reports: &[(i64, i32, i32)]) -> Vec<Presence> {
        let mut sorted = reports.to_vec();
        sorted.sort_unstable();
        let mut builder = PresenceBuilder::default();
        for (hour, east, north) in sorted {
            let place = Position {
                lat_e7: 560_000_000 + north * 2_500_000,
                lon_e7: 1_700_000_000 + east * 2_500_000,
            };
            builder.push(Timestamp::from_seconds(hour * 3600).unwrap(), place);
        }
        builder.finish()
    }

    fn stored(table: &CellTable) -> String {
        serde_json::to_string(table).unwrap()
    }

    fn small(budget: u32) -> CellTable {
        CellTable::new(&ReceptionConfig::default().with_budget(budget))
    }

    #[test]
    fn a_table_of_a_large_world_stays_within_its_budget_and_loses_no_presence() {
        let mut table = small(50);
        let mut all = 0;
        for number in 0..60_i32 {
            let reports: Vec<_> = (0..40)
                .map(|hour| (i64::from(hour * number) * 7, hour % 40, number % 40))
                .collect();
            let presences = vessel(&reports);
            all += presences.len();
            table.add(&presences);
            assert!(table.blocks.len() <= 50);
        }
        let counted: usize = table
            .blocks
            .values()
            .flatten()
            .map(|count| *count as usize)
            .sum();
        assert!(table.level > Level::default());
        assert_eq!(counted, all);
    }

    #[test]
    fn times_from_the_year_1_to_9999_end_at_a_level_that_has_room() {
        let mut table = small(3);
        for year in 0..2000_i64 {
            let hour = -17_000_000 + year * 43_000;
            table.add(&vessel(&[(hour, 0, 0), (hour + 1, 7, 7)]));
        }
        assert!(table.blocks.len() <= 3, "{}", table.blocks.len());
    }

    #[test]
    fn a_stored_table_with_an_unknown_level_is_an_error() {
        let text = stored(&small(5_000)).replace("\"level\":0", "\"level\":99");
        assert!(serde_json::from_str::<CellTable>(&text).is_err());
    }

    proptest! {
        #[test]
        fn order_merging_and_storing_do_not_show(
            vessels in prop::collection::vec(
                prop::collection::vec((0_i64..2000, 0_i32..40, 0_i32..40), 0..40),
                0..12,
            ),
            shuffle in prop::collection::vec(any::<u32>(), 12),
            cut in 0_usize..12,
            budget in 1_u32..80,
        ) {
            let vessels: Vec<_> = vessels.iter().map(|reports| vessel(reports)).collect();
            let mut straight = small(budget);
            for presences in &vessels { straight.add(presences); }

            let mut order: Vec<usize> = (0..vessels.len()).collect();
            order.sort_by_key(|number| shuffle[*number]);
            let mut parts = [small(budget), small(budget)];
            for (place, number) in order.iter().enumerate() {
                parts[usize::from(place >= cut)].add(&vessels[*number]);
            }
            let [mut merged, rest] = parts;
            merged.merge(rest);
            prop_assert_eq!(stored(&merged), stored(&straight));

            // The finest level that fits: the one above does not.
            let fits = |level: Level| {
                let mut table = small(u32::MAX);
                for presences in &vessels { table.add(presences); }
                while table.level < level && table.coarsen() {}
                (table.blocks.len() <= budget as usize, table)
            };
            let (fitting, at_once) = fits(straight.level);
            prop_assert!(fitting || straight.level == Level::COARSEST);
            prop_assert_eq!(&at_once.blocks, &straight.blocks);
            prop_assert_eq!(&at_once.arrivals, &straight.arrivals);
            for level in Level::all().take_while(|level| *level < straight.level) {
                prop_assert!(!fits(level).0);
            }
        }
    }
}
