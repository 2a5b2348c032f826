/** Hazardous areas near a position, nearest first. */
import { element, replace } from "../dom";
import { distance, position } from "../format";
import { codeName, text } from "../language";
import { read } from "../server";
import type { Spot } from "../map/spot";
import type { Item, Items } from "../wire";

type Near = Item & { distance_m: number; classification: string };

export interface Nearby {
  root: HTMLElement;
  /** Looks around a position: longitude and latitude in degrees. */
  look: (lon: number, lat: number) => void;
}

export function nearby(programme: string, show: (spots: Spot[], move?: boolean) => void, open: (item: Item) => void): Nearby {
  const lon = element("input", { id: "lon", type: "number", step: "any", min: -180, max: 180, required: true });
  const lat = element("input", { id: "lat", type: "number", step: "any", min: -90, max: 90, required: true });
  const within = element("input", { id: "within", type: "number", step: 100, min: 0, max: 100_000, value: 2000, required: true });
  const found = element("div", { role: "status" });
  const ask = async () => {
    const query = { lon: lon.value, lat: lat.value, distance_m: within.value, limit: 200 };
    const near = await read<Items>(`/programmes/${programme}/hazards/nearby`, query);
    const at = { type: "Point" as const, coordinates: [Number(lon.value), Number(lat.value)] };
    show([...near.features.map((one): Spot => ({ geometry: one.geometry, kind: "fault" })), { geometry: at, kind: "now" }], true);
    replace(
      found,
      element("p", {}, near.features.length === 0 ? text("nearby.nothing") : text("nearby.found", { count: near.numberMatched, place: position(Number(lon.value), Number(lat.value)) })),
      element("ul", { class: "found" }, (near.features as Near[]).map((one) => element("li", {}, nearEntry(one, open)))),
      element("p", { class: "faint" }, text("caveat")),
    );
  };
  const submit = (event: Event) => {
    event.preventDefault();
    void ask().catch(() => replace(found, element("p", { class: "error" }, text("failure.page"))));
  };
  const root = element(
    "section",
    { class: "stack" },
    element("h1", { tabindex: -1 }, text("nearby.title")),
    element("p", {}, text("nearby.explained")),
    element(
      "form",
      { class: "stack", onsubmit: submit },
      element("div", { class: "row" }, element("label", {}, text("position.longitude"), lon), element("label", {}, text("position.latitude"), lat), element("label", {}, text("nearby.within"), within)),
      element("button", { type: "submit" }, text("nearby.ask")),
    ),
    found,
  );
  const look = (lonDeg: number, latDeg: number) => {
    lon.value = lonDeg.toFixed(6);
    lat.value = latDeg.toFixed(6);
    void ask().catch(() => replace(found, element("p", { class: "error" }, text("failure.page"))));
  };
  return { root, look };
}

function nearEntry(one: Near, open: (item: Item) => void): HTMLElement {
  const where = one.distance_m === 0 ? text("nearby.inside") : distance(one.distance_m);
  return element(
    "button",
    { type: "button", class: "entry", onclick: () => open(one) },
    element("strong", {}, where),
    ` ${String(one.properties["local_id"] ?? one.id)}`,
    element("small", {}, `${codeName(one.classification)} · ${codeName(one.lifecycle?.stage)}`),
  );
}
