//! Sightings in `GeoJSON`: one feature a sighting; a Point, a Polygon or a `MultiPolygon`.

use super::outline::{area, centroid, hull};
use super::{Ids, KNOWN, SightedPlace, SightingTable, outcome};
use crate::IngestError;
use crate::list::{Entry, ListProblem, same_name};
use geojson::{Feature, FeatureCollection, GeoJson, GeometryValue, feature::Id};
use landfall_track::{LonLat, Position, SightingOutcome, distance_m};
use std::path::Path;

/// The least corners of a closed ring (RFC 7946, section 3.1.6).
const LEAST_CORNERS: usize = 4;
/// The outline around several polygons may be larger than they are by this share, as where one was
/// cut at the antimeridian (RFC 7946, section 3.1.9) and rounded.
const ROUNDING: f64 = 0.001;

pub(super) fn read(
    path: &Path,
    content: &[u8],
    list: &mut SightingTable,
    ids: &mut Ids,
) -> Result<(), IngestError> {
    let bad = |detail: String| IngestError::BadList {
        path: path.to_owned(),
        detail,
    };
    let text = std::str::from_utf8(content)
        .map_err(|_| bad("it is not UTF-8; save it again as UTF-8".to_owned()))?;
    let features = match text.parse::<GeoJson>() {
        Ok(GeoJson::FeatureCollection(FeatureCollection { features, .. })) => features,
        Ok(GeoJson::Feature(feature)) => vec![feature],
        Ok(GeoJson::Geometry(_)) => {
            return Err(bad(
                "it is a bare geometry; expected features with properties".to_owned(),
            ));
        }
        Err(error) => return Err(bad(format!("it is no valid GeoJSON: {error}"))),
    };
    for (feature, row) in features.iter().zip(1..) {
        let entry = entry(feature, row);
        for (column, _) in &entry.cells {
            let is_known = KNOWN
                .iter()
                .flat_map(|names| names.iter())
                .any(|name| same_name(column, name));
            if !is_known && !list.ignored_columns.iter().any(|other| other == column) {
                list.ignored_columns.push((*column).to_owned());
            }
        }
        let placed = place(feature, &entry).map(|place| (entry, place));
        list.take(placed, ids);
    }
    Ok(())
}

/// The properties as text; the feature's own id stands for a property `id` that is not there.
fn entry(feature: &Feature, row: u64) -> Entry<'_> {
    let mut cells = Vec::new();
    if let Some(properties) = &feature.properties {
        for (name, value) in properties {
            let text = match value {
                serde_json::Value::Null => continue,
                serde_json::Value::String(text) => text.trim().to_owned(),
                other => other.to_string(),
            };
            cells.push((name.as_str(), text));
        }
    }
    match &feature.id {
        Some(Id::String(id)) => cells.push(("id", id.trim().to_owned())),
        Some(Id::Number(id)) => cells.push(("id", id.to_string())),
        None => {}
    }
    Entry {
        row,
        cells,
        decimal_comma: false,
    }
}

fn place(feature: &Feature, entry: &Entry<'_>) -> Result<SightedPlace, ListProblem> {
    let polygons = match feature.geometry.as_ref().map(|geometry| &geometry.value) {
        Some(GeometryValue::Point { coordinates }) => {
            return Ok(SightedPlace {
                position: position(coordinates.as_slice(), entry)?,
                outline: None,
                reach_m: 0.0,
                doubt: None,
                is_named: false,
            });
        }
        Some(GeometryValue::Polygon { coordinates }) => std::slice::from_ref(coordinates),
        Some(GeometryValue::MultiPolygon { coordinates }) => coordinates.as_slice(),
        Some(_) => return Err(entry.problem("expected a Point, a Polygon or a MultiPolygon")),
        None => return Err(entry.problem("no geometry: expected a Point or a Polygon")),
    };
    let mut rings = Vec::new();
    let mut doubt = None;
    for polygon in polygons {
        let Some((outer, holes)) = polygon.split_first() else {
            return Err(entry.problem("a polygon without a ring"));
        };
        rings.push(ring(outer, entry)?);
        if !holes.is_empty() {
            doubt = Some("its holes are left out of account: the place is taken as its outer ring");
        }
    }
    let outline = match rings.as_slice() {
        [] => return Err(entry.problem("a MultiPolygon without a polygon")),
        [_] => rings.remove(0),
        several => {
            let outline = hull(&several.concat());
            let parts: f64 = several.iter().map(|ring| area(ring)).sum();
            if area(&outline) > parts * (1.0 + ROUNDING) {
                doubt = Some("several polygons: the place is taken as the outline around them all");
            }
            outline
        }
    };
    if doubt.is_some() && outcome(entry)? != SightingOutcome::Seen {
        return Err(entry.problem(
            "nobody was seen there, but the place has holes or parts: give a feature of its own to \
             each part that was looked at, without holes",
        ));
    }
    outlined(outline, doubt, entry)
}

/// A closed ring.
fn ring(corners: &[geojson::Position], entry: &Entry<'_>) -> Result<Vec<Position>, ListProblem> {
    let ring: Vec<Position> = corners
        .iter()
        .map(|corner| position(corner.as_slice(), entry))
        .collect::<Result<_, _>>()?;
    if ring.len() < LEAST_CORNERS || ring.first() != ring.last() {
        return Err(entry.problem(
            "expected a closed ring: at least four places, the last the same as the first",
        ));
    }
    Ok(ring)
}

fn position(coordinates: &[f64], entry: &Entry<'_>) -> Result<Position, ListProblem> {
    let (lon, lat) = match coordinates {
        [lon, lat, ..] => (*lon, *lat),
        _ => return Err(entry.problem("a place of fewer than two numbers")),
    };
    Position::from_degrees(LonLat { lon, lat }).ok_or_else(|| {
        entry.problem(format!(
            "{lon}, {lat} is no place: expected longitude, then latitude, in degrees"
        ))
    })
}

/// A ring with its centroid and reach.
fn outlined(
    ring: Vec<Position>,
    doubt: Option<&'static str>,
    entry: &Entry<'_>,
) -> Result<SightedPlace, ListProblem> {
    let position = centroid(&ring).ok_or_else(|| entry.problem("a ring without an area"))?;
    let reach_m = ring
        .iter()
        .map(|corner| distance_m(position, *corner))
        .fold(0.0, f64::max);
    Ok(SightedPlace {
        position,
        outline: Some(ring),
        reach_m,
        doubt,
        is_named: false,
    })
}
