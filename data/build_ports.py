#!/usr/bin/env python3
"""Builds ports.csv from the World Port Index, UN/LOCODE and what is declared beside this file.

Usage: python3 data/build_ports.py UpdatedPub150.csv part2.csv part3.csv

The World Port Index (NGA Pub. 150) comes first; ports_names.csv gives its ports the names they are
known by in English, ports_declared.py corrects codes and joins rows that are one port. Ports that
it lacks come from ports_added.csv and, of the rest, from UN/LOCODE where a place is a port at the
coast of land.bin or at a river of passages.csv. Every row says where it came from and how exactly
its place is known.

Needs the standard library only. The same input gives the same bytes. What was dropped or changed is
counted on standard error, and nothing is written if a check fails, such as those of
ports_checks.csv. README.md beside this file says where to get the sources.
"""

import csv
import io
import math
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import ports_coast
import ports_declared as declared
import ports_unlocode
from ports_coast import km_between

HERE = Path(__file__).resolve().parent
COLUMNS = [
    "name", "locode", "country", "lat", "lon", "harbor_size", "aliases", "other_codes", "source",
    "precision_m",
]
SIZES = {"Large": "large", "Medium": "medium", "Small": "small", "Very Small": "very_small"}

# How exactly a place is known, in metres: a minute of arc, a hundredth of a degree, a tenth of a
# minute. What has more digits is still one point for a whole harbour.
MINUTE_M, HUNDREDTH_M, TENTH_OF_MINUTE_M, FINER_M = 1900, 1100, 200, 100

# Ports of UN/LOCODE are taken up to this distance from the coast or a river, in kilometres: more
# than their precision, and less than a town that only has a port's function lies inland.
COAST_KM = 3.0
# Declared ports lie nearer: their places are better known.
ADDED_COAST_KM = 2.0
# A port of UN/LOCODE this near to one of another source under another name would only confuse.
NEIGHBOUR_KM = 3.0
# Ports of one name this near to each other are one.
SAME_NAME_KM = 20.0
# Ports of different names must be this far apart.
APART_KM = 1.0
# No two ports of a country may have one name within this distance.
ONE_NAME_KM = 10.0
# No alias may be another port's name within this distance.
ALIAS_KM = 50.0
# A port without a code takes that of UN/LOCODE's port of its name up to this distance.
CODE_KM = 15.0
# A place this far from every other place of its subdivision or country is a mistake.
SUBDIVISION_KM = 75.0
COUNTRY_KM = 300.0

# Entries of UN/LOCODE with these words are no harbours, whatever their function says.
NO_HARBOUR = re.compile(r"\b(Apt|Airport|AFB|SEZ|ICD|CFS|Free ?zone|Estate|BGN)\b", re.IGNORECASE)


def key(text):
    """A name as the program compares it: letters and digits without case and diacritics."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    words = re.split(r"[^\w]+", "".join(c for c in plain if not unicodedata.combining(c) and c != "'"))
    return "".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th", "’": "'"})


class Port:
    """A row of the table, and the name that its source has."""

    def __init__(self, row, source_name):
        self.row = row
        self.source_name = source_name
        self.place = float(row["lat"]), float(row["lon"])

    @property
    def name(self):
        """The name that is shown."""
        return self.row["name"]

    @property
    def codes(self):
        """Its code and other codes."""
        return [code for code in [self.row["locode"], *self.row["other_codes"]] if code]

    @property
    def keys(self):
        """The keys of all its names."""
        return {key(name) for name in [self.name, *self.row["aliases"]]} - {""}

    def __str__(self):
        return f"{self.name} ({self.row['country']}, {self.row['locode'] or 'no code'})"


class Ports:
    """Ports, and which are near to a place."""

    def __init__(self):
        self.cells = defaultdict(list)

    def add(self, port):
        """Takes a port."""
        self.cells[math.floor(port.place[0]), math.floor(port.place[1])].append(port)

    def near(self, place, km):
        """The ports within a distance of up to 100 km, with the distance, nearest first."""
        lat, lon = math.floor(place[0]), math.floor(place[1])
        narrow = max(math.cos(math.radians(min(abs(place[0]) + 1, 89.0))), 0.02)
        across = 1 + int(km / 111 / narrow)
        found = []
        for row in range(lat - 1, lat + 2):
            for column in range(lon - across, lon + across + 1):
                for port in self.cells.get((row, (column + 180) % 360 - 180), ()):
                    distance = km_between(place, port.place)
                    if distance <= km:
                        found.append((distance, port))
        return sorted(found, key=lambda pair: (pair[0], pair[1].name))


def fail(problems):
    """Stops with what is wrong."""
    sys.exit("ports.csv is not written:\n" + "\n".join(f"  {problem}" for problem in problems))


def table(name):
    """The rows of a table beside this file."""
    with open(HERE / name, encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def listed(text):
    """The parts of a list separated by semicolons."""
    return [part.strip() for part in text.split(";") if part.strip()]


def countries():
    """Country names to ISO 3166-1 codes, from countries.csv beside this file."""
    return {key(name): row["code"] for row in table("countries.csv") for name in row["names"].split(";")}


def degrees(text, most):
    """A coordinate to five decimals, one metre; None if it is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return shortest(value) if abs(value) <= most else None


def shortest(value):
    """A coordinate to five decimals, without needless zeros."""
    return f"{value:.5f}".rstrip("0").rstrip(".")


def precision(*coordinates):
    """How exactly coordinates are given, in metres, by their digits."""
    for parts, metres in ((60, MINUTE_M), (100, HUNDREDTH_M), (600, TENTH_OF_MINUTE_M)):
        if all(abs(c * parts - round(c * parts)) < parts * 1e-5 for c in coordinates):
            return metres
    return FINER_M


def locode(text):
    """The five characters of a UN/LOCODE, with or without a space; None if it is none."""
    code = text.replace(" ", "").strip().upper()
    return code if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}", code) else None


def halves(name):
    """Both halves of a name such as `Mumbai (Bombay)`; nothing of any other."""
    found = re.fullmatch(r"(.+?)\s*\((.+)\)", name)
    return [half.strip() for half in found.groups()] if found else []


def plain_name(name, country):
    """A name of the World Port Index in its usual form: `Yokohama Ko` is `Yokohama`."""
    name = (halves(name) or [name])[0]
    for ending in declared.ENDINGS.get(country, ()):
        name = name.removesuffix(ending)
    words = re.split(r"([ -])", name)
    for i, word in enumerate(words):
        if 0 < i < len(words) - 1 and word.lower() in declared.SMALL_WORDS:
            words[i] = word.lower()
        words[i] = declared.WORDS.get(word, words[i])
    return "".join(words)


def names_without_repetition(name, others):
    """Other names, each once, and none that is the name itself."""
    seen = {name.casefold(), ""}
    return [other for other in others if not (other.casefold() in seen or seen.add(other.casefold()))]


def world_port_index(path, count):
    """The ports of the World Port Index, under its own names."""
    with open(path, encoding="utf-8-sig", errors="replace", newline="") as source:
        rows = list(csv.DictReader(source))
    codes, unknown, ports = countries(), set(), []
    count["rows of the World Port Index"] = len(rows)
    for row in rows:
        name = " ".join(row["Main Port Name"].split())
        lat, lon = degrees(row["Latitude"], 90), degrees(row["Longitude"], 180)
        if not name or lat is None or lon is None:
            count["of them without a name or a place: dropped"] += 1
            continue
        code = locode(row["UN/LOCODE"])
        if code is None and row["UN/LOCODE"].strip():
            count["of them with a code that is not well-formed: the code is dropped"] += 1
        full_name = row["Country Code"].strip()
        country = codes.get(key(full_name), "") if full_name else (code or "")[:2]
        if full_name and not country:
            unknown.add(full_name)
        ports.append(Port({
            "name": name,
            "locode": code or "",
            "country": country,
            "lat": lat,
            "lon": lon,
            "harbor_size": SIZES.get(row["Harbor Size"].strip(), ""),
            "aliases": listed(row["Alternate Port Name"]),
            "other_codes": [],
            "source": "wpi",
            "precision_m": precision(float(lat), float(lon)),
        }, name))
    if unknown:
        fail([f"not in countries.csv: {name}" for name in sorted(unknown)])
    return ports


class Declarations:
    """What is declared of ports of the World Port Index, and whether every one found its port."""

    def __init__(self):
        self.used = set()

    def of(self, port, rows):
        """What is declared of a port; None if nothing is."""
        country, name = port.row["country"], port.source_name
        for named in ((country, f"{name}@{int(abs(port.place[0]))}"), (country, name)):
            if named in rows:
                self.used.add((id(rows), named))
                return rows[named]
        return None

    def unused(self, *tables):
        """Declarations without a port."""
        return [
            f"declared, but not in the World Port Index: {named}"
            for rows in tables
            for named in sorted(rows)
            if (id(rows), named) not in self.used
        ]


def correct(ports, count):
    """Gives ports of the World Port Index their codes, places, countries and names."""
    names = {(row["country"], row["wpi_name"]): row for row in table("ports_names.csv")}
    found = Declarations()
    for port in ports:
        row = port.row
        codes = found.of(port, declared.CODES)
        if codes:
            row["locode"], row["other_codes"] = codes[0], list(codes[1])
            count["codes of the World Port Index changed by hand"] += 1
        place = found.of(port, declared.PLACES)
        if place:
            port.place = place[:2]
            row["lat"], row["lon"], row["precision_m"] = shortest(place[0]), shortest(place[1]), place[2]
            count["places of the World Port Index changed by hand"] += 1
        named = found.of(port, names) or {"name": "", "aliases": ""}
        row["name"] = named["name"] or plain_name(port.source_name, row["country"])
        count["names of the World Port Index changed"] += row["name"] != port.source_name
        others = [*listed(named["aliases"]), port.source_name, *halves(port.source_name), *row["aliases"]]
        row["aliases"] = names_without_repetition(row["name"], others)
        row["country"] = found.of(port, declared.COUNTRIES) or row["country"]
    unused = found.unused(declared.CODES, declared.PLACES, declared.COUNTRIES, names)
    if unused:
        fail(unused)


def merge(ports, count):
    """Joins rows that are one port: the second's names and codes go to the first."""
    by_name = defaultdict(list)
    for port in ports:
        for name in (port.source_name, f"{port.source_name}@{int(abs(port.place[0]))}"):
            by_name[port.row["country"], name].append(port)
    for kept, merged in declared.MERGED:
        if not by_name[kept] or not by_name[merged] or by_name[kept][0] is by_name[merged][-1]:
            fail([f"cannot be merged: {merged} into {kept}"])
        first, second = by_name[kept][0], by_name[merged][-1]
        if second.row["locode"] and not first.row["locode"] and kept == merged:
            first, second = second, first
        names = [*first.row["aliases"], second.name, *second.row["aliases"]]
        first.row["aliases"] = names_without_repetition(first.name, names)
        first.row["locode"] = first.row["locode"] or second.row["locode"]
        first.row["other_codes"] += [code for code in second.codes if code not in first.codes]
        ports.remove(second)
        count["rows of the World Port Index merged into another"] += 1


def entry_names(entry):
    """The name of an entry, and its further names: of `Kure, Kochi` the name is `Kure`."""
    parts = [part.strip() for part in re.split(r"[,/(]|\s-\s", entry.name)]
    name = parts[0] if len(parts[0]) >= 3 else entry.name
    name = " ".join(w.capitalize() if w.isupper() and len(w) > 3 else w for w in name.split())
    others = [entry.name, entry.full_name]
    others += [half.rstrip(") ") for half in parts[1:] if "(" in entry.name or "/" in entry.name]
    return name, names_without_repetition(name, [other for other in others if len(other) >= 3])


def name_by_unlocode(ports, entries, count):
    """Gives ports UN/LOCODE's names as aliases, and its codes where they have none."""
    taken = {code for port in ports for code in port.codes}
    by_key = defaultdict(list)
    for entry in sorted(entries.values(), key=lambda e: e.code):
        if entry.is_port and entry.place and entry.code not in taken:
            name, others = entry_names(entry)
            for known in {key(n) for n in [name, *others]}:
                by_key[entry.country, known].append(entry)
    for port in ports:
        row = port.row
        if not row["locode"]:
            candidates = {e.code: e for k in port.keys for e in by_key[row["country"], k]}
            candidates = [e for e in candidates.values() if e.code not in taken]
            near = [e for e in candidates if km_between(e.place, port.place) <= CODE_KM]
            if near:
                best = min(near, key=lambda e: (km_between(e.place, port.place), e.code))
                row["locode"] = best.code
                taken.add(best.code)
                count["ports of the World Port Index or added by hand that got a code of UN/LOCODE"] += 1
        entry = entries.get(row["locode"])
        if entry and entry.is_port and entry.place and km_between(entry.place, port.place) <= ONE_NAME_KM:
            name = entry_names(entry)[0]
            if key(name) not in port.keys and not NO_HARBOUR.search(entry.name):
                row["aliases"].append(name)
                count["ports of the World Port Index or added by hand that got a name of UN/LOCODE"] += 1


def added(coast, count):
    """The ports of ports_added.csv, each at the coast but for those that say why they are not."""
    ports, problems = [], []
    for row in table("ports_added.csv"):
        port = Port({
            "name": row["name"],
            "locode": row["locode"],
            "country": row["country"],
            "lat": degrees(row["lat"], 90),
            "lon": degrees(row["lon"], 180),
            "harbor_size": row["harbor_size"],
            "aliases": listed(row["aliases"]),
            "other_codes": listed(row["other_codes"]),
            "source": "landfall",
            "precision_m": int(row["precision_m"]),
        }, row["name"])
        if not row["off_coast"] and coast.km(port.place) > ADDED_COAST_KM:
            problems.append(f"{port} of ports_added.csv is not at the coast")
        ports.append(port)
    if problems:
        fail(problems)
    count["ports added by hand"] = len(ports)
    return ports


def misplaced(entries):
    """The codes whose place is far from all other places of their subdivision, or country."""
    groups = defaultdict(list)
    for entry in entries.values():
        if entry.place:
            groups[entry.country].append(entry)
            if entry.subdivision:
                groups[entry.country, entry.subdivision].append(entry)
    far = set()
    for group, members in groups.items():
        within, fewest = (COUNTRY_KM, 3) if isinstance(group, str) else (SUBDIVISION_KM, 10)
        if len(members) < fewest:
            continue
        for entry in members:
            if entry.is_port and not any(
                other is not entry and km_between(entry.place, other.place) <= within for other in members
            ):
                far.add(entry.code)
    return far


def fill(ports, entries, coast, rivers, count):
    """The ports of UN/LOCODE that the table lacks."""
    known, codes, far = Ports(), {code for port in ports for code in port.codes}, misplaced(entries)
    for port in ports:
        known.add(port)
    found = []
    order = ports_unlocode.STATUSES.index
    for entry in sorted(
        (entry for entry in entries.values() if entry.is_port),
        key=lambda e: (order(e.status), -sum(c.isdigit() for c in e.function), e.code),
    ):
        count["ports of UN/LOCODE"] += 1
        port = candidate(entry)
        reason = why_not(port, entry, known, codes, far, coast, rivers)
        if reason:
            count[f"of them left out: {reason}"] += 1
            continue
        known.add(port)
        found.append(port)
    count["of them taken"] = len(found)
    return found


def candidate(entry):
    """The port that an entry would be; None if it has no place."""
    if not entry.place:
        return None
    name, others = entry_names(entry)
    return Port({
        "name": name,
        "locode": entry.code,
        "country": entry.country,
        "lat": shortest(entry.place[0]),
        "lon": shortest(entry.place[1]),
        "harbor_size": "",
        "aliases": others,
        "other_codes": [],
        "source": "unlocode",
        "precision_m": MINUTE_M,
    }, entry.name)


def why_not(port, entry, known, codes, far, coast, rivers):
    """Why a port of UN/LOCODE is left out; None if it is taken."""
    if entry.code in codes:
        return "the code is in the table"
    if port is None:
        return "no usable coordinates"
    if NO_HARBOUR.search(entry.name):
        return "an airport or a zone by name"
    near = known.near(port.place, SAME_NAME_KM)
    if any(other.row["country"] == entry.country and port.keys & other.keys for _, other in near):
        return "a port of the name is near"
    if coast.km(port.place) > COAST_KM and rivers.km(port.place) > COAST_KM:
        return "neither at the coast nor at a river that ships go up"
    if entry.code in far:
        return "far from all other places of its subdivision or country"
    if any(km <= NEIGHBOUR_KM and other.row["source"] != "unlocode" for km, other in near):
        return "a port of another source is within 3 km"
    if any(km < APART_KM for km, _ in near):
        return "another port of UN/LOCODE is within 1 km"
    return None


def drop_ambiguous_aliases(ports, count):
    """Takes off aliases that are the name of another port near by."""
    known = Ports()
    for port in ports:
        known.add(port)
    for port in ports:
        if not port.row["aliases"]:
            continue
        others = {key(other.name) for _, other in known.near(port.place, ALIAS_KM) if other is not port}
        kept = [alias for alias in port.row["aliases"] if key(alias) not in others]
        count["aliases dropped that are another port's name within 50 km"] += len(port.row["aliases"]) - len(kept)
        port.row["aliases"] = kept


def check(ports):
    """Stops if the table is not as it has to be."""
    problems, known = [], Ports()
    both_real = {frozenset(pair) for pair in declared.BOTH_REAL}
    for code, times in sorted(Counter(code for port in ports for code in port.codes).items()):
        if times > 1:
            problems.append(f"{times} ports have the code {code}")
    for port in ports:
        names = {key(port.name)}
        for km, other in known.near(port.place, ONE_NAME_KM):
            if key(other.name) in names and other.row["country"] == port.row["country"]:
                problems.append(f"{port} and {other} have one name and are {km:.1f} km apart")
            elif km < APART_KM and frozenset((port.name, other.name)) not in both_real:
                problems.append(f"{port} and {other} are {km:.1f} km apart and not declared as both real")
        known.add(port)
    for port in ports:
        aliases = {key(alias) for alias in port.row["aliases"]}
        for km, other in known.near(port.place, ALIAS_KM) if aliases else ():
            if other is not port and key(other.name) in aliases:
                problems.append(f"an alias of {port} is the name of {other}, {km:.0f} km away")
    by_key = defaultdict(list)
    for port in ports:
        for known_as in port.keys:
            by_key[known_as].append(port)
    for row in table("ports_checks.csv"):
        place, km = (float(row["lat"]), float(row["lon"])), float(row["km"])
        found = [port for port in by_key[key(row["name"])] if km_between(port.place, place) <= km]
        if len(found) != 1 or row["locode"] and row["locode"] not in found[0].codes:
            answer = ", ".join(map(str, by_key[key(row["name"])])) or "nothing"
            problems.append(f"ports_checks.csv: {row['name']} {row['locode']} is not there: {answer}")
    if problems:
        fail(problems)


def write(ports):
    """Writes ports.csv."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for row in sorted(
        (port.row for port in ports),
        key=lambda r: (r["country"], r["name"], r["locode"], float(r["lat"]), float(r["lon"])),
    ):
        rows.writerow(";".join(v) if isinstance(v, list) else v for v in (row[c] for c in COLUMNS))
    (HERE / "ports.csv").write_text(text.getvalue(), encoding="utf-8", newline="")


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    count = Counter()
    coast = ports_coast.coast(HERE / "land.bin")
    rivers = ports_coast.passages(HERE / "passages.csv")
    entries = ports_unlocode.entries(sys.argv[2:])
    ports = world_port_index(sys.argv[1], count)
    correct(ports, count)
    merge(ports, count)
    ports += added(coast, count)
    name_by_unlocode(ports, entries, count)
    ports += fill(ports, entries, coast, rivers, count)
    drop_ambiguous_aliases(ports, count)
    check(ports)
    write(ports)
    count["ports written"] = len(ports)
    for source in ("wpi", "unlocode", "landfall"):
        count[f"of them from {source}"] = sum(port.row["source"] == source for port in ports)
    count["of them without a code"] = sum(not port.row["locode"] for port in ports)
    for what, number in count.items():
        print(f"{number:6} {what}", file=sys.stderr)


if __name__ == "__main__":
    main()
