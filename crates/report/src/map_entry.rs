//! An entry is a feature on its way to the map's page: kept in a compact form until it is known how
//! much the page has room for, then written as a line of JSON.

use crate::columns::{Column, ColumnKind, Columns};
use crate::json::{Outlet, push_list, push_position, push_seconds, push_text, text_of};
use crate::{Feature, Geometry, Layer};
use landfall_events::simplify;
use landfall_track::{Position, Vertex};
use serde::{Deserialize, Serialize};

/// Lines and areas are written to so many 1e-7 degrees, about a metre.
const GRAIN_E7: i32 = 100;

/// A feature as the map's page will have it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Its place in [`Layer::ALL`].
    layer: u8,
    id: String,
    /// Columns by number, each with its value as JSON.
    properties: Vec<(u8, String)>,
    shape: Shape,
}

#[derive(Debug, Serialize, Deserialize)]
enum Shape {
    Nothing,
    Point(Position),
    Lines(Vec<Vec<Vertex>>),
    Areas(Vec<Vec<Vec<Position>>>),
}

/// What an entry keeps of a feature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    /// Lines are simplified to within so many metres.
    pub(crate) tolerance_m: f64,
    /// Long lists within an event are kept, such as candidates.
    pub(crate) has_lists: bool,
    /// All properties are kept, not only those by which the page works.
    pub(crate) has_details: bool,
}

impl Entry {
    /// What is kept of a feature; `None` if its lines have more than `most` vertices even so.
    pub(crate) fn of(
        layer: Layer,
        feature: &Feature<'_>,
        columns: &Columns,
        kept: Kept,
        most: usize,
    ) -> Option<Self> {
        let shape = match feature.geometry {
            geometry if geometry.is_empty() => Shape::Nothing,
            Geometry::Absent => Shape::Nothing,
            Geometry::Point(position) => Shape::Point(position),
            Geometry::Line(lines) | Geometry::Path(lines) => {
                let mut room = most;
                let mut parts = Vec::with_capacity(lines.parts().len());
                for part in lines.parts() {
                    let vertices = part.iter().map(|point| Vertex {
                        time: point.time,
                        position: point.position,
                        after_gap: false,
                    });
                    let part = thinned(vertices, kept.tolerance_m, room)?;
                    room -= part.len();
                    parts.push(part);
                }
                Shape::Lines(parts)
            }
            Geometry::Areas(areas) => Shape::Areas(areas.polygons().to_vec()),
        };
        let values = columns.values(feature.properties).enumerate();
        let properties = values
            .filter_map(|(number, (column, value))| {
                let value = value.filter(|_| kept.keeps(column))?;
                Some((u8::try_from(number).ok()?, text_of(value)))
            })
            .collect();
        Some(Self {
            layer: layer as u8,
            id: feature.id.to_owned(),
            properties,
            shape,
        })
    }

    pub(crate) fn layer(&self) -> Layer {
        Layer::ALL[usize::from(self.layer)]
    }

    /// How many vertices its lines have.
    pub(crate) fn vertices(&self) -> usize {
        match &self.shape {
            Shape::Lines(parts) => parts.iter().map(Vec::len).sum(),
            _ => 0,
        }
    }

    /// The value of a property, as JSON.
    pub(crate) fn property(&self, columns: &Columns, name: &str) -> Option<&str> {
        let number = columns.iter().position(|column| column.name == name)?;
        self.properties
            .iter()
            .find(|(found, _)| usize::from(*found) == number)
            .map(|(_, value)| value.as_str())
    }

    /// Leaves out what is no longer kept.
    pub(crate) fn reduce(&mut self, columns: &Columns, kept: Kept) {
        self.properties.retain(|(number, _)| {
            columns
                .get(usize::from(*number))
                .is_some_and(|column| kept.keeps(column))
        });
        if let Shape::Lines(parts) = &mut self.shape
            && kept.tolerance_m > 0.0
        {
            for part in parts {
                let thinner = thinned(part.iter().copied(), kept.tolerance_m, part.len());
                *part = thinner.unwrap_or_default();
            }
        }
    }

    /// Appends it as a line of JSON, the layer first.
    pub(crate) fn push_line(&self, out: &mut Outlet<'_>, columns: &Columns) {
        out.extend_from_slice(br#"{"layer":"#);
        push_text(out, self.layer().name());
        out.extend_from_slice(br#","id":"#);
        push_text(out, &self.id);
        out.extend_from_slice(br#","geometry":"#);
        self.push_geometry(out);
        out.extend_from_slice(br#","properties":{"#);
        let mut is_first = true;
        let mut name = |out: &mut Outlet<'_>, name: &str| {
            if !is_first {
                out.push(b',');
            }
            is_first = false;
            push_text(out, name);
            out.push(b':');
        };
        for (number, value) in &self.properties {
            if let Some(column) = columns.get(usize::from(*number)) {
                name(out, column.name);
                out.extend_from_slice(value.as_bytes());
            }
        }
        let is_timed = |column: &Column| column.kind == ColumnKind::VertexTimes;
        if let (Shape::Lines(parts), Some(times)) =
            (&self.shape, columns.iter().find(|column| is_timed(column)))
        {
            name(out, times.name);
            push_list(out, parts, |out, part| {
                push_list(out, part, |out, vertex| push_seconds(out, vertex.time));
            });
        }
        out.extend_from_slice(b"}}\n");
    }

    fn push_geometry(&self, out: &mut Outlet<'_>) {
        match &self.shape {
            Shape::Nothing => out.extend_from_slice(b"null"),
            Shape::Point(position) => {
                out.extend_from_slice(br#"{"type":"Point","coordinates":"#);
                push_position(out, *position);
                out.push(b'}');
            }
            Shape::Lines(parts) => {
                out.extend_from_slice(br#"{"type":"MultiLineString","coordinates":"#);
                push_list(out, parts, |out, part| {
                    push_list(out, part, |out, vertex| {
                        push_position(out, coarse(vertex.position));
                    });
                });
                out.push(b'}');
            }
            Shape::Areas(polygons) => {
                out.extend_from_slice(br#"{"type":"MultiPolygon","coordinates":"#);
                push_list(out, polygons, |out, rings| {
                    push_list(out, rings, |out, ring| {
                        push_list(out, ring, |out, corner| push_position(out, coarse(*corner)));
                    });
                });
                out.push(b'}');
            }
        }
    }
}

impl Kept {
    fn keeps(self, column: Column) -> bool {
        match column.kind {
            // Written of the vertices that are kept.
            ColumnKind::VertexTimes => false,
            ColumnKind::Time => true,
            // The page has notices of its own.
            _ if column.name == "notice" => false,
            _ if LONG_LISTS.contains(&column.name) => self.has_lists,
            _ => self.has_details || NEEDED.contains(&column.name),
        }
    }
}

/// Lists that may be longer than all else of an event.
const LONG_LISTS: [&str; 7] = [
    "candidates",
    "candidates_beaten",
    "doubtful",
    "suspects",
    "reporting_there",
    "one_of",
    "one_of_gap_ids",
];

/// The properties, beside times, by which the page filters, colours and names events.
const NEEDED: [&str; 29] = [
    "vessel_id",
    "mmsi",
    "imo",
    "name",
    "port",
    "port_locode",
    "origin",
    "origin_locode",
    "destination",
    "destination_locode",
    "duration_h",
    "confidence",
    "grade",
    "verdict",
    "part",
    "observed",
    "gap_id",
    "leg_id",
    "sighting_id",
    "claimed_name",
    "speed_basis",
    "error_radius_m",
    "start_lon",
    "start_lat",
    "pattern_times",
    "origin_dark",
    "destination_dark",
    "dark_call_ids",
    "sighting_ids",
];

/// A part of a path with fewer vertices, so that each that is left out lies within the tolerance; `None`
/// if more than `most` are left.
fn thinned(
    part: impl IntoIterator<Item = Vertex>,
    tolerance_m: f64,
    most: usize,
) -> Option<Vec<Vertex>> {
    let mut thinned = Vec::new();
    let mut left = 0;
    simplify(part, tolerance_m, &mut |vertex| {
        left += 1;
        if left <= most {
            thinned.push(vertex);
        }
    });
    (left <= most).then_some(thinned)
}

fn coarse(position: Position) -> Position {
    let to_grain = |e7: i32| (e7 + e7.signum() * GRAIN_E7 / 2) / GRAIN_E7 * GRAIN_E7;
    Position {
        lon_e7: to_grain(position.lon_e7),
        lat_e7: to_grain(position.lat_e7),
    }
}
