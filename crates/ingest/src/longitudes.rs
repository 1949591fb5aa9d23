//! Longitudes from 0 to 360 in place of -180 to 180: whether a file's do, by what the whole file shows.
//!
//! The question is asked only where a longitude between 180 and 360 is met, and once for a file.

use crate::all_rows::{AllRows, Part};
use crate::numbers;
use crate::point::point_e7;
use crate::records::Record;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

const HALF_TURN_E7: i64 = 1_800_000_000;
const FULL_TURN_E7: i64 = 3_600_000_000;

/// Stands for "not available" (ITU-R M.1371-5, table 48), also where 181 degrees would be a place.
const NO_LON_E7: i64 = 1_810_000_000;

/// The longest way between two reports of a vessel in a file by which one bears out the other: a day's
/// at the speed of the fastest ships.
const NEAR_E7: i64 = 100_000_000;

/// Which way the longitudes of a table are counted.
pub(crate) struct Longitudes {
    rows: Option<Arc<dyn AllRows>>,
    run_to_360: OnceLock<bool>,
}

/// The columns in which a row says who is where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Columns {
    /// `None` if all rows are of one vessel.
    pub identity: Option<usize>,
    pub longitude: usize,
    /// Whether it holds points.
    pub is_point: bool,
}

impl Longitudes {
    /// Those of a table, whose rows are gone through if the question comes up.
    pub(crate) fn of(rows: Arc<dyn AllRows>) -> Self {
        Self {
            rows: Some(rows),
            run_to_360: OnceLock::new(),
        }
    }

    /// What a longitude off the globe stands for, if the file's run from 0 to 360.
    #[cold]
    pub(crate) fn turned(&self, lon_e7: i64, columns: Columns) -> Option<i64> {
        let is_beyond = lon_e7 > HALF_TURN_E7 && lon_e7 <= FULL_TURN_E7 && lon_e7 != NO_LON_E7;
        let rows = self.rows.as_ref().filter(|_| is_beyond)?;
        let run_to_360 = self.run_to_360.get_or_init(|| {
            let mut shown = Shown::default();
            let read = rows.visit(Part::Whole, &mut |_, record| shown.take(record, columns));
            read.is_ok() && shown.run_to_360()
        });
        run_to_360.then(|| lon_e7 - FULL_TURN_E7)
    }

    /// Whether longitudes were found to run from 0 to 360.
    pub(crate) fn are_turned(&self) -> bool {
        self.run_to_360.get() == Some(&true)
    }
}

impl std::fmt::Debug for Longitudes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Longitudes").finish_non_exhaustive()
    }
}

/// What the rows of a file show.
#[derive(Default)]
struct Shown {
    is_any_negative: bool,
    rows: u64,
    vessels: FxHashMap<u64, OfVessel>,
}

/// A vessel's longitudes.
#[derive(Clone, Copy, Default)]
struct OfVessel {
    last: i64,
    /// How many lie above 180, and how many below.
    above: u64,
    below: u64,
    /// How often one above 180 was near the one before or after it, and how often it was not.
    near: u64,
    far: u64,
    /// Whether it went over 180 degrees without a jump.
    is_over: bool,
}

impl Shown {
    /// Takes a row in, and tells whether there is still a question.
    fn take(&mut self, record: &Record<'_>, columns: Columns) -> bool {
        let text = record.field(columns.longitude).unwrap_or_default();
        let lon = if columns.is_point {
            point_e7(text).map(|(_, lon)| lon)
        } else {
            numbers::degrees_e7(text)
        };
        let Some(lon) = lon.filter(|lon| *lon != NO_LON_E7 && *lon <= FULL_TURN_E7) else {
            return true;
        };
        if lon < 0 {
            self.is_any_negative = true;
            return false;
        }
        self.rows += 1;
        let mut hasher = FxHasher::default();
        let identity = columns.identity.and_then(|column| record.field(column));
        identity.hash(&mut hasher);
        let vessel = self.vessels.entry(hasher.finish()).or_default();
        let is_above = lon > HALF_TURN_E7;
        if vessel.above + vessel.below > 0 && (is_above || vessel.last > HALF_TURN_E7) {
            let apart = (lon - vessel.last).abs();
            let is_near = apart.min(FULL_TURN_E7 - apart) <= NEAR_E7;
            vessel.near += u64::from(is_near);
            vessel.far += u64::from(!is_near);
            vessel.is_over |= is_near && (is_above != (vessel.last > HALF_TURN_E7));
        }
        vessel.above += u64::from(is_above);
        vessel.below += u64::from(!is_above);
        vessel.last = lon;
        true
    }

    /// Whether longitudes run from 0 to 360: none is negative, and most of those above 180 belong to
    /// vessels that are there for good or went over 180 degrees, rather than to lone false values.
    fn run_to_360(&self) -> bool {
        let (mut borne_out, mut lone, mut false_ones) = (0, 0, 0);
        for vessel in self.vessels.values().filter(|vessel| vessel.above > 0) {
            if vessel.is_over || (vessel.near > 0 && vessel.above > vessel.below) {
                borne_out += vessel.above;
            } else if vessel.near + vessel.far == 0 {
                lone += vessel.above;
            } else {
                false_ones += vessel.above;
            }
        }
        // Of vessels that report once nothing shows but how many they are.
        if lone * 100 > self.rows {
            borne_out += lone;
        }
        !self.is_any_negative && borne_out > false_ones
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Record;

    fn run_to_360(rows: &[(&str, &str)]) -> bool {
        let columns = Columns {
            identity: Some(0),
            longitude: 1,
            is_point: false,
        };
        let mut shown = Shown::default();
        for (vessel, lon) in rows {
            let line = format!("{vessel},{lon}");
            let ends = [vessel.len() as u32, line.len() as u32];
            let record = Record::of_texts(line.as_bytes(), &ends);
            if !shown.take(&record, columns) {
                break;
            }
        }
        shown.run_to_360()
    }

    #[test]
    fn a_track_over_180_degrees_shows_it() {
        assert!(run_to_360(&[
            ("a", "179.9"),
            ("a", "180.1"),
            ("a", "180.3")
        ]));
        assert!(run_to_360(&[
            ("a", "359.9"),
            ("a", "0.1"),
            ("a", "359.8"),
            ("a", "359.7")
        ]));
        assert!(run_to_360(&[
            ("a", "200"),
            ("a", "200"),
            ("a", "20"),
            ("a", "200")
        ]));
        assert!(run_to_360(&[("a", "200"), ("b", "200.5"), ("c", "10")]));
    }

    #[test]
    fn a_negative_longitude_or_lone_false_values_do_not() {
        assert!(!run_to_360(&[
            ("a", "179.9"),
            ("a", "180.1"),
            ("b", "-0.5")
        ]));
        assert!(!run_to_360(&[("a", "10.1"), ("a", "214.7"), ("a", "10.2")]));
        assert!(!run_to_360(&[
            ("a", "10.1"),
            ("a", "214.7"),
            ("a", "214.7"),
            ("a", "10.2"),
            ("a", "10.2")
        ]));
        assert!(!run_to_360(&[("a", "10"), ("a", "181"), ("a", "400")]));
    }
}
