"""Hazardous areas in QGIS: run it in the Python console, or with a QGIS application already there.

Change PROGRAMME to the address of yours. For a programme that is not open to the public, make an
authentication configuration of the kind "Custom HTTP header" with the header Authorization and the value
"Bearer TOKEN" (Settings > Options > Authentication), and put its id into AUTHENTICATION.
"""

from qgis.core import QgsProject, QgsVectorLayer
from qgis.PyQt.QtGui import QColor

PROGRAMME = "http://127.0.0.1:8080/programmes/cambodia"
AUTHENTICATION = ""
COLOURS = {"suspected": "#e08a00", "confirmed": "#c1121f"}


def collection(name, title, condition="", programme=PROGRAMME, authentication=AUTHENTICATION):
    """A collection as a layer; the condition is an expression of QGIS."""
    source = f"url='{programme}' typename='{name}' pageSize='10000'"
    if authentication:
        source += f" authcfg={authentication}"
    layer = QgsVectorLayer(source, title, "OAPIF")
    if not layer.isValid():
        raise RuntimeError(f"QGIS cannot open {name} of {programme}: {layer.error().message()}")
    if condition:
        layer.setSubsetString(condition)
    return layer


def add_areas(programme=PROGRAMME):
    """Adds a layer of suspected and one of confirmed areas to the project."""
    layers = []
    for classification, colour in COLOURS.items():
        condition = f"classification = '{classification}'"
        layer = collection("hazardous-areas", classification.capitalize(), condition, programme)
        layer.renderer().symbol().setColor(QColor(colour))
        layers.append(QgsProject.instance().addMapLayer(layer))
    return layers


if __name__ in ("__main__", "__console__"):
    add_areas()
