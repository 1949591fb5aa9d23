//! A dark call is a port call inferred in a gap. It needs a sighting (D3, or D4 for independent ones),
//! a leg repeated that was once sighted (D2), or a port on the watch list (D1).
//!
//! A sighting grades only if it names the vessel, was read at first hand and needs no more than the
//! vessel's usual speed. One that falls short of that makes a call of D1 by itself: in elimination the
//! vessel's being meant rests on the data's being complete, what is quoted was seen by none who can be
//! asked, and what takes an unusual speed is more likely a mistake. D1 and D2 ask that the usual speed
//! suffices, where it is known; a port within reach of the cap alone stays a candidate. They are made in
//! silences alone: a vessel that went on sending, left the area of the data, or was missing like all
//! others, was not dark.

use super::candidates::{Caller, CandidateSetting, Ranked, score};
use super::evidence::{SeenStay, SplitGap};
use super::reach::{Absence, Stay};
use landfall_track::{
    Candidate, DarkCall, DarkCallIx, GapIx, GapKind, Grade, GradeLimit, OneOf, PortIx, Sighting,
    SightingIx, TimeSpan, Timestamp,
};
use std::collections::BTreeSet;

/// What one gap's dark calls are made from.
pub(crate) struct GapCase<'a> {
    pub(crate) gap: GapIx,
    pub(crate) kind: GapKind,
    pub(crate) split: &'a SplitGap,
    pub(crate) ranked: &'a Ranked,
    /// Whether the vessel is next heard within its berth, and nothing says that it left.
    pub(crate) lay_still: bool,
    pub(crate) caller: &'a Caller<'a>,
    /// The port of the observed call in which she fell silent, and of that in which she was next
    /// heard.
    pub(crate) berths: (Option<PortIx>, Option<PortIx>),
    /// Sightings that bear out a call in one of several silences, this among them.
    pub(crate) one_of: Vec<OneOf>,
    pub(crate) sightings: &'a [Sighting],
}

impl GapCase<'_> {
    /// The calls that sightings put into the gap: those they bear out, and as D1 those they do not.
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
        let doubtful = self
            .split
            .doubtful
            .iter()
            .filter(|_| self.kind == GapKind::Silence)
            .filter(|stay| stay.port.is_none_or(|port| !self.is_berth(port)))
            .map(|stay| {
                let silences = self.split.silences();
                let part = self.split.part_of(stay);
                let silence = part.and_then(|part| silences.get(part as usize).copied());
                (stay, silence.unwrap_or(self.split.whole), part)
            });
        in_chain
            .chain(aside)
            .chain(doubtful)
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
                let (grade, limits) = self.grade(stay, &candidate);
                if grade == Grade::D1 && self.kind != GapKind::Silence {
                    return None;
                }
                Some(DarkCall {
                    grade,
                    limits,
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
            limits: Vec::new(),
            one_of: self.one_of_at(candidate.port),
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

    /// The groups of which a call at a port in this gap is one.
    fn one_of_at(&self, port: PortIx) -> Vec<OneOf> {
        let here = self.one_of.iter().filter(|group| group.port == port);
        here.copied().collect()
    }

    /// The grade that sightings give, and if they give none above D1, why. D3 needs one that bears out
    /// where the vessel was, D4 besides it one of another publisher who saw, too.
    fn grade(&self, stay: &SeenStay, candidate: &Candidate) -> (Grade, Vec<GradeLimit>) {
        let seen: Vec<_> = stay
            .sightings
            .iter()
            .filter_map(|seen| Some((seen, self.sightings.get(seen.sighting.0 as usize)?)))
            .collect();
        if candidate.is_plausible == Some(false) {
            return (Grade::D1, vec![GradeLimit::BeyondUsualSpeed]);
        }
        let bearing: Vec<_> = seen
            .iter()
            .filter(|(seen, sighting)| seen.bears_out(sighting))
            .collect();
        if bearing.is_empty() {
            let limits: BTreeSet<GradeLimit> = seen
                .iter()
                .flat_map(|(seen, sighting)| seen.limits(sighting))
                .collect();
            return (Grade::D1, limits.into_iter().collect());
        }
        let is_independent = bearing.iter().any(|(of_one, one)| {
            seen.iter()
                .filter(|(of_other, _)| of_other.sighting != of_one.sighting)
                .filter(|(of_other, _)| of_other.is_plausible != Some(false))
                .any(|(_, other)| one.is_independent_of(other))
        });
        let grade = if is_independent { Grade::D4 } else { Grade::D3 };
        (grade, Vec::new())
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
