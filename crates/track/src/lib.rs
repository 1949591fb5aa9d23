//! The ground floor of Landfall: position reports, identities, ports, sightings and events, with
//! the units, times and distances they are measured in.
//!
//! This crate does no I/O, reads no clock and prints nothing. Everything above it speaks in its
//! types.

mod account;
mod dark;
mod event;
mod fleet;
mod geodesy;
mod identity;
mod letter;
mod port;
mod position;
mod report;
mod sighting;
mod stop_place;
mod time;

pub use account::{FileAccount, RejectReason, RejectedRow};
pub use dark::{
    AisAtSighting, AssessedSighting, Candidate, CapBasis, CapType, DarkCall, DarkCallIx, DarkLeg,
    DoubtfulMatch, EliminationPool, Fix, GapInference, GapIx, GapPart, Grade, GradeLimit,
    HullFindings, HullIx, InferredWay, LegEnd, MatchBasis, OneOf, Pattern, PossibleGap,
    ReachSpeeds, Reception, ReceptionVerdict, SightingIx, Suspect, TimeSpan, Verdict, WaterReach,
    ZoneReception,
};
pub use event::{
    Berthing, CallKey, CallKind, CanalIx, Confidence, Flag, FlaggedReport, Gap, GapKind, Hull, Leg,
    Milestone, PortCall, PortDistance, Sailed, Stay, Stop, StopEvidence, StopKind, Transit, Vertex,
    Wind, WithoutPosition,
};
pub use fleet::{AmbiguousLink, IdentityLink, InterferenceZone, LinkBasis, Outage};
pub use geodesy::{
    LocalScale, METRES_PER_NAUTICAL_MILE, UnitVector, distance_m, geodesic_distance_m,
    implied_speed_knots, interpolate, least_distance_m,
};
pub use identity::{
    Identity, Imo, Mmsi, MmsiClass, Particulars, ShipType, Vessel, VesselId, imo_digits,
};
pub use letter::{is_hidden, joins_letters, without_diacritic};
pub use port::{CodeError, CountryCode, HarborSize, Locode, Place, Port, PortIx, PortSource};
pub use position::{BoundingBox, LonLat, Position};
pub use report::{PositionReport, RawReport, ReportRef, Sender, SourceRow};
pub use sighting::{Activity, Claim, RegisteredVessel, Sighting, SightingOutcome};
pub use stop_place::{PlaceIx, PlaceKind, StopPlace};
pub use time::{Timestamp, TimestampError};
