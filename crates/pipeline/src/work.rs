//! One vessel's way through detection: put in order, restricted, fed to the kernel, observed.

use crate::accounts::Accounts;
use crate::detect::{VesselEvents, detect, is_station};
use crate::gather::VesselRows;
use crate::observe::{Observed, Observer};
use crate::{Plan, Restriction};
use landfall_events::Setting;
use landfall_report::VesselSpan;
use landfall_track::{BoundingBox, Flag, Hull, SourceRow, Vessel};
use std::collections::{BTreeMap, BTreeSet};

/// What every vessel's detection shares.
pub(crate) struct Work<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) setting: Setting<'a>,
    pub(crate) observer: Observer<'a>,
}

/// A vessel that has gone through detection.
pub(crate) struct Detected {
    pub(crate) vessel: Vessel,
    /// When she was heard; `None` if the restriction leaves her out.
    pub(crate) heard: Option<VesselSpan>,
    pub(crate) is_station: bool,
    pub(crate) events: VesselEvents,
    pub(crate) observed: Observed,
    pub(crate) accounts: Accounts,
}

impl Work<'_> {
    /// Takes a vessel and her rows through detection.
    pub(crate) fn go_through(&self, vessel: Vessel, mut rows: VesselRows) -> Detected {
        let mut accounts = Accounts::default();
        rows.put_in_order(&mut accounts);
        let mut detected = Detected {
            heard: None,
            is_station: false,
            events: VesselEvents::default(),
            observed: Observed::default(),
            accounts,
            vessel,
        };
        // Whoever was heard tells of reception, whether or not the run asks for her.
        detected.observed.presences = Observer::presences(&rows);
        self.restrict(&mut detected, &mut rows);
        if rows.rows.is_empty() {
            return detected;
        }
        let wanted;
        if is_station(&detected.vessel.id, &rows) {
            detected.is_station = true;
            wanted = self.plan.restriction.ports.is_empty();
        } else {
            detected.events = detect(&rows, self.observer.data_end, &self.setting);
            wanted = was_at_ports(&self.plan.restriction, &detected.events);
            if let Some(bbox) = self.plan.restriction.bbox {
                detected.events.keep_inside(bbox, &rows);
            }
        }
        if wanted {
            detected.accounts.use_all(rows.reports());
            detected.heard = heard(&rows, &detected.events);
            detected.observed.hulls = self.observer.hulls(
                &detected.vessel,
                &rows,
                &detected.events,
                &detected.observed.presences,
            );
        } else {
            detected.accounts.set_aside_all(rows.reports());
            detected.is_station = false;
            detected.events = VesselEvents::default();
        }
        detected
    }

    /// Sets aside the rows that are left out before detection.
    fn restrict(&self, detected: &mut Detected, rows: &mut VesselRows) {
        let restriction = &self.plan.restriction;
        if restriction.is_empty() {
            return;
        }
        let (kept, aside): (Vec<_>, Vec<_>) = std::mem::take(&mut rows.rows)
            .into_iter()
            .partition(|row| restriction.takes_time(row.report.time));
        detected
            .accounts
            .set_aside_all(aside.iter().map(|row| &row.report));
        rows.rows = kept;
        let vessel = &mut detected.vessel;
        vessel
            .identities
            .retain(|identity| restriction.takes_identity(identity));
        let was_inside =
            |bbox: BoundingBox| rows.reports().any(|report| bbox.contains(report.position));
        let wanted = restriction.takes_id(&vessel.id)
            && restriction.takes_identities(vessel)
            && restriction.bbox.is_none_or(was_inside);
        if !wanted {
            detected.accounts.set_aside_all(rows.reports());
            rows.rows.clear();
        }
    }
}

/// When the first hull of an id was heard. Where there are further ones, their reports and those of
/// no hull are not hers.
fn heard(rows: &VesselRows, events: &VesselEvents) -> Option<VesselSpan> {
    let others: BTreeSet<SourceRow> = events
        .flagged
        .iter()
        .map(|flagged| flagged.report.source)
        .collect();
    let is_shared = events
        .flagged
        .iter()
        .any(|flagged| flagged.flag == Flag::FurtherHull);
    let mut hers = rows
        .reports()
        .filter(|report| !is_shared || !others.contains(&report.source));
    let first = hers.next()?.time;
    let (last, more) = hers.fold((first, 0), |(_, count), report| (report.time, count + 1));
    Some(VesselSpan {
        first,
        last,
        reports: more + 1,
    })
}

/// Whether a vessel was, or fell silent, at one of the ports asked for.
fn was_at_ports(restriction: &Restriction, events: &VesselEvents) -> bool {
    restriction.ports.is_empty()
        || events.hulls.values().any(|hull| {
            let calls = hull.calls.iter().map(|call| Some(call.port));
            let silences = hull.gaps.iter().map(|gap| gap.port);
            calls
                .chain(silences)
                .flatten()
                .any(|port| restriction.ports.contains(&port))
        })
}

/// The hulls beside the first one, and when each was heard.
pub(crate) fn further_hulls(events: &VesselEvents) -> BTreeMap<Hull, VesselSpan> {
    let mut hulls: BTreeMap<Hull, VesselSpan> = BTreeMap::new();
    for flagged in &events.flagged {
        if let (Flag::FurtherHull, Some(hull)) = (flagged.flag, flagged.hull) {
            let time = flagged.report.time;
            let span = hulls.entry(hull).or_insert(VesselSpan {
                first: time,
                last: time,
                reports: 0,
            });
            span.first = span.first.min(time);
            span.last = span.last.max(time);
            span.reports += 1;
        }
    }
    hulls
}
