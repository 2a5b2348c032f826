/** Hazardous areas along a route, in the order in which one comes to them. */
import type { LineString, Position } from "geojson";
import type { Map as MapLibre } from "maplibre-gl";
import { element, replace } from "../dom";
import { distance } from "../format";
import { type Approach, approach, lengthM } from "../geo/approach";
import { asBbox, boxOf, unrolled, WORLD, wrapped } from "../geo/measure";
import { readPositions, writePositions } from "../geo/positions";
import { codeName, text } from "../language";
import type { Sketch } from "../map/sketch";
import { read } from "../server";
import { told } from "../shell";
import type { Spot } from "../map/spot";
import type { Item, Items } from "../wire";

const LIMIT = 5000;
const WITHIN_M = 500;
const WITHIN_MAX_M = 20_000;
/** Degrees that surely hold a distance, up to 80° of latitude. */
const METRES_PER_DEGREE = 111_000;

export interface RouteCheck {
  root: HTMLElement;
  stop: () => void;
}
interface Met extends Approach {
  item: Item;
}

async function hazardsAlong(
  programme: string,
  route: Position[],
  withinM: number,
): Promise<{ met: Met[]; complete: boolean }> {
  const [west, south, east, north] = boxOf([{ type: "LineString", coordinates: route }]) ?? WORLD;
  const up = (withinM / METRES_PER_DEGREE) * 1.02;
  const aside =
    up / Math.max(0.17, Math.cos((Math.max(Math.abs(south), Math.abs(north)) * Math.PI) / 180));
  const bbox = asBbox([west - aside, south - up, east + aside, north + up]).join(",");
  const hazards = await read<Items>(`/programmes/${programme}/hazards/in`, { bbox, limit: LIMIT });
  const met = hazards.features
    .flatMap((item): Met[] => {
      const found = approach(route, item.geometry);
      return found === null || found.distanceM > withinM ? [] : [{ ...found, item }];
    })
    .sort((one, other) => one.alongM - other.alongM);
  return { met, complete: hazards.numberReturned === hazards.numberMatched };
}

/** A route to be checked: drawn or typed. */
class Route {
  readonly root: HTMLElement;
  readonly #typed = element("textarea", {
    id: "route",
    rows: 5,
    spellcheck: "false",
    placeholder: "102.61, 12.85",
  });
  readonly #within = element("input", {
    id: "route-within",
    type: "number",
    min: 0,
    max: WITHIN_MAX_M,
    step: 50,
    value: WITHIN_M,
    required: true,
  });
  readonly #found = element("div", { role: "status" });
  #sketch: Sketch | undefined;

  constructor(
    readonly map: MapLibre,
    readonly programme: string,
    readonly show: (spots: Spot[], move?: boolean) => void,
    readonly open: (item: Item) => void,
  ) {
    const submit = (event: Event) => {
      event.preventDefault();
      this.#tell();
    };
    const draw = { type: "button", class: "quiet", onclick: () => void this.#draw() };
    this.root = element(
      "section",
      { class: "stack" },
      element("h1", { tabindex: -1 }, text("route.title")),
      element("p", {}, text("route.explained")),
      element("button", draw, text("route.draw")),
      element(
        "form",
        { class: "stack", onsubmit: submit },
        element("label", {}, text("route.typed"), this.#typed),
        element("label", {}, text("nearby.within"), this.#within),
        element("button", { type: "submit" }, text("route.check")),
      ),
      this.#found,
    );
  }

  leave(): void {
    this.#sketch?.remove();
  }

  #tell(): void {
    const refuse = (words: string) => replace(this.#found, element("p", { class: "error" }, words));
    const given = readPositions(this.#typed.value);
    if ("line" in given) return refuse(text("position.unreadable", { line: given.line }));
    if (given.positions.length < 2) return refuse(text("route.too_short"));
    this.#check(given.positions).catch((failure: unknown) => refuse(told(failure)));
  }

  async #check(route: Position[]): Promise<void> {
    const within = Number(this.#within.value);
    const { met, complete } = await hazardsAlong(this.programme, route, within);
    const spots = met.map((one): Spot => ({ geometry: one.item.geometry, kind: "fault" }));
    const drawn = { type: "LineString" as const, coordinates: unrolled(route) };
    const line: Spot = { geometry: drawn, kind: "route" };
    this.show([...spots, line], true);
    replace(this.#found, result(met, complete, route, this.open));
  }

  async #draw(): Promise<void> {
    const { Sketch } = await import("../map/sketch");
    this.#sketch ??= new Sketch(this.map, (geometry) => {
      const { coordinates } = geometry as LineString;
      this.#typed.value = writePositions(
        coordinates.map(([lon = 0, lat = 0]) => [wrapped(lon), lat]),
      );
      this.#tell();
    });
    this.#sketch.begin("linestring");
    replace(this.#found, element("p", {}, text("route.drawing")));
  }
}

export function routeCheck(
  map: MapLibre,
  programme: string,
  show: (spots: Spot[], move?: boolean) => void,
  open: (item: Item) => void,
): RouteCheck {
  const route = new Route(map, programme, show, open);
  return { root: route.root, stop: () => route.leave() };
}

function result(
  met: Met[],
  complete: boolean,
  route: Position[],
  open: (item: Item) => void,
): HTMLElement {
  const entered = met.filter((one) => one.distanceM === 0).length;
  return element(
    "div",
    {},
    element("p", {}, text("route.length", { length: distance(lengthM(route)) })),
    element(
      "p",
      { class: met.length > 0 ? "error" : null },
      met.length === 0
        ? text("route.nothing")
        : text("route.found", { count: met.length, entered }),
    ),
    !complete && element("p", { class: "error" }, text("route.part")),
    element(
      "ol",
      { class: "found" },
      met.map((one) =>
        element(
          "li",
          {},
          element(
            "button",
            { type: "button", class: "entry", onclick: () => open(one.item) },
            element("strong", {}, text("route.after", { length: distance(one.alongM) })),
            ` ${String(one.item.properties["local_id"] ?? one.item.id)}: `,
            one.distanceM === 0
              ? text("route.enters")
              : text("route.at", { distance: distance(one.distanceM) }),
            element(
              "small",
              {},
              `${codeName(one.item.properties["classification"])} · ${codeName(one.item.lifecycle?.stage)}`,
            ),
          ),
        ),
      ),
    ),
    element("p", { class: "faint" }, text("caveat")),
  );
}
