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
    """A file as GeoPandas writes it anew, taken in: nothing is to change."""
    faults = []
    for number, change in enumerate((lambda it: it, lambda it: it.to_crs("EPSG:4326"))):
        again = path.with_name(f"again-{number}.parquet")
        table = change(geopandas.read_parquet(path).drop(columns=["bbox"]))
        table[~table.geometry.isna()].to_parquet(again, write_covering_bbox=True)
        command = [program, "--database", store, "import", "--programme", "cambodia"]
        command += ["--collection", "hazardous-areas", str(again)]
        told = subprocess.run(command, capture_output=True, text=True)
        due = f"{sum(shape is not None for shape, _ in features.values())} unchanged"
        if told.returncode != 0 or due not in told.stdout.replace("\u202f", ""):
            faults.append(f"{again.name}: {(told.stdout + told.stderr).strip()[:600]}")
    return faults


def faults(program, store, path, features, equal):
    return (
        validated(path)
        + compared(path, features, equal)
        + opened(path, features)
        + returned(program, store, path, features)
    )
