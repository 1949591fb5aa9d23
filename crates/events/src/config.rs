//! The configuration is every threshold of detection in one place; each detector defines its own.

use crate::{CleaningConfig, GapConfig, PathConfig, PortCallConfig, SegmentConfig, StopConfig};
use serde::{Deserialize, Serialize};

/// Every threshold of detection. The unit stands in each name; each default cites its source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Which reports no ship can have sent.
    pub cleaning: CleaningConfig,
    /// Which reports belong to one hull.
    pub segment: SegmentConfig,
    /// When a vessel lies still.
    pub stop: StopConfig,
    /// When a stay in port is a call.
    pub port_call: PortCallConfig,
    /// When a silence is a gap.
    pub gap: GapConfig,
    /// How closely the simplified path follows the reports.
    pub path: PathConfig,
}

/// A threshold outside its range.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A value that the detector cannot work with.
    #[error("`{field}` is {value}: expected {expected}")]
    OutOfRange {
        /// The field with its table, such as `gap.threshold_h`.
        field: &'static str,
        /// The value given.
        value: f64,
        /// The range allowed.
        expected: String,
    },
}

impl Config {
    /// Checks every threshold.
    ///
    /// # Errors
    ///
    /// Names the first field that is not a number or outside its range, with the value and the
    /// range.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.cleaning.check()?;
        self.segment.check()?;
        self.stop.check()?;
        self.port_call.check()?;
        self.gap.check()?;
        self.path.check()
    }
}

/// Whether `value` is a number from `least` to `most`.
pub(crate) fn within(
    field: &'static str,
    value: f64,
    least: f64,
    most: f64,
) -> Result<(), ConfigError> {
    if value >= least && value <= most {
        Ok(())
    } else {
        Err(ConfigError::OutOfRange {
            field,
            value,
            expected: format!("a number from {least} to {most}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_pass_their_own_check() {
        assert_eq!(Config::default().check(), Ok(()));
    }

    #[test]
    fn a_threshold_out_of_range_is_named_with_its_value_and_range() {
        for wrong in [f64::NAN, -6.0, 0.0, f64::INFINITY] {
            let mut config = Config::default();
            config.gap.threshold_h = wrong;
            let message = config.check().unwrap_err().to_string();
            assert_eq!(
                message,
                format!("`gap.threshold_h` is {wrong}: expected a number from 0.1 to 8760")
            );
        }
    }

    #[test]
    fn a_stop_may_not_end_below_the_speed_at_which_it_begins() {
        let mut config = Config::default();
        config.stop.leave_speed_knots = 0.1;
        assert_eq!(
            config.check().unwrap_err().to_string(),
            "`stop.leave_speed_knots` is 0.1: expected a number from 0.2 to 5"
        );
    }

    #[test]
    fn an_unknown_field_is_an_error_and_a_missing_one_the_default() {
        let wrong = toml::from_str::<Config>("[gap]\nthreshold_hours = 12").unwrap_err();
        assert!(wrong.to_string().contains("threshold_hours"), "{wrong}");
        let config: Config = toml::from_str("[gap]\nthreshold_h = 12").unwrap();
        let wanted = GapConfig {
            threshold_h: 12.0,
            ..GapConfig::default()
        };
        assert_eq!(config.gap, wanted);
        assert_eq!(config.stop, StopConfig::default());
    }
}
