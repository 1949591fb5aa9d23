//! Positions in Parquet, plain or with a `GeoParquet` point column.
//!
//! Row groups are read one after the other, and of each only the columns that hold a field. What is
//! held at a time is one row group's columns as they are packed, and some ten thousand rows
//! unpacked. Column types come from the file's own schema; what writers say of types in their
//! private metadata (dictionaries, time zones by name) is left aside.

use crate::crew::Hand;
use crate::error::{FETCH_AGAIN, IngestError};
use crate::intake::Intake;
use crate::positions::PositionSink;
use crate::typed::Scheme;
use crate::values::{Kind, Values};
use polars_arrow::array::Array;
use polars_arrow::datatypes::{ArrowSchema, Field as ArrowField};
use polars_buffer::Buffer;
use polars_parquet::read::{
    BasicDecompressor, ColumnChunkMetadata, FileMetadata, Filter, PageReader, RowGroupMetadata,
    column_iter_to_arrays, infer_schema, read_metadata,
};
use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Rows that are unpacked at a time.
const BATCH_ROWS: usize = 1 << 16;
/// The first times that are looked at to tell their format.
const SAMPLE_ROWS: usize = 200;
/// The most packed bytes of one row group's columns.
const MOST_GROUP_BYTES: u64 = 2 << 30;
/// The largest page, packed or unpacked. Writers make pages of about a megabyte.
const MOST_PAGE_BYTES: usize = 256 << 20;

/// Reads a Parquet file into `intake`.
pub(crate) fn read_parquet<S: PositionSink>(
    path: &Path,
    stem: &str,
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
    let scheme = Scheme::recognise(&names, &kinds, options, path)?;
    if scheme.point_column().is_some() {
        check_reference_system(geo.as_ref(), path)?;
    }
    let used = scheme.used().to_vec();
    let times = scheme.time_column().unwrap_or(0);
    let sample = table.sample(times);
    let mut again = table.column(times);
    let feed = scheme.into_feed(&sample, &mut || again.next(), options, stem, path);
    drop(again);
    let mut feed = feed?;
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
    Ok(())
}

/// An open Parquet file.
pub(crate) struct Table {
    pub(crate) file: File,
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
        let mut file = File::open(path).map_err(unreadable)?;
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

    /// The first values of a column; none if they cannot be read, which shows, with its place,
    /// when the rows are.
    fn sample(&mut self, column: usize) -> Values {
        let first = (0..self.metadata.row_groups.len())
            .find(|group| self.metadata.row_groups[*group].num_rows() > 0);
        first
            .and_then(|group| {
                let mut batches = self.group(group, &[column]).ok()?;
                batches.most_rows = SAMPLE_ROWS;
                batches.next().ok()??.pop()
            })
            .unwrap_or(Values::Absent(0))
    }

    /// A whole column, batch by batch, as far as it can be read.
    fn column(&mut self, column: usize) -> impl Iterator<Item = Values> {
        let mut group = 0;
        let mut batches: Option<Batches> = None;
        std::iter::from_fn(move || {
            loop {
                if let Some(open) = &mut batches
                    && let Ok(Some(mut columns)) = open.next()
                {
                    return columns.pop();
                }
                if group == self.metadata.row_groups.len() {
                    return None;
                }
                batches = self.group(group, &[column]).ok();
                group += 1;
            }
        })
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
                    (&self.file)
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
