//! The map's page as a file: what it holds, and that nothing in it can act. What it does in a browser is
//! tested by `tests/browser` at the root.

use crate::{notice, sample};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use landfall_report::{
    Finished, Lines, MapOptions, OutputContext, OutputFolder, OutputWriter, VesselLabel,
};
use landfall_track::{Leg, ReportRef, Vertex};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Read;
use std::path::Path;
use tempfile::TempDir;

/// A coast that is none: the program does not look into it.
const LAND: &[u8] = b"LAND1";

fn options(vessels: &[String]) -> MapOptions<'_> {
    MapOptions {
        most_bytes: 20_000_000,
        vessels,
        land: LAND,
    }
}

/// What stands in the element that begins so.
fn element<'p>(page: &'p str, start: &str) -> &'p str {
    let (_, rest) = page.split_once(start).unwrap();
    rest.split_once("</script>").unwrap().0
}

fn run(page: &str) -> Value {
    let json = element(page, "<script type=\"application/json\" id=\"run\">");
    serde_json::from_str(json).unwrap()
}

fn features(page: &str) -> Vec<Value> {
    let packed = element(page, "<script type=\"text/plain\" id=\"features\">");
    let mut lines = String::new();
    let bytes = STANDARD.decode(packed).unwrap();
    GzDecoder::new(bytes.as_slice())
        .read_to_string(&mut lines)
        .unwrap();
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Writes the literal events with a map.
fn write_map(out: &Path, notices: &[String], options: MapOptions<'_>) -> (Finished, String) {
    let context = OutputContext {
        notices,
        map: Some(options),
        ..OutputContext::default()
    };
    let finished = sample::write_as(out, context);
    (finished, fs::read_to_string(out.join("map.html")).unwrap())
}

/// The page of what `write` writes, without anything else.
fn page_of(options: MapOptions<'_>, write: impl Fn(&mut OutputWriter<'_>)) -> String {
    let home = TempDir::new().unwrap();
    let out = home.path().join("out");
    let ports = sample::ports();
    let files = ["made-up.csv".to_owned()];
    let context = OutputContext {
        ports: &ports,
        files: &files,
        map: Some(options),
        ..OutputContext::default()
    };
    let mut writer = OutputFolder::create(&out).unwrap().begin(context).unwrap();
    write(&mut writer);
    writer.finish(sample::manifest(&[])).unwrap();
    fs::read_to_string(out.join("map.html")).unwrap()
}

/// A voyage that turns three kilometres north or south every ten minutes, ever further west.
fn write_zigzag(writer: &mut OutputWriter<'_>, ship: i32, number: i64, vertices: i32) {
    let (leg, drawn) = sample::voyage();
    let later = |report: ReportRef| ReportRef {
        time: report.time.shifted(number * 1_000_000_000),
        ..report
    };
    let leg = Leg {
        first: later(leg.first),
        last: later(leg.last),
        ..leg
    };
    let path: Vec<Vertex> = (0..vertices)
        .map(|vertex| {
            let mut position = drawn[0].position;
            position.lon_e7 -= vertex % 50_000 * 20_000;
            position.lat_e7 += vertex % 2 * 300_000 + ship;
            Vertex {
                time: leg.first.time.shifted(i64::from(vertex) * 600_000),
                position,
                after_gap: false,
            }
        })
        .collect();
    let (vessel, id) = (sample::vessel(), format!("{ship:09}"));
    let label = VesselLabel::at(&vessel, &id, leg.first.time);
    writer.leg(&label, &leg, &Lines::of(&path)).unwrap();
}

#[test]
fn a_page_holds_every_feature_and_runs_its_own_two_scripts_alone() {
    let home = TempDir::new().unwrap();
    let out = home.path().join("out");
    let (finished, page) = write_map(&out, &notice(), options(&[]));
    assert!(!page.contains("{{"), "a marker was left");
    let listed = finished.outputs.iter().find(|file| file.name == "map.html");
    let features = features(&page);
    assert_eq!(listed.unwrap().records, features.len() as u64);
    let layers = [
        "port_calls",
        "voyages",
        "dark_calls",
        "dark_legs",
        "sightings",
        "reach",
    ];
    for layer in layers {
        assert!(
            features.iter().any(|feature| feature["layer"] == layer),
            "{layer}"
        );
    }
    let voyage = features
        .iter()
        .find(|feature| feature["layer"] == "voyages")
        .unwrap();
    assert_eq!(
        voyage["geometry"]["coordinates"][0][1],
        serde_json::json!([179.5, -17])
    );
    assert_eq!(voyage["properties"]["times"][0][2], 1_693_598_400.25);
    let run = run(&page);
    assert_eq!(run["notices"][0], sample::NOTICE);
    assert_eq!(run["left_out"], serde_json::json!([]));
    assert_eq!(run["ports"][0][0], "Suva");

    let policy = page
        .split_once("Content-Security-Policy\" content=\"")
        .unwrap()
        .1;
    let policy = policy.split_once('"').unwrap().0;
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"));
    assert!(policy.contains("connect-src 'none'"));
    let mut scripts = 0;
    for code in page.split("<script>").skip(1) {
        let code = code.split_once("</script>").unwrap().0;
        let hash = STANDARD.encode(Sha256::digest(code));
        assert!(policy.contains(&format!("'sha256-{hash}'")));
        scripts += 1;
    }
    assert_eq!(scripts, 2);
    assert_eq!(policy.matches("'sha256-").count(), 2);
    assert!(!policy.contains("unsafe-eval") && !policy.contains("http"));
}

#[test]
fn a_text_in_the_page_ends_no_element() {
    let home = TempDir::new().unwrap();
    let out = home.path().join("out");
    let evil = "</script><img src=x onerror=alert(1)>\u{2028}";
    let (_, page) = write_map(&out, &[evil.to_owned()], options(&[]));
    assert!(!page.contains("onerror=alert(1)>"));
    assert_eq!(run(&page)["notices"][0], evil);
}

#[test]
fn only_the_vessels_that_were_asked_for_are_shown() {
    let vessels = ["9179842".to_owned(), "no such ship".to_owned()];
    let home = TempDir::new().unwrap();
    let out = home.path().join("out");
    let (_, page) = write_map(&out, &[], options(&vessels));
    let features = features(&page);
    assert!(
        features
            .iter()
            .any(|feature| feature["properties"]["imo"] == "9179842")
    );
    assert!(!features.iter().any(|feature| feature["layer"] == "stops"));
    // A sighting that is of no vessel stays.
    assert!(
        features
            .iter()
            .any(|feature| feature["properties"].get("vessel_id").is_none())
    );
    let said = run(&page)["left_out"].to_string();
    assert!(
        said.contains("Only vessels chosen with --map-vessels"),
        "{said}"
    );
    assert!(said.contains("nothing of `no such ship`"), "{said}");
    assert!(!said.contains("9179842"), "{said}");
}

#[test]
fn a_page_stays_under_its_size_and_says_what_it_left_out() {
    let most_bytes = 5_000_000;
    let options = MapOptions {
        most_bytes,
        ..options(&[])
    };
    // A million vertices, none of which can go before the tolerance is more than three kilometres.
    let page = page_of(options, |writer| {
        for ship in 0..40 {
            for number in 0..25 {
                write_zigzag(writer, ship, number, 1_000);
            }
        }
    });
    assert!((page.len() as u64) < most_bytes, "{} bytes", page.len());
    let said = run(&page)["left_out"].to_string();
    assert!(
        said.contains("simplified further than in the layers' files: to within 14400 m"),
        "{said}"
    );
    assert!(said.contains("keeps under 5 MB"), "{said}");
    assert_eq!(features(&page).len(), 1000);
}

#[test]
fn where_nothing_else_helps_there_are_fewer_vessels() {
    let options = MapOptions {
        most_bytes: 1,
        ..options(&[])
    };
    let page = page_of(options, |writer| {
        let (vessel, calls) = (sample::vessel(), sample::calls());
        for ship in 0..9 {
            let id = format!("ship {ship}");
            let label = VesselLabel::at(&vessel, &id, calls[0].first.time);
            writer.port_call(&label, &calls[0]).unwrap();
            write_zigzag(writer, ship, 0, 5);
        }
    });
    let features = features(&page);
    assert_eq!(features.len(), 1);
    assert_eq!(features[0]["properties"]["vessel_id"], "ship 0");
    let said = run(&page)["left_out"].to_string();
    assert!(said.contains("voyages, tracks"), "{said}");
    assert!(said.contains("room for 1 vessel only"), "{said}");
}

#[test]
fn a_line_of_more_vertices_than_a_page_can_hold_is_simplified_before_it_is_kept() {
    let page = page_of(options(&[]), |writer| write_zigzag(writer, 0, 0, 700_000));
    let said = run(&page)["left_out"].to_string();
    assert!(said.contains("simplified further"), "{said}");
    assert_eq!(features(&page).len(), 1);
}
