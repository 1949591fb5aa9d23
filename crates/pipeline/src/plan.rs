//! A plan is everything a run is to do.

use crate::{Config, Evidence, Restriction, RunTimes, machine};
use landfall_ingest::{ReadOptions, ReadProgress};
use landfall_report::{Format, ManifestTable, RejectedEntry};
use landfall_track::{Port, StopPlace};
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
    /// Places that are known already.
    pub places: Vec<StopPlace>,
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
    /// Whether `trips.geojson` is written.
    pub trips: bool,
    /// Whether charts are drawn.
    pub plot: bool,
    /// What is asked of the map; `None` for no map.
    pub map: Option<MapPlan>,
    /// Threads; `None` for one per core.
    pub threads: Option<NonZeroUsize>,
    /// Bytes that the run may take, whatever the input's size; `None` for a quarter of the machine's
    /// memory, at least 512 MB.
    pub memory: Option<u64>,
    /// The file that keeps what is needed to go on with later files; `None` to keep nothing.
    pub state: Option<PathBuf>,
    /// Whether files that were fed to the state before may be fed once more.
    pub again: bool,
    /// The folder for temporary files; `None` for the output's own until it is placed.
    pub temp: Option<PathBuf>,
}

/// What is asked of the map of a run.
#[derive(Clone, Debug)]
pub struct MapPlan {
    /// The most bytes that its page may have.
    pub most_bytes: u64,
    /// Only these vessels, by MMSI, IMO number, id or any name she sent; empty for all.
    pub vessels: Vec<String>,
}

/// What a run's memory is given to, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// Rows, while files are read.
    pub(crate) rows: usize,
    /// Reading rows back from disk.
    pub(crate) merging: usize,
    /// Results that wait to be written.
    pub(crate) results: usize,
    /// Vessels that wait until all rows have gone by; then hulls that wait for inference.
    pub(crate) subjects: usize,
}

/// The least memory a run can be given, in bytes: below it the tables that every run needs leave
/// nothing for rows.
pub const LEAST_MEMORY: u64 = 64_000_000;
/// The least that a run takes for itself unless it is told, in bytes.
const LEAST_DEFAULT: u64 = 512_000_000;

impl Plan {
    /// How many threads work.
    pub(crate) fn threads(&self) -> NonZeroUsize {
        self.threads
            .or_else(|| std::thread::available_parallelism().ok())
            .unwrap_or(NonZeroUsize::MIN)
    }

    /// What the memory is given to.
    pub(crate) fn memory(&self) -> Memory {
        let total = self.memory.unwrap_or_else(default_memory);
        let share = |part: u64| usize::try_from(total / part).unwrap_or(usize::MAX);
        Memory {
            rows: share(5) * 2,
            merging: share(8),
            results: share(8),
            subjects: share(5),
        }
    }
}

/// A quarter of the machine's memory, or what a run takes at least.
pub fn default_memory() -> u64 {
    (machine::memory().unwrap_or_default() / 4).max(LEAST_DEFAULT)
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
    /// How long it took.
    pub times: RunTimes,
}
