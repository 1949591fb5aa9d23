//! A gap is a silence of one hull strictly longer than a threshold.
//!
//! Source: Global Fishing Watch's pipe-gaps, which counts the reports of the 12 hours before as a
//! measure of how well she was heard. A gap may be open: the data end in silence. Known limit: a
//! silence says nothing of its cause; a receiver out of reach is as silent as a transponder
//! switched off.

use crate::ConfigError;
use crate::config::within;
use crate::limits::MILLIS_PER_HOUR;
use landfall_track::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// When a silence is a gap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GapConfig {
    /// A silence strictly longer than this is a gap, in hours.
    pub threshold_h: f64,
    /// Reports are counted over this time up to the silence, in hours.
    pub before_h: f64,
}

impl Default for GapConfig {
    fn default() -> Self {
        Self {
            // pipe-gaps as it runs in Global Fishing Watch's pipeline; its library default is 12.
            threshold_h: 6.0,
            // pipe-gaps counts the positions of the 12 hours before; so does Welch et al. 2022
            // (Science Advances 8, eabq2109), which asks for at least 14 of them.
            before_h: 12.0,
        }
    }
}

impl GapConfig {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        within("gap.threshold_h", self.threshold_h, 0.1, 8760.0)?;
        within("gap.before_h", self.before_h, 0.1, 168.0)
    }

    /// The time from one message to the next in milliseconds if it is longer than the threshold, else 0.
    pub fn silence_ms(&self, from: Timestamp, to: Timestamp) -> i64 {
        if is_gap(from, to, self) {
            to.millis_since(from)
        } else {
            0
        }
    }

    /// The time over which reports are counted, in whole milliseconds.
    pub(crate) fn before_ms(&self) -> i64 {
        (self.before_h * MILLIS_PER_HOUR) as i64
    }
}

/// Reports within this time of a batch's first are counted with it.
const BATCH_MS: i64 = 60_000;

/// Whether the time from one report to the next is a gap.
pub(crate) fn is_gap(before: Timestamp, after: Timestamp, config: &GapConfig) -> bool {
    after.millis_since(before) as f64 > config.threshold_h * MILLIS_PER_HOUR
}

/// How many reports came in the hours before now, in bounded memory.
///
/// Reports are counted in batches of up to a minute, each from its first report. The count is
/// exact while reports come no more than once a minute; else it may lack reports of the one batch
/// that straddles the far edge, which is less than a minute's worth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct RecentReports {
    batches: VecDeque<(i64, u32)>,
    open_since: i64,
    /// Reports of the batch that goes on; 0 before the first.
    open_count: u32,
}

impl RecentReports {
    /// Counts a report.
    #[inline(always)]
    pub(crate) fn add(&mut self, time: Timestamp, before_ms: i64) {
        let now = time.as_millis();
        if self.open_count > 0 && now - self.open_since < BATCH_MS {
            self.open_count = self.open_count.saturating_add(1);
        } else {
            self.begin_batch(now, before_ms);
        }
    }

    #[inline(never)]
    fn begin_batch(&mut self, now: i64, before_ms: i64) {
        if self.open_count > 0 {
            self.batches.push_back((self.open_since, self.open_count));
        }
        self.open_since = now;
        self.open_count = 1;
        let horizon = now - before_ms;
        while self.batches.front().is_some_and(|batch| batch.0 <= horizon) {
            self.batches.pop_front();
        }
    }

    /// The usual time from one report to the next of late, in milliseconds: the median of the last few
    /// batches. None if there were too few.
    pub(crate) fn usual_ms(&self) -> Option<i64> {
        const BATCHES: usize = 9;
        let skipped = self.batches.len().saturating_sub(BATCHES);
        let starts: Vec<(i64, u32)> = self.batches.iter().skip(skipped).copied().collect();
        let ends = starts[1.min(starts.len())..]
            .iter()
            .map(|batch| batch.0)
            .chain([self.open_since]);
        let mut usual: Vec<i64> = starts
            .iter()
            .zip(ends)
            .map(|(batch, end)| (end - batch.0) / i64::from(batch.1.max(1)))
            .collect();
        usual.sort_unstable();
        usual.get(usual.len() / 2).copied()
    }

    /// The reports of the hours up to and with the last one, at `last`.
    pub(crate) fn count(&self, last: Timestamp, before_ms: i64) -> u32 {
        let horizon = last.as_millis() - before_ms;
        self.batches
            .iter()
            .filter(|batch| batch.0 > horizon)
            .fold(self.open_count, |sum, batch| sum.saturating_add(batch.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds).unwrap()
    }

    #[test]
    fn a_silence_of_just_the_threshold_is_no_gap() {
        let config = GapConfig::default();
        assert!(!is_gap(at(0), at(6 * 3600), &config));
        assert!(is_gap(at(0), at(6 * 3600 + 1), &config));
    }

    #[test]
    fn reports_a_minute_or_more_apart_are_counted_exactly() {
        let config = GapConfig::default();
        let times: Vec<i64> = (0..3000).map(|i| i * 90 + i * 37 % 25).collect();
        let mut recent = RecentReports::default();
        for (done, time) in times.iter().enumerate() {
            recent.add(at(*time), config.before_ms());
            let wanted = times[..=done]
                .iter()
                .filter(|t| **t > time - 12 * 3600)
                .count();
            assert_eq!(recent.count(at(*time), config.before_ms()) as usize, wanted);
        }
    }

    #[test]
    fn a_flood_of_reports_is_counted_to_the_minute_in_bounded_memory() {
        let config = GapConfig::default();
        let mut recent = RecentReports::default();
        for second in 0..200_000 {
            recent.add(at(second), config.before_ms());
        }
        let counted = recent.count(at(199_999), config.before_ms());
        assert!((43_140..=43_200).contains(&counted), "{counted}");
        assert!(recent.batches.len() <= 721);
    }
}
