//! Doubts are those who may be meant but are not taken, each with the reason.

use super::known::Known;
use super::name::key;
use super::when::sent;
use super::{RegisterIx, VesselIx};
use landfall_track::DoubtfulMatch;
use std::borrow::Cow;

/// At most this many doubtful matches are listed.
pub(super) const MOST_DOUBTFUL: usize = 10;
/// A name is cut to so many characters where it is quoted.
const MOST_QUOTED: usize = 60;

/// Who may be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Vessel(VesselIx),
    Row(RegisterIx),
}

/// Those who may be meant, the likeliest first.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    doubts: Vec<(Who, Option<String>, Cow<'static, str>)>,
}

impl Doubts {
    /// Adds one, with the key of the name that brought her in.
    pub(super) fn add(
        &mut self,
        who: Who,
        name: Option<&str>,
        reason: impl Into<Cow<'static, str>>,
    ) {
        self.doubts
            .push((who, name.map(str::to_owned), reason.into()));
    }

    /// The list: each once and with the first reason, without those that `is_known` to be meant.
    pub(super) fn list(
        &self,
        known: Known<'_, '_>,
        is_known: impl Fn(Who) -> bool,
    ) -> Vec<DoubtfulMatch> {
        let mut listed: Vec<Who> = Vec::new();
        let mut list = Vec::new();
        for (who, name, reason) in &self.doubts {
            if list.len() == MOST_DOUBTFUL {
                break;
            }
            if listed.contains(who) || is_known(*who) {
                continue;
            }
            listed.push(*who);
            let name = name.as_deref();
            let (vessel, name) = match *who {
                Who::Vessel(vessel) => (
                    known.vessel(vessel).id.to_string(),
                    called(known, vessel, name),
                ),
                Who::Row(row) => (
                    quoted(&known.row(row).name),
                    Some(registered(known, row, name)),
                ),
            };
            list.push(DoubtfulMatch {
                vessel,
                name,
                reason: reason.clone().into_owned(),
            });
        }
        list
    }
}

/// The name as she sent it, or as a register has it for her; if none is asked for, the one she sent
/// then.
fn called(known: Known<'_, '_>, vessel: VesselIx, name: Option<&str>) -> Option<String> {
    let is_it = |other: &str| name.is_none_or(|name| key(other).as_deref() == Some(name));
    let vessel = known.vessel(vessel);
    let then = sent(vessel, known.time, |sent| sent.name.as_deref());
    let ever = vessel
        .identities
        .iter()
        .filter_map(|identity| identity.particulars.name.as_deref());
    let mut sent_names = then.iter().copied().chain(ever);
    if let Some(found) = sent_names.find(|other| is_it(other)) {
        return Some(quoted(found));
    }
    let names = |row: RegisterIx| {
        let row = known.row(row);
        std::iter::once(&row.name).chain(&row.aliases)
    };
    vessel
        .id
        .mmsi()
        .into_iter()
        .flat_map(|mmsi| known.index.rows_of_mmsi(mmsi))
        .filter(|row| name.is_some() || known.is_valid(*row))
        .flat_map(names)
        .find(|other| is_it(other))
        .or(then.first().map(|name| (*name).to_owned()).as_ref())
        .map(|name| quoted(name))
}

/// The row's name or alias that is asked for, else its name.
fn registered(known: Known<'_, '_>, row: RegisterIx, name: Option<&str>) -> String {
    let row = known.row(row);
    let alias = row
        .aliases
        .iter()
        .find(|alias| name.is_some() && key(alias).as_deref() == name);
    quoted(alias.unwrap_or(&row.name))
}

fn quoted(name: &str) -> String {
    name.char_indices()
        .nth(MOST_QUOTED)
        .map_or(name, |(end, _)| &name[..end])
        .to_owned()
}
