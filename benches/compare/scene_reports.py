"""What vessels of a scene send, and how it is heard: errors of positions, speeds and statuses, and the intervals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common import KNOTS_TO_MPS, metres_per_degree
from facts import START
from scene_motion import HOUR, MINUTE, Adrift, Phase, Waves, Way

HEADER = "mmsi,timestamp,lat,lon,sog,cog,heading,status"
UNDER_WAY, AT_ANCHOR, NOT_UNDER_COMMAND, MOORED, AGROUND, FISHING = 0, 1, 2, 5, 6, 7
ABSENT = -1

# Minutes between reports under way and at rest. Class A sends every 2 to 10 s under way; receivers thin that out.
INTERVALS_S = {"dense": (20.0, 60.0), "five": (2 * MINUTE, 8 * MINUTE), "sparse": (10 * MINUTE, 25 * MINUTE)}
DENSE_AT_REST_S = (170.0, 190.0)

# Status of every fourth vessel, in turn: never changed, changed an hour late, or not sent.
FAULTS_OF_STATUS = ("stale", "late", "absent")

Rows = dict[str, np.ndarray]


@dataclass(frozen=True)
class Equipment:
    """What a vessel's receiver and crew make of its reports."""

    noise_m: float
    wander: tuple[Waves, Waves]
    status: str
    has_heading: bool

    @classmethod
    def draw(cls, rng: np.random.Generator, number: int) -> Equipment:
        """The statuses of three vessels in four are right, and three in four send their heading."""
        fault = FAULTS_OF_STATUS[number // 4 % len(FAULTS_OF_STATUS)] if number % 4 == 3 else "right"
        wander = tuple(Waves.draw(rng, 10.5, 20 * MINUTE, 4 * HOUR) for _ in range(2))
        return cls(float(rng.uniform(3, 8)), wander, fault, number % 4 != 1)


def report_times(rng: np.random.Generator, phases: list[Phase], interval: str) -> np.ndarray:
    """Whole seconds at which a vessel is heard."""
    start, end = phases[0].start, phases[-1].end
    least, most = INTERVALS_S[interval]
    if interval != "dense":
        times = start + np.cumsum(rng.uniform(least, most, int((end - start) / least) + 2))
        return np.unique(times[times < end].astype(np.int64))
    parts = []
    for phase in phases:
        low, high = (least, most) if isinstance(phase, Way | Adrift) else DENSE_AT_REST_S
        steps = np.cumsum(rng.uniform(low, high, int((phase.end - phase.start) / low) + 2))
        times = phase.start + steps - steps[0] * rng.uniform()
        parts.append(times[times < phase.end])
    return np.unique(np.concatenate(parts).astype(np.int64))


def true_places(phases: list[Phase], times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where a vessel is at any moments; before its first phase and after its last one it stays."""
    starts = np.array([phase.start for phase in phases])
    number = np.clip(np.searchsorted(starts, times, side="right") - 1, 0, len(phases) - 1)
    lon, lat = np.empty(len(times)), np.empty(len(times))
    for at, phase in enumerate(phases):
        own = number == at
        since = np.clip(times[own], phase.start, phase.end) - phase.start
        lon[own], lat[own] = phase.place(since)
    return lon, lat


def sent_status(equipment: Equipment, phases: list[Phase], statuses: list[int], times: np.ndarray) -> np.ndarray:
    """The navigational status sent; some crews forget to change it."""
    if equipment.status in ("stale", "absent"):
        return np.full(len(times), UNDER_WAY if equipment.status == "stale" else ABSENT)
    starts = np.array([phase.start for phase in phases])
    lag = HOUR if equipment.status == "late" else 2 * MINUTE
    number = np.clip(np.searchsorted(starts, times - lag, side="right") - 1, 0, len(phases) - 1)
    return np.array(statuses)[number]


def speeds(rng: np.random.Generator, phases: list[Phase], times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Speed in knots and course in degrees over ground, as a receiver computes them from some seconds."""
    lon2, lat2 = true_places(phases, times + 5.0)
    lon1, lat1 = true_places(phases, times - 5.0)
    east, north = metres_per_degree((lat1 + lat2) / 2)
    de, dn = (lon2 - lon1) * east, (lat2 - lat1) * north
    knots = np.hypot(de, dn) / 10 / KNOTS_TO_MPS
    is_still = knots < 0.05
    draw = rng.uniform(size=len(times))
    rest = np.select([draw < 0.84, draw < 0.95, draw < 0.99], [0.0, 0.1, 0.2], rng.uniform(0.3, 0.7, len(times)))
    course = np.degrees(np.arctan2(de, dn)) + rng.normal(0, 1, len(times)) * (1 + 20 * np.exp(-knots))
    sog = np.where(is_still, rest, np.abs(knots + rng.normal(0, 0.07, len(times))))
    return sog, np.where(is_still, rng.uniform(0, 360, len(times)), course) % 360


def vessel_rows(
    rng: np.random.Generator, equipment: Equipment, phases: list[Phase], statuses: list[int], interval: str
) -> Rows:
    """What is heard of one vessel, in order of time."""
    times = report_times(rng, phases, interval)
    lon, lat = true_places(phases, times.astype(float))
    east, north = metres_per_degree(lat)
    noise = rng.normal(0, equipment.noise_m, (2, len(times)))
    sog, cog = speeds(rng, phases, times.astype(float))
    heading = np.full(len(times), ABSENT)
    if equipment.has_heading:
        for phase in phases:
            own = (times >= phase.start) & (times < phase.end)
            bow = phase.heading(times[own] - phase.start) + rng.normal(0, 0.3, int(own.sum()))
            heading[own] = np.rint(bow) % 360
    return {
        "t": times,
        "lon": lon + (noise[0] + equipment.wander[0].at(times)) / east,
        "lat": lat + (noise[1] + equipment.wander[1].at(times)) / north,
        "sog": np.round(sog, 1),
        "cog": np.round(cog, 1) % 360,
        "heading": heading,
        "status": sent_status(equipment, phases, statuses, times.astype(float)),
    }


def stamps(times: np.ndarray) -> list[str]:
    """Seconds since the scene's start as ISO 8601, UTC."""
    return np.char.add(np.datetime_as_string((times + START).astype("datetime64[s]")), "Z").tolist()


def write_rows(rows: Rows, path: Path) -> None:
    """Writes rows as a CSV in order of time; what is absent is blank."""
    order = np.lexsort((rows["mmsi"], rows["t"]))
    lon = (rows["lon"][order] + 180) % 360 - 180
    columns = zip(
        rows["mmsi"][order].tolist(),
        stamps(rows["t"][order]),
        rows["lat"][order].tolist(),
        lon.tolist(),
        *(rows[name][order].tolist() for name in ("sog", "cog", "heading", "status")),
        strict=True,
    )
    with path.open("w", encoding="utf-8") as out:
        out.write(HEADER + "\n")
        out.writelines(
            f"{mmsi},{time},{lat:.6f},{lon:.6f},{number(sog)},{number(cog)},{number(heading)},{number(status)}\n"
            for mmsi, time, lat, lon, sog, cog, heading, status in columns
        )


def number(value: float) -> str:
    """A number as a cell, blank for one that is absent."""
    return "" if value == ABSENT or value != value else str(value)
