//! `GeoParquet` 1.1 of a layer: the geometry as WKB, its box in a column of its own by which readers
//! skip row groups, and the coordinate reference system in the file's metadata.
//!
//! Times are timestamps in UTC; a path's `times` a list of timestamps for each of its parts. What is a
//! list or record otherwise is JSON.

use crate::columns::{Column, ColumnKind, Columns};
use crate::extent::Extent;
use crate::shape::degrees;
use crate::wkb::{PlainBox, push_wkb};
use crate::{Feature, Geometry, Layer, LayerWriter, Lines, Value};
use polars_arrow::array::{
    Array, BinaryArray, BooleanArray, ListArray, PrimitiveArray, StructArray, Utf8Array,
};
use polars_arrow::bitmap::Bitmap;
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema, Field, TimeUnit};
use polars_arrow::offset::Offsets;
use polars_arrow::record_batch::RecordBatchT;
use polars_buffer::Buffer;
use polars_parquet::write::{
    CompressionOptions, FileWriter, KeyValue, StatisticsOptions, Version, WriteOptions,
    get_dtype_encoding, row_group_iter, schema_to_metadata_key,
};
use serde_json::json;
use std::io::{self, Write};
use std::sync::Arc;

/// A row group is written when its features have so many bytes, or are so many.
const GROUP_BYTES: usize = 8 << 20;
const GROUP_ROWS: usize = 65_536;

/// A `GeoParquet` file being written.
pub(crate) struct GeoParquetLayer<W: Write> {
    columns: Columns,
    schema: Arc<ArrowSchema>,
    out: FileWriter<W>,
    group: Group,
    extent: Extent,
    /// The types of geometry that were written.
    types: [bool; TYPES.len()],
}

/// The types of geometry that a layer can hold.
const TYPES: [&str; 3] = ["Point", "MultiLineString", "MultiPolygon"];

/// The features that wait to be written as one row group.
#[derive(Default)]
struct Group {
    rows: usize,
    bytes: usize,
    ids: Vec<String>,
    cells: Vec<Cells>,
    geometry: Vec<Option<Vec<u8>>>,
    boxes: Vec<Option<PlainBox>>,
}

/// A column's values.
enum Cells {
    Texts(Vec<Option<String>>),
    Counts(Vec<Option<i64>>),
    Measures(Vec<Option<f64>>),
    Truths(Vec<Option<bool>>),
    Times(Vec<Option<i64>>),
    VertexTimes(TimeLists),
}

/// Lists of lists of milliseconds, one for every feature.
struct TimeLists {
    is_there: Vec<bool>,
    /// How many parts each feature has.
    parts: Offsets<i64>,
    /// How many times each part has.
    times: Offsets<i64>,
    millis: Vec<i64>,
}

impl<W: Write> GeoParquetLayer<W> {
    /// Begins the file.
    pub(crate) fn new(out: W, layer: Layer, has_notice: bool) -> io::Result<Self> {
        let columns = Columns::of(layer, has_notice);
        let schema = schema(&columns);
        let options = WriteOptions {
            statistics: StatisticsOptions::default(),
            version: Version::V1,
            compression: CompressionOptions::Zstd(None),
            data_page_size: None,
        };
        let out = FileWriter::try_new(out, schema.clone(), options).map_err(io::Error::other)?;
        Ok(Self {
            group: Group::of(&columns),
            columns,
            schema: Arc::new(schema),
            out,
            extent: Extent::default(),
            types: [false; TYPES.len()],
        })
    }

    fn write_group(&mut self) -> io::Result<()> {
        let group = std::mem::replace(&mut self.group, Group::of(&self.columns));
        let rows = group.rows;
        if rows == 0 {
            return Ok(());
        }
        let arrays = group.into_arrays()?;
        let encodings: Buffer<_> = arrays
            .iter()
            .map(|array| get_dtype_encoding(array.dtype()))
            .collect();
        let chunk = RecordBatchT::try_new(rows, Arc::clone(&self.schema), arrays)
            .map_err(io::Error::other)?;
        let fields = self.out.parquet_schema().fields().to_vec();
        let columns = row_group_iter(chunk, encodings, fields, self.out.options());
        self.out
            .write(rows as u64, columns)
            .map_err(io::Error::other)
    }

    /// What `GeoParquet` wants to know of the file.
    fn metadata(&self) -> String {
        let types: Vec<&str> = TYPES
            .into_iter()
            .zip(self.types)
            .filter_map(|(name, is_there)| is_there.then_some(name))
            .collect();
        let mut geometry = json!({
            "encoding": "WKB",
            "geometry_types": types,
            "crs": crs84(),
            "edges": "planar",
            "orientation": "counterclockwise",
            "covering": {"bbox": {
                "xmin": ["bbox", "xmin"], "ymin": ["bbox", "ymin"],
                "xmax": ["bbox", "xmax"], "ymax": ["bbox", "ymax"],
            }},
        });
        if let Some(bounds) = self.extent.bounds() {
            let (west, south) = degrees(bounds.south_west);
            let (east, north) = degrees(bounds.north_east);
            geometry["bbox"] = json!([west, south, east, north]);
        }
        json!({
            "version": "1.1.0",
            "primary_column": "geometry",
            "columns": {"geometry": geometry},
        })
        .to_string()
    }
}

impl<W: Write + Send> LayerWriter for GeoParquetLayer<W> {
    fn feature(&mut self, feature: &Feature<'_>) -> io::Result<()> {
        self.extent.add_geometry(feature.geometry);
        let kind = match feature.geometry {
            Geometry::Point(_) => 0,
            Geometry::Areas(_) => 2,
            _ => 1,
        };
        self.types[kind] |= !feature.geometry.is_empty();
        self.group.push(&self.columns, feature)?;
        if self.group.bytes >= GROUP_BYTES || self.group.rows >= GROUP_ROWS {
            self.write_group()?;
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.write_group()?;
        let metadata = vec![
            KeyValue {
                key: "geo".to_owned(),
                value: Some(self.metadata()),
            },
            schema_to_metadata_key(&self.schema),
        ];
        self.out
            .end(Some(metadata))
            .map(|_| ())
            .map_err(io::Error::other)
    }
}

impl Group {
    fn of(columns: &Columns) -> Self {
        Self {
            cells: columns.iter().map(Cells::of).collect(),
            ..Self::default()
        }
    }

    fn push(&mut self, columns: &Columns, feature: &Feature<'_>) -> io::Result<()> {
        self.rows += 1;
        self.ids.push(feature.id.to_owned());
        self.bytes += feature.id.len();
        for (cells, (_, value)) in self
            .cells
            .iter_mut()
            .zip(columns.values(feature.properties))
        {
            self.bytes += cells.push(value)?;
        }
        let mut wkb = None;
        if !feature.geometry.is_empty() {
            let mut bytes = Vec::new();
            push_wkb(&mut bytes, feature.geometry).map_err(io::Error::other)?;
            self.bytes += bytes.len();
            wkb = Some(bytes);
        }
        self.geometry.push(wkb);
        self.boxes.push(PlainBox::of(feature.geometry));
        Ok(())
    }

    fn into_arrays(self) -> io::Result<Vec<Box<dyn Array>>> {
        let mut arrays: Vec<Box<dyn Array>> = vec![Utf8Array::<i64>::from_slice(&self.ids).boxed()];
        for cells in self.cells {
            arrays.push(cells.into_array()?);
        }
        arrays.push(BinaryArray::<i64>::from(&self.geometry).boxed());
        let side = |side: fn(&PlainBox) -> f64| -> Box<dyn Array> {
            let numbers: Vec<Option<f64>> = self
                .boxes
                .iter()
                .map(|found| found.as_ref().map(side))
                .collect();
            PrimitiveArray::<f64>::from(numbers).boxed()
        };
        let sides = vec![
            side(|found| found.west),
            side(|found| found.south),
            side(|found| found.east),
            side(|found| found.north),
        ];
        let is_there: Bitmap = self.boxes.iter().map(Option::is_some).collect();
        let boxes = StructArray::try_new(box_type(), self.rows, sides, Some(is_there))
            .map_err(io::Error::other)?;
        arrays.push(boxes.boxed());
        Ok(arrays)
    }
}

impl Cells {
    fn of(column: Column) -> Self {
        match column.kind {
            ColumnKind::Text | ColumnKind::Json => Self::Texts(Vec::new()),
            ColumnKind::Count => Self::Counts(Vec::new()),
            ColumnKind::Measure => Self::Measures(Vec::new()),
            ColumnKind::Truth => Self::Truths(Vec::new()),
            ColumnKind::Time => Self::Times(Vec::new()),
            ColumnKind::VertexTimes => Self::VertexTimes(TimeLists {
                is_there: Vec::new(),
                parts: Offsets::new(),
                times: Offsets::new(),
                millis: Vec::new(),
            }),
        }
    }

    /// Adds a value, and says how many bytes it has.
    fn push(&mut self, value: Option<&Value<'_>>) -> io::Result<usize> {
        const NUMBER_BYTES: usize = 8;
        match (self, value) {
            (Self::Texts(cells), value) => {
                let text = value.map(|value| value.as_cell().into_owned());
                let bytes = text.as_ref().map_or(0, String::len);
                cells.push(text);
                return Ok(bytes);
            }
            (Self::VertexTimes(lists), value) => {
                return match value {
                    Some(Value::VertexTimes(lines)) => lists.push(Some(lines)),
                    _ => lists.push(None),
                };
            }
            (Self::Counts(cells), Some(Value::Count(count))) => {
                cells.push(Some(i64::try_from(*count).unwrap_or(i64::MAX)));
            }
            (Self::Measures(cells), value) => cells.push(value.and_then(Value::as_number)),
            (Self::Truths(cells), Some(Value::Truth(truth))) => cells.push(Some(*truth)),
            (Self::Truths(cells), _) => cells.push(None),
            (Self::Times(cells), Some(Value::Time(time))) => cells.push(Some(time.as_millis())),
            (Self::Counts(cells) | Self::Times(cells), _) => cells.push(None),
        }
        Ok(NUMBER_BYTES)
    }

    fn into_array(self) -> io::Result<Box<dyn Array>> {
        Ok(match self {
            Self::Texts(cells) => Utf8Array::<i64>::from(&cells).boxed(),
            Self::Counts(cells) => PrimitiveArray::<i64>::from(cells).boxed(),
            Self::Measures(cells) => PrimitiveArray::<f64>::from(cells).boxed(),
            Self::Truths(cells) => BooleanArray::from(cells).boxed(),
            Self::Times(cells) => PrimitiveArray::<i64>::from(cells).to(time_type()).boxed(),
            Self::VertexTimes(lists) => lists.into_array()?,
        })
    }
}

impl TimeLists {
    fn push(&mut self, lines: Option<&Lines>) -> io::Result<usize> {
        let before = self.millis.len();
        let parts = lines.map_or(0, |lines| lines.parts().len());
        for part in lines.into_iter().flat_map(Lines::parts) {
            self.millis
                .extend(part.iter().map(|point| point.time.as_millis()));
            self.times.try_push(part.len()).map_err(io::Error::other)?;
        }
        self.parts.try_push(parts).map_err(io::Error::other)?;
        self.is_there.push(lines.is_some());
        Ok(8 * (self.millis.len() - before))
    }

    fn into_array(self) -> io::Result<Box<dyn Array>> {
        let times = PrimitiveArray::<i64>::from_vec(self.millis).to(time_type());
        let parts =
            ListArray::<i64>::try_new(list_of(time_type()), self.times.into(), times.boxed(), None);
        let features = ListArray::<i64>::try_new(
            vertex_times_type(),
            self.parts.into(),
            parts.map_err(io::Error::other)?.boxed(),
            Some(self.is_there.into_iter().collect()),
        );
        Ok(features.map_err(io::Error::other)?.boxed())
    }
}

fn time_type() -> ArrowDataType {
    ArrowDataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
}

fn list_of(item: ArrowDataType) -> ArrowDataType {
    ListArray::<i64>::default_datatype(item)
}

fn vertex_times_type() -> ArrowDataType {
    list_of(list_of(time_type()))
}

fn box_type() -> ArrowDataType {
    let side = |name: &str| Field::new(name.into(), ArrowDataType::Float64, true);
    ArrowDataType::Struct(["xmin", "ymin", "xmax", "ymax"].map(side).to_vec())
}

fn schema(columns: &Columns) -> ArrowSchema {
    let field = |name: &str, kind, is_nullable| Field::new(name.into(), kind, is_nullable);
    let mut fields = vec![field("id", ArrowDataType::LargeUtf8, false)];
    fields.extend(columns.iter().map(|column| {
        let kind = match column.kind {
            ColumnKind::Text | ColumnKind::Json => ArrowDataType::LargeUtf8,
            ColumnKind::Count => ArrowDataType::Int64,
            ColumnKind::Measure => ArrowDataType::Float64,
            ColumnKind::Truth => ArrowDataType::Boolean,
            ColumnKind::Time => time_type(),
            ColumnKind::VertexTimes => vertex_times_type(),
        };
        field(column.name, kind, true)
    }));
    fields.push(field("geometry", ArrowDataType::LargeBinary, true));
    fields.push(field("bbox", box_type(), true));
    fields
        .into_iter()
        .map(|field| (field.name.clone(), field))
        .collect()
}

/// OGC:CRS84 as PROJJSON: WGS 84 with longitude first, which is the order of WKB's numbers.
fn crs84() -> serde_json::Value {
    let axis = |name: &str, short: &str, direction: &str| json!({"name": name, "abbreviation": short, "direction": direction, "unit": "degree"});
    json!({
        "type": "GeographicCRS",
        "name": "WGS 84 (CRS84)",
        "datum_ensemble": {
            "name": "World Geodetic System 1984 ensemble",
            "members": [
                {"name": "World Geodetic System 1984 (Transit)"},
                {"name": "World Geodetic System 1984 (G730)"},
                {"name": "World Geodetic System 1984 (G873)"},
                {"name": "World Geodetic System 1984 (G1150)"},
                {"name": "World Geodetic System 1984 (G1674)"},
                {"name": "World Geodetic System 1984 (G1762)"},
                {"name": "World Geodetic System 1984 (G2139)"},
            ],
            "ellipsoid": {
                "name": "WGS 84",
                "semi_major_axis": 6_378_137,
                "inverse_flattening": 298.257_223_563,
            },
            "accuracy": "2.0",
        },
        "coordinate_system": {
            "subtype": "ellipsoidal",
            "axis": [
                axis("Geodetic longitude", "Lon", "east"),
                axis("Geodetic latitude", "Lat", "north"),
            ],
        },
        "id": {"authority": "OGC", "code": "CRS84"},
    })
}
