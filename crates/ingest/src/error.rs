//! An ingest error is a file or an argument that cannot be used, with the way to mend it. A row
//! that cannot be used is no error but a rejected row.

use std::io;
use std::path::PathBuf;

/// Why a file or an argument cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IngestError {
    /// An argument names nothing that exists.
    #[error("`{path}` does not exist: check the spelling, or quote a pattern such as 'data/*.csv'")]
    NotFound {
        /// The argument as given.
        path: PathBuf,
    },

    /// A pattern matches no file.
    #[error("`{pattern}` matches no file: `*` stays within one folder, `**` goes below it")]
    NothingMatches {
        /// The pattern as given.
        pattern: String,
    },

    /// A pattern that cannot be read as one.
    #[error("`{pattern}` is no pattern for file names")]
    BadPattern {
        /// The pattern as given.
        pattern: String,
        /// What is wrong with it.
        source: globset::Error,
    },

    /// A folder without a file that could be a table.
    #[error(
        "folder `{path}` holds no file that looks like a table (.csv, .tsv, .txt, .parquet, \
         or one of these as .gz, .zst or .zip): name the files one by one if theirs are other endings"
    )]
    EmptyFolder {
        /// The folder as given.
        path: PathBuf,
    },

    /// A file or folder that the system does not let us read.
    #[error("cannot read `{path}`")]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A folder where one file was expected.
    #[error("`{path}` is a folder: a file was expected")]
    IsFolder {
        /// The path as given.
        path: PathBuf,
    },

    /// What can be read only once, or has no end.
    #[error("`{path}` is {what}: write it to a file first, and name that")]
    NoFile {
        /// The path as given.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },

    /// A folder that an earlier run wrote.
    #[error(
        "folder `{path}` holds what an earlier run of Landfall found (its `manifest.json` says \
         so): name the folder with the positions, or if they are in this one, name the files"
    )]
    OwnOutput {
        /// The folder as given.
        path: PathBuf,
    },

    /// A file of no bytes, or of blank lines only.
    #[error("`{path}` is empty: fetch it again, or leave it out")]
    Empty {
        /// The file, or the member of an archive.
        path: PathBuf,
    },

    /// A file with a header and no row.
    #[error(
        "`{path}` has a header ({format}) and no row after it: fetch it again, or leave it out"
    )]
    HeaderOnly {
        /// The file, or the member of an archive.
        path: PathBuf,
        /// The format that the header is of.
        format: String,
    },

    /// A file in UTF-16, as some spreadsheets save it.
    #[error(
        "`{path}` is in UTF-16: save it again as UTF-8 (`iconv -f UTF-16 -t UTF-8 FILE > NEW.csv`)"
    )]
    Utf16 {
        /// The file, or the member of an archive.
        path: PathBuf,
    },

    /// A file that is no text.
    #[error("`{path}` is not a text file but {what}: expected CSV or Parquet")]
    Binary {
        /// The file, or the member of an archive.
        path: PathBuf,
        /// What it seems to be.
        what: String,
    },

    /// No line near the file's beginning is a header that is known.
    #[error(
        "`{path}` has no header that is known: the first line is `{first_line}`{hint}; \
         expected column names such as `MMSI,BaseDateTime,LAT,LON`, or say which column is which \
         in a file for `--columns` (`landfall inspect` prints a draft of one)"
    )]
    NotRecognised {
        /// The file, or the member of an archive.
        path: PathBuf,
        /// Its first line, cut and with control characters escaped.
        first_line: String,
        /// What it looks like instead, with a semicolon before it; empty if that is not known.
        hint: String,
    },

    /// A file whose first line is a row already.
    #[error(
        "`{path}` has no header: its first line is a row, `{first_line}`; say which column is which \
         by number, with `header = false` and `mmsi = 1` and so on, in a file for `--columns` \
         (`landfall inspect` prints a draft of one)"
    )]
    NoHeader {
        /// The file, or the member of an archive.
        path: PathBuf,
        /// Its first line, cut and with control characters escaped.
        first_line: String,
    },

    /// A header that is nearly known, but lacks something that every row needs.
    #[error(
        "`{path}` has no column for {missing}: found {found}; say which column it is in a file for \
         `--columns` (`landfall inspect` prints a draft of one)"
    )]
    MissingColumn {
        /// The file, or the member of an archive.
        path: PathBuf,
        /// What is missing, in words.
        missing: String,
        /// The header's columns.
        found: String,
    },

    /// Dates that can be read both as day-first and as month-first throughout the file.
    #[error(
        "`{path}` has dates that could be day-first or month-first, such as `{value}` in column \
         `{column}`: say which with `--date-order day-first` or `--date-order month-first`"
    )]
    AmbiguousDates {
        /// The file, or the member of an archive.
        path: PathBuf,
        /// The column of times, as the header spells it.
        column: String,
        /// The first such date.
        value: String,
    },

    /// Dates of which some can only be day-first and others only month-first.
    #[error(
        "`{path}` has dates that contradict each other: `{day_first}` in row {day_first_row} can \
         only be day-first, `{month_first}` in row {month_first_row} only month-first (column \
         `{column}`; the first data row is 1): split the file, or say which to keep with \
         `--date-order day-first` or `--date-order month-first`"
    )]
    ContradictoryDates {
        /// The file, or the member of an archive.
        path: PathBuf,
        /// The column of times, as the header spells it.
        column: String,
        /// The first date that can only be day-first.
        day_first: String,
        /// Its row.
        day_first_row: u64,
        /// The first date that can only be month-first.
        month_first: String,
        /// Its row.
        month_first_row: u64,
    },

    /// Times in a form that is not known.
    #[error(
        "`{path}` has times that cannot be read, such as `{value}` in column `{column}`: say how \
         they are written with `time_format` in a file for `--columns`, by a pattern such as \
         \"%d %b %Y %H:%M\", or name another column with `time` there (`landfall inspect` prints a \
         draft of one)"
    )]
    UnknownTimes {
        /// The file, or the member of an archive.
        path: PathBuf,
        /// The column of times, as the header spells it.
        column: String,
        /// The first of them.
        value: String,
    },

    /// Times of day whose date stands in no column that can be told, or dates whose time of day does.
    #[error(
        "`{path}` has {found} in column `{column}`, such as `{value}`, and {others}: say which \
         columns hold the date and the time of day with `date` and `time` in a file for `--columns` \
         (`landfall inspect` prints a draft of one)"
    )]
    SplitTimes {
        /// The file, or the member of an archive.
        path: PathBuf,
        /// What the column of times holds, in words.
        found: &'static str,
        /// The column of times, as the header spells it.
        column: String,
        /// The first of its values.
        value: String,
        /// What other columns hold, in words.
        others: String,
    },

    /// A table whose rows name no vessel and that has no name to take it from.
    #[error(
        "`{path}` names the vessel nowhere but in the file's name, which standard input has not: \
         save it to a file named after the vessel, and name that"
    )]
    NamelessVessel {
        /// What was read.
        path: PathBuf,
    },

    /// Standard input where it would have to be read a second time.
    #[error(
        "standard input was read once and cannot be read again: save it to a file first, and name that"
    )]
    StandardInput,

    /// A file that breaks off or turns unreadable half-way. The rows before are kept.
    #[error(
        "`{path}` breaks off after row {row} (the first data row is 1): {detail}; the rows before \
         are used, {mend}"
    )]
    BrokenOff {
        /// The file, or the member of an archive.
        path: PathBuf,
        /// The last row that could be read.
        row: u64,
        /// What the reader or the unpacker said.
        detail: String,
        /// The way to have the rest.
        mend: &'static str,
    },

    /// An archive within an archive.
    #[error("`{path}` is itself {what}: unpack the outer one first")]
    NestedArchive {
        /// The member.
        path: PathBuf,
        /// What it is.
        what: String,
    },

    /// An archive that cannot be unpacked, or holds no table.
    #[error("archive `{path}` cannot be used: {detail}")]
    BadArchive {
        /// The archive, or its member.
        path: PathBuf,
        /// What is wrong, and the way to mend it.
        detail: String,
    },

    /// A Parquet file, and this build cannot read Parquet.
    #[error(
        "`{path}` is a Parquet file, which this build cannot read: build it \
         with its default features, of which `parquet` is one"
    )]
    NoParquet {
        /// The file.
        path: PathBuf,
    },

    /// A file for `--columns` that cannot be used.
    #[error("column file `{path}`: {detail}")]
    BadColumnMap {
        /// The file for `--columns`.
        path: PathBuf,
        /// What is wrong, and the way to mend it.
        detail: String,
    },

    /// More files than a source row can number.
    #[error("`{path}` is file number {file}, and {limit} is the most in one run: split the run")]
    TooManyFiles {
        /// The file.
        path: PathBuf,
        /// Its number.
        file: usize,
        /// The most.
        limit: usize,
    },

    /// A list of sightings or a register of vessels that cannot be used.
    #[error("list `{path}` cannot be used: {detail}")]
    BadList {
        /// The list.
        path: PathBuf,
        /// What is wrong, and the way to mend it.
        detail: String,
    },

    /// A table of ports that cannot be used.
    #[error("port table `{path}` cannot be used: {detail}")]
    BadPortTable {
        /// The table.
        path: PathBuf,
        /// What is wrong, and the way to mend it.
        detail: String,
    },

    /// A list of places that cannot be used.
    #[error("places `{path}` cannot be used: {detail}")]
    BadPlaces {
        /// The list.
        path: PathBuf,
        /// What is wrong, and the way to mend it.
        detail: String,
    },

    /// A Parquet file or a frame that cannot be used.
    #[error("table `{path}` cannot be used: {detail}")]
    BadTable {
        /// The file; `(frame)` for a frame.
        path: PathBuf,
        /// What is wrong, and the way to mend it.
        detail: String,
    },
}

/// The way to mend what breaks off by mishap.
pub(crate) const FETCH_AGAIN: &str = "fetch the file again for the rest";

/// The way to mend two tables in one file.
pub(crate) const SPLIT_FILE: &str = "split the file before that row";
