"""Finds for each true event of a scene the one that a run tells, one to one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from common import great_circle_m
from scene_files import Call, Span, Transit

# Calls without a port are the same if they are at the same place, in metres.
SAME_PLACE_M = 2_000.0

# At least this share of what was heard of a stop must be in the one told, and of the one told, in the true one.
SHARED = 0.5

COMPASS = {"n": "north", "e": "east", "s": "south", "w": "west"}


@dataclass
class Matched:
    """Pairs of true and told events, and those without a partner."""

    pairs: list[tuple] = field(default_factory=list)
    missed: list = field(default_factory=list)
    made_up: list = field(default_factory=list)


def match(true: Sequence[Span], told: Sequence[Span], weight: Callable[[Span, Span], float]) -> Matched:
    """Pairs of the greatest weight first; a weight of 0 or less is no pair."""
    by_vessel: dict[str, list[int]] = defaultdict(list)
    for number, each in enumerate(told):
        by_vessel[each.mmsi].append(number)
    found = [
        (weight(each, told[other]), each.judged == "must", at, other)
        for at, each in enumerate(true)
        for other in by_vessel[each.mmsi]
    ]
    out, used_true, used_told = Matched(), set(), set()
    for value, _, at, other in sorted(found, key=lambda each: each[:2], reverse=True):
        if value > 0 and at not in used_true and other not in used_told:
            used_true.add(at)
            used_told.add(other)
            out.pairs.append((true[at], told[other]))
    out.missed = [each for at, each in enumerate(true) if at not in used_true]
    out.made_up = [each for other, each in enumerate(told) if other not in used_told]
    return out


def away_m(one: Span, other: Span) -> float:
    """How far apart two events are."""
    return float(great_circle_m(*one.place, *other.place))


def same_port(true: Call, told: Call) -> bool:
    """Whether a call is told at its port; without a port, within 2 km of where the vessel lay."""
    port = told.ports[0]
    return port in true.ports and (port != "" or away_m(true, told) <= SAME_PLACE_M)


def call_weight(true: Call, told: Call) -> float:
    """The time that two calls share if they are at the same port and of one kind; a run may tell no kinds."""
    is_kind = not told.kind or told.kind == true.kind
    return true.overlap(told) if is_kind and same_port(true, told) else 0.0


def transit_weight(true: Transit, told: Transit) -> float:
    """The time that two transits share, at least half of the true one; directions only where one is known."""
    is_way = true.directions == ("",) or direction_of(told.directions[0]) in map(direction_of, true.directions)
    if true.kind != told.kind or not is_way:
        return 0.0
    shared = true.overlap(told)
    return shared if true.judged == "may" or shared >= SHARED * (true.until - true.since) else 0.0


def direction_of(word: str) -> str:
    """A direction as a word: `N`, `northbound` and `north` are the same."""
    word = word.lower().removesuffix("bound").removesuffix("wards").removesuffix("ward").replace("-", "")
    short = bool(word) and len(word) <= 2 and all(each in COMPASS for each in word)
    return "".join(COMPASS[each] for each in word) if short else word


@dataclass(frozen=True)
class Heard:
    """What was heard of a stop: its first and last report, how many, and the reports just outside it."""

    first: float
    last: float
    count: int
    before: float
    after: float

    @classmethod
    def of(cls, stop: Span, times: np.ndarray) -> Heard:
        """The reports of a vessel in a stop."""
        low, high = np.searchsorted(times, [stop.since, stop.until])
        inside = times[low:high] if high > low else np.array([stop.since])
        before = times[low - 1] if low else times[0]
        after = times[high] if high < len(times) else times[-1]
        return cls(float(inside[0]), float(inside[-1]), int(high - low), float(before), float(after))


def stop_weight(true: Span, told: Span, times: np.ndarray) -> float:
    """The time that two stops share if they are mostly the same, as far as reports can tell."""
    heard = Heard.of(true, times)
    told_s, heard_s = told.until - told.since, heard.last - heard.first
    within = min(told.until, heard.after) - max(told.since, heard.before)
    both = min(told.until, heard.last) - max(told.since, heard.first)
    return 1.0 + both if both >= SHARED * heard_s and within >= SHARED * told_s and within >= 0 else 0.0


def is_within(told: Span, true: Span, times: np.ndarray) -> bool:
    """Whether a stop that is told lies mostly in a true one."""
    heard = Heard.of(true, times)
    within = min(told.until, heard.after) - max(told.since, heard.before)
    return within >= SHARED * max(told.until - told.since, 1.0)
