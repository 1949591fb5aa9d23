//! Detection over one gathered vessel: the kernel is fed, and what it emits is put in order.

use crate::gather::VesselRows;
use landfall_events::{EventSink, Setting, VesselKernel};
use landfall_track::{
    BoundingBox, FlaggedReport, Gap, Hull, Leg, MmsiClass, PortCall, ReportRef, Sender, Stop,
    Timestamp, Vertex, VesselId,
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
    events.sort();
    events
}

impl VesselEvents {
    /// Keeps what touches a box: a stay, a stop or a way with a report in it, a gap with an end in
    /// it. Detection itself always sees every report, so that leaving the box is neither a silence
    /// nor a stop.
    pub(crate) fn keep_inside(&mut self, bbox: BoundingBox, vessel: &VesselRows) {
        let inside: Vec<Timestamp> = vessel
            .reports()
            .filter(|report| bbox.contains(report.position))
            .map(|report| report.time)
            .collect();
        let touches = |first: ReportRef, last: ReportRef| {
            let next = inside.partition_point(|time| *time < first.time);
            inside.get(next).is_some_and(|time| *time <= last.time)
        };
        let holds = |report: ReportRef| bbox.contains(report.position);
        for hull in self.hulls.values_mut() {
            hull.calls.retain(|call| touches(call.first, call.last));
            hull.stops.retain(|stop| touches(stop.first, stop.last));
            hull.legs.retain(|leg| touches(leg.first, leg.last));
            hull.gaps
                .retain(|gap| holds(gap.before) || gap.after.is_some_and(holds));
        }
        self.flagged.retain(|flagged| holds(flagged.report));
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
    use landfall_track::{Position, SourceRow};

    fn at(hours: i64) -> ReportRef {
        ReportRef {
            time: Timestamp::from_seconds(hours * 3600).unwrap(),
            position: Position::default(),
            source: SourceRow::default(),
        }
    }

    fn gap(before: ReportRef, after: Option<ReportRef>) -> Gap {
        Gap {
            before,
            after,
            reports_before: 1,
            distance_m: None,
            implied_speed_knots: None,
            port: None,
        }
    }

    #[test]
    fn only_gaps_with_an_end_in_the_box_are_kept() {
        let corner = |lat_e7, lon_e7| Position { lat_e7, lon_e7 };
        let bbox = BoundingBox {
            south_west: corner(0, 0),
            north_east: corner(10, 10),
        };
        let outside = |hours| ReportRef {
            position: corner(20, 20),
            ..at(hours)
        };
        let mut events = VesselEvents::default();
        let hull = Hull {
            number: 0,
            since: at(0).time,
        };
        for gap in [
            gap(at(0), Some(outside(10))),
            gap(outside(20), Some(outside(30))),
            gap(at(40), None),
        ] {
            events.gap(hull, gap);
        }
        events.keep_inside(bbox, &VesselRows::default());
        let left: Vec<Timestamp> = events.hulls[&hull]
            .gaps
            .iter()
            .map(|gap| gap.before.time)
            .collect();
        assert_eq!(left, [at(0).time, at(40).time]);
    }
}
