//! Cleaning and hulls: false reports, and several ships under one id.

mod common;

use common::{at, index, lie, minute, numbered, report, report_at, run, sail};
use landfall_track::{Flag, PositionReport};

#[test]
fn a_false_first_report_does_not_poison_the_rest() {
    let mut reports = vec![report_at(-1.0, at(-150.0, 0.0), 12.0)];
    reports.extend(sail((10.0, 50.0), (11.0, 50.0), 0.0, 200.0, 2.0));
    let seen = run(&numbered(reports), &index(Vec::new()));
    assert_eq!(seen.flagged.len(), 1);
    assert_eq!(
        (seen.flagged[0].flag, seen.flagged[0].hull),
        (Flag::Teleport, None)
    );
    assert_eq!(seen.flagged[0].report.position, at(-150.0, 0.0));
    assert_eq!(seen.legs.len(), 1);
    assert_eq!(seen.legs[0].1.reports, 101);
    assert_eq!(seen.legs[0].0.since, minute(0.0));
}

#[test]
fn a_hop_away_and_back_is_a_spike_and_a_jump_at_the_end_a_teleport() {
    let mut reports = sail((10.0, 50.0), (11.0, 50.0), 0.0, 200.0, 2.0);
    reports[40].position = at(10.4, 51.0);
    let last = reports.len() - 1;
    reports[last].position = at(14.0, 50.0);
    let seen = run(&numbered(reports), &index(Vec::new()));
    let flags: Vec<_> = seen.flagged.iter().map(|flagged| flagged.flag).collect();
    assert_eq!(flags, [Flag::Spike, Flag::Teleport]);
    assert_eq!(seen.legs[0].1.reports, 99);
    assert!(seen.legs[0].1.distance_m < 75_000.0);
}

#[test]
fn a_fast_ferry_is_one_hull() {
    // 42 knots, with and without a reported speed.
    let ferry = sail((10.0, 50.0), (12.0, 50.0), 0.0, 110.0, 1.0);
    let silent: Vec<PositionReport> = ferry
        .iter()
        .map(|report| report.with_speed_knots(None))
        .collect();
    for reports in [ferry, silent] {
        let seen = run(&numbered(reports), &index(Vec::new()));
        assert!(seen.flagged.is_empty(), "{:?}", seen.flagged);
        assert_eq!(seen.legs[0].1.reports, 111);
    }
}

#[test]
fn silence_alone_never_ends_a_hull() {
    // Three weeks, 3,300 nautical miles.
    let mut reports = sail((10.0, 0.0), (11.0, 0.0), 0.0, 300.0, 10.0);
    reports.extend(sail((66.0, 0.0), (67.0, 0.0), 30_500.0, 30_800.0, 10.0));
    let seen = run(&numbered(reports), &index(Vec::new()));
    assert!(seen.flagged.is_empty());
    assert_eq!((seen.gaps.len(), seen.legs.len()), (1, 1));
}

#[test]
fn a_false_report_after_a_long_silence_does_not_carry_the_hull_away() {
    // 700 miles in three days is possible; what follows says that it was not so.
    let mut reports = sail((10.0, 0.0), (11.0, 0.0), 0.0, 300.0, 10.0);
    reports.push(report_at(4_600.0, at(23.0, 0.0), 10.0));
    reports.extend(sail((11.5, 0.0), (12.5, 0.0), 4_620.0, 4_920.0, 10.0));
    let seen = run(&numbered(reports), &index(Vec::new()));
    assert_eq!(seen.flagged.len(), 1);
    assert_eq!(seen.flagged[0].report.position, at(23.0, 0.0));
    assert_eq!(seen.legs.len(), 1);
    assert_eq!(seen.legs[0].1.reports, 62);
}

#[test]
fn sparse_reports_hours_apart_are_one_hull() {
    let reports = sail((10.0, 0.0), (40.0, 0.0), 0.0, 10_800.0, 720.0);
    let seen = run(&numbered(reports), &index(Vec::new()));
    assert!(seen.flagged.is_empty(), "{:?}", seen.flagged);
    assert_eq!((seen.legs.len(), seen.gaps.len()), (1, 15));
}

#[test]
fn a_second_ship_under_the_id_is_a_further_hull_named_by_her_first_report() {
    let mut reports = sail((10.0, 50.0), (11.0, 50.0), 0.0, 200.0, 2.0);
    reports.extend(sail((-60.0, 20.0), (-59.0, 20.0), 61.0, 161.0, 2.0));
    let seen = run(&numbered(reports), &index(Vec::new()));
    assert_eq!(seen.legs.len(), 2);
    let further: Vec<_> = seen
        .flagged
        .iter()
        .filter(|flagged| flagged.flag == Flag::FurtherHull)
        .collect();
    assert_eq!((further.len(), seen.flagged.len()), (51, 51));
    let hull = further[0].hull.unwrap();
    assert_eq!((hull.number, hull.since), (1, minute(61.0)));
    assert_eq!((seen.legs[0].1.reports, seen.legs[1].1.reports), (101, 51));
}

#[test]
fn two_further_hulls_that_begin_at_one_moment_have_different_names() {
    let mut reports = sail((10.0, 50.0), (11.0, 50.0), 0.0, 200.0, 2.0);
    reports.extend(sail((-60.0, 20.0), (-59.0, 20.0), 60.0, 160.0, 2.0));
    reports.extend(sail((100.0, -20.0), (101.0, -20.0), 60.0, 160.0, 2.0));
    let seen = run(&numbered(reports), &index(Vec::new()));
    let mut names: Vec<_> = seen.legs.iter().map(|(hull, _)| hull.since).collect();
    names.sort();
    assert_eq!(names, [minute(0.0), minute(60.0), minute(60.0).shifted(1)]);
}

#[test]
fn reports_that_go_back_in_time_count_as_simultaneous() {
    let mut reports = sail((10.0, 50.0), (10.1, 50.0), 0.0, 60.0, 2.0);
    reports[10].time = minute(-500.0);
    let seen = run(&reports, &index(Vec::new()));
    assert_eq!(seen.legs[0].1.reports, 31);
    let path = seen.path(0);
    assert!(path.windows(2).all(|pair| pair[0].time <= pair[1].time));
}

#[test]
fn a_flood_of_reports_at_one_instant_ends() {
    let everywhere = |number: u32| {
        at(
            f64::from(number % 360) - 180.0,
            f64::from(number / 360 % 170) - 85.0,
        )
    };
    let spread: Vec<_> = (0..50_000).map(|n| report(0.0, everywhere(n))).collect();
    let seen = run(&spread, &index(Vec::new()));
    let used: u64 = seen.legs.iter().map(|(_, leg)| leg.reports).sum();
    let noise = seen.flagged.iter().filter(|f| f.hull.is_none()).count();
    assert_eq!(used + noise as u64, 50_000);

    let still: Vec<_> = (0..200_000).map(|_| report(0.0, at(1.0, 1.0))).collect();
    let seen = run(&still, &index(Vec::new()));
    assert_eq!(seen.legs[0].1.reports, 200_000);
    assert!(seen.flagged.is_empty());
}

#[test]
fn the_poles_are_places_like_others() {
    let mut reports = sail((0.0, 89.8), (0.0, 90.0), 0.0, 60.0, 2.0);
    reports.extend(sail((180.0, 90.0), (180.0, 89.8), 62.0, 122.0, 2.0));
    reports.extend(lie((180.0, 89.8), 124.0, 200.0, 2.0));
    let seen = run(&numbered(reports), &index(Vec::new()));
    assert!(seen.flagged.is_empty(), "{:?}", seen.flagged);
    assert!(seen.legs[0].1.distance_m < 46_000.0, "{:?}", seen.legs);
    assert_eq!(seen.stops.len(), 1);
}
