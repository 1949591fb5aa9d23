//! The link cache keeps the links of places that were asked for last: ports are asked for again and
//! again. What is in it never changes an answer.

use crate::sea_link::Link;
use landfall_track::Position;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A generation holds at most this many links (of about 1 kB); there are two.
const GENERATION: usize = 8_192;

#[derive(Default)]
pub(crate) struct LinkCache(Mutex<Generations>);

/// Links used since the last change of generation, and those used in the one before. When the young
/// are too many, they become the old, and the old go.
#[derive(Default)]
struct Generations {
    young: HashMap<Position, Arc<Link>>,
    old: HashMap<Position, Arc<Link>>,
}

impl LinkCache {
    /// The link of a place; made, outside the lock, if it is not there.
    pub(crate) fn get(&self, place: Position, make: impl FnOnce() -> Link) -> Arc<Link> {
        let known = {
            let generations = self.lock();
            let young = generations.young.get(&place);
            if let Some(link) = young {
                return Arc::clone(link);
            }
            generations.old.get(&place).cloned()
        };
        let link = known.unwrap_or_else(|| Arc::new(make()));
        let mut generations = self.lock();
        if generations.young.len() >= GENERATION {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(place, Arc::clone(&link));
        link
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_made_once_and_the_cache_stays_bounded() {
        let cache = LinkCache::default();
        let place = |lon_e7| Position { lat_e7: 0, lon_e7 };
        let mut made = 0;
        for lon in [1, 1, 2, 1] {
            cache.get(place(lon), || {
                made += 1;
                Link::default()
            });
        }
        assert_eq!(made, 2);
        for lon in 0..10_000 {
            cache.get(place(lon), Link::default);
        }
        let generations = cache.lock();
        assert!(generations.young.len() + generations.old.len() <= 2 * GENERATION);
    }
}
