"""QGIS, headless, against a running server: opens a collection, filters, and reads it all.

Debian's version cannot edit such layers yet; what editing asks for is tried by hand in the tests.

Usage: qgis_layer.py BASE, with Debian's python3-qgis. Every check that fails ends the run.
"""

import json
import os
import sys
import urllib.request

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (  # noqa: E402
    Qgis,
    QgsApplication,
    QgsFeatureRequest,
    QgsRectangle,
    QgsVectorLayer,
)

BASE = sys.argv[1]


def check(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: found {found!r}, expected {expected!r}")
    print(f"ok   {what}")


def matched(query):
    address = f"{BASE}/collections/hazardous-areas/items?limit=1&{query}"
    with urllib.request.urlopen(address) as answer:
        return json.load(answer)["numberMatched"]


def count(layer, request=None):
    return sum(1 for _ in layer.getFeatures(request or QgsFeatureRequest()))


def main():
    application = QgsApplication([], False)
    application.initQgis()
    source = f"url='{BASE}' typename='hazardous-areas'"
    layer = QgsVectorLayer(source, "areas", "OAPIF")
    check("QGIS opens the collection", layer.isValid(), True)
    extent = layer.extent()
    inside = 102 < extent.xMinimum() < extent.xMaximum() < 108
    check("QGIS finds longitude first", inside, True)
    names = [field.name() for field in layer.fields()]
    check("QGIS reads the properties", "classification" in names, True)
    check("QGIS reads every page", count(layer), matched("offset=0"))
    box = QgsFeatureRequest().setFilterRect(QgsRectangle(103.0, 13.0, 103.5, 13.5))
    check("QGIS asks by box", count(layer, box), matched("bbox=103,13,103.5,13.5"))
    layer.setSubsetString("classification = 'confirmed'")
    check("QGIS filters", count(layer), matched("classification=confirmed"))
    capabilities = layer.dataProvider().capabilitiesString()
    print(f"     QGIS {Qgis.QGIS_VERSION} may: {capabilities}")
    # Taking the application down by hand crashes in this version, once all is done.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
