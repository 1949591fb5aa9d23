//! Port calls, voyages, stops and gaps on short literal tracks.

mod common;

use common::{at, index, lie, minute, numbered, port, report, report_at, run, run_until, sail};
use landfall_events::Config;
use landfall_track::{CallKey, CallKind, Confidence, PortIx, PositionReport, StopKind, distance_m};

/// Two ports 60 nautical miles apart on the equator.
fn two_ports() -> landfall_spatial_index::PortIndex {
    index(vec![
        port("West", 10.0, 0.0, 5_000.0),
        port("East", 11.0, 0.0, 5_000.0),
    ])
}

fn there_and_in() -> Vec<PositionReport> {
    let mut reports = lie((10.0, 0.0), 0.0, 120.0, 5.0);
    reports.extend(sail((10.0, 0.0), (11.0, 0.0), 125.0, 425.0, 5.0));
    reports.extend(lie((11.0, 0.0), 430.0, 600.0, 5.0));
    reports.extend(sail((11.0, 0.0), (11.0, 0.5), 605.0, 755.0, 5.0));
    numbered(reports)
}

#[test]
fn a_voyage_goes_from_the_berth_of_one_call_to_the_berth_of_the_next() {
    let ports = two_ports();
    let seen = run(&there_and_in(), &ports);
    assert_eq!(seen.calls.len(), 2);
    let (west, east) = (seen.calls[0].1, seen.calls[1].1);
    assert_eq!((west.port, west.arrival), (PortIx(0), None));
    assert_eq!(west.confidence, Confidence::OneEnd);
    assert_eq!(west.departure, Some(west.last.time));
    assert!(distance_m(west.last.position, at(10.0, 0.0)) <= 5_000.0 * 4.0 / 3.0);
    assert_eq!(east.confidence, Confidence::BothEnds);
    assert_eq!(east.arrival, Some(east.first.time));
    assert!(distance_m(east.first.position, at(11.0, 0.0)) <= 5_000.0);
    // It was there with the last report under way already, and left as late as it can have.
    assert_eq!(east.stop_start, Some(minute(425.0)));
    let end = east.stop_end.unwrap();
    assert!((minute(603.0)..=minute(605.0)).contains(&end), "{end}");
    assert_eq!(east.berthing.first_alongside, Some(minute(425.0)));
    assert_eq!(
        (east.berthing.kind, east.berthing.berths),
        (CallKind::Berth, 1)
    );
    assert_eq!(east.position, at(11.0, 0.0));

    assert_eq!(seen.legs.len(), 2);
    let voyage = seen.legs[0].1;
    assert!(voyage.is_voyage());
    // From berth to berth, not from circle to circle.
    let (left, reached) = (seen.stops[0].1.last, seen.stops[1].1.first);
    assert_eq!((voyage.first, voyage.last), (left, reached));
    assert!(voyage.first.time < west.last.time && voyage.last.time > east.first.time);
    let straight_m = distance_m(at(10.0, 0.0), at(11.0, 0.0));
    assert!((voyage.observed_distance_m - straight_m).abs() < straight_m * 1e-4);
    assert!((voyage.max_speed_knots.unwrap() - 12.0).abs() < 0.1);
    let track = seen.legs[1].1;
    assert_eq!((track.origin, track.destination), (Some(PortIx(1)), None));
    assert!(seen.flagged.is_empty() && seen.gaps.is_empty());
    let of_calls: Vec<_> = seen.stops.iter().map(|(_, stop)| stop.call).collect();
    let keys = [west, east].map(|call| {
        Some(CallKey {
            port: call.port,
            first: call.first.time,
        })
    });
    assert_eq!(of_calls, keys);
}

#[test]
fn data_that_begin_and_end_in_port_give_an_open_call_and_no_track() {
    let seen = run(&numbered(lie((10.0, 0.0), 0.0, 120.0, 5.0)), &two_ports());
    let call = seen.calls[0].1;
    assert_eq!((call.arrival, call.departure), (None, None));
    assert_eq!(call.confidence, Confidence::StopOnly);
    assert_eq!(call.reports, 25);
    assert!(seen.legs.is_empty());
}

#[test]
fn a_passage_does_not_break_the_way() {
    let ports = index(vec![
        port("West", 10.0, 0.0, 5_000.0),
        port("Middle", 10.5, 0.0, 5_000.0),
        port("East", 11.0, 0.0, 5_000.0),
    ]);
    let seen = run(&there_and_in(), &ports);
    let grades: Vec<_> = seen
        .calls
        .iter()
        .map(|(_, call)| (call.port.0, call.confidence))
        .collect();
    assert_eq!(
        grades,
        [
            (0, Confidence::OneEnd),
            (1, Confidence::Passage),
            (2, Confidence::BothEnds)
        ]
    );
    let voyage = seen.legs[0].1;
    assert_eq!(
        (voyage.origin, voyage.destination),
        (Some(PortIx(0)), Some(PortIx(2)))
    );
}

#[test]
fn a_ship_that_leaves_and_comes_back_makes_a_voyage_to_the_same_port() {
    let mut reports = lie((10.0, 0.0), 0.0, 60.0, 5.0);
    reports.extend(sail((10.0, 0.0), (10.3, 0.0), 65.0, 155.0, 5.0));
    reports.extend(sail((10.3, 0.0), (10.0, 0.0), 160.0, 250.0, 5.0));
    reports.extend(lie((10.0, 0.0), 255.0, 300.0, 5.0));
    let seen = run(&numbered(reports), &two_ports());
    assert_eq!(seen.calls.len(), 2);
    assert_eq!(seen.legs.len(), 1);
    assert_eq!(
        (seen.legs[0].1.origin, seen.legs[0].1.destination),
        (Some(PortIx(0)), Some(PortIx(0)))
    );
}

#[test]
fn a_ship_that_passes_a_port_and_stops_at_its_neighbour_called_at_the_neighbour() {
    // Radii of 9 km around points 10 km apart: the zones overlap. She comes from the west.
    let ports = index(vec![
        port("Outer", 10.0, 0.0, 9_000.0),
        port("Inner", 10.09, 0.0, 9_000.0),
    ]);
    let mut reports = sail((9.7, 0.0), (10.09, 0.0), 0.0, 120.0, 3.0);
    reports.extend(lie((10.09, 0.0), 123.0, 300.0, 3.0));
    reports.extend(sail((10.09, 0.0), (10.5, 0.0), 303.0, 423.0, 3.0));
    let seen = run(&numbered(reports), &ports);
    let grades: Vec<_> = seen
        .calls
        .iter()
        .map(|(_, call)| (call.port.0, call.confidence))
        .collect();
    assert_eq!(
        grades,
        [(0, Confidence::Passage), (1, Confidence::BothEnds)]
    );
    let (outer, inner) = (seen.calls[0].1, seen.calls[1].1);
    assert!(outer.last.time < inner.first.time);
    assert!(distance_m(inner.first.position, at(10.0, 0.0)) > 5_000.0);
    let total: u64 = seen.calls.iter().map(|(_, call)| call.reports).sum();
    let both = |position| {
        distance_m(position, at(10.0, 0.0)) <= 9_000.0
            || distance_m(position, at(10.09, 0.0)) <= 12_000.0
    };
    assert!(both(inner.last.position));
    assert_eq!(total, outer.reports + inner.reports);
    assert_eq!(seen.legs[0].1.destination, Some(PortIx(1)));
    assert_eq!(seen.legs[0].1.last, seen.stops[0].1.first);
    assert_eq!(seen.legs[1].1.origin, Some(PortIx(1)));
}

#[test]
fn a_ship_that_calls_at_both_neighbours_makes_two_calls_and_a_voyage_between() {
    let ports = index(vec![
        port("Outer", 10.0, 0.0, 9_000.0),
        port("Inner", 10.09, 0.0, 9_000.0),
    ]);
    let mut reports = sail((9.7, 0.0), (10.0, 0.0), 0.0, 90.0, 3.0);
    reports.extend(lie((10.0, 0.0), 93.0, 300.0, 3.0));
    reports.extend(sail((10.0, 0.0), (10.09, 0.0), 303.0, 333.0, 3.0));
    reports.extend(lie((10.09, 0.0), 336.0, 400.0, 3.0));
    let seen = run(&numbered(reports), &ports);
    let places: Vec<_> = seen
        .calls
        .iter()
        .map(|(_, call)| (call.port.0, call.confidence, call.position))
        .collect();
    assert_eq!(
        places,
        [
            (0, Confidence::BothEnds, at(10.0, 0.0)),
            (1, Confidence::OneEnd, at(10.09, 0.0))
        ]
    );
    let between = seen.legs[1].1;
    assert_eq!(
        (between.origin, between.destination, between.reports),
        (Some(PortIx(0)), Some(PortIx(1)), 13)
    );
    assert_eq!(between.first, seen.stops[0].1.last);
    assert_eq!(between.last, seen.stops[1].1.first);
    assert!(seen.calls[0].1.last.time < seen.calls[1].1.first.time);
}

#[test]
fn a_stay_interrupted_by_silence_is_one_call_and_the_gap_names_the_port() {
    let mut reports = sail((9.5, 0.0), (10.0, 0.0), 0.0, 150.0, 5.0);
    reports.extend(lie((10.0, 0.0), 155.0, 300.0, 5.0));
    reports.extend(lie((10.0, 0.0), 1_000.0, 1_100.0, 5.0));
    reports.extend(sail((10.0, 0.0), (9.5, 0.0), 1_105.0, 1_255.0, 5.0));
    let seen = run(&numbered(reports), &two_ports());
    assert_eq!(seen.calls.len(), 1);
    assert_eq!(seen.calls[0].1.confidence, Confidence::BothEnds);
    assert_eq!(seen.calls[0].1.stop_start, Some(minute(150.0)));
    let end = seen.calls[0].1.stop_end.unwrap();
    assert!((minute(1_103.0)..=minute(1_105.0)).contains(&end), "{end}");
    assert_eq!(seen.gaps.len(), 1);
    assert_eq!(seen.gaps[0].1.port, Some(PortIx(0)));
}

#[test]
fn a_silence_that_begins_in_port_and_ends_at_sea_ends_the_call_at_the_last_report() {
    let mut reports = sail((9.5, 0.0), (10.0, 0.0), 0.0, 145.0, 5.0);
    reports.push(report_at(150.0, at(10.0, 0.0), 4.0));
    reports.extend(sail((10.6, 0.5), (10.7, 0.6), 800.0, 900.0, 5.0));
    let seen = run(&numbered(reports), &two_ports());
    let call = seen.calls[0].1;
    assert_eq!(call.departure, Some(minute(150.0)));
    // No stop was seen, but a silence of more than four hours.
    assert_eq!(
        (call.stop_start, call.confidence),
        (None, Confidence::BothEnds)
    );
    assert_eq!(seen.gaps[0].1.port, Some(PortIx(0)));
    let after = seen.legs[1].1;
    assert_eq!(after.origin, Some(PortIx(0)));
    assert_eq!(after.gap_ms, 650 * 60_000);
    assert!(after.distance_m > after.observed_distance_m + 80_000.0);
    let path = seen.path(0);
    assert!(
        path.iter()
            .any(|vertex| vertex.after_gap && vertex.time == minute(800.0))
    );
}

#[test]
fn a_gap_at_midnight_is_one_gap_with_its_distance_speed_and_reports_before() {
    let mut reports = sail((20.0, 0.0), (20.5, 0.0), -300.0, -180.0, 10.0);
    reports.extend(sail((21.5, 0.0), (22.0, 0.0), 240.0, 360.0, 10.0));
    let seen = run_until(
        &numbered(reports),
        &two_ports(),
        &Config::default(),
        minute(360.0 + 361.0),
    );
    assert_eq!(seen.gaps.len(), 2);
    let (gap, open) = (seen.gaps[0].1, seen.gaps[1].1);
    assert_eq!(gap.before.time, minute(-180.0));
    assert_eq!(gap.after.unwrap().time, minute(240.0));
    assert_eq!(gap.reports_before, 13);
    let exact_m = distance_m(at(20.5, 0.0), at(21.5, 0.0));
    assert!((gap.distance_m.unwrap() - exact_m).abs() < 1.0);
    assert!((gap.implied_speed_knots.unwrap() - exact_m / 1852.0 / 7.0).abs() < 1e-6);
    assert_eq!((open.after, open.reports_before), (None, 26));
    assert_eq!(seen.legs.len(), 1);
    assert_eq!(seen.legs[0].1.gap_ms, 7 * 3_600_000);
}

#[test]
fn a_silence_of_just_the_threshold_is_no_gap() {
    let reports = [report(0.0, at(0.0, 30.0)), report(360.0, at(0.0, 30.0))];
    let seen = run_until(&reports, &two_ports(), &Config::default(), minute(720.0));
    assert!(seen.gaps.is_empty());
}

#[test]
fn a_stop_at_sea_has_its_nearest_port_and_a_short_one_is_none() {
    let mut reports = sail((10.2, 0.0), (10.3, 0.0), 0.0, 60.0, 5.0);
    reports.extend(lie((10.3, 0.0), 65.0, 125.0, 5.0));
    reports.extend(sail((10.3, 0.0), (10.5, 0.0), 130.0, 250.0, 5.0));
    reports.extend(lie((10.5, 0.0), 252.0, 256.0, 2.0));
    reports.extend(sail((10.5, 0.0), (10.6, 0.0), 258.0, 318.0, 5.0));
    let seen = run(&numbered(reports), &two_ports());
    assert_eq!(seen.stops.len(), 1);
    let stop = seen.stops[0].1;
    assert_eq!(
        (stop.first.time, stop.last.time),
        (minute(65.0), minute(125.0))
    );
    assert!(stop.start_seen && stop.end_seen);
    assert_eq!((stop.reports, stop.kind), (13, StopKind::Alongside));
    assert_eq!(stop.call, None);
    let nearest = stop.nearest_port.unwrap();
    assert_eq!(nearest.port, PortIx(0));
    assert!((nearest.distance_m - 33_396.0).abs() < 10.0, "{nearest:?}");
}

/// Drops every speed.
fn without_speeds(reports: Vec<PositionReport>) -> Vec<PositionReport> {
    reports
        .into_iter()
        .map(|report| report.with_speed_knots(None))
        .collect()
}

#[test]
fn where_no_speed_is_reported_stops_are_found_from_positions() {
    let seen = run(&numbered(without_speeds(there_and_in())), &two_ports());
    let grades: Vec<_> = seen.calls.iter().map(|(_, call)| call.confidence).collect();
    assert_eq!(grades, [Confidence::OneEnd, Confidence::BothEnds]);
    assert!((seen.legs[0].1.max_speed_knots.unwrap() - 12.0).abs() < 0.1);
}

#[test]
fn a_speed_of_0_on_a_ship_whose_positions_move_is_no_stop() {
    let reports = sail((10.5, 1.0012345), (11.5, 1.0023456), 0.0, 400.0, 2.0)
        .into_iter()
        .map(|report| report.with_speed_knots(Some(0.0)))
        .collect();
    let seen = run(&numbered(reports), &two_ports());
    assert!(seen.stops.is_empty(), "{:?}", seen.stops);
    assert!((seen.legs[0].1.max_speed_knots.unwrap() - 9.0).abs() < 0.1);
}

#[test]
fn jitter_at_a_berth_ends_no_stop() {
    // Every 10 seconds up to 25 m off: as speeds from one report to the next, up to 10 knots.
    let jitter = |number: u32| {
        let scattered = number.wrapping_mul(2_654_435_761) >> 16;
        (f64::from(scattered % 101) / 100.0 - 0.5) * 50.0 / 111_000.0
    };
    for speed_knots in [None, Some(0.1), Some(0.0)] {
        let mut reports = sail((10.3, 1.0), (10.5, 1.0), -120.0, -1.0, 1.0);
        reports.extend((0..1_080).map(|number| {
            report(
                f64::from(number) / 6.0,
                at(10.5 + jitter(number), 1.0 + jitter(number + 50)),
            )
            .with_speed_knots(speed_knots)
        }));
        reports.extend(sail((10.5, 1.0), (10.7, 1.0), 180.0, 300.0, 1.0));
        let seen = run(&numbered(reports), &two_ports());
        assert_eq!(seen.stops.len(), 1, "{speed_knots:?}");
        let hours = seen.stops[0]
            .1
            .last
            .time
            .hours_since(seen.stops[0].1.first.time);
        assert!((2.6..=3.1).contains(&hours), "{hours}");
        assert!(distance_m(seen.stops[0].1.position, at(10.5, 1.0)) < 10.0);
    }
}

#[test]
fn a_vessel_of_one_report_at_sea_is_a_track_of_one_vertex() {
    let seen = run(&[report_at(0.0, at(50.0, 10.0), 12.0)], &two_ports());
    assert_eq!(seen.legs.len(), 1);
    let leg = seen.legs[0].1;
    assert_eq!((leg.first, leg.reports), (leg.last, 1));
    assert_eq!(seen.vertices.len(), 1);
    assert!(leg.observed_share() > 0.999);
}

#[test]
fn a_vessel_of_one_report_lying_in_port_is_a_call() {
    let seen = run(&[report_at(0.0, at(10.0, 0.0), 0.0)], &two_ports());
    assert_eq!(seen.calls[0].1.confidence, Confidence::StopOnly);
    assert!(seen.legs.is_empty());
}

#[test]
fn a_call_across_the_antimeridian_is_one_call_with_its_median_between() {
    let ports = index(vec![port("Dateline", 180.0, -17.0, 5_000.0)]);
    let mut reports = sail((179.5, -17.0), (179.999, -17.0), 0.0, 150.0, 5.0);
    for number in 0..31 {
        let lon = if number % 2 == 0 { 179.9999 } else { -179.9999 };
        reports.push(report_at(
            155.0 + f64::from(number) * 5.0,
            at(lon, -17.0),
            0.1,
        ));
    }
    reports.extend(sail((-179.999, -17.0), (-179.5, -17.0), 310.0, 460.0, 5.0));
    let seen = run(&numbered(reports), &ports);
    assert_eq!(seen.calls.len(), 1);
    let call = seen.calls[0].1;
    assert_eq!(call.confidence, Confidence::BothEnds);
    assert!(
        call.distance_to_port_m < 20.0,
        "{}",
        call.distance_to_port_m
    );
    assert!(seen.flagged.is_empty());
    assert!(seen.legs.iter().all(|(_, leg)| leg.distance_m < 60_000.0));
}

#[test]
fn a_ship_under_way_that_falls_silent_in_port_makes_no_call_unless_it_had_time_to_stop_there() {
    // 12 knots into the zone of the port at longitude 10, last heard in its middle.
    let inward = sail((9.5, 0.0), (10.0, 0.0), 0.0, 150.0, 5.0);
    let grades = |reports: Vec<PositionReport>, hours: f64| {
        let end = minute(150.0 + hours * 60.0);
        let seen = run_until(&numbered(reports), &two_ports(), &Config::default(), end);
        seen.calls
            .iter()
            .map(|(_, call)| call.confidence)
            .collect::<Vec<_>>()
    };
    // Never heard again.
    assert_eq!(grades(inward.clone(), 100.0), [Confidence::Passage]);
    // Heard 4.5 hours later 58 miles on, which needs 13 knots.
    let mut onward = inward.clone();
    onward.extend(sail((10.0, 0.967), (10.0, 1.5), 420.0, 600.0, 5.0));
    assert_eq!(grades(onward, 8.0), [Confidence::Passage]);
    // Heard 12 hours later as near: at 12 knots that leaves 7 hours, spent anywhere.
    let mut later = inward.clone();
    later.extend(sail((10.0, 0.967), (10.0, 1.5), 870.0, 1_050.0, 5.0));
    assert_eq!(grades(later.clone(), 16.0), [Confidence::Passage]);
    // Where no speeds are sent nobody knows that the vessel was under way.
    for report in &mut later {
        *report = report.with_speed_knots(None);
    }
    assert_eq!(grades(later, 16.0), [Confidence::BothEnds]);
    // Heard 12 hours later where it fell silent.
    let mut again = inward.clone();
    again.extend(sail((10.0, 0.0), (10.0, 1.0), 870.0, 1_170.0, 5.0));
    assert_eq!(grades(again, 18.0), [Confidence::BothEnds]);
    // Last seen at 4 knots and never heard again.
    let mut slow = inward;
    slow.push(report_at(155.0, at(10.005, 0.0), 4.0));
    assert_eq!(grades(slow, 100.0), [Confidence::OneEnd]);
}

#[test]
fn a_single_report_at_10_knots_in_port_is_no_call() {
    let reports = [report_at(0.0, at(10.0, 0.0), 10.0)];
    let seen = run_until(&reports, &two_ports(), &Config::default(), minute(6_000.0));
    assert_eq!(seen.calls[0].1.confidence, Confidence::Passage);
}

#[test]
fn a_ship_that_swings_on_the_line_between_two_ports_makes_one_call() {
    let ports = index(vec![
        port("West", -0.03, 0.0, 5_000.0),
        port("East", 0.03, 0.0, 5_000.0),
    ]);
    // 170 m to either side of the middle for five days, every 5 minutes; her turns take 12 hours.
    let mut reports = sail((-0.5, 0.0), (-0.01, 0.0), -300.0, -5.0, 5.0);
    reports.extend((0..1_440).map(|number| {
        let turn = f64::from(number) * std::f64::consts::TAU / 150.0;
        report_at(f64::from(number) * 5.0, at(0.0015 * turn.cos(), 0.0), 0.1)
    }));
    reports.extend(sail((-0.01, 0.0), (-0.5, 0.0), 7_200.0, 7_500.0, 5.0));
    let seen = run(&numbered(reports), &ports);
    let grades: Vec<_> = seen
        .calls
        .iter()
        .map(|(_, call)| (call.port.0, call.confidence))
        .collect();
    assert_eq!(grades, [(0, Confidence::BothEnds)]);
}

#[test]
fn a_drift_from_one_port_to_its_neighbour_parts_two_calls() {
    let ports = index(vec![
        port("Outer", 10.0, 0.0, 9_000.0),
        port("Inner", 10.09, 0.0, 9_000.0),
    ]);
    // 0.4 knots from one port nearly to the other, with a speed that never says that she sails.
    let mut reports = sail((9.7, 0.0), (10.0, 0.0), 0.0, 90.0, 3.0);
    reports.extend(lie((10.0, 0.0), 93.0, 150.0, 3.0));
    reports.extend(sail((10.0, 0.0), (10.08, 0.0), 153.0, 873.0, 3.0));
    reports.extend(lie((10.08, 0.0), 876.0, 1_000.0, 3.0));
    let seen = run(&numbered(reports), &ports);
    let grades: Vec<_> = seen.calls.iter().map(|(_, call)| call.port.0).collect();
    // It lay at the one, was carried along for twelve hours, and lay at the other.
    assert_eq!(grades, [0, 1]);
    let kinds: Vec<_> = seen.stops.iter().map(|(_, stop)| stop.kind).collect();
    assert!(kinds.contains(&StopKind::Drifting), "{kinds:?}");
}
