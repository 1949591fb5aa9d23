//! A run: inputs are read, vessels go through the kernel, events are written.

use crate::accounts::Accounts;
use crate::gather::{Gatherer, VesselRows};
use crate::infer::{Inferring, Subject};
use crate::manifest::manifest;
use crate::observe::Observer;
use crate::rejected::RejectedSpool;
use crate::sightings::{Assessor, Claims};
use crate::work::{Detected, Work, further_hulls};
use crate::{Digests, HullDigest, Inferred, PipelineError, Plan, RunProgress};
use landfall_events::Setting;
use landfall_events::dark::CellTable;
use landfall_ingest::{IngestError, SourceFile, VesselBook};
use landfall_report::{Finished, OutputContext, OutputFolder, OutputWriter, VesselLabel, hull_id};
use landfall_spatial_index::PortIndex;
use landfall_track::{FileAccount, HullIx, RejectReason, Timestamp, Vessel, VesselId};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Vessels that are detected side by side before their events are written, in order.
const VESSELS_AT_ONCE: usize = 256;

/// An id is called crowded if more reports than this, and a quarter of all, belong to no hull.
const CROWD: u64 = 100;
const CROWDED_IDS_TOLD: usize = 5;
/// Days by which the last vessel heard must outlast all others to be called lone.
const LONE_DAYS: f64 = 180.0;

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
    /// Where the most eventful hulls called, and how long they were silent.
    pub digests: Digests,
    /// What the inputs say of themselves.
    pub notices: Vec<String>,
    /// What was inferred.
    pub inferred: Inferred,
}

impl RunSummary {
    fn new(sources: Vec<SourceFile>, rejected: BTreeMap<RejectReason, u64>) -> Self {
        Self {
            finished: None,
            notices: notices(&sources),
            accounts: Vec::new(),
            rejected,
            set_aside: 0,
            stations: 0,
            crowded_ids: Vec::new(),
            lone_last: None,
            further_hulls: 0,
            digests: Digests::default(),
            inferred: Inferred::default(),
            sources,
        }
    }

    /// All accounts together.
    pub fn total(&self) -> FileAccount {
        total(&self.accounts)
    }
}

/// Does what the plan says.
///
/// # Errors
/// If an output cannot be made, or if an account does not add up. Inputs that cannot be read are
/// no error: [`RunSummary::sources`] says what was wrong with each.
pub fn run(plan: &Plan, progress: &RunProgress) -> Result<RunSummary, PipelineError> {
    let folder = OutputFolder::create(&plan.out)?;
    let mut book = VesselBook::new();
    let mut gathered = Gatherer::new(&plan.restriction);
    let sources = read(plan, &mut book, &mut gathered, progress);
    let data_end = gathered.data_end().unwrap_or_default();
    let Gatherer {
        rejected,
        mut accounts,
        vessels: rows,
        ..
    } = gathered;
    let mut summary = RunSummary::new(sources, rejected.by_reason().clone());
    if summary.sources.iter().all(has_nothing) {
        return Ok(summary);
    }

    let files: Vec<String> = summary
        .sources
        .iter()
        .map(|source| source.name.clone())
        .collect();
    let notices = summary.notices.clone();
    let mut writer = folder.begin(OutputContext {
        ports: &plan.ports,
        files: &files,
        notices: &notices,
        formats: &plan.formats,
    })?;
    write_rejected(&mut writer, rejected, plan)?;

    let ports = PortIndex::new(plan.ports.clone(), &plan.config.port_radius);
    let mut vessels: Vec<(Vessel, VesselRows)> =
        book.into_vessels().into_iter().zip(rows).collect();
    vessels.sort_unstable_by(|a, b| a.0.id.cmp(&b.0.id));
    summary.lone_last = lone_last(&vessels);
    progress
        .vessels
        .store(vessels.len() as u64, Ordering::Relaxed);
    let claims = {
        let listed = vessels.iter().map(|(vessel, _)| vessel);
        Claims::new(&plan.evidence.sightings, listed, &plan.evidence.register)
    };
    let data_start = summary
        .sources
        .iter()
        .filter_map(|source| source.first)
        .min();
    let mut stage = Detection {
        summary: &mut summary,
        accounts: &mut accounts,
        writer: &mut writer,
        subjects: Vec::new(),
        cells: CellTable::new(&plan.config.reception),
        assessor: Assessor::new(
            &plan.evidence.sightings,
            &claims,
            &plan.config.inference,
            (data_start.unwrap_or(data_end), data_end),
            plan.restriction.is_empty(),
        ),
    };
    let work = Work {
        plan,
        setting: Setting {
            config: &plan.config.detection,
            ports: &ports,
        },
        observer: Observer {
            config: &plan.config.inference,
            reception: &plan.config.reception,
            watched: &plan.evidence.watched,
            sightings: &plan.evidence.sightings,
            claims: &claims,
            data_end,
        },
    };
    let pool = pool(plan)?;
    stage.take_all(vessels, &work, &pool, progress)?;
    let Detection {
        subjects,
        cells,
        assessor,
        ..
    } = stage;
    let assessed = assessor.finish();
    summary.set_aside = accounts.set_aside();
    summary.accounts = accounts.settle(&summary.sources)?;
    let manifest = manifest(plan, &summary);
    let inferring = Inferring {
        plan,
        ports: &ports,
        heard: &cells.finish(),
        data_end,
        subjects: &subjects,
        assessed: &assessed,
        pool: &pool,
    };
    summary.inferred = inferring.write(&mut writer, &manifest)?;
    summary.finished = Some(writer.finish(manifest)?);
    Ok(summary)
}

/// Writes every row that could not be used: those of the inputs, then those of the tables beside them.
fn write_rejected(
    writer: &mut OutputWriter<'_>,
    rows: RejectedSpool,
    plan: &Plan,
) -> Result<(), PipelineError> {
    rows.drain(|row| Ok(writer.rejected(row)?))?;
    for entry in &plan.rejected {
        writer.rejected_entry(entry)?;
    }
    Ok(())
}

fn pool(plan: &Plan) -> Result<rayon::ThreadPool, PipelineError> {
    let threads = plan.threads.map_or(0, usize::from);
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|source| PipelineError::Threads { threads, source })
}

/// The first stage: every vessel's own events, and what inference must know of her.
struct Detection<'a, 'w> {
    summary: &'a mut RunSummary,
    accounts: &'a mut Accounts,
    writer: &'a mut OutputWriter<'w>,
    subjects: Vec<Subject>,
    cells: CellTable,
    assessor: Assessor<'a>,
}

impl Detection<'_, '_> {
    /// Takes all vessels through detection, some side by side, in their order.
    fn take_all(
        &mut self,
        vessels: Vec<(Vessel, VesselRows)>,
        work: &Work<'_>,
        pool: &rayon::ThreadPool,
        progress: &RunProgress,
    ) -> Result<(), PipelineError> {
        let mut vessels = vessels.into_iter();
        loop {
            let chunk: Vec<_> = vessels.by_ref().take(VESSELS_AT_ONCE).collect();
            if chunk.is_empty() {
                return Ok(());
            }
            let detected: Vec<Detected> = pool.install(|| {
                chunk
                    .into_par_iter()
                    .map(|(vessel, rows)| work.go_through(vessel, rows))
                    .collect()
            });
            for vessel in detected {
                self.take(vessel)?;
                progress.vessels_done.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Takes a vessel that has gone through detection: writes what is final, keeps the rest.
    fn take(&mut self, detected: Detected) -> Result<(), PipelineError> {
        self.accounts.add(&detected.accounts);
        self.summary.stations += u64::from(detected.is_station);
        write_vessel(self.writer, &detected)?;
        digest(self.summary, &detected);
        self.cells.add(&detected.observed.presences);
        let vessel = Arc::new(detected.vessel);
        for mut hull in detected.observed.hulls {
            let vessel_id = hull_id(&vessel.id, hull.hull);
            let ix = HullIx(self.subjects.len() as u32);
            self.assessor.add(ix, (&vessel.id, &vessel_id), &mut hull);
            self.subjects.push(Subject {
                vessel: Arc::clone(&vessel),
                vessel_id,
                observed: hull,
            });
        }
        Ok(())
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
    book: &mut VesselBook,
    gathered: &mut Gatherer<'_>,
    progress: &RunProgress,
) -> Vec<SourceFile> {
    let size = |path: &std::path::PathBuf| path.metadata().map_or(0, |file| file.len());
    progress
        .total_bytes
        .store(plan.inputs.iter().map(size).sum(), Ordering::Relaxed);
    let mut sources = Vec::new();
    for path in &plan.inputs {
        sources.extend(landfall_ingest::read_positions(
            path,
            sources.len(),
            &plan.read,
            book,
            gathered,
            &progress.read,
        ));
    }
    sources
}

/// Every notice once: those that stand first in their files come first, whatever the files' order.
fn notices(sources: &[SourceFile]) -> Vec<String> {
    let mut first_line: BTreeMap<&str, usize> = BTreeMap::new();
    for source in sources {
        for (line, notice) in source.notices.iter().enumerate() {
            let place = first_line.entry(notice).or_insert(line);
            *place = line.min(*place);
        }
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

/// The vessel that was heard long after every other, if there is one.
fn lone_last(vessels: &[(Vessel, VesselRows)]) -> Option<(VesselId, f64)> {
    let mut ends: Vec<(Timestamp, &VesselId)> = vessels
        .iter()
        .filter_map(|(vessel, rows)| Some((rows.last?, &vessel.id)))
        .collect();
    ends.sort_unstable_by(|a, b| b.cmp(a));
    let [(last, id), (next, _), ..] = ends[..] else {
        return None;
    };
    let days = last.hours_since(next) / 24.0;
    (days > LONE_DAYS).then(|| (id.clone(), days))
}

/// Writes what is final about one id: all but calls and gaps, which sightings may split.
fn write_vessel(writer: &mut OutputWriter<'_>, detected: &Detected) -> Result<(), PipelineError> {
    let Some(heard) = detected.heard else {
        return Ok(());
    };
    let vessel = &detected.vessel;
    writer.vessel(&vessel.id.to_string(), vessel, heard)?;
    for (hull, span) in further_hulls(&detected.events) {
        // Which of the id's particulars are this hull's, nobody can tell.
        let nameless = Vessel {
            id: vessel.id.clone(),
            identities: Vec::new(),
        };
        writer.vessel(&hull_id(&vessel.id, hull), &nameless, span)?;
    }
    for (hull, events) in &detected.events.hulls {
        let id = hull_id(&vessel.id, *hull);
        let label = |time| VesselLabel::at(vessel, &id, time);
        for stop in &events.stops {
            writer.stop(&label(stop.first.time), stop)?;
        }
        for leg in &events.legs {
            let path = events
                .vertices
                .get(leg.first_vertex as usize..=leg.last_vertex as usize);
            writer.leg(&label(leg.first.time), leg, path.unwrap_or_default())?;
        }
    }
    for flagged in &detected.events.flagged {
        writer.flagged(&vessel.id, flagged)?;
    }
    Ok(())
}

/// Notes what the summary will say of an id's hulls.
fn digest(summary: &mut RunSummary, detected: &Detected) {
    let vessel = &detected.vessel;
    let flagged = &detected.events.flagged;
    let homeless = flagged
        .iter()
        .filter(|flagged| flagged.hull.is_none())
        .count() as u64;
    let reports = detected.heard.map_or(0, |heard| heard.reports) + flagged.len() as u64;
    if homeless > CROWD && homeless * 4 > reports && summary.crowded_ids.len() < CROWDED_IDS_TOLD {
        summary.crowded_ids.push(vessel.id.clone());
    }
    for (hull, events) in &detected.events.hulls {
        summary.further_hulls += u64::from(hull.number > 0);
        let name = vessel.at(Timestamp::MAX, |sent| sent.name.clone());
        summary
            .digests
            .add(HullDigest::new(hull_id(&vessel.id, *hull), name, events));
    }
}

fn total(accounts: &[FileAccount]) -> FileAccount {
    accounts
        .iter()
        .fold(FileAccount::default(), |sum, account| FileAccount {
            rows: sum.rows + account.rows,
            accepted: sum.accepted + account.accepted,
            duplicates: sum.duplicates + account.duplicates,
            rejected: sum.rejected + account.rejected,
        })
}
