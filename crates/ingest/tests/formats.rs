//! Every source format on a fixture with its quirks: what each row is decoded to.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that cannot go on is a failed test"
)]

use landfall_ingest::{
    ColumnMap, ParticularsSlot, PositionSink, ReadOptions, ReadProgress, SourceFile, VesselBook,
    VesselSlot, read_positions,
};
use landfall_track::{Particulars, PositionReport, RejectedRow, VesselId};
use std::fmt::Write;
use std::path::Path;

#[derive(Default)]
struct Rows {
    accepted: Vec<(VesselSlot, ParticularsSlot, PositionReport)>,
    rejected: Vec<RejectedRow>,
}

impl PositionSink for Rows {
    fn accept(&mut self, vessel: VesselSlot, sent: ParticularsSlot, report: PositionReport) {
        self.accepted.push((vessel, sent, report));
    }

    fn reject(&mut self, row: RejectedRow) {
        self.rejected.push(row);
    }
}

fn read(name: &str, options: &ReadOptions) -> (SourceFile, Rows, VesselBook) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/formats");
    let mut rows = Rows::default();
    let mut book = VesselBook::new();
    let progress = ReadProgress::default();
    let path = folder.join(name);
    let mut files = read_positions(&path, 0, options, &mut book, &mut rows, &progress);
    assert_eq!(files.len(), 1);
    let file = files.remove(0);
    assert_eq!(file.rows, file.accepted + file.rejected);
    assert_eq!(file.accepted, rows.accepted.len() as u64);
    assert_eq!(file.rejected, rows.rejected.len() as u64);
    assert_eq!(progress.bytes.into_inner(), file.bytes);
    assert_eq!(progress.rows.into_inner(), file.rows);
    (file, rows, book)
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

fn words(sent: &Particulars) -> String {
    let metres = |dm: Option<u32>| dm.map(|dm| (f64::from(dm) / 10.0).to_string());
    [
        ("name", sent.name.clone()),
        ("imo", sent.imo.map(|imo| imo.to_string())),
        ("call", sent.call_sign.clone()),
        ("type", sent.ship_type.as_ref().map(ToString::to_string)),
        ("length", metres(sent.length_dm)),
        ("width", metres(sent.width_dm)),
        ("draught", metres(sent.draught_dm)),
        ("to", sent.destination.clone()),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some(format!(" {key}={}", value?)))
    .collect()
}

/// One line a row: vessel, time, latitude, longitude, speed, course, heading, status, sender,
/// particulars; rejected rows behind.
fn decoded_with(name: &str, options: &ReadOptions) -> String {
    let (file, rows, book) = read(name, options);
    let mut text = file.format.unwrap_or_default();
    for (vessel, sent, report) in &rows.accepted {
        let place = report.position.degrees();
        let id = match book.id(*vessel) {
            VesselId::Text(text) => text.chars().take(8).collect(),
            VesselId::Mmsi(mmsi) => mmsi.to_string(),
        };
        write!(
            text,
            "\n{} {id} {} {} {} {} {} {} {} {:?}{}",
            report.source.row(),
            report.time,
            place.lat,
            place.lon,
            number(report.speed_knots()),
            number(report.course_deg()),
            number(report.heading_deg()),
            number(report.nav_status().map(f64::from)),
            report.sender,
            book.particulars(*sent)
                .as_ref()
                .map(words)
                .unwrap_or_default(),
        )
        .unwrap();
    }
    for row in &rows.rejected {
        write!(
            text,
            "\n{} {} {:?} {}",
            row.row, row.reason, row.column, row.value
        )
        .unwrap();
        text.truncate(text.trim_end().len());
    }
    if let Some(problem) = file.problem {
        write!(text, "\n{problem}").unwrap();
    }
    text
}

fn decoded(name: &str) -> String {
    decoded_with(name, &ReadOptions::default())
}

#[test]
fn marinecadastre_2015_to_2024() {
    insta::assert_snapshot!(decoded("marinecadastre-2015.csv"), @r#"
    MarineCadastre 2015-2024
    1 367000001 2023-01-11T00:00:00Z 43.07917 -70.75733 0 - - - ClassA name=FIXTURE ONE imo=9000003 call=WAA0001 type=Towing length=23
    2 367000002 2023-01-11T00:00:01Z 26.09241 -80.04806 8.8 272.7 270 0 ClassB name=FIXTURE, TWO call=WAA0002 type=Cargo length=208 width=30 draught=8.5
    3 no_position "LAT" 91.0
    "#);
}

#[test]
fn marinecadastre_in_its_early_years() {
    insta::assert_snapshot!(decoded("marinecadastre-2015-without-tail.csv"), @r#"
    MarineCadastre 2015-2024
    1 367000001 2016-01-11T00:00:00Z 43.07917 -70.75733 5.1 - 95 0 Unstated name=FIXTURE ONE
    2 367000001 2016-01-11T00:01:00Z 43.07927 -70.75743 5.2 12.5 95 - Unstated name=FIXTURE ONE
    3 367000002 2016-01-11T00:02:00Z 43.07937 -70.75753 - - - - Unstated
    "#);
}

#[test]
fn marinecadastre_from_2025_has_longitude_first() {
    insta::assert_snapshot!(decoded("marinecadastre-2025.csv"), @r#"
    MarineCadastre 2025
    1 367000001 2025-01-01T00:00:00Z 43.07917 -70.75733 0 - - - ClassA name=FIXTURE ONE imo=9000003 call=WAA0001 type=Towing length=23
    2 367000002 2025-01-01T00:00:01Z 26.09241 -80.04806 8.8 272.7 270 0 ClassB name=FIXTURE TWO call=WAA0002 type=Cargo length=208 width=30 draught=8.5
    3 bad_identity "mmsi" 0
    "#);
}

#[test]
fn marinecadastre_2009_to_2014() {
    insta::assert_snapshot!(decoded("marinecadastre-2009.csv"), @r#"
    MarineCadastre 2009-2014
    1 366000001 2009-01-03T00:00:01Z 29.35021 -94.81234 7 122 - 0 Unstated
    2 bad_time "BaseDateTime" 1/3/2009 12:00:05 AM
    "#);
}

#[test]
fn marinecadastre_2009_to_2014_with_a_point_column() {
    insta::assert_snapshot!(decoded("marinecadastre-2009-point.csv"), @r#"
    MarineCadastre 2009-2014
    1 366000001 2009-01-03T00:00:01Z 29.35021 -94.81234 7 122 - 0 Unstated
    2 366000001 2009-01-03T00:01:01Z 29.35022 -94.81235 7 122 - 0 Unstated
    3 bad_position "WKT" POINT EMPTY
    "#);
}

#[test]
fn danish_maritime_authority() {
    insta::assert_snapshot!(decoded("aisdk.csv"), @r#"
    Danish Maritime Authority
    1 219000001 2023-04-03T00:00:00Z 55.704422 12.601153 10.2 187.3 186 0 ClassA name=FIXTURE ÆRØ imo=9000003 call=OXAA1 type=Cargo length=88 width=12 draught=4.8 to=DK CPH
    2 219000002 2023-04-03T00:00:00Z 55.7044 12.6011 0.3 - - - ClassB
    3 002190068 2023-04-03T00:00:01Z 55.094967 12.0715 - - - - BaseStation
    6 219000001 2023-04-03T00:00:03Z 55.704423 12.601154 0 187.3 186 5 ClassA name=FIXTURE NEW NAME imo=9000003 call=OXAA1 type=Cargo length=88 width=12 draught=4.8 to=DK CPH
    4 no_position "Latitude" 91.000000
    5 bad_time "Timestamp" 31/04/2023 00:00:02
    "#);
}

#[test]
fn danish_maritime_authority_in_its_early_years() {
    insta::assert_snapshot!(decoded("aisdk-before-2016.csv"), @r#"
    Danish Maritime Authority
    1 219000001 2015-06-05T23:59:59Z 55.704422 12.601153 2.1 7.3 - 7 ClassA name=FIXTURE call=OXAA1 type=Fishing length=20 width=5 draught=2.5
    2 970000001 2015-06-05T23:59:59Z 55.704422 12.601153 - - - 14 Distress
    "#);
}

#[test]
fn brest() {
    insta::assert_snapshot!(decoded("brest.csv"), @r#"
    Brest (nari_dynamic)
    1 245000001 2015-09-30T22:00:02Z 48.38249 -4.4657183 0.1 13.1 36 0 Unstated
    2 227000002 2015-09-30T22:00:03Z 48.38242 -4.4965715 0 263.7 - - Unstated
    3 bad_time "t"
    "#);
}

#[test]
fn piraeus() {
    insta::assert_snapshot!(decoded("piraeus.csv"), @r#"
    Piraeus
    1 0f1e2d3c 2017-05-01T00:00:00Z 37.943 23.617 0.1 12.5 - - Unstated
    2 a0b1c2d3 2017-05-01T00:00:00.123Z 37.9431 23.6171 - - - - Unstated
    3 bad_identity "vessel_id"
    "#);
}

#[test]
fn kystverket() {
    insta::assert_snapshot!(decoded("kystverket.csv"), @r#"
    Kystverket
    1 257000001 2023-05-01T00:00:00Z 63.45012 10.40123 12.4 120.5 121 0 ClassA imo=9000003 length=95
    2 257000002 2023-05-01T00:00:05Z 63.45013 10.40124 0 - - - ClassB
    3 bad_position "lat" -
    "#);
}

#[test]
fn spire() {
    insta::assert_snapshot!(decoded("spire.csv"), @r#"
    Spire
    1 273000001 2022-03-01T00:00:03Z 42.75 133.0833 0 12.3 13 - ClassA name=FIXTURE imo=9000003 call=UAAA type=Cargo length=120 width=18 draught=6.1 to=VOSTOCHNY
    3 273000002 2022-03-01T00:00:05.250Z 42.76 133.09 - - - - AidToNavigation name=BUOY
    2 static_message "latitude"
    "#);
    insta::assert_snapshot!(decoded("spire-msg-type-first.csv"), @r#"
    Spire
    1 273000001 2022-03-01T00:00:03Z 42.75 133.0833 - - - - ClassA
    "#);
}

#[test]
fn spire_2() {
    insta::assert_snapshot!(decoded("spire-2.csv"), @r#"
    Spire 2.0
    1 273000001 2026-03-01T00:00:03.250Z 42.75 133.0833 11.2 12.3 - 0 ClassA name=FIXTURE imo=9000003 call=UAAA type=Cargo
    2 273000002 2026-03-01T00:00:05Z 42.76 133.09 0 - - 1 ClassB
    3 no_position "position_latitude" 0.0
    "#);
}

#[test]
fn marinetraffic() {
    insta::assert_snapshot!(decoded("marinetraffic.csv"), @r#"
    MarineTraffic
    1 273000001 2026-03-01T00:00:00Z 42.75 133.0833 12 0 1 0 Unstated
    2 273000001 2026-03-01T00:10:00Z 42.78333 133.0833 12.1 0 1 0 Unstated
    3 273000001 2026-03-01T00:20:00Z 42.81666 133.0833 11.9 0 - 0 Unstated
    4 273000002 2026-03-01T00:20:05Z 42.76 133.09 - - - 1 Unstated
    "#);
    let (file, ..) = read("marinetraffic.csv", &ReadOptions::default());
    let speed = file
        .columns
        .iter()
        .find(|used| used.field == "speed")
        .unwrap();
    insta::assert_snapshot!(speed.note.as_deref().unwrap(), @"read as tenths of knots: speeds are ten times those that positions imply");
}

#[test]
fn date_and_time_in_two_columns() {
    insta::assert_snapshot!(decoded("date-and-time.csv"), @r#"
    generic
    1 273000001 2026-03-01T23:59:00Z 42.75 133.0833 3.2 - - - Unstated name=FIXTURE
    2 273000001 2026-03-13T00:10:05.500Z 42.76 133.0834 3.1 - - - Unstated
    3 bad_time "time_utc"
    "#);
}

#[test]
fn a_file_without_a_header() {
    assert!(decoded("headerless.csv").contains("has no header: its first line is a row"));
    let map = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/formats/headerless.toml");
    let options = ReadOptions {
        columns: Some(ColumnMap::from_toml(&map).unwrap()),
        ..ReadOptions::default()
    };
    insta::assert_snapshot!(decoded_with("headerless.csv", &options), @r#"
    column file
    1 273000001 2026-03-01T00:00:00Z 42.75 133.0833 - - - - Unstated
    2 273000001 2026-03-01T00:10:00.123Z 42.76 133.0834 - - - - Unstated
    3 bad_time "column 2" soon
    "#);
}

#[test]
fn fleetmon() {
    insta::assert_snapshot!(decoded("fleetmon.csv"), @r#"
    FleetMon
    1 273000001 2023-09-07T10:30:00Z 42.75 133.0833 0.1 12.3 13 5 Unstated name=FIXTURE "THE" ONE imo=9000003 call=UAAA type=Cargo draught=6.1 to=RAJIN, DPRK
    2 273000001 2023-09-07T10:31:00Z 42.7501 133.0834 - - - - Unstated name=FIXTURE "THE" ONE imo=9000003 call=UAAA type=Cargo draught=6.1
    "#);
}

#[test]
fn exactearth() {
    insta::assert_snapshot!(decoded("exactearth.csv"), @r#"
    exactEarth
    1 273000001 2021-07-01T18:51:51.437Z 42.75 133.0833 11.2 12.3 13 0 ClassA
    2 static_message "Latitude"
    3 no_position "Latitude" 91
    "#);
}

#[test]
fn aishub() {
    insta::assert_snapshot!(decoded("aishub.csv"), @r#"
    AISHub
    1 273000001 2023-01-11T00:00:00Z 42.75 133.0833 0.1 12.3 13 1 Unstated name=FIXTURE imo=9000003 call=UAAA type=Cargo length=120 width=18 draught=6.1 to=VOSTOCHNY
    2 273000001 2023-01-11T00:01:00Z 42.75 133.0833 - - - - Unstated name=FIXTURE
    "#);
}

#[test]
fn a_global_fishing_watch_track_is_of_the_vessel_in_the_files_name() {
    insta::assert_snapshot!(decoded("247000001.csv"), @r#"
    Global Fishing Watch track
    1 247000001 2021-03-05T06:07:08Z 42.75 133.0833 3.2 45 - - Unstated
    2 position_out_of_range "Lon" -200.5
    "#);
}

#[test]
fn columns_by_their_usual_names() {
    insta::assert_snapshot!(decoded("generic.csv"), @r#"
    generic
    1 hull-1 2023-04-13T10:00:00Z 42.75 133.0833 3.2 - - - Unstated
    2 hull-1 2023-04-03T10:00:00Z 42.76 133.0834 3.1 - - - Unstated
    3 bad_time "DateTime" 13/13/2023 10:00
    "#);
    let (file, ..) = read("generic.csv", &ReadOptions::default());
    assert_eq!(file.notices, ["positions made up for tests"]);
    let taken: Vec<_> = file
        .columns
        .iter()
        .map(|used| {
            format!(
                "{} <- {}: {}",
                used.field,
                used.column,
                used.note.as_deref().unwrap()
            )
        })
        .collect();
    insta::assert_snapshot!(taken.join("\n"), @r#"
    vessel_id <- id: by its name
    time <- DateTime: by its name; read as day/month/year, as `13/04/2023 10:00` can only be
    latitude <- Y: by its name
    longitude <- X: by its name
    speed <- Speed: by its name
    "#);
}

#[test]
fn a_column_file() {
    let map = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/formats/with-columns.toml");
    let options = ReadOptions {
        columns: Some(ColumnMap::from_toml(&map).unwrap()),
        ..ReadOptions::default()
    };
    insta::assert_snapshot!(decoded_with("with-columns.csv", &options), @r#"
    column file
    1 273000001 2023-09-07T20:30:00Z 42.75 133.0833 19.44 - - - Unstated
    2 bad_time "When" later
    "#);
    // Files of known formats are read as ever beside it.
    assert!(decoded_with("brest.csv", &options).starts_with("Brest"));
}
