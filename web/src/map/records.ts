/** Hazardous areas and releases of the view: on the map, and in a list beside it. */
import type { FeatureCollection } from "geojson";
import type { Map as MapLibre, MapMouseEvent, SymbolLayerSpecification } from "maplibre-gl";
import { INK } from "../chart/palette";
import { asBbox, type Box } from "../geo/measure";
import type { Key } from "../language";
import { isReadingKept } from "../offline";
import { address, read } from "../server";
import type { Item, Items } from "../wire";
import { source } from "./base";
import { anchors, chosenOf, drawn, middles } from "./items";
import type { Touched } from "./pins";
import { type Condition, type Found, type Question, REACH_PX, type RecordTiles } from "./tiles";

const AREAS = "hazardous-areas";
const RELEASES = "land-releases";
/** What the map shows of land, which other pictures of it take the place of. */
const LAND = [AREAS, RELEASES];
/** As many as a list can be read through; the map shows all. */
const LISTED = 100;
/** Records that were kept on this device are drawn as points, too, until an area is wide enough. */
const POINTS_UNTIL_ZOOM = 12;
/** A finger is less exact than a pointer. */
const FINGER_REACH_PX = 14;
/** Two records closer together than this on the map are told apart from nearer. */
const CLOSER_ZOOM = 2;

/** From here on the land of a village fills the map, and numbers have room. */
const NUMBERS: SymbolLayerSpecification = {
  id: "record-numbers",
  type: "symbol",
  source: "record-numbers",
  minzoom: 12,
  layout: {
    "text-field": ["get", "local_id"],
    "text-font": ["Noto"],
    "text-size": 12,
    "text-optional": true,
  },
  paint: { "text-color": INK, "text-halo-color": "#ffffff", "text-halo-width": 1.8 },
};

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

/** The box of the view, as the server reads it. */
export function viewBox(map: MapLibre): Box {
  const bounds = map.getBounds();
  return asBbox([bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]);
}

const written = (box: number[]) => box.map((degrees) => degrees.toFixed(5)).join(",");

/** The records of the view, kept up to date while the map is moved and when they change. */
export class RecordLayers {
  /** What is listed and what of it is chosen. */
  question: Question = { collection: AREAS };
  readonly #chosen = new Set<string>([AREAS]);
  #asking = new AbortController();
  #isVisible = true;
  #withReleases = false;
  #listed: Item[] = [];

  constructor(
    readonly tiles: RecordTiles,
    readonly told: (shown: Shown) => void,
    readonly failed: (failure: unknown) => void,
    readonly tell: (words: Key) => void,
  ) {
    const { map } = tiles;
    map.on("moveend", () => void this.refresh());
    map.on("error", (event) => {
      if ("sourceId" in event && !isReadingKept()) this.tell("map.incomplete");
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

  /** Shows or hides the records of land. */
  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    for (const collection of [RELEASES, ...this.#chosen]) this.#show(collection);
  }

  #show(collection: string): void {
    const isAsked = this.#chosen.has(collection) || (collection === RELEASES && this.#withReleases);
    this.tiles.show(collection, isAsked && (this.#isVisible || !LAND.includes(collection)));
    this.#number(this.#listed);
  }

  /** Reads the list anew, and draws the revision that it is of. */
  async refresh(): Promise<void> {
    this.#asking.abort();
    this.#asking = new AbortController();
    const signal = this.#asking.signal;
    const box = viewBox(this.tiles.map);
    const bbox = written(box);
    const ask = (collection: string, condition: Condition) =>
      read<Items>(recordsAddress(this.tiles.programme, collection, bbox, condition), {}, signal);
    try {
      const { collection, ...condition } = this.question;
      const found = await ask(collection, condition);
      if (isReadingKept()) {
        const chosen = chosenOf(found.features, box, condition.q);
        for (const name of this.tiles.drawn) {
          const kept = name === collection ? found : await ask(name, {}).catch(() => null);
          if (kept !== null) this.#drawKept(name, kept);
        }
        const { filter, effective, as_of } = condition;
        if ([filter, effective, as_of].some((one) => one !== undefined))
          this.tell("offline.conditions");
        return this.#list(chosen.slice(0, LISTED), chosen.length);
      }
      this.tiles.draw(found.revision, this.question);
      this.#list(found.features, found.numberMatched);
    } catch (failure) {
      if (!signal.aborted) this.failed(failure);
    }
  }

  #list(items: Item[], matched: number | undefined): void {
    this.#listed = items;
    this.#number(items);
    this.told({ items, matched });
  }

  /** Writes their numbers beside the records that are listed, each once wherever tiles cut it. */
  #number(items: Item[]): void {
    const { map, references } = this.tiles;
    const { collection } = this.question;
    const isNumbered = this.tiles.isShown(collection) && !references.includes(collection);
    source(map, "record-numbers").setData(anchors(isNumbered ? items : []));
    const names = map.getLayer("region-names")?.id;
    if (map.getLayer("record-numbers") === undefined) map.addLayer(NUMBERS, names);
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
    const [reachPx, found] = this.#meant(event);
    const named = found.find((one) => typeof one.properties["local_id"] === "string");
    if (named !== undefined) return `${named.collection}/${String(named.properties["local_id"])}`;
    const [first] = found;
    if (first === undefined) return null;
    const { map, programme } = this.tiles;
    const corner = (by: number) => map.unproject([event.point.x + by, event.point.y - by]);
    const [from, to] = [corner(-reachPx), corner(reachPx)];
    const bbox = written(asBbox([from.lng, from.lat, to.lng, to.lat]));
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

  /** What a reader points at: under a finger also what is a little aside. */
  #meant({ point, originalEvent }: MapMouseEvent): [number, Found[]] {
    const found = this.tiles.recordsAt(point);
    const isFinger = "pointerType" in originalEvent && originalEvent.pointerType === "touch";
    if (found.length > 0 || !isFinger) return [REACH_PX, found];
    return [FINGER_REACH_PX, this.tiles.recordsAt(point, FINGER_REACH_PX)];
  }

  #drawKept(collection: string, items: Items): void {
    const areas = drawn(items.features);
    const isNear = this.tiles.map.getZoom() >= POINTS_UNTIL_ZOOM;
    const none: FeatureCollection = { type: "FeatureCollection", features: [] };
    this.tiles.drawItems(collection, areas, isNear ? none : middles(areas));
  }
}
