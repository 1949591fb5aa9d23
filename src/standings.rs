//! The summary's part on what stands at the top: the busiest ports, the vessels silent longest, the
//! legs sailed most. summary.md has more of each.

use crate::summary::{counted, thousands};
use crate::table::Align::{self, Left, Right};
use crate::table::Table;
use landfall_report::{Finished, LegStanding, PortStanding, SilentVessel, Standings, Top, hours};
use std::fmt::Write as _;

/// Rows of each table that are shown.
const SHOWN: usize = 5;

/// Says what stands at the top.
pub(crate) fn describe(text: &mut String, finished: &Finished) {
    let Standings {
        ports,
        silent,
        legs,
        ..
    } = &finished.standings;
    let port = |port: &PortStanding| {
        [
            port.name.clone(),
            counted(port.calls, "call", "calls"),
            counted(port.vessels, "vessel", "vessels"),
            counted(port.passages, "passage", "passages"),
        ]
    };
    table(
        text,
        "Busiest ports",
        [Left, Right, Right, Right],
        ports,
        port,
    );
    let leg = |leg: &LegStanding| {
        [
            format!("{} to {}", leg.origin, leg.destination),
            counted(leg.voyages, "voyage", "voyages"),
            counted(leg.vessels, "vessel", "vessels"),
            format!("{} h (median)", hours(leg.median_min * 60_000)),
        ]
    };
    table(
        text,
        "Voyages by leg",
        [Left, Right, Right, Right],
        legs,
        leg,
    );
    let vessel = |vessel: &SilentVessel| {
        [
            vessel.name.clone().unwrap_or_else(|| "-".to_owned()),
            vessel.vessel_id.clone(),
            format!("{} h silent", hours(vessel.silent_ms)),
            format!("longest {} h", hours(vessel.longest_ms)),
            format!("others heard in {} of {}", vessel.others_heard, vessel.gaps),
            vessel
                .open_since
                .map(|since| format!("silent since {since}"))
                .unwrap_or_default(),
        ]
    };
    table(
        text,
        "Vessels by dark hours, open gaps not counted (a silence is not guilt)",
        [Left, Left, Right, Right, Left, Left],
        silent,
        vessel,
    );
}

/// The first rows of a table; nothing if it has none.
fn table<T, const N: usize>(
    text: &mut String,
    title: &str,
    columns: [Align; N],
    top: &Top<T>,
    cells: impl Fn(&T) -> [String; N],
) {
    if top.is_empty() {
        return;
    }
    let mut table = Table::new(&columns);
    for row in top.rows.iter().take(SHOWN) {
        table.row(cells(row));
    }
    let _ = write!(text, "\n{title}\n{}", table.indented("  "));
    let more = top.total().saturating_sub(SHOWN as u64);
    if more > 0 {
        let _ = writeln!(text, "  and {} more: see summary.md", thousands(more));
    }
}
