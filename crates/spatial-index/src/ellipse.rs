//! An ellipse is every place through which a way from one place to another can lead without
//! becoming longer than so much: the bound on where a ship was between two reports.

use crate::PortIndex;
use crate::element::{Vector, angle_of, angle_within, chord_2, chord_of, least_distance_m, vector};
use crate::land_sphere::{plus, unit};
use landfall_track::{PortIx, Position, distance_m};
use rstar::{AABB, PointDistance, RTree, RTreeObject};

/// WGS84's equatorial radius in metres and its flattening (NGA.STND.0036, table 3.1).
const SEMI_MAJOR_M: f64 = 6_378_137.0;
const FLATTENING: f64 = 1.0 / 298.257_223_563;
/// Lambert's formula is within this share of the geodesic, below [`LAMBERT_MOST`].
///
/// Held against Karney's geodesics by the property tests below.
const LAMBERT_SHARE: f64 = 2e-5;
/// Beyond this central angle, in radians, the geodesic itself is computed.
const LAMBERT_MOST: f64 = 2.6;

/// Where a ship can have been between two places: all places whose distances from both add up to no
/// more than a length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ellipse {
    /// The place before.
    pub from: Position,
    /// The place after; `None` if it is not known, and the ellipse is a circle.
    pub to: Option<Position>,
    /// How far from `from` the ship may in truth have been, in metres; it is taken off the distance.
    pub from_error_m: f64,
    /// The same for `to`.
    pub to_error_m: f64,
    /// The longest both distances can be together, in metres.
    pub length_m: f64,
}

/// A port inside an ellipse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PortInEllipse {
    /// The port.
    pub port: PortIx,
    /// From the place before to the port's nearest point or outline in metres, within 2 in 100 000.
    pub from_m: f64,
    /// From there to the place after; `None` if there is none.
    pub to_m: Option<f64>,
}

impl Ellipse {
    /// How long the ways to and from a port are at least, in metres, with its radius and the errors of
    /// both places taken off.
    pub fn least_ways_m(
        &self,
        from_m: f64,
        to_m: Option<f64>,
        radius_m: f64,
    ) -> (f64, Option<f64>) {
        (
            (from_m - self.from_error_m - radius_m).max(0.0),
            to_m.map(|to_m| (to_m - self.to_error_m - radius_m).max(0.0)),
        )
    }

    /// How long the way through a port is at least, in metres: both together.
    pub fn least_m(&self, from_m: f64, to_m: Option<f64>, radius_m: f64) -> f64 {
        let (from_m, to_m) = self.least_ways_m(from_m, to_m, radius_m);
        from_m + to_m.unwrap_or_default()
    }
}

/// Every port as one circle.
pub(crate) struct PortCircles {
    tree: RTree<Circle>,
    /// The longest spread of all.
    longest_spread: f64,
    /// The longest radius to enter, in metres.
    longest_radius_m: f64,
}

struct Circle {
    port: PortIx,
    center: Vector,
    /// The place, if the port is just one point.
    point: Option<Lambert>,
    /// From the center to its farthest point or corner, as a chord; the radius is not in it.
    spread: f64,
}

impl RTreeObject for Circle {
    type Envelope = AABB<Vector>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_point(self.center)
    }
}

impl PointDistance for Circle {
    fn distance_2(&self, point: &Vector) -> f64 {
        chord_2(&self.center, point)
    }
}

impl PortCircles {
    /// Circles around the places of every port; a port without any has none.
    pub(crate) fn new(
        places: impl Iterator<Item = (PortIx, Vec<Position>)>,
        longest_radius_m: f64,
    ) -> Self {
        let mut longest_spread: f64 = 0.0;
        let circles = places
            .filter_map(|(port, places)| {
                let first = *places.first()?;
                let center = if places.len() == 1 {
                    vector(first)
                } else {
                    middle(&places).unwrap_or_else(|| vector(first))
                };
                let spread = places
                    .iter()
                    .map(|place| chord_2(&vector(*place), &center).sqrt())
                    .fold(0.0, f64::max);
                longest_spread = longest_spread.max(spread);
                Some(Circle {
                    port,
                    center,
                    point: (places.len() == 1).then(|| Lambert::at(first)),
                    spread,
                })
            })
            .collect();
        Self {
            tree: RTree::bulk_load(circles),
            longest_spread,
            longest_radius_m,
        }
    }
}

fn middle(places: &[Position]) -> Option<Vector> {
    let sum = places
        .iter()
        .fold([0.0; 3], |sum, place| plus(&sum, 1.0, &vector(*place)));
    unit(&sum)
}

impl PortIndex {
    /// Every port that a way within the ellipse can lead through, in the table's order: exactly those
    /// whose distances, by the geodesic less the port's radius and the places' errors, add up to
    /// no more than the ellipse's length. Ports far outside cost nothing.
    pub fn in_ellipse(&self, ellipse: &Ellipse) -> Vec<PortInEllipse> {
        let mut inside = Vec::new();
        if ellipse.length_m.is_nan() || ellipse.length_m < 0.0 {
            return inside;
        }
        let circles = self.circles();
        let (from, to) = (vector(ellipse.from), ellipse.to.map(vector));
        let ends = (Lambert::at(ellipse.from), ellipse.to.map(Lambert::at));
        let errors_m = ellipse.from_error_m + ellipse.to_error_m;
        let most_radius_m = circles.longest_radius_m;
        // On a sphere the line from the middle of a side to the far corner is at most half as long
        // as the other two sides together, as long as these are at most half a turn; both lead to the
        // middle of a port of several places.
        let (middle, reach_m) = match ellipse.to {
            Some(to) => (
                middle(&[ellipse.from, to]),
                f64::midpoint(ellipse.length_m, errors_m) + most_radius_m,
            ),
            None => (
                Some(from),
                ellipse.length_m + ellipse.from_error_m + most_radius_m,
            ),
        };
        let angle = angle_within(reach_m);
        let near: Box<dyn Iterator<Item = &Circle>> = match middle {
            Some(middle)
                if angle + angle_of(circles.longest_spread) < std::f64::consts::FRAC_PI_2 =>
            {
                let reach = chord_of(angle) + circles.longest_spread;
                Box::new(circles.tree.locate_within_distance(middle, reach * reach))
            }
            _ => Box::new(circles.tree.iter()),
        };
        for circle in near {
            let radius_m = self.enter_radius_m(circle.port);
            if let Some(found) = self.inside(circle, ellipse, (&from, to.as_ref()), &ends, radius_m)
            {
                inside.push(found);
            }
        }
        inside.sort_unstable_by_key(|found| found.port);
        inside
    }

    fn inside(
        &self,
        circle: &Circle,
        ellipse: &Ellipse,
        (from, to): (&Vector, Option<&Vector>),
        ends: &(Lambert, Option<Lambert>),
        radius_m: f64,
    ) -> Option<PortInEllipse> {
        // The sphere says for most ports that they are outside.
        let sphere_m = |end: &Vector| {
            let chord = chord_2(end, &circle.center).sqrt();
            least_distance_m((chord - circle.spread).max(0.0))
        };
        if ellipse.least_m(sphere_m(from), to.map(sphere_m), radius_m) > ellipse.length_m {
            return None;
        }
        let exact = || {
            let from_m = self.distance_m(circle.port, ellipse.from);
            (
                from_m,
                ellipse.to.map(|to| self.distance_m(circle.port, to)),
            )
        };
        let near = circle.point.as_ref().and_then(|point| {
            let from_m = point.distance_m(&ends.0)?;
            match &ends.1 {
                None => Some((from_m, None)),
                Some(to) => Some((from_m, Some(point.distance_m(to)?))),
            }
        });
        let (from_m, to_m) = match near {
            Some((from_m, to_m)) => {
                let least_m = ellipse.least_m(from_m, to_m, radius_m);
                let doubt_m = (from_m + to_m.unwrap_or_default()) * LAMBERT_SHARE + 1.0;
                if (least_m - ellipse.length_m).abs() > doubt_m {
                    (from_m, to_m)
                } else {
                    exact()
                }
            }
            None => exact(),
        };
        (ellipse.least_m(from_m, to_m, radius_m) <= ellipse.length_m).then_some(PortInEllipse {
            port: circle.port,
            from_m,
            to_m,
        })
    }

    /// Geodesic distances from the places of an ellipse to a port, in metres: exact, where
    /// [`PortIndex::in_ellipse`] is within 2 in 100 000.
    pub fn through(&self, ellipse: &Ellipse, port: PortIx) -> PortInEllipse {
        PortInEllipse {
            port,
            from_m: self.distance_m(port, ellipse.from),
            to_m: ellipse.to.map(|to| self.distance_m(port, to)),
        }
    }
}

/// A place made ready for Lambert's formula for long lines.
///
/// Source: W. D. Lambert, "The distance between two widely separated points on the surface of the
/// earth", J. Washington Academy of Sciences 32 (1942).
#[derive(Clone, Copy, Debug)]
struct Lambert {
    place: Position,
    lon_rad: f64,
    /// Reduced latitude.
    sin: f64,
    cos: f64,
}

impl Lambert {
    fn at(place: Position) -> Self {
        let degrees = place.degrees();
        let (sin, cos) = ((1.0 - FLATTENING) * degrees.lat.to_radians().tan())
            .atan()
            .sin_cos();
        Self {
            place,
            lon_rad: degrees.lon.to_radians(),
            sin,
            cos,
        }
    }

    /// The distance in metres, within [`LAMBERT_SHARE`]; `None` where the formula is not so good.
    fn distance_m(&self, other: &Self) -> Option<f64> {
        let half_lon = ((other.lon_rad - self.lon_rad) / 2.0).sin();
        let half_cos_lat = (1.0 + self.cos * other.cos + self.sin * other.sin) / 2.0;
        // sin² of half the difference of reduced latitudes, without losing the small ones.
        let difference = self.sin * other.cos - self.cos * other.sin;
        let half_lat_2 = difference * difference / (4.0 * half_cos_lat);
        let half_2 = half_lat_2 + self.cos * other.cos * half_lon * half_lon;
        if half_2 < 1e-12 {
            return Some(distance_m(self.place, other.place));
        }
        let angle = 2.0 * half_2.min(1.0).sqrt().asin();
        if angle > LAMBERT_MOST {
            return None;
        }
        // sin²P and sin²Q for the half sum and half difference of reduced latitudes.
        let sin_q_2 = half_lat_2;
        let cos_sum = self.cos * other.cos - self.sin * other.sin;
        let sin_p_2 = (1.0 - cos_sum) / 2.0;
        let x = (angle - angle.sin()) * sin_p_2 * (1.0 - sin_q_2) / (1.0 - half_2);
        let y = (angle + angle.sin()) * (1.0 - sin_p_2) * sin_q_2 / half_2;
        Some(SEMI_MAJOR_M * (angle - FLATTENING / 2.0 * (x + y)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PortRadiusConfig;
    use landfall_track::{LonLat, Place, Port, PortSource, geodesic_distance_m};
    use proptest::prelude::*;

    fn at(lon: f64, lat: f64) -> Position {
        Position::from_degrees(LonLat { lon, lat }).unwrap()
    }

    fn place() -> impl Strategy<Value = Position> {
        (-180.0..180.0_f64, -89.0..89.0_f64).prop_map(|(lon, lat)| at(lon, lat))
    }

    fn port(places: Vec<Position>) -> Port {
        Port {
            name: "P".into(),
            locode: None,
            country: None,
            aliases: Vec::new(),
            other_codes: Vec::new(),
            place: Place::Points(places),
            harbor_size: None,
            radius_m: Some(6_000.0),
            source: PortSource::User,
            precision_m: None,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn lamberts_formula_is_as_good_as_said(from in place(), to in place()) {
            if let Some(found_m) = Lambert::at(from).distance_m(&Lambert::at(to)) {
                let exact_m = geodesic_distance_m(from, to);
                prop_assert!((found_m - exact_m).abs() <= exact_m * LAMBERT_SHARE + 1.0, "{found_m} {exact_m}");
            }
        }

        #[test]
        fn lamberts_formula_holds_nearby_too(from in place(), lon in -2.0..2.0_f64, lat in -1.0..1.0_f64) {
            let degrees = from.degrees();
            prop_assume!(degrees.lon.abs() < 178.0);
            let to = at(degrees.lon + lon, (degrees.lat + lat).clamp(-90.0, 90.0));
            let found_m = Lambert::at(from).distance_m(&Lambert::at(to)).unwrap();
            let exact_m = geodesic_distance_m(from, to);
            prop_assert!((found_m - exact_m).abs() <= exact_m * LAMBERT_SHARE + 1.0, "{found_m} {exact_m}");
        }
    }

    proptest! {
        #[test]
        fn ports_in_an_ellipse_are_those_that_every_port_measured_gives(
            places in prop::collection::vec(prop::collection::vec(place(), 1..3), 1..40),
            from in place(), to in prop::option::of(place()),
            detour_m in 0.0..9e6_f64, error_m in 0.0..20_000.0_f64,
        ) {
            let index = PortIndex::new(places.into_iter().map(port).collect(), &PortRadiusConfig::default());
            let straight_m = to.map_or(0.0, |to| geodesic_distance_m(from, to));
            let ellipse = Ellipse { from, to, from_error_m: error_m, to_error_m: error_m / 2.0, length_m: straight_m + detour_m };
            let wanted: Vec<PortIx> = (0..index.ports().len() as u32).map(PortIx).filter(|port| {
                let through = index.through(&ellipse, *port);
                ellipse.least_m(through.from_m, through.to_m, index.enter_radius_m(*port)) <= ellipse.length_m
            }).collect();
            let found: Vec<PortIx> = index.in_ellipse(&ellipse).iter().map(|found| found.port).collect();
            prop_assert_eq!(found, wanted);
        }
    }

    #[test]
    fn najin_is_in_the_ellipse_of_a_day_and_out_of_that_of_six_hours() {
        let index = PortIndex::new(
            vec![port(vec![at(130.3, 42.2333)])],
            &PortRadiusConfig::default(),
        );
        let vostochny = at(133.0833, 42.75);
        let ellipse = |hours: f64| Ellipse {
            from: vostochny,
            to: Some(vostochny),
            from_error_m: 1_000.0,
            to_error_m: 1_000.0,
            length_m: hours * 25.0 * 1852.0,
        };
        assert_eq!(index.in_ellipse(&ellipse(24.0)).len(), 1);
        assert!(index.in_ellipse(&ellipse(6.0)).is_empty());
        assert!(index.in_ellipse(&ellipse(f64::NAN)).is_empty());
    }
}
