//! The search for the shortest way over the sea graph: Dijkstra's, to one end straight towards it
//! (A*), to many up to a distance.

use crate::element::{Vector, chord_2, least_distance_m};
use crate::sea_graph::{Edge, OPEN_WATER, SeaGraph};
use crate::sea_landmarks::Landmarks;
use crate::sea_link::{Join, Link};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Taken off what a way on is long at least, in metres: lengths are rounded to single precision, that
/// is by up to a metre for each line of the longest ways.
const SLACK_M: f32 = 16.0;
/// No node: where a way begins.
const NOWHERE: u32 = u32::MAX;

/// A way over the graph: its first and last joins, and the nodes between with the passages that
/// lead to them.
#[derive(Clone, Debug)]
pub(crate) struct GraphWay {
    pub(crate) first: Join,
    pub(crate) last: Join,
    /// Each node, and the passage through which it was reached.
    pub(crate) nodes: Vec<(u32, u16)>,
}

/// What is known of a node in one search. Sixteen bytes: a search looks at tens of thousands of them
/// in no order. Lengths in single precision are a metre or two off on the longest ways.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// The way so far.
    length_m: f32,
    /// How long the way on to the goal is at least.
    least_m: f32,
    before: u32,
    /// The search that wrote this; what another wrote does not count.
    round: u16,
    through: u16,
}

impl Seen {
    /// How long a way over the node is at least.
    fn sum_m(&self) -> f32 {
        self.length_m + self.least_m
    }
}

/// Room for a search, used again and again: 16 bytes for every node.
#[derive(Default)]
pub(crate) struct Room {
    round: u16,
    seen: Vec<Seen>,
    open: BinaryHeap<(Reverse<u32>, u32)>,
}

/// The graph with some passages closed.
#[derive(Clone, Copy)]
pub(crate) struct OpenGraph<'a> {
    pub(crate) graph: &'a SeaGraph,
    pub(crate) closed: &'a [bool],
}

impl OpenGraph<'_> {
    /// For each node the least number among the nodes to which ways lead from it.
    pub(crate) fn parts(self) -> Vec<u32> {
        let mut parts = vec![NOWHERE; self.graph.places.len()];
        let mut left = Vec::new();
        for first in 0..parts.len() as u32 {
            if parts[first as usize] != NOWHERE {
                continue;
            }
            parts[first as usize] = first;
            left.push(first);
            while let Some(node) = left.pop() {
                for edge in self.edges(node) {
                    let part = &mut parts[edge.to as usize];
                    if *part == NOWHERE {
                        *part = first;
                        left.push(edge.to);
                    }
                }
            }
        }
        parts
    }

    /// The edges from a node that are not closed.
    fn edges(&self, node: u32) -> impl Iterator<Item = &Edge> {
        self.graph
            .edges(node)
            .iter()
            .filter(|edge| edge.passage == OPEN_WATER || !self.closed[edge.passage as usize])
    }
}

impl Room {
    fn begin(&mut self, graph: &SeaGraph, link: &Link, least: impl Fn(u32) -> f32) {
        self.open.clear();
        self.seen.resize(graph.places.len(), Seen::default());
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            // Marks of earlier searches would count again.
            self.seen.fill(Seen::default());
            self.round = 1;
        }
        for join in &link.joins {
            let length_m = join.length_m as f32;
            self.reach(join.node, length_m, NOWHERE, OPEN_WATER, &least);
        }
    }

    fn reach(
        &mut self,
        node: u32,
        length_m: f32,
        before: u32,
        through: u16,
        least: impl Fn(u32) -> f32,
    ) {
        let seen = &mut self.seen[node as usize];
        let is_known = seen.round == self.round;
        if is_known && seen.length_m <= length_m {
            return;
        }
        *seen = Seen {
            length_m,
            least_m: if is_known { seen.least_m } else { least(node) },
            before,
            round: self.round,
            through,
        };
        // Positive floats are in the order of their bits.
        self.open.push((Reverse(seen.sum_m().to_bits()), node));
    }

    /// The next node, with the least that a way over it is long and the length so far.
    fn next(&mut self) -> Option<(u32, f64, f64)> {
        while let Some((Reverse(bits), node)) = self.open.pop() {
            let seen = &self.seen[node as usize];
            // If not, a shorter way there was found since.
            if bits == seen.sum_m().to_bits() {
                return Some((node, f64::from(seen.sum_m()), f64::from(seen.length_m)));
            }
        }
        None
    }

    fn go_on(&mut self, graph: OpenGraph, node: u32, least: impl Fn(u32) -> f32) {
        let so_far = self.seen[node as usize].length_m;
        for edge in graph.edges(node) {
            self.reach(edge.to, so_far + edge.length_m, node, edge.passage, &least);
        }
    }

    /// The way by which a search came to the node of `last`, from `from`.
    fn way(&self, from: &Link, last: &Join) -> Option<GraphWay> {
        let mut nodes = Vec::new();
        let mut node = last.node;
        while node != NOWHERE {
            let seen = &self.seen[node as usize];
            nodes.push((node, seen.through));
            node = seen.before;
        }
        nodes.reverse();
        let (first, _) = *nodes.first()?;
        let first = shortest_to(from, first)?;
        Some(GraphWay {
            first: first.clone(),
            last: last.clone(),
            nodes,
        })
    }
}

/// The shortest join of a link to a node.
fn shortest_to(link: &Link, node: u32) -> Option<&Join> {
    link.joins
        .iter()
        .filter(|join| join.node == node)
        .min_by(|a, b| a.length_m.total_cmp(&b.length_m))
}

/// Where a search goes.
pub(crate) struct Goal<'a> {
    pub(crate) at: Vector,
    /// Used if it is far.
    pub(crate) landmarks: Option<&'a Landmarks>,
}

/// The shortest way from one end to another, whose place is `goal`.
pub(crate) fn one(
    graph: OpenGraph,
    room: &mut Room,
    from: &Link,
    to: &Link,
    goal: &Goal,
) -> Option<GraphWay> {
    let bounds = goal
        .landmarks
        .map(|landmarks| (landmarks, landmarks.bounds(to)));
    let least = |node: u32| {
        let chord_2 = chord_2(&graph.graph.at[node as usize], &goal.at);
        let straight_m = least_distance_m(chord_2.sqrt());
        let least_m = bounds.as_ref().map_or(straight_m, |(landmarks, bounds)| {
            straight_m.max(landmarks.least_m(node, bounds))
        });
        // Less what single precision may be off by, over so many lines.
        (least_m as f32 - SLACK_M).max(0.0)
    };
    room.begin(graph.graph, from, least);
    let mut best: Option<(f64, &Join)> = None;
    while let Some((node, at_least, so_far)) = room.next() {
        if best.is_some_and(|(length_m, _)| at_least >= length_m) {
            break;
        }
        for join in to.joins.iter().filter(|join| join.node == node) {
            let length_m = so_far + join.length_m;
            if best.is_none_or(|(shortest, _)| length_m < shortest) {
                best = Some((length_m, join));
            }
        }
        room.go_on(graph, node, least);
    }
    let (_, last) = best?;
    room.way(from, last)
}

/// The shortest ways from one end to many, each with the longest that is sought, in metres.
pub(crate) fn many(
    graph: OpenGraph,
    room: &mut Room,
    from: &Link,
    to: &[(&Link, f64)],
) -> Vec<Option<GraphWay>> {
    let mut ends: Vec<(u32, usize, &Join)> = to
        .iter()
        .enumerate()
        .flat_map(|(end, (link, _))| link.joins.iter().map(move |join| (join.node, end, join)))
        .collect();
    ends.sort_by_key(|(node, end, _)| (*node, *end));
    let mut best: Vec<Option<(f64, &Join)>> = vec![None; to.len()];
    // Until what length something may still be found: an end without a link is not waited for.
    let until = |best: &[Option<(f64, &Join)>]| {
        let waits = best.iter().zip(to).map(|(best, (link, within_m))| {
            let within_m = if link.joins.is_empty() {
                0.0
            } else {
                *within_m
            };
            best.map_or(within_m, |(length_m, _)| length_m.min(within_m))
        });
        waits.fold(0.0, f64::max)
    };
    room.begin(graph.graph, from, |_| 0.0);
    let mut until_m = until(&best);
    while let Some((node, _, so_far)) = room.next() {
        if so_far > until_m {
            break;
        }
        let first = ends.partition_point(|(other, _, _)| *other < node);
        let mut is_new = false;
        for (_, end, join) in ends[first..]
            .iter()
            .take_while(|(other, _, _)| *other == node)
        {
            let length_m = so_far + join.length_m;
            if best[*end].is_none_or(|(shortest, _)| length_m < shortest) {
                best[*end] = Some((length_m, join));
                is_new = true;
            }
        }
        if is_new {
            until_m = until(&best);
        }
        room.go_on(graph, node, |_| 0.0);
    }
    best.into_iter()
        .map(|best| best.and_then(|(_, last)| room.way(from, last)))
        .collect()
}
