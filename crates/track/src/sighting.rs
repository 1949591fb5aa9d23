//! A sighting is a vessel seen, or looked for and not seen, by other means than AIS: mostly on a
//! satellite image.

use crate::{Imo, Mmsi, Position, Timestamp};
use serde::{Deserialize, Serialize};

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
    /// Where it was published.
    pub url: Option<String>,
    /// Its row in its file; the first data row (or feature) is 1.
    pub row: u64,
}

impl Sighting {
    /// Whether two sightings are surely of different acquisitions: their times do not overlap, and
    /// their scenes, where both name theirs, differ. Times of half a day and more, as a date is, must
    /// lie a day apart unless scenes are named: one image may be dated by two calendars. Two publishers
    /// of one image are one witness.
    pub fn is_independent_of(&self, other: &Sighting) -> bool {
        const DATE_H: f64 = 12.0;
        const DAY_H: f64 = 24.0;
        let apart_h = self
            .from
            .hours_since(other.to)
            .max(other.from.hours_since(self.to));
        let scene = |sighting: &Sighting| {
            let scene = sighting.scene.as_deref()?.trim().to_lowercase();
            Some(scene.trim_end_matches(".safe").to_owned())
        };
        if let (Some(scene), Some(of_other)) = (scene(self), scene(other)) {
            return scene != of_other && apart_h > 0.0;
        }
        let is_date = |sighting: &Sighting| sighting.to.hours_since(sighting.from) >= DATE_H;
        let least_h = if is_date(self) || is_date(other) {
            DAY_H
        } else {
            0.0
        };
        apart_h > least_h
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
