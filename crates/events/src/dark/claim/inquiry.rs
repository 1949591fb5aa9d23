//! An inquiry into one claim: the module's rules, in their order.

mod contradiction;
mod resemblance;

use super::doubts::{Doubts, Who};
use super::known::{Known, MOST_NAMESAKES, Ship, extend_new};
use super::name::{Spelling, key};
use super::when::ClaimTime;
use super::{ClaimMatch, IdentityIndex, RegisterIx, VesselIx};
use contradiction::NameFit;
use landfall_track::{Claim, DoubtfulMatch, Imo, MatchBasis, Mmsi};
use std::cmp::Reverse;

pub(super) struct Inquiry<'i, 'a> {
    known: Known<'i, 'a>,
    /// The claimed IMO number if it is of use.
    imo: Option<Imo>,
    mmsi: Option<Mmsi>,
    /// The key of the claimed name.
    name: Option<String>,
    spelling: Option<Spelling>,
    is_anonymous: bool,
    doubts: Doubts,
}

impl<'i, 'a> Inquiry<'i, 'a> {
    pub(super) fn new(index: &'i IdentityIndex<'a>, claim: &Claim, time: ClaimTime) -> Self {
        let name = claim.name.as_deref().and_then(key);
        let mut inquiry = Self {
            known: Known { index, time },
            imo: claim.imo.filter(|imo| index.is_ship_number(*imo)),
            mmsi: claim.mmsi,
            spelling: name.as_deref().and_then(Spelling::of),
            is_anonymous: name.is_none() && claim.imo.is_none() && claim.mmsi.is_none(),
            name,
            doubts: Doubts::default(),
        };
        if let Some(imo) = claim.imo.filter(|imo| !index.is_ship_number(*imo)) {
            inquiry.doubt_unusable(imo);
        }
        inquiry
    }

    pub(super) fn answer(mut self) -> ClaimMatch {
        if self.is_anonymous {
            return ClaimMatch::Anonymous;
        }
        if let Some(imo) = self.imo
            && let Some(answer) = self.by_imo(imo)
        {
            return answer;
        }
        if let Some(mmsi) = self.mmsi
            && let Some(answer) = self.by_mmsi(mmsi)
        {
            return answer;
        }
        if let Some(name) = self.name.clone() {
            if let Some(answer) = self.by_name(&name) {
                return answer;
            }
            self.doubt_spellings();
        }
        self.undecided()
    }

    // Answers.

    fn by_imo(&mut self, imo: Imo) -> Option<ClaimMatch> {
        self.doubt_strays(imo);
        let rows: Vec<RegisterIx> = self
            .known
            .index
            .rows_of_imo(imo)
            .take(MOST_NAMESAKES)
            .collect();
        let mut ship = Ship {
            vessels: self.known.ids_of(imo),
            basis: MatchBasis::Imo,
        };
        if ship.vessels.is_empty() {
            ship.basis = MatchBasis::RegisteredName;
            for row in rows.iter().filter(|row| self.known.is_valid(**row)) {
                extend_new(&mut ship.vessels, self.known.named_as(*row));
            }
        }
        if let Some(mmsi) = self.mmsi
            && self.is_mmsi_of_another(mmsi, imo, &ship.vessels)
        {
            let reason = "has the claimed IMO number, but the claimed MMSI is another ship's";
            self.doubt_vessels(&ship.vessels, reason);
            if let Some(vessel) = self.known.index.of_mmsi(mmsi) {
                let reason = "has the claimed MMSI, but not the claimed IMO number";
                self.doubt_vessels(&[vessel], reason);
            }
            if ship.vessels.is_empty() {
                self.doubt_rows(&rows, reason);
            }
            return Some(self.doubtful_with_namesakes());
        }
        if !ship.vessels.is_empty() {
            if self.name_fit(&ship.vessels, &rows) != NameFit::Hers
                && self.is_name_of_another(&ship.vessels, &[imo])
            {
                let reason = "has the claimed IMO number, but the claimed name is another ship's";
                self.doubt_vessels(&ship.vessels, reason);
                return Some(self.doubtful_with_namesakes());
            }
            if ship.basis == MatchBasis::RegisteredName && !self.known.are_one(&ship.vessels) {
                let reason = "has a name registered to the claimed IMO number, as others do";
                self.doubt_vessels(&ship.vessels, reason);
                return Some(self.undecided());
            }
            return Some(self.taken(ship));
        }
        if self
            .mmsi
            .is_some_and(|mmsi| self.known.index.of_mmsi(mmsi).is_some())
        {
            return None;
        }
        let is_valid = |row: &&RegisterIx| self.known.is_valid(**row);
        let row = *rows.iter().find(is_valid).or(rows.first())?;
        Some(self.not_in_the_data(row))
    }

    fn by_mmsi(&mut self, mmsi: Mmsi) -> Option<ClaimMatch> {
        let (rows, past): (Vec<RegisterIx>, Vec<RegisterIx>) = self
            .known
            .index
            .rows_of_mmsi(mmsi)
            .take(MOST_NAMESAKES)
            .partition(|row| self.known.is_valid(*row));
        if let Some(vessel) = self.known.index.of_mmsi(mmsi) {
            let is_past = rows.is_empty() && !past.is_empty() && !self.known.sent_then(vessel);
            let reason = if self.is_never_called_so(&[vessel], &rows) {
                "has the claimed MMSI, but was never called what is claimed"
            } else if is_past {
                "has the claimed MMSI, but it is registered for other dates only"
            } else {
                return Some(self.taken(Ship {
                    vessels: vec![vessel],
                    basis: MatchBasis::Mmsi,
                }));
            };
            self.doubt_vessels(&[vessel], reason);
            return Some(self.doubtful_with_namesakes());
        }
        if rows.is_empty() {
            let reason = "was registered under the claimed MMSI, but at other times";
            self.doubt_rows(&past, reason);
            return None;
        }
        let ship = self.known.ship_of_rows(&rows);
        let reason = if self.is_never_called_so(&ship.vessels, &rows) {
            "is registered under the claimed MMSI, but not by the claimed name"
        } else if self.known.are_several(&rows)
            || !ship.vessels.is_empty() && !self.known.are_one(&ship.vessels)
        {
            "is registered under the claimed MMSI, as others are"
        } else if ship.vessels.is_empty() {
            return Some(self.not_in_the_data(*rows.first()?));
        } else {
            return Some(self.taken(ship));
        };
        self.doubt_rows(&rows, reason);
        Some(self.doubtful_with_namesakes())
    }

    /// `None` if nobody bears the name or ever did.
    fn by_name(&mut self, name: &str) -> Option<ClaimMatch> {
        let holders = self.known.index.sent_names.holders(name);
        let rows = self.known.index.registered_names.holders(name);
        if holders.len() + rows.len() == 0 {
            return None;
        }
        let is_crowd = holders.len().max(rows.len()) > MOST_NAMESAKES;
        let mut ship = Ship {
            vessels: Vec::new(),
            basis: MatchBasis::Name,
        };
        for vessel in holders.take(MOST_NAMESAKES).map(VesselIx) {
            if self.known.sent_name(vessel, name).is_hers() && self.conflict(vessel).is_none() {
                ship.vessels.push(vessel);
            }
        }
        if ship.vessels.is_empty() {
            ship.basis = MatchBasis::RegisteredName;
        }
        let mut absent: Vec<RegisterIx> = Vec::new();
        for row in rows.take(MOST_NAMESAKES).map(RegisterIx) {
            if !self.known.is_valid(row) || self.is_row_of_another(row) {
                continue;
            }
            let found = self.known.ship_of_rows(&[row]).vessels;
            if found.is_empty() {
                absent.push(row);
            }
            let free = found
                .into_iter()
                .filter(|vessel| self.conflict(*vessel).is_none());
            extend_new(&mut ship.vessels, free);
        }
        let is_one_ship = self.known.are_one(&ship.vessels);
        if !is_crowd && absent.is_empty() && is_one_ship {
            return Some(self.taken(ship));
        }
        if let (true, [row, ..]) = (ship.vessels.is_empty() && !is_crowd, absent.as_slice())
            && !self.known.are_several(&absent)
        {
            return Some(self.not_in_the_data(*row));
        }
        let reason = "is called so, as others are";
        self.doubt_vessels(&ship.vessels, reason);
        self.doubt_rows(&absent, reason);
        Some(self.doubtful_with_namesakes())
    }

    fn taken(&mut self, ship: Ship) -> ClaimMatch {
        self.doubt_namesakes();
        let mut vessels = ship.vessels;
        // Of a vessel that sent several numbers the claimed one tells which ship is meant.
        if let [imo] = self.known.common_imos(&vessels)[..]
            && self.imo.is_none_or(|claimed| claimed == imo)
        {
            extend_new(&mut vessels, self.known.ids_of(imo));
        }
        // A stable sort: among those that sent then, and among the others, as they were found.
        vessels.sort_by_key(|vessel| Reverse(self.known.sent_then(*vessel)));
        ClaimMatch::Taken {
            doubtful: self.listed(|who| match who {
                Who::Vessel(vessel) => vessels.contains(&vessel),
                Who::Row(_) => false,
            }),
            vessels,
            basis: ship.basis,
        }
    }

    fn not_in_the_data(&mut self, row: RegisterIx) -> ClaimMatch {
        self.doubt_namesakes();
        ClaimMatch::NotInTheData {
            row,
            // Her other rows are no doubt, either.
            doubtful: self.listed(|who| match who {
                Who::Vessel(_) => false,
                Who::Row(other) => other == row || !self.known.are_several(&[row, other]),
            }),
        }
    }

    fn doubtful_with_namesakes(&mut self) -> ClaimMatch {
        self.doubt_namesakes();
        self.undecided()
    }

    fn undecided(&mut self) -> ClaimMatch {
        let doubtful = self.listed(|_| false);
        if doubtful.is_empty() {
            ClaimMatch::Nobody
        } else {
            ClaimMatch::Doubtful(doubtful)
        }
    }

    fn listed(&self, is_known: impl Fn(Who) -> bool) -> Vec<DoubtfulMatch> {
        self.doubts.list(self.known, is_known)
    }
}
