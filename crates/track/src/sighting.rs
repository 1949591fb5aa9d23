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
