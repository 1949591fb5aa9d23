//! A point in well-known text, as geodatabases write a position into one column.

use crate::numbers;

/// Latitude and longitude in 1e-7 degrees from a text such as `POINT (-71.02 42.34)`, with or
/// without `SRID=4326;` before it and further coordinates behind.
pub(crate) fn point_e7(text: &[u8]) -> Option<(i64, i64)> {
    let open = memchr::memchr(b'(', text)?;
    let (head, body) = text.split_at(open);
    let is_srid = |byte: &u8| *byte == b';';
    let head = head.rsplit(is_srid).next().unwrap_or(head).trim_ascii();
    let name = head.get(..5)?;
    if !name.eq_ignore_ascii_case(b"POINT") {
        return None;
    }
    let body = body.strip_prefix(b"(")?.strip_suffix(b")")?;
    let mut numbers = body
        .split(u8::is_ascii_whitespace)
        .filter(|part| !part.is_empty());
    let lon = numbers::degrees_e7(numbers.next()?)?;
    let lat = numbers::degrees_e7(numbers.next()?)?;
    Some((lat, lon))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_longitude_and_latitude() {
        let here = Some((423_400_000, -710_200_000));
        assert_eq!(point_e7(b"POINT (-71.02 42.34)"), here);
        assert_eq!(point_e7(b"point(-71.02  42.34)"), here);
        assert_eq!(point_e7(b"SRID=4326;POINT Z (-71.02 42.34 0)"), here);
        for wrong in [
            "",
            "POINT",
            "POINT ()",
            "POINT (1)",
            "POINT (1 2",
            "LINESTRING (1 2, 3 4)",
            "POINT EMPTY",
        ] {
            assert_eq!(point_e7(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
