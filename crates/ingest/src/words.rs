//! The words and codes that sources write for navigational status, kind of station and ship type.

use crate::numbers;
use landfall_track::{Sender, ShipType};

/// Navigational statuses in words, as the Danish Maritime Authority and early `MarineCadastre`
/// write them, the most frequent first, with their codes (ITU-R M.1371-5, table 48).
const STATUSES: [(&str, u8); 26] = [
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
    ("Constrained by her draft", 4),
    ("Constrained by draft", 4),
    ("Underway using engine", 0),
    ("Underway by sail", 8),
    ("Under way by sail", 8),
    ("Fishing", 7),
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
    match exact {
        Some((_, code)) => Some(*code),
        None => nav_status_in_other_words(text),
    }
}

/// The same by letters and digits alone, so that `UNDER_WAY_USING_ENGINE` is what it says.
#[cold]
fn nav_status_in_other_words(text: &[u8]) -> Option<u8> {
    let letters = |text: &[u8]| -> Vec<u8> {
        let kept = text.iter().filter(|byte| byte.is_ascii_alphanumeric());
        kept.map(u8::to_ascii_lowercase).collect()
    };
    let wanted = letters(text);
    let mut statuses = STATUSES.iter();
    let found = statuses.find(|(words, _)| letters(words.as_bytes()) == wanted);
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

/// Whether a text is one of the words that programs write where there is nothing, in any case: R's
/// `NA`, Python's `None`, `nan` and `<NA>`, databases' `NULL` and `\N`, Go's `<nil>`, spreadsheets'
/// `#N/A`; of these pandas' `NaT` only as it is written. They mean absent in every column of every
/// format. That a vessel is called so is possible, and far rarer than a program's word: it has no
/// name then, and all else is used.
pub(crate) fn is_nothing(text: &[u8]) -> bool {
    const WORDS: [&str; 12] = [
        "na", "nan", "null", "none", "n/a", "\\n", "<na>", "(null)", "<null>", "#n/a", "<nil>",
        "nil",
    ];
    // Few texts are as short.
    (2..=6).contains(&text.len())
        && (text == b"NaT"
            || WORDS
                .iter()
                .any(|word| word.as_bytes().eq_ignore_ascii_case(text)))
}

/// Whether a text means absent in the words of one source or another.
#[cold]
pub(crate) fn means_absent(text: &[u8]) -> bool {
    const WORDS: [&str; 9] = [
        "-",
        "--",
        "?",
        "unknown",
        "unknown value",
        "undefined",
        "not defined",
        "not available",
        "default",
    ];
    let is_it = |word: &&str| word.as_bytes().eq_ignore_ascii_case(text);
    text.is_empty() || is_nothing(text) || WORDS.iter().any(is_it)
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
        None => Some(ShipType(
            named_type(text).unwrap_or_else(|| text.to_owned()),
        )),
    }
}

/// What a name such as `GENERAL_CARGO`, as Spire 2.0 writes types, is among AIS's types; another name
/// with underscores becomes words. `None` for any other text.
fn named_type(text: &str) -> Option<String> {
    const TYPES: [(&str, &[&str]); 6] = [
        (
            "Cargo",
            &[
                "GENERAL_CARGO",
                "CONTAINER",
                "DRY_BULK",
                "BULK_CARRIER",
                "ROLL_ON_ROLL_OFF",
                "CAR_CARRIER",
                "LIVESTOCK_CARRIER",
            ],
        ),
        (
            "Tanker",
            &[
                "TANKER_CRUDE",
                "TANKER_PRODUCT",
                "TANKER_CHEMICALS",
                "GAS_CARRIER",
                "LIQUEFIED_GAS",
            ],
        ),
        ("Passenger", &["PASSENGER", "CRUISE"]),
        ("Fishing", &["FISHING"]),
        ("Tug", &["TUG"]),
        ("Dredging", &["DREDGER"]),
    ];
    let is_named = |(_, names): &&(&str, &[&str])| names.contains(&text);
    if let Some((word, _)) = TYPES.iter().find(is_named) {
        return Some((*word).to_owned());
    }
    if !text.contains('_') {
        return None;
    }
    let mut words = text.replace('_', " ").to_lowercase();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_programs_for_nothing_are_known_in_any_case() {
        for word in [
            "NA", "na", "NaN", "nan", "NaT", "None", "NULL", "\\N", "<NA>", "N/A", "#N/A",
            "(null)", "<nil>",
        ] {
            assert!(is_nothing(word.as_bytes()), "{word}");
        }
        for word in ["", "N", "NAT", "NANCY", "NONESUCH", "0", "-", "unknown"] {
            assert!(!is_nothing(word.as_bytes()), "{word}");
        }
    }

    #[test]
    fn a_status_in_words_is_that_of_the_code() {
        for (text, expected) in [
            ("5", Some(5)),
            ("0.0", Some(0)),
            ("15", Some(15)),
            ("Moored", Some(5)),
            ("under way using engine", Some(0)),
            ("UNDER_WAY_USING_ENGINE", Some(0)),
            ("AT_ANCHOR", Some(1)),
            ("RESTRICTED_MANEUVERABILITY", Some(3)),
            ("UNKNOWN", None),
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
        assert_eq!(word("GENERAL_CARGO").as_deref(), Some("Cargo"));
        assert_eq!(word("GAS_CARRIER").as_deref(), Some("Tanker"));
        assert_eq!(word("OFFSHORE_SUPPLY").as_deref(), Some("Offshore supply"));
        assert_eq!(word("0"), None);
        assert_eq!(word(""), None);
    }
}
