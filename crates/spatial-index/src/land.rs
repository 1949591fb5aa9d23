//! Land is what lies on the right of a coastline of Natural Earth, of the sea at 1:10 million and of
//! the Great Lakes of North America at 1:50 million: whether a place is on it, how far it is from the
//! water, and whether a line crosses it.
//!
//! Known limits, which are the source's: it generalises (a coast may be a kilometre off, that of the
//! Great Lakes further, and quays, berths and whole harbours lie on its land), and it closes some
//! straits. Rivers and lakes are land, all but the Caspian Sea, the Great Lakes and Lake St Clair.
//! What follows from that for ways by water is in [`SeaWays`](crate::SeaWays).

use crate::element::{Vector, angle_within, chord_2, chord_of, vector};
use crate::land_rings::{BadWaterData, Rings};
use crate::land_sphere::{Arc as GreatCircle, MEAN_RADIUS_M, plus, position};
use crate::land_tree::CoastTree;
use landfall_track::{Position, distance_m, interpolate};
use std::sync::{Arc, LazyLock};

pub(crate) const BUNDLED: &[u8] = include_bytes!("../../../data/land.bin");

/// The bundled coast as it is stored: in the form of `data/land.bin`, for what draws land.
pub fn bundled_coast() -> &'static [u8] {
    BUNDLED
}

const ROWS: i32 = 180;
const COLUMNS: i32 = 360;
/// Within each square degree one place is known to be land or water: this far from its south-west
/// corner, in 1e-7 degrees. No point of the coast has such a longitude or latitude, since those are
/// whole 1e-4 degrees.
const KNOWN_E7: i64 = 5_000_370;
const DEGREE_E7: i64 = 10_000_000;
/// How far off the coast the nearest water is taken to be, in metres: the first that is no land.
const OFF_COAST_M: [f64; 4] = [30.0, 10.0, 3.0, 1.0];

/// The land of the earth. Immutable, and can be shared between threads; it holds some 15 MB.
pub struct Land {
    pub(crate) coast: CoastTree,
    /// One bit for each square degree: whether its known place is land.
    known: Vec<u64>,
}

impl Land {
    /// The bundled land: Natural Earth 1:10m with lakes of its 1:50m, public domain. Decoding takes
    /// some tens of milliseconds.
    ///
    /// # Errors
    ///
    /// None that is not a fault of the build: the bytes are part of the program.
    pub fn bundled() -> Result<Self, BadWaterData> {
        Self::decode(BUNDLED)
    }

    /// The bundled land, decoded at the first call and then shared.
    ///
    /// # Errors
    ///
    /// As [`Land::bundled`].
    pub fn shared() -> Result<Arc<Self>, BadWaterData> {
        static SHARED: LazyLock<Result<Arc<Land>, BadWaterData>> =
            LazyLock::new(|| Ok(Arc::new(Land::bundled()?)));
        SHARED.clone()
    }

    /// Land in the form of `data/land.bin`.
    ///
    /// # Errors
    ///
    /// If the bytes are not of that form.
    pub fn decode(bytes: &[u8]) -> Result<Self, BadWaterData> {
        let rings = Rings::decode(bytes)?;
        let known = known_places(&rings);
        Ok(Self {
            coast: CoastTree::new(rings),
            known,
        })
    }

    /// Whether `position` is on land.
    ///
    /// Many a real berth is: to ask whether a report is wrong, use [`Land::is_land_beyond`].
    pub fn is_land(&self, position: Position) -> bool {
        self.holds(&vector(position))
    }

    pub(crate) fn holds(&self, at: &Vector) -> bool {
        let (number, known) = known_place(position(at));
        let here = (self.known[number / 64] >> (number % 64)) & 1 == 1;
        let crossed =
            GreatCircle::new(at, &vector(known)).map_or(0, |arc| self.coast.crossings(&arc).len());
        here != (crossed % 2 == 1)
    }

    /// Whether `position` is on land and further than `tolerance_m` metres from the water.
    pub fn is_land_beyond(&self, position: Position, tolerance_m: f64) -> bool {
        self.is_land(position)
            && self
                .coast_within(position, tolerance_m)
                .is_none_or(|(_, coast)| distance_m(position, coast) > tolerance_m)
    }

    /// The distance to the nearest coast in metres, on land as at sea; `None` if it is longer than
    /// `within_m`.
    pub fn distance_to_coast_m(&self, position: Position, within_m: f64) -> Option<f64> {
        let (_, coast) = self.coast_within(position, within_m)?;
        Some(distance_m(position, coast)).filter(|distance_m| *distance_m <= within_m)
    }

    fn coast_within(&self, from: Position, within_m: f64) -> Option<(u32, Position)> {
        let chord = chord_of(angle_within(within_m.max(0.0)));
        let (edge, at, _) = self.coast.nearest(&vector(from), chord)?;
        Some((edge, position(&at)))
    }

    /// Whether the great circle from one position to the other crosses a coast. A line that lies
    /// on land from end to end crosses none.
    pub fn crosses(&self, from: Position, to: Position) -> bool {
        !self.sees(&vector(from), &vector(to))
    }

    /// Whether no coast lies between two places. Opposite places do not see each other.
    pub(crate) fn sees(&self, from: &Vector, to: &Vector) -> bool {
        match GreatCircle::new(from, to) {
            Some(arc) => !self.coast.crosses(&arc),
            // The same place, or the opposite one.
            None => chord_2(from, to) < 1.0,
        }
    }

    /// The widest water that the straight line from one position to another some kilometres off crosses from
    /// shore to shore, in metres, to within 100 m; an end at sea no more than `shore_m` from the coast counts
    /// as a shore. 0 if it crosses none.
    pub fn widest_water_m(&self, from: Position, to: Position, shore_m: f64) -> f64 {
        const STEP_M: f64 = 100.0;
        let steps = (distance_m(from, to) / STEP_M).ceil().max(1.0);
        let is_shore = |end: Position| self.distance_to_coast_m(end, shore_m).is_some();
        let (mut widest_m, mut run_m) = (0.0_f64, None);
        if is_shore(from) {
            run_m = Some(0.0);
        }
        for step in 1..=steps as u64 {
            let share = step as f64 / steps;
            let here = interpolate(from, to, share);
            if self.is_land(here) {
                widest_m = widest_m.max(run_m.unwrap_or(0.0));
                run_m = Some(0.0);
            } else if let Some(run_m) = &mut run_m {
                *run_m += STEP_M;
            }
        }
        if is_shore(to) {
            widest_m = widest_m.max(run_m.unwrap_or(0.0));
        }
        widest_m
    }

    /// The water nearest to `position`: itself if it is no land, otherwise a place some metres off
    /// the nearest coast; `None` if that is further than `within_m` metres.
    pub fn nearest_water(&self, from: Position, within_m: f64) -> Option<Position> {
        if !self.is_land(from) {
            return Some(from);
        }
        let (edge, coast) = self.coast_within(from, within_m)?;
        if distance_m(from, coast) > within_m {
            return None;
        }
        self.off_coast(edge, &vector(coast)).map(|at| position(&at))
    }

    /// A place at sea, some metres off a place on an edge of the coast.
    pub(crate) fn off_coast(&self, edge: u32, coast: &Vector) -> Option<Vector> {
        let seaward = self.coast.seaward(edge)?;
        OFF_COAST_M
            .iter()
            .map(|off_m| plus(coast, off_m / MEAN_RADIUS_M, &seaward))
            .find(|at| !self.holds(at))
    }
}

/// The number of the square degree in which a position is, and its known place.
fn known_place(position: Position) -> (usize, Position) {
    let row =
        ((i64::from(position.lat_e7) + 900_000_000) / DEGREE_E7).clamp(0, i64::from(ROWS) - 1);
    let column =
        ((i64::from(position.lon_e7) + 1_800_000_000) / DEGREE_E7).clamp(0, i64::from(COLUMNS) - 1);
    let known = Position {
        lat_e7: (row * DEGREE_E7 - 900_000_000 + KNOWN_E7) as i32,
        lon_e7: (column * DEGREE_E7 - 1_800_000_000 + KNOWN_E7) as i32,
    };
    ((row * i64::from(COLUMNS) + column) as usize, known)
}

/// Which known places are land: down each meridian from the north pole, which is water, every coast
/// changes one for the other.
fn known_places(rings: &Rings) -> Vec<u64> {
    let mut coasts: Vec<Vec<f64>> = vec![Vec::new(); COLUMNS as usize];
    for ends in rings.starts.windows(2) {
        let ring = &rings.positions[ends[0] as usize..ends[1] as usize];
        for edge in ring.windows(2) {
            let from = i64::from(edge[0].lon_e7) + 1_800_000_000 - KNOWN_E7;
            let east = edge[0].lon_difference_e7(edge[1]);
            let to = from + east;
            // Meridian k lies between the ends if one of them is below k degrees and the other not.
            for k in from.min(to).div_euclid(DEGREE_E7) + 1..=from.max(to).div_euclid(DEGREE_E7) {
                let along = (k * DEGREE_E7 - from) as f64 / east as f64;
                let [south, north] = [edge[0], edge[1]].map(|end| f64::from(end.lat_e7));
                coasts[k.rem_euclid(i64::from(COLUMNS)) as usize]
                    .push(south + along * (north - south));
            }
        }
    }
    let mut known = vec![0_u64; (ROWS * COLUMNS) as usize / 64 + 1];
    for (column, lats) in coasts.iter_mut().enumerate() {
        lats.sort_unstable_by(f64::total_cmp);
        for row in 0..ROWS {
            let lat = (i64::from(row) * DEGREE_E7 - 900_000_000 + KNOWN_E7) as f64;
            let north = lats.len() - lats.partition_point(|coast| *coast < lat);
            if north % 2 == 1 {
                let number = (row * COLUMNS) as usize + column;
                known[number / 64] |= 1 << (number % 64);
            }
        }
    }
    known
}

impl std::fmt::Debug for Land {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Land")
            .field("points", &self.coast.points.len())
            .finish_non_exhaustive()
    }
}

/// A place from degrees, for messages and tests.
#[cfg(test)]
pub(crate) fn at(lon: f64, lat: f64) -> Position {
    Position::from_degrees(landfall_track::LonLat { lon, lat }).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static LAND: LazyLock<Land> = LazyLock::new(|| Land::bundled().unwrap());

    #[test]
    fn inland_is_land_and_the_sea_is_not() {
        for (lon, lat) in [
            (37.6, 55.75),
            (-100.0, 40.0),
            (178.5, 66.5),
            (-179.0, 66.5),
            (0.0, -89.0),
            (177.95, -17.8),
        ] {
            assert!(LAND.is_land(at(lon, lat)), "{lon} {lat}");
        }
        for (lon, lat) in [
            (0.0, 90.0),
            (-30.0, 30.0),
            (180.0, 0.0),
            (-180.0, 70.0),
            (51.0, 42.0),
            (131.0, 41.5),
            (20.0, -60.0),
        ] {
            assert!(!LAND.is_land(at(lon, lat)), "{lon} {lat}");
        }
    }

    #[test]
    fn the_great_lakes_are_water_and_their_islands_and_shores_are_not() {
        for (lake, lon, lat) in [
            ("Superior", -87.5, 47.8),
            ("Michigan", -87.0, 43.5),
            ("Green Bay", -87.6, 45.0),
            ("Straits of Mackinac", -84.73, 45.83),
            ("Huron", -82.4, 44.6),
            ("Georgian Bay", -80.8, 45.2),
            ("Saint Clair", -82.7, 42.5),
            ("Erie", -81.0, 42.3),
            ("Ontario", -78.0, 43.6),
        ] {
            assert!(!LAND.is_land(at(lon, lat)), "{lake}");
        }
        for (place, lon, lat) in [
            ("farmland west of Chicago", -89.0, 41.8),
            ("Isle Royale", -88.85, 48.0),
            ("Manitoulin Island", -82.3, 45.75),
            ("Michigan, inland", -84.7, 43.5),
            ("Ontario, inland", -80.9, 43.5),
            ("by the Niagara Falls", -79.4, 43.05),
        ] {
            assert!(LAND.is_land(at(lon, lat)), "{place}");
        }
    }

    #[test]
    fn ports_of_primorye_are_on_land_but_not_far_from_water() {
        let vostochny = at(133.0833, 42.75);
        assert!(LAND.is_land(vostochny));
        assert!(!LAND.is_land_beyond(vostochny, 5_000.0));
        let water = LAND.nearest_water(vostochny, 50_000.0).unwrap();
        assert!(!LAND.is_land(water));
        assert!(distance_m(vostochny, water) < 5_000.0);
        assert_eq!(LAND.nearest_water(at(100.0, 50.0), 50_000.0), None);
    }

    #[test]
    fn korea_lies_between_the_yellow_sea_and_the_sea_of_japan() {
        assert!(LAND.crosses(at(125.0, 37.0), at(130.5, 37.0)));
        assert!(!LAND.crosses(at(179.0, 10.0), at(-179.0, 10.0)));
        assert!(!LAND.crosses(at(130.3, 42.1), at(132.0, 42.0)));
    }

    #[test]
    fn the_coast_is_as_far_as_it_is() {
        // Cape Point is some 60 km south of here.
        let off_m = LAND
            .distance_to_coast_m(at(18.5, -35.0), 200_000.0)
            .unwrap();
        assert!((60_000.0..75_000.0).contains(&off_m), "{off_m}");
        assert_eq!(LAND.distance_to_coast_m(at(18.5, -35.0), 50_000.0), None);
    }

    proptest! {
        /// From anywhere to the north pole, which is water, the coast is crossed an odd number of
        /// times from land and an even number of times from water.
        #[test]
        fn land_agrees_with_the_crossings_on_the_way_to_the_pole(
            lon in -180.0..180.0_f64, lat in -89.9..89.9_f64,
        ) {
            let here = at(lon, lat);
            let arc = GreatCircle::new(&vector(here), &[0.0, 0.0, 1.0]).unwrap();
            let crossed = LAND.coast.crossings(&arc).len();
            prop_assert_eq!(LAND.is_land(here), crossed % 2 == 1);
        }

        #[test]
        fn the_nearest_coast_is_the_nearest_of_all_points(
            lon in -180.0..180.0_f64, lat in -80.0..80.0_f64,
        ) {
            let here = vector(at(lon, lat));
            let (_, _, chord_2) = LAND.coast.nearest(&here, 2.0).unwrap();
            let least = LAND.coast.points.iter()
                .map(|point| crate::element::chord_2(point, &here))
                .fold(f64::INFINITY, f64::min);
            // An edge's middle may be nearer than its ends, by half its length at most.
            prop_assert!(chord_2 <= least + 1e-15);
            prop_assert!(least.sqrt() - chord_2.sqrt() < 0.01);
        }
    }
}
