//! What detection says of one id, hull by hull, in order.

use crate::flagged::Flagged;
use crate::verdict::Verdicts;
use crate::vertices::Vertices;
use landfall_events::Displacement;
use landfall_track::{Gap, Hull, Leg, MmsiClass, PortCall, Stop, Transit, VesselId};

/// Everything detection says of one hull.
#[derive(Debug, Default)]
pub(crate) struct HullEvents {
    pub(crate) vertices: Vertices,
    pub(crate) calls: Vec<PortCall>,
    pub(crate) stops: Vec<Stop>,
    pub(crate) transits: Vec<Transit>,
    pub(crate) legs: Vec<Leg>,
    pub(crate) gaps: Vec<Gap>,
}

/// Everything detection says of one id.
#[derive(Debug, Default)]
pub(crate) struct VesselEvents {
    /// In the order in which they were told apart; a hull that goes on from an earlier one stands under
    /// that one's name.
    pub(crate) hulls: Vec<(Hull, HullEvents)>,
    pub(crate) flagged: Flagged,
    pub(crate) verdicts: Verdicts,
    /// When and where positions were false for a time.
    pub(crate) displaced: Vec<Displacement>,
}

impl VesselEvents {
    /// Whether several vessels sent under the id.
    pub(crate) fn has_several_hulls(&self) -> bool {
        self.hulls.iter().any(|(hull, _)| hull.number > 0)
    }
}

/// Whether an id is by its number no vessel's but a station's: a base station, an aid to navigation,
/// an aircraft. Its reports are counted and listed, and no port calls sought in them.
pub(crate) fn is_station_number(id: &VesselId) -> bool {
    id.mmsi().is_some_and(|mmsi| {
        let class = mmsi.class();
        class.is_fixed() || class == MmsiClass::SarAircraft
    })
}
