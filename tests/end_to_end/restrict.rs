//! Restricted runs: what is asked for comes out, and the manifest says what was.

use crate::landfall::{Bench, LAYERS, accounts, in_tree};
use std::collections::BTreeSet;

fn vessels(bench: &Bench) -> BTreeSet<String> {
    // A sighting need not be of anybody in the run.
    LAYERS
        .iter()
        .filter(|layer| **layer != "sightings")
        .flat_map(|layer| bench.features(layer))
        .map(|feature| {
            feature["properties"]["name"]
                .as_str()
                .unwrap_or("-")
                .to_owned()
        })
        .collect()
}

fn run_case(options: &[&str]) -> Bench {
    let bench = Bench::new();
    let positions = in_tree("data/najin-vostochny/positions.csv");
    let mut arguments = vec![
        "run",
        positions.to_str().unwrap(),
        "--out",
        "out",
        "--quiet",
    ];
    arguments.extend(options);
    let ran = bench.landfall_with(&arguments);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    accounts(&bench.json("out/manifest.json"));
    bench
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_run_is_restricted_to_a_vessel_by_mmsi_imo_or_name() {
    for option in [
        ["--mmsi", "273359830"],
        ["--imo", "8517839"],
        ["--name", "maria"],
    ] {
        let bench = run_case(&option);
        assert_eq!(vessels(&bench), set(&["MARIA"]), "{option:?}");
        let manifest = bench.json("out/manifest.json");
        assert!(
            !manifest["restrictions"].as_object().unwrap().is_empty(),
            "{option:?}"
        );
        let [rows, accepted, ..] = accounts(&manifest);
        assert!(accepted > rows / 2, "rows set aside stay accepted");
    }
}

#[test]
fn a_run_is_restricted_to_the_vessels_that_called_at_a_port() {
    let bench = run_case(&["--port", "Dunai"]);
    let names = vessels(&bench);
    assert!(names.contains("ANGARA") && names.contains("MARIA") && names.contains("MAIA-1"));
    assert!(
        !names.iter().any(|name| name.starts_with("EXAMPLE")),
        "{names:?}"
    );
}

#[test]
fn a_port_of_no_known_name_is_a_wrong_command_line_that_offers_others() {
    let bench = Bench::new();
    bench.write(
        "a.csv",
        "mmsi,time,lat,lon\n273359830,2023-01-01T00:00:00Z,42,132\n",
    );
    let ran = bench.landfall("run a.csv --out out --port Vostochnny");
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("did you mean Vostochny"),
        "{}",
        ran.stderr
    );
}

#[test]
fn times_are_from_inclusive_to_exclusive() {
    let bench = Bench::new();
    let rows: String = (0..24)
        .map(|hour| format!("273359830,2023-01-01T{hour:02}:00:00Z,42,132\n"))
        .collect();
    bench.write("a.csv", format!("mmsi,time,lat,lon\n{rows}"));
    let ran = bench.landfall("run a.csv --out out --from 2023-01-01T06:00 --to 2023-01-01T12:00");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        bench
            .read("out/vessels.csv")
            .contains("2023-01-01T06:00:00Z,2023-01-01T11:00:00Z,6")
    );
    assert!(
        ran.stdout.contains("18 accepted rows were set aside"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_box_chooses_vessels_and_events_and_invents_neither_gaps_nor_calls() {
    let bench = Bench::new();
    let row = |vessel: u32, hour: usize, lon: f64| {
        let (day, hour) = (1 + hour / 24, hour % 24);
        format!("{vessel},2023-01-{day:02}T{hour:02}:00:00Z,42,{lon}\n")
    };
    // In the box, then east of it for a day, then in it again; then truly silent for a day.
    let inside: String = (0..80)
        .filter(|hour| !(50..74).contains(hour))
        .map(|hour| {
            row(
                273359830,
                hour,
                if (10..34).contains(&hour) {
                    133.2
                } else {
                    132.9
                },
            )
        })
        .collect();
    let never_inside: String = (0..80).map(|hour| row(273210440, hour, 135.0)).collect();
    bench.write(
        "a.csv",
        format!("mmsi,time,lat,lon\n{inside}{never_inside}"),
    );
    let ran = bench.landfall_with(&["run", "a.csv", "--out", "out", "--bbox", "132,41,133,43"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let starts: Vec<String> = bench
        .features("gaps")
        .iter()
        .map(|gap| gap["properties"]["start"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(starts, ["2023-01-03T01:00:00Z"]);
    assert!(bench.features("port_calls").is_empty());
    assert!(!bench.read("out/vessels.csv").contains("273210440"));
    let manifest = bench.json("out/manifest.json");
    assert_eq!(
        manifest["restrictions"]["bbox"],
        serde_json::json!([132.0, 41.0, 133.0, 43.0])
    );
}

#[test]
fn a_restriction_does_not_change_the_accounts() {
    let bench = Bench::new();
    let rows = "273359830,2023-01-01T01:00:00Z,42,132\n".repeat(5);
    bench.write(
        "a.csv",
        format!("mmsi,time,lat,lon\n{rows}273210440,2023-01-02T00:00:00Z,42,132\n"),
    );
    for option in [
        "",
        "--mmsi 273210440",
        "--from 2023-01-02",
        "--bbox 0,0,1,1",
        "--name X",
    ] {
        let ran = bench.landfall(&format!("run a.csv --out out {option}"));
        assert_eq!(ran.code, 0, "{option}: {}", ran.stderr);
        assert_eq!(
            accounts(&bench.json("out/manifest.json")),
            [6, 2, 4, 0],
            "{option}"
        );
    }
}

#[test]
fn a_vessel_of_another_id_than_an_mmsi_can_be_asked_for() {
    let bench = Bench::new();
    bench.write(
        "a.csv",
        "id,time,lat,lon\nab12,2023-01-01,42,132\ncd34,2023-01-01,42,133\n",
    );
    assert_eq!(bench.landfall("run a.csv --out out --mmsi ab12").code, 0);
    let vessels = bench.read("out/vessels.csv");
    assert!(
        vessels.contains("ab12") && !vessels.contains("cd34"),
        "{vessels}"
    );
}

#[test]
fn a_vessel_heard_long_after_all_others_is_noted() {
    let bench = Bench::new();
    bench.write(
        "a.csv",
        "mmsi,time,lat,lon\n273359830,2023-01-01,42,132\n273210440,2099-01-01,42,133\n",
    );
    let ran = bench.landfall("run a.csv --out out");
    assert!(
        ran.stdout.contains("273210440 was heard 27759 days after"),
        "{}",
        ran.stdout
    );
}
