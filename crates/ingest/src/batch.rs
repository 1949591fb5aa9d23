//! A batch is what some rows came to that follow each other in a table: reports, rejected rows, and
//! everything that is counted of them.
//!
//! Batches are made side by side, and taken one after the other, in the order of their rows. Until
//! a batch is taken nothing shows of it, so that one can be thrown away.

use crate::block::TakesRows;
use crate::column_map::ColumnMap;
use crate::excerpt::excerpt;
use crate::header::{Repeated, repeated};
use crate::intake::{Reading, Sent};
use crate::memory::{LastRow, Memory, Words};
use crate::particulars_code::encode;
use crate::quick_row::Recent;
use crate::records::{LineSplitter, Lines, MAX_RECORD, Record};
use crate::row::{Fault, RowDecoder};
use crate::source_file::Tally;
use crate::vessels::{Key, ParticularsSlot, Span, VesselBook, VesselSlot};
use landfall_track::{PositionReport, RejectReason, RejectedRow, SourceRow, Timestamp};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A row that became a report. The report's source row counts from the batch's beginning.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Accepted {
    pub vessel: VesselSlot,
    pub particulars: ParticularsSlot,
    pub report: PositionReport,
}

/// A row that could not be used. Its number counts from the batch's beginning.
#[derive(Clone, Debug)]
pub(crate) struct Rejected {
    /// How many rows were accepted before it.
    pub after: usize,
    pub row: RejectedRow,
    /// Who sent it and when, if nothing is wrong with it but that the sender had no position.
    pub sign_of_life: Option<(VesselSlot, Timestamp)>,
}

/// The rows of a vessel in a batch that held the same particulars, byte by byte, without others
/// between them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Count {
    pub vessel: VesselSlot,
    pub particulars: ParticularsSlot,
    pub span: Span,
    /// What the bytes say beside that.
    pub bytes: Bytes,
}

/// What is to be known of a row's bytes of particulars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bytes {
    /// There are none: the row ends before, and says nothing of them.
    Absent,
    /// All values can be read.
    Good,
    /// Some cannot be read, which counts once for as long as the bytes stay the same: the entry of
    /// the digests that stands for them.
    Unreadable(u32),
}

/// Stands for bytes that may be long.
pub(crate) type Digest = [u8; 32];

/// A value that cannot be read.
#[derive(Clone, Debug)]
pub(crate) struct Unreadable {
    /// The row, counted from the batch's beginning.
    pub row: u64,
    pub column: String,
    pub value: String,
    /// The entry of the counts that it belongs to, if it is one of the particulars.
    pub count: Option<usize>,
}

/// Why no row after a batch's last one is read; that row is rejected for all of them.
#[derive(Clone, Debug)]
pub(crate) enum Stop {
    /// It is cut off.
    MidRow,
    /// It is the header of other columns.
    OtherHeader(String),
}

/// What some rows came to.
#[derive(Default)]
pub(crate) struct Batch {
    pub rows: u64,
    pub tally: Tally,
    pub accepted: Vec<Accepted>,
    pub rejected: Vec<Rejected>,
    /// In the order of the first row of each.
    pub counts: Vec<Count>,
    pub digests: Vec<Digest>,
    /// In the order of the rows.
    pub unreadable: Vec<Unreadable>,
    pub stop: Option<Stop>,
}

impl Batch {
    pub(crate) fn clear(&mut self) {
        self.rows = 0;
        self.tally = Tally::default();
        self.accepted.clear();
        self.rejected.clear();
        self.counts.clear();
        self.digests.clear();
        self.unreadable.clear();
        self.stop = None;
    }

    /// Accepts the row of a vessel that sent what she sent in her last row.
    #[inline]
    fn accept_known(
        &mut self,
        vessel: VesselSlot,
        last: &mut LastRow,
        number: u32,
        report: PositionReport,
    ) {
        if last.batch != number {
            last.batch = number;
            last.count = self.counts.len() as u32;
            let count = Count::new(vessel, last.particulars, Bytes::Good);
            self.counts.push(count);
        }
        self.counts[last.count as usize].span.add(report.time);
        self.accept(vessel, last.particulars, report);
    }

    /// Rejects the accepted rows that have no number.
    #[cold]
    pub(crate) fn give_up_rows(&mut self, has_number: impl Fn(u64) -> bool) {
        let mut kept = Batch {
            rows: self.rows,
            ..Batch::default()
        };
        let mut rejected = std::mem::take(&mut self.rejected).into_iter().peekable();
        for (index, row) in self.accepted.iter().enumerate() {
            while let Some(one) = rejected.next_if(|one| one.after <= index) {
                kept.put_rejected(one.row, one.sign_of_life);
            }
            let number = row.report.source.row();
            if has_number(number) {
                kept.tally.count(row.report.position);
                let mut count = Count::new(row.vessel, row.particulars, Bytes::Absent);
                count.span.add(row.report.time);
                kept.counts.push(count);
                kept.accepted.push(*row);
            } else {
                kept.put_rejected(
                    RejectedRow {
                        file: 0,
                        row: number,
                        column: String::new(),
                        value: "row number beyond 2^40".to_owned(),
                        reason: RejectReason::FileBrokenOff,
                    },
                    None,
                );
            }
        }
        for one in rejected {
            kept.put_rejected(one.row, one.sign_of_life);
        }
        kept.stop = self.stop.take();
        *self = kept;
    }

    fn put_rejected(&mut self, row: RejectedRow, sign_of_life: Option<(VesselSlot, Timestamp)>) {
        self.rejected.push(Rejected {
            after: self.accepted.len(),
            row,
            sign_of_life,
        });
    }

    #[cold]
    fn reject(&mut self, column: &str, value: &[u8], reason: RejectReason) {
        let row = RejectedRow {
            file: 0,
            row: self.rows,
            column: column.to_owned(),
            value: excerpt(value),
            reason,
        };
        self.put_rejected(row, None);
    }

    #[cold]
    fn unreadable(&mut self, column: &str, value: &[u8], count: Option<usize>) {
        self.unreadable.push(Unreadable {
            row: self.rows,
            column: column.to_owned(),
            value: excerpt(value),
            count,
        });
    }

    #[inline]
    fn accept(
        &mut self,
        vessel: VesselSlot,
        particulars: ParticularsSlot,
        mut report: PositionReport,
    ) {
        self.tally.count(report.position);
        report.source = SourceRow::new(0, self.rows).unwrap_or_default();
        self.accepted.push(Accepted {
            vessel,
            particulars,
            report,
        });
    }
}

/// What the rows of one table have in common.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    /// Another number for every table that one memory is used for; not 0.
    pub table: u32,
    pub decoder: &'a RowDecoder,
    /// What a header is recognised by that stands between the rows, if one may.
    pub headers: Option<Headers<'a>>,
}

/// What a header is recognised by.
#[derive(Clone, Copy)]
pub(crate) struct Headers<'a> {
    pub delimiter: u8,
    pub map: Option<&'a ColumnMap>,
}

/// What one thread needs to make batches.
#[derive(Default)]
pub(crate) struct Desk {
    memory: Memory,
    /// The number of the batch that is being made; no two have the same.
    number: u32,
    /// What the last batch was of.
    table: u32,
    recent: Recent,
    raw: Vec<u8>,
    code: Vec<u8>,
}

/// Makes a batch of rows.
pub(crate) struct Batcher<'a, 'b> {
    rows: Rows<'a>,
    desk: &'a mut Desk,
    book: &'a Mutex<&'b mut VesselBook>,
    batch: &'a mut Batch,
}

impl<'a, 'b> Batcher<'a, 'b> {
    /// Begins a batch.
    pub(crate) fn new(
        rows: Rows<'a>,
        desk: &'a mut Desk,
        book: &'a Mutex<&'b mut VesselBook>,
        batch: &'a mut Batch,
    ) -> Self {
        batch.clear();
        desk.number = desk.number.checked_add(1).unwrap_or_else(|| {
            desk.memory = Memory::default();
            1
        });
        if desk.table != rows.table {
            desk.table = rows.table;
            desk.recent = Recent::default();
        }
        Self {
            rows,
            desk,
            book,
            batch,
        }
    }

    /// Takes in a row that cannot be used, and tells whether rows may follow it.
    #[cold]
    fn refuse(&mut self, fault: &Fault, record: &Record<'_>) -> bool {
        let decoder = self.rows.decoder;
        let header = self.rows.headers.and_then(|headers| {
            let line = record.line();
            repeated(line, headers.delimiter, decoder.layout(), headers.map)
        });
        match header {
            Some(Repeated::Same) => {
                let reason = RejectReason::RepeatedHeader;
                self.batch.reject("", record.line(), reason);
            }
            Some(Repeated::Other) => {
                let reason = RejectReason::FileBrokenOff;
                self.batch.reject("", record.line(), reason);
                self.batch.stop = Some(Stop::OtherHeader(excerpt(record.line())));
                return false;
            }
            None => {
                let (column, value) = shown(decoder, fault, record);
                self.batch.reject(column, &value, fault.reason);
                if fault.reason == RejectReason::NoPosition {
                    let sign_of_life = self.sign_of_life(record);
                    if let Some(rejected) = self.batch.rejected.last_mut() {
                        rejected.sign_of_life = sign_of_life;
                    }
                }
            }
        }
        true
    }

    /// Who sent a row without a position, and when.
    fn sign_of_life(&mut self, record: &Record<'_>) -> Option<(VesselSlot, Timestamp)> {
        let decoder = self.rows.decoder;
        let sent = decoder.identity(record).ok()?;
        let time = decoder.time(record, &mut self.desk.recent).ok()?;
        let key = sent.key();
        let vessel = self.desk.memory.find(key).unwrap_or_else(|| {
            let vessel = self.lock_book().slot_of(key);
            self.desk.memory.learn(key, vessel);
            vessel
        });
        Some((vessel, time))
    }

    #[inline]
    fn accept(&mut self, reading: &Reading<'_>, record: &Record<'_>) {
        let decoder = self.rows.decoder;
        let before = self.batch.unreadable.len();
        if reading.is_partial {
            decoder.unreadable(record, |column, value| {
                self.batch.unreadable(column, value, None);
            });
        }
        // What cannot be read must be seen in the next row too, which is not the quick way.
        let is_partial = self.batch.unreadable.len() > before;
        let known = self.desk.memory.find(reading.sent.key());
        let last = known.and_then(|vessel| self.desk.memory.last_row(vessel, self.rows.table));
        if let (Some(vessel), Some(last)) = (known, last)
            && (last.is_good || last.batch == self.desk.number)
            && decoder.has_particulars(record, last.raw())
        {
            if decoder.quick().is_some() && !is_partial {
                let raw = decoder.raw_particulars(record, &mut self.desk.raw);
                last.keep(decoder.kept(record, raw));
                last.words = reading.words();
            }
            self.batch
                .accept_known(vessel, last, self.desk.number, reading.report);
        } else {
            self.accept_changed(reading, record, known, is_partial);
        }
    }

    /// Takes a line in the quick way, if that can be done, and tells where the next one begins.
    #[inline]
    fn quick_line(&mut self, lines: Lines<'_>, start: usize) -> Option<usize> {
        let decoder = self.rows.decoder;
        let quick = decoder.quick()?;
        let recent = &mut self.desk.recent;
        let row = quick.read(lines, start, decoder.time_format(), recent)?;
        let vessel = self.desk.memory.find_mmsi(row.mmsi)?;
        let last = self.desk.memory.last_row(vessel, self.rows.table)?;
        let next = lines.end_in(row.end, last.tail()?)?;
        if next - 1 - start > MAX_RECORD || !(last.is_good || last.batch == self.desk.number) {
            return None;
        }
        let mut report = row.report;
        if quick.tail_has_nav_status {
            report = report.with_nav_status(last.words.nav_status);
        }
        if quick.tail_has_sender {
            report.sender = last.words.sender;
        }
        self.batch.rows += 1;
        self.batch
            .accept_known(vessel, last, self.desk.number, report);
        Some(next)
    }

    /// Accepts the row of a vessel that is new, or whose particulars are.
    #[cold]
    fn accept_changed(
        &mut self,
        reading: &Reading<'_>,
        record: &Record<'_>,
        known: Option<VesselSlot>,
        is_partial: bool,
    ) {
        let decoder = self.rows.decoder;
        let mut scratch = std::mem::take(&mut self.desk.raw);
        let raw = decoder.raw_particulars(record, &mut scratch);
        let is_silent = raw.is_empty() && decoder.has_columns_of_particulars();
        let key = reading.sent.key();
        let (vessel, particulars) = if is_silent {
            let vessel = known.unwrap_or_else(|| self.lock_book().slot_of(key));
            (vessel, ParticularsSlot::NONE)
        } else {
            self.desk.code.clear();
            encode(&decoder.particulars(record), &mut self.desk.code);
            let mut book = self.lock_book();
            let vessel = known.unwrap_or_else(|| book.slot_of(key));
            (vessel, book.intern(vessel, &self.desk.code))
        };
        if known.is_none() {
            self.desk.memory.learn(key, vessel);
        }
        let bytes = if is_silent {
            Bytes::Absent
        } else {
            self.look_at_particulars(record, raw)
        };
        let count = self.batch.counts.len();
        let mut kept = decoder.kept(record, raw);
        if is_partial {
            kept.tail = None;
        }
        let memory = &mut self.desk.memory;
        if !is_silent
            && let Some(last) = memory.remember(vessel, self.rows.table, kept, particulars)
        {
            last.words = reading.words();
            last.is_good = bytes == Bytes::Good;
            last.batch = self.desk.number;
            last.count = count as u32;
        }
        let mut count = Count::new(vessel, particulars, bytes);
        count.span.add(reading.report.time);
        self.batch.counts.push(count);
        self.batch.accept(vessel, particulars, reading.report);
        self.desk.raw = scratch;
    }

    /// Notes the values among particulars that cannot be read, if any.
    fn look_at_particulars(&mut self, record: &Record<'_>, raw: &[u8]) -> Bytes {
        let batch = &mut *self.batch;
        let (before, count) = (batch.unreadable.len(), batch.counts.len());
        let decoder = self.rows.decoder;
        decoder.unreadable_particulars(record, |column, value| {
            batch.unreadable(column, value, Some(count));
        });
        if batch.unreadable.len() == before {
            return Bytes::Good;
        }
        batch.digests.push(Sha256::digest(raw).into());
        Bytes::Unreadable(batch.digests.len() as u32 - 1)
    }

    fn lock_book(&self) -> MutexGuard<'a, &'b mut VesselBook> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Count {
    fn new(vessel: VesselSlot, particulars: ParticularsSlot, bytes: Bytes) -> Self {
        Self {
            vessel,
            particulars,
            span: Span::NONE,
            bytes,
        }
    }
}

impl Reading<'_> {
    fn words(&self) -> Words {
        Words {
            nav_status: self.report.nav_status(),
            sender: self.report.sender,
        }
    }
}

impl TakesRows for Batcher<'_, '_> {
    #[inline]
    fn record(&mut self, record: &Record<'_>, is_open_ended: bool) -> bool {
        self.batch.rows += 1;
        let width = self.rows.decoder.layout().names.len();
        if is_open_ended && record.fields < width {
            let reason = RejectReason::FileBrokenOff;
            self.batch.reject("", record.line(), reason);
            self.batch.stop = Some(Stop::MidRow);
            return false;
        }
        match self.rows.decoder.decode(record, &mut self.desk.recent) {
            Ok(reading) => {
                self.accept(&reading, record);
                true
            }
            Err(fault) => self.refuse(&fault, record),
        }
    }

    fn damaged(&mut self, line: &[u8], reason: RejectReason) {
        self.batch.rows += 1;
        self.batch.reject("", line, reason);
    }

    #[inline]
    fn line(
        &mut self,
        lines: Lines<'_>,
        start: usize,
        splitter: &mut LineSplitter,
    ) -> Option<usize> {
        if let Some(next) = self.quick_line(lines, start) {
            return Some(next);
        }
        let (record, next) = splitter.split(lines, start);
        if next - 1 - start > MAX_RECORD {
            let shown = &record.line()[..SHOWN];
            self.damaged(shown, RejectReason::RecordTooLong);
            return Some(next);
        }
        self.record(&record, false).then_some(next)
    }
}

/// As much of a line as is looked at to show it.
const SHOWN: usize = 1024;

impl Sent<'_> {
    fn key(&self) -> Key<'_> {
        match self {
            Self::Mmsi(mmsi) => Key::Mmsi(*mmsi),
            Self::Text(text) => Key::Text(text),
        }
    }
}

/// The column at fault and what stands there; for a whole row its beginning.
fn shown<'r>(
    decoder: &'r RowDecoder,
    fault: &Fault,
    record: &Record<'r>,
) -> (&'r str, Cow<'r, [u8]>) {
    let layout = decoder.layout();
    match fault.field {
        Some(field) => {
            let value = match layout.column(field) {
                Some(column) => record.text(column),
                None => layout
                    .constant(field)
                    .and_then(|partition| partition.value.as_deref())
                    .map(|text| text.as_bytes().into()),
            };
            (layout.column_name(field), value.unwrap_or_default())
        }
        None => ("", record.line().into()),
    }
}
