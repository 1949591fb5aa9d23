//! What dark calls rest on, who saw her, what is refuted, what nobody knows, and what repeats.

use super::Section;
use crate::describe_sighting::{activity_word, outcome_word};
use crate::foreign::{markdown, markdown_link};
use crate::markdown::{code, row, table};
use crate::phrase::{count, distance, hours, moment};
use landfall_track::{
    AssessedSighting, DarkCall, Gap, GapInference, GapIx, GapKind, Grade, ReceptionVerdict,
    Sighting, SightingOutcome, Verdict,
};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Ports named of a silence of which nothing else is known.
const PORTS_NAMED: usize = 5;
/// Silences told one by one.
const SILENCES_TOLD: usize = 200;

impl<'a> Section<'a> {
    /// The sightings that were taken for her, by name or by elimination.
    pub(super) fn own_sightings(&self) -> impl Iterator<Item = &'a AssessedSighting> {
        let hull = self.case.hull;
        self.run
            .assessed()
            .iter()
            .filter(move |found| found.hull == Some(hull))
    }

    /// The sightings in which she is one of several who may have been seen.
    fn suspected(&self) -> impl Iterator<Item = &'a AssessedSighting> {
        let hull = self.case.hull;
        self.run.assessed().iter().filter(move |found| {
            found.hull.is_none() && found.suspects.iter().any(|suspect| suspect.hull == hull)
        })
    }
}

/// Every dark call with what it rests on, the sighted ones step by step.
pub(super) fn dark_calls(text: &mut String, section: &Section<'_>) {
    text.push_str("## What the dark calls rest on\n\n");
    let findings = section.case.findings;
    if findings.dark_calls.is_empty() {
        text.push_str("No dark call is inferred.\n\n");
        return;
    }
    let is_seen = |call: &&DarkCall| call.grade >= Grade::D3;
    for call in findings.dark_calls.iter().filter(is_seen) {
        let _ = writeln!(
            text,
            "### {}, {}: {}\n",
            call.grade.as_str(),
            call.grade.meaning(),
            section.port(call.candidate.port)
        );
        let id = section.names.dark_call_id(section.story(), call);
        let _ = writeln!(text, "Id {}.\n", code(&id));
        let steps = section.reasons().explain_dark_call(findings, call);
        for (number, step) in (1..).zip(steps) {
            let _ = writeln!(text, "{number}. {}", markdown(&step));
        }
        text.push('\n');
    }
    for grade in [Grade::D2, Grade::D1] {
        unseen(text, section, grade);
    }
    one_of(text, section);
}

/// Calls of which it is known only that one of several silences holds each.
fn one_of(text: &mut String, section: &Section<'_>) {
    let groups = &section.case.findings.one_of;
    if groups.is_empty() {
        return;
    }
    text.push_str("### One of several silences\n\n");
    text.push_str(
        "Each of these sightings proves a call in at least one of the silences that can hold it, and in \
         none of them alone.\n\n",
    );
    table(
        text,
        &["Sighting", "Port", "Silences", "Gaps", "Grade of the group"],
    );
    for group in groups {
        row(
            text,
            &[
                code(section.run.sighting_id(group.sighting)),
                section.port(group.port),
                group.silences.to_string(),
                group.gaps.to_string(),
                group.grade.as_str().to_owned(),
            ],
        );
    }
    text.push('\n');
}

/// The dark calls of a grade that no sighting bears out, one line each.
fn unseen(text: &mut String, section: &Section<'_>, grade: Grade) {
    let findings = section.case.findings;
    let calls: Vec<&DarkCall> = findings
        .dark_calls
        .iter()
        .filter(|call| call.grade == grade)
        .collect();
    if calls.is_empty() {
        return;
    }
    let _ = writeln!(text, "### {}, {}\n", grade.as_str(), grade.meaning());
    for call in calls {
        let _ = writeln!(
            text,
            "- {}: {}",
            code(&section.names.dark_call_id(section.story(), call)),
            markdown(&section.reasons().dark_call(findings, call))
        );
    }
    text.push('\n');
}

/// Who saw her, and where that was published.
pub(super) fn sightings(text: &mut String, section: &Section<'_>) {
    text.push_str("## Sightings and their sources\n\n");
    let own: Vec<&AssessedSighting> = section.own_sightings().collect();
    if own.is_empty() {
        text.push_str("No sighting was taken for her.\n\n");
    } else {
        table(
            text,
            &[
                "Sighting",
                "From",
                "To",
                "What was seen",
                "Who it was said to be",
                "Taken for her by",
                "Verdict",
                "Publisher",
                "Source",
                "Row",
            ],
        );
        for found in own {
            if let Some(sighting) = section.run.sighting(found.sighting) {
                sighting_row(text, section, found, sighting);
            }
        }
        text.push('\n');
    }
    let suspected: Vec<&AssessedSighting> = section.suspected().collect();
    if !suspected.is_empty() {
        let _ = writeln!(
            text,
            "Further sightings of unidentified vessels, in which she is one of those who could have been \
             there, which is a possibility and nothing more:\n"
        );
        for found in suspected {
            let _ = writeln!(
                text,
                "- {}: {}",
                code(section.run.sighting_id(found.sighting)),
                markdown(&section.reasons().sighting(found))
            );
        }
        text.push('\n');
    }
}

fn sighting_row(
    text: &mut String,
    section: &Section<'_>,
    found: &AssessedSighting,
    sighting: &Sighting,
) {
    let mut seen: Vec<String> = vec![outcome_word(sighting.outcome).replace('_', " ")];
    seen.extend(
        sighting
            .activity
            .map(|activity| activity_word(activity).replace('_', " ")),
    );
    seen.extend(sighting.sensor.as_deref().map(markdown));
    seen.extend(
        sighting
            .length_m
            .map(|metres| format!("{metres:.0} m long")),
    );
    seen.extend(
        sighting
            .scene
            .as_deref()
            .map(|scene| format!("scene {}", markdown(scene))),
    );
    let claim = &sighting.claim;
    let said: Vec<String> = [
        claim.name.as_deref().map(markdown),
        claim.imo.map(|imo| format!("IMO {imo}")),
        claim.mmsi.map(|mmsi| format!("MMSI {mmsi}")),
        claim
            .confidence
            .as_deref()
            .map(|confidence| format!("confidence: {}", markdown(confidence))),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut source = markdown(&sighting.source);
    if let Some(url) = &sighting.url {
        source.push(' ');
        source.push_str(&markdown_link(url));
    }
    row(
        text,
        &[
            code(&sighting.id),
            moment(sighting.from),
            moment(sighting.to),
            seen.join(", "),
            if said.is_empty() {
                "nobody".to_owned()
            } else {
                said.join(", ")
            },
            found
                .basis
                .map_or_else(String::new, |basis| basis.as_str().to_owned()),
            format!(
                "{}{}",
                found.verdict.as_str(),
                match (found.one_of, found.is_claim) {
                    (Some(group), _) => format!(
                        " in one of {}: {} for all together",
                        count(group.silences as usize, "silence", "silences"),
                        group.grade.as_str()
                    ),
                    (None, true) => " (a claim: it does not grade)".to_owned(),
                    (None, false) => String::new(),
                }
            ),
            match (&sighting.publisher, &sighting.via) {
                (publisher, Some(via)) => format!(
                    "{} (at second hand: {})",
                    publisher
                        .as_deref()
                        .map_or_else(|| "not given".to_owned(), markdown),
                    markdown(via)
                ),
                (Some(publisher), None) => markdown(publisher),
                (None, None) => "not given".to_owned(),
            },
            source.trim().to_owned(),
            section.run.sighting_file(found.sighting).map_or_else(
                || sighting.row.to_string(),
                |file| format!("{} of {}", sighting.row, code(file)),
            ),
        ],
    );
}

/// What AIS or other sightings speak against.
pub(super) fn refuted(text: &mut String, section: &Section<'_>) {
    text.push_str("## What is refuted\n\n");
    let mut is_empty = true;
    for found in section.own_sightings() {
        let outcome = section
            .run
            .sighting(found.sighting)
            .map(|sighting| sighting.outcome);
        let is_refuted = found.verdict == Verdict::Contradicted
            || !found.contradicts.is_empty()
            || (outcome == Some(SightingOutcome::NotThere) && found.verdict == Verdict::Confirmed);
        if is_refuted {
            is_empty = false;
            let _ = writeln!(
                text,
                "- {} ({}): {}",
                code(section.run.sighting_id(found.sighting)),
                found.verdict.as_str(),
                markdown(&section.reasons().sighting(found))
            );
        }
    }
    let not_her: Vec<String> = section
        .run
        .assessed()
        .iter()
        .filter(|found| (found.doubtful.iter()).any(|other| other.vessel == section.view.vessel_id))
        .map(|found| code(section.run.sighting_id(found.sighting)))
        .collect();
    if !not_her.is_empty() {
        is_empty = false;
        let _ = writeln!(
            text,
            "- Named in a way that resembles her, but not taken for her: {}.",
            not_her.join(", ")
        );
    }
    if is_empty {
        text.push_str("Nothing that the inputs claim of her is refuted.\n");
    }
    text.push('\n');
}

/// Silences of which nothing bears out where she was.
pub(super) fn unknown(text: &mut String, section: &Section<'_>) {
    let findings = section.case.findings;
    text.push_str("## What is unknown\n\n");
    let sighted: BTreeSet<GapIx> = findings
        .dark_calls
        .iter()
        .filter(|call| call.grade >= Grade::D3)
        .map(|call| call.gap)
        .collect();
    let silences: Vec<(&Gap, &GapInference)> = section
        .view
        .gaps
        .iter()
        .zip(&findings.gaps)
        .filter(|(_, inference)| !sighted.contains(&inference.gap))
        .collect();
    if silences.is_empty() {
        text.push_str("There is no silence without a sighting that puts her somewhere in it.\n\n");
        return;
    }
    let _ = writeln!(
        text,
        "In {} no sighting puts her anywhere. Where she was is not known; the ports named were within \
         reach and nothing more is said of them.\n",
        count(silences.len(), "silence", "silences")
    );
    table(
        text,
        &[
            "Silent from",
            "To",
            "Hours",
            "Moved",
            "Others then",
            "Within reach, best first, at its usual speed where that is known",
        ],
    );
    for (gap, inference) in silences.iter().take(SILENCES_TOLD) {
        let mut ports: Vec<String> = inference
            .candidates
            .iter()
            .filter(|candidate| candidate.is_plausible != Some(false))
            .take(PORTS_NAMED)
            .map(|candidate| section.port(candidate.port))
            .collect();
        match gap.kind {
            GapKind::Silence if inference.lay_still => {
                ports.push("none beyond its berth".to_owned());
            }
            GapKind::Silence => {
                let total = inference.candidates_total as usize;
                if total > ports.len() {
                    ports.push(format!("{total} in all at the cap"));
                }
            }
            kind => ports.push(format!("not dark: {}", kind.as_str().replace('_', " "))),
        }
        row(
            text,
            &[
                moment(gap.before.time),
                gap.after
                    .map_or_else(|| "not heard again".to_owned(), |after| moment(after.time)),
                gap.after.map_or_else(String::new, |after| {
                    hours(after.time.hours_since(gap.before.time))
                }),
                gap.distance_m.map_or_else(String::new, distance),
                reception(inference.reception.verdict).to_owned(),
                if ports.is_empty() {
                    "no port".to_owned()
                } else {
                    ports.join(", ")
                },
            ],
        );
    }
    if silences.len() > SILENCES_TOLD {
        let _ = writeln!(
            text,
            "\nAnd {} more, in gaps.geojson.",
            silences.len() - SILENCES_TOLD
        );
    }
    text.push('\n');
}

fn reception(verdict: ReceptionVerdict) -> &'static str {
    match verdict {
        ReceptionVerdict::HeardOthers => "were heard where she fell silent, or on the way",
        ReceptionVerdict::NobodyHeard => "were not heard either: it may be the receiver's",
        ReceptionVerdict::TooFewData => "too few data to tell",
    }
}

/// The same dark leg, so many times.
pub(super) fn patterns(text: &mut String, section: &Section<'_>) {
    text.push_str("## Patterns\n\n");
    let repeated: Vec<_> = section
        .case
        .findings
        .patterns
        .iter()
        .filter(|pattern| pattern.times > 1)
        .collect();
    if repeated.is_empty() {
        text.push_str("No dark leg repeats.\n\n");
        return;
    }
    table(
        text,
        &[
            "From",
            "To",
            "Times",
            "Median gap",
            "Median of the longest possible stays",
            "Best borne out",
        ],
    );
    for pattern in repeated {
        let port = |port: Option<_>, open: &str| {
            port.map_or_else(|| open.to_owned(), |port| section.port(port))
        };
        let median = |median: Option<f64>| median.map_or_else(|| "-".to_owned(), hours);
        row(
            text,
            &[
                port(pattern.origin, "before the data"),
                port(pattern.destination, "after the data"),
                pattern.times.to_string(),
                median(pattern.median_gap_h),
                median(pattern.median_longest_stay_h),
                format!(
                    "{}, {}",
                    pattern.best_grade.as_str(),
                    pattern.best_grade.meaning()
                ),
            ],
        );
    }
    text.push('\n');
}
