//! GNSS interference: several vessels that were in one area are shown at about one other place, or about
//! one circle, at about the same time. One vessel's jump may be anything; several vessels' jump together
//! is the work of a jammer or a spoofer.
//!
//! Sources: jumps of more than 5 km where several vessels share where from and where to (`SeaSpoofFinder`,
//! arXiv 2602.16257); zones of at least 3 vessels within 2 hours (`RadianceFleet`). Known
//! limit: vessels that are each displaced by the same distance, and so not to one place, make no zone.

use crate::ConfigError;
use crate::Displacement;
use crate::config::within;
use landfall_track::{InterferenceZone, Position, Timestamp, distance_m, least_distance_m};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// When displaced reports are interference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InterferenceConfig {
    /// So many vessels must be displaced together.
    pub vessels: u32,
    /// Reports displaced by less are no interference, in kilometres.
    pub least_km: f64,
    /// Displacements no farther apart in time are one, in hours.
    pub together_h: f64,
    /// Vessels no farther apart where they truly were are in one area, in kilometres.
    pub from_km: f64,
    /// Places no farther apart are one place, or lie about one circle, in kilometres.
    pub shown_km: f64,
}

impl Default for InterferenceConfig {
    fn default() -> Self {
        Self {
            // RadianceFleet: 3 vessels, 2 hours.
            vessels: 3,
            together_h: 2.0,
            // Farther than RadianceFleet's 0.5 degrees, since here all are shown at one place: the
            // radio horizon of an aircraft at 10 km is some 400 km off, and no transmitter reaches
            // farther at the sea's level.
            from_km: 400.0,
            // SeaSpoofFinder: jumps over 5 km.
            least_km: 5.0,
            // Circles in which spoofed positions go are up to some kilometres wide (fewer than 0.02
            // degrees); an airport and the sea off it.
            shown_km: 20.0,
        }
    }
}

impl InterferenceConfig {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        within("interference.vessels", f64::from(self.vessels), 2.0, 1000.0)?;
        within("interference.least_km", self.least_km, 0.1, 1000.0)?;
        within("interference.together_h", self.together_h, 0.0, 168.0)?;
        within("interference.from_km", self.from_km, 1.0, 2000.0)?;
        within("interference.shown_km", self.shown_km, 0.1, 2000.0)
    }
}

/// A vessel's displacement: the vessel by its place among all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DisplacedVessel {
    /// The vessel's number; what it counts is the caller's.
    pub vessel: u32,
    /// When, from where and to where.
    pub displacement: Displacement,
}

/// What displacements of several vessels have in common: zones, and which displacements are in one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Interference {
    /// In the order in which they began.
    pub zones: Vec<InterferenceZone>,
    /// Vessel, first and last time of every displacement in a zone; in order.
    within: Vec<(u32, Timestamp, Timestamp)>,
}

/// Of more displacements at about one time, each is compared with so many before it.
const COMPARED: usize = 2_000;

impl Interference {
    /// Finds the zones among the displacements of all vessels, in whatever order they are given.
    /// `name` gives a vessel's id in outputs.
    pub fn find(
        mut all: Vec<DisplacedVessel>,
        config: &InterferenceConfig,
        name: impl Fn(u32) -> String,
    ) -> Self {
        all.retain(|it| {
            let step = &it.displacement;
            distance_m(step.from, step.first.position) >= config.least_km * 1000.0
        });
        all.sort_by_key(|it| {
            let step = &it.displacement;
            (
                step.first.time,
                it.vessel,
                step.last.time,
                step.first.position,
            )
        });
        let mut groups = Groups::new(all.len());
        for later in 0..all.len() {
            for earlier in (later.saturating_sub(COMPARED)..later).rev() {
                if are_together(&all[earlier].displacement, &all[later].displacement, config) {
                    groups.join(earlier, later);
                }
            }
        }
        let mut found = Self::default();
        for members in groups.into_members() {
            let members: Vec<&DisplacedVessel> = members.iter().map(|at| &all[*at]).collect();
            let vessels: BTreeSet<u32> = members.iter().map(|it| it.vessel).collect();
            if vessels.len() < config.vessels as usize {
                continue;
            }
            found.within.extend(members.iter().map(|it| {
                let step = &it.displacement;
                (it.vessel, step.first.time, step.last.time)
            }));
            found
                .zones
                .push(zone(&members, vessels.into_iter().map(&name).collect()));
        }
        found.within.sort_unstable();
        found
    }

    /// Whether a vessel's report of a time was displaced by interference.
    pub fn holds(&self, vessel: u32, time: Timestamp) -> bool {
        let first = self.within.partition_point(|(it, ..)| *it < vessel);
        self.within[first..]
            .iter()
            .take_while(|(it, from, _)| *it == vessel && *from <= time)
            .any(|(_, _, to)| *to >= time)
    }
}

fn are_together(a: &Displacement, b: &Displacement, config: &InterferenceConfig) -> bool {
    let apart_h =
        (a.first.time.hours_since(b.last.time)).max(b.first.time.hours_since(a.last.time));
    let near = |a: Position, b: Position, km: f64| {
        least_distance_m(a, b) <= km * 1000.0 && distance_m(a, b) <= km * 1000.0
    };
    apart_h <= config.together_h
        && near(a.from, b.from, config.from_km)
        && near(a.first.position, b.first.position, config.shown_km)
}

fn zone(members: &[&DisplacedVessel], mut vessels: Vec<String>) -> InterferenceZone {
    vessels.sort();
    vessels.dedup();
    let first = members[0].displacement;
    let shown: Vec<Position> = members
        .iter()
        .flat_map(|it| {
            [
                it.displacement.first.position,
                it.displacement.last.position,
            ]
        })
        .collect();
    let shown_at = middle(&shown);
    let from = members.iter().map(|it| it.displacement.first.time).min();
    let to = members.iter().map(|it| it.displacement.last.time).max();
    InterferenceZone {
        area: ring_around(
            &members
                .iter()
                .map(|it| it.displacement.from)
                .collect::<Vec<_>>(),
        ),
        shown_at,
        shown_radius_m: shown
            .iter()
            .map(|position| distance_m(shown_at, *position))
            .fold(0.0, f64::max),
        from: from.unwrap_or(first.first.time),
        to: to.unwrap_or(first.last.time),
        vessels,
        reports: members.iter().map(|it| it.displacement.reports).sum(),
    }
}

/// The mean of some positions that lie near one another.
fn middle(positions: &[Position]) -> Position {
    let Some(first) = positions.first() else {
        return Position::default();
    };
    let count = positions.len().cast_signed() as i64;
    let north_e7: i64 = positions.iter().map(|it| i64::from(it.lat_e7)).sum();
    let east_e7: i64 = positions
        .iter()
        .map(|it| first.lon_difference_e7(*it))
        .sum();
    Position {
        lat_e7: (north_e7 / count) as i32,
        lon_e7: Position::wrapped_lon_e7(i64::from(first.lon_e7) + east_e7 / count),
    }
}

/// The convex ring around some positions (Andrew's monotone chain); by longitudes counted from the
/// first, so that the antimeridian is none. Positions on one line have a ring without extent.
fn ring_around(positions: &[Position]) -> Vec<Position> {
    let Some(origin) = positions.first() else {
        return Vec::new();
    };
    let mut points: Vec<(i64, i64)> = positions
        .iter()
        .map(|it| (origin.lon_difference_e7(*it), i64::from(it.lat_e7)))
        .collect();
    points.sort_unstable();
    points.dedup();
    let half = |points: &mut dyn Iterator<Item = (i64, i64)>| {
        let mut chain: Vec<(i64, i64)> = Vec::new();
        for point in points {
            while let [.., a, b] = chain[..]
                && i128::from(b.0 - a.0) * i128::from(point.1 - a.1)
                    <= i128::from(b.1 - a.1) * i128::from(point.0 - a.0)
            {
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut ring = half(&mut points.iter().copied());
    ring.extend(half(&mut points.iter().rev().copied()));
    ring.into_iter()
        .map(|(east_e7, lat_e7)| Position {
            lat_e7: lat_e7 as i32,
            lon_e7: Position::wrapped_lon_e7(i64::from(origin.lon_e7) + east_e7),
        })
        .collect()
}

/// Which displacements belong together (a union-find).
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, of: usize) -> usize {
        let mut root = of;
        while self.0[root] != root {
            self.0[root] = self.0[self.0[root]];
            root = self.0[root];
        }
        root
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        // The earlier one stands for both, so that groups come in the order of their first.
        self.0[a.max(b)] = a.min(b);
    }

    /// The members of each group, groups and members in order.
    fn into_members(mut self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.0.len()];
        for number in 0..self.0.len() {
            let root = self.root(number);
            members[root].push(number);
        }
        members.retain(|group| !group.is_empty());
        members
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{LonLat, ReportRef, SourceRow};

    fn at(lon: f64, lat: f64) -> Position {
        Position::from_degrees(LonLat { lon, lat }).unwrap()
    }

    /// A vessel's displacement for an hour.
    fn displaced(vessel: u32, minute: i64, from: (f64, f64), to: (f64, f64)) -> DisplacedVessel {
        let report = |minute: i64| ReportRef {
            time: Timestamp::from_seconds(minute * 60).unwrap(),
            position: at(to.0, to.1),
            source: SourceRow::default(),
        };
        DisplacedVessel {
            vessel,
            displacement: Displacement {
                from: at(from.0, from.1),
                first: report(minute),
                last: report(minute + 60),
                reports: 10,
            },
        }
    }

    fn find(all: Vec<DisplacedVessel>) -> Interference {
        Interference::find(all, &InterferenceConfig::default(), |vessel| {
            vessel.to_string()
        })
    }

    #[test]
    fn three_vessels_shown_at_one_airport_are_a_zone_in_whatever_order() {
        let mut all = vec![
            displaced(1, 0, (26.5, 59.8), (30.26, 59.8)),
            displaced(2, 10, (26.7, 59.9), (30.27, 59.81)),
            displaced(5, 95, (26.6, 59.7), (30.26, 59.79)),
        ];
        let found = find(all.clone());
        assert_eq!(found.zones.len(), 1);
        let zone = &found.zones[0];
        assert_eq!(
            (zone.vessels.join(" "), zone.reports),
            ("1 2 5".to_owned(), 30)
        );
        assert_eq!(zone.area.len(), 3);
        assert!(zone.shown_radius_m < 2_000.0);
        let minute = |minute: i64| Timestamp::from_seconds(minute * 60).unwrap();
        assert!(found.holds(2, minute(10)) && found.holds(2, minute(70)));
        assert!(!found.holds(2, minute(71)) && !found.holds(3, minute(30)));
        all.reverse();
        assert_eq!(find(all), found);
    }

    #[test]
    fn two_vessels_or_three_with_nothing_in_common_are_none() {
        let one = displaced(1, 0, (26.5, 59.8), (30.26, 59.8));
        let other = displaced(2, 10, (26.7, 59.9), (30.27, 59.81));
        assert!(
            find(vec![
                one,
                other,
                displaced(2, 80, (26.7, 59.9), (30.27, 59.81))
            ])
            .zones
            .is_empty()
        );
        for third in [
            displaced(3, 600, (26.6, 59.7), (30.26, 59.79)),
            displaced(3, 0, (10.0, 59.7), (30.26, 59.79)),
            displaced(3, 0, (26.6, 59.7), (35.0, 59.79)),
            displaced(3, 0, (30.25, 59.78), (30.26, 59.79)),
        ] {
            assert!(find(vec![one, other, third]).zones.is_empty());
        }
    }

    #[test]
    fn a_zone_across_the_antimeridian_has_its_ring_there() {
        let found = find(vec![
            displaced(1, 0, (179.9, 10.0), (175.0, 10.0)),
            displaced(2, 0, (-179.9, 10.0), (175.0, 10.0)),
            displaced(3, 0, (180.0, 10.2), (175.0, 10.0)),
        ]);
        let mut ring: Vec<(i32, i32)> = found.zones[0]
            .area
            .iter()
            .map(|it| (it.lon_e7 / 1_000_000, it.lat_e7 / 1_000_000))
            .collect();
        ring.sort_unstable();
        assert_eq!(ring, [(-1800, 102), (-1799, 100), (1799, 100)]);
    }
}
