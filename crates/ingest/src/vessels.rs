//! A vessel book is the list of all vessels met so far, with what each called herself and when.

use crate::particulars_code::decode;
use hashbrown::HashTable;
use landfall_track::{Identity, Mmsi, Particulars, Timestamp, Vessel, VesselId};
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// A vessel's number in a [`VesselBook`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VesselSlot(pub u32);

/// The number of a vessel's particulars in a [`VesselBook`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParticularsSlot(pub u32);

impl ParticularsSlot {
    /// The row said nothing of the vessel but where she was.
    pub const NONE: ParticularsSlot = ParticularsSlot(0);

    fn index(self) -> Option<usize> {
        (self.0 as usize).checked_sub(1)
    }
}

/// All vessels met so far and everything each sent of herself, with the time span in which she
/// did.
///
/// Slots are small numbers, but which vessel has which depends on the order of rows and files, and
/// on the threads that read them. A slot may be of a vessel that no row was taken of: she is not in
/// the book.
///
/// Particulars are kept as a few bytes each and decoded when they are asked for.
#[derive(Debug, Default)]
pub struct VesselBook {
    by_id: HashTable<u32>,
    vessels: Vec<Entry>,
    heard: usize,
    by_content: HashTable<u32>,
    sent: Vec<Sent>,
    codes: Codes,
}

#[derive(Debug)]
struct Entry {
    id: VesselId,
    /// The particulars that were interned last; the others follow by [`Sent::before`].
    newest: ParticularsSlot,
    /// Whether a row of hers was taken.
    is_heard: bool,
}

/// A vessel's particulars and their account.
#[derive(Debug)]
struct Sent {
    vessel: VesselSlot,
    /// Those of the same vessel that were interned before.
    before: ParticularsSlot,
    code: Code,
    first: Timestamp,
    last: Timestamp,
    reports: u64,
}

/// How often a vessel sent particulars, and from when to when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub first: Timestamp,
    pub last: Timestamp,
    pub reports: u64,
}

impl Span {
    pub(crate) const NONE: Span = Span {
        first: Timestamp::MAX,
        last: Timestamp::MIN,
        reports: 0,
    };

    /// Adds a report.
    #[inline]
    pub(crate) fn add(&mut self, time: Timestamp) {
        self.first = self.first.min(time);
        self.last = self.last.max(time);
        self.reports += 1;
    }
}

/// Who sent a row, as it stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key<'a> {
    Mmsi(Mmsi),
    Text(&'a str),
}

impl Key<'_> {
    fn of(id: &VesselId) -> Key<'_> {
        match id {
            VesselId::Mmsi(mmsi) => Key::Mmsi(*mmsi),
            VesselId::Text(text) => Key::Text(text),
        }
    }
}

fn hash_of(value: impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

impl VesselBook {
    /// An empty book.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many vessels it holds.
    pub fn len(&self) -> usize {
        self.heard
    }

    /// How many slots were given out, those of vessels that are not in the book among them.
    #[cfg(feature = "polars")]
    pub(crate) fn slots(&self) -> usize {
        self.vessels.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.heard == 0
    }

    /// A vessel's id.
    ///
    /// # Panics
    ///
    /// If the slot is of another book.
    pub fn id(&self, slot: VesselSlot) -> &VesselId {
        &self.vessels[slot.0 as usize].id
    }

    /// The slots of all vessels, in the order of their ids.
    pub fn slots_by_id(&self) -> Vec<VesselSlot> {
        let mut slots = self.every_slot_by_id();
        slots.retain(|slot| self.has_position(*slot));
        slots
    }

    /// The slots of all vessels, and of ids that were heard without a position only, in the order of their
    /// ids.
    pub fn every_slot_by_id(&self) -> Vec<VesselSlot> {
        let mut slots: Vec<VesselSlot> = (0..self.vessels.len() as u32).map(VesselSlot).collect();
        slots.sort_unstable_by(|one, other| self.id(*one).cmp(self.id(*other)));
        slots
    }

    /// Whether a vessel was heard with a position.
    ///
    /// # Panics
    ///
    /// If the slot is of another book.
    pub fn has_position(&self, slot: VesselSlot) -> bool {
        self.vessels[slot.0 as usize].is_heard
    }

    /// A vessel with her identities, in [their order](Identity::order).
    ///
    /// # Panics
    ///
    /// If the slot is of another book.
    pub fn vessel(&self, slot: VesselSlot) -> Vessel {
        let entry = &self.vessels[slot.0 as usize];
        let newest = self.sent_at(entry.newest);
        let mut identities: Vec<Identity> =
            std::iter::successors(newest, |sent| self.sent_at(sent.before))
                .filter(|sent| sent.reports > 0)
                .map(|sent| Identity {
                    particulars: decode(self.codes.get(sent.code)),
                    first: sent.first,
                    last: sent.last,
                    reports: sent.reports,
                })
                .collect();
        identities.sort_unstable_by(Identity::order);
        Vessel {
            id: entry.id.clone(),
            identities,
        }
    }

    /// The particulars of a slot; `None` for [`ParticularsSlot::NONE`] and for the slot of another
    /// book.
    pub fn particulars(&self, slot: ParticularsSlot) -> Option<Particulars> {
        let sent = self.sent_at(slot)?;
        Some(decode(self.codes.get(sent.code)))
    }

    fn sent_at(&self, slot: ParticularsSlot) -> Option<&Sent> {
        self.sent.get(slot.index()?)
    }

    /// The slot of a vessel, which is given one if she has none. She is in the book only when a row
    /// of hers is counted.
    pub(crate) fn slot_of(&mut self, key: Key<'_>) -> VesselSlot {
        let vessels = &mut self.vessels;
        let entry = self.by_id.entry(
            hash_of(key),
            |slot| Key::of(&vessels[*slot as usize].id) == key,
            |slot| hash_of(Key::of(&vessels[*slot as usize].id)),
        );
        let next = u32::try_from(vessels.len()).unwrap_or(u32::MAX);
        let slot = *entry.or_insert(next).get();
        if slot == next {
            self.vessels.push(Entry {
                id: match key {
                    Key::Mmsi(mmsi) => VesselId::Mmsi(mmsi),
                    Key::Text(text) => VesselId::Text(text.into()),
                },
                newest: ParticularsSlot::NONE,
                is_heard: false,
            });
        }
        VesselSlot(slot)
    }

    /// The slot of a vessel's particulars, as [`encode`] writes them; [`ParticularsSlot::NONE`] if
    /// nothing was sent.
    pub(crate) fn intern(&mut self, vessel: VesselSlot, code: &[u8]) -> ParticularsSlot {
        if code == [0] {
            return ParticularsSlot::NONE;
        }
        let (sent, codes) = (&self.sent, &self.codes);
        let content = |slot: &u32| {
            let sent = &sent[*slot as usize - 1];
            (sent.vessel, codes.get(sent.code))
        };
        let entry = self.by_content.entry(
            hash_of((vessel, code)),
            |slot| content(slot) == (vessel, code),
            |slot| hash_of(content(slot)),
        );
        let next = u32::try_from(sent.len() + 1).unwrap_or(u32::MAX);
        let slot = ParticularsSlot(*entry.or_insert(next).get());
        if slot.0 == next {
            let entry = &mut self.vessels[vessel.0 as usize];
            self.sent.push(Sent {
                vessel,
                before: std::mem::replace(&mut entry.newest, slot),
                code: self.codes.put(code),
                first: Timestamp::MAX,
                last: Timestamp::MIN,
                reports: 0,
            });
        }
        slot
    }

    /// The same of particulars that are not yet encoded.
    #[cfg(test)]
    pub(crate) fn intern_particulars(
        &mut self,
        vessel: VesselSlot,
        particulars: &Particulars,
    ) -> ParticularsSlot {
        let mut code = Vec::new();
        crate::particulars_code::encode(particulars, &mut code);
        self.intern(vessel, &code)
    }

    /// Counts a vessel's reports that carried these particulars.
    #[inline]
    pub(crate) fn count(&mut self, vessel: VesselSlot, slot: ParticularsSlot, span: Span) {
        let entry = &mut self.vessels[vessel.0 as usize];
        self.heard += usize::from(!entry.is_heard);
        entry.is_heard = true;
        if let Some(sent) = slot.index().and_then(|index| self.sent.get_mut(index)) {
            sent.first = sent.first.min(span.first);
            sent.last = sent.last.max(span.last);
            sent.reports += span.reports;
        }
    }
}

/// Where encoded particulars lie.
#[derive(Clone, Copy, Debug)]
struct Code {
    page: u32,
    start: u32,
    length: u32,
}

/// Encoded particulars, page after page: what is there stays where it is when more comes, so that
/// growing takes no more memory than what is added.
#[derive(Debug, Default)]
struct Codes {
    pages: Vec<Vec<u8>>,
}

impl Codes {
    const PAGE: usize = 1 << 20;

    fn put(&mut self, code: &[u8]) -> Code {
        let has_room = |page: &&mut Vec<u8>| page.capacity() - page.len() >= code.len();
        if self
            .pages
            .last_mut()
            .as_ref()
            .is_none_or(|page| !has_room(page))
        {
            // The first page grows as it is filled: most books are small.
            let size = if self.pages.is_empty() {
                4096
            } else {
                Self::PAGE
            };
            self.pages.push(Vec::with_capacity(size.max(code.len())));
        }
        let page = self.pages.len() - 1;
        let start = self.pages[page].len();
        self.pages[page].extend_from_slice(code);
        Code {
            page: page as u32,
            start: start as u32,
            length: code.len() as u32,
        }
    }

    #[inline]
    fn get(&self, code: Code) -> &[u8] {
        &self.pages[code.page as usize][code.start as usize..][..code.length as usize]
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

    fn mmsi(number: u32) -> Key<'static> {
        Key::Mmsi(Mmsi::new(number).unwrap())
    }

    fn once(seconds: i64) -> Span {
        Span {
            first: at(seconds),
            last: at(seconds),
            reports: 1,
        }
    }

    fn send(book: &mut VesselBook, number: u32, name: &str, seconds: i64) {
        let vessel = book.slot_of(mmsi(number));
        let slot = book.intern_particulars(vessel, &named(name));
        book.count(vessel, slot, once(seconds));
    }

    fn vessels(book: &VesselBook) -> Vec<Vessel> {
        let slots = book.slots_by_id();
        slots.into_iter().map(|slot| book.vessel(slot)).collect()
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
        assert_eq!(forward.len(), 2);
        let vessels_forward = vessels(&forward);
        assert_eq!(vessels_forward, vessels(&backward));
        assert_eq!(
            vessels_forward[0].identities,
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
    fn slots_are_found_again_and_give_back_what_was_put_in() {
        let mut book = VesselBook::new();
        let slots: Vec<_> = (1..2_000)
            .map(|number| {
                let vessel = book.slot_of(mmsi(number));
                let name = format!("SHIP {number} {}", "X".repeat(number as usize % 1_500));
                let slot = book.intern_particulars(vessel, &named(&name));
                book.count(vessel, slot, once(number.into()));
                (number, name, vessel, slot)
            })
            .collect();
        for (number, name, vessel, slot) in &slots {
            assert_eq!(book.slot_of(mmsi(*number)), *vessel);
            assert_eq!(book.intern_particulars(*vessel, &named(name)), *slot);
            assert_eq!(book.particulars(*slot), Some(named(name)));
        }
        let text = book.slot_of(Key::Text("hash"));
        assert_eq!(book.slot_of(Key::Text("hash")), text);
        assert_eq!(book.id(text), &VesselId::Text("hash".into()));
        assert_eq!(book.len(), 1_999);
    }

    #[test]
    fn a_vessel_of_whom_no_row_was_taken_is_not_in_the_book() {
        let mut book = VesselBook::new();
        let unheard = book.slot_of(mmsi(6));
        book.intern_particulars(unheard, &named("NOBODY"));
        assert!(book.is_empty());
        send(&mut book, 7, "MAIA", 10);
        assert_eq!(book.len(), 1);
        let [heard] = book.slots_by_id().try_into().unwrap();
        assert_eq!(book.vessel(heard).identities.len(), 1);
        assert!(book.vessel(unheard).identities.is_empty());
    }

    #[test]
    fn nothing_sent_is_no_identity() {
        let mut book = VesselBook::new();
        let vessel = book.slot_of(mmsi(7));
        let slot = book.intern_particulars(vessel, &Particulars::default());
        assert_eq!(slot, ParticularsSlot::NONE);
        book.count(vessel, slot, once(1));
        assert_eq!(book.particulars(slot), None);
        assert_eq!(book.len(), 1);
        assert!(book.vessel(vessel).identities.is_empty());
    }
}
