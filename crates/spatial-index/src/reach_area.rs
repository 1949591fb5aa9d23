//! A reach area is the water within an ellipse: where a ship can have been between two reports.
//!
//! It is drawn by straight distances, so that nothing outside is possible; what lies behind a coast may
//! be farther by water than it looks. Coasts are simplified, and islands smaller than the
//! tolerance left out.

use crate::Ellipse;
use crate::element::{Vector, vector};
use crate::land_rings::{BadWaterData, Rings};
use crate::land_sphere::{cross, dot};
use geo::{BooleanOps, Coord, LineString, MultiPolygon, Orient, Polygon, Rect, Simplify};
use landfall_track::{LonLat, Position, distance_m};

/// Corners of the ellipse as drawn.
const CORNERS: usize = 240;
/// Halvings of the step to the edge: to a ten-thousandth of the radius.
const HALVINGS: usize = 16;
/// Larger areas are not drawn, in metres of radius: half the earth's water would be in them.
const MOST_RADIUS_M: f64 = 5_000_000.0;
/// Areas nearer to a pole than this, in degrees, are not drawn.
const MOST_LATITUDE_DEG: f64 = 86.0;

/// Of the sphere on which corners are laid out, in metres; each is then measured on the ellipsoid.
const RADIUS_M: f64 = 6_371_008.8;

/// Polygons as `GeoJSON` has them: each a list of closed rings, the outline first and anticlockwise,
/// then the holes. None crosses the antimeridian.
pub type Polygons = Vec<Vec<Vec<Position>>>;

/// Draws the water within ellipses. Immutable, and can be shared between threads; it holds the
/// coastlines, some 4 MB.
pub struct ReachAreas {
    rings: Vec<Ring>,
}

/// A coastline, and how far it reaches from its first point, in 1e-7 degrees.
struct Ring {
    positions: Vec<Position>,
    lon_reach_e7: i64,
    lat_reach_e7: i64,
}

impl Ring {
    fn new(positions: &[Position]) -> Self {
        let first = positions.first().copied().unwrap_or_default();
        // The longest step around the earth is counted along the line, so that a ring around a pole
        // reaches everywhere.
        let (mut lon_e7, mut lon_reach_e7, mut lat_reach_e7) = (0_i64, 0, 0);
        for pair in positions.windows(2) {
            lon_e7 += pair[0].lon_difference_e7(pair[1]);
            lon_reach_e7 = lon_e7.abs().max(lon_reach_e7);
            let north_e7 = i64::from(pair[1].lat_e7) - i64::from(first.lat_e7);
            lat_reach_e7 = north_e7.abs().max(lat_reach_e7);
        }
        Self {
            positions: positions.to_vec(),
            lon_reach_e7,
            lat_reach_e7,
        }
    }
}

impl ReachAreas {
    /// With the bundled coastlines.
    ///
    /// # Errors
    ///
    /// None that is not a fault of the build.
    pub fn bundled() -> Result<Self, BadWaterData> {
        let rings = Rings::decode(crate::land::BUNDLED)?;
        let rings = rings
            .starts
            .windows(2)
            .map(|range| Ring::new(&rings.positions[range[0] as usize..range[1] as usize]))
            .collect();
        Ok(Self { rings })
    }

    /// The water within an ellipse; `None` if it is too large, or too near to a pole, to be drawn.
    ///
    /// Coasts are drawn to within `coast_m` metres: nearer to one than that, the area says nothing.
    pub fn area(&self, ellipse: &Ellipse, coast_m: f64) -> Option<Polygons> {
        let straight_m = ellipse.to.map_or(0.0, |to| distance_m(ellipse.from, to));
        let errors_m = ellipse.from_error_m + ellipse.to_error_m;
        if straight_m - errors_m > ellipse.length_m {
            return Some(Polygons::new());
        }
        let frame = Frame::new(ellipse)?;
        let outline = frame.outline(ellipse);
        let mut water = MultiPolygon::new(vec![Polygon::new(outline, Vec::new())]);
        let tolerance_deg = (coast_m / 111_000.0).max(1e-4);
        let land: Vec<Polygon> = self
            .rings
            .iter()
            .filter_map(|ring| frame.land(ring, tolerance_deg))
            .collect();
        if !land.is_empty() {
            water = water.difference(&MultiPolygon::new(land));
        }
        Some(frame.polygons(&water))
    }
}

/// Longitudes counted from the middle of an ellipse, so that the antimeridian is nowhere near.
struct Frame {
    middle: Position,
    /// Up, east and north at the middle.
    axes: [Vector; 3],
    /// No place in the ellipse is farther from the middle, in metres.
    radius_m: f64,
    /// What can lie in it, in degrees from the middle's longitude, and of latitude.
    bounds: Rect,
}

impl Frame {
    fn new(ellipse: &Ellipse) -> Option<Self> {
        let errors_m = ellipse.from_error_m + ellipse.to_error_m;
        let (middle, radius_m) = match ellipse.to {
            Some(to) => (
                landfall_track::interpolate(ellipse.from, to, 0.5),
                f64::midpoint(ellipse.length_m, errors_m),
            ),
            None => (ellipse.from, ellipse.length_m + ellipse.from_error_m),
        };
        // The sphere that corners are laid out on is up to 0.6% smaller than the ellipsoid.
        let radius_m = radius_m * 1.01;
        let at = middle.degrees();
        let reach_deg = (radius_m / RADIUS_M).to_degrees();
        let (south, north) = (at.lat - reach_deg, at.lat + reach_deg);
        let drawn = radius_m > 0.0
            && radius_m <= MOST_RADIUS_M
            && south.abs().max(north.abs()) <= MOST_LATITUDE_DEG;
        if !drawn {
            return None;
        }
        let width = (reach_deg.to_radians().sin() / at.lat.to_radians().cos()).min(1.0);
        let east_deg = width.asin().to_degrees() + 0.5;
        let up = vector(middle);
        let (sin_lon, cos_lon) = at.lon.to_radians().sin_cos();
        let east = [-sin_lon, cos_lon, 0.0];
        Some(Self {
            axes: [up, east, cross(&up, &east)],
            middle,
            radius_m,
            bounds: Rect::new(
                Coord {
                    x: -east_deg,
                    y: south - 0.5,
                },
                Coord {
                    x: east_deg,
                    y: north + 0.5,
                },
            ),
        })
    }

    /// The ellipse's edge, found along straight lines from its middle.
    fn outline(&self, ellipse: &Ellipse) -> LineString {
        let inside = |position: Position| {
            let to_m = ellipse.to.map(|to| distance_m(position, to));
            ellipse.least_m(distance_m(ellipse.from, position), to_m, 0.0) <= ellipse.length_m
        };
        // Corners lie as close along the edge at the tips of a thin ellipse as elsewhere.
        let (axis, half_focal_m) = ellipse.to.map_or((0.0, 0.0), |to| {
            let half_m = distance_m(ellipse.from, to) / 2.0;
            (self.bearing(to), half_m)
        });
        let long_m = self.radius_m.max(half_focal_m);
        let short_m = (long_m * long_m - half_focal_m * half_focal_m)
            .max(0.0)
            .sqrt()
            .max(1.0);
        let mut corners = Vec::with_capacity(CORNERS + 1);
        for corner in 0..CORNERS {
            let turn = -(corner as f64) / CORNERS as f64 * std::f64::consts::TAU;
            let bearing = axis + (short_m * turn.sin()).atan2(long_m * turn.cos());
            let (mut within_m, mut beyond_m) = (0.0, self.radius_m);
            for _ in 0..HALVINGS {
                let step_m = f64::midpoint(within_m, beyond_m);
                if inside(self.at(bearing, step_m)) {
                    within_m = step_m;
                } else {
                    beyond_m = step_m;
                }
            }
            corners.push(self.coord(self.at(bearing, beyond_m)));
        }
        corners.push(corners[0]);
        LineString::new(corners)
    }

    /// The bearing of a place from the middle, in radians.
    fn bearing(&self, place: Position) -> f64 {
        let [_, east, north] = &self.axes;
        let there = vector(place);
        dot(east, &there).atan2(dot(north, &there))
    }

    /// The place so far from the middle along a bearing in radians.
    fn at(&self, bearing: f64, distance_m: f64) -> Position {
        let [up, east, north] = &self.axes;
        let (east_share, north_share) = bearing.sin_cos();
        let (sin, cos) = (distance_m / RADIUS_M).sin_cos();
        let part = |axis: usize| {
            up[axis] * cos + (east[axis] * east_share + north[axis] * north_share) * sin
        };
        let [x, y, z] = [part(0), part(1), part(2)];
        Position::from_degrees(LonLat {
            lon: y.atan2(x).to_degrees(),
            lat: z.clamp(-1.0, 1.0).asin().to_degrees(),
        })
        .unwrap_or(self.middle)
    }

    fn coord(&self, position: Position) -> Coord {
        Coord {
            x: self.middle.lon_difference_e7(position) as f64 / 1e7,
            y: f64::from(position.lat_e7) / 1e7,
        }
    }

    /// A ring of land as far as it lies within bounds, simplified; `None` if nothing does.
    fn land(&self, ring: &Ring, tolerance_deg: f64) -> Option<Polygon> {
        let first = self.coord(*ring.positions.first()?);
        let beyond = |at: f64, least: f64, most: f64, reach_e7: i64| {
            let reach = reach_e7 as f64 / 1e7;
            at + reach < least || at - reach > most
        };
        let (least, most) = (self.bounds.min(), self.bounds.max());
        // Seen from the middle a ring may also come around the far side of the earth.
        let is_away = [-360.0, 0.0, 360.0]
            .iter()
            .all(|turn| beyond(first.x + turn, least.x, most.x, ring.lon_reach_e7));
        if is_away || beyond(first.y, least.y, most.y, ring.lat_reach_e7) {
            return None;
        }
        let mut corners: Vec<Coord> = Vec::with_capacity(ring.positions.len());
        let mut last: Option<Coord> = None;
        for position in &ring.positions {
            let mut corner = self.coord(*position);
            // A ring goes on across the far side of the earth instead of jumping around it.
            if let Some(last) = last {
                corner.x += ((last.x - corner.x) / 360.0).round() * 360.0;
            }
            last = Some(corner);
            corners.push(corner);
        }
        let clipped = clip(corners, &self.bounds);
        if clipped.len() < 3 {
            return None;
        }
        let polygon = Polygon::new(LineString::new(clipped), Vec::new()).simplify(tolerance_deg);
        (polygon.exterior().0.len() > 3).then_some(polygon)
    }

    /// What was drawn as positions on the earth, cut at the antimeridian.
    fn polygons(&self, area: &MultiPolygon) -> Polygons {
        let middle_deg = self.middle.degrees().lon;
        let mut polygons = Polygons::new();
        for turn in [-360.0, 0.0, 360.0] {
            // Of all places that, seen from the middle, lie within this turn of the earth.
            let (west, east) = (-180.0 - middle_deg + turn, 180.0 - middle_deg + turn);
            if self.bounds.max().x <= west || self.bounds.min().x >= east {
                continue;
            }
            let is_whole = self.bounds.min().x >= west && self.bounds.max().x <= east;
            let part = if is_whole {
                area.clone()
            } else {
                let half = Rect::new(Coord { x: west, y: -90.0 }, Coord { x: east, y: 90.0 });
                area.intersection(&MultiPolygon::new(vec![half.to_polygon()]))
            };
            let place = |corner: &Coord| {
                Position::from_degrees(LonLat {
                    lon: (corner.x + middle_deg - turn).clamp(-180.0, 180.0),
                    lat: corner.y.clamp(-90.0, 90.0),
                })
            };
            for polygon in part.orient(geo::orient::Direction::Default) {
                let rings = std::iter::once(polygon.exterior())
                    .chain(polygon.interiors())
                    .map(|ring| ring.0.iter().filter_map(place).collect())
                    .filter(|ring: &Vec<Position>| ring.len() > 3)
                    .collect::<Vec<_>>();
                if !rings.is_empty() {
                    polygons.push(rings);
                }
            }
        }
        polygons
    }
}

/// What of a ring lies in a box, with corners where it leaves it (Sutherland and Hodgman, "Reentrant
/// polygon clipping", Communications of the ACM 17 (1974)).
fn clip(ring: Vec<Coord>, bounds: &Rect) -> Vec<Coord> {
    let (least, most) = (bounds.min(), bounds.max());
    let cut_x = |a: Coord, b: Coord, x: f64| Coord {
        x,
        y: a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x),
    };
    let cut_y = |a: Coord, b: Coord, y: f64| Coord {
        x: a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y),
        y,
    };
    let ring = clip_side(ring, |c| c.x >= least.x, |a, b| cut_x(a, b, least.x));
    let ring = clip_side(ring, |c| c.x <= most.x, |a, b| cut_x(a, b, most.x));
    let ring = clip_side(ring, |c| c.y >= least.y, |a, b| cut_y(a, b, least.y));
    clip_side(ring, |c| c.y <= most.y, |a, b| cut_y(a, b, most.y))
}

fn clip_side(
    ring: Vec<Coord>,
    is_inside: impl Fn(Coord) -> bool,
    cut: impl Fn(Coord, Coord) -> Coord,
) -> Vec<Coord> {
    let Some(mut last) = ring.last().copied() else {
        return ring;
    };
    let mut kept = Vec::with_capacity(ring.len());
    for corner in ring {
        match (is_inside(last), is_inside(corner)) {
            (true, true) => kept.push(corner),
            (true, false) => kept.push(cut(last, corner)),
            (false, true) => kept.extend([cut(last, corner), corner]),
            (false, false) => {}
        }
        last = corner;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Contains, Point};

    fn at(lon: f64, lat: f64) -> Position {
        Position::from_degrees(LonLat { lon, lat }).unwrap()
    }

    fn ellipse(from: Position, to: Option<Position>, length_m: f64) -> Ellipse {
        Ellipse {
            from,
            to,
            from_error_m: 1_000.0,
            to_error_m: 1_000.0,
            length_m,
        }
    }

    fn drawn(areas: &ReachAreas, ellipse: &Ellipse) -> Option<Polygons> {
        areas.area(ellipse, 2_000.0)
    }

    fn holds(area: &Polygons, place: Position) -> bool {
        let coord = |position: &Position| {
            let degrees = position.degrees();
            Coord {
                x: degrees.lon,
                y: degrees.lat,
            }
        };
        let point = Point(coord(&place));
        area.iter().any(|rings| {
            let mut rings = rings
                .iter()
                .map(|ring| LineString::new(ring.iter().map(coord).collect()));
            let outline = rings.next().unwrap();
            Polygon::new(outline, rings.collect()).contains(&point)
        })
    }

    #[test]
    fn the_water_off_najin_is_in_and_the_land_and_what_is_too_far_is_not() {
        let areas = ReachAreas::bundled().unwrap();
        let vostochny = at(133.0, 42.6);
        let area = drawn(&areas, &ellipse(vostochny, Some(vostochny), 600_000.0)).unwrap();
        assert!(holds(&area, at(130.6, 42.0)), "off Najin");
        assert!(
            !holds(&area, at(131.0, 43.6)),
            "the land behind Vladivostok"
        );
        assert!(!holds(&area, at(129.0, 39.0)), "too far");
        let corners: usize = area.iter().flatten().map(Vec::len).sum();
        assert!(corners < 3_000, "{corners}");
    }

    #[test]
    fn a_lake_is_water_and_its_shores_and_islands_are_not() {
        let areas = ReachAreas::bundled().unwrap();
        let huron = at(-82.4, 44.6);
        let area = drawn(&areas, &ellipse(huron, None, 400_000.0)).unwrap();
        assert!(holds(&area, huron), "Lake Huron");
        assert!(holds(&area, at(-80.8, 45.2)), "Georgian Bay");
        assert!(holds(&area, at(-81.0, 42.3)), "Lake Erie");
        assert!(!holds(&area, at(-84.7, 43.5)), "inland");
        assert!(!holds(&area, at(-82.3, 45.75)), "Manitoulin Island");
    }

    #[test]
    fn every_outline_is_closed_and_anticlockwise() {
        let areas = ReachAreas::bundled().unwrap();
        let area = drawn(
            &areas,
            &ellipse(at(12.0, 55.0), Some(at(10.0, 57.5)), 900_000.0),
        )
        .unwrap();
        for rings in &area {
            for (number, ring) in rings.iter().enumerate() {
                assert_eq!(ring.first(), ring.last());
                let doubled: f64 = ring
                    .windows(2)
                    .map(|pair| {
                        let (a, b) = (pair[0].degrees(), pair[1].degrees());
                        a.lon * b.lat - b.lon * a.lat
                    })
                    .sum();
                assert_eq!(doubled > 0.0, number == 0);
            }
        }
    }

    #[test]
    fn an_area_across_the_antimeridian_is_cut_there() {
        let areas = ReachAreas::bundled().unwrap();
        let area = drawn(
            &areas,
            &ellipse(at(179.5, 10.0), Some(at(-179.5, 10.0)), 800_000.0),
        )
        .unwrap();
        assert_eq!(area.len(), 2);
        assert!(holds(&area, at(178.0, 10.0)) && holds(&area, at(-178.0, 10.0)));
        for ring in area.iter().flatten() {
            for pair in ring.windows(2) {
                assert!((pair[0].degrees().lon - pair[1].degrees().lon).abs() < 180.0);
            }
        }
    }

    #[test]
    fn every_place_within_the_ellipse_and_at_sea_is_in_the_area() {
        let areas = ReachAreas::bundled().unwrap();
        let ellipse = ellipse(at(-30.0, 40.0), Some(at(-35.0, 44.0)), 1_200_000.0);
        let area = drawn(&areas, &ellipse).unwrap();
        for lon in -45..-20 {
            for lat in 33..50 {
                let place = at(f64::from(lon), f64::from(lat));
                let sum_m = distance_m(ellipse.from, place)
                    + distance_m(place, ellipse.to.unwrap())
                    - 2_000.0;
                // The edge is drawn with straight lines between its corners.
                if (sum_m / 1_200_000.0 - 1.0).abs() > 0.01 {
                    assert_eq!(holds(&area, place), sum_m < 1_200_000.0, "{lon} {lat}");
                }
            }
        }
    }

    #[test]
    fn a_thin_ellipse_keeps_its_tips_and_an_empty_one_is_nothing() {
        let areas = ReachAreas::bundled().unwrap();
        let (from, to) = (at(-30.0, 40.0), at(-36.0, 40.0));
        let straight_m = distance_m(from, to);
        let area = drawn(&areas, &ellipse(from, Some(to), straight_m)).unwrap();
        assert!(holds(&area, from) && holds(&area, to));
        let none = drawn(&areas, &ellipse(from, Some(to), straight_m - 5_000.0));
        assert!(none.unwrap().is_empty());
    }

    #[test]
    fn what_spans_half_the_earth_is_not_drawn() {
        let areas = ReachAreas::bundled().unwrap();
        assert!(drawn(&areas, &ellipse(at(0.0, 0.0), None, 9e6)).is_none());
        assert!(drawn(&areas, &ellipse(at(0.0, 85.0), None, 4e5)).is_none());
    }
}
