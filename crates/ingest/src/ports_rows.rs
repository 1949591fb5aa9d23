//! A port row is one line of a port table, under the names that the tables give their columns.

use crate::country::country;
use crate::list::{ListProblem, shown};
use crate::ports::{PortFormat, PortTable};
use crate::{ports_anchorages, ports_locode};
use landfall_track::{HarborSize, Locode, LonLat, Place, Port, PortSource, Position};

/// The longest radius of a port, in metres. A longer one is taken for a mistake of units.
const LONGEST_RADIUS_M: f64 = 200_000.0;

/// Names of columns, as [`plain`] has them. The first that a table has counts.
pub(crate) const NAME: &[&str] = &["name", "mainportname", "portname", "port"];
pub(crate) const LATITUDE: &[&str] = &["lat", "latitude", "y"];
pub(crate) const LONGITUDE: &[&str] = &["lon", "lng", "long", "longitude", "x"];
pub(crate) const LOCODE: &[&str] = &["locode", "unlocode"];
pub(crate) const COUNTRY: &[&str] = &["country", "countrycode", "cty", "iso3", "iso2"];
pub(crate) const SIZE: &[&str] = &["harborsize", "harboursize"];
pub(crate) const RADIUS: &[&str] = &["radiusm"];
pub(crate) const ALIASES: &[&str] = &["aliases", "alias", "alternateportname"];
pub(crate) const CODES: &[&str] = &["othercodes", "othercode"];
pub(crate) const SOURCE: &[&str] = &["source"];
pub(crate) const PRECISION: &[&str] = &["precisionm"];

/// A column's name without case and punctuation: `UN/LOCODE` is `unlocode`.
pub(crate) fn plain(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

/// A table's rows as text, with what its header calls them.
pub(crate) struct Rows<'a> {
    header: Vec<String>,
    plain_header: Vec<String>,
    reader: csv::Reader<&'a [u8]>,
    /// Whether numbers may be written with a decimal comma.
    pub(crate) decimal_comma: bool,
}

/// One row. The first data row is 1.
pub(crate) struct Row<'a> {
    pub(crate) number: u64,
    rows: &'a Rows<'a>,
    record: &'a csv::StringRecord,
}

impl<'a> Rows<'a> {
    /// Rows after a header. Columns are separated by the one of comma, semicolon and tab that stands
    /// in the first line most often; lines that begin with `#` are comments.
    pub(crate) fn new(text: &'a str) -> Self {
        Self::after_header(text, Some(b'#'))
    }

    /// Rows after a header, comment lines being none if `comment` is `None`.
    pub(crate) fn after_header(text: &'a str, comment: Option<u8>) -> Self {
        let separator = separator(text);
        let mut reader = builder(separator, comment)
            .has_headers(true)
            .from_reader(text.as_bytes());
        let header: Vec<String> = reader
            .headers()
            .map(|header| header.iter().map(|name| name.trim().to_owned()).collect())
            .unwrap_or_default();
        let plain_header = header.iter().map(|name| plain(name)).collect();
        Self {
            header,
            plain_header,
            reader,
            decimal_comma: separator != b',',
        }
    }

    /// Rows without a header, whose columns are called so. No line is a comment.
    pub(crate) fn without_header(text: &'a str, header: &[&str]) -> Self {
        let separator = separator(text);
        Self {
            header: header.iter().map(|name| (*name).to_owned()).collect(),
            plain_header: header.iter().map(|name| plain(name)).collect(),
            reader: builder(separator, None)
                .has_headers(false)
                .from_reader(text.as_bytes()),
            decimal_comma: separator != b',',
        }
    }

    /// Whether the header has one of these columns.
    pub(crate) fn has(&self, names: &[&str]) -> bool {
        names
            .iter()
            .any(|name| self.plain_header.iter().any(|column| column == name))
    }

    /// Hands every row on and returns how many there were. Rows of blanks only are none.
    pub(crate) fn for_each(mut self, mut take: impl FnMut(&Row<'_>)) -> u64 {
        let mut record = csv::StringRecord::new();
        let mut number = 0;
        // A text that is held whole gives no read error, and a flexible reader no other.
        while matches!(self.reader.read_record(&mut record), Ok(true)) {
            if record.iter().all(|field| field.trim().is_empty()) {
                continue;
            }
            number += 1;
            take(&Row {
                number,
                rows: &self,
                record: &record,
            });
        }
        number
    }
}

fn builder(separator: u8, comment: Option<u8>) -> csv::ReaderBuilder {
    let mut builder = csv::ReaderBuilder::new();
    builder.delimiter(separator).comment(comment).flexible(true);
    builder
}

/// The separator that stands in the first line most often.
fn separator(text: &str) -> u8 {
    let line = first_line(text);
    [b',', b';', b'\t']
        .into_iter()
        .rev()
        .max_by_key(|separator| line.bytes().filter(|byte| byte == separator).count())
        .unwrap_or(b',')
}

/// The first line that is neither blank nor a comment.
fn first_line(text: &str) -> &str {
    text.lines()
        .find(|line| !line.trim().is_empty() && !line.starts_with("# "))
        .unwrap_or_default()
}

impl<'a> Row<'a> {
    /// The trimmed value and the name of the first of these columns that the header has; the value
    /// is empty if the row breaks off before it.
    pub(crate) fn cell(&self, names: &[&str]) -> Option<(&'a str, &'a str)> {
        let index = names.iter().find_map(|name| {
            self.rows
                .plain_header
                .iter()
                .position(|column| column == name)
        })?;
        let value = self.record.get(index).unwrap_or_default().trim();
        Some((self.rows.header[index].as_str(), value))
    }

    /// The value of the first of these columns; empty if there is none.
    pub(crate) fn text(&self, names: &[&str]) -> &'a str {
        self.cell(names).map_or("", |(_, value)| value)
    }

    /// What is wrong with a value.
    pub(crate) fn problem(&self, names: &[&str], problem: &str) -> ListProblem {
        let (column, value) = self.cell(names).unwrap_or_default();
        ListProblem {
            row: self.number,
            column: column.to_owned(),
            value: shown(value),
            problem: problem.to_owned(),
        }
    }

    /// The place in the columns of latitude and longitude, in degrees.
    pub(crate) fn position(&self) -> Result<Position, ListProblem> {
        let coordinate = |names: &[&str], word: &str, most: f64| {
            let value = self.text(names);
            if value.is_empty() {
                return Err(self.problem(names, &format!("no {word}, so the port has no place")));
            }
            number(value, self.rows.decimal_comma)
                .filter(|degrees| degrees.abs() <= most)
                .ok_or_else(|| {
                    self.problem(names, &format!("expected a {word} from -{most} to {most}"))
                })
        };
        let lat = coordinate(LATITUDE, "latitude", 90.0)?;
        let lon = coordinate(LONGITUDE, "longitude", 180.0)?;
        Position::from_degrees(LonLat { lon, lat })
            .ok_or_else(|| self.problem(LATITUDE, "no place on the globe"))
    }

    /// The port in this row; what could not be used of it goes to `doubts`.
    fn port(&self, doubts: &mut Vec<ListProblem>) -> Result<Port, ListProblem> {
        let position = self.position()?;
        let mut port = Particulars {
            name: self.text(NAME),
            locode: self.text(LOCODE),
            country: self.text(COUNTRY),
            size: self.text(SIZE),
            aliases: self.text(ALIASES),
            other_codes: self.text(CODES),
            source: self.text(SOURCE),
        }
        .port(Place::Points(vec![position]));
        if port.name.is_empty() {
            return Err(self.problem(NAME, "no name and no UN/LOCODE"));
        }
        if port.country.is_none() && !self.text(COUNTRY).is_empty() {
            doubts.push(self.problem(COUNTRY, "no country that is known; left out"));
        }
        let radius = self.text(RADIUS);
        if !radius.is_empty() {
            port.radius_m =
                number(radius, self.rows.decimal_comma).filter(|metres| is_radius(*metres));
            if port.radius_m.is_none() {
                doubts.push(self.problem(RADIUS, RADIUS_EXPECTED));
            }
        }
        let precision = self.text(PRECISION);
        if !precision.is_empty() {
            port.precision_m =
                number(precision, self.rows.decimal_comma).filter(|metres| is_precision(*metres));
            if port.precision_m.is_none() {
                doubts.push(self.problem(PRECISION, PRECISION_EXPECTED));
            }
        }
        Ok(port)
    }
}

/// What is said of a radius that is none.
pub(crate) const RADIUS_EXPECTED: &str = "expected metres above 0 and up to 200000; left out, so the radius follows from the harbour size";

/// What is said of a precision that is none.
pub(crate) const PRECISION_EXPECTED: &str = "expected metres of 0 or more; left out";

/// Whether a port may have this radius, in metres.
pub(crate) fn is_radius(radius_m: f64) -> bool {
    radius_m > 0.0 && radius_m <= LONGEST_RADIUS_M
}

/// Whether a port's place may be known so exactly, in metres.
pub(crate) fn is_precision(precision_m: f64) -> bool {
    (0.0..f64::INFINITY).contains(&precision_m)
}

/// A finite number, with a decimal point or, where the separator allows it, a decimal comma.
pub(crate) fn number(text: &str, decimal_comma: bool) -> Option<f64> {
    let parsed = if decimal_comma {
        text.replace(',', ".").parse()
    } else {
        text.parse()
    };
    parsed.ok().filter(|number: &f64| number.is_finite())
}

/// What a table says of a port beside its place, as text.
#[derive(Default)]
pub(crate) struct Particulars<'a> {
    pub(crate) name: &'a str,
    pub(crate) locode: &'a str,
    pub(crate) country: &'a str,
    pub(crate) size: &'a str,
    pub(crate) aliases: &'a str,
    pub(crate) other_codes: &'a str,
    pub(crate) source: &'a str,
}

impl Particulars<'_> {
    /// The port. Without a name it is called by its code; without a country it is in that of its
    /// code; a code that is no UN/LOCODE is one of its other codes.
    pub(crate) fn port(&self, place: Place) -> Port {
        let locode: Option<Locode> = self.locode.parse().ok();
        let mut other_codes = listed(self.other_codes);
        if locode.is_none() && !self.locode.is_empty() {
            other_codes.insert(0, self.locode.to_owned());
        }
        let name = match self.name {
            "" => locode.map_or_else(|| self.locode.to_owned(), |locode| locode.to_string()),
            name => name.split_whitespace().collect::<Vec<_>>().join(" "),
        };
        let mut aliases = listed(self.aliases);
        aliases.retain(|alias| *alias != name);
        Port {
            name,
            locode,
            country: country(self.country).or(locode.map(|locode: Locode| locode.country())),
            aliases,
            other_codes,
            place,
            harbor_size: size(self.size),
            radius_m: None,
            source: source(self.source),
            precision_m: None,
        }
    }
}

/// The parts of a list separated by semicolons.
pub(crate) fn listed(text: &str) -> Vec<String> {
    text.split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The source that a table names. One that is not known, or none, makes the port the user's own: other
/// tables have columns of that name, too, and what stands there is no reason to pass a port over.
fn source(text: &str) -> PortSource {
    match plain(text).as_str() {
        "wpi" => PortSource::Wpi,
        "unlocode" => PortSource::Unlocode,
        "landfall" => PortSource::Landfall,
        _ => PortSource::User,
    }
}

fn size(text: &str) -> Option<HarborSize> {
    match plain(text).as_str() {
        "large" | "l" => Some(HarborSize::Large),
        "medium" | "m" => Some(HarborSize::Medium),
        "small" | "s" => Some(HarborSize::Small),
        "verysmall" | "v" => Some(HarborSize::VerySmall),
        _ => None,
    }
}

/// What a table of lines is, by its header or, for UN/LOCODE, by its first rows.
pub(crate) fn format_of(text: &str) -> Option<PortFormat> {
    let rows = Rows::new(text);
    if rows.has(&["mainportname"]) && rows.has(LATITUDE) && rows.has(LONGITUDE) {
        Some(PortFormat::WorldPortIndex)
    } else if ports_anchorages::recognises(&rows) {
        Some(PortFormat::Anchorages)
    } else if ports_locode::recognises(text) {
        Some(PortFormat::UnLocode)
    } else if rows.has(LATITUDE) && rows.has(LONGITUDE) && (rows.has(NAME) || rows.has(LOCODE)) {
        Some(PortFormat::Table)
    } else {
        None
    }
}

/// Reads the World Port Index, or a table of one's own.
pub(crate) fn read_table(text: &str, format: PortFormat) -> PortTable {
    let mut table = PortTable::new(format);
    let rows = Rows::new(text).for_each(|row| match row.port(&mut table.doubts) {
        Ok(port) => table.ports.push(port),
        Err(problem) => table.rejected.push(problem),
    });
    table.rows = rows;
    table.used = table.ports.len() as u64;
    table
}
