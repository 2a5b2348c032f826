/** The history of the land of a region, day by day, as the ledger has it. */
import type { Feature, Geometry } from "geojson";
import type { ExpressionSpecification, FilterSpecification, Map as MapLibre } from "maplibre-gl";
import { CONFIRMED_COLOUR, FAINT_INK, OUTCOME_COLOURS, SUSPECTED_COLOUR } from "../chart/palette";
import { element, replace } from "../dom";
import { areaM2, day } from "../format";
import { boxOf } from "../geo/measure";
import { codeTitle, text } from "../language";
import { source } from "../map/base";
import { look } from "../map/fit";
import { regionName } from "../overview/data";
import { read } from "../server";
import { told } from "../shell";
import type { Change, Items, Parcels } from "../wire";
import { dayNumber, dayText, FOREVER, type Span, spans } from "./timeline";

const PARCELS_MAX = 5000;
/** The choice of all land, in whatever region or in none; no code of a region. */
const EVERYWHERE = "*";
/** From one picture to the next while playing. */
const STEP_MS = 120;
const STEPS = 120;
const STATES = ["suspected", "confirmed", "cancelled", "reduced", "cleared"] as const;
const COLOURS: Record<string, string> = {
  suspected: SUSPECTED_COLOUR,
  confirmed: CONFIRMED_COLOUR,
  ...OUTCOME_COLOURS,
};

type Piece = Span & { area_m2: number };
type Pieces = Feature<Geometry, Piece>[];

const LAYERS = ["history", "history-edges"];

async function readPieces(
  programme: string,
  region: string,
  signal: AbortSignal,
): Promise<{ pieces: Pieces; complete: boolean }> {
  const query = {
    figure: "identified",
    region: region === EVERYWHERE ? null : region,
    limit: PARCELS_MAX,
  };
  const parcels = await read<Parcels>(`/programmes/${programme}/parcels`, query, signal);
  const pieces = parcels.features.flatMap((parcel): Pieces => {
    const area_m2 = Number(parcel.properties["area_m2"]);
    return spans(parcel.properties["timeline"] as Change[]).map((span) => ({
      type: "Feature",
      geometry: parcel.geometry,
      properties: { ...span, area_m2 },
    }));
  });
  return { pieces, complete: parcels.features.length === parcels.numberMatched };
}

function draw(map: MapLibre, pieces: Pieces): void {
  source(map, "history").setData({ type: "FeatureCollection", features: pieces });
  if (map.getLayer("history") !== undefined) return;
  const colour: ExpressionSpecification = [
    "match",
    ["get", "state"],
    ...(Object.entries(COLOURS).flat() as [string, string]),
    FAINT_INK,
  ];
  map.addLayer({
    id: "history",
    type: "fill",
    source: "history",
    paint: { "fill-pattern": ["get", "state"] },
  });
  // Parcels are smaller than a dot on the map of a province; their edges keep them in sight.
  map.addLayer({
    id: "history-edges",
    type: "line",
    source: "history",
    paint: {
      "line-color": colour,
      "line-width": ["interpolate", ["linear"], ["zoom"], 8, 5, 13, 1.5],
    },
  });
}

/** A slider over the days of a region, with what the land was on each. */
export class History {
  readonly root: HTMLElement;
  readonly #choice: HTMLSelectElement;
  readonly #slider = element("input", {
    type: "range",
    id: "day",
    min: 0,
    max: 1,
    value: 1,
    disabled: true,
  });
  readonly #day = element("output", { for: "day", class: "day" });
  readonly #sums = element("ul", { class: "legend", "aria-live": "off" });
  readonly #notice = element("p", { role: "status" });
  readonly #play = element("button", { type: "button", disabled: true }, text("history.play"));
  #playing: ReturnType<typeof setInterval> | undefined;
  #pieces: Pieces = [];

  constructor(
    readonly map: MapLibre,
    readonly programme: string,
    regions: Items,
    readonly signal: AbortSignal,
  ) {
    const chosen = () =>
      void this.#load().catch((failure: unknown) => replace(this.#notice, told(failure)));
    this.#choice = element(
      "select",
      { id: "history-region", onchange: chosen },
      element("option", { value: "" }, "…"),
      element("option", { value: EVERYWHERE }, text("overview.all_regions")),
      regions.features
        .map((one) => [String(one.properties["local_id"]), regionName(one.properties)] as const)
        .sort(([, one], [, other]) => one.localeCompare(other))
        .map(([code, name]) => element("option", { value: code }, name)),
    );
    this.#slider.addEventListener("input", () => this.#show());
    this.#play.addEventListener("click", () => this.#start());
    this.root = this.#layOut();
  }

  #layOut(): HTMLElement {
    const label = element("span", { class: "hidden" }, text("history.day"));
    return element(
      "section",
      { class: "stack" },
      element("h1", { tabindex: -1 }, text("history.title")),
      element("p", {}, text("history.explained")),
      element("label", { for: "history-region" }, text("region")),
      this.#choice,
      this.#notice,
      element(
        "div",
        { class: "row nowrap" },
        this.#play,
        element("label", { class: "grow" }, label, this.#slider),
      ),
      this.#day,
      this.#sums,
    );
  }

  /** Stops, and takes what was drawn off the map. */
  leave(): void {
    this.#stop();
    for (const layer of LAYERS) {
      if (this.map.getLayer(layer) !== undefined) this.map.removeLayer(layer);
    }
    source(this.map, "history").setData({ type: "FeatureCollection", features: [] });
  }

  #stop(): void {
    clearInterval(this.#playing);
    this.#playing = undefined;
    replace(this.#play, text("history.play"));
  }

  #show(): void {
    const number = Number(this.#slider.value);
    for (const layer of LAYERS) {
      const isThen: FilterSpecification = [
        "all",
        ["<=", ["get", "from"], number],
        [">", ["get", "to"], number],
      ];
      this.map.setFilter(layer, isThen);
    }
    const words = day(dayText(number));
    replace(this.#day, words);
    this.#slider.setAttribute("aria-valuetext", words);
    const there = this.#pieces
      .map((one) => one.properties)
      .filter((one) => one.from <= number && one.to > number);
    const sum = (state: string) =>
      there.filter((one) => one.state === state).reduce((all, one) => all + one.area_m2, 0);
    const entry = (state: string) => {
      const swatch = element("span", { class: `swatch state-${state}` });
      return element("li", {}, swatch, `${codeTitle(state)} ${areaM2(sum(state))}`);
    };
    replace(this.#sums, STATES.map(entry));
  }

  #start(): void {
    if (this.#playing !== undefined) return this.#stop();
    const slider = this.#slider;
    const [first, last] = [Number(slider.min), Number(slider.max)];
    const step = Math.max(1, Math.round((last - first) / STEPS));
    if (Number(slider.value) >= last) slider.value = String(first);
    replace(this.#play, text("history.pause"));
    this.#playing = setInterval(() => {
      slider.value = String(Math.min(last, Number(slider.value) + step));
      this.#show();
      if (Number(slider.value) >= last) this.#stop();
    }, STEP_MS);
  }

  async #load(): Promise<void> {
    this.#stop();
    if (this.#choice.value === "") return;
    replace(this.#notice, text("loading"));
    const found = await readPieces(this.programme, this.#choice.value, this.signal);
    this.#pieces = found.pieces;
    const days = found.pieces
      .flatMap((one) => [one.properties.from, one.properties.to])
      .filter((number) => number < FOREVER);
    if (days.length === 0) return replace(this.#notice, text("history.nothing"));
    this.#slider.min = String(Math.min(...days));
    this.#slider.max = String(Math.max(dayNumber(new Date().toISOString()), ...days));
    this.#slider.value = this.#slider.max;
    this.#slider.disabled = this.#play.disabled = false;
    replace(this.#notice, found.complete ? "" : text("history.part"));
    draw(this.map, found.pieces);
    this.#show();
    const box = boxOf(found.pieces.map((one) => one.geometry));
    if (box !== null) look(this.map, box, { padding: 40, duration: 0 });
  }
}
