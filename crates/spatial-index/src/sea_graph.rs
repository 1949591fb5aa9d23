//! The sea graph: places at sea and the straight lines between them along which the shortest ways
//! by water go, up to half a per cent, before they are pulled tight. Its bundled form is
//! `data/sea-graph.bin`, whose layout is told in `data/README.md`.

use crate::element::{Vector, vector};
use crate::land_rings::{BadWaterData, NumberWriter, Numbers};
use crate::sea_passage::Passage;
use landfall_track::Position;

const MAGIC: &[u8] = b"SEA1";
/// Places are kept in whole 1e-5 degrees.
const UNIT_E7: i64 = 100;
/// More nodes and edges than this are not read.
const MOST_NODES: u64 = 1_000_000;
const MOST_EDGES: u64 = 10_000_000;
/// Edges over open water lead through no passage.
pub(crate) const OPEN_WATER: u16 = u16::MAX;

/// A straight line from one node to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Edge {
    pub(crate) to: u32,
    pub(crate) length_m: f32,
    /// The passage it lies in or, if that is ice, leads across; or [`OPEN_WATER`].
    pub(crate) passage: u16,
}

/// Nodes and edges, with the passages that some edges lead through.
#[derive(Debug)]
pub(crate) struct SeaGraph {
    pub(crate) places: Vec<Position>,
    pub(crate) at: Vec<Vector>,
    /// Where each node's edges begin, and one more for the end.
    starts: Vec<u32>,
    edges: Vec<Edge>,
    pub(crate) passages: Vec<Passage>,
}

/// An edge before it is put with its nodes: its ends, the lower number first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) ends: [u32; 2],
    pub(crate) length_m: f32,
    pub(crate) passage: u16,
}

/// What the bytes are said to be where they are none.
const KIND: &str = "a sea graph";

fn read_passages(numbers: &mut Numbers<'_>) -> Result<Vec<Passage>, BadWaterData> {
    let count = numbers.at_most(u64::from(OPEN_WATER) - 1)?;
    (0..count).map(|_| Passage::read(numbers)).collect()
}

impl SeaGraph {
    pub(crate) fn new(places: Vec<Position>, lines: &[Line], passages: Vec<Passage>) -> Self {
        let mut starts = vec![0_u32; places.len() + 1];
        for line in lines {
            for end in line.ends {
                starts[end as usize + 1] += 1;
            }
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let empty = Edge {
            to: 0,
            length_m: 0.0,
            passage: OPEN_WATER,
        };
        let mut edges = vec![empty; lines.len() * 2];
        let mut filled = starts.clone();
        for line in lines {
            let [a, b] = line.ends;
            for (from, to) in [(a, b), (b, a)] {
                edges[filled[from as usize] as usize] = Edge {
                    to,
                    length_m: line.length_m,
                    passage: line.passage,
                };
                filled[from as usize] += 1;
            }
        }
        Self {
            at: places.iter().copied().map(vector).collect(),
            places,
            starts,
            edges,
            passages,
        }
    }

    pub(crate) fn edges(&self, node: u32) -> &[Edge] {
        let node = node as usize;
        &self.edges[self.starts[node] as usize..self.starts[node + 1] as usize]
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = NumberWriter(MAGIC.to_vec());
        out.unsigned(self.passages.len() as u64);
        for passage in &self.passages {
            passage.write(&mut out);
        }
        out.unsigned(self.places.len() as u64);
        let (mut lon, mut lat) = (0, 0);
        for place in &self.places {
            let here = [place.lon_e7, place.lat_e7].map(|e7| i64::from(e7) / UNIT_E7);
            out.signed(here[0] - lon);
            out.signed(here[1] - lat);
            [lon, lat] = here;
        }
        for node in 0..self.places.len() as u32 {
            let mut on: Vec<&Edge> = self.edges(node).iter().filter(|e| e.to > node).collect();
            on.sort_by_key(|edge| edge.to);
            out.unsigned(on.len() as u64);
            let mut last = node;
            for edge in on {
                // The lowest bit says whether a passage follows.
                let through = edge.passage != OPEN_WATER;
                out.unsigned(u64::from(edge.to - last) * 2 + u64::from(through));
                out.unsigned(edge.length_m.round() as u64);
                if through {
                    out.unsigned(u64::from(edge.passage));
                }
                last = edge.to;
            }
        }
        out.0
    }

    /// The passages alone, with which the bytes begin.
    pub(crate) fn decode_passages(bytes: &[u8]) -> Result<Vec<Passage>, BadWaterData> {
        read_passages(&mut Numbers::after(bytes, MAGIC, KIND)?)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, BadWaterData> {
        let mut numbers = Numbers::after(bytes, MAGIC, KIND)?;
        let passages = read_passages(&mut numbers)?;
        let count = numbers.at_most(MOST_NODES)?;
        let mut places = Vec::new();
        let (mut lon, mut lat) = (0_i64, 0_i64);
        for _ in 0..count {
            lon = lon.saturating_add(numbers.signed()?);
            lat = lat.saturating_add(numbers.signed()?);
            if lon.abs() > 1_800_000_000 / UNIT_E7 || lat.abs() > 900_000_000 / UNIT_E7 {
                return Err(numbers.bad());
            }
            places.push(Position {
                lat_e7: (lat * UNIT_E7) as i32,
                lon_e7: (lon * UNIT_E7) as i32,
            });
        }
        let mut lines = Vec::new();
        for node in 0..count {
            let on = numbers.at_most(MOST_EDGES - lines.len() as u64)?;
            let mut to = node;
            for _ in 0..on {
                let step = numbers.unsigned()?;
                to = to.saturating_add(step >> 1);
                if to >= count {
                    return Err(numbers.bad());
                }
                let length_m = numbers.at_most(100_000_000)? as f32;
                let passage = if step & 1 == 1 {
                    numbers.at_most((passages.len() as u64).saturating_sub(1))? as u16
                } else {
                    OPEN_WATER
                };
                lines.push(Line {
                    ends: [node as u32, to as u32],
                    length_m,
                    passage,
                });
            }
        }
        Ok(Self::new(places, &lines, passages))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::land::at;
    use crate::sea_passage::PassageKind;
    use proptest::prelude::*;

    fn graph() -> SeaGraph {
        let places = vec![at(32.39, 31.36), at(32.56, 29.87), at(-179.99999, -17.0)];
        let line = |ends, passage| Line {
            ends,
            length_m: 166_000.0,
            passage,
        };
        let lines = [line([0, 1], 0), line([0, 2], OPEN_WATER)];
        let suez = Passage {
            name: "Suez Canal".to_owned(),
            kind: PassageKind::Canal,
            line: places[..2].to_vec(),
        };
        SeaGraph::new(places, &lines, vec![suez])
    }

    #[test]
    fn a_graph_is_read_as_it_was_written() {
        let (written, read) = (graph(), SeaGraph::decode(&graph().encode()).unwrap());
        assert_eq!(read.places, written.places);
        assert_eq!(read.passages, written.passages);
        for node in 0..3 {
            assert_eq!(read.edges(node), written.edges(node));
        }
        assert_eq!(read.edges(1)[0].passage, 0);
    }

    #[test]
    fn a_line_to_no_node_is_refused() {
        let mut bytes = graph().encode();
        bytes.truncate(bytes.len() - 1);
        assert!(SeaGraph::decode(&bytes).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = SeaGraph::decode(&[MAGIC, &bytes].concat());
        }
    }
}
