//! Why a dark call is inferred and has its grade, and what a dark leg is made of.

use super::page::Page;
use super::properties::{Properties, counted, hours, kilometres, knots, trimmed};
use super::result::{FoundFeature, RunResult};
use super::sighting::{said, yes_no};
use super::silence::{MILE_KM, ends, one_of, speeds};
use super::sources::report;

/// Sums that are shown must come out as the result has them, within this many hours.
const ROUNDING_H: f64 = 0.02;
/// The same for kilometres.
const ROUNDING_KM: f64 = 0.1;

/// What a dark call refers to.
pub(super) struct Around<'a> {
    /// The gap it is inferred in.
    pub(super) gap: Option<&'a FoundFeature>,
    /// The sightings it rests on, and those that cut its times.
    pub(super) sightings: &'a [FoundFeature],
}

/// A dark call.
pub(super) fn dark_call(
    page: &mut Page,
    result: &RunResult,
    it: &Properties<'_>,
    around: &Around<'_>,
) {
    let port = it
        .port("port")
        .unwrap_or_else(|| "a port without a name".to_owned());
    if let Some(gap) = around.gap {
        let gap = Properties::of(gap);
        ends(page, &gap, "start", "end");
    } else {
        page.step("Last heard and heard again");
        page.fact("last heard", report(it, "gap_start", "first"));
        match it.get("gap_end") {
            Some(_) => page.fact("heard again", report(it, "gap_end", "last")),
            None => page.fact("heard again", "never: the data end in silence"),
        }
    }
    page.step("In between she was silent");
    page.fact_if("silent for", it.number("gap_duration_h").map(hours));
    page.fact_if("reception", it.text("reception"));
    page.fact_if(
        "others heard at the port",
        it.truth("others_heard").map(yes_no),
    );
    page.fact_if("the silence", it.text("gap_id"));

    page.step(&format!("Could she have been at {port}?"));
    speeds(page, result, it);
    page.fact_if(
        "last heard to port",
        it.number("distance_from_km").map(kilometres),
    );
    page.fact_if(
        "port to heard again",
        it.number("distance_to_km").map(kilometres),
    );
    reckoning(page, result, it);
    page.fact_if(
        "speed she needed at least",
        it.number("speed_needed_knots").map(knots),
    );
    page.fact_if("within its usual speed", it.truth("plausible").map(yes_no));
    by_water(page, it);

    page.step("Who saw her there?");
    witnesses(page, it, around);

    when(page, it);
    grade(page, it);
    beaten(page, it);
    page.part("What this is not");
    page.say(
        "It is no observation by AIS. That she could have been somewhere never says that she was.",
    );
}

/// The intervals of arrival and departure.
fn when(page: &mut Page, it: &Properties<'_>) {
    page.step("When, then?");
    page.fact("arrived", between(it, "arrival_earliest", "arrival_latest"));
    page.fact(
        "left",
        between(it, "departure_earliest", "departure_latest"),
    );
}

/// The times between which something happened.
fn between(it: &Properties<'_>, from: &str, to: &str) -> String {
    match (it.text(from), it.text(to)) {
        (Some(from), Some(to)) if from == to => format!("at {from}"),
        (Some(from), Some(to)) => format!("between {from} and {to}"),
        (Some(from), None) => format!("at {from} or later"),
        (None, Some(to)) => format!("at {to} or before"),
        (None, None) => "at a time that nothing bounds".to_owned(),
    }
}

/// What the grade is, and why this one.
fn grade(page: &mut Page, it: &Properties<'_>) {
    let grade = it.text("grade").unwrap_or("?");
    page.step(&format!(
        "So its grade is {grade}: {}",
        it.text("grade_meaning").unwrap_or_default()
    ));
    let limits = it.texts("not_graded_for");
    if limits.is_empty() {
        page.say(grade_in_words(grade));
    } else {
        page.say(&format!(
            "What has the vessel there bears out no grade by itself: {}.",
            limits
                .iter()
                .map(|limit| limit_in_words(limit))
                .collect::<Vec<_>>()
                .join("; ")
        ));
        if grade == "D2" {
            page.say(grade_in_words(grade));
        }
    }
    if let Some(reason) = it.text("reason") {
        page.say(reason);
    }
    page.fact_if("repeats", it.text("repeats"));
    page.fact_if("on the watch list", it.truth("watched").map(yes_no));
    page.fact_if(
        "calls seen there otherwise",
        it.count("past_calls").map(|count| count.to_string()),
    );
    if it.truth("by_elimination") == Some(true) {
        page.say("No sighting names the vessel: of those considered it alone could have been the one seen.");
    }
    page.fact_if(
        "vessels considered",
        it.count("pool_vessels").map(|count| count.to_string()),
    );
    one_of(page, it);
    it.truth("named");
    it.get("observed");
}

/// The other ports that were in reach.
fn beaten(page: &mut Page, it: &Properties<'_>) {
    let total = it.count("candidates_beaten_total").unwrap_or_default();
    if total > 0 {
        page.step("What else was in reach?");
        page.say(&format!(
            "{} could have been reached in the same silence at the highest speed held possible; the best \
             within its usual speed:",
            counted(total, "other port", "other ports")
        ));
        for other in it.records("candidates_beaten") {
            page.entry(&format!(
                "{}: {:.1} h to spare",
                other.port("port").unwrap_or_default(),
                other.number("slack_h").unwrap_or(f64::NAN)
            ));
        }
    }
}

/// The hours that a silence leaves for a stay, step by step, so that a reader can do the sum again.
fn reckoning(page: &mut Page, result: &RunResult, it: &Properties<'_>) {
    let (Some(longest_h), Some(slack_h)) = (it.number("longest_stay_h"), it.number("slack_h"))
    else {
        return;
    };
    match Ways::of(it) {
        Some(ways) => ways.tell(page, result, longest_h),
        None if it.get("gap_end").is_none() => {
            page.fact("longest stay", hours(longest_h));
            page.say("The data end in silence: nothing but their end bounds the way on.");
        }
        None => {
            page.fact("longest stay", hours(longest_h));
            page.say("Sightings bound it more narrowly than her reports do: see below.");
        }
    }
    let shortest_h = longest_h - slack_h;
    if shortest_h > ROUNDING_H {
        page.fact(
            "hours to spare",
            format!(
                "{longest_h:.2} h - {shortest_h:.2} h (the shortest stay that is a call) = \
                 {slack_h:.2} h"
            ),
        );
    } else {
        page.fact("hours to spare", hours(slack_h));
    }
}

/// The ways to a port and on from it, where her reports alone bound her stay.
struct Ways {
    silent_h: f64,
    cap_knots: f64,
    /// Distance to the port in kilometres, and the hours taken for it.
    there: (f64, f64),
    /// The same on from the port.
    on: (f64, f64),
}

impl Ways {
    /// The ways, if the stay is what they leave of the silence.
    fn of(it: &Properties<'_>) -> Option<Self> {
        let (start, end) = it.time("gap_start").zip(it.time("gap_end"))?;
        let (arrival, departure) = it
            .time("arrival_earliest")
            .zip(it.time("departure_latest"))?;
        let ways = Self {
            silent_h: end.hours_since(start),
            cap_knots: it.number("speed_cap_knots")?,
            there: (it.number("distance_from_km")?, arrival.hours_since(start)),
            on: (it.number("distance_to_km")?, end.hours_since(departure)),
        };
        let left_h = ways.silent_h - ways.there.1 - ways.on.1;
        let is_whole = (left_h - it.number("longest_stay_h")?).abs() < ROUNDING_H;
        let is_sound = [ways.there, ways.on]
            .iter()
            .all(|way| ways.taken_off_km(*way) > -ROUNDING_KM);
        (is_whole && is_sound).then_some(ways)
    }

    /// By how much a way is shorter than the distance.
    fn taken_off_km(&self, (km, way_h): (f64, f64)) -> f64 {
        km - way_h * self.cap_knots * MILE_KM
    }

    fn tell(&self, page: &mut Page, result: &RunResult, longest_h: f64) {
        let cap = trimmed(self.cap_knots);
        let mut taken_off_km: f64 = 0.0;
        for (label, way) in [("way there", self.there), ("way on", self.on)] {
            let off_km = self.taken_off_km(way).max(0.0);
            taken_off_km = taken_off_km.max(off_km);
            let (km, way_h) = way;
            page.fact(
                label,
                format!("({km:.1} km - {off_km:.1} km) / {MILE_KM} / {cap} knots = {way_h:.2} h"),
            );
        }
        let error_km = result
            .threshold("/inference/position_error_m")
            .unwrap_or_default()
            / 1000.0;
        page.fact(
            "taken off each way",
            format!(
                "up to {taken_off_km:.1} km: the port's radius, and {} km that a position may be off",
                trimmed(error_km)
            ),
        );
        let (there_h, on_h) = (self.there.1, self.on.1);
        page.fact(
            "longest stay",
            format!(
                "{:.2} h - {there_h:.2} h - {on_h:.2} h = {longest_h:.2} h",
                self.silent_h
            ),
        );
    }
}

fn by_water(page: &mut Page, it: &Properties<'_>) {
    let from = it.number("water_from_km");
    let to = it.number("water_to_km");
    let reachable = it.truth("reachable_by_water");
    let needed = it.number("water_speed_needed_knots");
    if reachable.is_none() && from.is_none() {
        page.say("No way by water is known, or none was sought.");
        return;
    }
    if reachable == Some(false) && needed.is_none() {
        page.say(
            "By water the ways are longer than her cap allows: it was not measured by how much.",
        );
    }
    page.fact_if("by water to the port", from.map(kilometres));
    page.fact_if("by water from it on", to.map(kilometres));
    page.fact_if("speed needed by water", needed.map(knots));
    page.fact_if("in reach by water", reachable.map(yes_no));
}

fn witnesses(page: &mut Page, it: &Properties<'_>, around: &Around<'_>) {
    let (seen, cut) = (it.texts("sighting_ids"), it.texts("cut_by"));
    if seen.is_empty() {
        page.say("Nobody.");
    }
    for sighting in around.sightings {
        let properties = Properties::of(sighting);
        let is_negative = cut.contains(&sighting.id.as_str());
        page.blank();
        page.say(&format!(
            "{}{}",
            sighting.id,
            if is_negative {
                " (not there then, which cuts the times)"
            } else {
                ""
            }
        ));
        said(page, &properties);
        page.fact_if("what it comes to", properties.text("verdict"));
        page.fact_if("taken for her by", properties.text("matched_by"));
    }
}

fn grade_in_words(grade: &str) -> &'static str {
    match grade {
        "D1" => {
            "D1, reachable only: the port is watched and was in reach. Nobody saw the vessel there. It is \
             a possibility, and the weakest grade."
        }
        "D2" => "D2: the same leg was sighted another time. This time no sighting bears it out.",
        "D3" => {
            "D3: one sighting has the vessel there, or several that are not shown to be of two \
             publishers who each saw."
        }
        "D4" => "D4: two publishers who each saw have the vessel there, and one of them names it.",
        _ => "",
    }
}

fn limit_in_words(limit: &str) -> &str {
    match limit {
        "elimination" => "nobody is named, and elimination alone gives D1",
        "second hand" => "what was read at second hand raises no grade",
        "beyond usual speed" => "it takes more than the vessel's usual speed",
        other => other,
    }
}

/// A dark leg, or a part of one.
pub(super) fn dark_leg(page: &mut Page, it: &Properties<'_>) {
    let is_observed = it.truth("observed") == Some(true);
    page.step("What it is a part of");
    page.fact_if("leg", it.text("leg_id"));
    let end = |name: &str| {
        let port = it.port(name);
        let is_dark = it.truth(&format!("{name}_dark")) == Some(true);
        let how = if is_dark {
            "inferred"
        } else {
            "an observed port call"
        };
        port.map_or_else(
            || "none: the data begin or end here".to_owned(),
            |port| format!("{port}, {how}"),
        )
    };
    page.fact("from", end("origin"));
    page.fact("to", end("destination"));
    for (word, from, to) in [
        ("left", "departure_earliest", "departure_latest"),
        ("arrived", "arrival_earliest", "arrival_latest"),
    ] {
        page.fact(word, between(it, from, to));
    }
    page.fact_if(
        "grade",
        it.text("grade").map(|grade| {
            format!(
                "{grade}, the lower of those of its dark ends: {}",
                it.text("grade_meaning").unwrap_or_default()
            )
        }),
    );
    page.fact_if(
        "dark calls",
        Some(it.texts("dark_call_ids").join(", ")).filter(|ids| !ids.is_empty()),
    );

    it.get("part");
    page.step(if is_observed {
        "This part was observed"
    } else {
        "This part was not observed"
    });
    page.fact_if("its length", it.number("distance_km").map(kilometres));
    if is_observed {
        page.say("Reports carry it, from the first to the last row given below.");
        it.get("by_water");
    } else {
        page.say(match it.truth("by_water") {
            Some(true) => "It is the shortest way by water there is. That she took it nobody saw.",
            _ => "No way by water is known: it is a straight line. That she took it nobody saw.",
        });
    }
    if let Some(times) = it.count("pattern_times") {
        page.step("How often");
        page.fact("the same dark leg", counted(times, "time", "times"));
        page.fact_if(
            "silence, in the median",
            it.number("pattern_median_gap_h").map(hours),
        );
        page.fact_if(
            "longest stay, in the median",
            it.number("pattern_median_stay_h").map(hours),
        );
    }
}
