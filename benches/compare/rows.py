"""The rows of a simulation as tables: each ship's reports with the faults among them, and the truth as files."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl

from facts import START, iso
from reports import KINDS, NONE, TELEPORTS, copies, plant_teleports, reports_of
from ships import Vessel


def ship_rows(
    vessel: Vessel, scale: float, end: float, seed: int, voyage_offset: int
) -> tuple[pl.DataFrame, np.ndarray]:
    """All rows of a ship, faults among them, and the times of her true reports."""
    rng = np.random.default_rng([seed, vessel.number, 3])
    columns = reports_of(rng, vessel, scale, end)
    times = columns["t"]
    share = 0.0 if vessel.shares_mmsi else TELEPORTS
    columns["kind"] = plant_teleports(rng, columns, share)
    true = {name: column[columns["kind"] == NONE] for name, column in columns.items()}
    frames = [pl.DataFrame(part) for part in [columns, *copies(rng, true)]]
    frame = pl.concat(frames).with_columns(
        pl.lit(vessel.number, pl.Int32).alias("vessel"),
        (pl.col("voyage").cast(pl.Int32) + voyage_offset).alias("voyage_row"),
    )
    return frame.drop("voyage"), times


def fault_list(table: pl.DataFrame, statics: pl.DataFrame) -> pl.DataFrame:
    """Every planted fault with its row (the first after the header is 1), ship, time and position."""
    rows = table.with_row_index("row", offset=1).filter(pl.col("kind") > 0)
    return rows.select(
        "row",
        pl.Series("kind", KINDS)[rows["kind"].to_numpy()],
        statics["MMSI"][rows["vessel"].to_numpy()].alias("mmsi"),
        pl.from_epoch(rows["t"] + START).dt.strftime("%Y-%m-%dT%H:%M:%SZ").alias("time"),
        pl.Series("lat", rows["lat"].to_numpy() / 1e6),
        pl.Series("lon", rows["lon"].to_numpy() / 1e6),
    )


def write_truth(folder: Path, lists: dict[str, list[dict]], faults: pl.DataFrame, summary: dict) -> None:
    """Writes what really happened; moments in ISO 8601."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    moments = {"arrival", "berthed", "unberthed", "departure", "start", "end"}
    for name, rows in lists.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]) if rows else ["mmsi"], lineterminator="\n")
            writer.writeheader()
            for row in rows:
                writer.writerow({key: iso(value) if key in moments else value for key, value in row.items()})
    faults.write_csv(folder / "faults.csv")
    (folder / "summary.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
