//! A port search is what a name or a code can mean: exactly, by another name, by its beginning, or
//! by a near spelling.

use crate::name::{key, words};
use crate::ports::PortIndex;
use landfall_track::{CountryCode, Place, Port, PortIx, Position};
use std::cmp::Reverse;

/// No name is longer than this, in bytes of its key; what is longer is not looked for.
const LONGEST_KEY: usize = 200;
/// At most this many ports found by a near spelling, and at most this many suggestions.
const MOST_GUESSES: usize = 5;
/// Ports about as near as the nearest are suggested by likeness of name: those up to this much
/// further off, in metres.
const AS_NEAR_M: f64 = 50_000.0;

/// How a port was found; the better ways come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchKind {
    /// Its UN/LOCODE, or another code of the same place.
    Code,
    /// Its name, but for case, diacritics and punctuation.
    Name,
    /// Another name of it.
    Alias,
    /// A name of it begins so.
    Prefix,
    /// A word in a name of it begins so.
    Word,
    /// A name of it is spelled so but for some letters.
    Spelling {
        /// Letters put in, left out, changed, or swapped with the next.
        edits: u32,
    },
}

impl MatchKind {
    /// Whether the whole name or code agrees, and not just part of it or nearly.
    pub fn is_exact(self) -> bool {
        matches!(self, Self::Code | Self::Name | Self::Alias)
    }
}

/// A port that was found, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortMatch {
    /// The port.
    pub port: PortIx,
    /// How its name or code agrees.
    pub kind: MatchKind,
    /// The name or code that agrees, as the table has it.
    pub by: String,
}

/// Why a port is suggested that does not bear the name.
#[derive(Clone, Debug, PartialEq)]
pub enum SuggestionReason {
    /// Its name is spelled much like the one asked for.
    Spelling {
        /// Letters put in, left out, changed, or swapped with the next.
        edits: u32,
    },
    /// It is near the port of that name in another country.
    Near {
        /// The port of that name.
        port: PortIx,
        /// How far off that is, in metres.
        distance_m: f64,
    },
}

/// A port that may have been meant.
#[derive(Clone, Debug, PartialEq)]
pub struct PortSuggestion {
    /// The port.
    pub port: PortIx,
    /// Why it may have been meant.
    pub reason: SuggestionReason,
}

/// What a name can mean.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PortSearch {
    /// The ports of that name, in the country asked for if one was. The best first.
    pub matches: Vec<PortMatch>,
    /// If there are none: ports of that name in other countries.
    pub elsewhere: Vec<PortMatch>,
    /// If there are none: what was probably meant in the country asked for, the likeliest first.
    pub suggestions: Vec<PortSuggestion>,
}

impl PortSearch {
    /// The ports that bear the name or code asked for; those that only fill gaps if no other does, but
    /// by their codes in any case.
    pub fn exact(&self, index: &PortIndex) -> Vec<PortIx> {
        let mut exact: Vec<&PortMatch> = self.matches.iter().collect();
        exact.retain(|found| found.kind.is_exact());
        let yields = |found: &PortMatch| index.port(found.port).source.yields();
        if exact.iter().any(|found| !yields(found)) {
            exact.retain(|found| found.kind == MatchKind::Code || !yields(found));
        }
        exact.into_iter().map(|found| found.port).collect()
    }
}

/// Every name and code of every port, by its key.
pub(crate) struct NameTable {
    entries: Vec<NameEntry>,
}

struct NameEntry {
    port: PortIx,
    kind: MatchKind,
    text: String,
    key: String,
    /// Where in `key` its second and further words begin.
    word_starts: Vec<usize>,
}

impl NameTable {
    pub(crate) fn new(ports: &[Port]) -> Self {
        let mut entries = Vec::with_capacity(ports.len() * 2);
        for (number, port) in ports.iter().enumerate() {
            let codes = port
                .locode
                .iter()
                .map(ToString::to_string)
                .chain(port.other_codes.clone());
            let texts = codes
                .map(|text| (MatchKind::Code, text))
                .chain([(MatchKind::Name, port.name.clone())])
                .chain(
                    port.aliases
                        .iter()
                        .map(|text| (MatchKind::Alias, text.clone())),
                );
            entries.extend(
                texts.map(|(kind, text)| NameEntry::new(PortIx(number as u32), kind, text)),
            );
        }
        entries.retain(|entry| !entry.key.is_empty());
        Self { entries }
    }
}

impl NameEntry {
    fn new(port: PortIx, kind: MatchKind, text: String) -> Self {
        let mut key = String::new();
        let mut word_starts = Vec::new();
        for word in words(&text) {
            if !key.is_empty() {
                word_starts.push(key.len());
            }
            key.push_str(&word);
        }
        Self {
            port,
            kind,
            text,
            key,
            word_starts,
        }
    }

    /// How the entry agrees with a key, near spellings left out.
    fn agreement(&self, asked: &str) -> Option<MatchKind> {
        if self.key == asked {
            return Some(self.kind);
        }
        if self.kind == MatchKind::Code || asked.chars().count() < 3 {
            return None;
        }
        if self.key.starts_with(asked) {
            return Some(MatchKind::Prefix);
        }
        let at_word = |start: &usize| {
            self.key
                .get(*start..)
                .is_some_and(|rest| rest.starts_with(asked))
        };
        self.word_starts
            .iter()
            .any(at_word)
            .then_some(MatchKind::Word)
    }

    /// The edits from the entry to a key, if they are few for its length.
    fn spelling(&self, asked: &str) -> Option<u32> {
        let length = asked.chars().count();
        let most = match length {
            0..=3 => return None,
            4..=5 => 1,
            6..=9 => 2,
            _ => 3,
        };
        if self.kind == MatchKind::Code || self.key.chars().count().abs_diff(length) > most {
            return None;
        }
        let edits = strsim::osa_distance(&self.key, asked);
        (edits <= most).then_some(edits as u32)
    }
}

/// See [`PortIndex::find`].
pub(crate) fn find(
    index: &PortIndex,
    names: &NameTable,
    name: &str,
    country: Option<CountryCode>,
) -> PortSearch {
    let asked = key(name);
    if asked.is_empty() || asked.len() > LONGEST_KEY {
        return PortSearch::default();
    }
    let asked_for =
        |found: &PortMatch| country.is_none() || index.port(found.port).country == country;
    let (matches, elsewhere): (Vec<_>, Vec<_>) = agreeing(index, names, name)
        .into_iter()
        .partition(asked_for);
    if !matches.is_empty() {
        return PortSearch {
            matches,
            ..PortSearch::default()
        };
    }
    let spelled = near_spellings(index, names, &asked);
    let (mut spelled_here, mut spelled_elsewhere): (Vec<_>, Vec<_>) =
        spelled.into_iter().partition(asked_for);
    spelled_here.truncate(MOST_GUESSES);
    spelled_elsewhere.truncate(MOST_GUESSES);
    if elsewhere.is_empty() && !spelled_here.is_empty() {
        return PortSearch {
            matches: spelled_here,
            ..PortSearch::default()
        };
    }
    let elsewhere = if elsewhere.is_empty() {
        spelled_elsewhere
    } else {
        elsewhere
    };
    let suggestions = match (country, elsewhere.first()) {
        (Some(country), Some(found)) => {
            suggestions(index, &asked, country, found.port, &spelled_here)
        }
        _ => Vec::new(),
    };
    PortSearch {
        matches: Vec::new(),
        elsewhere,
        suggestions,
    }
}

/// Ports whose name or code agrees, near spellings left out. If none does, without the words
/// `port of` before the name or `port`, `harbour`, `harbor` after it.
fn agreeing(index: &PortIndex, names: &NameTable, name: &str) -> Vec<PortMatch> {
    let words = words(name);
    let whole = words.concat();
    let bare: Vec<&str> = words.iter().map(String::as_str).collect();
    let bare = match bare.as_slice() {
        ["port", "of", rest @ ..] | [rest @ .., "port" | "harbour" | "harbor" | "seaport"] => {
            rest.concat()
        }
        _ => String::new(),
    };
    let by_key = |asked: &str| {
        let agreements = names
            .entries
            .iter()
            .filter_map(|entry| Some((entry.agreement(asked)?, entry)));
        best_of_each_port(index, agreements)
    };
    let found = if whole.is_empty() {
        Vec::new()
    } else {
        by_key(&whole)
    };
    if found.is_empty() && !bare.is_empty() {
        by_key(&bare)
    } else {
        found
    }
}

fn near_spellings(index: &PortIndex, names: &NameTable, asked: &str) -> Vec<PortMatch> {
    let spelled = names.entries.iter().filter_map(|entry| {
        Some((
            MatchKind::Spelling {
                edits: entry.spelling(asked)?,
            },
            entry,
        ))
    });
    best_of_each_port(index, spelled)
}

/// Each port once, with the best of its agreements: the best first, then those that do not yield, then
/// the larger harbour, then the table's order.
fn best_of_each_port<'a>(
    index: &PortIndex,
    agreements: impl Iterator<Item = (MatchKind, &'a NameEntry)>,
) -> Vec<PortMatch> {
    let mut found: Vec<PortMatch> = agreements
        .map(|(kind, entry)| PortMatch {
            port: entry.port,
            kind,
            by: entry.text.clone(),
        })
        .collect();
    found.sort_by_key(|found| (found.port, found.kind));
    found.dedup_by_key(|found| found.port);
    found.sort_by_key(|found| {
        let port = index.port(found.port);
        (
            found.kind,
            port.source.yields(),
            Reverse(port.harbor_size),
            found.port,
        )
    });
    found
}

/// What may be meant in `country` by the name of a port elsewhere: names spelled much alike, then
/// ports near that one, but for those that only fill gaps. Those about as near as the nearest are in the
/// order of likeness of name, for who confuses two ports of one coast is misled by their names.
fn suggestions(
    index: &PortIndex,
    asked: &str,
    country: CountryCode,
    elsewhere: PortIx,
    spelled: &[PortMatch],
) -> Vec<PortSuggestion> {
    let mut suggestions: Vec<PortSuggestion> = spelled
        .iter()
        .filter_map(|found| match found.kind {
            MatchKind::Spelling { edits } => Some(PortSuggestion {
                port: found.port,
                reason: SuggestionReason::Spelling { edits },
            }),
            _ => None,
        })
        .collect();
    let Some(place) = first_place(index.port(elsewhere)) else {
        return suggestions;
    };
    let mut near: Vec<(f64, f64, PortIx)> = index
        .ports()
        .iter()
        .enumerate()
        .filter(|(_, port)| port.country == Some(country) && !port.source.yields())
        .map(|(number, port)| {
            let ix = PortIx(number as u32);
            (index.distance_m(ix, place), likeness(port, asked), ix)
        })
        .filter(|(distance_m, ..)| distance_m.is_finite())
        .collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
    let as_near_m = near.first().map_or(0.0, |nearest| nearest.0) + AS_NEAR_M;
    let about_as_near = near.partition_point(|(distance_m, ..)| *distance_m <= as_near_m);
    near[..about_as_near].sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.total_cmp(&b.0)));
    for (distance_m, _, port) in near {
        if suggestions.len() >= MOST_GUESSES {
            break;
        }
        if suggestions.iter().all(|known| known.port != port) {
            let reason = SuggestionReason::Near {
                port: elsewhere,
                distance_m,
            };
            suggestions.push(PortSuggestion { port, reason });
        }
    }
    suggestions
}

/// How alike a port's names are to a key, 0 to 1, by Jaro and Winkler.
fn likeness(port: &Port, asked: &str) -> f64 {
    port.aliases
        .iter()
        .chain([&port.name])
        .map(|name| strsim::jaro_winkler(&key(name), asked))
        .fold(0.0, f64::max)
}

/// One point of a port.
fn first_place(port: &Port) -> Option<Position> {
    match &port.place {
        Place::Points(points) => points.first().copied(),
        Place::Polygons(polygons) => polygons.first()?.first()?.first().copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PortRadiusConfig;
    use landfall_track::{HarborSize, LonLat, PortSource};

    fn index() -> PortIndex {
        // Name, code, country, latitude, longitude, aliases.
        let rows = [
            ("Senbong", "", "KP", 42.3333, 130.4, "Sonbong;Unggi"),
            ("Najin", "KPRJN", "KP", 42.2333, 130.3, "Rajin;Rason;Naseon"),
            ("Nampo", "KPNAM", "KP", 38.7167, 125.4, ""),
            ("Nakhodka", "RUNJK", "RU", 42.8, 132.8833, "Находка"),
            ("Vostochnyy", "RUVYP", "RU", 42.75, 133.0833, "Vostochny"),
            ("Victoria", "CAVIC", "CA", 48.4333, -123.3667, ""),
            ("Victoria", "SCPOV", "SC", -4.6167, 55.45, "Port Victoria"),
            ("Saint John's", "AGSJO", "AG", 17.1333, -61.8667, ""),
            (
                "Al Iskandariyah (Alexandria)",
                "EGALY",
                "EG",
                31.2,
                29.8833,
                "",
            ),
        ];
        let ports = rows.map(|(name, code, country, lat, lon, aliases)| Port {
            name: name.to_owned(),
            locode: code.parse().ok(),
            country: country.parse().ok(),
            aliases: aliases
                .split(';')
                .filter(|alias| !alias.is_empty())
                .map(str::to_owned)
                .collect(),
            other_codes: if name == "Najin" {
                vec!["KPNJN".to_owned()]
            } else {
                Vec::new()
            },
            place: Place::Points(vec![Position::from_degrees(LonLat { lon, lat }).unwrap()]),
            harbor_size: (name == "Victoria" && country == "SC").then_some(HarborSize::Medium),
            radius_m: None,
            source: PortSource::User,
            precision_m: None,
        });
        PortIndex::new(ports.to_vec(), &PortRadiusConfig::default())
    }

    fn names(index: &PortIndex, matches: &[PortMatch]) -> Vec<(String, MatchKind)> {
        matches
            .iter()
            .map(|found| (index.port(found.port).name.clone(), found.kind))
            .collect()
    }

    #[test]
    fn a_port_is_found_by_each_name_and_code_in_any_spelling() {
        let index = index();
        for (asked, name, kind) in [
            ("Najin", "Najin", MatchKind::Name),
            ("  NAJIN ", "Najin", MatchKind::Name),
            ("rajin", "Najin", MatchKind::Alias),
            ("KP RJN", "Najin", MatchKind::Code),
            ("kprjn", "Najin", MatchKind::Code),
            ("KPNJN", "Najin", MatchKind::Code),
            ("Najin port", "Najin", MatchKind::Name),
            ("Port of Najin", "Najin", MatchKind::Name),
            ("НАХОДКА", "Nakhodka", MatchKind::Alias),
            ("Nakhódka", "Nakhodka", MatchKind::Name),
            ("Nakhodak", "Nakhodka", MatchKind::Spelling { edits: 1 }),
            ("Vostochny", "Vostochnyy", MatchKind::Alias),
            ("Vostoch", "Vostochnyy", MatchKind::Prefix),
            ("Vostotchni", "Vostochnyy", MatchKind::Spelling { edits: 2 }),
            ("st johns", "Saint John's", MatchKind::Name),
            (
                "alexandria",
                "Al Iskandariyah (Alexandria)",
                MatchKind::Word,
            ),
        ] {
            let found = index.find(asked, None);
            assert_eq!(
                names(&index, &found.matches).first(),
                Some(&(name.to_owned(), kind)),
                "{asked}"
            );
        }
    }

    #[test]
    fn a_name_in_several_countries_gives_all_and_with_a_country_the_one() {
        let index = index();
        let found = index.find("Victoria", None);
        assert_eq!(found.matches.len(), 2);
        assert_eq!(found.matches[0].port, PortIx(6), "the larger harbour first");
        let found = index.find("Victoria", "CA".parse().ok());
        assert_eq!(
            found
                .matches
                .iter()
                .map(|found| found.port.0)
                .collect::<Vec<_>>(),
            [5]
        );
        assert!(found.elsewhere.is_empty());
    }

    #[test]
    fn a_port_that_only_fills_a_gap_is_meant_by_its_code_and_by_a_name_that_no_other_bears() {
        let mut ports = index().ports().to_vec();
        let najin = ports[1].clone();
        ports[5].source = PortSource::Unlocode;
        // Nearer to Nakhodka than any port of the country.
        ports.push(Port {
            name: "Nakhodkan".to_owned(),
            locode: "KPNAK".parse().ok(),
            source: PortSource::Unlocode,
            aliases: vec!["Najin".to_owned()],
            ..najin
        });
        let index = PortIndex::new(ports, &PortRadiusConfig::default());
        let meant = |name: &str| -> Vec<u32> {
            let exact = index.find(name, None).exact(&index);
            exact.iter().map(|port| port.0).collect()
        };
        assert_eq!(meant("Victoria"), [6]);
        assert_eq!(meant("CAVIC"), [5]);
        assert_eq!(meant("Najin"), [1]);
        assert_eq!(meant("Nakhodkan"), [9]);
        let found = index.find("Victoria", None).matches;
        assert_eq!(found.len(), 2, "it is found all the same");
        let found = index.find("Nakhodka", "KP".parse().ok());
        assert!(found.suggestions.iter().all(|port| port.port != PortIx(9)));
    }

    #[test]
    fn nakhodka_is_not_in_the_dprk_and_najin_was_probably_meant() {
        let index = index();
        let found = index.find("Nakhodka", "KP".parse().ok());
        assert!(found.matches.is_empty());
        assert_eq!(
            names(&index, &found.elsewhere),
            [("Nakhodka".to_owned(), MatchKind::Name)]
        );
        let suggested: Vec<&str> = found
            .suggestions
            .iter()
            .map(|port| index.port(port.port).name.as_str())
            .collect();
        assert_eq!(suggested, ["Najin", "Senbong", "Nampo"]);
        let SuggestionReason::Near { port, distance_m } = found.suggestions[0].reason else {
            panic!("{:?}", found.suggestions[0]);
        };
        assert_eq!(port, PortIx(3));
        assert!((distance_m / 1000.0 - 221.4).abs() < 0.1, "{distance_m}");
    }

    #[test]
    fn a_name_spelled_wrong_and_sought_in_the_wrong_country_is_found_elsewhere() {
        let index = index();
        let found = index.find("Nakhodkaa", "KP".parse().ok());
        assert_eq!(
            names(&index, &found.elsewhere),
            [("Nakhodka".to_owned(), MatchKind::Spelling { edits: 1 })]
        );
        assert_eq!(found.suggestions[0].port, PortIx(1));
    }

    #[test]
    fn what_is_no_name_finds_nothing() {
        let index = index();
        for nothing in [
            "",
            " ",
            "--",
            "x",
            "Atlantis on the Sea",
            &"ä".repeat(100_000),
        ] {
            assert_eq!(index.find(nothing, None), PortSearch::default());
            assert_eq!(
                index.find(nothing, "KP".parse().ok()),
                PortSearch::default()
            );
        }
    }
}
