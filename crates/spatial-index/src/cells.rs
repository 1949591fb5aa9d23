//! The cell table says of every quarter of a degree which ports could be entered there. For the
//! open sea the answer, none, is one bit.

use crate::element::Vector;
use crate::patch::Patch;
use landfall_track::Position;

/// The side of a cell in 1e-7 degrees: a quarter of a degree.
const CELL_E7: u32 = 2_500_000;
const ROWS: u32 = 720;
const COLUMNS: u32 = 1_440;
const CELLS: usize = (ROWS * COLUMNS) as usize;
/// A cell that more elements reach keeps no list of them: the tree is faster.
const LONGEST_LIST: u32 = 16;
/// An element that reaches more cells than this is in no list.
const MOST_CELLS: u32 = 4_096;
/// Widens every box of cells, in degrees (some ten metres), against rounding.
const SLACK_DEG: f64 = 1e-4;

/// Which elements could hold a position.
pub(crate) enum Reach<'a> {
    /// None.
    Nothing,
    /// These, by their numbers.
    Listed(&'a [u32]),
    /// Too many to list.
    Many,
}

/// For every cell the elements that reach into it.
pub(crate) struct CellTable {
    /// One bit for a cell: whether anything reaches into it.
    occupied: Vec<u64>,
    /// For every word of `occupied` the bits set in those before it.
    before: Vec<u32>,
    /// For every occupied cell where its list begins in `lists`, and one more for the last's end.
    /// An empty list stands for many.
    starts: Vec<u32>,
    lists: Vec<u32>,
}

/// The cells that a cap touches: rows from south to north, and columns eastwards, wrapping round.
#[derive(Clone, Copy)]
struct Cover {
    first_row: u32,
    last_row: u32,
    first_column: u32,
    columns: u32,
}

impl CellTable {
    /// A table over elements, each given by its number and the centre and angle of the cap it
    /// reaches.
    pub(crate) fn new(caps: &[(u32, Vector, f64)]) -> Self {
        let covers: Vec<(u32, Cover)> = caps
            .iter()
            .map(|(number, center, angle)| (*number, Cover::of(center, *angle)))
            .collect();
        let (first, counts) = count(&covers);
        let mut occupied = vec![0_u64; CELLS.div_ceil(64)];
        let mut cells = Vec::new();
        for (cell, count) in (first..).zip(counts).filter(|(_, count)| *count > 0) {
            occupied[cell / 64] |= 1 << (cell % 64);
            cells.push(count);
        }
        let mut before = Vec::with_capacity(occupied.len());
        let mut set = 0;
        for word in &occupied {
            before.push(set);
            set += word.count_ones();
        }
        let mut starts = Vec::with_capacity(cells.len() + 1);
        let mut end = 0;
        for count in &cells {
            starts.push(end);
            end += if *count <= LONGEST_LIST { *count } else { 0 };
        }
        starts.push(end);
        let mut table = Self {
            occupied,
            before,
            starts,
            lists: vec![0; end as usize],
        };
        table.fill(&covers);
        table
    }

    /// Writes every element's number into the lists of its cells.
    fn fill(&mut self, covers: &[(u32, Cover)]) {
        let mut filled = self.starts.clone();
        for (number, cover) in covers
            .iter()
            .filter(|(_, cover)| cover.cells() <= MOST_CELLS)
        {
            for row in cover.first_row..=cover.last_row {
                for step in 0..cover.columns {
                    let column = (cover.first_column + step) % COLUMNS;
                    let rank = self.rank((row * COLUMNS + column) as usize) as usize;
                    if filled[rank] < self.starts[rank + 1] {
                        self.lists[filled[rank] as usize] = *number;
                        filled[rank] += 1;
                    }
                }
            }
        }
    }

    /// How many occupied cells come before this one.
    fn rank(&self, cell: usize) -> u32 {
        let below = (1_u64 << (cell % 64)) - 1;
        self.before[cell / 64] + (self.occupied[cell / 64] & below).count_ones()
    }

    /// What reaches the cell in which `position` is.
    #[inline]
    pub(crate) fn at(&self, position: Position) -> Reach<'_> {
        let cell = cell_of(position);
        match self.occupied.get(cell / 64) {
            Some(word) if (word >> (cell % 64)) & 1 == 1 => self.occupants(cell),
            _ => Reach::Nothing,
        }
    }

    fn occupants(&self, cell: usize) -> Reach<'_> {
        let rank = self.rank(cell) as usize;
        match &self.lists[self.starts[rank] as usize..self.starts[rank + 1] as usize] {
            [] => Reach::Many,
            list => Reach::Listed(list),
        }
    }
}

/// The cell of a position. Latitude 90 and longitude 180 belong to the last row and column; what
/// is off the globe to the nearest cell.
#[inline]
fn cell_of(position: Position) -> usize {
    let (row, column) = row_and_column(position);
    (row * COLUMNS + column) as usize
}

#[inline]
fn row_and_column(position: Position) -> (u32, u32) {
    let row = (i64::from(position.lat_e7) + 900_000_000).clamp(0, 1_799_999_999) as u32 / CELL_E7;
    let column =
        (i64::from(position.lon_e7) + 1_800_000_000).clamp(0, 3_599_999_999) as u32 / CELL_E7;
    (row, column)
}

/// The cell of a position as a box.
pub(crate) fn cell_box(position: Position) -> Patch {
    let (row, column) = row_and_column(position);
    let corner = Position {
        lat_e7: (i64::from(row * CELL_E7) - 900_000_000) as i32,
        lon_e7: (i64::from(column * CELL_E7) - 1_800_000_000) as i32,
    };
    Patch::new(corner, CELL_E7, CELL_E7)
}

/// How many elements reach each cell, from the first cell of the first row that any reaches to the last of the last
/// such row; more than [`LONGEST_LIST`] where one does that is in no list. The first cell's number comes with them.
///
/// Counted by differences along each row, so that a wide element costs no more than a narrow one.
fn count(covers: &[(u32, Cover)]) -> (usize, Vec<u32>) {
    let first_row = (covers.iter().map(|(_, cover)| cover.first_row).min()).unwrap_or(0);
    let end_row = (covers.iter().map(|(_, cover)| cover.last_row + 1).max()).unwrap_or(0);
    let cells = ((end_row - first_row) * COLUMNS) as usize;
    let mut steps = vec![0_i64; cells + 1];
    for (_, cover) in covers {
        let weight = if cover.cells() <= MOST_CELLS {
            1
        } else {
            i64::from(LONGEST_LIST) + 1
        };
        for row in cover.first_row..=cover.last_row {
            let row_start = ((row - first_row) * COLUMNS) as usize;
            let end = cover.first_column + cover.columns;
            let spans = [
                (cover.first_column, end.min(COLUMNS)),
                (0, end.saturating_sub(COLUMNS)),
            ];
            for (from, to) in spans {
                steps[row_start + from as usize] += weight;
                steps[row_start + to as usize] -= weight;
            }
        }
    }
    let mut sum = 0_i64;
    let counts = steps[..cells]
        .iter()
        .map(|step| {
            sum += step;
            u32::try_from(sum).unwrap_or(u32::MAX)
        })
        .collect();
    ((first_row * COLUMNS) as usize, counts)
}

impl Cover {
    fn of(center: &Vector, angle: f64) -> Self {
        let [x, y, z] = *center;
        let lat = z.atan2(x.hypot(y));
        let lat_deg = lat.to_degrees();
        let angle_deg = angle.to_degrees() + SLACK_DEG;
        let (south, north) = (lat_deg - angle_deg, lat_deg + angle_deg);
        let row = |lat_deg: f64| {
            ((lat_deg + 90.0) * 4.0)
                .floor()
                .clamp(0.0, f64::from(ROWS - 1)) as u32
        };
        let mut cover = Self {
            first_row: row(south),
            last_row: row(north),
            first_column: 0,
            columns: COLUMNS,
        };
        if south > -90.0 && north < 90.0 {
            // Where a meridian touches a cap: sin(half width) = sin(angle) / cos(latitude).
            let half_deg = (angle_deg.to_radians().sin() / lat.cos())
                .clamp(0.0, 1.0)
                .asin()
                .to_degrees()
                + SLACK_DEG;
            let lon_deg = y.atan2(x).to_degrees();
            let west = ((lon_deg - half_deg + 180.0) * 4.0).floor();
            let east = ((lon_deg + half_deg + 180.0) * 4.0).floor();
            let columns = east - west + 1.0;
            if columns < f64::from(COLUMNS) {
                cover.first_column = west.rem_euclid(f64::from(COLUMNS)) as u32;
                cover.columns = columns as u32;
            }
        }
        cover
    }

    fn cells(&self) -> u32 {
        (self.last_row - self.first_row + 1) * self.columns
    }
}
