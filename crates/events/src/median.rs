//! The median of a run of positions, in bounded memory.
//!
//! Every position is kept until there are 64, then every second of those and from then on every
//! second that comes, then every fourth, and so on. Which are kept depends on nothing but their
//! number in the run, so the median is the same however the reports were cut. It is exact up to 64
//! positions; beyond, it is the median of 32 to 64 of them, evenly spread over the run.

use landfall_track::Position;
use serde::{Deserialize, Serialize};

const CAPACITY: usize = 64;
const TURN_E7: i64 = 3_600_000_000;

/// An evenly thinned sample of a run of values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Thinned<T> {
    kept: Vec<T>,
    stride: u64,
    skip: u64,
}

impl<T> Default for Thinned<T> {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            stride: 1,
            skip: 0,
        }
    }
}

impl<T> Thinned<T> {
    /// Takes the run's next value, which is made only if it is kept.
    #[inline(always)]
    pub(crate) fn add(&mut self, value: impl FnOnce() -> T) {
        if self.skip > 0 {
            self.skip -= 1;
        } else {
            self.keep(value());
        }
    }

    #[inline(never)]
    fn keep(&mut self, value: T) {
        if self.kept.len() >= CAPACITY {
            // Of the values kept, those with an even number stay; this one's number is even.
            let mut even = false;
            self.kept.retain(|_| {
                even = !even;
                even
            });
            self.stride = self.stride.saturating_mul(2);
        }
        self.kept.push(value);
        self.skip = self.stride - 1;
    }

    /// How many values are kept.
    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }

    /// The values that are kept, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.kept.iter()
    }
}

/// An evenly thinned sample of a run of positions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct PositionSample {
    /// Longitudes are kept as differences from here, so that the antimeridian is no seam.
    origin: Position,
    /// Latitude, and longitude from the origin, in 1e-7 degrees.
    sample: Thinned<(i32, i64)>,
}

impl PositionSample {
    /// A sample of no position yet; those to come lie about `origin`.
    pub(crate) fn empty(origin: Position) -> Self {
        Self {
            origin,
            sample: Thinned::default(),
        }
    }

    /// A sample of one position.
    pub(crate) fn new(first: Position) -> Self {
        let mut sample = Self::empty(first);
        sample.add(first);
        sample
    }

    /// Takes the run's next position.
    #[inline(always)]
    pub(crate) fn add(&mut self, position: Position) {
        let origin = self.origin;
        self.sample
            .add(|| (position.lat_e7, origin.lon_difference_e7(position)));
    }

    /// The positions that are kept, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Position> {
        self.sample
            .iter()
            .map(|(lat_e7, east_e7)| self.position(i64::from(*lat_e7), *east_e7))
    }

    /// The median latitude and the median longitude.
    pub(crate) fn median(&self) -> Position {
        let kept = || self.sample.iter();
        let lat_e7 = middle(kept().map(|kept| i64::from(kept.0)).collect());
        let east_e7 = middle(kept().map(|kept| kept.1).collect());
        self.position(lat_e7, east_e7)
    }

    fn position(&self, lat_e7: i64, east_e7: i64) -> Position {
        let lon_e7 = i64::from(self.origin.lon_e7) + east_e7;
        let wrapped_e7 = if lon_e7 > TURN_E7 / 2 {
            lon_e7 - TURN_E7
        } else if lon_e7 < -TURN_E7 / 2 {
            lon_e7 + TURN_E7
        } else {
            lon_e7
        };
        Position {
            lat_e7: i32::try_from(lat_e7).unwrap_or(self.origin.lat_e7),
            lon_e7: i32::try_from(wrapped_e7).unwrap_or(self.origin.lon_e7),
        }
    }
}

/// The middle value; of an even number of values, the lower of the two in the middle.
fn middle(mut values: Vec<i64>) -> i64 {
    values.sort_unstable();
    let half = values.len().saturating_sub(1) / 2;
    values.get(half).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon_e7: i32, lat_e7: i32) -> Position {
        Position { lat_e7, lon_e7 }
    }

    #[test]
    fn the_median_across_the_antimeridian_lies_between() {
        let mut sample = PositionSample::new(at(1_799_999_000, 10));
        sample.add(at(-1_799_999_500, 20));
        sample.add(at(-1_799_999_000, 30));
        assert_eq!(sample.median(), at(-1_799_999_500, 20));
    }

    #[test]
    fn one_outlier_does_not_move_the_median() {
        let mut sample = PositionSample::new(at(0, 0));
        for _ in 0..4 {
            sample.add(at(100, 100));
        }
        assert_eq!(sample.median(), at(100, 100));
    }

    #[test]
    fn a_long_run_is_sampled_evenly_in_bounded_memory() {
        let mut sample = PositionSample::new(at(0, 0));
        for step in 1..100_000 {
            sample.add(at(step, step));
        }
        assert!(sample.sample.len() <= CAPACITY);
        let middle = sample.median().lat_e7;
        assert!((48_000..=52_000).contains(&middle), "{middle}");
    }
}
