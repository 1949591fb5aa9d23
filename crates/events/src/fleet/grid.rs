//! The grid holds the area from which anybody was ever heard: for each cell how many vessels were.
//!
//! The finest cells are a twentieth of a degree high and wide, 5.6 km; beyond latitude 62, where
//! meridians converge, they are wider by powers of two, as those of reception are. A table that outgrows
//! its budget coarsens. The outcome depends on the set of vessels and cells alone, in whatever order they
//! come: cells at one level never become fewer as the set grows, so that the table ends at the finest
//! level that fits, and counts are sums over whole cells.

use landfall_track::{LocalScale, Position};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// Side of the finest cells in 1e-7 degrees.
const SIDE_E7: i64 = 500_000;
const ROWS: i64 = 3600;
const COLUMNS: i64 = 7200;
const ROWS_PER_DEGREE: i64 = 20;
const COLUMN_BITS: u32 = 13;
/// Cells are `2^COARSEST` as high and wide as the finest at most: 0.8 degrees. They divide rows and
/// columns without a rest.
const COARSEST: u32 = 4;
/// Cells of one vessel are put in order, each once, when they have become so many more.
const TIDY_EACH: usize = 4096;

/// One of the finest cells: row from the south and column from the antimeridian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct VisitedCell(u32);

impl VisitedCell {
    fn of(position: Position) -> Self {
        let row = row_of(i64::from(position.lat_e7));
        let column = column_of(i64::from(position.lon_e7)).rem_euclid(COLUMNS);
        Self((row << COLUMN_BITS | (column & !((1 << polar_shift(row)) - 1))) as u32)
    }

    fn row(self) -> i64 {
        i64::from(self.0 >> COLUMN_BITS)
    }

    fn column(self) -> i64 {
        i64::from(self.0 & ((1 << COLUMN_BITS) - 1))
    }

    fn coarsened(self, shift: u32) -> Self {
        Self((self.row() >> shift << COLUMN_BITS | self.column() >> shift) as u32)
    }
}

fn row_of(lat_e7: i64) -> i64 {
    (lat_e7 + 900_000_000)
        .div_euclid(SIDE_E7)
        .clamp(0, ROWS - 1)
}

/// Not wrapped: column 7200 is column 0.
fn column_of(lon_e7: i64) -> i64 {
    (lon_e7 + 1_800_000_000).div_euclid(SIDE_E7)
}

/// The power of two by which cells of a row are wider than high.
fn polar_shift(row: i64) -> u32 {
    match row.min(ROWS - 1 - row) / ROWS_PER_DEGREE {
        0..4 => 4,
        4..8 => 3,
        8..16 => 2,
        16..28 => 1,
        _ => 0,
    }
}

/// The cells that one vessel was heard in.
///
/// A report in the cell of the one before costs four comparisons. It can be stored between any two
/// reports.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trail {
    cells: Vec<VisitedCell>,
    /// So many are in order, each once.
    tidy: usize,
    south_west: Position,
    height_e7: u32,
    width_e7: u32,
}

impl Trail {
    /// Bytes beside its own size.
    pub fn size(&self) -> usize {
        size_of_val(self.cells.as_slice())
    }

    /// Takes the vessel's next report.
    #[inline]
    pub fn push(&mut self, position: Position) {
        let north = position.lat_e7.wrapping_sub(self.south_west.lat_e7) as u32;
        let east = position.lon_e7.wrapping_sub(self.south_west.lon_e7) as u32;
        if north >= self.height_e7 || east >= self.width_e7 {
            self.enter(position);
        }
    }

    fn enter(&mut self, position: Position) {
        let cell = VisitedCell::of(position);
        self.south_west = Position {
            lat_e7: (cell.row() * SIDE_E7 - 900_000_000) as i32,
            lon_e7: (cell.column() * SIDE_E7 - 1_800_000_000) as i32,
        };
        self.height_e7 = SIDE_E7 as u32;
        self.width_e7 = (SIDE_E7 as u32) << polar_shift(cell.row());
        // To and fro across an edge is the common repetition.
        if self.cells.iter().rev().take(4).all(|known| *known != cell) {
            self.cells.push(cell);
            if self.cells.len() >= self.tidy * 2 + TIDY_EACH {
                self.tidy();
            }
        }
    }

    fn tidy(&mut self) {
        self.cells.sort_unstable();
        self.cells.dedup();
        self.tidy = self.cells.len();
    }

    /// The cells in order, each once.
    pub fn finish(mut self) -> Vec<VisitedCell> {
        self.tidy();
        self.cells
    }
}

/// In how many cells how many vessels were heard, as finely as the budget allows.
#[derive(Clone, Debug)]
pub struct AreaTable {
    budget: usize,
    /// Cells are `2^level` as high as the finest.
    level: u32,
    cells: FxHashMap<VisitedCell, u32>,
}

impl AreaTable {
    /// An empty table that holds so many cells at most; from 101,250 on, which the coarsest are, it can
    /// keep to that.
    pub fn new(budget: u32) -> Self {
        Self {
            budget: budget as usize,
            level: 0,
            cells: FxHashMap::default(),
        }
    }

    /// Counts a vessel in the cells it was heard in, which are all it has, each once.
    pub fn add(&mut self, visited: &[VisitedCell]) {
        for cell in visited {
            let count = self.cells.entry(cell.coarsened(self.level)).or_default();
            *count = count.saturating_add(1);
            while self.cells.len() > self.budget && self.level < COARSEST {
                self.coarsen();
            }
        }
    }

    fn coarsen(&mut self) {
        self.level += 1;
        for (cell, count) in std::mem::take(&mut self.cells) {
            let sum = self.cells.entry(cell.coarsened(1)).or_default();
            *sum = sum.saturating_add(count);
        }
    }

    /// The diagonal of cells at a position, in metres.
    pub(super) fn diagonal_m(&self, position: Position) -> f64 {
        let row = row_of(i64::from(position.lat_e7));
        let side_e7 = (SIDE_E7 << self.level) as f64;
        let width_e7 = (SIDE_E7 << self.level.max(polar_shift(row))) as f64;
        let scale = LocalScale::at_latitude_deg(position.degrees().lat);
        (side_e7 * scale.metres_per_lat_e7).hypot(width_e7 * scale.metres_per_lon_e7)
    }

    /// The greatest count of the cells whose middle lies within a distance and, by its metres east and
    /// north of the position, is asked for by `wanted`. Ends as soon as it is beyond `most`.
    pub(super) fn busiest_near(
        &self,
        position: Position,
        radius_m: f64,
        most: u32,
        wanted: impl Fn(f64, f64) -> bool,
    ) -> u32 {
        let scale = LocalScale::at_latitude_deg(position.degrees().lat);
        let lat_e7 = (radius_m / scale.metres_per_lat_e7) as i64;
        let lon_e7 = (radius_m / scale.metres_per_lon_e7).min(1.8e9) as i64;
        let (lat, lon) = (i64::from(position.lat_e7), i64::from(position.lon_e7));
        let (south, north) = (
            row_of(lat - lat_e7) >> self.level,
            row_of(lat + lat_e7) >> self.level,
        );
        let mut greatest = 0;
        for row in south..=north {
            let wide = 1 << self.level.max(polar_shift(row << self.level));
            let around = COLUMNS / wide;
            let first = column_of(lon - lon_e7).div_euclid(wide);
            let last = column_of(lon + lon_e7)
                .div_euclid(wide)
                .min(first + around - 1);
            let middle_lat_e7 = ((row * 2 + 1) * (SIDE_E7 << self.level)) / 2 - 900_000_000;
            let north_m = (middle_lat_e7 - lat) as f64 * scale.metres_per_lat_e7;
            for number in first..=last {
                let middle_lon_e7 = ((number * 2 + 1) * wide * SIDE_E7) / 2 - 1_800_000_000;
                let east_m = (middle_lon_e7 - lon) as f64 * scale.metres_per_lon_e7;
                if east_m.hypot(north_m) > radius_m || !wanted(east_m, north_m) {
                    continue;
                }
                let column = (number.rem_euclid(around) * wide) >> self.level;
                let cell = VisitedCell((row << COLUMN_BITS | column) as u32);
                greatest = greatest.max(self.cells.get(&cell).copied().unwrap_or_default());
                if greatest > most {
                    return greatest;
                }
            }
        }
        greatest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::LonLat;
    use proptest::prelude::*;

    fn at(lon: f64, lat: f64) -> Position {
        Position::from_degrees(LonLat { lon, lat }).unwrap()
    }

    fn trail(places: &[Position]) -> Vec<VisitedCell> {
        let mut trail = Trail::default();
        for place in places {
            trail.push(*place);
        }
        trail.finish()
    }

    #[test]
    fn a_vessel_is_counted_once_a_cell_however_often_it_comes_back() {
        let places: Vec<Position> = (0..20_000_i32)
            .map(|step| at(10.0 + f64::from(step % 40) * 0.026, 55.01))
            .collect();
        let cells = trail(&places);
        assert_eq!(cells.len(), 21);
        let mut table = AreaTable::new(200_000);
        table.add(&cells);
        table.add(&trail(&[at(10.01, 55.01)]));
        let busiest =
            |lon, radius_m| table.busiest_near(at(lon, 55.02), radius_m, u32::MAX, |_, _| true);
        assert_eq!((busiest(10.02, 3_000.0), busiest(10.52, 3_000.0)), (2, 1));
        assert_eq!(busiest(11.3, 9_000.0), 0);
    }

    #[test]
    fn what_is_near_is_found_across_the_antimeridian_and_beyond_latitude_62() {
        let mut table = AreaTable::new(200_000);
        table.add(&trail(&[at(-179.99, 70.01)]));
        let east = |east_m: f64, _: f64| east_m > 0.0;
        let here = at(179.9, 70.0);
        assert_eq!(table.busiest_near(here, 12_000.0, u32::MAX, east), 1);
        let west = |east_m: f64, _: f64| east_m < 0.0;
        assert_eq!(table.busiest_near(here, 12_000.0, u32::MAX, west), 0);
        assert!(table.diagonal_m(here) < 8_000.0);
    }

    #[test]
    fn a_number_that_is_no_position_has_a_cell_all_the_same() {
        let nowhere = Position {
            lat_e7: i32::MAX,
            lon_e7: i32::MIN,
        };
        assert_eq!(trail(&[nowhere, nowhere]).len(), 1);
    }

    proptest! {
        #[test]
        fn neither_the_order_of_vessels_nor_when_a_table_coarsens_shows(
            vessels in prop::collection::vec(
                prop::collection::vec((0_i32..60, 0_i32..60), 0..40), 0..8),
            budget in 1_u32..300,
        ) {
            let trails: Vec<Vec<VisitedCell>> = vessels
                .iter()
                .map(|places| {
                    let places: Vec<Position> = places
                        .iter()
                        .map(|(east, north)| Position {
                            lat_e7: 615_000_000 + north * 400_000,
                            lon_e7: 1_790_000_000 - east * 400_000,
                        })
                        .collect();
                    trail(&places)
                })
                .collect();
            let (mut forward, mut backward) = (AreaTable::new(budget), AreaTable::new(budget));
            for trail in &trails { forward.add(trail); }
            for trail in trails.iter().rev() { backward.add(trail); }
            prop_assert_eq!(forward.level, backward.level);
            prop_assert_eq!(forward.cells, backward.cells);
        }

        #[test]
        fn a_trail_is_the_distinct_cells_wherever_it_was_stored(
            places in prop::collection::vec((-40_i32..40, -40_i32..40), 0..200),
            cut in 0_usize..200,
        ) {
            let places: Vec<Position> = places
                .iter()
                .map(|(east, north)| Position { lat_e7: north * 210_000, lon_e7: east * 210_000 })
                .collect();
            let mut wanted: Vec<VisitedCell> =
                places.iter().map(|place| VisitedCell::of(*place)).collect();
            wanted.sort_unstable();
            wanted.dedup();
            let mut stored = Trail::default();
            for (number, place) in places.iter().enumerate() {
                if number == cut {
                    let text = serde_json::to_string(&stored).unwrap();
                    stored = serde_json::from_str(&text).unwrap();
                }
                stored.push(*place);
            }
            prop_assert_eq!(stored.finish(), wanted);
        }
    }
}
