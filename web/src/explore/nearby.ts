/** Hazardous areas near a position, nearest first. */
import type { Position } from "geojson";
import { element, replace } from "../dom";
import { distance, position } from "../format";
import { destination, unrolled } from "../geo/measure";
import { codeName, text } from "../language";
import { read } from "../server";
import { told } from "../shell";
import type { Spot } from "../map/spot";
import type { Item, Items } from "../wire";

type Near = Item & { distance_m: number; classification: string };

const LISTED = 200;
const WITHIN_M = 2000;
const WITHIN_MAX_M = 100_000;

/** Of the polygon that is drawn for a circle. */
const CORNERS = 72;

export interface Nearby {
  root: HTMLElement;
  /** Looks around a position: longitude and latitude in degrees. */
  look: (lon: number, lat: number) => void;
}

function numberField(id: string, min: number, max: number, value?: number): HTMLInputElement {
  return element("input", { id, type: "number", step: "any", min, max, value, required: true });
}

/** The land that is looked at, as far as one looks. */
function around(middle: Position, radiusM: number): Spot {
  const ring = Array.from({ length: CORNERS + 1 }, (_, number) =>
    destination(middle, (360 * (number % CORNERS)) / CORNERS, radiusM),
  );
  return { geometry: { type: "LineString", coordinates: unrolled(ring) }, kind: "route" };
}

function answer(near: Items, place: string, open: (item: Item) => void): HTMLElement[] {
  const count = near.numberMatched;
  const words = count === 0 ? text("nearby.nothing") : text("nearby.found", { count, place });
  const entries = (near.features as Near[]).map((one) => element("li", {}, nearEntry(one, open)));
  return [
    element("p", {}, words),
    element("ul", { class: "found" }, entries),
    element("p", { class: "faint" }, text("caveat")),
  ];
}

export function nearby(
  programme: string,
  show: (spots: Spot[], move?: boolean) => void,
  open: (item: Item) => void,
): Nearby {
  const lon = numberField("lon", -180, 180);
  const lat = numberField("lat", -90, 90);
  const within = numberField("within", 0, WITHIN_MAX_M, WITHIN_M);
  const found = element("div", { role: "status" });
  const ask = async () => {
    const query = { lon: lon.value, lat: lat.value, distance_m: within.value, limit: LISTED };
    const near = await read<Items>(`/programmes/${programme}/hazards/nearby`, query);
    const coordinates = [Number(lon.value), Number(lat.value)];
    const spots = near.features.map((one): Spot => ({ geometry: one.geometry, kind: "fault" }));
    const looked = around(coordinates, Number(within.value));
    show([looked, ...spots, { geometry: { type: "Point", coordinates }, kind: "now" }], true);
    replace(found, answer(near, position(Number(lon.value), Number(lat.value)), open));
  };
  const look = () =>
    void ask().catch((failure: unknown) =>
      replace(found, element("p", { class: "error" }, told(failure))),
    );
  const submit = (event: Event) => {
    event.preventDefault();
    look();
  };
  const root = element(
    "section",
    { class: "stack" },
    element("h1", { tabindex: -1 }, text("nearby.title")),
    element("p", {}, text("nearby.explained")),
    element(
      "form",
      { class: "stack", onsubmit: submit },
      element(
        "div",
        { class: "row" },
        element("label", {}, text("position.longitude"), lon),
        element("label", {}, text("position.latitude"), lat),
        element("label", {}, text("nearby.within"), within),
      ),
      element("button", { type: "submit" }, text("nearby.ask")),
    ),
    found,
  );
  const lookAt = (lonDeg: number, latDeg: number) => {
    lon.value = lonDeg.toFixed(6);
    lat.value = latDeg.toFixed(6);
    look();
  };
  return { root, look: lookAt };
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
