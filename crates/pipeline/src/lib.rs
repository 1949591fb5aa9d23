//! Many files into every vessel's events: files are read one after another, their reports gathered
//! by vessel, each vessel's reports fed to the kernel, and its events written.

mod accounts;
mod areas;
mod config;
mod detect;
mod digest;
mod dossiers;
mod error;
mod evidence;
mod gather;
mod infer;
mod manifest;
mod observe;
mod plan;
mod rejected;
mod restriction;
mod run;
mod sightings;
mod split;
mod work;

pub use config::{BadConfig, Config};
pub use digest::{Digests, HullDigest};
pub use error::PipelineError;
pub use evidence::Evidence;
pub use infer::{DarkDigest, Inferred, SightingDigest};
pub use plan::{DrawnReach, Plan, RunProgress};
pub use restriction::Restriction;
pub use run::{RunSummary, run};
