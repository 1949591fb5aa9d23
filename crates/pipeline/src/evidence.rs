//! Evidence is what is known beside positions: sightings, registers of vessels, ports of interest.

use landfall_track::{PortIx, RegisteredVessel, Sighting};
use std::collections::BTreeSet;

/// What is known beside positions.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Every sighting, in the order of the lists.
    pub sightings: Vec<Sighting>,
    /// The list each sighting is from, as the user named it.
    pub sighting_files: Vec<String>,
    /// Every row of the registers.
    pub register: Vec<RegisteredVessel>,
    /// Ports of interest.
    pub watched: BTreeSet<PortIx>,
}
