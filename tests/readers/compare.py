#!/usr/bin/env python3
"""Opens every file of an output folder with the programs that people use for its format, and compares
it with the GeoJSON of the same layer: feature by feature, every coordinate and every property.

Usage: compare.py FOLDER...

Each folder was written with all formats. Needs the packages in requirements.txt; `./check` makes a
virtual environment with them.
"""

import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from datetime import datetime, timezone
from pathlib import Path

import duckdb
import geopandas
import pyarrow.parquet
import pyogrio
import shapely
from shapely.geometry import shape

LAYERS = (
    "port_calls",
    "passages",
    "stops",
    "voyages",
    "tracks",
    "gaps",
    "dark_calls",
    "dark_legs",
    "sightings",
    "reach",
    "interference",
    "places",
)
KML = "{http://www.opengis.net/kml/2.2}"
# As in the program's `foreign.rs`: what a spreadsheet would take for a formula.
FORMULA = re.compile("^[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile("^[0-9+.eE-]+$")
MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")


class Difference(Exception):
    """What a reader finds is not what the GeoJSON says."""


def several(geometry):
    """A geometry as the other formats hold it: a line as several lines, nothing as nothing."""
    if geometry is None or geometry.is_empty:
        return None
    if geometry.geom_type == "LineString":
        return shapely.MultiLineString([geometry])
    return geometry


def reference(folder, layer):
    """The GeoJSON's features by id, in their order: geometry and properties."""
    features = json.loads((folder / f"{layer}.geojson").read_text(encoding="utf-8"))["features"]
    return {
        feature["id"]: (
            several(shape(feature["geometry"]) if feature["geometry"] else None),
            feature["properties"],
        )
        for feature in features
    }


def is_hidden(letter):
    """As in the program's `letter.rs`."""
    code = ord(letter)
    return (
        code < 0x20
        or 0x7F <= code < 0xA0
        or code in (0xAD, 0x61C, 0x180E, 0xFEFF)
        or 0x200B <= code <= 0x200F
        or 0x2028 <= code <= 0x202E
        or 0x2060 <= code <= 0x206F
        or 0xFFF9 <= code <= 0xFFFB
        or 0xE0000 <= code <= 0xE007F
    )


def shown(text):
    return "".join(f"\\u{{{ord(c):x}}}" if is_hidden(c) else c for c in text)


def cell(text):
    """A text as a cell of a CSV file."""
    guard = "'" if FORMULA.match(text) and not NUMBER.match(text) else ""
    return guard + shown(text)


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def seconds(lists):
    """Timestamps within lists as epoch seconds."""
    if isinstance(lists, datetime):
        return lists.replace(tzinfo=lists.tzinfo or timezone.utc).timestamp()
    return [seconds(item) for item in lists]


def same_value(name, wanted, found, as_text):
    """Whether a reader's value is the GeoJSON's. `as_text`: how a format that has only texts writes one."""
    if found is None or found == "":
        return wanted is None or wanted == ""
    if wanted is None:
        return False
    if as_text:
        if isinstance(wanted, str):
            return found == as_text(wanted)
        if isinstance(wanted, bool):
            return str(found).lower() == str(wanted).lower()
        if isinstance(wanted, (int, float)):
            return float(found) == wanted
        return json.loads(found) == wanted
    if isinstance(wanted, (list, dict)):
        if isinstance(found, (str, bytes)):
            return json.loads(found) == wanted
        return seconds(found) == wanted
    if isinstance(found, datetime):
        return MOMENT.match(wanted) and moment(wanted) == found.replace(
            tzinfo=found.tzinfo or timezone.utc
        )
    return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)


def compare(wanted, found, as_text=None, is_ordered=True):
    """`found`: pairs of geometry and a dict of values, in the order of the file."""
    ids = [values["id"] for _, values in found]
    if as_text:
        keys = {as_text(key): key for key in wanted}
        ids = [keys.get(key, key) for key in ids]
    if (ids if is_ordered else sorted(ids)) != (list(wanted) if is_ordered else sorted(wanted)):
        raise Difference(f"features {ids} instead of {list(wanted)}")
    for key, (geometry, values) in zip(ids, found):
        expected, properties = wanted[key]
        geometry = several(geometry)
        if (geometry is None) != (expected is None) or (
            geometry is not None
            and (
                geometry.geom_type != expected.geom_type
                or not shapely.equals_exact(geometry, expected, 0)
            )
        ):
            raise Difference(f"{key}: geometry {geometry} instead of {expected}")
        for name, value in properties.items():
            if not same_value(name, value, values.get(name), as_text):
                raise Difference(f"{key}: {name} is {values.get(name)!r} instead of {value!r}")


def by_gdal(path, layer=None):
    """What GDAL reads, by way of Arrow, so that no value changes its type."""
    meta, table = pyogrio.read_arrow(path, layer=layer)
    place = meta["geometry_name"] or "wkb_geometry"
    rows = table.to_pylist()
    found = []
    for row in rows:
        wkb = row.pop(place, None)
        found.append((shapely.from_wkb(wkb) if wkb else None, row))
    return meta, found


def is_wgs84(crs):
    if crs is None or "4326" not in str(crs) and "CRS84" not in str(crs):
        raise Difference(f"the reference system is {crs}")


def geojsonl(folder, layer):
    lines = (folder / f"{layer}.geojsonl").read_text(encoding="utf-8").splitlines()
    features = [json.loads(line) for line in lines]
    wanted = json.loads((folder / f"{layer}.geojson").read_text(encoding="utf-8"))["features"]
    if features != wanted:
        raise Difference("its lines are not the features")
    if features and len(pyogrio.read_dataframe(folder / f"{layer}.geojsonl")) != len(features):
        raise Difference("GDAL reads another number of features")


def geoparquet(folder, layer):
    path = folder / f"{layer}.parquet"
    wanted = reference(folder, layer)
    frame = geopandas.read_parquet(path)
    is_wgs84(frame.crs)
    table = pyarrow.parquet.read_table(path)
    rows = table.to_pylist()
    compare(wanted, [(geometry, row) for geometry, row in zip(frame.geometry, rows)])
    for row, geometry in zip(rows, frame.geometry):
        box = None if several(geometry) is None else list(geometry.bounds)
        found = row["bbox"] and [row["bbox"][side] for side in ("xmin", "ymin", "xmax", "ymax")]
        if box != found:
            raise Difference(f"{row['id']}: bbox {found} instead of {box}")
    # Without the extension for geometries, DuckDB reads all the rest.
    query = "SELECT count(*), count(geometry), count(bbox) FROM read_parquet(?)"
    counted = duckdb.execute(query, [str(path)]).fetchone()
    drawn = sum(geometry is not None for geometry, _ in wanted.values())
    if counted != (len(wanted), drawn, drawn):
        raise Difference(f"DuckDB counts {counted}")
    ids = duckdb.execute("SELECT id FROM read_parquet(?)", [str(path)]).fetchall()
    if [key for (key,) in ids] != list(wanted):
        raise Difference("DuckDB reads other ids")
    # The box that the covering column is for.
    if drawn:
        west, south, east, north = frame.total_bounds
        inside = geopandas.read_parquet(path, bbox=(west, south, east, north))
        if len(inside) != drawn:
            raise Difference(f"{len(inside)} features in the box around all {drawn}")


def flatgeobuf(folder, layer):
    path = folder / f"{layer}.fgb"
    wanted = reference(folder, layer)
    meta, found = by_gdal(path)
    is_wgs84(meta["crs"])
    compare(wanted, found, is_ordered=False)
    drawn = [geometry for geometry, _ in wanted.values() if geometry is not None]
    if drawn:
        # Through the spatial index.
        one = drawn[len(drawn) // 2]
        inside = pyogrio.read_dataframe(path, bbox=one.bounds)
        expected = sum(shapely.box(*one.bounds).intersects(shapely.box(*other.bounds)) for other in drawn)
        if not 0 < len(inside) <= expected:
            raise Difference(f"{len(inside)} features by the index, {expected} at most")


def gpkg(folder, layer):
    path = folder / "landfall.gpkg"
    meta, found = by_gdal(path, layer)
    is_wgs84(meta["crs"])
    compare(reference(folder, layer), found)
    if layer not in {name for name, _ in pyogrio.list_layers(path)}:
        raise Difference("the layer is not listed")
    styles = pyogrio.read_dataframe(path, layer="layer_styles")
    style = styles[styles.f_table_name == layer].styleQML.item()
    if style != (folder / f"{layer}.qml").read_text(encoding="utf-8"):
        raise Difference("the style is not that of the file")
    temporal = ElementTree.fromstring(style).find("temporal")
    # A place is there at all times.
    wanted = ("enabled", "0") if layer == "places" else ("mode", "2")
    if temporal.get(wanted[0]) != wanted[1]:
        raise Difference("the style does not show features by time as it should")


def csv(folder, layer):
    meta, found = by_gdal(folder / f"{layer}.csv")
    wanted = reference(folder, layer)
    if not wanted and not found:
        return
    texts = pyogrio.read_dataframe(folder / f"{layer}.csv", read_geometry=False)
    if list(texts.columns)[0] != "id":
        raise Difference("the first column is not the id")
    compare(wanted, found, as_text=cell)


def kml(folder, layer):
    path = folder / f"{layer}.kml"
    wanted = reference(folder, layer)
    placemarks = ElementTree.parse(path).getroot().iter(f"{KML}Placemark")
    data = [
        {item.get("name"): item.findtext(f"{KML}value") for item in placemark.iter(f"{KML}Data")}
        for placemark in placemarks
    ]
    if not wanted:
        if data:
            raise Difference("placemarks of nothing")
        return
    frame = pyogrio.read_dataframe(path)
    is_wgs84(frame.crs)
    # GDAL makes a single line or area of several that are one.
    geometries = [
        shapely.MultiPolygon([geometry]) if geometry is not None and geometry.geom_type == "Polygon" else geometry
        for geometry in (None if geometry is None else shapely.force_2d(geometry) for geometry in frame.geometry)
    ]
    compare(wanted, list(zip(geometries, data)), as_text=shown)


FORMATS = (geojsonl, geoparquet, flatgeobuf, gpkg, csv, kml)


def trips(folder):
    """Every trip is a part of a voyage or track, with its times."""
    features = json.loads((folder / "trips.geojson").read_text(encoding="utf-8"))["features"]
    found = {}
    for trip in features:
        found.setdefault(trip["properties"]["id"], []).append(trip["geometry"]["coordinates"])
    wanted = {}
    for layer in ("voyages", "tracks"):
        for key, (geometry, properties) in reference(folder, layer).items():
            if geometry is not None:
                wanted[key] = [
                    [[*place, 0, when] for place, when in zip(line.coords, times)]
                    for line, times in zip(geometry.geoms, properties["times"])
                ]
    if json.loads(json.dumps(wanted)) != found:
        raise Difference("the trips are not the parts of the voyages and tracks")


def main():
    passed, failed = 0, 0
    checks = []
    for folder in map(Path, sys.argv[1:]):
        checks += [(f"{folder.name}: {layer} as {check.__name__}", check, (folder, layer))
                   for check in FORMATS for layer in LAYERS]
        checks.append((f"{folder.name}: trips", trips, (folder,)))
    for name, check, arguments in checks:
        try:
            check(*arguments)
            passed += 1
        except Exception as error:  # noqa: BLE001: whatever a reader stumbles over is a finding
            failed += 1
            print(f"FAILED {name}: {type(error).__name__}: {str(error)[:600]}")
    print(f"GDAL {pyogrio.__gdal_version_string__}, geopandas {geopandas.__version__}, "
          f"Arrow {pyarrow.__version__}, DuckDB {duckdb.__version__}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
