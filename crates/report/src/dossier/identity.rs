//! Who she is, and how much there is of everything.

use super::Section;
use crate::DarkHeadline;
use crate::foreign::markdown;
use crate::markdown::{code, row, table};
use crate::phrase::{count, moment};
use crate::reasons::{cap_basis, times_usual};
use landfall_track::{Confidence, Gap, GapKind, Grade, Imo, Timestamp, Verdict};
use std::fmt::Write;

/// What a reader must know before the first figure.
const READING: &str = "\
**Observed** is what her own AIS reports say. **Inferred** is what silences between reports leave room \
for and what other witnesses saw; no part of it was received by AIS. Grades of an inferred (dark) port \
call:\n\
\n\
- **D1, reachable only**: the port is on the watch list and was within reach. Nobody saw her there. \
It is a possibility and nothing more.\n\
- **D2, repeats a leg that was sighted**: the same leg was sighted at another time. Nobody saw her this \
time.\n\
- **D3, one sighting**: one witness, or several that are not independent of each other, saw a vessel \
taken for her.\n\
- **D4, independent sightings**: two or more independent witnesses, of whom one names her.\n\
\n\
All times are UTC. Distances are in kilometres and nautical miles on the WGS84 ellipsoid. An arrival or \
departure given as an interval may have been at any time in it.\n\n";

/// Title, notices, and how to read the rest.
pub(super) fn head(text: &mut String, section: &Section<'_>) {
    let view = section.view;
    let name = view
        .vessel
        .at(Timestamp::MAX, |sent| sent.name.as_deref())
        .map_or_else(|| "Vessel without a name".to_owned(), markdown);
    // Writing to a String does not fail, here and below.
    let _ = writeln!(text, "# Dossier: {name}, {}\n", code(view.vessel_id));
    for notice in &section.manifest.notices {
        let _ = writeln!(text, "> **Notice of the inputs:** {}\n", markdown(notice));
    }
    text.push_str(READING);
}

/// What she called herself, and when.
pub(super) fn identities(text: &mut String, section: &Section<'_>) {
    let vessel = section.view.vessel;
    text.push_str("## Identity over time\n\n");
    if section.view.vessel_id != vessel.id.to_string() {
        let _ = writeln!(
            text,
            "Several ships send under {}; this is one of them. Which of these particulars are hers is \
             not known.\n",
            code(&vessel.id.to_string())
        );
    }
    if let Some(mmsi) = vessel.id.mmsi() {
        let _ = writeln!(text, "MMSI {mmsi} ({}).\n", markdown(mmsi.class().as_str()));
    }
    for reason in section.names.links.reasons(section.view.vessel_id) {
        let _ = writeln!(text, "**One ship under two ids:** {}.\n", markdown(&reason));
    }
    if vessel.identities.is_empty() {
        text.push_str("She sent no name, number or other particulars.\n\n");
        return;
    }
    table(
        text,
        &[
            "From",
            "To",
            "Name",
            "IMO number",
            "Call sign",
            "Type",
            "Length, beam, draught (m)",
            "Destination as typed",
            "Reports",
        ],
    );
    for identity in &vessel.identities {
        let sent = &identity.particulars;
        let foreign = |sent: Option<&str>| sent.map_or_else(String::new, markdown);
        let size: Vec<String> = [sent.length_dm, sent.width_dm, sent.draught_dm]
            .into_iter()
            .map(|size| {
                size.map_or_else(|| "-".to_owned(), |dm| format!("{}.{}", dm / 10, dm % 10))
            })
            .collect();
        row(
            text,
            &[
                moment(identity.first),
                moment(identity.last),
                foreign(sent.name.as_deref()),
                sent.imo.map_or_else(String::new, imo),
                foreign(sent.call_sign.as_deref()),
                foreign(sent.ship_type.as_ref().map(|kind| kind.0.as_str())),
                size.join(", "),
                foreign(sent.destination.as_deref()),
                identity.reports.to_string(),
            ],
        );
    }
    text.push('\n');
}

fn imo(imo: Imo) -> String {
    if imo.is_valid() {
        imo.to_string()
    } else {
        format!("{imo} (wrong check digit)")
    }
}

/// How many gaps there are of each kind, with the dark hours of those that are silences.
fn gaps(section: &Section<'_>) -> Vec<(&'static str, String, &'static str)> {
    let gaps = section.view.gaps;
    let of = |kind: GapKind| gaps.iter().filter(move |gap| gap.kind == kind);
    let dark_ms: u64 = gaps.iter().map(Gap::dark_ms).sum();
    let is_open = of(GapKind::Silence).any(|gap| gap.after.is_none());
    let links = &section.names.links;
    let is_continued = links.continued_as(section.view.vessel_id).is_some();
    let end = match (is_open, is_continued) {
        (true, true) => ", the last at the end of this id, which another one continues",
        (true, false) => ", the last without an end",
        (false, _) => "",
    };
    let dark_h = dark_ms as f64 / 3_600_000.0;
    let silences = of(GapKind::Silence).count();
    let mut lines = vec![(
        "Gaps (silences)",
        format!("{silences}, {dark_h:.0} h in all{end}"),
        "observed: nothing was received",
    )];
    for (kind, what, how) in [
        (
            GapKind::NoPosition,
            "Gaps without position",
            "observed: messages without a position",
        ),
        (
            GapKind::LeftArea,
            "Gaps out of the area of the data",
            "from where others were heard: no silence",
        ),
        (
            GapKind::Outage,
            "Gaps in which nobody was heard",
            "from others' data: no silence",
        ),
    ] {
        let number = of(kind).count();
        if number > 0 {
            lines.push((what, number.to_string(), how));
        }
    }
    lines
}

/// How much there is of everything.
pub(super) fn numbers(text: &mut String, section: &Section<'_>) {
    let findings = section.case.findings;
    let calls = section.case.calls;
    let is_call = |confidence| confidence > Confidence::Passage;
    let observed = calls.iter().filter(|call| is_call(call.confidence)).count();
    text.push_str("## In numbers\n\n");
    table(text, &["What", "How many", "Observed or inferred"]);
    let mut line = |what: &str, number: String, how: &str| {
        row(text, &[what.to_owned(), number, how.to_owned()]);
    };
    line("Port calls", observed.to_string(), "observed");
    line(
        "Passages of a port",
        (calls.len() - observed).to_string(),
        "observed",
    );
    for (what, number, how) in gaps(section) {
        line(what, number, how);
    }
    for grade in [Grade::D4, Grade::D3, Grade::D2, Grade::D1] {
        let number = findings
            .dark_calls
            .iter()
            .filter(|call| call.grade == grade)
            .count();
        line(
            &format!("Dark calls {}, {}", grade.as_str(), grade.meaning()),
            number.to_string(),
            "inferred",
        );
    }
    line(
        "Dark legs",
        findings.dark_legs.len().to_string(),
        "inferred",
    );
    for verdict in [
        Verdict::Confirmed,
        Verdict::Possible,
        Verdict::Contradicted,
        Verdict::UnknownVessel,
        Verdict::OutsideTheData,
    ] {
        let number = section
            .own_sightings()
            .filter(|found| found.verdict == verdict)
            .count();
        line(
            &match verdict {
                Verdict::UnknownVessel => {
                    "Sightings of an unidentified vessel taken for her by elimination".to_owned()
                }
                _ => format!("Sightings taken for her: {}", verdict.as_str()),
            },
            number.to_string(),
            "by other means than AIS",
        );
    }
    let dark = DarkHeadline::of_calls(&findings.dark_calls);
    if !dark.is_empty() {
        let _ = writeln!(text, "\nDark calls, inferred: **{}**.", dark.words());
    }
    let cap = findings.gaps.first().map(|gap| gap.speeds);
    if let Some(speeds) = cap {
        let _ = writeln!(
            text,
            "\nReach is bounded by {:.1} knots ({}){}.",
            speeds.cap_knots,
            cap_basis(speeds.cap_basis),
            times_usual(speeds)
        );
    }
    let _ = writeln!(
        text,
        "\nThe whole run has {}.\n",
        count(
            section.run.assessed().len(),
            "sighting, of whichever vessel",
            "sightings, of whichever vessel"
        )
    );
}
