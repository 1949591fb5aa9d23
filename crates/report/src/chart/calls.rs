//! Port calls by day and port: a bar a day, with a part for each of the busiest ports.

use super::axis::{Counts, step};
use super::period::Period;
use super::sheet::{Anchor, Area, MARGIN, Sheet, WIDTH, Words};
use super::{Chart, Drawn};
use crate::foreign::cut;
use crate::phrase::{many, thousands};
use landfall_track::PortIx;
use std::collections::{BTreeMap, BTreeSet};

/// Colours of the busiest ports, the first the busiest one's.
const COLOURS: [&str; 6] = [
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00",
];
/// The colour of all other ports.
const OTHERS: &str = "#999999";
/// Parts of a bar: the busiest ports, and the others.
const PARTS: usize = COLOURS.len() + 1;

const HEIGHT: f64 = 400.0;
const BARS: f64 = 300.0;
/// The width that the names of ports get.
const LEGEND: f64 = 220.0;
/// Characters of a port's name.
const NAME_CHARS: usize = 24;
/// Labels below the bars, about.
const LABELS: u64 = 6;

/// A part's name, colour and calls.
struct Part {
    name: String,
    colour: &'static str,
    calls: u64,
}

/// Draws the chart.
pub(super) fn draw(drawn: Drawn<'_>) -> Chart {
    let by_day = &drawn.tally.calls_by_day;
    let calls: u64 = by_day.values().sum();
    let days = || by_day.keys().map(|(_, day)| *day);
    let (first, last) = (days().min().unwrap_or(0), days().max().unwrap_or(0));
    let period = Period::for_span(last - first);
    let place_of = places(drawn);
    let mut bars: BTreeMap<i64, [u64; PARTS]> = BTreeMap::new();
    for (&(port, day), count) in by_day {
        let place = place_of.get(&port).copied().unwrap_or(PARTS - 1);
        bars.entry(period.of(day)).or_default()[place] += count;
    }
    let mut sheet = Sheet::new(
        &Words {
            title: &format!("Port calls by {} and port", period.word()),
            lines: vec![format!(
                "{}, each on the day of arrival (UTC), or where that was not seen on the day of the first \
                 report in port. Passages and dark calls are not among them.",
                many(calls, "observed call", "observed calls")
            )],
            notices: &drawn.manifest.notices,
        },
        HEIGHT,
    );
    if calls == 0 {
        let middle = (WIDTH / 2.0, sheet.top + HEIGHT / 2.0);
        sheet.text("No port call was found.", middle, Anchor::Middle);
    } else {
        let parts = parts(drawn, &place_of, &bars);
        let numbers = (period.of(first), period.of(last));
        draw_bars(&mut sheet, period, numbers, &parts, &bars);
        draw_legend(&mut sheet, &parts);
    }
    Chart {
        name: "calls_per_day.svg",
        svg: sheet.finish(),
        records: calls,
    }
}

/// The places of the busiest ports.
fn places(drawn: Drawn<'_>) -> BTreeMap<PortIx, usize> {
    let ports = drawn.standings.ports.rows.iter();
    ports
        .filter(|port| port.calls > 0)
        .take(COLOURS.len())
        .enumerate()
        .map(|(place, port)| (port.port, place))
        .collect()
}

/// Every part of which there is any, in the order in which they are stacked.
fn parts(
    drawn: Drawn<'_>,
    place_of: &BTreeMap<PortIx, usize>,
    bars: &BTreeMap<i64, [u64; PARTS]>,
) -> Vec<Part> {
    let ports: BTreeSet<PortIx> = drawn
        .tally
        .calls_by_day
        .keys()
        .map(|(port, _)| *port)
        .collect();
    let others = ports.len() - place_of.len();
    let busiest = drawn.standings.ports.rows.iter().take(place_of.len());
    let mut parts: Vec<Part> = busiest
        .zip(COLOURS)
        .map(|(port, colour)| Part {
            name: cut(&port.name, NAME_CHARS),
            colour,
            calls: port.calls,
        })
        .collect();
    if others > 0 {
        parts.push(Part {
            name: many(others as u64, "other port", "other ports"),
            colour: OTHERS,
            calls: bars.values().map(|bar| bar[PARTS - 1]).sum(),
        });
    }
    parts
}

fn draw_bars(
    sheet: &mut Sheet,
    period: Period,
    (first, last): (i64, i64),
    parts: &[Part],
    bars: &BTreeMap<i64, [u64; PARTS]>,
) {
    let area = Area {
        x: MARGIN + 40.0,
        y: sheet.top + 24.0,
        width: WIDTH - 2.0 * MARGIN - 40.0 - LEGEND,
        height: BARS,
    };
    let most = bars.values().map(|bar| bar.iter().sum()).max().unwrap_or(0);
    let what = format!("calls a {}", period.word());
    let counts = Counts::draw(sheet, area, most, &what);
    let slots = (last - first + 1) as u64;
    let slot = area.width / slots as f64;
    let width = if slot < 4.0 { slot } else { slot * 0.8 }.min(48.0);
    let middle = |number: i64| area.x + slot * ((number - first) as f64 + 0.5);
    let is_others_only = |place: usize| place == PARTS - 1;
    for (&number, bar) in bars {
        let mut foot = counts.foot();
        for (place, &count) in bar.iter().enumerate().filter(|(_, count)| **count > 0) {
            let part = if is_others_only(place) {
                parts.last()
            } else {
                parts.get(place)
            };
            let Some(part) = part else { continue };
            let height = counts.height(count);
            foot -= height;
            let piece = Area {
                x: middle(number) - width / 2.0,
                y: foot,
                width,
                // A hair of white tells parts of one colour group apart.
                height: if height > 3.0 { height - 0.7 } else { height },
            };
            let says = format!(
                "{}: {}, {}",
                period.called(number),
                part.name,
                many(count, "call", "calls")
            );
            sheet.bar(piece, part.colour, &says);
        }
    }
    let every = step(slots, LABELS) as usize;
    for number in (first..=last).step_by(every) {
        let x = middle(number);
        sheet.base_line((x, counts.foot()), (x, counts.foot() + 5.0));
        let y = counts.foot() + 20.0;
        sheet.text(&period.called(number), (x, y), Anchor::Middle);
    }
    let what = match period {
        Period::Day => "day",
        Period::Week => "week, by the Monday it begins on",
        Period::Month => "month",
        Period::Year => "year",
    };
    let middle = area.x + area.width / 2.0;
    sheet.text(what, (middle, counts.foot() + 42.0), Anchor::Middle);
}

/// The ports' names beside their colours, the last stacked on top.
fn draw_legend(sheet: &mut Sheet, parts: &[Part]) {
    let x = WIDTH - MARGIN - LEGEND + 20.0;
    for (number, part) in parts.iter().rev().enumerate() {
        let y = sheet.top + 24.0 + 24.0 * number as f64;
        let calls = many(part.calls, "call", "calls");
        let patch = Area {
            x,
            y,
            width: 14.0,
            height: 14.0,
        };
        sheet.bar(patch, part.colour, &format!("{}: {calls}", part.name));
        let text = format!("{}: {}", part.name, thousands(part.calls));
        sheet.text(&text, (x + 22.0, y + 12.0), Anchor::Start);
    }
}
