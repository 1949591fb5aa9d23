//! A name's key is what is left of it when case, diacritics and punctuation are taken off.

use landfall_track::{joins_letters, without_diacritic};

/// The key of a name or a code: lower-case letters and digits only, Latin letters without their
/// diacritics. Letters of other scripts stay as they are.
pub(crate) fn key(name: &str) -> String {
    words(name).concat()
}

/// The keys of a name's words. `St` and `Ste` are read as `Saint` and `Sainte`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        if letter.is_alphanumeric() {
            for small in letter.to_lowercase() {
                if let Some(word) = words.last_mut() {
                    push_plain(small, word);
                }
            }
        } else if !joins_letters(letter) {
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    for word in &mut words {
        match word.as_str() {
            "st" => "saint".clone_into(word),
            "ste" => "sainte".clone_into(word),
            _ => {}
        }
    }
    words
}

/// Appends a lower-case letter without its diacritic.
fn push_plain(letter: char, word: &mut String) {
    match without_diacritic(letter) {
        Some(plain) => word.push_str(plain),
        None => word.push(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_diacritics_and_punctuation_do_not_count() {
        for (name, expected) in [
            ("Ch'ongjin", "chongjin"),
            ("SÃO TOMÉ", "saotome"),
            ("Świnoujście", "swinoujscie"),
            ("İzmir", "izmir"),
            ("Łódź / Gdańsk", "lodzgdansk"),
            ("Sa\u{303}o", "sao"),
            ("KP RJN", "kprjn"),
            ("Находка", "находка"),
            ("", ""),
            (" -- ", ""),
        ] {
            assert_eq!(key(name), expected, "{name}");
        }
    }

    #[test]
    fn a_name_falls_into_words_at_spaces_and_dashes() {
        assert_eq!(
            words("Port-au-Prince (St. Marc)"),
            ["port", "au", "prince", "saint", "marc"]
        );
    }
}
