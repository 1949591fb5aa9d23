//! The index against the plain way: measure the distance to every point of every port.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(
    clippy::float_cmp,
    reason = "the index measures as the oracle does, to the last bit"
)]

use landfall_spatial_index::{LEAVE_FACTOR, PortIndex, PortRadiusConfig};
use landfall_track::{LonLat, Place, Port, PortDistance, PortIx, PortSource, Position, distance_m};
use proptest::prelude::*;

fn port(points: Vec<Position>, radius_m: Option<f64>) -> Port {
    Port {
        name: "Test".to_owned(),
        locode: None,
        country: None,
        aliases: Vec::new(),
        other_codes: Vec::new(),
        place: Place::Points(points),
        harbor_size: None,
        radius_m,
        source: PortSource::User,
        precision_m: None,
    }
}

/// Brings a longitude and a latitude, given in degrees, back onto the globe over the antimeridian
/// and the poles.
fn at(lon: f64, lat: f64) -> Position {
    let (lon, lat) = if lat > 90.0 {
        (lon + 180.0, 180.0 - lat)
    } else if lat < -90.0 {
        (lon + 180.0, -180.0 - lat)
    } else {
        (lon, lat)
    };
    let lon = (lon + 180.0).rem_euclid(360.0) - 180.0;
    Position::from_degrees(LonLat { lon, lat }).unwrap()
}

/// Degrees of a place, more often than not near the antimeridian, a pole, a cell's edge.
fn place() -> impl Strategy<Value = (f64, f64)> {
    prop_oneof![
        (-180.0..180.0_f64, -90.0..90.0_f64),
        (179.5..180.5_f64, -80.0..80.0_f64),
        (-180.0..180.0_f64, 89.0..90.0_f64),
        (-180.0..180.0_f64, -90.0..-89.0_f64),
        (-180_i32..180, -80_i32..80).prop_map(|(lon, lat)| (f64::from(lon), f64::from(lat))),
        (-1.0..1.0_f64, -1.0..1.0_f64),
    ]
}

fn port_at_places() -> impl Strategy<Value = Port> {
    let radius = prop_oneof![Just(None), (100.0..200_000.0_f64).prop_map(Some)];
    let points = prop::collection::vec((-0.5..0.5_f64, -0.2..0.2_f64), 1..60);
    (place(), points, radius).prop_map(|((lon, lat), offsets, radius_m)| {
        let points = offsets
            .iter()
            .map(|(east, north)| at(lon + east, lat + north))
            .collect();
        port(points, radius_m)
    })
}

fn points(port: &Port) -> &[Position] {
    match &port.place {
        Place::Points(points) => points,
        Place::Polygons(_) => &[],
    }
}

/// Every port's distance, the plain way.
fn plain_distances(index: &PortIndex, position: Position) -> Vec<PortDistance> {
    let mut all: Vec<PortDistance> = index
        .ports()
        .iter()
        .enumerate()
        .map(|(number, port)| PortDistance {
            port: PortIx(number as u32),
            distance_m: points(port)
                .iter()
                .map(|point| distance_m(*point, position))
                .fold(f64::INFINITY, f64::min),
        })
        .collect();
    all.sort_by(|a, b| {
        a.distance_m
            .total_cmp(&b.distance_m)
            .then(a.port.cmp(&b.port))
    });
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_index_agrees_with_measuring_every_port(
        ports in prop::collection::vec(port_at_places(), 1..12),
        anywhere in prop::collection::vec(place(), 4),
        beside in prop::collection::vec((any::<prop::sample::Index>(), -2.0..2.0_f64, -1.0..1.0_f64), 12),
        within_m in prop_oneof![0.0..100_000.0_f64, 0.0..21_000_000.0_f64],
    ) {
        let beside: Vec<Position> = beside
            .iter()
            .map(|(port, east, north)| {
                let place = points(port.get(&ports))[0].degrees();
                at(place.lon + east, place.lat + north)
            })
            .collect();
        let index = PortIndex::new(ports, &PortRadiusConfig::default());
        for position in anywhere.iter().map(|(lon, lat)| at(*lon, lat.clamp(-90.0, 90.0))).chain(beside) {
            let plain = plain_distances(&index, position);
            prop_assert_eq!(index.nearest(position), plain.first().copied());
            let near: Vec<PortDistance> =
                plain.iter().filter(|found| found.distance_m <= within_m).copied().collect();
            prop_assert_eq!(index.near(position, within_m), near);

            let ratio = |found: &PortDistance| found.distance_m / index.enter_radius_m(found.port);
            let entered = index.entered(position);
            let expected = plain
                .iter()
                .filter(|found| ratio(found) <= 1.0)
                .min_by(|a, b| ratio(a).total_cmp(&ratio(b)));
            prop_assert_eq!(entered.map(|found| ratio(&found)), expected.map(ratio));
            for found in &plain {
                prop_assert_eq!(index.distance_m(found.port, position), found.distance_m);
                let leave_m = index.enter_radius_m(found.port) * LEAVE_FACTOR;
                prop_assert_eq!(index.is_within_leave(found.port, position), found.distance_m <= leave_m);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_position_of_a_patch_is_in_port(
        ports in prop::collection::vec(port_at_places(), 1..12),
        beside in prop::collection::vec((any::<prop::sample::Index>(), -2.0..2.0_f64, -1.0..1.0_f64), 12),
        steps in prop::collection::vec((-1.0..1.0_f64, -1.0..1.0_f64, 2..8_i32), 20),
    ) {
        let index = PortIndex::new(ports, &PortRadiusConfig::default());
        for (port, east, north) in beside {
            let place = points(port.get(index.ports()))[0].degrees();
            let position = at(place.lon + east, place.lat + north);
            let patch = index.clear_about(position);
            prop_assert!(!patch.holds(position) || index.entered(position).is_none());
            let own = PortIx(0);
            let of_others = index.clear_of_rivals(own, position);
            for (east, north, scale) in &steps {
                let degrees = 10.0_f64.powi(1 - scale);
                let near = position.degrees();
                let near = at(near.lon + east * degrees, near.lat + north * degrees);
                let entered = index.entered(near).map(|found| found.port);
                prop_assert!(!patch.holds(near) || entered.is_none(), "{position:?} {near:?} {patch:?}");
                prop_assert!(!of_others.holds(near) || entered.is_none_or(|port| port == own));
            }
        }
    }
}

#[test]
fn on_the_open_sea_a_patch_is_a_cell_and_near_a_port_it_reaches_to_where_one_enters() {
    let index = PortIndex::new(
        vec![port(vec![at(10.1, 50.1)], Some(5_000.0))],
        &PortRadiusConfig::default(),
    );
    let sea = index.clear_about(at(-30.1, 20.1));
    assert!(sea.holds(at(-30.25, 20.0)) && sea.holds(at(-30.0001, 20.2499)));
    assert!(!sea.holds(at(-30.0, 20.1)) && !sea.holds(at(-30.1, 20.25)));
    // 5 km are 0.045 degrees of latitude and 0.070 of longitude.
    let coast = index.clear_about(at(10.22, 50.1));
    assert!(coast.holds(at(10.2499, 50.0)) && coast.holds(at(10.171, 50.1)));
    assert!(!coast.holds(at(10.169, 50.1)));
    let corner = index.clear_about(at(10.16, 50.14));
    assert!(!corner.holds(at(10.16, 50.14)), "out of port, but not far");
    assert!(!index.clear_about(at(10.1, 50.1)).holds(at(10.1, 50.1)));
}

#[test]
fn the_poles_and_the_antimeridian_have_no_seam() {
    let ports = vec![
        port(vec![at(0.0, 89.99)], Some(5_000.0)),
        port(vec![at(-180.0, -17.0)], Some(5_000.0)),
        port(vec![at(40.0, -90.0)], Some(5_000.0)),
    ];
    let index = PortIndex::new(ports, &PortRadiusConfig::default());
    let entered = |lon: f64, lat: f64| {
        let position = Position::from_degrees(LonLat { lon, lat }).unwrap();
        index.entered(position).map(|found| found.port.0)
    };
    assert_eq!(entered(180.0, 89.99), Some(0));
    assert_eq!(entered(-100.0, 90.0), Some(0));
    assert_eq!(entered(180.0, -17.0), Some(1));
    assert_eq!(entered(179.96, -17.0), Some(1));
    assert_eq!(entered(-179.96, -17.0), Some(1));
    assert_eq!(entered(-140.0, -89.97), Some(2));
    assert_eq!(entered(-140.0, -89.95), None);
}

#[test]
fn positions_off_the_globe_are_in_no_port_and_do_no_harm() {
    let index = PortIndex::new(
        vec![port(vec![at(0.0, 0.0)], None)],
        &PortRadiusConfig::default(),
    );
    for (lat_e7, lon_e7) in [
        (i32::MAX, i32::MAX),
        (i32::MIN, i32::MIN),
        (0, i32::MAX),
        (i32::MAX, 0),
    ] {
        let nowhere = Position { lat_e7, lon_e7 };
        assert_eq!(index.entered(nowhere), None);
        index.nearest(nowhere);
        index.near(nowhere, 1e9);
    }
}

#[test]
fn a_table_without_ports_or_without_points_finds_nothing() {
    let here = at(10.0, 50.0);
    for ports in [vec![], vec![port(vec![], None)]] {
        let index = PortIndex::new(ports, &PortRadiusConfig::default());
        assert_eq!(index.entered(here), None);
        assert_eq!(index.nearest(here), None);
        assert_eq!(index.near(here, f64::INFINITY), []);
        assert_eq!(index.distance_m(PortIx(0), here), f64::INFINITY);
        assert!(!index.is_within_leave(PortIx(7), here));
    }
}

#[test]
fn within_a_distance_that_is_no_number_lies_nothing() {
    let index = PortIndex::new(
        vec![port(vec![at(0.0, 0.0)], None)],
        &PortRadiusConfig::default(),
    );
    assert_eq!(index.near(at(0.0, 0.0), f64::NAN), []);
    assert_eq!(index.near(at(0.0, 0.0), -1.0), []);
    assert_eq!(index.near(at(0.0, 0.0), 0.0).len(), 1);
}

#[test]
fn the_nearer_port_relative_to_its_radius_wins_and_of_equals_the_smaller() {
    let ports = vec![
        port(vec![at(10.0, 50.0)], Some(12_000.0)),
        port(vec![at(10.1, 50.0)], Some(2_000.0)),
        port(vec![at(10.0, 50.0)], Some(6_000.0)),
    ];
    let index = PortIndex::new(ports, &PortRadiusConfig::default());
    assert_eq!(index.entered(at(10.0, 50.0)).unwrap().port, PortIx(2));
    assert_eq!(
        index.entered(at(10.09, 50.0)).unwrap().port,
        PortIx(1),
        "beside the small one"
    );
    assert_eq!(
        index.entered(at(9.9, 50.0)).unwrap().port,
        PortIx(0),
        "only the large one reaches it"
    );
}

/// One of UN/LOCODE, which only fills gaps.
fn filler(points: Vec<Position>, radius_m: Option<f64>) -> Port {
    Port {
        source: PortSource::Unlocode,
        ..port(points, radius_m)
    }
}

#[test]
fn a_port_that_fills_gaps_gets_what_no_other_holds_however_the_table_is_ordered() {
    for lon in [10.0, 179.97] {
        let other = port(vec![at(lon, 0.0)], Some(6_000.0));
        let fills = filler(vec![at(lon + 0.05, 0.0)], Some(6_000.0));
        // Another may lie at the same place, too.
        let same = filler(vec![at(lon, 0.0)], Some(3_000.0));
        for (ports, own) in [
            (vec![other.clone(), fills.clone(), same.clone()], 0),
            (vec![fills.clone(), same.clone(), other.clone()], 2),
            (vec![same, other, fills], 1),
        ] {
            let index = PortIndex::new(ports, &PortRadiusConfig::default());
            let holder = |east: f64| index.entered(at(lon + east, 0.0)).map(|found| found.port);
            let own = PortIx(own);
            // Half-way between, at the place of the one that yields, and beyond the radius of the other.
            for east in [-0.05, 0.0, 0.025, 0.05, 0.0538] {
                assert_eq!(holder(east), Some(own), "{lon} {east}");
            }
            let beyond = holder(0.0542).unwrap();
            assert!(index.yields_to(beyond, own) && !index.yields_to(own, beyond));
            assert_eq!(holder(0.11), None);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn ports_that_fill_gaps_change_nothing_where_another_is_entered(
        ports in prop::collection::vec((port_at_places(), any::<bool>()), 1..12),
        beside in prop::collection::vec((any::<prop::sample::Index>(), -2.0..2.0_f64, -1.0..1.0_f64), 12),
        steps in prop::collection::vec((-1.0..1.0_f64, -1.0..1.0_f64, 2..8_i32), 20),
    ) {
        let all: Vec<Port> = ports
            .into_iter()
            .map(|(port, fills)| Port {
                source: if fills { PortSource::Unlocode } else { PortSource::User },
                ..port
            })
            .collect();
        let numbers = |fills: bool| -> Vec<usize> {
            (0..all.len()).filter(|at| all[*at].source.yields() == fills).collect()
        };
        let part = |numbers: &[usize]| {
            let ports = numbers.iter().map(|at| all[*at].clone()).collect();
            PortIndex::new(ports, &PortRadiusConfig::default())
        };
        let (of_weight, filling) = (numbers(false), numbers(true));
        let (without, alone) = (part(&of_weight), part(&filling));
        let index = PortIndex::new(all.clone(), &PortRadiusConfig::default());
        for (port, east, north) in beside {
            let place = points(port.get(&all))[0].degrees();
            let position = at(place.lon + east, place.lat + north);
            let holder = |found: Option<PortDistance>, numbers: &[usize]| {
                found.map(|found| (numbers[found.port.0 as usize], found.distance_m))
            };
            let expected = holder(without.entered(position), &of_weight)
                .or_else(|| holder(alone.entered(position), &filling));
            let entered = index.entered(position);
            prop_assert_eq!(entered.map(|found| (found.port.0 as usize, found.distance_m)), expected);
            prop_assert_eq!(
                index.nearest_of_weight(position).map(|found| found.distance_m),
                without.nearest(position).map(|found| found.distance_m)
            );
            // Wherever a port is in, it stays the one entered until it is left or a rival begins.
            let own = PortIx(0);
            let patch = index.clear_of_rivals(own, position);
            for (east, north, scale) in &steps {
                let degrees = 10.0_f64.powi(1 - scale);
                let near = position.degrees();
                let near = at(near.lon + east * degrees, near.lat + north * degrees);
                let entered = index.entered(near).map(|found| found.port);
                prop_assert!(
                    !patch.holds(near)
                        || entered.is_none_or(|port| port == own || index.yields_to(port, own))
                );
            }
        }
    }
}
