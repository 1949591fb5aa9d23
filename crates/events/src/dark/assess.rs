//! A sighting is assessed against one hull's reports: did she report there then, was she silent and
//! could have been there, or does AIS have her elsewhere?

use super::InferenceConfig;
use super::reach::{earlier, knots_to_be_there, later};
use landfall_track::{
    AisAtSighting, Gap, HullIx, METRES_PER_NAUTICAL_MILE, Position, PossibleGap, ReachSpeeds,
    ReportRef, Sighting, SightingOutcome, Suspect, TimeSpan, Timestamp, Verdict, distance_m,
};

/// From one report of a hull to the next she may seem to make so many knots, since positions are off:
/// a report that asks for more is set aside as no report of hers.
const LEAP_KNOTS: f64 = 120.0;

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
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// What it comes to; never [`Verdict::UnknownVessel`].
    pub verdict: Verdict,
    /// Where AIS has her then.
    pub ais: Option<AisAtSighting>,
    /// If she could have been there: the silence with the most to spare.
    pub reach: Option<Suspect>,
    /// In how many silences it could have been there, however short.
    pub silences_possible: u32,
    /// In how many of them the usual speed suffices, or is not known.
    pub silences_plausible: u32,
    /// Those that are gaps, in time order.
    pub possible_gaps: Vec<PossibleGap>,
}

/// Whether a sighting's interval is so long that it is a claim.
pub fn is_claim(sighting: &Sighting, config: &InferenceConfig) -> bool {
    sighting.to.hours_since(sighting.from) > config.claim_h
}

/// Assesses a sighting of this very hull, or that she was not there.
pub fn assess(sighting: &Sighting, heard: &Heard<'_>, config: &InferenceConfig) -> Assessment {
    let ais = nearest_report(sighting, heard.reports);
    let Silences {
        best: reach,
        count: silences_possible,
        plausible: silences_plausible,
        gaps: possible_gaps,
    } = possible_silences(sighting, heard, config);
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
            (true, _) if lay_there(sighting, heard, config) => Verdict::Contradicted,
            (_, Some(_)) => Verdict::Possible,
            (_, None) if covered => Verdict::Confirmed,
            (_, None) => Verdict::OutsideTheData,
        },
    };
    Assessment {
        verdict,
        ais: ais.filter(|_| covered || there),
        reach,
        silences_possible,
        silences_plausible,
        possible_gaps,
    }
}

/// The gap in which a hull could have been at a sighting's place and time, if there is one; of
/// several the one with the most to spare, and in how many silences she could, however short.
pub fn suspect(
    sighting: &Sighting,
    heard: &Heard<'_>,
    config: &InferenceConfig,
) -> Option<(Suspect, u32)> {
    let found = possible_silences(sighting, heard, config);
    found
        .best
        .filter(|best| best.gap.is_some())
        .map(|best| (best, found.count))
}

/// Whether a hull is one of those among whom an unnamed vessel is sought: heard about then in that
/// area, and of a length that fits, as far as it is known.
pub fn is_considered(sighting: &Sighting, heard: &Heard<'_>, config: &InferenceConfig) -> bool {
    let lengths = heard.length_m.zip(sighting.length_m);
    let fits = lengths.is_none_or(|(of_hull, measured)| {
        (of_hull - measured).abs() <= measured * config.length_share
    });
    let (earliest, latest) = (
        earlier(sighting.from, config.pool_h),
        later(sighting.to, config.pool_h),
    );
    let near_m = config.pool_m + sighting.error_radius_m;
    let reports = around(sighting, heard.reports);
    let mut at = reports.partition_point(|report| report.time < earliest);
    while let Some(report) = reports
        .get(at)
        .filter(|report| fits && report.time <= latest)
    {
        let beyond_m = distance_m(sighting.position, report.position) - near_m;
        if beyond_m <= 0.0 {
            return true;
        }
        // Before so many hours are over no report can be from near there.
        let way_h = beyond_m / METRES_PER_NAUTICAL_MILE / LEAP_KNOTS;
        let next = later(report.time, way_h);
        at += reports[at..]
            .partition_point(|report| report.time < next)
            .max(1);
    }
    false
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

/// Whether a hull surely was within what a scene covered, all the time in which it was taken: reports
/// from before to after, none from outside, and so close together that not even the cap on her speed
/// takes her out and back between two. Speaks against a scene without her.
pub fn lay_there(sighting: &Sighting, heard: &Heard<'_>, config: &InferenceConfig) -> bool {
    let reports = heard.reports;
    let begun = reports.partition_point(|report| report.time <= sighting.from);
    let last = reports.partition_point(|report| report.time < sighting.to);
    let Some(around) = begun
        .checked_sub(1)
        .and_then(|first| reports.get(first..=last.max(first)))
    else {
        return false;
    };
    let searched_m = sighting.searched_m();
    // How far it is from a report out of what the scene covered, at least.
    let out_m = |report: &ReportRef| {
        searched_m - distance_m(sighting.position, report.position) - config.position_error_m
    };
    if around.len() == 1 {
        return out_m(&around[0]) >= 0.0;
    }
    around.windows(2).all(|pair| {
        let (before_m, after_m) = (out_m(&pair[0]), out_m(&pair[1]));
        let hours = pair[1].time.hours_since(pair[0].time);
        let reach_m = hours * heard.speeds.cap_knots * METRES_PER_NAUTICAL_MILE;
        before_m >= 0.0 && after_m >= 0.0 && before_m + after_m > reach_m
    })
}

/// Whether a hull could have been at a sighting's place at its time in any silence of hers, however
/// short, or shortly before she was first heard, by the cap alone: who can, is a rival of whoever else
/// may be meant.
pub fn could_have_been(sighting: &Sighting, heard: &Heard<'_>, config: &InferenceConfig) -> bool {
    let before_all = heard.reports.first().is_some_and(|first| {
        let way_m = least_way_m(sighting, first.position, config);
        let way_h = way_m / METRES_PER_NAUTICAL_MILE / heard.speeds.cap_knots;
        sighting.from < first.time
            && first.time.hours_since(sighting.to) <= config.unheard_h
            && earlier(first.time, way_h) >= sighting.from
    });
    before_all || presences(sighting, heard, config).next().is_some()
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
    around(sighting, reports)
        .iter()
        .map(|report| AisAtSighting {
            report: *report,
            distance_m: distance_m(sighting.position, report.position),
        })
        .min_by(|a, b| {
            let off_ms = |it: &AisAtSighting| {
                let time = it.report.time;
                (sighting.from.millis_since(time)).max(time.millis_since(sighting.to))
            };
            a.distance_m
                .total_cmp(&b.distance_m)
                .then(off_ms(a).max(0).cmp(&off_ms(b).max(0)))
                .then(a.report.time.cmp(&b.report.time))
        })
}

/// The reports within a sighting's interval, the last before and the first after it.
fn around<'a>(sighting: &Sighting, reports: &'a [ReportRef]) -> &'a [ReportRef] {
    let first = reports
        .partition_point(|report| report.time < sighting.from)
        .saturating_sub(1);
    let last = reports.partition_point(|report| report.time <= sighting.to) + 1;
    &reports[first..last.min(reports.len())]
}

/// The silences in which a hull could have been at a sighting's place in its time.
#[derive(Default)]
struct Silences {
    /// The one with the most to spare.
    best: Option<Suspect>,
    /// How many there are.
    count: u32,
    /// How many of them the usual speed allows, or all if it is not known.
    plausible: u32,
    /// Those that are gaps.
    gaps: Vec<PossibleGap>,
}

fn possible_silences(sighting: &Sighting, heard: &Heard<'_>, config: &InferenceConfig) -> Silences {
    let mut all = Silences::default();
    for (at, mut found) in presences(sighting, heard, config) {
        let next = heard.reports.get(at + 1);
        // Of several reports of one moment only the last is followed by a silence.
        found.gap = heard
            .gaps
            .binary_search_by_key(&found.before.time, |gap| gap.before.time)
            .ok()
            .filter(|_| next.is_none_or(|next| next.time > found.before.time))
            .map(|number| number as u32);
        all.count += 1;
        all.plausible += u32::from(found.is_plausible != Some(false));
        all.gaps.extend(found.gap.map(|gap| PossibleGap {
            gap,
            is_plausible: found.is_plausible,
        }));
        all.best = Some(all.best.map_or(found, |best| better(best, found)));
    }
    all
}

/// Every silence, from one report to the next, in which she could have been at a sighting's place in
/// its time, with the report's place among hers.
fn presences<'a>(
    sighting: &'a Sighting,
    heard: &'a Heard<'a>,
    config: &'a InferenceConfig,
) -> impl Iterator<Item = (usize, Suspect)> + 'a {
    let reports = heard.reports;
    let mut at = reports
        .partition_point(|report| report.time < sighting.from)
        .saturating_sub(1);
    std::iter::from_fn(move || {
        while let Some(before) = reports.get(at).filter(|before| before.time <= sighting.to) {
            let here = at;
            let found = presence(
                sighting,
                *before,
                reports.get(at + 1).copied(),
                heard,
                config,
            );
            // From here she cannot be there before so many hours are over: no silence that ends
            // earlier need be looked at.
            let way_m = least_way_m(sighting, before.position, config);
            let knots = heard.speeds.cap_knots.max(LEAP_KNOTS);
            let first = later(before.time, way_m / METRES_PER_NAUTICAL_MILE / knots);
            let ahead = &reports[at + 1..];
            at += ahead.partition_point(|report| report.time < first).max(1);
            if let Some(found) = found {
                return Some((here, found));
            }
        }
        None
    })
}

/// The least way from a place to a sighting's, in metres.
fn least_way_m(sighting: &Sighting, end: Position, config: &InferenceConfig) -> f64 {
    (distance_m(sighting.position, end) - sighting.error_radius_m - config.position_error_m)
        .max(0.0)
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
    // A sighting may reach beyond the data; one that begins after they end is none of theirs.
    let end = after.map_or(heard.data_end.max(sighting.to), |after| after.time);
    let from = sighting.from.max(before.time);
    let to = sighting.to.min(end);
    if from > to || (after.is_none() && from > heard.data_end) {
        return None;
    }
    let way_in_m = least_way_m(sighting, before.position, config);
    let way_out_m = after.map_or(0.0, |after| least_way_m(sighting, after.position, config));
    let hours_of = |way_m: f64| way_m / METRES_PER_NAUTICAL_MILE / heard.speeds.cap_knots;
    let window_from = later(before.time, hours_of(way_in_m)).max(from);
    let window_to = after.map_or(to, |after| earlier(after.time, hours_of(way_out_m)).min(to));
    if window_from > window_to {
        return None;
    }
    let speed_needed_knots = knots_to_be_there(
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
