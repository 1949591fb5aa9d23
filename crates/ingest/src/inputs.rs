//! Inputs are the files that the arguments of a run stand for.

use crate::IngestError;
use crate::input_file::is_standard_input;
use globset::{GlobBuilder, GlobMatcher};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// Endings of tables, without the point.
const TABLES: [&str; 6] = ["csv", "tsv", "txt", "parquet", "pq", "geoparquet"];

/// Endings of what tables are packed in, without the point.
const PACKED: [&str; 3] = ["gz", "zst", "zip"];

/// The files that arguments stand for: files, folders and patterns.
///
/// A folder stands for all files in it and below that look like tables, sorted by name; hidden ones
/// are left out, and so are folders that an earlier run of Landfall wrote. A pattern (`*`, `**`, `?`, `[...]`) stands for all files that match, sorted by
/// name, whatever their endings. The order of the arguments is kept. A file that is named more than
/// once, by whatever path, is read once, where it is named first: read twice, it would be nothing
/// but duplicates.
///
/// # Errors
///
/// If an argument does not exist, a folder holds no table, a pattern matches nothing or is none,
/// a folder is the output of an earlier run, or a folder cannot be read.
pub fn expand_inputs(args: &[PathBuf]) -> Result<Vec<PathBuf>, IngestError> {
    let mut inputs = Vec::new();
    let mut seen = HashSet::new();
    for arg in args {
        let before = inputs.len();
        if is_standard_input(arg) {
            inputs.push(arg.clone());
        } else if arg.is_dir() {
            if is_own_output(arg) {
                return Err(IngestError::OwnOutput { path: arg.clone() });
            }
            let mut found = Vec::new();
            walk(arg, &mut Vec::new(), &mut |path| {
                if looks_like_a_table(path) {
                    found.push(path.to_owned());
                }
            })?;
            if found.is_empty() {
                return Err(IngestError::EmptyFolder { path: arg.clone() });
            }
            inputs.append(&mut found);
        } else if fs::symlink_metadata(arg).is_ok() {
            inputs.push(arg.clone());
        } else {
            inputs.append(&mut matches(arg)?);
        }
        let named = inputs.split_off(before);
        inputs.extend(named.into_iter().filter(|path| {
            let is_standard = is_standard_input(path);
            let canonical = fs::canonicalize(path).ok().filter(|_| !is_standard);
            seen.insert(canonical.unwrap_or_else(|| path.clone()))
        }));
    }
    Ok(inputs)
}

/// The files that match a pattern.
fn matches(pattern: &Path) -> Result<Vec<PathBuf>, IngestError> {
    let text = pattern.to_string_lossy().into_owned();
    if !text.contains(['*', '?', '[', '{']) {
        return Err(IngestError::NotFound {
            path: pattern.to_owned(),
        });
    }
    let matcher = matcher(&text)?;
    let fixed: PathBuf = pattern
        .components()
        .take_while(|part| {
            let name = part.as_os_str().to_string_lossy();
            !matches!(part, Component::Normal(_)) || !name.contains(['*', '?', '[', '{'])
        })
        .collect();
    let root = if fixed.as_os_str().is_empty() {
        Path::new(".")
    } else {
        fixed.as_path()
    };
    let mut found = Vec::new();
    if root.is_dir() {
        walk(root, &mut Vec::new(), &mut |path| {
            let shown = if fixed.as_os_str().is_empty() {
                path.strip_prefix(".").unwrap_or(path)
            } else {
                path
            };
            if matcher.is_match(shown) {
                found.push(shown.to_owned());
            }
        })?;
    }
    if found.is_empty() {
        return Err(IngestError::NothingMatches { pattern: text });
    }
    Ok(found)
}

fn matcher(pattern: &str) -> Result<GlobMatcher, IngestError> {
    let plain = pattern.strip_prefix("./").unwrap_or(pattern);
    let glob = GlobBuilder::new(plain).literal_separator(true).build();
    glob.map(|glob| glob.compile_matcher())
        .map_err(|source| IngestError::BadPattern {
            pattern: pattern.to_owned(),
            source,
        })
}

/// Gives every file in a folder and below to `take`, by name. A folder that is its own ancestor by
/// way of a link is entered once, one that an earlier run wrote is not.
fn walk(
    folder: &Path,
    ancestors: &mut Vec<PathBuf>,
    take: &mut dyn FnMut(&Path),
) -> Result<(), IngestError> {
    let unreadable = |source| IngestError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let canonical = fs::canonicalize(folder).map_err(unreadable)?;
    if ancestors.contains(&canonical) {
        return Ok(());
    }
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            entries.push(entry.path());
        }
    }
    entries.sort();
    ancestors.push(canonical);
    for path in entries {
        if path.is_dir() {
            if !is_own_output(&path) {
                walk(&path, ancestors, take)?;
            }
        } else {
            take(&path);
        }
    }
    ancestors.pop();
    Ok(())
}

/// Whether a folder is what an earlier run wrote: its manifest begins with the program's name.
fn is_own_output(folder: &Path) -> bool {
    /// The name stands in the first line.
    const ENOUGH: u64 = 4096;
    let manifest = folder.join("manifest.json");
    if !manifest.is_file() {
        return false;
    }
    let mut head = Vec::new();
    let read = File::open(manifest).and_then(|file| file.take(ENOUGH).read_to_end(&mut head));
    if read.is_err() {
        return false;
    }
    let head = String::from_utf8_lossy(&head);
    let value = head
        .split_once("\"program\"")
        .and_then(|(_, rest)| rest.trim_start().strip_prefix(':'));
    value.is_some_and(|value| value.trim_start().starts_with("\"landfall\""))
}

/// Whether a file's name is one of a table, packed or not.
fn looks_like_a_table(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    ending(&name)
        .is_some_and(|(_, ending)| is_one_of(&TABLES, ending) || is_one_of(&PACKED, ending))
}

/// Whether a member of an archive may be a table: it has the ending of one, or of an archive (so
/// that this can be said), or none at all. Folders and what archivers of Apple add are none.
pub(crate) fn looks_like_a_member(name: &str) -> bool {
    let is_hidden = |part: &str| part.starts_with('.') || part == "__MACOSX";
    if name.ends_with(['/', '\\']) || name.split(['/', '\\']).any(is_hidden) {
        return false;
    }
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    ending(last).is_none_or(|(_, ending)| is_one_of(&TABLES, ending) || is_one_of(&PACKED, ending))
}

/// A file's name without its folder and its endings: `416000000` of `tracks/416000000.csv.gz`.
pub(crate) fn stem(name: &str) -> &str {
    let mut stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    while let Some((before, ending)) = ending(stem)
        && (is_one_of(&TABLES, ending) || is_one_of(&PACKED, ending))
    {
        stem = before;
    }
    stem
}

fn ending(name: &str) -> Option<(&str, &str)> {
    name.rsplit_once('.')
        .filter(|(before, _)| !before.is_empty())
}

fn is_one_of(endings: &[&str], ending: &str) -> bool {
    endings
        .iter()
        .any(|known| known.eq_ignore_ascii_case(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        folder
    }

    #[test]
    fn what_an_earlier_run_wrote_is_no_input() {
        let folder = folder(&["in/a.csv", "in/out/vessels.csv", "in/other/b.csv"]);
        let manifest = |place: &str, text: &str| {
            fs::write(folder.path().join(place).join("manifest.json"), text).unwrap();
        };
        manifest(
            "in/out",
            "{\n  \"program\": \"landfall\",\n  \"version\": \"0.1.0\"}",
        );
        manifest("in/other", "{\"program\": \"landfall-viewer\"}");
        let tables = ["in/a.csv", "in/other/b.csv"];
        assert_eq!(expand(&folder, &["in"]).unwrap(), tables);
        assert_eq!(expand(&folder, &["in/**/*.csv"]).unwrap(), tables);
        insta::assert_snapshot!(expand(&folder, &["in/out"]).unwrap_err(), @"folder `in/out` holds what an earlier run of Landfall found (its `manifest.json` says so): name the folder with the positions, or if they are in this one, name the files");
    }

    fn expand(folder: &tempfile::TempDir, args: &[&str]) -> Result<Vec<String>, String> {
        let args: Vec<_> = args.iter().map(|arg| folder.path().join(arg)).collect();
        let root = folder.path().display().to_string() + "/";
        let shown = |text: String| text.replace(&root, "");
        expand_inputs(&args)
            .map(|found| {
                found
                    .iter()
                    .map(|path| shown(path.display().to_string()))
                    .collect()
            })
            .map_err(|error| shown(error.to_string()))
    }

    #[test]
    fn a_folder_stands_for_its_tables_by_name() {
        let folder = folder(&[
            "b.csv",
            "a/2.csv.gz",
            "a/1.ZIP",
            ".hidden.csv",
            "README.md",
            "z.parquet",
        ]);
        assert_eq!(
            expand(&folder, &["."]).unwrap(),
            ["./a/1.ZIP", "./a/2.csv.gz", "./b.csv", "./z.parquet"]
        );
    }

    #[test]
    fn a_pattern_stands_for_what_matches_and_stars_stay_within_a_folder() {
        let folder = folder(&["b.csv", "a/2.csv", "a/c/3.csv", "a/note.md"]);
        assert_eq!(expand(&folder, &["*.csv"]).unwrap(), ["b.csv"]);
        assert_eq!(
            expand(&folder, &["**/*.csv"]).unwrap(),
            ["a/2.csv", "a/c/3.csv", "b.csv"]
        );
        assert_eq!(expand(&folder, &["a/*"]).unwrap(), ["a/2.csv", "a/note.md"]);
        assert_eq!(
            expand(&folder, &["?.csv", "[a]/2.csv"]).unwrap(),
            ["b.csv", "a/2.csv"]
        );
    }

    #[test]
    fn the_order_of_arguments_is_kept_and_a_file_named_twice_is_read_once() {
        let folder = folder(&["a.csv", "b.csv", "c.csv"]);
        assert_eq!(
            expand(&folder, &["c.csv", ".", "./b.csv"]).unwrap(),
            ["c.csv", "./a.csv", "./b.csv"]
        );
    }

    #[test]
    fn a_dash_stands_for_standard_input_once() {
        let args = ["-", "-"].map(PathBuf::from);
        assert_eq!(expand_inputs(&args).unwrap(), [PathBuf::from("-")]);
    }

    #[test]
    fn what_stands_for_nothing_is_an_error_that_names_it() {
        let folder = folder(&["a/README.md"]);
        let said: Vec<_> = ["nowhere.csv", "*.csv", "none/*.csv", "a", "[.csv"]
            .iter()
            .map(|arg| expand(&folder, &[arg]).unwrap_err())
            .collect();
        insta::assert_snapshot!(said.join("\n"), @r#"
        `nowhere.csv` does not exist: check the spelling, or quote a pattern such as 'data/*.csv'
        `*.csv` matches no file: `*` stays within one folder, `**` goes below it
        `none/*.csv` matches no file: `*` stays within one folder, `**` goes below it
        folder `a` holds no file that looks like a table (.csv, .tsv, .txt, .parquet, or one of these as .gz, .zst or .zip): name the files one by one if theirs are other endings
        `[.csv` is no pattern for file names
        "#);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_a_circle_is_entered_once() {
        let folder = folder(&["a/1.csv"]);
        std::os::unix::fs::symlink(folder.path(), folder.path().join("a/up")).unwrap();
        assert_eq!(expand(&folder, &["."]).unwrap(), ["./a/1.csv"]);
    }

    #[test]
    fn a_stem_is_a_name_without_folder_and_endings() {
        assert_eq!(stem("tracks/416000000.csv.gz"), "416000000");
        assert_eq!(stem("a.b.csv"), "a.b");
        assert_eq!(stem(".csv"), ".csv");
        assert!(looks_like_a_member("AIS_2023.csv"));
        assert!(looks_like_a_member("inner.zip"));
        assert!(looks_like_a_member("positions"));
        assert!(!looks_like_a_member("__MACOSX/._AIS.csv"));
        assert!(!looks_like_a_member("folder/"));
        assert!(!looks_like_a_member("metadata.xml"));
    }
}
