//! The configuration: every threshold of a run in one place.

use crate::QualityConfig;
use landfall_events::dark::{InferenceConfig, ReceptionConfig};
use landfall_events::fleet::FleetConfig;
use landfall_events::{ConfigError, PlaceConfig};
use landfall_spatial_index::{PortRadiusConfig, RadiusError};
use serde::{Deserialize, Serialize};

/// Every threshold in force. Each one's default cites its source where it is defined.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How near to a port is in port, where the port table does not say.
    pub port_radius: PortRadiusConfig,
    /// The kernel's thresholds.
    pub detection: landfall_events::Config,
    /// When stops make a place.
    pub places: PlaceConfig,
    /// Inference's thresholds.
    pub inference: InferenceConfig,
    /// What is taken for reception.
    pub reception: ReceptionConfig,
    /// When what others' data show explains a silence.
    pub fleet: FleetConfig,
    /// From where on data are called amiss.
    pub quality: QualityConfig,
}

/// A threshold out of its range.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(transparent)]
#[non_exhaustive]
pub enum BadConfig {
    /// One of the kernel's.
    Detection(#[from] ConfigError),
    /// A port radius.
    PortRadius(#[from] RadiusError),
}

impl Config {
    /// Checks every threshold.
    ///
    /// # Errors
    /// If one is out of its range; the error names it, its value and the range.
    pub fn check(&self) -> Result<(), BadConfig> {
        self.detection.check()?;
        self.places.check()?;
        self.inference.check()?;
        self.reception.check()?;
        self.fleet.check()?;
        self.quality.check()?;
        self.port_radius.check()?;
        Ok(())
    }
}
