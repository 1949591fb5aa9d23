//! A vessel book is the list of all vessels met so far, with what each called herself and when.

use landfall_track::{Identity, Mmsi, Particulars, Timestamp, Vessel, VesselId};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A vessel's number in a [`VesselBook`]; the first is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VesselSlot(pub u32);

/// The number of a vessel's particulars in a [`VesselBook`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParticularsSlot(pub u32);

impl ParticularsSlot {
    /// The row said nothing of the vessel but where she was.
    pub const NONE: ParticularsSlot = ParticularsSlot(0);
}

/// Where the slots of a book that was merged into another are found there.
#[derive(Debug)]
pub struct MergedSlots {
    /// For each vessel of the merged book its slot in the other.
    pub vessels: Vec<VesselSlot>,
    /// For each of the merged book's particulars their slot in the other.
    pub particulars: Vec<ParticularsSlot>,
}

/// All vessels met so far and everything each sent of herself, with the time span in which she
/// did. The order of rows and files changes the slots, but nothing else.
#[derive(Debug, Default)]
pub struct VesselBook {
    by_mmsi: FxHashMap<Mmsi, VesselSlot>,
    by_text: FxHashMap<Box<str>, VesselSlot>,
    ids: Vec<VesselId>,
    last_rows: Vec<LastRow>,
    long_raw: FxHashMap<VesselSlot, Vec<u8>>,
    sent: Vec<Sent>,
    by_content: FxHashMap<(VesselSlot, Arc<Particulars>), ParticularsSlot>,
    layouts: u32,
}

/// What a vessel's last row held in the columns of particulars, byte by byte, and what to add to
/// these particulars' account. They seldom change, and while they do not there is nothing to
/// decode.
///
/// Rows of thousands of vessels come in turn, so that this is hardly ever in the cache: all that a
/// row needs lies side by side rather than behind pointers.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct LastRow {
    layout: u32,
    slot: u32,
    first: Timestamp,
    last: Timestamp,
    reports: u32,
    length: u32,
    raw: [u8; LastRow::INLINE],
}

impl LastRow {
    /// What fits into three cache lines beside the rest. Longer ones are kept elsewhere.
    const INLINE: usize = 3 * 64 - 32;
    const NONE: LastRow = LastRow {
        layout: 0,
        slot: 0,
        first: Timestamp::MAX,
        last: Timestamp::MIN,
        reports: 0,
        length: 0,
        raw: [0; LastRow::INLINE],
    };
}

#[derive(Debug)]
struct Sent {
    vessel: VesselSlot,
    particulars: Arc<Particulars>,
    first: Timestamp,
    last: Timestamp,
    reports: u64,
}

impl VesselBook {
    /// An empty book.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many vessels it holds.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// A vessel's id.
    ///
    /// # Panics
    ///
    /// If the slot is of another book.
    pub fn id(&self, slot: VesselSlot) -> &VesselId {
        &self.ids[slot.0 as usize]
    }

    /// The particulars of a slot; `None` for [`ParticularsSlot::NONE`] and for the slot of another
    /// book.
    pub fn particulars(&self, slot: ParticularsSlot) -> Option<&Particulars> {
        let index = (slot.0 as usize).checked_sub(1)?;
        self.sent.get(index).map(|sent| &*sent.particulars)
    }

    /// Every vessel with her identities by first report and then by content. The index of a vessel
    /// is her slot.
    pub fn into_vessels(mut self) -> Vec<Vessel> {
        self.settle_all();
        let mut vessels: Vec<Vessel> = self
            .ids
            .into_iter()
            .map(|id| Vessel {
                id,
                identities: Vec::new(),
            })
            .collect();
        drop(self.by_content);
        for sent in self.sent.into_iter().filter(|sent| sent.reports > 0) {
            vessels[sent.vessel.0 as usize].identities.push(Identity {
                particulars: Arc::unwrap_or_clone(sent.particulars),
                first: sent.first,
                last: sent.last,
                reports: sent.reports,
            });
        }
        for vessel in &mut vessels {
            vessel
                .identities
                .sort_by(|a, b| (a.first, &a.particulars).cmp(&(b.first, &b.particulars)));
        }
        vessels
    }

    /// Takes everything of another book in, and tells where its slots are found here.
    pub fn merge(&mut self, mut other: VesselBook) -> MergedSlots {
        other.settle_all();
        let vessels: Vec<VesselSlot> = other
            .ids
            .into_iter()
            .map(|id| match id {
                VesselId::Mmsi(mmsi) => self.slot_of_mmsi(mmsi),
                VesselId::Text(text) => self.slot_of_text(&text),
            })
            .collect();
        let mut particulars = vec![ParticularsSlot::NONE];
        drop(other.by_content);
        for sent in other.sent {
            let vessel = vessels[sent.vessel.0 as usize];
            let slot = self.intern(vessel, Arc::unwrap_or_clone(sent.particulars));
            if let Some(mine) = self.sent.get_mut((slot.0 as usize).wrapping_sub(1)) {
                mine.first = mine.first.min(sent.first);
                mine.last = mine.last.max(sent.last);
                mine.reports += sent.reports;
            }
            particulars.push(slot);
        }
        MergedSlots {
            vessels,
            particulars,
        }
    }

    /// A number for one file's layout of columns: raw bytes are compared only within one.
    pub(crate) fn new_layout(&mut self) -> u32 {
        self.layouts += 1;
        self.layouts
    }

    /// The slot of an MMSI, if it is known.
    #[inline]
    pub(crate) fn find_mmsi(&self, mmsi: Mmsi) -> Option<VesselSlot> {
        self.by_mmsi.get(&mmsi).copied()
    }

    /// The slot of any other identity, if it is known.
    #[inline]
    pub(crate) fn find_text(&self, text: &str) -> Option<VesselSlot> {
        self.by_text.get(text).copied()
    }

    /// The slot of an MMSI.
    #[inline]
    pub(crate) fn slot_of_mmsi(&mut self, mmsi: Mmsi) -> VesselSlot {
        if let Some(slot) = self.by_mmsi.get(&mmsi) {
            return *slot;
        }
        let slot = self.add(VesselId::Mmsi(mmsi));
        self.by_mmsi.insert(mmsi, slot);
        slot
    }

    /// The slot of any other identity.
    #[inline]
    pub(crate) fn slot_of_text(&mut self, text: &str) -> VesselSlot {
        if let Some(slot) = self.by_text.get(text) {
            return *slot;
        }
        let slot = self.add(VesselId::Text(text.into()));
        self.by_text.insert(text.into(), slot);
        slot
    }

    fn add(&mut self, id: VesselId) -> VesselSlot {
        let slot = VesselSlot(u32::try_from(self.ids.len()).unwrap_or(u32::MAX));
        self.ids.push(id);
        self.last_rows.push(LastRow::NONE);
        slot
    }

    /// Whether the vessel's last row was in this layout.
    #[inline]
    pub(crate) fn remembers(&self, vessel: VesselSlot, layout: u32) -> bool {
        let last = &self.last_rows[vessel.0 as usize];
        // The next cache line is read along, for the comparison that follows.
        std::hint::black_box(last.raw[64]);
        last.layout == layout
    }

    /// The slot of the vessel's last particulars, if it was in this layout that they were sent, and
    /// the bytes they were decoded from are those that `is_same` looks for.
    #[inline]
    pub(crate) fn unchanged(
        &self,
        vessel: VesselSlot,
        layout: u32,
        is_same: impl FnOnce(&[u8]) -> bool,
    ) -> Option<ParticularsSlot> {
        let last = &self.last_rows[vessel.0 as usize];
        if last.layout != layout {
            return None;
        }
        let raw = match last.raw.get(..last.length as usize) {
            Some(raw) => raw,
            None => self.long_raw.get(&vessel)?,
        };
        is_same(raw).then_some(ParticularsSlot(last.slot))
    }

    /// Keeps the bytes that were decoded to `slot` for comparison with the next row's.
    pub(crate) fn remember(
        &mut self,
        vessel: VesselSlot,
        layout: u32,
        raw: &[u8],
        slot: ParticularsSlot,
    ) {
        self.settle(vessel);
        let last = &mut self.last_rows[vessel.0 as usize];
        last.layout = layout;
        last.slot = slot.0;
        last.length = raw.len() as u32;
        if let Some(bytes) = last.raw.get_mut(..raw.len()) {
            bytes.copy_from_slice(raw);
        } else {
            let long = self.long_raw.entry(vessel).or_default();
            long.clear();
            long.extend_from_slice(raw);
        }
    }

    /// The slot of a vessel's particulars; [`ParticularsSlot::NONE`] if nothing was sent.
    pub(crate) fn intern(
        &mut self,
        vessel: VesselSlot,
        particulars: Particulars,
    ) -> ParticularsSlot {
        if particulars == Particulars::default() {
            return ParticularsSlot::NONE;
        }
        let particulars = Arc::new(particulars);
        let next = ParticularsSlot(u32::try_from(self.sent.len() + 1).unwrap_or(u32::MAX));
        let slot = *self
            .by_content
            .entry((vessel, Arc::clone(&particulars)))
            .or_insert(next);
        if slot == next {
            self.sent.push(Sent {
                vessel,
                particulars,
                first: Timestamp::MAX,
                last: Timestamp::MIN,
                reports: 0,
            });
        }
        slot
    }

    /// Counts a vessel's report that carried these particulars.
    #[inline]
    pub(crate) fn count(&mut self, vessel: VesselSlot, slot: ParticularsSlot, time: Timestamp) {
        if slot == ParticularsSlot::NONE {
            return;
        }
        let last = &mut self.last_rows[vessel.0 as usize];
        if last.slot == slot.0 && last.reports < u32::MAX {
            last.first = last.first.min(time);
            last.last = last.last.max(time);
            last.reports += 1;
        } else {
            self.add_to_account(slot, time, time, 1);
        }
    }

    fn add_to_account(
        &mut self,
        slot: ParticularsSlot,
        first: Timestamp,
        last: Timestamp,
        reports: u32,
    ) {
        if let Some(sent) = self.sent.get_mut((slot.0 as usize).wrapping_sub(1)) {
            sent.first = sent.first.min(first);
            sent.last = sent.last.max(last);
            sent.reports += u64::from(reports);
        }
    }

    /// Brings the account of the vessel's last particulars up to date.
    fn settle(&mut self, vessel: VesselSlot) {
        let last = &mut self.last_rows[vessel.0 as usize];
        let (first, until, reports) = (last.first, last.last, last.reports);
        let slot = ParticularsSlot(last.slot);
        (last.first, last.last, last.reports) = (Timestamp::MAX, Timestamp::MIN, 0);
        self.add_to_account(slot, first, until, reports);
    }

    fn settle_all(&mut self) {
        for index in 0..self.last_rows.len() {
            self.settle(VesselSlot(index as u32));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Particulars {
        Particulars {
            name: Some(name.to_owned()),
            ..Particulars::default()
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds).unwrap()
    }

    fn mmsi(number: u32) -> Mmsi {
        Mmsi::new(number).unwrap()
    }

    fn send(book: &mut VesselBook, number: u32, name: &str, seconds: i64) {
        let vessel = book.slot_of_mmsi(mmsi(number));
        let slot = book.intern(vessel, named(name));
        book.count(vessel, slot, at(seconds));
    }

    #[test]
    fn a_changed_name_is_two_identities_and_the_order_of_rows_does_not_matter() {
        let rows = [
            (7, "MAIA", 10),
            (7, "MAIA-1", 30),
            (8, "ANGARA", 5),
            (7, "MAIA", 20),
        ];
        let mut forward = VesselBook::new();
        let mut backward = VesselBook::new();
        for (number, name, seconds) in rows {
            send(&mut forward, number, name, seconds);
        }
        for (number, name, seconds) in rows.into_iter().rev() {
            send(&mut backward, number, name, seconds);
        }
        let sorted = |book: VesselBook| {
            let mut vessels = book.into_vessels();
            vessels.sort_by(|a, b| a.id.cmp(&b.id));
            vessels
        };
        let vessels = sorted(forward);
        assert_eq!(vessels, sorted(backward));
        assert_eq!(
            vessels[0].identities,
            [
                Identity {
                    particulars: named("MAIA"),
                    first: at(10),
                    last: at(20),
                    reports: 2
                },
                Identity {
                    particulars: named("MAIA-1"),
                    first: at(30),
                    last: at(30),
                    reports: 1
                },
            ]
        );
    }

    #[test]
    fn a_merged_book_holds_both_and_tells_where() {
        let mut one = VesselBook::new();
        send(&mut one, 7, "MAIA", 10);
        let mut two = VesselBook::new();
        send(&mut two, 8, "ANGARA", 5);
        send(&mut two, 7, "MAIA", 2);
        two.slot_of_text("hash");
        let slots = one.merge(two);
        assert_eq!(slots.vessels, [VesselSlot(1), VesselSlot(0), VesselSlot(2)]);
        assert_eq!(
            slots.particulars,
            [ParticularsSlot(0), ParticularsSlot(2), ParticularsSlot(1)]
        );
        assert_eq!(one.id(VesselSlot(2)), &VesselId::Text("hash".into()));
        assert_eq!(one.particulars(ParticularsSlot(2)), Some(&named("ANGARA")));
        let vessels = one.into_vessels();
        assert_eq!(
            vessels[0].identities,
            [Identity {
                particulars: named("MAIA"),
                first: at(2),
                last: at(10),
                reports: 2
            },]
        );
    }

    #[test]
    fn unchanged_bytes_count_only_in_their_own_layout() {
        let mut book = VesselBook::new();
        let vessel = book.slot_of_mmsi(mmsi(7));
        let (first, second) = (book.new_layout(), book.new_layout());
        for raw in [vec![b'x'; 10], vec![b'y'; 500], vec![]] {
            let same = |bytes: &[u8]| bytes == raw;
            assert_eq!(book.unchanged(vessel, first, same), None);
            book.remember(vessel, first, &raw, ParticularsSlot(3));
            assert_eq!(
                book.unchanged(vessel, first, same),
                Some(ParticularsSlot(3))
            );
            assert_eq!(book.unchanged(vessel, second, same), None);
            assert_eq!(
                book.unchanged(vessel, first, |bytes| bytes == b"other"),
                None
            );
        }
    }

    #[test]
    fn nothing_sent_is_no_identity() {
        let mut book = VesselBook::new();
        let vessel = book.slot_of_mmsi(mmsi(7));
        let slot = book.intern(vessel, Particulars::default());
        assert_eq!(slot, ParticularsSlot::NONE);
        book.count(vessel, slot, at(1));
        assert_eq!(book.particulars(slot), None);
        assert!(book.into_vessels()[0].identities.is_empty());
    }
}
