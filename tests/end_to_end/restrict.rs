//! Restricted runs: what is asked for comes out, and the manifest says what was.

use crate::landfall::{Bench, LAYERS, accounts, in_tree};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn vessels(bench: &Bench) -> BTreeSet<String> {
    // A sighting need not be of anybody in the run, and a place is of nobody.
    LAYERS
        .iter()
        .filter(|layer| !["sightings", "places"].contains(layer))
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

/// Of each sighting what the layer says of it, by id.
fn sightings(bench: &Bench) -> BTreeMap<String, Value> {
    let features = bench.features("sightings").into_iter();
    features
        .map(|feature| {
            let properties = feature["properties"].clone();
            (feature["id"].as_str().unwrap().to_owned(), properties)
        })
        .collect()
}

/// Dark calls with their grades, of one vessel.
fn dark_calls(bench: &Bench, vessel_id: &str) -> BTreeMap<String, String> {
    let features = bench.features("dark_calls").into_iter();
    features
        .filter(|feature| feature["properties"]["vessel_id"] == vessel_id)
        .map(|feature| {
            let grade = feature["properties"]["grade"].as_str().unwrap().to_owned();
            (feature["id"].as_str().unwrap().to_owned(), grade)
        })
        .collect()
}

#[test]
fn a_restriction_changes_neither_a_verdict_nor_a_grade_and_says_whom_it_left_out() {
    let whole = run_case(&[]);
    let (all, maria) = (sightings(&whole), "273359830");
    for option in [
        ["--mmsi", maria],
        ["--name", "maria"],
        ["--port", "Zhoushan"],
    ] {
        let bench = run_case(&option);
        let is_kept = |id: &str| match option[0] {
            "--port" => id == "273210440",
            _ => id == maria,
        };
        let mut left_out = 0;
        for (id, told) in sightings(&bench) {
            let (before, vessel) = (&all[&id], told["vessel_id"].as_str());
            let is_taken = before["matched_by"] != "elimination";
            if let Some(vessel) = vessel.filter(|vessel| is_taken && !is_kept(vessel)) {
                assert_eq!(told["verdict"], "left out", "{option:?} {id}");
                let reason = told["reason"].as_str().unwrap();
                assert!(
                    reason.contains(vessel) && reason.contains("restricted"),
                    "{reason}"
                );
                left_out += 1;
            } else {
                assert_eq!(told["verdict"], before["verdict"], "{option:?} {id}");
                assert_eq!(told["matched_by"], before["matched_by"], "{option:?} {id}");
                assert_eq!(told["vessel_id"], before["vessel_id"], "{option:?} {id}");
            }
        }
        assert!(left_out > 3, "{option:?}");
        let kept = if option[0] == "--port" {
            "273210440"
        } else {
            maria
        };
        let graded = dark_calls(&whole, kept);
        assert!(graded.len() > 5);
        assert_eq!(dark_calls(&bench, kept), graded, "{option:?}");
    }
}

#[test]
fn a_sighting_of_a_time_that_was_left_out_is_not_called_outside_the_data() {
    let bench = run_case(&["--from", "2024-01-01"]);
    let told = sightings(&bench);
    let verdict = |id: &str| told[&format!("sighting/{id}")]["verdict"].clone();
    assert_eq!(verdict("bloomberg-angara-2023-12-09"), "left out");
    assert_eq!(verdict("voa-najin-2023-10-19"), "left out");
    assert_eq!(verdict("nkpro-lady-r-2024-03-14"), "confirmed");
    assert!(told.values().all(|it| it["verdict"] != "outside the data"));
}

#[test]
fn a_vessel_with_a_dark_call_at_a_port_was_there_for_a_restriction() {
    let whole = run_case(&[]);
    let with_dark_call: BTreeSet<String> = whole
        .features("dark_calls")
        .iter()
        .filter(|call| call["properties"]["port_locode"] == "KPRJN")
        .map(|call| call["properties"]["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(with_dark_call.len(), 4);
    assert!(
        whole
            .features("port_calls")
            .iter()
            .all(|call| call["properties"]["port_locode"] != "KPRJN"),
        "nobody was received there"
    );
    // Once all that waits is in memory, and once most of it is on disk.
    for memory in ["1GB", "64MB"] {
        let bench = run_case(&["--port", "Najin", "--memory", memory]);
        assert_eq!(vessels(&bench), with_dark_call);
        let total = |layer: &str| {
            let features = whole.features(layer).into_iter();
            let of_them = |name: &str| with_dark_call.contains(name);
            features
                .filter(|it| it["properties"]["name"].as_str().is_some_and(of_them))
                .count()
        };
        for layer in [
            "stops",
            "voyages",
            "tracks",
            "port_calls",
            "gaps",
            "dark_calls",
            "dark_legs",
        ] {
            assert_eq!(bench.features(layer).len(), total(layer), "{layer}");
        }
        let manifest = bench.json("out/manifest.json");
        assert_eq!(manifest["counts"]["vessels"], 4);
        assert_eq!(manifest["data_quality"]["vessels"], 4);
    }
}

#[test]
fn a_restriction_that_leaves_nothing_warns_and_names_what_was_near_it() {
    let bench = Bench::new();
    // At rest in Najin (42.2333 N 130.3 E) for a day.
    let rows: String = (0..24)
        .map(|hour| format!("273359830,2023-01-01T{hour:02}:00:00Z,42.2333,130.3,0,MARIA\n"))
        .collect();
    bench.write("a.csv", format!("mmsi,time,lat,lon,sog,name\n{rows}"));
    for (option, told) in [
        (
            "--mmsi 273359380",
            "no vessel in the data has the MMSI or id `273359380`; nearest: 273359830",
        ),
        (
            "--name marja",
            "no vessel in the data has the name `marja`; nearest: MARIA",
        ),
        (
            "--imo 8517839",
            "no vessel in the data has the IMO number `8517839`; none is spelt like it",
        ),
        (
            "--port Senbong",
            "the nearest ports where one was: Najin (14 km)",
        ),
        (
            "--from 2024-01-01",
            "the data are of 2023-01-01T00:00:00Z to 2023-01-01T23:00:00Z",
        ),
        (
            "--bbox 0,0,1,1",
            "the data lie within 130.30,42.23,130.30,42.23",
        ),
    ] {
        let ran = bench.landfall(&format!("run a.csv --out out --no-map {option}"));
        assert!(ran.stderr.contains(told), "{option}: {}", ran.stderr);
        assert!(
            ran.stderr
                .contains("warning: the restriction leaves nothing of 24 accepted rows"),
            "{option}: {}",
            ran.stderr
        );
    }
    let ran = bench.landfall("run a.csv --out out --no-map --name maria");
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
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
