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
/// What is within this share of a distance by the scale at the plane's middle is within the distance.
const PLAIN_SHARE: f64 = 0.9;

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
        if !self.reaches(position) {
            *self = Self::about(position);
        }
    }

    /// Whether `position` lies in the plane's reach.
    #[inline]
    pub(crate) fn reaches(&self, position: Position) -> bool {
        let north_e7 = i64::from(position.lat_e7) - i64::from(self.middle_lat_e7);
        (-REACH_LAT_E7..=REACH_LAT_E7).contains(&north_e7)
    }

    /// Whether [`Plane::is_plainly_within`] may be asked about `position`.
    #[inline]
    pub(crate) fn is_plain_at(&self, position: Position) -> bool {
        self.reaches(position) && (1 - POLAR_LAT_E7..POLAR_LAT_E7).contains(&position.lat_e7)
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

    /// Whether two positions plainly lie within a distance in metres, some kilometres at most. False
    /// tells nothing.
    ///
    /// The plane must be plain at the first ([`Plane::is_plain_at`]). The scale at the middle is then
    /// within 2 in 100 of that between the two, for which [`PLAIN_SHARE`] allows.
    #[inline(always)]
    pub(crate) fn is_plainly_within(&self, here: Position, there: Position, most_m: f64) -> bool {
        // Across the antimeridian the difference wraps round to one too large.
        let north_e7 = there.lat_e7.wrapping_sub(here.lat_e7);
        let east_e7 = there.lon_e7.wrapping_sub(here.lon_e7);
        let north_m = f64::from(north_e7) * self.metres_per_lat_e7;
        let east_m = f64::from(east_e7) * self.metres_per_lon_e7;
        let plain_m = most_m * PLAIN_SHARE;
        north_m * north_m + east_m * east_m < plain_m * plain_m
    }

    /// Metres east and north from one position to another, if both lie near the plane's middle
    /// and near one another.
    #[inline(always)]
    pub(crate) fn offset_m(&self, from: Position, to: Position) -> Option<(f64, f64)> {
        let north_e7 = i64::from(to.lat_e7) - i64::from(from.lat_e7);
        let mut east_e7 = i64::from(to.lon_e7) - i64::from(from.lon_e7);
        let is_near = |difference_e7: i64| (1 - SPAN_E7..SPAN_E7).contains(&difference_e7);
        if !is_near(east_e7) {
            // Far, or across the antimeridian.
            east_e7 = from.lon_difference_e7(to);
            if !is_near(east_e7) {
                return None;
            }
        }
        let from_middle_e7 = i64::from(to.lat_e7) - i64::from(self.middle_lat_e7);
        let near = is_near(north_e7)
            && (1 - POLAR_LAT_E7..POLAR_LAT_E7).contains(&to.lat_e7)
            && (-2 * SPAN_E7..=2 * SPAN_E7).contains(&from_middle_e7);
        near.then(|| {
            let half_way_e7 = from_middle_e7 as f64 - north_e7 as f64 / 2.0;
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
