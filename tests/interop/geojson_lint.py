"""GeoJSON as an independent linter sees it: its structure, and the rules of RFC 7946 for rings."""

import geojson_validator

# It tells of every document that it looked at.
geojson_validator.configure_logging(enabled=False)

# What programs stumble over, though the standard allows it. Areas have holes, many vertices, and
# longitudes and latitudes to the last bit.
STUMBLING = [
    "inner_and_exterior_ring_intersect",
    "self_intersection",
    "duplicate_nodes",
    "3d_coordinates",
    "outside_lat_lon_boundaries",
]


def faults(document):
    """What is wrong with a document; features of which it is not known where they are have no rings."""
    found = [f"{fault}: {at}" for fault, at in geojson_validator.validate_structure(document).items()]
    one = {"type": "FeatureCollection", "features": document.get("features", [document])}
    one["features"] = [feature for feature in one["features"] if feature["geometry"]]
    told = geojson_validator.validate_geometries(one, criteria_problematic=STUMBLING)
    for kind in ("invalid", "problematic"):
        found += [f"{fault}: {at}" for fault, at in told[kind].items()]
    return found + [f"not looked at: {skipped}" for skipped in told["skipped_validation"]]
