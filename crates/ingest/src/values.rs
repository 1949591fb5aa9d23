//! Values are one column of a typed table: numbers, times, texts or points, each of which can be
//! written as the text that it would be in a CSV.

use crate::wkb;
use polars_arrow::array::{
    Array, BinaryArray, BinaryViewArray, BooleanArray, PrimitiveArray, StaticArray, Utf8Array,
    Utf8ViewArray,
};
use polars_arrow::datatypes::{ArrowDataType, TimeUnit};
use std::io::Write as _;

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Numbers, texts or anything else that is written as text.
    Plain,
    /// Numbers of 24 bits, some seven digits.
    Single,
    /// Moments.
    Time,
    /// Times of day.
    Clock,
    /// Something that cannot be a field, in words.
    Other(String),
}

impl Kind {
    /// What a column of a type holds.
    pub(crate) fn of(dtype: &ArrowDataType) -> Self {
        use ArrowDataType as D;
        match dtype {
            D::Timestamp(..) | D::Date32 | D::Date64 => Self::Time,
            D::Time32(_) | D::Time64(_) => Self::Clock,
            D::Float32 => Self::Single,
            D::Null
            | D::Boolean
            | D::Int8
            | D::Int16
            | D::Int32
            | D::Int64
            | D::UInt8
            | D::UInt16
            | D::UInt32
            | D::UInt64
            | D::Float64
            | D::Decimal(..)
            | D::Utf8
            | D::LargeUtf8
            | D::Utf8View
            | D::Binary
            | D::LargeBinary
            | D::BinaryView => Self::Plain,
            D::Extension(extension) => Self::of(&extension.inner),
            other => Self::Other(format!("{other:?}").chars().take(40).collect()),
        }
    }
}

/// One column's values, or a batch of them.
#[derive(Clone, Debug)]
pub(crate) enum Values {
    Absent(usize),
    Boolean(BooleanArray),
    I8(PrimitiveArray<i8>),
    I16(PrimitiveArray<i16>),
    I32(PrimitiveArray<i32>),
    I64(PrimitiveArray<i64>),
    U8(PrimitiveArray<u8>),
    U16(PrimitiveArray<u16>),
    U32(PrimitiveArray<u32>),
    U64(PrimitiveArray<u64>),
    F32(PrimitiveArray<f32>),
    F64(PrimitiveArray<f64>),
    /// Whole numbers with so many decimals.
    Decimal(PrimitiveArray<i128>, usize),
    /// Days since 1970.
    Days(PrimitiveArray<i32>),
    /// Moments since 1970, so many in a millisecond.
    Moments(PrimitiveArray<i64>, Moment),
    /// Times of day, so many in a second.
    Clocks32(PrimitiveArray<i32>, i64),
    Clocks64(PrimitiveArray<i64>, i64),
    Text(Utf8ViewArray),
    Text32(Utf8Array<i32>),
    Text64(Utf8Array<i64>),
    Binary(BinaryViewArray),
    Binary32(BinaryArray<i32>),
    Binary64(BinaryArray<i64>),
}

/// The unit of moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Seconds,
    /// So many to a millisecond.
    PerMillisecond(i64),
}

impl Values {
    /// The values of an array; `None` if its type is none that can be a field.
    pub(crate) fn new(array: &dyn Array) -> Option<Self> {
        use ArrowDataType as D;
        let any = array.as_any();
        Some(match array.dtype().to_storage() {
            D::Null => Self::Absent(array.len()),
            D::Boolean => Self::Boolean(any.downcast_ref::<BooleanArray>()?.clone()),
            D::Int8 => Self::I8(any.downcast_ref::<PrimitiveArray<i8>>()?.clone()),
            D::Int16 => Self::I16(any.downcast_ref::<PrimitiveArray<i16>>()?.clone()),
            D::Int32 => Self::I32(any.downcast_ref::<PrimitiveArray<i32>>()?.clone()),
            D::Int64 => Self::I64(any.downcast_ref::<PrimitiveArray<i64>>()?.clone()),
            D::UInt8 => Self::U8(any.downcast_ref::<PrimitiveArray<u8>>()?.clone()),
            D::UInt16 => Self::U16(any.downcast_ref::<PrimitiveArray<u16>>()?.clone()),
            D::UInt32 => Self::U32(any.downcast_ref::<PrimitiveArray<u32>>()?.clone()),
            D::UInt64 => Self::U64(any.downcast_ref::<PrimitiveArray<u64>>()?.clone()),
            D::Float32 => Self::F32(any.downcast_ref::<PrimitiveArray<f32>>()?.clone()),
            D::Float64 => Self::F64(any.downcast_ref::<PrimitiveArray<f64>>()?.clone()),
            D::Decimal(_, scale) => {
                Self::Decimal(any.downcast_ref::<PrimitiveArray<i128>>()?.clone(), *scale)
            }
            D::Date32 => Self::Days(any.downcast_ref::<PrimitiveArray<i32>>()?.clone()),
            D::Date64 => Self::Moments(
                any.downcast_ref::<PrimitiveArray<i64>>()?.clone(),
                Moment::PerMillisecond(1),
            ),
            D::Timestamp(unit, _) => Self::Moments(
                any.downcast_ref::<PrimitiveArray<i64>>()?.clone(),
                match unit {
                    TimeUnit::Second => Moment::Seconds,
                    TimeUnit::Millisecond => Moment::PerMillisecond(1),
                    TimeUnit::Microsecond => Moment::PerMillisecond(1_000),
                    TimeUnit::Nanosecond => Moment::PerMillisecond(1_000_000),
                },
            ),
            D::Time32(unit) => Self::Clocks32(
                any.downcast_ref::<PrimitiveArray<i32>>()?.clone(),
                per_second(*unit),
            ),
            D::Time64(unit) => Self::Clocks64(
                any.downcast_ref::<PrimitiveArray<i64>>()?.clone(),
                per_second(*unit),
            ),
            D::Utf8View => Self::Text(any.downcast_ref::<Utf8ViewArray>()?.clone()),
            D::Utf8 => Self::Text32(any.downcast_ref::<Utf8Array<i32>>()?.clone()),
            D::LargeUtf8 => Self::Text64(any.downcast_ref::<Utf8Array<i64>>()?.clone()),
            D::BinaryView => Self::Binary(any.downcast_ref::<BinaryViewArray>()?.clone()),
            D::Binary => Self::Binary32(any.downcast_ref::<BinaryArray<i32>>()?.clone()),
            D::LargeBinary => Self::Binary64(any.downcast_ref::<BinaryArray<i64>>()?.clone()),
            _ => return None,
        })
    }

    /// How many values.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Absent(count) => *count,
            Self::Boolean(array) => array.len(),
            Self::I8(array) => array.len(),
            Self::I16(array) => array.len(),
            Self::I32(array) | Self::Days(array) | Self::Clocks32(array, _) => array.len(),
            Self::I64(array) | Self::Moments(array, _) | Self::Clocks64(array, _) => array.len(),
            Self::U8(array) => array.len(),
            Self::U16(array) => array.len(),
            Self::U32(array) => array.len(),
            Self::U64(array) => array.len(),
            Self::F32(array) => array.len(),
            Self::F64(array) => array.len(),
            Self::Decimal(array, _) => array.len(),
            Self::Text(array) => array.len(),
            Self::Text32(array) => array.len(),
            Self::Text64(array) => array.len(),
            Self::Binary(array) => array.len(),
            Self::Binary32(array) => array.len(),
            Self::Binary64(array) => array.len(),
        }
    }

    /// Writes a value as a CSV would have it: nothing for an absent one and for what is not a
    /// number; times in milliseconds since 1970; times of day with colons; points as well-known text. Control characters
    /// become blanks.
    pub(crate) fn write(&self, row: usize, out: &mut Vec<u8>) {
        match self {
            Self::Absent(_) => {}
            Self::Boolean(array) => text(
                out,
                array.get(row).map(|is| if is { "true" } else { "false" }),
            ),
            Self::I8(array) => number(out, array.get(row)),
            Self::I16(array) => number(out, array.get(row)),
            Self::I32(array) => number(out, array.get(row)),
            Self::I64(array) => number(out, array.get(row)),
            Self::U8(array) => number(out, array.get(row)),
            Self::U16(array) => number(out, array.get(row)),
            Self::U32(array) => number(out, array.get(row)),
            Self::U64(array) => number(out, array.get(row)),
            Self::F32(array) => number(out, array.get(row).filter(|value| !value.is_nan())),
            Self::F64(array) => number(out, array.get(row).filter(|value| !value.is_nan())),
            Self::Decimal(array, scale) => decimal(out, array.get(row), *scale),
            Self::Days(array) => {
                number(out, array.get(row).map(|days| i64::from(days) * 86_400_000));
            }
            Self::Moments(array, unit) => {
                number(
                    out,
                    array.get(row).map(|moment| match unit {
                        Moment::Seconds => moment.saturating_mul(1000),
                        Moment::PerMillisecond(parts) => moment.div_euclid(*parts),
                    }),
                );
            }
            Self::Clocks32(array, per_second) => {
                clock(out, array.get(row).map(i64::from), *per_second);
            }
            Self::Clocks64(array, per_second) => clock(out, array.get(row), *per_second),
            Self::Text(array) => text(out, array.get(row)),
            Self::Text32(array) => text(out, array.get(row)),
            Self::Text64(array) => text(out, array.get(row)),
            Self::Binary(array) => bytes(out, array.get(row)),
            Self::Binary32(array) => bytes(out, array.get(row)),
            Self::Binary64(array) => bytes(out, array.get(row)),
        }
    }
}

fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// A time of day, to the millisecond; nothing for what is none.
fn clock(out: &mut Vec<u8>, parts: Option<i64>, per_second: i64) {
    let Some(parts) = parts.filter(|parts| *parts >= 0) else {
        return;
    };
    let (seconds, rest) = (parts / per_second, parts % per_second);
    let millis = rest * 1_000 / per_second;
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let _ = write!(out, "{hour:02}:{minute:02}:{second:02}.{millis:03}");
}

fn number(out: &mut Vec<u8>, value: Option<impl std::fmt::Display>) {
    if let Some(value) = value {
        // Writing to a vector does not fail.
        let _ = write!(out, "{value}");
    }
}

fn decimal(out: &mut Vec<u8>, value: Option<i128>, scale: usize) {
    if let Some(value) = value {
        let sign = if value < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let _ = write!(out, "{sign}{whole}.{fraction}");
    }
}

fn text(out: &mut Vec<u8>, value: Option<&str>) {
    bytes_as_text(out, value.unwrap_or_default().as_bytes());
}

/// Bytes are a point in well-known binary, or else a text.
fn bytes(out: &mut Vec<u8>, value: Option<&[u8]>) {
    let value = value.unwrap_or_default();
    match wkb::point(value) {
        Some(point) => {
            let _ = write!(out, "POINT ({} {})", point.lon, point.lat);
        }
        None => bytes_as_text(out, value),
    }
}

fn bytes_as_text(out: &mut Vec<u8>, value: &[u8]) {
    out.extend(
        value
            .iter()
            .map(|byte| if *byte < b' ' { b' ' } else { *byte }),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(values: &Values) -> Vec<String> {
        (0..values.len())
            .map(|row| {
                let mut out = Vec::new();
                values.write(row, &mut out);
                String::from_utf8(out).unwrap()
            })
            .collect()
    }

    #[test]
    fn values_are_written_as_a_csv_has_them() {
        let floats =
            PrimitiveArray::from(vec![Some(12.1), None, Some(f64::NAN), Some(273_210_440.0)]);
        assert_eq!(written(&Values::F64(floats)), ["12.1", "", "", "273210440"]);
        let short = PrimitiveArray::from(vec![Some(12.3_f32)]);
        assert_eq!(written(&Values::F32(short)), ["12.3"]);
        let decimals = PrimitiveArray::from(vec![Some(-5_i128), Some(12_345)]);
        assert_eq!(written(&Values::Decimal(decimals, 2)), ["-0.05", "123.45"]);
        let texts = Utf8ViewArray::from_slice([Some("A\x1fB\n"), None]);
        assert_eq!(written(&Values::Text(texts)), ["A B ", ""]);
    }

    #[test]
    fn times_of_day_are_written_with_colons() {
        let array = PrimitiveArray::from(vec![Some(36_610_000_500_000_i64), None, Some(-1)]);
        assert_eq!(
            written(&Values::Clocks64(array, 1_000_000_000)),
            ["10:10:10.000", "", ""]
        );
        let array = PrimitiveArray::from(vec![Some(86_399_250)]);
        assert_eq!(written(&Values::Clocks32(array, 1_000)), ["23:59:59.250"]);
    }

    #[test]
    fn moments_are_whole_milliseconds_also_before_1970() {
        let moments = |unit| {
            let array = PrimitiveArray::from(vec![Some(-1_i64), Some(1_999)]);
            written(&Values::Moments(array, unit))
        };
        assert_eq!(moments(Moment::PerMillisecond(1_000)), ["-1", "1"]);
        assert_eq!(moments(Moment::PerMillisecond(1)), ["-1", "1999"]);
        assert_eq!(moments(Moment::Seconds), ["-1000", "1999000"]);
        let far = PrimitiveArray::from(vec![Some(i64::MAX)]);
        assert_eq!(
            written(&Values::Moments(far, Moment::Seconds)),
            [i64::MAX.to_string()]
        );
        let days = PrimitiveArray::from(vec![Some(19_600), Some(i32::MIN)]);
        assert_eq!(
            written(&Values::Days(days)),
            ["1693440000000", "-185542587187200000"]
        );
    }
}
