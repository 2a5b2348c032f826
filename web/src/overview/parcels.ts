/** From a figure to the land behind it, and from the land to the records. */
import { type Child, element, replace } from "../dom";
import { areaM2, day, isolated } from "../format";
import { codeName, codeTitle, type Key, propertyName, text } from "../language";
import { link } from "../route";
import { read } from "../server";
import type { Page } from "../shell";
import type { Cause, Change, Parcels } from "../wire";
import { readRegions, regionName } from "./data";
import { type ParcelMap, parcelMap } from "./parcel_map";

/** As many as a reader looks through; the sum above them counts all. */
const SHOWN = 200;

/** The keys of a row of figures, and the window that they are of. */
const KEYS = [
  "year",
  "quarter",
  "month",
  "organisation",
  "method",
  "hazard_type",
  "outcome",
  "classification",
] as const;
const OTHERS = ["region", "level", "parts", "from", "to", "regions_on", "as_of", "effective"];

function figureName(figure: string): string {
  return text(`column.${figure}_m2` as Key);
}

/** The way back to the figures, with all that they were asked by. */
function back({ programme, query }: Page): HTMLElement {
  const kept = (...names: string[]) =>
    Object.fromEntries(names.map((name) => [name, query.get(name)]));
  if (query.get("kind") === null) {
    const region = query.get("region") || null;
    const href = link(programme.code, "overview", { region, ...kept("as_of", "effective") });
    return element("a", { href }, text("parcels.back"));
  }
  const period = kept("kind", "by", "from", "to", "regions_on", "as_of", "effective");
  const asked = { ...period, region: query.get("of"), level: query.get("rolled") };
  return element("a", { href: link(programme.code, "report", asked) }, text("parcels.report"));
}

/** What the land is of, besides its region. */
function chosen(query: URLSearchParams): string[] {
  const named = (name: (typeof KEYS)[number]) => {
    const value = query.get(name);
    if (value === null) return [];
    const title = name === "outcome" || name === "classification" ? propertyName(name) : null;
    return [`${title ?? text(`group.${name}` as Key)}: ${isolated(codeName(value))}`];
  };
  const [from, to] = [query.get("from"), query.get("to")];
  const [effective, as_of] = [query.get("effective"), query.get("as_of")];
  return [
    ...KEYS.flatMap(named),
    from !== null || to !== null
      ? `${text("report.period")}: ${from === null ? text("report.beginning") : day(from)} – ${to === null ? text("report.today") : day(to)}`
      : "",
    effective === null ? "" : `${text("filter.effective")}: ${day(effective)}`,
    as_of === null ? "" : `${text("report.as_of")}: ${isolated(as_of)}`,
  ].filter((words) => words !== "");
}

function recordLink(page: Page, cause: Cause): Child {
  const { programme, query } = page;
  const clocks = { as_of: query.get("as_of"), effective: query.get("effective") };
  const record =
    cause.collection === "hazardous-areas"
      ? { area: cause.local_id }
      : { record: `${cause.collection}/${cause.local_id}` };
  return element(
    "a",
    { href: link(programme.code, "explore", { ...record, ...clocks }) },
    `${cause.local_id} (${text("version", { version: cause.version })})`,
  );
}

function change(page: Page, one: Change): Child {
  const what = codeTitle(String(one.change === "released" ? one.outcome : one.change));
  return element("li", {}, `${day(one.on)}: ${what} – `, recordLink(page, one.cause));
}

function parcelList(page: Page, parcels: Parcels, show: (number: number) => void): HTMLElement {
  const entry = (one: Parcels["features"][number], number: number) => {
    const timeline = one.properties["timeline"] as Change[];
    return element(
      "li",
      {},
      element("strong", {}, areaM2(Number(one.properties["counted_m2"]))),
      ` ${String(one.properties["region_name"] ?? "")} `,
      element(
        "button",
        { type: "button", class: "plain link no-print", onclick: () => show(number) },
        text("parcels.show"),
      ),
      element(
        "ul",
        {},
        timeline.map((step) => change(page, step)),
      ),
    );
  };
  const attributes = { class: "card parcels", tabindex: 0, "aria-label": text("page.parcels") };
  return element("ol", attributes, parcels.features.map(entry));
}

export async function show(page: Page): Promise<void> {
  const { programme, main, query, signal } = page;
  const figure = query.get("figure") ?? "remaining";
  const region = query.get("region");
  const given = [...KEYS, ...OTHERS].map((name) => [name, query.get(name)] as const);
  const asked = { figure, limit: SHOWN, ...Object.fromEntries(given) };
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
  const [heading, about, explained] = [element("h1"), element("p"), element("p")];
  const list = element("div");
  let map: ParcelMap | undefined;
  const fill = (now: Parcels) => {
    const name = figureName(figure);
    const shown = { count: now.features.length, of: now.numberMatched };
    replace(heading, `${name}: ${areaM2(now.figure_m2)}`);
    replace(about, [where, ...chosen(query)].join(" · "));
    replace(explained, text("parcels.explained", shown));
    replace(
      list,
      parcelList(page, now, (number) => map?.show(number)),
    );
  };
  fill(parcels);
  replace(
    main,
    element("p", { class: "no-print" }, back(page)),
    heading,
    about,
    explained,
    element("div", { class: "two" }, element("section", { class: "card mapped" }, holder), list),
  );
  map = await parcelMap(page, holder, parcels, regions, (number) => {
    const entries = [...list.querySelectorAll(".parcels > li")];
    entries.forEach((entry, place) => entry.classList.toggle("chosen", place === number));
    entries[number]?.scrollIntoView({ block: "nearest" });
  });
  // What was known at a revision does not change.
  if (query.get("as_of") !== null) return;
  page.follow(async () => {
    const now = await ask();
    fill(now);
    map.draw(now);
    return true;
  });
}
