//! How many reports a second the kernel takes, on one core.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use landfall_events::{Config, EventSink, Setting, VesselKernel};
use landfall_spatial_index::{PortIndex, PortRadiusConfig};
use landfall_track::{
    FlaggedReport, Gap, Hull, Leg, LonLat, Place, Port, PortCall, Position, PositionReport,
    SourceRow, Stop, Timestamp, Vertex,
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
    fn call(&mut self, _: Hull, _: PortCall) {
        self.0 += 1;
    }
    fn leg(&mut self, _: Hull, _: Leg) {
        self.0 += 1;
    }
    fn gap(&mut self, _: Hull, _: Gap) {
        self.0 += 1;
    }
    fn flagged(&mut self, _: FlaggedReport) {
        self.0 += 1;
    }
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
