//! A detour leads from one place at sea to another that is near but hidden behind a piece of land:
//! along the coast of that land, pulled tight.

use crate::element::Vector;
use crate::land::Land;
use crate::land_sphere::{Arc, MEAN_RADIUS_M, cross, dot, heading, plus, unit};
use crate::sea_taut::{Knot, rough_length_m, tighten, wrapped};

/// A coast is not followed over more points than this.
const MOST_POINTS: usize = 800;
/// How far off the coast it is followed, in metres: the first that is water.
const OFF_COAST_M: [f64; 2] = [10.0, 3.0];

/// The places between two places at sea, on a way around the land between them; `None` if there is
/// no simple one, or none that can be as short as `most_m` metres.
pub(crate) fn detour(
    land: &Land,
    sees: impl Fn(&Vector, &Vector) -> bool,
    from: &Vector,
    to: &Vector,
    most_m: f64,
) -> Option<Vec<Knot>> {
    let arc = Arc::new(from, to)?;
    let mut met = land.coast.crossings(&arc);
    // Along the arc: places further on have a greater share of its end.
    met.sort_by(|a, b| further(&arc, &a.1).total_cmp(&further(&arc, &b.1)));
    let mut pieces: Vec<Piece> = Vec::new();
    let mut left = &met[..];
    while let Some(&(enters, at)) = left.first() {
        let ring = ring_of(land, enters);
        let last = left
            .iter()
            .rposition(|(edge, _)| (ring.0..ring.1).contains(edge))?;
        let (leaves, out) = left[last];
        let piece = Piece::new(ring, (enters, at), (leaves, out))?;
        if piece.goes_beyond(land, &arc, most_m) {
            return None;
        }
        pieces.push(piece);
        left = &left[last + 1..];
    }
    if let [piece] = pieces.as_slice() {
        let most = most_m / MEAN_RADIUS_M;
        let points = piece.in_the_way(land, &arc);
        let corners = wrapped(land, &sees, [from, to], piece.side(), &points, most);
        if let Some(corners) = corners {
            return Some(
                corners
                    .into_iter()
                    .map(|at| Knot { at, held: false })
                    .collect(),
            );
        }
    }
    let mut line = Vec::new();
    for piece in &pieces {
        piece.follow(land, &mut line)?;
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

/// A piece of a coast between two edges that an arc crosses, the shorter way round its ring.
struct Piece {
    /// The ring's first edge, and how many it has.
    first: u32,
    count: u32,
    /// The edge by which the arc enters the land, the one by which it leaves it, and where.
    enters: (u32, Vector),
    leaves: (u32, Vector),
    /// How many points lie between.
    steps: u32,
    /// Whether they are gone through in the ring's own direction.
    is_along: bool,
}

impl Piece {
    fn new(ring: (u32, u32), enters: (u32, Vector), leaves: (u32, Vector)) -> Option<Self> {
        let count = ring.1 - ring.0;
        let on = (leaves.0 + count - enters.0) % count;
        let back = (count - on) % count;
        let steps = on.min(back);
        (steps as usize <= MOST_POINTS).then_some(Self {
            first: ring.0,
            count,
            enters,
            leaves,
            steps,
            is_along: on <= back,
        })
    }

    /// The numbers of the points between, in order, as the ring counts them.
    fn numbers(&self) -> impl Iterator<Item = u32> {
        let enters = self.enters.0 - self.first;
        (0..self.steps).map(move |step| {
            if self.is_along {
                (enters + 1 + step) % self.count
            } else {
                (enters + self.count - step) % self.count
            }
        })
    }

    /// A point's number among those of all coasts.
    fn point(&self, number: u32) -> u32 {
        self.first + number % self.count
    }

    /// The side of the arc on which the coast is gone around, positive for the left: land is on the
    /// right of its ring.
    fn side(&self) -> f64 {
        if self.is_along { 1.0 } else { -1.0 }
    }

    /// The points on that side: they have to be gone around.
    fn in_the_way(&self, land: &Land, arc: &Arc) -> Vec<u32> {
        self.numbers()
            .map(|number| self.point(number))
            .filter(|point| {
                self.side() * dot(&arc.normal, &land.coast.points[*point as usize]) > 0.0
            })
            .collect()
    }

    /// Whether a point in the way is so far off that every way around it is longer than so much.
    fn goes_beyond(&self, land: &Land, arc: &Arc, most_m: f64) -> bool {
        self.in_the_way(land, arc).iter().any(|point| {
            let point = &land.coast.points[*point as usize];
            rough_length_m(&arc.from, point) + rough_length_m(point, &arc.to) > most_m
        })
    }

    /// Appends places off the coast, from where the arc enters the land to where it leaves it.
    fn follow(&self, land: &Land, line: &mut Vec<Vector>) -> Option<()> {
        let at = |number: u32| &land.coast.points[self.point(number) as usize];
        line.push(land.off_coast(self.enters.0, &unit(&self.enters.1)?)?);
        for number in self.numbers() {
            line.extend(beside(
                land,
                at(number + self.count - 1),
                at(number),
                at(number + 1),
            ));
        }
        line.push(land.off_coast(self.leaves.0, &unit(&self.leaves.1)?)?);
        Some(())
    }
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

    #[test]
    fn cape_greco_is_gone_around() {
        let land = Land::bundled().unwrap();
        let (from, to) = (vector(at(33.7, 34.9)), vector(at(34.03, 35.08)));
        assert!(!land.sees(&from, &to));
        let between = detour(&land, |a, b| land.sees(a, b), &from, &to, 60_000.0).unwrap();
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
