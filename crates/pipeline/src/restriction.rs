//! A restriction narrows a run to some vessels, places or times.

use landfall_track::{BoundingBox, Identity, Imo, PortIx, Timestamp, Vessel, VesselId};
use serde::{Serialize, Serializer};

/// What a run is restricted to. Empty lists and absent bounds restrict nothing.
///
/// Rows that are left out are set aside, and stay accepted in the accounts. `from` and `to` leave out
/// rows, all others whole vessels; of vessels inside `bbox` the events that touch it are kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Restriction {
    /// Only these MMSIs, or other ids where the source has no MMSI.
    #[serde(rename = "mmsi", skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<VesselId>,
    /// Only vessels that ever sent one of these IMO numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub imo: Vec<Imo>,
    /// Only vessels that ever sent a name containing one of these texts, in any case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Only vessels with a call, passage or silence at one of these ports.
    #[serde(skip)]
    pub ports: Vec<PortIx>,
    /// The names and codes that `ports` were asked for by.
    #[serde(rename = "ports", skip_serializing_if = "Vec::is_empty")]
    pub port_names: Vec<String>,
    /// Only vessels that reported inside this box, and of them what touches it.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "in_degrees")]
    pub bbox: Option<BoundingBox>,
    /// Only reports at this time or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Only reports before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
}

impl Restriction {
    /// Whether nothing is restricted.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a report's time is asked for: `from` inclusive, `to` exclusive.
    pub fn takes_time(&self, time: Timestamp) -> bool {
        self.from.is_none_or(|from| time >= from) && self.to.is_none_or(|to| time < to)
    }

    /// Whether an identity was sent in the time asked for.
    pub fn takes_identity(&self, identity: &Identity) -> bool {
        self.from.is_none_or(|from| identity.last >= from)
            && self.to.is_none_or(|to| identity.first < to)
    }

    /// Whether a vessel's id is asked for.
    pub fn takes_id(&self, id: &VesselId) -> bool {
        self.ids.is_empty() || self.ids.contains(id)
    }

    /// Whether a vessel's names and IMO numbers are asked for: those that she sent in the time asked for.
    pub fn takes_identities(&self, vessel: &Vessel) -> bool {
        let sent = || {
            vessel
                .identities
                .iter()
                .filter(|identity| self.takes_identity(identity))
                .map(|identity| &identity.particulars)
        };
        let imo_matches = self.imo.is_empty()
            || sent().any(|sent| sent.imo.is_some_and(|imo| self.imo.contains(&imo)));
        let wanted: Vec<String> = self.names.iter().map(|name| name.to_lowercase()).collect();
        let name_matches = wanted.is_empty()
            || sent().filter_map(|sent| sent.name.as_deref()).any(|name| {
                let name = name.to_lowercase();
                wanted.iter().any(|wanted| name.contains(wanted.as_str()))
            });
        imo_matches && name_matches
    }
}

/// A box as west, south, east and north in degrees, the order of RFC 7946.
#[expect(clippy::ref_option, reason = "serde hands the field over by reference")]
fn in_degrees<S: Serializer>(bbox: &Option<BoundingBox>, serializer: S) -> Result<S::Ok, S::Error> {
    bbox.map(|bbox| {
        let (least, most) = (bbox.south_west.degrees(), bbox.north_east.degrees());
        [least.lon, least.lat, most.lon, most.lat]
    })
    .serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::Particulars;

    fn vessel(name: &str, imo: u32) -> Vessel {
        let particulars = Particulars {
            name: Some(name.into()),
            imo: Imo::new(imo),
            ..Particulars::default()
        };
        let time = Timestamp::default();
        Vessel {
            id: VesselId::Text("x".into()),
            identities: vec![Identity {
                particulars,
                first: time,
                last: time,
                reports: 1,
            }],
        }
    }

    #[test]
    fn a_name_is_matched_in_any_case_and_in_part() {
        let restriction = Restriction {
            names: vec!["maia".into()],
            ..Restriction::default()
        };
        assert!(restriction.takes_identities(&vessel("MAIA-1", 9_358_010)));
        assert!(!restriction.takes_identities(&vessel("MARIA", 8_517_839)));
    }

    #[test]
    fn name_and_imo_must_both_match() {
        let restriction = Restriction {
            names: vec!["MARIA".into()],
            imo: vec![Imo::new(9_220_641).unwrap()],
            ..Restriction::default()
        };
        assert!(!restriction.takes_identities(&vessel("MARIA", 8_517_839)));
        assert!(restriction.takes_identities(&vessel("LADY MARIA", 9_220_641)));
    }

    #[test]
    fn the_end_of_a_time_span_is_exclusive() {
        let at = |seconds| Timestamp::from_seconds(seconds).unwrap();
        let restriction = Restriction {
            from: Some(at(10)),
            to: Some(at(20)),
            ..Restriction::default()
        };
        assert!(restriction.takes_time(at(10)));
        assert!(!restriction.takes_time(at(20)));
    }
}
