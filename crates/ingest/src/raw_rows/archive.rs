//! A member of a zip archive, found again by its name.

use crate::IngestError;
use crate::excerpt::excerpt;
use crate::input_file::InputFile;
use crate::inputs::looks_like_a_member;
use crate::stored::Pieces;
use std::io::{self, BufReader, Read};
use std::path::Path;
use zip::ZipArchive;
use zip::read::read_zipfile_from_stream;

/// What reads a member.
type Take<'a> = dyn FnMut(&mut dyn Read) -> Result<(), IngestError> + 'a;

/// Hands the bytes of a member, by the name that it has in a manifest, to a function. Where the
/// archive's directory is lost, members are looked for from the front.
pub(super) fn with_member(
    path: &Path,
    member: &str,
    take: &mut Take<'_>,
) -> Result<(), IngestError> {
    let open = || {
        InputFile::open(path).map_err(|source| IngestError::Unreadable {
            path: path.to_owned(),
            source,
        })
    };
    match ZipArchive::new(BufReader::new(open()?)) {
        Ok(archive) => by_directory(path, archive, member, take),
        Err(_) => from_the_front(path, &mut BufReader::new(open()?), member, take),
    }
}

fn by_directory(
    path: &Path,
    mut archive: ZipArchive<BufReader<InputFile>>,
    member: &str,
    take: &mut Take<'_>,
) -> Result<(), IngestError> {
    let mut found = None;
    for index in 0..archive.len() {
        let name = match archive.name_for_index(index) {
            Some(Ok(name)) => name.into_owned(),
            _ => format!("member {}", index + 1),
        };
        if !looks_like_a_member(&name) || excerpt(name.as_bytes()) != member {
            continue;
        }
        if found.replace(index).is_some() {
            let detail = format!("two of its members are called `{member}`: unpack it");
            return Err(bad_archive(path, detail));
        }
    }
    let Some(index) = found else {
        return Err(no_member(path, member));
    };
    let reader = archive
        .by_index(index)
        .map_err(|error| bad_archive(path, format!("member `{member}`: {error}")))?;
    take(&mut Pieces(reader))
}

fn from_the_front(
    path: &Path,
    file: &mut BufReader<InputFile>,
    member: &str,
    take: &mut Take<'_>,
) -> Result<(), IngestError> {
    loop {
        let mut next = match read_zipfile_from_stream(file) {
            Ok(Some(next)) => next,
            Ok(None) => return Err(no_member(path, member)),
            Err(error) => {
                return Err(bad_archive(
                    path,
                    format!("its directory is lost ({error}): unpack it with another program"),
                ));
            }
        };
        let name = String::from_utf8_lossy(next.name_raw()).into_owned();
        if looks_like_a_member(&name) && excerpt(name.as_bytes()) == member {
            return take(&mut Pieces(next));
        }
        if io::copy(&mut next, &mut io::sink()).is_err() {
            return Err(no_member(path, member));
        }
    }
}

fn no_member(path: &Path, member: &str) -> IngestError {
    bad_archive(path, format!("it has no member `{member}`"))
}

fn bad_archive(path: &Path, detail: String) -> IngestError {
    IngestError::BadArchive {
        path: path.to_owned(),
        detail,
    }
}
