//! A sighting is assessed against one hull's reports: did she report there then, was she silent and
//! could have been there, or does AIS have her elsewhere?

use super::InferenceConfig;
use super::reach::{earlier, knots_needed, later};
use landfall_track::{
    AisAtSighting, Gap, HullIx, METRES_PER_NAUTICAL_MILE, Position, ReachSpeeds, ReportRef,
    Sighting, SightingOutcome, Suspect, TimeSpan, Timestamp, Verdict, distance_m,
};

/// What is known of one hull.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    /// Which hull.
    pub hull: HullIx,
    /// Her reports in time order.
    pub reports: &'a [ReportRef],
    /// Her gaps in time order.
    pub gaps: &'a [Gap],
    /// Her speeds.
    pub speeds: ReachSpeeds,
    /// Her length over all by AIS, in metres.
    pub length_m: Option<f64>,
    /// The end of the data.
    pub data_end: Timestamp,
}

/// What a sighting comes to against one hull.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assessment {
    /// What it comes to; never [`Verdict::UnknownVessel`].
    pub verdict: Verdict,
    /// Where AIS has her then.
    pub ais: Option<AisAtSighting>,
    /// If she could have been there: the silence with the most to spare.
    pub reach: Option<Suspect>,
    /// In how many gaps she could have been there.
    pub gaps_possible: u32,
}

/// Whether a sighting's interval is so long that it is a claim.
pub fn is_claim(sighting: &Sighting, config: &InferenceConfig) -> bool {
    sighting.to.hours_since(sighting.from) > config.claim_h
}

/// Assesses a sighting of this very hull, or that she was not there.
pub fn assess(sighting: &Sighting, heard: &Heard<'_>, config: &InferenceConfig) -> Assessment {
    let ais = nearest_report(sighting, heard.reports);
    let (reach, gaps_possible) = possible_silences(sighting, heard, config);
    let there = is_there(sighting, heard.reports, config);
    let covered = is_covered(sighting, heard);
    let verdict = match sighting.outcome {
        SightingOutcome::Seen => match (there, &reach) {
            (true, _) => Verdict::Confirmed,
            (false, Some(_)) => Verdict::Possible,
            (false, None) if covered => Verdict::Contradicted,
            (false, None) => Verdict::OutsideTheData,
        },
        SightingOutcome::NotThere | SightingOutcome::NoVessel => match (there, &reach) {
            (true, _) if lay_there(sighting, heard.reports, config) => Verdict::Contradicted,
            (_, Some(_)) => Verdict::Possible,
            (_, None) if covered => Verdict::Confirmed,
            (_, None) => Verdict::OutsideTheData,
        },
    };
    Assessment {
        verdict,
        ais: ais.filter(|_| covered || there),
        reach,
        gaps_possible,
    }
}

/// The gap in which a hull could have been at a sighting's place and time, if there is one; of
/// several the one with the most to spare, and how many there are.
pub fn suspect(
    sighting: &Sighting,
    heard: &Heard<'_>,
    config: &InferenceConfig,
) -> Option<(Suspect, u32)> {
    let first = heard
        .gaps
        .partition_point(|gap| gap.after.is_some_and(|after| after.time < sighting.from));
    let mut count = 0;
    let best = heard.gaps[first..]
        .iter()
        .enumerate()
        .take_while(|(_, gap)| gap.before.time <= sighting.to)
        .filter_map(|(number, gap)| {
            let found = presence(sighting, gap.before, gap.after, heard, config)?;
            count += 1;
            Some(Suspect {
                gap: Some((first + number) as u32),
                ..found
            })
        })
        .reduce(better)?;
    Some((best, count))
}

/// Whether a hull's length by AIS fits a measured one, as far as both are known.
pub fn fits_length(suspect: &Suspect, sighting: &Sighting, config: &InferenceConfig) -> bool {
    match (suspect.length_difference_m, sighting.length_m) {
        (Some(difference_m), Some(length_m)) => {
            difference_m.abs() <= length_m * config.length_share
        }
        _ => true,
    }
}

/// Whether a hull reported from a sighting's place at its time.
pub fn is_there(sighting: &Sighting, reports: &[ReportRef], config: &InferenceConfig) -> bool {
    reports_around(sighting, reports, config.confirm_h)
        .iter()
        .any(|report| is_at(sighting, report.position, config))
}

fn reports_around<'a>(
    sighting: &Sighting,
    reports: &'a [ReportRef],
    margin_h: f64,
) -> &'a [ReportRef] {
    let from = earlier(sighting.from, margin_h);
    let to = later(sighting.to, margin_h);
    let first = reports.partition_point(|report| report.time < from);
    let last = reports.partition_point(|report| report.time <= to);
    &reports[first..last.max(first)]
}

fn is_at(sighting: &Sighting, position: Position, config: &InferenceConfig) -> bool {
    // 1e-7 degrees of latitude are 11.05 mm at least: most reports are out by that alone.
    let reach_m = sighting.error_radius_m + config.confirm_m;
    let lat_m = f64::from((position.lat_e7 - sighting.position.lat_e7).abs()) * 0.01105;
    lat_m <= reach_m && distance_m(sighting.position, position) <= reach_m
}

/// Whether a hull surely lay within what a scene covered, all the time in which it was taken: reports
/// from shortly before to shortly after, and none from outside. Speaks against a scene without her.
pub fn lay_there(sighting: &Sighting, reports: &[ReportRef], config: &InferenceConfig) -> bool {
    let around = reports_around(sighting, reports, config.confirm_h);
    let covers = around
        .first()
        .zip(around.last())
        .is_some_and(|(first, last)| first.time <= sighting.from && last.time >= sighting.to);
    covers
        && around
            .iter()
            .all(|report| distance_m(sighting.position, report.position) <= sighting.error_radius_m)
}

/// Whether a hull could have been at a sighting's place at its time in any silence of hers, however
/// short, by the cap alone: who can, is a rival of whoever else may be meant.
pub fn could_have_been(sighting: &Sighting, heard: &Heard<'_>, config: &InferenceConfig) -> bool {
    possible_silences(sighting, heard, config).0.is_some()
}

/// Whether the data cover a moment of the sighting's interval so that AIS can speak against it.
fn is_covered(sighting: &Sighting, heard: &Heard<'_>) -> bool {
    match (heard.reports.first(), heard.reports.last()) {
        (Some(first), Some(last)) => {
            sighting.from >= first.time && sighting.to <= last.time.max(heard.data_end)
        }
        _ => false,
    }
}

/// Of the reports within the sighting's interval, and of the last before and the first after it,
/// the one nearest in place.
fn nearest_report(sighting: &Sighting, reports: &[ReportRef]) -> Option<AisAtSighting> {
    let first = reports
        .partition_point(|report| report.time < sighting.from)
        .saturating_sub(1);
    let last = reports.partition_point(|report| report.time <= sighting.to) + 1;
    reports[first..last.min(reports.len())]
        .iter()
        .map(|report| AisAtSighting {
            report: *report,
            distance_m: distance_m(sighting.position, report.position),
        })
        .min_by(|a, b| {
            a.distance_m
                .total_cmp(&b.distance_m)
                .then(a.report.time.cmp(&b.report.time))
        })
}

/// The silence in which she could have been there with the most to spare, and the number of gaps.
fn possible_silences(
    sighting: &Sighting,
    heard: &Heard<'_>,
    config: &InferenceConfig,
) -> (Option<Suspect>, u32) {
    let reports = heard.reports;
    let first = reports
        .partition_point(|report| report.time < sighting.from)
        .saturating_sub(1);
    let mut best: Option<Suspect> = None;
    let mut gaps = 0;
    for (at, before) in reports.iter().enumerate().skip(first) {
        if before.time > sighting.to {
            break;
        }
        let after = reports.get(at + 1);
        let Some(mut found) = presence(sighting, *before, after.copied(), heard, config) else {
            continue;
        };
        // Of several reports of one moment only the last is followed by a silence.
        found.gap = heard
            .gaps
            .binary_search_by_key(&before.time, |gap| gap.before.time)
            .ok()
            .filter(|_| after.is_none_or(|after| after.time > before.time))
            .map(|number| number as u32);
        gaps += u32::from(found.gap.is_some());
        best = Some(best.map_or(found, |best| better(best, found)));
    }
    (best, gaps)
}

fn better(a: Suspect, b: Suspect) -> Suspect {
    // A gap goes before a shorter silence, then the one with more to spare, then the earlier.
    let rank = |suspect: &Suspect| (suspect.gap.is_some(), suspect.slack_h);
    let (of_a, of_b) = (rank(&a), rank(&b));
    if of_b.0.cmp(&of_a.0).then(of_b.1.total_cmp(&of_a.1)).is_gt() {
        b
    } else {
        a
    }
}

/// Whether a ship that was at one place and then at another could have been at the sighting's in
/// between, within its interval; by the geodesic less every error.
fn presence(
    sighting: &Sighting,
    before: ReportRef,
    after: Option<ReportRef>,
    heard: &Heard<'_>,
    config: &InferenceConfig,
) -> Option<Suspect> {
    let end = after.map_or(heard.data_end, |after| after.time);
    let from = sighting.from.max(before.time);
    let to = sighting.to.min(end);
    if from > to {
        return None;
    }
    let least_m = |end: Position| {
        (distance_m(sighting.position, end) - sighting.error_radius_m - config.position_error_m)
            .max(0.0)
    };
    let way_in_m = least_m(before.position);
    let way_out_m = after.map_or(0.0, |after| least_m(after.position));
    let hours_of = |way_m: f64| way_m / METRES_PER_NAUTICAL_MILE / heard.speeds.cap_knots;
    let window_from = later(before.time, hours_of(way_in_m)).max(from);
    let window_to = after.map_or(to, |after| earlier(after.time, hours_of(way_out_m)).min(to));
    if window_from > window_to {
        return None;
    }
    let speed_needed_knots = speed_needed_knots(
        (before.time, way_in_m),
        after.map(|after| (after.time, way_out_m)),
        (from, to),
    );
    Some(Suspect {
        hull: heard.hull,
        gap: None,
        before,
        after,
        slack_h: end.hours_since(before.time) - hours_of(way_in_m) - hours_of(way_out_m),
        speed_needed_knots,
        window: TimeSpan {
            earliest: window_from,
            latest: Some(window_to),
        },
        is_plausible: heard
            .speeds
            .usual_knots
            .map(|usual| speed_needed_knots <= usual),
        length_difference_m: heard
            .length_m
            .zip(sighting.length_m)
            .map(|(hers, measured)| hers - measured),
    })
}

/// The least speed in knots at which both ways can be sailed, if the moment between them can be
/// chosen within a span.
fn speed_needed_knots(
    (left, way_in_m): (Timestamp, f64),
    back: Option<(Timestamp, f64)>,
    (from, to): (Timestamp, Timestamp),
) -> f64 {
    let Some((returned, way_out_m)) = back else {
        return knots_needed(way_in_m, to.hours_since(left));
    };
    let way_m = way_in_m + way_out_m;
    let share = if way_m > 0.0 { way_in_m / way_m } else { 0.5 };
    let best = left.shifted((returned.millis_since(left) as f64 * share) as i64);
    let there = best.clamp(from, to);
    knots_needed(way_in_m, there.hours_since(left))
        .max(knots_needed(way_out_m, returned.hours_since(there)))
}

/// Whether no ship can have made two sightings at a speed: even if each lies as near to the other in
/// place as its error allows, and as far from it in time.
pub fn exclude_each_other(
    a: &Sighting,
    b: &Sighting,
    knots: f64,
    config: &InferenceConfig,
) -> bool {
    let errors_m = a.error_radius_m + b.error_radius_m + 2.0 * config.position_error_m;
    let apart_m = distance_m(a.position, b.position) - errors_m;
    apart_m > 0.0 && apart_m / METRES_PER_NAUTICAL_MILE > knots * longest_apart_h(a, b)
}

/// The longest time that can lie between two sightings, in hours.
fn longest_apart_h(a: &Sighting, b: &Sighting) -> f64 {
    a.to.hours_since(b.from)
        .max(b.to.hours_since(a.from))
        .max(0.0)
}

#[cfg(test)]
mod tests;
