//! A link joins two ids that are one ship: both sent the same IMO number with a right check digit, or the
//! same call sign and name, and one begins where and when the other ends.
//!
//! Known limits: what both send is copied by false ships too; so a number that a third id sends at the
//! same time links nothing, nor does one of which two ids could be the successor.

use crate::ConfigError;
use crate::config::within;
use landfall_track::{
    AmbiguousLink, IdentityLink, Imo, LinkBasis, METRES_PER_NAUTICAL_MILE, Particulars, ReportRef,
    VesselId, distance_m,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// When one id continues another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LinkConfig {
    /// The second id begins within so many hours of the first one's end.
    pub within_h: f64,
    /// It may begin so many hours before that end, where both were heard for a while.
    pub overlap_h: f64,
    /// A ship that changes its id goes no faster between the two, in knots.
    pub max_knots: f64,
    /// What places are off, in metres.
    pub slack_m: f64,
}

impl Default for LinkConfig {
    fn default() -> Self {
        Self {
            // Ours, as long as a vessel first heard counts among those that may have been there
            // (elimination).
            within_h: 168.0,
            // Ours: a report of a receiver that is late, or of a transponder that is set up.
            overlap_h: 1.0,
            // The fastest cargo ships, built for 33 knots (see `inference.caps.cargo_knots`).
            max_knots: 33.0,
            // Ours: two antennas of a ship, and the error of a position.
            slack_m: 2_000.0,
        }
    }
}

impl LinkConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        within("fleet.link.within_h", self.within_h, 0.0, 8760.0)?;
        within("fleet.link.overlap_h", self.overlap_h, 0.0, 24.0)?;
        within("fleet.link.max_knots", self.max_knots, 1.0, 200.0)?;
        within("fleet.link.slack_m", self.slack_m, 0.0, 100_000.0)
    }

    /// Whether one ship can have come from the end of one id to the begin of another.
    fn allows(&self, end: ReportRef, begin: ReportRef) -> bool {
        let hours = begin.time.hours_since(end.time);
        let reach_m = hours.abs() * self.max_knots * METRES_PER_NAUTICAL_MILE + self.slack_m;
        hours <= self.within_h
            && hours >= -self.overlap_h
            && distance_m(end.position, begin.position) <= reach_m
    }

    /// Whether two ids were heard at the same time for longer than a change takes.
    fn overlap(&self, a: &LinkVessel, b: &LinkVessel) -> bool {
        let first = a.first.time.max(b.first.time);
        let last = a.last.time.min(b.last.time);
        last.hours_since(first) > self.overlap_h
    }
}

/// What links ids. In order of how far it is to be trusted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Imo(u32),
    CallSignAndName(Box<str>, Box<str>),
}

/// Of a vessel so many different keys are looked at.
const MOST_KEYS: usize = 8;
/// What more ids than this send says nothing of any.
const MOST_SENDERS: usize = 30;
/// A call sign has at least so many letters, a name too.
const LEAST_CALL_SIGN: usize = 3;
const LEAST_NAME: usize = 3;

/// An id with its first and last report.
#[derive(Clone, Debug)]
pub struct LinkVessel {
    /// The id.
    pub id: VesselId,
    /// Its first report.
    pub first: ReportRef,
    /// Its last.
    pub last: ReportRef,
}

/// What was found of ids that continue others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Links {
    /// Ids that others continue, in the order of their ids.
    pub links: Vec<IdentityLink>,
    /// Ids that several others could continue, or that could continue several.
    pub ambiguous: Vec<AmbiguousLink>,
}

/// Finds links among all vessels.
#[derive(Clone, Debug, Default)]
pub struct LinkFinder {
    vessels: Vec<LinkVessel>,
    senders: BTreeMap<Key, Vec<u32>>,
}

impl LinkFinder {
    /// Takes a vessel that is no station, with what it sent of itself.
    pub fn add<'p>(&mut self, vessel: LinkVessel, sent: impl Iterator<Item = &'p Particulars>) {
        let number = self.vessels.len() as u32;
        let mut keys = BTreeSet::new();
        for particulars in sent {
            keys.extend(keys_of(particulars));
            if keys.len() >= MOST_KEYS {
                break;
            }
        }
        if keys.is_empty() {
            return;
        }
        for key in keys {
            let senders = self.senders.entry(key).or_default();
            if senders.len() <= MOST_SENDERS {
                senders.push(number);
            }
        }
        self.vessels.push(vessel);
    }

    /// The links, once all vessels are in.
    pub fn finish(self, config: &LinkConfig) -> Links {
        let mut successors: BTreeMap<u32, Found> = BTreeMap::new();
        let mut ambiguous: BTreeMap<u32, (BTreeSet<u32>, LinkBasis)> = BTreeMap::new();
        for (key, senders) in &self.senders {
            if senders.len() < 2 || senders.len() > MOST_SENDERS {
                continue;
            }
            let group = Group {
                vessels: &self.vessels,
                senders,
                config,
            };
            for &end in senders {
                match group.successor(end) {
                    Outcome::None => {}
                    Outcome::One(begin) => {
                        // An IMO number comes before a call sign and name.
                        successors.entry(end).or_insert_with(|| Found {
                            begin,
                            basis: basis(key),
                        });
                    }
                    Outcome::Several(others) => {
                        let entry = ambiguous
                            .entry(end)
                            .or_insert_with(|| (BTreeSet::new(), basis(key)));
                        entry.0.extend(others);
                    }
                }
            }
        }
        self.settle(successors, ambiguous)
    }

    fn settle(
        &self,
        mut successors: BTreeMap<u32, Found>,
        mut ambiguous: BTreeMap<u32, (BTreeSet<u32>, LinkBasis)>,
    ) -> Links {
        // By different keys two ids may lead to one, or one to two.
        successors.retain(|end, found| {
            let contradicts = |(others, _): &(BTreeSet<u32>, LinkBasis)| {
                others.iter().any(|other| *other != found.begin)
            };
            !ambiguous.get(end).is_some_and(contradicts)
        });
        let mut ends_of: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (end, found) in &successors {
            ends_of.entry(found.begin).or_default().push(*end);
        }
        for ends in ends_of.into_values().filter(|ends| ends.len() > 1) {
            for end in ends {
                if let Some(found) = successors.remove(&end) {
                    let entry = ambiguous
                        .entry(end)
                        .or_insert_with(|| (BTreeSet::new(), found.basis));
                    entry.0.insert(found.begin);
                }
            }
        }
        let vessel = |number: u32| &self.vessels[number as usize];
        let mut links = Links {
            links: successors
                .into_iter()
                .map(|(end, found)| {
                    let (end, begin) = (vessel(end), vessel(found.begin));
                    IdentityLink {
                        from: end.id.clone(),
                        to: begin.id.clone(),
                        basis: found.basis,
                        ended: end.last,
                        began: begin.first,
                        distance_m: distance_m(end.last.position, begin.first.position),
                    }
                })
                .collect(),
            ambiguous: ambiguous
                .into_iter()
                .map(|(end, (others, basis))| AmbiguousLink {
                    from: vessel(end).id.clone(),
                    to: others.iter().map(|it| vessel(*it).id.clone()).collect(),
                    basis,
                })
                .collect(),
        };
        links.links.sort_by(|a, b| a.from.cmp(&b.from));
        links.ambiguous.sort_by(|a, b| a.from.cmp(&b.from));
        links
    }
}

/// A successor, and by what.
struct Found {
    begin: u32,
    basis: LinkBasis,
}

/// Which id continues another.
enum Outcome {
    None,
    One(u32),
    /// Any of these could.
    Several(Vec<u32>),
}

/// The ids that send one key.
struct Group<'a> {
    vessels: &'a [LinkVessel],
    senders: &'a [u32],
    config: &'a LinkConfig,
}

impl Group<'_> {
    fn vessel(&self, number: u32) -> &LinkVessel {
        &self.vessels[number as usize]
    }

    /// Whether `begin` can continue `end`: it is the later one, and one ship can have been both.
    fn can_follow(&self, end: u32, begin: u32) -> bool {
        let (a, b) = (self.vessel(end), self.vessel(begin));
        end != begin
            && a.first.time < b.first.time
            && a.last.time < b.last.time
            && self.config.allows(a.last, b.first)
    }

    /// Who continues an id, if it is certain.
    fn successor(&self, end: u32) -> Outcome {
        let followers: Vec<u32> = self.others(end, |other| self.can_follow(end, other));
        // The first to begin; those that begin when it has ended may continue it in turn.
        let Some(next) = followers
            .iter()
            .copied()
            .min_by_key(|other| (self.vessel(*other).first.time, *other))
        else {
            return Outcome::None;
        };
        let rivals = followers
            .iter()
            .copied()
            .filter(|other| self.overlap(next, *other));
        let leaders = self.others(next, |other| {
            self.can_follow(other, next) && self.overlap(end, other)
        });
        // Who sends the same and was heard all along is another ship, or one of the two is not it.
        let doubles = self.others(end, |other| {
            other != next && (self.overlap(end, other) || self.overlap(next, other))
        });
        let mut others: BTreeSet<u32> = rivals.chain(leaders).chain(doubles).collect();
        others.remove(&end);
        if others.is_empty() {
            return Outcome::One(next);
        }
        others.insert(next);
        Outcome::Several(others.into_iter().collect())
    }

    fn overlap(&self, a: u32, b: u32) -> bool {
        a != b && self.config.overlap(self.vessel(a), self.vessel(b))
    }

    fn others(&self, of: u32, is_one: impl Fn(u32) -> bool) -> Vec<u32> {
        let others = self.senders.iter().copied();
        others.filter(|it| *it != of && is_one(*it)).collect()
    }
}

fn keys_of(sent: &Particulars) -> impl Iterator<Item = Key> {
    let imo = sent.imo.filter(|imo| imo.is_valid());
    let imo = imo.map(|imo| Key::Imo(imo.get()));
    let plain = |text: &Option<String>, least: usize| {
        let text = text.as_deref()?.trim().to_uppercase();
        (text
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .count()
            >= least)
            .then_some(text)
    };
    let call_sign = plain(&sent.call_sign, LEAST_CALL_SIGN);
    let both = call_sign.zip(plain(&sent.name, LEAST_NAME));
    let both = both.map(|(sign, name)| Key::CallSignAndName(sign.into(), name.into()));
    imo.into_iter().chain(both)
}

fn basis(key: &Key) -> LinkBasis {
    match key {
        Key::Imo(number) => LinkBasis::Imo(Imo::new(*number)),
        Key::CallSignAndName(call_sign, name) => LinkBasis::CallSignAndName {
            call_sign: call_sign.to_string(),
            name: name.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{LonLat, Mmsi, Position, SourceRow, Timestamp};

    const SHIP: u32 = 9_074_729;

    fn report(hour: f64, lon: f64) -> ReportRef {
        ReportRef {
            time: Timestamp::from_millis((hour * 3_600_000.0) as i64).unwrap(),
            position: Position::from_degrees(LonLat { lon, lat: 51.0 }).unwrap(),
            source: SourceRow::default(),
        }
    }

    /// An id that is heard from an hour and longitude to another.
    fn id(number: u32, from: (f64, f64), to: (f64, f64)) -> LinkVessel {
        LinkVessel {
            id: VesselId::Mmsi(Mmsi::new(number).unwrap()),
            first: report(from.0, from.1),
            last: report(to.0, to.1),
        }
    }

    fn imo(number: u32) -> Particulars {
        Particulars {
            imo: Imo::new(number),
            ..Particulars::default()
        }
    }

    fn called(call_sign: &str, name: &str) -> Particulars {
        Particulars {
            call_sign: Some(call_sign.to_owned()),
            name: Some(name.to_owned()),
            ..Particulars::default()
        }
    }

    /// Links as `first>second`, ambiguous ones as `first?second,third`.
    fn links(vessels: &[(LinkVessel, Particulars)]) -> Vec<String> {
        let find = |order: &mut dyn Iterator<Item = &(LinkVessel, Particulars)>| {
            let mut finder = LinkFinder::default();
            for (vessel, sent) in order {
                finder.add(vessel.clone(), std::iter::once(sent));
            }
            let found = finder.finish(&LinkConfig::default());
            let certain = found
                .links
                .iter()
                .map(|link| format!("{}>{}", link.from, link.to));
            let open = found.ambiguous.iter().map(|link| {
                let mut to: Vec<String> = link.to.iter().map(ToString::to_string).collect();
                to.sort();
                format!("{}?{}", link.from, to.join(","))
            });
            certain.chain(open).collect::<Vec<String>>()
        };
        let forward = find(&mut vessels.iter());
        assert_eq!(forward, find(&mut vessels.iter().rev()), "the order shows");
        forward
    }

    #[test]
    fn an_id_that_begins_where_and_when_another_of_the_same_imo_number_ends_continues_it() {
        let old = id(235_000_001, (0.0, 1.85), (6.8, 1.32));
        let new = id(636_000_001, (7.0, 1.32), (15.0, 1.85));
        assert_eq!(
            links(&[(old.clone(), imo(SHIP)), (new.clone(), imo(SHIP))]),
            ["235000001>636000001"]
        );
        // A wrong check digit, and another number, link nothing.
        assert_eq!(
            links(&[(old.clone(), imo(9_074_728)), (new.clone(), imo(9_074_728))]).len(),
            0
        );
        assert_eq!(
            links(&[(old.clone(), imo(SHIP)), (new.clone(), imo(9_179_842))]).len(),
            0
        );
        let same = called("ABCD", "MADE UP");
        let lower = called("abcd ", "Made Up");
        assert_eq!(
            links(&[(old.clone(), same.clone()), (new.clone(), lower)]).len(),
            1
        );
        assert_eq!(
            links(&[(old, same), (new, called("ABCE", "MADE UP"))]).len(),
            0
        );
    }

    #[test]
    fn an_id_too_far_off_or_too_late_or_heard_meanwhile_continues_nothing() {
        let old = id(1, (0.0, 1.0), (10.0, 1.0));
        for new in [
            id(2, (11.0, 4.0), (20.0, 4.0)),
            id(2, (300.0, 1.0), (310.0, 1.0)),
            id(2, (5.0, 1.0), (20.0, 1.0)),
            id(2, (2.0, 1.0), (8.0, 1.0)),
        ] {
            let found = links(&[(old.clone(), imo(SHIP)), (new.clone(), imo(SHIP))]);
            assert_eq!(found, [""; 0], "{new:?}");
        }
        // Half an hour of both at one place is a change.
        let new = id(2, (9.5, 1.01), (20.0, 2.0));
        assert_eq!(
            links(&[(old, imo(SHIP)), (new, imo(SHIP))]),
            ["000000001>000000002"]
        );
    }

    #[test]
    fn three_ids_in_turn_are_a_chain() {
        let chain = [
            (id(1, (0.0, 1.0), (10.0, 1.1)), imo(SHIP)),
            (id(2, (11.0, 1.1), (20.0, 1.3)), imo(SHIP)),
            (id(3, (30.0, 1.3), (40.0, 1.4)), imo(SHIP)),
        ];
        assert_eq!(
            links(&chain),
            ["000000001>000000002", "000000002>000000003"]
        );
    }

    #[test]
    fn of_two_ids_that_could_continue_one_neither_does_and_both_are_said() {
        let old = (id(1, (0.0, 1.0), (10.0, 1.0)), imo(SHIP));
        let a = (id(2, (11.0, 1.0), (20.0, 1.3)), imo(SHIP));
        let b = (id(3, (12.0, 1.0), (25.0, 0.8)), imo(SHIP));
        assert_eq!(
            links(&[old.clone(), a.clone(), b.clone()]),
            ["000000001?000000002,000000003"]
        );
        // Nor is it told which of two ids one continues.
        let two = [
            (id(1, (0.0, 1.0), (10.0, 1.0)), imo(SHIP)),
            (id(2, (1.0, 1.1), (10.5, 1.0)), imo(SHIP)),
            (id(3, (12.0, 1.0), (25.0, 0.8)), imo(SHIP)),
        ];
        let found = links(&two);
        assert!(
            found.iter().all(|link| link.contains('?')) && !found.is_empty(),
            "{found:?}"
        );
    }

    #[test]
    fn a_number_that_a_third_id_sends_all_along_links_nothing() {
        let vessels = [
            (id(1, (0.0, 1.0), (10.0, 1.0)), imo(SHIP)),
            (id(2, (11.0, 1.0), (20.0, 1.0)), imo(SHIP)),
            (id(3, (0.0, 30.0), (40.0, 30.0)), imo(SHIP)),
        ];
        let found = links(&vessels);
        assert!(found.iter().all(|link| link.contains('?')), "{found:?}");
        // What fifty ids send says nothing at all.
        let many: Vec<_> = (0..50)
            .map(|number| {
                let from = f64::from(number) * 10.0;
                (id(number + 1, (from, 1.0), (from + 9.0, 1.0)), imo(SHIP))
            })
            .collect();
        assert_eq!(links(&many).len(), 0);
    }
}
