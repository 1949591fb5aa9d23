//! Markdown that the dossiers and the summary share: tables, and texts in code's type.

use crate::foreign::markdown;

/// A table's row. Cells are escaped by whoever makes them; a line break would end the row.
pub(crate) fn row(text: &mut String, cells: &[String]) {
    for cell in cells {
        text.push_str("| ");
        text.push_str(cell);
        text.push(' ');
    }
    text.push_str("|\n");
}

/// A table's head.
pub(crate) fn table(text: &mut String, columns: &[&str]) {
    let cells: Vec<String> = columns.iter().map(|&column| column.to_owned()).collect();
    row(text, &cells);
    row(text, &vec!["---".to_owned(); columns.len()]);
}

/// The head of a table whose first columns are texts and whose others are numbers, set to the right.
pub(crate) fn table_of_numbers(text: &mut String, texts: &[&str], numbers: &[&str]) {
    let columns = texts.iter().chain(numbers);
    let cells: Vec<String> = columns.map(|&column| column.to_owned()).collect();
    row(text, &cells);
    let left = texts.iter().map(|_| "---".to_owned());
    let right = numbers.iter().map(|_| "---:".to_owned());
    let rule: Vec<String> = left.chain(right).collect();
    row(text, &rule);
}

/// A text in code's type, such as a hash or an id; in plain type if it holds what does not belong
/// there.
pub(crate) fn code(text: &str) -> String {
    let is_plain = |letter: char| {
        letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_' | '.' | ':' | '/' | '@' | '!')
    };
    if text.trim().is_empty() || !text.chars().all(is_plain) {
        markdown(text)
    } else {
        format!("`{text}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_text_stands_in_codes_type() {
        assert_eq!(code("a.zip!b-1.csv"), "`a.zip!b-1.csv`");
        assert_eq!(code("a`<b>"), "a\\`&lt;b&gt;");
        assert_eq!(code(""), "");
    }
}
