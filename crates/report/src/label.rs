//! A label is what every feature says of its vessel: her id, and what she called herself that day.

use landfall_track::{Hull, Imo, Mmsi, Timestamp, Vessel, VesselId};
use serde::{Deserialize, Serialize};

/// The vessel's part of a feature's properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VesselLabel<'a> {
    /// The vessel's id in all outputs, see [`hull_id`].
    pub vessel_id: &'a str,
    /// Her MMSI, if the source identifies vessels by MMSI.
    pub mmsi: Option<Mmsi>,
    /// Her IMO number, possibly with a wrong check digit (vessels.csv marks those).
    pub imo: Option<Imo>,
    /// Her name.
    pub name: Option<&'a str>,
    /// Her type, such as `Cargo`.
    pub ship_type: Option<&'a str>,
}

impl<'a> VesselLabel<'a> {
    /// The label of a vessel at a time: a renamed vessel has the name of that day.
    pub fn at(vessel: &'a Vessel, vessel_id: &'a str, time: Timestamp) -> Self {
        Self {
            vessel_id,
            mmsi: vessel.id.mmsi(),
            imo: vessel.at(time, |sent| sent.imo),
            name: vessel.at(time, |sent| sent.name.as_deref()),
            ship_type: vessel.at(time, |sent| {
                sent.ship_type.as_ref().map(|kind| kind.0.as_str())
            }),
        }
    }
}

/// When and how often a vessel was heard: her row in vessels.csv if she sent no particulars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VesselSpan {
    /// First accepted report.
    pub first: Timestamp,
    /// Last accepted report.
    pub last: Timestamp,
    /// How many reports were accepted.
    pub reports: u64,
}

/// A hull's `vessel_id`: the id under which it sends, and for every hull but the first `@` and the
/// time of its first report, as in `416000000@2015-03-01T12:00:00Z`.
pub fn hull_id(vessel: &VesselId, hull: Hull) -> String {
    if hull.number == 0 {
        vessel.to_string()
    } else {
        format!("{vessel}@{}", hull.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_hull_keeps_the_mmsi_and_a_further_one_adds_its_first_time() {
        let vessel = VesselId::Mmsi(Mmsi::new(2_190_068).unwrap());
        let since = "2015-03-01T12:00:00Z".parse().unwrap();
        assert_eq!(hull_id(&vessel, Hull { number: 0, since }), "002190068");
        assert_eq!(
            hull_id(&vessel, Hull { number: 2, since }),
            "002190068@2015-03-01T12:00:00Z"
        );
    }
}
