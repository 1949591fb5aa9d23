//! What the kernel makes of receivers whose clocks are late: which report is an echo of what was heard before, and
//! which of two tracklets is the one that came late.

use super::{OpenHull, REPORTS_AFTER_LEAP, Setting, VesselKernel};
use crate::EventSink;
use crate::candidate::Candidate;
use crate::feed::{Echo, Overlap};
use crate::limits::Limits;
use crate::segment::{Company, Fit};
use landfall_track::{Flag, PositionReport};

impl VesselKernel {
    /// What a report is beside the recent way.
    pub(super) fn judge<S: EventSink>(
        &mut self,
        report: &PositionReport,
        limits: &Limits,
        setting: &Setting<'_>,
        sink: &mut S,
    ) -> Echo {
        let sure_lags = self.recent.sure_lags();
        let echo = match self.odd_after(report, limits) {
            Some(tail) => (self.recent).judge(report, &tail.last, tail.course, limits),
            None => self.judge_in_company(report, limits),
        };
        if self.recent.sure_lags() > sure_lags {
            self.reconsider(limits);
        }
        if self.hulls.len() > 1 && echo != Echo::None {
            while let Some((late, true_one)) = self.late_and_true_hull(limits) {
                self.outdate(late, true_one, limits, setting, sink);
            }
        }
        echo
    }

    /// Whether a report that goes on from one tracklet is a copy that came by a known lag, or of what another
    /// tracklet sent: copies alone make a way like any other.
    fn judge_in_company(&mut self, report: &PositionReport, limits: &Limits) -> Echo {
        if self.recent.takes_known_copy(report) {
            return Echo::Copy;
        }
        if (self.hulls.len() < 2 && self.candidates.is_empty()) || !limits.is_at_speed(report) {
            return Echo::None;
        }
        let tails = self.hulls.iter().map(|hull| hull.track.tail());
        let waiting = self.candidates.iter().map(|candidate| &candidate.tail);
        let Some(last) = tails.chain(waiting).max_by_key(|tail| tail.last.time) else {
            return Echo::None;
        };
        let is_more = self.hulls.len() > 1 || self.candidates.iter().any(|it| it.reports.len() > 1);
        let waiting = self.candidates.iter().flat_map(|it| it.reports.iter());
        (self.recent).judge_copy(report, &last.last, waiting, is_more)
    }

    /// Looks at what seemed to be two vessels in view of a late receiver that was found out.
    fn reconsider(&mut self, limits: &Limits) {
        for hull in &mut self.hulls {
            hull.overlap = Overlap::default();
        }
        for at in 0..self.candidates.len() {
            self.candidates[at].overlap = Overlap::default();
            let candidate = &self.candidates[at];
            if candidate.follows.is_some() {
                continue;
            }
            let Some(hull) = self.heard_last() else {
                return;
            };
            let (tail, first) = (hull.track.tail(), &candidate.reports[0]);
            if !hull.closed
                && tail.last.time <= first.time
                && self.recent.explains(first, tail, limits)
            {
                let number = hull.number();
                let candidate = &mut self.candidates[at];
                candidate.follows = Some((number, REPORTS_AFTER_LEAP));
                candidate.outdates = true;
                self.recent.add_waiting(&candidate.reports);
            }
        }
    }

    /// The places of two hulls of which the one's last report was late, and the other is where the vessel should
    /// be by then.
    fn late_and_true_hull(&self, limits: &Limits) -> Option<(usize, usize)> {
        let open = |at: &usize| !self.hulls[*at].closed && !self.hulls[*at].outdated;
        (0..self.hulls.len()).filter(open).find_map(|late| {
            let tail = self.hulls[late].track.tail();
            (0..self.hulls.len())
                .filter(open)
                .find(|at| {
                    let other = &self.hulls[*at].track.tail().last;
                    *at != late && self.recent.explains(other, tail, limits)
                })
                .map(|at| (late, at))
        })
    }

    /// Makes one hull of two, if the later one is young enough to have ended nothing yet.
    fn outdate<S: EventSink>(
        &mut self,
        late: usize,
        true_one: usize,
        limits: &Limits,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        let is_later = self.hulls[true_one].number() > self.hulls[late].number();
        let later = if is_later { true_one } else { late };
        if !self.hulls[later].track.is_whole() {
            self.hulls[late].outdated = true;
            return;
        }
        let later = self.hulls.remove(later);
        if !is_later {
            sink.withdraw(later.track.hull(), Flag::LateClock);
            return;
        }
        let earlier = late - usize::from(late > true_one);
        let mut report = later.track.tail().last;
        report.time = report.time.max(self.hulls[earlier].last_time());
        sink.join(later.track.hull(), self.hulls[earlier].track.hull());
        self.give(earlier, &report, limits, setting, sink);
    }

    /// Whether a candidate stands for the hull that it follows on, whose last report was late.
    pub(super) fn outdates(&self, candidate: &Candidate) -> bool {
        candidate.outdates && self.followed_hull(candidate).is_some()
    }

    /// Whether another tracklet stands for a hull, whose last report was late.
    pub(super) fn is_outdated(&self, hull: &OpenHull) -> bool {
        hull.outdated
            || (self.candidates.iter()).any(|candidate| {
                candidate.follows.is_some_and(|(of, _)| of == hull.number())
                    && self.outdates(candidate)
            })
    }

    /// A candidate of a report that no tracklet can have sent: it follows on the hull heard last if that one's
    /// last report may have been late by a known lag, and stands for it if it surely was.
    pub(super) fn candidate_after_late(
        &self,
        report: &PositionReport,
        limits: &Limits,
        setting: &Setting<'_>,
    ) -> Candidate {
        let mut candidate = Candidate::new(report, None, Vec::new());
        let heard_last = self.heard_last();
        let Some(hull) = heard_last.filter(|hull| !hull.closed) else {
            return candidate;
        };
        let (cleaning, segment) = (&setting.config.cleaning, &setting.config.segment);
        let may_follow = self.recent.lags().any(|(lag_ms, _)| {
            let mut tail = *hull.track.tail();
            tail.last.time = tail.last.time.shifted(-lag_ms);
            let fit = tail.fit(report, || Company::Alone, cleaning, segment);
            matches!(fit, Fit::Good(_))
        });
        if may_follow {
            candidate.follows = Some((hull.number(), REPORTS_AFTER_LEAP));
            let tail = hull.track.tail();
            candidate.outdates = self.recent.explains(report, tail, limits);
        }
        candidate
    }

    /// The place of the hull heard last, if reports of it came late in between a candidate's, which stands for it.
    pub(super) fn outdated_hull(&self, at: usize, limits: &Limits) -> Option<usize> {
        let candidate = &self.candidates[at];
        let number = self.heard_last()?.number();
        let at = self.hulls.iter().position(|hull| hull.number() == number)?;
        let hull = &self.hulls[at];
        (candidate.reports.len() >= REPORTS_AFTER_LEAP as usize
            && !hull.closed
            && hull.last_time() > candidate.since()
            && (self.recent).explains(&candidate.tail.last, hull.track.tail(), limits))
        .then_some(at)
    }
}
