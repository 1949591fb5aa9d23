//! Places are read from the layer `places` that an earlier run wrote, as `GeoJSON`. People may have changed names in
//! it, taken features out, or drawn others.

use crate::IngestError;
use crate::list::{ListFile, ListProblem, shown};
use crate::ports_geojson::{place, text};
use crate::sightings::outline::{centroid, hull};
use geojson::{Feature, GeoJson, JsonObject};
use landfall_track::{LonLat, Place, PlaceKind, Position, StopPlace, distance_m};
use std::path::{Path, PathBuf};

/// The longest name, in characters.
const LONGEST_NAME: usize = 200;
/// The farthest that a place extends, in metres: farther is no anchorage.
const FARTHEST_M: f64 = 50_000.0;

/// Places as they were read: rows = places + rejected.
#[derive(Debug)]
pub struct PlaceTable {
    /// The path as given.
    pub path: PathBuf,
    /// The size in bytes.
    pub bytes: u64,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
    /// Features.
    pub rows: u64,
    /// The usable places, in their order, each with the code or else the name of its port, which is not looked up here;
    /// empty if it has none.
    pub places: Vec<(StopPlace, String)>,
    /// Features that cannot be used; the first is 1.
    pub rejected: Vec<ListProblem>,
}

/// Reads places.
///
/// # Errors
/// If the file cannot be read or is no `GeoJSON` of features.
pub fn read_places(path: &Path) -> Result<PlaceTable, IngestError> {
    let file = ListFile::read(path)?;
    let content = String::from_utf8_lossy(file.content());
    let unusable = |detail: String| IngestError::BadPlaces {
        path: path.to_owned(),
        detail,
    };
    let features = match content.parse::<GeoJson>() {
        Ok(GeoJson::FeatureCollection(collection)) => collection.features,
        Ok(GeoJson::Feature(feature)) => vec![feature],
        Ok(GeoJson::Geometry(_)) => {
            return Err(unusable(
                "it is a bare geometry; expected the layer places.geojson of an earlier run"
                    .to_owned(),
            ));
        }
        Err(error) => {
            return Err(unusable(format!(
                "it is no valid GeoJSON ({error}); expected the layer places.geojson of an earlier run"
            )));
        }
    };
    let (mut places, mut rejected) = (Vec::new(), Vec::new());
    for (row, feature) in (1..).zip(&features) {
        match stop_place(row, feature) {
            Ok(place) => places.push(place),
            Err(problem) => rejected.push(problem),
        }
    }
    Ok(PlaceTable {
        path: path.to_owned(),
        bytes: file.bytes.len() as u64,
        sha256: file.sha256,
        rows: features.len() as u64,
        places,
        rejected,
    })
}

fn stop_place(row: u64, feature: &Feature) -> Result<(StopPlace, String), ListProblem> {
    let problem = |column: &str, value: &str, problem: &str| ListProblem {
        row,
        column: column.to_owned(),
        value: shown(value),
        problem: problem.to_owned(),
    };
    let no_properties = JsonObject::new();
    let properties = feature.properties.as_ref().unwrap_or(&no_properties);
    let named = |name: &str| text(properties, &[name]);
    let kind = match named("kind").as_str() {
        "berth" => PlaceKind::Berth,
        "anchorage" => PlaceKind::Anchorage,
        other => {
            return Err(problem("kind", other, "expected `berth` or `anchorage`"));
        }
    };
    let outline = feature
        .geometry
        .as_ref()
        .ok_or("no geometry, so nobody can lie there")
        .and_then(|geometry| match place(&geometry.value)? {
            // One that lies across the antimeridian is written in two parts.
            Place::Polygons(polygons) => Ok(polygons
                .into_iter()
                .filter_map(|rings| rings.into_iter().next())
                .flatten()
                .collect::<Vec<Position>>()),
            Place::Points(_) => Err("expected a Polygon or a MultiPolygon"),
        })
        .map(|corners| hull(&corners))
        .map_err(|what| problem("geometry", "", what))?;
    let number = |name: &str| named(name).parse::<f64>().ok().filter(|it| it.is_finite());
    let given = number("lon").zip(number("lat"));
    let position = given
        .and_then(|(lon, lat)| Position::from_degrees(LonLat { lon, lat }))
        .or_else(|| centroid(&outline))
        .ok_or_else(|| problem("geometry", "", "the outline has no area"))?;
    let farthest_m = outline
        .iter()
        .map(|corner| distance_m(position, *corner))
        .fold(0.0, f64::max);
    if farthest_m > FARTHEST_M {
        let what = "a place of more than 50 km is neither berth nor anchorage";
        return Err(problem("geometry", "", what));
    }
    let count = |name: &str| number(name).map_or(0.0, |it| it.max(0.0));
    let name: String = named("name").chars().take(LONGEST_NAME).collect();
    let ring = outline.len().saturating_sub(1);
    let port = Some(named("portlocode"))
        .filter(|code| !code.is_empty())
        .unwrap_or_else(|| named("port"));
    let place = StopPlace {
        kind,
        name,
        position,
        outline: outline[..ring].to_vec(),
        extent_m: number("extentm").map_or(farthest_m, |it| it.clamp(0.0, farthest_m)),
        vessels: count("vessels") as u32,
        stops: count("stops") as u64,
        hours: count("hours"),
        port: None,
        nearest_port: None,
        given: true,
    };
    Ok((place, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(features: &str) -> PlaceTable {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("places.geojson");
        let text = format!(r#"{{"type": "FeatureCollection", "features": [{features}]}}"#);
        std::fs::write(&path, text).unwrap();
        read_places(&path).unwrap()
    }

    fn feature(properties: &str, geometry: &str) -> String {
        format!(r#"{{"type": "Feature", "properties": {{{properties}}}, "geometry": {geometry}}}"#)
    }

    #[test]
    fn a_place_across_the_antimeridian_is_one_ring_again() {
        let parts = r#"{"type": "MultiPolygon", "coordinates": [
            [[[179.99, -17], [180, -17], [180, -16.99], [179.99, -16.99], [179.99, -17]]],
            [[[-180, -17], [-179.99, -17], [-179.99, -16.99], [-180, -16.99], [-180, -17]]]]}"#;
        let properties = r#""kind": "berth", "name": "my quay", "port": "Suva", "port_locode": "FJSUV", "vessels": 4, "stops": 9, "hours": 31.5, "extent_m": 700.5"#;
        let table = read(&feature(properties, parts));
        assert_eq!(table.rejected, []);
        let (place, port) = &table.places[0];
        assert_eq!(port, "FJSUV");
        assert_eq!(
            (place.kind, place.name.as_str()),
            (PlaceKind::Berth, "my quay")
        );
        assert_eq!((place.vessels, place.stops, place.given), (4, 9, true));
        assert!((place.extent_m - 700.5).abs() < 1e-9, "{place:?}");
        assert_eq!(place.outline.len(), 4, "{:?}", place.outline);
        let middle = place.position.degrees();
        assert!((middle.lon.abs() - 180.0).abs() < 1e-6 && (middle.lat + 16.995).abs() < 1e-6);
    }

    #[test]
    fn what_is_no_place_is_told_with_its_row() {
        let point = r#"{"type": "Point", "coordinates": [3, 51]}"#;
        let line = r#"{"type": "Polygon", "coordinates": [[[3, 51], [4, 51], [3, 51], [3, 51]]]}"#;
        let sea = r#"{"type": "Polygon", "coordinates": [[[3, 51], [5, 51], [5, 53], [3, 51]]]}"#;
        let table = read(
            &[
                feature(r#""kind": "berth""#, point),
                feature(r#""kind": "quay""#, sea),
                feature(r#""kind": "berth""#, line),
                feature(r#""kind": "anchorage""#, sea),
                feature(r#""kind": "anchorage""#, "null"),
            ]
            .join(","),
        );
        let told: Vec<String> = table.rejected.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "row 1, column `geometry`: expected a Polygon or a MultiPolygon",
                "row 2, column `kind`, value `quay`: expected `berth` or `anchorage`",
                "row 3, column `geometry`: the outline has no area",
                "row 4, column `geometry`: a place of more than 50 km is neither berth nor anchorage",
                "row 5, column `geometry`: no geometry, so nobody can lie there",
            ]
        );
        assert!(table.places.is_empty() && table.rows == 5);
    }
}
