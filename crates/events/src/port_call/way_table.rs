//! What had been sailed where, so that any way between two reports at which it may be cut is a difference.

use landfall_track::{Leg, Milestone, PortIx, ReportRef, Sailed};

/// What had been sailed where, by time.
pub(super) struct WayTable(pub(super) Vec<Milestone>);

impl WayTable {
    /// What had been sailed up to and with a report, which is a milestone.
    pub(super) fn sailed_at(&self, report: ReportRef) -> Sailed {
        let next = self
            .0
            .partition_point(|milestone| milestone.at.time <= report.time);
        next.checked_sub(1)
            .and_then(|at| self.0.get(at))
            .map(|milestone| milestone.sailed)
            .unwrap_or_default()
    }

    /// How many reports came before a report, which is a milestone. Others of its moment count as later.
    pub(super) fn reports_before(&self, report: ReportRef) -> u64 {
        let at = self
            .0
            .partition_point(|milestone| milestone.at.time < report.time);
        self.0
            .get(at)
            .map_or(0, |milestone| milestone.sailed.reports.saturating_sub(1))
    }

    /// The highest speed after one report up to another.
    fn fastest_knots(&self, from: ReportRef, to: ReportRef) -> Option<f64> {
        let first = self
            .0
            .partition_point(|milestone| milestone.at.time <= from.time);
        self.0[first..]
            .iter()
            .take_while(|milestone| milestone.at.time <= to.time)
            .filter_map(|milestone| milestone.fastest_knots)
            .reduce(f64::max)
    }

    /// How far the vessel sailed from one milestone to another, in metres.
    pub(super) fn metres(&self, from: ReportRef, to: ReportRef) -> f64 {
        let (from, to) = (self.sailed_at(from), self.sailed_at(to));
        to.observed_m - from.observed_m + to.in_gaps_m - from.in_gaps_m
    }

    /// The first and the last report of all; `None` if the hull has not been ended, since another one went on
    /// in its place.
    pub(super) fn ends(&self) -> Option<(ReportRef, ReportRef)> {
        match self.0.as_slice() {
            [first, .., last] => Some((first.at, last.at)),
            _ => None,
        }
    }

    /// The leg from one milestone to another.
    pub(super) fn leg(
        &self,
        (origin, first): (Option<PortIx>, ReportRef),
        (destination, last): (Option<PortIx>, ReportRef),
    ) -> Leg {
        let (from, to) = (self.sailed_at(first), self.sailed_at(last));
        let observed_m = (to.observed_m - from.observed_m).max(0.0);
        let in_gaps_m = (to.in_gaps_m - from.in_gaps_m).max(0.0);
        Leg {
            origin,
            destination,
            first,
            last,
            first_vertex: from.vertices,
            last_vertex: to.vertices.saturating_sub(1),
            observed_distance_m: observed_m,
            distance_m: observed_m + in_gaps_m,
            gap_ms: to.gap_ms - from.gap_ms,
            max_speed_knots: self.fastest_knots(first, last),
            reports: to.reports.saturating_sub(self.reports_before(first)),
        }
    }
}
