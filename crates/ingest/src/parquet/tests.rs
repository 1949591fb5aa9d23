use crate::{
    ColumnMap, IngestError, ParticularsSlot, PositionSink, ReadOptions, ReadProgress, SourceFile,
    VesselBook, VesselSlot, read_positions,
};
use landfall_track::{
    PositionReport, RejectReason, RejectedRow, SourceRow, Timestamp, Vessel, VesselId,
};
use polars::prelude::*;
use std::fs::File;
use std::path::Path;

#[derive(Default)]
struct Collected {
    reports: Vec<(VesselSlot, ParticularsSlot, PositionReport)>,
    rejected: Vec<RejectedRow>,
    signs: Vec<(u64, Timestamp)>,
}

impl PositionSink for Collected {
    fn accept(&mut self, vessel: VesselSlot, sent: ParticularsSlot, report: PositionReport) {
        self.reports.push((vessel, sent, report));
    }

    fn reject(&mut self, row: RejectedRow) {
        self.rejected.push(row);
    }

    fn without_position(&mut self, _: VesselSlot, time: Timestamp, source: SourceRow) {
        self.signs.push((source.row(), time));
    }
}

struct Read {
    source: SourceFile,
    collected: Collected,
    vessels: Vec<Vessel>,
}

fn read_with(path: &Path, options: &ReadOptions) -> Read {
    let mut book = VesselBook::new();
    let mut collected = Collected::default();
    let progress = ReadProgress::default();
    let mut sources = read_positions(path, 0, options, &mut book, &mut collected, &progress);
    let source = sources.pop().unwrap();
    assert_eq!(source.rows, source.accepted + source.rejected);
    assert_eq!(
        source.rows as usize,
        collected.reports.len() + collected.rejected.len()
    );
    Read {
        source,
        collected,
        vessels: (0..book.len() as u32)
            .map(|slot| book.vessel(VesselSlot(slot)))
            .collect(),
    }
}

fn read(path: &Path) -> Read {
    read_with(path, &ReadOptions::default())
}

/// Writes a frame as Parquet, some rows to a group, and hands its path on.
fn as_parquet<T>(frame: &mut DataFrame, group_rows: usize, use_it: impl FnOnce(&Path) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ships.parquet");
    ParquetWriter::new(File::create(&path).unwrap())
        .with_row_group_size(Some(group_rows))
        .finish(frame)
        .unwrap();
    use_it(&path)
}

fn read_frame(mut frame: DataFrame) -> Read {
    as_parquet(&mut frame, 2, read)
}

fn read_csv(content: &str) -> Read {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ships.csv");
    std::fs::write(&path, content).unwrap();
    read(&path)
}

fn assert_same(parquet: &Read, csv: &Read) {
    assert!(
        parquet.source.problem.is_none(),
        "{:?}",
        parquet.source.problem
    );
    assert_eq!(parquet.collected.reports, csv.collected.reports);
    assert_eq!(parquet.collected.rejected, csv.collected.rejected);
    assert_eq!(parquet.collected.signs, csv.collected.signs);
    assert_eq!(parquet.vessels, csv.vessels);
    let rows = |read: &Read| {
        let row_of = |(_, _, report): &(_, _, PositionReport)| report.source.row();
        read.collected
            .reports
            .iter()
            .map(row_of)
            .collect::<Vec<_>>()
    };
    assert_eq!(rows(parquet), rows(csv));
}

const CSV: &str = "\
MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,Cargo,TransceiverClass
273210440,2023-09-07T10:30:00,42.75,133.0833,0.1,360.0,511,ANGARA,IMO9179842,UBYT2,70,5,121.5,18,6.1,70,A
273210440,2023-09-07T10:36:00,42.7512345,133.08,10.2,213.4,214,ANGARA,IMO9179842,UBYT2,70,0,121.5,18,6.1,70,A
273359830,2023-09-07T10:37:01,91,181,102.3,,,\"MARIA, \"\"M\"\"\",,,70,,,,,,B
,2023-09-07T10:38:00,42.0,132.0,,,,,,,,,,,,,
273359830,,42.0,132.0,,,,,,,,,,,,,
";

fn columns() -> Vec<Column> {
    let mmsi = [
        Some(273_210_440_i64),
        Some(273_210_440),
        Some(273_359_830),
        None,
        Some(273_359_830),
    ];
    vec![
        Column::new("MMSI".into(), mmsi),
        Column::new("LAT".into(), [42.75, 42.751_234_5, 91.0, 42.0, 42.0]),
        Column::new("LON".into(), [133.0833, 133.08, 181.0, 132.0, 132.0]),
        Column::new(
            "SOG".into(),
            [Some(0.1_f32), Some(10.2), Some(102.3), None, None],
        ),
        Column::new("COG".into(), [Some(360.0), Some(213.4), None, None, None]),
        Column::new(
            "Heading".into(),
            [Some(511_i32), Some(214), None, None, None],
        ),
        Column::new(
            "VesselName".into(),
            [
                Some("ANGARA"),
                Some("ANGARA"),
                Some("MARIA, \"M\""),
                None,
                None,
            ],
        ),
        Column::new(
            "IMO".into(),
            [Some("IMO9179842"), Some("IMO9179842"), None, None, None],
        ),
        Column::new(
            "CallSign".into(),
            [Some("UBYT2"), Some("UBYT2"), None, None, None],
        ),
        Column::new(
            "VesselType".into(),
            [Some(70.0), Some(70.0), Some(70.0), None, None],
        ),
        Column::new("Status".into(), [Some(5_u32), Some(0), None, None, None]),
        Column::new(
            "Length".into(),
            [Some(121.5), Some(121.5), None, None, None],
        ),
        Column::new("Width".into(), [Some(18_i64), Some(18), None, None, None]),
        Column::new("Draft".into(), [Some(6.1_f32), Some(6.1), None, None, None]),
        Column::new(
            "TransceiverClass".into(),
            [Some("A"), Some("A"), Some("B"), None, None],
        ),
    ]
}

const TIMES: [Option<&str>; 5] = [
    Some("2023-09-07T10:30:00"),
    Some("2023-09-07T10:36:00"),
    Some("2023-09-07T10:37:01"),
    Some("2023-09-07T10:38:00"),
    None,
];

fn with_times(times: Column) -> DataFrame {
    let mut columns = columns();
    columns.push(times);
    DataFrame::new_infer_height(columns).unwrap()
}

fn moments(unit: TimeUnit, zone: Option<TimeZone>) -> Column {
    let per_second = match unit {
        TimeUnit::Nanoseconds => 1_000_000_000,
        TimeUnit::Microseconds => 1_000_000,
        TimeUnit::Milliseconds => 1_000,
    };
    let moments = TIMES.map(|time| {
        let time: landfall_track::Timestamp = time?.parse().unwrap();
        Some(time.as_millis() / 1000 * per_second)
    });
    Column::new("BaseDateTime".into(), moments)
        .cast(&DataType::Datetime(unit, zone))
        .unwrap()
}

#[test]
fn the_same_rows_give_the_same_reports_as_from_csv_whatever_the_columns_types() {
    let csv = read_csv(CSV);
    assert_eq!((csv.source.accepted, csv.source.rejected), (2, 3));
    let parquet = read_frame(with_times(Column::new("BaseDateTime".into(), TIMES)));
    assert_same(&parquet, &csv);
    assert_eq!(
        parquet.source.format.as_deref(),
        Some("MarineCadastre 2015-2024 (Parquet)")
    );
    assert_eq!(parquet.source.sha256.as_ref().map(String::len), Some(64));
    for unit in [
        TimeUnit::Milliseconds,
        TimeUnit::Microseconds,
        TimeUnit::Nanoseconds,
    ] {
        assert_same(&read_frame(with_times(moments(unit, None))), &csv);
        assert_same(
            &read_frame(with_times(moments(unit, Some(TimeZone::UTC)))),
            &csv,
        );
    }
}

#[test]
fn columns_may_be_texts_throughout() {
    let texts: Vec<Column> = with_times(Column::new("BaseDateTime".into(), TIMES))
        .columns()
        .iter()
        .map(|column| column.cast(&DataType::String).unwrap())
        .collect();
    let parquet = read_frame(DataFrame::new_infer_height(texts).unwrap());
    // As a text the latitude keeps its fraction.
    assert_same(&parquet, &read_csv(&CSV.replace("91,181,", "91.0,181.0,")));
}

#[test]
fn row_groups_and_batches_do_not_change_what_is_read() {
    let rows = 150_000;
    let lat: Vec<f64> = (0..rows).map(|row| f64::from(row % 900) / 10.0).collect();
    let times: Vec<i64> = (0..rows)
        .map(|row| 1_694_000_000 + i64::from(row))
        .collect();
    let names: Vec<String> = (0..rows)
        .map(|row| format!("SHIP {}", row / 40_000))
        .collect();
    let mut frame = DataFrame::new_infer_height(vec![
        Column::new("mmsi".into(), vec![273_210_440_i64; rows as usize]),
        Column::new("timestamp".into(), times),
        Column::new("lat".into(), lat),
        Column::new("lon".into(), vec![133.0; rows as usize]),
        Column::new("name".into(), names),
    ])
    .unwrap();
    let one = as_parquet(&mut frame, usize::MAX, read);
    let many = as_parquet(&mut frame, 7_001, read);
    assert_eq!(one.source.accepted, 150_000);
    assert_eq!(one.collected.reports, many.collected.reports);
    assert_eq!(one.vessels, many.vessels);
    assert_eq!(one.vessels[0].identities.len(), 4);
    let last = one.collected.reports.last().unwrap().2;
    assert_eq!(last.source.row(), 150_000);
    assert_eq!(last.time.as_millis(), 1_694_149_999_000);
    assert_eq!(last.position.lat_e7, 599_000_000);
}

fn wkb(lon: f64, lat: f64) -> Vec<u8> {
    let mut bytes = vec![1, 1, 0, 0, 0];
    bytes.extend(lon.to_le_bytes());
    bytes.extend(lat.to_le_bytes());
    bytes
}

fn points(name: &str) -> DataFrame {
    let points = [Some(wkb(133.08, 42.75)), Some(wkb(181.0, 91.0)), None];
    let points: BinaryChunked = points.into_iter().collect();
    DataFrame::new_infer_height(vec![
        Column::new("mmsi".into(), [273_210_440_i64, 273_210_440, 273_210_440]),
        Column::new("time".into(), ["2023-09-07T10:30:00Z"; 3]),
        points.into_series().with_name(name.into()).into_column(),
    ])
    .unwrap()
}

#[test]
fn a_point_column_in_well_known_binary_says_where() {
    let read = read_frame(points("geometry"));
    assert!(read.source.problem.is_none(), "{:?}", read.source.problem);
    assert_eq!(read.collected.reports[0].2.position.lon_e7, 1_330_800_000);
    let reasons: Vec<_> = read
        .collected
        .rejected
        .iter()
        .map(|row| (row.row, row.reason))
        .collect();
    assert_eq!(
        reasons,
        [
            (2, RejectReason::NoPosition),
            (3, RejectReason::BadPosition)
        ]
    );
    assert_eq!(read.collected.rejected[0].column, "geometry");
    assert_eq!(read.collected.rejected[0].value, "POINT (181 91)");
    assert_eq!(read.collected.signs.len(), 1);
}

fn as_geoparquet<T>(name: &str, crs: &str, use_it: impl FnOnce(&Path) -> T) -> T {
    let geo = format!(
        r#"{{"version":"1.1.0","primary_column":"{name}","columns":{{"{name}":{{"encoding":"WKB","geometry_types":["Point"]{crs}}}}}}}"#
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ships.parquet");
    let notice = "made up\nby us".to_owned();
    ParquetWriter::new(File::create(&path).unwrap())
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(vec![
            ("geo".to_owned(), geo),
            ("notice".to_owned(), notice),
        ])))
        .finish(&mut points(name))
        .unwrap();
    use_it(&path)
}

#[test]
fn geoparquet_names_its_point_column_and_its_reference_system() {
    let found = as_geoparquet("position", "", read);
    assert_eq!(found.source.accepted, 1, "{:?}", found.source.problem);
    assert_eq!(found.source.notices, ["made up", "by us"]);
    let columns: Vec<_> = found
        .source
        .columns
        .iter()
        .map(|used| used.column.as_str())
        .collect();
    assert_eq!(columns, ["mmsi", "time", "position"]);
    let wgs84 = r#","crs":{"id":{"authority":"OGC","code":"CRS84"}}"#;
    assert_eq!(as_geoparquet("geometry", wgs84, read).source.accepted, 1);
    let mercator = r#","crs":{"id":{"authority":"EPSG","code":3857}}"#;
    let problem = as_geoparquet("geometry", mercator, read)
        .source
        .problem
        .unwrap()
        .to_string();
    assert!(
        problem.ends_with("its points are in EPSG:3857: write it again in EPSG:4326"),
        "{problem}"
    );
}

fn three(times: [&str; 3]) -> DataFrame {
    DataFrame::new_infer_height(vec![
        Column::new("mmsi".into(), [273_210_440_i64; 3]),
        Column::new("time".into(), times),
        Column::new("lat".into(), [42.0, 42.1, 42.2]),
        Column::new("lon".into(), [132.0; 3]),
    ])
    .unwrap()
}

#[test]
fn the_order_of_day_and_month_is_sought_in_all_row_groups_and_never_guessed() {
    let told = read_frame(three([
        "03/04/2023 10:00:00",
        "04/04/2023 10:00:00",
        "13/04/2023 10:00:00",
    ]));
    assert!(told.source.problem.is_none(), "{:?}", told.source.problem);
    let last = told.collected.reports[2].2.time;
    assert_eq!(last.to_string(), "2023-04-13T10:00:00Z");
    let both = read_frame(three([
        "03/04/2023 10:00:00",
        "04/04/2023 10:00:00",
        "05/04/2023 10:00:00",
    ]));
    assert!(matches!(
        both.source.problem,
        Some(IngestError::AmbiguousDates { .. })
    ));
}

#[test]
fn a_column_map_and_missing_columns_go_as_for_csv() {
    let folder = tempfile::tempdir().unwrap();
    let map = folder.path().join("columns.toml");
    let turned =
        "[columns]\nmmsi = \"mmsi\"\ntime = \"time\"\nlatitude = \"lon\"\nlongitude = \"lat\"\n";
    std::fs::write(&map, turned).unwrap();
    let options = ReadOptions {
        columns: Some(ColumnMap::from_toml(&map).unwrap()),
        ..ReadOptions::default()
    };
    let mut frame = three(["2023-04-13T10:00:00Z"; 3]);
    let turned = as_parquet(&mut frame, 2, |path| read_with(path, &options));
    let reasons: Vec<_> = turned
        .collected
        .rejected
        .iter()
        .map(|row| row.reason)
        .collect();
    assert_eq!(reasons, [RejectReason::PositionOutOfRange; 3]);
    let lacking = read_frame(frame.drop("time").unwrap());
    let problem = lacking.source.problem.unwrap().to_string();
    assert!(problem.contains("has no column for the time"), "{problem}");
}

#[test]
fn a_file_that_breaks_off_or_is_spoilt_is_an_error_with_its_path_and_never_a_panic() {
    let rows = 5_000;
    let mut frame = DataFrame::new_infer_height(vec![
        Column::new(
            "mmsi".into(),
            (0..rows)
                .map(|row| 273_000_000 + row / 7)
                .collect::<Vec<i64>>(),
        ),
        Column::new(
            "time".into(),
            (0..rows)
                .map(|row| 1_694_000_000 + row)
                .collect::<Vec<i64>>(),
        ),
        Column::new(
            "lat".into(),
            (0..rows).map(|row| row as f64 / 100.0).collect::<Vec<_>>(),
        ),
        Column::new("lon".into(), vec![132.0; rows as usize]),
        Column::new(
            "name".into(),
            (0..rows)
                .map(|row| format!("S{}", row / 9))
                .collect::<Vec<_>>(),
        ),
    ])
    .unwrap();
    as_parquet(&mut frame, 1_000, |path| {
        let whole = std::fs::read(path).unwrap();
        assert_eq!(read(path).source.accepted, 5_000);
        std::fs::write(path, &whole[..whole.len() / 2]).unwrap();
        let problem = read(path).source.problem.unwrap().to_string();
        assert!(problem.contains("is no whole Parquet file"), "{problem}");
        assert!(problem.contains("ships.parquet"), "{problem}");
        // Bytes turned over all through the file.
        let mut spoilt_groups = 0;
        for at in (4..whole.len()).step_by(whole.len() / 300) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0xff;
            std::fs::write(path, &bytes).unwrap();
            let read = read(path);
            if let Some(IngestError::BrokenOff { row, .. }) = read.source.problem {
                spoilt_groups += 1;
                let broken = read.collected.rejected.last().unwrap();
                assert_eq!(
                    (broken.row, broken.reason),
                    (row + 1, RejectReason::FileBrokenOff)
                );
            }
        }
        assert!(spoilt_groups > 0);
    });
}

#[test]
fn a_column_that_cannot_be_a_field_is_named() {
    let lists = ListChunked::from_iter([Series::new("".into(), [1_i64])]);
    let frame = DataFrame::new_infer_height(vec![
        Column::new("mmsi".into(), [273_210_440_i64]),
        Column::new("time".into(), ["2023-04-13T10:00:00Z"]),
        Column::new("lat".into(), [1.0]),
        lists.into_series().with_name("lon".into()).into_column(),
    ])
    .unwrap();
    let problem = read_frame(frame).source.problem.unwrap().to_string();
    assert!(
        problem.contains("column `lon` is of type LargeList"),
        "{problem}"
    );
}

fn two_rows(mmsi: Column, time: Column, lons: [f64; 2]) -> DataFrame {
    DataFrame::new_infer_height(vec![
        mmsi,
        time,
        Column::new("lat".into(), [0.0, 42.0]),
        Column::new("lon".into(), lons),
    ])
    .unwrap()
}

#[test]
fn a_row_at_null_island_is_a_sign_of_life() {
    let mmsi = Column::new("mmsi".into(), [273_210_440_i64; 2]);
    let time = Column::new("timestamp".into(), [1_772_323_200_000_000_000_i64; 2]);
    let read = read_frame(two_rows(mmsi, time, [0.0, 133.0]));
    assert!(read.source.problem.is_none(), "{:?}", read.source.problem);
    let time = "2026-03-01T00:00:00Z".parse().unwrap();
    assert_eq!(read.collected.signs, [(1, time)]);
    assert_eq!(read.collected.reports[0].2.time, time);
}

#[test]
fn ids_and_times_in_float32_are_refused_and_places_are_not() {
    let mmsi = Column::new("mmsi".into(), [273_210_440_f32; 2]);
    let time = Column::new("time".into(), ["2026-03-01T00:00:00Z"; 2]);
    let problem = |frame| read_frame(frame).source.problem.unwrap().to_string();
    let said = problem(two_rows(mmsi, time.clone(), [1.0, 2.0]));
    let (_, said) = said.split_once("ships.parquet` ").unwrap();
    insta::assert_snapshot!(said, @"cannot be used: column `mmsi` (mmsi) is of type Float32, which holds seven digits: MMSIs of nine digits have become others in it; write it again from its source as a whole number (Int64) or a text");
    let mmsi = Column::new("mmsi".into(), [273_210_440_f64; 2]);
    let times = Column::new("time".into(), [1_772_323_200_f32; 2]);
    let said = problem(two_rows(mmsi.clone(), times, [1.0, 2.0]));
    assert!(said.contains("times are minutes off"), "{said}");
    let mut frame = two_rows(mmsi, time, [1.0, 2.0]);
    for column in ["lat", "lon"] {
        let single = frame
            .column(column)
            .unwrap()
            .cast(&DataType::Float32)
            .unwrap();
        frame.with_column(single).unwrap();
    }
    assert_eq!(read_frame(frame).collected.reports.len(), 2);
}

#[test]
fn folders_with_keys_are_columns_of_parquet_too() {
    let mut frame = DataFrame::new_infer_height(vec![
        Column::new("time".into(), ["00:10", "23:50:30"]),
        Column::new("lat".into(), [42.0, 42.1]),
        Column::new("lon".into(), [133.0, 133.1]),
    ])
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("mmsi=235000001/date=2026-03-01");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("0.parquet");
    ParquetWriter::new(File::create(&path).unwrap())
        .finish(&mut frame)
        .unwrap();
    let read = read(&path);
    assert!(read.source.problem.is_none(), "{:?}", read.source.problem);
    let times = read
        .collected
        .reports
        .iter()
        .map(|row| row.2.time.to_string());
    assert_eq!(
        times.collect::<Vec<_>>(),
        ["2026-03-01T00:10:00Z", "2026-03-01T23:50:30Z"]
    );
    assert!(matches!(&read.vessels[0].id, VesselId::Mmsi(mmsi) if mmsi.get() == 235_000_001));
}

#[test]
fn days_and_times_of_day_are_joined_and_longitudes_turned_as_in_a_csv() {
    let frame = DataFrame::new_infer_height(vec![
        Column::new("mmsi".into(), [520_000_001_i64; 3]),
        Column::new("date".into(), ["2026-03-01"; 3]),
        Column::new("hms".into(), ["00:10", "00:20", "00:30:00.5"]),
        Column::new("lat".into(), [-16.0; 3]),
        Column::new("lon".into(), [179.9, 180.1, 180.3]),
    ])
    .unwrap();
    let parquet = read_frame(frame);
    let csv = read_csv(
        "mmsi,date,hms,lat,lon\n520000001,2026-03-01,00:10,-16.0,179.9\n\
         520000001,2026-03-01,00:20,-16.0,180.1\n520000001,2026-03-01,00:30:00.5,-16.0,180.3\n",
    );
    assert_same(&parquet, &csv);
    assert_eq!(csv.collected.reports.len(), 3);
    assert_eq!(parquet.source.remarks, csv.source.remarks);
    assert_eq!(csv.source.remarks.len(), 1);
}
