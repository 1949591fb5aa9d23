//! Of a hull's reports those are kept that bear on sightings: the ones around each sighting's time, with
//! the last before and the first after it, and her first and last of all.

use landfall_track::{ReportRef, Sighting, Timestamp};
use serde::{Deserialize, Serialize};

/// The times around which reports are kept, in order and apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Windows(Vec<(Timestamp, Timestamp)>);

impl Windows {
    /// The times of sightings, each with so many hours before and after it.
    pub(crate) fn around<'s>(sightings: impl Iterator<Item = &'s Sighting>, margin_h: f64) -> Self {
        // A second more than asked for, so that rounding leaves none out.
        let margin_ms = (margin_h * 3_600_000.0) as i64 + 1_000;
        let mut spans: Vec<(Timestamp, Timestamp)> = sightings
            .map(|sighting| {
                let (from, to) = (sighting.from, sighting.to);
                (from.shifted(-margin_ms), to.shifted(margin_ms))
            })
            .collect();
        spans.sort_unstable();
        let mut windows: Vec<(Timestamp, Timestamp)> = Vec::new();
        for (from, to) in spans {
            match windows.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => windows.push((from, to)),
            }
        }
        Self(windows)
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One hull's reports, as far as they bear on sightings.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct NearReports {
    kept: Vec<ReportRef>,
    /// The last report, if it has not been kept.
    waiting: Option<ReportRef>,
    /// The first window that has not ended.
    window: usize,
}

impl NearReports {
    /// Bytes beside its own size.
    pub(crate) fn size(&self) -> usize {
        size_of_val(self.kept.as_slice())
    }

    /// Takes the next report; the windows are always the same ones.
    pub(crate) fn push(&mut self, report: ReportRef, windows: &Windows) {
        let mut bears = self.kept.is_empty();
        while let Some((_, to)) = windows.0.get(self.window)
            && *to < report.time
        {
            self.window += 1;
            bears = true;
        }
        bears |= windows
            .0
            .get(self.window)
            .is_some_and(|(from, _)| *from <= report.time);
        if bears {
            self.kept.extend(self.waiting.take());
            self.kept.push(report);
        } else {
            self.waiting = Some(report);
        }
    }

    /// What was kept, in time order.
    pub(crate) fn finish(mut self) -> Vec<ReportRef> {
        self.kept.extend(self.waiting);
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{Position, SourceRow};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn around_every_sighting_nothing_is_missing(
            mut seconds in prop::collection::vec(0_i64..400, 1..80),
            spans in prop::collection::vec((0_i64..400, 0_i64..30), 1..6),
        ) {
            seconds.sort_unstable();
            let at = |seconds: i64| Timestamp::from_seconds(seconds).unwrap();
            let reports: Vec<ReportRef> = seconds
                .iter()
                .enumerate()
                .map(|(number, seconds)| ReportRef {
                    time: at(*seconds),
                    position: Position::default(),
                    source: SourceRow::new(0, number as u64).unwrap(),
                })
                .collect();
            let mut windows: Vec<_> = spans.iter().map(|(from, length)| (at(*from), at(from + length))).collect();
            windows.sort_unstable();
            let merged = {
                let mut merged: Vec<(Timestamp, Timestamp)> = Vec::new();
                for (from, to) in windows.iter().copied() {
                    match merged.last_mut() {
                        Some(last) if from <= last.1 => last.1 = last.1.max(to),
                        _ => merged.push((from, to)),
                    }
                }
                Windows(merged)
            };
            let mut near = NearReports::default();
            for report in &reports {
                near.push(*report, &merged);
            }
            let kept = near.finish();
            prop_assert_eq!((kept.first(), kept.last()), (reports.first(), reports.last()));
            for (from, to) in windows {
                let around = |reports: &[ReportRef]| {
                    let first = reports.partition_point(|report| report.time < from).saturating_sub(1);
                    let last = reports.partition_point(|report| report.time <= to) + 1;
                    reports[first..last.min(reports.len())].to_vec()
                };
                prop_assert_eq!(around(&kept), around(&reports));
            }
        }
    }
}
