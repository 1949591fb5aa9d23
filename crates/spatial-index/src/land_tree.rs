//! The coast tree: every edge of the coast in a tree of balls, so that a line, a triangle or a
//! circle finds the edges it touches without looking at the others. Worked out on the unit sphere,
//! where there is no antimeridian and no pole.

use crate::element::{Vector, chord_2};
use crate::land_rings::Rings;
use crate::land_sphere::{Arc, cross, dot, plus, unit};
use std::ops::ControlFlow;

/// Edges in one leaf, at most.
const LEAF_EDGES: u32 = 16;
/// Added to every ball's radius: the balls are kept in single precision (6e-8).
const SLACK: f64 = 3e-7;

/// A ball around edges of the coast; children follow their parent.
#[derive(Clone, Copy)]
struct Ball {
    center: [f32; 3],
    radius: f32,
    /// The first edge of a leaf.
    first: u32,
    /// How many edges a leaf has; 0 for an inner node.
    edges: u32,
    /// The next ball that is not inside this one.
    after: u32,
}

/// Edge `i` goes from point `i` to point `i + 1`. The last point of a ring begins no edge.
pub(crate) struct CoastTree {
    pub(crate) points: Vec<Vector>,
    /// Where each ring begins in `points`, and one more for the end.
    pub(crate) starts: Vec<u32>,
    balls: Vec<Ball>,
}

/// A leaf while the tree is built.
struct Leaf {
    low: Vector,
    high: Vector,
    first: u32,
    edges: u32,
}

impl CoastTree {
    pub(crate) fn new(rings: Rings) -> Self {
        let points = rings.vectors();
        let mut leaves = Vec::with_capacity(points.len() / LEAF_EDGES as usize * 2);
        for ends in rings.starts.windows(2) {
            let mut first = ends[0];
            while first + 1 < ends[1] {
                let edges = (ends[1] - 1 - first).min(LEAF_EDGES);
                leaves.push(Leaf::around(&points, first, edges));
                first += edges;
            }
        }
        let mut tree = Self {
            points,
            starts: rings.starts,
            balls: Vec::with_capacity(2 * leaves.len()),
        };
        if !leaves.is_empty() {
            tree.add(&mut leaves);
        }
        tree
    }

    /// Adds the ball around these leaves, and all inside it.
    fn add(&mut self, leaves: &mut [Leaf]) {
        let (mut low, mut high) = (leaves[0].low, leaves[0].high);
        for leaf in leaves.iter() {
            for axis in 0..3 {
                low[axis] = low[axis].min(leaf.low[axis]);
                high[axis] = high[axis].max(leaf.high[axis]);
            }
        }
        let number = self.balls.len();
        let center = middle(&low, &high).map(|part| part as f32);
        self.balls.push(Ball {
            center,
            radius: 0.0,
            first: leaves[0].first,
            edges: if leaves.len() == 1 {
                leaves[0].edges
            } else {
                0
            },
            after: 0,
        });
        let wide = center.map(f64::from);
        let mut radius_2 = 0.0_f64;
        for leaf in leaves.iter() {
            if leaf.farthest_2(&wide) <= radius_2 {
                continue;
            }
            let (first, last) = (leaf.first as usize, (leaf.first + leaf.edges) as usize);
            for point in &self.points[first..=last] {
                radius_2 = radius_2.max(chord_2(&wide, point));
            }
        }
        if leaves.len() > 1 {
            let axis = (0..3)
                .max_by(|a, b| (high[*a] - low[*a]).total_cmp(&(high[*b] - low[*b])))
                .unwrap_or(0);
            let half = leaves.len() / 2;
            leaves.select_nth_unstable_by(half, |a, b| {
                (a.low[axis] + a.high[axis])
                    .total_cmp(&(b.low[axis] + b.high[axis]))
                    .then(a.first.cmp(&b.first))
            });
            let (left, right) = leaves.split_at_mut(half);
            self.add(left);
            self.add(right);
        }
        let after = self.balls.len() as u32;
        let ball = &mut self.balls[number];
        ball.radius = (radius_2.sqrt() + SLACK) as f32;
        ball.after = after;
    }

    /// Calls `see` with every edge in a leaf that `touches` (centre, radius) lets through.
    fn walk<B>(
        &self,
        touches: impl FnMut(&Vector, f64) -> bool,
        mut see: impl FnMut(u32) -> ControlFlow<B>,
    ) -> Option<B> {
        self.walk_leaves(touches, |first, edges| {
            (first..first + edges).try_for_each(&mut see)
        })
    }

    /// The same by leaves: each one's first edge, and how many it has.
    fn walk_leaves<B>(
        &self,
        mut touches: impl FnMut(&Vector, f64) -> bool,
        mut see: impl FnMut(u32, u32) -> ControlFlow<B>,
    ) -> Option<B> {
        let mut number = 0;
        while let Some(ball) = self.balls.get(number) {
            if !touches(&ball.center.map(f64::from), f64::from(ball.radius)) {
                number = ball.after as usize;
                continue;
            }
            if ball.edges > 0
                && let ControlFlow::Break(found) = see(ball.first, ball.edges)
            {
                return Some(found);
            }
            number += 1;
        }
        None
    }

    /// The ends of an edge.
    pub(crate) fn edge(&self, edge: u32) -> (&Vector, &Vector) {
        (&self.points[edge as usize], &self.points[edge as usize + 1])
    }

    /// Whether an arc crosses any edge.
    pub(crate) fn crosses(&self, arc: &Arc) -> bool {
        self.walk_leaves(
            |center, radius| arc.may_touch(center, radius),
            |first, edges| {
                let points = &self.points[first as usize..=(first + edges) as usize];
                let mut before = arc.side(&points[0]);
                for ends in points.windows(2) {
                    let here = arc.side(&ends[1]);
                    if arc
                        .crossing_by((&ends[0], before), (&ends[1], here))
                        .is_some()
                    {
                        return ControlFlow::Break(());
                    }
                    before = here;
                }
                ControlFlow::Continue(())
            },
        )
        .is_some()
    }

    /// Whether no coast is within a small angle of an arc. Errs on the side of no.
    pub(crate) fn is_clear(&self, arc: &Arc, angle: f64) -> bool {
        self.walk(
            |center, radius| arc.may_touch(center, radius + angle),
            |edge| {
                let (a, b) = self.edge(edge);
                let (side_a, side_b) = (dot(&arc.normal, a), dot(&arc.normal, b));
                let apart = side_a.min(side_b) > angle || side_a.max(side_b) < -angle;
                if apart || !arc.may_touch(a, angle + chord_2(a, b).sqrt()) {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            },
        )
        .is_none()
    }

    /// The edges that an arc crosses, in no order, and where.
    pub(crate) fn crossings(&self, arc: &Arc) -> Vec<(u32, Vector)> {
        let mut found = Vec::new();
        self.walk::<()>(
            |center, radius| arc.may_touch(center, radius),
            |edge| {
                let (a, b) = self.edge(edge);
                if let Some(along) = arc.crossing(a, b) {
                    found.push((edge, plus(a, along, &plus(b, -1.0, a))));
                }
                ControlFlow::Continue(())
            },
        );
        found
    }

    /// Calls `see` with every point of the coast inside a triangle whose corners go round
    /// counter-clockwise.
    pub(crate) fn in_triangle(&self, corners: &[Vector; 3], mut see: impl FnMut(u32)) {
        let [a, b, c] = corners;
        let (Some(ab), Some(bc), Some(ca)) = (Arc::new(a, b), Arc::new(b, c), Arc::new(c, a))
        else {
            return;
        };
        let sides = [ab.normal, bc.normal, ca.normal];
        // A ball around the triangle, without which the three planes let through much that is
        // beyond a sharp corner.
        let longest = [[a, b], [b, c], [c, a]]
            .into_iter()
            .max_by(|p, q| chord_2(p[0], p[1]).total_cmp(&chord_2(q[0], q[1])));
        let around = longest.map_or(*a, |[p, q]| middle(p, q));
        let reach = corners
            .iter()
            .map(|corner| chord_2(&around, corner))
            .fold(0.0, f64::max)
            .sqrt();
        self.walk::<()>(
            |center, radius| {
                chord_2(center, &around) <= (reach + radius) * (reach + radius)
                    && sides.iter().all(|side| dot(side, center) >= -radius)
            },
            |edge| {
                let point = &self.points[edge as usize];
                if sides.iter().all(|side| dot(side, point) > 0.0) {
                    see(edge);
                }
                ControlFlow::Continue(())
            },
        );
    }

    /// The edge nearest to a place, the nearest place on it, and its squared chord, if the chord
    /// is at most `within`.
    pub(crate) fn nearest(&self, to: &Vector, within: f64) -> Option<(u32, Vector, f64)> {
        let mut best = None;
        let bound = std::cell::Cell::new(within * within);
        self.walk::<()>(
            |center, radius| {
                let reach = bound.get().sqrt() + radius;
                chord_2(center, to) <= reach * reach
            },
            |edge| {
                let (a, b) = self.edge(edge);
                let at = nearest_on(a, b, to);
                let chord_2 = chord_2(&at, to);
                if chord_2 <= bound.get() && best.is_none_or(|(_, _, least)| chord_2 < least) {
                    bound.set(chord_2);
                    best = Some((edge, at, chord_2));
                }
                ControlFlow::Continue(())
            },
        );
        best
    }

    /// Calls `see` with every edge that has a place within a chord of another place, with the
    /// nearest place on it and its squared chord.
    pub(crate) fn near(&self, to: &Vector, within: f64, mut see: impl FnMut(u32, Vector, f64)) {
        self.walk::<()>(
            |center, radius| chord_2(center, to) <= (within + radius) * (within + radius),
            |edge| {
                let (a, b) = self.edge(edge);
                let at = nearest_on(a, b, to);
                let chord_2 = chord_2(&at, to);
                if chord_2 <= within * within {
                    see(edge, at, chord_2);
                }
                ControlFlow::Continue(())
            },
        );
    }

    /// Away from the land at right angles to an edge, of length 1.
    pub(crate) fn seaward(&self, edge: u32) -> Option<Vector> {
        let (a, b) = self.edge(edge);
        // Land is on the right, water on the left.
        unit(&cross(a, &plus(b, -1.0, a)))
    }
}

impl Leaf {
    fn around(points: &[Vector], first: u32, edges: u32) -> Self {
        let mut leaf = Self {
            low: points[first as usize],
            high: points[first as usize],
            first,
            edges,
        };
        for point in &points[first as usize..=(first + edges) as usize] {
            for (axis, part) in point.iter().enumerate() {
                leaf.low[axis] = leaf.low[axis].min(*part);
                leaf.high[axis] = leaf.high[axis].max(*part);
            }
        }
        leaf
    }

    /// The square of a distance from a place that none of its points exceeds.
    fn farthest_2(&self, from: &Vector) -> f64 {
        let axes = from.iter().zip(self.low.iter().zip(&self.high));
        axes.map(|(at, (low, high))| {
            let off = (at - low).abs().max((high - at).abs());
            off * off
        })
        .sum()
    }
}

fn middle(a: &Vector, b: &Vector) -> Vector {
    [
        f64::midpoint(a[0], b[0]),
        f64::midpoint(a[1], b[1]),
        f64::midpoint(a[2], b[2]),
    ]
}

/// The place nearest to `to` on the straight line from `a` to `b`: edges are so short that it is
/// within millimetres of the sphere.
fn nearest_on(a: &Vector, b: &Vector, to: &Vector) -> Vector {
    let edge = plus(b, -1.0, a);
    let along = dot(&plus(to, -1.0, a), &edge) / dot(&edge, &edge).max(f64::MIN_POSITIVE);
    plus(a, along.clamp(0.0, 1.0), &edge)
}
