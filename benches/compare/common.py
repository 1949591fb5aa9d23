"""What the scripts of the comparison share: Landfall's thresholds, the port table, and distances on the globe."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[2]
PORTS_CSV = REPOSITORY / "data" / "ports.csv"

# Landfall's defaults, as `landfall config` prints them.
ENTER_RADIUS_M = {"large": 10_000.0, "medium": 8_000.0, "small": 7_000.0, "very_small": 6_000.0, "": 6_000.0}
LEAVE_FACTOR = 4.0 / 3.0
GAP_H = 6.0
STOP_ENTER_KNOTS = 0.2
STOP_LEAVE_KNOTS = 0.5
MAX_SPEED_KNOTS = 60.0
POSITION_SLACK_M = 463.0
SIMPLIFY_M = 20.0

# The grid by which the peers look up ports, in degrees.
CELL_DEG = 0.1

METRES_PER_NAUTICAL_MILE = 1852.0
KNOTS_TO_MPS = METRES_PER_NAUTICAL_MILE / 3600.0
EARTH_RADIUS_M = 6_371_008.8

AISDK_COLUMNS = (
    "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,IMO,Callsign,Name,"
    "Ship type,Cargo type,Width,Length,Type of position fixing device,Draught,Destination,ETA,Data source type,A,B,C,D"
).split(",")
AISDK_TIME = "%d/%m/%Y %H:%M:%S"


@dataclass(frozen=True)
class Ports:
    """The bundled port table as columns; distances in metres, angles in degrees."""

    name: list[str]
    locode: list[str]
    lon: np.ndarray
    lat: np.ndarray
    enter_m: np.ndarray

    @property
    def leave_m(self) -> np.ndarray:
        """The radius beyond which a ship has left, in metres."""
        return self.enter_m * LEAVE_FACTOR


def read_ports(path: Path = PORTS_CSV) -> Ports:
    """Reads a port table in Landfall's own format (points only); `#` lines are comments."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return Ports(
        name=[row["name"] for row in rows],
        locode=[row["locode"] for row in rows],
        lon=np.array([float(row["lon"]) for row in rows]),
        lat=np.array([float(row["lat"]) for row in rows]),
        enter_m=np.array([ENTER_RADIUS_M[row["harbor_size"]] for row in rows]),
    )


def port_cells(ports: Ports) -> tuple[np.ndarray, np.ndarray]:
    """The cells of a grid that each port's leave circle touches: numbers of cells, and of their ports.

    A cell's number is its row, counted from the equator, times 10,000, plus its column, counted from Greenwich.
    """
    cells, numbers = [], []
    for port, (lon, lat, leave_m) in enumerate(zip(ports.lon, ports.lat, ports.leave_m, strict=True)):
        east, north = metres_per_degree(min(abs(lat) + 0.2, 89.0))
        first_column, last_column = ((lon + way * leave_m / east) // CELL_DEG for way in (-1, 1))
        first_row, last_row = ((lat + way * leave_m / north) // CELL_DEG for way in (-1, 1))
        for row in range(int(first_row), int(last_row) + 1):
            for column in range(int(first_column), int(last_column) + 1):
                cells.append(row * 10_000 + column)
                numbers.append(port)
    return np.array(cells, dtype=np.int32), np.array(numbers, dtype=np.int32)


def metres_per_degree(lat: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Metres in a degree of longitude and of latitude at a latitude, on WGS84 (the usual series)."""
    phi = np.radians(lat)
    east = 111_412.84 * np.cos(phi) - 93.5 * np.cos(3 * phi) + 0.118 * np.cos(5 * phi)
    north = 111_132.92 - 559.82 * np.cos(2 * phi) + 1.175 * np.cos(4 * phi)
    return east, north


def near_distance_m(lon: np.ndarray, lat: np.ndarray, lon0: float, lat0: float) -> np.ndarray:
    """Distance in metres to a place at most some tens of kilometres away (local plane)."""
    east, north = metres_per_degree((np.asarray(lat) + lat0) / 2)
    return np.hypot((lon - lon0) * east, (lat - lat0) * north)


def great_circle_m(lon1: np.ndarray, lat1: np.ndarray, lon2: np.ndarray, lat2: np.ndarray) -> np.ndarray:
    """Distance in metres on the sphere (haversine): at most 0.56% off the ellipsoid's."""
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half = np.sin((phi2 - phi1) / 2) ** 2
    half = half + np.cos(phi1) * np.cos(phi2) * np.sin(np.radians(np.subtract(lon2, lon1)) / 2) ** 2
    return 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(half))
