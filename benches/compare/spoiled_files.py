"""What a case of the spoiler and a run of Landfall left in files, as plain tables; times are seconds since 1970."""

from __future__ import annotations

import csv
import datetime
import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

MOORED, AT_ANCHOR = "Moored", "At anchor"


def seconds(text: str | None) -> float | None:
    """A moment in ISO 8601; none for no text."""
    return datetime.datetime.fromisoformat(text).timestamp() if text else None


@dataclass
class Event:
    """A call, passage, stop, voyage or gap of a run; the end of an open gap is none."""

    vessel_id: str
    mmsi: str
    start: float
    end: float | None
    place: str
    rows: tuple[int, int]
    length_km: float = 0.0
    kind: str = ""
    has_arrival: bool = False
    has_departure: bool = False
    messages: float = 0.0
    silent_s: float = 0.0

    def __str__(self) -> str:
        end = moment(self.end) if self.end is not None else "the data's end"
        place = f" {self.place}" if self.place else ""
        kind = f" ({self.kind})" if self.kind else ""
        return f"{self.vessel_id}{place}{kind} {moment(self.start)} to {end}, rows {self.rows[0]} to {self.rows[1]}"


def moment(time: float) -> str:
    """A moment for a reader."""
    return datetime.datetime.fromtimestamp(time, datetime.UTC).strftime("%Y-%m-%d %H:%M:%S")


@dataclass
class Run:
    """The outputs of a run that are judged."""

    calls: list[Event]
    voyages: list[Event]
    gaps: list[Event]
    stops: list[Event]
    ids: set[str]
    flagged: dict[int, set[str]]
    rejected: dict[int, str]
    zones: int

    @property
    def hulls(self) -> set[str]:
        """Further hulls: ships taken for others that send under one id."""
        return {each for each in self.ids if "@" in each}

    @classmethod
    def read(cls, folder: Path) -> Run:
        """The outputs in a folder."""
        flagged: dict[int, set[str]] = defaultdict(set)
        for row in table(folder / "flagged.csv"):
            flagged[int(row["row"])].add(row["flag"])
        return cls(
            calls=[call_of(each) for each in features(folder / "port_calls.geojson")],
            voyages=[voyage_of(each) for each in features(folder / "voyages.geojson")],
            gaps=[gap_of(each) for each in features(folder / "gaps.geojson")],
            stops=[stop_of(each) for each in features(folder / "stops.geojson")],
            ids={row["vessel_id"].lstrip("'") for row in table(folder / "vessels.csv")},
            flagged=dict(flagged),
            rejected={int(row["row"]): row["reason"] for row in table(folder / "rejected.csv")},
            zones=len(features(folder / "interference.geojson")),
        )


def features(path: Path) -> list[dict]:
    """The properties of a layer's features; none if the layer is not there."""
    if not path.exists():
        return []
    return [feature["properties"] for feature in json.loads(path.read_text(encoding="utf-8"))["features"]]


def table(path: Path) -> list[dict]:
    """The rows of a CSV that Landfall wrote."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def event_of(properties: dict, start: str | None, end: str | None, place: str) -> Event:
    """What all events have."""
    source = properties.get("source") or {}
    rows = tuple(int((source.get(end) or {}).get("row") or 0) for end in ("first", "last"))
    vessel_id = properties["vessel_id"]
    return Event(vessel_id, vessel_id.split("@")[0], seconds(start) or 0.0, seconds(end), place, rows)


def call_of(properties: dict) -> Event:
    """A port call, from its first report in port to its last."""
    event = event_of(properties, properties["first_report"], properties["last_report"], properties["port"])
    event.has_arrival, event.has_departure = properties["arrival"] is not None, properties["departure"] is not None
    return event


def voyage_of(properties: dict) -> Event:
    """A voyage."""
    ends = f"{properties['origin']} > {properties['destination']}"
    event = event_of(properties, properties["first_report"], properties["last_report"], ends)
    event.length_km = float(properties["distance_km"])
    return event


def stop_of(properties: dict) -> Event:
    """A stop outside every port."""
    return event_of(properties, properties["first_report"], properties["last_report"], "")


def gap_of(properties: dict) -> Event:
    """A gap; where gaps have no kind, each is a silence."""
    event = event_of(properties, properties["start"], properties["end"], "")
    event.kind = properties.get("kind") or "silence"
    told = properties.get("messages_without_position")
    event.messages = float(told) if isinstance(told, (int, float)) else 0.0
    event.silent_s = 3600.0 * float(properties.get("silent_h") or 0.0)
    return event


@dataclass
class Heard:
    """When and where one vessel was truly heard, in order of time.

    `sure` are reports that are true, at `is_sailing` of them the vessel was under way; `alive` all times at which it was heard for certain, `perhaps` those besides
    at which it was heard if a program makes use of a report with a wrong time or place.
    """

    sure: np.ndarray = field(default_factory=lambda: np.empty(0))
    lon: np.ndarray = field(default_factory=lambda: np.empty(0))
    lat: np.ndarray = field(default_factory=lambda: np.empty(0))
    moored: np.ndarray = field(default_factory=lambda: np.empty(0))
    anchored: np.ndarray = field(default_factory=lambda: np.empty(0))
    is_sailing: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=bool))
    alive: np.ndarray = field(default_factory=lambda: np.empty(0))
    perhaps: np.ndarray = field(default_factory=lambda: np.empty(0))
    removed: np.ndarray = field(default_factory=lambda: np.empty(0))


@dataclass
class CaseFiles:
    """A case as its folder has it."""

    name: str
    folder: Path
    rules: dict
    heard: dict[str, Heard]
    planted: dict[int, str]

    @classmethod
    def read(cls, folder: Path) -> CaseFiles:
        """Reads a case's feed and truth."""
        truth = folder / "truth"
        rules = json.loads((truth / "rules.json").read_text(encoding="utf-8"))
        with (truth / "planted.csv").open(encoding="utf-8") as file:
            planted = {int(row["row"]): row for row in csv.DictReader(file)}
        return cls(
            name=folder.name,
            folder=folder,
            rules=rules,
            heard=heard_in(folder, planted, bool(rules["box"])),
            planted={row: each["fate"] for row, each in planted.items()},
        )


def true_calls(folder: Path) -> list[dict]:
    """The calls that the vessels of a case really made."""
    with (folder / "truth" / "calls.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def feed_rows(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """MMSI, time, longitude, latitude and navigational status of a feed's rows."""
    with path.open(encoding="utf-8") as file:
        next(file)
        cells = [line.rstrip("\n").split(",") for line in file]
    mmsi, time, lat, lon, _, _, _, status = zip(*cells, strict=True)
    stamps = np.array([text[:-1] for text in time], dtype="datetime64[s]").astype(np.int64)
    return (
        np.array(mmsi),
        stamps.astype(float),
        np.array(lon, dtype=float),
        np.array(lat, dtype=float),
        np.array(status),
    )


def heard_in(folder: Path, planted: dict[int, dict], with_removed: bool) -> dict[str, Heard]:
    """When each vessel of a case was truly heard."""
    mmsi, time, lon, lat, status = feed_rows(folder / "spoiled.csv")
    alive, perhaps = time.copy(), time.copy()
    is_sure = np.ones(len(time), dtype=bool)
    for row, each in planted.items():
        alive[row - 1] = seconds(each["heard"]) or np.nan
        perhaps[row - 1] = seconds(each["perhaps_heard"]) or np.nan
        is_sure[row - 1] = each["fate"] != "planted" and not np.isnan(alive[row - 1])
    removed: dict[str, np.ndarray] = {}
    if with_removed:
        numbers = np.loadtxt(folder / "truth" / "removed.csv", dtype=int, skiprows=1, ndmin=1) - 1
        clean_mmsi, clean_time = feed_rows(folder / "clean.csv")[:2]
        removed = {each: np.sort(clean_time[numbers][clean_mmsi[numbers] == each]) for each in np.unique(clean_mmsi)}
    out = {}
    for each in np.unique(mmsi):
        own = np.flatnonzero((mmsi == each) & is_sure)
        own = own[np.argsort(alive[own], kind="stable")]
        every = mmsi == each
        out[str(each)] = Heard(
            sure=alive[own],
            lon=lon[own],
            lat=lat[own],
            moored=alive[own][status[own] == MOORED],
            anchored=alive[own][status[own] == AT_ANCHOR],
            is_sailing=(status[own] != MOORED) & (status[own] != AT_ANCHOR),
            alive=np.unique(alive[every][~np.isnan(alive[every])]),
            perhaps=np.unique(perhaps[every][~np.isnan(perhaps[every])]),
            removed=removed.get(str(each), np.empty(0)),
        )
    return out
