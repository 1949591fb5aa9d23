//! Stops on short literal tracks: what counts as lying still, where a stop ends, whose it is.

mod common;

use common::{at, index, lie, minute, numbered, port, report_at, run, sail};
use landfall_spatial_index::PortIndex;
use landfall_track::{PositionReport, StopKind, distance_m};

fn no_ports() -> PortIndex {
    index(Vec::new())
}

/// The same reports, each with a speed of 0.
fn claiming_rest(reports: Vec<PositionReport>) -> Vec<PositionReport> {
    reports
        .into_iter()
        .map(|report| report.with_speed_knots(Some(0.0)))
        .collect()
}

#[test]
fn a_ship_that_always_reports_0_and_moves_by_position_never_stops_at_any_interval() {
    // 12 knots through a port's zone for 20 hours.
    let ports = index(vec![port("Middle", 2.0, 0.0, 15_000.0)]);
    for step in [2.0, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0] {
        let reports = claiming_rest(sail((0.0, 0.0), (4.0, 0.0), 0.0, 1_200.0, step));
        let seen = run(&numbered(reports), &ports);
        assert!(seen.stops.is_empty(), "{step} min: {:?}", seen.stops);
        assert!(
            seen.calls.iter().all(|(_, call)| call.stop_start.is_none()),
            "{step} min: {:?}",
            seen.calls
        );
        let fastest = seen.legs[0].1.max_speed_knots.unwrap_or_default();
        assert!((fastest - 12.0).abs() < 0.1, "{step} min: {fastest}");
    }
}

#[test]
fn a_stop_ends_where_the_next_report_lies_elsewhere_though_both_say_0() {
    // Two hours here, five hours of silence, two hours 50 miles north.
    let mut reports = lie((-140.0, 10.0), 0.0, 110.0, 10.0);
    reports.extend(lie((-140.0, 10.8333), 420.0, 530.0, 10.0));
    let seen = run(&numbered(reports.clone()), &no_ports());
    let times: Vec<_> = seen
        .stops
        .iter()
        .map(|(_, stop)| (stop.first.time, stop.last.time, stop.position))
        .collect();
    assert_eq!(
        times,
        [
            (minute(0.0), minute(110.0), at(-140.0, 10.0)),
            (minute(420.0), minute(530.0), at(-140.0, 10.8333))
        ]
    );
    // With a port at the second place, the call lies there and the first stop stays one at sea.
    let ports = index(vec![port("North", -140.0, 10.8333, 4_000.0)]);
    let seen = run(&numbered(reports), &ports);
    assert_eq!((seen.stops.len(), seen.calls.len()), (2, 1));
    assert_eq!(seen.stops[0].1.call, None);
    let call = seen.calls[0].1;
    assert_eq!(call.position, at(-140.0, 10.8333));
    assert!(call.distance_to_port_m < 1.0);
    assert_eq!(call.stop_start, Some(minute(420.0)));
}

#[test]
fn an_hourly_report_of_0_after_a_passage_is_believed_as_an_arrival() {
    let ports = index(vec![port("East", 1.0, 0.0, 5_000.0)]);
    let mut reports = sail((0.0, 0.0), (0.8, 0.0), 0.0, 240.0, 60.0);
    reports.push(report_at(300.0, at(1.0, 0.0), 0.0));
    reports.extend(sail((1.2, 0.0), (2.0, 0.0), 360.0, 600.0, 60.0));
    let seen = run(&numbered(reports), &ports);
    assert_eq!(seen.calls.len(), 1);
    assert_eq!(seen.calls[0].1.stop_start, Some(minute(300.0)));
}

#[test]
fn a_vessel_that_drifts_out_of_port_has_stopped_in_it_and_stops_again_outside() {
    let km = 1.0 / 111.32;
    let ports = index(vec![port("P", 0.0, 0.0, 5_000.0)]);
    let mut reports = sail((-0.2, 0.0), (-4.95 * km, 0.0), 0.0, 145.0, 5.0);
    reports.extend(lie((-4.95 * km, 0.0), 150.0, 175.0, 5.0));
    // 2.2 km in three hours: 0.4 knots.
    reports.extend(sail((-4.95 * km, 0.0), (-7.2 * km, 0.0), 180.0, 360.0, 5.0));
    reports.extend(lie((-7.2 * km, 0.0), 366.0, 4_686.0, 10.0));
    reports.extend(sail((-0.08, 0.0), (-0.2, 0.0), 4_692.0, 4_782.0, 10.0));
    let seen = run(&numbered(reports), &ports);
    assert_eq!(seen.calls.len(), 1);
    assert_eq!(seen.calls[0].1.stop_start, Some(minute(145.0)));
    let (first, last) = (seen.stops[0].1, seen.stops.last().unwrap().1);
    assert!(first.call.is_some() && last.call.is_none());
    assert!(
        seen.stops
            .iter()
            .any(|(_, stop)| stop.kind == StopKind::Drifting)
    );
    assert_eq!(last.last.time, minute(4_686.0));
    assert!(distance_m(last.position, at(-7.2 * km, 0.0)) < 10.0);
}

#[test]
fn positions_and_speeds_that_scatter_at_anchor_end_no_stop() {
    // Of about normal distribution: the sum of 12 numbers from -0.5 to 0.5.
    let mut state = 1_u64;
    let mut normal = || {
        (0..12)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (state >> 40) as f64 / (1_u64 << 24) as f64 - 0.5
            })
            .sum::<f64>()
    };
    for step in [0.2, 3.0, 10.0] {
        let reports = (0..1_500)
            .map(|number| {
                let off_deg = 20.0 / 111_000.0;
                let place = at(-40.0 + normal() * off_deg, 30.0 + normal() * off_deg);
                report_at(f64::from(number) * step, place, (normal() * 0.2).abs())
            })
            .collect();
        let seen = run(&numbered(reports), &no_ports());
        assert_eq!(seen.stops.len(), 1, "{step} min: {:?}", seen.stops.len());
        assert!(distance_m(seen.stops[0].1.position, at(-40.0, 30.0)) < 10.0);
    }
}

#[test]
fn a_speed_feigned_at_a_berth_for_hours_is_lying_still_though_the_last_report_before_was_beside_it()
{
    // Off the berth, then hours apart within 40 m of it.
    let mut reports = sail((16.0, 56.352), (16.3, 56.352), -240.0, -60.0, 60.0);
    reports.extend(
        [
            (0.0, (16.411_18, 56.351_90), 0.7),
            (79.0, (16.412_01, 56.352_15), 0.6),
            (135.0, (16.412_37, 56.352_36), 0.7),
            (240.0, (16.411_62, 56.352_62), 0.3),
            (330.0, (16.412_01, 56.352_15), 0.6),
        ]
        .map(|(minutes, (lon, lat), knots)| report_at(minutes, at(lon, lat), knots)),
    );
    reports.extend(sail((16.6, 56.352), (16.8, 56.352), 450.0, 570.0, 60.0));
    let seen = run(&numbered(reports), &no_ports());
    let times: Vec<_> = (seen.stops.iter())
        .map(|(_, stop)| (stop.first.time, stop.last.time))
        .collect();
    assert_eq!(times, [(minute(0.0), minute(330.0))]);
}

/// A vessel that slows down to its berth over some metres in some minutes, lies, and creeps away likewise; reports
/// under way every half minute, and every 3 minutes at rest.
fn creeps_to_its_berth(metres: f64, minutes: f64) -> Vec<PositionReport> {
    let metre = 1.0 / 111_320.0;
    let berth = (16.000_123_4, 0.000_123_4);
    let off = (berth.0 - metres * metre, berth.1);
    let mut reports = sail((15.96, berth.1), off, -20.0, -0.5, 0.5);
    reports.extend(sail(off, berth, 0.0, minutes, 0.5));
    reports.extend(lie(berth, minutes + 1.0, minutes + 121.0, 3.0));
    reports.extend(sail(
        berth,
        off,
        minutes + 121.5,
        2.0 * minutes + 121.5,
        0.5,
    ));
    reports.extend(sail(
        off,
        (15.96, berth.1),
        2.0 * minutes + 122.0,
        180.0,
        0.5,
    ));
    // What a log shows of it: at no time less than 1.2 knots.
    (reports.into_iter())
        .map(|report| match report.speed_knots() {
            Some(knots) if knots > 0.0 => report.with_speed_knots(Some(knots.max(1.2))),
            _ => report,
        })
        .collect()
}

#[test]
fn the_last_stretch_to_a_berth_and_the_first_from_it_are_no_part_of_the_stop() {
    for (metres, minutes) in [(20.0, 2.0), (40.0, 3.0), (24.0, 2.5)] {
        let reports = numbered(creeps_to_its_berth(metres, minutes));
        let seen = run(&reports, &no_ports());
        let [(_, stop)] = &seen.stops[..] else {
            panic!("{metres} m: {:?}", seen.stops)
        };
        assert_eq!(stop.first.time, minute(minutes + 1.0), "{metres} m");
        let late_min = (stop.start.hours_since(minute(minutes)) * 60.0).abs();
        assert!(late_min <= 1.0, "{metres} m: {late_min} min");
        // Within 25 m of its place nothing but the speed tells that it leaves, and a speed is feigned at many a berth.
        let most_min = if metres > 25.0 { 1.5 } else { 3.5 };
        let late_min = (stop.end.hours_since(minute(minutes + 121.0)) * 60.0).abs();
        assert!(late_min <= most_min, "{metres} m: {late_min} min");
        let lying = reports
            .iter()
            .filter(|it| (stop.first.time..=stop.last.time).contains(&it.time));
        assert_eq!(stop.reports, lying.count() as u64, "{metres} m");
    }
}

#[test]
fn a_ship_that_creeps_away_from_its_anchorage_at_one_knot_has_left_it() {
    for speed_knots in [None, Some(1.0)] {
        for step in [0.2, 3.0] {
            let mut reports = lie((0.001_234_5, 30.0), 0.0, 120.0, step);
            reports.extend(sail(
                (0.001_234_5, 30.0),
                (0.001_234_5, 30.05),
                123.0,
                303.0,
                step,
            ));
            let reports = reports
                .into_iter()
                .map(|report| match speed_knots {
                    None => report.with_speed_knots(None),
                    Some(_) => report,
                })
                .collect();
            let seen = run(&numbered(reports), &no_ports());
            let kinds: Vec<_> = seen.stops.iter().map(|(_, stop)| stop.kind).collect();
            assert_eq!(
                (kinds.len(), kinds[1]),
                (2, StopKind::Drifting),
                "{kinds:?}"
            );
            let end = seen.stops[0].1.end;
            assert!(
                (minute(118.0)..=minute(126.0)).contains(&end),
                "{speed_knots:?} {step}: {end}"
            );
        }
    }
}
