//! The stops of a hull, judged: each has its kind and the nearest port, drifts are put together, and which stops
//! wait on the way through a canal is told.

use super::Geography;
use crate::stop::{TIDE_H, is_told_by_positions, stop_kind};
use landfall_spatial_index::{canal_at, canal_name};
use landfall_track::{Milestone, Stay, Stop, StopKind, Transit, distance_m};
use serde::{Deserialize, Serialize};

/// A vessel that is heard again within this of where it lay, in metres, did not move: twice what positions of one
/// that lies still are apart.
const LAIN_ON_M: f64 = 100.0;
/// Two drifts with no more between them than this are one, in hours.
const DRIFTS_APART_H: f64 = 0.25;
/// The longest that a lock takes, or the wait for one, in hours; who lies alongside longer calls.
const LOCK_H: f64 = 3.0;

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

/// The same with its stops judged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JudgedLog {
    /// What the kernel said. Stops and transits are in order of time; stops have their kinds, transits their waiting.
    pub(super) log: HullLog,
    /// For each stop, whether it is a wait on the way through a canal.
    pub(super) waits: Vec<bool>,
}

impl HullLog {
    /// Judges the stops. Places count for nothing here.
    #[must_use]
    pub fn judged(mut self, geography: Geography<'_>) -> JudgedLog {
        let mut stops = std::mem::take(&mut self.stops);
        stops.sort_by_key(|stop| (stop.first.time, stop.last.time));
        for stop in &mut stops {
            stop.nearest_port = geography.ports.nearest(stop.position);
            if stop.kind != StopKind::Drifting {
                stop.kind = stop_kind(stop, geography.surroundings(stop));
            }
        }
        lie_on_as_before(&mut stops);
        self.stops = merge_drifts(stops);
        self.transits.sort_by_key(|transit| transit.entry);
        let waits = note_waiting(&self.stops, &mut self.transits);
        JudgedLog { log: self, waits }
    }
}

impl JudgedLog {
    /// The stops that are no waits on the way through a canal.
    pub fn stops(&self) -> impl Iterator<Item = &Stop> {
        let stops = self.log.stops.iter().zip(&self.waits);
        stops.filter(|(_, waits)| !**waits).map(|(stop, _)| stop)
    }

    /// About how many bytes it takes beside its own size.
    pub fn size(&self) -> usize {
        let log = &self.log;
        size_of_val(log.stops.as_slice())
            + size_of_val(log.stays.as_slice())
            + size_of_val(log.transits.as_slice())
            + size_of_val(log.milestones.as_slice())
            + self.waits.len()
    }
}

/// How long a stop lasted, in milliseconds.
pub(super) fn millis(stop: &Stop) -> i64 {
    stop.end.millis_since(stop.start)
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
            let is_berth =
                stop.kind == StopKind::Alongside && stop.hours() > surely_berthed_h(stop);
            !is_berth && (is_within || (in_canal && is_about && stop.hours() <= LOCK_H))
        });
        if let Some(transit) = transit {
            transit.waited_ms += millis(stop);
            *waits = true;
        }
    }
    waits
}

/// A vessel that lay alongside longer than this was at a berth, in hours. Where positions alone say that it lay
/// alongside, it may have been at anchor until the tide turned.
fn surely_berthed_h(stop: &Stop) -> f64 {
    if is_told_by_positions(&stop.evidence) {
        TIDE_H / 2.0
    } else {
        LOCK_H
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
