//! The same reasons step by step, with the numbers from which each step can be redone.

use super::{
    NOT_DARK, Reasons, STILL, cap_basis, capitalised, missing_between, second_hand, seen_when,
    times_usual,
};
use crate::describe_dark::HullStory;
use crate::foreign::{quoted, shown, whole};
use crate::phrase::{count, distance, hours, knots, moment, span, spare};
use landfall_track::{
    AssessedSighting, Candidate, DarkCall, Gap, GapInference, GapKind, Grade, HullFindings,
    METRES_PER_NAUTICAL_MILE, ReachSpeeds, Reception, ReportRef, SightingIx, Suspect,
    ZoneReception,
};

/// So many candidates are told step by step.
const CANDIDATES_TOLD: usize = 5;

impl Reasons<'_> {
    /// A dark call step by step: the silence, the speeds, the distances, what they leave room for, the
    /// sightings, and why it has its grade.
    pub fn explain_dark_call(&self, findings: &HullFindings, call: &DarkCall) -> Vec<String> {
        let story = HullStory {
            run: self.run,
            findings,
        };
        let mut steps = Vec::new();
        let gap = self.run.gap(call.gap);
        if let Some(gap) = gap {
            steps.extend(self.silence_steps(gap));
        }
        let speeds = story.speeds(call.gap);
        steps.extend(speeds.map(speed_step));
        steps.extend(self.way_steps(&call.candidate, speeds));
        steps.push(format!(
            "So she can have arrived {} and left {}.",
            span(call.arrival),
            span(call.departure)
        ));
        steps.extend(call.sightings.iter().filter_map(|ix| self.witness(*ix)));
        if !call.cut_by.is_empty() {
            let ids: Vec<String> = call
                .cut_by
                .iter()
                .map(|ix| quoted(self.run.sighting_id(*ix)))
                .collect();
            steps.push(format!(
                "Scenes in which she was not there cut these times: {}.",
                ids.join(", ")
            ));
        }
        if call.beaten_total > 0 {
            let named: Vec<String> = call
                .beaten
                .iter()
                .map(|other| format!("{} ({})", self.port_name(other.port), spare(other.slack_h)))
                .collect();
            steps.push(format!(
                "{} in reach at the cap in the same silence. {}.",
                capitalised(&count(
                    call.beaten_total as usize,
                    "other port was",
                    "other ports were"
                )),
                if named.is_empty() {
                    "Of those listed none is within its usual speed".to_owned()
                } else {
                    format!("Within its usual speed, best first: {}", named.join(", "))
                }
            ));
        }
        steps.push(format!(
            "Grade {}, {}. {}",
            call.grade.as_str(),
            call.meaning(),
            if call.is_doubtfully_sighted() {
                "What has the vessel there does not bear that out by itself."
            } else {
                grade_rule(call.grade)
            }
        ));
        steps.push(self.dark_call(findings, call));
        steps
    }

    /// A gap step by step: the silence, whether others were heard, the speeds, and the candidates.
    pub fn explain_gap(&self, gap: &Gap, inference: &GapInference) -> Vec<String> {
        let mut steps = self.silence_steps(gap);
        steps.push(reception_step(&inference.reception));
        steps.push(speed_step(inference.speeds));
        if !inference.split_by.is_empty() {
            steps.push(format!(
                "{} into this silence, and candidates are those of what is left on both sides.",
                capitalised(&count(
                    inference.split_by.len(),
                    "sighting puts her",
                    "sightings put her"
                ))
            ));
        }
        for group in &inference.one_of {
            steps.push(format!("{}.", capitalised(&self.group(group))));
        }
        let sentence = |text: &str| format!("{}.", capitalised(text.trim_start_matches("; ")));
        if gap.kind != GapKind::Silence {
            steps.push(sentence(NOT_DARK));
            return steps;
        }
        if inference.lay_still {
            steps.push(sentence(STILL));
        }
        steps.push(format!(
            "{} in reach at the cap on its speed. Each is a possibility, and nothing more.",
            capitalised(&count(
                inference.candidates_total as usize,
                "port was",
                "ports were"
            ))
        ));
        let (beyond, listed): (Vec<&Candidate>, Vec<&Candidate>) = inference
            .candidates
            .iter()
            .partition(|candidate| candidate.is_plausible == Some(false));
        if !beyond.is_empty() {
            steps.push(format!(
                "Of those listed {} beyond its usual speed, and left out here.",
                count(beyond.len(), "is", "are")
            ));
        }
        for (rank, candidate) in (1..).zip(listed.into_iter().take(CANDIDATES_TOLD)) {
            steps.push(format!(
                "{rank}. {}{}: {}, a stay of at most {}, needing at least {}{}.",
                self.port(candidate.port),
                if candidate.is_watched {
                    ", watched"
                } else {
                    ""
                },
                spare(candidate.slack_h),
                hours(candidate.longest_stay_h),
                knots(candidate.speed_needed_knots),
                match candidate
                    .water
                    .map(|water| (water.both_ways(), water.is_reachable))
                {
                    None => String::new(),
                    Some((Some((_, needed)), true)) => format!("; by water {}", knots(needed)),
                    Some((Some((_, needed)), false)) => {
                        format!("; by water {}, which is out of reach", knots(needed))
                    }
                    Some((None, _)) => "; by water it is out of reach".to_owned(),
                }
            ));
        }
        steps
    }

    /// A sighting step by step: what the source says, whom it names, and what AIS says.
    pub fn explain_sighting(&self, assessed: &AssessedSighting) -> Vec<String> {
        let mut steps: Vec<String> = self.witness(assessed.sighting).into_iter().collect();
        if let (Some(hull), Some(basis)) = (assessed.hull, assessed.basis) {
            steps.push(format!(
                "Taken for {} by {}.",
                self.run
                    .hull(hull)
                    .map_or_else(|| "?".to_owned(), |view| quoted(view.vessel_id)),
                basis.as_str()
            ));
        }
        steps.extend(assessed.doubtful.iter().map(|other| {
            format!(
                "Not taken for {}{}: {}",
                quoted(&other.vessel),
                other
                    .name
                    .as_ref()
                    .map_or_else(String::new, |name| format!(" ({})", quoted(name))),
                whole(&other.reason)
            )
        }));
        steps.extend(
            assessed
                .ais
                .map(|ais| format!("{}.", self.ais_has_her(ais))),
        );
        steps.extend(
            assessed
                .reach
                .iter()
                .flat_map(|reach| self.suspect_steps(reach)),
        );
        for (rank, suspect) in (1..).zip(assessed.suspects.iter().take(CANDIDATES_TOLD)) {
            steps.push(format!(
                "Could have been there, {rank}: {}.",
                self.suspect(suspect)
            ));
        }
        steps.push(format!(
            "Verdict: {}. {}",
            assessed.verdict.as_str(),
            self.sighting(assessed)
        ));
        steps
    }

    /// A suspect with her silence.
    pub(crate) fn suspect(&self, suspect: &Suspect) -> String {
        let view = self.run.hull(suspect.hull);
        let name = view
            .and_then(|view| view.label(suspect.before.time).name)
            .map_or_else(String::new, |name| format!(" {}", quoted(name)));
        format!(
            "{}{name}, silent from {} {}, with {} to spare, needing {}",
            view.map_or_else(|| "?".to_owned(), |view| quoted(view.vessel_id)),
            moment(suspect.before.time),
            suspect.after.map_or_else(
                || "to the end of the data".to_owned(),
                |after| format!("to {}", moment(after.time))
            ),
            hours(suspect.slack_h),
            knots(suspect.speed_needed_knots)
        )
    }

    fn suspect_steps(&self, reach: &Suspect) -> Vec<String> {
        let mut steps = vec![format!(
            "Last report before: {}.",
            self.report(reach.before)
        )];
        if let Some(after) = reach.after {
            steps.push(format!("Next report after: {}.", self.report(after)));
        }
        steps.push(format!(
            "Its ways to the place and on leave {} to spare at the cap on its speed; no lower speed \
             than {} suffices.",
            hours(reach.slack_h),
            knots(reach.speed_needed_knots)
        ));
        steps.push(format!(
            "So she can have been there {}.",
            span(reach.window)
        ));
        steps
    }

    fn silence_steps(&self, gap: &Gap) -> Vec<String> {
        let mut steps = vec![format!("Last report: {}.", self.report(gap.before))];
        match gap.after {
            Some(after) => {
                steps.push(format!("Next report: {}.", self.report(after)));
                steps.push(format!(
                    "Silence: {}{}.",
                    hours(after.time.hours_since(gap.before.time)),
                    gap.distance_m.map_or_else(String::new, |metres| format!(
                        ", in which she moved {}",
                        distance(metres)
                    ))
                ));
            }
            None => steps.push("No report after it: the data end in silence.".to_owned()),
        }
        if gap.kind != GapKind::Silence {
            steps.push(format!("{}.", capitalised(&missing_between(gap))));
        }
        steps
    }

    /// A report with time, place and row.
    fn report(&self, report: ReportRef) -> String {
        let place = report.position.degrees();
        format!(
            "{} at latitude {}, longitude {} ({})",
            moment(report.time),
            place.lat,
            place.lon,
            self.row(report)
        )
    }

    /// The ways to a port and on, and what they leave room for.
    fn way_steps(&self, candidate: &Candidate, speeds: Option<ReachSpeeds>) -> Vec<String> {
        let port = self.port(candidate.port);
        let mut steps = vec![format!(
            "Geodesic distance from the last place known before to {port}: {}{}.",
            distance(candidate.from_m),
            candidate.to_m.map_or_else(String::new, |to_m| format!(
                "; from there to the first place known after: {}",
                distance(to_m)
            ))
        )];
        let whole_m = candidate.from_m + candidate.to_m.unwrap_or_default();
        steps.push(match speeds {
            Some(speeds) => format!(
                "Together {:.1} nautical miles, which take {} at {}. The port's radius and what positions \
                 may be off are taken off each way before anything is ruled out, so that the true bound \
                 is no higher.",
                whole_m / METRES_PER_NAUTICAL_MILE,
                hours(whole_m / METRES_PER_NAUTICAL_MILE / speeds.cap_knots),
                knots(speeds.cap_knots)
            ),
            None => format!("Together {}.", distance(whole_m)),
        });
        steps.push(format!(
            "That leaves a stay of at most {}, {} if the shortest stay counted as a call is made; no \
             lower speed than {} suffices.",
            hours(candidate.longest_stay_h),
            spare(candidate.slack_h),
            knots(candidate.speed_needed_knots)
        ));
        steps.push(match candidate.water {
            None => "No way by water is known there.".to_owned(),
            Some(water) => match water.both_ways() {
                Some((length_m, needed)) => format!(
                    "By water the ways are {} long and need {}: {}.",
                    distance(length_m),
                    knots(needed),
                    if water.is_reachable {
                        "within the cap"
                    } else {
                        "more than the cap"
                    }
                ),
                None => "By water the ways are longer than the cap allows.".to_owned(),
            },
        });
        steps.push(
            match candidate.is_plausible {
                Some(true) => "Its usual speed suffices.",
                Some(false) => "Its usual speed does not suffice, which rules nothing out.",
                None => "Its usual speed is not known.",
            }
            .to_owned(),
        );
        steps
    }

    /// What a sighting's source says.
    fn witness(&self, ix: SightingIx) -> Option<String> {
        let sighting = self.run.sighting(ix)?;
        let place = sighting.position.degrees();
        Some(format!(
            "{} ({}, latitude {}, longitude {}, off by {} m at most; {}{}{}): {}",
            quoted(self.run.sighting_id(ix)),
            seen_when(sighting),
            place.lat,
            place.lon,
            sighting.error_radius_m.round(),
            self.run.sighting_file(ix).map_or_else(
                || format!("row {}", sighting.row),
                |file| format!("row {} of {}", sighting.row, quoted(file))
            ),
            sighting
                .publisher
                .as_deref()
                .map_or_else(String::new, |publisher| format!(
                    "; published by {}",
                    quoted(publisher)
                )),
            second_hand(sighting),
            if sighting.source.is_empty() {
                "no source given".into()
            } else {
                shown(sighting.source.trim())
            }
        ))
    }
}

fn speed_step(speeds: ReachSpeeds) -> String {
    format!(
        "Cap on its speed: {} ({}){}.",
        knots(speeds.cap_knots),
        cap_basis(speeds.cap_basis),
        times_usual(speeds)
    )
}

fn reception_step(reception: &Reception) -> String {
    let zone = |zone: ZoneReception| format!("{} of {:.1} usual", zone.heard, zone.usual);
    format!(
        "Reception: {}. Others heard near her last position {}, near her next {}, on the way {} \
         (cells of {} degrees, {} each).",
        reception.verdict.as_str(),
        zone(reception.near_last),
        zone(reception.near_next),
        zone(reception.on_the_way),
        reception.cell_deg,
        hours(reception.bucket_h)
    )
}

fn grade_rule(grade: Grade) -> &'static str {
    match grade {
        Grade::D1 => "The port is watched and was within reach; that it went there is not said.",
        Grade::D2 => {
            "Its leg between the same ports was sighted another time; that it made the leg again is \
             possible, and no sighting bears that out."
        }
        Grade::D3 => {
            "One publisher has it there, or several of which it is not shown that each saw."
        }
        Grade::D4 => "Two publishers who each saw have it there, of which one at least names it.",
    }
}
