"""Judges what a run tells of a scene by what really happened, or by what another run told of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from common import great_circle_m
from scene_files import MAY, MUST, Call, Events, Span
from scene_match import SAME_PLACE_M, Heard, Matched, call_weight, is_within, match, stop_weight, transit_weight
from scene_verdict import Rules, SceneVerdict
from spoiled_files import moment

# A stop of this many minutes counts if it was heard often enough; one shorter than that need not be told.
COUNTED_S = 600.0
# Its kind need be known if it was heard so often; with fewer reports `unknown` is right, too.
REPORTS_FOR_KIND = 4
# Reports are seconds apart in dense feeds; nobody sees a stop's start better than this.
LEAST_SLACK_S = 120.0


def holds(call: Call, stop: Span) -> bool:
    """Whether a stop is one of a call."""
    return call.mmsi == stop.mmsi and call.since <= stop.since and stop.until <= call.until


class SceneJudge:
    """Compares the events of a run with the true ones, with what was heard in view."""

    def __init__(self, name: str, truth: Events, told: Events, heard: dict[str, np.ndarray], rules: Rules):
        self.truth, self.told, self.heard, self.rules = truth, told, heard, rules
        self.verdict = SceneVerdict(name, rows=sum(map(len, heard.values())), absent=list(told.absent))

    def judge(self) -> SceneVerdict:
        """Everything."""
        stops = self.stops([self.as_heard(stop) for stop in self.truth.stops])
        calls = [self.call_as_heard(call) for call in self.truth.calls]
        self.links(stops, self.calls(calls))
        self.transits()
        self.voyages(calls)
        self.verdict.decide(self.rules)
        return self.verdict

    def fault(self, text: str) -> None:
        """Adds what is not right."""
        self.verdict.faults.append(text)

    def counts(self, stop: Span) -> bool:
        """Whether a stop was heard well enough to be found."""
        times = self.heard.get(stop.mmsi, np.empty(0))
        if not len(times):
            return False
        heard = Heard.of(stop, times)
        lasts = min(stop.until, float(times[-1])) - max(stop.since, float(times[0]))
        return heard.count >= self.rules.least_reports and lasts >= COUNTED_S

    def as_heard(self, stop: Span) -> Span:
        """A stop that need not be found if it was not heard well enough."""
        return stop if self.counts(stop) else replace(stop, judged=MAY)

    def stops(self, true: list[Span]) -> Matched:
        """Stops found and made up, their kinds and times."""
        verdict = self.verdict
        found = match(true, self.told.stops, lambda one, other: stop_weight(one, other, self.heard[one.mmsi]))
        verdict.stops = sum(each.judged == MUST for each in true)
        for stop in found.missed:
            if stop.judged == MUST:
                verdict.stops_missed += 1
                self.fault(f"stop missed: {stop}{self.instead(stop)}")
        verdict.stops_told = len(found.pairs)
        for stop in found.made_up:
            self.made_up_stop(stop, true)
        has_kinds = not any(each.startswith("`kind` is not in the output of stops") for each in verdict.absent)
        for stop, told in found.pairs:
            if stop.judged == MUST:
                if has_kinds:
                    self.kind(stop, told)
                self.time(stop, "stop's start", stop.start, told.start, keeps=True)
                self.time(stop, "stop's end", stop.end, told.end, keeps=True)
        return found

    def instead(self, true: Span) -> str:
        """What is told of about that time."""
        near = [each for each in self.told.stops if each.mmsi == true.mmsi and each.overlap(true) > 0]
        return f"; told: {'; '.join(map(str, near[:3]))}" if near else ""

    def made_up_stop(self, told: Span, true: list[Span]) -> None:
        """A stop without a partner is made up, unless it is short or lies in one that may be told in parts."""
        own = [each for each in true if each.mmsi == told.mmsi]
        holding = [each for each in own if is_within(told, each, self.heard[each.mmsi])]
        if told.until - told.since < COUNTED_S or any(each.judged == MAY for each in holding):
            return
        self.verdict.stops_told += 1
        self.verdict.stops_made_up += 1
        self.fault(f"stop {'split' if holding else 'made up'}: {told}")

    def kind(self, true: Span, told: Span) -> None:
        """Whether a stop's kind is right."""
        if not true.kind or true.kind == "unknown":
            return
        right = set(true.kind.split("|"))
        if Heard.of(true, self.heard[true.mmsi]).count < REPORTS_FOR_KIND:
            right.add("unknown")
        self.verdict.kinds += 1
        if told.kind not in right:
            self.verdict.kinds_wrong += 1
            self.fault(f"kind: {true} is told as `{told.kind}`")

    def time(
        self,
        event: Span,
        what: str,
        true: float | None,
        told: float | None,
        *,
        keeps: bool = False,
        since_s: float = 0.0,
    ) -> None:
        """Whether a time is at most two reports off; `since_s` is for what may be told so much earlier."""
        if true is None or not self.rules.judges_times:
            return
        times = self.heard[event.mmsi]
        self.verdict.times += 1
        if told is not None:
            if keeps:
                self.verdict.late_s.append(told - true)
            early, late = np.searchsorted(times, [true - since_s, true])
            low = min(times[max(early - 2, 0)], true - since_s - LEAST_SLACK_S)
            high = max(times[min(late + 1, len(times) - 1)], true + LEAST_SLACK_S)
            if low <= told <= high:
                return
        self.verdict.times_wrong += 1
        words = "not told" if told is None else f"told as {moment(told)}"
        self.fault(f"{what}: {event}: {moment(true)} is {words}")

    def call_as_heard(self, call: Call) -> Call:
        """A call that need not be found, or whose times are not judged, where its stops were not heard well enough."""
        own = [stop for stop in self.truth.stops if stop.mmsi == call.mmsi and stop.overlap(call) > 0]
        if call.kind == "berth":
            own = [stop for stop in own if stop.kind in ("alongside", "")] or own
        if not own or not any(map(self.counts, own)):
            return replace(call, judged=MAY)
        first = call.first_alongside if self.counts(own[0]) else None
        return replace(
            call, first_alongside=first, last_alongside=call.last_alongside if self.counts(own[-1]) else None
        )

    def calls(self, true: list[Call]) -> Matched:
        """Calls found and made up, and their times."""
        verdict, found = self.verdict, match(true, self.told.calls, call_weight)
        verdict.calls = sum(each.judged == MUST for each in true)
        for call in found.missed:
            if call.judged == MUST:
                verdict.calls_missed += 1
                near = [each for each in self.told.calls if each.mmsi == call.mmsi and each.overlap(call) > 0]
                told = f"; told: {'; '.join(map(str, near[:3]))}" if near else ""
                self.fault(f"call missed: {call}{told}")
        for call in found.made_up:
            if not self.is_first_anchorage(call, true):
                verdict.calls_made_up += 1
                self.fault(f"call made up: {call}")
        self.call_times(found)
        return found

    def links(self, stops: Matched, calls: Matched) -> None:
        """Whether stops are told with the calls they were in; of a call that is not found nothing is asked."""
        told_calls = {id(true): told.call for true, told in calls.pairs}
        for stop, told in stops.pairs:
            true = [call for call in [pair[0] for pair in calls.pairs] + calls.missed if holds(call, stop)]
            is_open = any(id(call) not in told_calls or (call.free_first and call.since == stop.since) for call in true)
            if stop.judged != MUST or is_open:
                continue
            self.verdict.links += 1
            right = told_calls[id(true[0])] if true else None
            if told.call != right:
                self.verdict.links_wrong += 1
                self.fault(f"call of a stop: {stop} is told with `{told.call}`, and `{right}` is right")

    def is_first_anchorage(self, told: Call, true: list[Call]) -> bool:
        """Whether a call is an anchorage before a berth of which it is open whether it belongs to the call there."""
        for call in true:
            if call.mmsi == told.mmsi and call.free_first and told.kind in ("anchorage", ""):
                first = next(each for each in self.truth.stops if each.mmsi == call.mmsi and each.since == call.since)
                near = great_circle_m(*first.place, *told.place) <= SAME_PLACE_M
                if first.kind == "anchored" and told.overlap(first) > 0 and near:
                    return True
        return False

    def call_times(self, found: Matched) -> None:
        """When vessels came and went, at the port and at the berth."""
        for call, told in found.pairs:
            if call.judged == MUST:
                self.time(call, "arrival", call.arrival, told.arrival)
                span = (call.departure or 0.0) - (call.leaving or 0.0)
                self.time(call, "departure", call.departure, told.departure, since_s=span)
                self.time(call, "first alongside", call.first_alongside, told.first_alongside)
                self.time(call, "last alongside", call.last_alongside, told.last_alongside)

    def transits(self) -> None:
        """Transits found and made up."""
        verdict, found = self.verdict, match(self.truth.transits, self.told.transits, transit_weight)
        verdict.transits = sum(each.judged == MUST for each in self.truth.transits)
        for transit in found.missed:
            if transit.judged == MUST:
                verdict.transits_missed += 1
                near = [each for each in self.told.transits if each.mmsi == transit.mmsi]
                told = f"; told: {'; '.join(map(str, near[:3]))}" if near else ""
                self.fault(f"transit missed: {transit}{told}")
        for transit in found.made_up:
            free = [each for each in self.truth.transits if each.judged == MAY and each.mmsi == transit.mmsi]
            if not any(each.kind == transit.kind for each in free):
                verdict.transits_made_up += 1
                self.fault(f"transit made up: {transit}")

    def voyages(self, calls: list[Call]) -> None:
        """As many voyages as there are ways from one call at a berth to the next; those from and to roads are free."""
        for mmsi in sorted(self.heard):
            own = [call for call in calls if call.mmsi == mmsi and call.kind == "berth"]
            least = max(sum(call.judged == MUST for call in own) - 1, 0)
            most = sum(1 + call.free_first for call in calls if call.mmsi == mmsi) - 1
            told = self.told.voyages.get(mmsi, 0)
            off = max(least - told, told - max(most, 0), 0)
            self.verdict.voyages += least
            self.verdict.voyages_off += off
            if off:
                wanted = str(least) if least == most else f"{least} to {most}"
                self.fault(f"voyages: {mmsi} has {told} between berths, {wanted} are right")
