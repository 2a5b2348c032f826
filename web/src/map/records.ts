/** Hazardous areas and releases of the view: on the map, and in a list beside it. */
import type { Feature, FeatureCollection, Geometry, Point } from "geojson";
import type { Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import { boxOf } from "../geo/measure";
import { isReadingKept } from "../offline";
import { address, read } from "../server";
import type { Item, Items } from "../wire";
import { type Condition, type Question, REACH_PX, type RecordTiles } from "./tiles";
import type { Touched } from "./pins";

const AREAS = "hazardous-areas";
const RELEASES = "land-releases";
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
  const { filter, q, effective, as_of } = condition;
  return address(`/programmes/${programme}/collections/${collection}/items`, {
    bbox,
    limit: LISTED,
    filter,
    q,
    effective,
    as_of,
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
  /** What is listed and what of it is chosen. */
  question: Question = { collection: AREAS };
  readonly #chosen = new Set<string>([AREAS]);
  #asking = new AbortController();
  #isVisible = true;
  #withReleases = false;

  constructor(
    readonly tiles: RecordTiles,
    readonly told: (shown: Shown) => void,
    readonly failed: (failure: unknown) => void,
    readonly incomplete: () => void,
  ) {
    const { map } = tiles;
    map.on("moveend", () => void this.refresh());
    map.on("error", (event) => {
      if ("sourceId" in event && !isReadingKept()) this.incomplete();
    });
  }

  /** Shows or hides a collection, as the reader chooses. */
  choose(collection: string, isShown: boolean): void {
    if (isShown) this.#chosen.add(collection);
    else this.#chosen.delete(collection);
    this.#show(collection);
  }

  get chosen(): string[] {
    return [...this.#chosen];
  }

  set withReleases(isShown: boolean) {
    this.#withReleases = isShown;
    this.#show(RELEASES);
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    for (const collection of [RELEASES, ...this.#chosen]) this.#show(collection);
  }

  #show(collection: string): void {
    const isAsked = this.#chosen.has(collection) || (collection === RELEASES && this.#withReleases);
    this.tiles.show(collection, this.#isVisible && isAsked);
  }

  /** Reads the list anew, and draws the revision that it is of. */
  async refresh(): Promise<void> {
    this.#asking.abort();
    this.#asking = new AbortController();
    const signal = this.#asking.signal;
    const bbox = written(viewBox(this.tiles.map));
    const ask = (collection: string, condition: Condition) =>
      read<Items>(recordsAddress(this.tiles.programme, collection, bbox, condition), {}, signal);
    try {
      const { collection, ...condition } = this.question;
      const found = await ask(collection, condition);
      if (isReadingKept()) {
        this.#drawKept(AREAS, found);
        this.#drawKept(RELEASES, await ask(RELEASES, {}));
      } else this.tiles.draw(found.revision, this.question);
      this.told({ items: found.features.slice(0, LISTED), matched: found.numberMatched });
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
   * The record at a place of the map, as `collection/number`. Coarse tiles do not name their records:
   * the server is asked then, and where it knows several the map goes closer.
   */
  async recordAt(event: MapMouseEvent): Promise<string | null> {
    const found = this.tiles.recordsAt(event.point);
    const named = found.find((one) => typeof one.properties["local_id"] === "string");
    if (named !== undefined) return `${named.collection}/${String(named.properties["local_id"])}`;
    const [first] = found;
    if (first === undefined) return null;
    const { map, programme } = this.tiles;
    const corner = (by: number) => map.unproject([event.point.x + by, event.point.y - by]);
    const [from, to] = [corner(-REACH_PX), corner(REACH_PX)];
    const bbox = written([from.lng, from.lat, to.lng, to.lat]);
    const { collection, filter, q, ...clocks } = this.question;
    const condition = first.collection === collection ? { filter, q, ...clocks } : clocks;
    const path = recordsAddress(programme, first.collection, bbox, condition);
    const { features } = await read<Items>(path);
    const [only] = features;
    if (features.length === 1 && only !== undefined)
      return `${first.collection}/${String(only.properties["local_id"] ?? only.id)}`;
    const closer = { center: event.lngLat, zoom: map.getZoom() + CLOSER_ZOOM };
    map.easeTo(closer, { originalEvent: event.originalEvent });
    return null;
  }

  #drawKept(collection: string, items: Items): void {
    const areas = drawn(items.features);
    const isNear = this.tiles.map.getZoom() >= POINTS_UNTIL_ZOOM;
    const none: FeatureCollection = { type: "FeatureCollection", features: [] };
    this.tiles.drawItems(collection, areas, isNear ? none : middles(areas));
  }
}
