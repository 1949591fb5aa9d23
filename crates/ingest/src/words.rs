//! The words and codes that sources write for navigational status, kind of station and ship type.

use crate::numbers;
use landfall_track::{Sender, ShipType};

/// Navigational statuses in words, as the Danish Maritime Authority and early `MarineCadastre`
/// write them, the most frequent first, with their codes (ITU-R M.1371-5, table 48).
const STATUSES: [(&str, u8); 20] = [
    ("Under way using engine", 0),
    ("Moored", 5),
    ("At anchor", 1),
    ("Engaged in fishing", 7),
    ("Under way sailing", 8),
    ("Restricted maneuverability", 3),
    ("Restricted manoeuvrability", 3),
    ("Not under command", 2),
    ("Constrained by her draught", 4),
    ("Constrained by draught", 4),
    ("Aground", 6),
    ("Reserved for future amendment [HSC]", 9),
    ("Reserved for high speed craft", 9),
    ("Reserved for future amendment [WIG]", 10),
    ("Reserved for wing in ground", 10),
    ("Power-driven vessel towing astern", 11),
    ("Power-driven vessel pushing ahead or towing alongside", 12),
    ("Reserved for future use", 13),
    ("AIS-SART is active", 14),
    ("AIS-SART", 14),
];

/// A navigational status as a code or in words; `None` if it is neither, or not defined.
#[inline]
pub(crate) fn nav_status(text: &[u8]) -> Option<u8> {
    if text.first().is_none_or(u8::is_ascii_digit) {
        return numbers::whole(text).and_then(|code| u8::try_from(code).ok());
    }
    let exact = STATUSES.iter().find(|(words, _)| words.as_bytes() == text);
    let found = exact.or_else(|| {
        let mut statuses = STATUSES.iter();
        statuses.find(|(words, _)| words.as_bytes().eq_ignore_ascii_case(text))
    });
    found.map(|(_, code)| *code)
}

/// The kind of station in the words of a source's column of transponders.
#[inline]
pub(crate) fn sender(text: &[u8]) -> Sender {
    match text {
        b"Class A" | b"A" => Sender::ClassA,
        b"Class B" | b"B" => Sender::ClassB,
        b"Base Station" => Sender::BaseStation,
        b"AtoN" => Sender::AidToNavigation,
        _ => sender_in_other_words(text),
    }
}

#[cold]
fn sender_in_other_words(text: &[u8]) -> Sender {
    let words = String::from_utf8_lossy(text).to_lowercase();
    match words.as_str() {
        "class a" | "a" => Sender::ClassA,
        "class b" | "b" => Sender::ClassB,
        "base station" => Sender::BaseStation,
        "aton" | "aid to navigation" | "aids to navigation" => Sender::AidToNavigation,
        "sar airborne" | "sar aircraft" => Sender::SarAircraft,
        "search and rescue transponder"
        | "ais-sart"
        | "sart"
        | "man overboard device"
        | "mob"
        | "epirb" => Sender::Distress,
        _ => Sender::Unstated,
    }
}

/// The kind of station that sends AIS messages of a type (ITU-R M.1371-5, table 43).
pub(crate) fn sender_of_message(message_type: u64) -> Sender {
    match message_type {
        1..=3 | 5 | 27 => Sender::ClassA,
        4 => Sender::BaseStation,
        9 => Sender::SarAircraft,
        18 | 19 | 24 => Sender::ClassB,
        21 => Sender::AidToNavigation,
        _ => Sender::Unstated,
    }
}

/// Whether a text means absent in the words of one source or another.
#[cold]
pub(crate) fn means_absent(text: &[u8]) -> bool {
    const WORDS: [&str; 15] = [
        "-",
        "--",
        "?",
        "null",
        "none",
        "nan",
        "na",
        "n/a",
        "\\n",
        "unknown",
        "unknown value",
        "undefined",
        "not defined",
        "not available",
        "default",
    ];
    let is_it = |word: &&str| word.as_bytes().eq_ignore_ascii_case(text);
    text.is_empty() || WORDS.iter().any(is_it)
}

/// Whether AIS messages of a type hold particulars and no position (ITU-R M.1371-5, table 43).
pub(crate) fn is_static_message(message_type: u64) -> bool {
    matches!(message_type, 5 | 24)
}

/// A ship type as an AIS code or in words, without blanks around it.
pub(crate) fn ship_type(text: &str) -> Option<ShipType> {
    if text.is_empty() {
        return None;
    }
    match numbers::whole(text.as_bytes()) {
        Some(code) => u16::try_from(code).ok().and_then(ShipType::from_code),
        None => Some(ShipType(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_in_words_is_that_of_the_code() {
        for (text, expected) in [
            ("5", Some(5)),
            ("0.0", Some(0)),
            ("15", Some(15)),
            ("Moored", Some(5)),
            ("under way using engine", Some(0)),
            ("Unknown value", None),
            ("", None),
            ("256", None),
            ("1.5", None),
        ] {
            assert_eq!(nav_status(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn stations_are_told_by_word_and_by_message() {
        assert_eq!(sender(b"Class A"), Sender::ClassA);
        assert_eq!(sender(b"b"), Sender::ClassB);
        assert_eq!(sender(b"Search and Rescue Transponder"), Sender::Distress);
        assert_eq!(sender(b"\xff"), Sender::Unstated);
        assert_eq!(sender_of_message(21), Sender::AidToNavigation);
        assert_eq!(sender_of_message(99), Sender::Unstated);
    }

    #[test]
    fn ship_types_come_as_codes_or_words() {
        let word = |text: &str| ship_type(text).map(|found| found.0);
        assert_eq!(word("70.0").as_deref(), Some("Cargo"));
        assert_eq!(word("Cargo").as_deref(), Some("Cargo"));
        assert_eq!(word("0"), None);
        assert_eq!(word(""), None);
    }
}
