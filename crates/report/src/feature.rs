//! A feature is one event as every format sees it: an id, a geometry and named values.

use crate::{Areas, Lines};
use landfall_track::{Position, Timestamp};
use std::borrow::Cow;

/// One event, ready to be written in any format.
#[derive(Clone, Copy, Debug)]
pub struct Feature<'a> {
    /// Stable and unique within its layer.
    pub id: &'a str,
    /// Where.
    pub geometry: Geometry<'a>,
    /// What, in the order in which it is to be written.
    pub properties: &'a [Property<'a>],
}

/// A feature's geometry.
#[derive(Clone, Copy, Debug)]
pub enum Geometry<'a> {
    /// Nothing to draw.
    Absent,
    /// A point.
    Point(Position),
    /// One line, of which the antimeridian may make two. Without a part: no geometry.
    Line(&'a Lines),
    /// A path of as many parts as it has. Written as several lines even if it is one, so that a
    /// layer has one type throughout: with two, GDAL calls it unknown and the vertex times of one
    /// run a list, of the next a text. Without a part: no geometry.
    Path(&'a Lines),
    /// Areas, written as several polygons even if it is one. Without one: no geometry.
    Areas(&'a Areas),
}

/// A property's name and value.
pub type Property<'a> = (&'static str, Value<'a>);

/// A property's value.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// Not known, or an open end.
    Absent,
    /// A text.
    Text(Cow<'a, str>),
    /// A count or a grade.
    Count(u64),
    /// A measure, to be written with at most so many decimals. Not a number: absent.
    Measure {
        /// The number, in the unit that the property's name says.
        value: f64,
        /// Decimals.
        decimals: u8,
    },
    /// Yes or no.
    Truth(bool),
    /// A moment.
    Time(Timestamp),
    /// Texts in order, such as ids.
    Texts(Vec<Cow<'a, str>>),
    /// A list of things, each with named values of its own.
    Records(Vec<Vec<Property<'a>>>),
    /// One time for every vertex of a path, nested as its coordinates are.
    VertexTimes(&'a Lines),
    /// The rows the event rests on.
    Source {
        /// The first.
        first: SourceName<'a>,
        /// The last.
        last: SourceName<'a>,
    },
}

/// A row of an input file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceName<'a> {
    /// The file as the user named it; a member of a zip as `a.zip!b.csv`.
    pub file: &'a str,
    /// The row; the first data row is 1.
    pub row: u64,
}

impl<'a> Geometry<'a> {
    /// The lines, if that is what it is and there are any.
    pub fn lines(self) -> Option<&'a Lines> {
        match self {
            Self::Line(lines) | Self::Path(lines) => (!lines.is_empty()).then_some(lines),
            Self::Absent | Self::Point(_) | Self::Areas(_) => None,
        }
    }
}

impl<'a> Value<'a> {
    /// A text, or nothing.
    pub fn text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Absent, |text| Self::Text(Cow::Borrowed(text)))
    }

    /// A code or number written as text, or nothing.
    pub fn code(code: Option<impl ToString>) -> Self {
        code.map_or(Self::Absent, |code| {
            Self::Text(Cow::Owned(code.to_string()))
        })
    }

    /// A count, or nothing.
    pub fn count(count: Option<u64>) -> Self {
        count.map_or(Self::Absent, Self::Count)
    }

    /// A time, or an open end.
    pub fn time(time: Option<Timestamp>) -> Self {
        time.map_or(Self::Absent, Self::Time)
    }

    /// A measure with so many decimals, or nothing.
    pub fn measure(value: Option<f64>, decimals: u8) -> Self {
        value.map_or(Self::Absent, |value| Self::Measure { value, decimals })
    }
}
