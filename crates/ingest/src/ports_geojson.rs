//! Ports as `GeoJSON`: points, several points or polygons, with the properties of the CSV table.

use crate::IngestError;
use crate::list::{ListProblem, shown};
use crate::ports::{PortFormat, PortTable, unusable};
use crate::ports_rows::{
    ALIASES, CODES, COUNTRY, LOCODE, NAME, PRECISION, PRECISION_EXPECTED, Particulars, RADIUS,
    RADIUS_EXPECTED, SIZE, SOURCE, is_precision, is_radius, plain,
};
use geojson::{Feature, GeoJson, GeometryValue, JsonObject, JsonValue};
use landfall_track::{Locode, LonLat, Place, Port, Position};
use std::path::Path;

/// Reads a feature collection, or a single feature.
pub(crate) fn read(path: &Path, text: &str) -> Result<PortTable, IngestError> {
    let features = match text.parse::<GeoJson>() {
        Ok(GeoJson::FeatureCollection(collection)) => collection.features,
        Ok(GeoJson::Feature(feature)) => vec![feature],
        Ok(GeoJson::Geometry(_)) => {
            let detail =
                "it is a bare geometry; expected a FeatureCollection whose features have a `name`";
            return Err(unusable(path, detail.to_owned()));
        }
        Err(error) => return Err(unusable(path, format!("it is no valid GeoJSON: {error}"))),
    };
    let mut table = PortTable::new(PortFormat::GeoJson);
    for (number, feature) in (1..).zip(&features) {
        match port(number, feature, &mut table.doubts) {
            Ok(port) => table.ports.push(port),
            Err(problem) => table.rejected.push(problem),
        }
    }
    table.rows = features.len() as u64;
    table.used = table.ports.len() as u64;
    Ok(table)
}

fn problem(row: u64, column: &str, value: &str, problem: &str) -> ListProblem {
    ListProblem {
        row,
        column: column.to_owned(),
        value: shown(value),
        problem: problem.to_owned(),
    }
}

fn port(row: u64, feature: &Feature, doubts: &mut Vec<ListProblem>) -> Result<Port, ListProblem> {
    let no_properties = JsonObject::new();
    let properties = feature.properties.as_ref().unwrap_or(&no_properties);
    let place = match &feature.geometry {
        Some(geometry) => {
            place(&geometry.value).map_err(|what| problem(row, "geometry", "", what))?
        }
        None => {
            return Err(problem(
                row,
                "geometry",
                "",
                "no geometry, so the port has no place",
            ));
        }
    };
    // searoute's table calls the code `port` and has the name in `name`.
    let port_code = text(properties, &["port"])
        .parse::<Locode>()
        .map(|code| code.to_string());
    let locode = match text(properties, LOCODE) {
        code if code.is_empty() => port_code.clone().unwrap_or_default(),
        code => code,
    };
    let names: &[&str] = if port_code.is_ok() {
        &NAME[..NAME.len() - 1]
    } else {
        NAME
    };
    let mut port = Particulars {
        name: &text(properties, names),
        locode: &locode,
        country: &text(properties, COUNTRY),
        size: &text(properties, SIZE),
        aliases: &text(properties, ALIASES),
        other_codes: &text(properties, CODES),
        source: &text(properties, SOURCE),
    }
    .port(place);
    if port.name.is_empty() {
        return Err(problem(row, "name", "", "no name and no UN/LOCODE"));
    }
    let country = text(properties, COUNTRY);
    if port.country.is_none() && !country.is_empty() {
        doubts.push(problem(
            row,
            "country",
            &country,
            "no country that is known; left out",
        ));
    }
    let radius = text(properties, RADIUS);
    if !radius.is_empty() {
        port.radius_m = radius.parse().ok().filter(|metres| is_radius(*metres));
        if port.radius_m.is_none() {
            doubts.push(problem(row, "radius_m", &radius, RADIUS_EXPECTED));
        }
    }
    let precision = text(properties, PRECISION);
    if !precision.is_empty() {
        port.precision_m = precision
            .parse()
            .ok()
            .filter(|metres| is_precision(*metres));
        if port.precision_m.is_none() {
            doubts.push(problem(row, "precision_m", &precision, PRECISION_EXPECTED));
        }
    }
    Ok(port)
}

/// The first of these properties that is there and not null, as text; lists are joined by semicolons.
pub(crate) fn text(properties: &JsonObject, names: &[&str]) -> String {
    let value = names.iter().find_map(|name| {
        properties
            .iter()
            .find(|(key, value)| plain(key) == *name && !value.is_null())
            .map(|(_, value)| value)
    });
    match value {
        None | Some(JsonValue::Null) => String::new(),
        Some(JsonValue::String(text)) => text.trim().to_owned(),
        Some(JsonValue::Array(values)) => values
            .iter()
            .filter_map(JsonValue::as_str)
            .collect::<Vec<_>>()
            .join(";"),
        Some(other) => other.to_string(),
    }
}

/// The place of a geometry, or what is wrong with it.
pub(crate) fn place(geometry: &GeometryValue) -> Result<Place, &'static str> {
    match geometry {
        GeometryValue::Point { coordinates } => Ok(Place::Points(vec![position(coordinates)?])),
        GeometryValue::MultiPoint { coordinates } if !coordinates.is_empty() => Ok(Place::Points(
            coordinates.iter().map(position).collect::<Result<_, _>>()?,
        )),
        GeometryValue::Polygon { coordinates } => Ok(Place::Polygons(vec![polygon(coordinates)?])),
        GeometryValue::MultiPolygon { coordinates } if !coordinates.is_empty() => {
            let polygons = coordinates
                .iter()
                .map(|rings| polygon(rings))
                .collect::<Result<_, _>>()?;
            Ok(Place::Polygons(polygons))
        }
        GeometryValue::MultiPoint { .. } | GeometryValue::MultiPolygon { .. } => {
            Err("an empty geometry, so the port has no place")
        }
        _ => Err("expected a Point, a MultiPoint, a Polygon or a MultiPolygon"),
    }
}

/// The rings of a polygon, closed.
fn polygon(rings: &[Vec<geojson::Position>]) -> Result<Vec<Vec<Position>>, &'static str> {
    if rings.is_empty() {
        return Err("a polygon without an outline");
    }
    rings
        .iter()
        .map(|ring| {
            let mut ring: Vec<Position> = ring.iter().map(position).collect::<Result<_, _>>()?;
            let first = ring.first().copied();
            if ring.last().copied() != first {
                ring.extend(first);
            }
            if ring.len() < 4 {
                return Err("a ring of fewer than three places");
            }
            Ok(ring)
        })
        .collect()
}

/// A place; `GeoJSON`'s order is longitude, latitude.
fn position(coordinates: &geojson::Position) -> Result<Position, &'static str> {
    match coordinates.as_slice() {
        [lon, lat, ..] => Position::from_degrees(LonLat {
            lon: *lon,
            lat: *lat,
        })
        .ok_or(
            "a coordinate off the globe: expected longitude, then latitude, in degrees of WGS84",
        ),
        _ => Err("a coordinate of fewer than two numbers"),
    }
}
