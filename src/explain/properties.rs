//! Properties are what a feature says of itself; what was not asked for in particular is listed in
//! the end, so that nothing is lost.

use super::result::FoundFeature;
use landfall_track::Timestamp;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// The most characters of a list that is printed whole.
const LIST_LENGTH: usize = 400;

/// A feature's properties, or one record of a list among them.
#[derive(Debug)]
pub(crate) struct Properties<'a> {
    map: Option<&'a Map<String, Value>>,
    used: RefCell<BTreeSet<String>>,
}

/// A row of an input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RowName {
    pub(crate) file: String,
    pub(crate) row: u64,
}

impl<'a> Properties<'a> {
    pub(crate) fn of(feature: &'a FoundFeature) -> Self {
        Self::new(feature.feature.get("properties"))
    }

    pub(crate) fn new(value: Option<&'a Value>) -> Self {
        Self {
            map: value.and_then(Value::as_object),
            used: RefCell::default(),
        }
    }

    /// A property that is there.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.used.borrow_mut().insert(name.to_owned());
        self.map?.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str()
    }

    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.as_f64()
    }

    pub(crate) fn count(&self, name: &str) -> Option<u64> {
        self.get(name)?.as_u64()
    }

    pub(crate) fn truth(&self, name: &str) -> Option<bool> {
        self.get(name)?.as_bool()
    }

    pub(crate) fn time(&self, name: &str) -> Option<Timestamp> {
        self.text(name)?.parse().ok()
    }

    /// The texts of a list.
    pub(crate) fn texts(&self, name: &str) -> Vec<&'a str> {
        self.values(name).filter_map(Value::as_str).collect()
    }

    /// The records of a list.
    pub(crate) fn records(&self, name: &str) -> Vec<Properties<'a>> {
        self.values(name)
            .map(|value| Self::new(Some(value)))
            .collect()
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
        self.get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    }

    /// One of the two rows that the feature rests on, `first` or `last`.
    pub(crate) fn source(&self, end: &str) -> Option<RowName> {
        let row = self.get("source")?.get(end)?;
        Some(RowName {
            file: row.get("file")?.as_str()?.to_owned(),
            row: row.get("row")?.as_u64()?,
        })
    }

    /// A port's name, with its code if it has one.
    pub(crate) fn port(&self, name: &str) -> Option<String> {
        let code = self.text(&format!("{name}_locode"));
        self.get(&format!("{name}_country"));
        let name = self.text(name)?;
        Some(match code {
            Some(code) => format!("{name} ({code})"),
            None => name.to_owned(),
        })
    }

    /// A place from two properties in degrees.
    pub(crate) fn place(&self, lat: &str, lon: &str) -> Option<String> {
        self.number(lat)
            .zip(self.number(lon))
            .map(|(lat, lon)| place(lat, lon))
    }

    /// What was not asked for.
    pub(crate) fn rest(&self) -> Vec<(String, String)> {
        let used = self.used.borrow();
        let rest = self.map.into_iter().flatten();
        rest.filter(|(name, _)| !used.contains(*name))
            .map(|(name, value)| (name.clone(), plain(value)))
            .collect()
    }
}

/// A value as a line of text.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "not known".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) if values.is_empty() => "none".to_owned(),
        Value::Array(values) => {
            let text = value.to_string();
            if text.chars().count() <= LIST_LENGTH {
                text
            } else {
                format!("{} entries", values.len())
            }
        }
        other => other.to_string(),
    }
}

/// A place as people write it.
pub(crate) fn place(lat: f64, lon: f64) -> String {
    let (north, east) = (
        if lat < 0.0 { 'S' } else { 'N' },
        if lon < 0.0 { 'W' } else { 'E' },
    );
    format!("{:.4} {north} {:.4} {east}", lat.abs(), lon.abs())
}

/// Hours, such as `38.71 h`; from two days on also in days.
pub(crate) fn hours(hours: f64) -> String {
    if hours.abs() >= 48.0 {
        format!("{hours:.2} h ({:.1} days)", hours / 24.0)
    } else {
        format!("{hours:.2} h")
    }
}

/// A distance given in kilometres.
pub(crate) fn kilometres(km: f64) -> String {
    /// A nautical mile in kilometres, by definition.
    const MILE_KM: f64 = 1.852;
    format!("{km:.1} km ({:.1} nautical miles)", km / MILE_KM)
}

pub(crate) fn knots(knots: f64) -> String {
    format!("{} knots", trimmed(knots))
}

/// A number with at most two decimals, and none that say nothing.
pub(crate) fn trimmed(number: f64) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

/// A count with its noun.
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_not_asked_for_is_listed_and_what_is_absent_is_not_there() {
        let value = json!({
            "port": "Najin", "port_locode": "KPRJN", "port_country": "KP", "speed": null,
            "odd": [1, 2], "source": {"first": {"file": "a.csv", "row": 7}}, "long": vec!["x"; 500],
        });
        let properties = Properties::new(Some(&value));
        assert_eq!(properties.port("port").as_deref(), Some("Najin (KPRJN)"));
        assert_eq!(properties.number("speed"), None);
        let row = RowName {
            file: "a.csv".to_owned(),
            row: 7,
        };
        assert_eq!(properties.source("first"), Some(row));
        assert_eq!(properties.source("last"), None);
        let rest = properties.rest();
        let rest: Vec<_> = rest
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(rest, [("long", "500 entries"), ("odd", "[1,2]")]);
    }

    #[test]
    fn numbers_are_rounded_to_what_can_be_reckoned_with() {
        assert_eq!(hours(38.7067), "38.71 h");
        assert_eq!(hours(72.0), "72.00 h (3.0 days)");
        assert_eq!(kilometres(235.891), "235.9 km (127.4 nautical miles)");
        assert_eq!(
            (trimmed(33.0), trimmed(0.53), trimmed(-0.001)),
            ("33".into(), "0.53".into(), "0".into())
        );
        assert_eq!(place(-42.57846, 132.68), "42.5785 S 132.6800 E");
    }
}
