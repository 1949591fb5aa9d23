//! The intake is where every row of a file ends up, whatever container and format it came from:
//! it is accepted or rejected, and either way counted.

use crate::batch::{Batch, Bytes, Digest, Rejected, Stop};
use crate::excerpt::excerpt;
use crate::positions::{PositionSink, ReadProgress};
use crate::source_file::SourceFile;
use crate::vessels::{VesselBook, VesselSlot};
use landfall_track::{
    Mmsi, Position, PositionReport, RejectReason, RejectedRow, SourceRow, Timestamp, VesselId,
};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

/// Who sent a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sent<'a> {
    /// A vessel with an MMSI.
    Mmsi(Mmsi),
    /// A vessel with any other identity.
    Text(Cow<'a, str>),
}

impl Sent<'_> {
    /// The same as an id of its own.
    pub(crate) fn id(&self) -> VesselId {
        match self {
            Self::Mmsi(mmsi) => VesselId::Mmsi(*mmsi),
            Self::Text(text) => VesselId::Text(text.as_ref().into()),
        }
    }
}

/// One row's report, decoded, and who sent it. The report's source row is not yet known.
#[derive(Clone, Debug)]
pub(crate) struct Reading<'a> {
    pub sent: Sent<'a>,
    pub report: PositionReport,
    /// Whether one of speed, course, heading and status is there, but was not read.
    pub is_partial: bool,
}

/// The longest identity that is no MMSI, in bytes: twice a SHA-512 in hexadecimal.
const MAX_IDENTITY: usize = 256;

/// An identity from a column of MMSIs: digits alone, at most nine, not 0; or the same in scientific
/// notation, if no digit is lost in it.
#[inline]
pub(crate) fn mmsi_identity(text: &[u8]) -> Option<Sent<'static>> {
    let number = crate::numbers::whole(text).or_else(|| whole_of_scientific(text))?;
    Mmsi::new(u32::try_from(number).ok()?).map(Sent::Mmsi)
}

/// Whether a text is a number as spreadsheets write long ones, such as `2.7329E+08`.
pub(crate) fn is_scientific(text: &[u8]) -> bool {
    let Some(exponent) = text.iter().position(|byte| matches!(byte, b'e' | b'E')) else {
        return false;
    };
    let (mantissa, exponent) = (&text[..exponent], &text[exponent + 1..]);
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let is_part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',');
    // A sign tells it from an identity in hexadecimal.
    let exponent = exponent.strip_prefix(b"+");
    exponent.is_some_and(digits)
        && mantissa.first().is_some_and(u8::is_ascii_digit)
        && mantissa.iter().all(is_part)
}

/// The whole number of nine digits that a text in scientific notation stands for, if all of them are
/// there: numpy writes `2.732911600000000000e+08`, of which nothing is lost.
#[cold]
fn whole_of_scientific(text: &[u8]) -> Option<u64> {
    if !is_scientific(text) {
        return None;
    }
    let mantissa = text.iter().take_while(|byte| !matches!(byte, b'e' | b'E'));
    let digits = mantissa.filter(|byte| byte.is_ascii_digit()).count();
    let number = crate::numbers::number(text)?;
    let is_whole = number.fract() == 0.0 && (0.0..1e9).contains(&number);
    (digits >= 9 && is_whole).then_some(number as u64)
}

/// An identity from a column of any identities: nine digits are an MMSI, everything else is text.
#[inline]
pub(crate) fn any_identity(text: Cow<'_, [u8]>) -> Option<Sent<'_>> {
    if text.len() == 9 && text.iter().all(u8::is_ascii_digit) {
        return mmsi_identity(&text);
    }
    if is_scientific(&text) {
        return whole_of_scientific(&text)
            .filter(|number| *number >= 100_000_000)
            .and_then(|_| mmsi_identity(&text));
    }
    let text = match text {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    };
    (1..=MAX_IDENTITY)
        .contains(&text.len())
        .then_some(Sent::Text(text))
}

/// A position from degrees in ten-millionths, or why there is none and which of the two is at
/// fault.
///
/// Exactly 0, 0 is what receivers without a fix send: a place in the Gulf of Guinea to which no report
/// belongs to the last digit.
#[inline]
pub(crate) fn place(lat_e7: i64, lon_e7: i64) -> Result<Position, (Coordinate, RejectReason)> {
    /// 91 and 181 degrees stand for "not available" (ITU-R M.1371-5, table 48).
    const NO_LAT: i64 = 910_000_000;
    const NO_LON: i64 = 1_810_000_000;
    let lat_inside = lat_e7.unsigned_abs() <= 900_000_000;
    let lon_inside = lon_e7.unsigned_abs() <= 1_800_000_000;
    let is_null = lat_e7 | lon_e7 == 0;
    if lat_inside && lon_inside && !is_null {
        return Ok(Position {
            lat_e7: lat_e7 as i32,
            lon_e7: lon_e7 as i32,
        });
    }
    Err(if lat_e7 == NO_LAT || is_null {
        (Coordinate::Latitude, RejectReason::NoPosition)
    } else if lon_e7 == NO_LON {
        (Coordinate::Longitude, RejectReason::NoPosition)
    } else if lat_inside {
        (Coordinate::Longitude, RejectReason::PositionOutOfRange)
    } else {
        (Coordinate::Latitude, RejectReason::PositionOutOfRange)
    })
}

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coordinate {
    Latitude,
    Longitude,
}

/// Takes one table's rows in, batch after batch in their order.
pub(crate) struct Intake {
    file: usize,
    /// The table's account so far.
    pub source: SourceFile,
    /// The vessels whose last row in the table held particulars that cannot be read, and what
    /// stands for the bytes of these.
    unreadable: FxHashMap<VesselSlot, Digest>,
    /// Why no more rows are taken, if so.
    pub stop: Option<Stop>,
    /// Whether all reports so far, as far as was looked, were sent at midnight.
    pub midnights_only: bool,
    /// How many ids were in scientific notation with digits lost, and the first.
    scientific: Option<(u64, u64, String)>,
}

/// Where the rows of all tables go.
pub(crate) struct Delivery<'a, S> {
    pub book: Mutex<&'a mut VesselBook>,
    pub sink: Mutex<&'a mut S>,
    pub progress: &'a ReadProgress,
}

impl<'a, S: PositionSink> Delivery<'a, S> {
    pub(crate) fn new(
        book: &'a mut VesselBook,
        sink: &'a mut S,
        progress: &'a ReadProgress,
    ) -> Self {
        Self {
            book: Mutex::new(book),
            sink: Mutex::new(sink),
            progress,
        }
    }

    /// Takes in the batch that comes next in a table, and leaves it empty.
    pub(crate) fn deliver(&self, intake: &mut Intake, batch: &mut Batch) {
        if intake.stop.is_some() {
            return;
        }
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        self.progress.times.deliver.time(|| {
            let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
            intake.count(batch, &mut book);
            drop(book);
            intake.take(batch, &mut **sink);
        });
        self.progress.rows.fetch_add(batch.rows, Ordering::Relaxed);
    }

    /// Rejects one row more, for all that is lost of a table.
    pub(crate) fn reject_rest(&self, intake: &mut Intake, value: &[u8]) {
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        intake.source.rows += 1;
        intake.source.rejected += 1;
        sink.reject(RejectedRow {
            file: intake.file,
            row: intake.source.rows,
            column: String::new(),
            value: excerpt(value),
            reason: RejectReason::FileBrokenOff,
        });
        self.progress.rows.fetch_add(1, Ordering::Relaxed);
    }
}

impl Intake {
    /// The intake of the table with a number among the run's inputs; `source` may hold rows already.
    pub(crate) fn new(file: usize, source: SourceFile) -> Self {
        Self {
            file,
            source,
            unreadable: FxHashMap::default(),
            stop: None,
            midnights_only: true,
            scientific: None,
        }
    }

    /// What tells the table from others that the same memory is used for; not 0.
    pub(crate) fn tag(&self) -> u32 {
        u32::try_from(self.file + 1).unwrap_or(u32::MAX)
    }

    /// Counts what the rows of a batch came to, but for the rows themselves.
    fn count(&mut self, batch: &mut Batch, book: &mut VesselBook) {
        self.give_up_rows_without_number(batch);
        for count in &batch.counts {
            batch.tally.count_times(count.span);
            if self.midnights_only {
                let is_midnight = |time: Timestamp| time.as_millis().rem_euclid(86_400_000) == 0;
                self.midnights_only = is_midnight(count.span.first) && is_midnight(count.span.last);
            }
            book.count(count.vessel, count.particulars, count.span);
        }
        self.source.add(&batch.tally);
        if !batch.unreadable.is_empty() || !self.unreadable.is_empty() {
            self.count_unreadable(batch);
        }
    }

    /// Counts values that cannot be read: of particulars only where they changed.
    fn count_unreadable(&mut self, batch: &Batch) {
        let is_changed: Vec<bool> = batch
            .counts
            .iter()
            .map(|count| match count.bytes {
                Bytes::Absent => false,
                Bytes::Good => self.unreadable.remove(&count.vessel).is_some(),
                Bytes::Unreadable(digest) => {
                    let digest = batch.digests[digest as usize];
                    self.unreadable.insert(count.vessel, digest) != Some(digest)
                }
            })
            .collect();
        for value in &batch.unreadable {
            if value.count.is_none_or(|count| is_changed[count]) {
                let row = self.source.rows + value.row;
                self.source
                    .count_unreadable(row, &value.column, &value.value);
            }
        }
    }

    /// Gives the rows of a batch to the sink.
    fn take<S: PositionSink>(&mut self, batch: &mut Batch, sink: &mut S) {
        let before = self.source.rows;
        let mut rejected = batch.rejected.drain(..).peekable();
        let mut reject = |sink: &mut S, one: Rejected| {
            let mut row = one.row;
            row.file = self.file;
            row.row += before;
            self.source.rejected += 1;
            if row.reason == RejectReason::BadIdentity && is_scientific(row.value.as_bytes()) {
                let seen = self.scientific.take();
                let (count, first, value) = seen.unwrap_or((0, row.row, row.value.clone()));
                self.scientific = Some((count + 1, first, value));
            }
            let source = SourceRow::new(self.file, row.row);
            sink.reject(row);
            if let (Some((vessel, time)), Some(source)) = (one.sign_of_life, source) {
                sink.without_position(vessel, time, source);
            }
        };
        let mut next = 0;
        loop {
            let until = rejected.peek().map_or(batch.accepted.len(), |it| it.after);
            for accepted in &batch.accepted[next..until] {
                let row = before + accepted.report.source.row();
                let mut report = accepted.report;
                report.source = SourceRow::new(self.file, row).unwrap_or_default();
                sink.accept(accepted.vessel, accepted.particulars, report);
            }
            next = until;
            let Some(one) = rejected.next() else {
                break;
            };
            reject(sink, one);
        }
        self.source.rows += batch.rows;
        self.stop = batch.stop.take();
    }

    /// Rejects the rows of a batch whose numbers are too large to be held.
    fn give_up_rows_without_number(&self, batch: &mut Batch) {
        let has_number = |row| SourceRow::new(self.file, self.source.rows + row).is_some();
        if has_number(batch.rows) {
            return;
        }
        batch.give_up_rows(has_number);
    }

    /// The table's account when all rows are in.
    pub(crate) fn finish(mut self) -> SourceFile {
        if let Some((count, row, value)) = self.scientific.take() {
            self.source.remarks.push(format!(
                "{count} ids are in scientific notation, the first in row {row}: `{value}`; a spreadsheet \
                 has lost their last digits, and no program can bring them back: go back to the file \
                 that was opened in it, and have it keep that column as text"
            ));
        }
        self.source.conclude();
        self.source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_mmsi_has_at_most_nine_digits_and_is_not_0() {
        let number = |text: &str| match mmsi_identity(text.as_bytes()) {
            Some(Sent::Mmsi(mmsi)) => Some(mmsi.get()),
            _ => None,
        };
        assert_eq!(number("367752440"), Some(367_752_440));
        assert_eq!(number("367752440.0"), Some(367_752_440));
        assert_eq!(number("002190068"), Some(2_190_068));
        assert_eq!(number("2.732911600000000000e+08"), Some(273_291_160));
        for wrong in [
            "",
            "0",
            "000000000",
            "3677524401",
            "36775244x",
            "-367752440",
            "2.7329E+08",
            "2.7329116e+08",
            "2.732911600000000000e+09",
            "2,7329E+08",
        ] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn any_other_identity_is_a_text() {
        let read = |text: &'static str| any_identity(Cow::Borrowed(text.as_bytes()));
        assert_eq!(
            read("367752440"),
            Some(Sent::Mmsi(Mmsi::new(367_752_440).unwrap()))
        );
        assert_eq!(read("12345"), Some(Sent::Text("12345".into())));
        assert_eq!(read("ab0f"), Some(Sent::Text("ab0f".into())));
        assert_eq!(read("12e45678"), Some(Sent::Text("12e45678".into())));
        assert_eq!(read("2.7329E+08"), None);
        assert_eq!(read(""), None);
        assert_eq!(any_identity(Cow::Owned(vec![b'x'; 257])), None);
    }

    #[test]
    fn a_place_off_the_globe_is_no_place() {
        let place = |lat: f64, lon: f64| {
            place(
                crate::numbers::e7_of_degrees(lat),
                crate::numbers::e7_of_degrees(lon),
            )
        };
        assert!(place(90.0, -180.0).is_ok());
        assert_eq!(
            place(0.0, 0.0),
            Err((Coordinate::Latitude, RejectReason::NoPosition))
        );
        assert!(place(0.0, 6.5).is_ok() && place(-0.0000001, 0.0).is_ok());
        assert_eq!(
            place(91.0, 181.0),
            Err((Coordinate::Latitude, RejectReason::NoPosition))
        );
        assert_eq!(
            place(10.0, 181.0),
            Err((Coordinate::Longitude, RejectReason::NoPosition))
        );
        let out = RejectReason::PositionOutOfRange;
        assert_eq!(place(-91.0, 0.0), Err((Coordinate::Latitude, out)));
        assert_eq!(place(0.0, -181.0), Err((Coordinate::Longitude, out)));
        assert_eq!(place(1e300, 0.0), Err((Coordinate::Latitude, out)));
    }
}
