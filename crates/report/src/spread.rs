//! A spread is how a measure is spread over many events: a histogram in bins of about 3% width, so that
//! a median can be told without keeping every value.

/// Bins for every doubling, as a power of two: 32.
const BITS: u32 = 5;

/// Whole numbers by size. Those below 64 have a bin each, larger ones share bins whose width is at
/// most 1/32 of their size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spread {
    /// Bins in use, in order.
    bins: Vec<Bin>,
    count: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bin {
    number: u32,
    count: u64,
    sum: u64,
}

impl Spread {
    pub(crate) fn add(&mut self, value: u64) {
        self.count += 1;
        let number = bin_number(value);
        let place = self.bins.partition_point(|bin| bin.number < number);
        match self.bins.get_mut(place) {
            Some(bin) if bin.number == number => {
                bin.count += 1;
                bin.sum += value;
            }
            _ => self.bins.insert(
                place,
                Bin {
                    number,
                    count: 1,
                    sum: value,
                },
            ),
        }
    }

    /// The median, right to within 3%, exactly where its bin has no other value; of two in the middle
    /// their mean. `None` without any value.
    pub(crate) fn median(&self) -> Option<u64> {
        let last = self.count.checked_sub(1)?;
        let low = self.at(last / 2)?;
        let high = self.at(self.count / 2)?;
        Some(low.midpoint(high))
    }

    /// The mean of the bin with the value that so many others come before.
    fn at(&self, rank: u64) -> Option<u64> {
        let mut before = 0;
        let bin = self.bins.iter().find(|bin| {
            before += bin.count;
            before > rank
        })?;
        Some(bin.sum / bin.count)
    }
}

/// The bin of a value: how often it must be halved to have six binary digits, and those digits.
fn bin_number(value: u64) -> u32 {
    let halvings = (u64::BITS - value.leading_zeros()).saturating_sub(BITS + 1);
    (halvings << BITS) + (value >> halvings) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_median_of_one_value_is_that_value_and_of_two_their_mean() {
        let mut spread = Spread::default();
        assert_eq!(spread.median(), None);
        spread.add(3_210);
        assert_eq!(spread.median(), Some(3_210));
        spread.add(1_000);
        assert_eq!(spread.median(), Some(2_105));
    }

    proptest! {
        #[test]
        fn the_median_is_right_to_within_3_percent(
            mut values in proptest::collection::vec(0..1_u64 << 40, 1..99)
        ) {
            // Of an odd number, so that one value is in the middle.
            if values.len().is_multiple_of(2) {
                values.pop();
            }
            let mut spread = Spread::default();
            for value in &values {
                spread.add(*value);
            }
            values.sort_unstable();
            let (told, middle) = (spread.median().unwrap(), values[values.len() / 2]);
            prop_assert!(told.abs_diff(middle) * 32 <= middle, "{middle} told as {told}");
        }

        #[test]
        fn bins_keep_the_order(value in 0..1_u64 << 50, more in 0..1_000_u64) {
            prop_assert!(bin_number(value) <= bin_number(value + more));
        }
    }
}
