use super::*;
use landfall_track::{Claim, LonLat, SourceRow, geodesic_distance_m};
use proptest::prelude::*;

fn at(lon: f64, lat: f64) -> Position {
    Position::from_degrees(LonLat { lon, lat }).unwrap()
}

fn hour(hours: f64) -> Timestamp {
    Timestamp::from_millis((hours * 3_600_000.0) as i64).unwrap()
}

fn report(hours: f64, position: Position) -> ReportRef {
    ReportRef {
        time: hour(hours),
        position,
        source: SourceRow::new(0, 1 + hours as u64).unwrap(),
    }
}

fn sighting(from: f64, to: f64, position: Position, outcome: SightingOutcome) -> Sighting {
    Sighting {
        id: "s".into(),
        from: hour(from),
        to: hour(to),
        position,
        error_radius_m: 5_000.0,
        outline: None,
        outcome,
        sensor: None,
        claim: Claim::default(),
        activity: None,
        length_m: None,
        scene: None,
        source: "a test".into(),
        publisher: None,
        via: None,
        url: None,
        row: 1,
    }
}

fn seen(from: f64, to: f64, position: Position) -> Sighting {
    sighting(from, to, position, SightingOutcome::Seen)
}

fn najin() -> Position {
    at(130.3, 42.2333)
}

fn vostochny() -> Position {
    at(133.0833, 42.75)
}

/// At Vostochny every hour to hour 10 and from hour 50, silent between.
fn reports() -> Vec<ReportRef> {
    (0..=10)
        .chain(50..=60)
        .map(|hours| report(f64::from(hours), vostochny()))
        .collect()
}

fn gaps(reports: &[ReportRef]) -> Vec<Gap> {
    reports
        .windows(2)
        .filter(|pair| pair[1].time.hours_since(pair[0].time) > 6.0)
        .map(|pair| Gap {
            before: pair[0],
            after: Some(pair[1]),
            reports_before: 1,
            distance_m: None,
            implied_speed_knots: None,
            port: None,
            kind: landfall_track::GapKind::Silence,
            without_position: None,
            silent_ms: 0,
        })
        .collect()
}

fn heard<'a>(reports: &'a [ReportRef], gaps: &'a [Gap]) -> Heard<'a> {
    Heard {
        hull: HullIx(3),
        reports,
        gaps,
        speeds: ReachSpeeds {
            cap_knots: 33.0,
            cap_basis: landfall_track::CapBasis::Set,
            usual_knots: Some(12.0),
        },
        length_m: Some(120.0),
        data_end: hour(60.0),
    }
}

fn verdict(sighting: &Sighting) -> Verdict {
    let reports = reports();
    let gaps = gaps(&reports);
    assess(
        sighting,
        &heard(&reports, &gaps),
        &InferenceConfig::default(),
    )
    .verdict
}

#[test]
fn she_reported_there_then() {
    assert_eq!(verdict(&seen(5.2, 5.2, vostochny())), Verdict::Confirmed);
    assert_eq!(
        verdict(&seen(5.2, 5.2, at(133.1, 42.76))),
        Verdict::Confirmed
    );
}

#[test]
fn silent_and_within_reach_is_possible_with_what_it_takes() {
    let reports = reports();
    let gaps = gaps(&reports);
    let config = InferenceConfig::default();
    let found = assess(&seen(30.0, 30.0, najin()), &heard(&reports, &gaps), &config);
    assert_eq!(found.verdict, Verdict::Possible);
    let reach = found.reach.unwrap();
    let way_m = 235_891.268_8 - 6_000.0;
    assert_eq!((reach.gap, found.silences_possible), (Some(0), 1));
    assert!((reach.speed_needed_knots - way_m / 1852.0 / 20.0).abs() < 1e-6);
    assert!((reach.slack_h - (40.0 - 2.0 * way_m / 1852.0 / 33.0)).abs() < 1e-6);
    assert_eq!(reach.is_plausible, Some(true));
}

#[test]
fn elsewhere_by_ais_is_contradicted_with_the_report_that_says_so() {
    let reports = reports();
    let gaps = gaps(&reports);
    let found = assess(
        &seen(5.5, 5.5, najin()),
        &heard(&reports, &gaps),
        &InferenceConfig::default(),
    );
    assert_eq!(found.verdict, Verdict::Contradicted);
    let ais = found.ais.unwrap();
    assert!((ais.distance_m - 235_891.268_8).abs() < 0.1);
    assert_eq!(ais.report.time, hour(5.0));
}

#[test]
fn silent_but_out_of_reach_is_contradicted() {
    assert_eq!(verdict(&seen(11.0, 11.0, najin())), Verdict::Contradicted);
    assert_eq!(verdict(&seen(49.0, 49.5, najin())), Verdict::Contradicted);
}

#[test]
fn before_the_first_report_and_after_the_end_the_data_say_nothing() {
    assert_eq!(verdict(&seen(-5.0, -4.0, najin())), Verdict::OutsideTheData);
    assert_eq!(
        verdict(&seen(-500.0, 5.0, najin())),
        Verdict::OutsideTheData
    );
    assert_eq!(verdict(&seen(61.0, 62.0, najin())), Verdict::OutsideTheData);
}

#[test]
fn a_negative_one_is_confirmed_by_ais_elsewhere_and_contradicted_by_ais_there() {
    let not_there =
        |from, to, place| verdict(&sighting(from, to, place, SightingOutcome::NotThere));
    assert_eq!(not_there(5.5, 5.5, najin()), Verdict::Confirmed);
    // An hour lies between her reports: she may have gone and come back.
    assert_eq!(not_there(5.5, 5.5, vostochny()), Verdict::Possible);
    assert_eq!(not_there(5.0, 5.0, vostochny()), Verdict::Contradicted);
    assert_eq!(not_there(30.0, 30.0, najin()), Verdict::Possible);
}

#[test]
fn a_suspect_is_sought_in_gaps_only() {
    let reports = reports();
    let gaps = gaps(&reports);
    let heard = heard(&reports, &gaps);
    let config = InferenceConfig::default();
    let mut at_najin = seen(30.0, 30.0, najin());
    at_najin.length_m = Some(115.0);
    let (found, gaps) = suspect(&at_najin, &heard, &config).unwrap();
    assert_eq!(gaps, 1);
    assert_eq!((found.hull, found.gap), (HullIx(3), Some(0)));
    assert_eq!(found.length_difference_m, Some(5.0));
    assert!(fits_length(&found, &at_najin, &config));
    at_najin.length_m = Some(60.0);
    let (found, gaps) = suspect(&at_najin, &heard, &config).unwrap();
    assert_eq!(gaps, 1);
    assert!(!fits_length(&found, &at_najin, &config));
    assert_eq!(suspect(&seen(5.5, 5.5, najin()), &heard, &config), None);
}

#[test]
fn two_places_at_one_time_exclude_each_other() {
    let config = InferenceConfig::default();
    let here = seen(5.0, 5.0, najin());
    assert!(exclude_each_other(
        &here,
        &seen(6.0, 6.0, vostochny()),
        33.0,
        &config
    ));
    assert!(!exclude_each_other(
        &here,
        &seen(6.0, 10.0, vostochny()),
        33.0,
        &config
    ));
    assert!(!exclude_each_other(&here, &here, 33.0, &config));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// A ship that was there is never said to be elsewhere.
    #[test]
    fn who_was_there_is_never_contradicted(
        gap in (6.5..80.0_f64, 0.0..1.0_f64), knots in 5.0..33.0_f64,
        bearing in 0.0..360.0_f64, blur in (0.0..20.0_f64, 0.0..20.0_f64),
    ) {
        // She sails from hour 0 straight out and back, and is seen on the way.
        let (hours, share) = gap;
        let out_h = hours / 2.0 * share.max(0.05);
        let way_m = out_h * knots * 1852.0;
        let start = at(150.0, 10.0);
        let turn = {
            let degrees = way_m / 111_195.0;
            let (sin, cos) = bearing.to_radians().sin_cos();
            at(150.0 + degrees * sin * 0.9, 10.0 + degrees * cos * 0.9)
        };
        prop_assume!(geodesic_distance_m(start, turn) <= way_m);
        let reports = [report(-1.0, start), report(0.0, start), report(hours, start), report(hours + 1.0, start)];
        let gaps = gaps(&reports);
        let heard = Heard { data_end: hour(hours + 1.0), ..heard(&reports, &gaps) };
        let there = out_h;
        let found = assess(
            &seen(there - blur.0, there + blur.1, turn), &heard, &InferenceConfig::default());
        prop_assert!(matches!(found.verdict, Verdict::Possible | Verdict::Confirmed), "{:?}", found);
        if let Some(reach) = found.reach {
            prop_assert!(reach.window.earliest <= hour(there));
            prop_assert!(reach.window.latest.unwrap() >= hour(there));
            prop_assert!(reach.speed_needed_knots <= knots + 1e-6);
        }
    }

    /// A wider interval never takes a possibility away.
    #[test]
    fn a_less_certain_time_allows_no_less(time in 0.0..60.0_f64, wider in (0.0..30.0_f64, 0.0..30.0_f64)) {
        let reports = reports();
        let gaps = gaps(&reports);
        let heard = heard(&reports, &gaps);
        let config = InferenceConfig::default();
        let exact = assess(&seen(time, time, najin()), &heard, &config);
        let blurred = assess(&seen(time - wider.0, time + wider.1, najin()), &heard, &config);
        if let Some(exact) = exact.reach {
            let blurred = blurred.reach.unwrap();
            prop_assert!(blurred.window.earliest <= exact.window.earliest);
            prop_assert!(blurred.window.latest >= exact.window.latest);
            prop_assert!(blurred.speed_needed_knots <= exact.speed_needed_knots + 1e-9);
        }
    }
}

#[test]
fn who_was_first_heard_after_a_sighting_may_have_been_there() {
    let could = |first: f64, lat: f64| {
        let reports = [report(first, at(130.3, lat)), report(20.0, at(130.3, lat))];
        let gaps = gaps(&reports);
        could_have_been(
            &seen(10.0, 10.0, najin()),
            &heard(&reports, &gaps),
            &InferenceConfig::default(),
        )
    };
    assert!(could(10.5, 42.14), "ten kilometres in half an hour");
    assert!(!could(10.5, 41.2), "115 kilometres in half an hour");
}

#[test]
fn a_scene_is_refuted_only_by_one_who_had_no_time_to_leave_it() {
    let verdict = |scene: &Sighting, every_h: f64, lat: f64| {
        let reports: Vec<ReportRef> = (0..=100)
            .map(|step| report(f64::from(step) * every_h, at(130.3, lat)))
            .collect();
        let gaps = gaps(&reports);
        assess(scene, &heard(&reports, &gaps), &InferenceConfig::default()).verdict
    };
    let scene = sighting(5.05, 5.05, najin(), SightingOutcome::NotThere);
    // Five kilometres less one, out and back: 8 km at 33 knots are 8 minutes.
    assert_eq!(verdict(&scene, 0.1, 42.2333), Verdict::Contradicted);
    assert_eq!(verdict(&scene, 0.25, 42.2333), Verdict::Possible);
    // An outline ten kilometres long and two hundred metres wide, and she three kilometres north of it.
    let mut strip = scene;
    let ring = [
        (-0.06, -0.0009),
        (0.06, -0.0009),
        (0.06, 0.0009),
        (-0.06, 0.0009),
        (-0.06, -0.0009),
    ];
    strip.outline = Some(
        ring.iter()
            .map(|(x, y)| at(130.3 + x, 42.2333 + y))
            .collect(),
    );
    strip.error_radius_m = 5_001.0;
    assert_ne!(verdict(&strip, 0.1, 42.2603), Verdict::Contradicted);
}

#[test]
fn silences_too_short_for_gaps_count_when_several_can_hold_a_sighting() {
    let place = at(130.3, 42.05);
    let mut reports = vec![report(0.0, place)];
    reports.extend((4..=20).map(|n| report(f64::from(n) * 2.0, place)));
    let gaps = gaps(&reports);
    let found = assess(
        &seen(0.0, 24.0, najin()),
        &heard(&reports, &gaps),
        &InferenceConfig::default(),
    );
    assert_eq!(found.verdict, Verdict::Possible);
    assert_eq!(found.reach.unwrap().gap, Some(0));
    assert_eq!(found.silences_possible, 9);
    let gaps: Vec<u32> = found.possible_gaps.iter().map(|it| it.gap).collect();
    assert_eq!(gaps, [0]);
}

#[test]
fn among_those_considered_are_vessels_heard_about_then_in_that_area_of_a_length_that_fits() {
    let config = InferenceConfig::default();
    let considered = |hours: f64, place: Position, length_m: Option<f64>| {
        let reports = [report(hours, place)];
        let heard = Heard {
            length_m,
            ..heard(&reports, &[])
        };
        let mut seen = seen(30.0, 30.0, najin());
        seen.length_m = Some(115.0);
        is_considered(&seen, &heard, &config)
    };
    // Vostochny is 236 km off, Busan 800 km.
    assert!(considered(10.0, vostochny(), Some(120.0)));
    assert!(considered(50.0, vostochny(), None));
    assert!(
        !considered(5.0, vostochny(), Some(120.0)),
        "25 hours before"
    );
    assert!(!considered(30.0, at(129.05, 35.1), Some(120.0)));
    assert!(!considered(30.0, vostochny(), Some(40.0)));
}
