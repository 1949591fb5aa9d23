//! A fixed grid of cells, about as wide as high at every latitude, on which stops are counted.

use super::PlaceConfig;
use crate::port_call::{GOES_ON_H, Geography};
use crate::stop::is_told_by_positions;
use landfall_track::{LocalScale, PlaceKind, PortIx, Position, Stop, StopKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A turn, half of one and a quarter in 1e-7 degrees.
const TURN_E7: i64 = 3_600_000_000;
const HALF_TURN_E7: i64 = TURN_E7 / 2;
const POLE_E7: i64 = TURN_E7 / 4;
/// Where a cell's row and kind stand in its key, over the column.
const ROW_BITS: u32 = 32;
const KIND_BIT: u32 = 63;

/// A grid's cell for one kind of place: ordered by kind, then from south to north, then from west to east.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub(crate) struct Cell(u64);

impl Cell {
    fn new(kind: PlaceKind, row: u32, column: u32) -> Self {
        let kind = u64::from(kind == PlaceKind::Anchorage);
        Self(kind << KIND_BIT | u64::from(row) << ROW_BITS | u64::from(column))
    }

    pub(crate) fn kind(self) -> PlaceKind {
        if self.0 >> KIND_BIT == 0 {
            PlaceKind::Berth
        } else {
            PlaceKind::Anchorage
        }
    }

    pub(crate) fn row(self) -> u32 {
        (self.0 >> ROW_BITS) as u32 & (u32::MAX >> 1)
    }

    pub(crate) fn column(self) -> u32 {
        self.0 as u32
    }
}

/// The rows and columns of a kind's cells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid {
    kind: PlaceKind,
    cell_m: f64,
    height_e7: i64,
}

impl Grid {
    pub(crate) fn new(kind: PlaceKind, config: &PlaceConfig) -> Self {
        let cell_m = config.cell_m(kind);
        let per_e7 = LocalScale::at_latitude_deg(45.0).metres_per_lat_e7;
        Self {
            kind,
            cell_m,
            height_e7: ((cell_m / per_e7) as i64).max(1),
        }
    }

    /// The cell of a place.
    pub(crate) fn cell(&self, at: Position) -> Cell {
        let row = ((i64::from(at.lat_e7) + POLE_E7) / self.height_e7) as u32;
        let columns = i64::from(self.columns(row));
        let east_e7 = (i64::from(at.lon_e7) + HALF_TURN_E7).rem_euclid(TURN_E7);
        Cell::new(self.kind, row, (east_e7 * columns / TURN_E7) as u32)
    }

    /// The longitude of a cell's western edge, in 1e-7 degrees.
    pub(crate) fn west_e7(&self, cell: Cell) -> i64 {
        i64::from(cell.column()) * TURN_E7 / i64::from(self.columns(cell.row())) - HALF_TURN_E7
    }

    /// How many cells a row has.
    pub(crate) fn columns(&self, row: u32) -> u32 {
        let middle_e7 = i64::from(row) * self.height_e7 + self.height_e7 / 2 - POLE_E7;
        let latitude_deg = (middle_e7 as f64 / 1e7).clamp(-90.0, 90.0);
        let round_m = LocalScale::at_latitude_deg(latitude_deg).metres_per_lon_e7 * TURN_E7 as f64;
        ((round_m / self.cell_m) as u32).max(1)
    }

    /// The columns of the row below that touch a cell, were it only at a corner, as ranges of which each runs
    /// eastward without crossing the antimeridian.
    pub(crate) fn touched_below(&self, cell: Cell) -> impl Iterator<Item = std::ops::Range<u32>> {
        let (mine, theirs) = match cell.row().checked_sub(1) {
            Some(below) => (
                i64::from(self.columns(cell.row())),
                i64::from(self.columns(below)),
            ),
            None => (1, 0),
        };
        let column = i64::from(cell.column());
        let first = column * theirs / mine - 1;
        let after = ((column + 1) * theirs + mine - 1) / mine + 1;
        let whole = after - first >= theirs;
        let (first, after) = if whole { (0, theirs) } else { (first, after) };
        let part = move |shift: i64| {
            let from = (first + shift).clamp(0, theirs) as u32;
            let to = (after + shift).clamp(0, theirs) as u32;
            from..to
        };
        [part(0), part(theirs), part(-theirs)]
            .into_iter()
            .filter(|range| !range.is_empty())
            .take(if whole { 1 } else { 3 })
    }
}

/// One vessel's stops of one kind in one cell, after which it went to the same port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StopCell {
    pub(crate) cell: Cell,
    /// The vessel's number.
    pub(crate) vessel: u32,
    /// The port to whose berths the vessel went on from an anchorage.
    pub(crate) goes_to: Option<PortIx>,
    pub(crate) stops: u32,
    /// Stops whose beginning was seen: a stay that silences cut into many is one visit.
    pub(crate) visits: u32,
    /// Stops whose kind a heading or a status bears out.
    pub(crate) borne_out: u32,
    pub(crate) millis: i64,
    /// The sums of latitudes and longitudes, in 1e-7 degrees: no cell lies across the antimeridian.
    sums_e7: (i64, i64),
    /// The corners of the box that holds the stops.
    pub(crate) south_west: Position,
    pub(crate) north_east: Position,
}

impl StopCell {
    fn new(cell: Cell, stop: &Stop, goes_to: Option<PortIx>) -> Self {
        let at = westernmost(stop.position);
        Self {
            cell,
            vessel: 0,
            goes_to,
            stops: 1,
            visits: u32::from(stop.start_seen),
            borne_out: u32::from(!is_told_by_positions(&stop.evidence)),
            millis: stop.end.millis_since(stop.start),
            sums_e7: (i64::from(at.lat_e7), i64::from(at.lon_e7)),
            south_west: at,
            north_east: at,
        }
    }

    /// The same of the vessel of a number.
    #[must_use]
    pub fn of_vessel(self, vessel: u32) -> Self {
        Self { vessel, ..self }
    }

    fn add(&mut self, other: &Self) {
        self.stops = self.stops.saturating_add(other.stops);
        self.visits = self.visits.saturating_add(other.visits);
        self.borne_out = self.borne_out.saturating_add(other.borne_out);
        self.millis = self.millis.saturating_add(other.millis);
        self.sums_e7.0 += other.sums_e7.0;
        self.sums_e7.1 += other.sums_e7.1;
        let (low, high) = (&mut self.south_west, &mut self.north_east);
        low.lat_e7 = low.lat_e7.min(other.south_west.lat_e7);
        low.lon_e7 = low.lon_e7.min(other.south_west.lon_e7);
        high.lat_e7 = high.lat_e7.max(other.north_east.lat_e7);
        high.lon_e7 = high.lon_e7.max(other.north_east.lon_e7);
    }

    /// The mean of the stops' positions.
    pub(crate) fn middle(&self) -> Position {
        let stops = i64::from(self.stops.max(1));
        Position {
            lat_e7: (self.sums_e7.0 / stops) as i32,
            lon_e7: (self.sums_e7.1 / stops) as i32,
        }
    }

    /// The sums of the stops' latitudes, and of their longitudes counted eastward from `reference_e7`, in 1e-7 degrees.
    pub(crate) fn sums_from(&self, reference_e7: i64) -> (i64, i64) {
        let stops = i64::from(self.stops);
        let east_e7 = i64::from(self.south_west.lon_e7) - reference_e7;
        let turns = (east_e7 + HALF_TURN_E7).div_euclid(TURN_E7);
        let (lat, lon) = self.sums_e7;
        (lat, lon - stops * (reference_e7 + turns * TURN_E7))
    }

    /// The corners of the box that holds the stops.
    pub(crate) fn corners(&self) -> [Position; 4] {
        let (low, high) = (self.south_west, self.north_east);
        let corner = |lat_e7, lon_e7| Position { lat_e7, lon_e7 };
        [
            low,
            corner(low.lat_e7, high.lon_e7),
            high,
            corner(high.lat_e7, low.lon_e7),
        ]
    }
}

/// The antimeridian as the west has it.
fn westernmost(at: Position) -> Position {
    let is_east_end = i64::from(at.lon_e7) == HALF_TURN_E7;
    Position {
        lon_e7: if is_east_end { -at.lon_e7 } else { at.lon_e7 },
        ..at
    }
}

/// One vessel's stops alongside and at anchor by cell, in order; `hulls` are the stops of each, in order of time. Stops
/// whose positions are coarser than a cell are left out.
pub fn stop_cells<'a, S>(
    hulls: impl Iterator<Item = S>,
    geography: Geography<'_>,
    config: &PlaceConfig,
) -> Vec<StopCell>
where
    S: Iterator<Item = &'a Stop>,
{
    let grids = [PlaceKind::Berth, PlaceKind::Anchorage].map(|kind| Grid::new(kind, config));
    let mut cells: BTreeMap<(Cell, Option<PortIx>), StopCell> = BTreeMap::new();
    for stops in hulls {
        let mut stops = stops.peekable();
        while let Some(stop) = stops.next() {
            let grid = match stop.kind {
                StopKind::Alongside => &grids[0],
                StopKind::Anchored => &grids[1],
                _ => continue,
            };
            if stop.evidence.cell_m > grid.cell_m {
                continue;
            }
            let next = stops.peek().filter(|_| stop.kind == StopKind::Anchored);
            let goes_to = next.and_then(|next| berthed_at(stop, next, geography));
            let cell = grid.cell(stop.position);
            let one = StopCell::new(cell, stop, goes_to);
            cells
                .entry((cell, goes_to))
                .and_modify(|known| known.add(&one))
                .or_insert(one);
        }
    }
    cells.into_values().collect()
}

/// The port at whose berth a vessel's next stop was, if it went there within hours.
fn berthed_at(stop: &Stop, next: &Stop, geography: Geography<'_>) -> Option<PortIx> {
    let is_soon = next.start.hours_since(stop.end) <= GOES_ON_H;
    let is_berthed = next.kind == StopKind::Alongside;
    let entered = (is_soon && is_berthed)
        .then(|| {
            let ports = geography.ports;
            ports.entered_of(next.position, |port| {
                !geography.is_across_water(next.position, port)
            })
        })
        .flatten()?;
    Some(entered.port)
}
