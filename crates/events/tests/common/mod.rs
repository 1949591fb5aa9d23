//! What the kernel's tests share: a recording sink, ports, and ships that sail.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(
    clippy::unwrap_used,
    reason = "what fails here is a mistake in the test"
)]

use landfall_events::{
    Config, EventSink, Geography, HullLog, Setting, StopConfig, VesselKernel, assemble,
};
use landfall_spatial_index::{Land, PortIndex, PortRadiusConfig};
use landfall_track::{
    Flag, FlaggedReport, Gap, Hull, Leg, LonLat, Milestone, Place, Port, PortCall, PortSource,
    Position, PositionReport, SourceRow, Stay, Stop, Timestamp, Transit, Vertex,
};
use std::collections::BTreeMap;

/// Keeps every event in the order in which it came.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Recorder {
    pub(crate) vertices: Vec<(Hull, Vertex)>,
    /// What calls and legs are made from, by hull.
    pub(crate) logs: BTreeMap<Hull, HullLog>,
    pub(crate) stops: Vec<(Hull, Stop)>,
    pub(crate) calls: Vec<(Hull, PortCall)>,
    pub(crate) legs: Vec<(Hull, Leg)>,
    pub(crate) transits: Vec<Transit>,
    pub(crate) gaps: Vec<(Hull, Gap)>,
    pub(crate) flagged: Vec<FlaggedReport>,
    /// Every report that a hull was given.
    pub(crate) reports: Vec<(Hull, PositionReport)>,
    /// For each call and each gap how many reports came before it.
    pub(crate) before_calls: Vec<u64>,
    pub(crate) before_gaps: Vec<u64>,
    /// Hulls that go on from an earlier one.
    pub(crate) joined: Vec<(Hull, Hull)>,
}

impl EventSink for Recorder {
    fn vertex(&mut self, hull: Hull, vertex: Vertex) {
        self.vertices.push((hull, vertex));
    }
    fn stop(&mut self, hull: Hull, stop: Stop) {
        self.logs.entry(hull).or_default().stops.push(stop);
    }
    fn stay(&mut self, hull: Hull, stay: Stay) {
        self.logs.entry(hull).or_default().stays.push(stay);
    }
    fn transit(&mut self, hull: Hull, transit: Transit) {
        self.logs.entry(hull).or_default().transits.push(transit);
    }
    fn milestone(&mut self, hull: Hull, milestone: Milestone) {
        let log = self.logs.entry(hull).or_default();
        log.milestones.push(milestone);
    }
    fn gap(&mut self, hull: Hull, gap: Gap, reports_before: u64) {
        self.gaps.push((hull, gap));
        self.before_gaps.push(reports_before);
    }
    fn flagged(&mut self, flagged: FlaggedReport) {
        self.flagged.push(flagged);
    }
    fn withdraw(&mut self, hull: Hull, flag: Flag) {
        self.vertices.retain(|(of, _)| *of != hull);
        self.logs.remove(&hull);
        keep_others(&mut self.gaps, &mut self.before_gaps, hull);
        self.reports.retain(|(of, _)| *of != hull);
        for flagged in &mut self.flagged {
            if flagged.hull == Some(hull) {
                (flagged.flag, flagged.hull) = (flag, None);
            }
        }
    }
    fn join(&mut self, hull: Hull, earlier: Hull) {
        self.joined.push((hull, earlier));
    }
    fn report(&mut self, hull: Hull, report: &PositionReport) {
        self.reports.push((hull, *report));
    }
}

/// Takes a hull's events out, with the counts beside them.
fn keep_others<E: Copy>(events: &mut Vec<(Hull, E)>, before: &mut Vec<u64>, hull: Hull) {
    let kept: Vec<((Hull, E), u64)> = events
        .iter()
        .copied()
        .zip(before.iter().copied())
        .filter(|((of, _), _)| *of != hull)
        .collect();
    (*events, *before) = kept.into_iter().unzip();
}

impl Recorder {
    /// Makes calls and voyages from what the kernel said.
    pub(crate) fn assemble(&mut self, ports: &PortIndex) {
        self.assemble_beside(ports, None);
    }

    /// The same beside a coast.
    pub(crate) fn assemble_beside(&mut self, ports: &PortIndex, land: Option<&Land>) {
        for (hull, log) in &self.logs {
            let geography = Geography {
                ports,
                places: None,
                land,
            };
            let judged = log.clone().judged(geography);
            let made = assemble(judged, geography, &StopConfig::default());
            self.stops
                .extend(made.stops.iter().map(|stop| (*hull, *stop)));
            self.calls
                .extend(made.calls.iter().map(|(call, _)| (*hull, *call)));
            self.before_calls
                .extend(made.calls.iter().map(|(_, before)| before));
            self.legs.extend(made.legs.iter().map(|leg| (*hull, *leg)));
            self.transits.extend(&made.transits);
        }
    }

    /// The vertices of one hull.
    pub(crate) fn path(&self, number: u32) -> Vec<Vertex> {
        self.vertices
            .iter()
            .filter(|(hull, _)| hull.number == number)
            .map(|(_, vertex)| *vertex)
            .collect()
    }
}

/// A position, longitude first.
pub(crate) fn at(lon: f64, lat: f64) -> Position {
    Position::from_degrees(LonLat { lon, lat }).unwrap()
}

/// So many minutes after the turn of the years 2023/24.
pub(crate) fn minute(minutes: f64) -> Timestamp {
    let new_year: Timestamp = "2024-01-01T00:00:00Z".parse().unwrap();
    new_year.shifted((minutes * 60_000.0) as i64)
}

/// A port of one point.
pub(crate) fn port(name: &str, lon: f64, lat: f64, radius_m: f64) -> Port {
    Port {
        name: name.to_owned(),
        locode: None,
        country: None,
        aliases: Vec::new(),
        other_codes: Vec::new(),
        place: Place::Points(vec![at(lon, lat)]),
        harbor_size: None,
        radius_m: Some(radius_m),
        source: PortSource::User,
        precision_m: None,
    }
}

/// One of UN/LOCODE, which only fills gaps.
pub(crate) fn filler(name: &str, lon: f64, lat: f64, radius_m: f64) -> Port {
    Port {
        source: PortSource::Unlocode,
        ..port(name, lon, lat, radius_m)
    }
}

/// An index of ports.
pub(crate) fn index(ports: Vec<Port>) -> PortIndex {
    PortIndex::new(ports, &PortRadiusConfig::default())
}

/// Reports are numbered as they would stand in a file.
pub(crate) fn numbered(mut reports: Vec<PositionReport>) -> Vec<PositionReport> {
    reports.sort_by_key(|report| report.time);
    for (row, report) in reports.iter_mut().enumerate() {
        report.source = SourceRow::new(0, row as u64 + 1).unwrap();
    }
    reports
}

/// A report without a speed.
pub(crate) fn report(minutes: f64, position: Position) -> PositionReport {
    PositionReport::new(minute(minutes), position, SourceRow::default())
}

/// A report with a speed.
pub(crate) fn report_at(minutes: f64, position: Position, speed_knots: f64) -> PositionReport {
    report(minutes, position).with_speed_knots(Some(speed_knots))
}

/// Reports every `step` minutes along a straight line, the first at `from`, with their speed.
pub(crate) fn sail(
    from: (f64, f64),
    to: (f64, f64),
    start: f64,
    end: f64,
    step: f64,
) -> Vec<PositionReport> {
    let metres = landfall_track::distance_m(at(from.0, from.1), at(to.0, to.1));
    let speed_knots = metres / 1852.0 / ((end - start) / 60.0);
    let count = ((end - start) / step).round() as usize;
    (0..=count)
        .map(|number| {
            let share = number as f64 / count as f64;
            let place = at(
                from.0 + (to.0 - from.0) * share,
                from.1 + (to.1 - from.1) * share,
            );
            report_at(start + share * (end - start), place, speed_knots)
        })
        .collect()
}

/// Reports every `step` minutes from one place, lying still.
pub(crate) fn lie(place: (f64, f64), start: f64, end: f64, step: f64) -> Vec<PositionReport> {
    let count = ((end - start) / step).round() as usize;
    (0..=count)
        .map(|number| report_at(start + number as f64 * step, at(place.0, place.1), 0.0))
        .collect()
}

/// The events of a vessel, with her silence counted up to `data_end`.
pub(crate) fn run_until(
    reports: &[PositionReport],
    ports: &PortIndex,
    config: &Config,
    data_end: Timestamp,
) -> Recorder {
    let mut recorder = record(reports, ports, config, data_end);
    recorder.assemble(ports);
    recorder
}

/// What the kernel says of a vessel, from which no calls are made yet.
pub(crate) fn record(
    reports: &[PositionReport],
    ports: &PortIndex,
    config: &Config,
    data_end: Timestamp,
) -> Recorder {
    let setting = Setting { config, ports };
    let mut recorder = Recorder::default();
    let mut kernel = VesselKernel::default();
    for report in reports {
        kernel.push(report, &setting, &mut recorder);
    }
    kernel.finish(data_end, &setting, &mut recorder);
    recorder
}

/// The events of a vessel beside the coast as it is.
pub(crate) fn run_beside_land(reports: &[PositionReport], ports: &PortIndex) -> Recorder {
    let end = reports.last().map(|report| report.time).unwrap_or_default();
    let mut recorder = record(reports, ports, &Config::default(), end);
    let land = Land::bundled().unwrap();
    recorder.assemble_beside(ports, Some(&land));
    recorder
}

/// The events of a vessel whose last report is the data's last.
pub(crate) fn run(reports: &[PositionReport], ports: &PortIndex) -> Recorder {
    let end = reports.last().map(|report| report.time).unwrap_or_default();
    run_until(reports, ports, &Config::default(), end)
}
