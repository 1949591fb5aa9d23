//! Trips are what kepler.gl animates: observed lines of which each vertex is longitude, latitude, zero and
//! the epoch second at which the vessel was there.
//!
//! A trip is one line: a voyage or track broken at gaps or cut at the antimeridian gives several, so
//! that nobody is seen to move while she was silent.

use crate::json::{push_collection_start, push_degrees, push_seconds, push_text};
use crate::{Feature, Geometry, ReportError, Value};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

/// The file's name.
pub(crate) const TRIPS_NAME: &str = "trips.geojson";

/// `trips.geojson` being written.
pub(crate) struct Trips {
    path: PathBuf,
    out: BufWriter<File>,
    pub(crate) records: u64,
    bytes: Vec<u8>,
}

impl Trips {
    /// Begins the file.
    pub(crate) fn create(path: PathBuf, notices: &[String]) -> Result<Self, ReportError> {
        let file = File::create(&path).map_err(ReportError::io("create", &path))?;
        let mut trips = Self {
            out: BufWriter::new(file),
            records: 0,
            bytes: Vec::new(),
            path,
        };
        push_collection_start(&mut trips.bytes, notices);
        trips.send()?;
        Ok(trips)
    }

    /// Writes the lines of a voyage or track.
    pub(crate) fn feature(&mut self, feature: &Feature<'_>) -> Result<(), ReportError> {
        let Geometry::Path(lines) = feature.geometry else {
            return Ok(());
        };
        for (number, part) in lines.parts().enumerate() {
            let start: &[u8] = if self.records == 0 { b"\n" } else { b",\n" };
            self.bytes.extend_from_slice(start);
            self.records += 1;
            self.bytes
                .extend_from_slice(br#"{"type":"Feature","properties":{"id":"#);
            push_text(&mut self.bytes, feature.id);
            self.bytes
                .extend_from_slice(format!(r#","part":{number}"#).as_bytes());
            for (name, value) in feature.properties {
                if let ("vessel_id" | "name" | "ship_type", Value::Text(text)) = (*name, value) {
                    self.bytes
                        .extend_from_slice(format!(r#","{name}":"#).as_bytes());
                    push_text(&mut self.bytes, text);
                }
            }
            self.bytes
                .extend_from_slice(br#"},"geometry":{"type":"LineString","coordinates":["#);
            for (number, point) in part.iter().enumerate() {
                self.bytes
                    .extend_from_slice(if number == 0 { b"[" } else { b",[" });
                push_degrees(&mut self.bytes, point.position.lon_e7);
                self.bytes.push(b',');
                push_degrees(&mut self.bytes, point.position.lat_e7);
                self.bytes.extend_from_slice(b",0,");
                push_seconds(&mut self.bytes, point.time);
                self.bytes.push(b']');
                if self.bytes.len() > 1 << 16 {
                    self.send()?;
                }
            }
            self.bytes.extend_from_slice(b"]}}");
        }
        self.send()
    }

    /// Completes the file.
    pub(crate) fn finish(mut self) -> Result<u64, ReportError> {
        self.bytes.extend_from_slice(b"\n]}\n");
        self.send()?;
        self.out
            .flush()
            .map_err(ReportError::io("write", &self.path))?;
        Ok(self.records)
    }

    fn send(&mut self) -> Result<(), ReportError> {
        let written: io::Result<()> = self.out.write_all(&self.bytes);
        self.bytes.clear();
        written.map_err(ReportError::io("write", &self.path))
    }
}
