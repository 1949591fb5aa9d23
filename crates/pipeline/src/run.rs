//! A run: inputs are read, vessels go through the kernel, events are written.

use crate::crew::Crew;
use crate::data_span::DataSpan;
use crate::deferred::Deferred;
use crate::detection::{Detection, Displaced, LoneLast};
use crate::flagged_spool::FlaggedSpool;
use crate::fleet::{Fleet, FleetFindings};
use crate::gather::{Gathered, Gatherer};
use crate::infer::{Inferring, Late};
use crate::manifest::manifest;
use crate::observe::Observer;
use crate::plan::Memory;
use crate::quality::QualityTally;
use crate::roll::Roll;
use crate::sightings::{Assessor, Claims};
use crate::state::Before;
use crate::state_file::StateWriter;
use crate::subjects::Subjects;
use crate::temp_file::TempFile;
use crate::work::{NEAR_PORTS, Work};
use crate::{Digests, Inferred, Missing, PipelineError, Plan, RunProgress};
use landfall_events::dark::{CellTable, HeardTable};
use landfall_events::fleet::{HeardMinutes, Interference, Links};
use landfall_events::{Geography, Setting};
use landfall_ingest::{IngestError, SourceFile, VesselBook};
use landfall_report::{
    Finished, MapOptions, OutputContext, OutputFolder, OutputWriter, span_of_files,
};
use landfall_spatial_index::{Land, PortIndex};
use landfall_track::{
    AssessedSighting, FileAccount, Outage, PortIx, RejectReason, Timestamp, VesselId,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
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
    /// When nobody was heard.
    pub outages: Vec<Outage>,
    /// Ids that continue others.
    pub links: Links,
    /// Hulls beside the first of their id.
    pub further_hulls: u64,
    /// Where the most eventful hulls called, and how often they fell silent.
    pub digests: Digests,
    /// What the inputs say of themselves.
    pub notices: Vec<String>,
    /// What was inferred.
    pub inferred: Inferred,
    /// What was asked for and is not in the data.
    pub missing: Vec<Missing>,
    /// The first and the last time that can be true, unless the run is restricted in time.
    pub trusted_times: Option<(Timestamp, Timestamp)>,
    /// If the run asks for ports: the ports nearest to them at which anybody was who was not at them,
    /// each with the distance in metres.
    pub near_ports: Vec<(PortIx, f64)>,
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
            outages: Vec::new(),
            links: Links::default(),
            further_hulls: 0,
            digests: Digests::default(),
            inferred: Inferred::default(),
            missing: Vec::new(),
            trusted_times: None,
            near_ports: Vec::new(),
            before: before.accounts(),
            sources,
        }
    }

    /// From when to when the files' reports are, times that cannot be left out; `None` if there are none.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let files = (self.sources.iter()).map(|source| (source.first, source.last));
        span_of_files(files, self.trusted_times)
    }

    /// All accounts together, those of earlier runs left out.
    pub fn total(&self) -> FileAccount {
        sum(&self.accounts)
    }

    /// Takes the ports at which a vessel was that was at none of those asked for.
    pub(crate) fn near_ports(&mut self, ports: &[(PortIx, f64)]) {
        if ports.is_empty() {
            return;
        }
        self.near_ports.extend(ports);
        self.near_ports
            .sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        self.near_ports.dedup_by_key(|near| near.0);
        self.near_ports.truncate(NEAR_PORTS);
    }

    /// Whether there is nothing to write about: no file with a row worth it, and no state.
    fn has_nothing(&self) -> bool {
        let is_fed = self.before.is_some() && self.sources.is_empty();
        !is_fed && self.sources.iter().all(has_nothing)
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
    let temp = temp_folder(plan, &folder)?;
    let (before, state) = match &plan.state {
        Some(path) => (Before::open(path, plan)?, Some(StateWriter::begin(path)?)),
        None => (Before::default(), None),
    };
    let mut gatherer = Gatherer::new(&plan.restriction, &temp, memory.rows);
    gatherer.span.clone_from(&before.header.span);
    gatherer.minutes.clone_from(&before.header.minutes);
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
        map: map_options(plan),
    })?;
    let land = Land::shared()?;
    let ports = PortIndex::new(plan.ports.clone(), &plan.config.port_radius);
    let trusted = gathered.span.trusted();
    summary.trusted_times = trusted.filter(|_| !plan.restriction.is_of_some_time());
    let trusted = trusted.unwrap_or_default();
    let crew = Crew {
        threads: plan.threads(),
        waiting_bytes: memory.results,
    };
    let first = FirstStage {
        plan,
        geography: Geography {
            ports: &ports,
            land: Some(&land),
        },
        trusted,
        book: &book,
        before: &before,
        crew,
        memory,
        temp: &temp,
    };
    let mut found = times
        .detection
        .time(|| first.go(gathered, state, &mut summary, &mut writer, progress))?;
    drop(book);
    writer.links(summary.links.links.clone());
    let mut manifest = manifest(plan, &before.header.inputs, &summary);
    let links = summary.links.clone();
    let inferring = Inferring {
        plan,
        ports: &ports,
        heard: &found.heard,
        data_end: trusted.1,
        subjects: &found.subjects,
        links: &links,
        assessed: &found.assessed,
        crew,
        times,
    };
    let mut late = Late {
        deferred: &mut found.deferred,
        summary: &mut summary,
        quality: &mut found.quality,
        flagged: &mut found.flagged,
    };
    let inferred = times
        .inference
        .time(|| inferring.write(&mut writer, &manifest, &mut late))?;
    summary.inferred = inferred;
    tell_faults(
        &summary,
        &mut found.quality,
        &found.interference,
        found.flagged,
        &mut writer,
    )?;
    let inputs = manifest.inputs.clone();
    manifest.data_quality = found.quality.finish(&inputs, &writer.counts().rejected);
    summary.finished = Some(times.finishing.time(|| writer.finish(manifest))?);
    if let Some(state) = found.state {
        let heard = (found.span, found.minutes);
        state.commit(&before.followed_by(&summary, inputs, heard))?;
    }
    Ok(summary)
}

/// How the map is to be made, if there is to be one.
fn map_options(plan: &Plan) -> Option<MapOptions<'_>> {
    plan.map.as_ref().map(|map| MapOptions {
        most_bytes: map.most_bytes,
        vessels: &map.vessels,
        land: landfall_spatial_index::bundled_coast(),
    })
}

/// Where temporary files go. Whether there is room for any is found out now rather than after hours.
fn temp_folder(plan: &Plan, out: &OutputFolder) -> Result<PathBuf, PipelineError> {
    match &plan.temp {
        Some(temp) => {
            TempFile::new(temp)?;
            Ok(temp.clone())
        }
        None => Ok(out.staging().to_owned()),
    }
}

/// Writes what only all vessels together show of the data's faults, and every flagged report.
fn tell_faults(
    summary: &RunSummary,
    quality: &mut QualityTally,
    interference: &Interference,
    flagged: FlaggedSpool,
    writer: &mut OutputWriter<'_>,
) -> Result<(), PipelineError> {
    for outage in &summary.outages {
        quality.add_outage(outage.from, outage.to);
    }
    for zone in &interference.zones {
        quality.add_interference(zone.vessels.len() as u64, zone.reports);
        writer.interference(zone)?;
    }
    flagged.drain(interference, |id, flagged, before| {
        if flagged.flag != before {
            quality.turn_to_interference(before);
        }
        Ok(writer.flagged(id, flagged)?)
    })
}

/// What the first stage, detection, works with.
struct FirstStage<'a> {
    plan: &'a Plan,
    geography: Geography<'a>,
    /// The first and the last time that can be true.
    trusted: (Timestamp, Timestamp),
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
    quality: QualityTally,
    deferred: Deferred,
    flagged: FlaggedSpool,
    interference: Interference,
    state: Option<StateWriter>,
    span: DataSpan,
    minutes: HeardMinutes,
}

impl FirstStage<'_> {
    /// Whom each sighting names.
    fn claims(&self, roll: &Roll<'_>) -> Result<Claims, PipelineError> {
        let evidence = &self.plan.evidence;
        if evidence.sightings.is_empty() {
            return Ok(Claims::default());
        }
        let listed = roll.vessels()?;
        Ok(Claims::new(
            &evidence.sightings,
            listed.iter(),
            &evidence.register,
        ))
    }

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
        let claims = self.claims(&roll)?;
        summary.missing = plan.restriction.missing(|| roll.vessels())?;
        let (data_start, data_end) = self.trusted;
        let data_start = data_start.max(plan.restriction.from.unwrap_or(data_start));
        let mut stage = Detection {
            first_file: self.before.files(),
            summary,
            accounts: gathered.accounts,
            rejected: gathered.rejected,
            writer,
            state,
            subjects: Subjects::new(self.temp.to_owned(), self.memory.subjects),
            cells: CellTable::new(&plan.config.reception),
            fleet: Fleet::new(
                &plan.config.fleet,
                plan.config.detection.gap.threshold_h,
                (data_start, data_end),
                &gathered.minutes,
            ),
            assessor: Assessor::new(
                &evidence.sightings,
                &claims,
                &plan.config.inference,
                (data_start, data_end),
                plan.restriction.sees_everyone(),
            ),
            lone_last: LoneLast::default(),
            quality: QualityTally::new(&plan.config.quality),
            deferred: Deferred::new(self.temp.to_owned(), self.memory.results),
            flagged: FlaggedSpool::new(self.temp),
            displaced: Displaced::default(),
            taken: 0,
        };
        let work = Work {
            plan,
            setting: Setting {
                config: &plan.config.detection,
                ports: self.geography.ports,
            },
            geography: self.geography,
            observer: Observer {
                config: &plan.config.inference,
                reception: &plan.config.reception,
                watched: &evidence.watched,
                sightings: &evidence.sightings,
                claims: &claims,
                data_end: self.trusted.1,
            },
            book: self.book,
            trusted: self.trusted,
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
            fleet,
            assessor,
            lone_last,
            quality,
            deferred,
            flagged,
            displaced,
            state,
            ..
        } = stage;
        summary.lone_last = lone_last.told();
        summary.set_aside = accounts.set_aside();
        summary.accounts = accounts.settle(&summary.sources, self.before.files())?;
        let FleetFindings {
            kinds,
            outages,
            links,
        } = fleet.finish();
        (summary.outages, summary.links) = (outages, links);
        let subjects = subjects.finish()?.with_kinds(kinds);
        let heard = cells.finish();
        Ok(Found {
            subjects,
            assessed: assessor.finish(&heard),
            heard,
            quality,
            deferred,
            flagged,
            interference: displaced.interference(&plan.config.fleet.interference),
            state,
            span: gathered.span,
            minutes: gathered.minutes,
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
