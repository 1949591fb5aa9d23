//! The `landfall` command: arguments, configuration, progress, exit codes. Only the command prints.

mod args;
mod case;
mod dark;
mod evidence;
mod explain;
mod inspect;
mod plan;
mod ports;
mod progress;
mod restricted;
mod run;
mod standings;
mod summary;
mod table;
mod timings;
mod verify;

use clap::Parser;
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    match args::Cli::parse().command {
        args::Command::Run(args) => conclude(run::run(&args)),
        args::Command::Inspect(args) => conclude(inspect::inspect(&args)),
        args::Command::Explain(args) => conclude(explain::explain(&args)),
        args::Command::Verify(args) => conclude(verify::verify(&args)),
        args::Command::Ports(command) => conclude(ports::ports(&command)),
        args::Command::Config => conclude(plan::print_config()),
    }
}

/// How a command that came to its end went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// As asked.
    Done,
    /// Outputs are written, but something was missing or unusable; what, has been said.
    Lacking,
}

fn conclude(result: anyhow::Result<Outcome>) -> ExitCode {
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Lacking) => ExitCode::FAILURE,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(format_args!("error: {error:#}"));
            ExitCode::from(if error.is::<plan::BadArgument>() {
                2
            } else {
                1
            })
        }
    }
}

/// A reader that has seen enough, such as `head`, is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// Says something on stderr; where even that fails there is nobody left to tell.
fn complain(message: std::fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{message}");
}
