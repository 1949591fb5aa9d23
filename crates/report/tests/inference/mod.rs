//! What outputs make of inference: hostile names through every format, runs without findings, and
//! the reasons given.

use crate::sample::{self, inferred};
use crate::{check_collection, check_drawing, notice, written};
use landfall_report::{
    DossierCase, Format, HullView, Layer, OutputContext, OutputFolder, ReasonNames, RunView,
    VesselLabel, VesselSpan,
};
use landfall_track::{
    AisAtSighting, AssessedSighting, HullFindings, HullIx, Port, ReportRef, ShipType, Suspect,
    Verdict, Vessel, VesselId,
};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A ship that calls herself by the worst names, at ports and in files of such names.
fn hostile_vessel() -> Vessel {
    let mut vessel = sample::vessel();
    vessel.id = VesselId::Text(inferred::HOSTILE.into());
    for identity in &mut vessel.identities {
        let sent = &mut identity.particulars;
        sent.name = Some(inferred::HOSTILE.to_owned());
        sent.call_sign = Some("-1+cmd|' /C calc'!A0".to_owned());
        sent.destination = Some(inferred::HOSTILE.to_owned());
        sent.ship_type = Some(ShipType(inferred::HOSTILE.to_owned()));
    }
    vessel
}

fn hostile_ports() -> Vec<Port> {
    let mut ports = sample::ports();
    for port in &mut ports {
        inferred::HOSTILE.clone_into(&mut port.name);
    }
    ports
}

fn write_hostile(out: &Path) {
    let (vessel, ports) = (hostile_vessel(), hostile_ports());
    let files = [inferred::HOSTILE.to_owned()];
    let notices = [inferred::HOSTILE.to_owned()];
    let mut writer = OutputFolder::create(out)
        .unwrap()
        .begin(OutputContext {
            ports: &ports,
            files: &files,
            notices: &notices,
            formats: &Format::ALL,
            plot: true,
            ..OutputContext::default()
        })
        .unwrap();
    let id = vessel.id.to_string();
    let (gaps, calls, findings) = (sample::gaps(), sample::calls(), inferred::findings());
    let hulls = [HullView {
        vessel_id: &id,
        vessel: &vessel,
        gaps: &gaps,
        calls: &calls,
    }];
    let (sightings, assessed) = (inferred::sightings(), inferred::assessed());
    let lists: Vec<String> = sightings
        .iter()
        .map(|_| inferred::HOSTILE.to_owned())
        .collect();
    let run = RunView::new(&hulls, &sightings, &lists, &assessed);
    for call in &calls {
        let label = VesselLabel::at(&vessel, &id, call.first.time);
        writer.port_call(&label, call).unwrap();
    }
    for (gap, inference) in gaps.iter().zip(&findings.gaps) {
        let label = VesselLabel::at(&vessel, &id, gap.before.time);
        writer.gap(&label, gap, &run, inference).unwrap();
    }
    for call in &findings.dark_calls {
        writer.dark_call(&run, &findings, call).unwrap();
    }
    for leg in &findings.dark_legs {
        let observed = &sample::voyage().1[..4];
        writer
            .dark_leg(&run, HullIx(0), &findings, leg, observed)
            .unwrap();
    }
    for found in &assessed {
        writer.sighting(&run, found).unwrap();
    }
    let polygons = inferred::polygons();
    writer.reach(&run, &inferred::area(&polygons)).unwrap();
    for flagged in sample::flagged() {
        writer.flagged(&vessel.id, &flagged).unwrap();
    }
    let heard = VesselSpan {
        first: sample::time("2023-09-01T00:00:00Z"),
        last: sample::time("2023-09-09T00:00:00Z"),
        reports: 42,
    };
    writer.vessel(&id, &vessel, heard).unwrap();
    let mut manifest = sample::manifest(&notices);
    inferred::HOSTILE.clone_into(&mut manifest.inputs[0].path);
    let case = DossierCase {
        hull: HullIx(0),
        findings: &findings,
        calls: &calls,
    };
    writer.dossiers(&run, &manifest, &[case, case]).unwrap();
    writer.finish(manifest).unwrap();
}

fn is_hidden(letter: char) -> bool {
    letter != '\n' && (letter.is_control() || ('\u{202a}'..='\u{202e}').contains(&letter))
}

#[test]
fn the_worst_of_names_is_a_name_in_every_output() {
    let home = TempDir::new().unwrap();
    let out = home.path().join("out");
    write_hostile(&out);
    let mut names: Vec<String> = fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    let dossiers: Vec<&String> = names
        .iter()
        .filter(|name| name.starts_with("dossier"))
        .collect();
    assert_eq!(
        dossiers,
        [
            "dossier-_HYPERLINK__http___x_example____script_alert_1___script__a__-2.md",
            "dossier-_HYPERLINK__http___x_example____script_alert_1___script__a__.md",
        ]
    );
    for name in &names {
        let extension = name.rsplit('.').next().unwrap_or_default();
        if ["parquet", "fgb", "gpkg"].contains(&extension) {
            // These hold the name as it was sent, as a value of a length that is said before it.
            continue;
        }
        let text = fs::read_to_string(out.join(name)).unwrap();
        assert!(!text.contains(is_hidden), "{name}");
        match extension {
            "csv" => check_table(&text),
            "md" => check_markdown(&text),
            "svg" => check_drawing(&text),
            "geojson" => {
                check_collection(&text);
            }
            "kml" | "qml" => check_xml(name, &text),
            _ => {}
        }
    }
    let summary = fs::read_to_string(out.join("summary.md")).unwrap();
    for table in [
        "Busiest ports",
        "Vessels by dark hours",
        "Dark calls by vessel",
    ] {
        let rows = summary.split(&format!("## {table}")).nth(1).unwrap();
        let row = rows
            .lines()
            .filter(|line| line.starts_with('|'))
            .nth(2)
            .unwrap();
        assert!(
            row.contains("&lt;script&gt;alert(1)&lt;/script&gt;"),
            "{row}"
        );
    }
    let chart = fs::read_to_string(out.join("calls_per_day.svg")).unwrap();
    assert!(chart.contains("=HYPERLINK(\"http://x.exa...: 1"), "{chart}");
    let text = fs::read_to_string(out.join("dark_calls.geojson")).unwrap();
    let calls: geojson::FeatureCollection = text.parse().unwrap();
    assert_eq!(
        calls.features[0].property("name").unwrap(),
        inferred::HOSTILE,
        "GeoJSON holds the name as it was sent"
    );
}

/// The text is well-formed XML.
fn check_xml(name: &str, text: &str) {
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => return,
            Ok(_) => {}
            Err(error) => panic!("{name}: {error}"),
        }
    }
}

/// No cell of a CSV file begins like a formula.
fn check_table(text: &str) {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    for row in reader.records() {
        for cell in &row.unwrap() {
            let acts = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
            assert!(!acts || cell.parse::<f64>().is_ok(), "{cell}");
        }
    }
}

/// A reader of Markdown finds our tables, each row with as many cells as its head, and none of the
/// strangers' markup.
fn check_markdown(text: &str) {
    use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_GFM) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => panic!("markup: {html}"),
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                ..
            }) => {
                assert_eq!(link_type, LinkType::Autolink);
                assert_eq!(&*dest_url, "https://example.org/a?b=1");
            }
            Event::Start(Tag::Image { .. } | Tag::CodeBlock(_)) => panic!("{text}"),
            _ => {}
        }
    }
    let mut cells = 0;
    for line in text.lines() {
        if !line.starts_with('|') {
            cells = 0;
            continue;
        }
        let bars = line
            .replace("\\\\", "")
            .replace("\\|", "")
            .matches('|')
            .count();
        assert!(cells == 0 || cells == bars, "{line}");
        cells = bars;
    }
}

#[test]
fn a_dossier_is_listed_among_the_outputs_with_its_lines() {
    let written = written(&[Format::GeoJson], &notice());
    let dossier = written
        .finished
        .outputs
        .iter()
        .find(|output| output.name == "dossier.md")
        .unwrap();
    // Three stays, two gaps, four dark calls and six sightings taken for her.
    assert_eq!(dossier.records, 15);
}

#[test]
fn a_vessel_of_whom_nothing_is_known_has_a_dossier_that_says_so() {
    let home = TempDir::new().unwrap();
    let out = home.path().join("out");
    let vessel = sample::nameless();
    let hulls = [HullView {
        vessel_id: "a0b1c2",
        vessel: &vessel,
        gaps: &[],
        calls: &[],
    }];
    let run = RunView::new(&hulls, &[], &[], &[]);
    let ports = sample::ports();
    let mut writer = crate::begin(&out, &ports);
    let findings = HullFindings::default();
    let case = |number| DossierCase {
        hull: HullIx(number),
        findings: &findings,
        calls: &[],
    };
    let manifest = sample::manifest(&[]);
    // The second is of a hull that is not in the run.
    writer
        .dossiers(&run, &manifest, &[case(0), case(9)])
        .unwrap();
    let finished = writer.finish(manifest).unwrap();
    let text = fs::read_to_string(out.join("dossier-a0b1c2.md")).unwrap();
    for said in [
        "# Dossier: Vessel without a name, `a0b1c2`",
        "She sent no name",
        "Nothing to tell.",
        "No dark call is inferred.",
        "No sighting was taken for her.",
        "Nothing that the inputs claim of her is refuted.",
        "No dark leg repeats.",
    ] {
        assert!(text.contains(said), "{said}");
    }
    let of_inference = Layer::ALL[6..]
        .iter()
        .map(|layer| format!("{layer}.geojson"));
    for name in of_inference {
        let output = finished.outputs.iter().find(|output| output.name == name);
        assert_eq!(output.unwrap().records, 0, "{name}");
    }
    assert!(!out.join("dossier.md").exists());
}

#[test]
fn a_repeated_leg_is_named_by_the_port_both_began_at() {
    let (vessel, gaps, calls) = (sample::vessel(), sample::gaps(), sample::calls());
    let hulls = [HullView {
        vessel_id: "273210440",
        vessel: &vessel,
        gaps: &gaps,
        // Without the call at Apia both silences follow the one at Suva; the passage is no call.
        calls: &calls[..2],
    }];
    let (sightings, assessed) = (inferred::sightings(), inferred::assessed());
    let run = RunView::new(&hulls, &sightings, &[], &assessed);
    let ports = sample::ports();
    let names = ReasonNames::new(&OutputContext {
        ports: &ports,
        ..OutputContext::default()
    });
    let findings = inferred::findings();
    let reason = names
        .reasons(&run)
        .dark_call(&findings, &findings.dark_calls[2]);
    insta::assert_snapshot!(reason, @r#"Repeats the leg Suva to Pier "7" of 2023-09-02, on which the call at Pier "7" was sighted and is D4: 2 sightings, of them 2 independent of each other (Example Press: 2023-09-02T12:00:00Z; Another Press: 2023-09-02T13:00:00Z to 2023-09-02T13:30:00Z): AIS was silent from 2023-09-09T00:00:00Z to the end of the data, and Pier "7" was in reach with 40.0 h to spare at the cap of 33.0 knots, its usual speed not being known, needing at least 0.0 knots; nobody saw the vessel there this time; by water it would need 60.0 knots, more than the cap."#);
}

#[test]
fn reasons_never_call_a_possibility_more_than_that() {
    let (vessel, gaps, calls) = (sample::vessel(), sample::gaps(), sample::calls());
    let hulls = [HullView {
        vessel_id: "273210440",
        vessel: &vessel,
        gaps: &gaps,
        calls: &calls,
    }];
    let (sightings, assessed) = (inferred::sightings(), inferred::assessed());
    let run = RunView::new(&hulls, &sightings, &[], &assessed);
    let ports = sample::ports();
    let names = ReasonNames::new(&OutputContext {
        ports: &ports,
        ..OutputContext::default()
    });
    let reasons = names.reasons(&run);
    let findings = inferred::findings();
    let reachable_only = reasons.dark_call(&findings, &findings.dark_calls[1]);
    assert!(reachable_only.starts_with("Reachable only: "));
    assert!(reachable_only.contains("nobody saw the vessel there"));
    let steps = reasons.explain_gap(&gaps[0], &findings.gaps[0]);
    insta::assert_snapshot!("explained_gap", steps.join("\n"));
    let told: Vec<String> = assessed
        .iter()
        .flat_map(|found| reasons.explain_sighting(found))
        .collect();
    insta::assert_snapshot!("explained_sightings", told.join("\n"));
}

#[test]
fn reports_on_both_sides_are_named_only_where_the_verdict_rests_on_them() {
    let sightings = inferred::sightings();
    let run = RunView::new(&[], &sightings, &[], &[]);
    let names = ReasonNames::new(&OutputContext {
        ..OutputContext::default()
    });
    let said = |report: ReportRef| {
        let taken = inferred::assessed().swap_remove(0);
        let between = Suspect {
            gap: None,
            ..taken.reach.unwrap()
        };
        names.reasons(&run).sighting(&AssessedSighting {
            verdict: Verdict::Confirmed,
            ais: Some(AisAtSighting {
                report,
                distance_m: 1_400.0,
            }),
            reach: Some(between),
            ..taken
        })
    };
    let place = sample::at(179.0, -15.0);
    assert_eq!(
        said(sample::report("2023-09-02T06:00:00Z", place, 17)),
        "AIS has her 1.4 km (0.8 nautical miles) away at 2023-09-02T06:00:00Z (row 17 of ?), and her \
         reports at 2023-09-02T06:00:00Z and 2023-09-02T20:00:00Z on both sides bear it out."
    );
    assert_eq!(
        said(sample::report("2023-09-02T12:00:00Z", place, 18)),
        "AIS has her 1.4 km (0.8 nautical miles) away at 2023-09-02T12:00:00Z (row 18 of ?): she was \
         there then."
    );
}
