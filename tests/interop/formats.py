"""Reads exported files with GDAL and compares them, feature by feature, with the GeoJSON export.

    formats.py SAFEGROUND FOLDER

exports a collection of the demo in every format into FOLDER and exits with 1 if any file differs.
"""

import json
import math
import pathlib
import sqlite3
import subprocess
import sys
import zipfile

import numpy
import pyogrio
import shapely

import geojson_lint
import geoparquet

COLLECTION = "hazardous-areas"
FORMATS = ["geojson", "geojsonseq", "ndjson", "csv", "xlsx", "fgb", "gpkg", "kml", "gpx", "shp"]
ENDINGS = {"geojsonseq": "geojsons", "ndjson": "geojsonl", "shp": "zip"}


def export(program, database, folder):
    for word in FORMATS + (["parquet"] if geoparquet.built_in(program) else []):
        out = folder / f"areas.{ENDINGS.get(word, word)}"
        command = [program, "--database", database, "export", "--programme", "cambodia"]
        command += ["--collection", COLLECTION, "--format", word, str(out)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def expected(folder):
    collection = json.loads((folder / "areas.geojson").read_text("utf-8"))
    features = {}
    for feature in collection["features"]:
        shape = feature["geometry"] and shapely.from_geojson(json.dumps(feature["geometry"]))
        features[feature["id"]] = (shape, feature["properties"])
    return features


def rows(path):
    meta, _, shapes, fields = pyogrio.raw.read(path)
    names = list(meta["fields"])
    if shapes is None:
        # GDAL sees no geometry in the file; its rows are there all the same.
        shapes = [None] * (len(fields[0]) if fields else 0)
    for place, shape in enumerate(shapes):
        yield shape and shapely.from_wkb(shape), {n: f[place] for n, f in zip(names, fields)}


def same(found, wanted):
    """Whether GDAL's value stands for the JSON value."""
    if wanted is None:
        if found is None or found == "":
            return True
        return bool(numpy.isnat(found) if isinstance(found, numpy.datetime64) else found != found)
    if isinstance(wanted, bool) and isinstance(found, str):
        return found == str(wanted).lower()
    if isinstance(wanted, bool):
        return bool(found) == wanted
    if isinstance(wanted, (int, float)):
        return math.isclose(float(found), wanted, rel_tol=0, abs_tol=0)
    if isinstance(wanted, (list, dict)):
        found = json.loads(found) if isinstance(found, str) else list(found)
        return found == wanted
    if isinstance(found, numpy.datetime64):
        return str(found)[:10] == wanted[:10]
    return str(found).rstrip() == wanted


def equal(a, b):
    if a is None or b is None:
        return a is None and b is None
    return shapely.equals(shapely.normalize(a), shapely.normalize(b))


def compare(path, features, id_name="id", columns=True, without_geometry=True):
    faults, seen = [], 0
    names = set(next(iter(features.values()))[1])
    for shape, values in rows(path):
        seen += 1
        wanted = features.get(values.get(id_name))
        if wanted is None:
            faults.append(f"{values.get(id_name)} is not among the records")
            continue
        if not equal(shape, wanted[0]):
            faults.append(f"{values[id_name]}: another geometry")
        for name in names if columns else ():
            if name in values and not same(values[name], wanted[1].get(name)):
                told = f"{name}: {values[name]!r} for {wanted[1].get(name)!r}"
                faults.append(f"{values[id_name]}: {told}")
        if columns and "further_properties" in values:
            text = values["further_properties"]
            further = json.loads(text) if isinstance(text, str) and text else {}
            if further != {name: value for name, value in wanted[1].items() if name not in values}:
                faults.append(f"{values[id_name]}: further properties {further}")
    due = len(features)
    if not without_geometry:
        due = sum(shape is not None for shape, _ in features.values())
    if seen != due:
        faults.append(f"{seen} rows for {due}")
    return faults


def linted(path):
    return geojson_lint.faults(json.loads(path.read_text("utf-8")))


def tracks(path, features):
    """GPX: the outlines of each area, under the name people use for it."""
    known = {properties["local_id"]: shape for shape, properties in features.values()}
    _, _, shapes, fields = pyogrio.raw.read(path, layer="tracks", columns=["name"])
    faults = []
    for shape, name in zip(shapes, fields[0]):
        outline, wanted = shapely.from_wkb(shape), known[name]
        if not equal(outline, wanted and shapely.boundary(wanted)):
            faults.append(f"{name}: another outline")
    due = sum(shape is not None for shape, _ in features.values())
    return faults + ([f"{len(shapes)} tracks for {due}"] if len(shapes) != due else [])


def table(path, features):
    """Tables: GDAL reads no geometry from them; the well-known text is compared."""
    texts = {i: (None, properties) for i, (_, properties) in features.items()}
    faults = compare(path, texts)
    for _, values in rows(path):
        text, wanted = values["geometry"], features[values["id"]][0]
        found = shapely.from_wkt(text) if isinstance(text, str) and text else None
        if not equal(found, wanted):
            faults.append(f"{values['id']}: another geometry")
    return faults


def geopackage(path):
    """What the standard demands of the file, as far as SQL can ask."""
    faults = []
    database = sqlite3.connect(path)
    ask = lambda sql: database.execute(sql).fetchall()
    if ask("PRAGMA application_id") != [(0x47504B47,)]:
        faults.append("application_id")
    faults += [f"foreign key: {row}" for row in ask("PRAGMA foreign_key_check")]
    if ask("PRAGMA integrity_check") != [("ok",)]:
        faults.append("integrity_check")
    (rows,), (indexed,) = (
        ask(f'SELECT count(*) FROM "{table}"')[0]
        for table in (f"{COLLECTION}", f"rtree_{COLLECTION}_geom")
    )
    (empty,) = ask(f'SELECT count(*) FROM "{COLLECTION}" WHERE geom IS NULL')[0]
    if rows - empty != indexed:
        faults.append(f"{indexed} boxes for {rows - empty} geometries")
    database.close()
    return faults + validated(path)


def validated(path):
    """What GDAL's own validation says; it comes with Debian's python3-gdal."""
    python = "/usr/bin/python3"
    module = "osgeo_utils.samples.validate_gpkg"
    there = subprocess.run([python, "-c", f"import {module}"], capture_output=True)
    if there.returncode != 0:
        print("left out: validate_gpkg, since python3-gdal is not installed")
        return []
    command = [python, "-m", module, "-k", "--extra", str(path)]
    told = subprocess.run(command, capture_output=True, text=True)
    # Triggers of GeoPackage 1.3, which 1.4 replaces by others: older validations ask for them.
    replaced = ("_update1 trigger missing", "_update3 trigger missing")
    lines = (told.stdout + told.stderr).splitlines()
    return [line for line in lines if not line.endswith(replaced)]


def without_places(program, store, folder):
    """Records of which nothing is known but that they are there."""
    names = ["Nowhere 1", "គ្មានទីតាំង", "Невідомо де"]
    features = [
        {
            "type": "Feature",
            "geometry": None,
            "properties": {
                "local_id": f"NOWHERE-{number}",
                "name": name,
                "classification": "suspected",
                "identified_on": "2019-03-01",
            },
        }
        for number, name in enumerate(names)
    ]
    file = folder / "nowhere.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    command = [program, "--database", store, "import", "--programme", "cambodia"]
    command += ["--collection", COLLECTION, str(file)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return len(names)


def main(program, folder):
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "interop.sqlite"
    for old in folder.glob("interop.sqlite*"):
        old.unlink()
    store = f"sqlite:{database}"
    demo = [program, "--database", store, "demo", "--records", "1000"]
    subprocess.run(demo, check=True, stdout=subprocess.DEVNULL)
    nowhere = without_places(program, store, folder)
    export(program, store, folder)
    features = expected(folder)
    assert sum(shape is None for shape, _ in features.values()) >= nowhere
    with zipfile.ZipFile(folder / "areas.zip") as archive:
        assert archive.testzip() is None
    checks = {
        "geojson": compare(folder / "areas.geojson", features) + linted(folder / "areas.geojson"),
        "geojsonseq": compare(folder / "areas.geojsons", features),
        "ndjson": compare(folder / "areas.geojsonl", features),
        "csv": table(folder / "areas.csv", features),
        "xlsx": table(folder / "areas.xlsx", features),
        "fgb": compare(folder / "areas.fgb", features, without_geometry=False),
        "gpkg": compare(folder / "areas.gpkg", features) + geopackage(folder / "areas.gpkg"),
        "kml": compare(folder / "areas.kml", features, columns=False),
        "gpx": tracks(folder / "areas.gpx", features),
        "shp": compare(f"/vsizip/{folder / 'areas.zip'}", features),
    }
    if geoparquet.built_in(program):
        path = folder / "areas.parquet"
        checks["parquet"] = geoparquet.faults(program, store, path, features, equal)
    print(f"GDAL {pyogrio.__gdal_version_string__}, {len(features)} features")
    for word, faults in checks.items():
        print(f"{word:<11} {'agrees' if not faults else f'{len(faults)} differences'}")
        for fault in faults[:5]:
            print(f"            {fault}")
    return any(checks.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], pathlib.Path(sys.argv[2])))
