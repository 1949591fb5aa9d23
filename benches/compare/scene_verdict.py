"""The bounds that a run on a scene must keep, and what it made of the scene, in figures and in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Rules:
    """The bounds, and which stops count."""

    f1: float = 0.99
    stops: float = 0.98
    kinds: float = 0.95
    times: float = 0.95
    links: float = 0.98
    voyages: float = 0.99
    least_reports: int = 2
    judges_times: bool = True


@dataclass
class SceneVerdict:
    """What a run made of a scene, in figures and in words."""

    name: str
    rows: int = 0
    calls: int = 0
    calls_missed: int = 0
    calls_made_up: int = 0
    transits: int = 0
    transits_missed: int = 0
    transits_made_up: int = 0
    stops: int = 0
    stops_missed: int = 0
    stops_told: int = 0
    stops_made_up: int = 0
    kinds: int = 0
    kinds_wrong: int = 0
    times: int = 0
    times_wrong: int = 0
    links: int = 0
    links_wrong: int = 0
    voyages: int = 0
    voyages_off: int = 0
    late_s: list[float] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every bound is kept."""
        return not self.broken

    def decide(self, rules: Rules) -> None:
        """Says which bounds are broken."""
        self.broken = list(dict.fromkeys(self.absent))
        missed, made_up = self.calls_missed + self.transits_missed, self.calls_made_up + self.transits_made_up
        self.bound("calls and transits, F1", f1(self.calls + self.transits, missed, made_up), rules.f1)
        self.bound("stops found", share_right(self.stops, self.stops_missed), rules.stops)
        self.bound("stops not made up", share_right(self.stops_told, self.stops_made_up), rules.stops)
        self.bound("kinds right", share_right(self.kinds, self.kinds_wrong), rules.kinds)
        self.bound("calls of stops right", share_right(self.links, self.links_wrong), rules.links)
        self.bound("voyages right", share_right(self.voyages, self.voyages_off), rules.voyages)
        if rules.judges_times:
            self.bound("times within two intervals", share_right(self.times, self.times_wrong), rules.times)

    def bound(self, what: str, share: float, least: float) -> None:
        """A share that must not be less than a bound."""
        if share < least:
            self.broken.append(f"{what}: {share:.1%} (bound: {least:.0%})")

    def lateness(self) -> tuple[float, float]:
        """Minutes that starts and ends of stops are off: the median late, and 95% of what they are off either way."""
        if not self.late_s:
            return 0.0, 0.0
        late = np.array(self.late_s) / 60
        return float(np.median(late)), float(np.quantile(np.abs(late), 0.95))


def f1(true: int, missed: int, made_up: int) -> float:
    """The F1 score of so many events."""
    found = true - missed
    return 1.0 if missed == made_up == 0 else 2 * found / (2 * found + missed + made_up)


def share_right(count: int, wrong: int) -> float:
    """The share that is right."""
    return 1.0 if wrong == 0 else max(0.0, 1.0 - wrong / count) if count else 0.0


def pooled(name: str, verdicts: Iterable[SceneVerdict], rules: Rules) -> SceneVerdict:
    """Several scenes as one."""
    out = SceneVerdict(name)
    for each in verdicts:
        for key, value in vars(each).items():
            if isinstance(value, int):
                setattr(out, key, getattr(out, key) + value)
        out.late_s += each.late_s
        out.absent += each.absent
    out.decide(rules)
    return out
