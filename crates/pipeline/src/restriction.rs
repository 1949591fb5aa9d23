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
    /// Only vessels with a call, passage, silence or dark call at one of these ports.
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

    /// Whether the run sees every report of its inputs, whoever it tells of: what a sighting comes to then
    /// is what it comes to without a restriction.
    pub(crate) fn sees_everyone(&self) -> bool {
        self.from.is_none() && self.to.is_none() && self.bbox.is_none()
    }

    /// The ids, IMO numbers and names asked for that no vessel has, and what is near them. `vessels` gives
    /// all vessels of the data, and is not asked for them needlessly.
    pub(crate) fn missing<E>(
        &self,
        vessels: impl FnOnce() -> Result<Vec<Vessel>, E>,
    ) -> Result<Vec<Missing>, E> {
        if self.ids.is_empty() && self.imo.is_empty() && self.names.is_empty() {
            return Ok(Vec::new());
        }
        let vessels = vessels()?;
        let sent = |vessel: &'_ Vessel| -> Vec<(Option<String>, Option<Imo>)> {
            let identities = vessel.identities.iter();
            identities
                .map(|it| (it.particulars.name.clone(), it.particulars.imo))
                .collect()
        };
        let mut missing = Vec::new();
        for id in &self.ids {
            if !vessels.iter().any(|vessel| vessel.id == *id) {
                let known = vessels.iter().map(|vessel| vessel.id.to_string());
                missing.push(Missing::new("MMSI or id", &id.to_string(), known));
            }
        }
        for imo in &self.imo {
            let has = |vessel: &Vessel| sent(vessel).iter().any(|sent| sent.1 == Some(*imo));
            if !vessels.iter().any(has) {
                let known = vessels.iter().flat_map(|vessel| sent(vessel).into_iter());
                let known = known.filter_map(|(_, imo)| Some(imo?.to_string()));
                missing.push(Missing::new("IMO number", &imo.to_string(), known));
            }
        }
        for name in &self.names {
            let wanted = name.to_lowercase();
            let has = |vessel: &Vessel| {
                let names = sent(vessel).into_iter().filter_map(|(name, _)| name);
                names
                    .into_iter()
                    .any(|name| name.to_lowercase().contains(&wanted))
            };
            if !vessels.iter().any(has) {
                let known = vessels.iter().flat_map(|vessel| sent(vessel).into_iter());
                let known = known.filter_map(|(name, _)| name);
                missing.push(Missing::new("name", name, known));
            }
        }
        Ok(missing)
    }

    /// Whether only reports of some time are asked for.
    pub(crate) fn is_of_some_time(&self) -> bool {
        self.from.is_some() || self.to.is_some()
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

/// What was asked for and is not in the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What it is: `MMSI or id`, `IMO number` or `name`.
    pub what: &'static str,
    /// As it was asked for.
    pub asked: String,
    /// What is spelt most alike in the data, the likest first; at most 3.
    pub near: Vec<String>,
}

/// What is offered for one that is missing.
const OFFERED: usize = 3;
/// Characters of a text that are compared.
const COMPARED: usize = 64;

impl Missing {
    fn new(what: &'static str, asked: &str, known: impl Iterator<Item = String>) -> Self {
        let wanted = letters(asked);
        // As many as a slip of the pen changes: two letters, or of a long name a third.
        let most = (wanted.len() / 3).max(2);
        let mut near: Vec<(usize, String)> = Vec::new();
        for text in known {
            let apart = letters_apart(&wanted, &text);
            if apart <= most && !near.iter().any(|(_, other)| *other == text) {
                let place = near.partition_point(|(other_apart, other)| {
                    (*other_apart, other.as_str()) < (apart, text.as_str())
                });
                near.insert(place, (apart, text));
                near.truncate(OFFERED);
            }
        }
        Self {
            what,
            asked: asked.to_owned(),
            near: near.into_iter().map(|(_, text)| text).collect(),
        }
    }
}

fn letters(text: &str) -> Vec<char> {
    text.trim().to_lowercase().chars().take(COMPARED).collect()
}

/// How many letters must change to make of one text the other, or one of its words.
fn letters_apart(wanted: &[char], text: &str) -> usize {
    let words = text.split_whitespace().filter(|word| word.len() > 3);
    std::iter::once(text)
        .chain(words)
        .map(|text| edits(wanted, &letters(text)))
        .min()
        .unwrap_or(usize::MAX)
}

/// The fewest letters added, taken out, changed, or swapped with the next one that make one text of
/// another (the distance of Damerau and Levenshtein in its restricted form).
fn edits(from: &[char], to: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, a) in from.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, b) in to.iter().enumerate() {
            let changed = last[column] + usize::from(a != b);
            let mut least = changed.min(last[column + 1] + 1).min(next[column] + 1);
            if row > 0 && column > 0 && *a == to[column - 1] && from[row - 1] == *b {
                least = least.min(before_last[column - 1] + 1);
            }
            next.push(least);
        }
        before_last = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or_default()
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
    fn what_is_not_in_the_data_is_told_with_what_is_spelt_like_it() {
        let vessels = || {
            let mmsi = |number| VesselId::Mmsi(landfall_track::Mmsi::new(number).unwrap());
            let known = [
                (273_210_440, "MAIA-1"),
                (273_359_830, "LADY MARIA"),
                (304_000_001, "X"),
            ];
            Ok::<_, ()>(
                known
                    .map(|(number, name)| Vessel {
                        id: mmsi(number),
                        ..vessel(name, 9_358_010)
                    })
                    .into(),
            )
        };
        let restriction = Restriction {
            ids: vec!["273210404".parse::<u32>().unwrap()]
                .into_iter()
                .map(|number| VesselId::Mmsi(landfall_track::Mmsi::new(number).unwrap()))
                .collect(),
            imo: vec![Imo::new(9_358_010).unwrap(), Imo::new(8_517_839).unwrap()],
            names: vec!["Mariya".into(), "maia".into(), "nobody at all".into()],
            ..Restriction::default()
        };
        let missing = restriction.missing(vessels).unwrap();
        let told: Vec<(&str, Vec<&str>)> = missing
            .iter()
            .map(|it| {
                (
                    it.asked.as_str(),
                    it.near.iter().map(String::as_str).collect(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("273210404", vec!["273210440"]),
                ("8517839", vec![]),
                ("Mariya", vec!["LADY MARIA"]),
                ("nobody at all", vec![]),
            ]
        );
        let nothing: Vec<Missing> = Restriction::default().missing(vessels).unwrap();
        assert!(nothing.is_empty());
    }

    #[test]
    fn edits_count_letters_added_taken_out_changed_and_swapped() {
        let apart = |a: &str, b: &str| edits(&letters(a), &letters(b));
        assert_eq!(apart("", "abc"), 3);
        assert_eq!(apart("maria", "MARIYA"), 1);
        assert_eq!(apart("273210404", "273210440"), 1);
        assert_eq!(apart("kitten", "sitting"), 3);
        assert_eq!(apart("same", "same"), 0);
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
