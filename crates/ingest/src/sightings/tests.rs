use super::*;
use landfall_track::distance_m;
use proptest::prelude::*;
use std::fmt::Write as _;

fn read_as(name: &str, content: impl AsRef<[u8]>) -> Result<SightingTable, IngestError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    read_sightings(&path)
}

fn read(content: &str) -> SightingTable {
    read_as("sightings.csv", content).unwrap()
}

fn told(problems: &[ListProblem]) -> String {
    problems.iter().fold(String::new(), |mut text, problem| {
        writeln!(text, "{problem}").unwrap();
        text
    })
}

#[test]
fn a_time_with_its_error_and_an_interval_are_both_a_span() {
    let list = read(
        "ID,Time,Time error min,From,To,Lat,Lon,Error radius m,source\n\
         a,2023-10-20T02:01:00Z,30,,,42.2,130.3,500,x\n\
         b,,,2023-09-07,2023-09-12,42.2,130.3,500,x\n\
         c,2023-12-09,,,,42.2,130.3,500,x\n",
    );
    let spans: Vec<_> = list
        .sightings
        .iter()
        .map(|sighting| format!("{} {} {}", sighting.id, sighting.from, sighting.to))
        .collect();
    assert_eq!(
        spans,
        [
            "a 2023-10-20T01:31:00Z 2023-10-20T02:31:00Z",
            "b 2023-09-07T00:00:00Z 2023-09-12T23:59:59.999Z",
            "c 2023-12-09T00:00:00Z 2023-12-09T23:59:59.999Z",
        ]
    );
    assert_eq!(told(&list.doubts) + &told(&list.rejected), "");
}

#[test]
fn a_bad_row_is_listed_with_row_column_and_value_and_the_others_are_kept() {
    let list = read(
        "id,time,from,to,lat,lon,outcome,imo,error_radius_m,source\n\
         a,2023-10-20,,,42.2,130.3,,,,x\n\
         a,2023-10-20,,,42.2,130.3,,,,x\n\
         b,,2023-10-20,2023-10-19,42.2,130.3,,,,x\n\
         c,,,,42.2,130.3,,,,x\n\
         d,2023-10-20,,,142.2,130.3,,,,x\n\
         e,2023-10-20,,,42.2,,,,,x\n\
         f,2023-10-20,,,42.2,130.3,gone,,,x\n\
         g,2023-10-20,,,42.2,130.3,,Angara,,x\n\
         h,2023-10-20,,,42.2,130.3,,,-1,x\n\
         i,20 Oct,,,42.2,130.3,,,,x\n\
         j,2023-10-20,2023-10-20,,42.2,130.3,,,,x\n",
    );
    assert_eq!((list.rows, list.sightings.len()), (11, 1));
    insta::assert_snapshot!(told(&list.rejected), @r"
    row 2, column `id`, value `a`: already the id of row 1
    row 3, column `to`, value `2023-10-19`: lies before `from`, 2023-10-20T00:00:00Z
    row 4: no time: give `time`, or `from` and `to`
    row 5, column `lat`, value `142.2`: expected a number from -90 to 90
    row 6: no longitude
    row 7, column `outcome`, value `gone`: expected `seen`, `not_there` or `no_vessel`
    row 8, column `imo`, value `Angara`: expected an IMO number of seven digits, such as 9358010
    row 9, column `error_radius_m`, value `-1`: expected a number from 0 to 20037509
    row 10, column `time`, value `20 Oct`: expected a time in ISO 8601, such as 2023-09-07 or 2023-09-07T10:30:00Z
    row 11: give `time`, or `from` and `to`, not both
    ");
}

#[test]
fn who_published_a_sighting_and_through_whom_it_was_read_are_kept_apart() {
    let list = read(
        "time,lat,lon,error_radius_m,source,Publisher,VIA\n\
         2023-10-20,42.2,130.3,500,The Paper of 3 May,The Paper, \n\
         2023-10-20,42.2,130.3,500,The Paper of 3 May,,Another Paper\n",
    );
    let told: Vec<_> = list
        .sightings
        .iter()
        .map(|it| (it.publisher.as_deref(), it.via.as_deref()))
        .collect();
    assert_eq!(
        told,
        [(Some("The Paper"), None), (None, Some("Another Paper"))]
    );
    assert!(list.ignored_columns.is_empty());
}

#[test]
fn what_is_odd_is_marked_and_kept() {
    let list = read(
        "time;lat;lon;error_radius_m;outcome;imo;activity;url;source\n\
         2023-10-20;42,2;130,3;;Not there;;;;x\n\
         2023-10-20;42,2;130,3;;seen;9179841;dancing;javascript:alert(1);\n\
         2023-10-20;42,2;130,3;0;seen;9179842;At anchor;https://example.org/a;x\n",
    );
    assert_eq!(list.sightings.len(), 3);
    insta::assert_snapshot!(told(&list.doubts), @r"
    row 1: `not_there`, but neither name, number nor length says who was not
    row 2, column `imo`, value `9179841`: its check digit is wrong; kept as it stands
    row 2: no error_radius_m: taken to be within 5 km
    row 2: no source: who published it?
    row 2, column `activity`, value `dancing`: left out: expected `loading`, `unloading`, `berthed`, `anchored` or `under_way`
    row 2, column `url`, value `javascript:alert(1)`: left out: expected an address that begins with https:// or http://
    ");
    assert_eq!(list.sightings[1].id, "row-2");
    assert_eq!(list.sightings[1].url, None);
    // One that is not stated is no exact place; a scene that says nothing of its extent covers nothing.
    let radii = list
        .sightings
        .iter()
        .map(|sighting| sighting.error_radius_m);
    assert_eq!(radii.collect::<Vec<_>>(), [0.0, 5_000.0, 0.0]);
    assert_eq!(list.sightings[2].activity, Some(Activity::Anchored));
    assert_eq!(list.sightings[2].position.lat_e7, 422_000_000);
}

#[test]
fn points_and_polygons_of_geojson_are_sightings() {
    let list = read_as(
        "sightings.geojson",
        r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","id":7,"geometry":{"type":"Point","coordinates":[130.3,42.2,5]},
         "properties":{"Name":"Maia","imo":9358010,"time":"2023-10-20T02:01:00Z","error_radius_m":250.5,"source":"x","publisher":"A; B","via":"C","cloud":0.1}},
        {"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[179.99,0],[-179.99,0],[-179.99,0.02],[179.99,0.02],[179.99,0]]]},
         "properties":{"id":"p","from":"2023-10-20","to":"2023-10-21","outcome":"no_vessel","source":null}},
        {"type":"Feature","geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]},"properties":{"time":"2023-10-20"}},
        {"type":"Feature","geometry":null,"properties":{"time":"2023-10-20"}},
        {"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[1,2],[3,4],[5,6]]]},"properties":{"time":"2023-10-20"}},
        {"type":"Feature","geometry":{"type":"Point","coordinates":[42.2,130.3]},"properties":{"time":"2023-10-20"}}]}"#,
    )
    .unwrap();
    assert_eq!((list.format, list.rows), ("geojson", 6));
    let [point, polygon] = list.sightings.as_slice() else {
        panic!("two sightings expected: {:?}", list.sightings);
    };
    assert_eq!(point.id, "7");
    assert_eq!(point.claim.name.as_deref(), Some("Maia"));
    assert_eq!(point.claim.imo.unwrap().get(), 9_358_010);
    assert!((point.error_radius_m - 250.5).abs() < 1e-9);
    assert_eq!(point.publisher.as_deref(), Some("A; B"));
    assert!(point.is_second_hand() && !polygon.is_second_hand());
    // The polygon's centroid lies on the antimeridian.
    assert_eq!(polygon.position.lat_e7, 100_000);
    assert_eq!(polygon.position.lon_e7.abs(), 1_800_000_000);
    let ring = polygon.outline.as_ref().unwrap();
    assert_eq!(ring.len(), 5);
    let corner_m = distance_m(polygon.position, ring[0]);
    assert!(
        (polygon.error_radius_m - corner_m).abs() < 0.01,
        "{corner_m}"
    );
    assert_eq!(list.ignored_columns, ["cloud"]);
    insta::assert_snapshot!(told(&list.rejected), @r"
    row 3: expected a Point, a Polygon or a MultiPolygon
    row 4: no geometry: expected a Point or a Polygon
    row 5: expected a closed ring: at least four places, the last the same as the first
    row 6: 42.2, 130.3 is no place: expected longitude, then latitude, in degrees
    ");
}

#[test]
fn polygons_with_holes_and_parts_are_an_outline_and_a_doubt() {
    let square = |lon: f64| {
        let (west, east) = (lon, lon + 0.01);
        format!("[[{west},42.2],[{east},42.2],[{east},42.21],[{west},42.21],[{west},42.2]]")
    };
    let hole = "[[130.302,42.202],[130.302,42.204],[130.304,42.204],[130.302,42.202]]";
    let feature = |kind: &str, coordinates: String, outcome: &str| {
        format!(
            r#"{{"type":"Feature","geometry":{{"type":"{kind}","coordinates":{coordinates}}},
            "properties":{{"time":"2023-10-20","source":"x","name":"Angara","outcome":"{outcome}"}}}}"#
        )
    };
    let holed = format!("[{},{hole}]", square(130.3));
    let apart = format!("[[{}],[{}]]", square(130.3), square(130.34));
    let touching = format!("[[{}],[{}]]", square(179.99), square(-180.0));
    let features = [
        feature("Polygon", holed.clone(), "seen"),
        feature("Polygon", holed, "not_there"),
        feature("MultiPolygon", apart.clone(), "seen"),
        feature("MultiPolygon", apart, "no_vessel"),
        feature("MultiPolygon", touching, "not_there"),
        feature(
            "MultiPolygon",
            format!("[[{}]]", square(130.3)),
            "not_there",
        ),
        feature("MultiPolygon", "[]".to_owned(), "seen"),
    ];
    let list = read_as(
        "sightings.geojson",
        format!(
            r#"{{"type":"FeatureCollection","features":[{}]}}"#,
            features.join(",")
        ),
    )
    .unwrap();
    let outlines: Vec<_> = list
        .sightings
        .iter()
        .map(|sighting| {
            let corners = sighting.outline.as_ref().unwrap().len();
            let place = sighting.position;
            format!(
                "{} {corners} {} {}",
                sighting.row, place.lon_e7, place.lat_e7
            )
        })
        .collect();
    assert_eq!(
        outlines,
        [
            "1 5 1303050000 422050000",
            "3 5 1303250000 422050000",
            "5 5 -1800000000 422050000",
            "6 5 1303050000 422050000",
        ]
    );
    let negative = list.sightings.last().unwrap();
    assert_eq!(negative.outcome, SightingOutcome::NotThere);
    assert_eq!(negative.claim.name.as_deref(), Some("Angara"));
    insta::assert_snapshot!(told(&list.doubts), @r"
    row 1: its holes are left out of account: the place is taken as its outer ring
    row 3: several polygons: the place is taken as the outline around them all
    ");
    insta::assert_snapshot!(told(&list.rejected), @r"
    row 2: nobody was seen there, but the place has holes or parts: give a feature of its own to each part that was looked at, without holes
    row 4: nobody was seen there, but the place has holes or parts: give a feature of its own to each part that was looked at, without holes
    row 7: a MultiPolygon without a polygon
    ");
}

#[test]
fn a_file_that_is_no_list_of_sightings_says_what_was_expected() {
    let told = |name: &str, content: &[u8]| {
        let error = read_as(name, content).unwrap_err().to_string();
        let (before, after) = error.split_once('`').unwrap();
        let (_, after) = after.split_once('`').unwrap();
        format!("{before}PATH{after}")
    };
    insta::assert_snapshot!(
        [
            told("a.csv", b"name,lat,lon\nx,1,2\n"),
            told("b.csv", b"time,lat,lon\n"),
            told("c.csv", b"time,lat,lon,LAT\n2023-01-01,1,2,3\n"),
            told("d.csv", b"PK\x03\x04\x00\x00"),
            told("e.geojson", b"{\"type\":\"Point\",\"coordinates\":[1,2]}"),
            told("f.geojson", b"{\"type\":\"FeatureCollection\",\"features\":[]}"),
            told("g.csv", b""),
        ]
        .join("\n"),
        @r"
    list PATH cannot be used: it has no column `time` (or `from` and `to`); found `name`, `lat`, `lon`; expected id,time,from,to,lat,lon,error_radius_m,outcome,name,imo,mmsi,source and others
    list PATH cannot be used: it holds no sighting
    list PATH cannot be used: column `LAT` stands in its header twice
    list PATH cannot be used: it is not a text file; expected CSV or GeoJSON in UTF-8
    list PATH cannot be used: it is a bare geometry; expected features with properties
    list PATH cannot be used: it holds no sighting
    PATH is empty: fetch it again, or leave it out
    "
    );
}

#[test]
fn the_sightings_of_the_bundled_case_are_read_without_a_doubt() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/najin-vostochny/sightings.csv");
    let list = read_sightings(&path).unwrap();
    assert_eq!(told(&list.rejected) + &told(&list.doubts), "");
    assert_eq!((list.rows, list.sightings.len()), (28, 28));
    let [unplaced] = &list.unplaced[..] else {
        panic!("{:?}", list.unplaced)
    };
    assert_eq!(list.sightings[unplaced.sighting].id, "press-nakhodka-kp");
    assert_eq!(unplaced.name, "Nakhodka");
    assert_eq!(unplaced.country.unwrap().as_str(), "KP");
    let unloads = list
        .sightings
        .iter()
        .find(|sighting| sighting.id == "bloomberg-angara-2023-12-09")
        .unwrap();
    assert_eq!(unloads.claim.name.as_deref(), Some("Angara"));
    assert_eq!(unloads.activity, Some(Activity::Unloading));
    assert_eq!(unloads.from.to_string(), "2023-12-08T15:00:00Z");
    // Nothing but what is made up for the example names a ship that does not exist.
    for sighting in &list.sightings {
        let is_example = sighting
            .claim
            .name
            .as_deref()
            .is_some_and(|name| name.starts_with("EXAMPLE"));
        assert_eq!(
            is_example,
            sighting.source.starts_with("MADE UP"),
            "{}",
            sighting.id
        );
        assert_eq!(sighting.url, None);
    }
}

proptest! {
    #[test]
    fn any_bytes_after_a_header_give_rows_that_add_up(tail in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut content = b"id,time,lat,lon,source\n".to_vec();
        content.extend_from_slice(&tail);
        if let Ok(list) = read_as("sightings.csv", &content) {
            prop_assert_eq!(list.rows as usize, list.sightings.len() + list.rejected.len());
        }
    }

    #[test]
    fn any_text_for_geojson_is_an_error_or_adds_up(
        coordinates in "[0-9eE.,\\[\\]-]{0,30}",
        value in "\\PC{0,12}",
    ) {
        let content = format!(
            r#"{{"type":"Feature","geometry":{{"type":"Polygon","coordinates":[[{coordinates}]]}},"properties":{{"time":"{value}"}}}}"#
        );
        if let Ok(list) = read_as("sightings.geojson", &content) {
            prop_assert_eq!(list.rows as usize, list.sightings.len() + list.rejected.len());
        }
    }
}
