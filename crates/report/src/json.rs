//! JSON as it is written here: coordinates from whole numbers, so that no binary fraction shows, and
//! measures rounded to the decimals they are good for. The same value is always the same bytes.

use crate::extent::Extent;
use crate::{Feature, Geometry, LinePoint, Lines, Property, SourceName, Value};
use landfall_track::{BoundingBox, Position, Timestamp, is_hidden};
use std::io::{self, Write};
use std::ops::{Deref, DerefMut};

/// JSON on its way to a file: what was appended goes there whenever it is much, so that the longest
/// feature takes no more memory than others.
pub(crate) struct Outlet<'w> {
    bytes: &'w mut Vec<u8>,
    to: &'w mut dyn Write,
    written: io::Result<()>,
}

/// So many bytes are kept back at most, but for one item of a list.
const KEPT_BACK: usize = 1 << 16;

impl<'w> Outlet<'w> {
    /// Behind what is in `bytes`, which is working space.
    pub(crate) fn new(bytes: &'w mut Vec<u8>, to: &'w mut dyn Write) -> Self {
        Self {
            bytes,
            to,
            written: Ok(()),
        }
    }

    /// Sends what was appended on its way, if it is much.
    fn relieve(&mut self) {
        if self.bytes.len() >= KEPT_BACK {
            self.send();
        }
    }

    fn send(&mut self) {
        if self.written.is_ok() {
            self.written = self.to.write_all(self.bytes);
        }
        self.bytes.clear();
    }

    /// Sends the rest.
    ///
    /// # Errors
    /// If anything could not be written.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.send();
        self.written
    }
}

impl Deref for Outlet<'_> {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        self.bytes
    }
}

impl DerefMut for Outlet<'_> {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        self.bytes
    }
}

/// Appends what a `FeatureCollection` begins with: its type, the notices if there are any, and the
/// bracket before the first feature.
pub(crate) fn push_collection_start(out: &mut Vec<u8>, notices: &[String]) {
    out.extend_from_slice(br#"{"type":"FeatureCollection","#);
    if !notices.is_empty() {
        out.extend_from_slice(br#""notices":["#);
        for (number, notice) in notices.iter().enumerate() {
            if number > 0 {
                out.push(b',');
            }
            push_text(out, notice);
        }
        out.extend_from_slice(b"],");
    }
    out.extend_from_slice(br#""features":["#);
}

/// Appends a feature without a line break. `extent` is working space.
pub(crate) fn push_feature(out: &mut Outlet<'_>, feature: &Feature<'_>, extent: &mut Extent) {
    out.extend_from_slice(br#"{"type":"Feature","id":"#);
    push_text(out, feature.id);
    if !matches!(feature.geometry, Geometry::Point(_)) {
        extent.clear();
        extent.add_geometry(feature.geometry);
        if let Some(bounds) = extent.bounds() {
            out.extend_from_slice(br#","bbox":"#);
            push_bounds(out, bounds);
        }
    }
    out.extend_from_slice(br#","geometry":"#);
    push_geometry(out, feature.geometry);
    out.extend_from_slice(br#","properties":"#);
    push_record(out, feature.properties);
    out.push(b'}');
}

fn push_record(out: &mut Outlet<'_>, properties: &[Property<'_>]) {
    out.push(b'{');
    for (number, (name, value)) in properties.iter().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        push_text(out, name);
        out.push(b':');
        push_value(out, value);
    }
    out.push(b'}');
}

/// Appends items between brackets, with commas between them.
pub(crate) fn push_list<T>(out: &mut Outlet<'_>, items: &[T], push: impl Fn(&mut Outlet<'_>, &T)) {
    out.push(b'[');
    for (number, item) in items.iter().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        push(out, item);
        out.relieve();
    }
    out.push(b']');
}

fn push_geometry(out: &mut Outlet<'_>, geometry: Geometry<'_>) {
    match geometry {
        Geometry::Absent => out.extend_from_slice(b"null"),
        Geometry::Point(position) => {
            out.extend_from_slice(br#"{"type":"Point","coordinates":"#);
            push_position(out, position);
            out.push(b'}');
        }
        Geometry::Line(lines) | Geometry::Path(lines) if lines.is_empty() => {
            out.extend_from_slice(b"null");
        }
        Geometry::Line(lines) if lines.parts().len() == 1 => {
            out.extend_from_slice(br#"{"type":"LineString","coordinates":"#);
            for part in lines.parts() {
                push_list(out, part, push_coordinates);
            }
            out.push(b'}');
        }
        Geometry::Line(lines) | Geometry::Path(lines) => {
            out.extend_from_slice(br#"{"type":"MultiLineString","coordinates":"#);
            push_parts(out, lines, push_coordinates);
            out.push(b'}');
        }
        Geometry::Areas(areas) if areas.is_empty() => out.extend_from_slice(b"null"),
        Geometry::Areas(areas) => {
            out.extend_from_slice(br#"{"type":"MultiPolygon","coordinates":"#);
            push_list(out, areas.polygons(), |out, rings| {
                push_list(out, rings, |out, ring| {
                    push_list(out, ring, |out, corner| push_position(out, *corner));
                });
            });
            out.push(b'}');
        }
    }
}

fn push_value(out: &mut Outlet<'_>, value: &Value<'_>) {
    match value {
        Value::Absent => out.extend_from_slice(b"null"),
        Value::Text(text) => push_text(out, text),
        Value::Count(count) => push_unsigned(out, *count),
        Value::Measure { value, decimals } => push_measure(out, *value, *decimals),
        Value::Truth(truth) => out.extend_from_slice(if *truth { b"true" } else { b"false" }),
        Value::Time(time) => push_time(out, *time),
        Value::Texts(texts) => push_list(out, texts, |out, text| push_text(out, text)),
        Value::Records(records) => push_list(out, records, |out, record| push_record(out, record)),
        Value::VertexTimes(lines) if lines.is_empty() => out.extend_from_slice(b"null"),
        Value::VertexTimes(lines) => push_parts(out, lines, push_point_time),
        Value::Source { first, last } => {
            out.extend_from_slice(br#"{"first":"#);
            push_source(out, *first);
            out.extend_from_slice(br#","last":"#);
            push_source(out, *last);
            out.push(b'}');
        }
    }
}

/// A value as JSON.
pub(crate) fn text_of(value: &Value<'_>) -> String {
    let (mut bytes, mut json) = (Vec::new(), Vec::new());
    let mut out = Outlet::new(&mut bytes, &mut json);
    push_value(&mut out, value);
    let written = out.finish();
    debug_assert!(written.is_ok(), "a Vec takes every byte");
    String::from_utf8_lossy(&json).into_owned()
}

fn push_source(out: &mut Vec<u8>, source: SourceName<'_>) {
    out.extend_from_slice(br#"{"file":"#);
    push_text(out, source.file);
    out.extend_from_slice(br#","row":"#);
    push_unsigned(out, source.row);
    out.push(b'}');
}

/// Appends what is to be said of every point, in an array for every part.
fn push_parts(out: &mut Outlet<'_>, lines: &Lines, push: impl Fn(&mut Outlet<'_>, &LinePoint)) {
    out.push(b'[');
    for (number, part) in lines.parts().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        push_list(out, part, &push);
    }
    out.push(b']');
}

fn push_coordinates(out: &mut Outlet<'_>, point: &LinePoint) {
    push_position(out, point.position);
}

fn push_point_time(out: &mut Outlet<'_>, point: &LinePoint) {
    push_seconds(out, point.time);
}

/// Appends `[west,south,east,north]` (RFC 7946, section 5).
pub(crate) fn push_bounds(out: &mut Vec<u8>, bounds: BoundingBox) {
    out.push(b'[');
    push_degrees(out, bounds.south_west.lon_e7);
    out.push(b',');
    push_degrees(out, bounds.south_west.lat_e7);
    out.push(b',');
    push_degrees(out, bounds.north_east.lon_e7);
    out.push(b',');
    push_degrees(out, bounds.north_east.lat_e7);
    out.push(b']');
}

/// Appends `[longitude,latitude]`.
pub(crate) fn push_position(out: &mut Vec<u8>, position: Position) {
    out.push(b'[');
    push_degrees(out, position.lon_e7);
    out.push(b',');
    push_degrees(out, position.lat_e7);
    out.push(b']');
}

/// Appends 1e-7 degrees as degrees, exactly and without trailing zeros.
pub(crate) fn push_degrees(out: &mut Vec<u8>, e7: i32) {
    const DECIMALS: usize = 7;
    // Written from the back; the longest is `-180.1234567`.
    let mut text = [b'0'; 12];
    let mut start = text.len();
    let mut end = start - DECIMALS;
    let mut rest = e7.unsigned_abs();
    for _ in 0..DECIMALS {
        start -= 1;
        text[start] = b'0' + (rest % 10) as u8;
        if text[start] != b'0' {
            end = end.max(start + 1);
        }
        rest /= 10;
    }
    if end == start {
        // No decimals: the point is left out too.
        end -= 1;
    }
    start -= 1;
    text[start] = b'.';
    loop {
        start -= 1;
        text[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if e7 < 0 {
        start -= 1;
        text[start] = b'-';
    }
    out.extend_from_slice(&text[start..end]);
}

/// Appends seconds since the epoch: a whole number, or with three decimals where the time has
/// milliseconds.
pub(crate) fn push_seconds(out: &mut Vec<u8>, time: Timestamp) {
    let millis = time.as_millis();
    if millis < 0 {
        out.push(b'-');
    }
    let magnitude = millis.unsigned_abs();
    push_unsigned(out, magnitude / 1000);
    let fraction = magnitude % 1000;
    if fraction != 0 {
        out.push(b'.');
        for digit in [fraction / 100, fraction / 10 % 10, fraction % 10] {
            out.push(b'0' + digit as u8);
        }
    }
}

/// Appends a moment as a text in ISO 8601.
fn push_time(out: &mut Vec<u8>, time: Timestamp) {
    push_display(out, format_args!("\"{time}\""));
}

/// Appends a number with at least one decimal and at most so many, so that a reader that goes by
/// the first values never takes the column for whole numbers.
fn push_measure(out: &mut Vec<u8>, value: f64, decimals: u8) {
    if !value.is_finite() {
        out.extend_from_slice(b"null");
        return;
    }
    let decimals = usize::from(decimals.max(1));
    let start = out.len();
    push_display(out, format_args!("{value:.decimals$}"));
    while out.ends_with(b"0") && !out.ends_with(b".0") {
        out.pop();
    }
    if &out[start..] == b"-0.0" {
        out.remove(start);
    }
}

fn push_unsigned(out: &mut Vec<u8>, value: u64) {
    let mut digits = [0_u8; 20];
    let mut start = digits.len();
    let mut rest = value;
    loop {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

/// Appends a quoted and escaped text. What would not be seen (see [`is_hidden`]) is escaped too,
/// though JSON does not ask for it: the value is the same, and whoever reads the file sees it.
pub(crate) fn push_text(out: &mut Vec<u8>, text: &str) {
    let start = out.len();
    let written = serde_json::to_writer(&mut *out, text);
    debug_assert!(written.is_ok(), "a Vec takes every byte");
    if text.contains(is_left_bare) {
        let json = String::from_utf8_lossy(&out[start..]).into_owned();
        out.truncate(start);
        push_shown(out, &json);
    }
}

/// Whether JSON leaves a character that is not seen as it is.
fn is_left_bare(letter: char) -> bool {
    letter > '\u{7e}' && is_hidden(letter)
}

/// Appends JSON with what is not seen escaped. Outside of texts JSON holds no such character.
pub(crate) fn push_shown(out: &mut Vec<u8>, json: &str) {
    for letter in json.chars() {
        if is_left_bare(letter) {
            let mut units = [0_u16; 2];
            for unit in letter.encode_utf16(&mut units) {
                push_display(out, format_args!("\\u{unit:04x}"));
            }
        } else {
            let mut bytes = [0_u8; 4];
            out.extend_from_slice(letter.encode_utf8(&mut bytes).as_bytes());
        }
    }
}

fn push_display(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let written = out.write_fmt(text);
    debug_assert!(written.is_ok(), "a Vec takes every byte");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(push: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        push(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn degrees_are_written_exactly_with_at_most_seven_decimals() {
        let degrees = |e7| written(|out| push_degrees(out, e7));
        assert_eq!(degrees(0), "0");
        assert_eq!(degrees(-1), "-0.0000001");
        assert_eq!(degrees(1_303_000_000), "130.3");
        assert_eq!(degrees(-1_800_000_000), "-180");
        assert_eq!(degrees(422_333_001), "42.2333001");
        assert_eq!(degrees(10_000_000), "1");
    }

    #[test]
    fn a_measure_is_rounded_and_never_looks_like_a_whole_number() {
        let measure = |value, decimals| written(|out| push_measure(out, value, decimals));
        assert_eq!(measure(12.0, 4), "12.0");
        assert_eq!(measure(0.166_666, 4), "0.1667");
        assert_eq!(measure(-0.000_01, 3), "0.0");
        assert_eq!(measure(1.5e21, 1), "1500000000000000000000.0");
        assert_eq!(measure(100.0, 0), "100.0");
        assert_eq!(measure(f64::NAN, 2), "null");
        assert_eq!(measure(f64::INFINITY, 2), "null");
    }

    #[test]
    fn seconds_are_whole_where_the_time_is() {
        let seconds = |text: &str| written(|out| push_seconds(out, text.parse().unwrap()));
        assert_eq!(seconds("2023-09-07T10:30:00Z"), "1694082600");
        assert_eq!(seconds("2023-09-07T10:30:00.050Z"), "1694082600.050");
        assert_eq!(seconds("1969-12-31T23:59:59.500Z"), "-0.500");
        assert_eq!(seconds("1969-12-31T23:59:58Z"), "-2");
    }

    #[test]
    fn a_text_typed_by_a_stranger_is_escaped() {
        let text = "a\"b\\c\u{1}\n</script>";
        let json = written(|out| push_text(out, text));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        assert_eq!(json, r#""a\"b\\c\u0001\n</script>""#);
        let hidden = "\u{202e}\u{7f}\u{e0041}\u{42f}\u{1f6a2}";
        let json = written(|out| push_text(out, hidden));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), hidden);
        assert_eq!(json, "\"\\u202e\\u007f\\udb40\\udc41\u{42f}\u{1f6a2}\"");
    }
}
