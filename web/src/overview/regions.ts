import { csv } from "../chart/picture";
import { element } from "../dom";
import { areaM2, whole } from "../format";
import { type Key, text } from "../language";
import { link } from "../route";
import type { Row } from "../wire";
import { type Clocks, number } from "./data";

const FIGURES = ["identified", "cancelled", "reduced", "cleared", "remaining"] as const;
type Figure = (typeof FIGURES)[number];
type Column = Figure | "name";
const NAMES: Record<Figure, Key> = {
  identified: "figure.identified",
  cancelled: "code.cancelled",
  reduced: "code.reduced",
  cleared: "code.cleared",
  remaining: "figure.remaining",
};

/** What the reader sorts by, kept when figures change under the table. */
let sorted: Column = "remaining";

/** Regions with their figures, sorted by one of them; every figure is a link to its parcels. */
class RegionTable {
  readonly root: HTMLElement;
  readonly #body = element("tbody");

  constructor(
    readonly programme: string,
    readonly rows: Row[],
    readonly names: Map<string, string>,
    readonly chosen: string | null,
    readonly clocks: Clocks,
  ) {
    const headings = [
      this.#heading("name", text("region")),
      FIGURES.map((figure) => this.#heading(figure, text(NAMES[figure]))),
    ];
    this.root = element(
      "table",
      { class: "regions" },
      element("caption", {}, text("overview.table")),
      element("thead", {}, element("tr", {}, headings)),
      this.#body,
    );
    this.#fill();
  }

  #name(row: Row): string {
    if (row["region"] === null) return text("overview.no_region");
    return this.names.get(String(row["region"])) ?? String(row["region"]);
  }

  #fill(): void {
    const column = sorted;
    const by = (one: Row, other: Row) =>
      column === "name"
        ? this.#name(one).localeCompare(this.#name(other))
        : number(other, `${column}_m2`) - number(one, `${column}_m2`);
    this.#body.replaceChildren(...[...this.rows].sort(by).map((row) => this.#line(row)));
  }

  #line(row: Row): HTMLElement {
    const { programme, clocks } = this;
    const region = row["region"] ?? null;
    const name =
      region === null
        ? this.#name(row)
        : element(
            "a",
            { href: link(programme, "overview", { region, ...clocks }) },
            this.#name(row),
          );
    return element(
      "tr",
      { class: region === this.chosen ? "chosen" : null },
      element("th", { scope: "row" }, name),
      FIGURES.map((figure) => this.#cell(row, figure)),
    );
  }

  #cell(row: Row, figure: Figure): HTMLElement {
    const value = number(row, `${figure}_m2`);
    if (value === 0) return element("td", { class: "number" }, "0");
    const href = link(this.programme, "parcels", {
      figure,
      region: row["region"] ?? "",
      ...this.clocks,
    });
    const label = `${this.#name(row)}, ${text(NAMES[figure])}: ${areaM2(value)}`;
    const opens = element("a", { href, "aria-label": label }, whole(value));
    return element("td", { class: "number" }, opens);
  }

  #heading(column: Column, words: string): HTMLElement {
    const isName = column === "name";
    const order = isName ? "ascending" : "descending";
    const sort = () => {
      sorted = column;
      for (const other of cell.parentElement?.children ?? []) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", order);
      this.#fill();
    };
    const attributes = {
      scope: "col",
      class: isName ? null : "number",
      "aria-sort": column === sorted ? order : null,
    };
    const button = element("button", { type: "button", class: "plain", onclick: sort }, words);
    const cell = element("th", attributes, button);
    return cell;
  }
}

export function regionTable(
  programme: string,
  rows: Row[],
  names: Map<string, string>,
  chosen: string | null,
  clocks: Clocks,
): HTMLElement {
  return new RegionTable(programme, rows, names, chosen, clocks).root;
}

/** The regions with all their figures, for spreadsheets. */
export function regionCsv(rows: Row[], names: Map<string, string>): Blob {
  const code = (row: Row) => String(row["region"] ?? "");
  const header = [
    text("property.local_id"),
    text("region"),
    ...FIGURES.map((figure) => `${text(NAMES[figure])} (m²)`),
  ];
  const lines = rows.map((row) => [
    code(row),
    names.get(code(row)) ?? text("overview.no_region"),
    ...FIGURES.map((figure) => Math.round(number(row, `${figure}_m2`))),
  ]);
  return csv(header, lines);
}
