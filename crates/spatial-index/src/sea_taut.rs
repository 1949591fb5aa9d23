//! A way is taut if no part of it can be shortened without crossing land: like a string pulled
//! tight, it goes straight from one corner of the land to the next.
//!
//! Between two legs of a way that are free of land, the shortest line is the convex hull of the
//! land inside the triangle that they span; all corners are pulled in so until nothing moves. The
//! way stays on the same side of every island: choosing that side is the sea graph's business.

use crate::element::{Vector, angle_of, chord_2};
use crate::land::Land;
use crate::land_sphere::{MEAN_RADIUS_M, cross, heading, plus, turn, unit};

/// How far off a corner of the land a way goes, in metres: the first that keeps it off all land.
const CLEARANCES_M: [f64; 3] = [20.0, 5.0, 1.0];
/// A corner moves only if that saves this much, in metres.
const LEAST_SAVED_M: f64 = 5.0;
/// After this many rounds over all corners a way is taken as it is.
const MOST_ROUNDS: usize = 24;
/// How many knots ahead a way is looked along for a short cut: from its ends, and from between.
const FURTHEST_LOOK: usize = 48;
const NEAR_LOOK: usize = 3;
/// A hull with more corners than this is not wrapped.
const MOST_HULL_CORNERS: usize = 256;

/// A place on a way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Knot {
    pub(crate) at: Vector,
    /// Whether it must stay: an end, or a place in a passage.
    pub(crate) held: bool,
}

/// Pulls tight what is between held knots. `sees` says whether a straight line between two places
/// is free; the first and last knot stay whatever they are.
pub(crate) fn tighten(land: &Land, sees: impl Fn(&Vector, &Vector) -> bool, knots: &mut Vec<Knot>) {
    let mut inside = Vec::new();
    // Whether a knot, or one next to it, has moved since it was last looked at.
    let mut stale = vec![true; knots.len()];
    for _ in 0..MOST_ROUNDS {
        let mut moved = false;
        let mut i = 1;
        while i + 1 < knots.len() {
            if knots[i].held || !std::mem::take(&mut stale[i]) {
                i += 1;
                continue;
            }
            let bend = [knots[i - 1].at, knots[i].at, knots[i + 1].at];
            let Some(corners) = pulled(land, &sees, &bend, &mut inside) else {
                i += 1;
                continue;
            };
            moved = true;
            stale[i - 1] = true;
            stale[i + 1] = true;
            let count = corners.len();
            stale.splice(i..=i, std::iter::repeat_n(true, count));
            knots.splice(
                i..=i,
                corners.into_iter().map(|at| Knot { at, held: false }),
            );
            i += count;
        }
        if !moved {
            break;
        }
    }
}

/// Leaves out knots between two that see each other past an island, where pulling tight alone stays
/// on the island's other side: looked for from both ends along the whole way, and from every knot
/// over a few. Held knots are never left out. Returns whether any was.
pub(crate) fn cut_short(sees: impl Fn(&Vector, &Vector) -> bool, knots: &mut Vec<Knot>) -> bool {
    let before = knots.len();
    let mut i = 0;
    while i + 2 < knots.len() {
        let free = knots[i + 1..].iter().take_while(|knot| !knot.held).count();
        let reach = if i == 0 { FURTHEST_LOOK } else { NEAR_LOOK };
        // The last place that may be looked at: the one after the last free knot.
        let last = (i + 1 + free).min(knots.len() - 1).min(i + reach);
        if let Some(seen) = (i + 2..=last)
            .rev()
            .find(|j| sees(&knots[i].at, &knots[*j].at))
        {
            knots.drain(i + 1..seen);
        }
        i += 1;
    }
    let end = knots.len() - 1;
    let free = knots[..end]
        .iter()
        .rev()
        .take_while(|knot| !knot.held)
        .count();
    let first = end.saturating_sub((free + 1).min(FURTHEST_LOOK));
    if let Some(seen) = (first..end.saturating_sub(1)).find(|j| sees(&knots[*j].at, &knots[end].at))
    {
        knots.drain(seen + 1..end);
    }
    knots.len() < before
}

/// What a bend becomes when it is pulled: the corners of the shortest way from its first place to
/// its last on the same side of all land. `None` if it stays as it is.
fn pulled(
    land: &Land,
    sees: &impl Fn(&Vector, &Vector) -> bool,
    bend: &[Vector; 3],
    inside: &mut Vec<u32>,
) -> Option<Vec<Vector>> {
    let [from, over, to] = bend;
    // Positive if the bend lies to the left of the straight line.
    let side = turn(from, to, over);
    let triangle = if side > 0.0 {
        [*from, *to, *over]
    } else {
        [*to, *from, *over]
    };
    inside.clear();
    if side != 0.0 {
        land.coast
            .in_triangle(&triangle, |point| inside.push(point));
    }
    if inside.is_empty() {
        return sees(from, to).then(Vec::new);
    }
    let before = chord_2(from, over).sqrt() + chord_2(over, to).sqrt();
    let most = before - LEAST_SAVED_M / MEAN_RADIUS_M;
    wrapped(land, sees, [from, to], side.signum(), inside, most)
}

/// The corners of the shortest way from one place to another around points of the coast, on the side
/// of the straight line that `side` is of; `None` if something else is in that way, or if it is
/// no shorter than `most`, a sum of chords.
pub(crate) fn wrapped(
    land: &Land,
    sees: &impl Fn(&Vector, &Vector) -> bool,
    ends: [&Vector; 2],
    side: f64,
    points: &[u32],
    most: f64,
) -> Option<Vec<Vector>> {
    let [from, to] = ends;
    let hull = hull(land, ends, side, points)?;
    CLEARANCES_M.iter().find_map(|clearance_m| {
        let corners = off_land(from, to, &hull, side, clearance_m / MEAN_RADIUS_M)?;
        let line: Vec<&Vector> = [from].into_iter().chain(&corners).chain([to]).collect();
        let length: f64 = line
            .windows(2)
            .map(|leg| chord_2(leg[0], leg[1]).sqrt())
            .sum();
        (length < most && line.windows(2).all(|leg| sees(leg[0], leg[1]))).then_some(corners)
    })
}

/// The corners of the convex hull of points of the land, from one place to another, by gift
/// wrapping. A great circle bounds a hemisphere as a line does a plane.
fn hull(land: &Land, [from, to]: [&Vector; 2], side: f64, inside: &[u32]) -> Option<Vec<Vector>> {
    let mut corners = Vec::new();
    let mut here = from;
    while corners.len() <= MOST_HULL_CORNERS {
        let mut next = to;
        for point in inside {
            let point = &land.coast.points[*point as usize];
            if side * turn(here, next, point) > 0.0 {
                next = point;
            }
        }
        if std::ptr::eq(next, to) {
            return Some(corners);
        }
        corners.push(*next);
        here = next;
    }
    None
}

/// The corners moved off the land by an angle.
fn off_land(
    from: &Vector,
    to: &Vector,
    hull: &[Vector],
    side: f64,
    clearance: f64,
) -> Option<Vec<Vector>> {
    (0..hull.len())
        .map(|i| {
            let here = &hull[i];
            let back = heading(here, if i == 0 { from } else { &hull[i - 1] })?;
            let on = heading(here, hull.get(i + 1).unwrap_or(to))?;
            let away = unit(&plus(&back, 1.0, &on))
                .filter(|_| chord_2(&back, &plus(&[0.0; 3], -1.0, &on)) > 1e-8)
                .map_or_else(
                    || cross(here, &on).map(|part| part * side),
                    |inwards| inwards.map(|part| -part),
                );
            unit(&plus(here, clearance, &away))
        })
        .collect()
}

/// The length of a way on the mean sphere, in metres: to compare ways by.
pub(crate) fn rough_length_m(from: &Vector, to: &Vector) -> f64 {
    angle_of(chord_2(from, to).sqrt()) * MEAN_RADIUS_M
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::vector;
    use crate::land::at;
    use std::sync::LazyLock;

    static LAND: LazyLock<Land> = LazyLock::new(|| Land::bundled().unwrap());

    fn tight(places: &[(f64, f64)]) -> Vec<Knot> {
        let mut knots: Vec<Knot> = places
            .iter()
            .map(|(lon, lat)| Knot {
                at: vector(at(*lon, *lat)),
                held: false,
            })
            .collect();
        tighten(&LAND, |a, b| LAND.sees(a, b), &mut knots);
        knots
    }

    fn length_m(knots: &[Knot]) -> f64 {
        knots
            .windows(2)
            .map(|leg| rough_length_m(&leg[0].at, &leg[1].at))
            .sum()
    }

    #[test]
    fn a_needless_bend_goes() {
        assert_eq!(
            tight(&[(-40.0, 30.0), (-35.0, 34.0), (-30.0, 30.0)]).len(),
            2
        );
    }

    #[test]
    fn round_the_cape_a_way_goes_along_the_coast() {
        let wide = [(17.0, -32.0), (15.0, -38.0), (25.0, -40.0), (28.0, -34.0)];
        let knots = tight(&wide);
        assert!(knots.len() > 3);
        assert!(
            knots
                .windows(2)
                .all(|leg| LAND.sees(&leg[0].at, &leg[1].at))
        );
        // A straight line on the sphere south of Cape Point and Cape Agulhas, worked out by hand
        // from their places: (17 E, 32 S), (18.47, 34.36), (20.0, 34.83), (28, 34) is 1 046 km.
        let by_hand = [
            (17.0, -32.0),
            (18.45, -34.36),
            (20.0, -34.84),
            (28.0, -34.0),
        ];
        let by_hand_m: f64 = by_hand
            .windows(2)
            .map(|leg| {
                rough_length_m(
                    &vector(at(leg[0].0, leg[0].1)),
                    &vector(at(leg[1].0, leg[1].1)),
                )
            })
            .sum();
        assert!((length_m(&knots) / by_hand_m - 1.0).abs() < 0.01);
    }

    #[test]
    fn a_held_knot_stays() {
        let ends = [(-40.0, 30.0), (-30.0, 30.0)].map(|(lon, lat)| Knot {
            at: vector(at(lon, lat)),
            held: true,
        });
        let over = Knot {
            at: vector(at(-35.0, 34.0)),
            held: true,
        };
        let mut knots = vec![ends[0], over, ends[1]];
        tighten(&LAND, |a, b| LAND.sees(a, b), &mut knots);
        assert_eq!(knots.len(), 3);
    }
}
