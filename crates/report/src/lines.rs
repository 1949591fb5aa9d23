//! Lines are what is drawn of a path: its parts between gaps, cut at the antimeridian.
//!
//! RFC 7946, section 3.1.9, asks for the cut; section 3.1.1 makes a line between two positions
//! straight in longitude and latitude. So the cut lies where that straight line meets the
//! antimeridian, latitude and time in proportion, and the drawn line is the same as without it.
//! The geodesic would cross elsewhere only where two vertices are far apart.
//!
//! Between two vertices the path takes the shorter way round. A step over a pole is therefore drawn
//! along the parallel: valid, no segment is longer than 180 degrees of longitude, but not her way.

use landfall_track::{Position, Timestamp, Vertex};
use std::borrow::Cow;

/// Half a turn and a whole one in 1e-7 degrees.
const HALF_TURN: i64 = 1_800_000_000;
const TURN: i64 = 2 * HALF_TURN;

/// A vertex of a line, and when the vessel was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinePoint {
    /// Where. On the antimeridian the longitude has the sign of the side on which the line lies.
    pub position: Position,
    /// When; at a cut in proportion to the way between its neighbours.
    pub time: Timestamp,
}

/// The parts of a path that can be drawn, each of two vertices or more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    points: Vec<LinePoint>,
    /// Where each finished part ends in `points`.
    ends: Vec<usize>,
}

/// What becomes of a part whose vertices all lie at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AtOnePlace {
    /// It is left out: tools take a line without length for damaged.
    Drop,
    /// It is kept, for that there was no way is what it says.
    Keep,
}

/// A vertex with its longitude counted on beyond 180 degrees, so that a path is without a seam.
#[derive(Clone, Copy)]
struct Unwrapped {
    lon_e7: i64,
    lat_e7: i32,
    time: Timestamp,
}

/// A part of a path without a gap, while it is traced.
struct Stretch {
    /// Where its points begin.
    start: usize,
    first: Position,
    /// The last vertex's place, and the same unwrapped.
    before: Position,
    last: Unwrapped,
    /// The turn in which the part lies; not known as long as all is on the antimeridian, for that is
    /// the edge of two.
    turn: Option<i64>,
    has_moved: bool,
}

impl Lines {
    /// The parts in order, each of two points or more.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = &[LinePoint]> {
        (0..self.ends.len()).map(|part| {
            let start = part.checked_sub(1).map_or(0, |before| self.ends[before]);
            &self.points[start..self.ends[part]]
        })
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The lines of a path, as [`Lines::trace_pieces`] makes them.
    pub fn of(path: &[Vertex]) -> Self {
        let mut lines = Self::default();
        lines.trace(path, AtOnePlace::Drop);
        lines
    }

    /// Replaces these lines by those of a path, which comes in pieces. The path is broken before every
    /// vertex that comes after a gap; a part of one vertex, or all at one place, is left out.
    ///
    /// # Errors
    /// That of a piece that cannot be had.
    pub fn trace_pieces<'v, E>(
        &mut self,
        pieces: impl IntoIterator<Item = Result<Cow<'v, [Vertex]>, E>>,
    ) -> Result<(), E> {
        self.clear();
        let mut stretch = None;
        for piece in pieces {
            self.add(&piece?, &mut stretch, AtOnePlace::Drop);
        }
        self.end_stretch(stretch, AtOnePlace::Drop);
        Ok(())
    }

    /// The same for a path in one piece.
    pub(crate) fn trace(&mut self, path: &[Vertex], at_one_place: AtOnePlace) {
        self.clear();
        let mut stretch = None;
        self.add(path, &mut stretch, at_one_place);
        self.end_stretch(stretch, at_one_place);
    }

    fn clear(&mut self) {
        self.points.clear();
        self.ends.clear();
    }

    /// Adds the next vertices of a path, of which `stretch` is under way.
    fn add(&mut self, path: &[Vertex], stretch: &mut Option<Stretch>, at_one_place: AtOnePlace) {
        for vertex in path {
            match stretch {
                Some(stretch) if !vertex.after_gap => self.go_on(stretch, vertex),
                _ => {
                    self.end_stretch(stretch.take(), at_one_place);
                    *stretch = Some(self.begin_stretch(vertex));
                }
            }
        }
    }

    /// Begins a stretch without a gap.
    fn begin_stretch(&mut self, first: &Vertex) -> Stretch {
        let start = self.points.len();
        let last = Unwrapped {
            lon_e7: i64::from(first.position.lon_e7),
            lat_e7: first.position.lat_e7,
            time: first.time,
        };
        let turn = turn_of(last.lon_e7);
        self.push(last, turn.unwrap_or(0));
        Stretch {
            start,
            first: first.position,
            before: first.position,
            last,
            turn,
            has_moved: false,
        }
    }

    fn go_on(&mut self, stretch: &mut Stretch, vertex: &Vertex) {
        let last = stretch.last;
        let next = Unwrapped {
            lon_e7: last.lon_e7 + stretch.before.lon_difference_e7(vertex.position),
            lat_e7: vertex.position.lat_e7,
            time: vertex.time,
        };
        stretch.turn = match stretch.turn {
            None => self.settle_side(turn_of(next.lon_e7)),
            Some(turn) => Some(self.cross(last, next, turn)),
        };
        self.push(next, stretch.turn.unwrap_or(0));
        (stretch.last, stretch.before) = (next, vertex.position);
        stretch.has_moved |= !same_place(vertex.position, stretch.first);
    }

    /// Ends a stretch; what cannot be drawn of it goes.
    fn end_stretch(&mut self, stretch: Option<Stretch>, at_one_place: AtOnePlace) {
        let Some(stretch) = stretch else {
            return;
        };
        let is_kept = stretch.has_moved || at_one_place == AtOnePlace::Keep;
        if is_kept && self.points.len() > stretch.start + 1 {
            self.ends.push(self.points.len());
        } else {
            // One that never moved crossed nothing: all its points are in one part.
            self.points.truncate(stretch.start);
        }
    }

    /// If `next` lies beyond the edge of the part's turn, ends the part there and begins another.
    /// Returns the turn in which `next` lies.
    fn cross(&mut self, last: Unwrapped, next: Unwrapped, turn: i64) -> i64 {
        let middle = turn * TURN;
        let (edge, beyond) = if next.lon_e7 > middle + HALF_TURN {
            (middle + HALF_TURN, turn + 1)
        } else if next.lon_e7 < middle - HALF_TURN {
            (middle - HALF_TURN, turn - 1)
        } else {
            return turn;
        };
        let cut = cut_at(last, next, edge);
        if last.lon_e7 != edge {
            self.push(cut, turn);
        }
        self.ends.push(self.points.len());
        self.push(cut, beyond);
        beyond
    }

    /// Puts the points so far, all of them on the antimeridian, on the side on which the part goes
    /// on.
    fn settle_side(&mut self, turn: Option<i64>) -> Option<i64> {
        if let Some(turn) = turn {
            let start = self.ends.last().copied().unwrap_or(0);
            for point in &mut self.points[start..] {
                let lon_e7 = i64::from(point.position.lon_e7) - turn * TURN;
                point.position.lon_e7 = lon_e7 as i32;
            }
        }
        turn
    }

    fn push(&mut self, point: Unwrapped, turn: i64) {
        self.points.push(LinePoint {
            position: Position {
                lat_e7: point.lat_e7,
                // Within half a turn of the turn's middle, so within an i32.
                lon_e7: (point.lon_e7 - turn * TURN) as i32,
            },
            time: point.time,
        });
    }
}

/// Which turn around the globe a longitude lies in: 0 between -180 and 180 degrees; `None` on the
/// edge between two.
fn turn_of(lon_e7: i64) -> Option<i64> {
    let from_edge = lon_e7 + HALF_TURN;
    (from_edge.rem_euclid(TURN) != 0).then(|| from_edge.div_euclid(TURN))
}

/// Where and when the straight line from `last` to `next` meets a longitude between theirs.
fn cut_at(last: Unwrapped, next: Unwrapped, lon_e7: i64) -> Unwrapped {
    let part = i128::from(lon_e7 - last.lon_e7).abs();
    let whole = i128::from(next.lon_e7 - last.lon_e7).abs().max(1);
    // To the nearest unit; both lie between their ends, so they fit where those did.
    let between = |from: i64, to: i64| {
        let step = i128::from(to - from) * part;
        let rounded = (2 * step + whole).div_euclid(2 * whole);
        from + rounded as i64
    };
    Unwrapped {
        lon_e7,
        lat_e7: between(i64::from(last.lat_e7), i64::from(next.lat_e7)) as i32,
        time: last
            .time
            .shifted(between(0, next.time.millis_since(last.time))),
    }
}

/// Whether two positions are one place: 180 east is 180 west.
fn same_place(a: Position, b: Position) -> bool {
    a.lat_e7 == b.lat_e7 && a.lon_difference_e7(b) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::LonLat;
    use proptest::prelude::*;

    fn at(lon: f64, lat: f64) -> Position {
        Position::from_degrees(LonLat { lon, lat }).unwrap()
    }

    /// A path with ten minutes from vertex to vertex.
    fn path(places: &[(f64, f64)]) -> Vec<Vertex> {
        (0..)
            .zip(places)
            .map(|(number, &(lon, lat))| Vertex {
                time: Timestamp::from_seconds(600 * number).unwrap(),
                position: at(lon, lat),
                after_gap: false,
            })
            .collect()
    }

    /// The lines of a path, which are the same however it is cut into pieces.
    fn traced(path: &[Vertex]) -> Lines {
        let lines = Lines::of(path);
        for length in 1..=path.len() {
            let pieces = path.chunks(length).map(|piece| Ok(Cow::Borrowed(piece)));
            let mut same = Lines::default();
            let traced: Result<(), std::convert::Infallible> = same.trace_pieces(pieces);
            assert!(traced.is_ok() && same == lines);
        }
        lines
    }

    /// The parts as text, `lon lat seconds` for every point.
    fn text(path: &[Vertex]) -> Vec<String> {
        traced(path)
            .parts()
            .map(|part| {
                let points: Vec<String> = part
                    .iter()
                    .map(|point| {
                        let place = point.position.degrees();
                        format!("{} {} {}", place.lon, place.lat, point.time.as_seconds())
                    })
                    .collect();
                points.join(", ")
            })
            .collect()
    }

    #[test]
    fn a_path_across_the_antimeridian_is_cut_with_latitude_and_time_in_proportion() {
        assert_eq!(
            text(&path(&[(179.0, 10.0), (-179.0, 20.0)])),
            ["179 10 0, 180 15 300", "-180 15 300, -179 20 600"]
        );
        assert_eq!(
            text(&path(&[(-179.5, 0.0), (178.5, -4.0)])),
            ["-179.5 0 0, -180 -1 150", "180 -1 150, 178.5 -4 600"]
        );
    }

    #[test]
    fn a_vertex_on_the_antimeridian_ends_one_part_and_begins_the_next() {
        for edge in [180.0, -180.0] {
            assert_eq!(
                text(&path(&[(179.0, 0.0), (edge, 1.0), (-179.0, 2.0)])),
                ["179 0 0, 180 1 600", "-180 1 600, -179 2 1200"]
            );
        }
    }

    #[test]
    fn a_path_that_only_touches_the_antimeridian_is_not_cut() {
        for edge in [180.0, -180.0] {
            assert_eq!(
                text(&path(&[(-179.0, 0.0), (edge, 1.0), (-179.0, 2.0)])),
                ["-179 0 0, -180 1 600, -179 2 1200"]
            );
        }
    }

    #[test]
    fn a_path_along_the_antimeridian_lies_on_the_side_to_which_it_leaves() {
        assert_eq!(
            text(&path(&[
                (180.0, 0.0),
                (-180.0, 1.0),
                (180.0, 2.0),
                (-179.0, 3.0)
            ])),
            ["-180 0 0, -180 1 600, -180 2 1200, -179 3 1800"]
        );
        assert_eq!(
            text(&path(&[(-180.0, 0.0), (180.0, 1.0)])),
            ["-180 0 0, -180 1 600"]
        );
    }

    #[test]
    fn a_ship_that_sails_to_and_fro_over_the_antimeridian_leaves_a_part_for_each_crossing() {
        let places = [(179.9, 0.0), (-179.9, 0.0), (179.9, 0.0), (-179.9, 0.0)];
        assert_eq!(text(&path(&places)).len(), 4);
    }

    #[test]
    fn a_gap_breaks_the_path_and_a_report_alone_between_two_is_dropped() {
        let mut vertices = path(&[(1.0, 1.0), (2.0, 1.0), (3.0, 1.0), (4.0, 1.0), (5.0, 1.0)]);
        vertices[0].after_gap = true;
        vertices[2].after_gap = true;
        vertices[3].after_gap = true;
        assert_eq!(text(&vertices), ["1 1 0, 2 1 600", "4 1 1800, 5 1 2400"]);
    }

    #[test]
    fn what_has_no_length_is_no_line_unless_that_is_what_it_says() {
        let still = path(&[(180.0, 1.0), (-180.0, 1.0)]);
        assert!(traced(&still).is_empty());
        assert!(traced(&still[..1]).is_empty());
        assert!(traced(&[]).is_empty());
        let mut lines = Lines::default();
        lines.trace(&still, AtOnePlace::Keep);
        assert_eq!(lines.parts().len(), 1);
    }

    #[test]
    fn a_step_over_the_pole_stays_within_half_a_turn() {
        assert_eq!(
            text(&path(&[(-30.0, 89.0), (150.0, 89.0), (-120.0, 90.0)])),
            [
                "-30 89 0, 150 89 600, 180 89.3333333 800",
                "-180 89.3333333 800, -120 90 1200"
            ]
        );
    }

    #[test]
    fn the_longest_possible_step_in_time_and_space_does_not_overflow() {
        let ends = [
            (Timestamp::MIN, at(179.999_999_9, -90.0)),
            (Timestamp::MAX, at(-0.000_000_2, 90.0)),
        ];
        let vertices = ends.map(|(time, position)| Vertex {
            time,
            position,
            after_gap: false,
        });
        assert_eq!(traced(&vertices).parts().len(), 2);
    }

    fn any_vertex() -> impl Strategy<Value = (i32, i32, i64, bool)> {
        let near_edge = prop_oneof![
            Just(1_800_000_000),
            Just(-1_800_000_000),
            Just(0),
            1_799_999_990..=1_800_000_000,
            -1_800_000_000..=-1_799_999_990,
            -1_800_000_000..=1_800_000_000,
        ];
        let latitude = prop_oneof![Just(0), -900_000_000..=900_000_000];
        let is_after_gap = proptest::bool::weighted(0.2);
        (near_edge, latitude, 0..100_000_i64, is_after_gap)
    }

    proptest! {
        #[test]
        fn every_vertex_is_drawn_once_and_no_line_is_longer_than_the_way(
            raw in proptest::collection::vec(any_vertex(), 0..40)
        ) {
            let mut time = Timestamp::default();
            let vertices: Vec<Vertex> = raw
                .into_iter()
                .map(|(lon_e7, lat_e7, millis, after_gap)| {
                    time = time.shifted(millis);
                    Vertex { time, position: Position { lat_e7, lon_e7 }, after_gap }
                })
                .collect();
            // Stretches between gaps that have an extent: what must be drawn.
            let mut stretches: Vec<Vec<Vertex>> = Vec::new();
            for vertex in &vertices {
                match stretches.last_mut() {
                    Some(stretch) if !vertex.after_gap => stretch.push(*vertex),
                    _ => stretches.push(vec![*vertex]),
                }
            }
            stretches.retain(|stretch| {
                stretch.iter().any(|vertex| !same_place(vertex.position, stretch[0].position))
            });

            let lines = traced(&vertices);
            let (mut drawn_e7, mut before) = (0, Timestamp::MIN);
            let mut points = Vec::new();
            for part in lines.parts() {
                prop_assert!(part.len() >= 2);
                for point in part {
                    prop_assert!((-1_800_000_000..=1_800_000_000).contains(&point.position.lon_e7));
                    prop_assert!((-900_000_000..=900_000_000).contains(&point.position.lat_e7));
                    prop_assert!(point.time >= before);
                    before = point.time;
                    points.push(*point);
                }
                for step in part.windows(2) {
                    let east = i64::from(step[1].position.lon_e7) - i64::from(step[0].position.lon_e7);
                    prop_assert!(east.abs() <= HALF_TURN);
                    drawn_e7 += east.abs();
                }
            }
            let sailed_e7: i64 = stretches
                .iter()
                .flat_map(|stretch| stretch.windows(2))
                .map(|step| step[0].position.lon_difference_e7(step[1].position).abs())
                .sum();
            prop_assert_eq!(drawn_e7, sailed_e7);

            let mut awaited = stretches.into_iter().flatten().peekable();
            for point in points {
                let is_next = awaited.peek().is_some_and(|vertex| {
                    vertex.time == point.time && same_place(vertex.position, point.position)
                });
                if is_next {
                    awaited.next();
                } else {
                    prop_assert_eq!(point.position.lon_e7.abs(), 1_800_000_000, "only cuts are added");
                }
            }
            prop_assert!(awaited.next().is_none());
        }
    }
}
