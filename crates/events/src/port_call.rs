//! A port call is a stay within a port's radius with a stop in it, or a silence in which she can
//! have stopped.
//!
//! A silence of `silence_h` or more that begins in port counts if she was last seen at
//! `silence_speed_knots` or less, or, once she is heard again, if the way since then at the speed last
//! seen leaves `silence_h` to spare. A vessel that reported that it was under way, and is heard again elsewhere,
//! may have spent that time anywhere: its silence must end in port. One of a ship last seen under way that is never heard again is
//! no evidence of a stop: she may have sailed on. So neither is one whose speed is not known, until
//! she is heard again.
//!
//! Source: Global Fishing Watch's pipe-anchorages, whose four grades of confidence are kept.
//! Arrival is the first report within the port's enter radius, departure the last one within its
//! leave radius: the moments at which she was seen in port, not those at which she must have
//! crossed the line. Where zones overlap, a ship is with the port whose zone she entered first, and
//! counts as gone over to a neighbour from the report on which that was clearly the nearer (relative
//! to radius), if she then stops or falls silent there. A stop begun before that stays with the port
//! in which it began, however she swings. Known limit: one who lies at a berth of one
//! port within the radius of a nearer-seeming neighbour is given to the neighbour.

use crate::ConfigError;
use crate::config::within;
use crate::leg::LegTally;
use crate::median::PositionSample;
use crate::plane::Plane;
use crate::stop::OpenStop;
use landfall_spatial_index::{LEAVE_FACTOR, Patch, PortIndex};
use landfall_track::{
    Confidence, METRES_PER_NAUTICAL_MILE, Place, PortCall, PortIx, Position, PositionReport,
    ReportRef, Timestamp,
};
use serde::{Deserialize, Serialize};

/// When a stay in port is a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PortCallConfig {
    /// A silence in port of at least so many hours makes the stay a call, as a stop does, if she
    /// can have stopped in it.
    pub silence_h: f64,
    /// A ship last seen at this speed or less before a silence in port is presumed to have stopped;
    /// of a faster one the silence must leave time for it, and end in port if its speed was reported. In knots.
    pub silence_speed_knots: f64,
}

impl Default for PortCallConfig {
    fn default() -> Self {
        Self {
            // pipe-anchorages: a port gap lasts at least 240 minutes.
            silence_h: 4.0,
            // Below this a ship manoeuvres or takes a pilot on board; ships that pass a port go at
            // twice that and more.
            silence_speed_knots: 5.0,
        }
    }
}

impl PortCallConfig {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        within("port_call.silence_h", self.silence_h, 0.1, 8760.0)?;
        within(
            "port_call.silence_speed_knots",
            self.silence_speed_knots,
            0.1,
            100.0,
        )
    }
}

/// A vessel that has moved less than this since she was last looked up is not looked up anew:
/// less than the length of a ship, and all that jitter at a berth amounts to.
const LOOK_UP_M: f64 = 50.0;
/// A neighbour is the nearer port once it is closer than this share of the distance to the port she
/// is in, both relative to radius; the inverse of the margin at which a port is left.
const CLEARLY_NEARER: f64 = 1.0 / LEAVE_FACTOR;
/// Room is counted shorter than slack by this share of the radius and this much, in metres, for what
/// distances are off; and no longer than this, in metres.
const ROOM_SHARE: f64 = 1e-3;
const ROOM_MARGIN_M: f64 = 1.0;
const LONGEST_ROOM_M: f64 = 10_000.0;
/// Slack is counted a hair short, to stay on the safe side of rounding.
const SAFE_SHARE: f64 = 0.999;

/// The neighbour port that has become the nearer one, and how things stood before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Rival {
    port: PortIx,
    /// The last report on which it was not the nearer.
    before: ReportRef,
    before_vertex: u64,
    /// Reports in port up to and with that.
    reports_before: u64,
    first: ReportRef,
    first_vertex: u64,
    /// The way up to and with `first`.
    leg: LegTally,
    /// The way from `before` to `first`.
    crossing: LegTally,
    sample: PositionSample,
}

/// A stay in a port's zone that goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Visit {
    pub(crate) port: PortIx,
    pub(crate) first: ReportRef,
    pub(crate) first_vertex: u64,
    pub(crate) last: ReportRef,
    /// The way up to and with `first`.
    pub(crate) leg: LegTally,
    entry_seen: bool,
    /// How many of the hull's reports came before `first`.
    pub(crate) reports_before: u64,
    reports: u64,
    stop_start: Option<Timestamp>,
    stop_end: Option<Timestamp>,
    stop_sample: Option<PositionSample>,
    sample: PositionSample,
    silent: bool,
    rival: Option<Box<Rival>>,
    /// Where the port index was last asked, and how far from there its answer holds.
    looked_up_at: Position,
    holds_m: f64,
    #[serde(skip)]
    room: Room,
}

/// Where a look-up would say no more than that she is in port, `LOOK_UP_M` and more from leaving it,
/// and in no other.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Room {
    /// No other port is entered here.
    alone: Patch,
    /// So far from here in metres, the leave radius is more than `LOOK_UP_M` off.
    center: Position,
    within_m: f64,
}

/// What a report says of where a vessel is with regard to the port she is in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Whereabouts {
    /// In port, as near to it as before.
    Same,
    /// In port; this neighbour is nearer now, or none.
    Nearer(Option<PortIx>),
    /// Out of port.
    Left,
}

/// What the track knows of a report besides what stands in it.
#[derive(Clone, Copy)]
pub(crate) struct Along {
    /// The report's vertex.
    pub(crate) vertex: u64,
    /// The report before.
    pub(crate) before: ReportRef,
    /// Its vertex.
    pub(crate) before_vertex: u64,
    /// The way up to and with the report.
    pub(crate) leg: LegTally,
    /// The way from the report before.
    pub(crate) crossing: LegTally,
}

impl Visit {
    /// A stay that begins with a report.
    pub(crate) fn new(
        port: PortIx,
        first: ReportRef,
        first_vertex: u64,
        leg: LegTally,
        entry_seen: bool,
        reports_before: u64,
    ) -> Self {
        Self {
            port,
            first,
            first_vertex,
            last: first,
            leg,
            entry_seen,
            reports_before,
            reports: 1,
            stop_start: None,
            stop_end: None,
            stop_sample: None,
            sample: PositionSample::new(first.position),
            silent: false,
            rival: None,
            looked_up_at: first.position,
            holds_m: 0.0,
            room: Room::default(),
        }
    }

    /// Whether the next report plainly puts her where she was, and no neighbour is nearer. `plane` must
    /// be plain there.
    #[inline(always)]
    pub(crate) fn plainly_goes_on(&mut self, position: Position, plane: &Plane) -> bool {
        self.rival.is_none()
            && (plane.is_plainly_within(position, self.looked_up_at, self.holds_m)
                || self.has_room(position, plane))
    }

    /// The same of one who has moved. Where a look-up is due and its answer known, it is noted as done.
    #[inline(never)]
    fn has_room(&mut self, position: Position, plane: &Plane) -> bool {
        if plane.distance_m(self.looked_up_at, position) <= self.holds_m {
            return true;
        }
        let room = &self.room;
        let known = room.alone.holds(position)
            && plane.is_plainly_within(position, room.center, room.within_m);
        if known {
            self.looked_up_at = position;
            self.holds_m = LOOK_UP_M;
        }
        known
    }

    /// Where the next report puts her.
    #[inline]
    pub(crate) fn whereabouts(
        &mut self,
        position: Position,
        plane: &Plane,
        ports: &PortIndex,
    ) -> Whereabouts {
        if plane.distance_m(self.looked_up_at, position) <= self.holds_m {
            return Whereabouts::Same;
        }
        self.look_up(position, ports)
    }

    #[inline(never)]
    fn look_up(&mut self, position: Position, ports: &PortIndex) -> Whereabouts {
        if !ports.is_within_leave(self.port, position) {
            return Whereabouts::Left;
        }
        // A polygon is left at a margin from its outline, a point at a radius around it.
        let reach = match ports.port(self.port).place {
            Place::Points(_) => LEAVE_FACTOR,
            Place::Polygons(_) => LEAVE_FACTOR - 1.0,
        };
        let reach_m = ports.enter_radius_m(self.port) * reach * SAFE_SHARE;
        let slack_m = reach_m - ports.distance_m(self.port, position);
        self.looked_up_at = position;
        self.holds_m = slack_m.clamp(0.0, LOOK_UP_M);
        self.room = Room {
            alone: ports.clear_of_others(self.port, position),
            center: position,
            within_m: (slack_m - LOOK_UP_M - ROOM_MARGIN_M - ROOM_SHARE * reach_m)
                .clamp(0.0, LONGEST_ROOM_M),
        };
        let relative = |port: PortIx| ports.distance_m(port, position) / ports.enter_radius_m(port);
        let facing = self.rival.as_ref().map(|rival| rival.port);
        let nearer = ports
            .entered(position)
            .map(|entered| entered.port)
            .filter(|port| *port != self.port)
            .filter(|port| {
                facing == Some(*port) || relative(*port) < CLEARLY_NEARER * relative(self.port)
            });
        if nearer == self.rival.as_ref().map(|rival| rival.port) {
            Whereabouts::Same
        } else {
            Whereabouts::Nearer(nearer)
        }
    }

    /// Takes a report in port.
    #[inline(always)]
    pub(crate) fn stay(&mut self, report: &PositionReport) {
        self.last = report.to_ref();
        self.reports += 1;
        self.sample.add(report.position);
        if let Some(rival) = &mut self.rival {
            rival.sample.add(report.position);
        }
    }

    /// Counts a further report of the last one's moment.
    pub(crate) fn count_simultaneous(&mut self) {
        self.reports += 1;
    }

    /// Sets or drops the neighbour that is nearer from a report on, which has been taken.
    pub(crate) fn face(&mut self, nearer: Option<PortIx>, report: ReportRef, along: &Along) {
        self.rival = nearer.map(|port| {
            Box::new(Rival {
                port,
                before: along.before,
                before_vertex: along.before_vertex,
                reports_before: self.reports - 1,
                first: report,
                first_vertex: along.vertex,
                leg: along.leg,
                crossing: along.crossing,
                sample: PositionSample::new(report.position),
            })
        });
    }

    /// Whether a neighbour is nearer, and has been since no later than `time`.
    #[inline]
    pub(crate) fn is_nearer_to_neighbour(&self, time: Timestamp) -> bool {
        self.rival
            .as_ref()
            .is_some_and(|rival| rival.first.time <= time)
    }

    /// Goes over to the nearer neighbour, if there is one: this stay ends with the last report
    /// before the neighbour was nearer, and is returned with that report's vertex.
    pub(crate) fn go_over(&mut self) -> Option<(Visit, u64)> {
        let rival = *self.rival.take()?;
        let mut left = self.clone();
        left.last = rival.before;
        left.reports = rival.reports_before;
        *self = Visit {
            port: rival.port,
            first: rival.first,
            first_vertex: rival.first_vertex,
            last: self.last,
            leg: if left.is_call() {
                rival.crossing
            } else {
                rival.leg
            },
            entry_seen: true,
            reports_before: self.reports_before + rival.reports_before,
            reports: self.reports - rival.reports_before,
            stop_start: None,
            stop_end: None,
            stop_sample: None,
            sample: rival.sample,
            silent: false,
            rival: None,
            looked_up_at: self.looked_up_at,
            holds_m: 0.0,
            room: Room::default(),
        };
        Some((left, rival.before_vertex))
    }

    /// Notes a stop, or that part of it which fell into this stay.
    pub(crate) fn note_stop(&mut self, stop: &OpenStop) {
        if stop.last.time < self.first.time || stop.first.time > self.last.time {
            return;
        }
        let start = stop.first.time.max(self.first.time);
        let end = stop.last.time.min(self.last.time);
        self.stop_start = Some(self.stop_start.map_or(start, |known| known.min(start)));
        self.stop_end = Some(self.stop_end.map_or(end, |known| known.max(end)));
        if self.stop_sample.is_none() {
            self.stop_sample = Some(stop.sample.clone());
        }
        if self.is_nearer_to_neighbour(stop.last.time) {
            // The stop was of this stay: she can go over only from now on.
            self.rival = None;
            self.holds_m = 0.0;
        }
    }

    /// Notes a silence that began in port.
    pub(crate) fn note_silence(&mut self, silence: Silence, config: &PortCallConfig) {
        self.silent |= silence.allows_stop(config);
    }

    /// Whether it is a call and not a mere passage.
    pub(crate) fn is_call(&self) -> bool {
        self.stop_start.is_some() || self.silent
    }

    /// The event. `exit_seen`: whether she was heard outside afterwards.
    pub(crate) fn ended(&self, exit_seen: bool, ports: &PortIndex) -> PortCall {
        let position = self.stop_sample.as_ref().unwrap_or(&self.sample).median();
        PortCall {
            port: self.port,
            first: self.first,
            last: self.last,
            arrival: self.entry_seen.then_some(self.first.time),
            departure: exit_seen.then_some(self.last.time),
            stop_start: self.stop_start,
            stop_end: self.stop_end,
            confidence: match (self.is_call(), self.entry_seen, exit_seen) {
                (false, _, _) => Confidence::Passage,
                (true, true, true) => Confidence::BothEnds,
                (true, false, false) => Confidence::StopOnly,
                (true, _, _) => Confidence::OneEnd,
            },
            position,
            distance_to_port_m: ports.distance_m(self.port, position),
            reports: self.reports,
        }
    }
}

/// A silence and what is known about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Silence {
    pub(crate) elapsed_ms: i64,
    /// How far off she was heard again; none if she was not.
    pub(crate) distance_m: Option<f64>,
    /// The last speed before it, reported or else derived.
    pub(crate) speed_knots: Option<f64>,
    /// Whether that speed was reported.
    pub(crate) is_reported: bool,
    /// Whether the vessel was heard again in the port in which it began.
    pub(crate) ends_in_port: bool,
}

impl Silence {
    /// Whether it speaks for a stop in port.
    pub(crate) fn allows_stop(self, config: &PortCallConfig) -> bool {
        if !is_silence(self.elapsed_ms, config) {
            return false;
        }
        if self
            .speed_knots
            .is_some_and(|speed| speed <= config.silence_speed_knots)
        {
            return true;
        }
        if self.is_reported && !self.ends_in_port {
            // The vessel sailed on, and may have spent the time to spare anywhere.
            return false;
        }
        let speed_knots = self.speed_knots.unwrap_or(config.silence_speed_knots);
        self.distance_m.is_some_and(|distance_m| {
            let under_way_h = distance_m / METRES_PER_NAUTICAL_MILE / speed_knots;
            self.elapsed_ms as f64 / 3_600_000.0 - under_way_h >= config.silence_h
        })
    }
}

/// Whether a silence is long enough to have held a stop.
pub(crate) fn is_silence(elapsed_ms: i64, config: &PortCallConfig) -> bool {
    elapsed_ms as f64 >= config.silence_h * 3_600_000.0
}
