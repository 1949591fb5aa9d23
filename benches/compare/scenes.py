#!/usr/bin/env python3
"""Makes scenes with known truth: what vessels do at berths, anchorages and in canals, and how that is heard.

    python3 scenes.py --out FOLDER                  # every scene, heard in three ways
    python3 scenes.py --out FOLDER --only suez      # the scenes whose names begin so
    python3 scenes.py --list

A scene's folder holds `positions.csv` and, of what really happened, `stops.csv`, `calls.csv` and `transits.csv`. Times
that nobody could see are blank. Needs numpy. The same options give the same bytes. `scenes_judge.py` runs Landfall on
them and judges.
"""

from __future__ import annotations

import argparse
import csv
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

import numpy as np

from facts import iso
from scene_canals import kiel, panama, suez
from scene_ferries import estuary, ferries
from scene_harbours import river, roads, terminals
from scene_motion import HOUR
from scene_places import tell_arrivals
from scene_reports import INTERVALS_S, Equipment, Rows, vessel_rows, write_rows
from scene_sea import drift, fishing, grounding, unlisted
from scene_vessel import TrueCall, TrueStop, Vessel

SCENES: dict[str, Callable] = {
    each.__name__: each
    for each in (ferries, estuary, suez, kiel, panama, roads, terminals, river, grounding, drift, fishing, unlisted)
}
INTERVALS = tuple(INTERVALS_S)

# Berths along a quay are so far apart.
QUAY_M = 130.0

STOP_COLUMNS = ["mmsi", "start", "end", "kind", "lat", "lon", "judged"]
CALL_COLUMNS = [
    *("mmsi", "port", "kind", "first_stop_start", "last_stop_end", "arrival", "leaving", "departure"),
    *("first_alongside", "last_alongside", "lat", "lon", "judged", "free_first"),
]
TRANSIT_COLUMNS = ["mmsi", "name", "direction", "entry", "exit", "judged"]


def play(scene: str, seed: int) -> list[Vessel]:
    """The vessels of a scene, with all that they do."""
    vessels: list[Vessel] = []
    base = 210_000_000 + 1_000_000 * sorted(SCENES).index(scene) + 101

    def launch(knots: float, start_h: float, has_tide: bool = False) -> Vessel:
        number = len(vessels)
        rng = np.random.default_rng([seed, zlib.crc32(scene.encode()), number])
        equipment = Equipment.draw(rng, number)
        now, own_knots = (start_h + rng.uniform(0, 0.5)) * HOUR, knots * rng.uniform(0.95, 1.05)
        quay_m = QUAY_M * (number * 2 % 5 - 2)
        vessels.append(Vessel(rng, base + 37 * number, equipment, own_knots, now, has_tide, quay_m))
        return vessels[-1]

    SCENES[scene](launch)
    for vessel in vessels:
        vessel.finish()
        tell_arrivals(vessel)
    return vessels


def heard(vessels: list[Vessel], interval: str, seed: int) -> Rows:
    """What is heard of a scene's vessels."""
    parts = []
    for vessel in vessels:
        rng = np.random.default_rng([seed, vessel.mmsi, INTERVALS.index(interval)])
        part = vessel_rows(rng, vessel.equipment, vessel.phases, vessel.statuses, interval)
        parts.append({**part, "mmsi": np.full(len(part["t"]), vessel.mmsi)})
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def write_table(path: Path, columns: list[str], rows: Iterable[list]) -> None:
    """Writes a table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def stop_cells(mmsi: int, stop: TrueStop) -> list:
    """A stop as a row."""
    place = [f"{stop.lat:.5f}", f"{(stop.lon + 180) % 360 - 180:.5f}"]
    return [mmsi, iso(stop.start), iso(stop.end), stop.kind, *place, stop.judged]


def call_cells(mmsi: int, call: TrueCall) -> list:
    """A call as a row; its place is where the vessel lay longest, at a berth if it came to one."""
    main = max(call.alongside or call.stops, key=lambda stop: (stop.end or np.inf) - (stop.start or 0.0))
    alongside = [call.alongside[0].start, call.alongside[-1].end] if call.alongside else [None, None]
    times = [call.stops[0].start, call.stops[-1].end, call.arrival, call.leaving, call.departure, *alongside]
    place = [f"{main.lat:.5f}", f"{(main.lon + 180) % 360 - 180:.5f}"]
    return [mmsi, call.port, call.kind, *map(iso, times), *place, call.judged, "yes" if call.free_first else "no"]


def write_truth(vessels: list[Vessel], out: Path) -> None:
    """Writes what really happened."""
    write_table(out / "stops.csv", STOP_COLUMNS, (stop_cells(v.mmsi, each) for v in vessels for each in v.stops))
    write_table(out / "calls.csv", CALL_COLUMNS, (call_cells(v.mmsi, each) for v in vessels for each in v.calls))
    transits = (
        [v.mmsi, each.name, each.direction, iso(each.entry), iso(each.exit), each.judged]
        for v in vessels
        for each in v.transits
    )
    write_table(out / "transits.csv", TRANSIT_COLUMNS, transits)


def make_scene(out: Path, scene: str, intervals: Iterable[str], seed: int) -> dict[str, int]:
    """Writes one scene, heard in some ways; returns how many rows each has."""
    vessels, rows = play(scene, seed), {}
    for interval in intervals:
        folder = out / f"{scene}-{interval}"
        folder.mkdir(parents=True, exist_ok=True)
        columns = heard(vessels, interval, seed)
        write_rows(columns, folder / "positions.csv")
        write_truth(vessels, folder)
        rows[folder.name] = len(columns["t"])
    return rows


def make(out: Path, scenes: list[str], intervals: Iterable[str], pool: Executor, seed: int = 1) -> dict[str, int]:
    """Writes some scenes; returns how many rows each has."""
    jobs = [pool.submit(make_scene, out, scene, tuple(intervals), seed) for scene in scenes]
    return {name: rows for job in jobs for name, rows in job.result().items()}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="the folder for the scenes")
    parser.add_argument("--only", default="", help="only the scenes whose names begin so")
    parser.add_argument("--interval", choices=INTERVALS, help="heard in this way only")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--list", action="store_true", help="print the scenes' names")
    args = parser.parse_args()
    scenes = [scene for scene in SCENES if scene.startswith(args.only)]
    if args.list or not args.out:
        print("\n".join(scenes))
        return
    with ProcessPoolExecutor() as pool:
        made = make(args.out, scenes, [args.interval] if args.interval else INTERVALS, pool, args.seed)
    for name, rows in made.items():
        print(f"{name}: {rows:,} rows")
    print(f"{args.out}: {len(made)} scenes, {sum(made.values()):,} rows")


if __name__ == "__main__":
    main()
