//! A crew is the threads that read a run's inputs side by side.
//!
//! Each of them opens an input that nobody has begun, reads it block by block, and puts the blocks
//! where all of them find work. Whoever has nothing to read, or is ahead of the others with reading,
//! decodes a block. What a block came to is taken in the order of its table, so that a table's rows
//! are what they are when one thread reads them, row by row.
//!
//! Few blocks are under way at a time, and no more inputs are open than there are threads: memory
//! does not grow with what is read.

use crate::batch::{Batch, Batcher, Desk, Headers, Rows};
use crate::block::Block;
use crate::chunks::CHUNK;
use crate::csv_file::{self, Opened, Text};
use crate::intake::{Delivery, Intake};
use crate::positions::{PositionSink, ReadOptions};
use crate::records::LineSplitter;
use crate::row::RowDecoder;
use crate::source_file::SourceFile;
use crate::structural::Structural;
use crate::table_name::VesselNames;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What is read at a time, once a table's format is known: large enough that handing a block over
/// costs nothing, small enough that it is still in the cache when it is decoded.
const BLOCK_BYTES: usize = 512 * 1024;

/// An input, and the number of the first table in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'a> {
    pub path: &'a std::path::Path,
    pub first_table: usize,
    /// How many tables there are in it, if that is known.
    pub tables: Option<usize>,
}

/// The threads that read some inputs, and what they share.
pub(crate) struct Crew<'a, S> {
    pub options: &'a ReadOptions,
    pub delivery: Delivery<'a, S>,
    /// The vessels that tables are named after.
    pub vessel_names: VesselNames,
    inputs: &'a [Input<'a>],
    state: Mutex<State>,
    changed: Condvar,
    /// The most blocks under way.
    most_blocks: usize,
    block_bytes: usize,
}

#[derive(Default)]
struct State {
    next_input: usize,
    /// How many of the crew read an input.
    readers: usize,
    jobs: VecDeque<Job>,
    /// The blocks that were put down and whose rows are not yet taken.
    blocks: usize,
    spare_blocks: Vec<Block>,
    /// By input.
    sources: Vec<Vec<SourceFile>>,
    /// Whether one of the crew gave up.
    is_abandoned: bool,
}

/// A block to be decoded.
struct Job {
    table: Arc<Table>,
    /// Its number in its table.
    index: usize,
    block: Block,
}

/// A table that is being read.
struct Table {
    tag: u32,
    decoder: RowDecoder,
    structural: Structural,
    order: Mutex<Order>,
    is_stopped: AtomicBool,
    /// The blocks that were put down and whose rows are not yet taken.
    blocks: AtomicUsize,
}

/// Where batches come into the order of their table.
struct Order {
    intake: Intake,
    /// The number of the block that is to be taken next.
    next: usize,
    waiting: BTreeMap<usize, Batch>,
}

/// One of the crew.
pub(crate) struct Hand<'c, 'a, S> {
    pub crew: &'c Crew<'a, S>,
    pub desk: Desk,
    splitter: LineSplitter,
    spare_batch: Batch,
}

enum Task {
    Input(usize),
    Job(Job),
    Nothing,
}

impl<'a, S: PositionSink> Crew<'a, S> {
    pub(crate) fn new(
        inputs: &'a [Input<'a>],
        options: &'a ReadOptions,
        threads: usize,
        delivery: Delivery<'a, S>,
    ) -> Self {
        let state = State {
            sources: inputs.iter().map(|_| Vec::new()).collect(),
            ..State::default()
        };
        Self {
            options,
            delivery,
            vessel_names: VesselNames::default(),
            inputs,
            state: Mutex::new(state),
            changed: Condvar::new(),
            // One thread alone decodes each block while it is in the cache.
            most_blocks: if threads == 1 { 1 } else { 2 * threads + 2 },
            block_bytes: BLOCK_BYTES,
        }
    }

    /// With the vessels that tables are named after.
    pub(crate) fn with_vessel_names(mut self, names: VesselNames) -> Self {
        self.vessel_names = names;
        self
    }

    /// With so many bytes read at a time.
    #[cfg(test)]
    pub(crate) fn with_block_bytes(mut self, bytes: usize) -> Self {
        self.block_bytes = bytes;
        self
    }

    /// What the inputs came to, in their order.
    pub(crate) fn into_sources(self) -> impl Iterator<Item = Vec<SourceFile>> {
        let state = self.state.into_inner();
        let state = state.unwrap_or_else(PoisonError::into_inner);
        state.sources.into_iter()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'s>(&self, state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        let waited = self.changed.wait(state);
        waited.unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that one of the crew reads something, until what is given back is dropped.
    #[cfg(test)]
    pub(crate) fn begin_reading(&self) -> ReaderGuard<'_, 'a, S> {
        self.state().readers += 1;
        ReaderGuard(self)
    }
}

/// While there is one, more blocks may come.
pub(crate) struct ReaderGuard<'c, 'a, S: PositionSink>(&'c Crew<'a, S>);

impl<S: PositionSink> Drop for ReaderGuard<'_, '_, S> {
    fn drop(&mut self) {
        self.0.state().readers -= 1;
        self.0.changed.notify_all();
    }
}

/// Sends the others home when one of the crew gives up.
struct Watch<'c, 'a, S: PositionSink>(&'c Crew<'a, S>);

impl<S: PositionSink> Drop for Watch<'_, '_, S> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.state().is_abandoned = true;
            self.0.changed.notify_all();
        }
    }
}

impl<'c, 'a, S: PositionSink> Hand<'c, 'a, S> {
    pub(crate) fn new(crew: &'c Crew<'a, S>) -> Self {
        Self {
            crew,
            desk: Desk::default(),
            splitter: LineSplitter::default(),
            spare_batch: Batch::default(),
        }
    }

    /// Works until everything is read.
    pub(crate) fn work(&mut self) {
        let _watch = Watch(self.crew);
        loop {
            match self.task() {
                Task::Input(index) => {
                    let reading = ReaderGuard(self.crew);
                    let input = self.crew.inputs[index];
                    let sources = crate::positions::read_input(input, self);
                    self.crew.state().sources[index] = sources;
                    drop(reading);
                }
                Task::Job(job) => self.decode(job),
                Task::Nothing => return,
            }
        }
    }

    fn task(&self) -> Task {
        let mut state = self.crew.state();
        loop {
            if state.is_abandoned {
                return Task::Nothing;
            }
            if state.next_input < self.crew.inputs.len() {
                state.next_input += 1;
                state.readers += 1;
                return Task::Input(state.next_input - 1);
            }
            if let Some(job) = state.jobs.pop_front() {
                return Task::Job(job);
            }
            if state.readers == 0 {
                return Task::Nothing;
            }
            state = self.crew.wait(state);
        }
    }

    /// Reads a text into the table with a number among the run's inputs.
    pub(crate) fn read_text(
        &mut self,
        text: Text<'_>,
        number: usize,
        mut source: SourceFile,
    ) -> SourceFile {
        let crew = self.crew;
        let times = &crew.delivery.progress.times;
        let chunk = crew.block_bytes.min(CHUNK);
        let opened = times
            .read
            .time(|| csv_file::open(text, crew.options, &mut source, chunk));
        let mut intake = Intake::new(number, source);
        let Opened {
            mut cutter,
            decoder,
        } = match opened {
            Ok(opened) => opened,
            Err(refused) => {
                refused.conclude(&mut intake, &crew.delivery);
                return intake.finish();
            }
        };
        cutter.set_chunk(crew.block_bytes);
        let table = Arc::new(Table {
            tag: intake.tag(),
            structural: cutter.structural(),
            decoder,
            order: Mutex::new(Order {
                intake,
                next: 0,
                waiting: BTreeMap::new(),
            }),
            is_stopped: AtomicBool::new(false),
            blocks: AtomicUsize::new(0),
        });
        let mut may_follow = true;
        let mut index = 0;
        while may_follow && !table.is_stopped.load(Ordering::Relaxed) {
            let mut block = crew.state().spare_blocks.pop().unwrap_or_default();
            may_follow = times.read.time(|| cutter.fill(&mut block));
            if !block.is_empty() {
                let table = Arc::clone(&table);
                self.put_down(Job {
                    table,
                    index,
                    block,
                });
                index += 1;
            }
        }
        self.wait_for(&table);
        let mut intake = table.take_intake();
        csv_file::conclude(&cutter, &table.decoder, &mut intake, &crew.delivery);
        intake.finish()
    }

    /// Puts a block where all find it, and decodes others while too many are under way.
    fn put_down(&mut self, job: Job) {
        let mut state = self.crew.state();
        while state.blocks >= self.crew.most_blocks && !state.is_abandoned {
            state = self.help(state);
        }
        job.table.blocks.fetch_add(1, Ordering::Relaxed);
        state.blocks += 1;
        state.jobs.push_back(job);
        drop(state);
        self.crew.changed.notify_one();
    }

    /// Decodes blocks until all rows of a table are taken.
    fn wait_for(&mut self, table: &Table) {
        let mut state = self.crew.state();
        while table.blocks.load(Ordering::Relaxed) > 0 && !state.is_abandoned {
            state = self.help(state);
        }
    }

    /// Decodes a block, or waits if there is none.
    fn help<'s>(&mut self, mut state: MutexGuard<'s, State>) -> MutexGuard<'s, State>
    where
        'c: 's,
    {
        let Some(job) = state.jobs.pop_front() else {
            return self.crew.wait(state);
        };
        drop(state);
        self.decode(job);
        self.crew.state()
    }

    /// Decodes a block, and takes the rows of it and of all that waited for it.
    fn decode(&mut self, job: Job) {
        let Job {
            table,
            index,
            block,
        } = job;
        let crew = self.crew;
        let mut batch = std::mem::take(&mut self.spare_batch);
        batch.clear();
        if !table.is_stopped.load(Ordering::Relaxed) {
            let times = &crew.delivery.progress.times;
            times.parse.time(|| self.fill(&mut batch, &table, &block));
        }
        let taken = self.take_in_order(&table, index, batch);
        let mut state = crew.state();
        state.spare_blocks.push(block);
        state.blocks -= taken;
        table.blocks.fetch_sub(taken, Ordering::Relaxed);
        drop(state);
        crew.changed.notify_all();
    }

    fn fill(&mut self, batch: &mut Batch, table: &Table, block: &Block) {
        let rows = Rows {
            table: table.tag,
            decoder: &table.decoder,
            headers: Some(Headers {
                delimiter: table.structural.delimiter,
                map: self.crew.options.columns.as_ref(),
            }),
        };
        let book = &self.crew.delivery.book;
        let mut batcher = Batcher::new(rows, &mut self.desk, book, batch);
        block.rows(table.structural, &mut self.splitter, &mut batcher);
    }

    /// Takes a batch, if it is the table's next one, and those that follow it; tells how many.
    fn take_in_order(&mut self, table: &Table, index: usize, mut batch: Batch) -> usize {
        let mut order = table.order.lock().unwrap_or_else(PoisonError::into_inner);
        if order.next != index {
            order.waiting.insert(index, batch);
            return 0;
        }
        let mut taken = 0;
        loop {
            self.crew.delivery.deliver(&mut order.intake, &mut batch);
            if order.intake.stop.is_some() {
                table.is_stopped.store(true, Ordering::Relaxed);
            }
            taken += 1;
            order.next += 1;
            let next = order.next;
            match order.waiting.remove(&next) {
                Some(waiting) => batch = waiting,
                None => break,
            }
        }
        self.spare_batch = batch;
        taken
    }
}

impl Table {
    /// The intake, when all rows are taken.
    fn take_intake(&self) -> Intake {
        let mut order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        let source = SourceFile::new(String::new(), std::path::Path::new(""), 0);
        std::mem::replace(&mut order.intake, Intake::new(0, source))
    }
}
