//! The arena holds rows in memory, each vessel's in a chain of small pieces: rows of thousands of
//! vessels come in turn, and none is moved when more come. What is used can be told to the byte, and
//! is used again when the rows have gone to disk.

use crate::rows::GatheredRow;
use landfall_ingest::VesselSlot;
use landfall_track::Timestamp;

/// Rows in one page of memory.
const PAGE: usize = 1 << 14;
/// Rows in a vessel's longest pieces; her first is of one row, and every next twice as long.
const LONGEST: u32 = 64;
/// A row that belongs before earlier ones is put where it belongs if that is at most so many rows back;
/// receivers whose rows were put together are a few seconds apart.
const FURTHEST_BACK: u32 = 64;
/// No piece.
const NONE: u32 = u32::MAX;

/// One vessel's chain.
#[derive(Clone, Copy, Debug)]
struct Chain {
    first: u32,
    current: u32,
    /// Where the next row goes, and how many more the current piece takes.
    next: u32,
    room: u32,
    last: Timestamp,
    rows: u32,
    /// Whether the rows lie in order.
    in_order: bool,
}

impl Chain {
    const EMPTY: Self = Self {
        first: NONE,
        current: NONE,
        next: 0,
        room: 0,
        last: Timestamp::MIN,
        rows: 0,
        in_order: true,
    };
}

/// A run of places in the pages.
#[derive(Clone, Copy, Debug)]
struct Piece {
    start: u32,
    length: u32,
    before: u32,
    next: u32,
}

/// Rows by vessel, in memory.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    pages: Vec<Box<[GatheredRow]>>,
    pieces: Vec<Piece>,
    /// By vessel slot.
    chains: Vec<Chain>,
    /// Places given out.
    used: usize,
}

impl Arena {
    /// Takes a vessel's next row.
    #[inline]
    pub(crate) fn push(&mut self, vessel: VesselSlot, row: GatheredRow) {
        let slot = vessel.0 as usize;
        if slot >= self.chains.len() {
            self.chains.resize(slot + 1, Chain::EMPTY);
        }
        if self.chains[slot].room == 0 {
            self.begin_piece(slot);
        }
        let chain = &mut self.chains[slot];
        let place = chain.next as usize;
        self.pages[place / PAGE][place % PAGE] = row;
        chain.next += 1;
        chain.room -= 1;
        chain.rows += 1;
        if row.report.time > chain.last {
            chain.last = row.report.time;
        } else if chain.in_order && chain.rows > 1 {
            self.put_in_place(slot, row);
        }
    }

    /// Moves the row that came last to where it belongs, if that is not far.
    #[cold]
    fn put_in_place(&mut self, slot: usize, row: GatheredRow) {
        let chain = self.chains[slot];
        let (mut piece, mut place) = (chain.current, chain.next - 1);
        for _ in 0..FURTHEST_BACK {
            let Some(before) = self.place_before(&mut piece, place) else {
                return;
            };
            let earlier = *self.row(before);
            if !row.is_before(&earlier) {
                return;
            }
            *self.row(place) = earlier;
            *self.row(before) = row;
            place = before;
        }
        self.chains[slot].in_order = false;
    }

    /// The place before another one of a chain; `piece` is the piece that the place is in.
    fn place_before(&self, piece: &mut u32, place: u32) -> Option<u32> {
        if place > self.pieces[*piece as usize].start {
            return Some(place - 1);
        }
        *piece = self.pieces[*piece as usize].before;
        let before = self.pieces.get(*piece as usize)?;
        Some(before.start + before.length - 1)
    }

    fn row(&mut self, place: u32) -> &mut GatheredRow {
        &mut self.pages[place as usize / PAGE][place as usize % PAGE]
    }

    fn begin_piece(&mut self, slot: usize) {
        let chain = &mut self.chains[slot];
        let before = self.pieces.get(chain.current as usize);
        let wanted = before.map_or(1, |before| (before.length * 2).min(LONGEST));
        let left = PAGE - self.used % PAGE;
        if self.used / PAGE == self.pages.len() {
            self.pages
                .push(vec![GatheredRow::blank(); PAGE].into_boxed_slice());
        }
        let length = wanted.min(left as u32);
        let number = self.pieces.len() as u32;
        self.pieces.push(Piece {
            start: self.used as u32,
            length,
            before: chain.current,
            next: NONE,
        });
        if let Some(current) = self.pieces.get_mut(chain.current as usize) {
            current.next = number;
        } else {
            chain.first = number;
        }
        chain.current = number;
        chain.next = self.used as u32;
        chain.room = length;
        self.used += length as usize;
    }

    /// Bytes in use.
    pub(crate) fn bytes(&self) -> usize {
        self.used * size_of::<GatheredRow>()
            + self.pieces.len() * size_of::<Piece>()
            + self.chains.len() * size_of::<Chain>()
    }

    /// Whether no row more can be told apart from the others: places are numbered in 32 bits.
    pub(crate) fn is_full(&self) -> bool {
        self.used >= (u32::MAX as usize) - PAGE
    }

    /// How many slots may have rows.
    pub(crate) fn slots(&self) -> u32 {
        self.chains.len() as u32
    }

    /// How many rows a vessel has.
    pub(crate) fn rows_of(&self, vessel: VesselSlot) -> u64 {
        let chain = self.chains.get(vessel.0 as usize);
        chain.map_or(0, |chain| u64::from(chain.rows))
    }

    /// Whether a vessel's rows lie in order, so that there is nothing to sort.
    pub(crate) fn is_in_order(&self, vessel: VesselSlot) -> bool {
        let chain = self.chains.get(vessel.0 as usize);
        chain.is_none_or(|chain| chain.in_order)
    }

    /// A vessel's rows piece by piece: in order, or else more or less as they came.
    pub(crate) fn pieces(&self, vessel: VesselSlot) -> impl Iterator<Item = &[GatheredRow]> {
        let chain = self.chains.get(vessel.0 as usize).copied();
        let chain = chain.unwrap_or(Chain::EMPTY);
        let mut number = chain.first;
        std::iter::from_fn(move || {
            let piece = self.pieces.get(number as usize)?;
            let is_last = number == chain.current;
            number = if is_last { NONE } else { piece.next };
            let length = if is_last {
                chain.next - piece.start
            } else {
                piece.length
            };
            // A piece lies within one page.
            let (page, start) = (piece.start as usize / PAGE, piece.start as usize % PAGE);
            Some(&self.pages[page][start..start + length as usize])
        })
    }

    /// Forgets every row, and keeps the memory for others.
    pub(crate) fn clear(&mut self) {
        self.pieces.clear();
        self.chains.fill(Chain::EMPTY);
        self.used = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{Position, PositionReport, SourceRow};
    use proptest::prelude::*;

    fn row(seconds: i64, number: u64) -> GatheredRow {
        let mut row = GatheredRow::blank();
        row.report = PositionReport::new(
            Timestamp::from_seconds(seconds).unwrap(),
            Position::default(),
            SourceRow::new(0, number).unwrap(),
        );
        row
    }

    proptest! {
        #[test]
        fn every_vessel_gets_her_rows_back_in_order_if_they_say_so(
            sent in prop::collection::vec((0_u32..5, 0_i64..50), 0..600),
        ) {
            let mut arena = Arena::default();
            // Once more after the memory was used before.
            for _ in 0..2 {
                arena.clear();
                for (number, (vessel, seconds)) in sent.iter().enumerate() {
                    arena.push(VesselSlot(*vessel), row(*seconds, number as u64));
                }
                for vessel in 0..6 {
                    let hers: Vec<(i64, u64)> = sent
                        .iter()
                        .enumerate()
                        .filter(|(_, (sender, _))| *sender == vessel)
                        .map(|(number, (_, seconds))| (*seconds, number as u64))
                        .collect();
                    let slot = VesselSlot(vessel);
                    let mut back: Vec<(i64, u64)> = arena
                        .pieces(slot)
                        .flatten()
                        .map(|row| (row.report.time.as_millis() / 1000, row.report.source.row()))
                        .collect();
                    let mut hers = hers;
                    hers.sort_unstable();
                    // Few rows are far from where they belong.
                    prop_assert!(arena.is_in_order(slot) || hers.len() > FURTHEST_BACK as usize);
                    if arena.is_in_order(slot) {
                        prop_assert_eq!(&back, &hers);
                    }
                    back.sort_unstable();
                    prop_assert_eq!(&back, &hers);
                    prop_assert_eq!(arena.rows_of(slot), hers.len() as u64);
                }
            }
        }
    }

    #[test]
    fn a_vessel_that_fills_pages_keeps_every_row() {
        let mut arena = Arena::default();
        for number in 0..100_000 {
            arena.push(VesselSlot(0), row(number, number as u64));
            if number % 3 == 0 {
                arena.push(VesselSlot(1), row(number, number as u64));
            }
        }
        let back = arena.pieces(VesselSlot(0)).flatten();
        assert!(back.map(|row| row.report.source.row()).eq(0..100_000));
        assert_eq!(arena.pieces(VesselSlot(1)).flatten().count(), 33_334);
    }
}
