"""The truth of a simulation: what a list of the port calls, silences and anchorings would say."""

from __future__ import annotations

import datetime

import numpy as np

from common import GAP_H, LEAVE_FACTOR, Ports, near_distance_m
from ships import HOUR, Lie, Sail, Vessel

START = int(datetime.datetime(2024, 3, 1, tzinfo=datetime.UTC).timestamp())


def iso(seconds: float | None) -> str:
    """A moment of the data in ISO 8601, UTC; empty for none."""
    if seconds is None:
        return ""
    moment = datetime.datetime.fromtimestamp(START + seconds, datetime.UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def crossing(sail: Sail, lon: float, lat: float, radius_m: float, inward: bool) -> float:
    """When a way crosses a circle around its end (inward) or its start, in seconds."""
    span = np.arange(sail.start, sail.end + 10, 10.0)
    away = near_distance_m(*sail.place(span), lon, lat) - radius_m
    if inward:
        after = np.flatnonzero(away > 0)
        at = after[-1] if len(after) else 0
    else:
        at = max(int(np.argmax(away > 0)) - 1, 0)
    rise = away[at + 1] - away[at]
    return float(span[at] - away[at] / rise * 10.0)


def true_calls(vessel: Vessel, ports: Ports, end: float) -> list[dict]:
    """The ship's port calls within the data's time. Arrival is when she comes within the port's radius, departure when
    she passes the radius at which she has left; both may lie outside the data (`cut_start`, `cut_end`)."""
    calls = []
    for at, phase in enumerate(vessel.phases):
        if not isinstance(phase, Lie) or phase.port < 0:
            continue
        centre = (float(ports.lon[phase.port]), float(ports.lat[phase.port]))
        enter_m = float(ports.enter_m[phase.port])
        before = vessel.phases[at - 1] if at else None
        after = vessel.phases[at + 1] if at + 1 < len(vessel.phases) else None
        arrival = crossing(before, *centre, enter_m, True) if before else phase.start
        departure = crossing(after, *centre, enter_m * LEAVE_FACTOR, False) if after else phase.end
        if departure < 0 or arrival >= end:
            continue
        calls.append(
            {
                "mmsi": vessel.mmsi,
                "vessel": vessel.number,
                "port": ports.name[phase.port],
                "locode": ports.locode[phase.port],
                "arrival": arrival,
                "berthed": phase.start,
                "unberthed": phase.end,
                "departure": departure,
                "hours_seen": hours_seen(phase, end),
                "cut_start": arrival < 0,
                "cut_end": departure >= end,
                "shares_mmsi": vessel.shares_mmsi,
            }
        )
    return calls


def true_silences(vessel: Vessel, times: np.ndarray, data_end: float) -> list[dict]:
    """The ship's silences as her reports frame them, without an end if she is not heard again; `shorter` ones are no
    gaps to Landfall."""
    gaps = []
    for start, stop in vessel.silences:
        before, after = times[times <= start], times[times >= stop]
        if len(before) == 0:
            continue
        until = float(after[0]) if len(after) else data_end
        kind = "gap" if until - float(before[-1]) > GAP_H * HOUR else "shorter"
        gaps.append(
            {
                "kind": kind,
                "mmsi": vessel.mmsi,
                "vessel": vessel.number,
                "start": float(before[-1]),
                "end": until if len(after) else None,
                "shares_mmsi": vessel.shares_mmsi,
            }
        )
    return gaps


def hours_seen(phase: Lie, end: float) -> float:
    """For how long she is seen to lie within the data's time."""
    return round(max(0.0, min(phase.end, end) - max(phase.start, 0.0)) / HOUR, 3)


def true_anchorings(vessel: Vessel, end: float) -> list[dict]:
    """The ship's rests outside every port but those that fall into a silence."""
    return [
        {
            "mmsi": vessel.mmsi,
            "vessel": vessel.number,
            "start": phase.start,
            "end": phase.end,
            "hours_seen": hours_seen(phase, end),
            "shares_mmsi": vessel.shares_mmsi,
        }
        for phase in vessel.phases
        if isinstance(phase, Lie)
        and phase.port < 0
        and hours_seen(phase, end) > 0
        and not any(start <= phase.start and phase.end <= stop for start, stop in vessel.silences)
    ]
