//! A memory is what one thread knows of the vessels that it met: their slots, and what their last
//! rows held, so that what stays the same from row to row is neither decoded nor looked up in the
//! book that all threads share.

use crate::vessels::{Key, ParticularsSlot, VesselSlot};
use landfall_track::{Mmsi, Sender};
use rustc_hash::FxHashMap;

/// What one thread remembers. It is bounded: of more vessels than fit, those met lately are known.
#[derive(Default)]
pub(crate) struct Memory {
    /// By some bits of a hash. Each has two places to be in; 0 is nobody.
    by_mmsi: Vec<(u32, VesselSlot)>,
    mmsis: usize,
    by_text: FxHashMap<Box<str>, VesselSlot>,
    /// By the last bits of the vessel's slot.
    last_rows: Vec<LastRow>,
}

/// The most vessels whose slots are remembered.
const MOST_SLOTS: usize = 1 << 17;
/// The most vessels whose last rows are remembered: 8 MiB of them.
const MOST_ROWS: usize = 1 << 15;

/// What a vessel's last row held in the columns of particulars, byte by byte. They seldom change,
/// and while they do not there is nothing to decode.
///
/// Rows of thousands of vessels come in turn, so that this is hardly ever in the nearest cache: all
/// that a row needs lies side by side rather than behind pointers.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(crate) struct LastRow {
    vessel: VesselSlot,
    /// The table that the row was in, or 0. Bytes are compared only within one.
    table: u32,
    /// What the bytes stand for.
    pub particulars: ParticularsSlot,
    /// Which batch the row was in, and which entry of its counts is hers.
    pub batch: u32,
    pub count: u32,
    tail: u16,
    raw: (u16, u16),
    /// Whether all values can be read. If not, that is to be counted in every batch anew.
    pub is_good: bool,
    /// What the tail says beside particulars.
    pub words: Words,
    bytes: [u8; LastRow::INLINE],
}

/// What words in a row came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    pub nav_status: Option<u8>,
    pub sender: Sender,
}

/// The bytes of a row that are remembered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept<'a> {
    /// What the columns of particulars hold.
    pub raw: &'a [u8],
    /// The line from the end of the field before them on, if the rest of a line that ends in the
    /// same need not be split.
    pub tail: Option<&'a [u8]>,
    /// Where `raw` begins in the tail, if it lies there in one piece.
    pub raw_in_tail: Option<usize>,
}

impl LastRow {
    /// What fits into four cache lines beside the rest.
    const INLINE: usize = 4 * 64 - 30;
    const NONE: LastRow = LastRow {
        vessel: VesselSlot(u32::MAX),
        table: 0,
        particulars: ParticularsSlot::NONE,
        batch: 0,
        count: 0,
        tail: LastRow::NO_TAIL,
        raw: (0, 0),
        is_good: true,
        words: Words {
            nav_status: None,
            sender: Sender::Unstated,
        },
        bytes: [0; LastRow::INLINE],
    };
    const NO_TAIL: u16 = u16::MAX;

    /// What the columns of particulars held.
    #[inline]
    pub(crate) fn raw(&self) -> &[u8] {
        &self.bytes[usize::from(self.raw.0)..usize::from(self.raw.1)]
    }

    /// What the line ended in, if that is known.
    #[inline]
    pub(crate) fn tail(&self) -> Option<&[u8]> {
        self.bytes.get(..usize::from(self.tail))
    }

    /// Keeps bytes, the tail only if it fits in; tells whether the others do.
    pub(crate) fn keep(&mut self, kept: Kept<'_>) -> bool {
        self.tail = Self::NO_TAIL;
        let mut start = 0;
        if let Some(tail) = kept.tail {
            let free = kept.raw_in_tail.map_or(kept.raw.len(), |_| 0);
            if tail.len() + free <= Self::INLINE {
                self.bytes[..tail.len()].copy_from_slice(tail);
                self.tail = tail.len() as u16;
                start = kept.raw_in_tail.unwrap_or(tail.len());
            }
        }
        let end = start + kept.raw.len();
        let Some(bytes) = self.bytes.get_mut(start..end) else {
            return false;
        };
        bytes.copy_from_slice(kept.raw);
        self.raw = (start as u16, end as u16);
        true
    }
}

/// Where an MMSI is kept among so many places, a power of two.
#[inline]
fn place_of(number: u32, places: usize) -> usize {
    let hash = u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (hash >> 40) as usize & places.wrapping_sub(1)
}

impl Memory {
    /// The slot of a vessel, if it is remembered.
    #[inline]
    pub(crate) fn find(&self, key: Key<'_>) -> Option<VesselSlot> {
        match key {
            Key::Mmsi(mmsi) => self.find_mmsi(mmsi),
            Key::Text(text) => self.by_text.get(text).copied(),
        }
    }

    /// The same by MMSI.
    #[inline]
    pub(crate) fn find_mmsi(&self, mmsi: Mmsi) -> Option<VesselSlot> {
        let place = place_of(mmsi.get(), self.by_mmsi.len());
        let (first, slot) = *self.by_mmsi.get(place)?;
        if first == mmsi.get() {
            return Some(slot);
        }
        let (second, slot) = *self.by_mmsi.get(place ^ 1)?;
        (second == mmsi.get()).then_some(slot)
    }

    /// Remembers the slot of a vessel.
    pub(crate) fn learn(&mut self, key: Key<'_>, slot: VesselSlot) {
        match key {
            Key::Mmsi(mmsi) => self.learn_mmsi(mmsi, slot),
            Key::Text(text) => {
                if self.by_text.len() >= MOST_SLOTS {
                    self.by_text.clear();
                }
                self.by_text.insert(text.into(), slot);
            }
        }
        let wanted = (slot.0 as usize + 1).next_power_of_two().min(MOST_ROWS);
        if self.last_rows.len() < wanted {
            self.grow(wanted);
        }
    }

    fn learn_mmsi(&mut self, mmsi: Mmsi, slot: VesselSlot) {
        // With room to spare nearly everyone finds a place.
        if self.mmsis * 4 >= self.by_mmsi.len() && self.by_mmsi.len() < MOST_SLOTS {
            let wanted = (self.by_mmsi.len() * 2).max(1 << 10);
            let known = std::mem::replace(&mut self.by_mmsi, vec![(0, slot); wanted]);
            for (number, slot) in known {
                if number != 0 {
                    self.put_mmsi(number, slot);
                }
            }
        }
        self.mmsis += 1;
        self.put_mmsi(mmsi.get(), slot);
    }

    fn put_mmsi(&mut self, number: u32, slot: VesselSlot) {
        let place = place_of(number, self.by_mmsi.len());
        let is_taken = self.by_mmsi[place].0 != 0 && self.by_mmsi[place ^ 1].0 == 0;
        self.by_mmsi[place ^ usize::from(is_taken)] = (number, slot);
    }

    fn grow(&mut self, wanted: usize) {
        let mut rows = vec![LastRow::NONE; wanted];
        for row in std::mem::take(&mut self.last_rows) {
            if row.table != 0 {
                let index = row.vessel.0 as usize & (wanted - 1);
                rows[index] = row;
            }
        }
        self.last_rows = rows;
    }

    /// The vessel's last row in a table, if it is remembered.
    #[inline]
    pub(crate) fn last_row(&mut self, vessel: VesselSlot, table: u32) -> Option<&mut LastRow> {
        let mask = self.last_rows.len().wrapping_sub(1);
        let row = self.last_rows.get_mut(vessel.0 as usize & mask)?;
        (row.vessel == vessel && row.table == table).then_some(row)
    }

    /// Remembers a vessel's row. Bytes beyond all measure are not remembered.
    pub(crate) fn remember(
        &mut self,
        vessel: VesselSlot,
        table: u32,
        kept: Kept<'_>,
        particulars: ParticularsSlot,
    ) -> Option<&mut LastRow> {
        let mask = self.last_rows.len().wrapping_sub(1);
        let row = self.last_rows.get_mut(vessel.0 as usize & mask)?;
        row.table = 0;
        if !row.keep(kept) {
            return None;
        }
        row.vessel = vessel;
        row.table = table;
        row.particulars = particulars;
        row.batch = 0;
        row.is_good = true;
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_last_row_takes_four_cache_lines() {
        assert_eq!(size_of::<LastRow>(), 256);
    }

    fn raw(bytes: &[u8]) -> Kept<'_> {
        Kept {
            raw: bytes,
            tail: None,
            raw_in_tail: None,
        }
    }

    #[test]
    fn bytes_are_remembered_only_in_their_own_table() {
        let mut memory = Memory::default();
        let mmsi = Key::Mmsi(Mmsi::new(7).unwrap());
        let vessel = VesselSlot(3);
        memory.learn(mmsi, vessel);
        assert_eq!(memory.find(mmsi), Some(vessel));
        for bytes in [vec![b'x'; 10], vec![b'y'; 200], vec![]] {
            let row = memory.remember(vessel, 1, raw(&bytes), ParticularsSlot(3));
            assert!(row.is_some());
            let row = memory.last_row(vessel, 1).unwrap();
            assert_eq!((row.raw(), row.particulars), (&*bytes, ParticularsSlot(3)));
            assert_eq!(row.tail(), None);
            assert!(memory.last_row(vessel, 2).is_none());
        }
        let long = memory.remember(vessel, 1, raw(&[b'x'; 1_000]), ParticularsSlot(3));
        assert!(long.is_none());
        assert!(memory.last_row(vessel, 1).is_none());
    }

    #[test]
    fn a_tail_is_kept_only_where_it_fits_and_what_is_compared_always() {
        let mut row = LastRow::NONE;
        for (raw, before, after) in [
            (10, 1, 20),
            (0, 1, 0),
            (100, 1, 80),
            (200, 1, 80),
            (300, 1, 1),
        ] {
            let tail = [vec![b','; before], vec![b'x'; raw], vec![b'y'; after]].concat();
            for raw_in_tail in [Some(before), None] {
                let kept = Kept {
                    raw: &tail[before..before + raw],
                    tail: Some(&tail),
                    raw_in_tail,
                };
                let is_kept = row.keep(kept);
                assert_eq!(is_kept, raw < 300);
                if is_kept {
                    assert_eq!(row.raw(), kept.raw);
                }
                let needed = tail.len() + raw_in_tail.map_or(raw, |_| 0);
                let fits = needed <= LastRow::INLINE;
                assert_eq!(row.tail(), fits.then_some(&*tail));
            }
        }
    }

    #[test]
    fn a_memory_of_a_million_vessels_is_bounded_and_never_wrong() {
        let mut memory = Memory::default();
        let key = |number: u32| Key::Mmsi(Mmsi::new(number + 1).unwrap());
        for number in 0..1_000_000 {
            assert_eq!(memory.find(key(number)), None);
            memory.learn(key(number), VesselSlot(number));
            memory.remember(VesselSlot(number), 1, raw(b"raw"), ParticularsSlot(number));
        }
        assert_eq!(memory.by_mmsi.len(), MOST_SLOTS);
        assert_eq!(memory.last_rows.len(), MOST_ROWS);
        for number in 0..1_000_000 {
            let slot = VesselSlot(number);
            assert!(memory.find(key(number)).is_none_or(|found| found == slot));
            let last = memory.last_row(slot, 1);
            assert!(last.is_none_or(|row| row.particulars.0 == number));
        }
    }
}
