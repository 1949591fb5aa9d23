//! A resemblance brings in those who may be meant but are not taken.

use super::super::doubts::{MOST_DOUBTFUL, Who};
use super::super::known::MOST_NAMESAKES;
use super::super::name::Likeness;
use super::super::when::When;
use super::super::{RegisterIx, VesselIx};
use super::Inquiry;
use landfall_track::Imo;

impl Inquiry<'_, '_> {
    pub(super) fn doubt_vessels(&mut self, vessels: &[VesselIx], reason: &'static str) {
        let bears = self.name.as_deref().map(|name| {
            let holders = self.known.index.sent_names.holders(name);
            holders
                .take(MOST_NAMESAKES)
                .map(VesselIx)
                .collect::<Vec<_>>()
        });
        for vessel in vessels.iter().take(MOST_NAMESAKES) {
            let is_so_called = bears.as_ref().is_some_and(|bears| bears.contains(vessel));
            let name = self.name.as_deref().filter(|_| is_so_called);
            self.doubts.add(Who::Vessel(*vessel), name, reason);
        }
    }

    /// Adds the ids of each row's ship, or if there are none the row.
    pub(super) fn doubt_rows(&mut self, rows: &[RegisterIx], reason: &'static str) {
        for row in rows {
            let vessels = self.known.ship_of_rows(&[*row]).vessels;
            if vessels.is_empty() {
                self.doubts
                    .add(Who::Row(*row), self.name.as_deref(), reason);
            }
            for vessel in vessels {
                self.doubts
                    .add(Who::Vessel(vessel), self.name.as_deref(), reason);
            }
        }
    }

    /// Adds those who have a claimed IMO number that says nothing.
    pub(super) fn doubt_unusable(&mut self, imo: Imo) {
        let index = self.known.index;
        let reason = if imo.is_valid() {
            "has the claimed IMO number, but more ids sent it than a ship ever has"
        } else {
            "has the claimed IMO number, but its check digit is wrong"
        };
        let vessels: Vec<_> = index.of_imo(imo).take(MOST_DOUBTFUL).collect();
        let rows: Vec<_> = index.rows_of_imo(imo).take(MOST_DOUBTFUL).collect();
        self.doubt_vessels(&vessels, reason);
        self.doubt_rows(&rows, reason);
    }

    /// Adds those who had the claimed IMO number, or the MMSI registered to it, at other times.
    pub(super) fn doubt_strays(&mut self, imo: Imo) {
        let known = self.known;
        let hers = known.ids_of(imo);
        for vessel in known.index.of_imo(imo) {
            if let When::AtOtherTimes { first, last } = known.sent_imo(vessel, imo) {
                let reason = format!(
                    "sent the claimed IMO number from {first} to {last}, and another at or nearer to the \
                     claimed time"
                );
                self.doubts.add(Who::Vessel(vessel), None, reason);
            }
        }
        for row in known.index.rows_of_imo(imo).take(MOST_NAMESAKES) {
            let mmsi = known.row(row).mmsi;
            if let Some(vessel) = mmsi.and_then(|mmsi| known.index.of_mmsi(mmsi))
                && !hers.contains(&vessel)
            {
                let imos = known.sent_imos(vessel);
                let reason = if !imos.is_empty() && !imos.contains(&imo) {
                    "has the MMSI registered to the claimed IMO number, but sent another IMO number"
                } else {
                    "has the MMSI registered to the claimed IMO number, but for other dates"
                };
                self.doubt_vessels(&[vessel], reason);
            }
        }
    }

    /// Adds all who bear the claimed name, or ever did.
    pub(super) fn doubt_namesakes(&mut self) {
        let Some(name) = self.name.clone() else {
            return;
        };
        let index = self.known.index;
        let vessels: Vec<_> = index
            .sent_names
            .holders(&name)
            .take(MOST_NAMESAKES)
            .collect();
        for vessel in vessels.into_iter().map(VesselIx) {
            let who = Who::Vessel(vessel);
            match (self.known.sent_name(vessel, &name), self.conflict(vessel)) {
                (When::AtOtherTimes { first, last }, _) => {
                    let reason = format!(
                        "was called so from {first} to {last}, and otherwise at or nearer to the claimed \
                         time"
                    );
                    self.doubts.add(who, Some(&name), reason);
                }
                (_, Some(reason)) => self.doubts.add(who, Some(&name), reason),
                _ => self.doubts.add(who, Some(&name), "is called so"),
            }
        }
        let rows: Vec<_> = index
            .registered_names
            .holders(&name)
            .take(MOST_NAMESAKES)
            .collect();
        for row in rows.into_iter().map(RegisterIx) {
            let reason = if !self.known.is_valid(row) {
                "is registered by that name, but for other dates"
            } else if self.is_row_of_another(row) {
                "is registered by that name, but with other numbers than those claimed"
            } else {
                "is registered by that name"
            };
            self.doubt_rows(&[row], reason);
        }
    }

    /// Adds those whose names are spelled like the claimed one, and whose numbers may be the
    /// claimed ones.
    pub(super) fn doubt_spellings(&mut self) {
        let (Some(spelling), Some(name)) = (&self.spelling, &self.name) else {
            return;
        };
        let index = self.known.index;
        let mut sent = index.sent_names.like(spelling, MOST_DOUBTFUL);
        sent.extend(index.sent_names.cut_from(name));
        let registered = index.registered_names.like(spelling, MOST_DOUBTFUL);
        let mut like: Vec<_> = sent.into_iter().chain(registered).collect();
        like.sort_unstable_by_key(|like| (like.likeness, like.key));
        like.dedup_by_key(|like| like.key);
        for like in like {
            let reason = match like.likeness {
                Likeness::Number => "has that name with a number, or without one".to_owned(),
                Likeness::Cut => {
                    "has the beginning of that name, which AIS may have cut".to_owned()
                }
                Likeness::Edits(1) => "has a name that differs in 1 letter".to_owned(),
                Likeness::Edits(edits) => format!("has a name that differs in {edits} letters"),
            };
            let holders = index.sent_names.holders(like.key).take(MOST_NAMESAKES);
            let rows = index
                .registered_names
                .holders(like.key)
                .take(MOST_NAMESAKES);
            let mut found: Vec<Who> = holders.map(VesselIx).map(Who::Vessel).collect();
            for row in rows
                .map(RegisterIx)
                .filter(|row| !self.is_row_of_another(*row))
            {
                let vessels = self.known.ship_of_rows(&[row]).vessels;
                if vessels.is_empty() {
                    found.push(Who::Row(row));
                }
                found.extend(vessels.into_iter().map(Who::Vessel));
            }
            for who in found {
                let is_free = match who {
                    Who::Vessel(vessel) => self.conflict(vessel).is_none(),
                    Who::Row(_) => true,
                };
                if is_free {
                    self.doubts.add(who, Some(like.key), reason.clone());
                }
            }
        }
    }
}
