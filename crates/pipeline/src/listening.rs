//! Listening: every vessel's rows go through its kernel, and what stops of all vessels show together is found.

use crate::crew::Crew;
use crate::gather::GatheredRows;
use crate::heard::HeardVessels;
use crate::rejected::RejectedSpool;
use crate::roll::Roll;
use crate::sorted_runs::{Sorted, SortedRuns};
use crate::state_file::StateWriter;
use crate::work::{Listened, Work};
use crate::{PipelineError, RunProgress, RunSummary};
use landfall_events::{PlaceFinder, StopCell};
use landfall_track::{RejectReason, RejectedRow, SourceRow, StopPlace, Timestamp};
use std::path::Path;
use std::sync::atomic::Ordering;

impl Sorted for StopCell {
    type Key = Self;
    const LONGEST: usize = 96;

    fn key(&self) -> Self {
        *self
    }
}

/// Every vessel's rows on their way through its kernel, and what they come to.
pub(crate) struct Listening<'a> {
    pub(crate) summary: &'a mut RunSummary,
    /// The number of the first file of this run.
    pub(crate) first_file: usize,
    pub(crate) rejected: RejectedSpool,
    /// The state that is being written, if one is kept.
    pub(crate) state: Option<StateWriter>,
    pub(crate) heard: HeardVessels,
    /// Every vessel's stops, of which those that are more than `cells_memory` bytes go to `temp`.
    pub(crate) cells: SortedRuns<StopCell>,
    pub(crate) cells_memory: usize,
    pub(crate) temp: &'a Path,
}

impl Listening<'_> {
    /// Takes all vessels of the roll through their kernels. `merging` is the memory in bytes that reading their rows
    /// back from disk may take in all.
    ///
    /// # Errors
    /// If rows cannot be read, or there is no room for what they come to.
    pub(crate) fn take_all(
        &mut self,
        roll: &Roll<'_>,
        rows: &GatheredRows,
        work: &Work<'_>,
        (crew, merging): (Crew, usize),
        progress: &RunProgress,
    ) -> Result<(), PipelineError> {
        let merging = merging / crew.threads.get();
        crew.in_order(
            roll.len(),
            |number| {
                progress.times.detect.time(|| {
                    let entry = roll.entry(number);
                    let rows = entry.slot.map(|slot| rows.of(slot, merging)).transpose()?;
                    work.listen(roll.open(entry)?, rows)
                })
            },
            |listened| listened.heard.size(),
            |listened| {
                self.take(listened)?;
                progress.vessels_done.fetch_add(1, Ordering::Relaxed);
                Ok(())
            },
        )
    }

    fn take(&mut self, listened: Listened) -> Result<(), PipelineError> {
        let Listened {
            heard,
            cells,
            late,
            record,
        } = listened;
        for (source, time) in &late {
            self.reject_late(*source, *time);
        }
        if let (Some(state), Some(record)) = (&mut self.state, &record) {
            state.record(&heard.vessel.id, record)?;
        }
        let vessel = self.heard.len() as u32;
        for cell in cells {
            self.cells.push(cell.of_vessel(vessel));
        }
        if self.cells.size() > self.cells_memory {
            self.cells.spill(self.temp)?;
        }
        self.heard.push(heard)
    }

    /// Rejects a row that is older than what the state has settled of its vessel.
    fn reject_late(&mut self, source: SourceRow, time: Timestamp) {
        let file = source.file() - self.first_file;
        let columns = self
            .summary
            .sources
            .get(file)
            .map(|it| it.columns.as_slice());
        let column = columns
            .unwrap_or_default()
            .iter()
            .find(|column| column.field == "time");
        self.rejected.put(&RejectedRow {
            file: source.file(),
            row: source.row(),
            column: column.map(|it| it.column.clone()).unwrap_or_default(),
            value: time.to_string(),
            reason: RejectReason::Late,
        });
        *self.summary.rejected.entry(RejectReason::Late).or_default() += 1;
    }
}

/// The places that all vessels' stops show, with those that were given.
///
/// # Errors
/// If the stops cannot be read.
pub(crate) fn places(
    cells: SortedRuns<StopCell>,
    mut finder: PlaceFinder<'_>,
) -> Result<Vec<StopPlace>, PipelineError> {
    cells.in_order(|cell| {
        finder.push(*cell);
        Ok(())
    })?;
    Ok(finder.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state_file::record_bytes;
    use landfall_events::{Geography, PlaceConfig, stop_cells};
    use landfall_spatial_index::{PortIndex, PortRadiusConfig};
    use landfall_track::{Position, ReportRef, Stop, StopEvidence, StopKind};

    #[test]
    fn no_cell_is_longer_on_disk_than_the_longest() {
        let report = |time, lat_e7, lon_e7| ReportRef {
            time,
            position: Position { lat_e7, lon_e7 },
            source: SourceRow::default(),
        };
        let (first, last) = (
            report(Timestamp::MIN, -899_999_999, -1_799_999_999),
            report(Timestamp::MAX, -899_999_999, -1_799_999_999),
        );
        let stop = Stop {
            first,
            last,
            start: first.time,
            end: last.time,
            start_seen: true,
            end_seen: true,
            position: first.position,
            reports: 2,
            evidence: StopEvidence::default(),
            kind: StopKind::Anchored,
            nearest_port: None,
            place: None,
            call: None,
        };
        let ports = PortIndex::new(Vec::new(), &PortRadiusConfig::default());
        let geography = Geography {
            ports: &ports,
            places: None,
            land: None,
        };
        let stops = [stop; 3];
        let hulls = std::iter::once(stops.iter());
        let cells = stop_cells(hulls, geography, &PlaceConfig::default());
        let one = cells[0].of_vessel(u32::MAX);
        assert!(record_bytes(&one).unwrap().len() <= StopCell::LONGEST);
    }
}
