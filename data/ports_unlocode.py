"""UN/LOCODE's official files as build_ports.py needs them: one entry for each code, with its place.

The files have no header and are in Latin-1; their columns are Change, Country, Location, Name,
NameWoDiacritics, Subdivision, Function, Status, Date, IATA, Coordinates, Remarks. Function 1 is a
port; coordinates are whole minutes of arc such as `5155N 00430E`.
"""

import csv
import re
from dataclasses import dataclass

# Statuses from the best checked to the least; a place with XX will be removed from the list.
STATUSES = ["AA", "AC", "AF", "AI", "AM", "AS", "AQ", "RL", "RN", "RQ", "QQ", ""]


@dataclass
class Entry:
    """One code of the list."""

    code: str
    name: str
    full_name: str
    subdivision: str
    function: str
    status: str
    place: tuple | None

    @property
    def country(self):
        """The country's two letters."""
        return self.code[:2]

    @property
    def is_port(self):
        """Whether the place is a port that stays on the list."""
        return self.function.startswith("1") and self.status in STATUSES


def entries(paths):
    """Codes to entries, of all files. Rows without a code are a country's own or refer elsewhere."""
    found = {}
    for path in paths:
        with open(path, encoding="latin-1", newline="") as table:
            for row in csv.reader(table):
                change, country, location, full_name, name, subdivision, function, status = row[:8]
                if location and change.strip().lower() != "x":
                    found[country + location] = Entry(
                        country + location, tidy(name), tidy(full_name), subdivision.strip(),
                        function, status.strip(), place(row[10]),
                    )
    return found


def tidy(text):
    """A name without needless blanks, and none about a slash."""
    return re.sub(r"\s*/\s*", "/", " ".join(text.split()))


def place(text):
    """(latitude, longitude) of coordinates such as `5155N 00430E`; None if they are none."""
    parts = re.fullmatch(r"(\d\d)(\d\d)([NS]) (\d{3})(\d\d)([EW])", text.strip())
    if not parts:
        return None
    lat, lat_minutes, north, lon, lon_minutes, east = parts.groups()
    if int(lat_minutes) > 59 or int(lon_minutes) > 59:
        return None
    latitude = (int(lat) + int(lat_minutes) / 60) * (1 if north == "N" else -1)
    longitude = (int(lon) + int(lon_minutes) / 60) * (1 if east == "E" else -1)
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
