//! What is said of gaps and dark calls beyond what was observed: candidates, intervals, grades. Every distance and time here is a bound, and every port a possibility.

use crate::describe::{
    HOUR_DECIMALS, KNOT_DECIMALS, Names, country_of, hours, key_of, kilometres, locode_of, name_of,
    vessel,
};
use crate::phrase::earliest;
use crate::reasons::cap_basis;
use crate::run_view::gap_id;
use crate::{Property, Reasons, RunView, Value};
use landfall_track::{
    Candidate, DarkCall, Gap, GapInference, GapIx, Grade, GradeLimit, HullFindings, HullIx, LegEnd,
    OneOf, ReachSpeeds, ReceptionVerdict, SightingIx, TimeSpan, Timestamp, WaterReach,
    ZoneReception,
};
use std::borrow::Cow;

/// Decimals of a candidate's score and of what is usual in a zone.
const SCORE_DECIMALS: u8 = 4;

/// What everything inferred of one hull refers to.
#[derive(Clone, Copy)]
pub(crate) struct HullStory<'a> {
    pub(crate) run: &'a RunView<'a>,
    pub(crate) findings: &'a HullFindings,
}

impl<'a> HullStory<'a> {
    pub(crate) fn gap(self, ix: GapIx) -> Option<&'a Gap> {
        self.run.gap(ix)
    }

    fn inference(self, ix: GapIx) -> Option<&'a GapInference> {
        self.findings.gaps.get(ix.number as usize)
    }

    pub(crate) fn speeds(self, ix: GapIx) -> Option<ReachSpeeds> {
        self.inference(ix).map(|gap| gap.speeds)
    }

    pub(crate) fn gap_id(self, ix: GapIx) -> Option<String> {
        let hull = self.run.hull(ix.hull)?;
        Some(gap_id(hull.vessel_id, self.gap(ix)?))
    }

    /// Among how many vessels one was sought, if a sighting of the call names nobody; of several
    /// sightings the fewest.
    pub(crate) fn pool(self, call: &DarkCall) -> Option<u32> {
        let sightings = call.sightings.iter();
        sightings
            .filter_map(|ix| self.run.found(*ix)?.pool)
            .map(|pool| pool.considered)
            .min()
    }

    /// A dark call by its number.
    pub(crate) fn call(self, end: LegEnd) -> Option<&'a DarkCall> {
        match end {
            LegEnd::Dark(ix, _) => self.findings.dark_calls.get(ix.0 as usize),
            LegEnd::Call(_) | LegEnd::Open => None,
        }
    }
}

impl Names<'_> {
    /// A dark call's id: its hull, its gap's start and its port. A further one of the same gap and
    /// port ends in `/2`.
    pub(crate) fn dark_call_id(&self, story: HullStory<'_>, call: &DarkCall) -> String {
        let key = |call: &DarkCall| key_of(self.port(call.candidate.port)).unwrap_or("?");
        let vessel_id = story
            .run
            .hull(call.gap.hull)
            .map_or("?", |hull| hull.vessel_id);
        let start = story
            .gap(call.gap)
            .map_or(call.arrival.earliest, |gap| gap.before.time);
        let calls = &story.findings.dark_calls;
        let first = calls.partition_point(|other| other.gap.number < call.gap.number);
        let earlier = calls[first..]
            .iter()
            .take_while(|other| other.gap == call.gap && !std::ptr::eq(*other, call))
            .filter(|other| key(other) == key(call))
            .count();
        let id = format!("{vessel_id}/dark_call/{start}/{}", key(call));
        if earlier == 0 {
            id
        } else {
            format!("{id}/{}", earlier + 1)
        }
    }

    /// What inference adds to a gap.
    pub(crate) fn inferred_gap<'b>(
        &'b self,
        run: &'b RunView<'_>,
        inference: &GapInference,
    ) -> Vec<Property<'b>> {
        let mut properties = speeds(Some(inference.speeds));
        let reception = &inference.reception;
        properties.push(("reception", Value::text(Some(reception.verdict.as_str()))));
        let zone = |heard, usual, zone: ZoneReception| {
            [
                (heard, Value::Count(zone.heard)),
                (usual, Value::measure(Some(zone.usual), SCORE_DECIMALS)),
            ]
        };
        properties.extend(zone(
            "heard_near_last",
            "usual_near_last",
            reception.near_last,
        ));
        properties.extend(zone(
            "heard_near_next",
            "usual_near_next",
            reception.near_next,
        ));
        properties.extend(zone(
            "heard_on_the_way",
            "usual_on_the_way",
            reception.on_the_way,
        ));
        properties.extend([
            (
                "reception_cell_deg",
                Value::measure(Some(reception.cell_deg), SCORE_DECIMALS),
            ),
            (
                "reception_bucket_h",
                Value::measure(Some(reception.bucket_h), HOUR_DECIMALS),
            ),
            ("split_by", sighting_ids(run, &inference.split_by)),
            (
                "candidates_total",
                Value::Count(u64::from(inference.candidates_total)),
            ),
            ("candidates", self.candidates(&inference.candidates)),
            ("lay_still", Value::Truth(inference.lay_still)),
            ("one_of", self.one_of(run, &inference.one_of)),
        ]);
        properties
    }

    /// Candidates as a list, best first.
    fn candidates<'b>(&'b self, candidates: &[Candidate]) -> Value<'b> {
        Value::Records(
            (1..)
                .zip(candidates)
                .map(|(rank, candidate)| {
                    let mut record = vec![("rank", Value::Count(rank))];
                    record.extend(self.port_names(candidate));
                    record.extend(candidate_numbers(candidate));
                    record.extend(span(
                        candidate.arrival,
                        "arrival_earliest",
                        "arrival_latest",
                    ));
                    record.extend(span(
                        candidate.departure,
                        "departure_earliest",
                        "departure_latest",
                    ));
                    record.push((
                        "score",
                        Value::measure(Some(candidate.score), SCORE_DECIMALS),
                    ));
                    record
                })
                .collect(),
        )
    }

    /// The groups of silences of which one at least holds a call.
    pub(crate) fn one_of<'b>(&'b self, run: &'b RunView<'_>, groups: &[OneOf]) -> Value<'b> {
        let record = |group: &OneOf| {
            let port = self.port(group.port);
            vec![
                (
                    "sighting_id",
                    Value::text(Some(run.sighting_id(group.sighting))),
                ),
                ("port", name_of(port)),
                ("port_locode", locode_of(port)),
                ("silences", Value::Count(u64::from(group.silences))),
                ("gaps", Value::Count(u64::from(group.gaps))),
                ("group_grade", Value::text(Some(group.grade.as_str()))),
            ]
        };
        Value::Records(groups.iter().map(record).collect())
    }

    fn port_names<'b>(&'b self, candidate: &Candidate) -> [Property<'b>; 3] {
        let port = self.port(candidate.port);
        [
            ("port", name_of(port)),
            ("port_locode", locode_of(port)),
            ("port_country", country_of(port)),
        ]
    }

    /// A dark call.
    pub(crate) fn dark_call<'b>(
        &'b self,
        story: HullStory<'b>,
        call: &DarkCall,
    ) -> Vec<Property<'b>> {
        let gap = story.gap(call.gap);
        let gap_start = gap.map(|gap| gap.before.time);
        let gap_end = gap.and_then(|gap| gap.after).map(|after| after.time);
        let reception = story.inference(call.gap).map(|gap| gap.reception.verdict);
        let mut properties = labelled(story.run, call.gap.hull, gap_start);
        properties.extend(graded(call.grade, call.meaning()));
        properties.extend(self.port_names(&call.candidate));
        properties.extend(span(call.arrival, "arrival_earliest", "arrival_latest"));
        properties.extend(span(
            call.departure,
            "departure_earliest",
            "departure_latest",
        ));
        properties.extend(candidate_numbers(&call.candidate));
        properties.extend(speeds(story.speeds(call.gap)));
        properties.extend([
            ("gap_id", Value::code(story.gap_id(call.gap))),
            ("gap_start", Value::time(gap_start)),
            ("gap_end", Value::time(gap_end)),
            ("gap_duration_h", hours(gap_start, gap_end)),
            (
                "reception",
                Value::text(reception.map(ReceptionVerdict::as_str)),
            ),
            ("sighting_ids", sighting_ids(story.run, &call.sightings)),
            ("cut_by", sighting_ids(story.run, &call.cut_by)),
            ("named", Value::Truth(call.is_named)),
            (
                "by_elimination",
                Value::Truth(!call.sightings.is_empty() && !call.is_named),
            ),
            (
                "not_graded_for",
                Value::Texts(
                    call.limits
                        .iter()
                        .map(|limit| Cow::Borrowed(GradeLimit::as_str(*limit)))
                        .collect(),
                ),
            ),
            (
                "pool_vessels",
                story
                    .pool(call)
                    .map_or(Value::Absent, |considered| Value::Count(considered.into())),
            ),
            ("one_of", self.one_of(story.run, &call.one_of)),
            (
                "repeats",
                Value::code(
                    call.repeats
                        .and_then(|ix| story.findings.dark_calls.get(ix.0 as usize))
                        .map(|repeated| self.dark_call_id(story, repeated)),
                ),
            ),
            ("candidates_beaten", self.beaten(&call.beaten)),
            (
                "candidates_beaten_total",
                Value::Count(u64::from(call.beaten_total)),
            ),
            (
                "reason",
                Value::Text(Cow::Owned(
                    Reasons::of(self, story.run).dark_call(story.findings, call),
                )),
            ),
            ("observed", Value::Truth(false)),
        ]);
        self.close_gap(&mut properties, gap);
        properties
    }

    /// The candidates that a dark call beat, in short.
    fn beaten<'b>(&'b self, beaten: &[Candidate]) -> Value<'b> {
        Value::Records(
            (1..)
                .zip(beaten)
                .map(|(rank, candidate)| {
                    let mut record = vec![("rank", Value::Count(rank))];
                    record.extend(self.port_names(candidate));
                    record.push(("slack_h", measured_h(candidate.slack_h)));
                    record.push((
                        "speed_needed_knots",
                        measured_knots(Some(candidate.speed_needed_knots)),
                    ));
                    record
                })
                .collect(),
        )
    }

    /// What a feature that rests on a gap ends with.
    pub(crate) fn close_gap<'b>(&'b self, properties: &mut Vec<Property<'b>>, gap: Option<&Gap>) {
        if let Some(gap) = gap {
            self.close(properties, gap.before, gap.after.unwrap_or(gap.before));
        } else {
            self.notice(properties);
            properties.push(("source", Value::Absent));
        }
    }
}

/// What every feature begins with: the vessel, as she called herself at a time.
pub(crate) fn labelled<'b>(
    run: &'b RunView<'_>,
    hull: HullIx,
    time: Option<Timestamp>,
) -> Vec<Property<'b>> {
    run.hull(hull).map_or_else(Vec::new, |view| {
        vessel(&view.label(time.unwrap_or(Timestamp::MAX)))
    })
}

pub(crate) fn sighting_ids<'b>(run: &'b RunView<'_>, sightings: &[SightingIx]) -> Value<'b> {
    Value::Texts(
        sightings
            .iter()
            .map(|ix| Cow::Borrowed(run.sighting_id(*ix)))
            .collect(),
    )
}

/// A time interval; an end that nothing bounds is absent.
pub(crate) fn span<'b>(span: TimeSpan, from: &'static str, to: &'static str) -> [Property<'b>; 2] {
    [
        (from, Value::time(earliest(span))),
        (to, Value::time(span.latest)),
    ]
}

pub(crate) fn speeds<'b>(speeds: Option<ReachSpeeds>) -> Vec<Property<'b>> {
    vec![
        (
            "speed_cap_knots",
            measured_knots(speeds.map(|speeds| speeds.cap_knots)),
        ),
        (
            "speed_cap_basis",
            speeds.map_or(Value::Absent, |speeds| {
                Value::Text(Cow::Owned(cap_basis(speeds.cap_basis)))
            }),
        ),
        (
            "speed_cap_ratio",
            Value::measure(speeds.and_then(|speeds| speeds.cap_ratio()), KNOT_DECIMALS),
        ),
        (
            "usual_speed_knots",
            measured_knots(speeds.and_then(|speeds| speeds.usual_knots)),
        ),
    ]
}

pub(crate) fn graded<'b>(grade: Grade, meaning: &'static str) -> [Property<'b>; 2] {
    [
        ("grade", Value::text(Some(grade.as_str()))),
        ("grade_meaning", Value::text(Some(meaning))),
    ]
}

/// What a candidate's membership and rank rest on.
fn candidate_numbers<'b>(candidate: &Candidate) -> Vec<Property<'b>> {
    let truth = |truth: Option<bool>| truth.map_or(Value::Absent, Value::Truth);
    let mut numbers = vec![
        ("watched", Value::Truth(candidate.is_watched)),
        ("past_calls", Value::Count(u64::from(candidate.past_calls))),
        ("others_heard", truth(candidate.others_heard)),
        ("slack_h", measured_h(candidate.slack_h)),
        ("longest_stay_h", measured_h(candidate.longest_stay_h)),
        (
            "speed_needed_knots",
            measured_knots(Some(candidate.speed_needed_knots)),
        ),
        ("plausible", truth(candidate.is_plausible)),
        ("distance_from_km", kilometres(Some(candidate.from_m))),
        ("distance_to_km", kilometres(candidate.to_m)),
    ];
    numbers.extend(water(candidate.water));
    numbers
}

fn water<'b>(water: Option<WaterReach>) -> [Property<'b>; 4] {
    [
        (
            "reachable_by_water",
            water.map_or(Value::Absent, |water| Value::Truth(water.is_reachable)),
        ),
        (
            "water_from_km",
            kilometres(water.and_then(|water| water.from_m)),
        ),
        (
            "water_to_km",
            kilometres(water.and_then(|water| water.to_m)),
        ),
        (
            "water_speed_needed_knots",
            measured_knots(water.and_then(|water| water.speed_needed_knots)),
        ),
    ]
}

pub(crate) fn measured_h<'b>(hours: f64) -> Value<'b> {
    Value::measure(Some(hours), HOUR_DECIMALS)
}

pub(crate) fn measured_knots<'b>(knots: Option<f64>) -> Value<'b> {
    Value::measure(knots, KNOT_DECIMALS)
}
