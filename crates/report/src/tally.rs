//! A tally is what is counted of events while they are written, for the summary and the charts: by
//! port, by leg between two ports, by vessel, by length and by day.
//!
//! Its size goes by the numbers of ports, of legs, and of days with a call at a port; of vessels it keeps
//! those that stand at the top.

use crate::describe::Names;
use crate::spread::Spread;
use crate::standings::{DarkStanding, LegStanding, PortStanding, SilentVessel, Standings};
use crate::{Top, VesselLabel};
use landfall_track::{
    Confidence, DarkCall, Gap, GapInference, GapKind, Leg, PortCall, PortIx, ReceptionVerdict,
    RejectReason, Timestamp,
};
use std::collections::BTreeMap;

const MINUTE_MS: u64 = 60_000;
pub(crate) const DAY_MS: i64 = 86_400_000;

/// Hours at which one length of gaps ends and the next begins: at first each about twice the one before.
pub(crate) const GAP_EDGES_H: [u64; 11] = [1, 3, 6, 12, 24, 48, 96, 168, 336, 720, 2160];
/// What gaps between those are called.
pub(crate) const GAP_LENGTHS: [&str; 12] = [
    "under 1 h",
    "1 to 3 h",
    "3 to 6 h",
    "6 to 12 h",
    "12 to 24 h",
    "1 to 2 days",
    "2 to 4 days",
    "4 to 7 days",
    "1 to 2 weeks",
    "2 weeks to 30 days",
    "30 to 90 days",
    "90 days and more",
];

/// What is counted while events are written. They come vessel by vessel.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    turn: Turn,
    ports: BTreeMap<PortIx, PortTally>,
    legs: BTreeMap<(PortIx, PortIx), LegTally>,
    /// The vessel whose gaps are coming in.
    falling_silent: Option<SilentVessel>,
    silent: Top<SilentVessel>,
    /// The dark calls of the vessel whose are coming in, by port.
    dark_turn: BTreeMap<PortIx, DarkStanding>,
    dark: Top<DarkStanding>,
    pub(crate) gaps: GapTally,
    /// Calls by port and day of arrival, days counted from 1970-01-01.
    pub(crate) calls_by_day: BTreeMap<(PortIx, i64), u64>,
    pub(crate) rejected: BTreeMap<RejectReason, u64>,
}

/// Counts the vessels as they take their turns.
#[derive(Debug, Default)]
struct Turn {
    vessel_id: String,
    number: u64,
}

#[derive(Debug, Default)]
struct PortTally {
    calls: u64,
    passages: u64,
    vessels: Vessels,
}

#[derive(Debug, Default)]
struct LegTally {
    voyages: u64,
    vessels: Vessels,
    minutes: Spread,
    metres: u64,
}

/// Counts vessels, each once.
#[derive(Debug, Default)]
struct Vessels {
    /// The number of the last one's turn; the first turn is 1.
    last: u64,
    count: u64,
}

/// Gaps by length.
#[derive(Clone, Debug, Default)]
pub(crate) struct GapTally {
    /// Gaps that ended, by length as in [`GAP_LENGTHS`].
    pub(crate) by_length: [u64; GAP_LENGTHS.len()],
    pub(crate) open: u64,
    minutes: Spread,
    pub(crate) silent_ms: u64,
}

impl Turn {
    /// The number of a vessel's turn.
    fn of(&mut self, vessel_id: &str) -> u64 {
        if self.number == 0 || self.vessel_id != vessel_id {
            vessel_id.clone_into(&mut self.vessel_id);
            self.number += 1;
        }
        self.number
    }
}

impl Vessels {
    fn add(&mut self, turn: u64) {
        if self.last != turn {
            self.last = turn;
            self.count += 1;
        }
    }
}

impl GapTally {
    pub(crate) fn ended(&self) -> u64 {
        self.by_length.iter().sum()
    }

    /// The median length in minutes of those that ended.
    pub(crate) fn median_min(&self) -> Option<u64> {
        self.minutes.median()
    }
}

impl Tally {
    /// Counts a port call or passage.
    pub(crate) fn port_call(&mut self, label: &VesselLabel<'_>, call: &PortCall) {
        let turn = self.turn.of(label.vessel_id);
        let port = self.ports.entry(call.port).or_default();
        if call.confidence == Confidence::Passage {
            port.passages += 1;
            return;
        }
        port.calls += 1;
        port.vessels.add(turn);
        let time = call.arrival.unwrap_or(call.first.time);
        let day = time.as_millis().div_euclid(DAY_MS);
        *self.calls_by_day.entry((call.port, day)).or_default() += 1;
    }

    /// Counts a leg if it is a voyage: a track's ends are not known.
    pub(crate) fn leg(&mut self, label: &VesselLabel<'_>, leg: &Leg) {
        let turn = self.turn.of(label.vessel_id);
        let Some(ends) = leg.origin.zip(leg.destination) else {
            return;
        };
        let tally = self.legs.entry(ends).or_default();
        tally.voyages += 1;
        tally.vessels.add(turn);
        let ms = millis(leg.first.time, leg.last.time);
        tally.minutes.add(minutes(ms));
        tally.metres += leg.distance_m.round() as u64;
    }

    /// Counts a gap if it is a silence that nothing explains; `is_continued`: the vessel goes on under
    /// another id.
    pub(crate) fn gap(
        &mut self,
        label: &VesselLabel<'_>,
        gap: &Gap,
        inference: &GapInference,
        is_continued: bool,
    ) {
        if gap.kind != GapKind::Silence || is_continued {
            return;
        }
        let is_next = self
            .falling_silent
            .as_ref()
            .is_none_or(|vessel| vessel.vessel_id != label.vessel_id);
        if is_next {
            self.end_silent();
        }
        let vessel = self.falling_silent.get_or_insert_with(|| SilentVessel {
            vessel_id: label.vessel_id.to_owned(),
            ..SilentVessel::default()
        });
        if let Some(name) = label.name {
            vessel.name = Some(name.to_owned());
        }
        vessel.gaps += 1;
        let heard_others = inference.reception.verdict == ReceptionVerdict::HeardOthers;
        vessel.others_heard += u64::from(heard_others);
        if gap.after.is_none() {
            vessel.open_since = Some(gap.before.time);
            self.gaps.open += 1;
            return;
        }
        let ms = gap.dark_ms();
        vessel.silent_ms += ms;
        vessel.longest_ms = vessel.longest_ms.max(ms);
        self.gaps.silent_ms += ms;
        self.gaps.minutes.add(minutes(ms));
        let length = GAP_EDGES_H.partition_point(|hours| hours * 60 * MINUTE_MS <= ms);
        self.gaps.by_length[length] += 1;
    }

    /// Counts a dark call of the vessel with this id and name.
    pub(crate) fn dark_call(&mut self, vessel_id: &str, name: Option<&str>, call: &DarkCall) {
        let is_next = self
            .dark_turn
            .first_key_value()
            .is_some_and(|(_, standing)| standing.vessel_id != vessel_id);
        if is_next {
            self.end_dark();
        }
        let port = call.candidate.port;
        let standing = self.dark_turn.entry(port).or_insert_with(|| DarkStanding {
            vessel_id: vessel_id.to_owned(),
            name: name.map(str::to_owned),
            port,
            port_name: String::new(),
            by_grade: [0; 4],
        });
        standing.by_grade[call.grade as usize - 1] += 1;
    }

    /// Counts a row that could not be used.
    pub(crate) fn rejected(&mut self, reason: RejectReason) {
        *self.rejected.entry(reason).or_default() += 1;
    }

    fn end_silent(&mut self) {
        if let Some(vessel) = self.falling_silent.take() {
            self.silent.add(vessel, SilentVessel::order);
        }
    }

    fn end_dark(&mut self) {
        for standing in std::mem::take(&mut self.dark_turn).into_values() {
            self.dark.add(standing, DarkStanding::order);
        }
    }

    /// What stands at the top, once all events are written.
    pub(crate) fn standings(&mut self, names: &Names<'_>) -> Standings {
        self.end_silent();
        self.end_dark();
        let mut standings = Standings {
            silent: std::mem::take(&mut self.silent),
            dark: std::mem::take(&mut self.dark),
            ..Standings::default()
        };
        for row in &mut standings.dark.rows {
            row.port_name = names.port_called(row.port);
        }
        for (&port, tally) in &self.ports {
            let row = PortStanding {
                port,
                name: names.port_called(port),
                calls: tally.calls,
                vessels: tally.vessels.count,
                passages: tally.passages,
            };
            standings.ports.add(row, PortStanding::order);
        }
        for (&(origin, destination), tally) in &self.legs {
            let row = LegStanding {
                ends: (origin, destination),
                origin: names.port_called(origin),
                destination: names.port_called(destination),
                voyages: tally.voyages,
                vessels: tally.vessels.count,
                median_min: tally.minutes.median().unwrap_or_default(),
                mean_m: tally.metres / tally.voyages.max(1),
            };
            standings.legs.add(row, LegStanding::order);
        }
        standings
    }
}

/// Milliseconds from one moment to a later one.
fn millis(from: Timestamp, to: Timestamp) -> u64 {
    to.millis_since(from).max(0) as u64
}

fn minutes(ms: u64) -> u64 {
    (ms + MINUTE_MS / 2) / MINUTE_MS
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{LonLat, Position, ReportRef, SourceRow};

    fn report(hours: i64) -> ReportRef {
        ReportRef {
            time: Timestamp::default().shifted(hours * 3_600_000),
            position: Position::from_degrees(LonLat { lon: 0.0, lat: 0.0 }).unwrap(),
            source: SourceRow::new(0, 1).unwrap(),
        }
    }

    fn voyage(from: u32, to: u32, hours: i64) -> Leg {
        Leg {
            origin: Some(PortIx(from)),
            destination: Some(PortIx(to)),
            first: report(0),
            last: report(hours),
            first_vertex: 0,
            last_vertex: 1,
            observed_distance_m: 1_000.0,
            distance_m: 2_000.0 * hours as f64,
            gap_ms: 0,
            max_speed_knots: None,
            reports: 2,
        }
    }

    fn label(vessel_id: &str) -> VesselLabel<'_> {
        VesselLabel {
            vessel_id,
            mmsi: None,
            imo: None,
            name: None,
            ship_type: None,
        }
    }

    #[test]
    fn a_vessel_is_counted_once_a_leg_however_often_she_sailed_it() {
        let mut tally = Tally::default();
        for (vessel, from, to, hours) in [
            ("a", 0, 1, 10),
            ("a", 1, 0, 7),
            ("a", 0, 1, 20),
            ("b", 0, 1, 30),
            ("", 0, 1, 40),
        ] {
            tally.leg(&label(vessel), &voyage(from, to, hours));
        }
        tally.leg(
            &label("c"),
            &Leg {
                destination: None,
                ..voyage(0, 1, 1)
            },
        );
        let names = Names::new(&crate::OutputContext::default());
        let legs = tally.standings(&names).legs;
        assert_eq!(legs.total(), 2);
        let first = &legs.rows[0];
        assert_eq!(first.ends, (PortIx(0), PortIx(1)));
        assert_eq!((first.voyages, first.vessels, first.mean_m), (4, 3, 50_000));
        assert_eq!(first.median_min, 25 * 60);
    }

    #[test]
    fn the_edges_of_lengths_rise_and_each_length_begins_at_its_edge() {
        assert!(GAP_EDGES_H.is_sorted_by(|a, b| a < b));
        let length = |hours: u64| GAP_EDGES_H.partition_point(|edge| *edge <= hours);
        assert_eq!(GAP_LENGTHS[length(6)], "6 to 12 h");
        assert_eq!(GAP_LENGTHS[length(24)], "1 to 2 days");
        assert_eq!(GAP_LENGTHS[length(30 * 24)], "30 to 90 days");
    }
}
