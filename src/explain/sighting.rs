//! Why a sighting has its verdict.

use super::observed::limit;
use super::page::Page;
use super::properties::{Properties, RowName, counted, hours, kilometres, knots, trimmed};
use super::result::RunResult;
use super::silence::MILE_KM;
use super::sources::Wanted;

/// Suspects that are listed.
const SUSPECTS: usize = 8;

/// A sighting.
pub(super) fn sighting(page: &mut Page, result: &RunResult, it: &Properties<'_>) {
    page.step("What the source says");
    said(page, it);
    page.step("Whom it means");
    whom(page, it);
    page.step("What AIS has then");
    ais(page, it);
    refuted(page, result, it);
    reach(page, it);
    suspects(page, it);
    page.step(&format!(
        "So: {}",
        it.text("verdict").unwrap_or("no verdict")
    ));
    page.say(verdict_in_words(
        it.text("verdict").unwrap_or_default(),
        it.text("outcome").unwrap_or_default(),
    ));
    if let Some(reason) = it.text("reason") {
        page.say(reason);
    }
    if it.truth("is_claim") == Some(true) {
        page.fact(
            "a claim is longer than",
            limit(result, "/inference/claim_h", "h"),
        );
    }
    let others = it.texts("contradicts");
    if !others.is_empty() {
        page.fact("cannot be the same ship as", others.join(", "));
    }
}

/// What a source says of a sighting.
pub(super) fn said(page: &mut Page, it: &Properties<'_>) {
    page.fact_if("outcome", it.text("outcome").map(outcome_in_words));
    let (from, to) = (it.text("time_from"), it.text("time_to"));
    match from.zip(to) {
        Some((from, to)) if from == to => page.fact("when", from),
        Some((from, to)) => page.fact("when", format!("between {from} and {to}")),
        None => {}
    }
    page.fact_if("where", it.place("lat", "lon"));
    page.fact_if(
        "known to within",
        it.number("error_radius_m").map(|m| kilometres(m / 1000.0)),
    );
    page.fact_if("by", it.text("sensor"));
    page.fact_if("scene", it.text("scene"));
    page.fact_if(
        "doing",
        it.text("activity").map(|word| word.replace('_', " ")),
    );
    page.fact_if(
        "length measured",
        it.number("length_m").map(|m| format!("{} m", trimmed(m))),
    );
    page.fact_if("publisher", it.text("publisher"));
    page.fact_if(
        "read at second hand",
        it.text("via").map(|via| format!("{via}: raises no grade")),
    );
    page.fact_if("source", it.text("source_text"));
    page.fact_if("published at", it.text("url"));
    it.get("sighting_id");
    if let (Some(file), Some(row)) = (it.text("file"), it.count("row")) {
        page.fact("listed in", format!("row {row} of {file}"));
    }
}

fn outcome_in_words(outcome: &str) -> &str {
    match outcome {
        "seen" => "a vessel was seen",
        "not_there" => "the vessel named was not there",
        "no_vessel" => "no vessel was there",
        other => other,
    }
}

fn whom(page: &mut Page, it: &Properties<'_>) {
    let named: Vec<String> = [
        ("claimed_name", ""),
        ("claimed_imo", "IMO "),
        ("claimed_mmsi", "MMSI "),
    ]
    .iter()
    .filter_map(|(name, word)| Some(format!("{word}{}", it.text(name)?)))
    .collect();
    if named.is_empty() {
        page.say("Nobody is named.");
    } else {
        page.fact("named", named.join(", "));
    }
    page.fact_if("how sure the source is", it.text("claimed_confidence"));
    match (it.text("vessel_id"), it.text("matched_by")) {
        (Some(id), basis) => {
            let name = it
                .text("name")
                .map(|name| format!("{name}, "))
                .unwrap_or_default();
            page.fact("taken for", format!("{name}{id}"));
            page.fact_if("by", basis.map(basis_in_words));
        }
        (None, Some(basis)) => page.fact("known by", basis_in_words(basis)),
        (None, None) => page.fact("taken for", "nobody in the data"),
    }
    for other in it.records("doubtful") {
        page.entry(&format!(
            "not taken: {}{}: {}",
            other.text("vessel").unwrap_or("?"),
            other
                .text("name")
                .map(|name| format!(" ({name})"))
                .unwrap_or_default(),
            other.text("reason").unwrap_or_default()
        ));
    }
}

fn basis_in_words(basis: &str) -> &str {
    match basis {
        "MMSI" => "the MMSI that the source gives",
        "IMO number" => "the IMO number that the source gives",
        "name" => "the name, which she sent then",
        "registered name" => "the name, which a register has for her",
        "elimination" => {
            "elimination: of those considered it alone was silent and could have been there"
        }
        other => other,
    }
}

fn ais(page: &mut Page, it: &Properties<'_>) {
    if let Some(time) = it.text("ais_time") {
        let row = row_of_ais(it).map(|row| format!(" (row {} of {})", row.row, row.file));
        page.fact(
            "nearest report",
            format!("{time}{}", row.unwrap_or_default()),
        );
        page.fact_if(
            "its distance from the place",
            it.number("ais_distance_km").map(kilometres),
        );
    } else {
        it.get("ais_distance_km");
        row_of_ais(it);
        page.say(if it.get("vessel_id").is_some() {
            "No report of hers settles it."
        } else {
            "Nobody is known whose reports could be looked up."
        });
    }
    let there = it.texts("reporting_there");
    if !there.is_empty() {
        page.fact("reported from there then", there.join(", "));
    }
}

/// The speed that the nearest report and a sighting of another place ask for.
fn refuted(page: &mut Page, result: &RunResult, it: &Properties<'_>) {
    let is_refuted =
        it.text("verdict") == Some("contradicted") && it.text("outcome") == Some("seen");
    let (Some(heard), Some(from), Some(to), Some(away_km)) = (
        it.time("ais_time"),
        it.time("time_from"),
        it.time("time_to"),
        it.number("ais_distance_km"),
    ) else {
        return;
    };
    if !is_refuted {
        return;
    }
    let error_km = it.number("error_radius_m").unwrap_or_default() / 1000.0;
    let position_km = result
        .threshold("/inference/position_error_m")
        .unwrap_or_default()
        / 1000.0;
    let way_km = (away_km - error_km - position_km).max(0.0);
    // The end of the sighting's interval that leaves her most time.
    let apart_h = heard.hours_since(from).max(to.hours_since(heard)).max(0.0);
    page.fact(
        "way to the place at least",
        format!(
            "{away_km:.1} km - {error_km:.1} km (as far as the place may be off) - {position_km:.1} km \
             (as far as a position may be off) = {way_km:.1} km"
        ),
    );
    page.fact("time for it at most", hours(apart_h));
    page.fact(
        "speed that needs",
        if apart_h > 0.0 {
            knots(way_km / MILE_KM / apart_h)
        } else {
            "infinite: it is the same moment".to_owned()
        },
    );
    page.say(
        "That is more than the highest speed held possible: from this report, or from it and on to the \
         one on the sighting's other side.",
    );
}

fn row_of_ais(it: &Properties<'_>) -> Option<RowName> {
    let (file, row) = (it.text("ais_file"), it.count("ais_row"));
    Some(RowName {
        file: file?.to_owned(),
        row: row?,
    })
}

fn reach(page: &mut Page, it: &Properties<'_>) {
    let Some(spare) = it.number("hours_to_spare") else {
        for name in [
            "gap_id",
            "silent_from",
            "silent_to",
            "window_earliest",
            "window_latest",
            "silences_possible",
            "one_of_gap_ids",
            "group_grade",
            "speed_needed_knots",
            "plausible",
            "length_difference_m",
        ] {
            it.get(name);
        }
        return;
    };
    page.step("Can she have been there, silent?");
    page.fact_if("silent from", it.text("silent_from"));
    page.fact(
        "silent until",
        it.text("silent_to").unwrap_or("the end of the data"),
    );
    page.fact_if("that silence", it.text("gap_id"));
    match it.text("window_earliest").zip(it.text("window_latest")) {
        Some((from, to)) => page.fact(
            "there at the earliest",
            format!("{from}, at the latest {to}"),
        ),
        None => page.fact_if("there at the earliest", it.text("window_earliest")),
    }
    page.fact("hours to spare", hours(spare));
    page.fact_if("speed needed", it.number("speed_needed_knots").map(knots));
    page.fact_if(
        "within its usual speed",
        it.truth("plausible").map(|plausible| {
            if plausible {
                "yes"
            } else {
                "no: it grades D1 at most"
            }
        }),
    );
    page.fact_if(
        "her length less that measured",
        it.number("length_difference_m")
            .map(|m| format!("{} m", trimmed(m))),
    );
    match it.count("silences_possible") {
        Some(gaps) if gaps > 1 => {
            page.say(&format!(
                "It could have been there in {gaps} of its silences; this is the one with the most to \
                 spare."
            ));
            if let Some(grade) = it.text("group_grade") {
                page.say(&format!(
                    "It proves a call in at least one of them, of those that its usual speed allows if \
                     they are several: {grade} for all together, and for none alone. Gaps among them: {}.",
                    it.texts("one_of_gap_ids").join(", ")
                ));
            }
        }
        _ => {}
    }
    if it.count("silences_possible") == Some(1)
        && let Some(grade) = it.text("group_grade")
    {
        page.say(&format!(
            "No other silence can hold it: it proves a call in this one with {grade}, at some time in its \
             span."
        ));
    }
    it.texts("one_of_gap_ids");
    it.get("group_grade");
    page.say(if spare < 0.0 {
        "There is no time for it: the ways there and on need more than the silence has."
    } else {
        "The ways are the shortest there can be, at the highest speed held possible, less what \
         positions and the sighting's place may be off. That she can have been there is a possibility."
    });
}

fn suspects(page: &mut Page, it: &Properties<'_>) {
    if let Some(considered) = it.count("pool_vessels") {
        page.step("Among how many was it sought?");
        page.fact("vessels considered", considered.to_string());
        page.fact_if(
            "elimination asks for",
            it.count("pool_needed").map(|needed| needed.to_string()),
        );
        page.fact(
            "others heard near there then",
            it.truth("pool_others_heard")
                .map_or("too few are ever heard there to tell", yes_no),
        );
    } else {
        it.get("pool_needed");
        it.get("pool_others_heard");
    }
    let total = it.count("suspects_total").unwrap_or_default();
    let listed = it.records("suspects");
    if total == 0 {
        return;
    }
    page.step("Who was silent and could have been there?");
    page.say(&format!(
        "{}; none of them is said to have been.",
        counted(total, "vessel", "vessels")
    ));
    for suspect in listed.iter().take(SUSPECTS) {
        page.entry(&format!(
            "{} {}: silent from {} to {}, {:.1} h to spare, needing {} knots",
            suspect.text("name").unwrap_or("(no name)"),
            suspect.text("vessel_id").unwrap_or_default(),
            suspect.text("silent_from").unwrap_or("?"),
            suspect.text("silent_to").unwrap_or("the end of the data"),
            suspect.number("hours_to_spare").unwrap_or(f64::NAN),
            suspect
                .number("speed_needed_knots")
                .map_or_else(|| "?".to_owned(), trimmed),
        ));
    }
}

fn verdict_in_words(verdict: &str, outcome: &str) -> &'static str {
    match (verdict, outcome) {
        ("confirmed", "seen") => "AIS has her there then.",
        ("confirmed", _) => "AIS agrees: she reported from elsewhere then.",
        ("possible", "seen") => {
            "She was silent and could have been there. AIS does not say that she was."
        }
        ("possible", _) => "She was silent, and need not have been there.",
        ("contradicted", "seen") => {
            "AIS has her elsewhere: mistaken identity or false AIS. Which, nobody can tell from this."
        }
        ("contradicted", _) => "AIS has her there: the scene, its time or AIS is wrong.",
        ("unknown vessel", _) => {
            "Nobody is named, or nobody in the data can be taken for the one named."
        }
        ("outside the data", _) => "The vessel is known, but the data do not cover her then.",
        ("left out", _) => "What the run was restricted to leaves out the vessel or the time.",
        _ => "",
    }
}

pub(super) fn yes_no(truth: bool) -> &'static str {
    if truth { "yes" } else { "no" }
}

/// The rows that a sighting's verdict rests on: that of its list, and reports.
pub(super) fn wanted(it: &Properties<'_>) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    if let (Some(file), Some(row)) = (it.text("file"), it.count("row")) {
        wanted.push(Wanted {
            row: RowName {
                file: file.to_owned(),
                row,
            },
            what: "the sighting as it is listed".to_owned(),
        });
    }
    if let Some(row) = row_of_ais(it) {
        wanted.push(Wanted {
            row,
            what: "her report next to the sighting".to_owned(),
        });
    }
    wanted
}
