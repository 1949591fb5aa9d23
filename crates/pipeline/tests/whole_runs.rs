//! What holds for whole runs, however they are cut: into feeds of a state, into threads, into what fits
//! into memory and what goes to disk.

#![allow(
    clippy::unwrap_used,
    reason = "what fails here is a mistake in the test"
)]

use landfall_ingest::{ReadOptions, bundled_ports};
use landfall_pipeline::{
    Config, DrawnReach, Evidence, PipelineError, Plan, Restriction, RunProgress, RunSummary, run,
};
use landfall_report::Format;
use landfall_track::{LonLat, Port, Position, RejectReason, Sighting, SightingOutcome, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The ports around the Sea of Japan: enough to call at, and quick to index.
static PORTS: LazyLock<Vec<Port>> = LazyLock::new(|| {
    let is_near = |port: &Port| {
        let near = |point: &Position| {
            let place = point.degrees();
            (127.0..143.0).contains(&place.lon) && (33.0..45.0).contains(&place.lat)
        };
        match &port.place {
            landfall_track::Place::Points(points) => points.iter().any(near),
            landfall_track::Place::Polygons(_) => false,
        }
    };
    bundled_ports().ports.into_iter().filter(is_near).collect()
});

const DAY: i64 = 86_400;
const DAYS: i64 = 12;
/// Vostochny, Vladivostok and the sea off Busan, longitude first.
const PLACES: [(f64, f64); 3] = [(133.06, 42.745), (131.885, 43.095), (129.06, 35.09)];

/// One row of the table: its time in seconds from the beginning, and its text.
type Row = (i64, String);

/// A number that looks like chance, from two others.
fn mixed(a: i64, b: i64) -> i64 {
    let mut bits = (a.wrapping_mul(0x9E37_79B9) ^ b.wrapping_mul(0x85EB_CA6B)).unsigned_abs();
    bits ^= bits >> 15;
    (bits.wrapping_mul(0x2C1B_3C6D) >> 12).cast_signed()
}

/// Ships that sail between three places, fall silent, send twice, change their names, jump, and share
/// an id; in time order.
fn rows(seed: i64) -> Vec<Row> {
    let start: Timestamp = "2023-10-01T00:00:00Z".parse().unwrap();
    let mut rows = Vec::new();
    for ship in 0..6_i64 {
        let chance = |what: i64| mixed(seed * 31 + ship, what);
        // The last two send under one id.
        let mmsi = 273_000_000 + ship.min(4);
        let (from, to) = (PLACES[ship as usize % 3], PLACES[(ship as usize + 1) % 3]);
        let silent_from = chance(1) % (DAYS * DAY);
        let silent_for = chance(2) % (2 * DAY);
        let step = 300 + chance(3) % 900;
        let mut time = chance(4) % DAY;
        while time < DAYS * DAY {
            let is_silent = (silent_from..silent_from + silent_for).contains(&time);
            // A day at one place, a day under way, a day at the other, and back.
            let phase = (time as f64 / DAY as f64 + ship as f64 / 2.0) % 4.0;
            let share = match phase {
                0.0..1.0 => 0.0,
                1.0..2.0 => phase - 1.0,
                2.0..3.0 => 1.0,
                _ => 4.0 - phase,
            };
            let jump = if chance(time) % 211 == 0 { 3.0 } else { 0.0 };
            let noise = (chance(time + 1) % 100) as f64 * 1e-6;
            let lon = from.0 + (to.0 - from.0) * share + noise;
            let lat = from.1 + (to.1 - from.1) * share + jump;
            let speed = if share > 0.0 && share < 1.0 {
                "9.5"
            } else {
                "0.0"
            };
            let name = if time > chance(5) % (DAYS * DAY) {
                "MAIA-1"
            } else {
                "MAIA"
            };
            let stamp = start.shifted(time * 1000);
            let text = format!("{mmsi},{stamp},{lat:.6},{lon:.6},{speed},{name} {ship}\n");
            if !is_silent {
                rows.push((time, text.clone()));
                if chance(time + 2) % 97 == 0 {
                    rows.push((time, text));
                }
            }
            if chance(time + 3) % 331 == 0 {
                rows.push((time, format!("{mmsi},{stamp},91,181,,\n")));
            }
            time += step;
        }
    }
    rows.sort();
    rows
}

const HEADER: &str = "mmsi,timestamp,latitude,longitude,sog,name\n";

fn write(path: &Path, rows: &[Row]) {
    let mut text = HEADER.to_owned();
    for (_, row) in rows {
        let _ = write!(text, "{row}");
    }
    fs::write(path, text).unwrap();
}

fn sighting(id: &str, name: Option<&str>, day: i64, place: (f64, f64)) -> Sighting {
    let start: Timestamp = "2023-10-01T00:00:00Z".parse().unwrap();
    let position = Position::from_degrees(LonLat {
        lon: place.0,
        lat: place.1,
    })
    .unwrap();
    Sighting {
        id: id.to_owned(),
        from: start.shifted(day * DAY * 1000),
        to: start.shifted(day * DAY * 1000 + 3_600_000),
        position,
        error_radius_m: 2_000.0,
        outline: None,
        outcome: SightingOutcome::Seen,
        sensor: None,
        claim: landfall_track::Claim {
            name: name.map(str::to_owned),
            ..landfall_track::Claim::default()
        },
        activity: None,
        length_m: None,
        scene: None,
        source: "test".to_owned(),
        publisher: None,
        via: None,
        url: None,
        row: 1,
    }
}

fn plan(inputs: &[PathBuf], out: PathBuf) -> Plan {
    let sightings = vec![
        sighting("named", Some("MAIA 1"), 5, (130.3, 42.2)),
        sighting("unnamed", None, 7, (132.5, 42.5)),
    ];
    Plan {
        inputs: inputs.to_vec(),
        read: ReadOptions::default(),
        ports: PORTS.clone(),
        places: Vec::new(),
        tables: Vec::new(),
        rejected: Vec::new(),
        restriction: Restriction::default(),
        config: Config::default(),
        evidence: Evidence {
            sighting_files: vec!["sightings.csv".to_owned(); sightings.len()],
            sightings,
            ..Evidence::default()
        },
        dossiers: Vec::new(),
        reach: DrawnReach::None,
        closed_passages: Vec::new(),
        arguments: Vec::new(),
        out,
        formats: vec![Format::GeoJson],
        trips: false,
        plot: false,
        map: None,
        threads: NonZeroUsize::new(2),
        memory: None,
        state: None,
        again: false,
        temp: None,
    }
}

fn go(plan: &Plan) -> Result<RunSummary, PipelineError> {
    run(plan, &RunProgress::default())
}

/// Every file of a folder.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .collect()
}

/// The first file that differs, with the first line in which it does.
fn difference(one: &Path, other: &Path) -> Option<String> {
    let (one, other) = (contents(one), contents(other));
    assert!(one.keys().eq(other.keys()));
    one.iter().find_map(|(name, bytes)| {
        let lines = |bytes: &[u8]| -> Vec<String> {
            let text = String::from_utf8_lossy(bytes);
            text.lines().map(str::to_owned).collect()
        };
        (*bytes != other[name]).then(|| {
            let (mine, others) = (lines(bytes), lines(&other[name]));
            let at = mine.iter().zip(&others).position(|(a, b)| a != b);
            let at = at.unwrap_or(mine.len().min(others.len()));
            format!("{name}:\n{:?}\n{:?}", mine.get(at), others.get(at))
        })
    })
}

/// Cuts rows into files at times, and names them in order.
fn cut(folder: &Path, rows: &[Row], cuts: &[i64]) -> Vec<PathBuf> {
    let mut cuts = cuts.to_vec();
    cuts.sort_unstable();
    cuts.dedup();
    let mut files = Vec::new();
    let mut rest = rows;
    for (number, end) in cuts.iter().copied().chain([i64::MAX]).enumerate() {
        let length = rest.partition_point(|(time, _)| *time < end);
        let (part, after) = rest.split_at(length);
        rest = after;
        if !part.is_empty() {
            let path = folder.join(format!("{number}.csv"));
            write(&path, part);
            files.push(path);
        }
    }
    files
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn files_fed_one_after_another_give_what_all_at_once_give(
        seed in 0_i64..1000,
        cuts in prop::collection::vec(0..DAYS * DAY, 1..4),
        at_once in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let files = cut(folder.path(), &rows(seed), &cuts);
        let whole = plan(&files, folder.path().join("whole"));
        go(&whole).unwrap();
        let mut fed = plan(&[], folder.path().join("fed"));
        fed.state = Some(folder.path().join("state"));
        // One by one, or the first and then all others.
        let feeds: Vec<&[PathBuf]> = if at_once {
            let (first, rest) = files.split_at(1);
            [first, rest].into_iter().filter(|feed| !feed.is_empty()).collect()
        } else {
            files.chunks(1).collect()
        };
        for feed in feeds {
            fed.inputs = feed.to_vec();
            go(&fed).unwrap();
        }
        prop_assert_eq!(difference(&whole.out, &fed.out), None);
        // From the state alone, too.
        fed.inputs.clear();
        go(&fed).unwrap();
        prop_assert_eq!(difference(&whole.out, &fed.out), None);
    }

    #[test]
    fn threads_and_memory_do_not_show(
        seed in 0_i64..1000,
        cuts in prop::collection::vec(0..DAYS * DAY, 0..3),
        threads in 1_usize..5,
        is_reversed in any::<bool>(),
        tolerance_m in prop_oneof![Just(0.0), Just(20.0)],
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut rows = rows(seed);
        if is_reversed {
            // In no order within the files.
            rows.sort_by_key(|(time, text)| mixed(*time, text.len().cast_signed() as i64));
        }
        let files = cut(folder.path(), &rows, &cuts);
        let mut whole = plan(&files, folder.path().join("whole"));
        whole.config.detection.path.tolerance_m = tolerance_m;
        go(&whole).unwrap();
        let mut spilled = plan(&files, folder.path().join("spilled"));
        spilled.config.detection.path.tolerance_m = tolerance_m;
        spilled.threads = NonZeroUsize::new(threads);
        // So little that every thousand rows go to disk.
        spilled.memory = Some(1);
        go(&spilled).unwrap();
        prop_assert_eq!(difference(&whole.out, &spilled.out), None);
    }
}

#[test]
fn the_rows_of_these_tests_hold_all_that_can_go_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let files = cut(folder.path(), &rows(7), &[]);
    let summary = go(&plan(&files, folder.path().join("out"))).unwrap();
    let counts = summary.finished.as_ref().unwrap().counts.clone();
    assert!(
        counts.port_calls > 5 && counts.voyages > 2 && counts.gaps > 3,
        "{counts:?}"
    );
    assert!(counts.flagged.len() > 1, "{counts:?}");
    assert!(summary.total().duplicates > 0 && summary.total().rejected > 0);
}

#[test]
fn rows_older_than_the_state_are_late_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let rows = rows(3);
    let files = cut(folder.path(), &rows, &[5 * DAY]);
    let [early, later] = files.as_slice() else {
        panic!("two files were to be made");
    };
    let mut fed = plan(std::slice::from_ref(later), folder.path().join("out"));
    fed.state = Some(folder.path().join("state"));
    go(&fed).unwrap();
    let before = contents(&fed.out);
    fed.inputs = vec![early.clone()];
    let summary = go(&fed).unwrap();
    let good = rows
        .iter()
        .filter(|(time, text)| *time < 5 * DAY && !text.contains(",91,"))
        .count();
    // An id that is heard later on has settled all that is earlier.
    assert_eq!(summary.rejected[&RejectReason::Late], good as u64);
    assert_eq!(summary.total().accepted, 0);
    let rejected = fs::read_to_string(fed.out.join("rejected.csv")).unwrap();
    assert_eq!(rejected.matches(",late").count(), good);
    let after = contents(&fed.out);
    for name in [
        "port_calls.geojson",
        "voyages.geojson",
        "gaps.geojson",
        "vessels.csv",
    ] {
        assert_eq!(before[name], after[name], "{name}");
    }
}

#[test]
fn a_file_fed_twice_is_refused_whatever_its_name_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let files = cut(folder.path(), &rows(4), &[]);
    let mut fed = plan(&files, folder.path().join("out"));
    fed.state = Some(folder.path().join("state"));
    go(&fed).unwrap();
    let (out, state) = (
        contents(&fed.out),
        fs::read(folder.path().join("state")).unwrap(),
    );
    let copy = folder.path().join("copy.csv");
    fs::copy(&files[0], &copy).unwrap();
    fed.inputs = vec![copy];
    let error = go(&fed).unwrap_err();
    assert!(matches!(error, PipelineError::FedBefore { .. }), "{error}");
    assert_eq!(contents(&fed.out), out);
    assert_eq!(fs::read(folder.path().join("state")).unwrap(), state);
    fed.again = true;
    let summary = go(&fed).unwrap();
    assert_eq!(summary.total().accepted, 0);
    assert!(summary.rejected[&RejectReason::Late] > 0);
}

#[test]
fn a_state_of_other_thresholds_or_ports_is_refused_and_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let files = cut(folder.path(), &rows(5), &[6 * DAY]);
    let mut fed = plan(&files[..1], folder.path().join("out"));
    fed.state = Some(folder.path().join("state"));
    go(&fed).unwrap();
    fed.inputs = vec![files[1].clone()];
    fed.config.detection.gap.threshold_h = 9.0;
    fed.ports.pop();
    let error = go(&fed).unwrap_err().to_string();
    assert!(
        error.contains("other thresholds (--config, --simplify) and ports:"),
        "{error}"
    );
}

#[test]
fn a_run_that_fails_leaves_state_and_output_as_they_were_and_nothing_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let files = cut(folder.path(), &rows(6), &[6 * DAY]);
    let mut fed = plan(&files[..1], folder.path().join("out"));
    fed.state = Some(folder.path().join("state"));
    go(&fed).unwrap();
    let names = |folder: &Path| -> Vec<String> { contents_names(folder) };
    let (out, state) = (
        contents(&fed.out),
        fs::read(folder.path().join("state")).unwrap(),
    );
    let before = names(folder.path());
    fed.inputs = vec![files[1].clone()];
    fed.closed_passages = vec!["no such passage".to_owned()];
    go(&fed).unwrap_err();
    assert_eq!(contents(&fed.out), out);
    assert_eq!(fs::read(folder.path().join("state")).unwrap(), state);
    assert_eq!(names(folder.path()), before);
}

fn contents_names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
