//! A hull's track is everything the detectors remember of one hull between two reports.

use crate::gap::{RecentReports, is_gap};
use crate::kernel::Setting;
use crate::leg::{Hop, LegTally};
use crate::path::PathFilter;
use crate::plane::Plane;
use crate::port_call::{Along, Silence, Visit, Whereabouts, is_silence};
use crate::sink::EventSink;
use crate::stop::{Motion, MotionSense, OpenStop, StopDetector};
use landfall_track::{
    Flag, FlaggedReport, Gap, Hull, PositionReport, Stop, Timestamp, Vertex, implied_speed_knots,
};
use serde::{Deserialize, Serialize};

/// One hull's detectors. It is given the hull's reports in time order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct HullTrack {
    hull: Hull,
    last: PositionReport,
    /// The speed at the last report.
    last_speed_knots: Option<f64>,
    plane: Plane,
    path: PathFilter,
    recent: RecentReports,
    motion: MotionSense,
    stop: StopDetector,
    visit: Option<Box<Visit>>,
    leg: LegTally,
    has_called: bool,
}

impl HullTrack {
    /// A track that begins with a report.
    pub(crate) fn begin<S: EventSink>(
        hull: Hull,
        report: &PositionReport,
        setting: &Setting<'_>,
        sink: &mut S,
    ) -> Self {
        let first = report.to_ref();
        let mut track = Self {
            hull,
            last: *report,
            last_speed_knots: None,
            plane: Plane::about(report.position),
            path: PathFilter::default(),
            recent: RecentReports::default(),
            motion: MotionSense::default(),
            stop: StopDetector::default(),
            visit: None,
            leg: LegTally::new(None, first, 0),
            has_called: false,
        };
        track.flag(report, sink);
        track.extend_path(report, setting, sink);
        track.recent.add(report.time, &setting.config.gap);
        track.enter_port(report, false, setting, sink);
        let motion = track.assess(report, setting);
        track.leg.note_speed(motion.speed_knots);
        track.last_speed_knots = motion.speed_knots;
        track.watch_motion(report, motion, false, setting, sink);
        track
    }

    /// The hull.
    pub(crate) fn hull(&self) -> Hull {
        self.hull
    }

    /// Takes the hull's next report, so many metres from the last.
    #[inline]
    pub(crate) fn push<S: EventSink>(
        &mut self,
        report: &PositionReport,
        distance_m: f64,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        let before = self.last;
        self.flag(report, sink);
        if report.time == before.time {
            self.count_simultaneous(report, setting);
            return;
        }
        self.plane.follow(report.position);
        let elapsed_ms = report.time.millis_since(before.time);
        let mut hop = Hop {
            distance_m,
            elapsed_ms,
            is_gap: is_gap(before.time, report.time, &setting.config.gap),
            speed_knots: None,
        };
        if hop.is_gap || is_silence(elapsed_ms, &setting.config.port_call) {
            self.break_silence(report, hop, setting, sink);
        }

        let whereabouts = match &mut self.visit {
            Some(visit) => visit.whereabouts(report.position, &self.plane, setting.ports),
            None => Whereabouts::Same,
        };
        if whereabouts == Whereabouts::Left {
            self.leave_port(setting, sink);
        }
        let before_vertex = match whereabouts {
            // Should the neighbour become the port of a call, the way ends and begins here.
            Whereabouts::Nearer(Some(_)) => self.close_path(sink),
            _ => 0,
        };
        if hop.is_gap {
            self.path
                .resume_after_gap(report.time, report.position, &mut |vertex| {
                    sink.vertex(self.hull, vertex);
                });
        } else {
            self.extend_path(report, setting, sink);
        }
        let motion = self.assess(report, setting);
        hop.speed_knots = motion.speed_knots;
        self.leg.add(hop);
        self.recent.add(report.time, &setting.config.gap);
        self.last = *report;
        self.last_speed_knots = motion.speed_knots;

        if let Some(visit) = &mut self.visit {
            visit.stay(report);
            if let Whereabouts::Nearer(nearer) = whereabouts {
                let vertex = nearer.map_or(0, |_| {
                    self.path
                        .close(&mut |vertex| sink.vertex(self.hull, vertex))
                });
                let mut crossing = LegTally::new(Some(visit.port), before.to_ref(), before_vertex);
                crossing.add(hop);
                let along = Along {
                    vertex,
                    before: before.to_ref(),
                    before_vertex,
                    leg: self.leg,
                    crossing,
                };
                visit.face(nearer, report.to_ref(), &along);
            }
        } else {
            self.enter_port(report, true, setting, sink);
        }
        self.watch_motion(report, motion, !hop.is_gap, setting, sink);
    }

    /// Takes a further report of the last one's moment, which adds to the counts alone. Where times
    /// are cut to the minute, the order of reports within it is not known: a way through all of them
    /// would run to and fro. The first stands for all; since equal times come ordered by content,
    /// it is the same however the input was ordered.
    #[cold]
    fn count_simultaneous(&mut self, report: &PositionReport, setting: &Setting<'_>) {
        self.leg.reports += 1;
        self.recent.add(report.time, &setting.config.gap);
        self.stop.count_simultaneous(report.time);
        if let Some(visit) = &mut self.visit {
            visit.count_simultaneous();
        }
    }

    /// Ends the track. `data_end`: up to when she was listened for.
    pub(crate) fn finish<S: EventSink>(
        mut self,
        data_end: Timestamp,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        let last = self.last.to_ref();
        let lay_since = self.lay_since();
        if let Some(stop) = self.stop.break_off() {
            self.end_stop(&stop, false, setting, sink);
        }
        let silence = self.silence(data_end.millis_since(last.time), None);
        if let Some(visit) = &self.visit
            && silence.allows_stop(&setting.config.port_call)
            && visit.is_nearer_to_neighbour(lay_since)
        {
            self.go_over(setting, sink);
        }
        if is_gap(last.time, data_end, &setting.config.gap) {
            sink.gap(
                self.hull,
                Gap {
                    before: last,
                    after: None,
                    reports_before: self.recent.count(last.time, &setting.config.gap),
                    distance_m: None,
                    implied_speed_knots: None,
                    port: self.visit.as_ref().map(|visit| visit.port),
                },
            );
        }
        let last_vertex = self.close_path(sink);
        if let Some(mut visit) = self.visit.take() {
            visit.note_silence(silence, &setting.config.port_call);
            self.end_visit(&visit, false, last_vertex, setting, sink);
            if visit.is_call() {
                return;
            }
        }
        if self.leg.reports >= 2 || !self.has_called {
            sink.leg(self.hull, self.leg.ended(None, last, last_vertex));
        }
    }

    /// Since when she has been where she is: the begin of the stop that goes on, or the last report.
    fn lay_since(&self) -> Timestamp {
        self.stop
            .open()
            .map_or(self.last.time, |stop| stop.first.time)
    }

    /// The silence after the last report.
    fn silence(&self, elapsed_ms: i64, distance_m: Option<f64>) -> Silence {
        Silence {
            elapsed_ms,
            distance_m,
            speed_knots: self.last_speed_knots,
        }
    }

    fn flag<S: EventSink>(&self, report: &PositionReport, sink: &mut S) {
        if self.hull.number > 0 {
            sink.flagged(FlaggedReport {
                report: report.to_ref(),
                flag: Flag::FurtherHull,
                hull: Some(self.hull),
            });
        }
    }

    #[inline]
    fn extend_path<S: EventSink>(
        &mut self,
        report: &PositionReport,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        self.path.push(
            report.time,
            report.position,
            &self.plane,
            &setting.config.path,
            &mut |vertex: Vertex| sink.vertex(self.hull, vertex),
        );
    }

    fn close_path<S: EventSink>(&mut self, sink: &mut S) -> u64 {
        self.path
            .close(&mut |vertex: Vertex| sink.vertex(self.hull, vertex))
    }

    /// A silence has ended with `report`, which has not been taken yet.
    fn break_silence<S: EventSink>(
        &mut self,
        report: &PositionReport,
        hop: Hop,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        let before = self.last.to_ref();
        let lay_since = self.lay_since();
        if hop.is_gap {
            if let Some(stop) = self.stop.break_off() {
                self.end_stop(&stop, false, setting, sink);
            }
            self.motion.forget();
            self.close_path(sink);
        }
        let silence = self.silence(hop.elapsed_ms, Some(hop.distance_m));
        if silence.allows_stop(&setting.config.port_call)
            && self
                .visit
                .as_ref()
                .is_some_and(|visit| visit.is_nearer_to_neighbour(lay_since))
        {
            self.go_over(setting, sink);
        }
        if let Some(visit) = &mut self.visit {
            visit.note_silence(silence, &setting.config.port_call);
        }
        if hop.is_gap {
            let after = report.to_ref();
            sink.gap(
                self.hull,
                Gap {
                    before,
                    after: Some(after),
                    reports_before: self.recent.count(before.time, &setting.config.gap),
                    distance_m: Some(hop.distance_m),
                    implied_speed_knots: implied_speed_knots(before, after),
                    port: self.visit.as_ref().map(|visit| visit.port),
                },
            );
        }
    }

    #[inline]
    fn enter_port<S: EventSink>(
        &mut self,
        report: &PositionReport,
        entry_seen: bool,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        if let Some(entered) = setting.ports.entered(report.position) {
            // A stop may go on from outside, drifting.
            if let Some(stop) = self.stop.split() {
                self.end_stop(&stop, true, setting, sink);
            }
            let vertex = self.close_path(sink);
            self.visit = Some(Box::new(Visit::new(
                entered.port,
                report.to_ref(),
                vertex,
                self.leg,
                entry_seen,
            )));
        }
    }

    /// The next report, not taken yet, lies outside: the last one ends the visit.
    fn leave_port<S: EventSink>(&mut self, setting: &Setting<'_>, sink: &mut S) {
        // A stop may go on outside, drifting; its part in port counts here.
        if let Some(stop) = self.stop.split() {
            self.end_stop(&stop, true, setting, sink);
        }
        let last_vertex = self.close_path(sink);
        if let Some(visit) = self.visit.take() {
            self.end_visit(&visit, true, last_vertex, setting, sink);
        }
    }

    /// Emits a visit that has ended and, if it was a call, the leg that led to it.
    fn end_visit<S: EventSink>(
        &mut self,
        visit: &Visit,
        exit_seen: bool,
        last_vertex: u64,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        if visit.is_call() {
            if visit.leg.reports >= 2 {
                sink.leg(
                    self.hull,
                    visit
                        .leg
                        .ended(Some(visit.port), visit.first, visit.first_vertex),
                );
            }
            self.leg = LegTally::new(Some(visit.port), visit.last, last_vertex);
            self.has_called = true;
        }
        sink.call(self.hull, visit.ended(exit_seen, setting.ports));
    }

    /// The nearer neighbour becomes the port she is in.
    fn go_over<S: EventSink>(&mut self, setting: &Setting<'_>, sink: &mut S) {
        if let Some(mut visit) = self.visit.take() {
            if let Some((left, last_vertex)) = visit.go_over() {
                self.end_visit(&left, true, last_vertex, setting, sink);
            }
            self.visit = Some(visit);
        }
    }

    fn note_stop_in_port<S: EventSink>(
        &mut self,
        stop: &OpenStop,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        if self
            .visit
            .as_ref()
            .is_some_and(|visit| visit.is_nearer_to_neighbour(stop.first.time))
        {
            self.go_over(setting, sink);
        }
        if let Some(visit) = &mut self.visit {
            visit.note_stop(stop);
        }
    }

    #[inline]
    fn assess(&mut self, report: &PositionReport, setting: &Setting<'_>) -> Motion {
        let config = setting.config;
        let reported_knots = report
            .speed_knots()
            .filter(|speed| *speed <= config.cleaning.max_speed_knots);
        self.motion
            .assess(report, reported_knots, &self.plane, &config.stop)
    }

    #[inline]
    fn watch_motion<S: EventSink>(
        &mut self,
        report: &PositionReport,
        motion: Motion,
        heard_before: bool,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        if motion.is_fast && self.stop.is_idle() {
            return;
        }
        if let Some(stop) = self.stop.push(
            report,
            motion,
            heard_before,
            self.visit.is_some(),
            (&self.plane, &setting.config.stop),
        ) {
            self.end_stop(&stop, true, setting, sink);
        }
        if let (Some(stop), Some(visit)) = (self.stop.open(), &self.visit)
            && stop.borne_out
            && visit.is_nearer_to_neighbour(stop.first.time)
        {
            self.go_over(setting, sink);
        }
    }

    fn end_stop<S: EventSink>(
        &mut self,
        stop: &OpenStop,
        end_seen: bool,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        if stop.in_port {
            self.note_stop_in_port(stop, setting, sink);
            return;
        }
        let hours = stop.last.time.hours_since(stop.first.time);
        if hours >= setting.config.stop.min_duration_h {
            let position = stop.sample.median();
            sink.stop(
                self.hull,
                Stop {
                    first: stop.first,
                    last: stop.last,
                    start_seen: stop.start_seen,
                    end_seen,
                    position,
                    reports: stop.reports,
                    nearest_port: setting.ports.nearest(position),
                },
            );
        }
    }

    /// The map about her last latitude.
    #[inline]
    pub(crate) fn plane(&self) -> &Plane {
        &self.plane
    }
}
