//! Date and time of day in two columns: which they are, by what their first values look like.
//!
//! A column of times that holds dates alone, or times of day alone, is half of what every row needs. The
//! other half is sought among the columns that hold nothing else. Where several could be it, and
//! neither their names nor the first half's tell, the user must say. Dates without any times of day are
//! used as midnights, and that is told.

use crate::all_rows::{AllRows, Part};
use crate::error::IngestError;
use crate::excerpt::excerpt;
use crate::field::Field;
use crate::format::normalised;
use crate::layout::{Clock, Layout};
use crate::time_format::{DateOrder, Likeness, TimeFormat, digits_of_day, time_of_day};
use landfall_track::Timestamp;
use std::path::Path;
use std::sync::Arc;

/// How many rows of the beginning are looked at.
const LOOKED_AT: u64 = 200;

const DAY_MILLIS: i64 = 86_400_000;

/// What the first values of a column look like.
#[derive(Clone, Debug, Default)]
struct Seen {
    texts: u64,
    /// Dates without a time of day.
    days: u64,
    /// Times at midnight, dates among them.
    midnights: u64,
    /// Times of day, by how they are written.
    colons: u64,
    /// Of those the ones behind a day that may mean something after all.
    behind_day: u64,
    six_digits: u64,
    /// Of those the ones in which no digit is left out.
    whole_six_digits: u64,
    four_digits: u64,
    /// Whether one of them is an hour after midnight or more.
    has_hours: bool,
    /// Times of day after midnight.
    after_midnight: u64,
    first: Option<String>,
}

impl Seen {
    fn add(&mut self, text: &[u8]) {
        self.texts += 1;
        if self.first.is_none() {
            self.first = Some(shown(text));
        }
        if let Some(time) = time_of_day(text) {
            self.colons += 1;
            self.after_midnight += u64::from(time != 0);
            self.behind_day += u64::from(Likeness::of(text).is_some());
            return;
        }
        if is_midnight(text) {
            self.midnights += 1;
            self.days += u64::from(!text.contains(&b':') && text.len() <= 18);
            return;
        }
        let six = digits_of_day(text, true);
        let is_four = text.len() == 4 && digits_of_day(text, false).is_some();
        let digits = text
            .iter()
            .position(|byte| *byte == b'.')
            .unwrap_or(text.len());
        self.six_digits += u64::from(six.is_some());
        self.whole_six_digits += u64::from(six.is_some() && digits == 6);
        self.has_hours |= six.is_some_and(|time| time >= 3_600_000);
        self.four_digits += u64::from(is_four);
        self.after_midnight += u64::from(six.is_some_and(|time| time != 0));
    }

    fn has_days_only(&self) -> bool {
        self.texts > 0 && self.days == self.texts
    }

    /// Whether nothing but dates is there, with a midnight behind each perhaps.
    fn has_midnights_only(&self) -> bool {
        self.texts > 0 && self.midnights == self.texts
    }

    /// How times of day are written, if there is nothing else. Numbers below 10,000 may as well be
    /// seconds or minutes.
    fn clock(&self) -> Option<Clock> {
        let is_clear = self.has_hours || self.whole_six_digits == self.texts;
        self.possible_clock()
            .filter(|clock| *clock != Clock::SixDigits || is_clear)
    }

    /// How they would be written, if they are times of day.
    fn possible_clock(&self) -> Option<Clock> {
        match self.texts {
            0 => None,
            all if self.colons == all => Some(Clock::Colons),
            all if self.four_digits == all => Some(Clock::FourDigits),
            all if self.six_digits == all => Some(Clock::SixDigits),
            _ => None,
        }
    }
}

/// A value as it is shown: a number that is a time as that time.
fn shown(text: &[u8]) -> String {
    let is_number = text.iter().all(u8::is_ascii_digit) && text.len() > 8;
    match time_of(text).filter(|_| is_number) {
        Some(time) => time.to_string(),
        None => excerpt(text),
    }
}

/// Whether a text is a day, or the midnight with which it begins.
fn is_midnight(text: &[u8]) -> bool {
    time_of(text).is_some_and(|time| time.as_millis().rem_euclid(DAY_MILLIS) == 0)
}

/// The time that a text looks like.
fn time_of(text: &[u8]) -> Option<Timestamp> {
    let format = match Likeness::of(text) {
        Some(Likeness::Iso) => TimeFormat::Iso,
        Some(Likeness::MonthName) => TimeFormat::MonthName,
        Some(Likeness::YearLast(order)) => {
            TimeFormat::YearLast(order.unwrap_or(DateOrder::DayFirst))
        }
        Some(Likeness::UnixSeconds) => TimeFormat::UnixSeconds,
        Some(Likeness::UnixMillis) => TimeFormat::UnixMillis,
        Some(Likeness::UnixMicros) => TimeFormat::UnixMicros,
        Some(Likeness::UnixNanos) => TimeFormat::UnixNanos,
        None => return None,
    };
    format.read(text)
}

/// What the columns that are asked for look like.
fn look(
    rows: &dyn AllRows,
    layout: &Layout,
    columns: &[usize],
    path: &Path,
) -> Result<Vec<Seen>, IngestError> {
    let mut seen = vec![Seen::default(); columns.len()];
    let mut looked_at = 0;
    rows.visit(Part::Whole, &mut |_, record| {
        for (column, seen) in columns.iter().zip(&mut seen) {
            if let Some(text) = record.field(*column)
                && !text.is_empty()
                && !layout.is_absent(text)
            {
                seen.add(text);
            }
        }
        looked_at += 1;
        looked_at < LOOKED_AT
    })
    .map_err(|source| IngestError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    Ok(seen)
}

/// Words in the names of columns of times of day, and of dates.
const CLOCK_WORDS: [&str; 12] = [
    "time", "hms", "hour", "clock", "utc", "gmt", "heure", "hora", "zeit", "uhr", "tid", "hhmm",
];
const DATE_WORDS: [&str; 9] = [
    "date", "day", "datum", "fecha", "jour", "dato", "data", "giorno", "ymd",
];

/// Words in the names of columns of other times than that of the report.
const OTHER_WORDS: [&str; 8] = [
    "eta", "etd", "arriv", "depart", "duration", "built", "build", "elapsed",
];

fn has_word(name: &str, words: &[&str]) -> bool {
    let name = normalised(name);
    words.iter().any(|word| name.contains(word))
}

/// Whether a column's name has a word of dates or of times of day.
#[cfg(feature = "polars")]
pub(crate) fn is_named_like_one(name: &str) -> bool {
    has_word(name, &CLOCK_WORDS) || has_word(name, &DATE_WORDS)
}

/// A name without what says which half it is, so that `pos_date` goes with `pos_time`.
fn without_words(name: &str) -> String {
    let mut name = normalised(name);
    for word in CLOCK_WORDS.iter().chain(&DATE_WORDS) {
        name = name.replace(word, "");
    }
    name
}

/// What the search for the other half came to.
enum Other {
    None,
    One(usize),
    /// Several could be it.
    Several(Vec<usize>),
}

/// The one among some columns that belongs to `half`: by itself, by a word in its name, or by what else
/// its name has in common with that of the half.
fn one_of(columns: Vec<usize>, half: &str, words: &[&str], layout: &Layout) -> Other {
    let name = |column: &usize| layout.names[*column].as_str();
    let mut left = columns;
    left.retain(|column| !has_word(name(column), &OTHER_WORDS));
    if left.len() > 1 {
        let is_named = |column: &usize| has_word(name(column), words);
        if left.iter().any(is_named) {
            left.retain(is_named);
        }
    }
    if left.len() > 1 {
        let is_alike = |column: &usize| without_words(name(column)) == without_words(half);
        if left.iter().any(is_alike) {
            left.retain(is_alike);
        }
    }
    match left.as_slice() {
        [] => Other::None,
        [one] => Other::One(*one),
        _ => Other::Several(left),
    }
}

/// Finds out whether date and time of day stand apart, and notes in the layout where. `narrow` gives
/// rows with the columns of the layout, `wide` with all that could be the other half, if that is not the
/// same. What the reader should be told is given back.
pub(crate) fn settle(
    layout: &mut Layout,
    narrow: &dyn AllRows,
    wide: &dyn Fn() -> Option<Arc<dyn AllRows>>,
    path: &Path,
) -> Result<Option<String>, IngestError> {
    let Some(time) = layout.column(Field::Time) else {
        return Ok(None);
    };
    let seen = look(narrow, layout, &[time], path)?
        .pop()
        .unwrap_or_default();
    if layout.clock.is_some() || layout.constant(Field::Date).is_some() {
        // The user says that they stand apart.
        layout.clock = Some(seen.possible_clock().unwrap_or(Clock::Colons));
        return Ok(None);
    }
    let has_clocks = seen.clock().is_some() && seen.behind_day == 0 && layout.pattern.is_none();
    if !has_clocks && !seen.has_midnights_only() {
        return Ok(None);
    }
    let unused: Vec<usize> = (0..layout.names.len())
        .filter(|column| *column == time || !layout.is_used(*column))
        .collect();
    let all = match wide() {
        Some(wide) => look(&*wide, layout, &unused, path)?,
        None => look(narrow, layout, &unused, path)?,
    };
    let columns = || {
        let others = unused.iter().copied().zip(&all);
        others.filter(|(column, _)| *column != time)
    };
    layout.begins_with_midnights = seen.has_midnights_only() && !seen.has_days_only();
    if let (true, Some(clock)) = (has_clocks, seen.clock()) {
        return with_date(layout, time, clock, &seen, columns(), path).map(|()| None);
    }
    with_clock(layout, time, &seen, columns(), path)
}

/// Finds the date to a column of times of day.
fn with_date<'s>(
    layout: &mut Layout,
    time: usize,
    clock: Clock,
    seen: &Seen,
    others: impl Iterator<Item = (usize, &'s Seen)>,
    path: &Path,
) -> Result<(), IngestError> {
    let dates: Vec<usize> = others
        .filter(|(_, other)| other.has_midnights_only())
        .map(|(column, _)| column)
        .collect();
    let name = layout.names[time].clone();
    match one_of(dates, &name, &DATE_WORDS, layout) {
        Other::One(date) => {
            layout.join_times(date, time, clock);
            Ok(())
        }
        Other::Several(dates) => Err(IngestError::SplitTimes {
            path: path.to_owned(),
            found: "times of day without a date",
            column: name,
            value: seen.first.clone().unwrap_or_default(),
            others: format!("dates in {}", quoted(layout, &dates)),
        }),
        Other::None => {
            // A pure number may be anything, and is told as a time that cannot be read.
            if let Some(date) = layout.partitions.date() {
                layout.date_from_folder(date, clock);
                return Ok(());
            }
            if clock != Clock::Colons {
                return Ok(());
            }
            Err(IngestError::SplitTimes {
                path: path.to_owned(),
                found: "times of day without a date",
                column: name,
                value: seen.first.clone().unwrap_or_default(),
                others: "no column that holds dates".to_owned(),
            })
        }
    }
}

/// Finds the time of day to a column of dates; gives back what is to be told where there is none.
fn with_clock<'s>(
    layout: &mut Layout,
    date: usize,
    seen: &Seen,
    others: impl Iterator<Item = (usize, &'s Seen)>,
    path: &Path,
) -> Result<Option<String>, IngestError> {
    // Midnights that are spelled out may be nothing but the first reports of a day.
    let is_worth = |other: &Seen| seen.has_days_only() || other.after_midnight > 0;
    let mut doubtful = Vec::new();
    let mut with_clocks: Vec<(usize, Clock)> = Vec::new();
    for (column, other) in others.filter(|(_, other)| is_worth(other)) {
        // Mere digits are a time of day only if the column's name says so.
        let name = &layout.names[column];
        let is_named = has_word(name, &CLOCK_WORDS) && !has_word(name, &["zone", "offset"]);
        let may_be_digits = is_named && other.after_midnight > 0;
        match (other.clock(), other.possible_clock()) {
            (Some(Clock::Colons), _) => with_clocks.push((column, Clock::Colons)),
            (Some(clock), _) if may_be_digits => with_clocks.push((column, clock)),
            (None, Some(_)) if may_be_digits && seen.has_days_only() => doubtful.push(column),
            _ => {}
        }
    }
    let clock_of = |column: usize| with_clocks.iter().find(|(other, _)| *other == column);
    let name = layout.names[date].clone();
    let written =
        |column: &usize| clock_of(*column).is_some_and(|(_, clock)| *clock == Clock::Colons);
    let all: Vec<usize> = with_clocks.iter().map(|(column, _)| *column).collect();
    let sure: Vec<usize> = all.iter().copied().filter(written).collect();
    let candidates = if sure.is_empty() { all } else { sure };
    let other = match one_of(candidates, &name, &CLOCK_WORDS, layout) {
        Other::None if !doubtful.is_empty() => Other::Several(doubtful),
        other => other,
    };
    match other {
        Other::One(time) => {
            let clock = clock_of(time).map_or(Clock::Colons, |(_, clock)| *clock);
            layout.join_times(date, time, clock);
            let other = &layout.names[time];
            let is_named = has_word(other, &CLOCK_WORDS);
            Ok((!is_named).then(|| {
                format!(
                    "the dates in column `{name}` are joined with the times of day in column `{other}`, \
                     the only one that holds any"
                )
            }))
        }
        Other::Several(times) => Err(IngestError::SplitTimes {
            path: path.to_owned(),
            found: "dates without a time of day",
            column: name,
            value: seen.first.clone().unwrap_or_default(),
            others: format!("what may be times of day in {}", quoted(layout, &times)),
        }),
        Other::None if seen.has_days_only() => Ok(Some(format!(
            "column `{name}` holds dates without a time of day, such as `{}`, and no other column that \
             can be told holds it: every report counts as sent at midnight; if a column does, say which \
             with `date` and `time` in a file for `--columns`",
            seen.first.as_deref().unwrap_or_default()
        ))),
        Other::None => Ok(None),
    }
}

fn quoted(layout: &Layout, columns: &[usize]) -> String {
    let quoted = columns
        .iter()
        .map(|column| format!("`{}`", excerpt(layout.names[*column].as_bytes())));
    quoted.collect::<Vec<_>>().join(", ")
}
