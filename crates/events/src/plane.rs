//! A plane is a local metric map about one latitude, kept from report to report because its
//! trigonometry costs more than all else that is done with a report.

use landfall_track::{LocalScale, Position, distance_m};
use serde::{Deserialize, Serialize};

/// Within this many 1e-7 degrees of its middle latitude (0.05 degrees) a plane holds: its scale,
/// taken as linear in latitude, is then true to one in a million.
const REACH_LAT_E7: i64 = 500_000;
/// Distances of up to this many 1e-7 degrees (0.1 degrees) are measured on the plane.
const SPAN_E7: i64 = 1_000_000;
/// Beyond this latitude, in 1e-7 degrees, the plane is not used for distances.
const POLAR_LAT_E7: i32 = 850_000_000;

/// Metres per 1e-7 degree about one latitude.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plane {
    middle_lat_e7: i32,
    metres_per_lon_e7: f64,
    /// How much `metres_per_lon_e7` grows with each 1e-7 degree north.
    growth: f64,
    metres_per_lat_e7: f64,
    lat_e7_per_metre: f64,
}

impl Plane {
    /// The plane about a position's latitude.
    pub(crate) fn about(position: Position) -> Self {
        let latitude_deg = f64::from(position.lat_e7) / 1e7;
        let scale = LocalScale::at_latitude_deg(latitude_deg);
        // d/dlat of (N cos lat) is -(M sin lat), with N and M the radii of curvature.
        let growth =
            -scale.metres_per_lat_e7 * 1e-7_f64.to_radians() * latitude_deg.to_radians().sin();
        Self {
            middle_lat_e7: position.lat_e7,
            metres_per_lon_e7: scale.metres_per_lon_e7,
            growth,
            metres_per_lat_e7: scale.metres_per_lat_e7,
            lat_e7_per_metre: 1.0 / scale.metres_per_lat_e7,
        }
    }

    /// Moves the plane if `position` lies out of its reach.
    #[inline]
    pub(crate) fn follow(&mut self, position: Position) {
        if (i64::from(position.lat_e7) - i64::from(self.middle_lat_e7)).abs() > REACH_LAT_E7 {
            *self = Self::about(position);
        }
    }

    /// Metres per 1e-7 degree of longitude at a position's latitude; above 0 even at the poles.
    #[inline]
    pub(crate) fn metres_per_lon_e7(&self, position: Position) -> f64 {
        let north_e7 = (i64::from(position.lat_e7) - i64::from(self.middle_lat_e7)) as f64;
        (self.metres_per_lon_e7 + self.growth * north_e7).max(1e-9)
    }

    /// 1e-7 degrees of latitude per metre.
    #[inline]
    pub(crate) fn lat_e7_per_metre(&self) -> f64 {
        self.lat_e7_per_metre
    }

    /// Metres east and north from one position to another, if both lie near the plane's middle
    /// and near one another.
    #[inline]
    pub(crate) fn offset_m(&self, from: Position, to: Position) -> Option<(f64, f64)> {
        let north_e7 = i64::from(to.lat_e7) - i64::from(from.lat_e7);
        let mut east_e7 = i64::from(to.lon_e7) - i64::from(from.lon_e7);
        if east_e7.abs() >= SPAN_E7 {
            // Far, or across the antimeridian.
            east_e7 = from.lon_difference_e7(to);
        }
        let near = north_e7.abs() < SPAN_E7
            && east_e7.abs() < SPAN_E7
            && to.lat_e7.abs() < POLAR_LAT_E7
            && (i64::from(to.lat_e7) - i64::from(self.middle_lat_e7)).abs() <= 2 * SPAN_E7;
        near.then(|| {
            let half_way_e7 = (i64::from(to.lat_e7) - i64::from(self.middle_lat_e7)) as f64
                - north_e7 as f64 / 2.0;
            let metres_per_lon_e7 = self.metres_per_lon_e7 + self.growth * half_way_e7;
            (
                east_e7 as f64 * metres_per_lon_e7,
                north_e7 as f64 * self.metres_per_lat_e7,
            )
        })
    }

    /// Metres east and north from one position to another however far apart: the direction is that
    /// at the mean latitude, the length that of the geodesic. None near the poles.
    pub(crate) fn wide_offset_m(&self, from: Position, to: Position) -> Option<(f64, f64)> {
        if let Some(offset_m) = self.offset_m(from, to) {
            return Some(offset_m);
        }
        let mean_lat_e7 = i64::midpoint(i64::from(from.lat_e7), i64::from(to.lat_e7));
        if [from, to]
            .iter()
            .any(|end| end.lat_e7.abs() >= POLAR_LAT_E7)
        {
            return None;
        }
        let scale = LocalScale::at_latitude_deg(mean_lat_e7 as f64 / 1e7);
        let east_m = from.lon_difference_e7(to) as f64 * scale.metres_per_lon_e7;
        let north_m =
            (i64::from(to.lat_e7) - i64::from(from.lat_e7)) as f64 * scale.metres_per_lat_e7;
        let flat_m = east_m.hypot(north_m);
        let stretch = if flat_m > 0.0 {
            distance_m(from, to) / flat_m
        } else {
            1.0
        };
        Some((east_m * stretch, north_m * stretch))
    }

    /// The distance between two positions in metres, on the plane if both are near, else by the
    /// geodesic.
    #[inline]
    pub(crate) fn distance_m(&self, from: Position, to: Position) -> f64 {
        self.distance_squared_m2(from, to).sqrt()
    }

    /// The square of that distance.
    #[inline]
    pub(crate) fn distance_squared_m2(&self, from: Position, to: Position) -> f64 {
        if let Some((east_m, north_m)) = self.offset_m(from, to) {
            east_m * east_m + north_m * north_m
        } else {
            far_squared_m2(from, to)
        }
    }
}

#[cold]
fn far_squared_m2(from: Position, to: Position) -> f64 {
    let far_m = distance_m(from, to);
    far_m * far_m
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{LonLat, geodesic_distance_m};
    use proptest::prelude::*;

    fn at(lon: f64, lat: f64) -> Position {
        Position::from_degrees(LonLat { lon, lat }).unwrap()
    }

    proptest! {
        #[test]
        fn distances_on_the_plane_are_those_of_the_geodesic(
            lon in -179.8..179.8_f64,
            lat in -89.8..89.8_f64,
            start in -0.04..0.04_f64,
            east in -0.15..0.15_f64,
            north in -0.1..0.1_f64,
        ) {
            let plane = Plane::about(at(lon, lat));
            let from = at(lon, lat + start);
            let to = at(lon + east, lat + start + north);
            let exact_m = geodesic_distance_m(from, to);
            let measured_m = plane.distance_m(from, to);
            prop_assert!((measured_m - exact_m).abs() <= 1e-3 + exact_m * 5e-5, "{measured_m} {exact_m}");
        }
    }
}
