//! The output folder is written beside its place and put there in one step at the end.
//!
//! Beside `out` stands, while a run lasts, a folder `.out.landfall-PID-N`:
//!
//! - `lock`: a file locked as long as the run lives. A folder whose lock can be taken was left by a
//!   run that was killed, and the next run to the same place clears it away.
//! - `new`: what is being written; renamed to `out` at the end.
//! - `old`: what stood at `out`, from the moment it is moved aside until the new folder is in place.
//!   If that moment is the one in which a run is killed, the next run puts it back.
//!
//! An existing folder is replaced only if it is empty or holds our manifest. Files in it that no
//! manifest of ours lists (a map project, a style) are not ours to delete: they move into the new
//! folder.

use crate::ReportError;
use crate::manifest::{MANIFEST_NAME, Manifest, RecognisedManifest};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

const LOCK: &str = "lock";
const NEW: &str = "new";
const OLD: &str = "old";

/// A folder being written, not yet in its place. Dropped without having been placed, it leaves
/// nothing behind.
#[derive(Debug)]
pub struct OutputFolder {
    /// Where it is to stand.
    out: PathBuf,
    /// The folder beside it that holds everything until then.
    staging: PathBuf,
    /// Held, and so locked, until the end.
    _lock: File,
    /// Folders above `out` that did not exist before, the innermost first.
    made_parents: Vec<PathBuf>,
    is_placed: bool,
    /// Whether the staging folder holds what could be lost for good.
    keep_staging: bool,
}

impl OutputFolder {
    /// Prepares a folder that is to stand at `out`, and clears away what killed runs to the same
    /// place left. Folders above it are made if they are missing.
    ///
    /// # Errors
    /// If something stands there that must not be replaced, or a folder cannot be made. Nothing is
    /// changed then.
    pub fn create(out: &Path) -> Result<Self, ReportError> {
        let (out, name) = resolve(out)?;
        let parent = parent_of(&out).to_owned();
        let prefix = staging_prefix(&name);
        clear_stale(&parent, &prefix, &out)?;
        replaceable_stands_at(&out)?;
        let made_parents: Vec<PathBuf> = parent
            .ancestors()
            .filter(|folder| !folder.as_os_str().is_empty())
            .take_while(|folder| !folder.exists())
            .map(Path::to_owned)
            .collect();
        fs::create_dir_all(&parent).map_err(ReportError::io("create", &parent))?;
        let (staging, lock) = make_staging(&parent, &prefix)?;
        let folder = Self {
            out,
            staging,
            _lock: lock,
            made_parents,
            is_placed: false,
            keep_staging: false,
        };
        let new = folder.path();
        fs::create_dir(&new).map_err(ReportError::io("create", &new))?;
        Ok(folder)
    }

    /// The folder that holds everything until the end, and vanishes then: a place for temporary files.
    pub fn staging(&self) -> &Path {
        &self.staging
    }

    /// Where files are to be written until the folder is placed.
    pub(crate) fn path(&self) -> PathBuf {
        self.staging.join(NEW)
    }

    /// Puts the folder in its place, and what stood there out of the way. Returns where it is.
    ///
    /// # Errors
    /// If something else has come to stand there, or a rename fails; what stood there before then
    /// stands there still.
    pub(crate) fn place(mut self) -> Result<PathBuf, ReportError> {
        let (new, old) = (self.path(), self.staging.join(OLD));
        let replaces = replaceable_stands_at(&self.out)?;
        if replaces {
            fs::rename(&self.out, &old).map_err(ReportError::io("replace", &self.out))?;
        }
        if let Err(error) = fs::rename(&new, &self.out) {
            if replaces {
                self.keep_staging = fs::rename(&old, &self.out).is_err();
            }
            return Err(ReportError::io("write", &self.out)(error));
        }
        self.is_placed = true;
        if replaces {
            let carried = carry_over(&old, &self.out);
            self.keep_staging = carried.is_err();
            carried?;
        }
        Ok(self.out.clone())
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        if !self.keep_staging {
            // What cannot be removed now, the next run to the same place removes.
            let _ = fs::remove_dir_all(&self.staging);
        }
        if !self.is_placed {
            for folder in &self.made_parents {
                // Only an empty folder goes; one that someone else has begun to use stays.
                let _ = fs::remove_dir(folder);
            }
        }
    }
}

/// The path with a link at its end followed, and its last name.
fn resolve(out: &Path) -> Result<(PathBuf, OsString), ReportError> {
    let is_link = fs::symlink_metadata(out).is_ok_and(|found| found.is_symlink());
    let path = if is_link {
        fs::canonicalize(out).map_err(ReportError::io("open", out))?
    } else {
        out.to_owned()
    };
    let name = path.file_name().ok_or_else(|| ReportError::NoName {
        path: out.to_owned(),
    })?;
    let name = name.to_owned();
    Ok((path, name))
}

fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn staging_prefix(name: &OsStr) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".landfall-");
    prefix
}

/// Looks at what stands at a path: an error if it must not be replaced, `false` if nothing does.
fn replaceable_stands_at(out: &Path) -> Result<bool, ReportError> {
    let found = match fs::metadata(out) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(ReportError::io("open", out)(error)),
    };
    let path = out.to_owned();
    if !found.is_dir() {
        return Err(ReportError::NotAFolder { path });
    }
    if is_mount_point(out, &found) {
        return Err(ReportError::MountPoint { path });
    }
    let mut entries = fs::read_dir(out).map_err(ReportError::io("read", out))?;
    if entries.next().is_some() && recognise(out).is_none() {
        return Err(ReportError::NotOurs { path });
    }
    Ok(true)
}

fn recognise(folder: &Path) -> Option<RecognisedManifest> {
    Manifest::recognise(&fs::read(folder.join(MANIFEST_NAME)).ok()?)
}

#[cfg(unix)]
fn is_mount_point(out: &Path, found: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(parent_of(out)).is_ok_and(|parent| parent.dev() != found.dev())
}

#[cfg(not(unix))]
fn is_mount_point(_out: &Path, _found: &fs::Metadata) -> bool {
    false
}

/// Makes a staging folder of a name that is free, and locks it.
fn make_staging(parent: &Path, prefix: &OsStr) -> Result<(PathBuf, File), ReportError> {
    let mut number = 0_u32;
    loop {
        let mut name = prefix.to_owned();
        name.push(format!("{}-{number}", std::process::id()));
        number += 1;
        let staging = parent.join(name);
        match fs::create_dir(&staging) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < u32::MAX => {
                continue;
            }
            Err(error) => return Err(ReportError::io("create", &staging)(error)),
        }
        let path = staging.join(LOCK);
        let lock = File::create_new(&path).map_err(ReportError::io("create", &path))?;
        // Between these lines another run may have taken the folder for one left behind. Where the
        // file system knows no locks, none is taken, and nobody will take the folder for stale.
        let is_taken = matches!(lock.try_lock(), Err(TryLockError::WouldBlock));
        if !is_taken && path.exists() {
            return Ok((staging, lock));
        }
    }
}

/// Clears away what killed runs to the same place left, and puts back what they had moved aside.
fn clear_stale(parent: &Path, prefix: &OsStr, out: &Path) -> Result<(), ReportError> {
    let Ok(entries) = fs::read_dir(parent) else {
        // The parent does not exist yet; whatever else is wrong with it shows when it is used.
        return Ok(());
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let has_prefix = name
            .as_encoded_bytes()
            .starts_with(prefix.as_encoded_bytes());
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !has_prefix || !is_folder {
            continue;
        }
        let staging = entry.path();
        let Ok(lock) = File::open(staging.join(LOCK)) else {
            continue;
        };
        if lock.try_lock().is_err() {
            continue;
        }
        let old = staging.join(OLD);
        if old.exists() {
            if out.exists() {
                carry_over(&old, out)?;
            } else {
                fs::rename(&old, out).map_err(ReportError::io("restore", out))?;
            }
        }
        fs::remove_dir_all(&staging).map_err(ReportError::io("remove", &staging))?;
    }
    Ok(())
}

/// Moves files that no manifest of ours lists from the old folder to the new one. One that stands
/// in the way of a file of the new folder is dropped with the old one.
fn carry_over(old: &Path, new: &Path) -> Result<(), ReportError> {
    let Some(manifest) = recognise(old) else {
        return Ok(());
    };
    let entries = fs::read_dir(old).map_err(ReportError::io("read", old))?;
    for entry in entries {
        let name = entry.map_err(ReportError::io("read", old))?.file_name();
        let is_ours = name == MANIFEST_NAME
            || (manifest.outputs.iter()).any(|output| name.as_os_str() == output.name.as_str());
        let kept = new.join(&name);
        if !is_ours && !kept.exists() {
            fs::rename(old.join(&name), &kept).map_err(ReportError::io("keep", &kept))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OutputFile;
    use tempfile::TempDir;

    /// Writes a folder as a run would: one file and the manifest that lists it.
    fn run(out: &Path, text: &str) -> Result<PathBuf, ReportError> {
        let folder = OutputFolder::create(out)?;
        write_outputs(&folder.path(), text);
        folder.place()
    }

    fn write_outputs(folder: &Path, text: &str) {
        let mut manifest = Manifest::new("0");
        manifest.outputs = vec![OutputFile {
            name: "stops.geojson".to_owned(),
            records: 0,
        }];
        fs::write(folder.join("stops.geojson"), text).unwrap();
        let text = serde_json::to_string(&manifest).unwrap();
        fs::write(folder.join(MANIFEST_NAME), text).unwrap();
    }

    fn names_in(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort_unstable();
        names
    }

    fn stops_in(out: &Path) -> String {
        fs::read_to_string(out.join("stops.geojson")).unwrap()
    }

    #[test]
    fn a_folder_stands_in_its_place_only_when_it_is_complete() {
        let home = TempDir::new().unwrap();
        let out = home.path().join("out");
        let folder = OutputFolder::create(&out).unwrap();
        write_outputs(&folder.path(), "1");
        assert!(!out.exists());
        assert_eq!(folder.place().unwrap(), out);
        assert_eq!(names_in(home.path()), ["out"]);
        assert_eq!(names_in(&out), [MANIFEST_NAME, "stops.geojson"]);
    }

    #[test]
    fn a_run_that_ends_early_leaves_nothing_and_what_stood_there_stands_there_still() {
        let home = TempDir::new().unwrap();
        let out = home.path().join("a/b/out");
        drop(OutputFolder::create(&out).unwrap());
        assert_eq!(names_in(home.path()), Vec::<String>::new());

        run(&out, "1").unwrap();
        drop(OutputFolder::create(&out).unwrap());
        assert_eq!(stops_in(&out), "1");
        assert_eq!(names_in(&home.path().join("a/b")), ["out"]);
    }

    #[test]
    fn a_folder_of_ours_and_an_empty_one_are_replaced() {
        let home = TempDir::new().unwrap();
        let out = home.path().join("out");
        fs::create_dir(&out).unwrap();
        run(&out, "1").unwrap();
        assert_eq!(stops_in(&out), "1");
        run(&out, "2").unwrap();
        assert_eq!(stops_in(&out), "2");
        assert_eq!(names_in(home.path()), ["out"]);
    }

    #[test]
    fn a_file_that_the_user_put_into_our_folder_moves_into_the_new_one() {
        let home = TempDir::new().unwrap();
        let out = home.path().join("out");
        run(&out, "1").unwrap();
        fs::write(out.join("map.qgz"), "map").unwrap();
        fs::create_dir(out.join("figures")).unwrap();
        run(&out, "2").unwrap();
        assert_eq!(
            names_in(&out),
            ["figures", MANIFEST_NAME, "map.qgz", "stops.geojson"]
        );
        assert_eq!(stops_in(&out), "2");
    }

    #[test]
    fn whatever_is_not_ours_is_refused_before_any_work_and_left_alone() {
        let home = TempDir::new().unwrap();
        let out = home.path().join("photos");
        fs::create_dir(&out).unwrap();
        let not_ours = [
            ("cat.jpg", "meow"),
            (MANIFEST_NAME, r#"{"program":"other"}"#),
            (MANIFEST_NAME, "not json"),
        ];
        for (name, text) in not_ours {
            fs::write(out.join(name), text).unwrap();
            let error = OutputFolder::create(&out).unwrap_err();
            assert!(matches!(error, ReportError::NotOurs { .. }), "{error}");
            assert_eq!(fs::read_to_string(out.join(name)).unwrap(), text);
        }
        assert_eq!(names_in(home.path()), ["photos"]);

        let file = out.join("cat.jpg");
        let error = OutputFolder::create(&file).unwrap_err();
        assert!(matches!(error, ReportError::NotAFolder { .. }), "{error}");
        let error = OutputFolder::create(&file.join("out")).unwrap_err();
        assert!(matches!(error, ReportError::Io { .. }), "{error}");
        for nameless in ["", ".", "/", ".."] {
            let error = OutputFolder::create(Path::new(nameless)).unwrap_err();
            assert!(matches!(error, ReportError::NoName { .. }), "{error}");
        }
    }

    #[test]
    fn what_came_to_stand_there_during_the_run_is_not_replaced() {
        let home = TempDir::new().unwrap();
        let out = home.path().join("out");
        let folder = OutputFolder::create(&out).unwrap();
        write_outputs(&folder.path(), "1");
        fs::create_dir(&out).unwrap();
        fs::write(out.join("cat.jpg"), "meow").unwrap();
        let error = folder.place().unwrap_err();
        assert!(matches!(error, ReportError::NotOurs { .. }), "{error}");
        assert_eq!(names_in(home.path()), ["out"]);
        assert_eq!(names_in(&out), ["cat.jpg"]);
    }

    #[test]
    fn where_the_new_folder_cannot_be_put_in_place_the_old_one_is_put_back() {
        let home = TempDir::new().unwrap();
        let out = home.path().join("out");
        run(&out, "1").unwrap();
        let folder = OutputFolder::create(&out).unwrap();
        fs::remove_dir(folder.path()).unwrap();
        let error = folder.place().unwrap_err();
        assert!(error.to_string().starts_with("cannot write `"), "{error}");
        assert_eq!(stops_in(&out), "1");
        assert_eq!(names_in(home.path()), ["out"]);
    }

    #[test]
    fn what_killed_runs_left_is_cleared_away_but_not_what_a_living_one_writes() {
        let home = TempDir::new().unwrap();
        let out = home.path().join("out");
        let killed = home.path().join(".out.landfall-1-0");
        fs::create_dir_all(killed.join(NEW)).unwrap();
        fs::write(killed.join(LOCK), "").unwrap();
        // Like ours by name, but without a lock: not clearly ours.
        let strange = home.path().join(".out.landfall-notes");
        fs::create_dir(&strange).unwrap();
        // Of a run to another place.
        let other = home.path().join(".out2.landfall-1-0");
        fs::create_dir(&other).unwrap();
        fs::write(other.join(LOCK), "").unwrap();

        let living = OutputFolder::create(&out).unwrap();
        assert!(!killed.exists());
        let second = OutputFolder::create(&out).unwrap();
        assert!(living.path().exists());
        write_outputs(&living.path(), "1");
        write_outputs(&second.path(), "2");
        living.place().unwrap();
        second.place().unwrap();
        assert_eq!(stops_in(&out), "2");
        assert_eq!(
            names_in(home.path()),
            [".out.landfall-notes", ".out2.landfall-1-0", "out"]
        );
    }

    #[test]
    fn a_folder_moved_aside_by_a_run_that_was_killed_then_is_put_back() {
        let home = TempDir::new().unwrap();
        let out = home.path().join("out");
        let killed = home.path().join(".out.landfall-1-0");
        run(&out, "1").unwrap();
        fs::create_dir(&killed).unwrap();
        fs::write(killed.join(LOCK), "").unwrap();
        fs::rename(&out, killed.join(OLD)).unwrap();
        drop(OutputFolder::create(&out).unwrap());
        assert_eq!(stops_in(&out), "1");
        assert_eq!(names_in(home.path()), ["out"]);

        // Killed a moment later: the new folder stands, the user's file is still in the old one.
        fs::create_dir(&killed).unwrap();
        fs::write(killed.join(LOCK), "").unwrap();
        fs::rename(&out, killed.join(OLD)).unwrap();
        fs::write(killed.join(OLD).join("map.qgz"), "map").unwrap();
        fs::create_dir(&out).unwrap();
        write_outputs(&out, "2");
        drop(OutputFolder::create(&out).unwrap());
        assert_eq!(names_in(&out), [MANIFEST_NAME, "map.qgz", "stops.geojson"]);
        assert_eq!(stops_in(&out), "2");
        assert_eq!(names_in(home.path()), ["out"]);
    }

    #[test]
    #[cfg(unix)]
    fn behind_a_link_the_folder_is_replaced_and_the_link_stays() {
        let home = TempDir::new().unwrap();
        let (out, link) = (home.path().join("out"), home.path().join("link"));
        run(&out, "1").unwrap();
        std::os::unix::fs::symlink(&out, &link).unwrap();
        run(&link, "2").unwrap();
        assert_eq!(stops_in(&out), "2");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_mount_point_is_refused_with_a_way_out() {
        let error = OutputFolder::create(Path::new("/proc")).unwrap_err();
        insta::assert_snapshot!(
            error,
            @"`/proc` is a mount point and cannot be replaced by a new folder: name a folder inside it, such as `/proc/out`"
        );
    }
}
