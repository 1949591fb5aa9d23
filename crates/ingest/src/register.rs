//! A register is a list of vessels: names and numbers, and the dates in which they were valid.

use crate::IngestError;
use crate::list::{Entry, IMO, ListFile, ListProblem, MMSI, NAME, Table};
use landfall_track::{RegisteredVessel, Timestamp};
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};

const ALIASES: &[&str] = &["aliases", "alias", "other_names"];
const CALL_SIGN: &[&str] = &["call_sign", "callsign"];
const VALID_FROM: &[&str] = &["valid_from", "from"];
const VALID_TO: &[&str] = &["valid_to", "to"];

/// A register as it was read.
///
/// Rows = vessels + rejected.
#[derive(Debug)]
pub struct RegisterTable {
    /// The path as given.
    pub path: PathBuf,
    /// The size in bytes.
    pub bytes: u64,
    /// SHA-256 of the file in hexadecimal; `None` of a frame.
    pub sha256: Option<String>,
    /// Rows after the header.
    pub rows: u64,
    /// The usable rows, in their order.
    pub vessels: Vec<RegisteredVessel>,
    /// Rows that cannot be used.
    pub rejected: Vec<ListProblem>,
    /// Rows that are used as they stand though something is odd, such as a wrong check digit or
    /// two identities of one ship at the same time.
    pub doubts: Vec<ListProblem>,
    /// Columns that are not used, as the header spells them.
    pub ignored_columns: Vec<String>,
}

/// Reads a register of vessels from CSV (comma, semicolon or tab; UTF-8; case and order of the
/// columns do not matter).
///
/// | column | holds |
/// |---|---|
/// | `name` | the name; needed |
/// | `aliases` | other spellings and short forms, separated by `;` or `\|` |
/// | `imo` | IMO number; a wrong check digit is marked |
/// | `mmsi` | MMSI; one that is no ship's is marked |
/// | `call_sign` | radio call sign |
/// | `valid_from`, `valid_to` | ISO 8601, UTC, both ends included; a date alone is the whole day; empty is open |
///
/// A ship that was renamed has one row for each of her names. Rows of one IMO number or one MMSI
/// whose dates overlap are marked, the later row naming the earlier.
///
/// # Errors
///
/// If the file cannot be read, is no table, has no row, or has no column `name`. A bad row is no
/// error but listed in `rejected`.
pub fn read_register(path: &Path) -> Result<RegisterTable, IngestError> {
    let file = ListFile::read(path)?;
    let mut register = register(path, file.content())?;
    register.bytes = file.bytes.len() as u64;
    register.sha256 = Some(file.sha256);
    Ok(register)
}

/// The register that a CSV's bytes are.
pub(crate) fn register(path: &Path, content: &[u8]) -> Result<RegisterTable, IngestError> {
    let table = Table::new(path, content)?;
    if !table.has(NAME) {
        return Err(IngestError::BadList {
            path: path.to_owned(),
            detail: format!(
                "it has no column `name`; found `{}`; expected \
                 name,aliases,imo,mmsi,call_sign,valid_from,valid_to",
                crate::list::shown(&table.header.join("`, `"))
            ),
        });
    }
    let mut register = RegisterTable {
        path: path.to_owned(),
        bytes: content.len() as u64,
        sha256: None,
        rows: 0,
        vessels: Vec::new(),
        rejected: Vec::new(),
        doubts: Vec::new(),
        ignored_columns: table.others(&[NAME, ALIASES, IMO, MMSI, CALL_SIGN, VALID_FROM, VALID_TO]),
    };
    table.for_each(|entry| {
        register.rows += 1;
        let mut doubts = Vec::new();
        match entry.and_then(|entry| vessel(&entry, &mut doubts)) {
            Ok(vessel) => {
                register.vessels.push(vessel);
                register.doubts.append(&mut doubts);
            }
            Err(problem) => register.rejected.push(problem),
        }
    });
    if register.rows == 0 {
        return Err(IngestError::BadList {
            path: path.to_owned(),
            detail: "it has a header and no row after it".to_owned(),
        });
    }
    mark_overlaps(&mut register);
    Ok(register)
}

fn vessel(
    entry: &Entry<'_>,
    doubts: &mut Vec<ListProblem>,
) -> Result<RegisteredVessel, ListProblem> {
    let name = entry.text(NAME).ok_or_else(|| entry.problem("no name"))?;
    let valid_from = entry.span(VALID_FROM)?.map(|span| span.first);
    let valid_to = entry.span(VALID_TO)?.map(|span| span.last);
    if let (Some(from), Some(to), Some(cell)) = (valid_from, valid_to, entry.cell(VALID_TO))
        && to < from
    {
        return Err(cell.problem(format!("lies before the first day of validity, {from}")));
    }
    Ok(RegisteredVessel {
        aliases: entry
            .text(ALIASES)
            .unwrap_or_default()
            .split([';', '|'])
            .map(str::trim)
            .filter(|alias| !alias.is_empty() && *alias != name)
            .map(str::to_owned)
            .collect(),
        name,
        imo: entry.imo(doubts)?,
        mmsi: entry.mmsi(doubts)?,
        call_sign: entry.text(CALL_SIGN),
        valid_from,
        valid_to,
        row: entry.row,
    })
}

/// Marks rows of one number whose dates overlap.
fn mark_overlaps(register: &mut RegisterTable) {
    let mut by_number: FxHashMap<(&str, String), Vec<&RegisteredVessel>> = FxHashMap::default();
    for vessel in &register.vessels {
        let imo = vessel.imo.map(|imo| ("imo", imo.to_string()));
        let mmsi = vessel.mmsi.map(|mmsi| ("mmsi", mmsi.to_string()));
        for number in imo.into_iter().chain(mmsi) {
            by_number.entry(number).or_default().push(vessel);
        }
    }
    let mut found = Vec::new();
    for ((column, number), mut vessels) in by_number {
        vessels.sort_by_key(|vessel| (vessel.valid_from.unwrap_or(Timestamp::MIN), vessel.row));
        // The row that is valid longest among those before.
        let mut longest: Option<&RegisteredVessel> = None;
        for vessel in vessels {
            let end = |vessel: &RegisteredVessel| vessel.valid_to.unwrap_or(Timestamp::MAX);
            if let Some(before) = longest
                && vessel.valid_from.unwrap_or(Timestamp::MIN) <= end(before)
            {
                let (earlier, later) = if before.row < vessel.row {
                    (before, vessel)
                } else {
                    (vessel, before)
                };
                found.push(ListProblem {
                    row: later.row,
                    column: column.to_owned(),
                    value: number.clone(),
                    problem: format!(
                        "also that of `{}` in row {}, and the dates overlap; both are kept",
                        crate::list::shown(&earlier.name),
                        earlier.row
                    ),
                });
            }
            if longest.is_none_or(|before| end(before) < end(vessel)) {
                longest = Some(vessel);
            }
        }
    }
    register.doubts.append(&mut found);
    register
        .doubts
        .sort_by(|a, b| (a.row, &a.column, &a.problem).cmp(&(b.row, &b.column, &b.problem)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    fn read(content: &str) -> Result<RegisterTable, IngestError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vessels.csv");
        std::fs::write(&path, content).unwrap();
        read_register(&path)
    }

    fn told(problems: &[ListProblem]) -> String {
        problems.iter().fold(String::new(), |mut text, problem| {
            writeln!(text, "{problem}").unwrap();
            text
        })
    }

    #[test]
    fn a_renamed_ship_has_two_rows_and_no_doubt() {
        let register = read(
            "Name;Aliases;IMO;MMSI;Call Sign;Valid-From;valid_to;flag\n\
             Old;;9358010;273291160;UBGW2;;2022-05-31;RU\n\
             New;Newer|Newest;IMO 9358010;273291160;UBGW2;2022-06-01;;RU\n",
        )
        .unwrap();
        assert_eq!(register.rows, 2);
        assert_eq!(told(&register.doubts), "");
        assert_eq!(register.ignored_columns, ["flag"]);
        let new = &register.vessels[1];
        assert_eq!(new.aliases, ["Newer", "Newest"]);
        assert_eq!(new.imo, register.vessels[0].imo);
        assert_eq!(
            register.vessels[0].valid_to.unwrap().to_string(),
            "2022-05-31T23:59:59.999Z"
        );
        assert_eq!(new.valid_to, None);
    }

    #[test]
    fn overlapping_dates_and_wrong_check_digits_are_marked_and_kept() {
        let register = read(
            "name,imo,mmsi,valid_from,valid_to\n\
             A,9358010,,2020-01-01,2021-12-31\n\
             B,9358010,,2021-06-01,\n\
             C,9358011,970123456,,\n",
        )
        .unwrap();
        assert_eq!(register.vessels.len(), 3);
        insta::assert_snapshot!(told(&register.doubts), @r"
        row 2, column `imo`, value `9358010`: also that of `A` in row 1, and the dates overlap; both are kept
        row 3, column `imo`, value `9358011`: its check digit is wrong; kept as it stands
        row 3, column `mmsi`, value `970123456`: an MMSI of class `distress_device`, not a ship's; kept as it stands
        ");
    }

    #[test]
    fn a_bad_row_is_listed_and_the_others_are_kept() {
        let register = read(
            "name,imo,valid_from,valid_to\n\
             ,9358010,,\n\
             B,93580101,,\n\
             C,,2022-13-01,\n\
             D,,2022-02-01,2022-01-01\n\
             E,,\n\
             F,,,\n",
        )
        .unwrap();
        assert_eq!((register.rows, register.vessels.len()), (6, 1));
        insta::assert_snapshot!(told(&register.rejected), @r"
        row 1: no name
        row 2, column `imo`, value `93580101`: expected an IMO number of seven digits, such as 9358010
        row 3, column `valid_from`, value `2022-13-01`: expected a time in ISO 8601, such as 2023-09-07 or 2023-09-07T10:30:00Z
        row 4, column `valid_to`, value `2022-01-01`: lies before the first day of validity, 2022-02-01T00:00:00Z
        row 5: 3 fields, but the header has 4: is a separator missing, or a quote left open?
        ");
    }

    #[test]
    fn a_file_that_is_no_register_says_what_was_expected() {
        let error = read("mmsi,lat\n1,2\n").unwrap_err().to_string();
        assert!(
            error.contains("has no column `name`; found `mmsi`, `lat`"),
            "{error}"
        );
        assert!(matches!(read(" \n"), Err(IngestError::Empty { .. })));
        assert!(
            read("name,imo\n")
                .unwrap_err()
                .to_string()
                .contains("no row after it")
        );
        let missing = read_register(Path::new("/nowhere/vessels.csv"));
        assert!(matches!(missing, Err(IngestError::NotFound { .. })));
    }

    #[test]
    fn the_ships_of_the_bundled_case_are_read_without_a_doubt() {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/najin-vostochny/vessels.csv");
        let register = read_register(&path).unwrap();
        assert_eq!(told(&register.rejected) + &told(&register.doubts), "");
        let names: Vec<_> = register
            .vessels
            .iter()
            .map(|vessel| vessel.name.as_str())
            .collect();
        assert_eq!(
            names,
            ["Angara", "Maria", "Maia-1", "Lady R", "Lady Mariia"]
        );
        assert_eq!(register.vessels[2].aliases, ["Maia", "Maia 1"]);
    }
}
