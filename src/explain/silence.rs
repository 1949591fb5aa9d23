//! Why a silence is a gap, and what it may hold.

use super::observed::limit;
use super::page::Page;
use super::properties::{Properties, counted, hours, kilometres, knots, place, trimmed};
use super::result::RunResult;
use super::sources::report;
use crate::table::printable;
use crate::table::{Align, Table};

/// Candidates that are listed.
const CANDIDATES: usize = 8;
/// A nautical mile in kilometres, by definition.
pub(super) const MILE_KM: f64 = 1.852;

/// A gap.
pub(super) fn gap(page: &mut Page, result: &RunResult, it: &Properties<'_>) {
    ends(page, it, "start", "end");
    kind(page, it);
    page.step("The time without positions is long enough to be a gap");
    page.fact_if("without positions for", it.number("duration_h").map(hours));
    page.fact_if(
        "of which nothing was received for",
        it.number("silent_h").map(hours),
    );
    page.fact(
        "a gap is longer than",
        limit(result, "/detection/gap/threshold_h", "h"),
    );
    page.fact_if(
        "reports before",
        it.count("reports_before").map(|count| {
            format!(
                "{count} in the {} up to the silence",
                limit(result, "/detection/gap/before_h", "h")
            )
        }),
    );
    page.fact_if("fell silent in port at", it.port("port"));
    if let (Some(km), Some(hours)) = (it.number("distance_km"), it.number("duration_h")) {
        page.step("From one report to the other");
        page.fact("straight distance", kilometres(km));
        if hours > 0.0 {
            page.fact(
                "speed that needs",
                format!(
                    "{km:.1} km / {MILE_KM} / {hours:.2} h = {:.2} knots on average",
                    km / MILE_KM / hours
                ),
            );
        }
        page.say("What she did in between nobody saw. The line drawn is straight, and no track.");
    }
    it.get("implied_speed_knots");
    it.get("observed");
    reception(page, it);
    candidates(page, result, it);
}

/// What explains a gap, if anything does.
fn kind(page: &mut Page, it: &Properties<'_>) {
    let kind = it.text("kind").unwrap_or("silence");
    page.step("Is it a silence?");
    page.fact("kind", kind);
    let messages = it.count("messages_without_position").unwrap_or_default();
    let (first, last) = (
        it.text("first_without_position"),
        it.text("last_without_position"),
    );
    if let (true, Some(first), Some(last)) = (messages > 0, first, last) {
        page.fact(
            "messages without a position",
            format!("{messages}, from {first} to {last}"),
        );
    }
    if let Some(id) = it.text("continued_as") {
        page.fact("goes on under", id);
        page.say(
            "No: the same ship goes on under another id, which begins where and when this one ends (see \
             `links` in manifest.json). It counts as no dark hours, and no dark call rests on it.",
        );
        return;
    }
    page.say(match kind {
        "no_position" => {
            "No: the vessel went on sending, only without a position. It counts as no dark hours, and no dark \
             call rests on it alone."
        }
        "left_area" => {
            "No: the vessel went out, under way, over the edge of the area from which anybody was ever heard; \
             several vessels show that edge. It counts as no dark hours, and no dark call rests on it alone."
        }
        "outage" => {
            "No: nobody at all was heard in that time (see `outages` in manifest.json). It counts as no dark \
             hours, and no dark call rests on it alone."
        }
        _ => "Yes: nothing in the data explains it. Once it has ended, it counts as dark hours.",
    });
}

/// The report before a silence and the one after it.
pub(super) fn ends(page: &mut Page, it: &Properties<'_>, start: &str, end: &str) {
    page.step("Last heard");
    page.fact("report", report(it, start, "first"));
    page.fact_if("place", it.place("start_lat", "start_lon"));
    page.step("Heard again");
    if it.get(end).is_some() {
        page.fact("report", report(it, end, "last"));
        page.fact_if("place", it.place("end_lat", "end_lon"));
    } else {
        it.get("source");
        page.say("Never: the data end in silence.");
    }
}

/// Whether it was she who fell silent, or the receiver.
fn reception(page: &mut Page, it: &Properties<'_>) {
    let Some(verdict) = it.text("reception") else {
        return;
    };
    page.step("Were others heard then?");
    page.say(match verdict {
        "heard others" => {
            "Yes: others were heard near there while she was silent, so receivers worked. Whether she was \
             within their reach all that time nobody can tell."
        }
        "nobody heard" => {
            "No: nobody was heard though somebody usually is, so the silence may be the receiver's."
        }
        _ => "Too little is ever heard there to tell.",
    });
    let mut table = Table::new(&[Align::Left, Align::Right, Align::Right]);
    table.row([String::new(), "heard".to_owned(), "usual".to_owned()]);
    for (zone, name) in [
        ("where she was last", "near_last"),
        ("where she came back", "near_next"),
        ("on the straight way", "on_the_way"),
    ] {
        let heard = it.count(&format!("heard_{name}"));
        let usual = it.number(&format!("usual_{name}"));
        if let (Some(heard), Some(usual)) = (heard, usual) {
            table.row([zone.to_owned(), heard.to_string(), trimmed(usual)]);
        }
    }
    page.laid_out(&table.indented("   "));
    if let (Some(cell), Some(bucket)) = (
        it.number("reception_cell_deg"),
        it.number("reception_bucket_h"),
    ) {
        page.say(&format!(
            "Counted are presences of other vessels: one for each vessel, cell of {} degrees and {} h.",
            trimmed(cell),
            trimmed(bucket)
        ));
    }
}

/// The ports that she could have reached.
fn candidates(page: &mut Page, result: &RunResult, it: &Properties<'_>) {
    let Some(total) = it.count("candidates_total") else {
        return;
    };
    page.step("Which ports could she have reached?");
    speeds(page, result, it);
    let split = it.texts("split_by");
    if !split.is_empty() {
        page.fact("sightings within it", split.join(", "));
    }
    if !split.is_empty() {
        page.say(
            "Sightings split the silence: the numbers are those of the part that leaves her most \
             time for the port.",
        );
    }
    if let Some(kind) = it.text("kind").filter(|kind| *kind != "silence") {
        page.say(&format!(
            "None: the vessel is not held to have been dark ({}).",
            kind.replace('_', " ")
        ));
        one_of(page, it);
        it.records("candidates");
        it.truth("lay_still");
        return;
    }
    if it.truth("lay_still") == Some(true) {
        page.say(
            "It was next heard within the berth where it was last heard: no port beyond that is a \
             candidate.",
        );
    }
    one_of(page, it);
    let listed = it.records("candidates");
    page.say(&format!(
        "{} could have been reached with a stay of {} or more. Each is a possibility, and nothing more \
         is said of it.",
        counted(total, "port", "ports"),
        limit(result, "/inference/min_stay_h", "h"),
    ));
    let (beyond, listed): (Vec<_>, Vec<_>) = listed
        .into_iter()
        .partition(|candidate| candidate.truth("plausible") == Some(false));
    if !beyond.is_empty() {
        page.say(&format!(
            "Of those the result lists {} beyond its usual speed and left out here.",
            counted(beyond.len() as u64, "is", "are")
        ));
    }
    let mut table = Table::new(&[
        Align::Right,
        Align::Left,
        Align::Right,
        Align::Right,
        Align::Right,
        Align::Left,
    ]);
    table.row(["", "port", "to spare", "longest stay", "needs", "by water"].map(str::to_owned));
    for candidate in listed.iter().take(CANDIDATES) {
        let h = |name: &str| {
            candidate
                .number(name)
                .map_or_else(String::new, |h| format!("{h:.1} h"))
        };
        let needs = candidate.number("speed_needed_knots");
        let mut name = candidate.port("port").unwrap_or_default();
        if candidate.truth("watched") == Some(true) {
            name.push_str(", watched");
        }
        table.row([
            candidate
                .count("rank")
                .map_or_else(String::new, |rank| rank.to_string()),
            printable(&name),
            h("slack_h"),
            h("longest_stay_h"),
            needs.map_or_else(String::new, |needs| format!("{needs:.1} kn")),
            by_water_in_short(candidate),
        ]);
    }
    if !listed.is_empty() {
        page.laid_out(&table.indented("   "));
    }
    let more = listed.len().saturating_sub(CANDIDATES);
    if more > 0 {
        page.say(&format!("and {more} more within its usual speed."));
    }
}

/// The groups of silences of which one at least holds a call, this among them.
pub(super) fn one_of(page: &mut Page, it: &Properties<'_>) {
    for group in it.records("one_of") {
        if group.count("silences") == Some(1) {
            page.say(&format!(
                "{} proves a call at {} in this silence, which alone can hold it: {}, at some time in its \
                 span.",
                group.text("sighting_id").unwrap_or("A sighting"),
                group.port("port").unwrap_or_else(|| "a port".to_owned()),
                group.text("group_grade").unwrap_or("no grade"),
            ));
            continue;
        }
        page.say(&format!(
            "{} proves a call at {} in at least one of {}, this among them: {} for all of them together, \
             and for none alone.",
            group.text("sighting_id").unwrap_or("A sighting"),
            group.port("port").unwrap_or_else(|| "a port".to_owned()),
            counted(
                group.count("silences").unwrap_or_default(),
                "silence",
                "silences"
            ),
            group.text("group_grade").unwrap_or("no grade"),
        ));
    }
}

fn by_water_in_short(candidate: &Properties<'_>) -> String {
    match (
        candidate.truth("reachable_by_water"),
        candidate.number("water_speed_needed_knots"),
    ) {
        (Some(true), Some(needs)) => format!("yes, {needs:.1} kn"),
        (Some(false), Some(needs)) => format!("no, {needs:.1} kn"),
        (Some(true), None) => "yes".to_owned(),
        (Some(false), None) => "no".to_owned(),
        (None, _) => "not known".to_owned(),
    }
}

/// The two speeds that reachability goes by, and where they come from.
pub(super) fn speeds(page: &mut Page, result: &RunResult, it: &Properties<'_>) {
    if let Some(cap) = it.number("speed_cap_knots") {
        let whence = it.text("speed_cap_basis").unwrap_or("basis not recorded");
        page.fact(
            "highest speed held possible",
            format!("{}: {whence}; what it rules out is impossible", knots(cap)),
        );
        page.fact_if(
            "times its usual speed",
            it.number("speed_cap_ratio").map(trimmed),
        );
    }
    match it.number("usual_speed_knots") {
        Some(usual) => {
            let whence = if result.threshold("/inference/usual_knots").is_some() {
                "set for this run, for every ship".to_owned()
            } else {
                let share = result
                    .threshold("/inference/usual_quantile")
                    .unwrap_or(f64::NAN);
                format!(
                    "{} % of her reports under way ({} or more) are no faster; what it allows is plausible",
                    trimmed(share * 100.0),
                    limit(result, "/inference/moving_knots", "knots"),
                )
            };
            page.fact("her usual speed", format!("{}: {whence}", knots(usual)));
        }
        None => page.fact(
            "her usual speed",
            "not known: she was seldom seen under way",
        ),
    }
}

/// The area that was in reach.
pub(super) fn reach(page: &mut Page, it: &Properties<'_>) {
    part_ends(page, it);
    page.step("How far can she have gone?");
    page.fact_if("silent for", it.number("duration_h").map(hours));
    page.fact_if("that silence", it.text("gap_id"));
    page.fact_if(
        "at a speed of",
        it.number("speed_knots")
            .map(|speed| match it.text("speed_basis") {
                Some(basis) => format!("{} ({basis})", knots(speed)),
                None => knots(speed),
            }),
    );
    page.fact_if("longest way", it.number("longest_way_km").map(kilometres));
    page.fact_if("which means", it.text("meaning"));
    if it.truth("clipped_to_water") == Some(true) {
        page.say("Land is taken out of the area.");
    }
    it.get("observed");
}

/// What a gap, or a part of one that sightings split, begins and ends with.
fn part_ends(page: &mut Page, it: &Properties<'_>) {
    let (part, parts) = (it.count("part"), it.count("parts"));
    if parts.is_none_or(|parts| parts <= 1) {
        ends(page, it, "start", "end");
        return;
    }
    page.step("What part of the silence");
    page.fact_if(
        "part",
        part.zip(parts)
            .map(|(part, parts)| format!("{part} of {parts}, which sightings leave of it")),
    );
    if part == Some(1) {
        page.fact("from her last report", report(it, "start", "first"));
    } else {
        page.fact_if(
            "left where she was seen",
            it.text("start").map(|time| format!("{time} or later")),
        );
    }
    if part != parts {
        page.fact_if(
            "came where she was seen",
            it.text("end").map(|time| format!("{time} or before")),
        );
    } else if it.get("end").is_some() {
        page.fact("to her next report", report(it, "end", "last"));
    } else {
        page.say("The data end in silence.");
    }
    it.get("source");
}

/// Where a feature's point lies.
pub(super) fn point(feature: &serde_json::Value) -> Option<String> {
    let geometry = feature.get("geometry")?;
    if geometry.get("type")?.as_str()? != "Point" {
        return None;
    }
    let coordinates = geometry.get("coordinates")?;
    Some(place(
        coordinates.get(1)?.as_f64()?,
        coordinates.get(0)?.as_f64()?,
    ))
}

/// A zone of interference.
pub(super) fn interference(page: &mut Page, it: &Properties<'_>) {
    page.step("Who was shown elsewhere, and when");
    page.fact_if(
        "vessels",
        it.count("vessels").map(|count| {
            let ids = it.texts("vessel_ids");
            format!("{count}: {}", ids.join(", "))
        }),
    );
    page.fact_if("first displaced report", it.text("time_from"));
    page.fact_if("last displaced report", it.text("time_to"));
    page.fact_if("that is", it.number("duration_h").map(hours));
    page.fact_if(
        "displaced reports",
        it.count("reports")
            .map(|count| format!("{count}, listed in flagged.csv with the flag `interference`")),
    );
    page.step("Where they were shown, and where they were");
    page.fact_if("shown about", it.place("shown_lat", "shown_lon"));
    page.fact_if("within", it.number("shown_radius_km").map(kilometres));
    page.fact_if("they were about", it.place("centre_lat", "centre_lon"));
    page.fact_if("displaced by", it.number("displaced_km").map(kilometres));
    page.fact_if("in short", it.text("reason"));
    page.say(
        "Several vessels are shown at one place at one time where their own tracks say that they were not: \
         that is what interference with satellite navigation does. No stop, call, gap or further hull is made \
         of these reports.",
    );
}
