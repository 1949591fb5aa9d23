"""Faults of how places are told: noise at the berth, coarse coordinates, one position over and over."""

from __future__ import annotations

import numpy as np

from feeds import ALTERED, MOORED, PLANTED, Feed, Rows, joined, taken
from ships import HOUR
from spoiling import Rules, Spoiled, fresh, legs_at_sea, plant, shifted


def berth_noise(rng: np.random.Generator, feed: Feed, how: str) -> Spoiled:
    """Alongside, speeds of 0.3 to 0.7 knots and positions within 40 m: true reports, and one call as before."""
    rows = fresh(feed)
    for vessel in feed.vessels:
        own = feed.of(vessel.number)
        own = own[rows["status"][own] == MOORED]
        away, bearing = 40 * np.sqrt(rng.uniform(size=len(own))), rng.uniform(0, 2 * np.pi, len(own))
        if how == "wander":
            # A slow wander of some minutes, as GNSS has it between tall cranes.
            bearing = np.cumsum(rng.normal(0, 0.25, len(own)))
            away = 40 * np.abs(np.sin(np.cumsum(rng.normal(0, 0.1, len(own)))))
        rows["lon"][own], rows["lat"][own] = shifted(
            rows["lon"][own], rows["lat"][own], 0.9 * away * np.sin(bearing), 0.9 * away * np.cos(bearing)
        )
        rows["sog"][own] = rng.integers(3, 8 if how == "white" else 6, len(own))
        plant(rows, own, ALTERED)
    return Spoiled(rows, Rules(flags=()))


def coarse(rng: np.random.Generator, feed: Feed, steps: int, share: float = 1.0, cut: bool = False) -> Spoiled:
    """Coordinates in so many steps a degree, rounded or cut off; of all rows or a share. They are true, if coarse."""
    rows = fresh(feed)
    which = np.flatnonzero(rng.uniform(size=len(rows["t"])) < share)
    for name in ("lon", "lat"):
        value = rows[name][which] * (steps / 1e6)
        value = np.trunc(value) if cut else np.rint(value)
        rows[name][which] = np.rint(value * (1e6 / steps)).astype(np.int32)
    plant(rows, which, ALTERED)
    # A coordinate that is cut off is off by up to a step, a rounded one by half; and there are two of them.
    step_m = 111_195 / steps * (1.0 if cut else 0.5)
    return Spoiled(rows, Rules(flags=(), end_m=step_m * 2**0.5))


def stale(
    rng: np.random.Generator, feed: Feed, least_h: float, most_h: float, every_s: float = 0.0, vary: bool = False
) -> Spoiled:
    """Under way, one report repeated for hours, at the feed's times or a scraper's; with `vary` the position alone,
    while speed and course go on changing by a little. That time counts as not heard."""
    rows = fresh(feed)
    kept, parts = np.ones(len(rows["t"]), dtype=bool), []
    for vessel in feed.vessels:
        for leg in legs_at_sea(feed, vessel.number, least_h + 1)[:2]:
            times = rows["t"][leg]
            hours = min(rng.uniform(least_h, most_h), (times[-1] - times[0]) / HOUR - 0.8)
            first = leg[np.searchsorted(times, times[0] + HOUR / 4)]
            block = leg[(times > rows["t"][first]) & (times < rows["t"][first] + hours * HOUR)]
            if len(block) == 0:
                continue
            part = taken(rows, block)
            if every_s:
                at = np.arange(rows["t"][first] + every_s, rows["t"][first] + hours * HOUR, every_s).astype(np.int64)
                part = repeat_row(rows, first, len(at))
                part["t"], part["heard"] = at, at.copy()
            for name in ("lon", "lat", "sog", "cog", "heading"):
                part[name][:] = rows[name][first]
            if vary:
                part["sog"] += rng.integers(-4, 5, len(part["t"])).astype(np.int16)
                part["cog"] = ((part["cog"] + rng.integers(-9, 10, len(part["t"]))) % 3600).astype(np.int16)
            part["fate"][:] = PLANTED
            part["alive"][:], part["perhaps"][:] = -1, -1
            kept[block] = False
            parts.append(part)
    return Spoiled(joined([taken(rows, kept), *parts]), Rules(flags=("stale_position",), recall=0.9))


def repeat_row(rows: Rows, row: int, count: int) -> Rows:
    """One row, so many times."""
    return {name: np.repeat(column[row : row + 1], count) for name, column in rows.items()}


def frozen_at_berth(rng: np.random.Generator, feed: Feed) -> Spoiled:
    """At rest, every report is the same to the last digit: that is no stale feed."""
    rows = fresh(feed)
    for vessel in feed.vessels:
        own = feed.of(vessel.number)
        for at in np.unique(rows["phase"][own]):
            rest = own[(rows["phase"][own] == at) & (rows["status"][own] > 0)]
            for name in ("lon", "lat", "cog", "heading"):
                rows[name][rest] = rows[name][rest[:1]] if len(rest) else 0
            rows["sog"][rest] = 0
            plant(rows, rest, ALTERED)
    return Spoiled(rows, Rules(flags=()))
