//! How coarse positions are given, and how far a vessel sailed if they are.
//!
//! From one cell of a coarse grid to the next a way runs in stairs, which are up to 1.41 times as long as
//! the way. Of such positions only those several cells apart are measured.

use landfall_track::Position;
use serde::{Deserialize, Serialize};

/// Metres of a ten-millionth of a degree of latitude.
const METRES_PER_E7: f64 = 0.011_132;
/// Steps of coarse positions in 1e-7 degrees, the longest first: whole degrees, tenths, ... down to a
/// thousandth, whole minutes and tenths of a minute.
const STEPS_E7: [f64; 6] = [1e7, 1e6, 1e7 / 60.0, 1e5, 1e6 / 60.0, 1e4];
/// How far off such a position may be in the same unit: minutes rounded to five decimals of a degree are by 50,
/// and longitudes in single precision by 76.
const OFF_E7: f64 = 80.0;
/// Coarse positions are measured so many cells apart. Each is off by up to 0.7 cells, 0.4 on average, which
/// over five adds less than 1% to a straight way.
const STRIDE_CELLS: f64 = 5.0;
/// Among fine positions one in three thousand has, by chance, the figures of a coarse one.
const MIXED_SHARE: f64 = 0.01;

/// How coarse a position is given, in metres of latitude, as its own figures show; 0 if it is fine.
#[inline(always)]
pub(crate) fn resolution_m(position: Position) -> f64 {
    if may_be_coarse(position.lat_e7) && may_be_coarse(position.lon_e7) {
        coarse_m(position)
    } else {
        0.0
    }
}

/// How coarse a step from one position to another is, in metres. Where one of the two is fine, the other has its
/// figures by chance, unless they are those of a long-range message.
pub(crate) fn coarse_step_m(from: Position, to: Position) -> f64 {
    /// Message 27 gives positions to a tenth of a minute (ITU-R M.1371-5).
    const LONG_RANGE_M: f64 = 1e6 / 60.0 * METRES_PER_E7;
    let (from_m, to_m) = (resolution_m(from), resolution_m(to));
    if (from_m.max(to_m) - LONG_RANGE_M).abs() < 1.0 {
        LONG_RANGE_M
    } else {
        from_m.min(to_m)
    }
}

/// Whether a coordinate may be a multiple of any of the steps: each of them is one of a third of 1e4.
#[inline(always)]
fn may_be_coarse(coordinate_e7: i32) -> bool {
    /// Six times as far off, and what is cut off by whole numbers.
    const OFF: i64 = 6 * OFF_E7 as i64 + 6;
    const THIRD: i64 = 20_000;
    (i64::from(coordinate_e7) * 6 + OFF).rem_euclid(THIRD) <= 2 * OFF
}

#[inline(never)]
fn coarse_m(position: Position) -> f64 {
    let is_multiple = |step_e7: &f64| {
        [position.lat_e7, position.lon_e7].into_iter().all(|e7| {
            let e7 = f64::from(e7);
            (e7 - (e7 / step_e7).round() * step_e7).abs() <= OFF_E7
        })
    };
    let step_e7 = STEPS_E7.into_iter().find(is_multiple);
    step_e7.map_or(0.0, |step_e7| step_e7 * METRES_PER_E7)
}

/// Adds up how far a vessel sailed. Fine positions count from each to the next. While they are coarse, what
/// counts is how much farther the vessel has come from where it last was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Odometer {
    stride: Option<Stride>,
    /// How many positions were coarse so far.
    coarse: u32,
}

/// The way since the last position that was measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Stride {
    from: Position,
    /// The size of the coarsest cell since, in metres.
    cell_m: f64,
    /// How far the last position is from there, in metres.
    counted_m: f64,
}

impl Odometer {
    /// How many metres a step adds, from one position to the next, which is `step_m` away, the vessel having sent so
    /// many reports. It may take some off again that one before added. `distance_m` measures.
    #[inline(always)]
    pub(crate) fn step_m(
        &mut self,
        from: Position,
        to: Position,
        step_m: f64,
        reports: u64,
        distance_m: impl Fn(Position, Position) -> f64,
    ) -> f64 {
        if self.stride.is_none() && !(may_be_coarse(to.lat_e7) && may_be_coarse(to.lon_e7)) {
            return step_m;
        }
        self.coarse_step_m(from, to, step_m, reports, distance_m)
    }

    #[inline(never)]
    fn coarse_step_m(
        &mut self,
        from: Position,
        to: Position,
        step_m: f64,
        reports: u64,
        distance_m: impl Fn(Position, Position) -> f64,
    ) -> f64 {
        let here_m = resolution_m(to);
        if here_m > 0.0 {
            self.coarse = self.coarse.saturating_add(1);
        }
        let mut stride = if let Some(stride) = self.stride {
            stride
        } else {
            let from_m = resolution_m(from);
            let is_chance = f64::from(self.coarse) < MIXED_SHARE * reports as f64;
            if here_m <= 0.0 || (from_m <= 0.0 && is_chance) {
                return step_m;
            }
            Stride {
                from,
                cell_m: from_m,
                counted_m: 0.0,
            }
        };
        stride.cell_m = stride.cell_m.max(here_m);
        let away_m = distance_m(stride.from, to);
        let added_m = away_m - stride.counted_m;
        stride.counted_m = away_m;
        self.stride = if away_m < STRIDE_CELLS * stride.cell_m {
            Some(stride)
        } else if here_m > 0.0 {
            Some(Stride {
                from: to,
                cell_m: here_m,
                counted_m: 0.0,
            })
        } else {
            None
        };
        added_m
    }

    /// Begins anew at the last position: another way begins there.
    pub(crate) fn reset(&mut self) {
        self.stride = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounded(degrees: f64, steps: f64, decimals: i32) -> i32 {
        let text = (degrees * steps).round() / steps;
        let scale = 10_f64.powi(decimals);
        ((text * scale).round() / scale * 1e7).round() as i32
    }

    #[test]
    fn tells_how_coarse_positions_are_however_many_decimals_they_have() {
        for (steps, metres) in [
            (1.0, 111_320.0),
            (10.0, 11_132.0),
            (60.0, 1_855.33),
            (100.0, 1_113.2),
            (600.0, 185.533),
            (1000.0, 111.32),
        ] {
            for decimals in [5, 6, 7] {
                for number in [1, 61] {
                    let [lat, lon] = [-31.0, 100.0].map(|whole| {
                        let degrees = f64::from(number) / steps + whole;
                        rounded(degrees, steps, decimals)
                    });
                    let position = Position {
                        lat_e7: lat,
                        lon_e7: lon,
                    };
                    assert!(
                        (resolution_m(position) - metres).abs() < 1.0,
                        "{position:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_way_told_in_cells_is_as_long_as_the_way() {
        let plane = crate::plane::Plane::about(Position {
            lat_e7: 550_000_000,
            lon_e7: 0,
        });
        let metres = |from, to| plane.distance_m(from, to);
        // One of so many positions is rounded to a tenth of a minute, the others are fine.
        for every in [1, 5] {
            for course_deg in [0.0, 20.0, 45.0, 70.0_f64] {
                let (mut odometer, mut last, mut sailed_m) = (Odometer::default(), None, 0.0);
                let (mut fine_m, mut last_fine) = (0.0, None);
                for number in 0..1000_i32 {
                    // Fifty metres from each to the next.
                    let away = f64::from(number) * 50.0 / METRES_PER_E7 / 1e7;
                    let lat = 55.012_345 + away * course_deg.to_radians().cos() / 10.0;
                    let lon = 0.012_345 + away * course_deg.to_radians().sin() / 5.7;
                    let [coarse, fine] = [600.0, 1e6].map(|steps| Position {
                        lat_e7: rounded(lat, steps, 6),
                        lon_e7: rounded(lon, steps, 6),
                    });
                    let here = if number % every == 0 { coarse } else { fine };
                    if let Some(last) = last {
                        let reports = u64::from(number.unsigned_abs()) + 1;
                        sailed_m +=
                            odometer.step_m(last, here, metres(last, here), reports, metres);
                    }
                    if let Some(last) = last_fine {
                        fine_m += metres(last, fine);
                    }
                    (last, last_fine) = (Some(here), Some(fine));
                }
                // The ends are off by a cell.
                let off_m = f64::abs(sailed_m - fine_m);
                assert!(off_m < 200.0 + 0.02 * fine_m, "{sailed_m} {fine_m}");
            }
        }
    }

    #[test]
    fn a_position_that_is_round_by_chance_changes_nothing() {
        let mut odometer = Odometer::default();
        let at = |number: i32| Position {
            lat_e7: number.wrapping_mul(7_919_113) % 900_000_000,
            lon_e7: number.wrapping_mul(1_047_293) % 1_800_000_000,
        };
        let mut sailed_m = 0.0;
        for number in 1..20_000_i32 {
            let (from, to) = (at(number), at(number + 1));
            let reports = 1_000 + number as u64;
            sailed_m += odometer.step_m(from, to, 1.0, reports, |_, _| 0.0);
        }
        assert!(odometer.coarse > 0, "none is round");
        assert!((sailed_m - 19_999.0).abs() < 1e-9, "{sailed_m}");
    }

    #[test]
    fn tells_a_fine_position() {
        let fine = Position {
            lat_e7: 553_833_334,
            lon_e7: 126_123_450,
        };
        assert!(resolution_m(fine) <= 0.0);
    }
}
