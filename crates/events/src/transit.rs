//! A transit is a vessel's way through a canal from its one end to its other.
//!
//! A vessel is in or beside a canal within 6 km of its bundled line, lakes included, which reaches from
//! mouth to mouth or from lock to lock. It enters when it passes the one end for the last time, and leaves when it
//! passes the other for the first; both are told between two reports by how far along it was at either. One that
//! turns back makes no transit. Where it fell silent for a gap, the way through counts as seen only if the gap
//! holds no more than half of it. Known limit: straits and rivers have no line of this kind.

use landfall_spatial_index::{Patch, along_canal, canal_ends, clear_of_canals};
use landfall_track::{CanalIx, Position, PositionReport, ReportRef, Timestamp, Transit, Wind};
use serde::{Deserialize, Serialize};

/// A vessel is at an end of a canal within this share of its length of it.
const AT_END: f64 = 0.002;
/// The largest share of a canal that a gap may hold.
const UNSEEN_SHARE: f64 = 0.5;

/// A report in or beside a canal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Mark {
    at: ReportRef,
    /// How far along it was, from 0 at the end at which it came in to 1 at the other.
    share: f64,
}

/// A way through a canal that may become a transit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct OpenTransit {
    canal: CanalIx,
    /// Whether it goes from the last end of the canal's line to the first.
    is_backward: bool,
    /// The first report of it, and when the vessel passed the end.
    first: ReportRef,
    entry: Timestamp,
    last: Mark,
}

/// Finds transits while reports go by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct TransitDetector {
    open: Option<OpenTransit>,
    /// A box about the last report that was looked up, clear of canals.
    #[serde(skip)]
    clear: Patch,
}

impl TransitDetector {
    /// Whether a report at a position changes nothing.
    #[inline(always)]
    pub(crate) fn is_idle_at(&self, position: Position) -> bool {
        self.open.is_none() && self.clear.holds(position)
    }

    /// Takes the next report; returns the transit that ends with it.
    #[inline]
    pub(crate) fn push(&mut self, report: &PositionReport, is_gap: bool) -> Option<Transit> {
        if self.is_idle_at(report.position) {
            return None;
        }
        self.look_up(report, is_gap)
    }

    #[inline(never)]
    fn look_up(&mut self, report: &PositionReport, is_gap: bool) -> Option<Transit> {
        let Some(along) = along_canal(report.position) else {
            self.open = None;
            self.clear = clear_of_canals(report.position);
            return None;
        };
        let at = report.to_ref();
        match &mut self.open {
            Some(open) if open.canal == along.canal => {
                let share = open.share_of(along.share);
                if is_gap && (share - open.last.share).abs() > UNSEEN_SHARE {
                    self.open = Some(OpenTransit::new(along.canal, along.share, at));
                    return None;
                }
                let transit = open.go_on(Mark { at, share });
                if transit.is_some() {
                    // It may come back.
                    self.open = Some(OpenTransit::new(along.canal, along.share, at));
                }
                transit
            }
            _ => {
                self.open = Some(OpenTransit::new(along.canal, along.share, at));
                None
            }
        }
    }
}

impl OpenTransit {
    fn new(canal: CanalIx, share: f64, at: ReportRef) -> Self {
        let is_backward = share > 0.5;
        let share = if is_backward { 1.0 - share } else { share };
        Self {
            canal,
            is_backward,
            first: at,
            entry: at.time,
            last: Mark { at, share },
        }
    }

    fn share_of(&self, share: f64) -> f64 {
        if self.is_backward { 1.0 - share } else { share }
    }

    /// Takes the next report in or beside the canal.
    fn go_on(&mut self, now: Mark) -> Option<Transit> {
        let before = self.last;
        self.last = now;
        if now.share <= AT_END {
            (self.first, self.entry) = (now.at, now.at.time);
            return None;
        }
        if before.share <= AT_END {
            // The last report at the end stays the first of the way.
            self.entry = passed(before, now, AT_END);
        }
        (now.share >= 1.0 - AT_END).then(|| Transit {
            canal: self.canal,
            direction: self.direction(),
            first: self.first,
            last: now.at,
            entry: self.entry,
            exit: passed(before, now, 1.0 - AT_END),
            waited_ms: 0,
        })
    }

    /// The direction from the end at which it came in to the other, in one of eight winds.
    fn direction(&self) -> Wind {
        let (first, last) = canal_ends(self.canal).unwrap_or_default();
        if self.is_backward {
            Wind::towards(last, first)
        } else {
            Wind::towards(first, last)
        }
    }
}

/// When a vessel passed a share of the way between two reports.
fn passed(before: Mark, now: Mark, share: f64) -> Timestamp {
    let elapsed_ms = now.at.time.millis_since(before.at.time) as f64;
    let way = now.share - before.share;
    let part = if way > 0.0 {
        ((share - before.share) / way).clamp(0.0, 1.0)
    } else {
        1.0
    };
    before.at.time.shifted((part * elapsed_ms) as i64)
}
