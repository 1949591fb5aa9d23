//! Stays in ports' zones and stops, put together into visits.

use super::Geography;
use super::visit::Visit;
use super::way_table::WayTable;
use landfall_track::{PortIx, Stay, Stop, StopKind};

/// A hull's visits in order of time: its stays in zones, as its stops make them, and its stops at places that lie in no
/// zone of their port.
pub(super) fn visits(
    stops: &[Stop],
    waits: &[bool],
    stays: Vec<Stay>,
    way: &WayTable,
    geography: Geography<'_>,
) -> Vec<Visit> {
    let mut stays = stays;
    stays.sort_by_key(|stay| (stay.first.time, stay.last.time));
    let mut of_stays: Vec<Vec<(usize, PortIx)>> = vec![Vec::new(); stays.len()];
    let mut of_places = Vec::new();
    let mut elsewhere = vec![false; stops.len()];
    for (number, stop) in stops.iter().enumerate() {
        if waits[number] {
            continue;
        }
        match port_of(stop, &stays, geography) {
            Some((port, Some(at))) => of_stays[at].push((number, port)),
            Some((port, None)) => {
                elsewhere[number] = true;
                of_places.push(Visit::of_place(port, number, stop));
            }
            None => elsewhere[number] = stop.kind == StopKind::Alongside,
        }
    }
    let of_stays = stays.iter().zip(of_stays);
    let mut parts: Vec<Visit> = of_stays
        .flat_map(|(stay, mine)| parts(stay, &mine, stops, &elsewhere))
        .chain(of_places)
        .collect();
    parts.sort_by_key(|part| (part.first.time, part.last.time));
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

/// The port at which a vessel stopped, and the number of the stay in which it did, if it was in one: the port whose place
/// it was at, or else that is nearest to the stop, relative to radius, on this side of wide water, or else the one whose
/// area the vessel had not left.
fn port_of(
    stop: &Stop,
    stays: &[Stay],
    geography: Geography<'_>,
) -> Option<(PortIx, Option<usize>)> {
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
    let shared_ms = |at: &usize| {
        let stay = &stays[*at];
        let last = stay.last.time.min(stop.last.time);
        last.millis_since(stay.first.time.max(stop.first.time))
    };
    let stay_of = |port: PortIx| {
        overlapping()
            .filter(|at| stays[*at].port == port)
            .max_by_key(shared_ms)
    };
    let place = geography.places.and_then(|places| places.at(stop));
    if let Some((_, port)) = place {
        let is_in_area = ports.is_listed(port) && ports.is_within_leave(port, stop.position);
        let in_any = || {
            is_in_area
                .then(|| overlapping().max_by_key(shared_ms))
                .flatten()
        };
        return Some((port, stay_of(port).or_else(in_any)));
    }
    let is_on_this_side = |port: PortIx| !geography.lies_across_water(stop, port);
    let port = ports
        .entered_of(stop.position, is_on_this_side)
        .map(|entered| entered.port)
        .or_else(|| {
            overlapping()
                .map(|at| stays[at].port)
                .filter(|port| is_on_this_side(*port))
                .filter(|port| ports.is_within_leave(*port, stop.position))
                .min_by_key(|port| ports.port(*port).source.yields())
        })?;
    let at = stay_of(port).or_else(|| overlapping().max_by_key(shared_ms))?;
    Some((port, Some(at)))
}

/// A stay as visits: one, or if the vessel stopped at several ports in it, which lie so near each other that
/// none was clearly the nearer, one for each. A berth that is not this port's ends one, too. Who lay elsewhere only
/// neither called nor passed.
fn parts(stay: &Stay, mine: &[(usize, PortIx)], stops: &[Stop], elsewhere: &[bool]) -> Vec<Visit> {
    let begun = stops.partition_point(|stop| stop.first.time < stay.first.time);
    let over = stops.partition_point(|stop| stop.first.time <= stay.last.time);
    // Between two of its stops, or a stop and an end of the stay.
    let was_elsewhere = |from: usize, to: usize| {
        let mut between = from.max(begun)..to.min(over);
        between.any(|number| elsewhere[number] && stops[number].last.time <= stay.last.time)
    };
    let goes_on = |part: &Visit, number: usize, port: PortIx| {
        let last = part.stops.last().map_or(number, |last| last + 1);
        part.port == port && !was_elsewhere(last, number)
    };
    let mut found: Vec<Visit> = Vec::new();
    for (number, port) in mine {
        match found.last_mut() {
            Some(part) if goes_on(part, *number, *port) => part.stops.push(*number),
            last => {
                let mut part = Visit::new(stay);
                part.port = *port;
                let is_first = last.is_none();
                if let Some(last) = last {
                    last.end_with_last_stop(stops);
                }
                if !is_first || was_elsewhere(0, *number) {
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
    match found.last_mut() {
        None if was_elsewhere(begun, over) && !stay.silent => {}
        None => found.push(Visit::new(stay)),
        Some(last) => {
            let after = last.stops.last().map_or(0, |number| number + 1);
            if was_elsewhere(after, stops.len()) {
                last.end_with_last_stop(stops);
            }
        }
    }
    found
}
