//! The port index answers which port a position is in, and which are near.

use crate::area::Area;
use crate::cells::{CellTable, Reach, cell_box};
use crate::element::{Element, Shape, Vector, least_distance_m, vector};
use crate::ellipse::PortCircles;
use crate::patch::Patch;
use crate::radius::{LEAVE_FACTOR, LONGEST_RADIUS_M, PortRadiusConfig};
use crate::search::{self, NameTable, PortSearch};
use landfall_track::{CountryCode, Place, Port, PortDistance, PortIx, Position};
use rstar::RTree;
use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

/// A port of more elements than this has a tree of its own.
const MOST_IN_ROW: usize = 32;
/// The least distance in metres by which an area is grown to leave it: what a ship at anchor
/// swings, and what her antenna and her fix are off.
const LEAST_LEAVE_MARGIN_M: f64 = 100.0;

/// A fixed table of ports, indexed by place and by name.
///
/// A ship is in port within the port's enter radius of any of its points, or inside any of its
/// polygons. She has left beyond the leave radius, [`LEAVE_FACTOR`] times as long; of a port with
/// polygons, beyond a third of its equivalent radius (that of a circle of the same area, at most
/// [`LONGEST_RADIUS_M`]; the margin is at least 100 m) from them.
///
/// Distances are those of [`landfall_track::distance_m`], in metres; those to an outline are within
/// 2 in 100 000 of them. A port's index is its position in the list given to [`PortIndex::new`].
pub struct PortIndex {
    ports: Vec<Port>,
    /// So many of them are found by place and name; those behind are only called at.
    listed: usize,
    extents: Vec<Extent>,
    elements: Vec<Element>,
    tree: RTree<Element>,
    cells: CellTable,
    sagitta: f64,
    names: OnceLock<NameTable>,
    circles: OnceLock<PortCircles>,
}

/// A port's radii, what it is made of, and whether it only fills gaps.
struct Extent {
    enter_m: f64,
    leave_m: f64,
    parts: Parts,
    yields: bool,
}

impl Extent {
    /// A port's radii and elements; these are added to a list.
    fn add(port: &Port, ix: PortIx, radii: &PortRadiusConfig, elements: &mut Vec<Element>) -> Self {
        let first = elements.len();
        let enter_m = add_elements(port, ix, radii, elements);
        let leave_m = match port.place {
            Place::Points(_) => enter_m * LEAVE_FACTOR,
            Place::Polygons(_) => (enter_m * (LEAVE_FACTOR - 1.0)).max(LEAST_LEAVE_MARGIN_M),
        };
        let parts = if elements.len() - first > MOST_IN_ROW {
            Parts::Many(RTree::bulk_load(elements[first..].to_vec()))
        } else {
            Parts::Few(first..elements.len())
        };
        Self {
            enter_m,
            leave_m,
            parts,
            yields: port.source.yields(),
        }
    }
}

/// A port's elements: a range of the index's, or a tree of its own.
enum Parts {
    Few(std::ops::Range<usize>),
    Many(RTree<Element>),
}

/// A port that holds a position, in the order in which one is preferred.
#[derive(Clone, Copy)]
struct Holder {
    yields: bool,
    ratio: f64,
    enter_m: f64,
    port: PortIx,
    distance_m: f64,
}

impl PortIndex {
    /// An index of `ports`, with `radii` for those that have no radius of their own.
    ///
    /// A radius that cannot be used (not a number, not above 0, over [`LONGEST_RADIUS_M`]) counts
    /// as none: a port's own gives way to the setting, a setting to its default; see
    /// [`PortRadiusConfig::check`]. Of a port with polygons its own radius is not used. A port
    /// without any point or outline is found by name only.
    pub fn new(ports: Vec<Port>, radii: &PortRadiusConfig) -> Self {
        let mut elements = Vec::with_capacity(ports.len());
        let mut extents = Vec::with_capacity(ports.len());
        for (number, port) in ports.iter().enumerate() {
            extents.push(Extent::add(
                port,
                PortIx(number as u32),
                radii,
                &mut elements,
            ));
        }
        let caps: Vec<(u32, Vector, f64)> = elements
            .iter()
            .enumerate()
            .filter_map(|(number, element)| {
                element
                    .cap()
                    .map(|(center, angle)| (number as u32, center, angle))
            })
            .collect();
        Self {
            listed: ports.len(),
            ports,
            extents,
            cells: CellTable::new(&caps),
            sagitta: elements.iter().map(sagitta).fold(0.0, f64::max),
            tree: RTree::bulk_load(elements.clone()),
            elements,
            names: OnceLock::new(),
            circles: OnceLock::new(),
        }
    }

    /// The index with further ports behind its own, which have a name and a distance. They are not looked for: no
    /// position is in them, and none is near them.
    #[must_use]
    pub fn with_unlisted(mut self, further: Vec<Port>, radii: &PortRadiusConfig) -> Self {
        for port in further {
            let ix = PortIx(self.ports.len() as u32);
            let extent = Extent::add(&port, ix, radii, &mut self.elements);
            self.extents.push(extent);
            self.ports.push(port);
        }
        self.names = OnceLock::new();
        self.circles = OnceLock::new();
        self
    }

    /// Whether a port is one of the table's, and not [behind it](Self::with_unlisted).
    pub fn is_listed(&self, ix: PortIx) -> bool {
        (ix.0 as usize) < self.listed
    }

    /// The ports, in the order given.
    pub fn ports(&self) -> &[Port] {
        &self.ports
    }

    /// A port. The index must be one of this table's: it panics as a slice does.
    pub fn port(&self, ix: PortIx) -> &Port {
        &self.ports[ix.0 as usize]
    }

    /// The radius to enter a port, in metres; of one with polygons the radius of a circle of the
    /// same area.
    pub fn enter_radius_m(&self, ix: PortIx) -> f64 {
        self.extents[ix.0 as usize].enter_m
    }

    /// Whether a port leaves to another what lies within both: it only fills gaps, and the other does
    /// not ([`PortSource::yields`](landfall_track::PortSource::yields)).
    pub fn yields_to(&self, ix: PortIx, other: PortIx) -> bool {
        self.yields(ix) && !self.yields(other)
    }

    fn yields(&self, ix: PortIx) -> bool {
        self.extents
            .get(ix.0 as usize)
            .is_some_and(|extent| extent.yields)
    }

    /// The order in which ports come that are alike in all else: those that yield last, then the
    /// table's.
    pub fn in_order(&self, a: PortIx, b: PortIx) -> Ordering {
        (self.yields(a).cmp(&self.yields(b))).then(a.cmp(&b))
    }

    /// Every port as a circle, made when first asked for.
    pub(crate) fn circles(&self) -> &PortCircles {
        self.circles.get_or_init(|| {
            let longest_radius_m = self.extents[..self.listed]
                .iter()
                .map(|extent| extent.enter_m)
                .fold(0.0, f64::max);
            let listed = self.ports[..self.listed].iter().enumerate();
            let places = listed.map(|(number, port)| {
                let places = match &port.place {
                    Place::Points(points) => points.clone(),
                    Place::Polygons(polygons) => polygons
                        .iter()
                        .filter_map(|rings| rings.first())
                        .flatten()
                        .copied()
                        .collect(),
                };
                (PortIx(number as u32), places)
            });
            PortCircles::new(places, longest_radius_m)
        })
    }

    /// The port in which `position` is: the one whose enter radius or polygon holds it.
    ///
    /// Of several one that does not yield to another ([`PortIndex::yields_to`]); then the one with the
    /// least distance relative to its radius, so that a small port within a large one's reach keeps
    /// its own berths; then the smaller; then the first. On the open sea this costs one look into a
    /// table.
    #[inline]
    pub fn entered(&self, position: Position) -> Option<PortDistance> {
        self.entered_of(position, |_| true)
    }

    /// The same among the ports that are `allowed`, which is asked of those that hold `position`.
    #[inline]
    pub fn entered_of(
        &self,
        position: Position,
        allowed: impl Fn(PortIx) -> bool,
    ) -> Option<PortDistance> {
        match self.cells.at(position) {
            Reach::Nothing => None,
            Reach::Listed(numbers) => {
                let listed = numbers
                    .iter()
                    .map(|number| &self.elements[*number as usize]);
                self.holder_among(listed, position, allowed)
            }
            Reach::Many => {
                let here = vector(position);
                self.holder_among(self.tree.locate_all_at_point(here), position, allowed)
            }
        }
    }

    /// A box about `position` in which no position is in port; an empty one if it is in port itself,
    /// or so near to one that a box would be of no use.
    ///
    /// On the open sea it is a cell of a quarter of a degree.
    pub fn clear_about(&self, position: Position) -> Patch {
        self.patch_without(|_| true, position)
    }

    /// A box about `position` in which no position is in any port but this one and those that yield to
    /// it; empty if there is none of use. Where this port holds a position in it, this one is entered.
    pub fn clear_of_rivals(&self, ix: PortIx, position: Position) -> Patch {
        let is_rival = |port: PortIx| port != ix && !self.yields_to(port, ix);
        self.patch_without(|element| is_rival(element.port), position)
    }

    fn patch_without(&self, counts: impl Fn(&Element) -> bool, position: Position) -> Patch {
        let cell = cell_box(position);
        match self.cells.at(position) {
            Reach::Nothing => cell,
            Reach::Listed(numbers) => numbers
                .iter()
                .map(|number| &self.elements[*number as usize])
                .filter(|element| counts(element))
                .filter_map(Element::halo)
                .fold(cell, |clear, (at, halo)| clear.without(at, halo, position)),
            Reach::Many => Patch::default(),
        }
    }

    fn holder_among<'a>(
        &self,
        elements: impl Iterator<Item = &'a Element>,
        position: Position,
        allowed: impl Fn(PortIx) -> bool,
    ) -> Option<PortDistance> {
        let best = elements
            .filter_map(|element| self.holder(element, position))
            .filter(|holder| allowed(holder.port))
            .min_by(|a, b| {
                (a.yields.cmp(&b.yields))
                    .then(a.ratio.total_cmp(&b.ratio))
                    .then(a.enter_m.total_cmp(&b.enter_m))
                    .then(a.port.cmp(&b.port))
            })?;
        Some(PortDistance {
            port: best.port,
            distance_m: best.distance_m,
        })
    }

    /// The element's port, if by this element it holds the position.
    fn holder(&self, element: &Element, position: Position) -> Option<Holder> {
        let port = element.port;
        match &element.shape {
            Shape::Point { .. } => {
                let (distance_m, enter_m) = element.within_enter(position)?;
                let ratio = distance_m / enter_m;
                Some(Holder {
                    yields: self.yields(port),
                    ratio,
                    enter_m,
                    port,
                    distance_m,
                })
            }
            Shape::Area(area) => area.contains(position).then(|| Holder {
                yields: self.yields(port),
                ratio: 0.0,
                enter_m: self.enter_radius_m(port),
                port,
                distance_m: 0.0,
            }),
            Shape::Piece { .. } => None,
        }
    }

    /// The distance in metres from a port's nearest point or outline; 0 inside a polygon, infinite
    /// for a port without any.
    pub fn distance_m(&self, ix: PortIx, position: Position) -> f64 {
        match self.extents.get(ix.0 as usize).map(|extent| &extent.parts) {
            Some(Parts::Few(range)) => match &self.elements[range.clone()] {
                [
                    Element {
                        shape: Shape::Point { at, .. },
                        ..
                    },
                ] => landfall_track::distance_m(*at, position),
                few => {
                    let here = vector(position);
                    few.iter()
                        .map(|element| element.distance_m(position, &here))
                        .fold(f64::INFINITY, f64::min)
                }
            },
            Some(Parts::Many(tree)) => self
                .nearest_in(tree, position)
                .map_or(f64::INFINITY, |nearest| nearest.distance_m),
            None => f64::INFINITY,
        }
    }

    /// Whether `position` is still within the leave radius of a port.
    pub fn is_within_leave(&self, ix: PortIx, position: Position) -> bool {
        let Some(extent) = self.extents.get(ix.0 as usize) else {
            return false;
        };
        match &extent.parts {
            Parts::Few(range) => self.elements[range.clone()]
                .iter()
                .any(|element| element.is_within_leave(position, extent.leave_m)),
            Parts::Many(tree) => self
                .nearest_in(tree, position)
                .is_some_and(|nearest| nearest.distance_m <= extent.leave_m),
        }
    }

    /// Whether every place within a distance in metres of `position` is beyond the leave radius of a
    /// port.
    pub fn is_surely_outside(&self, ix: PortIx, position: Position, error_m: f64) -> bool {
        self.extents
            .get(ix.0 as usize)
            .is_none_or(|extent| self.distance_m(ix, position) > extent.leave_m + error_m)
    }

    /// The nearest port, anywhere on the globe; of several equally near the first. `None` if the
    /// table has no places.
    pub fn nearest(&self, position: Position) -> Option<PortDistance> {
        self.nearest_in(&self.tree, position)
    }

    /// The nearest port that does not only fill gaps.
    pub fn nearest_of_weight(&self, position: Position) -> Option<PortDistance> {
        self.nearest_of(&self.tree, position, |port| !self.yields(port))
    }

    fn nearest_in(&self, tree: &RTree<Element>, position: Position) -> Option<PortDistance> {
        self.nearest_of(tree, position, |_| true)
    }

    fn nearest_of(
        &self,
        tree: &RTree<Element>,
        position: Position,
        counts: impl Fn(PortIx) -> bool,
    ) -> Option<PortDistance> {
        let here = vector(position);
        let mut best: Option<PortDistance> = None;
        for (element, chord_2) in tree.nearest_neighbor_iter_with_distance_2(here) {
            if best.is_some_and(|best| self.bound_m(chord_2) > best.distance_m) {
                break;
            }
            if !counts(element.port) {
                continue;
            }
            let found = PortDistance {
                port: element.port,
                distance_m: element.distance_m(position, &here),
            };
            if found.distance_m.is_finite() && best.is_none_or(|best| comes_first(&found, &best)) {
                best = Some(found);
            }
        }
        best
    }

    /// All ports within a distance in metres, the nearest first; ports equally near in the table's
    /// order. Of a port of many points the nearest counts.
    pub fn near(&self, position: Position, within_m: f64) -> Vec<PortDistance> {
        let here = vector(position);
        let mut found: Vec<PortDistance> = self
            .tree
            .nearest_neighbor_iter_with_distance_2(here)
            .take_while(|(_, chord_2)| self.bound_m(*chord_2) <= within_m)
            .map(|(element, _)| PortDistance {
                port: element.port,
                distance_m: element.distance_m(position, &here),
            })
            .filter(|found| found.distance_m <= within_m && found.distance_m.is_finite())
            .collect();
        found.sort_by(|a, b| {
            a.port
                .cmp(&b.port)
                .then(a.distance_m.total_cmp(&b.distance_m))
        });
        found.dedup_by_key(|found| found.port);
        found.sort_by(|a, b| {
            a.distance_m
                .total_cmp(&b.distance_m)
                .then(a.port.cmp(&b.port))
        });
        found
    }

    /// The ports that a name or a code means, if need be by a near spelling; with `country` those
    /// of that country, and where it has none, where else the name is and what may be meant.
    pub fn find(&self, name: &str, country: Option<CountryCode>) -> PortSearch {
        let names = self
            .names
            .get_or_init(|| NameTable::new(&self.ports[..self.listed]));
        search::find(self, names, name, country)
    }

    /// The distance in metres below which no element lies whose squared chord is at least this.
    fn bound_m(&self, chord_2: f64) -> f64 {
        least_distance_m((chord_2.sqrt() - self.sagitta).max(0.0))
    }
}

impl std::fmt::Debug for PortIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PortIndex")
            .field("ports", &self.ports.len())
            .field("elements", &self.elements.len())
            .finish_non_exhaustive()
    }
}

fn comes_first(a: &PortDistance, b: &PortDistance) -> bool {
    a.distance_m
        .total_cmp(&b.distance_m)
        .then(a.port.cmp(&b.port))
        .is_lt()
}

/// How far the straight line of a piece of an outline runs below the sphere.
fn sagitta(element: &Element) -> f64 {
    match &element.shape {
        Shape::Piece { from, to } => {
            let quarter = crate::element::chord_2(from, to) / 4.0;
            1.0 - (1.0 - quarter).max(0.0).sqrt()
        }
        Shape::Point { .. } | Shape::Area(_) => 0.0,
    }
}

/// Appends a port's elements and returns its enter radius in metres.
fn add_elements(
    port: &Port,
    ix: PortIx,
    radii: &PortRadiusConfig,
    elements: &mut Vec<Element>,
) -> f64 {
    let enter_m = radii.enter_radius_m(port);
    match &port.place {
        Place::Points(points) => {
            elements.extend(points.iter().map(|at| Element::point(ix, *at, enter_m)));
            enter_m
        }
        Place::Polygons(polygons) => {
            let mut square_m = 0.0;
            for (area, pieces) in polygons.iter().filter_map(|rings| Area::new(rings)) {
                square_m += area.square_m();
                let pieces = pieces
                    .into_iter()
                    .map(|(from, to)| Shape::Piece { from, to });
                elements.extend(
                    pieces
                        .chain([Shape::Area(Arc::new(area))])
                        .map(|shape| Element { port: ix, shape }),
                );
            }
            (square_m / std::f64::consts::PI)
                .sqrt()
                .min(LONGEST_RADIUS_M)
        }
    }
}
