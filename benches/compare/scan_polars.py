#!/usr/bin/env python3
"""The yardstick: polars reads five columns of a CSV into memory and does nothing else."""

from __future__ import annotations

import sys

import polars as pl

from common import AISDK_TIME


def scan(path: str) -> pl.DataFrame:
    """Time, MMSI, latitude, longitude and speed (knots) of every row; what cannot be read is null."""
    return (
        pl.scan_csv(path, schema_overrides={"MMSI": pl.Int64, "# Timestamp": pl.String}, ignore_errors=True)
        .select(
            time=pl.col("# Timestamp").str.to_datetime(AISDK_TIME, time_unit="ms", strict=False),
            mmsi=pl.col("MMSI").cast(pl.Int32, strict=False),
            lat=pl.col("Latitude").cast(pl.Float64),
            lon=pl.col("Longitude").cast(pl.Float64),
            sog=pl.col("SOG").cast(pl.Float32),
        )
        .collect(engine="streaming")
    )


if __name__ == "__main__":
    print(f"{scan(sys.argv[1]).height:,} rows")
