//! What the data of several vessels show together: the edge of the data, outages, ids that continue others.
//! Clean made-up feeds, and the same feeds cut.

use crate::landfall::Bench;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// A report: minutes since the begin of 2026, vessel, longitude, latitude.
type Report = (i64, u32, f64, f64);

/// A gap: vessel, start, end.
type Gap = (String, String, Option<String>);

/// How long a silence of the clean feed is.
const SILENT_MIN: i64 = 700;

const HEADER: &str = "mmsi,timestamp,lat,lon\n";

fn stamp(minute: i64) -> String {
    let day = minute / 1440;
    assert!(day < 31, "within January");
    format!(
        "2026-01-{:02}T{:02}:{:02}:00Z",
        day + 1,
        minute / 60 % 24,
        minute % 60
    )
}

fn csv(reports: &[Report]) -> String {
    let mut text = HEADER.to_owned();
    for (minute, mmsi, lon, lat) in reports {
        let _ = writeln!(text, "{mmsi},{},{lat:.5},{lon:.5}", stamp(*minute));
    }
    text
}

/// Nine vessels in the Atlantic, far from any port, to and fro between two meridians at 12 knots for twelve
/// days, each on a parallel of its own and reporting every ten minutes; and one that drifts, so that there
/// is somebody all along. Three of them fall silent once, in the west.
fn clean() -> Vec<Report> {
    let mut reports = Vec::new();
    for ship in 0..9_i64 {
        let lat = 35.0 + ship as f64 * 0.07;
        let knots = 12.0 / 60.0 / f64::to_radians(lat).cos();
        let leg_min = (4.0 / knots * 60.0) as i64;
        for step in 0..12 * 144 {
            let minute = step * 10 + ship;
            let sailed = minute + ship * 700;
            // From before its fourth turn in the west to after it.
            let since_turn = sailed + SILENT_MIN / 2 - 4 * 2 * leg_min;
            if ship < 3 && (0..SILENT_MIN).contains(&since_turn) {
                continue;
            }
            let turn = sailed % (2 * leg_min);
            let out = turn.min(2 * leg_min - turn) as f64 / 60.0 * knots;
            reports.push((minute, 211_000_000 + ship as u32, -40.0 + out, lat));
        }
    }
    for step in 0..12 * 144 {
        let drift = f64::from(step % 7) * 0.0002;
        reports.push((i64::from(step) * 10 + 5, 211_000_009, -39.0 + drift, 35.3));
    }
    reports.sort_by_key(|report| (report.0, report.1));
    reports
}

/// What a run says of gaps: kind, vessel, start, end.
fn gaps(bench: &Bench, out: &str) -> BTreeMap<String, Vec<Gap>> {
    let mut by_kind: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for feature in bench.features_in(out, "gaps") {
        let it = &feature["properties"];
        let text = |name: &str| it[name].as_str().map(str::to_owned);
        by_kind.entry(text("kind").unwrap()).or_default().push((
            text("vessel_id").unwrap(),
            text("start").unwrap(),
            text("end"),
        ));
    }
    by_kind
}

fn run(bench: &Bench, name: &str, reports: &[Report], more: &str) -> Value {
    bench.write(&format!("{name}.csv"), csv(reports));
    let ran = bench.landfall(&format!(
        "run {name}.csv --out {name} --no-map --quiet {more}"
    ));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    bench.json(&format!("{name}/manifest.json"))
}

#[test]
fn cut_by_a_box_or_a_circle_leavers_have_left_and_no_silence_is_added_or_lost() {
    let bench = Bench::new();
    let clean = clean();
    run(&bench, "whole", &clean, "");
    let whole = gaps(&bench, "whole");
    assert_eq!(whole.keys().collect::<Vec<_>>(), ["silence"]);
    assert_eq!(whole["silence"].len(), 3);

    let in_box = |lon: f64, _: f64| lon < -37.6;
    let in_circle = |lon: f64, lat: f64| ((lon + 39.3) * 0.818).hypot(lat - 35.3) < 1.3;
    let cuts = ["box", "circle"];
    for name in cuts {
        let is_inside = |lon, lat| match name {
            "box" => in_box(lon, lat),
            _ => in_circle(lon, lat),
        };
        let mut cut = clean.clone();
        cut.retain(|(_, _, lon, lat)| is_inside(*lon, *lat));
        run(&bench, name, &cut, "");
        let mut found = gaps(&bench, name);
        // Of a vessel that came back with one report before the data end, nobody can say whence.
        let last_hour = "2026-01-12T23";
        let is_known = |gap: &Gap| !gap.2.as_ref().is_some_and(|end| end.starts_with(last_hour));
        found.get_mut("silence").unwrap().retain(is_known);
        assert_eq!(found["silence"], whole["silence"], "{name}");
        let left: BTreeSet<&str> = found["left_area"]
            .iter()
            .map(|gap| gap.0.as_str())
            .collect();
        assert_eq!(left.len(), 9, "{name}: {left:?}");
        let closed = found["left_area"].iter().filter(|gap| gap.2.is_some());
        assert!(closed.count() > 20, "{name}: {found:?}");
    }
    let summary = bench.read("box/summary.md");
    assert!(summary.contains("left the area"), "{summary}");
}

#[test]
fn nine_hours_without_anybody_are_one_outage_and_no_silence() {
    let bench = Bench::new();
    let clean = clean();
    run(&bench, "whole", &clean, "");
    let mut blank = clean;
    blank.retain(|(minute, ..)| !(10_000..10_540).contains(minute));
    let manifest = run(&bench, "blank", &blank, "");
    let outages = manifest["outages"].as_array().unwrap();
    assert_eq!(outages.len(), 1, "{outages:?}");
    // The last minute with a report is the one before the last.
    assert_eq!(outages[0]["from"], stamp(9_999));
    assert_eq!(outages[0]["to"], stamp(10_540));
    assert_eq!(outages[0]["vessels"], 10);
    let (whole, found) = (gaps(&bench, "whole"), gaps(&bench, "blank"));
    assert_eq!(found["silence"], whole["silence"]);
    assert_eq!(found["outage"].len(), 10);
    assert_eq!(manifest["counts"]["gaps_by_kind"]["outage"], 10);
    // The first of them alone has no outage: nobody else says that the feed fell silent.
    let manifest = run(&bench, "alone", &blank, "--mmsi 211000000");
    assert_eq!(manifest["outages"].as_array().unwrap().len(), 1);
    blank.retain(|report| report.1 == 211_000_000);
    let manifest = run(&bench, "lone", &blank, "");
    assert_eq!(manifest["outages"].as_array().unwrap().len(), 0);
    assert!(!gaps(&bench, "lone").contains_key("outage"));
}

#[test]
fn what_is_told_of_all_is_the_same_fed_at_once_in_any_order_or_in_turn_to_a_state() {
    let bench = Bench::new();
    let mut reports = clean();
    reports.retain(|(minute, _, lon, _)| *lon < -37.6 && !(10_000..10_540).contains(minute));
    run(&bench, "once", &reports, "--threads 1");
    let (early, late): (Vec<Report>, Vec<Report>) =
        reports.iter().partition(|report| report.0 < 7_000);
    bench.write("early.csv", csv(&early));
    let mut backward = late.clone();
    backward.reverse();
    bench.write("late.csv", csv(&backward));
    let arguments = [
        "run late.csv early.csv --out both --no-map --quiet --threads 3",
        "run early.csv --out first --state s --no-map --quiet",
        "run late.csv --out second --state s --no-map --quiet --threads 2",
    ];
    for arguments in arguments {
        let ran = bench.landfall(arguments);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    let once = gaps(&bench, "once");
    assert!(
        once.contains_key("left_area") && once.contains_key("outage"),
        "{once:?}"
    );
    for out in ["both", "second"] {
        assert_eq!(once, gaps(&bench, out), "{out}");
        let of = |out: &str| bench.json(&format!("{out}/manifest.json"))["outages"].clone();
        assert_eq!(of("once"), of(out));
        assert_eq!(
            bench.read("once/vessels.csv"),
            bench.read(&format!("{out}/vessels.csv"))
        );
    }
    // What a run is restricted to does not change what is true of a vessel.
    run(&bench, "restricted", &reports, "--mmsi 211000004");
    let of_one = |out: &str| -> Vec<(String, Gap)> {
        let all = gaps(&bench, out).into_iter();
        all.flat_map(|(kind, gaps)| gaps.into_iter().map(move |gap| (kind.clone(), gap)))
            .filter(|(_, gap)| gap.0 == "211000004")
            .collect()
    };
    assert_eq!(of_one("once"), of_one("restricted"));
}

/// Rows of a vessel that goes from one longitude to another on a parallel, with an IMO number.
fn rows(mmsi: u32, from: (i64, f64), hours: i64, imo: &str) -> String {
    (0..=hours * 6)
        .map(|step| {
            let lon = from.1 + step as f64 * 0.03;
            format!("{mmsi},{},20.0,{lon:.4},{imo}\n", stamp(from.0 + step * 10))
        })
        .collect()
}

#[test]
fn an_id_that_goes_on_as_another_is_said_with_its_evidence_and_is_not_dark() {
    let bench = Bench::new();
    let (imo, other) = ("9074729", "9179842");
    let mut text = "mmsi,timestamp,lat,lon,imo\n".to_owned();
    text += &rows(235_000_001, (0, -30.0), 10, imo);
    text += &rows(636_000_001, (620, -28.15), 20, imo);
    // Another ship, which is silent at the end, and one that is heard to the end.
    text += &rows(235_000_002, (0, -30.0), 10, other);
    text += &rows(235_000_003, (0, -35.0), 60, "");
    bench.write("positions.csv", &text);
    let ran = bench.landfall("run positions.csv --out out --no-map");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("235000001 goes on as 636000001"),
        "{}",
        ran.stdout
    );

    let gaps = bench.features("gaps");
    let of = |mmsi: &str| {
        let is_its = |gap: &&Value| gap["properties"]["vessel_id"] == mmsi;
        gaps.iter().find(is_its).unwrap()["properties"].clone()
    };
    assert_eq!(of("235000001")["continued_as"], "636000001");
    assert_eq!(of("235000001")["kind"], "silence");
    assert_eq!(of("235000002")["continued_as"], Value::Null);
    let manifest = bench.json("out/manifest.json");
    let counts = &manifest["counts"];
    // Open are the other ship's, and the second id's.
    assert_eq!(
        (&counts["open_gaps"], &counts["continued_gaps"]),
        (&2.into(), &1.into())
    );
    let link = &manifest["links"][0];
    assert_eq!(link["shared"], "IMO number 9074729");
    let reason = link["reason"].as_str().unwrap();
    assert!(reason.contains("both sent IMO number 9074729"), "{reason}");
    let vessels = bench.read("out/vessels.csv");
    let ends_of = |mmsi: &str| {
        let row = vessels.lines().find(|row| row.starts_with(mmsi)).unwrap();
        row.rsplit(',').take(2).collect::<Vec<_>>()
    };
    assert_eq!(ends_of("235000001"), ["636000001", ""]);
    assert_eq!(ends_of("636000001"), ["", "235000001"]);
    assert_eq!(ends_of("235000002"), ["", ""]);
    assert!(
        bench
            .read("out/summary.md")
            .contains("Ships under more than one id")
    );

    let id = gaps[0]["id"].as_str().unwrap();
    let told = bench.landfall_with(&["explain", "out", id]);
    assert!(told.stdout.contains("goes on under"), "{}", told.stdout);
    let ran = bench.landfall("run positions.csv --out out --no-map --quiet --dossier 235000001");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let dossier = bench.read("out/dossier.md");
    assert!(dossier.contains("One ship under two ids"), "{dossier}");
    assert!(dossier.contains("End of this id"), "{dossier}");
}

#[test]
fn in_the_bundled_case_every_silence_is_one() {
    let bench = Bench::of_case();
    let found = gaps(&bench, "out");
    let kinds: Vec<(&str, usize)> = found
        .iter()
        .map(|(kind, gaps)| (kind.as_str(), gaps.len()))
        .collect();
    assert_eq!(kinds, [("silence", 60)]);
}
