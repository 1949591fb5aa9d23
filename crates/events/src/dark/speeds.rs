//! A vessel's usual speed is a high quantile of its moving reports; its cap goes by type and length.

use super::InferenceConfig;
use landfall_track::{
    CapBasis, Position, PositionReport, ReachSpeeds, ReportRef, Timestamp, Vessel,
    implied_speed_knots,
};
use serde::{Deserialize, Serialize};

/// Width of a histogram's bins in knots.
const BIN_KNOTS: f64 = 0.5;
const BIN_CENTIKNOTS: u16 = 50;
/// Reports nearer in time than this say little of speed; farther apart, little of one speed.
const LEAST_STEP_MS: i64 = 120_000;
const MOST_STEP_MS: i64 = 7_200_000;

/// One hull's moving reports by speed. Sparse: a ship has some thirty bins.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpeedHistogram {
    /// Bin and count, by bin; a bin `n` holds speeds up to and with `n` bin widths.
    bins: Vec<(u8, u32)>,
    /// When and where the last report was sent.
    last: Option<(Timestamp, Position)>,
    /// The place of the bin that was counted last.
    latest: usize,
}

impl SpeedHistogram {
    /// Counts a report, the next in time. Where the source has no speed it is derived from the
    /// report before.
    #[inline]
    pub fn push(&mut self, report: &PositionReport, moving_knots: f64) {
        let Some(centiknots) = report.speed_centiknots() else {
            self.derive(report, moving_knots);
            return;
        };
        self.last = Some((report.time, report.position));
        if f64::from(centiknots) / 100.0 >= moving_knots {
            self.count(centiknots.div_ceil(BIN_CENTIKNOTS).min(255) as u8);
        }
    }

    /// Counts a report of which the source has no speed.
    #[cold]
    fn derive(&mut self, report: &PositionReport, moving_knots: f64) {
        let last = self.last.replace((report.time, report.position));
        let knots = last.and_then(|(time, position)| {
            let step_ms = report.time.millis_since(time);
            let before = ReportRef {
                time,
                position,
                source: report.source,
            };
            (LEAST_STEP_MS..=MOST_STEP_MS)
                .contains(&step_ms)
                .then(|| implied_speed_knots(before, report.to_ref()))?
        });
        if let Some(knots) = knots.filter(|knots| *knots >= moving_knots) {
            self.count((knots / BIN_KNOTS).ceil().min(255.0) as u8);
        }
    }

    #[inline]
    fn count(&mut self, bin: u8) {
        // A ship under way keeps her speed.
        match self.bins.get_mut(self.latest) {
            Some(entry) if entry.0 == bin => entry.1 = entry.1.saturating_add(1),
            _ => self.count_other(bin),
        }
    }

    fn count_other(&mut self, bin: u8) {
        match self.bins.binary_search_by_key(&bin, |entry| entry.0) {
            Ok(at) => {
                self.bins[at].1 = self.bins[at].1.saturating_add(1);
                self.latest = at;
            }
            Err(at) => {
                self.bins.insert(at, (bin, 1));
                self.latest = at;
            }
        }
    }

    /// The speed in knots that a share of the moving reports does not exceed, rounded up to half a
    /// knot; `None` if there are fewer reports than `least`.
    pub fn quantile_knots(&self, share: f64, least: u32) -> Option<f64> {
        let total: u64 = self.bins.iter().map(|(_, count)| u64::from(*count)).sum();
        if total == 0 || total < u64::from(least) {
            return None;
        }
        let wanted = (total as f64 * share).ceil() as u64;
        let mut sum = 0;
        self.bins.iter().find_map(|(bin, count)| {
            sum += u64::from(*count);
            (sum >= wanted).then(|| f64::from(*bin) * BIN_KNOTS)
        })
    }
}

/// The two speeds of a hull: the cap of its type and length, and its own.
///
/// The cap is that of the fastest type it ever sent and the greatest length, since both are typed by
/// hand, and is never below what it was usually seen to make.
pub fn reach_speeds(
    vessel: &Vessel,
    speeds: &SpeedHistogram,
    config: &InferenceConfig,
) -> ReachSpeeds {
    let usual_knots = config
        .usual_knots
        .or_else(|| speeds.quantile_knots(config.usual_quantile, config.usual_reports));
    let length_m = greatest_length_m(vessel);
    let (of_type, basis) = vessel
        .identities
        .iter()
        .filter_map(|identity| identity.particulars.ship_type.as_ref())
        .map(|kind| config.speed_caps.of_size(Some(kind), length_m))
        .reduce(|fastest, next| if next.0 > fastest.0 { next } else { fastest })
        .unwrap_or_else(|| config.speed_caps.of_size(None, length_m));
    let (cap_knots, cap_basis) = match (config.cap_knots, usual_knots) {
        (Some(set), _) => (set, CapBasis::Set),
        (None, Some(usual)) if usual > of_type => (usual, CapBasis::Seen),
        (None, _) => (of_type, basis),
    };
    ReachSpeeds {
        cap_knots,
        cap_basis,
        usual_knots: usual_knots.map(|usual| usual.min(cap_knots)),
    }
}

/// The greatest length over all that a vessel sent, in metres.
pub fn greatest_length_m(vessel: &Vessel) -> Option<f64> {
    let sent = vessel.identities.iter();
    sent.filter_map(|identity| identity.particulars.length_dm)
        .max()
        .map(|length_dm| f64::from(length_dm) / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{
        CapType, Identity, LonLat, Mmsi, Particulars, Position, ShipType, SourceRow, Timestamp,
        VesselId,
    };

    fn report(minutes: i64, lon: f64, knots: Option<f64>) -> PositionReport {
        PositionReport::new(
            Timestamp::from_seconds(minutes * 60).unwrap(),
            Position::from_degrees(LonLat { lon, lat: 0.0 }).unwrap(),
            SourceRow::default(),
        )
        .with_speed_knots(knots)
    }

    fn vessel(types: &[&str]) -> Vessel {
        let sent = |kind: &&str| Identity {
            particulars: Particulars {
                ship_type: Some(ShipType((*kind).to_owned())),
                ..Particulars::default()
            },
            first: Timestamp::default(),
            last: Timestamp::default(),
            reports: 1,
        };
        Vessel {
            id: VesselId::Mmsi(Mmsi::new(273_210_440).unwrap()),
            identities: types.iter().map(sent).collect(),
        }
    }

    #[test]
    fn a_single_false_speed_does_not_make_her_usual_one() {
        let mut speeds = SpeedHistogram::default();
        for minute in 0..100 {
            speeds.push(&report(minute, 0.0, Some(12.3)), 3.0);
            speeds.push(&report(minute, 0.0, Some(0.1)), 3.0);
        }
        speeds.push(&report(100, 0.0, Some(80.0)), 3.0);
        assert_eq!(speeds.quantile_knots(0.98, 20), Some(12.5));
        assert_eq!(speeds.quantile_knots(0.98, 200), None);
    }

    #[test]
    fn without_speeds_they_follow_from_positions() {
        let mut speeds = SpeedHistogram::default();
        for step in 0..30 {
            // A tenth of a degree on the equator, 6.01 nautical miles, in half an hour.
            speeds.push(&report(step * 30, step as f64 * 0.1, None), 3.0);
        }
        assert_eq!(speeds.quantile_knots(0.98, 20), Some(12.5));
    }

    #[test]
    fn the_cap_is_that_of_the_fastest_type_she_sent() {
        let config = InferenceConfig::default();
        let speeds = SpeedHistogram::default();
        let cap = |types: &[&str]| {
            reach_speeds(&vessel(types), &speeds, &config)
                .cap_knots
                .to_string()
        };
        assert_eq!(cap(&["Cargo"]), "33");
        assert_eq!(cap(&["Tanker", "Cargo"]), "33");
        assert_eq!(cap(&[]), "60");
        let basis = |types: &[&str]| reach_speeds(&vessel(types), &speeds, &config).cap_basis;
        assert_eq!(basis(&["Tanker", "Cargo"]), CapBasis::Type(CapType::Cargo));
        assert_eq!(basis(&[]), CapBasis::NothingKnown);
    }

    #[test]
    fn of_several_lengths_the_greatest_bounds_the_cap() {
        let mut vessel = vessel(&["Cargo", "Cargo"]);
        for (identity, length_dm) in vessel.identities.iter_mut().zip([900, 1_200]) {
            identity.particulars.length_dm = Some(length_dm);
        }
        let config = InferenceConfig::default();
        let found = reach_speeds(&vessel, &SpeedHistogram::default(), &config);
        assert_eq!(
            (found.cap_knots.to_string(), found.cap_basis),
            (
                "27".to_owned(),
                CapBasis::TypeAndLength(CapType::Cargo, 120)
            )
        );
    }

    #[test]
    fn a_ship_seen_faster_than_her_type_has_her_own_speed_as_cap() {
        let mut speeds = SpeedHistogram::default();
        for minute in 0..50 {
            speeds.push(&report(minute, 0.0, Some(40.0)), 3.0);
        }
        let found = reach_speeds(&vessel(&["Tanker"]), &speeds, &InferenceConfig::default());
        assert_eq!(found.cap_knots.to_string(), "40");
        assert_eq!(found.cap_basis, CapBasis::Seen);
        let config = InferenceConfig {
            cap_knots: Some(50.0),
            ..InferenceConfig::default()
        };
        let set = reach_speeds(&vessel(&["Tanker"]), &speeds, &config);
        assert_eq!(
            (set.cap_basis, set.cap_ratio()),
            (CapBasis::Set, Some(1.25))
        );
    }
}
