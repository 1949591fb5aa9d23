//! The roll is the list of all vessels of a run, in the order of their ids: those that its files name,
//! and those that an earlier run left in the state.

use crate::PipelineError;
use crate::state::{Before, Record, merged};
use landfall_ingest::{VesselBook, VesselSlot};
use landfall_track::{Vessel, VesselId};
use std::cmp::Ordering;

/// Every vessel once.
pub(crate) struct Roll<'a> {
    book: &'a VesselBook,
    before: &'a Before,
    entries: Vec<Entry>,
}

/// Where a vessel is found: in the book, in the state, or in both.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) slot: Option<VesselSlot>,
    record: Option<usize>,
}

impl<'a> Roll<'a> {
    /// All vessels of a book and a state.
    pub(crate) fn new(book: &'a VesselBook, before: &'a Before) -> Self {
        let slots = book.every_slot_by_id();
        let ids = before.ids();
        let mut entries = Vec::with_capacity(slots.len().max(ids.len()));
        let (mut next, mut known) = (0, 0);
        while next < slots.len() || known < ids.len() {
            let order = match (slots.get(next), ids.get(known)) {
                (Some(slot), Some(id)) => book.id(*slot).cmp(id),
                (Some(_), None) => Ordering::Less,
                _ => Ordering::Greater,
            };
            let (is_new, is_known) = (order.is_le(), order.is_ge());
            // Of one that was heard without a position only, that is known if an earlier run had more.
            if is_known || book.has_position(slots[next]) {
                entries.push(Entry {
                    slot: is_new.then(|| slots[next]),
                    record: is_known.then_some(known),
                });
            }
            next += usize::from(is_new);
            known += usize::from(is_known);
        }
        Self {
            book,
            before,
            entries,
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Where the vessel of a number is found.
    pub(crate) fn entry(&self, number: usize) -> Entry {
        self.entries[number]
    }

    /// The id of a vessel.
    pub(crate) fn id(&self, entry: Entry) -> VesselId {
        match (entry.slot, entry.record) {
            (Some(slot), _) => self.book.id(slot).clone(),
            // Every entry has one or the other.
            (None, number) => self.before.ids()[number.unwrap_or_default()].clone(),
        }
    }

    /// What the state holds of a vessel, and all that she ever sent of herself.
    ///
    /// # Errors
    /// If the state cannot be read.
    pub(crate) fn open(&self, entry: Entry) -> Result<(Record, Vessel), PipelineError> {
        let record = self.before.record(entry.record)?;
        let vessel = match entry.slot {
            Some(slot) => self.book.vessel(slot),
            None => Vessel {
                id: self.id(entry),
                identities: Vec::new(),
            },
        };
        let identities = merged(record.identities.clone(), vessel.identities);
        Ok((
            record,
            Vessel {
                id: vessel.id,
                identities,
            },
        ))
    }

    /// All vessels with all that each sent of herself.
    ///
    /// # Errors
    /// If the state cannot be read.
    pub(crate) fn vessels(&self) -> Result<Vec<Vessel>, PipelineError> {
        self.entries
            .iter()
            .map(|entry| Ok(self.open(*entry)?.1))
            .collect()
    }
}
