//! A phrase is a measure in words, rounded to what a reader can use; the layers hold the full number.

use landfall_track::{METRES_PER_NAUTICAL_MILE, TimeSpan, Timestamp};

/// A moment in UTC, to the second.
pub(crate) fn moment(time: Timestamp) -> String {
    let fraction = time.as_millis().rem_euclid(1000);
    time.shifted(-fraction).to_string()
}

/// A day in UTC.
pub(crate) fn day(time: Timestamp) -> String {
    let mut text = time.to_string();
    text.truncate("2023-12-09".len());
    text
}

/// Hours, such as `13.4 h`.
pub(crate) fn hours(hours: f64) -> String {
    format!("{} h", one_decimal(hours))
}

/// What is left of a silence after the shortest stay: `13.4 h to spare`, or that it is too short.
pub(crate) fn spare(slack_h: f64) -> String {
    if slack_h < 0.0 {
        format!("{} short of the shortest stay", hours(-slack_h))
    } else {
        format!("{} to spare", hours(slack_h))
    }
}

/// A speed, such as `8.1 knots`.
pub(crate) fn knots(knots: f64) -> String {
    if knots.is_finite() {
        format!("{} knots", one_decimal(knots))
    } else {
        "a speed beyond any".to_owned()
    }
}

/// A distance, such as `212 km (114 nautical miles)`.
pub(crate) fn distance(metres: f64) -> String {
    let (km, miles) = (metres / 1000.0, metres / METRES_PER_NAUTICAL_MILE);
    if km.abs() < 10.0 {
        format!(
            "{} km ({} nautical miles)",
            one_decimal(km),
            one_decimal(miles)
        )
    } else {
        format!("{km:.0} km ({miles:.0} nautical miles)")
    }
}

/// A count with its noun.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A number with a comma between thousands, such as `16,258`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A large count with its noun, such as `16,258 rows`.
pub(crate) fn many(number: u64, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        thousands(number),
        if number == 1 { one } else { many }
    )
}

/// How long it is from one moment to another, in days, or if it is short in hours.
pub(crate) fn lasting(from: Timestamp, to: Timestamp) -> String {
    let lasted_h = to.hours_since(from);
    if lasted_h < 48.0 {
        hours(lasted_h)
    } else {
        format!("{:.0} days", lasted_h / 24.0)
    }
}

/// The times between which something happened.
pub(crate) fn span(span: TimeSpan) -> String {
    // An open beginning is held as the earliest moment there is.
    match (earliest(span), span.latest) {
        (Some(from), Some(to)) if moment(from) == moment(to) => format!("at {}", moment(from)),
        (Some(from), Some(to)) => format!("between {} and {}", moment(from), moment(to)),
        (Some(from), None) => format!("at {} or later", moment(from)),
        (None, Some(to)) => format!("by {}", moment(to)),
        (None, None) => "at a time that nothing bounds".to_owned(),
    }
}

/// When something happened at the earliest; `None` if nothing bounds it.
pub(crate) fn earliest(span: TimeSpan) -> Option<Timestamp> {
    (span.earliest > Timestamp::MIN).then_some(span.earliest)
}

fn one_decimal(value: f64) -> String {
    let text = format!("{value:.1}");
    if text == "-0.0" {
        "0.0".to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_rounded_to_what_a_reader_can_use() {
        assert_eq!(hours(13.44), "13.4 h");
        assert_eq!(hours(-0.01), "0.0 h");
        assert_eq!(spare(-0.5), "0.5 h short of the shortest stay");
        assert_eq!(knots(f64::INFINITY), "a speed beyond any");
        assert_eq!(distance(212_345.0), "212 km (115 nautical miles)");
        assert_eq!(distance(1_852.0), "1.9 km (1.0 nautical miles)");
    }

    #[test]
    fn thousands_are_parted_by_commas() {
        let shown = [0, 999, 1_000, 21_519_980].map(thousands);
        assert_eq!(shown, ["0", "999", "1,000", "21,519,980"]);
        assert_eq!(many(1, "row", "rows"), "1 row");
        assert_eq!(many(1_000, "row", "rows"), "1,000 rows");
    }

    #[test]
    fn a_span_without_bounds_says_so() {
        let time: Timestamp = "2023-12-09T05:00:00.999Z".parse().unwrap();
        let shown = |earliest, latest| span(TimeSpan { earliest, latest });
        assert_eq!(shown(time, Some(time)), "at 2023-12-09T05:00:00Z");
        assert_eq!(shown(time, None), "at 2023-12-09T05:00:00Z or later");
        assert_eq!(shown(Timestamp::MIN, Some(time)), "by 2023-12-09T05:00:00Z");
        assert_eq!(day(time), "2023-12-09");
    }
}
