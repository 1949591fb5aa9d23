//! The intake is where every row of a file ends up, whatever container and format it came from:
//! it is accepted or rejected, and either way counted.

use crate::excerpt::excerpt;
use crate::positions::{PositionSink, ReadProgress};
use crate::source_file::SourceFile;
use crate::vessels::{ParticularsSlot, VesselBook, VesselSlot};
use landfall_track::{
    Mmsi, Particulars, Position, PositionReport, RejectReason, RejectedRow, SourceRow,
};
use std::borrow::Cow;
use std::sync::atomic::Ordering;

/// Who sent a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sent<'a> {
    /// A vessel with an MMSI.
    Mmsi(Mmsi),
    /// A vessel with any other identity.
    Text(Cow<'a, str>),
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

/// An identity from a column of MMSIs: digits alone, at most nine, not 0.
#[inline]
pub(crate) fn mmsi_identity(text: &[u8]) -> Option<Sent<'static>> {
    let number = crate::numbers::whole(text)?;
    Mmsi::new(u32::try_from(number).ok()?).map(Sent::Mmsi)
}

/// An identity from a column of any identities: nine digits are an MMSI, everything else is text.
#[inline]
pub(crate) fn any_identity(text: Cow<'_, [u8]>) -> Option<Sent<'_>> {
    if text.len() == 9 && text.iter().all(u8::is_ascii_digit) {
        return mmsi_identity(&text);
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
#[inline]
pub(crate) fn place(lat_e7: i64, lon_e7: i64) -> Result<Position, (Coordinate, RejectReason)> {
    /// 91 and 181 degrees stand for "not available" (ITU-R M.1371-5, table 48).
    const NO_LAT: i64 = 910_000_000;
    const NO_LON: i64 = 1_810_000_000;
    let lat_inside = lat_e7.unsigned_abs() <= 900_000_000;
    let lon_inside = lon_e7.unsigned_abs() <= 1_800_000_000;
    if lat_inside && lon_inside {
        return Ok(Position {
            lat_e7: lat_e7 as i32,
            lon_e7: lon_e7 as i32,
        });
    }
    Err(if lat_e7 == NO_LAT {
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

/// What was known of a row's vessel before the row was taken in.
///
/// That bytes mean certain particulars stays true whatever rows come between.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Known {
    pub vessel: Option<VesselSlot>,
    pub is_remembered: bool,
    pub particulars: Option<ParticularsSlot>,
}

/// Takes one file's rows in.
pub(crate) struct Intake<'a, S> {
    file: usize,
    /// The file's account so far.
    pub source: SourceFile,
    book: &'a mut VesselBook,
    sink: &'a mut S,
    progress: &'a ReadProgress,
    layout: u32,
    shown_rows: u64,
}

/// How many rows pass between two updates of the progress.
const SHOW_EVERY: u64 = 4096;

impl<'a, S: PositionSink> Intake<'a, S> {
    /// The intake of the file with a number among the run's inputs; `source` may hold rows already.
    pub(crate) fn new(
        file: usize,
        source: SourceFile,
        book: &'a mut VesselBook,
        sink: &'a mut S,
        progress: &'a ReadProgress,
    ) -> Self {
        let layout = book.new_layout();
        let shown_rows = source.rows;
        Self {
            file,
            source,
            book,
            sink,
            progress,
            layout,
            shown_rows,
        }
    }

    /// Begins the next row. Every row begun must be accepted or rejected, once.
    #[inline]
    pub(crate) fn begin_row(&mut self) {
        self.source.rows += 1;
        if self.source.rows - self.shown_rows >= SHOW_EVERY {
            self.show_rows();
        }
    }

    fn show_rows(&mut self) {
        let rows = self.source.rows - self.shown_rows;
        self.progress.rows.fetch_add(rows, Ordering::Relaxed);
        self.shown_rows = self.source.rows;
    }

    /// The vessel that sent a row, if the book knows her.
    #[inline]
    pub(crate) fn find(&self, sent: &Sent<'_>) -> Option<VesselSlot> {
        match sent {
            Sent::Mmsi(mmsi) => self.book.find_mmsi(*mmsi),
            Sent::Text(text) => self.book.find_text(text),
        }
    }

    /// Whether the book remembers a row of the vessel in this file.
    #[inline]
    pub(crate) fn remembers(&self, vessel: VesselSlot) -> bool {
        self.book.remembers(vessel, self.layout)
    }

    /// What a vessel's particulars are if the columns hold what they held in her last row.
    #[inline]
    pub(crate) fn recall(&self, known: &mut Known, is_same: impl FnOnce(&[u8]) -> bool) {
        if let (Some(vessel), true) = (known.vessel, known.is_remembered) {
            known.particulars = self.book.unchanged(vessel, self.layout, is_same);
        }
    }

    /// Accepts the row of a vessel that sent what she sent in her last row.
    #[inline]
    pub(crate) fn accept_recalled(
        &mut self,
        reading: &Reading<'_>,
        vessel: VesselSlot,
        particulars: ParticularsSlot,
    ) {
        let Some(source) = SourceRow::new(self.file, self.source.rows) else {
            self.reject("", b"row number beyond 2^40", RejectReason::FileBrokenOff);
            return;
        };
        let mut report = reading.report;
        report.source = source;
        self.book.count(vessel, particulars, report.time);
        self.source.count(report.time, report.position);
        self.sink.accept(vessel, particulars, report);
    }

    /// Accepts the row. `raw` is what the columns of particulars held; only if that changed since
    /// the vessel's last row is it decoded.
    #[inline]
    pub(crate) fn accept(
        &mut self,
        reading: &Reading<'_>,
        raw: &[u8],
        decode: impl FnOnce() -> Particulars,
    ) {
        let vessel = match &reading.sent {
            Sent::Mmsi(mmsi) => self.book.slot_of_mmsi(*mmsi),
            Sent::Text(text) => self.book.slot_of_text(text),
        };
        let particulars = self.particulars(vessel, raw, decode);
        self.accept_recalled(reading, vessel, particulars);
    }

    fn particulars(
        &mut self,
        vessel: VesselSlot,
        raw: &[u8],
        decode: impl FnOnce() -> Particulars,
    ) -> ParticularsSlot {
        if raw.is_empty() {
            return ParticularsSlot::NONE;
        }
        let unchanged = self.book.unchanged(vessel, self.layout, |last| last == raw);
        unchanged.unwrap_or_else(|| {
            let slot = self.book.intern(vessel, decode());
            self.book.remember(vessel, self.layout, raw, slot);
            slot
        })
    }

    /// Rejects the row for what stands in a column, named as the header spells it.
    #[cold]
    pub(crate) fn reject(&mut self, column: &str, value: &[u8], reason: RejectReason) {
        self.source.rejected += 1;
        self.sink.reject(RejectedRow {
            file: self.file,
            row: self.source.rows,
            column: column.to_owned(),
            value: excerpt(value),
            reason,
        });
    }

    /// The file's account when all rows are in.
    pub(crate) fn finish(mut self) -> SourceFile {
        self.show_rows();
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
        for wrong in [
            "",
            "0",
            "000000000",
            "3677524401",
            "36775244x",
            "-367752440",
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
