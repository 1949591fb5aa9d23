//! A landmark is a node whose distance to every other is known. By the triangle inequality it says
//! how long a way must be at least, which round a continent is far more than the great circle: a
//! search for a long way so looks at a tenth of the nodes (A. Goldberg and C. Harrelson, "Computing
//! the shortest path: A* search meets graph theory", SODA 2005).
//!
//! Distances are those with all passages open, so that they are never too long with some closed.

use crate::element::{chord_2, vector};
use crate::sea_graph::SeaGraph;
use crate::sea_link::Link;
use landfall_track::Position;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many there are. Each costs 4 bytes for every node, and some milliseconds once.
const LANDMARKS: usize = 14;
/// Where they are, in whole degrees east and north: at the ends of the seas, since a landmark is
/// worth most where ways lead towards it. Each is the node nearest to its place.
const PLACES: [[i32; 2]; LANDMARKS] = [
    [24, 65],   // Gulf of Bothnia
    [39, 47],   // Sea of Azov
    [49, 30],   // Persian Gulf
    [91, 22],   // Bay of Bengal
    [122, 41],  // Bohai Sea
    [164, 62],  // Sea of Okhotsk
    [-162, 64], // Norton Sound
    [-114, 31], // Gulf of California
    [-97, 25],  // Gulf of Mexico
    [-80, 52],  // Hudson Bay
    [-45, -77], // Weddell Sea
    [138, -33], // Spencer Gulf
    [140, -17], // Gulf of Carpentaria
    [-70, 48],  // Saint Lawrence
];
/// What a distance in single precision may be off by, in metres: the longest are some 40 000 km.
const SLACK_M: f32 = 16.0;

/// For every node its distance to each landmark in metres; not finite where no way leads there.
pub(crate) struct Landmarks(Vec<[f32; LANDMARKS]>);

/// What the landmarks say of one goal.
pub(crate) struct Bounds {
    /// The greatest distance of a landmark to the goal's nodes, less what is left from there.
    nearer: [f32; LANDMARKS],
    /// The least distance of a landmark to the goal, over one of its nodes.
    further: [f32; LANDMARKS],
}

impl Landmarks {
    /// Worked out on as many threads as there are processors; the result does not depend on them.
    pub(crate) fn new(graph: &SeaGraph) -> Self {
        let found: [OnceLock<Vec<f32>>; LANDMARKS] = Default::default();
        let next = AtomicUsize::new(0);
        let work = || {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let (Some(place), Some(found)) = (PLACES.get(number), found.get(number)) else {
                    break;
                };
                found.get_or_init(|| distances(graph, nearest(graph, *place)));
            }
        };
        std::thread::scope(|scope| {
            let more = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) - 1;
            for _ in 0..more.min(LANDMARKS - 1) {
                // A thread that cannot be had is done without: this one does what is left.
                let _ = std::thread::Builder::new().spawn_scoped(scope, work);
            }
            work();
        });
        let mut all = vec![[f32::INFINITY; LANDMARKS]; graph.places.len()];
        for (number, found) in found.into_iter().enumerate() {
            for (all, distance_m) in all.iter_mut().zip(found.into_inner().unwrap_or_default()) {
                all[number] = distance_m;
            }
        }
        Self(all)
    }

    pub(crate) fn bounds(&self, goal: &Link) -> Bounds {
        let mut bounds = Bounds {
            nearer: [f32::NEG_INFINITY; LANDMARKS],
            further: [f32::INFINITY; LANDMARKS],
        };
        for join in &goal.joins {
            let rest_m = join.length_m as f32;
            for (number, distance_m) in self.0[join.node as usize].iter().enumerate() {
                bounds.nearer[number] = bounds.nearer[number].max(distance_m - rest_m);
                bounds.further[number] = bounds.further[number].min(distance_m + rest_m);
            }
        }
        bounds
    }

    /// How long a way from a node to the goal is at least, in metres.
    pub(crate) fn least_m(&self, node: u32, bounds: &Bounds) -> f64 {
        let mut least = 0.0_f32;
        for (number, distance_m) in self.0[node as usize].iter().enumerate() {
            // Infinite less infinite is not a number, and never the greater.
            least = least
                .max(distance_m - bounds.nearer[number])
                .max(bounds.further[number] - distance_m);
        }
        // From another part of the graph no way leads to the goal.
        if least.is_finite() {
            f64::from((least - SLACK_M).max(0.0))
        } else {
            0.0
        }
    }
}

/// The node nearest to a place, in whole degrees east and north.
fn nearest(graph: &SeaGraph, [lon, lat]: [i32; 2]) -> Option<u32> {
    let place = vector(Position {
        lat_e7: lat * 10_000_000,
        lon_e7: lon * 10_000_000,
    });
    (0..graph.at.len() as u32).min_by(|a, b| {
        let [a, b] = [a, b].map(|node| chord_2(&graph.at[*node as usize], &place));
        a.total_cmp(&b)
    })
}

/// The distances of all nodes from one, by Dijkstra's algorithm.
fn distances(graph: &SeaGraph, from: Option<u32>) -> Vec<f32> {
    let mut lengths_m = vec![f32::INFINITY; graph.places.len()];
    let mut open = BinaryHeap::new();
    if let Some(from) = from {
        lengths_m[from as usize] = 0.0;
        open.push((Reverse(0), from));
    }
    while let Some((Reverse(bits), node)) = open.pop() {
        let so_far = f32::from_bits(bits);
        if so_far > lengths_m[node as usize] {
            continue;
        }
        for edge in graph.edges(node) {
            let sum = so_far + edge.length_m;
            if sum < lengths_m[edge.to as usize] {
                lengths_m[edge.to as usize] = sum;
                // Positive floats are in the order of their bits.
                open.push((Reverse(sum.to_bits()), edge.to));
            }
        }
    }
    lengths_m
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::land::at;
    use crate::sea_graph::{Line, OPEN_WATER};
    use crate::sea_link::Join;

    /// A row of nodes, each a kilometre from the next, and two nodes apart from them.
    fn row() -> SeaGraph {
        let mut places: Vec<Position> = (0..10).map(|lon| at(f64::from(lon) * 0.01, 0.0)).collect();
        places.extend([at(0.0, 80.0), at(1.0, 80.0)]);
        let line = |a, b| Line {
            ends: [a, b],
            length_m: 1_000.0,
            passage: OPEN_WATER,
        };
        let mut lines: Vec<Line> = (0..9).map(|node| line(node, node + 1)).collect();
        lines.push(line(10, 11));
        SeaGraph::new(places, &lines, Vec::new())
    }

    #[test]
    fn a_bound_is_near_the_length_and_never_longer() {
        let landmarks = Landmarks::new(&row());
        let goal = Link {
            joins: vec![Join {
                node: 7,
                length_m: 300.0,
                over: Vec::new(),
                in_passage: false,
            }],
            at_sea: true,
        };
        let bounds = landmarks.bounds(&goal);
        for node in 0..7_u32 {
            let length_m = f64::from(7 - node) * 1_000.0 + 300.0;
            let least_m = landmarks.least_m(node, &bounds);
            assert!(
                least_m <= length_m && least_m > length_m - 650.0,
                "{node}: {least_m}"
            );
        }
        assert!(landmarks.least_m(10, &bounds).is_finite());
    }
}
