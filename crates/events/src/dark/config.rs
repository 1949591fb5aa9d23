//! The thresholds of inference: how fast, how long, how sure.

use crate::ConfigError;
use crate::config::within;
use landfall_track::{CapBasis, CapType, ShipType};
use serde::{Deserialize, Serialize};

/// Every threshold of inference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InferenceConfig {
    /// The shortest stay that is a call, in hours.
    pub min_stay_h: f64,
    /// How far a reported position may be from the ship, in metres.
    pub position_error_m: f64,
    /// A sighting whose interval is longer than this, in hours, is a claim: it neither splits a gap
    /// nor grades.
    pub claim_h: f64,
    /// A report so near to a sighting's time, in hours, is of that time.
    pub confirm_h: f64,
    /// A report so near to a sighting's place, in metres beyond its error radius, is from there.
    pub confirm_m: f64,
    /// Candidates listed for each gap, beside the watched ports, which are listed in any case.
    pub listed: u32,
    /// A vessel first heard within so many hours after a sighting may have been there before, so that
    /// nobody else is taken for the one seen by elimination.
    pub unheard_h: f64,
    /// Elimination asks for so many vessels that were heard about then in that area and could have
    /// been the one: among few, that only one was silent says little.
    pub pool_vessels: u32,
    /// About then is so many hours before or after the sighting.
    pub pool_h: f64,
    /// That area reaches so far around the sighting's place, in metres.
    pub pool_m: f64,
    /// A vessel that is next heard no farther from where it was last heard, in metres, and lay at
    /// both ends of its silence, has not left its berth.
    pub berth_m: f64,
    /// Suspects listed for each sighting.
    pub suspects: u32,
    /// Her usual speed is this quantile of her moving reports.
    pub usual_quantile: f64,
    /// A report is moving from this speed in knots.
    pub moving_knots: f64,
    /// Her usual speed is known from so many moving reports.
    pub usual_reports: u32,
    /// A ship whose length by AIS differs from a measured one by more than this share is another.
    pub length_share: f64,
    /// The cap on speed for every ship, in knots, instead of that of her type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap_knots: Option<f64>,
    /// The usual speed of every ship, in knots, instead of her own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usual_knots: Option<f64>,
    /// Caps on speed by ship type.
    pub speed_caps: SpeedCaps,
}

impl Default for InferenceConfig {
    fn default() -> Self {
        Self {
            // Ours: no cargo is handled in less, and a longer one would rule out calls that can be.
            min_stay_h: 1.0,
            // Ours, generous: AIS calls a position accurate within 10 m (ITU-R M.1371-5, table 48);
            // sources that round to two decimals of a degree are off by up to 0.8 km.
            position_error_m: 1_000.0,
            // A week's claim holds several calls; a day in some time zone fits in two days.
            claim_h: 48.0,
            confirm_h: 1.0,
            confirm_m: 2_000.0,
            listed: 12,
            // Ours: a week, in which a ship crosses any sea that is watched for one sighting.
            unheard_h: 168.0,
            // By the rule of three (Hanley and Lippman-Hand 1983, JAMA 249, 1743): where all of ten are
            // accounted for, at most 30% are not, with 95% confidence. That is about as many as are not
            // tracked at all: 21 to 30% of transport and energy vessels (Paolo et al. 2024, Nature 625,
            // 85). With fewer, the one seen may as well be a ship that never sends.
            pool_vessels: 10,
            // Ours: a day, in which a ship of 11 knots sails 490 km: who is farther off then, or heard
            // at other times only, tells nothing of that area.
            pool_h: 24.0,
            pool_m: 500_000.0,
            // At anchor a ship swings on a disc of up to 300 m around the anchor; two places on it are
            // at most twice that apart.
            berth_m: 600.0,
            suspects: 20,
            usual_quantile: 0.98,
            // Below this ships manoeuvre, drift or swing at anchor.
            moving_knots: 3.0,
            usual_reports: 20,
            length_share: 0.25,
            cap_knots: None,
            usual_knots: None,
            speed_caps: SpeedCaps::default(),
        }
    }
}

impl InferenceConfig {
    /// Checks every threshold.
    ///
    /// # Errors
    /// Names the first that is not a number or outside its range.
    pub fn check(&self) -> Result<(), ConfigError> {
        within("inference.min_stay_h", self.min_stay_h, 0.0, 720.0)?;
        within(
            "inference.position_error_m",
            self.position_error_m,
            0.0,
            100_000.0,
        )?;
        within("inference.claim_h", self.claim_h, 0.0, 8_760.0)?;
        within("inference.confirm_h", self.confirm_h, 0.0, 24.0)?;
        within("inference.confirm_m", self.confirm_m, 0.0, 100_000.0)?;
        within("inference.unheard_h", self.unheard_h, 0.0, 87_600.0)?;
        within(
            "inference.pool_vessels",
            f64::from(self.pool_vessels),
            2.0,
            1e6,
        )?;
        within("inference.pool_h", self.pool_h, 0.0, 8_760.0)?;
        within("inference.pool_m", self.pool_m, 0.0, 20_037_509.0)?;
        within("inference.berth_m", self.berth_m, 0.0, 50_000.0)?;
        within("inference.listed", f64::from(self.listed), 1.0, 1_000.0)?;
        within("inference.suspects", f64::from(self.suspects), 1.0, 1_000.0)?;
        within("inference.usual_quantile", self.usual_quantile, 0.5, 1.0)?;
        within("inference.moving_knots", self.moving_knots, 0.1, 30.0)?;
        within(
            "inference.usual_reports",
            f64::from(self.usual_reports),
            1.0,
            1e6,
        )?;
        within("inference.length_share", self.length_share, 0.0, 10.0)?;
        if let Some(knots) = self.cap_knots {
            within("inference.cap_knots", knots, 0.1, 200.0)?;
        }
        if let Some(knots) = self.usual_knots {
            let most = self.cap_knots.unwrap_or(200.0);
            within("inference.usual_knots", knots, 0.1, most)?;
        }
        self.speed_caps.check()
    }
}

/// The speed in knots that no ship of a type, and as far as that says more of a length, exceeds: what a
/// lower one would rule out is possible.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SpeedCaps {
    /// `Cargo`.
    pub cargo_knots: f64,
    /// `Tanker`.
    pub tanker_knots: f64,
    /// `Passenger`.
    pub passenger_knots: f64,
    /// `Fishing`.
    pub fishing_knots: f64,
    /// `Tug`, `Towing`, `Dredging`.
    pub tug_knots: f64,
    /// Every other type, and ships of unknown type.
    pub other_knots: f64,
    /// No cargo ship or tanker makes more than this Froude number: its speed by the square root of
    /// gravity times its length.
    pub froude: f64,
    /// The Froude number gives no lower cap than this, in knots: small light hulls can exceed it.
    pub froude_least_knots: f64,
}

impl Default for SpeedCaps {
    fn default() -> Self {
        Self {
            // The fastest cargo ships ever built, Sea-Land's SL-7 class of 1972, made 33 knots.
            cargo_knots: 33.0,
            // The fastest tankers, carriers of liquefied gas, are built for 19 to 21 knots.
            tanker_knots: 23.0,
            // The fastest passenger ship that is no high-speed craft: the liner United States, 38.3
            // knots on trial in 1952.
            passenger_knots: 39.0,
            // Built for 10 to 18 knots; patrol-hulled ones exceed 20.
            fishing_knots: 25.0,
            // Built for 10 to 15 knots; the fastest escort and salvage tugs make 20.
            tug_knots: 22.0,
            // The fastest ferry, Francisco, made 58.1 knots on trial in 2013.
            other_knots: 60.0,
            // Hull speed, at which a displacement ship's bow wave is as long as the ship: 1.34 knots by
            // the square root of its waterline in feet, a Froude number of 0.40 (Larsson and Raven 2010,
            // Ship Resistance and Flow). No merchant ship has the power to pass it; the SL-7 class made
            // 0.33.
            froude: 0.4,
            // Ours: what 68 m give. Below, crew boats and landing craft that send `Cargo` can plane.
            froude_least_knots: 20.0,
        }
    }
}

/// Acceleration of gravity in metres by second squared, standard (CGPM 1901).
const GRAVITY_M_S2: f64 = 9.806_65;
/// A knot in metres by second.
const KNOT_M_S: f64 = 1_852.0 / 3_600.0;

impl SpeedCaps {
    /// The cap for a ship's type, in knots, whatever its length.
    pub fn of(&self, ship_type: Option<&ShipType>) -> f64 {
        self.of_size(ship_type, None).0
    }

    /// The cap for a ship's type and length over all in metres, in knots, with what it rests on.
    pub fn of_size(&self, ship_type: Option<&ShipType>, length_m: Option<f64>) -> (f64, CapBasis) {
        let Some(sent) = ship_type else {
            return (self.other_knots, CapBasis::NothingKnown);
        };
        let (kind, knots) = match sent.0.as_str() {
            "Cargo" => (CapType::Cargo, self.cargo_knots),
            "Tanker" => (CapType::Tanker, self.tanker_knots),
            "Passenger" => (CapType::Passenger, self.passenger_knots),
            "Fishing" => (CapType::Fishing, self.fishing_knots),
            "Tug" | "Towing" | "Dredging" => (CapType::Tug, self.tug_knots),
            _ => (CapType::Other, self.other_knots),
        };
        let by_length = length_m
            .filter(|metres| *metres > 0.0 && matches!(kind, CapType::Cargo | CapType::Tanker))
            .map(|metres| (metres, self.froude_knots(metres)))
            .filter(|(_, of_length)| *of_length < knots);
        match by_length {
            Some((metres, of_length)) => {
                let metres = metres.round().min(f64::from(u16::MAX)) as u16;
                (of_length, CapBasis::TypeAndLength(kind, metres))
            }
            None => (knots, CapBasis::Type(kind)),
        }
    }

    /// The cap that a length gives, rounded up to half a knot.
    fn froude_knots(&self, length_m: f64) -> f64 {
        let knots = self.froude * (GRAVITY_M_S2 * length_m).sqrt() / KNOT_M_S;
        ((knots * 2.0).ceil() / 2.0).max(self.froude_least_knots)
    }

    fn check(&self) -> Result<(), ConfigError> {
        for (field, value) in [
            ("inference.speed_caps.cargo_knots", self.cargo_knots),
            ("inference.speed_caps.tanker_knots", self.tanker_knots),
            ("inference.speed_caps.passenger_knots", self.passenger_knots),
            ("inference.speed_caps.fishing_knots", self.fishing_knots),
            ("inference.speed_caps.tug_knots", self.tug_knots),
            ("inference.speed_caps.other_knots", self.other_knots),
        ] {
            within(field, value, 0.1, 200.0)?;
        }
        within("inference.speed_caps.froude", self.froude, 0.1, 5.0)?;
        within(
            "inference.speed_caps.froude_least_knots",
            self.froude_least_knots,
            0.1,
            200.0,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_pass_their_own_check_and_come_back_from_toml() {
        let config = InferenceConfig::default();
        assert_eq!(config.check(), Ok(()));
        let text = toml::to_string(&config).unwrap();
        assert_eq!(toml::from_str::<InferenceConfig>(&text).unwrap(), config);
    }

    #[test]
    fn a_threshold_out_of_range_is_named() {
        let config = InferenceConfig {
            cap_knots: Some(0.0),
            ..InferenceConfig::default()
        };
        assert_eq!(
            config.check().unwrap_err().to_string(),
            "`inference.cap_knots` is 0: expected a number from 0.1 to 200"
        );
    }

    #[test]
    fn a_ship_of_unknown_type_may_be_the_fastest() {
        let caps = SpeedCaps::default();
        assert_eq!(caps.of(Some(&ShipType("Cargo".into()))).to_string(), "33");
        let shown = |kind: Option<&ShipType>| caps.of(kind).to_string();
        assert_eq!(shown(Some(&ShipType("Kite".into()))), shown(None));
        let basis = |kind: Option<&ShipType>| caps.of_size(kind, Some(90.0)).1;
        assert_eq!(basis(None), CapBasis::NothingKnown);
        assert_eq!(
            basis(Some(&ShipType("Kite".into()))),
            CapBasis::Type(CapType::Other)
        );
    }

    #[test]
    fn a_short_cargo_ship_is_held_slower_than_the_fastest_of_its_type() {
        let caps = SpeedCaps::default();
        let of = |kind: &str, metres| {
            let (knots, basis) = caps.of_size(Some(&ShipType(kind.into())), metres);
            (knots.to_string(), basis)
        };
        // 0.4 of the square root of 9.81 times 90 m is 11.9 m/s, 23.1 knots.
        assert_eq!(
            of("Cargo", Some(90.0)),
            ("23.5".into(), CapBasis::TypeAndLength(CapType::Cargo, 90))
        );
        assert_eq!(of("Cargo", Some(30.0)).0, "20");
        assert_eq!(
            of("Cargo", Some(300.0)),
            ("33".into(), CapBasis::Type(CapType::Cargo))
        );
        assert_eq!(of("Cargo", None).1, CapBasis::Type(CapType::Cargo));
        assert_eq!(of("Cargo", Some(0.0)).0, "33");
        // A short ferry may be a fast one.
        assert_eq!(of("Passenger", Some(40.0)).0, "39");
    }
}
