//! A port table is a list of ports from one of several sources, recognised by its header or content.

use crate::list::{ListFile, ListProblem};
use crate::{IngestError, ports_anchorages, ports_geojson, ports_locode, ports_rows};
use landfall_track::Port;
use std::fmt;
use std::path::Path;

/// The table that comes with the program; see data/README.md.
const BUNDLED: &str = include_str!("../../../data/ports.csv");

/// What a port table was recognised as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PortFormat {
    /// The World Port Index's `UpdatedPub150.csv` (NGA Pub. 150).
    WorldPortIndex,
    /// UN/LOCODE's code list, with or without a header.
    UnLocode,
    /// Global Fishing Watch's named anchorages: many points for one port.
    Anchorages,
    /// `name,locode,country,lat,lon` and more, in any order.
    Table,
    /// `GeoJSON` with the same properties.
    GeoJson,
    /// The table that comes with the program.
    Bundled,
}

impl fmt::Display for PortFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WorldPortIndex => "World Port Index",
            Self::UnLocode => "UN/LOCODE",
            Self::Anchorages => "GFW anchorages",
            Self::Table => "port table (CSV)",
            Self::GeoJson => "port table (GeoJSON)",
            Self::Bundled => "bundled port table",
        })
    }
}

/// Ports, and what became of every row they came from:
/// `rows` = `used` + `passed_over` + `rejected.len()`.
#[derive(Clone, Debug)]
pub struct PortTable {
    /// The ports, in the order in which the table has them.
    pub ports: Vec<Port>,
    /// What the table was recognised as.
    pub format: PortFormat,
    /// Rows (of `GeoJSON`: features) read.
    pub rows: u64,
    /// Rows that went into a port. Several may go into one, as anchorages do.
    pub used: u64,
    /// Rows that are no port, such as the inland places of UN/LOCODE.
    pub passed_over: u64,
    /// Rows that could not be used. The first data row is 1.
    pub rejected: Vec<ListProblem>,
    /// Values that could not be used in rows that could, such as a radius of -1.
    pub doubts: Vec<ListProblem>,
    /// The file's size in bytes.
    pub bytes: u64,
    /// The file's SHA-256, in hexadecimal; `None` of the bundled table.
    pub sha256: Option<String>,
}

impl PortTable {
    pub(crate) fn new(format: PortFormat) -> Self {
        Self {
            ports: Vec::new(),
            format,
            rows: 0,
            used: 0,
            passed_over: 0,
            rejected: Vec::new(),
            doubts: Vec::new(),
            bytes: 0,
            sha256: None,
        }
    }
}

/// Reads a port table: the World Port Index, UN/LOCODE, Global Fishing Watch's anchorages, or a table
/// of one's own as CSV or `GeoJSON`. The columns may be in any order and case; those that are not
/// known are left alone.
///
/// # Errors
/// If the file cannot be read, is none of these, or has no port that can be used.
pub fn read_ports(path: &Path) -> Result<PortTable, IngestError> {
    let file = ListFile::read(path)?;
    let text = String::from_utf8_lossy(file.content());
    let mut table = parse(path, &text)?;
    table.bytes = file.bytes.len() as u64;
    table.sha256 = Some(file.sha256);
    if table.ports.is_empty() {
        let detail = match (table.rejected.first(), table.passed_over) {
            (Some(first), _) => {
                format!("none of its {} rows can be used, for {first}", table.rows)
            }
            (None, 0) => "it has no row".to_owned(),
            (None, _) => format!("none of its {} rows is a port", table.rows),
        };
        return Err(unusable(
            path,
            format!("read as {}, {detail}", table.format),
        ));
    }
    Ok(table)
}

/// The ports that come with the program.
pub fn bundled_ports() -> PortTable {
    let mut table = ports_rows::read_table(BUNDLED, PortFormat::Bundled);
    table.bytes = BUNDLED.len() as u64;
    table
}

pub(crate) fn unusable(path: &Path, detail: String) -> IngestError {
    IngestError::BadPortTable {
        path: path.to_owned(),
        detail,
    }
}

pub(crate) fn parse(path: &Path, text: &str) -> Result<PortTable, IngestError> {
    if text.trim_start().starts_with(['{', '[']) {
        return ports_geojson::read(path, text);
    }
    match ports_rows::format_of(text) {
        Some(PortFormat::Anchorages) => Ok(ports_anchorages::read(text)),
        Some(PortFormat::UnLocode) => Ok(ports_locode::read(text)),
        Some(format) => Ok(ports_rows::read_table(text, format)),
        None => {
            let line = text
                .lines()
                .find(|line| !line.trim().is_empty())
                .unwrap_or_default();
            Err(unusable(
                path,
                format!(
                    "its header is not known: `{}`; expected `name,locode,country,lat,lon`, the World \
                     Port Index, UN/LOCODE, GFW anchorages, or GeoJSON",
                    crate::list::shown(line)
                ),
            ))
        }
    }
}
