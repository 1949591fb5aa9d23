//! The choice of a time format where the header does not tell it: by the file's own values.
//!
//! Where the first times of a file are all written alike and are no mere numbers, they decide. In
//! every other case the whole file does, by what most of its times look like, so that neither the
//! order of the rows nor a few in another unit decide.
//!
//! A number above 12 in one place decides between day-first and month-first for the whole file,
//! wherever it stands. If there is none, or if two contradict each other, nothing is guessed: the
//! user must say.

use crate::all_rows::{AllRows, Part};
use crate::error::IngestError;
use crate::excerpt::excerpt;
use crate::field::Field;
use crate::format::Times;
use crate::layout::Layout;
use crate::time_format::{DateOrder, Likeness, TimeFormat};
use std::path::Path;

/// How many times of the beginning are looked at.
const LOOKED_AT: u64 = 200;

/// A time format, and what the reader should know of the choice.
type Chosen = (TimeFormat, Option<String>);

fn declared_format(times: Times) -> Option<TimeFormat> {
    match times {
        Times::Iso => Some(TimeFormat::Iso),
        Times::UnixSeconds => Some(TimeFormat::UnixSeconds),
        Times::UnixMillis => Some(TimeFormat::UnixMillis),
        Times::UnixMicros => Some(TimeFormat::UnixMicros),
        Times::UnixNanos => Some(TimeFormat::UnixNanos),
        Times::MonthName => Some(TimeFormat::MonthName),
        Times::YearLast(order) => Some(TimeFormat::YearLast(order)),
        Times::FromValues => None,
    }
}

/// A way in which times may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Iso,
    YearLast,
    MonthName,
    Seconds,
    Millis,
    Micros,
    Nanos,
}

impl Way {
    /// In the order in which they win where two are equally frequent.
    const ALL: [Way; 7] = [
        Way::Iso,
        Way::YearLast,
        Way::MonthName,
        Way::Seconds,
        Way::Millis,
        Way::Micros,
        Way::Nanos,
    ];

    fn of(likeness: Likeness) -> Self {
        match likeness {
            Likeness::Iso => Self::Iso,
            Likeness::YearLast(_) => Self::YearLast,
            Likeness::MonthName => Self::MonthName,
            Likeness::UnixSeconds => Self::Seconds,
            Likeness::UnixMillis => Self::Millis,
            Likeness::UnixMicros => Self::Micros,
            Likeness::UnixNanos => Self::Nanos,
        }
    }

    /// The way that a format reads.
    fn read_by(format: &TimeFormat) -> Option<Self> {
        match format {
            TimeFormat::Iso => Some(Self::Iso),
            TimeFormat::YearLast(_) => Some(Self::YearLast),
            TimeFormat::MonthName => Some(Self::MonthName),
            TimeFormat::UnixSeconds => Some(Self::Seconds),
            TimeFormat::UnixMillis => Some(Self::Millis),
            TimeFormat::UnixMicros => Some(Self::Micros),
            TimeFormat::UnixNanos => Some(Self::Nanos),
            TimeFormat::Pattern(_) => None,
        }
    }

    /// Its format; `None` if that is not all that is to be known.
    fn format(self) -> Option<TimeFormat> {
        match self {
            Self::Iso => Some(TimeFormat::Iso),
            Self::YearLast => None,
            Self::MonthName => Some(TimeFormat::MonthName),
            Self::Seconds => Some(TimeFormat::UnixSeconds),
            Self::Millis => Some(TimeFormat::UnixMillis),
            Self::Micros => Some(TimeFormat::UnixMicros),
            Self::Nanos => Some(TimeFormat::UnixNanos),
        }
    }

    /// Whether times are numbers, which say of themselves neither what they are nor their unit.
    fn is_number(self) -> bool {
        !matches!(self, Self::Iso | Self::YearLast | Self::MonthName)
    }
}

/// How the times of a table are written, each way as often as it was seen.
#[derive(Debug, Default)]
struct Votes {
    texts: u64,
    /// How many of them the declared format reads.
    declared: u64,
    by_way: [u64; Way::ALL.len()],
    /// The first time of each way, and the first text that is none.
    first: [Option<String>; Way::ALL.len()],
    first_other: Option<String>,
}

impl Votes {
    fn count(
        rows: &dyn AllRows,
        part: Part,
        layout: &Layout,
        declared: Option<&TimeFormat>,
        most: u64,
    ) -> std::io::Result<Self> {
        let column = layout.column(layout.dated()).unwrap_or(usize::MAX);
        let mut votes = Self::default();
        rows.visit(part, &mut |_, record| {
            if let Some(text) = record.field(column)
                && !text.is_empty()
                && !layout.is_absent(text)
            {
                votes.add(text, declared);
            }
            votes.texts < most
        })?;
        Ok(votes)
    }

    fn add(&mut self, text: &[u8], declared: Option<&TimeFormat>) {
        self.texts += 1;
        let likeness = Likeness::of(text);
        if let Some(declared) = declared {
            // A number is a time in any unit, but only in one of them one of our days.
            let is_other = likeness.map(Way::of).is_some_and(|way| {
                way.is_number() && Way::read_by(declared).is_some_and(|declared| declared != way)
            });
            self.declared += u64::from(!is_other && declared.read(text).is_some());
        }
        match likeness {
            Some(likeness) => {
                let way = Way::of(likeness) as usize;
                self.by_way[way] += 1;
                if self.first[way].is_none() {
                    self.first[way] = Some(excerpt(text));
                }
            }
            None if self.first_other.is_none() => self.first_other = Some(excerpt(text)),
            None => {}
        }
    }

    fn of(&self, way: Way) -> u64 {
        self.by_way[way as usize]
    }

    /// The way in which most times are written; where two are equally frequent, the declared one.
    fn most(&self, declared: Option<Way>) -> Option<Way> {
        let most = self.by_way.iter().copied().max().filter(|most| *most > 0)?;
        let mut ways = declared.into_iter().chain(Way::ALL);
        ways.find(|way| self.of(*way) == most)
    }

    /// The only way in which times are written, if there is but one.
    fn only(&self) -> Option<Way> {
        let way = self.most(None)?;
        (self.of(way) == self.texts).then_some(way)
    }

    /// What the reader should know of times that are written in another way than most.
    fn others(&self, chosen: Way) -> Option<String> {
        let is_other = |way: &Way| *way != chosen && self.of(*way) > 0;
        let others: Vec<Way> = Way::ALL.into_iter().filter(is_other).collect();
        let first = others.first()?;
        let count: u64 = others.iter().map(|way| self.of(*way)).sum();
        Some(format!(
            "{count} of {} times looked at are written otherwise, such as `{}`",
            self.texts,
            self.first[*first as usize].as_deref().unwrap_or_default()
        ))
    }
}

/// Chooses the format of a file's times, or of its dates where those stand in a column of their own:
/// by its layout, by `sample`, the first rows, and where that does not tell by all of them.
pub(crate) fn choose(
    layout: &Layout,
    sample: &dyn AllRows,
    rows: &dyn AllRows,
    date_order: Option<DateOrder>,
    path: &Path,
) -> Result<Chosen, IngestError> {
    if let Some(pattern) = &layout.pattern {
        return Ok((pattern.clone(), None));
    }
    if layout.constant(Field::Date).is_some() {
        // The day is no matter of the rows.
        return Ok((TimeFormat::Iso, None));
    }
    let unreadable = |source| IngestError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let declared = declared_format(layout.times);
    let declared_way = declared.as_ref().and_then(Way::read_by);
    let count = |rows, part, most| {
        Votes::count(rows, part, layout, declared.as_ref(), most).map_err(unreadable)
    };
    let seen = count(sample, Part::Whole, LOOKED_AT)?;
    if let (Some(declared), Some(way)) = (&declared, declared_way) {
        // What a format declares holds unless no value bears it out: files are exported anew by
        // spreadsheets and databases. Of numbers the unit is told by all of them.
        let is_told = layout.is_of_user || !way.is_number();
        if is_told && (seen.declared > 0 || (seen.most(None).is_none() && seen.texts > 0)) {
            return Ok((declared.clone(), None));
        }
    }
    let votes = match seen.only().filter(|way| !way.is_number()) {
        Some(_) => seen,
        None => count(rows, Part::Stripes, u64::MAX)?,
    };
    let Some(way) = votes.most(declared_way) else {
        return match (votes.first_other, declared.clone()) {
            (Some(_), Some(declared)) => Ok((declared, None)),
            (Some(value), None) => Err(IngestError::UnknownTimes {
                path: path.to_owned(),
                column: layout.column_name(layout.dated()).to_owned(),
                value,
            }),
            (None, declared) => Ok((declared.unwrap_or(TimeFormat::Iso), None)),
        };
    };
    let others = votes.others(way);
    let with_others = |note: String| match &others {
        Some(others) => format!("{note}; {others}"),
        None => note,
    };
    if let (Some(declared), true) = (&declared, declared_way == Some(way) && votes.declared > 0) {
        return Ok((declared.clone(), others));
    }
    if let Some(format) = way.format() {
        let note = with_others(format!("read as {format} by its values"));
        return Ok((format, Some(note)));
    }
    if let Some(order) = date_order {
        let format = TimeFormat::YearLast(order);
        let note = format!("read as {format} as `--date-order` says");
        return Ok((format, Some(note)));
    }
    let value = votes.first[way as usize].as_deref().unwrap_or_default();
    order_of_dates(layout, rows, value, path)
}

/// A date that one order alone can read, and where it stands.
struct Decisive {
    order: DateOrder,
    value: String,
    row: u64,
}

/// Looks through all rows for dates that only one order can read. `value` is a date of the file, to
/// show if there is none.
fn order_of_dates(
    layout: &Layout,
    rows: &dyn AllRows,
    value: &str,
    path: &Path,
) -> Result<Chosen, IngestError> {
    let column = layout.column(layout.dated()).unwrap_or(usize::MAX);
    let name = layout.column_name(layout.dated()).to_owned();
    let mut decisive: Option<Decisive> = None;
    let mut contradiction: Option<Decisive> = None;
    rows.visit(Part::Whole, &mut |row, record| {
        let text = record.field(column).unwrap_or_default();
        let is_in_order =
            |decisive: &Decisive| TimeFormat::YearLast(decisive.order).read(text).is_some();
        if decisive.as_ref().is_some_and(is_in_order) {
            return true;
        }
        let Some(Likeness::YearLast(Some(order))) = Likeness::of(text) else {
            return true;
        };
        let found = Decisive {
            order,
            value: excerpt(text),
            row,
        };
        if decisive.is_none() {
            decisive = Some(found);
            return true;
        }
        contradiction = Some(found);
        false
    })
    .map_err(|source| IngestError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let Some(before) = decisive else {
        return Err(IngestError::AmbiguousDates {
            path: path.to_owned(),
            column: name,
            value: value.to_owned(),
        });
    };
    if let Some(found) = contradiction {
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
    let format = TimeFormat::YearLast(before.order);
    let note = format!("read as {format}, as `{}` can only be", before.value);
    Ok((format, Some(note)))
}
