//! What holds for every track, however odd.

#![allow(
    clippy::unwrap_used,
    reason = "what fails here is a mistake in the test"
)]

mod common;

use common::{Recorder, at, filler, index, numbered, port, run_until};
use landfall_events::{Config, Setting, VesselKernel};
use landfall_spatial_index::PortIndex;
use landfall_track::{
    Flag, Hull, LonLat, Position, PositionReport, SourceRow, Stay, StopKind, Timestamp, Vertex,
    distance_m,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One step of a made-up track.
#[derive(Clone, Debug)]
enum Step {
    /// So many reports, this many seconds apart, each so far on (in 1e-7 degrees).
    Sail {
        reports: u8,
        seconds: i64,
        east_e7: i32,
        north_e7: i32,
        speed_knots: Option<f64>,
    },
    /// Nothing for so many minutes.
    Silence(i64),
    /// A report far off.
    Astray(i32, i32),
    /// A report of another ship, which sails too.
    Other(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let speed = prop_oneof![
        Just(None),
        Just(Some(0.0)),
        Just(Some(0.3)),
        (0.0..30.0_f64).prop_map(Some)
    ];
    prop_oneof![
        6 => (1..30_u8, 0..600_i64, -60_000..60_000_i32, -40_000..40_000_i32, speed)
            .prop_map(|(reports, seconds, east_e7, north_e7, speed_knots)| Step::Sail {
                reports, seconds, east_e7, north_e7, speed_knots
            }),
        3 => (1..30_u8, 1..600_i64, -60..60_i32, -60..60_i32)
            .prop_map(|(reports, seconds, east_e7, north_e7)| Step::Sail {
                reports, seconds, east_e7, north_e7, speed_knots: Some(0.1)
            }),
        2 => (1..3_000_i64).prop_map(Step::Silence),
        1 => (-1_800_000_000..1_800_000_000_i32, -900_000_000..900_000_000_i32)
            .prop_map(|(lon, lat)| Step::Astray(lon, lat)),
        1 => (1..15_u8).prop_map(Step::Other),
    ]
}

const TURN_E7: i64 = 3_600_000_000;

fn wrapped(lon_e7: i64) -> i32 {
    ((lon_e7 + TURN_E7 / 2).rem_euclid(TURN_E7) - TURN_E7 / 2) as i32
}

fn shifted(position: Position, east_e7: i64) -> Position {
    Position {
        lat_e7: position.lat_e7,
        lon_e7: wrapped(i64::from(position.lon_e7) + east_e7),
    }
}

fn moved(position: Position, east_e7: i32, north_e7: i32) -> Position {
    Position {
        lat_e7: (position.lat_e7 + north_e7).clamp(-900_000_000, 900_000_000),
        lon_e7: wrapped(i64::from(position.lon_e7) + i64::from(east_e7)),
    }
}

fn track(steps: &[Step]) -> Vec<PositionReport> {
    let mut here = at(9.95, 42.0);
    let mut elsewhere = at(-30.0, -20.0);
    let mut now = Timestamp::from_seconds(1_700_000_000).unwrap();
    let mut reports = Vec::new();
    let mut send = |time: Timestamp, position: Position, speed_knots: Option<f64>| {
        reports.push(
            PositionReport::new(time, position, SourceRow::default()).with_speed_knots(speed_knots),
        );
    };
    for step in steps {
        match *step {
            Step::Sail {
                reports,
                seconds,
                east_e7,
                north_e7,
                speed_knots,
            } => {
                for _ in 0..reports {
                    now = now.shifted(seconds * 1_000);
                    here = moved(here, east_e7, north_e7);
                    send(now, here, speed_knots);
                }
            }
            Step::Silence(minutes) => now = now.shifted(minutes * 60_000),
            Step::Astray(lon_e7, lat_e7) => {
                now = now.shifted(1_000);
                send(now, Position { lat_e7, lon_e7 }, None);
            }
            Step::Other(reports) => {
                for _ in 0..reports {
                    now = now.shifted(30_000);
                    elsewhere = moved(elsewhere, 8_000, 8_000);
                    send(now, elsewhere, Some(6.0));
                }
            }
        }
    }
    numbered(reports)
}

fn tracks() -> impl Strategy<Value = Vec<PositionReport>> {
    prop::collection::vec(step(), 1..25)
        .prop_map(|steps| track(&steps))
        .prop_filter("no report at all", |reports| !reports.is_empty())
}

/// The ports where they are; an index takes longer to build than a track to read.
static PORTS: LazyLock<PortIndex> = LazyLock::new(|| ports(0));

fn ports(east_e7: i64) -> PortIndex {
    let mut ports = vec![
        port("A", 10.0, 42.0, 6_000.0),
        port("B", 10.1, 42.02, 6_000.0),
        port("C", 10.0, 42.3, 3_000.0),
        port("D", -29.9, -19.9, 9_000.0),
        filler("E", 10.05, 41.97, 6_000.0),
        filler("F", 9.92, 42.03, 4_000.0),
        filler("G", 10.12, 42.02, 9_000.0),
    ];
    for port in &mut ports {
        if let landfall_track::Place::Points(points) = &mut port.place {
            for point in points {
                *point = shifted(*point, east_e7);
            }
        }
    }
    index(ports)
}

/// The same without those that only fill gaps, which are the last of them.
static PORTS_OF_WEIGHT: LazyLock<PortIndex> = LazyLock::new(|| {
    let ports = PORTS.ports().iter();
    index(
        ports
            .filter(|port| !port.source.yields())
            .cloned()
            .collect(),
    )
});

/// A vessel that never lies.
fn voyage() -> impl Strategy<Value = Vec<PositionReport>> {
    let reach = || prop_oneof![-50_000..-20_000_i32, 20_000..50_000_i32];
    let sail = (1..12_u8, 60..300_i64, reach(), reach()).prop_map(
        |(reports, seconds, east_e7, north_e7)| Step::Sail {
            reports,
            seconds,
            east_e7,
            north_e7,
            speed_knots: None,
        },
    );
    prop::collection::vec(sail, 1..40).prop_map(|steps| track(&steps))
}

fn end(reports: &[PositionReport]) -> Timestamp {
    let last = reports.last().map(|report| report.time).unwrap_or_default();
    last.shifted(10 * 3_600_000)
}

fn run(reports: &[PositionReport]) -> Recorder {
    run_until(reports, &PORTS, &Config::default(), end(reports))
}

/// The hull of each row, and how often the row was flagged.
fn by_row(seen: &Recorder) -> BTreeMap<u64, (Option<u32>, u32)> {
    let mut rows = BTreeMap::new();
    for flagged in &seen.flagged {
        let entry = rows
            .entry(flagged.report.source.row())
            .or_insert((flagged.hull.map(|hull| hull.number), 0));
        entry.1 += 1;
    }
    rows
}

/// How far from a hull's path a report lies at its own time, in metres; the nearest of the lines
/// that span the time.
fn off_path_m(path: &[Vertex], report: &PositionReport) -> f64 {
    let exact = path
        .iter()
        .filter(|vertex| vertex.time == report.time)
        .map(|vertex| distance_m(vertex.position, report.position));
    let between = path.windows(2).filter_map(|pair| {
        let (a, b) = (pair[0], pair[1]);
        if b.after_gap || !(a.time < report.time && report.time < b.time) {
            return None;
        }
        let share = report.time.millis_since(a.time) as f64 / b.time.millis_since(a.time) as f64;
        let east = a.position.lon_difference_e7(b.position) as f64 * share;
        let north = f64::from(b.position.lat_e7 - a.position.lat_e7) * share;
        let there = moved(a.position, east.round() as i32, north.round() as i32);
        Some(distance_m(there, report.position))
    });
    exact.chain(between).fold(f64::INFINITY, f64::min)
}

type Outline = Vec<(Hull, String)>;

/// The events without positions and distances.
fn outline(seen: &Recorder) -> Outline {
    let mut all = Outline::new();
    for (hull, call) in &seen.calls {
        all.push((
            *hull,
            format!(
                "{:?} {:?} {:?} {:?} {:?} {:?} {} {} {:?}",
                call.port,
                call.arrival,
                call.departure,
                call.stop_start,
                call.stop_end,
                call.confidence,
                call.reports,
                call.first.source.row(),
                call.last.source.row()
            ),
        ));
    }
    for (hull, leg) in &seen.legs {
        all.push((
            *hull,
            format!(
                "{:?} {:?} {} {} {} {} {}",
                leg.origin,
                leg.destination,
                leg.first_vertex,
                leg.last_vertex,
                leg.reports,
                leg.gap_ms,
                leg.distance_m.round()
            ),
        ));
    }
    for (hull, gap) in &seen.gaps {
        all.push((
            *hull,
            format!(
                "{} {} {:?}",
                gap.before.source.row(),
                gap.reports_before,
                gap.port
            ),
        ));
    }
    for (hull, stop) in &seen.stops {
        all.push((
            *hull,
            format!("{} {}", stop.first.source.row(), stop.last.source.row()),
        ));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn storing_the_state_at_any_report_changes_nothing(
        reports in tracks(),
        cut in any::<prop::sample::Index>(),
    ) {
        let config = Config::default();
        let setting = Setting { config: &config, ports: &PORTS };
        let cut = cut.index(reports.len());
        let mut resumed = Recorder::default();
        let mut kernel = VesselKernel::default();
        for report in &reports[..cut] {
            kernel.push(report, &setting, &mut resumed);
        }
        let stored = serde_json::to_vec(&kernel).unwrap();
        let mut kernel: VesselKernel = serde_json::from_slice(&stored).unwrap();
        for report in &reports[cut..] {
            kernel.push(report, &setting, &mut resumed);
        }
        kernel.finish(end(&reports), &setting, &mut resumed);
        resumed.assemble(&PORTS);
        prop_assert_eq!(resumed, run(&reports));
    }

    #[test]
    fn no_vessel_lies_in_port_before_it_arrives_or_after_it_departs(reports in voyage()) {
        for (_, call) in &run(&reports).calls {
            let comes = call.arrival.zip(call.stop_start);
            prop_assert!(comes.is_none_or(|(arrival, start)| arrival <= start), "{call:?}");
            let goes = call.departure.zip(call.stop_end);
            prop_assert!(goes.is_none_or(|(departure, end)| departure >= end), "{call:?}");
            let lies = call.stop_start.zip(call.stop_end);
            prop_assert!(lies.is_none_or(|(start, end)| start <= end), "{call:?}");
        }
    }

    #[test]
    fn ports_that_only_fill_gaps_leave_the_zones_of_others_as_they_are(reports in voyage()) {
        let stays = |ports: &PortIndex| -> Vec<Stay> {
            let seen = run_until(&reports, ports, &Config::default(), end(&reports));
            seen.logs.values().flat_map(|log| log.stays.clone()).collect()
        };
        let mut of_all = stays(&PORTS);
        of_all.retain(|stay| !PORTS.port(stay.port).source.yields());
        prop_assert_eq!(of_all, stays(&PORTS_OF_WEIGHT));
    }

    #[test]
    fn the_gaps_of_a_hull_are_disjoint_and_longer_than_the_threshold(reports in tracks()) {
        let seen = run(&reports);
        let mut ends: BTreeMap<u32, Timestamp> = BTreeMap::new();
        for (hull, gap) in &seen.gaps {
            let after = gap.after.map_or(end(&reports), |after| after.time);
            prop_assert!(after.hours_since(gap.before.time) > 6.0);
            prop_assert!(ends.get(&hull.number).is_none_or(|last| *last <= gap.before.time));
            ends.insert(hull.number, after);
        }
    }

    #[test]
    fn every_report_is_in_one_hull_or_flagged_as_in_none(reports in tracks()) {
        let mut config = Config::default();
        config.path.tolerance_m = 0.0;
        let seen = run_until(&reports, &PORTS, &config, end(&reports));
        let rows = by_row(&seen);
        prop_assert!(rows.values().all(|(_, times)| *times == 1));
        for flagged in &seen.flagged {
            let further = flagged.hull.is_some_and(|hull| hull.number > 0);
            prop_assert_eq!(further, flagged.flag == Flag::FurtherHull);
            prop_assert_eq!(flagged.hull.is_none(), flagged.flag != Flag::FurtherHull);
        }
        // With a tolerance of 0 each report of a hull is a vertex of its path; of several at one
        // moment the first.
        let mut expected: BTreeMap<u32, Vec<(Timestamp, Position)>> = BTreeMap::new();
        for report in &reports {
            let hull = rows.get(&report.source.row()).map_or(Some(0), |(hull, _)| *hull);
            if let Some(hull) = hull {
                let places = expected.entry(hull).or_default();
                if places.last().is_none_or(|(time, _)| *time < report.time) {
                    places.push((report.time, report.position));
                }
            }
        }
        for (hull, places) in expected {
            let path = seen.path(hull);
            let drawn: Vec<_> = path.iter().map(|vertex| (vertex.time, vertex.position)).collect();
            prop_assert_eq!(drawn, places);
        }
    }

    #[test]
    fn reports_are_given_to_the_hulls_that_flags_say_and_counted_before_calls_and_gaps(
        reports in tracks(),
    ) {
        let seen = run(&reports);
        let rows = by_row(&seen);
        let mut of_hulls: BTreeMap<u32, Vec<PositionReport>> = BTreeMap::new();
        for (hull, report) in &seen.reports {
            of_hulls.entry(hull.number).or_default().push(*report);
        }
        let mut expected: BTreeMap<u32, Vec<PositionReport>> = BTreeMap::new();
        for report in &reports {
            let hull = rows.get(&report.source.row()).map_or(Some(0), |(hull, _)| *hull);
            if let Some(hull) = hull {
                expected.entry(hull).or_default().push(*report);
            }
        }
        prop_assert_eq!(&of_hulls, &expected);
        let count = |hull: &Hull, is_before: &dyn Fn(Timestamp) -> bool| {
            let hers = &expected[&hull.number];
            hers.iter().filter(|report| is_before(report.time)).count() as u64
        };
        for ((hull, call), before) in seen.calls.iter().zip(&seen.before_calls) {
            prop_assert_eq!(*before, count(hull, &|time| time < call.first.time));
        }
        for ((hull, gap), before) in seen.gaps.iter().zip(&seen.before_gaps) {
            prop_assert_eq!(*before, count(hull, &|time| time <= gap.before.time));
        }
    }

    #[test]
    fn the_first_report_of_each_moment_lies_within_the_tolerance_of_its_hulls_path(
        reports in tracks(),
        tolerance_m in 1.0..500.0_f64,
    ) {
        let mut config = Config::default();
        config.path.tolerance_m = tolerance_m;
        let seen = run_until(&reports, &PORTS, &config, end(&reports));
        let rows = by_row(&seen);
        let mut latest: BTreeMap<u32, Timestamp> = BTreeMap::new();
        for report in &reports {
            let hull = rows.get(&report.source.row()).map_or(Some(0), |(hull, _)| *hull);
            // Of several reports at one moment the first counts.
            if let Some(hull) = hull
                && latest.insert(hull, report.time) != Some(report.time)
            {
                let off_m = off_path_m(&seen.path(hull), report);
                // A centimetre or two for rounding to whole 1e-7 degrees.
                prop_assert!(off_m <= tolerance_m * 1.001 + 0.03, "{} m off at {}", off_m, report.time);
            }
        }
    }

    #[test]
    fn the_vertices_of_a_leg_are_all_those_between_its_ends_and_voyages_chain(reports in tracks()) {
        let seen = run(&reports);
        for (hull, leg) in &seen.legs {
            let path = seen.path(hull.number);
            let is_between = |vertex: &&Vertex| vertex.time > leg.first.time && vertex.time < leg.last.time;
            let own = path.iter().skip(leg.first_vertex as usize);
            let own = own.take((leg.last_vertex + 1).saturating_sub(leg.first_vertex) as usize);
            prop_assert_eq!(
                own.filter(is_between).collect::<Vec<_>>(),
                path.iter().filter(is_between).collect::<Vec<_>>()
            );
            prop_assert!(leg.first.time <= leg.last.time);
            prop_assert!(leg.distance_m >= leg.observed_distance_m);
            prop_assert!((0.0..=1.0).contains(&leg.observed_share()));
        }
        for (_, call) in &seen.calls {
            prop_assert!(call.first.time <= call.last.time);
            if let (Some(start), Some(stop)) = (call.stop_start, call.stop_end) {
                prop_assert!(start <= stop);
            }
        }
        for pair in seen.legs.windows(2) {
            prop_assert!(pair[0].0 != pair[1].0 || pair[0].1.last.time <= pair[1].1.first.time);
        }
        for (_, stop) in &seen.stops {
            prop_assert!(stop.start <= stop.first.time && stop.end >= stop.last.time || stop.kind == StopKind::Drifting);
            prop_assert!(stop.start <= stop.end);
        }
    }

    #[test]
    fn the_antimeridian_is_a_meridian_like_any_other(
        reports in tracks(),
        // Whole degrees: any other way would make coarse positions fine.
        east_deg in prop_oneof![Just(170), Just(-150), Just(180), -180..180_i64],
    ) {
        let east_e7 = east_deg * 10_000_000;
        let east: Vec<PositionReport> = reports
            .iter()
            .map(|report| {
                let mut moved = *report;
                moved.position = shifted(report.position, east_e7);
                moved
            })
            .collect();
        let there = run_until(&east, &ports(east_e7), &Config::default(), end(&reports));
        prop_assert_eq!(outline(&there), outline(&run(&reports)));
    }

    #[test]
    fn no_report_whatever_makes_it_panic(
        places in prop::collection::vec(
            (-180.0..=180.0_f64, -90.0..=90.0_f64, any::<i64>(), prop::option::of(0.0..102.0_f64)),
            0..60,
        ),
    ) {
        let mut reports: Vec<PositionReport> = places
            .iter()
            .map(|(lon, lat, time, speed)| {
                let position = Position::from_degrees(LonLat { lon: *lon, lat: *lat }).unwrap();
                let moment = Timestamp::default().shifted(time % Timestamp::MAX.as_millis());
                PositionReport::new(moment, position, SourceRow::default()).with_speed_knots(*speed)
            })
            .collect();
        run(&reports);
        reports.sort();
        let seen = run(&reports);
        let noise = seen.flagged.iter().filter(|flagged| flagged.hull.is_none()).count();
        prop_assert!(noise <= reports.len());
    }
}
