//! `landfall verify`: are the inputs what they were, and does the run give the same bytes again?

use crate::args::{Cli, Command, RunArgs, VerifyArgs};
use crate::explain::page::Page;
use crate::explain::result::{RecordedFile, RecordedRun, RunResult};
use crate::explain::sources::unchanged;
use crate::table::printable;
use crate::{Outcome, run};
use anyhow::{Context, Result, bail};
use clap::Parser;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

const MANIFEST: &str = "manifest.json";
/// What of a manifest may differ between two runs that are the same: how they were typed, as the
/// folder stands there, and the version, of which more is said.
const MAY_DIFFER: [&str; 2] = ["arguments", "version"];
/// Characters of a line that are shown where files differ.
const EXCERPT: usize = 60;
/// Digits of a hash that are shown where it is the one it should be.
const SHORT_HASH: usize = 16;

pub(crate) fn verify(args: &VerifyArgs) -> Result<Outcome> {
    let result = RunResult::open(&args.folder)?;
    let inputs_then = &result.manifest.inputs;
    if (inputs_then.iter()).any(|input| landfall_ingest::is_of_standard_input(&input.path)) {
        bail!(
            "the run read standard input, which cannot be read again, so that it cannot be verified: \
             save what was fed to it to a file (its SHA-256 is in the manifest), and run that"
        );
    }
    let rerun = arguments(&result)?;
    let mut page = Page::default();
    let inputs = inputs(&mut page, &result);
    version(&mut page, &result);
    print(page)?;
    if inputs == Inputs::Missing {
        bail!("without its inputs the run cannot be done again");
    }
    let again = Again::run(&result.folder, rerun)?;
    let mut page = Page::default();
    let differences = outputs(&mut page, &result, &again.result())?;
    page.blank();
    page.line(match (inputs, differences) {
        (Inputs::Same, 0) => "Verified: the same inputs give the same outputs.",
        (Inputs::Same, _) => "Not verified: the inputs are the same, and the outputs differ.",
        (_, 0) => "Not verified: inputs have changed, though the outputs are the same.",
        (_, _) => "Not verified: inputs have changed, and the outputs differ.",
    });
    print(page)?;
    Ok(if inputs == Inputs::Same && differences == 0 {
        Outcome::Done
    } else {
        Outcome::Lacking
    })
}

fn print(page: Page) -> std::io::Result<()> {
    std::io::stdout().lock().write_all(page.finish().as_bytes())
}

/// The command line of the run, as the manifest has it.
fn arguments(result: &RunResult) -> Result<RunArgs> {
    let manifest = &result.manifest;
    let folder = result.folder.display();
    if manifest.arguments.is_empty() {
        bail!(
            "the manifest in `{folder}` does not say how the run was typed, as those of older \
             versions do not: do the run again, and verify that"
        );
    }
    let typed = std::iter::once("landfall").chain(manifest.arguments.iter().map(String::as_str));
    match Cli::try_parse_from(typed).map(|cli| cli.command) {
        Ok(Command::Run(args)) => Ok(at_once(*args, manifest)),
        Ok(_) => bail!("what the manifest in `{folder}` says was typed is no run"),
        Err(error) => bail!(
            "this version (landfall {}) does not take the command line of the run, which was done with \
             landfall {}: {}",
            env!("CARGO_PKG_VERSION"),
            manifest.version,
            error
                .render()
                .to_string()
                .lines()
                .next()
                .unwrap_or_default()
        ),
    }
}

/// A run that went on from a state, as one that is given all its files at once.
fn at_once(mut args: RunArgs, manifest: &RecordedRun) -> RunArgs {
    if args.state.take().is_some() {
        args.again = false;
        args.read.inputs = manifest
            .inputs
            .iter()
            .map(|input| {
                // A member of an archive is listed as `a.zip!b.csv`.
                let archive = input.path.split_once('!').map(|(archive, _)| archive);
                let is_member = archive.is_some() && !Path::new(&input.path).exists();
                PathBuf::from(archive.filter(|_| is_member).unwrap_or(&input.path))
            })
            .collect();
        args.read.inputs.dedup();
    }
    args
}

/// How the inputs are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Inputs {
    Same,
    Changed,
    Missing,
}

/// Compares every input's and table's SHA-256 with the manifest's.
fn inputs(page: &mut Page, result: &RunResult) -> Inputs {
    let manifest = &result.manifest;
    let mut worst = Inputs::Same;
    let mut told: BTreeSet<&str> = BTreeSet::new();
    page.line("Inputs");
    for file in manifest.inputs.iter().chain(&manifest.tables) {
        // What was bundled with the program, or never read, has no hash.
        let (Some(_), true) = (&file.sha256, told.insert(&file.path)) else {
            continue;
        };
        match unchanged(file) {
            Ok(sha256) => {
                let short = sha256.get(..SHORT_HASH).unwrap_or_default();
                page.fact("same", format!("{} (SHA-256 {short}…)", file.path));
            }
            Err(error) => {
                let state = state_of(file);
                page.fact(
                    if state == Inputs::Missing {
                        "missing"
                    } else {
                        "changed"
                    },
                    format!("{error:#}"),
                );
                worst = worst.max(state);
            }
        }
    }
    worst
}

fn state_of(file: &RecordedFile) -> Inputs {
    if landfall_ingest::sha256_of_input(&file.path).is_ok() {
        Inputs::Changed
    } else {
        Inputs::Missing
    }
}

fn version(page: &mut Page, result: &RunResult) {
    let version = env!("CARGO_PKG_VERSION");
    if result.manifest.version != version {
        page.say(&format!(
            "The run was done with landfall {}; this is landfall {version}, which may well write \
             something else.",
            result.manifest.version
        ));
    }
}

/// The run done again, in a folder that is removed when this is dropped.
struct Again {
    holder: PathBuf,
}

impl Again {
    /// Does the run again, hidden beside the folder.
    fn run(folder: &Path, mut args: RunArgs) -> Result<Self> {
        let full = std::path::absolute(folder)?;
        let beside = full.parent().context("a result lies in a folder")?;
        let name = full.file_name().unwrap_or_default().to_string_lossy();
        let holder = beside.join(format!(".{name}.verify-{}", std::process::id()));
        std::fs::create_dir(&holder)
            .with_context(|| format!("cannot make the folder `{}`", holder.display()))?;
        let again = Self { holder };
        args.out = again.result();
        args.read.quiet = true;
        run::run(&args).context("the run cannot be done again")?;
        if !args.out.join(MANIFEST).is_file() {
            bail!("the run, done again, wrote nothing: no input has a row to work with");
        }
        Ok(again)
    }

    fn result(&self) -> PathBuf {
        self.holder.join("again")
    }
}

impl Drop for Again {
    fn drop(&mut self) {
        // What cannot be removed is hidden, and says by its name what it is.
        let _ = std::fs::remove_dir_all(&self.holder);
    }
}

/// Compares every output with the run done again, and says how many differ.
fn outputs(page: &mut Page, result: &RunResult, again: &Path) -> Result<usize> {
    let repeated = RunResult::open(again)?;
    let names = |run: &RunResult| -> BTreeSet<String> {
        let outputs = run.manifest.outputs.iter();
        outputs
            .map(|output| output.name.clone())
            .filter(|name| !name.contains(['/', '\\']))
            .collect()
    };
    let (then, now) = (names(result), names(&repeated));
    page.part("Outputs, by doing the run again");
    let mut same = 0;
    let mut differences = 0;
    let mut differ = |page: &mut Page, name: &str, how: String| {
        differences += 1;
        page.fact("differs", format!("{name}: {how}"));
    };
    for name in then.union(&now) {
        let (old, new) = (result.folder.join(name), again.join(name));
        if !now.contains(name) {
            differ(page, name, "it is not written any more".to_owned());
        } else if !then.contains(name) {
            differ(page, name, "it was not written then".to_owned());
        } else if !old.is_file() {
            differ(page, name, "it is missing".to_owned());
        } else if let Some(difference) = first_difference(&old, &new)? {
            differ(page, name, difference);
        } else {
            same += 1;
        }
    }
    let parts = manifest_difference(&result.folder.join(MANIFEST), &again.join(MANIFEST))?;
    if parts.is_empty() {
        same += 1;
    } else {
        differ(page, MANIFEST, format!("in {}", parts.join(", ")));
    }
    if differences == 0 {
        page.say(&format!("same, byte for byte: {same} files"));
    } else {
        page.fact("same", format!("{same} files, byte for byte"));
    }
    Ok(differences)
}

/// The members in which two manifests differ, but for those that may.
fn manifest_difference(then: &Path, now: &Path) -> Result<Vec<String>> {
    let read = |path: &Path| -> Result<Map<String, Value>> {
        let bytes =
            std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        Ok(serde_json::from_slice(&bytes)?)
    };
    let (then, now) = (read(then)?, read(now)?);
    let members: BTreeSet<&String> = then.keys().chain(now.keys()).collect();
    Ok(members
        .into_iter()
        .filter(|member| !MAY_DIFFER.contains(&member.as_str()))
        .filter(|member| then.get(*member) != now.get(*member))
        .map(|member| format!("`{}`", printable(member)))
        .collect())
}

/// Where two files first differ, with what stands there; `None` if they do not.
fn first_difference(then: &Path, now: &Path) -> Result<Option<String>> {
    let mut old = Lines::open(then)?;
    let mut new = Lines::open(now)?;
    let mut line = 0_u64;
    loop {
        line += 1;
        let at = match (old.next()?, new.next()?) {
            (false, false) => return Ok(None),
            (true, true) => {
                let Some(at) = differs_at(&old.piece, &new.piece) else {
                    // A line longer than what is read at a time goes on in the next piece.
                    line -= u64::from(!old.piece.ends_with(b"\n"));
                    continue;
                };
                at
            }
            _ => 0,
        };
        return Ok(Some(format!(
            "first in line {line}: {} was there, {} is there now",
            excerpt(&old.piece, at),
            excerpt(&new.piece, at)
        )));
    }
}

/// The first place at which two pieces differ.
fn differs_at(one: &[u8], other: &[u8]) -> Option<usize> {
    if one == other {
        return None;
    }
    let common = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    Some(common)
}

/// What stands in a piece around a place, in quotes.
fn excerpt(piece: &[u8], at: usize) -> String {
    if piece.is_empty() {
        return "nothing".to_owned();
    }
    let start = at.saturating_sub(EXCERPT / 2);
    let end = piece.len().min(start + EXCERPT);
    let text = String::from_utf8_lossy(&piece[start..end]);
    let before = if start > 0 { "…" } else { "" };
    let after = if end < piece.len() { "…" } else { "" };
    format!(
        "`{before}{}{after}`",
        printable(text.trim_end_matches('\n'))
    )
}

/// A file line by line; one that is very long in pieces.
struct Lines {
    path: PathBuf,
    file: BufReader<File>,
    piece: Vec<u8>,
}

impl Lines {
    /// The longest piece of a line that is held.
    const PIECE: u64 = 1 << 20;

    fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        Ok(Self {
            path: path.to_owned(),
            file: BufReader::with_capacity(1 << 16, file),
            piece: Vec::new(),
        })
    }

    /// Reads on; false at the end.
    fn next(&mut self) -> Result<bool> {
        use std::io::BufRead;
        self.piece.clear();
        let mut limited = (&mut self.file).take(Self::PIECE);
        limited
            .read_until(b'\n', &mut self.piece)
            .with_context(|| format!("cannot read `{}`", self.path.display()))?;
        Ok(!self.piece.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

    fn difference(one: &[u8], other: &[u8]) -> Option<String> {
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(format!("{name}{number}"));
            std::fs::write(&path, bytes).unwrap();
            path
        };
        first_difference(&write("a", one), &write("b", other)).unwrap()
    }

    #[test]
    fn the_first_difference_is_named_by_its_line() {
        assert_eq!(difference(b"", b""), None);
        assert_eq!(difference(b"a\nb\n", b"a\nb\n"), None);
        assert_eq!(
            difference(b"a\nb\x1b\n", b"a\nc\n").unwrap(),
            "first in line 2: `b\\u{1b}` was there, `c` is there now"
        );
        assert_eq!(
            difference(b"a\n", b"a\nc").unwrap(),
            "first in line 2: nothing was there, `c` is there now"
        );
        assert_eq!(
            difference(b"a\nb", b"a\nb\n").unwrap(),
            "first in line 2: `b` was there, `b` is there now"
        );
    }

    #[test]
    fn a_long_line_is_compared_to_its_end_and_counted_once() {
        let long = vec![b'x'; 3 << 20];
        let one = [b"head\n", long.as_slice(), b"y\ntail\n"].concat();
        let other = [b"head\n", long.as_slice(), b"z\ntail\n"].concat();
        let said = difference(&one, &other).unwrap();
        assert_eq!(said, "first in line 2: `y` was there, `z` is there now");
        let third = [b"head\n", long.as_slice(), b"y\ntale\n"].concat();
        assert!(
            difference(&one, &third)
                .unwrap()
                .starts_with("first in line 3: `tail`")
        );
        assert_eq!(difference(&one, &one), None);
    }
}
