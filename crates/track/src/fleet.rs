//! What several vessels' data show together.

use crate::{Imo, Position, ReportRef, Timestamp, VesselId};
use serde::{Deserialize, Serialize};

/// A time in which nobody was heard, longer than the feed's own pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// The end of the last minute in which anybody was heard.
    pub from: Timestamp,
    /// The begin of the next one.
    pub to: Timestamp,
    /// Vessels heard both shortly before and shortly after.
    pub vessels: u64,
}

/// What two ids have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkBasis {
    /// An IMO number with a right check digit.
    Imo(Option<Imo>),
    /// Call sign and name, in capitals.
    CallSignAndName {
        /// The call sign.
        call_sign: String,
        /// The name.
        name: String,
    },
}

/// Two ids that are one ship: the second begins where and when the first ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IdentityLink {
    /// The id that ends.
    pub from: VesselId,
    /// The id that continues it.
    pub to: VesselId,
    /// What both sent of themselves.
    pub basis: LinkBasis,
    /// The first id's last report.
    pub ended: ReportRef,
    /// The second id's first report.
    pub began: ReportRef,
    /// How far apart the two are, in metres.
    pub distance_m: f64,
}

/// An id that ends where and when several others begin, or that ends beside another one, so that nobody
/// can say which of them is the same ship.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmbiguousLink {
    /// The id that ends.
    pub from: VesselId,
    /// The ids that send the same.
    pub to: Vec<VesselId>,
    /// What all sent of themselves.
    pub basis: LinkBasis,
}

/// A zone of GNSS interference: several vessels that were in one area were shown at about one place,
/// or about one circle, at about the same time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InterferenceZone {
    /// Around where the vessels truly were: a ring in either direction, open or closed. Empty, or
    /// without extent, if that is not known.
    pub area: Vec<Position>,
    /// The middle of where they were shown.
    pub shown_at: Position,
    /// How far from `shown_at` they were shown, in metres.
    pub shown_radius_m: f64,
    /// The first displaced report's time.
    pub from: Timestamp,
    /// The last one's.
    pub to: Timestamp,
    /// The vessels' ids in outputs, in order, each once.
    pub vessels: Vec<String>,
    /// Displaced reports of all of them.
    pub reports: u64,
}

impl InterferenceZone {
    /// The middle of the box around `area`, by the shorter way across the antimeridian; `None` if there
    /// is no area.
    pub fn centre(&self) -> Option<Position> {
        let first = *self.area.first()?;
        let east = |position: &Position| first.lon_difference_e7(*position);
        let north = |position: &Position| i64::from(position.lat_e7);
        let (west, east) = bounds(self.area.iter().map(east))?;
        let (south, north) = bounds(self.area.iter().map(north))?;
        let lon_e7 = i64::from(first.lon_e7) + i64::midpoint(west, east);
        Some(Position {
            lat_e7: i64::midpoint(south, north) as i32,
            lon_e7: ((lon_e7 + 1_800_000_000).rem_euclid(3_600_000_000) - 1_800_000_000) as i32,
        })
    }
}

fn bounds(values: impl Iterator<Item = i64> + Clone) -> Option<(i64, i64)> {
    Some((values.clone().min()?, values.max()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LonLat;

    #[test]
    fn the_centre_of_a_zone_across_the_antimeridian_is_in_it() {
        let at = |lon, lat| Position::from_degrees(LonLat { lon, lat }).unwrap();
        let mut zone = InterferenceZone {
            area: vec![at(179.0, 10.0), at(-179.5, 10.0), at(-179.0, 14.0)],
            shown_at: at(0.0, 0.0),
            shown_radius_m: 100.0,
            from: Timestamp::default(),
            to: Timestamp::default(),
            vessels: Vec::new(),
            reports: 0,
        };
        assert_eq!(zone.centre(), Some(at(-180.0, 12.0)));
        zone.area.clear();
        assert_eq!(zone.centre(), None);
    }
}
