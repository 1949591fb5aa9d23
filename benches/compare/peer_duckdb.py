#!/usr/bin/env python3
"""Port calls, gaps and legs with DuckDB: SQL with window functions on all cores, shapely for the lines.

DuckDB's spatial extension is not used: it is no part of the Python package and is fetched from the network at run time.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import numpy as np
import shapely

from common import (
    AISDK_COLUMNS,
    AISDK_TIME,
    CELL_DEG,
    EARTH_RADIUS_M,
    GAP_H,
    KNOTS_TO_MPS,
    LEAVE_FACTOR,
    MAX_SPEED_KNOTS,
    POSITION_SLACK_M,
    STOP_ENTER_KNOTS,
    Ports,
    port_cells,
    read_ports,
)
from layers import leg_lines, write_layer

UTC = "%Y-%m-%dT%H:%M:%SZ"

MACROS = f"""
CREATE MACRO distance_m(lon1, lat1, lon2, lat2) AS
    {2 * EARTH_RADIUS_M} * asin(sqrt(
        sin(radians(lat2 - lat1) / 2) ** 2
        + cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2));
CREATE MACRO near_distance_m(lon1, lat1, lon2, lat2) AS
    -- A plane with the degrees of WGS84 at the places' latitude.
    sqrt(
        ((lon2 - lon1) * (111412.84 * cos(radians(lat1 + lat2) / 2) - 93.5 * cos(3 * radians(lat1 + lat2) / 2))) ** 2
        + ((lat2 - lat1) * (111132.92 - 559.82 * cos(radians(lat1 + lat2))
            + 1.175 * cos(2 * radians(lat1 + lat2)))) ** 2);
CREATE MACRO too_fast(lon1, lat1, lon2, lat2, took) AS
    distance_m(lon1, lat1, lon2, lat2) > {MAX_SPEED_KNOTS * KNOTS_TO_MPS} * epoch(took) + {POSITION_SLACK_M};
CREATE MACRO cell(lon, lat) AS floor(lat / {CELL_DEG})::INTEGER * 10000 + floor(lon / {CELL_DEG})::INTEGER;
"""

# What cannot be read is dropped as the columns are typed: `ignore_errors`.
COLUMNS = {
    **dict.fromkeys(AISDK_COLUMNS, "VARCHAR"),
    "# Timestamp": "TIMESTAMP",
    "MMSI": "INTEGER",
    "Latitude": "DOUBLE",
    "Longitude": "DOUBLE",
    "SOG": "FLOAT",
}

READ = f"""
CREATE TEMP TABLE raw AS
SELECT DISTINCT MMSI AS mmsi, "# Timestamp" AS time, Longitude AS lon, Latitude AS lat, SOG AS sog
FROM read_csv($path, header = true, delim = ',', columns = $columns, timestampformat = '{AISDK_TIME}',
    ignore_errors = true)
WHERE mmsi IS NOT NULL AND time IS NOT NULL AND lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180
"""

# Drops reports that no ship can have sent: too far both from the one before and from the one after.
CLEAN = """
CREATE TEMP TABLE report AS
WITH beside AS (
    SELECT *,
        lag(time) OVER ship AS time_before, lag(lon) OVER ship AS lon_before, lag(lat) OVER ship AS lat_before,
        lead(time) OVER ship AS time_after, lead(lon) OVER ship AS lon_after, lead(lat) OVER ship AS lat_after
    FROM raw
    WINDOW ship AS (PARTITION BY mmsi ORDER BY time)
), marked AS (
    SELECT *,
        too_fast(lon_before, lat_before, lon, lat, time - time_before) AS jump,
        too_fast(lon, lat, lon_after, lat_after, time_after - time) AS next_jump
    FROM beside
    WHERE NOT (coalesce(jump, next_jump, false) AND coalesce(next_jump, jump, false))
)
SELECT mmsi, time, lon, lat, sog,
    row_number() OVER ship - 1 AS row,
    CASE WHEN mmsi = lag(mmsi) OVER ship THEN lag(time) OVER ship END AS before
FROM marked
WINDOW ship AS (ORDER BY mmsi, time)
"""

# Stays in a port's circle: from the first report within it to the last before she was beyond the larger one.
STAYS = f"""
CREATE TEMP TABLE stay AS
WITH near AS (
    SELECT mmsi, port, row, time, report.lon, report.lat, sog, enter_m,
        near_distance_m(report.lon, report.lat, port_lon, port_lat) AS away_m
    FROM report JOIN port_cell ON cell(report.lon, report.lat) = port_cell.cell
    WHERE away_m <= {LEAVE_FACTOR} * enter_m
), numbered AS (
    SELECT *, row - row_number() OVER (PARTITION BY mmsi, port ORDER BY row) AS island FROM near
)
SELECT mmsi, port,
    min(row) FILTER (away_m <= enter_m) AS first_row,
    min(time) FILTER (away_m <= enter_m) AS first_time,
    max(row) AS last_row,
    max(time) AS last_time,
    min(row) FILTER (sog <= {STOP_ENTER_KNOTS}) AS berthed_row,
    min(time) FILTER (sog <= {STOP_ENTER_KNOTS}) AS berthed_time,
    max(row) FILTER (sog <= {STOP_ENTER_KNOTS}) AS left_row,
    max(time) FILTER (sog <= {STOP_ENTER_KNOTS}) AS left_time,
    median(lon) FILTER (sog <= {STOP_ENTER_KNOTS}) AS lon,
    median(lat) FILTER (sog <= {STOP_ENTER_KNOTS}) AS lat,
    min(away_m / enter_m) AS nearness
FROM numbered
GROUP BY mmsi, port, island
HAVING first_row IS NOT NULL AND lon IS NOT NULL
"""

# Of several calls at one time the one at the nearest port, relative to its radius.
CALLS = """
CREATE TEMP TABLE call AS
SELECT * FROM stay
WHERE NOT EXISTS (
    FROM stay AS rival
    WHERE rival.mmsi = stay.mmsi AND rival.nearness < stay.nearness
        AND rival.first_row <= stay.last_row AND rival.last_row >= stay.first_row)
"""

CALL_LAYER = f"""
SELECT lon, lat, to_json({{
    mmsi: mmsi::VARCHAR, port: name, port_locode: locode,
    first_report: strftime(first_time, '{UTC}'), last_report: strftime(last_time, '{UTC}')}}) AS fields
FROM call JOIN port USING (port) ORDER BY mmsi, first_row
"""

GAP_LAYER = f"""
WITH ended AS (
    SELECT mmsi, before AS start, time AS "end", row - 1 AS start_row, lon AS next_lon, lat AS next_lat
    FROM report WHERE time - before > INTERVAL {round(GAP_H * 60)} MINUTE
), opened AS (
    SELECT mmsi, max(time) AS start, NULL::TIMESTAMP AS "end", max(row) AS start_row, NULL AS next_lon, NULL AS next_lat
    FROM report GROUP BY mmsi
    HAVING (SELECT max(time) FROM report) - start > INTERVAL {round(GAP_H * 60)} MINUTE
), gap AS (
    FROM ended UNION ALL FROM opened
)
SELECT report.lon, report.lat, next_lon, next_lat, to_json({{
    mmsi: gap.mmsi::VARCHAR, start: strftime(start, '{UTC}'), "end": strftime("end", '{UTC}')}}) AS fields
FROM gap JOIN report ON report.row = start_row ORDER BY start_row
"""

LEG_LAYER = f"""
WITH leg AS (
    SELECT mmsi, port, left_row AS first, left_time AS start,
        lead(port) OVER ship AS next_port, lead(berthed_row) OVER ship AS last,
        lead(berthed_time) OVER ship AS "end"
    FROM call
    WINDOW ship AS (PARTITION BY mmsi ORDER BY first_row)
    QUALIFY last IS NOT NULL
)
SELECT first, last, to_json({{
    mmsi: mmsi::VARCHAR, origin: origin.name, destination: destination.name,
    start: strftime(start, '{UTC}'), "end": strftime("end", '{UTC}')}}) AS fields
FROM leg JOIN port AS origin USING (port) JOIN port AS destination ON destination.port = next_port
ORDER BY mmsi, first
"""

TRACK = f"""
SELECT lon, lat, coalesce(time - before > INTERVAL {round(GAP_H * 60)} MINUTE, false) AS after_gap
FROM report ORDER BY row
"""


def load_ports(db: duckdb.DuckDBPyConnection, ports: Ports) -> None:
    """The ports, and the cells of a grid that each one's leave circle touches."""
    cell, port = port_cells(ports)
    cells = {"cell": cell, "port": port}  # noqa: F841  DuckDB finds it by its name
    places = {"port": np.arange(len(ports.name), dtype=np.int32), "name": np.array(ports.name)}
    places |= {"locode": np.array(ports.locode), "port_lon": ports.lon, "port_lat": ports.lat, "enter_m": ports.enter_m}
    db.sql("CREATE TEMP TABLE port AS FROM places")
    db.sql("CREATE TEMP TABLE port_cell AS FROM cells JOIN port USING (port)")


def write_calls(db: duckdb.DuckDBPyConnection, out: Path) -> int:
    """Port calls as points."""
    rows = db.sql(CALL_LAYER).fetchnumpy()
    write_layer(out / "port_calls.geojson", shapely.points(rows["lon"], rows["lat"]), rows["fields"])
    return len(rows["fields"])


def write_gaps(db: duckdb.DuckDBPyConnection, out: Path) -> int:
    """Silences over the threshold as straight lines; those that the data end in have no geometry."""
    rows = db.sql(GAP_LAYER).fetchnumpy()
    ended = ~np.ma.getmaskarray(rows["next_lon"])
    ends = np.stack([np.column_stack([rows[f"{at}lon"], rows[f"{at}lat"]]) for at in ("", "next_")], axis=1)
    lines = np.full(len(ended), None, dtype=object)
    lines[ended] = shapely.linestrings(np.asarray(ends)[ended])
    write_layer(out / "gaps.geojson", lines, rows["fields"])
    return len(ended)


def write_legs(db: duckdb.DuckDBPyConnection, out: Path) -> int:
    """Ways from the last report at rest of a call to the first of the next, simplified and broken at gaps."""
    legs = db.sql(LEG_LAYER).fetchnumpy()
    track = db.sql(TRACK).fetchnumpy()
    lines = leg_lines(track["lon"], track["lat"], track["after_gap"], legs["first"], legs["last"])
    write_layer(out / "voyages.geojson", lines, legs["fields"])
    return len(lines)


def main() -> None:
    """The whole job: `peer_duckdb.py INPUT.csv OUT_FOLDER`."""
    out = Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    db = duckdb.connect()
    db.execute(MACROS)
    load_ports(db, read_ports())
    db.execute(READ, {"path": sys.argv[1], "columns": COLUMNS})
    for step in (CLEAN, STAYS, CALLS):
        db.execute(step)
    calls, gaps, legs = write_calls(db, out), write_gaps(db, out), write_legs(db, out)
    (reports,) = db.sql("SELECT count(*) FROM report").fetchall()[0]
    print(f"{reports:,} reports, {calls:,} calls, {gaps:,} gaps, {legs:,} legs")


if __name__ == "__main__":
    main()
