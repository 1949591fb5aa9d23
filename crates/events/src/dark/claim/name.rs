//! A ship's name is compared by its key: what is left when case, diacritics, punctuation, blanks and
//! the kind of ship before it (`M/V`) are taken off, in Latin letters.

use landfall_track::{joins_letters, without_diacritic};

/// AIS holds so many letters and blanks of a name (ITU-R M.1371-5, message 5).
const AIS_NAME: usize = 20;
/// Letters of which a cut name has at least so many; the others are blanks and punctuation.
const LEAST_CUT: usize = 15;
/// Names of more letters than this are compared exactly but not by spelling.
const LONGEST_SPELLED: usize = 64;

/// What stands before a name and is not part of it, as words of its key: motor vessel, motor
/// tanker, motor ship and steamship, and the Russian for motor ship.
const KINDS: [&[&str]; 9] = [
    &["mv"],
    &["mt"],
    &["ms"],
    &["ss"],
    &["m", "v"],
    &["m", "t"],
    &["m", "s"],
    &["s", "s"],
    &["t", "kh"],
];

/// The key of a name: lower-case letters and digits only; `None` if none is left. Cyrillic is
/// written in Latin letters as on passports (ICAO Doc 9303-3, section 6); other scripts stay.
pub(super) fn key(name: &str) -> Option<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_open = false;
    for letter in name.chars() {
        if letter.is_alphanumeric() {
            if !is_open {
                words.push(String::new());
                is_open = true;
            }
            if let Some(word) = words.last_mut() {
                letter
                    .to_lowercase()
                    .for_each(|small| push_latin(small, word));
            }
        } else if !joins_letters(letter) {
            is_open = false;
        }
    }
    words.retain(|word| !word.is_empty());
    let kind = KINDS
        .iter()
        .find(|kind| words.len() > kind.len() && words.iter().zip(**kind).all(|(a, b)| a == b))
        .map_or(0, |kind| kind.len());
    let key = words.get(kind..).unwrap_or_default().concat();
    (!key.is_empty()).then_some(key)
}

/// Appends a lower-case letter in plain Latin letters.
fn push_latin(letter: char, word: &mut String) {
    match without_diacritic(letter).or_else(|| from_cyrillic(letter)) {
        Some(plain) => word.push_str(plain),
        None => word.push(letter),
    }
}

/// A lower-case Cyrillic letter as on passports; nothing for the soft sign.
fn from_cyrillic(letter: char) -> Option<&'static str> {
    Some(match letter {
        'а' => "a",
        'б' => "b",
        'ч' => "ch",
        'д' => "d",
        'е' | 'ё' | 'э' => "e",
        'ф' => "f",
        'г' | 'ґ' => "g",
        'и' | 'й' | 'і' | 'ї' => "i",
        'я' => "ia",
        'є' | 'ъ' => "ie",
        'ю' => "iu",
        'к' => "k",
        'х' => "kh",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'ш' => "sh",
        'щ' => "shch",
        'т' => "t",
        'ц' => "ts",
        'у' => "u",
        'в' => "v",
        'ы' => "y",
        'з' => "z",
        'ж' => "zh",
        'ь' => "",
        _ => return None,
    })
}

/// How a name resembles a claimed one that is not the same; the nearer sorts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// One has a number that the other lacks: `Maia` and `MAIA-1`.
    Number,
    /// It is the beginning of the other, as far as AIS holds a name.
    Cut,
    /// The same numbers, and so many letters put in, left out, changed, or swapped with the next.
    Edits(usize),
}

/// A key, made ready to be compared by spelling.
#[derive(Clone, Debug)]
pub(super) struct Spelling {
    letters: String,
    digits: String,
    outline: Outline,
}

/// What bounds the edits between two keys from below, cheaply.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outline {
    /// Number of letters; digits do not count.
    length: u16,
    /// Which letters occur.
    letters: u64,
}

impl Outline {
    pub(super) fn of(key: &str) -> Self {
        let mut outline = Self {
            length: 0,
            letters: 0,
        };
        for letter in key.chars().filter(|letter| !letter.is_ascii_digit()) {
            outline.length = outline.length.saturating_add(1);
            outline.letters |= match letter {
                'a'..='z' => 1 << (letter as u32 - 'a' as u32),
                _ => 1 << (26 + letter as u32 % 38),
            };
        }
        outline
    }

    /// Whether keys of these outlines can resemble each other: each edit changes the length by at
    /// most one, and takes one letter out of those that occur and brings in another at most.
    pub(super) fn may_resemble(self, other: Self) -> bool {
        let most = most_edits(usize::from(self.length.min(other.length)));
        usize::from(self.length.abs_diff(other.length)) <= most
            && (self.letters ^ other.letters).count_ones() as usize <= 2 * most
    }
}

/// How many edits leave a name of so many letters recognisable: in a short one each letter counts.
fn most_edits(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=6 => 1,
        7..=10 => 2,
        _ => 3,
    }
}

/// The keys that AIS may leave of a longer name, the longest first.
pub(super) fn cuts(key: &str) -> impl Iterator<Item = &str> {
    (LEAST_CUT..=AIS_NAME)
        .rev()
        .filter_map(|length| key.char_indices().nth(length))
        .map(|(end, _)| &key[..end])
}

impl Spelling {
    /// `None` if the key is too long for a name.
    pub(super) fn of(key: &str) -> Option<Self> {
        if key.len() > 4 * LONGEST_SPELLED || key.chars().count() > LONGEST_SPELLED {
            return None;
        }
        let (digits, letters) = key.chars().partition(char::is_ascii_digit);
        Some(Self {
            letters,
            digits,
            outline: Outline::of(key),
        })
    }

    pub(super) fn outline(&self) -> Outline {
        self.outline
    }

    /// How another key resembles this one; `None` if it is the same, or too different. Other
    /// numbers are another ship's: Ocean 12 is no misspelt Ocean 21.
    pub(super) fn likeness(&self, key: &str) -> Option<Likeness> {
        let other = Self::of(key)?;
        if self.digits != other.digits {
            let one_has_none = self.digits.is_empty() || other.digits.is_empty();
            let is_same = !self.letters.is_empty() && self.letters == other.letters;
            return (one_has_none && is_same).then_some(Likeness::Number);
        }
        if !self.outline.may_resemble(other.outline) {
            return None;
        }
        let most = most_edits(usize::from(self.outline.length.min(other.outline.length)));
        let edits = strsim::osa_distance(&self.letters, &other.letters);
        (1..=most)
            .contains(&edits)
            .then_some(Likeness::Edits(edits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_blanks_punctuation_diacritics_and_the_kind_of_ship_do_not_count() {
        for (name, expected) in [
            ("MAIA-1", "maia1"),
            ("Maia 1", "maia1"),
            ("  Lady  R. ", "ladyr"),
            ("M/V Angara", "angara"),
            ("MV ANGARA", "angara"),
            ("M.V. Angara", "angara"),
            ("m/t Angara", "angara"),
            ("Ångström", "angstrom"),
            ("Sa\u{303}o", "sao"),
        ] {
            assert_eq!(key(name).as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn a_name_that_only_looks_like_a_kind_of_ship_is_kept() {
        for (name, expected) in [("MV", "mv"), ("M V", "mv"), ("MSC Oscar", "mscoscar")] {
            assert_eq!(key(name).as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn cyrillic_is_written_in_latin_letters() {
        for (name, expected) in [
            ("т/х Ангара", "angara"),
            ("Леди Мария", "lediMariia"),
            ("ЩУКИН", "shchukin"),
            ("Юрий Гагарин", "iuriigagarin"),
        ] {
            assert_eq!(key(name), Some(expected.to_lowercase()), "{name}");
        }
    }

    #[test]
    fn punctuation_alone_is_no_name() {
        for name in ["", "  ", "@@@", "-- / --", ".", "\u{301}", "ь"] {
            assert_eq!(key(name), None, "{name}");
        }
    }

    #[test]
    fn names_resemble_each_other_within_few_edits_for_their_length() {
        let likeness = |a: &str, b: &str| Spelling::of(a).unwrap().likeness(b);
        assert_eq!(likeness("maia", "maia1"), Some(Likeness::Number));
        assert_eq!(likeness("maia1", "maia"), Some(Likeness::Number));
        assert_eq!(likeness("maria", "mariia"), Some(Likeness::Edits(1)));
        assert_eq!(likeness("agnara", "angara"), Some(Likeness::Edits(1)));
        assert_eq!(
            likeness("ladymaria", "ladymariia"),
            Some(Likeness::Edits(1))
        );
        for (a, b) in [
            ("ladymariia", "maria"),
            ("ladymariia", "ladyr"),
            ("maia", "maia"),
            ("maia1", "maia2"),
            ("ocean12", "ocean21"),
            ("may", "mai"),
            ("12", "1"),
            ("12", "maia12"),
        ] {
            assert_eq!(likeness(a, b), None, "{a} {b}");
            assert_eq!(likeness(b, a), None, "{b} {a}");
        }
    }

    #[test]
    fn a_long_name_is_cut_after_fifteen_to_twenty_letters() {
        let lengths: Vec<usize> = cuts("abcdefghijklmnopqrs").map(str::len).collect();
        assert_eq!(lengths, [18, 17, 16, 15]);
        assert_eq!(cuts(&"x".repeat(99)).next().map(str::len), Some(20));
        assert_eq!(cuts("ladymariia").next(), None);
    }

    #[test]
    fn a_name_too_long_for_a_name_is_not_spelled() {
        assert!(Spelling::of(&"x".repeat(10_000)).is_none());
        assert_eq!(
            Spelling::of("xxxx").unwrap().likeness(&"x".repeat(10_000)),
            None
        );
        assert_eq!(key(&"X".repeat(10_000)).unwrap().len(), 10_000);
    }
}
