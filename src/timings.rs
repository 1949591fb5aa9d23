//! Where the time of a run went.

use crate::complain;
use crate::table::{Align, Table};
use landfall_ingest::{StageTime, process_cpu};
use landfall_pipeline::RunProgress;
use std::time::Duration;

/// A stage with its name.
type Stage<'a> = (&'static str, &'a StageTime);

/// Prints on stderr how long each phase lasted, and what its stages took of the processor.
pub(crate) fn print(progress: &RunProgress, all: Duration) {
    let (read, run) = (&progress.read.times, &progress.times);
    let mut table = Table::new(&[Align::Left, Align::Right, Align::Right]);
    let mut row = |name: &str, cpu: Option<Duration>, wall: Option<Duration>| {
        let [cpu, wall] = [cpu, wall].map(|time| time.map(seconds).unwrap_or_default());
        table.row([name.to_owned(), cpu, wall]);
    };
    let phases: [(&str, &StageTime, &[Stage<'_>]); 4] = [
        (
            "reading",
            &run.reading,
            &[
                ("  read, hash, unpack", &read.read),
                ("  split and decode", &read.parse),
                ("  gather by vessel", &read.deliver),
            ],
        ),
        (
            "detection",
            &run.detection,
            &[("  rows to events", &run.detect), ("  write", &run.write)],
        ),
        (
            "inference",
            &run.inference,
            &[("  what gaps may hold", &run.infer), ("  write", &run.tell)],
        ),
        ("finishing", &run.finishing, &[]),
    ];
    for (name, phase, stages) in phases {
        // What a phase takes of the processor, threads do in its stages.
        row(name, None, Some(phase.wall()));
        for (name, stage) in stages {
            row(name, stage.cpu(), None);
        }
    }
    row("all", process_cpu(), Some(all));
    let head = format!("{:>28} {:>8}", "CPU s", "wall s");
    complain(format_args!("{head}\n{}", table.indented("").trim_end()));
}

fn seconds(time: Duration) -> String {
    format!("{:8.2}", time.as_secs_f64())
}
