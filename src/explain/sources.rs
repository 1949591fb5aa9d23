//! Source rows are read again from the inputs, once it is sure that these are still what the run
//! read.

use super::page::Page;
use super::properties::{Properties, RowName};
use super::result::{RecordedFile, RunResult};
use crate::args::{Cli, Command};
use crate::plan;
use anyhow::{Context, Result, bail};
use clap::Parser;
use landfall_ingest::{IngestError, RawRow, ReadOptions};
use std::path::Path;

/// A row that is to be shown, and what it is to the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) row: RowName,
    pub(super) what: String,
}

/// A report of a feature: its time by a property, and its row by the end of `source`.
pub(super) fn report(it: &Properties<'_>, time: &str, end: &str) -> String {
    let time = it.text(time).unwrap_or("at an unknown time");
    match it.source(end) {
        Some(row) => format!("{time} (row {} of {})", row.row, row.file),
        None => time.to_owned(),
    }
}

/// Shows rows, in the order in which they are wanted, each once.
///
/// # Errors
/// If an input is missing or has changed since the run, or a row is not there.
pub(super) fn rows(page: &mut Page, result: &RunResult, wanted: &[Wanted]) -> Result<()> {
    let mut files: Vec<&str> = Vec::new();
    for wanted in wanted {
        if !files.contains(&wanted.row.file.as_str()) {
            files.push(&wanted.row.file);
        }
    }
    if files.is_empty() {
        return Ok(());
    }
    page.part("Source rows, read again");
    for file in files {
        let manifest = &result.manifest;
        let input = manifest.inputs.iter().find(|input| input.path == file);
        let table = || manifest.tables.iter().find(|table| table.path == file);
        let recorded = input
            .or_else(table)
            .with_context(|| format!("`{file}` is none of the inputs that the manifest lists"))?;
        if landfall_ingest::is_of_standard_input(file) && input.is_some() {
            page.blank();
            page.say(
                "Standard input: it was read once and cannot be read again, so that its rows cannot be \
                 shown.",
            );
            for wanted in wanted.iter().filter(|wanted| wanted.row.file == file) {
                page.say(&format!("Row {}: {}", wanted.row.row, wanted.what));
            }
            continue;
        }
        let sha256 = unchanged(recorded)?;
        page.blank();
        page.say(file);
        page.say(&format!("SHA-256 {sha256} as at the run"));
        let of_file: Vec<&Wanted> = wanted
            .iter()
            .filter(|wanted| wanted.row.file == file)
            .collect();
        let mut numbers: Vec<u64> = of_file.iter().map(|wanted| wanted.row.row).collect();
        let raw = if input.is_some() {
            landfall_ingest::read_rows(file, &numbers, &read_options(result)?)?
        } else {
            landfall_ingest::read_list_rows(Path::new(file), &numbers)?
        };
        numbers.dedup();
        let mut seen = Vec::new();
        for number in numbers {
            if seen.contains(&number) {
                continue;
            }
            seen.push(number);
            let what: Vec<&str> = of_file
                .iter()
                .filter(|wanted| wanted.row.row == number)
                .map(|wanted| wanted.what.as_str())
                .collect();
            let Some(row) = raw.iter().find(|row| row.row == number) else {
                bail!("`{file}` has no row {number}: the result is not of this input");
            };
            show(page, row, &what.join("; "));
        }
    }
    Ok(())
}

fn show(page: &mut Page, row: &RawRow, what: &str) {
    page.blank();
    page.say(&format!("Row {}: {what}", row.row));
    let filled = row.cells.iter().filter(|cell| !cell.text.trim().is_empty());
    for cell in filled {
        page.fact(&format!("  {}", cell.column), &cell.text);
    }
    if let Some(line) = &row.line {
        page.say("The line as it stands:");
        page.verbatim(line);
    }
}

/// An input's SHA-256, if it is what it was at the run.
pub(crate) fn unchanged(recorded: &RecordedFile) -> Result<String> {
    let Some(expected) = &recorded.sha256 else {
        bail!(
            "`{}` could not be read whole at the run, so that nobody can tell whether it has changed{}",
            recorded.path,
            recorded
                .problem
                .as_ref()
                .map(|problem| format!(": {problem}"))
                .unwrap_or_default()
        );
    };
    let found = landfall_ingest::sha256_of_input(&recorded.path).map_err(|error| {
        if matches!(error, IngestError::NotFound { .. }) {
            anyhow::anyhow!(
                "`{}` is not there: inputs are looked for by the paths given at the run, from the \
                 folder you are in; go to the folder in which the run was done",
                recorded.path
            )
        } else {
            error.into()
        }
    })?;
    if found != *expected {
        bail!(
            "`{}` has changed since the run: its SHA-256 was {expected} and is {found}; do the run \
             again, or bring the old file back",
            recorded.path
        );
    }
    Ok(found)
}

/// How the run was told to read positions.
fn read_options(result: &RunResult) -> Result<ReadOptions> {
    let typed =
        std::iter::once("landfall").chain(result.manifest.arguments.iter().map(String::as_str));
    match Cli::try_parse_from(typed).map(|cli| cli.command) {
        Ok(Command::Run(args)) => plan::read_options(&args.read),
        _ => Ok(ReadOptions::default()),
    }
}
