//! One vessel's way through detection: her rows go by once and are fed to the kernel, and what is left
//! is put in order.

use crate::accounts::Accounts;
use crate::detect::{VesselEvents, is_station_number};
use crate::fleet::FleetShare;
use crate::gather::VesselRows;
use crate::observe::{Observed, Observer};
use crate::state::{Record, merged};
use crate::state_file::record_bytes;
use crate::watch::{Seen, Watch, Watching};
use crate::{PipelineError, Plan};
use landfall_events::Setting;
use landfall_ingest::VesselBook;
use landfall_report::VesselSpan;
use landfall_track::{Hull, SourceRow, Timestamp, Vessel};
use std::path::Path;

/// What every vessel's detection shares.
pub(crate) struct Work<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) setting: Setting<'a>,
    pub(crate) observer: Observer<'a>,
    pub(crate) book: &'a VesselBook,
    /// The first and the last time that can be true.
    pub(crate) trusted: (Timestamp, Timestamp),
    /// Whether a state is kept for later runs.
    pub(crate) keeps_state: bool,
    /// Bytes of one vessel's geometry, and of her flagged reports, that may be in memory.
    pub(crate) memory: usize,
    /// Where temporary files go.
    pub(crate) temp: &'a Path,
}

/// A vessel that has gone through detection.
pub(crate) struct Detected {
    pub(crate) vessel: Vessel,
    /// When she was heard; `None` if the restriction leaves her out.
    pub(crate) heard: Option<VesselSpan>,
    /// Her last report within the times asked for, whether or not she is.
    pub(crate) last: Option<Timestamp>,
    pub(crate) is_station: bool,
    pub(crate) further_hulls: Vec<(Hull, VesselSpan)>,
    pub(crate) events: VesselEvents,
    pub(crate) observed: Observed,
    /// What it adds to what all show together.
    pub(crate) share: FleetShare,
    pub(crate) accounts: Accounts,
    /// Rows that came too late.
    pub(crate) late: Vec<(SourceRow, Timestamp)>,
    /// What the state is to keep of her, if one is kept.
    pub(crate) record: Option<Vec<u8>>,
}

impl Work<'_> {
    /// Takes a vessel and her rows through detection, from where an earlier run left her.
    ///
    /// # Errors
    /// If her rows cannot be read.
    pub(crate) fn go_through(
        &self,
        (record, mut vessel): (Record, Vessel),
        rows: Option<VesselRows<'_>>,
    ) -> Result<Detected, PipelineError> {
        let restriction = &self.plan.restriction;
        let Record {
            identities,
            mut watch,
        } = record;
        let is_asked_for =
            restriction.takes_id(&vessel.id) && restriction.takes_identities(&vessel);
        let is_station = is_station_number(&vessel.id);
        let watching = Watching {
            setting: self.setting,
            moving_knots: self.observer.config.moving_knots,
            windows: self.observer.windows(&vessel.id, self.keeps_state),
            from: restriction.from,
            to: restriction.to,
            bbox: restriction.bbox,
            trusted: self.trusted,
            seeks_events: self.seeks_events(is_asked_for) && !is_station,
            gap_ms: self.gap_ms(),
            book: self.keeps_state.then_some(self.book),
            memory: self.memory,
            temp: self.temp,
        };
        if let Some(rows) = rows {
            rows.each(|batch| watch.take(batch, &watching))?;
        }
        let mut kept = None;
        if self.keeps_state {
            // Of rows that came too late nothing is kept.
            vessel.identities = merged(identities, watch.sent(self.book));
            watch.close(self.book);
            kept = Some(record_bytes(&(&vessel.identities, &watch))?);
        }
        vessel
            .identities
            .retain(|identity| restriction.takes_identity(identity));
        watch.finish(self.observer.data_end, &watching);
        let late = std::mem::take(&mut watch.late);
        let mut detected = self.conclude(vessel, watch, is_asked_for, is_station)?;
        (detected.record, detected.late) = (kept, late);
        Ok(detected)
    }

    /// Milliseconds of silence beyond which it is a gap.
    fn gap_ms(&self) -> i64 {
        (self.setting.config.gap.threshold_h * 3_600_000.0) as i64
    }

    /// Whether the events of a vessel are to be sought. Who is not asked for today may, with what she sends
    /// tomorrow, turn out to have been; so a state keeps everybody's.
    fn seeks_events(&self, is_asked_for: bool) -> bool {
        is_asked_for || self.keeps_state
    }

    /// What a vessel's watch comes to.
    fn conclude(
        &self,
        vessel: Vessel,
        mut watch: Watch,
        mut is_asked_for: bool,
        mut is_station: bool,
    ) -> Result<Detected, PipelineError> {
        let restriction = &self.plan.restriction;
        let presences = std::mem::take(&mut watch.presences).finish();
        let mut share = FleetShare {
            visited: std::mem::take(&mut watch.trail).finish(),
            ends: watch.marks.ends(),
            marks: std::mem::take(&mut watch.marks).finish(),
        };
        let mut seen = std::mem::take(&mut watch.seen);
        // Of a vessel whose times cannot all be true, that is told.
        let is_told_only = is_asked_for && watch.heard.span.is_none() && !is_station;
        is_asked_for &= watch.heard.span.is_some();
        is_asked_for &= restriction.bbox.is_none() || !watch.inside.is_empty();
        is_station |= watch.heard.is_station();
        if is_station {
            share = FleetShare {
                visited: share.visited,
                ..FleetShare::default()
            };
            seen = Seen::default();
            is_asked_for &= restriction.ports.is_empty();
        } else {
            is_asked_for &= seen.was_at_ports(restriction);
        }
        share.ends = share.ends.or_else(|| seen.ends());
        if !is_asked_for {
            share.marks.extend(seen.marks());
        }
        if let Some(bbox) = restriction.bbox {
            seen.keep_inside(bbox, &watch.inside);
        }
        let mut detected = Detected {
            heard: None,
            last: watch.heard.span.map(|span| span.last),
            is_station: false,
            further_hulls: Vec::new(),
            events: VesselEvents::default(),
            observed: Observed {
                presences,
                hulls: Vec::new(),
            },
            share,
            accounts: watch.accounts(is_asked_for || is_told_only),
            late: Vec::new(),
            record: None,
            vessel,
        };
        if is_told_only {
            detected.events = seen.into_events().0;
        } else if is_asked_for {
            detected.is_station = is_station;
            detected.heard = seen.heard(&watch.heard);
            detected.further_hulls = seen.further_hulls(restriction.bbox.is_some());
            let (events, rests) = seen.into_events();
            detected.observed.hulls = self.observer.hulls(
                &detected.vessel,
                &events,
                rests,
                &detected.observed.presences,
            )?;
            detected.events = events;
        }
        Ok(detected)
    }
}

impl Detected {
    /// About how many bytes it takes.
    pub(crate) fn size(&self) -> usize {
        let hulls = self.events.hulls.iter().map(|(_, hull)| hull);
        let of_hulls: usize = hulls
            .map(|hull| {
                hull.vertices.size()
                    + size_of_val(hull.calls.as_slice())
                    + size_of_val(hull.stops.as_slice())
                    + size_of_val(hull.legs.as_slice())
                    + size_of_val(hull.gaps.as_slice())
            })
            .sum();
        of_hulls
            + self.record.as_ref().map_or(0, Vec::len)
            + size_of_val(self.late.as_slice())
            + self.events.flagged.size()
            + size_of_val(self.observed.presences.as_slice())
            + self.share.size()
            + size_of::<Self>()
    }
}
