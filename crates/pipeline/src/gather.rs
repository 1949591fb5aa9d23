//! Gathering: rows arrive file by file and leave vessel by vessel, in order. They are held in memory
//! as long as there is room, and go to disk when there is none.

use crate::accounts::Accounts;
use crate::arena::Arena;
use crate::data_span::DataSpan;
use crate::rejected::RejectedSpool;
use crate::rows::{GatheredRow, put_in_order};
use crate::spill::{RunMerge, Spill, Spilled};
use crate::{PipelineError, Restriction};
use landfall_events::fleet::HeardMinutes;
use landfall_ingest::{ParticularsSlot, PositionSink, VesselSlot};
use landfall_track::{PositionReport, RejectedRow, SourceRow, Timestamp};
use std::path::Path;

/// Takes every row of every file. What a restriction leaves out is known only when duplicates have
/// been taken out, so that a file's account is the same with and without one.
pub(crate) struct Gatherer<'a> {
    restriction: &'a Restriction,
    /// Where temporary files go.
    folder: &'a Path,
    /// Bytes that rows may take in memory.
    memory: usize,
    arena: Arena,
    spill: Option<Spill>,
    /// The first thing that went wrong with the spill. Reading goes on, but nothing is kept.
    failed: Option<PipelineError>,
    pub(crate) rejected: RejectedSpool,
    pub(crate) accounts: Accounts,
    /// When the rows of the whole input within the restriction's times are.
    pub(crate) span: DataSpan,
    /// The minutes of those times in which anybody was heard.
    pub(crate) minutes: HeardMinutes,
    /// Rows until the use of memory is looked at.
    until_check: u32,
}

/// Rows that are taken in before the use of memory is looked at: 40 kB of them.
const CHECK_EVERY: u32 = 1 << 10;

impl<'a> Gatherer<'a> {
    /// A gatherer that keeps so many bytes of rows in memory, and the others in a folder.
    pub(crate) fn new(restriction: &'a Restriction, folder: &'a Path, memory: usize) -> Self {
        Self {
            restriction,
            folder,
            memory,
            arena: Arena::default(),
            spill: None,
            failed: None,
            rejected: RejectedSpool::new(folder),
            accounts: Accounts::default(),
            span: DataSpan::default(),
            minutes: HeardMinutes::default(),
            until_check: CHECK_EVERY,
        }
    }

    #[cold]
    fn look_at_memory(&mut self) {
        self.until_check = CHECK_EVERY;
        if self.arena.bytes() >= self.memory || self.arena.is_full() {
            if self.failed.is_none() {
                self.failed = self.spill_all().err();
            }
            self.arena.clear();
        }
    }

    /// Writes every row in memory to disk, as a run.
    fn spill_all(&mut self) -> Result<(), PipelineError> {
        let spill = match &mut self.spill {
            Some(spill) => spill,
            none => none.insert(Spill::new(self.folder)?),
        };
        let mut run = spill.begin_run();
        let mut rows = Vec::new();
        for slot in 0..self.arena.slots() {
            let vessel = VesselSlot(slot);
            if self.arena.rows_of(vessel) > 0 {
                copy_rows(&self.arena, vessel, &mut rows);
                run.vessel(vessel, &rows)?;
            }
        }
        run.end()
    }

    /// Ends the gathering: from here on each vessel's rows can be had.
    ///
    /// # Errors
    /// If rows could not be kept in a temporary file.
    pub(crate) fn finish(mut self) -> Result<Gathered, PipelineError> {
        if self.spill.is_some() && self.failed.is_none() {
            // What is left would else take the memory that merging needs.
            self.failed = self.spill_all().err();
        }
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.span.settle();
        let slots = self.arena.slots();
        let rows = match self.spill {
            None => GatheredRows::InMemory(self.arena),
            Some(spill) => {
                drop(self.arena);
                GatheredRows::OnDisk(spill.finish(self.folder, slots)?)
            }
        };
        Ok(Gathered {
            rows,
            rejected: self.rejected,
            accounts: self.accounts,
            span: self.span,
            minutes: self.minutes,
        })
    }
}

impl PositionSink for Gatherer<'_> {
    #[inline]
    fn accept(&mut self, vessel: VesselSlot, particulars: ParticularsSlot, report: PositionReport) {
        if self.restriction.takes_time(report.time) {
            self.span.add(report.time, vessel.0);
            self.minutes.add(report.time);
        }
        self.arena.push(
            vessel,
            GatheredRow {
                report,
                particulars,
            },
        );
        self.until_check -= 1;
        if self.until_check == 0 {
            self.look_at_memory();
        }
    }

    fn without_position(&mut self, vessel: VesselSlot, time: Timestamp, source: SourceRow) {
        self.arena
            .push(vessel, GatheredRow::without_position(time, source));
        self.until_check -= 1;
        if self.until_check == 0 {
            self.look_at_memory();
        }
    }

    fn reject(&mut self, row: RejectedRow) {
        self.accounts.file(row.file).rejected += 1;
        self.rejected.put(&row);
    }
}

/// Every row, gathered.
pub(crate) struct Gathered {
    pub(crate) rows: GatheredRows,
    pub(crate) rejected: RejectedSpool,
    pub(crate) accounts: Accounts,
    pub(crate) span: DataSpan,
    pub(crate) minutes: HeardMinutes,
}

/// Every vessel's rows.
#[derive(Debug)]
pub(crate) enum GatheredRows {
    InMemory(Arena),
    OnDisk(Spilled),
}

impl GatheredRows {
    /// A vessel's rows in order. `memory` is what reading them from disk may take, in bytes.
    ///
    /// # Errors
    /// If they cannot be read.
    pub(crate) fn of(
        &self,
        vessel: VesselSlot,
        memory: usize,
    ) -> Result<VesselRows<'_>, PipelineError> {
        Ok(match self {
            Self::InMemory(arena) if arena.is_in_order(vessel) => {
                VesselRows::Pieces(Box::new(arena.pieces(vessel)))
            }
            Self::InMemory(arena) => {
                let mut rows = Vec::new();
                copy_rows(arena, vessel, &mut rows);
                VesselRows::Sorted(rows)
            }
            Self::OnDisk(spilled) => VesselRows::Merged(spilled.merged(vessel, memory)?),
        })
    }
}

/// One vessel's rows in order.
pub(crate) enum VesselRows<'a> {
    Pieces(Box<dyn Iterator<Item = &'a [GatheredRow]> + 'a>),
    Sorted(Vec<GatheredRow>),
    Merged(RunMerge<'a>),
}

/// Rows that are merged at a time: few enough to stay in the cache.
const BATCH: usize = 1 << 8;

impl VesselRows<'_> {
    /// Gives all rows to `take`, some at a time.
    ///
    /// # Errors
    /// If they cannot be read, or `take` fails.
    pub(crate) fn each(
        self,
        mut take: impl FnMut(&[GatheredRow]) -> Result<(), PipelineError>,
    ) -> Result<(), PipelineError> {
        match self {
            Self::Pieces(mut pieces) => pieces.try_for_each(take),
            Self::Sorted(rows) => rows.chunks(BATCH).try_for_each(take),
            Self::Merged(mut merge) => {
                let mut batch = Vec::new();
                loop {
                    batch.clear();
                    merge.take(&mut batch, BATCH)?;
                    if batch.is_empty() {
                        return Ok(());
                    }
                    take(&batch)?;
                }
            }
        }
    }
}

/// Replaces `rows` by a vessel's rows in order.
fn copy_rows(arena: &Arena, vessel: VesselSlot, rows: &mut Vec<GatheredRow>) {
    rows.clear();
    for piece in arena.pieces(vessel) {
        rows.extend_from_slice(piece);
    }
    if !arena.is_in_order(vessel) {
        put_in_order(rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{Position, SourceRow, Timestamp};
    use proptest::prelude::*;

    /// Every vessel's rows as text, gathered with so much memory.
    fn gathered(sent: &[(u32, i64, i32)], memory: usize, spill_every: usize) -> Vec<Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        let restriction = Restriction::default();
        let mut gatherer = Gatherer::new(&restriction, folder.path(), memory);
        for (number, (vessel, seconds, lat_e7)) in sent.iter().enumerate() {
            let report = PositionReport::new(
                Timestamp::from_seconds(*seconds).unwrap(),
                Position {
                    lat_e7: *lat_e7,
                    lon_e7: 0,
                },
                SourceRow::new(0, number as u64 + 1).unwrap(),
            );
            gatherer.accept(VesselSlot(*vessel), ParticularsSlot::NONE, report);
            if memory == 0 && number % spill_every == 0 {
                gatherer.look_at_memory();
            }
        }
        let gathered = gatherer.finish().unwrap();
        assert_eq!(
            memory == 0 && !sent.is_empty(),
            matches!(gathered.rows, GatheredRows::OnDisk(_))
        );
        (0..4)
            .map(|vessel| {
                let rows = gathered.rows.of(VesselSlot(vessel), 1 << 14).unwrap();
                let mut all = Vec::new();
                let as_text = |row: &GatheredRow| {
                    let report = row.report;
                    format!("{} {:?} {:?}", report.time, report.position, report.source)
                };
                rows.each(|batch| {
                    all.extend(batch.iter().map(as_text));
                    Ok(())
                })
                .unwrap();
                all
            })
            .collect()
    }

    proptest! {
        #[test]
        fn rows_that_went_to_disk_come_back_as_those_that_stayed_in_memory(
            sent in prop::collection::vec((0_u32..4, 0_i64..40, 0_i32..3), 0..400),
            spill_every in 1_usize..100,
        ) {
            let in_memory = gathered(&sent, usize::MAX, 1);
            prop_assert_eq!(gathered(&sent, 0, spill_every), in_memory);
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_an_error_at_the_end() {
        let restriction = Restriction::default();
        let mut gatherer = Gatherer::new(&restriction, Path::new("no/such/folder"), 0);
        for _ in 0..5_000 {
            let report = GatheredRow::blank().report;
            gatherer.accept(VesselSlot(0), ParticularsSlot::NONE, report);
        }
        let error = gatherer.finish().err().unwrap();
        assert!(error.to_string().contains("no/such/folder"), "{error}");
    }
}
