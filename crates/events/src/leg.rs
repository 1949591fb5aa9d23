//! A leg is a way sailed: a voyage from one port call to the next, or, with an end missing, a track.
//!
//! A voyage lasts from the last report of one call to the first report of the next, as in Global
//! Fishing Watch's pipe-anchorages. A passage (a visit of confidence 1) does not break it.

use crate::stop::Speed;
use landfall_track::{Leg, PortIx, ReportRef};
use serde::{Deserialize, Serialize};

/// One step of a leg, from a report to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Hop {
    /// The distance between the two in metres.
    pub(crate) distance_m: f64,
    /// The time between them in milliseconds.
    pub(crate) elapsed_ms: i64,
    /// Whether it is a gap.
    pub(crate) is_gap: bool,
    /// The speed at its end.
    pub(crate) speed: Speed,
}

/// What has been sailed since a leg's first report.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct LegTally {
    /// The port left.
    pub(crate) origin: Option<PortIx>,
    first: ReportRef,
    first_vertex: u64,
    observed_m: f64,
    in_gaps_m: f64,
    gap_ms: i64,
    max_speed_knots: Option<f64>,
    /// All reported speeds below this have been noted, in hundredths of a knot.
    noted_centiknots: u32,
    /// Reports so far, the first included.
    pub(crate) reports: u64,
}

impl LegTally {
    /// A leg that begins with a report, whose vertex is known by its number.
    pub(crate) fn new(origin: Option<PortIx>, first: ReportRef, first_vertex: u64) -> Self {
        Self {
            origin,
            first,
            first_vertex,
            observed_m: 0.0,
            in_gaps_m: 0.0,
            gap_ms: 0,
            max_speed_knots: None,
            noted_centiknots: 0,
            reports: 1,
        }
    }

    /// The highest speed so far, in knots.
    pub(crate) fn max_speed_knots(&self) -> Option<f64> {
        self.max_speed_knots
    }

    /// Notes a speed.
    #[inline(always)]
    pub(crate) fn note_speed(&mut self, speed: Speed) {
        match speed {
            Speed::Reported(centiknots) if u32::from(centiknots) < self.noted_centiknots => {}
            Speed::Derived(None) => {}
            _ => self.raise(speed),
        }
    }

    #[inline(never)]
    fn raise(&mut self, speed: Speed) {
        if let Speed::Reported(centiknots) = speed {
            self.noted_centiknots = u32::from(centiknots) + 1;
        }
        if let Some(knots) = speed.knots()
            && self.max_speed_knots.is_none_or(|highest| knots > highest)
        {
            self.max_speed_knots = Some(knots);
        }
    }

    /// Takes the step to the next report.
    #[inline(always)]
    pub(crate) fn add(&mut self, hop: Hop) {
        if hop.is_gap {
            self.in_gaps_m += hop.distance_m;
            self.gap_ms += hop.elapsed_ms;
        } else {
            self.observed_m += hop.distance_m;
        }
        self.reports += 1;
        self.note_speed(hop.speed);
    }

    /// The leg that ends with the last report taken.
    pub(crate) fn ended(
        &self,
        destination: Option<PortIx>,
        last: ReportRef,
        last_vertex: u64,
    ) -> Leg {
        Leg {
            origin: self.origin,
            destination,
            first: self.first,
            last,
            first_vertex: self.first_vertex,
            last_vertex,
            observed_distance_m: self.observed_m,
            distance_m: self.observed_m + self.in_gaps_m,
            gap_ms: self.gap_ms,
            max_speed_knots: self.max_speed_knots,
            reports: self.reports,
        }
    }
}
