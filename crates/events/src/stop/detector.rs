//! Finds stops while reports go by.

use super::StopConfig;
use super::drift::DriftDetector;
use super::motion::Motion;
use super::rest::{EndedStop, Neighbour, OpenStop};
use crate::limits::{KNOT, Limits};
use crate::plane::Plane;
use landfall_track::{Position, PositionReport, Timestamp};
use serde::{Deserialize, Serialize};

/// A vessel is about a place within this many jitters of it: the place is itself no surer than the positions
/// that it comes from.
const PLACE_JITTERS: f64 = 2.0;
/// A reported speed from here on is a vessel's under way if its positions bear it out, in hundredths of a
/// knot: twice what a log and a fix feign at a berth.
const UNDER_WAY_CENTIKNOTS: u16 = 100;
/// A vessel that gets under way is off its place within so many milliseconds: the interval of a class A station
/// at rest (ITU-R M.1371-5, table 1).
const LINGER_MS: i64 = 180_000;
/// One that creeps away from its berth may take so long, in milliseconds: two such intervals.
const CREEP_MS: i64 = 360_000;
/// A vessel that reports such a speed, in hundredths of a knot, is not held to lie still because its positions do
/// not change: they may be late, or coarse.
const CONTRADICTED_CENTIKNOTS: u16 = 300;
/// Coarse positions of a vessel lying still lie so many cells apart.
const COARSE_CELLS: f64 = 1.5;
/// Positions bear a speed out if the step from the report before is this share of what it gives.
const BORNE_OUT_SHARE: f64 = 0.5;
/// A speed is feigned if a vessel has come less than this share of what it gives: one that slows down for a berth comes
/// farther.
const FEIGNED_SHARE: f64 = 0.1;

/// A vessel that gave the speed of one that moves and comes so far to the place at which it gives none has crept up to
/// its berth, in metres: positions count as highly accurate below 10 m (ITU-R M.1371-5, table 48).
const CREPT_M: f64 = 10.0;

/// What a report means for the rest that may be going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RestTurn {
    /// The vessel sails.
    Sails,
    /// It may have come to rest with this report.
    Begins,
    /// It lies where it lay.
    Rests,
    /// It is where it lay, but may be on its way.
    Lingers,
    /// It has left its place, to which it may come back.
    Leaves,
}

/// What the track knows of a report besides what stands in it.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    /// What it says of the vessel's motion.
    pub(crate) motion: Motion,
    /// The report before and the speed then, if the vessel was heard right before.
    pub(crate) before: Option<Neighbour>,
    /// The distance from there in metres.
    pub(crate) step_m: f64,
    /// How coarse the position is given, in metres; 0 if it is fine.
    pub(crate) cell_m: f64,
    pub(crate) plane: &'a Plane,
    pub(crate) limits: &'a Limits,
    pub(crate) config: &'a StopConfig,
}

impl Around<'_> {
    /// Whether positions bear out that the vessel is under way.
    fn is_under_way(&self, report: &PositionReport) -> bool {
        let speed = self.limits.ships_centiknots(report);
        self.before.zip(speed).is_some_and(|(before, centiknots)| {
            let elapsed_ms = report.time.millis_since(before.at.time);
            // Coarse positions bear nothing out.
            let step_m = if self.cell_m > self.limits.jitter_m {
                f64::INFINITY
            } else {
                self.step_m
            };
            is_under_way(centiknots, step_m, elapsed_ms)
        })
    }

    /// What coarse positions allow for: those of a rest or that of a report, in metres.
    fn coarse_m(&self, rest: &OpenStop) -> f64 {
        COARSE_CELLS * self.cell_m.max(rest.cell_m)
    }

    /// Whether a report is about the place of a rest, so far off it: near to it or, after a long time, no
    /// farther than a vessel may swing and as slowly as one does.
    fn is_about(&self, rest: &OpenStop, off_m: f64, report: &PositionReport) -> bool {
        let elapsed_ms = report.time.millis_since(rest.last.time);
        let slow_m = self.config.enter_speed_knots * KNOT * elapsed_ms as f64;
        let near_m = PLACE_JITTERS * self.limits.jitter_m;
        let reach_m = if elapsed_ms >= self.limits.still_ms {
            near_m.max(slow_m.min(self.limits.swing_m))
        } else {
            near_m
        };
        off_m <= reach_m + self.coarse_m(rest)
    }

    /// Whether a report gives a speed at which no vessel lies.
    fn is_contradicted(&self, report: &PositionReport) -> bool {
        self.limits
            .ships_centiknots(report)
            .is_some_and(|centiknots| centiknots >= CONTRADICTED_CENTIKNOTS)
    }

    /// Whether one that is about a place lies there: its speed says so, or else its position.
    fn lies(&self, rest: &OpenStop, report: &PositionReport) -> bool {
        let off_m = rest.place.distance_m(report.position, self.plane);
        let since_ms = report.time.millis_since(rest.last.time);
        match self.limits.ships_centiknots(report) {
            Some(centiknots) if centiknots >= CONTRADICTED_CENTIKNOTS => return false,
            Some(centiknots) if self.cell_m > self.limits.jitter_m => {
                return centiknots < self.limits.leave_centiknots;
            }
            // It may be getting under way.
            Some(centiknots) if centiknots >= self.limits.moving_centiknots => {
                let has_lain = rest.millis() >= self.limits.still_ms;
                let longest_ms = if has_lain && off_m > self.limits.jitter_m / 2.0 {
                    CREEP_MS
                } else {
                    LINGER_MS
                };
                if since_ms < longest_ms {
                    return false;
                }
            }
            _ => {}
        }
        let within_m = self.limits.jitter_m;
        let is_late = since_ms >= self.limits.still_ms;
        let moves = self.motion.says_moving;
        off_m <= within_m + self.coarse_m(rest) || (is_late && !moves)
    }

    /// Whether a vessel can have come the way from a rest's first report, at which it moved by its speed: not if hours
    /// went by and the way is next to none. A speed is feigned at a berth.
    fn may_have_come_from(&self, rest: &OpenStop, off_m: f64, report: &PositionReport) -> bool {
        let elapsed_ms = report.time.millis_since(rest.first.time) as f64;
        (self.limits.ships_centiknots(&rest.first)).is_none_or(|centiknots| {
            off_m >= FEIGNED_SHARE * f64::from(centiknots) / 100.0 * KNOT * elapsed_ms
        })
    }

    /// Whether a report gives a speed, and one below that of a vessel that moves.
    fn is_slow(&self, report: &PositionReport) -> bool {
        self.limits
            .ships_centiknots(report)
            .is_some_and(|centiknots| centiknots < self.limits.leave_centiknots)
    }

    pub(super) fn neighbour(&self, report: &PositionReport) -> Neighbour {
        Neighbour {
            at: report.to_ref(),
            speed: self.motion.speed,
        }
    }
}

/// Whether a vessel is under way by the speed that it reports, in hundredths of a knot, and by the step from
/// the report before.
#[inline(always)]
pub(crate) fn is_under_way(centiknots: u16, step_m: f64, elapsed_ms: i64) -> bool {
    let reported_m = f64::from(centiknots) / 100.0 * KNOT * elapsed_ms as f64;
    centiknots >= UNDER_WAY_CENTIKNOTS && step_m >= BORNE_OUT_SHARE * reported_m
}

/// Finds stops.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct StopDetector {
    /// The stop that goes on.
    open: Option<OpenStop>,
    /// A rest that may become one.
    candidate: Option<OpenStop>,
    drift: DriftDetector,
    /// Where the vessel lay when it fell silent.
    lay_at: Option<Position>,
    /// Whether positions refuted a report of 0, and nothing since says that one can be believed again.
    refuted: bool,
}

impl StopDetector {
    /// Takes the next report. The stops that it ends are handed on, and what it means is returned.
    pub(crate) fn push(
        &mut self,
        report: &PositionReport,
        around: &Around<'_>,
        ended: &mut impl FnMut(EndedStop),
    ) -> RestTurn {
        let is_under_way = around.is_under_way(report);
        let turn = self.place(report, is_under_way, around, ended);
        if let Some(stop) = &self.open {
            let now = Neighbour {
                at: stop.first.to_ref(),
                speed: around.motion.speed,
            };
            self.drift.end(Some(now), around.config, ended);
        } else {
            self.drift.push(report, around, ended);
        }
        turn
    }

    fn place(
        &mut self,
        report: &PositionReport,
        is_under_way: bool,
        around: &Around<'_>,
        ended: &mut impl FnMut(EndedStop),
    ) -> RestTurn {
        if let Some(stop) = &mut self.open {
            let from_first_m = around
                .plane
                .distance_m(stop.first.position, report.position);
            let lay = stop.away.is_none();
            let off_m = stop.place.distance_m(report.position, around.plane);
            if from_first_m > around.limits.swing_m + around.coarse_m(stop) {
                let after = stop.away.map_or(around.neighbour(report), |(away, _)| away);
                self.end_open(Some(after), around.config, ended);
                if lay {
                    self.begin(report, is_under_way, around);
                    return RestTurn::Leaves;
                }
            } else if !is_under_way && around.is_about(stop, off_m, report) {
                let lies = around.lies(stop, report);
                stop.cell_m = stop.cell_m.max(around.cell_m);
                stop.away = None;
                stop.extend(report, lies);
                self.candidate = None;
                return match (lay, lies) {
                    (true, true) => RestTurn::Rests,
                    (true, false) => RestTurn::Lingers,
                    (false, _) => RestTurn::Begins,
                };
            } else if lay {
                stop.away = Some((around.neighbour(report), 0.0));
                self.note_away(around);
                self.begin(report, is_under_way, around);
                return RestTurn::Leaves;
            } else {
                self.note_away(around);
            }
        }
        self.try_candidate(report, is_under_way, around, ended)
    }

    fn note_away(&mut self, around: &Around<'_>) {
        if let Some(OpenStop {
            away: Some((_, fastest)),
            ..
        }) = &mut self.open
        {
            *fastest = fastest.max(around.motion.speed.knots().unwrap_or_default());
        }
    }

    /// Takes a report of a vessel that does not lie: it may have come to rest.
    fn try_candidate(
        &mut self,
        report: &PositionReport,
        is_under_way: bool,
        around: &Around<'_>,
        ended: &mut impl FnMut(EndedStop),
    ) -> RestTurn {
        self.refuted &= !around.motion.says_moving;
        let Some(candidate) = &mut self.candidate else {
            return self.begin(report, is_under_way, around);
        };
        let off_m = around
            .plane
            .distance_m(candidate.first.position, report.position);
        if !is_under_way && around.is_about(candidate, off_m, report) {
            // The last stretch to a berth is no part of the stop.
            let comes_to_rest = !candidate.was_slow && around.is_slow(report);
            let crept = comes_to_rest
                && off_m > CREPT_M
                && around.may_have_come_from(candidate, off_m, report);
            if crept && off_m > around.limits.jitter_m / 2.0 {
                return self.begin(report, is_under_way, around);
            }
            let lies = around.lies(candidate, report);
            let settles = crept && lies;
            if settles {
                candidate.settle(report, around.before);
            }
            candidate.was_slow |= comes_to_rest && lies;
            candidate.cell_m = candidate.cell_m.max(around.cell_m);
            candidate.extend(report, lies);
            candidate.said_still |= says_still(report, around.limits);
            if candidate.millis() >= around.limits.still_ms {
                self.confirm(around.config, ended);
            }
            return match (settles, lies) {
                (true, _) => RestTurn::Begins,
                (false, true) => RestTurn::Rests,
                (false, false) => RestTurn::Lingers,
            };
        }
        // One who is carried away and still reports 0 says nothing by it.
        self.refuted |= around.motion.is_refuted && says_still(report, around.limits);
        if let Some(rest) = self.candidate.take() {
            let after = Some(around.neighbour(report));
            let stop = EndedStop::new(rest, after);
            if stop.lasted(around.config, self.refuted) {
                self.candidate = Some(stop.rest);
                self.confirm(around.config, ended);
                // What it became goes on until the vessel is off.
                if let Some(open) = &mut self.open {
                    open.away = Some((around.neighbour(report), 0.0));
                    self.note_away(around);
                }
                let is_gone = self.open.as_ref().is_some_and(|open| {
                    around
                        .plane
                        .distance_m(open.first.position, report.position)
                        > around.limits.swing_m + around.coarse_m(open)
                });
                if is_gone {
                    self.end_open(after, around.config, ended);
                }
                self.begin(report, is_under_way, around);
                return RestTurn::Leaves;
            }
        }
        self.begin(report, is_under_way, around)
    }

    /// The vessel may have come to rest with a report.
    fn begin(
        &mut self,
        report: &PositionReport,
        is_under_way: bool,
        around: &Around<'_>,
    ) -> RestTurn {
        if is_under_way || around.is_contradicted(report) {
            self.candidate = None;
            return RestTurn::Sails;
        }
        // After a silence a vessel may lie where it lay before.
        let lies_again = self.lay_at.take().is_some_and(|place| {
            around.before.is_none()
                && around.plane.distance_m(place, report.position)
                    <= PLACE_JITTERS * around.limits.jitter_m + COARSE_CELLS * around.cell_m
        });
        let said_still = lies_again || says_still(report, around.limits);
        let mut candidate = OpenStop::new(report, said_still, around.before);
        candidate.was_slow = around.is_slow(report);
        candidate.cell_m = around.cell_m;
        self.candidate = Some(candidate);
        RestTurn::Begins
    }

    /// Makes the candidate the stop that goes on, or a part of the one before if the vessel has only swung.
    fn confirm(&mut self, config: &StopConfig, ended: &mut impl FnMut(EndedStop)) {
        let Some(candidate) = self.candidate.take() else {
            return;
        };
        match &mut self.open {
            Some(open) => {
                let fastest = open.away.map_or(0.0, |(_, fastest)| fastest);
                if fastest <= config.swing_speed_knots {
                    open.absorb(&candidate);
                } else {
                    let after = open.away.map(|(away, _)| away);
                    self.end_open(after, config, ended);
                    self.open = Some(candidate);
                }
            }
            None => self.open = Some(candidate),
        }
    }

    fn end_open(
        &mut self,
        after: Option<Neighbour>,
        config: &StopConfig,
        ended: &mut impl FnMut(EndedStop),
    ) {
        if let Some(rest) = self.open.take() {
            let stop = EndedStop::new(rest, after);
            if stop.lasted(config, false) {
                ended(stop);
            }
        }
    }

    /// Counts a further report of a moment already taken.
    pub(crate) fn count_simultaneous(&mut self, time: Timestamp) {
        for rest in [&mut self.open, &mut self.candidate] {
            if let Some(rest) = rest
                && rest.last.time == time
            {
                rest.reports += 1;
            }
        }
    }

    /// Takes a report of a vessel that lies where it lay, as it plainly does: what [`StopDetector::push`]
    /// would make of it.
    #[inline(always)]
    pub(crate) fn rest(&mut self, report: &PositionReport) {
        if let Some(stop) = &mut self.open {
            stop.extend(report, true);
        }
    }

    /// Whether a report plainly says that the vessel lies where it lay; `plane` must be plain there.
    #[inline(always)]
    pub(crate) fn plainly_rests(&self, position: Position, plane: &Plane, limits: &Limits) -> bool {
        self.is_lying()
            && self.open.as_ref().is_some_and(|stop| {
                stop.place
                    .is_plainly_within(position, plane, limits.jitter_m)
                    && plane.is_plainly_within(position, stop.first.position, limits.swing_m)
            })
    }

    /// Whether the vessel may have come to rest with the last report, or since.
    pub(crate) fn may_rest(&self) -> bool {
        self.candidate.is_some()
    }

    /// Whether the vessel lies.
    #[inline(always)]
    pub(crate) fn is_lying(&self) -> bool {
        self.open.as_ref().is_some_and(|stop| stop.away.is_none())
    }

    /// Whether a report of a ship under way changes nothing.
    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        self.open.is_none() && self.candidate.is_none() && self.drift.is_idle() && !self.refuted
    }

    /// Ends what goes on at a silence or at the data's end. Whether the vessel still lay then.
    pub(crate) fn break_off(
        &mut self,
        config: &StopConfig,
        ended: &mut impl FnMut(EndedStop),
    ) -> bool {
        let mut is_lying = self.is_lying();
        self.drift.end(None, config, ended);
        if let Some(rest) = self.candidate.take() {
            let stop = EndedStop::new(rest, None);
            if stop.lasted(config, self.refuted) {
                self.candidate = Some(stop.rest);
                self.confirm(config, ended);
                is_lying = true;
            }
        }
        let after = self
            .open
            .as_ref()
            .and_then(|open| open.away)
            .map(|(away, _)| away);
        self.lay_at = self
            .open
            .as_ref()
            .filter(|_| is_lying)
            .map(|open| open.last.position);
        self.end_open(after, config, ended);
        is_lying
    }
}

/// Whether a report says that the vessel lies still.
fn says_still(report: &PositionReport, limits: &Limits) -> bool {
    limits
        .ships_centiknots(report)
        .is_some_and(|centiknots| centiknots < limits.moving_centiknots)
}
