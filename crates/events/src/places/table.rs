//! The table of a run's places: which one a stop is at, and at which port a vessel calls there.

use super::cluster::{Outlines, area_of};
use crate::port_call::Geography;
use landfall_spatial_index::{PortIndex, PortRadiusConfig};
use landfall_track::{
    Place, PlaceIx, PlaceKind, Port, PortIx, Position, Stop, StopKind, StopPlace,
};

/// A place goes on from one that is no farther off than this, from edge to edge, in metres: so far from an
/// anchorage point Global Fishing Watch's pipe-anchorages has a vessel in port.
const GOES_ON_M: f64 = 3_000.0;
/// No place of a port is farther from its point than this, in metres: the roads of Suez reach 25 km from the canal's mouth.
const FARTHEST_M: f64 = 25_000.0;

/// A run's places.
pub struct StopPlaces {
    places: Vec<StopPlace>,
    outlines: Outlines,
    /// Of each place the port at which a vessel calls there: one of the table, or behind these one of its own.
    ports: Vec<PortIx>,
    /// Those that belong to no port of the table.
    unlisted: Vec<PlaceIx>,
}

impl std::fmt::Debug for StopPlaces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StopPlaces")
            .field("places", &self.places.len())
            .field("unlisted", &self.unlisted.len())
            .finish_non_exhaustive()
    }
}

impl StopPlaces {
    /// Gives each place to its port, and names those that have no name.
    ///
    /// A place is the port's in whose radius its middle lies: of several the nearest relative to radius from which no
    /// wide water parts a berth. An anchorage outside every radius is the port's to whose berths most vessels went on
    /// from it. Other places go on from those of a port. Up to 25 km from a port places may be its own. The port of a place
    /// that was given stays.
    pub fn new(mut places: Vec<StopPlace>, geography: Geography<'_>) -> Self {
        let ports = geography.ports;
        for place in &mut places {
            let entered = ports.entered_of(place.position, |port| {
                !is_across_water(place, port, geography)
            });
            let given = place.port.filter(|_| place.given);
            let near = |port: &PortIx| ports.distance_m(*port, place.position) <= FARTHEST_M;
            place.port = given
                .or(entered.map(|entered| entered.port))
                .or(place.port.filter(near));
            place.nearest_port = ports.nearest(place.position);
        }
        go_on(&mut places, geography);
        let listed = ports.ports().len() as u32;
        let mut unlisted = Vec::new();
        let mut called = Vec::with_capacity(places.len());
        for (number, place) in (0..).zip(&mut places) {
            if place.name.is_empty() {
                place.name = name(place, ports);
            }
            called.push(place.port.unwrap_or_else(|| {
                unlisted.push(PlaceIx(number));
                PortIx(listed + unlisted.len() as u32 - 1)
            }));
        }
        Self {
            outlines: Outlines::new(&places.iter()),
            places,
            ports: called,
            unlisted,
        }
    }

    /// Every place.
    pub fn places(&self) -> &[StopPlace] {
        &self.places
    }

    /// The places that belong to no port of the table, as ports behind it.
    pub fn unlisted_ports(&self) -> Vec<Port> {
        let places = self.unlisted.iter().map(|ix| &self.places[ix.0 as usize]);
        places.map(area_of).collect()
    }

    /// The kind of the places that hold a position; `None` if there are none, or of both kinds.
    pub(crate) fn only_kind_at(&self, position: Position) -> Option<PlaceKind> {
        let holds = |kind| self.outlines.holding(kind, position).is_some();
        match (holds(PlaceKind::Berth), holds(PlaceKind::Anchorage)) {
            (true, false) => Some(PlaceKind::Berth),
            (false, true) => Some(PlaceKind::Anchorage),
            _ => None,
        }
    }

    /// The place at which a vessel stopped, and the port at which it called there: a berth if it lay alongside, an
    /// anchorage if at anchor. Whoever is taken to lie at anchor where others lie alongside is at the berth.
    pub(crate) fn at(&self, stop: &Stop) -> Option<(PlaceIx, PortIx)> {
        let (first, second) = match stop.kind {
            StopKind::Alongside => (PlaceKind::Berth, None),
            StopKind::Anchored => (PlaceKind::Anchorage, Some(PlaceKind::Berth)),
            StopKind::Unknown => (PlaceKind::Berth, Some(PlaceKind::Anchorage)),
            StopKind::Drifting | StopKind::AgroundOrWaiting => return None,
        };
        let holding = |kind| self.outlines.holding(kind, stop.position);
        let number = holding(first).or_else(|| second.and_then(holding))?;
        Some((PlaceIx(number as u32), self.ports[number]))
    }
}

/// Whether wide water lies between a berth and a port's place.
fn is_across_water(place: &StopPlace, port: PortIx, geography: Geography<'_>) -> bool {
    place.kind == PlaceKind::Berth && geography.is_across_water(place.position, port)
}

/// Gives places that no radius holds to the port whose places they go on from, the nearest first.
fn go_on(places: &mut [StopPlace], geography: Geography<'_>) {
    let points = places.iter().map(|place| Port {
        place: Place::Points(vec![place.position]),
        ..area_of(place)
    });
    let index = PortIndex::new(points.collect(), &PortRadiusConfig::default());
    let longest_m = places
        .iter()
        .map(|place| place.extent_m)
        .fold(0.0, f64::max);
    let mut grown: Vec<usize> = (0..places.len())
        .filter(|number| places[*number].port.is_some())
        .collect();
    while !grown.is_empty() {
        // Each with the place that it goes on from, and how far off that is.
        let mut found: Vec<(f64, usize, usize)> = Vec::new();
        for from in grown {
            let place = &places[from];
            let within_m = GOES_ON_M + place.extent_m + longest_m;
            for near in index.near(place.position, within_m) {
                let to = near.port.0 as usize;
                let other = &places[to];
                let edge_m = near.distance_m - place.extent_m - other.extent_m;
                if other.port.is_none() && edge_m <= GOES_ON_M && may_go_on(place, other, geography)
                {
                    found.push((edge_m, from, to));
                }
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        grown = Vec::new();
        for (_, from, to) in found {
            if places[to].port.is_none() {
                places[to].port = places[from].port;
                grown.push(to);
            }
        }
    }
}

/// Whether a place may be of the same port as another.
fn may_go_on(place: &StopPlace, other: &StopPlace, geography: Geography<'_>) -> bool {
    let Some(port) = place.port else {
        return false;
    };
    let is_berth = other.kind == PlaceKind::Berth;
    geography.ports.distance_m(port, other.position) <= FARTHEST_M
        && !(is_berth && geography.has_wide_water(place.position, other.position))
}

/// What a place is called that has no name: by its port, or by the port that is nearest.
fn name(place: &StopPlace, ports: &PortIndex) -> String {
    let km = |distance_m: f64| distance_m / 1_000.0;
    match (place.port, place.nearest_port) {
        (Some(port), _) => {
            let distance_km = km(ports.distance_m(port, place.position));
            let name = &ports.port(port).name;
            format!("{} of {name}, {distance_km:.1} km", place.kind.as_str())
        }
        (None, Some(near)) => {
            let name = &ports.port(near.port).name;
            format!("place near {name}, {:.1} km", km(near.distance_m))
        }
        (None, None) => {
            let at = place.position.degrees();
            format!("place at {:.4}, {:.4}", at.lat, at.lon)
        }
    }
}
