#!/usr/bin/env python3
"""Port calls, gaps and legs with movingpandas, by the classes that its documentation shows for each step."""

from __future__ import annotations

import datetime
import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

warnings.filterwarnings("ignore", message="Missing optional dependencies")
import movingpandas as mpd  # noqa: E402  the warning comes with the import

from common import AISDK_TIME, GAP_H, MAX_SPEED_KNOTS, Ports, great_circle_m, near_distance_m, read_ports  # noqa: E402
from layers import TOLERANCE_DEG, write_layer  # noqa: E402

GAP = datetime.timedelta(hours=GAP_H)
# A stop is a half hour within so many metres; movingpandas detects stops by place, not by speed.
STOP_DIAMETER_M, STOP_DURATION = 100, datetime.timedelta(minutes=30)
UTC = "%Y-%m-%dT%H:%M:%SZ"


def read_reports(path: str) -> pd.DataFrame:
    """Usable reports, each once, by vessel and time."""
    names = {"# Timestamp": "time", "MMSI": "mmsi", "Latitude": "lat", "Longitude": "lon"}
    reports = pd.read_csv(path, usecols=list(names)).rename(columns=names)
    reports["time"] = pd.to_datetime(reports["time"], format=AISDK_TIME, errors="coerce")
    reports = reports.dropna()
    reports = reports[reports["lat"].between(-90, 90) & reports["lon"].between(-180, 180)]
    return reports.drop_duplicates().astype({"mmsi": "int64"}).sort_values(["mmsi", "time"])


def clean_trajectories(reports: pd.DataFrame) -> mpd.TrajectoryCollection:
    """A trajectory for every vessel, without the reports that no ship can have sent."""
    ships = mpd.TrajectoryCollection(reports, traj_id_col="mmsi", t="time", x="lon", y="lat")
    return mpd.OutlierCleaner(ships).clean(v_max=MAX_SPEED_KNOTS, units=("nm", "h"))


def calls_of(ship: mpd.Trajectory, stops: pd.DataFrame, ports: Ports) -> pd.DataFrame:
    """Calls of one ship: her stops within a port's circle, extended to her stay within it."""
    lon, lat, times = ship.df.geometry.x.to_numpy(), ship.df.geometry.y.to_numpy(), ship.df.index
    rows = []
    for stop in stops.itertuples():
        away = great_circle_m(ports.lon, ports.lat, stop.geometry.x, stop.geometry.y) / ports.enter_m
        port = int(np.argmin(away))
        if away[port] > 1:
            continue
        away_m = near_distance_m(lon, lat, ports.lon[port], ports.lat[port])
        at = times.searchsorted(stop.start_time)
        outside = np.flatnonzero(away_m > ports.leave_m[port])
        split = np.searchsorted(outside, at)
        last = outside[split] - 1 if split < len(outside) else len(times) - 1
        begin = outside[split - 1] + 1 if split else 0
        first = begin + int(np.argmax(away_m[begin : last + 1] <= ports.enter_m[port]))
        rows.append((ship.id, port, times[first], times[last], stop.start_time, stop.end_time, stop.geometry))
    calls = pd.DataFrame(rows, columns=["mmsi", "port", "first", "last", "berthed", "left", "geometry"])
    calls["left"] = calls.groupby(["port", "first"])["left"].transform("max")
    return calls.drop_duplicates(["port", "first"])


def gaps_of(ship: mpd.Trajectory, data_end: pd.Timestamp) -> list[dict]:
    """Silences over the threshold, from the ends of the parts into which they split her trajectory."""
    parts = mpd.ObservationGapSplitter(ship).split(gap=GAP).trajectories
    gaps = []
    for before, after in zip(parts, [*parts[1:], None], strict=True):
        start, end = before.df.iloc[-1], after.df.iloc[0] if after else None
        if after is None and data_end - start.name <= GAP:
            continue
        line = None if end is None else shapely.LineString([start.geometry, end.geometry])
        until = None if end is None else end.name.strftime(UTC)
        gaps.append({"mmsi": str(ship.id), "start": start.name.strftime(UTC), "end": until, "geometry": line})
    return gaps


def legs_of(ship: mpd.Trajectory, calls: pd.DataFrame, ports: Ports) -> list[dict]:
    """Ways from the last report at rest of a call to the first of the next, simplified and broken at gaps."""
    legs = []
    for left, met in zip(calls.itertuples(), calls.iloc[1:].itertuples(), strict=False):
        way = ship.get_segment_between(left.left, met.berthed)
        parts = mpd.ObservationGapSplitter(way).split(gap=GAP)
        lines = mpd.DouglasPeuckerGeneralizer(parts).generalize(tolerance=TOLERANCE_DEG).trajectories
        legs.append(
            {
                "mmsi": str(ship.id),
                "origin": ports.name[left.port],
                "destination": ports.name[met.port],
                "start": left.left.strftime(UTC),
                "end": met.berthed.strftime(UTC),
                "geometry": shapely.MultiLineString([line.to_linestring() for line in lines]),
            }
        )
    return legs


def write(path: Path, rows: list[dict]) -> None:
    """Writes a layer of rows that hold their geometry."""
    geometries = np.array([row.pop("geometry") for row in rows], dtype=object)
    write_layer(path, geometries, [json.dumps(row) for row in rows])


def call_fields(calls: pd.DataFrame, ports: Ports) -> list[dict]:
    """What a call's feature says."""
    return [
        {
            "mmsi": str(call.mmsi),
            "port": ports.name[call.port],
            "port_locode": ports.locode[call.port],
            "first_report": call.first.strftime(UTC),
            "last_report": call.last.strftime(UTC),
            "geometry": call.geometry,
        }
        for call in calls.itertuples()
    ]


def main() -> None:
    """The whole job: `peer_movingpandas.py INPUT.csv OUT_FOLDER`."""
    out = Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    ports, reports = read_ports(), read_reports(sys.argv[1])
    data_end = reports["time"].max()
    calls, gaps, legs = [], [], []
    ships = clean_trajectories(reports)
    stops = mpd.TrajectoryStopDetector(ships, n_processes=None).get_stop_points(STOP_DIAMETER_M, STOP_DURATION)
    for ship in ships:
        hers = calls_of(ship, stops[stops["traj_id"] == ship.id], ports)
        calls += call_fields(hers, ports)
        gaps += gaps_of(ship, data_end)
        legs += legs_of(ship, hers, ports)
    counts = f"{len(reports):,} reports, {len(calls):,} calls, {len(gaps):,} gaps, {len(legs):,} legs"
    for name, rows in {"port_calls": calls, "gaps": gaps, "voyages": legs}.items():
        write(out / f"{name}.geojson", rows)
    print(counts)


if __name__ == "__main__":
    main()
