//! A point in well-known binary, as `GeoParquet` and databases write a position into one column.

use landfall_track::LonLat;

/// ISO adds thousands for a height or measure, `PostGIS` sets high bits.
const POINT: u32 = 1;
const HAS_SRID: u32 = 0x2000_0000;
const HAS_M: u32 = 0x4000_0000;
const HAS_Z: u32 = 0x8000_0000;
/// WGS84 in degrees.
const WGS84: u32 = 4326;

/// The longitude and latitude of a point in ISO or extended well-known binary, heights and
/// measures left out; `None` for anything else, for the empty point, and for another reference
/// system than WGS84.
pub(crate) fn point(bytes: &[u8]) -> Option<LonLat> {
    let (order, rest) = bytes.split_first()?;
    let is_little = match order {
        0 => false,
        1 => true,
        _ => return None,
    };
    let u32_of = |bytes: [u8; 4]| {
        if is_little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        }
    };
    let f64_of = |bytes: [u8; 8]| {
        if is_little {
            f64::from_le_bytes(bytes)
        } else {
            f64::from_be_bytes(bytes)
        }
    };
    let (code, mut rest) = rest.split_first_chunk()?;
    let code = u32_of(*code);
    let kind = code & !(HAS_SRID | HAS_M | HAS_Z);
    if !matches!(kind, POINT | 1001 | 2001 | 3001) {
        return None;
    }
    if code & HAS_SRID != 0 {
        let (srid, after) = rest.split_first_chunk()?;
        if !matches!(u32_of(*srid), 0 | WGS84) {
            return None;
        }
        rest = after;
    }
    let has = |bit, iso: &[u32]| usize::from(code & bit != 0 || iso.contains(&kind));
    let numbers = 2 + has(HAS_Z, &[1001, 3001]) + has(HAS_M, &[2001, 3001]);
    if rest.len() != numbers * 8 {
        return None;
    }
    let (lon, rest) = rest.split_first_chunk()?;
    let (lat, _) = rest.split_first_chunk()?;
    let place = LonLat {
        lon: f64_of(*lon),
        lat: f64_of(*lat),
    };
    (place.lon.is_finite() && place.lat.is_finite()).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn little(code: u32, srid: Option<u32>, numbers: &[f64]) -> Vec<u8> {
        let mut bytes = vec![1];
        bytes.extend(code.to_le_bytes());
        bytes.extend(srid.into_iter().flat_map(u32::to_le_bytes));
        bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        bytes
    }

    #[test]
    fn points_of_every_dialect_are_read() {
        let najin = Some(LonLat {
            lon: 130.3,
            lat: 42.2333,
        });
        let at = [130.3, 42.2333, 7.0, 8.0];
        assert_eq!(point(&little(1, None, &at[..2])), najin);
        assert_eq!(point(&little(1001, None, &at[..3])), najin);
        assert_eq!(point(&little(3001, None, &at)), najin);
        assert_eq!(point(&little(1 | HAS_Z, None, &at[..3])), najin);
        assert_eq!(point(&little(1 | HAS_SRID, Some(4326), &at[..2])), najin);
        let mut big = vec![0, 0, 0, 0, 1];
        big.extend(at[..2].iter().flat_map(|number| number.to_be_bytes()));
        assert_eq!(point(&big), najin);
    }

    #[test]
    fn anything_else_is_no_point() {
        assert_eq!(point(&little(1 | HAS_SRID, Some(3857), &[1.0, 2.0])), None);
        assert_eq!(point(&little(2, None, &[1.0, 2.0])), None);
        assert_eq!(point(&little(1, None, &[f64::NAN, f64::NAN])), None);
        assert_eq!(point(&little(1, None, &[1.0])), None);
        assert_eq!(point(b""), None);
        assert_eq!(point(b"POINT (1 2)"), None);
    }
}
