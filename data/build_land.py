#!/usr/bin/env python3
"""Builds land.bin, the bundled coast, from Natural Earth's land polygons (1:10 million).

Usage: python3 data/build_land.py ne_10m_land.zip

Needs the standard library only. The same input gives the same bytes. What was dropped or changed is
counted on standard error. Natural Earth is in the public domain; README.md beside this file says
where to get it, which version was used, and what the format of land.bin is.
"""

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
        f"{len(pieces)} pieces stitched at the antimeridian; {len(out)} bytes",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
