import type { FeatureCollection, Geometry } from "geojson";
import type { Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import { STEPS } from "../chart/palette";
import { element } from "../dom";
import { areaShort, percent } from "../format";
import { boxOf } from "../geo/measure";
import type { Programme, Properties, Row } from "../wire";
import { number } from "./data";

export type Measure = "remaining_m2" | "released_m2" | "released_share";

export interface RegionMap {
  measure: (name: Measure) => void;
  remove: () => void;
}
interface Choice {
  chosen: string | null;
  names: Map<string, string>;
  open: (region: string) => void;
}

function valueOf(row: Row | undefined, measure: Measure): number {
  if (measure !== "released_share") return number(row, measure);
  const identified = number(row, "identified_m2");
  return identified === 0 ? 0 : (identified - number(row, "remaining_m2")) / identified;
}

/** Bounds that put about as many regions into each of four steps; zero has a step of its own. */
export function bounds(values: number[]): number[] {
  const some = values.filter((value) => value > 0).sort((one, other) => one - other);
  return [0.25, 0.5, 0.75].map((share) => some[Math.floor(share * some.length)] ?? 0);
}

export function stepOf(value: number, limits: number[]): number {
  return value <= 0 ? 0 : 1 + limits.filter((limit) => value >= limit).length;
}

function legend(limits: number[], measure: Measure): HTMLElement {
  const name = (value: number) => (measure === "released_share" ? percent(value, 1) : areaShort(value));
  const words = ["0", `< ${name(limits[0] ?? 0)}`, `≥ ${name(limits[0] ?? 0)}`, `≥ ${name(limits[1] ?? 0)}`, `≥ ${name(limits[2] ?? 0)}`];
  return element(
    "ul",
    { class: "legend" },
    words.map((word, step) => element("li", {}, element("span", { class: `swatch step-${step}` }), word)),
  );
}

/** Draws the regions, darker where there is more. */
export async function regionMap(
  container: HTMLElement,
  programme: Programme,
  regions: FeatureCollection<Geometry, Properties>,
  rows: Row[],
  choice: Choice,
): Promise<RegionMap> {
  const { baseMap, source } = await import("../map/base");
  const box = boxOf(regions.features.map((one) => one.geometry)) ?? programme.extent.spatial.bbox[0] ?? [-180, -80, 180, 80];
  const map = await baseMap(container, box);
  const byRegion = new Map(rows.map((row) => [String(row["region"]), row]));
  let key: HTMLElement | undefined;
  const paint = (measure: Measure) => {
    const limits = bounds(rows.map((row) => valueOf(row, measure)));
    const features = regions.features.map((one) => {
      const code = String(one.properties["local_id"]);
      const value = valueOf(byRegion.get(code), measure);
      const properties = { code, step: stepOf(value, limits), chosen: code === choice.chosen };
      return { ...one, properties };
    });
    source(map, "regions").setData({ type: "FeatureCollection", features });
    key?.remove();
    key = legend(limits, measure);
    container.after(key);
  };
  paint("remaining_m2");
  addLayers(map);
  const name = element("div", { class: "map-name", hidden: true });
  container.append(name);
  map.on("click", "regions", (event) => {
    const code = event.features?.[0]?.properties["code"];
    if (typeof code === "string") choice.open(code);
  });
  map.on("mousemove", "regions", (event: MapMouseEvent & { features?: { properties: Properties }[] }) => {
    const code = String(event.features?.[0]?.properties["code"]);
    map.getCanvas().style.cursor = "pointer";
    name.hidden = false;
    name.textContent = `${choice.names.get(code) ?? code}: ${areaShort(valueOf(byRegion.get(code), "remaining_m2"))}`;
  });
  map.on("mouseleave", "regions", () => {
    map.getCanvas().style.cursor = "";
    name.hidden = true;
  });
  return { measure: paint, remove: () => map.remove() };
}

function addLayers(map: MapLibre): void {
  map.addLayer({
    id: "regions",
    type: "fill",
    source: "regions",
    paint: { "fill-color": ["match", ["get", "step"], 1, STEPS[1], 2, STEPS[2], 3, STEPS[3], 4, STEPS[4], STEPS[0]], "fill-opacity": 0.9 },
  });
  map.addLayer({
    id: "region-borders",
    type: "line",
    source: "regions",
    paint: { "line-color": ["case", ["get", "chosen"], "#17435b", "#7d868b"], "line-width": ["case", ["get", "chosen"], 3, 0.8] },
  });
}
