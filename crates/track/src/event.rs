//! Events: what detection says of a vessel. Every event names the source rows it rests on.

use crate::{PortIx, Position, ReportRef, Timestamp};
use serde::{Deserialize, Serialize};

/// One ship's hull among those that send under one id.
///
/// Most ids have one hull. Where several ships share an MMSI, their reports are split: the first
/// hull keeps the MMSI as its `vessel_id`, a further one is `MMSI@first report's time`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hull {
    /// The hull's number in the order in which they were told apart; the first is 0.
    pub number: u32,
    /// Her first report's time.
    pub since: Timestamp,
}

/// A port and how far off it something was.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortDistance {
    /// The port's row in the run's port table.
    pub port: PortIx,
    /// Distance in metres from the port's nearest point; 0 inside a polygon.
    pub distance_m: f64,
}

/// A stop: the vessel lay still, by hysteresis between two speeds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// The first report of the stop.
    pub first: ReportRef,
    /// The last report of the stop.
    pub last: ReportRef,
    /// False if the vessel already lay still when the data, or her reports after a gap, began.
    pub start_seen: bool,
    /// False if the vessel still lay when the data ended or she fell silent for a gap.
    pub end_seen: bool,
    /// The median of the positions reported during the stop.
    pub position: Position,
    /// Reports during the stop.
    pub reports: u64,
    /// The nearest port in the table; `None` if the table is empty.
    pub nearest_port: Option<PortDistance>,
}

/// How much of a port call was seen, after Global Fishing Watch's port visit confidence
/// (pipe-anchorages).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Confidence {
    /// 1: entry or exit only. A passage, not a call.
    Passage = 1,
    /// 2: a stop in port, or a silence that can have held one; neither entry nor exit.
    StopOnly = 2,
    /// 3: a stop or such a silence, and entry or exit.
    OneEnd = 3,
    /// 4: entry and exit, and a stop or such a silence between.
    BothEnds = 4,
}

/// A stay within a port's radius. With confidence 2 and more it is a port call, with 1 a passage.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortCall {
    /// The port.
    pub port: PortIx,
    /// The first report in port.
    pub first: ReportRef,
    /// The last report in port.
    pub last: ReportRef,
    /// Entry; `None` if the data began in port.
    pub arrival: Option<Timestamp>,
    /// Exit; `None` if the data ended in port.
    pub departure: Option<Timestamp>,
    /// First report lying still.
    pub stop_start: Option<Timestamp>,
    /// Last report lying still.
    pub stop_end: Option<Timestamp>,
    /// How much of it was seen.
    pub confidence: Confidence,
    /// The median position of the first stop's reports in port, or else of all reports in port.
    pub position: Position,
    /// Distance in metres from `position` to the port's nearest point; 0 inside a polygon.
    pub distance_to_port_m: f64,
    /// Reports in port.
    pub reports: u64,
}

/// Why a vessel's positions are missing for longer than the threshold.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum GapKind {
    /// Nothing was received from the vessel, and nothing in the data explains that. The only kind
    /// that counts as dark hours.
    #[default]
    Silence,
    /// The vessel went on sending, but without a position.
    NoPosition,
    /// The vessel left the area in which anybody was heard, under way outward.
    LeftArea,
    /// No vessel at all was heard in that time.
    Outage,
}

impl GapKind {
    /// The word used in outputs, such as `no_position`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::NoPosition => "no_position",
            Self::LeftArea => "left_area",
            Self::Outage => "outage",
        }
    }
}

/// Messages without a position that a vessel sent during a gap: it was not silent then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithoutPosition {
    /// How many.
    pub messages: u64,
    /// The first one's time.
    pub first: Timestamp,
    /// The last one's time.
    pub last: Timestamp,
}

/// A time without positions strictly longer than the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// The last report before the silence.
    pub before: ReportRef,
    /// The first report after it; `None` if the data ends in silence.
    pub after: Option<ReportRef>,
    /// Reports up to and with `before`, in the hours that the configuration sets (`gap.before_h`).
    pub reports_before: u32,
    /// Distance from `before` to `after` in metres; `None` if the gap is open.
    pub distance_m: Option<f64>,
    /// The mean speed that distance needs, in knots; `None` if the gap is open.
    pub implied_speed_knots: Option<f64>,
    /// The port in which the vessel was when she fell silent, if she was in one.
    pub port: Option<PortIx>,
    /// Why positions are missing.
    pub kind: GapKind,
    /// Messages without a position that were received in the gap; `None` if there were none.
    pub without_position: Option<WithoutPosition>,
    /// Milliseconds in the gap in which nothing at all was received for longer than the threshold,
    /// up to the data's end if the gap is open. Without messages in the gap, its whole length.
    pub silent_ms: i64,
}

impl Gap {
    /// Milliseconds of dark hours: the time in which nothing was received, if nothing explains the silence
    /// and it has ended. 0 for every other gap.
    pub fn dark_ms(&self) -> u64 {
        let is_dark = self.kind == GapKind::Silence && self.after.is_some();
        if is_dark {
            self.silent_ms.max(0) as u64
        } else {
            0
        }
    }
}

/// A vertex of a hull's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vertex {
    /// When.
    pub time: Timestamp,
    /// Where.
    pub position: Position,
    /// Whether a gap lies between the vertex before and this one: no line joins them.
    pub after_gap: bool,
}

/// A way sailed: a voyage between two port calls, or, with an end missing, what was sailed before
/// the first call, after the last, or without any.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leg {
    /// The port left; `None` before the first call.
    pub origin: Option<PortIx>,
    /// The port reached; `None` after the last call.
    pub destination: Option<PortIx>,
    /// The last report of the call before, or the first report of all.
    pub first: ReportRef,
    /// The first report of the call after, or the last report of all.
    pub last: ReportRef,
    /// The path: vertices `first_vertex..=last_vertex` of those the hull has emitted, counted from
    /// 0. They begin with `first` and end with `last`.
    pub first_vertex: u64,
    /// See `first_vertex`.
    pub last_vertex: u64,
    /// Length of the reported way in metres, report to report, gaps left out.
    pub observed_distance_m: f64,
    /// Length with every gap counted as a straight line, in metres.
    pub distance_m: f64,
    /// Milliseconds in gaps.
    pub gap_ms: i64,
    /// The highest speed reported, or, where none was reported or positions refute it, derived from
    /// positions, in knots.
    pub max_speed_knots: Option<f64>,
    /// Reports on the way, both ends included.
    pub reports: u64,
}

impl Leg {
    /// Whether both ends are known: a voyage.
    pub fn is_voyage(&self) -> bool {
        self.origin.is_some() && self.destination.is_some()
    }

    /// The share of the leg's time that was not in gaps, 0 to 1; 1 for a leg of no duration.
    pub fn observed_share(&self) -> f64 {
        let duration_ms = self.last.time.millis_since(self.first.time);
        if duration_ms <= 0 {
            1.0
        } else {
            1.0 - self.gap_ms as f64 / duration_ms as f64
        }
    }
}

/// Why detection set a report aside. The report stays accepted; it is listed in flagged.csv.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// A jump that no ship makes, not followed up by enough reports to be another hull.
    Teleport,
    /// A hop in and a hop out: one or a few reports away from the track, which then goes on.
    Spike,
    /// A report of a further hull under the same id. It is used, under that hull's `vessel_id`.
    FurtherHull,
    /// A copy of a report that the vessel sent before while moving, received or stamped late.
    LateCopy,
    /// A report that came only through a receiver whose clock is late: it lies on the way the
    /// vessel had sailed, shifted in time.
    LateClock,
    /// A position repeated although the vessel moves: the feed is stale, the vessel not heard.
    StalePosition,
    /// A latitude or longitude of exactly 0, or a latitude of exactly 90, that the track contradicts.
    NoFix,
    /// A time weeks away from all others of the vessel.
    ImpossibleTime,
    /// A position displaced together with those of other vessels: GNSS interference.
    Interference,
    /// The first report after a jump that no ship makes, where the track goes on. It is used.
    Jump,
}

impl Flag {
    /// The word used in outputs, such as `further_hull`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Teleport => "teleport",
            Self::Spike => "spike",
            Self::FurtherHull => "further_hull",
            Self::LateCopy => "late_copy",
            Self::LateClock => "late_clock",
            Self::StalePosition => "stale_position",
            Self::NoFix => "no_fix",
            Self::ImpossibleTime => "impossible_time",
            Self::Interference => "interference",
            Self::Jump => "jump",
        }
    }
}

/// A flagged report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlaggedReport {
    /// The report.
    pub report: ReportRef,
    /// Why.
    pub flag: Flag,
    /// The hull it belongs to; `None` if it belongs to none.
    pub hull: Option<Hull>,
}
