//! A zip archive of tables: every member is a file of its own. One whose directory is lost, as
//! when the download broke off, is read member by member from the front.

use crate::crew::{Hand, Input};
use crate::csv_file::{Again, Text};
use crate::error::{FETCH_AGAIN, IngestError};
use crate::excerpt::excerpt;
use crate::input_file::InputFile;
use crate::inputs::looks_like_a_member;
use crate::intake::{Delivery, Intake};
use crate::positions::PositionSink;
use crate::source_file::SourceFile;
use crate::stored::{Counted, Pieces, sha256_of};
use flate2::bufread::DeflateDecoder;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use zip::ZipArchive;

/// The tables that an archive holds, by the names that they have in a run; `None` if its directory is
/// lost.
pub(crate) fn tables_of(path: &Path, file: InputFile) -> Option<Vec<String>> {
    let archive = ZipArchive::new(BufReader::new(file)).ok()?;
    let names = (0..archive.len()).map(|index| name_of(&archive, index));
    let tables = names.filter(|name| looks_like_a_member(name));
    Some(tables.map(|name| member_name(path, &name)).collect())
}

/// Reads every table of an archive.
pub(crate) fn read_zip<S: PositionSink>(
    input: Input<'_>,
    size: u64,
    hand: &mut Hand<'_, '_, S>,
) -> Vec<SourceFile> {
    let path = input.path;
    let fail = |problem| failed(path, size, problem);
    let file = match InputFile::open(path) {
        Ok(file) => file,
        Err(source) => {
            let path = path.to_owned();
            return vec![fail(IngestError::Unreadable { path, source })];
        }
    };
    let counted = Counted::new(file, size, hand.crew.delivery.progress);
    let mut sources = match (ZipArchive::new(counted), input.tables) {
        (Ok(archive), _) => read_members(input, size, archive, hand),
        (Err(error), None) => {
            let detail = format!("the archive's directory at its end is lost ({error})");
            read_from_the_front(input, size, &detail, hand)
        }
        (Err(_), Some(_)) => Vec::new(),
    };
    if sources.is_empty() && input.tables.unwrap_or(1) == 1 {
        let detail = "it holds no table (.csv, .tsv or .txt): unpack it and look".to_owned();
        sources.push(fail(bad_archive(path, detail)));
        return sources;
    }
    // As many as were counted, so that no two tables of the run have the same number.
    while sources.len() < input.tables.unwrap_or_default() {
        let detail = "it changed while it was read".to_owned();
        sources.push(fail(bad_archive(path, detail)));
    }
    let sha256 = hand
        .crew
        .delivery
        .progress
        .times
        .read
        .time(|| sha256_of(path));
    for source in &mut sources {
        source.sha256.clone_from(&sha256);
    }
    sources
}

fn failed(path: &Path, size: u64, problem: IngestError) -> SourceFile {
    let mut source = SourceFile::new(path.display().to_string(), path, size);
    source.problem = Some(problem);
    source
}

fn bad_archive(path: &Path, detail: String) -> IngestError {
    IngestError::BadArchive {
        path: path.to_owned(),
        detail,
    }
}

fn member_name(path: &Path, member: &str) -> String {
    format!("{}!{}", path.display(), excerpt(member.as_bytes()))
}

fn name_of<R: Read + Seek>(archive: &ZipArchive<R>, index: usize) -> String {
    match archive.name_for_index(index) {
        Some(Ok(name)) => name.into_owned(),
        _ => format!("member {}", index + 1),
    }
}

fn read_members<S: PositionSink>(
    input: Input<'_>,
    size: u64,
    mut archive: ZipArchive<Counted<'_>>,
    hand: &mut Hand<'_, '_, S>,
) -> Vec<SourceFile> {
    let path = input.path;
    let mut sources = Vec::new();
    for index in 0..archive.len() {
        let name = name_of(&archive, index);
        if !looks_like_a_member(&name) || input.tables == Some(sources.len()) {
            continue;
        }
        let table = member_name(path, &name);
        let mut source = SourceFile::new(table.clone(), path, size);
        match archive.by_index(index) {
            Ok(member) => {
                let file = path.to_owned();
                let again: Again = Arc::new(move |take| {
                    let mut archive = ZipArchive::new(InputFile::open(&file)?)?;
                    take(&mut Pieces(archive.by_index(index)?));
                    Ok(())
                });
                let mut member = Pieces(member);
                let text = Text {
                    reader: &mut member,
                    again,
                    vessel: hand.crew.vessel_names.of(&table),
                };
                source = hand.read_text(text, input.first_table + sources.len(), source);
            }
            Err(error) => {
                let detail = format!("{error}; unpack it with another program");
                source.problem = Some(bad_archive(Path::new(&source.name), detail));
            }
        }
        sources.push(source);
    }
    sources
}

/// What stands before a member's bytes.
#[derive(Clone)]
struct LocalHeader {
    name: String,
    flags: u16,
    method: u16,
    packed_size: u64,
}

const ENCRYPTED: u16 = 1;
const SIZE_FOLLOWS: u16 = 1 << 3;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// Reads an archive whose directory, at its end, is lost.
fn read_from_the_front<S: PositionSink>(
    input: Input<'_>,
    size: u64,
    detail: &str,
    hand: &mut Hand<'_, '_, S>,
) -> Vec<SourceFile> {
    let path = input.path;
    let mut sources: Vec<SourceFile> = Vec::new();
    let Ok(file) = InputFile::open(path) else {
        return vec![failed(
            path,
            size,
            bad_archive(path, format!("{detail}; fetch it again")),
        )];
    };
    let mut file = BufReader::new(file);
    while let Ok(Some(header)) = local_header(&mut file) {
        let start = file.stream_position().unwrap_or(size);
        let Ok(mut member) = open_member(&header, &mut file) else {
            break;
        };
        let mut is_broken = false;
        if looks_like_a_member(&header.name) {
            let table = member_name(path, &header.name);
            let source = SourceFile::new(table.clone(), path, size);
            let (again_path, again_header) = (path.to_owned(), header.clone());
            let again: Again = Arc::new(move |take| {
                let mut file = BufReader::new(InputFile::open(&again_path)?);
                file.seek(SeekFrom::Start(start))?;
                take(&mut *open_member(&again_header, &mut file)?);
                Ok(())
            });
            let text = Text {
                reader: &mut *member,
                again,
                vessel: hand.crew.vessel_names.of(&table),
            };
            sources.push(hand.read_text(text, input.first_table + sources.len(), source));
            is_broken |= io::copy(&mut *member, &mut io::sink()).is_err();
            drop(member);
            is_broken |= skip_size(&header, &mut file).is_err();
        } else {
            is_broken |= io::copy(&mut *member, &mut io::sink()).is_err();
            drop(member);
            is_broken |= skip_size(&header, &mut file).is_err();
        }
        if is_broken {
            break;
        }
    }
    let is_broken_off =
        |source: &SourceFile| matches!(source.problem, Some(IngestError::BrokenOff { .. }));
    if !sources.iter().any(is_broken_off) {
        say_that_it_breaks_off(input, size, detail, &hand.crew.delivery, &mut sources);
    }
    sources
}

/// What comes after the last member is lost, and nobody knows what that was.
fn say_that_it_breaks_off<S: PositionSink>(
    input: Input<'_>,
    size: u64,
    detail: &str,
    delivery: &Delivery<'_, S>,
    sources: &mut Vec<SourceFile>,
) {
    let path = input.path;
    let source = match sources.pop() {
        Some(last) if last.problem.is_none() => last,
        last => {
            sources.extend(last);
            SourceFile::new(path.display().to_string(), path, size)
        }
    };
    let mut intake = Intake::new(input.first_table + sources.len(), source);
    let row = intake.source.rows;
    let path = intake.source.name.clone().into();
    delivery.reject_rest(&mut intake, b"");
    intake.source.problem = Some(IngestError::BrokenOff {
        path,
        row,
        detail: detail.to_owned(),
        mend: FETCH_AGAIN,
    });
    sources.push(intake.finish());
}

/// The header of the member that comes next; `None` if none does.
fn local_header(file: &mut impl Read) -> io::Result<Option<LocalHeader>> {
    let mut fixed = [0; 30];
    file.read_exact(&mut fixed)?;
    if !fixed.starts_with(b"PK\x03\x04") {
        return Ok(None);
    }
    let short = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
    let packed_size = u32::from_le_bytes([fixed[18], fixed[19], fixed[20], fixed[21]]);
    let mut name = vec![0; short(26).into()];
    file.read_exact(&mut name)?;
    let mut extra = vec![0; short(28).into()];
    file.read_exact(&mut extra)?;
    Ok(Some(LocalHeader {
        name: String::from_utf8_lossy(&name).into_owned(),
        flags: short(6),
        method: short(8),
        packed_size: packed_size.into(),
    }))
}

fn open_member<'a>(
    header: &LocalHeader,
    file: &'a mut BufReader<InputFile>,
) -> io::Result<Box<dyn Read + 'a>> {
    let has_size = header.flags & SIZE_FOLLOWS == 0 && header.packed_size != u64::from(u32::MAX);
    match header.method {
        _ if header.flags & ENCRYPTED != 0 => Err(io::ErrorKind::Unsupported.into()),
        DEFLATED => Ok(Box::new(Pieces(DeflateDecoder::new(file)))),
        STORED if has_size => Ok(Box::new(Exactly {
            left: header.packed_size,
            reader: file,
        })),
        _ => Err(io::ErrorKind::Unsupported.into()),
    }
}

/// Goes on to what follows a member whose size is written behind it.
fn skip_size(header: &LocalHeader, file: &mut BufReader<InputFile>) -> io::Result<()> {
    /// Signature, checksum and two sizes of eight bytes at most.
    const LONGEST: usize = 24;
    if header.flags & SIZE_FOLLOWS == 0 {
        return Ok(());
    }
    let mut skipped = 0;
    while skipped <= LONGEST {
        let bytes = file.fill_buf()?;
        let next = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x01\x02");
        if next || bytes.is_empty() {
            return Ok(());
        }
        file.consume(1);
        skipped += 1;
    }
    Ok(())
}

/// Reads so many bytes, and breaks off if the file ends before.
struct Exactly<R> {
    left: u64,
    reader: R,
}

impl<R: Read> Read for Exactly<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let count = self.reader.read(&mut buffer[..wanted])?;
        if count == 0 && wanted > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= count as u64;
        Ok(count)
    }
}
