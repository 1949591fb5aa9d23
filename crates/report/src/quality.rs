//! Data quality is what a run says of its inputs: how much of them detection set aside and why, and
//! where their numbers contradict each other. It judges the feed, not the vessels in it.

use crate::foreign::quoted;
use crate::phrase::{many, thousands};
use landfall_track::{Flag, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a run found out about its inputs, in numbers. All shares are from 0 to 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DataQuality {
    /// In plain words what a reader must know before trusting the result; empty if nothing is amiss.
    pub amiss: Vec<String>,
    /// Reports that detection worked on: accepted, of vessels, within what the run is restricted to.
    pub reports: u64,
    /// Vessels that sent them, by id.
    pub vessels: u64,
    /// Rows that could not be used.
    pub unusable: UnusableRows,
    /// Flagged reports by flag.
    pub flagged: BTreeMap<String, FlagShare>,
    /// Vessels with a large share of their reports flagged.
    pub flagged_vessels: Listed<FlaggedVessel>,
    /// Files with a large share of their reports flagged.
    pub flagged_files: Listed<FlaggedFile>,
    /// Receivers whose clocks are late, by lag.
    pub late_clocks: Vec<LateClock>,
    /// Messages without a position.
    pub without_position: WithoutPositionCount,
    /// Times in which no vessel at all was heard.
    pub outages: OutageCount,
    /// Interference with satellite navigation.
    pub interference: InterferenceCount,
    /// Where coordinates are rounded to more than a ship's length.
    pub coarse_coordinates: Listed<CoarseSource>,
    /// Where speeds sent contradict positions.
    pub speeds: Listed<SpeedMismatch>,
    /// Ids under which several ships send.
    pub shared_ids: Listed<SharedId>,
}

/// The first few of a list, and how many there are in all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listed<T> {
    /// All, those not listed too.
    pub total: u64,
    /// The first few.
    pub listed: Vec<T>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self {
            total: 0,
            listed: Vec::new(),
        }
    }
}

/// Rows that hold a report and could not be used. Messages without a position are counted apart, and
/// rows that never hold a report (static messages, a header once more) are none of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UnusableRows {
    /// How many.
    pub rows: u64,
    /// Their share of all rows.
    pub share: f64,
    /// The most frequent reason, as rejected.csv has it, with its rows.
    pub most: Option<(String, u64)>,
}

/// How many reports have one flag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlagShare {
    /// How many.
    pub reports: u64,
    /// Their share of all reports.
    pub share: f64,
    /// Vessels that have some.
    pub vessels: u64,
}

/// A vessel of which much is flagged, reports of further hulls not counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlaggedVessel {
    /// The vessel's id.
    pub vessel_id: String,
    /// Its reports.
    pub reports: u64,
    /// Those flagged.
    pub flagged: u64,
    /// Their share.
    pub share: f64,
    /// By flag.
    pub flags: BTreeMap<String, u64>,
}

/// A file of which much is flagged, reports of further hulls not counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlaggedFile {
    /// The file, as the manifest's inputs name it.
    pub file: String,
    /// Its reports that were accepted.
    pub reports: u64,
    /// Those flagged.
    pub flagged: u64,
    /// Their share.
    pub share: f64,
}

/// A receiver, or several alike, whose clock is late: it repeats what others received, by one lag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LateClock {
    /// Seconds by which it is late.
    pub lag_s: f64,
    /// Copies of reports that others received in time.
    pub copies: u64,
    /// Reports that came through it alone.
    pub reports: u64,
    /// The share of both in all reports.
    pub share: f64,
    /// Vessels that it received.
    pub vessels: u64,
}

/// Messages that said where no vessel was: latitude 91, longitude 181 or the like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WithoutPositionCount {
    /// All messages, rejected as `no_position`.
    pub messages: u64,
    /// Those in gaps of positions, in which the vessel therefore was not silent.
    pub in_gaps: u64,
    /// Such gaps.
    pub gaps: u64,
    /// Vessels with such a gap.
    pub vessels: u64,
}

/// Times in which no vessel at all was heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OutageCount {
    /// How many.
    pub outages: u64,
    /// Hours in all.
    pub hours: f64,
    /// When the longest began.
    pub longest_from: Option<Timestamp>,
    /// When it ended.
    pub longest_to: Option<Timestamp>,
}

/// Zones in which satellite navigation was disturbed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InterferenceCount {
    /// Zones.
    pub zones: u64,
    /// Vessels in them, each zone's counted apart.
    pub vessels: u64,
    /// Displaced reports.
    pub reports: u64,
}

/// A grid on which rounded coordinates lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grid {
    /// Whole degrees: 111 km.
    Degree,
    /// Tenths of a degree: 11 km.
    TenthDegree,
    /// Whole minutes: 1.85 km.
    Minute,
    /// Hundredths of a degree: 1.1 km.
    HundredthDegree,
    /// Tenths of a minute: 185 m, as AIS's long-range message 27 has them.
    TenthMinute,
    /// Thousandths of a degree: 111 m.
    ThousandthDegree,
}

impl Grid {
    /// All, the coarsest first.
    pub const ALL: [Self; 6] = [
        Self::Degree,
        Self::TenthDegree,
        Self::Minute,
        Self::HundredthDegree,
        Self::TenthMinute,
        Self::ThousandthDegree,
    ];

    /// In plain words, such as `tenths of a minute`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Degree => "whole degrees",
            Self::TenthDegree => "tenths of a degree",
            Self::Minute => "whole minutes",
            Self::HundredthDegree => "hundredths of a degree",
            Self::TenthMinute => "tenths of a minute",
            Self::ThousandthDegree => "thousandths of a degree",
        }
    }

    /// How many steps a degree has.
    pub fn steps_per_degree(self) -> u32 {
        match self {
            Self::Degree => 1,
            Self::TenthDegree => 10,
            Self::Minute => 60,
            Self::HundredthDegree => 100,
            Self::TenthMinute => 600,
            Self::ThousandthDegree => 1_000,
        }
    }

    /// The length of a step in metres along a meridian: 60 nautical miles a degree, within 0.6% of
    /// what WGS84 has at any latitude.
    pub fn step_m(self) -> f64 {
        60.0 * 1_852.0 / f64::from(self.steps_per_degree())
    }
}

/// A file whose coordinates are coarse, or a vessel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoarseSource {
    /// The file, if most of its vessels that can be judged are coarse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Else the vessel's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vessel_id: Option<String>,
    /// What coordinates are multiples of.
    pub grid: Grid,
    /// A step of it in metres.
    pub step_m: f64,
    /// Vessels that are coarse.
    pub vessels: u64,
    /// Vessels that could be judged.
    pub judged: u64,
}

/// What a unit of speed sent, taken for knots, may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpeedUnit {
    /// Zero while positions move.
    AlwaysZero,
    /// None is sent while positions move, though some are sent at rest: what is beyond 102.2 knots
    /// counts as absent, so that tenths of knots vanish.
    AbsentUnderWay,
    /// Metres a second: 0.514 times the knots.
    MetresPerSecond,
    /// Kilometres an hour: 1.852 times.
    KilometresPerHour,
    /// Tenths of metres a second: 5.14 times.
    DecimetresPerSecond,
    /// Tenths of knots: 10 times.
    TenthsOfKnots,
    /// Tenths of kilometres an hour: 18.5 times.
    TenthsOfKilometresPerHour,
    /// Hundredths of metres a second: 51.4 times.
    CentimetresPerSecond,
    /// No unit that is known.
    Unknown,
}

impl SpeedUnit {
    /// Units with what a knot is in each.
    const FACTORS: [(Self, f64); 6] = [
        (Self::MetresPerSecond, 1_852.0 / 3_600.0),
        (Self::KilometresPerHour, 1.852),
        (Self::DecimetresPerSecond, 18_520.0 / 3_600.0),
        (Self::TenthsOfKnots, 10.0),
        (Self::TenthsOfKilometresPerHour, 18.52),
        (Self::CentimetresPerSecond, 185_200.0 / 3_600.0),
    ];
    /// A ratio this near to a unit's is taken for it: half the way between the two that are nearest
    /// to each other would be 30%, what is measured scatters by less than 10%.
    const NEAR: f64 = 1.15;

    /// The unit that a ratio of sent to derived speed, which is not near 1, speaks of.
    pub fn of_ratio(ratio: f64) -> Self {
        if ratio < 0.02 {
            return Self::AlwaysZero;
        }
        Self::FACTORS
            .into_iter()
            .find(|(_, factor)| {
                let off = ratio / factor;
                off < Self::NEAR && off > 1.0 / Self::NEAR
            })
            .map_or(Self::Unknown, |(unit, _)| unit)
    }

    /// In plain words; `None` if the unit is not known.
    pub fn words(self) -> Option<&'static str> {
        Some(match self {
            Self::AlwaysZero => "zero",
            Self::AbsentUnderWay => "absent",
            Self::MetresPerSecond => "metres a second",
            Self::KilometresPerHour => "kilometres an hour",
            Self::DecimetresPerSecond => "tenths of metres a second",
            Self::TenthsOfKnots => "tenths of knots",
            Self::TenthsOfKilometresPerHour => "tenths of kilometres an hour",
            Self::CentimetresPerSecond => "hundredths of metres a second",
            Self::Unknown => return None,
        })
    }
}

/// A file in which speeds contradict positions, or a vessel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpeedMismatch {
    /// The file, if most of its vessels that can be judged agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Else the vessel's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vessel_id: Option<String>,
    /// The median ratio of the speed sent to the speed that positions give; absent if no speed is sent
    /// under way.
    pub ratio: Option<f64>,
    /// The unit that would explain it.
    pub unit: SpeedUnit,
    /// Vessels that agree on it.
    pub vessels: u64,
    /// Vessels that could be judged.
    pub judged: u64,
}

/// An id under which several ships send.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SharedId {
    /// The id.
    pub vessel_id: String,
    /// Hulls that were told apart, the first included.
    pub hulls: u64,
    /// Reports of further hulls.
    pub reports: u64,
}

/// From where on something is amiss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QualityLimits {
    /// This share of all reports.
    pub report_share: f64,
    /// Or this share of all vessels.
    pub vessel_share: f64,
    /// This share of all rows that could not be used.
    pub rejected_share: f64,
    /// Coordinates in steps of so many metres.
    pub coarse_m: f64,
}

impl DataQuality {
    /// Says in words what is amiss, the gravest first.
    pub fn conclude(&mut self, limits: &QualityLimits) {
        let mut amiss = Vec::new();
        self.speeds_amiss(&mut amiss, limits);
        self.coarse_amiss(&mut amiss, limits);
        self.rows_amiss(&mut amiss, limits);
        self.flags_amiss(&mut amiss, limits);
        self.silences_amiss(&mut amiss, limits);
        let shared = &self.shared_ids;
        if self.is_many(0, shared.total, limits) {
            let verb = if shared.total == 1 { "is" } else { "are" };
            amiss.push(format!(
                "{} of {} {verb} used by several ships",
                thousands(shared.total),
                many(self.vessels, "id", "ids")
            ));
        }
        self.amiss = amiss;
    }

    /// Whether so many reports or vessels are many.
    fn is_many(&self, reports: u64, vessels: u64, limits: &QualityLimits) -> bool {
        let is_above =
            |count: u64, total: u64, share: f64| count > 0 && count as f64 >= share * total as f64;
        is_above(reports, self.reports, limits.report_share)
            || is_above(vessels, self.vessels, limits.vessel_share)
    }

    fn rows_amiss(&self, amiss: &mut Vec<String>, limits: &QualityLimits) {
        let unusable = &self.unusable;
        if unusable.rows > 0 && unusable.share >= limits.rejected_share {
            let most = unusable
                .most
                .as_ref()
                .map_or_else(String::new, |(reason, rows)| {
                    format!(", {} as {}", thousands(*rows), reason.replace('_', " "))
                });
            amiss.push(format!(
                "{} could not be used ({} of all{most})",
                many(unusable.rows, "row", "rows"),
                percent(unusable.share)
            ));
        }
    }

    fn speeds_amiss(&self, amiss: &mut Vec<String>, limits: &QualityLimits) {
        let (files, vessels) = split(&self.speeds.listed, |found| found.file.is_some());
        for (found, more) in grouped(&files, |found| found.unit) {
            amiss.push(format!(
                "{}{}",
                found.words(),
                and_more(more, "file", "files")
            ));
        }
        let of_vessels = self.speeds.total.saturating_sub(files.len() as u64);
        if let Some(first) = vessels.first()
            && self.is_many(0, of_vessels, limits)
        {
            let more = of_vessels - 1;
            amiss.push(format!(
                "{}{}",
                first.words(),
                and_more(more, "vessel", "vessels")
            ));
        }
    }

    fn coarse_amiss(&self, amiss: &mut Vec<String>, limits: &QualityLimits) {
        let is_coarse = |found: &&CoarseSource| found.step_m >= limits.coarse_m;
        let coarse: Vec<&CoarseSource> = self
            .coarse_coordinates
            .listed
            .iter()
            .filter(is_coarse)
            .collect();
        let files: Vec<&CoarseSource> = coarse
            .iter()
            .copied()
            .filter(|it| it.file.is_some())
            .collect();
        for (found, more) in grouped(&files, |found| found.grid) {
            amiss.push(format!(
                "{}{}",
                found.words(),
                and_more(more, "file", "files")
            ));
        }
        let vessels: Vec<&CoarseSource> =
            coarse.into_iter().filter(|it| it.file.is_none()).collect();
        let listed = self.coarse_coordinates.listed.len() as u64;
        let unlisted = self.coarse_coordinates.total.saturating_sub(listed);
        if let Some(first) = vessels.first()
            && self.is_many(0, vessels.len() as u64 + unlisted, limits)
        {
            let more = vessels.len() as u64 - 1;
            amiss.push(format!(
                "{}{}",
                first.words(),
                and_more(more, "vessel", "vessels")
            ));
        }
    }

    fn flags_amiss(&self, amiss: &mut Vec<String>, limits: &QualityLimits) {
        for clock in &self.late_clocks {
            if self.is_many(clock.copies + clock.reports, 0, limits) {
                amiss.push(format!(
                    "a receiver's clock is {} late ({} of all reports)",
                    lag(clock.lag_s),
                    percent(clock.share)
                ));
            }
        }
        for (flag, one, several) in FAULTS {
            let Some(found) = self.flagged.get(flag.as_str()) else {
                continue;
            };
            let is_told =
                matches!(flag, Flag::LateCopy | Flag::LateClock) && !self.late_clocks.is_empty();
            if !is_told && self.is_many(found.reports, 0, limits) {
                amiss.push(format!(
                    "{} ({} of all, {})",
                    many(found.reports, one, several),
                    percent(found.share),
                    of_vessels(found.vessels)
                ));
            }
        }
        let vessels = &self.flagged_vessels;
        if self.is_many(0, vessels.total, limits) {
            let named = vessels.listed.first().map_or_else(String::new, |worst| {
                format!(
                    ", {} the most ({})",
                    quoted(&worst.vessel_id),
                    percent(worst.share)
                )
            });
            amiss.push(format!(
                "{} with much of what they sent flagged{named}",
                many(vessels.total, "vessel", "vessels")
            ));
        }
    }

    fn silences_amiss(&self, amiss: &mut Vec<String>, limits: &QualityLimits) {
        let without = self.without_position;
        let share = without.messages as f64 / (self.reports + without.messages).max(1) as f64;
        if without.gaps > 0 || (without.messages > 0 && share >= limits.rejected_share) {
            let in_gaps = match without.gaps {
                0 => String::new(),
                gaps => format!(
                    ", {} of them in {} of positions that {} no silence",
                    thousands(without.in_gaps),
                    many(gaps, "gap", "gaps"),
                    if gaps == 1 { "is" } else { "are" }
                ),
            };
            amiss.push(format!(
                "{} without a position{in_gaps}",
                many(without.messages.max(without.in_gaps), "message", "messages")
            ));
        }
        if self.outages.outages > 0 {
            amiss.push(format!(
                "{} of the whole feed ({:.1} h in all)",
                many(self.outages.outages, "outage", "outages"),
                self.outages.hours
            ));
        }
        if self.interference.zones > 0 {
            amiss.push(format!(
                "interference with satellite navigation in {} ({})",
                many(self.interference.zones, "zone", "zones"),
                many(
                    self.interference.reports,
                    "displaced report",
                    "displaced reports"
                )
            ));
        }
    }
}

/// Flags that speak of the feed, each with what is said of one report and of several.
const FAULTS: [(Flag, &str, &str); 8] = [
    (
        Flag::ImpossibleTime,
        "report with an impossible time",
        "reports with impossible times",
    ),
    (
        Flag::LateCopy,
        "late copy of another report",
        "late copies of other reports",
    ),
    (
        Flag::LateClock,
        "report stamped late",
        "reports stamped late",
    ),
    (
        Flag::StalePosition,
        "report with a stale position",
        "reports with stale positions",
    ),
    (
        Flag::NoFix,
        "report of a receiver without a fix",
        "reports of receivers without a fix",
    ),
    (
        Flag::Interference,
        "report displaced by interference",
        "reports displaced by interference",
    ),
    (
        Flag::Teleport,
        "report too far off to be the vessel's",
        "reports too far off to be their vessels'",
    ),
    (
        Flag::Spike,
        "report away from its track",
        "reports away from their tracks",
    ),
];

impl SpeedMismatch {
    /// What is wrong with it, in words.
    pub fn words(&self) -> String {
        let who = source(self.file.as_deref(), self.vessel_id.as_deref());
        match (self.unit, self.ratio) {
            (SpeedUnit::AlwaysZero, _) => format!("speeds are 0 while positions move in {who}"),
            (SpeedUnit::AbsentUnderWay, _) | (_, None) => format!(
                "speeds are absent while positions move in {who}, though some are sent at rest \
                 (tenths of knots are read as absent beyond 102.2)"
            ),
            (unit, Some(ratio)) => {
                let unit = unit
                    .words()
                    .map_or_else(String::new, |unit| format!(" ({unit}?)"));
                format!(
                    "speeds are {} times what positions give in {who}{unit}",
                    figures(ratio)
                )
            }
        }
    }
}

impl CoarseSource {
    /// What is wrong with it, in words.
    pub fn words(&self) -> String {
        format!(
            "coordinates are {} (steps of {}) in {}",
            self.grid.words(),
            metres(self.step_m),
            source(self.file.as_deref(), self.vessel_id.as_deref())
        )
    }
}

fn source(file: Option<&str>, vessel_id: Option<&str>) -> String {
    match (file, vessel_id) {
        (Some(file), _) => quoted(file),
        (None, Some(id)) => format!("vessel {}", quoted(id)),
        (None, None) => "the inputs".to_owned(),
    }
}

/// References to what passes, and to what does not.
fn split<T>(all: &[T], passes: impl Fn(&T) -> bool) -> (Vec<&T>, Vec<&T>) {
    all.iter().partition(|found| passes(found))
}

/// The first of each kind, with how many more of its kind there are.
fn grouped<'t, T, K: PartialEq>(all: &[&'t T], kind: impl Fn(&T) -> K) -> Vec<(&'t T, u64)> {
    let mut groups: Vec<(&T, u64)> = Vec::new();
    for found in all {
        match groups
            .iter_mut()
            .find(|(first, _)| kind(first) == kind(found))
        {
            Some((_, more)) => *more += 1,
            None => groups.push((found, 0)),
        }
    }
    groups
}

fn and_more(more: u64, one: &str, several: &str) -> String {
    match more {
        0 => String::new(),
        more => format!(
            " and {} {} more",
            thousands(more),
            if more == 1 { one } else { several }
        ),
    }
}

fn of_vessels(vessels: u64) -> String {
    many(vessels, "vessel", "vessels")
}

/// A share as per cent: `7.2%`, `0.04%`, and `under 0.01%`.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent >= 1.0 || percent <= 0.0 {
        format!("{percent:.1}%")
    } else if percent >= 0.01 {
        format!("{percent:.2}%")
    } else {
        "under 0.01%".to_owned()
    }
}

/// A lag: `75 s`, `12 min`, `2.0 h`.
pub(crate) fn lag(seconds: f64) -> String {
    if seconds < 120.0 {
        format!("{seconds:.0} s")
    } else if seconds < 7_200.0 {
        format!("{:.0} min", seconds / 60.0)
    } else {
        format!("{:.1} h", seconds / 3_600.0)
    }
}

/// A length in metres, or from a kilometre on in kilometres.
pub(crate) fn metres(metres: f64) -> String {
    if metres < 1_000.0 {
        format!("{metres:.0} m")
    } else if metres < 10_000.0 {
        format!("{:.1} km", metres / 1_000.0)
    } else {
        format!("{:.0} km", metres / 1_000.0)
    }
}

/// A ratio to three figures.
pub(crate) fn figures(ratio: f64) -> String {
    if ratio >= 9.95 {
        format!("{ratio:.0}")
    } else {
        format!("{ratio:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: QualityLimits = QualityLimits {
        report_share: 0.001,
        vessel_share: 0.01,
        rejected_share: 0.01,
        coarse_m: 150.0,
    };

    fn of(reports: u64, vessels: u64) -> DataQuality {
        DataQuality {
            reports,
            vessels,
            ..DataQuality::default()
        }
    }

    fn concluded(mut quality: DataQuality) -> Vec<String> {
        quality.conclude(&LIMITS);
        quality.amiss
    }

    #[test]
    fn a_feed_without_a_fault_has_nothing_amiss() {
        assert!(concluded(of(1_000, 10)).is_empty());
        assert!(concluded(of(0, 0)).is_empty());
    }

    #[test]
    fn a_ratio_speaks_of_the_unit_that_gives_it() {
        for (ratio, unit) in [
            (9.9, SpeedUnit::TenthsOfKnots),
            (0.52, SpeedUnit::MetresPerSecond),
            (1.83, SpeedUnit::KilometresPerHour),
            (0.0, SpeedUnit::AlwaysZero),
            (3.0, SpeedUnit::Unknown),
        ] {
            assert_eq!(SpeedUnit::of_ratio(ratio), unit, "{ratio}");
        }
    }

    #[test]
    fn a_file_in_another_unit_is_named_with_the_unit() {
        let mismatch = SpeedMismatch {
            file: Some("a.csv".into()),
            vessel_id: None,
            ratio: Some(9.98),
            unit: SpeedUnit::TenthsOfKnots,
            vessels: 40,
            judged: 41,
        };
        let quality = DataQuality {
            speeds: Listed {
                total: 2,
                listed: vec![
                    mismatch.clone(),
                    SpeedMismatch {
                        file: Some("b.csv".into()),
                        ..mismatch
                    },
                ],
            },
            ..of(1_000_000, 41)
        };
        assert_eq!(
            concluded(quality),
            ["speeds are 10 times what positions give in a.csv (tenths of knots?) and 1 file more"]
        );
    }

    #[test]
    fn few_flagged_reports_among_many_are_not_amiss_and_many_are() {
        let flagged = |reports| DataQuality {
            flagged: BTreeMap::from([(
                Flag::StalePosition.as_str().to_owned(),
                FlagShare {
                    reports,
                    share: reports as f64 / 100_000.0,
                    vessels: 1,
                },
            )]),
            ..of(100_000, 5_000)
        };
        assert!(concluded(flagged(9)).is_empty());
        assert_eq!(
            concluded(flagged(400)),
            ["400 reports with stale positions (0.40% of all, 1 vessel)"]
        );
    }

    #[test]
    fn a_clock_is_told_by_its_lag_and_its_copies_not_once_more() {
        let quality = DataQuality {
            late_clocks: vec![LateClock {
                lag_s: 75.0,
                copies: 180,
                reports: 3,
                share: 0.5,
                vessels: 1,
            }],
            flagged: BTreeMap::from([(
                Flag::LateCopy.as_str().to_owned(),
                FlagShare {
                    reports: 180,
                    share: 0.49,
                    vessels: 1,
                },
            )]),
            ..of(366, 1)
        };
        assert_eq!(
            concluded(quality),
            ["a receiver's clock is 75 s late (50.0% of all reports)"]
        );
    }

    #[test]
    fn coordinates_in_small_steps_are_measured_and_not_amiss() {
        let coarse = |grid: Grid| DataQuality {
            coarse_coordinates: Listed {
                total: 1,
                listed: vec![CoarseSource {
                    file: Some("a.csv".into()),
                    vessel_id: None,
                    grid,
                    step_m: grid.step_m(),
                    vessels: 3,
                    judged: 3,
                }],
            },
            ..of(1_000, 3)
        };
        assert!(concluded(coarse(Grid::ThousandthDegree)).is_empty());
        assert_eq!(
            concluded(coarse(Grid::TenthMinute)),
            ["coordinates are tenths of a minute (steps of 185 m) in a.csv"]
        );
    }

    #[test]
    fn shares_and_lags_are_said_to_what_a_reader_can_use() {
        assert_eq!(
            [0.0, 0.072, 0.0004, 1e-6].map(percent),
            ["0.0%", "7.2%", "0.04%", "under 0.01%"]
        );
        assert_eq!(
            [12.0, 75.0, 720.0, 7_200.0].map(lag),
            ["12 s", "75 s", "12 min", "2.0 h"]
        );
        assert_eq!(
            [185.2, 1_852.0, 111_120.0].map(metres),
            ["185 m", "1.9 km", "111 km"]
        );
    }
}
