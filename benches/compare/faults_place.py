"""Faults of place: no fix, signs and bits turned, coordinates cut short, strangers under the same id."""

from __future__ import annotations

import numpy as np

from common import great_circle_m
from feeds import PLANTED, Feed, joined, taken
from ships import HOUR
from spoiling import MISPLACED, Rules, Spoiled, apart_m, blocks, fresh, isolated, legs_at_sea, plant, shifted

# Ten-thousandths of a minute, in which AIS sends coordinates (ITU-R M.1371-5, table 47), in micro-degrees.
UNIT = 1e6 / 600_000
# Anything nearer than this to the truth is not far away.
FAR_M = 30_000.0


def null_blocks(rng: np.random.Generator, feed: Feed, hours: float = 1.0, every: float = 2.0) -> Spoiled:
    """Hours at exactly 0,0: a receiver without a fix. A vessel that sends that is no silent one."""
    rows = fresh(feed)
    for vessel in feed.vessels:
        count = max(1, round(feed.plan.days / every))
        for block in blocks(rng, feed, vessel.number, hours, count, 1):
            rows["lon"][block], rows["lat"][block] = 0, 0
            plant(rows, block, alive=True)
    return Spoiled(rows, Rules(flags=MISPLACED, recall=1.0))


def null_at_sea(rng: np.random.Generator, feed: Feed, hours: float = 9.0) -> Spoiled:
    """Many hours at 0,0 under way, then the true way again: the vessel went on sending."""
    rows = fresh(feed)
    for vessel in feed.vessels:
        for leg in legs_at_sea(feed, vessel.number, hours + 1)[:1]:
            times = rows["t"][leg]
            block = leg[(times > times[0] + HOUR / 2) & (times < times[0] + (hours + 0.5) * HOUR)]
            rows["lon"][block], rows["lat"][block] = 0, 0
            plant(rows, block, alive=True)
    return Spoiled(rows, Rules(flags=MISPLACED, recall=1.0))


def null_lone(rng: np.random.Generator, feed: Feed, share: float = 0.004, pole: bool = False) -> Spoiled:
    """Exactly 0 in one coordinate, or a latitude of exactly 90, the other as it should be; one report, or two or
    three."""
    rows = fresh(feed)
    for run in isolated(rng, feed, share, 10, 3):
        name = "lon" if not pole and rng.uniform() < 0.5 else "lat"
        rows[name][run] = 90_000_000 if pole else 0
        plant(rows, run, alive=True)
    return Spoiled(rows, Rules(flags=MISPLACED, recall=1.0))


def null_added(rng: np.random.Generator, feed: Feed, share: float = 0.05) -> Spoiled:
    """Between true reports others at 0,0, for one vessel in two: a second unit aboard has no fix."""
    rows = fresh(feed)
    chosen = (rng.uniform(size=len(rows["t"])) < share) & (rows["vessel"] % 2 == 0)
    extra = taken(rows, chosen)
    extra["t"] += 3
    extra["heard"] += 3
    extra["lon"][:], extra["lat"][:], extra["sog"][:] = 0, 0, 0
    extra["fate"][:] = PLANTED
    extra["alive"], extra["perhaps"] = extra["t"].copy(), extra["t"].copy()
    return Spoiled(joined([rows, extra]), Rules(flags=MISPLACED, recall=1.0))


def flips(rng: np.random.Generator, feed: Feed, how: str, share: float = 0.004, longest: int = 1) -> Spoiled:
    """A wrong sign, one high bit turned, or whole degrees only, in one coordinate; in single reports or short runs of
    the same error."""
    rows = fresh(feed)
    for run in isolated(rng, feed, share, 10, longest):
        for _ in range(20):
            name = "lon" if rng.uniform() < 0.5 else "lat"
            value = rows[name][run]
            if how == "sign":
                wrong = -value
            elif how == "degree":
                wrong = value // 1_000_000 * 1_000_000
            else:
                wrong = np.rint((np.rint(value / UNIT).astype(np.int64) ^ (1 << int(rng.integers(19, 27)))) * UNIT)
            limit = 180_000_000 if name == "lon" else 90_000_000
            moved = {"lon": rows["lon"][run], "lat": rows["lat"][run], name: wrong}
            if np.all(np.abs(wrong) <= limit) and np.all(apart_m(rows, run, moved["lon"], moved["lat"]) > FAR_M):
                rows[name][run] = wrong
                plant(rows, run)
                break
    return Spoiled(rows, Rules(flags=MISPLACED))


def strangers(rng: np.random.Generator, feed: Feed, how: str) -> Spoiled:
    """Another vessel, far away, sends three to eight reports over hours under the same id; one for every vessel."""
    rows = fresh(feed)
    parts, count = [rows], 0
    for vessel in feed.vessels:
        own = feed.of(vessel.number)
        span = rng.uniform(4, 20) * HOUR
        start = rng.uniform(0.1, 0.9) * (feed.end - span)
        if how == "silent":
            long = [(a, b) for a, b in vessel.silences if b - a > 8 * HOUR and a > 6 * HOUR and b < feed.end - 6 * HOUR]
            if not long:
                continue
            start, end = long[0][0] + HOUR, long[0][1] - HOUR
            span = min(span, end - start)
        number = int(rng.integers(3, 9))
        times = np.unique(np.sort(start + rng.uniform(0, span, number)).astype(np.int64))
        extra = taken(rows, rng.choice(own, len(times)))
        knots = 12.0 if how == "moving" else 0.0
        lon, lat = far_place(rng, rows["lon"][own], rows["lat"][own])
        along = (times - times[0]) * knots * 1852 / 3600
        noise = rng.normal(0, 8, (2, len(times)))
        extra["lon"], extra["lat"] = shifted(
            np.full(len(times), lon), np.full(len(times), lat), noise[0] + 0.8 * along, noise[1] + 0.6 * along
        )
        extra["t"], extra["heard"] = times, times.copy()
        extra["sog"][:] = round(10 * knots)
        extra["cog"][:], extra["heading"][:], extra["status"][:] = 531, 53, 0
        extra["fate"][:] = PLANTED
        extra["alive"][:], extra["perhaps"][:] = -1, -1
        parts.append(extra)
        count += 1
    return Spoiled(joined(parts), Rules(flags=(*MISPLACED, "further_hull"), further_hulls=count))


def far_place(rng: np.random.Generator, lon: np.ndarray, lat: np.ndarray) -> tuple[int, int]:
    """A place at least 1,500 km from all of a vessel's way, in micro-degrees."""
    while True:
        far_lon, far_lat = rng.uniform(-170, 170), rng.uniform(-60, 60)
        if np.min(great_circle_m(lon[::20] / 1e6, lat[::20] / 1e6, far_lon, far_lat)) > 1_500_000:
            return round(far_lon * 1e6), round(far_lat * 1e6)
