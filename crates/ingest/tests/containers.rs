//! Plain, packed and archived files, whole and broken.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that cannot go on is a failed test"
)]

use flate2::Compression;
use flate2::write::GzEncoder;
use landfall_ingest::{
    IngestError, ParticularsSlot, PositionSink, ReadOptions, ReadProgress, SourceFile, VesselBook,
    VesselSlot, read_all, read_positions,
};
use landfall_track::{PositionReport, RejectReason, RejectedRow, Vessel};
use std::fmt::Write as _;
use std::io::{Cursor, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

#[derive(Default)]
struct Rows {
    accepted: Vec<PositionReport>,
    rejected: Vec<RejectedRow>,
}

impl PositionSink for Rows {
    fn accept(&mut self, _: VesselSlot, _: ParticularsSlot, report: PositionReport) {
        self.accepted.push(report);
    }

    fn reject(&mut self, row: RejectedRow) {
        self.rejected.push(row);
    }
}

/// So many rows, no two alike, so that they do not pack to nothing.
fn table(rows: u32) -> Vec<u8> {
    let mut text = "mmsi,timestamp,lat,lon,name\n".to_owned();
    for row in 0..rows {
        let scrambled = row.wrapping_mul(2_654_435_761);
        writeln!(
            text,
            "{},2023-01-01T{:02}:{:02}:{:02},{}.{:06},{}.{:06},SHIP {scrambled}",
            201_000_000 + scrambled % 500_000_000,
            row / 3600 % 24,
            row / 60 % 60,
            row % 60,
            1 + scrambled % 79,
            scrambled % 999_983,
            scrambled % 170,
            scrambled % 999_979,
        )
        .unwrap();
    }
    text.into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        if name.ends_with('/') {
            writer
                .add_directory(*name, SimpleFileOptions::default())
                .unwrap();
        } else {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(bytes).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

struct Read {
    files: Vec<SourceFile>,
    rows: Rows,
    path: PathBuf,
    _folder: TempDir,
}

fn read(name: &str, bytes: &[u8]) -> Read {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let mut rows = Rows::default();
    let progress = ReadProgress::default();
    let files = read_positions(
        &path,
        5,
        &ReadOptions::default(),
        &mut VesselBook::new(),
        &mut rows,
        &progress,
    );
    for file in &files {
        assert_eq!(file.rows, file.accepted + file.rejected);
        assert_eq!(file.bytes, bytes.len() as u64);
    }
    let total = |count: fn(&SourceFile) -> u64| files.iter().map(count).sum::<u64>();
    assert_eq!(total(|file| file.accepted), rows.accepted.len() as u64);
    assert_eq!(total(|file| file.rejected), rows.rejected.len() as u64);
    assert_eq!(progress.bytes.into_inner(), bytes.len() as u64);
    assert_eq!(progress.rows.into_inner(), total(|file| file.rows));
    Read {
        files,
        rows,
        path,
        _folder: folder,
    }
}

impl Read {
    /// Every file's name, rows and problem, without the temporary folder.
    fn shown(&self) -> String {
        let folder = self
            .path
            .parent()
            .map(|path| path.display().to_string() + "/");
        let mut text = String::new();
        for file in &self.files {
            let problem = file.problem.as_ref().map(ToString::to_string);
            let line = format!(
                "{} {} {}",
                file.name,
                file.accepted,
                problem.unwrap_or_default()
            );
            writeln!(
                text,
                "{}",
                line.replace(&folder.clone().unwrap_or_default(), "")
                    .trim_end()
            )
            .unwrap();
        }
        text
    }
}

#[test]
fn packed_files_give_what_plain_ones_give_whatever_their_name() {
    let plain = table(10_000);
    let expected = read("a.csv", &plain);
    assert_eq!(expected.files[0].accepted, 10_000);
    let (head, tail) = plain.split_at(100_001);
    let twice_gzipped = [gzip(head), gzip(tail)].concat();
    let twice_zstd = [zstd(head), zstd(tail)].concat();
    let zipped = zip_of(&[("a.csv", &plain)]);
    for (name, bytes) in [
        ("a.csv.gz", gzip(&plain)),
        ("a.csv", gzip(&plain)),
        ("a.gz", twice_gzipped),
        ("a.csv.zst", zstd(&plain)),
        ("a.txt", twice_zstd),
        ("a.csv", zipped),
    ] {
        let packed = read(name, &bytes);
        assert!(packed.files[0].problem.is_none(), "{name}");
        assert_eq!(packed.rows.accepted, expected.rows.accepted, "{name}");
        let rows: Vec<_> = packed
            .rows
            .accepted
            .iter()
            .map(|report| report.source)
            .collect();
        assert_eq!(
            (rows[0].file(), rows[0].row(), rows[9_999].row()),
            (5, 1, 10_000)
        );
    }
}

#[test]
fn the_hash_is_that_of_the_file_on_disk() {
    // printf 'mmsi,time,lat,lon\n1,2023-01-01,2,3\n' | sha256sum
    let known = "3c43ecebfe77b7bf3933b94c38017525d1a0f771f88bbb0486cf2c56eb64f865";
    let plain = b"mmsi,time,lat,lon\n1,2023-01-01,2,3\n";
    assert_eq!(read("a.csv", plain).files[0].sha256.as_deref(), Some(known));
    let packed = gzip(plain);
    let plain_read_of_packed = read("a.bin", &[b"x", packed.as_slice()].concat());
    assert!(plain_read_of_packed.files[0].sha256.is_some());
    for (name, bytes) in [
        ("a.gz", packed),
        ("a.zip", zip_of(&[("a.csv", plain), ("b.csv", plain)])),
    ] {
        let read = read(name, &bytes);
        let hash = read.files[0].sha256.clone().unwrap();
        assert_eq!(hash.len(), 64);
        assert_ne!(hash, known);
        assert!(
            read.files
                .iter()
                .all(|file| file.sha256.as_ref() == Some(&hash))
        );
    }
}

#[test]
fn every_table_of_an_archive_is_a_file_of_its_own() {
    let small = table(3);
    let bytes = zip_of(&[
        ("2023/", b""),
        ("2023/a.csv", &small),
        ("__MACOSX/2023/._a.csv", b"\0\x05\x16\x07"),
        ("metadata.xml", b"<metadata/>"),
        ("b.txt", b""),
        ("c.CSV", &small),
        ("inner.zip", &zip_of(&[("d.csv", &small)])),
    ]);
    let read = read("many.zip", &bytes);
    insta::assert_snapshot!(read.shown(), @r#"
    many.zip!2023/a.csv 3
    many.zip!b.txt 0 `many.zip!b.txt` is empty: fetch it again, or leave it out
    many.zip!c.CSV 3
    many.zip!inner.zip 0 `many.zip!inner.zip` is itself a zip archive: unpack the outer one first
    "#);
    let files: Vec<_> = read
        .rows
        .accepted
        .iter()
        .map(|report| report.source.file())
        .collect();
    assert_eq!(files, [5, 5, 5, 7, 7, 7]);
    insta::assert_snapshot!(self::read("none.zip", &zip_of(&[("a.pdf", b"%PDF")])).shown(), @"none.zip 0 archive `none.zip` cannot be used: it holds no table (.csv, .tsv or .txt): unpack it and look");
}

#[test]
fn a_file_that_breaks_off_gives_its_good_rows_and_one_rejected_for_the_rest() {
    let plain = table(20_000);
    let expected = read("a.csv", &plain).rows.accepted;
    for (name, bytes) in [
        ("a.csv.gz", gzip(&plain)),
        ("a.csv.zst", zstd(&plain)),
        ("a.zip", zip_of(&[("a.csv", &plain)])),
    ] {
        let cut = read(name, &bytes[..bytes.len() / 2]);
        let good = cut.rows.accepted.len();
        assert!((2_000..19_000).contains(&good), "{name}: {good}");
        assert_eq!(cut.rows.accepted, expected[..good], "{name}");
        let [lost] = cut.rows.rejected.as_slice() else {
            panic!("{name}: {:?}", cut.rows.rejected);
        };
        assert_eq!(lost.reason, RejectReason::FileBrokenOff, "{name}");
        assert_eq!(lost.row, good as u64 + 1, "{name}");
        let problem = cut.files[0].problem.as_ref();
        assert!(
            matches!(problem, Some(IngestError::BrokenOff { row, .. }) if *row == good as u64),
            "{name}: {problem:?}"
        );
    }
}

#[test]
fn an_archive_without_its_directory_is_read_from_the_front() {
    let plain = table(2_000);
    let bytes = zip_of(&[("a.csv", &plain), ("b.csv", &plain)]);
    // The directory is in the last few hundred bytes.
    let read = read("a.zip", &bytes[..bytes.len() - 60]);
    assert_eq!(read.files.len(), 2);
    assert_eq!(read.rows.accepted.len(), 4_000);
    assert!(read.files[0].problem.is_none());
    assert!(matches!(
        read.files[1].problem,
        Some(IngestError::BrokenOff { row: 2_000, .. })
    ));
}

#[test]
fn an_archive_cut_anywhere_breaks_off_once_and_keeps_what_was_whole() {
    let plain = table(200);
    let bytes = zip_of(&[("a.csv", &plain), ("b.txt", b""), ("c.csv", &plain)]);
    let directory = bytes.windows(4).position(|four| four == b"PK\x01\x02");
    let second = bytes.windows(5).position(|five| five == b"b.txt").unwrap() - 30;
    for end in (4..bytes.len()).step_by(211).chain(directory) {
        let cut = read("a.zip", &bytes[..end]);
        let whole = if end < second { 0 } else { 200 };
        assert!(cut.rows.accepted.len() >= whole, "{end}");
        let is_broken =
            |file: &&SourceFile| matches!(file.problem, Some(IngestError::BrokenOff { .. }));
        assert_eq!(cut.files.iter().filter(is_broken).count(), 1, "{end}");
        let reasons: Vec<_> = cut.rows.rejected.iter().map(|row| row.reason).collect();
        assert_eq!(reasons, [RejectReason::FileBrokenOff], "{end}");
    }
}

#[test]
fn damage_in_the_middle_of_what_is_packed_costs_only_what_comes_after() {
    let plain = table(20_000);
    for (name, mut bytes) in [
        ("a.csv.gz", gzip(&plain)),
        ("a.zip", zip_of(&[("a.csv", &plain)])),
    ] {
        let half = bytes.len() / 2;
        bytes[half..half + 64].fill(0xff);
        let damaged = read(name, &bytes);
        let good = damaged.rows.accepted.len();
        assert!((8_000..19_999).contains(&good), "{name}: {good}");
        let reasons: Vec<_> = damaged.rows.rejected.iter().map(|row| row.reason).collect();
        assert_eq!(reasons.last(), Some(&RejectReason::FileBrokenOff), "{name}");
    }
}

#[test]
fn a_packed_file_broken_from_its_first_block_on_has_one_rejected_row() {
    let mut bytes = gzip(&table(100));
    bytes[10..40].fill(0xff);
    let read = read("a.csv.gz", &bytes);
    let [lost] = read.rows.rejected.as_slice() else {
        panic!("{:?}", read.rows.rejected);
    };
    assert_eq!((lost.row, lost.reason), (1, RejectReason::FileBrokenOff));
    assert!(matches!(
        read.files[0].problem,
        Some(IngestError::BrokenOff { row: 0, .. })
    ));
}

#[test]
fn a_damaged_file_never_panics() {
    let plain = table(60);
    for bytes in [
        gzip(&plain),
        zstd(&plain),
        zip_of(&[("a.csv", &plain), ("b.csv", &plain)]),
    ] {
        for at in (0..bytes.len()).step_by(7) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x55;
            read("a.bin", &damaged);
            read("a.bin", &bytes[..at]);
        }
    }
}

#[test]
fn a_file_that_unpacks_to_much_more_is_streamed() {
    // 64 MiB of one line, packed to a few kilobytes: rejected without being held.
    let line = vec![b'9'; 1 << 20];
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.write_all(b"mmsi,timestamp,lat,lon\n").unwrap();
    for _ in 0..64 {
        encoder.write_all(&line).unwrap();
    }
    encoder
        .write_all(b"\n273000001,2023-01-01,42.7,133.1\n")
        .unwrap();
    let read = read("bomb.zst", &encoder.finish().unwrap());
    assert_eq!(read.rows.accepted.len(), 1);
    assert_eq!(read.rows.rejected[0].reason, RejectReason::RecordTooLong);
}

#[test]
fn what_cannot_be_used_is_said_with_the_way_to_mend_it() {
    let said: String = [
        ("empty.csv", &b""[..]),
        ("blank.csv", b"\n\r\n  \n"),
        ("empty.csv.gz", &gzip(b"")),
        ("header.csv", b"mmsi,timestamp,lat,lon\n"),
        ("binary.csv", b"\x00\x01\x02\x03abc\x00\x00"),
        ("no.csv", b"hello, world\nthis is no table\n"),
        ("utf16.csv", b"\xff\xfem\0m\0s\0i\0,\0"),
        (
            "lacks.csv",
            b"mmsi,timestamp,lat\n273000001,2023-01-01,42.7\n",
        ),
        (
            "data.tar.gz",
            &gzip(&[&[b'x'; 257][..], b"ustar", &[0; 300]].concat()),
        ),
        ("twice.gz", &gzip(&gzip(b"mmsi,timestamp,lat,lon\n"))),
        ("data.csv.bz2", b"BZh91AY&SY"),
    ]
    .iter()
    .map(|(name, bytes)| read(name, bytes).shown())
    .collect();
    insta::assert_snapshot!(said, @r#"
    empty.csv 0 `empty.csv` is empty: fetch it again, or leave it out
    blank.csv 0 `blank.csv` is empty: fetch it again, or leave it out
    empty.csv.gz 0 `empty.csv.gz` is empty: fetch it again, or leave it out
    header.csv 0 `header.csv` has a header (generic) and no row after it: fetch it again, or leave it out
    binary.csv 0 `binary.csv` is not a text file but binary data: expected CSV or Parquet
    no.csv 0 `no.csv` has no header that is known: the first line is `hello, world`; expected column names such as `MMSI,BaseDateTime,LAT,LON`, or say which column is which in a file for `--columns` (`landfall inspect` prints a draft of one)
    utf16.csv 0 `utf16.csv` is in UTF-16: save it again as UTF-8 (`iconv -f UTF-16 -t UTF-8 FILE > NEW.csv`)
    lacks.csv 0 `lacks.csv` has no column for the longitude (such as `lon`): found `mmsi`, `timestamp`, `lat`; say which column it is in a file for `--columns` (`landfall inspect` prints a draft of one)
    data.tar.gz 0 `data.tar.gz` is itself a tar archive: unpack the outer one first
    twice.gz 0 `twice.gz` is itself a gzip file: unpack the outer one first
    data.csv.bz2 0 archive `data.csv.bz2` cannot be used: it is a bzip2 archive: unpack it first
    "#);
}

#[test]
fn a_folder_or_nothing_at_all_is_an_error_with_the_path() {
    for path in ["/", "/does/not/exist.csv"] {
        let mut rows = Rows::default();
        let files = read_positions(
            Path::new(path),
            0,
            &ReadOptions::default(),
            &mut VesselBook::new(),
            &mut rows,
            &ReadProgress::default(),
        );
        let problem = files[0].problem.as_ref().unwrap().to_string();
        assert!(problem.contains(&format!("`{path}`")), "{problem}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_is_no_file_and_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.csv");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    for (path, what) in [
        (pipe.as_path(), "a pipe"),
        (Path::new("/dev/null"), "a device"),
    ] {
        let files = read_positions(
            path,
            0,
            &ReadOptions::default(),
            &mut VesselBook::new(),
            &mut Rows::default(),
            &ReadProgress::default(),
        );
        assert_eq!(
            files[0].problem.as_ref().unwrap().to_string(),
            format!(
                "`{}` is {what}: write it to a file first, and name that",
                path.display()
            )
        );
    }
}

/// Everything that files come to, file by file, whatever slots stand for it.
#[derive(Debug, PartialEq)]
struct Outcome {
    files: Vec<String>,
    /// By file, in the order in which they came.
    accepted: Vec<Vec<String>>,
    rejected: Vec<Vec<RejectedRow>>,
    vessels: Vec<Vessel>,
}

#[derive(Default)]
struct SlotRows {
    accepted: Vec<(VesselSlot, ParticularsSlot, PositionReport)>,
    rejected: Vec<RejectedRow>,
}

impl PositionSink for SlotRows {
    fn accept(&mut self, vessel: VesselSlot, sent: ParticularsSlot, report: PositionReport) {
        self.accepted.push((vessel, sent, report));
    }

    fn reject(&mut self, row: RejectedRow) {
        self.rejected.push(row);
    }
}

fn outcome(paths: &[PathBuf], threads: usize) -> Outcome {
    let (mut book, mut rows) = (VesselBook::new(), SlotRows::default());
    let progress = ReadProgress::default();
    let threads = NonZeroUsize::new(threads).unwrap();
    let options = ReadOptions::default();
    let files = read_all(paths, 3, &options, threads, &mut book, &mut rows, &progress);
    let total = |count: fn(&SourceFile) -> u64| files.iter().map(count).sum::<u64>();
    assert_eq!(progress.rows.into_inner(), total(|file| file.rows));
    let mut accepted = vec![Vec::new(); files.len()];
    for (vessel, sent, report) in rows.accepted {
        let (id, particulars) = (book.id(vessel), book.particulars(sent));
        let (file, row) = (report.source.file(), report.source.row());
        accepted[file - 3].push(format!("{row} {id} {particulars:?} {report:?}"));
    }
    let mut rejected = vec![Vec::new(); files.len()];
    for row in rows.rejected {
        rejected[row.file - 3].push(row);
    }
    let slots = book.slots_by_id();
    Outcome {
        files: files.iter().map(|file| format!("{file:?}")).collect(),
        accepted,
        rejected,
        vessels: slots.into_iter().map(|slot| book.vessel(slot)).collect(),
    }
}

#[test]
fn many_files_of_all_kinds_are_the_same_whatever_the_threads() {
    let folder = tempfile::tempdir().unwrap();
    let plain = table(9_000);
    let other = "mmsi,timestamp,lon,lat,name\n";
    let stops = [&table(50), other.as_bytes(), &table(4_000)].concat();
    let archive = zip_of(&[("a.csv", &plain), ("b.txt", b""), ("c.csv", &table(5))]);
    let cut = archive[..archive.len() - 60].to_vec();
    let packed = gzip(&plain);
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut put = |name: &str, bytes: &[u8]| {
        paths.push(folder.path().join(name));
        std::fs::write(&paths[paths.len() - 1], bytes).unwrap();
    };
    put("a.csv", &plain);
    put("b.zip", &archive);
    put("c.csv", b"");
    put("d.zip", &cut);
    put("e.csv.gz", &packed);
    put("f.csv.gz", &packed[..packed.len() / 2]);
    put("g.csv", &stops);
    put("h.zip", &cut[..cut.len() / 2]);
    put("i.zip", &zip_of(&[("a.pdf", b"%PDF")]));
    for small in 0..200 {
        put(&format!("small{small}.csv"), &table(small));
    }
    put("z.csv.zst", &zstd(&plain));
    paths.push(folder.path().join("is/not/there.csv"));
    let expected = outcome(&paths, 1);
    // Two archives of three tables each.
    assert_eq!(expected.files.len(), paths.len() + 4);
    let rows_of = |row: &String| row.split(' ').next().map(str::parse::<u64>);
    for rows in &expected.accepted {
        assert!(rows.is_sorted_by_key(|row| rows_of(row).unwrap().unwrap()));
    }
    for threads in [2, 3, 8] {
        let found = outcome(&paths, threads);
        assert!(expected.files == found.files, "{threads}");
        assert!(expected.accepted == found.accepted, "{threads}");
        assert!(expected.rejected == found.rejected, "{threads}");
        assert!(expected.vessels == found.vessels, "{threads}");
    }
}

#[test]
fn a_sink_that_gives_up_ends_the_reading_of_all_threads() {
    struct Fragile(u32);
    impl PositionSink for Fragile {
        fn accept(&mut self, _: VesselSlot, _: ParticularsSlot, _: PositionReport) {
            self.0 += 1;
            assert!(self.0 < 5_000, "no more");
        }

        fn reject(&mut self, _: RejectedRow) {}
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, table(100_000)).unwrap();
    for threads in [1, 4] {
        let given_up = std::panic::catch_unwind(|| {
            read_all(
                &[path.clone(), path.clone()],
                0,
                &ReadOptions::default(),
                NonZeroUsize::new(threads).unwrap(),
                &mut VesselBook::new(),
                &mut Fragile(0),
                &ReadProgress::default(),
            );
        });
        assert!(given_up.is_err());
    }
}
