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
use crate::phrase::count;
use crate::{Feature, Layer, Manifest, OutputFile, Property, ReportError, Value};
use flate2::Compression;
use flate2::write::GzEncoder;
use landfall_track::Port;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
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
    /// Only these vessels, by MMSI, IMO number, id or name; empty for all.
    pub vessels: &'a [String],
    /// The land, in the form of `data/land.bin`.
    pub land: &'a [u8],
}

/// How much of a run the page has.
#[derive(Clone, Copy, Debug)]
struct Level {
    kept: Kept,
    left_out: &'static [Layer],
}

/// From all to the least. Where lines have too many vertices only the tolerance helps, where the page has
/// too many bytes small events and details go first.
const LEVELS: [Level; 10] = [
    level(0.0, true, true, &[]),
    level(100.0, true, true, &[]),
    level(200.0, false, true, &[]),
    level(300.0, false, true, FEWER),
    level(500.0, false, true, FEWER),
    level(1_000.0, false, true, FEWER),
    level(1_000.0, false, false, FEWER),
    level(3_000.0, false, false, FEWER),
    level(10_000.0, false, false, FEWER),
    level(10_000.0, false, false, FEWEST),
];
const FEWER: &[Layer] = &[Layer::Reach, Layer::Passages, Layer::Stops];
const FEWEST: &[Layer] = &[
    Layer::Reach,
    Layer::Passages,
    Layer::Stops,
    Layer::Voyages,
    Layer::Tracks,
];

const fn level(
    tolerance_m: f64,
    has_lists: bool,
    has_details: bool,
    left_out: &'static [Layer],
) -> Level {
    Level {
        kept: Kept {
            tolerance_m,
            has_lists,
            has_details,
        },
        left_out,
    }
}

/// The map of a run that is under way.
pub(crate) struct Map<'a> {
    options: MapOptions<'a>,
    folder: PathBuf,
    columns: Vec<Columns>,
    level: usize,
    entries: Entries,
    /// The vessels that have room, if not all have.
    vessels: Option<BTreeSet<String>>,
    /// Of each vessel that was asked for, whether there is anything.
    found: Vec<bool>,
    /// Features of vessels that were not asked for.
    not_asked_for: u64,
}

/// Entries in a temporary file without a name.
struct Entries {
    file: BufWriter<File>,
    bytes: u64,
    vertices: usize,
    number: u64,
}

impl<'a> Map<'a> {
    /// Begins a map. `folder` is where the page will be.
    pub(crate) fn begin(folder: &Path, options: MapOptions<'a>) -> Result<Self, ReportError> {
        Ok(Self {
            options,
            columns: Layer::ALL.map(|layer| Columns::of(layer, true)).to_vec(),
            level: 0,
            entries: Entries::begin(folder).map_err(ReportError::io("write", folder))?,
            folder: folder.to_owned(),
            vessels: None,
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
            let level = LEVELS[self.level];
            if level.left_out.contains(&layer) {
                return Ok(());
            }
            let columns = &self.columns[layer as usize];
            match Entry::of(layer, feature, columns, level.kept, MOST_VERTICES) {
                Some(entry) => break entry,
                None if self.reduce()? => {}
                None => return Ok(()),
            }
        };
        if !self.has_room(&entry) {
            return Ok(());
        }
        self.entries.push(&entry)?;
        self.make_room()
    }

    fn is_asked_for(&mut self, properties: &[Property<'_>]) -> bool {
        let wanted = self.options.vessels;
        let text = |name| match properties.iter().find(|(found, _)| *found == name) {
            Some((_, Value::Text(text))) => Some(text.trim().to_lowercase()),
            _ => None,
        };
        // What is of no vessel, such as a sighting that names none, is of interest to all.
        if wanted.is_empty() || text("vessel_id").is_none() {
            return true;
        }
        let names = ["vessel_id", "mmsi", "imo", "name"].map(text);
        let mut is_asked_for = false;
        for (wanted, is_found) in wanted.iter().zip(&mut self.found) {
            if names.contains(&Some(wanted.trim().to_lowercase())) {
                (is_asked_for, *is_found) = (true, true);
            }
        }
        is_asked_for
    }

    /// Reduces the entries as long as they are too many.
    fn make_room(&mut self) -> io::Result<()> {
        let most = self.options.most_bytes.saturating_mul(ENTRY_SHARE);
        while self.entries.bytes > most || self.entries.vertices > MOST_VERTICES {
            if !self.reduce()? {
                break;
            }
        }
        Ok(())
    }

    /// Goes on to the next level; where there is none, to fewer vessels. Says whether it could.
    fn reduce(&mut self) -> io::Result<bool> {
        if self.level + 1 < LEVELS.len() {
            self.level += 1;
        } else if !self.drop_vessels()? {
            return Ok(false);
        }
        let level = LEVELS[self.level];
        let mut before = std::mem::replace(&mut self.entries, Entries::begin(&self.folder)?);
        let mut reader = before.read()?;
        while let Some(mut entry) = reader.next()? {
            let layer = entry.layer();
            if !level.left_out.contains(&layer) && self.has_room(&entry) {
                entry.reduce(&self.columns[layer as usize], level.kept);
                self.entries.push(&entry)?;
            }
        }
        Ok(true)
    }

    fn has_room(&self, entry: &Entry) -> bool {
        let columns = &self.columns[entry.layer() as usize];
        match (&self.vessels, entry.property(columns, "vessel_id")) {
            (Some(vessels), Some(vessel)) => vessels.contains(vessel),
            _ => true,
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
        drop(reader);
        if found.len() < 2 {
            return Ok(false);
        }
        let half = found.len() / 2;
        self.vessels = Some(found.into_iter().take(half).collect());
        Ok(true)
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
        written.map_err(ReportError::io("write", &path))?;
        let file = OutputFile {
            name: MAP_NAME.to_owned(),
            records: self.entries.number,
        };
        Ok((file, self.left_out()))
    }

    fn write(
        &mut self,
        path: &Path,
        manifest: &Manifest,
        ports: &[Port],
        dossiers: &[OutputFile],
    ) -> io::Result<()> {
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
            if bytes <= self.options.most_bytes || !self.reduce()? {
                return Ok(());
            }
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
        let level = LEVELS[self.level];
        let mut said = Vec::new();
        let tolerance_m = level.kept.tolerance_m;
        if tolerance_m > 0.0 && !level.left_out.contains(&Layer::Tracks) {
            said.push(format!(
                "Lines are simplified further than in the layers' files: to within {tolerance_m} m."
            ));
        }
        if !level.left_out.is_empty() {
            let names: Vec<String> = level
                .left_out
                .iter()
                .map(|layer| layer.title().to_lowercase())
                .collect();
            said.push(format!("Left out: {}.", names.join(", ")));
        }
        if !level.kept.has_details {
            said.push("Of each event only its times, ports and names are here.".to_owned());
        } else if !level.kept.has_lists {
            said.push("Lists within events, such as candidates, are left out.".to_owned());
        }
        if let Some(vessels) = &self.vessels {
            said.push(format!(
                "There was room for {} only, the first by their ids: choose others with --map-vessels.",
                count(vessels.len(), "vessel", "vessels")
            ));
        }
        if !said.is_empty() {
            said.push(format!(
                "The page is kept under {} MB; everything is in the layers' files.",
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

impl Entries {
    fn begin(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            file: BufWriter::new(tempfile::tempfile_in(folder)?),
            bytes: 0,
            vertices: 0,
            number: 0,
        })
    }

    fn push(&mut self, entry: &Entry) -> io::Result<()> {
        let bytes = postcard::to_stdvec(entry).map_err(io::Error::other)?;
        self.file.write_all(&(bytes.len() as u64).to_le_bytes())?;
        self.file.write_all(&bytes)?;
        self.bytes += bytes.len() as u64;
        self.vertices += entry.vertices();
        self.number += 1;
        Ok(())
    }

    /// All entries from the first.
    fn read(&mut self) -> io::Result<EntryReader<'_>> {
        self.file.flush()?;
        let file = self.file.get_mut();
        file.rewind()?;
        Ok(EntryReader {
            left: self.number,
            file: BufReader::new(file),
            bytes: Vec::new(),
        })
    }
}

/// Reads entries back.
struct EntryReader<'f> {
    file: BufReader<&'f mut File>,
    left: u64,
    bytes: Vec<u8>,
}

impl EntryReader<'_> {
    fn next(&mut self) -> io::Result<Option<Entry>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let mut length = [0; 8];
        self.file.read_exact(&mut length)?;
        let length = usize::try_from(u64::from_le_bytes(length)).map_err(io::Error::other)?;
        self.bytes.resize(length, 0);
        self.file.read_exact(&mut self.bytes)?;
        postcard::from_bytes(&self.bytes)
            .map(Some)
            .map_err(io::Error::other)
    }
}
