//! Whole output folders, written through the public interface and read back.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its output fails"
)]
#![expect(clippy::panic, reason = "a test that finds something else fails")]

mod formats;
mod inference;
mod map;
mod sample;

use geojson::{FeatureCollection, GeoJson, GeometryValue};
use landfall_report::{Finished, Format, Layer, Lines, OutputContext, OutputFolder, VesselLabel};
use landfall_track::{Gap, Position, Timestamp, Vertex};
use proptest::prelude::*;
use std::collections::HashSet;
use std::fs;
use tempfile::TempDir;

struct Written {
    home: TempDir,
    finished: Finished,
}

fn written(formats: &[Format], notices: &[String]) -> Written {
    let home = TempDir::new().unwrap();
    let finished = sample::write_all(&home.path().join("out"), formats, notices);
    Written { home, finished }
}

impl Written {
    fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.home.path().join("out").join(name)).unwrap()
    }
}

fn notice() -> Vec<String> {
    vec![sample::NOTICE.to_owned()]
}

fn collection(text: &str) -> FeatureCollection {
    let GeoJson::FeatureCollection(collection) = text.parse().unwrap() else {
        panic!("no collection: {text}")
    };
    collection
}

/// The positions of a geometry, part by part.
fn parts(geometry: &geojson::Geometry) -> Vec<Vec<[f64; 2]>> {
    let pair =
        |position: &geojson::Position| -> [f64; 2] { position.as_slice().try_into().unwrap() };
    let line = |line: &Vec<geojson::Position>| line.iter().map(pair).collect();
    match &geometry.value {
        GeometryValue::Point { coordinates } => vec![vec![pair(coordinates)]],
        GeometryValue::LineString { coordinates } => vec![line(coordinates)],
        GeometryValue::MultiLineString { coordinates } => coordinates.iter().map(line).collect(),
        GeometryValue::MultiPolygon { coordinates } => {
            coordinates.iter().flatten().map(line).collect()
        }
        other => panic!("unexpected {}", other.type_name()),
    }
}

/// What RFC 7946 and our own rules ask of every collection. Returns the number of features.
fn check_collection(text: &str) -> usize {
    let collection = collection(text);
    let mut ids = HashSet::new();
    let mut everything = Vec::new();
    for feature in &collection.features {
        let id = feature.id.clone().unwrap();
        assert!(ids.insert(format!("{id:?}")), "{id:?} stands twice");
        let Some(geometry) = &feature.geometry else {
            assert!(feature.bbox.is_none());
            continue;
        };
        if let GeometryValue::MultiPolygon { coordinates } = &geometry.value {
            coordinates.iter().for_each(check_rings);
        }
        let places: Vec<[f64; 2]> = parts(geometry).concat();
        let is_point = matches!(geometry.value, GeometryValue::Point { .. });
        assert_eq!(
            feature.bbox.is_none(),
            is_point,
            "lines and only they have a bbox"
        );
        if let Some(bbox) = &feature.bbox {
            check_box(bbox, &places);
        }
        everything.extend(places);
    }
    match &collection.bbox {
        Some(bbox) => check_box(bbox, &everything),
        None => assert!(everything.is_empty()),
    }
    assert!(!text.contains("\"crs\""));
    collection.features.len()
}

/// RFC 7946, section 3.1.6: rings are closed, the outline runs anticlockwise, holes clockwise.
fn check_rings(rings: &Vec<Vec<geojson::Position>>) {
    for (number, ring) in rings.iter().enumerate() {
        assert!(ring.len() >= 4);
        assert_eq!(ring.first(), ring.last());
        let doubled_area: f64 = ring
            .windows(2)
            .map(|edge| edge[0][0] * edge[1][1] - edge[1][0] * edge[0][1])
            .sum();
        assert_eq!(
            doubled_area > 0.0,
            number == 0,
            "ring {number} of {rings:?}"
        );
        for edge in ring.windows(2) {
            assert!((edge[0][0] - edge[1][0]).abs() < 180.0);
        }
    }
}

fn check_box(bbox: &[f64], places: &[[f64; 2]]) {
    let [west, south, east, north] = bbox.try_into().unwrap();
    for &[lon, lat] in places {
        assert!((-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat));
        for degrees in [lon, lat] {
            let e7 = (degrees * 1e7).round() / 1e7;
            assert!(
                e7.to_bits() == degrees.to_bits() || degrees == 0.0,
                "{degrees}"
            );
        }
        assert!((south..=north).contains(&lat));
        if west <= east {
            assert!((west..=east).contains(&lon), "{lon} outside {bbox:?}");
        } else {
            assert!(lon >= west || lon <= east, "{lon} outside {bbox:?}");
        }
    }
}

#[test]
fn port_calls_have_an_open_end_where_the_data_begin_in_port() {
    let written = written(&[Format::GeoJson], &notice());
    insta::assert_snapshot!(written.text("port_calls.geojson"), @r##"
{"type":"FeatureCollection","notices":["made up for a test, no ship sailed this"],"features":[
{"type":"Feature","id":"273210440/port_call/2023-09-01T00:00:00Z/FJSUV","geometry":{"type":"Point","coordinates":[178.42,-18.13]},"properties":{"vessel_id":"273210440","mmsi":"273210440","imo":"9179842","name":"=ANGARA, \"A\"","ship_type":"Cargo","port":"Suva","port_locode":"FJSUV","port_country":"FJ","place":null,"place_name":null,"arrival":null,"departure":"2023-09-01T12:30:00Z","duration_h":null,"confidence":3,"kind":"anchorage","distance_to_port_m":512.3,"stop_start":"2023-09-01T00:00:00Z","stop_end":"2023-09-01T12:00:00Z","first_alongside":null,"last_alongside":null,"berths":0,"waited_h":12.0,"alongside_h":0.0,"first_report":"2023-09-01T00:00:00Z","last_report":"2023-09-01T12:30:00Z","reports":9,"notice":"made up for a test, no ship sailed this","source":{"first":{"file":"made-up.csv","row":1},"last":{"file":"made-up.csv","row":9}}}},
{"type":"Feature","id":"273210440/port_call/2023-09-03T18:00:00Z/WSAPW","geometry":{"type":"Point","coordinates":[-171.76,-13.83]},"properties":{"vessel_id":"273210440","mmsi":"273210440","imo":"9179842","name":"=ANGARA, \"A\"","ship_type":"Cargo","port":"Apia","port_locode":"WSAPW","port_country":"WS","place":"berth:-13.8300,-171.7600","place_name":"berth of Apia, 0.4 km","arrival":"2023-09-03T18:00:00Z","departure":"2023-09-04T06:00:00.250Z","duration_h":12.0001,"confidence":4,"kind":"berth","distance_to_port_m":0.0,"stop_start":"2023-09-03T18:30:00Z","stop_end":"2023-09-04T05:30:00Z","first_alongside":"2023-09-03T19:00:00Z","last_alongside":"2023-09-04T05:30:00Z","berths":1,"waited_h":0.5,"alongside_h":10.5,"first_report":"2023-09-03T18:00:00Z","last_report":"2023-09-04T06:00:00.250Z","reports":13,"notice":"made up for a test, no ship sailed this","source":{"first":{"file":"made-up.csv","row":30},"last":{"file":"made-up.csv","row":42}}}}
],"bbox":[178.42,-18.13,-171.76,-13.83]}
"##);
}

#[test]
fn a_stay_of_confidence_1_is_a_passage() {
    let written = written(&[Format::GeoJson], &notice());
    insta::assert_snapshot!(written.text("passages.geojson"), @r##"
{"type":"FeatureCollection","notices":["made up for a test, no ship sailed this"],"features":[
{"type":"Feature","id":"273210440/passage/2023-09-01T20:00:00Z/Pier \"7\"","geometry":{"type":"Point","coordinates":[-179.995,-16.79]},"properties":{"vessel_id":"273210440","mmsi":"273210440","imo":"9179842","name":"=ANGARA, \"A\"","ship_type":"Cargo","port":"Pier \"7\"","port_locode":null,"port_country":null,"place":null,"place_name":null,"arrival":"2023-09-01T20:00:00Z","departure":"2023-09-01T20:10:00Z","duration_h":0.1667,"confidence":1,"kind":null,"distance_to_port_m":1100.0,"stop_start":null,"stop_end":null,"first_alongside":null,"last_alongside":null,"berths":null,"waited_h":null,"alongside_h":null,"first_report":"2023-09-01T20:00:00Z","last_report":"2023-09-01T20:10:00Z","reports":2,"notice":"made up for a test, no ship sailed this","source":{"first":{"file":"made-up.csv","row":12},"last":{"file":"made-up.csv","row":13}}}}
],"bbox":[-179.995,-16.79,-179.995,-16.79]}
"##);
}

#[test]
fn a_stop_has_the_nearest_port() {
    let written = written(&[Format::GeoJson], &notice());
    insta::assert_snapshot!(written.text("stops.geojson"), @r##"
{"type":"FeatureCollection","notices":["made up for a test, no ship sailed this"],"features":[
{"type":"Feature","id":"a0b1c2@2023-09-02T07:00:00Z/stop/2023-09-02T08:00:00Z","geometry":{"type":"Point","coordinates":[-175.0000001,-15.5]},"properties":{"vessel_id":"a0b1c2@2023-09-02T07:00:00Z","mmsi":null,"imo":null,"name":null,"ship_type":null,"kind":"anchored","start":"2023-09-02T07:54:30Z","end":"2023-09-02T12:00:00Z","duration_h":4.0917,"spread_m":88.2,"heading_spread_deg":74.5,"status":1,"drift_knots":0.0,"call":null,"place":null,"nearest_port":"Apia","nearest_port_locode":"WSAPW","nearest_port_country":"WS","distance_to_port_m":391234.6,"first_report":"2023-09-02T08:00:00Z","last_report":"2023-09-02T12:00:00Z","reports":4,"notice":"made up for a test, no ship sailed this","source":{"first":{"file":"made-up.csv","row":18},"last":{"file":"made-up.csv","row":21}}}}
],"bbox":[-175.0000001,-15.5,-175.0000001,-15.5]}
"##);
}

#[test]
fn a_voyage_is_broken_at_gaps_and_cut_at_the_antimeridian() {
    let written = written(&[Format::GeoJson], &notice());
    insta::assert_snapshot!(written.text("voyages.geojson"), @r##"
{"type":"FeatureCollection","notices":["made up for a test, no ship sailed this"],"features":[
{"type":"Feature","id":"273210440/voyage/2023-09-01T12:30:00Z","bbox":[178.42,-18.13,-171.76,-13.83],"geometry":{"type":"MultiLineString","coordinates":[[[178.42,-18.13],[179.5,-17],[180,-16.75]],[[-180,-16.75],[-179.5,-16.5],[-176,-15.75]],[[-172.25,-14],[-171.76,-13.83]]]},"properties":{"vessel_id":"273210440","mmsi":"273210440","imo":"9179842","name":"=ANGARA, \"A\"","ship_type":"Cargo","origin":"Suva","origin_locode":"FJSUV","destination":"Apia","destination_locode":"WSAPW","departure":"2023-09-01T12:30:00Z","arrival":"2023-09-03T18:00:00Z","duration_h":53.5,"distance_km":1150.222,"observed_distance_km":640.111,"observed_share":0.4393,"max_speed_knots":14.25,"observed":true,"first_report":"2023-09-01T12:30:00Z","last_report":"2023-09-03T18:00:00Z","reports":22,"notice":"made up for a test, no ship sailed this","source":{"first":{"file":"made-up.csv","row":9},"last":{"file":"made-up.csv","row":30}},"times":[[1693571400,1693591200,1693598400.250],[1693598400.250,1693605600.500,1693634400],[1693742400,1693764000]]}}
],"bbox":[178.42,-18.13,-171.76,-13.83]}
"##);
}

#[test]
fn a_track_with_nothing_to_draw_stays_as_a_feature_without_geometry() {
    let written = written(&[Format::GeoJson], &notice());
    insta::assert_snapshot!(written.text("tracks.geojson"), @r##"
{"type":"FeatureCollection","notices":["made up for a test, no ship sailed this"],"features":[
{"type":"Feature","id":"273210440/track/2023-09-04T06:00:00.250Z","geometry":null,"properties":{"vessel_id":"273210440","mmsi":"273210440","imo":"9179841","name":"ANGARA 2","ship_type":"Cargo","origin":"Apia","origin_locode":"WSAPW","destination":null,"destination_locode":null,"departure":"2023-09-04T06:00:00.250Z","arrival":null,"duration_h":null,"distance_km":164.0,"observed_distance_km":0.0,"observed_share":0.0,"max_speed_knots":null,"observed":true,"first_report":"2023-09-04T06:00:00.250Z","last_report":"2023-09-09T00:00:00Z","reports":2,"notice":"made up for a test, no ship sailed this","source":{"first":{"file":"made-up.csv","row":42},"last":{"file":"made-up.csv","row":44}},"times":null}}
]}
"##);
}

#[test]
fn a_gap_is_a_line_that_nobody_saw_with_its_candidates_and_an_open_one_has_none() {
    let written = written(&[Format::GeoJson], &notice());
    insta::assert_snapshot!("gaps", written.text("gaps.geojson"));
}

#[test]
fn a_dark_call_has_intervals_a_grade_and_a_reason() {
    let written = written(&[Format::GeoJson], &notice());
    insta::assert_snapshot!("dark_calls", written.text("dark_calls.geojson"));
}

#[test]
fn a_dark_leg_keeps_what_was_observed_and_what_is_inferred_apart() {
    let written = written(&[Format::GeoJson], &notice());
    insta::assert_snapshot!("dark_legs", written.text("dark_legs.geojson"));
}

#[test]
fn a_sighting_has_all_its_source_says_and_a_verdict() {
    let written = written(&[Format::GeoJson], &notice());
    insta::assert_snapshot!("sightings", written.text("sightings.geojson"));
}

#[test]
fn a_reach_area_is_cut_at_the_antimeridian() {
    let written = written(&[Format::GeoJson], &notice());
    insta::assert_snapshot!("reach", written.text("reach.geojson"));
}

#[test]
fn a_place_says_who_lay_there_and_whose_it_is() {
    let written = written(&[Format::GeoJson], &[]);
    insta::assert_snapshot!("places", written.text("places.geojson"));
}

#[test]
fn a_zone_of_interference_says_who_was_shown_where_and_when() {
    let written = written(&[Format::GeoJson], &notice());
    insta::assert_snapshot!("interference", written.text("interference.geojson"));
}

#[test]
fn a_dossier_tells_everything_of_one_vessel() {
    let written = written(&[Format::GeoJson], &notice());
    insta::assert_snapshot!("dossier", written.text("dossier.md"));
}

#[test]
fn the_summary_tells_the_run_on_one_page() {
    let written = written(&[Format::GeoJson], &notice());
    insta::assert_snapshot!("summary", written.text("summary.md"));
    assert_eq!(written.finished.standings.ports.total(), 3);
}

#[test]
fn charts_are_drawings_that_say_what_they_show() {
    let written = written(&[Format::GeoJson], &notice());
    for (name, records) in CHARTS.into_iter().zip([2, 2, 1]) {
        check_drawing(&written.text(name));
        let outputs = &written.finished.outputs;
        let output = outputs.iter().find(|output| output.name == name).unwrap();
        assert_eq!(output.records, records, "{name}");
    }
    insta::assert_snapshot!("gap_durations", written.text("gap_durations.svg"));
}

pub(crate) const CHARTS: [&str; 3] = [
    "calls_per_day.svg",
    "gap_durations.svg",
    "rejected_rows.svg",
];

/// A reader of XML finds nothing but shapes and texts, a title first, and every bar with its title and
/// within the picture.
pub(crate) fn check_drawing(text: &str) {
    let document = roxmltree::Document::parse(text).unwrap();
    let root = document.root_element();
    let first = root.first_element_child().unwrap();
    assert_eq!(first.tag_name().name(), "title");
    let number = |node: roxmltree::Node<'_, '_>, name: &str| -> Option<f64> {
        node.attribute(name)?.parse().ok()
    };
    let (width, height) = (
        number(root, "width").unwrap(),
        number(root, "height").unwrap(),
    );
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let kind = node.tag_name().name();
        assert!(
            ["svg", "title", "desc", "rect", "line", "text"].contains(&kind),
            "{kind}"
        );
        for attribute in node.attributes() {
            let name = attribute.name();
            assert!(!name.starts_with("on") && name != "href", "{name}");
        }
        if let ("rect", Some(x), Some(y)) = (kind, number(node, "x"), number(node, "y")) {
            assert!(node.has_children(), "{node:?}");
            assert!(
                x >= 0.0 && x + number(node, "width").unwrap() <= width,
                "{node:?}"
            );
            assert!(
                y >= 0.0 && y + number(node, "height").unwrap() <= height,
                "{node:?}"
            );
        }
    }
}

#[test]
fn vessels_have_a_row_for_every_identity() {
    let written = written(&[Format::GeoJson], &notice());
    insta::assert_snapshot!(written.text("vessels.csv"), @r##"
# notice: made up for a test, no ship sailed this
vessel_id,mmsi,mmsi_class,imo,imo_valid,name,call_sign,ship_type,length_m,width_m,draught_m,destination,first,last,reports,continues,continued_as
273210440,273210440,ship,9179842,true,"'=ANGARA, ""A""",UBYT2,Cargo,122.7,19.5,6.0,"APIA #2",2023-09-01T00:00:00Z,2023-09-04T00:00:00Z,40,,
273210440,273210440,ship,9179841,false,ANGARA 2,,,,,,,2023-09-04T00:00:01Z,2023-09-09T00:00:00Z,2,,
a0b1c2@2023-09-02T07:00:00Z,,,,,,,,,,,,2023-09-01T00:00:00Z,2023-09-09T00:00:00Z,42,,
"##);
}

#[test]
fn flagged_reports_have_file_and_row_and_their_hull() {
    let written = written(&[Format::GeoJson], &notice());
    insta::assert_snapshot!(written.text("flagged.csv"), @r##"
# notice: made up for a test, no ship sailed this
vessel_id,file,row,time,lat,lon,flag,hull
273210440,made-up.csv,50,2023-09-02T07:00:00Z,55.7000001,12.5,further_hull,273210440@2023-09-02T07:00:00Z
273210440,made-up.csv,51,2023-09-02T07:01:00Z,0,-0.0000001,spike,
"##);
}

#[test]
fn rejected_rows_have_file_row_column_value_and_reason() {
    let written = written(&[Format::GeoJson], &notice());
    let rows = written.text("rejected.csv");
    assert_eq!(
        rows.lines().skip(1).collect::<Vec<_>>(),
        [
            "file,row,column,value,reason,detail",
            "a.zip!b.csv,3,LAT,\"91\\u{0}, \"\"x\"\"\",no_position,\
             \"the sender had no position (latitude 91, longitude 181, or both exactly 0)\""
        ]
    );
}

#[test]
fn every_layer_parses_and_has_unique_ids_and_true_boxes() {
    let written = written(&[Format::GeoJson], &notice());
    let counted: Vec<usize> = Layer::ALL
        .iter()
        .map(|layer| check_collection(&written.text(&format!("{layer}.geojson"))))
        .collect();
    assert_eq!(counted, [2, 1, 1, 1, 1, 1, 2, 4, 3, 8, 1, 1, 2]);
    let counts = &written.finished.counts;
    let said = [
        counts.port_calls,
        counts.passages,
        counts.stops,
        counts.voyages,
        counts.tracks,
        counts.gaps,
        counts.open_gaps,
        counts.vessels,
        counts.dark_calls,
        counts.dark_legs,
        counts.sightings,
        counts.reach,
        counts.interference,
        counts.places,
    ];
    assert_eq!(said, [2, 1, 1, 1, 1, 2, 1, 2, 4, 2, 8, 1, 1, 2]);
    let graded: Vec<(&str, u64)> = counts
        .dark_calls_by_grade
        .iter()
        .map(|(grade, number)| (grade.as_str(), *number))
        .collect();
    assert_eq!(graded, [("D1", 2), ("D2", 1), ("D4", 1)]);
    assert_eq!((counts.one_of, counts.one_of_by_grade["D3"]), (1, 1));
    assert_eq!(counts.sightings_by_verdict["possible"], 3);
}

#[test]
fn the_lines_format_holds_the_same_features_byte_for_byte() {
    let written = written(&Format::ALL, &notice());
    for layer in Layer::ALL {
        let whole = written.text(&format!("{layer}.geojson"));
        let lines: Vec<&str> = whole.lines().collect();
        let features: Vec<&str> = lines[1..lines.len() - 1]
            .iter()
            .map(|line| line.trim_end_matches(','))
            .collect();
        let single = written.text(&format!("{layer}.geojsonl"));
        assert_eq!(single.lines().collect::<Vec<_>>(), features);
        assert!(single.ends_with("}}\n"));
    }
}

#[test]
fn the_same_events_give_the_same_bytes_and_a_format_asked_for_twice_is_written_once() {
    let once = written(&Format::ALL, &notice());
    let again = written(&[&Format::ALL[..], &Format::ALL].concat(), &notice());
    assert_eq!(once.finished.outputs, again.finished.outputs);
    for output in &once.finished.outputs {
        let same = once.bytes(&output.name) == again.bytes(&output.name);
        assert!(same, "{} differs", output.name);
    }
    assert_eq!(once.text("manifest.json"), again.text("manifest.json"));
}

#[test]
fn a_notice_of_the_inputs_stands_in_every_output_and_without_one_nothing_does() {
    let noted = written(&Format::ALL, &notice());
    let plain = written(&Format::ALL, &[]);
    let is_text = |name: &str| {
        let extension = name.rsplit('.').next().unwrap_or_default();
        ["geojson", "geojsonl", "csv", "kml", "md"].contains(&extension)
    };
    for output in (noted.finished.outputs.iter()).filter(|output| is_text(&output.name)) {
        assert!(
            noted.text(&output.name).contains(sample::NOTICE),
            "{}",
            output.name
        );
        assert!(
            !plain.text(&output.name).contains("notice"),
            "{}",
            output.name
        );
    }
    assert!(noted.text("manifest.json").contains(sample::NOTICE));
}

#[test]
fn a_run_without_events_writes_valid_collections_and_tables_with_their_headers() {
    let home = TempDir::new().unwrap();
    let out = home.path().join("out");
    for notices in [notice(), Vec::new()] {
        let context = OutputContext {
            notices: &notices,
            formats: &Format::ALL,
            plot: true,
            ..OutputContext::default()
        };
        let writer = OutputFolder::create(&out).unwrap().begin(context).unwrap();
        writer.finish(sample::manifest(&notices)).unwrap();
        let text = |name: &str| fs::read_to_string(out.join(name)).unwrap();
        for layer in Layer::ALL {
            assert_eq!(check_collection(&text(&format!("{layer}.geojson"))), 0);
            assert_eq!(text(&format!("{layer}.geojsonl")), "");
        }
        for chart in CHARTS {
            check_drawing(&text(chart));
        }
        let rejected = text("rejected.csv");
        assert_eq!(
            rejected.lines().last(),
            Some("file,row,column,value,reason,detail")
        );
    }
}

#[test]
fn a_gap_in_which_she_did_not_move_still_has_its_line() {
    let home = TempDir::new().unwrap();
    let out = home.path().join("out");
    let place = sample::at(130.3, 42.2333);
    let gap = Gap {
        before: sample::report("2023-09-01T00:00:00Z", place, 1),
        after: Some(sample::report("2023-09-01T10:00:00Z", place, 2)),
        distance_m: Some(0.0),
        implied_speed_knots: Some(0.0),
        ..sample::gaps()[1]
    };
    let ports = sample::ports();
    let mut writer = begin(&out, &ports);
    let inference = &sample::inferred::findings().gaps[1];
    let run = sample::inferred::empty_run();
    writer.gap(&label(), &gap, &run, inference).unwrap();
    writer.finish(sample::manifest(&[])).unwrap();
    let gaps = collection(&fs::read_to_string(out.join("gaps.geojson")).unwrap());
    let geometry = gaps.features[0].geometry.as_ref().unwrap();
    assert_eq!(parts(geometry), [[[130.3, 42.2333], [130.3, 42.2333]]]);
}

fn label() -> VesselLabel<'static> {
    VesselLabel {
        vessel_id: "x",
        mmsi: None,
        imo: None,
        name: None,
        ship_type: None,
    }
}

fn begin<'a>(
    out: &std::path::Path,
    ports: &'a [landfall_track::Port],
) -> landfall_report::OutputWriter<'a> {
    let context = OutputContext {
        ports,
        formats: &[Format::GeoJson],
        ..OutputContext::default()
    };
    OutputFolder::create(out).unwrap().begin(context).unwrap()
}

fn any_vertex() -> impl Strategy<Value = Vertex> {
    let lon = prop_oneof![
        Just(1_800_000_000),
        Just(-1_800_000_000),
        -1_800_000_000..=1_800_000_000,
    ];
    (
        lon,
        -900_000_000..=900_000_000,
        0..1_000_000_000_000_i64,
        any::<bool>(),
    )
        .prop_map(|(lon_e7, lat_e7, millis, after_gap)| Vertex {
            time: Timestamp::from_millis(millis).unwrap(),
            position: Position { lat_e7, lon_e7 },
            after_gap,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_path_makes_a_valid_layer_with_a_time_for_every_vertex(
        paths in proptest::collection::vec(proptest::collection::vec(any_vertex(), 0..12), 0..4)
    ) {
        let home = TempDir::new().unwrap();
        let out = home.path().join("out");
        let ports = sample::ports();
        let mut writer = begin(&out, &ports);
        let (leg, _) = sample::voyage();
        for path in &paths {
            writer.leg(&label(), &leg, &Lines::of(path)).unwrap();
        }
        writer.finish(sample::manifest(&[])).unwrap();
        let text = fs::read_to_string(out.join("voyages.geojson")).unwrap();
        prop_assert_eq!(check_collection(&text), paths.len());
        for feature in collection(&text).features {
            let times = feature.property("times").unwrap();
            match &feature.geometry {
                None => prop_assert!(times.is_null()),
                Some(geometry) => {
                    let of_times: Vec<usize> = times
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|part| part.as_array().unwrap().len())
                        .collect();
                    let of_places: Vec<usize> = parts(geometry).iter().map(Vec::len).collect();
                    prop_assert_eq!(of_times, of_places);
                }
            }
        }
    }
}
