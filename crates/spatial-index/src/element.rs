//! An element is one indexed part of a port: a point, a piece of an outline, or the area inside.

use crate::area::Area;
use crate::radius::LEAVE_FACTOR;
use landfall_track::{LonLat, PortIx, Position, UnitVector, distance_m};
use rstar::{AABB, PointDistance, RTreeObject};
use std::f64::consts::{FRAC_PI_2, PI};
use std::sync::Arc;

/// A place on the unit sphere; see [`UnitVector`].
pub(crate) type Vector = [f64; 3];

/// The least radius of curvature of the WGS84 ellipsoid in metres: along the meridian at the
/// equator, a(1 - e²) (NGA.STND.0036).
///
/// A way on the ellipsoid is at least this many times as long as its image on the unit sphere, for
/// every small step of it is.
const LEAST_CURVATURE_M: f64 = 6_335_439.327;

/// What [`distance_m`] may be off by (2 in 100 000, see there) and rounding to 1e-7 degrees, taken
/// generously: bounds must err on the side of looking at a port once more.
const SLACK_RATIO: f64 = 1e-4;
const SLACK_M: f64 = 1.0;

/// The place of `position` on the unit sphere.
pub(crate) fn vector(position: Position) -> Vector {
    let UnitVector { x, y, z } = UnitVector::from(position);
    [x, y, z]
}

/// The squared length of the straight line, through the earth, between two places.
pub(crate) fn chord_2(a: &Vector, b: &Vector) -> f64 {
    let [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    x * x + y * y + z * z
}

/// The angle at the earth's centre that no two places within `distance_m` of each other exceed.
pub(crate) fn angle_within(distance_m: f64) -> f64 {
    ((distance_m * (1.0 + SLACK_RATIO) + SLACK_M) / LEAST_CURVATURE_M).min(PI)
}

/// The length of the chord under an angle.
pub(crate) fn chord_of(angle: f64) -> f64 {
    2.0 * (angle / 2.0).sin()
}

/// The angle over a chord.
pub(crate) fn angle_of(chord: f64) -> f64 {
    2.0 * (chord / 2.0).clamp(0.0, 1.0).asin()
}

/// The distance in metres below which no two places lie whose chord is at least `chord`.
pub(crate) fn least_distance_m(chord: f64) -> f64 {
    (angle_of(chord) * LEAST_CURVATURE_M * (1.0 - SLACK_RATIO) - SLACK_M).max(0.0)
}

/// A box around a place, in 1e-7 degrees, outside which nothing lies within a distance of it: a
/// cheap test before the distance is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Halo {
    pub(crate) lat_e7: i64,
    pub(crate) lon_e7: i64,
}

impl Halo {
    fn new(at: Position, within_m: f64) -> Self {
        let lat = at.degrees().lat.to_radians().abs();
        let angle = angle_within(within_m);
        // Where a meridian touches a cap: sin(half width) = sin(angle) / cos(latitude).
        let lon = if lat + angle < FRAC_PI_2 {
            (angle.sin() / lat.cos()).clamp(0.0, 1.0).asin()
        } else {
            PI
        };
        // Rounded up, by a centimetre at least.
        let e7 = |radians: f64| (radians.to_degrees() * 1e7) as i64 + 2;
        Self {
            lat_e7: e7(angle),
            lon_e7: e7(lon),
        }
    }

    #[inline]
    pub(crate) fn holds(self, at: Position, position: Position) -> bool {
        let north = i64::from(position.lat_e7) - i64::from(at.lat_e7);
        north.abs() <= self.lat_e7 && at.lon_difference_e7(position).abs() <= self.lon_e7
    }
}

/// One indexed part of a port.
#[derive(Clone, Debug)]
pub(crate) struct Element {
    /// The port it is part of.
    pub(crate) port: PortIx,
    /// What it is.
    pub(crate) shape: Shape,
}

/// What an element is.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// A point with the radius to enter.
    Point {
        at: Position,
        vector: Vector,
        enter_m: f64,
        /// The chord of `enter_m`, rounded up.
        reach: f64,
        enter_halo: Halo,
        leave_halo: Halo,
    },
    /// A short piece of an outline.
    Piece { from: Vector, to: Vector },
    /// What is inside an outline.
    Area(Arc<Area>),
}

impl Element {
    /// A port's point.
    pub(crate) fn point(port: PortIx, at: Position, enter_m: f64) -> Self {
        let shape = Shape::Point {
            at,
            vector: vector(at),
            enter_m,
            reach: chord_of(angle_within(enter_m)),
            enter_halo: Halo::new(at, enter_m),
            leave_halo: Halo::new(at, enter_m * LEAVE_FACTOR),
        };
        Self { port, shape }
    }

    /// The centre and the angle of a cap of the sphere outside which the element holds no position
    /// in port; `None` for a piece of an outline, which holds none of its own.
    pub(crate) fn cap(&self) -> Option<(Vector, f64)> {
        match &self.shape {
            Shape::Point { vector, reach, .. } => Some((*vector, angle_of(*reach))),
            Shape::Piece { .. } => None,
            Shape::Area(area) => Some((area.center(), angle_of(area.reach()))),
        }
    }

    /// A place and the box around it outside which the element holds no position in port; `None` for
    /// a piece of an outline, which holds none anywhere.
    pub(crate) fn halo(&self) -> Option<(Position, Halo)> {
        match &self.shape {
            Shape::Point { at, enter_halo, .. } => Some((*at, *enter_halo)),
            Shape::Piece { .. } => None,
            Shape::Area(area) => Some(area.halo()),
        }
    }

    /// The distance in metres from a point if `position` is within its enter radius, and that radius.
    pub(crate) fn within_enter(&self, position: Position) -> Option<(f64, f64)> {
        match &self.shape {
            Shape::Point {
                at,
                enter_m,
                enter_halo,
                ..
            } if enter_halo.holds(*at, position) => {
                let measured_m = distance_m(*at, position);
                (measured_m <= *enter_m).then_some((measured_m, *enter_m))
            }
            _ => None,
        }
    }

    /// Whether `position` is within `leave_m` metres, the leave radius of a point or the margin
    /// around an area.
    pub(crate) fn is_within_leave(&self, position: Position, leave_m: f64) -> bool {
        match &self.shape {
            Shape::Point { at, leave_halo, .. } => {
                leave_halo.holds(*at, position) && distance_m(*at, position) <= leave_m
            }
            Shape::Piece { .. } | Shape::Area(_) => {
                self.distance_m(position, &vector(position)) <= leave_m
            }
        }
    }

    /// The distance in metres from `position`, whose place on the sphere is `here`; infinite for an
    /// area that does not hold it (its outline has the distance).
    pub(crate) fn distance_m(&self, position: Position, here: &Vector) -> f64 {
        match &self.shape {
            Shape::Point { at, .. } => distance_m(*at, position),
            Shape::Piece { from, to } => {
                place_of(&foot(from, to, here)).map_or(f64::INFINITY, |at| distance_m(at, position))
            }
            Shape::Area(area) if area.contains(position) => 0.0,
            Shape::Area(_) => f64::INFINITY,
        }
    }
}

/// The point of the straight line `from`-`to` that is nearest to `here`.
fn foot(from: &Vector, to: &Vector, here: &Vector) -> Vector {
    let along = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
    let across = [here[0] - from[0], here[1] - from[1], here[2] - from[2]];
    let length_2 = dot(&along, &along);
    let share = if length_2 > 0.0 {
        (dot(&along, &across) / length_2).clamp(0.0, 1.0)
    } else {
        0.0
    };
    std::array::from_fn(|axis| from[axis] + share * along[axis])
}

fn dot(a: &Vector, b: &Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// The position below a point; `None` for the earth's centre.
fn place_of(point: &Vector) -> Option<Position> {
    let [x, y, z] = *point;
    (dot(point, point) > 1e-12).then(|| {
        let lon = y.atan2(x).to_degrees();
        let lat = z.atan2(x.hypot(y)).to_degrees();
        Position::from_degrees(LonLat { lon, lat })
    })?
}

impl RTreeObject for Element {
    type Envelope = AABB<Vector>;

    /// Around a point or an area: all that could be in port. Around a piece: the piece.
    fn envelope(&self) -> Self::Envelope {
        match &self.shape {
            Shape::Point { vector, reach, .. } => AABB::from_center(*vector, *reach),
            Shape::Piece { from, to } => AABB::from_corners(*from, *to),
            Shape::Area(area) => AABB::from_center(area.center(), area.reach()),
        }
    }
}

impl PointDistance for Element {
    /// The squared chord from `here` to a point or to the straight line of a piece; to an area the
    /// chord to the cap that holds it.
    fn distance_2(&self, here: &Vector) -> f64 {
        match &self.shape {
            Shape::Point { vector, .. } => chord_2(vector, here),
            Shape::Piece { from, to } => chord_2(&foot(from, to, here), here),
            Shape::Area(area) => {
                let beyond = chord_2(&area.center(), here).sqrt() - area.reach();
                beyond.max(0.0).powi(2)
            }
        }
    }

    /// Whether `here` could be in port by this element.
    fn contains_point(&self, here: &Vector) -> bool {
        match &self.shape {
            Shape::Point { vector, reach, .. } => chord_2(vector, here) <= reach * reach,
            Shape::Piece { .. } => false,
            Shape::Area(area) => chord_2(&area.center(), here) <= area.reach() * area.reach(),
        }
    }
}
