//! What a way by water costs: decoding land and graph, a first look-up, and look-ups near, far and
//! from one place to twenty.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use landfall_spatial_index::{Land, SeaWays};
use landfall_track::{LonLat, METRES_PER_NAUTICAL_MILE, Position};
use std::hint::black_box;

fn at(lon: f64, lat: f64) -> Position {
    Position::from_degrees(LonLat { lon, lat }).unwrap_or_default()
}

fn ways(criterion: &mut Criterion) {
    criterion.bench_function("land/decode", |bencher| bencher.iter(Land::bundled));
    criterion.bench_function("sea ways/decode all", |bencher| {
        bencher.iter(SeaWays::fresh);
    });
    let Ok(ways) = SeaWays::bundled() else {
        return;
    };
    let land = ways.land();
    for (name, place) in [
        ("open sea", at(-30.0, 30.0)),
        ("coast", at(130.31, 42.2)),
        ("inland", at(37.6, 55.75)),
    ] {
        criterion.bench_function(&format!("is_land/{name}"), |bencher| {
            bencher.iter(|| land.is_land(black_box(place)));
        });
    }
    for (name, from, to) in [
        ("in sight", at(135.0, 40.0), at(137.0, 41.0)),
        ("Najin-Vostochny", at(130.3, 42.2333), at(133.0833, 42.75)),
        ("Busan-Shanghai", at(129.05, 35.1), at(121.9, 31.2)),
        ("Oslo-Helsinki", at(10.7, 59.8), at(24.9, 60.1)),
        (
            "Yokohama-San Francisco",
            at(139.65, 35.45),
            at(-122.4, 37.8),
        ),
        ("Rotterdam-Singapore", at(4.1, 51.98), at(103.8, 1.25)),
        ("New York-Sydney", at(-74.0, 40.6), at(151.2, -33.8)),
    ] {
        criterion.bench_function(&format!("way/warm/{name}"), |bencher| {
            bencher.iter(|| ways.way(black_box(from), black_box(to)));
        });
        // Closing nothing makes ways that share all but the links: these have to be made again.
        criterion.bench_function(&format!("way/no links yet/{name}"), |bencher| {
            bencher.iter_batched(
                || ways.closing::<&str>([]),
                |ways| ways.map(|ways| ways.way(black_box(from), black_box(to))),
                BatchSize::LargeInput,
            );
        });
    }
    let origin = at(131.5, 41.5);
    let within_m = 1_500.0 * METRES_PER_NAUTICAL_MILE;
    let targets: Vec<(Position, f64)> = (0..20)
        .map(|i| at(129.0 + f64::from(i) * 0.6, 33.0 + f64::from(i) * 0.7))
        .map(|end| (end, within_m))
        .collect();
    criterion.bench_function("lengths/20 within 1,500 nm", |bencher| {
        bencher.iter(|| ways.lengths(black_box(origin), &targets));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(std::time::Duration::from_millis(500)).measurement_time(std::time::Duration::from_secs(1)).sample_size(20);
    targets = ways
}
criterion_main!(benches);
