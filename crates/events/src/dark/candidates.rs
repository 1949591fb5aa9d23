//! Candidates are the ports that a vessel could have called at in a gap, ranked. Each is a
//! possibility, and nothing more.
//!
//! Watched ports come first. Then counts a score: the share of the gap that is left to spare, times
//! `1 + ln(1 + her past calls there)`, halved if others were heard near the port during the gap, since
//! there she cannot have been without keeping silent. Membership is by the certain bound only; water,
//! usual speed and score never take a port off the list, only its length does.

use super::reach::{Absence, PortReach, ReachSetting, Silence};
use super::reception::HeardTable;
use landfall_spatial_index::SeaWays;
use landfall_track::{Candidate, PortIx, Position, ReachSpeeds, TimeSpan, WaterReach};
use std::collections::{BTreeMap, BTreeSet};

/// So many times the listed number are measured exactly before the list is cut.
const SHORTLIST: usize = 3;
/// By water a port is sought up to so much farther than the cap allows, so that the list can say
/// how far it is.
const WATER_SHARE: f64 = 1.5;
const WATER_MARGIN_M: f64 = 300_000.0;

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
    /// How often she was seen to call at each port.
    pub past_calls: &'a BTreeMap<PortIx, u32>,
    /// Moments at which she was not in a port.
    pub absences: &'a BTreeMap<PortIx, Vec<Absence>>,
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
    rank: (bool, f64),
}

impl CandidateSetting<'_> {
    /// The candidates of a gap. `parts` are what sightings leave of it, in time order; a port that is
    /// in reach in several counts where it leaves her most time.
    pub fn of_gap(&self, parts: &[Silence], caller: &Caller<'_>) -> Ranked {
        let hours: f64 = parts.iter().map(Silence::hours).sum();
        let mut best: BTreeMap<PortIx, Found> = BTreeMap::new();
        for (part, silence) in parts.iter().enumerate() {
            for mut reach in self.reach.ports(silence, caller.speeds) {
                self.cut(&mut reach, silence, caller);
                let found = Found {
                    part,
                    rank: self.rank(&reach, hours, caller),
                    reach,
                };
                best.entry(reach.through.port)
                    .and_modify(|so_far| {
                        if reach.stay.slack_h > so_far.reach.stay.slack_h {
                            *so_far = found;
                        }
                    })
                    .or_insert(found);
            }
        }
        let total = best.len() as u32;
        let mut short: Vec<Found> = best.into_values().collect();
        short.sort_by(|a, b| {
            (b.rank.0.cmp(&a.rank.0))
                .then(b.rank.1.total_cmp(&a.rank.1))
                .then(a.reach.through.port.cmp(&b.reach.through.port))
        });
        let watched = short.iter().take_while(|found| found.rank.0).count();
        let most = watched + self.reach.config.listed as usize;
        short.truncate(watched + SHORTLIST * self.reach.config.listed as usize);
        let mut listed: Vec<Candidate> = Vec::with_capacity(most);
        for found in &short {
            let port = found.reach.through.port;
            // What the near formula took for in reach by a hair is measured here like all others.
            listed.extend(self.exact(parts, found.part, port, hours, caller));
        }
        listed.sort_by(in_order);
        listed.truncate(most);
        for (part, silence) in parts.iter().enumerate() {
            let mut here: Vec<&mut Candidate> = listed
                .iter_mut()
                .filter(|candidate| candidate.part == Some(part as u32))
                .collect();
            self.by_water(silence, caller, &mut here);
        }
        Ranked { listed, total }
    }

    /// One port as a candidate of a gap, whether or not it would be listed; `None` if it is out of
    /// reach.
    pub fn port(&self, parts: &[Silence], port: PortIx, caller: &Caller<'_>) -> Option<Candidate> {
        let hours: f64 = parts.iter().map(Silence::hours).sum();
        let (part, mut candidate) = (0..parts.len())
            .filter_map(|part| Some((part, self.exact(parts, part, port, hours, caller)?)))
            .reduce(|best, next| {
                if next.1.slack_h > best.1.slack_h {
                    next
                } else {
                    best
                }
            })?;
        self.by_water(&parts[part], caller, &mut [&mut candidate]);
        Some(candidate)
    }

    /// A port where a sighting puts her: measured like a candidate, in reach or not.
    pub fn sighted(&self, silence: &Silence, port: PortIx, caller: &Caller<'_>) -> Candidate {
        let reach = self.reach.port(silence, caller.speeds, port);
        let mut candidate = self.candidate(silence, &reach, silence.hours(), caller);
        self.by_water(silence, caller, &mut [&mut candidate]);
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
        let Some(absences) = caller.absences.get(&reach.through.port) else {
            return;
        };
        let of_port: Vec<Absence> = absences
            .iter()
            .filter(|absence| absence.covers_port)
            .copied()
            .collect();
        let min_stay_h = self.reach.config.min_stay_h;
        if let Some(stay) = reach.stay.cut(&of_port, &[], silence.end(), min_stay_h) {
            reach.stay = stay;
        }
    }

    fn rank(&self, reach: &PortReach, hours: f64, caller: &Caller<'_>) -> (bool, f64) {
        let port = reach.through.port;
        (
            self.watched.contains(&port),
            score(reach.stay.slack_h, hours, past_calls(caller, port), None),
        )
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
        let past_calls = past_calls(caller, port);
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
            is_plausible: caller
                .speeds
                .usual_knots
                .map(|usual| silence.stay(reach.ways_m, min_stay_h, usual).slack_h >= 0.0),
            score: score(reach.stay.slack_h, hours, past_calls, others_heard),
            part: None,
        }
    }

    /// Measures candidates by water, all from the same two places.
    fn by_water(&self, silence: &Silence, caller: &Caller<'_>, listed: &mut [&mut Candidate]) {
        let Some(water) = self.water else {
            return;
        };
        let places: Vec<Option<Position>> = listed
            .iter()
            .map(|found| self.position(found.port))
            .collect();
        let known: Vec<Position> = places.iter().copied().flatten().collect();
        if known.is_empty() {
            return;
        }
        let min_stay_h = self.reach.config.min_stay_h;
        let ellipse = self.reach.ellipse(silence, caller.speeds);
        let within_m = ellipse.length_m.max(0.0) * WATER_SHARE + WATER_MARGIN_M;
        let ways = |end: Position| water.distances_m(end, &known, within_m);
        let mut from = ways(silence.before.position).into_iter();
        let mut to = silence.after.map(|after| ways(after.position).into_iter());
        for (candidate, place) in listed.iter_mut().zip(places) {
            if place.is_none() {
                continue;
            }
            let from_m = from.next().flatten();
            let to_m = to.as_mut().map(|to| to.next().flatten());
            let (Some(from_m), None | Some(Some(_))) = (from_m, to_m) else {
                continue;
            };
            // A way by water is no shorter than the geodesic, whatever the coast's resolution says.
            let from_m = from_m.max(candidate.from_m);
            let to_m = to_m
                .flatten()
                .map(|to_m| to_m.max(candidate.to_m.unwrap_or_default()));
            let radius_m = self.reach.ports.enter_radius_m(candidate.port);
            let ways_m = ellipse.least_ways_m(from_m, to_m, radius_m);
            let slack_h = |knots| silence.stay(ways_m, min_stay_h, knots).slack_h;
            candidate.water = Some(WaterReach {
                from_m,
                to_m,
                speed_needed_knots: silence.speed_needed_knots(ways_m, min_stay_h),
                is_reachable: slack_h(caller.speeds.cap_knots) >= 0.0,
            });
            candidate.is_plausible = caller.speeds.usual_knots.map(|usual| slack_h(usual) >= 0.0);
        }
    }

    /// Where a port is, for ways by water and reception: its first point or corner.
    pub fn position(&self, port: PortIx) -> Option<Position> {
        self.reach.ports.ports().get(port.0 as usize)?.place.first()
    }
}

fn past_calls(caller: &Caller<'_>, port: PortIx) -> u32 {
    caller.past_calls.get(&port).copied().unwrap_or_default()
}

/// What candidates are ranked by; see the module.
fn score(slack_h: f64, hours: f64, past_calls: u32, others_heard: Option<bool>) -> f64 {
    let share = if hours > 0.0 {
        (slack_h / hours).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let heard = if others_heard == Some(true) { 0.5 } else { 1.0 };
    share * (1.0 + f64::from(past_calls).ln_1p()) * heard
}

/// Watched ports first, then the best score, then the table's order.
fn in_order(a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
    (b.is_watched.cmp(&a.is_watched))
        .then(b.score.total_cmp(&a.score))
        .then(a.port.cmp(&b.port))
}
