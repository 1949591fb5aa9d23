//! A table is one of the CSV files: vessels, flagged reports, rejected rows.
//!
//! Fields are quoted where RFC 4180 asks for it and where they hold a `#`; texts are kept byte for
//! byte, control characters too. A name that begins with `=`, `+`, `-` or `@` is written as it was
//! sent: these files are evidence, and a changed name would be false. Import them into a
//! spreadsheet as text.

use crate::format::BUFFER_BYTES;
use crate::{OutputFile, ReportError};
use std::fs::File;
use std::io::{BufWriter, Write};
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
            let line = notice.replace(['\r', '\n'], " ");
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
        table.write(header)?;
        Ok(table)
    }

    /// Writes a row.
    pub(crate) fn row(&mut self, fields: &[&str]) -> Result<(), ReportError> {
        self.rows += 1;
        self.write(fields)
    }

    fn write(&mut self, fields: &[&str]) -> Result<(), ReportError> {
        self.out
            .write_record(fields)
            .map_err(|error| ReportError::io("write", &self.path)(error.into()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_byte_for_byte() {
        let folder = tempfile::tempdir().unwrap();
        let notices = ["two\nlines".to_owned()];
        let mut table = Table::create(folder.path(), "t.csv", &["a", "b"], &notices).unwrap();
        let rows = [
            ["=1+1", "# no comment"],
            ["a,\"b\"", "tab\tnul\0"],
            ["line\r\nbreak", ""],
        ];
        for row in rows {
            table.row(&row).unwrap();
        }
        let file = table.finish().unwrap();
        assert_eq!((file.name.as_str(), file.records), ("t.csv", 3));
        let text = std::fs::read_to_string(folder.path().join("t.csv")).unwrap();
        assert!(text.starts_with("# notice: two lines\na,b\n=1+1,\"# no comment\"\n"));
        let mut reader = csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .from_reader(text.as_bytes());
        let read: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
        assert_eq!(read, rows.map(|row| csv::StringRecord::from(row.to_vec())));
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
