//! A zone is the part of a port's area in which no other port is nearer, relative to radius. The kernel
//! follows a vessel from zone to zone.
//!
//! Ports that only fill gaps ([`PortSource::yields`]) take nothing from another's zone, up to its leave radius:
//! in theirs a vessel is only where it is in no other's, and any other is the nearer one as soon as it is entered.
//!
//! [`PortSource::yields`]: landfall_track::PortSource::yields

use crate::median::PositionSample;
use crate::plane::Plane;
use landfall_spatial_index::{LEAVE_FACTOR, Patch, PortIndex};
use landfall_track::{Place, PortIx, Position, PositionReport, ReportRef, Stay, Timestamp};
use serde::{Deserialize, Serialize};

/// A vessel that has moved less than this since it was last looked up is not looked up anew:
/// less than the length of a ship, and all that jitter at a berth amounts to.
const LOOK_UP_M: f64 = 50.0;
/// A neighbour is the nearer port once it is closer than this share of the distance to the port whose zone
/// the vessel is in, both relative to radius; the inverse of the margin at which a port is left.
const CLEARLY_NEARER: f64 = 1.0 / LEAVE_FACTOR;
/// Room is counted shorter than slack by this share of the radius and this much, in metres, for what
/// distances are off; and no longer than this, in metres.
const ROOM_SHARE: f64 = 1e-3;
const ROOM_MARGIN_M: f64 = 1.0;
const LONGEST_ROOM_M: f64 = 10_000.0;
/// Slack is counted a hair short, to stay on the safe side of rounding.
const SAFE_SHARE: f64 = 0.999;

/// The zone that a vessel is in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Zone {
    pub(crate) port: PortIx,
    in_area_since: Timestamp,
    first: ReportRef,
    last: ReportRef,
    entry_seen: bool,
    pub(crate) silent: bool,
    /// Whether the vessel lay in it.
    pub(crate) stopped: bool,
    sample: PositionSample,
    /// Other ports whose zones the vessel was in, whose areas it has not left, and since when.
    around: Vec<(PortIx, Timestamp)>,
    /// Where the port index was last asked, and how far from there its answer holds.
    looked_up_at: Position,
    holds_m: f64,
    #[serde(skip)]
    room: Room,
}

/// Where a look-up would say no more than that the vessel is in port, `LOOK_UP_M` and more from leaving it,
/// and in no other.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Room {
    /// No other port is entered here that this one does not go before.
    alone: Patch,
    /// So far from here in metres, the leave radius is more than `LOOK_UP_M` off.
    center: Position,
    within_m: f64,
    /// How far from where it was last looked up a vessel is not looked up anew, in metres: not at all in the zone of a
    /// port that yields, lest others' begin late.
    look_up_m: f64,
}

/// What a report says of where a vessel is with regard to the zone it was in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Whereabouts {
    /// In it.
    Same,
    /// In the area; another port is clearly nearer.
    Nearer(PortIx),
    /// Out of the area.
    Left,
}

impl Zone {
    /// A stay that begins with a report.
    pub(crate) fn new(port: PortIx, first: ReportRef, entry_seen: bool) -> Self {
        Self {
            port,
            in_area_since: first.time,
            first,
            last: first,
            entry_seen,
            silent: false,
            stopped: false,
            sample: PositionSample::new(first.position),
            around: Vec::new(),
            looked_up_at: first.position,
            holds_m: 0.0,
            room: Room::default(),
        }
    }

    /// The stay in the zone of a port that is nearer from a report on.
    pub(crate) fn next(&self, port: PortIx, first: ReportRef) -> Self {
        let mut around = self.around.clone();
        around.push((self.port, self.in_area_since));
        let known = around.iter().position(|(known, _)| *known == port);
        let since = known.map(|at| around.remove(at).1);
        Self {
            in_area_since: since.unwrap_or(first.time),
            around,
            ..Self::new(port, first, true)
        }
    }

    /// Whether the next report plainly puts the vessel in the zone. `plane` must be plain there.
    #[inline(always)]
    pub(crate) fn plainly_goes_on(&mut self, position: Position, plane: &Plane) -> bool {
        plane.is_plainly_within(position, self.looked_up_at, self.holds_m)
            || self.has_room(position, plane)
    }

    /// The same of one that has moved. Where a look-up is due and its answer known, it is noted as done.
    #[inline(never)]
    fn has_room(&mut self, position: Position, plane: &Plane) -> bool {
        if plane.distance_m(self.looked_up_at, position) <= self.holds_m {
            return true;
        }
        let room = &self.room;
        let known = self.around.is_empty()
            && room.alone.holds(position)
            && plane.is_plainly_within(position, room.center, room.within_m);
        if known {
            self.looked_up_at = position;
            self.holds_m = room.look_up_m;
        }
        known
    }

    /// Where the next report puts the vessel.
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
        self.around
            .retain(|(port, _)| ports.is_within_leave(*port, position));
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
        let look_up_m = if ports.port(self.port).source.yields() {
            0.0
        } else {
            LOOK_UP_M
        };
        self.looked_up_at = position;
        self.holds_m = slack_m.clamp(0.0, look_up_m);
        self.room = Room {
            alone: ports.clear_of_rivals(self.port, position),
            center: position,
            within_m: (slack_m - LOOK_UP_M - ROOM_MARGIN_M - ROOM_SHARE * reach_m)
                .clamp(0.0, LONGEST_ROOM_M),
            look_up_m,
        };
        let relative = |port: PortIx| ports.distance_m(port, position) / ports.enter_radius_m(port);
        ports
            .entered(position)
            .map(|entered| entered.port)
            .filter(|port| *port != self.port)
            .filter(|port| !ports.yields_to(*port, self.port))
            .filter(|port| {
                ports.yields_to(self.port, *port)
                    || relative(*port) < CLEARLY_NEARER * relative(self.port)
            })
            .map_or(Whereabouts::Same, Whereabouts::Nearer)
    }

    /// Takes a report in the zone.
    #[inline(always)]
    pub(crate) fn stay(&mut self, report: &PositionReport) {
        self.last = report.to_ref();
        self.sample.add(report.position);
    }

    /// The last report in the zone.
    pub(crate) fn last(&self) -> ReportRef {
        self.last
    }

    /// The event. `exit_seen`: whether the vessel was heard outside afterwards.
    pub(crate) fn ended(&self, exit_seen: bool) -> Stay {
        Stay {
            port: self.port,
            in_area_since: self.in_area_since,
            first: self.first,
            last: self.last,
            entry_seen: self.entry_seen,
            exit_seen,
            silent: self.silent,
            position: self.sample.median(),
        }
    }
}
