//! A reason says in plain words what a verdict or a grade rests on: one sentence, and never more than
//! the evidence bears. A port that is reachable is a possibility, and is called nothing else.

mod sighting;
mod steps;

use crate::describe::Names;
use crate::describe_dark::HullStory;
use crate::foreign::{cut, quoted};
use crate::phrase::{count, day, distance, knots, moment, spare};
use crate::{OutputContext, RunView};
use landfall_track::{
    Candidate, Confidence, DarkCall, Gap, GapIx, Grade, HullFindings, PortCall, PortIx, ReportRef,
    Sighting, SightingIx,
};

/// Characters of a source's text that a sentence names it by.
const SOURCE_CHARS: usize = 60;
/// So many sources are named in a sentence.
const SOURCES_NAMED: usize = 3;

/// Puts into words why a dark call, a sighting's verdict or a gap says what it says.
///
/// Texts that strangers typed are shown with their hidden characters escaped; they are not escaped
/// for Markdown or any other format.
#[derive(Clone, Copy)]
pub struct Reasons<'a> {
    names: &'a Names<'a>,
    run: &'a RunView<'a>,
}

/// The ports and files that reasons name.
pub struct ReasonNames<'a>(Names<'a>);

impl<'a> ReasonNames<'a> {
    /// The names of a run.
    pub fn new(context: &OutputContext<'a>) -> Self {
        Self(Names::new(context))
    }

    /// Reasons for what a run found.
    pub fn reasons<'b>(&'b self, run: &'b RunView<'b>) -> Reasons<'b> {
        Reasons {
            names: &self.0,
            run,
        }
    }
}

impl<'a> Reasons<'a> {
    pub(crate) fn of(names: &'a Names<'a>, run: &'a RunView<'a>) -> Self {
        Self { names, run }
    }

    /// Why a dark call has its grade, in one sentence.
    pub fn dark_call(&self, findings: &HullFindings, call: &DarkCall) -> String {
        let port = self.port(call.candidate.port);
        let silent = self.silent(call.gap);
        match call.grade {
            Grade::D1 => format!(
                "Reachable only: {silent}, and {port} was in reach {}; nobody saw her there{}.",
                self.margin(findings, call),
                by_water(&call.candidate)
            ),
            Grade::D2 => format!(
                "Repeats {}, {}: {silent}, and {port} was in reach {}; nobody saw her there this time{}.",
                self.repeated_leg(findings, call),
                how_sighted(findings, call),
                self.margin(findings, call),
                by_water(&call.candidate)
            ),
            Grade::D3 | Grade::D4 if call.is_named => format!(
                "Seen at {port} while {silent}: {}{}.",
                self.witnesses(call),
                self.doubts(findings, call)
            ),
            Grade::D3 | Grade::D4 => format!(
                "A vessel was seen at {port} while {silent}: {}; taken for her by elimination, since of \
                 all vessels heard about then she alone was silent and could have been there{}.",
                self.witnesses(call),
                self.doubts(findings, call)
            ),
        }
    }

    /// A port's name, with its code if it has one.
    pub(crate) fn port(&self, port: PortIx) -> String {
        self.names.port_called(port)
    }

    /// A port's bare name.
    fn port_name(&self, port: PortIx) -> String {
        self.names
            .port(port)
            .map_or_else(|| "an unknown port".to_owned(), |port| quoted(&port.name))
    }

    /// `row 12 of positions.csv`.
    fn row(&self, report: ReportRef) -> String {
        let source = self.names.source(report.source);
        format!("row {} of {}", source.row, quoted(source.file))
    }

    fn silent(&self, gap: GapIx) -> String {
        match self.run.gap(gap) {
            None => "AIS was silent".to_owned(),
            Some(gap) => silent_between(gap.before, gap.after),
        }
    }

    /// What there was to spare, and at which speed.
    fn margin(&self, findings: &HullFindings, call: &DarkCall) -> String {
        let slack = spare(call.candidate.slack_h);
        let needed = knots(call.candidate.speed_needed_knots);
        let story = HullStory {
            run: self.run,
            findings,
        };
        match story.speeds(call.gap) {
            None => format!("with {slack}, needing at least {needed}"),
            Some(speeds) => format!(
                "with {slack} at the cap of {}, needing at least {needed}",
                knots(speeds.cap_knots)
            ),
        }
    }

    /// What makes a sighted call doubtful.
    fn doubts(&self, findings: &HullFindings, call: &DarkCall) -> String {
        if call.candidate.slack_h >= 0.0 {
            return String::new();
        }
        let story = HullStory {
            run: self.run,
            findings,
        };
        let cap = story.speeds(call.gap).map(|speeds| speeds.cap_knots);
        match cap {
            Some(cap) if call.candidate.speed_needed_knots > cap => format!(
                "; yet a call of the shortest length there needs {}, more than the cap of {}",
                knots(call.candidate.speed_needed_knots),
                knots(cap)
            ),
            _ => "; the time there was shorter than the shortest stay counted as a call".to_owned(),
        }
    }

    /// The sightings of a call, and who published them.
    fn witnesses(&self, call: &DarkCall) -> String {
        let seen: Vec<&Sighting> = call
            .sightings
            .iter()
            .filter_map(|ix| self.run.sighting(*ix))
            .collect();
        let how_many = match (seen.len(), call.grade) {
            (0 | 1, _) => "one sighting".to_owned(),
            (number, Grade::D4) => format!(
                "{number} sightings, of them {} independent of each other",
                acquisitions(&seen).max(2)
            ),
            (number, _) if call.is_named => {
                format!("{number} sightings, none independent of one that names her")
            }
            (number, _) => format!("{number} sightings, none of which names her"),
        };
        format!("{how_many} ({})", self.sources(&call.sightings))
    }

    /// The sources of sightings, named briefly.
    fn sources(&self, sightings: &[SightingIx]) -> String {
        let mut named: Vec<String> = sightings
            .iter()
            .take(SOURCES_NAMED)
            .filter_map(|ix| self.run.sighting(*ix))
            .map(|sighting| {
                let source = match brief(&sighting.source) {
                    blank if blank.is_empty() => quoted(&sighting.id),
                    source => source,
                };
                format!("{source}: {}", seen_when(sighting))
            })
            .collect();
        let others = sightings.len().saturating_sub(SOURCES_NAMED);
        if others > 0 {
            named.push(format!("and {others} more"));
        }
        named.join("; ")
    }

    /// The leg that a D2 repeats, such as `the leg Vostochnyy to Najin of 2023-12-09`.
    fn repeated_leg(&self, findings: &HullFindings, call: &DarkCall) -> String {
        let model = call
            .repeats
            .and_then(|ix| findings.dark_calls.get(ix.0 as usize));
        let Some(model) = model else {
            return "a leg".to_owned();
        };
        let when = self
            .run
            .gap(model.gap)
            .map_or(model.arrival.earliest, |gap| gap.before.time);
        let port = self.port_name(call.candidate.port);
        let (before, after) = self.ports_around(call.gap);
        let (model_before, model_after) = self.ports_around(model.gap);
        let leg = if before.is_some() && before == model_before {
            before.map(|from| format!("{} to {port}", self.port_name(from)))
        } else if after.is_some() && after == model_after {
            after.map(|to| format!("{port} to {}", self.port_name(to)))
        } else {
            None
        };
        match leg {
            Some(leg) => format!("the leg {leg} of {}", day(when)),
            None => format!("the call at {port} of {}", day(when)),
        }
    }

    /// The ports of the observed calls before and after a gap.
    fn ports_around(&self, gap: GapIx) -> (Option<PortIx>, Option<PortIx>) {
        let Some((hull, gap)) = self.run.hull(gap.hull).zip(self.run.gap(gap)) else {
            return (None, None);
        };
        let is_call = |call: &&PortCall| call.confidence > Confidence::Passage;
        let calls = hull.calls;
        let begun = calls.partition_point(|call| call.first.time <= gap.before.time);
        let before = calls[..begun].iter().rfind(is_call);
        let after = gap.after.and_then(|after| {
            let over = calls.partition_point(|call| call.last.time < after.time);
            calls[over..].iter().find(is_call)
        });
        (before.map(|call| call.port), after.map(|call| call.port))
    }

    /// A gap in one sentence.
    pub fn gap(&self, gap: &Gap, inference: &landfall_track::GapInference) -> String {
        let candidates = inference.candidates_total as usize;
        format!(
            "{}; reception: {}; {} could have been reached, which is a possibility and nothing more.",
            capitalised(&silent_between(gap.before, gap.after)),
            inference.reception.verdict.as_str(),
            count(candidates, "port", "ports")
        )
    }
}

/// When a sighting was made, to the day if its interval is longer than one.
fn seen_when(sighting: &Sighting) -> String {
    if sighting.from == sighting.to {
        moment(sighting.from)
    } else if sighting.to.hours_since(sighting.from) > 24.0 {
        format!("{} to {}", day(sighting.from), day(sighting.to))
    } else {
        format!("{} to {}", moment(sighting.from), moment(sighting.to))
    }
}

fn silent_between(before: ReportRef, after: Option<ReportRef>) -> String {
    match after {
        Some(after) => format!(
            "AIS was silent from {} to {}",
            moment(before.time),
            moment(after.time)
        ),
        None => format!(
            "AIS was silent from {} to the end of the data",
            moment(before.time)
        ),
    }
}

fn by_water(candidate: &Candidate) -> String {
    let Some(water) = candidate.water else {
        return String::new();
    };
    match water.both_ways() {
        Some((length_m, needed)) if water.is_reachable => format!(
            "; by water the way there{} is {}, for which {} suffice",
            if water.to_m.is_some() {
                " and back to where she was next heard"
            } else {
                ""
            },
            distance(length_m),
            knots(needed)
        ),
        Some((_, needed)) => format!(
            "; by water it would need {}, more than the cap",
            knots(needed)
        ),
        None => "; by water it is farther than the cap allows".to_owned(),
    }
}

/// A source's text up to what names it: to the first colon or bracket, if that comes soon.
fn brief(source: &str) -> String {
    let end = source
        .char_indices()
        .find(|(_, letter)| matches!(letter, ':' | ';' | '(' | '\n' | '\r'))
        .map_or(source.len(), |(at, _)| at);
    cut(source[..end].trim(), SOURCE_CHARS)
}

/// How many different acquisitions sightings are of: different scenes where both name theirs, else
/// times that do not overlap. Two publishers of one image are one witness.
fn acquisitions(seen: &[&Sighting]) -> usize {
    let mut chosen: Vec<&Sighting> = Vec::new();
    for sighting in seen {
        if chosen.iter().all(|other| sighting.is_independent_of(other)) {
            chosen.push(sighting);
        }
    }
    chosen.len()
}

/// How the leg that a D2 call repeats was seen: a vessel nobody named stays one.
fn how_sighted(findings: &HullFindings, call: &DarkCall) -> &'static str {
    let model = call
        .repeats
        .and_then(|model| findings.dark_calls.get(model.0 as usize));
    if model.is_some_and(|model| !model.is_named) {
        "on which a vessel that nobody named was seen and taken for her by elimination"
    } else {
        "which was sighted"
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
