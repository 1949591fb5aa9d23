//! The header is the first line of a file that matches a format. Lines before it are a preamble.

use crate::chunks::Chunks;
use crate::column_map::ColumnMap;
use crate::error::{FETCH_AGAIN, IngestError};
use crate::excerpt::excerpt;
use crate::format::normalised;
use crate::layout::{Layout, Recognition};
use crate::magic::{Content, ENOUGH};
use crate::numbers;
use crate::structural::{QUOTE, Structural};
use crate::table_name::Partitions;
use crate::time_format::Likeness;
use memchr::memchr;
use std::io::Read;
use std::path::Path;

/// How many lines may stand before the header.
const MAX_LINES: usize = 100;

/// How many bytes may.
const MAX_BYTES: usize = 1 << 20;

/// How much is read before anything is decided, so that the size of chunks decides nothing.
pub(crate) const SAMPLE: usize = 64 * 1024;

/// The delimiters that are tried.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A file's header.
#[derive(Debug)]
pub(crate) struct Header {
    /// Which column holds which field.
    pub layout: Layout,
    /// What lies between fields and records.
    pub structural: Structural,
    /// Where the first line after the header begins.
    pub next: usize,
    /// The texts of `# notice: TEXT` lines before it.
    pub notices: Vec<String>,
}

/// The line that comes nearest to a header, if none is one.
struct Nearest {
    missing: String,
    found: usize,
    names: Vec<String>,
}

impl Header {
    /// Finds the header in the beginning of a file, named `path` in errors, whose folders may name
    /// further columns. Where the user says that there is none, the first line that is neither blank
    /// nor a comment is the first row, unless some line is a header that is known.
    pub(crate) fn find<R: Read>(
        chunks: &mut Chunks<R>,
        map: Option<&ColumnMap>,
        path: &Path,
    ) -> Result<Self, IngestError> {
        chunks.fill_to(SAMPLE);
        refuse_what_is_no_text(chunks, path)?;
        let line_end = match (memchr(b'\n', chunks.bytes()), memchr(b'\r', chunks.bytes())) {
            (None, Some(_)) => b'\r',
            _ => b'\n',
        };
        let mut notices = Vec::new();
        let mut nearest: Option<Nearest> = None;
        let mut first_line = None;
        let mut start = 0;
        let partitions = Partitions::of(&path.to_string_lossy());
        for _ in 0..MAX_LINES {
            let Some((line, next)) = next_line(chunks, start, line_end) else {
                break;
            };
            let line_start = line.start;
            let line = &chunks.bytes()[line];
            let mark = if line.starts_with(BYTE_ORDER_MARK) {
                BYTE_ORDER_MARK.len()
            } else {
                0
            };
            let line = line[mark..].trim_ascii();
            start = next;
            if line.is_empty() {
                continue;
            }
            let is_comment = line[0] == b'#';
            if let Some(notice) = notice(line) {
                notices.push(notice);
                continue;
            }
            for (delimiter, names) in splits(line, map) {
                match Layout::recognise(&names, &partitions, map) {
                    Recognition::Layout(layout) => {
                        return Ok(Self {
                            layout: *layout,
                            structural: Structural {
                                delimiter,
                                line_end,
                            },
                            next,
                            notices,
                        });
                    }
                    Recognition::Near { missing, found }
                        if nearest.as_ref().is_none_or(|before| before.found < found) =>
                    {
                        nearest = Some(Nearest {
                            missing,
                            found,
                            names,
                        });
                    }
                    _ => {}
                }
            }
            if first_line.is_none() && !is_comment {
                first_line = Some((line_start + mark, line.to_vec()));
            }
        }
        if let (Some(map), Some((next, line))) = (map.filter(|map| map.is_headless()), &first_line)
        {
            let (layout, delimiter) = without_header(line, &partitions, map, path)?;
            return Ok(Self {
                layout,
                structural: Structural {
                    delimiter,
                    line_end,
                },
                next: *next,
                notices,
            });
        }
        let first_line = first_line.map(|(_, line)| line);
        Err(why_not(chunks.bytes(), path, nearest, first_line))
    }
}

/// What may stand before the first letter of a text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The layout of a file whose first row is `line`, as a column map says by numbers, and its delimiter:
/// the one that makes the most fields.
fn without_header(
    line: &[u8],
    partitions: &Partitions,
    map: &ColumnMap,
    path: &Path,
) -> Result<(Layout, u8), IngestError> {
    let Some((delimiter, fields)) = splits(line, Some(map)).into_iter().next() else {
        return Err(IngestError::NotRecognised {
            path: path.to_owned(),
            first_line: excerpt(line),
            hint: "; it has one column by every delimiter that is known".to_owned(),
        });
    };
    match Layout::without_header(fields.len(), partitions, map) {
        Recognition::Layout(layout) => Ok((*layout, delimiter)),
        Recognition::Near { missing, .. } => Err(IngestError::MissingColumn {
            path: path.to_owned(),
            missing,
            found: format!(
                "{} columns, separated by `{}`, in the first row `{}`",
                fields.len(),
                char::from(delimiter).escape_debug(),
                excerpt(line)
            ),
        }),
        Recognition::Unknown => Err(IngestError::NoHeader {
            path: path.to_owned(),
            first_line: excerpt(line),
        }),
    }
}

/// Whether a line is a row of positions rather than a header: among its fields are a time and two
/// other numbers, one of them with a fraction.
pub(crate) fn looks_like_a_row(line: &[u8]) -> bool {
    splits(line, None).iter().any(|(_, fields)| {
        let mut times = 0;
        let mut numbers = 0;
        let mut fractions = 0;
        for field in fields {
            let field = field.as_bytes();
            if Likeness::of(field).is_some() {
                times += 1;
            } else if numbers::number(field).is_some() {
                numbers += 1;
                fractions += usize::from(field.contains(&b'.'));
            }
        }
        times > 0 && numbers > 1 && fractions > 0
    })
}

/// What a row that cannot be used is, if it is a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeated {
    /// The header of the rows before, or one under which every column means the same.
    Same,
    /// The header of other columns, or of the same in another order.
    Other,
}

/// Whether a row is a header, as in files put together, under which the rows go on. `layout` is
/// that of the rows before.
#[cold]
pub(crate) fn repeated(
    line: &[u8],
    delimiter: u8,
    layout: &Layout,
    map: Option<&ColumnMap>,
) -> Option<Repeated> {
    /// No header is as long.
    const MAX_LINE: usize = 16 * 1024;
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    if line.len() > MAX_LINE {
        return None;
    }
    // Rows hold numbers and headers names: most rows are told apart by this alone.
    let is_name = |name: &[u8]| {
        let name = name.trim_ascii();
        name.is_empty()
            || name
                .iter()
                .any(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80)
    };
    if !line.split(|byte| *byte == delimiter).all(is_name) {
        return None;
    }
    let names = names(line, delimiter);
    let is_same = |(one, other): (&String, &String)| normalised(one) == normalised(other);
    if names.len() == layout.names.len() && names.iter().zip(&layout.names).all(is_same) {
        return Some(Repeated::Same);
    }
    match Layout::recognise(&names, &layout.partitions, map) {
        Recognition::Layout(other) if other.reads_as(layout) => Some(Repeated::Same),
        Recognition::Layout(_) => Some(Repeated::Other),
        _ => None,
    }
}

/// The line that begins at `start`, without its end, and where the next one begins.
fn next_line<R: Read>(
    chunks: &mut Chunks<R>,
    start: usize,
    line_end: u8,
) -> Option<(std::ops::Range<usize>, usize)> {
    loop {
        let bytes = chunks.bytes();
        if let Some(length) = memchr(line_end, bytes.get(start..)?) {
            return Some((start..start + length, start + length + 1));
        }
        if chunks.is_ended() || bytes.len() > MAX_BYTES {
            let rest = start..bytes.len().min(start + MAX_BYTES);
            return (!rest.is_empty()).then_some((rest, bytes.len()));
        }
        chunks.refill(0);
    }
}

/// The text of a line `# notice: TEXT`.
fn notice(line: &[u8]) -> Option<String> {
    let comment = line.strip_prefix(b"#")?.trim_ascii();
    let (word, text) = comment.split_at_checked(b"notice:".len())?;
    let text = String::from_utf8_lossy(text.trim_ascii());
    let text: String = text.chars().filter(|letter| !letter.is_control()).collect();
    (word.eq_ignore_ascii_case(b"notice:") && !text.is_empty()).then_some(text)
}

/// The names of a line by each delimiter that could be meant, most names first.
pub(crate) fn splits(line: &[u8], map: Option<&ColumnMap>) -> Vec<(u8, Vec<String>)> {
    /// No source has anything near as many columns.
    const MAX_COLUMNS: usize = 1024;
    let forced = map.and_then(|map| map.delimiter);
    let mut splits: Vec<_> = forced
        .into_iter()
        .chain(DELIMITERS)
        .map(|delimiter| (delimiter, names(line, delimiter)))
        .filter(|(_, names)| (2..=MAX_COLUMNS).contains(&names.len()))
        .collect();
    splits.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
    splits
}

/// The names of a header, without quotes and blanks around them.
fn names(line: &[u8], delimiter: u8) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = Some(line);
    while let Some(bytes) = rest {
        let quoted = bytes
            .strip_prefix(&[QUOTE])
            .and_then(|inner| Some((inner, memchr(QUOTE, inner)?)));
        let end_of = |from: usize| memchr(delimiter, &bytes[from..]).map(|at| at + from);
        let (name, end) = if let Some((inner, length)) = quoted {
            (&inner[..length], end_of(length + 2))
        } else {
            let end = end_of(0);
            (&bytes[..end.unwrap_or(bytes.len())], end)
        };
        let name = String::from_utf8_lossy(name.trim_ascii());
        names.push(name.trim_start_matches(['#', ' ']).to_owned());
        rest = end.map(|end| &bytes[end + 1..]);
    }
    names
}

fn refuse_what_is_no_text<R: Read>(chunks: &Chunks<R>, path: &Path) -> Result<(), IngestError> {
    let bytes = chunks.bytes();
    let path = path.to_owned();
    if let Some(failure) = chunks.failure()
        && bytes.is_empty()
    {
        return Err(IngestError::BrokenOff {
            path,
            row: 0,
            detail: failure.to_string(),
            mend: FETCH_AGAIN,
        });
    }
    if bytes.iter().all(u8::is_ascii_whitespace) && chunks.is_ended() {
        return Err(IngestError::Empty { path });
    }
    let content = Content::of(&bytes[..bytes.len().min(ENOUGH)]);
    match (content, content.packed()) {
        (Content::Text, _) => Ok(()),
        (Content::Utf16, _) => Err(IngestError::Utf16 { path }),
        (_, Some(what)) => Err(IngestError::NestedArchive {
            path,
            what: what.to_owned(),
        }),
        (Content::Foreign(what), None) => Err(IngestError::Binary {
            path,
            what: what.to_owned(),
        }),
        (_, None) => Ok(()),
    }
}

fn why_not(
    bytes: &[u8],
    path: &Path,
    nearest: Option<Nearest>,
    first_line: Option<Vec<u8>>,
) -> IngestError {
    /// Of the four things that every row needs; with fewer it is a table of something else.
    const NEAR: usize = 2;
    let path = path.to_owned();
    let head = &bytes[..bytes.len().min(4096)];
    let odd = head.iter().filter(|byte| is_control(**byte)).count();
    if memchr(0, head).is_some() || odd * 20 > head.len() {
        return IngestError::Binary {
            path,
            what: "binary data".to_owned(),
        };
    }
    if let Some(nearest) = nearest.filter(|nearest| nearest.found >= NEAR) {
        let found: Vec<_> = nearest
            .names
            .iter()
            .map(|name| format!("`{}`", excerpt(name.as_bytes())))
            .collect();
        let shown = found.len().min(20);
        let more = if shown < found.len() { ", …" } else { "" };
        return IngestError::MissingColumn {
            path,
            missing: nearest.missing,
            found: found[..shown].join(", ") + more,
        };
    }
    let first_line = first_line.unwrap_or_else(|| head.to_vec());
    if looks_like_a_row(&first_line) {
        return IngestError::NoHeader {
            path,
            first_line: excerpt(&first_line),
        };
    }
    let hint = match first_line.first() {
        Some(b'{' | b'[') => "; it looks like JSON",
        Some(b'<') => "; it looks like XML or HTML",
        Some(b'!' | b'$' | b'\\') => {
            "; it looks like raw NMEA sentences, which must be decoded first"
        }
        _ => "",
    };
    IngestError::NotRecognised {
        path,
        first_line: excerpt(&first_line),
        hint: hint.to_owned(),
    }
}

fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x1b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Field;

    fn find(text: &[u8]) -> Result<Header, IngestError> {
        Header::find(&mut Chunks::new(text, 4099), None, Path::new("a.csv"))
    }

    fn format(text: &str) -> String {
        find(text.as_bytes()).unwrap().layout.format
    }

    #[test]
    fn case_order_quotes_delimiter_and_byte_order_mark_do_not_matter() {
        for text in [
            "mmsi,basedatetime,lat,lon\n",
            "\u{feff}MMSI;BaseDateTime;LAT;LON\r\n",
            "\u{feff}\"LON\"\t\"LAT\"\t\"BaseDateTime\"\t\"MMSI\"\t\"Extra, of ours\"",
            "LON | LAT | BaseDateTime | MMSI\r",
            "\n\n# a comment\nsome title\nMMSI,BaseDateTime,LAT,LON\n1,2,3,4\n",
        ] {
            assert_eq!(format(text), "MarineCadastre 2015-2024", "{text:?}");
        }
    }

    #[test]
    fn a_file_without_a_header_is_read_by_numbers() {
        let map = ColumnMap::parse(
            "header = false\n[columns]\nmmsi = 1\ntime = 2\nlatitude = 3\nlongitude = 4\n",
        )
        .unwrap();
        let find = |text: &str| {
            let mut chunks = Chunks::new(text.as_bytes(), 4099);
            Header::find(&mut chunks, Some(&map), Path::new("a.csv"))
        };
        let row = "235000001;2026-03-01T00:00:00Z;50.967;1.85;x";
        for before in ["", "\u{feff}", "# made up\n\n"] {
            let header = find(&format!("{before}{row}\n{row}\n")).unwrap();
            assert_eq!(header.next, before.len());
            assert_eq!(header.structural.delimiter, b';');
            assert_eq!(header.layout.names.len(), 5);
            assert_eq!(header.layout.column_name(Field::Longitude), "column 4");
        }
        // A header that is known is one all the same.
        let known = find(&format!("mmsi,time,lat,lon\n{row}\n")).unwrap();
        assert_eq!(known.layout.format, "generic");
        insta::assert_snapshot!(find("235000001,2026-03-01,50.9\n").unwrap_err(), @"`a.csv` has no column for longitude (column 4, as the column file says): found 3 columns, separated by `,`, in the first row `235000001,2026-03-01,50.9`; say which column it is in a file for `--columns` (`landfall inspect` prints a draft of one)");
    }

    #[test]
    fn notices_before_the_header_are_kept() {
        let text = "# notice: made up\n#Notice:  by us \n# note: not this\nmmsi,time,lat,lon\n# notice: too late\n";
        assert_eq!(find(text.as_bytes()).unwrap().notices, ["made up", "by us"]);
    }

    #[test]
    fn a_header_far_down_is_none() {
        let text = "title\n".repeat(100) + "mmsi,time,lat,lon\n";
        assert!(matches!(
            find(text.as_bytes()),
            Err(IngestError::NotRecognised { .. })
        ));
        let text = "title\n".repeat(99) + "mmsi,time,lat,lon\n";
        assert!(find(text.as_bytes()).is_ok());
        let text = "x".repeat(3 << 20) + "\nmmsi,time,lat,lon\n";
        assert!(matches!(
            find(text.as_bytes()),
            Err(IngestError::NotRecognised { .. })
        ));
    }

    #[test]
    fn what_is_no_table_of_positions_is_told_in_a_sentence() {
        let said: Vec<String> = [
            &b""[..],
            b"\n \n",
            b"name,country\nNajin,KP\n",
            b"MMSI,LAT,LON,SOG\n1,2,3,4\n",
            b"235000001,2026-03-01T00:00:00Z,50.967,1.85\n",
            b"{\"type\": \"FeatureCollection\"}",
            b"!AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0*4E\n",
            b"\x00\x01\x02\x03\x04\x05",
            b"\xff\xfem\0m\0",
            b"%PDF-1.7",
            b"PK\x03\x04...",
        ]
        .iter()
        .map(|text| find(text).unwrap_err().to_string())
        .collect();
        insta::assert_snapshot!(said.join("\n"), @r#"
        `a.csv` is empty: fetch it again, or leave it out
        `a.csv` is empty: fetch it again, or leave it out
        `a.csv` has no header that is known: the first line is `name,country`; expected column names such as `MMSI,BaseDateTime,LAT,LON`, or say which column is which in a file for `--columns` (`landfall inspect` prints a draft of one)
        `a.csv` has no column for the time (such as `timestamp`): found `MMSI`, `LAT`, `LON`, `SOG`; say which column it is in a file for `--columns` (`landfall inspect` prints a draft of one)
        `a.csv` has no header: its first line is a row, `235000001,2026-03-01T00:00:00Z,50.967,1.85`; say which column is which by number, with `header = false` and `mmsi = 1` and so on, in a file for `--columns` (`landfall inspect` prints a draft of one)
        `a.csv` has no header that is known: the first line is `{"type": "FeatureCollection"}`; it looks like JSON; expected column names such as `MMSI,BaseDateTime,LAT,LON`, or say which column is which in a file for `--columns` (`landfall inspect` prints a draft of one)
        `a.csv` has no header that is known: the first line is `!AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0*4E`; it looks like raw NMEA sentences, which must be decoded first; expected column names such as `MMSI,BaseDateTime,LAT,LON`, or say which column is which in a file for `--columns` (`landfall inspect` prints a draft of one)
        `a.csv` is not a text file but binary data: expected CSV or Parquet
        `a.csv` is in UTF-16: save it again as UTF-8 (`iconv -f UTF-16 -t UTF-8 FILE > NEW.csv`)
        `a.csv` is not a text file but a PDF document: expected CSV or Parquet
        `a.csv` is itself a zip archive: unpack the outer one first
        "#);
    }
}
