//! Evidence beside positions: sightings and registers of vessels, read, checked and listed.

use crate::args::EvidenceArgs;
use crate::complain;
use crate::table::printable;
use anyhow::Result;
use landfall_ingest::{ListProblem, RegisterTable, SightingTable, UnplacedSighting};
use landfall_report::{ManifestTable, RejectedEntry};
use landfall_spatial_index::{PortIndex, PortRadiusConfig, SuggestionReason};
use landfall_track::{Port, PortIx};
use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::path::Path;

/// What was given with `--sightings` and `--vessels`.
pub(crate) struct Evidence {
    sightings: Vec<SightingTable>,
    registers: Vec<RegisterTable>,
}

/// Reads every file; rows that cannot be used, or are odd, are told.
pub(crate) fn read(args: &EvidenceArgs) -> Result<Evidence> {
    let mut evidence = Evidence {
        sightings: Vec::new(),
        registers: Vec::new(),
    };
    for path in &args.sightings {
        let table = landfall_ingest::read_sightings(path)?;
        tell(path, "not used", &table.rejected);
        tell(path, "used as it stands", &table.doubts);
        evidence.sightings.push(table);
    }
    tell_repeated(&evidence.sightings);
    for path in &args.vessels {
        let table = landfall_ingest::read_register(path)?;
        tell(path, "not used", &table.rejected);
        tell(path, "used as it stands", &table.doubts);
        evidence.registers.push(table);
    }
    Ok(evidence)
}

/// Says which ids stand in several lists: most likely a list and its corrected copy.
fn tell_repeated(tables: &[SightingTable]) {
    let mut first: BTreeMap<&str, (&Path, u64)> = BTreeMap::new();
    for table in tables {
        let mut problems = Vec::new();
        for sighting in &table.sightings {
            let here = (table.path.as_path(), sighting.row);
            let there = *first.entry(&sighting.id).or_insert(here);
            if there != here {
                problems.push(format!(
                    "row {}, column `id`, value `{}`: already the id of row {} of `{}`; of one id there is \
                     one witness",
                    sighting.row,
                    printable(&sighting.id),
                    there.1,
                    there.0.display()
                ));
            }
        }
        tell(&table.path, "used all the same", &problems);
    }
}

/// Says what is wrong with which rows of a small table, and what became of them.
pub(crate) fn tell<P: Display>(path: &Path, fate: &str, problems: &[P]) {
    const MOST: usize = 10;
    for problem in problems.iter().take(MOST) {
        complain(format_args!(
            "warning: `{}`, {problem} ({fate})",
            path.display()
        ));
    }
    if problems.len() > MOST {
        let more = problems.len() - MOST;
        complain(format_args!(
            "warning: `{}`: {more} more such rows ({fate})",
            path.display()
        ));
    }
}

/// Rows of a small table that cannot be used, as rejected.csv lists them.
pub(crate) fn entries(
    path: &Path,
    reason: &'static str,
    problems: &[ListProblem],
) -> impl Iterator<Item = RejectedEntry> {
    let file = path.display().to_string();
    problems.iter().map(move |problem| RejectedEntry {
        file: file.clone(),
        row: problem.row,
        column: problem.column.clone(),
        value: problem.value.clone(),
        reason,
        detail: problem.problem.clone(),
    })
}

impl Evidence {
    /// The rows that cannot be used.
    pub(crate) fn rejected(&self) -> impl Iterator<Item = RejectedEntry> {
        let sightings = self
            .sightings
            .iter()
            .flat_map(|table| entries(&table.path, "bad_sighting", &table.rejected));
        let registers = self
            .registers
            .iter()
            .flat_map(|table| entries(&table.path, "bad_vessel", &table.rejected));
        sightings.chain(registers)
    }

    /// What the manifest says of the files.
    pub(crate) fn origins(&self) -> Vec<ManifestTable> {
        let sightings = self.sightings.iter().map(|table| ManifestTable {
            role: "sightings".to_owned(),
            path: table.path.display().to_string(),
            format: table.format.to_owned(),
            size: Some(table.bytes),
            sha256: Some(table.sha256.clone()),
            accepted: table.sightings.len() as u64,
            rejected: table.rejected.len() as u64,
        });
        let registers = self.registers.iter().map(|table| ManifestTable {
            role: "vessels".to_owned(),
            path: table.path.display().to_string(),
            format: "csv".to_owned(),
            size: Some(table.bytes),
            sha256: table.sha256.clone(),
            accepted: table.vessels.len() as u64,
            rejected: table.rejected.len() as u64,
        });
        sightings.chain(registers).collect()
    }

    /// Puts sightings whose source only names their place where a port table says that is, and says in
    /// their source how it was found. Where no port can be meant, the sighting is told and left out.
    pub(crate) fn place(&mut self, ports: &[Port], radii: &PortRadiusConfig) {
        if self.sightings.iter().all(|table| table.unplaced.is_empty()) {
            return;
        }
        let index = PortIndex::new(ports.to_vec(), radii);
        for table in &mut self.sightings {
            let mut lost = Vec::new();
            for unplaced in std::mem::take(&mut table.unplaced) {
                let sighting = &mut table.sightings[unplaced.sighting];
                match placed(&index, &unplaced) {
                    Some((port, how)) => {
                        sighting.position = index.port(port).place.first().unwrap_or_default();
                        sighting.error_radius_m =
                            sighting.error_radius_m.max(index.enter_radius_m(port));
                        let _ = write!(sighting.source, " [placed by Landfall: {how}]");
                    }
                    None => lost.push(unplaced),
                }
            }
            let problems: Vec<ListProblem> = lost
                .iter()
                .map(|unplaced| {
                    unplaced.problem(
                        table.sightings[unplaced.sighting].row,
                        "no one port is meant; see `landfall ports find`, or give lat and lon",
                    )
                })
                .collect();
            tell(&table.path, "not used", &problems);
            table.rejected.extend(problems);
            table.rejected.sort_by_key(|problem| problem.row);
            for unplaced in lost.into_iter().rev() {
                table.sightings.remove(unplaced.sighting);
            }
        }
    }

    /// Gives the sightings and registers to the run.
    pub(crate) fn hand_over(&self, to: &mut landfall_pipeline::Evidence) {
        for table in &self.sightings {
            to.sightings.extend_from_slice(&table.sightings);
            let file = table.path.display().to_string();
            to.sighting_files
                .extend(table.sightings.iter().map(|_| file.clone()));
        }
        for table in &self.registers {
            to.register.extend_from_slice(&table.vessels);
        }
    }

    /// How many sightings and registered vessels there are.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let sightings = self.sightings.iter().map(|table| table.sightings.len());
        let registered = self.registers.iter().map(|table| table.vessels.len());
        (sightings.sum(), registered.sum())
    }
}

/// The port that a named place means, and how that was found out.
fn placed(index: &PortIndex, unplaced: &UnplacedSighting) -> Option<(PortIx, String)> {
    let UnplacedSighting { name, country, .. } = unplaced;
    let search = index.find(name, *country);
    let shown = |port: PortIx| {
        let port = index.port(port);
        match (port.locode, port.country) {
            (Some(code), _) => format!("{} ({code})", port.name),
            (None, Some(country)) => format!("{} in {country}", port.name),
            (None, None) => port.name.clone(),
        }
    };
    match search.exact(index)[..] {
        [port] => {
            let how = format!("\"{name}\" is {}, the port of that name", shown(port));
            return Some((port, how));
        }
        // Several of that name, or only something like it: nobody can say which is meant.
        [_, _, ..] => return None,
        [] if !search.matches.is_empty() => return None,
        [] => {}
    }
    let meant = search.suggestions.first()?;
    let country = country.map_or_else(String::new, |country| format!(" in {country}"));
    let mut how = format!("no port{country} is called \"{name}\"");
    if let Some(elsewhere) = search.elsewhere.first() {
        let _ = write!(how, "; {} is another", shown(elsewhere.port));
    }
    let why = match &meant.reason {
        SuggestionReason::Spelling { .. } => {
            format!("the port{country} that is spelled most like it")
        }
        SuggestionReason::Near { port, distance_m } => format!(
            "the likeliest port{country}, {:.0} km from {}",
            distance_m / 1000.0,
            shown(*port)
        ),
    };
    let _ = write!(how, "; taken for {}, {why}", shown(meant.port));
    Some((meant.port, how))
}
