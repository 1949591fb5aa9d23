//! `GeoJSON` (RFC 7946): a layer as one `FeatureCollection`, one feature a line.
//!
//! Members stand in the order in which they become known: type and notices first, then the
//! features, then their common `bbox`. A collection without features has none.

use crate::extent::Extent;
use crate::json::{Outlet, push_bounds, push_collection_start, push_feature};
use crate::{Feature, LayerWriter};
use std::io::{self, Write};

/// A `FeatureCollection` being written.
pub(crate) struct GeoJsonLayer<W> {
    out: W,
    bytes: Vec<u8>,
    is_first: bool,
    extent: Extent,
    feature_extent: Extent,
}

impl<W: Write> GeoJsonLayer<W> {
    /// Begins the collection.
    pub(crate) fn new(mut out: W, notices: &[String]) -> io::Result<Self> {
        let mut bytes = Vec::new();
        push_collection_start(&mut bytes, notices);
        out.write_all(&bytes)?;
        Ok(Self {
            out,
            bytes,
            is_first: true,
            extent: Extent::default(),
            feature_extent: Extent::default(),
        })
    }
}

impl<W: Write + Send> LayerWriter for GeoJsonLayer<W> {
    fn feature(&mut self, feature: &Feature<'_>) -> io::Result<()> {
        self.extent.add_geometry(feature.geometry);
        self.bytes.clear();
        self.bytes
            .extend_from_slice(if self.is_first { b"\n" } else { b",\n" });
        self.is_first = false;
        let mut out = Outlet::new(&mut self.bytes, &mut self.out);
        push_feature(&mut out, feature, &mut self.feature_extent);
        out.finish()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.bytes.clear();
        self.bytes
            .extend_from_slice(if self.is_first { b"]" } else { b"\n]" });
        if let Some(bounds) = self.extent.bounds() {
            self.bytes.extend_from_slice(br#","bbox":"#);
            push_bounds(&mut self.bytes, bounds);
        }
        self.bytes.extend_from_slice(b"}\n");
        self.out.write_all(&self.bytes)?;
        self.out.flush()
    }
}
