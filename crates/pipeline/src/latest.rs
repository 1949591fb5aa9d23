//! The end of the data: the latest time of all rows, strays left out.

use landfall_track::Timestamp;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// Rows so late that this many days lie between them and every other row do not say when the data
/// end, if they are few: one future-dated row is enough to make every other silence endless.
const STRAY_DAYS: f64 = 30.0;
/// Few is one row, or this share of all.
const STRAY_SHARE: f64 = 1e-5;
/// So many of the latest times are kept to tell.
const LATEST_KEPT: usize = 256;
/// So many are gathered before the latest are chosen among them.
const LATEST_GATHERED: usize = 16 * LATEST_KEPT;

/// The latest times of a run's rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Latest {
    /// Among them the latest of all.
    times: Vec<Timestamp>,
    /// Rows earlier than this are not among the latest.
    least: Timestamp,
    rows: u64,
}

impl Default for Latest {
    fn default() -> Self {
        Self {
            times: Vec::new(),
            least: Timestamp::MIN,
            rows: 0,
        }
    }
}

impl Latest {
    /// Takes a row's time.
    #[inline]
    pub(crate) fn add(&mut self, time: Timestamp) {
        self.rows += 1;
        if time >= self.least {
            self.times.push(time);
            if self.times.len() >= LATEST_GATHERED {
                self.choose();
            }
        }
    }

    /// Keeps the latest times only.
    fn choose(&mut self) {
        if self.times.len() > LATEST_KEPT {
            let (_, least, _) = self
                .times
                .select_nth_unstable_by_key(LATEST_KEPT - 1, |time| Reverse(*time));
            self.least = *least;
            self.times.truncate(LATEST_KEPT);
        }
    }

    /// The end of the data, which bounds silences that nothing ends; `None` if there are no rows.
    pub(crate) fn end(&self) -> Option<Timestamp> {
        let mut times = self.times.clone();
        times.sort_unstable_by_key(|time| Reverse(*time));
        times.truncate(LATEST_KEPT);
        let most = ((self.rows as f64 * STRAY_SHARE) as usize).max(1);
        let strays = (1..times.len().min(most + 1))
            .rev()
            .find(|count| times[count - 1].hours_since(times[*count]) > STRAY_DAYS * 24.0);
        times.get(strays.unwrap_or_default()).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end_of(seconds: impl IntoIterator<Item = i64>) -> Option<i64> {
        let mut latest = Latest::default();
        for time in seconds {
            latest.add(Timestamp::from_seconds(time).unwrap());
        }
        latest.end().map(|time| time.as_millis() / 1000)
    }

    #[test]
    fn one_future_dated_row_does_not_define_the_datas_end() {
        const DAY: i64 = 86_400;
        assert_eq!(end_of([5, 9_000 * DAY, 7]), Some(7));
        assert_eq!(end_of([5, 20 * DAY, 7]), Some(20 * DAY));
        assert_eq!(end_of([0, 40 * DAY, 41 * DAY]), Some(41 * DAY));
        assert_eq!(end_of((0..1_000).chain([9_000 * DAY])), Some(999));
        assert_eq!(end_of([5]), Some(5));
        assert_eq!(end_of([]), None);
    }

    #[test]
    fn of_many_rows_in_any_order_the_latest_are_known() {
        const DAY: i64 = 86_400;
        let rows = 200_000;
        let future = [9_000 * DAY, 9_001 * DAY];
        let forward = (0..rows).chain(future);
        let backward = future.into_iter().chain((0..rows).rev());
        assert_eq!(end_of(forward), Some(rows - 1));
        assert_eq!(end_of(backward), Some(rows - 1));
    }
}
