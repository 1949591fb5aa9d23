//! The headline of dark calls: how many were sighted, repeat a pattern, or are merely reachable. What
//! nobody saw is never added to what somebody saw, so there is no one number of them.

use crate::EventCounts;
use crate::phrase::thousands;
use landfall_track::{DarkCall, Grade};

/// Dark calls by what they rest on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DarkHeadline {
    /// D3 and D4: somebody saw a vessel that was taken for this one.
    pub sighted: u64,
    /// D2: they repeat a leg that was sighted another time.
    pub repeated: u64,
    /// D1: sightings have the vessel there, none of which suffices for a grade.
    pub doubtful: u64,
    /// D1: a watched port was within reach.
    pub reachable: u64,
}

impl DarkHeadline {
    /// Of a run's counts.
    pub fn of_counts(counts: &EventCounts) -> Self {
        let of = |grade: Grade| {
            let found = counts.dark_calls_by_grade.get(grade.as_str());
            found.copied().unwrap_or_default()
        };
        Self {
            sighted: of(Grade::D4) + of(Grade::D3),
            repeated: of(Grade::D2),
            doubtful: counts.dark_calls_doubtful,
            reachable: of(Grade::D1).saturating_sub(counts.dark_calls_doubtful),
        }
    }

    /// Of some dark calls.
    pub fn of_calls<'c>(calls: impl IntoIterator<Item = &'c DarkCall>) -> Self {
        let mut headline = Self::default();
        for call in calls {
            *match call.grade {
                Grade::D4 | Grade::D3 => &mut headline.sighted,
                Grade::D2 => &mut headline.repeated,
                Grade::D1 if call.is_doubtfully_sighted() => &mut headline.doubtful,
                Grade::D1 => &mut headline.reachable,
            } += 1;
        }
        headline
    }

    /// Whether there is no dark call.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// In words, such as `6 sighted, 25 repeat a pattern, 6 merely reachable`. That none was sighted
    /// is said, other kinds that are missing are left out.
    pub fn words(self) -> String {
        let mut parts = Vec::new();
        if self.sighted == 0 {
            parts.push("none sighted".to_owned());
        } else {
            parts.push(format!("{} sighted", thousands(self.sighted)));
        }
        if self.repeated > 0 {
            let verb = if self.repeated == 1 {
                "repeats"
            } else {
                "repeat"
            };
            parts.push(format!("{} {verb} a pattern", thousands(self.repeated)));
        }
        if self.doubtful > 0 {
            parts.push(format!("{} doubtfully sighted", thousands(self.doubtful)));
        }
        if self.reachable > 0 {
            parts.push(format!("{} merely reachable", thousands(self.reachable)));
        }
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_never_added_to_what_was_not() {
        let words = |sighted, repeated, reachable| {
            DarkHeadline {
                sighted,
                repeated,
                doubtful: 0,
                reachable,
            }
            .words()
        };
        assert_eq!(
            words(6, 25, 6),
            "6 sighted, 25 repeat a pattern, 6 merely reachable"
        );
        assert_eq!(words(0, 0, 1), "none sighted, 1 merely reachable");
        assert_eq!(words(1, 1, 0), "1 sighted, 1 repeats a pattern");
    }

    #[test]
    fn a_runs_counts_by_grade_give_the_headline() {
        let mut counts = EventCounts::default();
        for (grade, count) in [("D1", 6), ("D2", 25), ("D3", 4), ("D4", 2)] {
            counts.dark_calls_by_grade.insert(grade.to_owned(), count);
        }
        counts.dark_calls_doubtful = 2;
        assert_eq!(
            DarkHeadline::of_counts(&counts).words(),
            "6 sighted, 25 repeat a pattern, 2 doubtfully sighted, 4 merely reachable"
        );
        assert!(DarkHeadline::of_counts(&EventCounts::default()).is_empty());
    }
}
