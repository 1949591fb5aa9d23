//! The compact form of rows on disk: what differs from the row before, in numbers of as many bytes as
//! they need. A report of a ship under way takes some 13 bytes of its 36.

use crate::rows::GatheredRow;
use landfall_ingest::ParticularsSlot;
use landfall_track::{PositionReport, RawReport};

/// No row takes more bytes.
pub(crate) const LONGEST_ROW: usize = 64;

const SPEED: u8 = 1;
const COURSE: u8 = 1 << 1;
const HEADING: u8 = 1 << 2;
const KIND: u8 = 1 << 3;
const PARTICULARS: u8 = 1 << 4;
const CENTI: [u8; 3] = [SPEED, COURSE, HEADING];

/// The row before, from which the next one differs; at first one of nothing but noughts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RowCode {
    report: RawReport,
    particulars: u32,
}

impl RowCode {
    /// Appends the next row.
    pub(crate) fn push(&mut self, row: &GatheredRow, out: &mut Vec<u8>) {
        let (before, now) = (self.report, row.report.to_raw());
        let mut changed = 0;
        for ((flag, was), is) in CENTI.iter().zip(before.centi).zip(now.centi) {
            changed |= if was == is { 0 } else { *flag };
        }
        if before.kind != now.kind {
            changed |= KIND;
        }
        if self.particulars != row.particulars.0 {
            changed |= PARTICULARS;
        }
        out.push(changed);
        push_signed(out, now.time_ms.wrapping_sub(before.time_ms));
        for (was, is) in [
            (before.position.lat_e7, now.position.lat_e7),
            (before.position.lon_e7, now.position.lon_e7),
        ] {
            push_signed(out, i64::from(is) - i64::from(was));
        }
        push_signed(out, now.source.wrapping_sub(before.source).cast_signed());
        for ((flag, was), is) in CENTI.iter().zip(before.centi).zip(now.centi) {
            if changed & flag != 0 {
                push_signed(out, i64::from(is) - i64::from(was));
            }
        }
        if changed & KIND != 0 {
            out.extend_from_slice(&now.kind);
        }
        if changed & PARTICULARS != 0 {
            push_unsigned(out, row.particulars.0.into());
        }
        self.report = now;
        self.particulars = row.particulars.0;
    }

    /// Takes the next row off the front of `bytes`; `None` if no row stands there.
    pub(crate) fn next(&mut self, bytes: &mut &[u8]) -> Option<GatheredRow> {
        let mut now = self.report;
        let changed = take_byte(bytes)?;
        now.time_ms = now.time_ms.wrapping_add(take_signed(bytes)?);
        now.position.lat_e7 = moved(now.position.lat_e7, take_signed(bytes)?)?;
        now.position.lon_e7 = moved(now.position.lon_e7, take_signed(bytes)?)?;
        now.source = now.source.wrapping_add(take_signed(bytes)?.cast_unsigned());
        for (flag, value) in CENTI.iter().zip(&mut now.centi) {
            if changed & flag != 0 {
                let sum = i64::from(*value).checked_add(take_signed(bytes)?)?;
                *value = u16::try_from(sum).ok()?;
            }
        }
        if changed & KIND != 0 {
            now.kind = [take_byte(bytes)?, take_byte(bytes)?];
        }
        if changed & PARTICULARS != 0 {
            self.particulars = u32::try_from(take_unsigned(bytes)?).ok()?;
        }
        self.report = now;
        Some(GatheredRow {
            report: PositionReport::from_raw(&now)?,
            particulars: ParticularsSlot(self.particulars),
        })
    }
}

fn moved(value: i32, by: i64) -> Option<i32> {
    i32::try_from(i64::from(value).checked_add(by)?).ok()
}

/// Appends a number in groups of seven bits, the lowest first (LEB128).
pub(crate) fn push_unsigned(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// The same of a number that may be negative: small ones of either sign are short.
fn push_signed(out: &mut Vec<u8>, value: i64) {
    push_unsigned(out, (value << 1 ^ value >> 63).cast_unsigned());
}

#[inline]
fn take_byte(bytes: &mut &[u8]) -> Option<u8> {
    let (byte, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(*byte)
}

/// Takes a number off the front.
#[inline]
pub(crate) fn take_unsigned(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = take_byte(bytes)?;
        value |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[inline]
fn take_signed(bytes: &mut &[u8]) -> Option<i64> {
    let value = take_unsigned(bytes)?;
    Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{Position, Sender, SourceRow, Timestamp};
    use proptest::prelude::*;

    prop_compose! {
        fn row()(
            time in prop_oneof![0..10_000_i64, Timestamp::MIN.as_millis()..Timestamp::MAX.as_millis()],
            lat_e7 in -900_000_000..=900_000_000_i32,
            lon_e7 in any::<i32>(),
            centi in prop::collection::vec(prop::option::of(0.0..102.0_f64), 3),
            status in prop::option::of(0..15_u8),
            is_class_a in any::<bool>(),
            file in 0..3_usize,
            number in prop_oneof![0..100_u64, 0..1_u64 << 40],
            particulars in prop_oneof![0..3_u32, any::<u32>()],
        ) -> GatheredRow {
            let report = PositionReport::new(
                Timestamp::from_millis(time).unwrap(),
                Position { lat_e7, lon_e7 },
                SourceRow::new(file, number).unwrap(),
            )
            .with_speed_knots(centi[0])
            .with_course_deg(centi[1])
            .with_heading_deg(centi[2])
            .with_nav_status(status)
            .with_sender(if is_class_a { Sender::ClassA } else { Sender::Distress });
            GatheredRow { report, particulars: ParticularsSlot(particulars) }
        }
    }

    proptest! {
        #[test]
        fn rows_come_back_as_they_were_and_none_is_longer_than_the_longest(
            rows in prop::collection::vec(row(), 0..50),
        ) {
            let (mut code, mut out) = (RowCode::default(), Vec::new());
            for row in &rows {
                let start = out.len();
                code.push(row, &mut out);
                prop_assert!(out.len() - start <= LONGEST_ROW);
            }
            let (mut code, mut rest) = (RowCode::default(), out.as_slice());
            for row in &rows {
                let back = code.next(&mut rest).unwrap();
                prop_assert_eq!(back.report.to_raw(), row.report.to_raw());
                prop_assert_eq!(back.particulars, row.particulars);
            }
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn bytes_that_are_no_rows_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let (mut code, mut rest) = (RowCode::default(), bytes.as_slice());
            while code.next(&mut rest).is_some() {}
        }
    }
}
