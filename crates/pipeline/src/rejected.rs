//! Rejected rows wait in a spool, since the head of rejected.csv carries notices that are known
//! only when every file has been read.

use crate::PipelineError;
use landfall_track::{RejectReason, RejectedRow};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, BufWriter, Seek, Write};
use tempfile::SpooledTempFile;

/// Bytes of rejected rows that are held in memory; more of them go to a temporary file.
const IN_MEMORY: usize = 16 << 20;

/// Rejected rows in the order in which they were met.
pub(crate) struct RejectedSpool {
    spool: BufWriter<SpooledTempFile>,
    failed: Option<std::io::Error>,
    by_reason: BTreeMap<RejectReason, u64>,
}

impl RejectedSpool {
    pub(crate) fn new() -> Self {
        Self {
            spool: BufWriter::new(SpooledTempFile::new(IN_MEMORY)),
            failed: None,
            by_reason: BTreeMap::new(),
        }
    }

    /// Puts a row down. An error is kept and told when the rows are asked for.
    pub(crate) fn put(&mut self, row: &RejectedRow) {
        *self.by_reason.entry(row.reason).or_default() += 1;
        if self.failed.is_none() {
            let written = serde_json::to_writer(&mut self.spool, row)
                .map_err(std::io::Error::from)
                .and_then(|()| self.spool.write_all(b"\n"));
            self.failed = written.err();
        }
    }

    /// How many rows were rejected for each reason.
    pub(crate) fn by_reason(&self) -> &BTreeMap<RejectReason, u64> {
        &self.by_reason
    }

    /// Hands every row over, in order.
    pub(crate) fn drain(
        mut self,
        mut take: impl FnMut(&RejectedRow) -> Result<(), PipelineError>,
    ) -> Result<(), PipelineError> {
        if let Some(error) = self.failed.take() {
            return Err(PipelineError::Spool(error));
        }
        let mut file = self
            .spool
            .into_inner()
            .map_err(|error| PipelineError::Spool(error.into_error()))?;
        file.rewind().map_err(PipelineError::Spool)?;
        for line in BufReader::new(file).lines() {
            let line = line.map_err(PipelineError::Spool)?;
            let row = serde_json::from_str(&line)
                .map_err(|error| PipelineError::Spool(std::io::Error::from(error)))?;
            take(&row)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_in_order_and_as_they_were() {
        let rows: Vec<RejectedRow> = (1..=3)
            .map(|row| RejectedRow {
                file: 7,
                row,
                column: "LAT".into(),
                value: "line\nbreak \"quoted\" \u{0}".into(),
                reason: RejectReason::BadPosition,
            })
            .collect();
        let mut spool = RejectedSpool::new();
        for row in &rows {
            spool.put(row);
        }
        assert_eq!(spool.by_reason()[&RejectReason::BadPosition], 3);
        let mut back = Vec::new();
        spool
            .drain(|row| {
                back.push(row.clone());
                Ok(())
            })
            .unwrap();
        assert_eq!(back, rows);
    }
}
