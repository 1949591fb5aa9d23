//! A sea node is a place at sea where ways may bend: off a corner of the land, on the open sea so
//! that one is near wherever a ship is, or in a passage.
//!
//! Corners are those of a coast simplified by Douglas and Peucker (1973); each is put off the coast
//! as far as the simplification may be wrong, so that neighbours see each other.

use crate::element::{Vector, chord_2, vector};
use crate::land::Land;
use crate::land_sphere::{MEAN_RADIUS_M, cross, dot, heading, plus, position, turn, unit};
use crate::sea_detour::{beside, seaward};
use crate::sea_taut::{Knot, tighten};
use landfall_track::{LonLat, Position};

/// How far a simplified coast may be off, in metres, up to the given latitude and beyond: ice keeps
/// ships from going along the coasts of Antarctica and the high Arctic at all closely.
const TOLERANCE_M: f64 = 3_000.0;
const POLAR_TOLERANCE_M: f64 = 4_000.0;
const POLAR_NORTH_DEG: f64 = 76.0;
const POLAR_SOUTH_DEG: f64 = -60.0;
/// How far off its corner a node is put, in metres: the first from where the corner is seen.
const OFF_CORNER: [f64; 6] = [1.0, 0.7, 0.4, 0.2, 0.1, 0.03];
/// Nodes of the open sea are so far apart, in degrees, and so far from the coast, in metres.
const OPEN_SEA_DEG: f64 = 4.0;
const OPEN_SEA_OFF_COAST_M: f64 = 40_000.0;
/// A way that follows the coast from one node to the next is not followed over more points.
const LONGEST_CHAIN: usize = 4_000;

/// A sea node while the graph is built.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) position: Position,
    pub(crate) at: Vector,
    /// For a corner the headings along the coast, back and on: between them is land.
    pub(crate) wedge: Option<[Vector; 2]>,
}

/// The nodes, and pairs of them that must be joined: neighbours along a coast.
#[derive(Default)]
pub(crate) struct Corners {
    pub(crate) nodes: Vec<Node>,
    pub(crate) neighbours: Vec<(u32, u32)>,
    /// How many neighbours could not be joined along the coast.
    pub(crate) apart: usize,
}

impl Node {
    /// Where it will be found in the bundled graph: in whole 1e-5 degrees.
    pub(crate) fn new(at: &Vector, wedge: Option<[Vector; 2]>) -> Self {
        let exact = position(at);
        let rounded = |e7: i32| ((f64::from(e7) / 100.0).round() * 100.0) as i32;
        let position = Position {
            lat_e7: rounded(exact.lat_e7),
            lon_e7: rounded(exact.lon_e7),
        };
        Self {
            position,
            at: vector(position),
            wedge,
        }
    }

    /// Whether a shortest way may come over this node in a direction: it touches the land's corner
    /// and leaves both sides of it on the same hand. Generous by some degrees, since nodes are off
    /// their corners.
    pub(crate) fn is_tangent(&self, direction: &Vector) -> bool {
        const SLACK: f64 = 0.15;
        let Some([back, on]) = &self.wedge else {
            return true;
        };
        let left = cross(&self.at, direction);
        let (a, b) = (dot(&left, back), dot(&left, on));
        a * b >= 0.0 || a.abs() < SLACK || b.abs() < SLACK
    }
}

/// The nodes off the land's corners, coast by coast.
pub(crate) fn corners(land: &Land) -> Corners {
    let mut corners = Corners::default();
    for ends in land.coast.starts.windows(2) {
        corners.add_ring(land, ends[0] as usize, ends[1] as usize - 1);
    }
    corners
}

impl Corners {
    /// Adds a ring of the points `start..end`.
    fn add_ring(&mut self, land: &Land, start: usize, end: usize) {
        let ring = &land.coast.points[start..end];
        let kept = simplified(ring);
        if kept.len() < 3 {
            return;
        }
        let mut on_ring: Vec<(usize, u32)> = Vec::new();
        for (i, &here) in kept.iter().enumerate() {
            let back = &ring[kept[(i + kept.len() - 1) % kept.len()]];
            let on = &ring[kept[(i + 1) % kept.len()]];
            // Land is on the right: where the coast turns right it sticks out.
            if turn(back, &ring[here], on) >= 0.0 {
                continue;
            }
            if let Some(node) = off_corner(land, back, &ring[here], on) {
                on_ring.push((here, self.nodes.len() as u32));
                self.nodes.push(node);
            }
        }
        for (i, &(from, a)) in on_ring.iter().enumerate() {
            let (to, b) = on_ring[(i + 1) % on_ring.len()];
            if a != b {
                self.join(land, ring, (from, a), (to, b));
            }
        }
    }

    /// Joins two nodes that follow each other along a coast, if need be by further ones between.
    fn join(&mut self, land: &Land, ring: &[Vector], from: (usize, u32), to: (usize, u32)) {
        let (a, b) = (from.1, to.1);
        if land.sees(&self.nodes[a as usize].at, &self.nodes[b as usize].at) {
            self.neighbours.push((a, b));
            return;
        }
        let count = (to.0 + ring.len() - from.0) % ring.len();
        let mut knots = vec![Knot {
            at: self.nodes[a as usize].at,
            held: true,
        }];
        for step in 0..=count.min(LONGEST_CHAIN) {
            let i = (from.0 + step) % ring.len();
            let back = &ring[(i + ring.len() - 1) % ring.len()];
            let on = &ring[(i + 1) % ring.len()];
            if let Some(at) = beside(land, back, &ring[i], on) {
                knots.push(Knot { at, held: false });
            }
        }
        knots.push(Knot {
            at: self.nodes[b as usize].at,
            held: true,
        });
        if knots
            .windows(2)
            .any(|leg| !land.sees(&leg[0].at, &leg[1].at))
        {
            self.apart += 1;
            return;
        }
        tighten(land, |a, b| land.sees(a, b), &mut knots);
        let mut last = a;
        for i in 1..knots.len() - 1 {
            let wedge = heading(&knots[i].at, &knots[i - 1].at)
                .zip(heading(&knots[i].at, &knots[i + 1].at))
                .map(|(back, on)| [back, on]);
            let node = Node::new(&knots[i].at, wedge);
            let number = self.nodes.len() as u32;
            self.nodes.push(node);
            self.neighbours.push((last, number));
            last = number;
        }
        self.neighbours.push((last, b));
    }
}

/// A node off a corner, as far as the corner is seen from there.
fn off_corner(land: &Land, back: &Vector, here: &Vector, on: &Vector) -> Option<Node> {
    let away = seaward(back, here, on)?;
    let wedge = [heading(here, back)?, heading(here, on)?];
    let near = plus(here, 3.0 / MEAN_RADIUS_M, &away);
    if land.holds(&near) {
        return None;
    }
    OFF_CORNER
        .iter()
        .filter_map(|part| unit(&plus(here, part * tolerance_m(here) / MEAN_RADIUS_M, &away)))
        .map(|at| Node::new(&at, Some(wedge)))
        .find(|node| land.sees(&near, &node.at))
}

fn tolerance_m(at: &Vector) -> f64 {
    let polar =
        at[2] > POLAR_NORTH_DEG.to_radians().sin() || at[2] < POLAR_SOUTH_DEG.to_radians().sin();
    if polar {
        POLAR_TOLERANCE_M
    } else {
        TOLERANCE_M
    }
}

/// The points of a ring that its simplified form keeps, in order.
fn simplified(ring: &[Vector]) -> Vec<usize> {
    // The point furthest from the first is kept as well, so that there are two lines to begin with.
    let far = (0..ring.len())
        .max_by(|a, b| chord_2(&ring[0], &ring[*a]).total_cmp(&chord_2(&ring[0], &ring[*b])))
        .unwrap_or(0);
    let mut keep = vec![false; ring.len() + 1];
    keep[0] = true;
    keep[far] = true;
    let mut left = vec![(0, far), (far, ring.len())];
    while let Some((first, last)) = left.pop() {
        let (a, b) = (&ring[first], &ring[last % ring.len()]);
        let furthest = (first + 1..last)
            .map(|i| (i, off_line_2(a, b, &ring[i])))
            .max_by(|x, y| x.1.total_cmp(&y.1).then(y.0.cmp(&x.0)));
        if let Some((i, off_2)) = furthest
            && off_2.sqrt() * MEAN_RADIUS_M > tolerance_m(&ring[i])
        {
            keep[i] = true;
            left.extend([(first, i), (i, last)]);
        }
    }
    (0..ring.len()).filter(|i| keep[*i]).collect()
}

/// The squared distance of a place from the great circle's arc between two others, nearly.
fn off_line_2(a: &Vector, b: &Vector, at: &Vector) -> f64 {
    let edge = plus(b, -1.0, a);
    let along = dot(&plus(at, -1.0, a), &edge) / dot(&edge, &edge).max(f64::MIN_POSITIVE);
    let nearest = plus(a, along.clamp(0.0, 1.0), &edge);
    unit(&nearest).map_or_else(|| chord_2(a, at), |nearest| chord_2(&nearest, at))
}

/// Nodes on the open sea, on circles of latitude.
pub(crate) fn open_sea(land: &Land) -> Vec<Node> {
    let mut nodes = Vec::new();
    let rows = (180.0 / OPEN_SEA_DEG) as i32;
    for row in 0..rows {
        let lat = -90.0 + (f64::from(row) + 0.5) * OPEN_SEA_DEG;
        let columns = (360.0 / OPEN_SEA_DEG * lat.to_radians().cos())
            .round()
            .max(3.0);
        for column in 0..columns as i32 {
            let lon = -180.0 + (f64::from(column) + 0.5 * f64::from(row % 2)) * 360.0 / columns;
            let Some(position) = Position::from_degrees(LonLat { lon, lat }) else {
                continue;
            };
            if !land.is_land(position)
                && land
                    .distance_to_coast_m(position, OPEN_SEA_OFF_COAST_M)
                    .is_none()
            {
                nodes.push(Node::new(&vector(position), None));
            }
        }
    }
    nodes
}
