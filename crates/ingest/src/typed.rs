//! A typed table is rows in columns of numbers, times and texts, as Parquet files and frames hold
//! them. Its rows become the same records that a CSV has, and go through the same decoder.

use crate::batch::{Batch, Batcher, Desk, Rows};
use crate::block::TakesRows;
use crate::chunks::{CHUNK, Chunks};
use crate::error::IngestError;
use crate::excerpt::excerpt;
use crate::field::Field;
use crate::header::Header;
use crate::intake::{Delivery, Intake};
use crate::layout::{Layout, Recognition};
use crate::positions::{PositionSink, ReadOptions};
use crate::records::{Record, Records};
use crate::row::RowDecoder;
use crate::structural::Structural;
use crate::time_choice::{Choice, choose, decide};
use crate::time_format::TimeFormat;
use crate::values::{Kind, Values};
use std::io::Read;
use std::path::Path;

/// What separates the texts of one record; it never stands in one (see [`Values::write`]).
const SEPARATOR: u8 = 0x1f;

/// Which column of a typed table holds which field.
#[derive(Debug)]
pub(crate) struct Scheme {
    layout: Layout,
    /// The columns that hold a field, in their order. The others need not be read.
    used: Vec<usize>,
    /// Whether times are times already, not texts or numbers.
    times_are_typed: bool,
}

impl Scheme {
    /// Recognises a format by the columns' names.
    pub(crate) fn recognise(
        names: &[String],
        kinds: &[Kind],
        options: &ReadOptions,
        path: &Path,
    ) -> Result<Self, IngestError> {
        let quoted = |names: &[String]| {
            let quoted: Vec<_> = names
                .iter()
                .map(|name| format!("`{}`", excerpt(name.as_bytes())))
                .collect();
            quoted.join(", ")
        };
        let layout = match Layout::recognise(names, options.columns.as_ref()) {
            Recognition::Layout(layout) => *layout,
            Recognition::Near { missing, .. } => {
                return Err(IngestError::MissingColumn {
                    path: path.to_owned(),
                    missing,
                    found: quoted(names),
                });
            }
            Recognition::Unknown => {
                return Err(IngestError::NotRecognised {
                    path: path.to_owned(),
                    first_line: excerpt(names.join(",").as_bytes()),
                    hint: String::new(),
                });
            }
        };
        let mut used: Vec<usize> = Field::ALL
            .into_iter()
            .filter_map(|field| layout.column(field))
            .collect();
        used.sort_unstable();
        used.dedup();
        let unreadable = used.iter().find_map(|column| match &kinds[*column] {
            Kind::Other(kind) => Some((*column, kind)),
            _ => None,
        });
        if let Some((column, kind)) = unreadable {
            return Err(IngestError::BadTable {
                path: path.to_owned(),
                detail: format!(
                    "column `{}` is of type {kind}: expected numbers, texts, times or WKB points",
                    excerpt(names[column].as_bytes())
                ),
            });
        }
        let times_are_typed = layout
            .column(Field::Time)
            .is_some_and(|column| kinds[column] == Kind::Time);
        Ok(Self {
            layout,
            used,
            times_are_typed,
        })
    }

    /// The columns that hold a field, in their order.
    pub(crate) fn used(&self) -> &[usize] {
        &self.used
    }

    /// The column of times.
    pub(crate) fn time_column(&self) -> Option<usize> {
        self.layout.column(Field::Time)
    }

    /// The column of points, if it says where.
    pub(crate) fn point_column(&self) -> Option<usize> {
        self.layout.column(Field::Point)
    }

    /// The way to decode rows. `sample` holds the first values of the column of times; `again`
    /// gives the whole column from the beginning, batch by batch, and is asked only where the
    /// sample leaves open whether dates are day-first.
    pub(crate) fn into_feed(
        mut self,
        sample: &Values,
        again: &mut dyn FnMut() -> Option<Values>,
        options: &ReadOptions,
        stem: &str,
        path: &Path,
    ) -> Result<Feed, IngestError> {
        let (time, note) = if self.times_are_typed {
            let note = "a column of times; UTC where it names no time zone".to_owned();
            (TimeFormat::UnixMillis, Some(note))
        } else {
            self.time_by_values(sample, again, options, path)?
        };
        if let Some(note) = note {
            self.layout.add_note(Field::Time, &note);
        }
        Ok(Feed {
            lines: Lines {
                used: self.used,
                width: self.layout.names.len(),
                line: Vec::new(),
                ends: Vec::new(),
            },
            decoder: RowDecoder::new(self.layout, time, stem),
        })
    }

    fn time_by_values(
        &self,
        sample: &Values,
        again: &mut dyn FnMut() -> Option<Values>,
        options: &ReadOptions,
        path: &Path,
    ) -> Result<(TimeFormat, Option<String>), IngestError> {
        // The choice is that of a CSV in which nothing but the times stands.
        let header = Header {
            layout: self.layout.clone(),
            structural: Structural {
                delimiter: SEPARATOR,
                line_end: b'\n',
            },
            next: 0,
            notices: Vec::new(),
        };
        let mut lines = Vec::new();
        self.write_times(sample, &mut lines);
        match choose(&header, &lines, options.date_order, path)? {
            Choice::Settled(format, note) => Ok((format, note)),
            Choice::Undecided { value } => {
                let times = TimeLines {
                    scheme: self,
                    again,
                    lines: Vec::new(),
                    at: 0,
                };
                let width = self.layout.names.len();
                let records = Records::new(Chunks::new(times, CHUNK), header.structural, width, 0);
                decide(records, &header, &value, path)
            }
        }
    }

    /// One line a value, in the place that the column of times has.
    fn write_times(&self, times: &Values, lines: &mut Vec<u8>) {
        let column = self.layout.column(Field::Time).unwrap_or(0);
        let width = self.layout.names.len();
        for row in 0..times.len() {
            lines.resize(lines.len() + column, SEPARATOR);
            times.write(row, lines);
            lines.resize(lines.len() + width.saturating_sub(column + 1), SEPARATOR);
            lines.push(b'\n');
        }
    }
}

/// The whole column of times as lines.
struct TimeLines<'a> {
    scheme: &'a Scheme,
    again: &'a mut dyn FnMut() -> Option<Values>,
    lines: Vec<u8>,
    at: usize,
}

impl Read for TimeLines<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.at == self.lines.len() {
            let Some(times) = (self.again)() else {
                return Ok(0);
            };
            self.lines.clear();
            self.at = 0;
            self.scheme.write_times(&times, &mut self.lines);
        }
        let mut rest = &self.lines[self.at..];
        let taken = rest.read(buffer)?;
        self.at += taken;
        Ok(taken)
    }
}

/// Makes records of rows of columns.
pub(crate) struct Feed {
    decoder: RowDecoder,
    lines: Lines,
}

impl Feed {
    /// Which column holds which field.
    pub(crate) fn layout(&self) -> &Layout {
        self.decoder.layout()
    }

    /// Takes the rows of a table in that come next; `columns` are the used ones, all of `rows`
    /// values.
    pub(crate) fn take<S: PositionSink>(
        &mut self,
        columns: &[Values],
        rows: usize,
        intake: &mut Intake,
        desk: &mut Desk,
        delivery: &Delivery<'_, S>,
    ) {
        /// How many rows are given to the sink at a time.
        const AT_ONCE: usize = 4096;
        let mut batch = Batch::default();
        for start in (0..rows).step_by(AT_ONCE) {
            let end = rows.min(start + AT_ONCE);
            delivery.progress.times.parse.time(|| {
                let table = Rows {
                    table: intake.tag(),
                    decoder: &self.decoder,
                    headers: None,
                };
                let mut batcher = Batcher::new(table, desk, &delivery.book, &mut batch);
                for row in start..end {
                    self.lines.write(columns, row);
                    batcher.record(&self.lines.record(), false);
                }
            });
            delivery.deliver(intake, &mut batch);
        }
    }
}

/// Writes rows of columns as lines.
struct Lines {
    used: Vec<usize>,
    width: usize,
    line: Vec<u8>,
    ends: Vec<u32>,
}

impl Lines {
    fn write(&mut self, columns: &[Values], row: usize) {
        self.line.clear();
        self.ends.clear();
        let mut used = self.used.iter().zip(columns).peekable();
        for column in 0..self.width {
            if let Some((_, values)) = used.next_if(|(used, _)| **used == column) {
                values.write(row, &mut self.line);
            }
            self.ends
                .push(u32::try_from(self.line.len()).unwrap_or(u32::MAX));
            self.line.push(SEPARATOR);
        }
        self.line.pop();
    }

    fn record(&self) -> Record<'_> {
        Record::of_texts(&self.line, &self.ends)
    }
}
