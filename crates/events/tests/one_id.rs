//! Cleaning and hulls: false reports, and several ships under one id.

#![allow(
    clippy::unwrap_used,
    reason = "what fails here is a mistake in the test"
)]

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
fn a_fast_ship_heard_every_8_10_or_30_minutes_is_one_hull_without_a_flag() {
    for speed_knots in [30.0, 38.0, 45.0] {
        for step in [8.0, 10.0, 30.0] {
            // 20 reports east along the 60th parallel, where a degree of longitude is 30 miles.
            let east_deg = speed_knots * step / 60.0 / 30.0;
            let ferry = sail(
                (5.0, 60.0),
                (5.0 + 19.0 * east_deg, 60.0),
                0.0,
                19.0 * step,
                step,
            );
            let silent: Vec<PositionReport> = ferry
                .iter()
                .map(|report| report.with_speed_knots(None))
                .collect();
            for reports in [ferry, silent] {
                let seen = run(&numbered(reports), &index(Vec::new()));
                assert!(seen.flagged.is_empty(), "{speed_knots} kn, {step} min");
                assert_eq!(seen.legs[0].1.reports, 20);
            }
        }
    }
}

#[test]
fn a_ship_without_speeds_that_puts_on_speed_stays_one_hull() {
    // 10 knots, then 40, a report every half hour; the doubtful reports bear one another out.
    let mut reports = sail((10.0, 0.0), (11.0, 0.0), 0.0, 360.0, 30.0);
    reports.extend(sail((11.333, 0.0), (13.0, 0.0), 390.0, 540.0, 30.0));
    let reports: Vec<PositionReport> = reports
        .iter()
        .map(|report| report.with_speed_knots(None))
        .collect();
    let seen = run(&numbered(reports), &index(Vec::new()));
    assert!(seen.flagged.is_empty(), "{:?}", seen.flagged);
    assert_eq!(seen.legs[0].1.reports, 19);
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

#[test]
fn a_minute_of_false_reports_does_not_make_the_next_silence_split_the_ship() {
    // 15 knots north; at noon ten reports from another ocean within 100 seconds; then 7 hours of
    // silence.
    let mut reports = sail((-140.0, 10.0), (-140.0, 15.958_333), 0.0, 1_430.0, 10.0);
    for number in 1..=10 {
        let north = f64::from(number) * 0.0007;
        reports.push(report_at(
            720.0 + f64::from(number) / 6.0,
            at(20.0, -30.0 + north),
            15.0,
        ));
    }
    reports.extend(sail(
        (-140.0, 17.75),
        (-140.0, 20.708_333),
        1_860.0,
        2_570.0,
        10.0,
    ));
    let seen = run(&numbered(reports), &index(Vec::new()));
    let way = seen
        .legs
        .iter()
        .find(|(hull, _)| hull.number == 0)
        .unwrap()
        .1;
    assert_eq!(way.reports, 144 + 72);
    let gaps = seen.gaps.iter().filter(|(hull, _)| hull.number == 0);
    assert_eq!(gaps.count(), 1);
    assert_eq!(seen.flagged.len(), 10);
}

#[test]
fn a_ship_at_anchor_that_is_silent_for_days_is_the_same_though_another_used_the_id() {
    let mut reports = lie((-140.0, 10.0), 0.0, 1_430.0, 10.0);
    // Another ship for ten hours of the first day.
    reports.extend(lie((20.0, -30.0), 3.0, 603.0, 10.0));
    reports.extend(lie((-140.0, 10.0), 5_100.0, 5_690.0, 10.0));
    let seen = run(&numbered(reports), &index(Vec::new()));
    let hulls: Vec<_> = seen
        .legs
        .iter()
        .map(|(hull, leg)| (hull.number, leg.reports))
        .collect();
    assert_eq!(hulls, [(0, 144 + 60), (1, 61)]);
    assert!(seen.flagged.iter().all(|flagged| flagged.hull.is_some()));
}

#[test]
fn a_silence_long_after_another_ship_used_the_id_is_a_gap() {
    // The other is heard for the first day only; five days later the first goes silent for 8 hours.
    let mut reports = sail((0.0, 0.0), (20.0, 0.0), 0.0, 7_200.0, 20.0);
    reports.extend(lie((60.0, -30.0), 3.0, 1_443.0, 20.0));
    reports.extend(sail((21.0, 0.0), (23.0, 0.0), 7_680.0, 8_400.0, 20.0));
    let seen = run(&numbered(reports), &index(Vec::new()));
    assert_eq!(seen.legs.len(), 2);
    assert_eq!(seen.legs[0].1.reports, 361 + 37);
    assert_eq!(
        seen.gaps
            .iter()
            .filter(|(hull, _)| hull.number == 0)
            .count(),
        1
    );
}

#[test]
fn reports_stamped_to_the_minute_make_no_way_to_and_fro() {
    // 20 knots south, a report every 10 seconds, times cut to the minute, sorted by content.
    let mut reports: Vec<PositionReport> = (0..360)
        .map(|number| {
            let lat = 10.0 - f64::from(number) * 20.0 / 60.0 / 360.0;
            report_at((f64::from(number) / 6.0).floor(), at(-140.0, lat), 20.0)
        })
        .collect();
    reports.sort();
    let seen = run(&numbered(reports), &index(Vec::new()));
    assert!(seen.flagged.is_empty());
    let leg = seen.legs[0].1;
    assert_eq!(leg.reports, 360);
    // 59 minutes at 20 knots.
    let way_m = 59.0 / 60.0 * 20.0 * 1_852.0;
    assert!(
        (leg.distance_m - way_m).abs() < way_m * 0.01,
        "{}",
        leg.distance_m
    );
    assert!(leg.max_speed_knots.unwrap() < 20.5);
}

#[test]
fn a_false_report_where_she_later_comes_back_from_a_silence_is_a_spike_and_no_ship() {
    // North at 10 knots; a day, a silence of 13 hours, and a day more.
    let way = sail((10.0, 50.0), (10.0, 60.0), 0.0, 3_600.0, 5.0);
    let comes_back = way.iter().find(|report| report.time >= minute(2_220.0));
    // Half a day before the silence, an hour and a half, and half an hour.
    for (spikes, when) in [
        (1, 725.0),
        (2, 725.0),
        (1, 1_350.0),
        (2, 1_350.0),
        (1, 1_412.0),
    ] {
        let mut false_one = report_at(when, comes_back.unwrap().position, 10.0);
        false_one.position.lon_e7 += 1_000_000;
        let is_silent = |report: &&PositionReport| {
            report.time <= minute(1_440.0) || report.time >= minute(2_220.0)
        };
        let mut reports: Vec<PositionReport> = way.iter().filter(is_silent).copied().collect();
        for number in 0..spikes {
            let mut echo = false_one;
            echo.time = echo.time.shifted(number * 60_000);
            reports.push(echo);
        }
        reports.sort();
        let seen = run(&numbered(reports), &index(Vec::new()));
        let flags: Vec<_> = seen.flagged.iter().map(|flagged| flagged.flag).collect();
        assert_eq!(flags, vec![Flag::Spike; spikes as usize]);
        let gaps: Vec<_> = seen
            .gaps
            .iter()
            .filter(|(_, gap)| gap.after.is_some())
            .collect();
        assert_eq!(gaps.len(), 1);
        assert_eq!(gaps[0].1.before.time, minute(1_440.0));
    }
}
