//! `landfall inspect`: what is in position files, without running detection.

use crate::args::InspectArgs;
use crate::summary::{explained, thousands, unreadable};
use crate::table::{Align, Table, printable};
use crate::{Outcome, plan, progress};
use anyhow::Result;
use landfall_ingest::{
    IngestError, ParticularsSlot, PositionSink, SourceFile, VesselBook, VesselSlot,
};
use landfall_pipeline::RunProgress;
use landfall_track::{PositionReport, RejectReason, RejectedRow};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::sync::atomic::Ordering;

/// Rejected rows of each reason that are shown as examples.
const EXAMPLES: usize = 1;

pub(crate) fn inspect(args: &InspectArgs) -> Result<Outcome> {
    let options = plan::read_options(&args.read)?;
    let inputs = landfall_ingest::expand_inputs(&args.read.inputs)?;
    let running = RunProgress::default();
    let size = inputs
        .iter()
        .map(|path| path.metadata().map_or(0, |file| file.len()))
        .sum();
    running.total_bytes.store(size, Ordering::Relaxed);
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let mut files = 0;
    let mut lacking = false;
    for path in &inputs {
        let mut book = VesselBook::new();
        let mut tally = Tally::default();
        let sources = progress::shown(&running, args.read.quiet, || {
            landfall_ingest::read_all(
                std::slice::from_ref(path),
                files,
                &options,
                threads,
                &mut book,
                &mut tally,
                &running.read,
            )
        });
        let mut text = String::new();
        for (number, source) in sources.iter().enumerate() {
            let counts = tally.files.remove(&(files + number)).unwrap_or_default();
            describe(&mut text, source, &counts);
            draft(&mut text, source);
            text.push('\n');
            lacking |= source.problem.is_some();
        }
        files += sources.len();
        std::io::stdout().lock().write_all(text.as_bytes())?;
    }
    Ok(if lacking {
        Outcome::Lacking
    } else {
        Outcome::Done
    })
}

/// Counts what is read, and keeps an example of each fault.
#[derive(Default)]
struct Tally {
    files: BTreeMap<usize, FileTally>,
}

#[derive(Default)]
struct FileTally {
    /// By vessel slot.
    heard: Vec<bool>,
    rejected: BTreeMap<RejectReason, (u64, Vec<RejectedRow>)>,
}

impl PositionSink for Tally {
    fn accept(&mut self, vessel: VesselSlot, _: ParticularsSlot, report: PositionReport) {
        let heard = &mut self.files.entry(report.source.file()).or_default().heard;
        let slot = vessel.0 as usize;
        if slot >= heard.len() {
            heard.resize(slot + 1, false);
        }
        heard[slot] = true;
    }

    fn reject(&mut self, row: RejectedRow) {
        let file = self.files.entry(row.file).or_default();
        let (count, examples) = file.rejected.entry(row.reason).or_default();
        *count += 1;
        if examples.len() < EXAMPLES {
            examples.push(row);
        }
    }
}

fn describe(text: &mut String, source: &SourceFile, tally: &FileTally) {
    let _ = writeln!(text, "{}", printable(&source.name));
    let mut facts = Table::new(&[Align::Left, Align::Left]);
    let mut fact = |what: &str, value: String| facts.row([what.to_owned(), value]);
    fact(
        "format",
        source
            .format
            .clone()
            .unwrap_or_else(|| "not recognised".to_owned()),
    );
    for notice in &source.notices {
        fact("notice", notice.clone());
    }
    let rows = format!(
        "{}: {} accepted (exact duplicates not sought here), {} rejected",
        thousands(source.rows),
        thousands(source.accepted),
        thousands(source.rejected)
    );
    fact("rows", rows);
    let heard = tally.heard.iter().filter(|heard| **heard).count();
    fact("vessels", thousands(heard as u64));
    if let (Some(first), Some(last)) = (source.first, source.last) {
        fact("span", format!("{first} to {last}"));
    }
    if let Some(extent) = source.extent {
        let (least, most) = (extent.south_west.degrees(), extent.north_east.degrees());
        let bounds = format!(
            "longitude {} to {}, latitude {} to {}",
            least.lon, most.lon, least.lat, most.lat
        );
        fact("extent", bounds);
    }
    let _ = write!(text, "{}", facts.indented("  "));
    if !source.columns.is_empty() {
        let mut columns = Table::new(&[Align::Left, Align::Left, Align::Left]);
        for column in &source.columns {
            columns.row([
                column.field.clone(),
                column.column.clone(),
                column.note.clone().unwrap_or_default(),
            ]);
        }
        let _ = write!(text, "  columns taken\n{}", columns.indented("    "));
    }
    for column in &source.unreadable {
        let _ = writeln!(text, "  note: {}", unreadable(&source.name, column));
    }
    for (reason, (count, examples)) in &tally.rejected {
        let _ = writeln!(
            text,
            "  {} rejected: {}",
            thousands(*count),
            explained(*reason)
        );
        for row in examples {
            let _ = writeln!(
                text,
                "    such as row {}, column `{}`: `{}`",
                row.row,
                printable(&row.column),
                printable(&row.value)
            );
        }
    }
    for remark in &source.remarks {
        let _ = writeln!(text, "  note: {}", printable(remark));
    }
    if let Some(problem) = source.problem_text() {
        let _ = writeln!(text, "  problem: {problem}");
    }
}

/// A draft of a file for `--columns`, where such a file is what is missing.
fn draft(text: &mut String, source: &SourceFile) {
    let may_help = matches!(
        source.problem,
        Some(
            IngestError::NotRecognised { .. }
                | IngestError::NoHeader { .. }
                | IngestError::MissingColumn { .. }
                | IngestError::UnknownTimes { .. }
                | IngestError::SplitTimes { .. }
        )
    );
    if !may_help {
        return;
    }
    // What cannot be read is told above.
    let Ok(Some(draft)) = landfall_ingest::draft_column_map(&source.path) else {
        return;
    };
    text.push_str("  a draft of a file for --columns:\n\n");
    for line in draft.lines() {
        let _ = writeln!(text, "{}", printable(line));
    }
}
