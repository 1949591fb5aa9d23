//! Places are what the stops of several vessels show: where they are, whose they are, and the calls made there.

mod common;

use common::{at, index, lie, numbered, port, record, report_at, sail};
use landfall_events::{
    Config, Geography, HullEvents, JudgedLog, PlaceConfig, PlaceFinder, StopCell, StopConfig,
    StopPlaces, assemble, stop_cells,
};
use landfall_spatial_index::{Land, PortIndex, PortRadiusConfig};
use landfall_track::{
    CallKind, PlaceKind, Port, PortIx, Position, PositionReport, StopKind, StopPlace, distance_m,
};
use proptest::prelude::*;

/// What several vessels' reports come to.
struct Fleet {
    places: Vec<StopPlace>,
    ports: PortIndex,
    vessels: Vec<HullEvents>,
}

impl Fleet {
    fn of(vessels: &[Vec<PositionReport>], table: &[Port]) -> Self {
        Self::beside(vessels, table, Vec::new(), None)
    }

    fn beside(
        vessels: &[Vec<PositionReport>],
        table: &[Port],
        given: Vec<StopPlace>,
        land: Option<&Land>,
    ) -> Self {
        let table = index(table.to_vec());
        let config = PlaceConfig::default();
        let before = Geography {
            ports: &table,
            places: None,
            land,
        };
        let mut logs: Vec<JudgedLog> = Vec::new();
        let mut cells: Vec<StopCell> = Vec::new();
        for (number, reports) in (0..).zip(vessels) {
            let reports = numbered(reports.clone());
            let Some(last) = reports.last() else {
                continue;
            };
            let end = last.time;
            for (_, log) in record(&reports, &table, &Config::default(), end).logs {
                let judged = log.judged(before);
                let mine = stop_cells(std::iter::once(judged.stops()), before, &config);
                cells.extend(mine.into_iter().map(|cell| cell.of_vessel(number)));
                logs.push(judged);
            }
        }
        cells.sort_unstable();
        let mut finder = PlaceFinder::new(given, &config);
        for cell in cells {
            finder.push(cell);
        }
        let places = StopPlaces::new(finder.finish(), before);
        let ports = table.with_unlisted(places.unlisted_ports(), &PortRadiusConfig::default());
        let after = Geography {
            ports: &ports,
            places: Some(&places),
            land,
        };
        let vessels = logs
            .into_iter()
            .map(|judged| assemble(judged, after, &StopConfig::default()))
            .collect();
        Self {
            places: places.places().to_vec(),
            ports,
            vessels,
        }
    }

    /// The names of the ports at which each vessel called, with the kind of the call.
    fn calls(&self) -> Vec<Vec<(&str, CallKind)>> {
        let name = |port: PortIx| self.ports.port(port).name.as_str();
        self.vessels
            .iter()
            .map(|events| {
                let calls = events.calls.iter().map(|(call, _)| call);
                let stopped = calls.filter(|call| call.stop_start.is_some());
                stopped
                    .map(|call| (name(call.port), call.berthing.kind))
                    .collect()
            })
            .collect()
    }
}

/// A vessel at anchor about a place, a report every 3 minutes.
fn anchor((lon, lat): (f64, f64), start: f64, end: f64) -> Vec<PositionReport> {
    let scale = lat.to_radians().cos();
    let count = ((end - start) / 3.0) as usize;
    (0..count)
        .map(|number| {
            let angle = (number as f64 / 40.0).sin() * 1.2;
            let (east, north) = (150.0 * angle.sin(), 150.0 * angle.cos());
            let east_deg = east / 111_320.0 / scale;
            let lon = (lon + east_deg + 540.0).rem_euclid(360.0) - 180.0;
            report_at(
                start + number as f64 * 3.0,
                at(lon, lat + north / 110_574.0),
                0.2,
            )
            .with_heading_deg(Some((angle.to_degrees() + 180.0).rem_euclid(360.0)))
            .with_nav_status(Some(1))
        })
        .collect()
}

/// Comes from the sea, lies for some hours, and goes.
fn call_at(berth: (f64, f64), sea: (f64, f64), start: f64) -> Vec<PositionReport> {
    let mut reports = sail(sea, berth, start, start + 120.0, 4.0);
    reports.extend(lie(berth, start + 123.0, start + 600.0, 3.0));
    reports.extend(sail(berth, sea, start + 603.0, start + 720.0, 4.0));
    reports
}

#[test]
fn a_quay_in_no_table_is_a_place_and_calls_there_have_no_port_of_the_table() {
    let table = [port("Far", 10.3, 0.0, 7_000.0)];
    let quay = (10.0, 0.0);
    let vessels: Vec<_> = (0..3)
        .map(|number| {
            let berth = (quay.0, quay.1 + f64::from(number) * 0.002);
            call_at(berth, (10.0, 0.35), f64::from(number) * 500.0)
        })
        .collect();
    let fleet = Fleet::of(&vessels, &table);
    let [place] = &fleet.places[..] else {
        panic!("{:?}", fleet.places)
    };
    assert_eq!(
        (place.kind, place.vessels, place.stops),
        (PlaceKind::Berth, 3, 3)
    );
    assert_eq!(place.name, "place near Far, 33.4 km");
    assert_eq!((place.port, place.given), (None, false));
    for calls in fleet.calls() {
        assert_eq!(calls, [("place near Far, 33.4 km", CallKind::Berth)]);
    }
    let (call, _) = fleet.vessels[0].calls[0];
    assert!(!fleet.ports.is_listed(call.port));
    assert_eq!(call.first, fleet.vessels[0].stops[0].first);
    assert!(call.distance_to_port_m < 1.0);
    // Two vessels do not make a place.
    assert!(Fleet::of(&vessels[..2], &table).places.is_empty());
}

#[test]
fn one_vessel_makes_a_landing_its_own_by_coming_back_and_not_by_lying_there() {
    let table = [port("Town", 10.0, 0.0, 5_000.0)];
    let (town, landing) = ((10.001, 0.0), (10.1, 0.0));
    let mut reports = Vec::new();
    for trip in 0..9 {
        let from = f64::from(trip) * 120.0;
        reports.extend(lie(town, from, from + 30.0, 2.0));
        reports.extend(sail(town, landing, from + 32.0, from + 58.0, 2.0));
        reports.extend(lie(landing, from + 60.0, from + 90.0, 2.0));
        reports.extend(sail(landing, town, from + 92.0, from + 118.0, 2.0));
    }
    let fleet = Fleet::of(&[reports], &table);
    let called: Vec<&str> = fleet.calls()[0].iter().map(|(port, _)| *port).collect();
    assert_eq!(called.len(), 18, "{called:?}");
    assert!(called.iter().step_by(2).all(|port| *port == "Town"));
    assert!(
        called
            .iter()
            .skip(1)
            .step_by(2)
            .all(|port| port.starts_with("place near Town"))
    );
    let voyages = fleet.vessels[0].legs.iter().filter(|leg| leg.is_voyage());
    assert_eq!(voyages.count(), 17);

    // One long stay that silences cut into many stops is one visit.
    let mut stay = sail((10.1, 0.3), landing, -120.0, -2.0, 2.0);
    for part in 0..10 {
        let from = f64::from(part) * 600.0;
        stay.extend(lie(landing, from, from + 120.0, 3.0));
    }
    assert!(Fleet::of(&[stay], &table).places.is_empty());
}

/// Waits in roads 15 km off a port, then berths there.
fn by_the_roads(number: i32) -> Vec<PositionReport> {
    let (roads, berth) = ((10.14, 0.004 * f64::from(number)), (10.0, 0.001));
    let start = f64::from(number) * 3_000.0;
    let mut reports = sail((10.6, 0.0), roads, start, start + 180.0, 4.0);
    reports.extend(anchor(roads, start + 183.0, start + 783.0));
    reports.extend(sail(roads, berth, start + 786.0, start + 860.0, 2.0));
    reports.extend(lie(berth, start + 862.0, start + 1_462.0, 3.0));
    reports.extend(sail(
        berth,
        (10.6, 0.0),
        start + 1_465.0,
        start + 1_700.0,
        4.0,
    ));
    reports
}

#[test]
fn roads_are_of_the_port_to_whose_berths_vessels_go_on_and_waiting_there_is_part_of_the_call() {
    let table = [port("Port", 10.0, 0.0, 7_000.0)];
    let vessels: Vec<_> = (0..3).map(by_the_roads).collect();
    let fleet = Fleet::of(&vessels, &table);
    let roads = fleet
        .places
        .iter()
        .find(|it| it.kind == PlaceKind::Anchorage);
    let roads = roads.unwrap();
    assert_eq!(roads.port, Some(PortIx(0)));
    assert!(
        roads.name.starts_with("anchorage of Port, 15"),
        "{}",
        roads.name
    );
    for (events, calls) in fleet.vessels.iter().zip(fleet.calls()) {
        assert_eq!(calls, [("Port", CallKind::Berth)]);
        let (call, _) = events.calls[0];
        let waited_h = call.berthing.waited_ms as f64 / 3_600_000.0;
        assert!((waited_h - 10.0).abs() < 0.3, "{waited_h}");
        assert_eq!(call.first, events.stops[0].first);
    }

    // Who only waits there has called at the port's anchorage.
    let mut waits = sail((10.6, 0.0), (10.14, 0.004), 0.0, 180.0, 4.0);
    waits.extend(anchor((10.14, 0.004), 183.0, 783.0));
    waits.extend(sail((10.14, 0.004), (10.6, 0.3), 786.0, 1_000.0, 4.0));
    let fleet = Fleet::of(&[&vessels[..], &[waits]].concat(), &table);
    assert_eq!(fleet.calls()[3], [("Port", CallKind::Anchorage)]);
}

#[test]
fn places_go_on_from_those_of_a_port_and_not_beyond_a_gap() {
    // A river port: quays every 2 km from the port's circle on; and one 6 km after the last.
    let table = [port("River", 10.0, 0.0, 5_000.0)];
    let mut quays: Vec<(f64, f64)> = (0..6)
        .map(|number| (10.035_13 + 0.018 * f64::from(number), 0.0))
        .collect();
    quays.push((10.190_13, 0.0));
    let mut vessels = Vec::new();
    for (number, quay) in quays.iter().enumerate() {
        for vessel in 0..3 {
            let start = (number * 3 + vessel) as f64 * 100.0;
            vessels.push(call_at(*quay, (10.1, 0.4), start));
        }
    }
    let fleet = Fleet::of(&vessels, &table);
    let mut owners: Vec<(i64, bool)> = fleet
        .places
        .iter()
        .map(|place| (place.position.lon_e7.into(), place.port.is_some()))
        .collect();
    owners.sort_unstable();
    let owned: Vec<bool> = owners.into_iter().map(|(_, owned)| owned).collect();
    assert_eq!(owned, [true, true, true, true, true, true, false]);
}

#[test]
fn a_berth_across_wide_water_is_no_place_of_the_port_on_the_other_shore() {
    // Breskens and Vlissingen on the Western Scheldt; the table has the one only.
    let table = [port("Vlissingen", 3.6, 51.45, 8_000.0)];
    let land = Land::shared().unwrap();
    let breskens = (3.566, 51.397);
    let vessels: Vec<_> = (0..3)
        .map(|number| call_at(breskens, (3.3, 51.44), f64::from(number) * 900.0))
        .collect();
    let fleet = Fleet::beside(&vessels, &table, Vec::new(), Some(&land));
    assert_eq!(fleet.places.len(), 1);
    for (events, calls) in fleet.vessels.iter().zip(fleet.calls()) {
        // It came into the circle around Vlissingen to lie elsewhere: that is no passage.
        assert_eq!(events.calls.len(), 1, "{:?}", events.calls);
        assert!(
            calls[0].0.starts_with("place near Vlissingen, 6.4"),
            "{calls:?}"
        );
    }
}

#[test]
fn a_place_that_was_given_holds_what_stops_there_and_grows_by_it() {
    let table = [port("Far", 10.3, 0.0, 7_000.0)];
    let quay = (10.0, 0.0);
    let first: Vec<_> = (0..4)
        .map(|number| call_at(quay, (10.0, 0.35), f64::from(number) * 500.0))
        .collect();
    let mut given = Fleet::of(&first, &table).places;
    given[0].given = true;
    given[0].name = "the new quay".to_owned();
    let later = [call_at(quay, (10.0, 0.35), 9_000.0)];
    assert!(Fleet::of(&later, &table).places.is_empty());
    let fleet = Fleet::beside(&later, &table, given.clone(), None);
    assert_eq!(fleet.calls(), [[("the new quay", CallKind::Berth)]]);
    let [place] = &fleet.places[..] else {
        panic!("{:?}", fleet.places)
    };
    assert_eq!((place.stops, place.vessels), (5, 4));
    assert!(place.hours > given[0].hours + 7.0);
}

#[test]
fn who_lies_still_where_others_lie_alongside_lies_alongside() {
    // A pier so far out that without a heading nothing but the others tells of it.
    let table = [port("Far", -30.0, 0.0, 7_000.0)];
    let pier = (-40.0, 20.0);
    let with_status = |reports: Vec<PositionReport>| -> Vec<PositionReport> {
        let moored = |report: PositionReport| report.with_nav_status(Some(5));
        reports.into_iter().map(moored).collect()
    };
    let mut vessels: Vec<_> = (0..3)
        .map(|number| with_status(call_at(pier, (-40.0, 20.4), f64::from(number) * 900.0)))
        .collect();
    vessels.push(call_at(pier, (-40.0, 20.4), 3_000.0));
    let land = Land::shared().unwrap();
    let alone = Fleet::beside(&vessels[3..], &table, Vec::new(), Some(&land));
    assert_eq!(alone.vessels[0].stops[0].kind, StopKind::AgroundOrWaiting);
    let fleet = Fleet::beside(&vessels, &table, Vec::new(), Some(&land));
    assert_eq!(fleet.vessels[3].stops[0].kind, StopKind::Alongside);
    assert_eq!(fleet.calls()[3].len(), 1);
}

/// The same reports with times and positions only.
fn without_speeds(reports: Vec<PositionReport>) -> Vec<PositionReport> {
    let bare =
        |report: PositionReport| PositionReport::new(report.time, report.position, report.source);
    reports.into_iter().map(bare).collect()
}

#[test]
fn of_two_kinds_told_by_positions_alone_at_one_place_the_one_of_fewer_stops_is_the_other() {
    let table = [port("Far", -30.0, 0.0, 7_000.0)];
    let land = Land::shared().unwrap();
    // At the coast, where positions close together are held for those of a berth: some swing wide, some hardly.
    let roads = (3.566, 51.397);
    let fleet_of = |wide: i32, close: i32, bare: bool| {
        let mut vessels = Vec::new();
        for number in 0..wide + close {
            let start = f64::from(number) * 1_000.0;
            let mut reports = sail((3.3, 51.44), roads, start - 120.0, start - 3.0, 4.0);
            let lying = if number < wide {
                anchor(roads, start, start + 600.0)
            } else {
                lie(roads, start, start + 600.0, 3.0)
            };
            reports.extend(lying);
            reports.extend(sail(roads, (3.3, 51.44), start + 603.0, start + 720.0, 4.0));
            vessels.push(if bare {
                without_speeds(reports)
            } else {
                reports
            });
        }
        Fleet::beside(&vessels, &table, Vec::new(), Some(&land))
    };
    let kinds = |fleet: &Fleet| -> Vec<StopKind> {
        (fleet.vessels.iter())
            .flat_map(|events| events.stops.iter().map(|stop| stop.kind))
            .collect()
    };
    let anchored = fleet_of(5, 3, true);
    let [place] = &anchored.places[..] else {
        panic!("{:?}", anchored.places)
    };
    assert_eq!((place.kind, place.stops), (PlaceKind::Anchorage, 8));
    assert_eq!(kinds(&anchored), [StopKind::Anchored; 8]);
    let alongside = fleet_of(3, 5, true);
    let [place] = &alongside.places[..] else {
        panic!("{:?}", alongside.places)
    };
    assert_eq!((place.kind, place.stops), (PlaceKind::Berth, 8));
    assert_eq!(kinds(&alongside), [StopKind::Alongside; 8]);
    // Headings and statuses say otherwise of both.
    let both = fleet_of(5, 3, false);
    assert!(
        kinds(&both)[..5]
            .iter()
            .all(|kind| *kind == StopKind::Anchored)
    );
}

/// Vessels that lie about a place, each so many metres east and north of it.
fn scattered(about: (f64, f64), berths: &[(f64, f64)]) -> Vec<Vec<PositionReport>> {
    let scale = about.1.to_radians().cos();
    (0..)
        .zip(berths)
        .map(|(number, (east_m, north_m))| {
            // No vessel lies at whole minutes, which would be taken for coarse positions.
            let lon = about.0 + 0.000_123_7 + east_m / 111_320.0 / scale;
            let lon = (lon + 540.0).rem_euclid(360.0) - 180.0;
            let place = (lon, about.1 + 0.000_123_7 + north_m / 110_574.0);
            lie(
                place,
                f64::from(number) * 400.0,
                f64::from(number) * 400.0 + 200.0,
                5.0,
            )
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn places_are_the_same_at_the_antimeridian_and_in_the_north_but_for_the_grid(
        berths in prop::collection::vec((-120.0..120.0, -120.0..120.0), 1..12),
    ) {
        // All within 250 m: whatever the grid's lines, their cells touch.
        let found = |about: (f64, f64)| {
            let fleet = Fleet::of(&scattered(about, &berths), &[]);
            let counts = |place: &StopPlace| (place.vessels, place.stops, place.hours.round() as i64);
            let counted: Vec<_> = fleet.places.iter().map(counts).collect();
            let worst_m = fleet.places.iter().map(|place| {
                distance_m(place.position, at(about.0, about.1))
            }).fold(0.0, f64::max);
            (counted, worst_m)
        };
        let (here, _) = found((20.0, 10.0));
        prop_assert!(here.len() <= 1);
        for about in [(180.0, 10.0), (-180.0, -35.0), (20.0, 75.0), (179.9999, 80.0)] {
            let (there, off_m) = found(about);
            prop_assert_eq!(&there, &here, "at {:?}", about);
            prop_assert!(off_m < 180.0, "{off_m} m off");
        }
    }

    #[test]
    fn every_stop_of_a_place_lies_in_it_and_the_order_of_vessels_does_not_show(
        berths in prop::collection::vec((-900.0..900.0, -900.0..900.0), 1..16),
    ) {
        let vessels = scattered((179.998, 60.0), &berths);
        let fleet = Fleet::of(&vessels, &[]);
        let counted: u64 = fleet.places.iter().map(|place| place.stops).sum();
        let lying = fleet.vessels.iter().flat_map(|events| &events.stops);
        let at_places = lying.filter(|stop| stop.place.is_some()).count() as u64;
        prop_assert!(at_places >= counted, "{at_places} of {counted}");
        let reversed: Vec<_> = vessels.iter().rev().cloned().collect();
        prop_assert_eq!(&Fleet::of(&reversed, &[]).places, &fleet.places);
        for place in &fleet.places {
            let middle: Position = place.position;
            let reach_m = place.extent_m + 250.0;
            let is_near = |corner: &Position| distance_m(middle, *corner) <= reach_m;
            prop_assert!(place.outline.iter().all(is_near));
        }
    }
}

#[test]
fn a_fault_in_a_place_s_thresholds_is_named() {
    let config = PlaceConfig {
        least_hours: f64::NAN,
        ..PlaceConfig::default()
    };
    let told = config.check().unwrap_err().to_string();
    assert_eq!(
        told,
        "`places.least_hours` is NaN: expected a number from 0 to 1000000000"
    );
}
