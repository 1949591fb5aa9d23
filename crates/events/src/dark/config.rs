//! The thresholds of inference: how fast, how long, how sure.

use crate::ConfigError;
use crate::config::within;
use landfall_track::ShipType;
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
    /// Candidates listed for each gap; watched ports come on top.
    pub listed: u32,
    /// A vessel first heard within so many hours after a sighting may have been there before, so that
    /// nobody else is taken for the one seen by elimination.
    pub unheard_h: f64,
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

/// The speed in knots that no ship of a type exceeds: what a lower one would rule out is possible.
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
        }
    }
}

impl SpeedCaps {
    /// The cap for a ship's type, in knots.
    pub fn of(&self, ship_type: Option<&ShipType>) -> f64 {
        match ship_type.map(|kind| kind.0.as_str()) {
            Some("Cargo") => self.cargo_knots,
            Some("Tanker") => self.tanker_knots,
            Some("Passenger") => self.passenger_knots,
            Some("Fishing") => self.fishing_knots,
            Some("Tug" | "Towing" | "Dredging") => self.tug_knots,
            _ => self.other_knots,
        }
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
        Ok(())
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
    }
}
