//! A format is one way to write layers. Each has a file of its own and does what [`LayerWriter`]
//! asks; this one lists them.

use crate::csv_layer::CsvLayer;
#[cfg(feature = "flatgeobuf")]
use crate::flatgeobuf_layer::FlatGeobufLayer;
use crate::geojson_layer::GeoJsonLayer;
use crate::geojsonl_layer::GeoJsonLinesLayer;
#[cfg(feature = "geopackage")]
use crate::geopackage_layer;
#[cfg(feature = "geoparquet")]
use crate::geoparquet_layer::GeoParquetLayer;
use crate::kml_layer::KmlLayer;
use crate::{Feature, Layer, ReportError};
use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Bytes gathered before a file is written to.
pub(crate) const BUFFER_BYTES: usize = 256 * 1024;

/// A format of layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// One `GeoJSON` `FeatureCollection` (RFC 7946), `.geojson`.
    GeoJson,
    /// One `GeoJSON` feature a line, `.geojsonl`.
    GeoJsonLines,
    /// `GeoParquet` 1.1, `.parquet`.
    GeoParquet,
    /// `FlatGeobuf` with a spatial index, `.fgb`.
    FlatGeobuf,
    /// One `GeoPackage` for all layers, with their styles: `landfall.gpkg`.
    GeoPackage,
    /// CSV with the geometry as well-known text, `.csv`.
    Csv,
    /// KML 2.2, `.kml`.
    Kml,
}

/// Writes one layer in one format, feature by feature.
pub trait LayerWriter: Send {
    /// Writes one feature.
    ///
    /// # Errors
    /// If the file cannot be written to.
    fn feature(&mut self, feature: &Feature<'_>) -> io::Result<()>;

    /// Writes what is left to write. Without this call the file is not complete.
    ///
    /// # Errors
    /// If the file cannot be written to.
    fn finish(&mut self) -> io::Result<()>;
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 7] = [
        Self::GeoJson,
        Self::GeoJsonLines,
        Self::GeoParquet,
        Self::FlatGeobuf,
        Self::GeoPackage,
        Self::Csv,
        Self::Kml,
    ];

    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GeoJson => "geojson",
            Self::GeoJsonLines => "geojsonl",
            Self::GeoParquet => "geoparquet",
            Self::FlatGeobuf => "flatgeobuf",
            Self::GeoPackage => "gpkg",
            Self::Csv => "csv",
            Self::Kml => "kml",
        }
    }

    /// The files' extension.
    pub fn extension(self) -> &'static str {
        match self {
            Self::GeoParquet => "parquet",
            Self::FlatGeobuf => "fgb",
            _ => self.as_str(),
        }
    }

    /// Whether this build of the program can write it: some need a library that a build may leave out.
    pub fn is_built(self) -> bool {
        match self {
            Self::GeoParquet => cfg!(feature = "geoparquet"),
            Self::FlatGeobuf => cfg!(feature = "flatgeobuf"),
            Self::GeoPackage => cfg!(feature = "geopackage"),
            Self::GeoJson | Self::GeoJsonLines | Self::Csv | Self::Kml => true,
        }
    }

    /// Whether QGIS takes up a style file beside a layer of this format.
    pub(crate) fn has_style_file(self) -> bool {
        !matches!(self, Self::GeoPackage | Self::Kml)
    }

    /// Starts the files of all layers.
    pub(crate) fn begin(
        self,
        folder: &Path,
        notices: &[String],
    ) -> Result<Vec<LayerFile>, ReportError> {
        match self {
            Self::GeoPackage => self.begin_package(folder, notices),
            _ => Layer::ALL
                .into_iter()
                .map(|layer| self.begin_layer(folder, layer, notices))
                .collect(),
        }
    }

    fn begin_layer(
        self,
        folder: &Path,
        layer: Layer,
        notices: &[String],
    ) -> Result<LayerFile, ReportError> {
        let name = format!("{layer}.{}", self.extension());
        let path = folder.join(&name);
        let file = File::create(&path).map_err(ReportError::io("create", &path))?;
        let out = BufWriter::with_capacity(BUFFER_BYTES, file);
        let writer = self
            .layer_writer(out, layer, notices)
            .map_err(ReportError::io("write", &path))?;
        Ok(LayerFile::new(layer, path, name, writer))
    }

    fn layer_writer(
        self,
        out: BufWriter<File>,
        layer: Layer,
        notices: &[String],
    ) -> io::Result<Box<dyn LayerWriter>> {
        Ok(match self {
            Self::GeoJson => Box::new(GeoJsonLayer::new(out, notices)?),
            Self::GeoJsonLines => Box::new(GeoJsonLinesLayer::new(out)),
            #[cfg(feature = "geoparquet")]
            Self::GeoParquet => Box::new(GeoParquetLayer::new(out, layer, !notices.is_empty())?),
            #[cfg(feature = "flatgeobuf")]
            Self::FlatGeobuf => Box::new(FlatGeobufLayer::new(out, layer, notices)),
            Self::Csv => Box::new(CsvLayer::new(out, layer, !notices.is_empty())?),
            Self::Kml => Box::new(KmlLayer::new(out, layer, notices)?),
            // A package is no file of a layer.
            #[allow(unreachable_patterns, reason = "which are left depends on the build")]
            _ => return Err(io::ErrorKind::Unsupported.into()),
        })
    }

    #[cfg(feature = "geopackage")]
    fn begin_package(
        self,
        folder: &Path,
        notices: &[String],
    ) -> Result<Vec<LayerFile>, ReportError> {
        let name = format!("landfall.{}", self.extension());
        let path = folder.join(&name);
        let layers =
            geopackage_layer::layers(&path, notices).map_err(ReportError::io("create", &path))?;
        let file = |(layer, writer)| LayerFile::new(layer, path.clone(), name.clone(), writer);
        Ok(layers.into_iter().map(file).collect())
    }

    #[cfg(not(feature = "geopackage"))]
    fn begin_package(self, _: &Path, _: &[String]) -> Result<Vec<LayerFile>, ReportError> {
        Err(ReportError::FormatNotBuilt {
            value: self.to_string(),
        })
    }
}

/// One layer in one format.
pub(crate) struct LayerFile {
    pub(crate) layer: Layer,
    pub(crate) path: PathBuf,
    pub(crate) name: String,
    pub(crate) records: u64,
    pub(crate) writer: Box<dyn LayerWriter>,
}

impl LayerFile {
    fn new(layer: Layer, path: PathBuf, name: String, writer: Box<dyn LayerWriter>) -> Self {
        Self {
            layer,
            path,
            name,
            records: 0,
            writer,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = ReportError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let word = text.trim();
        let format = Self::ALL
            .into_iter()
            .find(|format| word.eq_ignore_ascii_case(format.as_str()))
            .ok_or_else(|| ReportError::UnknownFormat {
                value: text.to_owned(),
            })?;
        if format.is_built() {
            Ok(format)
        } else {
            Err(ReportError::FormatNotBuilt {
                value: text.to_owned(),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_read_as_it_is_written_and_anything_else_names_the_choices() {
        for format in Format::ALL.into_iter().filter(|format| format.is_built()) {
            assert_eq!(format.to_string().parse::<Format>().unwrap(), format);
        }
        insta::assert_snapshot!(
            "shapefile".parse::<Format>().unwrap_err(),
            @"`shapefile` is no output format: expected `geojson`, `geojsonl`, `geoparquet`, `flatgeobuf`, `gpkg`, `csv` or `kml`"
        );
    }
}
