//! Data quality is measured while a vessel's rows go by: what detection set aside, and on a sample of
//! the reports whether coordinates are rounded and whether speeds fit positions. What all vessels' come
//! to is added up in the order of their ids, so that neither the order of files nor that of threads shows.

use landfall_events::ConfigError;
use landfall_report::{
    CoarseSource, DataQuality, FlagShare, FlaggedFile, FlaggedVessel, Grid, LateClock, Listed,
    ManifestInput, QualityLimits, SharedId, SpeedMismatch, SpeedUnit, UnusableRows,
};
use landfall_track::{
    Flag, FlaggedReport, Gap, Position, PositionReport, RejectReason, ReportRef, Timestamp,
    distance_m,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// From where on data are called amiss.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QualityConfig {
    /// A fault is told in the headline if it concerns this share of all reports.
    pub report_share: f64,
    /// Or this share of all vessels.
    pub vessel_share: f64,
    /// Rows that could not be used are told if they are this share of all rows.
    pub rejected_share: f64,
    /// A vessel, or a file, is named if more than this share of its reports is flagged. Reports of
    /// further hulls under a shared id are not counted.
    pub flagged_share: f64,
    /// Of vessels with fewer reports no share is told.
    pub judged_reports: u32,
    /// Coordinates in steps of so many metres or more are coarse.
    pub coarse_m: f64,
    /// Coordinates are rounded to a grid if this share of the places reported lies on it.
    pub coarse_share: f64,
    /// Speeds contradict positions if in the median they are so many times what positions give, or that
    /// part of it.
    pub speed_factor: f64,
}

impl Default for QualityConfig {
    fn default() -> Self {
        Self {
            // Ours: of the real feeds that detection was measured on, the clean ones have fewer than one
            // report in a thousand flagged.
            report_share: 0.001,
            vessel_share: 0.01,
            rejected_share: 0.01,
            flagged_share: 0.05,
            judged_reports: 20,
            // Below the tenth of a minute (185 m) of AIS's long-range broadcast (ITU-R M.1371-5, message
            // 27), which is the coarsest position that AIS itself sends.
            coarse_m: 150.0,
            // Ours: by chance 1 place in 200 lies on tenths of minutes, fewer on any coarser grid.
            coarse_share: 0.8,
            // The geometric mean of 1 and 1.85: knots and kilometres an hour, the two nearest units, are
            // equally far from it.
            speed_factor: 1.36,
        }
    }
}

impl QualityConfig {
    /// Checks every threshold.
    ///
    /// # Errors
    /// Names the first that is not a number or outside its range.
    pub fn check(&self) -> Result<(), ConfigError> {
        let fields = [
            ("quality.report_share", self.report_share, 0.0, 1.0),
            ("quality.vessel_share", self.vessel_share, 0.0, 1.0),
            ("quality.rejected_share", self.rejected_share, 0.0, 1.0),
            ("quality.flagged_share", self.flagged_share, 0.0, 1.0),
            (
                "quality.judged_reports",
                f64::from(self.judged_reports),
                1.0,
                1e6,
            ),
            ("quality.coarse_m", self.coarse_m, 1.0, 200_000.0),
            ("quality.coarse_share", self.coarse_share, 0.5, 1.0),
            ("quality.speed_factor", self.speed_factor, 1.05, 10.0),
        ];
        for (field, value, least, most) in fields {
            if !(value >= least && value <= most) {
                return Err(ConfigError::OutOfRange {
                    field,
                    value,
                    expected: format!("a number from {least} to {most}"),
                });
            }
        }
        Ok(())
    }

    fn limits(&self) -> QualityLimits {
        QualityLimits {
            report_share: self.report_share,
            vessel_share: self.vessel_share,
            rejected_share: self.rejected_share,
            coarse_m: self.coarse_m,
        }
    }

    /// Whether a ratio of sent to derived speed is none that knots give.
    fn contradicts(&self, ratio: f64) -> bool {
        ratio > self.speed_factor || ratio < 1.0 / self.speed_factor
    }
}

/// Samples kept of a vessel. When there are so many, every second one is dropped, and from there on they
/// are taken half as often.
const MOST_SAMPLES: usize = 64;
/// Milliseconds from one look at a vessel's reports to the next, at first.
const FIRST_EVERY_MS: i64 = 600_000;
/// Speeds are derived over at least so many milliseconds: in 5 minutes a ship at 6 knots sails 900 m,
/// of which a position error of 10 m at either end is 2%.
const LEAST_STEP_MS: i64 = 300_000;
/// And over no more than an hour, after which a way may have had bends.
const MOST_STEP_MS: i64 = 3_600_000;
/// And over a way of at least so many metres.
const LEAST_WAY_M: f64 = 300.0;
/// A vessel that makes fewer knots drifts or manoeuvres; one that makes more is another.
const LEAST_KNOTS: f64 = 2.0;
const MOST_KNOTS: f64 = 60.0;
/// The two speeds sent must be alike: of a ship that speeds up the mean says little.
const ALIKE: f64 = 0.2;
/// Places nearer than so many metres to the one before are the same one: a ship at rest says nothing of
/// a grid.
const APART_M: f64 = 100.0;
/// A vessel or a file is judged by at least so many samples.
const LEAST_SAMPLES: usize = 8;
/// A vessel's word on a file's grid rests on at least so many.
const LEAST_OF_FILE: usize = 3;
/// A median ratio is a unit's only if half of all ratios lie within this factor of it.
const SCATTER: f64 = 1.25;
/// Entries of every list.
const LISTED: usize = 20;

/// A sample's ratio where there is none, and where positions move but no speed is sent.
const NO_RATIO: u16 = u16::MAX;
const NO_SPEED: u16 = u16::MAX - 1;

/// What one report of the sample says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Sample {
    file: u32,
    /// Whether its place lies on each [`Grid`], by bit; [`u8::MAX`] if the place was not new.
    grids: u8,
    /// Thousandths of sent by derived speed.
    ratio: u16,
}

/// Looks at some of a vessel's reports, in the order of time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ContentSampler {
    /// The time in milliseconds from which on a report is looked at.
    wake_ms: Option<i64>,
    /// By how much looks are apart, as a power of two times the first measure.
    doublings: u32,
    /// The first report of a pair that waits for its second.
    first: Option<PositionReport>,
    /// The last place that was new.
    place: Option<Position>,
    has_speed: bool,
    samples: Vec<Sample>,
}

impl ContentSampler {
    /// Bytes beside its own size.
    pub(crate) fn size(&self) -> usize {
        size_of_val(self.samples.as_slice())
    }

    /// Takes the next report.
    #[inline]
    pub(crate) fn push(&mut self, report: &PositionReport) {
        if self
            .wake_ms
            .is_none_or(|wake_ms| report.time.as_millis() >= wake_ms)
        {
            self.look(report);
        }
    }

    #[cold]
    fn look(&mut self, report: &PositionReport) {
        let now_ms = report.time.as_millis();
        self.has_speed |= report.speed_knots().is_some();
        let Some(first) = self.first.take() else {
            self.first = Some(*report);
            self.wake_ms = Some(now_ms.saturating_add(LEAST_STEP_MS));
            return;
        };
        let sample = Sample {
            file: report.source.file() as u32,
            grids: self.grids(report.position),
            ratio: ratio(&first, report),
        };
        if sample.grids != u8::MAX || sample.ratio != NO_RATIO {
            self.samples.push(sample);
            if self.samples.len() >= MOST_SAMPLES {
                let mut number = 0;
                self.samples.retain(|_| {
                    number += 1;
                    number % 2 == 1
                });
                self.doublings = (self.doublings + 1).min(20);
            }
        }
        let next_ms = first
            .time
            .as_millis()
            .saturating_add(FIRST_EVERY_MS << self.doublings);
        if next_ms <= now_ms {
            self.first = Some(*report);
            self.wake_ms = Some(now_ms.saturating_add(LEAST_STEP_MS));
        } else {
            self.wake_ms = Some(next_ms);
        }
    }

    /// On which grids a place lies, if it is a new one.
    fn grids(&mut self, position: Position) -> u8 {
        let is_apart = |place: Position| {
            !are_near(place, position, 6_000) && distance_m(place, position) >= APART_M
        };
        if self.place.is_some_and(|place| !is_apart(place)) {
            return u8::MAX;
        }
        self.place = Some(position);
        (0..).zip(Grid::ALL).fold(0, |grids, (bit, grid)| {
            grids | (u8::from(lies_on(position, grid)) << bit)
        })
    }
}

/// Whether two places differ by no more than so many 1e-7 degrees either way: 1,000 of them are 11.1 m of
/// latitude at most, so that 6,000 are less than 95 m in all and 19,000 less than 300 m.
fn are_near(a: Position, b: Position, e7: u32) -> bool {
    a.lat_e7.abs_diff(b.lat_e7) <= e7 && a.lon_e7.abs_diff(b.lon_e7) <= e7
}

/// Whether both coordinates of a place are multiples of a grid's step, as far as decimals can tell.
fn lies_on(position: Position, grid: Grid) -> bool {
    let steps = f64::from(grid.steps_per_degree());
    // Decimal fractions are exact. Of minutes, sources print as few decimals as tell them apart: 3 of
    // whole minutes, 4 of tenths.
    let off_e7 = match grid {
        Grid::Minute => 5_000.0,
        Grid::TenthMinute => 500.0,
        _ => 1.0,
    };
    [position.lat_e7, position.lon_e7].into_iter().all(|e7| {
        let e7 = f64::from(e7);
        let nearest_e7 = (e7 * steps / 1e7).round() * 1e7 / steps;
        (e7 - nearest_e7).abs() <= off_e7 + 0.5
    })
}

/// Thousandths of sent by derived speed, if two reports say something of it.
fn ratio(first: &PositionReport, second: &PositionReport) -> u16 {
    let step_ms = second.time.millis_since(first.time);
    if !(LEAST_STEP_MS..=MOST_STEP_MS).contains(&step_ms) {
        return NO_RATIO;
    }
    // Most ships are at rest most of the time.
    if are_near(first.position, second.position, 19_000) {
        return NO_RATIO;
    }
    let way_m = distance_m(first.position, second.position);
    let knots = way_m / 1_852.0 / (step_ms as f64 / 3_600_000.0);
    if way_m < LEAST_WAY_M || !(LEAST_KNOTS..=MOST_KNOTS).contains(&knots) {
        return NO_RATIO;
    }
    match (first.speed_knots(), second.speed_knots()) {
        (Some(a), Some(b)) if (a - b).abs() <= ALIKE * a.max(b) => {
            (a.midpoint(b) / knots * 1_000.0)
                .round()
                .min(f64::from(NO_SPEED - 1)) as u16
        }
        (None, None) => NO_SPEED,
        _ => NO_RATIO,
    }
}

/// What detection set aside of one id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct FaultTally {
    flags: Vec<(Flag, u64)>,
    /// By file, reports of further hulls left out.
    by_file: BTreeMap<u32, u64>,
    lags: Vec<ClockLag>,
}

/// A lag by which a receiver repeated what others had received of one id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ClockLag {
    /// In seconds.
    pub(crate) lag_s: f64,
    /// Copies of reports that others received in time.
    pub(crate) copies: u64,
    /// Reports that came so late alone.
    pub(crate) reports: u64,
}

impl FaultTally {
    /// Counts a flagged report.
    pub(crate) fn flag(&mut self, flagged: &FlaggedReport) {
        self.add(flagged.flag, 1, flagged.report);
    }

    /// A further hull's reports turned out to be false ones of another.
    pub(crate) fn turn_further(&mut self, flag: Flag, reports: u64, first: ReportRef) {
        self.take_further(reports);
        self.add(flag, reports, first);
    }

    /// A further hull's reports turned out to be the first hull's, after a jump.
    pub(crate) fn join_further(&mut self, reports: u64, first: ReportRef) {
        self.take_further(reports);
        self.add(Flag::Jump, 1, first);
    }

    fn take_further(&mut self, reports: u64) {
        for (flag, count) in &mut self.flags {
            if *flag == Flag::FurtherHull {
                *count = count.saturating_sub(reports);
            }
        }
    }

    /// Counts flagged reports of the file of the first.
    fn add(&mut self, flag: Flag, reports: u64, first: ReportRef) {
        match self.flags.iter_mut().find(|(known, _)| *known == flag) {
            Some((_, count)) => *count += reports,
            None => self.flags.push((flag, reports)),
        }
        if flag != Flag::FurtherHull {
            *self.by_file.entry(first.source.file() as u32).or_default() += reports;
        }
    }

    /// Adds what came by one lag.
    pub(crate) fn add_lag(&mut self, lag: ClockLag) {
        let known = self
            .lags
            .iter_mut()
            .find(|it| same_lag(it.lag_s, lag.lag_s));
        if let Some(known) = known {
            known.copies += lag.copies;
            known.reports += lag.reports;
        } else if self.lags.len() < LISTED {
            self.lags.push(lag);
        }
    }

    fn of(&self, flag: Flag) -> u64 {
        let found = self.flags.iter().find(|(known, _)| *known == flag);
        found.map_or(0, |(_, count)| *count)
    }

    /// All but reports of further hulls.
    fn faulty(&self) -> u64 {
        self.flags
            .iter()
            .filter(|(flag, _)| *flag != Flag::FurtherHull)
            .map(|(_, count)| *count)
            .sum()
    }
}

/// Whether two lags are one receiver's: clocks that are read to the second.
fn same_lag(a_s: f64, b_s: f64) -> bool {
    (a_s - b_s).abs() <= (0.02 * a_s.abs().max(b_s.abs())).max(2.0)
}

/// What one id's reports say of the data.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct VesselQuality {
    /// Reports within the time asked for.
    pub(crate) reports: u64,
    pub(crate) faults: FaultTally,
    pub(crate) content: ContentSampler,
    /// Hulls told apart.
    pub(crate) hulls: u64,
}

/// What a vessel's places come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct GridVerdict {
    /// `None` if they lie on no grid.
    grid: Option<Grid>,
}

/// What a vessel's speeds come to.
#[derive(Clone, Copy, Debug, PartialEq)]
struct SpeedVerdict {
    /// `None` if there is no speed under way.
    ratio: Option<f64>,
    /// `None` if speeds fit positions.
    unit: Option<SpeedUnit>,
}

/// The coarsest grid on which places lie; `None` if there are too few of them.
fn grid_of<'s>(
    samples: impl Iterator<Item = &'s Sample>,
    least: usize,
    config: &QualityConfig,
) -> Option<GridVerdict> {
    let mut on = [0_usize; Grid::ALL.len()];
    let mut total = 0;
    for sample in samples.filter(|sample| sample.grids != u8::MAX) {
        total += 1;
        for (bit, count) in on.iter_mut().enumerate() {
            *count += usize::from(sample.grids >> bit & 1);
        }
    }
    let is_most = |count: usize| count as f64 >= config.coarse_share * total as f64;
    (total >= least).then(|| {
        let coarsest = on.iter().position(|count| is_most(*count));
        let grid = coarsest.map(|number| Grid::ALL[number]);
        GridVerdict { grid }
    })
}

/// What speeds come to against positions; `None` if there are too few of them.
fn speeds_of<'s>(
    samples: impl Iterator<Item = &'s Sample>,
    has_speed: bool,
    least: usize,
    config: &QualityConfig,
) -> Option<SpeedVerdict> {
    let mut ratios: Vec<u16> = samples
        .map(|sample| sample.ratio)
        .filter(|ratio| *ratio != NO_RATIO)
        .collect();
    if ratios.len() < least {
        return None;
    }
    ratios.sort_unstable();
    let known = ratios.partition_point(|ratio| *ratio < NO_SPEED);
    if known * 5 <= ratios.len() {
        return has_speed.then_some(SpeedVerdict {
            ratio: None,
            unit: Some(SpeedUnit::AbsentUnderWay),
        });
    }
    let at = |part: usize| f64::from(ratios[(known - 1) * part / 4]) / 1_000.0;
    let (low, median, high) = (at(1), at(2), at(3));
    let is_one = high <= median * SCATTER && low >= median / SCATTER;
    let unit = (is_one && config.contradicts(median)).then(|| SpeedUnit::of_ratio(median));
    Some(SpeedVerdict {
        ratio: Some(median),
        unit,
    })
}

/// What the vessels of one file say of it.
#[derive(Clone, Debug, Default)]
struct FileTally {
    flagged: u64,
    /// Vessels by the grid on which their places lie.
    grids: BTreeMap<Option<Grid>, u64>,
    places: usize,
    /// Vessels by what their speeds are, and each's ratio in hundredths.
    units: BTreeMap<Option<SpeedUnit>, BTreeMap<u32, u64>>,
    ratios: usize,
}

/// The first of a list in an order, and how many there are.
#[derive(Debug)]
struct FirstFew<T> {
    total: u64,
    rows: Vec<T>,
}

impl<T> Default for FirstFew<T> {
    fn default() -> Self {
        Self {
            total: 0,
            rows: Vec::new(),
        }
    }
}

impl<T> FirstFew<T> {
    /// Takes a row; of equal ones the first stays first.
    fn add(&mut self, row: T, comes_before: impl Fn(&T, &T) -> bool) {
        self.total += 1;
        let place = self
            .rows
            .partition_point(|other| !comes_before(&row, other));
        if place < LISTED {
            self.rows.insert(place, row);
            self.rows.truncate(LISTED);
        }
    }

    fn listed(self) -> Listed<T> {
        Listed {
            total: self.total,
            listed: self.rows,
        }
    }
}

/// A finding on one vessel that its file may explain.
#[derive(Debug)]
struct OfVessel<T> {
    file: u32,
    found: T,
}

/// What all vessels' reports say of the data, added up vessel by vessel.
#[derive(Debug)]
pub(crate) struct QualityTally {
    config: QualityConfig,
    quality: DataQuality,
    flags: BTreeMap<&'static str, (u64, u64)>,
    files: BTreeMap<u32, FileTally>,
    /// Copies, reports and vessels by lag in seconds, rounded.
    lags: BTreeMap<i64, (u64, u64, u64)>,
    flagged_vessels: FirstFew<FlaggedVessel>,
    shared_ids: FirstFew<SharedId>,
    coarse: FirstFew<OfVessel<CoarseSource>>,
    speeds: FirstFew<OfVessel<SpeedMismatch>>,
    /// Coarse vessels by file, and those whose speeds are off by file.
    of_files: BTreeMap<(u32, Kind), u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Coarse(Grid),
    Speed(SpeedUnit),
}

impl QualityTally {
    pub(crate) fn new(config: &QualityConfig) -> Self {
        Self {
            config: config.clone(),
            quality: DataQuality::default(),
            flags: BTreeMap::new(),
            files: BTreeMap::new(),
            lags: BTreeMap::new(),
            flagged_vessels: FirstFew::default(),
            shared_ids: FirstFew::default(),
            coarse: FirstFew::default(),
            speeds: FirstFew::default(),
            of_files: BTreeMap::new(),
        }
    }

    /// Adds one id's.
    pub(crate) fn add(&mut self, vessel_id: &str, vessel: &VesselQuality) {
        let config = &self.config;
        let faults = &vessel.faults;
        self.quality.reports += vessel.reports;
        self.quality.vessels += 1;
        for (flag, count) in &faults.flags {
            let (reports, vessels) = self.flags.entry(flag.as_str()).or_default();
            *reports += count;
            *vessels += 1;
        }
        for (file, count) in &faults.by_file {
            self.files.entry(*file).or_default().flagged += count;
        }
        for lag in &faults.lags {
            let (copies, reports, vessels) = self.lags.entry(lag.lag_s.round() as i64).or_default();
            *copies += lag.copies;
            *reports += lag.reports;
            *vessels += 1;
        }
        let faulty = faults.faulty();
        let share = share(faulty, vessel.reports);
        if vessel.reports >= u64::from(config.judged_reports) && share > config.flagged_share {
            let flags = faults
                .flags
                .iter()
                .filter(|(flag, _)| *flag != Flag::FurtherHull);
            let row = FlaggedVessel {
                vessel_id: vessel_id.to_owned(),
                reports: vessel.reports,
                flagged: faulty,
                share,
                flags: flags
                    .map(|(flag, count)| (flag.as_str().to_owned(), *count))
                    .collect(),
            };
            self.flagged_vessels
                .add(row, |a, b| (a.flagged, a.share) > (b.flagged, b.share));
        }
        if vessel.hulls > 1 {
            let row = SharedId {
                vessel_id: vessel_id.to_owned(),
                hulls: vessel.hulls,
                reports: faults.of(Flag::FurtherHull),
            };
            self.shared_ids.add(row, |a, b| a.reports > b.reports);
        }
        self.add_content(vessel_id, vessel);
    }

    /// Adds what a vessel's samples say of it and of its files.
    fn add_content(&mut self, vessel_id: &str, vessel: &VesselQuality) {
        let (config, content) = (&self.config, &vessel.content);
        let Some(last) = content.samples.last() else {
            return;
        };
        let all = || content.samples.iter();
        let places = grid_of(all(), LEAST_SAMPLES, config);
        if let Some(grid) = places.and_then(|found| found.grid) {
            let found = CoarseSource {
                file: None,
                vessel_id: Some(vessel_id.to_owned()),
                grid,
                step_m: grid.step_m(),
                vessels: 1,
                judged: 1,
            };
            let file = last.file;
            *self.of_files.entry((file, Kind::Coarse(grid))).or_default() += 1;
            self.coarse
                .add(OfVessel { file, found }, |a, b| a.found.grid < b.found.grid);
        }
        let speeds = speeds_of(all(), content.has_speed, LEAST_SAMPLES, config);
        // Whole degrees say nothing of speeds.
        let is_coarse = grid_of(all(), 1, config)
            .and_then(|found| found.grid)
            .is_some_and(|grid| grid.step_m() > 200.0);
        // From one ship to another under the same id is no way sailed.
        let has_speeds = !is_coarse && vessel.hulls <= 1;
        if let Some((ratio, unit)) = speeds.and_then(|found| Some((found.ratio, found.unit?)))
            && has_speeds
        {
            let found = SpeedMismatch {
                file: None,
                vessel_id: Some(vessel_id.to_owned()),
                ratio,
                unit,
                vessels: 1,
                judged: 1,
            };
            let file = last.file;
            *self.of_files.entry((file, Kind::Speed(unit))).or_default() += 1;
            self.speeds.add(OfVessel { file, found }, |_, _| false);
        }
        let mut by_file: BTreeMap<u32, Vec<Sample>> = BTreeMap::new();
        for sample in all() {
            by_file.entry(sample.file).or_default().push(*sample);
        }
        for (file, samples) in by_file {
            let tally = self.files.entry(file).or_default();
            if let Some(found) = grid_of(samples.iter(), LEAST_OF_FILE, config) {
                *tally.grids.entry(found.grid).or_default() += 1;
                tally.places += samples.len();
            }
            if let Some(found) = speeds_of(samples.iter(), content.has_speed, 1, config)
                && has_speeds
            {
                let hundredths = found
                    .ratio
                    .map_or(0, |ratio| (ratio * 100.0).round() as u32);
                let of_unit = tally.units.entry(found.unit).or_default();
                *of_unit.entry(hundredths).or_default() += 1;
                tally.ratios += samples.iter().filter(|it| it.ratio != NO_RATIO).count();
            }
        }
    }

    /// Adds a vessel's gaps in which it went on sending without a position.
    pub(crate) fn add_gaps<'g>(&mut self, gaps: impl Iterator<Item = &'g Gap>) {
        let without = &mut self.quality.without_position;
        let gaps_before = without.gaps;
        for messages in gaps.filter_map(|gap| gap.without_position) {
            without.gaps += 1;
            without.in_gaps += messages.messages;
        }
        without.vessels += u64::from(without.gaps > gaps_before);
    }

    /// Adds a time in which no vessel at all was heard.
    pub(crate) fn add_outage(&mut self, from: Timestamp, to: Timestamp) {
        let outages = &mut self.quality.outages;
        outages.outages += 1;
        outages.hours += to.hours_since(from);
        let longest = outages.longest_from.zip(outages.longest_to);
        if longest.is_none_or(|(start, end)| to.millis_since(from) > end.millis_since(start)) {
            (outages.longest_from, outages.longest_to) = (Some(from), Some(to));
        }
    }

    /// Adds a zone of interference, with its vessels and their displaced reports.
    pub(crate) fn add_interference(&mut self, vessels: u64, reports: u64) {
        let interference = &mut self.quality.interference;
        interference.zones += 1;
        interference.vessels += vessels;
        interference.reports += reports;
    }

    /// A report that was flagged alone turned out to be displaced by interference.
    pub(crate) fn turn_to_interference(&mut self, from: Flag) {
        if let Some((reports, _)) = self.flags.get_mut(from.as_str()) {
            *reports = reports.saturating_sub(1);
        }
        self.flags.entry(Flag::Interference.as_str()).or_default().0 += 1;
    }

    /// What it all comes to. `files` are the run's, `rejected` has their rejected rows by reason.
    pub(crate) fn finish(
        mut self,
        inputs: &[ManifestInput],
        rejected: &BTreeMap<String, u64>,
    ) -> DataQuality {
        let mut quality = std::mem::take(&mut self.quality);
        let reports = quality.reports;
        quality.flagged = self
            .flags
            .iter()
            .map(|(flag, (count, vessels))| {
                let found = FlagShare {
                    reports: *count,
                    share: share(*count, reports),
                    vessels: *vessels,
                };
                ((*flag).to_owned(), found)
            })
            .collect();
        quality.late_clocks = self.late_clocks(reports);
        let without_position = rejected.get(RejectReason::NoPosition.as_str());
        quality.without_position.messages = without_position.copied().unwrap_or_default();
        quality.unusable = unusable(inputs, rejected);
        let mut flagged_files = FirstFew::default();
        let (mut coarse, mut speeds) = (FirstFew::default(), FirstFew::default());
        let (mut explained_coarse, mut explained_speeds) = (0, 0);
        let (mut coarse_files, mut speed_files) = (Vec::new(), Vec::new());
        for (number, tally) in &self.files {
            let Some(input) = inputs.get(*number as usize) else {
                continue;
            };
            let (name, accepted) = (&input.path, &input.account.accepted);
            let flagged_share = share(tally.flagged, *accepted);
            if *accepted >= u64::from(self.config.judged_reports)
                && flagged_share > self.config.flagged_share
            {
                let row = FlaggedFile {
                    file: name.clone(),
                    reports: *accepted,
                    flagged: tally.flagged,
                    share: flagged_share,
                };
                flagged_files.add(row, |a: &FlaggedFile, b| {
                    (a.flagged, &b.file) > (b.flagged, &a.file)
                });
            }
            let explained = |kind| self.of_files.get(&(*number, kind)).copied().unwrap_or(0);
            if let Some(found) = tally.coarse(name) {
                explained_coarse += explained(Kind::Coarse(found.grid));
                coarse_files.push((*number, found.grid));
                coarse.add(found, |a, b| (a.grid, &a.file) < (b.grid, &b.file));
            }
            if let Some(found) = tally.speeds(name) {
                explained_speeds += explained(Kind::Speed(found.unit));
                speed_files.push((*number, found.unit));
                speeds.add(found, |a, b| (a.unit, &a.file) < (b.unit, &b.file));
            }
        }
        quality.flagged_files = flagged_files.listed();
        quality.flagged_vessels = self.flagged_vessels.listed();
        quality.shared_ids = self.shared_ids.listed();
        // What a file explains is not said of each of its vessels again.
        quality.coarse_coordinates = coarse.listed();
        let others = self
            .coarse
            .rows
            .into_iter()
            .filter(|vessel| !coarse_files.contains(&(vessel.file, vessel.found.grid)));
        append(
            &mut quality.coarse_coordinates,
            others.map(|vessel| vessel.found),
            self.coarse.total.saturating_sub(explained_coarse),
        );
        quality.speeds = speeds.listed();
        let others = self
            .speeds
            .rows
            .into_iter()
            .filter(|vessel| !speed_files.contains(&(vessel.file, vessel.found.unit)));
        append(
            &mut quality.speeds,
            others.map(|vessel| vessel.found),
            self.speeds.total.saturating_sub(explained_speeds),
        );
        quality.conclude(&self.config.limits());
        quality
    }

    /// Lags of one receiver together, whichever vessel they were measured on; the one heard most first.
    fn late_clocks(&self, all_reports: u64) -> Vec<LateClock> {
        let mut clocks: Vec<LateClock> = Vec::new();
        for (lag_s, (copies, reports, vessels)) in &self.lags {
            let lag_s = *lag_s as f64;
            match clocks.last_mut() {
                Some(clock) if same_lag(clock.lag_s, lag_s) => {
                    if copies + reports > clock.copies + clock.reports {
                        clock.lag_s = lag_s;
                    }
                    clock.copies += copies;
                    clock.reports += reports;
                    clock.vessels += vessels;
                }
                _ => clocks.push(LateClock {
                    lag_s,
                    copies: *copies,
                    reports: *reports,
                    share: 0.0,
                    vessels: *vessels,
                }),
            }
        }
        for clock in &mut clocks {
            clock.share = share(clock.copies + clock.reports, all_reports);
        }
        clocks.sort_by(|a, b| {
            let most = |clock: &LateClock| clock.copies + clock.reports;
            most(b).cmp(&most(a)).then(a.lag_s.total_cmp(&b.lag_s))
        });
        clocks.truncate(LISTED);
        clocks
    }
}

impl FileTally {
    /// The grid on which most of the file's vessels have their places.
    fn coarse(&self, name: &str) -> Option<CoarseSource> {
        let judged: u64 = self.grids.values().sum();
        let (grid, vessels) = self
            .grids
            .iter()
            .filter_map(|(grid, vessels)| Some(((*grid)?, *vessels)))
            .max_by_key(|(grid, vessels)| (*vessels, std::cmp::Reverse(*grid)))?;
        (vessels * 2 > judged && self.places >= LEAST_SAMPLES).then(|| CoarseSource {
            file: Some(name.to_owned()),
            vessel_id: None,
            grid,
            step_m: grid.step_m(),
            vessels,
            judged,
        })
    }

    /// The unit on which most of the file's vessels agree.
    fn speeds(&self, name: &str) -> Option<SpeedMismatch> {
        let count = |ratios: &BTreeMap<u32, u64>| ratios.values().sum::<u64>();
        let judged: u64 = self.units.values().map(count).sum();
        let (unit, ratios) = self
            .units
            .iter()
            .filter_map(|(unit, ratios)| Some(((*unit)?, ratios)))
            .max_by_key(|(_, ratios)| count(ratios))?;
        let vessels = count(ratios);
        let mut before = 0;
        let median = ratios.iter().find(|(_, count)| {
            before += **count;
            before * 2 >= vessels
        });
        let ratio = median.map(|(hundredths, _)| f64::from(*hundredths) / 100.0);
        (vessels * 2 > judged && self.ratios >= LEAST_SAMPLES).then(|| SpeedMismatch {
            file: Some(name.to_owned()),
            vessel_id: None,
            ratio: ratio.filter(|_| unit != SpeedUnit::AbsentUnderWay),
            unit,
            vessels,
            judged,
        })
    }
}

/// Rows that could not be used although they were to hold a report.
fn unusable(inputs: &[ManifestInput], rejected: &BTreeMap<String, u64>) -> UnusableRows {
    const USUAL: [RejectReason; 4] = [
        RejectReason::NoPosition,
        RejectReason::StaticMessage,
        RejectReason::RepeatedHeader,
        RejectReason::Late,
    ];
    let is_usual = |reason: &str| USUAL.iter().any(|usual| usual.as_str() == reason);
    let reasons = || rejected.iter().filter(|(reason, _)| !is_usual(reason));
    let rows = reasons().map(|(_, rows)| rows).sum();
    let most = reasons().max_by_key(|(_, rows)| **rows);
    UnusableRows {
        rows,
        share: share(rows, inputs.iter().map(|input| input.account.rows).sum()),
        most: most.map(|(reason, rows)| (reason.clone(), *rows)),
    }
}

/// Adds to a list what comes after it.
fn append<T>(list: &mut Listed<T>, others: impl Iterator<Item = T>, total: u64) {
    list.total += total;
    let room = LISTED.saturating_sub(list.listed.len());
    list.listed.extend(others.take(room));
}

fn share(part: u64, all: u64) -> f64 {
    if all == 0 {
        0.0
    } else {
        part as f64 / all as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{Hull, LonLat, ReportRef, SourceRow};

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_seconds(1_700_000_000 + minutes * 60).unwrap()
    }

    /// A vessel on a straight way at 12 knots, sending every 10 minutes. `sent` makes a speed of the
    /// true one, `rounded` a coordinate of the true one.
    fn sampled(
        file: usize,
        reports: i64,
        sent: impl Fn(f64) -> Option<f64>,
        rounded: impl Fn(f64) -> f64,
    ) -> ContentSampler {
        let mut content = ContentSampler::default();
        for number in 0..reports {
            // 2 nautical miles north-east: 1.414 minutes of latitude, and at 50 degrees 2.2 of longitude.
            let lat = 50.000_37 + (number as f64 * 0.023_57) % 20.0;
            let lon = 1.000_41 + (number as f64 * 0.036_95) % 80.0;
            let position = Position::from_degrees(LonLat {
                lon: rounded(lon),
                lat: rounded(lat),
            })
            .unwrap();
            let source = SourceRow::new(file, number as u64 + 1).unwrap();
            let report = PositionReport::new(at(number * 10), position, source);
            content.push(&report.with_speed_knots(sent(12.0)));
        }
        content
    }

    fn exact(degrees: f64) -> f64 {
        degrees
    }

    fn of_content(content: ContentSampler) -> VesselQuality {
        VesselQuality {
            reports: 100,
            content,
            hulls: 1,
            ..VesselQuality::default()
        }
    }

    fn inputs(files: &[(&str, u64)]) -> Vec<ManifestInput> {
        let input = |(path, accepted): &(&str, u64)| {
            let mut input = ManifestInput {
                path: (*path).to_owned(),
                ..ManifestInput::default()
            };
            (input.account.rows, input.account.accepted) = (*accepted, *accepted);
            input
        };
        files.iter().map(input).collect()
    }

    fn quality_of(vessels: &[(&str, VesselQuality)], files: &[(&str, u64)]) -> DataQuality {
        let mut tally = QualityTally::new(&QualityConfig::default());
        for (id, vessel) in vessels {
            tally.add(id, vessel);
        }
        tally.finish(&inputs(files), &BTreeMap::new())
    }

    fn flagged(flag: Flag, file: usize, times: u64) -> FaultTally {
        let mut faults = FaultTally::default();
        for row in 1..=times {
            faults.flag(&FlaggedReport {
                report: ReportRef {
                    time: at(row.cast_signed()),
                    position: Position::default(),
                    source: SourceRow::new(file, row).unwrap(),
                },
                flag,
                hull: None,
            });
        }
        faults
    }

    #[test]
    fn speeds_in_another_unit_are_told_with_the_file_and_true_ones_are_not() {
        for (factor, unit) in [
            (1.0, None),
            (1_852.0 / 3_600.0, Some(SpeedUnit::MetresPerSecond)),
            (1.852, Some(SpeedUnit::KilometresPerHour)),
            (0.0, Some(SpeedUnit::AlwaysZero)),
            (3.0, Some(SpeedUnit::Unknown)),
        ] {
            let content = sampled(0, 60, |knots| Some(knots * factor), exact);
            let quality = quality_of(&[("a", of_content(content))], &[("a.csv", 100)]);
            let told: Vec<SpeedUnit> = quality.speeds.listed.iter().map(|it| it.unit).collect();
            assert_eq!(told, Vec::from_iter(unit), "{factor}");
            assert_eq!(quality.amiss.len(), told.len(), "{:?}", quality.amiss);
            if let Some(found) = quality.speeds.listed.first() {
                assert_eq!(found.file.as_deref(), Some("a.csv"));
                assert!((found.ratio.unwrap() - factor).abs() <= 0.03 * factor);
            }
        }
    }

    #[test]
    fn tenths_of_knots_that_no_report_can_hold_are_told_by_their_absence() {
        // At rest 0.3 knots come as 3; under way 12 knots come as 120, which is not available.
        let mut content = sampled(0, 60, |knots| Some(knots * 10.0), exact);
        let quality = quality_of(&[("a", of_content(content.clone()))], &[("a.csv", 100)]);
        assert_eq!(
            quality.speeds.total, 0,
            "a feed without any speed is none that contradicts"
        );
        content.has_speed = true;
        let quality = quality_of(&[("a", of_content(content))], &[("a.csv", 100)]);
        assert_eq!(quality.speeds.listed[0].unit, SpeedUnit::AbsentUnderWay);
        assert!(quality.amiss[0].contains("absent while positions move"));
    }

    #[test]
    fn a_vessel_whose_speeds_are_off_is_named_itself_where_others_of_its_file_are_right() {
        let sampled = |factor: f64| of_content(sampled(0, 60, |knots| Some(knots * factor), exact));
        let vessels = [
            ("a", sampled(1.0)),
            ("b", sampled(1.852)),
            ("c", sampled(1.0)),
        ];
        let quality = quality_of(&vessels, &[("a.csv", 300)]);
        let told: Vec<_> = quality
            .speeds
            .listed
            .iter()
            .map(|it| it.vessel_id.as_deref())
            .collect();
        assert_eq!((told, quality.speeds.total), (vec![Some("b")], 1));
    }

    #[test]
    fn of_an_id_of_several_hulls_no_speed_is_derived() {
        let vessel = VesselQuality {
            hulls: 2,
            ..of_content(sampled(0, 60, |_| Some(0.0), exact))
        };
        assert_eq!(
            quality_of(&[("a", vessel)], &[("a.csv", 100)]).speeds.total,
            0
        );
    }

    #[test]
    fn rounded_coordinates_are_told_by_their_grid_and_only_what_they_are_rounded_to() {
        let rounded = |steps: f64, decimals: f64| {
            move |degrees: f64| {
                let on_grid = (degrees * steps).round() / steps;
                (on_grid * decimals).round() / decimals
            }
        };
        for (steps, decimals, grid) in [
            (1.0, 1e6, Some(Grid::Degree)),
            (10.0, 1e6, Some(Grid::TenthDegree)),
            (60.0, 1e4, Some(Grid::Minute)),
            (100.0, 1e6, Some(Grid::HundredthDegree)),
            (600.0, 1e4, Some(Grid::TenthMinute)),
            (600.0, 1e6, Some(Grid::TenthMinute)),
            (1_000.0, 1e6, Some(Grid::ThousandthDegree)),
            (1e5, 1e6, None),
            (600_000.0, 1e6, None),
        ] {
            let content = sampled(0, 500, Some, rounded(steps, decimals));
            let quality = quality_of(&[("a", of_content(content))], &[("a.csv", 100)]);
            let told: Vec<Grid> = quality
                .coarse_coordinates
                .listed
                .iter()
                .map(|it| it.grid)
                .collect();
            assert_eq!(told, Vec::from_iter(grid), "{steps} steps");
        }
    }

    #[test]
    fn a_ship_at_rest_on_a_round_coordinate_is_not_coarse() {
        let mut content = ContentSampler::default();
        for number in 0..1_000 {
            let jitter = f64::from(number % 3) * 0.0001;
            let place = LonLat {
                lon: 4.5,
                lat: 52.0 + jitter,
            };
            let source = SourceRow::new(0, 1).unwrap();
            let position = Position::from_degrees(place).unwrap();
            content.push(&PositionReport::new(
                at(i64::from(number) * 7),
                position,
                source,
            ));
        }
        let quality = quality_of(&[("a", of_content(content))], &[("a.csv", 1_000)]);
        assert_eq!(quality.coarse_coordinates.total, 0);
        assert!(quality.amiss.is_empty());
    }

    #[test]
    fn samples_of_a_long_track_are_bounded_and_spread_over_all_of_it() {
        let content = sampled(0, 3_000, Some, exact);
        assert!(content.samples.len() < MOST_SAMPLES && content.samples.len() >= MOST_SAMPLES / 4);
        assert!(content.doublings >= 5);
        let bytes = postcard::to_stdvec(&content).unwrap();
        assert!(
            bytes.len() < 600,
            "{} bytes a vessel in a state",
            bytes.len()
        );
    }

    #[test]
    fn a_sampler_that_was_stored_goes_on_as_if_it_had_not_been() {
        let whole = sampled(0, 700, Some, exact);
        let mut parts = ContentSampler::default();
        let track = |number: i64| {
            let place = LonLat {
                lon: 1.000_41 + (number as f64 * 0.036_95) % 80.0,
                lat: 50.000_37 + (number as f64 * 0.023_57) % 20.0,
            };
            let source = SourceRow::new(0, number as u64 + 1).unwrap();
            PositionReport::new(
                at(number * 10),
                Position::from_degrees(place).unwrap(),
                source,
            )
            .with_speed_knots(Some(12.0))
        };
        for number in 0..700 {
            parts.push(&track(number));
            if number % 97 == 0 {
                parts = postcard::from_bytes(&postcard::to_stdvec(&parts).unwrap()).unwrap();
            }
        }
        assert_eq!(parts.samples, whole.samples);
    }

    #[test]
    fn flags_are_shares_of_all_reports_and_vessels_and_files_with_many_are_named() {
        let of = |flag, file, times| VesselQuality {
            reports: 1_000,
            faults: flagged(flag, file, times),
            hulls: 1,
            ..VesselQuality::default()
        };
        let vessels = [
            ("a", of(Flag::StalePosition, 0, 60)),
            ("b", of(Flag::Spike, 1, 50)),
            ("c", of(Flag::FurtherHull, 1, 900)),
        ];
        let quality = quality_of(&vessels, &[("a.csv", 1_000), ("b.csv", 2_000)]);
        let stale = quality.flagged["stale_position"];
        assert_eq!((stale.reports, stale.share, stale.vessels), (60, 0.02, 1));
        let named: Vec<_> = quality
            .flagged_vessels
            .listed
            .iter()
            .map(|it| it.vessel_id.as_str())
            .collect();
        assert_eq!(
            named,
            ["a"],
            "5% is not over 5%, and a further hull is no fault"
        );
        let named: Vec<_> = quality
            .flagged_files
            .listed
            .iter()
            .map(|it| it.file.as_str())
            .collect();
        assert_eq!(named, ["a.csv"]);
    }

    #[test]
    fn lags_of_one_receiver_are_one_clock_whichever_vessel_they_were_measured_on() {
        let of = |lags: &[(f64, u64, u64)]| {
            let mut vessel = VesselQuality {
                reports: 1_000,
                ..VesselQuality::default()
            };
            for (lag_s, copies, reports) in lags {
                vessel.faults.add_lag(ClockLag {
                    lag_s: *lag_s,
                    copies: *copies,
                    reports: *reports,
                });
            }
            vessel
        };
        let vessels = [
            ("a", of(&[(75.0, 100, 2), (75.4, 50, 0), (720.0, 3, 0)])),
            ("b", of(&[(74.0, 200, 1)])),
        ];
        let clocks = quality_of(&vessels, &[]).late_clocks;
        assert_eq!(clocks.len(), 2);
        assert_eq!(
            (clocks[0].lag_s, clocks[0].copies, clocks[0].reports),
            (74.0, 350, 3)
        );
        assert_eq!(clocks[0].vessels, 2);
        assert_eq!((clocks[1].lag_s, clocks[1].copies), (720.0, 3));
    }

    #[test]
    fn silences_that_were_none_outages_and_interference_are_counted() {
        let mut tally = QualityTally::new(&QualityConfig::default());
        tally.add_outage(at(0), at(90));
        tally.add_outage(at(600), at(900));
        tally.add_interference(4, 120);
        let report = |minutes| ReportRef {
            time: at(minutes),
            position: Position::default(),
            source: SourceRow::default(),
        };
        let gap = Gap {
            before: report(0),
            after: Some(report(1_200)),
            reports_before: 1,
            distance_m: None,
            implied_speed_knots: None,
            port: None,
            kind: landfall_track::GapKind::NoPosition,
            without_position: Some(landfall_track::WithoutPosition {
                messages: 120,
                first: at(10),
                last: at(1_190),
            }),
            silent_ms: 0,
        };
        tally.add_gaps([gap].iter());
        let rejected = BTreeMap::from([("no_position".to_owned(), 120)]);
        let quality = tally.finish(&[], &rejected);
        assert_eq!((quality.outages.outages, quality.outages.hours), (2, 6.5));
        assert_eq!(quality.outages.longest_from, Some(at(600)));
        assert_eq!(
            quality.amiss,
            [
                "120 messages without a position, 120 of them in 1 gap of positions that is no silence",
                "2 outages of the whole feed (6.5 h in all)",
                "interference with satellite navigation in 1 zone (120 displaced reports)",
            ]
        );
    }

    #[test]
    fn rows_that_could_not_be_used_are_told_if_they_are_many_with_the_reason() {
        let quality = |rows| {
            let rejected = BTreeMap::from([
                ("bad_time".to_owned(), 1),
                ("position_out_of_range".to_owned(), rows),
                ("static_message".to_owned(), 500),
            ]);
            let tally = QualityTally::new(&QualityConfig::default());
            tally.finish(&inputs(&[("a.csv", 1_000)]), &rejected)
        };
        assert!(quality(8).amiss.is_empty());
        assert_eq!(
            quality(570).amiss,
            ["571 rows could not be used (57.1% of all, 570 as position out of range)"]
        );
    }

    #[test]
    fn the_defaults_pass_their_own_check_and_what_is_out_of_range_is_named() {
        QualityConfig::default().check().unwrap();
        let wrong = QualityConfig {
            coarse_share: f64::NAN,
            ..QualityConfig::default()
        };
        assert!(
            wrong
                .check()
                .unwrap_err()
                .to_string()
                .contains("quality.coarse_share")
        );
    }

    #[test]
    fn the_hull_of_a_flagged_report_does_not_matter() {
        let mut faults = FaultTally::default();
        faults.flag(&FlaggedReport {
            report: ReportRef {
                time: at(0),
                position: Position::default(),
                source: SourceRow::new(3, 1).unwrap(),
            },
            flag: Flag::FurtherHull,
            hull: Some(Hull {
                number: 1,
                since: at(0),
            }),
        });
        assert_eq!((faults.of(Flag::FurtherHull), faults.faulty()), (1, 0));
        assert!(faults.by_file.is_empty());
    }
}
