/** From a figure to the land behind it, and from the land to the records. */
import { OUTCOME_COLOURS, REMAINING_COLOUR } from "../chart/palette";
import { type Child, element, replace } from "../dom";
import { areaM2, day, whole } from "../format";
import { boxOf } from "../geo/measure";
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
  const page = cause.collection === "hazardous-areas" ? { area: cause.local_id } : { record: `${cause.collection}/${cause.local_id}` };
  return element("a", { href: link(programme, "explore", page) }, `${cause.local_id} (${text("version", { version: cause.version })})`);
}

function change(programme: string, one: Change): Child {
  const what = one.change === "released" ? codeName(one.outcome) : codeName(one.change);
  return element("li", {}, `${day(one.on)}: ${what} – `, recordLink(programme, one.cause));
}

export async function show(page: Page): Promise<void> {
  const { programme, main, query, signal } = page;
  const figure = query.get("figure") ?? "remaining";
  const region = query.get("region");
  const [parcels, regions] = await Promise.all([
    read<Parcels>(`/programmes/${programme.code}/parcels`, { figure, region, limit: SHOWN, year: query.get("year") }, signal),
    readRegions(programme.code, signal),
  ]);
  const names = new Map(regions.features.map((one) => [String(one.properties["local_id"]), regionName(one.properties)]));
  const where = region === null ? programme.title : (names.get(region) ?? text("overview.no_region"));
  const map = element("div", { class: "map", role: "region", "aria-label": text("parcels.map") });
  replace(
    main,
    element("p", { class: "no-print" }, element("a", { href: link(programme.code, "overview", { region }) }, text("parcels.back"))),
    element("h1", {}, `${text(FIGURE_NAMES[figure] ?? "figure.remaining")}: ${areaM2(parcels.figure_m2)}`),
    element("p", {}, `${where}. ${text("parcels.explained", { count: whole(parcels.features.length), of: whole(parcels.numberMatched) })}`),
    element(
      "div",
      { class: "two" },
      element("section", { class: "card" }, map),
      element(
        "ol",
        { class: "card parcels", tabindex: 0, "aria-label": text("page.parcels") },
        parcels.features.map((one) =>
          element(
            "li",
            {},
            element("strong", {}, areaM2(Number(one.properties["counted_m2"]))),
            ` ${String(one.properties["region_name"] ?? "")}`,
            element("ul", {}, (one.properties["timeline"] as Change[]).map((step) => change(programme.code, step))),
          ),
        ),
      ),
    ),
  );
  const { baseMap, source } = await import("../map/base");
  const box = boxOf(parcels.features.map((one) => one.geometry)) ?? programme.extent.spatial.bbox[0] ?? [-180, -80, 180, 80];
  const drawn = await baseMap(map, box);
  if (signal.aborted) return drawn.remove();
  signal.addEventListener("abort", () => drawn.remove());
  source(drawn, "parcels").setData({ type: "FeatureCollection", features: parcels.features.map((one) => ({ ...one, properties: {} })) });
  const colour = (OUTCOME_COLOURS as Record<string, string>)[figure] ?? REMAINING_COLOUR;
  drawn.addLayer({ id: "parcels", type: "fill", source: "parcels", paint: { "fill-color": colour, "fill-opacity": 0.6 } });
  drawn.addLayer({ id: "parcel-edges", type: "line", source: "parcels", paint: { "line-color": colour, "line-width": 2 } });
}
