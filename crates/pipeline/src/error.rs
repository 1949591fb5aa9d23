//! What can end a run. Bad rows and bad files do not: they are part of its result.

use landfall_report::ReportError;
use landfall_spatial_index::{BadWaterData, UnknownPassage};
use landfall_track::FileAccount;

/// Why a run came to no end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PipelineError {
    /// An output could not be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The temporary file of rejected rows failed.
    #[error("cannot keep rejected rows in a temporary file (see the environment variable TMPDIR)")]
    Spool(#[source] std::io::Error),
    /// Rows were lost or counted twice. This is a fault of the program.
    #[error(
        "the account of `{file}` does not add up: {} rows read, but {} accepted + {} duplicates + \
         {} rejected; nothing was written, please report this fault",
        .account.rows, .account.accepted, .account.duplicates, .account.rejected
    )]
    AccountDoesNotAddUp {
        /// The file, as given.
        file: String,
        /// Its account.
        account: FileAccount,
    },
    /// A passage to be closed is not known.
    #[error("{source}: known are {known}")]
    UnknownPassage {
        /// Every passage.
        known: String,
        /// Which one is not.
        source: UnknownPassage,
    },
    /// The bundled coast cannot be used. This is a fault of the build.
    #[error(transparent)]
    Water(#[from] BadWaterData),
    /// Threads could not be started.
    #[error("cannot start {threads} threads for detection: choose fewer with --threads")]
    Threads {
        /// How many.
        threads: usize,
        /// What the system said.
        source: rayon::ThreadPoolBuildError,
    },
}
