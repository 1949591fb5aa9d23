//! Numbers straight from a field's bytes. The short decimal numbers that positions are written in
//! take a few nanoseconds; anything else (exponents, many digits, a decimal comma) goes the long
//! way over the standard library and comes to the same value.

/// A decimal number of at most 18 digits: `digits` / 10^`scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Decimal {
    is_negative: bool,
    digits: u64,
    scale: usize,
}

/// More digits than these do not fit a `u64` for certain.
const MAX_DIGITS: usize = 18;

/// The greatest whole number up to which a double holds every one.
const EXACT_WHOLE: u64 = 1 << 53;

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 19] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18,
];

/// The same as whole numbers, as far as degrees need them.
const WHOLE_POWERS: [i64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

#[inline]
fn decimal(text: &[u8]) -> Option<Decimal> {
    let (is_negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    // One byte more than digits: the point.
    if text.is_empty() || text.len() > MAX_DIGITS + 1 {
        return None;
    }
    let mut digits = 0_u64;
    let mut point = None;
    for (index, byte) in text.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            digits = digits.wrapping_mul(10).wrapping_add(u64::from(digit));
        } else if *byte == b'.' && point.is_none() {
            point = Some(index);
        } else {
            return None;
        }
    }
    let scale = point.map_or(0, |point| text.len() - 1 - point);
    let count = text.len() - usize::from(point.is_some());
    (1..=MAX_DIGITS).contains(&count).then_some(Decimal {
        is_negative,
        digits,
        scale,
    })
}

/// A finite number; `None` for anything else, `inf` and `nan` among it. Blanks around it are the
/// caller's to trim.
#[inline]
pub(crate) fn number(text: &[u8]) -> Option<f64> {
    if let Some(decimal) = decimal(text)
        && decimal.digits <= EXACT_WHOLE
    {
        // Both operands are exact, so the quotient is the double nearest to the number.
        let value = decimal.digits as f64 / POWERS[decimal.scale];
        return Some(if decimal.is_negative { -value } else { value });
    }
    long_number(text)
}

#[cold]
fn long_number(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let is_word = |byte: u8| byte.is_ascii_alphabetic() && !matches!(byte, b'e' | b'E');
    if text.bytes().any(is_word) {
        return None;
    }
    let value: f64 = match text.parse() {
        Ok(value) => value,
        // A decimal comma can stand in a field only where the comma is no delimiter, or in quotes.
        Err(_) if text.matches(',').count() == 1 && !text.contains('.') => {
            text.replace(',', ".").parse().ok()?
        }
        Err(_) => return None,
    };
    value.is_finite().then_some(value)
}

/// Degrees in whole ten-millionths, rounded to the nearest; far beyond the globe it saturates.
#[inline]
pub(crate) fn degrees_e7(text: &[u8]) -> Option<i64> {
    if let Some(decimal) = decimal(text)
        && let Some(factor) = 7_usize
            .checked_sub(decimal.scale)
            .map(|power| WHOLE_POWERS[power])
    {
        let digits = i64::try_from(decimal.digits).unwrap_or(i64::MAX);
        let value = digits.saturating_mul(factor);
        return Some(if decimal.is_negative { -value } else { value });
    }
    number(text).map(e7_of_degrees)
}

/// Degrees in whole ten-millionths, rounded to the nearest as `Position::from_degrees` does.
pub(crate) fn e7_of_degrees(degrees: f64) -> i64 {
    (degrees * 1e7).round() as i64
}

/// A whole number without a sign; a fraction of zeros (`31.0`) is let pass, as tables make of
/// whole numbers when one of the column is missing.
#[inline]
pub(crate) fn whole(text: &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for (index, byte) in text.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 && index < MAX_DIGITS {
            value = value * 10 + u64::from(digit);
        } else if *byte == b'.' && index > 0 && text[index + 1..].iter().all(|byte| *byte == b'0') {
            return Some(value);
        } else {
            return None;
        }
    }
    (!text.is_empty()).then_some(value)
}

/// A number of seconds or milliseconds, as `units_per_second` says, in whole milliseconds; what is
/// finer is cut off.
#[inline]
pub(crate) fn epoch_millis(text: &[u8], millis_per_unit: i64) -> Option<i64> {
    if let Some(decimal) = decimal(text)
        && let Some(divisor) = WHOLE_POWERS.get(decimal.scale)
    {
        let digits = i128::from(decimal.digits) * i128::from(millis_per_unit);
        let signed = if decimal.is_negative { -digits } else { digits };
        return i64::try_from(signed.div_euclid(i128::from(*divisor))).ok();
    }
    let millis = (number(text)? * millis_per_unit as f64).floor();
    (millis.abs() < 9e15).then_some(millis as i64)
}

/// A number of parts of a millisecond, 10^`power` of them to one, in whole milliseconds; what is
/// finer is cut off. Nineteen digits, as nanoseconds have, keep their exact value.
pub(crate) fn epoch_millis_of_parts(text: &[u8], power: usize) -> Option<i64> {
    let whole = text.strip_prefix(b"-").unwrap_or(text);
    let (digits, fraction) = match memchr::memchr(b'.', whole) {
        Some(point) => (&whole[..point], &whole[point + 1..]),
        None => (whole, &[][..]),
    };
    let are_digits = |digits: &[u8]| digits.iter().all(u8::is_ascii_digit);
    if !digits.is_empty() && digits.len() <= 36 && are_digits(digits) && are_digits(fraction) {
        let add = |value: i128, digit: &u8| value * 10 + i128::from(digit - b'0');
        let value = digits.iter().fold(0, add);
        let is_negative = whole.len() < text.len();
        // A fraction of a part takes a time before 1970 below the whole.
        let has_rest = is_negative && fraction.iter().any(|digit| *digit != b'0');
        let signed = if is_negative {
            -value - i128::from(has_rest)
        } else {
            value
        };
        return i64::try_from(signed.div_euclid(10_i128.pow(power as u32))).ok();
    }
    let millis = (number(text)? / POWERS[power]).floor();
    (millis.abs() < 9e15).then_some(millis as i64)
}

/// The digit 0 eight times.
const ZEROS: u64 = 0x3030_3030_3030_3030;
/// The highest bit of each of eight bytes.
const HIGHEST: u64 = 0x8080_8080_8080_8080;

/// Eight bytes of a text that begin at a place; `None` at the end of what is in memory.
#[inline]
fn eight_at(text: &[u8], start: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*text.get(start..)?.first_chunk()?))
}

/// The number that the last `count` of eight bytes stand for, 1 to 8, if they are what `zero` is but
/// for the digits where that has a 0.
#[inline]
fn last_digits(eight: u64, count: usize, zero: u64) -> Option<u64> {
    let digits = (eight ^ zero) & (u64::MAX << (64 - 8 * count));
    // A byte above 9 has its highest bit set by the sum or by itself.
    let others = (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & HIGHEST;
    (others == 0).then(|| joined(digits))
}

/// The number that eight digits stand for, of which the last is in the highest byte.
#[inline]
fn joined(digits: u64) -> u64 {
    let pairs = (digits.wrapping_mul(10) + (digits >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100) + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    (fours.wrapping_mul(10_000) + (fours >> 32)) & 0xffff_ffff
}

/// What [`degrees_e7`] makes of the bytes from `start` to `end`, if they are digits with a point
/// between them, as nearly all are; `None` says nothing. Bytes around them do not count.
#[inline]
pub(crate) fn quick_e7(text: &[u8], start: usize, end: usize) -> Option<i64> {
    let is_negative = *text.get(start)? == b'-';
    let start = start + usize::from(is_negative);
    let last = eight_at(text, end.checked_sub(8)?)?;
    // Set in each byte that is a point, and only there.
    let other = last ^ 0x2e2e_2e2e_2e2e_2e2e;
    let points = !(((other & !HIGHEST) + !HIGHEST) | other) & HIGHEST;
    let places = points.leading_zeros() as usize / 8;
    let whole = end.wrapping_sub(start + 1 + places);
    if !(1..=7).contains(&places) || !(1..=7).contains(&whole) {
        return None;
    }
    let before = eight_at(text, start)?;
    let before = last_digits(before << (64 - 8 * whole), whole, ZEROS)?;
    // As many zeros behind as make seven places.
    let behind = last_digits(last, places, ZEROS)? * WHOLE_POWERS[7 - places] as u64;
    let value = (before * 10_000_000 + behind).cast_signed();
    Some(if is_negative { -value } else { value })
}

/// A number in hundredths, if the bytes from `start` to `end` are a few digits with no more than two
/// behind a point, as nearly all are; `None` says nothing. Bytes around them do not count.
#[inline]
pub(crate) fn quick_hundredths(text: &[u8], start: usize, end: usize) -> Option<u32> {
    const POINT: u64 = b'.' as u64;
    let length = end.wrapping_sub(start);
    if !(1..=7).contains(&length) {
        return None;
    }
    let field = eight_at(text, end.checked_sub(8)?)?;
    // The point counts as one more digit, which is 0.
    let number = if length > 2 && field >> 48 & 0xff == POINT {
        let number = last_digits(field, length, ZEROS ^ (0x1e << 48))?;
        number + number % 10 * 9
    } else if length > 3 && field >> 40 & 0xff == POINT {
        let number = last_digits(field, length, ZEROS ^ (0x1e << 40))?;
        number / 1000 * 100 + number % 100
    } else {
        last_digits(field, length, ZEROS)? * 100
    };
    Some(number as u32)
}

/// What [`whole`] makes of the bytes from `start` to `end`, if they are nine digits, as nearly all
/// identities are; `None` says nothing. Bytes around them do not count.
#[inline]
pub(crate) fn quick_nine(text: &[u8], start: usize, end: usize) -> Option<u32> {
    if end.wrapping_sub(start) != 9 {
        return None;
    }
    let first = u32::from(text.get(start)?.wrapping_sub(b'0'));
    let others = last_digits(eight_at(text, start + 1)?, 8, ZEROS)?;
    (first < 10).then_some(first * 100_000_000 + others as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{LonLat, Position};
    use proptest::prelude::*;

    fn std_number(text: &str) -> Option<f64> {
        let value: f64 = text.parse().ok()?;
        (value.is_finite() && !text.to_ascii_lowercase().contains(['i', 'n', 'y'])).then_some(value)
    }

    #[test]
    fn numbers_are_read_as_the_standard_library_reads_them() {
        for text in [
            "0",
            "-0",
            "1",
            "+1",
            "1.",
            ".5",
            "-.5",
            ".",
            "-",
            "",
            "1e3",
            "1.5E-3",
            "00012.50",
            "120.31088256835938",
            "9007199254740993",
            "123456789012345678901234567890",
            "0.0000000000000000000000001",
            "1.2.3",
            "1-2",
            "0x10",
            "inf",
            "NaN",
            "12a",
            "1e999",
            "999999999999999999",
            "1.29999995231628",
        ] {
            let bits = |value: Option<f64>| value.map(f64::to_bits);
            assert_eq!(
                bits(number(text.as_bytes())),
                bits(std_number(text)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_decimal_comma_is_read_where_a_field_can_hold_one() {
        assert_eq!(number(b"57,8794"), Some(57.8794));
        assert_eq!(degrees_e7(b"-57,8794"), Some(-578_794_000));
        assert_eq!(number(b"1,234.5"), None);
        assert_eq!(number(b"1,2,3"), None);
    }

    #[test]
    fn whole_numbers_may_have_a_fraction_of_zeros() {
        assert_eq!(whole(b"367752440"), Some(367_752_440));
        assert_eq!(whole(b"31.0"), Some(31));
        assert_eq!(whole(b"31."), Some(31));
        for wrong in ["", "-1", "31.5", ".0", "1e3", "12345678901234567890", "3 1"] {
            assert_eq!(whole(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn seconds_and_milliseconds_come_to_milliseconds() {
        assert_eq!(epoch_millis(b"1443650402", 1000), Some(1_443_650_402_000));
        assert_eq!(epoch_millis(b"1443650402.0", 1000), Some(1_443_650_402_000));
        assert_eq!(
            epoch_millis(b"1443650402.1239", 1000),
            Some(1_443_650_402_123)
        );
        assert_eq!(
            epoch_millis(b"1.4436504021239e9", 1000),
            Some(1_443_650_402_123)
        );
        assert_eq!(epoch_millis(b"1493596800000", 1), Some(1_493_596_800_000));
        assert_eq!(epoch_millis(b"-1.5", 1000), Some(-1_500));
        assert_eq!(epoch_millis(b"999999999999999999", 1000), None);
        assert_eq!(epoch_millis(b"soon", 1000), None);
    }

    #[test]
    fn micro_and_nanoseconds_come_to_milliseconds_to_the_last_digit() {
        assert_eq!(
            epoch_millis_of_parts(b"1772323200123999", 3),
            Some(1_772_323_200_123)
        );
        assert_eq!(
            epoch_millis_of_parts(b"1772323200123999999", 6),
            Some(1_772_323_200_123)
        );
        assert_eq!(
            epoch_millis_of_parts(b"1772323200123999999.5", 6),
            Some(1_772_323_200_123)
        );
        assert_eq!(
            epoch_millis_of_parts(b"1.7723232e+18", 6),
            Some(1_772_323_200_000)
        );
        assert_eq!(epoch_millis_of_parts(b"-1", 3), Some(-1));
        assert_eq!(epoch_millis_of_parts(b"-1000.5", 3), Some(-2));
        assert_eq!(epoch_millis_of_parts(b"-1000", 3), Some(-1));
        for wrong in ["", "-", ".", "soon", "12a"] {
            assert_eq!(epoch_millis_of_parts(wrong.as_bytes(), 6), None, "{wrong}");
        }
        let long = "9".repeat(36);
        assert_eq!(epoch_millis_of_parts(long.as_bytes(), 6), None);
    }

    proptest! {
        #[test]
        fn any_number_is_read_as_the_standard_library_reads_it(
            text in "[+-]?[0-9]{0,20}(\\.[0-9]{0,20})?([eE][+-]?[0-9]{1,3})?"
        ) {
            let bits = |value: Option<f64>| value.map(f64::to_bits);
            prop_assert_eq!(bits(number(text.as_bytes())), bits(std_number(&text)));
        }

        #[test]
        fn degrees_equal_those_of_the_standard_library_to_the_last_digit(
            lat in -90.0..=90.0_f64, lon in -180.0..=180.0_f64, places in 0..16_usize
        ) {
            let lat_text = format!("{lat:.places$}");
            let lon_text = format!("{lon:.places$}");
            let place = LonLat {
                lat: lat_text.parse().unwrap(),
                lon: lon_text.parse().unwrap(),
            };
            let expected = Position::from_degrees(place).unwrap();
            prop_assert_eq!(degrees_e7(lat_text.as_bytes()), Some(i64::from(expected.lat_e7)));
            prop_assert_eq!(degrees_e7(lon_text.as_bytes()), Some(i64::from(expected.lon_e7)));
        }

        #[test]
        fn the_quick_ways_come_to_the_same_as_the_long_ones(
            before in "[0-9.,\n-]{0,9}", text in "[+-]?[0-9]{0,10}(\\.[0-9]{0,9})?[ eE,/\"]?[0-9]{0,2}",
            after in "[0-9.,\n]{16}"
        ) {
            let padded = before.clone() + &text + &after;
            let padded = padded.as_bytes();
            for start in 0..before.len() + 3 {
                for end in start..before.len() + text.len() + 3 {
                    let text = &padded[start..end];
                    if let Some(found) = quick_e7(padded, start, end) {
                        prop_assert_eq!(Some(found), degrees_e7(text));
                    }
                    if let Some(found) = quick_nine(padded, start, end) {
                        prop_assert_eq!(Some(u64::from(found)), whole(text));
                    }
                    if let Some(found) = quick_hundredths(padded, start, end) {
                        prop_assert_eq!(Some(f64::from(found) / 100.0), number(text));
                    }
                }
            }
        }

        #[test]
        fn the_quick_ways_are_those_of_numbers_as_they_are_written(
            degrees in "-?[0-9]{1,3}\\.[0-9]{1,7}", tenths in "[0-9]{1,3}(\\.[0-9]{1,2})?", nine in "[0-9]{9}"
        ) {
            let padded = |text: &str| format!("1.5,1.5,{text},1.5,1.5,1.5").into_bytes();
            prop_assert!(quick_e7(&padded(&degrees), 8, 8 + degrees.len()).is_some());
            prop_assert!(quick_hundredths(&padded(&tenths), 8, 8 + tenths.len()).is_some());
            prop_assert!(quick_nine(&padded(&nine), 8, 17).is_some());
        }

        #[test]
        fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            for end in 0..bytes.len() + 2 {
                for start in 0..=end {
                    let _ = (quick_e7(&bytes, start, end), quick_hundredths(&bytes, start, end));
                    let _ = quick_nine(&bytes, start, end);
                }
            }
            let _ = (number(&bytes), degrees_e7(&bytes), whole(&bytes));
            let _ = (epoch_millis(&bytes, 1000), epoch_millis(&bytes, 1));
            let _ = epoch_millis_of_parts(&bytes, 6);
        }
    }
}
