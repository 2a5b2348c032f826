/** The properties of a record as people read them. */
import { type Child, element } from "../dom";
import { areaM2, day, decimal } from "../format";
import { codeName, propertyName } from "../language";
import type { Properties } from "../wire";

/** Properties whose values are words of people, and not codes. */
const PLAIN = new Set([
  "local_id",
  "name",
  "organisation",
  "note",
  "team",
  "region",
  "parent",
  "activity",
  "change_reason",
]);

export function value(name: string, content: unknown): Child {
  if (content === null || content === undefined) return "–";
  if (Array.isArray(content))
    return content.length === 0
      ? "–"
      : element(
          "ul",
          {},
          content.map((one) => element("li", {}, value(name, one))),
        );
  if (typeof content === "object") {
    return element(
      "dl",
      { class: "inner" },
      Object.entries(content).flatMap(([key, inner]) => [
        element("dt", {}, propertyName(key)),
        element("dd", {}, value(key, inner)),
      ]),
    );
  }
  if (typeof content === "number")
    return name.endsWith("_m2") ? areaM2(content) : decimal(content, 3);
  if (typeof content === "boolean") return codeName(String(content));
  if (/^\d{4}-\d\d-\d\d$/.test(String(content))) return day(String(content));
  return PLAIN.has(name) || /[A-Z\s]/.test(String(content)) ? String(content) : codeName(content);
}

export function facts(properties: Properties): HTMLElement {
  return element(
    "table",
    { class: "facts" },
    element(
      "tbody",
      {},
      Object.entries(properties).map(([name, content]) =>
        element(
          "tr",
          {},
          element("th", { scope: "row" }, propertyName(name)),
          element("td", {}, value(name, content)),
        ),
      ),
    ),
  );
}
