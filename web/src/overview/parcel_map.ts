/** The map of the parcels behind a figure. */
import type { FeatureCollection, Geometry } from "geojson";
import type { Map as MapLibre } from "maplibre-gl";
import { OUTCOME_COLOURS, REMAINING_COLOUR } from "../chart/palette";
import { boxOf } from "../geo/measure";
import { firstBox } from "../map/extent";
import type { Page } from "../shell";
import type { Items, Parcels } from "../wire";
import { finest, regionName } from "./data";

/** Parcels are smaller than a dot on the map of a country. */
const DOTS_UNTIL_ZOOM = 12;

export interface ParcelMap {
  /** Draws others in their place. */
  draw: (parcels: Parcels) => void;
  /** Moves the map to one of them, by its place in the list. */
  show: (number: number) => void;
}

/** Draws parcels; one that is chosen on the map is told by its place in the list. */
export async function parcelMap(
  page: Page,
  holder: HTMLElement,
  first: Parcels,
  regions: Items,
  chosen: (number: number) => void,
): Promise<ParcelMap> {
  const [{ baseMap, drawRegions, source }, { middles }, { spot }] = await Promise.all([
    import("../map/base"),
    import("../map/items"),
    import("../map/spot"),
  ]);
  const box = boxOf(first.features.map((one) => one.geometry));
  const map = await baseMap(holder, box ?? firstBox(page.programme.extent));
  page.signal.addEventListener("abort", () => map.remove());
  let shown = first;
  const draw = (parcels: Parcels) => {
    shown = parcels;
    const features = parcels.features.map((one, number) => ({ ...one, properties: { number } }));
    const drawn: FeatureCollection<Geometry> = { type: "FeatureCollection", features };
    source(map, "parcels").setData(drawn);
    source(map, "parcel-dots").setData(middles(drawn));
  };
  draw(first);
  const figure = page.query.get("figure") ?? "remaining";
  addLayers(map, (OUTCOME_COLOURS as Record<string, string>)[figure] ?? REMAINING_COLOUR);
  drawRegions(map, finest(regions), (one) => regionName(one.properties ?? {}));
  for (const layer of ["parcels", "parcel-dots"]) {
    map.on("click", layer, (event) => {
      const number: unknown = event.features?.[0]?.properties["number"];
      if (typeof number === "number") chosen(number);
    });
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }
  const show = (number: number) => {
    const geometry = shown.features[number]?.geometry;
    if (geometry !== undefined) spot(map, [{ geometry, kind: "now" }], { move: true });
  };
  return { draw, show };
}

function addLayers(map: MapLibre, colour: string): void {
  map.addLayer({
    id: "parcels",
    type: "fill",
    source: "parcels",
    paint: { "fill-color": colour, "fill-opacity": 0.6 },
  });
  map.addLayer({
    id: "parcel-edges",
    type: "line",
    source: "parcels",
    paint: { "line-color": colour, "line-width": 2 },
  });
  map.addLayer({
    id: "parcel-dots",
    type: "circle",
    source: "parcel-dots",
    maxzoom: DOTS_UNTIL_ZOOM,
    paint: {
      "circle-color": colour,
      "circle-radius": 4,
      "circle-stroke-color": "#ffffff",
      "circle-stroke-width": 1,
    },
  });
}
