//! Rows of a Parquet file, as they stand there: every column, also those that hold no field.

use super::{RawCell, RawRow, Wanted};
use crate::IngestError;
use crate::input_file::InputFile;
use crate::parquet::{Table, guarded, unpacked_rows};
use crate::values::Values;
use landfall_track::Timestamp;
use polars_arrow::datatypes::{ArrowSchema, Field};
use polars_buffer::Buffer;
use polars_parquet::read::RowGroupMetadata;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// The most packed bytes of one column of a row group that is looked into.
const MOST_COLUMN_BYTES: u64 = 1 << 30;
/// The most columns that are shown.
const MOST_COLUMNS: usize = 1024;

/// Reads the rows that are wanted.
pub(super) fn read(path: &Path, wanted: &mut Wanted) -> Result<(), IngestError> {
    let Table {
        mut file,
        metadata,
        schema,
        ..
    } = Table::open(path)?;
    let mut first = 1;
    for group in &metadata.row_groups {
        let end = first + group.num_rows() as u64;
        wanted.pass(first);
        while let Some(row) = wanted.next().filter(|row| *row < end) {
            let place = (row - first) as usize;
            wanted.add(RawRow {
                row,
                cells: cells(&mut file, group, &schema, place),
                line: None,
            });
        }
        first = end;
    }
    Ok(())
}

fn cells(
    file: &mut InputFile,
    group: &RowGroupMetadata,
    schema: &ArrowSchema,
    place: usize,
) -> Vec<RawCell> {
    let fields = schema.iter_values().take(MOST_COLUMNS);
    fields
        .map(|field| {
            let text = cell(file, group, field, place)
                .unwrap_or_else(|reason| format!("(not shown: {reason})").into_bytes());
            RawCell::new(&field.name, &text)
        })
        .collect()
}

/// What stands in a column at a place in a row group, or why it cannot be shown.
fn cell(
    file: &mut InputFile,
    group: &RowGroupMetadata,
    field: &Field,
    place: usize,
) -> Result<Vec<u8>, String> {
    let mut chunks = group
        .columns_under_root_iter(&field.name)
        .ok_or("it is missing")?;
    let (Some(chunk), None) = (chunks.next(), chunks.next()) else {
        return Err("it is nested".to_owned());
    };
    let range = guarded(|| Ok(chunk.byte_range()))?;
    let length = range
        .end
        .checked_sub(range.start)
        .filter(|length| *length <= MOST_COLUMN_BYTES)
        .ok_or("it is too large")?;
    let mut packed = Vec::new();
    file.seek(SeekFrom::Start(range.start))
        .and_then(|_| file.take(length).read_to_end(&mut packed))
        .map_err(|error| error.to_string())?;
    let array = unpacked_rows(Buffer::from_vec(packed), chunk, field, place, place + 1)?;
    let values = Values::new(&*array).ok_or("it is of a type that is not read")?;
    let mut text = Vec::new();
    if values.len() == 1 {
        values.write(0, &mut text);
    }
    if let Values::Days(_) | Values::Moments(..) = values
        && let Some(time) = time(&text)
    {
        return Ok(time.to_string().into_bytes());
    }
    Ok(text)
}

/// The moment that milliseconds since 1970 are.
fn time(text: &[u8]) -> Option<Timestamp> {
    let millis = std::str::from_utf8(text).ok()?.parse().ok()?;
    Timestamp::from_millis(millis)
}
