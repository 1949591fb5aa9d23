//! A sighting is a vessel seen, or looked for and not seen, by other means than AIS: mostly on a
//! satellite image.

use crate::{Imo, LocalScale, Mmsi, Position, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What the vessel was doing when she was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// Taking cargo on board.
    Loading,
    /// Landing cargo.
    Unloading,
    /// Alongside.
    Berthed,
    /// At anchor.
    Anchored,
    /// Moving.
    UnderWay,
}

/// Which vessel the source says it was. All absent: an unidentified vessel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Name as published.
    pub name: Option<String>,
    /// IMO number.
    pub imo: Option<Imo>,
    /// MMSI.
    pub mmsi: Option<Mmsi>,
    /// The claimant's own confidence, as published.
    pub confidence: Option<String>,
}

/// Whether the sighting saw the vessel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SightingOutcome {
    /// A vessel was seen.
    Seen,
    /// The scene covered the place at that time, and the claimed vessel was not there.
    NotThere,
    /// The scene covered the place at that time, and no vessel was there.
    NoVessel,
}

/// One sighting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sighting {
    /// The id its list gives it.
    pub id: String,
    /// Earliest time.
    pub from: Timestamp,
    /// Latest time; equal to `from` if the time is known.
    pub to: Timestamp,
    /// Place, as a point; a polygon's is its centroid.
    pub position: Position,
    /// How far from `position` it may have been, in metres.
    pub error_radius_m: f64,
    /// Outline, if the place was given as a polygon: one closed ring.
    pub outline: Option<Vec<Position>>,
    /// Seen or not.
    pub outcome: SightingOutcome,
    /// Means: `optical satellite`, `radar satellite`, `photograph`, ...
    pub sensor: Option<String>,
    /// Who it was said to be.
    pub claim: Claim,
    /// What she was doing.
    pub activity: Option<Activity>,
    /// Her length as measured on the image, in metres.
    pub length_m: Option<f64>,
    /// The scene's id.
    pub scene: Option<String>,
    /// Who published it, and what was read there.
    pub source: String,
    /// Who saw it and published that; several who did so together are separated by `;`. `None` if
    /// that is not known: unknown publishers are not shown to be different ones.
    pub publisher: Option<String>,
    /// Through whom it was read, if not at its publisher's: then it is second hand.
    pub via: Option<String>,
    /// Where it was published.
    pub url: Option<String>,
    /// Its row in its file; the first data row (or feature) is 1.
    pub row: u64,
}

/// Times so long, in hours, are dates; two of them must lie so far apart.
const DATE_H: f64 = 12.0;
const DAY_H: f64 = 24.0;
/// Two images of one pass of a satellite, or of one flight, are taken within this time, in hours.
const ONE_PASS_H: f64 = 0.5;

impl Sighting {
    /// Whether it was read at second hand.
    pub fn is_second_hand(&self) -> bool {
        self.via.is_some()
    }

    /// Whether two sightings are independent: two publishers, of which each saw. So both are known and
    /// have nobody in common, neither was read at second hand, and they are of different acquisitions.
    pub fn is_independent_of(&self, other: &Sighting) -> bool {
        let (mine, theirs) = (self.publishers(), other.publishers());
        !self.is_second_hand()
            && !other.is_second_hand()
            && !mine.is_empty()
            && !theirs.is_empty()
            && mine.is_disjoint(&theirs)
            && self.is_of_other_acquisition(other)
    }

    /// Its publishers, as they are compared: letters and digits alone, in lower case, without a leading
    /// `The`.
    fn publishers(&self) -> BTreeSet<String> {
        let names = self.publisher.as_deref().unwrap_or_default().split(';');
        names
            .map(|name| {
                let name = name.trim().to_lowercase();
                let bare = name.strip_prefix("the ").unwrap_or(&name);
                bare.chars().filter(|c| c.is_alphanumeric()).collect()
            })
            .filter(|name: &String| !name.is_empty())
            .collect()
    }

    /// Whether two sightings are surely of different acquisitions: half an hour lies between their times,
    /// and their scenes, where both name theirs, differ. Times of half a day and more, as a date is, must
    /// lie a day apart unless scenes are named: one image may be dated by two calendars. Two publishers
    /// of one image are one witness.
    pub fn is_of_other_acquisition(&self, other: &Sighting) -> bool {
        if self.id == other.id {
            // Of two lists: the same one, perhaps corrected.
            return false;
        }
        let apart_h = self
            .from
            .hours_since(other.to)
            .max(other.from.hours_since(self.to));
        let scene = |sighting: &Sighting| {
            let scene = sighting.scene.as_deref()?.trim().to_lowercase();
            Some(scene.trim_end_matches(".safe").to_owned())
        };
        if let (Some(scene), Some(of_other)) = (scene(self), scene(other)) {
            return scene != of_other && apart_h >= ONE_PASS_H;
        }
        let is_date = |sighting: &Sighting| sighting.to.hours_since(sighting.from) >= DATE_H;
        let least_h = if is_date(self) || is_date(other) {
            DAY_H
        } else {
            ONE_PASS_H
        };
        apart_h >= least_h
    }

    /// How far around its place a scene surely covered everything, in metres: of an outline the
    /// distance to its nearest edge, and nothing if the place is not within it.
    pub fn searched_m(&self) -> f64 {
        let Some(outline) = &self.outline else {
            return self.error_radius_m;
        };
        let here = self.position;
        let scale = LocalScale::at_latitude_deg(here.degrees().lat);
        let local = |place: &Position| {
            (
                here.lon_difference_e7(*place) as f64 * scale.metres_per_lon_e7,
                (f64::from(place.lat_e7) - f64::from(here.lat_e7)) * scale.metres_per_lat_e7,
            )
        };
        let mut nearest_m = f64::INFINITY;
        let mut is_within = false;
        for edge in outline.windows(2) {
            let (a, b) = (local(&edge[0]), local(&edge[1]));
            let (dx, dy) = (b.0 - a.0, b.1 - a.1);
            let length_2 = dx * dx + dy * dy;
            let along = if length_2 > 0.0 {
                (-(a.0 * dx + a.1 * dy) / length_2).clamp(0.0, 1.0)
            } else {
                0.0
            };
            nearest_m = nearest_m.min((a.0 + along * dx).hypot(a.1 + along * dy));
            // A ray to the east crosses the outline of what it begins in an odd number of times.
            if (a.1 > 0.0) != (b.1 > 0.0) && a.0 - a.1 * dx / dy > 0.0 {
                is_within = !is_within;
            }
        }
        if is_within { nearest_m } else { 0.0 }
    }
}

/// One row of a register of vessels: an identity and the dates in which it was valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredVessel {
    /// Name.
    pub name: String,
    /// Other spellings and short forms.
    pub aliases: Vec<String>,
    /// IMO number.
    pub imo: Option<Imo>,
    /// MMSI.
    pub mmsi: Option<Mmsi>,
    /// Radio call sign.
    pub call_sign: Option<String>,
    /// Valid from; absent if not known.
    pub valid_from: Option<Timestamp>,
    /// Valid to; absent if still valid or not known.
    pub valid_to: Option<Timestamp>,
    /// Its row in its file; the first data row is 1.
    pub row: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LonLat;

    fn at(lon: f64, lat: f64) -> Position {
        Position::from_degrees(LonLat { lon, lat }).unwrap()
    }

    fn seen(minutes: i64, scene: Option<&str>) -> Sighting {
        let time = Timestamp::default().shifted(minutes * 60_000);
        Sighting {
            id: format!("{minutes} {scene:?}"),
            from: time,
            to: time,
            position: at(0.0, 0.0),
            error_radius_m: 500.0,
            outline: None,
            outcome: SightingOutcome::Seen,
            sensor: None,
            claim: Claim::default(),
            activity: None,
            length_m: None,
            scene: scene.map(Into::into),
            source: String::new(),
            publisher: None,
            via: None,
            url: None,
            row: 1,
        }
    }

    fn published(minutes: i64, publisher: Option<&str>) -> Sighting {
        Sighting {
            publisher: publisher.map(Into::into),
            ..seen(minutes, None)
        }
    }

    #[test]
    fn two_images_of_one_pass_are_one_acquisition() {
        let first = seen(0, None);
        assert!(!first.is_of_other_acquisition(&seen(1, None)));
        assert!(first.is_of_other_acquisition(&seen(31, None)));
        let named = seen(0, Some("S1A_1.SAFE"));
        assert!(!named.is_of_other_acquisition(&seen(2, Some("S1A_2"))));
        assert!(!named.is_of_other_acquisition(&seen(60, Some("s1a_1"))));
        assert!(named.is_of_other_acquisition(&seen(60, Some("S1A_2"))));
        let mut corrected = seen(300, None);
        corrected.id.clone_from(&first.id);
        assert!(!first.is_of_other_acquisition(&corrected));
    }

    #[test]
    fn only_two_publishers_who_each_saw_are_independent() {
        let first = published(0, Some("The Guardian"));
        assert!(first.is_independent_of(&published(600, Some("Bloomberg"))));
        for (minutes, same) in [
            (600, Some("guardian")),
            (600, Some("Bloomberg; Guardian")),
            (600, None),
            (600, Some(" ; - ")),
            (10, Some("Bloomberg")),
        ] {
            let other = published(minutes, same);
            assert!(!first.is_independent_of(&other), "{same:?}");
            assert!(!other.is_independent_of(&first), "{same:?}");
        }
        let nobody_knows = published(0, None);
        assert!(!nobody_knows.is_independent_of(&published(600, None)));
        let mut quoted = published(600, Some("Bloomberg"));
        quoted.via = Some("a newspaper".to_owned());
        assert!(!first.is_independent_of(&quoted) && !quoted.is_independent_of(&first));
    }

    #[test]
    fn an_outline_covers_up_to_its_nearest_edge_and_nothing_if_the_place_is_outside() {
        let mut square = seen(0, None);
        assert!((square.searched_m() - 500.0).abs() < 1e-9);
        square.outline = Some(vec![
            at(-0.1, -0.05),
            at(0.1, -0.05),
            at(0.1, 0.05),
            at(-0.1, 0.05),
            at(-0.1, -0.05),
        ]);
        // A twentieth of a degree of latitude at the equator.
        assert!(
            (square.searched_m() - 5_529.0).abs() < 5.0,
            "{}",
            square.searched_m()
        );
        square.position = at(0.2, 0.0);
        assert!(square.searched_m().abs() < 1e-9);
    }
}
