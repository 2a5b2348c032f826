/** The versions of a record, and in what two of them differ, as the server tells it. */
import { type Child, element, replace } from "../dom";
import { areaM2, day, instant, isolated } from "../format";
import { codeName, type Key, propertyName, text } from "../language";
import type { Spot } from "../map/spot";
import { read } from "../server";
import { told } from "../shell";
import type { Comparison, Item, Version } from "../wire";
import { value } from "./facts";

type Show = (spots: Spot[], move?: boolean) => void;

/** In what two versions differ, one property a line. */
function differenceTable(found: Comparison): HTMLElement {
  const differs = (name: "state" | "effective_on") =>
    found.changed.includes(name) ? [{ name, before: found.from[name], after: found.to[name] }] : [];
  const rows = [...differs("state"), ...differs("effective_on"), ...found.properties];
  if (rows.length === 0) return element("p", {}, text("versions.same"));
  const keys: Key[] = ["filter.property", "versions.before", "versions.after"];
  const line = (one: { name: string; before: unknown; after: unknown }) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, propertyName(one.name)),
      element("td", {}, value(one.name, one.before)),
      element("td", {}, value(one.name, one.after)),
    );
  return element(
    "table",
    { class: "facts" },
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        keys.map((key) => element("th", { scope: "col" }, text(key))),
      ),
    ),
    element("tbody", {}, rows.map(line)),
  );
}

/** What became of the land, which is also the key to the patterns on the map. */
function landList({ geometry }: Comparison): HTMLElement | null {
  if (geometry.not_compared !== undefined)
    return element("p", { class: "error" }, text("versions.not_compared"));
  const { land } = geometry;
  if (land === undefined) return null;
  const line = (kind: string, name: Key, areaOf: number): Child => [
    element(
      "dt",
      {},
      element("span", { class: `swatch ${kind}`, "aria-hidden": "true" }),
      text(name),
    ),
    element("dd", {}, areaM2(areaOf)),
  ];
  return element(
    "dl",
    { class: "inner land" },
    line("added", "versions.added", land.added.area_m2),
    line("removed", "versions.removed", land.removed.area_m2),
    line("kept", "versions.unchanged", land.unchanged.area_m2),
  );
}

/** The versions at `path` that are to be told apart. */
async function compare(
  path: string,
  before: Version,
  after: Version,
  show: Show,
): Promise<HTMLElement[]> {
  const at = (one: Version) => `${path}/${one.version}`;
  const [found, one, other] = await Promise.all([
    read<Comparison>(at(after), { compare: before.version }),
    read<Item>(at(before)),
    read<Item>(at(after)),
  ]);
  const { land } = found.geometry;
  show(
    [
      { geometry: land?.removed.geometry ?? null, kind: "removed" },
      { geometry: land?.added.geometry ?? null, kind: "added" },
      { geometry: one.geometry, kind: "before" },
      { geometry: other.geometry, kind: "after" },
    ],
    true,
  );
  const parts = [
    element("p", { class: "faint" }, text("versions.drawn")),
    landList(found),
    differenceTable(found),
  ];
  return parts.filter((part) => part !== null);
}

function comparison(path: string, versions: Version[], show: Show): HTMLElement {
  const choice = (chosen: number, key: Key) => {
    const field = element(
      "select",
      {},
      versions.map((one) =>
        element(
          "option",
          { value: one.version, selected: one.version === chosen },
          `${one.version}: ${day(one.effective_on)}`,
        ),
      ),
    );
    return { field, label: element("label", {}, text(key), field) };
  };
  const last = versions.at(-1)?.version ?? 1;
  const before = choice(last - 1, "versions.before");
  const after = choice(last, "versions.after");
  const compared = element("div", { class: "compared", "aria-live": "polite" });
  const chosen = ({ field }: { field: HTMLSelectElement }) =>
    versions.find((one) => one.version === Number(field.value));
  const start = () => {
    const [one, other] = [chosen(before), chosen(after)];
    if (one === undefined || other === undefined) return;
    compare(path, one, other, show).then(
      (parts) => {
        replace(compared, parts);
        compared.scrollIntoView({ block: "nearest" });
      },
      (failure: unknown) => replace(compared, element("p", { class: "error" }, told(failure))),
    );
  };
  const button = element(
    "button",
    { type: "button", class: "quiet", onclick: start },
    text("versions.compare"),
  );
  const row = element("div", { class: "row ends" }, before.label, after.label, button);
  return element("div", {}, row, compared);
}

function entry(one: Version): HTMLElement {
  const when = instant(one.recorded_at);
  // The public is not told who recorded what.
  const recorded =
    one.recorded_by === undefined
      ? text("versions.recorded_at", { when })
      : text("versions.recorded", { when, who: isolated(one.recorded_by) });
  const facts = [
    day(one.effective_on),
    one.area_m2 === null ? "" : areaM2(one.area_m2),
    one.state === "in_force" ? "" : codeName(one.state),
  ].filter((fact) => fact !== "");
  return element(
    "li",
    {},
    element("strong", {}, text("version", { version: one.version })),
    ` · ${facts.join(" · ")}`,
    element("small", { class: "block" }, recorded, one.reason ? ` ${one.reason}` : ""),
  );
}

export function showVersions(
  root: HTMLElement,
  path: string,
  versions: Version[],
  show: Show,
): void {
  replace(
    root,
    element("h2", {}, text("versions.title")),
    element("ul", { class: "versions" }, versions.map(entry)),
    versions.length > 1 && comparison(path, versions, show),
  );
}
