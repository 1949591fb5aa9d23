//! A name's key is what is left of it when case, diacritics and punctuation are taken off.

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
        } else if !is_joiner(letter) {
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

/// Marks that stand within a word: apostrophes as in `Ch'ongjin`, full stops, combining accents.
fn is_joiner(mark: char) -> bool {
    matches!(mark, '\'' | '`' | '.' | '\u{2bb}'..='\u{2bf}' | '\u{2018}' | '\u{2019}' | '\u{300}'..='\u{36f}')
}

/// Appends a lower-case letter without its diacritic.
fn push_plain(letter: char, word: &mut String) {
    let plain = match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' | 'ạ'..='ặ' => "a",
        'æ' | 'ǽ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ẹ'..='ệ' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ỉ' | 'ị' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ơ' | 'ọ'..='ợ' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ư' | 'ụ'..='ự' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' | 'ỳ'..='ỹ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        // What lower-casing leaves of a dotted capital I.
        '\u{300}'..='\u{36f}' => "",
        _ => {
            word.push(letter);
            return;
        }
    };
    word.push_str(plain);
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
