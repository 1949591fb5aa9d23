//! How long reading positions takes on one thread and on two, and how much of it is for the vessels'
//! particulars: the same bytes are read once with the names of all columns, and once with names for
//! particulars that mean nothing, so that they are passed over.
//!
//! The file is made up: 200,000 rows of 3,000 vessels in the form that the Danish Maritime
//! Authority publishes, the vessels in no order, as at sea.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use landfall_ingest::{
    ParticularsSlot, PositionSink, ReadOptions, ReadProgress, VesselBook, VesselSlot, read_all,
};
use landfall_track::{PositionReport, RejectedRow};
use std::fmt::Write as _;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::path::Path;

const ROWS: u32 = 200_000;
const VESSELS: u32 = 3_000;

/// Which columns have a name that is known.
#[derive(Clone, Copy)]
enum Columns {
    All,
    /// Only those that a report is made of.
    Report,
}

fn table(columns: Columns) -> String {
    let of_report = "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,\
                     SOG,COG,Heading";
    let of_vessel = match columns {
        Columns::All => {
            "IMO,Callsign,Name,Ship type,Cargo type,Width,Length,Type of position fixing device,\
             Draught,Destination,ETA,Data source type,A,B,C,D"
        }
        Columns::Report => "x1,x2,x3,x4,x5,x6,x7,x8,x9,x10,x11,x12,x13,x14,x15,x16",
    };
    let mut text = format!("{of_report},{of_vessel}\n");
    for row in 0..ROWS {
        // A vessel in no order, and values that differ from row to row.
        let mixed = row.wrapping_mul(2_654_435_761) >> 7;
        let vessel = mixed % VESSELS;
        let second = row * 86_400 / ROWS;
        let line = writeln!(
            text,
            "31/12/2023 {:02}:{:02}:{:02},Class A,{},{}.{:06},{}.{:06},Under way using engine,0.0,\
             {}.{},{}.{},{},{},OX{vessel:04},SHIP NUMBER {vessel},Cargo,,{},{},GPS,{}.5,GOTEBORG,\
             31/12/2023 10:00:00,AIS,{},20,6,6",
            second / 3600,
            second / 60 % 60,
            second % 60,
            219_000_000 + vessel,
            54 + vessel % 5,
            mixed % 999_983,
            8 + vessel % 9,
            mixed % 999_979,
            mixed % 20,
            mixed % 10,
            mixed % 360,
            mixed % 7,
            mixed % 360,
            9_000_000 + vessel,
            8 + vessel % 30,
            60 + vessel % 300,
            3 + vessel % 9,
            40 + vessel % 300,
        );
        black_box(line.is_ok());
    }
    text
}

/// Takes rows and does nothing with them.
struct Nothing;

impl PositionSink for Nothing {
    fn accept(&mut self, vessel: VesselSlot, sent: ParticularsSlot, report: PositionReport) {
        black_box((vessel, sent, report));
    }

    fn reject(&mut self, row: RejectedRow) {
        black_box(row);
    }
}

fn read(path: &Path, threads: NonZeroUsize) -> u64 {
    let files = read_all(
        &[path.to_owned()],
        0,
        &ReadOptions::default(),
        threads,
        &mut VesselBook::new(),
        &mut Nothing,
        &ReadProgress::default(),
    );
    files.iter().map(|file| file.accepted).sum()
}

fn parse(criterion: &mut Criterion) {
    let Ok(folder) = tempfile::tempdir() else {
        return;
    };
    let mut group = criterion.benchmark_group("parse");
    group.sample_size(20);
    for (name, columns) in [
        ("with particulars", Columns::All),
        ("particulars passed over", Columns::Report),
    ] {
        let path = folder.path().join(name).with_extension("csv");
        if std::fs::write(&path, table(columns)).is_err() {
            return;
        }
        group.throughput(Throughput::Elements(ROWS.into()));
        for threads in (1..=2).filter_map(NonZeroUsize::new) {
            assert_eq!(read(&path, threads), u64::from(ROWS));
            let name = format!("{name}, {threads} threads");
            group.bench_function(name, |bencher| bencher.iter(|| read(&path, threads)));
        }
    }
    group.finish();
}

criterion_group!(benches, parse);
criterion_main!(benches);
