//! A geometry as well-known binary, and the box by which it is found.

use crate::Geometry;
use crate::shape::degrees;
use geozero::GeozeroGeometry;
use geozero::error::Result;
use geozero::wkb::{WkbDialect, WkbWriter};

/// Appends a geometry as well-known binary (ISO), of which there must be something.
pub(crate) fn push_wkb(out: &mut Vec<u8>, geometry: Geometry<'_>) -> Result<()> {
    geometry.process_geom(&mut WkbWriter::new(out, WkbDialect::Wkb))
}

/// The box around a geometry in degrees as plain numbers: west is the least longitude, also where the
/// geometry lies on both sides of the antimeridian. What an index over numbers needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PlainBox {
    pub(crate) west: f64,
    pub(crate) south: f64,
    pub(crate) east: f64,
    pub(crate) north: f64,
}

impl PlainBox {
    /// The box around a geometry; `None` if there is nothing to draw.
    pub(crate) fn of(geometry: Geometry<'_>) -> Option<Self> {
        let mut found: Option<Self> = None;
        geometry.each_position(|position| {
            let (lon, lat) = degrees(position);
            let one = Self {
                west: lon,
                south: lat,
                east: lon,
                north: lat,
            };
            found = Some(found.map_or(one, |so_far| so_far.with(one)));
        });
        found
    }

    /// The box around both.
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }
}
