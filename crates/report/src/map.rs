//! The map is one page, `map.html`, that shows a whole run without a network: events, lines, land and
//! ports, with the program that draws them.
//!
//! The page has a greatest size. While events are written, each is kept in a temporary file as the page
//! will have it. Whenever these are more than a page can hold, all of them are reduced: lines are
//! simplified further, then what matters least is left out; only at the last are vessels. So a run of
//! any length takes bounded room and time for its map. What was reduced stands in the page.

use crate::columns::Columns;
use crate::foreign::quoted;
use crate::json::Outlet;
use crate::map_entry::{Entry, Kept};
use crate::map_page::{MapRun, write_page};
use crate::map_store::Entries;
use crate::phrase::count;
use crate::{Feature, Layer, Manifest, OutputFile, Property, ReportError, Value};
use flate2::Compression;
use flate2::write::GzEncoder;
use landfall_track::{Port, Vessel};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

/// The page's name.
pub(crate) const MAP_NAME: &str = "map.html";
/// Bytes that the page may have unless the run says otherwise.
pub const MAP_BYTES: u64 = 20_000_000;
/// The page without any event has nearly so many: land, ports, and the program that draws them.
pub const LEAST_MAP_BYTES: u64 = 5_000_000;
/// Entries are reduced when they have so many times the bytes of the page: compressed, JSON of events
/// is about a fifth, and base64 a third more.
const ENTRY_SHARE: u64 = 5;

/// Entries are reduced when their lines have so many vertices, however few bytes that may be: more would
/// make the map slow under the hand.
const MOST_VERTICES: usize = 600_000;
/// How hard features are compressed, of 9: beyond it takes more time and gains a hundredth.
const COMPRESSION: Compression = Compression::new(4);

/// What is asked of the map.
#[derive(Clone, Copy, Debug)]
pub struct MapOptions<'a> {
    /// The most bytes that the page may have.
    pub most_bytes: u64,
    /// Only these vessels, by MMSI, IMO number, id or any name she sent; empty for all.
    pub vessels: &'a [String],
    /// The land, in the form of `data/land.bin`.
    pub land: &'a [u8],
}

/// What of a run the page has: all at first, and less with each step.
#[derive(Clone, Copy, Debug)]
struct Content {
    left_out: &'static [Layer],
    has_lists: bool,
    has_details: bool,
    /// Whether events of no vessel are kept, such as sightings that name none.
    has_unnamed: bool,
}

const CONTENTS: [Content; 6] = [
    content(&[], true, true, true),
    content(&[], false, true, true),
    content(FEWER, false, true, true),
    content(FEWER, false, false, true),
    content(FEWEST, false, false, true),
    content(FEWEST, false, false, false),
];
const FEWER: &[Layer] = &[Layer::Reach, Layer::Passages, Layer::Stops];
const FEWEST: &[Layer] = &[
    Layer::Reach,
    Layer::Passages,
    Layer::Stops,
    Layer::Voyages,
    Layer::Tracks,
];

const fn content(
    left_out: &'static [Layer],
    has_lists: bool,
    has_details: bool,
    has_unnamed: bool,
) -> Content {
    Content {
        left_out,
        has_lists,
        has_details,
        has_unnamed,
    }
}

/// Lines are simplified further by so many metres with each step. What was simplified before is simplified
/// again, so that the steps add up.
const TOLERANCES_M: [f64; 6] = [0.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0];

/// Of what there is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Excess {
    Vertices,
    Bytes,
}

/// The map of a run that is under way.
pub(crate) struct Map<'a> {
    options: MapOptions<'a>,
    folder: PathBuf,
    columns: Vec<Columns>,
    /// Places in [`CONTENTS`] and [`TOLERANCES_M`].
    content: usize,
    tolerance: usize,
    entries: Entries,
    /// The vessels that have room, if not all have, by their ids as JSON.
    vessels: Option<BTreeSet<String>>,
    /// Whether nothing more can be left out.
    is_least: bool,
    /// Whether anything was left out to keep the page under its size.
    is_cut: bool,
    /// The vessels that were asked for and found, by their ids.
    chosen: BTreeSet<String>,
    /// Of each vessel that was asked for, whether there is anything.
    found: Vec<bool>,
    /// Features of vessels that were not asked for.
    not_asked_for: u64,
}

impl<'a> Map<'a> {
    /// Begins a map. `folder` is where the page will be.
    pub(crate) fn begin(folder: &Path, options: MapOptions<'a>) -> Result<Self, ReportError> {
        Ok(Self {
            options,
            columns: Layer::ALL.map(|layer| Columns::of(layer, true)).to_vec(),
            content: 0,
            tolerance: 0,
            entries: Entries::begin(folder).map_err(ReportError::io("write", folder))?,
            folder: folder.to_owned(),
            vessels: None,
            is_least: false,
            is_cut: false,
            chosen: BTreeSet::new(),
            found: vec![false; options.vessels.len()],
            not_asked_for: 0,
        })
    }

    /// Takes a feature up.
    pub(crate) fn feature(
        &mut self,
        layer: Layer,
        feature: &Feature<'_>,
    ) -> Result<(), ReportError> {
        self.take(layer, feature)
            .map_err(ReportError::io("write", &self.folder))
    }

    fn take(&mut self, layer: Layer, feature: &Feature<'_>) -> io::Result<()> {
        if !self.is_asked_for(feature.properties) {
            self.not_asked_for += 1;
            return Ok(());
        }
        let entry = loop {
            if self.leaves_out(layer) {
                return Ok(());
            }
            let columns = &self.columns[layer as usize];
            match Entry::of(layer, feature, columns, self.kept(), MOST_VERTICES) {
                Some(entry) => break entry,
                None if self.is_least => return Ok(()),
                // At the last, lines are left out.
                None => self.reduce(Excess::Vertices)?,
            }
        };
        let most = self.options.most_bytes.saturating_mul(ENTRY_SHARE);
        let is_full = self.is_least && self.entries.bytes > most;
        if is_full || !self.has_room(&entry) {
            return Ok(());
        }
        self.entries.push(&entry)?;
        while !self.is_least {
            if self.entries.vertices > MOST_VERTICES {
                self.reduce(Excess::Vertices)?;
            } else if self.entries.bytes > most {
                self.reduce(Excess::Bytes)?;
            } else {
                break;
            }
        }
        Ok(())
    }

    /// Hears of a vessel before her events: who she said she was.
    pub(crate) fn vessel(&mut self, vessel_id: &str, vessel: &Vessel) {
        let mut said = vec![vessel_id.to_owned(), vessel.id.to_string()];
        for identity in &vessel.identities {
            let particulars = &identity.particulars;
            said.extend(particulars.name.clone());
            said.extend(particulars.imo.map(|imo| imo.to_string()));
        }
        self.choose(vessel_id, &said);
    }

    /// Chooses a vessel if anything that she is called was asked for.
    fn choose(&mut self, vessel_id: &str, called: &[String]) {
        let plain = |text: &str| text.trim().to_lowercase();
        for (wanted, is_found) in self.options.vessels.iter().zip(&mut self.found) {
            if called.iter().any(|text| plain(text) == plain(wanted)) {
                *is_found = true;
                self.chosen.insert(vessel_id.to_owned());
            }
        }
    }

    fn is_asked_for(&mut self, properties: &[Property<'_>]) -> bool {
        if self.options.vessels.is_empty() {
            return true;
        }
        let text = |name| match properties.iter().find(|(found, _)| *found == name) {
            Some((_, Value::Text(text))) => Some(text.to_string()),
            _ => None,
        };
        // What is of no vessel, such as a sighting that names none, is of interest to all.
        let Some(vessel_id) = text("vessel_id") else {
            return true;
        };
        if !self.chosen.contains(&vessel_id) {
            // A further hull on an id has no particulars of her own.
            let called: Vec<String> = ["mmsi", "imo", "name"]
                .into_iter()
                .filter_map(text)
                .collect();
            self.choose(&vessel_id, &called);
        }
        self.chosen.contains(&vessel_id)
    }

    fn leaves_out(&self, layer: Layer) -> bool {
        CONTENTS[self.content].left_out.contains(&layer)
    }

    fn kept(&self) -> Kept {
        Kept {
            tolerance_m: TOLERANCES_M[self.tolerance],
            has_lists: CONTENTS[self.content].has_lists,
            has_details: CONTENTS[self.content].has_details,
        }
    }

    /// Goes one step on to less: of lines where vertices are too many, and where bytes are in turn of
    /// events and lines; then to fewer vessels. Does nothing but say so if there is no step left.
    fn reduce(&mut self, excess: Excess) -> io::Result<()> {
        self.is_cut = true;
        let is_coarsest = self.tolerance + 1 == TOLERANCES_M.len();
        let is_barest = self.content + 1 == CONTENTS.len();
        let thins = !is_coarsest && (excess == Excess::Vertices || self.content > self.tolerance);
        if thins {
            self.tolerance += 1;
        } else if !is_barest {
            self.content += 1;
        } else if !self.drop_vessels()? {
            self.is_least = true;
            return Ok(());
        }
        let kept = Kept {
            tolerance_m: if thins {
                TOLERANCES_M[self.tolerance]
            } else {
                0.0
            },
            ..self.kept()
        };
        let mut before = std::mem::replace(&mut self.entries, Entries::begin(&self.folder)?);
        let mut reader = before.read()?;
        while let Some(mut entry) = reader.next()? {
            let layer = entry.layer();
            if !self.leaves_out(layer) && self.has_room(&entry) {
                entry.reduce(&self.columns[layer as usize], kept);
                self.entries.push(&entry)?;
            }
        }
        Ok(())
    }

    fn has_room(&self, entry: &Entry) -> bool {
        let columns = &self.columns[entry.layer() as usize];
        match (&self.vessels, entry.property(columns, "vessel_id")) {
            (_, None) => CONTENTS[self.content].has_unnamed,
            (Some(vessels), Some(vessel)) => vessels.contains(vessel),
            (None, Some(_)) => true,
        }
    }

    /// Lets half of the vessels go, those that come last. Says whether any could.
    fn drop_vessels(&mut self) -> io::Result<bool> {
        let mut found = BTreeSet::new();
        let mut reader = self.entries.read()?;
        while let Some(entry) = reader.next()? {
            let columns = &self.columns[entry.layer() as usize];
            if let Some(vessel) = entry.property(columns, "vessel_id") {
                found.insert(vessel.to_owned());
            }
        }
        // The last one stays, and no other comes.
        let is_last = found.len() < 2;
        let half = found.len().div_ceil(2);
        self.vessels = Some(found.into_iter().take(half).collect());
        Ok(!is_last)
    }

    /// Writes the page. Says also what it has not of the run, in sentences.
    pub(crate) fn finish(
        mut self,
        manifest: &Manifest,
        ports: &[Port],
        dossiers: &[OutputFile],
    ) -> Result<(OutputFile, Vec<String>), ReportError> {
        let path = self.folder.join(MAP_NAME);
        let written = self.write(&path, manifest, ports, dossiers);
        let left_out = written.map_err(ReportError::io("write", &path))?;
        let file = OutputFile {
            name: MAP_NAME.to_owned(),
            records: self.entries.number,
        };
        Ok((file, left_out))
    }

    fn write(
        &mut self,
        path: &Path,
        manifest: &Manifest,
        ports: &[Port],
        dossiers: &[OutputFile],
    ) -> io::Result<Vec<String>> {
        loop {
            let features = self.packed()?;
            let left_out = self.left_out();
            let run = MapRun {
                manifest,
                ports,
                dossiers,
                left_out: &left_out,
                land: self.options.land,
            };
            let bytes = write_page(path, &run, &features)?;
            if bytes <= self.options.most_bytes || self.is_least {
                return Ok(left_out);
            }
            self.reduce(Excess::Bytes)?;
        }
    }

    /// The entries as compressed lines of JSON.
    fn packed(&mut self) -> io::Result<Vec<u8>> {
        let mut out = GzEncoder::new(Vec::new(), COMPRESSION);
        let mut bytes = Vec::new();
        let mut reader = self.entries.read()?;
        while let Some(entry) = reader.next()? {
            let mut line = Outlet::new(&mut bytes, &mut out);
            entry.push_line(&mut line, &self.columns[entry.layer() as usize]);
            line.finish()?;
        }
        out.finish()
    }

    /// What the page has not of the run, in sentences.
    fn left_out(&self) -> Vec<String> {
        let content = CONTENTS[self.content];
        let mut said = Vec::new();
        let tolerance_m: f64 = TOLERANCES_M[..=self.tolerance].iter().sum();
        if self.tolerance > 0 && !self.leaves_out(Layer::Tracks) {
            said.push(format!(
                "Lines are simplified further than in the layers' files: to within {tolerance_m} m."
            ));
        }
        if !content.left_out.is_empty() {
            let names: Vec<String> = content
                .left_out
                .iter()
                .map(|layer| layer.title().to_lowercase())
                .collect();
            said.push(format!("Left out: {}.", names.join(", ")));
        }
        if !content.has_details {
            said.push("Of each event only its times, ports and names are here.".to_owned());
        } else if !content.has_lists {
            said.push("Lists within events, such as candidates, are left out.".to_owned());
        }
        if !content.has_unnamed {
            said.push(
                "Events of no vessel, such as sightings that name none, are left out.".to_owned(),
            );
        }
        if let Some(vessels) = &self.vessels {
            said.push(format!(
                "There was room for {} only, the first by their ids: choose others with --map-vessels.",
                count(vessels.len(), "vessel", "vessels")
            ));
        }
        if self.is_cut {
            said.push(format!(
                "So the page keeps under {} MB (--map-size) and {MOST_VERTICES} vertices; everything is in the \
                 layers' files.",
                self.options.most_bytes / 1_000_000
            ));
        }
        if self.not_asked_for > 0 {
            said.push(format!(
                "Only vessels chosen with --map-vessels are shown; {} events of others are not.",
                self.not_asked_for
            ));
        }
        for (wanted, is_found) in self.options.vessels.iter().zip(&self.found) {
            if !is_found {
                let wanted = quoted(wanted);
                said.push(format!(
                    "There is nothing of `{wanted}`, which --map-vessels asked for."
                ));
            }
        }
        said
    }
}
