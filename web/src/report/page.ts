/** The balance and the progress of a period as a page to print, with all it was made from. */
import "../style/report.css";
import { type Child, element, replace, save } from "../dom";
import { day, instant, isolated, whole } from "../format";
import { type Key, text } from "../language";
import { readRegions, regionName } from "../overview/data";
import { address, read, readCsv } from "../server";
import { type Page, told } from "../shell";
import type { Balance, Row } from "../wire";
import { type Asked, askedIn, type Kind, kindOf, parameters, reportLink } from "./parameters";
import { parcelsLink, reportTable } from "./table";

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

/** What a page has to say to be made again: every parameter, and the revision. */
function origin(
  page: Page,
  kind: Kind,
  asked: Asked,
  answer: Balance,
  names: Map<string, string>,
): HTMLElement {
  const from = answer.made_from ?? {};
  const line = (name: Key, value: Child) => [
    element("dt", {}, text(name)),
    element("dd", {}, value),
  ];
  const end = [asked.to, asked.effective].filter((one) => one !== null).sort()[0];
  const period = `${asked.from ? day(asked.from) : text("report.beginning")} – ${end ? day(end) : text("report.today")}`;
  const by = answer.group_by.map((group) => text(`group.${group}` as Key)).join(", ");
  const made = instant(from["generated_at"] ?? new Date().toISOString());
  const question = address(`/programmes/${page.programme.code}/${kind}`, { ...asked });
  return element(
    "dl",
    { class: "inner origin" },
    line("shell.programme", page.programme.title),
    asked.region !== null && line("region", names.get(asked.region) ?? asked.region),
    line("report.period", period),
    line("report.by", by),
    asked.level !== null && line("report.level", asked.level),
    asked.regions_on !== null && line("report.regions_on", day(asked.regions_on)),
    asked.effective !== null && line("filter.effective", day(asked.effective)),
    line("sent.revision", whole(answer.revision)),
    asked.as_of !== null && line("report.as_of", isolated(asked.as_of)),
    line("report.made", made),
    line("report.address", element("code", { dir: "ltr" }, question)),
  );
}

/** Tells that the figures are older than what is recorded now; they stay as they are until asked. */
function followed(page: Page, notice: HTMLElement, shown: number): void {
  const again = () => window.dispatchEvent(new HashChangeEvent("hashchange"));
  const button = { type: "button", class: "quiet", onclick: again };
  page.follow(async (changes) => {
    const newest = Math.max(shown, ...changes.map((one) => one.revision));
    if (newest === shown) return false;
    const named = { newest: whole(newest), shown: whole(shown) };
    replace(
      notice,
      text("report.newer", named),
      " ",
      element("button", button, text("report.again")),
    );
    return false;
  });
}

export async function show(page: Page): Promise<void> {
  const { programme, main, query, signal } = page;
  const below = `/programmes/${programme.code}`;
  const kind = kindOf(query);
  const asked = askedIn(query);
  const [answer, regions, frozen] = await Promise.all([
    read<Balance>(`${below}/${kind}`, { ...asked }, signal).catch((failure: unknown) =>
      told(failure),
    ),
    readRegions(programme.code, signal),
    read<{ reports: Frozen[] }>(`${below}/reports`, {}, signal).catch(() => ({ reports: [] })),
  ]);
  if (signal.aborted) return;
  replace(main, parameters(page, kind, asked, regions));
  if (typeof answer === "string") {
    main.append(element("p", { class: "error card", role: "alert" }, answer));
    return;
  }
  const names = new Map(
    regions.features.map((one) => [String(one.properties["local_id"]), regionName(one.properties)]),
  );
  const notice = element("p", { class: "changed no-print", role: "status" });
  main.append(notice, sheet(page, kind, asked, answer, names));
  main.append(...published(programme.code, frozen.reports));
  // What was known at a revision does not change.
  if (asked.as_of !== null) return;
  programme.revision = Math.max(programme.revision, answer.revision);
  followed(page, notice, answer.revision);
}

function sheet(
  page: Page,
  kind: Kind,
  asked: Asked,
  answer: Balance,
  names: Map<string, string>,
): HTMLElement {
  const { code } = page.programme;
  const csv = () =>
    void readCsv(`/programmes/${code}/${kind}`, { ...asked }).then((blob) =>
      save(`${code}-${kind}.csv`, blob),
    );
  const opened = (row: Row, column: string, isTotal: boolean) =>
    parcelsLink(code, kind, asked, answer.group_by, isTotal ? null : row, column);
  const { group_by: groups, rows, total } = answer;
  const tabled = (title: Key, columns: string[]) =>
    reportTable({ title: text(title), groups, columns, rows, total, names, opened });
  const buttons = element(
    "span",
    { class: "row no-print" },
    element("button", { type: "button", class: "quiet", onclick: csv }, "CSV"),
    element("button", { type: "button", onclick: () => window.print() }, text("print")),
  );
  const title = text(kind === "balance" ? "report.balance" : "report.progress");
  return element(
    "article",
    { class: "card sheet" },
    element("div", { class: "row spread" }, element("h1", {}, title), buttons),
    origin(page, kind, asked, answer, names),
    rows.length === 0 && element("p", {}, text("report.nothing")),
    rows.length > 0 && tabled("report.areas", COLUMNS[kind]),
    kind === "balance" && element("p", { class: "faint" }, text("report.equation")),
    rows.length > 0 && tabled("report.counts", COUNTS[kind]),
    element("p", { class: "faint" }, text("caveat")),
  );
}

function asPublished(programme: string, { kind, parameters, revision }: Frozen): string {
  const asked = { ...parameters, as_of: String(revision) };
  return reportLink(programme, kind === "progress" ? "progress" : "balance", asked);
}

function published(programme: string, reports: Frozen[]): HTMLElement[] {
  if (reports.length === 0) return [];
  const entry = (one: Frozen) =>
    element(
      "li",
      {},
      one.title,
      ` – ${text("shell.revision", { revision: whole(one.revision) })}, `,
      element("a", { href: asPublished(programme, one) }, text("report.open_as_of")),
    );
  const list = element(
    "section",
    { class: "card no-print" },
    element("h2", {}, text("report.published")),
    element("ul", {}, reports.map(entry)),
  );
  return [list];
}
