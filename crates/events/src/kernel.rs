//! The kernel is a state machine that is given one vessel's reports in time order and tells what
//! she did.

use crate::candidate::Candidate;
use crate::hull_track::HullTrack;
use crate::limits::Limits;
use crate::segment::{Company, Fit};
use crate::{Config, EventSink};
use landfall_spatial_index::PortIndex;
use landfall_track::{Flag, FlaggedReport, Hull, PositionReport, Timestamp};
use serde::{Deserialize, Serialize};

/// What the kernel works with beside the reports: thresholds and ports. It must be the same from
/// a vessel's first report to her last.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// Every threshold; [`Config::check`] must have passed it.
    pub config: &'a Config,
    /// Every port.
    pub ports: &'a PortIndex,
}

/// More candidates than this are not kept: of more, the one silent for longest is noise.
const MAX_CANDIDATES: usize = 8;
/// More hulls than this are not kept open: of more, the one silent for longest has ended.
const MAX_HULLS: usize = 16;
/// A doubtful report after a long silence is believed as soon as one more bears it out.
const REPORTS_AFTER_SILENCE: u32 = 2;
/// A report that a hull in contact reaches only at a speed she was never seen at is believed when so
/// many hold together. One alone, or a false one with its echo, is a spike.
const REPORTS_AFTER_LEAP: u32 = 3;

/// One vessel's state between reports. It can be stored and taken up again at any report. Hulls and
/// candidates kept at a time are limited in number and size; only the list of the moments that name
/// further hulls grows, by one for each hull ever told apart.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct VesselKernel {
    hulls: Vec<OpenHull>,
    candidates: Vec<Candidate>,
    /// Hulls so far.
    count: u32,
    /// The moments that name further hulls.
    names: Vec<Timestamp>,
    /// The last report of all hulls that have ended.
    ended_last: Option<Timestamp>,
    /// The last report's time.
    latest: Option<Timestamp>,
    /// The setting's limits, once they are known.
    #[serde(skip)]
    limits: Option<Limits>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct OpenHull {
    track: HullTrack,
    /// Whether nobody can say any longer which reports are hers.
    closed: bool,
}

/// A tracklet by its place in the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Hull(usize),
    Candidate(usize),
}

/// The best match for a report.
#[derive(Clone, Copy, Debug)]
struct Match {
    slot: Slot,
    merit: f64,
    good: bool,
    in_contact: bool,
}

impl Match {
    /// A good fit goes before a doubtful one, then a tracklet with which contact holds before one
    /// with which it was lost.
    fn rank(&self) -> (bool, bool, f64) {
        (self.good, self.in_contact, self.merit)
    }
}

impl VesselKernel {
    /// Takes the vessel's next report, which must not be earlier than the one before; a report
    /// that is counts as sent at the moment of the one before. Of a hull's reports of one moment all
    /// are counted, and the first stands for all in positions, distances, speeds and the path: give
    /// those of equal times in order of content.
    #[inline]
    pub fn push<S: EventSink>(
        &mut self,
        report: &PositionReport,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        match self.latest {
            Some(latest) if report.time < latest => self.take_late(report, latest, setting, sink),
            _ => self.take(report, setting, sink),
        }
    }

    #[cold]
    fn take_late<S: EventSink>(
        &mut self,
        report: &PositionReport,
        latest: Timestamp,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        let mut simultaneous = *report;
        simultaneous.time = latest;
        self.take(&simultaneous, setting, sink);
    }

    #[inline(always)]
    fn take<S: EventSink>(&mut self, report: &PositionReport, setting: &Setting<'_>, sink: &mut S) {
        self.latest = Some(report.time);
        let limits = self
            .limits
            .get_or_insert_with(|| Limits::new(setting.config));
        // Nearly every report follows on the vessel's only hull.
        if let ([hull], []) = (self.hulls.as_mut_slice(), self.candidates.as_slice())
            && !hull.closed
            && let Some(step_m2) = hull.track.sure_step_m2(report, limits)
        {
            let step_m = step_m2.sqrt();
            if !hull.track.go_on(report, step_m, limits, sink) {
                hull.track.push(report, step_m, limits, setting, sink);
            }
            return;
        }
        let limits = *limits;
        self.place(report, &limits, setting, sink);
    }

    /// Ends the vessel's data. `data_end` is the latest report's time in the whole input: up to
    /// then her silence counts.
    pub fn finish<S: EventSink>(
        mut self,
        data_end: Timestamp,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        let mut waiting = std::mem::take(&mut self.candidates);
        waiting.sort_by_key(Candidate::since);
        if self.count == 0 {
            // Nothing more will come: the longest is the vessel.
            let longest = waiting
                .iter()
                .enumerate()
                .max_by_key(|(at, candidate)| (candidate.reports.len(), std::cmp::Reverse(*at)))
                .map(|(at, _)| at);
            if let Some(at) = longest {
                let candidate = waiting.remove(at);
                self.begin_hull(&candidate, setting, sink);
            }
        }
        for candidate in waiting {
            match self.followed_hull(&candidate) {
                Some((at, REPORTS_AFTER_SILENCE)) => {
                    self.continue_hull(at, &candidate, setting, sink);
                }
                _ => self.flag_noise(&candidate, sink),
            }
        }
        let end = self.latest.map_or(data_end, |latest| latest.max(data_end));
        self.hulls.sort_by_key(|hull| hull.track.hull().number);
        for hull in self.hulls {
            hull.track.finish(end, setting, sink);
        }
    }

    fn limits(&mut self, setting: &Setting<'_>) -> Limits {
        *self
            .limits
            .get_or_insert_with(|| Limits::new(setting.config))
    }

    /// Finds the tracklet a report belongs to, when that is not obvious.
    #[inline(never)]
    fn place<S: EventSink>(
        &mut self,
        report: &PositionReport,
        limits: &Limits,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        if let Some(at) = self.closely_followed(report, limits) {
            self.hulls[at].push(report, limits, setting, sink);
            if !self.candidates.is_empty() {
                self.drop_outlived(report.time, setting, sink);
            }
            return;
        }
        self.tidy(report.time, setting, sink);
        if let Some(at) = self.surely_followed(report, limits, setting) {
            self.hulls[at].push(report, limits, setting, sink);
            return;
        }
        match self.best_match(report, setting) {
            Some(Match {
                slot: Slot::Hull(at),
                merit,
                good: true,
                ..
            }) => {
                let contested = self.contested(at, merit, report, setting);
                if contested.is_empty() {
                    self.hulls[at].push(report, limits, setting, sink);
                } else {
                    self.begin_candidate(Candidate::new(report, None, contested), sink);
                }
            }
            Some(Match {
                slot: Slot::Candidate(at),
                good,
                in_contact,
                ..
            }) => {
                if good || self.count == 0 || (in_contact && !self.awaits_return(at)) {
                    let hull_reports = self.hull_reports();
                    self.candidates[at].push(report, hull_reports);
                    self.settle(at, setting, sink);
                } else {
                    self.doubt_candidate(at, report, setting, sink);
                }
            }
            Some(Match {
                slot: Slot::Hull(at),
                good: false,
                ..
            }) => {
                if let Some(chained) = self.chained(at, report, setting) {
                    let hull_reports = self.hull_reports();
                    self.candidates[chained].push(report, hull_reports);
                    self.settle(chained, setting, sink);
                    return;
                }
                let follows = self.follows(at, report, setting);
                self.begin_candidate(Candidate::new(report, Some(follows), Vec::new()), sink);
            }
            None => self.begin_candidate(Candidate::new(report, None, Vec::new()), sink),
        }
    }

    /// The hull that the report follows within minutes and metres, while no other is being heard.
    fn closely_followed(&self, report: &PositionReport, limits: &Limits) -> Option<usize> {
        let mut heard =
            self.hulls.iter().enumerate().filter(|(_, hull)| {
                report.time.millis_since(hull.last_time()) <= limits.contact_ms
            });
        let (at, hull) = heard.next()?;
        (heard.next().is_none()
            && !hull.closed
            && hull.track.is_followed_closely_by(report, limits))
        .then_some(at)
    }

    /// The hull that the report surely fits well, while it cannot belong to any other tracklet.
    fn surely_followed(
        &self,
        report: &PositionReport,
        limits: &Limits,
        setting: &Setting<'_>,
    ) -> Option<usize> {
        let cleaning = &setting.config.cleaning;
        let (at, followed) = self.hulls.iter().enumerate().find(|(_, hull)| {
            let track = &hull.track;
            !hull.closed && track.tail().is_surely_good(report, track.plane(), limits)
        })?;
        let others = self
            .hulls
            .iter()
            .filter(|hull| !hull.closed && hull.number() != followed.number())
            .map(|hull| hull.track.tail())
            .chain(self.candidates.iter().map(|candidate| &candidate.tail));
        others
            .into_iter()
            .all(|tail| tail.is_surely_impossible(report, cleaning))
            .then_some(at)
    }

    /// The tracklet that a report fits best; a good fit goes before a doubtful one.
    fn best_match(&self, report: &PositionReport, setting: &Setting<'_>) -> Option<Match> {
        let (cleaning, segment) = (&setting.config.cleaning, &setting.config.segment);
        let hulls = self
            .hulls
            .iter()
            .enumerate()
            .filter(|(_, hull)| !hull.closed)
            .map(|(at, hull)| {
                let company = || self.company(Some(hull.number()), report.time, setting);
                (
                    Slot::Hull(at),
                    hull.track.tail().fit(report, company, cleaning, segment),
                )
            });
        let candidates = self.candidates.iter().enumerate().map(|(at, candidate)| {
            let hull = candidate.follows.map(|(number, _)| number);
            let company = || self.company(hull, report.time, setting);
            (
                Slot::Candidate(at),
                candidate.tail.fit(report, company, cleaning, segment),
            )
        });
        let mut best: Option<Match> = None;
        for (slot, fit) in hulls.chain(candidates) {
            let (tail, weight) = match slot {
                Slot::Hull(at) => (self.hulls[at].track.tail(), 0.0),
                Slot::Candidate(at) => (
                    &self.candidates[at].tail,
                    self.candidates[at].weight(segment),
                ),
            };
            let (merit, good) = match fit {
                Fit::Impossible => continue,
                Fit::Doubtful(merit) => (merit + weight, false),
                Fit::Good(merit) => (merit + weight, true),
            };
            if let (Slot::Candidate(at), Some(_)) = (slot, &best)
                && self.is_overruled(&self.candidates[at], report.time, setting)
            {
                continue;
            }
            let found = Match {
                slot,
                merit,
                good,
                in_contact: report.time.hours_since(tail.last.time) <= segment.contact_h,
            };
            if best.is_none_or(|best| found.rank() > best.rank()) {
                best = Some(found);
            }
        }
        best
    }

    /// Whether a candidate does not stand against the only ship that is heard under the id: after a
    /// silence of all, a report that both could have sent is hers.
    fn is_overruled(&self, candidate: &Candidate, now: Timestamp, setting: &Setting<'_>) -> bool {
        let [hull] = self.hulls.as_slice() else {
            return false;
        };
        candidate.is_overruled_by(hull.last_time(), now, self.hull_reports())
            && self.company(Some(hull.number()), now, setting) == Company::Alone
    }

    /// Whether a hull other than this one is in use: heard for long enough to be a ship and not a
    /// burst of false reports, heard of late, and not long silent when this one fell silent.
    fn company(&self, number: Option<u32>, now: Timestamp, setting: &Setting<'_>) -> Company {
        let segment = &setting.config.segment;
        let own_last = self
            .hulls
            .iter()
            .find(|hull| Some(hull.number()) == number)
            .map(OpenHull::last_time);
        let lately = |time: Timestamp| {
            now.hours_since(time) <= segment.shared_h
                && own_last
                    .is_none_or(|own_last| own_last.hours_since(time) <= segment.shared_silence_h)
        };
        let heard = self.ended_last.is_some_and(lately)
            || self.hulls.iter().any(|hull| {
                Some(hull.number()) != number
                    && lately(hull.last_time())
                    && hull.is_sustained(setting)
            });
        if heard {
            Company::Shared
        } else {
            Company::Alone
        }
    }

    /// The hulls that a report may belong to, if after a silence there is more than one.
    fn contested(
        &self,
        best: usize,
        merit: f64,
        report: &PositionReport,
        setting: &Setting<'_>,
    ) -> Vec<u32> {
        let segment = &setting.config.segment;
        let silence_h = report.time.hours_since(self.hulls[best].last_time());
        if silence_h <= segment.contact_h || self.hulls.len() < 2 {
            return Vec::new();
        }
        let least = merit - segment.ambiguity_factor.ln();
        let equals: Vec<u32> = self
            .hulls
            .iter()
            .filter(|hull| {
                let company = || self.company(Some(hull.number()), report.time, setting);
                !hull.closed
                    && matches!(
                        hull.track.tail().fit(report, company, &setting.config.cleaning, segment),
                        Fit::Good(other) if other >= least
                    )
            })
            .map(OpenHull::number)
            .collect();
        if equals.len() > 1 { equals } else { Vec::new() }
    }

    /// That a report follows on a hull, and how many reports are needed to show it.
    fn follows(&self, at: usize, report: &PositionReport, setting: &Setting<'_>) -> (u32, u32) {
        let segment = &setting.config.segment;
        let hull = &self.hulls[at];
        let needed = if report.time.hours_since(hull.last_time()) > segment.contact_h {
            REPORTS_AFTER_SILENCE
        } else {
            REPORTS_AFTER_LEAP
        };
        (hull.number(), needed)
    }

    /// The place of the hull that a candidate follows on, with the reports needed to show it; none
    /// if that hull has been heard since.
    fn followed_hull(&self, candidate: &Candidate) -> Option<(usize, u32)> {
        let (number, needed) = candidate.follows?;
        let at = self.hulls.iter().position(|hull| hull.number() == number)?;
        let hull = &self.hulls[at];
        (!hull.closed && hull.last_time() <= candidate.since()).then_some((at, needed))
    }

    /// A candidate has grown: it may now be part of a hull, or a hull of its own.
    fn settle<S: EventSink>(&mut self, at: usize, setting: &Setting<'_>, sink: &mut S) {
        let candidate = &self.candidates[at];
        let is_hull = candidate.is_hull(&setting.config.segment);
        match self.followed_hull(candidate) {
            Some((hull, needed)) if is_hull || candidate.reports.len() >= needed as usize => {
                let candidate = self.candidates.remove(at);
                self.continue_hull(hull, &candidate, setting, sink);
            }
            None if is_hull => {
                let candidate = self.candidates.remove(at);
                self.begin_hull(&candidate, setting, sink);
            }
            _ => {}
        }
    }

    /// The candidate that follows on the hull by a leap, as the report does, and that the report
    /// can follow in its turn: the two bear each other out.
    fn chained(
        &self,
        hull: usize,
        report: &PositionReport,
        setting: &Setting<'_>,
    ) -> Option<usize> {
        let (cleaning, segment) = (&setting.config.cleaning, &setting.config.segment);
        let leap = Some((self.hulls[hull].number(), REPORTS_AFTER_LEAP));
        self.candidates.iter().rposition(|candidate| {
            candidate.follows == leap
                && self.followed_hull(candidate).is_some()
                && report.time.hours_since(candidate.tail.last.time) <= segment.contact_h
                && candidate
                    .tail
                    .fit(report, || Company::Alone, cleaning, segment)
                    != Fit::Impossible
        })
    }

    /// Whether a candidate follows on a hull after a long silence, and one more report decides.
    fn awaits_return(&self, at: usize) -> bool {
        matches!(
            self.candidates[at].follows,
            Some((_, REPORTS_AFTER_SILENCE))
        )
    }

    /// A report follows on a candidate, but only doubtfully. If the candidate itself follows on a
    /// hull, it is borne out, and the report is the next to be doubted.
    fn doubt_candidate<S: EventSink>(
        &mut self,
        at: usize,
        report: &PositionReport,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        let follows = match self.followed_hull(&self.candidates[at]) {
            Some((hull, REPORTS_AFTER_SILENCE)) => {
                let candidate = self.candidates.remove(at);
                self.continue_hull(hull, &candidate, setting, sink);
                Some(self.follows(hull, report, setting))
            }
            _ => None,
        };
        self.begin_candidate(Candidate::new(report, follows, Vec::new()), sink);
    }

    /// How many reports the open hulls have been given.
    fn hull_reports(&self) -> u64 {
        self.hulls.iter().map(|hull| hull.track.reports()).sum()
    }

    fn begin_candidate<S: EventSink>(&mut self, mut candidate: Candidate, sink: &mut S) {
        candidate.hull_reports_then = self.hull_reports();
        if self.candidates.len() >= MAX_CANDIDATES {
            let stalest = (0..self.candidates.len()).min_by_key(|at| {
                let candidate = &self.candidates[*at];
                (candidate.tail.last.time, candidate.reports.len())
            });
            if let Some(at) = stalest {
                let noise = self.candidates.remove(at);
                self.flag_noise(&noise, sink);
            }
        }
        self.candidates.push(candidate);
    }

    fn begin_hull<S: EventSink>(
        &mut self,
        candidate: &Candidate,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        let Some((first, rest)) = candidate.reports.split_first() else {
            return;
        };
        for hull in &mut self.hulls {
            hull.closed |=
                candidate.contested.contains(&hull.number()) && hull.last_time() <= first.time;
        }
        if self.hulls.len() >= MAX_HULLS {
            let stalest = (0..self.hulls.len()).min_by_key(|at| self.hulls[*at].last_time());
            if let Some(at) = stalest {
                self.end_hull(at, first.time, setting, sink);
            }
        }
        let limits = self.limits(setting);
        let hull = Hull {
            number: self.count,
            since: self.name(first.time),
        };
        self.count = self.count.saturating_add(1);
        let mut open = OpenHull {
            track: HullTrack::begin(hull, first, &limits, setting, sink),
            closed: false,
        };
        for report in rest {
            open.push(report, &limits, setting, sink);
        }
        self.hulls.push(open);
    }

    /// The moment that names a new hull: her first report's, or, since a vessel's hulls must differ
    /// in name, the next millisecond not taken.
    fn name(&mut self, first: Timestamp) -> Timestamp {
        let mut name = first;
        if self.count > 0 {
            let mut place = self.names.partition_point(|taken| *taken < name);
            while self.names.get(place) == Some(&name) {
                name = name.shifted(1);
                place += 1;
            }
            self.names.insert(place, name);
        }
        name
    }

    fn continue_hull<S: EventSink>(
        &mut self,
        at: usize,
        candidate: &Candidate,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        let limits = self.limits(setting);
        for report in &candidate.reports {
            self.hulls[at].push(report, &limits, setting, sink);
        }
    }

    /// Ends the hulls and candidates that nothing will be added to.
    fn tidy<S: EventSink>(&mut self, now: Timestamp, setting: &Setting<'_>, sink: &mut S) {
        let config = setting.config;
        // By then a closed hull's silence is a gap, and one in port a call, whatever follows.
        let settled_h = config.gap.threshold_h.max(config.port_call.silence_h);
        while let Some(at) = self
            .hulls
            .iter()
            .position(|hull| hull.closed && now.hours_since(hull.last_time()) > settled_h)
        {
            self.end_hull(at, now, setting, sink);
        }
        while let Some(at) = self.candidates.iter().position(|candidate| {
            let last = candidate.tail.last.time;
            now.hours_since(last) > config.segment.shared_silence_h
                && self.hulls.iter().any(|hull| hull.last_time() > last)
        }) {
            let noise = self.candidates.remove(at);
            self.flag_noise(&noise, sink);
        }
        self.drop_outlived(now, setting, sink);
    }

    /// Ends the candidates that the hulls have shown to be noise.
    fn drop_outlived<S: EventSink>(&mut self, now: Timestamp, setting: &Setting<'_>, sink: &mut S) {
        let (segment, hull_reports) = (&setting.config.segment, self.hull_reports());
        while let Some(at) = self
            .candidates
            .iter()
            .position(|candidate| candidate.is_outlived(now, hull_reports, segment))
        {
            let noise = self.candidates.remove(at);
            self.flag_noise(&noise, sink);
        }
    }

    fn end_hull<S: EventSink>(
        &mut self,
        at: usize,
        now: Timestamp,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        let hull = self.hulls.remove(at);
        if hull.is_sustained(setting) {
            self.ended_last = self.ended_last.max(Some(hull.last_time()));
        }
        hull.track.finish(now, setting, sink);
    }

    fn flag_noise<S: EventSink>(&self, candidate: &Candidate, sink: &mut S) {
        let hopped_back = self.hulls.iter().any(|hull| {
            hull.track.hull().since <= candidate.since()
                && hull.last_time() >= candidate.tail.last.time
        });
        for report in &candidate.reports {
            sink.flagged(FlaggedReport {
                report: report.to_ref(),
                flag: if hopped_back {
                    Flag::Spike
                } else {
                    Flag::Teleport
                },
                hull: None,
            });
        }
    }
}

impl OpenHull {
    fn number(&self) -> u32 {
        self.track.hull().number
    }

    /// Whether she was heard for so long that she is a ship in her own right.
    fn is_sustained(&self, setting: &Setting<'_>) -> bool {
        self.last_time().hours_since(self.track.hull().since) >= setting.config.segment.sparse_h
    }

    /// The time of her last report.
    fn last_time(&self) -> Timestamp {
        self.track.tail().last.time
    }

    #[inline(never)]
    fn push<S: EventSink>(
        &mut self,
        report: &PositionReport,
        limits: &Limits,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        let step_m = self
            .track
            .plane()
            .distance_m(self.track.tail().last.position, report.position);
        if !self.track.go_on(report, step_m, limits, sink) {
            self.track.push(report, step_m, limits, setting, sink);
        }
    }
}
