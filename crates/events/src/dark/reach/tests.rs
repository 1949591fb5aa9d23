use super::*;
use landfall_spatial_index::PortRadiusConfig;
use landfall_track::{LonLat, Place, Port, PortSource, geodesic_distance_m, interpolate};
use proptest::prelude::*;

fn at(lon: f64, lat: f64) -> Position {
    Position::from_degrees(LonLat { lon, lat }).unwrap()
}

fn hour(hours: f64) -> Timestamp {
    Timestamp::from_millis((hours * 3_600_000.0) as i64).unwrap()
}

fn index(places: &[Position]) -> PortIndex {
    let port = |place: &Position| Port {
        name: "P".into(),
        locode: None,
        country: None,
        aliases: Vec::new(),
        other_codes: Vec::new(),
        place: Place::Points(vec![*place]),
        harbor_size: None,
        radius_m: Some(7_000.0),
        source: PortSource::User,
        precision_m: None,
    };
    PortIndex::new(
        places.iter().map(port).collect(),
        &PortRadiusConfig::default(),
    )
}

fn fix(position: Position, hours: f64) -> Fix {
    Fix {
        position,
        error_m: 1_000.0,
        time: hour(hours),
    }
}

const NAJIN: (f64, f64) = (130.3, 42.2333);
const VOSTOCHNYY: (f64, f64) = (133.0833, 42.75);

fn round_trip(hours: f64) -> Silence {
    let there = at(VOSTOCHNYY.0, VOSTOCHNYY.1);
    Silence {
        before: fix(there, 0.0),
        after: Some(fix(there, hours)),
        data_end: hour(1_000.0),
    }
}

fn speeds(cap_knots: f64) -> ReachSpeeds {
    ReachSpeeds {
        cap_knots,
        cap_basis: landfall_track::CapBasis::Set,
        usual_knots: None,
    }
}

#[test]
fn najin_and_back_takes_what_the_distance_less_radius_and_error_takes() {
    let index = index(&[at(NAJIN.0, NAJIN.1)]);
    let config = InferenceConfig::default();
    let setting = ReachSetting {
        ports: &index,
        config: &config,
    };
    let reach = setting.port(&round_trip(40.0), speeds(12.0), PortIx(0));
    // 235.891 km by the geodesic (see landfall-track), less 7 km of radius and 1 km of error.
    let one_way_h = (235_891.268_8 - 8_000.0) / 1852.0 / 12.0;
    assert!((reach.stay.longest_h - (40.0 - 2.0 * one_way_h)).abs() < 1e-6);
    assert!((reach.stay.slack_h - reach.stay.longest_h + 1.0).abs() < 1e-9);
    let arrival_h = reach.stay.arrival.earliest.hours_since(hour(0.0));
    assert!((arrival_h - one_way_h).abs() < 1.0 / 3600.0);
    let left_h = hour(40.0).hours_since(reach.stay.departure.latest.unwrap());
    assert!((left_h - one_way_h).abs() < 1.0 / 3600.0);
    assert_eq!(setting.ports(&round_trip(40.0), speeds(12.0)).len(), 1);
    assert!(setting.ports(&round_trip(21.0), speeds(12.0)).is_empty());
}

#[test]
fn after_a_silence_that_nothing_ends_only_the_data_end_bounds_her() {
    let index = index(&[at(NAJIN.0, NAJIN.1)]);
    let config = InferenceConfig::default();
    let setting = ReachSetting {
        ports: &index,
        config: &config,
    };
    let silence = Silence {
        after: None,
        data_end: hour(30.0),
        ..round_trip(0.0)
    };
    let reach = setting.port(&silence, speeds(12.0), PortIx(0));
    assert_eq!(reach.stay.departure.latest, None);
    // She may have come at the last moment, and lie there still.
    assert_eq!(reach.stay.arrival.latest, Some(hour(30.0)));
    assert_eq!(reach.through.to_m, None);
    let brief = Silence {
        data_end: hour(0.5),
        ..silence
    };
    assert_eq!(setting.ports(&brief, speeds(250.0)).len(), 1);
}

#[test]
fn a_moment_of_absence_leaves_the_longer_side() {
    let stay = round_trip(40.0).stay((0.0, Some(0.0)), 1.0, 12.0);
    let gone = |from, to| Absence {
        position: Position::default(),
        radius_m: 5_000.0,
        covers_port: true,
        from: hour(from),
        to: hour(to),
        sighting: SightingIx(0),
    };
    let cut = stay.cut(&[gone(10.0, 10.0)], &[], hour(40.0), 1.0).unwrap();
    assert_eq!(cut.longest_h.to_string(), "30");
    assert_eq!(cut.arrival.earliest, hour(0.0));
    assert_eq!(cut.departure.latest, Some(hour(40.0)));
    let seen_before = stay
        .cut(
            &[gone(10.0, 10.0)],
            &[(hour(5.0), hour(5.0))],
            hour(40.0),
            1.0,
        )
        .unwrap();
    assert_eq!(seen_before.departure.latest, Some(hour(10.0)));
    let seen_then = stay.cut(
        &[gone(10.0, 10.0), gone(11.5, 11.5)],
        &[(hour(10.5), hour(10.5))],
        hour(40.0),
        2.0,
    );
    assert_eq!(seen_then, None, "no stay of two hours fits between");
}

#[test]
fn a_sighting_bounds_arrival_from_above_and_departure_from_below() {
    let stay = round_trip(40.0)
        .stay((0.0, Some(0.0)), 1.0, 12.0)
        .seen(&[(hour(12.0), hour(14.0)), (hour(20.0), hour(20.0))]);
    assert_eq!(stay.arrival.latest, Some(hour(14.0)));
    assert_eq!(stay.departure.earliest, hour(20.0));
    assert_eq!(stay.arrival.earliest, hour(0.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// A ship that did sail to a port, stayed and sailed on is never said to have been unable to.
    #[test]
    fn what_was_done_is_never_impossible(
        from in (-170.0..170.0_f64, -70.0..70.0_f64),
        port in (-3.0..3.0_f64, -3.0..3.0_f64),
        to in (-3.0..3.0_f64, -3.0..3.0_f64),
        knots in 4.0..33.0_f64, stay_h in 1.0..30.0_f64,
        off_m in (0.0..1_000.0_f64, 0.0..360.0_f64),
        berth in 0.0..1.0_f64,
    ) {
        let before = at(from.0, from.1);
        let harbour = at(from.0 + port.0, from.1 + port.1);
        let after = at(from.0 + port.0 + to.0, from.1 + port.1 + to.1);
        // The berth lies somewhere within the radius, the reported places off the true ones.
        let inward_m = geodesic_distance_m(harbour, before).max(1.0);
        let berth = interpolate(harbour, before, (berth * 6_999.0 / inward_m).min(1.0));
        let shift = off_m.0 / 111_000.0 * 0.9;
        let reported = at(from.0, from.1 + shift * off_m.1.to_radians().cos());
        let sailed_m = geodesic_distance_m(before, berth) + geodesic_distance_m(berth, after);
        let hours = sailed_m / 1852.0 / knots + stay_h;
        let index = index(&[harbour]);
        let config = InferenceConfig::default();
        let setting = ReachSetting { ports: &index, config: &config };
        let silence = Silence {
            before: fix(reported, 0.0),
            after: Some(fix(after, hours + 0.001)),
            data_end: hour(10_000.0),
        };
        let found = setting.ports(&silence, speeds(33.0));
        prop_assert_eq!(found.len(), 1);
        let arrived_h = geodesic_distance_m(before, berth) / 1852.0 / knots;
        let stay = found[0].stay;
        prop_assert!(stay.longest_h >= stay_h - 1e-6);
        prop_assert!(stay.arrival.earliest <= hour(arrived_h));
        prop_assert!(stay.arrival.latest.unwrap() >= hour(arrived_h));
        prop_assert!(stay.departure.earliest <= hour(arrived_h + stay_h + 0.001));
        prop_assert!(stay.departure.latest.unwrap() >= hour(arrived_h + stay_h));
    }

    /// A higher cap and a shorter stay only ever add ports, widen times and lengthen stays.
    #[test]
    fn a_faster_ship_and_a_shorter_stay_reach_more(
        places in prop::collection::vec((120.0..140.0_f64, 30.0..45.0_f64), 1..30),
        hours in 2.0..100.0_f64, knots in 5.0..30.0_f64, faster in 0.1..20.0_f64,
        min_stay_h in 0.5..20.0_f64, shorter in 0.1..1.0_f64,
    ) {
        let places: Vec<Position> = places.into_iter().map(|(lon, lat)| at(lon, lat)).collect();
        let index = index(&places);
        let slow = InferenceConfig { min_stay_h, ..InferenceConfig::default() };
        let brief = InferenceConfig { min_stay_h: min_stay_h * shorter, ..slow.clone() };
        let reach = |config: &InferenceConfig, knots| {
            ReachSetting { ports: &index, config }.ports(&round_trip(hours), speeds(knots))
        };
        let base = reach(&slow, knots);
        for more in [reach(&slow, knots + faster), reach(&brief, knots)] {
            for port in &base {
                let same = more.iter().find(|found| found.through.port == port.through.port);
                prop_assert!(same.is_some());
                let same = same.unwrap();
                prop_assert!(same.stay.slack_h >= port.stay.slack_h - 1e-6);
                prop_assert!(same.stay.longest_h >= port.stay.longest_h - 1e-6);
                prop_assert!(same.stay.arrival.earliest <= port.stay.arrival.earliest);
                prop_assert!(same.stay.departure.latest >= port.stay.departure.latest);
            }
        }
    }

    /// Absences only ever take away.
    #[test]
    fn an_absence_never_widens(
        hours in 5.0..100.0_f64,
        gone in prop::collection::vec((0.0..100.0_f64, 0.0..10.0_f64), 0..6),
    ) {
        let stay = round_trip(hours).stay((10_000.0, Some(20_000.0)), 1.0, 12.0);
        let absences: Vec<Absence> = gone.iter().map(|(from, long)| Absence {
            position: Position::default(),
            radius_m: 5_000.0,
            covers_port: true,
            from: hour(*from), to: hour(from + long), sighting: SightingIx(0),
        }).collect();
        if let Some(cut) = stay.cut(&absences, &[], hour(hours), 1.0) {
            prop_assert!(cut.longest_h <= stay.longest_h + 1e-6);
            prop_assert!(cut.arrival.earliest >= stay.arrival.earliest);
            prop_assert!(cut.departure.latest <= stay.departure.latest);
        }
    }
}
