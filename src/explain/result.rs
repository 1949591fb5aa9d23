//! A result is the folder that a run wrote: its manifest, and features found in it by their id.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// How every feature's line begins in our files.
const FEATURE: &str = r#"{"type":"Feature","id":"#;
/// Near misses that are offered.
const OFFERED: usize = 5;
/// Matches that are listed.
const LISTED: usize = 12;
/// How alike an id must be to be offered, 0 to 1.
const LIKE: f64 = 0.3;

/// A folder that a run wrote.
#[derive(Debug)]
pub(crate) struct RunResult {
    pub(crate) folder: PathBuf,
    pub(crate) manifest: RecordedRun,
}

/// What must be known of a manifest, whatever version wrote it.
#[derive(Debug, Deserialize)]
pub(crate) struct RecordedRun {
    program: String,
    #[serde(default)]
    pub(crate) version: String,
    #[serde(default)]
    pub(crate) arguments: Vec<String>,
    #[serde(default)]
    pub(crate) notices: Vec<String>,
    #[serde(default)]
    pub(crate) inputs: Vec<RecordedFile>,
    #[serde(default)]
    pub(crate) tables: Vec<RecordedFile>,
    #[serde(default)]
    pub(crate) configuration: Value,
    #[serde(default)]
    pub(crate) outputs: Vec<RecordedOutput>,
}

/// A file that a run read.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RecordedFile {
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) sha256: Option<String>,
    /// Why it was not read, or not to its end.
    #[serde(default)]
    pub(crate) problem: Option<String>,
}

/// A file that a run wrote.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RecordedOutput {
    pub(crate) name: String,
}

/// A feature with the layer it was found in.
#[derive(Debug)]
pub(crate) struct FoundFeature {
    /// The layer's name, such as `port_calls`.
    pub(crate) layer: String,
    pub(crate) id: String,
    /// The whole feature.
    pub(crate) feature: Value,
}

impl RunResult {
    /// Opens a folder by its manifest.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("manifest.json");
        let bytes = std::fs::read(&path).with_context(|| {
            format!(
                "`{}` is no result of `landfall run`: cannot read its manifest.json",
                folder.display()
            )
        })?;
        let manifest: RecordedRun = serde_json::from_slice(&bytes)
            .with_context(|| format!("`{}` is no manifest of Landfall", path.display()))?;
        if manifest.program != "landfall" {
            bail!("`{}` is no manifest of Landfall", path.display());
        }
        Ok(Self {
            folder: folder.to_owned(),
            manifest,
        })
    }

    /// A threshold in force, by its place in the configuration, such as
    /// `/detection/gap/threshold_h`.
    pub(crate) fn threshold(&self, place: &str) -> Option<f64> {
        self.manifest.configuration.pointer(place)?.as_f64()
    }

    /// The feature that an id means: that very id, one that `sighting/` was left off, or the only
    /// one that begins with it or holds it.
    pub(crate) fn find(&self, id: &str) -> Result<FoundFeature> {
        let full = format!("sighting/{id}");
        if self.layers().next().is_none() {
            bail!(
                "`{}` has no GeoJSON layers, in which events are looked up: run again with `geojson` among \
                 the formats",
                self.folder.display()
            );
        }
        let mut search = Search::new(id);
        for (layer, path) in self.layers() {
            let found = walk(&path, |found, line| {
                if found == id || found == full {
                    return Step::Stop;
                }
                search.meet(found, || (layer.clone(), line.to_vec()));
                Step::On
            })?;
            if let Some(line) = found {
                return parse(&layer, &path, &line);
            }
        }
        let (layer, line) = search.outcome()?;
        parse(&layer, &self.folder, &line)
    }

    /// Features of one layer by their ids, in the order of the ids; those that are not there are
    /// left out.
    pub(crate) fn features(&self, layer: &str, ids: &[&str]) -> Result<Vec<FoundFeature>> {
        let mut found = Vec::new();
        let mut layers = self.layers();
        let Some((layer, path)) = layers
            .find(|(name, _)| name == layer)
            .filter(|_| !ids.is_empty())
        else {
            return Ok(found);
        };
        let mut lines = Vec::new();
        walk(&path, |id, line| {
            if let Some(place) = ids.iter().position(|wanted| *wanted == id) {
                lines.push((place, line.to_vec()));
            }
            if lines.len() == ids.len() {
                Step::Stop
            } else {
                Step::On
            }
        })?;
        lines.sort_by_key(|(place, _)| *place);
        for (_, line) in lines {
            found.push(parse(&layer, &path, &line)?);
        }
        Ok(found)
    }

    /// Every layer's name with one file that holds it, in the order of the manifest.
    fn layers(&self) -> impl Iterator<Item = (String, PathBuf)> + use<'_> {
        let mut seen = Vec::new();
        self.manifest.outputs.iter().filter_map(move |output| {
            let (layer, ending) = output.name.split_once('.')?;
            let is_layer = matches!(ending, "geojson" | "geojsonl");
            if !is_layer || seen.contains(&layer) || layer.contains(['/', '\\']) {
                return None;
            }
            seen.push(layer);
            Some((layer.to_owned(), self.folder.join(&output.name)))
        })
    }
}

/// Whether to go on.
#[derive(PartialEq, Eq)]
enum Step {
    On,
    Stop,
}

/// Goes through a layer's features by their ids, a line at a time, and gives the line at which it was
/// stopped.
fn walk(path: &Path, mut meet: impl FnMut(&str, &[u8]) -> Step) -> Result<Option<Vec<u8>>> {
    let cannot_read = || format!("cannot read `{}`", path.display());
    let mut file = BufReader::new(File::open(path).with_context(cannot_read)?);
    let mut line = Vec::new();
    loop {
        line.clear();
        if file
            .read_until(b'\n', &mut line)
            .with_context(cannot_read)?
            == 0
        {
            return Ok(None);
        }
        let Some(rest) = line.strip_prefix(FEATURE.as_bytes()) else {
            continue;
        };
        let mut ids = serde_json::Deserializer::from_slice(rest).into_iter::<String>();
        let id = ids
            .next()
            .and_then(Result::ok)
            .with_context(|| not_ours(path))?;
        if meet(&id, &line) == Step::Stop {
            return Ok(Some(line));
        }
    }
}

fn parse(layer: &str, path: &Path, line: &[u8]) -> Result<FoundFeature> {
    let line = line.trim_ascii_end();
    let line = line.strip_suffix(b",").unwrap_or(line);
    let feature: Value = serde_json::from_slice(line).with_context(|| not_ours(path))?;
    let id = feature
        .get("id")
        .and_then(Value::as_str)
        .with_context(|| not_ours(path))?;
    Ok(FoundFeature {
        layer: layer.to_owned(),
        id: id.to_owned(),
        feature,
    })
}

fn not_ours(path: &Path) -> String {
    format!(
        "`{}` is not as Landfall wrote it: do the run again",
        path.display()
    )
}

/// A search for an id that may not be typed in full.
struct Search<'a> {
    wanted: &'a str,
    /// The features that match: the first one whole, of others the id.
    matches: Vec<String>,
    total: usize,
    first: Option<(String, Vec<u8>)>,
    /// Ids that are like it, the likest first.
    near: Vec<(f64, String)>,
}

impl<'a> Search<'a> {
    fn new(wanted: &'a str) -> Self {
        Self {
            wanted,
            matches: Vec::new(),
            total: 0,
            first: None,
            near: Vec::new(),
        }
    }

    fn meet(&mut self, id: &str, whole: impl FnOnce() -> (String, Vec<u8>)) {
        if !self.wanted.is_empty() && id.contains(self.wanted) {
            self.total += 1;
            if self.matches.len() < LISTED {
                self.matches.push(id.to_owned());
            }
            if self.first.is_none() {
                self.first = Some(whole());
            }
            return;
        }
        let likeness = likeness(self.wanted, id);
        if self.total > 0 || likeness < LIKE {
            return;
        }
        let place = self.near.partition_point(|(other, _)| *other >= likeness);
        if place < OFFERED {
            self.near.insert(place, (likeness, id.to_owned()));
            self.near.truncate(OFFERED);
        }
    }

    fn outcome(self) -> Result<(String, Vec<u8>)> {
        let listed = |ids: &mut dyn Iterator<Item = &String>| -> String {
            ids.fold(String::new(), |list, id| {
                list + "\n  " + &crate::table::printable(id)
            })
        };
        let wanted = crate::table::printable(self.wanted);
        match self.first {
            Some(first) if self.total == 1 => Ok(first),
            Some(_) => {
                let more = self.total - self.matches.len();
                let more = if more > 0 {
                    format!("\n  and {more} more")
                } else {
                    String::new()
                };
                bail!(
                    "`{wanted}` is part of {} ids; give one of them, or more of it:{}{more}",
                    self.total,
                    listed(&mut self.matches.iter()),
                )
            }
            None if self.near.is_empty() => bail!(
                "there is no event `{wanted}` in this result: ids are those of the features, such \
                 as 273210440/gap/2023-12-07T21:13:18Z"
            ),
            None => bail!(
                "there is no event `{wanted}` in this result; near it are:{}",
                listed(&mut self.near.iter().map(|(_, id)| id)),
            ),
        }
    }
}

/// How alike two texts are, 0 to 1: the share of pairs of letters that both have (Dice's
/// coefficient).
fn likeness(one: &str, other: &str) -> f64 {
    let pairs = |text: &str| {
        let lower = text.to_lowercase().into_bytes();
        let mut pairs: Vec<[u8; 2]> = lower.windows(2).map(|pair| [pair[0], pair[1]]).collect();
        pairs.sort_unstable();
        pairs
    };
    let (one, other) = (pairs(one), pairs(other));
    let all = one.len() + other.len();
    let (mut left, mut right, mut common) = (one.iter().peekable(), other.iter().peekable(), 0);
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => drop(left.next()),
            std::cmp::Ordering::Greater => drop(right.next()),
            std::cmp::Ordering::Equal => {
                common += 2;
                left.next();
                right.next();
            }
        }
    }
    if all == 0 {
        0.0
    } else {
        f64::from(common) / all as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(ids: &[&str], wanted: &str) -> Result<String, String> {
        let mut search = Search::new(wanted);
        for id in ids {
            search.meet(id, || ((*id).to_owned(), Vec::new()));
        }
        search
            .outcome()
            .map(|(layer, _)| layer)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_only_one_that_holds_it_is_meant_several_are_listed_and_near_ones_offered() {
        let ids = [
            "273210440/gap/2023-12-07T21:13:18Z",
            "273210440/gap/2023-12-19T01:00:00Z",
            "x/stop/1",
        ];
        assert_eq!(found(&ids, "gap/2023-12-07").as_deref(), Ok(ids[0]));
        assert_eq!(
            found(&ids, "273210440/gap").unwrap_err(),
            format!(
                "`273210440/gap` is part of 2 ids; give one of them, or more of it:\n  {}\n  {}",
                ids[0], ids[1]
            )
        );
        let near = found(&ids, "273210441/gap/2023-12-07T21:13:18Z").unwrap_err();
        assert!(
            near.contains("near it are:\n  273210440/gap/2023-12-07T21:13:18Z\n"),
            "{near}"
        );
        assert!(
            found(&ids, "\u{1b}")
                .unwrap_err()
                .contains("no event `\\u{1b}`")
        );
        assert!(found(&ids, "").is_err());
    }

    #[test]
    fn likeness_is_1_for_the_same_and_0_for_nothing_in_common() {
        assert_eq!(likeness("Najin", "nAJIN").to_string(), "1");
        assert_eq!(likeness("abc", "xyz").to_string(), "0");
        assert_eq!(likeness("", "").to_string(), "0");
    }
}
