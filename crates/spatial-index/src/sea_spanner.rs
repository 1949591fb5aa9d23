//! The spanner: of all lines of sight between sea nodes the few that suffice, in that ways over
//! them are longer by little more than half a per cent.
//!
//! Greedy, shortest line first (Althöfer, Das, Dobkin, Joseph and Soares, "On sparse spanners of
//! weighted graphs", Discrete Comput. Geom. 9, 1993): a line is kept if the lines kept so far offer
//! no way that is nearly as short.

use crate::element::Vector;
use crate::sea_taut::rough_length_m;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A way over kept lines is nearly as short if it is at most this many times as long.
const STRETCH: f64 = 1.006;

/// A line of sight between two nodes, and its length on the mean sphere in metres.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    pub(crate) ends: [u32; 2],
    pub(crate) length_m: f64,
    /// Kept whatever else there is.
    pub(crate) must: bool,
}

/// Lines kept so far, node by node.
pub(crate) struct Spanner<'a> {
    at: &'a [Vector],
    on: Vec<Vec<(u32, f64)>>,
    reached: Vec<(u32, f64)>,
    round: u32,
}

impl<'a> Spanner<'a> {
    pub(crate) fn new(at: &'a [Vector]) -> Self {
        Self {
            at,
            on: vec![Vec::new(); at.len()],
            reached: vec![(0, 0.0); at.len()],
            round: 0,
        }
    }

    /// Takes lines in, shortest first; returns the kept.
    pub(crate) fn thin(&mut self, mut sights: Vec<Sight>) -> Vec<Sight> {
        sights.sort_by(|a, b| {
            (!a.must, a.length_m)
                .partial_cmp(&(!b.must, b.length_m))
                .unwrap_or(std::cmp::Ordering::Equal)
                .then(a.ends.cmp(&b.ends))
        });
        sights.retain(|sight| {
            let [a, b] = sight.ends;
            let keep = sight.must || !self.joins(a, b, sight.length_m * STRETCH);
            if keep {
                self.on[a as usize].push((b, sight.length_m));
                self.on[b as usize].push((a, sight.length_m));
            }
            keep
        });
        sights
    }

    /// Whether a way of at most this length leads from one node to another.
    fn joins(&mut self, from: u32, to: u32, within_m: f64) -> bool {
        self.round += 1;
        let goal = self.at[to as usize];
        let mut open = BinaryHeap::new();
        self.reached[from as usize] = (self.round, 0.0);
        let least = rough_length_m(&self.at[from as usize], &goal);
        open.push((Reverse(least.to_bits()), from));
        while let Some((_, node)) = open.pop() {
            let so_far = self.reached[node as usize].1;
            for &(next, length_m) in &self.on[node as usize] {
                let sum = so_far + length_m;
                if sum > within_m {
                    continue;
                }
                if next == to {
                    return true;
                }
                let (round, best) = self.reached[next as usize];
                if round == self.round && best <= sum {
                    continue;
                }
                let least = sum + rough_length_m(&self.at[next as usize], &goal);
                if least <= within_m {
                    self.reached[next as usize] = (self.round, sum);
                    open.push((Reverse(least.to_bits()), next));
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::vector;
    use crate::land::at;

    /// A row of places along the equator, all in sight of each other, and one off it.
    #[test]
    fn a_line_over_nodes_between_is_left_out_and_a_short_cut_is_kept() {
        let places: Vec<Vector> = [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (1.0, 1.0)]
            .iter()
            .map(|(lon, lat)| vector(at(*lon, *lat)))
            .collect();
        let sight = |a: u32, b: u32| Sight {
            ends: [a, b],
            length_m: rough_length_m(&places[a as usize], &places[b as usize]),
            must: false,
        };
        let all = vec![
            sight(0, 2),
            sight(0, 1),
            sight(1, 2),
            sight(0, 3),
            sight(1, 3),
            sight(2, 3),
        ];
        let kept: Vec<[u32; 2]> = Spanner::new(&places)
            .thin(all)
            .iter()
            .map(|sight| sight.ends)
            .collect();
        assert!(!kept.contains(&[0, 2]), "{kept:?}");
        assert_eq!(kept.len(), 5);
    }
}
