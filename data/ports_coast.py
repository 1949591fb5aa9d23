"""The coast as build_ports.py needs it: how far a place is from the shore of land.bin, or from a line
of passages.csv.

Both are kept in cells of a tenth of a degree, so that only the lines near a place are looked at.
The format of land.bin is in README.md beside this file.
"""

import csv
import math
from collections import defaultdict

CELLS_PER_DEGREE = 10
UNITS_PER_DEGREE = 10_000
KM_PER_DEGREE = 111.195
# Beyond this distance a place is only known to be far from the shore, in kilometres.
FARTHEST_KM = 8.0


def km_between(here, there):
    """The distance of two places (latitude, longitude) on a sphere, in kilometres."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*here, *there))
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(half)))


class Lines:
    """Lines on the globe that places can be near to."""

    def __init__(self):
        self.cells = defaultdict(list)

    def add(self, start, end):
        """Takes a piece of a line, between two places (longitude, latitude)."""
        if abs(end[0] - start[0]) > 180:  # across the antimeridian: once on either side
            shift = 360 if start[0] < 0 else -360
            self.add_flat(start, (end[0] - shift, end[1]))
            self.add_flat((start[0] + shift, start[1]), end)
        else:
            self.add_flat(start, end)

    def add_flat(self, start, end):
        """Takes a piece into every cell that it goes through, and some beside it."""
        steps = 1 + int(max(abs(end[0] - start[0]), abs(end[1] - start[1])) * CELLS_PER_DEGREE * 2)
        piece, last = (*start, *end), None
        for step in range(steps + 1):
            part = step / steps
            lon, lat = start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part
            cell = math.floor(lon * CELLS_PER_DEGREE), math.floor(lat * CELLS_PER_DEGREE)
            if cell != last:
                self.cells[cell].append(piece)
                last = cell

    def km(self, place):
        """How far a place (latitude, longitude) is from the nearest line, in kilometres; infinite
        beyond `FARTHEST_KM`."""
        lat, lon = place
        narrow = max(math.cos(math.radians(lat)), 0.01)
        up = 1 + int(FARTHEST_KM / KM_PER_DEGREE * CELLS_PER_DEGREE)
        across = 1 + int(FARTHEST_KM / KM_PER_DEGREE / narrow * CELLS_PER_DEGREE)
        column, row = math.floor(lon * CELLS_PER_DEGREE), math.floor(lat * CELLS_PER_DEGREE)
        nearest = math.inf
        turn = 360 * CELLS_PER_DEGREE
        half = turn // 2
        for x in range(column - across, column + across + 1):
            wrapped = (x + half) % turn - half
            for y in range(row - up, row + up + 1):
                for lon1, lat1, lon2, lat2 in self.cells.get((wrapped, y), ()):
                    away = (x - wrapped) / CELLS_PER_DEGREE
                    start = (lon1 + away - lon) * narrow, lat1 - lat
                    end = (lon2 + away - lon) * narrow, lat2 - lat
                    nearest = min(nearest, distance_from_origin(start, end))
        nearest *= KM_PER_DEGREE
        return nearest if nearest <= FARTHEST_KM else math.inf


def distance_from_origin(start, end):
    """How far the origin of a plane is from a piece of a line."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    part = 0.0 if length == 0 else -(start[0] * dx + start[1] * dy) / length
    part = min(1.0, max(0.0, part))
    return math.hypot(start[0] + part * dx, start[1] + part * dy)


def numbers(data):
    """Whole numbers in base 128, least first."""
    value = shift = 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0


def coast(path):
    """The shore of land.bin."""
    data = path.read_bytes()
    if data[:5] != b"LAND1":
        raise ValueError(f"{path} is no land.bin")
    found = numbers(data[5:])
    lines = Lines()
    for _ in range(next(found)):
        ring, east, north = [], 0, 0
        for _ in range(next(found)):
            east, north = east + signed(next(found)), north + signed(next(found))
            ring.append((wrap(east / UNITS_PER_DEGREE), north / UNITS_PER_DEGREE))
        for start, end in zip(ring, ring[1:] + ring[:1]):
            lines.add(start, end)
    return lines


def signed(number):
    """A number whose sign is in the lowest bit."""
    return -((number + 1) >> 1) if number & 1 else number >> 1


def wrap(longitude):
    """A longitude from -180 to 180."""
    return (longitude + 180) % 360 - 180


def passages(path):
    """The rivers, canals and straits of passages.csv."""
    lines = Lines()
    with open(path, encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            if row["kind"] == "ice":
                continue
            line = [tuple(map(float, place.split())) for place in row["line"].split(";")]
            for start, end in zip(line, line[1:]):
                lines.add(start, end)
    return lines
