//! The whole run: the bundled case read, detected and written, as the command does it.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use landfall_ingest::{ReadOptions, bundled_ports};
use landfall_pipeline::{Config, DrawnReach, Evidence, Plan, Restriction, RunProgress, run};
use landfall_report::Format;
use std::path::Path;

fn whole_run(criterion: &mut Criterion) {
    let positions = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../data/najin-vostochny/positions.csv")
        .canonicalize()
        .expect("the bundled case is in the tree");
    let bytes = positions
        .metadata()
        .expect("the bundled case can be read")
        .len();
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let plan = Plan {
        inputs: vec![positions],
        read: ReadOptions::default(),
        ports: bundled_ports().ports,
        places: Vec::new(),
        tables: Vec::new(),
        rejected: Vec::new(),
        restriction: Restriction::default(),
        config: Config::default(),
        evidence: Evidence::default(),
        dossiers: Vec::new(),
        reach: DrawnReach::None,
        closed_passages: Vec::new(),
        arguments: Vec::new(),
        out: folder.path().join("out"),
        formats: vec![Format::GeoJson],
        trips: false,
        plot: false,
        map: None,
        threads: None,
        memory: None,
        state: None,
        again: false,
        temp: None,
    };
    let mut group = criterion.benchmark_group("whole run");
    group.throughput(Throughput::Bytes(bytes));
    group.sample_size(20);
    group.bench_function("bundled case", |bencher| {
        bencher.iter(|| run(&plan, &RunProgress::default()).expect("the case runs"));
    });
    group.finish();
}

criterion_group!(benches, whole_run);
criterion_main!(benches);
