//! Reading a file of positions: every row becomes a report or a rejected row.

use crate::column_map::ColumnMap;
use crate::crew::{Crew, Hand, Input};
use crate::csv_file::{Again, Text};
use crate::error::IngestError;
use crate::inputs::stem;
use crate::intake::Delivery;
#[cfg(feature = "polars")]
use crate::intake::Intake;
use crate::magic::{Content, ENOUGH};
use crate::source_file::SourceFile;
use crate::stage_time::StageTime;
use crate::stored::{Tally, sha256_of, unpacked};
use crate::time_format::DateOrder;
use crate::vessels::{ParticularsSlot, VesselBook, VesselSlot};
use crate::zip_archive::{count_tables, read_zip};
use landfall_track::{PositionReport, RejectedRow, SourceRow, Timestamp};
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek};
use std::iter::Peekable;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// What the user says of the files to be read.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Which column is which in files whose header is not known.
    pub columns: Option<ColumnMap>,
    /// Which comes first in dates such as 03/04/2023, where the format does not say.
    pub date_order: Option<DateOrder>,
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
    let mut sources = Vec::new();
    let mut paths = paths.iter().map(PathBuf::as_path).peekable();
    while paths.peek().is_some() {
        let inputs = numbered(&mut paths, first_file + sources.len());
        let delivery = Delivery::new(book, sink, progress);
        let crew = Crew::new(&inputs, options, threads.get(), delivery);
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
    let inputs = numbered(&mut std::iter::once(path).peekable(), first_file);
    let delivery = Delivery::new(book, sink, progress);
    let crew = Crew::new(&inputs, options, 1, delivery);
    Hand::new(&crew).work();
    crew.into_sources().flatten().collect()
}

/// The next inputs whose tables can be numbered before they are read: up to an archive whose
/// directory is lost, since how many tables it holds shows when it is read.
fn numbered<'p>(
    paths: &mut Peekable<impl Iterator<Item = &'p Path>>,
    first_table: usize,
) -> Vec<Input<'p>> {
    let mut inputs = Vec::new();
    let mut next = first_table;
    for path in paths {
        let tables = tables_in(path, next);
        inputs.push(Input {
            path,
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

/// How many tables are in a file, the first of which has a number; `None` if that is not known
/// before it is read.
fn tables_in(path: &Path, number: usize) -> Option<usize> {
    match SourceRow::new(number, 0).and_then(|_| open(path).ok()) {
        Some((file, _, Content::Zip)) => count_tables(file),
        _ => Some(1),
    }
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
pub(crate) fn open(path: &Path) -> Result<(File, u64, Content), IngestError> {
    let unreadable = |source| IngestError::Unreadable {
        path: path.to_owned(),
        source,
    };
    // Asked before the file is opened: to open a pipe that nobody writes to is to wait for ever.
    let metadata = fs::metadata(path).map_err(unreadable)?;
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
    let mut file = File::open(path).map_err(unreadable)?;
    let mut head = Vec::with_capacity(ENOUGH);
    (&mut file)
        .take(ENOUGH as u64)
        .read_to_end(&mut head)
        .map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    let content = Content::of(&head);
    Ok((file, metadata.len(), content))
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
    let again: &Again<'_> = &|take| {
        take(&mut *unpacked(content, File::open(path)?)?);
        Ok(())
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match unpacked(content, tally) {
        Ok(mut reader) => {
            let text = Text {
                reader: &mut *reader,
                again,
                stem: stem(&name),
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
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut intake = Intake::new(number, source);
    let read = crate::parquet::read_parquet(path, stem(&name), &mut intake, hand);
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
