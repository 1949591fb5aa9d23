//! A sink takes what the kernel finds, as soon as it is certain.

use landfall_track::{
    Flag, FlaggedReport, Gap, Hull, Milestone, Position, PositionReport, ReportRef, Stay, Stop,
    Transit, Vertex,
};

use serde::{Deserialize, Serialize};

/// Reports of a vessel that were shown away from where it was, for a time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Displacement {
    /// Where the vessel was as far as is known: at its last believed report.
    pub from: Position,
    /// The first false report.
    pub first: ReportRef,
    /// The last false report.
    pub last: ReportRef,
    /// How many there were.
    pub reports: u64,
}

/// Takes one vessel's events in the order in which they become certain.
///
/// Events of different hulls may be interleaved. Within a hull, vertices and milestones come in time order;
/// the other events come in the order of their ends. From a hull's stops, stays and milestones
/// [`assemble`](crate::assemble) makes its calls and voyages.
pub trait EventSink {
    /// The next vertex of the hull's simplified path.
    fn vertex(&mut self, hull: Hull, vertex: Vertex);
    /// A stop, whose kind and call are not known yet.
    fn stop(&mut self, hull: Hull, stop: Stop);
    /// A stay in a port's zone.
    fn stay(&mut self, hull: Hull, stay: Stay);
    /// A way through a canal, whose waiting is not known yet.
    fn transit(&mut self, hull: Hull, transit: Transit);
    /// A report at which the hull's way can be cut.
    fn milestone(&mut self, hull: Hull, milestone: Milestone);
    /// A silence, and how many of the hull's reports came before it.
    fn gap(&mut self, hull: Hull, gap: Gap, reports_before: u64);
    /// A report that is no plain report of the first hull. Each report is flagged at most once.
    fn flagged(&mut self, flagged: FlaggedReport);
    /// What was said of a hull is void: its reports, flagged as a further hull's so far, were false
    /// reports of another hull's vessel, and get this flag.
    fn withdraw(&mut self, hull: Hull, flag: Flag);
    /// What was said of a hull is true of an earlier one, which it goes on from by a jump: both are
    /// one vessel's. The later hull's events come after the earlier one's, whose last gap is open up
    /// to the later one's first report if it is a gap.
    fn join(&mut self, hull: Hull, earlier: Hull);
    /// Reports that were shown away from where the vessel was.
    fn displaced(&mut self, _displacement: Displacement) {}
    /// A receiver's clock that was late: by how many milliseconds, and for how many reports.
    fn late_clock(&mut self, _lag_ms: i64, _reports: u64) {}
    /// A report that the kernel has given to a hull: each hull's come in time order. Reports that no
    /// hull is given are flagged only.
    #[inline]
    fn report(&mut self, _hull: Hull, _report: &PositionReport) {}
}
