//! Reach is what a ship can have done between two places where she was: which ports, how long there,
//! and when, by two speeds.
//!
//! What is called out of reach is so for certain: distances are geodesics on the ellipsoid, less the
//! port's radius and what positions may be off, and the speed is one that no ship of her type exceeds.
//! What is in reach is a possibility, and the distance by water and her usual speed say how good one.

use super::InferenceConfig;
use landfall_spatial_index::{Ellipse, PortInEllipse, PortIndex};
use landfall_track::{
    Fix, GapPart, METRES_PER_NAUTICAL_MILE, PortIx, Position, ReachSpeeds, SightingIx, TimeSpan,
    Timestamp, distance_m,
};
use std::collections::BTreeMap;

const SECONDS_PER_HOUR: f64 = 3_600.0;

/// A silence, or a part of one: nobody knows where she was between two places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Silence {
    /// Where she was before.
    pub before: Fix,
    /// Where she was after; `None` if the data end in silence.
    pub after: Option<Fix>,
    /// The end of the data, which bounds a silence that nothing ends.
    pub data_end: Timestamp,
}

/// A scene covered a place and she was not there at some moment between two times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Absence {
    /// The middle of what the scene covered.
    pub position: Position,
    /// How far from there it reached, in metres.
    pub radius_m: f64,
    /// Whether it covered the whole port: every place within the port's radius. If not, she may
    /// have lain at another berth.
    pub covers_port: bool,
    /// Not before.
    pub from: Timestamp,
    /// Not after.
    pub to: Timestamp,
    /// Who says so.
    pub sighting: SightingIx,
}

impl Absence {
    /// Whether the scene would have shown her at a place that is known to so many metres.
    pub fn shows(&self, place: Position, error_m: f64) -> bool {
        self.covers_port || distance_m(self.position, place) + error_m <= self.radius_m
    }
}

/// When vessels were not in ports: what scenes say that show no vessel at all, and what those say that
/// show one hull missing. Each port's are in time order.
#[derive(Clone, Copy)]
pub struct Absences<'a> {
    /// Of every vessel.
    pub of_all: &'a BTreeMap<PortIx, Vec<Absence>>,
    /// Of one hull.
    pub own: &'a BTreeMap<PortIx, Vec<Absence>>,
    /// None is longer, in hours.
    pub longest_h: f64,
}

impl<'a> Absences<'a> {
    /// Those from a port that may fall into a span of time.
    pub fn within(
        &self,
        port: PortIx,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Iterator<Item = &'a Absence> {
        let earliest = earlier(from, self.longest_h);
        [self.own, self.of_all]
            .into_iter()
            .filter_map(move |absences| absences.get(&port))
            .flat_map(move |absences| {
                let first = absences.partition_point(|absence| absence.from < earliest);
                let after = absences[first..].iter();
                after
                    .take_while(move |absence| absence.from < to)
                    .filter(move |absence| absence.to > from)
            })
    }
}

/// A stay as it can have been within a silence, at one speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stay {
    /// Hours to spare after the shortest stay that is a call; negative if it does not fit.
    pub slack_h: f64,
    /// The longest it can have been, in hours; negative if not even a moment fits.
    pub longest_h: f64,
    /// Arrival.
    pub arrival: TimeSpan,
    /// Departure.
    pub departure: TimeSpan,
}

impl Silence {
    /// A part of a gap, in data with such an end.
    pub fn of(part: &GapPart, data_end: Timestamp) -> Self {
        Self {
            before: part.before,
            after: part.after,
            data_end,
        }
    }

    /// Without the data's end.
    pub fn part(&self) -> GapPart {
        GapPart {
            before: self.before,
            after: self.after,
        }
    }

    /// How long it lasted at the longest, in hours.
    pub fn hours(&self) -> f64 {
        self.end().hours_since(self.before.time)
    }

    /// When it ended, or the data did.
    pub(crate) fn end(&self) -> Timestamp {
        self.after
            .map_or(self.data_end.max(self.before.time), |after| after.time)
    }

    /// The shortest stay that it must hold, of one that is a call: in a silence that nothing ends she
    /// may lie there still.
    pub(crate) fn least_stay_h(&self, min_stay_h: f64) -> f64 {
        if self.after.is_some() {
            min_stay_h
        } else {
            0.0
        }
    }

    /// Where she can have been if she made a call of at least so many hours, at a speed.
    pub fn ellipse(&self, min_stay_h: f64, knots: f64) -> Ellipse {
        Ellipse {
            from: self.before.position,
            to: self.after.map(|after| after.position),
            from_error_m: self.before.error_m,
            to_error_m: self.after.map_or(0.0, |after| after.error_m),
            length_m: (self.hours() - self.least_stay_h(min_stay_h))
                * knots
                * METRES_PER_NAUTICAL_MILE,
        }
    }

    /// The stay that ways of such lengths leave room for, at a speed.
    pub fn stay(&self, ways_m: (f64, Option<f64>), min_stay_h: f64, knots: f64) -> Stay {
        let hours_of = |way_m: f64| way_m / METRES_PER_NAUTICAL_MILE / knots;
        let earliest = later(self.before.time, hours_of(ways_m.0));
        let latest = self
            .after
            .map(|after| earlier(after.time, hours_of(ways_m.1.unwrap_or_default())));
        let last = latest.unwrap_or_else(|| self.end());
        let longest_h = self.hours() - hours_of(ways_m.0) - hours_of(ways_m.1.unwrap_or_default());
        let least_h = self.least_stay_h(min_stay_h);
        Stay {
            slack_h: longest_h - least_h,
            longest_h,
            arrival: TimeSpan {
                earliest,
                latest: Some(earlier(last, least_h)),
            },
            departure: TimeSpan {
                earliest: later(earliest, min_stay_h),
                latest,
            },
        }
    }

    /// The speed in knots without which ways of such lengths leave no room for a stay; infinite if
    /// none does.
    pub fn speed_needed_knots(&self, ways_m: (f64, Option<f64>), min_stay_h: f64) -> f64 {
        let way_m = ways_m.0 + ways_m.1.unwrap_or_default();
        knots_needed(way_m, self.hours() - self.least_stay_h(min_stay_h))
    }

    /// The speed in knots without which ways of such lengths do not let her be there from the second
    /// time to the first, or if that is the earlier, at some moment between them.
    pub(crate) fn knots_to_be_there(
        &self,
        ways_m: (f64, Option<f64>),
        (until, by): (Timestamp, Timestamp),
    ) -> f64 {
        let back = self.after.zip(ways_m.1);
        knots_to_be_there(
            (self.before.time, ways_m.0),
            back.map(|(after, way_m)| (after.time, way_m)),
            (until, by),
        )
    }
}

/// The speed in knots that a way takes in so many hours: 0 for no way, infinite if there is no time.
pub(crate) fn knots_needed(way_m: f64, hours: f64) -> f64 {
    if way_m <= 0.0 {
        0.0
    } else if hours <= 0.0 {
        f64::INFINITY
    } else {
        way_m / METRES_PER_NAUTICAL_MILE / hours
    }
}

/// The least speed in knots at which a ship that left a place can be at another from one time on and
/// until another, and go on from there; where the second is the earlier, at some moment between the
/// two. Each way comes with the time at its far end, and is in metres.
pub(crate) fn knots_to_be_there(
    (left, way_in_m): (Timestamp, f64),
    back: Option<(Timestamp, f64)>,
    (until, by): (Timestamp, Timestamp),
) -> f64 {
    let Some((returned, way_out_m)) = back else {
        return knots_needed(way_in_m, by.hours_since(left));
    };
    let (by, until) = if until <= by {
        let way_m = way_in_m + way_out_m;
        let share = if way_m > 0.0 { way_in_m / way_m } else { 0.5 };
        let best = left.shifted((returned.millis_since(left) as f64 * share) as i64);
        let there = best.clamp(until, by);
        (there, there)
    } else {
        (by, until)
    };
    knots_needed(way_in_m, by.hours_since(left))
        .max(knots_needed(way_out_m, returned.hours_since(until)))
}

/// The moment so many hours later, to the second, and no later than that.
pub(crate) fn later(time: Timestamp, hours: f64) -> Timestamp {
    time.shifted(whole_seconds_ms(hours))
}

/// The moment so many hours earlier, to the second, and no earlier than that.
pub(crate) fn earlier(time: Timestamp, hours: f64) -> Timestamp {
    time.shifted(-whole_seconds_ms(hours))
}

/// Hours in milliseconds, rounded down to whole seconds: bounds are not better than that.
fn whole_seconds_ms(hours: f64) -> i64 {
    ((hours * SECONDS_PER_HOUR).floor() as i64).saturating_mul(1000)
}

impl Stay {
    /// The stay cut by moments at which she was not there: what remains is the longest piece between
    /// two of them, and arrival and departure within any. Pieces in which a time of `seen` has no
    /// place are out. `None` if nothing remains that is long enough.
    #[must_use]
    pub fn cut(
        &self,
        absences: &[Absence],
        seen: &[(Timestamp, Timestamp)],
        end: Timestamp,
        min_stay_h: f64,
    ) -> Option<Stay> {
        if absences.is_empty() {
            return Some(*self);
        }
        let mut absences = absences.to_vec();
        absences.sort_by_key(|absence| (absence.from, absence.to));
        let first = self.arrival.earliest;
        let last = self.departure.latest;
        let mut pieces: Option<Stay> = None;
        for piece in 0..=absences.len() {
            let not_before = piece.checked_sub(1).map(|before| absences[before].from);
            let not_after = absences.get(piece).map(|after| after.to);
            let begin = not_before.map_or(first, |time| time.max(first));
            let departure_latest = match (not_after, last) {
                (Some(cut), Some(last)) => Some(cut.min(last)),
                (cut, last) => cut.or(last),
            };
            let close = departure_latest.unwrap_or(end);
            // Times are rounded to the second, and outwards.
            let longest_h = close.hours_since(begin).min(self.longest_h);
            // Of what nothing ends only the beginning need be in the data.
            let min_stay_h = if departure_latest.is_some() {
                min_stay_h
            } else {
                0.0
            };
            let has_seen = seen.iter().all(|(from, to)| *to >= begin && *from <= close);
            if longest_h < min_stay_h || !has_seen {
                continue;
            }
            let found = Stay {
                slack_h: longest_h - min_stay_h,
                longest_h,
                arrival: TimeSpan {
                    earliest: begin,
                    latest: Some(earlier(close, min_stay_h)),
                },
                departure: TimeSpan {
                    earliest: later(begin, min_stay_h),
                    latest: departure_latest,
                },
            };
            pieces = Some(pieces.map_or(found, |so_far| so_far.joined(found)));
        }
        pieces
    }

    /// Either of two stays: the later one begins after the earlier one.
    pub(crate) fn joined(self, other: Stay) -> Stay {
        Stay {
            slack_h: self.slack_h.max(other.slack_h),
            longest_h: self.longest_h.max(other.longest_h),
            arrival: TimeSpan {
                earliest: self.arrival.earliest.min(other.arrival.earliest),
                latest: self.arrival.latest.max(other.arrival.latest),
            },
            departure: TimeSpan {
                earliest: self.departure.earliest.min(other.departure.earliest),
                latest: self
                    .departure
                    .latest
                    .zip(other.departure.latest)
                    .map(|(a, b)| a.max(b)),
            },
        }
    }

    /// The stay of a ship that was seen there: at some moment between the times of each sighting.
    #[must_use]
    pub fn seen(mut self, seen: &[(Timestamp, Timestamp)]) -> Stay {
        for (from, to) in seen {
            let latest = self.arrival.latest.map_or(*to, |latest| latest.min(*to));
            self.arrival.latest = Some(latest.max(self.arrival.earliest));
            self.departure.earliest = self.departure.earliest.max(*from);
        }
        self
    }
}

/// What every port's reach is measured by.
#[derive(Clone, Copy)]
pub struct ReachSetting<'a> {
    /// Every port.
    pub ports: &'a PortIndex,
    /// Thresholds.
    pub config: &'a InferenceConfig,
}

/// A port in reach, before it is ranked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PortReach {
    /// The port and the geodesic distances through it.
    pub through: PortInEllipse,
    /// Those distances less radius and errors.
    pub ways_m: (f64, Option<f64>),
    /// The stay it leaves room for at the cap.
    pub stay: Stay,
}

impl ReachSetting<'_> {
    /// Every port at which she can have made a call in a silence, by the certain bound, in the table's
    /// order. Distances are within 2 in 100 000; [`ReachSetting::port`] has them exactly.
    pub fn ports(&self, silence: &Silence, speeds: ReachSpeeds) -> Vec<PortReach> {
        let ellipse = self.ellipse(silence, speeds);
        self.ports
            .in_ellipse(&ellipse)
            .into_iter()
            .map(|through| self.measure(silence, speeds, &ellipse, through))
            .collect()
    }

    /// One port, in reach or not, measured exactly.
    pub fn port(&self, silence: &Silence, speeds: ReachSpeeds, port: PortIx) -> PortReach {
        let ellipse = self.ellipse(silence, speeds);
        let through = self.ports.through(&ellipse, port);
        self.measure(silence, speeds, &ellipse, through)
    }

    /// Where she can have been in a silence if she made a call, at the cap.
    pub(crate) fn ellipse(&self, silence: &Silence, speeds: ReachSpeeds) -> Ellipse {
        silence.ellipse(self.config.min_stay_h, speeds.cap_knots)
    }

    fn measure(
        &self,
        silence: &Silence,
        speeds: ReachSpeeds,
        ellipse: &Ellipse,
        through: PortInEllipse,
    ) -> PortReach {
        let radius_m = self.ports.enter_radius_m(through.port);
        let ways_m = ellipse.least_ways_m(through.from_m, through.to_m, radius_m);
        PortReach {
            through,
            ways_m,
            stay: silence.stay(ways_m, self.config.min_stay_h, speeds.cap_knots),
        }
    }
}

#[cfg(test)]
mod tests;
