//! The manifest says what a run read, how it was configured and what came of it. A folder that
//! holds one is ours, and may be replaced.

use crate::links;
use crate::{DataQuality, Layer};
use landfall_track::{AmbiguousLink, FileAccount, IdentityLink, Outage, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The file's name in the output folder.
pub(crate) const MANIFEST_NAME: &str = "manifest.json";

/// The value of the manifest's member `program`, by which our folders are recognised.
const PROGRAM: &str = "landfall";

/// What manifest.json holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Always `landfall`.
    program: String,
    /// The program's version.
    pub version: String,
    /// The command line after the program's name, so that the run can be done again; empty if it was
    /// not recorded.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// What the inputs say of themselves in `# notice:` lines, each text once.
    pub notices: Vec<String>,
    /// The files of positions, in the order of their numbers.
    pub inputs: Vec<ManifestInput>,
    /// All inputs' accounts together. Filled in as it is written.
    pub total: FileAccount,
    /// The other files: ports, sightings, registers.
    pub tables: Vec<ManifestTable>,
    /// What the run was restricted to, such as `{"mmsi": ["273210440"]}`; empty if to nothing.
    pub restrictions: serde_json::Value,
    /// Every threshold in force.
    pub configuration: serde_json::Value,
    /// The first and the last time that can be true, unless the run was restricted in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted_times: Option<(Timestamp, Timestamp)>,
    /// When nobody was heard, longer than the feed's own pauses.
    #[serde(default)]
    pub outages: Vec<Outage>,
    /// Ids that others continue.
    #[serde(default)]
    pub links: Vec<LinkedId>,
    /// Ids that several others could continue.
    #[serde(default)]
    pub ambiguous_links: Vec<AmbiguousId>,
    /// What the inputs are like: what was set aside and why, and what contradicts itself.
    #[serde(default)]
    pub data_quality: DataQuality,
    /// What was found. Filled in as it is written.
    pub counts: EventCounts,
    /// The other files of this folder. Filled in as they are written.
    pub outputs: Vec<OutputFile>,
}

/// From when to when the reports of some files are, given each one's first and last, times that cannot be left
/// out: those outside `trusted`. `None` if there are none.
pub fn span_of_files(
    files: impl Iterator<Item = (Option<Timestamp>, Option<Timestamp>)> + Clone,
    trusted: Option<(Timestamp, Timestamp)>,
) -> Option<(Timestamp, Timestamp)> {
    let first = files.clone().filter_map(|(first, _)| first).min()?;
    let last = files.filter_map(|(_, last)| last).max()?;
    let (from, to) = trusted.unwrap_or((first, last));
    Some((first.max(from), last.min(to)))
}

impl Manifest {
    /// From when to when the reports of all inputs are, times that cannot be left out.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let files = self.inputs.iter().map(|input| (input.first, input.last));
        span_of_files(files, self.trusted_times)
    }

    /// A manifest of a program version, with nothing in it.
    pub fn new(version: impl Into<String>) -> Self {
        let nothing = || serde_json::Value::Object(serde_json::Map::new());
        Self {
            program: PROGRAM.to_owned(),
            version: version.into(),
            arguments: Vec::new(),
            notices: Vec::new(),
            inputs: Vec::new(),
            total: FileAccount::default(),
            tables: Vec::new(),
            restrictions: nothing(),
            configuration: nothing(),
            trusted_times: None,
            outages: Vec::new(),
            links: Vec::new(),
            ambiguous_links: Vec::new(),
            data_quality: DataQuality::default(),
            counts: EventCounts::default(),
            outputs: Vec::new(),
        }
    }

    /// Adds the inputs' accounts up.
    pub(crate) fn add_up(&mut self) {
        let mut total = FileAccount::default();
        for account in self.inputs.iter().map(|input| &input.account) {
            total.rows += account.rows;
            total.accepted += account.accepted;
            total.duplicates += account.duplicates;
            total.rejected += account.rejected;
        }
        self.total = total;
    }

    /// Reads a manifest that some version of this program wrote; `None` if it is none.
    pub(crate) fn recognise(bytes: &[u8]) -> Option<RecognisedManifest> {
        let found: RecognisedManifest = serde_json::from_slice(bytes).ok()?;
        (found.program == PROGRAM).then_some(found)
    }
}

/// An id that another one continues: the two are one ship.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LinkedId {
    /// The id that ends.
    pub vessel_id: String,
    /// The id that continues it.
    pub continued_as: String,
    /// What both sent of themselves, such as `IMO number 9074729`.
    pub shared: String,
    /// The first id's last report.
    pub ended: Timestamp,
    /// The second id's first report.
    pub began: Timestamp,
    /// How far apart the two are, in metres.
    pub distance_m: f64,
    /// All of it in a sentence.
    pub reason: String,
}

impl From<&IdentityLink> for LinkedId {
    fn from(link: &IdentityLink) -> Self {
        Self {
            vessel_id: link.from.to_string(),
            continued_as: link.to.to_string(),
            shared: links::basis(&link.basis),
            ended: link.ended.time,
            began: link.began.time,
            distance_m: (link.distance_m * 10.0).round() / 10.0,
            reason: links::reason(link),
        }
    }
}

/// An id that one of several others could continue, or that ends beside one of them: nobody can say which.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmbiguousId {
    /// The id that ends.
    pub vessel_id: String,
    /// The ids that send the same.
    pub could_be: Vec<String>,
    /// What all sent of themselves.
    pub shared: String,
}

impl From<&AmbiguousLink> for AmbiguousId {
    fn from(link: &AmbiguousLink) -> Self {
        Self {
            vessel_id: link.from.to_string(),
            could_be: link.to.iter().map(ToString::to_string).collect(),
            shared: links::basis(&link.basis),
        }
    }
}

/// What must be known of an older manifest, whatever version wrote it.
#[derive(Debug, Deserialize)]
pub(crate) struct RecognisedManifest {
    program: String,
    /// The files that came with it.
    #[serde(default)]
    pub(crate) outputs: Vec<OutputFile>,
}

/// One file of positions, or one member of an archive.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ManifestInput {
    /// As the user gave it; a member of a zip as `a.zip!b.csv`.
    pub path: String,
    /// Size in bytes, as stored.
    pub size: u64,
    /// SHA-256 of those bytes, in hexadecimal; absent if it was not computed.
    pub sha256: Option<String>,
    /// The source format; absent if it was not recognised.
    pub format: Option<String>,
    /// Which column was taken for what.
    pub columns: Vec<ManifestColumn>,
    /// Values of columns that no row depends on, which could not be read and count as absent.
    #[serde(default)]
    pub unreadable: Vec<ManifestUnreadable>,
    /// What became of its rows.
    #[serde(flatten)]
    pub account: FileAccount,
    /// Time of the earliest accepted report.
    pub first: Option<Timestamp>,
    /// Time of the latest accepted report.
    pub last: Option<Timestamp>,
    /// Where its accepted reports lie.
    pub extent: Option<ManifestExtent>,
    /// Why it was not read, or not to its end.
    pub problem: Option<String>,
}

/// A field and the column it was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestColumn {
    /// The field, such as `speed`.
    pub field: String,
    /// The column as the header spells it.
    pub column: String,
    /// What was assumed, such as the unit.
    pub note: Option<String>,
}

/// A column with values that could not be read, in rows that are used all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestUnreadable {
    /// The column as the header spells it.
    pub column: String,
    /// How many values.
    pub count: u64,
    /// The row of the first.
    pub first_row: u64,
    /// The first, cut to a readable length.
    pub example: String,
}

/// Bounds in degrees, as measured: not narrowed across the antimeridian.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ManifestExtent {
    /// Least longitude.
    pub west: f64,
    /// Least latitude.
    pub south: f64,
    /// Greatest longitude.
    pub east: f64,
    /// Greatest latitude.
    pub north: f64,
}

/// A table that the run used beside the positions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestTable {
    /// What it serves for: `ports`, `sightings`, `vessels`.
    pub role: String,
    /// As the user gave it, or `bundled`.
    pub path: String,
    /// Its format.
    pub format: String,
    /// Size in bytes; absent for a bundled table.
    pub size: Option<u64>,
    /// SHA-256 in hexadecimal, if it was computed.
    pub sha256: Option<String>,
    /// Rows that were used.
    pub accepted: u64,
    /// Rows that could not be used.
    pub rejected: u64,
}

/// How many there are of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventCounts {
    /// Vessels, as listed in vessels.csv: every id, and every further hull that sends under one.
    pub vessels: u64,
    /// Port calls.
    pub port_calls: u64,
    /// Those by kind: `berth`, `anchorage`, `unknown`.
    #[serde(default)]
    pub port_calls_by_kind: BTreeMap<String, u64>,
    /// Passages of a port.
    pub passages: u64,
    /// Stops, in port or not.
    pub stops: u64,
    /// Those by kind: `alongside`, `anchored`, `drifting`, `aground or waiting`, `unknown`.
    #[serde(default)]
    pub stops_by_kind: BTreeMap<String, u64>,
    /// Ways through a canal.
    #[serde(default)]
    pub transits: u64,
    /// Voyages between two calls.
    pub voyages: u64,
    /// Tracks that are no voyage.
    pub tracks: u64,
    /// Gaps of every kind, open ones too.
    pub gaps: u64,
    /// Gaps by kind: `silence`, `no_position`, `left_area`, `outage`.
    #[serde(default)]
    pub gaps_by_kind: BTreeMap<String, u64>,
    /// Silences that had not ended when the data did, but for those of ids that another one continues.
    pub open_gaps: u64,
    /// Silences at the end of ids that another one continues.
    #[serde(default)]
    pub continued_gaps: u64,
    /// Dark calls: port calls inferred in gaps.
    #[serde(default)]
    pub dark_calls: u64,
    /// Dark calls by grade, `D1` to `D4`.
    #[serde(default)]
    pub dark_calls_by_grade: BTreeMap<String, u64>,
    /// Those of grade D1 that sightings bear out which do not suffice for a grade.
    #[serde(default)]
    pub dark_calls_doubtful: u64,
    /// Sightings of which each proves a call in one of several silences, and in none alone.
    #[serde(default)]
    pub one_of: u64,
    /// Those by the grade that they give the group.
    #[serde(default)]
    pub one_of_by_grade: BTreeMap<String, u64>,
    /// Dark legs; each has one feature for every part of it.
    #[serde(default)]
    pub dark_legs: u64,
    /// Sightings.
    #[serde(default)]
    pub sightings: u64,
    /// Sightings by verdict.
    #[serde(default)]
    pub sightings_by_verdict: BTreeMap<String, u64>,
    /// Areas that were in reach.
    #[serde(default)]
    pub reach: u64,
    /// Zones of GNSS interference.
    #[serde(default)]
    pub interference: u64,
    /// Places: berths and anchorages.
    #[serde(default)]
    pub places: u64,
    /// Port calls at places that belong to no port of the table.
    #[serde(default)]
    pub port_calls_without_port: u64,
    /// Flagged reports by flag.
    pub flagged: BTreeMap<String, u64>,
    /// Rejected rows by reason.
    pub rejected: BTreeMap<String, u64>,
}

impl EventCounts {
    /// The count of what a layer holds.
    pub(crate) fn of_mut(&mut self, layer: Layer) -> &mut u64 {
        match layer {
            Layer::PortCalls => &mut self.port_calls,
            Layer::Passages => &mut self.passages,
            Layer::Stops => &mut self.stops,
            Layer::Transits => &mut self.transits,
            Layer::Voyages => &mut self.voyages,
            Layer::Tracks => &mut self.tracks,
            Layer::Gaps => &mut self.gaps,
            Layer::DarkCalls => &mut self.dark_calls,
            Layer::DarkLegs => &mut self.dark_legs,
            Layer::Sightings => &mut self.sightings,
            Layer::Reach => &mut self.reach,
            Layer::Interference => &mut self.interference,
            Layer::Places => &mut self.places,
        }
    }
}

/// One file of the output folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputFile {
    /// Its name within the folder.
    pub name: String,
    /// Features or rows in it.
    pub records: u64,
}
