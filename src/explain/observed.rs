//! Why what was observed is what it is called: port calls, passages, stops, voyages and tracks.

use super::page::Page;
use super::properties::{Properties, counted, hours, kilometres, knots, trimmed};
use super::result::RunResult;
use super::sources::report;
use landfall_spatial_index::LEAVE_FACTOR;

/// A port call, or a passage.
pub(super) fn port_call(page: &mut Page, result: &RunResult, it: &Properties<'_>) {
    let place = it.text("place_name").map(str::to_owned);
    let port = (it.port("port").or_else(|| place.clone()))
        .unwrap_or_else(|| "a port without a name".to_owned());
    let (arrival, departure) = (it.text("arrival"), it.text("departure"));
    page.step(&format!("She came to {port}"));
    page.fact_if("entered", arrival);
    page.fact("first report in port", report(it, "first_report", "first"));
    if arrival.is_none() {
        page.say("Her reports begin in port: nobody saw her enter.");
    }
    radii(page, result);

    page.step("It lay there");
    let stop = it.text("stop_start").zip(it.text("stop_end"));
    if let Some((start, end)) = stop {
        page.fact("first stop from", start);
        page.fact("last stop until", end);
        page.fact_if("lasting", lasting(it, "stop_start", "stop_end"));
        page.fact_if("kind of call", it.text("kind"));
        page.fact_if("first alongside", it.text("first_alongside"));
        page.fact_if("last alongside", it.text("last_alongside"));
        page.fact_if(
            "places alongside",
            it.count("berths").map(|n| n.to_string()),
        );
        page.fact_if("at anchor before", it.number("waited_h").map(hours));
        page.fact_if("alongside", it.number("alongside_h").map(hours));
        stop_speeds(page, result);
    } else {
        page.say("No stop was seen.");
    }
    page.fact_if(
        "reports in port",
        it.count("reports").map(|count| count.to_string()),
    );
    page.fact_if(
        "off the port's point",
        it.number("distance_to_port_m")
            .map(|m| kilometres(m / 1000.0)),
    );

    page.step("She left");
    page.fact_if("left", departure);
    page.fact("last report in port", report(it, "last_report", "last"));
    if departure.is_none() {
        page.say(
            "No report shows her leaving: her reports end in port, or she fell silent there and was seen \
             elsewhere before she was heard again.",
        );
    }
    page.fact_if(
        "from entering to leaving",
        it.number("duration_h").map(hours),
    );

    let Some(confidence) = it.count("confidence") else {
        return;
    };
    let seen = |is_seen: bool| if is_seen { "seen" } else { "not seen" };
    page.step(&if confidence == 1 {
        "So it is a passage: confidence 1 of 4".to_owned()
    } else {
        format!("So it is a port call: confidence {confidence} of 4")
    });
    page.fact("entry", seen(arrival.is_some()));
    page.fact("stop", seen(stop.is_some()));
    page.fact("exit", seen(departure.is_some()));
    if confidence == 1 {
        page.say("Without a stop it is no port call, and ends no voyage.");
    } else if stop.is_none() {
        page.say(&format!(
            "Instead of a stop there is a silence of {} or more, in which she can have stopped.",
            limit(result, "/detection/port_call/silence_h", "h")
        ));
    }
    page.say(
        "4: entry, exit, and a stop or such a silence. 3: a stop or silence, and entry or exit. \
         2: a stop or silence alone. 1: entry or exit alone, a passage.",
    );
}

fn radii(page: &mut Page, result: &RunResult) {
    let km = |size: &str| {
        let metres = result.threshold(&format!("/port_radius/{size}_m"));
        metres.map_or_else(|| "?".to_owned(), |metres| trimmed(metres / 1000.0))
    };
    page.say(&format!(
        "In port is who is within the port's radius: that of the port table, or by harbour size {} km \
         (large), {} (medium), {} (small), {} (very small), {} (unknown), and {} around each point of a \
         port of several. She has left when she is {} times as far off.",
        km("large"),
        km("medium"),
        km("small"),
        km("very_small"),
        km("unknown"),
        km("several_points"),
        trimmed(LEAVE_FACTOR),
    ));
}

fn stop_speeds(page: &mut Page, result: &RunResult) {
    page.say(&format!(
        "A vessel has stopped that stays about one place, within twice {}, for {}, whatever speed it sends; \
         a lone report of {} or less is a stop where the reports around it leave time for one. One that is \
         carried along, at {} or less for {}, drifts.",
        limit(result, "/detection/stop/jitter_m", "m"),
        limit(result, "/detection/stop/still_min", "min"),
        limit(result, "/detection/stop/enter_speed_knots", "knots"),
        limit(result, "/detection/stop/drift_speed_knots", "knots"),
        limit(result, "/detection/stop/drift_min", "min"),
    ));
}

/// A way through a canal.
pub(super) fn transit(page: &mut Page, it: &Properties<'_>) {
    let passage = it.text("passage").unwrap_or("a canal");
    page.step(&format!("The vessel entered the {passage}"));
    page.fact_if("passed its end", it.text("entry"));
    page.fact(
        "last report at that end, or first in the canal",
        report(it, "first_report", "first"),
    );
    page.step("It passed through");
    page.fact_if("towards the", it.text("direction"));
    page.fact_if("lasting", it.number("duration_h").map(hours));
    page.fact_if(
        "of it at rest, or before it at anchor in the roads",
        it.number("waited_h").map(hours),
    );
    page.step("It came out");
    page.fact_if("passed the other end", it.text("exit"));
    page.fact(
        "first report at that end",
        report(it, "last_report", "last"),
    );
    page.say("A wait in a canal, in a lock or in its roads is no port call.");
}

/// A stop.
pub(super) fn stop(page: &mut Page, result: &RunResult, it: &Properties<'_>) {
    page.step("The vessel came to rest");
    page.fact_if("since", it.text("start"));
    page.fact(
        "first report of the stop",
        report(it, "first_report", "first"),
    );
    if it.get("start").is_none() {
        page.say("It already lay still when its reports began: nobody saw it come.");
    }
    stop_speeds(page, result);

    page.step("It lay until");
    page.fact_if("until", it.text("end"));
    page.fact("last report of the stop", report(it, "last_report", "last"));
    if it.get("end").is_none() {
        page.say("It still lay there when its reports ended: nobody saw it leave.");
    }
    page.fact_if("lasting", it.number("duration_h").map(hours));
    page.fact_if(
        "reports",
        it.count("reports").map(|count| count.to_string()),
    );
    page.say(&format!(
        "A stop is listed from {} on.",
        limit(result, "/detection/stop/min_duration_min", "min")
    ));

    let kind = it.text("kind").unwrap_or("unknown");
    page.step(&format!("How it lay: {kind}"));
    page.fact_if(
        "nine tenths of its positions within",
        it.number("spread_m")
            .map(|m| format!("{} m of their middle", trimmed(m))),
    );
    page.fact_if(
        "nine tenths of its headings within",
        it.number("heading_spread_deg")
            .map(|degrees| format!("{} degrees", trimmed(degrees))),
    );
    page.fact_if(
        "navigational status sent most often",
        it.count("status").map(|status| status.to_string()),
    );
    page.fact_if("carried along at", it.number("drift_knots").map(knots));
    page.say(
        "Alongside, positions lie within some tens of metres and the heading is steady; at anchor they lie \
         on an arc or disc and the heading turns; a drift goes one way; who does not move where no berth is \
         waits or is aground. The status is followed where positions do not contradict it.",
    );

    page.step("Where");
    match it.text("call") {
        Some(call) => page.fact("part of the call", call),
        None => page.say("It belongs to no port call."),
    }
    page.fact_if("place", it.text("place"));
    page.fact_if("nearest port", it.port("nearest_port"));
    page.fact_if(
        "its distance",
        it.number("distance_to_port_m")
            .map(|m| kilometres(m / 1000.0)),
    );
}

/// A place.
pub(super) fn place(page: &mut Page, result: &RunResult, it: &Properties<'_>) {
    page.step("Who lay there");
    page.fact_if("name", it.text("name"));
    page.fact_if("kind", it.text("kind"));
    let count = |name| it.count(name).map(|count| count.to_string());
    page.fact_if("vessels", count("vessels"));
    page.fact_if("stops", count("stops"));
    page.fact_if("all together", it.number("hours").map(hours));
    if it.truth("given") == Some(true) {
        page.say(
            "The place was given to the run (--places). Counts are those given and this run's; vessels are \
             the greater of the two, since who was counted before is not known.",
        );
    } else {
        let least = |name| {
            let threshold = result.threshold(&format!("/places/{name}"));
            trimmed(threshold.unwrap_or_default())
        };
        page.say(&format!(
            "Stops of one kind that lie together make a place: of {} vessels or more, or, alongside, {} or \
             more of one, and {} hours or more in all.",
            least("least_vessels"),
            least("regular_visits"),
            least("least_hours"),
        ));
    }

    page.step("Where");
    page.fact_if("its middle", it.place("lat", "lon"));
    page.fact_if(
        "its stops within",
        it.number("extent_m").map(|m| kilometres(m / 1000.0)),
    );
    match it.port("port") {
        Some(port) => page.fact("of the port", port),
        None => page.say("It belongs to no port of the table: a call there has none."),
    }
    page.fact_if("nearest port", it.port("nearest_port"));
    page.fact_if(
        "its distance",
        it.number("distance_to_port_m")
            .map(|m| kilometres(m / 1000.0)),
    );
}

/// A voyage, or a track that is none.
pub(super) fn way(page: &mut Page, result: &RunResult, it: &Properties<'_>) {
    page.step("Where it begins");
    let departure = it.text("departure");
    if let Some(port) = it.port("origin") {
        page.fact("left", port);
        page.fact_if("at", departure);
    } else {
        page.say("There is no port call before: it begins with her first report.");
    }
    page.fact("first report", report(it, "first_report", "first"));

    page.step("Where it ends");
    let arrival = it.text("arrival");
    if let Some(port) = it.port("destination") {
        page.fact("reached", port);
        page.fact_if("at", arrival);
    } else {
        page.say("There is no port call after: it ends with her last report.");
    }
    page.fact("last report", report(it, "last_report", "last"));

    page.step("The way between");
    page.fact_if("lasting", it.number("duration_h").map(hours));
    page.fact_if(
        "reports",
        it.count("reports").map(|count| count.to_string()),
    );
    page.fact_if(
        "sailed as reported",
        it.number("observed_distance_km").map(kilometres),
    );
    page.fact_if(
        "with silences as straight lines",
        it.number("distance_km").map(kilometres),
    );
    page.fact_if(
        "of the time not in silences",
        it.number("observed_share")
            .map(|share| format!("{} %", trimmed(share * 100.0))),
    );
    page.fact_if("highest speed", it.number("max_speed_knots").map(knots));
    it.get("observed");
    if let Some(times) = it.get("times").and_then(|times| times.as_array()) {
        let of_part = |part: &serde_json::Value| part.as_array().map_or(1, Vec::len);
        let vertices: usize = times.iter().map(of_part).sum();
        let tolerance = limit(result, "/detection/path/tolerance_m", "m");
        page.say(&format!(
            "Drawn with {} in {}; no report lies farther than {tolerance} from the line. No line is \
             drawn through a silence of more than {}.",
            counted(vertices as u64, "vertex", "vertices"),
            counted(times.len() as u64, "part", "parts"),
            limit(result, "/detection/gap/threshold_h", "h"),
        ));
    }
}

/// A threshold with its unit.
pub(super) fn limit(result: &RunResult, place: &str, unit: &str) -> String {
    match result.threshold(place) {
        Some(value) => format!("{} {unit}", trimmed(value)),
        None => format!("(not recorded) {unit}"),
    }
}

/// The hours between two times.
fn lasting(it: &Properties<'_>, from: &str, to: &str) -> Option<String> {
    let (from, to) = it.time(from).zip(it.time(to))?;
    Some(hours(to.hours_since(from)))
}
