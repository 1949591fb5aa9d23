//! A verdict says that a hull, told apart while reports went by, turned out to be none of its own.

use landfall_events::GapConfig;
use landfall_report::VesselSpan;
use landfall_track::{Flag, FlaggedReport, Gap, GapKind, Hull, WithoutPosition};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const MILLIS_PER_HOUR: f64 = 3_600_000.0;
/// Whoever sends false positions sends them no more seldom than every so many usual intervals, or milliseconds: at
/// rest class A sends every 3 minutes (ITU-R M.1371-5, table 1), of which receivers miss some.
const SENT_AS_OFTEN: f64 = 2.0;
const SENT_OFTEN_MS: f64 = 900_000.0;

/// What became of a hull.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Verdict {
    /// Its reports were false ones of another hull's vessel, and get a flag.
    Withdrawn(Flag),
    /// It goes on from an earlier hull by a jump.
    Joined(Hull),
}

/// The verdicts on an id's hulls, by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Verdicts(BTreeMap<u32, Verdict>);

impl Verdicts {
    /// Takes note that a hull's reports were false ones.
    pub(crate) fn withdraw(&mut self, hull: Hull, flag: Flag) {
        self.0.insert(hull.number, Verdict::Withdrawn(flag));
    }

    /// Takes note that a hull goes on from an earlier one.
    pub(crate) fn join(&mut self, hull: Hull, earlier: Hull) {
        self.0.insert(hull.number, Verdict::Joined(earlier));
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The hull that one is a part of; most often itself.
    pub(crate) fn root(&self, hull: Hull) -> Hull {
        let mut root = hull;
        while let Some(Verdict::Joined(earlier)) = self.0.get(&root.number) {
            root = *earlier;
        }
        root
    }

    /// What a flagged report is in the end; `None` if it is a plain report of the first hull.
    pub(crate) fn settled(&self, flagged: &FlaggedReport) -> Option<FlaggedReport> {
        let Some(hull) = flagged.hull else {
            return Some(*flagged);
        };
        let is_further = flagged.flag == Flag::FurtherHull;
        match self.0.get(&hull.number) {
            Some(Verdict::Withdrawn(flag)) => Some(FlaggedReport {
                flag: if is_further { *flag } else { flagged.flag },
                hull: None,
                ..*flagged
            }),
            Some(Verdict::Joined(_)) => {
                let root = self.root(hull);
                let flag = if is_further && flagged.report.time == hull.since {
                    Flag::Jump
                } else if is_further && root.number == 0 {
                    return None;
                } else {
                    flagged.flag
                };
                Some(FlaggedReport {
                    flag,
                    hull: Some(root),
                    ..*flagged
                })
            }
            None => Some(*flagged),
        }
    }
}

/// Takes note that a vessel sent reports with false positions in a gap: it was not silent then.
pub(crate) fn note_false_positions(gap: &mut Gap, sent: VesselSpan, config: &GapConfig) {
    let Some(after) = gap.after else {
        return;
    };
    if sent.first <= gap.before.time || sent.last >= after.time {
        return;
    }
    // A vessel shown elsewhere sends as often as before; a stranger under its id comes and goes.
    let usual_ms = config.before_h * MILLIS_PER_HOUR / f64::from(gap.reports_before.max(1));
    let apart_ms = after.time.millis_since(gap.before.time) as f64 / (sent.reports + 1) as f64;
    if apart_ms > (SENT_AS_OFTEN * usual_ms).max(SENT_OFTEN_MS) {
        return;
    }
    let around_ms =
        config.silence_ms(gap.before.time, sent.first) + config.silence_ms(sent.last, after.time);
    gap.silent_ms = gap.silent_ms.min(around_ms);
    if gap.silent_ms == 0 {
        gap.kind = GapKind::NoPosition;
    }
    gap.without_position = Some(match gap.without_position {
        None => WithoutPosition {
            messages: sent.reports,
            first: sent.first,
            last: sent.last,
        },
        Some(known) => WithoutPosition {
            messages: known.messages + sent.reports,
            first: known.first.min(sent.first),
            last: known.last.max(sent.last),
        },
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{Position, ReportRef, SourceRow, Timestamp};

    fn hull(number: u32) -> Hull {
        Hull {
            number,
            since: Timestamp::from_seconds(i64::from(number) * 3600).unwrap(),
        }
    }

    fn report(hours: i64) -> ReportRef {
        ReportRef {
            time: Timestamp::from_seconds(hours * 3600).unwrap(),
            position: Position::default(),
            source: SourceRow::default(),
        }
    }

    fn further(of: u32, hours: i64) -> FlaggedReport {
        FlaggedReport {
            report: report(hours),
            flag: Flag::FurtherHull,
            hull: Some(hull(of)),
        }
    }

    #[test]
    fn of_a_hull_that_goes_on_from_the_first_only_the_jump_is_flagged() {
        let mut verdicts = Verdicts::default();
        verdicts.join(hull(2), hull(1));
        verdicts.join(hull(1), hull(0));
        let settled = |of, hours| verdicts.settled(&further(of, hours));
        let told = |found: Option<FlaggedReport>| found.map(|it| (it.flag, it.hull));
        assert_eq!(told(settled(1, 1)), Some((Flag::Jump, Some(hull(0)))));
        assert_eq!(told(settled(2, 2)), Some((Flag::Jump, Some(hull(0)))));
        assert_eq!(told(settled(2, 3)), None);
        assert_eq!(
            told(settled(3, 3)),
            Some((Flag::FurtherHull, Some(hull(3))))
        );
    }

    #[test]
    fn reports_of_a_withdrawn_hull_belong_to_none() {
        let mut verdicts = Verdicts::default();
        verdicts.withdraw(hull(1), Flag::Teleport);
        let settled = verdicts.settled(&further(1, 5)).unwrap();
        assert_eq!((settled.flag, settled.hull), (Flag::Teleport, None));
    }

    #[test]
    fn a_vessel_that_sent_false_positions_was_not_silent() {
        let mut gap = Gap {
            before: report(0),
            after: Some(report(20)),
            reports_before: 1,
            distance_m: None,
            implied_speed_knots: None,
            port: None,
            kind: GapKind::Silence,
            without_position: None,
            silent_ms: 20 * 3_600_000,
        };
        let sent = VesselSpan {
            first: report(1).time,
            last: report(12).time,
            reports: 60,
        };
        note_false_positions(&mut gap, sent, &GapConfig::default());
        assert_eq!((gap.kind, gap.silent_ms), (GapKind::Silence, 8 * 3_600_000));
        let sent = VesselSpan {
            last: report(16).time,
            ..sent
        };
        note_false_positions(&mut gap, sent, &GapConfig::default());
        assert_eq!((gap.kind, gap.silent_ms), (GapKind::NoPosition, 0));
        assert_eq!(gap.without_position.map(|it| it.messages), Some(120));
    }
}
