//! How many reports a second the kernel takes, on one core.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use landfall_events::{Config, EventSink, Setting, VesselKernel};
use landfall_spatial_index::{PortIndex, PortRadiusConfig};
use landfall_track::{
    Flag, FlaggedReport, Gap, Hull, LonLat, Milestone, Place, Port, PortSource, Position,
    PositionReport, SourceRow, Stay, Stop, Timestamp, Transit, Vertex,
};
use std::hint::black_box;

/// Counts events, so that none is optimised away.
#[derive(Default)]
struct Count(u64);

impl EventSink for Count {
    fn vertex(&mut self, _: Hull, _: Vertex) {
        self.0 += 1;
    }
    fn stop(&mut self, _: Hull, _: Stop) {
        self.0 += 1;
    }
    fn stay(&mut self, _: Hull, _: Stay) {
        self.0 += 1;
    }
    fn transit(&mut self, _: Hull, _: Transit) {}
    fn milestone(&mut self, _: Hull, _: Milestone) {
        self.0 += 1;
    }
    fn gap(&mut self, _: Hull, _: Gap, _: u64) {
        self.0 += 1;
    }
    fn flagged(&mut self, _: FlaggedReport) {
        self.0 += 1;
    }
    fn withdraw(&mut self, _: Hull, _: Flag) {}
    fn join(&mut self, _: Hull, _: Hull) {}
}

fn at(lon: f64, lat: f64) -> Position {
    Position::from_degrees(LonLat { lon, lat }).unwrap_or_default()
}

/// Three thousand ports on a grid of 2 by 4 degrees, 5 km each.
fn ports() -> PortIndex {
    let mut ports = Vec::new();
    for row in -20_i32..20 {
        for column in -45_i32..45 {
            ports.push(Port {
                name: format!("{row} {column}"),
                locode: None,
                country: None,
                aliases: Vec::new(),
                other_codes: Vec::new(),
                place: Place::Points(vec![at(f64::from(column) * 4.0, f64::from(row) * 3.0)]),
                harbor_size: None,
                radius_m: Some(5_000.0),
                source: PortSource::User,
                precision_m: None,
            });
        }
    }
    PortIndex::new(ports, &PortRadiusConfig::default())
}

/// Ten days of a report every ten seconds: 12 knots for `sailing` of every 24 hours, from port to
/// port and across the open sea, with the weave and scatter of a real track.
fn track(sailing: f64) -> Vec<PositionReport> {
    let start = Timestamp::from_seconds(1_700_000_000).unwrap_or_default();
    let (mut lon, mut lat) = (8.0_f64, 45.0_f64);
    (0..86_400_i64)
        .map(|number| {
            let hour = number as f64 / 360.0 % 24.0;
            let under_way = hour < sailing;
            if under_way {
                let heading = 0.3 + (hour * 3.0).sin() * 0.4;
                lon += heading.cos() * 12.0 / 360.0 / 60.0 / 0.7;
                lat += heading.sin() * 12.0 / 360.0 / 60.0 * 0.2;
            }
            let scatter = (number.wrapping_mul(0x1E37_79B9_7F4A_7C15) & 0xF_FFFF_0000) as f64
                / 68_719_476_736.0;
            let noise = (scatter - 0.5) * 4e-5;
            PositionReport::new(
                start.shifted(number * 10_000),
                at(lon + noise, lat - noise),
                SourceRow::new(0, number as u64 + 1).unwrap_or_default(),
            )
            .with_speed_knots(Some(if under_way { 12.0 } else { 0.1 }))
            .with_course_deg(Some(73.0))
        })
        .collect()
}

/// Numbers from 0 to 1 by Knuth's linear congruence (MMIX).
struct Numbers(u64);

impl Numbers {
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        low + (self.0 >> 11) as f64 / (1_u64 << 53) as f64 * (high - low)
    }
}

/// As many reports as [`track`] gives, placed and timed one after another.
fn drawn(mut next: impl FnMut(&mut Numbers, f64) -> (f64, Position, f64)) -> Vec<PositionReport> {
    let start = Timestamp::from_seconds(1_700_000_000).unwrap_or_default();
    let mut numbers = Numbers(7);
    let mut seconds = 0.0;
    (0..86_400_u64)
        .map(|number| {
            let (step_s, position, knots) = next(&mut numbers, seconds);
            seconds += step_s;
            PositionReport::new(
                start.shifted((seconds * 1_000.0) as i64),
                position,
                SourceRow::new(0, number + 1).unwrap_or_default(),
            )
            .with_speed_knots(Some(knots))
            .with_course_deg(Some(73.0))
        })
        .collect()
}

/// Intervals as class A sends them (2 to 13 seconds under way, three minutes at rest), speeds that
/// swing, courses that wander; 22 of 36 hours under way.
fn irregular() -> Vec<PositionReport> {
    let (mut lon, mut lat, mut knots, mut heading) = (8.0_f64, 45.0_f64, 0.0_f64, 0.4_f64);
    drawn(move |numbers, seconds| {
        let wanted = match seconds / 3_600.0 % 36.0 {
            ..14.0 => 0.0,
            14.0..16.0 => 8.0,
            _ => 16.0,
        };
        let step_s = match knots {
            ..1.0 => numbers.between(60.0, 190.0),
            1.0..14.0 => numbers.between(8.0, 13.0),
            _ => numbers.between(1.8, 6.5),
        };
        knots = (knots + (wanted - knots) * 0.01 + numbers.between(-0.1, 0.1)).max(0.0);
        heading += numbers.between(-0.03, 0.031);
        let way_deg = if knots < 1.0 {
            0.0
        } else {
            knots * step_s / 3_600.0 / 60.0
        };
        lon = (lon + heading.cos() * way_deg / 0.7 + 180.0).rem_euclid(360.0) - 180.0;
        lat = (lat + heading.sin() * way_deg).clamp(-60.0, 60.0);
        let scatter = numbers.between(-3e-5, 3e-5);
        let sent_knots = if knots < 1.0 {
            0.1
        } else {
            (knots * 10.0).round() / 10.0
        };
        (step_s, at(lon.min(179.9), lat + scatter), sent_knots)
    })
}

/// At a berth, every three minutes.
fn berth() -> Vec<PositionReport> {
    drawn(|numbers, _| {
        let lon = 8.01 + numbers.between(-5e-5, 5e-5);
        let lat = 45.01 + numbers.between(-5e-5, 5e-5);
        (
            numbers.between(176.0, 184.0),
            at(lon, lat),
            numbers.between(0.0, 0.15),
        )
    })
}

/// In circles of 2 km within a port's zone, at 8 knots, every ten seconds.
fn roads() -> Vec<PositionReport> {
    drawn(|numbers, seconds| {
        let (north, east) = (seconds * 0.002).sin_cos();
        let scatter = numbers.between(-3e-5, 3e-5);
        (
            10.0,
            at(8.0 + 0.025 * east + scatter, 45.0 + 0.018 * north),
            8.0,
        )
    })
}

/// To and fro along a line of ports at 12 knots, now within their zones, now outside.
fn coast() -> Vec<PositionReport> {
    drawn(|numbers, seconds| {
        let lon = 40.0 * (seconds * 1.5e-6).sin();
        let lat = 45.0 + 0.06 * (seconds * 1e-4).sin() + numbers.between(-3e-5, 3e-5);
        (10.0, at(lon, lat), 12.0)
    })
}

/// Five ships under one id, 10 degrees apart, whose reports come in turn: what segmenting costs.
fn shared_id() -> Vec<PositionReport> {
    let mut reports = track(24.0);
    for (report, ship) in reports.iter_mut().zip((0..5).cycle()) {
        report.position.lon_e7 += ship * 100_000_000;
    }
    reports
}

fn bench(criterion: &mut Criterion) {
    let ports = ports();
    let config = Config::default();
    let setting = Setting {
        config: &config,
        ports: &ports,
    };
    let mut group = criterion.benchmark_group("kernel");
    let tracks = [
        ("under way", track(24.0)),
        ("half the time", track(12.0)),
        ("lying", track(0.0)),
        ("irregular", irregular()),
        ("at a berth", berth()),
        ("in the roads", roads()),
        ("along a coast", coast()),
        ("five ships on one id", shared_id()),
    ];
    for (name, reports) in tracks {
        group.throughput(Throughput::Elements(reports.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut count = Count::default();
                let mut kernel = VesselKernel::default();
                for report in black_box(&reports) {
                    kernel.push(report, &setting, &mut count);
                }
                let end = reports.last().map(|last| last.time).unwrap_or_default();
                kernel.finish(end, &setting, &mut count);
                count.0
            });
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
