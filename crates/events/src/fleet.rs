//! What several vessels' data show together, and no vessel's alone.

mod outline;

pub use outline::outline;
