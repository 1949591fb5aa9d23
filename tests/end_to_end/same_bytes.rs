//! The same rows give the same bytes, however they are cut into files, ordered and packed, and
//! with any number of threads.

use crate::landfall::{Bench, LAYERS, in_tree};
use serde_json::Value;
use std::io::Write;

/// A layer without what may differ: the names of files and rows.
fn without_source(bench: &Bench, folder: &str, layer: &str) -> Vec<Value> {
    let mut features = bench.features_in(folder, layer);
    for feature in &mut features {
        let removed = feature["properties"]
            .as_object_mut()
            .unwrap()
            .remove("source");
        let is_of_rows = layer != "places";
        assert_eq!(removed.is_some(), is_of_rows, "every feature has a source");
        if layer == "sightings" {
            // What AIS says of a sighting names the row that says it.
            for named in ["reason", "ais_file", "ais_row"] {
                feature["properties"].as_object_mut().unwrap().remove(named);
            }
        }
    }
    features
}

#[test]
fn cut_order_container_and_threads_do_not_show() {
    let bench = Bench::new();
    let text = std::fs::read_to_string(in_tree("data/najin-vostochny/positions.csv")).unwrap();
    let at = text.find("# Timestamp").unwrap();
    let (notices, table) = text.split_at(at);
    let (header, rows) = table.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    bench.write("whole.csv", &text);

    // Every third row to another file; the second reversed, the third packed.
    let part = |number: usize, reversed: bool| {
        let mut part: Vec<&str> = rows.iter().skip(number).step_by(3).copied().collect();
        if reversed {
            part.reverse();
        }
        format!("{notices}{header}\n{}\n", part.join("\n"))
    };
    bench.write("parts/c.csv", part(0, false));
    bench.write("parts/b.csv", part(1, true));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(part(2, false).as_bytes()).unwrap();
    bench.write("parts/a.csv.gz", packed.finish().unwrap());

    for list in ["sightings", "vessels"] {
        let path = in_tree(&format!("data/najin-vostochny/{list}.csv"));
        bench.write(&format!("{list}.csv"), std::fs::read(path).unwrap());
    }
    let evidence = "--sightings sightings.csv --vessels vessels.csv --watch-ports KPRJN";
    let whole = bench.landfall(&format!("run whole.csv --out whole --threads 1 {evidence}"));
    let parts = bench.landfall(&format!(
        "run parts/c.csv parts --out parted --threads 4 {evidence}"
    ));
    assert_eq!(
        (whole.code, parts.code),
        (0, 0),
        "{}{}",
        whole.stderr,
        parts.stderr
    );
    for layer in LAYERS {
        let expected = without_source(&bench, "whole", layer);
        assert_eq!(expected, without_source(&bench, "parted", layer), "{layer}");
    }
    assert!(!bench.features_in("whole", "voyages").is_empty());
    assert_eq!(
        bench.read("whole/vessels.csv"),
        bench.read("parted/vessels.csv")
    );
}

#[test]
fn the_same_run_twice_gives_the_same_bytes() {
    let bench = Bench::new();
    let positions = in_tree("data/najin-vostochny/positions.csv");
    let mut results = Vec::new();
    for threads in ["1", "3"] {
        let arguments = [
            "run",
            positions.to_str().unwrap(),
            "--out",
            "out",
            "--threads",
            threads,
            "-q",
        ];
        assert_eq!(bench.landfall_with(&arguments).code, 0);
        let files: Vec<String> = std::fs::read_dir(bench.path("out"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect::<std::collections::BTreeSet<_>>()
            .iter()
            .map(|path| {
                let is_manifest = path.ends_with("manifest.json");
                let text = std::fs::read_to_string(path).unwrap();
                if is_manifest {
                    without_arguments(&text)
                } else {
                    text
                }
            })
            .collect();
        results.push(files);
    }
    for (first, second) in results[0].iter().zip(&results[1]) {
        assert!(first == second, "{first:.200}");
    }
    assert_eq!(results[0].len(), results[1].len());
}

/// A manifest without the command line, which says how many threads were asked for.
fn without_arguments(manifest: &str) -> String {
    let mut manifest: Value = serde_json::from_str(manifest).unwrap();
    manifest.as_object_mut().unwrap().remove("arguments");
    manifest.to_string()
}
