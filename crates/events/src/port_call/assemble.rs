//! Calls and voyages are put together when all of a hull's stops are known.

use super::judged::{JudgedLog, millis};
use super::visit::Visit;
use super::visits::visits;
use super::way_table::WayTable;
use super::{GOES_ON_H, Geography};
use crate::StopConfig;
use crate::places::StopPlaces;
use crate::stop::{AGROUND, AT_ANCHOR, is_told_by_positions, turns};
use landfall_spatial_index::canal_at;
use landfall_track::{CallKey, Leg, PlaceKind, PortCall, Stop, StopKind, Transit, distance_m};

/// A vessel anchored for a canal if it went on into it from roads no farther off than this, in metres: those of Suez
/// reach 25 km from the canal's mouth.
const ROADS_M: f64 = 40_000.0;

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

/// Puts together a hull's calls and voyages.
pub fn assemble(judged: JudgedLog, geography: Geography<'_>, config: &StopConfig) -> HullEvents {
    let min_duration_ms = config.min_duration_ms();
    let JudgedLog { log, waits } = judged;
    let (mut stops, mut transits) = (log.stops, log.transits);
    let way = WayTable(log.milestones);
    if let Some(places) = geography.places {
        for (stop, waits) in stops.iter_mut().zip(&waits) {
            if !waits {
                stop.kind = kind_among_others(stop, places);
            }
            stop.place = places.at(stop).map(|(place, _)| place);
        }
    }
    let mut visits = visits(&stops, &waits, log.stays, &way, geography);
    leave_roads_to_transits(&mut visits, &stops, &mut transits);
    visits.retain(|visit| !visit.is_empty());
    let mut calls = Vec::with_capacity(visits.len());
    for visit in &visits {
        let call = visit.call(&stops, &way, geography.ports);
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

/// The kind of a stop, given where others lie. A vessel whose own reports do not say that it lay alongside did so where
/// others lie alongside and nobody anchors, unless its status or its turning says otherwise; and one that lay alongside
/// by its positions alone was at anchor where others anchor and nobody lies alongside.
fn kind_among_others(stop: &Stop, places: &StopPlaces) -> StopKind {
    let evidence = &stop.evidence;
    let may_be_alongside = match stop.kind {
        StopKind::AgroundOrWaiting => canal_at(stop.position).is_none(),
        StopKind::Anchored | StopKind::Unknown => !turns(evidence),
        StopKind::Alongside | StopKind::Drifting => false,
    } && !matches!(evidence.status, Some(AGROUND | AT_ANCHOR));
    let may_be_anchored = stop.kind == StopKind::Alongside && is_told_by_positions(evidence);
    if !may_be_alongside && !may_be_anchored {
        return stop.kind;
    }
    match places.only_kind_at(stop.position) {
        Some(PlaceKind::Berth) if may_be_alongside => StopKind::Alongside,
        Some(PlaceKind::Anchorage) if may_be_anchored => StopKind::Anchored,
        _ => stop.kind,
    }
}

/// A vessel that anchors in the roads of a canal and then goes through it has not called there.
fn leave_roads_to_transits(visits: &mut [Visit], stops: &[Stop], transits: &mut [Transit]) {
    for transit in transits {
        let near = |visit: &&mut Visit| {
            let away_h = transit.entry.hours_since(visit.end_time(stops));
            let distance_m = distance_m(visit.middle(stops), transit.first.position);
            visit.is_call() && (0.0..=GOES_ON_H).contains(&away_h) && distance_m <= ROADS_M
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
