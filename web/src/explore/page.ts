/** Looking for areas, and looking at them: in their place, in time, near somewhere, along a route. */
import "../style/explore.css";
import type { Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import { element, replace } from "../dom";
import { boxOf, pathsOf, WORLD } from "../geo/measure";
import { type Key, text } from "../language";
import { baseMap, drawRegions } from "../map/base";
import { frame, type Tabs, tabs } from "../map/frame";
import { RecordLayers, viewBox } from "../map/records";
import { spot, type Spot } from "../map/spot";
import { type Condition, RecordTiles } from "../map/tiles";
import type { Change } from "../live";
import { keepButton } from "../offline";
import { finest, readRegions, regionName } from "../overview/data";
import { note } from "../route";
import { read } from "../server";
import { type Page, told } from "../shell";
import type { Item, Items, Schema } from "../wire";
import { area, type Opened } from "./area";
import { search, type Search } from "./search";

type Mode = "search" | "history" | "nearby" | "route";
const MODES: Record<Mode, Key> = {
  search: "explore.search",
  history: "explore.history",
  nearby: "explore.nearby",
  route: "explore.route",
};

/** What the map and the panel show now, and what they did before is tidied up. */
class Explorer {
  readonly map: MapLibre;
  readonly #finder: Search;
  readonly #layers: RecordLayers;
  #opened: Opened | undefined;
  #opening: Promise<Opened> | undefined;
  #leave: () => void = () => undefined;
  // Where the map answers clicks in another way, they open no record.
  #opensOnClick = true;

  constructor(
    readonly page: Page,
    tiles: RecordTiles,
    readonly panel: HTMLElement,
    readonly ways: Tabs<Mode>,
    readonly regions: Items,
    queryables: Schema,
  ) {
    const failed = (failure: unknown) => page.say(told(failure));
    this.map = tiles.map;
    this.#layers = new RecordLayers(
      tiles,
      (shown) => this.#finder.list(shown),
      failed,
      () => page.say(text("map.incomplete")),
    );
    const apply = (condition: Condition) => {
      this.#layers.condition = condition;
      void this.#moveTo(condition).then(() => this.#layers.refresh(), failed);
    };
    this.#finder = search(queryables.properties, apply, (item) => this.#open(item));
    this.#answerClicks();
    page.follow((changes) => this.#changed(changes));
    page.signal.addEventListener("abort", () => {
      this.#leave();
      this.map.remove();
    });
  }

  /** Shows what others have changed; a chosen day stays as it was. */
  async #changed(changes: Change[]): Promise<boolean> {
    if (this.#layers.condition.effective !== undefined) return false;
    await this.#layers.changed(changes);
    await this.#opened?.changed();
    return true;
  }

  /** Moves the map to what fulfils a condition. */
  async #moveTo(condition: Condition): Promise<void> {
    const { q, filter } = condition;
    if (q === undefined && filter === undefined) return;
    const items = `/programmes/${this.page.programme.code}/collections/hazardous-areas/items`;
    const found = await read<Items>(items, { q, filter, limit: 500 });
    const box = boxOf(found.features.map((one) => one.geometry));
    if (box !== null) this.map.fitBounds(box, { padding: 40, maxZoom: 14, duration: 0 });
  }

  #answerClicks(): void {
    const canvas = this.map.getCanvas();
    const open = async (event: MapMouseEvent) => {
      const id = this.#opensOnClick ? await this.#layers.areaAt(event) : null;
      if (id !== null) this.openRecord(`hazardous-areas/${id}`);
    };
    this.map.on(
      "click",
      (event) => void open(event).catch((failure) => this.page.say(told(failure))),
    );
    this.map.on("mousemove", (event) => {
      const isOnArea = this.#opensOnClick && this.#layers.tiles.areasAt(event.point).length > 0;
      canvas.style.cursor = isOnArea ? "pointer" : "";
    });
  }

  readonly #show = (spots: Spot[], move = false) => spot(this.map, spots, { move });

  #enter(mode: Mode, content: HTMLElement, stop: () => void = () => undefined): void {
    this.#leave();
    this.#leave = stop;
    this.#opened = undefined;
    this.#opensOnClick = mode === "search";
    this.#layers.setVisible(mode !== "history");
    this.#layers.withReleases = false;
    this.#show([]);
    replace(this.panel, content);
    this.panel.querySelector("h1")?.focus({ preventScroll: true });
    this.ways.mark(mode);
    note({ area: null, record: null, way: mode === "search" ? null : mode });
    void this.#layers.refresh();
  }

  /** Changes the way of looking; around a place (longitude, latitude) when one is given. */
  async choose(mode: Mode, at?: [number, number]): Promise<void> {
    const { programme, signal } = this.page;
    const open = (item: Item) => this.#open(item);
    if (mode === "search") return this.#enter(mode, this.#finder.root);
    if (mode === "history") {
      const { History } = await import("./history");
      const made = new History(this.map, programme.code, this.regions, signal);
      return this.#enter(mode, made.root, () => made.leave());
    }
    if (mode === "route") {
      const { routeCheck } = await import("./route_check");
      const made = routeCheck(this.map, programme.code, this.#show, open);
      return this.#enter(mode, made.root, made.stop);
    }
    const { nearby } = await import("./nearby");
    const made = nearby(programme.code, this.#show, open);
    const look = (event: MapMouseEvent) => made.look(event.lngLat.lng, event.lngLat.lat);
    this.map.on("click", look);
    this.#enter(mode, made.root, () => this.map.off("click", look));
    if (at !== undefined) made.look(...at);
  }

  #open(item: Item): void {
    this.openRecord(`hazardous-areas/${String(item.properties["local_id"] ?? item.id)}`);
  }

  /** Shows a record, given as `collection/id`. */
  openRecord(name: string): void {
    const { programme, signal } = this.page;
    this.#leave();
    this.#leave = () => undefined;
    this.#opensOnClick = true;
    this.#layers.setVisible(true);
    this.#layers.withReleases = true;
    const isArea = name.startsWith("hazardous-areas/");
    const id = name.slice(name.indexOf("/") + 1);
    note({ way: null, area: isArea ? id : null, record: isArea ? null : name });
    const around = {
      programme: programme.code,
      signal,
      show: this.#show,
      back: () => void this.choose("search"),
      again: () => this.openRecord(name),
      nearby: (item: Item) => this.#lookAround(item),
    };
    this.#opened = undefined;
    const opening = (this.#opening = area(this.panel, name, around));
    opening.then(
      (opened) => {
        if (this.#opening === opening) this.#opened = opened;
      },
      (failure: unknown) => {
        const words = element("p", { class: "error", role: "alert" }, told(failure));
        if (!signal.aborted) replace(this.panel, words);
      },
    );
  }

  #lookAround(item: Item): void {
    const middle = this.map.getCenter();
    const [lon = middle.lng, lat = middle.lat] = pathsOf(item.geometry)[0]?.[0] ?? [];
    void this.choose("nearby", [lon, lat]);
  }
}

export async function show(page: Page): Promise<void> {
  const { programme, main, query, signal } = page;
  const listed = `/programmes/${programme.code}/collections/hazardous-areas/queryables`;
  const [queryables, regions] = await Promise.all([
    read<Schema>(listed, {}, signal).catch((): Schema => ({ properties: {} })),
    readRegions(programme.code, signal),
  ]);
  programme.revision = Math.max(programme.revision, regions.revision);
  const { root, panel, holder } = frame(text("explore.map"), legend());
  const ways = tabs(text("explore.ways"), MODES, (mode) => void explorer.choose(mode));
  const keeping = element("span");
  replace(
    main,
    element("h1", { class: "hidden" }, text("page.explore")),
    element("div", { class: "row spread" }, ways.root, keeping),
    root,
  );
  const box = programme.extent.spatial.bbox[0] ?? WORLD;
  const map = await baseMap(holder, box);
  if (signal.aborted) return map.remove();
  drawRegions(map, finest(regions), (one) => regionName(one.properties ?? {}));
  const tiles = await RecordTiles.on(map, programme.code);
  if (signal.aborted) return map.remove();
  const explorer = new Explorer(page, tiles, panel, ways, regions, queryables);
  replace(
    keeping,
    keepButton(page, () => viewBox(map)),
  );
  const [asked, record, way] = [query.get("area"), query.get("record"), query.get("way")];
  if (asked !== null) explorer.openRecord(`hazardous-areas/${asked}`);
  else if (record !== null) explorer.openRecord(record);
  else await explorer.choose(way !== null && way in MODES ? (way as Mode) : "search");
}

function legend(): HTMLElement {
  const entry = (state: string, name: Key) =>
    element("li", {}, element("span", { class: `swatch state-${state}` }), text(name));
  return element(
    "ul",
    { class: "legend" },
    entry("confirmed", "code.confirmed"),
    entry("suspected", "code.suspected"),
    entry("closed", "code.closed"),
    entry("cancelled", "code.cancelled"),
    entry("reduced", "code.reduced"),
    entry("cleared", "code.cleared"),
  );
}
