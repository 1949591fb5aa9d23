//! An outage is a time in which nobody was heard at all, longer than the feed's own pauses, with vessels
//! that were heard shortly before and shortly after it.
//!
//! Known limits: an outage of one receiver among several is none, since others go on being heard; and a
//! feed that falls silent as often and as long as its outage is taken for one with such pauses.

use super::minutes::{HeardMinutes, Pause};
use crate::ConfigError;
use crate::config::within;
use crate::dark::Presence;
use crate::limits::MILLIS_PER_HOUR;
use landfall_track::{Outage, Timestamp};
use serde::{Deserialize, Serialize};

/// When a silence of all vessels is an outage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutageConfig {
    /// The shortest outage, in hours.
    pub least_h: f64,
    /// So many vessels were heard both shortly before and shortly after.
    pub vessels: u32,
    /// What is shortly, in hours.
    pub near_h: f64,
    /// Pauses of this share of the outage's length, or longer, are like it.
    pub like_share: f64,
    /// Pauses like it are the feed's own if they come more often than once in so many times their length.
    pub rare_times: f64,
}

impl Default for OutageConfig {
    fn default() -> Self {
        Self {
            // Ours: shorter ones hide nothing that a gap's threshold, hours long, does not.
            least_h: 1.0,
            // Three vessels are the fewest by which others tell a fault of all from one of each: zones
            // of interference ask for as many (RadianceFleet).
            vessels: 3,
            // Ours: class A at anchor reports every 3 minutes (ITU-R M.1371-5, table 1), satellites pass
            // every 100 minutes.
            near_h: 3.0,
            // Ours: room for what a pause's length varies by.
            like_share: 1.0 / 3.0,
            // Ours: what a feed does for more than an eighth of the time is its way.
            rare_times: 8.0,
        }
    }
}

impl OutageConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        within("fleet.outage.least_h", self.least_h, 0.1, 8760.0)?;
        within("fleet.outage.vessels", f64::from(self.vessels), 2.0, 1e6)?;
        within("fleet.outage.near_h", self.near_h, 1.0, 168.0)?;
        within("fleet.outage.like_share", self.like_share, 0.05, 1.0)?;
        within("fleet.outage.rare_times", self.rare_times, 1.0, 1000.0)
    }
}

/// So many of the longest pauses are looked at: of a feed with more, none is out of the ordinary.
const MOST_LOOKED_AT: usize = 500;

/// Finds outages: knows the pauses that may be, and is told of every vessel whether it was heard before
/// and after each.
#[derive(Clone, Debug)]
pub struct OutageFinder {
    config: OutageConfig,
    pauses: Vec<Pause>,
    /// Vessels heard shortly before and after each.
    vessels: Vec<u32>,
}

impl OutageFinder {
    /// The pauses of a feed that may be outages. `span` is from when to when there are data.
    pub fn new(
        minutes: &HeardMinutes,
        span: (Timestamp, Timestamp),
        config: &OutageConfig,
    ) -> Self {
        let least_ms = (config.least_h * MILLIS_PER_HOUR) as i64;
        let like_ms = (config.least_h * config.like_share * MILLIS_PER_HOUR) as i64;
        let (all, span_ms) = minutes.pauses(like_ms.max(1), span);
        let mut lengths: Vec<i64> = all.iter().map(Pause::ms).collect();
        lengths.sort_unstable();
        let is_rare = |pause: &Pause| {
            let like = (pause.ms() as f64 * config.like_share) as i64;
            let others = lengths.len() - lengths.partition_point(|length| *length < like) - 1;
            // Of few that are alike nobody can say that they are regular, unless they fill much of the time.
            let times = config.rare_times.min((2 * others + 1) as f64);
            others as f64 * times * pause.ms() as f64 <= span_ms as f64
        };
        let mut pauses: Vec<Pause> = all
            .iter()
            .filter(|pause| pause.ms() >= least_ms && is_rare(pause))
            .copied()
            .collect();
        if pauses.len() > MOST_LOOKED_AT {
            pauses.sort_by_key(|pause| (std::cmp::Reverse(pause.ms()), pause.from));
            pauses.truncate(MOST_LOOKED_AT);
            pauses.sort_by_key(|pause| pause.from);
        }
        Self {
            config: config.clone(),
            vessels: vec![0; pauses.len()],
            pauses,
        }
    }

    /// Takes note of a vessel: all its presences.
    pub fn add(&mut self, presences: &[Presence]) {
        let near_ms = (self.config.near_h * MILLIS_PER_HOUR) as i64;
        let heard = |from: Timestamp, to: Timestamp| {
            let next = presences.partition_point(|presence| presence.until() <= from);
            presences
                .get(next)
                .is_some_and(|presence| presence.since() <= to)
        };
        for (pause, vessels) in self.pauses.iter().zip(&mut self.vessels) {
            let is_witness = heard(pause.from.shifted(-near_ms), pause.from.shifted(-1))
                && heard(pause.to, pause.to.shifted(near_ms));
            *vessels = vessels.saturating_add(u32::from(is_witness));
        }
    }

    /// Whether a gap would be explained if every pause were an outage. See [`is_in_outage`].
    pub fn may_explain(&self, gap: (Timestamp, Timestamp), threshold_h: f64) -> bool {
        let first = self.pauses.partition_point(|pause| pause.to <= gap.0);
        let pauses = self.pauses[first..].iter();
        is_within(gap, pauses.map(|pause| (pause.from, pause.to)), threshold_h)
    }

    /// The outages in time order, once all vessels are in.
    pub fn finish(self) -> Vec<Outage> {
        let least = self.config.vessels;
        self.pauses
            .iter()
            .zip(self.vessels)
            .filter(|(_, vessels)| *vessels >= least)
            .map(|(pause, vessels)| Outage {
                from: pause.from,
                to: pause.to,
                vessels: u64::from(vessels),
            })
            .collect()
    }
}

/// Whether outages explain a gap, from its last report before to its first after or the data's end: what
/// of it lies outside them is no gap. `outages` are in time order.
pub fn is_in_outage(gap: (Timestamp, Timestamp), outages: &[Outage], threshold_h: f64) -> bool {
    let spans = outages.iter().map(|outage| (outage.from, outage.to));
    is_within(gap, spans, threshold_h)
}

fn is_within(
    (from, to): (Timestamp, Timestamp),
    spans: impl Iterator<Item = (Timestamp, Timestamp)>,
    threshold_h: f64,
) -> bool {
    let inside_ms: i64 = spans
        .skip_while(|span| span.1 <= from)
        .take_while(|span| span.0 < to)
        .map(|span| span.1.min(to).millis_since(span.0.max(from)))
        .sum();
    let outside_ms = to.millis_since(from) - inside_ms;
    inside_ms > 0 && outside_ms as f64 <= threshold_h * MILLIS_PER_HOUR
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dark::PresenceBuilder;
    use landfall_track::{LonLat, Position};

    fn minute(minute: i64) -> Timestamp {
        Timestamp::from_seconds(1_700_000_000 / 3600 * 3600 + minute * 60).unwrap()
    }

    /// The outages of vessels that are heard in the minutes given.
    fn outages(vessels: &[Vec<i64>]) -> Vec<(i64, i64, u64)> {
        outages_beside(vessels, &[])
    }

    /// The same if there are reports with impossible times, too.
    fn outages_beside(vessels: &[Vec<i64>], impossible: &[i64]) -> Vec<(i64, i64, u64)> {
        let mut minutes = HeardMinutes::default();
        for heard in vessels.iter().flatten().chain(impossible) {
            minutes.add(minute(*heard));
        }
        let span = (minute(0), minute(4 * 1440));
        let mut finder = OutageFinder::new(&minutes, span, &OutageConfig::default());
        for vessel in vessels {
            let mut presences = PresenceBuilder::default();
            let place = Position::from_degrees(LonLat { lon: 1.0, lat: 2.0 }).unwrap();
            for heard in vessel {
                presences.push(minute(*heard), place);
            }
            finder.add(&presences.finish());
        }
        let since = |time: Timestamp| time.millis_since(minute(0)) / 60_000;
        finder
            .finish()
            .iter()
            .map(|outage| (since(outage.from), since(outage.to), outage.vessels))
            .collect()
    }

    /// Heard every so many minutes of four days, but for the hours given.
    fn every(step: i64, phase: i64, silent_h: &[std::ops::Range<i64>]) -> Vec<i64> {
        (0..4 * 1440 / step)
            .map(|number| number * step + phase)
            .filter(|minute| silent_h.iter().all(|span| !span.contains(&(minute / 60))))
            .collect()
    }

    fn fleet(step: i64, count: i64, silent_h: &[std::ops::Range<i64>]) -> Vec<Vec<i64>> {
        (0..count)
            .map(|vessel| every(step, vessel * step / count, silent_h))
            .collect()
    }

    #[test]
    fn nine_hours_without_anybody_are_one_outage() {
        assert_eq!(
            outages(&fleet(10, 4, std::slice::from_ref(&(30..39)))),
            [(1_798, 2_340, 4)]
        );
        assert_eq!(outages(&fleet(10, 4, &[])), []);
    }

    #[test]
    fn a_single_vessel_has_no_outage_nor_have_two() {
        for count in [1, 2] {
            assert_eq!(
                outages(&fleet(10, count, std::slice::from_ref(&(30..39)))),
                []
            );
        }
    }

    #[test]
    fn a_feed_with_regular_pauses_has_no_outage() {
        // Twelve hours of every day.
        assert_eq!(outages(&fleet(10, 5, &[0..12, 24..36, 48..60, 72..84])), []);
        // An hour and a half of every two.
        let passes: Vec<_> = (0..48).map(|pass| pass * 2..pass * 2 + 1).collect();
        assert_eq!(outages(&fleet(5, 5, &passes)), []);
        let mut longer = passes.clone();
        longer.push(40..54);
        let found = outages(&fleet(5, 5, &longer));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            (14 * 60..16 * 60).contains(&(found[0].1 - found[0].0)),
            "{found:?}"
        );
    }

    #[test]
    fn regular_pauses_are_no_rarer_for_a_report_with_a_time_years_off() {
        let passes: Vec<_> = (0..16).map(|pass| pass * 6..pass * 6 + 3).collect();
        let vessels = fleet(10, 5, &passes);
        for years in [-20, 20] {
            let stray = years * 365 * 1440;
            assert_eq!(outages_beside(&vessels, &[stray]), [], "{years}");
        }
    }

    #[test]
    fn two_outages_in_four_days_are_two() {
        assert_eq!(outages(&fleet(10, 4, &[20..29, 60..68])).len(), 2);
    }

    #[test]
    fn sparse_reports_an_hour_apart_show_an_outage_too() {
        let found = outages(&fleet(60, 6, std::slice::from_ref(&(40..51))));
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn where_other_vessels_come_than_went_there_is_no_outage() {
        let mut vessels = fleet(10, 3, std::slice::from_ref(&(30..96)));
        vessels.extend(fleet(10, 3, std::slice::from_ref(&(0..39))));
        assert_eq!(outages(&vessels), []);
    }

    #[test]
    fn a_gap_is_explained_if_what_lies_outside_outages_is_no_gap() {
        let outages = [(600, 1_200), (1_500, 2_000)].map(|(from, to)| Outage {
            from: minute(from),
            to: minute(to),
            vessels: 3,
        });
        let is_in = |from, to| is_in_outage((minute(from), minute(to)), &outages, 6.0);
        assert!(is_in(590, 1_210));
        assert!(is_in(590, 1_500));
        // Six hours outside two outages, and a minute more.
        assert!(is_in(550, 2_010));
        assert!(!is_in(549, 2_010));
        assert!(!is_in(200, 1_250));
        assert!(!is_in(1_200, 1_500));
        assert!(!is_in(1_400, 3_000));
        assert!(is_in(1_900, 2_100));
    }
}
