//! A record is one row of a CSV: fields between delimiters up to the end of a line.
//!
//! A quote opens only at a field's start. A quoted field may hold delimiters, doubled quotes and
//! line ends. Three things keep a broken row from taking its neighbours with it: a record has a
//! greatest length; a record of several lines counts only if it has as many fields as the header
//! and no stray quotes; and behind a quote that is never closed, no record of several lines is looked for where the
//! closing quote was already sought in vain.

use crate::chunks::Chunks;
use crate::structural::{BLOCK, QUOTE, Structural};
use landfall_track::RejectReason;
use memchr::{memchr, memchr2};
use std::borrow::Cow;
use std::io::Read;
use std::ops::Range;

/// The longest record, in bytes. No source writes a position in more than a few kilobytes.
pub(crate) const MAX_RECORD: usize = 1 << 20;

/// The most fields of one record whose places are kept; further ones are counted only.
const MAX_FIELDS: usize = 1024;

/// What comes next in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A record, to be had from [`Records::record`].
    Record,
    /// A record that cannot be split, its beginning to be had from [`Records::damaged`].
    Damaged(RejectReason),
    /// Nothing: the file is at its end, or breaks off here (see [`Records::chunks`]).
    End,
}

/// Splits a file into records.
pub(crate) struct Records<R> {
    chunks: Chunks<R>,
    structural: Structural,
    /// How many fields the header has.
    width: usize,
    /// Where the next line begins.
    next: usize,
    /// The current record or damaged line.
    start: usize,
    end: usize,
    field_ends: Box<[u32; MAX_FIELDS]>,
    fields: usize,
    has_quotes: bool,
    /// Whether the rest of the line that was begun is of no interest.
    skips_line: bool,
    /// Up to this place in the file a quote must be closed on its own line.
    one_line_until: u64,
}

enum Scan {
    Done { end: usize, next: usize },
    NeedsMore,
    TooLong,
    Unclosed { searched_to: usize },
    Broken,
}

enum Close {
    At { quote: usize, on_same_line: bool },
    NeedsMore,
    TooLong,
    Unclosed { searched_to: usize },
}

/// One record's fields, still as they stand in the file.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a> {
    /// What is in memory from the line's beginning on.
    text: &'a [u8],
    /// How much of it is the line.
    length: usize,
    field_ends: &'a [u32],
    /// How many fields there are, of which [`Record::field_ends`] may hold the first ones only.
    pub fields: usize,
    has_quotes: bool,
}

/// What is known of a record beside where its fields end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Split {
    length: usize,
    fields: usize,
    has_quotes: bool,
}

impl<'a> Record<'a> {
    /// A record of texts that stand in `line` with one byte between them, each ending where
    /// `field_ends` says.
    #[cfg(any(test, feature = "polars"))]
    pub(crate) fn of_texts(line: &'a [u8], field_ends: &'a [u32]) -> Self {
        Self {
            text: line,
            length: line.len(),
            field_ends,
            fields: field_ends.len(),
            has_quotes: false,
        }
    }

    /// A record that was split before; `text` is what is in memory from its beginning on.
    pub(crate) fn of_split(text: &'a [u8], split: &Split, field_ends: &'a [u32]) -> Self {
        Self {
            text,
            length: split.length,
            field_ends,
            fields: split.fields,
            has_quotes: split.has_quotes,
        }
    }

    /// What [`Record::of_split`] needs to have the record again.
    pub(crate) fn split(&self) -> (Split, &'a [u32]) {
        let split = Split {
            length: self.length,
            fields: self.fields,
            has_quotes: self.has_quotes,
        };
        (split, self.field_ends)
    }

    /// The whole record.
    #[inline]
    pub(crate) fn line(&self) -> &'a [u8] {
        &self.text[..self.length]
    }

    /// What `read` makes of a field, if it can. It is given all that is in memory, and where the
    /// field begins and ends.
    #[inline]
    pub(crate) fn quick<T>(
        &self,
        index: usize,
        read: impl FnOnce(&[u8], usize, usize) -> Option<T>,
    ) -> Option<T> {
        let end = *self.field_ends.get(index)? as usize;
        read(self.text, self.field_start(index), end)
    }

    /// What follows the first `columns` fields, up to the line's end; `None` if nothing does.
    #[inline]
    pub(crate) fn behind(&self, columns: usize) -> Option<&'a [u8]> {
        let before = *self.field_ends.get(columns.checked_sub(1)?)? as usize;
        (columns < self.fields).then(|| &self.text[before..self.length])
    }

    /// A field as it stands in the file, quotes and blanks included; `None` if the record is too
    /// short.
    #[inline]
    pub(crate) fn raw(&self, index: usize) -> Option<&'a [u8]> {
        let end = *self.field_ends.get(index)? as usize;
        self.text.get(self.field_start(index)..end)
    }

    #[inline]
    fn field_start(&self, index: usize) -> usize {
        match index.checked_sub(1) {
            Some(before) => self.field_ends[before] as usize + 1,
            None => 0,
        }
    }

    /// The fields from `first` to `last` as they stand in the file, as far as the record reaches.
    #[inline]
    pub(crate) fn run(&self, first: usize, last: usize) -> &'a [u8] {
        let Some(most) = self.field_ends.len().checked_sub(1) else {
            return &[];
        };
        if first > most {
            return &[];
        }
        let end = self.field_ends[last.min(most)] as usize;
        &self.text[self.field_start(first)..end]
    }

    /// A field without quotes and blanks around it; `None` if the record is too short. Doubled
    /// quotes within stay doubled.
    #[inline]
    pub(crate) fn field(&self, index: usize) -> Option<&'a [u8]> {
        let raw = self.raw(index)?;
        Some(match (raw.first(), raw.last()) {
            (Some(first), Some(last)) if *first <= b' ' || *last <= b' ' => trimmed(raw),
            (Some(&QUOTE), _) if self.has_quotes => trimmed(raw),
            _ => raw,
        })
    }

    /// A field's text without quotes and blanks around it, doubled quotes made single ones.
    pub(crate) fn text(&self, index: usize) -> Option<Cow<'a, [u8]>> {
        let field = self.field(index)?;
        let was_quoted = self.has_quotes && self.raw(index)?.first() == Some(&QUOTE);
        if !was_quoted || !field.windows(2).any(|pair| pair == [QUOTE, QUOTE]) {
            return Some(Cow::Borrowed(field));
        }
        let mut text = Vec::with_capacity(field.len());
        let mut bytes = field.iter();
        while let Some(byte) = bytes.next() {
            text.push(*byte);
            if *byte == QUOTE && bytes.as_slice().first() == Some(&QUOTE) {
                bytes.next();
            }
        }
        Some(Cow::Owned(text))
    }
}

/// Without blanks around it, and without the quotes if the first byte is one.
fn trimmed(raw: &[u8]) -> &[u8] {
    let inner = match raw {
        [QUOTE, inner @ .., QUOTE] | [QUOTE, inner @ ..] => inner,
        _ => raw,
    };
    inner.trim_ascii()
}

impl<R: Read> Records<R> {
    /// Records from `next` on, the byte after the header's line in what `chunks` holds. `width` is
    /// the header's number of fields.
    pub(crate) fn new(
        chunks: Chunks<R>,
        structural: Structural,
        width: usize,
        next: usize,
    ) -> Self {
        Self {
            chunks,
            structural,
            width,
            next,
            start: next,
            end: next,
            field_ends: Box::new([0; MAX_FIELDS]),
            fields: 0,
            has_quotes: false,
            skips_line: false,
            one_line_until: 0,
        }
    }

    /// The file behind the records.
    pub(crate) fn chunks(&self) -> &Chunks<R> {
        &self.chunks
    }

    /// The record that [`Step::Record`] announced.
    #[inline]
    pub(crate) fn record(&self) -> Record<'_> {
        Record {
            text: &self.chunks.padded()[self.start..],
            length: self.end - self.start,
            field_ends: &self.field_ends[..self.fields.min(MAX_FIELDS)],
            fields: self.fields,
            has_quotes: self.has_quotes,
        }
    }

    /// The beginning of the line that [`Step::Damaged`] announced, or of the rest after
    /// [`Step::End`] in a file that breaks off.
    pub(crate) fn damaged(&self) -> &[u8] {
        let end = self.end.min(self.start + 1024);
        &self.chunks.bytes()[self.start..end]
    }

    /// What lies between fields and records.
    pub(crate) fn structural(&self) -> Structural {
        self.structural
    }

    /// Where the next line begins.
    pub(crate) fn next(&self) -> usize {
        self.next
    }

    /// Whether the line that was begun is one of which the rest is of no interest.
    pub(crate) fn skips_line(&self) -> bool {
        self.skips_line
    }

    /// Reads so many bytes at a time from now on.
    pub(crate) fn set_chunk(&mut self, chunk: usize) {
        self.chunks.set_chunk(chunk);
    }

    /// Goes on behind what somebody else has split: whole lines without quotes.
    pub(crate) fn skip_to(&mut self, next: usize) {
        self.next = next;
    }

    /// Where the current record or damaged line lies.
    pub(crate) fn place(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Hands the buffer over up to the next line; see [`Chunks::hand_over`].
    pub(crate) fn hand_over(&mut self, buffer: &mut Vec<u8>) {
        self.chunks.hand_over(self.next, buffer);
        self.next = 0;
    }

    /// Whether the last record found is the file's last line and has no line end.
    pub(crate) fn is_open_ended(&self) -> bool {
        let bytes = self.chunks.bytes();
        self.chunks.is_ended()
            && self.next == bytes.len()
            && bytes.last() != Some(&self.structural.line_end)
    }

    /// Whether a line with this first byte may be none that is a record, or the file's end.
    #[inline]
    fn is_odd(&self, first: Option<u8>) -> bool {
        self.skips_line
            || first.is_none_or(|first| {
                matches!(first, b'#' | b' ' | b'\r') || first == self.structural.line_end
            })
    }

    /// Goes on to the next record. Blank lines and lines that begin with `#` are passed over.
    pub(crate) fn advance(&mut self) -> Step {
        loop {
            if let Some(step) = self.advance_in_memory() {
                return step;
            }
            self.read_on();
        }
    }

    /// Drops what is done with and reads on.
    pub(crate) fn read_on(&mut self) {
        self.chunks.refill(self.next);
        self.next = 0;
    }

    /// Goes on as [`Self::advance`] does, as far as the bytes in memory tell; `None` if more must be
    /// read first.
    #[inline]
    pub(crate) fn advance_in_memory(&mut self) -> Option<Step> {
        loop {
            let first = self.chunks.bytes().get(self.next).copied();
            if self.is_odd(first) {
                match self.pass_over() {
                    Passed::Line => continue,
                    Passed::Nothing => {}
                    Passed::NeedsMore => return None,
                    Passed::End => {
                        self.start = self.next;
                        self.end = self.chunks.bytes().len();
                        return Some(Step::End);
                    }
                }
            }
            self.start = self.next;
            match self.scan() {
                Scan::Done { end, next } => {
                    self.end = end;
                    self.next = next;
                    return Some(Step::Record);
                }
                Scan::NeedsMore => return None,
                Scan::TooLong => {
                    self.end = self.chunks.bytes().len();
                    self.next = self.start;
                    self.skips_line = true;
                    return Some(Step::Damaged(RejectReason::RecordTooLong));
                }
                Scan::Unclosed { searched_to } => {
                    let searched_to = self.chunks.base() + searched_to as u64;
                    self.one_line_until = self.one_line_until.max(searched_to);
                    let bytes = self.chunks.bytes();
                    let line_end = memchr(self.structural.line_end, &bytes[self.start..]);
                    if let Some(length) = line_end {
                        self.end = self.start + length;
                        self.next = self.end + 1;
                    } else {
                        self.end = bytes.len();
                        if self.chunks.is_broken() {
                            return Some(Step::End);
                        }
                        self.next = self.end;
                    }
                    return Some(Step::Damaged(RejectReason::UnclosedQuote));
                }
                Scan::Broken => {
                    self.end = self.chunks.bytes().len();
                    return Some(Step::End);
                }
            }
        }
    }

    /// Passes over one line that is no record, if the next one is such.
    #[cold]
    fn pass_over(&mut self) -> Passed {
        loop {
            let line_end = self.structural.line_end;
            let rest = &self.chunks.bytes()[self.next..];
            if rest.is_empty() {
                return if self.chunks.is_ended() {
                    Passed::End
                } else {
                    Passed::NeedsMore
                };
            }
            let length = memchr(line_end, rest);
            if self.skips_line || rest[0] == b'#' {
                self.skips_line = length.is_none();
                self.next += length.map_or(rest.len(), |length| length + 1);
                if length.is_some() {
                    return Passed::Line;
                }
                continue;
            }
            return match length {
                Some(length) if length <= MAX_RECORD && is_blank(&rest[..length]) => {
                    self.next += length + 1;
                    Passed::Line
                }
                // A line of blanks beyond all measure is left to be found too long.
                None if rest.len() > MAX_RECORD => Passed::Nothing,
                // Whether it is blank shows with the rest of the line.
                None if !self.chunks.is_ended() => Passed::NeedsMore,
                None if is_blank(rest) => {
                    self.next += rest.len();
                    Passed::End
                }
                _ => Passed::Nothing,
            };
        }
    }

    /// Finds the fields of the record that begins at `self.start`.
    #[inline]
    fn scan(&mut self) -> Scan {
        let start = self.start;
        let structural = self.structural;
        let padded = self.chunks.padded();
        let filled = self.chunks.bytes().len();
        let mut field_start = start;
        let mut fields = 0;
        let mut on_one_line = true;
        self.has_quotes = false;
        let field_ends = &mut *self.field_ends;
        let mut block = start - start % BLOCK;
        let mut mask = mask_at(padded, filled, block, |block| structural.mask(block))
            & (u64::MAX << (start % BLOCK));
        loop {
            while mask != 0 {
                let at = block + mask.trailing_zeros() as usize;
                mask &= mask - 1;
                let byte = padded[at];
                if byte == structural.delimiter {
                    if let Some(end) = field_ends.get_mut(fields) {
                        *end = (at - start) as u32;
                    }
                    fields += 1;
                    field_start = at + 1;
                } else if byte == QUOTE {
                    if at != field_start {
                        continue;
                    }
                    self.has_quotes = true;
                    match closing_quote(
                        &padded[..filled],
                        structural,
                        start,
                        at,
                        self.chunks.base() + (at as u64) < self.one_line_until,
                        self.chunks.is_ended(),
                    ) {
                        Close::At {
                            quote,
                            on_same_line,
                        } => {
                            on_one_line &= on_same_line;
                            let after = quote + 1;
                            block = after - after % BLOCK;
                            mask = mask_at(padded, filled, block, |block| structural.mask(block))
                                & (u64::MAX << (after % BLOCK));
                        }
                        Close::NeedsMore => return Scan::NeedsMore,
                        Close::TooLong => return Scan::TooLong,
                        Close::Unclosed { searched_to } => return Scan::Unclosed { searched_to },
                    }
                } else {
                    return self.finish(fields, at, at + 1, on_one_line);
                }
            }
            block += BLOCK;
            if block >= filled {
                break;
            }
            mask = mask_at(padded, filled, block, |block| structural.mask(block));
        }
        if filled - start > MAX_RECORD {
            too_long(start, on_one_line)
        } else if self.chunks.is_broken() {
            Scan::Broken
        } else if self.chunks.is_ended() {
            self.finish(fields, filled, filled, on_one_line)
        } else {
            Scan::NeedsMore
        }
    }

    #[inline]
    fn finish(&mut self, fields: usize, line_end: usize, next: usize, on_one_line: bool) -> Scan {
        if line_end - self.start > MAX_RECORD {
            return too_long(self.start, on_one_line);
        }
        if !on_one_line && fields + 1 != self.width {
            return Scan::Unclosed { searched_to: next };
        }
        let has_return = line_end > self.start && self.chunks.bytes()[line_end - 1] == b'\r';
        let end = line_end - usize::from(has_return);
        if let Some(field_end) = self.field_ends.get_mut(fields) {
            *field_end = (end - self.start) as u32;
        }
        self.fields = fields + 1;
        Scan::Done { end, next }
    }
}

/// A record beyond the limit; if it holds line ends, its quote is taken for the fault.
fn too_long(start: usize, on_one_line: bool) -> Scan {
    if on_one_line {
        Scan::TooLong
    } else {
        Scan::Unclosed {
            searched_to: start + MAX_RECORD,
        }
    }
}

/// Bytes that hold whole lines without quotes up to `filled`, behind which
/// [`crate::chunks::PADDING`] more follow.
#[derive(Clone, Copy)]
pub(crate) struct Lines<'a> {
    pub padded: &'a [u8],
    pub filled: usize,
    pub structural: Structural,
}

impl Lines<'_> {
    #[inline]
    fn mask(&self, block: usize) -> u64 {
        mask_at(self.padded, self.filled, block, |block| {
            self.structural.mask_without_quotes(block)
        })
    }

    /// Where the next line begins, if this one goes on at `start` with `tail` and ends.
    #[inline]
    pub(crate) fn end_in(&self, start: usize, tail: &[u8]) -> Option<usize> {
        let end = start + tail.len();
        if self.padded.get(start..end)? != tail {
            return None;
        }
        let line_end = self.structural.line_end;
        match self.padded.get(end..end + 2)? {
            [first, _] if *first == line_end => Some(end + 1),
            [b'\r', second] if *second == line_end => Some(end + 2),
            _ => None,
        }
    }
}

/// Splits lines that hold no quotes, one by one.
pub(crate) struct LineSplitter {
    field_ends: Box<[u32; MAX_FIELDS]>,
}

impl Default for LineSplitter {
    fn default() -> Self {
        Self {
            field_ends: Box::new([0; MAX_FIELDS]),
        }
    }
}

impl LineSplitter {
    /// The record that begins at `start`, and where the next line begins.
    pub(crate) fn split<'a>(&'a mut self, lines: Lines<'a>, start: usize) -> (Record<'a>, usize) {
        let padded = lines.padded;
        let mut fields = 0;
        let mut block = start - start % BLOCK;
        let mut mask = lines.mask(block) & (u64::MAX << (start % BLOCK));
        let line_end = 'line: loop {
            while mask != 0 {
                let at = block + mask.trailing_zeros() as usize;
                mask &= mask - 1;
                if padded[at] != lines.structural.delimiter {
                    break 'line at;
                }
                if let Some(end) = self.field_ends.get_mut(fields) {
                    *end = (at - start) as u32;
                }
                fields += 1;
            }
            block += BLOCK;
            if block >= lines.filled {
                break lines.filled;
            }
            mask = lines.mask(block);
        };
        let has_return = line_end > start && padded[line_end - 1] == b'\r';
        let end = line_end - usize::from(has_return);
        if let Some(field_end) = self.field_ends.get_mut(fields) {
            *field_end = (end - start) as u32;
        }
        fields += 1;
        let record = Record {
            text: &padded[start..],
            length: end - start,
            field_ends: &self.field_ends[..fields.min(MAX_FIELDS)],
            fields,
            has_quotes: false,
        };
        (record, line_end + 1)
    }
}

enum Passed {
    Line,
    Nothing,
    NeedsMore,
    End,
}

pub(crate) fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' ' | b'\r'))
}

/// The mask of the block that begins at `block`, without what lies behind the filled part.
#[inline]
fn mask_at(
    padded: &[u8],
    filled: usize,
    block: usize,
    mask: impl FnOnce(&[u8; BLOCK]) -> u64,
) -> u64 {
    let Some(bytes) = padded.get(block..).and_then(<[u8]>::first_chunk::<BLOCK>) else {
        return 0;
    };
    let mask = mask(bytes);
    if block + BLOCK > filled {
        mask & !(u64::MAX << (filled - block).min(BLOCK - 1))
    } else {
        mask
    }
}

/// Where the quote that opens at `open` is closed: by the first quote that is not doubled and has
/// a delimiter or the line's end behind it.
///
/// On its own line a field may hold stray quotes (`"THE "MAIA" OF NAJIN"`). In a field of several
/// lines one means that the quote was never closed, and that this is the next field that opens.
fn closing_quote(
    bytes: &[u8],
    structural: Structural,
    start: usize,
    open: usize,
    only_on_this_line: bool,
    is_ended: bool,
) -> Close {
    let limit = start + MAX_RECORD;
    let searched = &bytes[..bytes.len().min(limit)];
    let mut at = open + 1;
    let mut on_same_line = true;
    let mut has_stray_quote = false;
    loop {
        if has_stray_quote && !on_same_line {
            return Close::Unclosed { searched_to: at };
        }
        let Some(found) = searched
            .get(at..)
            .and_then(|rest| memchr2(QUOTE, structural.line_end, rest))
        else {
            return if bytes.len() >= limit {
                if on_same_line && memchr(structural.line_end, &bytes[start..limit]).is_none() {
                    Close::TooLong
                } else {
                    Close::Unclosed { searched_to: limit }
                }
            } else if is_ended {
                Close::Unclosed {
                    searched_to: bytes.len(),
                }
            } else {
                Close::NeedsMore
            };
        };
        at += found;
        if bytes[at] == structural.line_end {
            if only_on_this_line {
                return Close::Unclosed { searched_to: at };
            }
            on_same_line = false;
            at += 1;
            continue;
        }
        match &bytes[at + 1..] {
            [] | [b'\r'] if !is_ended => return Close::NeedsMore,
            [QUOTE, ..] => at += 2,
            rest if closes(rest, structural) => {
                return Close::At {
                    quote: at,
                    on_same_line,
                };
            }
            _ => {
                has_stray_quote = true;
                at += 1;
            }
        }
    }
}

/// Whether a quote with these bytes behind it closes a field.
fn closes(rest: &[u8], structural: Structural) -> bool {
    match rest {
        [] | [b'\r'] => true,
        [b'\r', line_end, ..] if *line_end == structural.line_end => true,
        [byte, ..] => *byte == structural.delimiter || *byte == structural.line_end,
    }
}
