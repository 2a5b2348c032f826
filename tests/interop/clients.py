"""Real clients against a running server: GDAL, OWSLib, and a programme's whole life over HTTP.

Usage: clients.py BASE TOKEN, where BASE is the address of a programme filled by the demo and TOKEN
that of a manager of it. Every check that fails ends the run.
"""

import json
import sys
import urllib.request

import numpy
import pyogrio
import shapely
from owslib.ogcapi.features import Features

BASE, TOKEN = sys.argv[1], sys.argv[2]
AREAS = "hazardous-areas"


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
    source = f"OAPIF:{BASE}"
    names = sorted(collection["id"] for collection in ask("/collections")["collections"])
    check("GDAL lists the collections", sorted(pyogrio.list_layers(source)[:, 0]), names)
    _, _, shapes, columns = pyogrio.raw.read(source, layer=AREAS)
    check("GDAL reads every page", len(shapes), ask(f"/collections/{AREAS}")["itemCount"])
    bounds = shapely.bounds(shapely.from_wkb(shapes))
    inside = (bounds[:, 0] > 102) & (bounds[:, 1] > 9) & (bounds[:, 2] < 108) & (bounds[:, 3] < 15)
    check("GDAL finds longitude first", bool(numpy.all(inside)), True)
    box = (103.0, 13.0, 103.5, 13.5)
    _, _, shapes, _ = pyogrio.raw.read(source, layer=AREAS, bbox=box)
    check("GDAL asks by box", len(shapes), matched("bbox=103,13,103.5,13.5"))
    where = "classification = 'confirmed'"
    _, _, shapes, _ = pyogrio.raw.read(source, layer=AREAS, where=where)
    check("GDAL asks by attribute", len(shapes), matched("classification=confirmed"))


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


if __name__ == "__main__":
    gdal()
    owslib()
