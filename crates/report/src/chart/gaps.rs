//! Gaps by length: a histogram over lengths that about double, with open gaps apart.

use super::axis::Counts;
use super::sheet::{Anchor, Area, MARGIN, Sheet, WIDTH, Words};
use super::{Chart, Drawn};
use crate::phrase::{many, thousands};
use crate::tally::GAP_LENGTHS;
use std::ops::RangeInclusive;

/// What stands between two bars: where one length ends and the next begins.
const EDGES: [&str; GAP_LENGTHS.len() - 1] = [
    "1 h", "3 h", "6 h", "12 h", "1 day", "2 days", "4 days", "7 days", "14 days", "30 days",
    "90 days",
];
/// The lengths that are shown whether there are gaps of them or not: 6 h to 30 days.
const SHOWN: RangeInclusive<usize> = 3..=9;

const ENDED: &str = "#0072b2";
const OPEN: &str = "#999999";

const HEIGHT: f64 = 400.0;
const BARS: f64 = 290.0;

/// Draws the chart.
pub(super) fn draw(drawn: Drawn<'_>) -> Chart {
    let gaps = &drawn.tally.gaps;
    let all = gaps.ended() + gaps.open;
    let mut sheet = Sheet::new(
        &Words {
            title: "Silences by length",
            lines: vec![
                format!(
                    "{}: {} ended, {} still open when the data ended, whose length nobody knows.",
                    many(all, "silence", "silences"),
                    thousands(gaps.ended()),
                    thousands(gaps.open)
                ),
                "A silence is not guilt: AIS is not heard where no receiver is near, nor when one stops."
                    .to_owned(),
            ],
            notices: &drawn.manifest.notices,
        },
        HEIGHT,
    );
    let used = || (0..GAP_LENGTHS.len()).filter(|length| gaps.by_length[*length] > 0);
    let first = used().next().unwrap_or(*SHOWN.start()).min(*SHOWN.start());
    let last = used().next_back().unwrap_or(0).max(*SHOWN.end());
    let area = Area {
        x: MARGIN + 40.0,
        y: sheet.top + 30.0,
        width: WIDTH - 2.0 * MARGIN - 40.0,
        height: BARS,
    };
    let most = gaps
        .by_length
        .iter()
        .copied()
        .max()
        .unwrap_or(0)
        .max(gaps.open);
    let counts = Counts::draw(&mut sheet, area, most, "gaps");
    // The open ones stand apart by one bar's width.
    let slot = area.width / ((last - first + 1) as f64 + 2.0);
    let foot = counts.foot();
    let bar = |sheet: &mut Sheet, x: f64, count: u64, colour: &str, what: &str| {
        let height = counts.height(count);
        let area = Area {
            x: x + 1.0,
            y: foot - height,
            width: slot - 2.0,
            height,
        };
        sheet.bar(
            area,
            colour,
            &format!("{what}: {}", many(count, "gap", "gaps")),
        );
        if count > 0 {
            let place = (x + slot / 2.0, foot - height - 6.0);
            sheet.text(&thousands(count), place, Anchor::Middle);
        }
    };
    for (number, length) in (first..=last).enumerate() {
        let x = area.x + slot * number as f64;
        bar(
            &mut sheet,
            x,
            gaps.by_length[length],
            ENDED,
            GAP_LENGTHS[length],
        );
    }
    let open_at = area.x + area.width - slot;
    bar(&mut sheet, open_at, gaps.open, OPEN, "open");
    // Below 1 h and above 90 days there is no edge.
    for edge in first.max(1)..=(last + 1).min(EDGES.len()) {
        let x = area.x + slot * (edge - first) as f64;
        sheet.base_line((x, foot), (x, foot + 5.0));
        sheet.text(EDGES[edge - 1], (x, foot + 20.0), Anchor::Middle);
    }
    let open_middle = (open_at + slot / 2.0, foot + 20.0);
    sheet.text("open", open_middle, Anchor::Middle);
    sheet.text(
        "length (log scale: each bar covers about twice the time of the one before)",
        (area.x + slot * (last - first + 1) as f64 / 2.0, foot + 42.0),
        Anchor::Middle,
    );
    Chart {
        name: "gap_durations.svg",
        svg: sheet.finish(),
        records: all,
    }
}
