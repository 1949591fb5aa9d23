//! One vessel's way through detection: its rows go by once and are fed to the kernel, and when the places of all
//! vessels are known, what is left is put in order.

use crate::accounts::Accounts;
use crate::detect::{VesselEvents, is_station_number};
use crate::fleet::FleetShare;
use crate::gather::VesselRows;
use crate::heard::HeardVessel;
use crate::observe::{Observed, ObservedHull, Observer};
use crate::quality::VesselQuality;
use crate::state::{Record, merged};
use crate::state_file::record_bytes;
use crate::subjects::Asked;
use crate::watch::{Seen, Watching};
use crate::{PipelineError, Plan};
use landfall_events::{Geography, Setting, StopCell};
use landfall_ingest::VesselBook;
use landfall_report::VesselSpan;
use landfall_track::{Gap, Hull, PortIx, SourceRow, Timestamp, Vessel};
use std::path::Path;

/// No port reaches farther from the places its table gives than so many metres, all errors included.
const OFF_M: f64 = 250_000.0;
/// Ports that are named where nobody was at those asked for.
pub(crate) const NEAR_PORTS: usize = 3;

/// What every vessel's detection shares.
pub(crate) struct Work<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) setting: Setting<'a>,
    pub(crate) geography: Geography<'a>,
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
    /// Its place among all vessels.
    pub(crate) number: u32,
    pub(crate) vessel: Vessel,
    /// When she was heard; `None` if the restriction leaves her out for certain.
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
    /// What its reports say of the data; `None` for stations, and vessels that are not asked for.
    pub(crate) quality: Option<VesselQuality>,
    /// Whether the run asks for it.
    pub(crate) asked: Asked,
    /// If it was at none of the ports asked for: where it was, and how far from them in metres.
    pub(crate) near_ports: Vec<(PortIx, f64)>,
}

/// A vessel whose rows have gone through its kernel.
pub(crate) struct Listened {
    pub(crate) heard: HeardVessel,
    /// Its stops on the grid of places.
    pub(crate) cells: Vec<StopCell>,
    /// Rows that came too late.
    pub(crate) late: Vec<(SourceRow, Timestamp)>,
    /// What the state is to keep of it, if one is kept.
    pub(crate) record: Option<Vec<u8>>,
}

impl Work<'_> {
    /// Takes a vessel and its rows through its kernel, from where an earlier run left it.
    ///
    /// # Errors
    /// If its rows cannot be read.
    pub(crate) fn listen(
        &self,
        (record, mut vessel): (Record, Vessel),
        rows: Option<VesselRows<'_>>,
    ) -> Result<Listened, PipelineError> {
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
            geography: self.geography,
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
        Ok(Listened {
            cells: (watch.seen).stop_cells(self.geography, &self.plan.config.places),
            late: std::mem::take(&mut watch.late),
            record: kept,
            heard: HeardVessel {
                accounts: watch.accounts(),
                vessel,
                watch,
                is_asked_for,
                is_station,
            },
        })
    }

    /// Milliseconds of silence beyond which it is a gap.
    fn gap_ms(&self) -> i64 {
        (self.setting.config.gap.threshold_h * 3_600_000.0) as i64
    }

    /// Whether the events of a vessel are to be sought. Who is not asked for today may, with what it sends
    /// tomorrow, turn out to have been; so a state keeps everybody's. And a sighting must come to the
    /// same whoever is asked for.
    fn seeks_events(&self, is_asked_for: bool) -> bool {
        is_asked_for || self.keeps_state || self.has_sightings()
    }

    fn has_sightings(&self) -> bool {
        !self.observer.sightings.is_empty()
    }

    /// What was heard of a vessel comes to, now that the places are known.
    ///
    /// # Errors
    /// If a path that is on disk cannot be read.
    pub(crate) fn conclude(&self, heard: HeardVessel) -> Result<Detected, PipelineError> {
        let HeardVessel {
            vessel,
            mut watch,
            mut accounts,
            mut is_asked_for,
            mut is_station,
        } = heard;
        let restriction = &self.plan.restriction;
        let presences = std::mem::take(&mut watch.presences).finish();
        let mut share = FleetShare {
            visited: std::mem::take(&mut watch.trail).finish(),
            ends: watch.marks.ends(),
            marks: std::mem::take(&mut watch.marks).finish(),
        };
        let mut seen = std::mem::take(&mut watch.seen);
        seen.assemble(self.geography, &self.setting.config.stop);
        // Of a vessel whose times cannot all be true, that is told.
        let is_told_only = is_asked_for && watch.heard.span.is_none() && !is_station;
        is_asked_for &= watch.heard.span.is_some();
        is_asked_for &= restriction.bbox.is_none() || !watch.inside.is_empty();
        is_station |= watch.heard.is_station();
        let mut asked = if is_asked_for { Asked::Yes } else { Asked::No };
        let mut near_ports = Vec::new();
        if is_station {
            share = FleetShare {
                visited: share.visited,
                ..FleetShare::default()
            };
            seen = Seen::default();
            if !restriction.ports.is_empty() {
                asked = Asked::No;
            }
        } else if is_asked_for && !seen.was_at_ports(restriction) {
            asked = Asked::IfDarkCall;
            near_ports = self.near_ports(&seen);
        }
        share.ends = share.ends.or_else(|| seen.ends());
        if asked == Asked::No {
            share.marks.extend(seen.marks());
        }
        if let Some(bbox) = restriction.bbox
            && asked != Asked::No
        {
            seen.keep_inside(bbox, &watch.inside);
        }
        let last = watch.heard.span.map(|span| span.last);
        let heard = seen.heard(&watch.heard);
        let further_hulls = seen.further_hulls(restriction.bbox.is_some());
        let quality = VesselQuality {
            reports: watch.heard.span.map_or(0, |span| span.reports),
            faults: std::mem::take(&mut seen.faults),
            content: std::mem::take(&mut watch.content),
            hulls: seen.hulls(),
        };
        let mut events = VesselEvents::default();
        let mut hulls = Vec::new();
        if asked != Asked::No || is_told_only || self.has_sightings() {
            let rests;
            (events, rests) = seen.into_events();
            hulls = self.observer.hulls(&vessel, &events, rests, &presences)?;
        }
        if asked == Asked::IfDarkCall && !self.may_call_dark(&hulls) {
            asked = Asked::No;
        }
        if asked == Asked::No && !is_told_only {
            accounts.set_all_aside();
        }
        let mut detected = Detected {
            number: 0,
            heard: None,
            last,
            is_station: false,
            further_hulls: Vec::new(),
            events: VesselEvents::default(),
            observed: Observed { hulls, presences },
            share,
            accounts,
            quality: None,
            asked,
            near_ports,
            vessel,
        };
        if is_told_only {
            detected.asked = Asked::Yes;
            detected.quality = Some(quality);
            detected.events = events;
        } else if asked == Asked::No {
            if !self.has_sightings() {
                detected.observed.hulls.clear();
            }
            // No way of it is drawn.
            for hull in &mut detected.observed.hulls {
                hull.vertices = Vec::new();
            }
        } else {
            detected.is_station = is_station;
            detected.heard = heard;
            detected.further_hulls = further_hulls;
            detected.quality = (!is_station).then_some(quality);
            detected.events = events;
        }
        Ok(detected)
    }

    /// Whether a gap of one of the hulls leaves room for a dark call at a port asked for: a coarse test,
    /// by which none is missed. Dark calls are made at watched ports, and where there are sightings.
    fn may_call_dark(&self, hulls: &[ObservedHull]) -> bool {
        let watched = self.observer.watched;
        let has_room = |port: PortIx, hull: &ObservedHull, gap: &Gap| {
            let way_m = |position| (self.setting.ports.distance_m(port, position) - OFF_M).max(0.0);
            let end = gap.after.map_or(self.observer.data_end, |after| after.time);
            let reach_m =
                hull.speeds.cap_knots * 1_852.0 * end.hours_since(gap.before.time).max(0.0);
            way_m(gap.before.position) + gap.after.map_or(0.0, |after| way_m(after.position))
                <= reach_m
        };
        let ports = &self.plan.restriction.ports;
        let may_be = ports
            .iter()
            .filter(|port| self.has_sightings() || watched.contains(port));
        may_be.into_iter().any(|port| {
            hulls
                .iter()
                .any(|hull| hull.gaps.iter().any(|gap| has_room(*port, hull, gap)))
        })
    }

    /// The ports at which a vessel was that are nearest to those asked for, and how far in metres.
    fn near_ports(&self, seen: &Seen) -> Vec<(PortIx, f64)> {
        let ports = self.setting.ports;
        let asked = &self.plan.restriction.ports;
        let mut near: Vec<(PortIx, f64)> = seen
            .ports()
            .into_iter()
            .filter_map(|port| {
                let place = ports.port(port).place.first()?;
                let distances = asked.iter().map(|asked| ports.distance_m(*asked, place));
                Some((port, distances.fold(f64::INFINITY, f64::min)))
            })
            .collect();
        near.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        near.truncate(NEAR_PORTS);
        near
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
                    + size_of_val(hull.transits.as_slice())
                    + size_of_val(hull.legs.as_slice())
                    + size_of_val(hull.gaps.as_slice())
            })
            .sum();
        of_hulls
            + self.events.flagged.size()
            + size_of_val(self.observed.presences.as_slice())
            + self.share.size()
            + size_of::<Self>()
    }
}
