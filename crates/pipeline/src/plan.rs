//! A plan is everything a run is to do.

use crate::{Config, Evidence, Restriction};
use landfall_ingest::{ReadOptions, ReadProgress};
use landfall_report::{Format, ManifestTable, RejectedEntry};
use landfall_track::Port;
use std::collections::BTreeSet;
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
    /// The rows of those tables that could not be used.
    pub rejected: Vec<RejectedEntry>,
    /// What is known beside positions.
    pub evidence: Evidence,
    /// Vessels to write a dossier of: names, IMO numbers or MMSIs.
    pub dossiers: Vec<String>,
    /// For which gaps the area within reach is drawn.
    pub reach: DrawnReach,
    /// Canals and straits taken for closed.
    pub closed_passages: Vec<String>,
    /// The command line, for the manifest.
    pub arguments: Vec<String>,
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

/// For which gaps the area within reach is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DrawnReach {
    /// Those with a dark call.
    #[default]
    WithDarkCall,
    /// Every one.
    All,
    /// None.
    None,
    /// Those with these ids.
    Gaps(BTreeSet<String>),
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
