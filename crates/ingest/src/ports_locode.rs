//! UN/LOCODE is the United Nations' code list of places of trade and transport, many of them ports.
//!
//! Source: UN/LOCODE Manual (UNECE). The official files have no header and their `Change` column may
//! hold `#`; copies with a header have the columns for function and status either way round, so
//! these are told apart by what is in them. A place is a port if its function begins with 1.

use crate::list::ListProblem;
use crate::ports::{PortFormat, PortTable};
use crate::ports_rows::{Particulars, Row, Rows, plain};
use landfall_track::{LonLat, Place, Port, Position};

/// The official files' columns.
const HEADER: [&str; 12] = [
    "Change",
    "Country",
    "Location",
    "Name",
    "NameWoDiacritics",
    "Subdivision",
    "Function",
    "Status",
    "Date",
    "IATA",
    "Coordinates",
    "Remarks",
];
const COUNTRY: &[&str] = &["country"];
const LOCATION: &[&str] = &["location"];
const NAME: &[&str] = &["name"];
const PLAIN_NAME: &[&str] = &["namewodiacritics"];
const COORDINATES: &[&str] = &["coordinates"];
/// The two columns whose order varies.
const FUNCTION: &[&str] = &["function"];
const STATUS: &[&str] = &["status"];

/// How many rows are looked at to tell what the list is.
const SAMPLE_ROWS: usize = 2_000;

/// Whether a text is UN/LOCODE's code list.
pub(crate) fn recognises(text: &str) -> bool {
    has_header(text) || is_without_header(text)
}

fn has_header(text: &str) -> bool {
    let rows = Rows::after_header(text, None);
    [COUNTRY, LOCATION, COORDINATES, FUNCTION]
        .into_iter()
        .all(|names| rows.has(names))
}

/// Whether the first rows look like the official files: eleven or twelve fields, a country's two letters, and
/// a place's three characters or the country's own row, whose name begins with a full stop.
fn is_without_header(text: &str) -> bool {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = 0;
    for record in reader.records().take(20) {
        let Ok(record) = record else { return false };
        let field = |index: usize| record.get(index).unwrap_or_default().trim();
        let country = field(1).len() == 2 && field(1).bytes().all(|byte| byte.is_ascii_uppercase());
        let place = field(2).len() == 3 || field(3).starts_with('.') || field(3).contains('=');
        if !(11..=13).contains(&record.len()) || !country || !place || field(0).len() > 1 {
            return false;
        }
        rows += 1;
    }
    rows > 0
}

/// Reads the ports of a code list.
pub(crate) fn read(text: &str) -> PortTable {
    let rows = || {
        if has_header(text) {
            Rows::after_header(text, None)
        } else {
            Rows::without_header(text, &HEADER)
        }
    };
    let function = function_column(rows());
    let mut table = PortTable::new(PortFormat::UnLocode);
    let read = rows().for_each(|row| {
        let location = row.text(LOCATION);
        // A country's own row, or one that refers to another name.
        if location.is_empty() || !row.text(function).starts_with('1') {
            table.passed_over += 1;
            return;
        }
        match port(row) {
            Ok(port) => table.ports.push(port),
            Err(problem) => table.rejected.push(problem),
        }
    });
    table.rows = read;
    table.used = table.ports.len() as u64;
    table
}

/// The column that holds functions such as `1-3-----`: of the two the one that does so more often.
fn function_column(rows: Rows<'_>) -> &'static [&'static str] {
    let mut functions = [0_usize; 2];
    let mut seen = 0;
    rows.for_each(|row| {
        seen += 1;
        if seen <= SAMPLE_ROWS {
            for (count, names) in functions.iter_mut().zip([FUNCTION, STATUS]) {
                *count += usize::from(is_function(row.text(names)));
            }
        }
    });
    if functions[1] > functions[0] {
        STATUS
    } else {
        FUNCTION
    }
}

/// Whether a text is a function: digits, `B` and hyphens, while a status is two letters.
fn is_function(text: &str) -> bool {
    text.bytes()
        .any(|byte| byte.is_ascii_digit() || byte == b'-')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-' || byte == b'B')
}

fn port(row: &Row<'_>) -> Result<Port, ListProblem> {
    let coordinates = row.text(COORDINATES);
    if coordinates.is_empty() {
        return Err(row.problem(COORDINATES, "no coordinates, so the port has no place"));
    }
    let position = position(coordinates).ok_or_else(|| {
        row.problem(
            COORDINATES,
            "expected degrees and minutes such as `5155N 00421E`",
        )
    })?;
    let locode = format!("{}{}", row.text(COUNTRY), row.text(LOCATION));
    // The official files are not in UTF-8; the second name is in plain letters.
    let (name, plain_name) = (row.text(NAME), row.text(PLAIN_NAME));
    let garbled = name.is_empty() || name.contains('\u{fffd}');
    let (name, alias) = if garbled && !plain_name.is_empty() {
        (plain_name, "")
    } else {
        (name, plain_name)
    };
    let particulars = Particulars {
        name,
        locode: &locode,
        country: row.text(COUNTRY),
        aliases: if plain(alias) == plain(name) {
            ""
        } else {
            alias
        },
        ..Particulars::default()
    };
    Ok(particulars.port(Place::Points(vec![position])))
}

/// A place in degrees and minutes: `5155N 00421E`.
fn position(text: &str) -> Option<Position> {
    let (lat, lon) = text.split_once(' ')?;
    let lat = degrees(lat.trim(), 4, "NS", 90.0)?;
    let lon = degrees(lon.trim(), 5, "EW", 180.0)?;
    Position::from_degrees(LonLat { lon, lat })
}

/// Degrees and minutes of so many digits, and one of two letters of which the second is negative.
fn degrees(text: &str, digits: usize, letters: &str, most: f64) -> Option<f64> {
    let (number, letter) = text.split_at_checked(digits)?;
    let valid = number.bytes().all(|byte| byte.is_ascii_digit()) && letter.len() == 1;
    let sign = match letters.find(letter) {
        Some(0) if valid => 1.0,
        Some(1) if valid => -1.0,
        _ => return None,
    };
    let number: u32 = number.parse().ok()?;
    let minutes = number % 100;
    let degrees = f64::from(number / 100) + f64::from(minutes) / 60.0;
    (minutes < 60 && degrees <= most).then_some(sign * degrees)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFICIAL: &str = "\
,\"NL\",,\".NETHERLANDS\",,,,,,,,\r
#,\"NL\",\"RTM\",\"Rotterdam\",\"Rotterdam\",\"ZH\",\"12345---\",\"AF\",\"0212\",,\"5155N 00430E\",\r
,\"NL\",\"UTC\",\"Utrecht\",\"Utrecht\",\"UT\",\"-23-----\",\"AF\",\"0212\",,\"5205N 00507E\",\r
,\"CL\",\"PAG\",\"Puerto Aguirre\",\"Puerto Aguirre\",,\"1-------\",\"RL\",\"0212\",,,\r
,\"CL\",\"VAP\",\"Valpara\u{fffd}so\",\"Valparaiso\",\"VS\",\"1-------\",\"AI\",\"0212\",,\"3302S 07138W\",\r
,\"AX\",\"MHQ\",\"Mariehamn (Maarianhamina)\",\"Mariehamn\",,\"1--4----\",\"AI\",\"0212\",,\"6099N 01957E\",\r
";

    #[test]
    fn the_official_list_has_no_header_and_ports_are_those_of_function_1() {
        assert!(recognises(OFFICIAL));
        let table = read(OFFICIAL);
        assert_eq!((table.rows, table.used, table.passed_over), (6, 2, 2));
        assert_eq!(table.ports[0].locode.unwrap().as_str(), "NLRTM");
        assert_eq!(table.ports[1].name, "Valparaiso");
        let Place::Points(points) = &table.ports[1].place else {
            panic!()
        };
        assert_eq!(
            (points[0].lat_e7, points[0].lon_e7),
            (-330_333_333, -716_333_333)
        );
        let rejected: Vec<String> = table.rejected.iter().map(ToString::to_string).collect();
        assert_eq!(
            rejected,
            [
                "row 4, column `Coordinates`: no coordinates, so the port has no place",
                "row 6, column `Coordinates`, value `6099N 01957E`: expected degrees and minutes such \
                 as `5155N 00421E`",
            ]
        );
    }

    #[test]
    fn function_and_status_are_told_apart_by_what_is_in_them() {
        for header in [
            "Change,Country,Location,Name,NameWoDiacritics,Subdivision,Status,Function,Date,IATA,Coordinates,Remarks",
            "Change,Country,Location,Name,NameWoDiacritics,Subdivision,Function,Status,Date,IATA,Coordinates,Remarks",
        ] {
            let text = format!(
                "{header}\n,NL,RTM,Rotterdam,Rotterdam,ZH,12345---,AF,0212,,5155N 00430E,\n\
                 ,NL,UTC,Utrecht,Utrecht,UT,-23-----,AF,0212,,5205N 00507E,\n"
            );
            assert!(recognises(&text));
            let table = read(&text);
            assert_eq!((table.used, table.passed_over), (1, 1), "{header}");
        }
    }

    #[test]
    fn no_coordinates_are_taken_that_are_not_on_the_globe() {
        for text in [
            "",
            " ",
            "5155N",
            "5155N00421E",
            "9901N 00421E",
            "5155N 18001E",
            "5155X 00421E",
            "5160N 00421E",
            "é155N 00421E",
            "-155N 00421E",
        ] {
            assert_eq!(position(text), None, "{text}");
        }
        assert!(position("9000N 18000W").is_some());
    }
}
