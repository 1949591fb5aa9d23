//! A row is one record of a CSV under its layout: a reading, or what is wrong with it.

use crate::field::Field;
use crate::intake::{Coordinate, Reading, Sent, any_identity, mmsi_identity, place};
use crate::layout::Layout;
use crate::memory::{Kept, Words};
use crate::numbers;
use crate::particulars::particulars;
use crate::point::point_e7;
use crate::records::Record;
use crate::time_format::TimeFormat;
use crate::words;
use landfall_track::{
    Imo, Mmsi, Particulars, Position, PositionReport, RejectReason, Sender, SourceRow, Timestamp,
};
use std::borrow::Cow;

/// Why a row cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub reason: RejectReason,
    /// The column at fault; `None` if the whole row is.
    pub field: Option<Field>,
}

impl Fault {
    fn of(field: Field, reason: RejectReason) -> Self {
        Self {
            reason,
            field: Some(field),
        }
    }
}

/// A field that every row needs.
#[inline]
fn needed<'r>(record: &Record<'r>, column: usize, field: Field) -> Result<&'r [u8], Fault> {
    record
        .field(column)
        .ok_or_else(|| Fault::of(field, RejectReason::WrongFieldCount))
}

/// A number in a column, if there is one that can be read; a text that is none makes the row
/// partial.
#[inline]
fn number(record: &Record<'_>, column: Option<usize>, is_partial: &mut bool) -> Number {
    let Some(column) = column else {
        return Number::Absent;
    };
    if let Some(hundredths) = record.quick(column, numbers::quick_hundredths) {
        return Number::Hundredths(hundredths);
    }
    match record.field(column) {
        None | Some([]) => Number::Absent,
        Some(field) => {
            let number = numbers::number(field);
            *is_partial |= number.is_none();
            number.map_or(Number::Absent, Number::Other)
        }
    }
}

/// Decodes the rows of one file.
#[derive(Debug)]
pub(crate) struct RowDecoder {
    layout: Layout,
    time: TimeFormat,
    /// The columns of the layout that every row needs.
    identity: Identity,
    /// The name of the file without its ending, if that is the vessel.
    vessel: Option<String>,
    time_column: usize,
    place: Place,
    is_in_knots: bool,
    speed: Option<usize>,
    course: Option<usize>,
    heading: Option<usize>,
    nav_status: Option<usize>,
    sender: Option<usize>,
    message_type: Option<usize>,
    millisecond: Option<usize>,
    head: Option<Head>,
}

/// How much of a line must be split if it ends in the same bytes as the vessel's last one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    /// The first columns, which hold all that a report is made of, but for what words say.
    pub columns: usize,
    has_nav_status: bool,
    has_sender: bool,
}

/// What was decoded last, since rows that follow each other have much in common.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    time: [u8; Recent::LONGEST],
    length: usize,
    meaning: Timestamp,
}

impl Recent {
    /// Of shorter times than these there is nothing to gain, and few are longer.
    const SHORTEST: usize = 16;
    const LONGEST: usize = 24;

    /// What the bytes from `start` to `end` stand for, if they are those of the last time.
    #[inline]
    fn time(&self, text: &[u8], start: usize, end: usize) -> Option<Timestamp> {
        let length = end.wrapping_sub(start);
        if length != self.length {
            return None;
        }
        // The first and the last bytes, which overlap.
        let is_same = text.get(start..)?.first_chunk::<{ Self::SHORTEST }>()
            == self.time.first_chunk()
            && text.get(..end)?.last_chunk::<8>() == self.time.get(..length)?.last_chunk();
        is_same.then_some(self.meaning)
    }

    fn remember(&mut self, text: &[u8], meaning: Timestamp) {
        if (Self::SHORTEST..=Self::LONGEST).contains(&text.len()) {
            self.time[..text.len()].copy_from_slice(text);
            self.length = text.len();
            self.meaning = meaning;
        }
    }
}

/// A number as it stands in a row.
#[derive(Clone, Copy, Debug)]
enum Number {
    Absent,
    Hundredths(u32),
    Other(f64),
}

#[derive(Clone, Copy, Debug)]
enum Identity {
    Mmsi(usize),
    Any(usize),
    FileName,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Degrees { lat: usize, lon: usize },
    Point(usize),
}

impl RowDecoder {
    /// A decoder of rows under a layout, whose times are written in one format. `vessel` is who
    /// sent all rows, where no column says.
    pub(crate) fn new(layout: Layout, time: TimeFormat, vessel: &str) -> Self {
        let column = |field| layout.column(field);
        let identity = match (column(Field::Mmsi), column(Field::VesselId)) {
            (Some(column), _) => Identity::Mmsi(column),
            (None, Some(column)) => Identity::Any(column),
            (None, None) => Identity::FileName,
        };
        // A layout has a column of times, and either both coordinates or a point.
        let place = match (
            column(Field::Latitude),
            column(Field::Longitude),
            column(Field::Point),
        ) {
            (Some(lat), Some(lon), _) => Place::Degrees { lat, lon },
            (_, _, point) => Place::Point(point.unwrap_or(usize::MAX)),
        };
        let mut decoder = Self {
            identity,
            vessel: layout.vessel_from_file_name.then(|| vessel.to_owned()),
            time_column: column(Field::Time).unwrap_or(usize::MAX),
            place,
            is_in_knots: layout.knots_per_unit.total_cmp(&1.0).is_eq(),
            speed: column(Field::Speed),
            course: column(Field::Course),
            heading: column(Field::Heading),
            nav_status: column(Field::NavStatus),
            sender: column(Field::Sender),
            message_type: column(Field::MessageType),
            millisecond: column(Field::Millisecond),
            time,
            head: None,
            layout,
        };
        decoder.head = decoder.find_head();
        decoder
    }

    fn find_head(&self) -> Option<Head> {
        let identity = match self.identity {
            Identity::Mmsi(column) | Identity::Any(column) => Some(column),
            Identity::FileName => None,
        };
        let place = match self.place {
            Place::Degrees { lat, lon } => lat.max(lon),
            Place::Point(column) => column,
        };
        let needed = [self.millisecond, self.speed, self.course, self.heading];
        let needed = needed.into_iter().chain([identity]).flatten();
        let last_needed = needed.fold(self.time_column.max(place), usize::max);
        let senders = [self.sender, self.message_type].into_iter().flatten();
        let words = senders.clone().chain(self.nav_status);
        let columns = match self.layout.particular_runs.first() {
            Some((first, _)) => *first,
            None => words.fold(last_needed, usize::max) + 1,
        };
        let in_head = |column: usize| column < columns;
        let has_sender = senders.clone().all(in_head);
        let is_useful = in_head(last_needed)
            && columns < self.layout.names.len()
            && (has_sender || !senders.clone().any(in_head));
        is_useful.then_some(Head {
            columns,
            has_nav_status: self.nav_status.is_none_or(in_head),
            has_sender,
        })
    }

    /// How much of a line must be split if its rest is known, where that is less than all.
    #[inline]
    pub(crate) fn head(&self) -> Option<Head> {
        self.head
    }

    /// The bytes of a row that are to be remembered, of which `raw` are those of particulars.
    pub(crate) fn kept<'r>(&self, record: &Record<'r>, raw: &'r [u8]) -> Kept<'r> {
        let tail = self.head.and_then(|head| record.behind(head.columns));
        let raw_in_tail = match self.layout.particular_runs.as_slice() {
            // Behind the delimiter.
            [_] if !raw.is_empty() => Some(1),
            [] | [_] => Some(0),
            _ => None,
        };
        Kept {
            raw,
            tail,
            raw_in_tail,
        }
    }

    /// Which column holds which field.
    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Decodes a record.
    #[inline]
    pub(crate) fn decode<'r>(
        &'r self,
        record: &Record<'r>,
        recent: &mut Recent,
    ) -> Result<Reading<'r>, Fault> {
        self.check_width(record)?;
        let sent = self.identity(record)?;
        self.decode_report(sent, record, recent, None)
    }

    /// Decodes the rest of a record whose sender is known. Of one whose first columns alone are
    /// split, `words` says what the others hold.
    #[inline]
    pub(crate) fn decode_report<'r>(
        &self,
        sent: Sent<'r>,
        record: &Record<'_>,
        recent: &mut Recent,
        words: Option<Words>,
    ) -> Result<Reading<'r>, Fault> {
        let mut time = self.read_time(record, recent)?;
        if let Some(column) = self.millisecond
            && let Some(millis) = record.field(column).and_then(numbers::whole)
            && let Ok(millis @ 0..1000) = i64::try_from(millis)
            && time.as_millis() % 1000 == 0
        {
            time = time.shifted(millis);
        }
        let position = self.position(record)?;
        let mut is_partial = false;
        let report = PositionReport::new(time, position, SourceRow::default());
        let report = match number(record, self.speed, &mut is_partial) {
            Number::Absent => report,
            Number::Hundredths(speed) if self.is_in_knots => {
                report.with_speed_centiknots(Some(speed))
            }
            Number::Hundredths(speed) => self.with_speed(report, f64::from(speed) / 100.0),
            Number::Other(speed) => self.with_speed(report, speed),
        };
        let report = match number(record, self.course, &mut is_partial) {
            Number::Absent => report,
            Number::Hundredths(course) => report.with_course_centideg(Some(course)),
            Number::Other(course) => report.with_course_deg(Some(course)),
        };
        let report = match number(record, self.heading, &mut is_partial) {
            Number::Absent => report,
            Number::Hundredths(heading) => report.with_heading_centideg(Some(heading)),
            Number::Other(heading) => report.with_heading_deg(Some(heading)),
        };
        let (in_tail, known) = (self.head.as_ref().zip(words)).unzip();
        let known = known.unwrap_or_default();
        let nav_status = if in_tail.is_some_and(|head| !head.has_nav_status) {
            known.nav_status
        } else {
            self.read_nav_status(record, &mut is_partial)
        };
        let sender = if in_tail.is_some_and(|head| !head.has_sender) {
            known.sender
        } else {
            self.sender(record)
        };
        Ok(Reading {
            sent,
            report: report.with_nav_status(nav_status).with_sender(sender),
            is_partial,
        })
    }

    fn with_speed(&self, report: PositionReport, speed: f64) -> PositionReport {
        report.with_speed_knots(Some(speed * self.layout.knots_per_unit))
    }

    #[inline]
    fn read_time(&self, record: &Record<'_>, recent: &mut Recent) -> Result<Timestamp, Fault> {
        let column = self.time_column;
        let known = record.quick(column, |text, start, end| recent.time(text, start, end));
        if let Some(time) = known {
            return Ok(time);
        }
        let text = needed(record, column, Field::Time)?;
        let time = self.time.read(text);
        let time = time.ok_or_else(|| Fault::of(Field::Time, RejectReason::BadTime))?;
        // What quotes and blanks around it mean is not for all records the same.
        if record.raw(column) == Some(text) {
            recent.remember(text, time);
        }
        Ok(time)
    }

    #[inline]
    fn read_nav_status(&self, record: &Record<'_>, is_partial: &mut bool) -> Option<u8> {
        let field = record.field(self.nav_status?)?;
        let status = words::nav_status(field);
        *is_partial |= status.is_none() && !field.is_empty();
        status
    }

    /// A record with more fields than the header has been split where it should not have been, so
    /// that no column can be trusted, unless nothing stands in what is too much.
    #[inline]
    fn check_width(&self, record: &Record<'_>) -> Result<(), Fault> {
        let width = self.layout.names.len();
        if record.fields <= width {
            return Ok(());
        }
        let spare = record.run(width, usize::MAX);
        let is_blank = |byte: &u8| !byte.is_ascii_alphanumeric() && byte.is_ascii();
        if spare.iter().all(is_blank) {
            return Ok(());
        }
        Err(Fault {
            reason: RejectReason::WrongFieldCount,
            field: None,
        })
    }

    /// Who sent a row.
    #[inline]
    pub(crate) fn identity<'r>(&'r self, record: &Record<'r>) -> Result<Sent<'r>, Fault> {
        match self.identity {
            Identity::Mmsi(column) => {
                let quick = record.quick(column, numbers::quick_nine);
                let sent = match quick {
                    Some(number) => Mmsi::new(number).map(Sent::Mmsi),
                    None => mmsi_identity(needed(record, column, Field::Mmsi)?),
                };
                sent.ok_or_else(|| Fault::of(Field::Mmsi, RejectReason::BadIdentity))
            }
            Identity::Any(column) => {
                needed(record, column, Field::VesselId)?;
                let text = record.text(column).unwrap_or_default();
                let is_absent = self.layout.is_absent(&text);
                any_identity(text)
                    .filter(|_| !is_absent)
                    .ok_or_else(|| Fault::of(Field::VesselId, RejectReason::BadIdentity))
            }
            Identity::FileName => {
                let name = self.vessel.as_deref().unwrap_or_default();
                any_identity(Cow::Borrowed(name.as_bytes())).ok_or(Fault {
                    reason: RejectReason::BadIdentity,
                    field: None,
                })
            }
        }
    }

    #[inline]
    fn position(&self, record: &Record<'_>) -> Result<Position, Fault> {
        let bad = |field| Fault::of(field, RejectReason::BadPosition);
        match self.place {
            Place::Degrees { lat, lon } => {
                let quick = |column| record.quick(column, numbers::quick_e7);
                let (lat_e7, lon_e7) = if let (Some(lat), Some(lon)) = (quick(lat), quick(lon)) {
                    (lat, lon)
                } else {
                    self.slow_degrees(record, lat, lon)?
                };
                place(lat_e7, lon_e7).map_err(|(coordinate, reason)| {
                    let field = match coordinate {
                        Coordinate::Latitude => Field::Latitude,
                        Coordinate::Longitude => Field::Longitude,
                    };
                    Fault::of(field, reason)
                })
            }
            Place::Point(column) => {
                let text = needed(record, column, Field::Point)?;
                let (lat_e7, lon_e7) = point_e7(text).ok_or_else(|| bad(Field::Point))?;
                place(lat_e7, lon_e7).map_err(|(_, reason)| Fault::of(Field::Point, reason))
            }
        }
    }

    fn slow_degrees(
        &self,
        record: &Record<'_>,
        lat: usize,
        lon: usize,
    ) -> Result<(i64, i64), Fault> {
        let lat = needed(record, lat, Field::Latitude)?;
        let lon = needed(record, lon, Field::Longitude)?;
        match (numbers::degrees_e7(lat), numbers::degrees_e7(lon)) {
            (Some(lat_e7), Some(lon_e7)) => Ok((lat_e7, lon_e7)),
            (lat_e7, _) => {
                if lat.is_empty() && lon.is_empty() && self.is_static(record) {
                    return Err(Fault::of(Field::Latitude, RejectReason::StaticMessage));
                }
                let field = match lat_e7 {
                    None => Field::Latitude,
                    Some(_) => Field::Longitude,
                };
                Err(Fault::of(field, RejectReason::BadPosition))
            }
        }
    }

    fn is_static(&self, record: &Record<'_>) -> bool {
        self.message(record).is_some_and(words::is_static_message)
    }

    fn message(&self, record: &Record<'_>) -> Option<u64> {
        numbers::whole(record.field(self.message_type?)?)
    }

    #[inline]
    fn sender(&self, record: &Record<'_>) -> Sender {
        match self.sender.and_then(|column| record.field(column)) {
            Some(text) if !text.is_empty() => words::sender(text),
            _ => match self.message(record) {
                Some(message) => words::sender_of_message(message),
                None => Sender::Unstated,
            },
        }
    }

    /// Whether there are columns of particulars at all.
    pub(crate) fn has_columns_of_particulars(&self) -> bool {
        !self.layout.particular_runs.is_empty()
    }

    /// What the columns of particulars hold, byte by byte. It is collected in `scratch` if they do
    /// not lie side by side.
    #[inline]
    pub(crate) fn raw_particulars<'r>(
        &self,
        record: &Record<'r>,
        scratch: &'r mut Vec<u8>,
    ) -> &'r [u8] {
        match self.layout.particular_runs.as_slice() {
            [] => &[],
            [(first, last)] => record.run(*first, *last),
            runs => {
                scratch.clear();
                for (first, last) in runs {
                    scratch.extend_from_slice(record.run(*first, *last));
                    scratch.push(b'\n');
                }
                scratch
            }
        }
    }

    /// Whether [`Self::raw_particulars`] of the record are these bytes. Nothing is copied for it.
    #[inline]
    pub(crate) fn has_particulars(&self, record: &Record<'_>, mut raw: &[u8]) -> bool {
        match self.layout.particular_runs.as_slice() {
            [] => raw.is_empty(),
            [(first, last)] => record.run(*first, *last) == raw,
            runs => {
                for (first, last) in runs {
                    let rest = raw.strip_prefix(record.run(*first, *last));
                    let Some([b'\n', rest @ ..]) = rest else {
                        return false;
                    };
                    raw = rest;
                }
                raw.is_empty()
            }
        }
    }

    /// Gives every value of the report that is there but cannot be read to `take`, with its column.
    #[cold]
    pub(crate) fn unreadable(&self, record: &Record<'_>, take: impl FnMut(&str, &[u8])) {
        const NUMBERS: [Field; 3] = [Field::Speed, Field::Course, Field::Heading];
        self.find_unreadable(record, &NUMBERS, Field::NavStatus, take, |text| {
            words::nav_status(text).is_some()
        });
    }

    /// The same of the particulars.
    pub(crate) fn unreadable_particulars(
        &self,
        record: &Record<'_>,
        take: impl FnMut(&str, &[u8]),
    ) {
        const NUMBERS: [Field; 7] = [
            Field::Length,
            Field::Width,
            Field::Draught,
            Field::ToBow,
            Field::ToStern,
            Field::ToPort,
            Field::ToStarboard,
        ];
        self.find_unreadable(record, &NUMBERS, Field::Imo, take, |text| {
            let text = String::from_utf8_lossy(text);
            text.trim_matches('@').is_empty() || text.parse::<Imo>().is_ok()
        });
    }

    /// Finds what is no number in columns of numbers, and what is neither a number nor `is_read` in
    /// another one. A number that is none of its column's stands for absent.
    fn find_unreadable(
        &self,
        record: &Record<'_>,
        fields: &[Field],
        other: Field,
        mut take: impl FnMut(&str, &[u8]),
        is_read: impl Fn(&[u8]) -> bool,
    ) {
        for field in fields.iter().copied().chain([other]) {
            let Some(text) = self
                .layout
                .column(field)
                .and_then(|column| record.field(column))
            else {
                continue;
            };
            let is_good = text.is_empty()
                || numbers::number(text).is_some()
                || (field == other && is_read(text))
                || self.layout.is_absent(text)
                || words::means_absent(text);
            if !is_good {
                take(self.layout.column_name(field), text);
            }
        }
    }

    /// The record's particulars.
    pub(crate) fn particulars(&self, record: &Record<'_>) -> Particulars {
        particulars(&self.layout, |field| {
            record.text(self.layout.column(field)?)
        })
    }
}
