"""The examples for clients in docs/clients, run as they stand against a running server.

Usage: examples.py BASE TOKEN, where BASE is the address of a programme filled by the demo. R is left
out, and says so, where Debian's r-cran-sf is not installed. Every check that fails ends the run.
"""

import csv
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request

BASE, TOKEN = sys.argv[1], sys.argv[2]
FOLDER = pathlib.Path(__file__).parents[2] / "docs" / "clients"
ITEMS = "/collections/hazardous-areas/items"
sys.path.insert(0, str(FOLDER))

import areas  # noqa: E402


def check(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: found {found!r}, expected {expected!r}")
    print(f"ok   {what}")


def ask(path, **question):
    address = f"{BASE}{path}?{urllib.parse.urlencode(question)}"
    with urllib.request.urlopen(address) as answer:
        return answer.read()


def matched(**question):
    return json.loads(ask(ITEMS, limit=1, **question))["numberMatched"]


CONFIRMED = matched(filter="classification = 'confirmed'")
IN_BOX = matched(bbox="103,13,103.5,13.5")


def python():
    for token in [None, TOKEN]:
        confirmed, in_box, balance = areas.main(BASE, token)
        check("geopandas reads what a filter finds", len(confirmed), CONFIRMED)
        check("geopandas reads a box", len(in_box), IN_BOX)
        parts = balance["closing_m2"][balance["region"] != "total"].sum()
        total = balance["closing_m2"][balance["region"] == "total"].iloc[0]
        check("provinces add up to the total", round(parts), round(total))


def in_r():
    has_sf = ["Rscript", "-e", "library(sf)"]
    if not shutil.which("Rscript") or subprocess.run(has_sf, capture_output=True).returncode != 0:
        print("left out: R, since r-cran-sf is not installed")
        return
    for token in [[], [TOKEN]]:
        run = ["Rscript", str(FOLDER / "areas.R"), BASE, *token]
        said = subprocess.run(run, capture_output=True, text=True)
        if said.returncode != 0:
            sys.exit(said.stderr)
        found = [int(number) for number in re.findall(r"^(\d+) .*areas", said.stdout, re.M)]
        check("R reads what a filter finds, and a box", found, [CONFIRMED, IN_BOX])
        check("R prints the total", " total " in said.stdout, True)


def excel():
    query = (FOLDER / "areas.pq").read_text()
    asked = dict(re.findall(r"(\w+) = \"([^\"]*)\"", re.search(r"Query = \[(.*)\]", query)[1]))
    table = ask("/" + re.search(r'RelativePath = "([^"]*)"', query)[1], **asked)
    check("Power Query gets no mark", table[:3] == b"\xef\xbb\xbf", False)
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8"))))
    check("Power Query gets every row", len(rows), matched(filter=asked["filter"]))
    named = set(re.findall(r'\{"(\w+)", ', query))
    check("the columns it names are there", named - set(rows[0]), set())
    numbers = all(100 < float(row["lon"]) < 110 for row in rows if row["lon"])
    check("positions are numbers, longitude first", numbers, True)
    marked = ask(ITEMS, f="csv", bom="true")
    check("a file for Excel begins with the mark", marked[:5], b"\xef\xbb\xbfid")


if __name__ == "__main__":
    python()
    in_r()
    excel()
