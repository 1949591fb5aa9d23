//! A run view is what inference's numbers refer to: every hull, every sighting, and what each
//! sighting came to.

use crate::VesselLabel;
use landfall_track::{
    AssessedSighting, Gap, GapIx, HullIx, Port, PortCall, PortSource, Sighting, SightingIx,
    Timestamp, Vessel,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A hull as inference's numbers refer to it.
#[derive(Clone, Copy, Debug)]
pub struct HullView<'a> {
    /// Her id in all outputs, see [`crate::hull_id`].
    pub vessel_id: &'a str,
    /// Who she said she was.
    pub vessel: &'a Vessel,
    /// Her gaps in time order; a `GapIx` counts them.
    pub gaps: &'a [Gap],
    /// Her stays in port in time order, passages too.
    pub calls: &'a [PortCall],
}

impl<'a> HullView<'a> {
    /// Her label at a time.
    pub fn label(&self, time: Timestamp) -> VesselLabel<'a> {
        VesselLabel::at(self.vessel, self.vessel_id, time)
    }
}

/// What inference's numbers refer to, with the ids that sightings have in outputs.
#[derive(Clone, Debug)]
pub struct RunView<'a> {
    hulls: Hulls<'a>,
    /// A hull that is known beside them.
    one: Option<(HullIx, HullView<'a>)>,
    sightings: &'a [Sighting],
    sighting_files: &'a [String],
    assessed: &'a [AssessedSighting],
    sighting_ids: Arc<[String]>,
}

/// The hulls that are known.
#[derive(Clone, Copy, Debug)]
enum Hulls<'a> {
    All(&'a [HullView<'a>]),
    Some(&'a BTreeMap<HullIx, HullView<'a>>),
}

impl<'a> RunView<'a> {
    /// A view of a run. `hulls` are in the order of their `HullIx`; the other three have one entry
    /// for every sighting, in the order of `SightingIx`, `sighting_files` the list it is from.
    pub fn new(
        hulls: &'a [HullView<'a>],
        sightings: &'a [Sighting],
        sighting_files: &'a [String],
        assessed: &'a [AssessedSighting],
    ) -> Self {
        Self {
            hulls: Hulls::All(hulls),
            one: None,
            sightings,
            sighting_files,
            assessed,
            sighting_ids: sighting_ids(sightings).into(),
        }
    }

    /// A view of a run of which only some hulls are at hand: those that sightings tell of.
    pub fn of(
        hulls: &'a BTreeMap<HullIx, HullView<'a>>,
        sightings: &'a [Sighting],
        sighting_files: &'a [String],
        assessed: &'a [AssessedSighting],
    ) -> Self {
        Self {
            hulls: Hulls::Some(hulls),
            ..Self::new(&[], sightings, sighting_files, assessed)
        }
    }

    /// The same view with one hull more.
    #[must_use]
    pub fn with<'b>(&self, ix: HullIx, view: HullView<'b>) -> RunView<'b>
    where
        'a: 'b,
    {
        RunView {
            one: Some((ix, view)),
            ..self.clone()
        }
    }

    /// A hull.
    pub fn hull(&self, ix: HullIx) -> Option<&HullView<'a>> {
        match (&self.one, self.hulls) {
            (Some((one, view)), _) if *one == ix => Some(view),
            (_, Hulls::All(hulls)) => hulls.get(ix.0 as usize),
            (_, Hulls::Some(hulls)) => hulls.get(&ix),
        }
    }

    /// A gap.
    pub fn gap(&self, ix: GapIx) -> Option<&'a Gap> {
        self.hull(ix.hull)?.gaps.get(ix.number as usize)
    }

    /// A sighting.
    pub fn sighting(&self, ix: SightingIx) -> Option<&'a Sighting> {
        self.sightings.get(ix.0 as usize)
    }

    /// A sighting's id in outputs, such as `sighting/vostochny-2023-10-25`; `?` for a number that
    /// is none. Of several sightings that share an id the second ends in `/2`, and so on.
    pub fn sighting_id(&self, ix: SightingIx) -> &str {
        self.sighting_ids
            .get(ix.0 as usize)
            .map_or("?", String::as_str)
    }

    /// The list a sighting is from, as the user named it.
    pub fn sighting_file(&self, ix: SightingIx) -> Option<&'a str> {
        self.sighting_files.get(ix.0 as usize).map(String::as_str)
    }

    /// What a sighting came to.
    pub fn found(&self, ix: SightingIx) -> Option<&'a AssessedSighting> {
        self.assessed.get(ix.0 as usize)
    }

    /// What every sighting came to.
    pub fn assessed(&self) -> &'a [AssessedSighting] {
        self.assessed
    }
}

/// Ids in order; unique, whatever the lists call their sightings.
fn sighting_ids(sightings: &[Sighting]) -> Vec<String> {
    let mut next: BTreeMap<&str, u64> = BTreeMap::new();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    sightings
        .iter()
        .map(|sighting| {
            let number = next.entry(sighting.id.as_str()).or_insert(0);
            loop {
                *number += 1;
                let id = if *number == 1 {
                    format!("sighting/{}", sighting.id)
                } else {
                    format!("sighting/{}/{number}", sighting.id)
                };
                // A list may itself call a sighting `x/2`.
                if taken.insert(id.clone()) {
                    return id;
                }
            }
        })
        .collect()
}

/// The id of a gap's feature. A hull's gaps never begin at the same time.
pub fn gap_id(vessel_id: &str, gap: &Gap) -> String {
    format!("{vessel_id}/gap/{}", gap.before.time)
}

/// A port's key in ids: its code, or else its name; of a place that belongs to no port its own key.
pub(crate) fn port_key(port: &Port) -> &str {
    if port.source == PortSource::Stops {
        return port.other_codes.first().map_or("?", String::as_str);
    }
    port.locode
        .as_ref()
        .map_or(port.name.as_str(), |code| code.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{Claim, Position, SightingOutcome};

    fn called(id: &str) -> Sighting {
        Sighting {
            id: id.to_owned(),
            from: Timestamp::default(),
            to: Timestamp::default(),
            position: Position::default(),
            error_radius_m: 0.0,
            outline: None,
            outcome: SightingOutcome::Seen,
            sensor: None,
            claim: Claim::default(),
            activity: None,
            length_m: None,
            scene: None,
            source: String::new(),
            publisher: None,
            via: None,
            url: None,
            row: 1,
        }
    }

    #[test]
    fn sightings_of_one_id_in_two_lists_have_different_ids() {
        let ids = ["a", "a/2", "a", "", "a", ""].map(called);
        assert_eq!(
            sighting_ids(&ids),
            [
                "sighting/a",
                "sighting/a/2",
                "sighting/a/3",
                "sighting/",
                "sighting/a/4",
                "sighting//2",
            ]
        );
    }
}
