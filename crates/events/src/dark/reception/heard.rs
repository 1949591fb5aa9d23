//! The finished table: how many were heard in a zone during a gap, and how many usually are.

use super::ReceptionConfig;
use super::level::Level;
use super::own::OwnPresences;
use super::table::{BLOCK, BlockKey, Counts};
use super::zones::{GapPlaces, Zone};
use landfall_track::{
    Gap, Position, Reception, ReceptionVerdict, TimeSpan, Timestamp, ZoneReception,
};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// The presences of all vessels, ready to be asked. Made by [`super::CellTable::finish`].
#[derive(Debug)]
pub struct HeardTable {
    config: ReceptionConfig,
    level: Level,
    cells: FxHashMap<u32, CellHistory>,
    blocks: Vec<Block>,
    /// Buckets in which anybody was heard, in order. Only these say what is usual: a time that is
    /// missing from the data does not thin it out.
    active: Vec<u32>,
}

/// One cell's blocks, and what came to it in all.
#[derive(Clone, Debug, Default)]
struct CellHistory {
    blocks: Range<u32>,
    presences: u64,
    arrivals: u32,
}

/// Counts of one cell in 16 buckets.
#[derive(Clone, Debug)]
struct Block {
    first_bucket: u32,
    counts: Counts,
    /// Presences in the cell's earlier blocks.
    before: u64,
}

/// Whole buckets of a silence, and in how many others anybody was heard.
#[derive(Clone, Copy, Debug, Default)]
struct SilentTime {
    start: u32,
    end: u32,
    active_elsewhen: usize,
}

/// What was heard in a zone, and what is usual, with own presences taken out.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    heard: u64,
    usual: f64,
    /// Vessels to be expected in the time; no more than presences.
    vessels: f64,
}

impl std::ops::Add for Tally {
    type Output = Tally;

    fn add(self, other: Tally) -> Tally {
        Tally {
            heard: self.heard + other.heard,
            usual: self.usual + other.usual,
            vessels: self.vessels + other.vessels,
        }
    }
}

impl From<Tally> for ZoneReception {
    fn from(tally: Tally) -> Self {
        Self {
            heard: tally.heard,
            usual: tally.usual,
        }
    }
}

impl HeardTable {
    /// From blocks in their order.
    pub(super) fn new(
        config: ReceptionConfig,
        level: Level,
        mut counted: Vec<(BlockKey, Counts)>,
        arrivals: &FxHashMap<u32, u32>,
    ) -> Self {
        let active = active_buckets(&counted);
        let span = active.first().copied().unwrap_or(0)..active.last().map_or(0, |last| last + 1);
        let mut cells: FxHashMap<u32, CellHistory> = FxHashMap::default();
        let mut blocks = Vec::with_capacity(counted.len());
        for (key, counts) in &mut counted {
            let first_bucket = key.first_bucket();
            for (bucket, count) in (first_bucket..).zip(counts.iter_mut()) {
                if !span.contains(&bucket) {
                    *count = 0;
                }
            }
            let number = blocks.len() as u32;
            let history = cells.entry(key.cell()).or_insert_with(|| CellHistory {
                blocks: number..number,
                presences: 0,
                arrivals: arrivals.get(&key.cell()).copied().unwrap_or(0),
            });
            blocks.push(Block {
                first_bucket,
                counts: *counts,
                before: history.presences,
            });
            history.blocks.end = number + 1;
            history.presences += sum(counts);
        }
        Self {
            config,
            level,
            cells,
            blocks,
            active,
        }
    }

    /// The reception of a gap, which lasts until `data_end` if it is open.
    ///
    /// Where a vessel fell silent there speaks for itself: the zone near her last position decides,
    /// and only if too little is heard there, all three zones together.
    pub fn gap_reception(&self, gap: &Gap, data_end: Timestamp, own: &OwnPresences) -> Reception {
        let until = gap.after.map_or(data_end, |after| after.time);
        let silent = self.silence(gap.before.time, until);
        let zones = GapPlaces::of(gap).zones(self.config.near_m, self.level.cell_shift());
        let tallies: [Tally; 3] = std::array::from_fn(|number| {
            let own = OwnTally::of(own, self.level, number);
            self.tally(&zones[number], &silent, own)
        });
        let [last, next, way] = tallies;
        let verdict = match self.verdict(last) {
            ReceptionVerdict::TooFewData => self.verdict(last + next + way),
            decided => decided,
        };
        Reception {
            verdict,
            near_last: last.into(),
            near_next: next.into(),
            on_the_way: way.into(),
            cell_deg: self.level.cell_deg(),
            bucket_h: self.level.bucket_h(),
        }
    }

    /// Whether anybody was heard near a place in a time: `Some(false)` if nobody was though
    /// somebody usually is, `None` if too few are heard there to tell, or the time is too short, or
    /// has no end.
    ///
    /// For a time in which the vessel in question is silent: no presences of hers are taken out.
    pub fn others_heard_near(&self, place: Position, during: TimeSpan) -> Option<bool> {
        let silent = self.silence(during.earliest, during.latest?);
        let zone = Zone::near(place, self.config.near_m, self.level.cell_shift());
        match self.verdict(self.tally(&zone, &silent, OwnTally::default())) {
            ReceptionVerdict::HeardOthers => Some(true),
            ReceptionVerdict::NobodyHeard => Some(false),
            ReceptionVerdict::TooFewData => None,
        }
    }

    /// The time between two moments, as far as the data reach.
    fn silence(&self, after: Timestamp, before: Timestamp) -> SilentTime {
        let wanted = self.level.buckets_between(after, before);
        let (Some(first), Some(last)) = (self.active.first(), self.active.last()) else {
            return SilentTime::default();
        };
        let start = wanted.start.max(*first);
        let end = wanted.end.min(last + 1).max(start);
        let active_before = |bucket| self.active.partition_point(|known| *known < bucket);
        SilentTime {
            start,
            end,
            active_elsewhen: self.active.len() - (active_before(end) - active_before(start)),
        }
    }

    fn tally(&self, zone: &Zone, silent: &SilentTime, own: OwnTally) -> Tally {
        let (mut heard, mut presences, mut arrivals) = (0, 0, 0);
        if silent.start == silent.end {
            return Tally::default();
        }
        for history in zone.cells.iter().filter_map(|cell| self.cells.get(&cell.0)) {
            presences += history.presences;
            arrivals += u64::from(history.arrivals);
            heard += self.before(history, silent.end) - self.before(history, silent.start);
        }
        let elsewhen = (presences - heard).saturating_sub(own.outside);
        let heard = heard.saturating_sub(own.inside);
        if silent.active_elsewhen == 0 {
            return Tally {
                heard,
                ..Tally::default()
            };
        }
        let length = f64::from(silent.end - silent.start);
        let per_bucket = 1.0 / silent.active_elsewhen as f64;
        let usual = elsewhen as f64 * per_bucket * length;
        // Vessels that come independently, and stay as long as they like, are there at one time or
        // another in so many buckets: those there at once, and those that come meanwhile (the
        // queue M/G/infinity). Somebody who stays for days makes many presences, but is one.
        let at_once = elsewhen as f64 * per_bucket / self.level.bucket_h();
        let passages = arrivals.saturating_sub(own.arrivals) as f64 / f64::from(zone.across.max(1));
        let come = passages * per_bucket * length;
        Tally {
            heard,
            usual,
            vessels: (at_once + come).min(usual),
        }
    }

    /// A cell's presences before a bucket.
    fn before(&self, history: &CellHistory, bucket: u32) -> u64 {
        let blocks = &self.blocks[history.blocks.start as usize..history.blocks.end as usize];
        let Some(first) = blocks.first().filter(|block| block.first_bucket <= bucket) else {
            return 0;
        };
        // In a busy cell no block is missing, and the one sought is where it would be then. If
        // some are, it is not farther on.
        let guess = (bucket - first.first_bucket) as usize / BLOCK;
        let block = match blocks.get(guess) {
            Some(block) if block.first_bucket <= bucket => block,
            _ => {
                let known = &blocks[..guess.min(blocks.len())];
                let later = known.partition_point(|block| block.first_bucket <= bucket);
                &blocks[later.saturating_sub(1)]
            }
        };
        let whole = (bucket - block.first_bucket) as usize;
        block.before + sum(&block.counts[..whole.min(BLOCK)])
    }

    fn verdict(&self, tally: Tally) -> ReceptionVerdict {
        let (config, heard) = (&self.config, tally.heard as f64);
        if tally.heard >= u64::from(config.heard_presences)
            && heard >= config.heard_share * tally.usual
        {
            ReceptionVerdict::HeardOthers
        } else if tally.vessels >= config.nobody_vessels
            && heard <= config.nobody_share * tally.usual
        {
            ReceptionVerdict::NobodyHeard
        } else {
            ReceptionVerdict::TooFewData
        }
    }
}

/// A vessel's own part in a tally.
#[derive(Clone, Copy, Debug, Default)]
struct OwnTally {
    inside: u64,
    outside: u64,
    arrivals: u64,
}

impl OwnTally {
    fn of(own: &OwnPresences, level: Level, zone: usize) -> Self {
        let (all, inside) = own.presences(level, zone);
        Self {
            inside,
            outside: all.saturating_sub(inside),
            arrivals: own.arrivals(level, zone),
        }
    }
}

fn sum(counts: &[u16]) -> u64 {
    counts.iter().map(|count| u64::from(*count)).sum()
}

/// This share of all presences at either end, at most, is taken for rows with wrong dates; but one
/// may always be.
const STRAY_SHARE: f64 = 0.05;

/// The buckets in which anybody was heard, in order, but for strays with wrong dates: such as lie
/// beyond a hole longer than all the time in which anybody was heard, and are few.
///
/// One row dated ten years ahead must not make a gap at the data's end last ten years.
fn active_buckets(counted: &[(BlockKey, Counts)]) -> Vec<u32> {
    let mut totals: FxHashMap<u32, [u64; BLOCK]> = FxHashMap::default();
    for (key, counts) in counted {
        let sums = totals.entry(key.first_bucket()).or_default();
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += u64::from(*count);
        }
    }
    let mut active: Vec<(u32, u64)> = totals
        .into_iter()
        .flat_map(|(first, sums)| (first..).zip(sums))
        .filter(|(_, total)| *total > 0)
        .collect();
    active.sort_unstable();
    let all: u64 = active.iter().map(|(_, total)| total).sum();
    let most = ((all as f64 * STRAY_SHARE) as u64).max(1);
    let long = active.len() as u32;
    let ahead = strays(active.iter().rev(), most, long);
    active.truncate(active.len() - ahead);
    let behind = strays(active.iter(), most, long);
    active.drain(..behind);
    active.into_iter().map(|(bucket, _)| bucket).collect()
}

/// How many buckets from one end hold strays.
fn strays<'a>(from_the_end: impl Iterator<Item = &'a (u32, u64)>, most: u64, long: u32) -> usize {
    let (mut passed, mut strays, mut before) = (0, 0, None::<u32>);
    for (number, (bucket, total)) in from_the_end.enumerate() {
        if before.is_some_and(|before| before.abs_diff(*bucket) > long) {
            strays = number;
        }
        before = Some(*bucket);
        passed += total;
        if passed > most {
            break;
        }
    }
    strays
}
