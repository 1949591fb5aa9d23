//! A run: inputs are read, vessels go through the kernel, events are written.

use crate::accounts::Accounts;
use crate::crew::Crew;
use crate::data_span::DataSpan;
use crate::deferred::Deferred;
use crate::detection::{Detection, Displaced, LoneLast};
use crate::flagged_spool::FlaggedSpool;
use crate::fleet::{Fleet, FleetFindings};
use crate::gather::{Gathered, Gatherer};
use crate::heard::HeardVessels;
use crate::infer::{Inferring, Late};
use crate::listening::{Listening, places};
use crate::manifest::manifest;
use crate::observe::Observer;
use crate::plan::Memory;
use crate::quality::QualityTally;
use crate::rejected::RejectedSpool;
use crate::roll::Roll;
use crate::sightings::{Assessor, Claims};
use crate::sorted_runs::SortedRuns;
use crate::state::Before;
use crate::state_file::StateWriter;
use crate::subjects::Subjects;
use crate::temp_file::TempFile;
use crate::work::{NEAR_PORTS, Work};
use crate::{Digests, Inferred, Missing, PipelineError, Plan, RunProgress, RunTimes};
use landfall_events::dark::{CellTable, HeardTable};
use landfall_events::fleet::{HeardMinutes, Interference, Links};
use landfall_events::{Geography, PlaceFinder, Setting, StopCell, StopPlaces};
use landfall_ingest::{IngestError, SourceFile, VesselBook};
use landfall_report::{
    Finished, MapOptions, OutputContext, OutputFolder, OutputWriter, span_of_files,
};
use landfall_spatial_index::{Land, PortIndex};
use landfall_track::{
    AssessedSighting, FileAccount, Outage, Port, PortIx, RejectReason, Timestamp, VesselId,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::thread;

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
    /// The ports that results refer to: those of the table, then places that belong to none of them.
    pub ports: Vec<Port>,
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
            ports: Vec::new(),
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
    let land = Land::shared()?;
    let table = PortIndex::new(plan.ports.clone(), &plan.config.port_radius);
    let trusted = gathered.span.trusted();
    summary.trusted_times = trusted.filter(|_| !plan.restriction.is_of_some_time());
    let crew = Crew {
        threads: plan.threads(),
        waiting_bytes: memory.results,
    };
    let roll = Roll::new(&book, &before);
    progress.vessels.store(roll.len() as u64, Ordering::Relaxed);
    let claims = claims(plan, &roll)?;
    summary.missing = plan.restriction.missing(|| roll.vessels())?;
    let stages = Stages {
        plan,
        trusted: trusted.unwrap_or_default(),
        book: &book,
        before: &before,
        claims: &claims,
        crew,
        memory,
        temp: &temp,
    };
    let without_places = Geography {
        ports: &table,
        places: None,
        land: Some(&land),
    };
    let Listened { heard, cells, left } = times.detection.time(|| {
        stages.listen(
            gathered,
            &roll,
            state,
            without_places,
            &mut summary,
            progress,
        )
    })?;
    let finder = PlaceFinder::new(plan.places.clone(), &plan.config.places);
    let places = StopPlaces::new(places(cells, finder)?, without_places);
    let ports = table.with_unlisted(places.unlisted_ports(), &plan.config.port_radius);
    summary.ports = ports.ports().to_vec();
    let mut writer = folder.begin(OutputContext {
        ports: ports.ports(),
        places: places.places(),
        files: &files,
        notices: &notices,
        formats: &plan.formats,
        trips: plan.trips,
        plot: plan.plot,
        map: map_options(plan),
    })?;
    for place in places.places() {
        writer.place(place)?;
    }
    let geography = Geography {
        ports: &ports,
        places: Some(&places),
        land: Some(&land),
    };
    let found = times
        .detection
        .time(|| stages.detect(heard, left, geography, &mut summary, &mut writer, progress))?;
    let ending = Ending {
        plan,
        before: &before,
        ports: &ports,
        data_end: stages.trusted.1,
        crew,
        times,
    };
    drop(roll);
    drop(book);
    ending.write(found, &mut summary, writer)?;
    Ok(summary)
}

/// What inference and the completion of all files work with.
struct Ending<'a> {
    plan: &'a Plan,
    before: &'a Before,
    ports: &'a PortIndex,
    data_end: Timestamp,
    crew: Crew,
    times: &'a RunTimes,
}

impl Ending<'_> {
    /// Writes what is inferred and what all vessels together show, and completes all files.
    fn write(
        self,
        mut found: Found,
        summary: &mut RunSummary,
        mut writer: OutputWriter<'_>,
    ) -> Result<(), PipelineError> {
        writer.links(summary.links.links.clone());
        let mut manifest = manifest(self.plan, &self.before.header.inputs, summary);
        let links = summary.links.clone();
        let inferring = Inferring {
            plan: self.plan,
            ports: self.ports,
            heard: &found.heard,
            data_end: self.data_end,
            subjects: &found.subjects,
            links: &links,
            assessed: &found.assessed,
            crew: self.crew,
            times: self.times,
        };
        let mut late = Late {
            deferred: &mut found.deferred,
            summary,
            quality: &mut found.quality,
            flagged: &mut found.flagged,
        };
        let inferred = self
            .times
            .inference
            .time(|| inferring.write(&mut writer, &manifest, &mut late))?;
        summary.inferred = inferred;
        tell_faults(
            summary,
            &mut found.quality,
            &found.interference,
            found.flagged,
            &mut writer,
        )?;
        let inputs = manifest.inputs.clone();
        manifest.data_quality = found.quality.finish(&inputs, &writer.counts().rejected);
        let finishing = &self.times.finishing;
        summary.finished = Some(finishing.time(|| writer.finish(manifest))?);
        if let Some(state) = found.state {
            let heard = (found.span, found.minutes);
            state.commit(&self.before.followed_by(summary, inputs, heard))?;
        }
        Ok(())
    }
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

/// What listening and detection work with.
#[derive(Clone, Copy)]
struct Stages<'a> {
    plan: &'a Plan,
    /// The first and the last time that can be true.
    trusted: (Timestamp, Timestamp),
    book: &'a VesselBook,
    before: &'a Before,
    claims: &'a Claims,
    crew: Crew,
    memory: Memory,
    /// Where temporary files go.
    temp: &'a Path,
}

/// What listening leaves for detection.
struct Listened {
    heard: HeardVessels,
    /// All stops on the grid of places.
    cells: SortedRuns<StopCell>,
    left: LeftOver,
}

/// What was gathered beside rows, and the state that is being written.
struct LeftOver {
    accounts: Accounts,
    rejected: RejectedSpool,
    span: DataSpan,
    minutes: HeardMinutes,
    state: Option<StateWriter>,
}

/// What detection leaves for inference, and for later runs.
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

/// Whom each sighting names.
fn claims(plan: &Plan, roll: &Roll<'_>) -> Result<Claims, PipelineError> {
    let evidence = &plan.evidence;
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

impl<'a> Stages<'a> {
    /// What each vessel's way through detection goes by.
    fn work(&self, geography: Geography<'a>) -> Work<'a> {
        let (plan, evidence) = (self.plan, &self.plan.evidence);
        Work {
            plan,
            setting: Setting {
                config: &plan.config.detection,
                ports: geography.ports,
            },
            geography,
            observer: Observer {
                config: &plan.config.inference,
                reception: &plan.config.reception,
                watched: &evidence.watched,
                sightings: &evidence.sightings,
                claims: self.claims,
                data_end: self.trusted.1,
            },
            book: self.book,
            trusted: self.trusted,
            keeps_state: plan.state.is_some(),
            memory: self.memory.results / (4 * self.crew.threads.get()),
            temp: self.temp,
        }
    }

    /// Takes every vessel's rows through its kernel.
    fn listen(
        &self,
        gathered: Gathered,
        roll: &Roll<'_>,
        state: Option<StateWriter>,
        geography: Geography<'a>,
        summary: &mut RunSummary,
        progress: &RunProgress,
    ) -> Result<Listened, PipelineError> {
        let mut listening = Listening {
            summary,
            first_file: self.before.files(),
            rejected: gathered.rejected,
            state,
            heard: HeardVessels::new(self.temp.to_owned(), self.memory.subjects),
            cells: SortedRuns::default(),
            cells_memory: self.memory.results / 4,
            temp: self.temp,
        };
        let work = self.work(geography);
        let means = (self.crew, self.memory.merging);
        listening.take_all(roll, &gathered.rows, &work, means, progress)?;
        Ok(Listened {
            heard: listening.heard,
            cells: listening.cells,
            left: LeftOver {
                accounts: gathered.accounts,
                rejected: listening.rejected,
                span: gathered.span,
                minutes: gathered.minutes,
                state: listening.state,
            },
        })
    }

    /// Puts every vessel's events together, and lists the rows that could not be used.
    fn detect(
        &self,
        heard: HeardVessels,
        left: LeftOver,
        geography: Geography<'a>,
        summary: &mut RunSummary,
        writer: &mut OutputWriter<'_>,
        progress: &RunProgress,
    ) -> Result<Found, PipelineError> {
        let (plan, evidence) = (self.plan, &self.plan.evidence);
        let (data_start, data_end) = self.trusted;
        let data_start = data_start.max(plan.restriction.from.unwrap_or(data_start));
        let mut stage = Detection {
            summary,
            accounts: left.accounts,
            rejected: left.rejected,
            writer,
            state: left.state,
            subjects: Subjects::new(self.temp.to_owned(), self.memory.subjects),
            cells: CellTable::new(&plan.config.reception),
            fleet: Fleet::new(
                &plan.config.fleet,
                plan.config.detection.gap.threshold_h,
                (data_start, data_end),
                &left.minutes,
            ),
            assessor: Assessor::new(
                &evidence.sightings,
                self.claims,
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
        stage.take_all(&heard, &self.work(geography), self.crew, progress)?;
        drop(heard);
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
            span: left.span,
            minutes: left.minutes,
        })
    }
}

/// Whether not even a rejected row of a file is worth an output: it has none, or broke off before
/// the first good one.
fn has_nothing(source: &SourceFile) -> bool {
    let broke_off = matches!(source.problem, Some(IngestError::BrokenOff { .. }));
    source.accepted == 0 && (source.rows == 0 || broke_off)
}

/// Reads every input. Meanwhile land is decoded, if a further thread can be had; else it is when it is needed.
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
    thread::scope(|scope| {
        let _ = thread::Builder::new().spawn_scoped(scope, Land::shared);
        landfall_ingest::read_all(
            &plan.inputs,
            first_file,
            &plan.read,
            plan.threads(),
            book,
            gathered,
            &progress.read,
        )
    })
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
