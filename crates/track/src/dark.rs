//! What a silence may hold: where a vessel could have been, what sightings prove, and the port
//! calls inferred from them. A possibility is never called more than that.

use crate::{PortIx, Position, ReportRef, Timestamp};
use serde::{Deserialize, Serialize};

/// The times between which something happened; both ends are included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeSpan {
    /// Not before this.
    pub earliest: Timestamp,
    /// Not after this; `None` if nothing bounds it, as when the data end in silence.
    pub latest: Option<Timestamp>,
}

/// A hull's row in the run's table of hulls that inference works on; the first is 0.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct HullIx(pub u32);

/// A gap: a hull and the gap's place among hers, the first being 0.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct GapIx {
    /// Whose.
    pub hull: HullIx,
    /// Which of hers, in time order.
    pub number: u32,
}

/// A sighting's row in the run's table of sightings; the first is 0.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct SightingIx(pub u32);

/// A dark call's place among its hull's, in time order; the first is 0.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct DarkCallIx(pub u32);

/// The two speeds that reachability goes by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReachSpeeds {
    /// What the vessel is not held to exceed, in knots: what it rules out is impossible.
    pub cap_knots: f64,
    /// What the cap rests on.
    pub cap_basis: CapBasis,
    /// A high quantile of the vessel's own moving reports, in knots: what it allows is plausible.
    /// `None` if it was seldom seen to move. Never a ground for saying impossible.
    pub usual_knots: Option<f64>,
}

impl ReachSpeeds {
    /// How many times its usual speed the cap is; `None` if that is not known.
    pub fn cap_ratio(&self) -> Option<f64> {
        let usual_knots = self.usual_knots.filter(|usual| *usual > 0.0)?;
        Some(self.cap_knots / usual_knots)
    }
}

/// The types of ships for which there are caps on speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapType {
    /// Cargo ships.
    Cargo,
    /// Tankers.
    Tanker,
    /// Passenger ships.
    Passenger,
    /// Fishing vessels.
    Fishing,
    /// Tugs, towing vessels and dredgers.
    Tug,
    /// Every other type.
    Other,
}

impl CapType {
    /// The words used in outputs, such as `cargo ships`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cargo => "cargo ships",
            Self::Tanker => "tankers",
            Self::Passenger => "passenger ships",
            Self::Fishing => "fishing vessels",
            Self::Tug => "tugs and dredgers",
            Self::Other => "ships of any other type",
        }
    }
}

/// What a cap on speed rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapBasis {
    /// Set for the run, the same for every vessel.
    Set,
    /// Nothing: no type is known, so that it is that of the fastest ships of all.
    NothingKnown,
    /// The type that the vessel sent; its length is not known, or says no more.
    Type(CapType),
    /// The type that the vessel sent and its length, in metres.
    TypeAndLength(CapType, u16),
    /// Its own reports: it was usually seen to be faster than its type and length would allow.
    Seen,
}

/// Distances by water, with what they say of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaterReach {
    /// By water from the last place known before, in metres; the port's radius is not taken off.
    /// `None` if it is longer than her cap allows.
    pub from_m: Option<f64>,
    /// By water to the first place known after, in metres; `None` if there is none, or if it is
    /// longer than her cap allows.
    pub to_m: Option<f64>,
    /// The speed the two ways need if she stays as briefly as a call can be, in knots; `None` if
    /// one is longer than her cap allows.
    pub speed_needed_knots: Option<f64>,
    /// Whether the cap on her speed suffices by water.
    pub is_reachable: bool,
}

impl WaterReach {
    /// Both ways together in metres, and the speed they need in knots; `None` if one is longer than her
    /// cap allows.
    pub fn both_ways(&self) -> Option<(f64, f64)> {
        let length_m = self.from_m? + self.to_m.unwrap_or_default();
        Some((length_m, self.speed_needed_knots?))
    }
}

/// A port that a vessel could have reached in a gap: a possibility, and nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The port.
    pub port: PortIx,
    /// Whether it is on the watch list.
    pub is_watched: bool,
    /// How often she was seen to call there in the whole data.
    pub past_calls: u32,
    /// Whether others were heard near the port during the gap; `None` if that is not known.
    pub others_heard: Option<bool>,
    /// Hours to spare at the cap on her speed, after the shortest stay that is a call.
    pub slack_h: f64,
    /// The longest she can have stayed, in hours.
    pub longest_stay_h: f64,
    /// The speed she must have made if she stayed as briefly as a call can be, in knots, by the
    /// geodesic less port radius and position error: no lower speed suffices.
    pub speed_needed_knots: f64,
    /// Geodesic distance from the last place known before to the port, in metres.
    pub from_m: f64,
    /// Geodesic distance from the port to the first place known after, in metres; `None` if there
    /// is none.
    pub to_m: Option<f64>,
    /// When she can have arrived.
    pub arrival: TimeSpan,
    /// When she can have left.
    pub departure: TimeSpan,
    /// By water; `None` if no way by water is known, or none was sought.
    pub water: Option<WaterReach>,
    /// Whether her usual speed suffices, by water where a way is known; `None` if her usual speed
    /// is not known.
    pub is_plausible: Option<bool>,
    /// What candidates are ranked by; see the glossary.
    pub score: f64,
    /// The part of the gap that it is measured in, as its place among [`GapInference::parts`]; of a
    /// sighted call the part that ends with the sighting. `None` if its order among other sightings
    /// of the gap is not known, and it is measured in the whole.
    pub part: Option<u32>,
}

/// How many others were heard in a zone during a gap, against what is usual there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ZoneReception {
    /// Presences of other vessels in the zone during the gap: one for each vessel, cell and time
    /// bucket in which she was heard.
    pub heard: u64,
    /// Presences to be expected in that time by what is usual in the zone.
    pub usual: f64,
}

/// Whether others were heard while a vessel was silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceptionVerdict {
    /// Others were heard there then: it was not the receiver that fell silent, as far as that can be
    /// told from where they were heard.
    HeardOthers,
    /// Nobody was heard though somebody usually is: the silence may be the receiver's.
    NobodyHeard,
    /// Too little is ever heard there to tell.
    TooFewData,
}

impl ReceptionVerdict {
    /// The words used in outputs, such as `heard others`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HeardOthers => "heard others",
            Self::NobodyHeard => "nobody heard",
            Self::TooFewData => "too few data",
        }
    }
}

/// The reception of a gap: was it she who fell silent, or the receiver?
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reception {
    /// What the counts say.
    pub verdict: ReceptionVerdict,
    /// Near her last position.
    pub near_last: ZoneReception,
    /// Near her next position; zero if there is none.
    pub near_next: ZoneReception,
    /// Along the straight line between them.
    pub on_the_way: ZoneReception,
    /// Side of the cells counted, in degrees.
    pub cell_deg: f64,
    /// Length of the time buckets counted, in hours.
    pub bucket_h: f64,
}

/// A place where a vessel was, as the end of a silence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// Where.
    pub position: Position,
    /// How far from there she may have been, in metres.
    pub error_m: f64,
    /// At the beginning of a silence: the earliest she can have left. At its end: the latest she
    /// can have come.
    pub time: Timestamp,
}

/// A gap, or what sightings leave of one between two places where she was.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GapPart {
    /// Where she was before.
    pub before: Fix,
    /// Where she was after; `None` if the data end in silence.
    pub after: Option<Fix>,
}

/// What inference says of one gap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GapInference {
    /// Which gap.
    pub gap: GapIx,
    /// The speeds it goes by.
    pub speeds: ReachSpeeds,
    /// Whether others were heard.
    pub reception: Reception,
    /// The sightings that split it, in time order.
    pub split_by: Vec<SightingIx>,
    /// What they leave of it, in time order: the whole gap if there are none. Parts around a
    /// sighting whose time is not known to the moment overlap.
    pub parts: Vec<GapPart>,
    /// The best candidates, best first, and every watched port in reach. None where the vessel was
    /// not silent, see [`crate::GapKind`]; where it lay still, its berth's port alone.
    pub candidates: Vec<Candidate>,
    /// How many candidates there were.
    pub candidates_total: u32,
    /// Whether the vessel was next heard within the berth where it was last heard, and no sighting
    /// puts it elsewhere: then no port beyond it is a candidate.
    pub lay_still: bool,
    /// The sightings of which each proves a call in at least one of several silences, this among
    /// them.
    pub one_of: Vec<OneOf>,
}

/// One of several: a sighting that names a vessel and whose time several of its silences can hold
/// proves a call in at least one of them, and in none alone. So does a claim over a long time that one
/// silence alone can hold, which says no more of when.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OneOf {
    /// The sighting.
    pub sighting: SightingIx,
    /// The port in which it has the vessel.
    pub port: PortIx,
    /// How many silences can hold it, those too short to be gaps included.
    pub silences: u32,
    /// How many of them are gaps.
    pub gaps: u32,
    /// How well it is borne out that the vessel called there in one of them.
    pub grade: Grade,
}

/// What a sighting comes to against AIS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// She reported there then; of a negative sighting: she reported elsewhere then.
    Confirmed,
    /// She was silent and could have been there; of a negative sighting: silent, so that she need
    /// not have been there.
    Possible,
    /// AIS has her elsewhere: mistaken identity or false AIS. Of a negative sighting: AIS has her
    /// there.
    Contradicted,
    /// Nobody is named, or nobody in the data can be taken for the one named.
    UnknownVessel,
    /// She is known, but the data do not cover her then.
    OutsideTheData,
    /// The run is restricted so that the vessel, which is known, or the sighting's time is left out.
    LeftOut,
}

impl Verdict {
    /// The words used in outputs, such as `outside the data`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Possible => "possible",
            Self::Contradicted => "contradicted",
            Self::UnknownVessel => "unknown vessel",
            Self::OutsideTheData => "outside the data",
            Self::LeftOut => "left out",
        }
    }
}

/// How a sighting's claim led to a vessel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchBasis {
    /// The claimed MMSI sent reports.
    Mmsi,
    /// The claimed IMO number was sent then, or is registered to an id that sent.
    Imo,
    /// The claimed name was sent then.
    Name,
    /// The claimed name is a register's name or alias of a vessel that sent.
    RegisteredName,
    /// Nobody is named, but of enough vessels heard about then in that area this one alone was
    /// silent and could have been there.
    Elimination,
}

impl MatchBasis {
    /// The words used in outputs, such as `registered name`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mmsi => "MMSI",
            Self::Imo => "IMO number",
            Self::Name => "name",
            Self::RegisteredName => "registered name",
            Self::Elimination => "elimination",
        }
    }
}

/// A vessel that a claim may mean, but not surely enough to be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoubtfulMatch {
    /// Her id in the data, or her name in the register if she has none there.
    pub vessel: String,
    /// The name that resembles the claimed one.
    pub name: Option<String>,
    /// Why she may be meant, and why she is not taken, in plain words.
    pub reason: String,
}

/// A vessel that was silent and could have been at a sighting's place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suspect {
    /// Whose silence.
    pub hull: HullIx,
    /// The gap's place among hers; `None` for a silence too short to be a gap.
    pub gap: Option<u32>,
    /// The last report before the silence.
    pub before: ReportRef,
    /// The first report after it; `None` if the data end in silence.
    pub after: Option<ReportRef>,
    /// Hours to spare at the cap on her speed.
    pub slack_h: f64,
    /// The speed needed to be there, in knots.
    pub speed_needed_knots: f64,
    /// When she can have been there, within the sighting's interval.
    pub window: TimeSpan,
    /// Whether her usual speed suffices; `None` if it is not known.
    pub is_plausible: Option<bool>,
    /// Her length over all by AIS less the length measured, in metres, if both are known.
    pub length_difference_m: Option<f64>,
}

/// A gap in which a vessel could have been at a sighting's place in its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PossibleGap {
    /// The gap's place among its hull's.
    pub gap: u32,
    /// Whether the vessel's usual speed suffices; `None` if it is not known.
    pub is_plausible: Option<bool>,
}

/// What an elimination rests on: the vessels among which one was sought.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EliminationPool {
    /// Vessels heard about then in that area that could have been the one, by their length where
    /// it is known.
    pub considered: u32,
    /// How many it takes for an elimination.
    pub needed: u32,
    /// How near in time to the sighting they were heard, in hours.
    pub within_h: f64,
    /// How near to its place, in metres.
    pub within_m: f64,
    /// Whether anybody was heard near the place about then: `Some(false)` if nobody was though
    /// somebody usually is, `None` if too few are ever heard there to tell.
    pub is_received: Option<bool>,
    /// Whether the run was restricted, so that it does not see every vessel of its inputs.
    pub is_restricted: bool,
}

impl EliminationPool {
    /// Whether one vessel can be taken: enough were considered, the run sees all of them, and it was
    /// not the receivers that were silent.
    pub fn suffices(&self) -> bool {
        self.considered >= self.needed && !self.is_restricted && self.is_received != Some(false)
    }
}

/// Where AIS has her at a sighting's time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AisAtSighting {
    /// The report that says so: of those at or next to the sighting's time the nearest in place.
    pub report: ReportRef,
    /// Distance from the sighting's place in metres.
    pub distance_m: f64,
}

/// A sighting with what it comes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssessedSighting {
    /// Which sighting.
    pub sighting: SightingIx,
    /// What it comes to.
    pub verdict: Verdict,
    /// The hull taken for the one claimed.
    pub hull: Option<HullIx>,
    /// By what she was taken.
    pub basis: Option<MatchBasis>,
    /// Those who may be meant but were not taken.
    pub doubtful: Vec<DoubtfulMatch>,
    /// Whether its interval is so long that it is a claim: checked, but neither splits nor grades.
    pub is_claim: bool,
    /// Where AIS has her then; `None` if she is not known or silent throughout.
    pub ais: Option<AisAtSighting>,
    /// If she could have been there: in which gap, with what to spare. Of several gaps, as a claim
    /// may span, the one with the most to spare.
    pub reach: Option<Suspect>,
    /// In how many silences it could have been there, however short.
    pub silences_possible: u32,
    /// In how many of them its usual speed suffices, or is not known.
    pub silences_plausible: u32,
    /// Those that are gaps, in their order.
    pub possible_gaps: Vec<PossibleGap>,
    /// If it proves a call in one of several silences: that group. Then `possible_gaps` are its gaps.
    pub one_of: Option<OneOf>,
    /// Of a sighting of an unnamed vessel: among how many one was sought.
    pub pool: Option<EliminationPool>,
    /// If nobody is known: the vessels that were silent and could have been there, best first.
    pub suspects: Vec<Suspect>,
    /// How many there were.
    pub suspects_total: u32,
    /// Ids of vessels, as outputs have them, that reported from there then, if nobody is named.
    /// Sorted; the first few.
    pub reporting_there: Vec<String>,
    /// Other sightings that the same ship cannot have made.
    pub contradicts: Vec<SightingIx>,
}

/// How well a dark call is borne out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Grade {
    /// Reachable only: a watched port, or one where sightings have the vessel that bear out nothing
    /// by themselves, see [`GradeLimit`].
    D1 = 1,
    /// The repeat of a leg that once had D3 or D4.
    D2 = 2,
    /// One sighting that names the vessel, or several of one publisher.
    D3 = 3,
    /// Sightings of two publishers who each saw.
    D4 = 4,
}

/// Why a sighting grades no call above what it would have without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GradeLimit {
    /// It names nobody, and the vessel was taken by elimination.
    Elimination,
    /// It was read at second hand.
    SecondHand,
    /// Being there takes more than the vessel's usual speed.
    BeyondUsualSpeed,
}

impl GradeLimit {
    /// The words used in outputs, such as `second hand`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Elimination => "elimination",
            Self::SecondHand => "second hand",
            Self::BeyondUsualSpeed => "beyond usual speed",
        }
    }
}

impl Grade {
    /// `D1` to `D4`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::D1 => "D1",
            Self::D2 => "D2",
            Self::D3 => "D3",
            Self::D4 => "D4",
        }
    }

    /// What the grade means in a few words, such as `reachable only`.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::D1 => "reachable only",
            Self::D2 => "repeats a leg that was sighted",
            Self::D3 => "one sighting",
            Self::D4 => "independent sightings",
        }
    }
}

impl DarkCall {
    /// What its grade means in a few words: [`Grade::meaning`], but that a D1 whose sightings do not
    /// suffice is not called reachable only.
    pub fn meaning(&self) -> &'static str {
        if self.is_doubtfully_sighted() {
            "doubtfully sighted"
        } else {
            self.grade.meaning()
        }
    }

    /// Whether sightings have the vessel there, of which none suffices for a grade.
    pub fn is_doubtfully_sighted(&self) -> bool {
        self.grade == Grade::D1 && !self.sightings.is_empty()
    }
}

/// A port call inferred in a gap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DarkCall {
    /// The gap.
    pub gap: GapIx,
    /// How well it is borne out.
    pub grade: Grade,
    /// When she can have arrived.
    pub arrival: TimeSpan,
    /// When she can have left.
    pub departure: TimeSpan,
    /// The port as a candidate of the gap, with the numbers the call rests on.
    pub candidate: Candidate,
    /// The sightings that have the vessel there, in time order.
    pub sightings: Vec<SightingIx>,
    /// Whether some sighting names her. If not, she was taken by elimination.
    pub is_named: bool,
    /// What keeps the sightings from grading it; empty if one of them does, or there are none.
    pub limits: Vec<GradeLimit>,
    /// The sightings of which each proves a call at this port in at least one of several silences,
    /// that of this call among them.
    pub one_of: Vec<OneOf>,
    /// Negative sightings that cut its times.
    pub cut_by: Vec<SightingIx>,
    /// For D2: the call whose leg it repeats.
    pub repeats: Option<DarkCallIx>,
    /// The other candidates of the gap that the vessel's usual speed reaches, or any if that is not
    /// known, best first; a few.
    pub beaten: Vec<Candidate>,
    /// How many others there were at the cap.
    pub beaten_total: u32,
    /// Where the feature is drawn: the port.
    pub position: Position,
}

/// One end of a dark leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LegEnd {
    /// A port call that was observed.
    Call(PortIx),
    /// A dark call.
    Dark(DarkCallIx, PortIx),
    /// None: the data begin or end here.
    Open,
}

impl LegEnd {
    /// The port, if there is one.
    pub fn port(self) -> Option<PortIx> {
        match self {
            Self::Call(port) | Self::Dark(_, port) => Some(port),
            Self::Open => None,
        }
    }
}

/// A way by water that nobody saw sailed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InferredWay {
    /// From where she was last heard or is inferred to have been, to where she was next.
    pub line: Vec<Position>,
    /// Its length in metres.
    pub length_m: f64,
    /// Whether it is by water; if no way by water is known it is the straight line.
    pub is_by_water: bool,
    /// Sightings outside every port that it leads over, in order.
    pub over: Vec<SightingIx>,
}

/// A leg with a dark call at one end or both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DarkLeg {
    /// Whose.
    pub hull: HullIx,
    /// Where it began.
    pub origin: LegEnd,
    /// Where it ended.
    pub destination: LegEnd,
    /// When it began.
    pub departure: TimeSpan,
    /// When it ended.
    pub arrival: TimeSpan,
    /// From the dark origin to the first report after it, if the origin is dark.
    pub way_out: Option<InferredWay>,
    /// First and last report of what was observed between; `None` if nothing was.
    pub observed: Option<(ReportRef, ReportRef)>,
    /// From the last report to the dark destination, if the destination is dark.
    pub way_in: Option<InferredWay>,
    /// The lower of the grades of its dark ends.
    pub grade: Grade,
    /// The pattern it is part of, as its place among its hull's.
    pub pattern: u32,
}

/// The same dark leg of one hull, so many times.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pattern {
    /// Where the legs begin.
    pub origin: Option<PortIx>,
    /// Where they end.
    pub destination: Option<PortIx>,
    /// How often.
    pub times: u32,
    /// The median length of the gaps they fall in, in hours, of those that have ended.
    pub median_gap_h: Option<f64>,
    /// The median of the longest possible stays at their dark calls, in hours.
    pub median_longest_stay_h: Option<f64>,
    /// The best grade among them.
    pub best_grade: Grade,
}

/// Everything inference says of one hull.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HullFindings {
    /// One for each of her gaps, in their order.
    pub gaps: Vec<GapInference>,
    /// Her dark calls, in time order.
    pub dark_calls: Vec<DarkCall>,
    /// The sightings that prove a call in one of several silences each, in their order.
    pub one_of: Vec<OneOf>,
    /// Her dark legs, in time order.
    pub dark_legs: Vec<DarkLeg>,
    /// Which of them repeat.
    pub patterns: Vec<Pattern>,
}
