"""Clean feeds for the spoiler: vessels whose calls, silences and rests are known, heard in one of three ways.

`dense`: as class A sends, a report every 20 s under way. `five`: one report in 5 to 15 minutes. `satellite`: one to
four reports a pass, a pass every half hour to three hours. A feed's columns are whole numbers: the vessel's number,
seconds since the data's start (`t` as stamped, `heard` as it arrived), micro-degrees, tenths of knots and of degrees.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from common import Ports
from facts import START, true_calls
from reports import phase_columns, report_times
from ships import DAY, HOUR, Lie, Planner, Sail, Vessel, usable_ports

Rows = dict[str, np.ndarray]

HEADER = "mmsi,timestamp,lat,lon,sog,cog,heading,nav_status"
STATUSES = ["Under way using engine", "Moored", "At anchor"]
UNDER_WAY, MOORED = 0, 1

# Where vessels of a feed call: west, south, east, north.
BALTIC = (9.0, 53.5, 25.0, 61.0)
GULF = (22.0, 59.0, 30.5, 60.8)

# Class A's intervals stretched to 20 s under way and 6 minutes at rest.
DENSE_SCALE = 2.0

# What became of a row. Only PLANTED ones must be flagged or rejected; ALTERED ones are true and must not be; HARMLESS
# ones say nothing false of the vessel's way, such as a late copy of a report at rest, and may be either.
CLEAN, PLANTED, HARMLESS, ALTERED = range(4)
FATES = ["clean", "planted", "harmless", "altered"]


@dataclass(frozen=True)
class FeedPlan:
    """What to simulate."""

    density: str
    region: tuple[float, float, float, float]
    vessels: int
    days: float
    seed: int

    @property
    def name(self) -> str:
        """A name for its folder."""
        region = "gulf" if self.region == GULF else "baltic"
        return f"{self.density}-{region}-{self.vessels}-{self.days:g}-{self.seed}"


@dataclass
class Feed:
    """A clean feed: its rows in order of arrival, and who sent them."""

    plan: FeedPlan
    vessels: list[Vessel]
    rows: Rows
    end: float = field(default=0.0)

    def of(self, number: int) -> np.ndarray:
        """The row numbers of one vessel, in order of time."""
        return np.flatnonzero(self.rows["vessel"] == number)

    @property
    def moving(self) -> np.ndarray:
        """Which rows were sent at a knot or more."""
        return self.rows["sog"] >= 10


def pass_times(rng: np.random.Generator, end: float) -> np.ndarray:
    """Seconds at which satellites hear a vessel: passes half an hour to three hours apart, one to four reports each."""
    passes = np.cumsum(rng.uniform(0.5, 3.0, int(end / HOUR) + 8) * HOUR)
    counts = rng.integers(1, 5, len(passes))
    later = rng.integers(20, 120, int(counts.sum()))
    first = np.repeat(np.cumsum(counts) - counts, counts)
    since = np.cumsum(later) - np.cumsum(later)[first]
    times = np.repeat(passes, counts) + since
    return np.unique(times.astype(np.int64))


def sampled_times(rng: np.random.Generator, density: str, end: float) -> np.ndarray:
    """Seconds at which a vessel is heard in a feed that is not dense."""
    if density == "satellite":
        times = pass_times(rng, end)
    else:
        times = np.cumsum(rng.uniform(5, 15, int(end / 300) + 8) * 60).astype(np.int64)
    return times[times < end]


def phase_rows(rng: np.random.Generator, phase: Lie | Sail, plan: FeedPlan, sampled: np.ndarray, end: float) -> Rows:
    """What is heard of one phase; positions of sparse feeds have five decimals."""
    if plan.density == "dense":
        return phase_columns(rng, phase, report_times(rng, phase, DENSE_SCALE, end))
    part = phase_columns(rng, phase, sampled[(sampled >= phase.start) & (sampled < phase.end)])
    for name in ("lon", "lat"):
        part[name] = ((part[name] + 5) // 10 * 10).astype(np.int32)
    return part


def vessel_rows(vessel: Vessel, plan: FeedPlan, end: float) -> Rows:
    """What is heard of one vessel, in order of time, without its silences."""
    rng = np.random.default_rng([plan.seed, vessel.number, 7])
    sampled = sampled_times(rng, plan.density, end)
    parts = []
    for number, phase in enumerate(vessel.phases):
        if phase.end > 0 and phase.start < end:
            part = phase_rows(rng, phase, plan, sampled, end)
            parts.append({**part, "phase": np.full(len(part["t"]), number, dtype=np.int32)})
    rows = joined(parts)
    keep = np.concatenate([[True], np.diff(rows["t"]) > 0])
    for start, stop in vessel.silences:
        keep &= (rows["t"] <= start) | (rows["t"] >= stop)
    rows = taken(rows, keep)
    return {**rows, "vessel": np.full(len(rows["t"]), vessel.number, dtype=np.int32)}


def clean_feed(plan: FeedPlan, ports: Ports) -> Feed:
    """Simulates a feed."""
    west, south, east, north = plan.region
    home = usable_ports(ports)
    lon, lat = ports.lon[home], ports.lat[home]
    home = home[(lon > west) & (lon < east) & (lat > south) & (lat < north)]
    end = plan.days * DAY
    vessels = []
    for number in range(plan.vessels):
        vessel = Vessel(number, 230_000_000 + 1_001 + 37 * number, False)
        Planner(np.random.default_rng([plan.seed, number]), ports, home, vessel, end).run()
        vessels.append(vessel)
    rows = joined([vessel_rows(vessel, plan, end) for vessel in vessels])
    count = len(rows["t"])
    rows = {
        **rows,
        "heard": rows["t"].copy(),
        "fate": np.full(count, CLEAN, dtype=np.int8),
        # When the vessel was heard for certain by this row, and when it was heard if the row is used; -1 for neither.
        "alive": rows["t"].copy(),
        "perhaps": rows["t"].copy(),
    }
    rows = taken(rows, np.lexsort((rows["vessel"], rows["t"])))
    return Feed(plan, vessels, {**rows, "origin": np.arange(count)}, end)


def known_calls(feed: Feed, ports: Ports) -> list[dict]:
    """The port calls that the vessels really make within the feed's time."""
    return [call for vessel in feed.vessels for call in true_calls(vessel, ports, feed.end)]


def taken(rows: Rows, which: np.ndarray) -> Rows:
    """Some rows, as copies."""
    return {name: column[which].copy() for name, column in rows.items()}


def joined(parts: list[Rows]) -> Rows:
    """Rows of several tables, one after another."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def moments(seconds: np.ndarray) -> np.ndarray:
    """Seconds since the data's start as ISO 8601, UTC."""
    return np.char.add(np.datetime_as_string((seconds + START).astype("datetime64[s]")), "Z")


def write_rows(rows: Rows, mmsis: np.ndarray, path: Path) -> None:
    """Writes rows as they stand, as a CSV. A latitude of 91 degrees and a longitude of 181 mean: no position."""
    columns = zip(
        mmsis[rows["vessel"]].tolist(),
        moments(rows["t"]).tolist(),
        rows["lat"].tolist(),
        rows["lon"].tolist(),
        rows["sog"].tolist(),
        rows["cog"].tolist(),
        rows["heading"].tolist(),
        rows["status"].tolist(),
        strict=True,
    )
    with path.open("w", encoding="utf-8") as out:
        out.write(HEADER + "\n")
        out.writelines(
            f"{mmsi},{time},{lat / 1e6:.6f},{lon / 1e6:.6f},{sog / 10},{cog / 10},{heading},{STATUSES[status]}\n"
            for mmsi, time, lat, lon, sog, cog, heading, status in columns
        )
