//! A dossier is everything a run says of one vessel, for a reader who does not have the program: what
//! was observed, what is inferred and how well it is borne out, what is refuted, what is unknown, and
//! from which inputs.
//!
//! It is Markdown. Every text that strangers typed is escaped, so that none of it is markup.

mod evidence;
mod identity;
mod inputs;
mod timeline;

use crate::describe::Names;
use crate::describe_dark::HullStory;
use crate::foreign::markdown;
use crate::{HullView, Manifest, Reasons, RunView};
use landfall_track::{HullFindings, HullIx, PortCall, PortIx};
use std::collections::BTreeSet;

/// Letters of a vessel's id in a file's name.
const NAME_CHARS: usize = 60;

/// Whom a dossier is of.
#[derive(Clone, Copy, Debug)]
pub struct DossierCase<'a> {
    /// Which hull.
    pub hull: HullIx,
    /// What inference says of her.
    pub findings: &'a HullFindings,
    /// Her stays in port in time order as the layers have them, passages too.
    pub calls: &'a [PortCall],
}

/// A dossier, written.
pub(crate) struct Dossier {
    pub(crate) text: String,
    /// Lines of the timeline.
    pub(crate) records: u64,
}

/// What every section is written from.
#[derive(Clone, Copy)]
struct Section<'a> {
    names: &'a Names<'a>,
    run: &'a RunView<'a>,
    case: &'a DossierCase<'a>,
    view: &'a HullView<'a>,
    manifest: &'a Manifest,
}

impl<'a> Section<'a> {
    fn reasons(&self) -> Reasons<'a> {
        Reasons::of(self.names, self.run)
    }

    fn story(&self) -> HullStory<'a> {
        HullStory {
            run: self.run,
            findings: self.case.findings,
        }
    }

    /// A port's name and code, escaped.
    fn port(&self, port: PortIx) -> String {
        markdown(&self.reasons().port(port))
    }
}

/// Writes a dossier; `None` if the run has no such hull.
pub(crate) fn write(
    names: &Names<'_>,
    run: &RunView<'_>,
    manifest: &Manifest,
    case: &DossierCase<'_>,
) -> Option<Dossier> {
    let section = Section {
        names,
        run,
        case,
        view: run.hull(case.hull)?,
        manifest,
    };
    let mut text = String::new();
    identity::head(&mut text, &section);
    identity::identities(&mut text, &section);
    identity::numbers(&mut text, &section);
    let records = timeline::timeline(&mut text, &section);
    evidence::dark_calls(&mut text, &section);
    evidence::sightings(&mut text, &section);
    evidence::refuted(&mut text, &section);
    evidence::unknown(&mut text, &section);
    evidence::patterns(&mut text, &section);
    inputs::inputs(&mut text, &section);
    Some(Dossier { text, records })
}

/// The file of a vessel's dossier: `dossier.md` if it is the only one. An id may hold anything, a file's
/// name must not: what is no letter, digit, `-` or `_` becomes `_`, and a name taken gets a number.
pub(crate) fn file_name(vessel_id: &str, is_only: bool, taken: &mut BTreeSet<String>) -> String {
    let stem = if is_only {
        "dossier".to_owned()
    } else {
        let safe: String = vessel_id
            .chars()
            .take(NAME_CHARS)
            .map(|letter| match letter {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => letter,
                _ => '_',
            })
            .collect();
        format!("dossier-{safe}")
    };
    let mut name = format!("{stem}.md");
    let mut number = 1;
    // Some file systems do not tell capitals from small letters.
    while !taken.insert(name.to_ascii_lowercase()) {
        number += 1;
        name = format!("{stem}-{number}.md");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_safe_whatever_the_id_and_never_taken_twice() {
        let mut taken = BTreeSet::new();
        let mut name = |id: &str| file_name(id, false, &mut taken);
        assert_eq!(name("273210440"), "dossier-273210440.md");
        assert_eq!(
            name("416000000@2015-03-01T12:00:00Z"),
            "dossier-416000000_2015-03-01T12_00_00Z.md"
        );
        assert_eq!(name("../../etc/x"), "dossier-______etc_x.md");
        assert_eq!(name("A"), "dossier-A.md");
        assert_eq!(name("a"), "dossier-a-2.md");
        assert_eq!(name(""), "dossier-.md");
        assert!(name(&"x".repeat(10_000)).len() < 80);
        assert_eq!(file_name("x", true, &mut BTreeSet::new()), "dossier.md");
    }
}
