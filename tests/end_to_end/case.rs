//! The bundled case, as the README runs it.

use crate::landfall::{Bench, LAYERS, accounts, in_tree};
use serde_json::Value;
use std::collections::BTreeSet;

const SHIPS: [(&str, &str); 3] = [
    ("273210440", "ANGARA"),
    ("273359830", "MARIA"),
    ("273291160", "MAIA-1"),
];

fn run_case(bench: &Bench, more: &[&str]) -> String {
    let positions = in_tree("data/najin-vostochny/positions.csv");
    let mut arguments = vec!["run", positions.to_str().unwrap(), "--out", "out"];
    arguments.extend(more);
    let ran = bench.landfall_with(&arguments);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.stdout
}

fn of_vessel<'a>(
    features: &'a [Value],
    vessel: &'a str,
) -> impl Iterator<Item = &'a serde_json::Map<String, Value>> {
    features
        .iter()
        .map(|feature| feature["properties"].as_object().unwrap())
        .filter(move |properties| properties["vessel_id"] == vessel)
}

#[test]
fn the_three_ships_call_at_vostochny_and_dunay_and_fall_silent() {
    let bench = Bench::new();
    run_case(&bench, &[]);
    let calls = bench.features("port_calls");
    let gaps = bench.features("gaps");
    for (vessel, name) in SHIPS {
        let ports: BTreeSet<&str> = of_vessel(&calls, vessel)
            .filter_map(|call| call["port"].as_str())
            .collect();
        assert!(ports.contains("Vostochny"), "{name}: {ports:?}");
        assert!(ports.contains("Dunay"), "{name}: {ports:?}");
        assert!(
            ports.iter().all(|port| !port.starts_with("Najin")),
            "{name}: {ports:?}"
        );
        let dark = of_vessel(&gaps, vessel)
            .filter(|gap| gap["duration_h"].as_f64().is_some_and(|hours| hours > 20.0))
            .count();
        assert!(dark >= 2, "{name}: {dark} long gaps");
        assert!(of_vessel(&calls, vessel).all(|call| call["name"] == name));
    }
}

#[test]
fn the_case_says_that_it_is_made_up_wherever_it_shows() {
    let bench = Bench::new();
    let summary = run_case(&bench, &["--format", "geojson,geojsonl"]);
    assert!(summary.contains("made up"), "{summary}");
    let manifest = bench.json("out/manifest.json");
    assert!(manifest["notices"][0].as_str().unwrap().contains("made up"));
    for layer in LAYERS {
        let collection = bench.json(&format!("out/{layer}.geojson"));
        assert!(
            collection["notices"][0]
                .as_str()
                .unwrap()
                .contains("made up"),
            "{layer}"
        );
        for line in bench.read(&format!("out/{layer}.geojsonl")).lines() {
            assert!(line.contains("made up"), "{layer}: {line}");
        }
    }
    for table in ["vessels", "flagged", "rejected"] {
        let text = bench.read(&format!("out/{table}.csv"));
        assert!(text.starts_with("# notice: "), "{table}: {text}");
    }
}

#[test]
fn the_accounts_add_up_and_every_fault_put_in_is_found() {
    let bench = Bench::new();
    run_case(&bench, &[]);
    let manifest = bench.json("out/manifest.json");
    let [rows, _, duplicates, rejected] = accounts(&manifest);
    let file = bench_rows();
    assert_eq!(rows, file);
    assert!(duplicates > 0);
    assert!(rejected > 0);
    let listed = bench.read("out/rejected.csv");
    let listed = listed.lines().filter(|line| !line.starts_with('#')).count() - 1;
    assert_eq!(listed as u64, rejected);
    assert!(!bench.features("gaps").is_empty());
    let flagged = bench.read("out/flagged.csv");
    assert!(
        flagged.contains("teleport") || flagged.contains("spike"),
        "{flagged}"
    );
}

/// Data rows in the bundled file, counted by other means than the program's.
fn bench_rows() -> u64 {
    let text = std::fs::read_to_string(in_tree("data/najin-vostochny/positions.csv")).unwrap();
    let header = text
        .lines()
        .position(|line| line.starts_with("# Timestamp"))
        .unwrap();
    text.lines()
        .skip(header + 1)
        .filter(|line| !line.trim().is_empty())
        .count() as u64
}

#[test]
fn sightings_and_registers_are_listed() {
    let bench = Bench::new();
    let sightings = in_tree("data/najin-vostochny/sightings.csv");
    let vessels = in_tree("data/najin-vostochny/vessels.csv");
    let summary = run_case(
        &bench,
        &[
            "--sightings",
            sightings.to_str().unwrap(),
            "--vessels",
            vessels.to_str().unwrap(),
        ],
    );
    assert!(summary.contains("28 sightings"), "{summary}");
    assert!(summary.contains("5 registered vessels"), "{summary}");
    assert!(summary.contains("made-up-trader-2023-10-25"), "{summary}");
    let manifest = bench.json("out/manifest.json");
    let roles: Vec<&str> = manifest["tables"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|table| table["role"].as_str())
        .collect();
    assert_eq!(roles, ["ports", "sightings", "vessels"]);
}

#[test]
fn no_line_is_drawn_through_a_gap() {
    let bench = Bench::new();
    run_case(&bench, &["--simplify", "0"]);
    let gaps = bench.features("gaps");
    let seconds = |time: &Value| {
        let time: landfall_track::Timestamp = time.as_str().unwrap().parse().unwrap();
        time.as_millis() / 1000
    };
    for layer in ["voyages", "tracks"] {
        for feature in bench.features(layer) {
            let properties = &feature["properties"];
            let nested = properties["times"].as_array();
            let Some(times) = nested.filter(|times| !times.is_empty()) else {
                continue;
            };
            let parts: Vec<Vec<f64>> = if times[0].is_array() {
                times.iter().map(numbers).collect()
            } else {
                vec![numbers(&properties["times"])]
            };
            for gap in of_vessel(&gaps, properties["vessel_id"].as_str().unwrap()) {
                let start = seconds(&gap["start"]) as f64;
                for pair in parts.iter().flat_map(|part| part.windows(2)) {
                    assert!(
                        !(pair[0] <= start && pair[1] > start + 6.0 * 3600.0),
                        "{}",
                        feature["id"]
                    );
                }
            }
        }
    }
}

fn numbers(values: &Value) -> Vec<f64> {
    values
        .as_array()
        .unwrap()
        .iter()
        .map(|value| value.as_f64().unwrap())
        .collect()
}
