//! Clusters of cells: those that touch are one, and one of enough vessels and hours is a place. Cells come in order,
//! row by row, so that only clusters that may still grow are in memory.

use super::PlaceConfig;
use super::grid::{Cell, Grid, StopCell};
use crate::fleet::outline;
use crate::limits::MILLIS_PER_HOUR;
use landfall_spatial_index::{PortIndex, PortRadiusConfig};
use landfall_track::{
    LocalScale, Place, PlaceKind, Port, PortIx, PortSource, Position, StopPlace, distance_m,
};
use std::collections::{BTreeMap, BTreeSet};

/// Finds places in cells that come in order.
pub struct PlaceFinder<'a> {
    config: &'a PlaceConfig,
    /// The places so far.
    found: Vec<Found>,
    /// Where those are that were given.
    known: Outlines,
    /// The kind and row whose cells come, each cell's column with its cluster, and the same of the row below.
    row: Option<(PlaceKind, u32)>,
    cells: Vec<(u32, u32)>,
    below: Vec<(u32, u32)>,
    clusters: Clusters,
}

/// A place that was given or found.
struct Found {
    place: StopPlace,
    /// Whether its kind is that of half of its stops by a heading or a status, and not by positions alone.
    is_borne_out: bool,
}

impl Found {
    /// The more, the less it gives way to places of the other kind.
    fn weight(&self) -> (bool, u64) {
        (self.is_borne_out, self.place.stops)
    }
}

/// The clusters that may still grow.
#[derive(Default)]
struct Clusters {
    /// Of each number that was given, the one that it has become.
    parents: Vec<u32>,
    /// The cells of those that stand for themselves.
    cells: BTreeMap<u32, Vec<StopCell>>,
}

impl Clusters {
    fn begin(&mut self, cell: StopCell) -> u32 {
        let number = self.parents.len() as u32;
        self.parents.push(number);
        self.cells.insert(number, vec![cell]);
        number
    }

    fn add(&mut self, number: u32, cell: StopCell) {
        let root = self.root(number);
        self.cells.entry(root).or_default().push(cell);
    }

    fn root(&mut self, number: u32) -> u32 {
        let mut at = number;
        while self.parents[at as usize] != at {
            let parent = self.parents[at as usize];
            self.parents[at as usize] = self.parents[parent as usize];
            at = parent;
        }
        at
    }

    fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.root(one), self.root(other));
        if one == other {
            return;
        }
        let size = |number| self.cells.get(&number).map_or(0, Vec::len);
        let (large, small) = if size(one) >= size(other) {
            (one, other)
        } else {
            (other, one)
        };
        let mut moved = self.cells.remove(&small).unwrap_or_default();
        self.parents[small as usize] = large;
        self.cells.entry(large).or_default().append(&mut moved);
    }

    /// Takes out those that are none of some.
    fn without(&mut self, going_on: &BTreeSet<u32>) -> Vec<Vec<StopCell>> {
        let over: Vec<u32> = (self.cells.keys().copied())
            .filter(|number| !going_on.contains(number))
            .collect();
        let taken = over.iter().filter_map(|number| self.cells.remove(number));
        let taken = taken.collect();
        if self.cells.is_empty() {
            self.parents.clear();
        }
        taken
    }
}

/// The outlines of places, each kind's apart: which place holds a position?
pub(crate) struct Outlines {
    berths: (PortIndex, Vec<usize>),
    anchorages: (PortIndex, Vec<usize>),
}

impl Outlines {
    pub(crate) fn new<'p>(places: &(impl Iterator<Item = &'p StopPlace> + Clone)) -> Self {
        let of_kind = |kind: PlaceKind| {
            let mine = places.clone().enumerate();
            let (numbers, areas): (Vec<usize>, Vec<Port>) = mine
                .filter(|(_, place)| place.kind == kind)
                .map(|(number, place)| (number, area_of(place)))
                .unzip();
            let index = PortIndex::new(areas, &PortRadiusConfig::default());
            (index, numbers)
        };
        Self {
            berths: of_kind(PlaceKind::Berth),
            anchorages: of_kind(PlaceKind::Anchorage),
        }
    }

    /// The number of the place of a kind that holds a position; of several the smallest.
    pub(crate) fn holding(&self, kind: PlaceKind, position: Position) -> Option<usize> {
        let (index, numbers) = match kind {
            PlaceKind::Berth => &self.berths,
            PlaceKind::Anchorage => &self.anchorages,
        };
        let entered = index.entered(position)?;
        numbers.get(entered.port.0 as usize).copied()
    }
}

/// A place as an area of the port index.
pub(crate) fn area_of(place: &StopPlace) -> Port {
    let ring: Vec<Position> = (place.outline.iter().chain(place.outline.first()))
        .copied()
        .collect();
    Port {
        name: place.name.clone(),
        locode: None,
        country: None,
        aliases: Vec::new(),
        other_codes: vec![place.key()],
        place: Place::Polygons(vec![vec![ring]]),
        harbor_size: None,
        radius_m: None,
        source: PortSource::Stops,
        precision_m: None,
    }
}

impl<'a> PlaceFinder<'a> {
    /// A finder that knows some places already: stops at these are counted to them.
    pub fn new(given: Vec<StopPlace>, config: &'a PlaceConfig) -> Self {
        Self {
            config,
            known: Outlines::new(&given.iter()),
            found: (given.into_iter())
                .map(|place| Found {
                    place,
                    is_borne_out: true,
                })
                .collect(),
            row: None,
            cells: Vec::new(),
            below: Vec::new(),
            clusters: Clusters::default(),
        }
    }

    /// Takes the next cell of a vessel. They come in order.
    pub fn push(&mut self, one: StopCell) {
        let cell = one.cell;
        let row = (cell.kind(), cell.row());
        if self.row != Some(row) {
            self.begin(row);
        }
        if let Some((column, number)) = self.cells.last()
            && *column == cell.column()
        {
            self.clusters.add(*number, one);
            return;
        }
        let number = self.clusters.begin(one);
        self.join_touching(cell, number);
        self.cells.push((cell.column(), number));
    }

    /// Joins a new cell's cluster with those of the cells that it touches.
    fn join_touching(&mut self, cell: Cell, number: u32) {
        let grid = Grid::new(cell.kind(), self.config);
        let column = cell.column();
        if let Some((west, other)) = self.cells.last()
            && west + 1 == column
        {
            self.clusters.join(number, *other);
        }
        let is_last = column + 1 == grid.columns(cell.row());
        if let Some((0, other)) = self.cells.first()
            && is_last
        {
            self.clusters.join(number, *other);
        }
        for range in grid.touched_below(cell) {
            let first = self.below.partition_point(|(at, _)| *at < range.start);
            let touched = self.below[first..].iter();
            for (_, other) in touched.take_while(|(at, _)| *at < range.end) {
                self.clusters.join(number, *other);
            }
        }
    }

    /// Begins a row: clusters that none of the row before has a cell of are over.
    fn begin(&mut self, row: (PlaceKind, u32)) {
        let goes_on = self
            .row
            .is_some_and(|(kind, number)| (kind, number + 1) == row);
        self.below.clear();
        if goes_on {
            std::mem::swap(&mut self.below, &mut self.cells);
        }
        self.cells.clear();
        let going_on: BTreeSet<u32> = (self.below.iter())
            .map(|(_, number)| self.clusters.root(*number))
            .collect();
        for cluster in self.clusters.without(&going_on) {
            self.settle(cluster);
        }
        self.row = Some(row);
    }

    /// Makes a place of a cluster that is over, or several if it is too long for one; or counts it to one that is
    /// known; or to none.
    fn settle(&mut self, mut cells: Vec<StopCell>) {
        cells.sort_unstable();
        let Some(sum) = Sum::of(&cells, self.config) else {
            return;
        };
        let kind = sum.place.kind;
        let is_short = sum.place.extent_m * 2.0 <= self.config.longest_m(kind);
        if is_short {
            self.take(sum);
            return;
        }
        for part in sum.parts(cells, self.config.longest_m(kind)) {
            if let Some(sum) = Sum::of(&part, self.config) {
                self.take(sum);
            }
        }
    }

    fn take(&mut self, sum: Sum) {
        let place = sum.place;
        if let Some(number) = self.known.holding(place.kind, place.position) {
            self.found[number].place.add_stops_of(&place);
            return;
        }
        let is_regular = place.kind == PlaceKind::Berth
            && sum.most_visits >= u64::from(self.config.regular_visits);
        let is_shared = place.vessels >= self.config.least_vessels;
        if (is_regular || is_shared) && place.hours >= self.config.least_hours {
            self.found.push(Found {
                is_borne_out: sum.borne_out * 2 >= place.stops,
                place,
            });
        }
    }

    /// Counts a place in the middle of one of the other kind to that one, if it weighs less and no heading or status
    /// bears its kind out: where a vessel at anchor hardly moves, or the fixes of one alongside are poor, positions
    /// alone mistake the one for the other.
    fn yield_to_weightier(&mut self) {
        let outlines = Outlines::new(&self.found.iter().map(|found| &found.place));
        let mut lightest_first: Vec<usize> = (0..self.found.len()).collect();
        lightest_first.sort_by_key(|number| self.found[*number].weight());
        let mut yields = vec![false; self.found.len()];
        for number in lightest_first {
            let found = &self.found[number];
            let other = outlines.holding(found.place.kind.other(), found.place.position);
            if let Some(other) = other
                && !found.is_borne_out
                && self.found[other].weight() > found.weight()
            {
                let yielding = found.place.clone();
                self.found[other].place.add_stops_of(&yielding);
                yields[number] = true;
            }
        }
        let mut yields = yields.into_iter();
        self.found.retain(|_| !yields.next().unwrap_or_default());
    }

    /// The places: those that were given, then those that were found, from south to north, then from west to east, those
    /// for berths first.
    pub fn finish(mut self) -> Vec<StopPlace> {
        for cluster in self.clusters.without(&BTreeSet::new()) {
            self.settle(cluster);
        }
        self.yield_to_weightier();
        let mut places: Vec<StopPlace> = self.found.into_iter().map(|found| found.place).collect();
        places.sort_by_key(|place| {
            let at = place.position;
            (!place.given, place.kind, at.lat_e7, at.lon_e7)
        });
        places
    }
}

/// What some cells come to.
struct Sum {
    place: StopPlace,
    /// The most visits of one vessel.
    most_visits: u64,
    /// Stops whose kind a heading or a status bears out.
    borne_out: u64,
    /// The longitude from which others are counted eastward, without a seam.
    reference: Position,
    west_e7: i64,
    south_e7: i64,
}

impl Sum {
    /// The sum of cells of one kind; `None` if there are none.
    fn of(cells: &[StopCell], config: &PlaceConfig) -> Option<Self> {
        let first = cells.first()?;
        let kind = first.cell.kind();
        let reference = Position {
            lat_e7: 0,
            lon_e7: Position::wrapped_lon_e7(Grid::new(kind, config).west_e7(first.cell)),
        };
        let east_e7 = |at: Position| reference.lon_difference_e7(at);
        let (mut stops, mut borne_out, mut millis) = (0_u64, 0_u64, 0_i64);
        let (mut east_sum, mut lat_sum) = (0_i128, 0_i128);
        let (mut west_e7, mut south_e7) = (i64::MAX, i64::MAX);
        let mut visits: BTreeMap<u32, u64> = BTreeMap::new();
        let mut ports: BTreeMap<Option<PortIx>, u64> = BTreeMap::new();
        for cell in cells {
            let (lat_e7, lon_e7) = cell.sums_from(reference.lon_e7.into());
            stops += u64::from(cell.stops);
            borne_out += u64::from(cell.borne_out);
            millis = millis.saturating_add(cell.millis);
            east_sum += i128::from(lon_e7);
            lat_sum += i128::from(lat_e7);
            west_e7 = west_e7.min(east_e7(cell.south_west));
            south_e7 = south_e7.min(i64::from(cell.south_west.lat_e7));
            *visits.entry(cell.vessel).or_default() += u64::from(cell.visits);
            *ports.entry(cell.goes_to).or_default() += u64::from(cell.stops);
        }
        let count = i128::from(stops.max(1));
        let position = Position {
            lat_e7: (lat_sum / count) as i32,
            lon_e7: Position::wrapped_lon_e7(
                i64::from(reference.lon_e7) + (east_sum / count) as i64,
            ),
        };
        let corners: BTreeSet<Position> = cells.iter().flat_map(StopCell::corners).collect();
        let corners: Vec<Position> = corners.into_iter().collect();
        let extent_m = corners
            .iter()
            .map(|corner| distance_m(position, *corner))
            .fold(0.0, f64::max);
        let place = StopPlace {
            kind,
            name: String::new(),
            position,
            outline: outline(&corners, config.cell_m(kind) / 2.0),
            extent_m,
            vessels: visits.len() as u32,
            stops,
            hours: millis as f64 / MILLIS_PER_HOUR,
            // The port to which most went on.
            port: (ports.into_iter())
                .find(|(_, went)| went * 2 > stops)
                .and_then(|(port, _)| port),
            nearest_port: None,
            given: false,
        };
        Some(Self {
            most_visits: visits.into_values().max().unwrap_or_default(),
            borne_out,
            place,
            reference,
            west_e7,
            south_e7,
        })
    }

    /// The cells in parts, none of which is longer than a square of `longest_m`.
    fn parts(&self, cells: Vec<StopCell>, longest_m: f64) -> Vec<Vec<StopCell>> {
        let scale = LocalScale::at_latitude_deg(self.place.position.degrees().lat);
        let mut parts: BTreeMap<(i64, i64), Vec<StopCell>> = BTreeMap::new();
        for cell in cells {
            let middle = cell.middle();
            let east_e7 = self.reference.lon_difference_e7(middle) - self.west_e7;
            let north_e7 = i64::from(middle.lat_e7) - self.south_e7;
            let tile = |e7: i64, per_e7: f64| (e7 as f64 * per_e7 / longest_m) as i64;
            let key = (
                tile(north_e7, scale.metres_per_lat_e7),
                tile(east_e7, scale.metres_per_lon_e7),
            );
            parts.entry(key).or_default().push(cell);
        }
        parts.into_values().collect()
    }
}
