//! What several vessels' data show together, and no vessel's alone: where the area ends from which
//! anybody was ever heard, when nobody was heard, and which two ids are one ship.
//!
//! While a vessel's rows go by, three small things are kept of it: the cells it was heard in
//! ([`Trail`]), how it moved at the ends of its silences ([`MarkBuilder`]), and, of all vessels
//! together, the minutes in which anybody was heard ([`HeardMinutes`]). When all vessels are through,
//! [`Edges`] says which silences are of vessels that left, [`OutageFinder`] when the feed fell silent,
//! [`LinkFinder`] which ids continue others.

mod area;
mod grid;
mod interference;
mod link;
mod mark;
mod minutes;
mod outage;
mod outline;

pub use area::{AreaConfig, Edges};
pub use grid::{AreaTable, Trail, VisitedCell};
pub use interference::{DisplacedVessel, Interference, InterferenceConfig};
pub use link::{LinkConfig, LinkFinder, LinkVessel, Links};
pub use mark::{Mark, MarkBuilder, Side};
pub use minutes::HeardMinutes;
pub use outage::{OutageConfig, OutageFinder, is_in_outage};
pub use outline::outline;

use crate::ConfigError;
use serde::{Deserialize, Serialize};

/// When a silence is explained by what others' data show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FleetConfig {
    /// When a vessel has left the area of the data.
    pub area: AreaConfig,
    /// When a silence of all vessels is an outage.
    pub outage: OutageConfig,
    /// When one id continues another.
    pub link: LinkConfig,
    /// When displaced reports are interference.
    pub interference: InterferenceConfig,
}

impl FleetConfig {
    /// Checks every threshold.
    ///
    /// # Errors
    /// Names the first that is not a number or outside its range.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.area.check()?;
        self.outage.check()?;
        self.link.check()?;
        self.interference.check()
    }
}
