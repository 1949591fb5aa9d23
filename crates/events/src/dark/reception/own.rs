//! A vessel's own presences, to be taken out of what is usual in the zones of her gaps.
//!
//! Her gaps are known while her presences are still in memory, but not yet how coarse the table of
//! all vessels will end. So her own counts are kept for each of the four sizes of cells.

use super::ReceptionConfig;
use super::cell::Cell;
use super::level::Level;
use super::presence::Presence;
use super::zones::{GapPlaces, Zone};
use landfall_track::{Gap, Timestamp};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;

/// A vessel's presences by cell, as long as her gaps are asked for.
#[derive(Debug)]
pub struct OwnCells<'a> {
    near_m: f64,
    presences: &'a [Presence],
    sums: [FxHashMap<Cell, OwnSum>; Level::CELL_SIZES],
    /// Cells and buckets in order, for vessels that are heard during their own gaps.
    by_cell: OnceCell<[Vec<(Cell, u32)>; Level::CELL_SIZES]>,
}

#[derive(Clone, Copy, Debug, Default)]
struct OwnSum {
    presences: u32,
    arrivals: u16,
}

/// What a vessel herself adds to the counts of the zones of one of her gaps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnPresences {
    /// Over all time, by size of cells and zone.
    presences: [[u32; 3]; Level::CELL_SIZES],
    arrivals: [[u16; 3]; Level::CELL_SIZES],
    /// In whole buckets of the gap, by level and zone, as far as any are: other hulls under the
    /// same id may be heard while one is silent. Almost always empty.
    inside: Box<[[u32; 3]]>,
}

impl<'a> OwnCells<'a> {
    /// A vessel's, from her presences in the order in which the builder gives them.
    pub fn new(presences: &'a [Presence], config: &ReceptionConfig) -> Self {
        let mut finest: FxHashMap<Cell, OwnSum> = FxHashMap::default();
        for presence in presences {
            let sum = finest.entry(presence.cell()).or_default();
            sum.presences = sum.presences.saturating_add(1);
            sum.arrivals = sum
                .arrivals
                .saturating_add(u16::from(presence.is_arrival()));
        }
        let mut sums = std::array::from_fn(|_| FxHashMap::default());
        for (shift, coarser) in sums.iter_mut().enumerate() {
            for (cell, more) in &finest {
                let sum: &mut OwnSum = coarser.entry(cell.coarsened(shift as u32)).or_default();
                sum.presences = sum.presences.saturating_add(more.presences);
                sum.arrivals = sum.arrivals.saturating_add(more.arrivals);
            }
        }
        Self {
            near_m: config.near_m,
            presences,
            sums,
            by_cell: OnceCell::new(),
        }
    }

    /// Her part in the zones of one of her gaps, which lasts until `data_end` if it is open.
    pub fn of_gap(&self, gap: &Gap, data_end: Timestamp) -> OwnPresences {
        let places = GapPlaces::of(gap);
        let zones: [_; Level::CELL_SIZES] =
            std::array::from_fn(|shift| places.zones(self.near_m, shift as u32));
        let mut own = OwnPresences::default();
        for (size, zones) in zones.iter().enumerate() {
            for (number, zone) in zones.iter().enumerate() {
                for sum in zone
                    .cells
                    .iter()
                    .filter_map(|cell| self.sums[size].get(cell))
                {
                    let (presences, arrivals) = (
                        &mut own.presences[size][number],
                        &mut own.arrivals[size][number],
                    );
                    *presences = presences.saturating_add(sum.presences);
                    *arrivals = arrivals.saturating_add(sum.arrivals);
                }
            }
        }
        own.inside = self.inside(gap, data_end, &zones);
        own
    }

    fn inside(
        &self,
        gap: &Gap,
        data_end: Timestamp,
        zones: &[[Zone; 3]; Level::CELL_SIZES],
    ) -> Box<[[u32; 3]]> {
        let until = gap.after.map_or(data_end, |after| after.time);
        let silent = Level::default().buckets_between(gap.before.time, until);
        let first = self
            .presences
            .partition_point(|one| one.bucket() < silent.start);
        if self
            .presences
            .get(first)
            .is_none_or(|one| one.bucket() >= silent.end)
        {
            return Box::default();
        }
        let by_cell = self.by_cell.get_or_init(|| self.sorted_by_cell());
        Level::all()
            .map(|level| (level, level.buckets_between(gap.before.time, until)))
            .take_while(|(_, buckets)| !buckets.is_empty())
            .map(|(level, buckets)| {
                let (size, shift) = (level.cell_shift() as usize, level.bucket_shift());
                let (start, end) = (buckets.start << shift, buckets.end << shift);
                let keys = &by_cell[size];
                let before = |cell, bucket| keys.partition_point(|key| *key < (cell, bucket));
                zones[size].each_ref().map(|zone| {
                    let count = |cell: &Cell| before(*cell, end) - before(*cell, start);
                    zone.cells.iter().map(count).sum::<usize>() as u32
                })
            })
            .collect()
    }

    fn sorted_by_cell(&self) -> [Vec<(Cell, u32)>; Level::CELL_SIZES] {
        std::array::from_fn(|shift| {
            let mut keys: Vec<(Cell, u32)> = self
                .presences
                .iter()
                .map(|one| (one.cell().coarsened(shift as u32), one.bucket()))
                .collect();
            keys.sort_unstable();
            keys
        })
    }
}

impl OwnPresences {
    /// Of one zone, at a level: over all time, and in whole buckets of the gap.
    pub(super) fn presences(&self, level: Level, zone: usize) -> (u64, u64) {
        let inside = self
            .inside
            .get(level.number())
            .map_or(0, |zones| zones[zone]);
        let all = self.presences[level.cell_shift() as usize][zone];
        (u64::from(all), u64::from(inside))
    }

    /// Her arrivals in the cells of one zone, over all time.
    pub(super) fn arrivals(&self, level: Level, zone: usize) -> u64 {
        u64::from(self.arrivals[level.cell_shift() as usize][zone])
    }
}
