//! The writer takes events one by one and puts each into its layer or table.

use crate::describe::{Description, Names};
use crate::feature_id::FeatureIds;
use crate::folder::OutputFolder;
use crate::lines::AtOnePlace;
use crate::manifest::MANIFEST_NAME;
use crate::table::Table;
use crate::tables::{FLAGGED_COLUMNS, REJECTED_COLUMNS, VESSEL_COLUMNS};
use crate::{
    EventCounts, Feature, Format, Geometry, Layer, LayerWriter, Lines, Manifest, OutputFile,
    ReportError, VesselLabel, VesselSpan, tables,
};
use landfall_track::{
    FlaggedReport, Gap, Leg, Port, PortCall, RejectedRow, Stop, Vertex, Vessel, VesselId,
};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// What the writer must know of the run.
#[derive(Clone, Copy, Debug)]
pub struct OutputContext<'a> {
    /// The run's port table; a `PortIx` is a place in it.
    pub ports: &'a [Port],
    /// The files' names by file number, as the user gave them; a member of a zip as `a.zip!b.csv`.
    pub files: &'a [String],
    /// What the inputs say of themselves; repeated in every output.
    pub notices: &'a [String],
    /// The formats in which layers are written.
    pub formats: &'a [Format],
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// The folder.
    pub folder: PathBuf,
    /// How many there are of everything.
    pub counts: EventCounts,
    /// Every file but the manifest.
    pub outputs: Vec<OutputFile>,
}

/// A folder's layers and tables, open for events.
///
/// Events come vessel by vessel, each vessel's in the order in which they are to be listed: the
/// order of the calls is the order of the features.
pub struct OutputWriter<'a> {
    names: Names<'a>,
    layers: LayerSet,
    vessels: Table,
    flagged: Table,
    rejected: Table,
    lines: Lines,
    /// Last, so that it is dropped after the files in it are closed.
    folder: OutputFolder,
}

/// Every layer in every format, with what is counted on the way.
struct LayerSet {
    files: Vec<LayerFile>,
    ids: FeatureIds,
    counts: EventCounts,
}

/// One layer in one format.
struct LayerFile {
    layer: Layer,
    path: PathBuf,
    name: String,
    records: u64,
    writer: Box<dyn LayerWriter>,
}

impl OutputFolder {
    /// Starts every layer and table. Called when the inputs are read and their notices known.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn begin(self, context: OutputContext<'_>) -> Result<OutputWriter<'_>, ReportError> {
        let path = self.path();
        let notices = context.notices;
        let mut files = Vec::new();
        for layer in Layer::ALL {
            for (number, format) in context.formats.iter().enumerate() {
                if !context.formats[..number].contains(format) {
                    let name = format!("{layer}.{format}");
                    let path = path.join(&name);
                    files.push(LayerFile {
                        layer,
                        writer: format.create(&path, notices)?,
                        path,
                        name,
                        records: 0,
                    });
                }
            }
        }
        Ok(OutputWriter {
            vessels: Table::create(&path, "vessels.csv", &VESSEL_COLUMNS, notices)?,
            flagged: Table::create(&path, "flagged.csv", &FLAGGED_COLUMNS, notices)?,
            rejected: Table::create(&path, "rejected.csv", &REJECTED_COLUMNS, notices)?,
            folder: self,
            names: Names::new(&context),
            layers: LayerSet {
                files,
                ids: FeatureIds::default(),
                counts: EventCounts::default(),
            },
            lines: Lines::default(),
        })
    }
}

impl OutputWriter<'_> {
    /// Writes a port call; one of confidence 1 goes to the passages.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn port_call(
        &mut self,
        label: &VesselLabel<'_>,
        call: &PortCall,
    ) -> Result<(), ReportError> {
        let description = self.names.port_call(label, call);
        let geometry = Geometry::Point(call.position);
        self.layers.write(label, &description, geometry)
    }

    /// Writes a stop outside every port.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn stop(&mut self, label: &VesselLabel<'_>, stop: &Stop) -> Result<(), ReportError> {
        let description = self.names.stop(label, stop);
        let geometry = Geometry::Point(stop.position);
        self.layers.write(label, &description, geometry)
    }

    /// Writes a leg: a voyage if both its ports are known, else a track. `vertices` are the leg's
    /// own, from its first to its last.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn leg(
        &mut self,
        label: &VesselLabel<'_>,
        leg: &Leg,
        vertices: &[Vertex],
    ) -> Result<(), ReportError> {
        self.lines.trace(vertices, AtOnePlace::Drop);
        let description = self.names.leg(label, leg, &self.lines);
        let geometry = Geometry::Path(&self.lines);
        self.layers.write(label, &description, geometry)
    }

    /// Writes a gap: the straight line from the last report to the next, or for an open gap no line.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn gap(&mut self, label: &VesselLabel<'_>, gap: &Gap) -> Result<(), ReportError> {
        let ends = [Some(gap.before), gap.after];
        let vertices: Vec<Vertex> = ends
            .into_iter()
            .flatten()
            .map(|report| Vertex {
                time: report.time,
                position: report.position,
                after_gap: false,
            })
            .collect();
        self.lines.trace(&vertices, AtOnePlace::Keep);
        if gap.after.is_none() {
            self.layers.counts.open_gaps += 1;
        }
        let description = self.names.gap(label, gap);
        let geometry = Geometry::Line(&self.lines);
        self.layers.write(label, &description, geometry)
    }

    /// Writes a vessel's rows in vessels.csv: one for every identity she sent, or if she sent none
    /// one with the span in which she was heard. A further hull is written under its own
    /// `vessel_id`, which then is not that of `vessel`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn vessel(
        &mut self,
        vessel_id: &str,
        vessel: &Vessel,
        heard: VesselSpan,
    ) -> Result<(), ReportError> {
        self.layers.counts.vessels += 1;
        tables::write_vessel(&mut self.vessels, vessel_id, vessel, heard)
    }

    /// Writes a row of flagged.csv.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn flagged(
        &mut self,
        vessel: &VesselId,
        flagged: &FlaggedReport,
    ) -> Result<(), ReportError> {
        count(&mut self.layers.counts.flagged, flagged.flag.as_str());
        let file = self.names.file(flagged.report.source.file());
        tables::write_flagged(&mut self.flagged, vessel, file, flagged)
    }

    /// Writes a row of rejected.csv.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn rejected(&mut self, rejected: &RejectedRow) -> Result<(), ReportError> {
        count(&mut self.layers.counts.rejected, rejected.reason.as_str());
        let file = self.names.file(rejected.file);
        tables::write_rejected(&mut self.rejected, file, rejected)
    }

    /// Completes every file, writes the manifest with what was counted, and puts the folder in its
    /// place.
    ///
    /// # Errors
    /// If a file cannot be written or the folder cannot be put in its place; what stood there
    /// before then stands there still.
    pub fn finish(mut self, mut manifest: Manifest) -> Result<Finished, ReportError> {
        let mut outputs = Vec::new();
        for file in &mut self.layers.files {
            file.writer
                .finish()
                .map_err(ReportError::io("write", &file.path))?;
            outputs.push(OutputFile {
                name: file.name.clone(),
                records: file.records,
            });
        }
        for table in [self.vessels, self.flagged, self.rejected] {
            outputs.push(table.finish()?);
        }
        manifest.counts = self.layers.counts;
        manifest.outputs = outputs;
        manifest.add_up();
        let path = self.folder.path().join(MANIFEST_NAME);
        let mut text = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| ReportError::io("write", &path)(error.into()))?;
        text.push(b'\n');
        fs::write(&path, text).map_err(ReportError::io("write", &path))?;
        // Closed before the folder is renamed: not every system renames a folder with open files.
        drop(self.layers.files);
        Ok(Finished {
            folder: self.folder.place()?,
            counts: manifest.counts,
            outputs: manifest.outputs,
        })
    }
}

fn count(counts: &mut BTreeMap<String, u64>, key: &str) {
    match counts.get_mut(key) {
        Some(count) => *count += 1,
        None => {
            counts.insert(key.to_owned(), 1);
        }
    }
}

impl LayerSet {
    /// Writes a feature to its layer, in every format.
    fn write(
        &mut self,
        label: &VesselLabel<'_>,
        description: &Description<'_>,
        geometry: Geometry<'_>,
    ) -> Result<(), ReportError> {
        let layer = description.layer;
        *self.counts.of_mut(layer) += 1;
        let id = self
            .ids
            .make(layer, label.vessel_id, description.start, description.port);
        let feature = Feature {
            id: &id,
            geometry,
            properties: &description.properties,
        };
        for file in self.files.iter_mut().filter(|file| file.layer == layer) {
            file.records += 1;
            file.writer
                .feature(&feature)
                .map_err(ReportError::io("write", &file.path))?;
        }
        Ok(())
    }
}
