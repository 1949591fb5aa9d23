//! What reception costs: for each report, for each presence, and for each gap of a large world.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use landfall_events::dark::{
    CellTable, HeardTable, OwnCells, Presence, PresenceBuilder, ReceptionConfig,
};
use landfall_track::{Gap, GapKind, LonLat, Position, ReportRef, SourceRow, TimeSpan, Timestamp};
use std::hint::black_box;

const VESSELS: u64 = 2_000;
const HOURS: u32 = 30 * 24;

/// Numbers that look random and are the same in every run (Vigna's splitmix64).
fn mixed(seed: u64) -> f64 {
    let mut z = seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) as f64 / u64::MAX as f64
}

fn at(lon: f64, lat: f64) -> Position {
    let lon = (lon + 540.0).rem_euclid(360.0) - 180.0;
    Position::from_degrees(LonLat { lon, lat }).unwrap_or_default()
}

fn minute(minute: u32) -> Timestamp {
    Timestamp::from_seconds(1_700_000_000 + i64::from(minute) * 60).unwrap_or_default()
}

/// Where a vessel is: on a course of her own at some 12 knots, half of them in one busy sea.
fn place(vessel: u64, hour: f64) -> Position {
    let (a, b, c) = (
        mixed(vessel * 3),
        mixed(vessel * 3 + 1),
        mixed(vessel * 3 + 2),
    );
    let (lon, lat, reach) = if vessel.is_multiple_of(2) {
        (10.0 * a, 52.0 + 8.0 * b, 3.0)
    } else {
        (360.0 * a, 110.0 * b - 50.0, 20.0)
    };
    let swing = hour / f64::from(HOURS) * 12.0 * std::f64::consts::TAU / reach + c * 6.0;
    at(lon + reach * swing.sin(), lat + 0.2 * reach * swing.cos())
}

fn presences(vessel: u64) -> Vec<Presence> {
    let mut builder = PresenceBuilder::default();
    for step in 0..HOURS * 4 {
        builder.push(minute(step * 15), place(vessel, f64::from(step) / 4.0));
    }
    builder.finish()
}

/// So many gaps, 7 to 80 hours long.
fn gaps(vessel: u64, count: u64) -> Vec<Gap> {
    let report = |hour: f64| ReportRef {
        time: minute((hour * 60.0) as u32),
        position: place(vessel, hour),
        source: SourceRow::default(),
    };
    (0..count)
        .map(|number| {
            let from = mixed(vessel << 20 | number) * 600.0;
            let length = 7.0 + 73.0 * mixed(number << 30 | vessel);
            Gap {
                before: report(from),
                after: Some(report(from + length)),
                reports_before: 0,
                distance_m: None,
                implied_speed_knots: None,
                port: None,
                kind: GapKind::Silence,
                without_position: None,
                silent_ms: 0,
            }
        })
        .collect()
}

fn world(vessels: &[Vec<Presence>], budget: u32) -> HeardTable {
    let mut table = CellTable::new(&ReceptionConfig::default().with_budget(budget));
    for vessel in vessels {
        table.add(vessel);
    }
    table.finish()
}

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reception");
    let reports: Vec<(Timestamp, Position)> = (0..1_000_000_u32)
        .map(|step| {
            let time = minute(0).shifted(i64::from(step) * 10_000);
            (time, place(1, f64::from(step) / 360.0))
        })
        .collect();
    group.throughput(Throughput::Elements(reports.len() as u64));
    group.bench_function("presences of reports every 10 s", |bencher| {
        bencher.iter(|| {
            let mut builder = PresenceBuilder::default();
            for (time, position) in black_box(&reports) {
                builder.push(*time, *position);
            }
            builder.finish()
        });
    });

    let vessels: Vec<Vec<Presence>> = (0..VESSELS).map(presences).collect();
    let all: usize = vessels.iter().map(Vec::len).sum();
    group.sample_size(10);
    group.throughput(Throughput::Elements(all as u64));
    for (name, budget) in [("add presences", u32::MAX), ("add and coarsen", 50_000)] {
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || CellTable::new(&ReceptionConfig::default().with_budget(budget)),
                |mut table| {
                    for vessel in &vessels {
                        table.add(vessel);
                    }
                    table
                },
                BatchSize::PerIteration,
            );
        });
    }

    let config = ReceptionConfig::default();
    let end = minute(HOURS * 60);
    let hers: Vec<(Vec<Gap>, OwnCells)> = (0..VESSELS)
        .map(|vessel| {
            let own = OwnCells::new(&vessels[vessel as usize], &config);
            (gaps(vessel, 10), own)
        })
        .collect();
    group.throughput(Throughput::Elements(VESSELS * 10));
    group.bench_function("own part in a gap, heard in it", |bencher| {
        bencher.iter(|| {
            for (gaps, own) in &hers {
                for gap in gaps {
                    black_box(own.of_gap(gap, end));
                }
            }
        });
    });
    // Her presences before the first gap and after the last only.
    let quiet: Vec<OwnCells> = vessels
        .iter()
        .map(|vessel| OwnCells::new(&vessel[..vessel.len().min(40)], &config))
        .collect();
    group.bench_function("own part in a gap, silent in it", |bencher| {
        bencher.iter(|| {
            for ((gaps, _), own) in hers.iter().zip(&quiet) {
                for gap in gaps {
                    black_box(own.of_gap(gap, end));
                }
            }
        });
    });
    for (name, budget) in [("gap, half a degree", u32::MAX), ("gap, coarse", 50_000)] {
        let table = world(&vessels, budget);
        let own = hers[0].1.of_gap(&hers[0].0[0], end);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for (gaps, _) in &hers {
                    for gap in gaps {
                        black_box(table.gap_reception(gap, end, &own));
                    }
                }
            });
        });
        group.bench_function(format!("candidate of a {name}"), |bencher| {
            bencher.iter(|| {
                for (gaps, _) in &hers {
                    for gap in gaps {
                        let during = TimeSpan {
                            earliest: gap.before.time,
                            latest: gap.after.map(|after| after.time),
                        };
                        black_box(table.others_heard_near(gap.before.position, during));
                    }
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
