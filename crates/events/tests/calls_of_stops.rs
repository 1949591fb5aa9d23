//! Calls are made of stops: which port, which kind, and what is no call.

mod common;

use common::{
    Recorder, at, filler, index, lie, minute, numbered, port, report_at, run, run_beside_land, sail,
};
use landfall_track::{CallKind, Confidence, PositionReport, StopKind, Wind};

/// A vessel at anchor: on an arc of 150 m about its anchor, its heading with it, a report every 3 minutes.
fn anchor((lon, lat): (f64, f64), start: f64, end: f64) -> Vec<PositionReport> {
    let count = ((end - start) / 3.0) as usize;
    (0..count)
        .map(|number| {
            let angle = (number as f64 / 40.0).sin() * 1.2;
            let (east, north) = (150.0 * angle.sin(), 150.0 * angle.cos());
            let place = at(lon + east / 111_320.0, lat + north / 110_574.0);
            report_at(start + number as f64 * 3.0, place, 0.2)
                .with_heading_deg(Some((angle.to_degrees() + 180.0).rem_euclid(360.0)))
                .with_nav_status(Some(1))
        })
        .collect()
}

/// Calls by port, kind and confidence.
fn calls(seen: &Recorder) -> Vec<(u32, CallKind, Confidence)> {
    seen.calls
        .iter()
        .map(|(_, call)| (call.port.0, call.berthing.kind, call.confidence))
        .collect()
}

fn kinds(seen: &Recorder) -> Vec<StopKind> {
    seen.stops.iter().map(|(_, stop)| stop.kind).collect()
}

#[test]
fn a_ferry_between_two_ports_in_one_radius_calls_at_each_in_turn() {
    // 6 km apart, the one's radius beyond the other: 14 minutes at either end, 24 minutes on the way.
    let ports = index(vec![
        port("West", 15.5643, 0.0012, 10_000.0),
        port("East", 15.6182, 0.0012, 7_000.0),
    ]);
    let (west, east) = ((15.5643, 0.0013), (15.6182, 0.0014));
    let mut reports = Vec::new();
    for trip in 0..4 {
        // No two days of a ferry are the same to the metre.
        let off = f64::from(trip) * 0.000_13;
        let from = f64::from(trip) * 76.0;
        let (west, east) = ((west.0 + off, west.1), (east.0, east.1 + off));
        reports.extend(lie(west, from, from + 14.0, 2.0));
        reports.extend(sail(west, east, from + 14.5, from + 37.5, 1.0));
        reports.extend(lie(east, from + 38.0, from + 52.0, 2.0));
        reports.extend(sail(east, west, from + 52.5, from + 75.5, 1.0));
    }
    let seen = run(&numbered(reports), &ports);
    let ports: Vec<u32> = calls(&seen)
        .iter()
        .filter(|call| call.2 != Confidence::Passage)
        .map(|call| call.0)
        .collect();
    assert_eq!(ports, [0, 1, 0, 1, 0, 1, 0, 1], "{:?}", seen.flagged);
    let voyages = seen.legs.iter().filter(|(_, leg)| leg.is_voyage());
    let off: Vec<f64> = voyages
        .map(|(_, leg)| (leg.distance_m - 6_000.0).abs())
        .collect();
    assert_eq!(off.len(), 7);
    assert!(off.iter().all(|off_m| *off_m < 100.0), "{off:?}");
}

#[test]
fn waiting_at_anchor_before_a_berth_is_told_and_waiting_alone_is_a_call_of_its_own_kind() {
    let ports = index(vec![port("Port", 10.0012, 0.0012, 9_000.0)]);
    let roads = (10.0512, 0.0123);
    let mut reports = sail((10.5, 0.0), roads, -120.0, -3.0, 3.0);
    reports.extend(anchor(roads, 0.0, 600.0));
    reports.extend(sail(roads, (10.0012, 0.0012), 603.0, 636.0, 3.0));
    let mut berthed = reports.clone();
    berthed.extend(lie((10.0012, 0.0012), 639.0, 1_239.0, 3.0));
    berthed.extend(sail((10.0012, 0.0012), (10.5, 0.0), 1_242.0, 1_500.0, 3.0));
    let seen = run(&numbered(berthed), &ports);
    assert_eq!(kinds(&seen), [StopKind::Anchored, StopKind::Alongside]);
    assert_eq!(calls(&seen), [(0, CallKind::Berth, Confidence::BothEnds)]);
    let lay = seen.calls[0].1.berthing;
    let hours = |millis: i64| millis as f64 / 3_600_000.0;
    assert!((hours(lay.waited_ms) - 10.0).abs() < 0.2, "{lay:?}");
    assert!((hours(lay.alongside_ms) - 10.0).abs() < 0.2, "{lay:?}");
    assert!(lay.first_alongside.unwrap() > minute(630.0));
    assert_eq!(lay.berths, 1);
    // The voyage to it ends at the berth, not in the roads.
    assert_eq!(seen.legs[0].1.last, seen.stops[1].1.first);

    let mut leaves = reports[..reports.len() - 12].to_vec();
    leaves.extend(sail(roads, (10.5, 0.0), 603.0, 723.0, 3.0));
    let seen = run(&numbered(leaves), &ports);
    assert_eq!(
        calls(&seen),
        [(0, CallKind::Anchorage, Confidence::BothEnds)]
    );
}

#[test]
fn a_way_through_a_canal_with_a_lock_and_a_wait_is_a_transit_and_no_call() {
    // The Kiel Canal, with ports at both ends.
    let line = [
        (9.05, 53.88),
        (9.15, 53.90),
        (9.31, 54.00),
        (9.32, 54.12),
        (9.44, 54.20),
        (9.66, 54.30),
        (9.80, 54.36),
        (10.14, 54.37),
        (10.25, 54.45),
    ];
    let ports = index(vec![
        port("Lock", 9.1432, 53.8912, 6_000.0),
        port("End", 10.1412, 54.3312, 8_000.0),
    ]);
    let mut reports = Vec::new();
    let mut now = 0.0;
    for ends in line.windows(2) {
        if ends[0] == line[1] {
            reports.extend(lie(ends[0], now, now + 45.0, 3.0));
            now += 48.0;
        }
        reports.extend(sail(ends[0], ends[1], now, now + 60.0, 2.0));
        now += 60.0;
    }
    let seen = run(&numbered(reports), &ports);
    assert!(
        seen.calls
            .iter()
            .all(|(_, call)| call.confidence == Confidence::Passage),
        "{:?}",
        seen.calls
    );
    assert_eq!(seen.transits.len(), 1);
    let transit = seen.transits[0];
    assert_eq!(transit.direction, Wind::Northeast);
    assert!(transit.entry > minute(100.0) && transit.exit < minute(480.0));
    assert!(transit.waited_ms >= 44 * 60_000);
    assert_eq!(seen.legs.len(), 1);
}

#[test]
fn a_vessel_that_turns_back_in_a_canal_makes_no_transit() {
    let out = sail((9.05, 53.88), (9.15, 53.90), 0.0, 60.0, 2.0);
    let mut reports = out;
    reports.extend(sail((9.15, 53.90), (9.31, 54.00), 62.0, 122.0, 2.0));
    reports.extend(sail((9.31, 54.00), (9.15, 53.90), 124.0, 184.0, 2.0));
    reports.extend(sail((9.15, 53.90), (9.05, 53.88), 186.0, 246.0, 2.0));
    let seen = run(&numbered(reports), &index(Vec::new()));
    assert!(seen.transits.is_empty());
}

#[test]
fn a_berth_across_an_estuary_is_not_the_port_of_the_other_shore() {
    // Vlissingen, and a berth at Breskens; another at Vlissingen itself.
    let ports = index(vec![port("Vlissingen", 3.6, 51.45, 8_000.0)]);
    for (place, expected) in [((3.5661, 51.3962), 0), ((3.5861, 51.4429), 1)] {
        let mut reports = sail((3.2, 51.6), place, 0.0, 180.0, 6.0);
        reports.extend(lie(place, 186.0, 786.0, 6.0));
        let seen = run_beside_land(&numbered(reports), &ports);
        assert_eq!(kinds(&seen), [StopKind::Alongside]);
        let called = seen
            .calls
            .iter()
            .filter(|(_, call)| call.confidence != Confidence::Passage);
        assert_eq!(called.count(), expected, "{place:?}");
        assert_eq!(seen.stops[0].1.call.is_some(), expected == 1);
    }
}

#[test]
fn across_an_estuary_a_port_that_only_fills_a_gap_has_its_berth() {
    let place = (3.5661, 51.3962);
    let mut reports = sail((3.2, 51.6), place, 0.0, 180.0, 6.0);
    reports.extend(lie(place, 186.0, 786.0, 6.0));
    let vlissingen = port("Vlissingen", 3.6, 51.45, 8_000.0);
    let breskens = filler("Breskens", 3.57, 51.4, 6_000.0);
    for (ports, expected) in [
        (vec![vlissingen.clone(), breskens.clone()], 1),
        (vec![breskens, vlissingen], 0),
    ] {
        let seen = run_beside_land(&numbered(reports.clone()), &index(ports));
        assert_eq!(seen.stops[0].1.call.map(|call| call.port.0), Some(expected));
    }
}

#[test]
fn a_port_that_only_fills_a_gap_takes_no_stop_of_anothers_and_none_of_its_zone() {
    // 6.7 km apart; berths 5.6 and 6.4 km from the one, 1.1 and 0.2 km from the other.
    let west = port("West", 10.0, 0.0, 6_000.0);
    let east = filler("East", 10.06, 0.0, 6_000.0);
    for (berth, is_west) in [(10.0502, true), (10.0581, false)] {
        for (ports, of_west) in [
            (vec![west.clone(), east.clone()], 0),
            (vec![east.clone(), west.clone()], 1),
        ] {
            // In from the west, through the one's radius, or from the east, through the other's.
            for from in [9.5, 10.5] {
                let berth = (berth, 0.0013);
                let mut reports = sail((from, 0.0), berth, 0.0, 180.0, 2.0);
                reports.extend(lie(berth, 182.0, 782.0, 2.0));
                reports.extend(sail(berth, (from, 0.0), 784.0, 964.0, 2.0));
                let seen = run(&numbered(reports), &index(ports.clone()));
                let called: Vec<u32> = calls(&seen)
                    .iter()
                    .filter(|call| call.2 != Confidence::Passage)
                    .map(|call| call.0)
                    .collect();
                let expected = if is_west { of_west } else { 1 - of_west };
                assert_eq!(called, [expected], "{berth:?} from {from}");
                let call = seen.calls.iter().find(|(_, call)| call.port.0 == expected);
                let (stop, call) = (seen.stops[0].1, call.unwrap().1);
                assert!(call.first.time <= stop.start && stop.end <= call.last.time);
            }
        }
    }
}

#[test]
fn a_vessel_that_does_not_move_off_the_coast_is_aground_and_calls_nowhere() {
    let ports = index(vec![port("Off", 3.0, 55.0, 9_000.0)]);
    let place = (3.05123, 55.01234);
    let mut reports = sail((2.5, 55.0), place, 0.0, 180.0, 6.0);
    reports.extend(
        lie(place, 186.0, 1_386.0, 6.0)
            .into_iter()
            .map(|report| report.with_heading_deg(Some(77.0)).with_nav_status(Some(0))),
    );
    let seen = run_beside_land(&numbered(reports), &ports);
    assert_eq!(kinds(&seen), [StopKind::AgroundOrWaiting]);
    assert_eq!(calls(&seen).len(), 1);
    assert_eq!(seen.calls[0].1.confidence, Confidence::Passage);
}

#[test]
fn reports_far_apart_at_one_berth_are_one_call_from_the_first_to_the_last() {
    // A report every eight hours, each between two silences.
    let ports = index(vec![port("Port", 10.0012, 0.0012, 9_000.0)]);
    let berth = (10.0021, 0.0023);
    let mut reports = sail((10.5, 0.0), berth, -180.0, -5.0, 5.0);
    reports.extend(
        (0..6).map(|number| report_at(f64::from(number) * 480.0, at(berth.0, berth.1), 0.3)),
    );
    reports.extend(sail(berth, (10.5, 0.0), 2_405.0, 2_585.0, 5.0));
    let seen = run(&numbered(reports), &ports);
    assert_eq!(calls(&seen).len(), 1);
    let after = seen.legs.last().unwrap().1;
    assert!(after.first.time >= minute(2_400.0), "{after:?}");
    assert_eq!(after.gap_ms, 0);
}
