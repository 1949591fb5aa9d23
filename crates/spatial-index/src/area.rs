//! An area is the inside of one polygon: within its outline and in none of its holes.
//!
//! Edges are straight lines in longitude and latitude, as in RFC 7946, section 3.1.1, and take the
//! shorter way round: an outline may cross the antimeridian, or run around a pole, which it then
//! holds. Where an outline crosses itself, a place is inside if the outline goes round it an odd
//! number of times. Known limit: an edge of more than 180 degrees of longitude cannot be told from
//! one the other way.

use crate::element::{Halo, Vector, chord_2, vector};
use landfall_track::{LonLat, Position};

/// 360 degrees in 1e-7 degrees.
const TURN_E7: i64 = 3_600_000_000;
/// 90 degrees in 1e-7 degrees.
const POLE_E7: i64 = 900_000_000;
/// The radius in metres of the sphere of WGS84's surface area (NGA.STND.0036, authalic sphere).
const AUTHALIC_RADIUS_M: f64 = 6_371_007.18;
/// Outlines are cut into pieces of at most this, in metres: the straight line in longitude and
/// latitude is then within a metre of the great circle up to latitude 80.
const PIECE_M: f64 = 2_000.0;
/// At most this many pieces for one polygon beside its own edges. What would need more is no port.
const MOST_PIECES: f64 = 20_000.0;

/// The inside of one polygon.
#[derive(Debug)]
pub(crate) struct Area {
    outline: Ring,
    holes: Vec<Ring>,
    center: Vector,
    reach: f64,
    halo: (Position, Halo),
    square_m: f64,
}

/// A closed line, its longitudes unrolled so that no edge jumps at the antimeridian.
#[derive(Debug)]
struct Ring {
    /// Longitude and latitude in 1e-7 degrees. The last is the first again, or a turn further.
    points: Vec<(i64, i64)>,
    /// Which pole it runs around, as a latitude.
    pole: Option<i64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Inside,
    Edge,
    Outside,
}

impl Area {
    /// The area of a polygon and the pieces of its outline and holes; `None` if it has no outline.
    /// Rings that are not closed are closed.
    pub(crate) fn new(rings: &[Vec<Position>]) -> Option<(Self, Vec<(Vector, Vector)>)> {
        let mut rings = rings
            .iter()
            .filter(|ring| !ring.is_empty())
            .map(|ring| Ring::new(ring));
        let outline = rings.next()?;
        let holes: Vec<Ring> = rings.collect();
        let length_m: f64 = outline.length_m() + holes.iter().map(Ring::length_m).sum::<f64>();
        let piece_m = PIECE_M.max(length_m / MOST_PIECES);
        let mut pieces = outline.pieces(piece_m);
        let (center, reach) = cap(&pieces, outline.pole);
        for hole in &holes {
            pieces.extend(hole.pieces(piece_m));
        }
        let in_holes: f64 = holes.iter().map(Ring::square_m).sum();
        let square_m = (outline.square_m() - in_holes).max(0.0);
        Some((
            Self {
                halo: outline.halo(),
                outline,
                holes,
                center,
                reach,
                square_m,
            },
            pieces,
        ))
    }

    /// Whether `position` is inside or on the edge.
    pub(crate) fn contains(&self, position: Position) -> bool {
        self.halo.1.holds(self.halo.0, position)
            && self.outline.side(position) != Side::Outside
            && self
                .holes
                .iter()
                .all(|hole| hole.side(position) != Side::Inside)
    }

    /// The centre of a cap of the unit sphere that holds the area.
    pub(crate) fn center(&self) -> Vector {
        self.center
    }

    /// The chord from `center` that nothing inside exceeds.
    pub(crate) fn reach(&self) -> f64 {
        self.reach
    }

    /// A place and the box around it that holds the area.
    pub(crate) fn halo(&self) -> (Position, Halo) {
        self.halo
    }

    /// Square metres, within 1 in 100.
    pub(crate) fn square_m(&self) -> f64 {
        self.square_m
    }
}

impl Ring {
    fn new(ring: &[Position]) -> Self {
        let mut points = Vec::with_capacity(ring.len() + 1);
        let mut lon = 0;
        let mut before = None;
        for position in ring.iter().chain(ring.first()) {
            lon = match before {
                None => i64::from(position.lon_e7),
                Some(before) => lon + Position::lon_difference_e7(before, *position),
            };
            before = Some(*position);
            points.push((lon, i64::from(position.lat_e7)));
        }
        let turned = match (points.first(), points.last()) {
            (Some(first), Some(last)) => last.0 - first.0,
            _ => 0,
        };
        let northing: i64 = ring.iter().map(|position| i64::from(position.lat_e7)).sum();
        let pole = (turned != 0).then_some(if northing >= 0 { POLE_E7 } else { -POLE_E7 });
        Self { points, pole }
    }

    /// A place and the box around it that holds the ring and all that is inside.
    fn halo(&self) -> (Position, Halo) {
        let span = |values: &mut dyn Iterator<Item = i64>| {
            values.fold((i64::MAX, i64::MIN), |(least, most), value| {
                (least.min(value), most.max(value))
            })
        };
        let (west, east) = span(&mut self.points.iter().map(|point| point.0));
        let (south, north) = span(&mut self.points.iter().map(|point| point.1).chain(self.pole));
        let lon = i64::midpoint(west, east);
        let at = Position {
            lat_e7: i64::midpoint(south, north) as i32,
            lon_e7: Position::wrapped_lon_e7(lon),
        };
        let halo = Halo {
            // The middle may be rounded by half.
            lat_e7: (north - south) / 2 + 1,
            // Whoever runs around a pole passes every longitude.
            lon_e7: self.pole.map_or((east - west) / 2 + 1, |_| TURN_E7),
        };
        (at, halo)
    }

    /// The edges: those of the ring, and where it runs around a pole, the way up to it and back.
    fn edges(&self) -> impl Iterator<Item = Edge> {
        let seen = self.points.windows(2).map(|pair| Edge {
            from: pair[0],
            to: pair[1],
            drawn: true,
        });
        let seam = match (self.pole, self.points.first(), self.points.last()) {
            (Some(pole), Some(&first), Some(&last)) => {
                // A degree beyond the pole, so that the pole itself is inside.
                let beyond = pole + pole / 90;
                let corners = [last, (last.0, beyond), (first.0, beyond), first];
                Some(std::array::from_fn::<Edge, 3, _>(|at| Edge {
                    from: corners[at],
                    to: corners[at + 1],
                    drawn: false,
                }))
            }
            _ => None,
        };
        seen.chain(seam.into_iter().flatten())
    }

    /// On which side of the ring a position is: whether a ray to the east crosses it an odd number
    /// of times. Exact, in whole numbers.
    fn side(&self, position: Position) -> Side {
        let west = self.points.first().map_or(0, |first| first.0);
        let lon = i64::from(position.lon_e7);
        let nearest = lon + (west - lon).div_euclid(TURN_E7) * TURN_E7;
        let mut side = Side::Outside;
        for turns in -1..=2 {
            match self.side_of((nearest + turns * TURN_E7, i64::from(position.lat_e7))) {
                Side::Edge => return Side::Edge,
                Side::Inside => side = Side::Inside,
                Side::Outside => {}
            }
        }
        side
    }

    fn side_of(&self, (x, y): (i64, i64)) -> Side {
        let mut inside = false;
        for Edge { from, to, drawn } in self.edges() {
            let (low, high) = (from.1.min(to.1), from.1.max(to.1));
            if y < low || y > high {
                continue;
            }
            let left = i128::from(to.0 - from.0) * i128::from(y - from.1)
                - i128::from(x - from.0) * i128::from(to.1 - from.1);
            if drawn && left == 0 && (from.0.min(to.0)..=from.0.max(to.0)).contains(&x) {
                return Side::Edge;
            }
            let crosses = (from.1 > y) != (to.1 > y);
            if crosses && (if to.1 > from.1 { left > 0 } else { left < 0 }) {
                inside = !inside;
            }
        }
        if inside { Side::Inside } else { Side::Outside }
    }

    fn length_m(&self) -> f64 {
        self.edges()
            .filter(|edge| edge.drawn)
            .map(|edge| edge.length_m())
            .sum()
    }

    /// Square metres enclosed, by trapezoids on the equal-area cylinder.
    fn square_m(&self) -> f64 {
        let radians = |e7: i64| (e7 as f64 * 1e-7).to_radians();
        let sum: f64 = self
            .edges()
            .map(|Edge { from, to, .. }| {
                let height = |lat: i64| radians(lat.clamp(-POLE_E7, POLE_E7)).sin();
                let height = f64::midpoint(height(from.1), height(to.1));
                radians(to.0 - from.0) * height
            })
            .sum();
        (sum * AUTHALIC_RADIUS_M * AUTHALIC_RADIUS_M).abs()
    }

    /// The drawn edges in pieces of at most `piece_m` and one degree of longitude.
    fn pieces(&self, piece_m: f64) -> Vec<(Vector, Vector)> {
        let mut pieces = Vec::new();
        for edge in self.edges().filter(|edge| edge.drawn) {
            let by_turn = if piece_m > PIECE_M {
                0.0
            } else {
                (edge.to.0 - edge.from.0).abs() as f64 * 1e-7
            };
            let parts = (edge.length_m() / piece_m).max(by_turn).ceil().max(1.0) as i64;
            let mut from = edge.at(0, parts);
            for part in 1..=parts {
                let to = edge.at(part, parts);
                pieces.push((from, to));
                from = to;
            }
        }
        pieces
    }
}

/// An edge from one longitude and latitude to another, in 1e-7 degrees.
struct Edge {
    from: (i64, i64),
    to: (i64, i64),
    /// False for the way to a pole and back.
    drawn: bool,
}

impl Edge {
    /// The length in metres, roughly.
    fn length_m(&self) -> f64 {
        let per_e7 = 1e-7_f64.to_radians() * AUTHALIC_RADIUS_M;
        let middle = ((self.from.1 + self.to.1) as f64 * 0.5e-7).to_radians();
        let east = (self.to.0 - self.from.0) as f64 * middle.cos();
        let north = (self.to.1 - self.from.1) as f64;
        east.hypot(north) * per_e7
    }

    /// The place after `part` of `parts` equal parts.
    fn at(&self, part: i64, parts: i64) -> Vector {
        let share = part as f64 / parts as f64;
        let between = |from: i64, to: i64| (from as f64 + (to - from) as f64 * share) * 1e-7;
        let lon = between(self.from.0, self.to.0);
        let lat = between(self.from.1, self.to.1).clamp(-90.0, 90.0);
        let lon = (lon + 180.0).rem_euclid(360.0) - 180.0;
        vector(Position::from_degrees(LonLat { lon, lat }).unwrap_or_default())
    }
}

/// The centre and the chord of a cap that holds an outline and all that is inside.
///
/// What a cap of less than a hemisphere holds the outline of, it also holds the inside of, unless
/// the inside is the side with a pole outside the cap. Then, or if no such cap is found, the cap is
/// the whole sphere.
fn cap(pieces: &[(Vector, Vector)], pole: Option<i64>) -> (Vector, f64) {
    const WHOLE: (Vector, f64) = ([0.0, 0.0, 1.0], 2.0);
    let mut middle = [0.0; 3];
    for (from, _) in pieces {
        for axis in 0..3 {
            middle[axis] += from[axis];
        }
    }
    let length = chord_2(&middle, &[0.0; 3]).sqrt();
    if length <= 1e-6 * pieces.len() as f64 {
        return WHOLE;
    }
    let center = middle.map(|axis| axis / length);
    let far_2 = pieces
        .iter()
        .map(|(from, _)| chord_2(from, &center))
        .fold(0.0, f64::max);
    let longest_2 = pieces
        .iter()
        .map(|(from, to)| chord_2(from, to))
        .fold(0.0, f64::max);
    // A piece bulges out of the cap by less than its own length; 1e-6 is six metres.
    let reach = far_2.sqrt() + longest_2.sqrt() + 1e-6;
    let holds_pole = pole
        .is_none_or(|pole| chord_2(&[0.0, 0.0, pole.signum() as f64], &center) <= reach * reach);
    if reach < 1.4 && holds_pole {
        (center, reach)
    } else {
        WHOLE
    }
}
