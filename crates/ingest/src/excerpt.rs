//! An excerpt is the beginning of a value from a file, fit to be shown in a message or a table.

/// The most characters of a value that are shown.
const LENGTH: usize = 80;

/// The beginning of `bytes` in one line: control characters are escaped, what is no UTF-8 is
/// replaced, and what is longer than 80 characters ends in `…`.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    // Four bytes a character at most, and a few more so that a cut character shows at no end.
    let head = &bytes[..bytes.len().min(LENGTH * 4 + 4)];
    let text = String::from_utf8_lossy(head);
    let mut shown = String::new();
    for (count, letter) in text.trim().chars().enumerate() {
        if count == LENGTH {
            shown.push('…');
            break;
        }
        if letter.is_control() {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_short_and_in_one_line() {
        assert_eq!(excerpt(b" ab\tc\0d\xff "), "ab\\tc\\u{0}d\u{fffd}");
        assert_eq!(excerpt(&[b'x'; 100]), format!("{}…", "x".repeat(80)));
        assert_eq!(excerpt("é".repeat(80).as_bytes()), "é".repeat(80));
    }
}
