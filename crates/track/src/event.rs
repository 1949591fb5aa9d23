//! Events: what detection says of a vessel. Every event names the source rows it rests on.

use crate::{LocalScale, PlaceIx, PortIx, Position, ReportRef, Timestamp, distance_m};
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

/// What kind of stop it was.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum StopKind {
    /// At a berth: positions within some tens of metres, the heading steady.
    Alongside,
    /// At anchor or on a buoy: positions on an arc or disc, the heading turning.
    Anchored,
    /// Carried along slowly, one way.
    Drifting,
    /// Not moving where no berth is, such as in a canal or on a shoal.
    AgroundOrWaiting,
    /// The reports do not tell.
    #[default]
    Unknown,
}

impl StopKind {
    /// The words used in outputs, such as `aground or waiting`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alongside => "alongside",
            Self::Anchored => "anchored",
            Self::Drifting => "drifting",
            Self::AgroundOrWaiting => "aground or waiting",
            Self::Unknown => "unknown",
        }
    }
}

/// What the reports of a stop say of its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StopEvidence {
    /// Nine tenths of the positions lie within so many metres of their median.
    pub spread_m: f64,
    /// How far the vessel got, from the first quarter of its positions to the last, in metres.
    pub moved_m: f64,
    /// How steadily it went that way: the squared correlation of the way made good with time, 0 to 1.
    pub straightness: f64,
    /// The smallest arc that holds nine tenths of the headings, in degrees; `None` if there are fewer than three.
    pub heading_spread_deg: Option<f64>,
    /// The mean heading in degrees; `None` as above.
    pub heading_deg: Option<f64>,
    /// The navigational status sent most often (ITU-R M.1371-5, table 48).
    pub status: Option<u8>,
    /// How coarse the positions are given, in metres; 0 if they are fine.
    pub cell_m: f64,
}

/// Which call a stop belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallKey {
    /// The call's port.
    pub port: PortIx,
    /// The time of the call's first report.
    pub first: Timestamp,
}

/// A stop: the vessel stayed about one place, or was carried along slowly, for ten minutes or more.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// The first report of the stop.
    pub first: ReportRef,
    /// The last report of the stop.
    pub last: ReportRef,
    /// When the vessel came to rest: no later than the first report, and earlier if it would have arrived
    /// earlier from the report before at the speed that it then had.
    pub start: Timestamp,
    /// When it got under way, likewise.
    pub end: Timestamp,
    /// False if the vessel already lay still when the data, or its reports after a gap, began.
    pub start_seen: bool,
    /// False if the vessel still lay when the data ended or it fell silent for a gap.
    pub end_seen: bool,
    /// The median of the positions reported during the stop.
    pub position: Position,
    /// Reports during the stop.
    pub reports: u64,
    /// What the reports say of its kind.
    pub evidence: StopEvidence,
    /// What kind of stop it was.
    pub kind: StopKind,
    /// The nearest port in the table; `None` if the table is empty.
    pub nearest_port: Option<PortDistance>,
    /// The place where it was, if several vessels were seen to lie there.
    pub place: Option<PlaceIx>,
    /// The call that it belongs to; `None` if it was in no port.
    pub call: Option<CallKey>,
}

impl Stop {
    /// How long it lasted, in hours.
    pub fn hours(&self) -> f64 {
        self.end.hours_since(self.start)
    }

    /// The mean speed from its first report to its last, in knots, of the way made good.
    pub fn drift_knots(&self) -> f64 {
        let hours = self.last.time.hours_since(self.first.time);
        if hours <= 0.0 {
            return 0.0;
        }
        distance_m(self.first.position, self.last.position)
            / crate::METRES_PER_NAUTICAL_MILE
            / hours
    }

    /// The direction from its first report to its last, in degrees from true north, on the local plane.
    pub fn course_deg(&self) -> f64 {
        course_deg(self.first.position, self.last.position)
    }
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

/// What a vessel did at a port, as far as its stops tell.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum CallKind {
    /// It lay alongside.
    Berth,
    /// It waited at anchor, and did nothing else.
    Anchorage,
    /// How it lay, the reports do not tell; or no stop was seen, and a silence may have held one.
    #[default]
    Unknown,
}

impl CallKind {
    /// The word used in outputs, such as `anchorage`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Berth => "berth",
            Self::Anchorage => "anchorage",
            Self::Unknown => "unknown",
        }
    }
}

/// How a vessel lay in port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Berthing {
    /// What the vessel did there.
    pub kind: CallKind,
    /// When it first came to lie alongside.
    pub first_alongside: Option<Timestamp>,
    /// When it last ceased to.
    pub last_alongside: Option<Timestamp>,
    /// At how many places it lay alongside.
    pub berths: u32,
    /// Milliseconds at anchor before it first lay alongside; if it never did, all milliseconds at anchor.
    pub waited_ms: i64,
    /// Milliseconds alongside.
    pub alongside_ms: i64,
}

impl Berthing {
    /// What is left of it from a time on, or up to one. Whether the vessel moved in between is not known, so the
    /// hours alongside are at most those between the ends that are left.
    #[must_use]
    pub fn within(mut self, from: Option<Timestamp>, to: Option<Timestamp>) -> Self {
        let (Some(first), Some(last)) = (self.first_alongside, self.last_alongside) else {
            return self;
        };
        let (first, last) = (
            from.map_or(first, |from| first.max(from)),
            to.map_or(last, |to| last.min(to)),
        );
        let is_left = first <= last;
        self.first_alongside = is_left.then_some(first);
        self.last_alongside = is_left.then_some(last);
        self.alongside_ms = self.alongside_ms.min(last.millis_since(first).max(0));
        if from.is_some() {
            self.waited_ms = 0;
        }
        self
    }
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
    /// Entry: the first report in port, or when the first stop began if that is told to be before it; `None` if the data began in
    /// port.
    pub arrival: Option<Timestamp>,
    /// Exit: the last report in port, or when the last stop ended if that is told to be after it; `None` if the data ended
    /// in port.
    pub departure: Option<Timestamp>,
    /// When the first stop began.
    pub stop_start: Option<Timestamp>,
    /// When the last stop ended.
    pub stop_end: Option<Timestamp>,
    /// How the vessel lay.
    pub berthing: Berthing,
    /// How much of it was seen.
    pub confidence: Confidence,
    /// The median position of the first stop's reports in port, or else of all reports in port.
    pub position: Position,
    /// Distance in metres from `position` to the port's nearest point; 0 inside a polygon.
    pub distance_to_port_m: f64,
    /// The place of its first stop alongside, or else of its first stop, if it is a known one.
    pub place: Option<PlaceIx>,
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

/// What a hull had sailed up to and with a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sailed {
    /// Its reports.
    pub reports: u64,
    /// Metres from report to report, gaps left out.
    pub observed_m: f64,
    /// Metres of the straight lines across gaps.
    pub in_gaps_m: f64,
    /// Milliseconds in gaps.
    pub gap_ms: i64,
    /// Vertices of the path that were emitted before; each is no later than the report.
    pub vertices: u64,
}

/// A report at which a voyage may begin or end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Milestone {
    /// The report.
    pub at: ReportRef,
    /// What had been sailed there.
    pub sailed: Sailed,
    /// The highest speed since the milestone before, in knots.
    pub fastest_knots: Option<f64>,
}

/// A time in a port's zone: the part of its area in which no other port is nearer, relative to radius.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stay {
    /// The port.
    pub port: PortIx,
    /// When the vessel came into the port's area. Stays that share port and time are parts of one stay in
    /// the area, between which the vessel was nearer to another port.
    pub in_area_since: Timestamp,
    /// The first report in the zone.
    pub first: ReportRef,
    /// The last report in the zone.
    pub last: ReportRef,
    /// Whether the vessel was heard outside before.
    pub entry_seen: bool,
    /// Whether it was heard outside afterwards.
    pub exit_seen: bool,
    /// Whether a silence began in it that may have held a stop.
    pub silent: bool,
    /// The median position of its reports.
    pub position: Position,
}

/// A canal's number among those bundled.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct CanalIx(pub u8);

/// A direction, one of eight.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Wind {
    /// Towards true north.
    #[default]
    North,
    /// And so on, clockwise.
    Northeast,
    /// 90 degrees.
    East,
    /// 135 degrees.
    Southeast,
    /// 180 degrees.
    South,
    /// 225 degrees.
    Southwest,
    /// 270 degrees.
    West,
    /// 315 degrees.
    Northwest,
}

impl Wind {
    /// The one nearest to the direction from one position to another, which are not far apart.
    pub fn towards(from: Position, to: Position) -> Self {
        let eighths = (course_deg(from, to) / 45.0).round() as usize % 8;
        [
            Self::North,
            Self::Northeast,
            Self::East,
            Self::Southeast,
            Self::South,
            Self::Southwest,
            Self::West,
            Self::Northwest,
        ][eighths]
    }

    /// The word used in outputs, such as `southeast`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::North => "north",
            Self::Northeast => "northeast",
            Self::East => "east",
            Self::Southeast => "southeast",
            Self::South => "south",
            Self::Southwest => "southwest",
            Self::West => "west",
            Self::Northwest => "northwest",
        }
    }
}

/// The direction from one position to another that is not far off, in degrees from true north, on the local
/// plane.
fn course_deg(from: Position, to: Position) -> f64 {
    let scale = LocalScale::at_latitude_deg(f64::from(from.lat_e7) / 1e7);
    let east_m = from.lon_difference_e7(to) as f64 * scale.metres_per_lon_e7;
    let north_m = (f64::from(to.lat_e7) - f64::from(from.lat_e7)) * scale.metres_per_lat_e7;
    east_m.atan2(north_m).to_degrees().rem_euclid(360.0)
}

/// A vessel's way through a canal from its one end to its other.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transit {
    /// The canal.
    pub canal: CanalIx,
    /// The direction from the end at which the vessel came in to the other.
    pub direction: Wind,
    /// The last report at the end at which it came in, or the first in the canal.
    pub first: ReportRef,
    /// The first report at the other end.
    pub last: ReportRef,
    /// When it passed the one end.
    pub entry: Timestamp,
    /// When it passed the other.
    pub exit: Timestamp,
    /// Milliseconds at rest in the canal, and at anchor right before it.
    pub waited_ms: i64,
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
    /// The last report at the berth that was left; where no stop was seen, the last in port; without a call
    /// before, the first report of all.
    pub first: ReportRef,
    /// The first report at the berth that was reached; likewise.
    pub last: ReportRef,
    /// The path runs from `first` to `last`, and between them over those of the hull's vertices
    /// `first_vertex..=last_vertex`, counted from 0, whose times lie between theirs.
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
