//! Knots or tenths of knots: which of the two a file's speeds are in, by what its positions say.

use crate::all_rows::{AllRows, Part};
use crate::format::SpeedUnit;
use crate::quick_row::Recent;
use crate::row::RowDecoder;
use landfall_track::{METRES_PER_NAUTICAL_MILE, PositionReport, VesselId, distance_m};
use rustc_hash::FxHashMap;

/// The unit, and what the reader should know of the choice.
pub(crate) type Chosen = (SpeedUnit, String);

/// Tells the unit by the rows of a table; `decoder` takes speeds for tenths of knots.
///
/// Of every two reports of a vessel that follow each other, and between which it made way, the speed
/// that it sent is set beside the one that the positions imply: about 1 in knots, about 10 in tenths.
/// Where there are none, a speed with a fraction says knots, and whole numbers alone say tenths, as
/// `MarineTraffic` writes them.
pub(crate) fn choose(rows: &dyn AllRows, decoder: &RowDecoder) -> Chosen {
    /// Between these speeds in knots a ratio says something.
    const UNDER_WAY: std::ops::Range<f64> = 3.0..60.0;
    /// The longest time between two reports in hours: on longer ways a ship does not sail straight.
    const MOST_HOURS: f64 = 0.5;
    let mut last: FxHashMap<VesselId, PositionReport> = FxHashMap::default();
    let mut recent = Recent::default();
    let (mut knots, mut tenths) = (0_u64, 0_u64);
    let mut has_fraction = false;
    let read = rows.visit(Part::Stripes, &mut |_, record| {
        let Ok(reading) = decoder.decode(record, &mut recent) else {
            return true;
        };
        has_fraction |= decoder.has_fraction_in_speed(record);
        let report = reading.report;
        let before = last.insert(reading.sent.id(), report);
        let (Some(before), Some(speed)) = (before, report.speed_knots()) else {
            return true;
        };
        let hours = report.time.hours_since(before.time).abs();
        if hours <= 0.0 || hours > MOST_HOURS {
            return true;
        }
        let made = distance_m(before.position, report.position) / METRES_PER_NAUTICAL_MILE / hours;
        if UNDER_WAY.contains(&made) {
            // The decoder took the speed for ten times too much, if it is in knots.
            match speed * 10.0 / made {
                ratio if (0.5..2.0).contains(&ratio) => knots += 1,
                ratio if (5.0..20.0).contains(&ratio) => tenths += 1,
                _ => {}
            }
        }
        true
    });
    let is_told = read.is_ok() && knots + tenths > 0;
    let (unit, why) = match (is_told, has_fraction) {
        (true, _) if tenths > knots => (
            SpeedUnit::TenthsOfKnots,
            "speeds are ten times those that positions imply",
        ),
        (true, _) => (
            SpeedUnit::Knots,
            "speeds are about those that positions imply",
        ),
        (false, true) => (SpeedUnit::Knots, "speeds have fractions"),
        (false, false) => (SpeedUnit::TenthsOfKnots, "speeds are whole numbers"),
    };
    let note = match unit {
        SpeedUnit::TenthsOfKnots => format!("read as tenths of knots: {why}"),
        _ => format!("read as knots: {why}"),
    };
    (unit, note)
}
