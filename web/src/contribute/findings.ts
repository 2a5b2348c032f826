/** What was found in what somebody sends or has sent: in words and on the map. */
import { type Child, element } from "../dom";
import { isolated } from "../format";
import {
  codeName,
  findingSaying,
  findingTitle,
  type Key,
  language,
  propertyName,
  text,
} from "../language";
import type { Spot } from "../map/spot";
import type { Finding, Receipt } from "../wire";
import type { DraftFeature } from "./draft";
import { boundaryMeant } from "./suggestion";

/** As many as a reader works through; mended ones make room. */
const LISTED = 200;

/** Where findings are told. */
export interface Desk {
  /** What the findings are about, as far as it is known here. */
  features: DraftFeature[];
  show: (spots: Spot[], move?: boolean) => void;
  /** What can be done about a finding; nothing where findings are only read. */
  repairs: ((finding: Finding, place: HTMLElement) => Child[]) | null;
}

function spotsOf(desk: Desk, finding: Finding): Spot[] {
  const feature = finding.index === undefined ? undefined : desk.features[finding.index];
  const spots: Spot[] = [];
  const meant = boundaryMeant(finding);
  if (meant !== null) spots.push({ geometry: meant, kind: "after" });
  else if (feature?.geometry) spots.push({ geometry: feature.geometry, kind: "now" });
  if (finding.at !== undefined)
    spots.push({ geometry: { type: "Point", coordinates: finding.at }, kind: "fault" });
  return spots;
}

const PROPERTIES = new Set(["property", "known", "later", "earlier"]);
const CODES = new Set(["outcome", "activity", "method", "reason", "status", "collection"]);

/** The values of a finding as the page names them. */
function valuesOf(finding: Finding): Record<string, string> {
  const named = (name: string, value: string) => {
    if (PROPERTIES.has(name)) return propertyName(value);
    return CODES.has(name) ? codeName(value) : value;
  };
  const values = Object.entries(finding.arguments ?? {});
  return Object.fromEntries(values.map(([name, value]) => [name, isolated(named(name, value))]));
}

/**
 * What is wrong and what to do about it. The server's own words stand below in other languages than
 * English, since they tell details, such as places, that it has in English alone.
 */
function says(finding: Finding): HTMLElement[] {
  const own = element("p", { lang: "en", dir: "ltr" }, finding.message);
  const saying = findingSaying(finding.rule, valuesOf(finding));
  if (saying === undefined) return [own];
  const said = element("p", {}, saying);
  own.classList.toggle("detail", language() !== "en");
  return language() === "en" ? [own, said] : [said, own];
}

/** The record that a finding is about, as people call it. */
function recordOf(finding: Finding): string {
  if (finding.feature !== undefined) return isolated(finding.feature);
  if (finding.index === undefined) return "";
  return text("findings.feature", { number: finding.index + 1 });
}

function titleOf(finding: Finding): string {
  return findingTitle(finding.rule) ?? finding.rule;
}

function badge({ severity }: Finding): HTMLElement {
  return element("span", { class: "badge" }, text(`severity.${severity}`));
}

function card(desk: Desk, finding: Finding): HTMLElement {
  const place = element("div");
  const spots = spotsOf(desk, finding);
  const record = recordOf(finding);
  const heading = element("strong", {}, titleOf(finding));
  const show = { type: "button", class: "quiet", onclick: () => desk.show(spots, true) };
  return element(
    "li",
    { class: `finding ${finding.severity}`, tabindex: -1 },
    element("p", {}, badge(finding), " ", heading, record === "" ? "" : ` – ${record}`),
    says(finding),
    element(
      "div",
      { class: "row" },
      spots.length > 0 && element("button", show, text("findings.show")),
      desk.repairs?.(finding, place),
    ),
    place,
  );
}

/** All findings one a line; each leads to where it is explained and mended. */
function table(listed: Finding[], reveal: (number: number) => void): HTMLElement {
  const keys: Key[] = ["findings.severity", "findings.record", "findings.what"];
  const line = (finding: Finding, number: number) => {
    const opens = { type: "button", class: "plain link", onclick: () => reveal(number) };
    return element(
      "tr",
      { class: finding.severity },
      element("td", {}, badge(finding)),
      element("th", { scope: "row" }, recordOf(finding)),
      element("td", {}, element("button", opens, titleOf(finding))),
    );
  };
  return element(
    "table",
    {},
    element("caption", {}, text("findings.table")),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        keys.map((key) => element("th", { scope: "col" }, text(key))),
      ),
    ),
    element("tbody", {}, listed.map(line)),
  );
}

const WEIGHT = { error: 0, warning: 1, info: 2 } as const;

/** What a check found, as it is shown. */
export interface Told {
  root: HTMLElement;
  /** All of it at a glance; nothing where nothing was found. */
  table: HTMLElement | null;
  /** Where it is on the map, by the places in the list. */
  spots: Spot[];
  /** Leads to one of the list, and to its place. */
  reveal: (number: number) => void;
}

/** What is said of the findings as a whole. */
export interface Summary {
  counts: Child;
  /** That there are more than are listed. */
  more: Key;
}

export function findings(desk: Desk, receipt: Receipt, { counts, more }: Summary): Told {
  const sorted = [...receipt.findings].sort(
    (one, other) => WEIGHT[one.severity] - WEIGHT[other.severity],
  );
  const listed = sorted.slice(0, LISTED);
  const hidden = sorted.length - listed.length + receipt.features.findings_omitted;
  const cards = listed.map((one) => card(desk, one));
  const reveal = (number: number) => {
    const finding = listed[number];
    if (finding === undefined) return;
    cards[number]?.focus();
    desk.show(spotsOf(desk, finding), true);
  };
  const root = element(
    "section",
    {},
    element("h2", { tabindex: -1 }, text("findings.title")),
    counts,
    // Of what was not read nothing is said.
    sorted.length === 0 && !receipt.unreadable && element("p", {}, text("findings.none")),
    element("ol", { class: "findings" }, cards),
    hidden > 0 && element("p", {}, text(more, { count: hidden })),
  );
  const spots = listed.flatMap(({ at }, number): Spot[] =>
    at === undefined
      ? []
      : [{ geometry: { type: "Point", coordinates: at }, kind: "fault", number }],
  );
  return { root, table: listed.length === 0 ? null : table(listed, reveal), spots, reveal };
}
