//! A typed table is rows in columns of numbers, times and texts, as Parquet files and frames hold
//! them. Its rows become the same records that a CSV has, and go through the same decoder.

use crate::all_rows::AllRows;
use crate::batch::{Batch, Batcher, Desk, Rows};
use crate::block::TakesRows;
use crate::csv_file;
use crate::error::IngestError;
use crate::excerpt::excerpt;
use crate::field::Field;
use crate::halves;
use crate::intake::{Delivery, Intake};
use crate::layout::{Layout, Recognition};
use crate::positions::{PositionSink, ReadOptions};
use crate::records::Record;
use crate::row::RowDecoder;
use crate::table_name::Partitions;
use crate::time_choice::choose;
use crate::time_format::TimeFormat;
use crate::values::{Kind, Values};
use std::path::Path;
use std::sync::Arc;

/// What separates the texts of one record; it never stands in one (see [`Values::write`]).
const SEPARATOR: u8 = 0x1f;

/// Which column of a typed table holds which field.
#[derive(Debug)]
pub(crate) struct Scheme {
    layout: Layout,
    names: Vec<String>,
    kinds: Vec<Kind>,
    /// The columns that hold a field, in their order. The others need not be read.
    used: Vec<usize>,
    /// What is to be told of how the table is read.
    pub(crate) remark: Option<String>,
}

/// Gives the rows of a typed table with some of its columns, in their order, in the places that they
/// have in the whole table.
pub(crate) type RowsOf<'a> = dyn Fn(&[usize]) -> Arc<dyn AllRows> + 'a;

impl Scheme {
    /// Recognises a format by the columns' names, and those of folders in the path, and finds out
    /// whether dates and times of day stand apart.
    pub(crate) fn recognise(
        names: &[String],
        kinds: &[Kind],
        rows_of: &RowsOf<'_>,
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
        let partitions = Partitions::of(&path.to_string_lossy());
        let layout = match Layout::recognise(names, &partitions, options.columns.as_ref()) {
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
        let mut scheme = Self {
            layout,
            names: names.to_vec(),
            kinds: kinds.to_vec(),
            used: Vec::new(),
            remark: None,
        };
        scheme.check(path)?;
        let wide = || Some(rows_of(&scheme.columns_of_times()));
        let narrow = rows_of(&scheme.used);
        let mut layout = scheme.layout.clone();
        scheme.remark = halves::settle(&mut layout, &*narrow, &wide, path)?;
        scheme.layout = layout;
        scheme.check(path)?;
        Ok(scheme)
    }

    /// Lists the columns that are used, and refuses those that cannot be what they are taken for.
    fn check(&mut self, path: &Path) -> Result<(), IngestError> {
        let fields = Field::ALL.into_iter();
        self.used = fields
            .filter_map(|field| self.layout.column(field))
            .collect();
        self.used.sort_unstable();
        self.used.dedup();
        let refuse = |detail| {
            Err(IngestError::BadTable {
                path: path.to_owned(),
                detail,
            })
        };
        let name = |column: usize| excerpt(self.names[column].as_bytes());
        for field in [Field::Mmsi, Field::VesselId, Field::Time, Field::Date] {
            let column = self.layout.column(field);
            let Some(column) = column.filter(|column| self.kinds[*column] == Kind::Single) else {
                continue;
            };
            let lost = match field {
                Field::Mmsi | Field::VesselId => "MMSIs of nine digits have become others in it",
                _ => "times are minutes off in it",
            };
            return refuse(format!(
                "column `{}` ({}) is of type Float32, which holds seven digits: {lost}; write it \
                 again from its source as a whole number (Int64) or a text",
                name(column),
                field.label()
            ));
        }
        for column in &self.used {
            if let Kind::Other(kind) = &self.kinds[*column] {
                return refuse(format!(
                    "column `{}` is of type {kind}: expected numbers, texts, times or WKB points",
                    name(*column)
                ));
            }
        }
        Ok(())
    }

    /// The columns that are used, and those that may hold a date or a time of day.
    fn columns_of_times(&self) -> Vec<usize> {
        /// More are not looked at.
        const MOST: usize = 64;
        let may_be = |column: &usize| match self.kinds[*column] {
            Kind::Time | Kind::Clock => true,
            Kind::Plain => halves::is_named_like_one(&self.names[*column]),
            Kind::Single | Kind::Other(_) => false,
        };
        let others = (0..self.names.len()).filter(may_be).take(MOST);
        let mut columns: Vec<usize> = self.used.iter().copied().chain(others).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// The columns that hold a field, in their order.
    pub(crate) fn used(&self) -> &[usize] {
        &self.used
    }

    /// The column of points, if it says where.
    pub(crate) fn point_column(&self) -> Option<usize> {
        self.layout.column(Field::Point)
    }

    /// The way to decode rows, all of which `rows_of` gives for what they must tell themselves.
    pub(crate) fn into_feed(
        mut self,
        rows_of: &RowsOf<'_>,
        options: &ReadOptions,
        vessel: &str,
        path: &Path,
    ) -> Result<Feed, IngestError> {
        let dated = self.layout.dated();
        let is_typed = |column: usize| self.kinds[column] == Kind::Time;
        let (time, note) = if self.layout.column(dated).is_some_and(is_typed) {
            let note = "a column of times; UTC where it names no time zone".to_owned();
            (TimeFormat::UnixMillis, Some(note))
        } else {
            let times = rows_of(self.layout.column(dated).as_slice());
            choose(&self.layout, &*times, &*times, options.date_order, path)?
        };
        if let Some(note) = note {
            self.layout.add_note(dated, &note);
        }
        let lines = Lines::new(&self.used, self.names.len());
        let rows = rows_of(&self.used);
        Ok(Feed {
            lines,
            decoder: RowDecoder::new(self.layout, time, vessel, &rows, path)?,
        })
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

    /// Notes what is to be told of how the table was read, when all its rows are.
    pub(crate) fn tell(&self, intake: &mut Intake) {
        csv_file::tell(&self.decoder, intake);
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
pub(crate) struct Lines {
    used: Vec<usize>,
    width: usize,
    line: Vec<u8>,
    ends: Vec<u32>,
}

impl Lines {
    /// For some columns of a table, in their order, which has so many in all.
    pub(crate) fn new(used: &[usize], width: usize) -> Self {
        Self {
            used: used.to_vec(),
            width,
            line: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Writes a row of the columns.
    pub(crate) fn write(&mut self, columns: &[Values], row: usize) {
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

    /// The row that was written last.
    pub(crate) fn record(&self) -> Record<'_> {
        Record::of_texts(&self.line, &self.ends)
    }
}
