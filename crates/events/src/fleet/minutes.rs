//! The minutes in which anybody was heard, in bounded memory: a bit for each minute of each day that has
//! a report.

use landfall_track::Timestamp;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

const MINUTE_MS: i64 = 60_000;
const DAY_MINUTES: i64 = 1440;
/// 64-bit words for a day's minutes.
const WORDS: usize = 23;
/// Of more days nothing is told: 16 MB. That is two centuries.
const MAX_DAYS: usize = 80_000;

type Day = [u64; WORDS];

/// The minutes in which anybody was heard.
#[derive(Clone, Debug, Default)]
pub struct HeardMinutes {
    /// The minute of the report before, by its first millisecond.
    since_ms: i64,
    /// The day of the report before, and its place among `days`.
    current: Option<(i64, usize)>,
    places: FxHashMap<i64, usize>,
    /// Each with its number, counted from 1970-01-01.
    days: Vec<(i64, Day)>,
    has_overflowed: bool,
}

/// A time in which nobody was heard: from the end of the last minute with a report to the begin of the
/// next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pause {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

impl Pause {
    pub(super) fn ms(&self) -> i64 {
        self.to.millis_since(self.from)
    }
}

impl HeardMinutes {
    /// Counts a report's time. In the minute of the one before it costs a comparison.
    #[inline]
    pub fn add(&mut self, time: Timestamp) {
        let ms = time.as_millis();
        if (ms.wrapping_sub(self.since_ms) as u64) < MINUTE_MS as u64 && self.current.is_some() {
            return;
        }
        self.begin_minute(ms);
    }

    #[inline(never)]
    fn begin_minute(&mut self, ms: i64) {
        let minute = ms.div_euclid(MINUTE_MS);
        let day = minute.div_euclid(DAY_MINUTES);
        let place = match self.current {
            Some((known, place)) if known == day => place,
            _ => {
                let Some(place) = self.place_of(day) else {
                    return;
                };
                self.current = Some((day, place));
                place
            }
        };
        self.since_ms = minute * MINUTE_MS;
        let bit = (minute - day * DAY_MINUTES) as usize;
        self.days[place].1[bit / 64] |= 1 << (bit % 64);
    }

    fn place_of(&mut self, day: i64) -> Option<usize> {
        if let Some(place) = self.places.get(&day) {
            return Some(*place);
        }
        if self.days.len() >= MAX_DAYS {
            self.has_overflowed = true;
            return None;
        }
        let place = self.days.len();
        self.days.push((day, [0; WORDS]));
        self.places.insert(day, place);
        Some(place)
    }

    /// Every minute in order, counted from 1970.
    fn minutes(&self) -> impl Iterator<Item = i64> {
        let mut days: Vec<&(i64, Day)> = if self.has_overflowed {
            Vec::new()
        } else {
            self.days.iter().collect()
        };
        days.sort_unstable_by_key(|(day, _)| *day);
        days.into_iter().flat_map(|(day, words)| {
            let bits = (0..DAY_MINUTES)
                .filter(|bit| words[*bit as usize / 64] >> (*bit as usize % 64) & 1 == 1);
            bits.map(move |bit| day * DAY_MINUTES + bit)
        })
    }

    /// Every time of `least_ms` and more in which nobody was heard, in order, and how long it is from the
    /// first report to the last, in milliseconds. Reports before or after `span` do not count: their times are
    /// wrong, and would make the data's pauses seem rare.
    pub(super) fn pauses(&self, least_ms: i64, span: (Timestamp, Timestamp)) -> (Vec<Pause>, i64) {
        let mut pauses = Vec::new();
        let (mut first, mut last) = (None, None);
        let of_span = [span.0, span.1].map(|time| time.as_millis().div_euclid(MINUTE_MS));
        for minute in (self.minutes()).filter(|minute| (of_span[0]..=of_span[1]).contains(minute)) {
            first = first.or(Some(minute));
            if let Some(before) = last.replace(minute)
                && (minute - before - 1) * MINUTE_MS >= least_ms
                && let (Some(from), Some(to)) = (
                    Timestamp::from_millis((before + 1) * MINUTE_MS),
                    Timestamp::from_millis(minute * MINUTE_MS),
                )
            {
                pauses.push(Pause { from, to });
            }
        }
        let span = first.zip(last).map_or(0, |(first, last)| last - first + 1);
        (pauses, span * MINUTE_MS)
    }
}

/// As it is stored: in order, so that equal minutes are stored as equal bytes.
#[derive(Serialize, Deserialize)]
#[serde(rename = "HeardMinutes")]
struct Stored {
    days: Vec<(i64, Vec<u64>)>,
    has_overflowed: bool,
}

impl Serialize for HeardMinutes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut days: Vec<(i64, Vec<u64>)> = self
            .days
            .iter()
            .map(|(day, words)| (*day, words.to_vec()))
            .collect();
        days.sort_unstable();
        Stored {
            days,
            has_overflowed: self.has_overflowed,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for HeardMinutes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        let mut minutes = Self {
            has_overflowed: stored.has_overflowed,
            ..Self::default()
        };
        for (day, words) in stored.days {
            let words: Day = words
                .try_into()
                .map_err(|_| D::Error::custom("a day of another length"))?;
            minutes.places.insert(day, minutes.days.len());
            minutes.days.push((day, words));
        }
        Ok(minutes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EVER: (Timestamp, Timestamp) = (Timestamp::MIN, Timestamp::MAX);

    fn heard(seconds: impl IntoIterator<Item = i64>) -> HeardMinutes {
        let mut minutes = HeardMinutes::default();
        for second in seconds {
            minutes.add(Timestamp::from_seconds(second).unwrap());
        }
        minutes
    }

    #[test]
    fn a_pause_lies_between_the_minutes_that_have_a_report() {
        let minutes = heard([-30, 59, 0, 3_661, 3_670]);
        let (pauses, span_ms) = minutes.pauses(600_000, EVER);
        let shown: Vec<(i64, i64)> = pauses
            .iter()
            .map(|pause| (pause.from.as_millis() / 1000, pause.to.as_millis() / 1000))
            .collect();
        assert_eq!(shown, [(60, 3_660)]);
        assert_eq!(span_ms, 63 * 60_000);
        assert_eq!(HeardMinutes::default().pauses(1, EVER).0, []);
    }

    #[test]
    fn of_times_over_more_days_than_are_kept_nothing_is_told() {
        let minutes = heard((0..=80_000).map(|day| day * 86_400));
        assert_eq!(minutes.pauses(1, EVER).0, []);
        assert_eq!(minutes.days.len(), MAX_DAYS);
    }

    proptest! {
        #[test]
        fn neither_order_nor_storing_shows(
            seconds in prop::collection::vec(-200_000_i64..200_000, 0..60),
            cut in 0_usize..60,
        ) {
            let straight = heard(seconds.iter().copied());
            let mut stored = HeardMinutes::default();
            for (number, second) in seconds.iter().rev().enumerate() {
                if number == cut {
                    let text = serde_json::to_string(&stored).unwrap();
                    stored = serde_json::from_str(&text).unwrap();
                }
                stored.add(Timestamp::from_seconds(*second).unwrap());
            }
            prop_assert_eq!(straight.pauses(60_000, EVER), stored.pauses(60_000, EVER));
            let text = |minutes: &HeardMinutes| serde_json::to_string(minutes).unwrap();
            prop_assert_eq!(text(&straight), text(&stored));
        }
    }
}
