//! A position report is one message of one vessel: where she said she was, and when.

use crate::{Position, Timestamp};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Where a report came from: the number of the file among the run's inputs and its row.
///
/// The first file is 0 and the first data row after the header is row 1. 16.7 million files and
/// 1.1 million million rows fit.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct SourceRow(u64);

impl SourceRow {
    const ROW_BITS: u32 = 40;

    /// A source row; `None` if the file or row number is too large to be held.
    #[inline]
    pub fn new(file: usize, row: u64) -> Option<Self> {
        let file = u64::try_from(file).ok()?;
        (file < 1 << (64 - Self::ROW_BITS) && row < 1 << Self::ROW_BITS)
            .then_some(Self(file << Self::ROW_BITS | row))
    }

    /// The file's number among the run's inputs; the first is 0.
    pub fn file(self) -> usize {
        (self.0 >> Self::ROW_BITS) as usize
    }

    /// The row in the file; the first data row is 1.
    pub fn row(self) -> u64 {
        self.0 & ((1 << Self::ROW_BITS) - 1)
    }
}

/// What kind of station sent a report, as far as the source says.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[repr(u8)]
pub enum Sender {
    /// The source does not say.
    #[default]
    Unstated,
    /// A ship's class A transponder.
    ClassA,
    /// A class B transponder.
    ClassB,
    /// A base station on shore.
    BaseStation,
    /// An aid to navigation: a buoy, beacon or light, real or virtual.
    AidToNavigation,
    /// A search and rescue aircraft.
    SarAircraft,
    /// A distress beacon (AIS-SART, MOB, EPIRB).
    Distress,
}

impl Sender {
    /// The sender of a number; `None` if it is none's.
    fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Unstated,
            1 => Self::ClassA,
            2 => Self::ClassB,
            3 => Self::BaseStation,
            4 => Self::AidToNavigation,
            5 => Self::SarAircraft,
            6 => Self::Distress,
            _ => return None,
        })
    }
}

/// A report as plain numbers, for storing: those near one another in time differ little.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RawReport {
    /// Milliseconds since the epoch.
    pub time_ms: i64,
    /// Where.
    pub position: Position,
    /// Speed, course and heading in hundredths; 65,535 for absent.
    pub centi: [u16; 3],
    /// Navigational status (255 for absent) and kind of sender.
    pub kind: [u8; 2],
    /// File and row.
    pub source: u64,
}

/// One position report: 32 bytes, `Copy`, with absent values held as sentinels behind accessors.
///
/// Speed and course are held in hundredths (of a knot, of a degree), so 2.3 knots and 267.0
/// degrees come back as they went in. Equality and order are by content: by time, position, speed,
/// course, heading, navigational status and sender. The source row does not count, so a report
/// equals its copy in another file.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct PositionReport {
    /// When it was sent.
    pub time: Timestamp,
    /// Where.
    pub position: Position,
    speed_centiknots: u16,
    course_centideg: u16,
    heading_centideg: u16,
    nav_status: u8,
    /// What kind of station sent it.
    pub sender: Sender,
    /// The row it was read from.
    pub source: SourceRow,
}

const ABSENT: u16 = u16::MAX;
const ABSENT_STATUS: u8 = u8::MAX;

#[inline]
fn to_hundredths(value: Option<f64>, range: std::ops::Range<f64>) -> u16 {
    match value {
        Some(value) if range.contains(&value) => (value * 100.0).round() as u16,
        _ => ABSENT,
    }
}

#[inline]
fn held_hundredths(value: Option<u32>, most: u16) -> u16 {
    match value.map(u16::try_from) {
        Some(Ok(value)) if value <= most => value,
        _ => ABSENT,
    }
}

impl PositionReport {
    /// A report that says nothing but where and when.
    #[inline]
    pub fn new(time: Timestamp, position: Position, source: SourceRow) -> Self {
        Self {
            time,
            position,
            speed_centiknots: ABSENT,
            course_centideg: ABSENT,
            heading_centideg: ABSENT,
            nav_status: ABSENT_STATUS,
            sender: Sender::Unstated,
            source,
        }
    }

    /// With a speed over ground in knots; 102.3 ("not available"), anything above and anything
    /// negative become absent (ITU-R M.1371-5, table 48).
    #[must_use]
    #[inline]
    pub fn with_speed_knots(mut self, speed_knots: Option<f64>) -> Self {
        self.speed_centiknots = to_hundredths(speed_knots, 0.0..102.295);
        self
    }

    /// With a course over ground in degrees; 360 ("not available") and anything outside
    /// 0 to 360 become absent.
    #[must_use]
    #[inline]
    pub fn with_course_deg(mut self, course_deg: Option<f64>) -> Self {
        self.course_centideg = to_hundredths(course_deg, 0.0..359.995);
        self
    }

    /// With a true heading in degrees; 511 ("not available") and anything outside 0 to 360 become
    /// absent.
    #[must_use]
    #[inline]
    pub fn with_heading_deg(mut self, heading_deg: Option<f64>) -> Self {
        self.heading_centideg = to_hundredths(heading_deg, 0.0..359.995);
        self
    }

    /// The same as [`Self::with_speed_knots`] in hundredths of a knot, as they are held.
    #[must_use]
    #[inline]
    pub fn with_speed_centiknots(mut self, centiknots: Option<u32>) -> Self {
        self.speed_centiknots = held_hundredths(centiknots, 10_229);
        self
    }

    /// The same as [`Self::with_course_deg`] in hundredths of a degree, as they are held.
    #[must_use]
    #[inline]
    pub fn with_course_centideg(mut self, centideg: Option<u32>) -> Self {
        self.course_centideg = held_hundredths(centideg, 35_999);
        self
    }

    /// The same as [`Self::with_heading_deg`] in hundredths of a degree, as they are held.
    #[must_use]
    #[inline]
    pub fn with_heading_centideg(mut self, centideg: Option<u32>) -> Self {
        self.heading_centideg = held_hundredths(centideg, 35_999);
        self
    }

    /// With a navigational status, 0 to 14; 15 ("not defined") becomes absent.
    #[must_use]
    #[inline]
    pub fn with_nav_status(mut self, nav_status: Option<u8>) -> Self {
        self.nav_status = nav_status
            .filter(|status| *status < 15)
            .unwrap_or(ABSENT_STATUS);
        self
    }

    /// With the kind of station that sent it.
    #[must_use]
    #[inline]
    pub fn with_sender(mut self, sender: Sender) -> Self {
        self.sender = sender;
        self
    }

    /// Speed over ground in hundredths of a knot, as it is held.
    #[inline]
    pub fn speed_centiknots(&self) -> Option<u16> {
        (self.speed_centiknots != ABSENT).then_some(self.speed_centiknots)
    }

    /// Speed over ground in knots.
    #[inline]
    pub fn speed_knots(&self) -> Option<f64> {
        (self.speed_centiknots != ABSENT).then(|| f64::from(self.speed_centiknots) / 100.0)
    }

    /// Course over ground in degrees from true north.
    pub fn course_deg(&self) -> Option<f64> {
        (self.course_centideg != ABSENT).then(|| f64::from(self.course_centideg) / 100.0)
    }

    /// True heading in degrees from true north.
    pub fn heading_deg(&self) -> Option<f64> {
        (self.heading_centideg != ABSENT).then(|| f64::from(self.heading_centideg) / 100.0)
    }

    /// True heading in hundredths of a degree, as it is held.
    #[inline]
    pub fn heading_centideg(&self) -> Option<u16> {
        (self.heading_centideg != ABSENT).then_some(self.heading_centideg)
    }

    /// Navigational status, 0 to 14 (ITU-R M.1371-5, table 48: 1 at anchor, 5 moored).
    #[inline]
    pub fn nav_status(&self) -> Option<u8> {
        (self.nav_status != ABSENT_STATUS).then_some(self.nav_status)
    }

    /// The report's time, place and source row: what an event keeps of it.
    #[inline]
    pub fn to_ref(&self) -> ReportRef {
        ReportRef {
            time: self.time,
            position: self.position,
            source: self.source,
        }
    }

    /// Everything the report holds, in numbers: what is stored of it.
    #[inline]
    pub fn to_raw(&self) -> RawReport {
        RawReport {
            time_ms: self.time.as_millis(),
            position: self.position,
            centi: [
                self.speed_centiknots,
                self.course_centideg,
                self.heading_centideg,
            ],
            kind: [self.nav_status, self.sender as u8],
            source: self.source.0,
        }
    }

    /// The report that [`Self::to_raw`] was made of; `None` for numbers that no report holds.
    #[inline]
    pub fn from_raw(raw: &RawReport) -> Option<Self> {
        let [speed_centiknots, course_centideg, heading_centideg] = raw.centi;
        Some(Self {
            time: Timestamp::from_millis(raw.time_ms)?,
            position: raw.position,
            speed_centiknots,
            course_centideg,
            heading_centideg,
            nav_status: raw.kind[0],
            sender: Sender::from_number(raw.kind[1])?,
            source: SourceRow(raw.source),
        })
    }

    fn content(&self) -> (Timestamp, Position, [u16; 3], u8, Sender) {
        (
            self.time,
            self.position,
            [
                self.speed_centiknots,
                self.course_centideg,
                self.heading_centideg,
            ],
            self.nav_status,
            self.sender,
        )
    }
}

impl PartialEq for PositionReport {
    fn eq(&self, other: &Self) -> bool {
        self.content() == other.content()
    }
}

impl Eq for PositionReport {}

impl PartialOrd for PositionReport {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PositionReport {
    fn cmp(&self, other: &Self) -> Ordering {
        self.content().cmp(&other.content())
    }
}

/// What an event keeps of a report: when, where and from which row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRef {
    /// When it was sent.
    pub time: Timestamp,
    /// Where.
    pub position: Position,
    /// The row it was read from.
    pub source: SourceRow,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> PositionReport {
        PositionReport::new(
            Timestamp::default(),
            Position::default(),
            SourceRow::default(),
        )
    }

    #[test]
    fn a_report_takes_32_bytes() {
        assert_eq!(size_of::<PositionReport>(), 32);
    }

    #[test]
    fn a_report_comes_back_from_its_numbers_as_it_was() {
        use Sender::{
            AidToNavigation, BaseStation, ClassA, ClassB, Distress, SarAircraft, Unstated,
        };
        let senders = [
            Unstated,
            ClassA,
            ClassB,
            BaseStation,
            AidToNavigation,
            SarAircraft,
            Distress,
        ];
        for sender in senders {
            let mut sent = report()
                .with_speed_knots(Some(12.3))
                .with_nav_status(Some(5))
                .with_sender(sender);
            sent.source = SourceRow::new(3, 9).unwrap();
            let back = PositionReport::from_raw(&sent.to_raw()).unwrap();
            assert_eq!((back, back.source), (sent, sent.source));
        }
        let odd = RawReport {
            kind: [0, 7],
            ..RawReport::default()
        };
        assert_eq!(PositionReport::from_raw(&odd), None);
    }

    #[test]
    fn not_available_is_absent_and_never_a_number() {
        let sent = report()
            .with_speed_knots(Some(102.3))
            .with_course_deg(Some(360.0))
            .with_heading_deg(Some(511.0))
            .with_nav_status(Some(15));
        assert_eq!(sent.speed_knots(), None);
        assert_eq!(sent.course_deg(), None);
        assert_eq!(sent.heading_deg(), None);
        assert_eq!(sent.nav_status(), None);
        assert_eq!(
            report().with_speed_knots(Some(f64::NAN)).speed_knots(),
            None
        );
        assert_eq!(
            report().with_speed_knots(Some(102.2)).speed_knots(),
            Some(102.2)
        );
        assert_eq!(report().with_course_deg(Some(0.0)).course_deg(), Some(0.0));
    }

    #[test]
    fn hundredths_are_held_as_the_numbers_they_are() {
        for hundredths in (0..100_000).chain([u32::MAX]) {
            let number = Some(f64::from(hundredths) / 100.0);
            let given = Some(hundredths);
            let report = report();
            assert_eq!(
                report.with_speed_centiknots(given),
                report.with_speed_knots(number)
            );
            assert_eq!(
                report.with_course_centideg(given),
                report.with_course_deg(number)
            );
            assert_eq!(
                report.with_heading_centideg(given),
                report.with_heading_deg(number)
            );
        }
        let sent = report().with_speed_knots(Some(5.0));
        assert_eq!(sent.with_speed_centiknots(None).speed_knots(), None);
    }

    #[test]
    fn the_source_row_does_not_count_in_equality() {
        let copy = PositionReport {
            source: SourceRow::new(3, 7).unwrap(),
            ..report()
        };
        assert_eq!(report(), copy);
        assert_ne!(report(), copy.with_speed_knots(Some(0.0)));
    }

    #[test]
    fn a_source_row_gives_back_file_and_row() {
        let source = SourceRow::new(12_345, 9_876_543_210).unwrap();
        assert_eq!((source.file(), source.row()), (12_345, 9_876_543_210));
        assert_eq!(SourceRow::new(1 << 24, 1), None);
    }
}
