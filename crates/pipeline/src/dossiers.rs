//! Dossiers: the vessels of whom one was asked for, and what was found out about them.

use crate::subjects::Subject;
use landfall_report::DossierCase;
use landfall_track::{HullFindings, HullIx, PortCall, imo_digits};

/// The vessels of whom a dossier was asked for.
pub(crate) struct Dossiers {
    wanted: Vec<Wanted>,
    kept: Vec<Kept>,
}

struct Kept {
    hull: HullIx,
    subject: Subject,
    findings: HullFindings,
    calls: Vec<PortCall>,
}

struct Wanted {
    text: String,
    was_found: bool,
}

impl Dossiers {
    pub(crate) fn new(wanted: &[String]) -> Self {
        Self {
            wanted: wanted
                .iter()
                .map(|text| Wanted {
                    text: text.trim().to_owned(),
                    was_found: false,
                })
                .collect(),
            kept: Vec::new(),
        }
    }

    /// Whether a dossier of her was asked for: by her id, an IMO number she ever sent, or a name she
    /// ever sent, in any case.
    pub(crate) fn wants(&mut self, subject: &Subject) -> bool {
        let mut wants = false;
        for wanted in &mut self.wanted {
            if is_meant(&wanted.text, subject) {
                wanted.was_found = true;
                wants = true;
            }
        }
        wants
    }

    pub(crate) fn keep(
        &mut self,
        hull: HullIx,
        subject: Subject,
        findings: HullFindings,
        calls: Vec<PortCall>,
    ) {
        self.kept.push(Kept {
            hull,
            subject,
            findings,
            calls,
        });
    }

    /// The hulls of whom there is one.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = (HullIx, &Subject)> {
        self.kept.iter().map(|kept| (kept.hull, &kept.subject))
    }

    pub(crate) fn cases(&self) -> Vec<DossierCase<'_>> {
        self.kept
            .iter()
            .map(|kept| DossierCase {
                hull: kept.hull,
                findings: &kept.findings,
                calls: &kept.calls,
            })
            .collect()
    }

    /// Those who are not in the data.
    pub(crate) fn missing(&self) -> Vec<String> {
        self.wanted
            .iter()
            .filter(|wanted| !wanted.was_found)
            .map(|wanted| wanted.text.clone())
            .collect()
    }
}

fn is_meant(text: &str, subject: &Subject) -> bool {
    let vessel = &subject.vessel;
    let sent = || {
        vessel
            .identities
            .iter()
            .map(|identity| &identity.particulars)
    };
    let imo = imo_digits(text).and_then(|digits| digits.parse::<u32>().ok());
    text == subject.vessel_id
        || text == vessel.id.to_string()
        || sent().any(|sent| {
            (imo.is_some() && sent.imo.map(landfall_track::Imo::get) == imo)
                || sent
                    .name
                    .as_deref()
                    .is_some_and(|name| name.to_lowercase() == text.to_lowercase())
        })
}
