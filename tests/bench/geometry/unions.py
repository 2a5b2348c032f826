"""Reads polygons (u32 length, then WKB, again and again) and joins them as it is told.

Each line of input is the name of a function of shapely; each line of output the seconds that the
processor was busy with it and the area. Says the version of GEOS first.
"""

import sys
import time

import shapely

with open(sys.argv[1], "rb") as file:
    data = file.read()
polygons, at = [], 0
while at < len(data):
    length = int.from_bytes(data[at : at + 4], "little")
    polygons.append(shapely.from_wkb(data[at + 4 : at + 4 + length]))
    at += 4 + length

print(shapely.geos_version_string, flush=True)
for line in sys.stdin:
    union = getattr(shapely, line.strip())
    started = time.thread_time()
    joined = union(polygons)
    seconds = time.thread_time() - started
    print(seconds, repr(shapely.area(joined).item()), flush=True)
