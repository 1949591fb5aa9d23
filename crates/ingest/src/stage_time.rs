//! The time that a stage of the work took: of the clock, and of the processor.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long one stage of the work took so far, over all threads that did it.
///
/// Times of several threads add up, so that the time of a stage that two threads did side by side
/// may be longer than the run.
#[derive(Debug, Default)]
pub struct StageTime {
    /// Nanoseconds of the processor; 0 where the system does not tell.
    pub cpu_ns: AtomicU64,
    /// Nanoseconds of the clock, waiting included.
    pub wall_ns: AtomicU64,
}

impl StageTime {
    /// Does something and adds the time that it took.
    pub fn time<T>(&self, work: impl FnOnce() -> T) -> T {
        let (cpu, wall) = (thread_cpu_ns(), Instant::now());
        let done = work();
        let spent = thread_cpu_ns()
            .unwrap_or_default()
            .saturating_sub(cpu.unwrap_or_default());
        self.cpu_ns.fetch_add(spent, Ordering::Relaxed);
        let passed = u64::try_from(wall.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.wall_ns.fetch_add(passed, Ordering::Relaxed);
        done
    }

    /// The time of the processor; `None` where the system does not tell.
    pub fn cpu(&self) -> Option<Duration> {
        thread_cpu_ns()?;
        Some(Duration::from_nanos(self.cpu_ns.load(Ordering::Relaxed)))
    }

    /// The time of the clock, waiting included.
    pub fn wall(&self) -> Duration {
        Duration::from_nanos(self.wall_ns.load(Ordering::Relaxed))
    }
}

/// What this process has used of the processor so far; `None` where the system does not tell.
pub fn process_cpu() -> Option<Duration> {
    cpu_ns(Whose::Process).map(Duration::from_nanos)
}

/// What this thread has used of the processor so far.
fn thread_cpu_ns() -> Option<u64> {
    cpu_ns(Whose::Thread)
}

/// Whose time is meant.
#[derive(Clone, Copy)]
enum Whose {
    Thread,
    Process,
}

#[cfg(unix)]
fn cpu_ns(whose: Whose) -> Option<u64> {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(match whose {
        Whose::Thread => ClockId::ThreadCPUTime,
        Whose::Process => ClockId::ProcessCPUTime,
    });
    let seconds = u64::try_from(time.tv_sec).ok()?;
    Some(seconds * 1_000_000_000 + u64::try_from(time.tv_nsec).ok()?)
}

#[cfg(not(unix))]
fn cpu_ns(_whose: Whose) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_takes_time_and_sleep_takes_none_of_the_processor() {
        let stage = StageTime::default();
        let done = stage.time(|| {
            std::thread::sleep(Duration::from_millis(20));
            7
        });
        assert_eq!(done, 7);
        assert!(stage.wall() >= Duration::from_millis(20));
        assert!(stage.cpu().is_none_or(|cpu| cpu < stage.wall()));
    }
}
