//! Accounts: what became of every row read. Nothing is silently lost.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a row could not be used. The text is what rejected.csv and the summary show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RejectReason {
    /// No identity, or one that cannot be read.
    BadIdentity,
    /// No time, or one that cannot be read.
    BadTime,
    /// No latitude or longitude, or one that cannot be read.
    BadPosition,
    /// Latitude 91 or longitude 181, or both exactly 0, as receivers without a fix send: the sender
    /// had no position.
    NoPosition,
    /// The row of a message that holds a ship's particulars and never a position.
    StaticMessage,
    /// A latitude or longitude off the globe.
    PositionOutOfRange,
    /// The row has more or fewer fields than the header in a way that loses a needed column.
    WrongFieldCount,
    /// The file's header once more, as in files put together.
    RepeatedHeader,
    /// A record longer than the reader's limit.
    RecordTooLong,
    /// A quoted field that is never closed.
    UnclosedQuote,
    /// The file breaks off: a truncated archive, a read error half-way.
    FileBrokenOff,
    /// The report is older than what earlier files have settled of its vessel.
    Late,
}

impl RejectReason {
    /// The word used in outputs, such as `bad_time`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadIdentity => "bad_identity",
            Self::BadTime => "bad_time",
            Self::BadPosition => "bad_position",
            Self::NoPosition => "no_position",
            Self::StaticMessage => "static_message",
            Self::PositionOutOfRange => "position_out_of_range",
            Self::WrongFieldCount => "wrong_field_count",
            Self::RepeatedHeader => "repeated_header",
            Self::RecordTooLong => "record_too_long",
            Self::UnclosedQuote => "unclosed_quote",
            Self::FileBrokenOff => "file_broken_off",
            Self::Late => "late",
        }
    }
}

impl RejectReason {
    /// What it means in a few words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::BadIdentity => "no identity, or one that cannot be read",
            Self::BadTime => "no time, or one that cannot be read",
            Self::BadPosition => "no latitude or longitude, or one that cannot be read",
            Self::NoPosition => {
                "the sender had no position (latitude 91, longitude 181, or both exactly 0)"
            }
            Self::StaticMessage => "the row of a static message, without a position",
            Self::PositionOutOfRange => "latitude or longitude off the globe",
            Self::WrongFieldCount => "too few or too many fields",
            Self::RepeatedHeader => "the header once more, as in files put together",
            Self::RecordTooLong => "longer than any record should be",
            Self::UnclosedQuote => "a quote that is never closed",
            Self::FileBrokenOff => "the file breaks off (one entry for the rest of it)",
            Self::Late => "older than what the state already holds of the vessel",
        }
    }
}

impl fmt::Display for RejectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A row that could not be used, with what was wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRow {
    /// The file's number among the run's inputs; the first is 0.
    pub file: usize,
    /// The row in the file; the first data row is 1.
    pub row: u64,
    /// The column at fault, as the file's header spells it; empty if the whole row is.
    pub column: String,
    /// The value found there, cut to a readable length.
    pub value: String,
    /// Why it cannot be used.
    pub reason: RejectReason,
}

/// What became of one file's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileAccount {
    /// Records after the header; blank and comment lines are none.
    pub rows: u64,
    /// Rows that became position reports.
    pub accepted: u64,
    /// Rows that equal another report in every decoded field.
    pub duplicates: u64,
    /// Rows that could not be used.
    pub rejected: u64,
}

impl FileAccount {
    /// Whether rows read = accepted + duplicates + rejected.
    pub fn adds_up(&self) -> bool {
        self.rows == self.accepted + self.duplicates + self.rejected
    }
}
