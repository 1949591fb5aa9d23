//! What the vessels of a run show together is gathered while they go through detection, and told when all
//! are through: which silences are no vessel's own, when the feed fell silent, which ids are one ship.

use crate::observe::ObservedHull;
use crate::work::Detected;
use landfall_events::dark::Presence;
use landfall_events::fleet::{
    AreaTable, Edges, FleetConfig, HeardMinutes, LinkFinder, LinkVessel, Links, Mark, OutageFinder,
    Side, VisitedCell, is_in_outage,
};
use landfall_track::{GapKind, HullIx, Outage, ReportRef, Timestamp, Vessel};
use std::collections::BTreeMap;

/// The shortest time from the last report of a hull to the data's end after which it is heard no more; in
/// milliseconds.
const UNHEARD_MS: f64 = 3_600_000.0;
/// Neither is it heard any more after so many of its times between reports.
const UNHEARD_TIMES: f64 = 3.0;
/// Metres a second in a knot.
const KNOT: f64 = 1852.0 / 3600.0;

/// The kinds of those gaps that are no silences, by hull and number.
pub(crate) type Kinds = BTreeMap<(HullIx, u32), GapKind>;

/// What one vessel adds, beside its events.
#[derive(Debug, Default)]
pub(crate) struct FleetShare {
    /// The cells it was heard in.
    pub(crate) visited: Vec<VisitedCell>,
    /// Its first and last report, if all are one hull's.
    pub(crate) ends: Option<(ReportRef, ReportRef)>,
    /// How it moved at the ends of its silences, if the run does not ask for its events.
    pub(crate) marks: Vec<Mark>,
}

impl FleetShare {
    /// About how many bytes it takes beside its own size.
    pub(crate) fn size(&self) -> usize {
        size_of_val(self.visited.as_slice()) + size_of_val(self.marks.as_slice())
    }
}

/// What the vessels of a run show together, while they come.
pub(crate) struct Fleet<'a> {
    config: &'a FleetConfig,
    threshold_h: f64,
    /// From when to when there are data.
    span: (Timestamp, Timestamp),
    area: AreaTable,
    edges: Edges,
    /// How many vessels there were; the last one's number.
    vessels: u32,
    outages: OutageFinder,
    /// Gaps that a pause of the feed may explain, each with its hull and number.
    paused: Vec<(HullIx, u32, (Timestamp, Timestamp))>,
    links: LinkFinder,
}

/// What the vessels of a run show together.
#[derive(Debug, Default)]
pub(crate) struct FleetFindings {
    pub(crate) kinds: Kinds,
    pub(crate) outages: Vec<Outage>,
    pub(crate) links: Links,
}

impl<'a> Fleet<'a> {
    /// Nothing yet. `span` is from when to when there are data, `threshold_h` the hours from which on a
    /// silence is a gap.
    pub(crate) fn new(
        config: &'a FleetConfig,
        threshold_h: f64,
        span: (Timestamp, Timestamp),
        minutes: &HeardMinutes,
    ) -> Self {
        Self {
            config,
            threshold_h,
            span,
            area: AreaTable::new(config.area.budget_cells),
            edges: Edges::default(),
            vessels: 0,
            outages: OutageFinder::new(minutes, span, &config.outage),
            paused: Vec::new(),
            links: LinkFinder::default(),
        }
    }

    /// Takes a vessel, whether or not the run asks for it.
    pub(crate) fn vessel(&mut self, detected: &Detected) {
        self.vessels += 1;
        self.heard(&detected.observed.presences, &detected.share.visited);
        if let Some((first, last)) = detected.share.ends {
            self.named(&detected.vessel, first, last);
        }
        if !detected.share.marks.is_empty() {
            // No hull of those asked for has such a number, and none has a gap.
            let hull = HullIx(u32::MAX);
            for mark in &detected.share.marks {
                self.open_end(hull, mark);
            }
        }
    }

    /// Takes an end of a hull's data, or of a silence that the run does not ask for.
    fn open_end(&mut self, hull: HullIx, mark: &Mark) {
        if self.is_unheard(mark) {
            let hull = (hull, self.vessels);
            self.edges.add(hull, (None, false), mark, &self.config.area);
        }
    }

    fn heard(&mut self, presences: &[Presence], visited: &[VisitedCell]) {
        self.area.add(visited);
        self.outages.add(presences);
    }

    fn named(&mut self, vessel: &Vessel, first: ReportRef, last: ReportRef) {
        let ends = LinkVessel {
            id: vessel.id.clone(),
            first,
            last,
        };
        let sent = vessel.identities.iter().map(|it| &it.particulars);
        self.links.add(ends, sent);
    }

    /// Takes a hull that inference will see, of the vessel that was taken last.
    pub(crate) fn hull(&mut self, ix: HullIx, hull: &ObservedHull) {
        let gaps = &hull.gaps;
        for mark in &hull.marks {
            let found = match mark.side {
                Side::Before => gaps.binary_search_by_key(&mark.time, |gap| gap.before.time),
                Side::After => gaps.binary_search_by_key(&Some(mark.time), |gap| {
                    Some(gap.after.map_or(Timestamp::MAX, |after| after.time))
                }),
            };
            if let Ok(number) = found {
                let is_closed = gaps[number].after.is_some();
                let gap = (Some(number as u32), is_closed);
                self.edges
                    .add((ix, self.vessels), gap, mark, &self.config.area);
            } else {
                self.open_end(ix, mark);
            }
        }
        for (number, gap) in gaps.iter().enumerate() {
            let to = gap.after.map_or(self.span.1, |after| after.time);
            let span = (gap.before.time, to);
            if gap.kind == GapKind::Silence && self.outages.may_explain(span, self.threshold_h) {
                self.paused.push((ix, number as u32, span));
            }
        }
    }

    /// Whether a hull's data begin or end at a mark while others' go on: not where the data themselves do.
    fn is_unheard(&self, mark: &Mark) -> bool {
        let bound_ms = match mark.side {
            Side::Before => self.span.1.millis_since(mark.time),
            Side::After => mark.time.millis_since(self.span.0),
        };
        let speed = f64::from(mark.knots).max(f64::MIN_POSITIVE) * KNOT;
        let interval_ms = f64::from(mark.step_m) / speed * 1000.0;
        bound_ms as f64 >= UNHEARD_MS.max(UNHEARD_TIMES * interval_ms)
    }

    /// What all show, once all are in.
    pub(crate) fn finish(self) -> FleetFindings {
        let outages = self.outages.finish();
        let mut kinds = Kinds::new();
        for key in self.edges.left_area(&self.area, &self.config.area) {
            kinds.insert(key, GapKind::LeftArea);
        }
        for (hull, number, span) in self.paused {
            if is_in_outage(span, &outages, self.threshold_h) {
                kinds.insert((hull, number), GapKind::Outage);
            }
        }
        FleetFindings {
            kinds,
            outages,
            links: self.links.finish(&self.config.link),
        }
    }
}
