//! A reach area is every place where a vessel could have been in a gap, at one speed. That she was
//! anywhere in it is not said.

use crate::RunView;
use crate::describe::{KM_DECIMALS, Names, hours};
use crate::describe_dark::{labelled, measured_knots};
use crate::run_view::gap_id;
use crate::{Property, Value};
use landfall_track::{GapIx, GapPart, Position};

/// Which of her two speeds an area goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReachBasis {
    /// The cap: outside the area she cannot have been.
    Cap,
    /// Her usual speed: inside it she needed no more than that.
    Usual,
}

impl ReachBasis {
    /// The word used in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cap => "cap",
            Self::Usual => "usual",
        }
    }
}

/// Where a vessel could have been in a gap, or in a part of one that sightings split.
#[derive(Clone, Copy, Debug)]
pub struct ReachArea<'a> {
    /// The gap.
    pub gap: GapIx,
    /// The gap, or the part of it that the area is of.
    pub part: GapPart,
    /// The part's number; the first is 0.
    pub number: u32,
    /// How many parts the gap has.
    pub parts: u32,
    /// Which speed it goes by.
    pub basis: ReachBasis,
    /// That speed in knots.
    pub knots: f64,
    /// The longest way between the part's two ends at that speed, in metres.
    pub longest_way_m: f64,
    /// Whether land was taken out.
    pub clipped_to_water: bool,
    /// Polygons, each a list of rings: the first is the outline, the others are holes. They may
    /// cross the antimeridian. `None` if the area is too large to be drawn; none at all if that
    /// speed does not suffice from the one end to the other.
    pub polygons: Option<&'a [Vec<Vec<Position>>]>,
}

/// An area's id: its gap's start, the speed it goes by, and of a part its number, the first being 1.
pub(crate) fn reach_id(run: &RunView<'_>, area: &ReachArea<'_>) -> String {
    let vessel_id = run.hull(area.gap.hull).map_or("?", |hull| hull.vessel_id);
    let start = run
        .gap(area.gap)
        .map_or(area.part.before.time, |gap| gap.before.time);
    let basis = area.basis.as_str();
    let whole = format!("{vessel_id}/reach/{start}/{basis}");
    if area.parts > 1 {
        format!("{whole}/{}", area.number + 1)
    } else {
        whole
    }
}

impl ReachArea<'_> {
    fn meaning(&self) -> &'static str {
        match self.basis {
            _ if self.polygons.is_none() => "too large, or too near a pole, to be drawn",
            _ if self.polygons.is_some_and(<[_]>::is_empty) => {
                "none: at this speed she cannot have come from the one place to the other"
            }
            ReachBasis::Cap => {
                "outside she cannot have been, save along the coast, which is simplified"
            }
            ReachBasis::Usual => "inside her usual speed suffices as the crow flies",
        }
    }
}

impl Names<'_> {
    /// An area.
    pub(crate) fn reach<'b>(
        &'b self,
        run: &'b RunView<'_>,
        area: &ReachArea<'_>,
    ) -> Vec<Property<'b>> {
        let gap = run.gap(area.gap);
        let start = Some(area.part.before.time);
        let end = area.part.after.map(|after| after.time);
        let id = run
            .hull(area.gap.hull)
            .zip(gap)
            .map(|(hull, gap)| gap_id(hull.vessel_id, gap));
        let mut properties = labelled(run, area.gap.hull, start);
        properties.extend([
            ("gap_id", Value::code(id)),
            ("part", Value::Count(u64::from(area.number) + 1)),
            ("parts", Value::Count(u64::from(area.parts))),
            ("start", Value::time(start)),
            ("end", Value::time(end)),
            ("duration_h", hours(start, end)),
            ("speed_basis", Value::text(Some(area.basis.as_str()))),
            ("meaning", Value::text(Some(area.meaning()))),
            ("speed_knots", measured_knots(Some(area.knots))),
            (
                "longest_way_km",
                Value::measure(Some(area.longest_way_m / 1000.0), KM_DECIMALS),
            ),
            ("clipped_to_water", Value::Truth(area.clipped_to_water)),
            ("observed", Value::Truth(false)),
        ]);
        self.close_gap(&mut properties, gap);
        properties
    }
}
