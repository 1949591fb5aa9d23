//! Rejected rows wait in a spool, since the head of rejected.csv carries notices that are known
//! only when every file has been read.

use crate::PipelineError;
use landfall_track::{RejectReason, RejectedRow};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use tempfile::SpooledTempFile;

/// Bytes of rejected rows that are held in memory; more of them go to a temporary file.
const IN_MEMORY: usize = 16 << 20;

/// Rejected rows, of each file in the order in which they were met.
pub(crate) struct RejectedSpool {
    spool: BufWriter<SpooledTempFile>,
    folder: PathBuf,
    /// Which files' rows follow on each other in the spool.
    stretches: Vec<Stretch>,
    failed: Option<std::io::Error>,
    by_reason: BTreeMap<RejectReason, u64>,
    line: Vec<u8>,
}

/// Rows of one file in the spool.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    file: usize,
    start: u64,
    length: u64,
}

impl RejectedSpool {
    /// An empty spool, whose temporary file goes to a folder.
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            spool: BufWriter::new(SpooledTempFile::new_in(IN_MEMORY, folder)),
            folder: folder.to_owned(),
            stretches: Vec::new(),
            failed: None,
            by_reason: BTreeMap::new(),
            line: Vec::new(),
        }
    }

    /// Puts a row down. An error is kept and told when the rows are asked for.
    pub(crate) fn put(&mut self, row: &RejectedRow) {
        *self.by_reason.entry(row.reason).or_default() += 1;
        if self.failed.is_some() {
            return;
        }
        self.line.clear();
        let written = serde_json::to_writer(&mut self.line, row)
            .map_err(std::io::Error::from)
            .and_then(|()| {
                self.line.push(b'\n');
                self.spool.write_all(&self.line)
            });
        self.failed = written.err();
        let length = self.line.len() as u64;
        match self.stretches.last_mut() {
            Some(last) if last.file == row.file => last.length += length,
            last => {
                let start = last.map_or(0, |last| last.start + last.length);
                self.stretches.push(Stretch {
                    file: row.file,
                    start,
                    length,
                });
            }
        }
    }

    /// How many rows were rejected for each reason.
    pub(crate) fn by_reason(&self) -> &BTreeMap<RejectReason, u64> {
        &self.by_reason
    }

    /// Hands every row over, file by file, with the line that it was put down as.
    pub(crate) fn drain(
        &mut self,
        mut take: impl FnMut(&[u8], &RejectedRow) -> Result<(), PipelineError>,
    ) -> Result<(), PipelineError> {
        let failed = |action, error| PipelineError::temp(action, &self.folder)(error);
        if let Some(error) = self.failed.take() {
            return Err(failed("write", error));
        }
        self.spool.flush().map_err(|error| failed("write", error))?;
        let file = self.spool.get_mut();
        self.stretches.sort_by_key(|stretch| stretch.file);
        for stretch in &self.stretches {
            file.seek(SeekFrom::Start(stretch.start))
                .map_err(|error| failed("read", error))?;
            let mut lines = BufReader::new((&mut *file).take(stretch.length));
            loop {
                self.line.clear();
                let read = lines.read_until(b'\n', &mut self.line);
                if read.map_err(|error| failed("read", error))? == 0 {
                    break;
                }
                let row = serde_json::from_slice(&self.line)
                    .map_err(|error| failed("read", std::io::Error::from(error)))?;
                take(&self.line, &row)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were_file_by_file_and_each_files_in_order() {
        let mut rows: Vec<RejectedRow> = (1..=9)
            .map(|row| RejectedRow {
                file: [7, 2, 7][row as usize % 3],
                row,
                column: "LAT".into(),
                value: "line\nbreak \"quoted\" \u{0}".into(),
                reason: RejectReason::BadPosition,
            })
            .collect();
        let mut spool = RejectedSpool::new(&std::env::temp_dir());
        for row in &rows {
            spool.put(row);
        }
        assert_eq!(spool.by_reason()[&RejectReason::BadPosition], 9);
        let mut back = Vec::new();
        spool
            .drain(|_, row| {
                back.push(row.clone());
                Ok(())
            })
            .unwrap();
        rows.sort_by_key(|row| (row.file, row.row));
        assert_eq!(back, rows);
    }
}
