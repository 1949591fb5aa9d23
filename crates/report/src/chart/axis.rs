//! The axis of counts on the left of upright bars.

use super::sheet::{Anchor, Area, Sheet};
use crate::phrase::thousands;

/// Lines across the bars, about.
const LINES: u64 = 5;

/// Counts as heights.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counts {
    area: Area,
    top: u64,
}

impl Counts {
    /// Draws the axis for counts of at most so many, with what they are of.
    pub(super) fn draw(sheet: &mut Sheet, area: Area, most: u64, what: &str) -> Self {
        let step = step(most, LINES);
        let counts = Self {
            area,
            top: most.div_ceil(step).max(1) * step,
        };
        for number in 0..=counts.top / step {
            let count = number * step;
            let y = counts.foot() - counts.height(count);
            let right = area.x + area.width;
            if number == 0 {
                sheet.base_line((area.x, y), (right, y));
            } else {
                sheet.faint_line((area.x, y), (right, y));
            }
            sheet.text(&thousands(count), (area.x - 8.0, y + 4.0), Anchor::End);
        }
        sheet.text(what, (area.x, area.y - 10.0), Anchor::Start);
        counts
    }

    /// The height of a count.
    pub(super) fn height(&self, count: u64) -> f64 {
        self.area.height * count as f64 / self.top as f64
    }

    /// Where bars stand.
    pub(super) fn foot(&self) -> f64 {
        self.area.y + self.area.height
    }
}

/// The least of 1, 2, 5, 10, 20, ... of which about so many make up the whole.
pub(super) fn step(whole: u64, about: u64) -> u64 {
    let mut ten = 1_u64;
    loop {
        for step in [1, 2, 5].map(|part| ten.saturating_mul(part)) {
            if step.saturating_mul(about) >= whole {
                return step;
            }
        }
        ten = ten.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_few() {
        let steps = [0, 1, 5, 6, 11, 26, 101, u64::MAX].map(|whole| step(whole, 5));
        assert_eq!(steps[..7], [1, 1, 1, 2, 5, 10, 50]);
        assert!(steps[7] >= u64::MAX / 5);
    }
}
