//! `landfall verify`: the same inputs give the same bytes, and whatever has changed is named.

use crate::landfall::Bench;
use std::fs;

/// One ship's result with a sighting of her, all of it in the bench's folder.
fn small() -> Bench {
    let bench = Bench::new();
    let row = |hour: u32| {
        let (day, hour) = (1 + hour / 24, hour % 24);
        format!("273000001,2023-09-{day:02}T{hour:02}:00:00Z,42.744,133.067,NOVEMBER\n")
    };
    let rows: String = (0..10).chain(49..60).chain(80..90).map(row).collect();
    bench.write("a.csv", format!("mmsi,time,lat,lon,name\n{rows}"));
    bench.write(
        "s.csv",
        "id,time,lat,lon,error_radius_m,name,source\n\
         n-1,2023-09-02T10:00:00Z,42.7,133.0,500,November,The Paper\n",
    );
    let ran = bench.landfall(
        "run a.csv --sightings s.csv --out=out --quiet --format geojson,geojsonl --threads 1",
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    bench
}

const LEFT: [&str; 3] = ["a.csv", "out", "s.csv"];

#[test]
fn the_bundled_case_is_the_same_byte_for_byte() {
    let bench = Bench::of_case();
    let ran = bench.landfall("verify out");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
}

#[test]
fn an_untouched_result_is_the_same_byte_for_byte_and_nothing_is_left_behind() {
    let bench = small();
    let ran = bench.landfall("verify out");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    let files = fs::read_dir(bench.path("out")).unwrap().count();
    assert!(
        ran.stdout
            .contains(&format!("same, byte for byte: {files} files")),
        "{}",
        ran.stdout
    );
    for input in ["a.csv", "s.csv"] {
        assert!(
            ran.stdout.contains(&format!("same  {input} (SHA-256 ")),
            "{}",
            ran.stdout
        );
    }
    assert_eq!(bench.names(), LEFT);
    // By another name for the same folder, and from a copy elsewhere.
    assert_eq!(bench.landfall("verify ./out/").code, 0);
    fs::create_dir(bench.path("kept")).unwrap();
    fs::rename(bench.path("out"), bench.path("kept/moved")).unwrap();
    assert_eq!(bench.landfall("verify kept/moved").code, 0);
}

#[test]
fn a_changed_byte_in_an_output_is_named_with_its_line() {
    let bench = small();
    let gaps = bench.read("out/gaps.geojson");
    let place = gaps.match_indices("\"duration_h\":").nth(1).unwrap().0 + "\"duration_h\":".len();
    let mut changed = gaps.clone().into_bytes();
    changed[place] = if changed[place] == b'9' { b'8' } else { b'9' };
    let line = gaps[..place].matches('\n').count() + 1;
    bench.write("out/gaps.geojson", changed);
    let ran = bench.landfall("verify out");
    assert_eq!(ran.code, 1);
    let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains(&format!("differs gaps.geojson: first in line {line}: `…")),
        "{said}"
    );
    assert!(
        said.contains("the inputs are the same, and the outputs differ"),
        "{said}"
    );
    assert_eq!(bench.names(), LEFT);
    fs::remove_file(bench.path("out/gaps.geojson")).unwrap();
    let ran = bench.landfall("verify out");
    assert!(
        ran.stdout.contains("gaps.geojson: it is missing"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_changed_manifest_is_named_with_the_member() {
    let bench = small();
    let mut manifest = bench.json("out/manifest.json");
    manifest["counts"]["gaps"] = 7.into();
    manifest["version"] = "0.0.1".into();
    bench.write("out/manifest.json", manifest.to_string());
    let ran = bench.landfall("verify out");
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout.contains("manifest.json: in `counts`"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("The run was done with landfall 0.0.1"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_changed_input_is_named_and_what_comes_of_it_too() {
    let bench = small();
    let text = bench.read("a.csv");
    // The last row is left out.
    let end = text.trim_end().rfind('\n').unwrap() + 1;
    bench.write("a.csv", &text[..end]);
    let ran = bench.landfall("verify out");
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout
            .contains("changed  `a.csv` has changed since the run"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("manifest.json: in "), "{}", ran.stdout);
    assert!(
        ran.stdout
            .contains("inputs have changed, and the outputs differ"),
        "{}",
        ran.stdout
    );
    assert_eq!(bench.names(), LEFT);
}

#[test]
fn a_missing_input_is_an_error_and_nothing_is_run() {
    let bench = small();
    fs::remove_file(bench.path("s.csv")).unwrap();
    let ran = bench.landfall("verify out");
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout.contains("`s.csv` is not there"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stderr
            .contains("without its inputs the run cannot be done again"),
        "{}",
        ran.stderr
    );
    assert_eq!(bench.names(), ["a.csv", "out"]);
}

#[test]
fn a_result_that_does_not_say_how_it_was_typed_is_an_error() {
    let bench = small();
    let mut manifest = bench.json("out/manifest.json");
    manifest.as_object_mut().unwrap().remove("arguments");
    bench.write("out/manifest.json", manifest.to_string());
    let ran = bench.landfall("verify out");
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(
        ran.stderr.contains("does not say how the run was typed"),
        "{}",
        ran.stderr
    );
    manifest["arguments"] = serde_json::json!(["run", "--no-such-option"]);
    bench.write("out/manifest.json", manifest.to_string());
    let ran = bench.landfall("verify out");
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr
            .contains("does not take the command line of the run"),
        "{}",
        ran.stderr
    );
    assert_eq!(bench.names(), LEFT);
}

#[test]
fn a_run_that_cannot_be_done_again_leaves_nothing_behind() {
    let bench = small();
    let mut manifest = bench.json("out/manifest.json");
    let arguments = serde_json::json!(["run", "a.csv", "--out", "out", "--config", "none.toml"]);
    manifest["arguments"] = arguments;
    bench.write("out/manifest.json", manifest.to_string());
    let ran = bench.landfall("verify out");
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("the run cannot be done again"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("none.toml"), "{}", ran.stderr);
    assert_eq!(bench.names(), LEFT);
}
