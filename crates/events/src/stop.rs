//! A stop is a time in which a vessel stayed about one place for ten minutes or more.
//!
//! Positions decide: who stays within 100 m for ten minutes has stopped, whatever speed it reports, and
//! who is carried away has not, though it reports 0 (some transmitters send 0 for "unknown"). A reported
//! speed helps where reports are too far apart for positions to tell: a lone report of 0.2 knots or less
//! is a stop if the vessel can have lain there for ten minutes, or if the reports before or after it are more
//! than ten minutes off, until positions refute it.
//!
//! A stop begins when the vessel came to rest: with the first report about the place, or earlier, when it
//! would have arrived from the report before at the speed that it then had. It ends likewise. A way of more than 10 m
//! about the place, at a speed of a vessel that moves, is no part of it where it comes right before or after. It goes on while the
//! vessel swings at anchor, up to 600 m, and ends at a gap, since nobody saw it lie there. Whether it was
//! in port is asked when it is over, of the middle of its positions.
//!
//! A drift is a stop, too: a vessel carried along at no more than 2 knots, one way, for half an hour or more.
//!
//! Sources: the two speeds are those of Global Fishing Watch's pipe-anchorages; disc and arc of a vessel at
//! anchor as measured on real feeds. Known limits: shifts of less than 600 m at no more than 2.5 knots count as
//! swinging; who drifts slower than 0.3 knots lies still until it is 600 m off.

mod detector;
mod drift;
mod evidence;
mod kind;
mod motion;
mod place;
mod rest;

pub(crate) use detector::{Around, RestTurn, StopDetector, is_under_way};
pub(crate) use kind::{
    AGROUND, AT_ANCHOR, Surroundings, TIDE_H, is_told_by_positions, stop_kind, turns,
};
pub(crate) use motion::{Motion, MotionSense, Speed};
pub(crate) use rest::Neighbour;

use crate::ConfigError;
use crate::config::within;
use crate::feed::resolution_m;
use crate::limits::{KNOT, MILLIS_PER_MINUTE};
use landfall_track::Position;
use serde::{Deserialize, Serialize};

/// When a vessel lies still.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StopConfig {
    /// A report of this speed or less says that the vessel lies still, in knots.
    pub enter_speed_knots: f64,
    /// A report of this speed or more says that it moves, in knots.
    pub leave_speed_knots: f64,
    /// A stop lasts so long or longer, in minutes.
    pub min_duration_min: f64,
    /// How far positions of a vessel lying still may lie apart, in metres.
    pub jitter_m: f64,
    /// The time over which positions must show that a vessel lies still, in minutes.
    pub still_min: f64,
    /// The time over which positions must show that a vessel moves, in minutes.
    pub moving_min: f64,
    /// How far from each other a vessel at anchor may lie in one stop, in metres.
    pub swing_m: f64,
    /// Who sailed faster than this from one place to another did not swing there, in knots.
    pub swing_speed_knots: f64,
    /// A drift is no faster than this, in knots.
    pub drift_speed_knots: f64,
    /// A drift lasts so long or longer, in minutes.
    pub drift_min: f64,
}

impl Default for StopConfig {
    fn default() -> Self {
        Self {
            // Both speeds: pipe-anchorages (Global Fishing Watch).
            enter_speed_knots: 0.2,
            leave_speed_knots: 0.5,
            // Ferries of the Strait of Messina lie at their berths for 12 to 20 minutes. A lock takes longer,
            // a stop for a pilot does not.
            min_duration_min: 10.0,
            // Five times the 10 m below which a position counts as highly accurate
            // (ITU-R M.1371-5, table 48), for antennas that swing with the ship.
            jitter_m: 50.0,
            // In ten minutes 0.2 knots are 62 m, just above the jitter.
            still_min: 10.0,
            // In one minute the jitter passes for 1.6 knots, less than any ship under way.
            moving_min: 1.0,
            // Twice the 300 m that the longest cable lets a ship lie off its anchor.
            swing_m: 600.0,
            // Half a turn on 300 m of cable, 942 m, in the quarter of an hour that a squall takes.
            swing_speed_knots: 2.5,
            // Global Fishing Watch counts as loitering what is slower on average.
            drift_speed_knots: 2.0,
            // At half a knot, the swing of a ship at anchor is passed after 40 minutes; at 2, after 10.
            drift_min: 30.0,
        }
    }
}

/// Of coarser positions, in metres, nothing is known about rests: whole minutes of arc are the coarsest that feeds send
/// and that show one.
const COARSEST_M: f64 = 2_000.0;

/// How coarse a position is given, in metres, as far as that matters for stops; 0 if it is fine.
pub(crate) fn cell_m(position: Position) -> f64 {
    let cell_m = resolution_m(position);
    if cell_m <= COARSEST_M { cell_m } else { 0.0 }
}

impl StopConfig {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        within("stop.enter_speed_knots", self.enter_speed_knots, 0.01, 5.0)?;
        within(
            "stop.leave_speed_knots",
            self.leave_speed_knots,
            self.enter_speed_knots,
            5.0,
        )?;
        within(
            "stop.min_duration_min",
            self.min_duration_min,
            0.0,
            525_600.0,
        )?;
        within("stop.jitter_m", self.jitter_m, 0.0, 10_000.0)?;
        within("stop.still_min", self.still_min, 0.1, 1440.0)?;
        within("stop.moving_min", self.moving_min, 0.1, self.still_min)?;
        within("stop.swing_m", self.swing_m, self.jitter_m, 100_000.0)?;
        within("stop.swing_speed_knots", self.swing_speed_knots, 0.1, 20.0)?;
        within("stop.drift_speed_knots", self.drift_speed_knots, 0.1, 10.0)?;
        within("stop.drift_min", self.drift_min, self.still_min, 525_600.0)
    }

    /// The shortest stop, in milliseconds.
    pub(crate) fn min_duration_ms(&self) -> i64 {
        (self.min_duration_min * MILLIS_PER_MINUTE) as i64
    }

    /// Whether a speed is a moving ship's and more than jitter feigns.
    pub(crate) fn is_more_than_jitter(&self, knots: f64) -> bool {
        knots >= self.leave_speed_knots
            && knots * KNOT * self.moving_min * MILLIS_PER_MINUTE > self.jitter_m
    }
}
