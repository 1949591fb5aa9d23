//! Calls and voyages are put together when all of a hull's stops are known.

use crate::StopConfig;
use crate::stop::{Surroundings, stop_kind};
use landfall_spatial_index::{Land, PortIndex, canal_at, canal_name};
use landfall_track::{
    Berthing, CallKey, CallKind, Confidence, Leg, Milestone, PortCall, PortIx, Position, ReportRef,
    Sailed, Stay, Stop, StopKind, Timestamp, Transit, distance_m,
};
use serde::{Deserialize, Serialize};

/// In a canal a vessel calls only within this distance of a port's place, in metres: so far from an
/// anchorage point Global Fishing Watch's pipe-anchorages has a vessel in port.
const AT_PORT_M: f64 = 3_000.0;
/// Farther than this from the coast a vessel lies at no berth, in metres: the coast is true to about a
/// kilometre, and long piers reach as far again.
const OFF_COAST_M: f64 = 2_500.0;
const COAST_ERROR_M: f64 = 1_000.0;
/// So near to a port's place a vessel may lie at a berth, in metres: most places are given to a minute of arc.
const PORT_ERROR_M: f64 = 2_000.0;
/// Places alongside so far apart are two berths, in metres: about the length of the longest ships.
const BERTHS_APART_M: f64 = 300.0;
/// A berth with so much water between it and a port's place, from shore to shore, is not that port's, in
/// metres. Of the berths of 24 ports that were looked at the most is 1.3 km; across the Western Scheldt from Vlissingen
/// it is 5.1 km, across the bay from Brest 9.2 km.
const WIDE_WATER_M: f64 = 3_000.0;
/// An end of the way that is so near to the coast stands on it, in metres.
const SHORE_M: f64 = 300.0;
/// A vessel that is heard again within this of where it lay, in metres, did not move: twice what positions of one
/// that lies still are apart.
const LAIN_ON_M: f64 = 100.0;
/// Two drifts with no more between them than this are one, in hours.
const DRIFTS_APART_H: f64 = 0.25;
/// The longest that a lock takes, or the wait for one, in hours; who lies alongside longer calls.
const LOCK_H: f64 = 3.0;
/// A vessel anchored for a canal if it entered it so soon after it weighed, in hours, from roads no farther off
/// than this, in metres: the Suez roads reach 25 km from the canal's mouth.
const ROADS_H: f64 = 6.0;
const ROADS_M: f64 = 40_000.0;

/// What the kernel said of one hull, from which its calls are made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HullLog {
    /// Its stops, in the order of their ends.
    pub stops: Vec<Stop>,
    /// Its stays in ports' zones, in order of time.
    pub stays: Vec<Stay>,
    /// Its ways through canals, in order of time.
    pub transits: Vec<Transit>,
    /// Reports at which its way can be cut, in order of time; the first and the last are its own first and
    /// last.
    pub milestones: Vec<Milestone>,
}

/// A hull's events as its stops make them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HullEvents {
    /// Every stop, in order of time, with its kind and its call.
    pub stops: Vec<Stop>,
    /// Ways through canals in order of time, each with its waiting.
    pub transits: Vec<Transit>,
    /// Calls and passages in order of time, each with how many of the hull's reports came before it.
    pub calls: Vec<(PortCall, u64)>,
    /// Voyages, and what was sailed before, after or without any, in order of time.
    pub legs: Vec<Leg>,
}

/// What stops are seen against.
#[derive(Clone, Copy, Debug)]
pub struct Geography<'a> {
    /// The ports.
    pub ports: &'a PortIndex,
    /// The land; without it every stop counts as one at the coast, and no water as wide.
    pub land: Option<&'a Land>,
}

/// Puts together a hull's calls and voyages.
pub fn assemble(log: HullLog, geography: Geography<'_>, config: &StopConfig) -> HullEvents {
    let min_duration_ms = config.min_duration_ms();
    let ports = geography.ports;
    let way = WayTable(log.milestones);
    let mut stops = log.stops;
    stops.sort_by_key(|stop| (stop.first.time, stop.last.time));
    for stop in &mut stops {
        if stop.kind != StopKind::Drifting {
            stop.kind = stop_kind(stop, geography.surroundings(stop));
        }
        stop.nearest_port = ports.nearest(stop.position);
    }
    lie_on_as_before(&mut stops);
    let mut stops = merge_drifts(stops);
    let mut transits = log.transits;
    transits.sort_by_key(|transit| transit.entry);
    let waits = note_waiting(&stops, &mut transits);
    let mut visits = visits(&stops, &waits, log.stays, &way, geography);
    leave_roads_to_transits(&mut visits, &stops, &mut transits);
    let mut calls = Vec::with_capacity(visits.len());
    for visit in &visits {
        let call = visit.call(&stops, &way, ports);
        for number in &visit.stops {
            stops[*number].call = Some(CallKey {
                port: call.0.port,
                first: call.0.first.time,
            });
        }
        calls.push(call);
    }
    let legs = legs(&visits, &stops, &way);
    // A rest in port may be a stop however short it was seen to be; elsewhere it is none.
    stops.retain(|stop| stop.call.is_some() || millis(stop) >= min_duration_ms);
    HullEvents {
        stops,
        transits,
        calls,
        legs,
    }
}

/// Which stops wait on a way through a canal: in a lock, or for a convoy. Their hours are added to the transits'.
fn note_waiting(stops: &[Stop], transits: &mut [Transit]) -> Vec<bool> {
    let mut waits = vec![false; stops.len()];
    for (stop, waits) in stops.iter().zip(&mut waits) {
        let canal = canal_at(stop.position);
        let transit = transits.iter_mut().find(|transit| {
            let is_within = stop.start >= transit.entry && stop.end <= transit.exit;
            let is_about = stop.start.hours_since(transit.exit) <= LOCK_H
                && transit.entry.hours_since(stop.end) <= LOCK_H;
            let in_canal = canal == Some(canal_name(transit.canal));
            let is_berth = stop.kind == StopKind::Alongside && stop.hours() > LOCK_H;
            !is_berth && (is_within || (in_canal && is_about && stop.hours() <= LOCK_H))
        });
        if let Some(transit) = transit {
            transit.waited_ms += millis(stop);
            *waits = true;
        }
    }
    waits
}

/// A vessel that anchors in the roads of a canal and then goes through it has not called there.
fn leave_roads_to_transits(visits: &mut [Visit], stops: &[Stop], transits: &mut [Transit]) {
    for transit in transits {
        let near = |visit: &&mut Visit| {
            let away_h = transit.entry.hours_since(visit.end_time(stops));
            let distance_m = distance_m(visit.middle(stops), transit.first.position);
            visit.is_call() && (0.0..=ROADS_H).contains(&away_h) && distance_m <= ROADS_M
        };
        let last = visits
            .iter_mut()
            .rev()
            .find(near)
            .filter(|visit| visit.only_waits(stops));
        if let Some(visit) = last {
            let mine = visit.stops.drain(..).map(|number| millis(&stops[number]));
            transit.waited_ms += mine.sum::<i64>();
            visit.silent = false;
        }
    }
}

impl Geography<'_> {
    /// Where a stop was.
    fn surroundings(self, stop: &Stop) -> Surroundings {
        let position = stop.position;
        let nearest = self.ports.nearest(position);
        let port_m = nearest.map_or(f64::INFINITY, |nearest| nearest.distance_m);
        if canal_at(position).is_some() && port_m > AT_PORT_M {
            return Surroundings::Canal;
        }
        let is_coarse = stop.evidence.cell_m > COAST_ERROR_M / 2.0;
        let land = self.land.filter(|_| !is_coarse);
        let Some(land) = land.filter(|land| !land.is_land(position)) else {
            return Surroundings::Shore;
        };
        // An island may be too small for the coast as we have it.
        match land.distance_to_coast_m(position, OFF_COAST_M) {
            _ if self.is_at_place(position) => Surroundings::Shore,
            Some(off_m) if off_m <= COAST_ERROR_M => Surroundings::Shore,
            Some(_) => Surroundings::Coast,
            None => Surroundings::OpenWater,
        }
    }

    /// Whether a position is about where a port's place may be. Where UN/LOCODE's ports are, there is a coast
    /// already: they were taken for lying at one.
    fn is_at_place(self, position: Position) -> bool {
        let nearest = self.ports.nearest_of_weight(position);
        nearest.is_some_and(|nearest| nearest.distance_m <= PORT_ERROR_M)
    }

    /// Whether wide water lies between a berth and a port's place, from shore to shore: an estuary or a bay.
    /// The port is that of the other shore, then.
    fn is_across_water(self, stop: &Stop, port: PortIx) -> bool {
        if stop.evidence.cell_m > COAST_ERROR_M / 2.0 {
            return false;
        }
        let berth = stop.position;
        let place = self.ports.port(port).place.nearest(berth);
        place.zip(self.land).is_some_and(|(place, land)| {
            distance_m(berth, place) > WIDE_WATER_M
                && land.widest_water_m(berth, place, SHORE_M) > WIDE_WATER_M
        })
    }
}

/// A vessel that is heard again where it lay when it fell silent lies on as before: of such stops the one with
/// most reports says how.
fn lie_on_as_before(stops: &mut [Stop]) {
    for at in 1..stops.len() {
        let (earlier, later) = stops.split_at_mut(at);
        let (Some(before), Some(after)) = (earlier.last_mut(), later.first_mut()) else {
            continue;
        };
        let is_silence = !before.end_seen && !after.start_seen;
        if !is_silence || distance_m(before.position, after.position) > LAIN_ON_M {
            continue;
        }
        if before.reports >= after.reports {
            after.kind = before.kind;
        } else {
            before.kind = after.kind;
        }
    }
}

/// Makes one of drifts that go on from each other, and lets none run into the stop after it.
fn merge_drifts(stops: Vec<Stop>) -> Vec<Stop> {
    let mut merged: Vec<Stop> = Vec::with_capacity(stops.len());
    for stop in stops {
        let drift = merged
            .last_mut()
            .filter(|last| last.kind == StopKind::Drifting);
        if let Some(drift) = drift {
            let goes_on = stop.kind == StopKind::Drifting
                && stop.start.hours_since(drift.end) <= DRIFTS_APART_H;
            if goes_on {
                go_on_drifting(drift, &stop);
                continue;
            }
            drift.end = drift.end.min(stop.start).max(drift.start);
        }
        merged.push(stop);
    }
    merged
}

fn go_on_drifting(drift: &mut Stop, later: &Stop) {
    if later.hours() > drift.hours() {
        drift.position = later.position;
        drift.nearest_port = later.nearest_port;
    }
    drift.last = later.last;
    drift.end = later.end;
    drift.end_seen = later.end_seen;
    drift.reports += later.reports;
    let (evidence, more) = (&mut drift.evidence, &later.evidence);
    evidence.moved_m += more.moved_m;
    evidence.spread_m = evidence.moved_m / 2.0;
    evidence.straightness = evidence.straightness.min(more.straightness);
    evidence.heading_spread_deg = [evidence.heading_spread_deg, more.heading_spread_deg]
        .into_iter()
        .flatten()
        .reduce(f64::max);
    evidence.status = evidence.status.or(more.status);
}

/// A visit of a port: a call or a passage.
#[derive(Clone, Debug)]
struct Visit {
    port: PortIx,
    in_area_since: Timestamp,
    first: ReportRef,
    last: ReportRef,
    entry_seen: bool,
    exit_seen: bool,
    silent: bool,
    /// The middle of its reports.
    position: Position,
    /// The numbers of its stops.
    stops: Vec<usize>,
}

impl Visit {
    fn new(stay: &Stay) -> Self {
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
        }
    }

    /// Whether it is a call and not a mere passage.
    fn is_call(&self) -> bool {
        self.silent || !self.stops.is_empty()
    }

    /// Whether another one goes on from it in the same area: that was not left, or no report lies between the two.
    fn goes_on_in(&self, later: &Self, way: &WayTable) -> bool {
        let follows = || way.reports_before(later.first) == way.sailed_at(self.last).reports;
        self.port == later.port && (self.in_area_since == later.in_area_since || follows())
    }

    fn absorb(&mut self, later: Self) {
        self.last = later.last;
        self.exit_seen = later.exit_seen;
        self.silent |= later.silent;
        self.stops.extend(later.stops);
    }

    /// The report at which the voyage to it ends: the first at a berth, or else at rest, or else in port.
    fn begin(&self, stops: &[Stop]) -> ReportRef {
        alongside_or_any(self.stops.iter().map(|number| &stops[*number]))
            .map_or(self.first, |stop| stop.first)
    }

    /// The report at which the voyage from it begins, likewise.
    fn end(&self, stops: &[Stop]) -> ReportRef {
        alongside_or_any(self.stops.iter().rev().map(|number| &stops[*number]))
            .map_or(self.last, |stop| stop.last)
    }

    /// When its last stop ended.
    fn end_time(&self, stops: &[Stop]) -> Timestamp {
        let ends = self.stops.iter().map(|number| stops[*number].end);
        ends.max().unwrap_or(self.last.time)
    }

    /// Where its last stop was.
    fn middle(&self, stops: &[Stop]) -> Position {
        self.stops
            .last()
            .map_or(self.position, |number| stops[*number].position)
    }

    /// Whether the vessel did nothing there but wait at anchor.
    fn only_waits(&self, stops: &[Stop]) -> bool {
        let is_wait = |number: &usize| waits(&stops[*number]);
        !self.stops.is_empty() && self.stops.iter().all(is_wait)
    }

    /// The event, and how many reports came before it.
    fn call(&self, stops: &[Stop], way: &WayTable, ports: &PortIndex) -> (PortCall, u64) {
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
        let position = alongside()
            .chain(mine())
            .next()
            .map_or(self.position, |stop| stop.position);
        let before = way.reports_before(self.first);
        let call = PortCall {
            port: self.port,
            first: self.first,
            last: self.last,
            arrival: self.entry_seen.then_some(self.first.time),
            departure: self.exit_seen.then_some(self.last.time),
            stop_start: mine().map(|stop| stop.start).min(),
            stop_end: mine().map(|stop| stop.end).max(),
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

fn millis(stop: &Stop) -> i64 {
    stop.end.millis_since(stop.start)
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

/// A hull's visits in order of time: its stays in zones, as its stops make them.
fn visits(
    stops: &[Stop],
    waits: &[bool],
    stays: Vec<Stay>,
    way: &WayTable,
    geography: Geography<'_>,
) -> Vec<Visit> {
    let mut stays = stays;
    stays.sort_by_key(|stay| (stay.first.time, stay.last.time));
    let mut of_stays: Vec<Vec<(usize, PortIx)>> = vec![Vec::new(); stays.len()];
    let mut elsewhere = vec![false; stops.len()];
    for (number, stop) in stops.iter().enumerate() {
        if waits[number] {
            continue;
        }
        if let Some((at, port)) = port_of(stop, &stays, geography) {
            of_stays[at].push((number, port));
        } else {
            elsewhere[number] = stop.kind == StopKind::Alongside;
        }
    }
    let parts = stays
        .iter()
        .zip(of_stays)
        .flat_map(|(stay, mine)| parts(stay, &mine, stops, &elsewhere));
    let mut visits: Vec<Visit> = Vec::new();
    for part in parts {
        // Back in the area of a port that was not left, without a call elsewhere.
        let known = visits
            .iter()
            .rposition(|visit| visit.is_call() || visit.goes_on_in(&part, way))
            .filter(|at| visits[*at].goes_on_in(&part, way));
        match known {
            Some(at) if visits[at].is_call() || part.is_call() => {
                visits.truncate(at + 1);
                visits[at].absorb(part);
            }
            Some(at) => visits[at].absorb(part),
            None => visits.push(part),
        }
    }
    visits
}

/// The port at which a vessel stopped, and the number of the stay in which it did: the port that is nearest to
/// the stop, relative to radius, or else the one whose area the vessel had not left.
fn port_of(stop: &Stop, stays: &[Stay], geography: Geography<'_>) -> Option<(usize, PortIx)> {
    let ports = geography.ports;
    if matches!(stop.kind, StopKind::AgroundOrWaiting | StopKind::Drifting) {
        return None;
    }
    let begun = stays.partition_point(|stay| stay.first.time <= stop.last.time);
    let overlapping = || {
        (0..begun)
            .rev()
            .take_while(|at| stays[*at].last.time >= stop.first.time)
    };
    let port = ports
        .entered(stop.position)
        .map(|entered| entered.port)
        .or_else(|| {
            overlapping()
                .map(|at| stays[at].port)
                .filter(|port| ports.is_within_leave(*port, stop.position))
                .min_by_key(|port| ports.port(*port).source.yields())
        })?;
    let is_across =
        |port: PortIx| stop.kind == StopKind::Alongside && geography.is_across_water(stop, port);
    // On this shore a port may be that only fills gaps.
    let port = if is_across(port) {
        let yields = |other: PortIx| ports.yields_to(other, port);
        (ports.entered_of(stop.position, yields))
            .map(|entered| entered.port)
            .filter(|port| !is_across(*port))?
    } else {
        port
    };
    let shared_ms = |at: &usize| {
        let stay = &stays[*at];
        let last = stay.last.time.min(stop.last.time);
        last.millis_since(stay.first.time.max(stop.first.time))
    };
    let at = overlapping()
        .filter(|at| stays[*at].port == port)
        .max_by_key(shared_ms)
        .or_else(|| overlapping().max_by_key(shared_ms))?;
    Some((at, port))
}

/// A stay as visits: one, or if the vessel stopped at several ports in it, which lie so near each other that
/// none was clearly the nearer, one for each. A berth that is no port's ends one, too.
fn parts(stay: &Stay, mine: &[(usize, PortIx)], stops: &[Stop], elsewhere: &[bool]) -> Vec<Visit> {
    let goes_on = |part: &Visit, number: usize, port: PortIx| {
        let last = part.stops.last().map_or(number, |last| last + 1);
        part.port == port && !elsewhere[last..number].contains(&true)
    };
    let mut found: Vec<Visit> = Vec::new();
    for (number, port) in mine {
        match found.last_mut() {
            Some(part) if goes_on(part, *number, *port) => part.stops.push(*number),
            last => {
                let mut part = Visit::new(stay);
                part.port = *port;
                if let Some(last) = last {
                    last.last = last
                        .stops
                        .last()
                        .map_or(last.last, |number| stops[*number].last);
                    last.exit_seen = true;
                    part.first = stops[*number].first;
                    part.entry_seen = true;
                }
                if *port != stay.port || part.first.time > stay.first.time {
                    part.in_area_since = part.first.time;
                }
                part.stops.push(*number);
                found.push(part);
            }
        }
    }
    if found.is_empty() {
        found.push(Visit::new(stay));
    }
    found
}

/// What had been sailed where, by time.
struct WayTable(Vec<Milestone>);

impl WayTable {
    /// What had been sailed up to and with a report, which is a milestone.
    fn sailed_at(&self, report: ReportRef) -> Sailed {
        let next = self
            .0
            .partition_point(|milestone| milestone.at.time <= report.time);
        next.checked_sub(1)
            .and_then(|at| self.0.get(at))
            .map(|milestone| milestone.sailed)
            .unwrap_or_default()
    }

    /// How many reports came before a report, which is a milestone. Others of its moment count as later.
    fn reports_before(&self, report: ReportRef) -> u64 {
        let at = self
            .0
            .partition_point(|milestone| milestone.at.time < report.time);
        self.0
            .get(at)
            .map_or(0, |milestone| milestone.sailed.reports.saturating_sub(1))
    }

    /// The highest speed after one report up to another.
    fn fastest_knots(&self, from: ReportRef, to: ReportRef) -> Option<f64> {
        let first = self
            .0
            .partition_point(|milestone| milestone.at.time <= from.time);
        self.0[first..]
            .iter()
            .take_while(|milestone| milestone.at.time <= to.time)
            .filter_map(|milestone| milestone.fastest_knots)
            .reduce(f64::max)
    }

    /// The first and the last report of all; `None` if the hull has not been ended, since another one went on
    /// in its place.
    fn ends(&self) -> Option<(ReportRef, ReportRef)> {
        match self.0.as_slice() {
            [first, .., last] => Some((first.at, last.at)),
            _ => None,
        }
    }

    /// The leg from one milestone to another.
    fn leg(
        &self,
        (origin, first): (Option<PortIx>, ReportRef),
        (destination, last): (Option<PortIx>, ReportRef),
    ) -> Leg {
        let (from, to) = (self.sailed_at(first), self.sailed_at(last));
        let observed_m = (to.observed_m - from.observed_m).max(0.0);
        let in_gaps_m = (to.in_gaps_m - from.in_gaps_m).max(0.0);
        Leg {
            origin,
            destination,
            first,
            last,
            first_vertex: from.vertices,
            last_vertex: to.vertices.saturating_sub(1),
            observed_distance_m: observed_m,
            distance_m: observed_m + in_gaps_m,
            gap_ms: to.gap_ms - from.gap_ms,
            max_speed_knots: self.fastest_knots(first, last),
            reports: to.reports.saturating_sub(self.reports_before(first)),
        }
    }
}

/// The ways between calls, before the first, after the last, or without any.
fn legs(visits: &[Visit], stops: &[Stop], way: &WayTable) -> Vec<Leg> {
    let Some((first, last)) = way.ends() else {
        return Vec::new();
    };
    let mut legs = Vec::new();
    let mut from = (None, first);
    let mut called = None;
    for visit in visits.iter().filter(|visit| visit.is_call()) {
        let leg = way.leg(from, (Some(visit.port), visit.begin(stops)));
        // Who is in port when the data begin comes from nowhere.
        let comes_from_sea = called.is_some() || visit.first.time > first.time;
        if comes_from_sea && leg.reports >= 2 {
            legs.push(leg);
        }
        from = (Some(visit.port), visit.end(stops));
        called = Some(visit);
    }
    let is_in_port = called.is_some_and(|visit| !visit.exit_seen && visit.last.time >= last.time);
    if !is_in_port {
        let leg = way.leg(from, (None, last));
        if leg.reports >= 2 || called.is_none() {
            legs.push(leg);
        }
    }
    legs
}
