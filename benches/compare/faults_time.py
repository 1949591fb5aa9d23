"""Faults of time: receivers whose clocks are late, and dates that cannot be."""

from __future__ import annotations

import numpy as np

from facts import START
from feeds import CLEAN, HARMLESS, PLANTED, Feed, Rows, joined, taken
from ships import DAY, HOUR
from spoiling import Rules, Spoiled, apart_m, blocks, fresh, place_of, plant

WEEK = 7 * DAY
# The week number of GPS has ten bits.
ROLLOVER_S = 1024 * WEEK

LATE = ("late_copy", "late_clock")
# A report that lies within this of where the vessel was when it is stamped does no harm: twice what positions are off.
HARMLESS_M = 150.0
# From such a lag on a shifted report is told from the way itself; below, its shift is within the way's own noise.
TELLING_LAG_S = {"dense": 60.0, "five": 600.0, "satellite": 600.0}


def displaced(feed: Feed, rows: Rows) -> np.ndarray:
    """Which rows, as they are stamped, show a vessel where it was not."""
    away = np.zeros(len(rows["t"]), dtype=bool)
    for vessel in feed.vessels:
        own = np.flatnonzero(rows["vessel"] == vessel.number)
        away[own] = apart_m(rows, own, *place_of(feed, vessel.number, rows["t"][own])) > HARMLESS_M
    return away


def late_copies(
    rng: np.random.Generator, feed: Feed, lag_s: int, share: float = 0.4, jitter_s: int = 0, every: int = 1
) -> Spoiled:
    """A second receiver repeats a share of the reports, stamped so much later: whole copies; of every vessel, or of
    one in so many."""
    rows = fresh(feed)
    is_chosen = (rng.uniform(size=len(rows["t"])) < share) & (rows["vessel"] % every == 0)
    copy = repeated(rng, rows, is_chosen, lag_s, jitter_s)
    is_moving = copy["sog"] >= 10
    copy["fate"] = np.where(is_moving | displaced(feed, copy), PLANTED, HARMLESS).astype(np.int8)
    return Spoiled(joined([rows, copy]), Rules(flags=LATE, may_reject=False, recall=0.9))


def repeated(rng: np.random.Generator, rows: Rows, which: np.ndarray, lag_s: int, jitter_s: int = 0) -> Rows:
    """Whole copies of rows, stamped later. Their vessels were heard by the first of them only."""
    copy = taken(rows, which)
    copy["t"] += lag_s + rng.integers(-jitter_s, jitter_s + 1, len(copy["t"]))
    copy["heard"] = copy["t"].copy()
    copy["alive"][:], copy["perhaps"][:] = -1, -1
    return copy


def late_only(rng: np.random.Generator, feed: Feed, lag_s: int, share: float = 0.25, both: float = 0.25) -> Spoiled:
    """A share of the reports comes through the late receiver only, another share through both."""
    rows = fresh(feed)
    draw = rng.uniform(size=len(rows["t"]))
    copy = repeated(rng, rows, (draw >= share) & (draw < share + both), lag_s)
    copy["fate"] = np.where((copy["sog"] >= 10) | displaced(feed, copy), PLANTED, HARMLESS).astype(np.int8)
    only = np.flatnonzero(draw < share)
    rows["t"][only] += lag_s
    rows["heard"][only] += lag_s
    plant(rows, only, HARMLESS)
    if lag_s >= TELLING_LAG_S[feed.plan.density]:
        rows["fate"][only[displaced(feed, taken(rows, only))]] = PLANTED
    harmless = only[rows["fate"][only] == HARMLESS]
    # At rest nobody can tell that a report is late: it may be used as it is stamped.
    rows["perhaps"][harmless] = rows["t"][harmless]
    # Some of the shifted reports cannot be told from true ones: shortly after a stop they lie where it was.
    return Spoiled(joined([rows, copy]), Rules(flags=LATE, may_reject=False, recall=0.85, wrong=0.005, shift_s=lag_s))


def late_from(rng: np.random.Generator, feed: Feed, lag_s: int, since: float = 0.5, share: float = 0.4) -> Spoiled:
    """From some time on only the late receiver goes on: the way goes on, as late as its clock, or corrected."""
    rows = fresh(feed)
    turn = int(since * feed.end)
    is_prompt = rows["t"] < turn
    copy = repeated(rng, rows, is_prompt & (rng.uniform(size=len(is_prompt)) < share), lag_s)
    copy["fate"] = np.where((copy["sog"] >= 10) | displaced(feed, copy), PLANTED, HARMLESS).astype(np.int8)
    rows["t"][~is_prompt] += lag_s
    rows["heard"][~is_prompt] += lag_s
    rows["fate"][~is_prompt] = HARMLESS
    rules = Rules(flags=LATE, may_reject=False, recall=0.85, wrong=0.005, slack_s=600.0 + lag_s)
    return Spoiled(joined([rows, copy]), rules)


def dates(rng: np.random.Generator, feed: Feed, how: str, count: int = 40) -> Spoiled:
    """Single rows with dates that cannot be: weeks ahead, a year on, from before the receiver knew the time."""
    rows = fresh(feed)
    total = len(rows["t"])
    which = np.sort(rng.choice(total, min(count, max(1, total // 50)), replace=False))
    stamped = rows["t"][which]
    if how == "future":
        stamped = stamped + np.rint(rng.uniform(3, 10, len(which)) * WEEK).astype(np.int64)
    elif how == "year":
        stamped = stamped + 366 * int(DAY)
    elif how == "epoch":
        stamped = rng.integers(0, 7_200, len(which)) - START
    elif how == "milliseconds":
        stamped = (stamped + START) // 1000 - START
    elif how == "past":
        stamped = stamped - np.rint(rng.uniform(4, 200, len(which)) * WEEK).astype(np.int64)
    rows["t"][which] = stamped
    plant(rows, which)
    return Spoiled(rows, date_rules())


def date_block(rng: np.random.Generator, feed: Feed, shift_s: float, hours: float = 2.0, count: int = 1) -> Spoiled:
    """Hours of one vessel's rows with one wrong date: a receiver that lost count of the weeks, for every other one."""
    rows = fresh(feed)
    for vessel in feed.vessels[::2]:
        for block in blocks(rng, feed, vessel.number, hours, count, 2):
            rows["t"][block] += int(shift_s)
            plant(rows, block)
    return Spoiled(rows, date_rules())


def date_one(rng: np.random.Generator, feed: Feed) -> Spoiled:
    """One row of the whole feed, 48 days ahead."""
    rows = fresh(feed)
    which = rng.choice(np.flatnonzero(rows["fate"] == CLEAN), 1)
    rows["t"][which] += int(48 * DAY)
    plant(rows, which)
    return Spoiled(rows, date_rules())


def date_rules() -> Rules:
    """Every row with a date that cannot be is told."""
    return Rules(flags=("impossible_time",), recall=1.0, slack_s=600.0 + 0.25 * HOUR)
