//! From events to files: `GeoJSON` layers, CSV tables and a manifest in one folder.
//!
//! A run makes an [`OutputFolder`] before it does any work, so that a folder that must not be
//! replaced is refused at once; turns it into an [`OutputWriter`] when the inputs are read; hands
//! over every event; and calls [`OutputWriter::finish`], which puts the whole folder in place in one
//! step. A run that ends earlier leaves nothing.
//!
//! A folder holds, for every [`Layer`] and [`Format`], a file such as `voyages.geojson`; then
//! `vessels.csv` (who they said they were, and when), `flagged.csv` (reports that detection set
//! aside), `rejected.csv` (rows that could not be used) and `manifest.json` (a [`Manifest`]).
//!
//! What holds for every layer:
//!
//! - Coordinates are WGS84 degrees, longitude first, exactly as reported: at most seven decimals.
//! - Times are ISO 8601 in UTC; an end that was not seen is null, and so is a duration without both.
//! - An id names the vessel, the kind of event, its start and its port; the same rows give it again.
//! - `source` names file and row of the first and the last report that the feature rests on.
//! - Lines have `observed`: true where reports carry them, false for the straight line of a gap.
//! - A voyage's or track's `times` hold the epoch second of every vertex, nested as its coordinates.
//!
//! The tables are CSV with a header, after a `# notice:` line for everything the inputs say of
//! themselves (pandas: `read_csv(..., comment="#")`).
//!
//! Only this crate knows how an output spells its fields. It knows nothing of how events come about.

mod describe;
mod error;
mod extent;
mod feature;
mod feature_id;
mod folder;
mod format;
mod geojson_layer;
mod geojsonl_layer;
mod json;
mod label;
mod layer;
mod lines;
mod manifest;
mod table;
mod tables;
mod writer;

pub use error::ReportError;
pub use feature::{Feature, Geometry, Property, SourceName, Value};
pub use folder::OutputFolder;
pub use format::{Format, LayerWriter};
pub use label::{VesselLabel, VesselSpan, hull_id};
pub use layer::Layer;
pub use lines::{LinePoint, Lines};
pub use manifest::{
    EventCounts, Manifest, ManifestColumn, ManifestExtent, ManifestInput, ManifestTable,
    ManifestUnreadable, OutputFile,
};
pub use writer::{Finished, OutputContext, OutputWriter};
