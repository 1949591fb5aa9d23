//! Cleaning tells the reports that no ship can have sent from the rest.
//!
//! A teleport is a jump that needs more speed than any ship has; a spike is a jump away and back.
//! Such reports are flagged, never deleted. Known limit: a false position within reach of the
//! track, such as one 200 m aside, cannot be told from a true one.

use crate::ConfigError;
use crate::config::within;
use serde::{Deserialize, Serialize};

/// Which reports no ship can have sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CleaningConfig {
    /// No ship is faster than this, in knots. A reported speed above it counts as absent.
    pub max_speed_knots: f64,
    /// How far off a position may be through errors of place and of time, in metres: a jump this
    /// small needs no speed.
    pub position_slack_m: f64,
}

impl Default for CleaningConfig {
    fn default() -> Self {
        Self {
            // ais-tracks' limit. AISdb and neptune take 50, which the fastest ferry, Francisco,
            // exceeded on trial (58 knots, 2013).
            max_speed_knots: 60.0,
            // A quarter of a nautical mile: 45 seconds at 20 knots, for time stamps set at
            // reception, and several times a satellite position's error.
            position_slack_m: 463.0,
        }
    }
}

impl CleaningConfig {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        within(
            "cleaning.max_speed_knots",
            self.max_speed_knots,
            1.0,
            1000.0,
        )?;
        within(
            "cleaning.position_slack_m",
            self.position_slack_m,
            1.0,
            50_000.0,
        )
    }
}
