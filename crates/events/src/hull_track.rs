//! A hull's track is everything the detectors remember of one hull between two reports.

use crate::feed::{Odometer, SignsOfLife};
use crate::gap::{RecentReports, is_gap};
use crate::kernel::Setting;
use crate::limits::Limits;
use crate::path::PathFilter;
use crate::plane::Plane;
use crate::port_call::{Silence, Whereabouts, Zone, is_silence};
use crate::segment::Tail;
use crate::sink::EventSink;
use crate::stop::{
    Around, Motion, MotionSense, Neighbour, RestTurn, Speed, StopDetector, cell_m, is_under_way,
};
use crate::transit::TransitDetector;
use crate::way::{Hop, Way};
use landfall_spatial_index::Patch;
use landfall_track::{
    Flag, FlaggedReport, Gap, Hull, Position, PositionReport, ReportRef, Timestamp, Vertex,
    implied_speed_knots,
};
use serde::{Deserialize, Serialize};

/// One hull's detectors. It is given the hull's reports in time order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct HullTrack {
    hull: Hull,
    /// How many reports she was given.
    reports: u64,
    tail: Tail,
    /// The speed at the last report.
    last_speed: Speed,
    plane: Plane,
    /// A box without ports about a place at which she was of late.
    #[serde(skip)]
    clear: Patch,
    path: PathFilter,
    recent: RecentReports,
    motion: MotionSense,
    stop: StopDetector,
    transit: TransitDetector,
    zone: Option<Box<Zone>>,
    way: Way,
    odometer: Odometer,
    /// Whether no call of it has ended yet.
    is_whole: bool,
    /// Messages without a position since the last report.
    pub(crate) life: SignsOfLife,
}

impl HullTrack {
    /// A track that begins with a report.
    pub(crate) fn begin<S: EventSink>(
        hull: Hull,
        report: &PositionReport,
        limits: &Limits,
        setting: &Setting<'_>,
        sink: &mut S,
    ) -> Self {
        let mut track = Self {
            hull,
            reports: 0,
            tail: Tail::new(report),
            last_speed: Speed::Derived(None),
            plane: Plane::about(report.position),
            clear: Patch::default(),
            path: PathFilter::default(),
            recent: RecentReports::default(),
            motion: MotionSense::default(),
            stop: StopDetector::default(),
            transit: TransitDetector::default(),
            zone: None,
            way: Way::new(),
            odometer: Odometer::default(),
            is_whole: true,
            life: SignsOfLife::default(),
        };
        track.note(report, sink);
        track.extend_path(report, limits, sink);
        track.recent.add(report.time, limits.before_ms);
        track.enter_port(report, false, setting, sink);
        track.transit.push(report, false);
        let motion = track.assess(report, limits, setting);
        track.way.note_speed(motion.speed);
        track.last_speed = motion.speed;
        track.mark(report.to_ref(), sink);
        track.watch_motion(report, motion, None, limits, setting, sink);
        track
    }

    /// The hull.
    pub(crate) fn hull(&self) -> Hull {
        self.hull
    }

    /// How many reports she was given.
    pub(crate) fn reports(&self) -> u64 {
        self.reports
    }

    /// Whether no call of it has ended yet.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The hull's last report, and where she was before.
    #[inline]
    pub(crate) fn tail(&self) -> &Tail {
        &self.tail
    }

    /// The map about her last latitude.
    #[inline]
    pub(crate) fn plane(&self) -> &Plane {
        &self.plane
    }

    /// See [`Tail::note_course`].
    #[inline(always)]
    pub(crate) fn note_course(&mut self, step_m: (f64, f64)) {
        self.tail.note_course(step_m);
    }

    /// See [`Tail::sure_step_m`].
    #[inline]
    pub(crate) fn sure_step_m(
        &self,
        report: &PositionReport,
        limits: &Limits,
    ) -> Option<(f64, f64)> {
        self.tail.sure_step_m(report, &self.plane, limits)
    }

    /// The usual time from one report to the next of late, in milliseconds.
    pub(crate) fn usual_ms(&self) -> Option<i64> {
        self.recent.usual_ms()
    }

    /// The highest speed since the last milestone, in knots.
    pub(crate) fn fastest_knots(&self) -> Option<f64> {
        self.way.fastest_knots()
    }

    /// See [`Tail::is_followed_closely_by`].
    pub(crate) fn is_followed_closely_by(&self, report: &PositionReport, limits: &Limits) -> bool {
        self.tail
            .is_followed_closely_by(report, &self.plane, limits)
    }

    /// Takes the hull's next report if it plainly says no more than that she goes on as before: it
    /// surely follows, no silence came before, she is in the same port as before or in none, and she
    /// is under way and was not lying, or is lying and was. Most reports are of this kind. False if it
    /// is not plain; then it is for [`HullTrack::push`], and nothing is taken but what that will note, too.
    ///
    /// What comes of it is what would come of [`HullTrack::push`].
    #[inline(always)]
    pub(crate) fn go_on<S: EventSink>(
        &mut self,
        report: &PositionReport,
        distance_m: f64,
        limits: &Limits,
        sink: &mut S,
    ) -> bool {
        let elapsed_ms = report.time.millis_since(self.tail.last.time);
        if elapsed_ms <= 0
            || elapsed_ms > limits.unbroken_ms
            || !self.plane.is_plain_at(report.position)
            || !self.life.is_empty()
            || !self.transit.is_idle_at(report.position)
        {
            return false;
        }
        let Some(centiknots) = limits.ships_centiknots(report) else {
            return false;
        };
        let goes_on = match &mut self.zone {
            None => self.clear.holds(report.position),
            Some(zone) => zone.plainly_goes_on(report.position, &self.plane),
        };
        if !goes_on {
            return false;
        }
        self.motion.note(report, limits);
        let sails = centiknots >= limits.sailing_centiknots;
        let is_plain = if sails {
            // Positions may show that the vessel lies, whatever its speed.
            self.stop.is_idle() && is_under_way(centiknots, distance_m, elapsed_ms)
        } else {
            centiknots < limits.moving_centiknots
                && cell_m(report.position) <= 0.0
                && self
                    .stop
                    .plainly_rests(report.position, &self.plane, limits)
                && self
                    .motion
                    .plainly_rests(report.position, &self.plane, limits)
        };
        if !is_plain {
            return false;
        }
        self.note(report, sink);
        self.extend_path(report, limits, sink);
        let speed = Speed::Reported(centiknots);
        self.last_speed = speed;
        let distance_m = self.sailed_m(report.position, distance_m);
        self.way.add(Hop {
            distance_m,
            elapsed_ms,
            is_gap: false,
            speed,
        });
        if !sails {
            self.stop.rest(report);
            self.way.rests(report.to_ref(), self.path.emitted());
        }
        self.recent.add(report.time, limits.before_ms);
        self.tail.advance(report);
        if let Some(zone) = &mut self.zone {
            zone.stay(report);
        }
        true
    }

    /// Takes the hull's next report, so many metres from the last, whatever it says.
    #[inline(never)]
    pub(crate) fn push<S: EventSink>(
        &mut self,
        report: &PositionReport,
        distance_m: f64,
        limits: &Limits,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        self.note(report, sink);
        let elapsed_ms = report.time.millis_since(self.tail.last.time);
        if elapsed_ms == 0 {
            self.count_simultaneous(report, limits);
            return;
        }
        self.plane.follow(report.position);
        let is_gap = elapsed_ms > limits.unbroken_ms
            && self.break_silence(report, (elapsed_ms, distance_m), setting, sink);
        self.life = SignsOfLife::default();

        let whereabouts = match &mut self.zone {
            Some(zone) => zone.whereabouts(report.position, &self.plane, setting.ports),
            None => Whereabouts::Same,
        };
        // One who lies between two ports does not go to and fro by swinging.
        let goes_over = matches!(whereabouts, Whereabouts::Nearer(_)) && !self.stop.is_lying();
        let left = if goes_over || whereabouts == Whereabouts::Left {
            self.leave_zone(sink)
        } else {
            None
        };
        if is_gap {
            self.path
                .resume_after_gap(report.time, report.position, &mut |vertex| {
                    sink.vertex(self.hull, vertex);
                });
        } else {
            self.extend_path(report, limits, sink);
        }
        if let Some(transit) = self.transit.push(report, is_gap) {
            sink.transit(self.hull, transit);
        }
        let motion = self.assess(report, limits, setting);
        let step_m = distance_m;
        let distance_m = if is_gap {
            self.odometer.reset();
            distance_m
        } else {
            self.sailed_m(report.position, distance_m)
        };
        self.way.add(Hop {
            distance_m,
            elapsed_ms,
            is_gap,
            speed: motion.speed,
        });
        self.recent.add(report.time, limits.before_ms);

        let before = (!is_gap).then(|| Neighbour {
            at: self.tail.last.to_ref(),
            speed: self.last_speed,
        });
        if let Some(zone) = &mut self.zone {
            zone.stay(report);
        } else if let (Whereabouts::Nearer(port), Some(left)) = (whereabouts, &left) {
            self.zone = Some(Box::new(left.next(port, report.to_ref())));
            self.mark(report.to_ref(), sink);
        } else {
            self.enter_port(report, true, setting, sink);
        }
        self.tail.advance(report);
        self.last_speed = motion.speed;
        self.watch_motion(
            report,
            motion,
            before.map(|before| (before, step_m)),
            limits,
            setting,
            sink,
        );
    }

    /// How many metres the step to the next position adds to the way, which is `step_m` away.
    #[inline(always)]
    fn sailed_m(&mut self, to: Position, step_m: f64) -> f64 {
        let from = self.tail.last.position;
        let reports = self.reports;
        self.odometer.step_m(from, to, step_m, reports, |from, to| {
            Plane::about(to).distance_m(from, to)
        })
    }

    /// Takes a further report of the last one's moment, which adds to the counts alone. Where times
    /// are cut to the minute, the order of reports within it is not known: a way through all of them
    /// would run to and fro. The first stands for all; since equal times come ordered by content,
    /// it is the same however the input was ordered.
    #[cold]
    fn count_simultaneous(&mut self, report: &PositionReport, limits: &Limits) {
        self.way.count_simultaneous(self.tail.last.to_ref());
        self.recent.add(report.time, limits.before_ms);
        self.stop.count_simultaneous(report.time);
    }

    /// Ends the track. `data_end`: up to when she was listened for.
    pub(crate) fn finish<S: EventSink>(
        mut self,
        data_end: Timestamp,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        let last = self.tail.last.to_ref();
        self.break_stops_off(setting, sink);
        let silence = self.silence(data_end.millis_since(last.time), None, setting);
        if is_gap(last.time, data_end, &setting.config.gap) && self.is_known(setting) {
            let (kind, without_position, silent_ms) =
                self.life.of_gap(last.time, data_end, &setting.config.gap);
            sink.gap(
                self.hull,
                Gap {
                    before: last,
                    after: None,
                    reports_before: self.recent.count(last.time, setting.config.gap.before_ms()),
                    distance_m: None,
                    implied_speed_knots: None,
                    port: self.zone.as_ref().map(|zone| zone.port),
                    kind,
                    without_position,
                    silent_ms,
                },
                self.reports,
            );
        }
        self.close_path(sink);
        self.mark(last, sink);
        if let Some(mut zone) = self.zone.take() {
            zone.silent |= silence.allows_stop(&setting.config.port_call);
            sink.stay(self.hull, zone.ended(false));
        }
    }

    /// Whether it was heard so often that its silences say something. Of a further hull a few reports
    /// may be a stranger's that was heard by chance.
    fn is_known(&self, setting: &Setting<'_>) -> bool {
        let least = setting.config.segment.known_reports;
        self.hull.number == 0 || self.reports >= u64::from(least)
    }

    /// The silence after the last report.
    fn silence(
        &self,
        elapsed_ms: i64,
        after: Option<(f64, Position)>,
        setting: &Setting<'_>,
    ) -> Silence {
        let port = self.zone.as_ref().map(|zone| zone.port);
        Silence {
            elapsed_ms,
            distance_m: after.map(|(distance_m, _)| distance_m),
            speed_knots: self.last_speed.knots(),
            is_reported: matches!(self.last_speed, Speed::Reported(_)),
            fastest_knots: self.way.fastest_knots(),
            ends_in_port: after
                .zip(port)
                .is_some_and(|((_, position), port)| setting.ports.is_within_leave(port, position)),
        }
    }

    /// Counts a report as hers.
    #[inline(always)]
    fn note<S: EventSink>(&mut self, report: &PositionReport, sink: &mut S) {
        self.reports += 1;
        sink.report(self.hull, report);
        if self.hull.number > 0 {
            sink.flagged(FlaggedReport {
                report: report.to_ref(),
                flag: Flag::FurtherHull,
                hull: Some(self.hull),
            });
        }
    }

    #[inline(always)]
    fn extend_path<S: EventSink>(
        &mut self,
        report: &PositionReport,
        limits: &Limits,
        sink: &mut S,
    ) {
        let (time, position, slack_m) = (report.time, report.position, limits.path_slack_m);
        if !self.path.extend(time, position, &self.plane, slack_m) {
            self.bend_path(report, limits, sink);
        }
    }

    #[inline(never)]
    fn bend_path<S: EventSink>(&mut self, report: &PositionReport, limits: &Limits, sink: &mut S) {
        self.path.bend(
            report.time,
            report.position,
            &self.plane,
            limits.path_slack_m,
            &mut |vertex: Vertex| sink.vertex(self.hull, vertex),
        );
    }

    fn close_path<S: EventSink>(&mut self, sink: &mut S) {
        self.path
            .close(&mut |vertex: Vertex| sink.vertex(self.hull, vertex));
    }

    /// Takes note of the time before `report`, which has not been taken yet, if it was a silence.
    /// Whether it was a gap.
    #[inline(never)]
    fn break_silence<S: EventSink>(
        &mut self,
        report: &PositionReport,
        (elapsed_ms, distance_m): (i64, f64),
        setting: &Setting<'_>,
        sink: &mut S,
    ) -> bool {
        let before = self.tail.last.to_ref();
        let is_gap = is_gap(before.time, report.time, &setting.config.gap);
        if !is_gap && !is_silence(elapsed_ms, &setting.config.port_call) {
            return false;
        }
        if is_gap {
            self.break_stops_off(setting, sink);
            self.motion.forget();
            self.close_path(sink);
        }
        let silence = self.silence(elapsed_ms, Some((distance_m, report.position)), setting);
        if let Some(zone) = &mut self.zone {
            zone.silent |= silence.allows_stop(&setting.config.port_call);
        }
        if is_gap && self.is_known(setting) {
            let after = report.to_ref();
            let (kind, without_position, silent_ms) =
                self.life
                    .of_gap(before.time, after.time, &setting.config.gap);
            sink.gap(
                self.hull,
                Gap {
                    before,
                    after: Some(after),
                    reports_before: self
                        .recent
                        .count(before.time, setting.config.gap.before_ms()),
                    distance_m: Some(distance_m),
                    implied_speed_knots: implied_speed_knots(before, after),
                    port: self.zone.as_ref().map(|zone| zone.port),
                    kind,
                    without_position,
                    silent_ms,
                },
                self.reports - 1,
            );
        }
        is_gap
    }

    #[inline]
    fn enter_port<S: EventSink>(
        &mut self,
        report: &PositionReport,
        entry_seen: bool,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        if self.clear.holds(report.position) {
            return;
        }
        self.clear = setting.ports.clear_about(report.position);
        if let Some(entered) = setting.ports.entered(report.position) {
            self.odometer.reset();
            self.zone = Some(Box::new(Zone::new(
                entered.port,
                report.to_ref(),
                entry_seen,
            )));
            if entry_seen {
                self.mark(report.to_ref(), sink);
            }
        }
    }

    /// The next report, not taken yet, lies outside the zone: the last one ends the stay.
    fn leave_zone<S: EventSink>(&mut self, sink: &mut S) -> Option<Box<Zone>> {
        self.odometer.reset();
        let zone = self.zone.take()?;
        self.mark(zone.last(), sink);
        sink.stay(self.hull, zone.ended(true));
        self.is_whole &= !(zone.stopped || zone.silent);
        Some(zone)
    }

    /// Makes the last report a milestone.
    fn mark<S: EventSink>(&mut self, at: ReportRef, sink: &mut S) {
        let (hull, vertices) = (self.hull, self.path.emitted());
        self.way.mark(at, vertices, &mut |milestone| {
            sink.milestone(hull, milestone);
        });
    }

    /// Ends the stop that goes on at a silence or at the data's end.
    fn break_stops_off<S: EventSink>(&mut self, setting: &Setting<'_>, sink: &mut S) {
        let hull = self.hull;
        let lay = self.stop.break_off(&setting.config.stop, &mut |ended| {
            sink.stop(hull, ended.stop());
        });
        if lay {
            self.way
                .end_rest(&mut |milestone| sink.milestone(hull, milestone));
        } else {
            self.way.sails_on();
        }
    }

    #[inline]
    fn assess(
        &mut self,
        report: &PositionReport,
        limits: &Limits,
        setting: &Setting<'_>,
    ) -> Motion {
        let config = setting.config;
        self.motion.note(report, limits);
        self.motion
            .assess(report, &self.plane, limits, &config.stop)
    }

    /// Takes note of whether the vessel lies. `before`: the report before, if it was heard right before, and how
    /// far that is off in metres.
    #[inline]
    fn watch_motion<S: EventSink>(
        &mut self,
        report: &PositionReport,
        motion: Motion,
        before: Option<(Neighbour, f64)>,
        limits: &Limits,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        let around = Around {
            motion,
            before: before.map(|(before, _)| before),
            step_m: before.map_or(0.0, |(_, step_m)| step_m),
            cell_m: cell_m(report.position),
            plane: &self.plane,
            limits,
            config: &setting.config.stop,
        };
        let (hull, mut has_ended) = (self.hull, false);
        let turn = self.stop.push(report, &around, &mut |ended| {
            has_ended = true;
            sink.stop(hull, ended.stop());
        });
        if let Some(zone) = &mut self.zone {
            zone.stopped |= has_ended || self.stop.is_lying();
        }
        let (at, vertices) = (report.to_ref(), self.path.emitted());
        match turn {
            RestTurn::Rests => self.way.rests(at, vertices),
            RestTurn::Lingers => {}
            RestTurn::Begins => self.way.may_rest(at, vertices),
            RestTurn::Sails => self.way.sails_on(),
            RestTurn::Leaves => {
                self.way
                    .end_rest(&mut |milestone| sink.milestone(hull, milestone));
                // The way out may lead back where the way in led.
                self.odometer.reset();
                if self.stop.may_rest() {
                    self.way.may_rest(at, vertices);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use landfall_spatial_index::{PortIndex, PortRadiusConfig};
    use landfall_track::{Milestone, Place, Port, PortSource, SourceRow, Stay, Stop};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    /// Events as text, in the order in which they came.
    #[derive(Default)]
    struct Lines(Vec<String>);

    impl EventSink for Lines {
        fn vertex(&mut self, _: Hull, vertex: Vertex) {
            self.0.push(format!("{vertex:?}"));
        }
        fn stop(&mut self, _: Hull, stop: Stop) {
            self.0.push(format!("{stop:?}"));
        }
        fn stay(&mut self, _: Hull, stay: Stay) {
            self.0.push(format!("{stay:?}"));
        }
        fn transit(&mut self, _: Hull, transit: landfall_track::Transit) {
            self.0.push(format!("{transit:?}"));
        }
        fn milestone(&mut self, _: Hull, milestone: Milestone) {
            self.0.push(format!("{milestone:?}"));
        }
        fn gap(&mut self, _: Hull, gap: Gap, before: u64) {
            self.0.push(format!("{gap:?} {before}"));
        }
        fn flagged(&mut self, flagged: FlaggedReport) {
            self.0.push(format!("{flagged:?}"));
        }
        fn withdraw(&mut self, hull: Hull, flag: Flag) {
            self.0.push(format!("{hull:?} {flag:?}"));
        }
        fn join(&mut self, hull: Hull, earlier: Hull) {
            self.0.push(format!("{hull:?} {earlier:?}"));
        }
    }

    /// Two ports whose zones overlap, and one apart.
    static PORTS: LazyLock<PortIndex> = LazyLock::new(|| {
        let ports = [
            (0, 0, 4_000.0),
            (500_000, 100_000, 3_000.0),
            (3_000_000, 0, 2_000.0),
        ];
        let ports = ports.map(|(lon_e7, lat_e7, radius_m)| Port {
            name: String::new(),
            locode: None,
            country: None,
            aliases: Vec::new(),
            other_codes: Vec::new(),
            place: Place::Points(vec![Position { lat_e7, lon_e7 }]),
            harbor_size: None,
            radius_m: Some(radius_m),
            source: PortSource::User,
            precision_m: None,
        });
        PortIndex::new(ports.to_vec(), &PortRadiusConfig::default())
    });

    /// A stretch of reports: how many, seconds between them, course in quarter turns, knots that she
    /// makes, knots that she reports, jitter in 1e-7 degrees.
    type Stretch = (i64, i64, f64, f64, Option<f64>, i32);

    fn stretch() -> impl Strategy<Value = Stretch> {
        let made = prop_oneof![Just(0.0), 0.0..2.0_f64, 3.0..25.0_f64];
        let reported = prop_oneof![
            3 => Just(Some(-1.0)),
            1 => Just(None),
            1 => prop_oneof![Just(0.0), Just(0.2), Just(0.4), Just(0.5), Just(1.0), Just(1.7), Just(70.0)].prop_map(Some),
        ];
        let seconds = prop_oneof![4 => 2..200_i64, 1 => 200..40_000_i64];
        (
            1..60_i64,
            seconds,
            0.0..4.0_f64,
            made,
            reported,
            prop_oneof![Just(0), Just(300), Just(6_000)],
        )
    }

    fn track(stretches: &[Stretch], lon_e7: i32) -> Vec<PositionReport> {
        let mut reports = Vec::new();
        let (mut now, mut east_e7, mut north_e7) = (0_i64, 0.0_f64, 0.0_f64);
        for (count, seconds, quarters, made, reported, jitter_e7) in stretches {
            for number in 0..*count {
                now += seconds;
                let way_e7 = made * *seconds as f64 * 1e7 / 3600.0 / 60.0;
                let course = quarters * std::f64::consts::FRAC_PI_2;
                east_e7 += way_e7 * course.sin();
                north_e7 += way_e7 * course.cos();
                let jitter_e7 = if number % 2 == 0 {
                    *jitter_e7
                } else {
                    -jitter_e7
                };
                let knots = reported.map(|knots| if knots < 0.0 { *made } else { knots });
                let position = Position {
                    lat_e7: north_e7 as i32 + jitter_e7,
                    lon_e7: lon_e7 + east_e7 as i32,
                };
                let row = SourceRow::new(0, reports.len() as u64 + 1).unwrap_or_default();
                let time = Timestamp::from_seconds(now).unwrap_or_default();
                reports.push(PositionReport::new(time, position, row).with_speed_knots(knots));
            }
        }
        reports
    }

    /// All events and the state before the last, by the short way where it is open or by the long.
    fn run(reports: &[PositionReport], short: bool) -> (Vec<String>, String) {
        let config = Config::default();
        let limits = Limits::new(&config);
        let setting = Setting {
            config: &config,
            ports: &PORTS,
        };
        let mut lines = Lines::default();
        let hull = Hull {
            number: 0,
            since: reports[0].time,
        };
        let mut track = HullTrack::begin(hull, &reports[0], &limits, &setting, &mut lines);
        for report in &reports[1..] {
            let step_m = track
                .plane
                .distance_m(track.tail.last.position, report.position);
            if !(short && track.go_on(report, step_m, &limits, &mut lines)) {
                track.push(report, step_m, &limits, &setting, &mut lines);
            }
        }
        let state = serde_json::to_string(&track).unwrap_or_default();
        track.finish(reports[reports.len() - 1].time, &setting, &mut lines);
        (lines.0, state)
    }

    proptest! {
        #[test]
        fn the_short_way_leads_where_the_long_one_does(
            stretches in prop::collection::vec(stretch(), 1..12),
            lon_e7 in prop_oneof![Just(0), -700_000..3_100_000_i32],
        ) {
            let reports = track(&stretches, lon_e7);
            prop_assert_eq!(run(&reports, true), run(&reports, false));
        }
    }
}
