/** Where the programme stands: figures, map, regions, years. */
import { columns } from "../chart/columns";
import { OUTCOME_COLOURS, REMAINING_COLOUR } from "../chart/palette";
import { figure, takeAway } from "../chart/picture";
import { element, replace } from "../dom";
import { areaM2, areaShort, isolated, percent, whole } from "../format";
import { codeName, type Key, text } from "../language";
import { go, link } from "../route";
import { earlier, type Page } from "../shell";
import { keepButton } from "../offline";
import type { Programme, Progress, Row } from "../wire";
import { type Measure, type RegionMap, regionMap } from "./choropleth";
import {
  type Clocks,
  clocksIn,
  type Figures,
  finest,
  number,
  readFigures,
  readRegions,
  regionName,
  total,
} from "./data";
import { regionCsv, regionTable } from "./regions";
import { carried, everyYear } from "./steps";

const OUTCOMES = ["cancelled", "reduced", "cleared"] as const;

function heading(page: Page, title: string, region: string | null): HTMLElement {
  const clocks = clocksIn(page.query);
  const all = link(page.programme.code, "overview", { ...clocks });
  const report = link(page.programme.code, "report", { region, ...clocks });
  const print = { type: "button", class: "quiet", onclick: () => window.print() };
  return element(
    "div",
    { class: "row spread" },
    element("h1", {}, title),
    element(
      "span",
      { class: "row no-print" },
      region !== null && element("a", { href: all }, text("overview.all_regions")),
      region !== null && element("a", { href: report }, text("report.balance")),
      keepButton(page, null),
      element("button", print, text("print")),
    ),
  );
}

/** What of the page is made from figures, and made anew when they change. */
class Board {
  readonly #headlines = element("div");
  readonly #table = element("div");
  readonly #charts = element("div", { class: "two" });
  readonly #revision = element("p", { class: "faint" });
  #written = "";
  #rows: Row[] = [];

  constructor(
    readonly programme: Programme,
    readonly region: string | null,
    readonly names: Map<string, string>,
    readonly clocks: Clocks,
  ) {}

  fill(figures: Figures): void {
    const { programme, region, names, clocks } = this;
    replace(
      this.#revision,
      text("overview.revision", { revision: whole(figures.byRegion.revision) }),
    );
    const rows = figures.byRegion.rows;
    this.#rows = rows;
    const written = JSON.stringify([rows, figures.byYear.rows, figures.byYearAndOutcome.rows]);
    if (written === this.#written) return;
    this.#written = written;
    const row =
      region === null ? total(figures.byRegion) : rows.find((one) => one["region"] === region);
    replace(this.#headlines, headlines(programme.code, region, clocks, row));
    replace(this.#table, regionTable(programme.code, rows, names, region, clocks));
    replace(
      this.#charts,
      released(
        figures.byYearAndOutcome,
        this.#title("chart.released"),
        this.#of(figures.byYearAndOutcome),
      ),
      burnDown(figures.byYear, this.#title("chart.remaining"), this.#of(figures.byYear)),
    );
  }

  /** The title of a chart, and of which region it is. */
  #title(key: Key): string {
    const { region, names } = this;
    return region === null ? text(key) : `${text(key)} – ${names.get(region) ?? region}`;
  }

  /** What figures are of, as a picture that is taken away says it. */
  #of({ revision }: Progress): string {
    const { programme, clocks } = this;
    const day = clocks.effective && `${text("filter.effective")}: ${isolated(clocks.effective)}`;
    const known = text("shell.revision", { revision: whole(revision) });
    return [programme.title, day, known].filter(Boolean).join(" · ");
  }

  /** The figures of all regions. */
  csv(): Blob {
    return regionCsv(this.#rows, this.names);
  }

  parts(mapped: HTMLElement): HTMLElement[] {
    const scrolled = { class: "card wide", tabindex: 0, "aria-label": text("overview.table") };
    const table = element("section", scrolled, this.#table);
    return [
      this.#headlines,
      element("div", { class: "two" }, mapped, table),
      this.#charts,
      this.#revision,
    ];
  }
}

export async function show(page: Page): Promise<void> {
  const { programme, main, query, signal } = page;
  const region = query.get("region");
  const clocks = clocksIn(query);
  const [figures, regions] = await Promise.all([
    readFigures(programme.code, region, clocks, signal),
    readRegions(programme.code, signal),
  ]);
  programme.revision = Math.max(programme.revision, figures.byRegion.revision);
  const pairs = regions.features.map(
    ({ properties }) => [String(properties["local_id"]), regionName(properties)] as const,
  );
  const names = new Map(pairs);
  const map = element("div", { class: "map", role: "region", "aria-label": text("overview.map") });
  const measure = measureChoice();
  const shown = () => measure.select.selectedOptions[0]?.textContent ?? "";
  let drawing: Promise<RegionMap> | undefined;
  // There from the beginning, so that the map does not change its size when it is drawn.
  const taken = takeAway(
    text("overview.by_region"),
    "by-region",
    async () => (await drawing)?.picture(`${title} – ${shown()}`) ?? new Blob(),
    () => board.csv(),
  );
  const mapped = element(
    "section",
    { class: "card mapped" },
    element(
      "div",
      { class: "row spread" },
      element("h2", {}, text("overview.by_region")),
      measure.label,
    ),
    map,
    taken,
  );
  const title = region === null ? programme.title : (names.get(region) ?? region);
  const board = new Board(programme, region, names, clocks);
  board.fill(figures);
  replace(main, heading(page, title, region), earlier(page.programme), board.parts(mapped));
  drawing = regionMap(map, programme, finest(regions), figures.byRegion, {
    chosen: region,
    names,
    openArea: (id) => go(link(programme.code, "explore", { area: id, ...clocks })),
    open: (code) => go(link(programme.code, "overview", { region: code, ...clocks })),
  });
  const drawn = await drawing;
  if (signal.aborted) return drawn.remove();
  signal.addEventListener("abort", () => drawn.remove());
  measure.select.addEventListener("change", () => drawn.measure(measure.select.value as Measure));
  // What was known at a revision does not change.
  if (clocks.as_of !== null) return;
  page.follow(async (changes) => {
    const now = await readFigures(programme.code, region, clocks, signal);
    if (signal.aborted) return false;
    board.fill(now);
    drawn.changed(now.byRegion, changes);
    return true;
  });
}

function measureChoice(): { label: HTMLElement; select: HTMLSelectElement } {
  const option = (value: Measure, name: string) => element("option", { value }, name);
  const select = element(
    "select",
    { id: "measure" },
    option("remaining_m2", text("figure.remaining")),
    option("released_m2", text("figure.released")),
    option("released_share", text("figure.released_share")),
  );
  const label = element(
    "label",
    {},
    element("span", { class: "hidden" }, text("overview.measure")),
    select,
  );
  return { label, select };
}

function headlines(
  programme: string,
  region: string | null,
  clocks: Clocks,
  row: Row | undefined,
): HTMLElement {
  const opens = (figureName: string, value: number) =>
    element(
      "a",
      {
        href: link(programme, "parcels", { figure: figureName, region, ...clocks }),
        title: areaM2(value),
      },
      areaShort(value),
    );
  const card = (kind: string, name: string, value: Node | string, note: string) =>
    element(
      "div",
      { class: `card figure ${kind}` },
      element("dt", {}, name),
      element("dd", {}, value, element("small", {}, note)),
    );
  const identified = number(row, "identified_m2");
  return element(
    "dl",
    { class: "figures" },
    card(
      "remaining",
      text("figure.remaining"),
      opens("remaining", number(row, "remaining_m2")),
      text("figure.of_identified", { share: percent(number(row, "remaining_m2"), identified) }),
    ),
    OUTCOMES.map((outcome) =>
      card(
        outcome,
        codeName(outcome),
        opens(outcome, number(row, `${outcome}_m2`)),
        text(`figure.${outcome}.how`),
      ),
    ),
    card(
      "identified",
      text("figure.identified"),
      opens("identified", identified),
      text("figure.areas", { count: number(row, "hazardous_areas") }),
    ),
  );
}

function released(progress: Progress, title: string, of: string): HTMLElement {
  const years = everyYear(progress.rows.map((row) => String(row["year"])));
  const value = (year: string, outcome: string) =>
    number(
      progress.rows.find((row) => String(row["year"]) === year && row["outcome"] === outcome),
      `${outcome}_m2`,
    );
  const series = OUTCOMES.map((outcome) => ({
    name: codeName(outcome),
    colour: OUTCOME_COLOURS[outcome],
    values: years.map((year) => value(year, outcome)),
  }));
  const all = series.flatMap((one) => one.values).reduce((sum, one) => sum + one, 0);
  return figure({
    title,
    of,
    name: "released-by-year",
    svg: columns({
      kind: "stacked",
      categories: years,
      series,
      summary: text("chart.released.summary", {
        from: years[0] ?? "",
        to: years.at(-1) ?? "",
        area: areaShort(all),
      }),
    }),
    header: [text("year"), ...series.map((one) => `${one.name} (m²)`)],
    rows: years.map((year, index) => [
      year,
      ...series.map((one) => Math.round(one.values[index] ?? 0)),
    ]),
  });
}

function burnDown(progress: Progress, title: string, of: string): HTMLElement {
  const remaining = new Map(
    progress.rows.map((row) => [String(row["year"]), number(row, "remaining_m2")]),
  );
  const years = everyYear([...remaining.keys()]);
  const values = carried(years, remaining);
  return figure({
    title,
    of,
    name: "remaining-by-year",
    svg: columns({
      kind: "line",
      categories: years,
      series: [{ name: text("figure.remaining"), colour: REMAINING_COLOUR, values }],
      summary: text("chart.remaining.summary", {
        year: years.at(-1) ?? "",
        area: areaShort(values.at(-1) ?? 0),
      }),
    }),
    header: [text("year"), `${text("figure.remaining")} (m²)`],
    rows: years.map((year, index) => [year, Math.round(values[index] ?? 0)]),
  });
}
