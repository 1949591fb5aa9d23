//! A path is a hull's reports thinned out to vertices, so that between two vertices every report
//! lies within a tolerance of where the straight line puts the vessel at that report's time.
//!
//! The filter is one of the cone kind (after Meratnia and de By, "Spatiotemporal compression
//! techniques for moving point objects", EDBT 2004, for the time-synchronised distance; and Zhao
//! and Saalfeld, "Linear-time sleeve-fitting polyline simplification", Auto-Carto 13, 1997, for the
//! cone): each report bounds the speeds in longitude and in latitude with which a line from the
//! last vertex may pass it, and the line may end in a report only if that lies within the bounds
//! of all before. So each vertex is a report, and the state is one cone. Lines are straight in
//! longitude and latitude, as `GeoJSON` draws them. Known limit: the cone is a box, so up to twice
//! as many vertices are kept as the fewest possible.

use crate::ConfigError;
use crate::config::within;
use crate::plane::Plane;
use landfall_track::{Position, Timestamp, Vertex};
use serde::{Deserialize, Serialize};

/// How closely the simplified path follows the reports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PathConfig {
    /// The farthest a report may lie from the path at its own time, in metres. With 0 every
    /// report is a vertex.
    pub tolerance_m: f64,
}

impl Default for PathConfig {
    fn default() -> Self {
        Self {
            // Twice the 10 m up to which a report's position accuracy flag counts as high
            // (ITU-R M.1371-5, table 48): what is lost is of the order of the sensor's error.
            tolerance_m: 20.0,
        }
    }
}

impl PathConfig {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        within("path.tolerance_m", self.tolerance_m, 0.0, 100_000.0)
    }

    /// The tolerance along each axis, in metres.
    pub(crate) fn slack_m(&self) -> f64 {
        self.tolerance_m * AXIS_SHARE
    }
}

/// A place and time on the path.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Point {
    time: Timestamp,
    position: Position,
}

/// The speeds a line from the last vertex may have along one axis, in 1e-7 degrees a millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Bounds {
    least: f64,
    most: f64,
}

impl Bounds {
    // Finite, since JSON knows no infinity; faster than any axis allows.
    const OPEN: Self = Self {
        least: -1e12,
        most: 1e12,
    };

    fn allow(self, speed: f64) -> bool {
        self.least <= speed && speed <= self.most
    }

    fn tighten(&mut self, speed: f64, slack: f64) {
        let (least, most) = (speed - slack, speed + slack);
        self.least = if least > self.least {
            least
        } else {
            self.least
        };
        self.most = if most < self.most { most } else { self.most };
    }
}

/// Hands a path without a gap on in fewer vertices: each that is left out lies within `tolerance_m` metres
/// of the line at its own time. Both ends are kept. Nothing is left out if the tolerance is 0.
pub fn simplify(
    path: impl IntoIterator<Item = Vertex>,
    tolerance_m: f64,
    keep: &mut impl FnMut(Vertex),
) {
    let slack_m = PathConfig { tolerance_m }.slack_m();
    let mut plane = None;
    let mut filter = PathFilter::default();
    for Vertex { time, position, .. } in path {
        let plane = plane.get_or_insert_with(|| Plane::about(position));
        plane.follow(position);
        if !filter.extend(time, position, plane, slack_m) {
            filter.bend(time, position, plane, slack_m, keep);
        }
    }
    filter.close(keep);
}

/// The filter's state: the last vertex, the last report, and the cone between them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct PathFilter {
    state: Option<State>,
    emitted: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct State {
    vertex: Point,
    /// The last report; equal to the vertex if that was the last.
    last: Point,
    /// Whether `last` is not yet a vertex.
    pending: bool,
    east: Bounds,
    north: Bounds,
}

/// The share of the tolerance for each axis: a square of half the side 1/sqrt(2) lies within the
/// unit circle.
const AXIS_SHARE: f64 = std::f64::consts::FRAC_1_SQRT_2;

impl PathFilter {
    /// Takes the next report if the line to it can pass all since the last vertex; if not, nothing is
    /// taken, and it is for [`PathFilter::bend`]. `plane` must hold near the report; `slack_m` is
    /// [`PathConfig::slack_m`].
    #[inline(always)]
    pub(crate) fn extend(
        &mut self,
        time: Timestamp,
        position: Position,
        plane: &Plane,
        slack_m: f64,
    ) -> bool {
        self.state
            .as_mut()
            .is_some_and(|state| state.extend(Point { time, position }, plane, slack_m))
    }

    /// Takes the next report, to which the line cannot be drawn: a vertex comes out.
    pub(crate) fn bend(
        &mut self,
        time: Timestamp,
        position: Position,
        plane: &Plane,
        slack_m: f64,
        emit: &mut impl FnMut(Vertex),
    ) {
        let point = Point { time, position };
        let Some(State { last, .. }) = self.state else {
            self.start(point, false, emit);
            return;
        };
        if slack_m <= 0.0 {
            self.start(point, false, emit);
            return;
        }
        // The line to the report before passes all others: it becomes a vertex.
        self.start(last, false, emit);
        let taken = self
            .state
            .as_mut()
            .is_some_and(|state| state.extend(point, plane, slack_m));
        if !taken {
            // At the same moment as the vertex and off it: no line passes both.
            self.start(point, false, emit);
        }
    }

    /// Makes the last report a vertex if it is none yet.
    pub(crate) fn close(&mut self, emit: &mut impl FnMut(Vertex)) {
        if let Some(State {
            pending: true,
            last,
            ..
        }) = self.state
        {
            self.start(last, false, emit);
        }
    }

    /// How many vertices came out so far.
    pub(crate) fn emitted(&self) -> u64 {
        self.emitted
    }

    /// Makes `position` a vertex to which no line leads.
    pub(crate) fn resume_after_gap(
        &mut self,
        time: Timestamp,
        position: Position,
        emit: &mut impl FnMut(Vertex),
    ) {
        self.start(Point { time, position }, true, emit);
    }

    fn start(&mut self, point: Point, after_gap: bool, emit: &mut impl FnMut(Vertex)) {
        self.state = Some(State {
            vertex: point,
            last: point,
            pending: false,
            east: Bounds::OPEN,
            north: Bounds::OPEN,
        });
        self.emitted += 1;
        emit(Vertex {
            time: point.time,
            position: point.position,
            after_gap,
        });
    }
}

impl State {
    /// Lets the line end in `point` if it then passes every report since the vertex.
    #[inline(always)]
    fn extend(&mut self, point: Point, plane: &Plane, slack_m: f64) -> bool {
        if slack_m <= 0.0 {
            return false;
        }
        let east_e7 = self.vertex.position.lon_difference_e7(point.position) as f64;
        let north_e7 =
            (i64::from(point.position.lat_e7) - i64::from(self.vertex.position.lat_e7)) as f64;
        let east_slack_e7 = slack_m / plane.metres_per_lon_e7(point.position);
        let north_slack_e7 = slack_m * plane.lat_e7_per_metre();
        let elapsed_ms = point.time.millis_since(self.vertex.time);
        if elapsed_ms <= 0 {
            // At the vertex's own moment the line is at the vertex, whatever its speed.
            let near = east_e7.abs() <= east_slack_e7 && north_e7.abs() <= north_slack_e7;
            if near {
                self.last = point;
                self.pending = true;
            }
            return near;
        }
        let per_ms = 1.0 / elapsed_ms as f64;
        let (east, north) = (east_e7 * per_ms, north_e7 * per_ms);
        if !(self.east.allow(east) && self.north.allow(north)) {
            return false;
        }
        self.east.tighten(east, east_slack_e7 * per_ms);
        self.north.tighten(north, north_slack_e7 * per_ms);
        self.last = point;
        self.pending = true;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{LonLat, distance_m};

    fn at(second: i64, lon: f64, lat: f64) -> Vertex {
        Vertex {
            time: Timestamp::from_millis(second * 1000).unwrap(),
            position: Position::from_degrees(LonLat { lon, lat }).unwrap(),
            after_gap: false,
        }
    }

    fn simplified(path: &[Vertex], tolerance_m: f64) -> Vec<Vertex> {
        let mut kept = Vec::new();
        simplify(path.iter().copied(), tolerance_m, &mut |vertex| {
            kept.push(vertex);
        });
        kept
    }

    #[test]
    fn a_simplified_path_keeps_its_ends_and_lies_within_the_tolerance_of_all_it_leaves_out() {
        // East at a steady speed with a wobble, then sharply north.
        let path: Vec<Vertex> = (0..200_i32)
            .map(|step| {
                let (x, y) = (f64::from(step.min(120)), f64::from((step - 120).max(0)));
                let wobble = f64::from(step % 5) * 0.000_4;
                at(
                    i64::from(step) * 60,
                    130.0 + x * 0.003,
                    42.0 + y * 0.003 + wobble,
                )
            })
            .collect();
        let kept = simplified(&path, 300.0);
        assert!(kept.len() < 12, "{} vertices", kept.len());
        assert_eq!((kept.first(), kept.last()), (path.first(), path.last()));
        for vertex in &path {
            let next = kept.partition_point(|kept| kept.time < vertex.time).max(1);
            let (from, to) = (kept[next - 1], kept[next]);
            let share =
                vertex.time.millis_since(from.time) as f64 / to.time.millis_since(from.time) as f64;
            let between = |from: i32, to: i32| from + (f64::from(to - from) * share) as i32;
            let there = Position {
                lon_e7: between(from.position.lon_e7, to.position.lon_e7),
                lat_e7: between(from.position.lat_e7, to.position.lat_e7),
            };
            assert!(distance_m(there, vertex.position) <= 300.5, "{vertex:?}");
        }
        assert_eq!(simplified(&path, 0.0), path);
        assert_eq!(simplified(&path[..1], 300.0), path[..1]);
        assert_eq!(simplified(&[], 300.0), []);
    }
}
