//! A column map is the user's own word on which column of a CSV is which.

use crate::IngestError;
use crate::field::Field;
use crate::format::{SpeedUnit, Times};
use crate::time_format::{DateOrder, Pattern, TimeFormat, is_usable};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::path::Path;

/// Which column is which in a CSV whose header is not known, read from a TOML file.
///
/// ```toml
/// time_format = "day-first"   # or "month-first", "iso", "unix-seconds", "unix-milliseconds",
///                             # "unix-microseconds", "unix-nanoseconds", "month-name",
///                             # or a pattern such as "%d %b %Y %H:%M"; left out: told from the values
/// speed_unit = "km/h"         # or "m/s", "tenths of knots"; left out: knots
/// delimiter = ";"             # left out: told from the header
/// absent = ["n/a", "-"]       # words that mean absent
///
/// [columns]
/// mmsi = "Ship"               # or vessel_id, for any other identity
/// time = "When"
/// latitude = "Breite"
/// longitude = "Länge"
/// speed = "Fahrt"
/// ```
///
/// A file of one vessel without a column of identities has `vessel_from = "file-name"` instead of
/// `mmsi` or `vessel_id`. Where the day and the time of day stand in two columns, `date` names the one
/// and `time` the other. It is used for every file that has all its columns; other files are recognised
/// by their own headers.
///
/// A column may be said by its number, of which the first is 1, and must be in a file without a header:
///
/// ```toml
/// header = false
///
/// [columns]
/// mmsi = 1
/// time = 2
/// latitude = 3
/// longitude = 4
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnMap {
    pub(crate) columns: Vec<(Field, ColumnName)>,
    pub(crate) times: MappedTimes,
    pub(crate) speed: SpeedUnit,
    pub(crate) delimiter: Option<u8>,
    pub(crate) absent: Vec<String>,
    pub(crate) vessel_from_file_name: bool,
    /// Whether files have a header.
    pub(crate) header: bool,
}

/// How a column is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ColumnName {
    /// As the header spells it, more or less.
    Text(String),
    /// By its number; the first is 1.
    Number(NonZeroUsize),
}

impl fmt::Display for ColumnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(name) => write!(f, "`{name}`"),
            Self::Number(number) => write!(f, "column {number}"),
        }
    }
}

/// How the user says that times are written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum MappedTimes {
    /// Not said, or in a form that sources use too.
    Declared(Times),
    /// By a pattern.
    Pattern(Pattern),
}

impl MappedTimes {
    /// The time format, if the values are not needed to tell it.
    pub(crate) fn pattern(&self) -> Option<TimeFormat> {
        match self {
            Self::Declared(_) => None,
            Self::Pattern(pattern) => Some(TimeFormat::Pattern(pattern.clone())),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    columns: BTreeMap<String, toml::Value>,
    header: Option<bool>,
    time_format: Option<String>,
    speed_unit: Option<String>,
    delimiter: Option<String>,
    #[serde(default)]
    absent: Vec<String>,
    vessel_from: Option<String>,
}

impl ColumnMap {
    /// Whether it is for files without a header.
    pub(crate) fn is_headless(&self) -> bool {
        !self.header
    }

    /// Reads a column map from a TOML file.
    ///
    /// # Errors
    ///
    /// [`IngestError::Unreadable`] if the file cannot be read, [`IngestError::BadColumnMap`] if it
    /// is no TOML, has a key or value that is not known, or names no column for identity, time or
    /// position.
    pub fn from_toml(path: &Path) -> Result<Self, IngestError> {
        let text = std::fs::read_to_string(path).map_err(|source| IngestError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text).map_err(|detail| IngestError::BadColumnMap {
            path: path.to_owned(),
            detail,
        })
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            match line {
                Some(line) => format!("line {line}: {}", error.message()),
                None => error.message().to_owned(),
            }
        })?;
        let mut columns = Vec::new();
        for (key, column) in file.columns {
            let field = Field::ALL.into_iter().find(|field| field.label() == key);
            let Some(field) = field else {
                let known: Vec<_> = Field::ALL.iter().map(|field| field.label()).collect();
                let known = known.join(", ");
                return Err(format!(
                    "`{key}` in [columns] is not known: expected one of {known}"
                ));
            };
            let name = match &column {
                toml::Value::String(name) => ColumnName::Text(name.clone()),
                toml::Value::Integer(number) => usize::try_from(*number)
                    .ok()
                    .and_then(NonZeroUsize::new)
                    .map(ColumnName::Number)
                    .ok_or_else(|| format!("`{key} = {number}`: columns are counted from 1"))?,
                other => {
                    return Err(format!(
                        "`{key} = {other}`: expected a column's name in quotes, or its number"
                    ));
                }
            };
            columns.push((field, name));
        }
        let header = file.header.unwrap_or(true);
        let named = columns.iter().find_map(|(field, name)| match name {
            ColumnName::Text(name) => Some((field, name)),
            ColumnName::Number(_) => None,
        });
        if let (false, Some((field, name))) = (header, named) {
            return Err(format!(
                "`{} = \"{name}\"`: with `header = false` columns have numbers instead of names, \
                 such as `{} = 1`",
                field.label(),
                field.label()
            ));
        }
        let vessel_from_file_name = match file.vessel_from.as_deref() {
            None => false,
            Some("file-name") => true,
            Some(other) => {
                return Err(format!(
                    "`vessel_from = \"{other}\"` is not known: expected \"file-name\""
                ));
            }
        };
        let has = |field| columns.iter().any(|(mapped, _)| *mapped == field);
        if !has(Field::Mmsi) && !has(Field::VesselId) && !vessel_from_file_name {
            return Err(
                "[columns] names no column for `mmsi` or `vessel_id`; for a file of one \
                        vessel write `vessel_from = \"file-name\"`"
                    .to_owned(),
            );
        }
        if !has(Field::Time) {
            return Err("[columns] names no column for `time`".to_owned());
        }
        let has_degrees = has(Field::Latitude) && has(Field::Longitude);
        if !has_degrees && !has(Field::Point) {
            return Err("[columns] names no columns for `latitude` and `longitude`".to_owned());
        }
        Ok(Self {
            columns,
            times: times(file.time_format.as_deref())?,
            speed: speed_unit(file.speed_unit.as_deref())?,
            delimiter: delimiter(file.delimiter.as_deref())?,
            absent: file.absent.iter().map(|word| word.to_lowercase()).collect(),
            vessel_from_file_name,
            header,
        })
    }
}

fn times(text: Option<&str>) -> Result<MappedTimes, String> {
    let declared = match text {
        None => Times::FromValues,
        Some("iso") => Times::Iso,
        Some("unix-seconds") => Times::UnixSeconds,
        Some("unix-milliseconds") => Times::UnixMillis,
        Some("unix-microseconds") => Times::UnixMicros,
        Some("unix-nanoseconds") => Times::UnixNanos,
        Some("month-name") => Times::MonthName,
        Some("day-first") => Times::YearLast(DateOrder::DayFirst),
        Some("month-first") => Times::YearLast(DateOrder::MonthFirst),
        Some(other) => {
            return match Pattern::new(other) {
                Some(pattern) if other.contains('%') && is_usable(&pattern) => {
                    Ok(MappedTimes::Pattern(pattern))
                }
                _ => Err(format!(
                    "`time_format = \"{other}\"` is no form of time: expected \"iso\", \
                     \"unix-seconds\", \"unix-milliseconds\", \"unix-microseconds\", \
                     \"unix-nanoseconds\", \"day-first\", \"month-first\", \"month-name\", or a \
                     pattern with day, month and year such as \"%d.%m.%Y %H:%M:%S\""
                )),
            };
        }
    };
    Ok(MappedTimes::Declared(declared))
}

fn speed_unit(text: Option<&str>) -> Result<SpeedUnit, String> {
    match text {
        None | Some("knots" | "kn" | "kt") => Ok(SpeedUnit::Knots),
        Some("m/s") => Ok(SpeedUnit::MetresPerSecond),
        Some("km/h") => Ok(SpeedUnit::KilometresPerHour),
        Some("tenths of knots") => Ok(SpeedUnit::TenthsOfKnots),
        Some(other) => Err(format!(
            "`speed_unit = \"{other}\"` is not known: expected \"knots\", \"m/s\", \"km/h\" or \
             \"tenths of knots\""
        )),
    }
}

fn delimiter(text: Option<&str>) -> Result<Option<u8>, String> {
    match text {
        None => Ok(None),
        Some("tab") => Ok(Some(b'\t')),
        Some(text) => match text.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(Some(*byte)),
            _ => Err(format!(
                "`delimiter = \"{}\"` is no delimiter: expected one character, such as \";\", or \
                 \"tab\"",
                text.escape_debug()
            )),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_map_says_which_column_is_which() {
        let map = ColumnMap::parse(
            "time_format = \"%d %b %Y %H:%M\"\nspeed_unit = \"m/s\"\ndelimiter = \"tab\"\n\
             absent = [\"N/A\"]\n[columns]\nmmsi = \"Ship\"\ntime = \"When\"\n\
             latitude = \"Breite\"\nlongitude = \"Länge\"\n",
        )
        .unwrap();
        assert_eq!(map.columns.len(), 4);
        assert_eq!(map.delimiter, Some(b'\t'));
        assert_eq!(map.speed, SpeedUnit::MetresPerSecond);
        assert_eq!(map.absent, ["n/a"]);
        assert!(matches!(map.times, MappedTimes::Pattern(_)));
    }

    #[test]
    fn columns_may_have_numbers_and_must_where_there_is_no_header() {
        let map = ColumnMap::parse(
            "header = false\n[columns]\nmmsi = 1\ntime = 2\nlatitude = 4\nlongitude = 3\n",
        )
        .unwrap();
        assert!(map.is_headless());
        let number = ColumnName::Number(NonZeroUsize::new(3).unwrap());
        assert!(map.columns.contains(&(Field::Longitude, number)));
        for (text, expected) in [
            (
                "header = false\n[columns]\nmmsi = \"Ship\"\n",
                "`mmsi = \"Ship\"`: with `header = false` columns have numbers",
            ),
            ("[columns]\nmmsi = 0\n", "columns are counted from 1"),
            ("[columns]\nmmsi = -1\n", "columns are counted from 1"),
            (
                "[columns]\nmmsi = 1.5\n",
                "expected a column's name in quotes, or its number",
            ),
        ] {
            let said = ColumnMap::parse(text).unwrap_err();
            assert!(said.contains(expected), "{text:?}: {said}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_column_map_is_said() {
        let needed = "[columns]\nmmsi = \"a\"\ntime = \"b\"\nlatitude = \"c\"\nlongitude = \"d\"\n";
        let cases = [
            ("", "[columns] names no column for `mmsi` or `vessel_id`"),
            ("[columns]\nmmsi = \"a\"\n", "names no column for `time`"),
            (
                "[columns]\nmmsi = \"a\"\ntime = \"b\"\n",
                "`latitude` and `longitude`",
            ),
            (
                "[columns]\nship = \"a\"\n",
                "`ship` in [columns] is not known: expected one of mmsi",
            ),
            (
                "time_fromat = \"iso\"\n",
                "line 1: unknown field `time_fromat`",
            ),
            ("time_format = \"iso\n", "line 1: "),
            (
                &format!("time_format = \"%H:%M\"\n{needed}"),
                "is no form of time",
            ),
            (
                &format!("time_format = \"iso8601\"\n{needed}"),
                "is no form of time",
            ),
            (
                &format!("speed_unit = \"mph\"\n{needed}"),
                "expected \"knots\"",
            ),
            (&format!("delimiter = \"::\"\n{needed}"), "is no delimiter"),
            (
                &format!("vessel_from = \"x\"\n{needed}"),
                "expected \"file-name\"",
            ),
        ];
        for (text, expected) in cases {
            let said = ColumnMap::parse(text).unwrap_err();
            assert!(said.contains(expected), "{text:?}: {said}");
        }
        assert!(ColumnMap::parse(needed).is_ok());
    }
}
