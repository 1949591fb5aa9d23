//! What real feeds write in other ways than most, each kind on a few literal rows.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that cannot go on is a failed test"
)]

use landfall_ingest::{
    ColumnMap, ParticularsSlot, PositionSink, ReadOptions, ReadProgress, SourceFile, VesselBook,
    VesselSlot, read_all,
};
use landfall_track::{PositionReport, RejectReason, RejectedRow, SourceRow, Timestamp};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

#[derive(Debug, Default, PartialEq)]
struct Rows {
    accepted: Vec<(VesselSlot, PositionReport)>,
    rejected: Vec<RejectedRow>,
    signs: Vec<(VesselSlot, Timestamp, SourceRow)>,
    /// What came, in the order in which it came.
    order: Vec<(char, u64)>,
}

impl PositionSink for Rows {
    fn accept(&mut self, vessel: VesselSlot, _: ParticularsSlot, report: PositionReport) {
        self.accepted.push((vessel, report));
        self.order.push(('a', report.source.row()));
    }

    fn reject(&mut self, row: RejectedRow) {
        self.order.push(('r', row.row));
        self.rejected.push(row);
    }

    fn without_position(&mut self, vessel: VesselSlot, time: Timestamp, source: SourceRow) {
        self.order.push(('s', source.row()));
        self.signs.push((vessel, time, source));
    }
}

struct Read {
    files: Vec<SourceFile>,
    rows: Rows,
    book: VesselBook,
}

impl Read {
    fn problem(&self) -> String {
        let said = self.files[0].problem_text().unwrap_or_default();
        said.replace(&self.files[0].path.display().to_string(), "a.csv")
    }

    /// The reports as `vessel time latitude longitude speed`.
    fn reports(&self) -> Vec<String> {
        let shown = |(vessel, report): &(VesselSlot, PositionReport)| {
            let place = report.position.degrees();
            let speed = report
                .speed_knots()
                .map_or("-".to_owned(), |speed| speed.to_string());
            let id = self.book.id(*vessel);
            format!("{id} {} {} {} {speed}", report.time, place.lat, place.lon)
        };
        self.rows.accepted.iter().map(shown).collect()
    }

    fn times(&self) -> Vec<String> {
        let times = self.rows.accepted.iter();
        times.map(|(_, report)| report.time.to_string()).collect()
    }

    fn vessels(&self) -> Vec<String> {
        let slots = self.book.slots_by_id();
        slots
            .iter()
            .map(|slot| self.book.id(*slot).to_string())
            .collect()
    }

    fn note(&self, field: &str) -> String {
        let mut used = self.files[0].columns.iter();
        let used = used.find(|used| used.field == field).unwrap();
        used.note.clone().unwrap_or_default()
    }
}

fn read_paths(paths: &[PathBuf], options: &ReadOptions, threads: usize) -> Read {
    let (mut rows, mut book) = (Rows::default(), VesselBook::new());
    let files = read_all(
        paths,
        0,
        options,
        NonZeroUsize::new(threads).unwrap(),
        &mut book,
        &mut rows,
        &ReadProgress::default(),
    );
    for file in &files {
        assert_eq!(file.rows, file.accepted + file.rejected);
    }
    Read { files, rows, book }
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn read_folder(files: &[(&str, &str)]) -> Read {
    let folder = folder(files);
    let paths: Vec<_> = files
        .iter()
        .map(|(name, _)| folder.path().join(name))
        .collect();
    read_paths(&paths, &ReadOptions::default(), 1)
}

fn read_with(text: &str, options: &ReadOptions) -> Read {
    let folder = folder(&[("a.csv", text)]);
    let mut read = read_paths(&[folder.path().join("a.csv")], options, 1);
    let root = folder.path().display().to_string() + "/";
    for file in &mut read.files {
        file.name = file.name.replace(&root, "");
    }
    read
}

fn read(text: &str) -> Read {
    read_with(text, &ReadOptions::default())
}

fn with_columns(toml: &str) -> ReadOptions {
    let folder = folder(&[("a.toml", toml)]);
    ReadOptions {
        columns: Some(ColumnMap::from_toml(&folder.path().join("a.toml")).unwrap()),
        ..ReadOptions::default()
    }
}

/// Rows of one vessel at ten-minute steps, with the text of each one's time.
fn with_times(times: &[&str]) -> String {
    let row = |(number, time): (usize, &&str)| format!("273000001,{time},42.{number:02},133.1\n");
    "mmsi,timestamp,lat,lon\n".to_owned() + &times.iter().enumerate().map(row).collect::<String>()
}

#[test]
fn a_row_without_a_position_is_a_sign_of_life_in_its_place_among_the_others() {
    let header = "mmsi,timestamp,lat,lon\n";
    let body = "273000001,2026-03-01T00:00:00Z,42.7,133.1\n\
                273000001,2026-03-01T00:10:00Z,91.0,181.0\n\
                273000001,2026-03-01T00:20:00Z,0.0,0.0\n\
                273000002,2026-03-01T00:30:00Z,91,181\n\
                273000001,,91.0,181.0\n\
                ,2026-03-01T00:40:00Z,91.0,181.0\n\
                273000001,2026-03-01T00:50:00Z,,\n\
                273000001,2026-03-01T01:00:00Z,0.0,6.5\n";
    for (text, threads) in [
        (header.to_owned() + body, 1),
        (header.to_owned() + body, 2),
        // Quotes make every row go the long way.
        (
            header.to_owned() + &body.replace("273000001", "\"273000001\""),
            1,
        ),
    ] {
        let folder = folder(&[("a.csv", &text)]);
        let read = read_paths(
            &[folder.path().join("a.csv")],
            &ReadOptions::default(),
            threads,
        );
        let order: Vec<String> = read
            .rows
            .order
            .iter()
            .map(|(what, row)| format!("{what}{row}"))
            .collect();
        assert_eq!(order.join(" "), "a1 r2 s2 r3 s3 r4 s4 r5 r6 r7 a8");
        let signs: Vec<String> = read
            .rows
            .signs
            .iter()
            .map(|(vessel, time, _)| format!("{} {time}", read.book.id(*vessel)))
            .collect();
        assert_eq!(
            signs,
            [
                "273000001 2026-03-01T00:10:00Z",
                "273000001 2026-03-01T00:20:00Z",
                "273000002 2026-03-01T00:30:00Z"
            ]
        );
        let reasons: Vec<_> = read.rows.rejected.iter().map(|row| row.reason).collect();
        let none = RejectReason::NoPosition;
        assert_eq!(
            reasons,
            [
                none,
                none,
                none,
                RejectReason::BadTime,
                RejectReason::BadIdentity,
                RejectReason::BadPosition
            ]
        );
    }
}

#[test]
fn a_sign_of_life_of_a_vessel_named_by_its_file_and_of_a_point_is_one() {
    let track = read_folder(&[(
        "247000001.csv",
        "Lon,Lat,Timestamp,Seg_id\n0,0,2026-03-01T00:00:00Z,x\n1,1,2026-03-01T00:10:00Z,x\n",
    )]);
    assert_eq!(track.rows.signs.len(), 1);
    let point = read(
        "mmsi,time,geom\n273000001,2026-03-01,POINT (0 0)\n273000001,2026-03-02,POINT (1 0)\n",
    );
    assert_eq!(point.rows.signs.len(), 1);
    assert_eq!(point.rows.accepted.len(), 1);
}

#[test]
fn tracks_of_one_name_are_told_apart_by_their_folders_whatever_their_order() {
    let track = |lat: &str| {
        format!(
            "lon,lat,timestamp,seg_id\n1.85,{lat},2026-03-01T00:00:00Z,x\n1.86,{lat},2026-03-01T00:10:00Z,x\n"
        )
    };
    let (one, other) = (track("50.9"), track("51.2"));
    let read = read_folder(&[("aaaa/data.csv", &one), ("bbbb/data.csv", &other)]);
    assert_eq!(read.vessels(), ["aaaa", "bbbb"]);
    let read = read_folder(&[("bbbb/data.csv", &other), ("aaaa/data.csv", &one)]);
    assert_eq!(read.vessels(), ["aaaa", "bbbb"]);
    assert_eq!(read_folder(&[("aaaa/data.csv", &one)]).vessels(), ["data"]);
}

#[test]
fn folders_with_keys_name_the_vessel_and_the_day() {
    let body =
        "timestamp,lat,lon\n2026-03-01T00:10:00Z,50.9,1.85\n2026-03-01T00:20:00Z,50.9,1.85\n";
    let read = read_folder(&[
        ("mmsi=235000001/name=MADE%20UP/part-0.csv", body),
        ("mmsi=235000002/part-0.csv", body),
        ("mmsi=__HIVE_DEFAULT_PARTITION__/part-0.csv", body),
    ]);
    assert_eq!(read.vessels(), ["235000001", "235000002"]);
    assert_eq!((read.rows.accepted.len(), read.rows.rejected.len()), (4, 2));
    let slot = read.book.slots_by_id()[0];
    let vessel = read.book.vessel(slot);
    assert_eq!(
        vessel.identities[0].particulars.name.as_deref(),
        Some("MADE UP")
    );
    assert_eq!(read.note("mmsi"), "from the folder `mmsi=235000001`");
    let clocks = "mmsi,time,lat,lon\n235000001,00:10,50.9,1.85\n235000001,00:20:30,50.9,1.85\n";
    for folder in ["date=2026-03-01", "year=2026/month=3/day=1"] {
        let read = read_folder(&[(&format!("{folder}/a.csv"), clocks)]);
        assert_eq!(
            read.times(),
            ["2026-03-01T00:10:00Z", "2026-03-01T00:20:30Z"]
        );
    }
}

#[test]
fn a_date_and_a_time_of_day_are_joined_under_whatever_names() {
    for (date, time) in [
        ("date", "hms"),
        ("date", "time"),
        ("Date (UTC)", "Time (UTC)"),
        ("date_utc", "time_utc"),
        ("obs_date", "obs_time"),
        ("fecha", "hora"),
        ("datum", "uhrzeit"),
    ] {
        for (dates, clocks) in [
            (["2026-03-01", "2026-03-02"], ["23:50:00", "00:00:30.5"]),
            (["20260301", "20260302"], ["235000", "000030.5"]),
            (["13/03/2026", "14/03/2026"], ["11:50 PM", "12:00:30 AM"]),
            (["01-Mar-2026", "02-Mar-2026"], ["23:50Z", "00:00:30"]),
            (
                ["2026-03-01 00:00:00", "2026-03-02 00:00:00"],
                ["23:50", "0:00:30"],
            ),
        ] {
            let text = format!(
                "mmsi,{date},{time},lat,lon\n273000001,{},{},42.7,133.1\n273000001,{},{},42.7,133.1\n",
                dates[0], clocks[0], dates[1], clocks[1]
            );
            let read = read(&text);
            let times = read.times();
            assert_eq!(times.len(), 2, "{text}: {}", read.problem());
            assert!(times[0].ends_with("T23:50:00Z"), "{text}: {times:?}");
            assert!(times[1].contains("T00:00:30"), "{text}: {times:?}");
            assert!(
                read.files[0].remarks.is_empty(),
                "{:?}",
                read.files[0].remarks
            );
        }
    }
    let joined = read("mmsi,date,hms,lat,lon\n273000001,2026-03-01,00:10,42.7,133.1\n");
    insta::assert_snapshot!(joined.note("date"), @"by its name; joined with `hms`, as its values show; read as ISO 8601 by its values");
}

#[test]
fn days_in_a_column_of_their_own_obey_the_rule_of_ambiguous_dates() {
    let text = "mmsi,date,time,lat,lon\n273000001,03/04/2026,00:10,42.7,133.1\n";
    let read = read(text);
    assert!(
        read.problem().contains("day-first or month-first"),
        "{}",
        read.problem()
    );
    assert!(
        read.problem().contains("column `date`"),
        "{}",
        read.problem()
    );
}

#[test]
fn half_a_time_is_refused_or_told_and_the_user_can_say_which_is_which() {
    let row = "273000001,2026-03-01,00:10,00:20,42.7,133.1\n";
    let two_clocks = format!("mmsi,date,one,two,lat,lon\n{row}");
    insta::assert_snapshot!(read(&two_clocks).problem(), @"`a.csv` has dates without a time of day in column `date`, such as `2026-03-01`, and what may be times of day in `one`, `two`: say which columns hold the date and the time of day with `date` and `time` in a file for `--columns` (`landfall inspect` prints a draft of one)");
    let said = "[columns]\nmmsi = \"mmsi\"\ndate = \"date\"\ntime = \"two\"\nlatitude = \"lat\"\nlongitude = \"lon\"\n";
    let told = read_with(&two_clocks, &with_columns(said));
    assert_eq!(told.times(), ["2026-03-01T00:20:00Z"]);
    let clock_alone = read("mmsi,time,lat,lon\n273000001,00:10,42.7,133.1\n");
    insta::assert_snapshot!(clock_alone.problem(), @"`a.csv` has times of day without a date in column `time`, such as `00:10`, and no column that holds dates: say which columns hold the date and the time of day with `date` and `time` in a file for `--columns` (`landfall inspect` prints a draft of one)");
    let days_alone = read("mmsi,date,lat,lon\n273000001,2026-03-01,42.7,133.1\n");
    assert_eq!(days_alone.rows.accepted.len(), 1);
    insta::assert_snapshot!(days_alone.files[0].remarks[0], @"column `date` holds dates without a time of day, such as `2026-03-01`, and no other column that can be told holds it: every report counts as sent at midnight; if a column does, say which with `date` and `time` in a file for `--columns`");
    let midnights = read(&with_times(&[
        "2026-03-01T00:00:00Z",
        "2026-03-02T00:00:00Z",
    ]));
    insta::assert_snapshot!(midnights.files[0].remarks[0], @"every time in column `timestamp` is a midnight: if another column holds the time of day, say which with `date` and `time` in a file for `--columns`");
    let times = read(&with_times(&[
        "2026-03-01",
        "2026-03-01T00:10:00Z",
        "2026-03-02",
    ]));
    assert!(times.files[0].remarks.is_empty());
    // The second of the minute is no time of day.
    let seconds = read("mmsi,date,time,lat,lon\n273000001,2026-03-01,59,42.7,133.1\n");
    assert!(seconds.rows.accepted.is_empty());
    assert!(
        seconds.problem().contains("cannot be read"),
        "{}",
        seconds.problem()
    );
}

#[test]
fn seconds_and_their_parts_are_told_by_what_most_times_of_the_file_are() {
    let expected = ["2026-03-01T00:00:00Z", "2026-03-01T00:10:00Z"];
    for zeros in ["", "000", "000000", "000000000"] {
        let times = ["1772323200", "1772323800"].map(|time| format!("{time}{zeros}"));
        let read = read(&with_times(&[&times[0], &times[1]]));
        assert_eq!(read.times(), expected, "{zeros}");
    }
    // The first rows by hundreds are in seconds, most of the file in milliseconds.
    let seconds = (0..300).map(|row| (1_772_323_200 + row).to_string());
    let millis = (0..301).map(|row| format!("{}000", 1_772_323_200 + row));
    let times: Vec<String> = seconds.chain(millis).collect();
    for order in [times.clone(), times.iter().rev().cloned().collect()] {
        let texts: Vec<&str> = order.iter().map(String::as_str).collect();
        let read = read(&with_times(&texts));
        let good = read
            .times()
            .iter()
            .filter(|time| time.starts_with("2026"))
            .count();
        assert_eq!(good, 301);
        assert!(
            read.note("time")
                .starts_with("by its name; read as Unix milliseconds"),
            "{}",
            read.note("time")
        );
    }
    // A format that declares seconds is not believed against its own values.
    let brest = "sourcemmsi,t,lon,lat\n227000001,1772323200000,1.85,50.9\n227000001,1772323800000,1.85,50.9\n";
    assert_eq!(read(brest).times(), expected);
}

#[test]
fn the_times_of_other_programs_are_read() {
    for time in [
        "2026-03-01 00:10:00 +0000 UTC",
        "2026-03-01 00:10:00.658546381 +0000 UTC m=+0.1",
        "2026-03-01 00:10:00+00:00",
        "2026-03-01T00:10:00Z[UTC]",
        "2026-03-01 00:10:00 GMT",
        "20260301001000",
        "2026/3/1 0:10",
        "Sun Mar  1 00:10:00 2026",
    ] {
        let read = read(&with_times(&["NA", time]));
        let times = read.times();
        assert!(
            times.len() == 1 && times[0].starts_with("2026-03-01T00:10:00"),
            "{time}: {times:?} {}",
            read.problem()
        );
    }
}

#[test]
fn a_programs_word_for_nothing_is_none_of_anything() {
    let text = "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length\n\
                273000001,2026-03-01T00:00:00,42.7,133.1,NA,NaN,<NA>,NA,NULL,None,N/A,NaT,\\N\n\
                NA,2026-03-01T00:00:00,42.7,133.1,NA,NA,NA,NA,NA,NA,NA,NA,NA\n\
                273000001,2026-03-01T00:10:00,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA\n";
    let read = read(text);
    assert_eq!(
        read.reports(),
        ["273000001 2026-03-01T00:00:00Z 42.7 133.1 -"]
    );
    assert!(
        read.files[0].unreadable.is_empty(),
        "{:?}",
        read.files[0].unreadable
    );
    let vessel = read.book.vessel(read.book.slots_by_id()[0]);
    assert!(vessel.identities.is_empty(), "{vessel:?}");
    let any = self::read(
        "vessel_id,time,lat,lon\nNA,2026-03-01,42.7,133.1\nNANCY,2026-03-01,42.7,133.1\n",
    );
    assert_eq!(any.vessels(), ["NANCY"]);
}

#[test]
fn longitudes_to_360_are_turned_where_the_whole_file_shows_them() {
    let row =
        |minute: usize, lon: &str| format!("520000001,2026-03-01T00:{minute:02}:00Z,-16.8,{lon}\n");
    let file = |lons: &[&str]| {
        let rows = lons
            .iter()
            .enumerate()
            .map(|(minute, lon)| row(minute, lon));
        "mmsi,timestamp,lat,lon\n".to_owned() + &rows.collect::<String>()
    };
    let over = read(&file(&["179.9", "180.1", "180.5", "181", "181.5", "359.5"]));
    let lons: Vec<f64> = over
        .rows
        .accepted
        .iter()
        .map(|(_, report)| report.position.degrees().lon)
        .collect();
    assert_eq!(lons, [179.9, -179.9, -179.5, -178.5, -0.5]);
    assert_eq!(over.rows.rejected[0].reason, RejectReason::NoPosition);
    insta::assert_snapshot!(over.files[0].remarks[0], @"longitudes run from 0 to 360, as the whole file shows: those above 180 were read as west of Greenwich");
    for lons in [
        ["179.9", "180.1", "-179.5"],
        ["10.0", "214.7483647", "10.1"],
    ] {
        let read = read(&file(&lons));
        assert_eq!(
            (read.rows.accepted.len(), read.rows.rejected.len()),
            (2, 1),
            "{lons:?}"
        );
        assert!(read.files[0].remarks.is_empty());
    }
}

#[test]
fn an_id_that_a_spreadsheet_shortened_is_rejected_and_told_once() {
    let text = "mmsi,time,lat,lon\n2.7329E+08,2026-03-01T00:10,42.7,133.1\n2.7329E+08,2026-03-01T00:20,42.7,133.1\n\
                273291160.0,2026-03-01T00:30,42.7,133.1\n2.732911600000000000e+08,2026-03-01T00:40,42.7,133.1\n";
    let read = read(text);
    assert_eq!(read.vessels(), ["273291160"]);
    assert_eq!((read.rows.accepted.len(), read.rows.rejected.len()), (2, 2));
    assert_eq!(read.files[0].remarks.len(), 1);
    insta::assert_snapshot!(read.files[0].remarks[0], @"2 ids are in scientific notation, the first in row 1: `2.7329E+08`; a spreadsheet has lost their last digits, and no program can bring them back: go back to the file that was opened in it, and have it keep that column as text");
}

#[test]
fn speeds_of_marinetraffic_are_in_the_unit_that_its_positions_show() {
    let file = |speeds: [&str; 3], step: f64| {
        let rows = speeds.iter().enumerate().map(|(number, speed)| {
            let lat = 42.0 + step * number as f64;
            format!("273000001,0,{speed},133.1,{lat:.5},0,511,2026-03-01T00:{number}0:00\n")
        });
        "MMSI,STATUS,SPEED,LON,LAT,COURSE,HEADING,TIMESTAMP\n".to_owned()
            + &rows.collect::<String>()
    };
    let speeds = |text: &str| -> Vec<Option<f64>> {
        read(text)
            .rows
            .accepted
            .iter()
            .map(|(_, report)| report.speed_knots())
            .collect()
    };
    // Two minutes of latitude in ten minutes are 12 knots.
    let moving = 2.0 / 60.0;
    assert_eq!(
        speeds(&file(["120", "121", "119"], moving)),
        [Some(12.0), Some(12.1), Some(11.9)]
    );
    assert_eq!(speeds(&file(["12", "12", "12"], moving)), [Some(12.0); 3]);
    assert_eq!(
        speeds(&file(["0.1", "0.2", "0"], 0.0)),
        [Some(0.1), Some(0.2), Some(0.0)]
    );
    assert_eq!(
        speeds(&file(["1", "2", "1023"], 0.0)),
        [Some(0.1), Some(0.2), None]
    );
}

#[test]
fn standard_input_has_no_rows_to_be_read_again() {
    assert!(landfall_ingest::is_of_standard_input("-"));
    assert!(landfall_ingest::is_of_standard_input("-!a.csv"));
    assert!(!landfall_ingest::is_of_standard_input("./-"));
    let said = landfall_ingest::sha256_of_input("-")
        .unwrap_err()
        .to_string();
    insta::assert_snapshot!(said, @"standard input was read once and cannot be read again: save it to a file first, and name that");
    let rows = landfall_ingest::read_rows("-", &[1], &ReadOptions::default());
    assert!(
        rows.unwrap_err()
            .to_string()
            .contains("cannot be read again")
    );
    assert!(!Path::new("-").exists());
}
