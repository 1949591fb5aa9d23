//! What the feed is like: whether it is to be trusted, and if not why.

use super::{Page, id};
use crate::foreign::{markdown, quoted};
use crate::markdown::{code, table_of_numbers};
use crate::phrase::{many, moment, thousands};
use crate::quality::{figures, lag, metres, percent};
use crate::{DataQuality, Listed};
use landfall_track::Flag;

/// Every flag, with what it means.
const FLAGS: [(Flag, &str); 10] = [
    (
        Flag::ImpossibleTime,
        "a time weeks away from all others of the vessel",
    ),
    (
        Flag::LateCopy,
        "a copy of a report that the vessel sent before, received or stamped late",
    ),
    (
        Flag::LateClock,
        "received only by a receiver whose clock is late",
    ),
    (
        Flag::StalePosition,
        "a position repeated although the vessel moves",
    ),
    (
        Flag::NoFix,
        "a coordinate of 0 or 90 that the track contradicts",
    ),
    (
        Flag::Interference,
        "displaced together with other vessels: interference with satellite navigation",
    ),
    (Flag::Teleport, "a jump that no ship makes, not followed up"),
    (Flag::Spike, "away from a track that then goes on"),
    (
        Flag::FurtherHull,
        "of a further ship under the same id; it is used, under an id of its own",
    ),
    (
        Flag::Jump,
        "the first after a jump that no ship makes, where the track goes on; it is used",
    ),
];

/// What the feed is like.
pub(super) fn quality(page: &mut Page, quality: &DataQuality) {
    page.head("Data quality");
    if quality.amiss.is_empty() && quality.reports == 0 {
        page.say("There is no report of a vessel to tell it by.");
    } else if quality.amiss.is_empty() {
        page.say(&format!(
            "Nothing amiss was found in {} of {}: neither in times and positions nor in clocks, in how \
             coordinates are rounded, or in how speeds fit positions. Every report that was set aside is \
             in flagged.csv.",
            many(quality.reports, "report", "reports"),
            many(quality.vessels, "vessel", "vessels")
        ));
    } else {
        page.say("**Check the inputs before you trust what follows:**");
        for what in &quality.amiss {
            page.text.push_str("- ");
            page.text.push_str(&markdown(what));
            page.text.push('\n');
        }
        page.text.push('\n');
        page.say(&format!(
            "Measured on {} of {}. Every report that was set aside is in flagged.csv.",
            many(quality.reports, "report", "reports"),
            many(quality.vessels, "vessel", "vessels")
        ));
    }
    flags(page, quality);
    clocks(page, quality);
    contradictions(page, quality);
    flagged(page, quality);
    shared(page, quality);
}

/// Reports by flag, and what was received without a position, or not at all.
fn flags(page: &mut Page, quality: &DataQuality) {
    let without = quality.without_position;
    let (outages, zones) = (quality.outages, quality.interference);
    if quality.flagged.is_empty()
        && without.messages + without.gaps + outages.outages + zones.zones == 0
    {
        return;
    }
    table_of_numbers(
        &mut page.text,
        &["Fault", "What it means"],
        &["Reports", "Share", "Vessels"],
    );
    let known = FLAGS
        .iter()
        .filter_map(|(flag, meaning)| Some((flag, meaning, quality.flagged.get(flag.as_str())?)));
    for (flag, meaning, found) in known {
        page.row(&[
            code(flag.as_str()),
            (*meaning).to_owned(),
            thousands(found.reports),
            percent(found.share),
            thousands(found.vessels),
        ]);
    }
    if without.messages > 0 {
        page.row(&[
            "without a position".to_owned(),
            "the vessel was heard, but said that it had no position; rejected as `no_position`"
                .to_owned(),
            thousands(without.messages),
            "-".to_owned(),
            "-".to_owned(),
        ]);
    }
    if without.gaps > 0 {
        page.row(&[
            "of them in gaps".to_owned(),
            format!(
                "{} of positions, in which the vessel was not silent",
                many(without.gaps, "gap", "gaps")
            ),
            thousands(without.in_gaps),
            "-".to_owned(),
            thousands(without.vessels),
        ]);
    }
    page.end_of_table(0, "", "");
    if outages.outages > 0 {
        let longest = outages.longest_from.zip(outages.longest_to);
        page.say(&format!(
            "{} of the whole feed, {:.1} h in all{}.",
            many(outages.outages, "outage", "outages"),
            outages.hours,
            longest.map_or_else(String::new, |(from, to)| format!(
                ", the longest from {} to {}",
                moment(from),
                moment(to)
            ))
        ));
    }
    if zones.zones > 0 {
        page.say(&format!(
            "{} of interference with satellite navigation: {} displaced.",
            many(zones.zones, "zone", "zones"),
            many(zones.reports, "report", "reports")
        ));
    }
}

/// Late clocks.
fn clocks(page: &mut Page, quality: &DataQuality) {
    if quality.late_clocks.is_empty() {
        return;
    }
    page.say("Receivers whose clocks are late repeat what others received, by one lag:");
    table_of_numbers(
        &mut page.text,
        &["Lag"],
        &[
            "Copies",
            "Received so alone",
            "Share of all reports",
            "Vessels",
        ],
    );
    for clock in &quality.late_clocks {
        page.row(&[
            lag(clock.lag_s),
            thousands(clock.copies),
            thousands(clock.reports),
            percent(clock.share),
            thousands(clock.vessels),
        ]);
    }
    page.end_of_table(0, "", "");
}

/// Coordinates that are rounded, and speeds that contradict positions.
fn contradictions(page: &mut Page, quality: &DataQuality) {
    let (coarse, speeds) = (&quality.coarse_coordinates, &quality.speeds);
    if coarse.total + speeds.total == 0 {
        return;
    }
    table_of_numbers(
        &mut page.text,
        &["Where", "What contradicts itself"],
        &["Vessels", "Vessels judged"],
    );
    let place = |file: Option<&String>, vessel_id: Option<&String>| {
        file.or(vessel_id)
            .map_or_else(String::new, |text| code(&quoted(text)))
    };
    for found in &speeds.listed {
        let what = match (found.unit.words(), found.ratio) {
            (Some(word @ ("zero" | "absent")), _) => {
                format!("speeds are {word} while positions move")
            }
            (_, None) => "speeds are absent while positions move".to_owned(),
            (unit, Some(ratio)) => format!(
                "speeds are {} times what positions give{}",
                figures(ratio),
                unit.map_or_else(String::new, |unit| format!(", as {unit} would be"))
            ),
        };
        page.row(&[
            place(found.file.as_ref(), found.vessel_id.as_ref()),
            what,
            thousands(found.vessels),
            thousands(found.judged),
        ]);
    }
    for found in &coarse.listed {
        page.row(&[
            place(found.file.as_ref(), found.vessel_id.as_ref()),
            format!(
                "coordinates are {}, in steps of {}",
                found.grid.words(),
                metres(found.step_m)
            ),
            thousands(found.vessels),
            thousands(found.judged),
        ]);
    }
    let more = |total: u64, listed: usize| total.saturating_sub(listed as u64);
    page.end_of_table(
        more(coarse.total, coarse.listed.len()) + more(speeds.total, speeds.listed.len()),
        "file or vessel",
        "files and vessels",
    );
}

/// Files and vessels of which much is flagged.
fn flagged(page: &mut Page, quality: &DataQuality) {
    let (files, vessels) = (&quality.flagged_files, &quality.flagged_vessels);
    if files.total + vessels.total == 0 {
        return;
    }
    page.say("Files and vessels with a large share flagged, reports of further hulls not counted:");
    table_of_numbers(
        &mut page.text,
        &["File or vessel", "Most of all"],
        &["Reports", "Flagged", "Share"],
    );
    for found in &files.listed {
        page.row(&[
            code(&quoted(&found.file)),
            "-".to_owned(),
            thousands(found.reports),
            thousands(found.flagged),
            percent(found.share),
        ]);
    }
    for found in &vessels.listed {
        let most = found.flags.iter().max_by_key(|(_, count)| **count);
        page.row(&[
            id(&found.vessel_id),
            most.map_or_else(|| "-".to_owned(), |(flag, _)| code(flag)),
            thousands(found.reports),
            thousands(found.flagged),
            percent(found.share),
        ]);
    }
    page.end_of_table(
        unlisted(files) + unlisted(vessels),
        "file or vessel",
        "files and vessels",
    );
}

/// Ids under which several ships send.
fn shared(page: &mut Page, quality: &DataQuality) {
    let shared = &quality.shared_ids;
    if shared.total == 0 {
        return;
    }
    page.say("Ids under which several ships send; each further hull has an id of its own:");
    table_of_numbers(
        &mut page.text,
        &["Id"],
        &["Hulls", "Reports of further hulls"],
    );
    for found in &shared.listed {
        page.row(&[
            id(&found.vessel_id),
            thousands(found.hulls),
            thousands(found.reports),
        ]);
    }
    page.end_of_table(unlisted(shared), "id", "ids");
}

fn unlisted<T>(list: &Listed<T>) -> u64 {
    list.total.saturating_sub(list.listed.len() as u64)
}
