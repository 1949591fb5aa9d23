//! Places: berths and anchorages that the stops of all vessels show together.
//!
//! Stops alongside and at anchor are counted on a fixed grid, by vessel (`grid.rs`). Cells that touch make a cluster,
//! and a cluster at which enough vessels lay long enough is a place (`cluster.rs`). A place belongs to the port in whose
//! radius it lies, or whose places it goes on from, unless wide water lies between; or to none (`table.rs`). A stop
//! within a place is at the place's port.
//!
//! Source: Global Fishing Watch makes anchorages of cells in which 20 vessels lay for 12 hours (pipe-anchorages, on all
//! data since 2012). A run is of fewer vessels and days, so that fewer vessels make a place here.

mod cluster;
mod grid;
mod table;

pub use cluster::PlaceFinder;
pub use grid::{StopCell, stop_cells};
pub use table::StopPlaces;

use crate::ConfigError;
use crate::config::within;
use landfall_track::PlaceKind;
use serde::{Deserialize, Serialize};

/// When stops make a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlaceConfig {
    /// A place is where so many vessels or more stopped.
    pub least_vessels: u32,
    /// A berth is also where one vessel came to lie alongside so many times or more.
    pub regular_visits: u32,
    /// A place is where vessels lay for so many hours or more, all together.
    pub least_hours: f64,
    /// The width of the grid's cells for stops alongside, in metres. Stops in cells that touch are at one place.
    pub berth_cell_m: f64,
    /// The same for stops at anchor, in metres.
    pub anchorage_cell_m: f64,
    /// A berth extends no farther than this; what does is parted, in metres.
    pub longest_berth_m: f64,
    /// The same of an anchorage, in metres.
    pub longest_anchorage_m: f64,
}

impl Default for PlaceConfig {
    fn default() -> Self {
        Self {
            // One vessel may lie anywhere, and two beside each other.
            least_vessels: 3,
            // A ferry's landing may be its own. Who comes back so often does not lie where it happens to.
            regular_visits: 8,
            // Global Fishing Watch asks for 12 hours; ferries lie for minutes.
            least_hours: 2.0,
            // The longest ships have 400 m: so far apart two of them lie side by side at one quay.
            berth_cell_m: 250.0,
            // Global Fishing Watch: S2 cells of level 14, about 0.5 km.
            anchorage_cell_m: 500.0,
            // About the quay of a large container terminal.
            longest_berth_m: 2_000.0,
            // As the radius of a large port.
            longest_anchorage_m: 10_000.0,
        }
    }
}

impl PlaceConfig {
    /// Checks every threshold.
    ///
    /// # Errors
    /// If one is out of its range; the error names it, its value and the range.
    pub fn check(&self) -> Result<(), ConfigError> {
        within(
            "places.least_vessels",
            f64::from(self.least_vessels),
            1.0,
            1e6,
        )?;
        within(
            "places.regular_visits",
            f64::from(self.regular_visits),
            1.0,
            1e6,
        )?;
        within("places.least_hours", self.least_hours, 0.0, 1e9)?;
        within("places.berth_cell_m", self.berth_cell_m, 10.0, 5_000.0)?;
        within(
            "places.anchorage_cell_m",
            self.anchorage_cell_m,
            10.0,
            5_000.0,
        )?;
        within(
            "places.longest_berth_m",
            self.longest_berth_m,
            self.berth_cell_m,
            100_000.0,
        )?;
        within(
            "places.longest_anchorage_m",
            self.longest_anchorage_m,
            self.anchorage_cell_m,
            100_000.0,
        )
    }

    fn cell_m(&self, kind: PlaceKind) -> f64 {
        match kind {
            PlaceKind::Berth => self.berth_cell_m,
            PlaceKind::Anchorage => self.anchorage_cell_m,
        }
    }

    fn longest_m(&self, kind: PlaceKind) -> f64 {
        match kind {
            PlaceKind::Berth => self.longest_berth_m,
            PlaceKind::Anchorage => self.longest_anchorage_m,
        }
    }
}
