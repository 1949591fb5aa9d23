//! Made-up fleets, cut to an area in which alone they are heard.

use super::*;
use crate::fleet::{MarkBuilder, Trail};
use landfall_track::{LonLat, PositionReport, SourceRow, Timestamp};

const GAP_H: i64 = 6;

/// A report: minutes, longitude, latitude.
type Report = (i64, f64, f64);

/// A vessel on a steady course: from a minute and place on, for so many hours.
#[derive(Clone, Copy)]
struct Way {
    since: i64,
    from: (f64, f64),
    course_deg: f64,
    knots: f64,
    hours: i64,
    step_min: i64,
}

impl Way {
    fn reports(&self) -> Vec<Report> {
        let (sin, cos) = self.course_deg.to_radians().sin_cos();
        (0..=self.hours * 60 / self.step_min)
            .map(|step| {
                let minutes = step * self.step_min;
                let miles = self.knots * minutes as f64 / 60.0;
                let lat = self.from.1 + miles * cos / 60.0;
                let wide = lat.to_radians().cos();
                let lon = self.from.0 + miles * sin / 60.0 / wide;
                let lon = (lon + 540.0).rem_euclid(360.0) - 180.0;
                (self.since + minutes, lon, lat)
            })
            .collect()
    }
}

/// A vessel that goes east at 14 knots, from longitude 6, and reports every so many minutes.
fn eastward(since: i64, lat: f64, step_min: i64) -> Way {
    Way {
        since,
        from: (6.0, lat),
        course_deg: 90.0,
        knots: 14.0,
        hours: 30,
        step_min,
    }
}

/// The hulls whose gaps are said to be of a vessel that left, each with the gap's start in minutes, in
/// whatever order the vessels come.
fn left(vessels: &[Vec<Report>]) -> Vec<(usize, i64)> {
    let ids: Vec<u32> = (0..vessels.len() as u32).collect();
    left_of(vessels, &ids)
}

/// The same of hulls that send under the ids given.
fn left_of(vessels: &[Vec<Report>], ids: &[u32]) -> Vec<(usize, i64)> {
    let numbers: Vec<usize> = (0..vessels.len()).collect();
    let backward: Vec<usize> = numbers.iter().rev().copied().collect();
    let found = left_in_order(vessels, ids, &numbers);
    assert_eq!(
        found,
        left_in_order(vessels, ids, &backward),
        "the order shows"
    );
    found
}

fn left_in_order(vessels: &[Vec<Report>], ids: &[u32], order: &[usize]) -> Vec<(usize, i64)> {
    let config = AreaConfig::default();
    let mut area = AreaTable::new(config.budget_cells);
    let mut edges = Edges::default();
    let mut starts = FxHashMap::default();
    let all = || vessels.iter().flatten().map(|report| report.0);
    let (first, last) = (all().min().unwrap(), all().max().unwrap());
    for (ix, number) in order.iter().enumerate() {
        let hull = HullIx(ix as u32);
        let mut trail = Trail::default();
        let mut builder = MarkBuilder::default();
        let mut gaps: Vec<(i64, Option<i64>)> = Vec::new();
        let mut before: Option<i64> = None;
        for (minute, lon, lat) in &vessels[*number] {
            let position = Position::from_degrees(LonLat {
                lon: *lon,
                lat: *lat,
            })
            .unwrap();
            let time = Timestamp::from_seconds(minute * 60).unwrap();
            trail.push(position);
            let report = PositionReport::new(time, position, SourceRow::default());
            builder.push(&report, GAP_H * 3_600_000);
            if let Some(before) = before.replace(*minute)
                && minute - before > GAP_H * 60
            {
                gaps.push((before, Some(*minute)));
            }
        }
        if let Some(before) = before
            && last - before > GAP_H * 60
        {
            gaps.push((before, None));
        }
        area.add(&trail.finish());
        for mark in builder.finish() {
            let minute = mark.time.as_millis() / 60_000;
            let gap = gaps.iter().position(|gap| match mark.side {
                Side::Before => gap.0 == minute,
                Side::After => gap.1 == Some(minute),
            });
            let is_inside = minute - first >= 60 && last - minute >= 60;
            if let Some(gap) = gap {
                starts.insert((hull, gap as u32), (*number, gaps[gap].0));
                let closed = gaps[gap].1.is_some();
                edges.add(
                    (hull, ids[*number]),
                    (Some(gap as u32), closed),
                    &mark,
                    &config,
                );
            } else if is_inside {
                edges.add((hull, ids[*number]), (None, false), &mark, &config);
            }
        }
    }
    let mut found: Vec<(usize, i64)> = edges
        .left_area(&area, &config)
        .iter()
        .map(|key| starts[key])
        .collect();
    found.sort_unstable();
    found
}

/// What of a way lies in an area.
fn within(way: Way, is_inside: impl Fn(f64, f64) -> bool) -> Vec<Report> {
    let mut reports = way.reports();
    reports.retain(|(_, lon, lat)| is_inside(*lon, *lat));
    reports
}

/// A vessel at anchor, whose data last as long as anybody's.
fn at_anchor(lon: f64, lat: f64) -> Vec<Report> {
    (0..200).map(|step| (step * 30, lon, lat)).collect()
}

/// Five vessels that go east out of the area west of longitude 11.95.
fn leavers(step_min: i64) -> Vec<Vec<Report>> {
    let ways = (0..5).map(|number| {
        eastward(
            number * 120 + 7 * number,
            54.0 + number as f64 * 0.1,
            step_min,
        )
    });
    ways.map(|way| within(way, |lon, _| lon < 11.95)).collect()
}

fn hulls(found: &[(usize, i64)]) -> Vec<usize> {
    found.iter().map(|(hull, _)| *hull).collect()
}

#[test]
fn who_goes_out_over_the_side_of_a_box_has_left_and_who_falls_silent_inside_has_not() {
    for step_min in [1, 15, 60] {
        let mut vessels = leavers(step_min);
        vessels.push(at_anchor(8.0, 54.25));
        let mut silent = eastward(30, 54.2, step_min).reports();
        silent.retain(|(minute, ..)| *minute < 400);
        vessels.push(silent);
        assert_eq!(hulls(&left(&vessels)), [0, 1, 2, 3, 4], "{step_min}");
    }
}

#[test]
fn who_falls_silent_a_while_before_the_edge_has_not_left() {
    let mut vessels = leavers(10);
    vessels.push(at_anchor(8.0, 54.25));
    // Forty kilometres, at which it had been heard nine times more.
    vessels.push(within(eastward(40, 54.25, 10), |lon, _| lon < 11.35));
    assert_eq!(hulls(&left(&vessels)), [0, 1, 2, 3, 4]);
}

#[test]
fn who_lies_or_goes_along_or_inward_at_the_edge_has_not_left() {
    let mut vessels = leavers(10);
    vessels.push(at_anchor(8.0, 54.25));
    let way = |from, course_deg| Way {
        since: 100,
        from,
        course_deg,
        knots: 10.0,
        hours: 3,
        step_min: 10,
    };
    // Along it northward, and inward from it; both fall silent within sight of it.
    vessels.push(way((11.9, 53.9), 0.0).reports());
    vessels.push(way((11.94, 54.2), 270.0).reports());
    assert_eq!(hulls(&left(&vessels)), [0, 1, 2, 3, 4]);
}

#[test]
fn who_goes_out_at_a_flat_angle_over_an_edge_that_others_show_has_left() {
    let mut vessels = leavers(10);
    vessels.push(at_anchor(8.0, 54.25));
    // Along the edge and slowly nearer to it, until out over it; and one that stays inside.
    for from in [11.85, 11.5] {
        let way = Way {
            since: 100,
            from: (from, 54.0),
            course_deg: 10.0,
            knots: 10.0,
            hours: 4,
            step_min: 10,
        };
        vessels.push(within(way, |lon, _| lon < 11.95));
    }
    assert_eq!(hulls(&left(&vessels)), [0, 1, 2, 3, 4, 6]);
}

#[test]
fn a_spot_at_which_vessels_switch_off_is_no_edge() {
    // A lane of 2 km, reports 7 km apart.
    let mut vessels: Vec<Vec<Report>> = (0..5)
        .map(|number| {
            let way = eastward(number * 120 + 7 * number, 54.0 + number as f64 * 0.004, 16);
            within(way, |lon, _| lon < 11.95)
        })
        .collect();
    vessels.push(at_anchor(8.0, 54.25));
    assert_eq!(left(&vessels), []);
}

#[test]
fn a_lone_vessel_shows_no_edge_nor_does_one_that_goes_where_nobody_goes() {
    let lone = within(eastward(0, 54.0, 10), |lon, _| lon < 11.95);
    assert_eq!(left(&[lone.clone(), at_anchor(8.0, 54.0)]), []);
    let mut vessels = leavers(10);
    vessels.push(at_anchor(8.0, 54.25));
    vessels.push(
        Way {
            since: 200,
            from: (8.0, 54.4),
            course_deg: 0.0,
            knots: 12.0,
            hours: 12,
            step_min: 10,
        }
        .reports(),
    );
    assert_eq!(hulls(&left(&vessels)), [0, 1, 2, 3, 4]);
}

#[test]
fn vessels_that_each_fall_silent_in_a_sea_of_their_own_have_not_left() {
    let vessels: Vec<Vec<Report>> = (0..8_i64)
        .map(|number| {
            Way {
                since: number * 60,
                from: (-30.0, 20.0),
                course_deg: number as f64 * 45.0,
                knots: 14.0,
                hours: 10 + number * number % 7 * 5,
                step_min: 20,
            }
            .reports()
        })
        .chain([at_anchor(-30.0, 20.0)])
        .collect();
    assert_eq!(left(&vessels), []);
}

#[test]
fn who_comes_back_in_at_the_edge_had_left_and_who_comes_back_inside_had_not() {
    let mut vessels = leavers(10);
    vessels.push(at_anchor(8.0, 54.25));
    let back = |since, from| Way {
        since,
        from,
        course_deg: 270.0,
        knots: 14.0,
        hours: 10,
        step_min: 10,
    };
    // Two days later back, one over the edge, one first heard 200 km inside.
    let at_edge = within(back(3_000, (12.3, 54.1)), |lon, _| lon < 11.95);
    vessels[1].extend(at_edge);
    vessels[2].extend(back(3_000, (9.0, 54.2)).reports());
    let found = left(&vessels);
    assert_eq!(hulls(&found), [0, 1, 3, 4]);
}

#[test]
fn a_circle_around_a_receiver_has_an_edge_however_few_cross_it() {
    let middle = (4.0, 52.0);
    let radius_deg = 0.6;
    let is_inside = |lon: f64, lat: f64| {
        ((lon - middle.0) * lat.to_radians().cos()).hypot(lat - middle.1) < radius_deg
    };
    for step_min in [2, 10] {
        let mut vessels: Vec<Vec<Report>> = (0..6)
            .map(|number| {
                // Through it on different courses, each off the middle.
                let course_deg = f64::from(number) * 63.0;
                let (sin, cos) = course_deg.to_radians().sin_cos();
                let wide = f64::to_radians(52.0).cos();
                let aside = f64::from(number % 3) * 0.12 - 0.1;
                let from = (
                    middle.0 + (-1.5 * sin + aside * cos) / wide,
                    middle.1 - 1.5 * cos - aside * sin,
                );
                let way = Way {
                    since: i64::from(number) * 170,
                    from,
                    course_deg,
                    knots: 13.0,
                    hours: 16,
                    step_min,
                };
                within(way, is_inside)
            })
            .collect();
        vessels.push(at_anchor(4.1, 52.1));
        // One falls silent half way out.
        let silent = Way {
            since: 500,
            from: (4.0, 52.0),
            course_deg: 20.0,
            knots: 8.0,
            hours: 2,
            step_min,
        };
        vessels.push(silent.reports());
        assert_eq!(hulls(&left(&vessels)), [0, 1, 2, 3, 4, 5], "{step_min}");
    }
}

#[test]
fn a_box_across_the_antimeridian_has_sides_though_its_ways_are_far_apart() {
    let mut vessels: Vec<Vec<Report>> = (0..5)
        .map(|number| {
            let way = Way {
                since: number * 100,
                from: (177.0, -10.0 + number as f64 * 2.5),
                course_deg: 90.0,
                knots: 15.0,
                hours: 60,
                step_min: 20,
            };
            within(way, |lon, _| !(-176.0..=0.0).contains(&lon))
        })
        .collect();
    vessels.push((0..400).map(|step| (step * 30, 179.0, -5.0)).collect());
    assert_eq!(hulls(&left(&vessels)), [0, 1, 2, 3, 4]);
}

#[test]
fn a_polygon_with_slanting_sides_has_an_edge_too() {
    // A square on its corner: vessels leave over its north-eastern side.
    let is_inside = |lon: f64, lat: f64| (lon - 20.0).abs() + (lat - 1.0).abs() < 2.0;
    let mut vessels: Vec<Vec<Report>> = (0..7)
        .map(|number| {
            let way = Way {
                since: number * 90,
                from: (19.2, 0.6 + number as f64 * 0.14),
                course_deg: 70.0,
                knots: 14.0,
                hours: 14,
                step_min: 6,
            };
            within(way, is_inside)
        })
        .collect();
    vessels.push(at_anchor(20.0, 1.0));
    assert_eq!(hulls(&left(&vessels)), [0, 1, 2, 3, 4, 5, 6]);
}

#[test]
fn vessels_that_switch_off_here_and_there_on_one_way_have_not_left() {
    // As in the bundled case: all go south-west, and are silent for two days from somewhere within six
    // kilometres on.
    let mut vessels: Vec<Vec<Report>> = (0..4_i64)
        .map(|ship| {
            let mut reports = Vec::new();
            for trip in 0..6_i64 {
                let since = trip * 6_000 + ship * 900;
                let length = 190 + (ship * 7 + trip * 11) % 40;
                let out = Way {
                    since,
                    from: (132.6, 42.9),
                    course_deg: 240.0,
                    knots: 5.0,
                    hours: 4,
                    step_min: 1,
                };
                let mut out = out.reports();
                out.retain(|report| report.0 - since <= length && (report.0 - since) % 6 == 0);
                let last = out[out.len() - 1];
                reports.extend(out);
                let home = Way {
                    since: since + 3_000,
                    from: (last.1, last.2),
                    course_deg: 60.0,
                    knots: 5.0,
                    hours: 2,
                    step_min: 6,
                };
                reports.extend(home.reports());
            }
            reports
        })
        .collect();
    vessels.push((0..1500).map(|step| (step * 30, 132.6, 42.9)).collect());
    assert_eq!(left(&vessels), []);
}

#[test]
fn a_stray_report_beyond_an_edge_that_many_cross_does_not_hide_it() {
    let mut vessels: Vec<Vec<Report>> = (0..45)
        .map(|number| {
            let way = eastward(number * 20, 54.0 + number as f64 * 0.008, 10);
            within(way, |lon, _| lon < 11.95)
        })
        .collect();
    let mut anchored = at_anchor(8.0, 54.25);
    anchored[70] = (70 * 30, 12.2, 54.2);
    vessels.push(anchored);
    assert_eq!(left(&vessels).len(), 45);
}

#[test]
fn several_hulls_of_one_id_are_not_several_vessels() {
    let mut vessels = leavers(10);
    vessels.push(at_anchor(8.0, 54.25));
    assert_eq!(left_of(&vessels, &[7, 7, 7, 7, 7, 1]), []);
    assert_eq!(left_of(&vessels, &[7, 7, 8, 8, 9, 1]).len(), 5);
}
