"""Scenes of ships in canals: convoys through Suez, the locks of Kiel and Panama, and ships that do call beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from scene_motion import DAY, HOUR, Place
from scene_places import passage_line
from scene_vessel import AGROUND_OR_WAITING, ALONGSIDE, MAY, Vessel

Launch = Callable[..., Vessel]

# A ship in a lock waits and is made fast: either is right.
IN_LOCK = f"{AGROUND_OR_WAITING}|{ALONGSIDE}"

# A place in a canal, and what a vessel does there beyond passing it: it is given the way to there.
Step = tuple[Place, Callable[[Sequence[Place]], None] | None]


def through(vessel: Vessel, steps: Sequence[Step], knots: float) -> None:
    """The way through a canal, at its speed, with waits; outside it a vessel has its own speed."""
    vessel.slow_to([steps[0][0]], knots)
    way: list[Place] = []
    for place, wait in steps[1:]:
        if wait is None:
            way.append(place)
        else:
            wait(way)
            way = []
    if way:
        vessel.go(way, knots=knots)
        vessel.speed_up(knots)


def steps_of(name: str, waits: dict[int, list[Step]], is_reverse: bool) -> list[Step]:
    """A passage's line with steps after some of its points, in one direction or the other."""
    steps: list[Step] = []
    for number, point in enumerate(passage_line(name)):
        steps.append((point, None))
        steps += waits.get(number, [])
    return steps[::-1] if is_reverse else steps


MEDITERRANEAN, RED_SEA = (32.42, 31.85), (32.62, 29.45)
BITTER_LAKE, GROUNDED = (32.375, 30.335), (32.571, 30.095)
SUEZ_BAY = [(32.525, 29.895), (32.535, 29.880), (32.510, 29.885)]
OFF_PORT_SAID = [(32.37, 31.335), (32.42, 31.43), (32.46, 31.42)]
PORT_SAID: tuple[str, Place] = ("EGPSD", (32.3065, 31.2560))
SUEZ: tuple[str, Place] = ("EGSUZ", (32.5480, 29.9480))
ADABIYA: tuple[str, Place] = ("EGADA", (32.4800, 29.8720))


def suez_steps(vessel: Vessel, is_north: bool, knots: float, waits: bool, grounds: bool) -> list[Step]:
    """The way through the Suez Canal, with a wait at anchor in the Great Bitter Lake, or 30 hours aground."""
    stops: dict[int, list[Step]] = {}
    if waits:
        hours = vessel.rng.uniform(3, 8)
        stops[4] = [(BITTER_LAKE, lambda via: vessel.anchor(BITTER_LAKE, hours, via, knots))]
    if grounds:
        stops[6] = [(GROUNDED, lambda via: vessel.ground(GROUNDED, 30.0, via, knots))]
    return steps_of("Suez Canal", stops, is_north)


def suez_transit(vessel: Vessel, is_north: bool, number: int, waits: bool = False, grounds: bool = False) -> None:
    """One transit."""
    line = passage_line("Suez Canal")
    knots = 7.6 + 0.08 * (number % 8)
    through(vessel, suez_steps(vessel, is_north, knots, waits, grounds), knots)
    vessel.transit("Suez Canal", "north" if is_north else "south", (line[0], line[-1]))


def convoy_ship(vessel: Vessel, number: int) -> None:
    """A ship of a convoy; most wait for it at anchor."""
    is_north = number % 2 == 1
    slot = (1 + number // 7) * DAY + (4.0 + 0.25 * (number % 7)) * HOUR
    sea, other = (RED_SEA, MEDITERRANEAN) if is_north else (MEDITERRANEAN, RED_SEA)
    vessel.begin(sea)
    if number % 4 != 0:
        places = SUEZ_BAY if is_north else OFF_PORT_SAID
        vessel.anchor(places[number // 2 % 3], 1.5, until=slot)
    suez_transit(vessel, is_north, number, waits=number % 5 == 2, grounds=number == 5)
    vessel.go([other])


def suez(launch: Launch) -> None:
    """Convoys both ways, one ship aground, and ships that berth at Suez, Adabiya or Port Said."""
    for number in range(14):
        early = vessel_lead(number)
        convoy_ship(
            launch(knots=13.0, start_h=24.0 * (1 + number // 7) + 4.0 - early, has_tide=number % 2 == 1), number
        )
    vessel = launch(knots=12.0, start_h=20.0)
    visit_from(vessel, RED_SEA, ADABIYA, 20.0)
    vessel = launch(knots=12.0, start_h=26.0, has_tide=True)
    vessel.begin(RED_SEA)
    vessel.call(SUEZ[0], free_first=True)
    vessel.anchor(SUEZ_BAY[1], 5.0)
    visit_from(vessel, None, SUEZ, 18.0, RED_SEA)
    vessel = launch(knots=13.0, start_h=10.0)
    visit_from(vessel, MEDITERRANEAN, PORT_SAID, 22.0, None)
    suez_transit(vessel, False, 3)
    vessel.go([RED_SEA])
    vessel = launch(knots=13.0, start_h=40.0)
    visit_from(vessel, MEDITERRANEAN, PORT_SAID, 24.0)
    vessel = launch(knots=13.0, start_h=24.0)
    vessel.begin(RED_SEA)
    suez_transit(vessel, True, 5)
    visit_from(vessel, None, PORT_SAID, 11.0, MEDITERRANEAN)
    vessel = launch(knots=13.0, start_h=23.0)
    vessel.begin(MEDITERRANEAN)
    suez_transit(vessel, False, 6)
    visit_from(vessel, None, ADABIYA, 16.0, RED_SEA)


def vessel_lead(number: int) -> float:
    """Hours before its convoy that a ship is first heard."""
    return 3.0 if number % 4 == 0 else 5.0 + 2.3 * (number % 5)


def visit_from(
    vessel: Vessel, sea: Place | None, where: tuple[str, Place], hours: float, back: Place | str | None = "same"
) -> None:
    """A call at a berth, coming from the sea and going back, or elsewhere, or from where the vessel is."""
    if sea is not None:
        vessel.begin(sea)
    if not vessel.is_calling:
        vessel.call(where[0])
    vessel.berth(where[1], hours)
    vessel.end_call()
    target = sea if back == "same" else back
    if target is not None:
        vessel.go([target])


ELBE_MOUTH, ELBE, BALTIC_SEA = (8.20, 54.01), [(8.70, 53.96), (9.02, 53.885)], (10.40, 54.62)
BRUNSBUTTEL_LOCK, HOLTENAU_LOCK = (9.147, 53.8982), (10.138, 54.3697)
KIEL: tuple[str, Place] = ("DEKEL", (10.1460, 54.3200))
RENDSBURG: tuple[str, Place] = ("DEREN", (9.672, 54.3035))
ELBEHAFEN: tuple[str, Place] = ("Brunsbuttel Elbehafen", (9.1800, 53.8850))


def kiel_steps(vessel: Vessel, is_west: bool) -> list[Step]:
    """The way through the Kiel Canal, with a wait in both locks."""
    hours = vessel.rng.uniform(30, 60, 2) / 60
    locks: list[Step] = [
        (place, partial(_lock, vessel, place, hour))
        for place, hour in zip((BRUNSBUTTEL_LOCK, HOLTENAU_LOCK), hours.tolist(), strict=True)
    ]
    return steps_of("Kiel Canal", {0: [locks[0]], 6: [locks[1]]}, is_west)


def _lock(vessel: Vessel, place: Place, hours: float, via: Sequence[Place]) -> None:
    """A wait in a lock."""
    vessel.hold(place, hours, via, 8.0, kind=IN_LOCK, status=int(vessel.rng.choice([0, 5])))


def kiel(launch: Launch) -> None:
    """Transits of the Kiel Canal; some ships berth at Kiel, Rendsburg or Brunsbuttel besides."""
    line = passage_line("Kiel Canal")
    for number in range(12):
        is_west = number % 2 == 1
        vessel = launch(knots=12.0, start_h=4.5 * number)
        vessel.begin(BALTIC_SEA if is_west else ELBE_MOUTH)
        if not is_west:
            vessel.go(ELBE)
        if number == 2:
            visit_from(vessel, None, ELBEHAFEN, 9.0, None)
        if number == 3:
            visit_from(vessel, None, KIEL, 14.0, None)
        judged = "must"
        steps = kiel_steps(vessel, is_west)
        if number in (4, 7):
            steps = berth_within(vessel, steps, RENDSBURG, line[5])
            judged = MAY
        through(vessel, steps, 8.1)
        vessel.transit(
            "Kiel Canal", "west|southwest|south" if is_west else "east|northeast|north", (line[0], line[-1]), judged
        )
        if number == 6:
            visit_from(vessel, None, KIEL, 20.0, None)
        vessel.go([*reversed(ELBE), ELBE_MOUTH] if is_west else [BALTIC_SEA])
        vessel.transit("Elbe", "", (ELBE[0], ELBE[1]), MAY)


def berth_within(vessel: Vessel, steps: list[Step], where: tuple[str, Place], point: Place) -> list[Step]:
    """A canal's steps with a call at a berth at one of its points."""

    def berth(via: Sequence[Place]) -> None:
        vessel.call(where[0])
        vessel.berth(where[1], vessel.rng.uniform(8, 16), via, knots=7.5)
        vessel.end_call()

    return [(place, berth if place == point else wait) for place, wait in steps]


CARIBBEAN, PACIFIC = (-79.95, 9.95), (-79.42, 8.35)
GATUN_LOCK, GATUN_LAKE, MIRAFLORES_LOCK = (-79.9197, 9.2640), (-79.862, 9.208), (-79.5985, 8.9958)
LIMON_BAY, BALBOA_ROADS = (-79.935, 9.335), (-79.515, 8.885)
BALBOA: tuple[str, Place] = ("PABLB", (-79.5650, 8.9585))
CRISTOBAL: tuple[str, Place] = ("PACTB|PAONX", (-79.9060, 9.3540))


def panama_steps(vessel: Vessel, is_north: bool, waits: bool) -> list[Step]:
    """The way through the Panama Canal, with waits in the locks and, for some, in Gatun Lake."""
    hours = vessel.rng.uniform(30, 60, 2) / 60
    lake: list[Step] = []
    if waits:
        anchored = vessel.rng.uniform(2, 6)
        lake = [(GATUN_LAKE, lambda via: vessel.anchor(GATUN_LAKE, anchored, via, 8.0))]
    locks: list[Step] = [
        (place, partial(_lock, vessel, place, hour))
        for place, hour in zip((GATUN_LOCK, MIRAFLORES_LOCK), hours.tolist(), strict=True)
    ]
    return steps_of("Panama Canal", {1: [locks[0]], 2: lake, 6: [locks[1]]}, is_north)


def panama(launch: Launch) -> None:
    """Transits of the Panama Canal; some ships wait for it at anchor, some berth at Balboa or Cristobal."""
    line = passage_line("Panama Canal")
    for number in range(12):
        is_north = number % 2 == 1
        vessel = launch(knots=13.0, start_h=5.0 * number, has_tide=is_north)
        vessel.begin(PACIFIC if is_north else CARIBBEAN)
        if number in (2, 3, 8, 9):
            vessel.anchor(BALBOA_ROADS if is_north else LIMON_BAY, vessel.rng.uniform(4, 14))
        if number == 4:
            visit_from(vessel, None, CRISTOBAL, 15.0, None)
        through(vessel, panama_steps(vessel, is_north, number % 4 in (1, 2)), 8.0)
        words = "north|northwest|west" if is_north else "south|southeast|east"
        vessel.transit("Panama Canal", words, (line[0], line[-1]))
        if number == 6:
            visit_from(vessel, None, BALBOA, 21.0, None)
        if number == 5:
            visit_from(vessel, None, CRISTOBAL, 12.0, None)
        vessel.go([CARIBBEAN if is_north else PACIFIC])
