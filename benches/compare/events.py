"""Events of a run as tables, whoever wrote them: Landfall and the peers name some columns differently."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from common import great_circle_m


@dataclass
class Events:
    """Port calls (`first`, `last`), gaps (`start`, `end`) and legs (`start`, `end`, `length_m`), each with its MMSI."""

    calls: pl.DataFrame
    gaps: pl.DataFrame
    legs: pl.DataFrame


def moment(*names: str) -> pl.Expr:
    """A time column, under the first name that is there."""
    return pl.coalesce(names).str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="ms")


def line_m(geometry: dict | None) -> float:
    """The length of a MultiLineString in metres."""
    if geometry is None:
        return 0.0
    lines = (np.array(line) for line in geometry["coordinates"])
    return float(sum(great_circle_m(*line[:-1, :2].T, *line[1:, :2].T).sum() for line in lines))


def table(path: Path, columns: list[str], with_length: bool = False) -> pl.DataFrame:
    """Some properties of a layer's features as text, null where a feature has no such property."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    data = {name: [feature["properties"].get(name) for feature in features] for name in columns}
    out = pl.DataFrame(data, schema=dict.fromkeys(columns, pl.String))
    if with_length:
        out = out.with_columns(
            length_m=pl.Series([line_m(feature["geometry"]) for feature in features], dtype=pl.Float64)
        )
    return out


def read_events(folder: Path, without: Collection[int] = ()) -> Events:
    """The events that a run wrote, but for the ships `without`."""
    calls = table(
        folder / "port_calls.geojson", ["mmsi", "port", "first_report", "last_report", "arrival", "departure"]
    )
    gaps = table(folder / "gaps.geojson", ["mmsi", "start", "end"])
    legs = table(
        folder / "voyages.geojson",
        ["mmsi", "origin", "destination", "start", "end", "first_report", "last_report"],
        with_length=True,
    )
    kept = ~pl.col("mmsi").is_in(list(without))
    mmsi = pl.col("mmsi").cast(pl.Int64)
    return Events(
        calls=calls.select(
            mmsi,
            "port",
            first=moment("first_report"),
            last=moment("last_report"),
            arrival_seen=pl.col("arrival").is_not_null(),
            departure_seen=pl.col("departure").is_not_null(),
        ).filter(kept),
        gaps=gaps.select(mmsi, start=moment("start"), end=moment("end")).filter(kept),
        legs=legs.select(
            mmsi,
            "origin",
            "destination",
            "length_m",
            start=moment("start", "first_report"),
            end=moment("end", "last_report"),
        ).filter(kept),
    )
