//! Entries of a list, as they stand there.

use super::{CELL_LENGTH, RawCell, RawRow, Wanted, bounded};
use crate::IngestError;
use crate::list::{ListFile, Table};
use geojson::{Feature, FeatureCollection, GeoJson, feature::Id};
use std::path::Path;

/// Reads rows of a list of sightings or a register of vessels again: rows of a table, or features by
/// their number.
///
/// The rows come in their order, each once; a number that no row has is left out.
///
/// # Errors
///
/// If the file cannot be read, or is neither table nor `GeoJSON`.
pub fn read_list_rows(path: &Path, rows: &[u64]) -> Result<Vec<RawRow>, IngestError> {
    let file = ListFile::read(path)?;
    let content = file.content();
    let mut wanted = Wanted::new(rows);
    if content.trim_ascii_start().starts_with(b"{") {
        for (feature, row) in features(path, content)?.iter().zip(1..) {
            if wanted.takes(row) {
                wanted.add(of_feature(row, feature));
            }
        }
        return Ok(wanted.found);
    }
    let mut row = 0;
    Table::new(path, content)?.for_each(|entry| {
        row += 1;
        if !wanted.takes(row) {
            return;
        }
        let cells = match entry {
            Ok(entry) => entry
                .cells
                .iter()
                .map(|(column, value)| RawCell::new(column, value.as_bytes()))
                .collect(),
            Err(problem) => vec![RawCell::new(&problem.column, problem.value.as_bytes())],
        };
        wanted.add(RawRow {
            row,
            cells,
            line: None,
        });
    });
    Ok(wanted.found)
}

fn features(path: &Path, content: &[u8]) -> Result<Vec<Feature>, IngestError> {
    let bad = |detail: String| IngestError::BadList {
        path: path.to_owned(),
        detail,
    };
    let text = std::str::from_utf8(content)
        .map_err(|_| bad("it is not UTF-8; save it again as UTF-8".to_owned()))?;
    match text.parse::<GeoJson>() {
        Ok(GeoJson::FeatureCollection(FeatureCollection { features, .. })) => Ok(features),
        Ok(GeoJson::Feature(feature)) => Ok(vec![feature]),
        Ok(GeoJson::Geometry(_)) => Err(bad("it is a bare geometry".to_owned())),
        Err(error) => Err(bad(format!("it is no valid GeoJSON: {error}"))),
    }
}

fn of_feature(row: u64, feature: &Feature) -> RawRow {
    let mut cells = Vec::new();
    match &feature.id {
        Some(Id::String(id)) => cells.push(RawCell::new("id", id.as_bytes())),
        Some(Id::Number(id)) => cells.push(RawCell::new("id", id.to_string().as_bytes())),
        None => {}
    }
    for (name, value) in feature.properties.iter().flatten() {
        let text = match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        cells.push(RawCell::new(name, text.as_bytes()));
    }
    if let Some(geometry) = &feature.geometry {
        let text = geometry.to_string();
        cells.push(RawCell {
            column: "geometry".to_owned(),
            text: bounded(text.as_bytes(), CELL_LENGTH),
        });
    }
    RawRow {
        row,
        cells,
        line: None,
    }
}
