//! How fast a vessel is, told from the speeds that it reports and from its positions.

use super::StopConfig;
use super::cell_m;
use crate::limits::{KNOT, Limits};
use crate::plane::Plane;
use landfall_track::{Position, PositionReport, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Sample {
    time: Timestamp,
    position: Position,
}

/// A report some time back, to measure a speed from: once the span is reached, its age is never
/// below the span, and in a dense track never twice the span.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct TimeBase {
    older: Option<Sample>,
    newer: Option<Sample>,
    /// From when on the next report is the newer sample, in milliseconds.
    due_ms: i64,
}

impl Default for TimeBase {
    fn default() -> Self {
        Self {
            older: None,
            newer: None,
            due_ms: i64::MIN,
        }
    }
}

impl TimeBase {
    /// Makes `now` a sample if the span has passed. To be measured from is then the older one.
    #[inline(always)]
    fn turn(&mut self, now: Sample, span_ms: i64) {
        let now_ms = now.time.as_millis();
        if now_ms >= self.due_ms {
            self.older = self.newer;
            self.newer = Some(now);
            self.due_ms = now_ms + span_ms;
        }
    }
}

/// A vessel's speed at a report.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Speed {
    /// As reported, in hundredths of a knot.
    Reported(u16),
    /// As derived from positions, where there are any to derive it from; in knots.
    Derived(Option<f64>),
}

impl Speed {
    /// In knots.
    pub(crate) fn knots(self) -> Option<f64> {
        match self {
            Self::Reported(centiknots) => Some(f64::from(centiknots) / 100.0),
            Self::Derived(knots) => knots,
        }
    }
}

/// A vessel's motion at a report.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Motion {
    /// The speed reported, or where none was, or one that the positions refute, the speed derived.
    pub(crate) speed: Speed,
    /// Whether the report says that the vessel moves.
    pub(crate) says_moving: bool,
    /// Whether positions refute the low speed that it reports.
    pub(crate) is_refuted: bool,
}

/// Tells a vessel's speed from reports and positions.
///
/// A reported speed is believed unless the positions refute it: a 0 sent by a ship whose positions
/// run away (some transmitters send 0 for "unknown"). Where none is reported, it is derived over a time
/// in which a moving ship leaves the jitter behind, never from one report to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct MotionSense {
    base: TimeBase,
}

impl MotionSense {
    /// Forgets all positions: no speed is derived across a silence.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Notes a report's place. To note it twice is to note it once.
    #[inline(always)]
    pub(crate) fn note(&mut self, report: &PositionReport, limits: &Limits) {
        let now = Sample {
            time: report.time,
            position: report.position,
        };
        self.base.turn(now, limits.moving_ms);
    }

    /// Whether a report that has been noted plainly shows the vessel where it was some time ago. False if
    /// it was not heard then. `plane` must be plain there.
    #[inline(always)]
    pub(crate) fn plainly_rests(&self, position: Position, plane: &Plane, limits: &Limits) -> bool {
        self.base
            .older
            .is_some_and(|base| plane.is_plainly_within(position, base.position, limits.jitter_m))
    }

    /// What a report says that has been noted.
    #[inline]
    pub(crate) fn assess(
        &self,
        report: &PositionReport,
        plane: &Plane,
        limits: &Limits,
        config: &StopConfig,
    ) -> Motion {
        let reported = limits.ships_centiknots(report);
        if let Some(centiknots) = reported
            && centiknots >= limits.leave_centiknots
        {
            // Nearly every report of a ship under way.
            return Motion {
                speed: Speed::Reported(centiknots),
                says_moving: true,
                is_refuted: false,
            };
        }
        let recent = self.base.older.map(|base| Moved {
            metres: plane.distance_m(base.position, report.position),
            elapsed_ms: report.time.millis_since(base.time) as f64,
        });
        let cell_m = cell_m(report.position);
        let is_refuted =
            reported.is_some() && recent.is_some_and(|moved| moved.is_far(cell_m, config));
        let speed = match reported {
            Some(centiknots) if !is_refuted => Speed::Reported(centiknots),
            _ => Speed::Derived(recent.map(Moved::knots)),
        };
        Motion {
            speed,
            says_moving: false,
            is_refuted,
        }
    }
}

/// How far a vessel has moved in a time.
#[derive(Clone, Copy, Debug)]
struct Moved {
    metres: f64,
    elapsed_ms: f64,
}

impl Moved {
    /// Whether it is more than jitter, coarse positions and the slowest ship under way explain.
    fn is_far(self, cell_m: f64, config: &StopConfig) -> bool {
        let slow_m = config.leave_speed_knots * KNOT * self.elapsed_ms;
        self.metres > config.jitter_m + 2.0 * cell_m + slow_m
    }

    fn knots(self) -> f64 {
        self.metres / self.elapsed_ms / KNOT
    }
}
