"""Scenes of ports: waiting in the roads, several terminals, and ports up a river past other ports."""

from __future__ import annotations

from collections.abc import Callable

from scene_motion import MINUTE, End, Place
from scene_places import must_be_unlisted, off, passage_line
from scene_vessel import MAY, MUST, Vessel

Launch = Callable[..., Vessel]

# Agadir lies alone on its coast; its circle ends 10 km from its point.
AGADIR: Place = (-9.63333, 30.43333)
AGADIR_BERTHS: list[Place] = [(-9.6290, 30.4240), (-9.6370, 30.4215), (-9.6450, 30.4265)]


def roads(launch: Launch) -> None:
    """Ships that anchor 3 to 12 km off a port and then berth, or leave again, or berth at once."""
    for number in range(16):
        vessel = launch(knots=12.5, start_h=5.0 * number, has_tide=number % 2 == 0)
        vessel.begin(off(AGADIR, 244, 75))
        near = off(AGADIR, vessel.rng.uniform(198, 255), vessel.rng.uniform(3.2, 9.0))
        far = off(AGADIR, vessel.rng.uniform(215, 250), vessel.rng.uniform(10.9, 12.0))
        in_roads(vessel, number % 8, near, far, AGADIR_BERTHS[number % 3])
        vessel.end_call()
        vessel.go([off(AGADIR, 252, 75)])


def in_roads(vessel: Vessel, plan: int, near: Place, far: Place, berth: Place) -> None:
    """What one ship does off the port. Whether an anchorage beyond the port's circle belongs to it is left open."""
    rng = vessel.rng
    if plan in (3, 5):
        vessel.call("MAAGA" if plan == 3 else "MAAGA|", MUST if plan == 3 else MAY)
        vessel.anchor(near if plan == 3 else far, rng.uniform(4, 30))
        return
    vessel.call("MAAGA", free_first=plan == 4)
    if plan != 2:
        vessel.anchor(far if plan == 4 else near, rng.uniform(2, 26))
    vessel.berth(berth, rng.uniform(8, 30))
    if plan == 6:
        vessel.anchor(off(AGADIR, 225, 6.0), rng.uniform(3, 8))


# Berths of Taranto, 2 to 5 km from each other, all within 4 km of the port's point.
TARANTO_SEA: Place = (17.00, 39.85)
TARANTO: list[Place] = [(17.2050, 40.4790), (17.1650, 40.4890), (17.2100, 40.4600)]
SHIFTING = End(2.0, 6 * MINUTE, 700.0)


def terminals(launch: Launch) -> None:
    """Ships that shift between the berths of one port, and two tugs that work in it."""
    for number in range(8):
        vessel = launch(knots=12.0, start_h=8.0 * number)
        vessel.begin(TARANTO_SEA)
        vessel.call("ITTAR")
        vessel.berth(TARANTO[number % 3], vessel.rng.uniform(6, 14), [(17.13, 40.40)])
        for shift in range(1 + number % 2):
            vessel.berth(TARANTO[(number + 1 + shift) % 3], vessel.rng.uniform(4, 12), reach=SHIFTING, knots=6.0)
        vessel.end_call()
        vessel.go([(17.13, 40.40), TARANTO_SEA])
    for number in range(2):
        vessel = launch(knots=9.0, start_h=2.0)
        vessel.call("ITTAR")
        base = (17.2200, 40.4755 + 0.002 * number)
        vessel.berth(base, 7.0 + 2 * number)
        for _ in range(3):
            tow(vessel, base)
            vessel.berth(base, vessel.rng.uniform(4, 9), reach=SHIFTING, knots=8.0)


def tow(vessel: Vessel, base: Place) -> None:
    """A tug goes out to a ship, brings it in at two or three knots, and is free again."""
    work = off(base, vessel.rng.uniform(230, 280), vessel.rng.uniform(2.0, 3.0))
    vessel.go([work], End(2.5, 60.0, 400.0, is_rest=False), knots=8.0)
    vessel.go([off(work, 60, 0.9), off(work, 20, 1.6)], knots=2.5)


ANTWERP: list[Place] = [(4.3950, 51.2330), (4.3880, 51.2390)]
HAMBURG: list[Place] = [(9.9250, 53.5400), (9.9420, 53.5330)]
TERNEUZEN: Place = (3.8120, 51.3480)
NORTH_SEA, GERMAN_BIGHT = (2.60, 51.60), (7.60, 54.06)
WANDELAAR, ELBE_APPROACH = (2.85, 51.50), (7.98, 54.02)


def river(launch: Launch) -> None:
    """Ships to Antwerp and Hamburg, past Vlissingen and Cuxhaven; some anchor at sea first, one calls at Terneuzen."""
    scheldt, elbe = list(passage_line("Western Scheldt")), list(passage_line("Elbe"))
    for number in range(7):
        vessel = launch(knots=12.5, start_h=7.0 * number, has_tide=True)
        vessel.begin(NORTH_SEA)
        if number % 3 == 1:
            vessel.anchor(must_be_unlisted(WANDELAAR), vessel.rng.uniform(4, 16))
        # The pilots change off Vlissingen.
        vessel.slow_to([(3.30, 51.45), scheldt[0]], 5.0)
        vessel.go([(3.585, 51.413)], knots=5.0)
        vessel.speed_up(5.0)
        up_river(vessel, "BEANR", scheldt[1:-1], ANTWERP[number % 2], TERNEUZEN if number == 3 else None)
        vessel.go([*reversed(scheldt), (3.30, 51.45), NORTH_SEA])
        for way in ((0, -1), (-1, 0)):
            vessel.transit("Western Scheldt", "", (scheldt[way[0]], scheldt[way[1]]), MAY)
    for number in range(5):
        vessel = launch(knots=12.5, start_h=9.0 * number, has_tide=True)
        vessel.begin(GERMAN_BIGHT)
        if number % 2:
            vessel.anchor(must_be_unlisted(ELBE_APPROACH), vessel.rng.uniform(4, 16))
        up_river(vessel, "DEHAM", elbe[:-1], HAMBURG[number % 2], None)
        vessel.go([*reversed(elbe), GERMAN_BIGHT])
        vessel.transit("Elbe", "", (elbe[0], elbe[-1]), MAY)


def up_river(vessel: Vessel, code: str, line: list[Place], berth: Place, before: Place | None) -> None:
    """The way up, perhaps with a call at Terneuzen, and the call."""
    if before is not None:
        vessel.call("NLTNZ")
        vessel.berth(before, vessel.rng.uniform(5, 10), line[:1])
        line = line[2:]
    vessel.call(code)
    vessel.berth(berth, vessel.rng.uniform(10, 30), line)
    vessel.end_call()
