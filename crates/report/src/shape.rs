//! A shape is a geometry as the libraries of other formats take it: a `geozero` source, from which
//! they make WKB, WKT and their own.
//!
//! A line that the antimeridian cuts is of several parts, another of one. So that a layer has one type
//! throughout, as most of these formats want it, every line is written as several.

#[cfg(any(feature = "flatgeobuf", feature = "geopackage"))]
use crate::Feature;
use crate::{Geometry, Layer};
use geozero::error::Result;
use geozero::{GeomProcessor, GeozeroGeometry};
use landfall_track::Position;
#[cfg(any(feature = "flatgeobuf", feature = "geopackage"))]
use std::io;

/// The type that all geometries of a layer have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShapeType {
    Point,
    MultiLineString,
    MultiPolygon,
    /// Points and areas in one layer.
    Mixed,
}

impl ShapeType {
    /// The type of a layer's geometries.
    pub(crate) fn of(layer: Layer) -> Self {
        match layer {
            Layer::PortCalls
            | Layer::Passages
            | Layer::Stops
            | Layer::Transits
            | Layer::DarkCalls => Self::Point,
            Layer::Voyages | Layer::Tracks | Layer::Gaps | Layer::DarkLegs => Self::MultiLineString,
            Layer::Sightings => Self::Mixed,
            Layer::Reach | Layer::Interference | Layer::Places => Self::MultiPolygon,
        }
    }
}

impl Geometry<'_> {
    /// Whether there is nothing to draw.
    pub(crate) fn is_empty(self) -> bool {
        match self {
            Self::Absent => true,
            Self::Point(_) => false,
            Self::Line(lines) | Self::Path(lines) => lines.is_empty(),
            Self::Areas(areas) => areas.is_empty(),
        }
    }

    /// Every position in order; a ring's first comes again as its last.
    #[cfg(any(feature = "geoparquet", feature = "flatgeobuf", feature = "geopackage"))]
    pub(crate) fn each_position(self, mut each: impl FnMut(Position)) {
        match self {
            Self::Absent => {}
            Self::Point(position) => each(position),
            Self::Line(lines) | Self::Path(lines) => {
                for point in lines.parts().flatten() {
                    each(point.position);
                }
            }
            Self::Areas(areas) => {
                for corner in areas.polygons().iter().flatten().flatten() {
                    each(*corner);
                }
            }
        }
    }
}

#[cfg(any(feature = "flatgeobuf", feature = "geopackage"))]
impl Feature<'_> {
    /// Whether a file of a kind that has a limit can hold it.
    pub(crate) fn fits(&self, file: &str, most: usize) -> io::Result<()> {
        let mut positions = 0;
        self.geometry.each_position(|_| positions += 1);
        if positions <= most {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "`{}` has {positions} positions, and {file} can hold {most} in one: simplify lines (--simplify), or \
             leave out this format",
            self.id
        )))
    }
}

/// Longitude and latitude in degrees: the numbers nearest to the decimals written elsewhere.
pub(crate) fn degrees(position: Position) -> (f64, f64) {
    (
        f64::from(position.lon_e7) / 1e7,
        f64::from(position.lat_e7) / 1e7,
    )
}

impl GeozeroGeometry for Geometry<'_> {
    fn process_geom<P: GeomProcessor>(&self, to: &mut P) -> Result<()> {
        match self {
            Self::Absent => Ok(()),
            Self::Point(position) => {
                to.point_begin(0)?;
                push_coordinates(to, [*position])?;
                to.point_end(0)
            }
            Self::Line(lines) | Self::Path(lines) => {
                to.multilinestring_begin(lines.parts().len(), 0)?;
                for (number, part) in lines.parts().enumerate() {
                    to.linestring_begin(false, part.len(), number)?;
                    push_coordinates(to, part.iter().map(|point| point.position))?;
                    to.linestring_end(false, number)?;
                }
                to.multilinestring_end(0)
            }
            Self::Areas(areas) => {
                to.multipolygon_begin(areas.polygons().len(), 0)?;
                for (number, rings) in areas.polygons().iter().enumerate() {
                    to.polygon_begin(false, rings.len(), number)?;
                    for (ring_number, ring) in rings.iter().enumerate() {
                        to.linestring_begin(false, ring.len(), ring_number)?;
                        push_coordinates(to, ring.iter().copied())?;
                        to.linestring_end(false, ring_number)?;
                    }
                    to.polygon_end(false, number)?;
                }
                to.multipolygon_end(0)
            }
        }
    }
}

/// Passes positions on, one by one.
pub(crate) fn push_coordinates<P: GeomProcessor>(
    to: &mut P,
    positions: impl IntoIterator<Item = Position>,
) -> Result<()> {
    for (number, position) in positions.into_iter().enumerate() {
        let (lon, lat) = degrees(position);
        to.xy(lon, lat, number)?;
    }
    Ok(())
}
