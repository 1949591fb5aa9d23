//! Inference: what vessels may have done while nobody saw them, and what sightings prove of it.
//!
//! It works on all vessels' events, after the kernel has found them, and on bounded summaries of their
//! reports: speeds, reception, and where each was at a sighting's time. [`Inference::hull`] says what
//! one hull's gaps may hold.

mod assess;
mod call;
mod candidates;
mod claim;
mod config;
mod evidence;
mod infer;
mod leg;
mod reach;
mod reception;
mod speeds;

pub use assess::{
    Assessment, Heard, assess, could_have_been, exclude_each_other, fits_length, is_claim,
    is_considered, is_there, lay_there, suspect,
};
pub use candidates::{Caller, CandidateSetting, Ranked};
pub use claim::{ClaimMatch, IdentityIndex, RegisterIx, VesselIx};
pub use config::{InferenceConfig, SpeedCaps};
pub use evidence::{
    Evidence, SeenInGap, SeenInOneOf, SeenStay, SplitGap, Splitter, port_of, silence_of,
};
pub use infer::{HullCase, Inference};
pub use reach::{Absence, Absences, PortReach, ReachSetting, Silence, Stay};
pub use reception::{
    CellTable, HeardTable, OwnCells, OwnPresences, Presence, PresenceBuilder, ReceptionConfig,
};
pub use speeds::{SpeedHistogram, greatest_length_m, reach_speeds};
