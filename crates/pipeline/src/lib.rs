//! Many files into every vessel's events: files are read one after another, their reports gathered
//! by vessel, each vessel's reports fed to the kernel, and its events written.

mod accounts;
mod config;
mod detect;
mod digest;
mod error;
mod gather;
mod plan;
mod rejected;
mod restriction;
mod run;

pub use config::{BadConfig, Config};
pub use digest::{Digests, HullDigest};
pub use error::PipelineError;
pub use plan::{Plan, RunProgress};
pub use restriction::Restriction;
pub use run::{RunSummary, run};
