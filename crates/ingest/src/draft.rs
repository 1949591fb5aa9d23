//! A draft of a column map: which column of a file that is not recognised seems to be which, by the
//! words in its header and by what its first rows hold, for the user to correct.

use crate::IngestError;
use crate::excerpt::excerpt;
use crate::field::Field;
use crate::format::normalised;
use crate::header::{looks_like_a_row, splits};
use crate::input_file::is_standard_input;
use crate::layout::Clock;
use crate::magic::Content;
use crate::numbers;
use crate::positions::open;
use crate::stored::unpacked;
use crate::time_format::{Likeness, time_of_day};
use crate::words;
use std::fmt::Write as _;
use std::io::Read;
use std::path::Path;

/// How much of a file is looked at.
const MOST_BYTES: u64 = 64 * 1024;
/// How many rows are.
const MOST_ROWS: usize = 100;
/// How many columns are listed that seem to be nothing.
const MOST_LISTED: usize = 40;

/// A draft of a file for `--columns`, for a file of positions that is not recognised: TOML with the
/// best guesses and, behind them as comments, what each rests on and what else could be meant.
///
/// `None` if the file is no table, or an archive of several.
///
/// # Errors
///
/// If the file cannot be read.
pub fn draft_column_map(path: &Path) -> Result<Option<String>, IngestError> {
    let (file, _, content) = open(path)?;
    let shown = path.display().to_string();
    let table = match content {
        Content::Text | Content::Gzip | Content::Zstd => {
            let mut bytes = Vec::new();
            let read = unpacked(content, file)
                .and_then(|reader| reader.take(MOST_BYTES).read_to_end(&mut bytes));
            // Of what is damaged further down the beginning will do.
            if read.is_err() && bytes.is_empty() {
                return Ok(None);
            }
            Table::of_text(&bytes)
        }
        Content::Parquet => table_of_parquet(path),
        _ => None,
    };
    let name = if is_standard_input(path) {
        "standard input"
    } else {
        &shown
    };
    Ok(table.map(|table| table.draft(name)))
}

#[cfg(feature = "polars")]
fn table_of_parquet(path: &Path) -> Option<Table> {
    let (names, rows) = crate::parquet::first_rows(path, MOST_ROWS).ok()?;
    Some(Table {
        names: Some(names),
        rows,
        delimiter: None,
    })
}

#[cfg(not(feature = "polars"))]
fn table_of_parquet(_path: &Path) -> Option<Table> {
    None
}

/// The first rows of a table.
struct Table {
    /// `None` if there is no header.
    names: Option<Vec<String>>,
    rows: Vec<Vec<String>>,
    /// What separates the fields of a text.
    delimiter: Option<u8>,
}

/// What a column holds, as far as it was looked at.
#[derive(Default)]
struct Holds {
    name: String,
    texts: usize,
    /// Texts that are what the words say.
    mmsis: usize,
    times: usize,
    clocks: usize,
    numbers: usize,
    fractions: usize,
    letters: usize,
    least: f64,
    most: f64,
    example: String,
}

impl Holds {
    fn add(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() || words::means_absent(text.as_bytes()) {
            return;
        }
        if self.texts == 0 {
            self.example = excerpt(text.as_bytes());
        }
        self.texts += 1;
        let bytes = text.as_bytes();
        let is_mmsi = numbers::whole(bytes).is_some_and(|number| {
            (100_000_000..1_000_000_000).contains(&number) && (b'2'..=b'7').contains(&bytes[0])
        });
        self.mmsis += usize::from(is_mmsi);
        self.times += usize::from(!is_mmsi && Likeness::of(bytes).is_some());
        self.clocks += usize::from(time_of_day(bytes).is_some());
        self.letters += usize::from(bytes.iter().any(u8::is_ascii_alphabetic));
        if let Some(number) = numbers::number(bytes) {
            self.numbers += 1;
            self.fractions += usize::from(bytes.iter().any(|byte| matches!(byte, b'.' | b',')));
            self.least = self.least.min(number);
            self.most = self.most.max(number);
        }
    }

    fn are_all(&self, count: usize) -> bool {
        self.texts > 0 && count == self.texts
    }

    fn are_most(&self, count: usize) -> bool {
        count * 10 >= self.texts * 9 && self.texts > 0
    }

    fn are_numbers_within(&self, most: f64) -> bool {
        self.are_most(self.numbers) && self.least >= -most && self.most <= most
    }

    fn has_word(&self, words: &[&str]) -> bool {
        let name = normalised(&self.name);
        words.iter().any(|word| name.contains(word))
    }

    fn is_called(&self, names: &[&str]) -> bool {
        names.contains(&normalised(&self.name).as_str())
    }

    /// How well the column would be a field: 0 if it cannot be, above 10 if its name says so too.
    fn score(&self, field: Field) -> u32 {
        const TIMES: [&str; 15] = [
            "time", "date", "utc", "when", "wann", "stamp", "epoch", "zeit", "datum", "heure",
            "fecha", "hora", "tid", "moment", "recv",
        ];
        const SHIPS: [&str; 10] = [
            "mmsi", "ship", "vessel", "boat", "craft", "navire", "schiff", "buque", "hull", "ident",
        ];
        let named = |words: &[&str], called: &[&str]| {
            10 * u32::from(self.has_word(words) || self.is_called(called))
        };
        let if_named = |is_possible: bool, words: &[&str], called: &[&str]| {
            u32::from(is_possible) * named(words, called)
        };
        let with_fractions = self.fractions * 2 > self.texts;
        match field {
            Field::Mmsi if self.are_most(self.mmsis) => 5 + named(&SHIPS, &["id"]),
            Field::VesselId if !self.are_most(self.times) && !with_fractions => {
                if_named(self.texts > 0, &SHIPS, &["id", "imo", "uid"])
            }
            Field::Time if self.are_most(self.times) => 5 + named(&TIMES, &["t", "ts", "dt"]),
            Field::Time if !self.are_most(self.clocks) => {
                if_named(self.texts > 0, &TIMES, &["t", "ts", "dt"]) / 2
            }
            Field::Latitude if self.are_numbers_within(91.0) => {
                let named = named(&["lat", "breite", "nord", "north"], &["y", "phi"]);
                named + u32::from(with_fractions)
            }
            Field::Longitude if self.are_numbers_within(360.0) => {
                let words = ["lon", "lng", "laenge", "länge", "lange", "ost", "east"];
                named(&words, &["x", "lambda"]) + u32::from(with_fractions)
            }
            Field::Speed => if_named(
                self.are_numbers_within(1023.0),
                &[
                    "speed", "sog", "knot", "fahrt", "geschw", "vitesse", "veloc", "spd", "fart",
                ],
                &["kn", "kts", "v"],
            ),
            Field::Course => if_named(
                self.are_numbers_within(3600.0),
                &["cog", "course", "kurs", "rumbo", "cours"],
                &["cap", "track", "trk"],
            ),
            Field::Heading => if_named(
                self.are_numbers_within(511.0),
                &["heading", "hdg", "truehead"],
                &["hd"],
            ),
            Field::NavStatus => if_named(self.texts > 0, &["status"], &["nav"]),
            Field::Name => if_named(
                self.letters * 2 > self.texts && !self.are_most(self.times),
                &["name", "nom", "nombre"],
                &["ship", "vessel", "navire", "schiff", "buque"],
            ),
            Field::Imo => if_named(self.texts > 0, &[], &["imo", "imonumber", "imono", "imonr"]),
            Field::CallSign => if_named(self.texts > 0, &["callsign", "rufzeichen"], &["call"]),
            Field::ShipType => if_named(self.texts > 0, &["shiptype", "vesseltype"], &["type"]),
            Field::Length => if_named(self.are_most(self.numbers), &["length"], &["loa"]),
            Field::Width => if_named(self.are_most(self.numbers), &["width", "beam"], &[]),
            Field::Draught => if_named(self.are_most(self.numbers), &["draught", "draft"], &[]),
            Field::Destination => if_named(self.letters > 0, &["destination"], &["dest"]),
            _ => 0,
        }
    }
}

/// The fields that are guessed, in the order in which columns are given to them.
const GUESSED: [Field; 16] = [
    Field::Mmsi,
    Field::Time,
    Field::Latitude,
    Field::Longitude,
    Field::Name,
    Field::VesselId,
    Field::Speed,
    Field::Course,
    Field::Heading,
    Field::NavStatus,
    Field::Imo,
    Field::CallSign,
    Field::ShipType,
    Field::Length,
    Field::Draught,
    Field::Destination,
];

impl Table {
    /// The first rows of a text: those with the number of fields that most of its lines have.
    fn of_text(bytes: &[u8]) -> Option<Self> {
        let line_end = if bytes.contains(&b'\n') { b'\n' } else { b'\r' };
        let mut lines: Vec<&[u8]> = bytes
            .split(|byte| *byte == line_end)
            .map(|line| {
                line.strip_prefix(b"\xef\xbb\xbf")
                    .unwrap_or(line)
                    .trim_ascii()
            })
            .filter(|line| !line.is_empty())
            .take(MOST_ROWS)
            .collect();
        if bytes.len() as u64 >= MOST_BYTES && lines.len() > 1 {
            // The last one may be cut off.
            lines.pop();
        }
        let split = |line: &[u8], by: u8| {
            let found = splits(line, None)
                .into_iter()
                .find(|(delimiter, _)| *delimiter == by);
            found.map(|(_, fields)| fields)
        };
        // The delimiter by which the most lines have the same number of fields, and many of them.
        let candidates = [b',', b';', b'\t', b'|'];
        let (delimiter, width) = candidates
            .into_iter()
            .filter_map(|delimiter| {
                let last = lines.last()?;
                let width = split(last, delimiter)?.len();
                let alike = lines.iter().filter(|line| {
                    split(line, delimiter).is_some_and(|fields| fields.len() == width)
                });
                Some((alike.count() * width, delimiter, width))
            })
            .max_by_key(|(weight, ..)| *weight)
            .map(|(_, delimiter, width)| (delimiter, width))?;
        let mut rows = lines.iter().filter_map(|line| {
            let fields = split(line, delimiter).filter(|fields| fields.len() == width);
            fields.map(|fields| (*line, fields))
        });
        let (first, fields) = rows.next()?;
        let is_row = looks_like_a_row(first);
        let others: Vec<Vec<String>> = rows
            .filter(|(line, _)| line.first() != Some(&b'#'))
            .map(|(_, fields)| fields)
            .collect();
        Some(if is_row {
            Self {
                names: None,
                rows: std::iter::once(fields).chain(others).collect(),
                delimiter: Some(delimiter),
            }
        } else {
            Self {
                names: Some(fields),
                rows: others,
                delimiter: Some(delimiter),
            }
        })
    }

    /// The draft, whose first comment names the table.
    fn draft(&self, table: &str) -> String {
        let columns = self.columns();
        let mut taken: Vec<Option<Field>> = vec![None; columns.len()];
        let mut text = format!(
            "# A draft for {}: correct it, save it, and give it with --columns.\n",
            excerpt(table.as_bytes())
        );
        for field in GUESSED {
            let is_vessel = matches!(field, Field::VesselId);
            if is_vessel && taken.contains(&Some(Field::Mmsi)) {
                continue;
            }
            let mut free = (0..columns.len()).filter(|column| taken[*column].is_none());
            let best = free
                .clone()
                .max_by_key(|column| (columns[*column].score(field), std::cmp::Reverse(*column)));
            if let Some(best) = best.filter(|best| columns[*best].score(field) > 0) {
                taken[best] = Some(field);
            } else if free.next().is_none() {
                break;
            }
        }
        let clock = self.add_clock(&columns, &mut taken);
        self.write_head(&columns, &taken, &mut text);
        text += "\n[columns]\n";
        for field in GUESSED.into_iter().chain([Field::Date]) {
            let column = taken.iter().position(|taken| *taken == Some(field));
            if let Some(column) = column {
                let is_sure = columns[column].score(field) > 9 || clock.is_some();
                self.write_line(field, column, is_sure, &columns, &taken, &mut text);
            } else if matches!(field, Field::Time | Field::Latitude | Field::Longitude) {
                let _ = writeln!(text, "# {} = ?", field.label());
            } else if field == Field::VesselId && !taken.contains(&Some(Field::Mmsi)) {
                text += "# mmsi = ?   or vessel_id = ?, or above [columns]: vessel_from = \"file-name\"\n";
            }
        }
        let rest: Vec<String> = (0..columns.len())
            .filter(|column| taken[*column].is_none())
            .take(MOST_LISTED)
            .map(|column| format!("{} (`{}`)", self.key(column), columns[column].example))
            .collect();
        if !rest.is_empty() {
            let _ = writeln!(text, "# not used: {}", rest.join(", "));
        }
        text
    }

    fn columns(&self) -> Vec<Holds> {
        let width = self.names.as_ref().map_or_else(
            || self.rows.iter().map(Vec::len).max().unwrap_or_default(),
            Vec::len,
        );
        (0..width)
            .map(|column| {
                let names = self.names.as_ref();
                let mut holds = Holds {
                    name: names.map_or_else(String::new, |names| names[column].clone()),
                    least: f64::INFINITY,
                    most: f64::NEG_INFINITY,
                    ..Holds::default()
                };
                for row in &self.rows {
                    holds.add(row.get(column).map_or("", String::as_str));
                }
                holds
            })
            .collect()
    }

    /// Makes of a column of days and one of times of day the two halves of a time.
    fn add_clock(&self, columns: &[Holds], taken: &mut [Option<Field>]) -> Option<Clock> {
        let day = taken.iter().position(|taken| *taken == Some(Field::Time))?;
        let is_free = |column: &usize| taken[*column].is_none();
        let is_clock = |column: &usize| columns[*column].are_all(columns[*column].clocks);
        let clock = (0..columns.len()).find(|column| is_free(column) && is_clock(column))?;
        let in_day = |row: &Vec<String>| !row.get(day).is_some_and(|text| text.contains(':'));
        if !self.rows.iter().all(in_day) {
            return None;
        }
        taken[day] = Some(Field::Date);
        taken[clock] = Some(Field::Time);
        Some(Clock::Colons)
    }

    /// What stands above the table of columns.
    fn write_head(&self, columns: &[Holds], taken: &[Option<Field>], text: &mut String) {
        if self.names.is_none() {
            text.push_str("header = false\n");
        }
        if let Some(delimiter) = self.delimiter.filter(|delimiter| *delimiter != b',') {
            let shown = match delimiter {
                b'\t' => "tab".to_owned(),
                other => char::from(other).to_string(),
            };
            let _ = writeln!(text, "delimiter = \"{shown}\"");
        }
        let dated = [Field::Date, Field::Time]
            .into_iter()
            .find_map(|field| taken.iter().position(|taken| *taken == Some(field)));
        let is_read = dated.is_some_and(|column| columns[column].times > 0);
        let _ = writeln!(
            text,
            "{}",
            if is_read {
                "# time_format = \"day-first\"   # or month-first, iso, unix-seconds, a pattern, ...; \
                 left out: told from the values"
            } else {
                "# time_format = \"%d %b %Y %H:%M\"   # a pattern that fits the times: %d day, %m month, \
                 %b its name, %Y year, %H:%M:%S"
            }
        );
        text.push_str("# speed_unit = \"knots\"   # or m/s, km/h, tenths of knots\n");
    }

    /// How a column is named in the draft.
    fn key(&self, column: usize) -> String {
        match &self.names {
            Some(names) => toml::Value::String(excerpt(names[column].as_bytes())).to_string(),
            None => (column + 1).to_string(),
        }
    }

    fn write_line(
        &self,
        field: Field,
        column: usize,
        is_sure: bool,
        columns: &[Holds],
        taken: &[Option<Field>],
        text: &mut String,
    ) {
        let is_other = |other: &usize| taken[*other].is_none() && columns[*other].score(field) > 0;
        let others: Vec<String> = (0..columns.len())
            .filter(is_other)
            .take(3)
            .map(|other| self.key(other))
            .collect();
        let mut why = format!("such as `{}`", columns[column].example);
        if !is_sure {
            why.push_str("; guessed by its values");
        }
        if !others.is_empty() {
            why.push_str("; or ");
            why.push_str(&others.join(", "));
        }
        let _ = writeln!(text, "{} = {}   # {why}", field.label(), self.key(column));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column_map::ColumnMap;

    fn draft(text: &str) -> String {
        let draft = Table::of_text(text.as_bytes()).unwrap().draft("a.csv");
        if !draft.contains(" = ?") {
            ColumnMap::parse(&draft).unwrap();
        }
        draft
    }

    #[test]
    fn a_header_in_other_words_is_guessed_by_its_words_and_values() {
        insta::assert_snapshot!(draft("Schiff;Wann;Breite;Laenge;Fahrt;Wetter\n\
            235000001;2026-03-01T00:00:00Z;50,967;1,85;10,5;gut\n235000001;2026-03-01T00:10:00Z;50,968;1,86;10,4;gut\n"), @r#"
        # A draft for a.csv: correct it, save it, and give it with --columns.
        delimiter = ";"
        # time_format = "day-first"   # or month-first, iso, unix-seconds, a pattern, ...; left out: told from the values
        # speed_unit = "knots"   # or m/s, km/h, tenths of knots

        [columns]
        mmsi = "Schiff"   # such as `235000001`
        time = "Wann"   # such as `2026-03-01T00:00:00Z`
        latitude = "Breite"   # such as `50,967`
        longitude = "Laenge"   # such as `1,85`
        speed = "Fahrt"   # such as `10,5`
        # not used: "Wetter" (`gut`)
        "#);
    }

    #[test]
    fn a_file_without_a_header_is_guessed_by_its_values_alone() {
        insta::assert_snapshot!(draft("235000001,2026-03-01T00:00:00Z,50.96700,1.85000,10.5\n\
            235000001,2026-03-01T00:10:00Z,50.96700,1.85000,10.4\n"), @r#"
        # A draft for a.csv: correct it, save it, and give it with --columns.
        header = false
        # time_format = "day-first"   # or month-first, iso, unix-seconds, a pattern, ...; left out: told from the values
        # speed_unit = "knots"   # or m/s, km/h, tenths of knots

        [columns]
        mmsi = 1   # such as `235000001`; guessed by its values
        time = 2   # such as `2026-03-01T00:00:00Z`; guessed by its values
        latitude = 3   # such as `50.96700`; guessed by its values; or 5
        longitude = 4   # such as `1.85000`; guessed by its values; or 5
        # not used: 5 (`10.5`)
        "#);
    }

    #[test]
    fn two_columns_of_a_time_and_what_is_missing_are_told() {
        insta::assert_snapshot!(draft("day,clock,north,who\n1 de marzo,00:10,50.967,A\n"), @r#"
        # A draft for a.csv: correct it, save it, and give it with --columns.
        # time_format = "%d %b %Y %H:%M"   # a pattern that fits the times: %d day, %m month, %b its name, %Y year, %H:%M:%S
        # speed_unit = "knots"   # or m/s, km/h, tenths of knots

        [columns]
        # time = ?
        latitude = "north"   # such as `50.967`
        # longitude = ?
        # mmsi = ?   or vessel_id = ?, or above [columns]: vessel_from = "file-name"
        # not used: "day" (`1 de marzo`), "clock" (`00:10`), "who" (`A`)
        "#);
        insta::assert_snapshot!(draft("Boat,d,c,LatDeg,LonDeg\n235000001,01/03/2026,00:10,50.967,1.85\n"), @r#"
        # A draft for a.csv: correct it, save it, and give it with --columns.
        # time_format = "day-first"   # or month-first, iso, unix-seconds, a pattern, ...; left out: told from the values
        # speed_unit = "knots"   # or m/s, km/h, tenths of knots

        [columns]
        mmsi = "Boat"   # such as `235000001`
        time = "c"   # such as `00:10`
        latitude = "LatDeg"   # such as `50.967`
        longitude = "LonDeg"   # such as `1.85`
        date = "d"   # such as `01/03/2026`
        "#);
    }

    #[test]
    fn no_text_is_too_odd() {
        for text in [
            "",
            "\n",
            "a",
            "a,b",
            ",,,\n,,,",
            "\"a,b\n\"c",
            "\u{1b}[31m,x\n1,2",
        ] {
            let _ = Table::of_text(text.as_bytes()).map(|table| table.draft("\u{1b}[2J"));
        }
    }
}
