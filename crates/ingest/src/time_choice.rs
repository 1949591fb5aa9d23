//! The choice of a time format where the header does not tell it: by the file's own values.
//!
//! A number above 12 in one place decides between day-first and month-first for the whole file,
//! wherever it stands. If there is none, or if two contradict each other, nothing is guessed: the
//! user must say.

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
}

/// What the choice came to.
#[derive(Debug)]
pub(crate) enum Choice {
    /// The format, and what the reader should know of it.
    Settled(TimeFormat, Option<String>),
    /// Dates that are day-first or month-first: the whole file must tell.
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
        Some(Likeness::YearLast(_)) => {
            if let Some(order) = date_order {
                let format = TimeFormat::YearLast(order);
                let note = format!("read as {format} as `--date-order` says");
                Ok(Choice::Settled(format, Some(note)))
            } else {
                Ok(Choice::Undecided {
                    value: seen.first.unwrap_or_default(),
                })
            }
        }
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

/// A date that one order alone can read, and where it stands.
struct Decisive {
    order: DateOrder,
    value: String,
    row: u64,
}

/// Looks through a whole file, opened anew, for dates that only one order can read. `value` is a
/// date of the file, to show if there is none.
pub(crate) fn decide<R: Read>(
    mut records: Records<R>,
    header: &Header,
    value: &str,
    path: &Path,
) -> Result<(TimeFormat, Option<String>), IngestError> {
    let name = header.layout.column_name(Field::Time).to_owned();
    let column = header.layout.column(Field::Time).unwrap_or(usize::MAX);
    let mut decisive: Option<Decisive> = None;
    let mut row = 0;
    loop {
        let step = records.advance();
        row += 1;
        match step {
            Step::End => break,
            Step::Damaged(_) => {}
            Step::Record => {
                let text = records.record().field(column).unwrap_or_default();
                let is_in_order = |decisive: &Decisive| {
                    let format = TimeFormat::YearLast(decisive.order);
                    format.read(text).is_some()
                };
                if decisive.as_ref().is_some_and(is_in_order) {
                    continue;
                }
                let Some(Likeness::YearLast(Some(order))) = Likeness::of(text) else {
                    continue;
                };
                let found = Decisive {
                    order,
                    value: excerpt(text),
                    row,
                };
                let Some(before) = decisive else {
                    decisive = Some(found);
                    continue;
                };
                let (day_first, month_first) = match before.order {
                    DateOrder::DayFirst => (before, found),
                    DateOrder::MonthFirst => (found, before),
                };
                return Err(IngestError::ContradictoryDates {
                    path: path.to_owned(),
                    column: name,
                    day_first: day_first.value,
                    day_first_row: day_first.row,
                    month_first: month_first.value,
                    month_first_row: month_first.row,
                });
            }
        }
    }
    let Some(Decisive { order, value, .. }) = decisive else {
        return Err(IngestError::AmbiguousDates {
            path: path.to_owned(),
            column: name,
            value: value.to_owned(),
        });
    };
    let format = TimeFormat::YearLast(order);
    let note = format!("read as {format}, as `{value}` can only be");
    Ok((format, Some(note)))
}
