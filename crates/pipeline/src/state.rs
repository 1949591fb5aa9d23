//! What a state keeps: of each vessel her watch, of the run what its files were and what they came to.

use crate::data_span::DataSpan;
use crate::run::{lines, sum};
use crate::state_file::StateFile;
use crate::watch::Watch;
use crate::{PipelineError, Plan, RunSummary};
use landfall_events::fleet::HeardMinutes;
use landfall_ingest::{SourceFile, sha256_of_bytes};
use landfall_report::ManifestInput;
use landfall_track::{FileAccount, Identity, RejectedRow, VesselId};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader};
use std::path::Path;

/// What is kept of one vessel.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Record {
    /// What she sent of herself, and when.
    pub(crate) identities: Vec<Identity>,
    pub(crate) watch: Watch,
}

/// What is kept of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) conditions: Conditions,
    /// Every file so far, in the order of their numbers.
    pub(crate) inputs: Vec<ManifestInput>,
    /// What the files say of themselves, each with its line.
    pub(crate) notices: Vec<(usize, String)>,
    pub(crate) span: DataSpan,
    pub(crate) minutes: HeardMinutes,
}

/// What detection went by. What was summed up under other conditions cannot be judged anew, since the
/// rows are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Conditions {
    detection: String,
    ports: String,
    sightings: String,
    restrictions: String,
}

/// The SHA-256 of a value written down.
fn digest(value: &impl Serialize) -> String {
    // None of what is digested holds a map with keys that are no strings, which alone could fail.
    sha256_of_bytes(&serde_json::to_vec(value).unwrap_or_default())
}

impl Conditions {
    /// Those of a plan.
    pub(crate) fn of(plan: &Plan) -> Self {
        let config = &plan.config;
        let inference = (config.inference.moving_knots, config.inference.confirm_h);
        Self {
            detection: digest(&(&config.detection, inference)),
            ports: digest(&(&plan.ports, &config.port_radius)),
            sightings: digest(&plan.evidence.sightings),
            restrictions: digest(&(&plan.restriction, &plan.restriction.ports)),
        }
    }

    /// What differs, in words.
    fn differing(&self, other: &Self) -> Vec<&'static str> {
        [
            (
                self.detection != other.detection,
                "thresholds (--config, --simplify)",
            ),
            (self.ports != other.ports, "ports"),
            (self.sightings != other.sightings, "sightings"),
            (self.restrictions != other.restrictions, "restrictions"),
        ]
        .into_iter()
        .filter_map(|(differs, what)| differs.then_some(what))
        .collect()
    }
}

/// A state to go on from, or nothing if this is the first run.
#[derive(Default)]
pub(crate) struct Before {
    file: Option<StateFile>,
    pub(crate) header: Header,
}

impl Before {
    /// What stands at a plan's state.
    ///
    /// # Errors
    /// If it cannot be read or does not fit the plan.
    pub(crate) fn open(path: &Path, plan: &Plan) -> Result<Self, PipelineError> {
        let conditions = Conditions::of(plan);
        let Some(file) = StateFile::open(path)? else {
            return Ok(Self {
                file: None,
                header: Header {
                    conditions,
                    ..Header::default()
                },
            });
        };
        let header: Header = file.header()?;
        let parts = header.conditions.differing(&conditions);
        if !parts.is_empty() {
            return Err(PipelineError::StateOfOtherPlan {
                path: path.to_owned(),
                parts,
            });
        }
        Ok(Self {
            file: Some(file),
            header,
        })
    }

    /// How many files were fed.
    pub(crate) fn files(&self) -> usize {
        self.header.inputs.len()
    }

    /// How many files were fed, and all their accounts together; `None` if there are none.
    pub(crate) fn accounts(&self) -> Option<(usize, FileAccount)> {
        let inputs = &self.header.inputs;
        let accounts: Vec<FileAccount> = inputs.iter().map(|input| input.account).collect();
        (!accounts.is_empty()).then(|| (accounts.len(), sum(&accounts)))
    }

    /// The names of all files, by their numbers.
    pub(crate) fn all_files(&self, sources: &[SourceFile]) -> Vec<String> {
        let before = self.header.inputs.iter().map(|input| input.path.clone());
        let now = sources.iter().map(|source| source.name.clone());
        before.chain(now).collect()
    }

    /// The notices of the files that were fed, each with its line.
    pub(crate) fn notices(&self) -> impl Iterator<Item = (usize, &str)> {
        let notices = self.header.notices.iter();
        notices.map(|(line, notice)| (*line, notice.as_str()))
    }

    /// Refuses files that were fed before, whatever their names.
    ///
    /// # Errors
    /// If there is one.
    pub(crate) fn refuse_what_was_fed(&self, sources: &[SourceFile]) -> Result<(), PipelineError> {
        for source in sources {
            let known = self
                .header
                .inputs
                .iter()
                .find(|input| input.sha256.is_some() && input.sha256 == source.sha256);
            if let Some(known) = known {
                return Err(PipelineError::FedBefore {
                    file: source.name.clone(),
                    before: known.path.clone(),
                });
            }
        }
        Ok(())
    }

    /// What is to be kept after a run.
    pub(crate) fn followed_by(
        &self,
        summary: &RunSummary,
        inputs: Vec<ManifestInput>,
        (span, minutes): (DataSpan, HeardMinutes),
    ) -> Header {
        let mut notices = self.header.notices.clone();
        notices.extend(lines(&summary.sources).map(|(line, notice)| (line, notice.to_owned())));
        notices.sort();
        notices.dedup();
        Header {
            conditions: self.header.conditions.clone(),
            inputs,
            notices,
            span,
            minutes,
        }
    }

    /// Whose records there are, in order.
    pub(crate) fn ids(&self) -> &[VesselId] {
        self.file.as_ref().map_or(&[], StateFile::ids)
    }

    /// A vessel's record, by her place among [`Self::ids`]; an empty one if there is none.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(crate) fn record(&self, number: Option<usize>) -> Result<Record, PipelineError> {
        match (&self.file, number) {
            (Some(file), Some(number)) => file.record(number),
            _ => Ok(Record::default()),
        }
    }

    /// Gives every rejected row of earlier runs to `take`, with its line.
    ///
    /// # Errors
    /// If they cannot be read, or `take` fails.
    pub(crate) fn rejected(
        &self,
        mut take: impl FnMut(&[u8], &RejectedRow) -> Result<(), PipelineError>,
    ) -> Result<(), PipelineError> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let mut lines = BufReader::new(file.rejected()?);
        let mut line = Vec::new();
        loop {
            line.clear();
            lines
                .read_until(b'\n', &mut line)
                .map_err(|source| file.unreadable(source))?;
            if line.is_empty() {
                return Ok(());
            }
            let row: RejectedRow =
                serde_json::from_slice(&line).map_err(|error| file.unreadable(error.into()))?;
            take(&line, &row)?;
        }
    }
}

/// What a vessel sent, in two parts of the rows: of equal particulars one entry for both, in
/// [their order](Identity::order) whatever that of the parts.
pub(crate) fn merged(mut one: Vec<Identity>, other: Vec<Identity>) -> Vec<Identity> {
    one.extend(other);
    one.sort_unstable_by(|a, b| a.particulars.cmp(&b.particulars));
    one.dedup_by(|next, known| {
        let is_same = next.particulars == known.particulars;
        if is_same {
            known.first = known.first.min(next.first);
            known.last = known.last.max(next.last);
            known.reports += next.reports;
        }
        is_same
    });
    one.sort_unstable_by(Identity::order);
    one
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{Particulars, Timestamp};

    fn named(name: &str, first: i64) -> Identity {
        let first = Timestamp::from_seconds(first).unwrap();
        Identity {
            particulars: Particulars {
                name: Some(name.to_owned()),
                ..Particulars::default()
            },
            first,
            last: first,
            reports: 1,
        }
    }

    #[test]
    fn what_a_vessel_sent_is_one_list_in_order_whatever_the_order_it_was_met_in() {
        let (old, new) = (named("MAIA", 10), named("MAIA-1", 30));
        let in_order = vec![old.clone(), new.clone()];
        let reversed = vec![new.clone(), old.clone()];
        assert_eq!(merged(Vec::new(), reversed.clone()), in_order);
        assert_eq!(merged(reversed, Vec::new()), in_order);
        assert_eq!(merged(vec![new.clone()], vec![old.clone()]), in_order);
        let both = Identity {
            last: Timestamp::from_seconds(40).unwrap(),
            reports: 2,
            ..old.clone()
        };
        assert_eq!(
            merged(vec![named("MAIA", 40), new.clone()], vec![old]),
            [both, new]
        );
    }
}
