//! A detour leads from one place at sea to another that is near but hidden behind a piece of land:
//! along the coast of that land, pulled tight.

use crate::element::Vector;
use crate::land::Land;
use crate::land_sphere::{Arc, MEAN_RADIUS_M, cross, dot, heading, plus, unit};
use crate::sea_taut::{Knot, tighten};

/// A coast is not followed over more points than this.
const MOST_POINTS: usize = 800;
/// How far off the coast it is followed, in metres: the first that is water.
const OFF_COAST_M: [f64; 2] = [10.0, 3.0];

/// The places between two places at sea, on a way around the land between them; `None` if there is
/// no simple one.
pub(crate) fn detour(
    land: &Land,
    sees: impl Fn(&Vector, &Vector) -> bool,
    from: &Vector,
    to: &Vector,
) -> Option<Vec<Knot>> {
    let arc = Arc::new(from, to)?;
    let mut met = land.coast.crossings(&arc);
    // Along the arc: places further on have a greater share of its end.
    met.sort_by(|a, b| further(&arc, &a.1).total_cmp(&further(&arc, &b.1)));
    let mut line = Vec::new();
    let mut left = &met[..];
    while let Some(&(enters, at)) = left.first() {
        let ring = ring_of(land, enters);
        let last = left
            .iter()
            .rposition(|(edge, _)| (ring.0..ring.1).contains(edge))?;
        let (leaves, out) = left[last];
        line.push(land.off_coast(enters, &unit(&at)?)?);
        follow(land, ring, enters, leaves, &mut line)?;
        line.push(land.off_coast(leaves, &unit(&out)?)?);
        left = &left[last + 1..];
    }
    let mut knots = vec![Knot {
        at: *from,
        held: true,
    }];
    knots.extend(line.into_iter().map(|at| Knot { at, held: false }));
    knots.push(Knot {
        at: *to,
        held: true,
    });
    if !knots.windows(2).all(|leg| sees(&leg[0].at, &leg[1].at)) {
        return None;
    }
    tighten(land, sees, &mut knots);
    knots.pop();
    Some(knots.split_off(1))
}

/// How far along an arc a place on it is, in radians.
fn further(arc: &Arc, at: &Vector) -> f64 {
    let ahead = cross(&arc.normal, &arc.from);
    dot(&ahead, at).atan2(dot(&arc.from, at))
}

/// The ring to which an edge belongs: its first edge, and the one after its last.
fn ring_of(land: &Land, edge: u32) -> (u32, u32) {
    let starts = &land.coast.starts;
    let next = starts.partition_point(|start| *start <= edge);
    (starts[next - 1], starts[next] - 1)
}

/// Appends places off the points of a ring between two of its edges, the shorter way round.
fn follow(
    land: &Land,
    ring: (u32, u32),
    enters: u32,
    leaves: u32,
    line: &mut Vec<Vector>,
) -> Option<()> {
    let count = ring.1 - ring.0;
    let on = (leaves + count - enters) % count;
    let back = (count - on) % count;
    if on.min(back) as usize > MOST_POINTS {
        return None;
    }
    for step in 0..on.min(back) {
        let point = if on <= back {
            (enters - ring.0 + 1 + step) % count
        } else {
            (enters - ring.0 + count - step) % count
        };
        let at = |i: u32| &land.coast.points[(ring.0 + i % count) as usize];
        line.extend(beside(
            land,
            at(point + count - 1),
            at(point),
            at(point + 1),
        ));
    }
    Some(())
}

/// A place some metres off a point of the coast, at sea; `None` where the sea is narrower.
pub(crate) fn beside(land: &Land, back: &Vector, here: &Vector, on: &Vector) -> Option<Vector> {
    let away = seaward(back, here, on)?;
    OFF_COAST_M
        .iter()
        .filter_map(|off_m| unit(&plus(here, off_m / MEAN_RADIUS_M, &away)))
        .find(|at| !land.holds(at))
}

/// Half-way between the directions at right angles to the coast before and after a point.
pub(crate) fn seaward(back: &Vector, here: &Vector, on: &Vector) -> Option<Vector> {
    let before = heading(here, back)?.map(|part| -part);
    let after = heading(here, on)?;
    let along = unit(&plus(&before, 1.0, &after)).unwrap_or(after);
    // Water is on the left.
    unit(&cross(here, &along))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::vector;
    use crate::land::at;
    use crate::sea_taut::rough_length_m;

    #[test]
    fn cape_greco_is_gone_around() {
        let land = Land::bundled().unwrap();
        let (from, to) = (vector(at(33.7, 34.9)), vector(at(34.03, 35.08)));
        assert!(!land.sees(&from, &to));
        let between = detour(&land, |a, b| land.sees(a, b), &from, &to).unwrap();
        let line: Vec<&Vector> = [&from]
            .into_iter()
            .chain(between.iter().map(|knot| &knot.at))
            .chain([&to])
            .collect();
        assert!(line.windows(2).all(|leg| land.sees(leg[0], leg[1])));
        let length_m: f64 = line
            .windows(2)
            .map(|leg| rough_length_m(leg[0], leg[1]))
            .sum();
        // By hand: from (33.7, 34.9) to the cape at (34.09, 34.96), 36.2 km; then 14.5 km.
        assert!((length_m - 50_700.0).abs() < 1_500.0, "{length_m}");
    }
}
