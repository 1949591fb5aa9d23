//! The recent way of a vessel: where it reported itself over the last hours. What a receiver with a
//! late clock delivers lies on it, shifted in time; what a stale feed repeats is its last report.
//!
//! gpsdio-segment (Global Fishing Watch) drops a report whose position, course, speed and heading were
//! all seen before while moving. Here such copies also show the lag of the receiver that they came
//! through, and with a known lag what came through that receiver alone is told, too, and copies at rest.
//! Known limits: before the first copy nobody can tell, and where reports are hours apart the way between
//! them is not known; a vessel heard through one late receiver only, from its first report on, cannot be
//! told from one that sailed later.

use super::resolution::{coarse_step_m, resolution_m};
use crate::limits::{KNOT, Limits};
use crate::plane::Plane;
use crate::segment::Tail;
use landfall_track::{Position, PositionReport, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The way is remembered for so long: arXiv 2603.11055 met stale retransmission of up to two hours.
const HORIZON_MS: i64 = 3 * 3_600_000;
/// So many points are kept however old they are: a sparse feed has no more in days.
const LEAST_POINTS: usize = 16;
const MOST_POINTS: usize = 1_100;
/// Points are so far apart in time at least: the shortest interval of class A
/// below 14 knots (ITU-R M.1371-5, table 1).
const SPACING_MS: i64 = 10_000;
/// Two lags of one receiver differ by no more: stamps in whole seconds, and a second of drift.
const LAG_TOLERANCE_MS: i64 = 2_000;
/// Lags that are followed at a time; of more, the one seen least is forgotten.
const MOST_LAGS: usize = 16;
/// A lag is a receiver's once copies, or positions on the way, weigh so much.
const ESTABLISHED: u32 = 6;
/// A lag that is not yet sure is forgotten after so long: turns give other lags each time.
const LAG_MEMORY_MS: i64 = 3_600_000;
/// The weight of a copy that is the same in every field: one shows a late clock, ...
const COPY_WEIGHT: u32 = ESTABLISHED;
/// ... of lags below so many milliseconds two do, since many clocks differ by seconds, and at rest.
const SHORT_LAG_MS: i64 = 30_000;
const SHORT_COPY_WEIGHT: u32 = 3;
/// Between two points the time of a place is known to so many parts of the time between them.
const LINK_PARTS: i64 = 50;
/// How far a report that is late may lie from the way, in metres, and as a share of the distance
/// between the two points that it lies between.
const OFF_WAY_M: f64 = 50.0;
const OFF_WAY_SHARE: f64 = 0.15;
/// A report is taken for a late one only if it lies so many times nearer to where the vessel was then
/// than to where it should be now.
const LIKELIER: f64 = 2.0;
/// A vessel that came no farther since it was at a place than this share of what it makes in that time went to and
/// fro about one place: that it sends again from there says nothing of clocks.
const LEAST_WAY_SHARE: f64 = 0.05;
/// A lag that is a smaller share of the time since the last report is within what a vessel's speed varies by.
const TELLING_SHARE: f64 = 0.2;
/// Points farther apart in time do not show where the vessel was in between.
const LONGEST_LINK_MS: i64 = 3_600_000;
/// A vessel that moves sends the same position again only within so many metres.
const SAME_PLACE_M: f64 = 20.0;
/// A position that is repeated while the vessel should have sailed this far is stale, in metres: half
/// a minute of arc, more than any error of a position.
const STALE_M: f64 = 926.0;

/// A point of the way, with all that was sent there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Point {
    time: Timestamp,
    position: Position,
    /// Speed, course and heading in hundredths, as they are held.
    centi: [u16; 3],
}

impl Point {
    fn of(report: &PositionReport) -> Self {
        Self {
            time: report.time,
            position: report.position,
            centi: report.to_raw().centi,
        }
    }

    /// Whether all of it but its time is another's.
    fn is_copy_of(&self, other: &Self) -> bool {
        self.position == other.position && self.centi == other.centi
    }
}

/// How late a receiver's clock is, and how surely.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct LateClock {
    lag_ms: i64,
    weight: u32,
    /// Reports that came with it.
    reports: u64,
    /// When it was seen last.
    seen: Timestamp,
}

/// A position that a vessel repeats at speed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Held {
    position: Position,
    /// When it was repeated last.
    last: Timestamp,
    /// How far the vessel should have come by then at the speeds it sent, in metres.
    made_m: f64,
    /// How often it was repeated, all that was sent with it too, and how long after the first time.
    copies: u32,
    lag_ms: i64,
}

/// What a report is beside the recent way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Echo {
    /// Nothing of the kind.
    None,
    /// A copy of what was sent before while moving.
    Copy,
    /// Late: where the vessel was some time ago, by a receiver whose lag is known.
    Late,
    /// Late by a known lag, but newer than all that is known: it was sent at the time given.
    Newer(Timestamp),
    /// The last position, repeated while the vessel must have moved.
    Stale,
}

/// Where a vessel was in the last hours, and the lags of late receivers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct RecentWay {
    points: VecDeque<Point>,
    /// From when on the next point is due, in milliseconds.
    due_ms: i64,
    lags: Vec<LateClock>,
    /// The position that is being repeated.
    held: Option<Held>,
}

impl RecentWay {
    /// Takes a report that is used.
    #[inline(always)]
    pub(crate) fn add(&mut self, report: &PositionReport) {
        let now_ms = report.time.as_millis();
        if now_ms >= self.due_ms || self.points.is_empty() {
            self.due_ms = now_ms + SPACING_MS;
            self.keep(report);
        }
    }

    /// Takes reports that waited and are used now, each in its place.
    pub(crate) fn add_waiting(&mut self, reports: &[PositionReport]) {
        for report in reports {
            let at = self.points.partition_point(|it| it.time < report.time);
            if at == self.points.len() {
                self.add(report);
            } else if self.points[at].time != report.time {
                self.points.insert(at, Point::of(report));
            }
        }
    }

    #[inline(never)]
    fn keep(&mut self, report: &PositionReport) {
        let horizon = report.time.shifted(-HORIZON_MS);
        while self.points.len() >= MOST_POINTS
            || (self.points.len() >= LEAST_POINTS
                && self.points.front().is_some_and(|old| old.time < horizon))
        {
            self.points.pop_front();
        }
        self.points.push_back(Point::of(report));
    }

    /// Whether a late receiver is known or suspected.
    #[inline(always)]
    pub(crate) fn has_lags(&self) -> bool {
        !self.lags.is_empty()
    }

    /// How many lags are sure.
    #[inline(always)]
    pub(crate) fn sure_lags(&self) -> usize {
        self.lags().count()
    }

    /// The lags that are sure, in milliseconds, each with the reports that came with it.
    pub(crate) fn lags(&self) -> impl Iterator<Item = (i64, u64)> {
        self.lags
            .iter()
            .filter(|lag| lag.weight >= ESTABLISHED)
            .map(|lag| (lag.lag_ms, lag.reports))
    }

    /// What a report is that does not simply go on from the vessel's last one.
    pub(crate) fn judge(
        &mut self,
        report: &PositionReport,
        last: &PositionReport,
        course: Option<(f64, f64)>,
        limits: &Limits,
    ) -> Echo {
        let elapsed_ms = report.time.millis_since(last.time);
        if elapsed_ms < 0 {
            return Echo::None;
        }
        self.end_held(report);
        if self.takes_known_copy(report) {
            return Echo::Copy;
        }
        let plane = Plane::about(last.position);
        let knots = limits.ships_centiknots(report).map_or(0.0, f64::from) / 100.0;
        let coarse_m = coarse_step_m(last.position, report.position);
        let both_m = resolution_m(report.position).min(resolution_m(last.position));
        let same_m = SAME_PLACE_M + 2.0 * both_m;
        let is_moving = limits.is_at_speed(report);
        if report.position == last.position {
            if !is_moving || !limits.is_at_speed(last) {
                // At rest, or just about to leave.
                self.held = None;
                return Echo::None;
            }
            let known = self.held.filter(|held| held.position == report.position);
            let mut held = known.unwrap_or(Held {
                position: report.position,
                last: last.time,
                made_m: 0.0,
                copies: 0,
                lag_ms: elapsed_ms,
            });
            let since = held.last.max(last.time);
            held.made_m += knots * KNOT * report.time.millis_since(since) as f64;
            held.last = report.time;
            let is_copy = report.to_raw().centi == last.to_raw().centi;
            let is_moved = knots * KNOT * elapsed_ms as f64 > same_m;
            held.copies += u32::from(is_copy && is_moved);
            self.held = Some(held);
            if is_copy && is_moved && self.is_known_lag(elapsed_ms) {
                self.held = None;
                self.note(elapsed_ms, copy_weight(elapsed_ms), report.time);
                return Echo::Copy;
            }
            if held.made_m > STALE_M + same_m {
                return Echo::Stale;
            }
            return if is_copy && is_moved {
                Echo::Copy
            } else {
                Echo::None
            };
        }
        let from_last_m = plane.distance_m(last.position, report.position);
        if from_last_m <= same_m {
            return Echo::None;
        }
        let miss_m = (miss_m(report, last, course, &plane) - coarse_m).max(0.0);
        if let Some(echo) = self.known_echo(report, last, (from_last_m, miss_m), limits) {
            return echo;
        }
        let went_away = |lag_ms: i64| went_away(from_last_m, knots, lag_ms - elapsed_ms);
        // In a coarse cell, or without a course, the same may be sent again by chance.
        let is_telling = resolution_m(report.position) <= 0.0 && report.course_deg().is_some();
        if is_moving
            && (is_telling || !sails_back(report, last, knots, &plane))
            && let Some(lag_ms) = self.lag_of_copy(report)
            && went_away(lag_ms)
        {
            let weight = if is_telling { copy_weight(lag_ms) } else { 1 };
            self.note(lag_ms, weight, report.time);
            return Echo::Copy;
        }
        // What a vessel under way sent at rest it may have sent by chance, but not time and again with one lag.
        if !is_moving
            && limits.is_at_speed(last)
            && is_telling
            && let Some(lag_ms) = self.lag_of_copy(report)
        {
            self.note(lag_ms, SHORT_COPY_WEIGHT, report.time);
            if self.is_known_lag(lag_ms) {
                return Echo::Copy;
            }
        }
        if elapsed_ms == 0 {
            // Stamps in whole minutes: the order within one is not known.
            return Echo::None;
        }
        // A place where the vessel was before: that may be a turn, or a late clock.
        for (lag_ms, tolerance_ms) in self.lags_of(report) {
            if !went_away(lag_ms) {
                continue;
            }
            self.note_roughly(lag_ms, tolerance_ms, report.time);
            if let Some(echo) = self.known_echo(report, last, (from_last_m, miss_m), limits) {
                return echo;
            }
        }
        Echo::None
    }

    /// Whether a report that goes on from a tracklet is a copy of what was sent under the id otherwise: of a point
    /// of the way, if more than a stray report was sent otherwise, or of one of the reports that wait. `last`: the
    /// last report of all.
    pub(crate) fn judge_copy<'a>(
        &mut self,
        report: &PositionReport,
        last: &PositionReport,
        mut waiting: impl Iterator<Item = &'a PositionReport>,
        is_more: bool,
    ) -> Echo {
        if resolution_m(report.position) > 0.0 || report.course_deg().is_none() {
            return Echo::None;
        }
        let content = Point::of(report);
        let sent = (waiting.find(|it| Point::of(it).is_copy_of(&content))).map(|it| it.time);
        let lag_ms = match sent {
            Some(sent) => Some(report.time.millis_since(sent)),
            None if is_more => self.lag_of_copy(report),
            None => None,
        };
        let Some(lag_ms) = lag_ms.filter(|lag_ms| *lag_ms > LAG_TOLERANCE_MS) else {
            return Echo::None;
        };
        let knots = report.speed_knots().unwrap_or(0.0);
        let from_last_m = Plane::about(last.position).distance_m(last.position, report.position);
        if !went_away(
            from_last_m,
            knots,
            lag_ms - report.time.millis_since(last.time),
        ) {
            return Echo::None;
        }
        self.note(lag_ms, copy_weight(lag_ms), report.time);
        Echo::Copy
    }

    /// What a report is in view of the lags that are sure.
    fn known_echo(
        &mut self,
        report: &PositionReport,
        last: &PositionReport,
        (from_last_m, miss_m): (f64, f64),
        limits: &Limits,
    ) -> Option<Echo> {
        for at in 0..self.lags.len() {
            let LateClock { lag_ms, weight, .. } = self.lags[at];
            if weight < ESTABLISHED {
                continue;
            }
            let sent = report.time.shifted(-lag_ms);
            if sent > last.time {
                if !limits.is_at_speed(report) || !limits.is_at_speed(last) {
                    // Of one that begins to move or comes to rest nobody can say how far it should be.
                    continue;
                }
                let elapsed_ms = report.time.millis_since(last.time);
                if (lag_ms as f64) < TELLING_SHARE * elapsed_ms as f64 {
                    continue;
                }
                let sailed_ms = sent.millis_since(last.time) as f64;
                let (slow_knots, knots) = slow_and_fast_knots(report, last);
                let sailed_m = knots * KNOT * sailed_ms;
                let made_m = sailed_m + knots * KNOT * lag_ms as f64;
                let is_in_time = miss_m <= OFF_WAY_M + made_m * OFF_WAY_SHARE;
                let least_m = slow_knots * KNOT * sailed_ms;
                let off_m = (from_last_m - from_last_m.clamp(least_m, sailed_m)).abs();
                if !is_in_time
                    && off_m <= OFF_WAY_M + sailed_m * OFF_WAY_SHARE
                    && LIKELIER * off_m <= miss_m
                {
                    self.lags[at].reports += 1;
                    return Some(Echo::Newer(sent));
                }
            } else if self
                .off_way_m(report.position, sent, last)
                .is_some_and(|off_m| LIKELIER * off_m <= miss_m)
            {
                self.lags[at].reports += 1;
                return Some(Echo::Late);
            }
        }
        None
    }

    /// Whether a report is where the vessel should be if the last one of a tracklet was late by a known lag.
    pub(crate) fn explains(&self, report: &PositionReport, tail: &Tail, limits: &Limits) -> bool {
        let (last, course) = (&tail.last, tail.course);
        let may_be_late = self.may_be_late(report, last);
        if may_be_late && self.is_known_copy(last) && !self.is_known_copy(report) {
            return true;
        }
        if !limits.is_at_speed(report) || !limits.is_at_speed(last) {
            return false;
        }
        let plane = Plane::about(last.position);
        let (_, knots) = slow_and_fast_knots(report, last);
        let goes_on = self.lags().any(|(lag_ms, _)| {
            let mut in_time = *last;
            in_time.time = last.time.shifted(-lag_ms);
            let sailed_ms = report.time.millis_since(in_time.time);
            let made_m = knots * KNOT * sailed_ms as f64;
            (1..=HORIZON_MS).contains(&sailed_ms)
                && miss_m(report, &in_time, course, &plane) <= OFF_WAY_M + made_m * OFF_WAY_SHARE
        });
        goes_on || (may_be_late && self.came_late(last) && !self.came_late(report))
    }

    /// Whether a report lies where the vessel was earlier by a known lag.
    fn came_late(&self, report: &PositionReport) -> bool {
        self.lags().any(|(lag_ms, _)| {
            let sent = report.time.shifted(-lag_ms);
            self.off_way_m(report.position, sent, report).is_some()
        })
    }

    /// Whether one vessel can have sent two reports, one of which came late by a known lag.
    pub(crate) fn may_be_late(&self, report: &PositionReport, other: &PositionReport) -> bool {
        let Some(lag_ms) = self.lags().map(|(lag_ms, _)| lag_ms).max() else {
            return false;
        };
        let (_, knots) = slow_and_fast_knots(report, other);
        let between_ms = (report.time.millis_since(other.time)).abs() + lag_ms;
        let most_m = OFF_WAY_M + (1.0 + OFF_WAY_SHARE) * knots * KNOT * between_ms as f64;
        Plane::about(other.position).distance_m(other.position, report.position) <= most_m
    }

    /// Takes note of the lag of a copy of the last report, once another one shows that it was the only copy: a
    /// stale feed repeats itself.
    fn end_held(&mut self, report: &PositionReport) {
        if self
            .held
            .is_some_and(|held| held.position != report.position)
            && let Some(held) = self.held.take()
            && held.copies == 1
        {
            self.note(held.lag_ms, copy_weight(held.lag_ms), held.last);
        }
    }

    /// How long ago all of a report was sent last, in milliseconds; none if it was not.
    fn lag_of_copy(&self, report: &PositionReport) -> Option<i64> {
        let content = Point::of(report);
        let point = self
            .points
            .iter()
            .rev()
            .find(|it| it.is_copy_of(&content))?;
        Some(report.time.millis_since(point.time))
    }

    /// Whether all of a report was sent before, by a lag that is sure: at rest, too.
    #[inline]
    pub(crate) fn is_known_copy(&self, report: &PositionReport) -> bool {
        !self.lags.is_empty() && self.known_lag_of(report).is_some()
    }

    /// The same, and takes note of it.
    pub(crate) fn takes_known_copy(&mut self, report: &PositionReport) -> bool {
        let Some(at) = self.known_lag_of(report) else {
            return false;
        };
        self.lags[at].reports += 1;
        self.lags[at].seen = report.time;
        true
    }

    /// Which of the lags that are sure a report came by, all of which was sent before.
    fn known_lag_of(&self, report: &PositionReport) -> Option<usize> {
        let content = Point::of(report);
        let is_sent_by = |lag: &LateClock| {
            let sent = report.time.shifted(-lag.lag_ms);
            let earliest = sent.shifted(-LAG_TOLERANCE_MS);
            let first = self.points.partition_point(|point| point.time < earliest);
            (self.points.range(first..))
                .take_while(|point| point.time.millis_since(sent) <= LAG_TOLERANCE_MS)
                .any(|point| point.is_copy_of(&content))
        };
        (self.lags.iter()).position(|lag| lag.weight >= ESTABLISHED && is_sent_by(lag))
    }

    /// Whether a lag is sure.
    fn is_known_lag(&self, lag_ms: i64) -> bool {
        self.lags
            .iter()
            .any(|lag| lag.weight >= ESTABLISHED && (lag.lag_ms - lag_ms).abs() <= LAG_TOLERANCE_MS)
    }

    fn note(&mut self, lag_ms: i64, weight: u32, now: Timestamp) {
        let known = self
            .lags
            .iter()
            .position(|lag| (lag.lag_ms - lag_ms).abs() <= LAG_TOLERANCE_MS);
        self.weigh_lag(known, lag_ms, weight, now);
    }

    /// The same of a lag that is known to some milliseconds only.
    fn note_roughly(&mut self, lag_ms: i64, tolerance_ms: i64, now: Timestamp) {
        let known = self
            .lags
            .iter()
            .position(|lag| (lag.lag_ms - lag_ms).abs() <= tolerance_ms);
        if let Some(lag) = known.map(|at| &mut self.lags[at])
            && lag.weight < ESTABLISHED
        {
            // The mean of what was met so far.
            lag.lag_ms += (lag_ms - lag.lag_ms) / (i64::from(lag.weight) + 1);
        }
        self.weigh_lag(known, lag_ms, 1, now);
    }

    fn weigh_lag(&mut self, known: Option<usize>, lag_ms: i64, weight: u32, now: Timestamp) {
        if let Some(known) = known.map(|at| &mut self.lags[at]) {
            if known.weight < ESTABLISHED && now.millis_since(known.seen) > LAG_MEMORY_MS {
                known.weight = 0;
            }
            known.weight = known.weight.saturating_add(weight);
            known.reports += 1;
            known.seen = now;
            return;
        }
        if self.lags.len() >= MOST_LAGS
            && let Some(least) = (0..self.lags.len()).min_by_key(|at| self.lags[*at].weight)
        {
            self.lags.remove(least);
        }
        self.lags.push(LateClock {
            lag_ms,
            weight,
            reports: 1,
            seen: now,
        });
    }

    /// How far in metres a position is from where the vessel was at a time; none if it was elsewhere, or
    /// nobody knows.
    fn off_way_m(&self, position: Position, time: Timestamp, last: &PositionReport) -> Option<f64> {
        let next = self.points.partition_point(|point| point.time <= time);
        let from = next.checked_sub(1).map(|at| self.points[at])?;
        let to = self.points.get(next).copied().unwrap_or(Point::of(last));
        let link_ms = to.time.millis_since(from.time);
        if !(0..=LONGEST_LINK_MS).contains(&link_ms) {
            return None;
        }
        let plane = Plane::about(from.position);
        let (east_m, north_m) = plane.wide_offset_m(from.position, to.position)?;
        let (x_m, y_m) = plane.wide_offset_m(from.position, position)?;
        // Stamps of both clocks are whole seconds.
        let slack = LAG_TOLERANCE_MS as f64 / link_ms.max(1) as f64;
        let share = if link_ms > 0 {
            time.millis_since(from.time) as f64 / link_ms as f64
        } else {
            0.0
        };
        let link_m = east_m.hypot(north_m);
        let off_m = (x_m - share * east_m).hypot(y_m - share * north_m);
        (off_m <= OFF_WAY_M + link_m * (OFF_WAY_SHARE + slack.min(1.0))).then_some(off_m)
    }

    /// The lags, in milliseconds, at which a report would lie on the way where the vessel moved, each
    /// with how far off it may be; the shortest few.
    fn lags_of(&self, report: &PositionReport) -> Vec<(i64, i64)> {
        const MOST: usize = 3;
        let mut lags = Vec::new();
        let mut newer: Option<Point> = None;
        for older in self.points.iter().rev() {
            if let Some(newer) = newer
                && let Some(time) = crossing(older, &newer, report.position)
            {
                let link_ms = newer.time.millis_since(older.time);
                let tolerance_ms = LAG_TOLERANCE_MS + link_ms / LINK_PARTS;
                lags.push((report.time.as_millis() - time, tolerance_ms));
                if lags.len() >= MOST {
                    break;
                }
            }
            newer = Some(*older);
        }
        lags
    }

    /// The lag at which all of some reports lie on the way, if there is one: they came through one
    /// receiver with a late clock.
    pub(crate) fn common_lag(
        &mut self,
        reports: &[PositionReport],
        last: &PositionReport,
    ) -> Option<i64> {
        let first = reports.first()?;
        let middle = &reports[reports.len() / 2];
        let lags = [self.lags_of(first), self.lags_of(middle)].concat();
        let lags = lags.into_iter().map(|(lag_ms, _)| lag_ms);
        let lag_ms = lags.into_iter().find(|lag_ms| {
            *lag_ms > LAG_TOLERANCE_MS
                && reports.iter().all(|report| {
                    self.off_way_m(report.position, report.time.shifted(-lag_ms), last)
                        .is_some()
                })
        })?;
        self.note(lag_ms, ESTABLISHED, last.time);
        Some(lag_ms)
    }
}

/// Whether a vessel came away from a place in the time that it sailed since, and did not go to and fro about it.
fn went_away(from_place_m: f64, knots: f64, sailed_ms: i64) -> bool {
    from_place_m >= LEAST_WAY_SHARE * knots * KNOT * sailed_ms.max(0) as f64
}

/// Whether a vessel may simply have turned: it is as far off as its speed lets expect, and its course, if it
/// sends one, does not point the other way.
fn sails_back(report: &PositionReport, last: &PositionReport, knots: f64, plane: &Plane) -> bool {
    /// A course farther off than this points the other way: 120 degrees, as a cosine.
    const OTHER_WAY: f64 = -0.5;
    let Some((east_m, north_m)) = plane.wide_offset_m(last.position, report.position) else {
        return false;
    };
    let step_m = east_m.hypot(north_m);
    let made_m = knots * KNOT * report.time.millis_since(last.time) as f64;
    let is_expected = (step_m - made_m).abs() <= OFF_WAY_M + 2.0 * OFF_WAY_SHARE * made_m;
    let points_back = report.course_deg().is_some_and(|course_deg| {
        let (sin, cos) = course_deg.to_radians().sin_cos();
        (east_m * sin + north_m * cos) < OTHER_WAY * step_m
    });
    is_expected && !points_back
}

/// How far a report is from where the vessel should be by then, in metres: on its course, at speeds between
/// those it sends.
fn miss_m(
    report: &PositionReport,
    last: &PositionReport,
    course: Option<(f64, f64)>,
    plane: &Plane,
) -> f64 {
    let from_last_m = plane.distance_m(last.position, report.position);
    let Some((x_m, y_m)) = plane.wide_offset_m(last.position, report.position) else {
        return from_last_m;
    };
    let elapsed_ms = report.time.millis_since(last.time) as f64;
    let (slow_knots, fast_knots) = slow_and_fast_knots(report, last);
    let [least_m, most_m] = [slow_knots, fast_knots].map(|knots| knots * KNOT * elapsed_ms);
    match course {
        Some((east_m, north_m)) => {
            let step_m = east_m.hypot(north_m).max(1.0);
            let along_m = (x_m * east_m + y_m * north_m) / step_m;
            let share = along_m.clamp(least_m, most_m) / step_m;
            (x_m - share * east_m).hypot(y_m - share * north_m)
        }
        None => (from_last_m - from_last_m.clamp(least_m, most_m)).abs(),
    }
}

/// What one copy with a lag weighs.
fn copy_weight(lag_ms: i64) -> u32 {
    if lag_ms < SHORT_LAG_MS {
        SHORT_COPY_WEIGHT
    } else {
        COPY_WEIGHT
    }
}

/// The lower and the higher of the speeds that two reports give, in knots; 0 of none.
fn slow_and_fast_knots(report: &PositionReport, last: &PositionReport) -> (f64, f64) {
    match (report.speed_knots(), last.speed_knots()) {
        (Some(a), Some(b)) => (a.min(b), a.max(b)),
        (Some(knots), None) | (None, Some(knots)) => (knots, knots),
        (None, None) => (0.0, 0.0),
    }
}

/// When, in milliseconds, a vessel that sailed from one point to the next passed near a position. None
/// if the points are too near or far for that to say anything.
fn crossing(from: &Point, to: &Point, position: Position) -> Option<i64> {
    /// Ten metres of GNSS error at either end, and what a way bends.
    const NEAR_M: f64 = 25.0;
    const NEAR_SHARE: f64 = 0.02;
    // A quick look first: the latitudes of one link span little.
    let span_e7 = 200_000 + from.position.lat_e7.abs_diff(to.position.lat_e7);
    if position.lat_e7.abs_diff(from.position.lat_e7) > span_e7 {
        return None;
    }
    let link_ms = to.time.millis_since(from.time);
    if !(1..=LONGEST_LINK_MS).contains(&link_ms) {
        return None;
    }
    let plane = Plane::about(from.position);
    let (east_m, north_m) = plane.offset_m(from.position, to.position)?;
    let (x_m, y_m) = plane.offset_m(from.position, position)?;
    let squared_m2 = east_m * east_m + north_m * north_m;
    if squared_m2 < 4.0 * NEAR_M * NEAR_M {
        return None;
    }
    let near_m = NEAR_M.max(NEAR_SHARE * squared_m2.sqrt());
    let share = (x_m * east_m + y_m * north_m) / squared_m2;
    let off_m = (x_m - share * east_m).hypot(y_m - share * north_m);
    ((0.0..1.0).contains(&share) && off_m <= near_m)
        .then(|| from.time.as_millis() + (share * link_ms as f64) as i64)
}
