//! What a file is by its first bytes, whatever its name says.

/// What a file's first bytes say that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// None of the others: text, as far as can be told.
    Text,
    /// A gzip file.
    Gzip,
    /// A Zstandard file.
    Zstd,
    /// A zip archive.
    Zip,
    /// A Parquet file.
    Parquet,
    /// Text in UTF-16.
    Utf16,
    /// Something that is not read, in words.
    Foreign(&'static str),
}

/// How many bytes are enough to tell.
pub(crate) const ENOUGH: usize = 512;

impl Content {
    /// What a file that begins with these bytes is.
    pub(crate) fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Self::Zip,
            [b'P', b'A', b'R', b'1', ..] => Self::Parquet,
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Self::Foreign("a bzip2 archive"),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Foreign("an xz archive"),
            [b'7', b'z', 0xbc, 0xaf, ..] => Self::Foreign("a 7-Zip archive"),
            [b'R', b'a', b'r', b'!', ..] => Self::Foreign("a RAR archive"),
            [b'%', b'P', b'D', b'F', ..] => Self::Foreign("a PDF document"),
            [0xd0, 0xcf, 0x11, 0xe0, ..] => Self::Foreign("an old Excel workbook"),
            [b'A', b'R', b'R', b'O', b'W', b'1', ..] => Self::Foreign("an Arrow file"),
            _ if head.starts_with(b"SQLite format 3\0") => {
                Self::Foreign("an SQLite or GeoPackage database")
            }
            _ if head.get(257..262) == Some(b"ustar") => Self::Foreign("a tar archive"),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Self::Utf16,
            _ if is_utf16(head) => Self::Utf16,
            _ => Self::Text,
        }
    }

    /// What it is in words, if it is an archive or packed.
    pub(crate) fn packed(self) -> Option<&'static str> {
        match self {
            Self::Gzip => Some("a gzip file"),
            Self::Zstd => Some("a Zstandard file"),
            Self::Zip => Some("a zip archive"),
            Self::Parquet => Some("a Parquet file"),
            Self::Foreign(what) if what.ends_with("archive") => Some(what),
            _ => None,
        }
    }
}

/// Whether every second byte of what should be text is zero and the others are not.
fn is_utf16(head: &[u8]) -> bool {
    let head = &head[..head.len().min(64) / 2 * 2];
    let is_zero = |start: usize| head.iter().skip(start).step_by(2).all(|byte| *byte == 0);
    let is_text = |start: usize| {
        let mut bytes = head.iter().skip(start).step_by(2);
        bytes.all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
    };
    head.len() >= 8 && ((is_zero(1) && is_text(0)) || (is_zero(0) && is_text(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_first_bytes() {
        assert_eq!(Content::of(b""), Content::Text);
        assert_eq!(Content::of(b"MMSI,BaseDateTime,LAT,LON"), Content::Text);
        assert_eq!(Content::of(b"\x1f\x8b\x08"), Content::Gzip);
        assert_eq!(Content::of(b"\x28\xb5\x2f\xfd\x00"), Content::Zstd);
        assert_eq!(Content::of(b"PK\x03\x04"), Content::Zip);
        assert_eq!(Content::of(b"PAR1"), Content::Parquet);
        assert_eq!(Content::of(b"\xff\xfem\x00m\x00"), Content::Utf16);
        assert_eq!(Content::of(b"m\x00m\x00s\x00i\x00,\x00"), Content::Utf16);
        assert_eq!(
            Content::of(b"\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
            Content::Text
        );
        assert_eq!(Content::of(b"BZh9"), Content::Foreign("a bzip2 archive"));
    }
}
