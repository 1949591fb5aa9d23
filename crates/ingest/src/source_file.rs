//! A source file is one table that was read: what it is, what was taken for what, and what became
//! of its rows.

use crate::IngestError;
use crate::vessels::Span;
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

/// A column of which values were passed over, because they cannot be read.
///
/// Empty values, words for absent and numbers that stand for it are none. The row itself is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadableColumn {
    /// The column as the source's header spells it.
    pub column: String,
    /// How many values: one a row, but for particulars one for each time that they changed.
    pub count: u64,
    /// The row of the first; the first data row is 1.
    pub first_row: u64,
    /// The first, cut to a readable length.
    pub example: String,
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
    /// A box around all accepted reports: the narrower of the one that crosses the prime meridian
    /// and the one that crosses the antimeridian (west > east), where reports lie on both sides.
    pub extent: Option<BoundingBox>,
    /// The columns that hold values which cannot be read, in the order in which they were met.
    pub unreadable: Vec<UnreadableColumn>,
    /// What a reader of the result must know of how the file was read, in whole sentences.
    pub remarks: Vec<String>,
    /// Why the file, or the rest of it, could not be used.
    pub problem: Option<IngestError>,
    tally: Tally,
}

/// When and where accepted reports lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tally {
    accepted: u64,
    first: Timestamp,
    last: Timestamp,
    /// The least boxes around the reports of each half of the globe, west first; inside out while
    /// there are none.
    halves: [BoundingBox; 2],
}

impl Default for Tally {
    fn default() -> Self {
        let corner = |e7| Position {
            lat_e7: e7,
            lon_e7: e7,
        };
        let none = BoundingBox {
            south_west: corner(i32::MAX),
            north_east: corner(i32::MIN),
        };
        Self {
            accepted: 0,
            first: Timestamp::MAX,
            last: Timestamp::MIN,
            halves: [none, none],
        }
    }
}

impl Tally {
    /// Counts where an accepted report is.
    #[inline]
    pub(crate) fn count(&mut self, position: Position) {
        let half = &mut self.halves[usize::from(position.lon_e7 >= 0)];
        *half = joined(*half, position, position);
    }

    /// Counts when accepted reports were sent.
    #[inline]
    pub(crate) fn count_times(&mut self, span: Span) {
        self.accepted += span.reports;
        self.first = self.first.min(span.first);
        self.last = self.last.max(span.last);
    }

    /// Counts what was counted elsewhere.
    fn add(&mut self, other: &Tally) {
        self.accepted += other.accepted;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        for (half, others) in self.halves.iter_mut().zip(other.halves) {
            *half = joined(*half, others.south_west, others.north_east);
        }
    }

    /// The box around one half's reports.
    fn half(&self, index: usize) -> Option<BoundingBox> {
        let half = self.halves[index];
        (half.south_west.lat_e7 <= half.north_east.lat_e7).then_some(half)
    }
}

/// A box made to reach around two corners.
#[inline]
fn joined(old: BoundingBox, south_west: Position, north_east: Position) -> BoundingBox {
    BoundingBox {
        south_west: Position {
            lat_e7: old.south_west.lat_e7.min(south_west.lat_e7),
            lon_e7: old.south_west.lon_e7.min(south_west.lon_e7),
        },
        north_east: Position {
            lat_e7: old.north_east.lat_e7.max(north_east.lat_e7),
            lon_e7: old.north_east.lon_e7.max(north_east.lon_e7),
        },
    }
}

impl SourceFile {
    /// What was wrong with the file, with its causes, as one line.
    pub fn problem_text(&self) -> Option<String> {
        let problem: &dyn std::error::Error = self.problem.as_ref()?;
        let causes = std::iter::successors(problem.source(), |cause| cause.source());
        Some(causes.fold(problem.to_string(), |text, cause| {
            format!("{text}: {cause}")
        }))
    }

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
            unreadable: Vec::new(),
            remarks: Vec::new(),
            problem: None,
            tally: Tally::default(),
        }
    }

    /// Adds accepted reports that were counted.
    pub(crate) fn add(&mut self, tally: &Tally) {
        self.tally.add(tally);
        self.accepted = self.tally.accepted;
        if self.accepted > 0 {
            self.first = Some(self.tally.first);
            self.last = Some(self.tally.last);
        }
    }

    /// Counts a value of a row that cannot be read.
    pub(crate) fn count_unreadable(&mut self, row: u64, column: &str, value: &str) {
        let known = self.unreadable.iter_mut().find(|it| it.column == column);
        if let Some(known) = known {
            known.count += 1;
            return;
        }
        self.unreadable.push(UnreadableColumn {
            column: column.to_owned(),
            count: 1,
            first_row: row,
            example: value.to_owned(),
        });
    }

    /// Works out what follows from all that was counted.
    pub(crate) fn conclude(&mut self) {
        self.extent = match (self.tally.half(0), self.tally.half(1)) {
            (Some(west), Some(east)) => Some(around(west, east)),
            (one, other) => one.or(other),
        };
    }
}

/// The narrower box around what lies west and what lies east of Greenwich.
fn around(west: BoundingBox, east: BoundingBox) -> BoundingBox {
    const FULL_TURN_E7: i64 = 3_600_000_000;
    let span = |from: Position, to: Position| i64::from(to.lon_e7) - i64::from(from.lon_e7);
    let over_greenwich = span(west.south_west, east.north_east);
    let over_antimeridian = FULL_TURN_E7 + span(east.south_west, west.north_east);
    let (first, second) = if over_antimeridian < over_greenwich {
        (east, west)
    } else {
        (west, east)
    };
    BoundingBox {
        south_west: Position {
            lat_e7: west.south_west.lat_e7.min(east.south_west.lat_e7),
            lon_e7: first.south_west.lon_e7,
        },
        north_east: Position {
            lat_e7: west.north_east.lat_e7.max(east.north_east.lat_e7),
            lon_e7: second.north_east.lon_e7,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extent_is_the_narrower_of_the_two_ways_around_the_globe() {
        let extent = |places: &[(f64, f64)]| {
            let mut source = SourceFile::new("a".to_owned(), Path::new("a"), 0);
            let mut tally = Tally::default();
            for (lat, lon) in places {
                let position = Position {
                    lat_e7: (lat * 1e7) as i32,
                    lon_e7: (lon * 1e7) as i32,
                };
                tally.count(position);
            }
            source.add(&tally);
            source.conclude();
            source.extent.map(|extent| {
                let [low, high] = [extent.south_west, extent.north_east];
                [low.lon_e7, low.lat_e7, high.lon_e7, high.lat_e7].map(|e7| e7 / 10_000_000)
            })
        };
        assert_eq!(extent(&[]), None);
        assert_eq!(extent(&[(50.0, 1.0), (52.0, 3.0)]), Some([1, 50, 3, 52]));
        assert_eq!(extent(&[(50.0, -1.0), (52.0, 3.0)]), Some([-1, 50, 3, 52]));
        assert_eq!(
            extent(&[(-18.0, 179.0), (-19.0, -178.0), (-20.0, 177.0)]),
            Some([177, -20, -178, -18])
        );
        assert_eq!(
            extent(&[(0.0, -180.0), (1.0, 180.0)]),
            Some([180, 0, -180, 1])
        );
    }
}
