//! A page is an explanation as it is printed: numbered steps, lines of a readable width, facts in
//! columns, and nothing in it that could steer a terminal.

use crate::table::printable;
use std::fmt::Write;

/// The longest line, in characters.
const WIDTH: usize = 96;
/// Below each step.
const INDENT: &str = "   ";
/// The widest column of labels.
const WIDEST_LABEL: usize = 34;

/// Text that is put together step by step.
#[derive(Debug, Default)]
pub(crate) struct Page {
    text: String,
    steps: u32,
    /// Facts that wait for others to line up with.
    facts: Vec<(String, String)>,
}

impl Page {
    /// A line without indent.
    pub(crate) fn line(&mut self, text: &str) {
        self.line_up();
        wrap(&mut self.text, "", "", text);
    }

    pub(crate) fn blank(&mut self) {
        self.line_up();
        self.text.push('\n');
    }

    /// Begins the next step of the reasoning.
    pub(crate) fn step(&mut self, title: &str) {
        self.blank();
        self.steps += 1;
        let _ = writeln!(self.text, "{}. {}", self.steps, printable(title));
    }

    /// Begins a part that is no step.
    pub(crate) fn part(&mut self, title: &str) {
        self.blank();
        let _ = writeln!(self.text, "{}", printable(title));
    }

    /// A sentence below the step.
    pub(crate) fn say(&mut self, sentence: &str) {
        self.line_up();
        wrap(&mut self.text, INDENT, INDENT, sentence);
    }

    /// One entry of a list below the step.
    pub(crate) fn entry(&mut self, text: &str) {
        self.line_up();
        wrap(&mut self.text, "   - ", "     ", text);
    }

    /// A value with what it is; those that follow each other line up.
    pub(crate) fn fact(&mut self, label: &str, value: impl AsRef<str>) {
        self.facts
            .push((printable(label), value.as_ref().to_owned()));
    }

    /// The same, where there is a value.
    pub(crate) fn fact_if(&mut self, label: &str, value: Option<impl AsRef<str>>) {
        if let Some(value) = value {
            self.fact(label, value);
        }
    }

    /// A text letter for letter in one line, however long.
    pub(crate) fn verbatim(&mut self, text: &str) {
        self.line_up();
        let _ = writeln!(self.text, "{INDENT}{}", printable(text));
    }

    /// Text that is laid out already and holds nothing foreign.
    pub(crate) fn laid_out(&mut self, text: &str) {
        self.line_up();
        self.text.push_str(text);
    }

    pub(crate) fn finish(mut self) -> String {
        self.line_up();
        self.text
    }

    fn line_up(&mut self) {
        let facts = std::mem::take(&mut self.facts);
        let lengths = facts.iter().map(|(label, _)| label.chars().count());
        let width = lengths.max().unwrap_or(0).min(WIDEST_LABEL);
        for (label, value) in facts {
            let first = format!("{INDENT}{label:<width$}  ");
            let rest = " ".repeat(INDENT.len() + width + 2);
            wrap(&mut self.text, &first, &rest, &value);
        }
    }
}

/// Breaks a text into lines, of which the first begins with `first` and the others with `rest`.
fn wrap(out: &mut String, first: &str, rest: &str, text: &str) {
    out.push_str(first);
    let mut column = first.chars().count();
    let mut is_line_empty = true;
    for word in printable(text).split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        if !is_line_empty && column + 1 + length > WIDTH {
            out.push('\n');
            out.push_str(rest);
            column = rest.chars().count();
            is_line_empty = true;
        }
        if !is_line_empty {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
        is_line_empty = false;
    }
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_line_up_steps_are_numbered_and_long_texts_wrap() {
        let mut page = Page::default();
        page.line("GAP x");
        page.step("Last heard");
        page.fact("when", "2023-09-07");
        page.fact("distance", "word ".repeat(30));
        page.step("Next");
        page.verbatim("a  b");
        page.entry("one");
        let expected = "GAP x\n\n1. Last heard\n   when      2023-09-07\n   distance  word word word word \
                        word word word word word word word word word word word word\n             \
                        word word word word word word word word word word word word word word\n\n\
                        2. Next\n   a  b\n   - one\n";
        assert_eq!(page.finish(), expected);
    }

    #[test]
    fn nothing_foreign_reaches_the_terminal() {
        let mut page = Page::default();
        page.line("A\u{1b}[2J\u{9b}B");
        page.step("\u{7}");
        page.fact("x\r", "C\nD\u{202e}E\u{200b}");
        page.say("\u{1b}]0;x\u{7}");
        page.entry("\t");
        let text = page.finish();
        assert!(
            text.chars()
                .all(|letter| letter == '\n' || !letter.is_control()),
            "{text:?}"
        );
        assert!(text.contains("C\\nD\\u{202e}E\\u{200b}"), "{text}");
    }
}
