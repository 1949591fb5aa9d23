//! A time format is how a source writes its times. Whatever the format, a time without an offset
//! is UTC, and what is finer than a millisecond is cut off.

use crate::numbers;
use chrono::NaiveDate;
use chrono::format::{Item, Parsed, StrftimeItems};
use landfall_track::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which comes first in dates such as 03/04/2023.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// 03/04/2023 is the 3rd of April.
    DayFirst,
    /// 03/04/2023 is the 4th of March.
    MonthFirst,
}

/// How times are written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TimeFormat {
    /// Year first: `2023-01-11T00:00:00Z`, `2023/01/11 00:00`, `20210701_185151`.
    Iso,
    /// Seconds since 1970, possibly with a fraction.
    UnixSeconds,
    /// Milliseconds since 1970.
    UnixMillis,
    /// Microseconds since 1970.
    UnixMicros,
    /// Nanoseconds since 1970.
    UnixNanos,
    /// With the month's English name, in any order that leaves no doubt: `01-Mar-2026 00:10`,
    /// `Mar 1, 2026 12:10 AM`, `Sun Mar  1 00:10:00 UTC 2026`.
    MonthName,
    /// Year last: `31/12/2023 23:59:59`, `1.4.2023 5:07`, `12/31/2023 11:59:59 PM`.
    YearLast(DateOrder),
    /// As a pattern in the manner of strftime says.
    Pattern(Pattern),
}

/// A pattern in the manner of strftime, such as `%d %b %Y %H:%M`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pattern {
    text: String,
    items: Vec<Item<'static>>,
}

/// What a text that is a time in one of the known formats looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Likeness {
    Iso,
    UnixSeconds,
    UnixMillis,
    UnixMicros,
    UnixNanos,
    MonthName,
    /// A date with the year last, and the order if one of its numbers is above 12.
    YearLast(Option<DateOrder>),
}

impl TimeFormat {
    /// The time that a text stands for; blanks around it are the caller's to trim.
    #[inline]
    pub(crate) fn read(&self, text: &[u8]) -> Option<Timestamp> {
        match self {
            Self::Iso => iso(text).or_else(|| loose_iso(text)),
            Self::UnixSeconds => Timestamp::from_millis(numbers::epoch_millis(text, 1000)?),
            Self::UnixMillis => Timestamp::from_millis(numbers::epoch_millis(text, 1)?),
            Self::UnixMicros => Timestamp::from_millis(numbers::epoch_millis_of_parts(text, 3)?),
            Self::UnixNanos => Timestamp::from_millis(numbers::epoch_millis_of_parts(text, 6)?),
            Self::MonthName => month_name(text),
            Self::YearLast(order) => year_last(text, *order),
            Self::Pattern(pattern) => pattern.read(text),
        }
    }
}

impl fmt::Display for TimeFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Iso => f.write_str("ISO 8601"),
            Self::UnixSeconds => f.write_str("Unix seconds"),
            Self::UnixMillis => f.write_str("Unix milliseconds"),
            Self::UnixMicros => f.write_str("Unix microseconds"),
            Self::UnixNanos => f.write_str("Unix nanoseconds"),
            Self::MonthName => f.write_str("day, month by name and year"),
            Self::YearLast(DateOrder::DayFirst) => f.write_str("day/month/year"),
            Self::YearLast(DateOrder::MonthFirst) => f.write_str("month/day/year"),
            Self::Pattern(pattern) => f.write_str(&pattern.text),
        }
    }
}

impl Pattern {
    /// A pattern; `None` if it holds a specifier that is not known.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let items = StrftimeItems::new(text).parse_to_owned().ok()?;
        Some(Self {
            text: text.to_owned(),
            items,
        })
    }

    fn read(&self, text: &[u8]) -> Option<Timestamp> {
        let text = std::str::from_utf8(text).ok()?;
        let mut parsed = Parsed::new();
        chrono::format::parse(&mut parsed, text, self.items.iter()).ok()?;
        let millis = if parsed.offset().is_some() {
            parsed.to_datetime().ok()?.timestamp_millis()
        } else if let Ok(moment) = parsed.to_naive_datetime_with_offset(0) {
            moment.and_utc().timestamp_millis()
        } else {
            let midnight = parsed.to_naive_date().ok()?.and_hms_opt(0, 0, 0)?;
            // A pattern without hours means the day; one with hours that do not fit is no time.
            if parsed.hour_mod_12().is_some() || parsed.minute().is_some() {
                return None;
            }
            midnight.and_utc().timestamp_millis()
        };
        Timestamp::from_millis(millis)
    }
}

impl Likeness {
    /// What the text looks like; `None` if it is a time in none of the known formats.
    ///
    /// Numbers count as seconds between 1973 and 5138, and as milli-, micro- and nanoseconds above,
    /// a thousand times as many each, so that a mere counter or the second of the minute is not
    /// taken for a time.
    pub(crate) fn of(text: &[u8]) -> Option<Self> {
        const SECONDS: std::ops::Range<f64> = 1e8..1e11;
        const MILLIS: std::ops::Range<f64> = 1e11..1e14;
        const MICROS: std::ops::Range<f64> = 1e14..1e17;
        const NANOS: std::ops::Range<f64> = 1e17..1e20;
        if TimeFormat::Iso.read(text).is_some() {
            return Some(Self::Iso);
        }
        match numbers::number(text) {
            Some(number) if SECONDS.contains(&number) => return Some(Self::UnixSeconds),
            Some(number) if MILLIS.contains(&number) => return Some(Self::UnixMillis),
            Some(number) if MICROS.contains(&number) => return Some(Self::UnixMicros),
            Some(number) if NANOS.contains(&number) => return Some(Self::UnixNanos),
            _ => {}
        }
        if month_name(text).is_some() {
            return Some(Self::MonthName);
        }
        let day_first = year_last(text, DateOrder::DayFirst).is_some();
        let month_first = year_last(text, DateOrder::MonthFirst).is_some();
        match (day_first, month_first) {
            (true, true) => Some(Self::YearLast(None)),
            (true, false) => Some(Self::YearLast(Some(DateOrder::DayFirst))),
            (false, true) => Some(Self::YearLast(Some(DateOrder::MonthFirst))),
            (false, false) => None,
        }
    }
}

/// Reads a text from left to right.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    #[inline]
    fn digits(&mut self, count: usize) -> Option<u32> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        let mut value = 0_u32;
        for byte in digits {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            value = value * 10 + u32::from(digit);
        }
        self.0 = rest;
        Some(value)
    }

    /// One or two digits.
    #[inline]
    fn short(&mut self) -> Option<u32> {
        match self.0 {
            [_, second, ..] if second.is_ascii_digit() => self.digits(2),
            _ => self.digits(1),
        }
    }

    #[inline]
    fn take(&mut self, wanted: impl Fn(u8) -> bool) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        if !wanted(*first) {
            return None;
        }
        self.0 = rest;
        Some(*first)
    }

    fn skip_blanks(&mut self) {
        while self.take(|byte| byte == b' ').is_some() {}
    }

    fn take_word(&mut self, word: &str) -> bool {
        match self.0.get(..word.len()) {
            Some(start) if start.eq_ignore_ascii_case(word.as_bytes()) => {
                self.0 = &self.0[word.len()..];
                true
            }
            _ => false,
        }
    }

    /// The fraction after a point or comma in whole milliseconds; 0 if there is none.
    #[inline]
    fn fraction_millis(&mut self) -> Option<i64> {
        if self.take(|byte| matches!(byte, b'.' | b',')).is_none() {
            return Some(0);
        }
        let mut millis = 0;
        let mut weight = 100;
        let mut count = 0;
        while let Some(digit) = self.take(|byte| byte.is_ascii_digit()) {
            millis += i64::from(digit - b'0') * weight;
            weight /= 10;
            count += 1;
        }
        (count > 0).then_some(millis)
    }

    /// What the clock's offset from UTC is in milliseconds, up to the end of the text; 0 if the
    /// text ends here.
    #[inline]
    fn offset_millis(&mut self) -> Option<i64> {
        if self.0.is_empty() || matches!(self.0, [b'Z' | b'z']) {
            return Some(0);
        }
        self.skip_blanks();
        if self.take_word("UTC") || self.take_word("GMT") || self.take_word("Z") {
            return self.ends_here(false).then_some(0);
        }
        let sign = match self.take(|byte| matches!(byte, b'+' | b'-'))? {
            b'-' => -1,
            _ => 1,
        };
        let hours = self.digits(2)?;
        self.take(|byte| byte == b':');
        let minutes = if self.0.first().is_some_and(u8::is_ascii_digit) {
            self.digits(2)?
        } else {
            0
        };
        let is_offset = hours <= 18 && minutes < 60 && self.ends_here(true);
        is_offset.then(|| sign * i64::from(hours * 60 + minutes) * 60_000)
    }

    /// Whether nothing follows an offset but what says the same once more: the zone's name, as Go
    /// (`+0000 UTC`, `+0300 +03`) and Java (`Z[UTC]`) write it, and the reading of Go's other clock
    /// (`m=+0.1`).
    fn ends_here(&mut self, may_be_named: bool) -> bool {
        if self.0.is_empty() {
            return true;
        }
        self.skip_blanks();
        if self.0.first() == Some(&b'[') {
            return self.0.len() > 2
                && self.0.iter().position(|byte| *byte == b']') == Some(self.0.len() - 1);
        }
        if may_be_named && !self.0.starts_with(b"m=") {
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-');
            let mut length = 0;
            while self.take(is_name).is_some() {
                length += 1;
            }
            if length > 5 {
                return false;
            }
            self.skip_blanks();
        }
        if self.0.is_empty() {
            return true;
        }
        let clock = self.0.strip_prefix(b"m=").unwrap_or_default();
        !clock.is_empty() && numbers::number(clock).is_some()
    }

    /// The month whose English name, whole or its first three letters, stands here.
    fn month(&mut self) -> Option<u32> {
        const MONTHS: [&str; 12] = [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ];
        let word = self.word();
        let found = MONTHS.iter().position(|month| {
            let is_short = word.len() == 3 || (word.len() == 4 && *month == "september");
            let given = if is_short {
                &month.as_bytes()[..word.len()]
            } else {
                month.as_bytes()
            };
            word.eq_ignore_ascii_case(given)
        });
        found.map(|index| index as u32 + 1)
    }

    /// The letters that stand here.
    fn word(&mut self) -> &[u8] {
        let length = self
            .0
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let (word, rest) = self.0.split_at(length);
        self.0 = rest;
        word
    }

    /// Passes over what may stand between the parts of a date.
    fn skip_between(&mut self) {
        while self
            .take(|byte| matches!(byte, b' ' | b'-' | b'/' | b'.' | b','))
            .is_some()
        {}
    }

    /// A clock's time in milliseconds, with a fraction, `AM` or `PM`: hours and minutes at least.
    fn clock(&mut self) -> Option<i64> {
        let mut hour = self.short()?;
        self.take(|byte| byte == b':')?;
        let minute = self.digits(2)?;
        let (mut second, mut millis) = (0, 0);
        if self.take(|byte| byte == b':').is_some() {
            second = self.digits(2)?;
            millis = self.fraction_millis()?;
        }
        let before = self.0;
        self.skip_blanks();
        let is_pm = self.take_word("PM");
        if is_pm || self.take_word("AM") {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if is_pm { 12 } else { 0 };
        } else {
            self.0 = before;
        }
        Some(clock_millis(hour, minute, second)? + millis)
    }
}

/// Milliseconds from 1970 to the beginning of a day; `None` if there is no such day.
#[inline]
fn day_millis(year: u32, month: u32, day: u32) -> Option<i64> {
    /// Days before each month in a year that is no leap year.
    const BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    /// Days from 0001-01-01 to 1970-01-01 in the Gregorian calendar.
    const TO_1970: i64 = 719_162;
    let before = BEFORE.get(month.wrapping_sub(1) as usize)?;
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let length = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if year == 0 || day == 0 || day > length {
        return None;
    }
    let past = i64::from(year - 1);
    let days = past * 365 + past / 4 - past / 100
        + past / 400
        + before
        + i64::from(is_leap && month > 2)
        + i64::from(day - 1);
    Some((days - TO_1970) * 86_400_000)
}

/// Milliseconds of a clock's time; second 60 is the leap second and counts as the next minute's
/// first.
#[inline]
fn clock_millis(hour: u32, minute: u32, second: u32) -> Option<i64> {
    (hour < 24 && minute < 60 && second <= 60)
        .then(|| i64::from((hour * 60 + minute) * 60 + second) * 1000)
}

/// A time with the year first: date, and possibly hours, minutes, seconds, a fraction and an
/// offset.
#[inline]
fn iso(text: &[u8]) -> Option<Timestamp> {
    let mut cursor = Cursor(text);
    let year = cursor.digits(4)?;
    let separator = cursor.take(|byte| matches!(byte, b'-' | b'/'));
    let month = cursor.digits(2)?;
    if let Some(separator) = separator {
        cursor.take(|byte| byte == separator)?;
    }
    let day = cursor.digits(2)?;
    let date = day_millis(year, month, day)?;
    if cursor.0.is_empty() {
        return Timestamp::from_millis(date);
    }
    if cursor
        .take(|byte| matches!(byte, b'T' | b't' | b' ' | b'_'))
        .is_none()
    {
        // Fourteen digits without anything between them.
        let is_compact = separator.is_none() && cursor.0.len() == 6;
        is_compact.then_some(())?;
    }
    let hour = cursor.digits(2)?;
    let colon = cursor.take(|byte| byte == b':');
    let minute = cursor.digits(2)?;
    let mut clock = 0;
    let has_seconds = match colon {
        Some(_) => cursor.take(|byte| byte == b':').is_some(),
        None => cursor.0.first().is_some_and(u8::is_ascii_digit),
    };
    let second = if has_seconds { cursor.digits(2)? } else { 0 };
    if has_seconds {
        clock += cursor.fraction_millis()?;
    }
    clock += clock_millis(hour, minute, second)?;
    Timestamp::from_millis(date + clock - cursor.offset_millis()?)
}

/// A time with the year first in which numbers may lack their leading zeros, or the clock counts to
/// twelve, as spreadsheets and databases write it: `2026/3/1 0:10`, `2026-03-01 12:10:00 AM`.
#[cold]
fn loose_iso(text: &[u8]) -> Option<Timestamp> {
    let mut cursor = Cursor(text);
    let year = cursor.digits(4)?;
    let separator = cursor.take(|byte| matches!(byte, b'-' | b'/' | b'.'))?;
    let month = cursor.short()?;
    cursor.take(|byte| byte == separator)?;
    let day = cursor.short()?;
    let date = day_millis(year, month, day)?;
    if cursor.0.is_empty() {
        return Timestamp::from_millis(date);
    }
    cursor.take(|byte| matches!(byte, b'T' | b't' | b' ' | b','))?;
    cursor.skip_blanks();
    let clock = cursor.clock()?;
    Timestamp::from_millis(date + clock - cursor.offset_millis()?)
}

/// A time whose month is named in English, which leaves no doubt of the order.
#[cold]
fn month_name(text: &[u8]) -> Option<Timestamp> {
    if !text.iter().any(u8::is_ascii_alphabetic) {
        return None;
    }
    let mut cursor = Cursor(text);
    let before = cursor.0;
    let mut month = cursor.month();
    if month.is_none() {
        // Perhaps a day of the week, whose name says nothing new.
        cursor.0 = before;
        let is_weekday = {
            let word = cursor.word();
            let days: [&[u8]; 7] = [b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun"];
            word.get(..3)
                .is_some_and(|start| days.iter().any(|day| day.eq_ignore_ascii_case(start)))
        };
        if is_weekday {
            cursor.skip_between();
        } else {
            cursor.0 = before;
        }
        let here = cursor.0;
        month = cursor.month();
        if month.is_none() {
            cursor.0 = here;
        }
    }
    let day_first = month.is_none();
    cursor.skip_between();
    let day = cursor.short()?;
    if let [b's' | b't' | b'n' | b'r', b't' | b'h' | b'd', ..] = cursor.0 {
        // 1st, 2nd, 3rd, 4th.
        cursor.0 = &cursor.0[2..];
    }
    cursor.skip_between();
    let month = if day_first { cursor.month()? } else { month? };
    cursor.skip_between();
    // The year may stand behind the clock, as in C's `asctime`.
    let clock_first = cursor.0.get(..3).is_some_and(|head| head.contains(&b':'));
    let (year, clock, offset);
    if clock_first {
        clock = cursor.clock()?;
        cursor.skip_blanks();
        let _ = cursor.take_word("UTC") || cursor.take_word("GMT") || cursor.take_word("Z");
        cursor.skip_blanks();
        year = cursor.digits(4)?;
        offset = cursor.0.is_empty().then_some(0)?;
    } else {
        year = cursor.digits(4)?;
        let _ = cursor.take(|byte| matches!(byte, b',' | b':' | b'T'));
        cursor.skip_blanks();
        clock = if cursor.0.is_empty() {
            0
        } else {
            cursor.clock()?
        };
        offset = cursor.offset_millis()?;
    }
    Timestamp::from_millis(day_millis(year, month, day)? + clock - offset)
}

/// A time of day in milliseconds since midnight UTC; below 0 or beyond a day where an offset says
/// that midnight was earlier or later. What stands before it in tables that know no time of day, a
/// day that means nothing or `0 days`, is passed over.
pub(crate) fn time_of_day(text: &[u8]) -> Option<i64> {
    const BEFORE: [&[u8]; 5] = [
        b"1899-12-30",
        b"1899-12-31",
        b"1900-01-01",
        b"1970-01-01",
        b"0 days",
    ];
    let rest = BEFORE.iter().find_map(|day| text.strip_prefix(*day));
    let rest = match rest {
        Some([b' ' | b'T', rest @ ..]) => rest,
        _ => text,
    };
    let mut cursor = Cursor(rest);
    let clock = cursor.clock()?;
    Some(clock - cursor.offset_millis()?)
}

/// A time of day in four or six digits, hours first, perhaps with a fraction of a second: `0930`,
/// `093005.5`. Leading zeros may lack.
pub(crate) fn digits_of_day(text: &[u8], has_seconds: bool) -> Option<i64> {
    let (whole, fraction) = match memchr::memchr(b'.', text) {
        Some(point) => text.split_at(point),
        None => (text, &[][..]),
    };
    let most = if has_seconds { 6 } else { 4 };
    if whole.is_empty() || whole.len() > most {
        return None;
    }
    let mut number = u32::try_from(numbers::whole(whole)?).ok()?;
    if !has_seconds {
        number *= 100;
    }
    let millis = Cursor(fraction).fraction_millis().unwrap_or(0);
    Some(clock_millis(number / 10_000, number / 100 % 100, number % 100)? + millis)
}

/// A time with the year last: day and month in one order or the other, year, and possibly hours,
/// minutes, seconds, a fraction, `AM` or `PM`, and an offset.
#[inline]
fn year_last(text: &[u8], order: DateOrder) -> Option<Timestamp> {
    let mut cursor = Cursor(text);
    let first = cursor.short()?;
    let separator = cursor.take(|byte| matches!(byte, b'/' | b'-' | b'.'))?;
    let second = cursor.short()?;
    cursor.take(|byte| byte == separator)?;
    let year = cursor.digits(4)?;
    let date = match order {
        DateOrder::DayFirst => day_millis(year, second, first)?,
        DateOrder::MonthFirst => day_millis(year, first, second)?,
    };
    if cursor.0.is_empty() {
        return Timestamp::from_millis(date);
    }
    cursor.take(|byte| matches!(byte, b' ' | b'T' | b','))?;
    cursor.skip_blanks();
    let mut hour = cursor.short()?;
    cursor.take(|byte| byte == b':')?;
    let minute = cursor.digits(2)?;
    let mut clock = 0;
    let mut seconds = 0;
    if cursor.take(|byte| byte == b':').is_some() {
        seconds = cursor.digits(2)?;
        clock += cursor.fraction_millis()?;
    }
    if !cursor.0.is_empty() {
        cursor.skip_blanks();
        let is_pm = cursor.take_word("PM");
        if is_pm || cursor.take_word("AM") {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if is_pm { 12 } else { 0 };
        }
    }
    clock += clock_millis(hour, minute, seconds)?;
    Timestamp::from_millis(date + clock - cursor.offset_millis()?)
}

/// Whether a pattern's text stands for a date at all, tried on a day that has one of everything.
pub(crate) fn is_usable(pattern: &Pattern) -> bool {
    let moment = NaiveDate::from_ymd_opt(2023, 11, 25)
        .and_then(|day| day.and_hms_milli_opt(13, 14, 15, 167))
        .map(|moment| moment.and_utc());
    moment.is_some_and(|moment| {
        let written = moment.format_with_items(pattern.items.iter()).to_string();
        pattern.read(written.as_bytes()).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(format: &TimeFormat, text: &str) -> Option<String> {
        format.read(text.as_bytes()).map(|time| time.to_string())
    }

    #[test]
    fn the_year_first_forms_of_all_sources_are_read() {
        for (text, expected) in [
            ("2023-01-11T00:00:00", "2023-01-11T00:00:00Z"),
            ("2025-01-01 00:00:00", "2025-01-01T00:00:00Z"),
            ("2014-01-01T04:43:53Z", "2014-01-01T04:43:53Z"),
            ("2015-10-15T02:39:55.000000Z", "2015-10-15T02:39:55Z"),
            ("2015-10-15T02:39:55.1239Z", "2015-10-15T02:39:55.123Z"),
            ("2015-10-15 02:39:55,5", "2015-10-15T02:39:55.500Z"),
            ("20210701_185151", "2021-07-01T18:51:51Z"),
            ("20210701T185151Z", "2021-07-01T18:51:51Z"),
            ("2023-01-11 00:00:00 GMT", "2023-01-11T00:00:00Z"),
            ("2023-01-11 00:00:00 UTC", "2023-01-11T00:00:00Z"),
            ("2023-01-11 00:00:00+00", "2023-01-11T00:00:00Z"),
            ("2023-09-07T20:30:00+10:00", "2023-09-07T10:30:00Z"),
            ("2023-09-07T20:30:00 -0530", "2023-09-08T02:00:00Z"),
            ("2023/09/07 20:30", "2023-09-07T20:30:00Z"),
            ("2023-09-07", "2023-09-07T00:00:00Z"),
            ("20230907203001", "2023-09-07T20:30:01Z"),
            ("2023/9/7 8:30", "2023-09-07T08:30:00Z"),
            ("2023-9-7", "2023-09-07T00:00:00Z"),
            ("2023-09-07 12:30:00 AM", "2023-09-07T00:30:00Z"),
            ("2023-09-07 20:30:00 +0000 UTC", "2023-09-07T20:30:00Z"),
            (
                "2023-09-07 20:30:00.658546381 +0000 UTC",
                "2023-09-07T20:30:00.658Z",
            ),
            (
                "2023-09-07 20:30:00.5 +0300 +03 m=+0.100000001",
                "2023-09-07T17:30:00.500Z",
            ),
            (
                "2023-09-07 20:30:00 +0200 CEST m=-3.5",
                "2023-09-07T18:30:00Z",
            ),
            ("2023-09-07T20:30:00Z[UTC]", "2023-09-07T20:30:00Z"),
            (
                "2023-09-07T20:30:00+02:00[Europe/Paris]",
                "2023-09-07T18:30:00Z",
            ),
            ("2023-09-07 20:30:00.0000000 +00:00", "2023-09-07T20:30:00Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("2024-02-29T00:00:00", "2024-02-29T00:00:00Z"),
            ("0001-01-01T00:00:00", "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999", "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(
                read(&TimeFormat::Iso, text).as_deref(),
                Some(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "2023",
            "2023-13-01",
            "2023-1",
            "2023-13-1 0:00",
            "2023-01-11 00:00:00 +0000 UTC and more",
            "2023-01-11 00:00:00 UTC+2",
            "2023-01-11 00:00:00Z[UTC",
            "2023-01-11 00:00:00 +0000 UTC m=",
            "20230111 000000 m=+1",
            "202301110000",
            "2023-02-29",
            "2023-00-01",
            "2023-01-00",
            "0000-01-01",
            "2023-01-11T24:00:00",
            "2023-01-11T23:60:00",
            "2023-01-11T23:59:61",
            "2023-01-11T",
            "2023-01-11T00:00:00.",
            "2023-01-11T00:00:00 PST",
            "2023-01-11T00:00:00+25:00",
            "2023-01/11",
            "11/01/2023",
            "1443650402",
            "tomorrow",
            "0001-01-01T00:00:00+01:00",
        ] {
            assert_eq!(read(&TimeFormat::Iso, text), None, "{text}");
        }
    }

    #[test]
    fn the_same_digits_are_two_days_by_their_order() {
        let day_first = TimeFormat::YearLast(DateOrder::DayFirst);
        let month_first = TimeFormat::YearLast(DateOrder::MonthFirst);
        let text = "03/04/2023 01:02:03";
        assert_eq!(
            read(&day_first, text).as_deref(),
            Some("2023-04-03T01:02:03Z")
        );
        assert_eq!(
            read(&month_first, text).as_deref(),
            Some("2023-03-04T01:02:03Z")
        );
        assert_eq!(
            read(&day_first, "31/12/2023 23:59:59.5").as_deref(),
            Some("2023-12-31T23:59:59.500Z")
        );
        assert_eq!(read(&month_first, "31/12/2023 23:59:59"), None);
        assert_eq!(
            read(&month_first, "1/4/2009 12:07:09 AM").as_deref(),
            Some("2009-01-04T00:07:09Z")
        );
        assert_eq!(
            read(&month_first, "1/4/2009 1:07 pm").as_deref(),
            Some("2009-01-04T13:07:00Z")
        );
        assert_eq!(read(&month_first, "1/4/2009 13:07 PM"), None);
        assert_eq!(
            read(&day_first, "1.4.2023").as_deref(),
            Some("2023-04-01T00:00:00Z")
        );
        assert_eq!(read(&day_first, "1.4/2023"), None);
    }

    #[test]
    fn a_month_by_its_name_leaves_no_doubt_of_the_order() {
        for (text, expected) in [
            ("01-Mar-2026 00:10:00", "2026-03-01T00:10:00Z"),
            ("1 March 2026 00:10", "2026-03-01T00:10:00Z"),
            ("01MAR2026:00:10:00", "2026-03-01T00:10:00Z"),
            ("Mar  1 2026 12:10AM", "2026-03-01T00:10:00Z"),
            ("Mar 1, 2026, 12:10:05.5 PM", "2026-03-01T12:10:05.500Z"),
            ("Sun Mar  1 00:10:00 2026", "2026-03-01T00:10:00Z"),
            ("Sun Mar 01 00:10:00 UTC 2026", "2026-03-01T00:10:00Z"),
            ("Sun, 01 Mar 2026 00:10:00 GMT", "2026-03-01T00:10:00Z"),
            ("Sun, 01 Mar 2026 00:10:00 +0100", "2026-02-28T23:10:00Z"),
            ("1st Sept 2026", "2026-09-01T00:00:00Z"),
        ] {
            let time = read(&TimeFormat::MonthName, text);
            assert_eq!(time.as_deref(), Some(expected), "{text}");
            assert_eq!(
                Likeness::of(text.as_bytes()),
                Some(Likeness::MonthName),
                "{text}"
            );
        }
        for text in [
            "",
            "March",
            "1 Marc 2026",
            "31 Feb 2026",
            "1 Mar 26",
            "Sun 2026",
            "Mar 1 2026 25:00",
            "Sun Mar 1 00:10:00 PST 2026",
            "2026-03-01",
        ] {
            assert_eq!(read(&TimeFormat::MonthName, text), None, "{text}");
        }
    }

    #[test]
    fn a_time_of_day_is_read_with_or_without_seconds_and_after_a_day_that_means_nothing() {
        for (text, expected) in [
            ("00:00", Some(0)),
            ("9:05", Some(32_700_000)),
            ("09:05:07.25", Some(32_707_250)),
            ("12:05 AM", Some(300_000)),
            ("00:30+01:00", Some(-1_800_000)),
            ("23:59:59Z", Some(86_399_000)),
            ("1899-12-30 10:00:00", Some(36_000_000)),
            ("0 days 10:00:00", Some(36_000_000)),
            ("24:00", None),
            ("10", None),
            ("2026-03-01 10:00", None),
            ("10:00 tomorrow", None),
        ] {
            assert_eq!(time_of_day(text.as_bytes()), expected, "{text}");
        }
        for (text, has_seconds, expected) in [
            ("093005.5", true, Some(34_205_500)),
            ("500", true, Some(300_000)),
            ("0930", false, Some(34_200_000)),
            ("236000", true, None),
            ("0960", false, None),
            ("1234567", true, None),
            ("", true, None),
            ("-1", true, None),
        ] {
            assert_eq!(
                digits_of_day(text.as_bytes(), has_seconds),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn a_likeness_is_told_from_the_text() {
        let of = |text: &str| Likeness::of(text.as_bytes());
        assert_eq!(of("2023-01-11 00:00:00"), Some(Likeness::Iso));
        assert_eq!(of("1443650402"), Some(Likeness::UnixSeconds));
        assert_eq!(of("1493596800000"), Some(Likeness::UnixMillis));
        assert_eq!(of("1493596800000000"), Some(Likeness::UnixMicros));
        assert_eq!(of("1493596800000000000"), Some(Likeness::UnixNanos));
        assert_eq!(of("1.4935968e+18"), Some(Likeness::UnixNanos));
        assert_eq!(of("20170501000000"), Some(Likeness::Iso));
        assert_eq!(of("59"), None);
        assert_eq!(of("03/04/2023"), Some(Likeness::YearLast(None)));
        assert_eq!(
            of("13/04/2023"),
            Some(Likeness::YearLast(Some(DateOrder::DayFirst)))
        );
        assert_eq!(
            of("04/13/2023"),
            Some(Likeness::YearLast(Some(DateOrder::MonthFirst)))
        );
        assert_eq!(of("13/13/2023"), None);
    }

    #[test]
    fn a_pattern_reads_what_it_says_and_a_useless_one_is_known() {
        let pattern = Pattern::new("%d %b %Y %H:%M").unwrap();
        assert!(is_usable(&pattern));
        let format = TimeFormat::Pattern(pattern);
        assert_eq!(
            read(&format, "07 Sep 2023 20:30").as_deref(),
            Some("2023-09-07T20:30:00Z")
        );
        assert_eq!(read(&format, "7 Sepember"), None);
        let offset = TimeFormat::Pattern(Pattern::new("%Y%m%d%H%M%S%z").unwrap());
        assert_eq!(
            read(&offset, "20230907203000+1000").as_deref(),
            Some("2023-09-07T10:30:00Z")
        );
        let day = TimeFormat::Pattern(Pattern::new("%Y %j").unwrap());
        assert_eq!(
            read(&day, "2023 250").as_deref(),
            Some("2023-09-07T00:00:00Z")
        );
        assert!(Pattern::new("%Q").is_none());
        assert!(!is_usable(&Pattern::new("%H:%M").unwrap()));
    }

    proptest! {
        #[test]
        fn every_moment_comes_back_from_every_form(millis in -62_135_596_800_000..=253_402_300_799_999_i64) {
            let time = Timestamp::from_millis(millis).unwrap();
            prop_assert_eq!(iso(time.to_string().as_bytes()), Some(time));
            let moment = chrono::DateTime::from_timestamp_millis(millis).unwrap();
            for (order, pattern) in [
                (DateOrder::DayFirst, "%d/%m/%Y %H:%M:%S%.3f"),
                (DateOrder::MonthFirst, "%m-%d-%Y %I:%M:%S%.3f %p"),
            ] {
                let text = moment.format(pattern).to_string();
                prop_assert_eq!(year_last(text.as_bytes(), order), Some(time), "{}", text);
            }
        }

        #[test]
        fn no_name_of_a_month_is_too_odd(text in "(Sun|Mar|may|1st|[0-9a-z:., +-]){0,8}") {
            let _ = (Likeness::of(text.as_bytes()), month_name(text.as_bytes()));
        }

        #[test]
        fn no_text_is_too_odd(text in "[0-9TZ:/. _+m=\\[\\]-]{0,30}") {
            let _ = Likeness::of(text.as_bytes());
            let _ = (time_of_day(text.as_bytes()), digits_of_day(text.as_bytes(), true));
            if let Some(time) = iso(text.as_bytes()) {
                let by_track: Option<Timestamp> = text.parse().ok();
                prop_assert!(by_track.is_none_or(|other| other == time), "{}", text);
            }
        }
    }
}
