//! The accounts of a run are kept at its far end: what became of every row is counted where the
//! row ends up, and compared with what was read.

use crate::PipelineError;
use landfall_ingest::SourceFile;
use landfall_track::{FileAccount, PositionReport};
use std::collections::BTreeMap;

/// One file's rows, counted where they end up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ends {
    /// Given to detection, or listed as a station's.
    pub(crate) used: u64,
    /// Accepted, but outside the run's restriction.
    pub(crate) set_aside: u64,
    pub(crate) duplicates: u64,
    pub(crate) rejected: u64,
}

/// Every file's rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Accounts {
    /// Only files with a row: a vessel is in few of many.
    by_file: BTreeMap<usize, Ends>,
}

impl Accounts {
    /// One file's counts.
    pub(crate) fn file(&mut self, file: usize) -> &mut Ends {
        self.by_file.entry(file).or_default()
    }

    /// Counts reports that detection was given.
    pub(crate) fn use_all<'a>(&mut self, reports: impl Iterator<Item = &'a PositionReport>) {
        reports.for_each(|report| self.file(report.source.file()).used += 1);
    }

    /// Counts reports that the restriction leaves out.
    pub(crate) fn set_aside_all<'a>(&mut self, reports: impl Iterator<Item = &'a PositionReport>) {
        reports.for_each(|report| self.file(report.source.file()).set_aside += 1);
    }

    /// Adds another's counts.
    pub(crate) fn add(&mut self, other: &Accounts) {
        for (file, ends) in &other.by_file {
            let mine = self.file(*file);
            mine.used += ends.used;
            mine.set_aside += ends.set_aside;
            mine.duplicates += ends.duplicates;
            mine.rejected += ends.rejected;
        }
    }

    /// Accepted rows that the restriction leaves out.
    pub(crate) fn set_aside(&self) -> u64 {
        self.by_file.values().map(|ends| ends.set_aside).sum()
    }

    /// Every file's account, in the order of the files.
    ///
    /// # Errors
    /// If rows were lost or counted twice.
    pub(crate) fn settle(&self, sources: &[SourceFile]) -> Result<Vec<FileAccount>, PipelineError> {
        let settle = |(file, source): (usize, &SourceFile)| {
            let ends = self.by_file.get(&file).copied().unwrap_or_default();
            let account = FileAccount {
                rows: source.rows,
                accepted: ends.used + ends.set_aside,
                duplicates: ends.duplicates,
                rejected: ends.rejected,
            };
            if account.adds_up() {
                Ok(account)
            } else {
                Err(PipelineError::AccountDoesNotAddUp {
                    file: source.name.clone(),
                    account,
                })
            }
        };
        sources.iter().enumerate().map(settle).collect()
    }
}
