//! Which port is here, and how far is it? The port index of Landfall.
//!
//! [`PortIndex`] answers three questions of a position: in which port is it ([`PortIndex::entered`]),
//! which port is nearest ([`PortIndex::nearest`], [`PortIndex::near`]), and is it still within a
//! port's leave radius ([`PortIndex::is_within_leave`]); and one of a name: which port is meant
//! ([`PortIndex::find`]). It does no I/O and reads no clock; it is immutable and can be shared
//! between threads.

mod area;
mod cells;
mod element;
mod name;
mod ports;
mod radius;
mod search;

pub use ports::PortIndex;
pub use radius::{LEAVE_FACTOR, LONGEST_RADIUS_M, PortRadiusConfig, RadiusError};
pub use search::{MatchKind, PortMatch, PortSearch, PortSuggestion, SuggestionReason};
