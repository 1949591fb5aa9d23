//! The summary is a run on one page, for a reader who has not opened a layer yet: what was read, how
//! much was found, and what stands at the top of each table.
//!
//! It is Markdown. What the inputs say of themselves comes first, and every table says what its numbers
//! do not mean. Every text that strangers typed is escaped, so that none of it is markup.

mod fleet;
mod inputs;
mod quality;
mod tables;

use crate::foreign::{markdown, quoted};
use crate::markdown::{code, row};
use crate::phrase::{many, thousands};
use crate::tally::GapTally;
use crate::{Manifest, Standings};
use landfall_track::RejectReason;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The file's name in the output folder.
pub(crate) const SUMMARY_NAME: &str = "summary.md";

/// What a reader must know before the first figure.
const READING: &str = "\
**Observed** is what ships' own AIS reports say. **Inferred** is what silences leave room for and what \
other witnesses saw; no part of it was received by AIS. All times are UTC. Every event counted here \
is in the layers beside this file, with the rows it rests on; manifest.json has the hashes of the inputs \
and every threshold.\n\n";

/// What the summary is written from.
#[derive(Clone, Copy)]
pub(crate) struct Counted<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) standings: &'a Standings,
    pub(crate) gaps: &'a GapTally,
    pub(crate) rejected: &'a BTreeMap<RejectReason, u64>,
}

/// A summary, written.
pub(crate) struct Summary {
    pub(crate) text: String,
    /// Rows of its tables.
    pub(crate) records: u64,
}

/// The summary's text as it grows.
#[derive(Default)]
struct Page {
    text: String,
    rows: u64,
}

impl Page {
    fn head(&mut self, title: &str) {
        // Writing to a String does not fail, here and below.
        let _ = writeln!(self.text, "## {title}\n");
    }

    fn say(&mut self, sentence: &str) {
        let _ = writeln!(self.text, "{sentence}\n");
    }

    /// A row of a table; its cells are escaped.
    fn row(&mut self, cells: &[String]) {
        row(&mut self.text, cells);
        self.rows += 1;
    }

    /// The end of a table, with how many rows it leaves out.
    fn end_of_table(&mut self, more: u64, one: &str, several: &str) {
        self.text.push('\n');
        if more > 0 {
            self.say(&format!("... and {} more.", many(more, one, several)));
        }
    }
}

/// Writes the summary.
pub(crate) fn write(counted: Counted<'_>) -> Summary {
    let manifest = counted.manifest;
    let mut page = Page::default();
    page.text.push_str("# Summary\n\n");
    for notice in &manifest.notices {
        page.say(&format!("> **Notice of the inputs:** {}", markdown(notice)));
    }
    page.text.push_str(READING);
    inputs::read(&mut page, manifest);
    quality::quality(&mut page, &manifest.data_quality);
    inputs::rejected(&mut page, counted);
    tables::found(&mut page, manifest);
    fleet::outages(&mut page, manifest);
    fleet::links(&mut page, manifest);
    tables::ports(&mut page, counted.standings);
    tables::silent(&mut page, counted);
    tables::lengths(&mut page, counted.gaps);
    tables::legs(&mut page, counted.standings);
    tables::dark(&mut page, counted);
    tables::sightings(&mut page, manifest);
    let _ = writeln!(
        page.text,
        "Written by landfall {}.",
        code(&manifest.version)
    );
    Summary {
        text: page.text,
        records: page.rows,
    }
}

/// A vessel's id in a table.
fn id(vessel_id: &str) -> String {
    code(&quoted(vessel_id))
}

/// A vessel's name in a table; a dash if she sent none.
fn name(name: Option<&String>) -> String {
    name.map_or_else(|| "-".to_owned(), |name| markdown(&quoted(name)))
}

/// Hours to a tenth, with a comma between thousands, such as `1,234.5`, of milliseconds. Whoever says
/// hours of a run's tables uses this, so that all say the same.
pub fn hours(ms: u64) -> String {
    let tenths = (ms + 180_000) / 360_000;
    format!("{}.{}", thousands(tenths / 10), tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_rounded_to_a_tenth_and_a_name_is_cut() {
        assert_eq!(hours(0), "0.0");
        assert_eq!(hours(3_600_000 - 180_001), "0.9");
        assert_eq!(hours(3_600_000 - 180_000), "1.0");
        assert_eq!(hours(1_234 * 3_600_000 + 360_000), "1,234.1");
        assert_eq!(name(None), "-");
        assert_eq!(
            id("273210440@2015-03-01T12:00:00Z"),
            "`273210440@2015-03-01T12:00:00Z`"
        );
        assert!(name(Some(&"x".repeat(100_000))).len() < 200);
    }
}
