//! A row is one record of a CSV under its layout: a reading, or what is wrong with it.

use crate::field::Field;
use crate::intake::{Coordinate, Reading, Sent, any_identity, mmsi_identity, place};
use crate::layout::Layout;
use crate::numbers;
use crate::particulars::particulars;
use crate::point::point_e7;
use crate::records::Record;
use crate::time_format::TimeFormat;
use crate::words;
use landfall_track::{Imo, Particulars, Position, PositionReport, RejectReason, Sender, SourceRow};
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
    speed: Option<usize>,
    course: Option<usize>,
    heading: Option<usize>,
    nav_status: Option<usize>,
    sender: Option<usize>,
    message_type: Option<usize>,
    millisecond: Option<usize>,
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
        Self {
            identity,
            vessel: layout.vessel_from_file_name.then(|| vessel.to_owned()),
            time_column: column(Field::Time).unwrap_or(usize::MAX),
            place,
            speed: column(Field::Speed),
            course: column(Field::Course),
            heading: column(Field::Heading),
            nav_status: column(Field::NavStatus),
            sender: column(Field::Sender),
            message_type: column(Field::MessageType),
            millisecond: column(Field::Millisecond),
            time,
            layout,
        }
    }

    /// Which column holds which field.
    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Decodes a record.
    #[inline]
    pub(crate) fn decode<'r>(&'r self, record: &Record<'r>) -> Result<Reading<'r>, Fault> {
        self.check_width(record)?;
        let sent = self.identity(record)?;
        let bad_time = || Fault::of(Field::Time, RejectReason::BadTime);
        let time = needed(record, self.time_column, Field::Time)?;
        let mut time = self.time.read(time).ok_or_else(bad_time)?;
        if let Some(column) = self.millisecond
            && let Some(millis) = record.field(column).and_then(numbers::whole)
            && let Ok(millis @ 0..1000) = i64::try_from(millis)
            && time.as_millis() % 1000 == 0
        {
            time = time.shifted(millis);
        }
        let position = self.position(record)?;
        let mut is_partial = false;
        let mut number = |column: Option<usize>| {
            let field = record.field(column?)?;
            if field.is_empty() {
                return None;
            }
            let number = numbers::number(field);
            is_partial |= number.is_none();
            number
        };
        let (speed, course) = (number(self.speed), number(self.course));
        let heading = number(self.heading);
        let nav_status = self
            .nav_status
            .and_then(|column| record.field(column))
            .and_then(|field| {
                let status = words::nav_status(field);
                is_partial |= status.is_none() && !field.is_empty();
                status
            });
        let report = PositionReport::new(time, position, SourceRow::default())
            .with_speed_knots(speed.map(|speed| speed * self.layout.knots_per_unit))
            .with_course_deg(course)
            .with_heading_deg(heading)
            .with_nav_status(nav_status)
            .with_sender(self.sender(record));
        Ok(Reading {
            sent,
            report,
            is_partial,
        })
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

    #[inline]
    fn identity<'r>(&'r self, record: &Record<'r>) -> Result<Sent<'r>, Fault> {
        match self.identity {
            Identity::Mmsi(column) => mmsi_identity(needed(record, column, Field::Mmsi)?)
                .ok_or_else(|| Fault::of(Field::Mmsi, RejectReason::BadIdentity)),
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
                let lat = needed(record, lat, Field::Latitude)?;
                let lon = needed(record, lon, Field::Longitude)?;
                let (Some(lat_e7), Some(lon_e7)) =
                    (numbers::degrees_e7(lat), numbers::degrees_e7(lon))
                else {
                    if lat.is_empty() && lon.is_empty() && self.is_static(record) {
                        return Err(Fault::of(Field::Latitude, RejectReason::StaticMessage));
                    }
                    let lat_is_bad = numbers::degrees_e7(lat).is_none();
                    return Err(bad(if lat_is_bad {
                        Field::Latitude
                    } else {
                        Field::Longitude
                    }));
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
