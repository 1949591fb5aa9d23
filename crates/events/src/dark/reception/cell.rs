//! A cell is a field of the grid in which presences are counted.
//!
//! The grid's cells are half a degree high and wide up to latitude 62. Beyond, where meridians
//! converge, they are 2, 4, 8 and 16 times as wide, so that a zone of so many kilometres holds no
//! more cells there than elsewhere, and a passage as many. Steps lie at 62, 74, 82 and 86 degrees,
//! on the edges of 4-degree cells, so that coarser cells are made of whole finer ones.

use landfall_track::{LocalScale, Position};

/// Rows and columns of the finest cells.
const ROWS: i64 = 360;
const COLUMNS: i64 = 720;
/// Side of the finest cells in 1e-7 degrees, and in degrees.
pub(super) const SIDE_E7: i64 = 5_000_000;
pub(super) const SIDE_DEG: f64 = 0.5;
const COLUMN_BITS: u32 = 10;

/// A cell by its row from the south and its column from the antimeridian, counted in cells of its
/// own size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Cell(pub(super) u32);

impl Cell {
    /// Bits that hold any cell.
    pub(super) const BITS: u32 = 19;

    fn new(row: i64, column: i64) -> Self {
        Self((row << COLUMN_BITS | column) as u32)
    }

    /// The finest cell that holds a position.
    pub(super) fn of(position: Position) -> Self {
        let row = row_of(i64::from(position.lat_e7));
        let column = column_of(i64::from(position.lon_e7)).rem_euclid(COLUMNS);
        Self::new(row, column & !((1 << polar_shift(row)) - 1))
    }

    /// Of a finest cell the one that holds it among cells `2^shift` as high.
    pub(super) fn coarsened(self, shift: u32) -> Self {
        let row = i64::from(self.0 >> COLUMN_BITS);
        let column = i64::from(self.0 & ((1 << COLUMN_BITS) - 1));
        Self::new(row >> shift, column >> shift)
    }

    /// South-west corner of a finest cell, and its height and width, in 1e-7 degrees.
    pub(super) fn bounds_e7(self) -> (Position, u32, u32) {
        let row = i64::from(self.0 >> COLUMN_BITS);
        let column = i64::from(self.0 & ((1 << COLUMN_BITS) - 1));
        let corner = Position {
            lat_e7: (row * SIDE_E7 - 900_000_000) as i32,
            lon_e7: (column * SIDE_E7 - 1_800_000_000) as i32,
        };
        let side = SIDE_E7 as u32;
        (corner, side, side << polar_shift(row))
    }
}

fn row_of(lat_e7: i64) -> i64 {
    ((lat_e7 + 900_000_000).div_euclid(SIDE_E7)).clamp(0, ROWS - 1)
}

/// Not wrapped: column 720 is column 0.
fn column_of(lon_e7: i64) -> i64 {
    (lon_e7 + 1_800_000_000).div_euclid(SIDE_E7)
}

/// The power of two by which cells of a row are wider than high.
fn polar_shift(row: i64) -> u32 {
    let from_pole_deg = row.min(ROWS - 1 - row) / 2;
    match from_pole_deg {
        0..4 => 4,
        4..8 => 3,
        8..16 => 2,
        16..28 => 1,
        _ => 0,
    }
}

/// The cells, `2^shift` as high as the finest, that touch the box of so many metres around a
/// position, added to `cells`. Returns the number of rows they fill.
pub(super) fn cells_near(
    position: Position,
    near_m: f64,
    shift: u32,
    cells: &mut Vec<Cell>,
) -> u32 {
    let scale = LocalScale::at_latitude_deg(position.degrees().lat);
    let lat_e7 = (near_m / scale.metres_per_lat_e7) as i64;
    let (lat, lon) = (i64::from(position.lat_e7), i64::from(position.lon_e7));
    // If a pole is near, every meridian is.
    let lon_e7 = if lat.abs() + lat_e7 >= 900_000_000 {
        1_800_000_000
    } else {
        (near_m / scale.metres_per_lon_e7).min(1.8e9) as i64
    };
    let (south, north) = (row_of(lat - lat_e7) >> shift, row_of(lat + lat_e7) >> shift);
    let (west, east) = (column_of(lon - lon_e7), column_of(lon + lon_e7));
    for row in south..=north {
        // Cells of one coarse row are equally wide: 1, 2, 4, 8 or 16 of the finest columns.
        let wide = 1 << shift.max(polar_shift(row << shift));
        let around = COLUMNS / wide;
        let first = west.div_euclid(wide);
        let count = (east.div_euclid(wide) - first + 1).min(around);
        cells.extend(
            (first..first + count)
                .map(|number| Cell::new(row, (number.rem_euclid(around) * wide) >> shift)),
        );
    }
    (north - south + 1) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{LonLat, geodesic_distance_m};
    use proptest::prelude::*;

    fn at(lon: f64, lat: f64) -> Position {
        Position::from_degrees(LonLat { lon, lat }).unwrap()
    }

    fn near(position: Position, shift: u32) -> Vec<Cell> {
        let mut cells = Vec::new();
        cells_near(position, 50_000.0, shift, &mut cells);
        cells
    }

    #[test]
    fn the_antimeridian_is_one_place_and_polar_cells_are_wide() {
        assert_eq!(Cell::of(at(180.0, 10.0)), Cell::of(at(-180.0, 10.0)));
        assert_eq!(Cell::of(at(4.1, 90.0)), Cell::of(at(11.9, 89.6)));
    }

    #[test]
    fn a_number_that_is_no_position_has_a_cell_all_the_same() {
        let nowhere = Position {
            lat_e7: i32::MAX,
            lon_e7: i32::MIN,
        };
        let (corner, ..) = Cell::of(nowhere).bounds_e7();
        assert!((-1_800_000_000..1_800_000_000).contains(&corner.lon_e7));
        assert!(!near(nowhere, 0).is_empty());
    }

    #[test]
    fn a_zone_holds_few_cells_at_any_latitude() {
        for lat_tenth in -900_i32..=900 {
            let count = near(at(12.3, f64::from(lat_tenth) / 10.0), 0).len();
            let most = if lat_tenth.abs() < 860 { 20 } else { 180 };
            assert!((4..=most).contains(&count), "{count} at {lat_tenth}");
        }
    }

    #[test]
    fn who_is_across_the_pole_is_near() {
        let across = Cell::of(at(-160.0, 89.9));
        assert!(near(at(20.0, 89.8), 0).contains(&across));
        assert!(!near(at(20.0, 89.0), 0).contains(&across));
    }

    proptest! {
        #[test]
        fn every_position_within_the_distance_is_in_the_zone_and_no_cell_is_there_twice(
            lon in -180.0..=180.0_f64, lat in -85.0..=85.0_f64,
            east in -1.0..=1.0_f64, north in -1.0..=1.0_f64, shift in 0_u32..=3,
        ) {
            let here = at(lon, lat);
            let scale = LocalScale::at_latitude_deg(lat);
            let wrapped = (lon + east * 49_000.0 / scale.metres_per_lon_e7 * 1e-7 + 540.0)
                .rem_euclid(360.0) - 180.0;
            let there = at(wrapped, lat + north * 49_000.0 / scale.metres_per_lat_e7 * 1e-7);
            prop_assume!(geodesic_distance_m(here, there) < 49_000.0);
            let mut cells = near(here, shift);
            prop_assert!(cells.contains(&Cell::of(there).coarsened(shift)));
            let count = cells.len();
            cells.sort_unstable();
            cells.dedup();
            prop_assert_eq!(cells.len(), count);
        }

        #[test]
        fn a_position_lies_within_its_cells_bounds(
            lon_e7 in -1_800_000_000..1_800_000_000_i32, lat_e7 in -900_000_000..900_000_000_i32,
        ) {
            let (corner, height, width) = Cell::of(Position { lat_e7, lon_e7 }).bounds_e7();
            prop_assert!((0..i64::from(height)).contains(&i64::from(lat_e7 - corner.lat_e7)));
            let east = i64::from(lon_e7) - i64::from(corner.lon_e7);
            prop_assert!((0..i64::from(width)).contains(&east));
        }
    }
}
