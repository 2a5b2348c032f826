"""Takes out of an OpenAPI definition the parameters whose values a schema cannot describe.

Usage: guessable.py ADDRESS WHOLE FILE; the definition itself is kept in WHOLE. A cursor is made by the
server and signed; a filter follows a grammar; an interval, a revision and a box follow rules that need a
calendar, a history, a reference system; only one of zoom-level and max-allowable-offset is given. Of listings of items, a limit beyond
the greatest is to be taken as the greatest (17-069r4, /req/core/fc-limit-response-1), whatever the
schema says, and a file cannot have every reference system, profile or choice that a page can. The tests
of the product try these by hand, and the whole definition is tried too, without expecting success.
"""

import json
import sys
import urllib.request

UNGUESSABLE = {
    "as_of",
    "bbox",
    "cursor",
    "datetime",
    "filter",
    "If-Match",
    "If-Unmodified-Since",
    "revision",
    "zoom-level",
}

OF_ITEMS = {"crs", "limit", "max-allowable-offset", "profile", "skipGeometry"}


def is_guessable(parameter, path):
    name = parameter.get("name") or parameter.get("$ref", "").rsplit("/", 1)[-1]
    if parameter.get("required"):
        return True
    return name not in UNGUESSABLE and not (path.endswith("/items") and name in OF_ITEMS)


def main(address, whole, file):
    urllib.request.urlretrieve(address, whole)
    with open(whole, encoding="utf-8") as text:
        definition = json.load(text)
    for path, item in definition["paths"].items():
        for operation in item.values():
            if isinstance(operation, dict) and "parameters" in operation:
                kept = [one for one in operation["parameters"] if is_guessable(one, path)]
                operation["parameters"] = kept
    with open(file, "w", encoding="utf-8") as out:
        json.dump(definition, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
