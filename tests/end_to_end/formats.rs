//! The formats, the map and the trips, as they lie in an output folder. What is in them is compared by
//! `tests/readers` and `tests/browser`.

use crate::landfall::{Bench, LAYERS, in_tree};

const ALL: &str = "geojson,geojsonl,geoparquet,flatgeobuf,gpkg,csv,kml";

/// Runs the bundled case with more arguments, and gives the names of the outputs.
fn outputs(bench: &Bench, arguments: &[&str]) -> Vec<String> {
    let positions = in_tree("data/najin-vostochny/positions.csv");
    let run = ["run", positions.to_str().unwrap(), "--out", "out", "-q"];
    let ran = bench.landfall_with(&[&run[..], arguments].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    bench.outputs()
}

#[test]
fn every_format_is_a_file_a_layer_and_the_same_again() {
    let bench = Bench::new();
    let found = outputs(&bench, &["--format", ALL, "--trips"]);
    for layer in LAYERS {
        for ending in ["geojson", "geojsonl", "parquet", "fgb", "csv", "kml", "qml"] {
            let name = format!("{layer}.{ending}");
            assert!(found.contains(&name), "{name} in {found:?}");
        }
    }
    for name in ["landfall.gpkg", "map.html", "trips.geojson"] {
        assert!(found.contains(&name.to_owned()), "{name} in {found:?}");
    }
    assert_eq!(
        found
            .iter()
            .collect::<std::collections::BTreeSet<_>>()
            .len(),
        found.len()
    );
    let verified = bench.landfall("verify out");
    assert_eq!(verified.code, 0, "{}{}", verified.stdout, verified.stderr);
}

#[test]
fn what_is_not_asked_for_is_not_written() {
    let bench = Bench::new();
    let found = outputs(&bench, &["--format", "gpkg,kml", "--no-map"]);
    let ending = |ending: &str| found.iter().filter(|name| name.ends_with(ending)).count();
    assert_eq!(
        [".kml", ".gpkg", ".geojson", ".qml", ".html"].map(ending),
        [13, 1, 0, 0, 0]
    );
    assert!(!bench.path("out/map.html").exists());

    let explained = bench.landfall("explain out 273291160/gap/2024-02-11T00:21:36Z");
    assert_eq!(explained.code, 1);
    assert!(
        explained.stderr.contains("has no GeoJSON layers"),
        "{}",
        explained.stderr
    );
}

#[test]
fn a_map_of_chosen_vessels_leaves_the_layers_whole() {
    let bench = Bench::new();
    let positions = in_tree("data/najin-vostochny/positions.csv");
    let run = [
        "run",
        positions.to_str().unwrap(),
        "--out",
        "out",
        "--map-vessels",
    ];
    let ran = bench.landfall_with(&[&run[..], &["MARIA,MARY"]].concat());
    let lack = "map.html: There is nothing of `MARY`, which --map-vessels asked for.";
    assert!(ran.stdout.contains(lack), "{}", ran.stdout);
    let page = bench.read("out/map.html");
    assert!(
        page.contains("Only vessels chosen with --map-vessels are shown"),
        "it says so"
    );
    assert_eq!(bench.features("gaps").len(), 60);
    let ran = bench.landfall("run x.csv --out out --map-size 1MB");
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("at least 5 MB are needed"),
        "{}",
        ran.stderr
    );
}
