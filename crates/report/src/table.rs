//! A table is one of the CSV files: vessels, flagged reports, rejected rows.
//!
//! Fields are quoted where RFC 4180 asks for it and where they hold a `#`. Texts from AIS are typed by
//! strangers, and these files are opened in spreadsheets: a cell that begins like a formula (`=`, `+`,
//! `-`, `@`) and is no number gets an apostrophe in front, and characters that are not seen are written
//! as `\u{1b}`. The `GeoJSON` layers hold every text as it was sent.

use crate::foreign::{cell, shown};
use crate::format::BUFFER_BYTES;
use crate::{OutputFile, ReportError};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A CSV file being written.
pub(crate) struct Table {
    path: PathBuf,
    name: &'static str,
    rows: u64,
    out: csv::Writer<BufWriter<File>>,
}

impl Table {
    /// Starts a table: a `# notice:` line for every notice, then the header.
    pub(crate) fn create(
        folder: &Path,
        name: &'static str,
        header: &[&str],
        notices: &[String],
    ) -> Result<Self, ReportError> {
        let path = folder.join(name);
        let file = File::create(&path).map_err(ReportError::io("create", &path))?;
        let mut file = BufWriter::with_capacity(BUFFER_BYTES, file);
        for notice in notices {
            // A notice is one line, whatever it held.
            let line = shown(&notice.replace(['\r', '\n'], " ")).into_owned();
            writeln!(file, "# notice: {line}").map_err(ReportError::io("write", &path))?;
        }
        let out = csv::WriterBuilder::new()
            .comment(Some(b'#'))
            .from_writer(file);
        let mut table = Self {
            path,
            name,
            rows: 0,
            out,
        };
        table.write(header.iter().map(|name| name.as_bytes()))?;
        Ok(table)
    }

    /// Writes a row.
    pub(crate) fn row(&mut self, fields: &[&str]) -> Result<(), ReportError> {
        self.rows += 1;
        let cells: Vec<_> = fields.iter().map(|field| cell(field)).collect();
        self.write(cells.iter().map(|cell| cell.as_bytes()))
    }

    fn write<'f>(&mut self, fields: impl Iterator<Item = &'f [u8]>) -> Result<(), ReportError> {
        self.out
            .write_record(fields)
            .map_err(|error| ReportError::io("write", &self.path)(error.into()))
    }

    /// Writes what is left, and fills in the last two cells of those rows whose first cell is a key of
    /// `last_two`.
    pub(crate) fn finish_with(
        self,
        last_two: &BTreeMap<String, [String; 2]>,
    ) -> Result<OutputFile, ReportError> {
        let path = self.path.clone();
        let file = self.finish()?;
        if !last_two.is_empty() {
            fill_in(&path, last_two).map_err(ReportError::io("write", &path))?;
        }
        Ok(file)
    }

    /// Writes what is left.
    pub(crate) fn finish(mut self) -> Result<OutputFile, ReportError> {
        self.out
            .flush()
            .map_err(ReportError::io("write", &self.path))?;
        Ok(OutputFile {
            name: self.name.to_owned(),
            records: self.rows,
        })
    }
}

/// Writes a table anew with the last two cells of its rows filled in. No cell holds a line's end.
fn fill_in(path: &Path, last_two: &BTreeMap<String, [String; 2]>) -> std::io::Result<()> {
    let new = path.with_extension("filled");
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, File::create(&new)?);
    for line in BufReader::with_capacity(BUFFER_BYTES, File::open(path)?).lines() {
        let line = line?;
        match filled(&line, last_two) {
            Some(bytes) => out.write_all(&bytes)?,
            None => writeln!(out, "{line}")?,
        }
    }
    out.flush()?;
    drop(out);
    std::fs::rename(new, path)
}

/// A row with its last two cells filled in; `None` if there is nothing to fill in.
fn filled(line: &str, last_two: &BTreeMap<String, [String; 2]>) -> Option<Vec<u8>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .comment(Some(b'#'))
        .from_reader(line.as_bytes());
    let row = reader.records().next()?.ok()?;
    let values = last_two.get(row.get(0)?)?;
    let kept = row.iter().take(row.len().saturating_sub(2));
    let mut writer = csv::WriterBuilder::new()
        .comment(Some(b'#'))
        .from_writer(Vec::new());
    writer
        .write_record(kept.chain(values.iter().map(String::as_str)))
        .ok()?;
    writer.into_inner().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_computes_and_none_hides_anything() {
        let folder = tempfile::tempdir().unwrap();
        let notices = ["two\nlines\u{1b}[31m".to_owned()];
        let mut table = Table::create(folder.path(), "t.csv", &["a", "b"], &notices).unwrap();
        let rows = [
            ["=1+1", "# no comment"],
            ["a,\"b\"", "tab\tnul\0"],
            ["line\r\nbreak", "-73.5"],
            ["@SUM(A1)", "+cmd|' /C calc'!A0"],
        ];
        for row in rows {
            table.row(&row).unwrap();
        }
        let file = table.finish().unwrap();
        assert_eq!((file.name.as_str(), file.records), ("t.csv", 4));
        let text = std::fs::read_to_string(folder.path().join("t.csv")).unwrap();
        assert_eq!(
            text,
            "# notice: two lines\\u{1b}[31m\n\
             a,b\n\
             '=1+1,\"# no comment\"\n\
             \"a,\"\"b\"\"\",tab\\u{9}nul\\u{0}\n\
             line\\u{d}\\u{a}break,-73.5\n\
             '@SUM(A1),'+cmd|' /C calc'!A0\n"
        );
        let mut reader = csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .from_reader(text.as_bytes());
        assert_eq!(reader.records().filter_map(Result::ok).count(), 4);
    }

    #[test]
    fn the_last_two_cells_can_be_filled_in_when_all_rows_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let header = ["id", "name", "before", "after"];
        let mut table = Table::create(folder.path(), "t.csv", &header, &["n".to_owned()]).unwrap();
        for row in [["a,b", "=x \"y\""], ["id", "#"], ["=c", ""], ["a,b", "z"]] {
            table.row(&[row[0], row[1], "", ""]).unwrap();
        }
        let ids = |before: &str, after: &str| [before.to_owned(), after.to_owned()];
        let last_two = BTreeMap::from([
            ("a,b".to_owned(), ids("", "'=c")),
            ("'=c".to_owned(), ids("a,b", "")),
        ]);
        let file = table.finish_with(&last_two).unwrap();
        assert_eq!((file.name.as_str(), file.records), ("t.csv", 4));
        let text = std::fs::read_to_string(folder.path().join("t.csv")).unwrap();
        assert_eq!(
            text,
            "# notice: n\n\
             id,name,before,after\n\
             \"a,b\",\"'=x \"\"y\"\"\",,'=c\n\
             id,\"#\",,\n\
             '=c,,\"a,b\",\n\
             \"a,b\",z,,'=c\n"
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_an_error_with_the_path() {
        let mut table = Table::create(Path::new("/dev"), "full", &["a"], &[]).unwrap();
        table.row(&["1"]).unwrap();
        let error = table.finish().unwrap_err();
        assert_eq!(error.to_string(), "cannot write `/dev/full`");
        let ReportError::Io { source, .. } = error else {
            panic!("{error:?}")
        };
        assert_eq!(source.kind(), std::io::ErrorKind::StorageFull);
    }
}
