//! `landfall ports`.

use crate::landfall::Bench;

#[test]
fn a_name_asked_for_in_the_wrong_country_is_put_right() {
    let ran = Bench::new().landfall("ports find Nakhodka --country KP");
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("Nakhodka is in RU"), "{}", ran.stdout);
    let meant = ran.stdout.split("Probably meant in KP").nth(1).unwrap();
    assert!(
        meant
            .trim_start_matches(':')
            .trim_start()
            .starts_with("Najin"),
        "{}",
        ran.stdout
    );
}

#[test]
fn every_name_and_code_of_najin_finds_it() {
    let bench = Bench::new();
    for name in ["Najin", "rajin", "Rason", "KPRJN", "KP RJN", "KPNJN"] {
        let ran = bench.landfall(&format!("ports find {name}"));
        assert_eq!(ran.code, 0, "{name}");
        assert!(
            ran.stdout.trim_start().starts_with("Najin"),
            "{name}: {}",
            ran.stdout
        );
    }
}

#[test]
fn a_port_is_shown_with_its_source_and_precision() {
    let bench = Bench::new();
    for (name, origin) in [
        ("KPRJN", " WPI, to 1.9 km "),
        ("RUKZM", " Landfall, to 1.0 km "),
        ("KPSAM", " UN/LOCODE, to 1.9 km "),
    ] {
        let ran = bench.landfall(&format!("ports find {name}"));
        assert!(ran.stdout.contains(origin), "{name}: {}", ran.stdout);
    }
}

#[test]
fn the_ports_near_a_place_come_by_distance() {
    let ran = Bench::new().landfall("ports near 42.2333,130.3000 --within 20");
    assert_eq!(ran.code, 0);
    let names: Vec<&str> = ran
        .stdout
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(names, ["Najin", "Senbong"], "{}", ran.stdout);
}

#[test]
fn a_place_that_is_none_is_a_wrong_command_line() {
    let bench = Bench::new();
    for place in ["Najin", "91,0", "1,2,3", "42"] {
        let ran = bench.landfall_with(&["ports", "near", place]);
        assert_eq!(ran.code, 2, "{place}: {}", ran.stdout);
        assert!(
            ran.stderr.contains("expected latitude and longitude"),
            "{}",
            ran.stderr
        );
    }
}
