//! Where a run's time goes: what each stage takes of the processor, over all threads, and how long each
//! phase lasts.

use landfall_ingest::StageTime;

/// How long the phases of a run lasted, and what their stages took. Those of reading are in
/// [`landfall_ingest::ReadTimes`].
#[derive(Debug, Default)]
pub struct RunTimes {
    /// Reading all files and gathering their rows, from beginning to end.
    pub reading: StageTime,
    /// Detection, from beginning to end; waiting included.
    pub detection: StageTime,
    /// Rows to events, by whichever thread.
    pub detect: StageTime,
    /// Writing what detection found.
    pub write: StageTime,
    /// Inference, from beginning to end; waiting included.
    pub inference: StageTime,
    /// What gaps may hold, by whichever thread.
    pub infer: StageTime,
    /// Writing what inference says.
    pub tell: StageTime,
    /// Completing the files and putting them in their place.
    pub finishing: StageTime,
}
