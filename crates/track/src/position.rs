//! A position is a place on the WGS84 ellipsoid, held in whole ten-millionths of a degree.

use serde::{Deserialize, Serialize};

/// A place in degrees, in geo's and `GeoJSON`'s order: x is longitude, y is latitude.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LonLat {
    /// Degrees east of Greenwich, -180 to 180.
    pub lon: f64,
    /// Degrees north of the equator, -90 to 90.
    pub lat: f64,
}

/// A place on the WGS84 ellipsoid in whole 1e-7 degrees (1.1 cm at the equator), 8 bytes.
///
/// Longitude 180 is kept as it was sent; it is the same place as -180.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Position {
    /// Latitude in 1e-7 degrees, -900 000 000 to 900 000 000.
    pub lat_e7: i32,
    /// Longitude in 1e-7 degrees, -1 800 000 000 to 1 800 000 000.
    pub lon_e7: i32,
}

impl Position {
    /// The position nearest to `place`; `None` if it is not on the globe (or not a number).
    ///
    /// ```
    /// use landfall_track::{LonLat, Position};
    /// let najin = Position::from_degrees(LonLat { lon: 130.3, lat: 42.2333 }).unwrap();
    /// assert_eq!(najin.lat_e7, 422_333_000);
    /// assert_eq!(Position::from_degrees(LonLat { lon: 181.0, lat: 91.0 }), None);
    /// ```
    pub fn from_degrees(place: LonLat) -> Option<Self> {
        let inside = place.lat.abs() <= 90.0 && place.lon.abs() <= 180.0;
        inside.then(|| Self {
            lat_e7: (place.lat * 1e7).round() as i32,
            lon_e7: (place.lon * 1e7).round() as i32,
        })
    }

    /// The same place in degrees.
    pub fn degrees(self) -> LonLat {
        LonLat {
            lon: f64::from(self.lon_e7) / 1e7,
            lat: f64::from(self.lat_e7) / 1e7,
        }
    }

    /// A longitude in 1e-7 degrees, however many turns it counts, as one of the globe: at least -180 degrees and less
    /// than 180.
    #[inline]
    pub fn wrapped_lon_e7(lon_e7: i64) -> i32 {
        const TURN: i64 = 3_600_000_000;
        ((lon_e7 + TURN / 2).rem_euclid(TURN) - TURN / 2) as i32
    }

    /// Longitude from `self` to `other` by the shorter way round, in 1e-7 degrees, east positive.
    #[inline]
    pub fn lon_difference_e7(self, other: Position) -> i64 {
        const TURN: i64 = 3_600_000_000;
        /// Kept apart, so that for nearly every pair there is one comparison and no more.
        #[cold]
        fn the_other_way_round(difference: i64) -> i64 {
            difference - difference.signum() * TURN
        }
        let difference = i64::from(other.lon_e7) - i64::from(self.lon_e7);
        if (-TURN / 2..=TURN / 2).contains(&difference) {
            difference
        } else {
            the_other_way_round(difference)
        }
    }
}

/// A box of longitudes and latitudes. One whose west is greater than its east crosses the
/// antimeridian, as in RFC 7946, section 5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundingBox {
    /// South-west corner.
    pub south_west: Position,
    /// North-east corner.
    pub north_east: Position,
}

impl BoundingBox {
    /// Whether `position` lies in the box or on its edge.
    pub fn contains(&self, position: Position) -> bool {
        let (west, east) = (self.south_west.lon_e7, self.north_east.lon_e7);
        let lon = position.lon_e7;
        let between = if west <= east {
            (west..=east).contains(&lon)
        } else {
            lon >= west || lon <= east
        };
        between && (self.south_west.lat_e7..=self.north_east.lat_e7).contains(&position.lat_e7)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> Position {
        Position::from_degrees(LonLat { lon, lat }).unwrap()
    }

    #[test]
    fn the_shorter_way_round_crosses_the_antimeridian() {
        assert_eq!(at(179.9, 0.0).lon_difference_e7(at(-179.9, 0.0)), 2_000_000);
        assert_eq!(
            at(-179.9, 0.0).lon_difference_e7(at(179.9, 0.0)),
            -2_000_000
        );
    }

    #[test]
    fn a_box_across_the_antimeridian_holds_both_sides_and_not_greenwich() {
        let fiji = BoundingBox {
            south_west: at(177.0, -20.0),
            north_east: at(-178.0, -15.0),
        };
        assert!(fiji.contains(at(178.0, -17.0)));
        assert!(fiji.contains(at(-179.0, -17.0)));
        assert!(!fiji.contains(at(0.0, -17.0)));
    }

    #[test]
    fn what_is_not_a_number_is_no_place() {
        assert_eq!(
            Position::from_degrees(LonLat {
                lon: f64::NAN,
                lat: 0.0
            }),
            None
        );
    }
}
