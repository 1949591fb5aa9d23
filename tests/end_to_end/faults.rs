//! Broken, hostile and unusable inputs: a clear message with the path, the right exit code, good
//! files used all the same, and never half an output.

use crate::landfall::{Bench, accounts};
use std::io::Write;

const HEADER: &str = "mmsi,time,lat,lon,sog,name\n";

fn good_rows(count: usize) -> String {
    (0..count)
        .map(|minute| {
            format!(
                "273359830,2023-01-01T{:02}:{:02}:00Z,42.1,132.{minute:04},9.5,MARIA\n",
                minute / 60,
                minute % 60
            )
        })
        .collect()
}

fn good() -> String {
    format!("{HEADER}{}", good_rows(120))
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

/// Files of which nothing can be used, and what must be said of each.
fn unusable() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    vec![
        ("empty.csv", Vec::new(), "is empty"),
        ("header-only.csv", HEADER.into(), "no row"),
        (
            "prose.csv",
            b"Dear sir,\nI enclose the data.\n".to_vec(),
            "--columns",
        ),
        (
            "missing.csv",
            b"mmsi,time,lat\n273359830,2023-01-01T00:00:00Z,42\n".to_vec(),
            "longitude",
        ),
        (
            "binary.csv",
            (0..=255).cycle().take(5000).collect(),
            "not a text file",
        ),
        (
            "utf16.csv",
            b"\xff\xfem\0m\0s\0i\0,\0t\0".to_vec(),
            "UTF-16",
        ),
        ("torn.csv.gz", gzip(HEADER)[..10].to_vec(), "torn.csv.gz"),
        ("torn.zip", b"PK\x03\x04torn".to_vec(), "torn.zip"),
        ("torn.parquet", b"PAR1 and no more".to_vec(), "torn.parquet"),
    ]
}

#[test]
fn an_unusable_file_alone_is_a_failure_that_writes_nothing() {
    for (name, content, said) in unusable() {
        let bench = Bench::new();
        bench.write(name, content);
        let ran = bench.landfall(&format!("run {name} --out out"));
        assert_eq!(ran.code, 1, "{name}: {}{}", ran.stdout, ran.stderr);
        assert!(
            ran.stderr.contains(name) && ran.stderr.contains(said),
            "{name}: {}",
            ran.stderr
        );
        assert!(!bench.path("out/port_calls.geojson").exists(), "{name}");
    }
}

#[test]
fn an_unusable_file_neither_ends_the_run_nor_hides() {
    for (name, content, said) in unusable() {
        let bench = Bench::new();
        bench.write(name, content);
        bench.write("good.csv", good());
        let ran = bench.landfall(&format!("run {name} good.csv --out out"));
        assert!(
            ran.stderr.contains(name) && ran.stderr.contains(said),
            "{name}: {}",
            ran.stderr
        );
        let manifest = bench.json("out/manifest.json");
        let [_, accepted, ..] = accounts(&manifest);
        assert_eq!(accepted, 120, "{name}");
        assert!(manifest["inputs"][0]["problem"].is_string(), "{name}");
    }
}

#[test]
fn a_file_that_breaks_off_gives_its_good_rows_and_exit_code_1() {
    let bench = Bench::new();
    let rows: String = (0..20).map(|_| good_rows(1440)).collect();
    let packed = gzip(&format!("{HEADER}{rows}"));
    bench.write("torn.csv.gz", &packed[..packed.len() / 2]);
    let ran = bench.landfall("run torn.csv.gz --out out");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("breaks off"), "{}", ran.stderr);
    let [_, accepted, duplicates, rejected] = accounts(&bench.json("out/manifest.json"));
    assert!(accepted > 100 && duplicates > 0);
    assert_eq!(rejected, 1);
    assert!(bench.read("out/rejected.csv").contains("file_broken_off"));
}

#[test]
fn hostile_rows_are_rejected_one_by_one_and_the_rest_is_used() {
    let bench = Bench::new();
    let mut content = good().into_bytes();
    content.extend_from_slice(b"273359830,2023-01-01T05:00:00Z,42.1,132.5,9,bad \xff\xfe utf8\n");
    content.extend_from_slice(b"273359830,2023-01-01T05:01:00Z,42.1,132.5,9,nul \0 byte\n");
    content.extend_from_slice(b"273359830,2023-01-01T05:02:00Z,42.1,132.5,9,stray \" quote\n");
    content.extend_from_slice(b"273359830,2023-01-01T05:03:00Z,42.1,132.5,9,\"two\nlines\"\n");
    content.extend_from_slice(b"\n# a comment\n\n");
    content.extend_from_slice(b"273359830,2023-01-01T05:04:00Z,91,181,9,NOWHERE\n");
    content.extend_from_slice(b"273359830,yesterday,42.1,132.5,9,MARIA\n");
    content.extend_from_slice(b"273359830,2023-01-01T05:06:00Z,NaN,132.5,9,MARIA\n");
    content.extend_from_slice(b"273359830,2023-01-01T05:07:00Z,42.1,1e300,9,MARIA\n");
    content.extend_from_slice(b"273359830,2023-01-01T05:08:00Z\n");
    content.extend_from_slice(b",2023-01-01T05:09:00Z,42.1,132.5,9,MARIA\n");
    content.extend_from_slice(b"273359830,2023-01-01T05:10:00Z,42.1,132.5,9,");
    content.resize(content.len() + 10_000_000, b'x');
    content.extend_from_slice(b"\n273359830,2023-01-01T05:11:00Z,42.1,132.5,9,MARIA\n");
    bench.write("hostile.csv", content);
    let ran = bench.landfall("run hostile.csv --out out");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let [rows, accepted, duplicates, rejected] = accounts(&bench.json("out/manifest.json"));
    assert_eq!([rows, accepted, duplicates, rejected], [132, 125, 0, 7]);
    let listed: Vec<String> = bench
        .read("out/rejected.csv")
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(1).unwrap().to_owned())
        .collect();
    assert_eq!(listed, ["125", "126", "127", "128", "129", "130", "131"]);
}

#[test]
fn a_name_typed_by_a_stranger_stays_a_text() {
    let bench = Bench::new();
    let name = "</script><img src=x onerror=alert(1)>";
    let rows = good_rows(60).replace("MARIA", name);
    bench.write("a.csv", format!("{HEADER}{rows}"));
    let ran = bench.landfall("run a.csv --out out");
    assert_eq!(ran.code, 0);
    assert_eq!(bench.features("tracks")[0]["properties"]["name"], name);
}

#[test]
fn ambiguous_dates_are_an_error_that_names_the_option() {
    let bench = Bench::new();
    bench.write(
        "a.csv",
        "id,time,lat,lon\nx,03/04/2023 10:00:00,42,132\nx,03/04/2023 11:00:00,42,132\n",
    );
    let ran = bench.landfall("run a.csv --out out");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("--date-order"), "{}", ran.stderr);
    for (order, day) in [("day-first", "2023-04-03"), ("month-first", "2023-03-04")] {
        let ran = bench.landfall(&format!("run a.csv --out out --date-order {order}"));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(bench.read("out/vessels.csv").contains(day));
    }
}

#[test]
fn a_folder_that_is_not_ours_is_never_replaced() {
    let bench = Bench::new();
    bench.write("good.csv", good());
    bench.write("out/thesis.docx", "years of work");
    let ran = bench.landfall("run good.csv --out out");
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("`out`") || ran.stderr.contains("/out`"),
        "{}",
        ran.stderr
    );
    assert_eq!(bench.read("out/thesis.docx"), "years of work");
    assert_eq!(bench.names(), ["good.csv", "out"]);
}

#[test]
fn a_run_that_comes_to_nothing_leaves_an_earlier_result_alone() {
    let bench = Bench::new();
    bench.write("good.csv", good());
    bench.write("empty.csv", "");
    assert_eq!(bench.landfall("run good.csv --out out").code, 0);
    let before = bench.read("out/manifest.json");
    assert_eq!(bench.landfall("run empty.csv --out out").code, 1);
    assert_eq!(bench.read("out/manifest.json"), before);
    assert_eq!(bench.names(), ["empty.csv", "good.csv", "out"]);
}

#[test]
fn a_path_that_is_none_and_a_bad_option_are_told_apart() {
    let bench = Bench::new();
    bench.write("good.csv", good());
    let ran = bench.landfall("run nowhere.csv --out out");
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("`nowhere.csv` does not exist"),
        "{}",
        ran.stderr
    );
    for wrong in [
        "--bbox 1,2,3",
        "--from soon",
        "--simplify -1",
        "--format kmz",
    ] {
        let ran = bench.landfall(&format!("run good.csv --out out {wrong}"));
        assert_eq!(ran.code, 2, "{wrong}: {}", ran.stderr);
        assert!(
            !ran.stderr.is_empty() && !bench.path("out").exists(),
            "{wrong}"
        );
    }
}

#[test]
fn a_threshold_out_of_range_is_named_with_its_file() {
    let bench = Bench::new();
    bench.write("good.csv", good());
    let printed = bench.landfall("config").stdout;
    bench.write("same.toml", &printed);
    assert_eq!(
        bench
            .landfall("run good.csv --out out --config same.toml")
            .code,
        0
    );
    bench.write(
        "wrong.toml",
        printed.replace("threshold_h = 6.0", "threshold_h = -6.0"),
    );
    let ran = bench.landfall("run good.csv --out out --config wrong.toml");
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("wrong.toml") && ran.stderr.contains("threshold_h"),
        "{}",
        ran.stderr
    );
    bench.write("typo.toml", "[detection.gap]\nthreshold_hours = 6\n");
    let ran = bench.landfall("run good.csv --out out --config typo.toml");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("threshold_hours"), "{}", ran.stderr);
}
