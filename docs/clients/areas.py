"""Hazardous areas in a GeoDataFrame, and how much land is still hazardous, by province.

Usage: areas.py PROGRAMME [TOKEN], where PROGRAMME is the address of a programme, for example
http://127.0.0.1:8080/programmes/cambodia. Needs geopandas 1 with pyogrio.
"""

import io
import sys
import urllib.parse
import urllib.request

import geopandas
import pandas


def ask(programme, path, token=None, **question):
    """What the server answers, read to the end."""
    address = f"{programme}{path}?{urllib.parse.urlencode(question)}"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        return io.BytesIO(answer.read())


def read(programme, collection, token=None, **question):
    """All records that a question finds. FlatGeobuf is the smallest, and keeps types and the CRS."""
    question = {"f": "fgb", **question}
    return geopandas.read_file(ask(programme, f"/collections/{collection}/items", token, **question))


def main(programme, token=None):
    confirmed = read(programme, "hazardous-areas", token, filter="classification = 'confirmed'")
    print(f"{len(confirmed)} confirmed areas, in {confirmed.crs.name}")
    in_box = read(programme, "hazardous-areas", token, bbox="103,13,103.5,13.5")
    print(f"{len(in_box)} areas in the box")

    # Sums of square metres come from the server: it counts land under two areas once, and area on the
    # ellipsoid. Areas computed from the geometries here would do neither.
    balance = pandas.read_csv(ask(programme, "/balance", token, group_by="region", level=1, f="csv"))
    balance["region_name"] = balance["region_name"].fillna(balance["region"])
    print(balance[["region_name", "closing_m2"]].to_string(index=False))
    return confirmed, in_box, balance


if __name__ == "__main__":
    main(*sys.argv[1:])
