//! CSV of a layer: the id, every property, and the geometry as well-known text in the column `WKT`, by
//! which GDAL knows it.
//!
//! Cells are written as the tables' are (see [`crate::table`]): a text that begins like a formula has an
//! apostrophe in front, and characters that are not seen are made visible. There are no lines before
//! the header, since GDAL knows no comments: each feature carries its own notice.

use crate::columns::Columns;
use crate::foreign::cell;
use crate::{Feature, Layer, LayerWriter};
use geozero::GeozeroGeometry;
use geozero::wkt::WktWriter;
use std::io::{self, Write};

/// A CSV file being written.
pub(crate) struct CsvLayer<W: Write> {
    columns: Columns,
    out: csv::Writer<W>,
    /// The geometry; working space.
    wkt: Vec<u8>,
}

impl<W: Write> CsvLayer<W> {
    /// Writes the header.
    pub(crate) fn new(out: W, layer: Layer, has_notice: bool) -> io::Result<Self> {
        let columns = Columns::of(layer, has_notice);
        let mut out = csv::Writer::from_writer(out);
        out.write_field("id")?;
        for column in columns.iter() {
            out.write_field(column.name)?;
        }
        out.write_field("WKT")?;
        out.write_record(None::<&[u8]>)?;
        Ok(Self {
            columns,
            out,
            wkt: Vec::new(),
        })
    }
}

impl<W: Write + Send> LayerWriter for CsvLayer<W> {
    fn feature(&mut self, feature: &Feature<'_>) -> io::Result<()> {
        self.out.write_field(cell(feature.id).as_bytes())?;
        for (_, value) in self.columns.values(feature.properties) {
            let text = value.map(|value| value.as_cell()).unwrap_or_default();
            self.out.write_field(cell(&text).as_bytes())?;
        }
        self.wkt.clear();
        if !feature.geometry.is_empty() {
            feature
                .geometry
                .process_geom(&mut WktWriter::new(&mut self.wkt))
                .map_err(io::Error::other)?;
        }
        self.out.write_field(&self.wkt)?;
        Ok(self.out.write_record(None::<&[u8]>)?)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
