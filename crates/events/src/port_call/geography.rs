//! What stops are seen against: ports, places and the coast.

use crate::places::StopPlaces;
use crate::stop::Surroundings;
use landfall_spatial_index::{Land, PortIndex, canal_at};
use landfall_track::{PortIx, Position, Stop, StopKind, distance_m};

/// In a canal a vessel calls only within this distance of a port's place, in metres: so far from an
/// anchorage point Global Fishing Watch's pipe-anchorages has a vessel in port.
const AT_PORT_M: f64 = 3_000.0;
/// Farther than this from the coast a vessel lies at no berth, in metres: the coast is true to about a
/// kilometre, and long piers reach as far again.
const OFF_COAST_M: f64 = 2_500.0;
const COAST_ERROR_M: f64 = 1_000.0;
/// So near to a port's place a vessel may lie at a berth, in metres: most places are given to a minute of arc.
const PORT_ERROR_M: f64 = 2_000.0;
/// A berth with so much water between it and a port's place, from shore to shore, is not that port's, in
/// metres. Of the berths of 24 ports that were looked at the most is 1.3 km; across the Western Scheldt from Vlissingen
/// it is 5.1 km, across the bay from Brest 9.2 km.
const WIDE_WATER_M: f64 = 3_000.0;
/// An end of the way that is so near to the coast stands on it, in metres.
const SHORE_M: f64 = 300.0;

/// What stops are seen against.
#[derive(Clone, Copy, Debug)]
pub struct Geography<'a> {
    /// The ports.
    pub ports: &'a PortIndex,
    /// The places that all vessels' stops show, once they are known.
    pub places: Option<&'a StopPlaces>,
    /// The land; without it every stop counts as one at the coast, and no water as wide.
    pub land: Option<&'a Land>,
}

impl Geography<'_> {
    /// Where a stop was, of which the nearest port is known.
    pub(super) fn surroundings(self, stop: &Stop) -> Surroundings {
        let position = stop.position;
        let port_m = (stop.nearest_port).map_or(f64::INFINITY, |nearest| nearest.distance_m);
        if canal_at(position).is_some() && port_m > AT_PORT_M {
            return Surroundings::Canal;
        }
        let land = self.land.filter(|_| !is_coarse(stop));
        let Some(land) = land.filter(|land| !land.is_land(position)) else {
            return Surroundings::Shore;
        };
        // An island may be too small for the coast as we have it.
        match land.distance_to_coast_m(position, OFF_COAST_M) {
            _ if self.is_at_port(position) => Surroundings::Shore,
            Some(off_m) if off_m <= COAST_ERROR_M => Surroundings::Shore,
            Some(_) => Surroundings::Coast,
            None => Surroundings::OpenWater,
        }
    }

    /// Whether a position is about where a port's place may be. Where UN/LOCODE's ports are, there is a coast
    /// already: they were taken for lying at one.
    fn is_at_port(self, position: Position) -> bool {
        let nearest = self.ports.nearest_of_weight(position);
        nearest.is_some_and(|nearest| nearest.distance_m <= PORT_ERROR_M)
    }

    /// Whether a stop lies across wide water from a port: that is the other shore's, then. Only a berth is on a
    /// shore.
    pub(super) fn lies_across_water(self, stop: &Stop, port: PortIx) -> bool {
        stop.kind == StopKind::Alongside
            && !is_coarse(stop)
            && self.is_across_water(stop.position, port)
    }

    /// Whether wide water lies between a berth and a port's place: an estuary or a bay.
    pub(crate) fn is_across_water(self, berth: Position, port: PortIx) -> bool {
        let place = self.ports.port(port).place.nearest(berth);
        place.is_some_and(|place| self.has_wide_water(berth, place))
    }

    /// Whether wide water lies between two places at the coast, from shore to shore.
    pub(crate) fn has_wide_water(self, one: Position, other: Position) -> bool {
        self.land.is_some_and(|land| {
            distance_m(one, other) > WIDE_WATER_M
                && land.widest_water_m(one, other, SHORE_M) > WIDE_WATER_M
        })
    }
}

/// Whether a stop's positions are too coarse to be held against the coast.
fn is_coarse(stop: &Stop) -> bool {
    stop.evidence.cell_m > COAST_ERROR_M / 2.0
}
