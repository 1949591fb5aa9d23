//! What is inferred: candidates, sightings' verdicts, dark calls and dark legs.

use crate::landfall::{Bench, in_tree};
use landfall_track::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::process::Command;

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str().map(|text| text.parse().unwrap())
}

fn run_case(bench: &Bench, more: &[&str]) -> String {
    let case = in_tree("data/najin-vostochny/case.toml");
    let mut arguments = vec!["run", case.to_str().unwrap(), "--out", "out"];
    arguments.extend(more);
    let ran = bench.landfall_with(&arguments);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.stdout
}

fn properties(bench: &Bench, layer: &str) -> Vec<Value> {
    bench
        .features(layer)
        .into_iter()
        .map(|feature| feature["properties"].clone())
        .collect()
}

/// One trip to Najin as the case's generator made it up.
struct Trip {
    ship: String,
    arrival: Timestamp,
    departure: Timestamp,
}

/// The truth, from the generator itself.
fn trips() -> Vec<Trip> {
    let listed = Command::new("python3")
        .arg(in_tree("data/najin-vostochny/generate.py"))
        .arg("--legs")
        .output()
        .unwrap();
    let moment = |date: &str, clock: &str| {
        let [day, month, year] = date.split('/').collect::<Vec<_>>()[..] else {
            panic!("{date}")
        };
        format!("{year}-{month}-{day}T{clock}Z").parse().unwrap()
    };
    String::from_utf8(listed.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| {
            let (ship, rest) = line.split_once(" off ")?;
            let (_, rest) = rest.split_once("Najin ")?;
            let words: Vec<&str> = rest.split_whitespace().collect();
            Some(Trip {
                ship: ship.trim().to_owned(),
                arrival: moment(words[0], words[1]),
                departure: moment(words[3], words[4]),
            })
        })
        .collect()
}

#[test]
fn every_trip_that_was_made_up_is_a_dark_call_whose_intervals_hold_it() {
    let bench = Bench::new();
    run_case(&bench, &[]);
    let calls = properties(&bench, "dark_calls");
    let trips = trips();
    assert!(trips.len() >= 30);
    for trip in &trips {
        let holds = |call: &&Value| {
            let within = |earliest: &str, at: Timestamp, latest: &str| {
                time(&call[earliest]).unwrap() <= at
                    && time(&call[latest]).is_none_or(|latest| at <= latest)
            };
            call["name"] == trip.ship.as_str()
                && call["port_locode"] == "KPRJN"
                && within("arrival_earliest", trip.arrival, "arrival_latest")
                && within("departure_earliest", trip.departure, "departure_latest")
        };
        let found = calls.iter().find(holds);
        let call = found.unwrap_or_else(|| panic!("{} at {}", trip.ship, trip.arrival));
        let stay_h = trip.departure.hours_since(trip.arrival);
        assert!(call["longest_stay_h"].as_f64().unwrap() >= stay_h);
        assert_eq!(call["observed"], false);
    }
}

#[test]
fn a_sighting_grades_three_or_four_unless_it_bears_out_nothing_by_itself() {
    let bench = Bench::new();
    let summary = run_case(&bench, &[]);
    let mut grades: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for call in properties(&bench, "dark_calls") {
        let grade = call["grade"].as_str().unwrap().to_owned();
        let sighted = !call["sighting_ids"].as_array().unwrap().is_empty();
        let limited = !call["not_graded_for"].as_array().unwrap().is_empty();
        let is_graded = grade == "D3" || grade == "D4";
        assert_eq!(sighted && !limited, is_graded, "{call}");
        let reason = call["reason"].as_str().unwrap();
        if grade == "D1" {
            let meaning = if sighted {
                "doubtfully sighted"
            } else {
                "reachable only"
            };
            assert_eq!(call["grade_meaning"], meaning);
            assert_eq!(sighted, !reason.starts_with("Reachable only"), "{reason}");
        }
        if grade == "D2" {
            assert!(call["repeats"].is_string());
            let said = "was sighted and is D3: one sighting (Bloomberg: 2023-12-08";
            assert!(reason.contains(said), "{reason}");
        }
        assert!(call["gap_id"].as_str().unwrap().contains("/gap/"));
        let name = call["name"].as_str().unwrap().to_owned();
        grades.entry(name).or_default().insert(grade);
    }
    let of = |name: &str| {
        let found = grades[name].iter().map(String::as_str);
        found.collect::<Vec<_>>()
    };
    // One publisher was read at first hand, of one day; all else is quoted, or names nobody among too
    // few, or may be of any of several silences.
    assert_eq!(of("ANGARA"), ["D1", "D2", "D3"]);
    for ship in ["MARIA", "MAIA-1", "LADY R"] {
        assert_eq!(of(ship), ["D1"], "{ship}");
    }
    assert!(!grades.contains_key("EXAMPLE TRADER"));
    assert!(summary.contains("reachable only"), "{summary}");
    assert!(summary.contains("doubtfully sighted"), "{summary}");
}

#[test]
fn what_may_be_of_several_silences_is_graded_for_all_of_them_together() {
    let bench = Bench::new();
    let summary = run_case(&bench, &[]);
    let sightings = properties(&bench, "sightings");
    let of = |id: &str| {
        let mut all = sightings.iter();
        all.find(|it| it["sighting_id"] == id).unwrap()
    };
    let maria = of("guardian-maria-najin");
    assert_eq!(maria["group_grade"], "D3");
    // Four of those possible are at the berth of Vostochny, and too short for the usual speed.
    assert_eq!(maria["silences_possible"], 12);
    let gaps = maria["one_of_gap_ids"].as_array().unwrap();
    let silences = gaps.len();
    assert_eq!(silences, 8);
    for call in properties(&bench, "dark_calls") {
        let is_among = gaps.contains(&call["gap_id"]);
        let mut groups = call["one_of"].as_array().unwrap().iter();
        let told = groups.any(|group| group["sighting_id"] == "sighting/guardian-maria-najin");
        assert_eq!(told, is_among, "{call}");
        if is_among {
            assert_eq!(call["grade"], "D1");
            let reason = call["reason"].as_str().unwrap();
            let said = format!("in at least one of {silences} silences");
            assert!(reason.contains(&said), "{reason}");
        }
    }
    // AIS has the vessel at Dunay itself.
    assert!(of("rusi-maria-dunay")["group_grade"].is_null());
    let counts = &bench.json("out/manifest.json")["counts"];
    assert_eq!(counts["one_of_by_grade"]["D3"], counts["one_of"]);
    assert_eq!(counts["one_of"], 5);
    assert!(
        summary.contains(&format!("in at least one of {silences} silences")),
        "{summary}"
    );
}

#[test]
fn the_planted_claims_are_contradicted_and_nobody_is_mistaken_for_another() {
    let bench = Bench::new();
    run_case(&bench, &[]);
    for sighting in properties(&bench, "sightings") {
        let id = sighting["sighting_id"].as_str().unwrap();
        let verdict = sighting["verdict"].as_str().unwrap();
        let reason = sighting["reason"].as_str().unwrap();
        assert_eq!(
            verdict == "contradicted",
            id.starts_with("made-up-trader"),
            "{id}: {verdict}"
        );
        if verdict == "contradicted" {
            assert!(
                reason.contains("mistaken identity or false AIS"),
                "{reason}"
            );
            assert!(sighting["ais_distance_km"].as_f64().unwrap() > 100.0);
        }
        match sighting["claimed_name"].as_str() {
            Some("Maia" | "Maia-1") => assert_eq!(sighting["imo"], "9358010"),
            Some("Maria") => assert_eq!(sighting["imo"], "8517839"),
            None => assert_eq!(verdict, "unknown vessel", "{id}"),
            _ => {}
        }
    }
}

#[test]
fn a_dark_legs_inferred_part_is_not_observed_and_lies_apart() {
    let bench = Bench::new();
    run_case(&bench, &[]);
    let legs = bench.features("dark_legs");
    assert!(!legs.is_empty());
    for leg in &legs {
        let of = &leg["properties"];
        assert_eq!(of["observed"], of["part"] == "observed", "{}", leg["id"]);
        assert_eq!(leg["geometry"]["type"], "MultiLineString");
        if of["part"] == "inferred" {
            assert_eq!(of["by_water"], true, "{}", leg["id"]);
        }
    }
    let repeated = |origin: &str, destination: &str| {
        legs.iter()
            .map(|leg| &leg["properties"])
            .filter(|of| of["origin"] == origin && of["destination"] == destination)
            .filter_map(|of| of["pattern_times"].as_u64())
            .max()
            .unwrap()
    };
    assert!(repeated("Vostochny", "Najin") >= 5);
    assert!(repeated("Najin", "Dunay") >= 2);
}

#[test]
fn the_areas_within_reach_are_polygons_on_the_water() {
    let bench = Bench::new();
    run_case(&bench, &[]);
    let areas = bench.features("reach");
    assert!(!areas.is_empty());
    for area in &areas {
        let properties = &area["properties"];
        if area["geometry"].is_null() {
            // Only Lady R's last silence, of two weeks, is so long that she could be anywhere.
            assert_eq!(
                properties["meaning"],
                "too large, or too near a pole, to be drawn"
            );
            assert_eq!(
                properties["gap_id"], "273212120/gap/2024-04-03T20:21:40Z",
                "{}",
                area["id"]
            );
        } else {
            assert_eq!(area["geometry"]["type"], "MultiPolygon");
        }
    }
    // The sighting of 9 December splits Angara's gap: two areas, each up to it or from it on. What is
    // quoted of Maia-1 on 12 February splits nothing.
    let parts_of = |id: &str| -> Vec<&Value> {
        areas
            .iter()
            .map(|area| &area["properties"])
            .filter(|area| area["gap_id"] == id && area["speed_basis"] == "cap")
            .collect()
    };
    let parts = parts_of("273210440/gap/2023-12-07T21:07:48Z");
    assert_eq!(parts.len(), 2, "{parts:?}");
    assert_eq!(parts[0]["start"], "2023-12-07T21:07:48Z");
    assert_eq!(parts[1]["end"], "2023-12-10T05:14:02Z");
    assert!(time(&parts[0]["end"]) >= time(&parts[1]["start"]));
    assert_eq!(parts_of("273291160/gap/2024-02-11T00:21:36Z").len(), 1);
    run_case(&bench, &["--reach", "none"]);
    assert!(bench.features("reach").is_empty());
}

#[test]
fn the_case_file_beside_the_positions_is_used_unless_it_is_left_out() {
    let bench = Bench::new();
    run_case(&bench, &[]);
    let by_name = bench.read("out/dark_calls.geojson");
    assert!(!by_name.is_empty());
    let positions = in_tree("data/najin-vostochny/positions.csv");
    let positions = positions.to_str().unwrap();
    let ran = bench.landfall_with(&["run", positions, "--out", "beside"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(by_name, bench.read("beside/dark_calls.geojson"));
    assert!(bench.path("beside/dossier-273291160.md").is_file());
    let ran = bench.landfall_with(&["run", positions, "--out", "without", "--no-case"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(bench.features_in("without", "dark_calls").is_empty());
    let gap = &bench.features_in("without", "gaps")[0]["properties"];
    assert!(
        gap["candidates_total"].as_u64().unwrap() > 0,
        "candidates need no evidence"
    );
    assert!(!bench.path("without/dossier.md").exists());
}

/// A ship that lies at Vostochny, silent from the 2nd to the 5th.
fn silent_at_the_berth() -> String {
    let mut rows = String::from(
        "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,Cargo,TransceiverClass\n",
    );
    for hour in (0..24).chain(96..120) {
        let _ = writeln!(
            rows,
            "273210440,2024-03-{:02}T{:02}:00:00,42.7440,133.0678,0.0,0.0,0,SHIP,IMO9179842,UBYT2,70,5,120,18,5,70,A",
            1 + hour / 24,
            hour % 24
        );
    }
    rows
}

const SEEN: &str = "id,time,lat,lon,error_radius_m,outcome,name,imo,source\n";

#[test]
fn a_sighting_elsewhere_splits_the_call_that_a_silence_interrupted() {
    let bench = Bench::new();
    bench.write("ship.csv", silent_at_the_berth());
    bench.write(
        "seen.csv",
        format!("{SEEN}a,2024-03-03T00:00:00Z,42.2333,130.3,2000,seen,,9179842,a test\n"),
    );
    let ran = bench.landfall("run ship.csv --out plain");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(bench.features_in("plain", "port_calls").len(), 1);
    let ran = bench.landfall("run ship.csv --out out --sightings seen.csv");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let calls = properties(&bench, "port_calls");
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert_eq!(calls[0]["reports"], 24);
    assert_eq!(calls[1]["reports"], 24);
    assert!(calls[0]["departure"].is_null() && calls[1]["arrival"].is_null());
    let dark = properties(&bench, "dark_calls");
    assert_eq!(dark.len(), 1);
    assert_eq!(
        (dark[0]["grade"].as_str(), dark[0]["port"].as_str()),
        (Some("D3"), Some("Najin"))
    );
}

#[test]
fn a_sighting_at_sea_splits_the_call_and_the_ways_lead_over_it() {
    let bench = Bench::new();
    bench.write("ship.csv", silent_at_the_berth());
    // Off Cape Povorotny, then at Najin.
    bench.write(
        "seen.csv",
        format!(
            "{SEEN}sea,2024-03-02T12:00:00Z,42.2,132.6,500,seen,,9179842,a test\n\
             port,2024-03-03T12:00:00Z,42.2333,130.3,2000,seen,,9179842,a test\n"
        ),
    );
    let ran = bench.landfall("run ship.csv --out out --sightings seen.csv");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(bench.features("port_calls").len(), 2);
    let legs = bench.features("dark_legs");
    let way_in = legs
        .iter()
        .find(|leg| leg["properties"]["destination"] == "Najin")
        .unwrap();
    assert_eq!(
        way_in["properties"]["over_sighting_ids"],
        serde_json::json!(["sighting/sea"])
    );
    let over = serde_json::json!([132.6, 42.2]);
    let line = way_in["geometry"]["coordinates"][0].as_array().unwrap();
    assert!(line.contains(&over), "{line:?}");
    let way_out = legs
        .iter()
        .find(|leg| leg["properties"]["origin"] == "Najin")
        .unwrap();
    assert_eq!(
        way_out["properties"]["over_sighting_ids"],
        serde_json::json!([])
    );
    // Alone, the one at sea makes no dark call, but she was not at the berth all the time.
    bench.write(
        "seen.csv",
        format!("{SEEN}sea,2024-03-02T12:00:00Z,42.2,132.6,500,seen,,9179842,a test\n"),
    );
    let ran = bench.landfall("run ship.csv --out out --sightings seen.csv");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(bench.features("dark_calls").is_empty());
    assert_eq!(bench.features("port_calls").len(), 2);
}

#[test]
fn rows_of_lists_that_cannot_be_used_are_in_rejected_csv_with_the_reason() {
    let bench = Bench::new();
    bench.write("ship.csv", silent_at_the_berth());
    bench.write(
        "seen.csv",
        "id,time,lat,lon,place,source\n\
         a,2024-03-03,42.2,130.3,,a test\n\
         b,yesterday,42.2,130.3,,a test\n\
         c,2024-03-03,,,Atlantis,a test\n",
    );
    bench.write("list.csv", "name,imo,mmsi\nSHIP,12,\n");
    bench.write("ports.csv", "name,lat,lon\nNowhere,99,0\nHere,42,131\n");
    let ran = bench.landfall(
        "run ship.csv --out out --sightings seen.csv --vessels list.csv --add-ports ports.csv",
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let rejected = bench.read("out/rejected.csv");
    let starts: Vec<&str> = rejected
        .lines()
        .skip(1)
        .map(|line| line.rsplit_once(',').map_or(line, |(start, _)| start))
        .collect();
    for start in [
        "ports.csv,1,lat,99,bad_port",
        "seen.csv,2,time,yesterday,bad_sighting",
        "seen.csv,3,place,Atlantis,bad_sighting",
    ] {
        assert!(
            starts.iter().any(|line| line.starts_with(start)),
            "{start}: {rejected}"
        );
    }
    let manifest = bench.json("out/manifest.json");
    let tables = manifest["tables"].as_array().unwrap();
    let of = |role: &str| tables.iter().find(|table| table["role"] == role).unwrap();
    assert_eq!(of("sightings")["accepted"], 1);
    assert_eq!(of("sightings")["rejected"], 2);
}

#[test]
fn a_scene_without_her_cuts_and_sightings_that_exclude_each_other_say_so() {
    let bench = Bench::new();
    bench.write("ship.csv", silent_at_the_berth());
    bench.write(
        "seen.csv",
        format!(
            "{SEEN}there,2024-03-03T00:00:00Z,42.2333,130.3,2000,seen,,9179842,a test\n\
             gone,2024-03-03T08:00:00Z,42.2333,130.3,2000,not_there,,9179842,a test\n"
        ),
    );
    let ran = bench.landfall("run ship.csv --out out --sightings seen.csv");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let dark = properties(&bench, "dark_calls");
    assert_eq!(dark[0]["departure_latest"], "2024-03-03T08:00:00Z");
    assert_eq!(dark[0]["cut_by"].as_array().unwrap().len(), 1);
    bench.write(
        "seen.csv",
        format!(
            "{SEEN}there,2024-03-03T00:00:00Z,42.2333,130.3,2000,seen,,9179842,a test\n\
             busan,2024-03-03T01:00:00Z,35.1,129.05,2000,seen,,9179842,a test\n"
        ),
    );
    let ran = bench.landfall("run ship.csv --out out --sightings seen.csv");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for sighting in properties(&bench, "sightings") {
        assert_eq!(sighting["contradicts"].as_array().unwrap().len(), 1);
    }
    assert!(bench.features("dark_calls").is_empty());
}

/// The ship at its berth, and so many others that send there all along.
fn among_others(others: u32) -> String {
    let mut rows = silent_at_the_berth();
    for other in 0..others {
        for hour in 0..120 {
            let _ = writeln!(
                rows,
                "{},2024-03-{:02}T{:02}:00:00,42.74{:02},133.0678,0.0,0.0,0,OTHER,,,70,5,120,18,5,70,A",
                273_300_000 + other,
                1 + hour / 24,
                hour % 24,
                other
            );
        }
    }
    rows
}

#[test]
fn an_unnamed_ship_is_taken_only_among_enough_vessels_and_graded_d1() {
    let bench = Bench::new();
    bench.write(
        "seen.csv",
        format!("{SEEN}a,2024-03-03T00:00:00Z,42.2333,130.3,2000,seen,,,a test\n"),
    );
    let found = |others: u32, more: &str| {
        bench.write("ship.csv", among_others(others));
        let ran = bench.landfall(&format!(
            "run ship.csv --out out --sightings seen.csv {more}"
        ));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let sighting = properties(&bench, "sightings").remove(0);
        (sighting, properties(&bench, "dark_calls"))
    };
    let reason = |sighting: &Value| sighting["reason"].as_str().unwrap().to_owned();
    let (sighting, calls) = found(0, "");
    assert!(calls.is_empty(), "{calls:?}");
    assert!(reason(&sighting).contains("considered: 0 vessels heard within 24.0 h and 500 km"));
    let (sighting, calls) = found(9, "");
    assert!(calls.is_empty() && sighting["vessel_id"].is_null());
    assert!(reason(&sighting).contains("elimination asks for 10"));
    let (sighting, calls) = found(10, "");
    assert_eq!(sighting["vessel_id"], "273210440");
    assert_eq!(sighting["pool_vessels"], 10);
    assert_eq!(calls.len(), 1);
    assert_eq!(
        (&calls[0]["grade"], &calls[0]["pool_vessels"]),
        (&"D1".into(), &10.into())
    );
    assert!(reason(&calls[0]).contains("of 10 vessels heard within 24.0 h and 500 km"));
    // A possibility splits no call.
    assert_eq!(bench.features("port_calls").len(), 11);
    // What the run is restricted to changes nothing of it.
    let (sighting, calls) = found(10, "--mmsi 273210440");
    assert_eq!((&sighting["pool_vessels"], calls.len()), (&10.into(), 1));
}

#[test]
fn a_claim_that_one_silence_alone_can_hold_is_a_group_of_one() {
    let bench = Bench::new();
    bench.write("ship.csv", silent_at_the_berth());
    bench.write(
        "seen.csv",
        "id,from,to,lat,lon,error_radius_m,imo,source\n\
         a,2024-03-02T12:00:00Z,2024-03-04T18:00:00Z,42.2333,130.3,2000,9179842,a test\n",
    );
    let ran = bench.landfall("run ship.csv --out out --sightings seen.csv --watch-ports Najin");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let gap = &properties(&bench, "gaps")[0];
    assert_eq!(gap["one_of"][0]["silences"], 1);
    assert_eq!(gap["one_of"][0]["group_grade"], "D3");
    // Its time says too little to split the silence, at whose ends the ship lay in one berth.
    assert_eq!(gap["split_by"], serde_json::json!([]));
    assert_eq!(gap["lay_still"], true);
    assert!(bench.features("dark_calls").is_empty());
    assert!(
        ran.stdout
            .contains("Najin: D3, in the one silence that can hold it"),
        "{}",
        ran.stdout
    );
}

#[test]
fn two_publishers_who_each_saw_are_d4_and_one_who_quotes_is_none() {
    let bench = Bench::new();
    bench.write("ship.csv", silent_at_the_berth());
    let graded = |rows: [&str; 2]| {
        bench.write(
            "seen.csv",
            format!(
                "id,time,lat,lon,error_radius_m,imo,source,publisher,via\n\
                 a,2024-03-03T00:00:00Z,42.2333,130.3,2000,9179842,a test,{}\n\
                 b,2024-03-03T12:00:00Z,42.2333,130.3,2000,9179842,a test,{}\n",
                rows[0], rows[1]
            ),
        );
        let ran = bench.landfall("run ship.csv --out out --sightings seen.csv");
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let call = properties(&bench, "dark_calls").remove(0);
        (
            call["grade"].as_str().unwrap().to_owned(),
            call["reason"].as_str().unwrap().to_owned(),
        )
    };
    assert_eq!(graded(["VOA,", "Reuters,"]).0, "D4");
    assert_eq!(graded(["VOA,", "voa,"]).0, "D3");
    assert_eq!(graded([",", ","]).0, "D3");
    let (grade, reason) = graded(["VOA,", "Reuters,a newspaper"]);
    assert_eq!(grade, "D3");
    assert!(
        reason.contains("Reuters, read at second hand (a newspaper)"),
        "{reason}"
    );
    let (grade, reason) = graded(["VOA,a newspaper", "Reuters,a newspaper"]);
    assert_eq!(grade, "D1");
    assert!(
        reason.contains("what was read at second hand raises no grade"),
        "{reason}"
    );
}

#[test]
fn a_slower_cap_narrows_what_is_possible() {
    let bench = Bench::new();
    run_case(&bench, &[]);
    let total = |bench: &Bench| -> u64 {
        properties(bench, "gaps")
            .iter()
            .map(|gap| gap["candidates_total"].as_u64().unwrap())
            .sum()
    };
    let free = total(&bench);
    run_case(&bench, &["--max-speed", "12", "--min-stay", "6"]);
    assert!(total(&bench) < free);
    let ran = bench.landfall("run x.csv --out out --max-speed 0");
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("cap_knots"), "{}", ran.stderr);
}

#[test]
fn one_future_dated_row_does_not_make_every_silence_endless() {
    let bench = Bench::new();
    let mut rows = silent_at_the_berth();
    let stray = "273999999,2099-01-01T00:00:00,42.0,131.0,0.0,0.0,0,,,,,,,,,,A\n";
    let before = bench.landfall_with(&{
        bench.write("ship.csv", &rows);
        ["run", "ship.csv", "--out", "before"]
    });
    assert_eq!(before.code, 0, "{}", before.stderr);
    rows.push_str(stray);
    bench.write("ship.csv", &rows);
    let ran = bench.landfall("run ship.csv --out out");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let open = properties(&bench, "gaps")
        .iter()
        .filter(|gap| gap["end"].is_null())
        .count();
    assert_eq!(open, 0);
    assert_eq!(
        bench.features("gaps").len(),
        bench.features_in("before", "gaps").len()
    );
}

#[test]
fn names_typed_by_strangers_stay_text_in_every_output() {
    let bench = Bench::new();
    let hostile = "</script><img src=x onerror=alert(1)>";
    let rows = silent_at_the_berth().replace(",SHIP,", &format!(",\"{hostile}\","));
    bench.write("ship.csv", rows);
    bench.write(
        "seen.csv",
        format!("{SEEN}=1+1,2024-03-03T00:00:00Z,42.2333,130.3,2000,seen,\"{hostile}\",9179842,\"=cmd|' /C calc'!A0 [x](javascript:alert(1))\u{1b}[31m\"\n"),
    );
    let ran = bench.landfall("run ship.csv --out out --sightings seen.csv --dossier 9179842");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(!ran.stdout.contains('\u{1b}'));
    let dossier = bench.read("out/dossier.md");
    assert!(!dossier.contains("<img"), "{dossier}");
    assert!(!dossier.contains("[x](javascript"), "{dossier}");
    assert!(!dossier.contains('\u{1b}'));
    let summary = bench.read("out/summary.md");
    assert!(summary.contains("&lt;img src=x"), "{summary}");
    assert!(!summary.contains("<img"), "{summary}");
    assert_eq!(properties(&bench, "sightings")[0]["sighting_id"], "=1+1");
}

#[test]
fn a_port_named_in_the_wrong_country_resolves_to_the_one_that_is_meant_with_the_reason() {
    let bench = Bench::new();
    run_case(&bench, &[]);
    let named = properties(&bench, "sightings")
        .into_iter()
        .find(|sighting| sighting["sighting_id"] == "press-nakhodka-kp")
        .unwrap();
    let source = named["source_text"].as_str().unwrap();
    assert!(
        source.contains("no port in KP is called \"Nakhodka\""),
        "{source}"
    );
    assert!(source.contains("Nakhodka (RUNJK) is another"), "{source}");
    assert!(source.contains("taken for Najin (KPRJN)"), "{source}");
    assert!((named["lat"].as_f64().unwrap() - 42.2333).abs() < 0.01);
    bench.write("ship.csv", silent_at_the_berth());
    bench.write(
        "seen.csv",
        "id,time,place,source\na,2024-03-03,Atlantis,a test\n",
    );
    let ran = bench.landfall("run ship.csv --out out --sightings seen.csv");
    assert!(ran.stderr.contains("Atlantis"), "{}", ran.stderr);
}
