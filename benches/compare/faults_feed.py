"""Faults of a whole feed: thin, without positions, interrupted, cut off at a box, jammed."""

from __future__ import annotations

import numpy as np

from common import great_circle_m
from feeds import MOORED, PLANTED, Feed, Rows, taken
from ships import DAY, HOUR
from spoiling import MISPLACED, Rules, Spoiled, fresh, legs_at_sea, place_of, plant, shifted

NOWHERE = {"lon": 181_000_000, "lat": 91_000_000}


def spaced(rng: np.random.Generator, times: np.ndarray, least_s: float, most_s: float) -> np.ndarray:
    """Which of some times to keep so that they lie that far apart; the first and the last are kept."""
    keep = np.zeros(len(times), dtype=bool)
    at = 0
    while at < len(times):
        keep[at] = True
        at = max(at + 1, int(np.searchsorted(times, times[at] + rng.uniform(least_s, most_s))))
    keep[-1:] = True
    return keep


def thin(rng: np.random.Generator, feed: Feed, least_h: float = 1.0, most_h: float = 3.0) -> Spoiled:
    """One report in one to three hours, at sea and in port."""
    kept = np.zeros(len(feed.rows["t"]), dtype=bool)
    for vessel in feed.vessels:
        own = feed.of(vessel.number)
        kept[own[spaced(rng, feed.rows["t"][own], least_h * HOUR, most_h * HOUR)]] = True
    return Spoiled(taken(fresh(feed), kept), Rules())


def thin_at_berth(rng: np.random.Generator, feed: Feed) -> Spoiled:
    """Alongside, single reports 6.5 to 14 hours apart: each belongs to the stay, and the silences stay apart."""
    rows = fresh(feed)
    kept = np.ones(len(rows["t"]), dtype=bool)
    for vessel in feed.vessels:
        own = feed.of(vessel.number)
        for at in np.unique(rows["phase"][own]):
            rest = own[(rows["phase"][own] == at) & (rows["status"][own] == MOORED)]
            if len(rest):
                kept[rest] = spaced(rng, rows["t"][rest], 6.5 * HOUR, 14 * HOUR)
    return Spoiled(taken(rows, kept), Rules())


def years(rng: np.random.Generator, feed: Feed) -> Spoiled:
    """Each vessel's way is cut at its stays, and weeks to months are put in between: a thin feed of some years."""
    rows = fresh(feed)
    for vessel in feed.vessels:
        own = feed.of(vessel.number)
        phase = rows["phase"][own]
        for at in np.unique(phase)[1::3]:
            rest = own[(phase == at) & (rows["status"][own] == MOORED)]
            if len(rest) > 2:
                later = own[own >= rest[len(rest) // 2]]
                wait = int(rng.uniform(20, 120) * DAY)
                for name in ("t", "heard", "alive", "perhaps"):
                    rows[name][later] += wait
    return Spoiled(rows, Rules(compare_events=False))


def without_position(rng: np.random.Generator, feed: Feed, where: str, least_h: float, most_h: float) -> Spoiled:
    """For hours the vessel sends that it has no position: at sea, in port, or from some time to the data's end."""
    rows = fresh(feed)
    gaps = messages = 0
    for vessel in feed.vessels:
        hours = rng.uniform(least_h, most_h)
        found: list[np.ndarray] = []
        if where == "end":
            own = feed.of(vessel.number)
            tail = own[rows["t"][own] > feed.end - hours * HOUR]
            found = [tail] if vessel.number % 2 == 0 else []
        elif where == "port":
            own = feed.of(vessel.number)
            for at in np.unique(rows["phase"][own]):
                rest = own[(rows["phase"][own] == at) & (rows["status"][own] == MOORED)]
                if len(rest) and rows["t"][rest[-1]] - rows["t"][rest[0]] > (hours + 3) * HOUR:
                    since = rows["t"][rest] - rows["t"][rest[0]]
                    found.append(rest[(since > 1.5 * HOUR) & (since < (hours + 1.5) * HOUR)])
        else:
            for leg in legs_at_sea(feed, vessel.number, least_h + 1):
                since = rows["t"][leg] - rows["t"][leg[0]]
                found.append(leg[(since > HOUR / 2) & (since < (hours + 0.5) * HOUR)])
        for block in found[:2]:
            for name, value in NOWHERE.items():
                rows[name][block] = value
            plant(rows, block, alive=True)
            if len(block) and rows["t"][block[-1]] - rows["t"][block[0]] > 6.5 * HOUR:
                gaps, messages = gaps + 1, messages + len(block)
    return Spoiled(rows, Rules(flags=(), recall=1.0, gaps_without_position=gaps, messages_in_gaps=messages))


def outage(rng: np.random.Generator, feed: Feed, hours: float = 9.0, count: int = 1) -> Spoiled:
    """Nobody at all is heard for hours, once or several times."""
    spans = []
    for at in range(count):
        middle = feed.end * (at + 1) / (count + 1) + rng.uniform(-0.1, 0.1) * feed.end / (count + 1)
        spans.append((middle - hours * HOUR / 2, middle + hours * HOUR / 2))
    t = feed.rows["t"]
    kept = np.all([(t < start) | (t > end) for start, end in spans], axis=0)
    return Spoiled(taken(fresh(feed), kept), Rules(outages=spans))


def box(rng: np.random.Generator, feed: Feed, shares: tuple[float, float]) -> Spoiled:
    """Rows outside a box of longitudes and latitudes are cut away: who sails out of it has left the area."""
    lon, lat = feed.rows["lon"] / 1e6, feed.rows["lat"] / 1e6
    low, high = shares
    west, east = np.quantile(lon, [low, high]) + rng.uniform(-0.02, 0.02, 2)
    south, north = np.quantile(lat, [low / 2, 1 - (1 - high) / 2])
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return Spoiled(taken(fresh(feed), inside), Rules(box=(west, south, east, north)))


def crowd(rng: np.random.Generator, feed: Feed, most: int, radius_m: float) -> tuple[float, list[int]]:
    """A time at which several vessels are heard within a radius, and which: those nearest to one of them."""
    best: tuple[float, list[int]] = (0.0, [])
    for when in np.sort(rng.uniform(0.15, 0.75, 60)) * feed.end:
        at = {}
        for vessel in feed.vessels:
            times = feed.rows["t"][feed.of(vessel.number)]
            near = np.searchsorted(times, when)
            is_heard = 0 < near < len(times) and times[near] - times[near - 1] < 3.5 * HOUR
            if is_heard and not in_silence_soon(feed, vessel.number, when):
                lon, lat = place_of(feed, vessel.number, np.array([when]))
                at[vessel.number] = (float(lon[0]) / 1e6, float(lat[0]) / 1e6)
        for place in at.values():
            apart = {number: float(great_circle_m(*place, *other)) for number, other in at.items()}
            victims = sorted((number for number in apart if apart[number] < radius_m), key=apart.__getitem__)[:most]
            if len(victims) > len(best[1]):
                best = (float(when), victims)
    return best


def in_silence_soon(feed: Feed, number: int, when: float) -> bool:
    """Whether a vessel falls silent on purpose about a time."""
    return any(start - 8 * HOUR < when < end + 2 * HOUR for start, end in feed.vessels[number].silences)


def jamming(rng: np.random.Generator, feed: Feed, how: str, hours: float, flicker: float = 1.0) -> Spoiled:
    """Three to eight vessels within 120 km are shown at one place, on one circle or shifted alike for some time, then
    where they are again; with `flicker` below 1 only that share of their reports is displaced."""
    rows = fresh(feed)
    when, victims = crowd(rng, feed, int(rng.integers(4, 9)), 120_000)
    centre = np.mean([place_of(feed, number, np.array([when])) for number in victims], axis=0)[:, 0]
    away_m = rng.uniform(300_000, 500_000) if feed.plan.density == "satellite" else rng.uniform(90_000, 250_000)
    bearing = rng.uniform(0, 2 * np.pi)
    east_m, north_m = away_m * np.sin(bearing), away_m * np.cos(bearing)
    target = shifted(centre[:1], centre[1:], east_m, north_m)
    for number in victims:
        own = feed.of(number)
        times = rows["t"][own]
        start, end = when + rng.uniform(-4, 4) * 60, when + hours * HOUR + rng.uniform(-6, 6) * 60
        block = own[(times >= start) & (times < end)]
        block = block[rng.uniform(size=len(block)) < flicker]
        displace(rng, rows, block, how, target, (east_m, north_m))
        plant(rows, block, alive=True)
    is_told = len({int(rows["vessel"][row]) for row in np.flatnonzero(rows["fate"] == PLANTED)}) >= 3
    return Spoiled(rows, Rules(flags=MISPLACED, recall=0.9, zones=int(is_told and how != "offset")))


def displace(
    rng: np.random.Generator, rows: Rows, block: np.ndarray, how: str, target: tuple, offset: tuple[float, float]
) -> None:
    """Puts rows at a place, on a circle of some kilometres, or elsewhere by the same way."""
    count = len(block)
    noise = rng.normal(0, 300, (2, count))
    if how == "offset":
        lon, lat = rows["lon"][block], rows["lat"][block]
        rows["lon"][block], rows["lat"][block] = shifted(lon, lat, offset[0] + noise[0], offset[1] + noise[1])
        return
    if how == "circle":
        turn = rng.uniform(0, 2 * np.pi) + rows["t"][block] / rng.uniform(200, 600)
        noise = np.stack([4_000 * np.sin(turn), 4_000 * np.cos(turn)]) + noise / 6
        rows["cog"][block] = np.rint(np.degrees(turn + np.pi / 2) * 10) % 3600
        rows["sog"][block] = rng.integers(80, 300, count)
    else:
        rows["sog"][block] = rng.integers(0, 30, count)
    lon, lat = np.full(count, target[0][0]), np.full(count, target[1][0])
    rows["lon"][block], rows["lat"][block] = shifted(lon, lat, noise[0], noise[1])
