//! A visit of a port: a call, or a mere passage.

use super::GOES_ON_H;
use super::judged::millis;
use super::way_table::WayTable;
use landfall_spatial_index::PortIndex;
use landfall_track::{
    Berthing, CallKind, Confidence, PortCall, PortIx, Position, ReportRef, Stay, Stop, StopKind,
    Timestamp, distance_m,
};

/// Places alongside so far apart are two berths, in metres: about the length of the longest ships.
const BERTHS_APART_M: f64 = 300.0;
/// A vessel goes straight from one place to another if it sails no more than so many times the distance and so many metres
/// more. Global Fishing Watch's pipe-anchorages has a vessel in port within 3 km.
const STRAIGHT_SHARE: f64 = 1.5;
const LEFT_M: f64 = 3_000.0;

/// A visit of a port: a call or a passage.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    pub(super) port: PortIx,
    pub(super) in_area_since: Timestamp,
    pub(super) first: ReportRef,
    pub(super) last: ReportRef,
    pub(super) entry_seen: bool,
    pub(super) exit_seen: bool,
    pub(super) silent: bool,
    /// The middle of its reports.
    pub(super) position: Position,
    /// The numbers of its stops.
    pub(super) stops: Vec<usize>,
    area: Area,
}

/// The part of a port's area in which a visit was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Area {
    /// The port's zone.
    Zone,
    /// A place that no zone of the port holds: a stop there is all of the visit.
    Place,
}

impl Visit {
    pub(super) fn new(stay: &Stay) -> Self {
        Self {
            port: stay.port,
            in_area_since: stay.in_area_since,
            first: stay.first,
            last: stay.last,
            entry_seen: stay.entry_seen,
            exit_seen: stay.exit_seen,
            silent: stay.silent,
            position: stay.position,
            stops: Vec::new(),
            area: Area::Zone,
        }
    }

    /// The visit of a place, which is a stop and no more.
    pub(super) fn of_place(port: PortIx, number: usize, stop: &Stop) -> Self {
        Self {
            port,
            in_area_since: stop.first.time,
            first: stop.first,
            last: stop.last,
            entry_seen: stop.start_seen,
            exit_seen: stop.end_seen,
            silent: false,
            position: stop.position,
            stops: vec![number],
            area: Area::Place,
        }
    }

    /// Whether nothing is left to tell of: a visit of a place whose stop is a wait for a canal.
    pub(super) fn is_empty(&self) -> bool {
        self.area == Area::Place && self.stops.is_empty()
    }

    /// Whether it is a call and not a mere passage.
    pub(super) fn is_call(&self) -> bool {
        self.silent || !self.stops.is_empty()
    }

    /// Whether another one goes on from it in the same area: that was not left, or no report lies between the two,
    /// or the vessel went straight from a place of the port to another part of it.
    pub(super) fn goes_on_in(&self, later: &Self, way: &WayTable) -> bool {
        let follows = || way.reports_before(later.first) == way.sailed_at(self.last).reports;
        let goes_straight =
            || [self.area, later.area].contains(&Area::Place) && self.is_near(later, way);
        self.port == later.port
            && (self.in_area_since == later.in_area_since || follows() || goes_straight())
    }

    /// Whether the vessel went straight on to another one, within hours.
    fn is_near(&self, later: &Self, way: &WayTable) -> bool {
        let direct_m = distance_m(self.last.position, later.first.position);
        let sailed_m = way.metres(self.last, later.first);
        let hours = later.first.time.hours_since(self.last.time);
        (0.0..=GOES_ON_H).contains(&hours) && sailed_m <= direct_m * STRAIGHT_SHARE + LEFT_M
    }

    pub(super) fn absorb(&mut self, later: Self) {
        self.last = later.last;
        self.area = later.area;
        self.exit_seen = later.exit_seen;
        self.silent |= later.silent;
        self.stops.extend(later.stops);
    }

    /// Ends it with its last stop, after which the vessel was elsewhere.
    pub(super) fn end_with_last_stop(&mut self, stops: &[Stop]) {
        self.last = self
            .stops
            .last()
            .map_or(self.last, |number| stops[*number].last);
        self.exit_seen = true;
    }

    /// The report at which the voyage to it ends: the first at a berth, or else at rest, or else in port.
    pub(super) fn begin(&self, stops: &[Stop]) -> ReportRef {
        alongside_or_any(self.stops.iter().map(|number| &stops[*number]))
            .map_or(self.first, |stop| stop.first)
    }

    /// The report at which the voyage from it begins, likewise.
    pub(super) fn end(&self, stops: &[Stop]) -> ReportRef {
        alongside_or_any(self.stops.iter().rev().map(|number| &stops[*number]))
            .map_or(self.last, |stop| stop.last)
    }

    /// When its last stop ended.
    pub(super) fn end_time(&self, stops: &[Stop]) -> Timestamp {
        let ends = self.stops.iter().map(|number| stops[*number].end);
        ends.max().unwrap_or(self.last.time)
    }

    /// Where its last stop was.
    pub(super) fn middle(&self, stops: &[Stop]) -> Position {
        self.stops
            .last()
            .map_or(self.position, |number| stops[*number].position)
    }

    /// Whether the vessel did nothing there but wait at anchor.
    pub(super) fn only_waits(&self, stops: &[Stop]) -> bool {
        let is_wait = |number: &usize| waits(&stops[*number]);
        !self.stops.is_empty() && self.stops.iter().all(is_wait)
    }

    /// The event, and how many reports came before it.
    pub(super) fn call(
        &self,
        stops: &[Stop],
        way: &WayTable,
        ports: &PortIndex,
    ) -> (PortCall, u64) {
        let mine = || self.stops.iter().map(|number| &stops[*number]);
        let alongside = || mine().filter(|stop| stop.kind == StopKind::Alongside);
        let first_alongside = alongside().map(|stop| stop.start).next();
        let waited = mine().filter(|stop| {
            waits(stop) && first_alongside.is_none_or(|berthed| stop.start < berthed)
        });
        let kind = if first_alongside.is_some() {
            CallKind::Berth
        } else if self.only_waits(stops) {
            CallKind::Anchorage
        } else {
            CallKind::Unknown
        };
        let shown = alongside().chain(mine()).next();
        let position = shown.map_or(self.position, |stop| stop.position);
        let before = way.reports_before(self.first);
        let stop_start = mine().map(|stop| stop.start).min();
        let stop_end = mine().map(|stop| stop.end).max();
        // Between two reports a vessel may have lain there already, or still.
        let (entry, exit) = (self.first.time, self.last.time);
        let arrival = stop_start.map_or(entry, |start| start.min(entry));
        let departure = stop_end.map_or(exit, |end| end.max(exit));
        let call = PortCall {
            port: self.port,
            first: self.first,
            last: self.last,
            arrival: self.entry_seen.then_some(arrival),
            departure: self.exit_seen.then_some(departure),
            stop_start,
            stop_end,
            berthing: Berthing {
                kind,
                first_alongside,
                last_alongside: alongside().map(|stop| stop.end).max(),
                berths: berths(alongside()),
                waited_ms: waited.map(millis).sum(),
                alongside_ms: alongside().map(millis).sum(),
            },
            confidence: match (self.is_call(), self.entry_seen, self.exit_seen) {
                (false, _, _) => Confidence::Passage,
                (true, true, true) => Confidence::BothEnds,
                (true, false, false) => Confidence::StopOnly,
                (true, _, _) => Confidence::OneEnd,
            },
            position,
            distance_to_port_m: ports.distance_m(self.port, position),
            place: shown.and_then(|stop| stop.place),
            reports: way.sailed_at(self.last).reports.saturating_sub(before),
        };
        (call, before)
    }
}

/// The first of some stops that was alongside, or else the first.
fn alongside_or_any<'a>(mut stops: impl Iterator<Item = &'a Stop> + Clone) -> Option<&'a Stop> {
    stops
        .clone()
        .find(|stop| stop.kind == StopKind::Alongside)
        .or_else(|| stops.next())
}

/// Whether a stop is a wait at anchor.
fn waits(stop: &Stop) -> bool {
    matches!(stop.kind, StopKind::Anchored | StopKind::AgroundOrWaiting)
}

/// At how many places, some ships' lengths apart, a vessel lay alongside.
fn berths<'a>(alongside: impl Iterator<Item = &'a Stop>) -> u32 {
    let mut places: Vec<Position> = Vec::new();
    for stop in alongside {
        let is_new = places
            .iter()
            .all(|place| distance_m(*place, stop.position) > BERTHS_APART_M);
        if is_new {
            places.push(stop.position);
        }
    }
    places.len() as u32
}
