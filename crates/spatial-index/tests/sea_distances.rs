//! Ways by water against published distances, and what must hold of any way.
//!
//! The published distances are in `sea_distances.csv` beside this file. Origin: "Distances Between
//! Ports", Pub. 151, National Geospatial-Intelligence Agency, United States, 11th edition (2001), a
//! work of the United States government and in the public domain, read from the public transcription
//! of its text in kaklin/sea-routes, not from the print. Each row names the port under
//! which the distance is listed, and has both ports' places as the publication prints them. Rows
//! were chosen for the seas, straits and canals they lead through, of those ports whose places agree
//! with the World Port Index (Pub. 150): within 15 km of its port of that name, or, where it has
//! none, within 10 km of some port. What is printed has slips of a whole degree.
//! Where it lists several routes between two ports, the row has the shortest.

#![expect(
    clippy::unwrap_used,
    reason = "tests; the allowance for tests does not reach helpers outside of test functions"
)]

use landfall_spatial_index::{PassageKind, SeaWay, SeaWays, WayLength};
use landfall_track::{LonLat, METRES_PER_NAUTICAL_MILE, Position, distance_m, geodesic_distance_m};
use proptest::prelude::*;
use serde::Deserialize;
use std::fmt::Write;
use std::sync::LazyLock;

const PORTS: &str = include_str!("../../../data/ports.csv");
const PASSAGES: &str = include_str!("../../../data/passages.csv");

static WAYS: LazyLock<SeaWays> = LazyLock::new(|| SeaWays::bundled().unwrap());
/// The publication's routes keep out of the ice.
static ICE_FREE: LazyLock<SeaWays> = LazyLock::new(|| {
    let ice = WAYS
        .passages()
        .iter()
        .filter(|passage| passage.kind == PassageKind::Ice);
    WAYS.closing(ice.map(|passage| &passage.name)).unwrap()
});

#[derive(Deserialize)]
struct Row {
    from: String,
    from_lat: f64,
    from_lon: f64,
    to: String,
    to_lat: f64,
    to_lon: f64,
    published_nm: f64,
}

impl Row {
    fn ends(&self) -> (Position, Position) {
        (
            at(self.from_lon, self.from_lat),
            at(self.to_lon, self.to_lat),
        )
    }
}

fn rows() -> Vec<Row> {
    csv::Reader::from_reader(include_str!("sea_distances.csv").as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .unwrap()
}

fn at(lon: f64, lat: f64) -> Position {
    Position::from_degrees(LonLat { lon, lat }).unwrap()
}

fn nautical_miles(way: &SeaWay) -> f64 {
    way.length_m / METRES_PER_NAUTICAL_MILE
}

fn way(from: Position, to: Position) -> SeaWay {
    WAYS.way(from, to).unwrap()
}

#[test]
fn no_way_is_much_longer_than_published_and_the_median_is_near() {
    let mut differences = Vec::new();
    let mut table = String::new();
    for row in rows() {
        let (from, to) = row.ends();
        let way = ICE_FREE
            .way(from, to)
            .unwrap_or_else(|| panic!("no way from {} to {}", row.from, row.to));
        let difference = (nautical_miles(&way) / row.published_nm - 1.0) * 100.0;
        differences.push(difference);
        writeln!(
            table,
            "{:>7.0} {:>9.1} {difference:>+7.2} %  {} - {} {:?}",
            row.published_nm,
            nautical_miles(&way),
            row.from,
            row.to,
            way.passages
        )
        .unwrap();
    }
    differences.sort_by(f64::total_cmp);
    let median = differences[differences.len() / 2];
    let longest = differences[differences.len() - 1];
    println!("published, way by water, difference (median {median:+.2} %)\n{table}");
    assert!(differences.len() >= 40);
    assert!(longest <= 2.0, "longer by {longest:.2} %\n{table}");
    assert!(median.abs() <= 3.0, "median {median:.2} %\n{table}");
}

#[test]
fn the_table_leads_through_straits_and_canals_and_over_the_antimeridian() {
    let mut passages: Vec<String> = Vec::new();
    let mut crossed = 0;
    for row in rows() {
        let (from, to) = row.ends();
        let way = ICE_FREE.way(from, to).unwrap();
        passages.extend(way.passages);
        crossed += usize::from(way.line.windows(2).any(|leg| {
            (i64::from(leg[0].lon_e7) - i64::from(leg[1].lon_e7)).abs() > 1_800_000_000
        }));
    }
    for name in ["Suez Canal", "Panama Canal", "Kiel Canal", "Corinth Canal"] {
        assert!(passages.iter().any(|passage| passage == name), "{name}");
    }
    assert!(crossed >= 8, "{crossed} over the antimeridian");
}

/// A strait that ships use and a coarse coast closes: longitude and latitude at its ends, and within.
type Strait = (&'static str, [f64; 2], [f64; 2], [f64; 2]);

const STRAITS: [Strait; 12] = [
    ("Bosporus", [28.9, 40.9], [29.2, 41.35], [29.06, 41.09]),
    ("Dardanelles", [26.1, 39.95], [26.8, 40.45], [26.4, 40.17]),
    ("Oresund", [12.4, 56.2], [12.8, 55.3], [12.65, 56.03]),
    ("Great Belt", [10.8, 55.85], [11.0, 55.0], [10.97, 55.35]),
    ("Kanmon", [130.7, 34.1], [131.2, 33.9], [130.95, 33.95]),
    ("Tatar", [140.8, 51.0], [141.4, 54.0], [141.5, 52.2]),
    ("Messina", [15.7, 38.4], [15.55, 37.9], [15.63, 38.2]),
    ("Magellan", [-68.0, -52.4], [-75.2, -52.6], [-71.0, -53.9]),
    ("Singapore", [103.3, 1.15], [104.6, 1.35], [103.85, 1.2]),
    ("Kerch", [36.4, 44.9], [36.7, 45.7], [36.55, 45.3]),
    ("Torres", [141.5, -10.5], [143.5, -9.9], [142.3, -10.4]),
    ("La Perouse", [141.3, 45.7], [143.0, 45.9], [142.0, 45.75]),
];

#[test]
fn the_bundled_graph_was_built_from_the_table_of_passages() {
    #[derive(Deserialize)]
    struct Row {
        name: String,
        kind: PassageKind,
        line: String,
    }
    let rows: Vec<Row> = csv::Reader::from_reader(PASSAGES.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(rows.len(), WAYS.passages().len());
    for (row, passage) in rows.iter().zip(WAYS.passages()) {
        let line = row.line.split(';').map(|place| {
            let (lon, lat) = place.trim().split_once(' ').unwrap();
            at(lon.parse().unwrap(), lat.parse().unwrap())
        });
        assert_eq!((&row.name, row.kind), (&passage.name, passage.kind));
        assert_eq!(line.collect::<Vec<_>>(), passage.line);
    }
}

#[test]
fn straits_are_open() {
    for (name, from, to, in_strait) in STRAITS {
        let [from, to, in_strait] = [from, to, in_strait].map(|[lon, lat]| at(lon, lat));
        let way = way(from, to);
        let straight_m = distance_m(from, to);
        assert!(
            way.length_m < straight_m * 1.35,
            "{name}: {} m",
            way.length_m
        );
        let near_m = way
            .line
            .iter()
            .map(|place| distance_m(*place, in_strait))
            .fold(f64::INFINITY, f64::min);
        assert!(near_m < 40_000.0, "{name}: {near_m} m off");
    }
}

#[test]
fn without_the_canals_ways_lead_round_the_capes() {
    let closed = ICE_FREE
        .closing([
            "Suez Canal",
            "Panama Canal",
            "Northern Sea Route",
            "Northwest Passage",
        ])
        .unwrap();
    let (rotterdam, singapore) = (at(4.0, 51.95), at(103.8, 1.2));
    let open = ICE_FREE.way(rotterdam, singapore).unwrap();
    assert_eq!(
        open.passages,
        ["New Waterway", "Suez Canal"][2 - open.passages.len()..]
    );
    let around = closed.way(rotterdam, singapore).unwrap();
    assert!(around.passages.iter().all(|name| name != "Suez Canal"));
    assert!(around.length_m > open.length_m * 1.3);
    // Cape Agulhas is at 34.83 S.
    assert!(around.line.iter().any(|place| place.lat_e7 < -345_000_000));

    let (colon, balboa) = (at(-79.9, 9.6), at(-79.5, 8.7));
    assert!(way(colon, balboa).length_m < 150_000.0);
    assert!(closed.way(colon, balboa).unwrap().length_m > 15_000_000.0);
    let unknown = WAYS.closing(["Suez"]).unwrap_err();
    assert_eq!(unknown.to_string(), "no passage is called `Suez`");
}

#[test]
fn ice_is_a_gate_and_not_a_way() {
    let (murmansk, bering) = (at(33.6, 69.6), at(-169.0, 66.0));
    let open = way(murmansk, bering);
    assert!(
        open.passages
            .iter()
            .any(|name| name == "Northern Sea Route")
    );
    let closed = ICE_FREE.way(murmansk, bering).unwrap();
    assert!(closed.length_m > 2.0 * open.length_m);
}

#[test]
fn najin_to_vostochny_and_dunay() {
    let (najin, vostochny, dunay) = (at(130.3, 42.2333), at(133.0833, 42.75), at(132.34, 42.88));
    let way = way(najin, vostochny);
    // The great circle is 127.4 nautical miles long.
    assert!(
        (127.4..135.0).contains(&nautical_miles(&way)),
        "{}",
        nautical_miles(&way)
    );
    let to_dunay_m = WAYS.lengths(najin, &[(dunay, 1e6)])[0].metres().unwrap();
    assert!((distance_m(najin, dunay)..distance_m(najin, dunay) * 1.1).contains(&to_dunay_m));
}

/// Ports whose point is on the land of Natural Earth: on its coast, up rivers, in canals.
const ON_LAND: [(&str, &str); 12] = [
    ("Vostochny", "RU"),
    ("Vladivostok", "RU"),
    ("Dunay", "RU"),
    ("Hamburg", "DE"),
    ("Antwerp", "BE"),
    ("Bangkok", "TH"),
    ("Kolkata", "IN"),
    ("New Orleans", "US"),
    ("Montreal", "CA"),
    ("Nanjing", "CN"),
    ("Basra", "IQ"),
    ("Manaus", "BR"),
];

#[test]
fn ports_on_land_are_linked_to_the_water() {
    let atlantic = at(-30.0, 30.0);
    let mut linked = Vec::new();
    for record in csv::Reader::from_reader(PORTS.as_bytes()).records() {
        let record = record.unwrap();
        let port = at(record[4].parse().unwrap(), record[3].parse().unwrap());
        let listed = ON_LAND.contains(&(&record[0], &record[2]));
        if listed && WAYS.land().is_land(port) {
            assert!(WAYS.way(port, atlantic).is_some(), "{}", &record[0]);
            linked.push(record[0].to_owned());
        }
    }
    assert_eq!(linked.len(), ON_LAND.len(), "{linked:?}");
}

#[test]
fn a_link_from_land_counts_as_sailed() {
    let vostochny = at(133.0833, 42.75);
    let water = WAYS.land().nearest_water(vostochny, 50_000.0).unwrap();
    let link_m = distance_m(vostochny, water);
    let off_shore = at(133.2, 42.3);
    let (from_port, from_water) = (way(vostochny, off_shore), way(water, off_shore));
    assert!(from_port.length_m > from_water.length_m);
    assert!(from_port.length_m <= from_water.length_m + link_m + 50.0);
}

#[test]
fn a_place_far_inland_and_the_caspian_sea_have_no_way_to_the_ocean() {
    let atlantic = at(-30.0, 30.0);
    assert_eq!(WAYS.way(at(100.0, 50.0), atlantic), None);
    assert_eq!(WAYS.way(at(-89.0, 50.0), atlantic), None, "Lake Nipigon");
    let (baku, aktau) = (at(49.87, 40.37), at(51.2, 43.6));
    assert_eq!(WAYS.way(baku, atlantic), None);
    assert!(nautical_miles(&way(baku, aktau)) < 250.0);
    let ends = [(aktau, 1e7), (atlantic, 1e7)];
    assert_eq!(WAYS.lengths(baku, &ends)[1], WayLength::None);
}

const MONTREAL: [f64; 2] = [-73.55, 45.51667];
const DULUTH: [f64; 2] = [-92.1, 46.76667];
const CHICAGO: [f64; 2] = [-87.6, 41.88333];

/// Distances in statute miles from where the Seaway's channel meets the harbour of Montreal, as the
/// Great Lakes St. Lawrence Seaway System publishes them (greatlakes-seaway.com, "Facts & Figures"),
/// and the ports' places in the World Port Index.
const FROM_MONTREAL: [(&str, [f64; 2], f64); 12] = [
    ("Thunder Bay", [-89.23333, 48.4], 1_222.0),
    ("Duluth", DULUTH, 1_344.0),
    ("Milwaukee", [-87.88333, 43.03333], 1_186.0),
    ("Chicago", CHICAGO, 1_251.0),
    ("Port Huron", [-82.43333, 43.0], 680.0),
    ("Detroit", [-83.03333, 42.33333], 618.0),
    ("Toledo", [-83.46667, 41.7], 611.0),
    ("Cleveland", [-81.71667, 41.5], 534.0),
    ("Erie", [-80.1, 42.15], 439.0),
    ("Port Colborne", [-79.25, 42.88333], 374.0),
    ("Toronto", [-79.38333, 43.61667], 349.0),
    ("Ogdensburg", [-75.5, 44.7], 126.0),
];

#[test]
fn ways_up_the_great_lakes_are_as_long_as_published() {
    let mut table = String::new();
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    for (name, [lon, lat], miles) in FROM_MONTREAL {
        let way = way(at(MONTREAL[0], MONTREAL[1]), at(lon, lat));
        let found = way.length_m / 1_609.344;
        let difference = (found / miles - 1.0) * 100.0;
        (least, most) = (least.min(difference), most.max(difference));
        writeln!(
            table,
            "{miles:>7.0} {found:>9.1} {difference:>+7.2} %  {name} {:?}",
            way.passages
        )
        .unwrap();
    }
    println!("published statute miles, way by water, difference\n{table}");
    assert!(most <= 2.0, "longer by {most:.2} %\n{table}");
    assert!(least >= -10.0, "shorter by {least:.2} %\n{table}");
}

#[test]
fn the_great_lakes_are_joined_to_the_sea_by_the_seaway() {
    let [montreal, duluth, chicago] = [MONTREAL, DULUTH, CHICAGO].map(|[lon, lat]| at(lon, lat));
    let rotterdam = at(4.48, 51.9);
    let up = [
        "St Lawrence Seaway",
        "Welland Canal",
        "Detroit River",
        "St Clair River",
        "Soo Locks",
    ];
    assert_eq!(way(montreal, duluth).passages, up);
    let mut down = up[..4].to_vec();
    down.reverse();
    let to_sea = way(chicago, rotterdam).passages;
    assert_eq!(to_sea[..4], down, "{to_sea:?}");
    assert_eq!(way(duluth, chicago).passages, ["Soo Locks"]);

    let closed = WAYS.closing(["St Lawrence Seaway"]).unwrap();
    assert!(closed.way(duluth, chicago).is_some());
    assert_eq!(closed.way(duluth, rotterdam), None);
    assert_eq!(closed.way(chicago, montreal), None);
    for name in &up[1..4] {
        let closed = WAYS.closing([name]).unwrap();
        assert_eq!(closed.way(chicago, rotterdam), None, "without {name}");
    }
    let closed = WAYS.closing(["Soo Locks"]).unwrap();
    assert_eq!(closed.way(duluth, rotterdam), None);
    assert!(closed.way(chicago, rotterdam).is_some());
}

/// Bundled ports without a way by water to the Atlantic Ocean, with their countries.
///
/// All are on the Caspian Sea but Santa Clara, on the upper Parana, above falls and dams.
const WITHOUT_A_WAY: [(&str, &str); 14] = [
    ("Alat", "AZ"),
    ("Baku", "AZ"),
    ("Santa Clara", "BR"),
    ("Amirabad", "IR"),
    ("Anzali", "IR"),
    ("Bandar Neka", "IR"),
    ("Bandar-e Gaz", "IR"),
    ("Freidoon Kenar", "IR"),
    ("Neka", "IR"),
    ("Aktau", "KZ"),
    ("Bautino", "KZ"),
    ("Makhachkala", "RU"),
    ("Olya", "RU"),
    ("Turkmenbashi", "TM"),
];

#[test]
fn of_the_bundled_ports_those_of_the_caspian_sea_and_one_have_no_way_to_the_ocean() {
    let (mut names, mut places) = (Vec::new(), Vec::new());
    for record in csv::Reader::from_reader(PORTS.as_bytes()).records() {
        let record = record.unwrap();
        let place = at(record[4].parse().unwrap(), record[3].parse().unwrap());
        places.push((place, f64::INFINITY));
        names.push((record[0].to_owned(), record[2].to_owned()));
    }
    let found = WAYS.lengths(at(-30.0, 30.0), &places);
    let without: Vec<(&str, &str)> = names
        .iter()
        .zip(found)
        .filter(|(_, length)| length.metres().is_none())
        .map(|((name, country), _)| (&**name, &**country))
        .collect();
    assert_eq!(without, WITHOUT_A_WAY);
}

#[test]
fn a_way_to_the_same_place_has_no_length() {
    let here = at(135.0, 40.0);
    let way = way(here, here);
    assert_eq!((way.length_m, way.line.len()), (0.0, 2));
}

#[test]
fn one_to_many_finds_what_one_to_one_finds() {
    let from = at(131.5, 41.5);
    let to: Vec<Position> = rows().iter().map(|row| row.ends().0).collect();
    let within_m = 3_000_000.0;
    let ends: Vec<(Position, f64)> = to.iter().map(|end| (*end, within_m)).collect();
    let mut found = 0;
    for (end, many) in to.iter().zip(WAYS.lengths(from, &ends)) {
        let one_m = WAYS.way(from, *end).map(|way| way.length_m);
        match (many, one_m) {
            (WayLength::Metres(many_m), Some(one_m)) => {
                found += 1;
                assert!((many_m / one_m - 1.0).abs() < 1e-6, "{many_m} and {one_m}");
            }
            (WayLength::Longer, Some(one_m)) => assert!(one_m > within_m * 0.999),
            other => assert_eq!(other, (WayLength::None, None)),
        }
    }
    assert!(found >= 15, "{found}");
}

#[test]
fn a_way_just_within_what_is_asked_for_is_found() {
    let ports: Vec<Position> = csv::Reader::from_reader(PORTS.as_bytes())
        .records()
        .map(|record| {
            let record = record.unwrap();
            at(record[4].parse().unwrap(), record[3].parse().unwrap())
        })
        .collect();
    // The pairs of which the graph's way is longest against the way pulled tight, and many others.
    let mut pairs = vec![
        (at(12.075, 37.966), at(9.403, 41.208)),
        (at(-124.5, 42.733), at(-122.33, 47.6)),
        (at(100.35, 10.5), at(106.78, 10.75)),
        (at(-165.207, 23.698), at(-166.283, 23.867)),
    ];
    for (number, from) in ports.iter().enumerate().step_by(13) {
        pairs.extend([1, 7, 40].map(|step| (*from, ports[(number + step) % ports.len()])));
    }
    let mut asked = 0;
    for (from, to) in pairs {
        let Some(way) = WAYS.way(from, to) else {
            continue;
        };
        if way.length_m > 3_000_000.0 {
            continue;
        }
        asked += 1;
        let within_m = way.length_m * 1.0005 + 1.0;
        let found = WAYS.lengths(from, &[(to, within_m)])[0];
        assert!(found.metres().is_some(), "{from:?} {to:?}: {within_m}");
    }
    assert!(asked > 400, "{asked}");
}

#[test]
fn a_way_that_is_too_long_is_not_taken_for_none() {
    // Songkhla and Kantang, on either side of the Malay peninsula.
    let (songkhla, kantang) = (at(100.62, 7.22), at(99.51, 7.41));
    let around = way(songkhla, kantang);
    assert!(around.length_m > 1_600_000.0);
    let lengths = |within_m| WAYS.lengths(songkhla, &[(kantang, within_m)])[0];
    assert_eq!(lengths(900_000.0), WayLength::Longer);
    assert!((lengths(2e6).metres().unwrap() / around.length_m - 1.0).abs() < 1e-6);
    let closed = WAYS.closing(["Suez Canal"]).unwrap();
    let port_said_to_suez = [(at(32.55, 29.7), 1e6)];
    assert_eq!(
        closed.lengths(at(32.4, 31.5), &port_said_to_suez),
        [WayLength::Longer]
    );
}

/// Whether the straight line in longitude and latitude between two places, as maps draw it, is free
/// of land: looked at every 50 m.
fn is_drawn_at_sea(from: Position, to: Position) -> bool {
    let steps = (distance_m(from, to) / 50.0).ceil().max(1.0) as i64;
    let east = from.lon_difference_e7(to);
    let north = i64::from(to.lat_e7) - i64::from(from.lat_e7);
    (0..=steps).all(|step| {
        let lon_e7 = i64::from(from.lon_e7) + east * step / steps;
        let lon_e7 = (lon_e7 + 1_800_000_000).rem_euclid(3_600_000_000) - 1_800_000_000;
        let place = Position {
            lat_e7: (i64::from(from.lat_e7) + north * step / steps) as i32,
            lon_e7: lon_e7 as i32,
        };
        !WAYS.land().is_land(place)
    })
}

/// Places at sea, south of the ice and outside the Caspian Sea.
fn at_sea() -> impl Strategy<Value = Position> {
    (-180.0..180.0_f64, -65.0..75.0_f64)
        .prop_map(|(lon, lat)| at(lon, lat))
        .prop_filter("on land, or in the Caspian Sea", |place| {
            let caspian = (460_000_000..550_000_000).contains(&place.lon_e7)
                && (360_000_000..480_000_000).contains(&place.lat_e7);
            !caspian && !WAYS.land().is_land(*place)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_way_joins_its_ends_and_is_as_long_as_its_line(from in at_sea(), to in at_sea()) {
        let way = way(from, to);
        prop_assert_eq!(way.line.first(), Some(&from));
        prop_assert_eq!(way.line.last(), Some(&to));
        prop_assert!(way.length_m >= geodesic_distance_m(from, to) * (1.0 - 1e-9));
        let line_m: f64 = way.line.windows(2).map(|leg| distance_m(leg[0], leg[1])).sum();
        prop_assert!((line_m / way.length_m - 1.0).abs() < 2e-4, "{} and {}", line_m, way.length_m);
        prop_assert!(way.line.windows(2).all(|leg| distance_m(leg[0], leg[1]) < 101_000.0));
    }

    #[test]
    fn a_line_crosses_no_land_outside_passages(from in at_sea(), to in at_sea()) {
        let ice_only = WAYS.closing(WAYS.passages().iter().filter(|p| p.kind != PassageKind::Ice).map(|p| &p.name)).unwrap();
        let Some(way) = ice_only.way(from, to) else { return Ok(()) };
        for leg in way.line.windows(2) {
            prop_assert!(is_drawn_at_sea(leg[0], leg[1]), "{:?} to {:?}", leg[0].degrees(), leg[1].degrees());
        }
    }

    #[test]
    fn the_way_back_is_the_same(from in at_sea(), to in at_sea()) {
        let (there, mut back) = (way(from, to), way(to, from));
        back.line.reverse();
        back.passages.reverse();
        prop_assert_eq!(there, back);
    }

    #[test]
    fn a_way_over_a_third_place_is_no_shorter(a in at_sea(), b in at_sea(), over in at_sea()) {
        let (straight, one, two) = (way(a, b), way(a, over), way(over, b));
        prop_assert!(straight.length_m <= (one.length_m + two.length_m) * 1.01);
    }

    #[test]
    fn any_position_has_a_way_or_none_and_never_a_panic(
        lat_e7 in -900_000_000..=900_000_000_i32, lon_e7 in any::<i32>(),
        to_lat_e7 in any::<i32>(), to_lon_e7 in -1_800_000_000..=1_800_000_000_i32,
    ) {
        let (from, to) = (Position { lat_e7, lon_e7 }, Position { lat_e7: to_lat_e7, lon_e7: to_lon_e7 });
        let way = WAYS.way(from, to);
        prop_assert!(way.is_none_or(|way| way.length_m.is_finite()));
    }
}
