"""The truth of a scene and what a run of Landfall says of it, as the same tables; times are seconds since 1970.

A time that nobody could see, or that a run does not tell, is none.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from spoiled_files import moment, seconds

MUST, MAY = "must", "may"

# The properties that are judged, by layer; a feature that has none of a name is told once for the run.
NEEDED = {
    "stops": ["kind", "start", "end", "call"],
    "port_calls": ["kind", "port_locode", "arrival", "departure", "first_alongside", "last_alongside", "stop_start"],
    "transits": ["name", "direction", "entry", "exit"],
    "voyages": ["origin", "destination"],
}


@dataclass(frozen=True)
class Span:
    """An event of a vessel; of a run, `first` and `last` are the reports that it rests on."""

    mmsi: str
    start: float | None
    end: float | None
    kind: str = ""
    judged: str = MUST
    place: tuple[float, float] = (0.0, 0.0)
    first: float | None = None
    last: float | None = None
    # Of a stop, the id of the call it is in; of a call, its own.
    call: str | None = None

    @property
    def since(self) -> float:
        """From when it lasts as far as is known."""
        return next((each for each in (self.start, self.first) if each is not None), -np.inf)

    @property
    def until(self) -> float:
        """Until when it lasts as far as is known."""
        return next((each for each in (self.end, self.last) if each is not None), np.inf)

    def overlap(self, other: Span) -> float:
        """The seconds in which both last."""
        return min(self.until, other.until) - max(self.since, other.since)

    def __str__(self) -> str:
        since, until = (moment(each) if np.isfinite(each) else "?" for each in (self.since, self.until))
        return f"{self.mmsi} {self.words} {since} to {until}"

    @property
    def words(self) -> str:
        """What it is, for a reader."""
        return self.kind


@dataclass(frozen=True)
class Call(Span):
    """A call, from its first stop to its last; `ports` are the codes by which it may be told, "" for none."""

    ports: tuple[str, ...] = ()
    arrival: float | None = None
    leaving: float | None = None
    departure: float | None = None
    first_alongside: float | None = None
    last_alongside: float | None = None
    free_first: bool = False

    @property
    def words(self) -> str:
        """Its port and kind."""
        return f"{' or '.join(port or 'no port' for port in self.ports)} ({self.kind})"


@dataclass(frozen=True)
class Transit(Span):
    """A transit: the passage's name is its kind."""

    directions: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Its passage and direction."""
        return f"{self.kind} {' or '.join(self.directions)}"


@dataclass
class Events:
    """The events of a scene, true or told."""

    stops: list[Span] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    transits: list[Transit] = field(default_factory=list)
    voyages: dict[str, int] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)


def table(path: Path) -> list[dict]:
    """The rows of a CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def truth_in(folder: Path) -> Events:
    """What really happened in a scene."""
    out = Events()
    for row in table(folder / "stops.csv"):
        place = (float(row["lon"]), float(row["lat"]))
        times = (seconds(row["start"]), seconds(row["end"]))
        out.stops.append(Span(row["mmsi"], *times, row["kind"], row["judged"], place))
    for row in table(folder / "calls.csv"):
        names = ["arrival", "leaving", "departure", "first_alongside", "last_alongside"]
        call = Call(
            *(row["mmsi"], seconds(row["first_stop_start"]), seconds(row["last_stop_end"]), row["kind"]),
            judged=row["judged"],
            place=(float(row["lon"]), float(row["lat"])),
            ports=tuple(row["port"].split("|")),
            free_first=row["free_first"] == "yes",
            **{name: seconds(row[name]) for name in names},
        )
        out.calls.append(call)
    for row in table(folder / "transits.csv"):
        words = tuple(row["direction"].split("|"))
        times = (seconds(row["entry"]), seconds(row["exit"]))
        out.transits.append(Transit(row["mmsi"], *times, row["name"], row["judged"], directions=words))
    return out


def report_times(positions: Path) -> dict[str, np.ndarray]:
    """When each vessel was heard."""
    with positions.open(encoding="utf-8") as file:
        next(file)
        cells = [line.split(",", 2)[:2] for line in file]
    mmsi = np.array([cell[0] for cell in cells])
    times = np.array([cell[1][:-1] for cell in cells], dtype="datetime64[s]").astype(float)
    return {str(each): np.sort(times[mmsi == each]) for each in np.unique(mmsi)}


def run_in(folder: Path) -> Events:
    """What a run says."""
    out = Events()
    layers = {name: layer(folder, name, out.absent) for name in NEEDED}
    out.stops = [stop_of(*each) for each in layers["stops"]]
    out.calls = [call_of(*each) for each in layers["port_calls"]]
    out.transits = [transit_of(*each) for each in layers["transits"]]
    counts: dict[str, int] = defaultdict(int)
    for properties, _ in layers["voyages"]:
        counts[mmsi_of(properties)] += 1
    out.voyages = dict(counts)
    return out


def layer(folder: Path, name: str, absent: list[str]) -> list[tuple[dict, dict | None]]:
    """Properties, with the id among them, and geometries of a layer; says what is not in it."""
    path = folder / f"{name}.geojson"
    if not path.exists():
        absent.append(f"{name}.geojson is not in the output")
        return []
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    out = [({"id": feature.get("id"), **feature["properties"]}, feature.get("geometry")) for feature in features]
    missing = [each for each in NEEDED[name] if any(each not in properties for properties, _ in out)]
    absent += [f"`{each}` is not in the output of {name}.geojson" for each in missing]
    return out


def mmsi_of(properties: dict) -> str:
    """The id that the vessel sent, without the number of a further hull."""
    return str(properties["vessel_id"]).split("@")[0]


def place_of(geometry: dict | None) -> tuple[float, float]:
    """A point's longitude and latitude; of another geometry its first corner."""
    at = (geometry or {}).get("coordinates") or [0.0, 0.0]
    while isinstance(at[0], list):
        at = at[0]
    return float(at[0]), float(at[1])


def times_of(properties: dict, *names: str) -> list[float | None]:
    """Some times; none where the output has no such property."""
    return [seconds(properties.get(name)) for name in names]


def stop_of(properties: dict, geometry: dict | None) -> Span:
    """A stop."""
    start, end, first, last = times_of(properties, "start", "end", "first_report", "last_report")
    kind, mmsi = str(properties.get("kind") or ""), mmsi_of(properties)
    call = properties.get("call")
    return Span(mmsi, start, end, kind, place=place_of(geometry), first=first, last=last, call=call)


def call_of(properties: dict, geometry: dict | None) -> Call:
    """A call."""
    names = ["arrival", "departure", "first_alongside", "last_alongside"]
    start, end, first, last = times_of(properties, "stop_start", "stop_end", "first_report", "last_report")
    return Call(
        *(mmsi_of(properties), start, end, str(properties.get("kind") or "")),
        place=place_of(geometry),
        first=first,
        last=last,
        call=properties["id"],
        # A port without a code is called by its name.
        ports=(properties.get("port_locode") or properties.get("port") or "",),
        **dict(zip(names, times_of(properties, *names), strict=True)),
    )


def transit_of(properties: dict, _: dict | None) -> Transit:
    """A transit."""
    start, end, first, last = times_of(properties, "entry", "exit", "first_report", "last_report")
    name, direction = str(properties.get("passage") or ""), str(properties.get("direction") or "")
    return Transit(mmsi_of(properties), start, end, name, first=first, last=last, directions=(direction,))
