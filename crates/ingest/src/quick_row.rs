//! A quick row is one as most are: its numbers are digits with a point, its words were met before,
//! and behind the columns that change from row to row it ends as the vessel's last row did. It is
//! read from left to right without being split. Whatever is not as expected is left to the long
//! way, which comes to the same for every row.

use crate::chunks::PADDING;
use crate::intake::place;
use crate::numbers::{quick_e7, quick_hundredths, quick_nine};
use crate::records::Lines;
use crate::time_format::TimeFormat;
use crate::words;
use landfall_track::{Mmsi, PositionReport, Sender, SourceRow, Timestamp};

/// What a column holds that is read in a quick row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// Nothing that matters.
    Passed,
    Mmsi,
    Time,
    Latitude,
    Longitude,
    Speed,
    Course,
    Heading,
    NavStatus,
    Sender,
}

/// Reads quick rows.
#[derive(Clone, Debug)]
pub(crate) struct QuickRows {
    /// The first columns of a line, which hold all that a report is made of, but for what words say.
    pub columns: Vec<Column>,
    /// Whether the rest of the line says what the navigational status is, and what the sender.
    pub tail_has_nav_status: bool,
    pub tail_has_sender: bool,
}

/// The first columns of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QuickRow {
    pub mmsi: Mmsi,
    pub report: PositionReport,
    /// Where the last of them ends.
    pub end: usize,
}

impl QuickRows {
    /// The first columns of the line that begins at `start`, if they are as most are.
    #[inline]
    pub(crate) fn read(
        &self,
        lines: Lines<'_>,
        start: usize,
        format: &TimeFormat,
        recent: &mut Recent,
    ) -> Option<QuickRow> {
        let text = lines.padded;
        let delimiter = lines.structural.delimiter;
        let (mut time, mut nav_status, mut sender) = (Timestamp::MIN, None, Sender::Unstated);
        let mut fields = Fields::default();
        let mut at = start;
        let last = self.columns.len() - 1;
        // Where the next field begins must be known soon: what stands in the numbers can wait, and
        // is found out side by side.
        for (index, column) in self.columns.iter().enumerate() {
            let end = match column {
                Column::Passed => end_of_field(lines, at)?,
                Column::Mmsi => fields.mmsi.put(at, at + 9),
                Column::Time => take(&mut time, recent.time_at(lines, at, format)?),
                Column::Latitude => fields.lat.put(at, end_of_number(text, at, delimiter)?),
                Column::Longitude => fields.lon.put(at, end_of_number(text, at, delimiter)?),
                Column::Speed => fields.speed.put(at, end_of_number(text, at, delimiter)?),
                Column::Course => fields.course.put(at, end_of_number(text, at, delimiter)?),
                Column::Heading => fields.heading.put(at, end_of_number(text, at, delimiter)?),
                Column::NavStatus => take(
                    &mut nav_status,
                    recent.statuses.at(lines, at, harmless_nav_status)?,
                ),
                Column::Sender => {
                    let read = |text: &[u8]| Ok(words::sender(text));
                    take(&mut sender, recent.senders.at(lines, at, read)?)
                }
            };
            if *text.get(end)? != delimiter {
                return None;
            }
            at = end + usize::from(index < last);
        }
        let lat = quick_e7(text, fields.lat.start, fields.lat.end)?;
        let lon = quick_e7(text, fields.lon.start, fields.lon.end)?;
        let position = place(lat, lon).ok()?;
        Some(QuickRow {
            mmsi: Mmsi::new(quick_nine(text, fields.mmsi.start, fields.mmsi.end)?)?,
            report: PositionReport::new(time, position, SourceRow::default())
                .with_speed_centiknots(fields.speed.hundredths(text).ok()?)
                .with_course_centideg(fields.course.hundredths(text).ok()?)
                .with_heading_centideg(fields.heading.hundredths(text).ok()?)
                .with_nav_status(nav_status)
                .with_sender(sender),
            end: at,
        })
    }
}

/// What stands there must be read the long way.
struct LongWay;

/// Where the fields with numbers lie.
#[derive(Default)]
struct Fields {
    mmsi: Field,
    lat: Field,
    lon: Field,
    speed: Field,
    course: Field,
    heading: Field,
}

/// Where a field lies; one that there is not is empty.
#[derive(Clone, Copy, Default)]
struct Field {
    start: usize,
    end: usize,
}

impl Field {
    #[inline]
    fn put(&mut self, start: usize, end: usize) -> usize {
        *self = Self { start, end };
        end
    }

    /// Its number in hundredths; `None` if it is empty.
    #[inline]
    fn hundredths(self, text: &[u8]) -> Result<Option<u32>, LongWay> {
        if self.start == self.end {
            return Ok(None);
        }
        let number = quick_hundredths(text, self.start, self.end);
        number.map(Some).ok_or(LongWay)
    }
}

#[inline]
fn take<T>(value: &mut T, (found, end): (T, usize)) -> usize {
    *value = found;
    end
}

/// Where a field ends that begins at a place, if it is a number: it is not looked at whether it is.
#[inline]
fn end_of_number(text: &[u8], start: usize, delimiter: u8) -> Option<usize> {
    for at in [start, start + 8] {
        let eight = u64::from_le_bytes(*text.get(at..)?.first_chunk()?);
        let found = zeros(eight ^ (LOWEST * u64::from(delimiter)));
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
    }
    None
}

const LOWEST: u64 = 0x0101_0101_0101_0101;

/// Has its lowest bit set in the first of eight bytes that is zero.
#[inline]
fn zeros(eight: u64) -> u64 {
    const HIGHEST: u64 = 0x8080_8080_8080_8080;
    eight.wrapping_sub(LOWEST) & !eight & HIGHEST
}

/// What a navigational status is that is either known or a word for absent.
fn harmless_nav_status(text: &[u8]) -> Result<Option<u8>, LongWay> {
    match words::nav_status(text) {
        None if !words::means_absent(text) => Err(LongWay),
        status => Ok(status),
    }
}

/// Where a field ends that begins at a place; `None` if the line ends first, or if the field is
/// long.
#[inline]
fn end_of_field(lines: Lines<'_>, start: usize) -> Option<usize> {
    /// A longer one is no word and no number.
    const LONGEST: usize = PADDING;
    let structural = lines.structural;
    let mut at = start;
    while at < start + LONGEST {
        let eight = u64::from_le_bytes(*lines.padded.get(at..)?.first_chunk()?);
        let found = zeros(eight ^ (LOWEST * u64::from(structural.delimiter)))
            | zeros(eight ^ (LOWEST * u64::from(structural.line_end)));
        if found != 0 {
            let end = at + found.trailing_zeros() as usize / 8;
            return (lines.padded[end] == structural.delimiter).then_some(end);
        }
        at += 8;
    }
    None
}

/// A field as it stands between delimiters, if nothing around it must be taken off.
#[inline]
fn bare_field(lines: Lines<'_>, start: usize) -> Option<(&[u8], usize)> {
    let end = end_of_field(lines, start)?;
    let field = lines.padded.get(start..end)?;
    let is_bare = field.first() > Some(&b' ') && field.last() > Some(&b' ');
    is_bare.then_some((field, end))
}

/// What was decoded lately in one table, since rows that follow each other have much in common.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    time: [u8; Recent::LONGEST],
    length: usize,
    meaning: Timestamp,
    statuses: Words<Option<u8>>,
    senders: Words<Sender>,
}

impl Recent {
    /// Of shorter times than these there is nothing to gain, and few are longer.
    const SHORTEST: usize = 16;
    const LONGEST: usize = 24;

    /// The last time, and where it ends, if it stands at a place.
    #[inline]
    pub(crate) fn time(&self, text: &[u8], start: usize) -> Option<(Timestamp, usize)> {
        self.is_time_at(text, start)?
            .then_some((self.meaning, start + self.length))
    }

    /// Whether the last time stands at a place.
    #[inline]
    fn is_time_at(&self, text: &[u8], start: usize) -> Option<bool> {
        // The first and the last bytes, which overlap.
        let time = self.time.get(..self.length)?;
        let (first, last) = (
            time.first_chunk::<{ Self::SHORTEST }>()?,
            time.last_chunk::<8>()?,
        );
        let text = text.get(start..start + self.length)?;
        Some(text.first_chunk() == Some(first) && text.last_chunk() == Some(last))
    }

    /// The time that begins at a place, and where it ends.
    #[inline]
    fn time_at(
        &mut self,
        lines: Lines<'_>,
        start: usize,
        format: &TimeFormat,
    ) -> Option<(Timestamp, usize)> {
        // If more follows, it is another time, and the caller sees no delimiter.
        if let Some(known) = self.time(lines.padded, start) {
            return Some(known);
        }
        let (text, end) = bare_field(lines, start)?;
        let time = format.read(text)?;
        self.remember_time(text, time);
        Some((time, end))
    }

    /// Keeps what the bytes of a time stand for.
    pub(crate) fn remember_time(&mut self, text: &[u8], meaning: Timestamp) {
        if (Self::SHORTEST..=Self::LONGEST).contains(&text.len()) {
            self.time[..text.len()].copy_from_slice(text);
            self.length = text.len();
            self.meaning = meaning;
        }
    }
}

/// A few words that were met in a column, with the delimiter behind each, and their meanings.
#[derive(Debug, Default)]
struct Words<T> {
    words: [Word<T>; 8],
    /// How many were learnt so far; the last ones are known.
    learnt: usize,
}

#[derive(Debug, Default)]
struct Word<T> {
    /// The first eight bytes, those beyond the word's end made zero.
    first: u64,
    mask: u64,
    /// What follows.
    rest: [u8; 32],
    /// How many bytes there are; 0 if there is no word.
    length: usize,
    meaning: T,
}

impl<T: Copy + Default> Words<T> {
    /// What the word means that begins at a place, and where it ends. A new one is learnt, if `read`
    /// knows it.
    #[inline]
    fn at(
        &mut self,
        lines: Lines<'_>,
        start: usize,
        read: impl FnOnce(&[u8]) -> Result<T, LongWay>,
    ) -> Option<(T, usize)> {
        let text = lines.padded.get(start..)?;
        if *text.first()? == lines.structural.delimiter {
            return Some((T::default(), start));
        }
        let first = u64::from_le_bytes(*text.first_chunk()?);
        for word in &self.words {
            if first & word.mask == word.first && word.length > 0 && word.rest_is_in(text) {
                return Some((word.meaning, start + word.length - 1));
            }
        }
        self.learn(lines, start, read)
    }

    #[cold]
    fn learn(
        &mut self,
        lines: Lines<'_>,
        start: usize,
        read: impl FnOnce(&[u8]) -> Result<T, LongWay>,
    ) -> Option<(T, usize)> {
        let (text, end) = bare_field(lines, start)?;
        let meaning = read(text).ok()?;
        let word = &lines.padded[start..=end];
        let known = self.learnt % self.words.len();
        if let Some(word) = Word::new(word, meaning) {
            self.words[known] = word;
            self.learnt += 1;
        }
        Some((meaning, end))
    }
}

impl<T> Word<T> {
    fn new(bytes: &[u8], meaning: T) -> Option<Self> {
        let (head, tail) = bytes.split_at(bytes.len().min(8));
        let (mut first, mut mask, mut rest) = ([0; 8], [0; 8], [0; 32]);
        first[..head.len()].copy_from_slice(head);
        mask[..head.len()].fill(u8::MAX);
        rest.get_mut(..tail.len())?.copy_from_slice(tail);
        Some(Self {
            first: u64::from_le_bytes(first),
            mask: u64::from_le_bytes(mask),
            rest,
            length: bytes.len(),
            meaning,
        })
    }

    #[inline]
    fn rest_is_in(&self, text: &[u8]) -> bool {
        self.length <= 8 || text.get(8..self.length) == self.rest.get(..self.length - 8)
    }
}
