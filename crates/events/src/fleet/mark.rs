//! A mark is how a vessel moved at one end of a silence: where it was, which way leads outward into the
//! silence, and how far it went from one report to the next.

use crate::limits::MILLIS_PER_HOUR;
use landfall_track::{
    METRES_PER_NAUTICAL_MILE, Position, PositionReport, ReportRef, Timestamp, distance_m,
};
use serde::{Deserialize, Serialize};

/// Motion is measured over at least so long, where reports allow: in less time what positions are off
/// shows.
const OVER_MS: i64 = 300_000;
/// Over less time it is measured all the same if the vessel came so far, in metres.
const FAR_M: f64 = 500.0;
/// A direction is derived from positions that are so far apart, in metres.
const DIRECTED_M: f64 = 100.0;
/// Where motion was measured over longer than this, the course sent with the last report says better
/// where the vessel was heading.
const STALE_MS: i64 = 1_200_000;
/// With each report the longest time between reports loses one part in so many: satellites pass hours apart,
/// and in a pass come a few reports each time.
const FADE: i64 = 32;

/// Which end of a silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Side {
    /// The last report before a silence, or of all.
    Before,
    /// The first report after a silence, or of all.
    After,
}

/// How a vessel moved at one end of a silence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// The report's time.
    pub time: Timestamp,
    /// The report's position.
    pub position: Position,
    /// Which end it is.
    pub side: Side,
    /// The speed over ground in knots.
    pub knots: f32,
    /// The direction into the silence in degrees from north: the course before it, the opposite of the
    /// course after it.
    pub outward_deg: f32,
    /// How far the vessel goes in the longest of its recent times between reports under way, in metres: it need not
    /// have been heard nearer to the silence than that.
    pub step_m: f32,
}

/// Makes a hull's marks from its reports, which come in time order.
///
/// A report costs a few comparisons. It can be stored between any two reports.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MarkBuilder {
    first: Option<ReportRef>,
    last: Option<PositionReport>,
    /// Reports at least [`OVER_MS`] apart, since the last silence.
    older: Sample,
    newer: Sample,
    /// The longest of the recent times between reports under way; what is long ago fades.
    interval_ms: i64,
    /// A report after a silence whose motion is not known yet.
    coming: Option<PositionReport>,
    marks: Vec<Mark>,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Sample {
    time: Timestamp,
    position: Position,
}

impl Sample {
    fn of(report: &PositionReport) -> Self {
        Self {
            time: report.time,
            position: report.position,
        }
    }
}

impl MarkBuilder {
    /// Bytes beside its own size.
    pub fn size(&self) -> usize {
        size_of_val(self.marks.as_slice())
    }

    /// Takes the hull's next report. Silences of more than `gap_ms` milliseconds are marked.
    #[inline]
    pub fn push(&mut self, report: &PositionReport, gap_ms: i64) {
        let Some(last) = &self.last else {
            self.begin(report);
            return;
        };
        let elapsed_ms = report.time.millis_since(last.time);
        if elapsed_ms > gap_ms {
            self.leave();
            self.begin(report);
            return;
        }
        self.interval_ms -= self.interval_ms / FADE;
        if elapsed_ms > self.interval_ms && is_under_way(last.position, report.position, elapsed_ms)
        {
            self.interval_ms = elapsed_ms;
        }
        self.last = Some(*report);
        if report.time.millis_since(self.newer.time) >= OVER_MS {
            self.sample(report);
        }
    }

    /// Begins after a silence, or at all.
    #[cold]
    fn begin(&mut self, report: &PositionReport) {
        self.first.get_or_insert(report.to_ref());
        self.last = Some(*report);
        self.coming = Some(*report);
        self.older = Sample::of(report);
        self.newer = self.older;
    }

    #[inline(never)]
    fn sample(&mut self, report: &PositionReport) {
        self.older = std::mem::replace(&mut self.newer, Sample::of(report));
        self.mark_coming();
    }

    /// Marks the report after a silence, now that another one says how the vessel moved.
    fn mark_coming(&mut self) {
        let (Some(coming), Some(last)) = (self.coming.take(), &self.last) else {
            return;
        };
        let motion = Motion::between(Sample::of(&coming), Sample::of(last), &coming);
        if let Some(motion) = motion {
            self.marks
                .push(motion.mark(&coming, Side::After, self.interval_ms));
        }
    }

    /// Marks the last report before a silence.
    #[cold]
    fn leave(&mut self) {
        self.mark_coming();
        let Some(last) = &self.last else {
            return;
        };
        let since = if last.time.millis_since(self.newer.time) >= OVER_MS {
            self.newer
        } else {
            self.older
        };
        if let Some(motion) = Motion::between(since, Sample::of(last), last) {
            self.marks
                .push(motion.mark(last, Side::Before, self.interval_ms));
        }
    }

    /// The hull's first report and its last so far; `None` before the first.
    pub fn ends(&self) -> Option<(ReportRef, ReportRef)> {
        Some((self.first?, self.last.as_ref()?.to_ref()))
    }

    /// The marks in time order, the last report's too. What did not move, or nobody knows how, has none.
    pub fn finish(mut self) -> Vec<Mark> {
        self.leave();
        self.marks
    }
}

/// Whether a vessel came so far from one position to the next that it was under way: at half a metre a second
/// or more, north and east together.
fn is_under_way(from: Position, to: Position, elapsed_ms: i64) -> bool {
    /// In so many milliseconds that is one ten-millionth of a degree of latitude.
    const MILLIS_PER_E7: u64 = 22;
    let moved_e7 =
        u64::from(from.lat_e7.abs_diff(to.lat_e7)) + u64::from(from.lon_e7.abs_diff(to.lon_e7));
    moved_e7 * MILLIS_PER_E7 >= elapsed_ms.unsigned_abs()
}

/// A speed and a course.
#[derive(Clone, Copy, Debug)]
struct Motion {
    knots: f64,
    course_deg: f64,
}

impl Motion {
    /// How a vessel moved from one place to another, or else, as it says with `report`.
    fn between(from: Sample, to: Sample, report: &PositionReport) -> Option<Self> {
        let sent = report.speed_knots().zip(report.course_deg());
        let sent = sent.map(|(knots, course_deg)| Self { knots, course_deg });
        let elapsed_ms = to.time.millis_since(from.time);
        let metres = distance_m(from.position, to.position);
        if elapsed_ms <= 0 || (elapsed_ms < OVER_MS / 2 && metres < FAR_M) {
            return sent;
        }
        if metres < DIRECTED_M {
            return None;
        }
        let knots = metres / METRES_PER_NAUTICAL_MILE / (elapsed_ms as f64 / MILLIS_PER_HOUR);
        let derived = bearing_deg(from.position, to.position);
        let course_deg = match sent {
            Some(sent)
                if elapsed_ms > STALE_MS
                    && sent.knots > knots / 2.0
                    && turn_deg(sent.course_deg, derived) < 90.0 =>
            {
                sent.course_deg
            }
            _ => derived,
        };
        Some(Self { knots, course_deg })
    }

    fn mark(self, report: &PositionReport, side: Side, interval_ms: i64) -> Mark {
        let outward_deg = match side {
            Side::Before => self.course_deg,
            Side::After => (self.course_deg + 180.0) % 360.0,
        };
        let hours = interval_ms as f64 / MILLIS_PER_HOUR;
        Mark {
            time: report.time,
            position: report.position,
            side,
            knots: self.knots as f32,
            outward_deg: outward_deg as f32,
            step_m: (self.knots * METRES_PER_NAUTICAL_MILE * hours) as f32,
        }
    }
}

/// The direction from one position to another on the map of its middle latitude, in degrees from north.
fn bearing_deg(from: Position, to: Position) -> f64 {
    let (a, b) = (from.degrees(), to.degrees());
    let east = from.lon_difference_e7(to) as f64 * f64::midpoint(a.lat, b.lat).to_radians().cos();
    let north = f64::from(to.lat_e7) - f64::from(from.lat_e7);
    east.atan2(north).to_degrees().rem_euclid(360.0)
}

/// The angle between two directions, 0 to 180 degrees.
pub(super) fn turn_deg(a: f64, b: f64) -> f64 {
    let turn = (a - b).rem_euclid(360.0);
    turn.min(360.0 - turn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_track::{LonLat, SourceRow};

    const GAP_MS: i64 = 6 * 3_600_000;

    fn report(minute: i64, lon: f64, lat: f64) -> PositionReport {
        PositionReport::new(
            Timestamp::from_seconds(minute * 60).unwrap(),
            Position::from_degrees(LonLat { lon, lat }).unwrap(),
            SourceRow::default(),
        )
    }

    fn marks(reports: &[PositionReport]) -> Vec<Mark> {
        let mut builder = MarkBuilder::default();
        for report in reports {
            builder.push(report, GAP_MS);
        }
        builder.finish()
    }

    #[test]
    fn a_vessel_that_sails_east_has_marks_that_lead_out_of_its_data_at_both_ends() {
        // 0.05 degrees in ten minutes are 16.7 knots at 0 N... in minutes of arc: 3 in 10 minutes.
        let reports: Vec<PositionReport> = (0..7)
            .map(|step| report(step * 10, 3.0 + step as f64 * 0.05, 0.0))
            .collect();
        let found = marks(&reports);
        let sides: Vec<Side> = found.iter().map(|mark| mark.side).collect();
        assert_eq!(sides, [Side::After, Side::Before]);
        assert!((found[0].outward_deg - 270.0).abs() < 0.1, "{found:?}");
        assert!((found[1].outward_deg - 90.0).abs() < 0.1, "{found:?}");
        assert!((found[1].knots - 18.0).abs() < 0.2, "{found:?}");
        assert!((found[1].step_m - 5_566.0).abs() < 60.0, "{found:?}");
    }

    #[test]
    fn reports_far_apart_at_rest_say_nothing_of_the_way_between_reports_under_way() {
        let mut reports: Vec<PositionReport> = (0..10)
            .map(|step| report(step * 180 - 1620, 0.0, 0.0))
            .collect();
        reports.extend((1..7).map(|step| report(step * 10, 0.0, step as f64 * 0.05)));
        let found = marks(&reports);
        let last = found.last().unwrap();
        assert!((last.step_m - 5_566.0).abs() < 60.0, "{found:?}");
    }

    #[test]
    fn a_silence_has_a_mark_before_and_one_after_it() {
        let mut reports: Vec<PositionReport> = (0..4)
            .map(|step| report(step * 10, 0.0, step as f64 * 0.05))
            .collect();
        reports.extend((0..4).map(|step| report(600 + step * 10, 0.0, 1.0 - step as f64 * 0.05)));
        let found = marks(&reports);
        assert_eq!(found.len(), 4);
        assert_eq!(found[1].position, reports[3].position);
        assert_eq!(found[2].position, reports[4].position);
        // It sailed north before, and south after: both ways into the silence lead north.
        assert!(turn_deg(f64::from(found[1].outward_deg), 0.0) < 0.1);
        assert!(turn_deg(f64::from(found[2].outward_deg), 0.0) < 0.1);
    }

    #[test]
    fn what_lies_at_anchor_has_no_mark_whatever_speed_it_sends() {
        let reports: Vec<PositionReport> = (0..20)
            .map(|step| {
                report(step * 30, 8.0 + (step % 3) as f64 * 0.0004, 54.0)
                    .with_speed_knots(Some(3.0))
                    .with_course_deg(Some(90.0))
            })
            .collect();
        assert_eq!(marks(&reports), []);
    }

    #[test]
    fn of_a_lone_report_the_speed_and_course_that_it_sends_are_taken() {
        let lone = report(0, 8.0, 54.0);
        assert_eq!(marks(&[lone]), []);
        let lone = lone
            .with_speed_knots(Some(12.0))
            .with_course_deg(Some(45.0));
        let outward: Vec<f32> = marks(&[lone]).iter().map(|mark| mark.outward_deg).collect();
        assert_eq!(outward, [225.0, 45.0]);
    }

    #[test]
    fn marks_are_the_same_wherever_the_builder_was_stored() {
        let reports: Vec<PositionReport> = (0..40)
            .map(|step| report(step * 7 + step / 10 * 500, 3.0 + step as f64 * 0.03, 1.0))
            .collect();
        for cut in 0..reports.len() {
            let mut builder = MarkBuilder::default();
            for (number, report) in reports.iter().enumerate() {
                if number == cut {
                    let text = serde_json::to_string(&builder).unwrap();
                    builder = serde_json::from_str(&text).unwrap();
                }
                builder.push(report, GAP_MS);
            }
            assert_eq!(builder.finish(), marks(&reports));
        }
        assert_eq!(marks(&reports).len(), 8);
    }
}
