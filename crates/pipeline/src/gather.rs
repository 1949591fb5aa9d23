//! Gathering: reports arrive file by file and leave vessel by vessel, in time order and without
//! exact duplicates.

use crate::Restriction;
use crate::accounts::Accounts;
use crate::rejected::RejectedSpool;
use landfall_ingest::{ParticularsSlot, PositionSink, VesselSlot};
use landfall_track::{PositionReport, RejectedRow, Timestamp};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A report with the particulars its row carried: what two rows are compared by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GatheredRow {
    pub(crate) report: PositionReport,
    particulars: ParticularsSlot,
}

/// One vessel's rows as they come, in the order of the files.
#[derive(Clone, Debug, Default)]
pub(crate) struct VesselRows {
    pub(crate) rows: Vec<GatheredRow>,
    /// Her latest report within the restriction's times.
    pub(crate) last: Option<Timestamp>,
}

impl VesselRows {
    /// Sorts the rows by time and content and takes out exact duplicates; of equal rows the one
    /// with the lowest file and row stays.
    pub(crate) fn put_in_order(&mut self, accounts: &mut Accounts) {
        let key = |row: &GatheredRow| (row.report, row.particulars, row.report.source);
        if !self.rows.is_sorted_by(|a, b| a.report.time < b.report.time) {
            // Files are mostly in time order already, which the stable sort exploits.
            self.rows.sort_by(|a, b| {
                a.report
                    .time
                    .cmp(&b.report.time)
                    .then_with(|| key(a).cmp(&key(b)))
            });
        }
        self.rows.dedup_by(|later, kept| {
            let equal = later.report == kept.report && later.particulars == kept.particulars;
            if equal {
                accounts.file(later.report.source.file()).duplicates += 1;
            }
            equal
        });
    }

    /// The reports of the rows.
    pub(crate) fn reports(&self) -> impl Iterator<Item = &PositionReport> {
        self.rows.iter().map(|row| &row.report)
    }
}

/// Takes every row of every file. What a restriction leaves out is known only when duplicates have
/// been taken out, so that a file's account is the same with and without one.
pub(crate) struct Gatherer<'a> {
    restriction: &'a Restriction,
    pub(crate) rejected: RejectedSpool,
    pub(crate) accounts: Accounts,
    /// By vessel slot.
    pub(crate) vessels: Vec<VesselRows>,
    /// The latest times of the whole input within the restriction's times.
    latest: Latest,
}

/// Rows so late that this many days lie between them and every other row do not say when the data
/// end, if they are few: one future-dated row is enough to make every other silence endless.
const STRAY_DAYS: f64 = 30.0;
/// Few is one row, or this share of all.
const STRAY_SHARE: f64 = 1e-5;
/// So many of the latest times are kept to tell.
const LATEST_KEPT: usize = 256;

/// The latest times of a run's rows.
#[derive(Clone, Debug, Default)]
struct Latest {
    /// The kept ones, the earliest on top.
    kept: BinaryHeap<Reverse<Timestamp>>,
    rows: u64,
}

impl Latest {
    #[inline]
    fn add(&mut self, time: Timestamp) {
        self.rows += 1;
        if self.kept.len() < LATEST_KEPT {
            self.kept.push(Reverse(time));
        } else if self.kept.peek().is_some_and(|earliest| time > earliest.0) {
            self.kept.pop();
            self.kept.push(Reverse(time));
        }
    }

    /// The end of the data: the latest time, strays left out.
    fn end(&self) -> Option<Timestamp> {
        let mut times: Vec<Timestamp> = self.kept.iter().map(|time| time.0).collect();
        times.sort_unstable_by_key(|time| Reverse(*time));
        let most = ((self.rows as f64 * STRAY_SHARE) as usize).max(1);
        let strays = (1..times.len().min(most + 1))
            .rev()
            .find(|count| times[count - 1].hours_since(times[*count]) > STRAY_DAYS * 24.0);
        times.get(strays.unwrap_or_default()).copied()
    }
}

impl<'a> Gatherer<'a> {
    pub(crate) fn new(restriction: &'a Restriction) -> Self {
        Self {
            restriction,
            rejected: RejectedSpool::new(),
            accounts: Accounts::default(),
            vessels: Vec::new(),
            latest: Latest::default(),
        }
    }

    /// The end of the data, which bounds silences that nothing ends.
    pub(crate) fn data_end(&self) -> Option<Timestamp> {
        self.latest.end()
    }
}

impl PositionSink for Gatherer<'_> {
    fn accept(&mut self, vessel: VesselSlot, particulars: ParticularsSlot, report: PositionReport) {
        let index = vessel.0 as usize;
        if index >= self.vessels.len() {
            self.vessels.resize_with(index + 1, VesselRows::default);
        }
        let vessel = &mut self.vessels[index];
        if self.restriction.takes_time(report.time) {
            vessel.last = vessel.last.max(Some(report.time));
            self.latest.add(report.time);
        }
        vessel.rows.push(GatheredRow {
            report,
            particulars,
        });
    }

    fn reject(&mut self, row: RejectedRow) {
        self.accounts.file(row.file).rejected += 1;
        self.rejected.put(&row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{LonLat, Position, SourceRow};

    fn row(seconds: i64, lon: f64, particulars: u32, file: usize, number: u64) -> GatheredRow {
        GatheredRow {
            report: PositionReport::new(
                Timestamp::from_seconds(seconds).unwrap(),
                Position::from_degrees(LonLat { lon, lat: 42.0 }).unwrap(),
                SourceRow::new(file, number).unwrap(),
            ),
            particulars: ParticularsSlot(particulars),
        }
    }

    fn end_of(seconds: impl IntoIterator<Item = i64>) -> Option<i64> {
        let mut latest = Latest::default();
        for time in seconds {
            latest.add(Timestamp::from_seconds(time).unwrap());
        }
        latest.end().map(|time| time.as_millis() / 1000)
    }

    #[test]
    fn one_future_dated_row_does_not_define_the_datas_end() {
        const DAY: i64 = 86_400;
        assert_eq!(end_of([5, 9_000 * DAY, 7]), Some(7));
        assert_eq!(end_of([5, 20 * DAY, 7]), Some(20 * DAY));
        assert_eq!(end_of([0, 40 * DAY, 41 * DAY]), Some(41 * DAY));
        assert_eq!(end_of((0..1_000).chain([9_000 * DAY])), Some(999));
        assert_eq!(end_of([5]), Some(5));
        assert_eq!(end_of([]), None);
    }

    #[test]
    fn of_equal_rows_the_one_with_the_lowest_file_and_row_stays() {
        let mut vessel = VesselRows {
            rows: vec![
                row(5, 1.0, 0, 1, 9),
                row(5, 1.0, 0, 0, 3),
                row(5, 1.0, 0, 0, 2),
            ],
            ..VesselRows::default()
        };
        let mut accounts = Accounts::default();
        vessel.put_in_order(&mut accounts);
        assert_eq!(vessel.rows.len(), 1);
        assert_eq!(vessel.rows[0].report.source, SourceRow::new(0, 2).unwrap());
        assert_eq!(
            [accounts.file(0).duplicates, accounts.file(1).duplicates],
            [1, 1]
        );
    }

    #[test]
    fn rows_that_differ_in_their_particulars_are_no_duplicates() {
        let mut vessel = VesselRows {
            rows: vec![
                row(5, 1.0, 0, 0, 1),
                row(5, 1.0, 1, 0, 2),
                row(5, 2.0, 0, 0, 3),
            ],
            ..VesselRows::default()
        };
        let mut accounts = Accounts::default();
        vessel.put_in_order(&mut accounts);
        assert_eq!(accounts.file(0).duplicates, 0);
        assert_eq!(vessel.rows.len(), 3);
    }
}
