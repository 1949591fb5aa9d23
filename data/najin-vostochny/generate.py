#!/usr/bin/env python3
"""Makes positions.csv of the bundled case: the ships' AIS as it may have been, not as it was.

    python3 generate.py            writes positions.csv beside this file
    python3 generate.py --check    exits with 1 if positions.csv is not what this script gives
    python3 generate.py --legs     prints every dark leg: when and where AIS went off and on

Nothing but the standard library, no clock, and an own generator of random numbers, so that every
machine gives the same bytes. See README.md for what is fact here and what is not.
"""

import csv
import datetime
import math
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NOTICES = [
    "notice: These positions are made up. They were generated for this example so as to be "
    "consistent with published facts (see sightings.csv); nobody observed or received them.",
    "notice: The names and numbers of ANGARA, MARIA, MAIA-1 and LADY R are those of real ships; "
    "where and when they are shown here is not evidence of anything. EXAMPLE COASTER and EXAMPLE "
    "TRADER do not exist.",
]
HEADER = (
    "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,"
    "IMO,Callsign,Name,Ship type,Cargo type,Width,Length,Type of position fixing device,Draught,"
    "Destination,ETA,Data source type,A,B,C,D"
)

# ---------------------------------------------------------------- places and ways (lon, lat)

NAJIN = (130.3000, 42.2150)  # the roads south of the piers; no report is ever made here
BERTHS = {
    "VOSTOCHNY": (133.0680, 42.7440),
    "DUNAY": (132.3560, 42.8715),
    "VLADIVOSTOK": (131.8860, 43.1010),
    "BUSAN": (129.0450, 35.0850),
    "ZHOUSHAN": (122.1000, 29.9920),
}
# Round the cape west of Vostochny.
OUT_OF_WRANGEL_BAY = [(133.030, 42.750), (132.992, 42.742), (132.985, 42.690)]
# From the berth to the open sea, then where AIS goes off (and on, the other way round).
WAYS_OUT = {
    "VOSTOCHNY": [*OUT_OF_WRANGEL_BAY, (132.900, 42.640), (132.650, 42.570)],
    "DUNAY": [(132.362, 42.850), (132.375, 42.820), (132.392, 42.790), (132.405, 42.745),
              (132.360, 42.690), (132.200, 42.620)],
}
ANCHORAGES = {"VOSTOCHNY": (132.980, 42.650), "DUNAY": (132.440, 42.690)}
VOSTOCHNY_TO_BUSAN = [*OUT_OF_WRANGEL_BAY, (132.860, 42.560), (130.400, 38.200), (130.200, 37.000),
                      (129.900, 35.900), (129.300, 35.100), (129.110, 35.040), (129.060, 35.052),
                      (129.050, 35.068)]
VOSTOCHNY_TO_VLADIVOSTOK = [*OUT_OF_WRANGEL_BAY, (132.950, 42.660), (132.400, 42.640),
                            (132.230, 42.700), (132.120, 42.960), (132.000, 43.040),
                            (131.930, 43.062), (131.880, 43.075)]
KOREA_STRAIT = [(129.750, 35.150), (129.250, 34.830), (128.750, 34.400)]
ZHOUSHAN_APPROACH = [(122.700, 29.700), (122.300, 29.715), (122.180, 29.760), (122.170, 29.860),
                     (122.160, 29.920), (122.105, 29.940)]

# ---------------------------------------------------------------- chance, time and measure


class Chance:
    """A linear congruential generator (multiplier and increment of Knuth's MMIX)."""

    def __init__(self, seed):
        self.state = seed

    def unit(self):
        """The next number from 0 to 1."""
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 11) / 2**53

    def between(self, low, high):
        """The next number from low to high."""
        return low + (high - low) * self.unit()


def moment(text):
    """Seconds since the epoch of "2023-08-18 10:00", UTC."""
    day = datetime.datetime.strptime(text, "%Y-%m-%d %H:%M")
    return int(day.replace(tzinfo=datetime.timezone.utc).timestamp())


def stamp(seconds):
    """Seconds since the epoch as the format writes a time."""
    when = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return when.strftime("%d/%m/%Y %H:%M:%S")


def offset_nm(a, b):
    """East and north from a to b in nautical miles, on the plane half-way between."""
    middle = math.radians((a[1] + b[1]) / 2)
    return (b[0] - a[0]) * 60 * math.cos(middle), (b[1] - a[1]) * 60


def distance_nm(a, b):
    east, north = offset_nm(a, b)
    return math.sqrt(east * east + north * north)


def length_nm(way):
    return sum(distance_nm(a, b) for a, b in zip(way, way[1:]))


def place_at(way, miles):
    """The place so many miles along the way, and the course there."""
    for a, b in zip(way, way[1:]):
        length = distance_nm(a, b)
        if miles <= length or b is way[-1]:
            share = min(miles / length, 1.0) if length else 0.0
            east, north = offset_nm(a, b)
            course = math.degrees(math.atan2(east, north)) % 360
            return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share), course
        miles -= length
    raise ValueError("a way needs two places")


# ---------------------------------------------------------------- a ship that reports


class Ship:
    """A ship whose reports pile up as she is told what to do."""

    def __init__(self, name, mmsi, imo, call_sign, port, since, seed):
        self.name, self.mmsi, self.imo, self.call_sign = name, mmsi, imo, call_sign
        self.chance = Chance(seed)
        self.berth_shift = (self.chance.between(-0.0015, 0.0015), self.chance.between(-0.001, 0.001))
        self.port = port
        self.clock = moment(since)
        self.rows = []  # (seconds, row)
        self.legs = []  # dark legs, for --legs and the facts
        self.destination = port
        self.dimensions = ("", "", "", "", "", "")  # width, length, A, B, C, D
        self.draught = ""

    def berth(self, port):
        lon, lat = BERTHS[port]
        return (lon + self.berth_shift[0], lat + self.berth_shift[1])

    def report(self, seconds, place, status, speed, course, scatter_deg):
        lon = place[0] + self.chance.between(-scatter_deg, scatter_deg) * 1.35
        lat = place[1] + self.chance.between(-scatter_deg, scatter_deg)
        heading = "" if status == "Moored" and self.chance.unit() < 0.1 else "%d" % (course % 360)
        width, length, a, b, c, d = self.dimensions
        self.rows.append((seconds, ",".join([
            stamp(seconds), "Class A", str(self.mmsi), "%.6f" % lat, "%.6f" % lon, status,
            "0.0" if status == "Moored" else "", "%.1f" % speed, "%.1f" % (course % 360), heading,
            self.imo, self.call_sign, self.name, "Cargo", "", width, length, "GPS", self.draught,
            self.destination, "", "AIS", a, b, c, d])))

    def lie(self, until, place=None, silent=None):
        """At the berth (or at anchor) until a moment; silent: (from, to) without AIS."""
        anchored = place is not None
        place = place or self.berth(self.port)
        status, step, scatter = ("At anchor", 3600, 0.0009) if anchored else ("Moored", 7200, 0.00008)
        heading = self.chance.between(0, 360)
        while self.clock < until:
            heard = not silent or not silent[0] <= self.clock < silent[1]
            if heard:
                speed = 0.1 if self.chance.unit() < 0.3 else 0.0
                self.report(self.clock, place, status, speed, heading, scatter)
            self.clock += int(step * self.chance.between(0.85, 1.15))
        self.clock = until

    def sail(self, way, knots, heard=True, step=360):
        """Along a way, reporting every few minutes if heard."""
        length = length_nm(way)
        start, miles = self.clock, 0.0
        while miles < length:
            # Slow near both ends, as a ship in harbour waters is.
            slow = min(1.0, 0.45 + 0.2 * min(miles, length - miles))
            speed = knots * slow * self.chance.between(0.97, 1.03)
            if heard:
                place, course = place_at(way, miles)
                self.report(self.clock, place, "Under way using engine", speed,
                            course + self.chance.between(-1.5, 1.5), 0.00005)
            seconds = int(step * self.chance.between(0.9, 1.1))
            miles += speed * seconds / 3600
            self.clock += seconds
        return start

    def trip(self, leave, load_hours, to, anchor_hours=0.0, berth_silence_hours=0.0):
        """Out of port, dark to Najin and back, into a Russian port."""
        self.depart(moment(leave), berth_silence_hours)
        self.destination = "VLADIVOSTOK" if self.chance.unit() < 0.5 else "FOR ORDERS"
        out = [self.berth(self.port), *WAYS_OUT[self.port]]
        off_miles = length_nm(out) * self.chance.between(0.82, 1.0)
        self.sail(cut(out, off_miles), 10.5)
        off_time, off_place = self.clock, place_at(out, off_miles)[0]
        self.clock += int(self.dark_seconds(off_place, NAJIN))
        at_najin = self.clock
        self.clock += int(load_hours * 3600)
        left_najin = self.clock
        self.port = self.destination = to
        home = [*reversed(WAYS_OUT[to]), self.berth(to)]
        on_miles = length_nm(home) * self.chance.between(0.0, 0.15)
        self.clock += int(self.dark_seconds(NAJIN, place_at(home, on_miles)[0]))
        self.legs.append((self.name, off_time, at_najin, left_najin, self.clock, to))
        home = cut_front(home, on_miles)
        if anchor_hours:
            anchorage = ANCHORAGES[to]
            self.sail([home[0], anchorage], 10.0)
            self.lie(self.clock + int(anchor_hours * 3600), anchorage)
            into = home[2:] if to == "VOSTOCHNY" else home[3:]
            self.sail([anchorage, *into], 8.0)
        else:
            self.sail(home, 10.5)

    def depart(self, at, berth_silence_hours=0.0):
        """Lie at the berth until a moment, without AIS for some hours in the midst of the stay."""
        silent = None
        if berth_silence_hours:
            start = self.clock + int(2.5 * 3600)
            silent = (start, start + int(berth_silence_hours * 3600))
            assert silent[1] + 6 * 3600 < at, (self.name, stamp(at), "stay too short for a silence")
        assert self.clock < at, (self.name, stamp(self.clock), "not yet in port at", stamp(at))
        self.lie(at, silent=silent)

    def dark_seconds(self, a, b):
        return distance_nm(a, b) / self.chance.between(10.2, 11.6) * 3600


def cut(way, miles):
    """The first miles of a way."""
    end, _ = place_at(way, miles)
    kept, done = [way[0]], 0.0
    for a, b in zip(way, way[1:]):
        done += distance_nm(a, b)
        if done >= miles:
            break
        kept.append(b)
    return [*kept, end]


def cut_front(way, miles):
    """A way without its first miles."""
    return list(reversed(cut(list(reversed(way)), length_nm(way) - miles)))


# ---------------------------------------------------------------- the four ships of the case

END = moment("2024-04-17 00:00")
D, V = "DUNAY", "VOSTOCHNY"


def angara():
    ship = Ship("ANGARA", 273210440, "9179842", "UBYT2", V, "2023-08-15 03:00", 1)
    for trip in [
        ("2023-08-18 10:00", 21, D), ("2023-08-26 20:00", 26, D), ("2023-09-07 04:00", 46, D),
        ("2023-09-20 12:00", 24, D), ("2023-10-02 06:00", 30, D), ("2023-10-24 13:00", 22, V, 15),
        ("2023-11-08 22:00", 27, V, 0, 6.6), ("2023-11-23 05:00", 33, V, 0, 7.3),
        ("2023-12-07 19:00", 36, V, 20, 6.3), ("2023-12-26 11:00", 25, V, 0, 7.6),
        ("2024-01-14 16:00", 29, V, 0, 7.0),
    ]:
        ship.trip(*trip)
    # To Zhoushan: dark but for a short while in the Korea Strait, there on 9 February.
    ship.depart(moment("2024-02-04 20:00"), 6.6)
    ship.destination = "FOR ORDERS"
    ship.sail([ship.berth(V), *WAYS_OUT[V]], 10.5)
    ship.clock = moment("2024-02-06 21:40")
    ship.sail(KOREA_STRAIT, 11.0)
    ship.clock = moment("2024-02-08 22:00")
    ship.destination = ship.port = "ZHOUSHAN"
    ship.sail([*ZHOUSHAN_APPROACH, ship.berth("ZHOUSHAN")], 10.0)
    ship.lie(END)
    return ship


def maria():
    ship = Ship("MARIA", 273359830, "8517839", "UBRH7", V, "2023-08-15 05:00", 2)
    for trip in [
        ("2023-08-21 02:00", 23, D), ("2023-09-01 09:00", 31, D, 12), ("2023-09-14 18:00", 20, D),
        ("2023-09-27 01:00", 28, D), ("2023-10-09 15:00", 24, D),
        ("2023-10-17 23:30", 42, V),  # seen at Rajin on 19 and 20 October, gone that afternoon
        ("2023-11-12 08:00", 24, V, 0, 7.0), ("2023-12-01 20:00", 30, V, 10, 6.6),
        ("2023-12-17 03:00", 26, V, 0, 7.6), ("2024-01-08 14:00", 35, V, 0, 6.3),
        ("2024-01-26 21:00", 22, V, 0, 7.3),
    ]:
        ship.trip(*trip)
    ship.lie(END, silent=(ship.clock + 9000, ship.clock + 9000 + 7 * 3600))
    return ship


def maia():
    ship = Ship("MAIA-1", 273291160, "9358010", "UBGW2", V, "2023-09-12 01:00", 3)
    for trip in [
        ("2023-09-22 12:00", 25, D), ("2023-10-05 20:00", 22, D, 14), ("2023-10-23 04:00", 27, V),
        ("2023-11-05 17:00", 24, V, 0, 6.6), ("2023-11-18 10:00", 32, V, 18, 7.3),
        ("2023-12-04 06:00", 28, V, 0, 7.0), ("2023-12-20 15:00", 21, V, 0, 6.6),
        ("2024-01-04 23:00", 30, V, 0, 7.6), ("2024-01-20 09:00", 26, V, 0, 6.3),
        ("2024-02-10 22:00", 34, V, 0, 7.0),  # seen at Rajin on 12 February
    ]:
        ship.trip(*trip)
    ship.lie(END)
    return ship


def lady_r():
    ship = Ship("LADY R", 273212120, "9161003", "UBDT8", V, "2024-01-10 02:00", 4)
    ship.trip("2024-01-17 07:00", 24, V)
    ship.trip("2024-02-02 20:00", 28, V, 0, 7.0)  # at Rajin on 4 February
    ship.trip("2024-03-08 21:00", 67, V, 0, 6.6)  # pier 1 on 10 March, loading on the 12th
    # Unloaded on 15 March; at Vostochny on 2 and 3 April, then dark to the end of the data.
    ship.depart(moment("2024-04-03 18:00"))
    ship.destination = "FOR ORDERS"
    ship.sail([ship.berth(V), *WAYS_OUT[V]], 10.5)
    return ship


# ---------------------------------------------------------------- two ships that do not exist

# MID 700 is given to no country, so that these numbers cannot be anybody's.
def example_coaster():
    """Innocent: Vostochny to Busan and back, heard all the way."""
    ship = Ship("EXAMPLE COASTER", 700000001, "Unknown", "Unknown", V, "2023-10-01 06:00", 5)
    ship.dimensions, ship.draught = ("16", "98", "84", "14", "8", "8"), "5.2"
    for leave, to in [("2023-10-03 21:00", "BUSAN"), ("2023-10-08 09:00", V),
                      ("2023-10-14 02:00", "BUSAN"), ("2023-10-19 13:00", V)]:
        ship.depart(moment(leave))
        way = [*VOSTOCHNY_TO_BUSAN, ship.berth("BUSAN")]
        way = [ship.berth(V), *way] if to == "BUSAN" else [*reversed(way), ship.berth(V)]
        ship.port = ship.destination = to
        ship.sail(way, 11.8, step=600)
    ship.lie(END)
    return ship


def example_trader():
    """Innocent too, and 115 m long: two claims of sightings.csv say Najin, her AIS says no."""
    ship = Ship("EXAMPLE TRADER", 700000002, "Unknown", "Unknown", "VLADIVOSTOK",
                "2023-10-10 00:00", 6)
    ship.dimensions, ship.draught = ("18", "115", "98", "17", "10", "8"), "6.4"
    for leave, to, silence in [
        ("2023-10-13 08:00", V, 0), ("2023-10-25 04:00", "VLADIVOSTOK", 0),
        ("2023-11-03 06:00", V, 0), ("2023-11-10 23:00", "VLADIVOSTOK", 6.5),
    ]:
        ship.depart(moment(leave), silence)
        way = [ship.berth(V), *VOSTOCHNY_TO_VLADIVOSTOK, ship.berth("VLADIVOSTOK")]
        ship.port = ship.destination = to
        ship.sail(way if to == "VLADIVOSTOK" else list(reversed(way)), 10.0)
    ship.lie(END)
    return ship


# ---------------------------------------------------------------- faults, facts, file


def with_faults(rows):
    """What real files hold too: copies, a leap, no position, a wrong date, a lost point."""

    def first(name, after):
        return next(row for row in rows if "," + name + "," in row[1] and row[0] >= moment(after))

    def changed(row, column, value):
        fields = row[1].split(",")
        fields[column] = value
        return (row[0], ",".join(fields))

    copies = [first(name, after) for name, after in [
        ("ANGARA", "2023-08-18 11:00"), ("MARIA", "2023-09-15 00:00"),
        ("MAIA-1", "2023-11-01 00:00"), ("EXAMPLE COASTER", "2023-10-04 12:00")]]
    copies.append(copies[0])
    leap = first("EXAMPLE COASTER", "2023-10-04 20:00")
    leap = changed((leap[0] + 150, leap[1]), 0, stamp(leap[0] + 150))
    leap = changed(changed(leap, 3, "35.004121"), 4, "139.718340")
    faults = [
        leap,
        changed(changed(first("MARIA", "2023-12-10 00:00"), 3, "91.0"), 4, "0.0"),
        changed(first("MAIA-1", "2023-12-11 00:00"), 3, "4274.4213"),
        changed(first("EXAMPLE TRADER", "2023-10-31 12:00"), 0, "32/10/2023 12:00:00"),
        changed(first("ANGARA", "2024-01-02 00:00"), 2, "Unknown"),
    ]
    # By time and vessel; a sort keeps the order of equals.
    return sorted(rows + copies + faults, key=lambda row: (row[0], row[1].split(",")[2]))


def check_facts(ships):
    """The made-up ways fit every bundled sighting of a named ship, or this script stops."""
    legs = [leg for ship in ships for leg in ship.legs]

    def at_najin(name, since, until):
        return any(leg[0] == name and leg[2] < until and leg[3] > since for leg in legs)

    def in_port(name, port, since, until):
        ship = next(ship for ship in ships if ship.name == name)
        lon, lat = BERTHS[port]
        return any(
            since <= seconds < until
            and abs(float(row.split(",")[3]) - lat) < 0.01
            and abs(float(row.split(",")[4]) - lon) < 0.01
            for seconds, row in ship.rows)

    def not_at_najin(name, when):
        # The reports before and after are too near in time for a ship of 20 knots to go there.
        rows = next(ship for ship in ships if ship.name == name).rows
        before = max(row for row in rows if row[0] <= when)
        after = min(row for row in rows if row[0] > when)
        miles = sum(
            distance_nm(NAJIN, (float(row.split(",")[4]), float(row.split(",")[3])))
            for row in (before[1], after[1]))
        return miles / (after[0] - before[0]) * 3600 > 20

    ports = {"130.3000": None, "132.3400": D, "133.0833": V, "122.1000": "ZHOUSHAN"}
    names = {"MAIA": "MAIA-1"}
    with open(HERE / "sightings.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = names.get(row["name"].upper(), row["name"].upper())
            if not name:
                continue
            since, until = (
                datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
                for text in (row["from"] or row["time"], row["to"] or row["time"]))
            if name == "EXAMPLE TRADER":
                assert not_at_najin(name, since), "no report refutes claim " + row["id"]
                continue
            port = ports[row["lon"]]
            after_the_data = name == "LADY R" and since > moment("2024-04-04 00:00")
            fits = after_the_data or (
                in_port(name, port, since, until) if port else at_najin(name, since, until))
            assert fits, "the made-up ways do not fit sighting " + row["id"]

    def trips(names, until, to=None):
        return sum(leg[0] in names and leg[4] <= moment(until) and to in (None, leg[5])
                   for leg in legs)

    assert trips(("ANGARA", "MARIA"), "2023-10-14 23:00", D) >= 5
    assert trips(("ANGARA",), "2024-02-09 23:00") == 11
    assert trips(("ANGARA", "MARIA", "MAIA-1", "LADY R"), "2024-02-14 00:00") >= 32
    assert any(leg[2] < moment("2023-10-20 02:01") and
               moment("2023-10-20 02:01") < leg[3] < moment("2023-10-20 06:43") for leg in legs)
    assert any(leg[2] > moment("2023-09-06 15:00") and leg[5] == D
               and leg[4] < moment("2023-09-12 14:00") for leg in legs)


def print_legs(ships):
    for ship in ships:
        for name, off, there, left, on, to in ship.legs:
            print("%-7s off %s  Najin %s to %s  on %s  %.1f h  to %s" % (
                name, stamp(off), stamp(there), stamp(left), stamp(on), (on - off) / 3600, to))


def main():
    ships = [angara(), maria(), maia(), lady_r(), example_coaster(), example_trader()]
    check_facts(ships)
    rows = with_faults([row for ship in ships for row in ship.rows if row[0] < END])
    text = "".join("# %s\n" % line for line in NOTICES)
    text += HEADER + "\n" + "".join(row[1] + "\n" for row in rows)
    if sys.argv[1:] == ["--legs"]:
        print_legs(ships)
    elif sys.argv[1:] == ["--check"]:
        if (HERE / "positions.csv").read_bytes() != text.encode():
            sys.exit("positions.csv is not what generate.py gives: run python3 generate.py")
    elif not sys.argv[1:]:
        (HERE / "positions.csv").write_bytes(text.encode())
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
