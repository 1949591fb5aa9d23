//! A period is what a bar of calls stands for: a day, or where the data are long a week, month or year.

use crate::phrase;
use crate::tally::DAY_MS;
use landfall_track::Timestamp;

/// Spans up to which bars are days, weeks and months, in days.
const DAYS: i64 = 100;
const WEEKS: i64 = 700;
const MONTHS: i64 = 4_000;

/// A day, week, month or year; each is counted from one around 1970 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Period {
    Day,
    /// From Monday on (ISO 8601).
    Week,
    Month,
    Year,
}

impl Period {
    /// The one for a span of so many days.
    pub(super) fn for_span(days: i64) -> Self {
        [
            (DAYS, Self::Day),
            (WEEKS, Self::Week),
            (MONTHS, Self::Month),
        ]
        .into_iter()
        .find(|(most, _)| days <= *most)
        .map_or(Self::Year, |(_, period)| period)
    }

    /// Its word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The number of the one that a day is in; days are counted from 1970-01-01.
    pub(super) fn of(self, day: i64) -> i64 {
        match self {
            Self::Day => day,
            // 1970-01-01 was a Thursday.
            Self::Week => (day + 3).div_euclid(7),
            Self::Month => {
                let (year, month) = year_and_month(day);
                year * 12 + month - 1
            }
            Self::Year => year_and_month(day).0,
        }
    }

    /// How one is called: by its first day, its month or its year.
    pub(super) fn called(self, number: i64) -> String {
        match self {
            Self::Day => date(number),
            Self::Week => date(number * 7 - 3),
            Self::Month => format!(
                "{:04}-{:02}",
                number.div_euclid(12),
                number.rem_euclid(12) + 1
            ),
            Self::Year => format!("{number:04}"),
        }
    }
}

fn date(day: i64) -> String {
    let time = Timestamp::default().shifted(day.saturating_mul(DAY_MS));
    phrase::day(time)
}

fn year_and_month(day: i64) -> (i64, i64) {
    let date = date(day);
    let mut parts = date.split('-').map(|part| part.parse().unwrap_or(1));
    (parts.next().unwrap_or(1), parts.next().unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_in_the_period_that_is_called_by_its_beginning() {
        // 2023-09-07, a Thursday.
        let day = 19_607;
        let called = |period: Period| period.called(period.of(day));
        assert_eq!(called(Period::Day), "2023-09-07");
        assert_eq!(called(Period::Week), "2023-09-04");
        assert_eq!(called(Period::Month), "2023-09");
        assert_eq!(called(Period::Year), "2023");
        assert_eq!(Period::Week.of(day + 3), Period::Week.of(day));
        assert_eq!(Period::Week.of(day + 4), Period::Week.of(day) + 1);
        assert_eq!(Period::Month.called(Period::Month.of(-1)), "1969-12");
    }

    #[test]
    fn longer_data_have_longer_periods() {
        let periods = [1, 100, 101, 1_000, 5_000].map(Period::for_span);
        assert_eq!(
            periods,
            [
                Period::Day,
                Period::Day,
                Period::Week,
                Period::Month,
                Period::Year
            ]
        );
    }
}
