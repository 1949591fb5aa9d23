//! Plain tables for the terminal.

use landfall_track::is_hidden;
use std::fmt::Write;

/// Where a column's cells stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Rows of cells, printed with as many blanks as the widest cell needs.
pub(crate) struct Table {
    columns: Vec<Align>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(columns: &[Align]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row. Control characters in its cells, which strangers may have typed, are escaped.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows
            .push(cells.into_iter().map(|cell| printable(&cell)).collect());
    }

    pub(crate) fn indented(&self, indent: &str) -> String {
        let width = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = indent.to_owned();
            for ((cell, align), width) in row.iter().zip(&self.columns).zip(&widths) {
                let _ = match align {
                    Align::Left => write!(line, "{cell:<width$}  "),
                    Align::Right => write!(line, "{cell:>width$}  "),
                };
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// A text fit for a terminal: control characters are escaped, so that a name cannot steer it, and so
/// are marks under which one name can look like another.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_hidden(letter) {
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
    fn marks_that_turn_or_hide_a_name_are_escaped_like_control_characters() {
        assert_eq!(
            printable("A\u{202e}B\u{200b}\u{1b}Ö"),
            "A\\u{202e}B\\u{200b}\\u{1b}Ö"
        );
    }

    #[test]
    fn columns_line_up_and_control_characters_are_escaped() {
        let mut table = Table::new(&[Align::Left, Align::Right]);
        table.row(["calls".to_owned(), "7".to_owned()]);
        table.row(["\u{1b}[31m".to_owned(), "1,234".to_owned()]);
        assert_eq!(
            table.indented("  "),
            "  calls           7\n  \\u{1b}[31m  1,234\n"
        );
    }
}
