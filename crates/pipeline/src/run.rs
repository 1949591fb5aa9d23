//! A run: inputs are read, vessels go through the kernel, events are written.

use crate::accounts::Accounts;
use crate::detect::{VesselEvents, detect, is_station};
use crate::gather::{Gatherer, VesselRows};
use crate::{Digests, HullDigest, PipelineError, Plan, Restriction, RunProgress};
use landfall_events::Setting;
use landfall_ingest::{IngestError, SourceFile, VesselBook};
use landfall_report::{
    Finished, Manifest, ManifestColumn, ManifestExtent, ManifestInput, ManifestUnreadable,
    OutputContext, OutputFolder, OutputWriter, VesselLabel, VesselSpan, hull_id,
};
use landfall_spatial_index::PortIndex;
use landfall_track::{
    BoundingBox, FileAccount, Flag, Hull, RejectReason, SourceRow, Timestamp, Vessel, VesselId,
};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
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
    /// A vessel that was heard long after every other, and by how many days: open gaps reach to it.
    pub lone_last: Option<(VesselId, f64)>,
    /// Hulls beside the first of their id.
    pub further_hulls: u64,
    /// Where the most eventful hulls called, and how long they were silent.
    pub digests: Digests,
    /// What the inputs say of themselves.
    pub notices: Vec<String>,
}

impl RunSummary {
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
    let Gatherer {
        rejected,
        mut accounts,
        vessels: rows,
        data_end,
        ..
    } = gathered;
    let mut summary = RunSummary {
        finished: None,
        notices: notices(&sources),
        accounts: Vec::new(),
        rejected: rejected.by_reason().clone(),
        set_aside: 0,
        stations: 0,
        crowded_ids: Vec::new(),
        lone_last: None,
        further_hulls: 0,
        digests: Digests::default(),
        sources,
    };
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
    rejected.drain(|row| Ok(writer.rejected(row)?))?;

    let ports = PortIndex::new(plan.ports.clone(), &plan.config.port_radius);
    let setting = Setting {
        config: &plan.config.detection,
        ports: &ports,
    };
    let work = Work {
        plan,
        setting,
        data_end: data_end.unwrap_or_default(),
    };
    let mut vessels: Vec<(Vessel, VesselRows)> =
        book.into_vessels().into_iter().zip(rows).collect();
    vessels.sort_unstable_by(|a, b| a.0.id.cmp(&b.0.id));
    summary.lone_last = lone_last(&vessels);
    progress
        .vessels
        .store(vessels.len() as u64, Ordering::Relaxed);
    let threads = plan.threads.map_or(0, usize::from);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|source| PipelineError::Threads { threads, source })?;
    let mut vessels = vessels.into_iter();
    loop {
        let chunk: Vec<_> = vessels.by_ref().take(VESSELS_AT_ONCE).collect();
        if chunk.is_empty() {
            break;
        }
        let detected: Vec<Detected> = pool.install(|| {
            chunk
                .into_par_iter()
                .map(|(vessel, rows)| work.go_through(vessel, rows))
                .collect()
        });
        for vessel in detected {
            accounts.add(&vessel.accounts);
            summary.stations += u64::from(vessel.is_station);
            write_vessel(&mut writer, &vessel)?;
            digest(&mut summary, &vessel);
            progress.vessels_done.fetch_add(1, Ordering::Relaxed);
        }
    }

    summary.set_aside = accounts.set_aside();
    summary.accounts = accounts.settle(&summary.sources)?;
    let manifest = manifest(plan, &summary);
    summary.finished = Some(writer.finish(manifest)?);
    Ok(summary)
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

/// What every vessel's detection shares.
struct Work<'a> {
    plan: &'a Plan,
    setting: Setting<'a>,
    data_end: Timestamp,
}

/// A vessel that has gone through detection.
struct Detected {
    vessel: Vessel,
    /// When she was heard; `None` if the restriction leaves her out.
    heard: Option<VesselSpan>,
    is_station: bool,
    events: VesselEvents,
    accounts: Accounts,
}

impl Work<'_> {
    fn go_through(&self, vessel: Vessel, mut rows: VesselRows) -> Detected {
        let mut accounts = Accounts::default();
        rows.put_in_order(&mut accounts);
        let mut detected = Detected {
            heard: None,
            is_station: false,
            events: VesselEvents::default(),
            accounts,
            vessel,
        };
        self.restrict(&mut detected, &mut rows);
        if rows.rows.is_empty() {
            return detected;
        }
        let wanted;
        if is_station(&detected.vessel.id, &rows) {
            detected.is_station = true;
            wanted = self.plan.restriction.ports.is_empty();
        } else {
            detected.events = detect(&rows, self.data_end, &self.setting);
            wanted = was_at_ports(&self.plan.restriction, &detected.events);
            if let Some(bbox) = self.plan.restriction.bbox {
                detected.events.keep_inside(bbox, &rows);
            }
        }
        if wanted {
            detected.accounts.use_all(rows.reports());
            detected.heard = heard(&rows, &detected.events);
        } else {
            detected.accounts.set_aside_all(rows.reports());
            detected.is_station = false;
            detected.events = VesselEvents::default();
        }
        detected
    }

    /// Sets aside the rows that are left out before detection.
    fn restrict(&self, detected: &mut Detected, rows: &mut VesselRows) {
        let restriction = &self.plan.restriction;
        if restriction.is_empty() {
            return;
        }
        let (kept, aside): (Vec<_>, Vec<_>) = std::mem::take(&mut rows.rows)
            .into_iter()
            .partition(|row| restriction.takes_time(row.report.time));
        detected
            .accounts
            .set_aside_all(aside.iter().map(|row| &row.report));
        rows.rows = kept;
        let vessel = &mut detected.vessel;
        vessel
            .identities
            .retain(|identity| restriction.takes_identity(identity));
        let was_inside =
            |bbox: BoundingBox| rows.reports().any(|report| bbox.contains(report.position));
        let wanted = restriction.takes_id(&vessel.id)
            && restriction.takes_identities(vessel)
            && restriction.bbox.is_none_or(was_inside);
        if !wanted {
            detected.accounts.set_aside_all(rows.reports());
            rows.rows.clear();
        }
    }
}

/// When the first hull of an id was heard. Where there are further ones, their reports and those of
/// no hull are not hers.
fn heard(rows: &VesselRows, events: &VesselEvents) -> Option<VesselSpan> {
    let others: BTreeSet<SourceRow> = events
        .flagged
        .iter()
        .map(|flagged| flagged.report.source)
        .collect();
    let is_shared = events
        .flagged
        .iter()
        .any(|flagged| flagged.flag == Flag::FurtherHull);
    let mut hers = rows
        .reports()
        .filter(|report| !is_shared || !others.contains(&report.source));
    let first = hers.next()?.time;
    let (last, more) = hers.fold((first, 0), |(_, count), report| (report.time, count + 1));
    Some(VesselSpan {
        first,
        last,
        reports: more + 1,
    })
}

/// Whether a vessel was, or fell silent, at one of the ports asked for.
fn was_at_ports(restriction: &Restriction, events: &VesselEvents) -> bool {
    restriction.ports.is_empty()
        || events.hulls.values().any(|hull| {
            let calls = hull.calls.iter().map(|call| Some(call.port));
            let silences = hull.gaps.iter().map(|gap| gap.port);
            calls
                .chain(silences)
                .flatten()
                .any(|port| restriction.ports.contains(&port))
        })
}

/// Writes everything that was found out about one id.
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
        for call in &events.calls {
            writer.port_call(&label(call.first.time), call)?;
        }
        for stop in &events.stops {
            writer.stop(&label(stop.first.time), stop)?;
        }
        for leg in &events.legs {
            let path = events
                .vertices
                .get(leg.first_vertex as usize..=leg.last_vertex as usize);
            writer.leg(&label(leg.first.time), leg, path.unwrap_or_default())?;
        }
        for gap in &events.gaps {
            writer.gap(&label(gap.before.time), gap)?;
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

/// The hulls beside the first one, and when each was heard.
fn further_hulls(events: &VesselEvents) -> BTreeMap<Hull, VesselSpan> {
    let mut hulls: BTreeMap<Hull, VesselSpan> = BTreeMap::new();
    for flagged in &events.flagged {
        if let (Flag::FurtherHull, Some(hull)) = (flagged.flag, flagged.hull) {
            let time = flagged.report.time;
            let span = hulls.entry(hull).or_insert(VesselSpan {
                first: time,
                last: time,
                reports: 0,
            });
            span.first = span.first.min(time);
            span.last = span.last.max(time);
            span.reports += 1;
        }
    }
    hulls
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

fn manifest(plan: &Plan, summary: &RunSummary) -> Manifest {
    let mut manifest = Manifest::new(env!("CARGO_PKG_VERSION"));
    manifest.notices.clone_from(&summary.notices);
    manifest.inputs = summary
        .sources
        .iter()
        .zip(&summary.accounts)
        .map(|(source, account)| manifest_input(source, *account))
        .collect();
    manifest.total = summary.total();
    manifest.tables.clone_from(&plan.tables);
    // Neither type holds a map with keys that are no strings, which alone could fail.
    manifest.restrictions = serde_json::to_value(&plan.restriction).unwrap_or_default();
    manifest.configuration = serde_json::to_value(&plan.config).unwrap_or_default();
    manifest
}

fn manifest_input(source: &SourceFile, account: FileAccount) -> ManifestInput {
    ManifestInput {
        path: source.name.clone(),
        size: source.bytes,
        sha256: source.sha256.clone(),
        format: source.format.clone(),
        columns: source
            .columns
            .iter()
            .map(|column| ManifestColumn {
                field: column.field.clone(),
                column: column.column.clone(),
                note: column.note.clone(),
            })
            .collect(),
        unreadable: source
            .unreadable
            .iter()
            .map(|column| ManifestUnreadable {
                column: column.column.clone(),
                count: column.count,
                first_row: column.first_row,
                example: column.example.clone(),
            })
            .collect(),
        account,
        first: source.first,
        last: source.last,
        extent: source.extent.map(|extent| {
            let (least, most) = (extent.south_west.degrees(), extent.north_east.degrees());
            ManifestExtent {
                west: least.lon,
                south: least.lat,
                east: most.lon,
                north: most.lat,
            }
        }),
        problem: source.problem_text(),
    }
}
