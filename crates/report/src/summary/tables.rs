//! What was found: how much of everything, and the top of each table.

use super::{Counted, Page, hours, id, name};
use crate::foreign::markdown;
use crate::markdown::table_of_numbers;
use crate::phrase::{many, moment, thousands};
use crate::tally::{GAP_LENGTHS, GapTally};
use crate::{DarkHeadline, EventCounts, Manifest, Standings};
use landfall_track::{GapKind, Grade, Verdict};

/// Where a run's configuration says what a gap is.
const THRESHOLD: &str = "/detection/gap/threshold_h";

/// Gaps by kind, and what each kind means.
const GAP_KINDS: [(GapKind, &str, &str); 4] = [
    (
        GapKind::Silence,
        "of them silences",
        "nothing in the data explains them; only these count as dark hours",
    ),
    (
        GapKind::NoPosition,
        "of them without position",
        "the vessel went on sending, but no position",
    ),
    (
        GapKind::LeftArea,
        "of them left the area",
        "the vessel went out over the edge of the area that the data cover",
    ),
    (
        GapKind::Outage,
        "of them outages",
        "nobody at all was heard in that time",
    ),
];

/// How many there are of everything.
pub(super) fn found(page: &mut Page, manifest: &Manifest) {
    let counts = &manifest.counts;
    page.head("What was found");
    table_of_numbers(&mut page.text, &["What", "What it is"], &["How many"]);
    let mut line = |what: &str, meaning: &str, number: u64| {
        page.row(&[what.to_owned(), meaning.to_owned(), thousands(number)]);
    };
    line(
        "Vessels",
        "every id, and every further hull that sends under one; stations too",
        counts.vessels,
    );
    line(
        "Port calls",
        "stays in port with a stop or a silence",
        counts.port_calls,
    );
    let at_anchor = counts.port_calls_by_kind.get("anchorage").copied();
    line(
        "At anchor only",
        "port calls of vessels that waited at anchor and did nothing else",
        at_anchor.unwrap_or_default(),
    );
    line(
        "Passages",
        "ways through a port's radius without a stop",
        counts.passages,
    );
    line(
        "Stops",
        "in port or not: at rest about one place, or carried along, for ten minutes or more",
        counts.stops,
    );
    if counts.transits > 0 {
        line(
            "Transits",
            "ways through a canal from end to end",
            counts.transits,
        );
    }
    line("Voyages", "from one call to the next", counts.voyages);
    line(
        "Tracks",
        "before the first call, after the last, or without any",
        counts.tracks,
    );
    line(
        "Gaps",
        "times without positions, of every kind, open ones too",
        counts.gaps,
    );
    for (kind, what, meaning) in GAP_KINDS {
        let number = counts.gaps_by_kind.get(kind.as_str()).copied();
        let number = number.unwrap_or_default();
        if number > 0 || kind == GapKind::Silence {
            line(what, meaning, number);
        }
    }
    line(
        "Open gaps",
        "silences that had not ended when the data did",
        counts.open_gaps,
    );
    if counts.continued_gaps > 0 {
        line(
            "Continued ids",
            "silences at the end of an id that another one continues: no dark hours",
            counts.continued_gaps,
        );
    }
    line(
        "Flagged reports",
        "set aside by detection, or of a further hull; listed in flagged.csv",
        counts.flagged.values().sum(),
    );
    dark_lines(counts, &mut line);
    if counts.sightings > 0 {
        line("Sightings", "by other means than AIS", counts.sightings);
    }
    if counts.places > 0 {
        line(
            "Places",
            "berths and anchorages that the stops of several vessels show, or that were given",
            counts.places,
        );
    }
    if counts.port_calls_without_port > 0 {
        line(
            "Calls without a port",
            "port calls at places that belong to no port of the table",
            counts.port_calls_without_port,
        );
    }
    if counts.interference > 0 {
        line(
            "Interference",
            "zones in which the positions of several vessels were displaced",
            counts.interference,
        );
    }
    page.end_of_table(0, "", "");
}

/// How many calls and legs were inferred.
fn dark_lines(counts: &EventCounts, line: &mut impl FnMut(&str, &str, u64)) {
    let dark = DarkHeadline::of_counts(counts);
    if dark.is_empty() {
        return;
    }
    line(
        "Dark calls, sighted",
        "*inferred*: port calls in gaps; somebody saw a vessel taken for this one (D3, D4)",
        dark.sighted,
    );
    line(
        "Dark calls, repeating a pattern",
        "*inferred*: nobody saw the vessel this time (D2)",
        dark.repeated,
    );
    line(
        "Dark calls, doubtfully sighted",
        "*inferred*: by elimination alone, at second hand, or beyond the usual speed (D1)",
        dark.doubtful,
    );
    line(
        "Dark calls, merely reachable",
        "*inferred*: a possibility and nothing more (D1)",
        dark.reachable,
    );
    line(
        "Dark legs",
        "*inferred*: ways to and from dark calls; in the layer each has a feature for every part",
        counts.dark_legs,
    );
}

/// The busiest ports.
pub(super) fn ports(page: &mut Page, standings: &Standings) {
    let ports = &standings.ports;
    if ports.is_empty() {
        return;
    }
    page.head("Busiest ports");
    page.say(
        "By observed calls. Each vessel that called is counted once a port; passages are not calls, \
         and their vessels are not counted. Ports that were only passed come last.",
    );
    table_of_numbers(&mut page.text, &["Port"], &["Calls", "Vessels", "Passages"]);
    for port in &ports.rows {
        page.row(&[
            markdown(&port.name),
            thousands(port.calls),
            thousands(port.vessels),
            thousands(port.passages),
        ]);
    }
    page.end_of_table(ports.more, "port", "ports");
}

/// The vessels that were silent longest.
pub(super) fn silent(page: &mut Page, counted: Counted<'_>) {
    let silent = &counted.standings.silent;
    if silent.is_empty() {
        return;
    }
    page.head("Vessels by dark hours");
    let threshold = counted.manifest.configuration.pointer(THRESHOLD);
    let longer = threshold
        .and_then(serde_json::Value::as_f64)
        .map_or_else(String::new, |hours| format!(" of more than {hours} h"));
    page.say(&format!(
        "Hours in silences{longer} that ended and that nothing explains. Gaps of vessels that went on sending \
         without a position, left the area of the data or fell silent with all others are not counted here."
    ));
    page.say(
        "- **A silence is not guilt.** AIS falls silent out of reach of every receiver, where too many send \
         at once, when a set breaks, and when it is switched off; the numbers do not say which.\n\
         - *Others heard* counts her gaps during which other vessels went on being heard where she was: it was \
         not the receiver that fell silent, as far as that can be told.\n\
         - A gap that the data's end leaves open has no length. It is among her gaps, and in no sum, maximum or \
         median.",
    );
    table_of_numbers(
        &mut page.text,
        &["Vessel", "Name", "Open since"],
        &["Dark hours", "Longest (h)", "Silences", "Others heard"],
    );
    for vessel in &silent.rows {
        page.row(&[
            id(&vessel.vessel_id),
            name(vessel.name.as_ref()),
            vessel.open_since.map_or_else(|| "-".to_owned(), moment),
            hours(vessel.silent_ms),
            hours(vessel.longest_ms),
            thousands(vessel.gaps),
            thousands(vessel.others_heard),
        ]);
    }
    page.end_of_table(silent.more, "vessel", "vessels");
}

/// How long gaps lasted.
pub(super) fn lengths(page: &mut Page, gaps: &GapTally) {
    if gaps.ended() + gaps.open == 0 {
        return;
    }
    page.head("How long silences lasted");
    if let Some(median) = gaps.median_min() {
        page.say(&format!(
            "{} h in all; half of those that ended lasted {} h or less (right to within 3%).",
            hours(gaps.silent_ms),
            hours(median * 60_000)
        ));
    }
    table_of_numbers(&mut page.text, &["Length"], &["Silences"]);
    for (length, count) in GAP_LENGTHS.iter().zip(gaps.by_length) {
        if count > 0 {
            page.row(&[(*length).to_owned(), thousands(count)]);
        }
    }
    if gaps.open > 0 {
        page.row(&[
            "open: the data ended first".to_owned(),
            thousands(gaps.open),
        ]);
    }
    page.end_of_table(0, "", "");
}

/// The legs sailed most.
pub(super) fn legs(page: &mut Page, standings: &Standings) {
    let legs = &standings.legs;
    if legs.is_empty() {
        return;
    }
    page.head("Voyages by leg");
    page.say(
        "From the last report of one call to the first of the next. Tracks, of which an end is not known, are \
         left out.\n\n\
         - The duration is the median, right to within 3%. Where a silence lies at an end, the way itself took \
         less.\n\
         - The distance is the mean, with every gap counted as a straight line: the way sailed may have been \
         longer.\n\
         - A call in the dark on the way does not show here.",
    );
    table_of_numbers(
        &mut page.text,
        &["From", "To"],
        &[
            "Voyages",
            "Vessels",
            "Median duration (h)",
            "Mean distance (km)",
        ],
    );
    for leg in &legs.rows {
        page.row(&[
            markdown(&leg.origin),
            markdown(&leg.destination),
            thousands(leg.voyages),
            thousands(leg.vessels),
            hours(leg.median_min * 60_000),
            thousands((leg.mean_m + 500) / 1000),
        ]);
    }
    page.end_of_table(legs.more, "leg", "legs");
}

/// Dark calls by vessel and port.
pub(super) fn dark(page: &mut Page, counted: Counted<'_>) {
    let dark = &counted.standings.dark;
    if dark.is_empty() {
        return;
    }
    page.head("Dark calls by vessel and port (inferred)");
    let grades: Vec<String> = [Grade::D4, Grade::D3, Grade::D2, Grade::D1]
        .into_iter()
        .map(|grade| format!("{} {}", grade.as_str(), grade.meaning()))
        .collect();
    page.say(&format!(
        "**{}.** Port calls that gaps leave room for; nobody received the vessel there. Their grades: {}. A \
         D1 is a port on the watch list that was in reach: a possibility, and nothing more. At a D2 nobody \
         saw the vessel this time.",
        DarkHeadline::of_counts(&counted.manifest.counts).words(),
        grades.join("; ")
    ));
    table_of_numbers(
        &mut page.text,
        &["Vessel", "Name", "Port"],
        &["D4", "D3", "D2", "D1"],
    );
    for standing in &dark.rows {
        let [d1, d2, d3, d4] = standing.by_grade.map(thousands);
        page.row(&[
            id(&standing.vessel_id),
            name(standing.name.as_ref()),
            markdown(&standing.port_name),
            d4,
            d3,
            d2,
            d1,
        ]);
    }
    page.end_of_table(dark.more, "vessel and port", "vessels and ports");
}

/// Sightings by verdict.
pub(super) fn sightings(page: &mut Page, manifest: &Manifest) {
    let counts = &manifest.counts;
    if counts.sightings == 0 {
        return;
    }
    page.head("Sightings by verdict");
    page.say(&format!(
        "{}, held against AIS; the layer of sightings has the reason for each.",
        many(counts.sightings, "sighting", "sightings")
    ));
    table_of_numbers(
        &mut page.text,
        &["Verdict", "What it means"],
        &["Sightings"],
    );
    for verdict in [
        Verdict::Contradicted,
        Verdict::Confirmed,
        Verdict::Possible,
        Verdict::UnknownVessel,
        Verdict::OutsideTheData,
        Verdict::LeftOut,
    ] {
        let count = counts.sightings_by_verdict.get(verdict.as_str());
        if let Some(count) = count {
            page.row(&[
                verdict.as_str().to_owned(),
                meaning(verdict).to_owned(),
                thousands(*count),
            ]);
        }
    }
    page.end_of_table(0, "", "");
}

/// What a verdict says, and does not.
fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Confirmed => "her own reports bear it out",
        Verdict::Possible => "she was silent then, and it may be so; nothing here proves it",
        Verdict::Contradicted => {
            "her reports say otherwise: the source took another ship for her, or her AIS was false"
        }
        Verdict::UnknownVessel => {
            "nobody is named, or nobody in the data can be taken for the one named"
        }
        Verdict::OutsideTheData => "the data do not cover her then",
        Verdict::LeftOut => "what the run is restricted to leaves out the vessel or the time",
    }
}
