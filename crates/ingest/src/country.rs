//! A country is known by its ISO 3166-1 codes and by the names that port tables give it.

use landfall_track::CountryCode;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Code, three-letter code, and names separated by semicolons. ISO 3166-1's codes, and beside them
/// AN (withdrawn), XK (user-assigned) and UN/LOCODE's XZ; every country name of the World Port Index
/// and of searoute's port table, and common short ones.
const COUNTRIES: &str = include_str!("../../../data/countries.csv");

static BY_KEY: LazyLock<FxHashMap<String, CountryCode>> = LazyLock::new(|| {
    let mut by_key = FxHashMap::default();
    let mut reader = csv::Reader::from_reader(COUNTRIES.as_bytes());
    for record in reader.records().filter_map(Result::ok) {
        let Some(code) = record
            .get(0)
            .and_then(|code| code.parse::<CountryCode>().ok())
        else {
            continue;
        };
        let names = record.get(2).unwrap_or_default().split(';');
        for name in names
            .chain(record.get(1))
            .map(key)
            .filter(|key| !key.is_empty())
        {
            by_key.insert(name, code);
        }
    }
    by_key
});

/// The country that a text names: two letters of ISO 3166-1, three letters, or a name. Case and
/// punctuation do not matter. Two letters are taken as they are.
pub(crate) fn country(text: &str) -> Option<CountryCode> {
    let text = text.trim();
    BY_KEY
        .get(&key(text))
        .copied()
        .or_else(|| text.parse().ok())
}

/// What is left of a name when case and punctuation are taken off.
fn key(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphabetic)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_known_by_code_and_by_every_name() {
        for (text, code) in [
            ("KP", "KP"),
            ("kp", "KP"),
            ("PRK", "KP"),
            ("North Korea", "KP"),
            ("North_korea", "KP"),
            ("Cote D'Ivoire", "CI"),
            ("UK", "GB"),
            ("Congo (Kinshasa)", "CD"),
            ("Saint Helena, Ascension, and Tristan da Cunha", "SH"),
            ("Us_virgin_islands", "VI"),
            ("XZ", "XZ"),
        ] {
            assert_eq!(
                country(text).map(|found| found.to_string()).as_deref(),
                Some(code),
                "{text}"
            );
        }
        for text in ["", " ", "Atlantis", "K", "12"] {
            assert_eq!(country(text), None, "{text}");
        }
    }

    #[test]
    fn no_name_stands_for_two_countries() {
        let mut seen: FxHashMap<String, String> = FxHashMap::default();
        for record in csv::Reader::from_reader(COUNTRIES.as_bytes()).records() {
            let record = record.unwrap();
            for name in record[2]
                .split(';')
                .chain([&record[1]])
                .filter(|name| !name.is_empty())
            {
                let former = seen.insert(key(name), record[0].to_owned());
                assert!(former.is_none_or(|code| code == record[0]), "{name}");
            }
        }
        assert!(seen.len() > 500);
    }
}
