//! `landfall explain`: the reasoning behind one event, step by step with its numbers, and the rows it
//! rests on as they stand in the inputs.

mod dark;
mod observed;
pub(crate) mod page;
mod properties;
pub(crate) mod result;
mod sighting;
mod silence;
pub(crate) mod sources;

use crate::Outcome;
use crate::args::ExplainArgs;
use anyhow::Result;
use dark::Around;
use page::Page;
use properties::Properties;
use result::{FoundFeature, RunResult};
use sources::Wanted;
use std::io::Write;

pub(crate) fn explain(args: &ExplainArgs) -> Result<Outcome> {
    let result = RunResult::open(&args.folder)?;
    let found = result.find(&args.id)?;
    let mut page = Page::default();
    let wanted = reasoning(&mut page, &result, &found)?;
    print(page)?;
    // Told apart from the reasoning, which stands even where an input has changed since.
    let mut page = Page::default();
    sources::rows(&mut page, &result, &wanted)?;
    print(page)?;
    Ok(Outcome::Done)
}

fn print(page: Page) -> std::io::Result<()> {
    std::io::stdout().lock().write_all(page.finish().as_bytes())
}

/// Tells why a feature is in the result, and which rows it rests on.
fn reasoning(page: &mut Page, result: &RunResult, found: &FoundFeature) -> Result<Vec<Wanted>> {
    let it = Properties::of(found);
    let kind = Kind::of(&found.layer);
    page.line(&format!("{}: {}", kind.title(), found.id));
    page.line(kind.meaning());
    // A place has a name, and is of no vessel.
    if kind != Kind::Place {
        page.blank();
        vessel(page, &it);
    }
    if let Some(place) = silence::point(&found.feature) {
        page.fact("Place", place);
    }
    it.get("notice");
    for notice in &result.manifest.notices {
        page.fact("NOTICE", notice);
    }
    let mut wanted = Vec::new();
    match kind {
        Kind::PortCall | Kind::Passage => observed::port_call(page, result, &it),
        Kind::Stop => observed::stop(page, result, &it),
        Kind::Transit => observed::transit(page, &it),
        Kind::Voyage | Kind::Track => observed::way(page, result, &it),
        Kind::Gap => silence::gap(page, result, &it),
        Kind::DarkLeg => dark::dark_leg(page, &it),
        Kind::Sighting => {
            wanted.extend(sighting::wanted(&it));
            sighting::sighting(page, result, &it);
        }
        Kind::DarkCall => {
            let gaps = result.features("gaps", it.text("gap_id").as_slice())?;
            let ids = [it.texts("sighting_ids"), it.texts("cut_by")].concat();
            let sightings = result.features("sightings", &ids)?;
            for sighting in &sightings {
                wanted.extend(
                    sighting::wanted(&Properties::of(sighting))
                        .into_iter()
                        .take(1),
                );
            }
            let around = Around {
                gap: gaps.first(),
                sightings: &sightings,
            };
            dark::dark_call(page, result, &it, &around);
        }
        Kind::Reach => silence::reach(page, &it),
        Kind::Interference => silence::interference(page, &it),
        Kind::Place => observed::place(page, result, &it),
        Kind::Other => {}
    }
    wanted.extend(reports(kind, &it));
    let rest = it.rest();
    if !rest.is_empty() {
        page.part("Everything else that the result says of it");
        for (name, value) in rest {
            page.fact(&name, value);
        }
    }
    Ok(wanted)
}

fn vessel(page: &mut Page, it: &Properties<'_>) {
    let id = it.text("vessel_id");
    let mmsi = it.text("mmsi");
    let parts: Vec<String> = [
        it.text("name").map(str::to_owned),
        mmsi.map(|mmsi| format!("MMSI {mmsi}")),
        it.text("imo").map(|imo| format!("IMO {imo}")),
        it.text("ship_type").map(str::to_owned),
        id.filter(|id| mmsi != Some(*id))
            .map(|id| format!("in this result {id}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !parts.is_empty() {
        page.fact("Vessel", parts.join(", "));
    }
}

/// The first and the last report that a feature rests on.
fn reports(kind: Kind, it: &Properties<'_>) -> Vec<Wanted> {
    let is_of_silence = kind == Kind::Sighting || it.truth("observed") == Some(false);
    let words = if is_of_silence {
        [
            "the last report before the silence",
            "the first report after it",
        ]
    } else {
        ["the first report", "the last report"]
    };
    let (first, last) = (it.source("first"), it.source("last"));
    let is_one = first == last;
    [first, last]
        .into_iter()
        .zip(words)
        .take(if is_one { 1 } else { 2 })
        .filter_map(|(row, words)| {
            let what = if is_one && kind == Kind::Sighting {
                "her report"
            } else {
                words
            };
            Some(Wanted {
                row: row?,
                what: what.to_owned(),
            })
        })
        .collect()
}

/// What kind of event a layer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    PortCall,
    Passage,
    Stop,
    Transit,
    Voyage,
    Track,
    Gap,
    DarkCall,
    DarkLeg,
    Sighting,
    Reach,
    Interference,
    Place,
    Other,
}

impl Kind {
    fn of(layer: &str) -> Self {
        match layer {
            "port_calls" => Self::PortCall,
            "passages" => Self::Passage,
            "stops" => Self::Stop,
            "transits" => Self::Transit,
            "voyages" => Self::Voyage,
            "tracks" => Self::Track,
            "gaps" => Self::Gap,
            "dark_calls" => Self::DarkCall,
            "dark_legs" => Self::DarkLeg,
            "sightings" => Self::Sighting,
            "reach" => Self::Reach,
            "interference" => Self::Interference,
            "places" => Self::Place,
            _ => Self::Other,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::PortCall => "Port call",
            Self::Passage => "Passage",
            Self::Stop => "Stop",
            Self::Transit => "Transit",
            Self::Voyage => "Voyage",
            Self::Track => "Track",
            Self::Gap => "Gap",
            Self::DarkCall => "Dark call",
            Self::DarkLeg => "Dark leg",
            Self::Sighting => "Sighting",
            Self::Reach => "Area in reach",
            Self::Interference => "Zone of interference",
            Self::Place => "Place",
            Self::Other => "Feature",
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::PortCall => "A stay in port, as AIS reported it: observed.",
            Self::Passage => {
                "A way through a port's radius without a stop, as AIS reported it: observed."
            }
            Self::Stop => {
                "A time in which the vessel stayed about one place or was carried along, as AIS reported it: observed."
            }
            Self::Transit => {
                "A way through a canal from its one end to its other, as AIS reported it: observed."
            }
            Self::Voyage => {
                "The way from one port call to the next, as AIS reported it: observed, but for its silences."
            }
            Self::Track => {
                "What she sailed without a port call at both ends, as AIS reported it: observed, but for its silences."
            }
            Self::Gap => "A time without positions in AIS. What happened in it was not observed.",
            Self::DarkCall => "A port call that AIS did not report: inferred, not observed.",
            Self::DarkLeg => {
                "A part of a way with a port call at one end or both that AIS did not report."
            }
            Self::Sighting => {
                "A vessel seen, or looked for, by other means than AIS, and what AIS says to it."
            }
            Self::Reach => {
                "Where she could have been in a silence. That she was anywhere in it nobody saw."
            }
            Self::Interference => {
                "Where several vessels were while their AIS showed all of them at another place."
            }
            Self::Place => {
                "Where several vessels, or one again and again, were seen to lie: observed, of all of them together."
            }
            Self::Other => "What the result says of it.",
        }
    }
}
