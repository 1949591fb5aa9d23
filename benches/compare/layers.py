"""Layers: what polars and DuckDB have in common once events are found, namely lines and GeoJSON.

Neither of the two draws lines, so that both hand over arrays to shapely here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import shapely

from common import SIMPLIFY_M

# A tolerance in degrees of latitude; a degree of longitude is shorter, so that lines come out a little finer there.
TOLERANCE_DEG = SIMPLIFY_M / 111_320.0


def pieces(after_gap: np.ndarray, first: int, last: int) -> Iterator[slice]:
    """The reports number `first` to `last` in runs without a gap; one report by itself is none."""
    cuts = first + 1 + np.flatnonzero(after_gap[first + 1 : last + 1])
    for start, end in zip([first, *cuts], [*cuts, last + 1], strict=True):
        if end - start > 1:
            yield slice(start, end)


def simplified(lines: np.ndarray) -> np.ndarray:
    """The lines thinned out after Douglas and Peucker, on all cores: GEOS works outside Python's lock."""
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool:
        parts = pool.map(
            lambda part: shapely.simplify(part, TOLERANCE_DEG, preserve_topology=False),
            np.array_split(lines, 8 * cores),
        )
        return np.concatenate(list(parts))


def leg_lines(
    lon: np.ndarray, lat: np.ndarray, after_gap: np.ndarray, first: np.ndarray, last: np.ndarray
) -> np.ndarray:
    """Simplified multi-lines of legs, broken at gaps.

    `lon`, `lat` (degrees) and `after_gap` are all reports, sorted by vessel and time; a leg is the reports number
    `first` to `last`, both included.
    """
    lines, legs = [], []
    places = np.column_stack([lon, lat])
    for leg, (start, end) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        for piece in pieces(after_gap, start, end):
            lines.append(shapely.linestrings(places[piece]))
            legs.append(leg)
    out = np.full(len(first), None, dtype=object)
    if lines:
        shapely.multilinestrings(simplified(np.array(lines)), indices=legs, out=out)
    return out


def write_layer(path: Path, geometries: np.ndarray, properties: Iterable[str]) -> None:
    """Writes a GeoJSON layer; `properties` are JSON objects, and a feature may have no geometry."""
    texts = shapely.to_geojson(geometries)
    with path.open("w", encoding="utf-8") as out:
        out.write('{"type":"FeatureCollection","features":[\n')
        for number, (geometry, fields) in enumerate(zip(texts, properties, strict=True)):
            comma = ",\n" if number else ""
            out.write(f'{comma}{{"type":"Feature","geometry":{geometry or "null"},"properties":{fields}}}')
        out.write("\n]}\n")
