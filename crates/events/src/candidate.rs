//! A candidate is a tracklet that is no hull yet: a few reports that fit no hull, or that follow
//! on one only doubtfully.

use crate::segment::{SegmentConfig, Tail};
use landfall_track::{PositionReport, Timestamp};
use serde::{Deserialize, Serialize};

/// A tracklet waiting for more reports, which it keeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Candidate {
    pub(crate) tail: Tail,
    /// Never empty; no longer than `SegmentConfig::hull_reports`.
    pub(crate) reports: Vec<PositionReport>,
    /// The number of the hull that it would follow on, and by how many reports it must show so.
    pub(crate) follows: Option<(u32, u32)>,
    /// The numbers of the hulls any of which could be the ship seen here.
    pub(crate) contested: Vec<u32>,
}

impl Candidate {
    /// A tracklet of one report.
    pub(crate) fn new(
        report: &PositionReport,
        follows: Option<(u32, u32)>,
        contested: Vec<u32>,
    ) -> Self {
        Self {
            tail: Tail::new(report),
            reports: vec![*report],
            follows,
            contested,
        }
    }

    /// Takes the next report.
    pub(crate) fn push(&mut self, report: &PositionReport) {
        self.tail.push(report);
        self.reports.push(*report);
    }

    /// When it began.
    pub(crate) fn since(&self) -> Timestamp {
        self.reports
            .first()
            .map_or(self.tail.last.time, |first| first.time)
    }

    /// What is taken off a match's merit because the tracklet is short, as a logarithm
    /// (gpsdio-segment gives short segments less weight below `short_seg_threshold`).
    pub(crate) fn weight(&self, config: &SegmentConfig) -> f64 {
        (self.reports.len() as f64 / f64::from(config.hull_reports))
            .min(1.0)
            .ln()
    }

    /// Whether so many reports hold together that they are a hull.
    pub(crate) fn is_hull(&self, config: &SegmentConfig) -> bool {
        let reports = self.reports.len();
        reports >= config.hull_reports as usize
            || (reports >= config.sparse_reports as usize
                && self.tail.last.time.hours_since(self.since()) >= config.sparse_h)
    }
}
