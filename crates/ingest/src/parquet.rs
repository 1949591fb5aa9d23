//! Positions in Parquet, plain or with a `GeoParquet` point column.
//!
//! Row groups are read one after the other, and of each only the columns that hold a field. What is
//! held at a time is one row group's columns as they are packed, and some ten thousand rows
//! unpacked. Column types come from the file's own schema; what writers say of types in their
//! private metadata (dictionaries, time zones by name) is left aside.

use crate::all_rows::{AllRows, Part, TakeRow};
use crate::crew::Hand;
use crate::error::{FETCH_AGAIN, IngestError};
use crate::input_file::InputFile;
use crate::intake::Intake;
use crate::positions::PositionSink;
use crate::typed::{Lines, Scheme};
use crate::values::{Kind, Values};
use polars_arrow::array::Array;
use polars_arrow::datatypes::{ArrowSchema, Field as ArrowField};
use polars_buffer::Buffer;
use polars_parquet::read::{
    BasicDecompressor, ColumnChunkMetadata, FileMetadata, Filter, PageReader, RowGroupMetadata,
    column_iter_to_arrays, infer_schema, read_metadata,
};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows that are unpacked at a time.
const BATCH_ROWS: usize = 1 << 16;
/// Rows that are unpacked first, where the first rows may be enough to tell what a column holds.
const FIRST_ROWS: usize = 256;
/// The most packed bytes of one row group's columns.
const MOST_GROUP_BYTES: u64 = 2 << 30;
/// The largest page, packed or unpacked. Writers make pages of about a megabyte.
const MOST_PAGE_BYTES: usize = 256 << 20;

/// Reads a Parquet file into `intake`.
pub(crate) fn read_parquet<S: PositionSink>(
    path: &Path,
    vessel: &str,
    intake: &mut Intake,
    hand: &mut Hand<'_, '_, S>,
) -> Result<(), IngestError> {
    let options = hand.crew.options;
    let delivery = &hand.crew.delivery;
    let mut table = Table::open(path)?;
    intake.source.notices = table.notices();
    let geo = table.geo_column();
    let names = table.names(geo.as_ref());
    let kinds: Vec<Kind> = table
        .schema
        .iter_values()
        .map(|field| Kind::of(&field.dtype))
        .collect();
    let rows_of = |columns: &[usize]| -> Arc<dyn AllRows> {
        Arc::new(ParquetRows {
            path: path.to_owned(),
            columns: columns.to_vec(),
            width: names.len(),
        })
    };
    let scheme = Scheme::recognise(&names, &kinds, &rows_of, options, path)?;
    if scheme.point_column().is_some() {
        check_reference_system(geo.as_ref(), path)?;
    }
    let used = scheme.used().to_vec();
    intake.source.remarks.extend(scheme.remark.clone());
    let mut feed = scheme.into_feed(&rows_of, options, vessel, path)?;
    intake.source.format = Some(format!("{} (Parquet)", feed.layout().format));
    intake.source.columns = feed.layout().uses().to_vec();
    for column in &mut intake.source.columns {
        // The point column may have been recognised by what the file says of it.
        if let Some(geo) = &geo
            && names.contains(&column.column)
            && !table.has(&column.column)
        {
            column.column.clone_from(&geo.name);
        }
    }
    if table
        .metadata
        .row_groups
        .iter()
        .all(|group| group.num_rows() == 0)
    {
        return Err(IngestError::HeaderOnly {
            path: path.to_owned(),
            format: feed.layout().format.clone(),
        });
    }
    for group in 0..table.metadata.row_groups.len() {
        let taken = table.group(group, &used).and_then(|mut batches| {
            while let Some(columns) = batches.next()? {
                feed.take(&columns, batches.rows, intake, &mut hand.desk, delivery);
            }
            Ok(())
        });
        if let Err(detail) = taken {
            let row = intake.source.rows;
            delivery.reject_rest(intake, detail.as_bytes());
            return Err(IngestError::BrokenOff {
                path: path.to_owned(),
                row,
                detail,
                mend: FETCH_AGAIN,
            });
        }
    }
    feed.tell(intake);
    Ok(())
}

/// The rows of a Parquet file, with some of its columns.
struct ParquetRows {
    path: PathBuf,
    columns: Vec<usize>,
    width: usize,
}

impl AllRows for ParquetRows {
    /// As far as the file can be read; where it breaks off shows when its rows are taken.
    fn visit(&self, _part: Part, take: &mut TakeRow<'_>) -> io::Result<()> {
        let mut table = Table::open(&self.path).map_err(io::Error::other)?;
        let mut lines = Lines::new(&self.columns, self.width);
        let mut number = 0;
        let mut most_rows = FIRST_ROWS;
        for group in 0..table.metadata.row_groups.len() {
            let Ok(mut batches) = table.group(group, &self.columns) else {
                return Ok(());
            };
            loop {
                // Few rows are wanted, or all of them.
                batches.most_rows = most_rows;
                let Ok(next) = batches.next() else {
                    return Ok(());
                };
                let Some(columns) = next else {
                    break;
                };
                for row in 0..batches.rows {
                    lines.write(&columns, row);
                    number += 1;
                    if !take(number, &lines.record()) {
                        return Ok(());
                    }
                }
                most_rows = BATCH_ROWS;
            }
        }
        Ok(())
    }
}

/// The names of a Parquet file's columns, and its first rows as texts.
pub(crate) fn first_rows(
    path: &Path,
    most: usize,
) -> Result<(Vec<String>, Vec<Vec<String>>), IngestError> {
    /// More columns are not looked at.
    const MOST_COLUMNS: usize = 256;
    let table = Table::open(path)?;
    let kinds = table
        .schema
        .iter_values()
        .map(|field| Kind::of(&field.dtype));
    let readable = kinds.enumerate().take(MOST_COLUMNS);
    let columns: Vec<usize> = readable
        .filter(|(_, kind)| !matches!(kind, Kind::Other(_)))
        .map(|(column, _)| column)
        .collect();
    let names = table.names(None);
    let width = names.len();
    let rows_of = ParquetRows {
        path: path.to_owned(),
        columns: columns.clone(),
        width,
    };
    let mut rows = Vec::new();
    rows_of
        .visit(Part::Whole, &mut |_, record| {
            let text = |column: &usize| record.text(*column).unwrap_or_default();
            let texts = columns
                .iter()
                .map(|column| String::from_utf8_lossy(&text(column)).into_owned());
            rows.push(texts.collect());
            rows.len() < most
        })
        .map_err(|source| IngestError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
    let names = columns.iter().map(|column| names[*column].clone());
    Ok((names.collect(), rows))
}

/// An open Parquet file.
pub(crate) struct Table {
    pub(crate) file: InputFile,
    size: u64,
    pub(crate) metadata: FileMetadata,
    pub(crate) schema: ArrowSchema,
}

impl Table {
    pub(crate) fn open(path: &Path) -> Result<Self, IngestError> {
        let unreadable = |source| IngestError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let mut file = InputFile::open(path).map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        let bad = |detail: String| IngestError::BadTable {
            path: path.to_owned(),
            detail: format!("it is no whole Parquet file ({detail}): fetch it again"),
        };
        let (metadata, schema) = guarded(|| {
            let mut metadata = read_metadata(&mut file)?;
            let key_values = metadata.key_value_metadata.take();
            let schema = infer_schema(&metadata)?;
            metadata.key_value_metadata = key_values;
            Ok((metadata, schema))
        })
        .map_err(bad)?;
        Ok(Self {
            file,
            size,
            metadata,
            schema,
        })
    }

    fn has(&self, name: &str) -> bool {
        self.schema.contains(name)
    }

    fn key_value(&self, key: &str) -> Option<&str> {
        let pairs = self.metadata.key_value_metadata.as_ref()?;
        pairs.iter().find(|pair| pair.key == key)?.value.as_deref()
    }

    /// The text under the key `notice`, a line a notice.
    fn notices(&self) -> Vec<String> {
        let text = self.key_value("notice").unwrap_or_default();
        text.lines()
            .map(|line| {
                line.chars()
                    .filter(|letter| !letter.is_control())
                    .collect::<String>()
            })
            .filter(|line| !line.trim().is_empty())
            .collect()
    }

    /// The columns' names, as a CSV header would have them. The point column has the name by which
    /// layouts know it.
    fn names(&self, geo: Option<&GeoColumn>) -> Vec<String> {
        const POINT: &str = "geometry";
        self.schema
            .iter_names()
            .map(|name| {
                let is_point = geo.is_some_and(|geo| geo.name == name.as_str());
                let name = if is_point && !self.has(POINT) {
                    POINT
                } else {
                    name.as_str()
                };
                name.trim().trim_start_matches(['#', ' ']).to_owned()
            })
            .collect()
    }

    /// What the metadata says of the primary geometry column.
    fn geo_column(&self) -> Option<GeoColumn> {
        let geo: serde_json::Value = serde_json::from_str(self.key_value("geo")?).ok()?;
        let name = geo.get("primary_column")?.as_str()?.to_owned();
        let crs = geo.get("columns")?.get(&name)?.get("crs").cloned();
        Some(GeoColumn { name, crs })
    }

    /// One row group's columns, packed.
    fn group(&mut self, group: usize, columns: &[usize]) -> Result<Batches, String> {
        let metadata = &self.metadata.row_groups[group];
        let mut packed = Vec::with_capacity(columns.len());
        let mut bytes = 0;
        for column in columns {
            let (name, field) = self
                .schema
                .get_at_index(*column)
                .ok_or_else(|| "a column is missing".to_owned())?;
            let chunk = chunk_of(metadata, name)?;
            let range = guarded(|| Ok(chunk.byte_range()))?;
            if range.start > range.end || range.end > self.size {
                return Err(format!(
                    "column `{name}` of row group {group} lies beyond its end"
                ));
            }
            bytes += range.end - range.start;
            if bytes > MOST_GROUP_BYTES {
                return Err(format!(
                    "row group {group} is larger than 2 GiB; write the file again with smaller ones"
                ));
            }
            let mut buffer = Vec::new();
            self.file
                .seek(SeekFrom::Start(range.start))
                .and_then(|_| {
                    (&mut self.file)
                        .take(range.end - range.start)
                        .read_to_end(&mut buffer)
                })
                .map_err(|error| error.to_string())?;
            packed.push(Packed {
                field: field.clone(),
                bytes: Buffer::from_vec(buffer),
            });
        }
        Ok(Batches {
            packed,
            next_row: 0,
            group: metadata.clone(),
            most_rows: BATCH_ROWS,
            rows: 0,
        })
    }
}

fn chunk_of<'a>(
    group: &'a RowGroupMetadata,
    name: &str,
) -> Result<&'a ColumnChunkMetadata, String> {
    let mut chunks = group
        .columns_under_root_iter(name)
        .ok_or_else(|| format!("column `{name}` is missing in a row group"))?;
    match (chunks.next(), chunks.next()) {
        (Some(chunk), None) => Ok(chunk),
        _ => Err(format!("column `{name}` is nested")),
    }
}

/// One column of a row group as it lies in the file.
struct Packed {
    field: ArrowField,
    bytes: Buffer<u8>,
}

/// A row group's columns, unpacked some rows at a time.
struct Batches {
    packed: Vec<Packed>,
    group: RowGroupMetadata,
    next_row: usize,
    most_rows: usize,
    /// The rows of the batch given last.
    rows: usize,
}

impl Batches {
    fn next(&mut self) -> Result<Option<Vec<Values>>, String> {
        let end = self
            .next_row
            .saturating_add(self.most_rows)
            .min(self.group.num_rows());
        if self.next_row == end {
            return Ok(None);
        }
        let rows = end - self.next_row;
        let columns = self
            .packed
            .iter()
            .map(|packed| packed.unpack(&self.group, self.next_row, end))
            .collect::<Result<_, _>>()?;
        self.rows = rows;
        self.next_row = end;
        Ok(Some(columns))
    }
}

impl Packed {
    fn unpack(&self, group: &RowGroupMetadata, start: usize, end: usize) -> Result<Values, String> {
        let name = &self.field.name;
        let chunk = chunk_of(group, name)?;
        let arrays = unpacked_rows(self.bytes.clone(), chunk, &self.field, start, end)
            .map_err(|detail| format!("column `{name}`: {detail}"))?;
        if arrays.len() != end - start {
            return Err(format!("column `{name}` has fewer rows than its row group"));
        }
        Values::new(&*arrays)
            .ok_or_else(|| format!("column `{name}` is of a type that is not read"))
    }
}

/// Some rows of a column of a row group, from how it lies in the file.
pub(crate) fn unpacked_rows(
    bytes: Buffer<u8>,
    chunk: &ColumnChunkMetadata,
    field: &ArrowField,
    start: usize,
    end: usize,
) -> Result<Box<dyn Array>, String> {
    guarded(|| {
        let pages = PageReader::new(Cursor::new(bytes), chunk, Vec::new(), MOST_PAGE_BYTES);
        let kind = &chunk.descriptor().descriptor.primitive_type;
        let (arrays, _) = column_iter_to_arrays(
            vec![BasicDecompressor::new(pages, Vec::new())],
            vec![kind],
            field.clone(),
            Some(Filter::new_ranged(start, end)),
        )?;
        polars_arrow::compute::concatenate::concatenate_unchecked(&arrays)
    })
}

/// Runs a part of the Parquet reader that may panic on a broken file, and makes an error of it.
pub(crate) fn guarded<T>(
    read: impl FnOnce() -> polars::prelude::PolarsResult<T>,
) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("the reader gave up on it".to_owned()),
    }
}

/// What `GeoParquet`'s metadata says of a geometry column.
struct GeoColumn {
    name: String,
    /// `None` if it says nothing, which means longitude and latitude on WGS84.
    crs: Option<serde_json::Value>,
}

/// Points in another reference system than longitude and latitude on WGS84 would be read as
/// degrees that they are not.
fn check_reference_system(geo: Option<&GeoColumn>, path: &Path) -> Result<(), IngestError> {
    let Some(crs) = geo
        .and_then(|geo| geo.crs.as_ref())
        .filter(|crs| !crs.is_null())
    else {
        return Ok(());
    };
    let id = crs.get("id");
    let part = |key: &str| id.and_then(|id| id.get(key));
    let authority = part("authority")
        .and_then(|name| name.as_str())
        .unwrap_or("an unnamed system");
    let code = match part("code") {
        Some(serde_json::Value::String(code)) => code.clone(),
        Some(code) => code.to_string(),
        None => String::new(),
    };
    if matches!(
        (authority, code.as_str()),
        ("OGC", "CRS84") | ("EPSG", "4326")
    ) {
        return Ok(());
    }
    Err(IngestError::BadTable {
        path: path.to_owned(),
        detail: format!(
            "its points are in {authority}{}{code}: write it again in EPSG:4326",
            if code.is_empty() { "" } else { ":" }
        ),
    })
}

#[cfg(test)]
mod tests;
