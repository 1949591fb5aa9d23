//! A row is one record of a CSV under its layout: a reading, or what is wrong with it.

use crate::all_rows::AllRows;
use crate::error::IngestError;
use crate::field::Field;
use crate::format::{SpeedUnit, Speeds};
use crate::intake::{Coordinate, Reading, Sent, any_identity, mmsi_identity, place};
use crate::layout::{Clock, Layout};
use crate::longitudes::{Columns, Longitudes};
use crate::memory::Kept;
use crate::numbers;
use crate::particulars::particulars;
use crate::point::point_e7;
use crate::quick_row::{Column, QuickRows, Recent};
use crate::records::Record;
use crate::speed_unit;
use crate::time_format::{TimeFormat, digits_of_day, time_of_day};
use crate::words;
use landfall_track::{
    Imo, Mmsi, Particulars, Position, PositionReport, RejectReason, Sender, SourceRow, Timestamp,
};
use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

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
    /// Who sent all rows, if no column says: the vessel in the file's or a folder's name.
    vessel: Option<Sent<'static>>,
    time_column: usize,
    /// Where the date is, if the column of times holds times of day.
    date: Option<Day>,
    place: Place,
    longitudes: Longitudes,
    knots_per_unit: f64,
    is_in_knots: bool,
    speed: Option<usize>,
    course: Option<usize>,
    heading: Option<usize>,
    nav_status: Option<usize>,
    sender: Option<usize>,
    message_type: Option<usize>,
    millisecond: Option<usize>,
    quick: Option<QuickRows>,
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
    /// The same for all rows.
    Fixed,
}

/// The day on which a row was sent, where that stands apart from the time of day.
#[derive(Clone, Copy, Debug)]
struct Day {
    from: DayFrom,
    /// How the time of day is written.
    clock: Clock,
}

#[derive(Clone, Copy, Debug)]
enum DayFrom {
    Column(usize),
    /// The same for all rows: its beginning, in milliseconds since 1970, if it is a day at all.
    Folder(Option<i64>),
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Degrees { lat: usize, lon: usize },
    Point(usize),
}

impl RowDecoder {
    /// A decoder of rows under a layout, whose times (or dates, where they stand apart) are written in
    /// one format. `vessel` is who sent all rows where no column says. What the layout leaves open is
    /// told by `rows`, all rows of the table; `path` names it in errors.
    ///
    /// # Errors
    ///
    /// [`IngestError::NamelessVessel`] if nothing says who sent the rows.
    pub(crate) fn new(
        mut layout: Layout,
        time: TimeFormat,
        vessel: &str,
        rows: &Arc<dyn AllRows>,
        path: &Path,
    ) -> Result<Self, IngestError> {
        let unit = match layout.speeds {
            Speeds::In(unit) => unit,
            Speeds::KnotsOrTenths if layout.column(Field::Speed).is_none() => SpeedUnit::Knots,
            Speeds::KnotsOrTenths => {
                let tenths = SpeedUnit::TenthsOfKnots;
                let decoder =
                    Self::in_unit(layout.clone(), time.clone(), vessel, rows, path, tenths)?;
                let (unit, note) = speed_unit::choose(&**rows, &decoder);
                layout.add_note(Field::Speed, &note);
                unit
            }
        };
        Self::in_unit(layout, time, vessel, rows, path, unit)
    }

    fn in_unit(
        layout: Layout,
        time: TimeFormat,
        vessel: &str,
        rows: &Arc<dyn AllRows>,
        path: &Path,
        unit: SpeedUnit,
    ) -> Result<Self, IngestError> {
        let column = |field| layout.column(field);
        let fixed = |value: Option<&str>, is_mmsi: bool| {
            let text = value.map(|text| text.trim().as_bytes())?;
            let text = Some(text).filter(|text| !layout.is_absent(text))?;
            if is_mmsi {
                mmsi_identity(text)
            } else {
                any_identity(text.to_vec().into())
            }
        };
        let (mmsi, other) = (column(Field::Mmsi), column(Field::VesselId));
        let of_folder = (
            layout.constant(Field::Mmsi),
            layout.constant(Field::VesselId),
        );
        let (identity, sender) = match (mmsi, of_folder, other) {
            (Some(column), ..) => (Identity::Mmsi(column), None),
            (_, (Some(mmsi), _), _) => (Identity::Fixed, fixed(mmsi.value.as_deref(), true)),
            (.., Some(column)) => (Identity::Any(column), None),
            (_, (_, Some(other)), _) => (Identity::Fixed, fixed(other.value.as_deref(), false)),
            _ if vessel == "-" => {
                return Err(IngestError::NamelessVessel {
                    path: path.to_owned(),
                });
            }
            _ => (Identity::Fixed, fixed(Some(vessel), false)),
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
        let of_folder = layout.constant(Field::Date).map(|date| {
            let date = date.value.as_deref();
            let date = date.and_then(|date| TimeFormat::Iso.read(date.trim().as_bytes()));
            DayFrom::Folder(date.map(Timestamp::as_millis))
        });
        let from = column(Field::Date).map(DayFrom::Column).or(of_folder);
        let mut decoder = Self {
            identity,
            vessel: sender,
            time_column: column(Field::Time).unwrap_or(usize::MAX),
            date: layout
                .clock
                .and_then(|clock| from.map(|from| Day { from, clock })),
            place,
            longitudes: Longitudes::of(Arc::clone(rows)),
            knots_per_unit: unit.knots(),
            is_in_knots: unit == SpeedUnit::Knots,
            speed: column(Field::Speed),
            course: column(Field::Course),
            heading: column(Field::Heading),
            nav_status: column(Field::NavStatus),
            sender: column(Field::Sender),
            message_type: column(Field::MessageType),
            millisecond: column(Field::Millisecond),
            time,
            quick: None,
            layout,
        };
        decoder.quick = decoder.find_quick();
        Ok(decoder)
    }

    /// How rows are read the quick way, if they can be: all that a report is made of must stand
    /// before the particulars, but for words.
    fn find_quick(&self) -> Option<QuickRows> {
        let Place::Degrees { lat, lon } = self.place else {
            return None;
        };
        let identity = match self.identity {
            Identity::Mmsi(column) => column,
            Identity::Any(column) if self.layout.absent.is_empty() => column,
            Identity::Any(_) | Identity::Fixed => return None,
        };
        if self.millisecond.is_some() || self.date.is_some() || !self.is_in_knots {
            return None;
        }
        let needed = [
            (Some(identity), Column::Mmsi),
            (Some(self.time_column), Column::Time),
            (Some(lat), Column::Latitude),
            (Some(lon), Column::Longitude),
            (self.speed, Column::Speed),
            (self.course, Column::Course),
            (self.heading, Column::Heading),
        ];
        let words = [
            (self.nav_status, Column::NavStatus),
            (self.sender, Column::Sender),
        ];
        let all = needed.into_iter().chain(words);
        let last = all.clone().filter_map(|(column, _)| column).max()?;
        let particulars = self.layout.particular_runs.first();
        let count = particulars.map_or(last + 1, |(first, _)| *first);
        let mut columns = vec![Column::Passed; count];
        for (column, what) in all.filter_map(|(column, what)| Some((column?, what))) {
            let is_word = matches!(what, Column::NavStatus | Column::Sender);
            match columns.get_mut(column) {
                Some(place) if *place == Column::Passed => *place = what,
                None if is_word => {}
                _ => return None,
            }
        }
        let in_tail = |column: Option<usize>| column.is_some_and(|column| column >= count);
        let tail_has_sender = in_tail(self.sender) || in_tail(self.message_type);
        let sender_is_split = match (self.sender, self.message_type) {
            (Some(_), Some(_)) => in_tail(self.sender) != in_tail(self.message_type),
            (None, Some(_)) => !in_tail(self.message_type),
            (_, None) => false,
        };
        let is_useful = count < self.layout.names.len() && !sender_is_split;
        let has_both = self.sender.is_some() && self.message_type.is_some() && !tail_has_sender;
        (is_useful && !has_both).then_some(QuickRows {
            columns,
            tail_has_nav_status: in_tail(self.nav_status),
            tail_has_sender,
        })
    }

    /// How rows are read the quick way, if they can be.
    #[inline]
    pub(crate) fn quick(&self) -> Option<&QuickRows> {
        self.quick.as_ref()
    }

    /// How times are written.
    #[inline]
    pub(crate) fn time_format(&self) -> &TimeFormat {
        &self.time
    }

    /// The bytes of a row that are to be remembered, of which `raw` are those of particulars.
    pub(crate) fn kept<'r>(&self, record: &Record<'r>, raw: &'r [u8]) -> Kept<'r> {
        let tail = self
            .quick
            .as_ref()
            .and_then(|quick| record.behind(quick.columns.len()));
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
        let time = self.time(record, recent)?;
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
        let nav_status = self.read_nav_status(record, &mut is_partial);
        let report = report
            .with_nav_status(nav_status)
            .with_sender(self.sender(record));
        Ok(Reading {
            sent,
            report,
            is_partial,
        })
    }

    fn with_speed(&self, report: PositionReport, speed: f64) -> PositionReport {
        report.with_speed_knots(Some(speed * self.knots_per_unit))
    }

    /// When a row was sent.
    #[inline]
    pub(crate) fn time(
        &self,
        record: &Record<'_>,
        recent: &mut Recent,
    ) -> Result<Timestamp, Fault> {
        let time = match self.date {
            None => self.read_time(record, recent)?,
            Some(day) => self.joined_time(record, day)?,
        };
        if let Some(column) = self.millisecond
            && let Some(millis) = record.field(column).and_then(numbers::whole)
            && let Ok(millis @ 0..1000) = i64::try_from(millis)
            && time.as_millis() % 1000 == 0
        {
            return Ok(time.shifted(millis));
        }
        Ok(time)
    }

    /// The time of a row of which the date stands apart from the time of day.
    #[cold]
    fn joined_time(&self, record: &Record<'_>, day: Day) -> Result<Timestamp, Fault> {
        const DAY_MILLIS: i64 = 86_400_000;
        let bad = |field| Fault::of(field, RejectReason::BadTime);
        let date = match day.from {
            DayFrom::Column(column) => {
                let text = needed(record, column, Field::Date)?;
                self.time.read(text).map(Timestamp::as_millis)
            }
            DayFrom::Folder(date) => date,
        };
        let date = date
            .filter(|date| date.rem_euclid(DAY_MILLIS) == 0)
            .ok_or_else(|| bad(Field::Date))?;
        let text = needed(record, self.time_column, Field::Time)?;
        let clock = match day.clock {
            Clock::Colons => time_of_day(text),
            Clock::SixDigits => digits_of_day(text, true),
            Clock::FourDigits => digits_of_day(text, false),
        };
        clock
            .and_then(|clock| Timestamp::from_millis(date + clock))
            .ok_or_else(|| bad(Field::Time))
    }

    /// Whether the speed of a row has a fraction that is not 0.
    pub(crate) fn has_fraction_in_speed(&self, record: &Record<'_>) -> bool {
        let speed = self.speed.and_then(|column| record.field(column));
        let number = speed.and_then(numbers::number);
        number.is_some_and(|speed| speed.fract() != 0.0)
    }

    /// Whether speeds were found to be in tenths of knots.
    pub(crate) fn found_tenths_of_knots(&self) -> bool {
        self.layout.speeds == Speeds::KnotsOrTenths && self.speed.is_some() && !self.is_in_knots
    }

    /// Whether longitudes were found to run from 0 to 360.
    pub(crate) fn has_turned_longitudes(&self) -> bool {
        self.longitudes.are_turned()
    }

    /// What a place off the globe is, if the longitudes of the table run from 0 to 360.
    #[cold]
    fn turned(&self, lat_e7: i64, lon_e7: i64) -> Option<Position> {
        let (longitude, is_point) = match self.place {
            Place::Degrees { lon, .. } => (lon, false),
            Place::Point(column) => (column, true),
        };
        let identity = match self.identity {
            Identity::Mmsi(column) | Identity::Any(column) => Some(column),
            Identity::Fixed => None,
        };
        let columns = Columns {
            identity,
            longitude,
            is_point,
        };
        place(lat_e7, self.longitudes.turned(lon_e7, columns)?).ok()
    }

    /// A place, if it is one.
    #[inline]
    fn place(&self, lat_e7: i64, lon_e7: i64) -> Result<Position, (Coordinate, RejectReason)> {
        place(lat_e7, lon_e7).or_else(|fault| self.turned(lat_e7, lon_e7).ok_or(fault))
    }

    #[inline]
    fn read_time(&self, record: &Record<'_>, recent: &mut Recent) -> Result<Timestamp, Fault> {
        let column = self.time_column;
        let known = record.quick(column, |text, start, end| {
            let (time, known_end) = recent.time(text, start)?;
            (known_end == end).then_some(time)
        });
        if let Some(time) = known {
            return Ok(time);
        }
        let text = needed(record, column, Field::Time)?;
        let time = self.time.read(text);
        let time = time.ok_or_else(|| Fault::of(Field::Time, RejectReason::BadTime))?;
        // What quotes and blanks around it mean is not for all records the same.
        if record.raw(column) == Some(text) {
            recent.remember_time(text, time);
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
            Identity::Fixed => match &self.vessel {
                Some(Sent::Mmsi(mmsi)) => Ok(Sent::Mmsi(*mmsi)),
                Some(Sent::Text(text)) => Ok(Sent::Text(Cow::Borrowed(text))),
                None => Err(Fault {
                    reason: RejectReason::BadIdentity,
                    field: None,
                }),
            },
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
                self.place(lat_e7, lon_e7).map_err(|(coordinate, reason)| {
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
                self.place(lat_e7, lon_e7)
                    .map_err(|(_, reason)| Fault::of(Field::Point, reason))
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
                let is_absent = |text: &[u8]| text.is_empty() || self.layout.is_absent(text);
                if is_absent(lat) && is_absent(lon) && self.is_static(record) {
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
            if let Some(column) = self.layout.column(field) {
                return record.text(column);
            }
            let value = self.layout.constant(field)?.value.as_deref();
            value.map(|text| text.as_bytes().into())
        })
    }
}
