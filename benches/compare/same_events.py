"""Whether a run on a spoiled feed has the calls, voyages and stops of the clean feed, as far as true reports show them.

An arrival, a departure or the end of a gap may move by `slack_s` of the case's rules and, besides, within the time
between the true reports around it, since nobody knows it better. A call must be found if two true reports at its berth
lie an hour or more apart; others may be.
"""

from __future__ import annotations

import math

import numpy as np

from common import great_circle_m
from spoiled_files import CaseFiles, Event, Heard, Run
from verdict import Verdict

HOUR_S = 3600.0
REST_SEEN_S = HOUR_S
# A stop outside port must be found again if two true reports of it lie so far apart.
STOP_SEEN_S = 2 * HOUR_S


class EventJudge:
    """Compares the events of two runs under a case's rules."""

    def __init__(self, case: CaseFiles, clean: Run, found: Run, verdict: Verdict):
        self.case, self.rules, self.clean, self.found = case, case.rules, clean, found
        self.slack_s = float(case.rules["slack_s"])
        self.verdict = verdict

    def judge(self) -> None:
        """Calls, the voyages between them, and stops."""
        must, may = self.calls()
        self.voyages(must, may)
        self.stops()

    def heard(self, mmsi: str) -> Heard:
        """When a vessel was heard; never, if none of its rows are left."""
        return self.case.heard.get(mmsi, Heard())

    # How well a moment is known.

    def around(self, mmsi: str, time: float) -> tuple[int | None, int | None]:
        """The true reports before and after a moment."""
        sure = self.heard(mmsi).sure
        before, after = int(np.searchsorted(sure, time, "left")) - 1, int(np.searchsorted(sure, time, "right"))
        return (before if before >= 0 else None), (after if after < len(sure) else None)

    def tolerance_s(self, mmsi: str, time: float) -> float:
        """By how much an event at a moment may move."""
        sure = self.heard(mmsi).sure
        before, after = self.around(mmsi, time)
        if self.rules["end_m"]:
            before, after = self.beyond_m(mmsi, before, -1), self.beyond_m(mmsi, after, 1)
        earlier = time - sure[before] if before is not None else 0.0
        later = sure[after] - time if after is not None else 0.0
        return self.slack_s + float(earlier + later)

    def beyond_m(self, mmsi: str, first: int | None, step: int) -> int | None:
        """The first true report from one on that is surely on the same side of a port's border as those beyond it.

        Where positions are coarse, each lies up to `end_m` off: a border that is passed between two reports lies, as
        the coarse ones have it, between any two that are under way and so near to each other.
        """
        heard, at = self.heard(mmsi), first
        while at is not None and heard.is_sailing[at] and 0 <= at + step < len(heard.sure):
            apart_m = great_circle_m(heard.lon[first], heard.lat[first], heard.lon[at], heard.lat[at])
            if apart_m > self.rules["end_m"]:
                break
            at += step
        return at

    def open_m(self, mmsi: str, time: float) -> float:
        """How far apart the true reports before and after a moment are, at least: the way that is not seen there."""
        heard = self.heard(mmsi)
        before, after = self.around(mmsi, time)
        if before is None or after is None:
            return 0.0
        return float(great_circle_m(heard.lon[before], heard.lat[before], heard.lon[after], heard.lat[after]))

    def near(self, mmsi: str, time: float, other: float) -> bool:
        """Whether an event of the clean run at `time` and one found at `other` are one."""
        return abs(time - other) <= self.tolerance_s(mmsi, time)

    # The statements.

    def must_be_called(self, call: Event) -> bool:
        """Whether enough is left of a call for it to be found."""
        rest = self.heard(call.mmsi).moored
        rest = rest[(rest >= call.start - HOUR_S) & (rest <= (call.end or call.start) + HOUR_S)]
        return len(rest) > 1 and rest[-1] - rest[0] >= REST_SEEN_S

    def calls(self) -> tuple[list[Event], list[Event]]:
        """The same calls at the same times; returns those that must be found and those that may be."""
        verdict, found = self.verdict, list(self.found.calls)
        must = [call for call in self.clean.calls if self.must_be_called(call)]
        may = [call for call in self.clean.calls if not self.must_be_called(call)]
        verdict.calls = len(must)
        for call in must:
            match = [each for each in found if self.is_same_call(call, each)]
            if not match:
                verdict.calls_missed += 1
                verdict.fault(f"call missed: {call} of the clean feed")
                continue
            best = max(match, key=lambda each: overlap_s(call, each))
            found.remove(best)
            self.compare_ends(call, best)
        for each in found:
            if not any(self.is_same_call(call, each) for call in may):
                verdict.calls_made_up += 1
                verdict.fault(f"call made up, or split: {each}")
        return must, may

    def is_same_call(self, true: Event, found: Event) -> bool:
        """Whether a call is that of the clean feed, by vessel, port and time."""
        same = true.vessel_id == found.vessel_id and true.place == found.place
        return same and overlap_s(true, found) >= -self.slack_s

    def compare_ends(self, call: Event, found: Event) -> None:
        """Arrival and departure, as the true reports have them."""
        for what, true, other, was, now in (
            ("arrival", call.start, found.start, call.has_arrival, found.has_arrival),
            ("departure", call.end, found.end, call.has_departure, found.has_departure),
        ):
            allowed = self.tolerance_s(call.mmsi, true)
            is_framed = None not in self.around(call.mmsi, true) and allowed - self.slack_s < HOUR_S
            is_late = what == "departure" and self.ends_late(call.mmsi, true, other)
            if (abs(true - other) > allowed and not is_late) or (is_framed and was and not now):
                self.verdict.ends_off += 1
                now_text = "" if now or not was else ", told as not seen"
                self.verdict.fault(
                    f"{what} off by {(other - true) / 60:.0f} min (bound {allowed / 60:.0f}){now_text}: {found}"
                )

    def ends_late(self, mmsi: str, true: float, found: float) -> bool:
        """Whether a call ends with a report that was late and that nobody can tell to be."""
        heard = self.heard(mmsi)
        is_of_true = np.isin(found, heard.perhaps) and not np.isin(found, heard.sure)
        return bool(is_of_true) and true < found <= true + self.rules["shift_s"] + self.slack_s

    def voyages(self, must: list[Event], may: list[Event]) -> None:
        """The same voyages between calls that must be found, and their lengths."""
        verdict, found = self.verdict, list(self.found.voyages)
        for voyage in self.clean.voyages:
            ends = [each for each in must if each.mmsi == voyage.mmsi]
            # A voyage goes from berth to berth, and a call from border to border.
            is_bound = all(any(is_during(time, each) for each in ends) for time in (voyage.start, voyage.end))
            match = [each for each in found if self.is_same_voyage(voyage, each)]
            for each in match[:1]:
                found.remove(each)
                self.compare_length(voyage, each)
            if is_bound:
                verdict.voyages += 1
                if not match:
                    verdict.voyages_missed += 1
                    verdict.fault(f"voyage missed: {voyage} of the clean feed")
        for each in found:
            is_bridge = any(
                call.mmsi == each.mmsi and each.start - HOUR_S <= call.start <= each.end + HOUR_S for call in may
            )
            if not is_bridge:
                verdict.voyages_made_up += 1
                verdict.fault(f"voyage made up: {each}")

    def is_same_voyage(self, true: Event, found: Event) -> bool:
        """Whether a voyage is that of the clean feed."""
        return (
            true.vessel_id == found.vessel_id
            and true.place == found.place
            and self.near(true.mmsi, true.start, found.start)
            and self.near(true.mmsi, true.end, found.end)
        )

    def compare_length(self, true: Event, found: Event) -> None:
        """The length of a voyage, but for the ways at its ends that no true report shows."""
        unseen_km = (self.open_m(true.mmsi, true.start) + self.open_m(true.mmsi, true.end)) / 1000
        unseen_km += 2 * self.rules["end_m"] / 1000
        off_km = abs(found.length_km - true.length_km)
        if off_km > self.rules["length"] * true.length_km + unseen_km:
            self.verdict.lengths_off += 1
            self.verdict.fault(
                f"length {found.length_km:.1f} km, was {true.length_km:.1f} km "
                f"(bound {self.rules['length']:.0%} and {unseen_km:.1f} km): {found}"
            )

    def stops(self) -> None:
        """The same rests outside port: none made up, none missed that is still seen."""
        for stop in self.clean.stops:
            rest = self.heard(stop.mmsi).anchored
            rest = rest[(rest >= stop.start) & (rest <= stop.end)]
            is_seen = len(rest) > 1 and rest[-1] - rest[0] >= STOP_SEEN_S
            if is_seen and not any(stop.mmsi == each.mmsi and overlap_s(stop, each) > 0 for each in self.found.stops):
                self.verdict.stops_off += 1
                self.verdict.fault(f"stop missed: {stop} of the clean feed")
        for each in self.found.stops:
            # A stranger that lies still may be said to.
            if self.rules["further_hulls"] and "@" in each.vessel_id:
                continue
            if not any(stop.mmsi == each.mmsi and overlap_s(stop, each) >= -self.slack_s for stop in self.clean.stops):
                self.verdict.stops_off += 1
                self.verdict.fault(f"stop made up: {each}")


def overlap_s(one: Event, other: Event) -> float:
    """For how long two events overlap; below zero if they do not."""
    return min(one.end or math.inf, other.end or math.inf) - max(one.start, other.start)


def is_during(time: float | None, event: Event) -> bool:
    """Whether a moment lies in an event."""
    return time is not None and event.start <= time <= (event.end or math.inf)
