//! summary.md and the charts of `--plot`, as they lie in an output folder.

use crate::landfall::{Bench, in_tree};

const CHARTS: [&str; 3] = [
    "calls_per_day.svg",
    "gap_durations.svg",
    "rejected_rows.svg",
];

#[test]
fn charts_are_drawn_when_asked_for_and_gone_when_not() {
    let bench = Bench::new();
    let positions = in_tree("data/najin-vostochny/positions.csv");
    let run = ["run", positions.to_str().unwrap(), "--out", "out"];
    let ran = bench.landfall_with(&[&run[..], &["--plot"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let listed = bench.outputs();
    for chart in CHARTS {
        assert!(listed.iter().any(|name| name == chart), "{listed:?}");
        let text = bench.read(&format!("out/{chart}"));
        let document = roxmltree::Document::parse(&text).unwrap();
        let root = document.root_element();
        assert_eq!(
            root.tag_name().namespace(),
            Some("http://www.w3.org/2000/svg")
        );
        let words: Vec<&str> = root.descendants().filter_map(|node| node.text()).collect();
        let words = words.join(" ");
        assert!(words.contains("These positions are made up."), "{words}");
    }
    let text = bench.read("out/calls_per_day.svg");
    assert!(text.contains("Vostochny (RUVYP)"), "{text}");

    let explained = bench.landfall("explain out 273291160/gap/2024-02-11T00:21:36Z");
    assert_eq!(explained.code, 0, "{}", explained.stderr);
    let verified = bench.landfall("verify out");
    assert_eq!(verified.code, 0, "{}{}", verified.stdout, verified.stderr);

    assert_eq!(bench.landfall_with(&run).code, 0);
    for chart in CHARTS {
        assert!(!bench.outputs().iter().any(|name| name == chart));
        assert!(!bench.path("out").join(chart).exists(), "{chart}");
    }
}

#[test]
fn the_summary_counts_what_the_layers_hold() {
    let bench = Bench::new();
    let positions = in_tree("data/najin-vostochny/positions.csv");
    let ran = bench.landfall_with(&["run", positions.to_str().unwrap(), "--out", "out"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let summary = bench.read("out/summary.md");
    let calls = bench.features("port_calls");
    let at_dunay = calls
        .iter()
        .filter(|call| call["properties"]["port"] == "Dunay");
    let row = format!("| Dunay | {} | 3 | 0 |", at_dunay.count());
    assert!(summary.contains(&row), "{row}\n{summary}");

    let gaps = bench.features("gaps");
    let hours: f64 = gaps
        .iter()
        .filter(|gap| gap["properties"]["vessel_id"] == "273359830")
        .filter_map(|gap| gap["properties"]["duration_h"].as_f64())
        .sum();
    let row = format!("| `273359830` | MARIA | - | {hours:.1} | ");
    assert!(summary.contains(&row), "{row}\n{summary}");

    let voyages = bench.features("voyages");
    let mut durations: Vec<f64> = voyages
        .iter()
        .map(|voyage| &voyage["properties"])
        .filter(|voyage| voyage["origin"] == "Dunay" && voyage["destination"] == "Dunay")
        .map(|voyage| voyage["duration_h"].as_f64().unwrap())
        .collect();
    durations.sort_by(f64::total_cmp);
    let row = format!("| Dunay | Dunay | {} | 3 | ", durations.len());
    let told = summary.split(&row).nth(1).unwrap();
    let told: f64 = told.split(' ').next().unwrap().parse().unwrap();
    let median = durations[durations.len() / 2];
    assert!(
        (told - median).abs() <= 0.03 * median,
        "{told} for {median}"
    );
    // What is printed begins with the same.
    assert!(ran.stdout.contains("Dunay to Dunay  "), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("(a silence is not guilt)"),
        "{}",
        ran.stdout
    );
}
