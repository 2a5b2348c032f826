/** How what the reader looks at is drawn. */
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";

/** Drawn with signs, so that nobody has to know the colours. */
export const PATTERNED = ["added", "removed"] as const;
const COLOUR: ExpressionSpecification = ["get", "colour"];
const isOf = (geometry: string): ExpressionSpecification => ["==", ["geometry-type"], geometry];
const isBefore: ExpressionSpecification = ["==", ["get", "kind"], "before"];

/** The lowest first. Edges are features of their own, which no layer of areas may take for areas. */
export const LAYERS: LayerSpecification[] = [
  {
    id: "spot-fill",
    type: "fill",
    source: "spot",
    filter: isOf("Polygon"),
    paint: { "fill-color": COLOUR, "fill-opacity": 0.1 },
  },
  {
    id: "spot-pattern",
    type: "fill",
    source: "spot",
    filter: ["all", isOf("Polygon"), ["in", ["get", "kind"], ["literal", PATTERNED]]],
    paint: { "fill-pattern": ["concat", "spot-", ["get", "kind"]] },
  },
  {
    id: "spot-edges",
    type: "line",
    source: "spot",
    filter: ["all", isOf("LineString"), ["!", isBefore]],
    paint: { "line-color": COLOUR, "line-width": 3 },
  },
  {
    id: "spot-before",
    type: "line",
    source: "spot",
    filter: ["all", isOf("LineString"), isBefore],
    paint: { "line-color": COLOUR, "line-width": 3, "line-dasharray": [2, 1.5] },
  },
  {
    id: "spot-points",
    type: "circle",
    source: "spot",
    filter: isOf("Point"),
    paint: {
      "circle-color": COLOUR,
      "circle-radius": 7,
      "circle-stroke-color": "#fff",
      "circle-stroke-width": 2,
    },
  },
];
