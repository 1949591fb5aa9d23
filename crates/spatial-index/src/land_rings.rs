//! A ring is one closed coastline, with the land on its right; the bundled form of all of them is
//! `data/land.bin`, whose layout is told in `data/README.md`.

use crate::element::{Vector, vector};
use landfall_track::Position;

const MAGIC: &[u8] = b"LAND1";
/// A unit of the bundled form, 1e-4 degrees, in 1e-7 degrees.
const UNIT_E7: i64 = 1_000;
/// More points than this are not read: what is bundled has half a million.
const MOST_POINTS: u64 = 4_000_000;

/// Why bytes are not the bundled form of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadWaterData {
    /// They begin otherwise.
    #[error("these bytes are not {expected}: they begin otherwise")]
    Magic {
        /// What was expected.
        expected: &'static str,
    },
    /// They end too early, or a number in them is out of its range.
    #[error("at byte {offset}, a number is missing or out of its range")]
    Number {
        /// Bytes from the start; the first is 0.
        offset: usize,
    },
}

/// Reads whole numbers in base 128 (LEB128), least first.
pub(crate) struct Numbers<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Numbers<'a> {
    /// After the magic that the bytes must begin with.
    pub(crate) fn after(
        bytes: &'a [u8],
        magic: &[u8],
        expected: &'static str,
    ) -> Result<Self, BadWaterData> {
        if !bytes.starts_with(magic) {
            return Err(BadWaterData::Magic { expected });
        }
        Ok(Self {
            bytes,
            offset: magic.len(),
        })
    }

    pub(crate) fn bad(&self) -> BadWaterData {
        BadWaterData::Number {
            offset: self.offset,
        }
    }

    pub(crate) fn unsigned(&mut self) -> Result<u64, BadWaterData> {
        let mut number = 0_u64;
        for shift in (0..63).step_by(7) {
            let byte = *self.bytes.get(self.offset).ok_or_else(|| self.bad())?;
            self.offset += 1;
            number |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(number);
            }
        }
        Err(self.bad())
    }

    /// One that is at most `most`.
    pub(crate) fn at_most(&mut self, most: u64) -> Result<u64, BadWaterData> {
        let number = self.unsigned()?;
        if number > most {
            return Err(self.bad());
        }
        Ok(number)
    }

    /// One whose sign is in its lowest bit.
    pub(crate) fn signed(&mut self) -> Result<i64, BadWaterData> {
        let number = self.unsigned()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, BadWaterData> {
        let length = self.at_most(255)? as usize;
        let bad = self.bad();
        let bytes = self
            .bytes
            .get(self.offset..self.offset + length)
            .ok_or(bad)?;
        self.offset += length;
        std::str::from_utf8(bytes).map_err(|_| bad)
    }
}

/// The reverse of [`Numbers`].
#[derive(Default)]
pub(crate) struct NumberWriter(pub(crate) Vec<u8>);

impl NumberWriter {
    pub(crate) fn unsigned(&mut self, mut number: u64) {
        while number > 127 {
            self.0.push((number & 127) as u8 | 128);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    pub(crate) fn signed(&mut self, number: i64) {
        self.unsigned(((number << 1) ^ (number >> 63)) as u64);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.unsigned(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }
}

/// All coastlines. Each ring's first point stands at its end once more.
pub(crate) struct Rings {
    /// Where each ring begins in `positions`, and one more for the end.
    pub(crate) starts: Vec<u32>,
    pub(crate) positions: Vec<Position>,
}

impl Rings {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, BadWaterData> {
        let mut numbers = Numbers::after(bytes, MAGIC, "a coast")?;
        let count = numbers.at_most(MOST_POINTS)?;
        let mut rings = Self {
            starts: vec![0],
            positions: Vec::with_capacity(bytes.len() / 3),
        };
        for _ in 0..count {
            let points = numbers.at_most(MOST_POINTS)?;
            if points < 3 || points + rings.positions.len() as u64 > MOST_POINTS {
                return Err(numbers.bad());
            }
            let first = rings.positions.len();
            let (mut lon, mut lat) = (0_i64, 0_i64);
            for _ in 0..points {
                let (east, north) = (numbers.signed()?, numbers.signed()?);
                lon = Position::wrapped_lon_e7(lon.saturating_add(east.saturating_mul(UNIT_E7)))
                    .into();
                lat = lat.saturating_add(north.saturating_mul(UNIT_E7));
                if lat.abs() > 900_000_000 {
                    return Err(numbers.bad());
                }
                rings.positions.push(Position {
                    lat_e7: lat as i32,
                    lon_e7: lon as i32,
                });
            }
            rings.positions.push(rings.positions[first]);
            rings.starts.push(rings.positions.len() as u32);
        }
        Ok(rings)
    }

    pub(crate) fn vectors(&self) -> Vec<Vector> {
        self.positions.iter().copied().map(vector).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_ring_across_the_antimeridian_is_read() {
        let mut out = NumberWriter(MAGIC.to_vec());
        out.unsigned(1);
        out.unsigned(3);
        for number in [1_799_990, 0, 20, 0, 0, 10] {
            out.signed(number);
        }
        let rings = Rings::decode(&out.0).unwrap();
        assert_eq!(rings.starts, [0, 4]);
        let lons: Vec<i32> = rings.positions.iter().map(|p| p.lon_e7 / 1_000).collect();
        assert_eq!(lons, [1_799_990, -1_799_990, -1_799_990, 1_799_990]);
        assert_eq!(rings.positions[2].lat_e7, 10_000);
    }

    #[test]
    fn what_is_cut_short_says_where() {
        let bad = Rings::decode(b"LAND1\x01\x03\x02").err();
        assert_eq!(bad, Some(BadWaterData::Number { offset: 8 }));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Rings::decode(&[MAGIC, &bytes].concat());
        }

        #[test]
        fn a_number_that_is_written_is_read(number in any::<i32>()) {
            let mut out = NumberWriter::default();
            out.signed(i64::from(number));
            let read = Numbers::after(&out.0, b"", "a number").unwrap().signed();
            prop_assert_eq!(read, Ok(i64::from(number)));
        }
    }
}
