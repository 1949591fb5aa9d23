#!/usr/bin/env python3
"""Makes a month of ship positions with known truth, as a CSV of the Danish Maritime Authority's format.

Ships sail between real ports of Landfall's table, lie at berth or at anchor, fall silent, and send faults. Beside
`NAME.csv` a folder `NAME.truth` says what really happened: `calls.csv`, `silences.csv`, `anchorings.csv`, `faults.csv`
and `summary.json`. Ways between ports are straight and may cross land, which nothing here depends on. The same
options give the same bytes.
"""

from __future__ import annotations

import argparse
import datetime
import time
from pathlib import Path

import numpy as np
import polars as pl

from common import AISDK_COLUMNS, AISDK_TIME, Ports, read_ports
from facts import START, iso, true_anchorings, true_calls, true_silences
from reports import (
    AT_REST_S,
    BAD_TIME,
    COPIED,
    KINDS,
    LONGEST_AT_REST_S,
    NO_MMSI,
    UNDER_WAY_S,
    interval_scale,
)
from rows import fault_list, ship_rows, write_truth
from ships import DAY, Lie, Vessel, plan_fleet

ROWS_PER_VESSEL_AND_MONTH = 35_833
BAD_TIMES = ["", "00/00/0000 00:00:00", "31/13/2024 25:61:00", "not available"]


def imo_number(number: int) -> int:
    """An IMO number with its check digit (IMO Resolution A.1117(30))."""
    digits = f"{910_000 + number:06d}"
    check = sum(int(digit) * weight for digit, weight in zip(digits, range(7, 1, -1), strict=True)) % 10
    return int(digits) * 10 + check


def particulars(vessel: Vessel, seed: int) -> dict:
    """What a ship says of herself, as text."""
    rng = np.random.default_rng([seed, vessel.number, 1])
    first = ["NORD", "BALTIC", "SKAGEN", "AMBER", "POLAR", "NORTHERN", "EVER", "ISLAND", "GOTLAND", "FRISIAN"]
    second = ["CARRIER", "TRADER", "STAR", "PIONEER", "BREEZE", "SPIRIT", "EXPRESS", "HORIZON", "WIND", "QUEEN"]
    length, is_class_b = int(rng.integers(70, 300)), rng.uniform() < 0.1
    bow, width = int(length * rng.uniform(0.6, 0.9)), max(10, length // 7)
    return {
        "Type of mobile": "Class B" if is_class_b else "Class A",
        "MMSI": str(vessel.mmsi),
        "IMO": "Unknown" if is_class_b else str(imo_number(vessel.number)),
        "Callsign": f"OX{chr(65 + vessel.number % 26)}{chr(65 + vessel.number // 26 % 26)}{vessel.number % 9 + 1}",
        "Name": f"{first[vessel.number % 10]} {second[vessel.number // 10 % 10]} {vessel.number}",
        "Ship type": str(rng.choice(["Cargo", "Cargo", "Tanker", "Passenger"])),
        "Cargo type": "" if is_class_b or rng.uniform() < 0.9 else "No additional information",
        "Width": str(width),
        "Length": str(length),
        "Type of position fixing device": "Undefined" if is_class_b else "GPS",
        "Data source type": "AIS",
        "A": str(bow),
        "B": str(length - bow),
        "C": str(width // 2),
        "D": str(width - width // 2),
    }


def voyage_particulars(vessel: Vessel, ports: Ports, seed: int) -> list[dict]:
    """Draught, destination and expected arrival of every voyage, as text; first of the stay that begins the plan."""
    rng = np.random.default_rng([seed, vessel.number, 2])
    out = []
    for phase in vessel.phases:
        if isinstance(phase, Lie) and phase.port >= 0:
            eta = datetime.datetime.fromtimestamp(START + round(phase.start / 900) * 900, datetime.UTC)
            out.append(
                {
                    "Draught": f"{rng.uniform(4, 12):.1f}",
                    "Destination": (ports.locode[phase.port] or ports.name[phase.port].upper())[:12],
                    "ETA": eta.strftime(AISDK_TIME) if rng.uniform() < 0.6 else "",
                }
            )
    return out


def write_csv(table: pl.DataFrame, statics: pl.DataFrame, voyages: pl.DataFrame, path: Path, batch: int) -> None:
    """Writes the rows in pieces, so that their text never fills the memory."""
    with path.open("wb") as out:
        for start in range(0, table.height, batch):
            piece = text_rows(table.slice(start, batch), statics, voyages)
            piece.write_csv(out, include_header=start == 0, quote_style="never")


def text_rows(piece: pl.DataFrame, statics: pl.DataFrame, voyages: pl.DataFrame) -> pl.DataFrame:
    """Rows as the Danish Maritime Authority writes them."""
    ship = statics[piece["vessel"].to_numpy()]
    voyage = voyages[piece["voyage_row"].to_numpy()]
    kind = piece["kind"]
    is_class_a = ship["Type of mobile"] == "Class A"
    bad_time = pl.Series(BAD_TIMES)[(piece["t"] % len(BAD_TIMES)).to_numpy()]
    statuses = pl.Series(["Under way using engine", "Moored", "At anchor"])[piece["status"].to_numpy()]
    moment = pl.from_epoch(piece["t"] + START).dt.strftime(AISDK_TIME)
    empty = pl.Series([""])
    columns = {
        "# Timestamp": bad_time.zip_with(kind == BAD_TIME, moment),
        "MMSI": empty.zip_with(kind == NO_MMSI, ship["MMSI"]),
        "Latitude": piece["lat"].to_numpy() / 1e6,
        "Longitude": piece["lon"].to_numpy() / 1e6,
        "Navigational status": statuses.zip_with(is_class_a, pl.Series(["Unknown value"])),
        "ROT": pl.Series(["0.0"]).zip_with(is_class_a, empty),
        "SOG": piece["sog"].to_numpy() / 10,
        "COG": piece["cog"].to_numpy() / 10,
        "Heading": piece["heading"],
        **{name: voyage[name] for name in voyage.columns},
    }
    columns = {**{name: ship[name] for name in ship.columns}, **columns}
    return pl.DataFrame({name: columns[name] for name in AISDK_COLUMNS})


def simulate(out: Path, rows: int, vessels: int, days: float, seed: int, batch: int = 500_000) -> int:
    """Makes the data and its truth; returns the number of rows."""
    ports, end = read_ports(), days * DAY
    fleet = plan_fleet(ports, vessels, days, seed)
    scale = interval_scale(fleet, days, round(rows / (1 + sum(COPIED.values()))))
    frames, voyages = [], []
    truth: dict[str, list[dict]] = {"calls": [], "silences": [], "anchorings": []}
    for vessel in fleet:
        frame, times = ship_rows(vessel, scale, end, seed, len(voyages))
        frames.append(frame)
        voyages += voyage_particulars(vessel, ports, seed)
        truth["calls"] += true_calls(vessel, ports, end)
        truth["silences"] += true_silences(vessel, times, end)
        truth["anchorings"] += true_anchorings(vessel, end)
    table = pl.concat(frames, rechunk=True)
    del frames
    table = table.sort("t", "vessel", "kind")
    statics = pl.DataFrame([particulars(vessel, seed) for vessel in fleet])
    write_csv(table, statics, pl.DataFrame(voyages), out, batch)
    counts = {KINDS[kind]: count for kind, count in table["kind"].value_counts(sort=True).iter_rows() if kind}
    summary = {
        "rows": table.height,
        "vessels": vessels,
        "days": days,
        "seed": seed,
        "start": iso(0),
        "end": iso(end),
        "interval_under_way_s": round(UNDER_WAY_S * scale, 1),
        "interval_at_rest_s": round(min(AT_REST_S * scale, LONGEST_AT_REST_S), 1),
        "shared_mmsis": sorted({vessel.mmsi for vessel in fleet if vessel.shares_mmsi}),
        "faults": counts,
        **{name: len(rows) for name, rows in truth.items()},
    }
    write_truth(out.with_suffix(".truth"), truth, fault_list(table, statics), summary)
    return table.height


def default_vessels(rows: int, days: float) -> int:
    """As many ships as send so many rows at the usual density, 20 at least."""
    return max(20, round(rows / (ROWS_PER_VESSEL_AND_MONTH * days / 30)))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--out", type=Path, required=True, help="the CSV to write; its truth goes into a folder beside it"
    )
    parser.add_argument("--rows", type=int, default=21_500_000, help="about so many rows (default 21,500,000)")
    parser.add_argument("--vessels", type=int, help="ships (default 600 at full size; 20 at least)")
    parser.add_argument("--days", type=float, default=30.0, help="days of data (default 30)")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    vessels = args.vessels or default_vessels(args.rows, args.days)
    rows = simulate(args.out, args.rows, vessels, args.days, args.seed)
    size = args.out.stat().st_size
    print(f"{args.out}: {rows:,} rows, {size / 1e9:.2f} GB, {vessels} vessels, in {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
