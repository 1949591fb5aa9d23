"""Variants of scenes that must give the same: thinned, without speeds, with more noise, or moved over the globe.

What is told of a variant is compared with what is told of the scene itself, not with the truth.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from common import PORTS_CSV, metres_per_degree
from scene_files import Events, Span
from scene_verdict import Rules

# Every so many reports of a vessel are kept of a thinned scene.
THIN = 10
NOISE_M = 10.0

# Ports within so many degrees of the scene are moved with it; others are left out.
NEAR_DEG = 8.0

Table = list[dict[str, str]]
Move = Callable[[float, float], tuple[float, float]]


def stay(lon: float, lat: float) -> tuple[float, float]:
    """The same place."""
    return lon, lat


@dataclass(frozen=True)
class Made:
    """A variant's files, and where it has put the scene's places."""

    positions: Path
    base_ports: Path | None = None
    ports: Path | None = None
    move: Move = stay

    def moved(self, told: Events) -> Events:
        """What is told of the scene itself, at the places of the variant."""

        def put(span: Span) -> Span:
            return replace(span, place=self.move(*span.place))

        return Events([*map(put, told.stops)], [*map(put, told.calls)], told.transits, told.voyages)


def thin(rows: Table) -> Table:
    """Every tenth report of each vessel."""
    seen: dict[str, int] = {}
    out = []
    for row in rows:
        number = seen[row["mmsi"]] = seen.get(row["mmsi"], -1) + 1
        if number % THIN == 0:
            out.append(row)
    return out


def without_speed(rows: Table) -> Table:
    """Times and positions only."""
    return [{name: row[name] for name in ("mmsi", "timestamp", "lat", "lon")} for row in rows]


def noisy(rows: Table) -> Table:
    """Every position off by some metres, at random."""
    rng = np.random.default_rng(5)
    out = []
    for row, (de, dn) in zip(rows, rng.normal(0, NOISE_M, (len(rows), 2)).tolist(), strict=True):
        east, north = metres_per_degree(float(row["lat"]))
        lat, lon = float(row["lat"]) + dn / north, float(row["lon"]) + de / east
        out.append({**row, "lat": f"{lat:.6f}", "lon": f"{lon:.6f}"})
    return out


def mover(centre: tuple[float, float], target: tuple[float, float]) -> Move:
    """Moves places so that one comes to another; distances north and south, and east and west, are kept."""

    def move(lon: float, lat: float) -> tuple[float, float]:
        there = lat + target[1] - centre[1]
        scale = float(metres_per_degree(lat)[0] / metres_per_degree(there)[0])
        return (target[0] + (lon - centre[0]) * scale + 180) % 360 - 180, there

    return move


def move_rows(rows: Table, move: Move) -> Table:
    """Rows of positions or ports at other places."""
    out = []
    for row in rows:
        lon, lat = move(float(row["lon"]), float(row["lat"]))
        out.append({**row, "lat": f"{lat:.6f}", "lon": f"{lon:.6f}"})
    return out


def read(path: Path) -> Table:
    """The rows of a CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def write(rows: Table, path: Path) -> Path:
    """Writes rows as a CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


@dataclass(frozen=True)
class Variant:
    """What is done to scenes, to which ones, and how like the scene itself the result must be."""

    name: str
    change: Callable[[Table], Table] | None = None
    # Where the scene's middle comes to; no latitude keeps its own.
    target: tuple[float, float | None] = (0.0, None)
    interval: str = "dense"
    scene: str = ""
    rules: Rules = field(default_factory=lambda: Rules(judges_times=False))

    def is_of(self, folder: str) -> bool:
        """Whether there is such a variant of a scene."""
        return folder.startswith(self.scene) and folder.endswith(self.interval)

    def make(self, folder: Path, out: Path) -> Made:
        """Writes the variant of a scene."""
        rows = read(folder / "positions.csv")
        if self.change is not None:
            return Made(write(self.change(rows), out / "positions.csv"))
        centre = np.median([[float(row["lon"]), float(row["lat"])] for row in rows], axis=0)
        lon, lat = self.target
        move = mover((float(centre[0]), float(centre[1])), (lon, float(centre[1]) if lat is None else lat))
        ports = [
            port
            for port in read(PORTS_CSV)
            if abs(float(port["lon"]) - centre[0]) < NEAR_DEG and abs(float(port["lat"]) - centre[1]) < NEAR_DEG
        ]
        return Made(
            write(move_rows(rows, move), out / "positions.csv"),
            write(ports, out / "base-ports.csv"),
            write(move_rows(ports, move), out / "ports.csv"),
            move,
        )


# A stop shorter than three of the intervals that are left may be lost by thinning: one with fewer than four reports.
VARIANTS = [
    Variant("thin", thin, rules=Rules(least_reports=4, judges_times=False)),
    Variant("nospeed", without_speed),
    Variant("noise", noisy),
    Variant("antimeridian", target=(180.0, None), interval="", scene="unlisted"),
    Variant("north", target=(20.0, 75.0), interval="", scene="unlisted"),
]
