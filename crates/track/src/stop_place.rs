//! A place is where vessels were seen to lie: a berth, or an anchorage.

use crate::{PortDistance, PortIx, Position};
use serde::{Deserialize, Serialize};

/// How vessels lie at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// Alongside.
    Berth,
    /// At anchor.
    Anchorage,
}

impl PlaceKind {
    /// The word used in outputs, such as `anchorage`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Berth => "berth",
            Self::Anchorage => "anchorage",
        }
    }

    /// The other kind.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Berth => Self::Anchorage,
            Self::Anchorage => Self::Berth,
        }
    }
}

/// A place where several vessels were seen to lie.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StopPlace {
    /// How they lie there.
    pub kind: PlaceKind,
    /// Its name, such as `place near Vlissingen, 6.4 km`.
    pub name: String,
    /// The mean of the stops' positions.
    pub position: Position,
    /// The ring around the stops, open; who stops within it stops at the place.
    pub outline: Vec<Position>,
    /// From `position` to the farthest stop, in metres.
    pub extent_m: f64,
    /// How many vessels stopped there; of a place that was given, how many are known at least.
    pub vessels: u32,
    /// How many stops they made.
    pub stops: u64,
    /// Hours that all stops lasted together.
    pub hours: f64,
    /// The port of the table that it belongs to; `None` if to none.
    pub port: Option<PortIx>,
    /// The nearest port of the table; `None` if the table is empty.
    pub nearest_port: Option<PortDistance>,
    /// Whether it was given to the run; otherwise the run's own stops show it.
    pub given: bool,
}

impl StopPlace {
    /// What the place is called in the ids of features: its kind and where it is, such as
    /// `berth:51.3962,3.5661`.
    pub fn key(&self) -> String {
        let at = self.position.degrees();
        format!("{}:{:.4},{:.4}", self.kind.as_str(), at.lat, at.lon)
    }

    /// Counts another place's stops to this one. Its vessels may be the same ones.
    pub fn add_stops_of(&mut self, other: &Self) {
        self.stops += other.stops;
        self.hours += other.hours;
        self.vessels = self.vessels.max(other.vessels);
    }
}

/// A place's number in the run's list of places; the first is 0.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct PlaceIx(pub u32);
