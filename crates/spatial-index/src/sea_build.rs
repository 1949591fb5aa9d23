//! How the sea graph is made from land and passages: nodes, lines of sight, the few of them that
//! suffice. Takes minutes, and is done once: its result is `data/sea-graph.bin`.

use crate::element::{Vector, vector};
use crate::land::Land;
use crate::land_sphere::{Arc, cross, dot, heading};
use crate::sea_corners::{Node, corners, open_sea};
use crate::sea_graph::{Line, OPEN_WATER, SeaGraph};
use crate::sea_passage::{Passage, PassageKind};
use crate::sea_spanner::{Sight, Spanner};
use crate::sea_taut::rough_length_m;
use landfall_track::{Position, geodesic_distance_m};

/// Parts of the graph with fewer nodes than this are left out: ponds of the generalised coast.
const LEAST_PART: usize = 30;

/// What a sea graph was made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeaGraphAccount {
    /// Nodes: off corners of the coast, on the open sea and in passages.
    pub nodes: usize,
    /// Lines of sight that were found between nodes.
    pub sights: usize,
    /// Lines that were kept.
    pub lines: usize,
    /// Neighbours on a coast that could not be joined along it.
    pub apart: usize,
    /// Nodes left out since they are joined to few others.
    pub left_out: usize,
    /// Unconnected parts of the graph: the oceans with the Great Lakes are one, the Caspian Sea
    /// another.
    pub parts: usize,
}

/// Makes the sea graph, in the form of `data/sea-graph.bin`. Takes minutes on two threads; the same
/// input gives the same bytes.
pub fn build_sea_graph(land: &Land, passages: Vec<Passage>) -> (Vec<u8>, SeaGraphAccount) {
    let mut account = SeaGraphAccount::default();
    let along = corners(land);
    account.apart = along.apart;
    let mut nodes = along.nodes;
    nodes.extend(open_sea(land));
    let mut fixed: Vec<([u32; 2], u16)> = Vec::new();
    let first_in_passage = nodes.len();
    for (number, passage) in passages.iter().enumerate() {
        if passage.kind != PassageKind::Ice {
            add_passage(
                &mut nodes,
                first_in_passage,
                &mut fixed,
                passage,
                number as u16,
            );
        }
    }
    // A passage's places may be on land, from where no line of sight leads anywhere.
    let dry: Vec<bool> = nodes.iter().map(|node| land.holds(&node.at)).collect();
    let mut sights = sights(land, &nodes, &dry);
    account.sights = sights.len();
    let must = along
        .neighbours
        .into_iter()
        .map(|(a, b)| ([a, b], OPEN_WATER));
    sights.extend(must.chain(fixed.iter().copied()).map(|(mut ends, _)| {
        ends.sort_unstable();
        let [a, b] = ends.map(|end| &nodes[end as usize].at);
        Sight {
            ends,
            length_m: rough_length_m(a, b),
            must: true,
        }
    }));
    let at: Vec<Vector> = nodes.iter().map(|node| node.at).collect();
    let mut kept = Spanner::new(&at).thin(sights);
    kept.sort_by_key(|sight| sight.ends);
    kept.dedup_by_key(|sight| sight.ends);
    let gates: Vec<(u16, Arc)> = gates(&passages);
    let lines: Vec<Line> = kept
        .iter()
        .map(|sight| {
            let [a, b] = sight.ends.map(|end| &nodes[end as usize]);
            let through = fixed
                .iter()
                .find(|(ends, _)| *ends == sight.ends || [ends[1], ends[0]] == sight.ends);
            Line {
                ends: sight.ends,
                length_m: geodesic_distance_m(a.position, b.position) as f32,
                passage: through.map_or_else(|| gate_between(&gates, &a.at, &b.at), |(_, p)| *p),
            }
        })
        .collect();
    let graph = in_order(&nodes, &lines, passages, &mut account);
    (graph.encode(), account)
}

/// Adds a passage's places as nodes; places that several passages share are one node.
fn add_passage(
    nodes: &mut Vec<Node>,
    first_in_passage: usize,
    fixed: &mut Vec<([u32; 2], u16)>,
    passage: &Passage,
    number: u16,
) {
    let mut last = None;
    for place in &passage.line {
        let node = Node::new(&vector(*place), None);
        let known = nodes[first_in_passage..]
            .iter()
            .position(|other| other.position == node.position);
        let here = known.map_or(nodes.len(), |i| first_in_passage + i) as u32;
        if known.is_none() {
            nodes.push(node);
        }
        if let Some(last) = last {
            fixed.push(([last, here], number));
        }
        last = Some(here);
    }
}

/// The icy gates, piece by piece, with their passage's number.
pub(crate) fn gates(passages: &[Passage]) -> Vec<(u16, Arc)> {
    let mut gates = Vec::new();
    for (number, passage) in passages.iter().enumerate() {
        if passage.kind == PassageKind::Ice {
            for ends in passage.line.windows(2) {
                let [a, b] = [ends[0], ends[1]].map(vector);
                gates.extend(Arc::new(&a, &b).map(|arc| (number as u16, arc)));
            }
        }
    }
    gates
}

/// The first gate that the straight line between two places crosses, or open water.
pub(crate) fn gate_between(gates: &[(u16, Arc)], a: &Vector, b: &Vector) -> u16 {
    gates
        .iter()
        .find(|(_, gate)| crosses(gate, a, b))
        .map_or(OPEN_WATER, |(number, _)| *number)
}

/// Whether the straight line between two places crosses a gate.
pub(crate) fn crosses(gate: &Arc, a: &Vector, b: &Vector) -> bool {
    Arc::new(a, b).is_some_and(|line| {
        let sides = |arc: &Arc, other: &Arc| {
            let (one, two) = (dot(&arc.normal, &other.from), dot(&arc.normal, &other.to));
            (one >= 0.0) != (two >= 0.0)
        };
        let meet = cross(&line.normal, &gate.normal);
        let other = meet.map(|part| -part);
        sides(&line, gate)
            && sides(gate, &line)
            && [meet, other]
                .iter()
                .any(|at| line.holds(at) && gate.holds(at))
    })
}

/// All pairs of nodes that see each other and over which a shortest way may go on at both ends.
fn sights(land: &Land, nodes: &[Node], dry: &[bool]) -> Vec<Sight> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut found: Vec<Sight> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                scope.spawn(move || {
                    (worker..nodes.len())
                        .step_by(threads)
                        .filter(|from| !dry[*from])
                        .flat_map(|from| sights_from(land, nodes, dry, from))
                        .collect::<Vec<Sight>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_default())
            .collect()
    });
    found.sort_by_key(|sight| sight.ends);
    found
}

fn sights_from(land: &Land, nodes: &[Node], dry: &[bool], from: usize) -> Vec<Sight> {
    let here = &nodes[from];
    let mut found = Vec::new();
    for (to, there) in nodes.iter().enumerate().skip(from + 1) {
        let (Some(on), Some(back)) = (heading(&here.at, &there.at), heading(&there.at, &here.at))
        else {
            continue;
        };
        if !dry[to]
            && here.is_tangent(&on)
            && there.is_tangent(&back)
            && land.sees(&here.at, &there.at)
        {
            found.push(Sight {
                ends: [from as u32, to as u32],
                length_m: rough_length_m(&here.at, &there.at),
                must: false,
            });
        }
    }
    found
}

/// The graph without its small parts, nodes near each other numbered alike.
fn in_order(
    nodes: &[Node],
    lines: &[Line],
    passages: Vec<Passage>,
    account: &mut SeaGraphAccount,
) -> SeaGraph {
    let (parts, sizes) = parts(nodes.len(), lines);
    let mut order: Vec<u32> = (0..nodes.len() as u32)
        .filter(|node| sizes[parts[*node as usize] as usize] >= LEAST_PART)
        .collect();
    order.sort_by_key(|node| (along_curve(nodes[*node as usize].position), *node));
    let mut renumbered = vec![u32::MAX; nodes.len()];
    for (new, old) in order.iter().enumerate() {
        renumbered[*old as usize] = new as u32;
    }
    let mut kept: Vec<Line> = lines
        .iter()
        .map(|line| {
            let mut ends = line.ends.map(|end| renumbered[end as usize]);
            ends.sort_unstable();
            Line { ends, ..*line }
        })
        .filter(|line| line.ends[1] != u32::MAX)
        .collect();
    kept.sort_by_key(|line| line.ends);
    account.nodes = order.len();
    account.left_out = nodes.len() - order.len();
    account.lines = kept.len();
    account.parts = sizes.iter().filter(|size| **size >= LEAST_PART).count();
    let places = order
        .iter()
        .map(|node| nodes[*node as usize].position)
        .collect();
    SeaGraph::new(places, &kept, passages)
}

/// The part of the graph in which each node is, and the parts' sizes.
fn parts(nodes: usize, lines: &[Line]) -> (Vec<u32>, Vec<usize>) {
    let mut parents: Vec<u32> = (0..nodes as u32).collect();
    for line in lines {
        let [a, b] = line.ends.map(|end| root(&mut parents, end));
        parents[a.max(b) as usize] = a.min(b);
    }
    let mut sizes = vec![0; nodes];
    let parts: Vec<u32> = (0..nodes as u32)
        .map(|node| {
            let part = root(&mut parents, node);
            sizes[part as usize] += 1;
            part
        })
        .collect();
    (parts, sizes)
}

/// The node that stands for the part in which a node is.
fn root(parents: &mut [u32], mut node: u32) -> u32 {
    while parents[node as usize] != node {
        parents[node as usize] = parents[parents[node as usize] as usize];
        node = parents[node as usize];
    }
    node
}

/// A place's number on a curve through all square degrees, by which neighbours get near numbers:
/// the bits of longitude and latitude in turns (Morton, 1966).
fn along_curve(place: Position) -> u64 {
    let spread = |number: u64| (0..16).fold(0, |sum, bit| sum | ((number >> bit) & 1) << (2 * bit));
    let lon = ((i64::from(place.lon_e7) + 1_800_000_000) * 65_535 / 3_600_000_000) as u64;
    let lat = ((i64::from(place.lat_e7) + 900_000_000) * 65_535 / 1_800_000_000) as u64;
    spread(lon) | spread(lat) << 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::land::at;

    #[test]
    fn a_gate_is_crossed_between_its_ends_only() {
        let gate = Arc::new(&vector(at(104.3, 77.6)), &vector(at(0.0, 90.0))).unwrap();
        let crossed = |a: (f64, f64), b: (f64, f64)| {
            crosses(&gate, &vector(at(a.0, a.1)), &vector(at(b.0, b.1)))
        };
        assert!(crossed((90.0, 80.0), (120.0, 80.0)));
        assert!(!crossed((90.0, 70.0), (120.0, 70.0)));
        assert!(!crossed((-90.0, 80.0), (-60.0, 80.0)));
    }

    #[test]
    fn parts_are_told_apart() {
        let line = |a, b| Line {
            ends: [a, b],
            length_m: 1.0,
            passage: OPEN_WATER,
        };
        let (parts, sizes) = parts(5, &[line(3, 4), line(0, 2), line(2, 1)]);
        assert_eq!(parts, [0, 0, 0, 3, 3]);
        assert_eq!((sizes[0], sizes[3]), (3, 2));
    }

    #[test]
    fn near_places_are_near_on_the_curve() {
        let here = along_curve(at(10.0, 50.0));
        assert!(
            along_curve(at(10.01, 50.0)).abs_diff(here)
                < along_curve(at(-120.0, -30.0)).abs_diff(here)
        );
    }
}
