/** From a figure to the land behind it, and from the land to the records. */
import { OUTCOME_COLOURS, REMAINING_COLOUR } from "../chart/palette";
import { type Child, element, replace } from "../dom";
import { areaM2, day, whole } from "../format";
import { boxOf, WORLD } from "../geo/measure";
import { codeName, type Key, text } from "../language";
import { link } from "../route";
import { read } from "../server";
import type { Page } from "../shell";
import type { Cause, Change, Parcels } from "../wire";
import { readRegions, regionName } from "./data";

/** As many as a reader looks through; the sum above them counts all. */
const SHOWN = 200;

const FIGURE_NAMES: Record<string, Key> = {
  remaining: "figure.remaining",
  identified: "figure.identified",
  cancelled: "code.cancelled",
  reduced: "code.reduced",
  cleared: "code.cleared",
};

function recordLink(programme: string, cause: Cause): Child {
  const page =
    cause.collection === "hazardous-areas"
      ? { area: cause.local_id }
      : { record: `${cause.collection}/${cause.local_id}` };
  return element(
    "a",
    { href: link(programme, "explore", page) },
    `${cause.local_id} (${text("version", { version: cause.version })})`,
  );
}

function change(programme: string, one: Change): Child {
  const what = one.change === "released" ? codeName(one.outcome) : codeName(one.change);
  return element("li", {}, `${day(one.on)}: ${what} – `, recordLink(programme, one.cause));
}

function parcelList(programme: string, parcels: Parcels): HTMLElement {
  const entry = (one: Parcels["features"][number]) => {
    const timeline = one.properties["timeline"] as Change[];
    return element(
      "li",
      {},
      element("strong", {}, areaM2(Number(one.properties["counted_m2"]))),
      ` ${String(one.properties["region_name"] ?? "")}`,
      element(
        "ul",
        {},
        timeline.map((step) => change(programme, step)),
      ),
    );
  };
  const attributes = { class: "card parcels", tabindex: 0, "aria-label": text("page.parcels") };
  return element("ol", attributes, parcels.features.map(entry));
}

/** The map of parcels; what it answers draws others in their place. */
async function parcelMap(
  page: Page,
  holder: HTMLElement,
  first: Parcels,
  figure: string,
): Promise<(parcels: Parcels) => void> {
  const { programme, signal } = page;
  const { baseMap, source } = await import("../map/base");
  const box = boxOf(first.features.map((one) => one.geometry));
  const map = await baseMap(holder, box ?? programme.extent.spatial.bbox[0] ?? WORLD);
  const draw = (parcels: Parcels) => {
    const features = parcels.features.map((one) => ({ ...one, properties: {} }));
    source(map, "parcels").setData({ type: "FeatureCollection", features });
  };
  signal.addEventListener("abort", () => map.remove());
  draw(first);
  const colour = (OUTCOME_COLOURS as Record<string, string>)[figure] ?? REMAINING_COLOUR;
  map.addLayer({
    id: "parcels",
    type: "fill",
    source: "parcels",
    paint: { "fill-color": colour, "fill-opacity": 0.6 },
  });
  map.addLayer({
    id: "parcel-edges",
    type: "line",
    source: "parcels",
    paint: { "line-color": colour, "line-width": 2 },
  });
  return draw;
}

export async function show(page: Page): Promise<void> {
  const { programme, main, query, signal } = page;
  const figure = query.get("figure") ?? "remaining";
  const region = query.get("region");
  const asked = { figure, region, limit: SHOWN, year: query.get("year") };
  const ask = () => read<Parcels>(`/programmes/${programme.code}/parcels`, asked, signal);
  const [parcels, regions] = await Promise.all([ask(), readRegions(programme.code, signal)]);
  programme.revision = Math.max(programme.revision, parcels.revision);
  const found = regions.features.find((one) => one.properties["local_id"] === region);
  const named = found === undefined ? text("overview.no_region") : regionName(found.properties);
  const where = region === null ? programme.title : named;
  const holder = element("div", {
    class: "map",
    role: "region",
    "aria-label": text("parcels.map"),
  });
  const [heading, explained, list] = [element("h1"), element("p"), element("div")];
  const fill = (now: Parcels) => {
    const name = text(FIGURE_NAMES[figure] ?? "figure.remaining");
    const shown = { count: whole(now.features.length), of: whole(now.numberMatched) };
    replace(heading, `${name}: ${areaM2(now.figure_m2)}`);
    replace(explained, `${where}. ${text("parcels.explained", shown)}`);
    replace(list, parcelList(programme.code, now));
  };
  fill(parcels);
  const back = link(programme.code, "overview", { region: region === "" ? null : region });
  replace(
    main,
    element("p", { class: "no-print" }, element("a", { href: back }, text("parcels.back"))),
    heading,
    explained,
    element("div", { class: "two" }, element("section", { class: "card" }, holder), list),
  );
  const draw = await parcelMap(page, holder, parcels, figure);
  page.follow(async () => {
    const now = await ask();
    fill(now);
    draw(now);
    return true;
  });
}
