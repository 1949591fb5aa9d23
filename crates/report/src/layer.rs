//! A layer is all features of one kind: one file, one set of properties.

use std::fmt;

/// One of the layers of an output folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Port calls: stays in port of confidence 2 and more. Points.
    PortCalls,
    /// Passages: a port's radius crossed without a stop, confidence 1. Points.
    Passages,
    /// Stops, in port or not: times in which a vessel stayed about one place or was carried along. Points.
    Stops,
    /// Ways through a canal from end to end. Points, where the vessel came out.
    Transits,
    /// The way from one port call to the next. Lines.
    Voyages,
    /// What was sailed before the first call, after the last, or without any. Lines.
    Tracks,
    /// Silences, as straight lines that nobody saw sailed.
    Gaps,
    /// Port calls inferred in gaps. Points, at the port.
    DarkCalls,
    /// Legs with a dark call at one end or both: the observed part and the inferred ones apart.
    /// Lines.
    DarkLegs,
    /// Sightings with what each came to. Points, or the outline where one was given.
    Sightings,
    /// Where a vessel could have been in a gap. Areas.
    Reach,
    /// Where GNSS interference displaced the reports of several vessels. Areas.
    Interference,
    /// Berths and anchorages: where several vessels were seen to lie. Areas.
    Places,
}

impl Layer {
    /// Every layer, in the order in which they are listed.
    pub const ALL: [Self; 13] = [
        Self::PortCalls,
        Self::Passages,
        Self::Stops,
        Self::Transits,
        Self::Voyages,
        Self::Tracks,
        Self::Gaps,
        Self::DarkCalls,
        Self::DarkLegs,
        Self::Sightings,
        Self::Reach,
        Self::Interference,
        Self::Places,
    ];

    /// The layer's name, which is its file's, such as `port_calls`.
    pub fn name(self) -> &'static str {
        match self {
            Self::PortCalls => "port_calls",
            Self::Passages => "passages",
            Self::Stops => "stops",
            Self::Transits => "transits",
            Self::Voyages => "voyages",
            Self::Tracks => "tracks",
            Self::Gaps => "gaps",
            Self::DarkCalls => "dark_calls",
            Self::DarkLegs => "dark_legs",
            Self::Sightings => "sightings",
            Self::Reach => "reach",
            Self::Interference => "interference",
            Self::Places => "places",
        }
    }

    /// What one feature of it is, such as `port_call`.
    pub fn kind(self) -> &'static str {
        match self {
            Self::PortCalls => "port_call",
            Self::Passages => "passage",
            Self::Stops => "stop",
            Self::Transits => "transit",
            Self::Voyages => "voyage",
            Self::Tracks => "track",
            Self::Gaps => "gap",
            Self::DarkCalls => "dark_call",
            Self::DarkLegs => "dark_leg",
            Self::Sightings => "sighting",
            Self::Reach => "reach",
            Self::Interference => "interference",
            Self::Places => "place",
        }
    }
}

impl Layer {
    /// The layer's name for people.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::PortCalls => "Port calls",
            Self::Passages => "Passages",
            Self::Stops => "Stops",
            Self::Transits => "Transits",
            Self::Voyages => "Voyages",
            Self::Tracks => "Tracks",
            Self::Gaps => "Gaps",
            Self::DarkCalls => "Dark calls",
            Self::DarkLegs => "Dark legs",
            Self::Sightings => "Sightings",
            Self::Reach => "Reach areas",
            Self::Interference => "Interference",
            Self::Places => "Places",
        }
    }

    /// The properties between which a feature lies in time, for what shows layers by time. Without a
    /// value the span is open there. `None` for what is at all times.
    pub(crate) fn span(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::Places => return None,
            Self::PortCalls
            | Self::Passages
            | Self::Stops
            | Self::Transits
            | Self::Voyages
            | Self::Tracks => ("first_report", "last_report"),
            Self::Gaps | Self::Reach => ("start", "end"),
            Self::DarkCalls => ("arrival_earliest", "departure_latest"),
            Self::DarkLegs => ("departure_earliest", "arrival_latest"),
            Self::Sightings | Self::Interference => ("time_from", "time_to"),
        })
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
