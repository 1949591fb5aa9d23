//! What a port lookup costs: on the open sea, along a coast, in port; by name; and building the
//! index. Positions are drawn by a fixed rule; ports are the bundled table, or anchorage points in
//! the number that Global Fishing Watch's table has for some thousand ports.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use landfall_spatial_index::{PortIndex, PortRadiusConfig};
use landfall_track::{LonLat, Place, Port, PortSource, Position};
use std::hint::black_box;

const PORTS: &str = include_str!("../../../data/ports.csv");
const POSITIONS: usize = 4_096;

/// Numbers from 0 to 1 by Knuth's linear congruence (MMIX).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.next() * (high - low)
    }
}

fn at(lon: f64, lat: f64) -> Option<Position> {
    Position::from_degrees(LonLat { lon, lat })
}

fn port(name: &str, points: Vec<Position>) -> Port {
    Port {
        name: name.to_owned(),
        locode: None,
        country: None,
        aliases: Vec::new(),
        other_codes: Vec::new(),
        place: Place::Points(points),
        harbor_size: None,
        radius_m: None,
        source: PortSource::User,
        precision_m: None,
    }
}

fn bundled() -> Vec<Port> {
    csv::Reader::from_reader(PORTS.as_bytes())
        .records()
        .filter_map(|record| {
            let record = record.ok()?;
            let place = at(record[4].parse().ok()?, record[3].parse().ok()?)?;
            Some(port(&record[0], vec![place]))
        })
        .collect()
}

/// Twelve points within some kilometres of each of 5,000 places.
fn anchorages() -> Vec<Port> {
    let mut numbers = Numbers(5);
    (0..5_000)
        .map(|number| {
            let (lon, lat) = (numbers.between(-179.0, 179.0), numbers.between(-60.0, 70.0));
            let points = (0..12)
                .filter_map(|_| {
                    at(
                        lon + numbers.between(-0.03, 0.03),
                        lat + numbers.between(-0.03, 0.03),
                    )
                })
                .collect();
            port(&format!("Port {number}"), points)
        })
        .collect()
}

/// Positions whose distance from the nearest port is in this range, in metres.
fn positions(index: &PortIndex, range_m: std::ops::Range<f64>) -> Vec<Position> {
    let mut numbers = Numbers(7);
    let spread = range_m.end / 80_000.0;
    let mut found = Vec::with_capacity(POSITIONS);
    while found.len() < POSITIONS {
        let port = &index.ports()[(numbers.next() * index.ports().len() as f64) as usize];
        let Place::Points(points) = &port.place else {
            continue;
        };
        let place = points[0].degrees();
        let (lon, lat) = (
            numbers.between(-spread, spread),
            numbers.between(-spread, spread),
        );
        let Some(position) = at(place.lon + lon, place.lat + lat) else {
            continue;
        };
        if index
            .nearest(position)
            .is_some_and(|nearest| range_m.contains(&nearest.distance_m))
        {
            found.push(position);
        }
    }
    found
}

/// One lookup after the other over positions in no order.
fn lookup<T>(
    criterion: &mut Criterion,
    name: &str,
    positions: &[Position],
    find: impl Fn(Position) -> T,
) {
    let mut next = 0;
    criterion.bench_function(name, |bencher| {
        bencher.iter(|| {
            next = (next + 1) % POSITIONS;
            find(black_box(positions[next]))
        });
    });
}

fn lookups(criterion: &mut Criterion) {
    let radii = PortRadiusConfig::default();
    for (table, all) in [("bundled", bundled()), ("anchorages", anchorages())] {
        let index = PortIndex::new(all.clone(), &radii);
        let open_sea = positions(&index, 100_000.0..500_000.0);
        let coast = positions(&index, 12_000.0..30_000.0);
        let in_port = positions(&index, 0.0..2_500.0);
        for (place, positions) in [
            ("open sea", &open_sea),
            ("coast", &coast),
            ("in port", &in_port),
        ] {
            lookup(
                criterion,
                &format!("{table}/entered/{place}"),
                positions,
                |position| index.entered(position),
            );
        }
        lookup(
            criterion,
            &format!("{table}/is_within_leave"),
            &in_port,
            |position| index.is_within_leave(landfall_track::PortIx(0), position),
        );
        lookup(
            criterion,
            &format!("{table}/nearest/open sea"),
            &open_sea,
            |position| index.nearest(position),
        );
        lookup(
            criterion,
            &format!("{table}/nearest/in port"),
            &in_port,
            |position| index.nearest(position),
        );
        lookup(
            criterion,
            &format!("{table}/near 50 km"),
            &coast,
            |position| index.near(position, 50_000.0),
        );
        criterion.bench_function(&format!("{table}/new"), |bencher| {
            bencher.iter_batched(
                || all.clone(),
                |ports| PortIndex::new(ports, &radii),
                BatchSize::LargeInput,
            );
        });
    }
    let index = PortIndex::new(bundled(), &radii);
    for name in ["Vostochny", "Vostotchny"] {
        criterion.bench_function(&format!("find/{name}"), |bencher| {
            bencher.iter(|| index.find(black_box(name), None));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(std::time::Duration::from_millis(500)).measurement_time(std::time::Duration::from_secs(1)).sample_size(20);
    targets = lookups
}
criterion_main!(benches);
