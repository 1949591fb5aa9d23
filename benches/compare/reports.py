"""What simulated ships send: reports at intervals, with the errors that positions have, and faults among them.

A report's columns are whole numbers: seconds since the data's start, micro-degrees, tenths of knots and of degrees.
"""

from __future__ import annotations

import numpy as np

from common import KNOTS_TO_MPS, metres_per_degree
from ships import DAY, HOUR, Lie, Sail, Vessel

# Reporting intervals in seconds, as class A has them (ITU-R M.1371-5, table 1); both are scaled alike to reach the
# number of rows wanted, but no ship at rest is silent for longer than a quarter of an hour.
UNDER_WAY_S, AT_REST_S, LONGEST_AT_REST_S = 10.0, 180.0, 900.0

# Kinds of faults, and which share of the rows each is.
KINDS = ["none", "duplicate", "no_position", "position_out_of_range", "no_mmsi", "bad_time", "teleport"]
NONE, DUPLICATE, NO_POSITION, OUT_OF_RANGE, NO_MMSI, BAD_TIME, TELEPORT = range(7)
COPIED = {DUPLICATE: 0.005, NO_POSITION: 0.0015, OUT_OF_RANGE: 0.0003, NO_MMSI: 0.0007, BAD_TIME: 0.0005}
TELEPORTS = 0.0005


def interval_scale(fleet: list[Vessel], days: float, rows: int) -> float:
    """By how much reporting intervals must be stretched so that the ships send so many rows."""
    under_way = at_rest = 0.0
    for vessel in fleet:
        for phase in vessel.phases:
            seconds = max(0.0, min(phase.end, days * DAY) - max(phase.start, 0.0))
            under_way, at_rest = (
                (under_way, at_rest + seconds) if isinstance(phase, Lie) else (under_way + seconds, at_rest)
            )
        # A silence hides both; half each is near enough.
        hidden = sum(max(0.0, min(end, days * DAY) - max(start, 0)) for start, end in vessel.silences)
        under_way, at_rest = under_way - hidden / 2, at_rest - hidden / 2
    low, high = 0.05, 10_000.0
    for _ in range(60):
        middle = (low * high) ** 0.5
        sent = under_way / (UNDER_WAY_S * middle) + at_rest / min(AT_REST_S * middle, LONGEST_AT_REST_S)
        low, high = (middle, high) if sent > rows else (low, middle)
    if UNDER_WAY_S * low > LONGEST_AT_REST_S:
        raise SystemExit(
            f"{rows:,} rows are too few for {len(fleet)} ships over {days:g} days: ask for fewer of either"
        )
    return low


def report_times(rng: np.random.Generator, phase: Lie | Sail, scale: float, end: float) -> np.ndarray:
    """Whole seconds at which she reports in a phase, within the data's time."""
    start, stop = max(phase.start, 0.0), min(phase.end, end)
    if stop <= start:
        return np.empty(0, dtype=np.int64)
    every = min(AT_REST_S * scale, LONGEST_AT_REST_S) if isinstance(phase, Lie) else UNDER_WAY_S * scale
    steps = every * rng.uniform(0.8, 1.2, int((stop - start) / every * 1.3) + 8)
    times = np.unique(np.floor(start + np.cumsum(steps) - steps[0] / 2).astype(np.int64))
    return times[times < stop]


def phase_columns(rng: np.random.Generator, phase: Lie | Sail, times: np.ndarray) -> dict[str, np.ndarray]:
    """Reports of one phase, with the errors that positions and speeds have."""
    count = len(times)
    if isinstance(phase, Lie):
        lon, lat = np.full(count, phase.lon), np.full(count, phase.lat)
        swing_m = 0.0 if phase.port >= 0 else 50.0
        turn = 2 * np.pi * (times / (6 * HOUR))
        sog = np.where(rng.uniform(size=count) < 0.1, 1, 0)
        cog = rng.integers(0, 3600, count)
        heading = np.full(count, rng.integers(0, 360))
        status = 1 if phase.port >= 0 else 2
    else:
        lon, lat = phase.place(times)
        lon2, lat2 = phase.place(times + 5.0)
        lon1, lat1 = phase.place(times - 5.0)
        east, north = metres_per_degree(lat)
        de, dn = (lon2 - lon1) * east / 10, (lat2 - lat1) * north / 10
        edge = np.minimum(np.minimum(times - phase.start, phase.end - times), 5.0) + 5.0
        knots = np.hypot(de, dn) * 10 / edge / KNOTS_TO_MPS
        sog = np.clip(np.rint(10 * (knots + rng.normal(0, 0.12, count))), 0, 400)
        course = np.degrees(np.arctan2(de, dn)) + rng.normal(0, 1.0, count)
        cog = np.rint(10 * course) % 3600
        heading = np.rint(course + rng.normal(0, 2.0, count)) % 360
        swing_m, turn, status = 0.0, np.zeros(count), 0
    east, north = metres_per_degree(lat)
    noise = rng.normal(0, 3.0, (2, count))
    lon = lon + (noise[0] + swing_m * np.cos(turn)) / east
    lat = lat + (noise[1] + swing_m * np.sin(turn)) / north
    return {
        "t": times,
        "lon": np.rint(lon * 1e6).astype(np.int32),
        "lat": np.rint(lat * 1e6).astype(np.int32),
        "sog": sog.astype(np.int16),
        "cog": cog.astype(np.int16),
        "heading": heading.astype(np.int16),
        "status": np.full(count, status, dtype=np.int8),
    }


def reports_of(rng: np.random.Generator, vessel: Vessel, scale: float, end: float) -> dict[str, np.ndarray]:
    """A ship's true reports in time order, without those in her silences."""
    parts = []
    for phase, voyage in zip(vessel.phases, vessel.voyage_of_phase, strict=True):
        part = phase_columns(rng, phase, report_times(rng, phase, scale, end))
        part["voyage"] = np.full(len(part["t"]), voyage, dtype=np.int16)
        parts.append(part)
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    times = columns["t"]
    keep = np.concatenate([[True], np.diff(times) > 0]) if len(times) else np.empty(0, dtype=bool)
    for start, stop in vessel.silences:
        keep &= (times <= start) | (times >= stop)
    return {name: column[keep] for name, column in columns.items()}


def plant_teleports(rng: np.random.Generator, columns: dict[str, np.ndarray], share: float) -> np.ndarray:
    """Flings single reports 50 to 500 km away; returns which. None near a silence, an end, or another one."""
    times, count = columns["t"], len(columns["t"])
    kind = np.zeros(count, dtype=np.int8)
    if count < 50:
        return kind
    chosen = np.flatnonzero(rng.uniform(size=count) < share)
    chosen = chosen[(chosen >= 20) & (chosen < count - 20)]
    chosen = chosen[np.concatenate([[True], np.diff(chosen) >= 20])] if len(chosen) else chosen
    for at in chosen:
        if np.max(np.diff(times[at - 10 : at + 11])) > 1.5 * LONGEST_AT_REST_S:
            continue
        lat = columns["lat"][at] / 1e6
        distance, bearing = rng.uniform(50_000, 500_000), rng.uniform(0, 2 * np.pi)
        east, north = metres_per_degree(lat)
        columns["lat"][at] += round(1e6 * distance * np.cos(bearing) / north)
        columns["lon"][at] += round(1e6 * distance * np.sin(bearing) / east)
        kind[at] = TELEPORT
    return kind


def copies(rng: np.random.Generator, columns: dict[str, np.ndarray]) -> list[dict[str, np.ndarray]]:
    """Further rows made of true ones: exact duplicates, and copies with one field spoilt."""
    out = []
    for kind, share in COPIED.items():
        chosen = np.flatnonzero(rng.uniform(size=len(columns["t"])) < share)
        copy = {name: column[chosen] for name, column in columns.items()}
        copy["kind"] = np.full(len(chosen), kind, dtype=np.int8)
        if kind == NO_POSITION:
            copy["lat"][:], copy["lon"][:] = 91_000_000, 181_000_000
        if kind == OUT_OF_RANGE:
            copy["lat"][:] = rng.integers(92_000_000, 180_000_000, len(chosen))
        out.append(copy)
    return out
