//! Rejected rows by reason: a bar to the right for each.

use super::sheet::{Anchor, Area, MARGIN, Sheet, WIDTH, Words};
use super::{Chart, Drawn};
use crate::phrase::{many, thousands};
use landfall_track::RejectReason;
use std::cmp::Reverse;

const COLOUR: &str = "#d55e00";
/// The height of a bar with what is around it.
const ROW: f64 = 34.0;
/// The width that the reasons get.
const REASONS: f64 = 380.0;
/// The width that the numbers at the bars' ends get.
const NUMBERS: f64 = 160.0;
/// The least width of a bar, so that one row among millions is seen.
const LEAST: f64 = 1.5;

/// Draws the chart.
pub(super) fn draw(drawn: Drawn<'_>) -> Chart {
    let mut reasons: Vec<(RejectReason, u64)> = drawn
        .tally
        .rejected
        .iter()
        .map(|(reason, count)| (*reason, *count))
        .collect();
    reasons.sort_by_key(|(reason, count)| (Reverse(*count), *reason));
    let rejected: u64 = reasons.iter().map(|(_, count)| count).sum();
    let rows = drawn.manifest.total.rows;
    let mut sheet = Sheet::new(
        &Words {
            title: "Rows rejected by reason",
            lines: vec![format!(
                "{} of {}. Each is listed in rejected.csv with its file, row and value.",
                thousands(rejected),
                many(rows, "row of positions", "rows of positions")
            )],
            notices: &drawn.manifest.notices,
        },
        ROW * reasons.len().max(1) as f64 + 64.0,
    );
    if reasons.is_empty() {
        let middle = (WIDTH / 2.0, sheet.top + 40.0);
        sheet.text("No row was rejected.", middle, Anchor::Middle);
    }
    let left = MARGIN + REASONS + 12.0;
    let most = reasons.first().map_or(1, |(_, count)| *count);
    let longest = WIDTH - MARGIN - left - NUMBERS;
    for (number, (reason, count)) in reasons.iter().enumerate() {
        let y = sheet.top + 16.0 + ROW * number as f64;
        let text_y = y + 16.0;
        sheet.text(reason.meaning(), (left - 12.0, text_y), Anchor::End);
        let bar = Area {
            x: left,
            y,
            width: (longest * *count as f64 / most as f64).max(LEAST),
            height: ROW - 10.0,
        };
        let says = format!("{}: {}", reason.meaning(), many(*count, "row", "rows"));
        sheet.bar(bar, COLOUR, &says);
        let share = format!("{} ({})", thousands(*count), percent(*count, rows));
        sheet.text(&share, (left + bar.width + 8.0, text_y), Anchor::Start);
    }
    if !reasons.is_empty() {
        let foot = sheet.top + 16.0 + ROW * reasons.len() as f64;
        sheet.base_line((left, sheet.top + 10.0), (left, foot));
        let middle = left + longest / 2.0;
        sheet.text(
            "rows, and their share of all",
            (middle, foot + 16.0),
            Anchor::Middle,
        );
    }
    Chart {
        name: "rejected_rows.svg",
        svg: sheet.finish(),
        records: rejected,
    }
}

/// A share in percent, to two figures or so.
fn percent(part: u64, whole: u64) -> String {
    let percent = 100.0 * part as f64 / whole.max(1) as f64;
    match percent {
        10.0.. => format!("{percent:.0}%"),
        1.0.. => format!("{percent:.1}%"),
        0.01.. => format!("{percent:.2}%"),
        _ => "under 0.01%".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_as_many_decimals_as_it_needs() {
        assert_eq!(percent(1, 3), "33%");
        assert_eq!(percent(1, 30), "3.3%");
        assert_eq!(percent(1, 3_000), "0.03%");
        assert_eq!(percent(1, 30_000_000), "under 0.01%");
    }
}
