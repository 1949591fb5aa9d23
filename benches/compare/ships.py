"""What simulated ships do: they sail from port to port, lie at berth or at anchor, and fall silent.

Places are in degrees, times in seconds since the data's start.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from common import KNOTS_TO_MPS, Ports, great_circle_m, metres_per_degree

HOUR = 3600.0
DAY = 24 * HOUR

# The waters: the Baltic and the North Sea. Ships that share an MMSI keep to opposite ends of them.
WEST, SOUTH, EAST, NORTH = -4.0, 50.5, 30.0, 66.0
WESTERN_END, EASTERN_END = 3.0, 18.0


@dataclass
class Lie:
    """A rest at a place from `start` to `end` (seconds since the data's start); `port` is -1 outside every port."""

    lon: float
    lat: float
    port: int
    start: float
    end: float


@dataclass
class Sail:
    """A way from rest to rest: straight but for a wander of up to some hundred metres, with slow starts and stops."""

    lon: np.ndarray
    lat: np.ndarray
    along_m: np.ndarray
    start: float
    end: float
    cruise_mps: float
    ramp_s: float
    wander: np.ndarray
    surge: tuple[float, float]

    @classmethod
    def plan(cls, rng: np.random.Generator, start: float, a: tuple, b: tuple, knots: float) -> Sail:
        """A way from place `a` to place `b` (longitude, latitude) at a cruising speed."""
        lon, lat = np.linspace(a[0], b[0], 100), np.linspace(a[1], b[1], 100)
        east, north = metres_per_degree((lat[1:] + lat[:-1]) / 2)
        along_m = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(lon) * east, np.diff(lat) * north))])
        cruise = knots * KNOTS_TO_MPS
        ramp_s = min(rng.uniform(0.5, 1.0) * HOUR, 0.8 * along_m[-1] / cruise)
        wave_m = np.geomspace(8_000, 80_000, 5)
        wander = np.stack([wave_m, wave_m * rng.uniform(0.0, 0.012, 5), rng.uniform(0, 2 * np.pi, 5)])
        end = start + along_m[-1] / cruise + ramp_s
        return cls(lon, lat, along_m, start, end, cruise, ramp_s, wander, (rng.uniform(20, 60) * 60, rng.uniform(0, 6)))

    def sailed_m(self, t: np.ndarray) -> np.ndarray:
        """Metres sailed at a time: speed rises and falls along a smooth step, and surges by some tenths of a knot."""
        since = np.clip(t - self.start, 0, self.end - self.start)
        left = (self.end - self.start) - since

        def missing(s: np.ndarray) -> np.ndarray:
            u = np.clip(s / self.ramp_s, 0, 1)
            return self.ramp_s * (u - (u**3 - u**4 / 2))

        ramp_up = missing(since)
        ramp_down = 0.5 * self.ramp_s - missing(left)
        period, phase = self.surge
        rest = np.clip(np.minimum(since, left) / self.ramp_s, 0, 1) ** 2
        surge_m = 0.02 * self.cruise_mps * period / (2 * np.pi) * np.sin(2 * np.pi * since / period + phase) * rest
        return self.cruise_mps * (since - ramp_up - ramp_down) + surge_m

    def place(self, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Longitude and latitude at times (seconds since the data's start)."""
        s = self.sailed_m(np.asarray(t, dtype=float))
        lon, lat = np.interp(s, self.along_m, self.lon), np.interp(s, self.along_m, self.lat)
        east, north = metres_per_degree(lat)
        de, dn = (self.lon[-1] - self.lon[0]) * east, (self.lat[-1] - self.lat[0]) * north
        length = np.hypot(de, dn)
        taper = np.clip((np.minimum(s, self.along_m[-1] - s) - 20_000) / 30_000, 0, 1)
        wave_m, high_m, phase = self.wander[:, :, None]
        off_m = taper * np.sum(high_m * np.sin(2 * np.pi * s / wave_m + phase), axis=0)
        return lon - off_m * dn / length / east, lat + off_m * de / length / north

    def place_at(self, t: float) -> tuple[float, float]:
        """Longitude and latitude at one time."""
        lon, lat = self.place(np.array([t]))
        return float(lon[0]), float(lat[0])


@dataclass
class Vessel:
    """A ship, what she does, and when she is silent on purpose (true gaps) or for less than a gap."""

    number: int
    mmsi: int
    shares_mmsi: bool
    phases: list[Lie | Sail] = field(default_factory=list)
    silences: list[tuple[float, float]] = field(default_factory=list)
    voyage_of_phase: list[int] = field(default_factory=list)


def usable_ports(ports: Ports) -> np.ndarray:
    """Ports in the waters whose leave circle touches no other port's, so that a call is at that port and no other."""
    inside = (ports.lon > WEST) & (ports.lon < EAST) & (ports.lat > SOUTH) & (ports.lat < NORTH)
    chosen = []
    for port in np.flatnonzero(inside):
        apart = great_circle_m(ports.lon, ports.lat, ports.lon[port], ports.lat[port])
        apart[port] = np.inf
        if np.all(apart > 1.1 * (ports.leave_m + ports.leave_m[port])):
            chosen.append(port)
    return np.array(chosen)


# Berths of the fleet lie within such a share of the port's radius: Landfall calls no rest alongside where there is no
# coast, nor one across wide water from the port, which the peers know nothing of.
BERTHS_WITHIN = 0.1


def is_clear(ports: Ports, lon: float, lat: float) -> bool:
    """Whether a place is well outside every port."""
    near = np.abs(ports.lat - lat) < 1
    apart = great_circle_m(ports.lon[near], ports.lat[near], lon, lat)
    return bool(np.all(apart > 1.4 * ports.leave_m[near]))


def berth(rng: np.random.Generator, ports: Ports, port: int, within: float) -> tuple[float, float]:
    """A place alongside: within such a share of the port's radius."""
    distance, bearing = within * ports.enter_m[port] * np.sqrt(rng.uniform()), rng.uniform(0, 2 * np.pi)
    east, north = metres_per_degree(ports.lat[port])
    return (
        float(ports.lon[port] + distance * np.sin(bearing) / east),
        float(ports.lat[port] + distance * np.cos(bearing) / north),
    )


class Planner:
    """Plans what one ship does from before the data's start to beyond its end."""

    def __init__(
        self,
        rng: np.random.Generator,
        ports: Ports,
        calls_at: np.ndarray,
        vessel: Vessel,
        until: float,
        berths_within: float = 0.4,
    ):
        self.rng, self.ports, self.vessel, self.until = rng, ports, vessel, until
        self.calls_at, self.berths_within = calls_at, berths_within
        self.knots = rng.uniform(8, 18)
        self.now = -rng.uniform(0, 4 * DAY)
        self.voyage = 0

    def run(self) -> None:
        """Fills the vessel's phases and silences."""
        port = int(self.rng.choice(self.calls_at))
        self.lie(self.berth(port), port, self.rng.uniform(6, 40) * HOUR)
        while self.now < self.until:
            port = self.next_port(port)
            self.voyage += 1
            self.sail_to(port)

    def berth(self, port: int) -> tuple[float, float]:
        """A place alongside at a port."""
        return berth(self.rng, self.ports, port, self.berths_within)

    def next_port(self, port: int) -> int:
        """Another port, 60 to 1200 km away."""
        ports = self.ports
        apart = great_circle_m(ports.lon[self.calls_at], ports.lat[self.calls_at], ports.lon[port], ports.lat[port])
        return int(self.rng.choice(self.calls_at[(apart > 60_000) & (apart < 1_200_000)]))

    def lie(self, place: tuple[float, float], port: int, duration: float) -> None:
        """Adds a rest."""
        self.add(Lie(place[0], place[1], port, self.now, self.now + duration))

    def add(self, phase: Lie | Sail) -> None:
        """Adds a phase and moves on to its end."""
        self.vessel.phases.append(phase)
        self.vessel.voyage_of_phase.append(self.voyage)
        self.now = phase.end

    def way(self, start: float, a: tuple, b: tuple) -> Sail:
        """A way at about the ship's usual speed."""
        return Sail.plan(self.rng, start, a, b, np.clip(self.knots * self.rng.normal(1, 0.05), 8, 18))

    def sail_to(self, port: int) -> None:
        """Adds the way to a port and the stay there; some ways have a silence in them, or a rest at anchor."""
        last = self.vessel.phases[-1]
        here, there = (last.lon, last.lat), self.berth(port)
        draw = self.rng.uniform()
        is_done = (draw < 0.08 and self.silent_rest(here, there)) or (draw > 0.88 and self.anchor(here, there))
        if not is_done:
            way = self.way(self.now, here, there)
            if draw < 0.14:
                self.silence_in(way, np.exp(self.rng.uniform(np.log(7), np.log(60))) * HOUR)
            elif draw < 0.26:
                self.silence_in(way, self.rng.uniform(1.0, 5.3) * HOUR)
            self.add(way)
        self.lie(there, port, self.rng.uniform(6, 40) * HOUR)

    def silence_in(self, way: Sail, duration: float) -> None:
        """Silences a stretch of a way under way, if it is long enough."""
        for _ in range(20):
            latest = way.end - 2 * HOUR - duration
            if latest <= way.start + 2 * HOUR:
                duration = max(duration / 2, 7 * HOUR) if duration > 14 * HOUR else duration
                continue
            start = self.rng.uniform(way.start + 2 * HOUR, latest)
            if is_clear(self.ports, *way.place_at(start)) and is_clear(self.ports, *way.place_at(start + duration)):
                self.vessel.silences.append((start, start + duration))
                return

    def silent_rest(self, here: tuple, there: tuple) -> bool:
        """A way with a rest at sea in the middle of it, unseen: a silence of 7 to 60 hours."""
        total = np.exp(self.rng.uniform(np.log(7), np.log(60))) * HOUR
        before, after = self.rng.uniform(0.7, 3, 2) * HOUR
        for _ in range(20):
            share = self.rng.uniform(0.25, 0.75)
            middle = (here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1]))
            if not is_clear(self.ports, *middle):
                continue
            first = self.way(self.now, here, middle)
            rest_end = first.end + total - before - after
            second = self.way(rest_end, middle, there)
            if before > (first.end - first.start) / 2 or after > (second.end - second.start) / 2:
                continue
            off, on = first.place_at(first.end - before), second.place_at(rest_end + after)
            if is_clear(self.ports, *off) and is_clear(self.ports, *on):
                self.vessel.silences.append((first.end - before, rest_end + after))
                self.add(first)
                self.lie(middle, -1, rest_end - first.end)
                self.add(second)
                return True
        return False

    def anchor(self, here: tuple, there: tuple) -> bool:
        """A way with a rest of 2 to 24 hours at anchor, 20 to 40 km short of the port."""
        length = float(great_circle_m(here[0], here[1], there[0], there[1]))
        for _ in range(20):
            share = 1 - self.rng.uniform(20_000, 40_000) / length
            place = (here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1]))
            if is_clear(self.ports, *place):
                self.add(self.way(self.now, here, place))
                self.lie(place, -1, self.rng.uniform(2, 24) * HOUR)
                self.add(self.way(self.now, place, there))
                return True
        return False


def plan_fleet(ports: Ports, count: int, days: float, seed: int) -> list[Vessel]:
    """All ships. Two of every 150, or of a smaller fleet of at least eight, share an MMSI, far from each other."""
    usable = usable_ports(ports)
    western, eastern = usable[ports.lon[usable] < WESTERN_END], usable[ports.lon[usable] > EASTERN_END]
    pairs = max(1, count // 150) if count >= 8 else 0
    fleet = []
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        is_shared = number < 2 * pairs
        id_number = number // 2 if is_shared else number
        vessel = Vessel(number, 219_000_000 + 7 * id_number + 1001, is_shared)
        home = (western if number % 2 == 0 else eastern) if is_shared else usable
        Planner(rng, ports, home, vessel, days * DAY, BERTHS_WITHIN).run()
        fleet.append(vessel)
    return fleet
