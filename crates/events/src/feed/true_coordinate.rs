//! Positions of which one coordinate is true: a bit error, a lost sign or a lost figure spoils the
//! other, and a receiver without a fix puts a 0 in its place.

use super::resolution::resolution_m;
use crate::plane::Plane;
use landfall_track::{Position, PositionReport};

/// A latitude of exactly 90 degrees, in 1e-7 degrees.
const POLE_E7: i32 = 900_000_000;

/// Whether a coordinate is one that receivers without a fix send: exactly 0, or the pole.
pub(crate) fn is_zero_or_pole(position: Position) -> bool {
    position.lat_e7 == 0 || position.lon_e7 == 0 || position.lat_e7.abs() == POLE_E7
}

/// Whether the coordinate that seems false, a 0 or the pole or else a whole degree, is the one before it, too:
/// then the track itself runs along that line.
pub(crate) fn keeps_false_coordinate(before: Position, position: Position) -> bool {
    let [lat, lon] = [
        (before.lat_e7, position.lat_e7),
        (before.lon_e7, position.lon_e7),
    ];
    let is_kept = |(before_e7, e7): (i32, i32), is_false: bool| is_false && before_e7 == e7;
    if is_zero_or_pole(position) {
        is_kept(lat, lat.1 == 0 || lat.1.abs() == POLE_E7) || is_kept(lon, lon.1 == 0)
    } else {
        is_kept(lat, is_whole_degree(lat.1)) || is_kept(lon, is_whole_degree(lon.1))
    }
}

/// Whether one coordinate is a whole degree and the other is fine: its figures behind the point were lost.
pub(crate) fn has_lost_figures(position: Position) -> bool {
    is_whole_degree(position.lat_e7) != is_whole_degree(position.lon_e7)
        && resolution_m(position) <= 0.0
}

/// Whether a coordinate is a whole number of degrees.
fn is_whole_degree(coordinate_e7: i32) -> bool {
    coordinate_e7 % 10_000_000 == 0
}

/// Whether each of some reports lies due north, south, east or west of where the vessel can have been,
/// or at a mirror image of that: within `slack_m` and what it can have sailed since `last` at
/// `m_per_ms`. Of another ship a few reports may, by chance, and not all of many.
pub(crate) fn shares_a_coordinate(
    reports: &[PositionReport],
    last: &PositionReport,
    slack_m: f64,
    m_per_ms: f64,
) -> bool {
    const METRES_PER_LAT_E7: f64 = 0.011_132;
    // What the vessel can have sailed grows with time; beyond some kilometres it says nothing.
    const MOST_M: f64 = 20_000.0;
    let plane = Plane::about(last.position);
    let lon_scale = plane.metres_per_lon_e7(last.position);
    let Some(first) = reports.first() else {
        return false;
    };
    let reach_m = |report: &PositionReport| {
        let elapsed_ms = report.time.millis_since(last.time).max(0) as f64;
        (slack_m + m_per_ms * elapsed_ms).min(MOST_M)
    };
    let lat_off = |report: &PositionReport, lat_e7: i32| {
        (f64::from(report.position.lat_e7) - f64::from(lat_e7)).abs() * METRES_PER_LAT_E7
    };
    let lon_off = |report: &PositionReport, lon_e7: i32| {
        let there = Position {
            lon_e7,
            ..report.position
        };
        (there.lon_difference_e7(report.position) as f64).abs() * lon_scale
    };
    let (lat, lon) = (last.position.lat_e7, last.position.lon_e7);
    let is_off =
        |report: &PositionReport| lat_off(report, lat) > slack_m || lon_off(report, lon) > slack_m;
    if !is_off(first) {
        return false;
    }
    let all = |holds: &dyn Fn(&PositionReport) -> bool| reports.iter().all(holds);
    all(&|report| lat_off(report, lat) <= reach_m(report))
        || all(&|report| lon_off(report, lon) <= reach_m(report))
        || all(&|report| {
            lat_off(report, -lat) <= reach_m(report) && lon_off(report, -lon) <= reach_m(report)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{LonLat, SourceRow, Timestamp};

    fn at(minute: i64, lon: f64, lat: f64) -> PositionReport {
        PositionReport::new(
            Timestamp::from_seconds(minute * 60).unwrap_or_default(),
            Position::from_degrees(LonLat { lon, lat }).unwrap_or_default(),
            SourceRow::default(),
        )
    }

    #[test]
    fn a_lost_sign_or_a_high_bit_leaves_one_coordinate_true() {
        let last = at(0, 4.0, 52.0);
        let shares = |reports: &[PositionReport]| shares_a_coordinate(reports, &last, 463.0, 0.01);
        assert!(shares(&[at(1, -4.0, 52.0), at(2, -4.001, 52.001)]));
        assert!(shares(&[at(1, 4.0, -52.0)]));
        assert!(shares(&[at(1, -4.0, -52.0)]));
        assert!(shares(&[at(1, 117.8, 52.001)]));
        assert!(!shares(&[at(1, 9.0, 40.0), at(2, 9.0, 40.0)]));
        assert!(!shares(&[at(1, 4.001, 52.0)]));
    }
}
