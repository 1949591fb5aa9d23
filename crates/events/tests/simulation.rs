//! A simulation with known truth: ships sail between real ports by water, fall silent, and some call at
//! a port in the silence. Whatever a ship did must be among what inference says she could have done.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::too_many_lines,
    reason = "what fails here is a mistake in the test, which tells what it found"
)]

mod common;

use common::Recorder;
use landfall_events::dark::{
    Absences, Caller, CandidateSetting, Heard, InferenceConfig, ReachSetting, SpeedHistogram,
    assess, reach_speeds, silence_of,
};
use landfall_events::{Config, Setting, VesselKernel};
use landfall_spatial_index::{PortIndex, PortRadiusConfig, SeaWays};
use landfall_track::{
    Claim, Gap, HullIx, Identity, LonLat, Particulars, Place, Port, PortIx, PortSource, Position,
    PositionReport, ReachSpeeds, ReportRef, ShipType, Sighting, SightingOutcome, SourceRow,
    Timestamp, Verdict, Vessel, VesselId, distance_m, interpolate,
};
use std::collections::{BTreeMap, BTreeSet};

const PORTS: &str = include_str!("../../../data/ports.csv");
const SHIPS: u64 = 150;
const KNOT_M_S: f64 = 1852.0 / 3600.0;

/// Numbers that look random and are the same every time (D. E. Knuth's MMIX constants).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, least: f64, most: f64) -> f64 {
        least + self.roll() * (most - least)
    }

    fn choose(&mut self, count: usize) -> usize {
        ((self.roll() * count as f64) as usize).min(count - 1)
    }
}

fn bundled_ports() -> Vec<Port> {
    csv::Reader::from_reader(PORTS.as_bytes())
        .records()
        .map(|row| {
            let row = row.unwrap();
            let place = LonLat {
                lon: row[4].parse().unwrap(),
                lat: row[3].parse().unwrap(),
            };
            Port {
                name: row[0].to_owned(),
                locode: None,
                country: None,
                aliases: Vec::new(),
                other_codes: Vec::new(),
                place: Place::Points(vec![Position::from_degrees(place).unwrap()]),
                harbor_size: None,
                radius_m: None,
                source: PortSource::User,
                precision_m: None,
            }
        })
        .collect()
}

fn place(ports: &PortIndex, port: PortIx) -> Position {
    match &ports.port(port).place {
        Place::Points(points) => points[0],
        Place::Polygons(_) => unreachable!("the bundled ports are points"),
    }
}

/// Where a ship is at which second: corners of her path, and stays.
#[derive(Default)]
struct Log {
    corners: Vec<(f64, Position)>,
}

impl Log {
    fn now(&self) -> f64 {
        self.corners.last().map_or(0.0, |corner| corner.0)
    }

    fn sail(&mut self, line: &[Position], knots: f64) {
        for corner in line {
            let last = self.corners.last().map_or(*corner, |last| last.1);
            let seconds = distance_m(last, *corner) / (knots * KNOT_M_S);
            self.corners.push((self.now() + seconds, *corner));
        }
    }

    fn stay(&mut self, hours: f64) {
        let last = self.corners.last().unwrap().1;
        self.corners.push((self.now() + hours * 3600.0, last));
    }

    fn at(&self, second: f64) -> Position {
        let next = self.corners.partition_point(|corner| corner.0 <= second);
        let (Some(before), Some(after)) = (
            self.corners.get(next.saturating_sub(1)),
            self.corners.get(next),
        ) else {
            return self.corners.last().unwrap().1;
        };
        let share = (second - before.0) / (after.0 - before.0);
        interpolate(before.1, after.1, share)
    }
}

/// One ship's truth.
struct Ship {
    log: Log,
    knots: f64,
    /// Seconds between which she does not report.
    dark: (f64, f64),
    /// The port at which she calls in the dark, with arrival and departure in seconds.
    dark_call: Option<(PortIx, f64, f64)>,
}

fn second(seconds: f64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + (seconds * 1000.0) as i64).unwrap()
}

/// A ship that sails from a port to another, and on the way perhaps calls at a third in the dark.
fn ship(dice: &mut Dice, ports: &PortIndex, water: &SeaWays) -> Option<Ship> {
    let start = PortIx(dice.choose(ports.ports().len()) as u32);
    let near = ports.near(place(ports, start), 1_500_000.0);
    let mut pick = || near[dice.choose(near.len())].port;
    let (middle, end) = (pick(), pick());
    if middle == start || end == middle {
        return None;
    }
    let way = |from, to| Some(water.way(place(ports, from), place(ports, to))?.line);
    let calls = dice.roll() < 0.6;
    let mut log = Log::default();
    log.sail(&[place(ports, start)], 10.0);
    log.stay(dice.between(6.0, 20.0));
    let left = log.now();
    let knots = dice.between(7.0, 19.0);
    if calls {
        log.sail(&way(start, middle)?, knots);
        let arrived = log.now();
        log.stay(dice.between(1.5, 40.0));
        let departed = log.now();
        log.sail(&way(middle, end)?, knots);
        let came = log.now();
        log.stay(dice.between(6.0, 20.0));
        let silent = dice.between(left, arrived);
        let heard = dice.between(departed, came);
        return Some(Ship {
            log,
            knots,
            dark: (silent, heard),
            dark_call: Some((middle, arrived, departed)),
        });
    }
    log.sail(&way(start, end)?, knots);
    let came = log.now();
    log.stay(dice.between(6.0, 20.0));
    let silent = dice.between(left, came);
    Some(Ship {
        dark: (silent, dice.between(silent, came)),
        log,
        knots,
        dark_call: None,
    })
}

impl Ship {
    /// What she reports: every ten minutes, up to 100 m off.
    fn reports(&self, dice: &mut Dice) -> Vec<PositionReport> {
        let mut reports = Vec::new();
        let mut now = 0.0;
        while now <= self.log.now() {
            if now <= self.dark.0 || now >= self.dark.1 {
                let place = self.log.at(now).degrees();
                let place = LonLat {
                    lon: (place.lon + dice.between(-6e-4, 6e-4)).clamp(-180.0, 180.0),
                    lat: (place.lat + dice.between(-6e-4, 6e-4)).clamp(-90.0, 90.0),
                };
                let moved_m = distance_m(self.log.at(now), self.log.at(now + 60.0));
                reports.push(
                    PositionReport::new(
                        second(now),
                        Position::from_degrees(place).unwrap(),
                        SourceRow::new(0, reports.len() as u64 + 1).unwrap(),
                    )
                    .with_speed_knots(Some((moved_m / 60.0 / KNOT_M_S).min(self.knots))),
                );
            }
            now += 600.0;
        }
        reports
    }

    fn sighting(&self, from: f64, to: f64, at: f64) -> Sighting {
        Sighting {
            id: "s".into(),
            from: second(from),
            to: second(to),
            position: self.log.at(at),
            error_radius_m: 500.0,
            outline: None,
            outcome: SightingOutcome::Seen,
            sensor: None,
            claim: Claim::default(),
            activity: None,
            length_m: None,
            scene: None,
            source: "the simulation".into(),
            publisher: None,
            via: None,
            url: None,
            row: 1,
        }
    }
}

/// A ship as inference sees her.
struct Seen {
    reports: Vec<ReportRef>,
    gaps: Vec<Gap>,
    past_calls: BTreeMap<PortIx, Vec<Timestamp>>,
    speeds: ReachSpeeds,
    data_end: Timestamp,
}

fn detect(reports: &[PositionReport], ports: &PortIndex, config: &InferenceConfig) -> Seen {
    let kernel_config = Config::default();
    let setting = Setting {
        config: &kernel_config,
        ports,
    };
    let mut events = Recorder::default();
    let mut kernel = VesselKernel::default();
    let mut speeds = SpeedHistogram::default();
    for report in reports {
        kernel.push(report, &setting, &mut events);
        speeds.push(report, config.moving_knots);
    }
    let data_end = reports.last().unwrap().time;
    kernel.finish(data_end, &setting, &mut events);
    let vessel = Vessel {
        id: VesselId::Text("s".into()),
        identities: vec![Identity {
            particulars: Particulars {
                ship_type: Some(ShipType("Cargo".into())),
                ..Particulars::default()
            },
            first: data_end,
            last: data_end,
            reports: 1,
        }],
    };
    let mut past_calls = BTreeMap::new();
    for (_, call) in &events.calls {
        past_calls
            .entry(call.port)
            .or_insert_with(Vec::new)
            .push(call.first.time);
    }
    Seen {
        reports: reports.iter().map(PositionReport::to_ref).collect(),
        gaps: events.gaps.iter().map(|(_, gap)| *gap).collect(),
        past_calls,
        speeds: reach_speeds(&vessel, &speeds, config),
        data_end,
    }
}

#[test]
fn what_a_ship_did_in_the_dark_is_always_among_what_she_could_have_done() {
    let ports = PortIndex::new(bundled_ports(), &PortRadiusConfig::default());
    let water = SeaWays::bundled().unwrap();
    let config = InferenceConfig {
        listed: 5_000,
        ..InferenceConfig::default()
    };
    let none = BTreeSet::new();
    let absences = BTreeMap::new();
    let mut dice = Dice(20_231_007);
    let mut ranks: Vec<(usize, u32)> = Vec::new();
    let mut verdicts: BTreeMap<Verdict, u32> = BTreeMap::new();
    let (mut ships, mut refuted, mut others) = (0, 0, 0);
    while ships < SHIPS {
        let Some(ship) = ship(&mut dice, &ports, &water) else {
            continue;
        };
        let reports = ship.reports(&mut dice);
        let seen = detect(&reports, &ports, &config);
        let is_dark =
            |gap: &&Gap| gap.after.is_some() && gap.before.time >= second(ship.dark.0 - 700.0);
        let Some(gap) = seen.gaps.iter().find(is_dark) else {
            continue;
        };
        ships += 1;
        let silence = silence_of(gap, &config, seen.data_end);
        let caller = Caller {
            speeds: seen.speeds,
            past_calls: &seen.past_calls,
            absences: Absences {
                of_all: &absences,
                own: &absences,
                longest_h: 48.0,
            },
        };
        let setting = CandidateSetting {
            reach: ReachSetting {
                ports: &ports,
                config: &config,
            },
            water: None,
            reception: None,
            watched: &none,
        };
        let by_water = CandidateSetting {
            water: Some(&water),
            ..setting
        };
        if let Some((port, arrived, departed)) = ship.dark_call {
            let ranked = setting.of_gap(&[silence], &caller);
            let rank = ranked.listed.iter().position(|found| found.port == port);
            assert!(rank.is_some(), "{} is missing", ports.port(port).name);
            ranks.push((rank.unwrap() + 1, ranked.total));
            let found = by_water.port(&[silence], port, &caller).unwrap();
            assert!(found.arrival.earliest <= second(arrived));
            assert!(found.arrival.latest.unwrap() >= second(arrived));
            assert!(found.departure.earliest <= second(departed));
            assert!(found.departure.latest.unwrap() >= second(departed));
            assert!(found.longest_stay_h >= (departed - arrived) / 3600.0);
            assert!(found.speed_needed_knots <= ship.knots);
            let reach = found.water.expect("she sailed there by water");
            assert!(reach.is_reachable && reach.speed_needed_knots.unwrap() <= ship.knots * 1.02);
            assert_ne!(
                found.is_plausible,
                Some(false),
                "she did it at her usual speed"
            );
        }
        // True sightings, in the dark and out of it, to the minute and to half a day.
        let heard = Heard {
            hull: HullIx(0),
            reports: &seen.reports,
            gaps: &seen.gaps,
            speeds: seen.speeds,
            length_m: None,
            data_end: seen.data_end,
        };
        for _ in 0..10 {
            let at = dice.between(0.0, ship.log.now());
            let blur = dice.between(0.0, 43_200.0) * dice.roll().round();
            let sighting = ship.sighting(at - blur * dice.roll(), at + blur * dice.roll(), at);
            let verdict = assess(&sighting, &heard, &config).verdict;
            *verdicts.entry(verdict).or_default() += 1;
            assert_ne!(verdict, Verdict::Contradicted, "{sighting:?}");
        }
        // A ship elsewhere: some other port of the world. What refutes it must be right, and is.
        let elsewhere = place(&ports, PortIx(dice.choose(ports.ports().len()) as u32));
        let at = dice.between(0.0, ship.log.now());
        let mut false_one = ship.sighting(at, at, at);
        false_one.position = elsewhere;
        others += 1;
        refuted += u32::from(assess(&false_one, &heard, &config).verdict == Verdict::Contradicted);
    }
    let share = |within: usize| {
        let count = ranks.iter().filter(|(rank, _)| *rank <= within).count();
        100.0 * count as f64 / ranks.len() as f64
    };
    let mut totals: Vec<u32> = ranks.iter().map(|(_, total)| *total).collect();
    totals.sort_unstable();
    println!(
        "{} ships, {} dark calls, all among the candidates ({} in the median gap)",
        SHIPS,
        ranks.len(),
        totals[totals.len() / 2]
    );
    for within in [1, 3, 5, 10, 20, 50, 100] {
        println!(
            "  true port among the first {within:>3}: {:.0}%",
            share(within)
        );
    }
    println!("true sightings: {verdicts:?}; of {others} false ones {refuted} refuted");
    assert!(ranks.len() > 50, "the simulation makes dark calls");
    assert!(refuted * 2 > others, "most places far away are refuted");
}
