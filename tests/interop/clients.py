"""Real clients against a running server: GDAL, OWSLib, and a programme's whole life over HTTP.

Usage: clients.py BASE TOKEN FOLDER, where BASE is the address of a programme filled by the demo, TOKEN
that of a manager of it, and FOLDER is for files. Every check that fails ends the run.
"""

import json
import math
import pathlib
import sys
import urllib.request

import numpy
import pyarrow
import pyogrio
import shapely
import shapely.affinity
from owslib.ogcapi.features import Features

import geojson_lint
from recorder import Recorder

BASE, TOKEN, FOLDER = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
AREAS = "hazardous-areas"
RECORDER = Recorder(BASE, FOLDER / "asked-by-gdal")
SOURCE = f"OAPIF:{RECORDER.base}"
PAGE = 100
EDITS = 10


def check(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: found {found!r}, expected {expected!r}")
    print(f"ok   {what}")


def ask(path):
    with urllib.request.urlopen(f"{BASE}{path}") as answer:
        return json.load(answer)


def matched(query):
    return ask(f"/collections/{AREAS}/items?limit=1&{query}")["numberMatched"]


def gdal():
    names = sorted(collection["id"] for collection in ask("/collections")["collections"])
    check("GDAL lists the collections", sorted(pyogrio.list_layers(SOURCE)[:, 0]), names)
    count = ask(f"/collections/{AREAS}")["itemCount"]
    pages, shapes = read(PAGE_SIZE=PAGE)
    check("GDAL reads every item", len(shapes), count)
    check("page by page", (len(pages) >= 3, len(pages)), (True, math.ceil(count / PAGE)))
    bounds = shapely.bounds(shapely.from_wkb(shapes))
    inside = (bounds[:, 0] > 102) & (bounds[:, 1] > 9) & (bounds[:, 2] < 108) & (bounds[:, 3] < 15)
    check("GDAL finds longitude first", bool(numpy.all(inside)), True)
    is_given_only("a box", matched("bbox=103,13,103.5,13.5"), bbox=(103.0, 13.0, 103.5, 13.5))
    confirmed = matched("classification=confirmed")
    is_given_only("an attribute", confirmed, where="classification = 'confirmed'")
    both = matched("bbox=103,13,103.5,13.5&classification=confirmed")
    where = "classification = 'confirmed'"
    is_given_only("a box and an attribute", both, bbox=(103.0, 13.0, 103.5, 13.5), where=where)


def read(**options):
    """What GDAL asks for beyond the first look by which it finds the columns, and what it makes of it."""

    def done():
        return pyogrio.raw.read(SOURCE, layer=AREAS, INITIAL_REQUEST_PAGE_SIZE=1, **options)

    questions, (_, _, shapes, _) = RECORDER.items(done)
    return [given for path, given in questions if "limit=1&" not in f"{path}&"], shapes


def is_given_only(what, due, **options):
    """That the server does the filtering: it sends what is due, and GDAL shows all it was sent."""
    given, shapes = read(**options)
    everything = ask(f"/collections/{AREAS}")["itemCount"]
    check(f"GDAL asks by {what}", (len(shapes), 0 < due < everything), (due, True))
    check("and is sent no more than that", sum(given), due)


def gdal_writes():
    """What GDAL writes, submitted as a file: of OGC API - Features its driver is a reader only."""
    # The day a release of it writes to such services, that is to be tried here.
    check("GDAL only reads OGC API - Features", pyogrio.list_drivers()["OAPIF"], "r")
    for number, (driver, ending) in enumerate((("GPKG", "gpkg"), ("FlatGeobuf", "fgb"))):
        meta, table = pyogrio.read_arrow(SOURCE, layer=AREAS)
        edits = edited(table.to_pylist(), driver, number * EDITS)
        file = FOLDER / f"edited.{ending}"
        pyogrio.write_arrow(
            pyarrow.Table.from_pylist(edits, schema=table.schema),
            file,
            driver=driver,
            geometry_name="wkb_geometry",
            geometry_type="Unknown",
            crs=meta["crs"],
        )
        receipt = submit(file)
        counts = [receipt["applied"][word] for word in ("created", "updated", "unchanged")]
        expected = [1, EDITS, len(table) - EDITS]
        check(f"what GDAL writes as {driver} is taken, and no more than was edited", counts, expected)
        _, after = pyogrio.read_arrow(SOURCE, layer=AREAS)
        named = {row["local_id"]: row for row in after.to_pylist()}
        found = [named[row["local_id"]] for row in edits]
        # The new one has got an id.
        edits[-1]["id"] = found[-1]["id"]
        check("it is read back, to the last bit", found == edits and len(named) == len(edits), True)


def edited(rows, driver, start):
    """All rows, with some that have another name and boundary, and a new one."""
    for row in rows[start : start + EDITS]:
        row["name"] = f"{row['name']}, edited in {driver}"
        row["wkb_geometry"] = moved(row["wkb_geometry"])
    made = {**rows[-1], "id": None, "local_id": f"KH-HA-{driver}"}
    return [*rows, made]


def moved(binary):
    return shapely.to_wkb(shapely.affinity.translate(shapely.from_wkb(binary), 0.0001, 0.0001))


def submit(file):
    address = f"{BASE}/submissions?collection={AREAS}"
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/octet-stream"}
    request = urllib.request.Request(address, data=file.read_bytes(), headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        sys.exit(refusal.read().decode())


def owslib():
    # Left to itself it declares what it sends to be XML.
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/geo+json"}
    features = Features(BASE, headers=headers)
    check("OWSLib reads the collections", AREAS in features.feature_collections(), True)
    page = features.collection_items(AREAS, limit=5, filter="classification = 'confirmed'")
    check("OWSLib filters", page["numberMatched"], matched("classification=confirmed"))
    check("OWSLib reads queryables", "properties" in features.collection_queryables(AREAS), True)
    area = {
        "type": "Feature",
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[103.1, 13.1], [103.101, 13.1], [103.101, 13.101], [103.1, 13.1]]],
        },
        "properties": {
            "local_id": "KH-HA-INTEROP",
            "classification": "suspected",
            "identified_on": "2024-03-01",
        },
    }
    check("OWSLib creates", features.collection_item_create(AREAS, json.dumps(area)), True)
    made = features.collection_item(AREAS, "KH-HA-INTEROP")
    area["properties"]["name"] = "Replaced"
    replaced = features.collection_item_update(AREAS, made["id"], json.dumps(area))
    check("OWSLib replaces", replaced, True)
    made = features.collection_item(AREAS, made["id"])
    check("the replacement is read", made["properties"]["name"], "Replaced")
    check("OWSLib deletes", features.collection_item_delete(AREAS, made["id"]), True)
    versions = ask(f"/collections/{AREAS}/items/{made['id']}/versions")["versions"]
    check("its history is kept", len(versions), 3)


def linter():
    some = ask(f"/collections/{AREAS}/items?limit=1")["features"][0]["id"]
    item = f"/collections/{AREAS}/items/{some}"
    documents = [f"/collections/{AREAS}/items", item, f"{item}/versions/1", f"{item}/story"]
    documents += ["/parcels?limit=50", "/hazards/in?bbox=103,13,104,14"]
    for document in documents:
        check(f"the linter finds nothing in {document}", geojson_lint.faults(ask(document)), [])


if __name__ == "__main__":
    linter()
    gdal()
    gdal_writes()
    owslib()
