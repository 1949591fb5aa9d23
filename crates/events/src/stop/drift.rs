//! A drift: a vessel is carried along, slowly and one way, for a long time.

use super::StopConfig;
use super::detector::Around;
use super::rest::{EndedStop, Neighbour, OpenStop};
use crate::limits::MILLIS_PER_MINUTE;
use landfall_track::PositionReport;
use serde::{Deserialize, Serialize};

/// The least straightness of a drift: the squared correlation with time of the way that it made good, 0 to 1
/// (`StopEvidence::straightness`).
const LEAST_STRAIGHTNESS: f64 = 0.8;
/// A vessel whose engine is stopped loses its way within so many minutes.
const SLOWING_MIN: f64 = 10.0;
/// Below this share of the speed at the first report it still loses way.
const SLOWING_SHARE: f64 = 0.8;
/// Faster than this, in knots, a vessel that goes where its bow points is under way, slowly.
const CARRIED_KNOTS: f64 = 0.8;
/// The angle between bow and course up to which it goes where its bow points, in degrees.
const AHEAD_DEG: f64 = 25.0;

/// Finds drifts while reports go by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct DriftDetector {
    open: Option<OpenStop>,
    /// The speed at its first report, in knots.
    first_knots: f64,
    /// Since when the vessel has been faster, if it may be so by chance.
    faster: Option<Neighbour>,
}

impl DriftDetector {
    /// Takes a report of a vessel that does not lie.
    #[inline]
    pub(crate) fn push(
        &mut self,
        report: &PositionReport,
        around: &Around<'_>,
        ended: &mut impl FnMut(EndedStop),
    ) {
        let slow = around.before.is_some()
            && (around.motion.speed.knots())
                .is_some_and(|knots| knots <= around.config.drift_speed_knots);
        if slow {
            self.faster = None;
            let begins = self.slows_down(report, around);
            match &mut self.open {
                Some(open) if !begins => open.extend(report, true),
                _ => self.begin(report, around),
            }
        } else if self.open.is_some() {
            let now = around.neighbour(report);
            match self.faster {
                // One fast report may be noise.
                None if around.before.is_some() => self.faster = Some(now),
                faster => self.end(Some(faster.unwrap_or(now)), around.config, ended),
            }
        }
    }

    fn begin(&mut self, report: &PositionReport, around: &Around<'_>) {
        self.open = Some(OpenStop::new(report, false, around.before));
        self.first_knots = around.motion.speed.knots().unwrap_or_default();
    }

    /// Whether the vessel still loses the way that it had when it was under its own power.
    fn slows_down(&self, report: &PositionReport, around: &Around<'_>) -> bool {
        let since_min = self.open.as_ref().map_or(0.0, |open| {
            report.time.millis_since(open.first.time) as f64 / MILLIS_PER_MINUTE
        });
        let knots = around.motion.speed.knots().unwrap_or_default();
        since_min <= SLOWING_MIN && knots < SLOWING_SHARE * self.first_knots
    }

    /// Whether no drift may be going on.
    #[inline(always)]
    pub(crate) fn is_idle(&self) -> bool {
        self.open.is_none()
    }

    /// Ends what may have been a drift.
    #[inline]
    pub(crate) fn end(
        &mut self,
        after: Option<Neighbour>,
        config: &StopConfig,
        ended: &mut impl FnMut(EndedStop),
    ) {
        if let Some(rest) = self.open.take() {
            let faster = self.faster.take();
            if let Some(drift) = EndedStop::drift(rest, after.or(faster), config) {
                ended(drift);
            }
        }
    }
}

impl EndedStop {
    /// A drift, if it was one.
    fn drift(rest: OpenStop, after: Option<Neighbour>, config: &StopConfig) -> Option<Self> {
        let last = after.map_or(rest.last.time, |after| rest.last.time.min(after.at.time));
        let millis = last.millis_since(rest.first.time) as f64;
        if millis < config.drift_min * MILLIS_PER_MINUTE {
            return None;
        }
        let drift = Self {
            rest,
            after,
            is_drift: true,
        };
        let stop = drift.stop();
        let evidence = stop.evidence;
        let knots = stop.drift_knots();
        let is_carried = knots >= config.enter_speed_knots
            && knots <= config.drift_speed_knots
            && evidence.straightness >= LEAST_STRAIGHTNESS;
        let goes_ahead = knots > CARRIED_KNOTS
            && evidence.heading_deg.is_some_and(|heading_deg| {
                let off_deg = (heading_deg - stop.course_deg()).rem_euclid(360.0);
                off_deg.min(360.0 - off_deg) <= AHEAD_DEG
            });
        (is_carried && !goes_ahead).then_some(drift)
    }
}
