//! Areas are polygons as RFC 7946 wants them: rings closed, outlines anticlockwise and holes
//! clockwise (section 3.1.6), and cut at the antimeridian (section 3.1.9).
//!
//! A ring takes the shorter way round between two positions, as a line does. One that winds around a
//! pole has no inside on a map of longitudes and latitudes and is left out.

use landfall_track::Position;

/// Half a turn and a whole one in 1e-7 degrees.
const HALF_TURN: i64 = 1_800_000_000;
const TURN: i64 = 2 * HALF_TURN;
/// The fewest positions of a closed ring.
const FEWEST: usize = 4;

/// Polygons that can be drawn, each a list of rings of which the first is the outline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Areas {
    polygons: Vec<Vec<Vec<Position>>>,
}

/// A corner with its longitude counted on beyond 180 degrees.
type Corner = (i64, i64);

impl Areas {
    /// The polygons. `polygons` are lists of rings, the first the outline, the others holes, in any
    /// direction, closed or not; a ring without extent is left out.
    pub fn new(polygons: &[Vec<Vec<Position>>]) -> Self {
        let mut areas = Self::default();
        for rings in polygons {
            areas.add(rings);
        }
        areas
    }

    /// The polygons, each a list of closed rings.
    pub fn polygons(&self) -> &[Vec<Vec<Position>>] {
        &self.polygons
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.polygons.is_empty()
    }

    fn add(&mut self, rings: &[Vec<Position>]) {
        let Some(outline) = rings.first().and_then(|ring| unwrapped(ring, None)) else {
            return;
        };
        let holes: Vec<Vec<Corner>> = rings[1..]
            .iter()
            .filter_map(|hole| unwrapped(hole, Some(&outline)))
            .collect();
        let lons = || outline.iter().map(|corner| corner.0);
        let (Some(west), Some(east)) = (lons().min(), lons().max()) else {
            return;
        };
        for turn in turn_of(west)..=turn_of(east) {
            let Some(clipped) = closed(&clip(&outline, turn), turn, Side::Outline) else {
                continue;
            };
            let mut polygon = vec![clipped];
            polygon.extend(
                holes
                    .iter()
                    .filter_map(|hole| closed(&clip(hole, turn), turn, Side::Hole)),
            );
            self.polygons.push(polygon);
        }
    }
}

/// What a ring bounds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Outline,
    Hole,
}

fn turn_of(lon_e7: i64) -> i64 {
    (lon_e7 + HALF_TURN).div_euclid(TURN)
}

/// A ring with longitudes that run on, open; shifted by whole turns to lie about `around`. `None` if
/// it winds around a pole or has too few corners.
fn unwrapped(ring: &[Position], around: Option<&[Corner]>) -> Option<Vec<Corner>> {
    let first = *ring.first()?;
    let mut corners: Vec<Corner> = Vec::with_capacity(ring.len());
    let mut lon_e7 = i64::from(first.lon_e7);
    let mut before = first;
    for &position in ring {
        lon_e7 += before.lon_difference_e7(position);
        before = position;
        let corner = (lon_e7, i64::from(position.lat_e7));
        if corners.last() != Some(&corner) {
            corners.push(corner);
        }
    }
    if lon_e7 + before.lon_difference_e7(first) != i64::from(first.lon_e7) {
        return None;
    }
    if corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    let west = around.and_then(|outline| outline.iter().map(|corner| corner.0).min());
    if let Some(west) = west {
        // The hole lies within the outline, so its longitudes are to be read as east of its west.
        let whole = (corners.first()?.0 - west).div_euclid(TURN) * TURN;
        for corner in &mut corners {
            corner.0 -= whole;
        }
    }
    (corners.len() + 1 >= FEWEST).then_some(corners)
}

/// The part of a ring within one turn around the globe (Sutherland and Hodgman's clipping).
fn clip(ring: &[Corner], turn: i64) -> Vec<Corner> {
    let (west, east) = (turn * TURN - HALF_TURN, turn * TURN + HALF_TURN);
    let right = keep(ring, west, |lon| lon >= west);
    keep(&right, east, |lon| lon <= east)
}

fn keep(ring: &[Corner], edge: i64, is_inside: impl Fn(i64) -> bool) -> Vec<Corner> {
    if ring.iter().all(|corner| is_inside(corner.0)) {
        return ring.to_vec();
    }
    let mut kept = Vec::with_capacity(ring.len() + 2);
    let Some(mut last) = ring.last().copied() else {
        return kept;
    };
    for &corner in ring {
        if is_inside(corner.0) != is_inside(last.0) {
            kept.push((edge, latitude_at(last, corner, edge)));
        }
        if is_inside(corner.0) {
            kept.push(corner);
        }
        last = corner;
    }
    kept
}

/// The latitude at which the straight line between two corners meets a longitude between theirs.
fn latitude_at(from: Corner, to: Corner, lon_e7: i64) -> i64 {
    // Always from west to east, so that two rings with this edge are cut at the same latitude.
    let (from, to) = if from.0 <= to.0 {
        (from, to)
    } else {
        (to, from)
    };
    let whole = i128::from(to.0 - from.0);
    if whole == 0 {
        return from.1;
    }
    let step = i128::from(to.1 - from.1) * i128::from(lon_e7 - from.0);
    from.1 + (2 * step + whole).div_euclid(2 * whole) as i64
}

/// The ring closed, in the direction that its side asks for, with longitudes of one turn; `None` if
/// it has no extent.
fn closed(ring: &[Corner], turn: i64, side: Side) -> Option<Vec<Position>> {
    let mut corners = ring.to_vec();
    corners.dedup();
    while corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    let doubled = doubled_area(&corners);
    if corners.len() + 1 < FEWEST || doubled == 0 {
        return None;
    }
    if (doubled > 0) != (side == Side::Outline) {
        corners.reverse();
    }
    let first = *corners.first()?;
    corners.push(first);
    Some(
        corners
            .into_iter()
            .map(|(lon_e7, lat_e7)| Position {
                lat_e7: lat_e7 as i32,
                // Within half a turn of the turn's middle, so within an i32.
                lon_e7: (lon_e7 - turn * TURN) as i32,
            })
            .collect(),
    )
}

/// Twice the area in square units, positive if the ring runs anticlockwise.
fn doubled_area(corners: &[Corner]) -> i128 {
    let next = corners.iter().cycle().skip(1);
    corners
        .iter()
        .zip(next)
        .map(|(a, b)| i128::from(a.0) * i128::from(b.1) - i128::from(b.0) * i128::from(a.1))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::LonLat;
    use proptest::prelude::*;

    fn ring(places: &[(f64, f64)]) -> Vec<Position> {
        places
            .iter()
            .map(|&(lon, lat)| Position::from_degrees(LonLat { lon, lat }).unwrap())
            .collect()
    }

    /// Every polygon's rings as text.
    fn text(polygons: &[Vec<Vec<Position>>]) -> Vec<Vec<String>> {
        let of_ring = |ring: &Vec<Position>| {
            let places: Vec<String> = ring
                .iter()
                .map(|position| {
                    let place = position.degrees();
                    format!("{} {}", place.lon, place.lat)
                })
                .collect();
            places.join(", ")
        };
        Areas::new(polygons)
            .polygons()
            .iter()
            .map(|rings| rings.iter().map(of_ring).collect())
            .collect()
    }

    #[test]
    fn an_outline_runs_anticlockwise_and_a_hole_clockwise_both_closed() {
        let clockwise = ring(&[(0.0, 0.0), (0.0, 4.0), (4.0, 4.0), (4.0, 0.0)]);
        let anticlockwise = ring(&[(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 1.0)]);
        assert_eq!(
            text(&[vec![clockwise, anticlockwise]]),
            [["4 0, 4 4, 0 4, 0 0, 4 0", "2 2, 2 1, 1 1, 2 2"]]
        );
    }

    #[test]
    fn an_area_across_the_antimeridian_is_two_and_its_hole_too() {
        let outline = ring(&[(178.0, 0.0), (-178.0, 0.0), (-178.0, 4.0), (178.0, 4.0)]);
        let hole = ring(&[(-179.0, 1.0), (-179.0, 2.0), (179.0, 2.0), (179.0, 1.0)]);
        assert_eq!(
            text(&[vec![outline, hole]]),
            [
                [
                    "178 0, 180 0, 180 4, 178 4, 178 0",
                    "179 1, 179 2, 180 2, 180 1, 179 1"
                ],
                [
                    "-180 0, -178 0, -178 4, -180 4, -180 0",
                    "-180 2, -179 2, -179 1, -180 1, -180 2"
                ],
            ]
        );
    }

    #[test]
    fn what_has_no_extent_or_winds_around_the_pole_is_left_out() {
        let line = ring(&[(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)]);
        let point = ring(&[(0.0, 0.0), (0.0, 0.0), (0.0, 0.0)]);
        let polar = ring(&[(0.0, 80.0), (120.0, 80.0), (-120.0, 80.0)]);
        assert!(Areas::new(&[vec![line], vec![point], vec![polar], vec![]]).is_empty());
    }

    proptest! {
        #[test]
        fn any_rings_make_closed_rings_on_the_globe_that_run_the_right_way(
            raw in proptest::collection::vec(
                proptest::collection::vec(
                    (-1_800_000_000..=1_800_000_000_i32, -900_000_000..=900_000_000_i32),
                    0..8,
                ),
                0..4,
            )
        ) {
            let rings: Vec<Vec<Position>> = raw
                .iter()
                .map(|ring| {
                    ring.iter()
                        .map(|&(lon_e7, lat_e7)| Position { lat_e7, lon_e7 })
                        .collect()
                })
                .collect();
            for polygon in Areas::new(&[rings]).polygons() {
                for (number, ring) in polygon.iter().enumerate() {
                    prop_assert!(ring.len() >= FEWEST);
                    prop_assert_eq!(ring.first(), ring.last());
                    let corners: Vec<Corner> = ring[1..]
                        .iter()
                        .map(|corner| (i64::from(corner.lon_e7), i64::from(corner.lat_e7)))
                        .collect();
                    prop_assert_eq!(doubled_area(&corners) > 0, number == 0);
                    for corner in ring {
                        prop_assert!((-1_800_000_000..=1_800_000_000).contains(&corner.lon_e7));
                        prop_assert!((-900_000_000..=900_000_000).contains(&corner.lat_e7));
                    }
                }
            }
        }
    }
}
