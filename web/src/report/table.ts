/** The rows of a report; each figure of land opens the parcels that it is made of. */
import { type Child, element } from "../dom";
import { areaM2, whole } from "../format";
import { codeName, type Key, text } from "../language";
import { link } from "../route";
import type { Row } from "../wire";
import type { Asked, Kind } from "./parameters";

export interface Table {
  title: string;
  groups: string[];
  columns: string[];
  rows: Row[];
  total: Row | undefined;
  /** Regions by their codes. */
  names: Map<string, string>;
  /** Where a figure of a row, or of the total, is opened; `null` for those that are of no parcels. */
  opened: (row: Row, column: string, isTotal: boolean) => string | null;
}

/** What of hazardous land there is on a day. */
const STOCKS = ["opening", "closing", "remaining"];
/** Made of parcels that the server lists by no such name. */
const WITHOUT_PARCELS = ["adjustments", "reclassified"];
/** Who released land, which land that is still hazardous has not. */
const OF_RELEASES = ["organisation", "method", "outcome"];

/** The address of the parcels behind a figure: the keys of its row, and all that the report was asked. */
export function parcelsLink(
  programme: string,
  kind: Kind,
  asked: Asked,
  groups: string[],
  row: Row | null,
  column: string,
): string | null {
  const figure = column.replace(/_m2$/, "");
  if (!column.endsWith("_m2") || WITHOUT_PARCELS.includes(figure)) return null;
  if (STOCKS.includes(figure) && groups.some((group) => OF_RELEASES.includes(group))) return null;
  const { group_by, region, level, ...period } = asked;
  const keys =
    row === null ? {} : Object.fromEntries(groups.map((group) => [group, row[group] ?? ""]));
  const byRegion = "region" in keys;
  return link(programme, "parcels", {
    figure,
    region,
    ...period,
    ...keys,
    level: byRegion ? level : null,
    parts: byRegion && level === null ? "false" : null,
    kind,
    by: group_by,
    // The way back, where the row is of another region or level than was asked for.
    of: region,
    rolled: level,
  });
}

function heading(table: Table): HTMLElement {
  return element(
    "tr",
    {},
    table.groups.map((group) => element("th", { scope: "col" }, text(`group.${group}` as Key))),
    table.columns.map((column) =>
      element("th", { scope: "col", class: "number" }, text(`column.${column}` as Key)),
    ),
  );
}

function key(table: Table, row: Row, group: string): string {
  const value = row[group];
  if (value === null || value === undefined)
    return group === "region" ? text("overview.no_region") : text("none");
  return group === "region"
    ? (table.names.get(String(value)) ?? String(row["region_name"] ?? value))
    : codeName(value);
}

function cell(table: Table, row: Row, column: string, name: string, isTotal = false): Child {
  const value = row[column];
  if (typeof value !== "number") return element("td", { class: "number" }, "–");
  const href = value === 0 ? null : table.opened(row, column, isTotal);
  if (href === null) return element("td", { class: "number" }, whole(value));
  const label = `${name}, ${text(`column.${column}` as Key)}: ${areaM2(value)}`;
  const opens = element("a", { href, "aria-label": label }, whole(value));
  return element("td", { class: "number" }, opens);
}

export function reportTable(table: Table): HTMLElement {
  const { title, groups, columns, rows, total } = table;
  const line = (row: Row) => {
    const keys = groups.map((group) => key(table, row, group));
    return element(
      "tr",
      {},
      keys.map((name) => element("th", { scope: "row" }, name)),
      columns.map((column) => cell(table, row, column, keys.join(", "))),
    );
  };
  const totals = (row: Row) => {
    const span = { scope: "row", colspan: Math.max(1, groups.length) };
    return element(
      "tr",
      {},
      element("th", span, text("report.total")),
      columns.map((column) => cell(table, row, column, text("report.total"), true)),
    );
  };
  return element(
    "div",
    { class: "wide", tabindex: 0, role: "group", "aria-label": title },
    element(
      "table",
      { class: "report" },
      element("caption", {}, title),
      element("thead", {}, heading(table)),
      element("tbody", {}, rows.map(line)),
      total !== undefined && element("tfoot", {}, totals(total)),
    ),
  );
}
