//! What is known of vessels and register rows at the time a claim is about.

use super::name::key;
use super::when::{ClaimTime, When, sent, when};
use super::{IdentityIndex, RegisterIx, VesselIx, keys_of};
use landfall_track::{Imo, MatchBasis, Mmsi, Particulars, RegisteredVessel, Vessel};

/// Of what more have in common than this, so many are looked at.
pub(super) const MOST_NAMESAKES: usize = 1_000;

/// The index, seen from the time a claim is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'i, 'a> {
    pub(super) index: &'i IdentityIndex<'a>,
    pub(super) time: ClaimTime,
}

/// The ids of a ship, and how they were found.
#[derive(Debug)]
pub(super) struct Ship {
    pub(super) vessels: Vec<VesselIx>,
    pub(super) basis: MatchBasis,
}

/// Appends what is not there yet.
pub(super) fn extend_new(vessels: &mut Vec<VesselIx>, more: impl IntoIterator<Item = VesselIx>) {
    for vessel in more {
        if !vessels.contains(&vessel) {
            vessels.push(vessel);
        }
    }
}

impl<'a> Known<'_, 'a> {
    pub(super) fn vessel(&self, at: VesselIx) -> &'a Vessel {
        self.index.vessels[at.0 as usize]
    }

    pub(super) fn row(&self, at: RegisterIx) -> &'a RegisteredVessel {
        &self.index.register[at.0 as usize]
    }

    pub(super) fn is_valid(&self, row: RegisterIx) -> bool {
        let row = self.row(row);
        row.valid_from.is_none_or(|from| from <= self.time.to)
            && row.valid_to.is_none_or(|to| self.time.from <= to)
    }

    pub(super) fn sent_then(&self, vessel: VesselIx) -> bool {
        when(self.vessel(vessel), self.time, |_| Some(true)) == When::Then
    }

    pub(super) fn sent_name(&self, vessel: VesselIx, name: &str) -> When {
        when(self.vessel(vessel), self.time, |sent| {
            let sent = sent.name.as_deref().and_then(key)?;
            Some(sent == name)
        })
    }

    pub(super) fn ship_number(&self, sent: &Particulars) -> Option<Imo> {
        sent.imo.filter(|imo| self.index.is_ship_number(*imo))
    }

    pub(super) fn sent_imo(&self, vessel: VesselIx, imo: Imo) -> When {
        when(self.vessel(vessel), self.time, |sent| {
            self.ship_number(sent).map(|sent| sent == imo)
        })
    }

    /// The IMO numbers she sent then or next to it.
    pub(super) fn sent_imos(&self, vessel: VesselIx) -> Vec<Imo> {
        sent(self.vessel(vessel), self.time, |sent| {
            self.ship_number(sent)
        })
    }

    /// The IMO numbers she sent; if she sent none, those registered to her MMSI then.
    pub(super) fn imos(&self, vessel: VesselIx) -> Vec<Imo> {
        let mut imos = self.sent_imos(vessel);
        if imos.is_empty()
            && let Some(mmsi) = self.vessel(vessel).id.mmsi()
        {
            imos = self.registered_imos(mmsi);
        }
        imos
    }

    pub(super) fn registered_imos(&self, mmsi: Mmsi) -> Vec<Imo> {
        let mut imos: Vec<Imo> = self
            .index
            .rows_of_mmsi(mmsi)
            .take(MOST_NAMESAKES)
            .filter(|row| self.is_valid(*row))
            .filter_map(|row| self.row(row).imo)
            .filter(|imo| self.index.is_ship_number(*imo))
            .collect();
        imos.sort_unstable();
        imos.dedup();
        imos
    }

    /// The ids of the ship with this number, those that sent it themselves first.
    pub(super) fn ids_of(&self, imo: Imo) -> Vec<VesselIx> {
        let mut ids: Vec<(When, VesselIx)> = self
            .index
            .of_imo(imo)
            .take(MOST_NAMESAKES)
            .map(|vessel| (self.sent_imo(vessel, imo), vessel))
            .filter(|(when, _)| when.is_hers())
            .collect();
        ids.sort_unstable();
        let mut ids: Vec<VesselIx> = ids.into_iter().map(|(_, vessel)| vessel).collect();
        let registered = self
            .index
            .rows_of_imo(imo)
            .take(MOST_NAMESAKES)
            .filter(|row| self.is_valid(*row))
            .filter_map(|row| self.index.of_mmsi(self.row(row).mmsi?))
            .filter(|vessel| self.sent_imos(*vessel).is_empty());
        extend_new(&mut ids, registered);
        ids
    }

    /// The ids that sent a name of the row then, and no number that is not the row's.
    pub(super) fn named_as(&self, row: RegisterIx) -> Vec<VesselIx> {
        let registered = self.row(row);
        let mut ids = Vec::new();
        for name in keys_of(registered) {
            let holders = self.index.sent_names.holders(&name).take(MOST_NAMESAKES);
            let hers = holders.map(VesselIx).filter(|vessel| {
                let imos = self.imos(*vessel);
                let own = self.vessel(*vessel).id.mmsi();
                self.sent_name(*vessel, &name).is_hers()
                    && registered
                        .imo
                        .is_none_or(|imo| imos.is_empty() || imos.contains(&imo))
                    && registered
                        .mmsi
                        .is_none_or(|mmsi| own.is_none_or(|own| own == mmsi))
            });
            extend_new(&mut ids, hers);
        }
        ids
    }

    /// The ids of the ships of rows: by their numbers, or else by their names.
    pub(super) fn ship_of_rows(&self, rows: &[RegisterIx]) -> Ship {
        let mut ship = Ship {
            vessels: Vec::new(),
            basis: MatchBasis::Imo,
        };
        for row in rows {
            let registered = self.row(*row);
            let ids = match (registered.imo, registered.mmsi) {
                (Some(imo), _) if self.index.is_ship_number(imo) => self.ids_of(imo),
                (_, Some(mmsi)) => self.index.of_mmsi(mmsi).into_iter().collect(),
                _ => Vec::new(),
            };
            extend_new(&mut ship.vessels, ids);
        }
        if ship.vessels.is_empty() {
            ship.basis = MatchBasis::RegisteredName;
            for row in rows {
                extend_new(&mut ship.vessels, self.named_as(*row));
            }
        }
        ship
    }

    /// Whether some ids are one ship.
    pub(super) fn are_one(&self, vessels: &[VesselIx]) -> bool {
        vessels.len() == 1 || !self.common_imos(vessels).is_empty()
    }

    /// The IMO numbers that all of some ids have.
    pub(super) fn common_imos(&self, vessels: &[VesselIx]) -> Vec<Imo> {
        let Some((first, rest)) = vessels.split_first() else {
            return Vec::new();
        };
        let mut common = self.imos(*first);
        for vessel in rest {
            if common.is_empty() {
                break;
            }
            let imos = self.imos(*vessel);
            common.retain(|imo| imos.contains(imo));
        }
        common
    }

    /// Whether rows are of more than one ship.
    pub(super) fn are_several(&self, rows: &[RegisterIx]) -> bool {
        let Some((first, rest)) = rows.split_first() else {
            return false;
        };
        let first = self.row(*first);
        rest.iter().map(|row| self.row(*row)).any(|row| {
            let same_imo = row.imo.is_some() && row.imo == first.imo;
            let same_mmsi = row.mmsi.is_some() && row.mmsi == first.mmsi;
            let other_imo = row.imo.is_some() && first.imo.is_some() && row.imo != first.imo;
            !same_imo && (other_imo || !same_mmsi)
        })
    }
}
