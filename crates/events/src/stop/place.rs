//! The place about which a vessel lies: a sliding mean of its positions.

use crate::plane::Plane;
use landfall_track::{Position, PositionReport};
use serde::{Deserialize, Serialize};

/// How many reports of a vessel lying still make its place: enough to even out jitter, few enough
/// to follow a swing.
const PLACE_REPORTS: i64 = 8;
/// At most one report of so many milliseconds counts, or the place would go along with a vessel under way that
/// reports every few seconds.
const PLACE_STEP_MS: i64 = 60_000;

/// Where in a stop a vessel lies: a sliding mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RestingPlace {
    origin: Position,
    /// From the origin, in 1e-7 degrees; whole numbers, which any storage keeps exactly.
    north_e7: i64,
    east_e7: i64,
    /// No more than `PLACE_REPORTS`.
    reports: i64,
    /// From when on the next report counts, in milliseconds.
    due_ms: i64,
}

impl RestingPlace {
    pub(crate) fn new(report: &PositionReport) -> Self {
        Self {
            origin: report.position,
            north_e7: 0,
            east_e7: 0,
            reports: 1,
            due_ms: report.time.as_millis() + PLACE_STEP_MS,
        }
    }

    /// North and east from the place, in 1e-7 degrees.
    #[inline(always)]
    fn offset_e7(&self, position: Position) -> (i64, i64) {
        let north_e7 = i64::from(position.lat_e7) - i64::from(self.origin.lat_e7);
        let east_e7 = self.origin.lon_difference_e7(position);
        (north_e7 - self.north_e7, east_e7 - self.east_e7)
    }

    #[inline(always)]
    pub(crate) fn add(&mut self, report: &PositionReport) {
        let now_ms = report.time.as_millis();
        if now_ms < self.due_ms {
            return;
        }
        self.due_ms = now_ms + PLACE_STEP_MS;
        let position = report.position;
        let (north_e7, east_e7) = self.offset_e7(position);
        if self.reports + 1 < PLACE_REPORTS {
            self.reports += 1;
            self.north_e7 += north_e7 / self.reports;
            self.east_e7 += east_e7 / self.reports;
        } else {
            // The same, by a divisor known beforehand.
            self.reports = PLACE_REPORTS;
            self.north_e7 += north_e7 / PLACE_REPORTS;
            self.east_e7 += east_e7 / PLACE_REPORTS;
        }
    }

    pub(crate) fn distance_m(&self, position: Position, plane: &Plane) -> f64 {
        let (north_e7, east_e7) = self.offset_e7(position);
        let north_m = north_e7 as f64 / plane.lat_e7_per_metre();
        let east_m = east_e7 as f64 * plane.metres_per_lon_e7(position);
        north_m.hypot(east_m)
    }

    /// Whether a position plainly lies within a distance in metres of the place; `plane` must be plain there.
    #[inline(always)]
    pub(crate) fn is_plainly_within(&self, position: Position, plane: &Plane, most_m: f64) -> bool {
        // Near the antimeridian the place may come out on the other side: then nothing is plain.
        let place = Position {
            lat_e7: self.origin.lat_e7 + self.north_e7 as i32,
            lon_e7: self.origin.lon_e7.wrapping_add(self.east_e7 as i32),
        };
        plane.is_plainly_within(position, place, most_m)
    }
}
