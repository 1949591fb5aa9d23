//! An extent is the smallest box around positions and lines, also where it crosses the antimeridian.

use crate::{Areas, Geometry, LinePoint};
use landfall_track::{BoundingBox, Position};

/// One degree in 1e-7 degrees: a cell of the table of longitudes.
const CELL_E7: i64 = 10_000_000;
const CELLS: usize = 360;
const LAST_CELL: i64 = 359;
const HALF_TURN_E7: i64 = 1_800_000_000;

/// Collects longitudes in cells of one degree, so that the widest empty stretch between them, which
/// the box leaves out, is found whatever their number and order.
#[derive(Clone, Debug)]
pub(crate) struct Extent {
    /// Westernmost and easternmost longitude in each cell; west > east in an empty one.
    cells: Vec<(i32, i32)>,
    /// Southernmost and northernmost latitude; south > north while there is none.
    latitudes: (i32, i32),
}

const EMPTY: (i32, i32) = (i32::MAX, i32::MIN);

impl Default for Extent {
    fn default() -> Self {
        Self {
            cells: vec![EMPTY; CELLS],
            latitudes: EMPTY,
        }
    }
}

impl Extent {
    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.cells.fill(EMPTY);
        self.latitudes = EMPTY;
    }

    /// Adds a position.
    pub(crate) fn add(&mut self, position: Position) {
        self.add_box(
            (position.lon_e7, position.lon_e7),
            (position.lat_e7, position.lat_e7),
        );
    }

    /// Adds a line that does not cross the antimeridian.
    pub(crate) fn add_line(&mut self, line: &[LinePoint]) {
        let (mut lon, mut lat) = (EMPTY, EMPTY);
        for point in line {
            lon = stretch(lon, point.position.lon_e7);
            lat = stretch(lat, point.position.lat_e7);
        }
        if !line.is_empty() {
            self.add_box(lon, lat);
        }
    }

    /// Adds areas, none of which crosses the antimeridian.
    pub(crate) fn add_areas(&mut self, areas: &Areas) {
        for outline in areas.polygons().iter().filter_map(|rings| rings.first()) {
            let (mut lon, mut lat) = (EMPTY, EMPTY);
            for corner in outline {
                lon = stretch(lon, corner.lon_e7);
                lat = stretch(lat, corner.lat_e7);
            }
            if !outline.is_empty() {
                self.add_box(lon, lat);
            }
        }
    }

    /// Adds whatever a feature is drawn as.
    pub(crate) fn add_geometry(&mut self, geometry: Geometry<'_>) {
        match geometry {
            Geometry::Absent => {}
            Geometry::Point(position) => self.add(position),
            Geometry::Line(lines) | Geometry::Path(lines) => {
                lines.parts().for_each(|part| self.add_line(part));
            }
            Geometry::Areas(areas) => self.add_areas(areas),
        }
    }

    fn add_box(&mut self, (west, east): (i32, i32), (south, north): (i32, i32)) {
        self.latitudes = stretch(stretch(self.latitudes, south), north);
        for number in cell_of(west)..=cell_of(east) {
            let cell_west = number * CELL_E7 - HALF_TURN_E7;
            let cell_east = cell_west + CELL_E7;
            let from = i64::from(west).max(cell_west) as i32;
            let to = i64::from(east).min(cell_east) as i32;
            let cell = &mut self.cells[number as usize];
            *cell = stretch(stretch(*cell, from), to);
        }
    }

    /// The smallest box around all that was added; `None` if nothing was. It crosses the
    /// antimeridian (west > east) only if that makes it narrower.
    pub(crate) fn bounds(&self) -> Option<BoundingBox> {
        let mut filled = self.cells.iter().filter(|(west, east)| west <= east);
        let &(first_west, mut previous_east) = filled.next()?;
        let mut gap = None;
        for &(west, east) in filled {
            let width = i64::from(west) - i64::from(previous_east);
            if gap.is_none_or(|(widest, _, _)| width > widest) {
                gap = Some((width, previous_east, west));
            }
            previous_east = east;
        }
        let outside = i64::from(first_west) - i64::from(previous_east) + 2 * HALF_TURN_E7;
        let (west, east) = match gap {
            Some((width, gap_west, gap_east)) if width > outside => (gap_east, gap_west),
            _ => (first_west, previous_east),
        };
        let (south, north) = self.latitudes;
        Some(BoundingBox {
            south_west: Position {
                lat_e7: south,
                lon_e7: west,
            },
            north_east: Position {
                lat_e7: north,
                lon_e7: east,
            },
        })
    }
}

fn stretch((low, high): (i32, i32), value: i32) -> (i32, i32) {
    (low.min(value), high.max(value))
}

/// The cell of a longitude, 0 to 359; 180 degrees east belongs to the last.
fn cell_of(lon_e7: i32) -> i64 {
    let cell = (i64::from(lon_e7) + HALF_TURN_E7) / CELL_E7;
    cell.clamp(0, LAST_CELL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{LonLat, Timestamp};
    use proptest::prelude::*;

    fn at(lon: f64, lat: f64) -> Position {
        Position::from_degrees(LonLat { lon, lat }).unwrap()
    }

    fn bounds(places: &[(f64, f64)]) -> Option<[f64; 4]> {
        let mut extent = Extent::default();
        for &(lon, lat) in places {
            extent.add(at(lon, lat));
        }
        extent.bounds().map(|bounds| {
            let (low, high) = (bounds.south_west.degrees(), bounds.north_east.degrees());
            [low.lon, low.lat, high.lon, high.lat]
        })
    }

    #[test]
    fn nothing_has_no_bounds_and_one_place_is_its_own() {
        assert_eq!(bounds(&[]), None);
        for lon in [-180.0, -1.0, 0.0, 179.999_999_9, 180.0] {
            assert_eq!(bounds(&[(lon, 5.0)]), Some([lon, 5.0, lon, 5.0]));
        }
    }

    #[test]
    fn places_on_both_sides_of_the_antimeridian_get_the_narrow_box() {
        // The example of RFC 7946, section 5.2.
        assert_eq!(
            bounds(&[(177.0, -20.0), (-178.0, -16.0)]),
            Some([177.0, -20.0, -178.0, -16.0])
        );
        assert_eq!(
            bounds(&[(-10.0, 50.0), (30.0, 60.0), (0.0, 0.0)]),
            Some([-10.0, 0.0, 30.0, 60.0])
        );
    }

    #[test]
    fn a_line_around_half_the_globe_leaves_out_only_the_other_half() {
        let line: Vec<LinePoint> = [(-170.0, 0.0), (0.0, 10.0), (100.0, 0.0)]
            .map(|(lon, lat)| LinePoint {
                position: at(lon, lat),
                time: Timestamp::default(),
            })
            .to_vec();
        let mut extent = Extent::default();
        extent.add_line(&line);
        let bounds = extent.bounds().unwrap();
        assert_eq!(bounds.south_west, at(-170.0, 0.0));
        assert_eq!(bounds.north_east, at(100.0, 10.0));
        extent.clear();
        assert_eq!(extent.bounds(), None);
    }

    proptest! {
        #[test]
        fn the_box_holds_every_place_and_the_widest_gap_is_outside(
            places in proptest::collection::vec(
                (-1_800_000_000..=1_800_000_000_i32, -900_000_000..=900_000_000_i32),
                1..12,
            )
        ) {
            let mut extent = Extent::default();
            let positions = places.iter().map(|&(lon_e7, lat_e7)| Position { lat_e7, lon_e7 });
            positions.clone().for_each(|position| extent.add(position));
            let bounds = extent.bounds().unwrap();
            for position in positions {
                prop_assert!(bounds.contains(position));
            }
            let mut lons: Vec<i64> = places.iter().map(|place| i64::from(place.0)).collect();
            lons.sort_unstable();
            let around = lons[0] + 2 * HALF_TURN_E7 - lons[lons.len() - 1];
            let widest = lons.windows(2).map(|pair| pair[1] - pair[0]).fold(around, i64::max);
            let (west, east) = (
                i64::from(bounds.south_west.lon_e7),
                i64::from(bounds.north_east.lon_e7),
            );
            let width = (east - west).rem_euclid(2 * HALF_TURN_E7);
            // With so few places the widest gap is wider than a cell.
            prop_assert_eq!(width, (2 * HALF_TURN_E7 - widest).rem_euclid(2 * HALF_TURN_E7));
        }
    }
}
