//! A presence is one vessel heard in one cell in one hour.

use super::cell::Cell;
use super::level::{BUCKET_MS, bucket_of};
use landfall_track::{Position, Timestamp};
use serde::{Deserialize, Serialize};

/// One vessel heard in one of the finest cells in one of the finest time buckets, in 8 bytes; in
/// the order of buckets, then cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Presence(u64);

const CELL_SHIFT: u32 = 1;
const BUCKET_SHIFT: u32 = CELL_SHIFT + Cell::BITS;

impl Presence {
    /// The begin of the hour.
    pub(crate) fn since(self) -> Timestamp {
        Timestamp::MIN.shifted(i64::from(self.bucket()) * BUCKET_MS)
    }

    /// The end of the hour.
    pub(crate) fn until(self) -> Timestamp {
        self.since().shifted(BUCKET_MS)
    }

    fn new(bucket: u32, cell: Cell) -> Self {
        Self(u64::from(bucket) << BUCKET_SHIFT | u64::from(cell.0) << CELL_SHIFT)
    }

    /// The finest bucket.
    pub(super) fn bucket(self) -> u32 {
        (self.0 >> BUCKET_SHIFT) as u32
    }

    /// The finest cell.
    pub(super) fn cell(self) -> Cell {
        Cell((self.0 >> CELL_SHIFT) as u32 & ((1 << Cell::BITS) - 1))
    }

    /// Whether she came: she was not heard in the cell in the day before.
    pub(super) fn is_arrival(self) -> bool {
        self.0 & 1 == 1
    }

    fn arriving(self) -> Self {
        Self(self.0 | 1)
    }

    /// Bucket and cell, without the mark of arrival.
    fn key(self) -> u64 {
        self.0 >> CELL_SHIFT
    }
}

/// She comes to a cell if she was not heard there for so many hours.
const ARRIVAL_H: u32 = 24;
/// Among so many presences before, at most: a ship is in two cells an hour.
const LOOK_BACK: usize = 64;

/// Makes a vessel's presences from her reports, which come in time order.
///
/// A report in the cell and hour of the one before costs six comparisons. Where reports are
/// cut into chunks does not matter; the state can be stored between any two.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PresenceBuilder {
    presences: Vec<Presence>,
    /// Those from here on are of the open bucket: unsorted, with repetitions, arrivals not marked.
    open_from: usize,
    current: Current,
}

/// The cell and bucket of the report before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Current {
    since_ms: i64,
    until_ms: i64,
    south_west: Position,
    height_e7: u32,
    width_e7: u32,
}

impl Current {
    #[inline]
    fn holds(&self, time: Timestamp, position: Position) -> bool {
        let north = position.lat_e7.wrapping_sub(self.south_west.lat_e7) as u32;
        let east = position.lon_e7.wrapping_sub(self.south_west.lon_e7) as u32;
        (self.since_ms..self.until_ms).contains(&time.as_millis())
            && north < self.height_e7
            && east < self.width_e7
    }
}

impl PresenceBuilder {
    /// Bytes beside its own size.
    pub fn size(&self) -> usize {
        size_of_val(self.presences.as_slice())
    }

    /// Counts a report.
    #[inline]
    pub fn push(&mut self, time: Timestamp, position: Position) {
        if !self.current.holds(time, position) {
            self.begin(time, position);
        }
    }

    fn begin(&mut self, time: Timestamp, position: Position) {
        let (bucket, cell) = (bucket_of(time), Cell::of(position));
        let (south_west, height_e7, width_e7) = cell.bounds_e7();
        let since_ms = Timestamp::MIN.as_millis() + i64::from(bucket) * BUCKET_MS;
        if since_ms != self.current.since_ms {
            self.close();
        }
        self.current = Current {
            since_ms,
            until_ms: since_ms + BUCKET_MS,
            south_west,
            height_e7,
            width_e7,
        };
        let presence = Presence::new(bucket, cell);
        // To and fro across an edge is the common repetition; others are taken out by `close`.
        let mut lately = self.presences.iter().skip(self.open_from).rev().take(4);
        if !lately.any(|known| *known == presence) {
            self.presences.push(presence);
        }
    }

    /// Puts the open bucket in order and marks arrivals.
    fn close(&mut self) {
        let mut open = self
            .presences
            .split_off(self.open_from.min(self.presences.len()));
        open.sort_unstable();
        open.dedup();
        for presence in &mut open {
            let since = presence.bucket().saturating_sub(ARRIVAL_H);
            let mut before = self
                .presences
                .iter()
                .rev()
                .take(LOOK_BACK)
                .take_while(|known| known.bucket() >= since);
            if !before.any(|known| known.cell() == presence.cell()) {
                *presence = presence.arriving();
            }
        }
        self.presences.append(&mut open);
        self.open_from = self.presences.len();
    }

    /// Her presences in their order, each once.
    pub fn finish(mut self) -> Vec<Presence> {
        self.close();
        let mut presences = self.presences;
        if !presences.is_sorted_by_key(|presence| presence.key()) {
            // Reports out of order: still each presence once.
            presences.sort_unstable();
        }
        presences.dedup_by_key(|presence| presence.key());
        presences
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::LonLat;
    use proptest::prelude::*;

    fn at(lon: f64, lat: f64) -> Position {
        Position::from_degrees(LonLat { lon, lat }).unwrap()
    }

    fn minute(minute: i64) -> Timestamp {
        Timestamp::from_seconds(1_700_000_000 / 3600 * 3600 + minute * 60).unwrap()
    }

    fn presences(reports: &[(i64, Position)]) -> Vec<Presence> {
        let mut builder = PresenceBuilder::default();
        for (time, position) in reports {
            builder.push(minute(*time), *position);
        }
        builder.finish()
    }

    #[test]
    fn a_vessel_to_and_fro_across_an_edge_is_present_once_in_each_cell_and_hour() {
        let reports: Vec<_> = (0..120)
            .map(|number| (number, at(9.99 + (number % 3) as f64 * 0.01, 45.2)))
            .collect();
        let found = presences(&reports);
        assert_eq!(found.len(), 4);
        let arrivals: Vec<bool> = found.iter().map(|one| one.is_arrival()).collect();
        assert_eq!(arrivals, [true, true, false, false]);
    }

    #[test]
    fn who_comes_back_after_a_day_arrives_again() {
        let (here, there) = (at(10.1, 45.2), at(20.1, 45.2));
        let found = presences(&[(0, here), (60, there), (23 * 60, here), (48 * 60, here)]);
        let arrivals: Vec<bool> = found.iter().map(|one| one.is_arrival()).collect();
        assert_eq!(arrivals, [true, true, false, true]);
    }

    proptest! {
        #[test]
        fn presences_are_the_distinct_cells_and_hours_wherever_the_state_is_stored(
            reports in prop::collection::vec((0_i64..3000, 0_i32..40, 0_i32..6), 0..200),
            cut in 0_usize..200,
        ) {
            let mut reports: Vec<(i64, Position)> = reports
                .into_iter()
                .map(|(time, east, north)| (time, Position {
                    lat_e7: 619_000_000 + north * 900_000,
                    // From 179 degrees east on, across the antimeridian.
                    lon_e7: ((i64::from(east) * 900_000 + 3_590_000_000) % 3_600_000_000
                        - 1_800_000_000) as i32,
                }))
                .collect();
            reports.sort_by_key(|report| report.0);
            let mut wanted: Vec<(u32, Cell)> = reports
                .iter()
                .map(|(time, position)| (bucket_of(minute(*time)), Cell::of(*position)))
                .collect();
            wanted.sort_unstable();
            wanted.dedup();
            let found: Vec<(u32, Cell)> =
                presences(&reports).iter().map(|one| (one.bucket(), one.cell())).collect();
            prop_assert_eq!(found, wanted);

            let mut builder = PresenceBuilder::default();
            for (number, (time, position)) in reports.iter().enumerate() {
                if number == cut {
                    let stored = serde_json::to_string(&builder).unwrap();
                    builder = serde_json::from_str(&stored).unwrap();
                }
                builder.push(minute(*time), *position);
            }
            prop_assert_eq!(builder.finish(), presences(&reports));
        }
    }
}
