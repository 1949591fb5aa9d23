"""Places of the scenes: what the bundled tables say of ports and passages, and how far apart ports are."""

from __future__ import annotations

import csv
from functools import cache

import numpy as np

from common import REPOSITORY, Ports, near_distance_m, read_ports
from scene_motion import Place, moved
from scene_reports import true_places
from scene_vessel import TrueStop, Vessel

PASSAGES_CSV = REPOSITORY / "data" / "passages.csv"
UNLISTED_M = 15_000.0


@cache
def bundled_ports() -> Ports:
    """The bundled port table."""
    return read_ports()


@cache
def passage_line(name: str) -> tuple[Place, ...]:
    """The line of a bundled passage, as it is drawn there."""
    with PASSAGES_CSV.open(encoding="utf-8", newline="") as file:
        line = next(row["line"] for row in csv.DictReader(file) if row["name"] == name)
    return tuple(tuple(float(each) for each in point.split()) for point in line.split(";"))


def off(place: Place, direction_deg: float, distance_km: float) -> Place:
    """A place so far from another one."""
    angle = np.radians(direction_deg)
    return moved(place, 1000 * distance_km * np.sin(angle), 1000 * distance_km * np.cos(angle))


def distance_m(one: Place, other: Place) -> float:
    """The distance between two places that are near each other."""
    return float(near_distance_m(one[0], one[1], *other))


def must_be_unlisted(place: Place) -> Place:
    """The place itself; an error if a port of the table is near."""
    ports = bundled_ports()
    near = np.flatnonzero((np.abs(ports.lat - place[1]) < 1) & (np.abs(ports.lon - place[0]) < 1))
    for port in near:
        if distance_m(place, (ports.lon[port], ports.lat[port])) < UNLISTED_M:
            raise ValueError(f"{ports.name[port]} is near {place}")
    return place


@cache
def lone_port(code: str) -> int | None:
    """The number of the port with a code whose circles touch no other port's; none if there is no such."""
    ports = bundled_ports()
    numbers = [number for number, locode in enumerate(ports.locode) if locode == code]
    if len(numbers) != 1:
        return None
    port = numbers[0]
    away = near_distance_m(ports.lon, ports.lat, ports.lon[port], ports.lat[port])
    away[port] = np.inf
    return port if np.all(away > ports.leave_m + ports.leave_m[port]) else None


def tell_arrivals(vessel: Vessel) -> None:
    """When a vessel entered and left the circles of ports; only where these touch no other port's."""
    ports = bundled_ports()
    times = np.arange(vessel.phases[0].start, vessel.now, 10.0)
    lon, lat = true_places(vessel.phases, times)
    for call in vessel.calls:
        port = lone_port(call.port)
        if port is None or not call.stops:
            continue
        away = near_distance_m(lon, lat, ports.lon[port], ports.lat[port])
        at_rest = [stop for stop in call.stops if lies_in(stop, port)]
        start, end = at_rest[0].start, at_rest[-1].end
        if start is not None and np.any(outside := (times < start) & (away > ports.leave_m[port])):
            inside = (times > times[outside][-1]) & (away <= ports.enter_m[port])
            call.arrival = float(times[inside][0])
        if end is not None and np.any(gone := (times > end) & (away > ports.leave_m[port])):
            call.departure = float(times[gone][0])
            call.leaving = float(times[(times > end) & (away > ports.enter_m[port])][0])


def lies_in(stop: TrueStop, port: int) -> bool:
    """Whether a rest is within a port's circle."""
    ports = bundled_ports()
    return distance_m((stop.lon, stop.lat), (ports.lon[port], ports.lat[port])) <= ports.enter_m[port]
