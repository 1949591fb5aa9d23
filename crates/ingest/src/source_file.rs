//! A source file is one table that was read: what it is, what was taken for what, and what became
//! of its rows.

use crate::IngestError;
use landfall_track::{BoundingBox, Position, Timestamp};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What a column of the source was taken for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnUse {
    /// What it feeds, in words, such as `latitude`.
    pub field: String,
    /// The column as the source's header spells it.
    pub column: String,
    /// What a reader of the result should know of the choice; `None` for a format that is known.
    pub note: Option<String>,
}

/// One table that was read: a file, or one member of an archive.
///
/// `rows` = `accepted` + `rejected` always. A file that breaks off has one rejected row for all
/// that is lost.
#[derive(Debug)]
pub struct SourceFile {
    /// The path as given; for a member of an archive `a.zip!b.csv`.
    pub name: String,
    /// The path of the file on disk.
    pub path: PathBuf,
    /// The size on disk in bytes; for a member of an archive that of the whole archive.
    pub bytes: u64,
    /// SHA-256 of the file on disk in hexadecimal; for a member that of the archive. `None` if the
    /// file could not be read to its end.
    pub sha256: Option<String>,
    /// The format that the header is of; `None` if none was recognised.
    pub format: Option<String>,
    /// What was taken for what, in the order of the columns.
    pub columns: Vec<ColumnUse>,
    /// The texts of `# notice: TEXT` lines before the header.
    pub notices: Vec<String>,
    /// Records after the header; blank and comment lines are none.
    pub rows: u64,
    /// Rows that became position reports.
    pub accepted: u64,
    /// Rows that could not be used.
    pub rejected: u64,
    /// The earliest accepted report.
    pub first: Option<Timestamp>,
    /// The latest accepted report.
    pub last: Option<Timestamp>,
    /// The least box around all accepted reports. It never crosses the antimeridian: reports on
    /// both sides of it make it reach around the globe.
    pub extent: Option<BoundingBox>,
    /// Why the file, or the rest of it, could not be used.
    pub problem: Option<IngestError>,
}

impl SourceFile {
    /// A file of which nothing has been read yet.
    pub(crate) fn new(name: String, path: &Path, bytes: u64) -> Self {
        Self {
            name,
            path: path.to_owned(),
            bytes,
            sha256: None,
            format: None,
            columns: Vec::new(),
            notices: Vec::new(),
            rows: 0,
            accepted: 0,
            rejected: 0,
            first: None,
            last: None,
            extent: None,
            problem: None,
        }
    }

    /// Counts an accepted report.
    #[inline]
    pub(crate) fn count(&mut self, time: Timestamp, position: Position) {
        self.accepted += 1;
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
        let extent = self.extent.get_or_insert(BoundingBox {
            south_west: position,
            north_east: position,
        });
        let (least, most) = (&mut extent.south_west, &mut extent.north_east);
        least.lat_e7 = least.lat_e7.min(position.lat_e7);
        least.lon_e7 = least.lon_e7.min(position.lon_e7);
        most.lat_e7 = most.lat_e7.max(position.lat_e7);
        most.lon_e7 = most.lon_e7.max(position.lon_e7);
    }
}
