//! Compares the kernel's hulls with labels, by pair-counting F1.
//!
//! `cargo run --release --example segment_f1 -- FILE.csv` reads one vessel's reports with the
//! columns timestamp, lat, lon, sog, cog and `expected_segment`. Over all pairs of reports: a pair in
//! one hull and one label is a true positive, in one hull but two labels a false positive, and in
//! two hulls but one label a false negative. A report without a hull is alone in one.

use landfall_events::{Config, EventSink, Setting, VesselKernel};
use landfall_spatial_index::{PortIndex, PortRadiusConfig};
use landfall_track::{
    Flag, FlaggedReport, Gap, Hull, LonLat, Milestone, Position, PositionReport, SourceRow, Stay,
    Stop, Timestamp, Transit, Vertex,
};
use std::collections::BTreeMap;

#[derive(Default)]
struct Hulls {
    further: BTreeMap<u64, u32>,
    noise: BTreeMap<u64, Flag>,
    gaps: usize,
}

impl EventSink for Hulls {
    fn vertex(&mut self, _: Hull, _: Vertex) {}
    fn stop(&mut self, _: Hull, _: Stop) {}
    fn stay(&mut self, _: Hull, _: Stay) {}
    fn transit(&mut self, _: Hull, _: Transit) {}
    fn milestone(&mut self, _: Hull, _: Milestone) {}
    fn gap(&mut self, _: Hull, _: Gap, _: u64) {
        self.gaps += 1;
    }
    fn withdraw(&mut self, hull: Hull, flag: Flag) {
        let rows: Vec<u64> = self
            .further
            .iter()
            .filter(|(_, number)| **number == hull.number)
            .map(|(row, _)| *row)
            .collect();
        for row in rows {
            self.further.remove(&row);
            self.noise.insert(row, flag);
        }
    }
    fn join(&mut self, hull: Hull, earlier: Hull) {
        for number in self.further.values_mut() {
            if *number == hull.number {
                *number = earlier.number;
            }
        }
    }
    fn flagged(&mut self, flagged: FlaggedReport) {
        let row = flagged.report.source.row();
        if let Some(hull) = flagged.hull {
            self.further.insert(row, hull.number);
        } else {
            self.noise.insert(row, flagged.flag);
        }
    }
}

type Labelled = Vec<(PositionReport, String)>;

/// The reports of a labelled file in time order, and the number of rows without a position.
fn read(text: &str) -> Result<(Labelled, usize), Box<dyn std::error::Error>> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let column = |name: &str| header.iter().position(|field| *field == name);
    let (time, lat, lon) = (column("timestamp"), column("lat"), column("lon"));
    let (sog, cog, label) = (column("sog"), column("cog"), column("expected_segment"));
    let mut reports = Vec::new();
    let mut without_position = 0;
    for (row, line) in (1_u64..).zip(lines) {
        let fields: Vec<&str> = line.split(',').collect();
        let field = |at: Option<usize>| at.and_then(|at| fields.get(at)).copied();
        let number = |at| field(at).and_then(|text| text.parse::<f64>().ok());
        let place = number(lat)
            .zip(number(lon))
            .and_then(|(lat, lon)| Position::from_degrees(LonLat { lon, lat }));
        let Some(position) = place else {
            without_position += 1;
            continue;
        };
        let time: Timestamp = field(time).unwrap_or_default().parse()?;
        let source = SourceRow::new(0, row).ok_or("too many rows")?;
        let report = PositionReport::new(time, position, source)
            .with_speed_knots(number(sog))
            .with_course_deg(number(cog));
        reports.push((report, field(label).unwrap_or_default().to_owned()));
    }
    reports.sort_by_key(|report| report.0);
    Ok((reports, without_position))
}

/// What the kernel makes of the reports.
fn detect(reports: &[PositionReport]) -> Hulls {
    let config = Config::default();
    let ports = PortIndex::new(Vec::new(), &PortRadiusConfig::default());
    let setting = Setting {
        config: &config,
        ports: &ports,
    };
    let mut hulls = Hulls::default();
    let mut kernel = VesselKernel::default();
    for report in reports {
        kernel.push(report, &setting, &mut hulls);
    }
    let end = reports.last().map(|report| report.time).unwrap_or_default();
    kernel.finish(end, &setting, &mut hulls);
    hulls
}

#[expect(clippy::print_stdout, reason = "the example's whole output")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("usage: segment_f1 FILE.csv")?;
    let (reports, without_position) = read(&std::fs::read_to_string(&path)?)?;
    // The pipeline leaves out exact duplicates; here each takes its original's hull.
    let mut originals: Vec<PositionReport> = reports.iter().map(|report| report.0).collect();
    originals.dedup();
    let hulls = detect(&originals);

    let mut cells: BTreeMap<(i64, &str), u64> = BTreeMap::new();
    let mut predicted: BTreeMap<i64, u64> = BTreeMap::new();
    let mut labelled: BTreeMap<&str, u64> = BTreeMap::new();
    let mut original = originals.iter().peekable();
    for (report, label) in &reports {
        while original.peek().is_some_and(|next| **next != *report) {
            original.next();
        }
        let row = original.peek().map_or(0, |next| next.source.row());
        let hull = match (hulls.noise.get(&row), hulls.further.get(&row)) {
            (Some(_), _) => -1 - i64::try_from(report.source.row())?,
            (None, Some(number)) => i64::from(*number),
            (None, None) => 0,
        };
        *cells.entry((hull, label)).or_default() += 1;
        *predicted.entry(hull).or_default() += 1;
        *labelled.entry(label).or_default() += 1;
    }
    let pairs = |count: u64| (count * count.saturating_sub(1) / 2) as f64;
    let both: f64 = cells.values().copied().map(pairs).sum();
    let ours: f64 = predicted.values().copied().map(pairs).sum();
    let theirs: f64 = labelled.values().copied().map(pairs).sum();
    let spikes = hulls
        .noise
        .values()
        .filter(|flag| **flag == Flag::Spike)
        .count();
    println!("{path}: {without_position} rows without a position");
    println!(
        "{} reports, {} after exact duplicates, {} labels",
        reports.len(),
        originals.len(),
        labelled.len()
    );
    println!(
        "{} hulls, {} spikes, {} teleports, {} gaps",
        predicted.keys().filter(|hull| **hull >= 0).count(),
        spikes,
        hulls.noise.len() - spikes,
        hulls.gaps
    );
    println!(
        "precision {:.4}, recall {:.4}, F1 {:.4}",
        both / ours,
        both / theirs,
        2.0 * both / (ours + theirs)
    );
    for (hull, reports) in predicted.iter().filter(|(hull, _)| **hull >= 0) {
        let labels: Vec<String> = cells
            .iter()
            .filter(|((of, _), _)| of == hull)
            .map(|((_, label), count)| format!("{count} of {}", label.get(15..25).unwrap_or(label)))
            .collect();
        println!("  hull {hull}: {reports} reports: {}", labels.join(", "));
    }
    Ok(())
}
