/** Looking for areas, and looking at them: in their place, in time, near somewhere, along a route. */
import "../style/explore.css";
import type { Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import { element, replace } from "../dom";
import { boxOf, pathsOf, WORLD, wrapped } from "../geo/measure";
import { codeTitle, type Key, text } from "../language";
import { baseMap, drawRegions } from "../map/base";
import { firstBox } from "../map/extent";
import { look } from "../map/fit";
import { frame, type Tabs, tabs } from "../map/frame";
import { chosenOf } from "../map/items";
import { RecordLayers, viewBox } from "../map/records";
import { spot, type Spot } from "../map/spot";
import { type Question, RecordTiles } from "../map/tiles";
import type { Change } from "../live";
import { isReadingKept, keepButton } from "../offline";
import { finest, readRegions, regionName } from "../overview/data";
import { note } from "../route";
import { read } from "../server";
import { earlier, type Page, told } from "../shell";
import type { Item, Items, Schema } from "../wire";
import { area, type Clocks, type Opened } from "./area";
import { type CollectionDocument, readCollections, references } from "./collections";
import { type Choice, readChoices, written } from "./condition";
import { layerControl } from "./layers";
import { Search } from "./search";

type Mode = "search" | "history" | "nearby" | "route";
const MODES: Record<Mode, Key> = {
  search: "explore.search",
  history: "explore.history",
  nearby: "explore.nearby",
  route: "explore.route",
};

/** What was kept on a device is of these alone. */
const WITHOUT_CONNECTION: CollectionDocument[] = [
  { id: "hazardous-areas", title: "", description: "", itemCount: 0 },
];

/** What the map and the panel show now, and what they did before is tidied up. */
class Explorer {
  readonly map: MapLibre;
  readonly #finder: Search;
  readonly #layers: RecordLayers;
  readonly #clocks: Clocks;
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
    collections: CollectionDocument[],
    about: HTMLElement,
    tools: HTMLElement,
  ) {
    const failed = (failure: unknown) => this.#failed(failure);
    const { query, programme } = page;
    this.map = tiles.map;
    this.#layers = new RecordLayers(
      tiles,
      (shown) => this.#finder.list(shown),
      failed,
      (words) => page.say(text(words)),
    );
    this.#clocks = {
      as_of: query.get("as_of") ?? undefined,
      effective: query.get("effective") ?? undefined,
    };
    const asked = query.get("collection");
    const known = collections.find((one) => one.id === asked)?.id ?? "hazardous-areas";
    const first = { collection: known, q: query.get("q") ?? undefined, ...this.#clocks };
    this.#layers.question = first;
    const shown = (query.get("layers") ?? "").split(",").filter((name) => name !== "");
    const control = layerControl(
      collections,
      ["hazardous-areas", ...shown, known],
      (collection) => tiles.lookOf(collection),
      (...chosen) => this.#choose(...chosen),
    );
    for (const name of [...shown, known]) this.#layers.choose(name, true);
    const keeping = element(
      "span",
      {},
      keepButton(page, () => viewBox(this.map)),
    );
    replace(tools, control.root, keeping);
    const apply = (question: Question, conditions: readonly Choice[]) => {
      this.#clocks.effective = question.effective;
      this.#layers.question = { ...question, as_of: this.#clocks.as_of };
      const { collection, effective = null, q = null } = question;
      const named = collection === "hazardous-areas" ? null : collection;
      note({ collection: named, effective, q, where: written(conditions) });
      replace(about, earlier(programme));
      this.#choose(collection, true);
      control.mark(collection);
      const isReading = this.#opened !== undefined || this.#opening !== undefined;
      const moved = isReading ? Promise.resolve() : this.#moveTo(question);
      void moved.then(() => this.#layers.refresh(), failed);
    };
    const schemaOf = (collection: string) =>
      read<Schema>(
        `/programmes/${programme.code}/collections/${collection}/queryables`,
        {},
        page.signal,
      ).catch((): Schema => ({ properties: {} }));
    const open = (name: string) => this.openRecord(name);
    const given = readChoices(query.get("where"));
    this.#finder = new Search({ collections, schemaOf, apply, open }, first, given);
    this.#answerClicks();
    page.follow((changes) => this.#changed(changes));
    page.signal.addEventListener("abort", () => {
      this.#leave();
      this.map.remove();
    });
  }

  /** Says what failed, unless the reader has gone on to another page. */
  #failed(failure: unknown): void {
    const { signal, say } = this.page;
    if (!signal.aborted) say(told(failure));
  }

  #choose(collection: string, isShown: boolean): void {
    this.#layers.choose(collection, isShown);
    const others = this.#layers.chosen.filter((name) => name !== "hazardous-areas");
    note({ layers: others.length === 0 ? null : others.join(",") });
  }

  /** Shows what others have changed; a chosen day or revision stays as it was. */
  async #changed(changes: Change[]): Promise<boolean> {
    const { effective, as_of } = this.#clocks;
    if (effective !== undefined || as_of !== undefined) return false;
    await this.#layers.changed(changes);
    await this.#opened?.changed();
    return true;
  }

  /** Moves the map to what fulfils a condition. */
  async #moveTo({ collection, q, filter }: Question): Promise<void> {
    if (q === undefined && filter === undefined) return;
    const items = `/programmes/${this.page.programme.code}/collections/${collection}/items`;
    const found = await read<Items>(items, { ...this.#clocks, q, filter, limit: 500 });
    // Without a connection all that was kept is answered.
    const chosen = isReadingKept() ? chosenOf(found.features, WORLD, q) : found.features;
    const box = boxOf(chosen.map((one) => one.geometry));
    if (box !== null) look(this.map, box, { padding: 40, maxZoom: 14, duration: 0 });
  }

  #answerClicks(): void {
    const canvas = this.map.getCanvas();
    const open = async (event: MapMouseEvent) => {
      const name = this.#opensOnClick ? await this.#layers.recordAt(event) : null;
      if (name !== null) this.openRecord(name);
    };
    this.map.on(
      "click",
      (event) => void open(event).catch((failure: unknown) => this.#failed(failure)),
    );
    this.map.on("mousemove", (event) => {
      const isOnRecord = this.#opensOnClick && this.#layers.tiles.recordsAt(event.point).length > 0;
      canvas.style.cursor = isOnRecord ? "pointer" : "";
    });
  }

  /** Where the panel stands below the map, both come into view. */
  #scrollUp(): void {
    this.panel.scrollTop = 0;
    if (this.panel.getBoundingClientRect().top < 0) this.panel.parentElement?.scrollIntoView();
  }

  readonly #show = (spots: Spot[], move = false) => spot(this.map, spots, { move });

  #enter(mode: Mode, content: HTMLElement, stop: () => void = () => undefined): void {
    this.#leave();
    this.#leave = stop;
    this.#opened = undefined;
    this.#opening = undefined;
    this.#opensOnClick = mode === "search";
    this.#layers.setVisible(mode !== "history");
    this.#layers.withReleases = false;
    this.#show([]);
    replace(this.panel, content);
    this.#scrollUp();
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
    const around = (event: MapMouseEvent) => made.look(wrapped(event.lngLat.lng), event.lngLat.lat);
    this.map.on("click", around);
    this.#enter(mode, made.root, () => this.map.off("click", around));
    if (at !== undefined) made.look(...at);
  }

  #open(item: Item): void {
    this.openRecord(`hazardous-areas/${String(item.properties["local_id"] ?? item.id)}`);
  }

  /** Shows a record, given as `collection/id`. */
  openRecord(name: string): void {
    const { programme, signal, mayContribute } = this.page;
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
      clocks: this.#clocks,
      signal,
      mayContribute,
      show: this.#show,
      back: () => void this.choose("search"),
      again: () => this.openRecord(name),
      nearby: (item: Item) => this.#lookAround(item),
    };
    this.#opened = undefined;
    this.#scrollUp();
    const opening = (this.#opening = area(this.panel, name, around));
    opening.then(
      (opened) => {
        if (this.#opening === opening) this.#opened = opened;
      },
      (failure: unknown) => {
        if (signal.aborted) return;
        replace(this.panel, element("p", { class: "error", role: "alert" }, told(failure)));
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
  const [collections, regions] = await Promise.all([
    readCollections(programme.code, signal).catch(() => WITHOUT_CONNECTION),
    readRegions(programme.code, signal),
  ]);
  programme.revision = Math.max(programme.revision, regions.revision);
  const [tools, about] = [element("div", { class: "row spread tools no-print" }), element("div")];
  const { root, panel, holder } = frame(text("explore.map"), [legend(), tools]);
  const ways = tabs(text("explore.ways"), MODES, (mode) => void explorer.choose(mode));
  replace(about, earlier(programme));
  replace(main, element("h1", { class: "hidden" }, text("page.explore")), ways.root, about, root);
  const areas = collections.find(({ id }) => id === "hazardous-areas");
  const box = firstBox(programme.extent, areas?.extent);
  const map = await baseMap(holder, box);
  if (signal.aborted) return map.remove();
  drawRegions(map, finest(regions), (one) => regionName(one.properties ?? {}));
  const names = references(collections).map((one) => one.id);
  const tiles = await RecordTiles.on(map, programme.code, names);
  if (signal.aborted) return map.remove();
  const explorer = new Explorer(page, tiles, panel, ways, regions, collections, about, tools);
  const [asked, record, way] = [query.get("area"), query.get("record"), query.get("way")];
  if (asked !== null) explorer.openRecord(`hazardous-areas/${asked}`);
  else if (record !== null) explorer.openRecord(record);
  else await explorer.choose(way !== null && way in MODES ? (way as Mode) : "search");
}

const STATES = ["confirmed", "suspected", "closed", "cancelled", "reduced", "cleared"];

function legend(): HTMLElement {
  const entry = (state: string) =>
    element("li", {}, element("span", { class: `swatch state-${state}` }), codeTitle(state));
  return element("ul", { class: "legend" }, STATES.map(entry));
}
