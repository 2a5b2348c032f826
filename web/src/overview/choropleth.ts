import type { FeatureCollection, Geometry } from "geojson";
import type { Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import { INK, STEPS } from "../chart/palette";
import { element } from "../dom";
import { areaShort, isolated, percent } from "../format";
import { boxOf } from "../geo/measure";
import { firstBox } from "../map/extent";
import type { Touched } from "../map/pins";
import type { RecordTiles } from "../map/tiles";
import type { Programme, Progress, Properties, Row } from "../wire";
import { number } from "./data";
import { mapPicture } from "./map_picture";
import { bounds, keySteps, stepOf } from "./steps";

export type Measure = "remaining_m2" | "released_m2" | "released_share";

export interface RegionMap {
  measure: (name: Measure) => void;
  /** Draws new figures, and the records behind them. */
  changed: (progress: Progress, changes: Touched[]) => void;
  /** What the map shows now, with its key. */
  picture: (title: string) => Promise<Blob>;
  remove: () => void;
}
/** What a colour stands for. */
interface Entry {
  step: number;
  words: string;
}
interface Choice {
  chosen: string | null;
  names: Map<string, string>;
  open: (region: string) => void;
  openArea: (id: string) => void;
}

/** From here on areas are drawn, and the colours of regions make way for them. */
const RECORDS_FROM_ZOOM = 7.4;

function valueOf(row: Row | undefined, measure: Measure): number {
  if (measure !== "released_share") return number(row, measure);
  const identified = number(row, "identified_m2");
  return identified === 0 ? 0 : (identified - number(row, "remaining_m2")) / identified;
}

function keyOf(limits: number[], measure: Measure): Entry[] {
  const name = (value: number) =>
    measure === "released_share" ? percent(value, 1) : areaShort(value);
  const entries = keySteps(limits).map(({ step, from, below }): Entry => {
    const words = from !== undefined ? `≥ ${name(from)}` : `< ${name(below ?? 0)}`;
    return { step, words: isolated(words) };
  });
  return [{ step: 0, words: "0" }, ...entries];
}

function legend(entries: Entry[]): HTMLElement {
  return element(
    "ul",
    { class: "legend" },
    entries.map(({ step, words }) =>
      element("li", {}, element("span", { class: `swatch step-${step}` }), words),
    ),
  );
}

/** Draws the regions, darker where there is more. */
export async function regionMap(
  container: HTMLElement,
  programme: Programme,
  regions: FeatureCollection<Geometry, Properties>,
  first: Progress,
  choice: Choice,
): Promise<RegionMap> {
  const { baseMap, source } = await import("../map/base");
  const chosen = regions.features.filter((one) => one.properties["local_id"] === choice.chosen);
  const looked = chosen.length > 0 ? chosen : regions.features;
  const box = boxOf(looked.map((one) => one.geometry)) ?? firstBox(programme.extent);
  const map = await baseMap(container, box);
  let progress = first;
  let byRegion = rowsByRegion(first);
  let measure: Measure = "remaining_m2";
  let shownKey: HTMLElement | undefined;
  let key: Entry[] = [];
  const paint = () => {
    const limits = bounds(progress.rows.map((row) => valueOf(row, measure)));
    const features = regions.features.map((one) => {
      const code = String(one.properties["local_id"]);
      const value = valueOf(byRegion.get(code), measure);
      const properties = { code, step: stepOf(value, limits), chosen: code === choice.chosen };
      return { ...one, properties };
    });
    source(map, "regions").setData({ type: "FeatureCollection", features });
    shownKey?.remove();
    key = keyOf(limits, measure);
    shownKey = legend(key);
    container.after(shownKey);
  };
  paint();
  addLayers(map);
  const records = closeBy(map, programme.code, () => progress.revision);
  const name = element("div", { class: "map-name", hidden: true });
  container.append(name);
  map.on("click", "regions", (event) => {
    const code = event.features?.[0]?.properties["code"];
    const area = records.areaAt(event);
    if (area !== null) choice.openArea(area);
    else if (typeof code === "string" && code !== choice.chosen) choice.open(code);
  });
  map.on(
    "mousemove",
    "regions",
    (event: MapMouseEvent & { features?: { properties: Properties }[] }) => {
      const code = String(event.features?.[0]?.properties["code"]);
      map.getCanvas().style.cursor = "pointer";
      name.hidden = false;
      name.textContent = `${choice.names.get(code) ?? code}: ${areaShort(valueOf(byRegion.get(code), "remaining_m2"))}`;
    },
  );
  map.on("mouseleave", "regions", () => {
    map.getCanvas().style.cursor = "";
    name.hidden = true;
  });
  return {
    measure: (name) => {
      measure = name;
      paint();
    },
    changed: (now, changes) => {
      progress = now;
      byRegion = rowsByRegion(now);
      paint();
      records.changed(changes);
    },
    picture: (title) => {
      const entries = key.map(({ step, words }) => ({ colour: STEPS[step] ?? INK, words }));
      return mapPicture(map.getCanvas(), title, entries);
    },
    remove: () => map.remove(),
  };
}

function rowsByRegion(progress: Progress): Map<string, Row> {
  return new Map(progress.rows.map((row) => [String(row["region"]), row]));
}

/** Areas are drawn over the regions once the map is so near that they can be told apart. */
function closeBy(map: MapLibre, programme: string, revision: () => number) {
  let tiles: Promise<RecordTiles> | undefined;
  let drawn: RecordTiles | undefined;
  const look = async () => {
    const isNear = map.getZoom() >= RECORDS_FROM_ZOOM;
    if (!isNear && tiles === undefined) return;
    tiles ??= import("../map/tiles").then(({ RecordTiles }) => RecordTiles.on(map, programme));
    drawn = await tiles;
    drawn.show("hazardous-areas", isNear);
    drawn.draw(revision(), { collection: "hazardous-areas" });
  };
  const looking = () => void look().catch(() => undefined);
  map.on("moveend", looking);
  looking();
  const areaAt = (event: MapMouseEvent): string | null => {
    const [found] = drawn === undefined ? [] : drawn.recordsAt(event.point);
    const id: unknown = found?.properties["local_id"];
    return typeof id === "string" ? id : null;
  };
  const changed = (changes: Touched[]) => {
    for (const change of changes) drawn?.touched(change);
    looking();
  };
  return { areaAt, changed };
}

function addLayers(map: MapLibre): void {
  map.addLayer({
    id: "regions",
    type: "fill",
    source: "regions",
    paint: {
      "fill-color": [
        "match",
        ["get", "step"],
        1,
        STEPS[1],
        2,
        STEPS[2],
        3,
        STEPS[3],
        4,
        STEPS[4],
        STEPS[0],
      ],
      "fill-opacity": [
        "interpolate",
        ["linear"],
        ["zoom"],
        RECORDS_FROM_ZOOM - 0.5,
        0.9,
        RECORDS_FROM_ZOOM + 0.5,
        0.35,
      ],
    },
  });
  map.addLayer({
    id: "region-borders",
    type: "line",
    source: "regions",
    paint: {
      "line-color": ["case", ["get", "chosen"], "#17435b", "#7d868b"],
      "line-width": ["case", ["get", "chosen"], 3, 0.8],
    },
  });
}
