//! A foreign text is one that strangers typed: a name sent by AIS, a source's words, a file's name.
//! None is trusted. It is shown so that it can neither steer a terminal, nor act as markup, nor
//! compute in a spreadsheet.

use landfall_track::is_hidden;
use std::borrow::Cow;
use std::fmt::Write;

/// Characters of a foreign text that are quoted within a sentence; the rest is cut off.
const QUOTED_CHARS: usize = 160;

/// The text with hidden characters as `\u{1b}`.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        push_shown(&mut out, letter);
    }
    Cow::Owned(out)
}

fn push_shown(out: &mut String, letter: char) {
    if is_hidden(letter) {
        // Writing to a String does not fail.
        let _ = write!(out, "\\u{{{:x}}}", u32::from(letter));
    } else {
        out.push(letter);
    }
}

/// The text as part of a sentence: on one line, hidden characters shown, and not endless.
pub(crate) fn quoted(text: &str) -> String {
    cut(text.trim(), QUOTED_CHARS)
}

/// The text as evidence: on one line, hidden characters shown, and whole.
pub(crate) fn whole(text: &str) -> String {
    shown(text.trim()).into_owned()
}

/// The text with at most so many characters, hidden ones shown.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}...", shown(text[..end].trim_end())),
        None => shown(text).into_owned(),
    }
}

/// The text within Markdown: nothing in it is markup, neither Markdown's nor HTML's.
pub(crate) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or(' ');
        match letter {
            _ if is_hidden(letter) => {
                // The backslash and the braces that show it are no markup either.
                let _ = write!(out, "\\\\u\\{{{:x}\\}}", u32::from(letter));
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '#' | '@' | '{' | '}' | '^' => {
                out.push('\\');
                out.push(letter);
            }
            // What would become a link by itself: `http://` and `www.`.
            ':' if next == '/' => out.push_str("\\:"),
            '.' if ends_with_www(&out) => out.push_str("\\."),
            _ => out.push(letter),
        }
    }
    out
}

fn ends_with_www(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 3 && bytes[bytes.len() - 3..].eq_ignore_ascii_case(b"www")
}

/// An address as a link, if it is one that cannot act as anything else; else as text.
pub(crate) fn markdown_link(url: &str) -> String {
    let is_plain =
        |letter: char| letter.is_ascii_alphanumeric() || "-._~:/?#@!$&'()*+,;=%".contains(letter);
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    if is_web && url.chars().all(is_plain) {
        // `|` would end a table's cell, but is not among the plain ones.
        format!("<{url}>")
    } else {
        markdown(url)
    }
}

/// The text as a cell of a CSV file. A spreadsheet computes a cell that begins like a formula: it
/// gets an apostrophe in front, which makes it text (OWASP, "CSV Injection"). Plain numbers stay.
pub(crate) fn cell(text: &str) -> Cow<'_, str> {
    let acts = text.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]);
    let text_shown = shown(text);
    if acts && !is_number(text) {
        Cow::Owned(format!("'{text_shown}"))
    } else {
        text_shown
    }
}

fn is_number(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
        && text.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hidden_characters_are_shown() {
        assert_eq!(shown("MARIA 1"), "MARIA 1");
        assert_eq!(
            shown("\u{1b}[31mA\0\n\u{202e}B\u{200b}\u{9b}"),
            "\\u{1b}[31mA\\u{0}\\u{a}\\u{202e}B\\u{200b}\\u{9b}"
        );
        assert_eq!(quoted("  a\tb "), "a\\u{9}b");
        assert_eq!(cut("abcdef", 3), "abc...");
        assert_eq!(cut("ab\u{42f}", 3), "ab\u{42f}");
    }

    #[test]
    fn a_text_within_markdown_is_no_markup() {
        assert_eq!(
            markdown("<script>alert(1)</script> [x](http://e.org) *a* | `b`\n# c"),
            "&lt;script&gt;alert(1)&lt;/script&gt; \\[x\\](http\\://e.org) \\*a\\* \\| \\`b\\`\
             \\\\u\\{a\\}\\# c"
        );
        assert_eq!(
            markdown("2023-10-25T06:02:11Z, 8.5 kn: ok."),
            "2023-10-25T06:02:11Z, 8.5 kn: ok."
        );
    }

    #[test]
    fn only_a_plain_web_address_becomes_a_link() {
        assert_eq!(
            markdown_link("https://example.org/a?b=1#c"),
            "<https://example.org/a?b=1#c>"
        );
        assert_eq!(markdown_link("javascript:alert(1)"), "javascript:alert(1)");
        assert_eq!(
            markdown_link("https://e.org/><b>"),
            "https\\://e.org/&gt;&lt;b&gt;"
        );
    }

    #[test]
    fn a_cell_does_not_compute_and_a_number_stays_one() {
        for formula in ["=1+1", "+1+1", "-1-1", "@SUM(A1)", "-inf", "=", "\u{ff1d}1"] {
            assert_eq!(cell(formula), format!("'{formula}"));
        }
        assert_eq!(cell("\t=1"), "'\\u{9}=1");
        assert_eq!(cell("\r\n"), "'\\u{d}\\u{a}");
        for plain in [
            "",
            "-1.5",
            "+7",
            "-1e5",
            "MARIA",
            "'x",
            "a=b",
            "2023-10-25T06:02:11Z",
        ] {
            assert_eq!(cell(plain), plain);
        }
    }

    /// What a Markdown reader makes of a text: its letters, and whether any of it is markup.
    fn read(text: &str) -> (String, bool) {
        use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
        let mut letters = String::new();
        let mut is_plain = true;
        // With every extension that could find markup in it, but none that sets quotes anew.
        let options = Options::all().difference(Options::ENABLE_SMART_PUNCTUATION);
        for event in Parser::new_ext(text, options) {
            match event {
                Event::Text(part) => letters.push_str(&part),
                Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
                _ => is_plain = false,
            }
        }
        (letters, is_plain)
    }

    proptest! {
        #[test]
        fn a_markdown_reader_reads_any_text_as_it_is_shown(
            text in "([ -~\u{0}-\u{1f}\u{202e}\u{42f}]|[*_`<>&|#~$\\[\\]{}\\\\!@:.()=+^\"'-]|www\\.|https?://|&lt;){0,24}"
        ) {
            // As in a dossier, after words of ours.
            let (letters, is_plain) = read(&format!("is {} x", markdown(&text)));
            prop_assert!(is_plain, "{}", markdown(&text));
            prop_assert_eq!(letters, format!("is {} x", shown(&text)));
        }
    }
}
