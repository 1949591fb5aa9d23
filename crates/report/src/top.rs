//! The top of a table is its first few rows, with how many there are beside.

use std::cmp::Ordering;

/// Rows that are kept of every table.
const MOST: usize = 20;

/// The first rows of a table, in order, and how many more there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Top<T> {
    /// At most 20.
    pub rows: Vec<T>,
    /// How many more.
    pub more: u64,
}

impl<T> Default for Top<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            more: 0,
        }
    }
}

impl<T> Top<T> {
    /// Puts a row in its place by an order in which no two rows are equal.
    pub(crate) fn add(&mut self, row: T, order: impl Fn(&T, &T) -> Ordering) {
        let place = self
            .rows
            .partition_point(|other| order(other, &row).is_lt());
        if place < MOST {
            self.rows.insert(place, row);
        }
        if place >= MOST || self.rows.len() > MOST {
            self.rows.truncate(MOST);
            self.more += 1;
        }
    }

    /// Whether there is no row at all.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All rows, those that are not kept too.
    pub fn total(&self) -> u64 {
        self.rows.len() as u64 + self.more
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_kept_in_order_whatever_came_first_and_the_others_counted() {
        let mut top = Top::default();
        assert!(top.is_empty());
        for number in (0..50).rev().chain(50..75) {
            top.add(number, u64::cmp);
        }
        assert_eq!(top.rows, (0..20).collect::<Vec<_>>());
        assert_eq!((top.more, top.total()), (55, 75));
    }
}
