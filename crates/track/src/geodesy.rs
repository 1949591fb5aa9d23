//! Distances on the WGS84 ellipsoid, in metres.

use crate::{LonLat, Position, ReportRef, Timestamp};
use geographiclib_rs::{DirectGeodesic, Geodesic, InverseGeodesic};
use std::sync::LazyLock;

/// Metres in an international nautical mile (by definition, 1929).
pub const METRES_PER_NAUTICAL_MILE: f64 = 1852.0;

/// WGS84's equatorial radius in metres, its flattening and its first eccentricity squared
/// (NGA.STND.0036, table 3.1).
const SEMI_MAJOR_M: f64 = 6_378_137.0;
const FLATTENING: f64 = 1.0 / 298.257_223_563;
const ECCENTRICITY_SQUARED: f64 = 6.694_379_990_141_316e-3;

/// Below this span (in 1e-7 degrees, 0.1 degrees) the local plane is exact to 2 in a million.
const LOCAL_SPAN_E7: i64 = 1_000_000;
/// Beyond this latitude (in 1e-7 degrees) meridians converge too fast for the local plane.
const LOCAL_LATITUDE_E7: i32 = 850_000_000;

static WGS84: LazyLock<Geodesic> = LazyLock::new(Geodesic::wgs84);

/// The distance between two positions in metres, by the shorter way round.
///
/// Positions less than 0.1 degrees apart and outside the polar caps are measured on the plane that
/// touches the ellipsoid half-way between them (within 2 in a million of the geodesic); all others
/// by the geodesic, to within a millimetre.
pub fn distance_m(from: Position, to: Position) -> f64 {
    let lat_e7 = i64::from(to.lat_e7) - i64::from(from.lat_e7);
    let lon_e7 = from.lon_difference_e7(to);
    if lat_e7.abs() < LOCAL_SPAN_E7
        && lon_e7.abs() < LOCAL_SPAN_E7
        && from.lat_e7.abs() < LOCAL_LATITUDE_E7
    {
        let middle = (from.lat_e7 as f64 + to.lat_e7 as f64) * 0.5e-7;
        let scale = LocalScale::at_latitude_deg(middle);
        let east_m = lon_e7 as f64 * scale.metres_per_lon_e7;
        let north_m = lat_e7 as f64 * scale.metres_per_lat_e7;
        // Three times as fast as `hypot`, which guards against overflow.
        (east_m * east_m + north_m * north_m).sqrt()
    } else {
        let distance_m = vincenty_distance_m(from, to);
        distance_m.unwrap_or_else(|| geodesic_distance_m(from, to))
    }
}

/// The geodesic distance between two positions in metres, to within a millimetre; `None` for some that
/// are nearly opposite on the globe. Some three times as fast as [`geodesic_distance_m`].
///
/// Source: T. Vincenty, "Direct and inverse solutions of geodesics on the ellipsoid with application of
/// nested equations", Survey Review 23 (1975), with the two coefficients of his note of 1976.
fn vincenty_distance_m(from: Position, to: Position) -> Option<f64> {
    /// In radians, a hundredth of a millimetre or so.
    const CLOSE: f64 = 2e-12;
    const MOST_ROUNDS: usize = 12;
    // The same both ways, to the last digit.
    let (a, b) = (
        Reduced::of(from.min(to).lat_e7),
        Reduced::of(from.max(to).lat_e7),
    );
    let (sines, cosines) = (a.sin * b.sin, a.cos * b.cos);
    let east = (from.lon_difference_e7(to) as f64 * 1e-7)
        .to_radians()
        .abs();
    let mut on_sphere = east;
    for _ in 0..MOST_ROUNDS {
        let (sin_east, cos_east) = on_sphere.sin_cos();
        let (across, along) = (b.cos * sin_east, a.cos * b.sin - a.sin * b.cos * cos_east);
        let sin = (across * across + along * along).sqrt();
        let cos = sines + cosines * cos_east;
        if sin < 1e-9 {
            return None;
        }
        let arc = sin.atan2(cos);
        let sin_azimuth = cosines * sin_east / sin;
        let cos_azimuth_2 = 1.0 - sin_azimuth * sin_azimuth;
        // Along the equator there is no such middle, and nothing depends on it.
        let middle = if cos_azimuth_2 > 1e-12 {
            cos - 2.0 * sines / cos_azimuth_2
        } else {
            0.0
        };
        let middle_2 = 2.0 * middle * middle - 1.0;
        let c =
            FLATTENING / 16.0 * cos_azimuth_2 * (4.0 + FLATTENING * (4.0 - 3.0 * cos_azimuth_2));
        let longer =
            (1.0 - c) * FLATTENING * sin_azimuth * (arc + c * sin * (middle + c * cos * middle_2));
        let before = std::mem::replace(&mut on_sphere, east + longer);
        if (on_sphere - before).abs() > CLOSE {
            continue;
        }
        let k = {
            let root = (1.0 + SECOND_ECCENTRICITY_SQUARED * cos_azimuth_2).sqrt();
            (root - 1.0) / (root + 1.0)
        };
        let (whole, part) = ((1.0 + 0.25 * k * k) / (1.0 - k), k * (1.0 - 0.375 * k * k));
        let less = part
            * sin
            * (middle
                + 0.25
                    * part
                    * (cos * middle_2
                        - part / 6.0
                            * middle
                            * (4.0 * sin * sin - 3.0)
                            * (4.0 * middle * middle - 3.0)));
        return Some(SEMI_MAJOR_M * (1.0 - FLATTENING) * whole * (arc - less));
    }
    None
}

const SECOND_ECCENTRICITY_SQUARED: f64 = ECCENTRICITY_SQUARED / (1.0 - ECCENTRICITY_SQUARED);

/// A reduced latitude: that of the place on the sphere around the ellipsoid.
struct Reduced {
    sin: f64,
    cos: f64,
}

impl Reduced {
    fn of(lat_e7: i32) -> Self {
        let (sin, cos) = (f64::from(lat_e7) * 1e-7).to_radians().sin_cos();
        let sin = (1.0 - FLATTENING) * sin;
        let length = (sin * sin + cos * cos).sqrt();
        Self {
            sin: sin / length,
            cos: cos / length,
        }
    }
}

/// The geodesic distance between two positions on the WGS84 ellipsoid, in metres.
///
/// Source: C. F. F. Karney, "Algorithms for geodesics", J. Geodesy 87 (2013), through the
/// `geographiclib-rs` crate; exact to nanometres.
pub fn geodesic_distance_m(from: Position, to: Position) -> f64 {
    let (a, b) = (from.degrees(), to.degrees());
    WGS84.inverse(a.lat, a.lon, b.lat, b.lon)
}

/// The least radius of curvature of the ellipsoid in metres: along the meridian at the equator,
/// a(1 - e²).
const LEAST_CURVATURE_M: f64 = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED);
/// What a distance may be measured too short by, on a local plane or through rounding, taken generously.
const SLACK_RATIO: f64 = 1e-4;
const SLACK_M: f64 = 1.0;

/// A distance in metres that two positions are at least apart, without trigonometry: never more than
/// [`distance_m`], and up to ten degrees less by no more than 2 in 100 and a metre.
///
/// A way on the ellipsoid is at least as long as its image on a sphere of the least radius of
/// curvature, and that at least as long as the chord, whose square is that of the latitudes and, by
/// the cosines, that of the longitudes (the haversine formula). Sines and cosines are taken from
/// below, by their Taylor polynomials that end with a negative term.
pub fn least_distance_m(from: Position, to: Position) -> f64 {
    let radians = |e7: f64| e7 * 1e-7_f64.to_radians();
    // Of an angle from 0 to a quarter turn.
    let least_sin = |angle: f64| angle - angle * angle * angle / 6.0;
    let least_cos = |angle: f64| {
        let square = angle * angle;
        (1.0 - square * (0.5 - square * (1.0 / 24.0 - square / 720.0))).max(0.0)
    };
    let north = radians((f64::from(to.lat_e7) - f64::from(from.lat_e7)).abs());
    let east = radians(from.lon_difference_e7(to) as f64).abs();
    let along = least_sin(north * 0.5);
    let across = least_sin(east * 0.5);
    let cosines =
        least_cos(radians(f64::from(from.lat_e7))) * least_cos(radians(f64::from(to.lat_e7)));
    let chord = 2.0 * (along * along + cosines * across * across).sqrt();
    (chord * LEAST_CURVATURE_M * (1.0 - SLACK_RATIO) - SLACK_M).max(0.0)
}

/// The position on the geodesic between two positions, at a fraction of its length (0 is `from`,
/// 1 is `to`).
pub fn interpolate(from: Position, to: Position, fraction: f64) -> Position {
    let (a, b) = (from.degrees(), to.degrees());
    let (length_m, azimuth_deg, _, _): (f64, f64, f64, f64) =
        WGS84.inverse(a.lat, a.lon, b.lat, b.lon);
    let (lat, lon): (f64, f64) = WGS84.direct(
        a.lat,
        a.lon,
        azimuth_deg,
        length_m * fraction.clamp(0.0, 1.0),
    );
    Position::from_degrees(LonLat { lon, lat }).unwrap_or(from)
}

/// The mean speed needed from one report to the next, in knots; `None` if no time lies between.
pub fn implied_speed_knots(from: ReportRef, to: ReportRef) -> Option<f64> {
    let hours = hours_between(from.time, to.time)?;
    Some(distance_m(from.position, to.position) / METRES_PER_NAUTICAL_MILE / hours)
}

fn hours_between(from: Timestamp, to: Timestamp) -> Option<f64> {
    (to > from).then(|| to.hours_since(from))
}

/// Metres per 1e-7 degree of longitude and latitude near one latitude.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalScale {
    /// Metres per 1e-7 degree of longitude; towards the poles it goes to 0.
    pub metres_per_lon_e7: f64,
    /// Metres per 1e-7 degree of latitude.
    pub metres_per_lat_e7: f64,
}

impl LocalScale {
    /// From the ellipsoid's radii of curvature in the prime vertical and the meridian.
    pub fn at_latitude_deg(latitude_deg: f64) -> Self {
        let (sin, cos) = latitude_deg.to_radians().sin_cos();
        let w_squared = 1.0 - ECCENTRICITY_SQUARED * sin * sin;
        let prime_vertical_m = SEMI_MAJOR_M / w_squared.sqrt();
        let meridian_m = prime_vertical_m * (1.0 - ECCENTRICITY_SQUARED) / w_squared;
        let per_e7 = 1e-7_f64.to_radians();
        Self {
            metres_per_lon_e7: prime_vertical_m * cos * per_e7,
            metres_per_lat_e7: meridian_m * per_e7,
        }
    }
}

/// A place as a vector from the earth's centre to the unit sphere: what an index of places is
/// built on, since it has no seam at the antimeridian and none at the poles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UnitVector {
    /// Towards latitude 0, longitude 0.
    pub x: f64,
    /// Towards latitude 0, longitude 90 east.
    pub y: f64,
    /// Towards the north pole.
    pub z: f64,
}

impl From<Position> for UnitVector {
    fn from(position: Position) -> Self {
        let place = position.degrees();
        let (sin_lat, cos_lat) = place.lat.to_radians().sin_cos();
        let (sin_lon, cos_lon) = place.lon.to_radians().sin_cos();
        Self {
            x: cos_lat * cos_lon,
            y: cos_lat * sin_lon,
            z: sin_lat,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(lon: f64, lat: f64) -> Position {
        Position::from_degrees(LonLat { lon, lat }).unwrap()
    }

    type LonLatPair = (f64, f64);

    /// From, to and metres. Computed with geographiclib 2.1 (Python), `Geodesic.WGS84.Inverse`.
    const ORACLE: [(LonLatPair, LonLatPair, f64); 6] = [
        ((130.3, 42.2333), (133.0833, 42.75), 235891.2688),
        ((-73.778925, 40.639751), (-0.461941, 51.4775), 5554308.1662),
        ((179.99, -17.0), (-179.99, -17.01), 2400.0462),
        ((12.0, 89.5), (-100.0, 89.9), 60917.8087),
        ((12.5, 55.7), (12.51, 55.705), 839.7463),
        ((24.0, 84.0), (24.05, 84.02), 2308.4060),
    ];

    #[test]
    fn distances_agree_with_geographiclib() {
        for ((lon1, lat1), (lon2, lat2), expected_m) in ORACLE {
            let measured_m = distance_m(at(lon1, lat1), at(lon2, lat2));
            assert!(
                (measured_m - expected_m).abs() <= 1e-4 + expected_m * 2e-6,
                "{measured_m} m instead of {expected_m} m"
            );
        }
    }

    proptest! {
        #[test]
        fn the_local_plane_and_the_geodesic_agree(
            lon in -180.0..180.0_f64,
            lat in -84.0..84.0_f64,
            east in -0.099..0.099_f64,
            north in -0.099..0.099_f64,
        ) {
            let from = at(lon, lat);
            let lon = lon + east;
            let wrapped = if lon > 180.0 { lon - 360.0 } else if lon < -180.0 { lon + 360.0 } else { lon };
            let to = at(wrapped, lat + north);
            let exact_m = geodesic_distance_m(from, to);
            prop_assert!((distance_m(from, to) - exact_m).abs() <= 1e-3 + exact_m * 2e-5);
        }
    }

    proptest! {
        #[test]
        fn no_two_positions_are_less_far_apart_than_at_least(
            lon in -180.0..180.0_f64,
            lat in -90.0..90.0_f64,
            east in prop_oneof![-180.0..180.0_f64, -1.0..1.0_f64, Just(180.0)],
            north in prop_oneof![-180.0..180.0_f64, -1.0..1.0_f64],
        ) {
            let from = at(lon, lat);
            let lon = (lon + east + 180.0).rem_euclid(360.0) - 180.0;
            let to = at(lon, (lat + north).clamp(-90.0, 90.0));
            let least_m = least_distance_m(from, to);
            let measured_m = distance_m(from, to);
            prop_assert!(least_m <= measured_m && least_m <= geodesic_distance_m(from, to));
            let far = east.abs() > 10.0 || north.abs() > 10.0 || lat.abs() > 80.0 || (lat + north).abs() > 80.0;
            prop_assert!(far || least_m >= measured_m * 0.98 - 1.0, "{least_m} {measured_m}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn far_distances_are_geodesics_to_a_millimetre_both_ways(
            lon in -180.0..180.0_f64,
            lat in prop_oneof![-90.0..90.0_f64, Just(0.0), Just(90.0), Just(-90.0)],
            east in prop_oneof![-180.0..180.0_f64, -2.0..2.0_f64, 178.0..180.0_f64, Just(180.0), Just(0.0)],
            to_lat in prop_oneof![-90.0..90.0_f64, Just(0.0)],
            is_near in prop::bool::ANY,
            north in -2.0..2.0_f64,
        ) {
            let from = at(lon, lat);
            let to_lat = if is_near { (lat + north).clamp(-90.0, 90.0) } else { to_lat };
            let to = at((lon + east + 180.0).rem_euclid(360.0) - 180.0, to_lat);
            let exact_m = geodesic_distance_m(from, to);
            let measured_m = vincenty_distance_m(from, to);
            prop_assert_eq!(measured_m, vincenty_distance_m(to, from));
            if let Some(measured_m) = measured_m {
                prop_assert!((measured_m - exact_m).abs() < 1e-3, "{measured_m} {exact_m}");
            } else {
                prop_assert!(!(0.1..19_000_000.0).contains(&exact_m), "{exact_m}");
            }
        }
    }

    #[test]
    fn half_way_across_the_antimeridian_is_on_it() {
        let middle = interpolate(at(179.0, 0.0), at(-179.0, 0.0), 0.5);
        assert_eq!(middle.lon_e7.abs(), 1_800_000_000);
    }

    #[test]
    fn equal_times_have_no_implied_speed() {
        let here = ReportRef {
            time: Timestamp::default(),
            position: at(0.0, 0.0),
            source: crate::SourceRow::default(),
        };
        assert_eq!(implied_speed_knots(here, here), None);
    }
}
