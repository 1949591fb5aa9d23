//! A name table finds who bears a name, exactly or by a near spelling, among millions.

use super::name::{Likeness, Outline, Spelling, cuts};

/// Keys of names, each with its holders' numbers.
#[derive(Debug, Default)]
pub(super) struct NameTable {
    /// Sorted by key and holder, each pair once.
    entries: Vec<(Box<str>, u32)>,
    /// Each key once, in their order.
    keys: Vec<DistinctKey>,
}

#[derive(Debug)]
struct DistinctKey {
    /// Its first entry.
    start: usize,
    outline: Outline,
}

/// A key like the one asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct LikeKey<'t> {
    pub(super) likeness: Likeness,
    pub(super) key: &'t str,
}

impl NameTable {
    pub(super) fn new(mut entries: Vec<(Box<str>, u32)>) -> Self {
        entries.sort_unstable();
        entries.dedup();
        let mut keys: Vec<DistinctKey> = Vec::new();
        for (start, (key, _)) in entries.iter().enumerate() {
            if keys.last().is_none_or(|last| entries[last.start].0 != *key) {
                keys.push(DistinctKey {
                    start,
                    outline: Outline::of(key),
                });
            }
        }
        Self { entries, keys }
    }

    /// Who bears the name, in ascending order.
    pub(super) fn holders<'t>(&'t self, key: &str) -> impl ExactSizeIterator<Item = u32> + use<'t> {
        let start = self.entries.partition_point(|(other, _)| **other < *key);
        let rest = &self.entries[start..];
        let end = rest.partition_point(|(other, _)| **other == *key);
        rest[..end].iter().map(|(_, holder)| *holder)
    }

    /// Keys that AIS may have cut from the one asked for, the longest first.
    pub(super) fn cut_from<'t>(&'t self, asked: &str) -> Vec<LikeKey<'t>> {
        cuts(asked)
            .filter_map(|cut| {
                let start = self.entries.partition_point(|(key, _)| **key < *cut);
                let (key, _) = self.entries.get(start).filter(|(key, _)| **key == *cut)?;
                Some(LikeKey {
                    likeness: Likeness::Cut,
                    key,
                })
            })
            .collect()
    }

    /// The keys most like the one asked for, the nearest first, then by key; at most `most`.
    pub(super) fn like(&self, asked: &Spelling, most: usize) -> Vec<LikeKey<'_>> {
        let mut found: Vec<LikeKey<'_>> = Vec::new();
        for distinct in &self.keys {
            if !asked.outline().may_resemble(distinct.outline) {
                continue;
            }
            let key = &*self.entries[distinct.start].0;
            if let Some(likeness) = asked.likeness(key) {
                let at = found.partition_point(|other| other.likeness <= likeness);
                if at < most {
                    found.truncate(most - 1);
                    found.insert(at, LikeKey { likeness, key });
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(names: &[(&str, u32)]) -> NameTable {
        NameTable::new(names.iter().map(|(key, at)| ((*key).into(), *at)).collect())
    }

    #[test]
    fn every_holder_of_a_name_is_found_once() {
        let table = table(&[("maria", 7), ("angara", 1), ("maria", 2), ("maria", 7)]);
        assert_eq!(table.holders("maria").collect::<Vec<_>>(), [2, 7]);
        assert_eq!(table.holders("mari").len(), 0);
        assert_eq!(table.holders("zz").len(), 0);
    }

    #[test]
    fn the_nearest_spellings_come_first_and_no_more_than_asked_for() {
        let table = table(&[
            ("angaara", 0),
            ("angara", 1),
            ("angara2", 2),
            ("angarsk", 3),
            ("angarra", 4),
            ("maria", 5),
        ]);
        let like = |most| {
            let asked = Spelling::of("angara").unwrap();
            let found = table.like(&asked, most);
            found.iter().map(|like| like.key).collect::<Vec<_>>()
        };
        assert_eq!(like(9), ["angara2", "angaara", "angarra"]);
        assert_eq!(like(2), ["angara2", "angaara"]);
        assert!(like(0).is_empty());
    }
}
