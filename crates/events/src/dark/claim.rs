//! A claim says who was seen, by name or number; it is matched to vessels through identity in time.
//!
//! What decides, the strongest first:
//!
//! 1. **IMO number** with a right check digit: it stays with the hull. Hers are the ids that sent it
//!    then, those that sent no other next to that time, and ids that sent none but whose MMSI a
//!    register gave her then; failing these, ids that sent a name the register gives her. A number
//!    with a wrong check digit, or one sent by more ids than a ship ever has (a placeholder such as
//!    1234567, whose check digit is right), is never taken, only listed.
//! 2. **MMSI**: the id itself, unless the claim's name is one she never bore nor one spelled like it,
//!    or the registers know the MMSI at other times only and she did not send then. If the id is not
//!    in the data, the ship that a register gave it then.
//! 3. **Name**, compared without case, blanks, punctuation, diacritics and `M/V`, Cyrillic in Latin
//!    letters: sent then, or sent next to that time and no other then; or in a register then, as
//!    name or alias, of a ship that has one of these numbers or names.
//!
//! Numbers that are two ships' are doubtful, and so is a number with a name that is surely another
//! ship's. A name that fits several ships is doubtful unless the claim's numbers leave one. What she
//! sends herself goes before what a register says of her. A name that a register gives to a ship that
//! is not in the data is hers, and goes to nobody else. A former name is listed, not taken, and so is a
//! near spelling, a number left out (`Maia` for `MAIA-1`, unless a register has it as an alias)
//! included, or the end of a long name, which AIS cuts; these are tried only where nobody bears the
//! name.
//!
//! Known limits: a name or number that came back after another counts as sent throughout, since
//! identities have one span. Ids that sent one IMO number are one ship, though one of them may lie.

mod doubts;
mod inquiry;
mod known;
mod name;
mod name_table;
#[cfg(test)]
mod tests;
mod when;

use inquiry::Inquiry;
use landfall_track::{
    Claim, DoubtfulMatch, Imo, MatchBasis, Mmsi, RegisteredVessel, Timestamp, Vessel,
};
use name::key;
use name_table::NameTable;
use when::ClaimTime;

/// A number sent by more ids than this is no ship's: a placeholder, or a factory's setting. A ship
/// has a new MMSI when she changes her flag, a few times in her life.
const MOST_IDS_OF_A_SHIP: usize = 12;

/// A vessel's row among those the index was made of; the first is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VesselIx(pub u32);

/// A row of the register the index was made of; the first is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegisterIx(pub u32);

/// Whom a claim means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimMatch {
    /// Nobody is named.
    Anonymous,
    /// A vessel in the data.
    Taken {
        /// Her ids, several if one ship sent under several: those that sent at the claimed time
        /// first.
        vessels: Vec<VesselIx>,
        /// What led to her.
        basis: MatchBasis,
        /// Others that may be meant.
        doubtful: Vec<DoubtfulMatch>,
    },
    /// A register knows her, but she sent nothing in the data.
    NotInTheData {
        /// The row that knows her.
        row: RegisterIx,
        /// Others that may be meant.
        doubtful: Vec<DoubtfulMatch>,
    },
    /// Nobody surely. Those who may be meant, the likeliest first; never empty.
    Doubtful(Vec<DoubtfulMatch>),
    /// Somebody is named, but nobody in the data or the register comes near.
    Nobody,
}

/// The vessels of a run and the registers, searchable by number and name.
///
/// Lookups are binary searches; only a name that nobody bears is compared with all others.
#[derive(Debug)]
pub struct IdentityIndex<'a> {
    vessels: Vec<&'a Vessel>,
    register: &'a [RegisteredVessel],
    /// Sorted, as are the next three.
    vessels_by_mmsi: Vec<(Mmsi, u32)>,
    vessels_by_imo: Vec<(Imo, u32)>,
    rows_by_mmsi: Vec<(Mmsi, u32)>,
    rows_by_imo: Vec<(Imo, u32)>,
    sent_names: NameTable,
    registered_names: NameTable,
}

impl<'a> IdentityIndex<'a> {
    /// An index of the run's vessels, in their order, and of the rows of all its registers.
    pub fn new(
        vessels: impl IntoIterator<Item = &'a Vessel>,
        register: &'a [RegisteredVessel],
    ) -> Self {
        let vessels: Vec<&Vessel> = vessels.into_iter().collect();
        let mut index = Self {
            register,
            vessels_by_mmsi: Vec::new(),
            vessels_by_imo: Vec::new(),
            rows_by_mmsi: Vec::new(),
            rows_by_imo: Vec::new(),
            sent_names: NameTable::default(),
            registered_names: NameTable::default(),
            vessels,
        };
        let mut names = Vec::new();
        for (vessel, at) in index.vessels.iter().zip(0..) {
            index
                .vessels_by_mmsi
                .extend(vessel.id.mmsi().map(|mmsi| (mmsi, at)));
            let mut last: Option<(Option<&str>, Option<Imo>)> = None;
            for identity in &vessel.identities {
                let sent = &identity.particulars;
                let (name, imo) = (sent.name.as_deref(), sent.imo);
                // Most identities differ in draught or destination only.
                if last.is_none_or(|(last, _)| last != name) {
                    names.extend(name.and_then(key).map(|key| (key.into_boxed_str(), at)));
                }
                if last.is_none_or(|(_, last)| last != imo) {
                    index.vessels_by_imo.extend(imo.map(|imo| (imo, at)));
                }
                last = Some((name, imo));
            }
        }
        index.sent_names = NameTable::new(names);
        let mut names = Vec::new();
        for (row, at) in register.iter().zip(0..) {
            index.rows_by_mmsi.extend(row.mmsi.map(|mmsi| (mmsi, at)));
            index.rows_by_imo.extend(row.imo.map(|imo| (imo, at)));
            names.extend(keys_of(row).map(|key| (key.into_boxed_str(), at)));
        }
        index.registered_names = NameTable::new(names);
        sort(&mut index.vessels_by_mmsi);
        sort(&mut index.vessels_by_imo);
        sort(&mut index.rows_by_mmsi);
        sort(&mut index.rows_by_imo);
        index
    }

    /// Whom the claim of a sighting between two times means; both are included.
    pub fn resolve(&self, claim: &Claim, from: Timestamp, to: Timestamp) -> ClaimMatch {
        let time = ClaimTime {
            from: from.min(to),
            to: to.max(from),
        };
        Inquiry::new(self, claim, time).answer()
    }

    /// The vessel of a row; `None` if it is none of this index.
    pub fn vessel(&self, at: VesselIx) -> Option<&'a Vessel> {
        self.vessels.get(at.0 as usize).copied()
    }

    /// The register's row; `None` if it is none of this index.
    pub fn registered(&self, at: RegisterIx) -> Option<&'a RegisteredVessel> {
        self.register.get(at.0 as usize)
    }

    fn of_mmsi(&self, mmsi: Mmsi) -> Option<VesselIx> {
        of(&self.vessels_by_mmsi, mmsi).next().map(VesselIx)
    }

    fn of_imo(&self, imo: Imo) -> impl Iterator<Item = VesselIx> + '_ {
        of(&self.vessels_by_imo, imo).map(VesselIx)
    }

    fn rows_of_mmsi(&self, mmsi: Mmsi) -> impl Iterator<Item = RegisterIx> + '_ {
        of(&self.rows_by_mmsi, mmsi).map(RegisterIx)
    }

    fn rows_of_imo(&self, imo: Imo) -> impl Iterator<Item = RegisterIx> + '_ {
        of(&self.rows_by_imo, imo).map(RegisterIx)
    }

    /// Whether a number is of use to tell ships apart.
    fn is_ship_number(&self, imo: Imo) -> bool {
        imo.is_valid() && of(&self.vessels_by_imo, imo).len() <= MOST_IDS_OF_A_SHIP
    }
}

/// The keys of a row's name and aliases.
fn keys_of(row: &RegisteredVessel) -> impl Iterator<Item = String> + '_ {
    std::iter::once(&row.name)
        .chain(&row.aliases)
        .filter_map(|name| key(name))
}

fn sort<T: Ord>(entries: &mut Vec<T>) {
    entries.sort_unstable();
    entries.dedup();
}

/// Who has a number, in ascending order.
fn of<T: Ord + Copy>(
    sorted: &[(T, u32)],
    number: T,
) -> impl ExactSizeIterator<Item = u32> + '_ + use<'_, T> {
    let start = sorted.partition_point(|(other, _)| *other < number);
    let rest = &sorted[start..];
    let end = rest.partition_point(|(other, _)| *other == number);
    rest[..end].iter().map(|(_, holder)| *holder)
}
