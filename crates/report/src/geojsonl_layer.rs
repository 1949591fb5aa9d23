//! `GeoJSON` lines: one feature a line and nothing around them, for tools that read line by line
//! (GDAL's `GeoJSONSeq`, tippecanoe, jq). There is no place for a layer's notices: each feature
//! carries its own.

use crate::extent::Extent;
use crate::json::{Outlet, push_feature};
use crate::{Feature, LayerWriter};
use std::io::{self, Write};

/// A file of features being written.
pub(crate) struct GeoJsonLinesLayer<W> {
    out: W,
    bytes: Vec<u8>,
    feature_extent: Extent,
}

impl<W: Write> GeoJsonLinesLayer<W> {
    /// Begins the file.
    pub(crate) fn new(out: W) -> Self {
        Self {
            out,
            bytes: Vec::new(),
            feature_extent: Extent::default(),
        }
    }
}

impl<W: Write + Send> LayerWriter for GeoJsonLinesLayer<W> {
    fn feature(&mut self, feature: &Feature<'_>) -> io::Result<()> {
        self.bytes.clear();
        let mut out = Outlet::new(&mut self.bytes, &mut self.out);
        push_feature(&mut out, feature, &mut self.feature_extent);
        out.push(b'\n');
        out.finish()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
