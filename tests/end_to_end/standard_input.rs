//! `-` stands for standard input, in whatever form it comes.

use crate::landfall::{Bench, Ran};
use std::io::Write;
use std::process::{Command, Stdio};

fn rows() -> String {
    let row = |hour: u32| {
        let (day, hour) = (1 + hour / 24, hour % 24);
        format!("273000001,2023-09-{day:02}T{hour:02}:00:00Z,42.744,133.067,NOVEMBER\n")
    };
    let rows: String = (0..10).chain(49..60).map(row).collect();
    format!("mmsi,time,lat,lon,name\n{rows}")
}

/// Runs `landfall` with something on its standard input.
fn fed(bench: &Bench, arguments: &str, input: &[u8]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_landfall"))
        .args(arguments.split_whitespace())
        .current_dir(bench.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

#[test]
fn standard_input_gives_what_the_file_gives_whatever_it_is_packed_in() {
    let bench = Bench::new();
    let text = rows();
    bench.write("a.csv", &text);
    let ran = bench.landfall("run a.csv --out file --quiet --no-map");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let of_file = bench.json("file/manifest.json");
    for (number, input) in [text.clone().into_bytes(), gzip(text.as_bytes())]
        .iter()
        .enumerate()
    {
        let ran = fed(
            &bench,
            &format!("run - --out out{number} --quiet --no-map"),
            input,
        );
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let manifest = bench.json(&format!("out{number}/manifest.json"));
        let given = &manifest["inputs"][0];
        assert_eq!(given["path"], "-");
        assert_eq!(given["size"], input.len());
        if number == 0 {
            assert_eq!(given["sha256"], of_file["inputs"][0]["sha256"]);
        }
        let calls = |folder: &str| bench.read(&format!("{folder}/port_calls.geojson"));
        let renamed =
            calls(&format!("out{number}")).replace("\"file\":\"-\"", "\"file\":\"a.csv\"");
        assert_eq!(renamed, calls("file"));
    }
    // Nothing of it is left.
    assert_eq!(bench.names(), ["a.csv", "file", "out0", "out1"]);
}

#[test]
fn a_result_of_standard_input_is_explained_but_for_its_rows_and_cannot_be_verified() {
    let bench = Bench::new();
    let ran = fed(
        &bench,
        "run - --out out --quiet --no-map",
        rows().as_bytes(),
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let gap = &bench.features("gaps")[0];
    let id = gap["id"].as_str().unwrap();
    let ran = bench.landfall_with(&["explain", "out", id]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("cannot be read again"),
        "{}",
        ran.stdout
    );
    let ran = bench.landfall("verify out");
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr
            .contains("read standard input, which cannot be read again"),
        "{}",
        ran.stderr
    );
}

#[test]
fn standard_input_feeds_a_state_and_a_track_on_it_names_no_vessel() {
    let bench = Bench::new();
    let run = "run - --state fleet.state --out out --quiet --no-map";
    let ran = fed(&bench, run, rows().as_bytes());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let ran = fed(&bench, run, rows().as_bytes());
    assert!(
        ran.code == 1 && ran.stderr.contains("--again"),
        "{}",
        ran.stderr
    );
    let track = "lon,lat,timestamp,seg_id\n1.85,50.9,2026-03-01T00:00:00Z,x\n";
    let ran = fed(
        &bench,
        "run - --out track --quiet --no-map",
        track.as_bytes(),
    );
    assert!(
        ran.stderr.contains("which standard input has not"),
        "{}",
        ran.stderr
    );
    let ran = fed(&bench, "inspect -", rows().as_bytes());
    assert!(
        ran.code == 0 && ran.stdout.contains("21: 21 accepted"),
        "{}",
        ran.stdout
    );
}
