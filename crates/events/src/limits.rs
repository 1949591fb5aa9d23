//! Limits are the thresholds in the units of the reports, worked out once for a vessel and not once
//! for every report.

use crate::Config;
use landfall_track::{METRES_PER_NAUTICAL_MILE, PositionReport};

pub(crate) const MILLIS_PER_HOUR: f64 = 3_600_000.0;
pub(crate) const MILLIS_PER_MINUTE: f64 = 60_000.0;
/// Knots in metres a millisecond.
pub(crate) const KNOT: f64 = METRES_PER_NAUTICAL_MILE / MILLIS_PER_HOUR;

/// The thresholds that nearly every report is held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Limits {
    /// The longest time within which contact holds, in milliseconds.
    pub(crate) contact_ms: i64,
    /// The longest time between two reports that is no gap, no silence in port and no loss of
    /// contact, in milliseconds.
    pub(crate) unbroken_ms: i64,
    /// The time before a silence over which reports are counted, in milliseconds.
    pub(crate) before_ms: i64,
    /// The time over which positions show that a vessel moves, in milliseconds.
    pub(crate) moving_ms: i64,
    /// The time over which positions show that a vessel lies still, in milliseconds.
    pub(crate) still_ms: i64,
    /// The least reported speed, in hundredths of a knot, at which a stop does not begin.
    pub(crate) moving_centiknots: u16,
    /// The least at which a stop ends.
    pub(crate) leave_centiknots: u16,
    /// The least that is more than jitter feigns.
    pub(crate) fast_centiknots: u16,
    /// The least that is neither feigned by jitter nor a drift's.
    pub(crate) sailing_centiknots: u16,
    /// The least that is no ship's, and counts as absent.
    absent_centiknots: u16,
    /// How far positions of a vessel lying still may lie apart, in metres.
    pub(crate) jitter_m: f64,
    /// How far from its first report a vessel may lie in one stop, in metres.
    pub(crate) swing_m: f64,
    pub(crate) slack_m: f64,
    pub(crate) cruise_m_per_ms: f64,
    /// How far a ship may sail by the shortest silence that counts, in metres.
    pub(crate) buffer_m: f64,
    /// How far along each axis the path may pass a report, in metres.
    pub(crate) path_slack_m: f64,
}

impl Limits {
    /// The limits of a configuration.
    #[cold]
    pub(crate) fn new(config: &Config) -> Self {
        let (cleaning, segment, stop) = (&config.cleaning, &config.segment, &config.stop);
        let contact_ms = floor_ms(segment.contact_h * MILLIS_PER_HOUR);
        let gap_ms = floor_ms(config.gap.threshold_h * MILLIS_PER_HOUR);
        let cruise_m_per_ms = segment.cruise_speed_knots.min(cleaning.max_speed_knots) * KNOT;
        let silence_ms = ceil_ms(config.port_call.silence_h * MILLIS_PER_HOUR);
        Self {
            contact_ms,
            unbroken_ms: contact_ms.min(gap_ms).min(silence_ms - 1),
            before_ms: config.gap.before_ms(),
            moving_ms: ceil_ms(stop.moving_min * MILLIS_PER_MINUTE),
            still_ms: ceil_ms(stop.still_min * MILLIS_PER_MINUTE),
            moving_centiknots: first_centiknots(|knots| knots > stop.enter_speed_knots),
            leave_centiknots: first_centiknots(|knots| knots >= stop.leave_speed_knots),
            fast_centiknots: first_centiknots(|knots| stop.is_more_than_jitter(knots)),
            sailing_centiknots: first_centiknots(|knots| {
                stop.is_more_than_jitter(knots) && knots > stop.drift_speed_knots
            }),
            absent_centiknots: first_centiknots(|knots| knots > cleaning.max_speed_knots),
            jitter_m: stop.jitter_m,
            swing_m: stop.swing_m,
            slack_m: cleaning.position_slack_m,
            cruise_m_per_ms,
            buffer_m: cruise_m_per_ms * segment.buffer_h * MILLIS_PER_HOUR,
            path_slack_m: config.path.slack_m(),
        }
    }

    /// Whether a report gives a speed that is more than jitter feigns.
    pub(crate) fn is_at_speed(&self, report: &PositionReport) -> bool {
        self.ships_centiknots(report)
            .is_some_and(|centiknots| centiknots >= self.fast_centiknots)
    }

    /// The speed that a report gives if it is a ship's, in hundredths of a knot.
    #[inline]
    pub(crate) fn ships_centiknots(&self, report: &PositionReport) -> Option<u16> {
        match report.speed_centiknots() {
            Some(centiknots) if centiknots < self.absent_centiknots => Some(centiknots),
            _ => None,
        }
    }
}

/// The most whole milliseconds that do not exceed a time.
fn floor_ms(millis: f64) -> i64 {
    millis.floor() as i64
}

/// The fewest whole milliseconds that are no less than a time.
fn ceil_ms(millis: f64) -> i64 {
    millis.ceil() as i64
}

/// The least speed that a report can hold, in hundredths of a knot, for which `holds` is true; it is
/// then true for all above. If there is none, what no report holds.
fn first_centiknots(holds: impl Fn(f64) -> bool) -> u16 {
    let (mut least, mut most) = (0, u16::MAX);
    while least < most {
        let middle = least + (most - least) / 2;
        if holds(f64::from(middle) / 100.0) {
            most = middle;
        } else {
            least = middle + 1;
        }
    }
    least
}
