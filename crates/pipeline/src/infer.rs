//! Inference over all vessels' events, and what it says written.

use crate::areas::{Areas, DrawnArea, GapsAsked};
use crate::crew::Crew;
use crate::deferred::Deferred;
use crate::detection::write_detected;
use crate::dossiers::Dossiers;
use crate::flagged_spool::FlaggedSpool;
use crate::quality::QualityTally;
use crate::sightings::evidence;
use crate::split::CallSplitter;
use crate::subjects::{Asked, Subject, Subjects};
use crate::{PipelineError, Plan, RunSummary, RunTimes};
use landfall_events::dark::{
    CandidateSetting, Evidence, HeardTable, HullCase, Inference, ReachSetting, SeenInOneOf,
};
use landfall_events::fleet::Links;
use landfall_report::{HullView, Manifest, OutputWriter, RunView, VesselLabel};
use landfall_spatial_index::{PortIndex, SeaWays};
use landfall_track::{
    AssessedSighting, DarkLeg, Gap, GapKind, Grade, HullFindings, HullIx, MatchBasis, OneOf,
    Pattern, PortCall, PortIx, Reception, Sighting, SightingIx, Timestamp, Verdict, Vertex,
};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// About how many bytes what is said of a gap takes: some hundred candidates of a hundred bytes.
const BYTES_PER_GAP: usize = 1 << 14;
/// Hulls of which the summary tells.
const HULLS_TOLD: usize = 20;

/// What inference came to, for a summary.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inferred {
    /// Sightings by verdict.
    pub verdicts: BTreeMap<Verdict, u64>,
    /// What each sighting came to.
    pub sightings: Vec<SightingDigest>,
    /// Hulls with dark calls, in the order of their ids; the first few.
    pub hulls: Vec<DarkDigest>,
    /// How many more there are.
    pub others: u64,
    /// Vessels of whom a dossier was asked for, but who are not in the data.
    pub dossiers_missing: Vec<String>,
    /// Gaps whose area was asked for, but that there are not.
    pub gaps_missing: Vec<String>,
}

/// What one sighting came to.
#[derive(Clone, Debug, PartialEq)]
pub struct SightingDigest {
    /// The list's id.
    pub id: String,
    /// The verdict.
    pub verdict: Verdict,
    /// In a few words, what the verdict rests on.
    pub reason: String,
}

/// One hull's dark calls and repeated legs.
#[derive(Clone, Debug, PartialEq)]
pub struct DarkDigest {
    /// The hull's id in outputs.
    pub vessel_id: String,
    /// Her name.
    pub name: Option<String>,
    /// Dark calls by port and grade.
    pub calls: BTreeMap<(PortIx, Grade), u64>,
    /// Those of D1 that sightings have, but do not bear out, by port.
    pub doubtful: BTreeMap<PortIx, u64>,
    /// Calls in one of several silences each: port, silences, grade of the group, the sighting's id.
    pub one_of: Vec<(PortIx, u32, Grade, String)>,
    /// Legs that repeat.
    pub patterns: Vec<Pattern>,
}

/// Vessels of which inference says whether they are asked for, and where they are counted.
pub(crate) struct Late<'a> {
    pub(crate) deferred: &'a mut Deferred,
    pub(crate) summary: &'a mut RunSummary,
    pub(crate) quality: &'a mut QualityTally,
    pub(crate) flagged: &'a mut FlaggedSpool,
}

/// What inference says of one hull.
struct InferredHull {
    hull: HullIx,
    findings: HullFindings,
    drawn: Vec<DrawnArea>,
}

/// What inference works with.
#[derive(Clone, Copy)]
pub(crate) struct Inferring<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) ports: &'a PortIndex,
    pub(crate) heard: &'a HeardTable,
    pub(crate) data_end: Timestamp,
    pub(crate) subjects: &'a Subjects,
    /// Ids that others continue.
    pub(crate) links: &'a Links,
    pub(crate) assessed: &'a [AssessedSighting],
    pub(crate) crew: Crew,
    pub(crate) times: &'a RunTimes,
}

impl<'a> Inferring<'a> {
    /// Infers on every hull and writes what is said of her calls and gaps.
    ///
    /// # Errors
    /// If a file cannot be written, or a passage to be closed is not known.
    pub(crate) fn write(
        self,
        writer: &mut OutputWriter<'_>,
        manifest: &Manifest,
        late: &mut Late<'_>,
    ) -> Result<Inferred, PipelineError> {
        let plan = self.plan;
        let told = self.told()?;
        let views: BTreeMap<HullIx, HullView<'_>> = told
            .iter()
            .map(|(ix, subject)| (*ix, view(subject)))
            .collect();
        let run = RunView::of(
            &views,
            &plan.evidence.sightings,
            &plan.evidence.sighting_files,
            self.assessed,
        );
        let evidence = evidence(&plan.evidence.sightings, self.assessed, self.ports);
        let water = self.water(self.subjects.have_gaps())?;
        let inference = Inference {
            candidates: CandidateSetting {
                reach: ReachSetting {
                    ports: self.ports,
                    config: &plan.config.inference,
                },
                water: water.as_ref(),
                reception: Some(self.heard),
                watched: &plan.evidence.watched,
            },
            sightings: &plan.evidence.sightings,
            data_end: self.data_end,
            absences: &evidence.absences,
        };
        let mut telling = Telling {
            stage: self,
            writer,
            run,
            inferred: Inferred::default(),
            groups: BTreeMap::new(),
            dossiers: Dossiers::new(&plan.dossiers),
            gaps: GapsAsked::new(plan),
        };
        let areas = Areas::new(plan, self.data_end);
        let nothing = Evidence::default();
        let mut left_out = BTreeSet::new();
        // The hulls so far of a vessel that waits.
        let mut waiting: Vec<(Subject, InferredHull)> = Vec::new();
        self.crew.in_order(
            self.subjects.len(),
            |number| {
                self.times.infer.time(|| {
                    let subject = self.subjects.get(number)?;
                    let hull = HullIx(number as u32);
                    let (mut findings, mut drawn) = (HullFindings::default(), Vec::new());
                    if subject.asked != Asked::No {
                        let evidence = evidence.hulls.get(&hull).unwrap_or(&nothing);
                        findings = self.infer(&inference, hull, &subject, evidence);
                        drawn = areas.of_hull(&subject, &findings);
                    }
                    let found = InferredHull {
                        hull,
                        findings,
                        drawn,
                    };
                    Ok((subject, found))
                })
            },
            |(_, found)| found.findings.gaps.len() * BYTES_PER_GAP,
            |(subject, found)| {
                self.times.tell.time(|| match subject.asked {
                    Asked::Yes => telling.tell(subject, found),
                    Asked::No => {
                        left_out.insert(found.hull);
                        Ok(())
                    }
                    Asked::IfDarkCall => {
                        waiting.push((subject.into_owned(), found));
                        let first = waiting[0].1.hull;
                        if late.deferred.hulls_of(first) != Some(waiting.len()) {
                            return Ok(());
                        }
                        let hulls = std::mem::take(&mut waiting);
                        let is_asked_for = hulls
                            .iter()
                            .any(|(_, found)| calls_dark(&found.findings, &plan.restriction.ports));
                        late.settle(telling.writer, first, is_asked_for)?;
                        if !is_asked_for {
                            left_out.extend(hulls.iter().map(|(_, found)| found.hull));
                            return Ok(());
                        }
                        let tell = |(subject, found)| telling.tell(Cow::Owned(subject), found);
                        hulls.into_iter().try_for_each(tell)
                    }
                })
            },
        )?;
        telling.conclude(&views, &left_out, manifest)
    }

    /// The hulls that sightings tell of.
    fn told(&self) -> Result<BTreeMap<HullIx, Subject>, PipelineError> {
        let of_one = |found: &'a AssessedSighting| {
            let reach = found.reach.iter().map(|reach| reach.hull);
            let suspects = found.suspects.iter().map(|suspect| suspect.hull);
            found.hull.into_iter().chain(reach).chain(suspects)
        };
        let hulls: BTreeSet<HullIx> = self.assessed.iter().flat_map(of_one).collect();
        hulls
            .into_iter()
            .map(|ix| Ok((ix, self.subjects.get(ix.0 as usize)?.into_owned())))
            .collect()
    }

    /// Ways by water, with the canals closed that the plan closes.
    fn water(&self, is_needed: bool) -> Result<Option<SeaWays>, PipelineError> {
        if !is_needed {
            return Ok(None);
        }
        let water = SeaWays::bundled()?;
        let closed = &self.plan.closed_passages;
        if closed.is_empty() {
            return Ok(Some(water));
        }
        water.closing(closed).map(Some).map_err(|source| {
            let known: Vec<&str> = water
                .passages()
                .iter()
                .map(|passage| passage.name.as_str())
                .collect();
            PipelineError::UnknownPassage {
                known: known.join(", "),
                source,
            }
        })
    }

    /// A hull's calls as sightings leave them.
    fn calls(&self, subject: &Subject, findings: &HullFindings) -> Vec<PortCall> {
        let observed = &subject.observed;
        CallSplitter {
            ports: self.ports,
            sightings: &self.plan.evidence.sightings,
            reports_in_call: &observed.reports_in_call,
        }
        .split(&observed.calls, &observed.gaps, findings)
    }

    fn infer(
        &self,
        inference: &Inference<'_>,
        hull: HullIx,
        subject: &Subject,
        evidence: &Evidence,
    ) -> HullFindings {
        let observed = &subject.observed;
        let gaps = self.without_continued(subject);
        let receptions: Vec<Reception> = observed
            .gaps
            .iter()
            .zip(&observed.own)
            .map(|(gap, own)| self.heard.gap_reception(gap, self.data_end, own))
            .collect();
        inference.hull(&HullCase {
            hull,
            gaps: &gaps,
            receptions: &receptions,
            calls: &observed.calls,
            at_rest: &observed.at_rest,
            speeds: observed.speeds,
            evidence,
        })
    }
}

impl Inferring<'_> {
    /// A hull's gaps as inference is to see them: where another id continues the vessel's, its last
    /// silence is no silence, but the end of an id. It has left, under this one.
    fn without_continued<'s>(&self, subject: &'s Subject) -> Cow<'s, [Gap]> {
        let gaps = subject.observed.gaps.as_slice();
        let id = &subject.vessel.id;
        let found = self.links.links.binary_search_by(|it| it.from.cmp(id));
        let is_continued = subject.observed.hull.number == 0 && found.is_ok();
        match gaps.last() {
            Some(last) if is_continued && last.after.is_none() => {
                let mut gaps = gaps.to_vec();
                if let Some(last) = gaps.last_mut() {
                    last.kind = GapKind::LeftArea;
                }
                Cow::Owned(gaps)
            }
            _ => Cow::Borrowed(gaps),
        }
    }
}

/// What tells of hulls that are asked for.
struct Telling<'a, 'w, 'o> {
    stage: Inferring<'a>,
    writer: &'w mut OutputWriter<'o>,
    run: RunView<'a>,
    inferred: Inferred,
    /// Sightings that prove a call in one of several silences.
    groups: BTreeMap<SightingIx, OneOf>,
    dossiers: Dossiers,
    gaps: GapsAsked,
}

impl Telling<'_, '_, '_> {
    /// Writes what is said of a hull.
    fn tell(
        &mut self,
        subject: Cow<'_, Subject>,
        found: InferredHull,
    ) -> Result<(), PipelineError> {
        let InferredHull {
            hull,
            findings,
            drawn,
        } = found;
        let run = self.run.with(hull, view(&subject));
        let calls = self.stage.calls(&subject, &findings);
        write_hull(self.writer, &run, hull, &subject, &findings, &calls)?;
        let sightings = &self.stage.plan.evidence.sightings;
        self.inferred.add(&subject, &findings, sightings);
        let groups = findings.one_of.iter();
        self.groups
            .extend(groups.map(|group| (group.sighting, *group)));
        for area in drawn {
            self.writer.reach(&run, &area.view())?;
        }
        self.gaps.found(&subject);
        if self.dossiers.wants(&subject) {
            self.dossiers
                .keep(hull, subject.into_owned(), findings, calls);
        }
        Ok(())
    }
}

impl Telling<'_, '_, '_> {
    /// Writes what sightings come to, and the dossiers. `views` are the hulls that sightings tell of.
    fn conclude(
        self,
        views: &BTreeMap<HullIx, HullView<'_>>,
        left_out: &BTreeSet<HullIx>,
        manifest: &Manifest,
    ) -> Result<Inferred, PipelineError> {
        let Telling {
            stage,
            writer,
            mut inferred,
            groups,
            dossiers,
            gaps,
            ..
        } = self;
        let evidence = &stage.plan.evidence;
        let mut assessed = without(stage.assessed, left_out);
        // Which sightings are of one of several silences is known now.
        for found in &mut assessed {
            found.one_of = groups.get(&found.sighting).copied();
            if found.one_of.is_some() {
                found.possible_gaps = SeenInOneOf::of(found).gaps;
            }
        }
        for (sighting, found) in evidence.sightings.iter().zip(&mut assessed) {
            let restriction = &stage.plan.restriction;
            let is_before = restriction.from.is_some_and(|from| sighting.to < from);
            let is_after = restriction.to.is_some_and(|to| sighting.from >= to);
            let is_told = matches!(found.verdict, Verdict::Confirmed | Verdict::Contradicted);
            if (is_before || is_after) && !is_told {
                found.verdict = Verdict::LeftOut;
            }
        }
        let mut views = views.clone();
        views.extend(dossiers.subjects().map(|(ix, subject)| (ix, view(subject))));
        let (sightings, files) = (&evidence.sightings, &evidence.sighting_files);
        let run = RunView::of(&views, sightings, files, &assessed);
        for (sighting, assessed) in sightings.iter().zip(&assessed) {
            writer.sighting(&run, assessed)?;
            *inferred.verdicts.entry(assessed.verdict).or_default() += 1;
            inferred.sightings.push(SightingDigest {
                id: sighting.id.clone(),
                verdict: assessed.verdict,
                reason: writer.sighting_reason(&run, assessed),
            });
        }
        writer.dossiers(&run, manifest, &dossiers.cases())?;
        inferred.dossiers_missing = dossiers.missing();
        inferred.gaps_missing = gaps.left();
        Ok(inferred)
    }
}

impl Late<'_> {
    /// Writes what detection said of a vessel that waited, or sets it aside.
    fn settle(
        &mut self,
        writer: &mut OutputWriter<'_>,
        first: HullIx,
        is_asked_for: bool,
    ) -> Result<(), PipelineError> {
        let (rows, detected) = self.deferred.take(first, is_asked_for)?;
        if let Some(detected) = detected {
            return write_detected(writer, self.summary, self.quality, self.flagged, detected);
        }
        self.summary.set_aside += rows;
        Ok(())
    }
}

/// Whether a hull has a dark call at one of some ports.
fn calls_dark(findings: &HullFindings, ports: &[PortIx]) -> bool {
    let mut calls = findings.dark_calls.iter();
    calls.any(|call| ports.contains(&call.candidate.port))
}

/// Sightings as they are told where some hulls are left out: of one that names such a hull's vessel, that.
fn without(assessed: &[AssessedSighting], left_out: &BTreeSet<HullIx>) -> Vec<AssessedSighting> {
    let mut assessed = assessed.to_vec();
    for found in &mut assessed {
        let is_named = found.basis != Some(MatchBasis::Elimination);
        if is_named && found.hull.is_some_and(|hull| left_out.contains(&hull)) {
            found.verdict = Verdict::LeftOut;
            (found.ais, found.reach, found.silences_possible) = (None, None, 0);
            found.contradicts.clear();
        }
    }
    assessed
}

fn view(subject: &Subject) -> HullView<'_> {
    HullView {
        vessel_id: &subject.vessel_id,
        vessel: &subject.vessel,
        gaps: &subject.observed.gaps,
        calls: &subject.observed.calls,
    }
}

/// Writes what inference says of one hull.
fn write_hull(
    writer: &mut OutputWriter<'_>,
    run: &RunView<'_>,
    hull: HullIx,
    subject: &Subject,
    findings: &HullFindings,
    calls: &[PortCall],
) -> Result<(), PipelineError> {
    let observed = &subject.observed;
    let label = |time| VesselLabel::at(&subject.vessel, &subject.vessel_id, time);
    for call in calls {
        writer.port_call(&label(call.first.time), call)?;
    }
    for (gap, inference) in observed.gaps.iter().zip(&findings.gaps) {
        writer.gap(&label(gap.before.time), gap, run, inference)?;
    }
    for call in &findings.dark_calls {
        writer.dark_call(run, findings, call)?;
    }
    for leg in &findings.dark_legs {
        let path = observed_part(leg, &observed.vertices);
        writer.dark_leg(run, hull, findings, leg, path)?;
    }
    Ok(())
}

/// The vertices of a leg's observed part.
fn observed_part<'v>(leg: &DarkLeg, vertices: &'v [Vertex]) -> &'v [Vertex] {
    let Some((first, last)) = leg.observed else {
        return &[];
    };
    let from = vertices.partition_point(|vertex| vertex.time < first.time);
    let to = vertices.partition_point(|vertex| vertex.time <= last.time);
    vertices.get(from..to).unwrap_or_default()
}

impl Inferred {
    fn add(&mut self, subject: &Subject, findings: &HullFindings, sightings: &[Sighting]) {
        if findings.dark_calls.is_empty() && findings.one_of.is_empty() {
            return;
        }
        if self.hulls.len() >= HULLS_TOLD {
            self.others += 1;
            return;
        }
        let mut calls: BTreeMap<(PortIx, Grade), u64> = BTreeMap::new();
        let mut doubtful: BTreeMap<PortIx, u64> = BTreeMap::new();
        for call in &findings.dark_calls {
            *calls.entry((call.candidate.port, call.grade)).or_default() += 1;
            if call.is_doubtfully_sighted() {
                *doubtful.entry(call.candidate.port).or_default() += 1;
            }
        }
        let id = |ix: SightingIx| {
            let sighting = sightings.get(ix.0 as usize);
            sighting.map_or_else(String::new, |sighting| sighting.id.clone())
        };
        self.hulls.push(DarkDigest {
            vessel_id: subject.vessel_id.clone(),
            name: subject.vessel.at(Timestamp::MAX, |sent| sent.name.clone()),
            calls,
            doubtful,
            one_of: findings
                .one_of
                .iter()
                .map(|group| (group.port, group.silences, group.grade, id(group.sighting)))
                .collect(),
            patterns: findings
                .patterns
                .iter()
                .filter(|pattern| pattern.times > 1 && pattern.best_grade > Grade::D1)
                .copied()
                .collect(),
        });
    }
}
