//! What was read, and what became of it.

use super::{Counted, Page};
use crate::Manifest;
use crate::foreign::{markdown, quoted};
use crate::markdown::{code, table_of_numbers};
use crate::phrase::{lasting, many, moment, thousands};

/// Files that are listed.
const FILES: usize = 20;

/// Every input with its account.
pub(super) fn read(page: &mut Page, manifest: &Manifest) {
    page.head("What was read");
    let total = manifest.total;
    page.say(&format!(
        "{} in {}: {} accepted, {}, {} rejected.",
        many(total.rows, "row", "rows"),
        many(manifest.inputs.len() as u64, "file", "files"),
        thousands(total.accepted),
        many(total.duplicates, "exact duplicate", "exact duplicates"),
        thousands(total.rejected),
    ));
    if let Some((first, last)) = manifest.span() {
        page.say(&format!(
            "Reports from {} to {} ({}).",
            moment(first),
            moment(last),
            lasting(first, last)
        ));
    }
    restricted(page, manifest);
    table_of_numbers(
        &mut page.text,
        &["File", "From", "To"],
        &["Rows", "Accepted", "Duplicates", "Rejected"],
    );
    let time = |time: Option<_>| time.map_or_else(|| "-".to_owned(), moment);
    for input in manifest.inputs.iter().take(FILES) {
        page.row(&[
            code(&input.path),
            time(input.first),
            time(input.last),
            thousands(input.account.rows),
            thousands(input.account.accepted),
            thousands(input.account.duplicates),
            thousands(input.account.rejected),
        ]);
    }
    let more = manifest.inputs.len().saturating_sub(FILES) as u64;
    page.end_of_table(more, "file", "files");
    if !manifest.tables.is_empty() {
        table_of_numbers(
            &mut page.text,
            &["Beside the positions", "File"],
            &["Rows used", "Rows rejected"],
        );
        for table in &manifest.tables {
            page.row(&[
                markdown(&table.role),
                code(&table.path),
                thousands(table.accepted),
                thousands(table.rejected),
            ]);
        }
        page.end_of_table(0, "", "");
    }
    for input in &manifest.inputs {
        if let Some(problem) = &input.problem {
            page.say(&format!(
                "**Not read to its end:** {}",
                markdown(&quoted(problem))
            ));
        }
    }
}

/// What the run was restricted to, without which the counts below mislead.
fn restricted(page: &mut Page, manifest: &Manifest) {
    let restrictions = manifest.restrictions.as_object();
    let parts: Vec<String> = restrictions
        .into_iter()
        .flatten()
        .map(|(what, value)| format!("{} {}", markdown(what), markdown(&quoted(&plain(value)))))
        .collect();
    if !parts.is_empty() {
        page.say(&format!(
            "**Restricted** to {}: the rows are all that were read, the counts below only what that \
             leaves.",
            parts.join("; ")
        ));
    }
}

/// A value of the manifest as one says it.
fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// Rejected rows by reason.
pub(super) fn rejected(page: &mut Page, counted: Counted<'_>) {
    if counted.rejected.is_empty() {
        return;
    }
    page.head("Rejected rows by reason");
    page.say("Of the positions. Each is listed in rejected.csv with its file, row and value.");
    table_of_numbers(&mut page.text, &["Reason", "What it means"], &["Rows"]);
    for (reason, count) in counted.rejected {
        page.row(&[
            code(reason.as_str()),
            reason.meaning().to_owned(),
            thousands(*count),
        ]);
    }
    page.end_of_table(0, "", "");
}
