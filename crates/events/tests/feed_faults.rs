//! Faults that a feed adds to what one vessel sent: each must leave the vessel's track as it is without.

#![allow(
    clippy::unwrap_used,
    reason = "what fails here is a mistake in the test"
)]

mod common;

use common::{Recorder, at, index, lie, minute, numbered, report_at, run, sail};
use landfall_events::{Config, Setting, VesselKernel};
use landfall_track::{Flag, GapKind, PositionReport};

/// Ten hours east at 10 knots along 50 degrees north, a report a minute, with courses.
fn way() -> Vec<PositionReport> {
    // A degree of longitude is 38.6 nautical miles there.
    sail((10.0, 50.0), (12.59, 50.0), 0.0, 600.0, 1.0)
        .into_iter()
        .map(|report| {
            report
                .with_speed_knots(Some(10.0))
                .with_course_deg(Some(90.0))
        })
        .collect()
}

fn late(report: &PositionReport, seconds: i64) -> PositionReport {
    let mut copy = *report;
    copy.time = copy.time.shifted(seconds * 1000);
    copy
}

fn seen(mut reports: Vec<PositionReport>) -> Recorder {
    reports.sort();
    run(&numbered(reports), &index(Vec::new()))
}

fn flags(seen: &Recorder) -> Vec<Flag> {
    let mut flags: Vec<Flag> = seen.flagged.iter().map(|flagged| flagged.flag).collect();
    flags.sort_unstable();
    flags.dedup();
    flags
}

/// Reports flagged, of the only hull's track its reports and its length in kilometres.
fn track(seen: &Recorder) -> (usize, u64, i64) {
    assert_eq!(seen.legs.len(), 1, "{:?}", seen.legs);
    let leg = seen.legs[0].1;
    (
        seen.flagged.len(),
        leg.reports,
        (leg.distance_m / 1000.0).round() as i64,
    )
}

#[test]
fn copies_through_a_late_receiver_are_flagged_and_add_no_way() {
    let (_, reports, km) = track(&seen(way()));
    for lag_s in [45, 75, 720, 7_200] {
        let mut fed = way();
        // Every other report is heard twice; the last hours' copies come after the data's end.
        fed.extend(
            way()
                .iter()
                .skip(1)
                .step_by(2)
                .map(|report| late(report, lag_s)),
        );
        let seen = seen(fed);
        let (flagged, used, length_km) = track(&seen);
        assert!((295..=300).contains(&flagged), "{flagged} of lag {lag_s}");
        assert!(
            reports.abs_diff(used) <= 5 && (length_km - km).abs() <= 1,
            "{lag_s} s"
        );
        assert!(
            flags(&seen)
                .iter()
                .all(|flag| matches!(flag, Flag::LateCopy | Flag::LateClock))
        );
        assert!(seen.gaps.is_empty());
    }
}

#[test]
fn what_came_through_a_late_receiver_alone_is_no_other_hull() {
    let (.., km) = track(&seen(way()));
    let mut fed = Vec::new();
    for (number, report) in way().iter().enumerate() {
        match number % 5 {
            0 => fed.extend([*report, late(report, 720)]),
            1 => fed.push(late(report, 720)),
            _ => fed.push(*report),
        }
    }
    let seen = seen(fed);
    let (.., length_km) = track(&seen);
    assert!((length_km - km).abs() <= 2, "{length_km} km of {km}");
    assert!(
        seen.flagged
            .iter()
            .all(|flagged| flagged.flag != Flag::FurtherHull)
    );
}

#[test]
fn a_late_receiver_is_found_out_where_reports_are_minutes_apart_too() {
    let sparse: Vec<PositionReport> = way().into_iter().step_by(7).collect();
    let (.., km) = track(&seen(sparse.clone()));
    for lag_s in [720, 1_800] {
        let mut fed = Vec::new();
        for (number, report) in sparse.iter().enumerate() {
            match number % 4 {
                0 => fed.extend([*report, late(report, lag_s)]),
                // Of the first hour nothing comes late alone: before the first copy nobody can tell.
                1 if number > 8 => fed.push(late(report, lag_s)),
                _ => fed.push(*report),
            }
        }
        let seen = seen(fed);
        let (.., length_km) = track(&seen);
        assert!((length_km - km).abs() <= 4, "{length_km} km of {km}");
        let is_late = |flag: &Flag| matches!(flag, Flag::LateCopy | Flag::LateClock);
        assert!(flags(&seen).iter().all(is_late), "{:?}", flags(&seen));
    }
}

/// Ten hours from a berth, north and east by turns, by reports some minutes apart or as often as class A sends.
fn drawn_way(draw: &mut impl FnMut() -> f64, apart: (f64, f64)) -> Vec<PositionReport> {
    let (mut lon, mut lat, mut minutes) = (10.0_f64, 50.0_f64, 0.0_f64);
    let mut fed = Vec::new();
    while minutes < 660.0 {
        let knots = ((minutes - 60.0) / 5.0).clamp(0.0, 12.0 + draw());
        let course_deg = 20.0 + 40.0 * (minutes / 90.0).sin() + 3.0 * draw();
        let place = at(lon + 4e-5 * draw(), lat + 4e-5 * draw());
        let report = report_at(minutes, place, (knots * 10.0).round() / 10.0);
        fed.push(report.with_course_deg(Some((course_deg * 10.0).round() / 10.0)));
        let step = ((apart.0 + (apart.1 - apart.0) * draw()) * 60.0).round() / 60.0;
        let miles = knots * step / 60.0;
        lat += miles * course_deg.to_radians().cos() / 60.0;
        lon += miles * course_deg.to_radians().sin() / 60.0 / lat.to_radians().cos();
        minutes += step;
    }
    fed
}

#[test]
fn whatever_comes_through_a_late_receiver_makes_no_other_hull() {
    let mut state = 7_u64;
    let mut draw = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    for apart in [(0.3, 0.4), (5.0, 15.0)] {
        for lag_s in [75, 720, 7_200] {
            for case in 0..12 {
                let clean = drawn_way(&mut draw, apart);
                let (.., km) = track(&seen(clean.clone()));
                let mut fed = Vec::new();
                for report in &clean {
                    // Before the first copy under way nobody can tell: of some hours nothing comes late alone.
                    let is_early = report.time < minute(60.0 + 20.0 * f64::from(case));
                    match draw() {
                        share if share < 0.25 && !is_early => fed.push(late(report, lag_s)),
                        share if share < 0.5 => fed.extend([*report, late(report, lag_s)]),
                        _ => fed.push(*report),
                    }
                }
                let seen = seen(fed);
                let what = format!("case {case}, {apart:?} minutes apart, {lag_s} s late");
                let others: Vec<_> = (seen.reports.iter().map(|(hull, _)| *hull))
                    .filter(|hull| hull.number > 0)
                    .filter(|hull| !seen.joined.iter().any(|(joined, _)| joined == hull))
                    .collect();
                assert!(others.is_empty(), "{what}: {others:?}");
                // What came late before the receiver was found out was sailed to and fro, for up to its lag.
                let (.., length_km) = track(&seen);
                let most_km = if lag_s > 3_600 { km / 6 } else { km / 25 };
                let off_km = (length_km - km).abs();
                assert!(off_km <= 2 + most_km, "{what}: {length_km} km of {km}");
            }
        }
    }
}

#[test]
fn late_copies_of_a_vessel_at_rest_are_told_while_it_leaves() {
    // An hour at rest, each position a little off, and away at a knot more every two minutes.
    let (mut fed, mut lon) = (Vec::new(), 10.000_011);
    for step in 0..360 {
        let minutes = f64::from(step) / 3.0;
        let knots = ((minutes - 60.0) / 2.0).clamp(0.0, 10.0);
        lon += knots / 180.0 / 38.6;
        let place = at(lon + f64::from(step % 7) * 0.000_013, 50.012_345);
        fed.push(report_at(minutes, place, knots).with_course_deg(Some(90.0)));
    }
    let clean = track(&seen(fed.clone()));
    let copies: Vec<PositionReport> = fed.iter().step_by(2).map(|it| late(it, 720)).collect();
    fed.extend(copies);
    let seen = seen(fed);
    let (_, _, km) = track(&seen);
    assert!((km - clean.2).abs() <= 1, "{km} km of {}", clean.2);
    assert!(!flags(&seen).contains(&Flag::FurtherHull));
}

#[test]
fn copies_that_come_late_do_not_lengthen_a_stay() {
    let mut fed = way();
    // Six hours at rest, each position a little off.
    let rest = (1..=120).map(|number| {
        let place = at(12.59 + f64::from(number % 7) * 0.000_013, 50.000_011);
        report_at(600.0 + f64::from(number) * 3.0, place, 0.0)
    });
    fed.extend(rest);
    let true_end = fed[fed.len() - 1].time;
    let copies: Vec<PositionReport> = fed.iter().step_by(2).map(|it| late(it, 7_200)).collect();
    fed.extend(copies);
    assert_eq!(seen(fed).legs[0].1.last.time, true_end);
}

#[test]
fn where_only_the_late_receiver_goes_on_the_track_goes_on() {
    let way = way();
    let mut fed: Vec<PositionReport> = way[..300].to_vec();
    fed.extend(way.iter().map(|report| late(report, 720)));
    let seen = seen(fed);
    let (_, reports, km) = track(&seen);
    assert!(
        reports >= 590 && (184..=187).contains(&km),
        "{reports} {km}"
    );
    // Its times are put right: the last report is of the tenth hour.
    assert_eq!(seen.legs[0].1.last.time, minute(600.0));
}

#[test]
fn a_position_repeated_at_speed_is_no_motion_and_not_heard() {
    let way = way();
    let mut fed: Vec<PositionReport> = way[..60].to_vec();
    // Ten hours of one position, its time stamp made anew every quarter of an hour.
    fed.extend((1..=40).map(|quarter| late(&way[59], quarter * 900)));
    fed.extend(way[60..].iter().map(|report| late(report, 36_000)));
    let seen = seen(fed);
    let (flagged, reports, _) = track(&seen);
    assert!((39..=40).contains(&flagged), "{flagged}");
    assert!(reports >= 600);
    assert_eq!(seen.gaps.len(), 1);
    assert!(flags(&seen).contains(&Flag::StalePosition));
}

#[test]
fn who_goes_to_and_fro_about_one_place_is_not_late() {
    // Half a kilometre east in four hours and back at once, over and over, telling always the same speed.
    let fed: Vec<PositionReport> = (0..200)
        .map(|step| {
            let east = 10.0 + f64::from(step % 9) * 0.001;
            report_at(f64::from(step) * 30.0, at(east, 50.0), 3.0).with_course_deg(Some(90.0))
        })
        .collect();
    assert_eq!(flags(&seen(fed)), []);
}

#[test]
fn who_leaves_its_berth_in_a_coarse_cell_is_not_stale() {
    // Positions in hundredths of a degree: the first kilometre after a day at rest shows no motion.
    let mut fed: Vec<PositionReport> = (0..240)
        .map(|step| report_at(f64::from(step) * 6.0, at(10.0, 50.0), 0.0))
        .collect();
    fed.extend((0..600).map(|step| {
        let minutes = 1440.0 + f64::from(step) / 3.0;
        let knots = (f64::from(step) / 20.0).min(10.0);
        let miles: f64 = (0..step)
            .map(|past| (f64::from(past) / 20.0).min(10.0) / 180.0)
            .sum();
        let lat = 50.0 + ((miles / 60.0) * 100.0).floor() / 100.0;
        report_at(minutes, at(10.0, lat), knots).with_course_deg(Some(0.0))
    }));
    assert_eq!(flags(&seen(fed)), []);
}

#[test]
fn a_ferry_that_comes_back_to_its_berth_is_not_late() {
    let mut fed = Vec::new();
    for trip in 0..6 {
        let from = f64::from(trip) * 120.0;
        fed.extend(lie((10.0, 50.0), from, from + 30.0, 3.0));
        fed.extend(sail(
            (10.0, 50.0),
            (10.2, 50.0),
            from + 32.0,
            from + 60.0,
            2.0,
        ));
        fed.extend(lie((10.2, 50.0), from + 62.0, from + 88.0, 3.0));
        fed.extend(sail(
            (10.2, 50.0),
            (10.0, 50.0),
            from + 90.0,
            from + 118.0,
            2.0,
        ));
    }
    let seen = seen(fed);
    assert!(seen.flagged.is_empty(), "{:?}", seen.flagged);
    // Six at either end.
    assert_eq!(seen.stops.len(), 12);
}

#[test]
fn a_lone_zero_or_the_pole_is_no_position() {
    let mut fed = way();
    for (number, report) in fed.iter_mut().enumerate() {
        match number % 50 {
            20 => report.position.lon_e7 = 0,
            21 => report.position.lat_e7 = 0,
            22 => report.position.lat_e7 = 900_000_000,
            _ => {}
        }
    }
    let seen = seen(fed);
    let (flagged, reports, _) = track(&seen);
    assert_eq!((flagged, reports), (36, 601 - 36));
    assert_eq!(flags(&seen), [Flag::NoFix]);
}

#[test]
fn a_sign_or_a_high_bit_lost_for_a_while_is_no_other_hull() {
    let spoilt: [fn(&mut PositionReport); 3] = [
        |report| report.position.lat_e7 = -report.position.lat_e7,
        |report| report.position.lon_e7 = -report.position.lon_e7,
        |report| report.position.lon_e7 += 559_240_533,
    ];
    for spoil in spoilt {
        let mut fed = way();
        fed[100..125].iter_mut().for_each(spoil);
        fed[300..303].iter_mut().for_each(spoil);
        let seen = seen(fed);
        let (flagged, reports, _) = track(&seen);
        assert_eq!((flagged, reports), (28, 601 - 28));
        assert!(seen.gaps.is_empty());
    }
}

#[test]
fn a_coordinate_that_lost_its_figures_is_no_other_hull_however_often() {
    let mut fed: Vec<PositionReport> = way()
        .into_iter()
        .map(|mut report| {
            report.position.lat_e7 += 1_234_567;
            report
        })
        .collect();
    let clean = track(&seen(fed.clone()));
    for report in fed.iter_mut().skip(20).step_by(40) {
        report.position.lon_e7 = 100_000_000;
    }
    let seen = seen(fed);
    let (flagged, reports, km) = track(&seen);
    assert_eq!((flagged, reports + 15, km), (15, clean.1, clean.2));
    assert_eq!(flags(&seen), [Flag::Spike]);
}

#[test]
fn positions_shown_elsewhere_for_hours_are_withdrawn_with_all_that_came_of_them() {
    let mut fed = way();
    for (number, report) in fed[60..310].iter_mut().enumerate() {
        // At an airport 400 km away, where the vessel seems to lie.
        report.position = at(15.01 + number as f64 * 1e-6, 48.01);
        *report = report.with_speed_knots(Some(0.0));
    }
    let seen = seen(fed);
    let (flagged, ..) = track(&seen);
    assert_eq!(flagged, 250);
    assert_eq!(flags(&seen), [Flag::Teleport]);
    assert!(seen.stops.is_empty() && seen.joined.is_empty());
}

#[test]
fn tracklets_that_never_overlap_are_one_vessel_with_a_jump() {
    let mut fed = way();
    fed.extend(sail((100.0, 10.0), (101.0, 10.0), 660.0, 960.0, 2.0));
    let seen = seen(fed);
    let joined: Vec<(u32, u32)> = seen
        .joined
        .iter()
        .map(|(hull, earlier)| (hull.number, earlier.number))
        .collect();
    assert_eq!(joined, [(1, 0)]);
    assert!(seen.gaps.is_empty());
}

#[test]
fn a_stranger_heard_now_and_then_does_not_make_every_silence_another_vessel() {
    let (mut fed, mut minutes) = (Vec::new(), 0.0);
    for silence_h in [8.25, 10.25, 14.25, 0.0] {
        let lon = 10.0 + minutes / 60.0 * 12.0 / 38.6;
        let to = lon + 6.0 * 12.0 / 38.6;
        fed.extend(sail(
            (lon, 50.0),
            (to, 50.0),
            minutes,
            minutes + 360.0,
            15.0,
        ));
        minutes += 360.0 + silence_h * 60.0;
    }
    let strangers = [66.0, 172.0, 310.0, 927.0, 1_100.0];
    fed.extend(strangers.map(|minutes| report_at(minutes, at(-42.5, -24.8), 0.0)));
    let seen = seen(fed);
    let of_first = seen.gaps.iter().filter(|(hull, _)| hull.number == 0);
    assert_eq!((of_first.count(), seen.gaps.len()), (3, 3));
    assert_eq!(seen.flagged.len(), 5);
    let first = seen.legs.iter().find(|(hull, _)| hull.number == 0).unwrap();
    assert_eq!(first.1.reports, 4 * 25);
}

#[test]
fn lone_reports_of_a_vessel_at_its_berth_belong_to_it() {
    let mut fed = lie((10.0, 50.0), 0.0, 600.0, 6.0);
    let mut minutes = 600.0;
    for silence_h in [9.0, 14.0, 20.0, 12.0, 16.0] {
        minutes += silence_h * 60.0;
        fed.push(report_at(minutes, at(10.0001, 50.0001), 0.0));
    }
    fed.extend(lie((10.0, 50.0), minutes + 660.0, minutes + 900.0, 6.0));
    let seen = seen(fed);
    assert!(seen.flagged.is_empty(), "{:?}", seen.flagged);
    let hours: Vec<i64> = seen
        .gaps
        .iter()
        .map(|(_, gap)| gap.silent_ms / 3_600_000)
        .collect();
    assert_eq!(hours, [9, 14, 20, 12, 16, 11]);
}

#[test]
fn coarse_positions_are_one_vessels() {
    for step_e7 in [1e6, 1e5, 1e6 / 6.0] {
        let mut fed = way();
        for report in &mut fed {
            for e7 in [&mut report.position.lat_e7, &mut report.position.lon_e7] {
                *e7 = ((f64::from(*e7) / step_e7).round() * step_e7).round() as i32;
            }
        }
        let seen = seen(fed);
        let (_, reports, _) = track(&seen);
        assert_eq!(reports + seen.flagged.len() as u64, 601);
        assert!(
            seen.flagged.len() < 30,
            "{} of {step_e7}",
            seen.flagged.len()
        );
        assert!(seen.gaps.is_empty());
    }
}

#[test]
fn a_vessel_that_sends_without_a_position_is_not_silent() {
    let (config, ports) = (Config::default(), index(Vec::new()));
    let setting = Setting {
        config: &config,
        ports: &ports,
    };
    let (mut kernel, mut seen) = (VesselKernel::default(), Recorder::default());
    let reports = numbered(way());
    for report in &reports[..300] {
        kernel.push(report, &setting, &mut seen);
    }
    for message in 0..120 {
        let time = minute(300.0 + f64::from(message) * 10.0);
        kernel.push_without_position(time, &setting);
    }
    for report in &reports[300..] {
        kernel.push(&late(report, 72_000), &setting, &mut seen);
    }
    kernel.finish(minute(1_800.0), &setting, &mut seen);
    assert_eq!(seen.gaps.len(), 1);
    let gap = seen.gaps[0].1;
    assert_eq!((gap.kind, gap.silent_ms), (GapKind::NoPosition, 0));
    assert_eq!(gap.without_position.unwrap().messages, 120);
}

#[test]
fn messages_without_a_position_count_before_the_first_reports_are_a_vessel() {
    let (config, ports) = (Config::default(), index(Vec::new()));
    let setting = Setting {
        config: &config,
        ports: &ports,
    };
    let (mut kernel, mut seen) = (VesselKernel::default(), Recorder::default());
    // Three reports, ten hours of messages, and the rest.
    let reports = numbered(way().into_iter().step_by(5).collect());
    for report in &reports[..3] {
        kernel.push(report, &setting, &mut seen);
    }
    for step in 1..60 {
        kernel.push_without_position(minute(10.0 + f64::from(step) * 10.0), &setting);
    }
    for report in &reports[3..] {
        let mut later = *report;
        later.time = later.time.shifted(10 * 3_600_000);
        kernel.push(&later, &setting, &mut seen);
    }
    kernel.finish(minute(1_200.0), &setting, &mut seen);
    let kinds: Vec<GapKind> = seen.gaps.iter().map(|(_, gap)| gap.kind).collect();
    assert_eq!(kinds, [GapKind::NoPosition]);
    let messages = seen.gaps[0].1.without_position.map(|sent| sent.messages);
    assert_eq!(messages, Some(59));
}

/// Two days of passes two hours apart, of three reports each, at 8 knots to the east.
fn passes() -> Vec<PositionReport> {
    (0..72)
        .map(|number| {
            let minutes = f64::from(number / 3) * 120.0 + f64::from(number % 3);
            let place = at(10.000_123 + minutes / 60.0 * 8.0 / 38.6, 50.012_345);
            report_at(minutes, place, 8.0).with_course_deg(Some(90.0))
        })
        .collect()
}

#[test]
fn one_false_report_where_a_vessel_could_be_ends_no_track() {
    let (_, reports, km) = track(&seen(passes()));
    for (row, degrees) in [(30, 0.25), (30, -0.25), (33, 0.3)] {
        let mut fed = passes();
        // Far enough for the next report to be impossible from there, near enough for 25 knots.
        fed[row].position.lat_e7 += (degrees * 1e7) as i32;
        let seen = seen(fed);
        let others = seen.reports.iter().filter(|(hull, _)| hull.number > 0);
        assert_eq!(others.count(), 0, "{row}, {degrees}");
        let (flagged, used, length_km) = track(&seen);
        assert!(reports.abs_diff(used + flagged as u64) <= 1 && flagged <= 1);
        assert!((length_km - km).abs() <= 75, "{length_km} km of {km}");
        assert!(seen.gaps.is_empty());
    }
}

#[test]
fn positions_that_flicker_while_a_vessel_leaves_its_berth_are_no_other_hull() {
    // At rest every 5 minutes, under way every 20 seconds: by turns of one to three reports true and 200 km off.
    let mut fed = lie((10.0, 50.0), 0.0, 600.0, 5.0);
    fed.extend(sail((10.0, 50.0), (10.5, 50.0), 600.4, 720.4, 1.0 / 3.0));
    fed.extend(sail((10.5, 50.0), (12.5, 50.0), 720.8, 1_220.8, 2.0));
    let mut turn = 0_u32;
    for (number, report) in fed.iter_mut().enumerate() {
        turn = (turn * 7 + 3 + number as u32) % 11;
        if (minute(500.0)..minute(720.0)).contains(&report.time) && turn < 5 {
            report.position.lat_e7 += 20_000_000;
        }
    }
    let seen = seen(fed);
    assert!(
        !flags(&seen).contains(&Flag::FurtherHull),
        "{:?}",
        flags(&seen)
    );
    assert!(seen.gaps.is_empty());
}
