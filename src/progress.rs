//! Progress on stderr for anything longer than a second; none when stderr is no terminal.

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use landfall_pipeline::RunProgress;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const QUIET_FOR: Duration = Duration::from_secs(1);
const REFRESH: Duration = Duration::from_millis(200);
const READING: &str = "reading {bar:30} {bytes}/{total_bytes}, {msg}, {eta} left";
const DETECTING: &str = "detecting {bar:30} {human_pos}/{human_len} vessels, {eta} left";

/// Does the work, and meanwhile shows on stderr how far it has come.
pub(crate) fn shown<T>(progress: &RunProgress, quiet: bool, work: impl FnOnce() -> T) -> T {
    if quiet || !std::io::stderr().is_terminal() {
        return work();
    }
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(progress, &done));
        let stop = StopOnDrop {
            done: &done,
            watcher: watcher.thread(),
        };
        let result = work();
        drop(stop);
        result
    })
}

/// Ends the watching thread, also when the work panics.
struct StopOnDrop<'a> {
    done: &'a AtomicBool,
    watcher: &'a std::thread::Thread,
}

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Release);
        self.watcher.unpark();
    }
}

fn watch(progress: &RunProgress, done: &AtomicBool) {
    let started = Instant::now();
    let mut reading = None;
    let mut detecting = None;
    while !done.load(Ordering::Acquire) {
        std::thread::park_timeout(REFRESH);
        if started.elapsed() < QUIET_FOR {
            continue;
        }
        let vessels = progress.vessels.load(Ordering::Relaxed);
        if vessels == 0 {
            let bar = reading
                .get_or_insert_with(|| bar(progress.total_bytes.load(Ordering::Relaxed), READING));
            let rows = progress.read.rows.load(Ordering::Relaxed);
            let rate = rows as f64 / started.elapsed().as_secs_f64();
            bar.set_message(format!(
                "{} rows, {}/s",
                HumanCount(rows),
                HumanCount(rate as u64)
            ));
            bar.set_position(progress.read.bytes.load(Ordering::Relaxed));
        } else {
            if let Some(bar) = reading.take() {
                bar.finish_and_clear();
            }
            let bar = detecting.get_or_insert_with(|| bar(vessels, DETECTING));
            bar.set_position(progress.vessels_done.load(Ordering::Relaxed));
        }
    }
    for bar in reading.into_iter().chain(detecting) {
        bar.finish_and_clear();
    }
}

fn bar(length: u64, template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    bar.set_style(
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar
}
