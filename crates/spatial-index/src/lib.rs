//! Where: which port is here, what is land, and how far is it by water?
//!
//! [`PortIndex`] answers three questions of a position: in which port is it ([`PortIndex::entered`]),
//! which port is nearest ([`PortIndex::nearest`], [`PortIndex::near`]), and is it still within a
//! port's leave radius ([`PortIndex::is_within_leave`]); and one of a name: which port is meant
//! ([`PortIndex::find`]). [`Land`] says whether a position is on land and whether a line crosses it,
//! [`SeaWays`] which is the shortest way by water from one position to another. Nothing here does
//! I/O or reads a clock; all of it can be shared between threads.

mod area;
mod canal;
mod cells;
mod element;
mod ellipse;
mod land;
mod land_rings;
mod land_sphere;
mod land_tree;
mod name;
mod patch;
mod ports;
mod radius;
mod reach_area;
mod sea_build;
mod sea_cache;
mod sea_corners;
mod sea_detour;
mod sea_graph;
mod sea_landmarks;
mod sea_line;
mod sea_link;
mod sea_passage;
mod sea_search;
mod sea_spanner;
mod sea_taut;
mod sea_ways;
mod search;

pub use canal::{AlongCanal, along_canal, canal_at, canal_ends, canal_name, clear_of_canals};
pub use ellipse::{Ellipse, PortInEllipse};
pub use land::{Land, bundled_coast};
pub use land_rings::BadWaterData;
pub use patch::Patch;
pub use ports::PortIndex;
pub use radius::{LEAVE_FACTOR, LONGEST_RADIUS_M, PortRadiusConfig, RadiusError};
pub use reach_area::{Polygons, ReachAreas};
pub use sea_build::{SeaGraphAccount, build_sea_graph};
pub use sea_link::LONGEST_LINK_M;
pub use sea_passage::{Passage, PassageKind};
pub use sea_ways::{SeaWay, SeaWays, UnknownPassage, WayLength};
pub use search::{MatchKind, PortMatch, PortSearch, PortSuggestion, SuggestionReason};
