//! A port call is made of stops: those of one port between which the vessel did not leave its area, or a stay
//! in which a silence may have held one.
//!
//! While reports go by, the kernel notes where the vessel stopped and through which ports' zones it came
//! (`zone.rs`). Which stops make a call is decided when all of them are known (`visits.rs`): a stop is at
//! the port whose place it is at, or else that is nearest relative to its radius. One where no berth is near in a canal is at none, nor is a
//! drift. Waiting at anchor alone is a call, too, and is told apart as `anchorage`.
//!
//! A silence of `silence_h` or more that begins in port counts if the vessel was last seen at
//! `silence_speed_knots` or less and the way since then, at the highest speed that it made, leaves `silence_h` to
//! spare, or if it does so at the speed last seen. A vessel that reported that it was under way, and is heard again elsewhere,
//! may have spent that time anywhere: its silence must end in port. One of a ship last seen under way that is
//! never heard again is no evidence of a stop: it may have sailed on. So neither is one whose speed is not known,
//! until it is heard again.
//!
//! Source: Global Fishing Watch's pipe-anchorages, whose four grades of confidence are kept.
//! Arrival is the first report within the port's enter radius, departure the last one within its
//! leave radius: the moments at which the vessel was seen in port, not those at which it must have
//! crossed the line. Where areas overlap, each port's zone is the part in which it is the nearest.

/// What a vessel does within so many hours after it left a place goes on from its stop there: its berth after the
/// anchorage, the canal after its roads.
pub(crate) const GOES_ON_H: f64 = 6.0;

mod assemble;
mod geography;
mod judged;
mod visit;
mod visits;
mod way_table;
mod zone;

pub use assemble::{HullEvents, assemble};
pub use geography::Geography;
pub use judged::{HullLog, JudgedLog};
pub(crate) use zone::{Whereabouts, Zone};

use crate::ConfigError;
use crate::config::within;
use crate::limits::MILLIS_PER_HOUR;
use landfall_track::METRES_PER_NAUTICAL_MILE;
use serde::{Deserialize, Serialize};

/// When a stay in port is a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PortCallConfig {
    /// A silence in port of at least so many hours makes the stay a call, as a stop does, if she
    /// can have stopped in it.
    pub silence_h: f64,
    /// A ship last seen at this speed or less before a silence in port is presumed to have stopped;
    /// of a faster one the silence must leave time for it, and end in port if its speed was reported. In knots.
    pub silence_speed_knots: f64,
}

impl Default for PortCallConfig {
    fn default() -> Self {
        Self {
            // pipe-anchorages: a port gap lasts at least 240 minutes.
            silence_h: 4.0,
            // Below this a ship manoeuvres or takes a pilot on board; ships that pass a port go at
            // twice that and more.
            silence_speed_knots: 5.0,
        }
    }
}

impl PortCallConfig {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        within("port_call.silence_h", self.silence_h, 0.1, 8760.0)?;
        within(
            "port_call.silence_speed_knots",
            self.silence_speed_knots,
            0.1,
            100.0,
        )
    }
}

/// Ships go at so many times the speed below which one manoeuvres, or faster.
const USUAL_FACTOR: f64 = 2.0;

/// A silence and what is known about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Silence {
    pub(crate) elapsed_ms: i64,
    /// How far off she was heard again; none if she was not.
    pub(crate) distance_m: Option<f64>,
    /// The last speed before it, reported or else derived.
    pub(crate) speed_knots: Option<f64>,
    /// Whether that speed was reported.
    pub(crate) is_reported: bool,
    /// The highest speed of late, in knots.
    pub(crate) fastest_knots: Option<f64>,
    /// Whether the vessel was heard again in the port in which it began.
    pub(crate) ends_in_port: bool,
}

impl Silence {
    /// Whether it speaks for a stop in port.
    pub(crate) fn allows_stop(self, config: &PortCallConfig) -> bool {
        if !is_silence(self.elapsed_ms, config) {
            return false;
        }
        let leaves_time = |speed_knots: f64| {
            self.distance_m.is_some_and(|distance_m| {
                let under_way_h = distance_m / METRES_PER_NAUTICAL_MILE / speed_knots;
                self.elapsed_ms as f64 / MILLIS_PER_HOUR - under_way_h >= config.silence_h
            })
        };
        let was_slow = self
            .speed_knots
            .is_some_and(|speed| speed <= config.silence_speed_knots);
        if was_slow {
            // Unless the way since then took the vessel all the time, at the highest speed that it made.
            let usual_knots = USUAL_FACTOR * config.silence_speed_knots;
            let fastest_knots = self.fastest_knots.unwrap_or(usual_knots);
            return self.distance_m.is_none() || leaves_time(fastest_knots.max(usual_knots));
        }
        if self.is_reported && !self.ends_in_port {
            // The vessel sailed on, and may have spent the time to spare anywhere.
            return false;
        }
        leaves_time(self.speed_knots.unwrap_or(config.silence_speed_knots))
    }
}

/// Whether a silence is long enough to have held a stop.
pub(crate) fn is_silence(elapsed_ms: i64, config: &PortCallConfig) -> bool {
    elapsed_ms as f64 >= config.silence_h * MILLIS_PER_HOUR
}
