//! Scenes: who is heard while a vessel is silent; and the counts against their definition.

use super::level::Level;
use super::zones::GapPlaces;
use super::*;
use landfall_track::{
    Gap, GapKind, LonLat, PortIx, Position, Reception, ReceptionVerdict, ReportRef, SourceRow,
    TimeSpan, Timestamp, ZoneReception,
};
use proptest::prelude::*;

const ROADS: LonLat = LonLat {
    lon: 133.1,
    lat: 42.7,
};
const DAYS: i64 = 20;

fn at(place: LonLat) -> Position {
    Position::from_degrees(place).unwrap()
}

/// So many hours after the data's beginning, and half of one.
fn hour(hour: i64) -> Timestamp {
    let start: Timestamp = "2023-09-01T00:30:00Z".parse().unwrap();
    start.shifted(hour * 3_600_000)
}

fn vessel(reports: impl IntoIterator<Item = (i64, LonLat)>) -> Vec<Presence> {
    let mut builder = PresenceBuilder::default();
    for (time, place) in reports {
        builder.push(hour(time), at(place));
    }
    builder.finish()
}

/// Heard every hour of the data at one place, but for some.
fn lying(place: LonLat, but_for: std::ops::Range<i64>) -> Vec<Presence> {
    vessel(
        (0..DAYS * 24)
            .filter(|time| !but_for.contains(time))
            .map(|time| (time, place)),
    )
}

fn report(time: i64, place: LonLat) -> ReportRef {
    ReportRef {
        time: hour(time),
        position: at(place),
        source: SourceRow::default(),
    }
}

fn gap(before: ReportRef, after: Option<ReportRef>) -> Gap {
    Gap {
        before,
        after,
        reports_before: 100,
        distance_m: None,
        implied_speed_knots: None,
        port: None,
        kind: GapKind::Silence,
        without_position: None,
        silent_ms: 0,
    }
}

/// She is silent from hour 240 to 252: 11 whole hours lie between.
fn silence(from: LonLat, to: LonLat) -> Gap {
    gap(report(240, from), Some(report(252, to)))
}

fn table(vessels: &[Vec<Presence>]) -> HeardTable {
    let mut table = CellTable::new(&ReceptionConfig::default());
    for presences in vessels {
        table.add(presences);
    }
    table.finish()
}

/// Her gap's reception among others.
fn reception(gap: &Gap, her: &[Presence], others: &[Vec<Presence>]) -> Reception {
    let data_end = hour(DAYS * 24 - 1);
    let own = OwnCells::new(her, &ReceptionConfig::default()).of_gap(gap, data_end);
    let mut all = others.to_vec();
    all.push(her.to_vec());
    table(&all).gap_reception(gap, data_end, &own)
}

fn close_to(zone: ZoneReception, heard: u64, usual: f64) -> bool {
    zone.heard == heard && (zone.usual - usual).abs() < 1e-9
}

#[test]
fn where_ten_others_go_on_being_heard_the_silence_is_hers() {
    let gap = silence(ROADS, ROADS);
    let others = vec![lying(ROADS, 0..0); 10];
    let found = reception(&gap, &lying(ROADS, 241..252), &others);
    assert_eq!(found.verdict, ReceptionVerdict::HeardOthers);
    assert!(close_to(found.near_last, 110, 110.0), "{found:?}");
    assert_eq!((found.cell_deg, found.bucket_h), (0.5, 1.0));
}

#[test]
fn where_ten_others_fall_silent_with_her_the_receiver_did() {
    let gap = silence(ROADS, ROADS);
    let others = vec![lying(ROADS, 241..252); 10];
    let found = reception(&gap, &lying(ROADS, 241..252), &others);
    assert_eq!(found.verdict, ReceptionVerdict::NobodyHeard);
    assert!(close_to(found.near_last, 0, 110.0), "{found:?}");
}

#[test]
fn where_hardly_anybody_is_ever_heard_there_are_too_few_data() {
    let gap = silence(ROADS, ROADS);
    let passing = vessel([(10, ROADS), (11, ROADS)]);
    let found = reception(&gap, &lying(ROADS, 241..252), &[passing]);
    assert_eq!(found.verdict, ReceptionVerdict::TooFewData);
    assert!(
        close_to(found.near_last, 0, 2.0 * 11.0 / 469.0),
        "{found:?}"
    );
}

#[test]
fn a_gap_that_begins_in_port_is_scored_as_at_sea() {
    let at_sea = silence(ROADS, ROADS);
    let in_port = Gap {
        port: Some(PortIx(3)),
        ..at_sea
    };
    let her = lying(ROADS, 241..252);
    let others = vec![lying(ROADS, 0..0); 10];
    assert_eq!(
        reception(&in_port, &her, &others),
        reception(&at_sea, &her, &others)
    );
}

#[test]
fn others_across_the_antimeridian_are_near() {
    let east = LonLat {
        lon: 179.95,
        lat: -17.0,
    };
    let west = LonLat {
        lon: -179.9,
        ..east
    };
    let found = reception(
        &silence(east, east),
        &lying(east, 241..252),
        &[lying(west, 0..0)],
    );
    assert_eq!(found.verdict, ReceptionVerdict::HeardOthers);
    assert!(close_to(found.near_last, 11, 11.0), "{found:?}");
}

#[test]
fn her_own_lying_there_for_weeks_is_not_what_is_usual() {
    let gap = silence(ROADS, ROADS);
    let alone = reception(&gap, &lying(ROADS, 241..252), &[]);
    assert!(close_to(alone.near_last, 0, 0.0), "{alone:?}");
    let with_one = reception(&gap, &lying(ROADS, 241..252), &[lying(ROADS, 0..0)]);
    assert!(close_to(with_one.near_last, 11, 11.0), "{with_one:?}");
}

#[test]
fn one_who_lies_there_for_days_is_not_many_who_come() {
    // Seldom there, but for long: 100 presences, 1 vessel. That she is not there says nothing.
    let guest = vessel((0..100).map(|time| (time, ROADS)));
    let found = reception(
        &silence(ROADS, ROADS),
        &lying(ROADS, 241..252),
        &vec![guest; 5],
    );
    assert!(found.near_last.usual > 5.0, "{found:?}");
    assert_eq!(found.verdict, ReceptionVerdict::TooFewData);
}

#[test]
fn of_an_open_gap_the_time_to_the_datas_end_counts_near_the_last_position_only() {
    let gap = gap(report(400, ROADS), None);
    let others = vec![lying(ROADS, 0..0); 3];
    let found = reception(&gap, &lying(ROADS, 401..480), &others);
    assert_eq!(found.verdict, ReceptionVerdict::HeardOthers);
    // Hours 401 to 478: that in which the data end is not whole.
    assert!(close_to(found.near_last, 78 * 3, 78.0 * 3.0), "{found:?}");
    assert_eq!(found.near_next, ZoneReception::default());
    assert_eq!(found.on_the_way, ZoneReception::default());
}

#[test]
fn a_row_dated_fifty_years_ahead_does_not_lengthen_an_open_gap_nor_thin_out_the_usual() {
    let gap = gap(report(400, ROADS), None);
    let her = lying(ROADS, 401..480);
    let far_ahead = 50 * 365 * 24;
    for others in 1..4 {
        let mut all = vec![lying(ROADS, 0..0); others];
        all.push(vessel([(far_ahead, ROADS)]));
        all.push(her.clone());
        let own = OwnCells::new(&her, &ReceptionConfig::default()).of_gap(&gap, hour(far_ahead));
        let found = table(&all).gap_reception(&gap, hour(far_ahead), &own);
        assert_eq!(found.verdict, ReceptionVerdict::HeardOthers);
        let count = 79 * others as u64;
        assert!(close_to(found.near_last, count, count as f64), "{found:?}");
    }
}

#[test]
fn a_clock_that_stands_at_1970_for_weeks_does_not_thin_out_the_usual() {
    let stuck = vessel((0..400).map(|time| (time - 470_000, ROADS)));
    let mut others = vec![lying(ROADS, 241..252); 40];
    others.push(stuck);
    let found = reception(&silence(ROADS, ROADS), &lying(ROADS, 241..252), &others);
    assert_eq!(found.verdict, ReceptionVerdict::NobodyHeard);
    assert!(close_to(found.near_last, 0, 440.0), "{found:?}");
}

#[test]
fn where_she_fell_silent_speaks_before_where_she_was_heard_next() {
    let next = LonLat {
        lon: 140.0,
        ..ROADS
    };
    let mut others = vec![lying(ROADS, 241..252); 10];
    others.extend(vec![lying(next, 0..0); 10]);
    let found = reception(&silence(ROADS, next), &[], &others);
    assert_eq!(found.verdict, ReceptionVerdict::NobodyHeard);
    assert!(close_to(found.near_next, 110, 110.0), "{found:?}");
}

#[test]
fn if_nobody_is_ever_heard_where_she_fell_silent_the_way_and_the_next_place_speak() {
    let next = LonLat {
        lon: 140.0,
        ..ROADS
    };
    let half_way = LonLat {
        lon: 136.5,
        lat: 42.85,
    };
    let found = reception(&silence(ROADS, next), &[], &[lying(half_way, 0..0)]);
    assert_eq!(found.verdict, ReceptionVerdict::HeardOthers);
    assert!(close_to(found.on_the_way, 11, 11.0), "{found:?}");
    assert!(close_to(found.near_last, 0, 0.0), "{found:?}");
}

#[test]
fn another_hull_under_her_id_is_no_other() {
    let gap = silence(ROADS, ROADS);
    let both_hulls = lying(ROADS, 0..0);
    let found = reception(&gap, &both_hulls, &[]);
    assert!(close_to(found.near_last, 0, 0.0), "{found:?}");
    assert_eq!(found.verdict, ReceptionVerdict::TooFewData);
}

#[test]
fn a_silence_without_a_whole_hour_is_too_few_data() {
    let short = gap(report(240, ROADS), Some(report(241, ROADS)));
    let found = reception(&short, &[], &vec![lying(ROADS, 0..0); 10]);
    assert_eq!(found.verdict, ReceptionVerdict::TooFewData);
    assert!(close_to(found.near_last, 0, 0.0), "{found:?}");
}

#[test]
fn an_empty_table_says_too_few_data() {
    let found = table(&[]).gap_reception(&silence(ROADS, ROADS), hour(0), &OwnPresences::default());
    assert_eq!(found.verdict, ReceptionVerdict::TooFewData);
}

#[test]
fn near_a_port_others_were_heard_or_not_though_usual_or_nothing_is_known() {
    let elsewhere = LonLat {
        lon: 100.0,
        lat: 5.0,
    };
    let heard = table(&vec![lying(ROADS, 241..252); 10]);
    let between = |from, to| TimeSpan {
        earliest: hour(from),
        latest: Some(hour(to)),
    };
    assert_eq!(
        heard.others_heard_near(at(ROADS), between(100, 110)),
        Some(true)
    );
    assert_eq!(
        heard.others_heard_near(at(ROADS), between(240, 252)),
        Some(false)
    );
    assert_eq!(
        heard.others_heard_near(at(elsewhere), between(100, 110)),
        None
    );
    assert_eq!(heard.others_heard_near(at(ROADS), between(100, 101)), None);
    let endless = TimeSpan {
        earliest: hour(100),
        latest: None,
    };
    assert_eq!(heard.others_heard_near(at(ROADS), endless), None);
}

#[test]
fn the_defaults_pass_their_own_check_and_come_back_from_toml() {
    let config = ReceptionConfig::default();
    assert_eq!(config.check(), Ok(()));
    let text = toml::to_string(&config).unwrap();
    assert_eq!(toml::from_str::<ReceptionConfig>(&text).unwrap(), config);
    assert!(toml::from_str::<ReceptionConfig>("near_km = 50").is_err());
}

#[test]
fn a_threshold_out_of_range_is_named() {
    let config = ReceptionConfig {
        heard_share: 0.01,
        ..ReceptionConfig::default()
    };
    assert_eq!(
        config.check().unwrap_err().to_string(),
        "`reception.heard_share` is 0.01: expected a number from 0.05 to 1"
    );
}

type Reports = Vec<(i64, i32, i32)>;

fn place(east: i32, north: i32) -> LonLat {
    let lon = 178.0 + f64::from(east) * 0.3;
    LonLat {
        lon: if lon > 180.0 { lon - 360.0 } else { lon },
        lat: 60.0 + f64::from(north) * 0.3,
    }
}

fn presences(reports: &Reports) -> Vec<Presence> {
    let mut reports = reports.clone();
    reports.sort_unstable();
    vessel(
        reports
            .into_iter()
            .map(|(time, east, north)| (time, place(east, north))),
    )
}

fn reports(most: usize) -> impl Strategy<Value = Reports> {
    prop::collection::vec((0_i64..300, 0_i32..14, 0_i32..14), 1..most)
}

/// Heard and usual by the definition, from everybody's presences at the level the table ended at.
fn by_definition(
    level: Level,
    gap: &Gap,
    data_end: Timestamp,
    her: &[Presence],
    others: &[Vec<Presence>],
) -> [ZoneReception; 3] {
    let at_level = |one: &Presence| (level.cell(one.cell()), one.bucket() >> level.bucket_shift());
    let mut active: Vec<u32> = others
        .iter()
        .flatten()
        .chain(her)
        .map(|one| at_level(one).1)
        .collect();
    active.sort_unstable();
    active.dedup();
    let until = gap.after.map_or(data_end, |after| after.time);
    let silent: Vec<u32> = level
        .buckets_between(gap.before.time, until)
        .filter(|bucket| *bucket >= active[0] && bucket <= active.last().unwrap())
        .collect();
    let outside = active
        .iter()
        .filter(|bucket| !silent.contains(bucket))
        .count();
    GapPlaces::of(gap)
        .zones(50_000.0, level.cell_shift())
        .map(|zone| {
            let count = |inside| {
                let there = others
                    .iter()
                    .flatten()
                    .map(at_level)
                    .filter(|(cell, bucket)| {
                        zone.cells.contains(cell) && silent.contains(bucket) == inside
                    });
                there.count()
            };
            if silent.is_empty() {
                return ZoneReception::default();
            }
            ZoneReception {
                heard: count(true) as u64,
                usual: if outside == 0 {
                    0.0
                } else {
                    count(false) as f64 / outside as f64 * silent.len() as f64
                },
            }
        })
}

proptest! {
    #[test]
    fn counts_are_as_defined_at_whatever_level_the_table_ends_and_own_presences_take_no_part(
        her in reports(60),
        others in prop::collection::vec(reports(40), 1..6),
        from in (0_i64..300, 0_i32..14, 0_i32..14),
        hours in 1_i64..120,
        to in prop::option::of((0_i32..14, 0_i32..14)),
        budget in 2_u32..300,
    ) {
        let gap = gap(
            report(from.0, place(from.1, from.2)),
            to.map(|(east, north)| report(from.0 + hours, place(east, north))),
        );
        let data_end = hour(300);
        let config = ReceptionConfig::default().with_budget(budget);
        // Heard in the gap, too, as other hulls under her id are.
        let her = presences(&her);
        let mut others: Vec<_> = others.iter().map(presences).collect();
        // Far off somebody is always heard, so that no time is taken for a stray.
        others.push(lying(ROADS, 0..0));
        let mut table = CellTable::new(&config);
        table.add(&her);
        for one in &others { table.add(one); }
        let own = OwnCells::new(&her, &config).of_gap(&gap, data_end);
        let stored = serde_json::to_string(&own).unwrap();
        prop_assert_eq!(&serde_json::from_str::<OwnPresences>(&stored).unwrap(), &own);
        let found = table.finish().gap_reception(&gap, data_end, &own);
        let level = Level::all()
            .find(|level| (level.cell_deg(), level.bucket_h()) == (found.cell_deg, found.bucket_h))
            .unwrap();
        let wanted = by_definition(level, &gap, data_end, &her, &others);
        let found = [found.near_last, found.near_next, found.on_the_way];
        for (zone, wanted) in found.into_iter().zip(wanted) {
            prop_assert!(close_to(zone, wanted.heard, wanted.usual), "{:?} {:?}", zone, wanted);
        }
    }
}
