//! A stop is a time in which a vessel lay still, by hysteresis between two speeds.
//!
//! Source: the speeds are those of Global Fishing Watch's pipe-anchorages. Unlike there, positions
//! decide: a speed is derived from them where none is reported; a reported speed of 0 counts
//! neither while they run away nor, over however long an interval, at another place than the stop's;
//! and a speed that jitter or a noisy log feigns ends no stop until the vessel has left its place.
//! A stop ends at a gap, since nobody saw her lie there, and at the border of a port's zone, where
//! what remains is another stop. Known limits: a ship that drifts slower than 0.5 knots counts as
//! lying; one that swings wide at anchor, faster than that, does not. A 0 reported first after an
//! interval of more than `2 * still_min` is believed as an arrival until positions refute it.

use crate::ConfigError;
use crate::config::within;
use crate::limits::{KNOT, Limits, MILLIS_PER_MINUTE};
use crate::median::PositionSample;
use crate::plane::Plane;
use landfall_track::{Position, PositionReport, ReportRef, Timestamp};
use serde::{Deserialize, Serialize};

/// When a vessel lies still.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StopConfig {
    /// A stop begins at this speed or below, in knots.
    pub enter_speed_knots: f64,
    /// A stop ends at this speed or above, in knots.
    pub leave_speed_knots: f64,
    /// A stop outside every port is an event if it lasts so long, in hours.
    pub min_duration_h: f64,
    /// How far positions of a vessel lying still may lie apart, in metres.
    pub jitter_m: f64,
    /// The time over which positions must show that a vessel lies still, in minutes.
    pub still_min: f64,
    /// The time over which positions must show that a vessel moves, in minutes.
    pub moving_min: f64,
}

impl Default for StopConfig {
    fn default() -> Self {
        Self {
            // Both speeds: pipe-anchorages (Global Fishing Watch).
            enter_speed_knots: 0.2,
            leave_speed_knots: 0.5,
            // Ten reports of a class A station at anchor, one every 3 minutes
            // (ITU-R M.1371-5, table 1).
            min_duration_h: 0.5,
            // Five times the 10 m below which a position counts as highly accurate
            // (ITU-R M.1371-5, table 48), for antennas that swing with the ship.
            jitter_m: 50.0,
            // In ten minutes 0.2 knots are 62 m, just above the jitter.
            still_min: 10.0,
            // In one minute the jitter passes for 1.6 knots, less than any ship under way.
            moving_min: 1.0,
        }
    }
}

impl StopConfig {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        within("stop.enter_speed_knots", self.enter_speed_knots, 0.01, 5.0)?;
        within(
            "stop.leave_speed_knots",
            self.leave_speed_knots,
            self.enter_speed_knots,
            5.0,
        )?;
        within("stop.min_duration_h", self.min_duration_h, 0.0, 8760.0)?;
        within("stop.jitter_m", self.jitter_m, 0.0, 10_000.0)?;
        within("stop.still_min", self.still_min, 0.1, 1440.0)?;
        within("stop.moving_min", self.moving_min, 0.1, self.still_min)
    }

    /// Whether a speed is a moving ship's and more than jitter feigns.
    pub(crate) fn is_more_than_jitter(&self, knots: f64) -> bool {
        knots >= self.leave_speed_knots
            && knots * KNOT * self.moving_min * MILLIS_PER_MINUTE > self.jitter_m
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Sample {
    time: Timestamp,
    position: Position,
}

/// A report some time back, to measure a speed from: once the span is reached, its age is never
/// below the span, and in a dense track never twice the span.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct TimeBase {
    older: Option<Sample>,
    newer: Option<Sample>,
    /// From when on the next report is the newer sample, in milliseconds.
    due_ms: i64,
}

impl Default for TimeBase {
    fn default() -> Self {
        Self {
            older: None,
            newer: None,
            due_ms: i64::MIN,
        }
    }
}

impl TimeBase {
    /// Makes `now` a sample if the span has passed. To be measured from is then the older one.
    #[inline(always)]
    fn turn(&mut self, now: Sample, span_ms: i64) {
        let now_ms = now.time.as_millis();
        if now_ms >= self.due_ms {
            self.older = self.newer;
            self.newer = Some(now);
            self.due_ms = now_ms + span_ms;
        }
    }
}

/// What a report says of a vessel's motion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// She lies still.
    Still,
    /// Neither: what she did before, she goes on doing.
    Between,
    /// Her report says that she moves.
    Moving,
    /// Her positions say that she moves, whatever her report says.
    Displaced,
}

/// A vessel's speed at a report.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Speed {
    /// As reported, in hundredths of a knot.
    Reported(u16),
    /// As derived from positions, where there are any to derive it from; in knots.
    Derived(Option<f64>),
}

impl Speed {
    /// In knots.
    pub(crate) fn knots(self) -> Option<f64> {
        match self {
            Self::Reported(centiknots) => Some(f64::from(centiknots) / 100.0),
            Self::Derived(knots) => knots,
        }
    }
}

/// A vessel's motion at a report.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Motion {
    /// What it says.
    pub(crate) evidence: Evidence,
    /// The speed reported, or where none was, or one that the positions refute, the speed derived.
    pub(crate) speed: Speed,
    /// Whether positions over some time bear out that she did not move.
    pub(crate) borne_out: bool,
    /// Whether a displacement may have ended in rest: after a long interval she reports 0, as one
    /// does that has arrived meanwhile.
    pub(crate) may_have_arrived: bool,
    /// Whether the speed reported is more than jitter feigns.
    pub(crate) is_fast: bool,
}

/// Tells from speeds and positions whether a vessel moves.
///
/// A reported speed is believed unless the positions refute it: a 0 sent by a ship whose positions
/// run away (some transmitters send 0 for "unknown"), or a knot or two at a berth. Where none is
/// reported, the positions alone decide. They are compared over a span of time in which a moving
/// ship leaves the jitter behind, never from one report to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct MotionSense {
    short: TimeBase,
    long: TimeBase,
}

impl MotionSense {
    /// Forgets all positions: no speed is derived across a silence.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Notes a report's place. To note it twice is to note it once.
    #[inline(always)]
    pub(crate) fn note(&mut self, report: &PositionReport, limits: &Limits) {
        let now = Sample {
            time: report.time,
            position: report.position,
        };
        self.short.turn(now, limits.moving_ms);
        self.long.turn(now, limits.still_ms);
    }

    /// Whether a report that has been noted plainly shows her where she was some time ago. False if
    /// she was not heard then. `plane` must be plain there.
    #[inline(always)]
    pub(crate) fn plainly_rests(&self, position: Position, plane: &Plane, limits: &Limits) -> bool {
        self.short
            .older
            .is_some_and(|base| plane.is_plainly_within(position, base.position, limits.jitter_m))
    }

    /// What a report says that has been noted.
    #[inline]
    pub(crate) fn assess(
        &self,
        report: &PositionReport,
        plane: &Plane,
        limits: &Limits,
        config: &StopConfig,
    ) -> Motion {
        let Some(centiknots) = limits.ships_centiknots(report) else {
            return self.assess_positions(report, plane, config);
        };
        let mut motion = Motion {
            evidence: Evidence::Moving,
            speed: Speed::Reported(centiknots),
            borne_out: false,
            may_have_arrived: false,
            is_fast: true,
        };
        if centiknots >= limits.fast_centiknots {
            // Nearly every report of a ship under way.
            return motion;
        }
        motion.is_fast = false;
        let recent = moved(self.short.older, report, plane);
        let displaced = recent.is_some_and(|recent| recent.is_displaced(config));
        if displaced {
            return if centiknots < limits.leave_centiknots {
                Self::displace(motion, recent, centiknots, limits, config)
            } else {
                motion
            };
        }
        // A speed no greater than the jitter feigns is jitter, if for ten minutes the vessel has not
        // moved.
        let rests = centiknots < limits.moving_centiknots
            || moved(self.long.older, report, plane).is_some_and(|moved| moved.is_rest(config));
        if rests {
            motion.evidence = Evidence::Still;
        } else if centiknots < limits.leave_centiknots {
            motion.evidence = Evidence::Between;
        } else {
            return motion;
        }
        motion.borne_out = recent.is_some();
        motion
    }

    /// The motion of a ship whose positions refute the low speed that she reports.
    #[inline(never)]
    fn displace(
        motion: Motion,
        recent: Option<Moved>,
        centiknots: u16,
        limits: &Limits,
        config: &StopConfig,
    ) -> Motion {
        Motion {
            evidence: Evidence::Displaced,
            speed: Speed::Derived(recent.map(Moved::knots)),
            may_have_arrived: centiknots < limits.moving_centiknots
                && recent.is_some_and(|recent| {
                    recent.elapsed_ms > 2.0 * config.still_min * MILLIS_PER_MINUTE
                }),
            ..motion
        }
    }

    /// What positions alone say, where no ship's speed is reported.
    #[inline(never)]
    fn assess_positions(
        &self,
        report: &PositionReport,
        plane: &Plane,
        config: &StopConfig,
    ) -> Motion {
        let recent = moved(self.short.older, report, plane);
        let over_long = moved(self.long.older, report, plane);
        let is_displaced =
            |moved: Option<Moved>| moved.is_some_and(|moved| moved.is_displaced(config));
        let evidence = if is_displaced(recent) || is_displaced(over_long) {
            Evidence::Displaced
        } else if over_long.is_some_and(|moved| moved.is_rest(config)) {
            Evidence::Still
        } else {
            Evidence::Between
        };
        Motion {
            evidence,
            speed: Speed::Derived(recent.map(Moved::knots)),
            borne_out: evidence == Evidence::Still,
            may_have_arrived: false,
            is_fast: false,
        }
    }
}

/// How far a vessel has moved in a time.
#[derive(Clone, Copy, Debug)]
struct Moved {
    squared_m2: f64,
    elapsed_ms: f64,
}

#[inline]
fn moved(since: Option<Sample>, report: &PositionReport, plane: &Plane) -> Option<Moved> {
    since.map(|base| Moved {
        squared_m2: plane.distance_squared_m2(base.position, report.position),
        elapsed_ms: report.time.millis_since(base.time) as f64,
    })
}

impl Moved {
    /// Whether it is more than jitter and the slowest ship under way explain.
    #[inline]
    fn is_displaced(self, config: &StopConfig) -> bool {
        let most_m = config.jitter_m + config.leave_speed_knots * KNOT * self.elapsed_ms;
        self.squared_m2 > most_m * most_m
    }

    /// Whether it is no more than a ship lying still may move.
    #[inline]
    fn is_rest(self, config: &StopConfig) -> bool {
        let most_m = config.enter_speed_knots * KNOT * self.elapsed_ms;
        self.squared_m2 <= most_m * most_m
    }

    fn knots(self) -> f64 {
        self.squared_m2.sqrt() / self.elapsed_ms / KNOT
    }
}

/// How many reports of a vessel lying still make her place: enough to even out jitter, few enough
/// to follow a slow drift.
const PLACE_REPORTS: i64 = 8;
/// A vessel has left her place only when she is this many jitters off it: the place is itself no
/// surer than the positions it comes from.
const PLACE_JITTERS: f64 = 2.0;

/// Where in a stop a vessel lies: a sliding mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct RestingPlace {
    origin: Position,
    /// From the origin, in 1e-7 degrees; whole numbers, which any storage keeps exactly.
    north_e7: i64,
    east_e7: i64,
    /// No more than `PLACE_REPORTS`.
    reports: i64,
}

impl RestingPlace {
    fn new(origin: Position) -> Self {
        Self {
            origin,
            north_e7: 0,
            east_e7: 0,
            reports: 1,
        }
    }

    /// North and east from the place, in 1e-7 degrees.
    #[inline(always)]
    fn offset_e7(&self, position: Position) -> (i64, i64) {
        let north_e7 = i64::from(position.lat_e7) - i64::from(self.origin.lat_e7);
        let east_e7 = self.origin.lon_difference_e7(position);
        (north_e7 - self.north_e7, east_e7 - self.east_e7)
    }

    #[inline(always)]
    fn add(&mut self, position: Position) {
        let (north_e7, east_e7) = self.offset_e7(position);
        if self.reports + 1 < PLACE_REPORTS {
            self.reports += 1;
            self.north_e7 += north_e7 / self.reports;
            self.east_e7 += east_e7 / self.reports;
        } else {
            // The same, by a divisor known beforehand.
            self.reports = PLACE_REPORTS;
            self.north_e7 += north_e7 / PLACE_REPORTS;
            self.east_e7 += east_e7 / PLACE_REPORTS;
        }
    }

    fn distance_m(&self, position: Position, plane: &Plane) -> f64 {
        let (north_e7, east_e7) = self.offset_e7(position);
        let north_m = north_e7 as f64 / plane.lat_e7_per_metre();
        let east_m = east_e7 as f64 * plane.metres_per_lon_e7(position);
        north_m.hypot(east_m)
    }
}

/// A stop that has begun. It lies all in one port's zone or all outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct OpenStop {
    pub(crate) first: ReportRef,
    pub(crate) last: ReportRef,
    pub(crate) start_seen: bool,
    pub(crate) reports: u64,
    pub(crate) sample: PositionSample,
    place: RestingPlace,
    /// Whether positions bear it out, and not a reported speed of 0 alone.
    pub(crate) borne_out: bool,
    /// Whether it is in port.
    pub(crate) in_port: bool,
}

impl OpenStop {
    fn new(report: &PositionReport, start_seen: bool, borne_out: bool, in_port: bool) -> Self {
        Self {
            first: report.to_ref(),
            last: report.to_ref(),
            start_seen,
            reports: 1,
            sample: PositionSample::new(report.position),
            place: RestingPlace::new(report.position),
            borne_out,
            in_port,
        }
    }

    #[inline(always)]
    fn extend(&mut self, report: &PositionReport) {
        self.last = report.to_ref();
        self.reports += 1;
        self.sample.add(report.position);
    }

    /// Whether a report lies farther from the stop's place than jitter and a drift explain.
    fn is_left_by(&self, report: &PositionReport, plane: &Plane, config: &StopConfig) -> bool {
        let elapsed_ms = report.time.millis_since(self.last.time) as f64;
        self.place.distance_m(report.position, plane)
            > PLACE_JITTERS * config.jitter_m + config.leave_speed_knots * KNOT * elapsed_ms
    }
}

/// Finds stops.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct StopDetector {
    open: Option<OpenStop>,
    /// A stop goes on over the border of a port's zone, and whether positions bore it out.
    goes_on: Option<bool>,
    /// Whether positions refuted the last report of 0, and nothing since says that it can be
    /// believed again.
    refuted: bool,
}

impl StopDetector {
    /// Takes what the next report says; returns the stop that it ends. `start_seen`: whether she
    /// was heard right before.
    #[inline]
    pub(crate) fn push(
        &mut self,
        report: &PositionReport,
        motion: Motion,
        start_seen: bool,
        in_port: bool,
        (plane, config): (&Plane, &StopConfig),
    ) -> Option<OpenStop> {
        let goes_on = self.goes_on.take();
        let at_rest = matches!(motion.evidence, Evidence::Still | Evidence::Between);
        if let Some(stop) = &mut self.open {
            if at_rest || !(motion.is_fast || stop.is_left_by(report, plane, config)) {
                stop.extend(report);
                stop.borne_out |= motion.borne_out;
                // Who may be on her way out does not draw the place along.
                if at_rest {
                    stop.place.add(report.position);
                }
                self.refuted &= motion.evidence != Evidence::Still;
                return None;
            }
            if motion.evidence == Evidence::Moving {
                self.refuted = false;
                return self.open.take();
            }
            // Displaced: a stop that rests on refuted reports of 0 was none.
            let ended = self.open.take().filter(|stop| stop.borne_out);
            self.refuted = ended.is_none();
            if motion.may_have_arrived && !self.refuted {
                self.open = Some(OpenStop::new(report, start_seen, false, in_port));
            }
            return ended;
        }
        let begins = match motion.evidence {
            Evidence::Still => Some(motion.borne_out),
            Evidence::Between => goes_on,
            Evidence::Displaced if motion.may_have_arrived && !self.refuted => Some(false),
            Evidence::Displaced => None,
            Evidence::Moving => {
                self.refuted = false;
                None
            }
        };
        if let Some(borne_out) = begins {
            let borne_out = borne_out || goes_on == Some(true);
            self.open = Some(OpenStop::new(report, start_seen, borne_out, in_port));
        }
        None
    }

    /// Counts a further report of a moment already taken.
    pub(crate) fn count_simultaneous(&mut self, time: Timestamp) {
        if let Some(stop) = &mut self.open
            && stop.last.time == time
        {
            stop.reports += 1;
        }
    }

    /// Takes a report of a ship that lies still in a stop that goes on, as her positions bear out:
    /// what [`StopDetector::push`] would make of it.
    #[inline(always)]
    pub(crate) fn rest(&mut self, report: &PositionReport, is_still: bool) {
        self.goes_on = None;
        if let Some(stop) = &mut self.open {
            stop.extend(report);
            stop.borne_out = true;
            stop.place.add(report.position);
            self.refuted &= !is_still;
        }
    }

    /// Whether a report of a ship under way changes nothing.
    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        self.open.is_none() && self.goes_on.is_none() && !self.refuted
    }

    /// Whether positions refuted the last report of 0.
    #[inline]
    pub(crate) fn is_refuted(&self) -> bool {
        self.refuted
    }

    /// The stop that goes on.
    #[inline]
    pub(crate) fn open(&self) -> Option<&OpenStop> {
        self.open.as_ref()
    }

    /// Ends the stop at a silence or at the data's end.
    pub(crate) fn break_off(&mut self) -> Option<OpenStop> {
        self.goes_on = None;
        self.open.take()
    }

    /// Ends the stop at the border of a port's zone; with the next report, on the other side, what
    /// remains begins anew.
    pub(crate) fn split(&mut self) -> Option<OpenStop> {
        let stop = self.open.take()?;
        self.goes_on = Some(stop.borne_out);
        Some(stop)
    }
}
