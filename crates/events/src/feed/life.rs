//! Signs of life: messages without a position that a vessel sent between two positions. A vessel that
//! goes on sending is not silent, wherever it is.

use crate::GapConfig;
use landfall_track::{GapKind, Timestamp, WithoutPosition};
use serde::{Deserialize, Serialize};

/// Messages without a position since the last report with one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SignsOfLife {
    heard: Option<WithoutPosition>,
    /// Milliseconds between them in silences longer than the threshold of a gap.
    silent_ms: i64,
}

impl SignsOfLife {
    /// Takes a message without a position.
    pub(crate) fn add(&mut self, time: Timestamp, config: &GapConfig) {
        match &mut self.heard {
            None => {
                self.heard = Some(WithoutPosition {
                    messages: 1,
                    first: time,
                    last: time,
                });
            }
            Some(heard) => {
                let time = time.max(heard.last);
                self.silent_ms += config.silence_ms(heard.last, time);
                heard.messages += 1;
                heard.last = time;
            }
        }
    }

    /// Takes the messages that were set apart earlier.
    pub(crate) fn add_earlier(&mut self, earlier: &Self, config: &GapConfig) {
        let Some(before) = earlier.heard else {
            return;
        };
        match &mut self.heard {
            None => *self = *earlier,
            Some(heard) => {
                self.silent_ms += earlier.silent_ms + config.silence_ms(before.last, heard.first);
                heard.messages += before.messages;
                heard.first = before.first.min(heard.first);
                heard.last = before.last.max(heard.last);
            }
        }
    }

    /// When the last one came.
    pub(crate) fn last(&self) -> Option<Timestamp> {
        self.heard.map(|heard| heard.last)
    }

    /// Whether there were none.
    pub(crate) fn is_empty(&self) -> bool {
        self.heard.is_none()
    }

    /// What a time without positions comes to: its kind, the messages in it, and the milliseconds in
    /// which nothing was received for longer than the threshold.
    pub(crate) fn of_gap(
        &self,
        from: Timestamp,
        to: Timestamp,
        config: &GapConfig,
    ) -> (GapKind, Option<WithoutPosition>, i64) {
        let within = self
            .heard
            .filter(|heard| heard.first >= from && heard.last <= to);
        let Some(heard) = within else {
            return (GapKind::Silence, None, to.millis_since(from));
        };
        let silent_ms = self.silent_ms
            + config.silence_ms(from, heard.first)
            + config.silence_ms(heard.last, to);
        let kind = if silent_ms > 0 {
            GapKind::Silence
        } else {
            GapKind::NoPosition
        };
        (kind, Some(heard), silent_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_seconds(hours * 3600).unwrap_or_default()
    }

    fn heard(hours: &[i64]) -> SignsOfLife {
        let mut life = SignsOfLife::default();
        for hour in hours {
            life.add(at(*hour), &GapConfig::default());
        }
        life
    }

    const HOUR_MS: i64 = 3_600_000;

    #[test]
    fn a_vessel_that_goes_on_sending_without_a_position_is_not_silent() {
        let life = heard(&[5, 10, 15]);
        let (kind, messages, silent_ms) = life.of_gap(at(0), at(20), &GapConfig::default());
        assert_eq!((kind, silent_ms), (GapKind::NoPosition, 0));
        let messages = messages.map(|it| (it.messages, it.first, it.last));
        assert_eq!(messages, Some((3, at(5), at(15))));
    }

    #[test]
    fn only_the_part_in_which_nothing_came_is_a_silence() {
        let life = heard(&[1, 2, 12]);
        let (kind, messages, silent_ms) = life.of_gap(at(0), at(40), &GapConfig::default());
        assert_eq!(kind, GapKind::Silence);
        assert_eq!(silent_ms, (10 + 28) * HOUR_MS);
        assert_eq!(messages.map(|it| it.messages), Some(3));
    }

    #[test]
    fn messages_set_apart_are_put_together_in_order() {
        let mut later = heard(&[9]);
        later.add_earlier(&heard(&[1, 2]), &GapConfig::default());
        let (kind, messages, silent_ms) = later.of_gap(at(0), at(10), &GapConfig::default());
        assert_eq!((kind, silent_ms), (GapKind::Silence, 7 * HOUR_MS));
        assert_eq!(messages.map(|it| it.messages), Some(3));
    }

    #[test]
    fn without_messages_the_whole_time_is_silent() {
        let (kind, messages, silent_ms) =
            SignsOfLife::default().of_gap(at(0), at(7), &GapConfig::default());
        assert_eq!(
            (kind, messages, silent_ms),
            (GapKind::Silence, None, 7 * HOUR_MS)
        );
    }
}
