//! `landfall explain`: the reasoning behind every kind of event, and the rows it rests on.

use crate::landfall::{Bench, Ran};
use serde_json::{Value, json};
use std::fs;

/// One ship that falls silent twice: off Vostochny, and where she comes back.
fn small() -> Bench {
    let bench = Bench::new();
    let row = |hour: u32, place: &str| {
        let (day, hour) = (1 + hour / 24, hour % 24);
        format!("273000001,2023-09-{day:02}T{hour:02}:00:00Z,{place},NOVEMBER\n")
    };
    let first = (0..10).map(|hour| row(hour, "42.744,133.067"));
    let later = (49..60).chain(80..90).map(|hour| row(hour, "42.6,132.7"));
    let rows: String = first.chain(later).collect();
    bench.write("a.csv", format!("mmsi,time,lat,lon,name\n{rows}"));
    let ran = bench.landfall("run a.csv --out out --quiet");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    bench
}

fn explain(bench: &Bench, id: &str) -> Ran {
    bench.landfall_with(&["explain", "out", id])
}

/// The lines of the case's file that are rows, by an independent count.
fn rows(bench: &Bench) -> Vec<String> {
    let text = bench.read("positions.csv");
    let lines = text
        .lines()
        .skip_while(|line| !line.starts_with("# Timestamp"));
    lines.skip(1).map(str::to_owned).collect()
}

#[test]
fn every_kind_of_event_is_explained_down_to_the_letters_of_its_rows() {
    let bench = Bench::of_case();
    let lines = rows(&bench);
    let manifest = bench.json("out/manifest.json");
    let outputs = manifest["outputs"].as_array().unwrap();
    let mut layers = 0;
    for name in outputs.iter().filter_map(|output| output["name"].as_str()) {
        let Some(layer) = name.strip_suffix(".geojson") else {
            continue;
        };
        let features = bench.features(layer);
        // The first, the last and some between.
        for feature in features.iter().step_by(17).chain(features.last()) {
            let id = feature["id"].as_str().unwrap();
            let ran = explain(&bench, id);
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{id}");
            assert!(
                ran.stdout.contains(&format!(": {id}\n")),
                "{id}: {}",
                ran.stdout
            );
            assert!(ran.stdout.contains("made up"), "{id}: {}", ran.stdout);
            let source = &feature["properties"]["source"];
            for end in ["first", "last"] {
                let Some(row) = source[end]["row"].as_u64() else {
                    continue;
                };
                let line = &lines[row as usize - 1];
                assert!(
                    ran.stdout.contains(&format!("Row {row}: ")),
                    "{id}: {}",
                    ran.stdout
                );
                assert!(
                    ran.stdout.contains(line.as_str()),
                    "{id}: {line}: {}",
                    ran.stdout
                );
            }
            layers += usize::from(std::ptr::eq(feature, &raw const features[0]));
        }
    }
    assert!(layers >= 5, "{layers} layers with features");
}

#[test]
fn a_gap_is_explained_with_its_numbers_and_the_threshold_in_force() {
    let bench = small();
    let gaps = bench.features("gaps");
    let gap = gaps
        .iter()
        .find(|gap| {
            gap["properties"]["duration_h"]
                .as_f64()
                .is_some_and(|h| h > 30.0)
        })
        .unwrap();
    let said = explain(&bench, gap["id"].as_str().unwrap()).stdout;
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let it = &gap["properties"];
    let hours = it["duration_h"].as_f64().unwrap();
    for expected in [
        format!("{hours:.2} h"),
        "a gap is longer than 6 h".to_owned(),
        format!("{} in the 12 h up to the silence", it["reports_before"]),
        format!(
            "{} (row {} of a.csv)",
            it["start"].as_str().unwrap(),
            it["source"]["first"]["row"]
        ),
        format!(
            "{} (row {} of a.csv)",
            it["end"].as_str().unwrap(),
            it["source"]["last"]["row"]
        ),
        format!(
            "{:.1} km / 1.852 / {hours:.2} h",
            it["distance_km"].as_f64().unwrap()
        ),
    ] {
        assert!(said.contains(&expected), "{expected}: {said}");
    }
}

#[test]
fn a_part_of_an_id_is_enough_if_it_is_the_only_one_and_others_are_offered() {
    let bench = small();
    let gaps = bench.features("gaps");
    let id = gaps[0]["id"].as_str().unwrap();
    let (_, part) = id.split_once("/gap/").unwrap();
    let part = format!("gap/{part}");
    let ran = explain(&bench, &part);
    assert!(
        ran.stdout.starts_with(&format!("Gap: {id}\n")),
        "{}{}",
        ran.stdout,
        ran.stderr
    );

    let several = explain(&bench, "/gap/");
    assert_eq!((several.code, several.stdout.as_str()), (1, ""));
    let calls = bench.features("gaps");
    assert!(
        several
            .stderr
            .contains(&format!("part of {} ids", calls.len())),
        "{}",
        several.stderr
    );
    assert!(
        several.stderr.contains(calls[0]["id"].as_str().unwrap()),
        "{}",
        several.stderr
    );

    let wrong = explain(&bench, &id.replace('Z', "Y"));
    assert_eq!((wrong.code, wrong.stdout.as_str()), (1, ""));
    assert!(wrong.stderr.contains("near it are:"), "{}", wrong.stderr);
    assert!(wrong.stderr.contains(id), "{}", wrong.stderr);

    let hostile = explain(&bench, "\u{1b}[31m");
    assert_eq!(hostile.code, 1);
    assert!(!hostile.stderr.contains('\u{1b}'), "{}", hostile.stderr);
}

#[test]
fn a_changed_or_missing_input_is_an_error_that_names_it_and_both_hashes() {
    let bench = small();
    let before = bench.json("out/manifest.json")["inputs"][0]["sha256"].clone();
    let text = bench.read("a.csv");
    bench.write("a.csv", text.replacen("42.744,", "42.745,", 1));
    let id = bench.features("gaps")[0]["id"].as_str().unwrap().to_owned();
    let changed = explain(&bench, &id);
    assert_eq!(changed.code, 1);
    assert!(
        changed.stderr.contains("`a.csv` has changed since the run"),
        "{}",
        changed.stderr
    );
    assert!(
        changed.stderr.contains(before.as_str().unwrap()),
        "{}",
        changed.stderr
    );
    assert!(
        !changed.stdout.contains("Source rows"),
        "{}",
        changed.stdout
    );

    fs::rename(bench.path("a.csv"), bench.path("other.csv")).unwrap();
    let missing = explain(&bench, &id);
    assert_eq!(missing.code, 1);
    assert!(
        missing.stderr.contains("`a.csv` is not there"),
        "{}",
        missing.stderr
    );
    assert!(
        missing
            .stderr
            .contains("the folder in which the run was done"),
        "{}",
        missing.stderr
    );
}

#[test]
fn rows_are_found_in_what_is_packed_and_by_the_column_file_of_the_run() {
    use std::io::Write;
    let bench = Bench::new();
    let row = |hour: u32| {
        format!(
            "{:02}.09.2023 {:02}:00|273000001|42.7|133.1|ALFA {hour}\n",
            1 + hour / 24,
            hour % 24
        )
    };
    let hours = (0..10).chain(30..40);
    let table = format!(
        "When|Ship|North|East|Called\n{}",
        hours.map(row).collect::<Vec<_>>().concat()
    );
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("in/a.csv", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(table.as_bytes()).unwrap();
    bench.write("odd.zip", zip.finish().unwrap().into_inner());
    bench.write(
        "odd.toml",
        "time_format = \"%d.%m.%Y %H:%M\"\ndelimiter = \"|\"\n[columns]\nmmsi = \"Ship\"\ntime = \"When\"\nlatitude = \"North\"\nlongitude = \"East\"\nname = \"Called\"\n",
    );
    let ran = bench.landfall("run odd.zip --columns odd.toml --out out -q");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let said = explain(&bench, "/gap/").stdout;
    for expected in [
        "row 10 of odd.zip!in/a.csv",
        "Called  ALFA 9",
        "Called  ALFA 30",
        "02.09.2023 06:00|273000001",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

/// Adds a layer to a result, as a run that infers writes it.
fn add_layer(bench: &Bench, layer: &str, features: &[Value]) {
    let lines: Vec<String> = features
        .iter()
        .map(|feature| {
            // Our files begin a feature with its type and id.
            let rest =
                json!({"geometry": feature["geometry"], "properties": feature["properties"]});
            let rest = rest.to_string();
            format!(
                r#"{{"type":"Feature","id":{},{}"#,
                feature["id"],
                &rest[1..]
            )
        })
        .collect();
    let text = format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}\n",
        lines.join(",\n")
    );
    bench.write(&format!("out/{layer}.geojson"), text);
    let mut manifest = bench.json("out/manifest.json");
    let outputs = manifest["outputs"].as_array_mut().unwrap();
    let name = format!("{layer}.geojson");
    outputs.retain(|output| output["name"] != name.as_str());
    outputs.push(json!({"name": name, "records": features.len()}));
    manifest["configuration"]["inference"] = json!({
        "min_stay_h": 1.0, "position_error_m": 1000.0, "usual_quantile": 0.98, "moving_knots": 3.0,
        "claim_h": 48.0,
    });
    bench.write("out/manifest.json", manifest.to_string());
}

/// A result with one gap of 40 hours in which a call at Najin is inferred. There and back it is
/// 2 x 235.891 km by the geodesic, less 2 x (7 km of radius and 1 km of error): 7.46 hours at 33 knots.
fn inferred(grade: &str, sightings: &[&str]) -> Bench {
    let bench = Bench::new();
    let row = |hour: u32| {
        format!(
            "273000001,2023-09-{:02}T{:02}:00:00Z,42.75,133.0833,NOVEMBER\u{1b}[31m\n",
            1 + hour / 24,
            hour % 24
        )
    };
    let hours = (0..10).chain(49..60);
    bench.write(
        "a.csv",
        format!(
            "mmsi,time,lat,lon,name\n{}",
            hours.map(row).collect::<Vec<_>>().concat()
        ),
    );
    bench.write(
        "s.csv",
        "id,time,lat,lon,error_radius_m,name,source,url\nn-1,2023-09-02T10:00:00Z,42.2333,130.3,500,November,\"The Paper, page 3\",https://example.org/1\n",
    );
    let ran = bench.landfall("run a.csv --sightings s.csv --out out -q");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let gaps = bench.features("gaps");
    let gap = &gaps[0];
    let source = gap["properties"]["source"].clone();
    let mut call: Value = serde_json::from_str(
        r#"{
        "id": "273000001/dark_call/2023-09-01T09:00:00Z/KPRJN",
        "geometry": {"type": "Point", "coordinates": [130.3, 42.2333]},
        "properties": {
            "vessel_id": "273000001", "mmsi": "273000001", "name": "NOVEMBER\u001b[31m",
             "grade_meaning": "a meaning", "port": "Najin", "port_locode": "KPRJN",
            "arrival_earliest": "2023-09-01T12:43:43Z", "arrival_latest": "2023-09-02T20:16:00Z",
            "departure_earliest": "2023-09-01T13:43:00Z", "departure_latest": "2023-09-02T21:16:16Z",
            "watched": true, "past_calls": 0, "others_heard": null, "slack_h": 31.5424,
            "longest_stay_h": 32.5424, "speed_needed_knots": 6.31, "plausible": true,
            "distance_from_km": 235.891, "distance_to_km": 235.891, "reachable_by_water": true,
            "water_from_km": 236.4, "water_to_km": 236.4, "water_speed_needed_knots": 6.55,
            "speed_cap_knots": 33.0, "usual_speed_knots": 11.5, 
            "gap_start": "2023-09-01T09:00:00Z", "gap_end": "2023-09-03T01:00:00Z",
            "gap_duration_h": 40.0, "reception": "heard others", 
            "cut_by": [], "named": true, "by_elimination": false, "repeats": null,
            "candidates_beaten": [{"rank": 1, "port": "Slavyanka", "slack_h": 33.0}],
            "candidates_beaten_total": 4, "reason": "A reason of the run's.", "observed": false,
            "new_property": "kept" 
        }
    }"#,
    )
    .unwrap();
    let it = &mut call["properties"];
    it["grade"] = grade.into();
    it["gap_id"] = gap["id"].clone();
    it["sighting_ids"] = sightings.into();
    it["source"] = source.clone();
    add_layer(&bench, "dark_calls", &[call]);
    let mut sighting: Value = serde_json::from_str(
        r#"{
        "id": "sighting/n-1",
        "geometry": {"type": "Point", "coordinates": [130.3, 42.2333]},
        "properties": {
            "vessel_id": "273000001", "name": "NOVEMBER\u001b[31m", "verdict": "possible",
            "reason": "Her reason.", "is_claim": false, "matched_by": "name", "doubtful": [],
            "sighting_id": "n-1", "outcome": "seen", "time_from": "2023-09-02T10:00:00Z",
            "time_to": "2023-09-02T10:00:00Z", "lon": 130.3, "lat": 42.2333, "error_radius_m": 500.0,
            "claimed_name": "November", "source_text": "The Paper, page 3", "url": "https://example.org/1",
             "silent_from": "2023-09-01T09:00:00Z",
            "silent_to": "2023-09-03T01:00:00Z", "window_earliest": "2023-09-02T10:00:00Z",
            "window_latest": "2023-09-02T10:00:00Z", "hours_to_spare": 11.3,
            "speed_needed_knots": 9.4, "silences_possible": 1, "suspects_total": 0, "suspects": [],
            "file": "s.csv", "row": 1 
        }
    }"#,
    )
    .unwrap();
    let it = &mut sighting["properties"];
    it["gap_id"] = gap["id"].clone();
    it["source"] = source;
    add_layer(&bench, "sightings", &[sighting]);
    bench
}

#[test]
fn a_dark_call_that_nobody_saw_is_reachable_only_and_its_sum_can_be_done_again() {
    let bench = inferred("D1", &[]);
    let said = explain(&bench, "dark_call").stdout;
    for expected in [
        "inferred, not observed",
        "way there                    (235.9 km - 8.0 km) / 1.852 / 33 knots = 3.73 h",
        "way on                       (235.9 km - 8.0 km) / 1.852 / 33 knots = 3.73 h",
        "up to 8.0 km: the port's radius, and 1 km",
        "40.00 h - 3.73 h - 3.73 h = 32.54 h",
        "32.54 h - 1.00 h (the shortest stay that is a call) = 31.54 h",
        "Who saw her there?\n   Nobody.",
        "reachable only: the port is watched and was in reach. Nobody saw the vessel",
        "98 % of her reports under way",
        "That she could have been somewhere never says that she was.",
        "new_property  kept",
        "NOVEMBER\\u{1b}[31m",
        "row 10 of a.csv",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert!(!said.contains('\u{1b}'));
}

#[test]
fn a_sighted_dark_call_shows_its_sources_and_their_rows() {
    let bench = inferred("D3", &["sighting/n-1"]);
    let said = explain(&bench, "dark_call").stdout;
    for expected in [
        "sighting/n-1",
        "The Paper, page 3",
        "https://example.org/1",
        "Row 1: the sighting as it is listed",
        "D3: one sighting has the vessel there",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    // The list is checked as the positions are.
    let list = bench.read("s.csv");
    bench.write("s.csv", list.replace("page 3", "page 4"));
    let changed = explain(&bench, "dark_call");
    assert_eq!(changed.code, 1);
    assert!(
        changed.stderr.contains("`s.csv` has changed"),
        "{}",
        changed.stderr
    );
}

#[test]
fn a_sighting_is_found_by_its_own_id_and_a_possibility_is_called_one() {
    let bench = inferred("D3", &["sighting/n-1"]);
    let ran = explain(&bench, "n-1");
    assert!(
        ran.stdout.starts_with("Sighting: sighting/n-1\n"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    for expected in [
        "a vessel was seen",
        "named      November",
        "the name, which she sent then",
        "11.30 h",
        "9.4 knots",
        "She was silent and could have been there. AIS does not say that she was.",
        "Row 1: the sighting as it is listed",
        "source          The Paper, page 3",
    ] {
        assert!(ran.stdout.contains(expected), "{expected}: {}", ran.stdout);
    }
}

#[test]
fn a_folder_that_is_no_result_is_an_error() {
    let bench = Bench::new();
    bench.write("empty/x", "");
    for folder in ["empty", "nowhere"] {
        let ran = bench.landfall_with(&["explain", folder, "x"]);
        assert_eq!(ran.code, 1);
        assert!(
            ran.stderr
                .contains(&format!("`{folder}` is no result of `landfall run`")),
            "{}",
            ran.stderr
        );
    }
    bench.write("other/manifest.json", "{\"program\": \"something\"}");
    assert!(
        explain_in(&bench, "other")
            .stderr
            .contains("no manifest of Landfall")
    );
}

fn explain_in(bench: &Bench, folder: &str) -> Ran {
    bench.landfall_with(&["explain", folder, "x"])
}
