//! The choice of a time format where the header does not tell it: by the file's own values.
//!
//! A number above 12 in one place decides between day-first and month-first for the whole file. If
//! there is none, nothing is guessed: the user must say.

use crate::error::IngestError;
use crate::excerpt::excerpt;
use crate::field::Field;
use crate::format::Times;
use crate::header::Header;
use crate::records::{Records, Step};
use crate::time_format::{DateOrder, Likeness, TimeFormat};
use std::io::Read;
use std::path::Path;

/// How many times of the beginning are looked at.
const LOOKED_AT: usize = 200;

/// What the first times of a file look like.
#[derive(Debug, Default)]
struct Sample {
    /// How many rows held a text in the column of times.
    texts: usize,
    /// How many of them the declared format reads.
    declared: usize,
    first: Option<String>,
    likeness: Option<Likeness>,
    order: Option<DateOrder>,
}

/// What the choice came to.
#[derive(Debug)]
pub(crate) enum Choice {
    /// The format, and what the reader should know of it.
    Settled(TimeFormat, Option<String>),
    /// Dates that are day-first or month-first: the rest of the file must tell.
    Undecided {
        /// The first of them.
        value: String,
    },
}

fn declared_format(times: Times) -> Option<TimeFormat> {
    match times {
        Times::Iso => Some(TimeFormat::Iso),
        Times::UnixSeconds => Some(TimeFormat::UnixSeconds),
        Times::UnixMillis => Some(TimeFormat::UnixMillis),
        Times::YearLast(order) => Some(TimeFormat::YearLast(order)),
        Times::FromValues => None,
    }
}

/// Chooses the format of a file's times by its header and by `sample`, the first bytes after it.
pub(crate) fn choose(
    header: &Header,
    sample: &[u8],
    date_order: Option<DateOrder>,
    path: &Path,
) -> Result<Choice, IngestError> {
    if let Some(pattern) = &header.layout.pattern {
        return Ok(Choice::Settled(pattern.clone(), None));
    }
    let declared = declared_format(header.layout.times);
    let seen = look(header, sample, declared.as_ref());
    if let Some(declared) = declared {
        // What a format declares holds unless no value bears it out: files are exported anew by
        // spreadsheets and databases.
        let is_borne_out = seen.declared > 0 || seen.likeness.is_none();
        if is_borne_out {
            return Ok(Choice::Settled(declared, None));
        }
    }
    let settled = |format: TimeFormat| {
        let note = format!("read as {format} by its values");
        Ok(Choice::Settled(format, Some(note)))
    };
    match seen.likeness {
        Some(Likeness::Iso) => settled(TimeFormat::Iso),
        Some(Likeness::UnixSeconds) => settled(TimeFormat::UnixSeconds),
        Some(Likeness::UnixMillis) => settled(TimeFormat::UnixMillis),
        Some(Likeness::YearLast(_)) => match (date_order, seen.order) {
            (Some(order), _) => {
                let format = TimeFormat::YearLast(order);
                let note = format!("read as {format} as `--date-order` says");
                Ok(Choice::Settled(format, Some(note)))
            }
            (None, Some(order)) => settled(TimeFormat::YearLast(order)),
            (None, None) => Ok(Choice::Undecided {
                value: seen.first.unwrap_or_default(),
            }),
        },
        None if seen.texts == 0 => Ok(Choice::Settled(TimeFormat::Iso, None)),
        None => Err(IngestError::UnknownTimes {
            path: path.to_owned(),
            column: header.layout.column_name(Field::Time).to_owned(),
            value: seen.first.unwrap_or_default(),
        }),
    }
}

fn look(header: &Header, sample: &[u8], declared: Option<&TimeFormat>) -> Sample {
    let mut seen = Sample::default();
    let mut records = Records::over(sample, header);
    while seen.texts < LOOKED_AT && records.advance() == Step::Record {
        let record = records.record();
        let Some(text) = header
            .layout
            .column(Field::Time)
            .and_then(|column| record.field(column))
        else {
            continue;
        };
        if text.is_empty() || header.layout.is_absent(text) {
            continue;
        }
        seen.texts += 1;
        if seen.first.is_none() {
            seen.first = Some(excerpt(text));
        }
        if let Some(declared) = declared
            && is_plausible(declared, text)
        {
            seen.declared += 1;
        }
        let likeness = Likeness::of(text);
        if let (Some(Likeness::YearLast(order)), None) = (likeness, seen.order) {
            seen.order = order;
        }
        if seen.likeness.is_none() && likeness.is_some() {
            seen.likeness = likeness;
            seen.first = Some(excerpt(text));
        }
    }
    seen
}

/// Whether a text is a time in a format, and of the right magnitude if it is a number.
fn is_plausible(format: &TimeFormat, text: &[u8]) -> bool {
    match (format, Likeness::of(text)) {
        (TimeFormat::UnixSeconds, Some(Likeness::UnixMillis))
        | (TimeFormat::UnixMillis, Some(Likeness::UnixSeconds)) => false,
        _ => format.read(text).is_some(),
    }
}

/// Looks through a whole file, opened anew, for a date that only one order can read.
pub(crate) fn decide<R: Read>(
    mut records: Records<R>,
    header: &Header,
) -> Option<(TimeFormat, Option<String>)> {
    let column = header.layout.column(Field::Time)?;
    loop {
        match records.advance() {
            Step::End => return None,
            Step::Damaged(_) => {}
            Step::Record => {
                let text = records.record().field(column).unwrap_or_default();
                if let Some(Likeness::YearLast(Some(order))) = Likeness::of(text) {
                    let format = TimeFormat::YearLast(order);
                    let note = format!("read as {format}, as `{}` can only be", excerpt(text));
                    return Some((format, Some(note)));
                }
            }
        }
    }
}
