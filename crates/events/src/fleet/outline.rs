//! An outline is the convex hull of positions with some room around each, so that it has extent however
//! few they are.

use landfall_track::{LocalScale, Position};

/// Corners of the ring around a position.
const CORNERS: u32 = 8;
/// Half a turn and a whole one in 1e-7 degrees.
const HALF_TURN: i64 = 1_800_000_000;
/// A quarter turn.
const POLE_E7: i64 = 900_000_000;

/// A place by its longitude east of the first position's, and its latitude, in 1e-7 degrees.
type Corner = (i64, i64);

/// The convex hull, on the map of longitudes and latitudes, of rings of `margin_m` metres around
/// positions: an open ring that runs anticlockwise. Longitudes are counted from the first position by
/// the shorter way round, so that it may cross the antimeridian. Empty if there is no position.
pub fn outline(positions: &[Position], margin_m: f64) -> Vec<Position> {
    let Some(&first) = positions.first() else {
        return Vec::new();
    };
    let mut corners: Vec<Corner> = positions
        .iter()
        .flat_map(|position| ring(*position, margin_m))
        .map(|(lon_e7, lat_e7, position)| (first.lon_difference_e7(position) + lon_e7, lat_e7))
        .collect();
    corners.sort_unstable();
    corners.dedup();
    hull(&corners)
        .into_iter()
        .map(|(east_e7, lat_e7)| Position {
            lat_e7: lat_e7 as i32,
            lon_e7: Position::wrapped_lon_e7(i64::from(first.lon_e7) + east_e7),
        })
        .collect()
}

/// Corners of a ring around a position: how far east of it, the latitude, and the position.
fn ring(position: Position, margin_m: f64) -> impl Iterator<Item = (i64, i64, Position)> {
    // Near a pole a degree of longitude is next to nothing.
    let scale = LocalScale::at_latitude_deg(position.degrees().lat.clamp(-89.0, 89.0));
    (0..CORNERS).map(move |corner| {
        let angle = f64::from(corner) * std::f64::consts::TAU / f64::from(CORNERS);
        let east_e7 = margin_m * angle.cos() / scale.metres_per_lon_e7;
        let north_e7 = margin_m * angle.sin() / scale.metres_per_lat_e7;
        let lat_e7 = i64::from(position.lat_e7) + north_e7 as i64;
        (
            (east_e7 as i64).clamp(-HALF_TURN / 2, HALF_TURN / 2),
            lat_e7.clamp(-POLE_E7, POLE_E7),
            position,
        )
    })
}

/// The convex hull of sorted corners (Andrew's monotone chain), anticlockwise.
fn hull(sorted: &[Corner]) -> Vec<Corner> {
    let mut below = half(sorted.iter());
    let mut above = half(sorted.iter().rev());
    below.pop();
    above.pop();
    below.append(&mut above);
    below
}

fn half<'a>(corners: impl Iterator<Item = &'a Corner>) -> Vec<Corner> {
    let mut kept: Vec<Corner> = Vec::new();
    for &corner in corners {
        while let [.., a, b] = kept[..] {
            if turn(a, b, corner) > 0 {
                break;
            }
            kept.pop();
        }
        kept.push(corner);
    }
    kept
}

/// Positive if the way over three corners turns left.
fn turn(a: Corner, b: Corner, c: Corner) -> i128 {
    let across = |from: Corner, to: Corner| (i128::from(to.0 - from.0), i128::from(to.1 - from.1));
    let ((x1, y1), (x2, y2)) = (across(a, b), across(b, c));
    x1 * y2 - y1 * x2
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{LonLat, geodesic_distance_m};

    fn at(lon: f64, lat: f64) -> Position {
        Position::from_degrees(LonLat { lon, lat }).unwrap()
    }

    #[test]
    fn one_position_alone_has_a_ring_of_the_margin_around_it() {
        let here = at(12.0, 55.0);
        let ring = outline(&[here, here], 1_000.0);
        assert_eq!(ring.len(), 8);
        for corner in ring {
            assert!((geodesic_distance_m(here, corner) - 1_000.0).abs() < 10.0);
        }
        assert!(outline(&[], 1_000.0).is_empty());
    }

    #[test]
    fn positions_in_a_row_across_the_antimeridian_have_an_outline_with_extent() {
        let row = [at(179.5, 10.0), at(-179.5, 10.0), at(180.0, 10.0)];
        let ring = outline(&row, 2_000.0);
        let lons: Vec<i64> = ring
            .iter()
            .map(|it| row[0].lon_difference_e7(*it))
            .collect();
        let (west, east) = (lons.iter().min().unwrap(), lons.iter().max().unwrap());
        assert!(*west < 0 && *west > -300_000, "{west}");
        assert!(*east > 10_000_000 && *east < 10_300_000, "{east}");
        let lats = ring.iter().map(|it| it.lat_e7);
        assert!(lats.clone().max() > Some(100_000_000) && lats.min() < Some(100_000_000));
    }

    #[test]
    fn what_lies_within_adds_no_corner() {
        let square = [at(0.0, 0.0), at(1.0, 0.0), at(1.0, 1.0), at(0.0, 1.0)];
        let more = [&square[..], &[at(0.5, 0.5), at(0.2, 0.7)]].concat();
        assert_eq!(outline(&square, 500.0), outline(&more, 500.0));
    }

    #[test]
    fn at_a_pole_and_with_numbers_that_are_no_positions_there_is_no_panic() {
        let nowhere = Position {
            lat_e7: i32::MAX,
            lon_e7: i32::MIN,
        };
        for position in [at(10.0, 90.0), at(-180.0, -90.0), nowhere] {
            assert!(!outline(&[position], 1e7).is_empty());
        }
    }
}
