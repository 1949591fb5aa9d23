#!/usr/bin/env python3
"""Builds land.bin, the bundled coast, from Natural Earth's land polygons (1:10 million) and the Great
Lakes of its lakes (1:50 million).

Usage: python3 data/build_land.py ne_10m_land.zip north-america_50m.json

Needs the standard library only. The same input gives the same bytes. What was dropped or changed is
counted on standard error. Natural Earth is in the public domain; README.md beside this file says
where to get it, which version was used, and what the format of land.bin is.
"""

import json
import math
import struct
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Coordinates are kept in whole 1e-4 degrees, eleven metres: Natural Earth is not that exact.
SCALE = 10_000
TURN = 360 * SCALE
# A corner of the land that sticks out less than this is cut off. The other way round, a bay filled
# up, land would grow and could close a strait; so that is never done.
SHAVE_M = 60.0
METRES_PER_UNIT = 111_320.0 / SCALE
MAGIC = b"LAND1"
# The lakes that are water: a place in each, and between which longitudes and latitudes it lies, in
# whole degrees.
LAKES = {
    "Superior": ((-87.5, 47.8), (-93, -84, 46, 50)),
    "Michigan": ((-87.0, 43.5), (-89, -84, 41, 47)),
    "Huron": ((-82.4, 44.6), (-85, -79, 43, 47)),
    "Erie": ((-81.0, 42.3), (-84, -78, 41, 44)),
    "Ontario": ((-78.0, 43.6), (-80, -75, 43, 45)),
    "Saint Clair": ((-82.7, 42.5), (-84, -82, 42, 43)),
}
# The source lets these share a line. The first two are one water: the Straits of Mackinac are open.
# Of the others, the first ends short of the second by the points that they share: between them are
# locks, or a river, and the way through is a passage.
ONE_WATER = ("Michigan", "Huron")
APART = (("Superior", "Huron"), ("Erie", "Saint Clair"))


def polygons(archive):
    """The rings of every polygon: lists of (longitude, latitude), land on the right."""
    data = archive.read("ne_10m_land.shp")
    at = 100
    while at < len(data):
        (words,) = struct.unpack(">i", data[at + 4 : at + 8])
        record = data[at + 8 : at + 8 + 2 * words]
        at += 8 + 2 * words
        parts, points = struct.unpack("<ii", record[36:44])
        starts = [*struct.unpack(f"<{parts}i", record[44 : 44 + 4 * parts]), points]
        numbers = struct.unpack(f"<{2 * points}d", record[44 + 4 * parts :])
        for start, end in zip(starts, starts[1:]):
            yield [(numbers[2 * i], numbers[2 * i + 1]) for i in range(start, end)]


def lakes(topology):
    """The outlines of the lakes and of the islands in them, land on the right, as `polygons` has it.

    A topology holds each line once, from grid point to grid point; a ring is a list of lines, and
    one that is gone through backwards has its number's bits turned over.
    """
    scale, offset = topology["transform"]["scale"], topology["transform"]["translate"]
    lines = []
    for steps in topology["arcs"]:
        line, x, y = [], 0, 0
        for east_by, north_by in steps:
            x, y = x + east_by, y + north_by
            line.append((x * scale[0] + offset[0], y * scale[1] + offset[1]))
        lines.append(line)
    every_lake = []
    for lake in topology["objects"]["lakes"]["geometries"]:
        for polygon in lake["arcs"] if lake["type"] == "MultiPolygon" else [lake["arcs"]]:
            # The source has a lake on the right of its outline, islands likewise turned about.
            every_lake.append([ring_of(lines, numbers)[::-1] for numbers in polygon])
    picked = {}
    for name, (place, box) in LAKES.items():
        (found,) = [lake for lake in every_lake if is_within(place, edges_of(lake))]
        lons, lats = zip(*found[0])
        inside = box[0] < min(lons) and max(lons) < box[1]
        inside = inside and box[2] < min(lats) and max(lats) < box[3]
        assert inside, (name, min(lons), max(lons), min(lats), max(lats))
        assert area(found[0]) > 0 and all(area(island) < 0 for island in found[1:]), name
        picked[name] = found
    for name, other in APART:
        shared = set(picked[other][0])
        short = [point for point in picked[name][0][:-1] if point not in shared]
        assert len(short) + 2 == len(picked[name][0]) - 1, (name, other)
        picked[name][0] = [*short, short[0]]
    one, two = [picked[name] for name in ONE_WATER]
    one[0] = joined(one[0], two.pop(0))
    one += two
    del picked[ONE_WATER[1]]
    return [ring for lake in picked.values() for ring in lake]


def ring_of(lines, numbers):
    """A ring put together from its lines; its last point is its first."""
    ring = []
    for number in numbers:
        line = lines[number] if number >= 0 else lines[~number][::-1]
        assert not ring or ring[-1] == line[0], number
        ring += line[1:] if ring else line
    assert ring[0] == ring[-1], numbers
    return ring


def joined(one, two):
    """Two rings that share an edge made one ring without it."""
    (edge,) = {(b, a) for a, b in zip(one, one[1:])} & set(zip(two, two[1:]))
    # From the end of the shared edge once around to its beginning.
    one, two = one[:-1], two[:-1]
    i, j = one.index(edge[0]), two.index(edge[1])
    return one[i:] + one[:i] + (two[j:] + two[:j])[1:-1] + [one[i]]


def area(ring):
    """Twice the area of a ring in square degrees: positive if what it encloses is on its left."""
    return sum(ax * by - ay * bx for (ax, ay), (bx, by) in zip(ring, ring[1:]))


def edges_of(rings):
    """The edges of rings; that the last point is the first once more does no harm."""
    return [edge for ring in rings for edge in zip(ring, ring[1:] + ring[:1])]


def is_within(place, edges):
    """Whether an odd number of edges lies straight north of a place."""
    x, y = place
    north = 0
    for (ax, ay), (bx, by) in edges:
        if (ax > x) != (bx > x):
            north += ay + (by - ay) * (x - ax) / (bx - ax) > y
    return north % 2 == 1


def check_lakes(lake_rings, land_rings):
    """Stops unless lakes lie on the land, and their outlines meet neither its coast nor each other.

    All rings are in whole units, without a repeated last point.
    """
    points = [point for ring in lake_rings for point in ring]
    west, south = [min(point[axis] for point in points) for axis in (0, 1)]
    east_most, north = [max(point[axis] for point in points) for axis in (0, 1)]
    # An edge over the antimeridian seems to lead around the earth, and is of no concern here.
    coast = [
        (a, b)
        for a, b in edges_of(land_rings)
        if abs(a[0] - b[0]) < TURN // 2 and max(a[0], b[0]) >= west and min(a[0], b[0]) <= east_most
    ]
    for point in points:
        assert is_within(point, coast), point
    near = [(a, b) for a, b in coast if max(a[1], b[1]) >= south and min(a[1], b[1]) <= north]
    outlines = edges_of(lake_rings)
    for i, edge in enumerate(outlines):
        for other in near + outlines[i + 1 :]:
            follows = edge[1] == other[0] or other[1] == edge[0]
            assert follows or not meet(edge, other), (edge, other)


def meet(one, two):
    """Whether two edges have a point in common."""
    if any(
        max(one[0][axis], one[1][axis]) < min(two[0][axis], two[1][axis])
        or max(two[0][axis], two[1][axis]) < min(one[0][axis], one[1][axis])
        for axis in (0, 1)
    ):
        return False

    def side(edge, point):
        (ax, ay), (bx, by) = edge
        return (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)

    return (
        side(one, two[0]) * side(one, two[1]) <= 0 and side(two, one[0]) * side(two, one[1]) <= 0
    )


def on_seam(point):
    """Whether a point is on the cut that Natural Earth makes at the antimeridian and the pole."""
    return abs(point[0]) > 179.999999 or point[1] < -89.9


def chains(ring):
    """A ring without its edges along the cut: itself, or the open pieces that are left."""
    edges = list(zip(ring, ring[1:]))
    real = [not (on_seam(a) and on_seam(b)) for a, b in edges]
    if all(real):
        return [ring[:-1]], []
    first = real.index(False)
    pieces, piece = [], []
    for (a, b), keep in [*(zip(edges, real))][first:] + [*zip(edges, real)][:first]:
        if keep:
            piece = piece or [a]
            piece.append(b)
        elif piece:
            pieces.append(piece)
            piece = []
    if piece:
        pieces.append(piece)
    return [], pieces


def stitched(pieces):
    """Closes open pieces to rings: each goes on where another begins across the antimeridian."""
    rings = []
    left = list(pieces)
    while left:
        ring = list(left.pop(0))
        while True:
            lon, lat = ring[-1]
            others = [(abs(p[0][1] - lat), i) for i, p in enumerate(left) if p[0][0] * lon < 0]
            home = abs(ring[0][1] - lat) if ring[0][0] * lon < 0 else math.inf
            best, i = min(others, default=(math.inf, -1))
            if home <= best:
                assert home < 0.05, (ring[0], ring[-1])
                rings.append(ring)
                break
            assert best < 0.05, (ring[-1], best)
            ring += left.pop(i)
    return rings


def whole(ring):
    """A ring in whole units, without repeated points; its last point is not its first."""
    points = []
    for lon, lat in ring:
        point = (round(lon * SCALE), round(lat * SCALE))
        if not points or point != points[-1]:
            points.append(point)
    while len(points) > 1 and points[0] == points[-1]:
        points.pop()
    return points


def shaved(ring):
    """A ring without the corners of land that stick out less than SHAVE_M.

    A point goes only if it, and whatever was cut off before between its neighbours, is on the
    land's side of the line between these and nearer to it than SHAVE_M.
    """
    if len(ring) < 8:
        return ring
    kept = [ring[0]]
    cut = []
    for i in range(1, len(ring)):
        here, after = ring[i], ring[(i + 1) % len(ring)]
        start = kept[-1]
        narrow = math.cos(math.radians(start[1] / SCALE))
        ax, ay = east(start, after) * narrow, after[1] - start[1]
        length = math.hypot(ax, ay)
        inside = i + 1 < len(ring) and length > 0
        for x, y in [*cut, here] if inside else []:
            px, py = east(start, (x, y)) * narrow, y - start[1]
            # Land lies on the right: cutting takes land away if the corner is on the left.
            left = (ax * py - ay * px) / length * METRES_PER_UNIT
            along = (ax * px + ay * py) / length
            inside = inside and 0 <= left < SHAVE_M and 0 <= along <= length
        if inside:
            cut.append(here)
        else:
            kept.append(here)
            cut = []
    return kept


def east(a, b):
    """How far east of a is b, by the shorter way round."""
    return (b[0] - a[0] + TURN // 2) % TURN - TURN // 2


def put_signed(out, number):
    """Appends a whole number whose sign goes into the lowest bit."""
    put(out, number << 1 if number >= 0 else ~(number << 1))


def put(out, number):
    """Appends a whole number, not negative, in base 128, least first."""
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)


def main():
    archive = zipfile.ZipFile(sys.argv[1])
    version = archive.read("ne_10m_land.VERSION.txt").decode().strip()
    rings, pieces, points = [], [], 0
    for ring in polygons(archive):
        points += len(ring)
        closed, open_ends = chains(ring)
        rings += closed
        pieces += open_ends
    rings += stitched(pieces)
    rings = [shaved(whole(ring)) for ring in rings]
    rings = [ring for ring in rings if len(ring) >= 3]
    topology = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    lake_rings = [shaved(whole(ring)) for ring in lakes(topology)]
    check_lakes(lake_rings, rings)
    rings += lake_rings
    out = bytearray(MAGIC)
    put(out, len(rings))
    for ring in rings:
        put(out, len(ring))
        at = (0, 0)
        for point in ring:
            put_signed(out, east(at, point))
            put_signed(out, point[1] - at[1])
            at = point
    (HERE / "land.bin").write_bytes(out)
    kept = sum(map(len, rings))
    print(
        f"Natural Earth {version}: {points} points, of which {kept} kept in {len(rings)} rings; "
        f"{len(pieces)} pieces stitched at the antimeridian; "
        f"lakes: {sum(map(len, lake_rings))} points in {len(lake_rings)} rings; {len(out)} bytes",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
