//! A list is a small table kept by hand, such as sightings or a register of vessels. It is read
//! whole, and its columns are known by name, in any order and case.

use crate::IngestError;
use crate::stored::sha256_of_bytes;
use landfall_track::{Imo, LonLat, Mmsi, MmsiClass, Position, Timestamp};
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The most bytes of a list: some hundred thousand entries. More is no list kept by hand.
const MOST_BYTES: u64 = 64 << 20;
/// The most characters of a value shown in a message.
const SHOWN_CHARACTERS: usize = 80;
/// One day in milliseconds.
const DAY_MS: i64 = 86_400_000;

/// What is wrong, or odd, in one entry of a list. It displays as one line, without the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListProblem {
    /// The row of the table, or the number of the feature; the first data row (feature) is 1.
    pub row: u64,
    /// The column (or property) at fault, as the list spells it; empty if the whole entry is.
    pub column: String,
    /// The value found there, cut to a readable length.
    pub value: String,
    /// What is wrong with it, and what was expected.
    pub problem: String,
}

impl fmt::Display for ListProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}", self.row)?;
        if !self.column.is_empty() {
            write!(f, ", column `{}`", self.column)?;
        }
        if !self.value.is_empty() {
            write!(f, ", value `{}`", self.value)?;
        }
        write!(f, ": {}", self.problem)
    }
}

/// One value of an entry with the column it stands in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell<'a> {
    pub(crate) row: u64,
    pub(crate) column: &'a str,
    pub(crate) value: &'a str,
}

impl Cell<'_> {
    /// This value's problem.
    pub(crate) fn problem(&self, problem: impl Into<String>) -> ListProblem {
        ListProblem {
            row: self.row,
            column: self.column.to_owned(),
            value: shown(self.value),
            problem: problem.into(),
        }
    }
}

/// One row of a table, or one feature's properties.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) row: u64,
    /// Columns as the list spells them, with their values, trimmed.
    pub(crate) cells: Vec<(&'a str, String)>,
    /// Whether numbers may be written with a decimal comma.
    pub(crate) decimal_comma: bool,
}

impl Entry<'_> {
    /// The value of the first of these columns that is not blank.
    pub(crate) fn cell(&self, names: &[&str]) -> Option<Cell<'_>> {
        names.iter().find_map(|name| {
            self.cells
                .iter()
                .find(|(column, value)| !value.is_empty() && same_name(column, name))
                .map(|(column, value)| Cell {
                    row: self.row,
                    column,
                    value,
                })
        })
    }

    /// The value of the first of these columns that is not blank, as text.
    pub(crate) fn text(&self, names: &[&str]) -> Option<String> {
        self.cell(names).map(|cell| cell.value.to_owned())
    }

    /// A number.
    pub(crate) fn number(
        &self,
        names: &[&str],
        range: std::ops::RangeInclusive<f64>,
    ) -> Result<Option<f64>, ListProblem> {
        let Some(cell) = self.cell(names) else {
            return Ok(None);
        };
        let plain = if self.decimal_comma {
            cell.value.replace(',', ".")
        } else {
            cell.value.to_owned()
        };
        match plain.parse::<f64>() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            _ => Err(cell.problem(format!(
                "expected a number from {} to {}",
                range.start(),
                range.end()
            ))),
        }
    }

    /// The place in the columns of latitude and longitude.
    pub(crate) fn position(&self) -> Result<Position, ListProblem> {
        let coordinate = |names: &[&str], word: &str, most: f64| {
            self.number(names, -most..=most)?
                .ok_or_else(|| self.problem(format!("no {word}")))
        };
        let lat = coordinate(LATITUDE, "latitude", 90.0)?;
        let lon = coordinate(LONGITUDE, "longitude", 180.0)?;
        Position::from_degrees(LonLat { lon, lat })
            .ok_or_else(|| self.problem("no place on the globe"))
    }

    /// The stretch of time that a column names: a day if it holds a date alone.
    pub(crate) fn span(&self, names: &[&str]) -> Result<Option<Span>, ListProblem> {
        self.cell(names).map(|cell| Span::read(&cell)).transpose()
    }

    /// An IMO number; one with a wrong check digit is kept and marked.
    pub(crate) fn imo(&self, doubts: &mut Vec<ListProblem>) -> Result<Option<Imo>, ListProblem> {
        let Some(cell) = self.cell(IMO) else {
            return Ok(None);
        };
        let imo: Imo = cell
            .value
            .parse()
            .map_err(|_| cell.problem("expected an IMO number of seven digits, such as 9358010"))?;
        if !imo.is_valid() {
            doubts.push(cell.problem("its check digit is wrong; kept as it stands"));
        }
        Ok(Some(imo))
    }

    /// An MMSI; one that is no ship's is kept and marked.
    pub(crate) fn mmsi(&self, doubts: &mut Vec<ListProblem>) -> Result<Option<Mmsi>, ListProblem> {
        let Some(cell) = self.cell(MMSI) else {
            return Ok(None);
        };
        let digits = cell.value.strip_suffix(".0").unwrap_or(cell.value);
        let mmsi = (digits.len() <= 9 && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| digits.parse().ok().and_then(Mmsi::new))
            .flatten()
            .ok_or_else(|| cell.problem("expected an MMSI of nine digits, such as 273210440"))?;
        if mmsi.class() != MmsiClass::Ship {
            doubts.push(cell.problem(format!(
                "an MMSI of class `{}`, not a ship's; kept as it stands",
                mmsi.class().as_str()
            )));
        }
        Ok(Some(mmsi))
    }

    /// A problem of the entry as a whole.
    pub(crate) fn problem(&self, problem: impl Into<String>) -> ListProblem {
        ListProblem {
            row: self.row,
            column: String::new(),
            value: String::new(),
            problem: problem.into(),
        }
    }
}

/// Names of the columns that several lists have.
pub(crate) const NAME: &[&str] = &["name", "vessel_name", "vessel", "ship"];
pub(crate) const IMO: &[&str] = &["imo", "imo_number", "imo_no"];
pub(crate) const MMSI: &[&str] = &["mmsi"];
pub(crate) const LATITUDE: &[&str] = &["lat", "latitude", "y"];
pub(crate) const LONGITUDE: &[&str] = &["lon", "lng", "long", "longitude", "x"];

/// A stretch of time, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
}

impl Span {
    fn read(cell: &Cell<'_>) -> Result<Self, ListProblem> {
        let first: Timestamp = cell.value.parse().map_err(|_| {
            cell.problem("expected a time in ISO 8601, such as 2023-09-07 or 2023-09-07T10:30:00Z")
        })?;
        // A date alone is the only form of ten characters.
        let last = if cell.value.len() == 10 {
            first.shifted(DAY_MS - 1)
        } else {
            first
        };
        Ok(Self { first, last })
    }
}

/// A list's file as it lies on disk.
#[derive(Debug)]
pub(crate) struct ListFile {
    pub(crate) bytes: Vec<u8>,
    pub(crate) sha256: String,
}

impl ListFile {
    /// Reads a file whole, and turns away what cannot be a list.
    pub(crate) fn read(path: &Path) -> Result<Self, IngestError> {
        let unreadable = |source: std::io::Error| {
            let path = path.to_owned();
            if source.kind() == std::io::ErrorKind::NotFound {
                IngestError::NotFound { path }
            } else {
                IngestError::Unreadable { path, source }
            }
        };
        let file = File::open(path).map_err(unreadable)?;
        if file.metadata().map_err(unreadable)?.is_dir() {
            return Err(IngestError::IsFolder {
                path: path.to_owned(),
            });
        }
        let mut bytes = Vec::new();
        file.take(MOST_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        let bad = |detail: &str| {
            Err(IngestError::BadList {
                path: path.to_owned(),
                detail: detail.to_owned(),
            })
        };
        if bytes.len() as u64 > MOST_BYTES {
            return bad("it is larger than 64 MiB; split it, or check that it is the right file");
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(IngestError::Empty {
                path: path.to_owned(),
            });
        }
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err(IngestError::Utf16 {
                path: path.to_owned(),
            });
        }
        if bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            return bad("it is compressed; unpack it first");
        }
        if memchr::memchr(0, &bytes[..bytes.len().min(8192)]).is_some() {
            return bad("it is not a text file; expected CSV or GeoJSON in UTF-8");
        }
        let sha256 = sha256_of_bytes(&bytes);
        Ok(Self { bytes, sha256 })
    }

    /// The bytes without a byte-order mark.
    pub(crate) fn content(&self) -> &[u8] {
        self.bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&self.bytes)
    }
}

/// A table of text: the first record is the header.
pub(crate) struct Table<'a> {
    pub(crate) header: Vec<String>,
    reader: csv::Reader<&'a [u8]>,
    decimal_comma: bool,
}

impl<'a> Table<'a> {
    /// Reads the header. Columns are separated by the one of comma, semicolon and tab that stands
    /// there most often; lines that begin with `#` are comments.
    pub(crate) fn new(path: &Path, content: &'a [u8]) -> Result<Self, IngestError> {
        let first_line = content
            .split(|byte| *byte == b'\n')
            .find(|line| !line.starts_with(b"#") && !line.iter().all(u8::is_ascii_whitespace))
            .unwrap_or_default();
        let count = |separator: u8| memchr::memchr_iter(separator, first_line).count();
        let separator = [b',', b';', b'\t']
            .into_iter()
            .rev()
            .max_by_key(|separator| count(*separator))
            .unwrap_or(b',');
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .comment(Some(b'#'))
            .flexible(true)
            .from_reader(content);
        let bad = |detail: String| IngestError::BadList {
            path: path.to_owned(),
            detail,
        };
        let header = reader
            .headers()
            .map_err(|_| bad("its header is not UTF-8; save it again as UTF-8".to_owned()))?
            .iter()
            .map(|name| name.trim().to_owned())
            .collect::<Vec<_>>();
        for (index, name) in header.iter().enumerate() {
            let twice = |other: &String| !name.is_empty() && same_name(other, name);
            if header[..index].iter().any(twice) {
                return Err(bad(format!("column `{name}` stands in its header twice")));
            }
        }
        Ok(Self {
            header,
            reader,
            decimal_comma: separator != b',',
        })
    }

    /// Whether the header has one of these columns.
    pub(crate) fn has(&self, names: &[&str]) -> bool {
        self.header
            .iter()
            .any(|column| names.iter().any(|name| same_name(column, name)))
    }

    /// The columns that are none of those named.
    pub(crate) fn others(&self, known: &[&[&str]]) -> Vec<String> {
        self.header
            .iter()
            .filter(|column| {
                !column.is_empty()
                    && !known
                        .iter()
                        .any(|names| names.iter().any(|name| same_name(column, name)))
            })
            .cloned()
            .collect()
    }

    /// Hands every row on, or what is wrong with it. Rows of blanks only are none.
    pub(crate) fn for_each(mut self, mut take: impl FnMut(Result<Entry<'_>, ListProblem>)) {
        let mut record = csv::ByteRecord::new();
        let mut row = 0;
        // A slice gives no read error, and a flexible reader no other.
        while matches!(self.reader.read_byte_record(&mut record), Ok(true)) {
            if record
                .iter()
                .all(|cell| cell.iter().all(u8::is_ascii_whitespace))
            {
                continue;
            }
            row += 1;
            take(self.entry(row, &record));
        }
    }

    fn entry(&self, row: u64, record: &csv::ByteRecord) -> Result<Entry<'_>, ListProblem> {
        if record.len() != self.header.len() {
            return Err(ListProblem {
                row,
                column: String::new(),
                value: String::new(),
                problem: format!(
                    "{} fields, but the header has {}: is a separator missing, or a quote left open?",
                    record.len(),
                    self.header.len()
                ),
            });
        }
        let mut cells = Vec::with_capacity(self.header.len());
        for (column, bytes) in self.header.iter().zip(record) {
            let Ok(text) = std::str::from_utf8(bytes) else {
                return Err(ListProblem {
                    row,
                    column: column.clone(),
                    value: shown(&String::from_utf8_lossy(bytes)),
                    problem: "not UTF-8; save the list again as UTF-8".to_owned(),
                });
            };
            cells.push((column.as_str(), text.trim().to_owned()));
        }
        Ok(Entry {
            row,
            cells,
            decimal_comma: self.decimal_comma,
        })
    }
}

/// Whether a column's name is `name`: case does not matter, and blanks and hyphens are underscores.
pub(crate) fn same_name(column: &str, name: &str) -> bool {
    column.len() == name.len()
        && column.bytes().zip(name.bytes()).all(|(a, b)| {
            let a = if matches!(a, b' ' | b'-') { b'_' } else { a };
            a.eq_ignore_ascii_case(&b)
        })
}

/// A value as messages show it: control characters escaped, cut to a readable length.
pub(crate) fn shown(value: &str) -> String {
    let mut text = String::new();
    for (index, character) in value.chars().enumerate() {
        if index == SHOWN_CHARACTERS {
            text.push('…');
            break;
        }
        if character.is_control() {
            text.extend(character.escape_default());
        } else {
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(content: &str) -> Vec<Result<Vec<String>, String>> {
        let mut rows = Vec::new();
        let table = Table::new(Path::new("list.csv"), content.as_bytes()).unwrap();
        table.for_each(|entry| {
            rows.push(
                entry
                    .map(|entry| entry.cells.into_iter().map(|(_, value)| value).collect())
                    .map_err(|problem| problem.to_string()),
            );
        });
        rows
    }

    #[test]
    fn comma_semicolon_and_tab_give_the_same_rows_and_comments_and_blank_lines_none() {
        let expected = vec![Ok(vec!["x".to_owned(), "1.5".to_owned()])];
        assert_eq!(rows("# a, b\nname,lat\n\n# note\nx, 1.5\n"), expected);
        assert_eq!(rows("name;lat\r\nx;1.5\r\n ; \r\n"), expected);
        assert_eq!(rows("name\tlat\nx\t1.5"), expected);
    }

    #[test]
    fn a_quote_left_open_is_a_problem_of_its_row() {
        let found = rows("name,lat\n\"x,1.5\ny,2.5\n");
        assert_eq!(
            found,
            [Err(
                "row 1: 1 fields, but the header has 2: is a separator missing, or a quote left open?"
                    .to_owned()
            )]
        );
    }

    #[test]
    fn a_date_alone_is_the_whole_day() {
        let cell = |value| Cell {
            row: 1,
            column: "from",
            value,
        };
        let day = Span::read(&cell("2023-09-07")).unwrap();
        assert_eq!(day.first.to_string(), "2023-09-07T00:00:00Z");
        assert_eq!(day.last.to_string(), "2023-09-07T23:59:59.999Z");
        let moment = Span::read(&cell("2023-09-07T09:00:00+09:00")).unwrap();
        assert_eq!((moment.first, moment.last), (day.first, day.first));
    }

    #[test]
    fn control_characters_are_escaped_and_long_values_cut() {
        assert_eq!(shown("a\x1b[31m\u{0}"), "a\\u{1b}[31m\\u{0}");
        assert_eq!(shown(&"ü".repeat(500)).chars().count(), 81);
    }
}
