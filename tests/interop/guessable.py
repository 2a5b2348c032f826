"""Takes out of an OpenAPI definition the parameters whose values a schema cannot describe.

Usage: guessable.py ADDRESS FILE. A cursor is made by the server and signed; a filter follows a
grammar; an interval, a revision and a box follow rules that need a calendar, a history, a reference
system; and a limit beyond the greatest is to be taken as the greatest (17-069r4,
/req/core/fc-limit-response-1), whatever the schema says. The tests of the product try these by hand.
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
    "limit",
}


def is_guessable(parameter):
    name = parameter.get("name") or parameter.get("$ref", "").rsplit("/", 1)[-1]
    return name not in UNGUESSABLE


def main(address, file):
    with urllib.request.urlopen(address) as answer:
        definition = json.load(answer)
    for item in definition["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and "parameters" in operation:
                kept = [one for one in operation["parameters"] if is_guessable(one)]
                operation["parameters"] = kept
    with open(file, "w", encoding="utf-8") as out:
        json.dump(definition, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
