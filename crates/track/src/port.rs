//! A port is a named place where ships call: one point with a radius, several points, or an area.

use crate::{Position, distance_m};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A UN/LOCODE: five characters without a space, such as `RUVYP` (two letters of a country, then
/// three of letters or digits).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locode([u8; 5]);

/// A text that is no code of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is no {expected}")]
pub struct CodeError {
    /// The text as given.
    pub value: String,
    /// What was expected, with an example.
    pub expected: &'static str,
}

impl Locode {
    /// The five characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The country, the first two letters.
    pub fn country(&self) -> CountryCode {
        CountryCode([self.0[0], self.0[1]])
    }
}

impl FromStr for Locode {
    type Err = CodeError;

    /// Reads a code in any case, with or without the space after the country: `KP RJN`, `ruvyp`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut code = [0_u8; 5];
        let mut length = 0;
        for byte in text.trim().bytes().filter(|byte| *byte != b' ') {
            *code.get_mut(length).unwrap_or(&mut 0) = byte.to_ascii_uppercase();
            length += 1;
        }
        let valid = length == 5
            && code[..2].iter().all(u8::is_ascii_uppercase)
            && code[2..].iter().all(u8::is_ascii_alphanumeric);
        valid.then_some(Self(code)).ok_or_else(|| CodeError {
            value: text.to_owned(),
            expected: "UN/LOCODE: expected five characters, such as RUVYP",
        })
    }
}

impl fmt::Display for Locode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A country's ISO 3166-1 alpha-2 code, such as `KP`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// The two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for CountryCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Ok(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => Err(CodeError {
                value: text.to_owned(),
                expected: "country code: expected two letters of ISO 3166, such as KP",
            }),
        }
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! as_text {
    ($($kind:ty),*) => {$(
        impl Serialize for $kind {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $kind {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
as_text!(Locode, CountryCode);

/// The World Port Index's classes of harbour size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HarborSize {
    /// `Very Small`
    VerySmall,
    /// `Small`
    Small,
    /// `Medium`
    Medium,
    /// `Large`
    Large,
}

/// Where a port's place is from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PortSource {
    /// The World Port Index.
    Wpi,
    /// UN/LOCODE.
    Unlocode,
    /// Declared by hand for the bundled table.
    Landfall,
    /// The stops of vessels: a place that belongs to no port of the table. Its key stands among its other codes.
    Stops,
    /// A table of the user's own, or one that does not say.
    #[default]
    User,
}

impl PortSource {
    /// Whether a port of this source only fills gaps: it takes nothing that lies within the radius of
    /// a port that does not yield.
    ///
    /// UN/LOCODE's do. Their places are at best known to a minute of arc and often the town's, and what
    /// it calls a port can be a beach with a jetty.
    pub fn yields(self) -> bool {
        self == Self::Unlocode
    }
}

/// Where a port is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// One point or several (anchorages, berths). Within the port's radius of any of them is in
    /// port. Never empty.
    Points(Vec<Position>),
    /// Polygons, each a list of rings: the first is the outline, the others are holes. Rings are
    /// closed (first point = last point). Inside any of them is in port. Never empty.
    Polygons(Vec<Vec<Vec<Position>>>),
}

impl Place {
    /// Its first point or corner, which stands for the whole where one position is wanted.
    pub fn first(&self) -> Option<Position> {
        match self {
            Self::Points(points) => points.first().copied(),
            Self::Polygons(polygons) => polygons.first()?.first()?.first().copied(),
        }
    }

    /// The point or corner nearest to a position; `None` if it has none.
    pub fn nearest(&self, to: Position) -> Option<Position> {
        let nearest = |places: &mut dyn Iterator<Item = Position>| {
            places.min_by(|a, b| distance_m(*a, to).total_cmp(&distance_m(*b, to)))
        };
        match self {
            Self::Points(points) if points.len() == 1 => points.first().copied(),
            Self::Points(points) => nearest(&mut points.iter().copied()),
            Self::Polygons(polygons) => nearest(&mut polygons.iter().flatten().flatten().copied()),
        }
    }
}

/// A port as one of the port tables has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Port {
    /// The name shown, such as `Vostochny`.
    pub name: String,
    /// Its UN/LOCODE, if the source has one.
    pub locode: Option<Locode>,
    /// Its country.
    pub country: Option<CountryCode>,
    /// Other names of the same place, such as `Vostochnyy`.
    pub aliases: Vec<String>,
    /// Other codes of the same place, such as `KPNJN` beside `KPRJN`.
    pub other_codes: Vec<String>,
    /// Where it is.
    pub place: Place,
    /// How large the harbour is, if the source says so.
    pub harbor_size: Option<HarborSize>,
    /// The distance in metres from its points within which a ship is in port, if the source says
    /// so. Without one it follows from the harbour size (see the port index).
    pub radius_m: Option<f64>,
    /// Where its place is from.
    pub source: PortSource,
    /// How exactly its place is known, in metres, if the source says so.
    pub precision_m: Option<f64>,
}

/// A port's row in the run's port table; the first is 0.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct PortIx(pub u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locode_is_five_characters_without_a_space() {
        assert_eq!("KP RJN".parse::<Locode>().unwrap().as_str(), "KPRJN");
        assert_eq!("ussn7".parse::<Locode>().unwrap().country().as_str(), "US");
        for wrong in ["", " ", "KPRJ", "KPRJNX", "12345", "KÖRJN"] {
            assert!(wrong.parse::<Locode>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn of_several_places_the_nearest_counts() {
        let at = |lon, lat| Position::from_degrees(crate::LonLat { lon, lat }).unwrap();
        let (west, east) = (at(0.0, 0.0), at(0.4, 0.0));
        let points = Place::Points(vec![west, east]);
        assert_eq!(points.nearest(at(0.3, 0.1)), Some(east));
        let area = Place::Polygons(vec![vec![vec![west, east, at(0.2, 0.2), west]]]);
        assert_eq!(area.nearest(at(-1.0, 0.0)), Some(west));
        assert_eq!(Place::Points(Vec::new()).nearest(west), None);
    }
}
