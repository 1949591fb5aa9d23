//! When a vessel sent a name or a number, seen from the time a claim is about.

use landfall_track::{Particulars, Timestamp, Vessel};

/// The time a claim is about; both ends are included.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClaimTime {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

impl ClaimTime {
    pub(super) fn overlaps(self, first: Timestamp, last: Timestamp) -> bool {
        first <= self.to && self.from <= last
    }
}

/// When a vessel sent a value, such as a name; the surer sorts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum When {
    /// In a span that touches the claim's time.
    Then,
    /// She sent none then, and this is the last one before or the first one after.
    Around,
    /// At other times only: then, or nearer to it, she sent another.
    AtOtherTimes {
        /// The first time she sent it.
        first: Timestamp,
        /// The last.
        last: Timestamp,
    },
    /// Never.
    Never,
}

impl When {
    /// Whether the value can be called hers at the claim's time.
    pub(super) fn is_hers(self) -> bool {
        matches!(self, Self::Then | Self::Around)
    }
}

/// When a vessel sent what `is_it` is true of; it is `None` where nothing of the kind was sent.
pub(super) fn when<'v>(
    vessel: &'v Vessel,
    time: ClaimTime,
    is_it: impl Fn(&'v Particulars) -> Option<bool>,
) -> When {
    let mut span: Option<(Timestamp, Timestamp)> = None;
    let (mut is_then, mut is_other_then) = (false, false);
    let mut before: Option<(Timestamp, bool)> = None;
    let mut after: Option<(Timestamp, bool)> = None;
    for identity in &vessel.identities {
        let Some(is_it) = is_it(&identity.particulars) else {
            continue;
        };
        let (first, last) = (identity.first, identity.last);
        if is_it {
            span = Some(span.map_or((first, last), |(a, b)| (a.min(first), b.max(last))));
        }
        if time.overlaps(first, last) {
            is_then |= is_it;
            is_other_then |= !is_it;
        } else if last < time.from {
            before = before.max(Some((last, is_it)));
        } else {
            after = match after {
                Some((nearest, _)) if nearest < first => after,
                Some((nearest, was_it)) if nearest == first => Some((first, is_it || was_it)),
                _ => Some((first, is_it)),
            };
        }
    }
    let is_next = |side: Option<(Timestamp, bool)>| side.is_some_and(|(_, is_it)| is_it);
    match span {
        None => When::Never,
        Some(_) if is_then => When::Then,
        Some(_) if !is_other_then && (is_next(before) || is_next(after)) => When::Around,
        Some((first, last)) => When::AtOtherTimes { first, last },
    }
}

/// What a vessel sent at the claim's time, or if nothing, what she sent next before and after.
/// Sorted, each once.
pub(super) fn sent<'v, T: Ord + 'v>(
    vessel: &'v Vessel,
    time: ClaimTime,
    particular: impl Fn(&'v Particulars) -> Option<T>,
) -> Vec<T> {
    let mut then = Vec::new();
    let mut before: Option<(Timestamp, T)> = None;
    let mut after: Option<(Timestamp, T)> = None;
    for identity in &vessel.identities {
        let Some(value) = particular(&identity.particulars) else {
            continue;
        };
        if time.overlaps(identity.first, identity.last) {
            then.push(value);
        } else if identity.last < time.from {
            if before.as_ref().is_none_or(|(at, _)| *at <= identity.last) {
                before = Some((identity.last, value));
            }
        } else if after.as_ref().is_none_or(|(at, _)| identity.first < *at) {
            after = Some((identity.first, value));
        }
    }
    if then.is_empty() {
        then.extend(before.into_iter().chain(after).map(|(_, value)| value));
    }
    then.sort_unstable();
    then.dedup();
    then
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{Identity, VesselId};

    fn day(day: i64) -> Timestamp {
        Timestamp::from_seconds(day * 86_400).unwrap()
    }

    fn vessel(names: &[(&str, i64, i64)]) -> Vessel {
        Vessel {
            id: VesselId::Text("x".into()),
            identities: names
                .iter()
                .map(|(name, first, last)| Identity {
                    particulars: Particulars {
                        name: (!name.is_empty()).then(|| (*name).to_owned()),
                        ..Particulars::default()
                    },
                    first: day(*first),
                    last: day(*last),
                    reports: 1,
                })
                .collect(),
        }
    }

    #[test]
    fn a_name_is_hers_then_or_while_she_sends_no_other() {
        let renamed = vessel(&[("MAIA", 1, 5), ("", 4, 9), ("MAIA-1", 10, 12)]);
        let when = |name: &str, from, to| {
            let (from, to) = (day(from), day(to));
            when(&renamed, ClaimTime { from, to }, |sent| {
                sent.name.as_deref().map(|sent| sent == name)
            })
        };
        let until_5 = When::AtOtherTimes {
            first: day(1),
            last: day(5),
        };
        assert_eq!(when("MAIA", 3, 3), When::Then);
        assert_eq!(when("MAIA", 5, 20), When::Then);
        assert_eq!(when("MAIA", 7, 8), When::Around);
        assert_eq!(when("MAIA", 11, 11), until_5);
        assert_eq!(when("MAIA", 20, 21), until_5);
        assert_eq!(when("MAIA-1", 7, 8), When::Around);
        assert_eq!(when("MAIA-1", 20, 20), When::Around);
        assert_eq!(when("MARIA", 3, 3), When::Never);
    }

    #[test]
    fn what_was_sent_then_hides_what_was_sent_next_to_it() {
        let renamed = vessel(&[("A", 1, 5), ("B", 4, 9), ("C", 12, 14), ("D", 13, 15)]);
        let sent = |from, to| {
            let (from, to) = (day(from), day(to));
            sent(&renamed, ClaimTime { from, to }, |sent| {
                sent.name.as_deref()
            })
        };
        assert_eq!(sent(4, 4), ["A", "B"]);
        assert_eq!(sent(10, 11), ["B", "C"]);
        assert_eq!(sent(20, 20), ["D"]);
        assert_eq!(sent(0, 0), ["A"]);
    }
}
