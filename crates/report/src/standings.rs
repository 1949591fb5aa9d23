//! Standings are what stands at the top of a run's tables: the busiest ports, the vessels silent
//! longest, the legs sailed most, dark calls by vessel and port.

use crate::Top;
use landfall_track::{PortIx, Timestamp};
use std::cmp::{Ordering, Reverse};

/// What stands at the top of each table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standings {
    /// Ports with a call or a passage, those with most calls first.
    pub ports: Top<PortStanding>,
    /// Vessels with a silence that nothing explains, those with most dark hours first.
    pub silent: Top<SilentVessel>,
    /// Pairs of ports with a voyage between, those with most voyages first.
    pub legs: Top<LegStanding>,
    /// Vessels and ports with a dark call, the best borne out first.
    pub dark: Top<DarkStanding>,
}

/// How busy one port was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortStanding {
    /// The port.
    pub port: PortIx,
    /// Its name, with its code if it has one.
    pub name: String,
    /// Port calls.
    pub calls: u64,
    /// Vessels that called.
    pub vessels: u64,
    /// Passages.
    pub passages: u64,
}

/// How long one vessel was silent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SilentVessel {
    /// Her id in all outputs.
    pub vessel_id: String,
    /// The name that she sent by her last gap.
    pub name: Option<String>,
    /// Silences that nothing explains, an open one too.
    pub gaps: u64,
    /// Gaps during which others were heard where she was.
    pub others_heard: u64,
    /// Milliseconds of dark hours: in those that ended, as far as nothing was received.
    pub silent_ms: u64,
    /// Milliseconds of the longest of them.
    pub longest_ms: u64,
    /// Her last report, if the data end in a gap.
    pub open_since: Option<Timestamp>,
}

/// How often a leg between two ports was sailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegStanding {
    /// The ports it leads from and to.
    pub ends: (PortIx, PortIx),
    /// The name of the first, with its code if it has one.
    pub origin: String,
    /// The name of the second.
    pub destination: String,
    /// Voyages.
    pub voyages: u64,
    /// Vessels that made them.
    pub vessels: u64,
    /// The median of their durations in minutes, right to within 3%.
    pub median_min: u64,
    /// The mean of their lengths in metres, gaps counted as straight lines.
    pub mean_m: u64,
}

/// The dark calls of one vessel at one port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DarkStanding {
    /// Her id in all outputs.
    pub vessel_id: String,
    /// Her name.
    pub name: Option<String>,
    /// The port.
    pub port: PortIx,
    /// Its name, with its code if it has one.
    pub port_name: String,
    /// How many there are of each grade, D1 to D4.
    pub by_grade: [u64; 4],
}

impl PortStanding {
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let key = |it: &Self| Reverse((it.calls, it.vessels, it.passages));
        key(self)
            .cmp(&key(other))
            .then_with(|| self.name.cmp(&other.name))
            .then_with(|| self.port.cmp(&other.port))
    }
}

impl SilentVessel {
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let key = |it: &Self| Reverse((it.silent_ms, it.gaps));
        key(self)
            .cmp(&key(other))
            .then_with(|| self.vessel_id.cmp(&other.vessel_id))
    }
}

impl LegStanding {
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let key = |it: &Self| Reverse((it.voyages, it.vessels));
        key(self)
            .cmp(&key(other))
            .then_with(|| self.origin.cmp(&other.origin))
            .then_with(|| self.destination.cmp(&other.destination))
            .then_with(|| self.ends.cmp(&other.ends))
    }
}

impl DarkStanding {
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let key = |it: &Self| {
            let [d1, d2, d3, d4] = it.by_grade;
            Reverse([d4, d3, d2, d1])
        };
        key(self)
            .cmp(&key(other))
            .then_with(|| self.vessel_id.cmp(&other.vessel_id))
            .then_with(|| self.port.cmp(&other.port))
    }
}
