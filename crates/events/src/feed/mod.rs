//! Faults of a feed: what a receiver, a clock or a relay adds to what a vessel sent.

mod life;
mod overlap;
mod recent_way;
mod resolution;
mod true_coordinate;

pub(crate) use life::SignsOfLife;
pub(crate) use overlap::{LonePace, Overlap};
pub(crate) use recent_way::{Echo, RecentWay};
pub(crate) use resolution::{Odometer, resolution_m};
pub(crate) use true_coordinate::{
    has_lost_figures, is_zero_or_pole, keeps_false_coordinate, shares_a_coordinate,
};
