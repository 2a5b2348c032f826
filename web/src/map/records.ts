/**
 * Where the records on the map come from: GeoJSON of what lies in the view. This is the one place to
 * change when they come as tiles.
 */
import type { Feature, FeatureCollection, Geometry, Point } from "geojson";
import type { ExpressionSpecification, Map as MapLibre } from "maplibre-gl";
import { CONFIRMED_COLOUR, FAINT_INK, OUTCOME_COLOURS, SUSPECTED_COLOUR } from "../chart/palette";
import { boxOf } from "../geo/measure";
import { address, read } from "../server";
import type { Item, Items } from "../wire";
import { source } from "./base";

/** As many as a phone draws without stumbling. */
const SHOWN_MAX = 2000;
const POINTS_UNTIL_ZOOM = 12;

export interface Shown {
  items: Item[];
  matched: number;
}

/** What is asked of the records besides their place. */
export interface Condition {
  filter?: string | undefined;
  q?: string | undefined;
  effective?: string | undefined;
}

export function recordsAddress(programme: string, collection: string, bbox: string | undefined, condition: Condition): string {
  const { filter, q, effective } = condition;
  return address(`/programmes/${programme}/collections/${collection}/items`, { bbox, limit: SHOWN_MAX, filter, q, effective });
}

/** The box of the view, never wider than the world. */
export function viewBox(map: MapLibre): [number, number, number, number] {
  const bounds = map.getBounds();
  return [
    Math.max(-180, bounds.getWest()),
    Math.max(-90, bounds.getSouth()),
    Math.min(180, bounds.getEast()),
    Math.min(90, bounds.getNorth()),
  ];
}

function state(item: Item): string {
  if (item.lifecycle?.stage === "closed" && Number(item.lifecycle.land["remaining_m2"] ?? 1) === 0) return "closed";
  return String(item.properties["classification"] ?? item.properties["outcome"] ?? "other");
}

function drawn(items: Item[]): FeatureCollection<Geometry> {
  const features = items
    .filter((item) => item.geometry !== null)
    .map((item) => {
      const properties = { id: String(item.properties["local_id"] ?? item.id), state: state(item) };
      return { type: "Feature", geometry: item.geometry as Geometry, properties } as Feature<Geometry>;
    });
  return { type: "FeatureCollection", features };
}

function middles(items: Item[]): FeatureCollection<Point> {
  const features = drawn(items).features.flatMap((one): Feature<Point>[] => {
    const box = boxOf([one.geometry]);
    if (box === null) return [];
    const coordinates = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    return [{ type: "Feature", geometry: { type: "Point", coordinates }, properties: one.properties }];
  });
  return { type: "FeatureCollection", features };
}

/** Hazardous areas and releases of the view, kept up to date while the map is moved. */
export class RecordLayers {
  #condition: Condition = {};
  #asking = new AbortController();
  #withReleases = false;

  constructor(
    readonly map: MapLibre,
    readonly programme: string,
    readonly told: (shown: Shown) => void,
    readonly failed: (failure: unknown) => void,
  ) {
    this.#addLayers();
    map.on("moveend", () => void this.refresh());
  }

  set condition(condition: Condition) {
    this.#condition = condition;
  }

  set withReleases(shown: boolean) {
    this.#withReleases = shown;
  }

  setVisible(visible: boolean): void {
    for (const layer of ["releases", "areas", "area-edges", "area-points"]) {
      this.map.setLayoutProperty(layer, "visibility", visible ? "visible" : "none");
    }
  }

  async refresh(): Promise<void> {
    this.#asking.abort();
    this.#asking = new AbortController();
    const signal = this.#asking.signal;
    const bbox = viewBox(this.map).map((degrees) => degrees.toFixed(5)).join(",");
    try {
      const at = this.#condition.effective;
      const [areas, releases] = await Promise.all([
        read<Items>(recordsAddress(this.programme, "hazardous-areas", bbox, this.#condition), {}, signal),
        this.#withReleases
          ? read<Items>(recordsAddress(this.programme, "land-releases", bbox, { effective: at }), {}, signal)
          : undefined,
      ]);
      source(this.map, "areas").setData(drawn(areas.features));
      source(this.map, "area-points").setData(middles(areas.features));
      source(this.map, "releases").setData(drawn(releases?.features ?? []));
      this.told({ items: areas.features, matched: areas.numberMatched });
    } catch (failure) {
      if (!signal.aborted) this.failed(failure);
    }
  }

  #addLayers(): void {
    for (const name of ["releases", "areas", "area-points"]) source(this.map, name);
    const colour: ExpressionSpecification = [
      "match",
      ["get", "state"],
      "confirmed",
      CONFIRMED_COLOUR,
      "suspected",
      SUSPECTED_COLOUR,
      "closed",
      FAINT_INK,
      SUSPECTED_COLOUR,
    ];
    const released: ExpressionSpecification = [
      "match",
      ["get", "state"],
      ...(Object.entries(OUTCOME_COLOURS).flat() as [string, string]),
      FAINT_INK,
    ];
    // Below the areas: land that is hazardous again must not look released.
    this.map.addLayer({ id: "releases", type: "fill", source: "releases", paint: { "fill-color": released, "fill-opacity": 0.55 } });
    this.map.addLayer({ id: "areas", type: "fill", source: "areas", paint: { "fill-color": colour, "fill-opacity": ["match", ["get", "state"], "closed", 0.12, 0.45] } });
    this.map.addLayer({ id: "area-edges", type: "line", source: "areas", paint: { "line-color": colour, "line-width": 1.5 } });
    this.map.addLayer({
      id: "area-points",
      type: "circle",
      source: "area-points",
      maxzoom: POINTS_UNTIL_ZOOM,
      paint: { "circle-color": colour, "circle-radius": 4, "circle-opacity": ["match", ["get", "state"], "closed", 0.35, 0.9], "circle-stroke-color": "#fff", "circle-stroke-width": 1 },
    });
  }
}
