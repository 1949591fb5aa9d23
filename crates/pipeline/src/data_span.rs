//! The span of the data: from when to when the rows of a run are, those with times that cannot be left
//! out. A clock that is weeks ahead, a receiver that counts 1,024 weeks too few, seconds in a column of
//! milliseconds: a few such rows must not make every other vessel silent for years.

use landfall_track::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;
/// A vessel counts once in so many milliseconds where days are compared by when vessels were heard: one under way
/// sends some twenty times as often as one at rest.
const SLOT_MS: i64 = 600_000;
/// Rows are apart from all others if for so many days before or after them there is none.
const APART_DAYS: i64 = 14;
/// The days between must also be so many times as many as the longest pause among the others: a sparse
/// feed over years has long pauses.
const APART_PAUSES: i64 = 10;
/// Rows that are apart have wrong times if they are few: no more than this share of all ...
const FEW_SHARE: f64 = 0.05;
/// ... and on a day with any no more than this share of what comes on a day of the others, in rows or in times at
/// which a vessel was heard.
const FEW_SHARE_A_DAY: f64 = 0.05;
/// No vessel sent AIS before 1995: the first trials of the system were in the second half of that
/// decade (ITU-R M.1371 is of 1998). In days since the epoch.
const FIRST_AIS_DAY: i64 = 9_131;
/// The number of a GPS week is counted to 1,024 and begins anew.
const ROLLOVER_DAYS: i64 = 1_024 * 7;

/// Rows at an end of the data are strays, each of a vessel's that day alone, if for so many days ...
const STRAY_DAYS: i64 = 3;
/// ... both the rows and the rows of a vessel are no more than this share of what they are on a usual day.
const STRAY_SHARE: f64 = 0.05;
/// Rows of a vessel may be more if it is heard in no more than so many hours of the day, ...
const STRAY_HOURS: f64 = 6.0;
/// ... and such rows are of so many vessels at least: one alone may have been heard once more.
const STRAY_VESSELS: f64 = 2.5;
/// A day amid strays with so many times the rows that they have is the data's last, or first, broken off.
const BROKEN_OFF_TIMES: u64 = 4;

/// The rows of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Day {
    rows: u64,
    first: Timestamp,
    last: Timestamp,
    vessels: Sketch,
    /// When which vessels were heard, a vessel in [`SLOT_MS`] once.
    heard: Sketch,
    /// The hours with rows, by a bit for each.
    hours: u32,
}

impl Day {
    fn new(time: Timestamp) -> Self {
        Self {
            rows: 0,
            first: time,
            last: time,
            vessels: Sketch::default(),
            heard: Sketch::default(),
            hours: 0,
        }
    }

    #[inline]
    fn add(&mut self, time: Timestamp, into_ms: i64, vessel: u32) {
        self.rows += 1;
        self.first = self.first.min(time);
        self.last = self.last.max(time);
        self.vessels.add(vessel);
        // A number for each vessel and slot, by a prime beyond a day's slots.
        self.heard.add(
            vessel
                .wrapping_mul(149)
                .wrapping_add((into_ms / SLOT_MS) as u32),
        );
        self.hours |= 1 << (into_ms / HOUR_MS);
    }

    /// In how many hours a vessel was heard, at most, on average.
    fn hours_a_vessel(&self) -> f64 {
        f64::from(self.hours.count_ones()) / self.vessels.count().max(1.0)
    }

    /// How many rows a vessel has, on average.
    fn rows_a_vessel(&self) -> f64 {
        self.rows as f64 / self.vessels.count().max(1.0)
    }
}

/// How many different ones there are, by a bit for each: several share one where there are many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Sketch([u64; 32]);

impl Sketch {
    #[inline]
    fn add(&mut self, number: u32) {
        // The upper eleven bits of a product with the golden ratio (Knuth, TAOCP 3, 6.4).
        let bit = number.wrapping_mul(0x9E37_79B1) >> 21;
        self.0[(bit >> 6) as usize] |= 1 << (bit & 63);
    }

    fn unite(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine |= theirs;
        }
    }

    /// About how many, by the bits that are free (linear counting: Whang, Vander-Zanden and Taylor, 1990); too
    /// few where there are more than some ten thousand.
    fn count(&self) -> f64 {
        let bits = (self.0.len() * 64) as f64;
        let set: u32 = self.0.iter().map(|word| word.count_ones()).sum();
        let free = (bits - f64::from(set)).max(0.5);
        bits * (bits / free).ln()
    }
}

/// When the rows of a run are, day by day.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct DataSpan {
    /// By the number of the day since the epoch.
    days: BTreeMap<i64, Day>,
    /// The day that rows came for last, not yet among the others: its number, first and last
    /// millisecond.
    #[serde(skip)]
    current: Option<(i64, Day)>,
}

impl DataSpan {
    /// Takes a row's time, and the number of its vessel.
    #[inline]
    pub(crate) fn add(&mut self, time: Timestamp, vessel: u32) {
        if let Some((number, day)) = &mut self.current {
            let into_ms = time.as_millis() - *number * DAY_MS;
            if (0..DAY_MS).contains(&into_ms) {
                day.add(time, into_ms, vessel);
                return;
            }
        }
        self.turn(time, vessel);
    }

    #[inline(never)]
    fn turn(&mut self, time: Timestamp, vessel: u32) {
        self.settle();
        let mut day = Day::new(time);
        let number = time.as_millis().div_euclid(DAY_MS);
        day.add(time, time.as_millis() - number * DAY_MS, vessel);
        self.current = Some((number, day));
    }

    /// Puts the day that rows came for last among the others.
    pub(crate) fn settle(&mut self) {
        let Some((number, day)) = self.current.take() else {
            return;
        };
        let known = self.days.entry(number).or_insert(Day { rows: 0, ..day });
        known.rows += day.rows;
        known.first = known.first.min(day.first);
        known.last = known.last.max(day.last);
        known.vessels.unite(&day.vessels);
        known.heard.unite(&day.heard);
        known.hours |= day.hours;
    }

    /// The first and the last time that can be true; `None` if there are no rows.
    pub(crate) fn trusted(&self) -> Option<(Timestamp, Timestamp)> {
        let mut settled = self.clone();
        settled.settle();
        let days: Vec<(i64, Day)> = settled.days.into_iter().collect();
        let rows = |days: &[(i64, Day)]| days.iter().map(|(_, day)| day.rows).sum::<u64>();
        let all = rows(&days);
        // Without any row of the time of AIS, times are not what they seem, but all there is.
        let ais = days.partition_point(|(number, _)| *number < FIRST_AIS_DAY);
        let days = if ais < days.len() {
            &days[ais..]
        } else {
            &days[..]
        };
        let are_few = |beyond: &[&[(i64, Day)]], main: &[(i64, Day)]| {
            let beyond: Vec<(i64, Day)> = beyond.concat();
            let is_small_share = |of: fn(&Day) -> f64| {
                let mean = |days: &[(i64, Day)]| {
                    days.iter().map(|(_, day)| of(day)).sum::<f64>() / days.len().max(1) as f64
                };
                mean(&beyond) <= FEW_SHARE_A_DAY * mean(main)
            };
            // Of many vessels the sketch tells too few; a few hours of one of them are few rows then.
            rows(&beyond) as f64 <= all as f64 * FEW_SHARE
                && (is_small_share(|day| day.rows as f64)
                    || is_small_share(|day| day.heard.count()))
        };
        let days = without_strays(days);
        let parts = parts(days);
        let (main, _) = parts
            .iter()
            .enumerate()
            .max_by_key(|(at, part)| (rows(part), std::cmp::Reverse(*at)))?;
        let (mut first, mut last) = (main, main);
        let mut pause = longest_pause(parts[main]);
        let apart =
            |before: &[(i64, Day)], after: &[(i64, Day)]| match (before.last(), after.first()) {
                (Some((before, _)), Some((after, _))) => after - before,
                _ => 0,
            };
        while let Some(next) = parts.get(last + 1) {
            let days_apart = apart(parts[last], next);
            if days_apart >= APART_PAUSES * pause && are_few(&parts[last + 1..], parts[main]) {
                break;
            }
            pause = pause.max(days_apart);
            last += 1;
        }
        while let Some(next) = first.checked_sub(1).map(|at| parts[at]) {
            let days_apart = apart(next, parts[first]);
            let is_few =
                days_apart >= APART_PAUSES * pause && are_few(&parts[..first], parts[main]);
            if is_few || (is_rolled_over(next, parts[main]) && rows(next) < rows(parts[main])) {
                break;
            }
            pause = pause.max(days_apart);
            first -= 1;
        }
        Some((parts[first].first()?.1.first, parts[last].last()?.1.last))
    }
}

/// The days without those at either end on which only strays came: lone rows, or some hours' rows, of vessels that
/// are heard often otherwise, their dates some weeks off.
fn without_strays(days: &[(i64, Day)]) -> &[(i64, Day)] {
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    // By rows, not by days: strays may lie on more days than all the others.
    let mut by_rows: Vec<&Day> = days.iter().map(|(_, day)| day).collect();
    by_rows.sort_by_key(|day| std::cmp::Reverse(day.rows));
    let all: u64 = by_rows.iter().map(|day| day.rows).sum();
    let mut so_far = 0;
    let usual: Vec<&Day> = (by_rows.into_iter())
        .take_while(|day| {
            let is_usual = (so_far as f64) < all as f64 * (1.0 - FEW_SHARE);
            so_far += day.rows;
            is_usual
        })
        .collect();
    let rows = median(usual.iter().map(|day| day.rows as f64).collect());
    let rows_a_vessel = median(usual.iter().map(|day| day.rows_a_vessel()).collect());
    let is_few =
        |day: &Day| day.rows as f64 <= STRAY_SHARE * rows && rows_a_vessel * STRAY_SHARE >= 1.0;
    let is_lone =
        |(_, day): &&(i64, Day)| is_few(day) && day.rows_a_vessel() <= STRAY_SHARE * rows_a_vessel;
    let is_block =
        |it: &&(i64, Day)| is_lone(it) || (is_few(&it.1) && it.1.hours_a_vessel() <= STRAY_HOURS);
    let vessels = |days: &[(i64, Day)]| {
        let mut all = Sketch::default();
        for (_, day) in days {
            all.unite(&day.vessels);
        }
        all.count()
    };
    let mut behind = days.iter().take_while(is_block).count();
    if vessels(&days[..behind]) < STRAY_VESSELS {
        behind = days.iter().take_while(is_lone).count();
    }
    let mut ahead = days.iter().rev().take_while(is_block).count();
    if vessels(&days[days.len() - ahead..]) < STRAY_VESSELS {
        ahead = days.iter().rev().take_while(is_lone).count();
    }
    if behind + ahead >= days.len() {
        return days;
    }
    let last = days.len() - ahead;
    let ahead = kept_of(&days[last..], days[last - 1].0, |strays| strays.first());
    let behind_kept = kept_of(&days[..behind], days[behind].0, |strays| strays.last());
    &days[behind - behind_kept..last + ahead]
}

/// How many of the days with strays at an end are the data's all the same: all if they are too few to tell, and
/// the one next to the data if it is a day broken off.
fn kept_of<'a>(
    strays: &'a [(i64, Day)],
    beside: i64,
    nearest: impl Fn(&'a [(i64, Day)]) -> Option<&'a (i64, Day)>,
) -> usize {
    let farthest = [strays.first(), strays.last()]
        .into_iter()
        .flatten()
        .map(|(number, _)| (number - beside).abs())
        .max();
    if farthest.is_none_or(|days| days < STRAY_DAYS) {
        return strays.len();
    }
    let Some((number, day)) = nearest(strays) else {
        return 0;
    };
    let others = strays.len() as u64 - 1;
    let rows: u64 = strays.iter().map(|(_, day)| day.rows).sum();
    let is_broken_off =
        (number - beside).abs() == 1 && day.rows * others > BROKEN_OFF_TIMES * (rows - day.rows);
    usize::from(is_broken_off)
}

/// The days in parts that are apart.
fn parts(days: &[(i64, Day)]) -> Vec<&[(i64, Day)]> {
    days.chunk_by(|(before, _), (after, _)| after - before <= APART_DAYS)
        .collect()
}

/// The longest time between two days with rows of a part, in days; at least one.
fn longest_pause(part: &[(i64, Day)]) -> i64 {
    part.windows(2)
        .map(|pair| pair[1].0 - pair[0].0)
        .max()
        .unwrap_or(1)
}

/// Whether a part, 1,024 weeks later, lies within another.
fn is_rolled_over(part: &[(i64, Day)], main: &[(i64, Day)]) -> bool {
    let span = |days: &[(i64, Day)]| Some((days.first()?.0, days.last()?.0));
    match (span(part), span(main)) {
        (Some((from, to)), Some((first, last))) => {
            from + ROLLOVER_DAYS >= first - 1 && to + ROLLOVER_DAYS <= last + 1
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;
    /// The first second of 2024.
    const NEW_YEAR: i64 = 1_704_067_200;

    fn span_of(seconds: impl IntoIterator<Item = i64>) -> Option<(i64, i64)> {
        span_of_vessels(seconds.into_iter().map(|time| (time, 0)))
    }

    fn span_of_vessels(rows: impl IntoIterator<Item = (i64, u32)>) -> Option<(i64, i64)> {
        let mut span = DataSpan::default();
        for (time, vessel) in rows {
            span.add(Timestamp::from_seconds(time).unwrap(), vessel);
        }
        let since = |time: Timestamp| time.as_millis() / 1000 - NEW_YEAR;
        span.trusted().map(|(from, to)| (since(from), since(to)))
    }

    fn month() -> impl Iterator<Item = i64> {
        (0..30 * 24).map(|hour| NEW_YEAR + hour * 3600)
    }

    const MONTH_END: i64 = (30 * 24 - 1) * 3600;

    #[test]
    fn a_few_rows_weeks_ahead_or_behind_are_not_of_the_datas_span_in_whatever_order() {
        for stray in [48, 400, -48, -1_024 * 7] {
            let row = NEW_YEAR + 15 * DAY + stray * DAY;
            assert_eq!(
                span_of(month().chain([row])),
                Some((0, MONTH_END)),
                "{stray}"
            );
            assert_eq!(
                span_of([row].into_iter().chain(month())),
                Some((0, MONTH_END))
            );
        }
    }

    #[test]
    fn times_from_before_ais_and_of_a_week_number_begun_anew_are_out_however_many() {
        let in_seconds = month().map(|time| time / 1000);
        assert_eq!(span_of(month().chain(in_seconds)), Some((0, MONTH_END)));
        let behind = month().step_by(3).map(|time| time - 1_024 * 7 * DAY);
        assert_eq!(span_of(month().chain(behind)), Some((0, MONTH_END)));
    }

    /// A month in which twenty vessels send every ten minutes.
    fn twenty() -> Vec<(i64, u32)> {
        (0..30 * 144)
            .flat_map(|step| (0..20).map(move |vessel| (NEW_YEAR + step * 600, vessel)))
            .collect()
    }

    const TWENTY_END: i64 = (30 * 144 - 1) * 600;

    #[test]
    fn lone_rows_of_vessels_heard_often_are_out_though_their_dates_begin_where_the_data_end() {
        for ahead in [1, -1] {
            let strays = (0..40).map(|number| {
                let true_time = NEW_YEAR + number * 64_000;
                (true_time + ahead * (30 + number) * DAY, number as u32 % 20)
            });
            let rows: Vec<(i64, u32)> = twenty().into_iter().chain(strays).collect();
            assert_eq!(span_of_vessels(rows), Some((0, TWENTY_END)), "{ahead}");
        }
    }

    #[test]
    fn some_hours_of_vessels_heard_often_are_out_though_their_dates_begin_where_the_data_end() {
        let block = |number: i64| {
            let true_time = NEW_YEAR + number * 2 * DAY + number * 5_000;
            (0..18).map(move |step| (true_time + 35 * DAY + step * 600, number as u32))
        };
        let rows: Vec<(i64, u32)> = twenty()
            .into_iter()
            .chain((0..14).flat_map(block))
            .collect();
        assert_eq!(span_of_vessels(rows), Some((0, TWENTY_END)));
        // Of one vessel alone nobody can say.
        let rows: Vec<(i64, u32)> = twenty().into_iter().chain(block(3)).collect();
        let (_, last) = span_of_vessels(rows).unwrap();
        assert!(last > TWENTY_END);
    }

    #[test]
    fn hours_under_way_beside_days_at_rest_are_few_by_when_vessels_were_heard_though_not_by_rows() {
        // Four vessels at rest send every six minutes, one under way every twenty seconds.
        let at_rest = |begin: i64, hours: i64| {
            (0..hours * 10)
                .flat_map(move |step| (0..4).map(move |vessel| (begin + step * 360, vessel)))
        };
        let end = (20 * 240 - 1) * 360;
        for weeks in [5, -5] {
            let begin = NEW_YEAR + (10 + weeks * 7) * DAY + 6 * 3600;
            let under_way = (0..540).map(|step| (begin + step * 20, 1));
            let rows = at_rest(NEW_YEAR, 480).chain(under_way);
            assert_eq!(span_of_vessels(rows), Some((0, end)), "{weeks}");
        }
        // Half a day of all of them has fewer rows, and is of the data.
        let begin = NEW_YEAR + 45 * DAY;
        let rows = at_rest(NEW_YEAR, 480).chain(at_rest(begin, 12));
        let (_, last) = span_of_vessels(rows).unwrap();
        assert_eq!(last, 45 * DAY + (12 * 10 - 1) * 360);
    }

    #[test]
    fn one_vessels_history_beside_many_vessels_days_is_kept_and_so_is_a_last_day_broken_off() {
        let history = (0..60 * 24).map(|hour| (NEW_YEAR + hour * 3600, 99));
        let rows: Vec<(i64, u32)> = twenty().into_iter().chain(history).collect();
        assert_eq!(span_of_vessels(rows), Some((0, (60 * 24 - 1) * 3600)));
        let last = (0..20).map(|vessel| (NEW_YEAR + 30 * DAY + 60, vessel));
        let rows: Vec<(i64, u32)> = twenty().into_iter().chain(last.clone()).collect();
        assert_eq!(span_of_vessels(rows), Some((0, 30 * DAY + 60)));
        let strays = (0..20).map(|number| (NEW_YEAR + (33 + number) * DAY, number as u32));
        let rows: Vec<(i64, u32)> = twenty().into_iter().chain(last).chain(strays).collect();
        assert_eq!(span_of_vessels(rows), Some((0, 30 * DAY + 60)));
    }

    #[test]
    fn a_sparse_feed_over_years_loses_nothing() {
        let sparse = |days: &[i64]| span_of(days.iter().map(|day| NEW_YEAR + day * DAY));
        let years = [0, 40, 300, 310, 700, 1_000, 1_003];
        assert_eq!(sparse(&years), Some((0, 1_003 * DAY)));
        let weekly: Vec<i64> = (0..150).map(|week| week * 7).chain([1_200]).collect();
        assert_eq!(sparse(&weekly), Some((0, 1_200 * DAY)));
        assert_eq!(sparse(&[0, 400]), Some((0, 400 * DAY)));
        assert_eq!(sparse(&[]), None);
    }

    #[test]
    fn a_second_month_a_year_later_belongs_to_the_data() {
        let later = month().map(|time| time + 365 * DAY);
        assert_eq!(
            span_of(month().chain(later)),
            Some((0, 365 * DAY + MONTH_END))
        );
    }
}
