//! The writer takes events one by one and puts each into its layer or table.

use crate::chart::{self, Drawn};
use crate::describe::{Description, Names};
use crate::describe_dark::HullStory;
use crate::describe_leg::{DrawnPart, LegPart};
use crate::describe_reach::{ReachArea, reach_id};
use crate::dossier::{self, DossierCase};
use crate::feature_id::FeatureIds;
use crate::folder::OutputFolder;
use crate::format::LayerFile;
use crate::json::push_shown;
use crate::lines::AtOnePlace;
use crate::links::LinkIndex;
use crate::manifest::MANIFEST_NAME;
use crate::map::Map;
use crate::style::qml;
use crate::summary::{self, Counted, SUMMARY_NAME};
use crate::table::Table;
use crate::tables::{FLAGGED_COLUMNS, REJECTED_COLUMNS, RejectedEntry, VESSEL_COLUMNS};
use crate::tally::Tally;
use crate::trips::{TRIPS_NAME, Trips};
use crate::{
    Areas, DataQuality, EventCounts, Feature, Format, Geometry, Layer, Lines, Manifest, MapOptions,
    OutputFile, Property, Reasons, ReportError, RunView, Standings, VesselLabel, VesselSpan,
    tables,
};
use landfall_track::{
    AssessedSighting, Confidence, DarkCall, DarkLeg, FlaggedReport, Gap, GapInference, GapKind,
    HullFindings, HullIx, IdentityLink, InterferenceZone, Leg, Port, PortCall, Position,
    RejectedRow, Stop, StopPlace, Timestamp, Transit, Vertex, Vessel, VesselId, distance_m,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What the writer must know of the run. By default there is nothing of anything.
#[derive(Clone, Copy, Debug, Default)]
pub struct OutputContext<'a> {
    /// The run's port table; a `PortIx` is a place in it.
    pub ports: &'a [Port],
    /// The run's places; a `PlaceIx` is a place in it. Those that belong to no port of the table stand among the
    /// ports, too, behind the table's.
    pub places: &'a [StopPlace],
    /// The files' names by file number, as the user gave them; a member of a zip as `a.zip!b.csv`.
    pub files: &'a [String],
    /// What the inputs say of themselves; repeated in every output.
    pub notices: &'a [String],
    /// The formats in which layers are written.
    pub formats: &'a [Format],
    /// Whether `trips.geojson` is written.
    pub trips: bool,
    /// Whether charts are drawn, as SVG: `calls_per_day.svg`, `gap_durations.svg`, `rejected_rows.svg`.
    pub plot: bool,
    /// What is asked of the map; `None` for no map.
    pub map: Option<MapOptions<'a>>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// The folder.
    pub folder: PathBuf,
    /// How many there are of everything.
    pub counts: EventCounts,
    /// Every file but the manifest.
    pub outputs: Vec<OutputFile>,
    /// What stands at the top of the summary's tables.
    pub standings: Standings,
    /// What the map has not of the run, in sentences.
    pub map_lacks: Vec<String>,
    /// What the inputs are like.
    pub data_quality: DataQuality,
}

/// A folder's layers and tables, open for events.
///
/// Events come vessel by vessel, each vessel's in the order in which they are to be listed: the
/// order of the calls is the order of the features.
pub struct OutputWriter<'a> {
    names: Names<'a>,
    ports: &'a [Port],
    layers: LayerSet<'a>,
    vessels: Table,
    flagged: Table,
    rejected: Table,
    lines: Lines,
    styles: Vec<OutputFile>,
    dossiers: Vec<OutputFile>,
    tally: Tally,
    draws_charts: bool,
    /// Last, so that it is dropped after the files in it are closed.
    folder: OutputFolder,
}

/// Every layer in every format, with what is counted on the way.
struct LayerSet<'a> {
    files: Vec<LayerFile>,
    trips: Option<Trips>,
    map: Option<Map<'a>>,
    ids: FeatureIds,
    counts: EventCounts,
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
        for (number, format) in context.formats.iter().enumerate() {
            if !context.formats[..number].contains(format) {
                files.extend(format.begin(&path, notices)?);
            }
        }
        let trips = context
            .trips
            .then(|| Trips::create(path.join(TRIPS_NAME), notices))
            .transpose()?;
        let map = context
            .map
            .map(|options| Map::begin(&path, options))
            .transpose()?;
        let styles = if context.formats.iter().any(|format| format.has_style_file()) {
            write_styles(&path)?
        } else {
            Vec::new()
        };
        Ok(OutputWriter {
            vessels: Table::create(&path, "vessels.csv", &VESSEL_COLUMNS, notices)?,
            flagged: Table::create(&path, "flagged.csv", &FLAGGED_COLUMNS, notices)?,
            rejected: Table::create(&path, "rejected.csv", &REJECTED_COLUMNS, notices)?,
            folder: self,
            names: Names::new(&context),
            ports: context.ports,
            layers: LayerSet {
                files,
                trips,
                map,
                ids: FeatureIds::default(),
                counts: EventCounts::default(),
            },
            lines: Lines::default(),
            styles,
            dossiers: Vec::new(),
            tally: Tally::default(),
            draws_charts: context.plot,
        })
    }
}

impl OutputWriter<'_> {
    /// How many there are of everything that was written so far.
    pub fn counts(&self) -> &EventCounts {
        &self.layers.counts
    }

    /// Writes a port call; one of confidence 1 goes to the passages.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn port_call(
        &mut self,
        label: &VesselLabel<'_>,
        call: &PortCall,
    ) -> Result<(), ReportError> {
        self.tally.port_call(label, call);
        if call.confidence != Confidence::Passage {
            let kind = call.berthing.kind.as_str().to_owned();
            let counts = &mut self.layers.counts;
            *counts.port_calls_by_kind.entry(kind).or_default() += 1;
            counts.port_calls_without_port += u64::from(self.names.is_unlisted(call.port));
        }
        let description = self.names.port_call(label, call);
        let geometry = Geometry::Point(call.position);
        self.layers.write(label, &description, geometry)
    }

    /// Writes a stop.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn stop(&mut self, label: &VesselLabel<'_>, stop: &Stop) -> Result<(), ReportError> {
        let kind = stop.kind.as_str().to_owned();
        *self.layers.counts.stops_by_kind.entry(kind).or_default() += 1;
        let description = self.names.stop(label, stop);
        let geometry = Geometry::Point(stop.position);
        self.layers.write(label, &description, geometry)
    }

    /// Writes a way through a canal, which has a name.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn transit(
        &mut self,
        label: &VesselLabel<'_>,
        transit: &Transit,
        canal: &str,
    ) -> Result<(), ReportError> {
        let description = self.names.transit(label, transit, canal);
        let geometry = Geometry::Point(transit.last.position);
        self.layers.write(label, &description, geometry)
    }

    /// Writes a leg: a voyage if both its ports are known, else a track. `lines` are traced of its
    /// vertices, from the first to the last.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn leg(
        &mut self,
        label: &VesselLabel<'_>,
        leg: &Leg,
        lines: &Lines,
    ) -> Result<(), ReportError> {
        self.tally.leg(label, leg);
        let description = self.names.leg(label, leg, lines);
        let geometry = Geometry::Path(lines);
        self.layers.write(label, &description, geometry)
    }

    /// Takes the ids that continue others. They must be known before gaps come.
    pub fn links(&mut self, links: Vec<IdentityLink>) {
        self.names.links = LinkIndex::new(links);
    }

    /// Writes a gap: the straight line from the last report to the next, or for an open gap no line;
    /// with what inference says of it.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn gap(
        &mut self,
        label: &VesselLabel<'_>,
        gap: &Gap,
        run: &RunView<'_>,
        inference: &GapInference,
    ) -> Result<(), ReportError> {
        let is_continued = self.names.continued_as(label, gap).is_some();
        self.tally.gap(label, gap, inference, is_continued);
        count(&mut self.layers.counts.gaps_by_kind, gap.kind.as_str());
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
        if gap.after.is_none() && gap.kind == GapKind::Silence {
            let counts = &mut self.layers.counts;
            *if is_continued {
                &mut counts.continued_gaps
            } else {
                &mut counts.open_gaps
            } += 1;
        }
        let description = self.names.gap(label, gap, run, inference);
        let geometry = Geometry::Line(&self.lines);
        self.layers.write(label, &description, geometry)
    }

    /// Writes a dark call, one of `findings`, at its port.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn dark_call(
        &mut self,
        run: &RunView<'_>,
        findings: &HullFindings,
        call: &DarkCall,
    ) -> Result<(), ReportError> {
        let story = HullStory { run, findings };
        let grade = call.grade.as_str();
        count(&mut self.layers.counts.dark_calls_by_grade, grade);
        self.layers.counts.dark_calls += 1;
        self.layers.counts.dark_calls_doubtful += u64::from(call.is_doubtfully_sighted());
        if let Some(hull) = run.hull(call.gap.hull) {
            let name = hull.label(Timestamp::MAX).name;
            self.tally.dark_call(hull.vessel_id, name, call);
        }
        let id = self.names.dark_call_id(story, call);
        let properties = self.names.dark_call(story, call);
        let geometry = Geometry::Point(call.position);
        self.layers
            .write_as(Layer::DarkCalls, &id, geometry, &properties)
    }

    /// Writes a dark leg, one of `findings`: a feature for every part of it, the observed one apart
    /// from the inferred ones. `observed` are the vertices of the observed part.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn dark_leg(
        &mut self,
        run: &RunView<'_>,
        hull: HullIx,
        findings: &HullFindings,
        leg: &DarkLeg,
        observed: &[Vertex],
    ) -> Result<(), ReportError> {
        let story = HullStory { run, findings };
        let vessel_id = run.hull(hull).map_or("?", |hull| hull.vessel_id);
        self.layers.counts.dark_legs += 1;
        let leg_id = self
            .layers
            .ids
            .distinct(vessel_id, self.names.dark_leg_id(story, leg));

        let reported = leg.observed.map(|_| (LegPart::Observed, None));
        let parts = [
            leg.way_out.as_ref().map(|way| (LegPart::WayOut, Some(way))),
            reported,
            leg.way_in.as_ref().map(|way| (LegPart::WayIn, Some(way))),
        ];
        for (part, way) in parts.into_iter().flatten() {
            match way {
                Some(way) => self.lines.trace(&untimed(&way.line), AtOnePlace::Keep),
                None => self.lines.trace(observed, AtOnePlace::Drop),
            }
            let drawn = DrawnPart {
                part,
                length_m: way.map_or_else(|| reported_m(observed), |way| way.length_m),
                by_water: way.map(|way| way.is_by_water),
                over: way.map_or(&[], |way| &way.over),
            };
            let id = format!("{leg_id}/{}", part.key());
            let properties = self.names.dark_leg(story, leg, &leg_id, drawn);
            let geometry = Geometry::Path(&self.lines);
            self.layers
                .write_as(Layer::DarkLegs, &id, geometry, &properties)?;
        }
        Ok(())
    }

    /// Writes a sighting with what it comes to.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn sighting(
        &mut self,
        run: &RunView<'_>,
        assessed: &AssessedSighting,
    ) -> Result<(), ReportError> {
        let Some(sighting) = run.sighting(assessed.sighting) else {
            return Ok(());
        };
        let verdict = assessed.verdict.as_str();
        count(&mut self.layers.counts.sightings_by_verdict, verdict);
        self.layers.counts.sightings += 1;
        if let Some(group) = assessed.one_of {
            self.layers.counts.one_of += 1;
            count(
                &mut self.layers.counts.one_of_by_grade,
                group.grade.as_str(),
            );
        }
        let outline = sighting
            .outline
            .iter()
            .map(|ring| vec![ring.clone()])
            .collect::<Vec<_>>();
        let areas = Areas::new(&outline);
        let geometry = if areas.is_empty() {
            Geometry::Point(sighting.position)
        } else {
            Geometry::Areas(&areas)
        };
        let properties = self.names.sighting(run, sighting, assessed);
        let id = run.sighting_id(assessed.sighting);
        self.layers
            .write_as(Layer::Sightings, id, geometry, &properties)
    }

    /// Why a sighting has its verdict, in one sentence.
    pub fn sighting_reason(&self, run: &RunView<'_>, assessed: &AssessedSighting) -> String {
        Reasons::of(&self.names, run).sighting(assessed)
    }

    /// Writes where a vessel could have been in a gap.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn reach(&mut self, run: &RunView<'_>, area: &ReachArea<'_>) -> Result<(), ReportError> {
        self.layers.counts.reach += 1;
        let areas = Areas::new(area.polygons.unwrap_or_default());
        let id = reach_id(run, area);
        let properties = self.names.reach(run, area);
        self.layers
            .write_as(Layer::Reach, &id, Geometry::Areas(&areas), &properties)
    }

    /// Writes a zone of GNSS interference. Without an area it is a feature without geometry.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn interference(&mut self, zone: &InterferenceZone) -> Result<(), ReportError> {
        self.layers.counts.interference += 1;
        let areas = Areas::new(&[vec![zone.area.clone()]]);
        let id = format!("{}/{}", Layer::Interference.kind(), zone.from);
        let id = self.layers.ids.distinct(Layer::Interference.kind(), id);
        let properties = self.names.interference(zone);
        self.layers.write_as(
            Layer::Interference,
            &id,
            Geometry::Areas(&areas),
            &properties,
        )
    }

    /// Writes a place.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn place(&mut self, place: &StopPlace) -> Result<(), ReportError> {
        self.layers.counts.places += 1;
        let areas = Areas::new(&[vec![place.outline.clone()]]);
        let id = self.layers.ids.distinct(Layer::Places.kind(), place.key());
        let properties = self.names.place(place);
        self.layers
            .write_as(Layer::Places, &id, Geometry::Areas(&areas), &properties)
    }

    /// Writes dossiers: `dossier.md` if it is one, else `dossier-` and the vessel's id for each.
    /// `manifest` is the one that the run will be finished with; its inputs and tables are listed.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn dossiers(
        &mut self,
        run: &RunView<'_>,
        manifest: &Manifest,
        cases: &[DossierCase<'_>],
    ) -> Result<(), ReportError> {
        let mut taken = BTreeSet::new();
        for case in cases {
            let (Some(view), Some(written)) = (
                run.hull(case.hull),
                dossier::write(&self.names, run, manifest, case),
            ) else {
                continue;
            };
            let name = dossier::file_name(view.vessel_id, cases.len() == 1, &mut taken);
            let folder = self.folder.path();
            self.dossiers
                .push(write_file(&folder, &name, &written.text, written.records)?);
        }
        Ok(())
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
        if let Some(map) = &mut self.layers.map {
            map.vessel(vessel_id, vessel);
        }
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
        self.tally.rejected(rejected.reason);
        let file = self.names.file(rejected.file);
        tables::write_rejected(&mut self.rejected, file, rejected)
    }

    /// Writes a row of rejected.csv that is of a table beside the positions. Such rows count in the
    /// manifest's entry for their table, not among the rejected positions.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn rejected_entry(&mut self, entry: &RejectedEntry) -> Result<(), ReportError> {
        tables::write_rejected_entry(&mut self.rejected, entry)
    }

    /// Completes every file, writes the manifest with what was counted, and puts the folder in its
    /// place.
    ///
    /// # Errors
    /// If a file cannot be written or the folder cannot be put in its place; what stood there
    /// before then stands there still.
    pub fn finish(mut self, mut manifest: Manifest) -> Result<Finished, ReportError> {
        let mut outputs: Vec<OutputFile> = Vec::new();
        for file in &mut self.layers.files {
            file.writer
                .finish()
                .map_err(ReportError::io("write", &file.path))?;
            // Layers that share a file stand next to each other.
            match outputs.last_mut() {
                Some(last) if last.name == file.name => last.records += file.records,
                _ => outputs.push(OutputFile {
                    name: file.name.clone(),
                    records: file.records,
                }),
            }
        }
        if let Some(trips) = self.layers.trips.take() {
            outputs.push(OutputFile {
                name: TRIPS_NAME.to_owned(),
                records: trips.finish()?,
            });
        }
        outputs.push(self.vessels.finish_with(&self.names.links.cells())?);
        for table in [self.flagged, self.rejected] {
            outputs.push(table.finish()?);
        }
        manifest.counts = self.layers.counts;
        let mut map_lacks = Vec::new();
        if let Some(map) = self.layers.map {
            let (file, lacks) = map.finish(&manifest, self.ports, &self.dossiers)?;
            outputs.push(file);
            map_lacks = lacks;
        }
        outputs.append(&mut self.dossiers);
        outputs.append(&mut self.styles);
        manifest.add_up();
        let standings = self.tally.standings(&self.names);
        let summary = summary::write(Counted {
            manifest: &manifest,
            standings: &standings,
            gaps: &self.tally.gaps,
            rejected: &self.tally.rejected,
        });
        let folder = self.folder.path();
        outputs.push(write_file(
            &folder,
            SUMMARY_NAME,
            &summary.text,
            summary.records,
        )?);
        if self.draws_charts {
            let drawn = Drawn {
                manifest: &manifest,
                standings: &standings,
                tally: &self.tally,
            };
            for chart in chart::draw(drawn) {
                outputs.push(write_file(&folder, chart.name, &chart.svg, chart.records)?);
            }
        }
        manifest.outputs = outputs;
        let path = self.folder.path().join(MANIFEST_NAME);
        let json = serde_json::to_string_pretty(&manifest)
            .map_err(|error| ReportError::io("write", &path)(error.into()))?;
        let mut text = Vec::with_capacity(json.len() + 1);
        push_shown(&mut text, &json);
        text.push(b'\n');
        fs::write(&path, text).map_err(ReportError::io("write", &path))?;
        // Closed before the folder is renamed: not every system renames a folder with open files.
        drop(self.layers.files);
        Ok(Finished {
            folder: self.folder.place()?,
            counts: manifest.counts,
            outputs: manifest.outputs,
            standings,
            map_lacks,
            data_quality: manifest.data_quality,
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

/// A way that nobody saw sailed, as vertices: it has no times.
fn untimed(line: &[Position]) -> Vec<Vertex> {
    line.iter()
        .map(|position| Vertex {
            time: Timestamp::default(),
            position: *position,
            after_gap: false,
        })
        .collect()
}

/// The length of a path in metres, gaps left out.
fn reported_m(path: &[Vertex]) -> f64 {
    path.windows(2)
        .filter(|step| !step[1].after_gap)
        .map(|step| distance_m(step[0].position, step[1].position))
        .sum()
}

/// Writes a text into a file of its own.
fn write_file(
    folder: &Path,
    name: &str,
    text: &str,
    records: u64,
) -> Result<OutputFile, ReportError> {
    let path = folder.join(name);
    fs::write(&path, text).map_err(ReportError::io("write", &path))?;
    Ok(OutputFile {
        name: name.to_owned(),
        records,
    })
}

/// Writes a style file for every layer.
fn write_styles(folder: &Path) -> Result<Vec<OutputFile>, ReportError> {
    Layer::ALL
        .into_iter()
        .map(|layer| write_file(folder, &format!("{layer}.qml"), &qml(layer), 1))
        .collect()
}

impl LayerSet<'_> {
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
        self.write_as(layer, &id, geometry, &description.properties)
    }

    /// Writes a feature whose id is known, in every format. It is not counted here.
    fn write_as(
        &mut self,
        layer: Layer,
        id: &str,
        geometry: Geometry<'_>,
        properties: &[Property<'_>],
    ) -> Result<(), ReportError> {
        let feature = Feature {
            id,
            geometry,
            properties,
        };
        if let (Layer::Voyages | Layer::Tracks, Some(trips)) = (layer, &mut self.trips) {
            trips.feature(&feature)?;
        }
        if let Some(map) = &mut self.map {
            map.feature(layer, &feature)?;
        }
        for file in self.files.iter_mut().filter(|file| file.layer == layer) {
            file.records += 1;
            file.writer
                .feature(&feature)
                .map_err(ReportError::io("write", &file.path))?;
        }
        Ok(())
    }
}
