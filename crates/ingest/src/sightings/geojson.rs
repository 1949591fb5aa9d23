//! Sightings in `GeoJSON`: one feature a sighting, a Point or a Polygon.

use super::{Ids, KNOWN, SightedPlace, SightingTable};
use crate::IngestError;
use crate::list::{Entry, ListProblem, same_name};
use geojson::{Feature, FeatureCollection, GeoJson, GeometryValue, feature::Id};
use landfall_track::{LonLat, Position, distance_m};
use std::path::Path;

/// The least corners of a closed ring (RFC 7946, section 3.1.6).
const LEAST_CORNERS: usize = 4;

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
    match feature.geometry.as_ref().map(|geometry| &geometry.value) {
        Some(GeometryValue::Point { coordinates }) => Ok(SightedPlace {
            position: position(coordinates.as_slice(), entry)?,
            outline: None,
            reach_m: 0.0,
        }),
        Some(GeometryValue::Polygon { coordinates }) => {
            let [ring] = coordinates.as_slice() else {
                return Err(entry.problem("expected a polygon of one ring, without holes"));
            };
            outlined(
                ring.iter()
                    .map(|corner| position(corner.as_slice(), entry))
                    .collect::<Result<_, _>>()?,
                entry,
            )
        }
        Some(_) => Err(entry.problem("expected a Point or a Polygon")),
        None => Err(entry.problem("no geometry: expected a Point or a Polygon")),
    }
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
fn outlined(ring: Vec<Position>, entry: &Entry<'_>) -> Result<SightedPlace, ListProblem> {
    if ring.len() < LEAST_CORNERS || ring.first() != ring.last() {
        return Err(entry.problem(
            "expected a closed ring: at least four places, the last the same as the first",
        ));
    }
    let position = centroid(&ring).ok_or_else(|| entry.problem("a ring without an area"))?;
    let reach_m = ring
        .iter()
        .map(|corner| distance_m(position, *corner))
        .fold(0.0, f64::max);
    Ok(SightedPlace {
        position,
        outline: Some(ring),
        reach_m,
    })
}

/// The centroid of a closed ring on the plane of degrees around its first corner, which is right
/// for the few kilometres of a sighting's outline, also across the antimeridian.
fn centroid(ring: &[Position]) -> Option<Position> {
    let origin = ring.first()?;
    let local = |corner: &Position| {
        (
            origin.lon_difference_e7(*corner) as f64,
            f64::from(corner.lat_e7) - f64::from(origin.lat_e7),
        )
    };
    let (mut twice_area, mut x, mut y) = (0.0, 0.0, 0.0);
    for pair in ring.windows(2) {
        let ((ax, ay), (bx, by)) = (local(&pair[0]), local(&pair[1]));
        let cross = ax * by - bx * ay;
        twice_area += cross;
        x += (ax + bx) * cross;
        y += (ay + by) * cross;
    }
    if twice_area == 0.0 {
        return None;
    }
    let lon = (f64::from(origin.lon_e7) + x / (3.0 * twice_area)) / 1e7;
    let lat = (f64::from(origin.lat_e7) + y / (3.0 * twice_area)) / 1e7;
    Position::from_degrees(LonLat {
        lon: (lon + 540.0).rem_euclid(360.0) - 180.0,
        lat,
    })
}
