//! Identity: what a vessel calls herself, and the time span in which she did.

use crate::Timestamp;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A Maritime Mobile Service Identity, at most nine digits. Numbers with fewer digits carry
/// leading zeros, as coast stations' do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mmsi(u32);

/// What an MMSI says of its holder by its first digits (ITU-R M.585-9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MmsiClass {
    /// A ship: MID 201 to 775 first.
    Ship,
    /// A group of ships: 0MID.
    Group,
    /// A coast station: 00MID.
    CoastStation,
    /// A search and rescue aircraft: 111MID.
    SarAircraft,
    /// A hand-held radio: 8MID.
    Handheld,
    /// A distress device: 970 AIS-SART, 972 man overboard, 974 EPIRB.
    DistressDevice,
    /// A craft of a parent ship: 98MID.
    AuxiliaryCraft,
    /// An aid to navigation: 99MID.
    AidToNavigation,
    /// None of these: no country has this MID, or the number is a placeholder.
    Odd,
}

impl Mmsi {
    /// An MMSI; `None` above nine digits and for 0.
    #[inline]
    pub fn new(number: u32) -> Option<Self> {
        (1..=999_999_999).contains(&number).then_some(Self(number))
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }

    /// What its first digits say of its holder.
    pub fn class(self) -> MmsiClass {
        let is_mid = |number: u32| (201..=775).contains(&number);
        match self.0 {
            n if n / 100_000_000 >= 2 && is_mid(n / 1_000_000) => MmsiClass::Ship,
            n if n < 10_000_000 && is_mid(n / 10_000) => MmsiClass::CoastStation,
            n if (10_000_000..100_000_000).contains(&n) && is_mid(n / 100_000) => MmsiClass::Group,
            n if n / 1_000_000 == 111 && is_mid(n / 1_000 % 1_000) => MmsiClass::SarAircraft,
            n if n / 100_000_000 == 8 && is_mid(n / 100_000 % 1_000) => MmsiClass::Handheld,
            n if matches!(n / 1_000_000, 970 | 972 | 974) => MmsiClass::DistressDevice,
            n if n / 10_000_000 == 98 && is_mid(n / 10_000 % 1_000) => MmsiClass::AuxiliaryCraft,
            n if n / 10_000_000 == 99 && is_mid(n / 10_000 % 1_000) => MmsiClass::AidToNavigation,
            _ => MmsiClass::Odd,
        }
    }
}

impl MmsiClass {
    /// Whether the holder stays where it is: a coast station or an aid to navigation.
    pub fn is_fixed(self) -> bool {
        matches!(self, Self::CoastStation | Self::AidToNavigation)
    }

    /// The word used in outputs, such as `aid_to_navigation`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ship => "ship",
            Self::Group => "group",
            Self::CoastStation => "coast_station",
            Self::SarAircraft => "sar_aircraft",
            Self::Handheld => "handheld",
            Self::DistressDevice => "distress_device",
            Self::AuxiliaryCraft => "auxiliary_craft",
            Self::AidToNavigation => "aid_to_navigation",
            Self::Odd => "odd",
        }
    }
}

impl fmt::Display for Mmsi {
    /// Nine digits, with leading zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:09}", self.0)
    }
}

/// Who sent a report: an MMSI, or where the source has none any other text, such as a hash.
///
/// MMSIs sort first and by number, texts after them by their bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VesselId {
    /// An MMSI.
    Mmsi(Mmsi),
    /// Any other identity, as the source has it.
    Text(Box<str>),
}

impl VesselId {
    /// The MMSI, if that is what it is.
    pub fn mmsi(&self) -> Option<Mmsi> {
        match self {
            Self::Mmsi(mmsi) => Some(*mmsi),
            Self::Text(_) => None,
        }
    }
}

impl fmt::Display for VesselId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mmsi(mmsi) => mmsi.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// An IMO ship number, seven digits, of which the last is a check digit. A number with a wrong
/// check digit is kept and marked, for a false number is evidence too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Imo(u32);

impl Imo {
    /// An IMO number; `None` for 0 and above 9 999 999.
    pub fn new(number: u32) -> Option<Self> {
        (1..=9_999_999).contains(&number).then_some(Self(number))
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }

    /// Whether it has seven digits and the check digit is right: the first six digits times 7, 6,
    /// 5, 4, 3, 2 add up to a number that ends in the seventh (IMO Res. A.1117(30)).
    ///
    /// ```
    /// use landfall_track::Imo;
    /// assert!(Imo::new(9_358_010).unwrap().is_valid());
    /// assert!(!Imo::new(9_358_011).unwrap().is_valid());
    /// ```
    pub fn is_valid(self) -> bool {
        let mut rest = self.0 / 10;
        let mut sum = 0;
        for weight in 2..=7 {
            sum += rest % 10 * weight;
            rest /= 10;
        }
        self.0 >= 1_000_000 && sum % 10 == self.0 % 10
    }
}

/// The digits of an IMO number as sources write it (`IMO9307839`, `IMO 9307839`, `9307839.0`);
/// `None` if the text holds anything else.
pub fn imo_digits(text: &str) -> Option<&str> {
    let text = text.trim();
    let digits = match text.get(..3) {
        Some(prefix) if prefix.eq_ignore_ascii_case("IMO") => {
            text[3..].trim_start_matches([' ', ':'])
        }
        _ => text,
    };
    let digits = digits.strip_suffix(".0").unwrap_or(digits);
    (!digits.is_empty() && digits.len() <= 7 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(digits)
}

impl FromStr for Imo {
    type Err = crate::CodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        imo_digits(text)
            .and_then(|digits| digits.parse().ok())
            .and_then(Self::new)
            .ok_or_else(|| crate::CodeError {
                value: text.to_owned(),
                expected: "IMO number: expected seven digits, such as 9358010",
            })
    }
}

impl fmt::Display for Imo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:07}", self.0)
    }
}

/// A vessel's type in one word or two, such as `Cargo`: AIS type codes and the words that sources
/// write for them come to the same text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShipType(pub String);

impl ShipType {
    /// The type that an AIS code stands for (ITU-R M.1371-5, table 53); `None` for 0 and for codes
    /// without a meaning. Codes above 99, as some providers use, are kept as `Type 1004`.
    pub fn from_code(code: u16) -> Option<Self> {
        let word = match code {
            20..=29 => "WIG",
            30 => "Fishing",
            31 | 32 => "Towing",
            33 => "Dredging",
            34 => "Diving",
            35 => "Military",
            36 => "Sailing",
            37 => "Pleasure",
            40..=49 => "HSC",
            50 => "Pilot",
            51 => "SAR",
            52 => "Tug",
            53 => "Port tender",
            54 => "Anti-pollution",
            55 => "Law enforcement",
            58 => "Medical",
            59 => "Not party to conflict",
            60..=69 => "Passenger",
            70..=79 => "Cargo",
            80..=89 => "Tanker",
            90..=99 => "Other",
            100.. => return Some(Self(format!("Type {code}"))),
            _ => return None,
        };
        Some(Self(word.to_owned()))
    }
}

impl fmt::Display for ShipType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a vessel said of herself in one static message or row; absent fields were not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Particulars {
    /// Name, trimmed of blanks and of AIS's filling `@`.
    pub name: Option<String>,
    /// IMO number, possibly with a wrong check digit.
    pub imo: Option<Imo>,
    /// Radio call sign.
    pub call_sign: Option<String>,
    /// Type.
    pub ship_type: Option<ShipType>,
    /// Length over all in decimetres.
    pub length_dm: Option<u32>,
    /// Beam in decimetres.
    pub width_dm: Option<u32>,
    /// Draught in decimetres.
    pub draught_dm: Option<u32>,
    /// Destination as typed on board.
    pub destination: Option<String>,
}

/// Particulars with the time span in which they were sent. Spans of different particulars of one
/// vessel may overlap: a name that comes back after another has one span around both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// What was sent.
    pub particulars: Particulars,
    /// First report with these particulars.
    pub first: Timestamp,
    /// Last report with these particulars.
    pub last: Timestamp,
    /// How many accepted reports and duplicates carried them.
    pub reports: u64,
}

impl Identity {
    /// The order in which a vessel's identities stand: by first report and then by content.
    pub fn order(&self, other: &Self) -> Ordering {
        (self.first, &self.particulars).cmp(&(other.first, &other.particulars))
    }
}

/// A vessel: her id and every identity she sent, in [their order](Identity::order).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vessel {
    /// Who she is in this run.
    pub id: VesselId,
    /// What she called herself, and when. Empty if the source has no such columns.
    pub identities: Vec<Identity>,
}

impl Vessel {
    /// The value of one particular at a time: the one sent by the most reports among the
    /// identities whose span holds that time, else the one whose span lies nearest to it.
    ///
    /// For the name on the day of a call: `vessel.at(arrival, |sent| sent.name.as_deref())`.
    pub fn at<'a, T>(
        &'a self,
        time: Timestamp,
        particular: impl Fn(&'a Particulars) -> Option<T>,
    ) -> Option<T> {
        let distance = |identity: &Identity| {
            identity
                .first
                .millis_since(time)
                .max(time.millis_since(identity.last))
                .max(0)
        };
        self.identities
            .iter()
            .filter(|identity| particular(&identity.particulars).is_some())
            .min_by_key(|identity| (distance(identity), std::cmp::Reverse(identity.reports)))
            .and_then(|identity| particular(&identity.particulars))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_classes_of_mmsi_follow_their_first_digits() {
        let class = |number| Mmsi::new(number).unwrap().class();
        assert_eq!(class(273_210_440), MmsiClass::Ship);
        assert_eq!(class(2_190_068), MmsiClass::CoastStation);
        assert_eq!(class(21_900_681), MmsiClass::Group);
        assert_eq!(class(111_219_501), MmsiClass::SarAircraft);
        assert_eq!(class(970_123_456), MmsiClass::DistressDevice);
        assert_eq!(class(982_191_234), MmsiClass::AuxiliaryCraft);
        assert_eq!(class(992_191_234), MmsiClass::AidToNavigation);
        assert_eq!(class(823_212_345), MmsiClass::Handheld);
        assert_eq!(class(123_456_789), MmsiClass::Odd);
        assert_eq!(class(999_999_999), MmsiClass::Odd);
        assert_eq!(class(1), MmsiClass::Odd);
        assert_eq!(Mmsi::new(2_190_068).unwrap().to_string(), "002190068");
    }

    #[test]
    fn an_imo_number_is_read_as_sources_write_it() {
        for text in [
            "IMO9358010",
            "9358010",
            "imo 9358010",
            " 9358010.0 ",
            "IMO  9358010",
        ] {
            assert_eq!(text.parse::<Imo>().unwrap().get(), 9_358_010, "{text}");
        }
        for wrong in ["", "0", "IMO", "Unknown", "93580101", "-9358010", "0000000"] {
            assert!(wrong.parse::<Imo>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_ships_of_the_case_have_right_check_digits() {
        for number in [9_179_842, 8_517_839, 9_358_010, 9_161_003, 9_220_641] {
            assert!(Imo::new(number).unwrap().is_valid(), "{number}");
        }
    }

    #[test]
    fn a_renamed_vessel_has_the_name_of_the_day() {
        let day = |day: i64| Timestamp::from_seconds(day * 86_400).unwrap();
        let named = |name: &str, first, last| Identity {
            particulars: Particulars {
                name: Some(name.to_owned()),
                ..Particulars::default()
            },
            first,
            last,
            reports: 1,
        };
        let vessel = Vessel {
            id: VesselId::Text("x".into()),
            identities: vec![
                named("MAIA", day(1), day(5)),
                named("MAIA-1", day(9), day(12)),
            ],
        };
        let name = |at| vessel.at(at, |sent| sent.name.as_deref());
        assert_eq!(name(day(3)), Some("MAIA"));
        assert_eq!(name(day(8)), Some("MAIA-1"));
        assert_eq!(name(day(99)), Some("MAIA-1"));
    }
}
