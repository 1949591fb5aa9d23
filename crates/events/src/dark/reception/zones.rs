//! The zones of a gap: near her last position, near her next, and on the way between.

use super::cell::{Cell, cells_near};
use landfall_track::{Gap, LonLat, Position, UnitVector};

/// So far apart, in radians, are positions looked at on the way: 25 km, less than the finest cells
/// are wide anywhere below latitude 86.
const STEP_RAD: f64 = 25_000.0 / 6_371_009.0;
/// On a longer way they are farther apart, so that no more than these are looked at.
const STEPS: f64 = 65.0;

/// Cells of one size, each once, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Zone {
    pub(super) cells: Vec<Cell>,
    /// How many of the finest cells a ship that passes through comes to, about.
    pub(super) across: u32,
}

impl Zone {
    /// The cells, `2^shift` as high as the finest, so near to a position.
    pub(super) fn near(position: Position, near_m: f64, shift: u32) -> Self {
        let mut cells = Vec::with_capacity(12);
        let rows = cells_near(position, near_m, shift, &mut cells);
        cells.sort_unstable();
        Self {
            cells,
            across: rows << shift,
        }
    }

    fn without(mut self, other: &Zone) -> Self {
        self.cells
            .retain(|cell| other.cells.binary_search(cell).is_err());
        self
    }
}

/// The places that a gap's zones are made of, whatever the size of cells.
#[derive(Debug)]
pub(super) struct GapPlaces {
    last: Position,
    next: Option<Position>,
    on_the_way: Vec<Cell>,
}

impl GapPlaces {
    /// A gap's.
    pub(super) fn of(gap: &Gap) -> Self {
        let (last, next) = (gap.before.position, gap.after.map(|after| after.position));
        Self {
            last,
            next,
            on_the_way: next
                .map(|next| finest_between(last, next))
                .unwrap_or_default(),
        }
    }

    /// Near last, near next and on the way, in cells `2^shift` as high as the finest. A cell
    /// is in the first zone that it belongs to.
    pub(super) fn zones(&self, near_m: f64, shift: u32) -> [Zone; 3] {
        let last = Zone::near(self.last, near_m, shift);
        let next = self.next.map_or_else(Zone::default, |next| {
            Zone::near(next, near_m, shift).without(&last)
        });
        let mut cells: Vec<Cell> = self
            .on_the_way
            .iter()
            .map(|cell| cell.coarsened(shift))
            .collect();
        cells.sort_unstable();
        cells.dedup();
        // Ships on the same way come through all of it.
        let across = (cells.len() as u32) << shift;
        let way = Zone { cells, across }.without(&last).without(&next);
        [last, next, way]
    }
}

/// The finest cells on the great circle between two positions, as it is on a sphere: for cells of
/// half a degree that is near enough.
fn finest_between(from: Position, to: Position) -> Vec<Cell> {
    let (a, b) = (UnitVector::from(from), UnitVector::from(to));
    let chord = ((a.x - b.x).powi(2) + (a.y - b.y).powi(2) + (a.z - b.z).powi(2)).sqrt();
    let angle = 2.0 * (chord / 2.0).min(1.0).asin();
    let sine = angle.sin();
    // The same place, or opposite ones, between which all ways are great circles.
    if sine < 1e-9 {
        return Vec::new();
    }
    let steps = (angle / STEP_RAD).ceil().min(STEPS);
    let step = angle / steps;
    let (near_a, near_b) = ((angle - step).sin() / sine, step.sin() / sine);
    let mut before = a;
    let mut here = UnitVector {
        x: near_a * a.x + near_b * b.x,
        y: near_a * a.y + near_b * b.y,
        z: near_a * a.z + near_b * b.z,
    };
    // Steps of one length round a circle: each is the one before times twice the cosine of the
    // step, less the one before that.
    let twice = 2.0 * step.cos();
    let mut cells = Vec::with_capacity(steps as usize);
    for _ in 1..steps as u32 {
        let place = LonLat {
            lon: here.y.atan2(here.x).to_degrees(),
            lat: here.z.atan2(here.x.hypot(here.y)).to_degrees(),
        };
        cells.push(Cell::of(Position::from_degrees(place).unwrap_or(from)));
        let next = UnitVector {
            x: twice * here.x - before.x,
            y: twice * here.y - before.y,
            z: twice * here.z - before.z,
        };
        (before, here) = (here, next);
    }
    cells.dedup();
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{ReportRef, SourceRow, Timestamp, interpolate};

    fn at(lon: f64, lat: f64) -> Position {
        Position::from_degrees(LonLat { lon, lat }).unwrap()
    }

    fn gap(from: Position, to: Option<Position>) -> Gap {
        let report = |position| ReportRef {
            time: Timestamp::default(),
            position,
            source: SourceRow::default(),
        };
        Gap {
            before: report(from),
            after: to.map(report),
            reports_before: 0,
            distance_m: None,
            implied_speed_knots: None,
            port: None,
            kind: landfall_track::GapKind::Silence,
            without_position: None,
            silent_ms: 0,
        }
    }

    #[test]
    fn zones_share_no_cell_and_hold_the_geodesic_between() {
        let (from, to) = (at(178.0, 40.3), at(-176.0, 46.8));
        for shift in 0..4 {
            let zones = GapPlaces::of(&gap(from, Some(to))).zones(50_000.0, shift);
            let mut all: Vec<Cell> = zones.iter().flat_map(|zone| zone.cells.clone()).collect();
            for step in 0..=10 {
                let middle = interpolate(from, to, f64::from(step) / 10.0);
                assert!(all.contains(&Cell::of(middle).coarsened(shift)), "{step}");
            }
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count);
            assert!(shift == 3 || zones.iter().all(|zone| !zone.cells.is_empty()));
        }
    }

    #[test]
    fn of_an_open_gap_and_of_one_that_ends_where_it_began_only_the_last_place_counts() {
        let here = at(12.0, 55.0);
        for to in [None, Some(here)] {
            let [last, next, way] = GapPlaces::of(&gap(here, to)).zones(50_000.0, 0);
            assert!(!last.cells.is_empty());
            assert!(next.cells.is_empty() && way.cells.is_empty());
        }
    }

    #[test]
    fn half_way_round_the_world_the_way_is_looked_at_64_times_at_most() {
        let way = finest_between(at(-90.0, 1.0), at(89.0, 0.0));
        assert!((50..=64).contains(&way.len()), "{}", way.len());
        let last = way.last().map(|cell| cell.bounds_e7().0.degrees());
        assert!(
            last.is_some_and(|corner| (86.0..89.0).contains(&corner.lon)),
            "{last:?}"
        );
        assert_eq!(finest_between(at(0.0, 90.0), at(0.0, -90.0)), []);
    }
}
