//! What can go wrong when outputs are written. Every error names the path.

use std::io;
use std::path::{Path, PathBuf};

/// Why an output could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The output folder exists, is not empty and was not written by this program.
    #[error(
        "`{path}` exists and holds no manifest.json of landfall, so it is not replaced: name another \
         folder, or remove it first"
    )]
    NotOurs {
        /// The folder.
        path: PathBuf,
    },
    /// The output folder's path is a file.
    #[error("`{path}` is a file: name a folder")]
    NotAFolder {
        /// The file.
        path: PathBuf,
    },
    /// The path names no folder of its own, as `.` and `/` do.
    #[error(
        "`{path}` cannot be replaced by a new folder: name a folder to be made, such as `./out`"
    )]
    NoName {
        /// The path as given.
        path: PathBuf,
    },
    /// The folder is a mount point, which nothing can be renamed to.
    #[error(
        "`{path}` is a mount point and cannot be replaced by a new folder: name a folder inside it, \
         such as `{path}/out`"
    )]
    MountPoint {
        /// The mount point.
        path: PathBuf,
    },
    /// A format that is not written.
    #[error(
        "`{value}` is no output format: expected `geojson`, `geojsonl`, `geoparquet`, `flatgeobuf`, `gpkg`, \
         `csv` or `kml`"
    )]
    UnknownFormat {
        /// The word as given.
        value: String,
    },
    /// A format that this build leaves out.
    #[error(
        "this build of landfall leaves out the format `{value}`: build it with its default features"
    )]
    FormatNotBuilt {
        /// The word as given.
        value: String,
    },
    /// The operating system said no: disk full, no permission, a folder gone.
    #[error("cannot {action} `{path}`")]
    Io {
        /// What was being done, such as `write`.
        action: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl ReportError {
    /// For `map_err`: an I/O error with what was being done and to which path.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }
}
