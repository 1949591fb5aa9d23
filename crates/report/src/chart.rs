//! A chart is a picture of what a run counted, as SVG: calls by day and port, gaps by length, rejected
//! rows by reason.
//!
//! Charts stand on white and name no font of their own, so that they look alike wherever they are opened
//! and printed. Colours are those that colour-blind readers tell apart (Okabe and Ito, "Color Universal
//! Design", 2008). What the eye takes from a bar, its `<title>` says in words.

mod axis;
mod calls;
mod gaps;
mod period;
mod rejected;
mod sheet;

use crate::tally::Tally;
use crate::{Manifest, Standings};

/// What charts are drawn from.
#[derive(Clone, Copy)]
pub(crate) struct Drawn<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) standings: &'a Standings,
    pub(crate) tally: &'a Tally,
}

/// A chart, drawn.
pub(crate) struct Chart {
    /// Its file in the output folder.
    pub(crate) name: &'static str,
    pub(crate) svg: String,
    /// How many calls, gaps or rows it shows.
    pub(crate) records: u64,
}

/// Draws every chart.
pub(crate) fn draw(drawn: Drawn<'_>) -> [Chart; 3] {
    [calls::draw(drawn), gaps::draw(drawn), rejected::draw(drawn)]
}
