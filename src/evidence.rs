//! Evidence beside positions: sightings and registers of vessels, read, checked and listed.

use crate::args::EvidenceArgs;
use crate::complain;
use crate::table::{Align, Table};
use anyhow::Result;
use landfall_ingest::{RegisterTable, SightingTable};
use landfall_report::ManifestTable;
use landfall_track::{RegisteredVessel, Sighting, SightingOutcome};
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
    for path in &args.vessels {
        let table = landfall_ingest::read_register(path)?;
        tell(path, "not used", &table.rejected);
        tell(path, "used as it stands", &table.doubts);
        evidence.registers.push(table);
    }
    Ok(evidence)
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

impl Evidence {
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

    /// Lists every sighting and every registered vessel.
    pub(crate) fn describe(&self, text: &mut String) {
        let count: usize = self
            .sightings
            .iter()
            .map(|table| table.sightings.len())
            .sum();
        if count > 0 {
            let mut lines = Table::new(&[Align::Left; 5]);
            for sighting in self.sightings.iter().flat_map(|table| &table.sightings) {
                lines.row(sighting_line(sighting));
            }
            let _ = write!(
                text,
                "\nSightings: {count}, read and checked; nothing is inferred from them yet\n{}",
                lines.indented("  ")
            );
        }
        let count: usize = self.registers.iter().map(|table| table.vessels.len()).sum();
        if count > 0 {
            let mut lines = Table::new(&[Align::Left; 5]);
            for vessel in self.registers.iter().flat_map(|table| &table.vessels) {
                lines.row(vessel_line(vessel));
            }
            let _ = write!(
                text,
                "\nRegistered vessels: {count}, read and checked\n{}",
                lines.indented("  ")
            );
        }
    }
}

fn sighting_line(sighting: &Sighting) -> [String; 5] {
    let place = sighting.position.degrees();
    let claim = &sighting.claim;
    let claimed = claim
        .name
        .clone()
        .or_else(|| claim.imo.map(|imo| format!("IMO {imo}")))
        .or_else(|| claim.mmsi.map(|mmsi| format!("MMSI {mmsi}")))
        .unwrap_or_else(|| "unnamed vessel".to_owned());
    let outcome = match sighting.outcome {
        SightingOutcome::Seen => claimed,
        SightingOutcome::NotThere => format!("{claimed} not there"),
        SightingOutcome::NoVessel => "no vessel there".to_owned(),
    };
    let time = if sighting.from == sighting.to {
        sighting.from.to_string()
    } else {
        format!("{} to {}", sighting.from, sighting.to)
    };
    [
        sighting.id.clone(),
        time,
        format!("{:.4} {:.4}", place.lat, place.lon),
        outcome,
        sighting.sensor.clone().unwrap_or_default(),
    ]
}

fn vessel_line(vessel: &RegisteredVessel) -> [String; 5] {
    [
        vessel.name.clone(),
        vessel
            .imo
            .map(|imo| format!("IMO {imo}"))
            .unwrap_or_default(),
        vessel
            .mmsi
            .map(|mmsi| format!("MMSI {mmsi}"))
            .unwrap_or_default(),
        vessel.call_sign.clone().unwrap_or_default(),
        vessel.aliases.join(", "),
    ]
}
