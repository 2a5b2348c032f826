/** Looking for areas, and looking at them: in their place, in time, near somewhere, along a route. */
import "../style/explore.css";
import { element, replace } from "../dom";
import { type Key, text } from "../language";
import { keepButton } from "../offline";
import { finest, readRegions } from "../overview/data";
import { note } from "../route";
import { read } from "../server";
import { type Page, told } from "../shell";
import type { Spot } from "../map/spot";
import type { Item, Items, Schema } from "../wire";
import { area } from "./area";
import { search } from "./search";

type Mode = "search" | "history" | "nearby" | "route";
const MODES: Record<Mode, Key> = {
  search: "explore.search",
  history: "explore.history",
  nearby: "explore.nearby",
  route: "explore.route",
};

export async function show(page: Page): Promise<void> {
  const { programme, main, query, signal } = page;
  const path = `/programmes/${programme.code}/collections/hazardous-areas`;
  const [queryables, regions] = await Promise.all([
    read<Schema>(`${path}/queryables`, {}, signal).catch((): Schema => ({ properties: {} })),
    readRegions(programme.code, signal),
  ]);
  const panel = element("div", { class: "panel card" });
  const holder = element("div", { class: "map", role: "region", "aria-label": text("explore.map") });
  const tabs = element("div", { class: "row tabs", role: "group", "aria-label": text("explore.ways") });
  const keeping = element("span");
  replace(
    main,
    element("h1", { class: "hidden" }, text("page.explore")),
    element("div", { class: "row spread" }, tabs, keeping),
    element("div", { class: "explore" }, panel, element("div", { class: "map-side" }, holder, legend())),
  );
  const [{ baseMap, drawRegions }, { spot }, { RecordLayers, viewBox }] = await Promise.all([import("../map/base"), import("../map/spot"), import("../map/records")]);
  const map = await baseMap(holder, programme.extent.spatial.bbox[0] ?? [-180, -80, 180, 80]);
  if (signal.aborted) return map.remove();
  drawRegions(map, finest(regions));
  const showSpots = (spots: Spot[], move = false) => spot(map, spots, { move });
  const layers = new RecordLayers(map, programme.code, (shown) => finder.list(shown), (failure) => page.say(told(failure)));
  let leave: () => void = () => undefined;
  // Where the map answers clicks in another way, they open no record.
  let opensOnClick = true;
  signal.addEventListener("abort", () => {
    leave();
    map.remove();
  });
  replace(keeping, keepButton(page, () => viewBox(map)));

  const finder = search(
    queryables.properties,
    (condition) => {
      layers.condition = condition;
      void fit(path, condition).then(() => layers.refresh(), (failure: unknown) => page.say(told(failure)));
    },
    (item) => open(item),
  );
  const fit = async (listing: string, condition: { q?: string | undefined; filter?: string | undefined }) => {
    if (condition.q === undefined && condition.filter === undefined) return;
    const found = await read<Items>(`${listing}/items`, { ...condition, limit: 500 });
    const { boxOf } = await import("../geo/measure");
    const box = boxOf(found.features.map((one) => one.geometry));
    if (box !== null) map.fitBounds(box, { padding: 40, maxZoom: 14, duration: 0 });
  };
  const enter = (mode: Mode, content: HTMLElement, stop: () => void = () => undefined) => {
    leave();
    leave = stop;
    opensOnClick = mode === "search";
    layers.setVisible(mode !== "history");
    layers.withReleases = false;
    showSpots([]);
    replace(panel, content);
    panel.querySelector("h1")?.focus({ preventScroll: true });
    for (const tab of tabs.querySelectorAll("button")) tab.setAttribute("aria-pressed", String(tab.dataset["mode"] === mode));
    note({ area: null, record: null, way: mode === "search" ? null : mode });
    void layers.refresh();
  };
  const choose = async (mode: Mode, at?: [number, number]) => {
    if (mode === "search") return enter(mode, finder.root);
    if (mode === "history") {
      const { history } = await import("./history");
      const made = history(map, programme.code, regions, signal);
      return enter(mode, made.root, made.stop);
    }
    if (mode === "route") {
      const { routeCheck } = await import("./route_check");
      const made = routeCheck(map, programme.code, showSpots, open);
      return enter(mode, made.root, made.stop);
    }
    const { nearby } = await import("./nearby");
    const made = nearby(programme.code, showSpots, open);
    const look = (event: { lngLat: { lng: number; lat: number } }) => made.look(event.lngLat.lng, event.lngLat.lat);
    map.on("click", look);
    enter(mode, made.root, () => map.off("click", look));
    if (at !== undefined) made.look(...at);
  };
  const openRecord = (name: string) => {
    leave();
    leave = () => undefined;
    opensOnClick = true;
    layers.setVisible(true);
    layers.withReleases = true;
    const slash = name.indexOf("/");
    const isArea = name.startsWith("hazardous-areas/");
    note({ way: null, area: isArea ? name.slice(slash + 1) : null, record: isArea ? null : name });
    const around = { programme: programme.code, signal, show: showSpots, back: () => void choose("search"), nearby: nearbyItem };
    area(panel, name, around).catch((failure: unknown) => {
      if (!signal.aborted) replace(panel, element("p", { class: "error", role: "alert" }, told(failure)));
    });
  };
  const nearbyItem = (item: Item) => {
    const middle = map.getCenter();
    const geometry = item.geometry;
    const at = geometry?.type === "Polygon" ? geometry.coordinates[0]?.[0] : undefined;
    void choose("nearby", [at?.[0] ?? middle.lng, at?.[1] ?? middle.lat]);
  };
  const open = (item: Item) => openRecord(`hazardous-areas/${String(item.properties["local_id"] ?? item.id)}`);
  replace(
    tabs,
    (Object.keys(MODES) as Mode[]).map((mode) =>
      element("button", { type: "button", class: "quiet", "data-mode": mode, "aria-pressed": "false", onclick: () => void choose(mode) }, text(MODES[mode])),
    ),
  );
  for (const layer of ["areas", "area-points"]) {
    map.on("click", layer, (event) => {
      const id: unknown = event.features?.[0]?.properties["id"];
      if (typeof id === "string" && opensOnClick) openRecord(`hazardous-areas/${id}`);
    });
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }
  const asked = query.get("area");
  const record = query.get("record");
  const way = query.get("way");
  if (asked !== null) openRecord(`hazardous-areas/${asked}`);
  else if (record !== null) openRecord(record);
  else await choose(way !== null && way in MODES ? (way as Mode) : "search");
}

function legend(): HTMLElement {
  const entry = (state: string, name: Key) => element("li", {}, element("span", { class: `swatch state-${state}` }), text(name));
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
