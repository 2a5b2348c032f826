/** The balance and the progress of a period as a page to print, with all it was made from. */
import "../style/report.css";
import { type Child, element, replace, save } from "../dom";
import { day, instant, whole } from "../format";
import { codeName, type Key, text } from "../language";
import { readRegions, regionName } from "../overview/data";
import { link, note } from "../route";
import { address, read, readCsv } from "../server";
import { type Page, told } from "../shell";
import type { Balance, Row } from "../wire";

type Kind = "balance" | "progress";

const GROUPS = [
  "region",
  "year",
  "quarter",
  "month",
  "organisation",
  "method",
  "hazard_type",
] as const;
const COLUMNS: Record<Kind, string[]> = {
  balance: [
    "opening_m2",
    "newly_identified_m2",
    "recontaminated_m2",
    "reclassified_m2",
    "cancelled_m2",
    "reduced_m2",
    "cleared_m2",
    "adjustments_m2",
    "closing_m2",
  ],
  progress: [
    "opening_m2",
    "identified_m2",
    "cancelled_m2",
    "reduced_m2",
    "cleared_m2",
    "adjusted_m2",
    "remaining_m2",
    "outside_m2",
    "overlapping_m2",
  ],
};
const COUNTS: Record<Kind, string[]> = {
  balance: [
    "areas_open_at_opening",
    "areas_identified",
    "areas_closed",
    "areas_open_at_closing",
    "items_found",
    "items_destroyed",
  ],
  progress: ["hazardous_areas", "releases"],
};

interface Frozen {
  report: string;
  title: string;
  kind: string;
  revision: number;
  parameters: Record<string, string>;
}

function columnName(column: string): string {
  return text(`column.${column}` as Key);
}

function cell(row: Row, column: string): Child {
  const value = row[column];
  return element("td", { class: "number" }, typeof value === "number" ? whole(value) : "–");
}

function table(
  title: string,
  groups: string[],
  columns: string[],
  rows: Row[],
  total: Row | undefined,
  names: Map<string, string>,
): HTMLElement {
  const key = (row: Row, group: string) => {
    const value = row[group];
    if (value === null || value === undefined)
      return group === "region" ? text("overview.no_region") : text("none");
    return group === "region"
      ? (names.get(String(value)) ?? String(row["region_name"] ?? value))
      : codeName(value);
  };
  return element(
    "div",
    { class: "wide", tabindex: 0, role: "group", "aria-label": title },
    element(
      "table",
      { class: "report" },
      element("caption", {}, title),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          groups.map((group) => element("th", { scope: "col" }, text(`group.${group}` as Key))),
          columns.map((column) =>
            element("th", { scope: "col", class: "number" }, columnName(column)),
          ),
        ),
      ),
      element(
        "tbody",
        {},
        rows.map((row) =>
          element(
            "tr",
            {},
            groups.map((group) => element("th", { scope: "row" }, key(row, group))),
            columns.map((column) => cell(row, column)),
          ),
        ),
      ),
      total !== undefined &&
        element(
          "tfoot",
          {},
          element(
            "tr",
            {},
            element(
              "th",
              { scope: "row", colspan: Math.max(1, groups.length) },
              text("report.total"),
            ),
            columns.map((column) => cell(total, column)),
          ),
        ),
    ),
  );
}

/** What a page has to say to be made again: every parameter, and the revision. */
function origin(
  page: Page,
  kind: Kind,
  query: Record<string, string | null>,
  answer: Balance,
): HTMLElement {
  const from = answer.made_from ?? {};
  const line = (name: string, value: Child) => [element("dt", {}, name), element("dd", {}, value)];
  const period = `${query["from"] ? day(query["from"]) : text("report.beginning")} – ${query["to"] ? day(query["to"]) : text("report.today")}`;
  return element(
    "dl",
    { class: "inner origin" },
    line(text("shell.programme"), page.programme.title),
    line(text("report.period"), period),
    line(
      text("report.by"),
      answer.group_by.map((group) => text(`group.${group}` as Key)).join(", "),
    ),
    line(text("sent.revision"), whole(answer.revision)),
    query["as_of"] ? line(text("report.as_of"), query["as_of"]) : null,
    line(text("report.made"), instant(from["generated_at"] ?? new Date().toISOString())),
    line(
      text("report.address"),
      element("code", {}, address(`/programmes/${page.programme.code}/${kind}`, query)),
    ),
  );
}

export async function show(page: Page): Promise<void> {
  const { programme, main, query, signal } = page;
  const below = `/programmes/${programme.code}`;
  const kind: Kind = query.get("kind") === "progress" ? "progress" : "balance";
  const asked = {
    group_by: query.get("by") ?? "region",
    from: query.get("from"),
    to: query.get("to"),
    as_of: query.get("as_of"),
  };
  const [answer, regions, frozen] = await Promise.all([
    read<Balance>(`${below}/${kind}`, asked, signal).catch((failure: unknown) => told(failure)),
    readRegions(programme.code, signal),
    read<{ reports: Frozen[] }>(`${below}/reports`, {}, signal).catch(() => ({ reports: [] })),
  ]);
  const names = new Map(
    regions.features.map((one) => [String(one.properties["local_id"]), regionName(one.properties)]),
  );
  const title = text(kind === "balance" ? "report.balance" : "report.progress");
  replace(main, parameters(page, kind, asked));
  if (typeof answer === "string") {
    main.append(element("p", { class: "error card", role: "alert" }, answer));
    return;
  }
  const csv = () =>
    void readCsv(`${below}/${kind}`, asked).then((blob) =>
      save(`${programme.code}-${kind}.csv`, blob),
    );
  main.append(
    element(
      "article",
      { class: "card sheet" },
      element(
        "div",
        { class: "row spread" },
        element("h1", {}, title),
        element(
          "span",
          { class: "row no-print" },
          element("button", { type: "button", class: "quiet", onclick: csv }, "CSV"),
          element("button", { type: "button", onclick: () => window.print() }, text("print")),
        ),
      ),
      origin(page, kind, asked, answer),
      table(text("report.areas"), answer.group_by, COLUMNS[kind], answer.rows, answer.total, names),
      kind === "balance" && element("p", { class: "faint" }, text("report.equation")),
      table(text("report.counts"), answer.group_by, COUNTS[kind], answer.rows, answer.total, names),
      element("p", { class: "faint" }, text("caveat")),
    ),
    ...published(programme.code, frozen.reports),
  );
}

function parameters(page: Page, kind: Kind, asked: Record<string, string | null>): HTMLElement {
  const chosen = new Set((asked["group_by"] ?? "").split(","));
  const kinds = element(
    "select",
    { id: "kind" },
    (["balance", "progress"] as const).map((one) =>
      element("option", { value: one, selected: one === kind }, text(`report.${one}`)),
    ),
  );
  const [from, to] = ["from", "to"].map((name) =>
    element("input", { type: "date", id: name, value: asked[name] ?? "" }),
  );
  const asOf = element("input", {
    type: "text",
    id: "as-of",
    value: asked["as_of"] ?? "",
    placeholder: text("report.now"),
    size: 12,
  });
  const boxes = GROUPS.map((group) =>
    element("input", { type: "checkbox", value: group, checked: chosen.has(group) }),
  );
  const submit = (event: Event) => {
    event.preventDefault();
    const by = boxes
      .filter((box) => box.checked)
      .map((box) => box.value)
      .join(",");
    const query = {
      kind: kinds.value,
      by: by || null,
      from: from?.value || null,
      to: to?.value || null,
      as_of: asOf.value.trim() || null,
    };
    location.hash = link(page.programme.code, "report", query);
    note({});
  };
  return element(
    "form",
    {
      class: "card row no-print parameters",
      onsubmit: submit,
      "aria-label": text("report.parameters"),
    },
    element("label", {}, text("report.kind"), kinds),
    element("label", {}, text("report.from"), from),
    element("label", {}, text("report.to"), to),
    element("label", {}, text("report.as_of"), asOf),
    element(
      "fieldset",
      {},
      element("legend", {}, text("report.by")),
      element(
        "div",
        { class: "row" },
        GROUPS.map((group, index) =>
          element("label", { class: "check" }, boxes[index], text(`group.${group}`)),
        ),
      ),
    ),
    element("button", { type: "submit" }, text("report.show")),
  );
}

function asPublished(programme: string, { kind, parameters, revision }: Frozen): string {
  const { group_by: by, from, to } = parameters;
  return link(programme, "report", { kind, by, from, to, as_of: revision });
}

function published(programme: string, reports: Frozen[]): HTMLElement[] {
  if (reports.length === 0) return [];
  const list = element(
    "section",
    { class: "card no-print" },
    element("h2", {}, text("report.published")),
    element(
      "ul",
      {},
      reports.map((one) =>
        element(
          "li",
          {},
          one.title,
          ` – ${text("shell.revision", { revision: whole(one.revision) })}, `,
          element("a", { href: asPublished(programme, one) }, text("report.open_as_of")),
        ),
      ),
    ),
  );
  return [list];
}
