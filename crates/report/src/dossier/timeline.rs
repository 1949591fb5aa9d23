//! Everything in the order in which it happened, observed and inferred side by side and told apart.

use super::Section;
use crate::describe_dark::HullStory;
use crate::foreign::markdown;
use crate::markdown::{row, table};
use crate::phrase::{count, distance, hours, knots, moment, span, spare};
use landfall_track::{
    Confidence, DarkCall, Gap, GapKind, Grade, PortCall, SightingOutcome, Timestamp,
};
use std::fmt::Write;

/// A line of the timeline. Those of one time stand in the order of `order`.
struct Entry {
    time: Timestamp,
    order: u8,
    when: String,
    what: String,
    how: &'static str,
    detail: String,
}

/// Writes the timeline. Returns how many lines it has.
pub(super) fn timeline(text: &mut String, section: &Section<'_>) -> u64 {
    let mut entries: Vec<Entry> = Vec::new();
    entries.extend(
        section
            .case
            .calls
            .iter()
            .map(|call| observed(section, call)),
    );
    entries.extend(
        section
            .view
            .gaps
            .iter()
            .zip(&section.case.findings.gaps)
            .map(|(gap, inference)| {
                silence(
                    section,
                    gap,
                    inference.candidates_total,
                    inference.reception.verdict.as_str(),
                )
            }),
    );
    entries.extend(
        section
            .case
            .findings
            .dark_calls
            .iter()
            .map(|call| dark(section, call)),
    );
    entries.extend(sightings(section));
    entries.sort_by_key(|entry| (entry.time, entry.order));
    text.push_str("## Timeline\n\n");
    if entries.is_empty() {
        text.push_str("Nothing to tell.\n\n");
        return 0;
    }
    table(text, &["When", "What", "Observed or inferred", "Detail"]);
    for entry in &entries {
        row(
            text,
            &[
                entry.when.clone(),
                entry.what.clone(),
                entry.how.to_owned(),
                entry.detail.clone(),
            ],
        );
    }
    text.push('\n');
    entries.len() as u64
}

fn observed(section: &Section<'_>, call: &PortCall) -> Entry {
    let is_passage = call.confidence == Confidence::Passage;
    let end =
        |time: Option<Timestamp>, not_seen: &str| time.map_or_else(|| not_seen.to_owned(), moment);
    Entry {
        time: call.first.time,
        order: 1,
        when: format!("{} to {}", moment(call.first.time), moment(call.last.time)),
        what: format!(
            "{} {}",
            if is_passage {
                "Passage of"
            } else {
                "Port call at"
            },
            section.port(call.port)
        ),
        how: "observed",
        detail: if is_passage {
            format!("{} reports", call.reports)
        } else {
            format!(
                "arrival {}, departure {}; confidence {} of 4; {} reports",
                end(call.arrival, "not seen"),
                end(call.departure, "not seen"),
                call.confidence as u8,
                call.reports
            )
        },
    }
}

fn silence(section: &Section<'_>, gap: &Gap, candidates: u32, reception: &str) -> Entry {
    let mut detail = match (gap.after, gap.distance_m) {
        (Some(after), Some(metres)) => format!(
            "{}, moved {}",
            hours(after.time.hours_since(gap.before.time)),
            distance(metres)
        ),
        _ => "to the end of the data".to_owned(),
    };
    if let Some(port) = gap.port {
        detail.push_str("; fell silent in port, at ");
        detail.push_str(&section.port(port));
    }
    detail.push_str("; reception: ");
    detail.push_str(reception);
    // Writing to a String does not fail.
    if gap.kind == GapKind::Silence {
        let _ = write!(detail, "; ports within reach: {candidates}");
    }
    if let Some(without) = gap.without_position {
        let _ = write!(
            detail,
            "; {} without a position from {} to {}",
            count(without.messages as usize, "message", "messages"),
            moment(without.first),
            moment(without.last)
        );
    }
    let continued_as = section.names.links.continued_as(section.view.vessel_id);
    let continued_as = continued_as.filter(|_| gap.after.is_none());
    if let Some(id) = continued_as {
        let _ = write!(detail, "; the ship goes on as {}", markdown(id));
    }
    let (what, how) = match gap.kind {
        GapKind::Silence if continued_as.is_some() => {
            ("End of this id", "no silence: another id continues it")
        }
        GapKind::Silence => ("Gap: no report", "observed silence"),
        GapKind::NoPosition => ("Gap: no position", "observed: it went on sending"),
        GapKind::LeftArea => (
            "Left the area of the data",
            "no silence: beyond its edge nobody is heard",
        ),
        GapKind::Outage => ("Outage of the feed", "no silence: nobody was heard"),
    };
    Entry {
        time: gap.before.time,
        order: 2,
        when: match gap.after {
            Some(after) => format!("{} to {}", moment(gap.before.time), moment(after.time)),
            None => format!("from {}", moment(gap.before.time)),
        },
        what: what.to_owned(),
        how,
        detail,
    }
}

fn dark(section: &Section<'_>, call: &DarkCall) -> Entry {
    let port = section.port(call.candidate.port);
    let story: HullStory<'_> = section.story();
    let start = story
        .gap(call.gap)
        .map_or(call.arrival.earliest, |gap| gap.before.time);
    Entry {
        // Within its gap, in the order of arrivals.
        time: call.arrival.earliest.max(start),
        order: 3,
        when: format!(
            "arrival {}; departure {}",
            span(call.arrival),
            span(call.departure)
        ),
        what: match call.grade {
            Grade::D1 => format!("{port}: {}", call.meaning()),
            _ => format!("Dark call at {port}"),
        },
        how: "inferred",
        detail: format!(
            "**{}**, {}; a stay of at most {}, {}, needing at least {}",
            call.grade.as_str(),
            call.meaning(),
            hours(call.candidate.longest_stay_h),
            spare(call.candidate.slack_h),
            knots(call.candidate.speed_needed_knots)
        ),
    }
}

fn sightings<'a>(section: &'a Section<'_>) -> impl Iterator<Item = Entry> + 'a {
    section.own_sightings().filter_map(|found| {
        let sighting = section.run.sighting(found.sighting)?;
        Some(Entry {
            time: sighting.from,
            order: 4,
            when: if sighting.from == sighting.to {
                moment(sighting.from)
            } else {
                format!("{} to {}", moment(sighting.from), moment(sighting.to))
            },
            what: format!(
                "{} {}",
                match sighting.outcome {
                    SightingOutcome::Seen => "Sighting",
                    SightingOutcome::NotThere => "Looked for and not there:",
                    SightingOutcome::NoVessel => "No vessel there:",
                },
                markdown(&sighting.id)
            ),
            how: "seen by others",
            detail: format!(
                "**{}**. {}",
                found.verdict.as_str(),
                markdown(&section.reasons().sighting(found))
            ),
        })
    })
}
