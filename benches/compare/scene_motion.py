"""How simulated vessels move in scenes: alongside, at anchor, adrift, aground, and on a way from one to the other.

Every phase gives the antenna's true place and the heading at any moment within it; errors of receivers come later, in
`scene_reports.py`. Places are in degrees (longitudes run on beyond 180), times in seconds since the scene's start.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from common import KNOTS_TO_MPS, metres_per_degree

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
TIDE_S = 6.2 * HOUR

# Ships take this much way to come to rest from the speed at which they manoeuvre, and half the window over which a
# way's corners are rounded, in metres.
LAST_M, ROUNDING_M = 60.0, 250.0

Place = tuple[float, float]


def moved(place: Place, east_m: np.ndarray | float, north_m: np.ndarray | float) -> tuple:
    """A place so many metres east and north of another; some kilometres at most."""
    east, north = metres_per_degree(place[1])
    return place[0] + east_m / east, place[1] + north_m / north


def bearing_deg(here: Place, there: Place) -> float:
    """The direction from one place to another, in the plane."""
    east, north = metres_per_degree((here[1] + there[1]) / 2)
    return float(np.degrees(np.arctan2((there[0] - here[0]) * east, (there[1] - here[1]) * north))) % 360


def smooth(share: np.ndarray) -> np.ndarray:
    """From 0 to 1 with a slow start and end."""
    share = np.clip(share, 0.0, 1.0)
    return share * share * (3 - 2 * share)


def turned(one: np.ndarray | float, other: np.ndarray | float, share: np.ndarray) -> np.ndarray:
    """An angle between two, by the shorter way round."""
    return one + ((np.subtract(other, one) + 180) % 360 - 180) * share


@dataclass(frozen=True)
class Waves:
    """A value that goes up and down at random, never by more than the sum of its sizes: sines of some periods."""

    size: np.ndarray
    period_s: np.ndarray
    phase: np.ndarray

    @classmethod
    def draw(cls, rng: np.random.Generator, most: float, shortest_s: float, longest_s: float, count: int = 4) -> Waves:
        """Some waves whose sizes add up to `most`."""
        size = rng.uniform(0.5, 1.0, count)
        period = np.exp(rng.uniform(np.log(shortest_s), np.log(longest_s), count))
        return cls(most * size / size.sum(), period, rng.uniform(0, 2 * np.pi, count))

    def at(self, t: np.ndarray) -> np.ndarray:
        """The value at some times."""
        angle = 2 * np.pi * np.asarray(t)[..., None] / self.period_s + self.phase
        return np.sum(self.size * np.sin(angle), axis=-1)


@dataclass
class Phase:
    """What a vessel does from `start` to `end`; a phase's own functions count seconds from its start."""

    start: float = field(default=0.0, kw_only=True)
    end: float = field(default=0.0, kw_only=True)

    def place(self, since: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Longitude and latitude of the antenna."""
        raise NotImplementedError

    def heading(self, since: np.ndarray) -> np.ndarray:
        """Where the bow points, in degrees, not reduced."""
        raise NotImplementedError


@dataclass
class Fixed(Phase):
    """A vessel that cannot move: alongside, in a lock, or aground."""

    at: Place
    heading_deg: float
    sway: Waves

    @classmethod
    def draw(cls, rng: np.random.Generator, at: Place, heading_deg: float) -> Fixed:
        """A vessel whose heading stays within a degree."""
        return cls(at, heading_deg, Waves.draw(rng, 1.0, 5 * MINUTE, 3 * HOUR))

    def place(self, since: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The same place all the time."""
        return np.full(len(since), self.at[0]), np.full(len(since), self.at[1])

    def heading(self, since: np.ndarray) -> np.ndarray:
        """Steady."""
        return self.heading_deg + self.sway.at(since)


@dataclass
class Anchored(Phase):
    """A vessel on its chain: the antenna lies downwind or downstream of the anchor, and turns with the tide."""

    anchor: Place
    scope_m: float
    lee_deg: float
    veer: Waves
    yaw: Waves
    sheer: Waves
    turns_s: np.ndarray
    ways: np.ndarray
    turn_s: float

    @classmethod
    def draw(cls, rng: np.random.Generator, anchor: Place, has_tide: bool) -> Anchored:
        """A vessel at anchor that yaws by 10 to 25 degrees within 5 to 15 minutes, and sheers less than half a knot."""
        scope_m = float(rng.uniform(50, 300))
        period_s = rng.uniform(5, 15) * MINUTE
        first = rng.uniform(0.2, TIDE_S)
        turns = first + TIDE_S * np.arange(60) if has_tide else np.empty(0)
        sheer_m = min(0.22 * period_s / (2 * np.pi), 0.25 * scope_m)
        return cls(
            anchor=anchor,
            scope_m=scope_m,
            lee_deg=float(rng.uniform(0, 360)),
            veer=Waves.draw(rng, rng.uniform(5, 25), 3 * HOUR, 14 * HOUR),
            yaw=Waves.draw(rng, rng.uniform(10, 25), 0.8 * period_s, 1.2 * period_s, 2),
            sheer=Waves.draw(rng, sheer_m, 0.8 * period_s, 1.2 * period_s, 2),
            turns_s=turns,
            ways=rng.choice([-180.0, 180.0], len(turns)),
            # A ship on a long chain takes longer to swing round.
            turn_s=max(rng.uniform(20, 60), 45 * scope_m / 250) * MINUTE,
        )

    def lee(self, since: np.ndarray) -> np.ndarray:
        """Where the vessel lies from its anchor, in degrees."""
        lee = self.lee_deg + self.veer.at(since)
        for turn, way in zip(self.turns_s, self.ways, strict=True):
            lee = lee + way * smooth((since - turn) / self.turn_s)
        return lee

    def place(self, since: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """On an arc about the anchor."""
        lee = np.radians(self.lee(since))
        sheer = self.sheer.at(since)
        east = self.scope_m * np.sin(lee) + sheer * np.cos(lee)
        north = self.scope_m * np.cos(lee) - sheer * np.sin(lee)
        return moved(self.anchor, east, north)

    def heading(self, since: np.ndarray) -> np.ndarray:
        """The bow points to the anchor, but for the yaw."""
        return self.lee(since) + 180 + self.yaw.at(since)


@dataclass
class Adrift(Phase):
    """A vessel with its engine stopped: it drifts one way that slowly turns, and lies across it."""

    times: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    course: np.ndarray
    across: float
    yaw: Waves

    @classmethod
    def draw(cls, rng: np.random.Generator, at: Place, hours: float) -> Adrift:
        """A drift at 0.3 to 1.8 knots, which comes up in the first minutes."""
        times = np.arange(0.0, hours * HOUR + 90, 30.0)
        knots = rng.uniform(0.5, 1.5)
        knots = np.clip(knots + Waves.draw(rng, 0.4, HOUR, 6 * HOUR).at(times), 0.35, 1.75)
        mps = knots * KNOTS_TO_MPS * smooth((times + 60) / (8 * MINUTE))
        turn = rng.choice([-1, 1]) * rng.uniform(10, 60) * times / max(times[-1], 6 * HOUR)
        course = rng.uniform(0, 360) + turn + Waves.draw(rng, 12, HOUR, 5 * HOUR).at(times)
        east = np.cumsum(mps * np.sin(np.radians(course))) * 30.0
        north = np.cumsum(mps * np.cos(np.radians(course))) * 30.0
        lon, lat = moved(at, east - east[0], north - north[0])
        yaw = Waves.draw(rng, 15, 20 * MINUTE, 3 * HOUR)
        return cls(times, lon, lat, course, float(rng.choice([-90, 90])), yaw)

    def place(self, since: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Along the drift."""
        return np.interp(since, self.times, self.lon), np.interp(since, self.times, self.lat)

    def heading(self, since: np.ndarray) -> np.ndarray:
        """Roughly across the drift."""
        return np.interp(since, self.times, self.course) + self.across + self.yaw.at(since)


@dataclass(frozen=True)
class End:
    """How a vessel leaves or comes to a rest: it manoeuvres slowly for a while, beyond which its speed changes.

    A ramp of 0 is an end at which the vessel goes on with its speed; at one that is no rest it goes on slowly.
    """

    slow_knots: float = 0.0
    slow_s: float = 0.0
    ramp_m: float = 0.0
    is_rest: bool = True

    def speed(self, along_m: np.ndarray, cruise: float) -> np.ndarray:
        """The most speed so far from the end, in metres a second."""
        if self.ramp_m == 0:
            return np.full(len(along_m), cruise)
        slow = min(self.slow_knots * KNOTS_TO_MPS, cruise)
        slow_m = self.slow_m
        last = slow**2 * (np.clip(along_m / min(LAST_M, max(slow_m, 5.0)), 0, 1) if self.is_rest else 1.0)
        ramp = (cruise**2 - slow**2) * np.clip((along_m - slow_m) / self.ramp_m, 0, 1)
        return np.sqrt(last + ramp)

    @property
    def slow_m(self) -> float:
        """The way on which it manoeuvres."""
        return self.slow_knots * KNOTS_TO_MPS * self.slow_s


OPEN = End()


def rounded(points: list[Place]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A line through places as many short steps, its corners rounded: how far along, longitudes and latitudes."""
    lon, lat = np.array(points, dtype=float).T
    east, north = metres_per_degree((lat[:-1] + lat[1:]) / 2)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(lon) * east, np.diff(lat) * north))])
    steps = max(8, int(along[-1] / 25))
    even = np.linspace(0, along[-1], steps + 1)
    lon, lat = np.interp(even, along, lon), np.interp(even, along, lat)
    half = min(int(ROUNDING_M / 25), steps // 4)
    if half > 0 and len(points) > 2:
        window = np.full(2 * half + 1, 1 / (2 * half + 1))
        padded = (np.pad(each, half, mode="reflect", reflect_type="odd") for each in (lon, lat))
        lon, lat = (np.convolve(each, window, mode="valid") for each in padded)
    return even, lon, lat


@dataclass
class Way(Phase):
    """A way through some places from rest to rest, or from or to the open sea."""

    times: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    bow: np.ndarray

    @classmethod
    def plan(
        cls, rng: np.random.Generator, points: list[Place], knots: float, ends: tuple[End, End], bows: tuple
    ) -> Way:
        """A way at a speed; `bows` are the headings before and after it, none to keep the course."""
        even, lon, lat = rounded(points)
        total, cruise = even[-1], knots * KNOTS_TO_MPS
        near = np.arange(0.0, min(600.0, total / 3), 6.0)
        along = np.unique(np.concatenate([near, total - near, np.arange(0.0, total, 40.0)]))
        lon, lat = np.interp(along, even, lon), np.interp(along, even, lat)
        surge = 1 + 0.03 * np.sin(along / rng.uniform(2_000, 6_000) + rng.uniform(0, 6))
        speed = np.minimum(ends[0].speed(along, cruise), ends[1].speed(total - along, cruise)) * surge
        times = np.concatenate([[0.0], np.cumsum(2 * np.diff(along) / np.maximum(speed[:-1] + speed[1:], 1e-3))])
        east, north = metres_per_degree(lat)
        course = np.degrees(np.unwrap(np.arctan2(np.gradient(lon) * east, np.gradient(lat) * north)))
        bow = course
        if bows[0] is not None:
            bow = turned(bows[0], bow, smooth(along / max(ends[0].slow_m, 30.0)))
        if bows[1] is not None:
            bow = turned(bow, bows[1], smooth(1 - (total - along) / max(ends[1].slow_m, 30.0)))
        return cls(times, lon, lat, np.degrees(np.unwrap(np.radians(bow))), end=float(times[-1]))

    def place(self, since: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Along the way."""
        return np.interp(since, self.times, self.lon), np.interp(since, self.times, self.lat)

    def heading(self, since: np.ndarray) -> np.ndarray:
        """Ahead, but for turning at the ends."""
        return np.interp(since, self.times, self.bow)
