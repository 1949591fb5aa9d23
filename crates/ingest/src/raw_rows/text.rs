//! Rows of a CSV of positions, as they stand there.

use super::{LINE_LENGTH, RawCell, RawRow, Wanted, bounded};
use crate::IngestError;
use crate::chunks::{CHUNK, Chunks};
use crate::header::Header;
use crate::positions::ReadOptions;
use crate::records::{Record, Records, Step};
use std::io::Read;
use std::path::Path;

/// Reads the rows that are wanted of a CSV, named `path` in errors.
pub(super) fn read(
    reader: &mut dyn Read,
    path: &Path,
    options: &ReadOptions,
    wanted: &mut Wanted,
) -> Result<(), IngestError> {
    let mut chunks = Chunks::new(reader, CHUNK);
    let header = Header::find(&mut chunks, options.columns.as_ref(), path)?;
    let names = &header.layout.names;
    let mut records = Records::new(chunks, header.structural, names.len(), header.next);
    let mut row = 0;
    while wanted.next().is_some() {
        let step = records.advance();
        row += 1;
        match step {
            Step::Record if wanted.takes(row) => {
                wanted.add(whole(row, &records.record(), names));
            }
            Step::Damaged(_) if wanted.takes(row) => wanted.add(line(row, records.damaged())),
            Step::Record | Step::Damaged(_) => {}
            Step::End => {
                // Of a file that breaks off, the reader counts what is left as a row.
                if records.chunks().is_broken() && wanted.takes(row) {
                    wanted.add(line(row, records.damaged()));
                }
                break;
            }
        }
    }
    Ok(())
}

fn whole(row: u64, record: &Record<'_>, names: &[String]) -> RawRow {
    let mut cells: Vec<RawCell> = Vec::with_capacity(names.len());
    for index in 0..record.fields {
        let Some(text) = record.text(index) else {
            break;
        };
        let beyond;
        let name = if let Some(name) = names.get(index) {
            name
        } else {
            beyond = format!("column {}", index + 1);
            &beyond
        };
        cells.push(RawCell::new(name, &text));
    }
    RawRow {
        cells,
        ..line(row, record.line())
    }
}

fn line(row: u64, bytes: &[u8]) -> RawRow {
    RawRow {
        row,
        cells: Vec::new(),
        line: Some(bounded(bytes, LINE_LENGTH)),
    }
}
