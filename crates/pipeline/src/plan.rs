//! A plan is everything a run is to do.

use crate::{Config, Restriction};
use landfall_ingest::{ReadOptions, ReadProgress};
use landfall_report::{Format, ManifestTable};
use landfall_track::Port;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;

/// Everything a run is to do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Files of positions, in the order in which their rows are numbered.
    pub inputs: Vec<PathBuf>,
    /// How they are read.
    pub read: ReadOptions,
    /// The port table.
    pub ports: Vec<Port>,
    /// What the manifest says of the tables used beside the positions.
    pub tables: Vec<ManifestTable>,
    /// What the run is restricted to.
    pub restriction: Restriction,
    /// Every threshold; checked.
    pub config: Config,
    /// The folder to write.
    pub out: PathBuf,
    /// The formats of the layers.
    pub formats: Vec<Format>,
    /// Threads for detection; `None` for one per core.
    pub threads: Option<NonZeroUsize>,
}

/// How far a run has come, for display; read from any thread.
#[derive(Debug, Default)]
pub struct RunProgress {
    /// Bytes of all inputs as stored.
    pub total_bytes: AtomicU64,
    /// What has been read of them.
    pub read: ReadProgress,
    /// Vessels to go through; 0 as long as files are read.
    pub vessels: AtomicU64,
    /// Vessels gone through.
    pub vessels_done: AtomicU64,
}
