//! The areas that vessels could have reached in the gaps for which they are drawn.

use crate::Plan;
use crate::plan::DrawnReach;
use crate::subjects::Subject;
use landfall_events::dark::Silence;
use landfall_report::{ReachArea, ReachBasis, gap_id};
use landfall_spatial_index::{Polygons, ReachAreas};
use landfall_track::{GapInference, GapIx, GapPart, HullFindings, Timestamp};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// Coasts are drawn to within this share of the longest way, or this many metres if that is more.
const COAST_SHARE: f64 = 1.0 / 2_000.0;
const LEAST_COAST_M: f64 = 1_000.0;

/// Draws areas.
pub(crate) struct Areas<'a> {
    plan: &'a Plan,
    data_end: Timestamp,
    coast: OnceLock<Option<ReachAreas>>,
}

/// One area.
pub(crate) struct DrawnArea {
    gap: GapIx,
    /// Which part of the gap, with its number and that of all.
    part: (GapPart, u32, u32),
    basis: ReachBasis,
    knots: f64,
    longest_way_m: f64,
    /// `None` if the area is too large to be drawn.
    polygons: Option<Polygons>,
}

impl DrawnArea {
    /// As the writer takes it.
    pub(crate) fn view(&self) -> ReachArea<'_> {
        let (part, number, parts) = self.part;
        ReachArea {
            gap: self.gap,
            part,
            number,
            parts,
            basis: self.basis,
            knots: self.knots,
            longest_way_m: self.longest_way_m,
            clipped_to_water: self.polygons.is_some(),
            polygons: self.polygons.as_deref(),
        }
    }
}

/// The gaps whose areas were asked for by their ids, as far as they have not been found.
pub(crate) struct GapsAsked(BTreeSet<String>);

impl GapsAsked {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self(match &plan.reach {
            DrawnReach::Gaps(ids) => ids.clone(),
            _ => BTreeSet::new(),
        })
    }

    /// Takes a hull's gaps for found.
    pub(crate) fn found(&mut self, subject: &Subject) {
        if !self.0.is_empty() {
            for gap in &subject.observed.gaps {
                self.0.remove(&gap_id(&subject.vessel_id, gap));
            }
        }
    }

    /// The ids that no gap has.
    pub(crate) fn left(self) -> Vec<String> {
        self.0.into_iter().collect()
    }
}

impl<'a> Areas<'a> {
    pub(crate) fn new(plan: &'a Plan, data_end: Timestamp) -> Self {
        Self {
            plan,
            data_end,
            coast: OnceLock::new(),
        }
    }

    /// The areas of a hull's gaps, as far as they are to be drawn: by the cap on her speed, and by her
    /// usual speed where it is known.
    pub(crate) fn of_hull(&self, subject: &Subject, findings: &HullFindings) -> Vec<DrawnArea> {
        let mut drawn = Vec::new();
        for (gap, inference) in subject.observed.gaps.iter().zip(&findings.gaps) {
            let wanted = match &self.plan.reach {
                DrawnReach::All => true,
                DrawnReach::None => false,
                DrawnReach::WithDarkCall => findings
                    .dark_calls
                    .iter()
                    .any(|call| call.gap == inference.gap),
                DrawnReach::Gaps(ids) => ids.contains(&gap_id(&subject.vessel_id, gap)),
            };
            if wanted {
                drawn.extend(self.of_gap(inference));
            }
        }
        drawn
    }

    /// Each part's areas, in time order.
    fn of_gap(&self, inference: &GapInference) -> Vec<DrawnArea> {
        let parts = inference.parts.len() as u32;
        let numbered = inference.parts.iter().zip(0..);
        numbered
            .flat_map(|(part, number)| self.of_part(inference, (*part, number, parts)))
            .collect()
    }

    fn of_part(&self, inference: &GapInference, part: (GapPart, u32, u32)) -> Vec<DrawnArea> {
        let silence = Silence::of(&part.0, self.data_end);
        let speeds = [
            (ReachBasis::Cap, Some(inference.speeds.cap_knots)),
            (ReachBasis::Usual, inference.speeds.usual_knots),
        ];
        let widest_m = silence.ellipse(0.0, inference.speeds.cap_knots).length_m;
        let coast_m = (widest_m * COAST_SHARE).max(LEAST_COAST_M);
        let coast = self.coast.get_or_init(|| ReachAreas::bundled().ok());
        speeds
            .into_iter()
            .filter_map(|(basis, knots)| Some((basis, knots?)))
            .map(|(basis, knots)| {
                let ellipse = silence.ellipse(0.0, knots);
                DrawnArea {
                    gap: inference.gap,
                    part,
                    basis,
                    knots,
                    longest_way_m: ellipse.length_m,
                    polygons: coast
                        .as_ref()
                        .and_then(|coast| coast.area(&ellipse, coast_m)),
                }
            })
            .collect()
    }
}
