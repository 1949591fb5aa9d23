//! A dark call is a port call inferred in a gap. It needs a sighting (D3, or D4 for independent ones),
//! a leg repeated that was once sighted (D2), or a port on the watch list (D1).
//!
//! A vessel taken by elimination, since of all in the data she alone could have been the one seen,
//! gets D3 at most: her being meant rests on the data's being complete. D1 and D2 ask that her usual
//! speed suffices, where it is known; a port within reach of the cap alone stays a candidate.

use super::candidates::{Caller, CandidateSetting, Ranked, score};
use super::evidence::{SeenStay, SplitGap};
use super::reach::{Absence, Stay};
use landfall_track::{
    Candidate, DarkCall, DarkCallIx, GapIx, Grade, PortIx, Sighting, SightingIx, TimeSpan,
    Timestamp,
};

/// What one gap's dark calls are made from.
pub(crate) struct GapCase<'a> {
    pub(crate) gap: GapIx,
    pub(crate) split: &'a SplitGap,
    pub(crate) ranked: &'a Ranked,
    pub(crate) caller: &'a Caller<'a>,
    /// The port of the observed call in which she fell silent, and of that in which she was next
    /// heard.
    pub(crate) berths: (Option<PortIx>, Option<PortIx>),
    pub(crate) sightings: &'a [Sighting],
}

impl GapCase<'_> {
    /// The calls that sightings put into the gap.
    pub(crate) fn sighted(&self, setting: &CandidateSetting<'_>) -> Vec<DarkCall> {
        let borne_out = self.borne_out();
        let in_chain = self
            .split
            .stays
            .iter()
            .enumerate()
            .filter(|(at, _)| borne_out.0 <= *at && *at < borne_out.1)
            .map(|(at, stay)| {
                let part = Some(self.split.part_before(at));
                (stay, self.split.around(at), part)
            });
        let aside = self
            .split
            .aside
            .iter()
            .filter(|stay| stay.port.is_none_or(|port| !self.is_berth(port)))
            .map(|stay| (stay, self.split.whole, None));
        in_chain
            .chain(aside)
            .filter_map(|(stay, silence, part)| {
                let port = stay.port?;
                let mut candidate = setting.sighted(&silence, port, stay, self.caller);
                candidate.part = part;
                let shows = |absence: &Absence| absence.shows(stay.position, stay.error_m);
                let absences = self.absences(port, shows);
                let uncut = Stay {
                    slack_h: candidate.slack_h,
                    longest_h: candidate.longest_stay_h,
                    arrival: candidate.arrival,
                    departure: candidate.departure,
                };
                // She may have gone and come back between two sightings: the first arrival and the last
                // departure count. Seen there, she need not have stayed as long as a call; and scenes that
                // leave no room at all contradict the sighting: both stand, uncut.
                let cut = stay
                    .times
                    .iter()
                    .filter_map(|seen| uncut.cut(&absences, &[*seen], silence.end(), 0.0))
                    .reduce(Stay::joined)
                    .unwrap_or(uncut);
                let seen = cut.seen(&stay.times);
                if seen.longest_h < 0.0 {
                    // Near the port, but by her speed she cannot have been in it.
                    return None;
                }
                candidate.slack_h =
                    seen.longest_h - silence.least_stay_h(setting.reach.config.min_stay_h);
                candidate.longest_stay_h = seen.longest_h;
                candidate.score = score(
                    candidate.slack_h,
                    self.split.whole.hours(),
                    candidate.past_calls,
                    candidate.others_heard,
                );
                candidate.arrival = in_order(seen.arrival);
                candidate.departure = in_order(seen.departure);
                let cut_by = if seen == uncut.seen(&stay.times) {
                    Vec::new()
                } else {
                    numbers(&absences)
                };
                Some(DarkCall {
                    grade: self.grade(stay),
                    is_named: stay.sightings.iter().any(|seen| seen.is_named),
                    sightings: stay.sightings.iter().map(|seen| seen.sighting).collect(),
                    cut_by,
                    repeats: None,
                    ..self.call(setting, candidate)?
                })
            })
            .collect()
    }

    /// The first stay, and the one after the last, that is more than her lying where her reports have
    /// her before or after the silence: one in the port where she fell silent, without a scene that shows
    /// her gone, bears out that call, and so at the end.
    fn borne_out(&self) -> (usize, usize) {
        let stays = &self.split.stays;
        let whole = &self.split.whole;
        let mut from = whole.before.time;
        let first = stays
            .iter()
            .take_while(|stay| {
                let is_same = stay.port.is_some_and(|port| {
                    self.berths.0 == Some(port) && !self.was_absent(port, from, stay.come())
                });
                from = stay.leave();
                is_same
            })
            .count();
        let mut to = whole.end();
        let last = stays[first..]
            .iter()
            .rev()
            .take_while(|stay| {
                let is_same = stay.port.is_some_and(|port| {
                    self.berths.1 == Some(port) && !self.was_absent(port, stay.leave(), to)
                });
                to = stay.come();
                is_same
            })
            .count();
        (first, stays.len() - last)
    }

    /// Whether a port is one in which she lay before the silence, or after it.
    pub(crate) fn is_berth(&self, port: PortIx) -> bool {
        self.berths.0 == Some(port) || self.berths.1 == Some(port)
    }

    /// Whether some scene between two times shows that she was not in a port.
    fn was_absent(&self, port: PortIx, from: Timestamp, to: Timestamp) -> bool {
        let mut absences = self.caller.absences.within(port, from, to);
        absences.any(|absence| absence.covers_port)
    }

    /// A call without a sighting: at a watched port, or one that repeats a sighted leg.
    pub(crate) fn unsighted(
        &self,
        setting: &CandidateSetting<'_>,
        candidate: Candidate,
        repeats: Option<DarkCallIx>,
    ) -> Option<DarkCall> {
        Some(DarkCall {
            grade: if repeats.is_some() {
                Grade::D2
            } else {
                Grade::D1
            },
            is_named: false,
            cut_by: self.cut_by(setting, &candidate),
            repeats,
            ..self.call(setting, candidate)?
        })
    }

    fn call(&self, setting: &CandidateSetting<'_>, candidate: Candidate) -> Option<DarkCall> {
        let mut listed = self.ranked.listed.iter();
        let is_among = listed.any(|other| other.port == candidate.port)
            || setting
                .port(&self.split.silences(), candidate.port, self.caller)
                .is_some();
        Some(DarkCall {
            gap: self.gap,
            grade: Grade::D1,
            arrival: candidate.arrival,
            departure: candidate.departure,
            sightings: Vec::new(),
            is_named: false,
            cut_by: Vec::new(),
            repeats: None,
            // Told when all calls of the hull are known: another sighting may bear on them.
            beaten: Vec::new(),
            beaten_total: self.ranked.total.saturating_sub(u32::from(is_among)),
            position: setting.position(candidate.port)?,
            candidate,
        })
    }

    /// The scenes that cut a candidate's times, if any did.
    fn cut_by(&self, setting: &CandidateSetting<'_>, candidate: &Candidate) -> Vec<SightingIx> {
        let absences = self.absences(candidate.port, |absence| absence.covers_port);
        let silences = self.split.silences();
        let silence = candidate
            .part
            .and_then(|part| silences.get(part as usize))
            .unwrap_or(&self.split.whole);
        let uncut = || {
            let reach = setting
                .reach
                .port(silence, self.caller.speeds, candidate.port);
            reach.stay
        };
        if absences.is_empty()
            || (uncut().arrival, uncut().departure) == (candidate.arrival, candidate.departure)
        {
            Vec::new()
        } else {
            numbers(&absences)
        }
    }

    /// Scenes without her at a port, taken while she was silent.
    fn absences(&self, port: PortIx, shows: impl Fn(&Absence) -> bool) -> Vec<Absence> {
        let whole = &self.split.whole;
        let end = whole.after.map_or(Timestamp::MAX, |after| after.time);
        self.caller
            .absences
            .within(port, whole.before.time, end)
            .filter(|absence| shows(absence))
            .copied()
            .collect()
    }

    /// D4 needs two sightings of different acquisitions of which one names her.
    fn grade(&self, stay: &SeenStay) -> Grade {
        let sighting = |ix: SightingIx| self.sightings.get(ix.0 as usize);
        let named = stay.sightings.iter().filter(|seen| seen.is_named);
        let independent = named
            .filter_map(|seen| Some((seen.sighting, sighting(seen.sighting)?)))
            .any(|(ix, one)| {
                stay.sightings
                    .iter()
                    .filter(|other| other.sighting != ix)
                    .filter_map(|other| sighting(other.sighting))
                    .any(|other| one.is_independent_of(other))
            });
        if independent { Grade::D4 } else { Grade::D3 }
    }
}

fn numbers(absences: &[Absence]) -> Vec<SightingIx> {
    absences.iter().map(|absence| absence.sighting).collect()
}

/// A span whose end is not before its beginning.
fn in_order(span: TimeSpan) -> TimeSpan {
    TimeSpan {
        latest: span.latest.map(|latest| latest.max(span.earliest)),
        ..span
    }
}
