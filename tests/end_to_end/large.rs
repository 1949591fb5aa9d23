//! Inputs that do not fit into the memory given, and inputs that come in steps.

use crate::landfall::{Bench, LAYERS};
use std::fmt::Write as _;

const HEADER: &str = "mmsi,time,lat,lon,sog,name\n";

/// Rows of twenty ships in turn, a report a minute each, from a minute to another.
fn rows(minutes: std::ops::Range<u32>) -> String {
    let mut text = HEADER.to_owned();
    for minute in minutes {
        for ship in 0..20 {
            let (day, hour, of_hour) = (1 + minute / 1440, minute / 60 % 24, minute % 60);
            let lat = 42.0 + f64::from(ship) / 100.0;
            // To and fro, two days each way.
            let phase = (minute + ship * 100) % 5760;
            let lon = 132.0 + f64::from(phase.min(5760 - phase)) / 1000.0;
            let _ = writeln!(
                text,
                "{},2023-01-{day:02}T{hour:02}:{of_hour:02}:00Z,{lat:.4},{lon:.4},6.5,S{ship}",
                273_000_000 + ship
            );
        }
    }
    text
}

/// More rows than 64 MB have room for beside what every run needs.
fn large() -> String {
    rows(0..40_000)
}

fn same_layers(bench: &Bench, one: &str, other: &str) {
    for layer in LAYERS {
        let file = |folder: &str| bench.read(&format!("{folder}/{layer}.geojson"));
        assert!(file(one) == file(other), "{layer}");
    }
}

#[test]
fn what_does_not_fit_into_memory_goes_to_temporary_files_and_nothing_is_left_of_them() {
    let bench = Bench::new();
    bench.write("large.csv", large());
    bench.write("temp/keep.txt", "not ours");
    let ran = bench.landfall("run large.csv --out whole --quiet");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let ran = bench.landfall("run large.csv --out out --quiet --memory 64MB --temp temp --timings");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("rows to events"), "{}", ran.stderr);
    same_layers(&bench, "whole", "out");
    let left: Vec<_> = std::fs::read_dir(bench.path("temp")).unwrap().collect();
    assert_eq!(left.len(), 1);
}

#[test]
fn a_temporary_folder_that_cannot_be_used_is_told_at_once() {
    let bench = Bench::new();
    bench.write("a.csv", rows(0..10));
    let ran = bench.landfall("run a.csv --out out --temp no/such");
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("`no/such`") && ran.stderr.contains("--temp"),
        "{}",
        ran.stderr
    );
    assert_eq!(bench.names(), ["a.csv"]);
    let ran = bench.landfall("run a.csv --out out --memory 1MB");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("at least 64 MB"), "{}", ran.stderr);
}

#[cfg(unix)]
mod broken {
    use super::{Bench, large};
    use std::process::{Command, Stdio};
    use std::time::Duration;

    /// No file may grow beyond so many blocks of a kilobyte, as on a disk that is nearly full.
    fn with_little_room(bench: &Bench, blocks: u32, arguments: &str) -> (Option<i32>, String) {
        let program = env!("CARGO_BIN_EXE_landfall");
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec {program} {arguments}");
        let output = Command::new("bash")
            .args(["-c", &script])
            .current_dir(bench.path(""))
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), stderr)
    }

    #[test]
    fn a_full_disk_is_an_error_and_leaves_what_stood_there() {
        let bench = Bench::new();
        bench.write("large.csv", large());
        bench.write("small.csv", super::rows(0..100));
        assert_eq!(bench.landfall("run small.csv --out out --quiet").code, 0);
        let before = bench.read("out/manifest.json");
        let names = bench.names();
        let (code, stderr) = with_little_room(
            &bench,
            2048,
            "run large.csv --out out --memory 64MB --quiet",
        );
        assert_eq!(code, Some(1), "{stderr}");
        assert!(stderr.contains("cannot write a temporary file"), "{stderr}");
        assert_eq!(bench.read("out/manifest.json"), before);
        assert_eq!(bench.names(), names);
    }

    #[test]
    fn a_run_that_is_killed_leaves_no_output_and_the_next_one_clears_up() {
        let bench = Bench::new();
        bench.write("large.csv", large());
        std::fs::create_dir(bench.path("temp")).unwrap();
        let arguments = "run large.csv --out out --memory 64MB --temp temp --state state --quiet";
        for wait_ms in [20, 120, 300] {
            let mut child = Command::new(env!("CARGO_BIN_EXE_landfall"))
                .args(arguments.split_whitespace())
                .current_dir(bench.path(""))
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_millis(wait_ms));
            child.kill().unwrap();
            child.wait().unwrap();
            let temp: Vec<_> = std::fs::read_dir(bench.path("temp")).unwrap().collect();
            assert!(temp.is_empty(), "{temp:?}");
            // However far it came: an output is whole, and so is a state.
            if bench.path("out").exists() {
                assert!(bench.read("out/manifest.json").ends_with("}\n"));
            }
            if bench.path("state").exists() {
                assert_eq!(
                    bench.landfall("run --state state --out out --quiet").code,
                    0
                );
                return;
            }
        }
        let ran = bench.landfall(arguments);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(bench.names(), ["large.csv", "out", "state", "temp"]);
    }
}

#[test]
fn two_feeds_of_a_state_give_what_both_files_give_at_once() {
    let bench = Bench::new();
    bench.write("a.csv", rows(0..3_000));
    bench.write("b.csv", rows(3_000..6_000));
    assert_eq!(
        bench
            .landfall("run a.csv b.csv --out whole --quiet --no-case")
            .code,
        0
    );
    for file in ["a.csv", "b.csv"] {
        let ran = bench.landfall(&format!("run {file} --state fleet --out out"));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(ran.stdout.contains("fed before"), file == "b.csv");
    }
    same_layers(&bench, "whole", "out");
    for (arguments, why) in [
        (
            "run b.csv --state fleet --out out",
            "was fed to the state before",
        ),
        (
            "run a.csv --state fleet --out out --simplify 0",
            "thresholds (--config, --simplify)",
        ),
    ] {
        let ran = bench.landfall(arguments);
        assert_eq!(ran.code, 1);
        assert!(ran.stderr.contains(why), "{}", ran.stderr);
    }
    let verified = bench.landfall("verify out");
    assert_eq!(verified.code, 0, "{}\n{}", verified.stdout, verified.stderr);
    assert_eq!(bench.landfall("run --state fleet --out again -q").code, 0);
    same_layers(&bench, "whole", "again");
}
