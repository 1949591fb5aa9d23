//! A segment is the reports of one hull: where several ships send under one id, theirs are told
//! apart.
//!
//! The idea is that of Global Fishing Watch's gpsdio-segment: reports form tracklets, each report
//! joins the tracklet it fits best, one that fits none begins a tracklet of its own, and one that
//! fits two about equally well is given to neither. What differs:
//!
//! - Silence alone ends no track. While an id is one ship's, her next report is hers, however long
//!   she was silent, unless she cannot have sailed there. Only while another hull is in use counts
//!   a long silence against a match: one that was heard for `sparse_h` in all, within `shared_h` of
//!   the report, and no longer than `shared_silence_h` before this one fell silent. Even then a ship
//!   that shows up where she fell silent is the same.
//! - A tracklet with which contact holds (heard within hours) goes before one that has to come back
//!   from a long silence, and among those in contact a short one counts for less. Only among hulls
//!   that come back can a report be in doubt; then it begins a new hull, and those end.
//! - A tracklet that stays short is noise. One that follows on the last report of a vessel's only
//!   hull joins it once it is borne out: after a long silence by a second report, after a leap at a
//!   speed she was never seen at by three in all. So one false report, even the first, never takes
//!   the track along. Nor does one that lies where she will come back from a later silence: a report
//!   or two with which contact was lost, while a hull was given a hundred, are noise.
//!
//! Known limit: two ships of one id that meet, or lie in one harbour, cannot be told apart by
//! position and time alone; their hulls may be exchanged or end there.

use crate::config::within;
use crate::feed::resolution_m;
use crate::limits::{KNOT, Limits, MILLIS_PER_HOUR};
use crate::plane::Plane;
use crate::{CleaningConfig, ConfigError};
use landfall_track::{
    METRES_PER_NAUTICAL_MILE, Position, PositionReport, Timestamp, least_distance_m,
};
use serde::{Deserialize, Serialize};

/// Which reports belong to one hull.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SegmentConfig {
    /// Within this time after a hull's last report a next one is judged by the speed it needs,
    /// in hours; after it, in doubt, by what follows.
    pub contact_h: f64,
    /// The highest speed of a ship that has not been seen to go faster, in knots.
    pub cruise_speed_knots: f64,
    /// On an id in use by several hulls: the mean speed up to which a hull that was silent for
    /// longer than `contact_h` is presumed to be the ship that shows up, in knots.
    pub drift_speed_knots: f64,
    /// On an id in use by several hulls: a hull silent for longer than this, in hours, is not
    /// presumed to be the ship that shows up, unless at the place where she fell silent. A hull
    /// that had been silent for so long when another was last heard is no company of hers.
    pub shared_silence_h: f64,
    /// For so long after a report of one hull that was heard for `sparse_h` or more the others share
    /// the id with her, in hours.
    pub shared_h: f64,
    /// Two hulls fit a report equally well if the better fits less than so many times as well.
    pub ambiguity_factor: f64,
    /// So many reports that hold together are a hull; fewer are noise.
    pub hull_reports: u32,
    /// So many reports suffice if they hold together for `sparse_h`.
    pub sparse_reports: u32,
    /// See `sparse_reports`; in hours. A hull heard for less, such as a burst of false reports, does
    /// not make the id a shared one.
    pub sparse_h: f64,
    /// A hull with fewer reports neither makes its id a shared one nor, but for an id's first, has silences: it
    /// may be a stranger that was heard by chance.
    pub known_reports: u32,
    /// A course is sailed on for so long, in hours; beyond, where a ship turns to is anyone's guess.
    pub dead_reckoning_h: f64,
    /// A long silence allows less way than its length, since ships do not sail straight on: a
    /// silence of so many hours half of it.
    pub penalty_h: f64,
    /// The shortest silence allows the way of so many hours.
    pub buffer_h: f64,
    /// A ship seen at a speed may have gone so many times as fast in between.
    pub speed_margin: f64,
}

impl Default for SegmentConfig {
    fn default() -> Self {
        Self {
            // The threshold of a gap (pipe-gaps as it runs): up to it contact was not lost.
            contact_h: 6.0,
            // gpsdio-segment: max_knots 25, penalty_speed 5, ambiguity_factor 10,
            // short_seg_threshold 10.
            cruise_speed_knots: 25.0,
            drift_speed_knots: 5.0,
            // gpsdio-segment's labelled example 416000000 holds silences of up to 55.5 hours on an
            // id in use by up to five ships at a time; this is the next whole half day.
            shared_silence_h: 60.0,
            // A week: the example's ships come and go within days, and an id that was never shared
            // is not touched by this.
            shared_h: 168.0,
            ambiguity_factor: 10.0,
            hull_reports: 10,
            // A satellite passes over a ship every hour or two: three passes and one to spare.
            sparse_reports: 4,
            sparse_h: 6.0,
            // Twice what makes a hull.
            known_reports: 20,
            // Half of contact_h: by then most ships on a coast have altered course.
            dead_reckoning_h: 3.0,
            // gpsdio-segment: penalty_hours 4 (with hours_exp 0.5), buffer_hours 0.25.
            penalty_h: 4.0,
            buffer_h: 0.25,
            // Wind and current: ships seldom vary more about their service speed.
            speed_margin: 1.25,
        }
    }
}

impl SegmentConfig {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        within("segment.contact_h", self.contact_h, 0.1, 168.0)?;
        within(
            "segment.cruise_speed_knots",
            self.cruise_speed_knots,
            1.0,
            1000.0,
        )?;
        within(
            "segment.drift_speed_knots",
            self.drift_speed_knots,
            0.1,
            100.0,
        )?;
        within(
            "segment.shared_silence_h",
            self.shared_silence_h,
            self.contact_h,
            8760.0,
        )?;
        within("segment.shared_h", self.shared_h, 0.1, 87_600.0)?;
        within("segment.ambiguity_factor", self.ambiguity_factor, 1.0, 1e6)?;
        within(
            "segment.hull_reports",
            f64::from(self.hull_reports),
            2.0,
            1000.0,
        )?;
        within(
            "segment.sparse_reports",
            f64::from(self.sparse_reports),
            2.0,
            f64::from(self.hull_reports),
        )?;
        within("segment.sparse_h", self.sparse_h, 0.1, 8760.0)?;
        within(
            "segment.known_reports",
            f64::from(self.known_reports),
            1.0,
            1000.0,
        )?;
        within(
            "segment.dead_reckoning_h",
            self.dead_reckoning_h,
            0.1,
            168.0,
        )?;
        within("segment.penalty_h", self.penalty_h, 0.1, 8760.0)?;
        within("segment.buffer_h", self.buffer_h, 0.01, 24.0)?;
        within("segment.speed_margin", self.speed_margin, 1.0, 10.0)
    }
}

/// Positions this far apart in time give a velocity: an error of 50 m is then half a knot.
const VELOCITY_BASE_MS: i64 = 180_000;
/// Shorter steps do not show which way a vessel goes, in square metres: 20 m, twice a position's error.
pub(crate) const STEP_M2: f64 = 400.0;
/// Two reports so close in time and within the error of a position are one ship's.
const CLOSE_MS: i64 = 600_000;
/// Reports of one moment may be as far apart in time as the coarsest stamps in use tell: a minute.
const STAMP_MS: i64 = 60_000;

/// A step from one cell of a coarse grid to the next, across its corner, is so many cells long: 1.42 of
/// whole ones, and what the way in them adds.
const COARSE_CELLS: f64 = 1.5;

/// From such a speed on a vessel is under way, in hundredths of a knot, and once it was so often, an hour of class A,
/// the highest speed that it gave is what it makes.
const UNDER_WAY_CENTIKNOTS: u16 = 300;
const UNDER_WAY_OFTEN: u16 = 20;

/// Bounds are tightened by this factor where they shall hold however they are rounded.
const SURE_SHARE: f64 = 0.99;

/// How well a report follows on a tracklet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fit {
    /// No ship can have come here.
    Impossible,
    /// A ship can have come here, but nothing else speaks for it.
    Doubtful(f64),
    /// As one expects. The figure is the logarithm of how well: the greater the better.
    Good(f64),
}

/// What of the other hulls bears on a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Company {
    /// No other hull has been heard of late.
    Alone,
    /// Another hull uses the id.
    Shared,
}

/// Where a tracklet stands: its last report, and two earlier positions that give a velocity.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Tail {
    pub(crate) last: PositionReport,
    older: Option<(Timestamp, Position)>,
    newer: (Timestamp, Position),
    /// East and north in metres: the last step that shows which way the vessel goes.
    pub(crate) course: Option<(f64, f64)>,
    /// How often it was under way when it was looked at, every few minutes, and the highest speed that it gave then,
    /// in hundredths of a knot.
    under_way: u16,
    fastest_centiknots: u16,
}

impl Tail {
    /// The tail of a tracklet of one report.
    pub(crate) fn new(report: &PositionReport) -> Self {
        Self {
            last: *report,
            older: None,
            newer: (report.time, report.position),
            course: None,
            under_way: 0,
            fastest_centiknots: 0,
        }
    }

    /// Notes which way the vessel goes by its step to the next report, in metres east and north.
    #[inline(always)]
    pub(crate) fn note_course(&mut self, step_m: (f64, f64)) {
        let (east_m, north_m) = step_m;
        if east_m * east_m + north_m * north_m >= STEP_M2 {
            self.course = Some(step_m);
        }
    }

    /// Takes the next report. Of several at one moment the first stands for all, as in the track.
    #[inline]
    pub(crate) fn push(&mut self, report: &PositionReport) {
        if report.time != self.last.time {
            self.advance(report);
        }
    }

    /// Takes the next report, which is of a later moment.
    #[inline(always)]
    pub(crate) fn advance(&mut self, report: &PositionReport) {
        self.last = *report;
        if report.time.millis_since(self.newer.0) >= VELOCITY_BASE_MS {
            self.older = Some(self.newer);
            self.newer = (report.time, report.position);
            if let Some(centiknots) = report.speed_centiknots()
                && centiknots >= UNDER_WAY_CENTIKNOTS
            {
                self.under_way = self.under_way.saturating_add(1);
                self.fastest_centiknots = self.fastest_centiknots.max(centiknots);
            }
        }
    }

    /// Metres east and north from the last report to a next one that surely follows: soon, and near
    /// enough for any ship.
    #[inline(always)]
    pub(crate) fn sure_step_m(
        &self,
        report: &PositionReport,
        plane: &Plane,
        limits: &Limits,
    ) -> Option<(f64, f64)> {
        let elapsed_ms = report.time.millis_since(self.last.time);
        if elapsed_ms > limits.contact_ms {
            return None;
        }
        let reach_m = limits.slack_m + limits.cruise_m_per_ms * elapsed_ms as f64;
        let (east_m, north_m) = plane.offset_m(self.last.position, report.position)?;
        let squared_m2 = east_m * east_m + north_m * north_m;
        (squared_m2 <= reach_m * reach_m).then_some((east_m, north_m))
    }

    /// Whether a report surely follows and no other tracklet need be asked: within minutes, and
    /// within the error of a position.
    #[inline]
    pub(crate) fn is_followed_closely_by(
        &self,
        report: &PositionReport,
        plane: &Plane,
        limits: &Limits,
    ) -> bool {
        report.time.millis_since(self.last.time) <= CLOSE_MS
            && plane
                .offset_m(self.last.position, report.position)
                .is_some_and(|(east_m, north_m)| {
                    east_m * east_m + north_m * north_m <= limits.slack_m * limits.slack_m
                })
    }

    /// Whether a report fits well, whatever the company and the speeds seen: it follows soon, and
    /// within what [`Tail::fit`] allows to the slowest, by a margin for rounding.
    pub(crate) fn is_surely_good(
        &self,
        report: &PositionReport,
        plane: &Plane,
        limits: &Limits,
    ) -> bool {
        let elapsed_ms = report.time.millis_since(self.last.time) as f64;
        let reach_m = (limits.slack_m + limits.cruise_m_per_ms * elapsed_ms).min(limits.buffer_m);
        elapsed_ms > 0.0
            && elapsed_ms <= limits.contact_ms as f64 * SURE_SHARE
            && plane
                .offset_m(self.last.position, report.position)
                .is_some_and(|(east_m, north_m)| {
                    let sure_m = reach_m * SURE_SHARE;
                    east_m * east_m + north_m * north_m <= sure_m * sure_m
                })
    }

    /// Whether no ship can have come to a report's place, told without measuring the distance.
    pub(crate) fn is_surely_impossible(
        &self,
        report: &PositionReport,
        cleaning: &CleaningConfig,
    ) -> bool {
        self.sure_distance_m(report) > self.furthest_m(report, cleaning)
    }

    /// A distance in metres that a report's place is surely away.
    fn sure_distance_m(&self, report: &PositionReport) -> f64 {
        least_distance_m(self.last.position, report.position) * SURE_SHARE
    }

    /// How far any ship can have come up to a report, in metres.
    fn furthest_m(&self, report: &PositionReport, cleaning: &CleaningConfig) -> f64 {
        self.slack_m(report, cleaning)
            + cleaning.max_speed_knots * KNOT * self.millis_to(report) as f64
    }

    /// How far off the two positions may be together, in metres: by errors of place and time, and by
    /// how coarse they are given.
    fn slack_m(&self, report: &PositionReport, cleaning: &CleaningConfig) -> f64 {
        // Of fine positions one may, by chance, have round figures.
        let coarse_m = resolution_m(report.position).min(resolution_m(self.last.position));
        cleaning.position_slack_m + COARSE_CELLS * coarse_m
    }

    /// The time up to a report in milliseconds, at least what stamps tell apart.
    fn millis_to(&self, report: &PositionReport) -> i64 {
        let elapsed_ms = report.time.millis_since(self.last.time);
        if elapsed_ms > 0 { elapsed_ms } else { STAMP_MS }
    }

    /// How well a report follows. `company` is asked only if it matters.
    pub(crate) fn fit(
        &self,
        report: &PositionReport,
        company: impl Fn() -> Company,
        cleaning: &CleaningConfig,
        config: &SegmentConfig,
    ) -> Fit {
        let sure_m = self.sure_distance_m(report);
        if sure_m > self.furthest_m(report, cleaning) {
            return Fit::Impossible;
        }
        let hours = self.millis_to(report) as f64 / MILLIS_PER_HOUR;
        let damped_h = hours / (1.0 + (hours / config.penalty_h).sqrt());
        let allowed_h = damped_h.hypot(config.buffer_h);
        let is_back_soon = hours <= config.shared_silence_h;
        // Told without measuring, what the last lines come to for a ship long silent.
        if hours > config.contact_h.max(config.dead_reckoning_h) {
            let drift_nm = config.drift_speed_knots * allowed_h;
            let drift_m = if is_back_soon {
                drift_nm * METRES_PER_NAUTICAL_MILE
            } else {
                0.0
            };
            if sure_m > drift_m.max(self.slack_m(report, cleaning)) && company() == Company::Shared
            {
                return Fit::Impossible;
            }
        }
        let plane = Plane::about(self.last.position);
        let slack_nm = self.slack_m(report, cleaning) / METRES_PER_NAUTICAL_MILE;
        let distance_nm =
            plane.distance_m(self.last.position, report.position) / METRES_PER_NAUTICAL_MILE;
        if distance_nm > cleaning.max_speed_knots * hours + slack_nm {
            return Fit::Impossible;
        }
        let company = company();
        let velocity = (hours < config.dead_reckoning_h)
            .then(|| self.velocity_knots(config.dead_reckoning_h))
            .flatten();
        let miss_nm = match velocity {
            Some(velocity) => plane
                .wide_offset_m(self.last.position, report.position)
                .map_or(distance_nm, |(east_m, north_m)| {
                    let east_nm = east_m / METRES_PER_NAUTICAL_MILE - velocity.0 * hours;
                    let north_nm = north_m / METRES_PER_NAUTICAL_MILE - velocity.1 * hours;
                    east_nm.hypot(north_nm).min(distance_nm)
                }),
            None => distance_nm,
        };
        let drifts = miss_nm / (config.drift_speed_knots * allowed_h);
        // The logarithm of exp(-drifts^2) / allowed_h.
        let merit = -drifts * drifts - allowed_h.ln();
        if hours <= config.contact_h {
            let seen_knots = [report, &self.last]
                .into_iter()
                .filter_map(PositionReport::speed_knots)
                .chain(self.seen_knots(config.dead_reckoning_h))
                .fold(0.0, f64::max);
            let cruise_knots = (seen_knots * config.speed_margin)
                .max(self.usual_knots(config))
                .min(cleaning.max_speed_knots);
            let in_reach = miss_nm <= cruise_knots * hours + slack_nm
                && (company == Company::Alone || miss_nm <= cruise_knots * allowed_h);
            return if in_reach {
                Fit::Good(merit)
            } else if company == Company::Alone {
                Fit::Doubtful(merit)
            } else {
                Fit::Impossible
            };
        }
        match company {
            Company::Alone => Fit::Doubtful(merit),
            Company::Shared if is_back_soon && drifts <= 1.0 => Fit::Good(merit),
            // Back where she lay: the ship that fell silent there, not another.
            Company::Shared if distance_nm <= slack_nm => Fit::Doubtful(merit),
            Company::Shared => Fit::Impossible,
        }
    }

    /// Whether the last report was a leap that stands alone, and the vessel can have come to another one from where it
    /// was before more slowly: by half the speed of the leap, or by less than that where it gave a lower one itself.
    pub(crate) fn ends_in_a_leap_before(
        &self,
        report: &PositionReport,
        cleaning: &CleaningConfig,
        config: &SegmentConfig,
    ) -> bool {
        let Some((time, position)) = self.older.filter(|_| self.newer.0 == self.last.time) else {
            return false;
        };
        let hours = report.time.hours_since(time);
        let slack_nm = self.slack_m(report, cleaning) / METRES_PER_NAUTICAL_MILE;
        let plane = Plane::about(position);
        let miles = |to| plane.distance_m(position, to) / METRES_PER_NAUTICAL_MILE;
        let leap_knots = miles(self.last.position) / self.last.time.hours_since(time);
        let is_contradicted =
            (self.last.speed_knots()).is_some_and(|knots| leap_knots > config.speed_margin * knots);
        let share = if is_contradicted { 1.0 } else { 0.5 };
        (0.0..=config.contact_h).contains(&hours)
            && miles(report.position) <= slack_nm + share * leap_knots * hours
    }

    /// The highest speed that is expected of a vessel: what it was seen to make, once it was under way often
    /// enough.
    fn usual_knots(&self, config: &SegmentConfig) -> f64 {
        if self.under_way < UNDER_WAY_OFTEN {
            return config.cruise_speed_knots;
        }
        let fastest_knots = f64::from(self.fastest_centiknots) / 100.0;
        (fastest_knots * config.speed_margin).min(config.cruise_speed_knots)
    }

    /// The two earlier positions that give a velocity, and the hours between them; none if those are
    /// `longest_h` or more.
    fn velocity_base(&self, longest_h: f64) -> Option<(Position, Position, f64)> {
        let older = self.older?;
        let hours = self.newer.0.hours_since(older.0);
        (hours > 0.0 && hours < longest_h).then_some((older.1, self.newer.1, hours))
    }

    /// East and north, in knots; none where east is no direction, near the poles.
    fn velocity_knots(&self, longest_h: f64) -> Option<(f64, f64)> {
        let (from, to, hours) = self.velocity_base(longest_h)?;
        let (east_m, north_m) = Plane::about(from).wide_offset_m(from, to)?;
        let per_hour = 1.0 / METRES_PER_NAUTICAL_MILE / hours;
        Some((east_m * per_hour, north_m * per_hour))
    }

    /// The speed at which she was last seen to move, in knots, however far her reports lie apart.
    fn seen_knots(&self, longest_h: f64) -> Option<f64> {
        let (from, to, hours) = self.velocity_base(longest_h)?;
        Some(Plane::about(from).distance_m(from, to) / METRES_PER_NAUTICAL_MILE / hours)
    }
}
