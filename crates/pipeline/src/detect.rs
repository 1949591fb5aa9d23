//! What detection says of one id, hull by hull, in order.

use crate::flagged::Flagged;
use crate::vertices::Vertices;
use landfall_track::{Gap, Hull, Leg, MmsiClass, PortCall, Stop, VesselId};
use std::collections::BTreeMap;

/// Everything detection says of one hull.
#[derive(Debug, Default)]
pub(crate) struct HullEvents {
    pub(crate) vertices: Vertices,
    pub(crate) calls: Vec<PortCall>,
    pub(crate) stops: Vec<Stop>,
    pub(crate) legs: Vec<Leg>,
    pub(crate) gaps: Vec<Gap>,
}

/// Everything detection says of one id.
#[derive(Debug, Default)]
pub(crate) struct VesselEvents {
    pub(crate) hulls: BTreeMap<Hull, HullEvents>,
    pub(crate) flagged: Flagged,
}

/// Whether an id is by its number no vessel's but a station's: a base station, an aid to navigation,
/// an aircraft. Its reports are counted and listed, and no port calls sought in them.
pub(crate) fn is_station_number(id: &VesselId) -> bool {
    id.mmsi().is_some_and(|mmsi| {
        let class = mmsi.class();
        class.is_fixed() || class == MmsiClass::SarAircraft
    })
}
