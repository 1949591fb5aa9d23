"""A vessel of a scene, built rest by rest, and what is true of it: its stops, calls and transits.

Kinds and port codes may be several, parted by `|`, where a thing can be called by more than one name. `judged` is
`must` for what has to be found, and `may` for what is right if it is found and no fault if it is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from common import METRES_PER_NAUTICAL_MILE, near_distance_m
from scene_motion import HOUR, MINUTE, OPEN, Adrift, Anchored, End, Fixed, Phase, Place, Way, bearing_deg, moved
from scene_reports import AGROUND, AT_ANCHOR, FISHING, MOORED, UNDER_WAY, Equipment, true_places

ALONGSIDE, ANCHORED, DRIFTING, AGROUND_OR_WAITING = "alongside", "anchored", "drifting", "aground or waiting"
MUST, MAY = "must", "may"
BERTH, ANCHORAGE = "berth", "anchorage"


@dataclass
class TrueStop:
    """A rest; an end that the data cuts off is none."""

    start: float | None
    end: float | None
    kind: str
    lat: float
    lon: float
    judged: str = MUST


@dataclass
class TrueCall:
    """A call, and the rests in it; arrival and departure only where it is plain when the port's circle was crossed.

    It is being left from the inner circle (`leaving`) to the outer one (`departure`).
    """

    port: str
    judged: str
    stops: list[TrueStop] = field(default_factory=list)
    # Where the first stop may be left out of the call, or be in it.
    free_first: bool = False
    arrival: float | None = None
    leaving: float | None = None
    departure: float | None = None

    @property
    def kind(self) -> str:
        """A berth if the vessel ever lay alongside."""
        return BERTH if self.alongside else ANCHORAGE

    @property
    def alongside(self) -> list[TrueStop]:
        """The rests at a berth."""
        return [stop for stop in self.stops if stop.kind == ALONGSIDE]


@dataclass
class TrueTransit:
    """A passage that a vessel went through."""

    name: str
    direction: str
    entry: float
    exit: float
    judged: str = MUST


@dataclass
class Vessel:
    """A vessel whose phases follow each other without a leap."""

    rng: np.random.Generator
    mmsi: int
    equipment: Equipment
    knots: float
    now: float
    has_tide: bool = False
    # Where along a quay it lies, so that ships that are there together lie beside each other.
    quay_m: float = 0.0
    phases: list[Phase] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    stops: list[TrueStop] = field(default_factory=list)
    calls: list[TrueCall] = field(default_factory=list)
    transits: list[TrueTransit] = field(default_factory=list)
    at: Place = (0.0, 0.0)
    bow: float | None = None
    leave: End = OPEN
    is_calling: bool = False

    def begin(self, at: Place) -> None:
        """The vessel is first heard under way at a place."""
        self.at = at

    def call(self, port: str, judged: str = MUST, free_first: bool = False) -> None:
        """The rests that follow belong to a call, until `end_call`."""
        self.calls.append(TrueCall(port, judged, free_first=free_first))
        self.is_calling = True

    def end_call(self) -> None:
        """The rests that follow belong to no call."""
        self.is_calling = False

    def add(self, phase: Phase, status: int, seconds: float) -> None:
        """Adds a phase that lasts so long."""
        phase.start, phase.end = self.now, self.now + seconds
        self.now = phase.end
        lon, lat = phase.place(np.array([seconds]))
        self.at = (float(lon[0]), float(lat[0]))
        self.phases.append(phase)
        self.statuses.append(status)

    def go(
        self, via: Sequence[Place], reach: End = OPEN, bow: float | None = None, knots: float = 0.0, status: int = 0
    ) -> None:
        """A way through places to the last of them."""
        points = [self.at, *via]
        way = Way.plan(self.rng, points, knots or self.knots, (self.leave, reach), (self.bow, bow))
        self.add(way, status, way.end)
        self.leave, self.bow = OPEN, None

    def slow_to(self, via: Sequence[Place], knots: float) -> None:
        """A way at whose end the vessel is so slow, as at the mouth of a channel."""
        self.go(via, End(knots, 0.0, 3_000.0, is_rest=False))
        self.leave = OPEN

    def speed_up(self, knots: float) -> None:
        """The vessel leaves a channel in which it was so slow, unless it rests there."""
        self.leave = End(knots, 0.0, 3_000.0, is_rest=False)

    def rest(self, phase: Phase, kind: str, status: int, hours: float, reach: End) -> None:
        """A rest, after which the vessel leaves as it came."""
        is_first = not self.phases
        self.add(phase, status, hours * HOUR)
        lon, lat = phase.place(np.array([hours * HOUR / 2]))
        stop = TrueStop(None if is_first else phase.start, phase.end, kind, float(lat[0]), float(lon[0]))
        self.stops.append(stop)
        if self.is_calling:
            self.calls[-1].stops.append(stop)
        self.bow = float(phase.heading(np.array([hours * HOUR]))[0])
        self.leave = End(reach.slow_knots, reach.slow_s / 2, reach.ramp_m)

    def berth(
        self,
        place: Place,
        hours: float,
        via: Sequence[Place] = (),
        reach: End | None = None,
        knots: float = 0.0,
        turns: bool | None = None,
    ) -> None:
        """The way to a berth, and the time alongside; one ship in three turns round in the basin."""
        reach = reach or self.port_end()
        place = moved(place, *(self.rng.uniform(-20, 20, 2) + [0.87 * self.quay_m, 0.5 * self.quay_m]))
        course = bearing_deg([self.at, *via][-1], place) if self.phases or via else self.rng.uniform(0, 360)
        turns = self.rng.uniform() < 0.33 if turns is None else turns
        bow = course + self.rng.uniform(-25, 25) + (180 if turns else 0)
        if self.phases or self.at != (0.0, 0.0):
            self.go([*via, place], reach, bow, knots)
        self.rest(Fixed.draw(self.rng, place, bow), ALONGSIDE, MOORED, hours, reach)

    def anchor(
        self, place: Place, hours: float, via: Sequence[Place] = (), knots: float = 0.0, until: float = 0.0
    ) -> None:
        """The way to an anchorage, and the time at anchor somewhere about it, or until a moment if that is longer."""
        phase = Anchored.draw(self.rng, moved(place, *self.rng.uniform(-400, 400, 2)), self.has_tide)
        reach = End(self.rng.uniform(1.0, 2.5), self.rng.uniform(5, 10) * MINUTE, self.ramp_m())
        lon, lat = phase.place(np.zeros(1))
        self.go([*via, (float(lon[0]), float(lat[0]))], reach, float(phase.heading(np.zeros(1))[0]), knots)
        self.rest(phase, ANCHORED, AT_ANCHOR, max(hours, (until - self.now) / HOUR), reach)

    def hold(
        self,
        place: Place,
        hours: float,
        via: Sequence[Place] = (),
        knots: float = 0.0,
        kind: str = AGROUND_OR_WAITING,
        status: int = UNDER_WAY,
        reach: End | None = None,
    ) -> None:
        """The way to where the vessel waits, such as in a lock, or grounds, and the time there."""
        reach, place = reach or End(2.0, 5 * MINUTE, 1_500.0), moved(place, *self.rng.uniform(-25, 25, 2))
        self.go([*via, place], reach, None, knots)
        phase = self.phases[-1]
        bow = float(phase.heading(np.array([phase.end - phase.start]))[0])
        self.rest(Fixed.draw(self.rng, place, bow), kind, status, hours, reach)

    def ground(self, place: Place, hours: float, via: Sequence[Place] = (), knots: float = 0.0) -> None:
        """The way to where the vessel runs aground, at speed, and the time until it is afloat again."""
        status = int(self.rng.choice([UNDER_WAY, AGROUND, AGROUND, FISHING]))
        self.hold(place, hours, via, knots, status=status, reach=End(3.0, 1.0, 200.0))
        self.leave = End(1.0, 15 * MINUTE, 1_500.0)

    def drift(self, place: Place, hours: float, via: Sequence[Place] = ()) -> None:
        """The way to where the engine is stopped, and the drift."""
        self.go([*via, place], End(1.0, 30.0, self.ramp_m()))
        phase = Adrift.draw(self.rng, self.at, hours)
        self.rest(phase, DRIFTING, int(self.rng.choice([0, 0, 2])), hours, End(1.0, 30.0, 1_500.0))

    def ramp_m(self) -> float:
        """Over how long a way the vessel slows down: one to three nautical miles."""
        return float(self.rng.uniform(1.0, 3.0) * METRES_PER_NAUTICAL_MILE)

    def port_end(self) -> End:
        """How a seagoing ship comes to a berth."""
        return End(self.rng.uniform(1.0, 4.0), self.rng.uniform(5, 20) * MINUTE, self.ramp_m())

    def transit(self, name: str, direction: str, ends: tuple[Place, Place], judged: str = MUST) -> None:
        """The vessel has gone through a passage: it was nearest to the ends when it went in and out."""
        times = np.arange(self.phases[0].start, self.now, 30.0)
        lon, lat = true_places(self.phases, times)
        passed = [float(times[np.argmin(near_distance_m(lon, lat, *end))]) for end in ends]
        self.transits.append(TrueTransit(name, direction, min(passed), max(passed), judged))

    def finish(self) -> None:
        """If the vessel rests when it is last heard, nobody saw the end of that."""
        if self.stops and self.stops[-1].end == self.now:
            self.stops[-1].end = None
