//! The summary's part on what was inferred: sightings with their verdicts, dark calls with their
//! grades, legs that repeat.

use crate::evidence::Evidence;
use crate::summary::counted;
use crate::table::{Align, Table, printable};
use landfall_pipeline::{DarkDigest, Inferred, RunSummary};
use landfall_report::{DarkHeadline, Finished};
use landfall_track::{Grade, PortIx, Verdict};
use std::fmt::Write as _;

/// Sightings of which the summary tells.
const SIGHTINGS_SHOWN: usize = 40;
/// Characters of a reason that are shown.
const REASON_SHOWN: usize = 110;

/// Says what was inferred.
pub(crate) fn describe(text: &mut String, summary: &RunSummary, evidence: &Evidence) {
    let inferred = &summary.inferred;
    sightings(text, inferred, evidence);
    calls(text, summary);
}

/// What was asked for and is not there.
pub(crate) fn missing(inferred: &Inferred) -> Vec<String> {
    let dossiers = inferred.dossiers_missing.iter().map(|missing| {
        format!(
            "no dossier of `{}`: no vessel that the run is on has that id, IMO number or name",
            printable(missing)
        )
    });
    let gaps = inferred.gaps_missing.iter().map(|missing| {
        format!(
            "no area of `{}`: no gap has that id (see gaps.geojson)",
            printable(missing)
        )
    });
    gaps.chain(dossiers).collect()
}

fn sightings(text: &mut String, inferred: &Inferred, evidence: &Evidence) {
    let (count, registered) = evidence.counts();
    if count == 0 {
        return;
    }
    let verdicts: Vec<String> = inferred
        .verdicts
        .iter()
        .map(|(verdict, count)| format!("{count} {}", verdict.as_str()))
        .collect();
    let _ = write!(
        text,
        "\nSightings: {}",
        counted(count as u64, "sighting", "sightings")
    );
    if registered > 0 {
        let _ = write!(
            text,
            " (and {})",
            counted(registered as u64, "registered vessel", "registered vessels")
        );
    }
    let _ = writeln!(text, ": {}", verdicts.join(", "));
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Left]);
    // What is refuted comes first: it is what a reader must not miss.
    let mut shown: Vec<_> = inferred.sightings.iter().collect();
    shown.sort_by_key(|sighting| sighting.verdict != Verdict::Contradicted);
    for sighting in shown.iter().take(SIGHTINGS_SHOWN) {
        table.row([
            sighting.id.clone(),
            sighting.verdict.as_str().to_owned(),
            cut(&sighting.reason),
        ]);
    }
    text.push_str(&table.indented("  "));
    if shown.len() > SIGHTINGS_SHOWN {
        let _ = writeln!(
            text,
            "  and {} more: see sightings.geojson",
            shown.len() - SIGHTINGS_SHOWN
        );
    }
}

fn cut(reason: &str) -> String {
    if reason.chars().count() <= REASON_SHOWN {
        return reason.to_owned();
    }
    let mut short: String = reason.chars().take(REASON_SHOWN - 1).collect();
    short.push('…');
    short
}

fn calls(text: &mut String, summary: &RunSummary) {
    let inferred = &summary.inferred;
    let Some(finished) = &summary.finished else {
        return;
    };
    let port = |ix: PortIx| {
        summary
            .ports
            .get(ix.0 as usize)
            .map_or("?", |port| port.name.as_str())
    };
    if inferred.hulls.iter().any(|hull| !hull.calls.is_empty()) {
        graded_calls(text, finished, inferred, port);
    }
    groups(text, inferred, port);
}

fn graded_calls<'p>(
    text: &mut String,
    finished: &Finished,
    inferred: &Inferred,
    port: impl Fn(PortIx) -> &'p str + Copy,
) {
    let _ = writeln!(
        text,
        "\nDark calls (inferred: nobody received the vessel there): {}",
        DarkHeadline::of_counts(&finished.counts).words()
    );
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Left, Align::Left]);
    for hull in inferred.hulls.iter().filter(|hull| !hull.calls.is_empty()) {
        table.row([
            hull.vessel_id.clone(),
            hull.name.clone().unwrap_or_default(),
            graded(hull, port),
            repeated(hull, port),
        ]);
    }
    text.push_str(&table.indented("  "));
    if inferred.others > 0 {
        let _ = writeln!(text, "  and {} more vessels", inferred.others);
    }
    let legs = finished.counts.dark_legs;
    if legs > 0 {
        let _ = writeln!(
            text,
            "  and {} to and from them",
            counted(legs, "dark leg", "dark legs")
        );
    }
    text.push_str(
        "  D4 sightings of two publishers who each saw, D3 one sighting, D2 repeats a leg that was sighted,\n",
    );
    text.push_str(
        "  D1 reachable only: a watched port the vessel could have called at, and nothing more; doubtfully\n  \
         sighted: by elimination alone, at second hand, or beyond its usual speed\n",
    );
}

/// Calls of which it is known only that one of several silences holds each.
fn groups<'p>(text: &mut String, inferred: &Inferred, port: impl Fn(PortIx) -> &'p str) {
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Left, Align::Left]);
    for hull in &inferred.hulls {
        for (at, silences, grade, sighting) in &hull.one_of {
            table.row([
                hull.vessel_id.clone(),
                hull.name.clone().unwrap_or_default(),
                format!(
                    "{}: {}, in {}",
                    port(*at),
                    grade.as_str(),
                    match silences {
                        1 => "the one silence that can hold it".to_owned(),
                        _ => format!("at least one of {silences} silences"),
                    }
                ),
                sighting.clone(),
            ]);
        }
    }
    if inferred.hulls.iter().any(|hull| !hull.one_of.is_empty()) {
        text.push_str(
            "\nOne of several: graded for all of the silences together, for none alone\n",
        );
        text.push_str(&table.indented("  "));
    }
}

fn graded<'p>(hull: &DarkDigest, port: impl Fn(PortIx) -> &'p str) -> String {
    let mut ports: Vec<PortIx> = hull.calls.keys().map(|(port, _)| *port).collect();
    ports.dedup();
    let of_port = |ix: PortIx| {
        let grades = [Grade::D4, Grade::D3, Grade::D2, Grade::D1]
            .into_iter()
            .filter_map(|grade| {
                let count = hull.calls.get(&(ix, grade))?;
                let doubtful = hull.doubtful.get(&ix).filter(|_| grade == Grade::D1);
                let doubtful = doubtful.map_or_else(String::new, |doubtful| {
                    format!(" ({doubtful} doubtfully sighted)")
                });
                Some(format!("{count} {}{doubtful}", grade.as_str()))
            });
        format!("{}: {}", port(ix), grades.collect::<Vec<_>>().join(", "))
    };
    ports
        .into_iter()
        .map(of_port)
        .collect::<Vec<_>>()
        .join("; ")
}

/// The leg that repeats most.
fn repeated<'p>(hull: &DarkDigest, port: impl Fn(PortIx) -> &'p str) -> String {
    let most = hull.patterns.iter().max_by_key(|pattern| pattern.times);
    most.map_or_else(String::new, |pattern| {
        let end = |ix: Option<PortIx>| ix.map_or("?", &port).to_owned();
        let stay = pattern
            .median_longest_stay_h
            .map_or_else(String::new, |hours| {
                format!(", stays of up to {hours:.1} h")
            });
        format!(
            "{} to {} {} times{stay} (median)",
            end(pattern.origin),
            end(pattern.destination),
            pattern.times
        )
    })
}
