//! What can end a run. Bad rows and bad files do not: they are part of its result.

use landfall_report::ReportError;
use landfall_spatial_index::{BadWaterData, UnknownPassage};
use landfall_track::FileAccount;
use std::io;
use std::path::{Path, PathBuf};

/// Why a run came to no end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PipelineError {
    /// An output could not be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A temporary file failed.
    #[error(
        "cannot {action} a temporary file in `{}`: name another folder with --temp, or give the run \
         more memory with --memory", .folder.display()
    )]
    Temp {
        /// What was tried: make, write or read.
        action: &'static str,
        /// Where.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The state cannot be read or written.
    #[error("cannot {action} the state `{}`", .path.display())]
    State {
        /// What was tried: read or write.
        action: &'static str,
        /// The state.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What is named as the state is something else.
    #[error(
        "`{}` is no state of Landfall: name the file that --state wrote, or one that does not exist yet",
        .path.display()
    )]
    NoState {
        /// The file.
        path: PathBuf,
    },
    /// Another version of Landfall wrote the state.
    #[error(
        "the state `{}` is of another version of Landfall: use that version, or begin a new state with \
         all files", .path.display()
    )]
    StateVersion {
        /// The state.
        path: PathBuf,
    },
    /// The state is not as it was written.
    #[error(
        "the state `{}` is damaged (its checksum is not right): take a copy of it, or begin a new one with \
         all files", .path.display()
    )]
    StateDamaged {
        /// The state.
        path: PathBuf,
    },
    /// Another run is at work on the state.
    #[error("another run is writing the state `{}`: wait until it is done", .path.display())]
    StateInUse {
        /// The state.
        path: PathBuf,
    },
    /// The state was made under other conditions.
    #[error(
        "the state `{}` was made with other {}: what it holds cannot be judged anew; use the same, or \
         begin a new state with all files", .path.display(), .parts.join(" and ")
    )]
    StateOfOtherPlan {
        /// The state.
        path: PathBuf,
        /// What differs.
        parts: Vec<&'static str>,
    },
    /// A file was fed to the state before.
    #[error(
        "`{}` was fed to the state before, as `{}` (the same SHA-256): leave it out, or say --again, which \
         rejects its rows as late", .file, .before
    )]
    FedBefore {
        /// The file, as given.
        file: String,
        /// What it was called then.
        before: String,
    },
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
        source: io::Error,
    },
}

impl PipelineError {
    /// What makes an error of a temporary file out of what the system said.
    pub(crate) fn temp(action: &'static str, folder: &Path) -> impl FnOnce(io::Error) -> Self {
        let folder = folder.to_owned();
        move |source| Self::Temp {
            action,
            folder,
            source,
        }
    }
}
