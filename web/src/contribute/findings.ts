/** What the check found: in words, on the map, and what can be mended here. */
import type { Geometry, LineString, Polygon } from "geojson";
import { type Child, element, replace } from "../dom";
import { isolated } from "../format";
import { readPositions, writePositions } from "../geo/positions";
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
import type { Finding, Receipt, Schema } from "../wire";
import { axesSwapped, type Draft } from "./draft";
import { propertyField } from "./field";

/** As many as a reader works through; mended ones make room. */
const LISTED = 200;

export interface Desk {
  draft: Draft;
  queryables: Schema;
  show: (spots: Spot[], move?: boolean) => void;
  /** Lets a boundary be dragged; told of every change. */
  drag: (geometry: Polygon | LineString, changed: (geometry: Geometry) => void) => void;
  /** Checks again after something was mended. */
  again: () => void;
}

function isOneRing(geometry: Geometry | null | undefined): geometry is Polygon {
  return geometry?.type === "Polygon" && geometry.coordinates.length === 1;
}

function spotsOf(desk: Desk, finding: Finding): Spot[] {
  const feature = finding.index === undefined ? undefined : desk.draft.features[finding.index];
  const spots: Spot[] = [];
  if (finding.suggestion !== undefined) spots.push({ geometry: finding.suggestion, kind: "after" });
  else if (feature?.geometry) spots.push({ geometry: feature.geometry, kind: "now" });
  if (finding.at !== undefined)
    spots.push({ geometry: { type: "Point", coordinates: finding.at }, kind: "fault" });
  return spots;
}

/** Editing of one boundary: dragged on the map, or typed. */
function boundaryEditor(desk: Desk, index: number, geometry: Polygon): HTMLElement {
  const ring = geometry.coordinates[0] ?? [];
  const field = element("textarea", { rows: 6, spellcheck: "false" });
  field.value = writePositions(ring);
  const notice = element("p", { class: "error", role: "alert" });
  const use = () => {
    const given = readPositions(field.value);
    if ("line" in given) return replace(notice, text("position.unreadable", { line: given.line }));
    desk.draft.setGeometry(index, { type: "Polygon", coordinates: [given.positions] });
    desk.again();
  };
  desk.drag(geometry, (changed) => {
    if (changed.type === "Polygon") field.value = writePositions(changed.coordinates[0] ?? []);
  });
  return element(
    "div",
    { class: "stack" },
    element("label", {}, text("fix.positions"), field),
    notice,
    element("button", { type: "button", onclick: use }, text("fix.use")),
  );
}

function repairs(desk: Desk, finding: Finding, place: HTMLElement): Child[] {
  const index = finding.index;
  const feature = index === undefined ? undefined : desk.draft.features[index];
  if (index === undefined || feature === undefined) return [];
  const button = (words: string, act: () => void) =>
    element("button", { type: "button", class: "quiet", onclick: act }, words);
  const found: Child[] = [];
  const suggestion = finding.suggestion;
  if (suggestion !== undefined) {
    found.push(
      button(text("fix.suggestion"), () => {
        desk.draft.setGeometry(index, suggestion);
        desk.again();
      }),
    );
  }
  const name = /^\/properties\/([^/]+)/.exec(finding.pointer ?? "")?.[1];
  if (name !== undefined) {
    found.push(
      button(text("fix.property", { property: propertyName(name) }), () => {
        const field = propertyField(
          name,
          desk.queryables.properties[name] ?? {},
          feature.properties?.[name],
          false,
          (value) => {
            desk.draft.setProperty(index, name, value);
            desk.again();
          },
        );
        replace(place, field);
        field.querySelector<HTMLElement>("input, select")?.focus();
      }),
    );
  }
  const geometry = feature.geometry;
  if (finding.pointer?.startsWith("/geometry") === true && geometry) {
    if (isOneRing(geometry))
      found.push(
        button(text("fix.boundary"), () => replace(place, boundaryEditor(desk, index, geometry))),
      );
    if (suggestion === undefined) {
      found.push(
        button(text("fix.swap"), () => {
          desk.draft.setGeometry(index, axesSwapped(geometry));
          desk.again();
        }),
      );
    }
  }
  if (finding.severity === "error") {
    found.push(
      button(text("fix.leave_out"), () => {
        desk.draft.remove(index);
        desk.again();
      }),
    );
  }
  return found;
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
      desk.draft.isEditable && repairs(desk, finding, place),
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

export function findings(desk: Desk, receipt: Receipt): Told {
  const { features } = receipt;
  const sorted = [...receipt.findings].sort(
    (one, other) => WEIGHT[one.severity] - WEIGHT[other.severity],
  );
  const listed = sorted.slice(0, LISTED);
  const hidden = sorted.length - listed.length + features.findings_omitted;
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
    element(
      "p",
      { role: "status" },
      text("findings.count", {
        received: features.received,
        accepted: features.accepted,
        errors: features.with_errors,
        warnings: features.with_warnings,
      }),
    ),
    sorted.length === 0 && element("p", {}, text("findings.none")),
    element("ol", { class: "findings" }, cards),
    hidden > 0 && element("p", {}, text("findings.more", { count: hidden })),
  );
  const spots = listed.flatMap(({ at }, number): Spot[] =>
    at === undefined
      ? []
      : [{ geometry: { type: "Point", coordinates: at }, kind: "fault", number }],
  );
  return { root, table: listed.length === 0 ? null : table(listed, reveal), spots, reveal };
}
