//! What a table's name and the folders above it say: values that all its rows share, and the vessel
//! where no column names one.
//!
//! A table's name is its path as given, for a member of an archive with the member's behind it. The
//! folders are taken as they are written; nothing is looked up on disk.

use crate::format::normalised;
use crate::inputs::stem;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A column that stands in a folder's name, `key=value`, as data sets are partitioned in the manner
/// of Hive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Partition {
    /// The column's name as it is written.
    pub key: String,
    /// The value that all rows have; `None` for absent.
    pub value: Option<String>,
}

/// All such columns of a table, the innermost folder's first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Partitions(pub Vec<Partition>);

impl Partitions {
    /// The columns in the folders of a table's name. Where a key comes twice the inner one counts.
    pub(crate) fn of(name: &str) -> Self {
        let mut found: Vec<Partition> = Vec::new();
        let mut folders: Vec<&str> = parts(name).collect();
        folders.pop();
        for folder in folders.into_iter().rev() {
            let Some((key, value)) = folder.split_once('=') else {
                continue;
            };
            let key = decoded(key);
            let is_known = |other: &Partition| normalised(&other.key) == normalised(&key);
            if !normalised(&key).is_empty() && !found.iter().any(is_known) {
                let value = decoded(value);
                let is_absent = value.is_empty() || value == "__HIVE_DEFAULT_PARTITION__";
                found.push(Partition {
                    key,
                    value: (!is_absent).then_some(value),
                });
            }
        }
        Self(found)
    }

    /// The day that all rows have: from a column `date`, or from `year`, `month` and `day`.
    pub(crate) fn date(&self) -> Option<String> {
        let value = |keys: &[&str]| {
            let named = |one: &&Partition| keys.contains(&normalised(&one.key).as_str());
            self.0.iter().find(named)?.value.as_deref()
        };
        if let Some(date) = value(&["date", "dt", "ds", "dateutc", "utcdate"]) {
            return Some(date.to_owned());
        }
        let number = |keys: &[&str]| value(keys)?.trim().parse::<u32>().ok();
        let (year, month, day) = (
            number(&["year", "yyyy"])?,
            number(&["month", "mm"])?,
            number(&["day", "dd"])?,
        );
        Some(format!("{year:04}-{month:02}-{day:02}"))
    }
}

/// A name's folders and its last part; an archive is a folder of its members.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    let is_told = |part: &&str| !part.is_empty() && *part != ".";
    name.split(['/', '\\', '!']).filter(is_told)
}

/// A text in which `%2F` and the like stand for bytes. What is no such thing stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .and_then(|code| std::str::from_utf8(code).ok());
        let code = code
            .filter(|code| code.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        if let (b'%', Some(code)) = (byte, code) {
            bytes.push(code);
            rest = &after[2..];
        } else {
            bytes.push(*byte);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The vessels that tables are named after, where none of their columns names one.
///
/// That is the file's name without its endings: `416000000` of `tracks/416000000.csv.gz`. Where several
/// inputs of a run have one name, as every track of a download is called `data.csv`, it is the name of
/// the folder (or archive) that the file is in, with as many of the folders above as tell all of them
/// apart. Folders that are dates (`2023`, `2023-05`, `year=2023`) tell no vessels apart, and a name of
/// nine digits is an MMSI wherever it stands. The order of the inputs does not matter.
#[derive(Clone, Debug, Default)]
pub(crate) struct VesselNames {
    /// By table, where it is not simply the name without endings.
    by_table: HashMap<String, String>,
}

impl VesselNames {
    /// The vessels that a run's tables are named after.
    pub(crate) fn new<'n>(tables: impl IntoIterator<Item = &'n str>) -> Self {
        let mut groups: BTreeMap<&str, BTreeMap<Vec<&str>, Vec<&str>>> = BTreeMap::new();
        for table in tables {
            let group = groups.entry(stem_of(table)).or_default();
            group.entry(telling_folders(table)).or_default().push(table);
        }
        // How many groups would use each name.
        let mut owners: BTreeMap<String, usize> = BTreeMap::new();
        let mut named = Vec::new();
        for (stem, group) in &groups {
            let is_mmsi = stem.len() == 9 && stem.bytes().all(|byte| byte.is_ascii_digit());
            if group.len() < 2 || is_mmsi {
                *owners.entry((*stem).to_owned()).or_default() += 1;
                continue;
            }
            let depth = depth_that_tells(&group.keys().collect::<Vec<_>>());
            let name_of = |folders: &[&str]| {
                if folders.is_empty() {
                    (*stem).to_owned()
                } else {
                    folders[folders.len().saturating_sub(depth)..].join("/")
                }
            };
            let names: Vec<String> = group.keys().map(|folders| name_of(folders)).collect();
            for name in &names {
                *owners.entry(name.clone()).or_default() += 1;
            }
            named.push((*stem, group, names));
        }
        let mut by_table = HashMap::new();
        for (stem, group, names) in named {
            let is_clear = names.iter().all(|name| owners.get(name) == Some(&1));
            for ((folders, tables), name) in group.iter().zip(names) {
                let name = if is_clear || folders.is_empty() {
                    name
                } else {
                    format!("{name}/{stem}")
                };
                by_table.extend(
                    tables
                        .iter()
                        .map(|table| ((*table).to_owned(), name.clone())),
                );
            }
        }
        Self { by_table }
    }

    /// The vessel that a table is named after.
    pub(crate) fn of<'n>(&'n self, table: &'n str) -> &'n str {
        let known = self.by_table.get(table);
        known.map_or_else(|| stem_of(table), String::as_str)
    }
}

fn stem_of(table: &str) -> &str {
    stem(parts(table).last().unwrap_or(table))
}

/// The folders that may tell one vessel's table from another's; an archive without its ending.
fn telling_folders(table: &str) -> Vec<&str> {
    let mut folders: Vec<&str> = parts(table).collect();
    folders.pop();
    let mut after_date = false;
    folders.retain(|folder| {
        after_date = is_date(folder, after_date);
        !after_date && !folder.contains('=')
    });
    folders.into_iter().map(stem).collect()
}

/// Whether a folder is named after a date: a year, a month or a day, or behind one a number below it.
fn is_date(folder: &str, after_date: bool) -> bool {
    let digits: String = folder
        .chars()
        .filter(|letter| !matches!(letter, '-' | '_'))
        .collect();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let part = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse().ok());
    let is_in = |part: Option<u32>, from, to| part.is_none_or(|part| (from..=to).contains(&part));
    match digits.len() {
        4 | 6 | 8 => {
            is_in(part(0, 4), 1970, 2100) && is_in(part(4, 6), 1, 12) && is_in(part(6, 8), 1, 31)
        }
        1 | 2 => after_date,
        _ => false,
    }
}

/// How many of the innermost folders tell all of them apart.
fn depth_that_tells(all: &[&Vec<&str>]) -> usize {
    let most = all
        .iter()
        .map(|folders| folders.len())
        .max()
        .unwrap_or_default();
    let tells = |depth: &usize| {
        let mut seen = BTreeSet::new();
        let mut ends = all
            .iter()
            .map(|folders| &folders[folders.len().saturating_sub(*depth)..]);
        ends.all(|end| seen.insert(end))
    };
    (1..most).find(tells).unwrap_or(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(tables: &[&str]) -> Vec<String> {
        let names = VesselNames::new(tables.iter().copied());
        let mut backwards: Vec<&str> = tables.to_vec();
        backwards.reverse();
        let again = VesselNames::new(backwards);
        tables
            .iter()
            .map(|table| {
                assert_eq!(names.of(table), again.of(table));
                names.of(table).to_owned()
            })
            .collect()
    }

    #[test]
    fn a_name_that_no_other_input_has_is_the_vessel() {
        assert_eq!(
            named(&["a/one.csv", "a/two.csv.gz", "b.zip!three.csv"]),
            ["one", "two", "three"]
        );
        assert_eq!(VesselNames::default().of("a/data.csv"), "data");
    }

    #[test]
    fn names_that_repeat_take_as_many_folders_as_tell_them_apart() {
        assert_eq!(
            named(&["t/aaaa/data.csv", "t/bbbb/data.csv"]),
            ["aaaa", "bbbb"]
        );
        assert_eq!(
            named(&[
                "x/a/track/data.csv",
                "x/b/track/data.csv",
                "./c/track/data.csv"
            ]),
            ["a/track", "b/track", "c/track"]
        );
        assert_eq!(named(&["data.csv", "a/data.csv"]), ["data", "a"]);
        assert_eq!(
            named(&["one.zip!data.csv", "two.zip!data.csv"]),
            ["one", "two"]
        );
        assert_eq!(
            named(&["a/x.csv", "a/x.csv.gz", "b/x.csv"]),
            ["a", "a", "b"]
        );
    }

    #[test]
    fn folders_that_would_name_two_vessels_alike_keep_the_files_name() {
        assert_eq!(
            named(&["a/data.csv", "b/data.csv", "a/track.csv", "b/track.csv"]),
            ["a/data", "b/data", "a/track", "b/track"]
        );
        assert_eq!(
            named(&["a/data.csv", "b/data.csv", "c/a.csv"]),
            ["a/data", "b/data", "a"]
        );
    }

    #[test]
    fn dates_and_mmsis_in_names_tell_no_vessels_apart() {
        assert_eq!(
            named(&[
                "2021/hull.csv",
                "2022/hull.csv",
                "2022/05/31/hull.csv",
                "2023-01/hull.csv"
            ]),
            ["hull"; 4]
        );
        assert_eq!(
            named(&["a/416000000.csv", "b/416000000.csv"]),
            ["416000000"; 2]
        );
        assert_eq!(
            named(&[
                "a/2021/data.csv",
                "b/2021/data.csv",
                "a/2022/data.csv",
                "year=1/a/data.csv"
            ]),
            ["a", "b", "a", "a"]
        );
    }

    #[test]
    fn folders_with_keys_are_columns() {
        let of = |name: &str| {
            let found = Partitions::of(name).0;
            let shown = found
                .into_iter()
                .map(|it| format!("{}:{:?}", it.key, it.value));
            shown.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            of("set/mmsi=235000001/year=2026/a.parquet"),
            "year:Some(\"2026\") mmsi:Some(\"235000001\")"
        );
        assert_eq!(
            of("name=A%20%26%2FB/x=%zz/a.csv"),
            "x:Some(\"%zz\") name:Some(\"A &/B\")"
        );
        assert_eq!(of("mmsi=__HIVE_DEFAULT_PARTITION__/a.csv"), "mmsi:None");
        assert_eq!(of("mmsi=1/b/mmsi=2/a.csv"), "mmsi:Some(\"2\")");
        assert_eq!(of("a.zip!mmsi=1/a.csv"), "mmsi:Some(\"1\")");
        assert_eq!(of("=1/mmsi=1.csv"), "");
    }

    #[test]
    fn a_day_comes_from_one_folder_or_from_three() {
        let date = |name: &str| Partitions::of(name).date();
        assert_eq!(date("date=2026-03-01/a.csv").as_deref(), Some("2026-03-01"));
        assert_eq!(
            date("year=2026/month=3/day=01/a.csv").as_deref(),
            Some("2026-03-01")
        );
        assert_eq!(date("year=2026/month=3/a.csv"), None);
    }
}
