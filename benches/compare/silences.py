"""The silences that a run on a spoiled feed must find and those that it may, from when vessels were truly heard."""

from __future__ import annotations

import numpy as np

from common import GAP_H
from spoiled_files import CaseFiles

GAP_S = GAP_H * 3600.0


class Silences:
    """The silences that must be found and those that may be, by vessel, from the times at which it was truly heard."""

    def __init__(self, case: CaseFiles, slack_s: float):
        self.case = case
        self.end = max((heard.alive[-1] for heard in case.heard.values() if len(heard.alive)), default=0.0)
        self.must: list[tuple[str, float, float | None]] = []
        self.may: list[tuple[str, float, float | None]] = []
        for mmsi, heard in case.heard.items():
            every = np.union1d(heard.alive, heard.perhaps)
            self.must += [each for each in self.between(mmsi, every, GAP_S) if self.is_silence(*each, least=True)]
            sure = self.between(mmsi, heard.alive, GAP_S - slack_s)
            self.may += [each for each in sure if self.is_silence(*each, least=False)]

    def between(self, mmsi: str, times: np.ndarray, longer_s: float) -> list[tuple[str, float, float | None]]:
        """Stretches between times, and to the data's end, that are longer than a bound."""
        at = np.flatnonzero(np.diff(times) > longer_s)
        out = [(mmsi, float(times[each]), float(times[each + 1])) for each in at]
        if len(times) and self.end - times[-1] > longer_s:
            out.append((mmsi, float(times[-1]), None))
        return out

    def is_silence(self, mmsi: str, start: float, end: float | None, least: bool) -> bool:
        """Whether a stretch must (`least`) or may be told as a silence, for outages and ways outside the box."""
        until = self.end if end is None else end
        out_s, longest_s, at = 0.0, 0.0, start
        for first, last in sorted(self.case.rules["outages"]):
            if last > start and first < until:
                out_s += min(last, until) - max(first, start)
                longest_s, at = max(longest_s, first - at), last
        longest_s = max(longest_s, until - at)
        if out_s and (longest_s if least else until - start - out_s) <= GAP_S:
            return False
        removed = self.case.heard[mmsi].removed
        outside = removed[(removed > start) & (removed < until)]
        if len(outside) == 0:
            return True
        # Outside the box, and silent there or on the way: both are true then.
        return not least and bool(np.max(np.diff(np.concatenate([[start], outside, [until]]))) > GAP_S)
