//! A case file names what belongs together: positions, sightings, registers, ports of interest,
//! dossiers. Its paths are relative to its own folder.

use crate::args::RunArgs;
use anyhow::{Context, Result};
use landfall_report::ManifestTable;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The name by which a case file beside its inputs is found.
const FILE_NAME: &str = "case.toml";

/// What a case file says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    /// Files of positions.
    inputs: Vec<PathBuf>,
    #[serde(default)]
    sightings: Vec<PathBuf>,
    #[serde(default)]
    vessels: Vec<PathBuf>,
    #[serde(default)]
    add_ports: Vec<PathBuf>,
    /// Names or codes.
    #[serde(default)]
    watch_ports: Vec<String>,
    /// Names, IMO numbers or MMSIs.
    #[serde(default)]
    dossiers: Vec<String>,
}

/// Puts into the arguments what the case says to which they belong, if there is one, and tells where
/// it stands: a case file given as the only input, or one beside the inputs that lists just them,
/// unless other evidence is asked for.
pub(crate) fn apply(args: &mut RunArgs) -> Result<Option<ManifestTable>> {
    let Some((path, is_named)) = find(args) else {
        return Ok(None);
    };
    let bytes = std::fs::read(&path)
        .with_context(|| format!("cannot read the case `{}`", path.display()))?;
    let text = std::str::from_utf8(&bytes)
        .with_context(|| format!("the case `{}` is not UTF-8", path.display()))?;
    let case: CaseFile = toml::from_str(text).with_context(|| {
        format!(
            "the case `{}` is not right: expected inputs, sightings, vessels, add_ports, \
             watch_ports, dossiers",
            path.display()
        )
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let here = |paths: &[PathBuf]| -> Vec<PathBuf> {
        paths.iter().map(|path| folder.join(path)).collect()
    };
    let inputs = here(&case.inputs);
    if is_named {
        args.read.inputs = inputs;
    } else if inputs != args.read.inputs {
        return Ok(None);
    }
    args.evidence.sightings.extend(here(&case.sightings));
    args.evidence.vessels.extend(here(&case.vessels));
    args.ports.add_ports.extend(here(&case.add_ports));
    args.evidence.watch_ports.extend(case.watch_ports);
    args.evidence.dossier.extend(case.dossiers);
    Ok(Some(ManifestTable {
        role: "case".to_owned(),
        path: path.display().to_string(),
        format: "toml".to_owned(),
        size: Some(bytes.len() as u64),
        sha256: Some(landfall_ingest::sha256_of_bytes(&bytes)),
        accepted: 1,
        rejected: 0,
    }))
}

/// The case file that may be meant, and whether it was given as such.
fn find(args: &RunArgs) -> Option<(PathBuf, bool)> {
    let [input] = args.read.inputs.as_slice() else {
        return None;
    };
    if input.extension().is_some_and(|kind| kind == "toml") {
        return Some((input.clone(), true));
    }
    let evidence = &args.evidence;
    let asks_for_other = evidence.no_case
        || !evidence.sightings.is_empty()
        || !evidence.vessels.is_empty()
        || !evidence.watch_ports.is_empty();
    let beside = input.with_file_name(FILE_NAME);
    (!asks_for_other && beside.is_file()).then_some((beside, false))
}
