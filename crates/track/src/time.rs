//! A timestamp is a moment in UTC, counted in whole milliseconds since 1970-01-01T00:00:00Z.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;
use std::str::FromStr;

/// A moment in UTC, in whole milliseconds since the Unix epoch.
///
/// ```
/// use landfall_track::Timestamp;
/// let t: Timestamp = "2023-09-07T10:30:00Z".parse().unwrap();
/// assert_eq!(t.as_millis(), 1_694_082_600_000);
/// assert_eq!(t.to_string(), "2023-09-07T10:30:00Z");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// Why a text is no timestamp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is no time: expected ISO 8601, such as 2023-09-07 or 2023-09-07T10:30:00Z")]
pub struct TimestampError {
    /// The text as given.
    pub value: String,
}

impl Timestamp {
    /// 0001-01-01T00:00:00Z, the earliest moment Landfall writes.
    pub const MIN: Timestamp = Timestamp(-62_135_596_800_000);
    /// 9999-12-31T23:59:59.999Z, the latest moment Landfall writes.
    pub const MAX: Timestamp = Timestamp(253_402_300_799_999);

    /// A timestamp from milliseconds since the Unix epoch; `None` outside the years 1 to 9999.
    #[inline]
    pub fn from_millis(millis: i64) -> Option<Self> {
        (Self::MIN.0..=Self::MAX.0)
            .contains(&millis)
            .then_some(Self(millis))
    }

    /// A timestamp from whole seconds since the Unix epoch; `None` outside the years 1 to 9999.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        Self::from_millis(seconds.checked_mul(1000)?)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Seconds since the Unix epoch, with the milliseconds as a fraction.
    pub fn as_seconds(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// Milliseconds from `earlier` to `self`; negative if `earlier` is the later one.
    pub const fn millis_since(self, earlier: Timestamp) -> i64 {
        self.0 - earlier.0
    }

    /// Hours from `earlier` to `self`; negative if `earlier` is the later one.
    pub fn hours_since(self, earlier: Timestamp) -> f64 {
        self.millis_since(earlier) as f64 / 3_600_000.0
    }

    /// This moment shifted by so many milliseconds, held within the years 1 to 9999.
    #[must_use]
    pub fn shifted(self, millis: i64) -> Self {
        Self(
            self.0
                .saturating_add(millis)
                .clamp(Self::MIN.0, Self::MAX.0),
        )
    }
}

impl fmt::Display for Timestamp {
    /// ISO 8601 in UTC with a final Z; milliseconds only where there are any.
    ///
    /// Written by hand: every event, vertex and flagged report has times, and a general formatter takes
    /// ten times as long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DAY_MS: i64 = 86_400_000;
        let (year, month, day) = civil(self.0.div_euclid(DAY_MS));
        let ms = self.0.rem_euclid(DAY_MS) as u32;
        let mut text = *b"0000-00-00T00:00:00.000Z";
        for (place, digits, number) in [
            (0, 4, year),
            (5, 2, month),
            (8, 2, day),
            (11, 2, ms / 3_600_000),
            (14, 2, ms / 60_000 % 60),
            (17, 2, ms / 1000 % 60),
            (20, 3, ms % 1000),
        ] {
            let mut rest = number;
            for digit in text[place..place + digits].iter_mut().rev() {
                *digit += (rest % 10) as u8;
                rest /= 10;
            }
        }
        if ms.is_multiple_of(1000) {
            text[19] = b'Z';
        }
        let length = if ms.is_multiple_of(1000) { 20 } else { 24 };
        // Digits and signs are text.
        f.write_str(std::str::from_utf8(&text[..length]).unwrap_or_default())
    }
}

/// Year, month and day of a day counted from 1970-01-01, in the years 1 to 9999.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013), `civil_from_days`.
fn civil(days: i64) -> (u32, u32, u32) {
    const ERA_DAYS: i64 = 146_097;
    let since_0000_03_01 = days + 719_468;
    let era = since_0000_03_01.div_euclid(ERA_DAYS);
    let day_of_era = since_0000_03_01.rem_euclid(ERA_DAYS);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year as u32, month as u32, day as u32)
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// Reads an ISO 8601 date or date and time. Without an offset it is taken as UTC.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim();
        let wrong = || TimestampError {
            value: text.to_owned(),
        };
        let millis = if let Ok(moment) = DateTime::parse_from_rfc3339(trimmed) {
            moment.timestamp_millis()
        } else if let Some(moment) = [
            "%Y-%m-%dT%H:%M:%S%.f",
            "%Y-%m-%d %H:%M:%S%.f",
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%d %H:%M",
        ]
        .iter()
        .find_map(|pattern| {
            NaiveDateTime::parse_from_str(trimmed.trim_end_matches('Z'), pattern).ok()
        }) {
            moment.and_utc().timestamp_millis()
        } else {
            let day = NaiveDate::parse_from_str(trimmed, "%Y-%m-%d").map_err(|_| wrong())?;
            day.and_hms_opt(0, 0, 0)
                .ok_or_else(wrong)?
                .and_utc()
                .timestamp_millis()
        };
        Self::from_millis(millis).ok_or_else(wrong)
    }
}

impl Serialize for Timestamp {
    /// As a text in forms that people read, in others as milliseconds.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            return text.parse().map_err(D::Error::custom);
        }
        let millis = i64::deserialize(deserializer)?;
        Self::from_millis(millis)
            .ok_or_else(|| D::Error::custom("a time beyond the years 1 to 9999"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_offset_is_utc_and_one_with_offset_is_converted() {
        let millis = |text: &str| text.parse::<Timestamp>().unwrap().as_millis();
        assert_eq!(
            millis("2023-09-07T10:30:00"),
            millis("2023-09-07T10:30:00Z")
        );
        assert_eq!(
            millis("2023-09-07T20:30:00+10:00"),
            millis("2023-09-07 10:30:00")
        );
        assert_eq!(millis("2023-09-07"), millis("2023-09-07T00:00:00Z"));
    }

    #[test]
    fn milliseconds_are_shown_only_where_there_are_any() {
        assert_eq!(Timestamp(1_500).to_string(), "1970-01-01T00:00:01.500Z");
        assert_eq!(Timestamp(-1_000).to_string(), "1969-12-31T23:59:59Z");
    }

    proptest::proptest! {
        #[test]
        fn every_moment_is_shown_as_chrono_shows_it(
            millis in Timestamp::MIN.0..=Timestamp::MAX.0,
            is_whole in proptest::prelude::any::<bool>(),
        ) {
            let millis = if is_whole { millis.div_euclid(1000) * 1000 } else { millis };
            let moment = DateTime::from_timestamp_millis(millis).unwrap();
            let pattern = if millis.rem_euclid(1000) == 0 {
                "%Y-%m-%dT%H:%M:%SZ"
            } else {
                "%Y-%m-%dT%H:%M:%S%.3fZ"
            };
            let expected = moment.format(pattern).to_string();
            proptest::prop_assert_eq!(Timestamp(millis).to_string(), expected);
        }
    }

    #[test]
    fn a_text_that_is_no_time_says_so() {
        let error = "yesterday".parse::<Timestamp>().unwrap_err();
        assert!(error.to_string().starts_with("`yesterday` is no time"));
    }
}
