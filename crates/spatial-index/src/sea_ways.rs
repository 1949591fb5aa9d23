//! A sea way is the shortest way by water between two places: a length, a line that crosses no land
//! but in passages, and the passages it leads through.
//!
//! It is found in two steps. The sea graph says on which side of every cape and island to go and
//! through which passages; the way over it is then pulled tight against the full coast. Lengths are
//! sums of WGS84 geodesics.
//!
//! Known limits. It is the shortest way over water of any depth, without regard to traffic
//! separation, draught, weather or borders: what a ship sails is rarely shorter, and some per cent
//! longer. An end on land (a berth, a port's point) is linked straight to the water within
//! [`LONGEST_LINK_M`](crate::LONGEST_LINK_M), and that link counts as sailed, so that ways there are
//! rather too short than too long. Rivers and lakes are land, but for passages, the Caspian Sea,
//! from which no way leads out, and the Great Lakes of North America, out of which the St Lawrence
//! Seaway leads. Ice is open unless it is closed with [`SeaWays::closing`].

use crate::element::{Vector, vector};
use crate::land::Land;
use crate::land_rings::BadWaterData;
use crate::land_sphere::{Arc as Line, position};
use crate::sea_build::{crosses, gates};
use crate::sea_cache::LinkCache;
use crate::sea_graph::{OPEN_WATER, SeaGraph};
use crate::sea_landmarks::Landmarks;
use crate::sea_line::draw;
use crate::sea_link::{Join, Link, Linker, NodeTree, node_tree};
use crate::sea_passage::Passage;
use crate::sea_search::{Goal, GraphWay, OpenGraph, Room, many, one};
use crate::sea_taut::{Knot, cut_short, tighten};
use landfall_track::{Position, distance_m};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

const BUNDLED: &[u8] = include_bytes!("../../../data/sea-graph.bin");
/// A way over the graph may be this many times, and this many metres, as long as the same way pulled
/// tight: how much further the search for ways up to a length must look. Of 200,000 pairs near coasts
/// the most was 81 km; round an atoll in mid-ocean, far from other nodes, a way may be half as long.
const SLACK_RATIO: f64 = 1.05;
const SLACK_M: f64 = 100_000.0;
/// Ends that are this far apart, in metres, are searched for with landmarks.
const FAR_M: f64 = 1_000_000.0;

/// The shortest ways by water.
///
/// Can be shared between threads, and is cheap to make again with other passages closed, since land
/// and graph are shared by all. Memory is bounded: some 25 MB for land and graph, 3 MB for
/// landmarks once a far way was asked for, 0.8 MB for each search that runs at the same time as
/// others, and the links of the last 8,192 to 16,384 ends asked for, of about 2 kB each.
///
/// ```
/// use landfall_spatial_index::SeaWays;
/// use landfall_track::{LonLat, Position};
/// let at = |lon, lat| Position::from_degrees(LonLat { lon, lat }).unwrap();
/// let ways = SeaWays::bundled()?;
/// let (port_said, suez) = (at(32.4, 31.5), at(32.55, 29.7));
/// let way = ways.way(port_said, suez).unwrap();
/// assert_eq!(way.passages, ["Suez Canal"]);
/// let closed = ways.closing(["Suez Canal"]).unwrap();
/// assert!(closed.way(port_said, suez).unwrap().length_m > 50.0 * way.length_m);
/// # Ok::<(), landfall_spatial_index::BadWaterData>(())
/// ```
pub struct SeaWays {
    waters: Arc<Waters>,
    /// For each passage whether it is closed.
    closed: Vec<bool>,
    /// The icy gates that are closed.
    shut: Vec<Line>,
    links: LinkCache,
    rooms: Mutex<Vec<Room>>,
    /// For each node of the graph the water it is on: ways lead between nodes of the same number
    /// only. Made when first needed.
    parts: OnceLock<Vec<u32>>,
}

/// What does not depend on which passages are open.
struct Waters {
    land: Arc<Land>,
    graph: SeaGraph,
    nodes: NodeTree,
    /// All icy gates, with their passages' numbers.
    gates: Vec<(u16, Line)>,
    /// Made when they are first needed.
    landmarks: OnceLock<Landmarks>,
}

/// A shortest way by water.
#[derive(Clone, Debug, PartialEq)]
pub struct SeaWay {
    /// Its length in metres, links from land included.
    pub length_m: f64,
    /// Its line from the first end to the last, straight in longitude and latitude between places
    /// at most 100 km apart. Where it crosses the antimeridian, longitudes jump.
    pub line: Vec<Position>,
    /// The names of the passages it leads through, in order.
    pub passages: Vec<String>,
}

/// How long a way by water is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WayLength {
    /// So many metres.
    Metres(f64),
    /// Longer than was asked for.
    Longer,
    /// There is no way by water.
    None,
}

impl WayLength {
    /// The length in metres, if it was found.
    pub fn metres(self) -> Option<f64> {
        match self {
            Self::Metres(metres) => Some(metres),
            Self::Longer | Self::None => None,
        }
    }
}

/// There is no passage of that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no passage is called `{name}`")]
#[non_exhaustive]
pub struct UnknownPassage {
    /// The name.
    pub name: String,
}

static BUNDLED_WATERS: LazyLock<Result<Arc<Waters>, BadWaterData>> =
    LazyLock::new(|| Ok(Arc::new(Waters::bundled(Land::shared)?)));

/// The bundled passages.
pub(crate) fn bundled_passages() -> Result<Vec<Passage>, BadWaterData> {
    SeaGraph::decode_passages(BUNDLED)
}

impl Waters {
    /// Decodes land and graph side by side, if a second thread can be had.
    fn bundled(
        land: impl FnOnce() -> Result<Arc<Land>, BadWaterData>,
    ) -> Result<Self, BadWaterData> {
        let decode = || {
            let graph = SeaGraph::decode(BUNDLED)?;
            Ok((node_tree(&graph), graph))
        };
        std::thread::scope(|scope| {
            let graph = std::thread::Builder::new().spawn_scoped(scope, decode);
            let land = land()?;
            let decoded = graph.ok().and_then(|graph| graph.join().ok());
            let (nodes, graph) = decoded.unwrap_or_else(decode)?;
            Ok(Self {
                gates: gates(&graph.passages),
                landmarks: OnceLock::new(),
                land,
                nodes,
                graph,
            })
        })
    }

    fn landmarks(&self) -> &Landmarks {
        self.landmarks.get_or_init(|| Landmarks::new(&self.graph))
    }
}

impl SeaWays {
    /// Ways over the bundled land and graph, with all passages open. Both are decoded at the first
    /// call in a process and shared by all later ones.
    ///
    /// # Errors
    ///
    /// None that is not a fault of the build: the bytes are part of the program.
    pub fn bundled() -> Result<Self, BadWaterData> {
        Ok(Self::over(BUNDLED_WATERS.clone()?, &[]))
    }

    /// The same as [`SeaWays::bundled`], but decoded anew and shared with nobody: for measuring.
    ///
    /// # Errors
    ///
    /// As [`SeaWays::bundled`].
    pub fn fresh() -> Result<Self, BadWaterData> {
        let waters = Waters::bundled(|| Ok(Arc::new(Land::bundled()?)))?;
        Ok(Self::over(Arc::new(waters), &[]))
    }

    fn over(waters: Arc<Waters>, closed: &[usize]) -> Self {
        let closed: Vec<bool> = (0..waters.graph.passages.len())
            .map(|number| closed.contains(&number))
            .collect();
        let shut = waters
            .gates
            .iter()
            .filter(|(number, _)| closed[*number as usize])
            .map(|(_, gate)| *gate)
            .collect();
        Self {
            waters,
            closed,
            shut,
            links: LinkCache::default(),
            rooms: Mutex::default(),
            parts: OnceLock::new(),
        }
    }

    /// The same, but with these passages closed, and no others.
    ///
    /// # Errors
    ///
    /// If there is no passage of one of the names.
    pub fn closing<N: AsRef<str>>(
        &self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<Self, UnknownPassage> {
        let numbers = names
            .into_iter()
            .map(|name| {
                self.passages()
                    .iter()
                    .position(|passage| passage.name == name.as_ref())
                    .ok_or_else(|| UnknownPassage {
                        name: name.as_ref().to_owned(),
                    })
            })
            .collect::<Result<Vec<usize>, _>>()?;
        Ok(Self::over(Arc::clone(&self.waters), &numbers))
    }

    /// All passages, open and closed.
    pub fn passages(&self) -> &[Passage] {
        &self.waters.graph.passages
    }

    /// The land that ways go around.
    pub fn land(&self) -> &Land {
        &self.waters.land
    }

    /// The shortest way from one position to another; `None` if there is none by water: an end is
    /// too far inland, or one is on the Caspian Sea and the other is not.
    ///
    /// The way back has the same length and the same line.
    pub fn way(&self, from: Position, to: Position) -> Option<SeaWay> {
        let (near, far) = (from.min(to), from.max(to));
        let knots = self.knots(near, far)?;
        let mut way = SeaWay {
            length_m: length_m(&knots.knots),
            line: vec![near],
            passages: self.names(&knots),
        };
        for leg in knots.knots.windows(2) {
            draw(self.land(), &leg[0].at, &leg[1].at, &mut way.line);
        }
        if let Some(last) = way.line.last_mut() {
            *last = far;
        }
        if near != from {
            way.line.reverse();
            way.passages.reverse();
        }
        Some(way)
    }

    /// The lengths of the shortest ways from one position to many, as [`SeaWays::way`] has them, but for
    /// a few that are pulled tight over other nodes. Each end comes with the longest way that matters, in metres: the shorter, the faster.
    pub fn lengths(&self, from: Position, to: &[(Position, f64)]) -> Vec<WayLength> {
        let origin = self.link(from);
        let mut found = vec![WayLength::None; to.len()];
        let mut searched: Vec<(usize, Arc<Link>)> = Vec::new();
        for (i, &(end, within_m)) in to.iter().enumerate() {
            if distance_m(from, end) > within_m {
                found[i] = WayLength::Longer;
                continue;
            }
            let link = self.link(end);
            if let Some(straight_m) = self.straight(from, end, &origin, &link) {
                found[i] = WayLength::Metres(straight_m);
            } else if self.are_joined(&origin, &link) {
                found[i] = WayLength::Longer;
                searched.push((i, link));
            }
        }
        if !searched.is_empty() {
            let ends: Vec<(&Link, f64)> = searched
                .iter()
                .map(|(i, link)| (&**link, to[*i].1 * SLACK_RATIO + SLACK_M))
                .collect();
            let ways = self.with_room(|room| many(self.open(), room, &origin, &ends));
            for ((i, _), way) in searched.iter().zip(ways) {
                let (end, within_m) = to[*i];
                let length_m = way.map(|way| length_m(&self.tight(from, end, &way).knots));
                if let Some(length_m) = length_m.filter(|length_m| *length_m <= within_m) {
                    found[*i] = WayLength::Metres(length_m);
                }
            }
        }
        found
    }

    /// Whether some way over the graph leads from one link to another.
    fn are_joined(&self, a: &Link, b: &Link) -> bool {
        let waters = self.parts.get_or_init(|| self.open().parts());
        let part = |join: &Join| waters[join.node as usize];
        a.joins
            .iter()
            .any(|from| b.joins.iter().any(|to| part(from) == part(to)))
    }

    /// The length of the straight way, if it is free.
    fn straight(&self, from: Position, to: Position, a: &Link, b: &Link) -> Option<f64> {
        let free = from == to || (a.at_sea && b.at_sea && self.sees(&vector(from), &vector(to)));
        free.then(|| distance_m(from, to))
    }

    fn knots(&self, from: Position, to: Position) -> Option<Knots> {
        let (a, b) = (self.link(from), self.link(to));
        if self.straight(from, to, &a, &b).is_some() {
            let ends = [from, to].map(|end| Knot {
                at: vector(end),
                held: true,
            });
            return Some(Knots {
                knots: ends.to_vec(),
                through: Vec::new(),
            });
        }
        if !self.are_joined(&a, &b) {
            return None;
        }
        let goal = Goal {
            at: vector(to),
            landmarks: (distance_m(from, to) > FAR_M).then(|| self.waters.landmarks()),
        };
        let way = self.with_room(|room| one(self.open(), room, &a, &b, &goal))?;
        Some(self.tight(from, to, &way))
    }

    /// A way over the graph, pulled tight from the lesser end to the greater so that both
    /// directions agree.
    fn tight(&self, from: Position, to: Position, way: &GraphWay) -> Knots {
        let held = |at| Knot { at, held: true };
        let mut knots = vec![held(vector(from))];
        knots.extend(&way.first.over);
        let mut through = Vec::new();
        for (i, &(node, by)) in way.nodes.iter().enumerate() {
            let on = way.nodes.get(i + 1).map_or(OPEN_WATER, |(_, on)| *on);
            through.push(by);
            knots.push(Knot {
                at: self.waters.graph.at[node as usize],
                held: self.is_way(by)
                    || self.is_way(on)
                    || (i == 0 && way.first.in_passage)
                    || (i + 1 == way.nodes.len() && way.last.in_passage),
            });
        }
        knots.extend(way.last.over.iter().rev());
        knots.push(held(vector(to)));
        if to < from {
            knots.reverse();
            through.reverse();
        }
        let sees = |a: &Vector, b: &Vector| self.sees(a, b);
        tighten(self.land(), sees, &mut knots);
        if cut_short(sees, &mut knots) {
            tighten(self.land(), sees, &mut knots);
        }
        Knots { knots, through }
    }

    /// Whether a passage is followed rather than crossed.
    fn is_way(&self, passage: u16) -> bool {
        passage != OPEN_WATER && self.passages()[passage as usize].kind != crate::PassageKind::Ice
    }

    /// The names of the passages on a way.
    fn names(&self, knots: &Knots) -> Vec<String> {
        let crossed = |(_, gate): &&(u16, Line)| {
            knots
                .knots
                .windows(2)
                .any(|leg| crosses(gate, &leg[0].at, &leg[1].at))
        };
        let gates = self
            .waters
            .gates
            .iter()
            .filter(crossed)
            .map(|(number, _)| *number);
        let mut numbers: Vec<u16> = Vec::new();
        for number in knots
            .through
            .iter()
            .copied()
            .filter(|by| self.is_way(*by))
            .chain(gates)
        {
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        numbers
            .iter()
            .map(|number| self.passages()[*number as usize].name.clone())
            .collect()
    }

    /// Whether neither land nor closed ice lies between two places.
    fn sees(&self, from: &Vector, to: &Vector) -> bool {
        self.land().sees(from, to) && !self.shut.iter().any(|gate| crosses(gate, from, to))
    }

    fn open(&self) -> OpenGraph<'_> {
        OpenGraph {
            graph: &self.waters.graph,
            closed: &self.closed,
        }
    }

    fn link(&self, end: Position) -> Arc<Link> {
        self.links.get(end, || {
            Linker {
                land: self.land(),
                graph: &self.waters.graph,
                nodes: &self.waters.nodes,
                sees: |a: &Vector, b: &Vector| self.sees(a, b),
            }
            .link(end)
        })
    }

    /// Room for a search: one more than was ever used at the same time is never made.
    fn with_room<T>(&self, search: impl FnOnce(&mut Room) -> T) -> T {
        let rooms = || self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let mut room = rooms().pop().unwrap_or_default();
        let found = search(&mut room);
        rooms().push(room);
        found
    }
}

/// A way from knot to knot, with the passages it was led through.
struct Knots {
    knots: Vec<Knot>,
    through: Vec<u16>,
}

/// The length of a way in metres: of the geodesics between its knots.
fn length_m(knots: &[Knot]) -> f64 {
    knots
        .windows(2)
        .map(|leg| distance_m(position(&leg[0].at), position(&leg[1].at)))
        .sum()
}

impl std::fmt::Debug for SeaWays {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SeaWays")
            .field("nodes", &self.waters.graph.places.len())
            .field("closed", &self.closed)
            .finish_non_exhaustive()
    }
}
