//! A CSV file of positions: header, then records, each of which becomes a report or is rejected.
//!
//! A header that comes again in the middle, as in files put together, is a rejected row. Where it
//! is the header of other columns, the file ends there: under it the rows mean something else.

use crate::all_rows::{AllRows, SampleRows, TextRows};
use crate::batch::Stop;
use crate::block::Cutter;
use crate::chunks::Chunks;
use crate::error::{FETCH_AGAIN, IngestError, SPLIT_FILE};
use crate::field::Field;
use crate::halves;
use crate::header::{Header, SAMPLE};
use crate::intake::{Delivery, Intake};
use crate::positions::{PositionSink, ReadOptions};
use crate::records::Records;
use crate::row::RowDecoder;
use crate::source_file::{ColumnUse, SourceFile};
use crate::time_choice::choose;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file's bytes, unpacked, and the way to have them again from the beginning.
pub(crate) struct Text<'a> {
    /// The bytes.
    pub reader: &'a mut dyn Read,
    /// The same bytes again from the beginning.
    pub again: Again,
    /// The vessel, where no column names one: as the file is named.
    pub vessel: &'a str,
}

/// Opens a file once more and hands its unpacked bytes to a function.
pub(crate) type Again = Arc<dyn Fn(&mut dyn FnMut(&mut dyn Read)) -> io::Result<()> + Send + Sync>;

/// A text whose format is known.
pub(crate) struct Opened<'a> {
    /// What cuts the text behind the header.
    pub cutter: Cutter<&'a mut dyn Read>,
    /// What decodes its rows.
    pub decoder: RowDecoder,
}

/// Why a text is no table of positions.
pub(crate) struct Refused {
    problem: IngestError,
    /// What is left of a text that breaks off before a header could stand there.
    lost: Option<Vec<u8>>,
}

/// Finds a text's format, and notes it in `source`. So many bytes are read at a time.
pub(crate) fn open<'a>(
    text: Text<'a>,
    options: &ReadOptions,
    source: &mut SourceFile,
    chunk: usize,
) -> Result<Opened<'a>, Box<Refused>> {
    let path = PathBuf::from(&source.name);
    let mut chunks = Chunks::new(text.reader, chunk);
    let found = Header::find(&mut chunks, options.columns.as_ref(), &path);
    let mut header = found.map_err(|problem| without_header(problem, &chunks, &path))?;
    source.format = Some(header.layout.format.clone());
    source.notices = std::mem::take(&mut header.notices);
    source.columns = header.layout.uses().to_vec();

    chunks.fill_to(header.next + SAMPLE);
    let bytes = chunks.bytes();
    let sample_end = bytes.len().min(header.next + SAMPLE);
    let bytes = &bytes[header.next.min(sample_end)..sample_end];
    let sample = SampleRows::new(bytes, &header);
    let rows: Arc<dyn AllRows> = Arc::new(TextRows::new(text.again, &header));
    let remark = halves::settle(&mut header.layout, &sample, &|| None, &path)?;
    source.remarks.extend(remark);
    let (time, note) = choose(&header.layout, &sample, &*rows, options.date_order, &path)?;
    if let Some(note) = note {
        header.layout.add_note(header.layout.dated(), &note);
    }
    let structural = header.structural;
    let width = header.layout.names.len();
    let decoder = RowDecoder::new(header.layout, time, text.vessel, &rows, &path)?;
    source.columns = decoder.layout().uses().to_vec();
    let records = Records::new(chunks, structural, width, header.next);
    Ok(Opened {
        cutter: Cutter::new(records),
        decoder,
    })
}

/// Notes what is to be told of how a table was read, when all its rows are.
pub(crate) fn tell(decoder: &RowDecoder, intake: &mut Intake) {
    const SAID: &str = "longitudes run from 0 to 360, as the whole file shows: those above 180 were \
                        read as west of Greenwich";
    let (layout, midnights_only) = (decoder.layout(), intake.midnights_only);
    let source = &mut intake.source;
    // Joined with a time of day, they are midnights no more.
    let may_be_days = layout.begins_with_midnights && layout.clock.is_none();
    if may_be_days && midnights_only && source.accepted > 1 {
        source.remarks.push(format!(
            "every time in column `{}` is a midnight: if another column holds the time of day, say \
             which with `date` and `time` in a file for `--columns`",
            layout.column_name(Field::Time)
        ));
    }
    if decoder.found_tenths_of_knots() {
        let said = "speeds are read as tenths of knots: they are ten times those that positions imply, or \
                    whole numbers where nothing moves";
        source.remarks.push(said.to_owned());
    }
    if !decoder.has_turned_longitudes() {
        return;
    }
    source.remarks.push(SAID.to_owned());
    let is_place = |used: &&mut ColumnUse| matches!(used.field.as_str(), "longitude" | "point");
    if let Some(used) = source.columns.iter_mut().find(is_place) {
        used.note = Some(match used.note.take() {
            Some(before) => format!("{before}; {SAID}"),
            None => SAID.to_owned(),
        });
    }
}

/// Says how a table ends whose rows are all taken.
pub(crate) fn conclude<R: Read, S: PositionSink>(
    cutter: &Cutter<R>,
    decoder: &RowDecoder,
    intake: &mut Intake,
    delivery: &Delivery<'_, S>,
) {
    let path = PathBuf::from(&intake.source.name);
    let rows = intake.source.rows;
    tell(decoder, intake);
    intake.source.problem = if let Some(stop) = intake.stop.take() {
        let (detail, mend) = match stop {
            Stop::MidRow => ("it ends in the middle of a row".to_owned(), FETCH_AGAIN),
            Stop::OtherHeader(line) => (
                format!("row {rows} is another header with other columns, `{line}`"),
                SPLIT_FILE,
            ),
        };
        let row = rows.saturating_sub(1);
        Some(IngestError::BrokenOff {
            path,
            row,
            detail,
            mend,
        })
    } else if let Some((detail, lost)) = cutter.broken_off() {
        delivery.reject_rest(intake, lost);
        Some(IngestError::BrokenOff {
            path,
            row: rows,
            detail,
            mend: FETCH_AGAIN,
        })
    } else if rows == 0 {
        let format = decoder.layout().format.clone();
        Some(IngestError::HeaderOnly { path, format })
    } else {
        None
    };
}

impl Refused {
    /// Says what is wrong with the table.
    pub(crate) fn conclude<S: PositionSink>(self, intake: &mut Intake, delivery: &Delivery<'_, S>) {
        if let Some(lost) = self.lost {
            delivery.reject_rest(intake, &lost);
        }
        intake.source.problem = Some(self.problem);
    }
}

impl From<IngestError> for Box<Refused> {
    fn from(problem: IngestError) -> Self {
        Box::new(Refused {
            problem,
            lost: None,
        })
    }
}

/// What is wrong with a file without a header; if it broke off before one could stand there, that.
fn without_header<R: Read>(problem: IngestError, chunks: &Chunks<R>, path: &Path) -> Box<Refused> {
    let bytes = chunks.bytes();
    let Some(failure) = chunks.failure() else {
        return problem.into();
    };
    if bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return problem.into();
    }
    Box::new(Refused {
        problem: IngestError::BrokenOff {
            path: path.to_owned(),
            row: 0,
            detail: failure.to_string(),
            mend: FETCH_AGAIN,
        },
        lost: Some(bytes.to_vec()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunks::CHUNK;
    use crate::crew::{Crew, Hand};
    use crate::positions::ReadProgress;
    use crate::records::Step;
    use crate::vessels::{ParticularsSlot, VesselBook, VesselSlot};
    use landfall_track::{
        Particulars, PositionReport, RejectReason, RejectedRow, SourceRow, Vessel, VesselId,
    };
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Debug, Default, PartialEq)]
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

    /// Everything that a text comes to, whatever slots stand for it.
    #[derive(Debug, PartialEq)]
    struct Outcome {
        source: String,
        accepted: Vec<(VesselId, Option<Particulars>, PositionReport, SourceRow)>,
        rejected: Vec<RejectedRow>,
        vessels: Vec<Vessel>,
    }

    fn read(text: &[u8], chunk: usize) -> (SourceFile, Rows, Vec<Vessel>) {
        let (source, rows, book) = read_with(text, chunk, 1);
        let mut slots = book.slots_by_id();
        slots.sort_unstable();
        let vessels = slots.into_iter().map(|slot| book.vessel(slot)).collect();
        (source, rows, vessels)
    }

    fn read_with(text: &[u8], chunk: usize, threads: usize) -> (SourceFile, Rows, VesselBook) {
        let (mut book, mut rows) = (VesselBook::new(), Rows::default());
        let progress = ReadProgress::default();
        let options = ReadOptions::default();
        let delivery = Delivery::new(&mut book, &mut rows, &progress);
        let crew = Crew::new(&[], &options, threads, delivery).with_block_bytes(chunk);
        let reading = crew.begin_reading();
        let source = std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(|| Hand::new(&crew).work());
            }
            let mut reader = text;
            let whole: Arc<[u8]> = text.into();
            let text = Text {
                reader: &mut reader,
                again: Arc::new(move |take| {
                    take(&mut &*whole);
                    Ok(())
                }),
                vessel: "a",
            };
            let source = SourceFile::new("a.csv".to_owned(), Path::new("a.csv"), 0);
            let source = Hand::new(&crew).read_text(text, 0, source);
            drop(reading);
            source
        });
        drop(crew);
        assert_eq!(source.rows, source.accepted + source.rejected);
        assert_eq!(source.accepted, rows.accepted.len() as u64);
        assert_eq!(source.rejected, rows.rejected.len() as u64);
        assert_eq!(progress.rows.into_inner(), source.rows);
        (source, rows, book)
    }

    fn outcome(text: &[u8], chunk: usize, threads: usize) -> Outcome {
        let (source, rows, book) = read_with(text, chunk, threads);
        let slots = book.slots_by_id();
        assert_eq!(slots.len(), book.len());
        let resolved = |(vessel, sent, report): (VesselSlot, ParticularsSlot, PositionReport)| {
            let id = book.id(vessel).clone();
            (id, book.particulars(sent), report, report.source)
        };
        Outcome {
            source: format!("{source:?}"),
            accepted: rows.accepted.into_iter().map(resolved).collect(),
            rejected: rows.rejected,
            vessels: slots.into_iter().map(|slot| book.vessel(slot)).collect(),
        }
    }

    const HEADER: &str = "mmsi,timestamp,lat,lon,name,destination\n";

    fn rejects(body: &str) -> Vec<String> {
        let (_, rows, _) = read((HEADER.to_owned() + body).as_bytes(), CHUNK);
        let shown =
            |row: &RejectedRow| format!("{} {} {} {}", row.row, row.reason, row.column, row.value);
        rows.rejected.iter().map(shown).collect()
    }

    const GOOD: &str = "273000001,2023-01-01,42.7,133.1,MAIA,NAJIN\n";

    #[test]
    fn blank_and_comment_lines_are_no_rows() {
        let body = format!("\n{GOOD}# {GOOD}\r\n   \n#\n{GOOD},,,,,\n");
        assert_eq!(rejects(&body), ["3 bad_identity mmsi "]);
    }

    #[test]
    fn line_ends_of_every_kind_and_a_missing_last_one_give_the_same_rows() {
        let text = HEADER.to_owned() + GOOD + GOOD.trim_end();
        let expected = read(text.as_bytes(), CHUNK);
        assert_eq!(expected.0.accepted, 2);
        for line_end in ["\r\n", "\r"] {
            let (source, rows, vessels) = read(text.replace('\n', line_end).as_bytes(), CHUNK);
            assert_eq!(
                (source.accepted, &rows, &vessels),
                (2, &expected.1, &expected.2)
            );
        }
    }

    #[test]
    fn an_unclosed_quote_loses_its_line_alone() {
        let open = "273000001,2023-01-01,42.7,133.1,\"MAIA,NAJIN\n";
        let quoted = "273000001,2023-01-01,42.7,133.1,\"MA, IA\",NAJIN\n";
        let empty = "273000001,2023-01-01,42.7,133.1,\"\",NAJIN\n";
        let body = format!("{GOOD}{open}{GOOD}{empty}{quoted}{GOOD}");
        let expected = "2 unclosed_quote  273000001,2023-01-01,42.7,133.1,\"MAIA,NAJIN";
        assert_eq!(rejects(&body), [expected]);
        assert_eq!(rejects(&format!("{GOOD}{open}")), [expected]);
        assert_eq!(rejects(&format!("{GOOD}{}", open.trim_end())), [expected]);
    }

    #[test]
    fn a_quote_within_a_field_is_a_letter() {
        let body = "273000001,2023-01-01,42.7,133.1,THE \"MAIA,6\"\n";
        let (source, _, vessels) = read((HEADER.to_owned() + body + GOOD).as_bytes(), CHUNK);
        assert_eq!((source.accepted, source.rejected), (2, 0));
        let names: Vec<_> = vessels[0]
            .identities
            .iter()
            .filter_map(|sent| sent.particulars.name.as_deref())
            .collect();
        assert!(
            names.contains(&"THE \"MAIA") && names.contains(&"MAIA"),
            "{names:?}"
        );
    }

    #[test]
    fn a_quoted_name_of_two_lines_is_one_row() {
        let body = format!("273000001,2023-01-01,42.7,133.1,\"MA\nIA\",NAJIN\n{GOOD}");
        let (source, rows, vessels) = read((HEADER.to_owned() + &body).as_bytes(), CHUNK);
        assert_eq!((source.rows, source.accepted), (2, 2));
        assert_eq!(rows.accepted[1].2.source.row(), 2);
        let first = vessels[0].identities[0].particulars.name.as_deref();
        assert!(matches!(first, Some("MA IA" | "MAIA")), "{first:?}");
    }

    #[test]
    fn a_line_beyond_all_measure_is_one_rejected_row() {
        let long = format!(
            "273000001,2023-01-01,42.7,133.1,{},NAJIN\n",
            "X".repeat(10 << 20)
        );
        let quoted = format!(
            "273000001,2023-01-01,42.7,133.1,\"{}\",NAJIN\n",
            "X".repeat(2 << 20)
        );
        let body = format!("{GOOD}{long}{GOOD}{quoted}{GOOD}");
        let said = rejects(&body);
        assert_eq!(said.len(), 2);
        assert!(
            said[0].starts_with("2 record_too_long  273000001,2023-01-01"),
            "{}",
            said[0]
        );
        assert!(said[1].starts_with("4 record_too_long "), "{}", said[1]);
        assert!(said.iter().all(|said| said.chars().count() < 110));
    }

    #[test]
    fn lines_beyond_all_measure_are_the_same_rows_whatever_the_blocks_and_threads() {
        let long = |letter: &str, length: usize| letter.repeat(length) + "\n";
        let quoted = "273000001,2023-01-01,42.7,133.1,\"MA\nIA\",NAJIN\n";
        let body = [
            GOOD,
            &long("9", (1 << 20) - 1),
            &long("9", 1 << 20),
            &long("9", (1 << 20) + 1),
            GOOD,
            &long(" ", 1 << 20),
            &long(" ", (1 << 20) + 1),
            &long("#", 3 << 20),
            quoted,
            &("\"".to_owned() + &long("9", 3 << 20)),
            GOOD,
            &("\"".to_owned() + &GOOD.repeat(30_000)),
            &long(" ", 3 << 20),
        ]
        .concat();
        let text = HEADER.to_owned() + &body;
        let expected = outcome(text.as_bytes(), CHUNK, 1);
        assert_eq!(expected.accepted.len(), 30_003);
        for (chunk, threads) in [(1_000, 1), (100_000, 3), (1 << 20, 2), (1 << 23, 2)] {
            let found = outcome(text.as_bytes(), chunk, threads);
            assert!(expected == found, "{chunk} {threads}");
        }
    }

    #[test]
    fn what_comes_after_the_end_of_a_table_leaves_no_trace() {
        let late = "273000009,2023-01-01,42.7,133.1,LATE,NAJIN\n".repeat(2_000);
        let text = HEADER.to_owned() + GOOD + "mmsi,timestamp,lon,lat\n" + &late;
        for (chunk, threads) in [(CHUNK, 1), (50, 1), (50, 2), (500, 4)] {
            let found = outcome(text.as_bytes(), chunk, threads);
            assert_eq!((found.accepted.len(), found.rejected.len()), (1, 1));
            let [vessel] = found.vessels.as_slice() else {
                panic!("{:?}", found.vessels);
            };
            assert_eq!(vessel.identities.len(), 1);
        }
    }

    #[test]
    fn quotes_that_are_never_closed_do_not_cost_the_square_of_the_file() {
        let body = "273000001,2023-01-01,42.7,133.1,\"MAIA,NAJIN\n".repeat(50_000);
        let (source, rows, _) = read((HEADER.to_owned() + &body).as_bytes(), CHUNK);
        assert_eq!((source.rows, source.rejected), (50_000, 50_000));
        assert!(
            rows.rejected
                .iter()
                .all(|row| row.reason == RejectReason::UnclosedQuote)
        );
    }

    #[test]
    fn rows_of_another_width_are_used_only_if_nothing_was_split_wrongly() {
        let body = "273000001,2023-01-01,42.7,133.1,MAIA,NAJIN,\n\
                    273000001,2023-01-01,42.7,133.1\n\
                    273000001,2023-01-01,42,7,133,1,MAIA,NAJIN\n\
                    273000001,2023-01-01,42.7\n";
        assert_eq!(
            rejects(body),
            [
                "3 wrong_field_count  273000001,2023-01-01,42,7,133,1,MAIA,NAJIN",
                "4 wrong_field_count lon "
            ]
        );
    }

    #[test]
    fn a_header_that_comes_again_is_a_row_rejected_as_such() {
        let line = HEADER.trim_end();
        for again in [
            line.to_owned(),
            format!("\u{feff}{line}"),
            line.replace("mmsi", "\"MMSI\""),
        ] {
            assert_eq!(
                rejects(&format!("{GOOD}{again}\n{GOOD}")),
                [format!("2 repeated_header  {again}")]
            );
        }
        let known = "MMSI,BaseDateTime,LAT,LON\n367000001,2023-01-11,43.1,-70.7\n";
        let (source, rows, _) = read(known.repeat(3).as_bytes(), CHUNK);
        assert_eq!((source.rows, source.accepted), (5, 3));
        assert!(source.problem.is_none());
        let of_headers = |row: &RejectedRow| row.reason == RejectReason::RepeatedHeader;
        assert!(rows.rejected.iter().all(of_headers));
    }

    #[test]
    fn after_a_header_of_other_columns_nothing_is_read_under_the_first_one() {
        let text = "MMSI,BaseDateTime,LAT,LON\n367000001,2023-01-11,43.1,-70.7\n\
                    mmsi,base_date_time,longitude,latitude\n367000001,2023-01-12,-70.7,43.1\n\
                    367000001,2023-01-13,-70.7,43.1\n";
        let (source, rows, _) = read(text.as_bytes(), CHUNK);
        assert_eq!((source.accepted, source.rejected), (1, 1));
        assert_eq!(rows.rejected[0].reason, RejectReason::FileBrokenOff);
        assert_eq!(rows.rejected[0].row, 2);
        insta::assert_snapshot!(source.problem.unwrap(), @"`a.csv` breaks off after row 1 (the first data row is 1): row 2 is another header with other columns, `mmsi,base_date_time,longitude,latitude`; the rows before are used, split the file before that row");
    }

    #[test]
    fn values_that_cannot_be_read_are_counted_by_column_with_the_first_of_them() {
        let text = "mmsi,timestamp,lat,lon,sog,cog,heading,status,imo,length\n\
                    273000001,2023-01-01,42.7,133.1,5.0,0,511,Moored,9000003,100\n\
                    273000001,2023-01-02,42.7,133.1,5.0 kn,n/a,,15,IMO9000003,100 m\n\
                    273000001,2023-01-03,42.7,133.1,4.9 kn,-,-1,Unknown value,0,NULL\n\
                    273000001,2023-01-04,42.7,133.1,102.3,360,NaN,asleep,none,\n";
        let (source, ..) = read(text.as_bytes(), CHUNK);
        assert_eq!(source.accepted, 4);
        let said: Vec<_> = source
            .unreadable
            .iter()
            .map(|it| format!("{} {} {} {}", it.column, it.count, it.first_row, it.example))
            .collect();
        assert_eq!(
            said,
            ["sog 2 2 5.0 kn", "length 1 2 100 m", "status 1 4 asleep"]
        );
    }

    #[test]
    fn a_last_row_that_is_cut_off_is_rejected_and_told() {
        let cut = GOOD.trim_end().trim_end_matches(",MAIA,NAJIN");
        let (source, rows, _) = read(format!("{HEADER}{GOOD}{cut}").as_bytes(), CHUNK);
        assert_eq!((source.accepted, source.rejected), (1, 1));
        assert_eq!(rows.rejected[0].reason, RejectReason::FileBrokenOff);
        insta::assert_snapshot!(source.problem.unwrap(), @"`a.csv` breaks off after row 1 (the first data row is 1): it ends in the middle of a row; the rows before are used, fetch the file again for the rest");
        let (source, ..) = read(format!("{HEADER}{GOOD}{cut}\n").as_bytes(), CHUNK);
        assert!(source.problem.is_none());
        assert_eq!(source.accepted, 2);
    }

    #[test]
    fn bytes_that_are_no_text_do_not_cost_the_row() {
        let body = b"273000001,2023-01-01,42.7,133.1,MA\xffIA\0,NAJ\0IN\n";
        let (source, _, vessels) = read(&[HEADER.as_bytes(), body].concat(), CHUNK);
        assert_eq!(source.accepted, 1);
        let sent = &vessels[0].identities[0].particulars;
        assert_eq!(sent.name.as_deref(), Some("MA\u{fffd}IA"));
        assert_eq!(sent.destination.as_deref(), Some("NAJ IN"));
    }

    #[test]
    fn a_date_that_only_one_order_can_read_decides_wherever_it_stands() {
        let ambiguous = "273000001,03/04/2023 10:00,42.7,133.1,MAIA,NAJIN\n".repeat(3_000);
        let (source, rows, _) = read((HEADER.to_owned() + &ambiguous).as_bytes(), CHUNK);
        assert!(rows.accepted.is_empty());
        insta::assert_snapshot!(source.problem.unwrap(), @"`a.csv` has dates that could be day-first or month-first, such as `03/04/2023 10:00` in column `timestamp`: say which with `--date-order day-first` or `--date-order month-first`");
        let decided = ambiguous + "273000001,04/13/2023 10:00,42.7,133.1,MAIA,NAJIN\n";
        let (source, rows, _) = read((HEADER.to_owned() + &decided).as_bytes(), CHUNK);
        assert_eq!(source.accepted, 3_001);
        assert_eq!(rows.accepted[0].2.time.to_string(), "2023-03-04T10:00:00Z");
        let note = source.columns[1].note.clone();
        insta::assert_snapshot!(note.unwrap(), @"by its name; read as month/day/year, as `04/13/2023 10:00` can only be");
    }

    #[test]
    fn a_known_format_saved_anew_by_a_spreadsheet_is_read_by_its_values() {
        let text = "MMSI,BaseDateTime,LAT,LON\n367000001,1/11/2023 0:00,43.1,-70.7\n\
                    367000001,1/13/2023 0:00,43.1,-70.7\n";
        let (source, rows, _) = read(text.as_bytes(), CHUNK);
        assert_eq!(source.accepted, 2);
        assert_eq!(rows.accepted[0].2.time.to_string(), "2023-01-11T00:00:00Z");
        assert_eq!(
            source.columns[1].note.as_deref(),
            Some("read as month/day/year, as `1/13/2023 0:00` can only be")
        );
    }

    #[test]
    fn dates_that_contradict_each_other_are_an_error_in_whatever_order_they_stand() {
        let rows = [
            "273000001,03/04/2020 00:00,42.7,133.1,MAIA,NAJIN\n",
            "273000001,13/02/2020 00:00,42.7,133.1,MAIA,NAJIN\n",
            "273000001,02/14/2020 00:00,42.7,133.1,MAIA,NAJIN\n",
        ];
        let problem = |order: [usize; 3]| {
            let body: String = order.iter().map(|row| rows[*row]).collect();
            let (source, read, _) = read((HEADER.to_owned() + &body).as_bytes(), CHUNK);
            assert!(read.accepted.is_empty());
            source.problem.unwrap()
        };
        insta::assert_snapshot!(problem([0, 1, 2]), @"`a.csv` has dates that contradict each other: `13/02/2020 00:00` in row 2 can only be day-first, `02/14/2020 00:00` in row 3 only month-first (column `timestamp`; the first data row is 1): split the file, or say which to keep with `--date-order day-first` or `--date-order month-first`");
        for order in [[2, 1, 0], [1, 0, 2], [2, 0, 1]] {
            assert!(matches!(
                problem(order),
                IngestError::ContradictoryDates { .. }
            ));
        }
    }

    #[test]
    fn times_in_no_known_form_are_an_error_that_shows_one() {
        let body = "273000001,Tuesday,42.7,133.1,MAIA,NAJIN\n";
        let (source, ..) = read((HEADER.to_owned() + body).as_bytes(), CHUNK);
        insta::assert_snapshot!(source.problem.unwrap(), @r#"`a.csv` has times that cannot be read, such as `Tuesday` in column `timestamp`: say how they are written with `time_format` in a file for `--columns`, by a pattern such as "%d %b %Y %H:%M", or name another column with `time` there (`landfall inspect` prints a draft of one)"#);
    }

    #[test]
    fn a_header_without_rows_is_an_error() {
        let (source, ..) = read(HEADER.as_bytes(), CHUNK);
        insta::assert_snapshot!(source.problem.unwrap(), @"`a.csv` has a header (generic) and no row after it: fetch it again, or leave it out");
    }

    /// Rows of all kinds, good and bad, and the pieces that bad ones are made of.
    fn body() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => Just(GOOD.to_owned()),
            2 => Just("273000002,2023-01-02T00:00:00Z,42.75,133.15,\"MA, \"\"IA\"\"\",\n".to_owned()),
            1 => Just("273000003,2023-01-03,42.75,133.15,\"MA\nIA\",X\n".to_owned()),
            1 => Just("273000003,2023-01-03,42.75,133.15,\"".to_owned()),
            4 => "[\",;\n\r# 0-9a.@]{0,12}",
            1 => Just("mmsi,timestamp,lon,lat,name,destination\n".to_owned()),
            1 => Just(HEADER.to_owned()),
            1 => (0..3_u32, 0..3_u32).prop_map(|(vessel, name)| {
                format!("27300000{vessel},2023-01-0{},42,133,SHIP {name},X\n", vessel + 1)
            }),
        ];
        prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
    }

    /// Rows of few vessels, most of which end as the vessel's last one did, in the columns of two
    /// formats: with words before the particulars, and with words between them.
    fn alike_rows() -> impl Strategy<Value = Vec<Vec<String>>> {
        let pick = |from: &'static [&'static str]| prop::sample::select(from);
        let time = pick(&[
            "2023-01-01 00:00:00",
            "2023-01-01 00:00:01",
            "2023-01-02",
            "soon",
            "",
        ]);
        let mmsi = pick(&[
            "273000001",
            "273000002",
            "273000002.0",
            "002190068",
            "9",
            "000000000",
            "x",
        ]);
        let place = pick(&[
            "42.7",
            "-42.75",
            "133.1234567",
            "42",
            ".5",
            "1e1",
            "91.0",
            "181.0",
            "",
            "x",
        ]);
        let number = pick(&[
            "", "0", "0.0", "5.5", "12.34", "359.9", "360", "511", "102.3", "5 kn", "-1", "1.005",
            "12.", ".5", "1e2", "99999", "123456", "1.2.3", "+1", "5,5",
        ]);
        let status = pick(&["Moored", "Under way using engine", "5", "", "asleep"]);
        let sender = pick(&["A", "Class B", "", "?"]);
        let name = pick(&["MAIA", "MAIA", "MAIA-1", ""]);
        let length = pick(&["100", "100", "100 m", ""]);
        let extra = pick(&["x", "x", "y"]);
        let numbers = (number.clone(), number.clone(), number);
        let row = (
            time,
            mmsi,
            place.clone(),
            place,
            numbers,
            status,
            sender,
            (name, length, extra),
        )
            .prop_map(
                |(time, mmsi, lat, lon, (sog, cog, heading), status, sender, rest)| {
                    let (name, length, extra) = rest;
                    [
                        time, mmsi, lat, lon, sog, cog, heading, name, length, status, sender,
                        extra,
                    ]
                    .map(str::to_owned)
                    .to_vec()
                },
            );
        prop::collection::vec(row, 1..60)
    }

    /// The rows as text, the columns in an order, each field between `quote`.
    fn alike_text(rows: &[Vec<String>], order: &[usize], quote: &str) -> String {
        let names = [
            "timestamp",
            "mmsi",
            "lat",
            "lon",
            "sog",
            "cog",
            "heading",
            "name",
            "length",
            "status",
            "transceiver class",
            "extra",
        ];
        let line = |fields: Vec<&str>| fields.join(",") + "\n";
        let mut text = line(order.iter().map(|column| names[*column]).collect());
        for row in rows {
            let fields: Vec<String> = order
                .iter()
                .map(|column| format!("{quote}{}{quote}", row[*column]))
                .collect();
            text += &line(fields.iter().map(String::as_str).collect());
        }
        text
    }

    /// Rows with values that cannot be read, of few vessels, so that they come again.
    fn unreadable_body() -> impl Strategy<Value = String> {
        let row = (0..3_u32, 0..4_usize, 0..3_usize).prop_map(|(vessel, length, speed)| {
            let length = ["100", "100 m", "far", ""][length];
            let speed = ["5.0", "5 kn", ""][speed];
            format!("27300000{vessel},2023-01-01,42.7,133.1,{speed},{length}\n")
        });
        prop::collection::vec(row, 1..40)
            .prop_map(|rows| "mmsi,timestamp,lat,lon,sog,length\n".to_owned() + &rows.concat())
    }

    /// What the rules say of values that cannot be read, row by row.
    fn unreadable_by_the_rules(text: &str) -> BTreeMap<String, (u64, u64)> {
        let mut found: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        let mut last: BTreeMap<&str, &str> = BTreeMap::new();
        for (row, line) in (1..).zip(text.lines().skip(1)) {
            let fields: Vec<&str> = line.split(',').collect();
            let is_bad = |text: &str| !text.is_empty() && text.parse::<f64>().is_err();
            let mut add = |column: &str| found.entry(column.to_owned()).or_insert((0, row)).0 += 1;
            if is_bad(fields[4]) {
                add("sog");
            }
            let length = fields[5];
            if !length.is_empty()
                && last.insert(fields[0], length) != Some(length)
                && is_bad(length)
            {
                add("length");
            }
        }
        found
    }

    proptest! {
        #[test]
        fn the_size_of_chunks_changes_nothing(body in body(), chunk in 1..200_usize) {
            let text = HEADER.to_owned() + &body;
            let whole = read(text.as_bytes(), CHUNK);
            let cut = read(text.as_bytes(), chunk);
            prop_assert_eq!(&whole.1, &cut.1);
            prop_assert_eq!(&whole.2, &cut.2);
            prop_assert_eq!(format!("{:?}", whole.0), format!("{:?}", cut.0));
        }

        #[test]
        fn the_number_of_threads_and_the_size_of_blocks_change_nothing(
            body in body(), chunk in 1..200_usize, threads in 1..5_usize
        ) {
            let text = HEADER.to_owned() + &body;
            let whole = outcome(text.as_bytes(), CHUNK, 1);
            prop_assert_eq!(whole, outcome(text.as_bytes(), chunk, threads));
        }

        /// Quotes make every row go the long way.
        #[test]
        fn the_quick_way_over_rows_that_are_alike_comes_to_the_same(
            rows in alike_rows(), order in prop::sample::select(vec![
                vec![0, 10, 1, 2, 3, 9, 4, 5, 6, 7, 8, 11],
                vec![1, 0, 2, 3, 4, 5, 6, 7, 9, 8, 10, 11],
                vec![1, 0, 2, 3, 4, 5, 6, 7, 8, 11],
                vec![1, 0, 2, 3, 4, 5, 6, 9, 11],
                vec![1, 0, 2, 3, 7, 8, 4, 5, 6, 9],
            ]), threads in 1..3_usize
        ) {
            let commas = |row: &Vec<String>| row.iter().any(|text| text.contains(','));
            let rows: Vec<_> = rows.into_iter().filter(|row| !commas(row)).collect();
            let plain = alike_text(&rows, &order, "");
            let quoted = alike_text(&rows, &order, "\"");
            let plain = outcome(plain.as_bytes(), 1_000, threads);
            prop_assert_eq!(plain, outcome(quoted.as_bytes(), CHUNK, 1));
        }

        #[test]
        fn values_that_cannot_be_read_are_counted_where_they_change_whoever_reads_them(
            text in unreadable_body(), chunk in 1..200_usize, threads in 1..5_usize
        ) {
            let (source, ..) = read_with(text.as_bytes(), chunk, threads);
            let found: BTreeMap<_, _> = source
                .unreadable
                .iter()
                .map(|it| (it.column.clone(), (it.count, it.first_row)))
                .collect();
            prop_assert_eq!(found, unreadable_by_the_rules(&text));
            let (one, ..) = read_with(text.as_bytes(), CHUNK, 1);
            prop_assert_eq!(source.unreadable, one.unreadable);
        }

        #[test]
        fn no_bytes_are_too_odd(head in any::<bool>(), bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let text = if head { [HEADER.as_bytes(), &bytes].concat() } else { bytes };
            read(&text, CHUNK);
        }

        /// The `csv` crate is the oracle for files that are as they should be.
        #[test]
        fn well_formed_records_are_split_as_by_the_csv_crate(
            rows in prop::collection::vec(prop::collection::vec("[a-z\",\n;é]{0,8}", 6), 1..10)
        ) {
            let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
            for row in &rows {
                // A first field that is neither blank nor a comment.
                writer.write_record(std::iter::once("x").chain(row.iter().map(String::as_str))).unwrap();
            }
            let text = writer.into_inner().unwrap();
            let structural = crate::structural::Structural { delimiter: b',', line_end: b'\n' };
            let mut records = Records::new(Chunks::new(text.as_slice(), 16), structural, 7, 0);
            for row in &rows {
                prop_assert_eq!(records.advance(), Step::Record);
                let record = records.record();
                prop_assert_eq!(record.fields, 7);
                for (index, field) in row.iter().enumerate() {
                    let found = record.text(index + 1).unwrap();
                    let found = String::from_utf8_lossy(&found);
                    prop_assert_eq!(found.trim(), field.trim());
                }
            }
            prop_assert_eq!(records.advance(), Step::End);
        }
    }
}
