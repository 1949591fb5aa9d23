use super::*;
use crate::excerpt::excerpt;
use crate::{
    ColumnMap, DateOrder, ParticularsSlot, PositionSink, ReadProgress, SourceFile, VesselBook,
    VesselSlot, read_positions,
};
use flate2::{Compression, write::GzEncoder};
use landfall_track::{PositionReport, RejectedRow, VesselId};
use proptest::prelude::*;
use std::fs::File;
use std::io::{Cursor, Write};
use std::path::PathBuf;
use tempfile::TempDir;
use zip::{ZipWriter, write::SimpleFileOptions};

#[derive(Default)]
struct Rows {
    accepted: Vec<(VesselSlot, PositionReport)>,
    rejected: Vec<RejectedRow>,
}

impl PositionSink for Rows {
    fn accept(&mut self, vessel: VesselSlot, _: ParticularsSlot, report: PositionReport) {
        self.accepted.push((vessel, report));
    }

    fn reject(&mut self, row: RejectedRow) {
        self.rejected.push(row);
    }
}

struct Reading {
    files: Vec<SourceFile>,
    rows: Rows,
    book: VesselBook,
}

fn reading(path: &Path, options: &ReadOptions) -> Reading {
    let (mut book, mut rows) = (VesselBook::new(), Rows::default());
    let progress = ReadProgress::default();
    let files = read_positions(path, 0, options, &mut book, &mut rows, &progress);
    Reading { files, rows, book }
}

impl Reading {
    fn reports_of(&self, file: usize) -> impl Iterator<Item = (VesselId, PositionReport)> {
        let hers = move |(_, report): &&(VesselSlot, PositionReport)| report.source.file() == file;
        self.rows
            .accepted
            .iter()
            .filter(hers)
            .map(|(vessel, report)| (self.book.id(*vessel).clone(), *report))
    }
}

/// A row as a CSV of its own.
fn as_csv(row: &RawRow) -> String {
    let line = |texts: Vec<&str>| {
        let quoted = texts
            .iter()
            .map(|text| format!("\"{}\"", text.replace('"', "\"\"")));
        quoted.collect::<Vec<_>>().join(",")
    };
    let columns = row.cells.iter().map(|cell| cell.column.as_str());
    let texts = row.cells.iter().map(|cell| cell.text.as_str());
    format!("{}\n{}\n", line(columns.collect()), line(texts.collect()))
}

/// Checks that every row read again is the row that was read: an accepted one gives the same report
/// when it is read by itself, of a rejected one the value at fault stands where it stood. Gives how
/// many rows were checked.
fn check(path: &Path, options: &ReadOptions) -> u64 {
    let first = reading(path, options);
    let mut checked = 0;
    for (number, file) in first.files.iter().enumerate() {
        if file.rows == 0 {
            continue;
        }
        let all: Vec<u64> = (1..=file.rows).collect();
        let raw = read_rows(&file.name, &all, options).unwrap();
        assert_eq!(
            raw.iter().map(|row| row.row).collect::<Vec<_>>(),
            all,
            "{}",
            file.name
        );
        let of = |row: u64| &raw[row as usize - 1];
        for (id, report) in first.reports_of(number) {
            let row = of(report.source.row());
            let folder = tempfile::tempdir().unwrap();
            // The name may be that of the vessel.
            let alone = folder.path().join(path.file_name().unwrap());
            std::fs::write(&alone, as_csv(row)).unwrap();
            let again = reading(&alone, options);
            let reports: Vec<_> = again.reports_of(0).collect();
            assert_eq!(reports, [(id, report)], "{} {row:?}", file.name);
            checked += 1;
        }
        for rejected in first.rows.rejected.iter().filter(|row| row.file == number) {
            let row = of(rejected.row);
            let found = if rejected.column.is_empty() {
                row.line.clone()
            } else {
                let cell = row.cells.iter().find(|cell| cell.column == rejected.column);
                Some(cell.map(|cell| cell.text.clone()).unwrap_or_default())
            };
            assert_eq!(
                excerpt(found.unwrap_or_default().as_bytes()),
                rejected.value,
                "{row:?}"
            );
            checked += 1;
        }
    }
    checked
}

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/formats")
}

#[test]
fn every_row_of_every_format_is_found_again() {
    let columns = ColumnMap::from_toml(&testdata().join("with-columns.toml")).unwrap();
    let options = ReadOptions {
        columns: Some(columns),
        date_order: Some(DateOrder::DayFirst),
        ..ReadOptions::default()
    };
    let mut checked = 0;
    for entry in std::fs::read_dir(testdata()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "csv") {
            checked += check(&path, &options);
        }
    }
    assert!(checked > 40, "{checked}");
}

fn stored(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

const HEADER: &str = "mmsi,timestamp,lat,lon,name,destination\n";
const GOOD: &str = "273000001,2023-01-01,42.7,133.1,MAIA,NAJIN\n";

fn table(rows: u32) -> Vec<u8> {
    let line = |row: u32| {
        let scrambled = row.wrapping_mul(2_654_435_761);
        let second = row % 60;
        let name = if row.is_multiple_of(7) {
            "\"A\n, \"\"B\"\"\""
        } else {
            "C"
        };
        format!(
            "{},2023-01-01T00:{:02}:{second:02},{}.5,{}.25,{name},{scrambled:x}\n{}",
            201_000_000 + scrambled % 500_000_000,
            row / 60 % 60,
            scrambled % 80,
            scrambled % 170,
            if row.is_multiple_of(5) {
                "# a comment\n\n"
            } else {
                ""
            },
        )
    };
    format!(
        "\u{feff}# title\n{HEADER}{}",
        (0..rows).map(line).collect::<Vec<_>>().concat()
    )
    .into()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn rows_are_found_again_in_whatever_they_are_packed_and_if_it_broke_off() {
    let plain = table(300);
    let archive = zipped(&[("x/a!.csv", &plain), ("notes.md", b"x"), ("b.csv", &plain)]);
    let without_directory = archive[..archive.len() - 60].to_vec();
    let cut = |bytes: &[u8]| bytes[..bytes.len() * 2 / 3].to_vec();
    for (name, bytes, rows) in [
        ("a.csv", plain.clone(), 300..=300),
        ("a.csv.gz", gzip(&plain), 300..=300),
        (
            "a.csv.zst",
            zstd::encode_all(plain.as_slice(), 1).unwrap(),
            300..=300,
        ),
        ("a.zip", archive, 600..=600),
        ("lost.zip", without_directory, 600..=601),
        ("cut.csv", cut(&plain), 100..=299),
        ("cut.csv.gz", cut(&gzip(&plain)), 20..=299),
        ("odd!name.csv", plain.clone(), 300..=300),
    ] {
        let (_folder, path) = stored(name, &bytes);
        let options = ReadOptions::default();
        if name == "lost.zip" {
            // The row that stands for what is lost is none that stands there.
            let files = reading(&path, &options).files;
            assert_eq!((files[0].rows, files[1].rows), (300, 301));
            for file in files {
                let found = read_rows(&file.name, &[1, 300], &options).unwrap();
                assert_eq!(found.len(), 2);
                assert_eq!(
                    found[1].cells[5].text,
                    format!("{:x}", 299_u32.wrapping_mul(2_654_435_761))
                );
            }
            continue;
        }
        let checked = check(&path, &options);
        assert!(rows.contains(&checked), "{name}: {checked}");
    }
}

#[test]
fn a_row_holds_the_letters_of_the_file_and_its_length_is_bounded() {
    let odd = "273000001,2023-01-01,42.7,133.1,\"MA\u{1b}[31m, \"\"IA\"\"\",NAJIN,more\n";
    let long = format!("273000001,2023-01-01,42.7,133.1,{},X\n", "é".repeat(9_000));
    let text = format!("# notice: x\n{HEADER}{GOOD}{odd}{long}");
    let (_folder, path) = stored("a.csv", text.as_bytes());
    let name = path.display().to_string();
    let rows = read_rows(&name, &[3, 2, 2, 77, 0], &ReadOptions::default()).unwrap();
    assert_eq!(rows.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(rows[0].line.as_deref(), Some(odd.trim_end()));
    let cells: Vec<_> = rows[0].cells[4..]
        .iter()
        .map(|cell| (cell.column.as_str(), cell.text.as_str()))
        .collect();
    assert_eq!(
        cells,
        [
            ("name", "MA\u{1b}[31m, \"IA\""),
            ("destination", "NAJIN"),
            ("column 7", "more")
        ]
    );
    assert_eq!(rows[1].cells[4].text.chars().count(), CELL_LENGTH + 1);
    assert_eq!(
        rows[1].line.as_ref().unwrap().chars().count(),
        LINE_LENGTH + 1
    );
}

#[test]
fn what_is_not_there_is_an_error_that_names_it() {
    let archive = zipped(&[("a.csv", HEADER.as_bytes()), ("b.csv", b"")]);
    let (_folder, path) = stored("a.zip", &archive);
    let root = path.parent().unwrap().display().to_string() + "/";
    let said: Vec<String> = ["a.zip!c.csv", "a.zip", "b.csv", "b.zip!a.csv", ""]
        .iter()
        .map(|name| {
            let name = format!("{root}{name}");
            let error = read_rows(&name, &[1], &ReadOptions::default()).unwrap_err();
            error.to_string().replace(&root, "")
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    archive `a.zip` cannot be used: it has no member `c.csv`
    archive `a.zip` cannot be used: name the member that the row is in, as in `a.zip!a.csv`
    `b.csv` does not exist: check the spelling, or quote a pattern such as 'data/*.csv'
    `b.zip!a.csv` does not exist: check the spelling, or quote a pattern such as 'data/*.csv'
    `` is a folder: a file was expected
    "#);
    assert_eq!(
        sha256_of_input(&format!("{root}a.zip!a.csv")).unwrap(),
        sha256_of_input(&format!("{root}a.zip")).unwrap()
    );
    assert!(sha256_of_input(&root).is_err());
}

const SIGHTINGS: &str = "# of ours\nid;time;lat;lon;source\n\na;2023-01-01;42,2;130,3;\"The\n\"\"Paper\"\"\"\n;;;;\nb;2023-01-02;42,3;130,3;x;y\nc;2023-01-03;42,4;130,3;z\n";

#[test]
fn entries_of_a_list_are_found_by_the_row_that_sightings_carry() {
    let (_folder, path) = stored("s.csv", SIGHTINGS.as_bytes());
    let list = crate::read_sightings(&path).unwrap();
    let rows: Vec<u64> = list.sightings.iter().map(|sighting| sighting.row).collect();
    assert_eq!(rows, [1, 3]);
    let raw = read_list_rows(&path, &rows).unwrap();
    for (raw, sighting) in raw.iter().zip(&list.sightings) {
        let cell = |name: &str| {
            &raw.cells
                .iter()
                .find(|cell| cell.column == name)
                .unwrap()
                .text
        };
        assert_eq!(
            (raw.row, cell("id"), cell("source")),
            (sighting.row, &sighting.id, &sighting.source)
        );
    }
    assert_eq!(raw.len(), 2);
    assert_eq!(read_list_rows(&path, &[2]).unwrap()[0].cells.len(), 1);
}

#[test]
fn features_of_a_list_are_found_by_their_number() {
    let feature = |id: &str| {
        format!(
            r#"{{"type":"Feature","id":"{id}","geometry":{{"type":"Point","coordinates":[130.3,42.2]}},"properties":{{"time":"2023-01-01","source":"S {id}","length_m":98.5}}}}"#
        )
    };
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{},{}]}}"#,
        feature("a"),
        feature("b")
    );
    let (_folder, path) = stored("s.geojson", text.as_bytes());
    let list = crate::read_sightings(&path).unwrap();
    let raw = read_list_rows(&path, &[list.sightings[1].row]).unwrap();
    let cells: Vec<String> = raw[0]
        .cells
        .iter()
        .map(|cell| format!("{}={}", cell.column, cell.text))
        .collect();
    insta::assert_snapshot!(cells.join("\n"), @r#"
    id=b
    length_m=98.5
    source=S b
    time=2023-01-01
    geometry={"type":"Point","coordinates":[130.3,42.2]}
    "#);
}

#[cfg(feature = "polars")]
#[test]
fn rows_of_parquet_are_found_again_in_whatever_group_with_the_columns_that_hold_no_field() {
    use polars::prelude::*;
    let times = Column::new(
        "timestamp".into(),
        (0..10).map(|row| row * 3_600_000_i64).collect::<Vec<_>>(),
    );
    let mut frame = df!(
        "mmsi" => (0..10).map(|row| 273_000_001_i64 + row).collect::<Vec<_>>(),
        "lat" => (0..10).map(|row| Some(f64::from(row) * 10.25)).collect::<Vec<_>>(),
        "lon" => (0..10).map(|row| (row != 4).then(|| f64::from(row) / 3.0)).collect::<Vec<_>>(),
        "note" => (0..10).map(|row| format!("note {row}")).collect::<Vec<_>>(),
    )
    .unwrap();
    let times = times
        .cast(&DataType::Datetime(TimeUnit::Milliseconds, None))
        .unwrap();
    frame.with_column(times).unwrap();
    let (_folder, path) = stored("a.parquet", b"");
    ParquetWriter::new(File::create(&path).unwrap())
        .with_row_group_size(Some(3))
        .finish(&mut frame)
        .unwrap();
    assert_eq!(check(&path, &ReadOptions::default()), 10);
    let name = path.display().to_string();
    let rows = read_rows(&name, &[0, 7, 11], &ReadOptions::default()).unwrap();
    let [row] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    let cell = |column: &str| {
        let cell = row.cells.iter().find(|cell| cell.column == column);
        cell.unwrap().text.clone()
    };
    assert_eq!((row.row, cell("note")), (7, "note 6".to_owned()));
    assert_eq!(cell("timestamp"), "1970-01-01T06:00:00Z");
}

/// Rows of all kinds, good and bad, and the pieces that bad ones are made of.
fn body() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => Just(GOOD.to_owned()),
        2 => Just("273000002,2023-01-02T00:00:00Z,42.75,133.15,\"MA, \"\"IA\"\"\",\n".to_owned()),
        1 => Just("273000003,2023-01-03,42.75,133.15,\"MA\nIA\",X\n".to_owned()),
        1 => Just("273000003,2023-01-03,42.75,133.15,\"".to_owned()),
        1 => Just(HEADER.to_owned()),
        1 => Just("lat,lon,mmsi,timestamp\n".to_owned()),
        4 => "[\",;\n\r# 0-9a.@]{0,12}",
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn rows_are_counted_as_when_they_were_first_read(body in body()) {
        let (_folder, path) = stored("a.csv", (HEADER.to_owned() + &body).as_bytes());
        check(&path, &ReadOptions::default());
    }
}
