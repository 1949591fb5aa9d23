//! One vessel's reports into stops, port calls, voyages and gaps: the kernel of Landfall.
//!
//! [`VesselKernel`] is given one vessel's reports in time order, one at a time, and hands what it
//! finds to an [`EventSink`]. It does no I/O, reads no clock, and its state is small and can be
//! stored between any two reports: how the reports were cut into files or chunks never changes
//! the result.

#![expect(
    clippy::inline_always,
    reason = "nearly every report takes one way of some two hundred instructions; a dozen calls would double them"
)]

mod candidate;
mod cleaning;
mod config;
pub mod dark;
mod feed;
pub mod fleet;
mod gap;
mod hull_track;
mod kernel;
mod limits;
mod median;
mod path;
mod places;
mod plane;
mod port_call;
mod segment;
mod sink;
mod stop;
mod transit;
mod way;

pub use cleaning::CleaningConfig;
pub use config::{Config, ConfigError};
pub use gap::GapConfig;
pub use kernel::{Setting, VesselKernel};
pub use path::{PathConfig, simplify};
pub use places::{PlaceConfig, PlaceFinder, StopCell, StopPlaces, stop_cells};
pub use port_call::{Geography, HullEvents, HullLog, JudgedLog, PortCallConfig, assemble};
pub use segment::SegmentConfig;
pub use sink::{Displacement, EventSink};
pub use stop::StopConfig;
