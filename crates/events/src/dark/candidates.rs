//! Candidates are the ports that a vessel could have called at in a gap, ranked. Each is a
//! possibility, and nothing more.
//!
//! They are ranked by a score: the share of the gap that is left to spare, times
//! `1 + ln(1 + its past calls there)`, halved if others were heard near the port during the gap, since
//! there it cannot have been without keeping silent. That a port is watched says nothing of the vessel,
//! and counts for nothing. Membership is by the certain bound only; water, usual speed and score never
//! take a port off the list, only its length does: then those stay that the usual speed reaches in a
//! straight line, of these the ones that do not merely fill a gap in the port table (unless it called
//! there before), and every watched port.

use super::evidence::SeenStay;
use super::reach::{Absence, Absences, PortReach, ReachSetting, Silence};
use super::reception::HeardTable;
use landfall_spatial_index::{Ellipse, PortIndex, SeaWays, WayLength};
use landfall_track::{
    Candidate, Place, PortIx, Position, ReachSpeeds, TimeSpan, Timestamp, WaterReach,
};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Of so many times the listed number it is asked whether others were heard there, before the list
/// is cut.
const SHORTLIST: usize = 3;

/// What candidates are found and ranked by.
#[derive(Clone, Copy)]
pub struct CandidateSetting<'a> {
    /// Ports and thresholds.
    pub reach: ReachSetting<'a>,
    /// Ways by water, if they are to be sought.
    pub water: Option<&'a SeaWays>,
    /// Who is heard where.
    pub reception: Option<&'a HeardTable>,
    /// Ports of interest.
    pub watched: &'a BTreeSet<PortIx>,
}

/// A hull, as far as candidates depend on her.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    /// Her speeds.
    pub speeds: ReachSpeeds,
    /// When she was seen to call at each port: the first report of every call, in time order.
    pub past_calls: &'a BTreeMap<PortIx, Vec<Timestamp>>,
    /// Moments at which she was not in a port.
    pub absences: Absences<'a>,
}

/// The candidates of one gap.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranked {
    /// The best, best first.
    pub listed: Vec<Candidate>,
    /// How many there were.
    pub total: u32,
}

/// A port in one part of a gap that sightings split.
#[derive(Clone, Copy)]
struct Found {
    part: usize,
    reach: PortReach,
    rank: Rank,
}

/// What decides which ports are kept where there are too many.
#[derive(Clone, Copy, PartialEq)]
struct Rank {
    is_watched: bool,
    /// Whether the usual speed suffices in a straight line, or is not known.
    is_near: bool,
    /// Whether the port yields to others ([`PortSource::yields`](landfall_track::PortSource::yields)) and nothing shows that the vessel
    /// calls there.
    fills_gap: bool,
    score: f64,
}

impl Rank {
    /// The order in which ports are kept: these first.
    fn before(self, other: Self) -> Ordering {
        (other.is_watched.cmp(&self.is_watched))
            .then(other.is_near.cmp(&self.is_near))
            .then(self.fills_gap.cmp(&other.fills_gap))
            .then(other.score.total_cmp(&self.score))
    }
}

/// Keeps so many of the ports.
fn keep_best(found: &mut Vec<Found>, most: usize, ports: &PortIndex) {
    let in_order = |a: &Found, b: &Found| {
        (a.rank.before(b.rank)).then(ports.in_order(a.reach.through.port, b.reach.through.port))
    };
    if most < found.len() {
        found.select_nth_unstable_by(most, in_order);
        found.truncate(most);
    }
    found.sort_unstable_by(in_order);
}

/// What bounds the ways by water in a silence.
struct Ways<'a> {
    silence: &'a Silence,
    /// How long both can be together at the cap.
    ellipse: &'a Ellipse,
    speeds: ReachSpeeds,
}

impl Ways<'_> {
    /// The longest that the way to a port, and the one from it, can each be at the cap if the other
    /// is straight, in metres.
    fn longest_m(&self, candidate: &Candidate, radius_m: f64) -> (f64, f64) {
        let (from_m, to_m) = self
            .ellipse
            .least_ways_m(candidate.from_m, candidate.to_m, radius_m);
        let off_m = |error_m: f64| self.ellipse.length_m + radius_m + error_m;
        (
            off_m(self.ellipse.from_error_m) - to_m.unwrap_or_default(),
            off_m(self.ellipse.to_error_m) - from_m,
        )
    }
}

impl CandidateSetting<'_> {
    /// The candidates of a gap. `parts` are what sightings leave of it, in time order; a port that is
    /// in reach in several counts where it leaves her most time.
    pub fn of_gap(&self, parts: &[Silence], caller: &Caller<'_>) -> Ranked {
        let hours = whole_hours(parts);
        let mut short = self.found(parts, hours, caller);
        let total = short.len() as u32;
        let watched = short.iter().filter(|found| found.rank.is_watched).count();
        let most = watched + self.reach.config.listed as usize;
        keep_best(
            &mut short,
            watched + SHORTLIST * self.reach.config.listed as usize,
            self.reach.ports,
        );
        let mut near: Vec<(Candidate, usize)> = short
            .iter()
            .map(|found| {
                let candidate = self.candidate(&parts[found.part], &found.reach, hours, caller);
                (candidate, found.part)
            })
            .collect();
        near.sort_by(|(a, _), (b, _)| {
            (self.rank_of(a).before(self.rank_of(b)))
                .then(self.reach.ports.in_order(a.port, b.port))
        });
        near.truncate(most);
        // What the near formula took for in reach by a hair is measured here like all others.
        let mut listed: Vec<Candidate> = near
            .iter()
            .filter_map(|(found, part)| self.exact(parts, *part, found.port, hours, caller))
            .collect();
        listed.sort_by(|a, b| in_order(a, b, self.reach.ports));
        for (part, silence) in parts.iter().enumerate() {
            let mut here: Vec<&mut Candidate> = listed
                .iter_mut()
                .filter(|candidate| candidate.part == Some(part as u32))
                .collect();
            self.called_by_water(silence, caller, &mut here);
        }
        Ranked { listed, total }
    }

    /// Every port in reach, each in the part of the gap where it leaves her most time.
    fn found(&self, parts: &[Silence], hours: f64, caller: &Caller<'_>) -> Vec<Found> {
        let mut all = Vec::new();
        for (part, silence) in parts.iter().enumerate() {
            all.extend(
                self.reach
                    .ports(silence, caller.speeds)
                    .into_iter()
                    .map(|mut reach| {
                        self.cut(&mut reach, silence, caller);
                        Found {
                            part,
                            rank: self.rank(silence, &reach, hours, caller),
                            reach,
                        }
                    }),
            );
        }
        if parts.len() > 1 {
            // Of the same port the most time first, and of the same time the first part.
            all.sort_by(|a, b| {
                (a.reach.through.port.cmp(&b.reach.through.port))
                    .then(b.reach.stay.slack_h.total_cmp(&a.reach.stay.slack_h))
            });
            all.dedup_by_key(|found| found.reach.through.port);
        }
        all
    }

    /// One port as a candidate of a gap, whether or not it would be listed; `None` if it is out of
    /// reach.
    pub fn port(&self, parts: &[Silence], port: PortIx, caller: &Caller<'_>) -> Option<Candidate> {
        let hours = whole_hours(parts);
        let (part, mut candidate) = (0..parts.len())
            .filter_map(|part| Some((part, self.exact(parts, part, port, hours, caller)?)))
            .reduce(|best, next| {
                if next.1.slack_h > best.1.slack_h {
                    next
                } else {
                    best
                }
            })?;
        self.called_by_water(&parts[part], caller, &mut [&mut candidate]);
        Some(candidate)
    }

    /// A port where sightings put her: measured like a candidate, in reach or not. She need not have
    /// stayed as long as a call; but she must have been there at some moment between each two of
    /// `times`, which the speed needed and what is plausible go by.
    pub fn sighted(
        &self,
        silence: &Silence,
        port: PortIx,
        stay: &SeenStay,
        caller: &Caller<'_>,
    ) -> Candidate {
        let mut reach = self.reach.port(silence, caller.speeds, port);
        reach.stay = silence.stay(reach.ways_m, 0.0, caller.speeds.cap_knots);
        let mut candidate = self.candidate(silence, &reach, silence.hours(), caller);
        let seen = (stay.leave(), stay.come());
        candidate.speed_needed_knots = silence.knots_to_be_there(reach.ways_m, seen);
        let usual_knots = caller.speeds.usual_knots;
        candidate.is_plausible = usual_knots.map(|usual| candidate.speed_needed_knots <= usual);
        let ellipse = silence.ellipse(0.0, caller.speeds.cap_knots);
        let ways = Ways {
            silence,
            ellipse: &ellipse,
            speeds: caller.speeds,
        };
        let speed = |ways_m| silence.knots_to_be_there(ways_m, seen);
        self.by_water(&ways, speed, &mut [&mut candidate]);
        candidate
    }

    /// A port measured exactly in one part of a gap; `None` if it is out of reach there.
    fn exact(
        &self,
        parts: &[Silence],
        part: usize,
        port: PortIx,
        hours: f64,
        caller: &Caller<'_>,
    ) -> Option<Candidate> {
        let silence = &parts[part];
        let mut reach = self.reach.port(silence, caller.speeds, port);
        if reach.stay.slack_h < 0.0 {
            return None;
        }
        self.cut(&mut reach, silence, caller);
        Some(Candidate {
            part: Some(part as u32),
            ..self.candidate(silence, &reach, hours, caller)
        })
    }

    /// Cuts a stay by scenes of the whole port without her. Where they leave no room it stays uncut:
    /// membership is by the bound alone.
    fn cut(&self, reach: &mut PortReach, silence: &Silence, caller: &Caller<'_>) {
        let of_port: Vec<Absence> = caller
            .absences
            .within(reach.through.port, silence.before.time, silence.end())
            .filter(|absence| absence.covers_port)
            .copied()
            .collect();
        let min_stay_h = self.reach.config.min_stay_h;
        if let Some(stay) = reach.stay.cut(&of_port, &[], silence.end(), min_stay_h) {
            reach.stay = stay;
        }
    }

    fn rank(&self, silence: &Silence, reach: &PortReach, hours: f64, caller: &Caller<'_>) -> Rank {
        let port = reach.through.port;
        let past_calls = past_calls(caller, port, silence.before.time);
        Rank {
            is_watched: self.watched.contains(&port),
            is_near: self.is_near(silence, reach, caller) != Some(false),
            fills_gap: self.fills_gap(port, past_calls),
            score: score(reach.stay.slack_h, hours, past_calls, None),
        }
    }

    /// The same with the score as it is.
    fn rank_of(&self, candidate: &Candidate) -> Rank {
        Rank {
            is_watched: candidate.is_watched,
            is_near: candidate.is_plausible != Some(false),
            fills_gap: self.fills_gap(candidate.port, candidate.past_calls),
            score: candidate.score,
        }
    }

    fn fills_gap(&self, port: PortIx, past_calls: u32) -> bool {
        past_calls == 0 && self.reach.ports.port(port).source.yields()
    }

    /// Whether the usual speed suffices for a call in a straight line; `None` if it is not known.
    fn is_near(&self, silence: &Silence, reach: &PortReach, caller: &Caller<'_>) -> Option<bool> {
        let min_stay_h = self.reach.config.min_stay_h;
        let usual_knots = caller.speeds.usual_knots?;
        Some(silence.stay(reach.ways_m, min_stay_h, usual_knots).slack_h >= 0.0)
    }

    fn candidate(
        &self,
        silence: &Silence,
        reach: &PortReach,
        hours: f64,
        caller: &Caller<'_>,
    ) -> Candidate {
        let port = reach.through.port;
        let min_stay_h = self.reach.config.min_stay_h;
        let end = reach.stay.departure.latest.unwrap_or(silence.data_end);
        let others_heard =
            self.reception
                .zip(self.position(port))
                .and_then(|(reception, position)| {
                    reception.others_heard_near(
                        position,
                        TimeSpan {
                            earliest: reach.stay.arrival.earliest,
                            latest: Some(end),
                        },
                    )
                });
        let past_calls = past_calls(caller, port, silence.before.time);
        Candidate {
            port,
            is_watched: self.watched.contains(&port),
            past_calls,
            others_heard,
            slack_h: reach.stay.slack_h,
            longest_stay_h: reach.stay.longest_h,
            speed_needed_knots: silence.speed_needed_knots(reach.ways_m, min_stay_h),
            from_m: reach.through.from_m,
            to_m: reach.through.to_m,
            arrival: reach.stay.arrival,
            departure: reach.stay.departure,
            water: None,
            is_plausible: self.is_near(silence, reach, caller),
            score: score(reach.stay.slack_h, hours, past_calls, others_heard),
            part: None,
        }
    }

    /// Measures candidates of a silence by water, with the shortest stay that is a call.
    fn called_by_water(
        &self,
        silence: &Silence,
        caller: &Caller<'_>,
        listed: &mut [&mut Candidate],
    ) {
        let min_stay_h = self.reach.config.min_stay_h;
        let ways = Ways {
            silence,
            ellipse: &self.reach.ellipse(silence, caller.speeds),
            speeds: caller.speeds,
        };
        let speed = |ways_m| silence.speed_needed_knots(ways_m, min_stay_h);
        self.by_water(&ways, speed, listed);
    }

    /// Measures candidates by water, all from the same two places. `speed` says what ways to and from
    /// a port need, in knots.
    fn by_water(
        &self,
        ways: &Ways<'_>,
        speed: impl Fn((f64, Option<f64>)) -> f64,
        listed: &mut [&mut Candidate],
    ) {
        let Some(water) = self.water else {
            return;
        };
        let radius_m = |candidate: &Candidate| self.reach.ports.enter_radius_m(candidate.port);
        let placed: Vec<(&mut Candidate, &Place)> = listed
            .iter_mut()
            .filter_map(|candidate| {
                let place = &self
                    .reach
                    .ports
                    .ports()
                    .get(candidate.port.0 as usize)?
                    .place;
                place.first().map(|_| (&mut **candidate, place))
            })
            .collect();
        if placed.is_empty() {
            return;
        }
        let limits: Vec<(f64, f64)> = placed
            .iter()
            .map(|(candidate, _)| ways.longest_m(candidate, radius_m(candidate)))
            .collect();
        let lengths = |end: Position, longest: fn(&(f64, f64)) -> f64| {
            let to: Vec<(Position, f64)> = placed
                .iter()
                .zip(&limits)
                .map(|((_, place), limit)| (place.nearest(end).unwrap_or(end), longest(limit)))
                .collect();
            water.lengths(end, &to)
        };
        let from = lengths(ways.silence.before.position, |limit| limit.0);
        let to = ways
            .silence
            .after
            .map(|after| lengths(after.position, |limit| limit.1));
        for (at, (candidate, _)) in placed.into_iter().enumerate() {
            let to = to.as_ref().map(|to| to[at]);
            if from[at] == WayLength::None || to == Some(WayLength::None) {
                continue;
            }
            // A way by water is no shorter than the geodesic, whatever the coast's resolution says.
            let from_m = from[at].metres().map(|from_m| from_m.max(candidate.from_m));
            let to_m = to
                .and_then(WayLength::metres)
                .map(|to_m| to_m.max(candidate.to_m.unwrap_or_default()));
            let needed_knots = from_m
                .filter(|_| to.is_none() || to_m.is_some())
                .map(|from_m| {
                    let radius_m = radius_m(candidate);
                    speed(ways.ellipse.least_ways_m(from_m, to_m, radius_m))
                });
            let suffices = |knots| needed_knots.is_some_and(|needed| needed <= knots);
            candidate.water = Some(WaterReach {
                from_m,
                to_m,
                speed_needed_knots: needed_knots,
                is_reachable: suffices(ways.speeds.cap_knots),
            });
            candidate.is_plausible = ways.speeds.usual_knots.map(suffices);
        }
    }

    /// Where a port is drawn, and where reception is asked for: its first point or corner.
    pub fn position(&self, port: PortIx) -> Option<Position> {
        self.reach.ports.ports().get(port.0 as usize)?.place.first()
    }
}

/// How long a gap lasted of which these are the parts, in hours.
fn whole_hours(parts: &[Silence]) -> f64 {
    let ends = parts.first().zip(parts.last());
    ends.map_or(0.0, |(first, last)| {
        last.end().hours_since(first.before.time)
    })
}

/// How often she had called at a port by a time.
fn past_calls(caller: &Caller<'_>, port: PortIx, by: Timestamp) -> u32 {
    let calls = caller.past_calls.get(&port);
    calls.map_or(0, |calls| calls.partition_point(|call| *call <= by) as u32)
}

/// What candidates are ranked by; see the module.
pub(crate) fn score(slack_h: f64, hours: f64, past_calls: u32, others_heard: Option<bool>) -> f64 {
    let share = if hours > 0.0 {
        (slack_h / hours).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let heard = if others_heard == Some(true) { 0.5 } else { 1.0 };
    share * (1.0 + f64::from(past_calls).ln_1p()) * heard
}

/// The best score first; of the same score ports that only fill gaps last; then the table's order.
pub(crate) fn in_order(a: &Candidate, b: &Candidate, ports: &PortIndex) -> Ordering {
    (b.score.total_cmp(&a.score)).then(ports.in_order(a.port, b.port))
}
