/** Something the reader looks at now, over everything else on the map. */
import type { Feature, Geometry } from "geojson";
import type { Map as MapLibre } from "maplibre-gl";
import { element } from "../dom";
import { boxOf, pathsOf } from "../geo/measure";
import { source } from "./base";
import { look } from "./fit";
import { LAYERS, PATTERNED } from "./spot_layers";

/** What a geometry on the map stands for, which decides how it is drawn. */
export type Kind = "now" | "before" | "after" | "added" | "removed" | "fault" | "route" | "sketch";
export interface Spot {
  geometry: Geometry | null;
  kind: Kind;
  /** By which a point is known that can be chosen on the map. */
  number?: number;
}

const COLOURS: Record<Kind, string> = {
  now: "#0b5a86",
  before: "#6b4c9a",
  after: "#0b5a86",
  added: "#0b5a86",
  removed: "#6b4c9a",
  fault: "#b00020",
  route: "#0b5a86",
  sketch: "#17435b",
};

/** Of a pattern, in pixels of a display with two in one. */
const SIDE_PX = 24;
const ARM_PX = 7;

/** A pattern of plus or minus signs. */
function signs(isPlus: boolean, colour: string): ImageData {
  const canvas = element("canvas", { width: SIDE_PX, height: SIDE_PX });
  const pen = canvas.getContext("2d");
  if (pen === null) return new ImageData(SIDE_PX, SIDE_PX);
  const middle = SIDE_PX / 2;
  pen.fillStyle = `${colour}30`;
  pen.fillRect(0, 0, SIDE_PX, SIDE_PX);
  pen.fillStyle = colour;
  pen.fillRect(middle - ARM_PX, middle - 1.5, 2 * ARM_PX, 3);
  if (isPlus) pen.fillRect(middle - 1.5, middle - ARM_PX, 3, 2 * ARM_PX);
  return pen.getImageData(0, 0, SIDE_PX, SIDE_PX);
}

function ensureLayers(map: MapLibre): void {
  if (map.getLayer("spot-edges") !== undefined) return;
  source(map, "spot");
  for (const kind of PATTERNED)
    map.addImage(`spot-${kind}`, signs(kind === "added", COLOURS[kind]), { pixelRatio: 2 });
  for (const layer of LAYERS) map.addLayer(layer);
}

function isOnEarth(geometry: Geometry | null): boolean {
  const positions = pathsOf(geometry).flat();
  // A line over the antimeridian goes on beyond 180.
  return positions.every(([lon = 0, lat = 0]) => Math.abs(lon) <= 360 && Math.abs(lat) <= 90);
}

/** Tells the number of a point that the reader chooses on the map. */
export function onSpot(map: MapLibre, chosen: (number: number) => void): void {
  map.on("click", "spot-points", (event) => {
    const number: unknown = event.features?.[0]?.properties["number"];
    if (typeof number === "number") chosen(number);
  });
}

/** Shows these and nothing else; moves the map to them when asked to. */
export function spot(map: MapLibre, spots: Spot[], options: { move?: boolean } = {}): void {
  ensureLayers(map);
  const features = spots.flatMap((one): Feature[] => {
    if (one.geometry === null) return [];
    const { kind, number } = one;
    const properties = { kind, number, colour: COLOURS[kind] };
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
    look(map, box, { padding: 60, maxZoom: 16, duration: 400 });
  }
}
