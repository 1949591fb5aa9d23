//! Great circles on the unit sphere: planes through its centre, and on which side of them a place is.

use crate::element::{Vector, chord_2};
use landfall_track::{LonLat, Position};

/// The mean radius of the earth in metres (IUGG, (2a + b) / 3 for WGS84): for tolerances and
/// offsets, never for a distance that is reported.
pub(crate) const MEAN_RADIUS_M: f64 = 6_371_008.77;

pub(crate) fn dot(a: &Vector, b: &Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(crate) fn cross(a: &Vector, b: &Vector) -> Vector {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

pub(crate) fn length(a: &Vector) -> f64 {
    dot(a, a).sqrt()
}

/// A vector of length 1 in the same direction; `None` for one too short to have a direction.
pub(crate) fn unit(a: &Vector) -> Option<Vector> {
    let length = length(a);
    (length > 1e-14).then(|| a.map(|part| part / length))
}

/// `a + factor * b`.
pub(crate) fn plus(a: &Vector, factor: f64, b: &Vector) -> Vector {
    [
        a[0] + factor * b[0],
        a[1] + factor * b[1],
        a[2] + factor * b[2],
    ]
}

/// The position nearest to a vector, which need not have length 1.
pub(crate) fn position(at: &Vector) -> Position {
    let [x, y, z] = *at;
    let place = LonLat {
        lon: y.atan2(x).to_degrees(),
        lat: z.atan2(x.hypot(y)).to_degrees(),
    };
    Position::from_degrees(place).unwrap_or_default()
}

/// The shorter part of the great circle from one place to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arc {
    pub(crate) from: Vector,
    pub(crate) to: Vector,
    /// Of length 1, at right angles to both; what is on its side lies to the left of the arc.
    pub(crate) normal: Vector,
    /// At right angles to the arc at its ends, in the arc's plane and towards its middle.
    inwards: [Vector; 2],
    middle: Vector,
    /// The chord from the middle to an end.
    half: f64,
}

impl Arc {
    /// `None` if the places are the same or opposite, where no arc is the shorter one.
    pub(crate) fn new(from: &Vector, to: &Vector) -> Option<Self> {
        // (from - to) x (from + to) / 2 is from x to without the loss of digits for near places.
        let normal = unit(&cross(&plus(from, -1.0, to), &plus(from, 1.0, to)))?;
        let middle = unit(&plus(from, 1.0, to))?;
        Some(Self {
            from: *from,
            to: *to,
            normal,
            inwards: [cross(&normal, from), cross(to, &normal)],
            half: chord_2(&middle, from).sqrt(),
            middle,
        })
    }

    /// Whether a place on the arc's great circle lies on the arc.
    pub(crate) fn holds(&self, on_circle: &Vector) -> bool {
        dot(&self.inwards[0], on_circle) >= 0.0 && dot(&self.inwards[1], on_circle) >= 0.0
    }

    /// Whether the arc could touch a ball. Errs on the side of yes.
    pub(crate) fn may_touch(&self, center: &Vector, radius: f64) -> bool {
        dot(&self.normal, center).abs() <= radius
            && chord_2(&self.middle, center) <= (self.half + radius) * (self.half + radius)
    }

    /// How far along an edge of the coast the arc crosses it (0 to 1), given on which sides of the
    /// arc's plane the edge's ends are. An end in the plane counts as on its left, so that of two
    /// edges that meet on the arc one is crossed, or both, or none, as the coast itself goes over
    /// the arc or touches it.
    pub(crate) fn crossing(&self, a: &Vector, b: &Vector) -> Option<f64> {
        self.crossing_by((a, self.side(a)), (b, self.side(b)))
    }

    /// On which side of the arc's plane a place is, and how far off: positive to its left.
    #[inline]
    pub(crate) fn side(&self, at: &Vector) -> f64 {
        dot(&self.normal, at)
    }

    /// The same as [`Arc::crossing`], each end with the side that it is on.
    #[inline]
    pub(crate) fn crossing_by(
        &self,
        (a, side_a): (&Vector, f64),
        (b, side_b): (&Vector, f64),
    ) -> Option<f64> {
        if (side_a >= 0.0) == (side_b >= 0.0) {
            return None;
        }
        let along = side_a / (side_a - side_b);
        let at = plus(a, along, &plus(b, -1.0, a));
        self.holds(&at).then_some(along)
    }
}

/// Which way a bend goes: positive if `c` lies to the left of the great circle from `a` to `b`.
pub(crate) fn turn(a: &Vector, b: &Vector, c: &Vector) -> f64 {
    // Differences first: the places may be metres apart.
    dot(&cross(&plus(b, -1.0, a), &plus(c, -1.0, a)), a)
}

/// The direction in which `to` is seen from `from`, of length 1 and at right angles to `from`.
pub(crate) fn heading(from: &Vector, to: &Vector) -> Option<Vector> {
    let step = plus(to, -1.0, from);
    unit(&plus(&step, -dot(&step, from), from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::vector;

    fn at(lon: f64, lat: f64) -> Vector {
        vector(Position::from_degrees(LonLat { lon, lat }).unwrap())
    }

    #[test]
    fn an_arc_crosses_an_edge_only_between_its_ends() {
        let arc = Arc::new(&at(179.0, 0.0), &at(-179.0, 0.0)).unwrap();
        assert!(arc.crossing(&at(180.0, 1.0), &at(180.0, -1.0)).is_some());
        assert!(arc.crossing(&at(178.0, 1.0), &at(178.0, -1.0)).is_none());
        assert!(arc.crossing(&at(0.0, 1.0), &at(0.0, -1.0)).is_none());
        assert!(arc.crossing(&at(180.0, 2.0), &at(180.0, 1.0)).is_none());
    }

    #[test]
    fn left_of_an_eastward_arc_is_north() {
        assert!(turn(&at(10.0, 0.0), &at(20.0, 0.0), &at(15.0, 1.0)) > 0.0);
        assert!(turn(&at(10.0, 0.0), &at(20.0, 0.0), &at(15.0, -1.0)) < 0.0);
    }

    #[test]
    fn opposite_places_have_no_arc() {
        assert!(Arc::new(&at(0.0, 0.0), &at(180.0, 0.0)).is_none());
        assert!(Arc::new(&at(5.0, 5.0), &at(5.0, 5.0)).is_none());
    }

    #[test]
    fn a_position_survives_the_way_to_the_sphere_and_back() {
        let here = Position {
            lat_e7: -337_654_321,
            lon_e7: 1_799_999_999,
        };
        assert_eq!(position(&vector(here)), here);
    }
}
