//! What the vessels' data show together: outages of the feed, ids that continue others.

use super::{Page, hours};
use crate::Manifest;
use crate::foreign::{markdown, quoted};
use crate::markdown::{code, table, table_of_numbers};
use crate::phrase::{moment, thousands};

/// Rows of each table.
const ROWS: usize = 20;

/// When nobody was heard.
pub(super) fn outages(page: &mut Page, manifest: &Manifest) {
    let outages = &manifest.outages;
    if outages.is_empty() {
        return;
    }
    page.head("Outages");
    page.say(
        "Times in which nobody was heard at all, longer than the feed's own pauses, though vessels were heard \
         shortly before and after. A gap that one explains is of kind `outage`; it counts as no dark hours.",
    );
    table_of_numbers(
        &mut page.text,
        &["From", "To"],
        &["Hours", "Vessels heard before and after"],
    );
    for outage in outages.iter().take(ROWS) {
        page.row(&[
            moment(outage.from),
            moment(outage.to),
            hours(outage.to.millis_since(outage.from).max(0) as u64),
            thousands(outage.vessels),
        ]);
    }
    page.end_of_table(
        outages.len().saturating_sub(ROWS) as u64,
        "outage",
        "outages",
    );
}

/// Ids that continue others.
pub(super) fn links(page: &mut Page, manifest: &Manifest) {
    let (links, ambiguous) = (&manifest.links, &manifest.ambiguous_links);
    if links.is_empty() && ambiguous.is_empty() {
        return;
    }
    page.head("Ships under more than one id");
    page.say(
        "Both ids sent the same number or name, and the one begins where and when the other ends. The silence \
         of the first is none: it counts as no dark hours. Vessels are counted by their ids all the same.",
    );
    let id = |id: &str| code(&quoted(id));
    if !links.is_empty() {
        table(&mut page.text, &["Id", "Continued as", "Evidence"]);
        for link in links.iter().take(ROWS) {
            page.row(&[
                id(&link.vessel_id),
                id(&link.continued_as),
                markdown(&link.reason),
            ]);
        }
        page.end_of_table(links.len().saturating_sub(ROWS) as u64, "link", "links");
    }
    if !ambiguous.is_empty() {
        page.say("Not linked, since several ids could be the same ship, or send the same at the same time:");
        table(&mut page.text, &["Id", "Could be", "What they share"]);
        for link in ambiguous.iter().take(ROWS) {
            let ids: Vec<String> = link.could_be.iter().map(|it| id(it)).collect();
            page.row(&[id(&link.vessel_id), ids.join(", "), markdown(&link.shared)]);
        }
        page.end_of_table(ambiguous.len().saturating_sub(ROWS) as u64, "id", "ids");
    }
}
