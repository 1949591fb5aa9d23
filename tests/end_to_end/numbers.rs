//! The same number is said everywhere: on the terminal, in summary.md, in dossiers, on the map and in the
//! manifest.

use crate::landfall::{Bench, in_tree};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

/// The bytes of a text in base64 (RFC 4648).
fn from_base64(text: &str) -> Vec<u8> {
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for digit in text.chars().filter_map(|digit| digits.find(digit)) {
        bits = bits << 6 | digit as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    bytes
}

/// What stands in an element of a page.
fn element<'p>(page: &'p str, id: &str) -> &'p str {
    let (_, after) = page.split_once(&format!("id=\"{id}\">")).unwrap();
    after.split_once("</script>").unwrap().0
}

/// What a map's page says of its run, and its features.
fn map(bench: &Bench) -> (Value, Vec<Value>) {
    let page = bench.read("out/map.html");
    let run = serde_json::from_str(element(&page, "run")).unwrap();
    let packed = from_base64(element(&page, "features"));
    let mut lines = String::new();
    GzDecoder::new(packed.as_slice())
        .read_to_string(&mut lines)
        .unwrap();
    let features = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    (run, features.collect())
}

/// The line that begins with a text, without it.
fn after<'t>(text: &'t str, start: &str) -> &'t str {
    text.lines()
        .find_map(|line| line.trim_start().strip_prefix(start))
        .unwrap_or_else(|| panic!("no line begins with {start}:\n{text}"))
}

/// The cells of the rows of a table of a Markdown section.
fn rows(text: &str, section: &str) -> Vec<Vec<String>> {
    let (_, after) = text.split_once(&format!("## {section}\n")).unwrap();
    let section = after.split("\n## ").next().unwrap();
    let cells = |line: &str| {
        let line = line.trim_matches('|');
        line.split(" | ")
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    let lines = section.lines().filter(|line| line.starts_with('|'));
    lines.skip(2).map(cells).collect()
}

/// What one run of the bundled case says of itself.
struct Told {
    bench: Bench,
    terminal: String,
    summary: String,
    manifest: Value,
    /// The map's run, and its features.
    run: Value,
    features: Vec<Value>,
}

impl Told {
    fn of_case() -> Self {
        let bench = Bench::new();
        let case = in_tree("data/najin-vostochny/case.toml");
        let ran = bench.landfall_with(&["run", case.to_str().unwrap(), "--out", "out"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let (run, features) = map(&bench);
        Self {
            terminal: ran.stdout,
            summary: bench.read("out/summary.md"),
            manifest: bench.json("out/manifest.json"),
            run,
            features,
            bench,
        }
    }

    fn on_map(&self, layer: &str) -> Vec<&Value> {
        let features = self.features.iter();
        features
            .filter(|feature| feature["layer"] == layer)
            .map(|feature| &feature["properties"])
            .collect()
    }

    fn dark_legs_on_map(&self) -> usize {
        let legs: BTreeSet<&str> = self
            .on_map("dark_legs")
            .iter()
            .map(|leg| leg["leg_id"].as_str().unwrap())
            .collect();
        legs.len()
    }

    /// Dark calls by grade.
    fn grades_on_map(&self) -> BTreeMap<&str, u64> {
        let mut grades = BTreeMap::new();
        for call in self.on_map("dark_calls") {
            *grades.entry(call["grade"].as_str().unwrap()).or_default() += 1;
        }
        grades
    }

    /// What the summary says how many there are of.
    fn found(&self) -> BTreeMap<String, String> {
        rows(&self.summary, "What was found")
            .into_iter()
            .map(|row| (row[0].clone(), row[2].replace(',', "")))
            .collect()
    }
}

#[test]
fn the_map_carries_the_manifests_counts_and_features_that_add_up_to_them() {
    let told = Told::of_case();
    let counts = &told.manifest["counts"];
    assert_eq!(&told.run["counts"], counts);
    assert_eq!(told.run["left_out"], serde_json::json!([]));
    assert!(told.dark_legs_on_map() > 10);
    assert_eq!(counts["dark_legs"], told.dark_legs_on_map());
    let grades = serde_json::to_value(told.grades_on_map()).unwrap();
    assert_eq!(counts["dark_calls_by_grade"], grades);
    for layer in ["port_calls", "voyages", "gaps", "stops", "sightings"] {
        assert_eq!(counts[layer], told.on_map(layer).len(), "{layer}");
    }
}

#[test]
fn terminal_and_summary_have_the_counts_of_the_manifest_and_no_one_number_of_dark_calls() {
    let told = Told::of_case();
    let counts = &told.manifest["counts"];
    let (terminal, found) = (&told.terminal, told.found());
    let grades = told.grades_on_map();
    let of = |grade: &str| grades.get(grade).copied().unwrap_or_default();
    let doubtful = counts["dark_calls_doubtful"].as_u64().unwrap();
    let headline = format!(
        "{} sighted, {} repeat a pattern, {doubtful} doubtfully sighted, {} merely reachable",
        of("D3") + of("D4"),
        of("D2"),
        of("D1") - doubtful
    );
    assert!(after(terminal, "Dark calls (inferred").ends_with(&headline));
    assert!(told.summary.contains(&format!("**{headline}.**")));
    let legs = told.dark_legs_on_map();
    assert!(after(terminal, &format!("and {legs} dark legs")).contains("to and from them"));
    assert_eq!(found["Dark legs"], legs.to_string());
    for (row, layer) in [
        ("Vessels", "vessels"),
        ("Port calls", "port_calls"),
        ("Voyages", "voyages"),
        ("Stops", "stops"),
        ("Gaps", "gaps"),
    ] {
        let count = counts[layer].to_string();
        assert_eq!(found[row], count, "{row}");
        let words = row.to_lowercase();
        let is_shown = terminal.lines().any(|line| {
            let mut parts = line.split_whitespace();
            parts.next() == Some(&count) && parts.collect::<Vec<_>>().join(" ").starts_with(&words)
        });
        assert!(is_shown, "{row} {count}:\n{terminal}");
    }
    for word in [
        "sighted",
        "repeating a pattern",
        "doubtfully sighted",
        "merely reachable",
    ] {
        assert!(
            found.contains_key(&format!("Dark calls, {word}")),
            "{found:?}"
        );
    }
    assert!(!found.contains_key("Dark calls"), "{found:?}");
}

#[test]
fn medians_and_hours_are_the_same_on_the_terminal_in_the_summary_in_dossiers_and_in_the_layers() {
    let told = Told::of_case();
    let terminal = &told.terminal;
    let mut compared = 0;
    for leg in rows(&told.summary, "Voyages by leg") {
        let start = format!("{} to {} ", leg[0], leg[1]);
        let mut lines = terminal.lines().map(str::trim_start);
        if let Some(line) = lines.find(|shown| shown.starts_with(&start)) {
            assert!(
                line.ends_with(&format!(" {} h (median)", leg[4])),
                "{line} and {leg:?}"
            );
            compared += 1;
        }
    }
    for vessel in rows(&told.summary, "Vessels by dark hours") {
        let id = vessel[0].trim_matches('`');
        let mut lines = terminal.lines();
        let line = lines.find(|line| line.contains(id) && line.contains("h silent"));
        let line = line.unwrap();
        assert!(
            line.contains(&format!(" {} h silent", vessel[3])),
            "{line} and {vessel:?}"
        );
        assert!(
            line.contains(&format!("longest {} h", vessel[4])),
            "{line} and {vessel:?}"
        );
        compared += 1;
    }
    assert!(compared >= 8, "{compared}");

    let (_, stay) = after(terminal, "273210440  ANGARA  Najin")
        .split_once("stays of up to ")
        .unwrap();
    let stay = stay.split_once(" h (median)").unwrap().0;
    let patterns = rows(&told.bench.read("out/dossier-273210440.md"), "Patterns");
    let is_in_dossier = patterns.iter().any(|row| row[4] == format!("{stay} h"));
    assert!(is_in_dossier, "{stay}: {patterns:?}");
    let is_in_layer = told.on_map("dark_legs").into_iter().any(|leg| {
        let median = leg["pattern_median_stay_h"].as_f64();
        leg["vessel_id"] == "273210440" && median.is_some_and(|hours| format!("{hours:.1}") == stay)
    });
    assert!(is_in_layer, "{stay}");
}

#[test]
fn a_dossier_cuts_no_evidence_off() {
    let bench = Bench::new();
    let end = "and this is the end of it";
    let said = format!(
        "A long account{} {end}",
        " of what was seen from the pier".repeat(20)
    );
    bench.write(
        "a.csv",
        "mmsi,time,lat,lon\n273359830,2023-01-01T00:00:00Z,42,132\n273359830,2023-01-02T00:00:00Z,42,132\n",
    );
    bench.write(
        "s.csv",
        format!(
            "id,time,lat,lon,mmsi,source\ns1,2023-01-01T12:00:00Z,42,132,273359830,\"{said}\"\n"
        ),
    );
    let ran = bench.landfall_with(&[
        "run",
        "a.csv",
        "--sightings",
        "s.csv",
        "--dossier",
        "273359830",
        "--out",
        "out",
        "--quiet",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let dossier = bench.read("out/dossier.md");
    assert!(dossier.contains(end), "{dossier}");
}
