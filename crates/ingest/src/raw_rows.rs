//! A raw row is one row of an input as it stands there, read again by its number, so that what was
//! found can be traced to the letters it was found in.
//!
//! Rows are counted by what counted them when they were first read: the same splitter, the same
//! header, the same rules on comments, blank lines and quotes.

mod archive;
mod list;
#[cfg(feature = "polars")]
mod parquet;
#[cfg(test)]
mod tests;
mod text;

use crate::IngestError;
use crate::input_file::{InputFile, STANDARD_INPUT};
use crate::magic::Content;
use crate::positions::{ReadOptions, open};
use crate::stored::{sha256_of, unpacked};
use std::path::{Path, PathBuf};

pub use list::read_list_rows;

/// The most characters of a cell that are kept.
const CELL_LENGTH: usize = 2_000;
/// The most characters of a line that are kept.
const LINE_LENGTH: usize = 4_000;

/// One row of an input, as it stands there.
///
/// Texts may hold anything a stranger typed, control characters too. What is no UTF-8 is replaced,
/// and what is longer than a few thousand characters ends in `…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRow {
    /// Its number; the first data row (or feature of a list in `GeoJSON`) is 1.
    pub row: u64,
    /// What stands in its columns, without the quotes around it; none if it cannot be split.
    pub cells: Vec<RawCell>,
    /// The whole line, for a CSV of positions.
    pub line: Option<String>,
}

/// What stands in one column of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawCell {
    /// The column as the header spells it; `column 7` for one beyond the header.
    pub column: String,
    /// What stands there.
    pub text: String,
}

impl RawCell {
    fn new(column: &str, text: &[u8]) -> Self {
        Self {
            column: bounded(column.as_bytes(), CELL_LENGTH),
            text: bounded(text, CELL_LENGTH),
        }
    }
}

/// Reads rows of a file of positions again, by the name that it has in a manifest: a path, or
/// `a.zip!b.csv` for a member of an archive. `options` must be those of the run.
///
/// The rows come in their order, each once; a number that no row has is left out. The file is read
/// up to the last of them, in bounded memory.
///
/// # Errors
///
/// If there is no such file or member, or it cannot be read up to the last row asked for as the run
/// read it.
pub fn read_rows(
    name: &str,
    rows: &[u64],
    options: &ReadOptions,
) -> Result<Vec<RawRow>, IngestError> {
    if is_of_standard_input(name) {
        return Err(IngestError::StandardInput);
    }
    let mut wanted = Wanted::new(rows);
    let stored = Stored::find(name)?;
    let (file, content) = stored.open()?;
    match (content, stored.member) {
        (Content::Zip, Some(member)) => {
            archive::with_member(&stored.path, member, &mut |reader| {
                text::read(reader, Path::new(name), options, &mut wanted)
            })?;
        }
        (Content::Zip, None) => {
            return Err(IngestError::BadArchive {
                path: stored.path,
                detail: format!("name the member that the row is in, as in `{name}!a.csv`"),
            });
        }
        (Content::Parquet, None) => read_parquet(&stored.path, &mut wanted)?,
        (content, None) => {
            let unreadable = |source| IngestError::Unreadable {
                path: stored.path.clone(),
                source,
            };
            let mut reader = unpacked(content, file).map_err(unreadable)?;
            text::read(&mut *reader, &stored.path, options, &mut wanted)?;
        }
        (_, Some(_)) => {
            return Err(IngestError::NotFound {
                path: PathBuf::from(name),
            });
        }
    }
    Ok(wanted.found)
}

/// The SHA-256, in hexadecimal, of the file on disk that a name in a manifest stands for: for a
/// member of an archive that of the archive, as everywhere.
///
/// # Errors
///
/// If there is no such file, or it cannot be read to its end.
pub fn sha256_of_input(name: &str) -> Result<String, IngestError> {
    if is_of_standard_input(name) {
        return Err(IngestError::StandardInput);
    }
    let stored = Stored::find(name)?;
    stored.open()?;
    sha256_of(&stored.path).ok_or_else(|| IngestError::Unreadable {
        path: stored.path,
        source: std::io::ErrorKind::UnexpectedEof.into(),
    })
}

/// Whether a name in a manifest is that of standard input, or of a member of an archive read from it.
pub fn is_of_standard_input(name: &str) -> bool {
    let rest = name.strip_prefix(STANDARD_INPUT);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('!'))
}

#[cfg(feature = "polars")]
use parquet::read as read_parquet;

/// This build reads no Parquet.
#[cfg(not(feature = "polars"))]
fn read_parquet(path: &Path, _wanted: &mut Wanted) -> Result<(), IngestError> {
    Err(IngestError::NoParquet {
        path: path.to_owned(),
    })
}

/// What a name in a manifest stands for on disk.
struct Stored<'a> {
    path: PathBuf,
    /// The member of an archive, if it is one.
    member: Option<&'a str>,
}

impl<'a> Stored<'a> {
    fn find(name: &'a str) -> Result<Self, IngestError> {
        if Path::new(name).exists() {
            return Ok(Self {
                path: name.into(),
                member: None,
            });
        }
        let marks = name.match_indices('!');
        let mut splits = marks.map(|(at, mark)| (&name[..at], &name[at + mark.len()..]));
        match splits.find(|(archive, _)| Path::new(archive).is_file()) {
            Some((archive, member)) => Ok(Self {
                path: archive.into(),
                member: Some(member),
            }),
            None => Err(IngestError::NotFound { path: name.into() }),
        }
    }

    fn open(&self) -> Result<(InputFile, Content), IngestError> {
        open(&self.path).map(|(file, _, content)| (file, content))
    }
}

/// The rows that are asked for, and those of them that were found.
struct Wanted {
    /// What is still to come, the next last.
    ahead: Vec<u64>,
    found: Vec<RawRow>,
}

impl Wanted {
    fn new(rows: &[u64]) -> Self {
        let mut ahead = rows.to_vec();
        ahead.sort_unstable_by(|one, other| other.cmp(one));
        ahead.dedup();
        Self {
            ahead,
            found: Vec::new(),
        }
    }

    /// The next row asked for; `None` if all are found.
    fn next(&self) -> Option<u64> {
        self.ahead.last().copied()
    }

    /// Whether a row is asked for, when rows come by in their order.
    fn takes(&mut self, row: u64) -> bool {
        self.pass(row);
        self.next() == Some(row)
    }

    /// Gives up the rows before one.
    fn pass(&mut self, row: u64) {
        while self.next().is_some_and(|next| next < row) {
            self.ahead.pop();
        }
    }

    fn add(&mut self, row: RawRow) {
        self.ahead.pop();
        self.found.push(row);
    }
}

/// The beginning of what stands somewhere, as text.
fn bounded(bytes: &[u8], most: usize) -> String {
    // Four bytes a character at most, and a few more so that a cut character shows at no end.
    let head = &bytes[..bytes.len().min(most * 4 + 4)];
    let text = String::from_utf8_lossy(head);
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}
