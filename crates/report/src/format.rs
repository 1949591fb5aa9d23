//! A format is one way to write layers. Each has a file of its own and does what [`LayerWriter`]
//! asks; this one lists them.

use crate::geojson_layer::GeoJsonLayer;
use crate::geojsonl_layer::GeoJsonLinesLayer;
use crate::{Feature, ReportError};
use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;
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
    pub const ALL: [Self; 2] = [Self::GeoJson, Self::GeoJsonLines];

    /// The word on the command line, which is also the files' extension.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GeoJson => "geojson",
            Self::GeoJsonLines => "geojsonl",
        }
    }

    /// Starts a layer's file.
    pub(crate) fn create(
        self,
        path: &Path,
        notices: &[String],
    ) -> Result<Box<dyn LayerWriter>, ReportError> {
        let file = File::create(path).map_err(ReportError::io("create", path))?;
        let out = BufWriter::with_capacity(BUFFER_BYTES, file);
        Ok(match self {
            Self::GeoJson => {
                Box::new(GeoJsonLayer::new(out, notices).map_err(ReportError::io("write", path))?)
            }
            Self::GeoJsonLines => Box::new(GeoJsonLinesLayer::new(out)),
        })
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
        Self::ALL
            .into_iter()
            .find(|format| word.eq_ignore_ascii_case(format.as_str()))
            .ok_or_else(|| ReportError::UnknownFormat {
                value: text.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_read_as_it_is_written_and_anything_else_names_the_choices() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse::<Format>().unwrap(), format);
        }
        insta::assert_snapshot!(
            "shapefile".parse::<Format>().unwrap_err(),
            @"`shapefile` is no output format: expected `geojson` or `geojsonl`"
        );
    }
}
