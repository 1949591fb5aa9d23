//! Two tracklets overlap if the one was heard while the other was, without that one's missing a report:
//! then two transmitters were at work, and no error of one explains both.
//!
//! A vessel whose position is false for a time sends its false reports instead of the true ones, so that
//! either tracklet pauses while the other goes on. Two vessels each keep their own pace.

use serde::{Deserialize, Serialize};

/// A report comes in its tracklet's own pace up to so many usual intervals after the one before.
const PACE: f64 = 1.4;
/// So many reports in their own pace, with the other tracklet heard in between, show two vessels.
const SHOWN: u32 = 2;
/// Of the reports with another tracklet's in between at least this share must be in their own pace:
/// receivers miss some, and a vessel heard seldom has no pace to speak of.
const SHOWN_SHARE: f64 = 0.4;

/// A tracklet that comes back so often after another was heard is in use beside it.
const ALTERNATIONS: u32 = 2;

/// How a tracklet overlaps with earlier ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Overlap {
    /// Reports with another tracklet's between them and the one before.
    interleaved: u32,
    /// Those of them that came in their own pace all the same.
    in_pace: u32,
}

/// The last times from one report of a hull to its next with none of another tracklet in between, in
/// milliseconds: where true and false reports take turns, these alone show one transmitter's pace as it is now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LonePace {
    apart_ms: [i64; 5],
    next: u8,
}

impl LonePace {
    /// Takes the next.
    pub(crate) fn add(&mut self, elapsed_ms: i64) {
        self.apart_ms[usize::from(self.next)] = elapsed_ms;
        self.next = (self.next + 1) % self.apart_ms.len() as u8;
    }

    /// The median of them; none if there are too few, or they do not agree: of irregular ones those are short that
    /// have nothing in between.
    pub(crate) fn usual_ms(self) -> Option<i64> {
        let mut sorted = self.apart_ms;
        sorted.sort_unstable();
        let [first, _, median, fourth, _] = sorted;
        (first > 0 && fourth as f64 <= PACE * first as f64).then_some(median)
    }
}

impl Overlap {
    /// Notes a report that came so long after the one before of its tracklet, with one of another
    /// tracklet in between. `usual_ms`: the tracklet's usual interval, if it is known.
    pub(crate) fn note(&mut self, elapsed_ms: i64, usual_ms: Option<i64>) {
        self.interleaved = self.interleaved.saturating_add(1);
        if usual_ms.is_some_and(|usual_ms| elapsed_ms as f64 <= PACE * usual_ms as f64) {
            self.in_pace = self.in_pace.saturating_add(1);
        }
    }

    /// Whether each was heard again after the other, and not once only, and for some reports in a row: of
    /// `reports` in all. Single false reports of one vessel are not.
    pub(crate) fn is_alternating(self, reports: u64) -> bool {
        self.is_shown()
            || (self.interleaved >= ALTERNATIONS && u64::from(self.interleaved) * 2 <= reports)
    }

    /// Whether two vessels are shown.
    pub(crate) fn is_shown(self) -> bool {
        self.in_pace >= SHOWN
            && f64::from(self.in_pace) >= SHOWN_SHARE * f64::from(self.interleaved)
    }
}
