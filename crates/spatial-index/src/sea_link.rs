//! A link joins an end of a way to the sea graph: straight to the nodes that are seen from there,
//! or, if it is on land, first to the water nearby.

use crate::element::{Vector, angle_within, chord_2, chord_of, vector};
use crate::land::Land;
use crate::land_sphere::{cross, dot, heading, plus, position, unit};
use crate::sea_detour::detour;
use crate::sea_graph::SeaGraph;
use crate::sea_passage::PassageKind;
use crate::sea_taut::{Knot, rough_length_m};
use landfall_track::{Position, distance_m};
use rstar::RTree;
use rstar::primitives::GeomWithData;

/// An end on land is linked to water at most this far away, in metres. Further inland there is no
/// way: the place is no port of the sea, or one up a river that no passage leads to.
pub const LONGEST_LINK_M: f64 = 50_000.0;
/// Of the nodes round about, nearest first, so many are tried.
const MOST_TRIED: usize = 300;
/// Nodes are taken from every direction alike: so many directions, and in each so many nodes from
/// which the graph leads on the same way, and so many in all.
const DIRECTIONS: usize = 12;
const LEADING_ON: u8 = 2;
const PER_DIRECTION: u8 = 4;
/// The graph leads on if one of its lines turns off by no more than this: the cosine of 40 degrees.
const STRAIGHT_ON: f64 = 0.766;
/// Beside the nearest water an end on land is linked to water in other directions that is not much
/// further, since nobody can say on which side of a spit a berth on generalised land lies: up to
/// this many times as far, and this many metres.
const OTHER_WATER_RATIO: f64 = 1.5;
const OTHER_WATER_M: f64 = 2_000.0;
/// The directions in which water is looked for, and how many are used, nearest first.
const WATER_DIRECTIONS: usize = 8;
const MOST_WATERS: usize = 4;
const MOST_TRIED_FROM_WATER: usize = 120;
/// In a direction where no node is seen that leads on, the nearest one that is hidden is reached by a detour, if
/// it is no further than this straight, in metres, and the detour no longer than so many times that
/// and so many metres.
const LONGEST_DETOUR_M: f64 = 60_000.0;
const DETOUR_RATIO: f64 = 2.0;
const DETOUR_M: f64 = 10_000.0;
/// An end that sees no node is joined to so many straight, as if on land.
const MOST_BLIND: usize = 8;

/// One way from an end into the graph.
#[derive(Clone, Debug)]
pub(crate) struct Join {
    pub(crate) node: u32,
    /// From the end to the node.
    pub(crate) length_m: f64,
    /// The places between, from the end to the node: the water, or the place in a passage, to which
    /// an end on land is linked, and the corners of a detour.
    pub(crate) over: Vec<Knot>,
    /// Whether the line to the node leads over what may be land: through a passage.
    pub(crate) in_passage: bool,
}

/// All the ways from an end into the graph; none if it is too far inland.
#[derive(Clone, Debug, Default)]
pub(crate) struct Link {
    pub(crate) joins: Vec<Join>,
    /// Whether the end itself is at sea and sees what is around it.
    pub(crate) at_sea: bool,
}

/// The graph's nodes, to be found by place.
pub(crate) type NodeTree = RTree<GeomWithData<[f64; 3], u32>>;

pub(crate) fn node_tree(graph: &SeaGraph) -> NodeTree {
    let nodes = graph.at.iter().enumerate();
    RTree::bulk_load(
        nodes
            .map(|(node, at)| GeomWithData::new(*at, node as u32))
            .collect(),
    )
}

fn held(at: Vector) -> Knot {
    Knot { at, held: true }
}

/// What links are made with.
pub(crate) struct Linker<'a, S: Fn(&Vector, &Vector) -> bool> {
    pub(crate) land: &'a Land,
    pub(crate) graph: &'a SeaGraph,
    pub(crate) nodes: &'a NodeTree,
    /// Whether a straight line between two places is free.
    pub(crate) sees: S,
}

impl<S: Fn(&Vector, &Vector) -> bool> Linker<'_, S> {
    pub(crate) fn link(&self, end: Position) -> Link {
        let at = vector(end);
        if !self.land.holds(&at) {
            let joins = self.joins_from(&at, MOST_TRIED);
            if !joins.is_empty() {
                return Link {
                    joins,
                    at_sea: true,
                };
            }
            return Link {
                joins: self.blind(end, &at),
                at_sea: false,
            };
        }
        let waters = self.waters(&at);
        let passage = self.passage(&at);
        let nearest_m = waters.first().map_or(f64::INFINITY, |(off_m, _)| *off_m);
        let passage_m = passage.map_or(f64::INFINITY, |found| distance_m(end, position(&found.at)));
        let reach_m = nearest_m.min(passage_m) * OTHER_WATER_RATIO + OTHER_WATER_M;
        let mut joins = Vec::new();
        if let Some(found) = passage.filter(|_| passage_m <= reach_m.min(LONGEST_LINK_M)) {
            for node in found.ends {
                let rest_m = distance_m(position(&found.at), self.graph.places[node as usize]);
                joins.push(Join {
                    node,
                    length_m: passage_m + rest_m,
                    over: vec![held(found.at)],
                    in_passage: true,
                });
            }
        }
        for (off_m, water) in waters.iter().filter(|(off_m, _)| *off_m <= reach_m) {
            for mut join in self.joins_from(water, MOST_TRIED_FROM_WATER) {
                join.length_m += off_m;
                join.over.insert(0, held(*water));
                joins.push(join);
            }
        }
        if joins.is_empty() {
            joins = self.blind(end, &at);
        }
        Link {
            joins,
            at_sea: false,
        }
    }

    /// Joins to nodes that are seen from a place at sea, some in every direction.
    fn joins_from(&self, from: &Vector, most_tried: usize) -> Vec<Join> {
        let place = position(from);
        let north = unit(&plus(&[0.0, 0.0, 1.0], -from[2], from)).unwrap_or([1.0, 0.0, 0.0]);
        let east = cross(&north, from);
        let mut taken = [0_u8; DIRECTIONS];
        let mut leading_on = [0_u8; DIRECTIONS];
        let mut hidden = [None; DIRECTIONS];
        let mut joins = Vec::new();
        for found in self.nodes.nearest_neighbor_iter(*from).take(most_tried) {
            if leading_on.iter().all(|count| *count >= LEADING_ON) {
                break;
            }
            let node = found.data;
            let to = &self.graph.at[node as usize];
            let direction =
                heading(from, to).map_or(0, |on| direction(&on, &north, &east, DIRECTIONS));
            if leading_on[direction] >= LEADING_ON {
                continue;
            }
            let is_full = taken[direction] >= PER_DIRECTION;
            if is_full && !self.leads_on(from, node) {
                continue;
            }
            if (self.sees)(from, to) {
                taken[direction] += 1;
                leading_on[direction] += u8::from(is_full || self.leads_on(from, node));
                joins.push(Join {
                    node,
                    length_m: distance_m(place, self.graph.places[node as usize]),
                    over: Vec::new(),
                    in_passage: false,
                });
            } else if hidden[direction].is_none() {
                hidden[direction] = Some(node);
            }
        }
        for (node, leading_on) in hidden.into_iter().zip(leading_on) {
            if let Some(node) = node.filter(|_| leading_on == 0) {
                joins.extend(self.around(from, node));
            }
        }
        joins
    }

    /// Whether one who comes to a node from a place can go straight on, more or less.
    fn leads_on(&self, from: &Vector, node: u32) -> bool {
        let at = &self.graph.at[node as usize];
        heading(at, from).is_some_and(|back| {
            self.graph
                .edges(node)
                .iter()
                .filter_map(|edge| heading(at, &self.graph.at[edge.to as usize]))
                .any(|on| dot(&on, &back) < -STRAIGHT_ON)
        })
    }

    /// A join to a node near by that is hidden behind a piece of land.
    fn around(&self, from: &Vector, node: u32) -> Option<Join> {
        let to = &self.graph.at[node as usize];
        let straight_m = rough_length_m(from, to);
        if straight_m > LONGEST_DETOUR_M {
            return None;
        }
        let most_m = straight_m * DETOUR_RATIO + DETOUR_M;
        let over = detour(self.land, &self.sees, from, to, most_m)?;
        let line: Vec<Position> = [from]
            .into_iter()
            .chain(over.iter().map(|knot| &knot.at))
            .chain([to])
            .map(position)
            .collect();
        let length_m = line.windows(2).map(|leg| distance_m(leg[0], leg[1])).sum();
        (length_m <= most_m).then_some(Join {
            node,
            length_m,
            over,
            in_passage: false,
        })
    }

    /// Joins straight to the nearest nodes, whatever lies between.
    fn blind(&self, end: Position, at: &Vector) -> Vec<Join> {
        self.nodes
            .nearest_neighbor_iter(*at)
            .take(MOST_BLIND)
            .map(|found| Join {
                node: found.data,
                length_m: distance_m(end, self.graph.places[found.data as usize]),
                over: vec![held(self.graph.at[found.data as usize])],
                in_passage: false,
            })
            .filter(|join| join.length_m <= LONGEST_LINK_M)
            .collect()
    }

    /// Places in the water round an end on land, with their distances in metres, nearest first; at
    /// most one in each direction.
    fn waters(&self, at: &Vector) -> Vec<(f64, Vector)> {
        let longest = chord_of(angle_within(LONGEST_LINK_M));
        let Some((_, _, chord_2)) = self.land.coast.nearest(at, longest) else {
            return Vec::new();
        };
        let reach = (chord_2.sqrt() * OTHER_WATER_RATIO + chord_of(angle_within(OTHER_WATER_M)))
            .min(longest);
        let north = unit(&plus(&[0.0, 0.0, 1.0], -at[2], at)).unwrap_or([1.0, 0.0, 0.0]);
        let east = cross(&north, at);
        let mut best: [Option<(f64, u32, Vector)>; WATER_DIRECTIONS] = [None; WATER_DIRECTIONS];
        self.land.coast.near(at, reach, |edge, coast, chord_2| {
            let side =
                heading(at, &coast).map_or(0, |on| direction(&on, &north, &east, WATER_DIRECTIONS));
            if best[side].is_none_or(|(least, other, _)| (chord_2, edge) < (least, other)) {
                best[side] = Some((chord_2, edge, coast));
            }
        });
        let end = position(at);
        let mut waters: Vec<(f64, Vector)> = best
            .iter()
            .flatten()
            .filter_map(|(_, edge, coast)| self.land.off_coast(*edge, coast))
            .map(|water| (distance_m(end, position(&water)), water))
            .filter(|(off_m, _)| *off_m <= LONGEST_LINK_M)
            .collect();
        waters.sort_by(|a, b| a.0.total_cmp(&b.0));
        waters.truncate(MOST_WATERS);
        waters
    }

    /// The nearest place in a passage that ships follow.
    fn passage(&self, at: &Vector) -> Option<InPassage> {
        let mut best: Option<(f64, Vector, [Position; 2])> = None;
        for passage in &self.graph.passages {
            if passage.kind == PassageKind::Ice {
                continue;
            }
            for ends in passage.line.windows(2) {
                let (a, b) = (vector(ends[0]), vector(ends[1]));
                let edge = plus(&b, -1.0, &a);
                let along = dot(&plus(at, -1.0, &a), &edge) / dot(&edge, &edge).max(1e-30);
                let Some(nearest) = unit(&plus(&a, along.clamp(0.0, 1.0), &edge)) else {
                    continue;
                };
                let off = chord_2(&nearest, at);
                if best.is_none_or(|(least, _, _)| off < least) {
                    best = Some((off, nearest, [ends[0], ends[1]]));
                }
            }
        }
        let (off, at, ends) = best?;
        (off.sqrt() <= chord_of(angle_within(LONGEST_LINK_M))).then_some(())?;
        let node = |place| {
            self.nodes
                .nearest_neighbor(vector(place))
                .map(|found| found.data)
        };
        Some(InPassage {
            at,
            ends: [node(ends[0])?, node(ends[1])?],
        })
    }
}

/// A place in a passage, and the nodes between which it is.
#[derive(Clone, Copy)]
struct InPassage {
    at: Vector,
    ends: [u32; 2],
}

/// The number of the direction, of so many, into which a heading falls.
fn direction(on: &Vector, north: &Vector, east: &Vector, count: usize) -> usize {
    let turns = dot(on, east).atan2(dot(on, north)) / std::f64::consts::TAU + 0.5;
    ((turns * count as f64) as usize).min(count - 1)
}
