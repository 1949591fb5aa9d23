//! Several ships under one id, made in the likeness of ids in real use by many: ships that come
//! and go between the same harbours, noise, silences of up to 55 hours, reports at equal times.

#![allow(
    clippy::unwrap_used,
    reason = "what fails here is a mistake in the test"
)]

mod common;

use common::{Recorder, index, numbered, report, run};
use landfall_track::{LonLat, Position, PositionReport};
use std::collections::BTreeMap;

/// A small generator of pseudo-random numbers (the MMIX constants of Knuth, The Art of Computer
/// Programming, volume 2, section 3.3.4), so that the fixture is the same everywhere.
struct Chance(u64);

impl Chance {
    fn share(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, least: f64, most: f64) -> f64 {
        least + self.share() * (most - least)
    }
}

/// A ship's way: minute, longitude and latitude of each turn.
type Way = &'static [(f64, f64, f64)];

/// Five ships. Two work off one river mouth some 60 nautical miles from the three others' bay, and
/// all meet within a few miles of one another. Each entry: when, where.
const SHIPS: [Way; 5] = [
    // Fishes in the bay for a week, with two long silences (see `SILENCES`).
    &[
        (0.0, 120.40, 24.20),
        (700.0, 120.48, 24.28),
        (2_000.0, 120.42, 24.22),
        (4_500.0, 120.47, 24.27),
        (7_000.0, 120.41, 24.21),
        (9_600.0, 120.48, 24.29),
    ],
    // At the river mouth for four days.
    &[
        (300.0, 121.70, 25.20),
        (1_500.0, 121.80, 25.16),
        (3_000.0, 121.72, 25.22),
        (5_600.0, 121.79, 25.15),
    ],
    // On passage past both, at 11 knots.
    &[
        (1_000.0, 119.50, 22.50),
        (1_900.0, 120.20, 25.10),
        (2_500.0, 121.30, 26.60),
    ],
    // Lies in the bay, 5 nautical miles from the first, from the fourth day.
    &[
        (6_100.0, 120.56, 24.34),
        (6_900.0, 120.561, 24.341),
        (9_900.0, 120.56, 24.342),
    ],
    // In another ocean, heard by satellite now and then.
    &[
        (200.0, 61.00, -9.60),
        (5_000.0, 60.50, -9.20),
        (9_900.0, 60.40, -9.30),
    ],
];

/// Ship, from minute, to minute: the longest is 55 hours.
const SILENCES: [(usize, f64, f64); 4] = [
    (0, 2_200.0, 5_500.0),
    (0, 7_600.0, 8_800.0),
    (1, 3_300.0, 4_900.0),
    (4, 2_000.0, 4_400.0),
];

fn place(way: Way, minute: f64) -> Option<(f64, f64)> {
    way.windows(2).find_map(|turn| {
        let ((t0, x0, y0), (t1, x1, y1)) = (turn[0], turn[1]);
        (t0..=t1).contains(&minute).then(|| {
            let share = (minute - t0) / (t1 - t0);
            (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)
        })
    })
}

/// The reports in time order, each with its ship's number; noise has none.
fn fixture() -> Vec<(PositionReport, Option<usize>)> {
    let mut chance = Chance(20_140_101);
    let mut made: Vec<(PositionReport, Option<usize>)> = Vec::new();
    for (ship, way) in SHIPS.iter().enumerate() {
        let mut minute = way[0].0;
        while let Some((lon, lat)) = place(way, minute) {
            let silent = SILENCES
                .iter()
                .any(|(of, from, to)| *of == ship && (*from..*to).contains(&minute));
            if !silent {
                let mut scatter = || chance.between(-1e-4, 1e-4);
                let lon_lat = LonLat {
                    lon: lon + scatter(),
                    lat: lat + scatter(),
                };
                let position = Position::from_degrees(lon_lat).unwrap();
                // Whole minutes, so that ships report at equal times; no speeds, as in real files.
                let sent = report(minute.floor(), position);
                made.push((sent, Some(ship)));
                if chance.share() < 0.08 {
                    made.push((sent, Some(ship)));
                }
            }
            minute += if ship == 4 {
                chance.between(200.0, 700.0)
            } else {
                chance.between(4.0, 26.0)
            };
        }
    }
    for _ in 0..25 {
        let lon_lat = LonLat {
            lon: chance.between(-180.0, 180.0),
            lat: chance.between(-60.0, 60.0),
        };
        let position = Position::from_degrees(lon_lat).unwrap();
        made.push((report(chance.between(0.0, 9_900.0).floor(), position), None));
    }
    made.sort_by_key(|made| made.0);
    let reports = numbered(made.iter().map(|(report, _)| *report).collect());
    reports
        .into_iter()
        .zip(made.into_iter().map(|(_, ship)| ship))
        .collect()
}

/// Over all pairs of reports: how well one hull means one ship. `None` is alone in a hull.
fn pair_f1(truth: &[Option<usize>], found: &[Option<usize>]) -> f64 {
    fn pairs<K: Ord>(keys: impl Iterator<Item = K>) -> f64 {
        let mut counts: BTreeMap<K, f64> = BTreeMap::new();
        for key in keys {
            *counts.entry(key).or_default() += 1.0;
        }
        counts
            .values()
            .map(|count| count * (count - 1.0) / 2.0)
            .sum()
    }
    let both = truth
        .iter()
        .zip(found)
        .filter_map(|(ship, hull)| Some((((*ship)?), ((*hull)?))));
    let of_ships = pairs(truth.iter().flatten());
    let of_hulls = pairs(found.iter().flatten());
    2.0 * pairs(both) / (of_ships + of_hulls)
}

fn hulls(reports: &[PositionReport], seen: &Recorder) -> Vec<Option<usize>> {
    let mut hulls = vec![Some(0); reports.len()];
    for flagged in &seen.flagged {
        let at = flagged.report.source.row() as usize - 1;
        hulls[at] = flagged.hull.map(|hull| hull.number as usize);
    }
    hulls
}

/// Joins each report to the nearest track that a ship of 25 knots could have come from.
fn nearest_track(reports: &[PositionReport]) -> Vec<Option<usize>> {
    let mut tracks: Vec<PositionReport> = Vec::new();
    let mut found = Vec::new();
    for report in reports {
        let nearest = tracks
            .iter()
            .enumerate()
            .filter_map(|(at, last)| {
                let metres = landfall_track::distance_m(last.position, report.position);
                let reach_m = 25.0 * 1852.0 * report.time.hours_since(last.time);
                (metres <= reach_m).then_some((metres, at))
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, at)| at);
        let at = nearest.unwrap_or_else(|| {
            tracks.push(*report);
            tracks.len() - 1
        });
        tracks[at] = *report;
        found.push(Some(at));
    }
    found
}

#[test]
fn ships_that_share_an_id_are_told_apart() {
    let fixture = fixture();
    let reports: Vec<PositionReport> = fixture.iter().map(|(report, _)| *report).collect();
    let truth: Vec<Option<usize>> = fixture.iter().map(|(_, ship)| *ship).collect();
    let seen = run(&reports, &index(Vec::new()));
    let ours = pair_f1(&truth, &hulls(&reports, &seen));
    let naive = pair_f1(&truth, &nearest_track(&reports));
    assert!(ours >= 0.95, "F1 {ours}");
    assert!(naive < 0.85, "F1 of the nearest track {naive}");
    let noise: Vec<_> = seen.flagged.iter().filter(|f| f.hull.is_none()).collect();
    assert!(
        noise
            .iter()
            .filter(|f| truth[f.report.source.row() as usize - 1].is_none())
            .count()
            >= 24,
        "{noise:?}"
    );
    // The silences are gaps of their hulls.
    let longest = seen
        .gaps
        .iter()
        .filter_map(|(_, gap)| Some(gap.after?.time.hours_since(gap.before.time)))
        .fold(0.0, f64::max);
    assert!((54.5..56.0).contains(&longest), "{longest} h");
}
