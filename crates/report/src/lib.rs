//! From events to files: `GeoJSON` layers, CSV tables, dossiers and a manifest in one folder.
//!
//! A run makes an [`OutputFolder`] before it does any work, so that a folder that must not be
//! replaced is refused at once; turns it into an [`OutputWriter`] when the inputs are read; hands
//! over every event; and calls [`OutputWriter::finish`], which puts the whole folder in place in one
//! step. A run that ends earlier leaves nothing.
//!
//! A folder holds, for every [`Layer`] and [`Format`], a file such as `voyages.geojson`, and for each
//! layer a style for QGIS; then `map.html` (the run on a map, one page that needs no network),
//! `vessels.csv` (who they said they were, and when), `flagged.csv` (reports that detection set
//! aside), `rejected.csv` (rows that could not be used), a dossier for every vessel that one was asked
//! of, `summary.md` (the run on one page), and `manifest.json` (a [`Manifest`]); charts as SVG where they are
//! asked for ([`OutputContext::plot`]). Every layer is written, empty if there is nothing in it.
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
//! What is inferred stands in layers of its own (`dark_calls`, `dark_legs`, `reach`) and says
//! `observed: false`; `sightings` say what each comes to. A dark call has arrival and departure as
//! intervals, a grade, and a `reason` in one sentence, which [`Reasons`] writes and never makes more of
//! than the evidence bears. What refers to another feature does so by its id.
//!
//! A gap's `kind` says whether it is a silence; dark hours are those of silences alone
//! ([`landfall_track::Gap::dark_ms`]). What several vessels show together, zones of interference, is of no
//! one vessel and has no `source`; its reports are listed in flagged.csv.
//!
//! Texts that strangers typed, by AIS or in a list of sightings, are shown so that they cannot act: in
//! JSON and Markdown they are escaped, in CSV no cell begins like a formula, and characters that are
//! not seen are made visible. The layers' values are the texts as they were sent.
//!
//! The tables are CSV with a header, after a `# notice:` line for everything the inputs say of
//! themselves (pandas: `read_csv(..., comment="#")`).
//!
//! Only this crate knows how an output spells its fields. It knows nothing of how events come about.

mod areas;
mod chart;
mod columns;
mod csv_layer;
mod describe;
mod describe_dark;
mod describe_interference;
mod describe_leg;
mod describe_place;
mod describe_reach;
mod describe_sighting;
mod dossier;
mod error;
mod extent;
mod feature;
mod feature_id;
#[cfg(feature = "flatgeobuf")]
mod flatgeobuf_layer;
mod folder;
mod foreign;
mod format;
mod geojson_layer;
mod geojsonl_layer;
#[cfg(feature = "geopackage")]
mod geopackage_layer;
#[cfg(feature = "geoparquet")]
mod geoparquet_layer;
mod headline;
mod json;
mod kml_layer;
mod label;
mod layer;
mod lines;
mod links;
mod manifest;
mod map;
mod map_entry;
mod map_page;
mod map_store;
mod markdown;
mod phrase;
mod quality;
mod reasons;
mod run_view;
mod shape;
mod spread;
mod standings;
mod style;
mod summary;
mod table;
mod tables;
mod tally;
mod top;
mod trips;
#[cfg(any(feature = "geoparquet", feature = "geopackage"))]
mod wkb;
mod writer;

pub use areas::Areas;
pub use describe_reach::{ReachArea, ReachBasis};
pub use dossier::DossierCase;
pub use error::ReportError;
pub use feature::{Feature, Geometry, Property, SourceName, Value};
pub use folder::OutputFolder;
pub use format::{Format, LayerWriter};
pub use headline::DarkHeadline;
pub use label::{VesselLabel, VesselSpan, hull_id};
pub use layer::Layer;
pub use lines::{LinePoint, Lines};
pub use manifest::{
    AmbiguousId, EventCounts, LinkedId, Manifest, ManifestColumn, ManifestExtent, ManifestInput,
    ManifestTable, ManifestUnreadable, OutputFile, span_of_files,
};
pub use map::{LEAST_MAP_BYTES, MAP_BYTES, MapOptions};
pub use quality::{
    CoarseSource, DataQuality, FlagShare, FlaggedFile, FlaggedVessel, Grid, InterferenceCount,
    LateClock, Listed, OutageCount, QualityLimits, SharedId, SpeedMismatch, SpeedUnit,
    UnusableRows, WithoutPositionCount,
};
pub use reasons::{ReasonNames, Reasons};
pub use run_view::{HullView, RunView, gap_id};
pub use standings::{DarkStanding, LegStanding, PortStanding, SilentVessel, Standings};
pub use summary::hours;
pub use tables::RejectedEntry;
pub use top::Top;
pub use writer::{Finished, OutputContext, OutputWriter};
