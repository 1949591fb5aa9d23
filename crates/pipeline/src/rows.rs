//! A row as it is gathered: a report, and the particulars that came with it.

use landfall_ingest::ParticularsSlot;
use landfall_track::{Position, PositionReport, SourceRow, Timestamp};

/// Latitude 91 and longitude 181 stand for "not available" (ITU-R M.1371-5, table 48).
const NO_POSITION: Position = Position {
    lat_e7: 910_000_000,
    lon_e7: 1_810_000_000,
};

/// A report with the particulars its row carried: what two rows are compared by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GatheredRow {
    pub(crate) report: PositionReport,
    pub(crate) particulars: ParticularsSlot,
}

impl GatheredRow {
    /// A row that means nothing, to fill memory with.
    pub(crate) fn blank() -> Self {
        let report = PositionReport::new(
            Timestamp::default(),
            Position::default(),
            SourceRow::default(),
        );
        Self {
            report,
            particulars: ParticularsSlot::NONE,
        }
    }

    /// A message without a position, as a report from a place that is none: a rejected row, of which
    /// is kept that the vessel was heard.
    pub(crate) fn without_position(time: Timestamp, source: SourceRow) -> Self {
        Self {
            report: PositionReport::new(time, NO_POSITION, source),
            particulars: ParticularsSlot::NONE,
        }
    }

    /// Whether it is a message without a position.
    #[inline]
    pub(crate) fn is_without_position(&self) -> bool {
        self.report.position == NO_POSITION
    }

    /// What rows are ordered by: time and content, then file and row. Particulars do not count, as
    /// their numbers differ from run to run.
    fn key(&self) -> (PositionReport, SourceRow) {
        (self.report, self.report.source)
    }

    /// Whether a row comes before another.
    #[inline]
    pub(crate) fn is_before(&self, other: &Self) -> bool {
        match self.report.time.cmp(&other.report.time) {
            std::cmp::Ordering::Equal => self.key() < other.key(),
            order => order.is_lt(),
        }
    }
}

/// Puts rows in order. Files are mostly in time order already, which the stable sort exploits.
pub(crate) fn put_in_order(rows: &mut [GatheredRow]) {
    if !rows.is_sorted_by(|a, b| a.report.time < b.report.time) {
        rows.sort_by(|a, b| {
            let times = a.report.time.cmp(&b.report.time);
            times.then_with(|| a.key().cmp(&b.key()))
        });
    }
}
