/** Something the reader looks at now, over everything else on the map. */
import type { Feature, Geometry } from "geojson";
import type { ExpressionSpecification, Map as MapLibre } from "maplibre-gl";
import { boxOf, pathsOf } from "../geo/measure";
import { source } from "./base";

/** What a geometry on the map stands for, which decides how it is drawn. */
export type Kind = "now" | "before" | "after" | "fault" | "route" | "sketch";
export interface Spot {
  geometry: Geometry | null;
  kind: Kind;
}

const COLOURS: Record<Kind, string> = {
  now: "#0b5a86",
  before: "#6b4c9a",
  after: "#0b5a86",
  fault: "#b00020",
  route: "#0b5a86",
  sketch: "#17435b",
};

function ensureLayers(map: MapLibre): void {
  if (map.getLayer("spot-edges") !== undefined) return;
  source(map, "spot");
  const colour: ExpressionSpecification = ["get", "colour"];
  map.addLayer({
    id: "spot-fill",
    type: "fill",
    source: "spot",
    filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": colour, "fill-opacity": 0.1 },
  });
  map.addLayer({
    id: "spot-edges",
    type: "line",
    source: "spot",
    filter: ["all", ["==", ["geometry-type"], "LineString"], ["!=", ["get", "kind"], "before"]],
    paint: { "line-color": colour, "line-width": 3 },
  });
  map.addLayer({
    id: "spot-before",
    type: "line",
    source: "spot",
    filter: ["all", ["==", ["geometry-type"], "LineString"], ["==", ["get", "kind"], "before"]],
    paint: { "line-color": colour, "line-width": 3, "line-dasharray": [2, 1.5] },
  });
  map.addLayer({
    id: "spot-points",
    type: "circle",
    source: "spot",
    filter: ["==", ["geometry-type"], "Point"],
    paint: {
      "circle-color": colour,
      "circle-radius": 7,
      "circle-stroke-color": "#fff",
      "circle-stroke-width": 2,
    },
  });
}

function isOnEarth(geometry: Geometry | null): boolean {
  const box = boxOf([geometry]);
  return box !== null && box[0] >= -180 && box[1] >= -90 && box[2] <= 180 && box[3] <= 90;
}

/** Shows these and nothing else; moves the map to them when asked to. */
export function spot(map: MapLibre, spots: Spot[], options: { move?: boolean } = {}): void {
  ensureLayers(map);
  const features = spots.flatMap((one): Feature[] => {
    if (one.geometry === null) return [];
    const properties = { kind: one.kind, colour: COLOURS[one.kind] };
    // Edges are lines of their own: a boundary that crosses itself may enclose nothing, and is seen.
    const edges = {
      type: "MultiLineString" as const,
      coordinates: pathsOf(one.geometry).filter((path) => path.length > 1),
    };
    return [
      { type: "Feature", geometry: one.geometry, properties },
      { type: "Feature", geometry: edges, properties },
    ];
  });
  source(map, "spot").setData({ type: "FeatureCollection", features });
  // What lies off the Earth, as swapped axes do, is in no view.
  const box = boxOf(spots.map((one) => one.geometry).filter(isOnEarth));
  if (options.move === true && box !== null) {
    map.fitBounds(box, { padding: 60, maxZoom: 16, duration: 400 });
  }
}
