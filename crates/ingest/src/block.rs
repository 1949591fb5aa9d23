//! A block is a part of a text that can be decoded by itself: it begins and ends between records.
//!
//! Where no quote is in sight, a record is a line, and a block may end behind any line end. Around
//! quotes the text is split by [`Records`] itself, whose word is final, and the block carries what
//! that came to: whoever decodes a block never guesses.

use crate::chunks::PADDING;
use crate::records::{LineSplitter, Lines, MAX_RECORD, Record, Records, Split, Step, is_blank};
use crate::structural::{QUOTE, Structural};
use landfall_track::RejectReason;
use memchr::{memchr, memrchr};
use std::io::Read;
use std::ops::Range;

/// The bytes of some records, and what is already known of them.
#[derive(Default)]
pub(crate) struct Block {
    /// The bytes, and behind them as many more as may be looked at.
    buffer: Vec<u8>,
    pieces: Vec<Piece>,
    field_ends: Vec<u32>,
    /// Whether the last record is the text's last line and has no line end.
    is_open_ended: bool,
}

enum Piece {
    /// Whole lines without quotes, each with its line end.
    Lines(Range<usize>),
    /// A record that is split.
    Record {
        start: usize,
        split: Split,
        field_ends: Range<usize>,
    },
    /// The beginning of a line that cannot be split.
    Damaged(Range<usize>, RejectReason),
}

/// Takes the rows of a block in.
pub(crate) trait TakesRows {
    /// Takes a record in, and tells whether rows may follow it. `is_open_ended` says that it is the
    /// text's last line and has no line end.
    fn record(&mut self, record: &Record<'_>, is_open_ended: bool) -> bool;

    /// Takes in the beginning of a line that cannot be split.
    fn damaged(&mut self, line: &[u8], reason: RejectReason);

    /// Takes the line in that begins at `start`, and tells where the next one begins; `None` if no
    /// row may follow.
    fn line(
        &mut self,
        lines: Lines<'_>,
        start: usize,
        splitter: &mut LineSplitter,
    ) -> Option<usize>;
}

impl Block {
    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Makes it empty, so that it can be filled again.
    fn clear(&mut self) {
        self.pieces.clear();
        self.field_ends.clear();
        self.is_open_ended = false;
    }

    /// Gives every row to `taker` until that says that no more are wanted.
    pub(crate) fn rows(
        &self,
        structural: Structural,
        splitter: &mut LineSplitter,
        taker: &mut impl TakesRows,
    ) {
        for (index, piece) in self.pieces.iter().enumerate() {
            let goes_on = match piece {
                Piece::Lines(place) => {
                    let lines = Lines {
                        padded: &self.buffer,
                        filled: place.end,
                        structural,
                    };
                    take_lines(lines, place.start, splitter, taker)
                }
                Piece::Record {
                    start,
                    split,
                    field_ends,
                } => {
                    let text = &self.buffer[*start..];
                    let ends = &self.field_ends[field_ends.clone()];
                    let is_open_ended = self.is_open_ended && index + 1 == self.pieces.len();
                    taker.record(&Record::of_split(text, split, ends), is_open_ended)
                }
                Piece::Damaged(place, reason) => {
                    taker.damaged(&self.buffer[place.clone()], *reason);
                    true
                }
            };
            if !goes_on {
                return;
            }
        }
    }
}

/// Gives lines to `taker` until that says that no more are wanted, which is told.
#[inline]
fn take_lines(
    lines: Lines<'_>,
    mut start: usize,
    splitter: &mut LineSplitter,
    taker: &mut impl TakesRows,
) -> bool {
    let line_end = lines.structural.line_end;
    while start < lines.filled {
        let first = lines.padded[start];
        if (matches!(first, b'#' | b' ' | b'\r') || first == line_end)
            && let Some(length) = length_of_no_record(&lines.padded[start..lines.filled], line_end)
        {
            start += length + 1;
            continue;
        }
        let Some(next) = taker.line(lines, start, splitter) else {
            return false;
        };
        start = next;
    }
    true
}

/// How long the first line is, if it is a comment or blank.
#[cold]
fn length_of_no_record(lines: &[u8], line_end: u8) -> Option<usize> {
    let length = memchr(line_end, lines).unwrap_or(lines.len());
    let line = &lines[..length];
    let is_none = line.first() == Some(&b'#') || (length <= MAX_RECORD && is_blank(line));
    is_none.then_some(length)
}

/// Cuts a text into blocks.
pub(crate) struct Cutter<R> {
    records: Records<R>,
    is_ended: bool,
    /// The beginning of what follows the last record of a text that breaks off.
    lost: Vec<u8>,
}

impl<R: Read> Cutter<R> {
    pub(crate) fn new(records: Records<R>) -> Self {
        Self {
            records,
            is_ended: false,
            lost: Vec::new(),
        }
    }

    /// What lies between fields and records.
    pub(crate) fn structural(&self) -> Structural {
        self.records.structural()
    }

    /// Why the text breaks off, if it does, and the beginning of what follows its last record.
    pub(crate) fn broken_off(&self) -> Option<(String, &[u8])> {
        let failure = self.records.chunks().failure()?;
        Some((failure.to_string(), &self.lost))
    }

    /// Reads so many bytes at a time from now on.
    pub(crate) fn set_chunk(&mut self, chunk: usize) {
        self.records.set_chunk(chunk);
    }

    /// Fills `block` with what comes next, and tells whether more may come.
    pub(crate) fn fill(&mut self, block: &mut Block) -> bool {
        block.clear();
        while !self.is_ended {
            self.cut(block);
            if !block.is_empty() {
                self.records.hand_over(&mut block.buffer);
                break;
            }
            if !self.is_ended {
                self.records.read_on();
            }
        }
        !self.is_ended
    }

    /// Puts what is in memory into `block`, up to the first record that is not whole.
    fn cut(&mut self, block: &mut Block) {
        loop {
            if !self.records.skips_line() && !self.cut_lines(block) {
                return;
            }
            match self.records.advance_in_memory() {
                None => return,
                Some(Step::End) => {
                    self.is_ended = true;
                    self.lost = self.records.damaged().to_vec();
                    return;
                }
                Some(Step::Record) => {
                    let (split, ends) = self.records.record().split();
                    let ends_start = block.field_ends.len();
                    block.field_ends.extend_from_slice(ends);
                    block.pieces.push(Piece::Record {
                        start: self.records.place().start,
                        split,
                        field_ends: ends_start..block.field_ends.len(),
                    });
                    block.is_open_ended = self.records.is_open_ended();
                }
                Some(Step::Damaged(reason)) => {
                    let start = self.records.place().start;
                    let end = start + self.records.damaged().len();
                    block.pieces.push(Piece::Damaged(start..end, reason));
                }
            }
        }
    }

    /// Takes the whole lines up to the next quote, and tells whether it needs a closer look at what
    /// follows: at a quote, or at the text's end.
    fn cut_lines(&mut self, block: &mut Block) -> bool {
        let chunks = self.records.chunks();
        let next = self.records.next();
        let rest = &chunks.bytes()[next..];
        let quote = memchr(QUOTE, rest);
        let clean = &rest[..quote.unwrap_or(rest.len())];
        let line_end = self.records.structural().line_end;
        let lines = memrchr(line_end, clean).map_or(0, |last| last + 1);
        let left = clean.len() - lines;
        let goes_on = quote.is_some() || chunks.is_ended() || left > MAX_RECORD;
        if lines > 0 {
            block.pieces.push(Piece::Lines(next..next + lines));
            self.records.skip_to(next + lines);
        }
        goes_on
    }
}

const _: () = assert!(PADDING >= crate::structural::BLOCK);
