/** Hazardous areas and releases of the view: on the map, and in a list beside it. */
import type { Feature, FeatureCollection, Geometry, Point } from "geojson";
import type { Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import { boxOf } from "../geo/measure";
import { isReadingKept } from "../offline";
import { address, read } from "../server";
import type { Item, Items } from "../wire";
import { type Condition, type Drawn, REACH_PX, type RecordTiles } from "./tiles";
import type { Touched } from "./pins";

/** As many as a list can be read through; the map shows all. */
const LISTED = 100;
/** Records that were kept on this device are drawn as points, too, until an area is wide enough. */
const POINTS_UNTIL_ZOOM = 12;
/** Two records closer together than this on the map are told apart from nearer. */
const CLOSER_ZOOM = 2;

export interface Shown {
  items: Item[];
  /** How many there are; unknown where the server gave up counting. */
  matched: number | undefined;
}

export function recordsAddress(
  programme: string,
  collection: string,
  bbox: string | undefined,
  condition: Condition,
): string {
  const { filter, q, effective } = condition;
  return address(`/programmes/${programme}/collections/${collection}/items`, {
    bbox,
    limit: LISTED,
    filter,
    q,
    effective,
  });
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

const written = (box: number[]) => box.map((degrees) => degrees.toFixed(5)).join(",");

/** Records as tiles would hold them. */
function drawn(items: Item[]): FeatureCollection<Geometry> {
  const features = items.flatMap((item): Feature<Geometry>[] => {
    if (item.geometry === null) return [];
    const { local_id, classification, outcome, status } = item.properties;
    const remaining_m2 = item.lifecycle?.land?.["remaining_m2"];
    const closed = status === "closed" || status === "handed_over";
    const properties = {
      local_id: local_id ?? item.id,
      classification,
      outcome,
      closed,
      remaining_m2,
    };
    return [{ type: "Feature", geometry: item.geometry, properties }];
  });
  return { type: "FeatureCollection", features };
}

function middles(areas: FeatureCollection<Geometry>): FeatureCollection<Point> {
  const features = areas.features.flatMap((one): Feature<Point>[] => {
    const box = boxOf([one.geometry]);
    if (box === null) return [];
    const coordinates = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    return [
      { type: "Feature", geometry: { type: "Point", coordinates }, properties: one.properties },
    ];
  });
  return { type: "FeatureCollection", features };
}

/** The records of the view, kept up to date while the map is moved and when they change. */
export class RecordLayers {
  #condition: Condition = {};
  #asking = new AbortController();
  #withReleases = false;

  constructor(
    readonly tiles: RecordTiles,
    readonly told: (shown: Shown) => void,
    readonly failed: (failure: unknown) => void,
    readonly incomplete: () => void,
  ) {
    const { map } = tiles;
    tiles.show("land-releases", false);
    map.on("moveend", () => void this.refresh());
    map.on("error", (event) => {
      if ("sourceId" in event && !isReadingKept()) this.incomplete();
    });
  }

  get condition(): Condition {
    return this.#condition;
  }

  set condition(condition: Condition) {
    this.#condition = condition;
  }

  set withReleases(isShown: boolean) {
    this.#withReleases = isShown;
    this.tiles.show("land-releases", isShown);
  }

  setVisible(isVisible: boolean): void {
    this.tiles.show("hazardous-areas", isVisible);
    this.tiles.show("land-releases", isVisible && this.#withReleases);
  }

  /** Reads the list anew, and draws the revision that it is of. */
  async refresh(): Promise<void> {
    this.#asking.abort();
    this.#asking = new AbortController();
    const signal = this.#asking.signal;
    const bbox = written(viewBox(this.tiles.map));
    const ask = (collection: Drawn, condition: Condition) =>
      read<Items>(recordsAddress(this.tiles.programme, collection, bbox, condition), {}, signal);
    try {
      const areas = await ask("hazardous-areas", this.#condition);
      if (isReadingKept()) {
        this.#drawKept("hazardous-areas", areas);
        this.#drawKept("land-releases", await ask("land-releases", {}));
      } else this.tiles.draw(areas.revision, this.#condition);
      this.told({ items: areas.features.slice(0, LISTED), matched: areas.numberMatched });
    } catch (failure) {
      if (!signal.aborted) this.failed(failure);
    }
  }

  /** Tells of a change, and shows what has become of the view. */
  async changed(changes: Touched[]): Promise<void> {
    for (const change of changes) this.tiles.touched(change);
    await this.refresh();
  }

  /**
   * The number of the area at a place of the map. Coarse tiles do not name their areas: the server is
   * asked then, and where it knows several the map goes closer.
   */
  async areaAt(event: MapMouseEvent): Promise<string | null> {
    const found = this.tiles.areasAt(event.point);
    const named = found.map((one): unknown => one.properties["local_id"]);
    const id = named.find((one) => typeof one === "string");
    if (typeof id === "string") return id;
    if (found.length === 0) return null;
    const { map, programme } = this.tiles;
    const corner = (by: number) => map.unproject([event.point.x + by, event.point.y - by]);
    const [from, to] = [corner(-REACH_PX), corner(REACH_PX)];
    const bbox = written([from.lng, from.lat, to.lng, to.lat]);
    const path = recordsAddress(programme, "hazardous-areas", bbox, this.#condition);
    const { features } = await read<Items>(path);
    const [only] = features;
    if (features.length === 1 && only !== undefined)
      return String(only.properties["local_id"] ?? only.id);
    map.easeTo({ center: event.lngLat, zoom: map.getZoom() + CLOSER_ZOOM });
    return null;
  }

  #drawKept(collection: Drawn, items: Items): void {
    const areas = drawn(items.features);
    const isNear = this.tiles.map.getZoom() >= POINTS_UNTIL_ZOOM;
    const none: FeatureCollection = { type: "FeatureCollection", features: [] };
    this.tiles.drawItems(collection, areas, isNear ? none : middles(areas));
  }
}
