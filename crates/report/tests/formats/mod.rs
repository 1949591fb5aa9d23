//! The literal events in the formats beside GeoJSON. What other programs read of them is compared with
//! the GeoJSON, feature by feature, by `tests/readers` at the root.

use crate::{notice, sample, written};
use landfall_report::{Format, Layer};
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn csv_has_the_geometry_as_text_and_no_cell_that_computes() {
    let written = written(&[Format::Csv], &notice());
    insta::assert_snapshot!(written.text("voyages.csv"));
    insta::assert_snapshot!(written.text("port_calls.csv"));
}

#[test]
fn kml_has_a_span_in_time_and_every_property() {
    let written = written(&[Format::Kml], &notice());
    insta::assert_snapshot!(written.text("gaps.kml"));
    insta::assert_snapshot!(written.text("reach.kml"));
    let zone = written.text("interference.kml");
    assert!(zone.contains("<name>3 vessels</name>"), "{zone}");
}

#[test]
fn a_trip_is_broken_at_gaps_and_each_vertex_has_its_time() {
    let written = written(&[Format::GeoJson], &notice());
    insta::assert_snapshot!(written.text("trips.geojson"));
}

#[test]
fn a_style_tells_qgis_by_which_times_a_layer_is_shown() {
    let written = written(&[Format::GeoJson], &[]);
    insta::assert_snapshot!(written.text("dark_legs.qml"));
}

#[test]
fn a_geopackage_has_every_layer_with_index_extent_and_style() {
    let written = written(&[Format::GeoJson, Format::GeoPackage], &notice());
    let path = written.home.path().join("out/landfall.gpkg");
    let file = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let text = |sql: &str| -> String { file.query_row(sql, [], |row| row.get(0)).unwrap() };
    let number = |sql: &str| -> usize {
        let number: i64 = file.query_row(sql, [], |row| row.get(0)).unwrap();
        number.try_into().unwrap()
    };
    assert_eq!(text("PRAGMA integrity_check"), "ok");
    assert_eq!(number("PRAGMA application_id"), 0x4750_4b47);
    for layer in Layer::ALL {
        let features = written.text(&format!("{layer}.geojson"));
        let drawn = features.matches("\"geometry\":{").count();
        let all = features.matches("\"type\":\"Feature\",").count();
        assert_eq!(number(&format!("SELECT count(*) FROM {layer}")), all);
        let indexed = format!("SELECT count(*) FROM rtree_{layer}_geom");
        assert_eq!(number(&indexed), drawn, "{layer}");
        let styled = text(&format!(
            "SELECT styleQML FROM layer_styles WHERE f_table_name = '{layer}' AND useAsDefault"
        ));
        assert_eq!(styled, written.text(&format!("{layer}.qml")));
        let extents = format!(
            "SELECT count(*) FROM gpkg_contents WHERE table_name = '{layer}' AND (min_x ISNULL) = {}",
            i32::from(drawn == 0)
        );
        assert_eq!(number(&extents), 1, "{layer}");
    }
    assert_eq!(
        text("SELECT start || ' ' || candidates_total || ' ' || observed FROM gaps"),
        "2023-09-02T06:00:00.000Z 7 0"
    );
}

#[test]
fn a_table_has_a_column_for_every_property() {
    for notices in [notice(), Vec::new()] {
        let written = written(&[Format::GeoJson, Format::Csv], &notices);
        for layer in Layer::ALL {
            let header = written.text(&format!("{layer}.csv"));
            let header: BTreeSet<&str> = header.lines().next().unwrap().split(',').collect();
            let features = crate::collection(&written.text(&format!("{layer}.geojson"))).features;
            for feature in features {
                let properties = feature.properties.unwrap();
                let mut names: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
                names.extend(["id", "WKT"]);
                // A path with nothing to draw has no times.
                names.extend(header.get("times"));
                assert_eq!(names, header, "{layer}");
            }
        }
    }
}

/// For `tests/readers`, which `./check` runs next: the literal events in every format.
#[test]
fn the_literal_events_are_written_for_other_programs_to_read() {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sample");
    let finished = sample::write_all(&out, &Format::ALL, &notice());
    assert!(finished.outputs.len() > Layer::ALL.len() * 5);
}

#[test]
fn a_description_in_kml_is_text_also_where_it_is_shown_as_html() {
    let notices = ["one <b>".to_owned(), "two &".to_owned()];
    let written = written(&[Format::Kml], &notices);
    let text = written.text("gaps.kml");
    let shown = "<description>&lt;p&gt;one &amp;lt;b&amp;gt;&lt;/p&gt;&lt;p&gt;two &amp;amp;&lt;/p&gt;</description>";
    assert!(text.contains(shown), "{text}");
}
