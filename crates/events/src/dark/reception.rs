//! The reception of a gap: whether others went on being heard where and while she was silent.
//!
//! A *presence* is one vessel heard in one cell of half a degree in one hour. All vessels'
//! presences are counted in a [`CellTable`], whose cells coarsen when it outgrows its budget; when
//! all are in, a [`HeardTable`] says of each gap how many presences of others there were in three
//! zones: near her last position, near her next, and on the great circle between them; and how
//! many are usual there in so much time. Only what lies wholly within the silence counts, and her
//! own presences are taken out of what is usual ([`OwnCells`]).
//!
//! Source of the idea: Welch et al. 2022 (Science Advances 8, eabq2109), who leave out waters with
//! poor reception altogether, and all within 50 nautical miles of the shore. We score every gap by
//! what was heard there then; gaps near the shore are scored as all others.
//!
//! Known limits: "heard" speaks for a receiver in the cell's reach, not for the very one that heard
//! her; the usual is a mean over all times of the data, so a ferry's timetable, the season, and a
//! second set of data that covers another sea at another time blur it; and in coarse cells a
//! neighbour's receiver speaks for hers ([`landfall_track::Reception`] gives the cells' size).

mod cell;
mod heard;
mod level;
mod own;
mod presence;
mod table;
#[cfg(test)]
mod tests;
mod zones;

pub use heard::HeardTable;
pub use own::{OwnCells, OwnPresences};
pub use presence::{Presence, PresenceBuilder};
pub use table::CellTable;

use crate::ConfigError;
use crate::config::within;
use serde::{Deserialize, Serialize};

/// When others were heard, and how much memory it may take to know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReceptionConfig {
    /// Cells that come so near to a position, in metres, are near it.
    pub near_m: f64,
    /// Others were heard from so many presences.
    pub heard_presences: u32,
    /// Others were heard if this share of the usual was.
    pub heard_share: f64,
    /// Nobody was heard if no more than this share of the usual was.
    pub nobody_share: f64,
    /// That nobody was heard says something where so many vessels are to be expected in the time.
    pub nobody_vessels: f64,
    /// Blocks of 16 time buckets of a cell that the table may hold before it coarsens: some 47
    /// bytes each.
    pub budget_blocks: u32,
}

impl Default for ReceptionConfig {
    fn default() -> Self {
        Self {
            // Ours: 27 nautical miles, so that one receiver serves the zone. AIS at sea nominally
            // reaches 20 (US Coast Guard Navigation Center, "How AIS works"), a high antenna more.
            near_m: 50_000.0,
            // Ours: one may be a straggler's wrong position.
            heard_presences: 2,
            // Ours: room for quiet nights, holidays and seasons.
            heard_share: 0.25,
            // Ours: what a wrong position or a transponder heard from far off adds to a busy place.
            nobody_share: 0.05,
            // With vessels coming independently, none comes with probability e^-5, 0.7%.
            nobody_vessels: 5.0,
            // What fits in a hash table of 2^21 places of 41 bytes at its highest load, 7/8: 86 MB.
            budget_blocks: 1_835_008,
        }
    }
}

impl ReceptionConfig {
    /// Checks every threshold.
    ///
    /// # Errors
    /// Names the first that is not a number or outside its range.
    pub fn check(&self) -> Result<(), ConfigError> {
        within("reception.near_m", self.near_m, 0.0, 500_000.0)?;
        within(
            "reception.heard_presences",
            f64::from(self.heard_presences),
            1.0,
            1e6,
        )?;
        within("reception.nobody_share", self.nobody_share, 0.0, 0.5)?;
        // What is enough for others is too much for nobody.
        within(
            "reception.heard_share",
            self.heard_share,
            self.nobody_share,
            1.0,
        )?;
        within("reception.nobody_vessels", self.nobody_vessels, 1.0, 1e6)?;
        // The coarsest cells, 4 degrees wide for all time, are fewer.
        within(
            "reception.budget_blocks",
            f64::from(self.budget_blocks),
            5_000.0,
            f64::from(u32::MAX),
        )
    }

    /// The same thresholds with room for so many blocks.
    #[must_use]
    pub fn with_budget(mut self, blocks: u32) -> Self {
        self.budget_blocks = blocks;
        self
    }
}
