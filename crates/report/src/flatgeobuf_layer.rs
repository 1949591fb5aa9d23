//! `FlatGeobuf` of a layer: binary, with a spatial index, so that a part of it can be read by place.
//!
//! The format's library sorts features along the index and keeps until then 64 bytes for each in memory
//! and the rest in a temporary file in the system's folder for those, which the command moves to where the
//! run's own are. A feature with nothing to draw has an empty geometry.

use crate::columns::{ColumnKind, Columns};
use crate::shape::{ShapeType, push_coordinates};
use crate::{Feature, Geometry, Layer, LayerWriter, Value};
use flatgeobuf::{ColumnType, FgbCrs, FgbWriter, FgbWriterOptions, GeometryType};
use geozero::{ColumnValue, GeomProcessor, GeozeroGeometry, PropertyProcessor};
use std::io::{self, Write};

/// A feature is a buffer of at most 2 GiB, of which a position takes 16 bytes and its time some 12.
const MOST_POSITIONS: usize = 60_000_000;

/// A `FlatGeobuf` file being written.
pub(crate) struct FlatGeobufLayer<W> {
    layer: Layer,
    columns: Columns,
    notices: String,
    /// There from the first feature on.
    features: Option<FgbWriter<'static>>,
    out: W,
}

impl<W: Write> FlatGeobufLayer<W> {
    /// Begins the file, which is written when all features are known.
    pub(crate) fn new(out: W, layer: Layer, notices: &[String]) -> Self {
        Self {
            layer,
            columns: Columns::of(layer, !notices.is_empty()),
            notices: notices.join("\n\n"),
            features: None,
            out,
        }
    }
}

/// Begins a layer's features. GDAL cannot open a file with an index over nothing.
fn begin(
    layer: Layer,
    columns: &Columns,
    notices: &str,
    has_index: bool,
) -> io::Result<FgbWriter<'static>> {
    let options = FgbWriterOptions {
        write_index: has_index,
        detect_type: false,
        promote_to_multi: false,
        crs: FgbCrs {
            org: Some("EPSG"),
            code: 4326,
            name: Some("WGS 84"),
            ..FgbCrs::default()
        },
        title: Some(layer.title()),
        description: (!notices.is_empty()).then_some(notices),
        ..FgbWriterOptions::default()
    };
    let shape = match ShapeType::of(layer) {
        ShapeType::Point => GeometryType::Point,
        ShapeType::MultiPolygon => GeometryType::MultiPolygon,
        ShapeType::MultiLineString | ShapeType::Mixed => GeometryType::Unknown,
    };
    let mut features =
        FgbWriter::create_with_options(layer.name(), shape, options).map_err(io::Error::other)?;
    features.add_column("id", ColumnType::String, |_, column| {
        column.nullable = false;
    });
    for column in columns.iter() {
        let kind = match column.kind {
            ColumnKind::Text => ColumnType::String,
            ColumnKind::Count => ColumnType::Long,
            ColumnKind::Measure => ColumnType::Double,
            ColumnKind::Truth => ColumnType::Bool,
            ColumnKind::Time => ColumnType::DateTime,
            ColumnKind::Json | ColumnKind::VertexTimes => ColumnType::Json,
        };
        features.add_column(column.name, kind, |_, _| {});
    }
    Ok(features)
}

impl<W: Write + Send> LayerWriter for FlatGeobufLayer<W> {
    fn feature(&mut self, feature: &Feature<'_>) -> io::Result<()> {
        feature.fits("a FlatGeobuf", MOST_POSITIONS)?;
        let columns = &self.columns;
        let shape = Drawn {
            geometry: feature.geometry,
            shape: ShapeType::of(self.layer),
        };
        let features = match &mut self.features {
            Some(features) => features,
            none => none.insert(begin(self.layer, columns, &self.notices, true)?),
        };
        features
            .add_feature_geom(shape, |row| {
                // An error here is one of memory that a Vec cannot get, which is none.
                let _ = row.property(0, "id", &ColumnValue::String(feature.id));
                for (number, (column, value)) in columns.values(feature.properties).enumerate() {
                    if let Some(value) = value {
                        let _ = put(row, number + 1, column.name, column.kind, value);
                    }
                }
            })
            .map_err(io::Error::other)
    }

    fn finish(&mut self) -> io::Result<()> {
        let features = match self.features.take() {
            Some(features) => features,
            None => begin(self.layer, &self.columns, &self.notices, false)?,
        };
        features.write(&mut self.out).map_err(io::Error::other)?;
        self.out.flush()
    }
}

/// A geometry as the format takes it.
///
/// The library writes several lines that are one in a short form that GDAL 3.6 takes for
/// damaged, so one line is written as one. Where there is nothing to draw, something must be begun, or
/// the box of the feature before would be this one's too: a line without a point, or one area without a
/// corner (of areas that are none, GDAL takes the feature for damaged).
struct Drawn<'a> {
    geometry: Geometry<'a>,
    shape: ShapeType,
}

impl GeozeroGeometry for Drawn<'_> {
    fn process_geom<P: GeomProcessor>(&self, to: &mut P) -> geozero::error::Result<()> {
        let one_line = match self.geometry.lines() {
            Some(lines) if lines.parts().len() == 1 => lines.parts().next(),
            _ => None,
        };
        if let Some(line) = one_line {
            to.linestring_begin(true, line.len(), 0)?;
            push_coordinates(to, line.iter().map(|point| point.position))?;
            to.linestring_end(true, 0)
        } else if !self.geometry.is_empty() {
            self.geometry.process_geom(to)
        } else if self.shape == ShapeType::MultiPolygon {
            to.multipolygon_begin(1, 0)?;
            to.polygon_begin(false, 0, 0)?;
            to.polygon_end(false, 0)?;
            to.multipolygon_end(0)
        } else {
            to.linestring_begin(true, 0, 0)?;
            to.linestring_end(true, 0)
        }
    }
}

fn put(
    row: &mut impl PropertyProcessor,
    number: usize,
    name: &str,
    kind: ColumnKind,
    value: &Value<'_>,
) -> geozero::error::Result<bool> {
    let text = || value.as_cell();
    match (kind, value) {
        (ColumnKind::Count, Value::Count(count)) => {
            let count = i64::try_from(*count).unwrap_or(i64::MAX);
            row.property(number, name, &ColumnValue::Long(count))
        }
        (ColumnKind::Measure, _) => match value.as_number() {
            Some(measure) => row.property(number, name, &ColumnValue::Double(measure)),
            None => Ok(false),
        },
        (ColumnKind::Truth, Value::Truth(truth)) => {
            row.property(number, name, &ColumnValue::Bool(*truth))
        }
        (ColumnKind::Time, _) => row.property(number, name, &ColumnValue::DateTime(&text())),
        (ColumnKind::Json | ColumnKind::VertexTimes, _) => {
            row.property(number, name, &ColumnValue::Json(&text()))
        }
        _ => row.property(number, name, &ColumnValue::String(&text())),
    }
}
