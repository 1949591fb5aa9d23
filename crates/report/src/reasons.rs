//! A reason says in plain words what a verdict or a grade rests on: one sentence, and never more than
//! the evidence bears. A port that is reachable is a possibility, and is called nothing else.

mod sighting;
mod steps;

use crate::describe::Names;
use crate::describe_dark::HullStory;
use crate::foreign::quoted;
use crate::phrase::{count, day, distance, hours, knots, moment, spare};
use crate::{OutputContext, RunView};
use landfall_track::{
    Candidate, CapBasis, Confidence, DarkCall, EliminationPool, Gap, GapIx, GapKind, Grade,
    GradeLimit, HullFindings, MatchBasis, OneOf, PortCall, PortIx, ReachSpeeds, ReportRef,
    Sighting, SightingIx,
};
use std::collections::BTreeSet;

/// A source's text names it in a sentence up to so many characters; else the sighting's id does.
const SOURCE_CHARS: usize = 60;
/// So many sources are named in a sentence.
const SOURCES_NAMED: usize = 10;

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
        let mut sentence = match call.grade {
            Grade::D1 if call.sightings.is_empty() => format!(
                "Reachable only: {silent}, and {port} was in reach {}; nobody saw the vessel there{}",
                self.margin(findings, call),
                by_water(&call.candidate)
            ),
            Grade::D1 => format!(
                "{} while {silent}: {}; {}",
                self.doubtfully_seen(call),
                self.witnesses(call),
                self.limits(findings, call)
            ),
            Grade::D2 => format!(
                "Repeats {}, {}: {silent}, and {port} was in reach {}{}{}",
                self.repeated_leg(findings, call),
                self.how_sighted(findings, call),
                self.margin(findings, call),
                if call.sightings.is_empty() {
                    "; nobody saw the vessel there this time".to_owned()
                } else {
                    format!(
                        "; this time there is {}, which by itself grades D1 only: {}",
                        self.witnesses(call),
                        self.limits(findings, call)
                    )
                },
                by_water(&call.candidate)
            ),
            Grade::D3 | Grade::D4 => format!(
                "Seen at {port} while {silent}: {}{}",
                self.witnesses(call),
                self.doubts(findings, call)
            ),
        };
        for group in &call.one_of {
            sentence.push_str("; ");
            sentence.push_str(&self.group(group));
        }
        sentence.push('.');
        sentence
    }

    /// How a vessel was seen whose sightings grade nothing.
    fn doubtfully_seen(&self, call: &DarkCall) -> String {
        let port = self.port(call.candidate.port);
        if !call.is_named {
            format!("A vessel that nobody names was seen at {port}")
        } else if call.limits.contains(&GradeLimit::SecondHand) {
            format!("Said at second hand to have been seen at {port}")
        } else {
            format!("Said to have been seen at {port}")
        }
    }

    /// Why a call's sightings do not grade it.
    fn limits(&self, findings: &HullFindings, call: &DarkCall) -> String {
        let story = HullStory {
            run: self.run,
            findings,
        };
        let usual_knots = story
            .speeds(call.gap)
            .and_then(|speeds| speeds.usual_knots)
            .map_or_else(String::new, |usual| format!(" of {}", knots(usual)));
        let reasons = call.limits.iter().map(|limit| match limit {
            GradeLimit::Elimination => {
                let pools = call.sightings.iter().filter_map(|ix| {
                    let found = self.run.found(*ix)?;
                    found.pool.filter(|_| found.basis == Some(MatchBasis::Elimination))
                });
                let smallest = pools.min_by_key(|pool| pool.considered);
                format!(
                    "it is taken for this one by elimination{}, which alone grades D1 until a second \
                     source names the vessel",
                    smallest.map_or_else(String::new, |pool| format!(
                        ": of {} it alone was silent and could have been there; {}",
                        considered(&pool),
                        received(&pool)
                    ))
                )
            }
            GradeLimit::SecondHand => {
                "what was read at second hand raises no grade".to_owned()
            }
            GradeLimit::BeyondUsualSpeed => format!(
                "to be there then needs {}, more than its usual speed{usual_knots}, and so grades D1 at \
                 most",
                knots(needed_knots(call))
            ),
        });
        reasons.collect::<Vec<_>>().join("; ")
    }

    /// That one of several silences holds a call.
    pub(crate) fn group(&self, group: &OneOf) -> String {
        let (port, source) = (self.port(group.port), self.sources(&[group.sighting]));
        let grade = group.grade.as_str();
        if group.silences == 1 {
            return format!(
                "a call at {port} in this silence, which alone can hold it, is told by {source} ({grade}, \
                 at some time in that span)"
            );
        }
        format!(
            "a call at {port} in at least one of {}, this among them, is told by {source} ({grade} for all \
             of them together, and for none alone)",
            count(group.silences as usize, "silence", "silences"),
        )
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
            Some(gap) => missing_between(gap),
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
                "with {slack} at the cap of {}{}, needing at least {needed}",
                knots(speeds.cap_knots),
                times_usual(speeds)
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
                independent(&seen).max(2)
            ),
            (number, _) if !call.is_named => {
                format!("{number} sightings, none of which names the vessel")
            }
            (number, _) => format!(
                "{number} sightings, {}",
                match publishers(&seen) {
                    Some(1) => "all of one publisher",
                    None => "whose publishers are not all known",
                    Some(_) => "not of two publishers who each saw",
                }
            ),
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
                format!(
                    "{}{}: {}",
                    publisher(sighting),
                    second_hand(sighting),
                    seen_when(sighting)
                )
            })
            .collect();
        let others = sightings.len().saturating_sub(SOURCES_NAMED);
        if others > 0 {
            named.push(format!("and {others} more"));
        }
        named.join("; ")
    }

    /// The leg that a D2 repeats, such as `the leg Vostochny to Najin of 2023-12-09`.
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
        let mut sentence = capitalised(&missing_between(gap));
        if gap.kind == GapKind::Silence {
            let candidates = inference.candidates_total as usize;
            sentence.push_str("; reception: ");
            sentence.push_str(inference.reception.verdict.as_str());
            if inference.lay_still {
                sentence.push_str(STILL);
            } else {
                sentence.push_str("; ");
                sentence.push_str(&count(candidates, "port", "ports"));
                sentence
                    .push_str(" could have been reached, which is a possibility and nothing more");
            }
        } else {
            sentence.push_str(NOT_DARK);
        }
        for group in &inference.one_of {
            sentence.push_str("; ");
            sentence.push_str(&self.group(group));
        }
        sentence.push('.');
        sentence
    }

    /// When and on how many sightings the call rests whose leg a D2 repeats.
    fn how_sighted(&self, findings: &HullFindings, call: &DarkCall) -> String {
        let model = call
            .repeats
            .and_then(|model| findings.dark_calls.get(model.0 as usize));
        let Some(model) = model else {
            return "which was sighted".to_owned();
        };
        format!(
            "on which the call at {} was sighted and is {}: {}",
            self.port_name(model.candidate.port),
            model.grade.as_str(),
            self.witnesses(model)
        )
    }
}

/// What is said of a gap at whose ends the vessel lay in one berth.
pub(crate) const STILL: &str =
    "; it was next heard within its berth, so that no port beyond it is a candidate";
/// What is said of a gap that is no silence.
pub(crate) const NOT_DARK: &str =
    "; the vessel is not held to have been dark, so that no port is a candidate";

/// What a cap on speed rests on, in words.
pub(crate) fn cap_basis(basis: CapBasis) -> String {
    match basis {
        CapBasis::Set => "set for the run, the same for every vessel".to_owned(),
        CapBasis::NothingKnown => {
            "no type is known of the vessel: that of the fastest ships of any type".to_owned()
        }
        CapBasis::Type(kind) => format!("by type alone: no {} are faster", kind.as_str()),
        CapBasis::TypeAndLength(kind, metres) => {
            format!(
                "by type and length: no {} of {metres} m are faster",
                kind.as_str()
            )
        }
        CapBasis::Seen => {
            "what it was usually seen to make, more than its type and length allow".to_owned()
        }
    }
}

/// How many times a vessel's usual speed its cap is, such as `, 3.0 times its usual 11.0 knots`.
pub(crate) fn times_usual(speeds: ReachSpeeds) -> String {
    match (speeds.cap_ratio(), speeds.usual_knots) {
        (Some(ratio), Some(usual)) => format!(", {ratio:.1} times its usual {}", knots(usual)),
        _ => ", its usual speed not being known".to_owned(),
    }
}

/// `14 vessels heard within 24 h and 500 km that could have been the one`.
pub(crate) fn considered(pool: &EliminationPool) -> String {
    format!(
        "{} heard within {} and {:.0} km that could have been the one by length",
        count(pool.considered as usize, "vessel", "vessels"),
        hours(pool.within_h),
        pool.within_m / 1000.0
    )
}

/// How reception was where an unnamed vessel was seen.
pub(crate) fn received(pool: &EliminationPool) -> &'static str {
    match pool.is_received {
        Some(true) => "others were heard near there about then",
        Some(false) => "nobody was heard near there about then, though somebody usually is",
        None => "too few are ever heard near there to tell how reception was",
    }
}

/// The speed that being at a call takes, by water if that is known.
fn needed_knots(call: &DarkCall) -> f64 {
    let by_water = call
        .candidate
        .water
        .and_then(|water| water.speed_needed_knots);
    by_water.map_or(call.candidate.speed_needed_knots, |knots| {
        knots.max(call.candidate.speed_needed_knots)
    })
}

/// Who published a sighting, or how else to name it.
fn publisher(sighting: &Sighting) -> String {
    if let Some(publisher) = &sighting.publisher {
        return quoted(publisher);
    }
    let brief = brief(&sighting.source);
    if brief.is_empty() || brief.chars().count() > SOURCE_CHARS {
        quoted(&sighting.id)
    } else {
        quoted(brief)
    }
}

/// That a sighting was read at second hand, and through whom.
pub(crate) fn second_hand(sighting: &Sighting) -> String {
    sighting.via.as_deref().map_or_else(String::new, |via| {
        format!(", read at second hand ({})", quoted(via))
    })
}

/// How many publishers there are of sightings; `None` if one is not known.
fn publishers(seen: &[&Sighting]) -> Option<usize> {
    let names: Option<BTreeSet<&str>> = seen
        .iter()
        .map(|sighting| sighting.publisher.as_deref())
        .collect();
    names.map(|names| names.len())
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

/// When AIS said nothing of where a vessel was, and why if that is known.
pub(crate) fn missing_between(gap: &Gap) -> String {
    let to = gap.after.map_or_else(
        || "the end of the data".to_owned(),
        |after| moment(after.time),
    );
    let from = moment(gap.before.time);
    match gap.kind {
        GapKind::Silence => silent_between(gap.before, gap.after),
        GapKind::NoPosition => format!(
            "AIS gave no position from {from} to {to} though the vessel went on sending{}",
            gap.without_position
                .map_or_else(String::new, |sent| format!(
                    " ({} without a position)",
                    count(
                        usize::try_from(sent.messages).unwrap_or(usize::MAX),
                        "message",
                        "messages"
                    )
                ))
        ),
        GapKind::LeftArea => format!(
            "AIS has nothing of the vessel from {from} to {to}, which had left the area in which anybody \
             was heard"
        ),
        GapKind::Outage => format!("no vessel at all was heard from {from} to {to}"),
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
                " and back to where it was next heard"
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

/// A source's text up to what names it: to the first colon or bracket.
fn brief(source: &str) -> &str {
    let end = source
        .char_indices()
        .find(|(_, letter)| matches!(letter, ':' | ';' | '(' | '\n' | '\r'))
        .map_or(source.len(), |(at, _)| at);
    source[..end].trim()
}

/// How many sightings are independent of each other.
fn independent(seen: &[&Sighting]) -> usize {
    let mut chosen: Vec<&Sighting> = Vec::new();
    for sighting in seen {
        if chosen.iter().all(|other| sighting.is_independent_of(other)) {
            chosen.push(sighting);
        }
    }
    chosen.len()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
