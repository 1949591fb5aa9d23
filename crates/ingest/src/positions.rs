//! Reading a file of positions: every row becomes a report or a rejected row.

use crate::column_map::ColumnMap;
use crate::crew::{Crew, Hand, Input};
use crate::csv_file::{Again, Text};
use crate::error::IngestError;
use crate::input_file::{InputFile, keep_standard_input_in, metadata};
use crate::intake::Delivery;
#[cfg(feature = "polars")]
use crate::intake::Intake;
use crate::magic::{Content, ENOUGH};
use crate::source_file::SourceFile;
use crate::stage_time::StageTime;
use crate::stored::{Tally, sha256_of, unpacked};
use crate::table_name::VesselNames;
use crate::time_format::DateOrder;
use crate::vessels::{ParticularsSlot, VesselBook, VesselSlot};
use crate::zip_archive::{read_zip, tables_of};
use landfall_track::{PositionReport, RejectedRow, SourceRow, Timestamp};
use std::fs::Metadata;
use std::io::{self, Read, Seek};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What the user says of the files to be read.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Which column is which in files whose header is not known.
    pub columns: Option<ColumnMap>,
    /// Which comes first in dates such as 03/04/2023, where the format does not say.
    pub date_order: Option<DateOrder>,
    /// The folder for the temporary file in which standard input is kept, so that it can be read from
    /// any place; the system's if there is none.
    pub temp: Option<PathBuf>,
}

/// Takes what is read, row by row: those of one file in the order of the file. Files may be read
/// side by side, and then come in turn.
pub trait PositionSink {
    /// A row that became a report. Its vessel and particulars are numbers in the book.
    fn accept(&mut self, vessel: VesselSlot, particulars: ParticularsSlot, report: PositionReport);

    /// A row that could not be used.
    fn reject(&mut self, row: RejectedRow);

    /// The vessel and time of a row that is rejected because its sender had no position
    /// ([`landfall_track::RejectReason::NoPosition`]): a sign of life. The row itself comes by [`Self::reject`], too.
    fn without_position(&mut self, _vessel: VesselSlot, _time: Timestamp, _source: SourceRow) {}
}

/// How far reading has come, for display, and what it took; counted up while files are read, from
/// any thread.
#[derive(Debug, Default)]
pub struct ReadProgress {
    /// Bytes of the files as stored.
    pub bytes: AtomicU64,
    /// Rows, accepted or rejected.
    pub rows: AtomicU64,
    /// How long the stages took.
    pub times: ReadTimes,
}

/// How long the stages of reading took.
#[derive(Debug, Default)]
pub struct ReadTimes {
    /// Reading and hashing, with unpacking what is packed.
    pub read: StageTime,
    /// Making reports of text; of Parquet, with unpacking it.
    pub parse: StageTime,
    /// Giving the rows to the sink.
    pub deliver: StageTime,
}

/// Reads files of positions in any format and container that is known, on several threads.
///
/// The path `-` stands for standard input, which is kept in a temporary file while the process lives;
/// a file of that name is `./-`.
///
/// There is one [`SourceFile`] for each file, or one for each member of an archive, numbered
/// `first_file` and up in the order of the paths; rows name their file by that number. Whatever is
/// wrong with a file is in its `problem`, and the rows before it are kept. Memory is bounded
/// whatever the files hold, but for the vessels and particulars that they name.
///
/// The rows of one file come to the sink in the order of the file, one at a time. Those of several
/// files may come in turn. Nothing but that, and the slots of the book, depends on the threads.
pub fn read_all<S: PositionSink + Send>(
    paths: &[PathBuf],
    first_file: usize,
    options: &ReadOptions,
    threads: NonZeroUsize,
    book: &mut VesselBook,
    sink: &mut S,
    progress: &ReadProgress,
) -> Vec<SourceFile> {
    keep_standard_input_in(options.temp.as_deref());
    let listed = listed(paths.iter().map(PathBuf::as_path));
    let names = vessel_names(&listed);
    let mut sources = Vec::new();
    let mut left = listed.as_slice();
    while !left.is_empty() {
        let inputs = numbered(&mut left, first_file + sources.len());
        let delivery = Delivery::new(book, sink, progress);
        let crew =
            Crew::new(&inputs, options, threads.get(), delivery).with_vessel_names(names.clone());
        std::thread::scope(|scope| {
            for _ in 1..threads.get() {
                scope.spawn(|| Hand::new(&crew).work());
            }
            Hand::new(&crew).work();
        });
        sources.extend(crew.into_sources().flatten());
    }
    sources
}

/// Reads one file of positions, on one thread; see [`read_all`].
pub fn read_positions<S: PositionSink>(
    path: &Path,
    first_file: usize,
    options: &ReadOptions,
    book: &mut VesselBook,
    sink: &mut S,
    progress: &ReadProgress,
) -> Vec<SourceFile> {
    keep_standard_input_in(options.temp.as_deref());
    let listed = listed(std::iter::once(path));
    let inputs = numbered(&mut listed.as_slice(), first_file);
    let delivery = Delivery::new(book, sink, progress);
    let crew = Crew::new(&inputs, options, 1, delivery).with_vessel_names(vessel_names(&listed));
    Hand::new(&crew).work();
    crew.into_sources().flatten().collect()
}

/// An input and the names of the tables in it.
struct Listed<'p> {
    path: &'p Path,
    /// `None` if they are not known before it is read: an archive whose directory is lost.
    tables: Option<Vec<String>>,
}

fn listed<'p>(paths: impl Iterator<Item = &'p Path>) -> Vec<Listed<'p>> {
    paths
        .map(|path| Listed {
            path,
            tables: match open(path) {
                Ok((file, _, Content::Zip)) => tables_of(path, file),
                _ => Some(vec![path.display().to_string()]),
            },
        })
        .collect()
}

fn vessel_names(listed: &[Listed<'_>]) -> VesselNames {
    let tables = listed.iter().filter_map(|input| input.tables.as_deref());
    VesselNames::new(tables.flatten().map(String::as_str))
}

/// The next inputs whose tables can be numbered before they are read: up to an archive whose
/// directory is lost, since how many tables it holds shows when it is read.
fn numbered<'p>(listed: &mut &[Listed<'p>], first_table: usize) -> Vec<Input<'p>> {
    let mut inputs = Vec::new();
    let mut next = first_table;
    while let Some((input, rest)) = listed.split_first() {
        *listed = rest;
        // An archive without any table is a file that cannot be used.
        let tables = input.tables.as_ref().map(|tables| tables.len().max(1));
        // A file beyond the last that can be numbered is not looked into.
        let is_numbered = SourceRow::new(next, 0).is_some();
        let tables = if is_numbered { tables } else { Some(1) };
        inputs.push(Input {
            path: input.path,
            first_table: next,
            tables,
        });
        let Some(tables) = tables else {
            break;
        };
        next += tables;
    }
    inputs
}

/// Reads every table of an input.
pub(crate) fn read_input<S: PositionSink>(
    input: Input<'_>,
    hand: &mut Hand<'_, '_, S>,
) -> Vec<SourceFile> {
    let Input {
        path, first_table, ..
    } = input;
    let mut source = SourceFile::new(path.display().to_string(), path, 0);
    let opened = if SourceRow::new(first_table, 0).is_some() {
        open(path)
    } else {
        Err(IngestError::TooManyFiles {
            path: path.to_owned(),
            file: first_table,
            limit: 1 << 24,
        })
    };
    let (file, size, content) = match opened {
        Ok(opened) => opened,
        Err(problem) => {
            source.problem = Some(problem);
            return vec![source];
        }
    };
    source.bytes = size;
    let progress = hand.crew.delivery.progress;
    if content == Content::Zip {
        return read_zip(input, size, hand);
    }
    if content == Content::Parquet {
        let mut source = read_parquet(path, first_table, source, hand);
        source.sha256 = progress.times.read.time(|| sha256_of(path));
        progress.bytes.fetch_add(size, Ordering::Relaxed);
        return vec![source];
    }
    let mut tally = Tally::new(file, progress);
    if let (Content::Foreign(_), Some(what)) = (content, content.packed()) {
        source.problem = Some(IngestError::BadArchive {
            path: path.to_owned(),
            detail: format!("it is {what}: unpack it first"),
        });
    } else {
        source = read_text(path, content, &mut tally, first_table, source, hand);
    }
    source.sha256 = progress.times.read.time(|| tally.finish());
    vec![source]
}

/// Opens a file, with its size and what its first bytes say that it is.
pub(crate) fn open(path: &Path) -> Result<(InputFile, u64, Content), IngestError> {
    let unreadable = |source| IngestError::Unreadable {
        path: path.to_owned(),
        source,
    };
    // Asked before the file is opened: to open a pipe that nobody writes to is to wait for ever.
    if let Some(metadata) = metadata(path).map_err(unreadable)? {
        if metadata.is_dir() {
            return Err(IngestError::IsFolder {
                path: path.to_owned(),
            });
        }
        if !metadata.is_file() {
            return Err(IngestError::NoFile {
                path: path.to_owned(),
                what: kind_of(&metadata),
            });
        }
    }
    let mut file = InputFile::open(path).map_err(unreadable)?;
    let mut head = Vec::with_capacity(ENOUGH);
    (&mut file)
        .take(ENOUGH as u64)
        .read_to_end(&mut head)
        .map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    let content = Content::of(&head);
    let size = file.metadata().map_err(unreadable)?.len();
    Ok((file, size, content))
}

/// What is neither a file nor a folder, in words.
#[cfg(unix)]
fn kind_of(metadata: &Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    let kind = metadata.file_type();
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

/// What is neither a file nor a folder, in words.
#[cfg(not(unix))]
fn kind_of(_metadata: &Metadata) -> &'static str {
    "no regular file"
}

fn read_text<S: PositionSink>(
    path: &Path,
    content: Content,
    tally: &mut Tally<'_>,
    number: usize,
    mut source: SourceFile,
    hand: &mut Hand<'_, '_, S>,
) -> SourceFile {
    let file = path.to_owned();
    let again: Again = Arc::new(move |take| {
        take(&mut *unpacked(content, InputFile::open(&file)?)?);
        Ok(())
    });
    let table = source.name.clone();
    match unpacked(content, tally) {
        Ok(mut reader) => {
            let text = Text {
                reader: &mut *reader,
                again,
                vessel: hand.crew.vessel_names.of(&table),
            };
            hand.read_text(text, number, source)
        }
        Err(error) => {
            source.problem = Some(unreadable(path, error));
            source
        }
    }
}

fn unreadable(path: &Path, source: io::Error) -> IngestError {
    IngestError::Unreadable {
        path: path.to_owned(),
        source,
    }
}

/// Reads a Parquet file.
#[cfg(feature = "polars")]
fn read_parquet<S: PositionSink>(
    path: &Path,
    number: usize,
    source: SourceFile,
    hand: &mut Hand<'_, '_, S>,
) -> SourceFile {
    let table = source.name.clone();
    let mut intake = Intake::new(number, source);
    let vessel = hand.crew.vessel_names.of(&table);
    let read = crate::parquet::read_parquet(path, vessel, &mut intake, hand);
    intake.source.problem = read.err();
    intake.finish()
}

/// This build reads no Parquet.
#[cfg(not(feature = "polars"))]
fn read_parquet<S: PositionSink>(
    path: &Path,
    _number: usize,
    mut source: SourceFile,
    _hand: &mut Hand<'_, '_, S>,
) -> SourceFile {
    source.problem = Some(IngestError::NoParquet {
        path: path.to_owned(),
    });
    source
}
