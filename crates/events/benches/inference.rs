//! What a gap costs inference: which of the bundled ports are in reach, the list of candidates, and
//! the same with ways by water.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use landfall_events::dark::{
    Absences, Caller, CandidateSetting, InferenceConfig, ReachSetting, Silence,
};
use landfall_spatial_index::{PortIndex, PortRadiusConfig, SeaWays};
use landfall_track::{
    CapBasis, Fix, LonLat, Place, Port, PortSource, Position, ReachSpeeds, Timestamp, distance_m,
    interpolate,
};
use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;

const PORTS: &str = include_str!("../../../data/ports.csv");
const GAPS: u64 = 2_000;

fn bundled_ports() -> Vec<Port> {
    csv::Reader::from_reader(PORTS.as_bytes())
        .records()
        .filter_map(|row| {
            let row = row.ok()?;
            let place = LonLat {
                lon: row.get(4)?.parse().ok()?,
                lat: row.get(3)?.parse().ok()?,
            };
            Some(Port {
                name: row.get(0)?.to_owned(),
                locode: None,
                country: None,
                aliases: Vec::new(),
                other_codes: Vec::new(),
                place: Place::Points(vec![Position::from_degrees(place)?]),
                harbor_size: None,
                radius_m: None,
                source: PortSource::User,
                precision_m: None,
            })
        })
        .collect()
}

/// Silences of 7 to 72 hours, between places up to ten hours' sailing apart, all over the world.
fn silences(ports: &PortIndex) -> Vec<Silence> {
    let places: Vec<Position> = ports
        .ports()
        .iter()
        .filter_map(|port| match &port.place {
            Place::Points(points) => points.first().copied(),
            Place::Polygons(_) => None,
        })
        .collect();
    let mut state = 7_u64;
    let mut roll = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let begin = Timestamp::default();
    (0..GAPS)
        .map(|_| {
            let from = places[(roll() * places.len() as f64) as usize];
            let towards = places[(roll() * places.len() as f64) as usize];
            let way_m = distance_m(from, towards).max(1.0);
            let after = interpolate(from, towards, (roll() * 200_000.0 / way_m).min(1.0));
            let hours = 7.0 + roll() * roll() * 65.0;
            let fix = |position, hours: f64| Fix {
                position,
                error_m: 1_000.0,
                time: begin.shifted((hours * 3_600_000.0) as i64),
            };
            Silence {
                before: fix(from, 0.0),
                after: Some(fix(after, hours)),
                data_end: begin,
            }
        })
        .collect()
}

fn inference(criterion: &mut Criterion) {
    let ports = PortIndex::new(bundled_ports(), &PortRadiusConfig::default());
    let silences = silences(&ports);
    let config = InferenceConfig::default();
    let speeds = ReachSpeeds {
        cap_knots: config.speed_caps.cargo_knots,
        cap_basis: CapBasis::Set,
        usual_knots: Some(13.0),
    };
    let (watched, past_calls, absences) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
    let caller = Caller {
        speeds,
        past_calls: &past_calls,
        absences: Absences {
            of_all: &absences,
            own: &absences,
            longest_h: config.claim_h,
        },
    };
    let reach = ReachSetting {
        ports: &ports,
        config: &config,
    };
    let dry = CandidateSetting {
        reach,
        water: None,
        reception: None,
        watched: &watched,
    };
    let found: usize = silences
        .iter()
        .map(|silence| reach.ports(silence, speeds).len())
        .sum();
    let mut group = criterion.benchmark_group("inference");
    group.throughput(Throughput::Elements(GAPS));
    group.sample_size(10);
    group.bench_function(
        format!("ports in reach, {} a gap", found as u64 / GAPS),
        |bencher| {
            bencher.iter(|| {
                for silence in &silences {
                    black_box(reach.ports(silence, speeds));
                }
            });
        },
    );
    group.bench_function("candidates", |bencher| {
        bencher.iter(|| {
            for silence in &silences {
                black_box(dry.of_gap(&[*silence], &caller));
            }
        });
    });
    if let Ok(water) = SeaWays::bundled() {
        let wet = CandidateSetting {
            water: Some(&water),
            ..dry
        };
        group.bench_function("candidates with ways by water", |bencher| {
            bencher.iter(|| {
                for silence in &silences {
                    black_box(wet.of_gap(&[*silence], &caller));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, inference);
criterion_main!(benches);
