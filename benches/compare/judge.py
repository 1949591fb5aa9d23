"""Judges a run on a spoiled feed: the calls, voyages, gaps and vessels of the clean one, and the right flags."""

from __future__ import annotations

import math

from same_events import EventJudge
from silences import Silences
from spoiled_files import CaseFiles, Event, Run, moment
from verdict import Verdict, some, words_of

# The share of messages without a position that the gaps in which they were sent must count.
MESSAGES_COUNTED = 0.95


class Judge:
    """Compares one run on a spoiled feed with the run on the clean feed, under the case's rules."""

    def __init__(self, case: CaseFiles, clean: Run, found: Run):
        self.case, self.rules, self.clean, self.found = case, case.rules, clean, found
        self.slack_s = float(case.rules["slack_s"])
        self.verdict = Verdict(case.name)

    def judge(self) -> Verdict:
        """Everything."""
        self.flags()
        self.vessels()
        self.gaps()
        if self.rules["compare_events"]:
            EventJudge(self.case, self.clean, self.found, self.verdict).judge()
        self.layers()
        return self.verdict

    def flags(self) -> None:
        """The planted rows are those flagged, and by the right words."""
        rules, verdict = self.rules, self.verdict
        right = set(rules["flags"])
        planted = {row for row, fate in self.case.planted.items() if fate == "planted"}
        free = {row for row, fate in self.case.planted.items() if fate == "harmless"}
        rejected = set(self.found.rejected) if rules["may_reject"] else set()
        told = {row for row in planted if row in rejected or self.found.flagged.get(row, set()) & right}
        verdict.planted, verdict.told = len(planted), len(told)
        if len(told) < rules["recall"] * len(planted):
            missing = planted - told
            verdict.fault(
                f"{len(missing)} of {len(planted)} planted rows not flagged as {' or '.join(right) or 'rejected'}"
                f" (bound: {rules['recall']:.0%} flagged): {words_of(missing, self.found)}"
            )
        touched = set(self.found.flagged) | set(self.found.rejected)
        wrong = touched - planted - free
        verdict.wrongly_flagged = len(wrong)
        total = rules["clean"] + rules["altered"]
        if len(wrong) > rules["wrong"] * total:
            verdict.fault(
                f"{len(wrong)} of {total} true rows flagged (at most {rules['wrong']:.1%}): "
                f"{words_of(wrong, self.found)}"
            )

    def vessels(self) -> None:
        """As many vessels, and no hull more than the rules allow."""
        verdict, left = self.verdict, set(self.case.heard)
        wanted = {each for each in self.clean.ids if each in left}
        alone = {each for each in self.found.ids if "@" not in each}
        verdict.vessels_off = len(wanted ^ alone)
        if verdict.vessels_off:
            verdict.fault(f"vessels: missing {sorted(wanted - alone)}, made up {sorted(alone - wanted)}")
        verdict.hulls = len(self.found.hulls) - len(self.clean.hulls)
        most = self.rules["further_hulls"]
        if verdict.hulls > most:
            verdict.fault(f"{verdict.hulls} further hulls (at most {most}): {some(sorted(self.found.hulls))}")

    def gaps(self) -> None:
        """Silences: every one that must be found, and none that may not be."""
        verdict = self.verdict
        found = [gap for gap in self.found.gaps if gap.kind == "silence"]
        silences = Silences(self.case, self.slack_s)
        verdict.gaps = len(silences.must)
        for mmsi, start, end in silences.must:
            if not any(self.covers(gap, mmsi, start, end) for gap in found):
                verdict.gaps_missed += 1
                half = [gap for gap in self.found.gaps if gap.mmsi == mmsi and gap.start <= (end or math.inf)]
                half = [gap for gap in half if (gap.end or math.inf) >= start]
                told = f"; there is {half[-1]}" if half else ""
                end_text = moment(end) if end else "the data's end"
                verdict.fault(f"silence missed: {mmsi} {moment(start)} to {end_text}{told}")
        for gap in found:
            is_true = any(self.lies_in(gap, *each) for each in silences.may)
            if not is_true and not self.is_silent_in_part(gap, silences.may):
                verdict.gaps_made_up += 1
                verdict.fault(f"silence made up, or with a wrong end: {gap}")

    def covers(self, gap: Event, mmsi: str, start: float, end: float | None) -> bool:
        """Whether a gap found holds a true silence, but for the slack."""
        if gap.vessel_id != mmsi or gap.start > start + self.slack_s:
            return False
        return gap.end is None if end is None else (gap.end or math.inf) >= end - self.slack_s

    def lies_in(self, gap: Event, mmsi: str, start: float, end: float | None) -> bool:
        """Whether a gap found lies within a time in which the vessel may be taken for silent."""
        if gap.vessel_id != mmsi or gap.start < start - self.slack_s:
            return False
        return end is None if gap.end is None else end is None or gap.end <= end + self.slack_s

    def is_silent_in_part(self, gap: Event, may: list[tuple[str, float, float | None]]) -> bool:
        """Whether a gap with messages without a position in it was silent for as long as it says."""
        until = math.inf if gap.end is None else gap.end
        data_end = float(self.rules["data_end"])
        within = [
            min(until, data_end if end is None else end) - max(gap.start, start)
            for mmsi, start, end in may
            if mmsi == gap.vessel_id and start < until and (end is None or end > gap.start)
        ]
        return gap.messages > 0 and bool(within) and gap.silent_s <= sum(within) + self.slack_s

    def layers(self) -> None:
        """What else must be said: zones of interference, gaps in which the vessel sent without a position."""
        wanted = self.rules["zones"]
        if self.found.zones < wanted:
            self.verdict.fault(f"{self.found.zones} zones of interference, {wanted} planted")
        if wanted == 0 and self.found.zones and self.rules["kind"] != "jam":
            self.verdict.fault(f"{self.found.zones} zones of interference, none planted")
        # One that was silent for a part of it, too, tells the messages as well.
        without = [gap for gap in self.found.gaps if gap.kind == "no_position" or gap.messages > 1]
        if len(without) < self.rules["gaps_without_position"]:
            self.verdict.fault(
                f"{len(without)} gaps with messages without a position, {self.rules['gaps_without_position']} planted"
            )
        elif sum(gap.messages for gap in without) < MESSAGES_COUNTED * self.rules["messages_in_gaps"]:
            self.verdict.fault(
                f"`messages_without_position` of all gaps is {sum(gap.messages for gap in without):g}, "
                f"{self.rules['messages_in_gaps']} planted in them"
            )
