//! Reading a file of positions: every row becomes a report or a rejected row.

use crate::column_map::ColumnMap;
use crate::csv_file::{Again, Text, read_csv};
use crate::error::IngestError;
use crate::inputs::stem;
use crate::intake::Intake;
use crate::magic::{Content, ENOUGH};
use crate::source_file::SourceFile;
use crate::stored::{Tally, sha256_of, unpacked};
use crate::time_format::DateOrder;
use crate::vessels::{ParticularsSlot, VesselBook, VesselSlot};
use crate::zip_archive::{Reading, read_zip};
use landfall_track::{PositionReport, RejectedRow, SourceRow};
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// What the user says of the files to be read.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Which column is which in files whose header is not known.
    pub columns: Option<ColumnMap>,
    /// Which comes first in dates such as 03/04/2023, where the format does not say.
    pub date_order: Option<DateOrder>,
}

/// Takes what is read, row by row in the order of the file.
pub trait PositionSink {
    /// A row that became a report. Its vessel and particulars are numbers in the book.
    fn accept(&mut self, vessel: VesselSlot, particulars: ParticularsSlot, report: PositionReport);

    /// A row that could not be used.
    fn reject(&mut self, row: RejectedRow);
}

/// How far reading has come, for display; counted up while files are read, from any thread.
#[derive(Debug, Default)]
pub struct ReadProgress {
    /// Bytes of the files as stored.
    pub bytes: AtomicU64,
    /// Rows, accepted or rejected.
    pub rows: AtomicU64,
}

/// Reads a file of positions in any format and container that is known.
///
/// There is one [`SourceFile`] for the file, or one for each member of an archive, numbered
/// `first_file` and up; rows name their file by that number. Whatever is wrong with the file is in
/// its `problem`, and the rows before it are kept. Memory is bounded whatever the file holds, but
/// for the vessels and particulars that it names.
pub fn read_positions<S: PositionSink>(
    path: &Path,
    first_file: usize,
    options: &ReadOptions,
    book: &mut VesselBook,
    sink: &mut S,
    progress: &ReadProgress,
) -> Vec<SourceFile> {
    let mut source = SourceFile::new(path.display().to_string(), path, 0);
    let opened = if SourceRow::new(first_file, 0).is_some() {
        open(path)
    } else {
        let path = path.to_owned();
        Err(IngestError::TooManyFiles {
            path,
            file: first_file,
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
    if content == Content::Zip {
        let reading = Reading {
            first_file,
            options,
            book,
            sink,
            progress,
        };
        return read_zip(path, size, reading);
    }
    let mut intake = Intake::new(first_file, source, book, sink, progress);
    if content == Content::Parquet {
        if let Err(problem) = read_parquet(path, options, &mut intake) {
            intake.source.problem = Some(problem);
        }
        intake.source.sha256 = sha256_of(path);
        progress.bytes.fetch_add(size, Ordering::Relaxed);
        return vec![intake.finish()];
    }
    let mut tally = Tally::new(file, progress);
    if let (Content::Foreign(_), Some(what)) = (content, content.packed()) {
        intake.source.problem = Some(IngestError::BadArchive {
            path: path.to_owned(),
            detail: format!("it is {what}: unpack it first"),
        });
        intake.source.sha256 = tally.finish();
        return vec![intake.finish()];
    }
    read_text(path, content, &mut tally, options, &mut intake);
    intake.source.sha256 = tally.finish();
    vec![intake.finish()]
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
    options: &ReadOptions,
    intake: &mut Intake<'_, S>,
) {
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
            read_csv(text, options, intake);
        }
        Err(source) => {
            intake.source.problem = Some(unreadable(path, source));
        }
    }
}

fn unreadable(path: &Path, source: io::Error) -> IngestError {
    IngestError::Unreadable {
        path: path.to_owned(),
        source,
    }
}

/// Reads a Parquet file into `intake`.
#[cfg(feature = "polars")]
fn read_parquet<S: PositionSink>(
    path: &Path,
    options: &ReadOptions,
    intake: &mut Intake<'_, S>,
) -> Result<(), IngestError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    crate::parquet::read_parquet(path, stem(&name), options, intake)
}

/// This build reads no Parquet.
#[cfg(not(feature = "polars"))]
fn read_parquet<S: PositionSink>(
    path: &Path,
    _options: &ReadOptions,
    _intake: &mut Intake<'_, S>,
) -> Result<(), IngestError> {
    Err(IngestError::NoParquet {
        path: path.to_owned(),
    })
}
