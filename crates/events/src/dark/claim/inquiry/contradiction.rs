//! A contradiction is what speaks against a match: a number or a name of the claim that is another
//! ship's.

use super::super::known::MOST_NAMESAKES;
use super::super::name::{Spelling, key};
use super::super::when::{When, sent};
use super::super::{RegisterIx, VesselIx, keys_of};
use super::Inquiry;
use landfall_track::{Imo, Mmsi};

/// How a name fits a ship.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameFit {
    Hers,
    /// It is spelled like one of hers.
    LikeHers,
    NotHers,
}

impl Inquiry<'_, '_> {
    /// Why the claim's numbers are not hers.
    pub(super) fn conflict(&self, vessel: VesselIx) -> Option<&'static str> {
        let imos = self.known.imos(vessel);
        if let Some(imo) = self.imo
            && !imos.is_empty()
            && !imos.contains(&imo)
        {
            return Some("is called so, but has another IMO number than the one claimed");
        }
        let own = self.known.vessel(vessel).id.mmsi()?;
        let is_other = self.mmsi.is_some_and(|mmsi| {
            let registered = self.known.registered_imos(mmsi);
            own != mmsi && !registered.iter().any(|imo| imos.contains(imo))
        });
        is_other.then_some("is called so, but has another MMSI than the one claimed")
    }

    /// Whether a row's numbers are others than the claim's.
    pub(super) fn is_row_of_another(&self, row: RegisterIx) -> bool {
        let row = self.known.row(row);
        let is_usable = |imo: &Imo| self.known.index.is_ship_number(*imo);
        let imos = (self.imo, row.imo.filter(is_usable));
        let other_imo = matches!(imos, (Some(claimed), Some(hers)) if claimed != hers);
        let same_imo = matches!(imos, (Some(claimed), Some(hers)) if claimed == hers);
        let other_mmsi =
            matches!((self.mmsi, row.mmsi), (Some(claimed), Some(hers)) if claimed != hers);
        other_imo || !same_imo && other_mmsi
    }

    /// Whether the claimed MMSI is that of another ship than the one with the claimed IMO number.
    pub(super) fn is_mmsi_of_another(&self, mmsi: Mmsi, imo: Imo, ship: &[VesselIx]) -> bool {
        let known = self.known;
        if let Some(vessel) = self.known.index.of_mmsi(mmsi) {
            if ship.contains(&vessel) {
                return false;
            }
            if !ship.is_empty() || !self.known.imos(vessel).is_empty() {
                return true;
            }
            // Only a register can tell.
            let rows = known.index.rows_of_imo(imo).take(MOST_NAMESAKES);
            let rows: Vec<_> = rows.filter(|row| known.is_valid(*row)).collect();
            let mut registered = rows
                .iter()
                .filter_map(|row| known.row(*row).mmsi)
                .peekable();
            if registered.peek().is_some() {
                return registered.all(|registered| registered != mmsi);
            }
            let names = sent(known.vessel(vessel), known.time, |sent| {
                sent.name.as_deref()
            });
            let names: Vec<String> = names.into_iter().filter_map(key).collect();
            let mut registered = rows.iter().flat_map(|row| keys_of(known.row(*row)));
            let is_like = |name: &String| {
                let spelling = Spelling::of(name);
                let is_like = |other: &String| spelling.as_ref()?.likeness(other);
                names
                    .iter()
                    .any(|other| name == other || is_like(other).is_some())
            };
            return !names.is_empty() && !rows.is_empty() && !registered.any(|name| is_like(&name));
        }
        let imos = self.known.registered_imos(mmsi);
        !imos.is_empty() && !imos.contains(&imo)
    }

    /// Whether a name is claimed, other names of hers are known, and none comes near.
    pub(super) fn is_never_called_so(&self, ship: &[VesselIx], rows: &[RegisterIx]) -> bool {
        let mut imos: Vec<Imo> = rows
            .iter()
            .filter_map(|row| self.known.row(*row).imo)
            .collect();
        imos.extend(ship.iter().flat_map(|vessel| self.known.imos(*vessel)));
        let is_named = !rows.is_empty()
            || ship
                .iter()
                .flat_map(|vessel| &self.known.vessel(*vessel).identities)
                .any(|identity| identity.particulars.name.as_deref().and_then(key).is_some());
        match self.name_fit(ship, rows) {
            NameFit::Hers => false,
            NameFit::LikeHers => self.is_name_of_another(ship, &imos),
            NameFit::NotHers => self.name.is_some() && is_named,
        }
    }

    /// Whether the claimed name is surely that of another ship than the one with these ids and IMO
    /// numbers, be it hers as well.
    pub(super) fn is_name_of_another(&self, ship: &[VesselIx], imos: &[Imo]) -> bool {
        let Some(name) = self.name.as_deref() else {
            return false;
        };
        let known = self.known;
        let holders = known.index.sent_names.holders(name).take(MOST_NAMESAKES);
        let is_sent = holders.map(VesselIx).any(|vessel| {
            !ship.contains(&vessel)
                && known.sent_name(vessel, name).is_hers()
                && !known.imos(vessel).iter().any(|imo| imos.contains(imo))
        });
        let of_ship = |mmsi: Mmsi| {
            let is_it = |vessel: &VesselIx| known.vessel(*vessel).id.mmsi() == Some(mmsi);
            ship.iter().any(is_it)
        };
        let rows = known
            .index
            .registered_names
            .holders(name)
            .take(MOST_NAMESAKES);
        is_sent
            || rows.map(RegisterIx).any(|at| {
                let row = known.row(at);
                let is_hers =
                    row.imo.is_some_and(|imo| imos.contains(&imo)) || row.mmsi.is_some_and(of_ship);
                let is_anothers = row.imo.is_some_and(Imo::is_valid) && !imos.is_empty()
                    || row.mmsi.is_some() && !ship.is_empty();
                known.is_valid(at) && is_anothers && !is_hers
            })
    }

    /// How the claimed name fits a ship: hers are names that she sent at any time, or that rows or
    /// registers of her numbers have.
    pub(super) fn name_fit(&self, ship: &[VesselIx], rows: &[RegisterIx]) -> NameFit {
        let (known, Some(name)) = (self.known, self.name.as_deref()) else {
            return NameFit::NotHers;
        };
        let index = known.index;
        let mut rows: Vec<RegisterIx> = rows.to_vec();
        let mut names: Vec<String> = Vec::new();
        for vessel in ship {
            if known.sent_name(*vessel, name) != When::Never {
                return NameFit::Hers;
            }
            let sent = sent(known.vessel(*vessel), known.time, |sent| {
                sent.name.as_deref()
            });
            names.extend(sent.into_iter().filter_map(key));
            if let Some(mmsi) = known.vessel(*vessel).id.mmsi() {
                rows.extend(index.rows_of_mmsi(mmsi).take(MOST_NAMESAKES));
            }
            for imo in known.imos(*vessel) {
                rows.extend(index.rows_of_imo(imo).take(MOST_NAMESAKES));
            }
        }
        names.extend(rows.iter().flat_map(|row| keys_of(known.row(*row))));
        let is_like = |other: &String| self.spelling.as_ref()?.likeness(other);
        if names.iter().any(|other| other == name) {
            NameFit::Hers
        } else if names.iter().any(|other| is_like(other).is_some()) {
            NameFit::LikeHers
        } else {
            NameFit::NotHers
        }
    }
}
