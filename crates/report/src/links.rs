//! Links are ids that continue others: what is said of them in tables, at gaps and in words.

use crate::foreign::{cell, quoted};
use crate::phrase::{distance, lasting, moment};
use landfall_track::{IdentityLink, LinkBasis, Timestamp};
use std::collections::BTreeMap;

/// The links of a run, by the ids that end and by those that begin.
#[derive(Clone, Debug, Default)]
pub(crate) struct LinkIndex {
    links: Vec<IdentityLink>,
    continued_as: BTreeMap<String, (usize, String)>,
    continues: BTreeMap<String, (usize, String)>,
}

impl LinkIndex {
    pub(crate) fn new(links: Vec<IdentityLink>) -> Self {
        let mut index = Self {
            links,
            ..Self::default()
        };
        for (number, link) in index.links.iter().enumerate() {
            let (from, to) = (link.from.to_string(), link.to.to_string());
            index
                .continued_as
                .insert(from.clone(), (number, to.clone()));
            index.continues.insert(to, (number, from));
        }
        index
    }

    /// By the cell that holds a vessel's id, the cells that say which id it continues and which one
    /// continues it.
    pub(crate) fn cells(&self) -> BTreeMap<String, [String; 2]> {
        let mut cells: BTreeMap<String, [String; 2]> = BTreeMap::new();
        let of = |text: &str| cell(text).into_owned();
        for (side, index) in [&self.continues, &self.continued_as]
            .into_iter()
            .enumerate()
        {
            for (vessel_id, (_, other)) in index {
                cells.entry(of(vessel_id)).or_default()[side] = of(other);
            }
        }
        cells
    }

    /// The id that continues a vessel's.
    pub(crate) fn continued_as(&self, vessel_id: &str) -> Option<&str> {
        Some(&self.continued_as.get(vessel_id)?.1)
    }

    /// Why a vessel is taken for the one under the id that continues its own, and for the one that its
    /// own continues: a sentence each.
    pub(crate) fn reasons(&self, vessel_id: &str) -> impl Iterator<Item = String> {
        let before = self.continues.get(vessel_id);
        let after = self.continued_as.get(vessel_id);
        let numbers = before.into_iter().chain(after).map(|(number, _)| *number);
        numbers.map(|number| reason(&self.links[number]))
    }
}

/// What links two ids, in a few words.
pub(crate) fn basis(basis: &LinkBasis) -> String {
    match basis {
        LinkBasis::Imo(Some(imo)) => format!("IMO number {imo}"),
        LinkBasis::Imo(None) => "one IMO number".to_owned(),
        LinkBasis::CallSignAndName { call_sign, name } => {
            format!("call sign {} and name {}", quoted(call_sign), quoted(name))
        }
    }
}

/// Why two ids are one ship, in a sentence.
pub(crate) fn reason(link: &IdentityLink) -> String {
    let (ended, began) = (link.ended.time, link.began.time);
    let apart = if began >= ended {
        format!("{} later", lasting_finely(ended, began))
    } else {
        format!("{} before that", lasting_finely(began, ended))
    };
    format!(
        "{to} continues {from}: both sent {basis}; {from} was last heard {ended}, {to} first {apart}, \
         {distance} away",
        from = quoted(&link.from.to_string()),
        to = quoted(&link.to.to_string()),
        basis = basis(&link.basis),
        ended = moment(ended),
        distance = distance(link.distance_m),
    )
}

/// How long it is from one moment to another, in minutes if it is short.
fn lasting_finely(from: Timestamp, to: Timestamp) -> String {
    let minutes = to.hours_since(from) * 60.0;
    if minutes < 120.0 {
        format!("{minutes:.0} min")
    } else {
        lasting(from, to)
    }
}
