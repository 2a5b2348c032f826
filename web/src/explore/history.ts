/** The history of the land of a region, day by day, as the ledger has it. */
import type { Feature, Geometry } from "geojson";
import type { ExpressionSpecification, Map as MapLibre } from "maplibre-gl";
import { CONFIRMED_COLOUR, FAINT_INK, OUTCOME_COLOURS, SUSPECTED_COLOUR } from "../chart/palette";
import { element, replace } from "../dom";
import { areaM2, day } from "../format";
import { boxOf } from "../geo/measure";
import { codeName, text } from "../language";
import { source } from "../map/base";
import { regionName } from "../overview/data";
import { read } from "../server";
import type { Change, Items, Parcels } from "../wire";
import { dayNumber, dayText, type Span, spans } from "./timeline";

const PARCELS_MAX = 5000;
/** From one picture to the next while playing. */
const STEP_MS = 120;
const STEPS = 120;
const STATES = ["suspected", "confirmed", "cancelled", "reduced", "cleared"] as const;
const COLOURS: Record<string, string> = { suspected: SUSPECTED_COLOUR, confirmed: CONFIRMED_COLOUR, ...OUTCOME_COLOURS };

type Piece = Span & { area_m2: number };
type Pieces = Feature<Geometry, Piece>[];

export interface History {
  root: HTMLElement;
  stop: () => void;
}

async function readPieces(programme: string, region: string, signal: AbortSignal): Promise<{ pieces: Pieces; complete: boolean }> {
  const query = { figure: "identified", region, limit: PARCELS_MAX };
  const parcels = await read<Parcels>(`/programmes/${programme}/parcels`, query, signal);
  const pieces = parcels.features.flatMap((parcel): Pieces => {
    const area_m2 = Number(parcel.properties["area_m2"]);
    return spans(parcel.properties["timeline"] as Change[]).map((span) => ({ type: "Feature", geometry: parcel.geometry, properties: { ...span, area_m2 } }));
  });
  return { pieces, complete: parcels.features.length === parcels.numberMatched };
}

function draw(map: MapLibre, pieces: Pieces): void {
  source(map, "history").setData({ type: "FeatureCollection", features: pieces });
  if (map.getLayer("history") !== undefined) return;
  const colour: ExpressionSpecification = ["match", ["get", "state"], ...(Object.entries(COLOURS).flat() as [string, string]), FAINT_INK];
  map.addLayer({ id: "history", type: "fill", source: "history", paint: { "fill-color": colour, "fill-opacity": 0.65 } });
  // Parcels are smaller than a dot on the map of a province; their edges keep them in sight.
  map.addLayer({ id: "history-edges", type: "line", source: "history", paint: { "line-color": colour, "line-width": ["interpolate", ["linear"], ["zoom"], 8, 5, 13, 1.5] } });
}

function showDay(map: MapLibre, number: number): void {
  for (const layer of ["history", "history-edges"]) {
    map.setFilter(layer, ["all", ["<=", ["get", "from"], number], [">", ["get", "to"], number]]);
  }
}

function clear(map: MapLibre): void {
  for (const layer of ["history", "history-edges"]) if (map.getLayer(layer) !== undefined) map.removeLayer(layer);
  source(map, "history").setData({ type: "FeatureCollection", features: [] });
}

export function history(map: MapLibre, programme: string, regions: Items, signal: AbortSignal): History {
  let playing: ReturnType<typeof setInterval> | undefined;
  let pieces: Pieces = [];
  const slider = element("input", { type: "range", id: "day", min: 0, max: 1, value: 1, disabled: true });
  const shownDay = element("output", { for: "day", class: "day" });
  const sums = element("ul", { class: "legend", "aria-live": "off" });
  const notice = element("p", { role: "status" });
  const play = element("button", { type: "button", disabled: true }, text("history.play"));
  const stop = () => {
    clearInterval(playing);
    playing = undefined;
    replace(play, text("history.play"));
  };
  const show = () => {
    const number = Number(slider.value);
    showDay(map, number);
    replace(shownDay, day(dayText(number)));
    slider.setAttribute("aria-valuetext", day(dayText(number)));
    const there = pieces.filter((one) => one.properties.from <= number && one.properties.to > number);
    const sum = (state: string) => there.filter((one) => one.properties.state === state).reduce((all, one) => all + one.properties.area_m2, 0);
    replace(sums, STATES.map((state) => element("li", {}, element("span", { class: `swatch state-${state}` }), `${codeName(state)} ${areaM2(sum(state))}`)));
  };
  const start = () => {
    if (playing !== undefined) return stop();
    const [first, last] = [Number(slider.min), Number(slider.max)];
    if (Number(slider.value) >= last) slider.value = String(first);
    replace(play, text("history.pause"));
    playing = setInterval(() => {
      slider.value = String(Math.min(last, Number(slider.value) + Math.max(1, Math.round((last - first) / STEPS))));
      show();
      if (Number(slider.value) >= last) stop();
    }, STEP_MS);
  };
  const load = async () => {
    stop();
    if (choice.value === "") return;
    replace(notice, text("loading"));
    const found = await readPieces(programme, choice.value, signal);
    pieces = found.pieces;
    const days = pieces.flatMap((one) => [one.properties.from, one.properties.to]).filter((number) => number < dayNumber("2200-01-01"));
    if (days.length === 0) return replace(notice, text("history.nothing"));
    slider.min = String(Math.min(...days));
    slider.max = String(Math.max(dayNumber(new Date().toISOString()), ...days));
    slider.value = slider.max;
    slider.disabled = play.disabled = false;
    replace(notice, found.complete ? "" : text("history.part"));
    draw(map, pieces);
    show();
    const box = boxOf(pieces.map((one) => one.geometry));
    if (box !== null) map.fitBounds(box, { padding: 40, duration: 0 });
  };
  const choice = element(
    "select",
    { id: "history-region", onchange: () => void load().catch(() => replace(notice, text("failure.page"))) },
    element("option", { value: "" }, "…"),
    regions.features
      .map((one) => [String(one.properties["local_id"]), regionName(one.properties)] as const)
      .sort(([, one], [, other]) => one.localeCompare(other))
      .map(([code, name]) => element("option", { value: code }, name)),
  );
  slider.addEventListener("input", show);
  play.addEventListener("click", start);
  const root = element(
    "section",
    { class: "stack" },
    element("h1", { tabindex: -1 }, text("history.title")),
    element("p", {}, text("history.explained")),
    element("label", { for: "history-region" }, text("region")),
    choice,
    notice,
    element("div", { class: "row nowrap" }, play, element("label", { class: "grow" }, element("span", { class: "hidden" }, text("history.day")), slider)),
    shownDay,
    sums,
  );
  return { root, stop: () => { stop(); clear(map); } };
}
