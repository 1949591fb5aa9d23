"""Scenes away from quays: ships aground and adrift, fishing trips, and a berth and an anchorage that no table has."""

from __future__ import annotations

from collections.abc import Callable

from scene_motion import HOUR, Place, bearing_deg
from scene_places import distance_m, must_be_unlisted, off
from scene_reports import FISHING
from scene_vessel import DRIFTING, MAY, TrueStop, Vessel

Launch = Callable[..., Vessel]

VARNA: Place = (27.96667, 43.18333)
VARNA_BERTH: Place = (27.9240, 43.1930)
# Shoals 5 to 8 km off the port's point, inside its circle, and at sea.
SHOALS: list[Place] = [(28.015, 43.150), (28.058, 43.172), (28.640, 43.140), (28.900, 43.420), (29.300, 42.800)]


def grounding(launch: Launch) -> None:
    """Ships that run aground off a port or at sea, lie there for 10 to 60 hours, and go on; some then berth."""
    for number in range(10):
        vessel = launch(knots=11.0, start_h=6.0 * number)
        vessel.begin(off(VARNA, 100 + 3 * number, 140))
        vessel.ground(off(SHOALS[number % 5], 40 * number, 0.3), vessel.rng.uniform(10, 60))
        if number % 2 == 0:
            vessel.call("BGVAR")
            vessel.berth(VARNA_BERTH, vessel.rng.uniform(8, 20), [(28.02, 43.185)] if number % 5 < 2 else [])
            vessel.end_call()
        vessel.go([off(VARNA, 95, 140)])


DURBAN: Place = (31.06667, -29.86667)
DURBAN_BERTH: Place = (31.0330, -29.8760)


def drift(launch: Launch) -> None:
    """Ships that drift off a port or at sea for 2 to 20 hours, waiting for orders or a berth."""
    for number in range(12):
        vessel = launch(knots=13.0, start_h=6.0 * number)
        vessel.begin(off(DURBAN, 75 + 4 * number, 130))
        is_near = number % 3 == 0
        away = vessel.rng.uniform(6.5, 9.0) if is_near else vessel.rng.uniform(25, 80)
        place = off(DURBAN, vessel.rng.uniform(95, 140), away)
        berths = number % 4 in (0, 1)
        if berths and is_near:
            vessel.call("ZADUR", free_first=True)
        vessel.drift(place, vessel.rng.uniform(2, 20))
        if number % 4 == 2:
            vessel.drift(off(vessel.at, 80, 15.0), vessel.rng.uniform(3, 12))
        if berths:
            if not is_near:
                vessel.call("ZADUR")
            vessel.berth(DURBAN_BERTH, vessel.rng.uniform(10, 30))
            vessel.end_call()
        vessel.go([off(DURBAN, 60, 130)])


# Fishing ports, their quays, and grounds some 40 to 80 km away.
HOMES: list[tuple[str, Place, Place]] = [
    ("DKHIR", (9.9680, 57.5960), (9.10, 57.95)),
    ("DKHAN", (8.5935, 57.1240), (7.70, 57.35)),
]


def fishing(launch: Launch) -> None:
    """Fishing trips of one to four days, with trawling at 2 to 4 knots, and landings of 40 minutes to 6 hours."""
    for number in range(8):
        code, quay, ground = HOMES[number % 2]
        vessel = launch(knots=9.5, start_h=1.5 * number)
        vessel.call(code)
        vessel.berth(quay, vessel.rng.uniform(1, 4))
        days = (0.9, 1.2, 1.6, 3.6)[number // 2]
        for _ in range(3 if days < 1 else 2 if days < 2 else 1):
            trip(vessel, off(ground, vessel.rng.uniform(0, 360), 12.0), days * 24 * HOUR)
            vessel.call(code)
            vessel.berth(quay, vessel.rng.uniform(0.7, 6.0))
        trip(vessel, off(ground, 90, 5.0), 10 * HOUR)
        vessel.end_call()


def trip(vessel: Vessel, ground: Place, seconds: float) -> None:
    """Out to the ground, hauls until it is time to go home."""
    rng, home = vessel.rng, vessel.now + seconds - 4 * HOUR
    vessel.end_call()
    vessel.slow_to([ground], 3.0)
    while vessel.now < home:
        course = rng.uniform(0, 360)
        if rng.uniform() < 0.5 or not near(vessel.at, ground):
            course = float(rng.choice([200, 20])) if near(vessel.at, ground) else bearing_deg(vessel.at, ground)
        middle = off(vessel.at, course, rng.uniform(4, 8))
        vessel.go(
            [middle, off(middle, course + rng.uniform(-60, 60), rng.uniform(3, 8))],
            knots=rng.uniform(2.3, 3.9),
            status=FISHING,
        )
        haul(vessel)
    vessel.speed_up(1.5)


def haul(vessel: Vessel) -> None:
    """Hauling at a knot or so: whether that is a stop is a matter of opinion."""
    minutes = vessel.rng.uniform(15, 40)
    knots = vessel.rng.uniform(0.8, 1.6)
    start = vessel.now
    place = off(vessel.at, vessel.rng.uniform(0, 360), knots * 1.852 * minutes / 60)
    vessel.go([place], knots=knots, status=FISHING)
    vessel.stops.append(TrueStop(start, vessel.now, DRIFTING, vessel.at[1], vessel.at[0], MAY))


def near(place: Place, ground: Place) -> bool:
    """Whether a vessel is still on its ground."""
    return distance_m(place, ground) < 15_000


# A pier and an anchorage on a coast whose nearest port is 180 km away, and that port.
PIER: Place = (-65.7060, -44.7980)
ANCHORAGE: Place = (-65.6500, -44.8300)
COMODORO: tuple[str, Place] = ("ARCRD", (-67.4700, -45.8600))


def unlisted(launch: Launch) -> None:
    """Ships that use a pier and an anchorage that no port table has; some come from a port that it has."""
    must_be_unlisted(PIER)
    must_be_unlisted(ANCHORAGE)
    for number in range(11):
        vessel = launch(knots=12.0, start_h=6.0 * number, has_tide=True)
        if number % 4 == 1:
            vessel.call(COMODORO[0])
            vessel.berth(COMODORO[1], vessel.rng.uniform(4, 8))
            vessel.end_call()
            vessel.go([off(COMODORO[1], 90, 60)])
        else:
            vessel.begin(off(PIER, 110, 100))
        if number % 3 != 2:
            vessel.call("", free_first=True)
            if number % 3 == 0:
                vessel.anchor(ANCHORAGE, vessel.rng.uniform(4, 20))
            vessel.berth(PIER, vessel.rng.uniform(6, 24))
        else:
            vessel.call("")
            vessel.anchor(ANCHORAGE, vessel.rng.uniform(6, 26))
        vessel.end_call()
        vessel.go([off(PIER, 100, 100)])
