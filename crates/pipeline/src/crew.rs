//! A crew works on many things side by side, and hands the results over one by one in their order.

use crate::PipelineError;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Threads, and how far the fastest may be ahead of what is handed over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crew {
    pub(crate) threads: NonZeroUsize,
    /// Bytes of results that may wait.
    pub(crate) waiting_bytes: usize,
}

/// Results that may wait, for each thread, however small they are.
const WAITING_EACH: usize = 16;

/// What the crew shares.
struct Board<T> {
    /// The next thing to be done.
    next: usize,
    /// The next result to be handed over.
    awaited: usize,
    done: BTreeMap<usize, (T, usize)>,
    /// The size of all results that wait.
    bytes: usize,
    /// Whether to stop: all is over, or something went wrong.
    is_over: bool,
    failed: Option<PipelineError>,
}

struct Shared<T> {
    board: Mutex<Board<T>>,
    /// Something was done.
    is_done: Condvar,
    /// Something was handed over.
    has_room: Condvar,
}

impl<T> Shared<T> {
    fn board(&self) -> MutexGuard<'_, Board<T>> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self) {
        self.board().is_over = true;
        self.is_done.notify_all();
        self.has_room.notify_all();
    }
}

/// Ends everybody's work when it is dropped: also where a worker panics.
struct EndsAll<'a, T>(&'a Shared<T>);

impl<T> Drop for EndsAll<'_, T> {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Crew {
    /// Does `work` on the numbers below `count`, and hands each result to `take` in the order of the
    /// numbers, on the calling thread. `size` says how many bytes a result takes.
    ///
    /// # Errors
    /// The error of whichever fails first; or if threads cannot be started.
    pub(crate) fn in_order<T: Send>(
        self,
        count: usize,
        work: impl Fn(usize) -> Result<T, PipelineError> + Sync,
        size: impl Fn(&T) -> usize + Sync,
        mut take: impl FnMut(T) -> Result<(), PipelineError>,
    ) -> Result<(), PipelineError> {
        let threads = self.threads.get().min(count);
        if threads <= 1 {
            return (0..count).try_for_each(|number| take(work(number)?));
        }
        let shared = Shared {
            board: Mutex::new(Board {
                next: 0,
                awaited: 0,
                done: BTreeMap::new(),
                bytes: 0,
                is_over: false,
                failed: None,
            }),
            is_done: Condvar::new(),
            has_room: Condvar::new(),
        };
        let worker = || {
            let ends_all = EndsAll(&shared);
            while let Some(number) = self.next(&shared, count) {
                let result = work(number).map(|done| {
                    let bytes = size(&done);
                    (done, bytes)
                });
                let mut board = shared.board();
                match result {
                    Ok((done, bytes)) => {
                        board.bytes += bytes;
                        board.done.insert(number, (done, bytes));
                    }
                    Err(error) => {
                        board.failed.get_or_insert(error);
                        return;
                    }
                }
                drop(board);
                shared.is_done.notify_one();
            }
            std::mem::forget(ends_all);
        };
        thread::scope(|scope| -> Result<(), PipelineError> {
            let _ends_all = EndsAll(&shared);
            for _ in 0..threads {
                thread::Builder::new()
                    .spawn_scoped(scope, worker)
                    .map_err(|source| PipelineError::Threads { threads, source })?;
            }
            for number in 0..count {
                let Some(done) = Self::await_result(&shared, number) else {
                    break;
                };
                take(done)?;
            }
            Ok(())
        })?;
        match shared.board().failed.take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// The next thing to do, when there is room for its result.
    fn next<T>(self, shared: &Shared<T>, count: usize) -> Option<usize> {
        let mut board = shared.board();
        loop {
            if board.is_over || board.next >= count {
                return None;
            }
            let ahead = board.next - board.awaited;
            let has_room = ahead < WAITING_EACH * self.threads.get()
                && (board.bytes < self.waiting_bytes || ahead == 0);
            if has_room {
                board.next += 1;
                return Some(board.next - 1);
            }
            board = shared
                .has_room
                .wait(board)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The result of a number; `None` if it will never come.
    fn await_result<T>(shared: &Shared<T>, number: usize) -> Option<T> {
        let mut board = shared.board();
        loop {
            if let Some((done, bytes)) = board.done.remove(&number) {
                board.awaited = number + 1;
                board.bytes -= bytes;
                drop(board);
                shared.has_room.notify_all();
                return Some(done);
            }
            if board.is_over {
                return None;
            }
            board = shared
                .is_done
                .wait(board)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crew(threads: usize, waiting_bytes: usize) -> Crew {
        Crew {
            threads: NonZeroUsize::new(threads).unwrap(),
            waiting_bytes,
        }
    }

    fn error() -> PipelineError {
        let kind = std::io::ErrorKind::StorageFull;
        PipelineError::temp("write", "here".as_ref())(kind.into())
    }

    #[test]
    fn results_come_in_order_whoever_is_first() {
        for (threads, bytes) in [(1, 0), (2, 0), (4, 10), (7, usize::MAX)] {
            let mut taken = Vec::new();
            let slow = |number: usize| {
                thread::sleep(std::time::Duration::from_micros(
                    (number * 37 % 11) as u64 * 30,
                ));
                Ok(number)
            };
            crew(threads, bytes)
                .in_order(
                    200,
                    slow,
                    |_| 3,
                    |number| {
                        taken.push(number);
                        Ok(())
                    },
                )
                .unwrap();
            assert!(taken.into_iter().eq(0..200));
        }
    }

    #[test]
    fn an_error_ends_the_work_on_either_side() {
        for threads in [1, 3] {
            let crew = crew(threads, 0);
            let fails = |number| {
                if number == 50 {
                    Err(error())
                } else {
                    Ok(number)
                }
            };
            assert!(crew.in_order(1000, fails, |_| 1, |_| Ok(())).is_err());
            let refuses = |number| if number == 50 { Err(error()) } else { Ok(()) };
            assert!(crew.in_order(1000, Ok, |_| 1, refuses).is_err());
        }
    }

    #[test]
    fn a_panic_of_a_worker_is_one_of_the_caller_and_no_endless_wait() {
        let result = std::panic::catch_unwind(|| {
            let breaks = |number| {
                assert!(number != 20, "as it happens");
                Ok(number)
            };
            crew(3, 0).in_order(100, breaks, |_| 1, |_| Ok(()))
        });
        assert!(result.is_err());
    }
}
