"""Scenes of short ways across the water: ferries, and an estuary with a port on one side and a berth on the other."""

from __future__ import annotations

from collections.abc import Callable

from scene_motion import DAY, HOUR, MINUTE, End, Place
from scene_places import passage_line
from scene_vessel import MAY, Vessel

Launch = Callable[..., Vessel]

# Two berths with the codes of their ports each; knots, and minutes alongside by day. Lanveoc is in no table and 10 km
# across the water from the point of Brest: its calls may be told as calls without a port, or at Brest.
LINES = [
    (("ITMSN", (15.5626, 38.2103)), ("ITVSG", (15.6335, 38.2205)), 15.0),
    (("DKHLS", (12.6200, 56.0355)), ("SEHEL", (12.6930, 56.0430)), 14.0),
    (("ESCEU", (-5.3115, 35.8915)), ("ESALG", (-5.4340, 36.1290)), 27.0),
    (("FRBES", (-4.4870, 48.3800)), ("|FRBES", (-4.4590, 48.2975)), 19.0),
]
NIGHT_H, MORNING_H = 22.5, 5.5


def ferry(vessel: Vessel, line: tuple, number: int, days: float) -> None:
    """A ferry that goes to and fro all day, and lies at one of its berths by night."""
    *ends, knots = line
    fast = knots > 20
    reach = End(4.0 if fast else 3.0, (4 if fast else 1.5) * MINUTE, 1_500.0 if fast else 600.0)
    side = number % 2
    while vessel.now < days * DAY:
        vessel.call(ends[side][0])
        hour = vessel.now / HOUR % 24
        is_night = hour > NIGHT_H or hour < MORNING_H
        hours = (MORNING_H - hour) % 24 if is_night else vessel.rng.uniform(10, 20) / 60
        vessel.berth(ends[side][1], hours + vessel.rng.uniform(0, 0.05), reach=reach, knots=knots, turns=side == 1)
        side = 1 - side


def ferries(launch: Launch) -> None:
    """Ten ferries on four lines."""
    for number, line in enumerate([0, 0, 0, 1, 1, 1, 2, 2, 3, 3]):
        vessel = launch(knots=LINES[line][2], start_h=3.0 + 0.2 * number)
        ferry(vessel, LINES[line], number, 2.6)
        vessel.end_call()


SEA: Place = (2.95, 51.52)
ROADS = [(3.30, 51.44), (3.52, 51.415)]
VLISSINGEN: tuple[str, Place] = ("NLVLI", (3.5860, 51.4430))
BRESKENS: tuple[str, Place] = ("NLBRS", (3.5660, 51.3970))


def estuary(launch: Launch) -> None:
    """Ships that call at Vlissingen, and at Breskens on the other side, 6 km from there."""
    for number in range(10):
        vessel = launch(knots=11.0, start_h=5.0 * number, has_tide=True)
        vessel.begin(SEA)
        first, second = (VLISSINGEN, BRESKENS) if number % 2 else (BRESKENS, VLISSINGEN)
        visit(vessel, first, ROADS)
        if number % 3 == 0:
            visit(vessel, second, [])
        vessel.end_call()
        vessel.go([*reversed(ROADS), SEA])
        line = passage_line("Western Scheldt")
        vessel.transit("Western Scheldt", "", (line[0], line[2]), MAY)


def visit(vessel: Vessel, where: tuple[str, Place], via: list[Place]) -> None:
    """A call of some hours."""
    vessel.call(where[0])
    vessel.berth(where[1], vessel.rng.uniform(4, 22), via, knots=9.0 if not via else 0.0)
