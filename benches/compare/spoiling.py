"""What every fault of the spoiler needs: the result of spoiling a feed, its rules, and stretches of a vessel's rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import numpy as np

from common import great_circle_m, metres_per_degree
from feeds import ALTERED, CLEAN, PLANTED, Feed, Rows
from ships import HOUR, Sail

# Words that a run may say of a position which is not where the vessel was. Each of them takes the report out of use.
MISPLACED = ("teleport", "spike", "no_fix", "interference")


@dataclass
class Rules:
    """What must hold of a run on a spoiled feed, beside the run on the clean one. A share is of 1.

    `flags` are the words that a planted row may be flagged with (a rejected row is always right, where `may_reject`);
    `recall` is the least share of planted rows that must be, `wrong` the greatest share of true rows that may be.
    `slack_s` is by how much an arrival, a departure or the end of a gap may be off, beside the time between the true
    reports around it; `shift_s` by how much later a call may end with a report that nobody can tell to be late;
    `length` by how much the length of a voyage may be off, and `end_m` by how much more at either end, where positions
    are known no better. `compare_events` is false where times are not those
    of the clean feed.
    """

    flags: tuple[str, ...] = MISPLACED
    may_reject: bool = True
    recall: float = 0.95
    wrong: float = 0.001
    slack_s: float = 600.0
    shift_s: float = 0.0
    length: float = 0.02
    end_m: float = 0.0
    further_hulls: int = 0
    zones: int = 0
    gaps_without_position: int = 0
    messages_in_gaps: int = 0
    outages: list[tuple[float, float]] = field(default_factory=list)
    box: tuple[float, float, float, float] | None = None
    compare_events: bool = True

    def as_dict(self) -> dict:
        """For a file."""
        return asdict(self)


@dataclass
class Spoiled:
    """A spoiled feed: all its rows in any order, and what must hold of a run on it."""

    rows: Rows
    rules: Rules


def plant(rows: Rows, which: np.ndarray, fate: int = PLANTED, alive: bool = False) -> None:
    """Marks rows as spoiled. `alive`: the row still shows when the vessel was heard, as one without a position does."""
    rows["fate"][which] = fate
    if fate == ALTERED:
        return
    if not alive:
        rows["alive"][which] = -1


def isolated(rng: np.random.Generator, feed: Feed, share: float, apart: int, longest: int = 1) -> list[np.ndarray]:
    """Short runs of rows, each of one vessel, at least so many of its rows apart; some for every vessel."""
    runs = []
    for vessel in feed.vessels:
        own = feed.of(vessel.number)
        count = max(2, round(len(own) * share / ((1 + longest) / 2)))
        starts = np.sort(rng.choice(np.arange(apart, len(own) - apart - longest), count, replace=False))
        starts = starts[np.concatenate([[True], np.diff(starts) >= apart + longest])]
        runs += [own[start : start + int(rng.integers(1, longest + 1))] for start in starts]
    return runs


def blocks(rng: np.random.Generator, feed: Feed, number: int, hours: float, count: int, least: int) -> list[np.ndarray]:
    """Up to `count` disjoint stretches of so many hours of one vessel's rows, each of at least so many rows."""
    own = feed.of(number)
    times = feed.rows["t"][own]
    found: list[np.ndarray] = []
    taken: list[tuple[float, float]] = []
    for _ in range(40):
        start = rng.uniform(2 * HOUR, max(feed.end - (hours + 2) * HOUR, 3 * HOUR))
        end = start + hours * HOUR
        inside = own[(times >= start) & (times < end)]
        is_free = all(end + 3 * HOUR < first or start > last + 3 * HOUR for first, last in taken)
        if is_free and len(inside) >= least and not in_silence(feed, number, start, end):
            found.append(inside)
            taken.append((start, end))
        if len(found) == count:
            break
    return found


def in_silence(feed: Feed, number: int, start: float, end: float) -> bool:
    """Whether a vessel is silent on purpose for part of a time, or within an hour of it."""
    return any(first < end + HOUR and last > start - HOUR for first, last in feed.vessels[number].silences)


def legs_at_sea(feed: Feed, number: int, hours: float) -> list[np.ndarray]:
    """Stretches of one vessel's rows at cruising speed, at least so long, without a silence of the vessel in them."""
    own = feed.of(number)
    found = []
    for at, phase in enumerate(feed.vessels[number].phases):
        if not isinstance(phase, Sail):
            continue
        start, end = phase.start + phase.ramp_s + 0.5 * HOUR, phase.end - phase.ramp_s - 0.5 * HOUR
        rows = own[feed.rows["phase"][own] == at]
        times = feed.rows["t"][rows]
        rows = rows[(times > start) & (times < end)]
        if len(rows) < 4 or in_silence(feed, number, start, end):
            continue
        if feed.rows["t"][rows[-1]] - feed.rows["t"][rows[0]] >= hours * HOUR:
            found.append(rows)
    return found


def shifted(lon: np.ndarray, lat: np.ndarray, east_m: np.ndarray, north_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places in micro-degrees, moved by so many metres."""
    east, north = metres_per_degree(lat / 1e6)
    return (
        np.rint(lon + 1e6 * east_m / east).astype(np.int32),
        np.rint(lat + 1e6 * north_m / north).astype(np.int32),
    )


def apart_m(rows: Rows, which: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """How far rows lie from other places in micro-degrees."""
    return great_circle_m(rows["lon"][which] / 1e6, rows["lat"][which] / 1e6, lon / 1e6, lat / 1e6)


def place_of(feed: Feed, number: int, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where a vessel was at times, in micro-degrees: between the reports of the clean feed."""
    own = feed.of(number)
    times = feed.rows["t"][own]
    return tuple(np.interp(t, times, feed.rows[name][own]) for name in ("lon", "lat"))


def fresh(feed: Feed) -> Rows:
    """A copy of a feed's rows, all clean."""
    rows = {name: column.copy() for name, column in feed.rows.items()}
    rows["fate"][:] = CLEAN
    return rows
