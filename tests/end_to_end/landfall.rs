//! Running the binary and reading what it wrote.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A temporary folder in which the binary runs.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

/// How a run went.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// With the bundled case in it, copied so that it can be changed, and its result in `out`.
    pub(crate) fn of_case() -> Self {
        let bench = Self::new();
        for name in ["positions.csv", "sightings.csv", "vessels.csv"] {
            let bytes = fs::read(in_tree("data/najin-vostochny").join(name)).unwrap();
            bench.write(name, bytes);
        }
        let ran = bench.landfall(
            "run positions.csv --sightings sightings.csv --vessels vessels.csv --out out --quiet",
        );
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Runs `landfall` with arguments separated by blanks.
    pub(crate) fn landfall(&self, arguments: &str) -> Ran {
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        self.landfall_with(&arguments)
    }

    pub(crate) fn landfall_with(&self, arguments: &[&str]) -> Ran {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(env!("CARGO_BIN_EXE_landfall"))
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        let ran = Ran {
            code: status.code().expect("the program ended by itself"),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
        };
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        ran
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The features of a layer in `out`.
    pub(crate) fn features(&self, layer: &str) -> Vec<Value> {
        self.features_in("out", layer)
    }

    pub(crate) fn features_in(&self, folder: &str, layer: &str) -> Vec<Value> {
        self.json(&format!("{folder}/{layer}.geojson"))["features"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// Names of the outputs that the manifest in `out` lists, in its order.
    pub(crate) fn outputs(&self) -> Vec<String> {
        let manifest = self.json("out/manifest.json");
        let outputs = manifest["outputs"].as_array().unwrap().iter();
        outputs
            .map(|output| output["name"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Names of everything in the folder, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// A file of this repository.
pub(crate) fn in_tree(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Checks every file's account in a manifest and gives the totals: rows, accepted, duplicates,
/// rejected.
pub(crate) fn accounts(manifest: &Value) -> [u64; 4] {
    let parts = ["rows", "accepted", "duplicates", "rejected"];
    let of = |account: &Value| parts.map(|part| account[part].as_u64().unwrap());
    for input in manifest["inputs"].as_array().unwrap() {
        let [rows, accepted, duplicates, rejected] = of(input);
        assert_eq!(rows, accepted + duplicates + rejected, "{}", input["path"]);
    }
    of(&manifest["total"])
}

/// The layers of a result.
pub(crate) const LAYERS: [&str; 12] = [
    "port_calls",
    "passages",
    "stops",
    "voyages",
    "tracks",
    "gaps",
    "dark_calls",
    "dark_legs",
    "sightings",
    "reach",
    "interference",
    "places",
];
