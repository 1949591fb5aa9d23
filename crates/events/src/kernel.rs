//! The kernel is a state machine that is given one vessel's reports in time order and tells what
//! she did.

mod late;

use crate::candidate::Candidate;
use crate::feed::{
    Echo, LonePace, Overlap, RecentWay, has_lost_figures, is_zero_or_pole, keeps_false_coordinate,
    shares_a_coordinate,
};
use crate::hull_track::HullTrack;
use crate::limits::{KNOT, Limits};
use crate::plane::Plane;
use crate::segment::{Company, Fit, STEP_M2, Tail};
use crate::{Config, Displacement, EventSink, GapConfig};
use landfall_spatial_index::PortIndex;
use landfall_track::{Flag, FlaggedReport, Hull, Position, PositionReport, ReportRef, Timestamp};
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
/// A report that lies farther than what the vessel makes, by this factor and so many metres, is odd.
const ODD_FACTOR: f64 = 3.0;
const ODD_M: f64 = 100.0;
/// The factor where a late receiver is known or suspected; there a report that lies nearer than what the vessel
/// makes, by the same factor, is odd, too.
const LAGGED_FACTOR: f64 = 1.25;
/// A report so many times nearer to another tracklet than to a hull may be another false one.
const NEARER: f64 = 4.0;
/// A displaced position that lasts longer is another vessel's, in hours: jamming and spoofing come and
/// go within days.
const DISPLACED_H: f64 = 168.0;

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
    /// Where the id was reported of late.
    recent: RecentWay,
    /// The setting's limits, once they are known.
    #[serde(skip)]
    limits: Option<Limits>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct OpenHull {
    track: HullTrack,
    /// Whether nobody can say any longer which reports are hers.
    closed: bool,
    /// How often it is heard while it is heard alone, since there were several.
    lone_pace: LonePace,
    /// Whether its last report was late, and another tracklet stands for it.
    outdated: bool,
    /// How it overlaps with earlier hulls.
    overlap: Overlap,
    first: ReportRef,
    /// Where the hull heard last was when it began.
    from: Option<Position>,
}

/// The step from a vessel's last report to its next.
#[derive(Clone, Copy, Debug)]
struct Step {
    east_north_m: (f64, f64),
    elapsed_ms: i64,
    /// The step before that shows which way the vessel goes.
    course: Option<(f64, f64)>,
    /// Whether a late receiver is known or suspected.
    has_lags: bool,
}

impl Step {
    #[inline(always)]
    fn square_m2(&self) -> f64 {
        let (east_m, north_m) = self.east_north_m;
        east_m * east_m + north_m * north_m
    }

    /// Whether the step is not what the vessel's speed and course let expect: backward, far too long,
    /// or none at all at speed. Nearly none is, but those that a late receiver or a stale feed adds.
    #[inline(always)]
    fn is_odd(&self, report: &PositionReport, limits: &Limits) -> bool {
        let square_m2 = self.square_m2();
        let is_backward = self.course.is_some_and(|(east_m, north_m)| {
            self.east_north_m.0 * east_m + self.east_north_m.1 * north_m < 0.0
        });
        let Some(centiknots) = limits.ships_centiknots(report) else {
            return is_backward && square_m2 > ODD_M * ODD_M;
        };
        let made_m = f64::from(centiknots) * (KNOT / 100.0) * self.elapsed_ms as f64;
        let factor = if self.has_lags {
            LAGGED_FACTOR
        } else {
            ODD_FACTOR
        };
        let most_m = factor * made_m + ODD_M;
        if square_m2 > most_m * most_m {
            return true;
        }
        if centiknots < limits.fast_centiknots {
            let least_m2 = if self.has_lags {
                STEP_M2
            } else {
                ODD_M * ODD_M
            };
            return is_backward && square_m2 > least_m2;
        }
        let is_short = if self.has_lags {
            square_m2 * LAGGED_FACTOR * LAGGED_FACTOR < made_m * made_m
        } else {
            square_m2 == 0.0 && made_m > 0.0
        };
        is_short || (is_backward && square_m2 >= STEP_M2)
    }
}

/// Flags a report that no hull is given.
#[cold]
fn flag_alone<S: EventSink>(report: &PositionReport, flag: Flag, sink: &mut S) {
    sink.flagged(FlaggedReport {
        report: report.to_ref(),
        flag,
        hull: None,
    });
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
            && let Some(step_m) = hull.track.sure_step_m(report, limits)
        {
            let elapsed_ms = report.time.millis_since(hull.last_time());
            let step = Step {
                east_north_m: step_m,
                elapsed_ms,
                course: hull.track.tail().course,
                has_lags: self.recent.has_lags(),
            };
            if !step.is_odd(report, limits) && !self.recent.is_known_copy(report) {
                hull.track.note_course(step_m);
                self.recent.add(report);
                let step_m = step.square_m2().sqrt();
                if !hull.track.go_on(report, step_m, limits, sink) {
                    hull.track.push(report, step_m, limits, setting, sink);
                }
                return;
            }
        }
        let limits = *limits;
        self.weigh(report, &limits, setting, sink);
    }

    /// Takes a message without a position: a sign of life. Times must not go back, as with
    /// [`VesselKernel::push`].
    pub fn push_without_position(&mut self, time: Timestamp, setting: &Setting<'_>) {
        let time = self.latest.map_or(time, |latest| latest.max(time));
        self.latest = Some(time);
        self.add_sign_of_life(time, &setting.config.gap);
    }

    /// Notes that the id was heard without a position. It may be of any tracklet.
    fn add_sign_of_life(&mut self, time: Timestamp, config: &GapConfig) {
        for hull in &mut self.hulls {
            hull.track.life.add(time, config);
        }
        for candidate in &mut self.candidates {
            candidate.add_sign_of_life(time, config);
        }
    }

    /// Tells what the feed made of a report that does not simply go on from the one before, and
    /// places it if it is believed.
    #[inline(never)]
    fn weigh<S: EventSink>(
        &mut self,
        report: &PositionReport,
        limits: &Limits,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        let false_flag = if is_zero_or_pole(report.position) {
            Some(Flag::NoFix)
        } else if has_lost_figures(report.position) {
            Some(Flag::Spike)
        } else {
            None
        };
        if let Some(flag) = false_flag
            && self.is_contradicted(report, setting)
        {
            flag_alone(report, flag, sink);
            self.add_sign_of_life(report.time, &setting.config.gap);
            return;
        }
        let echo = self.judge(report, limits, setting, sink);
        match echo {
            Echo::None => self.place(report, limits, setting, sink),
            Echo::Copy => self.flag_echo(report, Flag::LateCopy, sink),
            Echo::Late => self.flag_echo(report, Flag::LateClock, sink),
            Echo::Stale => self.flag_echo(report, Flag::StalePosition, sink),
            Echo::Newer(sent) => {
                self.flag_echo(report, Flag::LateClock, sink);
                let mut in_time = *report;
                in_time.time = sent;
                self.place(&in_time, limits, setting, sink);
            }
        }
    }

    /// The hull heard last.
    fn heard_last(&self) -> Option<&OpenHull> {
        (self.hulls.iter())
            .filter(|hull| !hull.outdated)
            .max_by_key(|hull| hull.last_time())
    }

    /// Flags a report that repeats what the hull heard last had sent.
    #[cold]
    fn flag_echo<S: EventSink>(&self, report: &PositionReport, flag: Flag, sink: &mut S) {
        let last = self.heard_last();
        sink.flagged(FlaggedReport {
            report: report.to_ref(),
            flag,
            hull: last.map(|hull| hull.track.hull()),
        });
    }

    /// Whether every vessel rules a report out: none can have come there, nor, while contact holds, is
    /// expected there.
    fn is_contradicted(&self, report: &PositionReport, setting: &Setting<'_>) -> bool {
        let (cleaning, segment) = (&setting.config.cleaning, &setting.config.segment);
        let tails = (self.hulls.iter()).map(|hull| (hull.track.tail(), hull.track.life));
        // Before there is a hull, its first reports wait.
        let waiting = (self.candidates.iter())
            .filter(|_| self.count == 0)
            .map(|candidate| (&candidate.tail, candidate.life));
        let mut tails = tails.chain(waiting).peekable();
        tails.peek().is_some()
            && tails.all(|(tail, life)| {
                let last = tail.last.position;
                if keeps_false_coordinate(last, report.position) {
                    // The track itself runs along that line.
                    return false;
                }
                match tail.fit(report, || Company::Alone, cleaning, segment) {
                    Fit::Impossible => true,
                    Fit::Doubtful(_) => {
                        let heard = life
                            .last()
                            .map_or(tail.last.time, |at| at.max(tail.last.time));
                        report.time.hours_since(heard) <= segment.contact_h
                    }
                    Fit::Good(_) => false,
                }
            })
    }

    /// The tail of the hull heard last, if contact with it holds and the report does not simply
    /// go on from there or from another hull's last.
    fn odd_after(&self, report: &PositionReport, limits: &Limits) -> Option<Tail> {
        let hulls = (self.hulls.iter())
            .filter(|hull| !self.is_outdated(hull))
            .map(|hull| (hull.track.tail(), *hull.track.plane()));
        // Before there is a hull, its first reports wait as a candidate.
        let waiting = (self.candidates.iter())
            .filter(|candidate| self.count == 0 || self.outdates(candidate))
            .map(|candidate| (&candidate.tail, Plane::about(candidate.tail.last.position)));
        let mut last: Option<&Tail> = None;
        for (tail, plane) in hulls.chain(waiting) {
            let is_repeated = report.position == tail.last.position;
            if report.time.millis_since(tail.last.time) > limits.contact_ms && !is_repeated {
                continue;
            }
            let is_last = last.is_none_or(|known| known.last.time <= tail.last.time);
            let step_m = tail.sure_step_m(report, &plane, limits);
            let goes_on = step_m.is_some_and(|east_north_m| {
                let step = Step {
                    east_north_m,
                    elapsed_ms: report.time.millis_since(tail.last.time),
                    course: tail.course,
                    has_lags: self.recent.has_lags(),
                };
                !step.is_odd(report, limits)
            });
            if goes_on {
                return None;
            }
            if is_last {
                last = Some(tail);
            }
        }
        last.copied()
    }

    /// Gives a report to a hull.
    fn give<S: EventSink>(
        &mut self,
        at: usize,
        report: &PositionReport,
        limits: &Limits,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        let track = &mut self.hulls[at].track;
        let last = track.tail().last.position;
        if let Some(step_m) = track.plane().offset_m(last, report.position) {
            track.note_course(step_m);
        }
        self.recent.add(report);
        self.hulls[at].push(report, limits, setting, sink);
    }

    /// Notes which other tracklets were heard since the last report of the one that the next is given
    /// to.
    fn note_overlap(&mut self, slot: Slot, report: &PositionReport) {
        if self.hulls.len() + self.candidates.len() < 2 {
            return;
        }
        let before = match slot {
            Slot::Hull(at) => self.hulls[at].last_time(),
            Slot::Candidate(at) => self.candidates[at].tail.last.time,
        };
        let elapsed_ms = report.time.millis_since(before);
        // What one vessel can have sent, one of the two being late, shows no second one.
        let recent = &self.recent;
        let is_between = |other: &Tail| {
            let last = &other.last;
            last.time > before && last.time <= report.time && !recent.may_be_late(report, last)
        };
        let others = self.hulls.iter().map(|hull| hull.track.tail());
        let waiting = self.candidates.iter().map(|it| &it.tail);
        if elapsed_ms <= 0 {
            return;
        }
        if !others.chain(waiting).any(is_between) {
            if let Slot::Hull(at) = slot {
                self.hulls[at].lone_pace.add(elapsed_ms);
            }
            return;
        }
        // The pace of one transmitter is that of the hull heard most often: where true reports and false
        // ones take turns, each of the two comes at a multiple of it.
        let own_ms = match slot {
            Slot::Hull(_) => None,
            Slot::Candidate(at) => self.candidates[at].usual_ms(),
        };
        let paces = (self.hulls.iter())
            .flat_map(|hull| [hull.track.usual_ms(), hull.lone_pace.usual_ms()])
            .flatten();
        let usual_ms = paces.chain(own_ms).min();
        // Of two tracklets the one that began later keeps account.
        let number = match slot {
            Slot::Hull(at) => self.hulls[at].number(),
            Slot::Candidate(_) => u32::MAX,
        };
        let mut is_within_earlier = false;
        for other in &mut self.hulls {
            if other.number() == number || !is_between(other.track.tail()) {
                continue;
            }
            if other.number() > number {
                other.overlap.note(elapsed_ms, usual_ms);
            } else {
                is_within_earlier = true;
            }
        }
        for (at, other) in self.candidates.iter_mut().enumerate() {
            if slot != Slot::Candidate(at) && is_between(&other.tail) {
                other.overlap.note(elapsed_ms, usual_ms);
            }
        }
        if is_within_earlier {
            let overlap = match slot {
                Slot::Hull(at) => &mut self.hulls[at].overlap,
                Slot::Candidate(at) => &mut self.candidates[at].overlap,
            };
            overlap.note(elapsed_ms, usual_ms);
        }
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
                _ => self.flag_noise(&candidate, setting, sink),
            }
        }
        let end = self.latest.map_or(data_end, |latest| latest.max(data_end));
        for (lag_ms, reports) in self.recent.lags() {
            sink.late_clock(lag_ms, reports);
        }
        self.hulls.sort_by_key(OpenHull::number);
        self.withdraw_displaced(None, setting, sink);
        let mut end_of_next: Option<(Timestamp, Hull)> = None;
        let mut joined = Vec::new();
        let mut ends = vec![end; self.hulls.len()];
        for at in (0..self.hulls.len()).rev() {
            let hull = &self.hulls[at];
            if let Some((since, next)) = end_of_next.take() {
                ends[at] = since;
                joined.push((next, hull.track.hull()));
            }
            // A tracklet that never overlapped with another goes on from the one before it.
            if at > 0
                && !self.is_further(hull, setting)
                && self.hulls[at - 1].last_time() <= hull.last_time()
            {
                end_of_next = Some((hull.since(), hull.track.hull()));
            }
        }
        for (hull, end) in self.hulls.into_iter().zip(ends) {
            hull.track.finish(end, setting, sink);
        }
        for (hull, earlier) in joined {
            sink.join(hull, earlier);
        }
    }

    /// Whether a hull is surely another vessel's than the first one's: heard while that was, or on an id
    /// that several vessels use.
    fn is_further(&self, hull: &OpenHull, setting: &Setting<'_>) -> bool {
        let shared_h = setting.config.segment.shared_h;
        let lately = |time: Timestamp| hull.last_time().hours_since(time) <= shared_h;
        hull.overlap.is_shown()
            || self.ended_last.is_some_and(lately)
            || self.hulls.iter().any(|other| {
                other.number() > 0 && other.is_in_use(setting) && lately(other.last_time())
            })
    }

    /// Whether a hull's vessel goes on in another tracklet: that began after the hull was last heard, nothing shows it
    /// to be another vessel's, and it has gone on for longer than false positions do, or the report, which it can
    /// have sent, lies no nearer to the hull.
    fn is_succeeded(
        &self,
        hull: &OpenHull,
        report: &PositionReport,
        setting: &Setting<'_>,
    ) -> bool {
        let (cleaning, plane) = (&setting.config.cleaning, Plane::about(report.position));
        let metres = |hull: &OpenHull| {
            let last = hull.track.tail().last.position;
            plane.distance_m(last, report.position)
        };
        let known_reports = u64::from(setting.config.segment.known_reports);
        self.hulls.iter().any(|other| {
            other.since() > hull.last_time()
                && other.track.reports() >= known_reports
                && !self.is_further(other, setting)
                && (other.last_time().hours_since(other.since()) > DISPLACED_H
                    || (!other.track.tail().is_surely_impossible(report, cleaning)
                        && metres(other) <= metres(hull)))
        })
    }

    /// Withdraws the hulls that were false reports of an earlier one's vessel: it fell silent as they
    /// began, and came back when they ended. With `now`, only those that have surely ended.
    fn withdraw_displaced<S: EventSink>(
        &mut self,
        now: Option<Timestamp>,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        let over_h = setting.config.segment.shared_silence_h;
        while let Some((at, from)) = (0..self.hulls.len()).find_map(|at| {
            let hull = &self.hulls[at];
            let has_ended = now.is_none_or(|now| now.hours_since(hull.last_time()) > over_h);
            if hull.number() == 0
                || !has_ended
                || hull.last_time().hours_since(hull.since()) > DISPLACED_H
                || self.is_further(hull, setting)
            {
                return None;
            }
            let truth = self.hulls.iter().find(|other| {
                other.number() < hull.number()
                    && other.last_time() > hull.last_time()
                    && other.track.reports() > hull.track.reports()
            })?;
            Some((at, hull.from.unwrap_or(truth.track.tail().last.position)))
        }) {
            let hull = self.hulls.remove(at);
            let last = hull.track.tail().last.to_ref();
            if hull.outdated {
                sink.withdraw(hull.track.hull(), Flag::LateClock);
                continue;
            }
            sink.withdraw(hull.track.hull(), Flag::Teleport);
            sink.displaced(Displacement {
                from,
                first: hull.first,
                last,
                reports: hull.track.reports(),
            });
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
            self.note_overlap(Slot::Hull(at), report);
            self.give(at, report, limits, setting, sink);
            if !self.candidates.is_empty() {
                self.drop_outlived(report.time, setting, sink);
            }
            return;
        }
        self.tidy(report.time, setting, sink);
        if let Some(at) = self.surely_followed(report, limits, setting) {
            self.note_overlap(Slot::Hull(at), report);
            self.give(at, report, limits, setting, sink);
            return;
        }
        match self.best_match(report, setting) {
            Some(Match {
                slot: Slot::Hull(at),
                ..
            }) if self.is_by_displaced(at, report, setting) => {
                self.begin_candidate(Candidate::new(report, None, Vec::new()), setting, sink);
            }
            Some(Match {
                slot: Slot::Hull(at),
                merit,
                good: true,
                ..
            }) => {
                let contested = self.contested(at, merit, report, setting);
                if contested.is_empty() {
                    self.note_overlap(Slot::Hull(at), report);
                    self.give(at, report, limits, setting, sink);
                } else {
                    self.begin_candidate(Candidate::new(report, None, contested), setting, sink);
                }
            }
            Some(Match {
                slot: Slot::Candidate(at),
                good,
                in_contact,
                ..
            }) => {
                if good || self.count == 0 || (in_contact && !self.awaits_return(at)) {
                    self.note_overlap(Slot::Candidate(at), report);
                    if self.count == 0 || self.candidates[at].outdates {
                        self.recent.add(report);
                        let tail = &mut self.candidates[at].tail;
                        let last = tail.last.position;
                        if let Some(step_m) = Plane::about(last).offset_m(last, report.position) {
                            tail.note_course(step_m);
                        }
                    }
                    let hull_reports = self.hull_reports();
                    self.candidates[at].push(report, hull_reports);
                    self.settle(at, limits, setting, sink);
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
                    self.settle(chained, limits, setting, sink);
                    return;
                }
                if let Some(lone) = self.lone_return(at, report, setting) {
                    self.doubt_candidate(lone, report, setting, sink);
                    return;
                }
                let follows = self.follows(at, report, setting);
                self.begin_candidate(
                    Candidate::new(report, Some(follows), Vec::new()),
                    setting,
                    sink,
                );
            }
            None => {
                let candidate = self.candidate_after_late(report, limits, setting);
                self.begin_candidate(candidate, setting, sink);
            }
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
            && !self.is_outdated(hull)
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
            !hull.closed
                && !self.is_outdated(hull)
                && track.tail().is_surely_good(report, track.plane(), limits)
        })?;
        let others = self
            .hulls
            .iter()
            .filter(|hull| !hull.closed && !hull.outdated)
            .filter(|hull| hull.number() != followed.number())
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
            .filter(|(_, hull)| !hull.closed && !self.is_outdated(hull))
            .filter(|(_, hull)| !self.is_succeeded(hull, report, setting))
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
            if let (Slot::Candidate(at), Some(known)) = (slot, &best)
                && self.is_overruled(&self.candidates[at], known.good, report.time, setting)
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

    /// Whether a candidate does not stand against the only vessel that is heard under the id: after a
    /// silence of all, a report that both could have sent is that vessel's; so is one that it is
    /// expected to send (`is_expected`), if the candidate is a false report or two.
    fn is_overruled(
        &self,
        candidate: &Candidate,
        is_expected: bool,
        now: Timestamp,
        setting: &Setting<'_>,
    ) -> bool {
        let [hull] = self.hulls.as_slice() else {
            return false;
        };
        let is_doubtful = is_expected
            && candidate.follows.is_none()
            && candidate.reports.len() < REPORTS_AFTER_LEAP as usize
            && hull.last_time() > candidate.tail.last.time;
        (is_doubtful || candidate.is_overruled_by(hull.last_time(), now, self.hull_reports()))
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
        // Where several vessels are known to use the id, one heard seldom is another one's company, too.
        let is_shared = self.is_shared(now, setting);
        let heard = self.ended_last.is_some_and(lately)
            || self.hulls.iter().any(|hull| {
                Some(hull.number()) != number
                    && !hull.outdated
                    && lately(hull.last_time())
                    && (hull.is_in_use(setting) || (is_shared && hull.is_sustained(setting)))
            });
        if heard {
            Company::Shared
        } else {
            Company::Alone
        }
    }

    /// Whether several vessels are known to have used the id of late.
    fn is_shared(&self, now: Timestamp, setting: &Setting<'_>) -> bool {
        let shared_h = setting.config.segment.shared_h;
        let lately = |time: Timestamp| now.hours_since(time) <= shared_h;
        self.ended_last.is_some_and(lately)
            || self.hulls.iter().any(|hull| {
                hull.number() > 0
                    && !hull.outdated
                    && lately(hull.last_time())
                    && hull.is_in_use(setting)
            })
    }

    /// Whether a report lies by a tracklet that began elsewhere since a hull was last heard, and that nothing
    /// shows to be another vessel's: then it may be one more false position, and does not take the hull's track
    /// along.
    fn is_by_displaced(&self, at: usize, report: &PositionReport, setting: &Setting<'_>) -> bool {
        let hull = &self.hulls[at];
        let is_displaced = |tail: &Tail, since: Timestamp| {
            since > hull.last_time()
                && report.time.hours_since(tail.last.time) <= setting.config.segment.contact_h
                && {
                    let plane = Plane::about(report.position);
                    let metres = |from| plane.distance_m(from, report.position);
                    NEARER * metres(tail.last.position) <= metres(hull.track.tail().last.position)
                }
        };
        let hulls = (self.hulls.iter())
            .filter(|other| !other.overlap.is_shown())
            .any(|other| is_displaced(other.track.tail(), other.since()));
        hulls
            || (self.candidates.iter())
                .filter(|candidate| candidate.reports.len() > 1)
                .any(|candidate| is_displaced(&candidate.tail, candidate.since()))
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
                    && !hull.outdated
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
    fn settle<S: EventSink>(
        &mut self,
        at: usize,
        limits: &Limits,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        let candidate = &self.candidates[at];
        let is_hull = candidate.is_hull(&setting.config.segment);
        match self.followed_hull(candidate) {
            Some((hull, needed)) if is_hull || candidate.reports.len() >= needed as usize => {
                let candidate = self.candidates.remove(at);
                self.continue_hull(hull, &candidate, setting, sink);
            }
            None => {
                let refuted = self.outdated_hull(at, limits);
                if let Some(hull) = refuted.or_else(|| self.refuted_hull(at, setting)) {
                    let candidate = self.candidates.remove(at);
                    self.continue_hull(hull, &candidate, setting, sink);
                    return;
                }
                if !is_hull {
                    return;
                }
                let mut candidate = self.candidates.remove(at);
                let Some(flag) = self.explained(&candidate, limits, setting) else {
                    self.begin_hull(&candidate, setting, sink);
                    return;
                };
                // While an error lasts, its last reports tell what belongs to it.
                let waiting = if flag == Flag::Spike { 2 } else { 0 };
                let told = candidate.reports.len().saturating_sub(waiting);
                for report in candidate.drain(told) {
                    flag_alone(&report, flag, sink);
                }
                if !candidate.reports.is_empty() {
                    self.candidates.insert(at, candidate);
                }
            }
            _ => {}
        }
    }

    /// The place of the only hull, if its last report is a leap that stands against a candidate's, and those go on from
    /// where it was before: then that report was false.
    fn refuted_hull(&self, at: usize, setting: &Setting<'_>) -> Option<usize> {
        let candidate = &self.candidates[at];
        let [hull] = self.hulls.as_slice() else {
            return None;
        };
        let (cleaning, segment) = (&setting.config.cleaning, &setting.config.segment);
        (candidate.reports.len() >= REPORTS_AFTER_LEAP as usize
            && !hull.closed
            && hull.last_time() <= candidate.since()
            && (hull.track.tail()).ends_in_a_leap_before(&candidate.reports[0], cleaning, segment))
        .then_some(0)
    }

    /// What explains a candidate that no hull can have sent from its place, if not another vessel: a
    /// late clock, or an error in one coordinate.
    fn explained(
        &mut self,
        candidate: &Candidate,
        limits: &Limits,
        setting: &Setting<'_>,
    ) -> Option<Flag> {
        let hull = self.heard_last()?;
        let last = hull.track.tail().last;
        if self.recent.common_lag(&candidate.reports, &last).is_some()
            || self.recent.explains(&last, &candidate.tail, limits)
        {
            return Some(Flag::LateClock);
        }
        let (cleaning, segment) = (&setting.config.cleaning, &setting.config.segment);
        shares_a_coordinate(
            &candidate.reports,
            &last,
            cleaning.position_slack_m,
            segment.cruise_speed_knots * KNOT,
        )
        .then_some(Flag::Spike)
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

    /// The lone report between two silences of a hull, the second of which ends with `report`, if the
    /// vessel can have been there at its usual speed from both sides.
    fn lone_return(
        &self,
        hull: usize,
        report: &PositionReport,
        setting: &Setting<'_>,
    ) -> Option<usize> {
        let track = &self.hulls[hull].track;
        let cruise_knots = setting.config.segment.cruise_speed_knots;
        let usual_knots = track
            .fastest_knots()
            .unwrap_or(cruise_knots)
            .min(cruise_knots);
        let slack_m = setting.config.cleaning.position_slack_m;
        let last = &track.tail().last;
        let metres = |from: &PositionReport, to: &PositionReport| {
            Plane::about(from.position).distance_m(from.position, to.position)
        };
        let is_usual = |from: &PositionReport, to: &PositionReport| {
            let elapsed_ms = to.time.millis_since(from.time) as f64;
            metres(from, to) <= slack_m + usual_knots * KNOT * elapsed_ms
        };
        let did_not_move = metres(last, report) <= slack_m;
        self.candidates.iter().rposition(|candidate| {
            let lone = &candidate.tail.last;
            candidate.follows == Some((track.hull().number, REPORTS_AFTER_SILENCE))
                && self.followed_hull(candidate).is_some()
                && is_usual(last, lone)
                && is_usual(lone, report)
                && (!did_not_move || metres(last, lone) <= slack_m)
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
        self.begin_candidate(Candidate::new(report, follows, Vec::new()), setting, sink);
    }

    /// How many reports the open hulls have been given.
    fn hull_reports(&self) -> u64 {
        self.hulls.iter().map(|hull| hull.track.reports()).sum()
    }

    fn begin_candidate<S: EventSink>(
        &mut self,
        mut candidate: Candidate,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        if self.count == 0 || candidate.outdates {
            self.recent.add(&candidate.tail.last);
        }
        candidate.hull_reports_then = self.hull_reports();
        let heard_last = self.heard_last();
        candidate.from = heard_last.map(|hull| hull.track.tail().last.position);
        if let Some(at) = self.followed_hull(&candidate).map(|(at, _)| at) {
            candidate.life = std::mem::take(&mut self.hulls[at].track.life);
        }
        if self.candidates.len() >= MAX_CANDIDATES {
            let stalest = (0..self.candidates.len()).min_by_key(|at| {
                let candidate = &self.candidates[*at];
                (candidate.tail.last.time, candidate.reports.len())
            });
            if let Some(at) = stalest {
                let noise = self.candidates.remove(at);
                self.flag_noise(&noise, setting, sink);
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
        let mut reports = candidate.reports_and_signs();
        let Some((first, life)) = reports.next() else {
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
        self.recent.add_waiting(&candidate.reports);
        self.hulls.push(OpenHull {
            track: HullTrack::begin(hull, first, &limits, setting, sink),
            closed: false,
            lone_pace: LonePace::default(),
            outdated: false,
            overlap: candidate.overlap,
            first: first.to_ref(),
            from: candidate.from,
        });
        let at = self.hulls.len() - 1;
        self.hulls[at].track.life = life;
        for (report, life) in reports {
            self.give(at, report, &limits, setting, sink);
            self.hulls[at].track.life = life;
        }
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
        self.recent.add_waiting(&candidate.reports);
        self.hulls[at].track.life = candidate.life;
        for (report, life) in candidate.reports_and_signs() {
            // One that was sent before a late one came counts as sent with it.
            let mut report = *report;
            report.time = report.time.max(self.hulls[at].last_time());
            self.give(at, &report, &limits, setting, sink);
            self.hulls[at].track.life = life;
        }
    }

    /// Ends the hulls and candidates that nothing will be added to.
    fn tidy<S: EventSink>(&mut self, now: Timestamp, setting: &Setting<'_>, sink: &mut S) {
        let config = setting.config;
        // By then a closed hull's silence is a gap, and one in port a call, whatever follows.
        let settled_h = config.gap.threshold_h.max(config.port_call.silence_h);
        self.withdraw_displaced(Some(now), setting, sink);
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
            self.flag_noise(&noise, setting, sink);
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
            self.flag_noise(&noise, setting, sink);
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
        if hull.is_in_use(setting) {
            self.ended_last = self.ended_last.max(Some(hull.last_time()));
        }
        hull.track.finish(now, setting, sink);
    }

    fn flag_noise<S: EventSink>(
        &mut self,
        candidate: &Candidate,
        setting: &Setting<'_>,
        sink: &mut S,
    ) {
        if let Some((number, _)) = candidate.follows
            && let Some(hull) = self.hulls.iter_mut().find(|hull| hull.number() == number)
        {
            let gap = &setting.config.gap;
            // The hull has taken what came since the candidate began itself.
            hull.track.life.add_earlier(&candidate.life, gap);
        }
        if let (Some(from), Some(first)) = (candidate.from, candidate.reports.first()) {
            sink.displaced(Displacement {
                from,
                first: first.to_ref(),
                last: candidate.tail.last.to_ref(),
                reports: candidate.reports.len() as u64,
            });
        }
        let hopped_back = self.hulls.iter().any(|hull| {
            hull.track.hull().since <= candidate.since()
                && hull.last_time() >= candidate.tail.last.time
        });
        let flag = if hopped_back {
            Flag::Spike
        } else {
            Flag::Teleport
        };
        for report in &candidate.reports {
            flag_alone(report, flag, sink);
        }
    }
}

impl OpenHull {
    fn number(&self) -> u32 {
        self.track.hull().number
    }

    /// Whether it was heard for so long, and so often, that the id is a shared one.
    fn is_in_use(&self, setting: &Setting<'_>) -> bool {
        (self.number() == 0 || self.overlap.is_alternating(self.track.reports()))
            && self.track.reports() >= u64::from(setting.config.segment.known_reports)
            && self.is_sustained(setting)
    }

    /// Whether it was heard for hours.
    fn is_sustained(&self, setting: &Setting<'_>) -> bool {
        self.last_time().hours_since(self.since()) >= setting.config.segment.sparse_h
    }

    /// The time of its first report.
    fn since(&self) -> Timestamp {
        self.first.time
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
