//! Detection over one gathered vessel: the kernel is fed, and what it emits is put in order.

use crate::gather::VesselRows;
use landfall_events::{EventSink, Setting, VesselKernel};
use landfall_track::{
    FlaggedReport, Gap, Hull, Leg, MmsiClass, PortCall, Sender, Stop, Timestamp, Vertex, VesselId,
};
use std::collections::BTreeMap;

/// Everything detection says of one hull.
#[derive(Clone, Debug, Default)]
pub(crate) struct HullEvents {
    pub(crate) vertices: Vec<Vertex>,
    pub(crate) calls: Vec<PortCall>,
    pub(crate) stops: Vec<Stop>,
    pub(crate) legs: Vec<Leg>,
    pub(crate) gaps: Vec<Gap>,
}

/// Everything detection says of one id.
#[derive(Clone, Debug, Default)]
pub(crate) struct VesselEvents {
    pub(crate) hulls: BTreeMap<Hull, HullEvents>,
    pub(crate) flagged: Vec<FlaggedReport>,
    /// Silences that are none: the vessel was heard outside the run's bounding box.
    pub(crate) gaps_outside_box: u64,
}

impl EventSink for VesselEvents {
    fn vertex(&mut self, hull: Hull, vertex: Vertex) {
        self.hulls.entry(hull).or_default().vertices.push(vertex);
    }

    fn stop(&mut self, hull: Hull, stop: Stop) {
        self.hulls.entry(hull).or_default().stops.push(stop);
    }

    fn call(&mut self, hull: Hull, call: PortCall) {
        self.hulls.entry(hull).or_default().calls.push(call);
    }

    fn leg(&mut self, hull: Hull, leg: Leg) {
        self.hulls.entry(hull).or_default().legs.push(leg);
    }

    fn gap(&mut self, hull: Hull, gap: Gap) {
        self.hulls.entry(hull).or_default().gaps.push(gap);
    }

    fn flagged(&mut self, flagged: FlaggedReport) {
        self.flagged.push(flagged);
    }
}

/// Runs the kernel over a vessel's rows, which are in order and without duplicates.
pub(crate) fn detect(
    vessel: &VesselRows,
    data_end: Timestamp,
    setting: &Setting<'_>,
) -> VesselEvents {
    let mut events = VesselEvents::default();
    let mut kernel = VesselKernel::default();
    for row in &vessel.rows {
        kernel.push(&row.report, setting, &mut events);
    }
    kernel.finish(data_end, setting, &mut events);
    events.drop_gaps_heard_outside(&vessel.heard_outside_box);
    events.sort();
    events
}

impl VesselEvents {
    /// Takes out gaps during which the vessel was heard outside the bounding box (`heard`, in
    /// order): she left the box and did not fall silent.
    fn drop_gaps_heard_outside(&mut self, heard: &[Timestamp]) {
        if heard.is_empty() {
            return;
        }
        for hull in self.hulls.values_mut() {
            let before = hull.gaps.len();
            hull.gaps.retain(|gap| {
                let next = heard.partition_point(|time| *time <= gap.before.time);
                let end = gap.after.map_or(Timestamp::MAX, |after| after.time);
                heard.get(next).is_none_or(|time| *time >= end)
            });
            self.gaps_outside_box += (before - hull.gaps.len()) as u64;
        }
    }

    fn sort(&mut self) {
        for hull in self.hulls.values_mut() {
            hull.calls
                .sort_by_key(|call| (call.first.time, call.last.time, call.port));
            hull.stops
                .sort_by_key(|stop| (stop.first.time, stop.last.time));
            hull.legs
                .sort_by_key(|leg| (leg.first_vertex, leg.last_vertex));
            hull.gaps.sort_by_key(|gap| gap.before.time);
        }
        self.flagged
            .sort_by_key(|flagged| (flagged.report.time, flagged.report.source));
    }
}

/// Whether an id belongs to no vessel at all but to a station: a base station, an aid to
/// navigation, an aircraft. Its reports are counted and listed, and no port calls sought in them.
pub(crate) fn is_station(id: &VesselId, vessel: &VesselRows) -> bool {
    let by_number = id.mmsi().is_some_and(|mmsi| {
        let class = mmsi.class();
        class.is_fixed() || class == MmsiClass::SarAircraft
    });
    let sent_by_station = |sender| {
        matches!(
            sender,
            Sender::BaseStation | Sender::AidToNavigation | Sender::SarAircraft
        )
    };
    by_number
        || (!vessel.rows.is_empty()
            && vessel
                .rows
                .iter()
                .all(|row| sent_by_station(row.report.sender)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{Position, ReportRef, SourceRow};

    fn at(hours: i64) -> ReportRef {
        ReportRef {
            time: Timestamp::from_seconds(hours * 3600).unwrap(),
            position: Position::default(),
            source: SourceRow::default(),
        }
    }

    fn gap(before: i64, after: Option<i64>) -> Gap {
        Gap {
            before: at(before),
            after: after.map(at),
            reports_before: 1,
            distance_m: None,
            implied_speed_knots: None,
            port: None,
        }
    }

    #[test]
    fn a_vessel_heard_outside_the_box_was_not_silent() {
        let mut events = VesselEvents::default();
        let hull = Hull {
            number: 0,
            since: at(0).time,
        };
        for gap in [gap(0, Some(10)), gap(20, Some(40)), gap(50, None)] {
            events.gap(hull, gap);
        }
        events.drop_gaps_heard_outside(&[at(30).time]);
        let left: Vec<i64> = events.hulls[&hull]
            .gaps
            .iter()
            .map(|gap| gap.before.time.as_millis() / 3_600_000)
            .collect();
        assert_eq!(left, [0, 50]);
        assert_eq!(events.gaps_outside_box, 1);
    }
}
