//! The accounts of a run are kept at its far end: what became of every row is counted where the
//! row ends up, and compared with what was read.

use crate::PipelineError;
use landfall_ingest::SourceFile;
use landfall_track::FileAccount;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One file's rows, counted where they end up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ends {
    /// Given to detection, or listed as a station's.
    pub(crate) used: u64,
    /// Accepted, but outside the run's restriction.
    pub(crate) set_aside: u64,
    pub(crate) duplicates: u64,
    pub(crate) rejected: u64,
}

impl Ends {
    /// Adds another's counts.
    pub(crate) fn add(&mut self, other: &Ends) {
        self.used += other.used;
        self.set_aside += other.set_aside;
        self.duplicates += other.duplicates;
        self.rejected += other.rejected;
    }
}

/// Every file's rows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Accounts {
    /// Only files with a row: a vessel is in few of many.
    by_file: BTreeMap<usize, Ends>,
}

impl Accounts {
    /// One file's counts.
    pub(crate) fn file(&mut self, file: usize) -> &mut Ends {
        self.by_file.entry(file).or_default()
    }

    /// Counts every row that was to be used as left out by the restriction.
    pub(crate) fn set_all_aside(&mut self) {
        for ends in self.by_file.values_mut() {
            ends.set_aside += std::mem::take(&mut ends.used);
        }
    }

    /// Adds another's counts.
    pub(crate) fn add(&mut self, other: &Accounts) {
        for (file, ends) in &other.by_file {
            self.file(*file).add(ends);
        }
    }

    /// Rows that were used.
    pub(crate) fn used(&self) -> u64 {
        self.by_file.values().map(|ends| ends.used).sum()
    }

    /// Accepted rows that the restriction leaves out.
    pub(crate) fn set_aside(&self) -> u64 {
        self.by_file.values().map(|ends| ends.set_aside).sum()
    }

    /// The account of every file from `first_file` on, in the order of the files.
    ///
    /// # Errors
    /// If rows were lost or counted twice.
    pub(crate) fn settle(
        &self,
        sources: &[SourceFile],
        first_file: usize,
    ) -> Result<Vec<FileAccount>, PipelineError> {
        let settle = |(file, source): (usize, &SourceFile)| {
            let ends = self
                .by_file
                .get(&(first_file + file))
                .copied()
                .unwrap_or_default();
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
