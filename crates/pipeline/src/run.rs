//! A run: inputs are read, vessels go through the kernel, events are written.

use crate::crew::Crew;
use crate::detection::{Detection, LoneLast};
use crate::gather::{Gathered, Gatherer};
use crate::infer::Inferring;
use crate::latest::Latest;
use crate::manifest::manifest;
use crate::observe::Observer;
use crate::plan::Memory;
use crate::roll::Roll;
use crate::sightings::{Assessor, Claims};
use crate::state::Before;
use crate::state_file::StateWriter;
use crate::subjects::Subjects;
use crate::temp_file::TempFile;
use crate::work::Work;
use crate::{Digests, Inferred, PipelineError, Plan, RunProgress};
use landfall_events::Setting;
use landfall_events::dark::{CellTable, HeardTable};
use landfall_ingest::{IngestError, SourceFile, VesselBook};
use landfall_report::{Finished, MapOptions, OutputContext, OutputFolder, OutputWriter};
use landfall_spatial_index::PortIndex;
use landfall_track::{AssessedSighting, FileAccount, RejectReason, Timestamp, VesselId};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::Ordering;

/// What a run came to.
#[derive(Debug)]
pub struct RunSummary {
    /// What was written; `None` if no input had a row worth writing about.
    pub finished: Option<Finished>,
    /// Every file that was read, with what was wrong with it.
    pub sources: Vec<SourceFile>,
    /// Every file's account, in the same order.
    pub accounts: Vec<FileAccount>,
    /// Rejected rows by reason.
    pub rejected: BTreeMap<RejectReason, u64>,
    /// Accepted rows that the restriction leaves out.
    pub set_aside: u64,
    /// Base stations, aids to navigation and aircraft: listed, not searched for events.
    pub stations: u64,
    /// Ids that seem to be used by more ships than can be told apart: most of their reports fit no
    /// hull. The first few.
    pub crowded_ids: Vec<VesselId>,
    /// A vessel that was heard long after every other, and by how many days.
    pub lone_last: Option<(VesselId, f64)>,
    /// Hulls beside the first of their id.
    pub further_hulls: u64,
    /// Where the most eventful hulls called, and how often they fell silent.
    pub digests: Digests,
    /// What the inputs say of themselves.
    pub notices: Vec<String>,
    /// What was inferred.
    pub inferred: Inferred,
    /// Files that earlier runs fed to the state, and all their accounts together.
    pub before: Option<(usize, FileAccount)>,
}

impl RunSummary {
    fn new(sources: Vec<SourceFile>, before: &Before, gathered: &Gathered) -> Self {
        Self {
            finished: None,
            notices: notices(lines(&sources).chain(before.notices())),
            accounts: Vec::new(),
            rejected: gathered.rejected.by_reason().clone(),
            set_aside: 0,
            stations: 0,
            crowded_ids: Vec::new(),
            lone_last: None,
            further_hulls: 0,
            digests: Digests::default(),
            inferred: Inferred::default(),
            before: before.accounts(),
            sources,
        }
    }

    /// All accounts together, those of earlier runs left out.
    pub fn total(&self) -> FileAccount {
        sum(&self.accounts)
    }

    /// Whether there is nothing to write about: no file with a row worth it, and no state.
    fn has_nothing(&self) -> bool {
        let is_fed = self.before.is_some() && self.sources.is_empty();
        !is_fed && self.sources.iter().all(has_nothing)
    }

    /// The earliest report of all files, those of earlier runs included.
    fn data_start(&self, before: &Before) -> Option<Timestamp> {
        let earlier = before.header.inputs.iter().filter_map(|input| input.first);
        let now = self.sources.iter().filter_map(|source| source.first);
        earlier.chain(now).min()
    }
}

/// Does what the plan says.
///
/// # Errors
/// If an output cannot be made, or if an account does not add up. Inputs that cannot be read are
/// no error: [`RunSummary::sources`] says what was wrong with each.
pub fn run(plan: &Plan, progress: &RunProgress) -> Result<RunSummary, PipelineError> {
    let folder = OutputFolder::create(&plan.out)?;
    let memory = plan.memory();
    let temp = match &plan.temp {
        Some(temp) => {
            // Found out now rather than after hours.
            TempFile::new(temp)?;
            temp.clone()
        }
        None => folder.staging().to_owned(),
    };
    let (before, state) = match &plan.state {
        Some(path) => (Before::open(path, plan)?, Some(StateWriter::begin(path)?)),
        None => (Before::default(), None),
    };
    let mut gatherer = Gatherer::new(&plan.restriction, &temp, memory.rows);
    gatherer.latest.clone_from(&before.header.latest);
    let mut book = VesselBook::new();
    let times = &progress.times;
    let (sources, gathered) = times.reading.time(|| {
        let sources = read(plan, before.files(), &mut book, &mut gatherer, progress);
        (sources, gatherer.finish())
    });
    let gathered = gathered?;
    let mut summary = RunSummary::new(sources, &before, &gathered);
    if summary.has_nothing() {
        return Ok(summary);
    }
    if !plan.again {
        before.refuse_what_was_fed(&summary.sources)?;
    }
    let files = before.all_files(&summary.sources);
    let notices = summary.notices.clone();
    let mut writer = folder.begin(OutputContext {
        ports: &plan.ports,
        files: &files,
        notices: &notices,
        formats: &plan.formats,
        trips: plan.trips,
        plot: plan.plot,
        map: plan.map.as_ref().map(|map| MapOptions {
            most_bytes: map.most_bytes,
            vessels: &map.vessels,
            land: landfall_spatial_index::bundled_coast(),
        }),
    })?;
    let ports = PortIndex::new(plan.ports.clone(), &plan.config.port_radius);
    let data_end = gathered.latest.end().unwrap_or_default();
    let crew = Crew {
        threads: plan.threads(),
        waiting_bytes: memory.results,
    };
    let first = FirstStage {
        plan,
        ports: &ports,
        data_end,
        book: &book,
        before: &before,
        crew,
        memory,
        temp: &temp,
    };
    let found = times
        .detection
        .time(|| first.go(gathered, state, &mut summary, &mut writer, progress))?;
    drop(book);
    let manifest = manifest(plan, &before.header.inputs, &summary);
    let inferring = Inferring {
        plan,
        ports: &ports,
        heard: &found.heard,
        data_end,
        subjects: &found.subjects,
        assessed: &found.assessed,
        crew,
        times,
    };
    summary.inferred = times
        .inference
        .time(|| inferring.write(&mut writer, &manifest))?;
    let inputs = manifest.inputs.clone();
    summary.finished = Some(times.finishing.time(|| writer.finish(manifest))?);
    if let Some(state) = found.state {
        state.commit(&before.followed_by(&summary, inputs, found.latest))?;
    }
    Ok(summary)
}

/// What the first stage, detection, works with.
struct FirstStage<'a> {
    plan: &'a Plan,
    ports: &'a PortIndex,
    data_end: Timestamp,
    book: &'a VesselBook,
    before: &'a Before,
    crew: Crew,
    memory: Memory,
    /// Where temporary files go.
    temp: &'a Path,
}

/// What the first stage leaves for the second, and for later runs.
struct Found {
    subjects: Subjects,
    heard: HeardTable,
    assessed: Vec<AssessedSighting>,
    state: Option<StateWriter>,
    latest: Latest,
}

impl FirstStage<'_> {
    /// Takes every vessel through detection, and lists the rows that could not be used.
    fn go(
        self,
        gathered: Gathered,
        state: Option<StateWriter>,
        summary: &mut RunSummary,
        writer: &mut OutputWriter<'_>,
        progress: &RunProgress,
    ) -> Result<Found, PipelineError> {
        let (plan, evidence) = (self.plan, &self.plan.evidence);
        let roll = Roll::new(self.book, self.before);
        progress.vessels.store(roll.len() as u64, Ordering::Relaxed);
        let claims = if evidence.sightings.is_empty() {
            Claims::default()
        } else {
            let listed = roll.vessels()?;
            Claims::new(&evidence.sightings, listed.iter(), &evidence.register)
        };
        let data_start = summary.data_start(self.before).unwrap_or(self.data_end);
        let mut stage = Detection {
            first_file: self.before.files(),
            summary,
            accounts: gathered.accounts,
            rejected: gathered.rejected,
            writer,
            state,
            subjects: Subjects::new(self.temp.to_owned(), self.memory.subjects),
            cells: CellTable::new(&plan.config.reception),
            assessor: Assessor::new(
                &evidence.sightings,
                &claims,
                &plan.config.inference,
                (data_start, self.data_end),
                plan.restriction.is_empty(),
            ),
            lone_last: LoneLast::default(),
        };
        let work = Work {
            plan,
            setting: Setting {
                config: &plan.config.detection,
                ports: self.ports,
            },
            observer: Observer {
                config: &plan.config.inference,
                reception: &plan.config.reception,
                watched: &evidence.watched,
                sightings: &evidence.sightings,
                claims: &claims,
                data_end: self.data_end,
            },
            book: self.book,
            keeps_state: stage.state.is_some(),
            memory: self.memory.results / (4 * self.crew.threads.get()),
            temp: self.temp,
        };
        let means = (self.crew, self.memory.merging);
        stage.take_all(&roll, &gathered.rows, &work, means, progress)?;
        stage.write_rejected(self.before, plan)?;
        let Detection {
            summary,
            accounts,
            subjects,
            cells,
            assessor,
            lone_last,
            state,
            ..
        } = stage;
        summary.lone_last = lone_last.told();
        summary.set_aside = accounts.set_aside();
        summary.accounts = accounts.settle(&summary.sources, self.before.files())?;
        let heard = cells.finish();
        Ok(Found {
            subjects: subjects.finish()?,
            assessed: assessor.finish(&heard),
            heard,
            state,
            latest: gathered.latest,
        })
    }
}

/// Whether not even a rejected row of a file is worth an output: it has none, or broke off before
/// the first good one.
fn has_nothing(source: &SourceFile) -> bool {
    let broke_off = matches!(source.problem, Some(IngestError::BrokenOff { .. }));
    source.accepted == 0 && (source.rows == 0 || broke_off)
}

/// Reads every input.
fn read(
    plan: &Plan,
    first_file: usize,
    book: &mut VesselBook,
    gathered: &mut Gatherer<'_>,
    progress: &RunProgress,
) -> Vec<SourceFile> {
    let size = |path: &std::path::PathBuf| path.metadata().map_or(0, |file| file.len());
    progress
        .total_bytes
        .store(plan.inputs.iter().map(size).sum(), Ordering::Relaxed);
    landfall_ingest::read_all(
        &plan.inputs,
        first_file,
        &plan.read,
        plan.threads(),
        book,
        gathered,
        &progress.read,
    )
}

/// The notices of files, each with its line.
pub(crate) fn lines(sources: &[SourceFile]) -> impl Iterator<Item = (usize, &str)> {
    sources
        .iter()
        .flat_map(|source| source.notices.iter().map(String::as_str).enumerate())
}

/// Every notice once: those that stand first in their files come first, whatever the files' order.
fn notices<'n>(lines: impl Iterator<Item = (usize, &'n str)>) -> Vec<String> {
    let mut first_line: BTreeMap<&str, usize> = BTreeMap::new();
    for (line, notice) in lines {
        let place = first_line.entry(notice).or_insert(line);
        *place = line.min(*place);
    }
    let ordered: BTreeSet<(usize, &str)> = first_line
        .into_iter()
        .map(|(notice, line)| (line, notice))
        .collect();
    ordered
        .into_iter()
        .map(|(_, notice)| notice.to_owned())
        .collect()
}

/// Accounts together.
pub(crate) fn sum(accounts: &[FileAccount]) -> FileAccount {
    accounts
        .iter()
        .fold(FileAccount::default(), |sum, account| FileAccount {
            rows: sum.rows + account.rows,
            accepted: sum.accepted + account.accepted,
            duplicates: sum.duplicates + account.duplicates,
            rejected: sum.rejected + account.rejected,
        })
}
