//! A watch is everything that is kept of one vessel while her rows go by, once, in order: the kernel's
//! state, her events so far, and summaries of her reports that do not grow with them. Rows themselves
//! are not kept.

use crate::accounts::{Accounts, Ends};
use crate::detect::{HullEvents, VesselEvents};
use crate::flagged::Flagged;
use crate::near_reports::{NearReports, Windows};
use crate::quality::{ClockLag, ContentSampler, FaultTally};
use crate::rows::GatheredRow;
use crate::temp_file::TempFile;
use crate::verdict::{Verdicts, note_false_positions};
use crate::vertices::Vertices;
use crate::{PipelineError, Restriction};
use landfall_events::dark::{PresenceBuilder, SpeedHistogram};
use landfall_events::fleet::{Mark, MarkBuilder, Trail};
use landfall_events::{
    Displacement, EventSink, GapConfig, Geography, HullLog, JudgedLog, PlaceConfig, Setting,
    StopCell, StopConfig, VesselKernel, assemble, stop_cells,
};
use landfall_ingest::{ParticularsSlot, VesselBook};
use landfall_report::VesselSpan;
use landfall_track::{
    BoundingBox, Flag, FlaggedReport, Gap, Hull, Identity, Milestone, Particulars, PortCall,
    PortIx, PositionReport, ReportRef, Sender, SourceRow, Stay, Stop, Timestamp, Transit, Vertex,
    distance_m, implied_speed_knots,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// What a vessel is watched by; the same from her first row to her last.
pub(crate) struct Watching<'a> {
    pub(crate) setting: Setting<'a>,
    /// What its stops are seen against.
    pub(crate) geography: Geography<'a>,
    /// Reports from this speed on count as moving, in knots.
    pub(crate) moving_knots: f64,
    /// When sightings that may be of her were made.
    pub(crate) windows: Windows,
    /// Only reports from this time on, and before that, are asked for.
    pub(crate) from: Option<Timestamp>,
    pub(crate) to: Option<Timestamp>,
    pub(crate) bbox: Option<BoundingBox>,
    /// The first and the last time that can be true.
    pub(crate) trusted: (Timestamp, Timestamp),
    /// Whether her events are sought: not those of one who is not asked for, or is no vessel.
    pub(crate) seeks_events: bool,
    /// Milliseconds of silence beyond which it is a gap.
    pub(crate) gap_ms: i64,
    /// If the watch is to be kept for later runs: where particulars are found.
    pub(crate) book: Option<&'a VesselBook>,
    /// Bytes of her geometry, and of her flagged reports, that may be in memory.
    pub(crate) memory: usize,
    /// Where what does not fit goes.
    pub(crate) temp: &'a Path,
}

/// One vessel's watch. It can be stored when rows have been taken, and taken up again with later ones.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Watch {
    kernel: VesselKernel,
    pub(crate) presences: PresenceBuilder,
    /// The cells it was heard in.
    pub(crate) trail: Trail,
    /// Its marks, if its events are not sought.
    pub(crate) marks: MarkBuilder,
    pub(crate) seen: Seen,
    pub(crate) heard: Heard,
    pub(crate) inside: Inside,
    /// Some of its reports, in view of what the data are like.
    pub(crate) content: ContentSampler,
    /// Where an earlier run ended.
    closed: Option<Closed>,
    #[serde(skip)]
    moment: Moment,
    #[serde(skip)]
    sent: SentTally,
    #[serde(skip)]
    tally: FileTally,
    /// The last message without a position.
    without_position: Option<Timestamp>,
    /// Rows that came too late.
    #[serde(skip)]
    pub(crate) late: Vec<(SourceRow, Timestamp)>,
}

/// When she was heard within the time asked for, by whichever hull.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Heard {
    pub(crate) span: Option<VesselSpan>,
    /// Whether every report was a vessel's or may have been; else a station's.
    has_vessel: bool,
}

impl Heard {
    /// Whether all that was heard is a station.
    pub(crate) fn is_station(&self) -> bool {
        self.span.is_some() && !self.has_vessel
    }

    #[inline]
    fn add(&mut self, report: &PositionReport) {
        extend(&mut self.span, report.time);
        self.has_vessel |= !matches!(
            report.sender,
            Sender::BaseStation | Sender::AidToNavigation | Sender::SarAircraft
        );
    }
}

#[inline]
fn extend(span: &mut Option<VesselSpan>, time: Timestamp) {
    match span {
        Some(span) => {
            span.last = time;
            span.reports += 1;
        }
        None => *span = Some(moment(time)),
    }
}

/// The span of one report.
#[inline]
fn moment(time: Timestamp) -> VesselSpan {
    VesselSpan {
        first: time,
        last: time,
        reports: 1,
    }
}

/// The stretches of reports that lie in a box, one after the other without one outside between.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Inside {
    stretches: Vec<(Timestamp, Timestamp)>,
    is_open: bool,
}

impl Inside {
    #[inline]
    fn add(&mut self, report: &PositionReport, bbox: BoundingBox) {
        let is_inside = bbox.contains(report.position);
        match self.stretches.last_mut() {
            Some(last) if is_inside && self.is_open => last.1 = report.time,
            _ if is_inside => self.stretches.push((report.time, report.time)),
            _ => {}
        }
        self.is_open = is_inside;
    }

    /// Whether no report lay in the box.
    pub(crate) fn is_empty(&self) -> bool {
        self.stretches.is_empty()
    }

    /// Whether between two reports, these included, one lay in the box.
    pub(crate) fn touches(&self, first: Timestamp, last: Timestamp) -> bool {
        let next = self.stretches.partition_point(|stretch| stretch.1 < first);
        self.stretches
            .get(next)
            .is_some_and(|stretch| stretch.0 <= last)
    }
}

/// The rows of one moment that were kept, to tell duplicates by.
#[derive(Clone, Debug, Default)]
struct Moment {
    last: Option<GatheredRow>,
    /// Those before it.
    others: Vec<GatheredRow>,
    /// From here on the others say what the last one does, but for the particulars.
    same_from: usize,
}

impl Moment {
    /// More rows of a moment are not kept, and their duplicates may be taken for reports.
    const MOST: usize = 1024;

    /// Whether a row says nothing that an earlier one did not. Rows come in order.
    #[inline]
    fn is_duplicate(&mut self, row: &GatheredRow) -> bool {
        match &self.last {
            Some(last) if last.report.time == row.report.time => self.is_said(row),
            _ => {
                if !self.others.is_empty() {
                    self.others.clear();
                    self.same_from = 0;
                }
                self.last = Some(*row);
                false
            }
        }
    }

    /// The same of a row of the same moment.
    #[cold]
    fn is_said(&mut self, row: &GatheredRow) -> bool {
        let Some(last) = self.last else {
            return false;
        };
        let says_it = |known: &GatheredRow| known.particulars == row.particulars;
        if last.report == row.report {
            if says_it(&last) || self.others[self.same_from..].iter().any(says_it) {
                return true;
            }
        } else {
            self.same_from = self.others.len() + 1;
        }
        if self.others.len() >= Self::MOST {
            self.others.remove(0);
            self.same_from = self.same_from.saturating_sub(1);
        }
        self.others.push(last);
        self.last = Some(*row);
        false
    }

    /// Every row of the moment.
    fn rows(&self) -> impl Iterator<Item = &GatheredRow> {
        self.others.iter().chain(&self.last)
    }
}

/// The last rows of an earlier run: what comes after them must be later.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Closed {
    time: Timestamp,
    /// Every row of that moment.
    rows: Vec<(PositionReport, Option<Particulars>)>,
}

/// What a row is that is no later than those of earlier runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Older {
    Duplicate,
    Late,
    /// Of the last moment, and one that would have come last in it.
    InOrder,
}

impl Closed {
    #[cold]
    fn judge(&self, row: &GatheredRow, book: &VesselBook) -> Older {
        if row.report.time < self.time {
            return Older::Late;
        }
        let mut same = self.rows.iter().filter(|(known, _)| *known == row.report);
        let particulars = book.particulars(row.particulars);
        if same.any(|(_, known)| *known == particulars) {
            Older::Duplicate
        } else if self.rows.iter().all(|(known, _)| *known <= row.report) {
            Older::InOrder
        } else {
            Older::Late
        }
    }
}

/// When each set of particulars was sent, by its number in the book.
#[derive(Clone, Debug, Default)]
struct SentTally {
    /// The particulars that came last, and the span that is not yet among the others.
    current: Option<(ParticularsSlot, VesselSpan)>,
    others: Vec<(ParticularsSlot, VesselSpan)>,
}

impl SentTally {
    fn add(&mut self, slot: ParticularsSlot, time: Timestamp) {
        match &mut self.current {
            Some((known, span)) if *known == slot => {
                span.last = time;
                span.reports += 1;
            }
            _ => {
                self.settle();
                self.current = Some((slot, moment(time)));
            }
        }
    }

    fn settle(&mut self) {
        let Some((slot, span)) = self.current.take() else {
            return;
        };
        let found = self.others.binary_search_by_key(&slot, |(slot, _)| *slot);
        match found {
            // Rows come in time order.
            Ok(at) => {
                let known = &mut self.others[at].1;
                known.last = span.last;
                known.reports += span.reports;
            }
            Err(at) => self.others.insert(at, (slot, span)),
        }
    }
}

/// A vessel's rows by file. Those of one file mostly follow on each other.
#[derive(Clone, Debug, Default)]
struct FileTally {
    all: Accounts,
    file: usize,
    current: Ends,
}

impl FileTally {
    #[inline]
    fn of(&mut self, file: usize) -> &mut Ends {
        if file != self.file {
            self.settle();
            self.file = file;
        }
        &mut self.current
    }

    fn settle(&mut self) {
        if self.current != Ends::default() {
            self.all.file(self.file).add(&self.current);
            self.current = Ends::default();
        }
    }
}

/// Everything the kernel says of one id, hull by hull.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Seen {
    hulls: Vec<(Hull, HullWatch)>,
    /// The hull that was spoken of last.
    current: usize,
    flagged: Flagged,
    /// Hulls that turned out to be none of their own.
    verdicts: Verdicts,
    /// When and where the vessel's positions were false for a time.
    displaced: Vec<Displacement>,
    /// What was flagged, wherever it lay.
    pub(crate) faults: FaultTally,
    /// Vertices in memory, of all hulls.
    vertices: usize,
    #[serde(skip)]
    geometry: Option<TempFile>,
}

/// What is kept of one hull.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct HullWatch {
    vertices: Vertices,
    /// What calls and voyages are made from, while rows come and when all are taken.
    log: HullLog,
    judged: JudgedLog,
    /// Those, once it is known what all vessels show together.
    #[serde(skip)]
    made: landfall_events::HullEvents,
    gaps: Vec<(Gap, u64)>,
    speeds: SpeedHistogram,
    marks: MarkBuilder,
    near: NearReports,
    span: Option<VesselSpan>,
    first: Option<ReportRef>,
    /// Whether a report of hers lay in the box asked for.
    was_inside: bool,
}

/// What is kept of one hull beside her events.
#[derive(Clone, Debug, Default)]
pub(crate) struct HullRest {
    pub(crate) speeds: SpeedHistogram,
    pub(crate) marks: Vec<Mark>,
    pub(crate) near: NearReports,
    /// For gaps within a call: how many of the call's reports are before the gap.
    pub(crate) reports_in_call: BTreeMap<u32, u64>,
}

/// The watch's ear while the kernel speaks.
struct Ear<'a> {
    seen: &'a mut Seen,
    watching: &'a Watching<'a>,
}

impl EventSink for Ear<'_> {
    fn vertex(&mut self, hull: Hull, vertex: Vertex) {
        self.seen.vertices += 1;
        self.seen.of(hull).vertices.push(vertex);
    }

    fn stop(&mut self, hull: Hull, stop: Stop) {
        self.seen.of(hull).log.stops.push(stop);
    }

    fn stay(&mut self, hull: Hull, stay: Stay) {
        self.seen.of(hull).log.stays.push(stay);
    }

    fn transit(&mut self, hull: Hull, transit: Transit) {
        self.seen.of(hull).log.transits.push(transit);
    }

    fn milestone(&mut self, hull: Hull, milestone: Milestone) {
        self.seen.of(hull).log.milestones.push(milestone);
    }

    fn gap(&mut self, hull: Hull, gap: Gap, reports_before: u64) {
        self.seen.of(hull).gaps.push((gap, reports_before));
    }

    fn flagged(&mut self, flagged: FlaggedReport) {
        self.seen.faults.flag(&flagged);
        let bbox = self.watching.bbox;
        if bbox.is_none_or(|bbox| bbox.contains(flagged.report.position)) {
            self.seen.flagged.push(flagged);
        }
    }

    fn withdraw(&mut self, hull: Hull, flag: Flag) {
        let config = &self.watching.setting.config.gap;
        self.seen.withdraw(hull, flag, config);
    }

    fn join(&mut self, hull: Hull, earlier: Hull) {
        self.seen.join(hull, earlier);
    }

    fn displaced(&mut self, displacement: Displacement) {
        self.seen.displaced.push(displacement);
    }

    fn late_clock(&mut self, lag_ms: i64, reports: u64) {
        self.seen.faults.add_lag(ClockLag {
            lag_s: lag_ms as f64 / 1000.0,
            copies: reports,
            reports: 0,
        });
    }

    #[inline]
    fn report(&mut self, hull: Hull, report: &PositionReport) {
        let watching = self.watching;
        let kept = self.seen.of(hull);
        if kept.span.is_none() {
            kept.first = Some(report.to_ref());
        }
        extend(&mut kept.span, report.time);
        kept.speeds.push(report, watching.moving_knots);
        kept.marks.push(report, watching.gap_ms);
        if !watching.windows.is_empty() {
            kept.near.push(report.to_ref(), &watching.windows);
        }
        if let Some(bbox) = watching.bbox {
            kept.was_inside |= bbox.contains(report.position);
        }
    }
}

impl HullWatch {
    fn keep_inside(&mut self, bbox: BoundingBox, inside: &Inside) {
        let touches = |first: ReportRef, last: ReportRef| inside.touches(first.time, last.time);
        let holds = |report: ReportRef| bbox.contains(report.position);
        let made = &mut self.made;
        made.calls
            .retain(|(call, _)| touches(call.first, call.last));
        made.stops.retain(|stop| touches(stop.first, stop.last));
        made.transits
            .retain(|transit| touches(transit.first, transit.last));
        made.legs.retain(|leg| touches(leg.first, leg.last));
        self.gaps
            .retain(|(gap, _)| holds(gap.before) || gap.after.is_some_and(holds));
    }

    /// About how many bytes in memory it takes.
    fn size(&self) -> usize {
        size_of::<(Hull, Self)>()
            + self.vertices.size()
            + self.judged.size()
            + size_of_val(self.gaps.as_slice())
            + self.marks.size()
            + self.near.size()
    }

    /// Her events in order.
    fn into_events(mut self) -> (HullEvents, HullRest) {
        self.gaps.sort_by_key(|(gap, _)| gap.before.time);
        let rest = HullRest {
            reports_in_call: reports_in_calls(&self.made.calls, &self.gaps),
            speeds: self.speeds,
            marks: self.marks.finish(),
            near: self.near,
        };
        let events = HullEvents {
            vertices: self.vertices,
            calls: self.made.calls.into_iter().map(|(call, _)| call).collect(),
            stops: self.made.stops,
            transits: self.made.transits,
            legs: self.made.legs,
            gaps: self.gaps.into_iter().map(|(gap, _)| gap).collect(),
        };
        (events, rest)
    }
}

/// For each gap within a call, how many of the call's reports are before it.
fn reports_in_calls(calls: &[(PortCall, u64)], gaps: &[(Gap, u64)]) -> BTreeMap<u32, u64> {
    let mut counts = BTreeMap::new();
    for (number, (gap, before_gap)) in gaps.iter().enumerate() {
        let next = calls.partition_point(|(call, _)| call.first.time <= gap.before.time);
        if let (Some(after), Some((call, before_call))) = (gap.after, calls[..next].last())
            && call.last.time >= after.time
        {
            counts.insert(number as u32, before_gap - before_call);
        }
    }
    counts
}

impl Watching<'_> {
    /// Whether reports of a time are asked for.
    #[inline]
    fn takes_time(&self, time: Timestamp) -> bool {
        self.from.is_none_or(|from| time >= from) && self.to.is_none_or(|to| time < to)
    }
}

impl Watch {
    /// Takes the vessel's next rows, which are in order and may hold duplicates.
    ///
    /// # Errors
    /// If there is no room for what does not fit into memory.
    pub(crate) fn take(
        &mut self,
        rows: &[GatheredRow],
        watching: &Watching<'_>,
    ) -> Result<(), PipelineError> {
        let mut ear = Ear {
            seen: &mut self.seen,
            watching,
        };
        for row in rows {
            let report = &row.report;
            if row.is_without_position() {
                let is_later = self.without_position.is_none_or(|last| report.time > last)
                    && self.closed.as_ref().is_none_or(|it| report.time >= it.time);
                if is_later && watching.takes_time(report.time) && watching.seeks_events {
                    self.without_position = Some(report.time);
                    self.kernel
                        .push_without_position(report.time, &watching.setting);
                }
                continue;
            }
            let ends = self.tally.of(report.source.file());
            if let (Some(closed), Some(book)) = (&self.closed, watching.book) {
                if report.time > closed.time {
                    self.closed = None;
                } else {
                    match closed.judge(row, book) {
                        Older::InOrder => {}
                        Older::Duplicate => {
                            ends.duplicates += 1;
                            self.sent.add(row.particulars, report.time);
                            continue;
                        }
                        Older::Late => {
                            ends.rejected += 1;
                            self.late.push((report.source, report.time));
                            continue;
                        }
                    }
                }
            }
            if watching.book.is_some() {
                self.sent.add(row.particulars, report.time);
            }
            let is_trusted = (watching.trusted.0..=watching.trusted.1).contains(&report.time);
            if !is_trusted && watching.takes_time(report.time) {
                // Nothing rests on it, not even what is late or a duplicate.
                ends.used += 1;
                ear.flagged(FlaggedReport {
                    report: report.to_ref(),
                    flag: Flag::ImpossibleTime,
                    hull: None,
                });
                continue;
            }
            if self.moment.is_duplicate(row) {
                ends.duplicates += 1;
                continue;
            }
            // Whoever was heard tells of reception, whether or not the run asks for her.
            self.presences.push(report.time, report.position);
            self.trail.push(report.position);
            if !watching.takes_time(report.time) {
                ends.set_aside += 1;
                continue;
            }
            ends.used += 1;
            self.heard.add(report);
            if let Some(bbox) = watching.bbox {
                self.inside.add(report, bbox);
            }
            if watching.seeks_events {
                self.content.push(report);
                self.kernel.push(report, &watching.setting, &mut ear);
            } else {
                self.marks.push(report, watching.gap_ms);
            }
        }
        self.seen.fit(watching)
    }

    /// Readies the watch for being stored: nothing that refers to this run's files and book is left in
    /// it.
    pub(crate) fn close(&mut self, book: &VesselBook) {
        let Some(last) = &self.moment.last else {
            return;
        };
        let time = last.report.time;
        let mut rows = match self.closed.take() {
            Some(closed) if closed.time == time => closed.rows,
            _ => Vec::new(),
        };
        rows.extend(
            self.moment
                .rows()
                .map(|row| (row.report, book.particulars(row.particulars))),
        );
        self.closed = Some(Closed { time, rows });
    }

    /// What she sent of herself in the rows that were taken, and when.
    pub(crate) fn sent(&mut self, book: &VesselBook) -> Vec<Identity> {
        self.sent.settle();
        let sent = self.sent.others.iter().filter_map(|(slot, span)| {
            Some(Identity {
                particulars: book.particulars(*slot)?,
                first: span.first,
                last: span.last,
                reports: span.reports,
            })
        });
        sent.collect()
    }

    /// Ends the vessel's data: her last events come.
    pub(crate) fn finish(&mut self, data_end: Timestamp, watching: &Watching<'_>) {
        let mut ear = Ear {
            seen: &mut self.seen,
            watching,
        };
        if watching.seeks_events {
            std::mem::take(&mut self.kernel).finish(data_end, &watching.setting, &mut ear);
            self.seen.judge(watching.geography);
        }
    }

    /// Whether a part of what is kept is on disk.
    pub(crate) fn is_on_disk(&self) -> bool {
        self.seen.geometry.is_some() || self.seen.flagged.is_on_disk()
    }

    /// About how many bytes in memory it takes beside its own size.
    pub(crate) fn size(&self) -> usize {
        self.presences.size()
            + self.trail.size()
            + self.marks.size()
            + self.content.size()
            + size_of_val(self.inside.stretches.as_slice())
            + self.seen.size()
    }

    /// Its rows by file.
    pub(crate) fn accounts(&mut self) -> Accounts {
        self.tally.settle();
        std::mem::take(&mut self.tally.all)
    }
}

impl Seen {
    /// What is kept of a hull.
    #[inline]
    fn of(&mut self, hull: Hull) -> &mut HullWatch {
        let is_current = self
            .hulls
            .get(self.current)
            .is_some_and(|(known, _)| known.number == hull.number);
        if !is_current {
            self.look_up(hull);
        }
        &mut self.hulls[self.current].1
    }

    #[cold]
    fn look_up(&mut self, hull: Hull) {
        let found = self
            .hulls
            .binary_search_by_key(&hull.number, |(known, _)| known.number);
        self.current = found.unwrap_or_else(|place| {
            self.hulls.insert(place, (hull, HullWatch::default()));
            place
        });
    }

    /// Judges every hull's stops.
    fn judge(&mut self, geography: Geography<'_>) {
        for (_, kept) in &mut self.hulls {
            kept.judged = std::mem::take(&mut kept.log).judged(geography);
        }
    }

    /// The vessel's stops on the grid of places, once they are judged.
    pub(crate) fn stop_cells(
        &self,
        geography: Geography<'_>,
        config: &PlaceConfig,
    ) -> Vec<StopCell> {
        let hulls = self.hulls.iter().map(|(_, kept)| kept.judged.stops());
        stop_cells(hulls, geography, config)
    }

    /// Makes every hull's calls and voyages.
    pub(crate) fn assemble(&mut self, geography: Geography<'_>, config: &StopConfig) {
        for (_, kept) in &mut self.hulls {
            kept.made = assemble(std::mem::take(&mut kept.judged), geography, config);
        }
    }

    /// About how many bytes in memory it takes beside its own size.
    fn size(&self) -> usize {
        let of_hulls = self.hulls.iter().map(|(_, kept)| kept.size());
        of_hulls.sum::<usize>() + self.flagged.size()
    }

    /// Whether she was, or fell silent, at one of the ports asked for.
    pub(crate) fn was_at_ports(&self, restriction: &Restriction) -> bool {
        let ports = &restriction.ports;
        ports.is_empty()
            || self.hulls.iter().any(|(_, kept)| {
                let calls = kept.made.calls.iter().map(|(call, _)| Some(call.port));
                let silences = kept.gaps.iter().map(|(gap, _)| gap.port);
                calls
                    .chain(silences)
                    .flatten()
                    .any(|port| ports.contains(&port))
            })
    }

    /// The ports at which a hull called, or that it passed, each once.
    pub(crate) fn ports(&self) -> BTreeSet<PortIx> {
        let hulls = self.hulls.iter();
        hulls
            .flat_map(|(_, kept)| kept.made.calls.iter().map(|(call, _)| call.port))
            .collect()
    }

    /// How many hulls were told apart.
    pub(crate) fn hulls(&self) -> u64 {
        self.hulls.len() as u64
    }

    /// When the first hull was heard: where there are further ones, their reports and those of no hull
    /// are not hers.
    pub(crate) fn heard(&self, all: &Heard) -> Option<VesselSpan> {
        if self.hulls.len() < 2 && self.verdicts.is_empty() {
            return all.span;
        }
        let (first, _) = self.hulls.first()?;
        self.span_of(*first)
    }

    /// When a hull was heard, with those that go on from it.
    fn span_of(&self, hull: Hull) -> Option<VesselSpan> {
        self.hulls
            .iter()
            .filter(|(part, _)| self.verdicts.root(*part) == hull)
            .filter_map(|(_, kept)| kept.span)
            .reduce(|all, span| VesselSpan {
                first: all.first.min(span.first),
                last: all.last.max(span.last),
                reports: all.reports + span.reports,
            })
    }

    /// Takes back what was said of a hull. While its false reports came, the vessel was not silent.
    fn withdraw(&mut self, hull: Hull, flag: Flag, config: &GapConfig) {
        self.verdicts.withdraw(hull, flag);
        let Some(at) = self
            .hulls
            .iter()
            .position(|(known, _)| known.number == hull.number)
        else {
            return;
        };
        let (_, withdrawn) = self.hulls.remove(at);
        self.current = 0;
        let (Some(span), Some(first)) = (withdrawn.span, withdrawn.first) else {
            return;
        };
        self.faults.turn_further(flag, span.reports, first);
        for (gap, _) in self.hulls.iter_mut().flat_map(|(_, kept)| &mut kept.gaps) {
            note_false_positions(gap, span, config);
        }
    }

    /// Makes a hull a part of an earlier one.
    fn join(&mut self, hull: Hull, earlier: Hull) {
        self.verdicts.join(hull, earlier);
        let kept = self.of(hull);
        let (first, reports) = (kept.first, kept.span.map_or(0, |span| span.reports));
        if let Some(first) = first
            && self.verdicts.root(hull).number == 0
        {
            self.faults.join_further(reports, first);
        }
        let open = self.of(earlier).gaps.last_mut();
        if let (Some(first), Some((gap, _))) = (first, open)
            && gap.after.is_none()
        {
            gap.after = Some(first);
            gap.distance_m = Some(distance_m(gap.before.position, first.position));
            gap.implied_speed_knots = implied_speed_knots(gap.before, first);
        }
    }

    /// The first and the last report, if there is one hull only: which of several what the id sends is of,
    /// nobody can tell.
    pub(crate) fn ends(&self) -> Option<(ReportRef, ReportRef)> {
        match self.hulls.as_slice() {
            [(_, only)] => only.marks.ends(),
            _ => None,
        }
    }

    /// The marks of all hulls.
    pub(crate) fn marks(&self) -> Vec<Mark> {
        let hulls = self.hulls.iter();
        hulls
            .flat_map(|(_, kept)| kept.marks.clone().finish())
            .collect()
    }

    /// The hulls beside the first one, and when each was heard; `of_box`: only those that were in the
    /// box asked for.
    pub(crate) fn further_hulls(&self, of_box: bool) -> Vec<(Hull, VesselSpan)> {
        self.hulls
            .iter()
            .filter(|(hull, kept)| hull.number > 0 && (kept.was_inside || !of_box))
            .filter(|(hull, _)| self.verdicts.root(*hull) == *hull)
            .filter_map(|(hull, _)| Some((*hull, self.span_of(*hull)?)))
            .collect()
    }

    /// Keeps what touches a box: a stay, a stop or a way with a report in it, a gap with an end in
    /// it; flagged reports outside it were not kept. Detection itself always sees every report, so that
    /// leaving the box is neither a silence nor a stop.
    pub(crate) fn keep_inside(&mut self, bbox: BoundingBox, inside: &Inside) {
        for (_, kept) in &mut self.hulls {
            kept.keep_inside(bbox, inside);
        }
    }

    /// Writes to disk what has outgrown its memory.
    #[inline]
    fn fit(&mut self, watching: &Watching<'_>) -> Result<(), PipelineError> {
        // What a later run is to go on from must be stored whole.
        if watching.book.is_some() {
            return Ok(());
        }
        if self.vertices * size_of::<Vertex>() > watching.memory {
            self.spill_vertices(watching.temp)?;
        }
        if self.flagged.size() > watching.memory {
            self.flagged.spill(watching.temp)?;
        }
        Ok(())
    }

    fn spill_vertices(&mut self, temp: &Path) -> Result<(), PipelineError> {
        let file = match &mut self.geometry {
            Some(file) => file,
            none => none.insert(TempFile::new(temp)?),
        };
        for (_, kept) in &mut self.hulls {
            kept.vertices.spill(file)?;
        }
        self.vertices = 0;
        Ok(())
    }

    /// The events in order, and what else is kept of each hull, in the order of the hulls. A hull that
    /// goes on from another stands beside it under the same name.
    pub(crate) fn into_events(mut self) -> (VesselEvents, Vec<HullRest>) {
        let mut events = VesselEvents {
            flagged: std::mem::take(&mut self.flagged),
            displaced: std::mem::take(&mut self.displaced),
            ..VesselEvents::default()
        };
        let geometry = self.geometry.take().map(Arc::new);
        let hulls = std::mem::take(&mut self.hulls);
        let mut rests = Vec::with_capacity(hulls.len());
        for (hull, mut kept) in hulls {
            kept.vertices.keep_file(geometry.as_ref());
            let (hers, rest) = kept.into_events();
            events.hulls.push((self.verdicts.root(hull), hers));
            rests.push(rest);
        }
        events.verdicts = self.verdicts;
        (events, rests)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{Position, SourceRow};

    fn at(hours: i64) -> ReportRef {
        ReportRef {
            time: Timestamp::from_seconds(hours * 3600).unwrap(),
            position: Position::default(),
            source: SourceRow::default(),
        }
    }

    fn corner(lat_e7: i32, lon_e7: i32) -> Position {
        Position { lat_e7, lon_e7 }
    }

    fn bbox() -> BoundingBox {
        BoundingBox {
            south_west: corner(0, 0),
            north_east: corner(10, 10),
        }
    }

    #[test]
    fn only_gaps_with_an_end_in_the_box_are_kept() {
        let outside = |hours| ReportRef {
            position: corner(20, 20),
            ..at(hours)
        };
        let gap = |before, after| Gap {
            before,
            after,
            reports_before: 1,
            distance_m: None,
            implied_speed_knots: None,
            port: None,
            kind: landfall_track::GapKind::Silence,
            without_position: None,
            silent_ms: 0,
        };
        let mut kept = HullWatch {
            gaps: vec![
                (gap(at(0), Some(outside(10))), 1),
                (gap(outside(20), Some(outside(30))), 2),
                (gap(at(40), None), 3),
            ],
            ..HullWatch::default()
        };
        kept.keep_inside(bbox(), &Inside::default());
        let left: Vec<Timestamp> = kept.gaps.iter().map(|(gap, _)| gap.before.time).collect();
        assert_eq!(left, [at(0).time, at(40).time]);
    }

    #[test]
    fn a_way_touches_the_box_if_a_report_of_it_lies_there() {
        let mut inside = Inside::default();
        assert!(inside.is_empty());
        for (hours, lat_e7) in [(0, 20), (1, 5), (2, 5), (3, 20), (4, 20), (5, 5)] {
            let report =
                PositionReport::new(at(hours).time, corner(lat_e7, 5), SourceRow::default());
            inside.add(&report, bbox());
        }
        let touches = |first, last| inside.touches(at(first).time, at(last).time);
        assert!(
            !touches(0, 0) && touches(0, 1) && touches(2, 3) && !touches(3, 4) && touches(4, 5)
        );
    }

    fn row(seconds: i64, lon_e7: i32, particulars: u32, file: usize, number: u64) -> GatheredRow {
        GatheredRow {
            report: PositionReport::new(
                Timestamp::from_seconds(seconds).unwrap(),
                corner(0, lon_e7),
                SourceRow::new(file, number).unwrap(),
            ),
            particulars: ParticularsSlot(particulars),
        }
    }

    fn duplicates(mut rows: Vec<GatheredRow>) -> Vec<(usize, u64)> {
        crate::rows::put_in_order(&mut rows);
        let mut moment = Moment::default();
        rows.iter()
            .filter(|row| moment.is_duplicate(row))
            .map(|row| (row.report.source.file(), row.report.source.row()))
            .collect()
    }

    #[test]
    fn of_equal_rows_the_one_with_the_lowest_file_and_row_stays() {
        let rows = vec![row(5, 1, 0, 1, 9), row(5, 1, 0, 0, 3), row(5, 1, 0, 0, 2)];
        assert_eq!(duplicates(rows), [(0, 3), (1, 9)]);
    }

    #[test]
    fn rows_that_differ_in_their_particulars_are_no_duplicates() {
        let rows = vec![
            row(5, 1, 0, 0, 1),
            row(5, 1, 1, 0, 2),
            row(5, 2, 0, 0, 3),
            row(5, 1, 0, 0, 4),
        ];
        assert_eq!(duplicates(rows), [(0, 4)]);
    }
}
