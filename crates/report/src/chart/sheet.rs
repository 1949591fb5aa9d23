//! A sheet is a chart's white ground, with what every chart says beside its bars: a title, what is
//! counted, and what the inputs say of themselves.

use crate::foreign::{cut, shown};
use svg::node::element::{Description, Line, Rectangle, Text, Title};
use svg::{Document, Node};

/// The width of every chart, in the units of its coordinates.
pub(super) const WIDTH: f64 = 960.0;
/// What is left free at the edges.
pub(super) const MARGIN: f64 = 24.0;
/// From the foot of one line of text to that of the next.
const LINE: f64 = 18.0;

/// Fonts that systems have.
const FONTS: &str = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', Arial, sans-serif";
/// The colour of text.
const INK: &str = "#222222";
/// The colour of text that is read second.
const GREY: &str = "#555555";
/// The colour of the lines behind bars.
const FAINT: &str = "#dddddd";

/// Characters in a line of small text: in a wide font they fill the width.
const LINE_CHARS: usize = 130;
/// Lines at the foot; the whole text is in the description.
const FOOT_LINES: usize = 6;

/// What a chart says beside its bars.
pub(super) struct Words<'a> {
    pub(super) title: &'a str,
    /// What is counted, and what it does not mean, a line each.
    pub(super) lines: Vec<String>,
    /// What the inputs say of themselves.
    pub(super) notices: &'a [String],
}

/// A chart being drawn.
pub(super) struct Sheet {
    document: Document,
    /// Where the bars' part begins.
    pub(super) top: f64,
}

/// A place and its size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Where a text stands by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    Title,
    Text,
    Note,
}

impl Sheet {
    /// A sheet whose bars' part has a height.
    pub(super) fn new(words: &Words<'_>, height: f64) -> Self {
        let head: Vec<String> = words.lines.iter().flat_map(|line| broken(line)).collect();
        let foot = foot(words.notices);
        let top = 56.0 + LINE * head.len() as f64;
        let foot_at = top + height;
        let whole = foot_at + LINE * foot.len() as f64 + MARGIN / 2.0;
        let described: Vec<_> = words
            .lines
            .iter()
            .chain(words.notices)
            .map(|line| shown(line))
            .collect();
        let document = Document::new()
            .set("viewBox", format!("0 0 {} {}", at(WIDTH), at(whole)))
            .set("width", at(WIDTH))
            .set("height", at(whole))
            .set("role", "img")
            .set("font-family", FONTS)
            .add(Title::new(words.title))
            .add(Description::new().add(svg::node::Text::new(described.join("\n"))))
            .add(
                Rectangle::new()
                    .set("width", "100%")
                    .set("height", "100%")
                    .set("fill", "#ffffff"),
            );
        let mut sheet = Self { document, top };
        sheet.put(words.title, (MARGIN, 36.0), Anchor::Start, Weight::Title);
        for (number, line) in head.iter().enumerate() {
            let y = 58.0 + LINE * number as f64;
            sheet.put(line, (MARGIN, y), Anchor::Start, Weight::Note);
        }
        for (number, line) in foot.iter().enumerate() {
            let y = foot_at + LINE * number as f64;
            sheet.put(line, (MARGIN, y), Anchor::Start, Weight::Note);
        }
        sheet
    }

    /// Writes a text. Characters that are not seen are shown.
    pub(super) fn text(&mut self, text: &str, place: (f64, f64), anchor: Anchor) {
        self.put(text, place, anchor, Weight::Text);
    }

    fn put(&mut self, text: &str, (x, y): (f64, f64), anchor: Anchor, weight: Weight) {
        let (size, fill) = match weight {
            Weight::Title => (20, INK),
            Weight::Text => (13, INK),
            Weight::Note => (12, GREY),
        };
        let mut element = Text::new(shown(text))
            .set("x", at(x))
            .set("y", at(y))
            .set("font-size", size)
            .set("fill", fill);
        match anchor {
            Anchor::Start => {}
            Anchor::Middle => element.assign("text-anchor", "middle"),
            Anchor::End => element.assign("text-anchor", "end"),
        }
        if weight == Weight::Title {
            element.assign("font-weight", "bold");
        }
        self.document.append(element);
    }

    /// Draws a bar, which says in words what it is.
    pub(super) fn bar(&mut self, area: Area, fill: &str, says: &str) {
        self.document.append(
            Rectangle::new()
                .set("x", at(area.x))
                .set("y", at(area.y))
                .set("width", at(area.width))
                .set("height", at(area.height))
                .set("fill", fill)
                .add(Title::new(shown(says))),
        );
    }

    /// Draws a faint line behind bars.
    pub(super) fn faint_line(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.line(from, to, FAINT);
    }

    /// Draws a line that bars stand on.
    pub(super) fn base_line(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.line(from, to, GREY);
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str) {
        self.document.append(
            Line::new()
                .set("x1", at(from.0))
                .set("y1", at(from.1))
                .set("x2", at(to.0))
                .set("y2", at(to.1))
                .set("stroke", colour),
        );
    }

    /// The whole chart.
    pub(super) fn finish(self) -> String {
        format!("{}\n", self.document)
    }
}

/// A coordinate to a tenth, which is finer than the eye.
fn at(coordinate: f64) -> f64 {
    (coordinate * 10.0).round() / 10.0
}

/// The notices, in lines that fit.
fn foot(notices: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = notices
        .iter()
        .flat_map(|notice| broken(&format!("Notice: {notice}")))
        .collect();
    if lines.len() > FOOT_LINES {
        lines.truncate(FOOT_LINES);
        if let Some(last) = lines.last_mut() {
            last.push_str(" ...");
        }
    }
    lines
}

/// A text in lines that fit, broken between words; a word that is longer than a line is cut.
fn broken(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let word = cut(word, LINE_CHARS);
        let length = line.chars().count() + 1 + word.chars().count();
        if !line.is_empty() && length > LINE_CHARS {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_are_broken_between_words_and_their_lines_are_few() {
        let short = foot(&["made up".to_owned(), "not real".to_owned()]);
        assert_eq!(short, ["Notice: made up", "Notice: not real"]);
        let long = foot(&["word ".repeat(1_000)]);
        assert_eq!(long.len(), FOOT_LINES);
        assert!(long[0].ends_with("word"));
        assert!(long[5].ends_with("word ..."));
        let unbroken = foot(&["x".repeat(10_000)]);
        assert_eq!(unbroken[0], "Notice:");
        assert_eq!(unbroken[1].len(), LINE_CHARS + "...".len());
        assert!(foot(&[]).is_empty());
    }
}
