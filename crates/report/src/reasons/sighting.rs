//! Why a sighting has its verdict, in one sentence.

use super::{Reasons, capitalised, considered, received, second_hand, silent_between};
use crate::foreign::quoted;
use crate::phrase::{count, distance, hours, knots, moment, span};
use landfall_track::{
    AisAtSighting, AssessedSighting, EliminationPool, MatchBasis, Sighting, SightingOutcome,
    Suspect, Verdict,
};
use std::fmt::Write;

/// Ids of vessels or sightings named in a sentence.
const IDS_NAMED: usize = 5;

impl Reasons<'_> {
    /// Why a sighting has its verdict, in one sentence.
    pub fn sighting(&self, assessed: &AssessedSighting) -> String {
        let Some(sighting) = self.run.sighting(assessed.sighting) else {
            return String::new();
        };
        let mut sentence = match (assessed.verdict, sighting.outcome) {
            (Verdict::LeftOut, _) => self.left_out(assessed),
            (_, SightingOutcome::Seen) => self.seen(sighting, assessed),
            (_, SightingOutcome::NotThere) => self.not_there(sighting, assessed),
            (_, SightingOutcome::NoVessel) => self.no_vessel(sighting, assessed),
        };
        if !assessed.contradicts.is_empty() {
            sentence.push_str("; it cannot be right together with ");
            let ids = assessed
                .contradicts
                .iter()
                .map(|ix| quoted(self.run.sighting_id(*ix)));
            sentence.push_str(&listed(ids));
        }
        if sighting.is_second_hand() {
            sentence.push_str(&second_hand(sighting).replacen(", ", "; ", 1));
            sentence.push_str(", which raises no grade");
        }
        if assessed.is_claim {
            // Writing to a String does not fail, here and below.
            let _ = write!(
                sentence,
                "; its time is known to {:.0} days only, so that it neither splits a gap nor grades a call{}",
                sighting.to.hours_since(sighting.from) / 24.0,
                if assessed.one_of.is_some() {
                    " by itself"
                } else {
                    ""
                }
            );
        }
        sentence.push('.');
        sentence
    }

    fn seen(&self, sighting: &Sighting, assessed: &AssessedSighting) -> String {
        match assessed.verdict {
            Verdict::Confirmed => self.confirmed(assessed),
            Verdict::Possible => match assessed.reach {
                Some(reach) if assessed.basis == Some(MatchBasis::Elimination) => format!(
                    "{}; taken for her by elimination: {}{}",
                    claimed(sighting),
                    could(&reach),
                    in_gaps(assessed)
                ),
                Some(reach) => format!("{}{}", could(&reach), in_gaps(assessed)),
                None => "AIS does not rule it out".to_owned(),
            },
            Verdict::Contradicted => match assessed.ais {
                Some(ais) => format!("{}: mistaken identity or false AIS", self.ais_has_her(ais)),
                None => "AIS has her elsewhere then: mistaken identity or false AIS".to_owned(),
            },
            Verdict::UnknownVessel => self.unknown(sighting, assessed),
            Verdict::OutsideTheData | Verdict::LeftOut => outside(assessed),
        }
    }

    fn left_out(&self, assessed: &AssessedSighting) -> String {
        match assessed.hull.and_then(|hull| self.run.hull(hull)) {
            Some(view) => format!(
                "What the run is restricted to leaves out the vessel, {}, or this time; without the \
                 restriction the sighting has a verdict",
                quoted(view.vessel_id)
            ),
            None => "What the run is restricted to leaves out this time".to_owned(),
        }
    }

    fn confirmed(&self, assessed: &AssessedSighting) -> String {
        let here = assessed.ais.map_or_else(
            || "AIS has her there then".to_owned(),
            |ais| self.ais_has_her(ais),
        );
        // A silence that is no gap: reports shortly before and after, though none from the place.
        let between = assessed
            .reach
            .filter(|reach| reach.gap.is_none())
            .and_then(|reach| Some((reach.before, reach.after?)))
            .filter(|(before, after)| {
                (assessed.ais).is_none_or(|ais| ais.report == *before || ais.report == *after)
            });
        match between {
            Some((before, after)) => format!(
                "{here}, and her reports at {} and {} on both sides bear it out",
                moment(before.time),
                moment(after.time)
            ),
            None => format!("{here}: she was there then"),
        }
    }

    fn not_there(&self, sighting: &Sighting, assessed: &AssessedSighting) -> String {
        match assessed.verdict {
            Verdict::Confirmed => match assessed.ais {
                Some(ais) => format!("{}: she was elsewhere", self.ais_has_her(ais)),
                None => "AIS has her elsewhere then".to_owned(),
            },
            Verdict::Possible => match assessed.reach {
                Some(reach) => format!("{}, so that she need not have been there", silence(&reach)),
                None => "AIS does not rule it out".to_owned(),
            },
            Verdict::Contradicted => match assessed.ais {
                Some(ais) => format!(
                    "{}, within what the sighting's error allows: the scene, its time or AIS is wrong",
                    self.ais_has_her(ais)
                ),
                None => "AIS has her there then".to_owned(),
            },
            Verdict::UnknownVessel => match assessed.reach {
                Some(reach) => format!(
                    "{}; taken for the vessel that was seen there shortly before or after, by \
                     elimination: {}",
                    claimed(sighting),
                    silence(&reach)
                ),
                None => claimed(sighting),
            },
            Verdict::OutsideTheData | Verdict::LeftOut => outside(assessed),
        }
    }

    fn no_vessel(&self, sighting: &Sighting, assessed: &AssessedSighting) -> String {
        match assessed.verdict {
            Verdict::Contradicted if !assessed.reporting_there.is_empty() => format!(
                "{} reported from there then: the scene, its time or AIS is wrong",
                named_ids(&assessed.reporting_there)
            ),
            Verdict::Possible | Verdict::Confirmed if assessed.hull.is_none() => {
                "No vessel in the data reported from there then".to_owned()
            }
            _ => self.not_there(sighting, assessed),
        }
    }

    fn unknown(&self, sighting: &Sighting, assessed: &AssessedSighting) -> String {
        let mut sentence = claimed(sighting);
        match (assessed.hull, assessed.reach) {
            (Some(hull), Some(reach)) => {
                let id = self.run.hull(hull).map_or("?", |view| view.vessel_id);
                let _ = write!(
                    sentence,
                    "; {}{} alone was silent and can have been the one seen: {}",
                    assessed
                        .pool
                        .as_ref()
                        .map_or_else(String::new, |pool| format!("of {}, ", considered(pool))),
                    quoted(id),
                    could(&reach)
                );
                if let Some(pool) = &assessed.pool {
                    sentence.push_str("; ");
                    sentence.push_str(received(pool));
                }
            }
            _ if assessed.suspects_total > 0 => {
                let total = assessed.suspects_total as usize;
                let _ = write!(
                    sentence,
                    "; {} silent then and could have been there",
                    count(total, "vessel was", "vessels were")
                );
            }
            _ => sentence
                .push_str("; no vessel in the data was silent then and could have been there"),
        }
        if assessed.hull.is_none() {
            sentence.extend(assessed.pool.iter().map(pool));
        }
        if !assessed.reporting_there.is_empty() {
            sentence.push_str("; from there reported then: ");
            sentence.push_str(&named_ids(&assessed.reporting_there));
        }
        sentence
    }

    /// `AIS has her 212 km away at 2023-10-25T06:02:11Z (row 12 of a.csv)`.
    pub(super) fn ais_has_her(&self, ais: AisAtSighting) -> String {
        format!(
            "AIS has her {} away at {} ({})",
            distance(ais.distance_m),
            moment(ais.report.time),
            self.row(ais.report)
        )
    }
}

/// When she was silent.
fn silence(reach: &Suspect) -> String {
    capitalised(&silent_between(reach.before, reach.after))
}

/// When she was silent, and that she could have been there.
fn could(reach: &Suspect) -> String {
    let mut sentence = format!(
        "{}; she could have been there {} with {} to spare, needing {}",
        silence(reach),
        span(reach.window),
        hours(reach.slack_h),
        knots(reach.speed_needed_knots)
    );
    if reach.is_plausible == Some(false) {
        sentence.push_str(", more than its usual speed, so that it grades D1 at most");
    }
    sentence
}

fn in_gaps(assessed: &AssessedSighting) -> String {
    if assessed.silences_possible <= 1 {
        return assessed.one_of.map_or_else(String::new, |group| {
            format!(
                " (no other silence can hold it, so that it bears out a call in this one with {})",
                group.grade.as_str()
            )
        });
    }
    let silences = count(assessed.silences_possible as usize, "silence", "silences");
    let grades = match assessed.one_of {
        Some(group) => format!(
            "; it bears out a call in at least one of {}, with {} for all together, and for none alone",
            if group.silences < assessed.silences_possible {
                format!("the {} that its usual speed allows", group.silences)
            } else {
                "them".to_owned()
            },
            group.grade.as_str()
        ),
        None if assessed.is_claim => String::new(),
        None => "; since any of them can hold it, it grades no call".to_owned(),
    };
    format!(" (of {silences} in which it could, the one with the most to spare{grades})")
}

/// Among how many vessels an unnamed one was sought, and whether that is enough.
fn pool(pool: &EliminationPool) -> String {
    let enough = if pool.is_restricted {
        "; since the run was restricted, nobody is taken by elimination".to_owned()
    } else if pool.considered < pool.needed {
        format!(
            "; elimination asks for {}, so that nobody is taken by it",
            pool.needed
        )
    } else {
        String::new()
    };
    format!(
        "; considered: {}{enough}; {}",
        considered(pool),
        received(pool)
    )
}

/// Whom the source names, and that nobody in the data is that vessel.
fn claimed(sighting: &Sighting) -> String {
    let claim = &sighting.claim;
    let particulars: Vec<String> = [
        claim.name.as_deref().map(quoted),
        claim.imo.map(|imo| format!("IMO {imo}")),
        claim.mmsi.map(|mmsi| format!("MMSI {mmsi}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if particulars.is_empty() {
        "Nobody is named".to_owned()
    } else {
        format!(
            "Nobody in the data can be taken for {}",
            particulars.join(", ")
        )
    }
}

fn outside(assessed: &AssessedSighting) -> String {
    if assessed.hull.is_some() || assessed.basis.is_some() {
        "She is known, but the data do not cover her then".to_owned()
    } else {
        "The data do not cover that time, or the one named sent nothing in them".to_owned()
    }
}

fn named_ids(ids: &[String]) -> String {
    listed(ids.iter().map(|id| quoted(id)))
}

fn listed(ids: impl ExactSizeIterator<Item = String>) -> String {
    let others = ids.len().saturating_sub(IDS_NAMED);
    let mut named: Vec<String> = ids.take(IDS_NAMED).collect();
    if others > 0 {
        named.push(format!("and {others} more"));
    }
    named.join(", ")
}
