//! Gathering: reports arrive file by file and leave vessel by vessel, in time order and without
//! exact duplicates.

use crate::Restriction;
use crate::accounts::Accounts;
use crate::rejected::RejectedSpool;
use landfall_ingest::{ParticularsSlot, PositionSink, VesselSlot};
use landfall_track::{PositionReport, RejectedRow, Timestamp};

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
    /// The latest report of the whole input within the restriction's times.
    pub(crate) data_end: Option<Timestamp>,
}

impl<'a> Gatherer<'a> {
    pub(crate) fn new(restriction: &'a Restriction) -> Self {
        Self {
            restriction,
            rejected: RejectedSpool::new(),
            accounts: Accounts::default(),
            vessels: Vec::new(),
            data_end: None,
        }
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
            self.data_end = self.data_end.max(Some(report.time));
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
