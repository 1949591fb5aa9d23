//! Canals, as lines: places to pass. A vessel that lies in one, away from every port's berths, waits or is
//! aground; it does not call.

use crate::{Passage, PassageKind, SeaWays};
use landfall_track::{LocalScale, Position};
use std::sync::LazyLock;

/// How far from a canal's bundled line a position is still in it, in metres: the lines are true to about a
/// kilometre (see `data/passages.csv`).
const IN_CANAL_M: f64 = 1_000.0;

static CANALS: LazyLock<Vec<Passage>> = LazyLock::new(|| {
    let bundled = SeaWays::bundled().map_or_else(|_| Vec::new(), |ways| ways.passages().to_vec());
    bundled
        .into_iter()
        .filter(|passage| passage.kind == PassageKind::Canal)
        .collect()
});

/// The name of the bundled canal that a position lies in; `None` if in none. Its approaches, the first and
/// the last link of its line, count as open water: ports lie there.
pub fn canal_at(position: Position) -> Option<&'static str> {
    let found = CANALS.iter().find(|canal| {
        let inner = canal.line.get(1..canal.line.len().saturating_sub(1));
        inner
            .unwrap_or_default()
            .windows(2)
            .any(|link| off_link_m(link[0], link[1], position) <= IN_CANAL_M)
    });
    found.map(|canal| canal.name.as_str())
}

/// About how far a position is from the straight line between two others some kilometres apart, in metres.
fn off_link_m(from: Position, to: Position, position: Position) -> f64 {
    let scale = LocalScale::at_latitude_deg(f64::from(from.lat_e7) / 1e7);
    let offset = |there: Position| {
        let east_m = from.lon_difference_e7(there) as f64 * scale.metres_per_lon_e7;
        let north_e7 = f64::from(there.lat_e7) - f64::from(from.lat_e7);
        (east_m, north_e7 * scale.metres_per_lat_e7)
    };
    let (east_m, north_m) = offset(to);
    let (x_m, y_m) = offset(position);
    let squared_m2 = (east_m * east_m + north_m * north_m).max(1.0);
    let share = ((x_m * east_m + y_m * north_m) / squared_m2).clamp(0.0, 1.0);
    (x_m - share * east_m).hypot(y_m - share * north_m)
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::LonLat;

    #[test]
    fn a_place_on_a_canals_line_is_in_it_and_one_off_its_ends_is_not() {
        let at = |lon, lat| canal_at(Position::from_degrees(LonLat { lon, lat }).unwrap());
        assert_eq!(at(32.5802, 30.0176), Some("Suez Canal"));
        assert_eq!(at(9.7, 54.32), Some("Kiel Canal"));
        assert_eq!(at(32.57, 29.90), None);
        assert_eq!(at(32.55, 29.80), None);
        assert_eq!(at(32.60, 30.0176), None);
    }
}
