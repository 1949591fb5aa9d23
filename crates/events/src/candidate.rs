//! A candidate is a tracklet that is no hull yet: a few reports that fit no hull, or that follow
//! on one only doubtfully.

use crate::GapConfig;
use crate::feed::{Overlap, SignsOfLife};
use crate::segment::{SegmentConfig, Tail};
use landfall_track::{Position, PositionReport, Timestamp};
use serde::{Deserialize, Serialize};

/// A ship is not silent where another under her id is heard so many times. The labelled example
/// 416000000 of gpsdio-segment, with up to five ships heard by turns, is split as well with it as
/// without, and no longer with 30 (pair-counting F1 0.93 and 0.62).
const OUTLIVED_REPORTS: u64 = 100;
/// Of the only ship heard under an id so many reports after a lone other one make that one doubtful.
const OVERRULING_REPORTS: u64 = 3;
/// So many reports that hold together are no mere echo of a false one.
const BORNE_OUT_REPORTS: usize = 3;

/// A tracklet waiting for more reports, which it keeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Candidate {
    pub(crate) tail: Tail,
    /// Never empty; no longer than `SegmentConfig::hull_reports`.
    pub(crate) reports: Vec<PositionReport>,
    /// The number of the hull that it would follow on, and by how many reports it must show so.
    pub(crate) follows: Option<(u32, u32)>,
    /// Whether the last report of that hull was late, so that this one stands for it.
    pub(crate) outdates: bool,
    /// The numbers of the hulls any of which could be the ship seen here.
    pub(crate) contested: Vec<u32>,
    /// How many reports hulls had been given when it was last added to.
    pub(crate) hull_reports_then: u64,
    /// How it overlaps with the hulls.
    pub(crate) overlap: Overlap,
    /// Where the hull heard last was when it began.
    pub(crate) from: Option<Position>,
    /// Messages without a position that came before it and after the hull that it would follow on.
    pub(crate) life: SignsOfLife,
    /// Those that came after each of its reports and before its next.
    pub(crate) since: Vec<SignsOfLife>,
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
            outdates: false,
            contested,
            hull_reports_then: 0,
            overlap: Overlap::default(),
            from: None,
            life: SignsOfLife::default(),
            since: vec![SignsOfLife::default()],
        }
    }

    /// The usual time from one report to the next, in milliseconds; none of a single report.
    pub(crate) fn usual_ms(&self) -> Option<i64> {
        let mut apart: Vec<i64> = self
            .reports
            .windows(2)
            .map(|pair| pair[1].time.millis_since(pair[0].time))
            .collect();
        apart.sort_unstable();
        apart.get(apart.len() / 2).copied()
    }

    /// Takes the next report. `hull_reports`: how many hulls have been given so far.
    pub(crate) fn push(&mut self, report: &PositionReport, hull_reports: u64) {
        self.tail.push(report);
        self.reports.push(*report);
        self.since.push(SignsOfLife::default());
        self.hull_reports_then = hull_reports;
    }

    /// Takes a message without a position.
    pub(crate) fn add_sign_of_life(&mut self, time: Timestamp, config: &GapConfig) {
        if let Some(life) = self.since.last_mut() {
            life.add(time, config);
        }
    }

    /// Its reports, each with the messages without a position that came between it and the next.
    pub(crate) fn reports_and_signs(&self) -> impl Iterator<Item = (&PositionReport, SignsOfLife)> {
        self.reports.iter().zip(self.since.iter().copied())
    }

    /// Takes its first reports out.
    pub(crate) fn drain(&mut self, count: usize) -> impl Iterator<Item = PositionReport> {
        self.since.drain(..count);
        self.reports.drain(..count)
    }

    /// Whether it is one false report, or two, beside a ship that was heard all the while: contact was
    /// lost, and hulls have since been given so many reports that another ship would have been heard too.
    pub(crate) fn is_outlived(
        &self,
        now: Timestamp,
        hull_reports: u64,
        config: &SegmentConfig,
    ) -> bool {
        self.has_lost(OUTLIVED_REPORTS, hull_reports)
            && now.hours_since(self.tail.last.time) > config.contact_h
    }

    /// The same for an id under which only one ship is heard: fewer of her reports will do for what she
    /// could have sent herself, once she has been silent for longer than she was heard on alone.
    pub(crate) fn is_overruled_by(
        &self,
        hull_last: Timestamp,
        now: Timestamp,
        hull_reports: u64,
    ) -> bool {
        self.has_lost(OVERRULING_REPORTS, hull_reports)
            && now.millis_since(hull_last) > hull_last.millis_since(self.tail.last.time)
    }

    fn has_lost(&self, by: u64, hull_reports: u64) -> bool {
        self.reports.len() < BORNE_OUT_REPORTS
            && hull_reports.saturating_sub(self.hull_reports_then) >= by
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
