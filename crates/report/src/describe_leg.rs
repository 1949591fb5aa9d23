//! What is said of a dark leg: its ends, its grade, and each part of it, the observed one apart from
//! the inferred ones.

use crate::describe::{HOUR_DECIMALS, Names, key_of, kilometres, locode_of, name_of};
use crate::describe_dark::{HullStory, graded, labelled, span};
use crate::{Property, Value};
use landfall_track::{DarkCall, DarkLeg, LegEnd, Pattern, SightingIx};
use std::borrow::Cow;

/// One part of a dark leg, as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LegPart {
    /// From the dark origin to the first report after it.
    WayOut,
    /// What was observed.
    Observed,
    /// From the last report to the dark destination.
    WayIn,
}

impl LegPart {
    /// The end of its id.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::WayOut => "way_out",
            Self::Observed => "observed",
            Self::WayIn => "way_in",
        }
    }
}

/// A part of a dark leg with its length.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DrawnPart<'a> {
    pub(crate) part: LegPart,
    /// Its length in metres, as far as it was reported or by the way inferred.
    pub(crate) length_m: f64,
    /// Whether an inferred part is by water; `None` for the observed one.
    pub(crate) by_water: Option<bool>,
    /// The sightings at sea that an inferred part leads over.
    pub(crate) over: &'a [SightingIx],
}

impl Names<'_> {
    /// The id of a dark leg, which its parts share, before it is told apart from others.
    pub(crate) fn dark_leg_id(&self, story: HullStory<'_>, leg: &DarkLeg) -> String {
        let vessel_id = story.run.hull(leg.hull).map_or("?", |hull| hull.vessel_id);
        let key = |end: LegEnd, open: &'static str| {
            end.port()
                .map_or(open, |port| key_of(self.port(port)).unwrap_or("?"))
                .to_owned()
        };
        // The gap of the dark call that the leg is told for.
        let call = story.call(leg.destination).or(story.call(leg.origin));
        let start = call
            .and_then(|call| story.gap(call.gap))
            .map_or(leg.departure.earliest, |gap| gap.before.time);
        format!(
            "{vessel_id}/dark_leg/{start}/{}-{}",
            key(leg.origin, "start"),
            key(leg.destination, "end")
        )
    }

    /// One part of a dark leg.
    pub(crate) fn dark_leg<'b>(
        &'b self,
        story: HullStory<'b>,
        leg: &DarkLeg,
        leg_id: &'b str,
        drawn: DrawnPart<'_>,
    ) -> Vec<Property<'b>> {
        let is_observed = drawn.part == LegPart::Observed;
        let origin = leg.origin.port().and_then(|port| self.port(port));
        let destination = leg.destination.port().and_then(|port| self.port(port));
        let dark: Vec<&DarkCall> = [leg.origin, leg.destination]
            .into_iter()
            .filter_map(|end| story.call(end))
            .collect();
        let time = leg.observed.map_or_else(
            || {
                dark.first()
                    .and_then(|call| story.gap(call.gap))
                    .map(|gap| gap.before.time)
            },
            |(first, _)| Some(first.time),
        );
        let mut properties = labelled(story.run, leg.hull, time);
        properties.extend([
            ("leg_id", Value::text(Some(leg_id))),
            (
                "part",
                Value::text(Some(if is_observed { "observed" } else { "inferred" })),
            ),
            ("observed", Value::Truth(is_observed)),
        ]);
        // As its call of that grade has it.
        let mut of_grade = dark.iter().filter(|call| call.grade == leg.grade);
        let meaning = of_grade
            .next()
            .map_or(leg.grade.meaning(), |call| call.meaning());
        properties.extend(graded(leg.grade, meaning));
        properties.extend([
            ("origin", name_of(origin)),
            ("origin_locode", locode_of(origin)),
            (
                "origin_dark",
                Value::Truth(matches!(leg.origin, LegEnd::Dark(..))),
            ),
            ("destination", name_of(destination)),
            ("destination_locode", locode_of(destination)),
            (
                "destination_dark",
                Value::Truth(matches!(leg.destination, LegEnd::Dark(..))),
            ),
        ]);
        properties.extend(span(
            leg.departure,
            "departure_earliest",
            "departure_latest",
        ));
        properties.extend(span(leg.arrival, "arrival_earliest", "arrival_latest"));
        properties.extend([
            ("distance_km", kilometres(Some(drawn.length_m))),
            (
                "by_water",
                drawn.by_water.map_or(Value::Absent, Value::Truth),
            ),
        ]);
        let over = drawn.over.iter().map(|ix| story.run.sighting_id(*ix));
        properties.push((
            "over_sighting_ids",
            Value::Texts(over.map(Cow::Borrowed).collect()),
        ));
        properties.extend(pattern(story.findings.patterns.get(leg.pattern as usize)));
        properties.push((
            "dark_call_ids",
            Value::Texts(
                dark.iter()
                    .map(|call| Cow::Owned(self.dark_call_id(story, call)))
                    .collect(),
            ),
        ));
        match (drawn.part, leg.observed) {
            (LegPart::Observed, Some((first, last))) => self.close(&mut properties, first, last),
            (LegPart::WayIn, _) => {
                let gap = story
                    .call(leg.destination)
                    .and_then(|call| story.gap(call.gap));
                self.close_gap(&mut properties, gap);
            }
            _ => {
                let gap = story.call(leg.origin).and_then(|call| story.gap(call.gap));
                self.close_gap(&mut properties, gap);
            }
        }
        properties
    }
}

fn pattern<'b>(pattern: Option<&Pattern>) -> [Property<'b>; 3] {
    let measured = |hours: Option<f64>| Value::measure(hours, HOUR_DECIMALS);
    [
        (
            "pattern_times",
            pattern.map_or(Value::Absent, |pattern| {
                Value::Count(u64::from(pattern.times))
            }),
        ),
        (
            "pattern_median_gap_h",
            measured(pattern.and_then(|pattern| pattern.median_gap_h)),
        ),
        (
            "pattern_median_stay_h",
            measured(pattern.and_then(|pattern| pattern.median_longest_stay_h)),
        ),
    ]
}
