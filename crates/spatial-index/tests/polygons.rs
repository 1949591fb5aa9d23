//! Ports that are areas: inside, outside, holes, the antimeridian, the poles.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use landfall_spatial_index::{PortIndex, PortRadiusConfig};
use landfall_track::{LonLat, Place, Port, PortIx, PortSource, Position, distance_m};
use proptest::prelude::*;

fn at(lon: f64, lat: f64) -> Position {
    let lon = (lon + 180.0).rem_euclid(360.0) - 180.0;
    Position::from_degrees(LonLat { lon, lat }).unwrap()
}

fn area(polygons: Vec<Vec<Vec<Position>>>) -> Port {
    Port {
        name: "Area".to_owned(),
        locode: None,
        country: None,
        aliases: Vec::new(),
        other_codes: Vec::new(),
        place: Place::Polygons(polygons),
        harbor_size: None,
        radius_m: None,
        source: PortSource::User,
        precision_m: None,
    }
}

fn index(ports: Vec<Port>) -> PortIndex {
    PortIndex::new(ports, &PortRadiusConfig::default())
}

/// A closed box around a place, in degrees.
fn square(lon: f64, lat: f64, half: f64) -> Vec<Position> {
    [
        (-1.0, -1.0),
        (1.0, -1.0),
        (1.0, 1.0),
        (-1.0, 1.0),
        (-1.0, -1.0),
    ]
    .map(|(east, north)| at(lon + east * half, lat + north * half))
    .to_vec()
}

fn holds(index: &PortIndex, lon: f64, lat: f64) -> bool {
    index.entered(at(lon, lat)).is_some()
}

#[test]
fn a_hole_is_outside_and_its_edge_inside() {
    let index = index(vec![area(vec![vec![
        square(10.0, 50.0, 0.1),
        square(10.0, 50.0, 0.05),
    ]])]);
    assert!(holds(&index, 10.07, 50.0));
    assert!(holds(&index, 10.1, 50.0), "on the outline");
    assert!(holds(&index, 10.05, 50.0), "on the hole's edge");
    assert!(!holds(&index, 10.0, 50.0), "in the hole");
    assert!(!holds(&index, 10.2, 50.0));
    let to_hole_m = index.distance_m(PortIx(0), at(10.0, 50.0));
    let expected_m = distance_m(at(10.0, 50.0), at(10.05, 50.0));
    assert!(
        (to_hole_m - expected_m).abs() < 1.0,
        "{to_hole_m} m instead of {expected_m} m"
    );
}

#[test]
fn an_area_across_the_antimeridian_holds_both_sides_and_not_the_rest_of_the_world() {
    let one = index(vec![area(vec![vec![square(180.0, -17.0, 0.1)]])]);
    let two_halves = index(vec![area(vec![
        vec![
            [
                (179.9, -17.1),
                (180.0, -17.1),
                (180.0, -16.9),
                (179.9, -16.9),
            ]
            .map(exact)
            .to_vec(),
        ],
        vec![
            [
                (-180.0, -17.1),
                (-179.9, -17.1),
                (-179.9, -16.9),
                (-180.0, -16.9),
            ]
            .map(exact)
            .to_vec(),
        ],
    ])]);
    for index in [one, two_halves] {
        for lon in [179.91, 179.99, 180.0, -179.99, -179.91] {
            assert!(index.entered(exact((lon, -17.05))).is_some(), "{lon}");
        }
        assert!(index.entered(exact((-180.0, -17.05))).is_some());
        assert!(!holds(&index, 0.0, -17.0));
        assert!(!holds(&index, 179.8, -17.0));
        let off_m = index.distance_m(PortIx(0), at(179.8, -17.0));
        let expected_m = distance_m(at(179.8, -17.0), at(179.9, -17.0));
        assert!(
            (off_m - expected_m).abs() < 1.0,
            "{off_m} m instead of {expected_m} m"
        );
    }
}

/// A place whose longitude 180 stays 180.
fn exact((lon, lat): (f64, f64)) -> Position {
    Position::from_degrees(LonLat { lon, lat }).unwrap()
}

#[test]
fn an_outline_around_a_pole_holds_the_pole() {
    let around = |lat: f64| {
        (0..=36)
            .map(|step| at(f64::from(step) * 10.0, lat))
            .collect::<Vec<_>>()
    };
    let north = index(vec![area(vec![vec![around(80.0)]])]);
    assert!(holds(&north, 0.0, 90.0));
    assert!(holds(&north, 77.0, 81.0));
    assert!(!holds(&north, 77.0, 79.0));
    assert!(!holds(&north, 0.0, -90.0));
    let south = index(vec![area(vec![vec![around(-70.0), around(-80.0)]])]);
    assert!(holds(&south, -180.0, -75.0));
    assert!(holds(&south, 33.0, -75.0));
    assert!(!holds(&south, 33.0, -85.0), "in the hole around the pole");
    assert!(
        !holds(&south, 0.0, -85.0),
        "in the hole, where the outline began"
    );
    assert!(!holds(&south, 33.0, -65.0));
}

#[test]
fn a_port_of_an_area_is_left_a_third_of_its_equivalent_radius_beyond_it() {
    let index = index(vec![area(vec![vec![square(0.0, 0.0, 0.1)]])]);
    let side_m = distance_m(at(-0.1, 0.0), at(0.1, 0.0));
    let expected_m = (side_m * side_m / std::f64::consts::PI).sqrt();
    let radius_m = index.enter_radius_m(PortIx(0));
    assert!(
        (radius_m / expected_m - 1.0).abs() < 0.01,
        "{radius_m} m instead of {expected_m} m"
    );
    let degrees = |metres: f64| metres / (side_m / 0.2);
    assert!(index.is_within_leave(PortIx(0), at(0.1 + degrees(radius_m * 0.32), 0.0)));
    assert!(!index.is_within_leave(PortIx(0), at(0.1 + degrees(radius_m * 0.35), 0.0)));
}

#[test]
fn an_area_wins_over_a_point_near_by_and_the_smaller_of_two_areas_over_the_larger() {
    let mut point = area(vec![]);
    point.place = Place::Points(vec![at(5.0001, 5.0)]);
    let harbour = area(vec![vec![square(5.0, 5.0, 0.1)]]);
    let terminal = area(vec![vec![square(5.0, 5.0, 0.01)]]);
    let index = index(vec![point, harbour, terminal]);
    assert_eq!(index.entered(at(5.0, 5.0)).unwrap().port, PortIx(2));
    assert_eq!(index.entered(at(5.05, 5.0)).unwrap().port, PortIx(1));
}

#[test]
fn an_outline_of_one_point_or_a_line_is_entered_on_it_only_and_does_no_harm() {
    for ring in [
        vec![at(5.0, 5.0)],
        vec![at(5.0, 5.0); 4],
        vec![at(4.9, 5.0), at(5.1, 5.0)],
        vec![],
    ] {
        let empty = ring.is_empty();
        let index = index(vec![area(vec![vec![ring]])]);
        assert_eq!(index.entered(at(5.0, 5.0)).is_some(), !empty);
        assert_eq!(index.entered(at(5.0, 5.001)), None);
        assert_eq!(index.nearest(at(6.0, 5.0)).is_some(), !empty);
    }
}

/// Corners of a star around a place: share of a turn and distance in degrees, in order.
fn star() -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec(0.02..0.6_f64, 3..40).prop_map(|radii| {
        let turn = std::f64::consts::TAU / radii.len() as f64;
        radii
            .iter()
            .enumerate()
            .map(|(corner, radius)| {
                let (sin, cos) = (corner as f64 * turn).sin_cos();
                (radius * cos, radius * sin)
            })
            .collect()
    })
}

/// How often the corners wind around an offset: the sum of the angles under which edges are seen.
fn winds_around(corners: &[(f64, f64)], (x, y): (f64, f64)) -> bool {
    let angles = corners
        .iter()
        .zip(corners.iter().cycle().skip(1))
        .map(|(from, to)| {
            let (a, b) = ((from.0 - x, from.1 - y), (to.0 - x, to.1 - y));
            (a.0 * b.1 - a.1 * b.0).atan2(a.0 * b.0 + a.1 * b.1)
        });
    (angles.sum::<f64>() / std::f64::consts::TAU).round() != 0.0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn inside_is_what_the_outline_winds_around_wherever_it_lies(
        corners in star(),
        lon in prop_oneof![-180.0..180.0_f64, 179.5..180.5_f64],
        lat in -80.0..80.0_f64,
        asked in prop::collection::vec((-0.7..0.7_f64, -0.7..0.7_f64), 20),
    ) {
        let ring: Vec<Position> = corners.iter().map(|(east, north)| at(lon + east, lat + north)).collect();
        let far = area(vec![vec![square(lon + 90.0, 0.0, 0.1)]]);
        let index = index(vec![far, area(vec![vec![ring]])]);
        for (east, north) in &asked {
            let (east, north) = (*east, *north);
            let position = at(lon + east, lat + north);
            let off_m = index.distance_m(PortIx(1), position);
            let inside = winds_around(&corners, (east, north));
            // Corners are rounded to a centimetre.
            if inside || off_m > 0.1 {
                prop_assert_eq!(off_m == 0.0, inside, "{} m", off_m);
            }
            prop_assert_eq!(index.entered(position).is_some(), off_m == 0.0);
            let patch = index.clear_about(position);
            for (east, north) in &asked {
                for near in [at(lon + east, lat + north), at(lon + east * 0.1, lat + north * 0.1)] {
                    prop_assert!(!patch.holds(near) || index.entered(near).is_none());
                }
            }
            prop_assert_eq!(index.nearest(position).map(|found| found.port), Some(PortIx(1)));
        }
    }

    #[test]
    fn the_distance_to_an_outline_is_that_to_its_nearest_point(
        corners in star(),
        lon in prop_oneof![-180.0..180.0_f64, 179.5..180.5_f64],
        lat in -75.0..75.0_f64,
        (east, north) in (-20.0..20.0_f64, -14.0..14.0_f64),
    ) {
        let ring: Vec<Position> = corners.iter().map(|(east, north)| at(lon + east, lat + north)).collect();
        let index = index(vec![area(vec![vec![ring]])]);
        let position = at(lon + east, lat + north);
        let measured_m = index.distance_m(PortIx(0), position);
        let nearest_m = corners
            .iter()
            .zip(corners.iter().cycle().skip(1))
            .flat_map(|(from, to)| {
                (0..100).map(move |step| {
                    let share = f64::from(step) / 100.0;
                    (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
                })
            })
            .map(|(east, north)| distance_m(at(lon + east, lat + north), position))
            .fold(f64::INFINITY, f64::min);
        if measured_m > 0.0 {
            prop_assert!(measured_m <= nearest_m * (1.0 + 2e-5) + 0.1, "{measured_m} > {nearest_m}");
            prop_assert!(measured_m >= nearest_m - 1_400.0, "{measured_m} < {nearest_m}");
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_outline_does_harm_and_no_area_is_hidden(
        rings in prop::collection::vec(
            prop::collection::vec((-1_800_000_000..=1_800_000_000_i32, -900_000_000..=900_000_000_i32), 0..12),
            0..3,
        ),
        asked in prop::collection::vec((-1_800_000_000..=1_800_000_000_i32, -900_000_000..=900_000_000_i32), 10),
    ) {
        let position = |&(lon_e7, lat_e7): &(i32, i32)| Position { lat_e7, lon_e7 };
        let rings = rings.iter().map(|ring| ring.iter().map(position).collect()).collect();
        let index = index(vec![area(vec![rings])]);
        for asked in asked.iter().map(position) {
            let inside = index.distance_m(PortIx(0), asked) == 0.0;
            prop_assert_eq!(index.entered(asked).is_some(), inside);
            if inside {
                prop_assert!(index.is_within_leave(PortIx(0), asked));
                prop_assert_eq!(index.nearest(asked).map(|found| found.distance_m), Some(0.0));
            }
        }
    }
}
