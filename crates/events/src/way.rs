//! The way of a hull, measured up to milestones: the reports at which a port's zone is entered or left and
//! a stop begins or ends. What was sailed between any two of them is the difference of what had been
//! sailed at each, so that voyages can be cut out when calls are known.
//!
//! Where a stop began, and with which report it ended, is certain only some reports later. Until then what
//! had been sailed there is kept beside.

use crate::stop::Speed;
use landfall_track::{Milestone, ReportRef, Sailed};
use serde::{Deserialize, Serialize};

/// One step of the way, from a report to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Hop {
    /// The distance between the two in metres.
    pub(crate) distance_m: f64,
    /// The time between them in milliseconds.
    pub(crate) elapsed_ms: i64,
    /// Whether it is a gap.
    pub(crate) is_gap: bool,
    /// The speed at its end.
    pub(crate) speed: Speed,
}

/// The highest of some speeds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Fastest {
    knots: Option<f64>,
    /// All reported speeds below this have been noted, in hundredths of a knot.
    noted_centiknots: u32,
}

impl Fastest {
    #[inline(always)]
    fn note(&mut self, speed: Speed) {
        match speed {
            Speed::Reported(centiknots) if u32::from(centiknots) < self.noted_centiknots => {}
            Speed::Derived(None) => {}
            _ => self.raise(speed),
        }
    }

    #[inline(never)]
    fn raise(&mut self, speed: Speed) {
        if let Speed::Reported(centiknots) = speed {
            self.noted_centiknots = u32::from(centiknots) + 1;
        }
        if let Some(knots) = speed.knots()
            && self.knots.is_none_or(|highest| knots > highest)
        {
            self.knots = Some(knots);
        }
    }

    /// Takes over what another has noted, which begins anew.
    #[inline(always)]
    fn absorb(&mut self, later: &mut Self) {
        if later.noted_centiknots > self.noted_centiknots {
            self.noted_centiknots = later.noted_centiknots;
        }
        if later.knots > self.knots {
            self.knots = later.knots;
        }
        *later = Self::default();
    }
}

/// A report and what had been sailed up to and with it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Point {
    at: ReportRef,
    sailed: Sailed,
}

/// A rest that may turn out to be a stop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Rest {
    /// Its first report; `None` once that has become a milestone.
    first: Option<Point>,
    /// Its last report so far.
    last: Point,
    /// Whether that is a milestone already.
    last_is_marked: bool,
    /// The highest speed between the two.
    fastest: Fastest,
}

/// What a hull has sailed so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Way {
    sailed: Sailed,
    rest: Option<Rest>,
    /// The highest speed since the last milestone, up to the rest's first report if there is a rest.
    before: Fastest,
    /// The highest speed since the rest's last report.
    since: Fastest,
}

impl Way {
    /// A way that begins with a report, which is its first milestone.
    pub(crate) fn new() -> Self {
        Self {
            sailed: Sailed {
                reports: 1,
                ..Sailed::default()
            },
            rest: None,
            before: Fastest::default(),
            since: Fastest::default(),
        }
    }

    /// What had been sailed up to and with the last report, of which `vertices` were drawn.
    fn point(&self, at: ReportRef, vertices: u64) -> Point {
        Point {
            at,
            sailed: Sailed {
                vertices,
                ..self.sailed
            },
        }
    }

    /// The highest speed since the last milestone, in knots.
    pub(crate) fn fastest_knots(&self) -> Option<f64> {
        let at_rest = self.rest.and_then(|rest| rest.fastest.knots);
        [self.before.knots, at_rest, self.since.knots]
            .into_iter()
            .flatten()
            .reduce(f64::max)
    }

    /// Notes a speed.
    #[inline(always)]
    pub(crate) fn note_speed(&mut self, speed: Speed) {
        self.since.note(speed);
    }

    /// Takes the step to the next report.
    #[inline(always)]
    pub(crate) fn add(&mut self, hop: Hop) {
        if hop.is_gap {
            self.sailed.in_gaps_m += hop.distance_m;
            self.sailed.gap_ms += hop.elapsed_ms;
        } else {
            self.sailed.observed_m += hop.distance_m;
        }
        self.sailed.reports += 1;
        self.note_speed(hop.speed);
    }

    /// Counts a further report of the last one's moment.
    pub(crate) fn count_simultaneous(&mut self, at: ReportRef) {
        self.sailed.reports += 1;
        if let Some(rest) = &mut self.rest
            && rest.last.at.time == at.time
        {
            rest.last.sailed.reports += 1;
        }
    }

    /// The last report, taken already, may be the first of a stop.
    #[inline]
    pub(crate) fn may_rest(&mut self, at: ReportRef, vertices: u64) {
        self.sails_on();
        self.before.absorb(&mut self.since);
        let point = self.point(at, vertices);
        self.rest = Some(Rest {
            first: Some(point),
            last: point,
            last_is_marked: false,
            fastest: Fastest::default(),
        });
    }

    /// The vessel still lay at the last report.
    #[inline(always)]
    pub(crate) fn rests(&mut self, at: ReportRef, vertices: u64) {
        let last = self.point(at, vertices);
        if let Some(rest) = &mut self.rest {
            rest.fastest.absorb(&mut self.since);
            rest.last = last;
            rest.last_is_marked = false;
        }
    }

    /// There was no stop: what may have been a rest is a part of the way.
    #[inline]
    pub(crate) fn sails_on(&mut self) {
        if let Some(mut rest) = self.rest.take() {
            self.before.absorb(&mut rest.fastest);
            self.before.absorb(&mut self.since);
        }
    }

    /// A stop has ended: its first and last reports are milestones.
    pub(crate) fn end_rest(&mut self, mark: &mut impl FnMut(Milestone)) {
        let Some(mut rest) = self.rest.take() else {
            return;
        };
        if let Some(first) = rest.first {
            mark(milestone(first, &mut self.before));
        }
        if !rest.last_is_marked {
            mark(milestone(rest.last, &mut rest.fastest));
        }
    }

    /// Makes the last report a milestone.
    pub(crate) fn mark(&mut self, at: ReportRef, vertices: u64, mark: &mut impl FnMut(Milestone)) {
        let here = self.point(at, vertices);
        if let Some(rest) = &mut self.rest {
            if let Some(first) = rest.first.take() {
                mark(milestone(first, &mut self.before));
            }
            // The stop may go on beyond, and then ends with a later report.
            if rest.last.at.time < at.time && !rest.last_is_marked {
                mark(milestone(rest.last, &mut rest.fastest));
            } else {
                self.since.absorb(&mut rest.fastest);
            }
            rest.last_is_marked = true;
        } else {
            self.since.absorb(&mut self.before);
        }
        mark(milestone(here, &mut self.since));
    }
}

fn milestone(point: Point, fastest: &mut Fastest) -> Milestone {
    Milestone {
        at: point.at,
        sailed: point.sailed,
        fastest_knots: std::mem::take(fastest).knots,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{Position, SourceRow, Timestamp};

    fn at(seconds: i64) -> ReportRef {
        ReportRef {
            time: Timestamp::from_seconds(seconds).unwrap(),
            position: Position::default(),
            source: SourceRow::default(),
        }
    }

    fn hop(knots: u16) -> Hop {
        Hop {
            distance_m: 10.0,
            elapsed_ms: 1_000,
            is_gap: false,
            speed: Speed::Reported(knots * 100),
        }
    }

    /// Seconds, reports and highest speed of each milestone.
    fn marks(
        steps: impl FnOnce(&mut Way, &mut dyn FnMut(Milestone)),
    ) -> Vec<(i64, u64, Option<f64>)> {
        let mut found = Vec::new();
        let mut way = Way::new();
        steps(&mut way, &mut |milestone| {
            found.push((
                milestone.at.time.as_millis() / 1000,
                milestone.sailed.reports,
                milestone.fastest_knots,
            ));
        });
        found
    }

    #[test]
    fn speeds_belong_to_the_way_between_two_milestones_though_a_stop_is_certain_later() {
        let found = marks(|way, mut mark| {
            way.add(hop(9));
            way.add(hop(8));
            way.add(hop(1));
            way.may_rest(at(3), 0);
            way.add(hop(2));
            way.rests(at(4), 0);
            way.add(hop(7));
            way.end_rest(&mut mark);
            way.add(hop(6));
            way.mark(at(6), 0, &mut mark);
        });
        assert_eq!(
            found,
            [(3, 4, Some(9.0)), (4, 5, Some(2.0)), (6, 7, Some(7.0))]
        );
    }

    #[test]
    fn a_rest_that_was_no_stop_leaves_no_milestone() {
        let found = marks(|way, mut mark| {
            way.add(hop(1));
            way.may_rest(at(1), 0);
            way.add(hop(4));
            way.sails_on();
            way.add(hop(3));
            way.mark(at(3), 0, &mut mark);
        });
        assert_eq!(found, [(3, 4, Some(4.0))]);
    }

    #[test]
    fn a_border_crossed_within_a_stop_stands_between_its_ends() {
        let found = marks(|way, mut mark| {
            way.may_rest(at(0), 0);
            way.add(hop(1));
            way.rests(at(1), 0);
            way.mark(at(1), 0, &mut mark);
            way.add(hop(2));
            way.rests(at(2), 0);
            way.end_rest(&mut mark);
        });
        assert_eq!(found, [(0, 1, None), (1, 2, Some(1.0)), (2, 3, Some(2.0))]);
    }
}
