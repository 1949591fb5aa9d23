//! `landfall run`: the main job.

use crate::args::RunArgs;
use crate::{
    Outcome, case, complain, dark, evidence, plan, progress, restricted, summary, timings,
};
use anyhow::Result;
use landfall_ingest::IngestError;
use landfall_pipeline::{Plan, RunProgress, RunSummary};
use landfall_report::Format;
use std::path::Path;
use std::time::Instant;

pub(crate) fn run(args: &RunArgs) -> Result<Outcome> {
    let mut args = args.clone();
    let case = case::apply(&mut args)?;
    let mut evidence = evidence::read(&args.evidence)?;
    let mut plan = plan::plan(&args)?;
    plan.arguments = std::env::args().skip(1).collect();
    evidence.place(&plan.ports, &plan.config.port_radius);
    plan.tables.extend(case);
    plan.tables.extend(evidence.origins());
    plan.rejected.extend(evidence.rejected());
    evidence.hand_over(&mut plan.evidence);
    keep_temporary_files(&plan);
    let running = RunProgress::default();
    let started = Instant::now();
    let summary = progress::shown(&running, args.read.quiet, || {
        landfall_pipeline::run(&plan, &running)
    })?;
    if args.timings {
        timings::print(&running, started.elapsed());
    }
    tell_problems(&plan, &summary, args.read.quiet);
    if !args.read.quiet {
        summary::print(&plan, &summary, &evidence)?;
    }
    Ok(outcome(&summary))
}

/// The library of `FlatGeobuf` asks for its temporary files where the system has them: this makes it ask for them
/// where the run's own are.
fn keep_temporary_files(plan: &Plan) {
    let beside = plan.out.parent().map(|folder| match folder {
        here if here.as_os_str().is_empty() => Path::new("."),
        folder => folder,
    });
    let beside = beside.filter(|folder| folder.is_dir());
    if let Some(folder) = plan.temp.as_deref().or(beside)
        && plan.formats.contains(&Format::FlatGeobuf)
    {
        // It is set once, since a command runs once.
        let _ = tempfile::env::override_temp_dir(folder);
    }
}

/// What was wrong with the inputs, file by file, and what was asked for and is not there.
fn tell_problems(plan: &Plan, summary: &RunSummary, is_quiet: bool) {
    for source in &summary.sources {
        if let Some(problem) = source.problem_text() {
            complain(format_args!("warning: {problem}"));
        }
    }
    // Else the summary has it.
    if is_quiet
        && let Some(finished) = &summary.finished
        && let Some(line) = summary::quality_line(&finished.data_quality)
    {
        complain(format_args!("warning: {line}"));
    }
    for missing in restricted::missing(plan, summary) {
        complain(format_args!("warning: {missing}"));
    }
    for missing in dark::missing(&summary.inferred) {
        complain(format_args!("warning: {missing}"));
    }
}

/// A run fails if there was nothing to use, or if a file broke off; its outputs are there all the
/// same, as far as there was anything to write.
fn outcome(summary: &RunSummary) -> Outcome {
    let was_fed = summary.before.is_some() && summary.sources.is_empty();
    let nothing = summary.total().accepted == 0 && !was_fed;
    let broken = |problem: &IngestError| matches!(problem, IngestError::BrokenOff { .. });
    let broken_off = summary
        .sources
        .iter()
        .any(|source| source.problem.as_ref().is_some_and(broken));
    if nothing || broken_off {
        Outcome::Lacking
    } else {
        Outcome::Done
    }
}
