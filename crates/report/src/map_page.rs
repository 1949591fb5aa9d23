//! The map's page is a template (`map/page.html`) with markers for what differs from run to run.
//!
//! It asks no host for anything, and says so to the browser in its policy: nothing is loaded, and only
//! the two scripts whose hashes are named run. Of a run's data nothing is code: they stand in elements
//! that browsers do not run, as base64 or as JSON in which no tag can end or begin.

use crate::shape::degrees;
use crate::{Manifest, OutputFile};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64::write::EncoderWriter;
use flate2::Compression;
use flate2::write::GzEncoder;
use landfall_track::{Port, PortSource};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

const PAGE: &str = include_str!("../map/page.html");
const STYLE: &str = include_str!("../map/style.css");
const MAPLIBRE: &str = include_str!("../map/maplibre/maplibre-gl.js");
const MAPLIBRE_STYLE: &str = include_str!("../map/maplibre/maplibre-gl.css");
const MAPLIBRE_WORKER: &str = include_str!("../map/maplibre/maplibre-gl-worker.js");
/// What the licence of `MapLibre` and those of the packages within it ask to go with every copy.
const LICENCES: [&str; 2] = [
    include_str!("../map/maplibre/LICENSE.txt"),
    include_str!("../map/maplibre/LICENSES-BUNDLED.txt"),
];
/// The page's own program, file by file; one scope holds them all.
const SCRIPTS: [&str; 25] = [
    include_str!("../map/text.js"),
    include_str!("../map/time.js"),
    include_str!("../map/geometry.js"),
    include_str!("../map/decode.js"),
    include_str!("../map/land.js"),
    include_str!("../map/track-store.js"),
    include_str!("../map/model.js"),
    include_str!("../map/filter.js"),
    include_str!("../map/fragment.js"),
    include_str!("../map/positions.js"),
    include_str!("../map/board.js"),
    include_str!("../map/describe.js"),
    include_str!("../map/palette.js"),
    include_str!("../map/dom.js"),
    include_str!("../map/icons.js"),
    include_str!("../map/track-layer.js"),
    include_str!("../map/map-view.js"),
    include_str!("../map/markers.js"),
    include_str!("../map/timeline.js"),
    include_str!("../map/event-list.js"),
    include_str!("../map/evidence.js"),
    include_str!("../map/filter-panel.js"),
    include_str!("../map/search.js"),
    include_str!("../map/player.js"),
    include_str!("../map/main.js"),
];
/// Ports that are named on the map beside those that ships called at.
const MOST_PORTS: usize = 5_000;

/// Inputs that are named; there may be many thousands.
const MOST_INPUTS: usize = 5;

/// What the page says of a run, beside its features.
pub(crate) struct MapRun<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) ports: &'a [Port],
    pub(crate) dossiers: &'a [OutputFile],
    pub(crate) left_out: &'a [String],
    pub(crate) land: &'a [u8],
}

/// Writes the page, and says how many bytes it has. `features`: compressed lines of JSON.
pub(crate) fn write_page(path: &Path, run: &MapRun<'_>, features: &[u8]) -> io::Result<u64> {
    let mut out = Counted {
        to: BufWriter::new(File::create(path)?),
        bytes: 0,
    };
    let script = script();
    let mut rest = PAGE;
    while let Some((before, marked)) = rest.split_once("{{") {
        let (marker, after) = marked
            .split_once("}}")
            .ok_or_else(|| io::Error::other("the map's template has a marker without an end"))?;
        out.write_all(before.as_bytes())?;
        match marker {
            "policy" => out.write_all(policy(&[MAPLIBRE, &script]).as_bytes())?,
            "maplibre_style" => out.write_all(MAPLIBRE_STYLE.as_bytes())?,
            "style" => out.write_all(STYLE.as_bytes())?,
            "run" => out.write_all(inert(&run.describe()).as_bytes())?,
            "land" => {
                let mut land = GzEncoder::new(Vec::new(), Compression::default());
                land.write_all(run.land)?;
                push_base64(&mut out, &land.finish()?)?;
            }
            "features" => push_base64(&mut out, features)?,
            "licences" => out.write_all(LICENCES.join("\n").as_bytes())?,
            "maplibre_worker" => out.write_all(MAPLIBRE_WORKER.as_bytes())?,
            "maplibre" => out.write_all(MAPLIBRE.as_bytes())?,
            "script" => out.write_all(script.as_bytes())?,
            _ => {
                let unknown = format!("the map's template has an unknown marker `{marker}`");
                return Err(io::Error::other(unknown));
            }
        }
        rest = after;
    }
    out.write_all(rest.as_bytes())?;
    out.flush()?;
    Ok(out.bytes)
}

/// The page's own program.
fn script() -> String {
    format!("(() => {{\"use strict\";\n{}\n}})();", SCRIPTS.join("\n"))
}

/// The policy by which a browser loads nothing and runs only these scripts.
fn policy(scripts: &[&str]) -> String {
    let hashes: Vec<String> = scripts
        .iter()
        .map(|script| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script))))
        .collect();
    format!(
        "default-src 'none'; script-src {}; worker-src blob:; style-src 'unsafe-inline'; \
         img-src data: blob:; connect-src 'none'; base-uri 'none'; form-action 'none'",
        hashes.join(" ")
    )
}

/// JSON in which no tag can begin or end, and no line of script.
fn inert(value: &Value) -> String {
    let mut out = String::new();
    for letter in value.to_string().chars() {
        match letter {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing to a String does not fail.
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            _ => out.push(letter),
        }
    }
    out
}

fn push_base64(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let mut encoder = EncoderWriter::new(out, &STANDARD);
    encoder.write_all(bytes)?;
    encoder.finish().map(|_| ())
}

impl MapRun<'_> {
    fn describe(&self) -> Value {
        let manifest = self.manifest;
        let inputs: Vec<&str> = (manifest.inputs.iter())
            .take(MOST_INPUTS)
            .map(|input| input.path.as_str())
            .collect();
        let dossiers: Vec<&str> = (self.dossiers.iter())
            .map(|dossier| dossier.name.as_str())
            .collect();
        // A table of more is one of anchorages rather than of ports, and its names would hide the map.
        // Ports that only fill gaps, and places, are named where they are called at.
        let is_named = |port: &&Port| !port.source.yields() && port.source != PortSource::Stops;
        let named = || self.ports.iter().filter(is_named);
        let ports: Vec<Value> = if named().count() <= MOST_PORTS {
            named().filter_map(describe_port).collect()
        } else {
            Vec::new()
        };
        json!({
            "program": format!("landfall {}", manifest.version),
            "notices": manifest.notices,
            "inputs": inputs,
            "inputs_total": manifest.inputs.len(),
            "first": manifest.span().map(|(first, _)| first),
            "last": manifest.span().map(|(_, last)| last),
            "counts": manifest.counts,
            "amiss": manifest.data_quality.amiss,
            "left_out": self.left_out,
            "ports": ports,
            "dossiers": dossiers,
        })
    }
}

/// Name, code, country, longitude, latitude.
fn describe_port(port: &Port) -> Option<Value> {
    let (lon, lat) = degrees(port.place.first()?);
    Some(json!([
        port.name,
        port.locode.as_ref().map(ToString::to_string),
        port.country.as_ref().map(ToString::to_string),
        lon,
        lat,
    ]))
}

/// Counts what is written.
struct Counted<W> {
    to: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
