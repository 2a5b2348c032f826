"""GeoParquet as others read and write it: pyarrow, GeoPandas, geoparquet-validator."""

import datetime
import json
import pathlib
import subprocess
import sys

import geopandas
import pyarrow.parquet
import shapely


def built_in(program):
    """Whether the programme was built with the feature `geoparquet`."""
    told = subprocess.run([program, "export", "--help"], capture_output=True, text=True)
    return " parquet," in told.stdout


def same(found, wanted):
    if isinstance(found, datetime.datetime):
        return found == datetime.datetime.fromisoformat(wanted)
    if isinstance(found, datetime.date):
        return found.isoformat() == wanted
    if isinstance(wanted, (list, dict)):
        return json.loads(found) == wanted
    return found == wanted


def validated(path):
    command = [str(pathlib.Path(sys.executable).parent / "geoparquet-validator"), "check", str(path)]
    told = subprocess.run(command, capture_output=True, text=True)
    return [] if told.returncode == 0 else (told.stdout + told.stderr).splitlines()


def compared(path, features, equal):
    """Every value and every geometry, as pyarrow reads them."""
    faults, rows = [], pyarrow.parquet.read_table(path).to_pylist()
    if {row["id"] for row in rows} != set(features) or len(rows) != len(features):
        faults.append(f"{len(rows)} rows for {len(features)}")
    for row in rows:
        shape, wanted = features[row.pop("id")]
        found = row.pop("geometry")
        if not equal(found and shapely.from_wkb(found), shape):
            faults.append(f"{wanted['local_id']}: another geometry")
        box = row.pop("bbox")
        if (box and tuple(box.values())) != (shape and shape.bounds):
            faults.append(f"{wanted['local_id']}: another box")
        further = json.loads(row.pop("further_properties") or "{}")
        if further != {name: value for name, value in wanted.items() if name not in row}:
            faults.append(f"{wanted['local_id']}: further properties {further}")
        for name, value in row.items():
            if not same(value, wanted.get(name)):
                told = f"{name}: {value!r} for {wanted.get(name)!r}"
                faults.append(f"{wanted['local_id']}: {told}")
    return faults


def opened(path, features):
    """Where and what GeoPandas takes it for, with and without its boxes."""
    table, faults = geopandas.read_parquet(path), []
    if table.crs.to_authority() != ("OGC", "CRS84"):
        faults.append(f"GeoPandas takes it for {table.crs}")
    some = next(shape for shape, _ in features.values() if shape)
    near = geopandas.read_parquet(path, bbox=some.bounds)
    box = shapely.box(*some.bounds)
    due = sum(bool(shape) and shapely.box(*shape.bounds).intersects(box) for shape, _ in features.values())
    if len(near) != due:
        faults.append(f"{len(near)} areas by their boxes for {due}")
    return faults


def returned(program, store, path, features):
    """Files as GeoPandas writes them, taken in and exported: what their columns hold stays."""
    faults = []
    there = {i for i, (shape, _) in features.items() if shape}
    for number, crs in enumerate(("OGC:CRS84", "EPSG:4326")):
        again, after = (path.with_name(f"again-{number}.{word}") for word in ("parquet", "geojson"))
        table = geopandas.read_parquet(path).to_crs(crs)
        table[table.id.isin(there)].to_parquet(again, write_covering_bbox=True)
        for command in ("import", again), ("export", after):
            command = [program, "--database", store, command[0], str(command[1])]
            command += ["--programme", "cambodia", "--collection", "hazardous-areas"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        found = {it["id"]: it for it in json.loads(after.read_text("utf-8"))["features"]}
        for i in there:
            shape, values = features[i]
            if not shapely.from_geojson(json.dumps(found[i]["geometry"])).equals_exact(shape):
                faults.append(f"{again.name}: {values['local_id']}: another geometry")
            for name in set(values) - {"version"}:
                if found[i]["properties"].get(name) != values.get(name):
                    faults.append(f"{again.name}: {values['local_id']}: another {name}")
    return faults


def faults(program, store, path, features, equal):
    return (
        validated(path)
        + compared(path, features, equal)
        + opened(path, features)
        + returned(program, store, path, features)
    )
