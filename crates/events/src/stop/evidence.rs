//! What a vessel sent while it lay: an evenly thinned sample of its positions and headings, and how often it
//! sent each navigational status. In bounded memory, and the same however the reports were cut.

use crate::median::{PositionSample, Thinned};
use crate::plane::Plane;
use landfall_track::{Position, PositionReport, StopEvidence};
use serde::{Deserialize, Serialize};

/// The share of positions that lie within the spread, and of headings that lie within theirs: what strays
/// beyond is noise.
const SPREAD_SHARE: f64 = 0.9;
/// Headings from which a spread can be told.
const FEWEST_HEADINGS: usize = 3;
const TURN_CENTIDEG: u32 = 36_000;
/// Navigational statuses that there are (ITU-R M.1371-5, table 48).
const STATUSES: usize = 16;

/// What a vessel sent while it lay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RestEvidence {
    positions: PositionSample,
    /// In hundredths of a degree.
    headings: Thinned<u16>,
    statuses: [u32; STATUSES],
}

impl RestEvidence {
    /// That of one report.
    pub(crate) fn new(first: &PositionReport) -> Self {
        let mut evidence = Self {
            positions: PositionSample::empty(first.position),
            headings: Thinned::default(),
            statuses: [0; STATUSES],
        };
        evidence.add(first);
        evidence
    }

    /// Takes the next report.
    #[inline]
    pub(crate) fn add(&mut self, report: &PositionReport) {
        self.positions.add(report.position);
        if let Some(centideg) = report.heading_centideg() {
            self.headings.add(|| centideg);
        }
        if let Some(status) = report.nav_status()
            && let Some(count) = self.statuses.get_mut(usize::from(status))
        {
            *count = count.saturating_add(1);
        }
    }

    /// Takes over what another sample of the same rest has.
    pub(crate) fn absorb(&mut self, later: &Self) {
        for position in later.positions.iter() {
            self.positions.add(position);
        }
        for centideg in later.headings.iter() {
            self.headings.add(|| *centideg);
        }
        for (count, more) in self.statuses.iter_mut().zip(later.statuses) {
            *count = count.saturating_add(more);
        }
    }

    /// The median of the positions.
    pub(crate) fn median(&self) -> Position {
        self.positions.median()
    }

    /// What it says of the kind of stop.
    pub(crate) fn summary(&self) -> StopEvidence {
        let median = self.median();
        let plane = Plane::about(median);
        let places: Vec<(f64, f64)> = self
            .positions
            .iter()
            .filter_map(|position| plane.offset_m(median, position))
            .collect();
        let mut off_m: Vec<f64> = places.iter().map(|(x, y)| x.hypot(*y)).collect();
        off_m.sort_by(f64::total_cmp);
        let (moved_m, straightness) = progress(&places);
        StopEvidence {
            spread_m: quantile(&off_m, SPREAD_SHARE),
            moved_m,
            straightness,
            heading_spread_deg: self.heading_spread_deg(),
            heading_deg: self.heading_deg(),
            status: self.status(),
            cell_m: 0.0,
        }
    }

    /// The smallest arc that holds the headings, strays left out, in degrees.
    fn heading_spread_deg(&self) -> Option<f64> {
        let mut sorted: Vec<u32> = self.headings.iter().map(|at| u32::from(*at)).collect();
        if sorted.len() < FEWEST_HEADINGS {
            return None;
        }
        sorted.sort_unstable();
        let count = (sorted.len() as f64 * SPREAD_SHARE).ceil() as usize;
        let arcs = (0..sorted.len()).map(|first| {
            let last = sorted[(first + count - 1) % sorted.len()];
            (last + TURN_CENTIDEG - sorted[first]) % TURN_CENTIDEG
        });
        arcs.min().map(|centideg| f64::from(centideg) / 100.0)
    }

    /// The mean heading, in degrees.
    fn heading_deg(&self) -> Option<f64> {
        let (mut east, mut north) = (0.0, 0.0);
        for centideg in self.headings.iter() {
            let angle = (f64::from(*centideg) / 100.0).to_radians();
            east += angle.sin();
            north += angle.cos();
        }
        let is_known = self.headings.len() >= FEWEST_HEADINGS && (east != 0.0 || north != 0.0);
        is_known.then(|| east.atan2(north).to_degrees().rem_euclid(360.0))
    }

    /// The status sent most often; of several the lowest.
    fn status(&self) -> Option<u8> {
        let (status, count) = (0_u8..)
            .zip(self.statuses)
            .max_by_key(|(status, count)| (*count, std::cmp::Reverse(*status)))?;
        (count > 0).then_some(status)
    }
}

/// How far the vessel got, from the first quarter of its positions to the last, in metres, and how
/// steadily: the square of the correlation of the way made good in that direction with time, 0 to 1.
fn progress(places: &[(f64, f64)]) -> (f64, f64) {
    let quarter = places.len().div_ceil(4);
    let mean = |some: &[(f64, f64)]| {
        let count = some.len().max(1) as f64;
        let sum = some
            .iter()
            .fold((0.0, 0.0), |sum, at| (sum.0 + at.0, sum.1 + at.1));
        (sum.0 / count, sum.1 / count)
    };
    let (Some(first), Some(last)) = (
        places.get(..quarter),
        places.get(places.len().saturating_sub(quarter)..),
    ) else {
        return (0.0, 0.0);
    };
    let (from, to) = (mean(first), mean(last));
    let (east, north) = (to.0 - from.0, to.1 - from.1);
    let moved_m = east.hypot(north);
    if moved_m <= 0.0 {
        return (0.0, 0.0);
    }
    let along: Vec<f64> = places
        .iter()
        .map(|at| (at.0 * east + at.1 * north) / moved_m)
        .collect();
    (moved_m, correlation_with_order(&along))
}

/// The squared correlation of values with their numbers in the list.
fn correlation_with_order(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean_number = (count - 1.0) / 2.0;
    let mean = values.iter().sum::<f64>() / count.max(1.0);
    let (mut both, mut numbers, mut squares) = (0.0, 0.0, 0.0);
    for (number, value) in values.iter().enumerate() {
        let (of_number, of_value) = (number as f64 - mean_number, value - mean);
        both += of_number * of_value;
        numbers += of_number * of_number;
        squares += of_value * of_value;
    }
    if numbers <= 0.0 || squares <= 0.0 {
        0.0
    } else {
        both * both / (numbers * squares)
    }
}

/// A quantile of sorted values: the least that so large a share of them does not exceed.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{LonLat, SourceRow, Timestamp};

    fn report(east_m: f64, heading_deg: Option<f64>, status: Option<u8>) -> PositionReport {
        let lon = 10.0 + east_m / 111_319.5;
        let position = Position::from_degrees(LonLat { lon, lat: 0.0 }).unwrap();
        PositionReport::new(Timestamp::default(), position, SourceRow::default())
            .with_heading_deg(heading_deg)
            .with_nav_status(status)
    }

    fn summary(reports: &[PositionReport]) -> StopEvidence {
        let mut evidence = RestEvidence::new(&reports[0]);
        for report in &reports[1..] {
            evidence.add(report);
        }
        evidence.summary()
    }

    #[test]
    fn headings_about_north_are_close_and_one_stray_does_not_count() {
        let headings = [
            359.0, 0.5, 1.0, 358.0, 0.0, 0.2, 359.5, 0.1, 0.3, 359.9, 180.0,
        ];
        let reports: Vec<_> = headings
            .iter()
            .map(|heading| report(0.0, Some(*heading), Some(5)))
            .collect();
        let seen = summary(&reports);
        assert_eq!(seen.heading_spread_deg, Some(3.0));
        assert_eq!(seen.status, Some(5));
        assert_eq!(summary(&reports[..2]).heading_spread_deg, None);
    }

    #[test]
    fn a_steady_drift_is_straight_and_a_single_swing_is_not() {
        let drift: Vec<_> = (0..40)
            .map(|at| report(f64::from(at) * 10.0, None, None))
            .collect();
        let seen = summary(&drift);
        assert!((seen.moved_m - 300.0).abs() < 1.0, "{seen:?}");
        assert!(seen.straightness > 0.99, "{seen:?}");
        let swing: Vec<_> = (0..40)
            .map(|at| report(if at < 20 { 0.0 } else { 300.0 }, None, None))
            .collect();
        let seen = summary(&swing);
        assert!(seen.straightness < 0.8, "{seen:?}");
        assert!((seen.spread_m - 300.0).abs() < 1.0, "{seen:?}");
    }
}
