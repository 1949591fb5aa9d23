//! An outline is the closed ring around a place, measured on the plane of degrees around its first
//! corner: right for the few kilometres of a sighting, also across the antimeridian.

use landfall_track::{LonLat, Position};

/// A place on the plane, in 1e-7 degrees from the first corner, east and north.
type Corner = (i64, i64);

fn on_plane(ring: &[Position]) -> impl Iterator<Item = Corner> + '_ {
    let origin = ring.first().copied();
    ring.iter().filter_map(move |corner| {
        let origin = origin?;
        let north = i64::from(corner.lat_e7) - i64::from(origin.lat_e7);
        Some((origin.lon_difference_e7(*corner), north))
    })
}

/// Twice the area of the triangle of three places, positive if they turn left.
fn turn(a: Corner, b: Corner, c: Corner) -> i128 {
    let (abx, aby) = (i128::from(b.0 - a.0), i128::from(b.1 - a.1));
    let (acx, acy) = (i128::from(c.0 - a.0), i128::from(c.1 - a.1));
    abx * acy - aby * acx
}

/// The area of a closed ring in square degrees of 1e-7.
pub(super) fn area(ring: &[Position]) -> f64 {
    let corners: Vec<Corner> = on_plane(ring).collect();
    let twice: i128 = corners
        .windows(2)
        .map(|pair| turn((0, 0), pair[0], pair[1]))
        .sum();
    (twice as f64 / 2.0).abs()
}

/// The convex ring around places, closed and counter-clockwise (Andrew's monotone chain).
pub(crate) fn hull(places: &[Position]) -> Vec<Position> {
    let mut corners: Vec<(Corner, Position)> =
        on_plane(places).zip(places.iter().copied()).collect();
    corners.sort_unstable_by_key(|(corner, place)| (*corner, place.lon_e7));
    corners.dedup_by_key(|(corner, _)| *corner);
    let mut ring = half(corners.iter());
    ring.pop();
    ring.extend(half(corners.iter().rev()));
    ring
}

/// The right-hand side of the way from the first corner to the last.
fn half<'c>(corners: impl Iterator<Item = &'c (Corner, Position)>) -> Vec<Position> {
    let mut side: Vec<(Corner, Position)> = Vec::new();
    for corner in corners {
        while let [.., a, b] = side[..]
            && turn(a.0, b.0, corner.0) <= 0
        {
            side.pop();
        }
        side.push(*corner);
    }
    side.into_iter().map(|(_, place)| place).collect()
}

/// The centroid of a closed ring; `None` if it has no area.
pub(crate) fn centroid(ring: &[Position]) -> Option<Position> {
    let origin = ring.first()?;
    let corners: Vec<Corner> = on_plane(ring).collect();
    let (mut twice_area, mut x, mut y) = (0.0, 0.0, 0.0);
    for pair in corners.windows(2) {
        let cross = turn((0, 0), pair[0], pair[1]) as f64;
        twice_area += cross;
        x += (pair[0].0 + pair[1].0) as f64 * cross;
        y += (pair[0].1 + pair[1].1) as f64 * cross;
    }
    if twice_area == 0.0 {
        return None;
    }
    let lon = (f64::from(origin.lon_e7) + x / (3.0 * twice_area)) / 1e7;
    let lat = (f64::from(origin.lat_e7) + y / (3.0 * twice_area)) / 1e7;
    Position::from_degrees(LonLat {
        lon: (lon + 540.0).rem_euclid(360.0) - 180.0,
        lat,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(degrees: &[(f64, f64)]) -> Vec<Position> {
        degrees
            .iter()
            .map(|(lon, lat)| {
                Position::from_degrees(LonLat {
                    lon: *lon,
                    lat: *lat,
                })
                .unwrap()
            })
            .collect()
    }

    #[test]
    fn the_convex_ring_leaves_out_what_lies_within_or_on_its_sides() {
        let ring = hull(&places(&[
            (0.0, 0.0),
            (1.0, 0.0),
            (0.5, 0.5),
            (2.0, 0.0),
            (2.0, 2.0),
            (0.0, 2.0),
            (0.0, 0.0),
        ]));
        let corners = [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0), (0.0, 0.0)];
        assert_eq!(ring, places(&corners));
        assert!((area(&ring) - 4e14).abs() < 1.0);
        assert_eq!(centroid(&ring).unwrap(), places(&[(1.0, 1.0)])[0]);
    }

    #[test]
    fn a_ring_across_the_antimeridian_is_whole() {
        let ring = hull(&places(&[
            (179.9, 0.0),
            (-179.9, 0.0),
            (-179.9, 0.2),
            (179.9, 0.2),
        ]));
        assert_eq!(ring.len(), 5);
        assert!((area(&ring) - 0.04e14).abs() < 1.0);
        assert_eq!(centroid(&ring).unwrap().lon_e7.abs(), 1_800_000_000);
    }

    #[test]
    fn places_on_a_line_have_no_area() {
        for line in [
            vec![],
            places(&[(1.0, 1.0)]),
            places(&[(1.0, 1.0), (2.0, 2.0)]),
        ] {
            let ring = hull(&line);
            assert!(area(&ring).abs() < 1e-9);
            assert_eq!(centroid(&ring), None);
        }
    }
}
