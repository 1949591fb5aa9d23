//! A port's radius is the distance from its point within which a ship is in port.

use landfall_track::{HarborSize, Place, Port};
use serde::{Deserialize, Serialize};

/// How much larger than the radius to enter the radius to leave is.
///
/// Source: Global Fishing Watch's pipe-anchorages enters at 3 km and leaves at 4 km. The distance
/// between the two keeps a ship that swings at anchor on the edge from calling again and again.
pub const LEAVE_FACTOR: f64 = 4.0 / 3.0;

/// No port is larger than this, in metres: a longer radius is taken for a mistake of units.
pub const LONGEST_RADIUS_M: f64 = 200_000.0;

/// Radii to enter a port, in metres, for ports whose table gives none of their own.
///
/// Most tables have one point for a whole harbour, and a berth may lie 6 km from it. Measured over
/// the 2,058 UN/LOCODEs that the World Port Index and searoute's port table share, the two points of
/// a port lie 2 km apart in the median; of ten large harbours nine are within 7 km, of ten medium or
/// small ones nine within 9 km. Half of the World Port Index's have no other of it within 20 km,
/// three in four none within 9 km. Where circles meet, the nearest port relative to its radius wins, so the radii are as
/// long as neighbours allow that are two ports for every purpose: Najin and Senbong, both small, are
/// 13.8 km apart (7 km each just do not meet), Vostochny and Nakhodka 17 km. A harbour size says
/// little of the extent (Vostochny is `Very Small`), so that of very small ports is not much less.
///
/// For anchorages (many points of one port) the radius is Global Fishing Watch's 3 km
/// (pipe-anchorages).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PortRadiusConfig {
    /// For ports of harbour size `Large`.
    pub large_m: f64,
    /// For ports of harbour size `Medium`.
    pub medium_m: f64,
    /// For ports of harbour size `Small`.
    pub small_m: f64,
    /// For ports of harbour size `Very Small`.
    pub very_small_m: f64,
    /// For ports of unknown harbour size.
    pub unknown_m: f64,
    /// For ports of several points, such as anchorage tables have.
    pub several_points_m: f64,
}

impl Default for PortRadiusConfig {
    fn default() -> Self {
        Self {
            large_m: 10_000.0,
            medium_m: 8_000.0,
            small_m: 7_000.0,
            very_small_m: 6_000.0,
            unknown_m: 6_000.0,
            several_points_m: 3_000.0,
        }
    }
}

/// A radius that cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("`{name}` is {value_m}: expected metres above 0 and up to {LONGEST_RADIUS_M}")]
#[non_exhaustive]
pub struct RadiusError {
    /// The setting's name, such as `large_m`.
    pub name: &'static str,
    /// Its value.
    pub value_m: f64,
}

/// Whether a radius in metres can be used: above 0, at most [`LONGEST_RADIUS_M`], a number.
fn is_usable(radius_m: f64) -> bool {
    radius_m > 0.0 && radius_m <= LONGEST_RADIUS_M
}

impl PortRadiusConfig {
    /// Checks every radius.
    ///
    /// # Errors
    /// The first that is no number, not above 0, or longer than [`LONGEST_RADIUS_M`].
    pub fn check(&self) -> Result<(), RadiusError> {
        let radii = [
            ("large_m", self.large_m),
            ("medium_m", self.medium_m),
            ("small_m", self.small_m),
            ("very_small_m", self.very_small_m),
            ("unknown_m", self.unknown_m),
            ("several_points_m", self.several_points_m),
        ];
        match radii.into_iter().find(|(_, value_m)| !is_usable(*value_m)) {
            Some((name, value_m)) => Err(RadiusError { name, value_m }),
            None => Ok(()),
        }
    }

    /// The radius to enter `port`, in metres: her own if it can be used, else the one for several
    /// points, else the one for her harbour size. An unusable setting counts as its default.
    ///
    /// Of a port with an area this is the radius to use in case the area turns out to be none.
    pub(crate) fn enter_radius_m(&self, port: &Port) -> f64 {
        let default = Self::default();
        let several = matches!(&port.place, Place::Points(points) if points.len() > 1);
        let (setting_m, default_m) = match port.harbor_size {
            _ if several => (self.several_points_m, default.several_points_m),
            Some(HarborSize::Large) => (self.large_m, default.large_m),
            Some(HarborSize::Medium) => (self.medium_m, default.medium_m),
            Some(HarborSize::Small) => (self.small_m, default.small_m),
            Some(HarborSize::VerySmall) => (self.very_small_m, default.very_small_m),
            None => (self.unknown_m, default.unknown_m),
        };
        [port.radius_m.unwrap_or(f64::NAN), setting_m, default_m]
            .into_iter()
            .find(|radius_m| is_usable(*radius_m))
            .unwrap_or(default_m)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{PortSource, Position};

    fn port(points: usize, harbor_size: Option<HarborSize>, radius_m: Option<f64>) -> Port {
        Port {
            name: String::new(),
            locode: None,
            country: None,
            aliases: Vec::new(),
            other_codes: Vec::new(),
            place: Place::Points(vec![Position::default(); points]),
            harbor_size,
            radius_m,
            source: PortSource::User,
            precision_m: None,
        }
    }

    fn radius_m(port: &Port) -> String {
        PortRadiusConfig::default().enter_radius_m(port).to_string()
    }

    #[test]
    fn a_ports_own_radius_comes_before_its_points_and_these_before_its_size() {
        assert_eq!(
            radius_m(&port(1, Some(HarborSize::Large), Some(500.0))),
            "500"
        );
        assert_eq!(radius_m(&port(2, Some(HarborSize::Large), None)), "3000");
        assert_eq!(radius_m(&port(1, Some(HarborSize::Large), None)), "10000");
        assert_eq!(radius_m(&port(1, None, None)), "6000");
    }

    #[test]
    fn a_radius_that_cannot_be_used_gives_way() {
        for wrong in [f64::NAN, -1.0, 0.0, 200_001.0, f64::INFINITY] {
            assert_eq!(
                radius_m(&port(1, Some(HarborSize::Small), Some(wrong))),
                "7000"
            );
            let unusable = PortRadiusConfig {
                small_m: wrong,
                ..PortRadiusConfig::default()
            };
            assert_eq!(
                unusable
                    .enter_radius_m(&port(1, Some(HarborSize::Small), None))
                    .to_string(),
                "7000"
            );
            assert_eq!(
                unusable.check().unwrap_err().to_string(),
                format!("`small_m` is {wrong}: expected metres above 0 and up to 200000")
            );
        }
        assert_eq!(PortRadiusConfig::default().check(), Ok(()));
    }

    #[test]
    fn settings_left_out_keep_their_defaults_and_unknown_ones_are_an_error() {
        let read: PortRadiusConfig = toml::from_str("small_m = 5000.0").unwrap();
        assert_eq!(
            read,
            PortRadiusConfig {
                small_m: 5_000.0,
                ..PortRadiusConfig::default()
            }
        );
        assert!(toml::from_str::<PortRadiusConfig>("small_km = 5.0").is_err());
    }
}
