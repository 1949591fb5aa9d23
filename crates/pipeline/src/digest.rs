//! A digest says of one hull what a person asks first: where she called, and how often she fell
//! silent.

use crate::detect::HullEvents;
use landfall_track::{Confidence, PortIx};
use std::collections::BTreeMap;

/// Hulls of which a digest is kept.
const MOST: usize = 20;

/// Where one hull called, and how often she fell silent.
#[derive(Clone, Debug, PartialEq)]
pub struct HullDigest {
    /// The hull's id in all outputs.
    pub vessel_id: String,
    /// Her name by the end of the run's time.
    pub name: Option<String>,
    /// Port calls by port.
    pub calls: BTreeMap<PortIx, u64>,
    /// Voyages.
    pub voyages: u64,
    /// Gaps, open ones too.
    pub gaps: u64,
}

impl HullDigest {
    pub(crate) fn new(vessel_id: String, name: Option<String>, events: &HullEvents) -> Self {
        let mut calls = BTreeMap::new();
        for call in events
            .calls
            .iter()
            .filter(|call| call.confidence > Confidence::Passage)
        {
            *calls.entry(call.port).or_default() += 1;
        }
        Self {
            vessel_id,
            name,
            calls,
            voyages: events.legs.iter().filter(|leg| leg.is_voyage()).count() as u64,
            gaps: events.gaps.len() as u64,
        }
    }

    /// What the digests are ordered by: the most eventful first.
    fn weight(&self) -> u64 {
        self.calls.values().sum::<u64>() + self.gaps
    }
}

/// The digests of the most eventful hulls; of equally eventful ones the first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Digests {
    /// At most 20, the most eventful first.
    pub hulls: Vec<HullDigest>,
    /// How many more hulls there are.
    pub others: u64,
}

impl Digests {
    pub(crate) fn add(&mut self, digest: HullDigest) {
        let place = self
            .hulls
            .partition_point(|other| other.weight() >= digest.weight());
        self.hulls.insert(place, digest);
        if self.hulls.len() > MOST {
            self.hulls.pop();
            self.others += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_eventful_hulls_are_kept_and_the_others_counted() {
        let mut digests = Digests::default();
        for gaps in 0..30 {
            let events = HullEvents::default();
            let mut digest = HullDigest::new(gaps.to_string(), None, &events);
            digest.gaps = gaps;
            digests.add(digest);
        }
        assert_eq!((digests.hulls.len(), digests.others), (20, 10));
        assert_eq!(digests.hulls[0].vessel_id, "29");
        assert_eq!(digests.hulls[19].vessel_id, "10");
    }
}
