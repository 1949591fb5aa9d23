//! A rest: reports about one place, of a vessel that has stopped there or may have.

use super::StopConfig;
use super::evidence::RestEvidence;
use super::motion::Speed;
use super::place::RestingPlace;
use crate::limits::{KNOT, MILLIS_PER_MINUTE};
use crate::plane::Plane;
use landfall_track::{
    Position, PositionReport, ReportRef, Stop, StopEvidence, StopKind, Timestamp,
};
use serde::{Deserialize, Serialize};

/// Below this speed how long the last stretch to a berth took is not estimated, in knots.
const LEAST_APPROACH_KNOTS: f64 = 1.0;
/// A vessel that gives this speed while it is still about its place moves, in knots.
const LEAST_CREEP_KNOTS: f64 = 0.5;
/// A vessel that comes to rest or gets under way makes this share of the speed that it had before or has
/// after on average.
const MEAN_SPEED_SHARE: f64 = 0.75;

/// Reports of a vessel that may be on its way that are kept until it is known to lie.
const LINGER_KEPT: usize = 32;

/// A report and the speed that the vessel had then.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Neighbour {
    pub(crate) at: ReportRef,
    pub(crate) speed: Speed,
}

/// A rest that goes on: one that may become a stop, or a stop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct OpenStop {
    /// The report before, if the vessel was heard right before.
    before: Option<Neighbour>,
    pub(super) first: PositionReport,
    pub(super) last: ReportRef,
    pub(super) reports: u64,
    /// Reports since the last one at which the vessel lay: it may be on its way. How many, and the first of
    /// them.
    lingering: u64,
    linger: Vec<PositionReport>,
    pub(super) place: RestingPlace,
    /// How coarse its positions are given, in metres; 0 if they are fine.
    pub(super) cell_m: f64,
    /// That of the first report alone is not gathered until there is another.
    evidence: Option<Box<RestEvidence>>,
    /// Whether a report of it said that the vessel lay still.
    pub(super) said_still: bool,
    /// Whether a report of it gave a speed below that of a vessel that moves.
    pub(super) was_slow: bool,
    /// If the vessel crept up to its place, the report at which it was there.
    settled: Option<Settled>,
    /// Since when the vessel has been off the place, and the highest speed since, in knots.
    pub(super) away: Option<(Neighbour, f64)>,
}

/// The report at which a vessel that crept up to its place was there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Settled {
    /// The report before, if the vessel was heard right before.
    before: Option<Neighbour>,
    first: ReportRef,
    /// How many reports of the rest came before it.
    crept: u64,
}

impl OpenStop {
    pub(super) fn new(
        report: &PositionReport,
        said_still: bool,
        before: Option<Neighbour>,
    ) -> Self {
        Self {
            before,
            first: *report,
            last: report.to_ref(),
            reports: 1,
            lingering: 0,
            linger: Vec::new(),
            place: RestingPlace::new(report),
            cell_m: 0.0,
            evidence: None,
            said_still,
            was_slow: false,
            settled: None,
            away: None,
        }
    }

    /// Takes note that with the next report, which is still to be taken, the vessel has crept up to its place.
    pub(super) fn settle(&mut self, report: &PositionReport, before: Option<Neighbour>) {
        self.settled = Some(Settled {
            before,
            first: report.to_ref(),
            crept: self.reports + self.lingering,
        });
    }

    /// Its first report.
    fn arrived(&self) -> Settled {
        Settled {
            before: self.before,
            first: self.first.to_ref(),
            crept: 0,
        }
    }

    /// When the vessel came, as far as reports tell: it covered the last stretch at some share of the speed that it
    /// had before.
    fn came(
        before: Option<Neighbour>,
        first: ReportRef,
        metres: impl Fn(Position, Position) -> f64,
    ) -> Timestamp {
        let Some(before) = before else {
            return first.time;
        };
        match stretch_ms(before, metres(before.at.position, first.position)) {
            Some(millis) => before.at.time.shifted(millis).min(first.time),
            None => first.time,
        }
    }

    /// Takes a report about the place. `lies`: whether the vessel lies there, or may be on its way.
    #[inline(always)]
    pub(super) fn extend(&mut self, report: &PositionReport, lies: bool) {
        self.place.add(report);
        if !lies {
            self.lingering += 1;
            if self.linger.len() < LINGER_KEPT {
                self.linger.push(*report);
            }
            return;
        }
        self.last = report.to_ref();
        self.reports += 1 + std::mem::take(&mut self.lingering);
        let first = &self.first;
        let evidence = self
            .evidence
            .get_or_insert_with(|| Box::new(RestEvidence::new(first)));
        for lingered in self.linger.drain(..) {
            evidence.add(&lingered);
        }
        evidence.add(report);
    }

    /// Goes on with a rest elsewhere on the cable.
    pub(super) fn absorb(&mut self, later: &Self) {
        let first = &self.first;
        let evidence = self
            .evidence
            .get_or_insert_with(|| Box::new(RestEvidence::new(first)));
        match &later.evidence {
            Some(more) => evidence.absorb(more),
            None => evidence.add(&later.first),
        }
        self.last = later.last;
        self.reports += later.reports + std::mem::take(&mut self.lingering);
        self.lingering = later.lingering;
        self.linger.clone_from(&later.linger);
        self.place = later.place;
        self.cell_m = self.cell_m.max(later.cell_m);
        self.said_still |= later.said_still;
        self.away = None;
    }

    pub(super) fn millis(&self) -> i64 {
        self.last.time.millis_since(self.first.time)
    }
}

/// A stop that has ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EndedStop {
    pub(super) rest: OpenStop,
    pub(super) after: Option<Neighbour>,
    pub(super) is_drift: bool,
}

impl EndedStop {
    /// When the vessel was off its place, as far as the next report elsewhere tells: it covered the first stretch at some
    /// share of the speed that it then had.
    fn was_off(&self, metres: impl Fn(Position, Position) -> f64) -> Timestamp {
        let last = self.rest.last;
        let Some(after) = self.after else {
            return last.time;
        };
        match stretch_ms(after, metres(last.position, after.at.position)) {
            Some(millis) => after.at.time.shifted(-millis).max(last.time),
            None => last.time,
        }
    }

    /// When it ended: when the vessel was off its place or, if it crept away, was first seen to move.
    fn end(&self, metres: impl Fn(Position, Position) -> f64) -> Timestamp {
        let last = self.rest.last;
        let moved = (self.rest.linger.first())
            .filter(|_| self.after.is_some())
            .and_then(|report| {
                let knots = report.speed_knots().filter(|it| *it >= LEAST_CREEP_KNOTS)?;
                let millis = stretch_at(knots, metres(last.position, report.position));
                Some(report.time.shifted(-millis).max(last.time))
            });
        let was_off = self.was_off(metres);
        moved.map_or(was_off, |moved| moved.min(was_off))
    }

    /// A rest that has ended, with the first report after it if the vessel was heard right after.
    pub(super) fn new(rest: OpenStop, after: Option<Neighbour>) -> Self {
        Self {
            rest,
            after,
            is_drift: false,
        }
    }

    /// The event, whose kind is not known yet unless it is a drift.
    pub(crate) fn stop(&self) -> Stop {
        let plane = Plane::about(self.rest.first.position);
        let metres = |from, to| plane.distance_m(from, to);
        let evidence = self
            .rest
            .evidence
            .clone()
            .unwrap_or_else(|| Box::new(RestEvidence::new(&self.rest.first)));
        let Settled {
            before,
            first,
            crept,
        } = self.rest.settled.unwrap_or_else(|| self.rest.arrived());
        Stop {
            first,
            last: self.rest.last,
            start: OpenStop::came(before, first, metres),
            end: self.end(metres),
            start_seen: before.is_some(),
            end_seen: self.after.is_some(),
            position: evidence.median(),
            reports: self.rest.reports - crept,
            evidence: StopEvidence {
                cell_m: self.rest.cell_m,
                ..evidence.summary()
            },
            kind: if self.is_drift {
                StopKind::Drifting
            } else {
                StopKind::Unknown
            },
            nearest_port: None,
            place: None,
            call: None,
        }
    }

    /// Whether it lasted long enough, or, where no reports tell, can have.
    pub(super) fn lasted(&self, config: &StopConfig, is_refuted: bool) -> bool {
        let plane = Plane::about(self.rest.first.position);
        let metres = |from, to| plane.distance_m(from, to);
        let Settled { before, first, .. } = self.rest.arrived();
        let start = OpenStop::came(before, first, metres);
        let millis = self.was_off(metres).millis_since(start) as f64;
        let lasted = millis >= config.min_duration_min * MILLIS_PER_MINUTE;
        if lasted && self.rest.reports > 1 {
            return true;
        }
        // A single report says nothing by its position, and is refuted by those of a vessel that always
        // reports 0. Of one on whose either side nothing was heard for long, nobody knows how long it lasted.
        let still_ms = config.still_min * MILLIS_PER_MINUTE;
        let alone = |from: Timestamp, to: Timestamp| to.millis_since(from) as f64 > still_ms;
        let (first, last) = (self.rest.first.time, self.rest.last.time);
        let is_alone = self
            .rest
            .before
            .is_none_or(|before| alone(before.at.time, first))
            || self.after.is_none_or(|after| alone(last, after.at.time));
        self.rest.said_still && !is_refuted && (lasted || is_alone)
    }
}

/// How long the stretch between a report under way and a place of rest took, in milliseconds; whole seconds,
/// since it is an estimate.
fn stretch_ms(under_way: Neighbour, metres: f64) -> Option<i64> {
    let knots = under_way
        .speed
        .knots()
        .filter(|knots| *knots >= LEAST_APPROACH_KNOTS)?;
    Some(stretch_at(knots, metres))
}

/// The same at a speed in knots.
fn stretch_at(knots: f64, metres: f64) -> i64 {
    let seconds = metres / (knots * KNOT * MEAN_SPEED_SHARE) / 1_000.0;
    seconds.round() as i64 * 1_000
}
