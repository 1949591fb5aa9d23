//! The rows of vessels.csv, flagged.csv and rejected.csv.

use crate::table::Table;
use crate::{ReportError, VesselSpan, hull_id};
use landfall_track::{FlaggedReport, Identity, Imo, Particulars, RejectedRow, Vessel, VesselId};

/// Columns of vessels.csv.
pub(crate) const VESSEL_COLUMNS: [&str; 17] = [
    "vessel_id",
    "mmsi",
    "mmsi_class",
    "imo",
    "imo_valid",
    "name",
    "call_sign",
    "ship_type",
    "length_m",
    "width_m",
    "draught_m",
    "destination",
    "first",
    "last",
    "reports",
    "continues",
    "continued_as",
];

/// Columns of flagged.csv.
pub(crate) const FLAGGED_COLUMNS: [&str; 8] = [
    "vessel_id",
    "file",
    "row",
    "time",
    "lat",
    "lon",
    "flag",
    "hull",
];

/// Columns of rejected.csv.
pub(crate) const REJECTED_COLUMNS: [&str; 6] =
    ["file", "row", "column", "value", "reason", "detail"];

/// A row of a table beside the positions (sightings, vessels, ports) that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedEntry {
    /// The table, as the user named it.
    pub file: String,
    /// The row, or the number of the feature; the first is 1.
    pub row: u64,
    /// The column or property at fault; empty if the whole entry is.
    pub column: String,
    /// The value found there, cut to a readable length.
    pub value: String,
    /// The word for its kind, such as `bad_sighting`.
    pub reason: &'static str,
    /// What is wrong with it, and what was expected.
    pub detail: String,
}

/// One row for every identity, or one row for a vessel that sent none.
pub(crate) fn write_vessel(
    table: &mut Table,
    vessel_id: &str,
    vessel: &Vessel,
    heard: VesselSpan,
) -> Result<(), ReportError> {
    let nameless = [Identity {
        particulars: Particulars::default(),
        first: heard.first,
        last: heard.last,
        reports: heard.reports,
    }];
    let identities = if vessel.identities.is_empty() {
        nameless.as_slice()
    } else {
        vessel.identities.as_slice()
    };
    for identity in identities {
        write_identity(table, vessel_id, vessel, identity)?;
    }
    Ok(())
}

fn write_identity(
    table: &mut Table,
    vessel_id: &str,
    vessel: &Vessel,
    identity: &Identity,
) -> Result<(), ReportError> {
    let sent = &identity.particulars;
    let mmsi = vessel.id.mmsi();
    table.row(&[
        vessel_id,
        &text_of(mmsi),
        mmsi.map_or("", |mmsi| mmsi.class().as_str()),
        &text_of(sent.imo),
        &text_of(sent.imo.map(Imo::is_valid)),
        sent.name.as_deref().unwrap_or_default(),
        sent.call_sign.as_deref().unwrap_or_default(),
        sent.ship_type.as_ref().map_or("", |kind| kind.0.as_str()),
        &metres_of(sent.length_dm),
        &metres_of(sent.width_dm),
        &metres_of(sent.draught_dm),
        sent.destination.as_deref().unwrap_or_default(),
        &identity.first.to_string(),
        &identity.last.to_string(),
        &identity.reports.to_string(),
        // Known when all vessels are through, and filled in then.
        "",
        "",
    ])
}

/// A flagged report; its hull by the hull's `vessel_id`, empty if it belongs to none.
pub(crate) fn write_flagged(
    table: &mut Table,
    vessel: &VesselId,
    file: &str,
    flagged: &FlaggedReport,
) -> Result<(), ReportError> {
    let report = flagged.report;
    table.row(&[
        &vessel.to_string(),
        file,
        &report.source.row().to_string(),
        &report.time.to_string(),
        &degrees_of(report.position.lat_e7),
        &degrees_of(report.position.lon_e7),
        flagged.flag.as_str(),
        &flagged
            .hull
            .map(|hull| hull_id(vessel, hull))
            .unwrap_or_default(),
    ])
}

/// A row that could not be used.
pub(crate) fn write_rejected(
    table: &mut Table,
    file: &str,
    rejected: &RejectedRow,
) -> Result<(), ReportError> {
    table.row(&[
        file,
        &rejected.row.to_string(),
        &rejected.column,
        &rejected.value,
        rejected.reason.as_str(),
        rejected.reason.meaning(),
    ])
}

pub(crate) fn write_rejected_entry(
    table: &mut Table,
    entry: &RejectedEntry,
) -> Result<(), ReportError> {
    table.row(&[
        &entry.file,
        &entry.row.to_string(),
        &entry.column,
        &entry.value,
        entry.reason,
        &entry.detail,
    ])
}

fn text_of(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Decimetres as metres, with one decimal.
fn metres_of(decimetres: Option<u32>) -> String {
    decimetres.map_or_else(String::new, |dm| format!("{}.{}", dm / 10, dm % 10))
}

/// 1e-7 degrees as degrees, exactly.
fn degrees_of(e7: i32) -> String {
    let mut bytes = Vec::new();
    crate::json::push_degrees(&mut bytes, e7);
    String::from_utf8(bytes).unwrap_or_default()
}
