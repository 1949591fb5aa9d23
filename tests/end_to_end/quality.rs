//! What a feed is like stands where a reader looks first: on the terminal, in summary.md, on the map and
//! in the manifest.

use crate::landfall::Bench;

/// A vessel that sails from 2.7 nautical miles off Calais at 8.5 knots, a report every 10
/// minutes. `row` writes a report: hour, latitude, longitude, knots.
fn sailing(header: &str, row: impl Fn(&str, f64, f64, f64) -> String) -> String {
    let rows: String = (0..60)
        .map(|number| {
            let time = format!("2026-03-01T{:02}:{:02}:00Z", number / 6, number % 6 * 10);
            let way = f64::from(number) * 8.5 / 6.0 / 60.0;
            // 3 parts north and 4 parts east; a degree of longitude is 0.625 of one of latitude here.
            let (lat, lon) = (51.001_37 + way * 0.6, 1.802_19 + way * 0.8 / 0.625);
            row(&time, lat, lon, 8.5)
        })
        .collect();
    format!("{header}\n{rows}")
}

#[test]
fn speeds_in_tenths_of_knots_are_told_on_the_terminal_in_the_summary_on_the_map_and_in_the_manifest()
 {
    let bench = Bench::new();
    let row = |time: &str, lat: f64, lon: f64, knots: f64| {
        format!("235000001,{time},{lat:.5},{lon:.5},{}\n", knots * 10.0)
    };
    bench.write("tenths.csv", sailing("mmsi,time,lat,lon,sog", row));
    let ran = bench.landfall("run tenths.csv --out out");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let told = "speeds are 10 times what positions give in tenths.csv (tenths of knots?)";
    let line = ran.stdout.lines().find(|line| line.contains(told)).unwrap();
    assert!(line.starts_with("DATA QUALITY"), "{line}");
    assert!(
        bench
            .read("out/summary.md")
            .contains(&format!("- {told}\n"))
    );
    assert!(bench.read("out/map.html").contains(told));
    let manifest = bench.json("out/manifest.json");
    let quality = &manifest["data_quality"];
    assert_eq!(quality["amiss"][0], told);
    let found = &quality["speeds"]["listed"][0];
    assert_eq!(
        (&found["file"], &found["unit"]),
        (&"tenths.csv".into(), &"tenths_of_knots".into())
    );
    let ratio = found["ratio"].as_f64().unwrap();
    assert!((9.8..10.2).contains(&ratio), "{ratio}");
    let quiet = bench.landfall("run tenths.csv --out out --quiet");
    assert!(
        quiet.stderr.contains(told),
        "a quiet run warns: {}",
        quiet.stderr
    );
}

#[test]
fn a_sound_feed_has_nothing_amiss_and_its_summary_says_what_was_looked_at() {
    let bench = Bench::new();
    let row = |time: &str, lat: f64, lon: f64, knots: f64| {
        format!("235000001,{time},{lat:.5},{lon:.5},{knots}\n")
    };
    bench.write("a.csv", sailing("mmsi,time,lat,lon,sog", row));
    let ran = bench.landfall("run a.csv --out out");
    assert!(!ran.stdout.contains("DATA QUALITY"), "{}", ran.stdout);
    assert!(
        bench
            .read("out/summary.md")
            .contains("Nothing amiss was found in 60 reports of 1 vessel")
    );
    let manifest = bench.json("out/manifest.json");
    assert_eq!(manifest["data_quality"]["reports"], 60);
    assert_eq!(manifest["data_quality"]["amiss"], serde_json::json!([]));
}

#[test]
fn coarse_coordinates_and_rows_that_could_not_be_used_are_told_with_their_file() {
    let bench = Bench::new();
    let row = |time: &str, lat: f64, lon: f64, knots: f64| {
        let tenth = |degrees: f64| (degrees * 600.0).round() / 600.0;
        format!(
            "235000001,{time},{:.4},{:.4},{knots}\n",
            tenth(lat),
            tenth(lon)
        )
    };
    let mut rows = sailing("mmsi,time,lat,lon,sog", row);
    rows.push_str("235000001,2026-03-01T12:00:00Z,51.2,361.5,8.5\n");
    bench.write("minutes.csv", rows);
    let ran = bench.landfall("run minutes.csv --out out --no-map");
    let line = ran
        .stdout
        .lines()
        .find(|line| line.starts_with("DATA QUALITY"));
    let line = line.unwrap_or_default();
    let told = "coordinates are tenths of a minute (steps of 185 m) in minutes.csv";
    assert!(line.contains(told), "{}", ran.stdout);
    assert!(
        line.contains("1 row could not be used (1.6% of all"),
        "{line}"
    );
}

#[test]
fn what_a_feed_is_like_does_not_depend_on_how_it_is_cut_into_files_or_fed() {
    let row = |time: &str, lat: f64, lon: f64, knots: f64| {
        format!("235000001,{time},{lat:.5},{lon:.5},{}\n", knots * 1.852)
    };
    let rows = sailing("mmsi,time,lat,lon,sog", row);
    let (head, body) = rows.split_once('\n').unwrap();
    let lines: Vec<&str> = body.lines().collect();
    let part = |lines: &[&str]| format!("{head}\n{}\n", lines.join("\n"));
    let bench = Bench::new();
    bench.write("whole.csv", &rows);
    bench.write("a.csv", part(&lines[..25]));
    bench.write("b.csv", part(&lines[25..]));
    let told = |run: &str| {
        let ran = bench.landfall(&format!("run {run} --out out --no-map --quiet"));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let quality = bench.json("out/manifest.json")["data_quality"].clone();
        let units: Vec<String> = quality["speeds"]["listed"]
            .as_array()
            .unwrap()
            .iter()
            .map(|found| format!("{} {}", found["file"], found["unit"]))
            .collect();
        (quality["reports"].clone(), units)
    };
    let both = vec![
        "\"a.csv\" \"kilometres_per_hour\"".to_owned(),
        "\"b.csv\" \"kilometres_per_hour\"".to_owned(),
    ];
    let of_whole = told("whole.csv");
    assert_eq!(of_whole.1, ["\"whole.csv\" \"kilometres_per_hour\""]);
    assert_eq!(told("a.csv b.csv"), (of_whole.0.clone(), both.clone()));
    assert_eq!(told("b.csv a.csv"), (of_whole.0.clone(), both.clone()));
    told("a.csv --state state");
    assert_eq!(told("b.csv --state state"), (of_whole.0, both));
}
