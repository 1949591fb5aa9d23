"""Large and awkward inputs, made of simulated ships: the same rows under other MMSIs, in other months and orders."""

from __future__ import annotations

import datetime
import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import zstandard

from common import AISDK_TIME
from simulate import ROWS_PER_VESSEL_AND_MONTH, simulate

# The months of one ship lie three days apart: a silence, after which she may be anywhere.
MONTH_DAYS = 33
# So many groups of ships sail in each month.
GROUPS = 10
MMSI_STEP = 10_000
ONE_MMSI = "219000001"


@dataclass(frozen=True)
class Input:
    """A folder of positions."""

    name: str
    path: Path
    rows: int
    files: int

    @property
    def megabytes(self) -> float:
        """Its size on disk in 10^6 bytes."""
        return sum(file.stat().st_size for file in self.path.iterdir()) / 1e6


def base_table(work: Path, rows: int, seed: int, vessels: int | None = None) -> pl.DataFrame:
    """A month of simulated rows as text, in order of time; of as many ships as the rows ask for, if not told."""
    path = work / "base.csv"
    simulate(path, rows, vessels or max(1, round(rows / ROWS_PER_VESSEL_AND_MONTH)), 30.0, seed)
    table = pl.read_csv(path, infer_schema=False)
    path.unlink()
    shutil.rmtree(path.with_suffix(".truth"))
    return table


def later(text: str, days: int) -> str | None:
    """A date so many days later, both as day/month/year; none if it is no date."""
    try:
        date = datetime.datetime.strptime(text, "%d/%m/%Y").date()
    except ValueError:
        return None
    return (date + datetime.timedelta(days=days)).strftime("%d/%m/%Y")


def shifted(table: pl.DataFrame, mmsi_step: int, days: int) -> pl.DataFrame:
    """The same rows under other MMSIs and on other days; what cannot be read stays as it is."""
    time = pl.col("# Timestamp")
    known = table.select(time.str.slice(0, 10).unique()).to_series().drop_nulls().to_list()
    dates = {text: date for text in known if (date := later(text, days))}
    return table.with_columns(
        (time.str.slice(0, 10).replace(dates) + time.str.slice(10)).alias("# Timestamp"),
        (pl.col("MMSI").cast(pl.Int64) + mmsi_step).cast(pl.String),
    )


def write_csv(table: pl.DataFrame, path: Path) -> None:
    """Writes rows as a CSV, compressed if its name says so."""
    if path.suffix != ".zst":
        table.write_csv(path, quote_style="never")
        return
    with path.open("wb") as file, zstandard.ZstdCompressor(level=3, threads=-1).stream_writer(file) as out:
        table.write_csv(out, quote_style="never", batch_size=50_000)


def fresh(folder: Path) -> Path:
    """An empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def sized(work: Path, rows: int, unit: int, seed: int) -> Input:
    """So many rows in files of `unit` rows: ten groups of ships a month, for as many months as it takes."""
    folder = fresh(work / f"rows-{rows}")
    copies = max(1, round(rows / unit))
    table = base_table(work, unit, seed)
    for copy in range(copies):
        part = shifted(table, MMSI_STEP * (copy % GROUPS), MONTH_DAYS * (copy // GROUPS))
        write_csv(part, folder / f"{copy:04d}.csv.zst")
    return Input(f"{rows / 1e6:g} million rows", folder, table.height * copies, copies)


def one_mmsi(work: Path, divide: int, seed: int) -> Input:
    """Fifty million reports of five ships under one MMSI, over 25 months."""
    folder = fresh(work / "one-mmsi")
    months = max(1, 25 // divide)
    table = base_table(work, 50_000_000 // divide // months, seed, vessels=5)
    table = table.with_columns(pl.when(pl.col("MMSI").is_not_null()).then(pl.lit(ONE_MMSI)).alias("MMSI"))
    for month in range(months):
        write_csv(shifted(table, 0, MONTH_DAYS * month), folder / f"{month:04d}.csv.zst")
    return Input("one MMSI, five ships", folder, months * table.height, months)


def many_vessels(work: Path, divide: int, seed: int) -> Input:
    """A million ships with one report each."""
    count = 1_000_000 // divide
    unit = max(200_000, count + count // 50)
    table = base_table(work, unit, seed)
    is_place = pl.col("Latitude").cast(pl.Float64).is_between(-90, 90)
    is_time = pl.col("# Timestamp").str.to_datetime(AISDK_TIME, strict=False).is_not_null()
    table = table.filter(is_place & is_time).head(count)
    table = table.with_columns((200_000_000 + 500 * pl.int_range(pl.len())).cast(pl.String).alias("MMSI"))
    folder = fresh(work / "many-vessels")
    write_csv(table, folder / "positions.csv.zst")
    return Input("ships with one report each", folder, table.height, 1)


def orders(work: Path, divide: int, seed: int) -> list[Input]:
    """Two million rows in order of time, in reverse, and cut into ten thousand files."""
    unit = 2_000_000 // divide
    table = base_table(work, unit, seed)
    forward, backward, pieces = (fresh(work / name) for name in ("forward", "backward", "pieces"))
    write_csv(table, forward / "positions.csv")
    write_csv(table.reverse(), backward / "positions.csv")
    size = -(-table.height // (10_000 // divide))
    for number, part in enumerate(table.iter_slices(size)):
        write_csv(part, pieces / f"{number:05d}.csv")
    return [
        Input("in order of time, one file", forward, table.height, 1),
        Input("in reverse order of time", backward, table.height, 1),
        Input("cut into many files", pieces, table.height, -(-table.height // size)),
    ]
