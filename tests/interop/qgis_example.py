"""The QGIS example in docs/clients, headless, against a running server.

Usage: qgis_example.py BASE, with Debian's python3-qgis.
"""

import os
import pathlib
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "docs" / "clients"))

from qgis.core import QgsApplication  # noqa: E402


def main():
    application = QgsApplication([], False)
    application.initQgis()
    import areas_in_qgis

    layers = areas_in_qgis.add_areas(sys.argv[1])
    counts = [sum(1 for _ in layer.getFeatures()) for layer in layers]
    everything = areas_in_qgis.collection("hazardous-areas", "All", programme=sys.argv[1])
    total = sum(1 for _ in everything.getFeatures())
    if min(counts) == 0 or sum(counts) != total:
        sys.exit(f"the QGIS example finds {counts} of {total} areas")
    print(f"ok   the QGIS example adds {counts} areas")
    # Taking the application down by hand crashes in this version, once all is done.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
