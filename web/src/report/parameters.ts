/** What a report is made from: read from the address of the page, and chosen in a form. */
import { element } from "../dom";
import { text } from "../language";
import { regionName } from "../overview/data";
import { go, link } from "../route";
import type { Page } from "../shell";
import type { Items } from "../wire";

export type Kind = "balance" | "progress";

/** Everything that the server makes a report from; what is not chosen is `null`. */
export interface Asked {
  group_by: string;
  level: string | null;
  from: string | null;
  to: string | null;
  region: string | null;
  regions_on: string | null;
  as_of: string | null;
  effective: string | null;
}

export const GROUPS = [
  "region",
  "year",
  "quarter",
  "month",
  "organisation",
  "method",
  "hazard_type",
] as const;

export function kindOf(query: URLSearchParams): Kind {
  return query.get("kind") === "progress" ? "progress" : "balance";
}

export function askedIn(query: URLSearchParams): Asked {
  const group_by = query.get("by") ?? "region";
  const byRegion = group_by.split(",").includes("region");
  return {
    group_by,
    // Progress has no levels, and without regions there is nothing to roll up.
    level: kindOf(query) === "balance" && byRegion ? query.get("level") : null,
    from: query.get("from"),
    to: query.get("to"),
    region: query.get("region"),
    regions_on: query.get("regions_on"),
    as_of: query.get("as_of"),
    effective: query.get("effective"),
  };
}

/** The address of a report, as this viewer writes it. */
export function reportLink(programme: string, kind: Kind, asked: Partial<Asked>): string {
  const { group_by, ...others } = asked;
  return link(programme, "report", { kind, by: group_by, ...others });
}

/** Levels of regions there are, the coarsest first. */
function levelsOf(regions: Items): number[] {
  const levels = regions.features.map((one) => Number(one.properties["level"]));
  return [...new Set(levels.filter(Number.isFinite))].sort((one, other) => one - other);
}

function choice(
  id: string,
  options: (readonly [value: string, name: string])[],
  chosen: string,
): HTMLSelectElement {
  return element(
    "select",
    { id },
    options.map(([value, name]) => element("option", { value, selected: value === chosen }, name)),
  );
}

function regionChoice(regions: Items, chosen: string | null): HTMLSelectElement {
  const named = regions.features
    .map((one) => [String(one.properties["local_id"]), regionName(one.properties)] as const)
    .sort(([, one], [, other]) => one.localeCompare(other));
  return choice("report-region", [["", text("overview.all_regions")], ...named], chosen ?? "");
}

function dayField(id: string, chosen: string | null): HTMLInputElement {
  return element("input", { type: "date", id, value: chosen });
}

/** The form; what it does not show is kept as it was asked. */
export function parameters(page: Page, kind: Kind, asked: Asked, regions: Items): HTMLElement {
  const chosen = new Set(asked.group_by.split(","));
  const kinds = choice(
    "kind",
    (["balance", "progress"] as const).map((one) => [one, text(`report.${one}`)] as const),
    kind,
  );
  const region = regionChoice(regions, asked.region);
  const levels = levelsOf(regions);
  const level = choice(
    "level",
    [["", text("report.finest")], ...levels.map((one) => [String(one), String(one)] as const)],
    asked.level ?? "",
  );
  const [from, to] = [dayField("from", asked.from), dayField("to", asked.to)];
  const effective = dayField("report-effective", asked.effective);
  const asOf = element("input", {
    type: "text",
    id: "as-of",
    value: asked.as_of ?? "",
    placeholder: text("report.now"),
    size: 12,
  });
  const boxes = GROUPS.map((group) =>
    element("input", { type: "checkbox", value: group, checked: chosen.has(group) }),
  );
  const submit = (event: Event) => {
    event.preventDefault();
    const ticked = boxes.filter((box) => box.checked).map((box) => box.value);
    const address = reportLink(page.programme.code, kinds.value as Kind, {
      group_by: ticked.join(",") || "region",
      region: region.value || null,
      level: level.value || null,
      from: from.value || null,
      to: to.value || null,
      regions_on: asked.regions_on,
      effective: effective.value || null,
      as_of: asOf.value.trim() || null,
    });
    if (address === location.hash) window.dispatchEvent(new HashChangeEvent("hashchange"));
    else go(address);
  };
  return element(
    "form",
    {
      class: "card no-print parameters",
      onsubmit: submit,
      "aria-label": text("report.parameters"),
    },
    element(
      "div",
      { class: "fields" },
      element("label", {}, text("report.kind"), kinds),
      element("label", {}, text("region"), region),
      levels.length > 1 && element("label", {}, text("report.level"), level),
      element("label", {}, text("report.from"), from),
      element("label", {}, text("report.to"), to),
      element("label", {}, text("filter.effective"), effective),
      element("label", {}, text("report.as_of"), asOf),
    ),
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
