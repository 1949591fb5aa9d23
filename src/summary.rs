//! The summary of a run: what a person wants to know before opening a file.

use crate::evidence::Evidence;
use crate::table::{Align, Table, printable};
use crate::{dark, standings};
use landfall_ingest::UnreadableColumn;
use landfall_pipeline::{Plan, RunSummary};
use landfall_report::{DataQuality, EventCounts, Finished};
use landfall_track::{FileAccount, GapKind, RejectReason, Timestamp};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};

/// Ports that a ship's line names.
const PORTS_SHOWN: usize = 4;
/// Faults of the data that their line names.
const FAULTS_SHOWN: usize = 4;

/// Outages and links that are told.
const OUTAGES_SHOWN: usize = 3;
const LINKS_SHOWN: usize = 3;

/// Prints the summary to stdout.
pub(crate) fn print(plan: &Plan, summary: &RunSummary, evidence: &Evidence) -> io::Result<()> {
    let mut text = String::new();
    for notice in &summary.notices {
        let _ = writeln!(text, "NOTICE: {}", printable(notice));
    }
    if !summary.notices.is_empty() {
        text.push('\n');
    }
    inputs(&mut text, summary);
    match &summary.finished {
        Some(finished) => {
            quality(&mut text, &finished.data_quality);
            fleet(&mut text, summary);
            found(&mut text, summary, finished);
            standings::describe(&mut text, finished);
            hulls(&mut text, summary);
        }
        None => text.push_str("\nNo input has a row to work with: nothing was written.\n"),
    }
    dark::describe(&mut text, summary, evidence);
    if let Some(finished) = &summary.finished {
        files(&mut text, plan, finished);
    }
    io::stdout().lock().write_all(text.as_bytes())
}

/// What was read, and what became of it.
fn inputs(text: &mut String, summary: &RunSummary) {
    let total = if summary.accounts.is_empty() {
        FileAccount {
            rows: summary.sources.iter().map(|source| source.rows).sum(),
            ..FileAccount::default()
        }
    } else {
        summary.total()
    };
    let files = summary.sources.len();
    let _ = writeln!(
        text,
        "Read {} in {}: {} accepted, {} exact duplicates, {} rejected",
        counted(total.rows, "row", "rows"),
        counted(files as u64, "file", "files"),
        thousands(total.accepted),
        thousands(total.duplicates),
        thousands(total.rejected),
    );
    for (reason, count) in &summary.rejected {
        let _ = writeln!(text, "  {:>11}  {}", thousands(*count), explained(*reason));
    }
    if let Some((files, before)) = &summary.before {
        let _ = writeln!(
            text,
            "  with {} in {} fed before: {} accepted",
            counted(before.rows, "row", "rows"),
            counted(*files as u64, "file", "files"),
            thousands(before.accepted),
        );
    }
    if let Some((first, last)) = summary.span() {
        let _ = writeln!(text, "  from {first} to {last} ({})", span(first, last));
    }
    if summary.set_aside > 0 {
        let _ = writeln!(
            text,
            "  {} set aside: outside what the run is restricted to",
            counted(summary.set_aside, "accepted row was", "accepted rows were"),
        );
    }
    for source in &summary.sources {
        for column in &source.unreadable {
            let _ = writeln!(text, "  note: {}", unreadable(&source.name, column));
        }
        for remark in &source.remarks {
            let name = printable(&source.name);
            let _ = writeln!(text, "  note: {name}: {}", printable(remark));
        }
    }
    for id in &summary.crowded_ids {
        let _ = writeln!(
            text,
            "  note: {} seems to be used by more ships than can be told apart; see flagged.csv",
            printable(&id.to_string())
        );
    }
    if let Some((id, days)) = &summary.lone_last {
        let _ = writeln!(
            text,
            "  note: {} was heard {days:.0} days after every other vessel; if that date is wrong, \
             leave it out with --to",
            printable(&id.to_string())
        );
    }
}

/// One line on what is amiss with the data, if anything is.
pub(crate) fn quality(text: &mut String, quality: &DataQuality) {
    if let Some(line) = quality_line(quality) {
        let _ = writeln!(text, "\n{line}");
    }
}

/// What is amiss with the data, the gravest first.
pub(crate) fn quality_line(quality: &DataQuality) -> Option<String> {
    let told: Vec<String> = quality
        .amiss
        .iter()
        .take(FAULTS_SHOWN)
        .map(|what| printable(what))
        .collect();
    let more = quality.amiss.len().saturating_sub(FAULTS_SHOWN);
    let more = match more {
        0 => String::new(),
        more => format!("; {more} more"),
    };
    (!told.is_empty()).then(|| {
        format!(
            "DATA QUALITY, check before you trust the result: {}{more} (see summary.md)",
            told.join("; ")
        )
    })
}

/// What was found.
fn found(text: &mut String, summary: &RunSummary, finished: &Finished) {
    let counts = &finished.counts;
    let flagged: Vec<String> = counts
        .flagged
        .iter()
        .map(|(flag, count)| format!("{} {}", thousands(*count), flag.replace('_', " ")))
        .collect();
    let mut table = Table::new(&[Align::Right, Align::Left, Align::Left]);
    let mut line = |count: u64, what: &str, note: String| {
        table.row([thousands(count), what.to_owned(), note]);
    };
    let mut others = Vec::new();
    if summary.stations > 0 {
        others.push(format!(
            "{} stations that are no ships",
            thousands(summary.stations)
        ));
    }
    if summary.further_hulls > 0 {
        others.push(format!(
            "{} further hulls on a shared id",
            thousands(summary.further_hulls)
        ));
    }
    let others = if others.is_empty() {
        String::new()
    } else {
        format!("of them {}", others.join(", "))
    };
    line(counts.vessels, "vessels", others);
    line(
        counts.port_calls,
        "port calls",
        by_kind(&counts.port_calls_by_kind, CALL_WORDS),
    );
    line(
        counts.passages,
        "passages",
        "through a port's radius without a stop".to_owned(),
    );
    line(
        counts.voyages,
        "voyages",
        "from one call to the next".to_owned(),
    );
    line(
        counts.tracks,
        "tracks",
        "before the first call, after the last, or without any".to_owned(),
    );
    line(
        counts.stops,
        "stops",
        by_kind(&counts.stops_by_kind, STOP_WORDS),
    );
    if counts.transits > 0 {
        line(
            counts.transits,
            "transits",
            "through a canal from end to end".to_owned(),
        );
    }
    line(counts.gaps, "gaps", gaps_by_kind(counts));
    if !flagged.is_empty() {
        line(
            counts.flagged.values().sum(),
            "flagged reports",
            flagged.join(", "),
        );
    }
    if counts.places > 0 {
        line(
            counts.places,
            "places",
            match counts.port_calls_without_port {
                0 => "berths and anchorages, each of a port of the table".to_owned(),
                1 => "berths and anchorages; 1 call was at one that is no port's".to_owned(),
                calls => {
                    format!("berths and anchorages; {calls} calls were at some that are no port's")
                }
            },
        );
    }
    if counts.interference > 0 {
        line(
            counts.interference,
            "zones of interference",
            "positions of several vessels displaced: see the layer".to_owned(),
        );
    }
    let _ = write!(text, "\nFound\n{}", table.indented("  "));
}

/// What calls and stops of each kind are called.
const CALL_WORDS: &[(&str, &str)] = &[
    ("berth", "alongside"),
    ("anchorage", "at anchor only"),
    ("unknown", "of unknown kind"),
];
const STOP_WORDS: &[(&str, &str)] = &[
    ("alongside", "alongside"),
    ("anchored", "at anchor"),
    ("drifting", "drifting"),
    ("aground or waiting", "aground or waiting"),
    ("unknown", "of unknown kind"),
];

/// How many there are of each kind.
fn by_kind(counts: &BTreeMap<String, u64>, words: &[(&str, &str)]) -> String {
    let parts = words.iter().filter_map(|(kind, words)| {
        let number = counts.get(*kind)?;
        Some(format!("{} {words}", thousands(*number)))
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// How many gaps are silences, how many of these are open, and what the others are.
fn gaps_by_kind(counts: &EventCounts) -> String {
    let of = |kind: GapKind| {
        let number = counts.gaps_by_kind.get(kind.as_str()).copied();
        number.unwrap_or_default()
    };
    let mut parts = vec![format!(
        "of them {} ({} open)",
        counted(of(GapKind::Silence), "silence", "silences"),
        thousands(counts.open_gaps)
    )];
    for (number, what) in [
        (
            counts.continued_gaps,
            "of them at the end of a continued id",
        ),
        (of(GapKind::NoPosition), "without position"),
        (of(GapKind::LeftArea), "left the area"),
        (of(GapKind::Outage), "in an outage"),
    ] {
        if number > 0 {
            parts.push(format!("{} {what}", thousands(number)));
        }
    }
    parts.join(", ")
}

/// When nobody was heard, and which ids are one ship.
fn fleet(text: &mut String, summary: &RunSummary) {
    for outage in summary.outages.iter().take(OUTAGES_SHOWN) {
        let _ = writeln!(
            text,
            "  note: nobody was heard from {} to {} ({}), an outage of the feed",
            outage.from,
            outage.to,
            span(outage.from, outage.to)
        );
    }
    let more = summary.outages.len().saturating_sub(OUTAGES_SHOWN);
    if more > 0 {
        let _ = writeln!(text, "  note: and {more} more outages; see summary.md");
    }
    let links = &summary.links;
    for link in links.links.iter().take(LINKS_SHOWN) {
        let _ = writeln!(
            text,
            "  note: {} goes on as {}; see summary.md",
            printable(&link.from.to_string()),
            printable(&link.to.to_string())
        );
    }
    let more = links.links.len().saturating_sub(LINKS_SHOWN);
    if more > 0 {
        let _ = writeln!(
            text,
            "  note: and {more} more ids go on as others; see summary.md"
        );
    }
    if !links.ambiguous.is_empty() {
        let _ = writeln!(
            text,
            "  note: {} could be one ship with several others; see summary.md",
            counted(links.ambiguous.len() as u64, "id", "ids")
        );
    }
}

/// Where the most eventful ships called, and how often they fell silent.
fn hulls(text: &mut String, summary: &RunSummary) {
    let digests = &summary.digests;
    if digests.hulls.is_empty() {
        return;
    }
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Right, Align::Left]);
    for hull in &digests.hulls {
        let mut calls: Vec<(u64, &str)> = hull
            .calls
            .iter()
            .filter_map(|(port, count)| {
                Some((*count, summary.ports.get(port.0 as usize)?.name.as_str()))
            })
            .collect();
        calls.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let more = calls.len().saturating_sub(PORTS_SHOWN);
        let mut ports: Vec<String> = calls
            .iter()
            .take(PORTS_SHOWN)
            .map(|(count, name)| format!("{name} {count}"))
            .collect();
        if more > 0 {
            ports.push(format!("{more} more ports"));
        }
        let ports = if ports.is_empty() {
            "no call".to_owned()
        } else {
            ports.join(", ")
        };
        table.row([
            hull.name.clone().unwrap_or_else(|| "-".to_owned()),
            hull.vessel_id.clone(),
            counted(hull.gaps, "gap", "gaps"),
            format!("calls: {ports}"),
        ]);
    }
    let _ = write!(
        text,
        "\nShips, the most eventful first\n{}",
        table.indented("  ")
    );
    if digests.others > 0 {
        let _ = writeln!(text, "  and {} more", thousands(digests.others));
    }
}

/// Where everything is.
fn files(text: &mut String, plan: &Plan, finished: &Finished) {
    let mut table = Table::new(&[Align::Left, Align::Right, Align::Left]);
    let is_style = |name: &str| name.rsplit('.').next() == Some("qml");
    for output in (finished.outputs.iter()).filter(|output| !is_style(&output.name)) {
        let unit = match output.name.rsplit('.').next() {
            Some("csv") => "rows",
            Some("md") if output.name == "summary.md" => "rows of tables",
            Some("md") => "lines of timeline",
            Some("svg") => "drawn",
            // A leg has a feature for every part of it, and legs are counted elsewhere.
            _ if output.name.starts_with("dark_legs.") => "parts of legs",
            _ => "features",
        };
        table.row([
            output.name.clone(),
            thousands(output.records),
            unit.to_owned(),
        ]);
    }
    let styles = (finished.outputs.iter()).filter(|output| is_style(&output.name));
    match styles.count() {
        0 => {}
        styles => table.row([
            "*.qml".to_owned(),
            thousands(styles as u64),
            "styles for QGIS".to_owned(),
        ]),
    }
    let _ = write!(
        text,
        "\nWritten to {}\n{}  manifest.json (inputs with their hashes, configuration, counts)\n",
        plan.out.display(),
        table.indented("  ")
    );
    for lack in &finished.map_lacks {
        let _ = writeln!(text, "  map.html: {}", printable(lack));
    }
}

/// What is said of values that count as absent since they cannot be read.
pub(crate) fn unreadable(file: &str, column: &UnreadableColumn) -> String {
    format!(
        "{}: {} in column `{}` could not be read and count as absent, the first in row {}: `{}`",
        printable(file),
        counted(column.count, "value", "values"),
        printable(&column.column),
        column.first_row,
        printable(&column.example)
    )
}

/// A reason in plain words.
pub(crate) fn explained(reason: RejectReason) -> String {
    format!("{} [{reason}]", reason.meaning())
}

/// A number with a comma between thousands.
pub(crate) fn thousands(number: u64) -> String {
    indicatif::HumanCount(number).to_string()
}

pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        thousands(number),
        if number == 1 { one } else { many }
    )
}

fn span(first: Timestamp, last: Timestamp) -> String {
    let hours = last.hours_since(first);
    if hours >= 48.0 {
        format!("{:.0} days", hours / 24.0)
    } else {
        format!("{hours:.1} h")
    }
}
