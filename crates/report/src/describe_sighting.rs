//! What is said of a sighting: all that its source says, and what it comes to against AIS.

use crate::describe::{METRE_DECIMALS, Names, kilometres, lon_lat};
use crate::describe_dark::{labelled, measured_h, measured_knots, sighting_ids, span};
use crate::run_view::gap_id;
use crate::{Property, Reasons, RunView, Value};
use landfall_track::{
    Activity, AssessedSighting, DoubtfulMatch, GapIx, MatchBasis, Sighting, SightingOutcome,
    Suspect, TimeSpan,
};
use std::borrow::Cow;

/// The word used in outputs for what was seen.
pub(crate) fn outcome_word(outcome: SightingOutcome) -> &'static str {
    match outcome {
        SightingOutcome::Seen => "seen",
        SightingOutcome::NotThere => "not_there",
        SightingOutcome::NoVessel => "no_vessel",
    }
}

/// The word used in outputs for what she was doing.
pub(crate) fn activity_word(activity: Activity) -> &'static str {
    match activity {
        Activity::Loading => "loading",
        Activity::Unloading => "unloading",
        Activity::Berthed => "berthed",
        Activity::Anchored => "anchored",
        Activity::UnderWay => "under_way",
    }
}

impl Names<'_> {
    /// A sighting with what it comes to.
    pub(crate) fn sighting<'b>(
        &'b self,
        run: &'b RunView<'_>,
        sighting: &'b Sighting,
        assessed: &'b AssessedSighting,
    ) -> Vec<Property<'b>> {
        let mut properties = match assessed.hull {
            Some(hull) => labelled(run, hull, Some(sighting.from)),
            None => NOBODY.iter().map(|name| (*name, Value::Absent)).collect(),
        };
        properties.extend([
            ("verdict", Value::text(Some(assessed.verdict.as_str()))),
            (
                "reason",
                Value::Text(Cow::Owned(Reasons::of(self, run).sighting(assessed))),
            ),
            ("is_claim", Value::Truth(assessed.is_claim)),
            (
                "matched_by",
                Value::text(assessed.basis.map(MatchBasis::as_str)),
            ),
            ("doubtful", doubtful(&assessed.doubtful)),
        ]);
        properties.extend(said(sighting));
        properties.extend([
            (
                "ais_distance_km",
                kilometres(assessed.ais.map(|ais| ais.distance_m)),
            ),
            (
                "ais_time",
                Value::time(assessed.ais.map(|ais| ais.report.time)),
            ),
            (
                "ais_file",
                Value::text(assessed.ais.map(|ais| self.file(ais.report.source.file()))),
            ),
            (
                "ais_row",
                assessed
                    .ais
                    .map_or(Value::Absent, |ais| Value::Count(ais.report.source.row())),
            ),
        ]);
        // Of a scene without the unnamed ship only the silence is told: times and speeds would be those of
        // the sighting that she was taken by.
        let is_of_another = sighting.outcome != SightingOutcome::Seen
            && assessed.basis == Some(MatchBasis::Elimination);
        properties.extend(silence(run, assessed.reach.as_ref()));
        properties.extend(reach(assessed.reach.as_ref().filter(|_| !is_of_another)));
        properties.extend([
            (
                "silences_possible",
                Value::Count(u64::from(assessed.silences_possible)),
            ),
            ("one_of_gap_ids", group_gap_ids(run, assessed)),
            (
                "group_grade",
                Value::text(assessed.one_of.map(|group| group.grade.as_str())),
            ),
            (
                "pool_vessels",
                (assessed.pool).map_or(Value::Absent, |pool| Value::Count(pool.considered.into())),
            ),
            (
                "pool_needed",
                (assessed.pool).map_or(Value::Absent, |pool| Value::Count(pool.needed.into())),
            ),
            (
                "pool_others_heard",
                (assessed.pool)
                    .and_then(|pool| pool.is_received)
                    .map_or(Value::Absent, Value::Truth),
            ),
            (
                "suspects_total",
                Value::Count(u64::from(assessed.suspects_total)),
            ),
            ("suspects", suspects(run, &assessed.suspects)),
            (
                "reporting_there",
                Value::Texts(
                    assessed
                        .reporting_there
                        .iter()
                        .map(|id| Cow::Borrowed(id.as_str()))
                        .collect(),
                ),
            ),
            ("contradicts", sighting_ids(run, &assessed.contradicts)),
        ]);
        self.notice(&mut properties);
        // The list's row; `source` are reports, as everywhere.
        properties.extend([
            ("file", Value::text(run.sighting_file(assessed.sighting))),
            ("row", Value::Count(sighting.row)),
            ("source", self.reports_of(assessed)),
        ]);
        properties
    }

    /// The reports that a verdict rests on.
    fn reports_of<'b>(&'b self, assessed: &AssessedSighting) -> Value<'b> {
        let silence = assessed
            .reach
            .map(|reach| (reach.before, reach.after.unwrap_or(reach.before)));
        let heard = assessed.ais.map(|ais| (ais.report, ais.report));
        silence
            .or(heard)
            .map_or(Value::Absent, |(first, last)| Value::Source {
                first: self.source(first.source),
                last: self.source(last.source),
            })
    }
}

/// What stands absent where no vessel is taken.
const NOBODY: [&str; 5] = ["vessel_id", "mmsi", "imo", "name", "ship_type"];

/// What the source says.
fn said(sighting: &Sighting) -> Vec<Property<'_>> {
    let (lon, lat) = lon_lat(Some(sighting.position));
    let claim = &sighting.claim;
    vec![
        ("sighting_id", Value::text(Some(&sighting.id))),
        ("outcome", Value::text(Some(outcome_word(sighting.outcome)))),
        ("time_from", Value::Time(sighting.from)),
        ("time_to", Value::Time(sighting.to)),
        ("lon", lon),
        ("lat", lat),
        (
            "error_radius_m",
            Value::measure(Some(sighting.error_radius_m), METRE_DECIMALS),
        ),
        ("sensor", Value::text(sighting.sensor.as_deref())),
        ("claimed_name", Value::text(claim.name.as_deref())),
        ("claimed_imo", Value::code(claim.imo)),
        ("claimed_mmsi", Value::code(claim.mmsi)),
        (
            "claimed_confidence",
            Value::text(claim.confidence.as_deref()),
        ),
        (
            "activity",
            Value::text(sighting.activity.map(activity_word)),
        ),
        (
            "length_m",
            Value::measure(sighting.length_m, METRE_DECIMALS),
        ),
        ("scene", Value::text(sighting.scene.as_deref())),
        ("source_text", Value::text(Some(&sighting.source))),
        ("publisher", Value::text(sighting.publisher.as_deref())),
        ("via", Value::text(sighting.via.as_deref())),
        ("url", Value::text(sighting.url.as_deref())),
    ]
}

fn doubtful(doubtful: &[DoubtfulMatch]) -> Value<'_> {
    Value::Records(
        doubtful
            .iter()
            .map(|other| {
                vec![
                    ("vessel", Value::text(Some(&other.vessel))),
                    ("name", Value::text(other.name.as_deref())),
                    ("reason", Value::text(Some(&other.reason))),
                ]
            })
            .collect(),
    )
}

/// The silence in which she could have been there.
fn silence<'b>(run: &RunView<'_>, reach: Option<&Suspect>) -> [Property<'b>; 3] {
    [
        (
            "gap_id",
            Value::code(reach.and_then(|reach| suspect_gap_id(run, reach))),
        ),
        (
            "silent_from",
            Value::time(reach.map(|reach| reach.before.time)),
        ),
        (
            "silent_to",
            Value::time(reach.and_then(|reach| reach.after).map(|after| after.time)),
        ),
    ]
}

/// When she could have been there, and what that takes.
fn reach<'b>(reach: Option<&Suspect>) -> Vec<Property<'b>> {
    let window = reach.map(|reach| reach.window);
    let mut properties: Vec<Property<'b>> = window
        .map_or(
            [
                ("window_earliest", Value::Absent),
                ("window_latest", Value::Absent),
            ],
            |window: TimeSpan| span(window, "window_earliest", "window_latest"),
        )
        .into();
    properties.extend([
        (
            "hours_to_spare",
            reach.map_or(Value::Absent, |reach| measured_h(reach.slack_h)),
        ),
        (
            "speed_needed_knots",
            measured_knots(reach.map(|reach| reach.speed_needed_knots)),
        ),
        (
            "plausible",
            reach
                .and_then(|reach| reach.is_plausible)
                .map_or(Value::Absent, Value::Truth),
        ),
        (
            "length_difference_m",
            Value::measure(
                reach.and_then(|reach| reach.length_difference_m),
                METRE_DECIMALS,
            ),
        ),
    ]);
    properties
}

/// The id of the gap in which a suspect could have been there; `None` for a shorter silence.
pub(crate) fn suspect_gap_id(run: &RunView<'_>, suspect: &Suspect) -> Option<String> {
    let hull = run.hull(suspect.hull)?;
    let gap = run.gap(GapIx {
        hull: suspect.hull,
        number: suspect.gap?,
    })?;
    Some(gap_id(hull.vessel_id, gap))
}

/// The ids of the gaps of which one at least holds the call that a sighting proves.
fn group_gap_ids<'b>(run: &RunView<'_>, assessed: &AssessedSighting) -> Value<'b> {
    let hull = assessed.one_of.and(assessed.hull);
    let view = hull.and_then(|hull| run.hull(hull));
    let gaps = assessed.possible_gaps.iter().filter_map(|possible| {
        let view = view?;
        let gap = view.gaps.get(possible.gap as usize)?;
        Some(Cow::Owned(gap_id(view.vessel_id, gap)))
    });
    Value::Texts(gaps.collect())
}

fn suspects<'b>(run: &'b RunView<'_>, suspects: &[Suspect]) -> Value<'b> {
    Value::Records(
        (1..)
            .zip(suspects)
            .map(|(rank, suspect)| {
                let view = run.hull(suspect.hull);
                let label = view.map(|view| view.label(suspect.before.time));
                let mut record = vec![
                    ("rank", Value::Count(rank)),
                    ("vessel_id", Value::text(view.map(|view| view.vessel_id))),
                    ("name", Value::text(label.and_then(|label| label.name))),
                ];
                record.extend(silence(run, Some(suspect)));
                record.extend(reach(Some(suspect)));
                record
            })
            .collect(),
    )
}
