import { element } from "../dom";
import { areaM2, whole } from "../format";
import { type Key, text } from "../language";
import { link } from "../route";
import type { Row } from "../wire";
import { number } from "./data";

const FIGURES = ["identified", "cancelled", "reduced", "cleared", "remaining"] as const;
const NAMES: Record<(typeof FIGURES)[number], Key> = {
  identified: "figure.identified",
  cancelled: "code.cancelled",
  reduced: "code.reduced",
  cleared: "code.cleared",
  remaining: "figure.remaining",
};

/** Every figure is a link to the parcels it is made of. */
export function regionTable(
  programme: string,
  rows: Row[],
  names: Map<string, string>,
  chosen: string | null,
): HTMLElement {
  let sorted: (typeof FIGURES)[number] | "name" = "remaining";
  const body = element("tbody");
  const name = (row: Row) => (row["region"] === null ? text("overview.no_region") : (names.get(String(row["region"])) ?? String(row["region"])));
  const line = (row: Row) =>
    element(
      "tr",
      { class: row["region"] === chosen ? "chosen" : null },
      element(
        "th",
        { scope: "row" },
        row["region"] === null ? name(row) : element("a", { href: link(programme, "overview", { region: row["region"] }) }, name(row)),
      ),
      FIGURES.map((figure) =>
        element(
          "td",
          { class: "number" },
          number(row, `${figure}_m2`) === 0
            ? "0"
            : element(
                "a",
                {
                  href: link(programme, "parcels", { figure, region: row["region"] ?? "" }),
                  "aria-label": `${name(row)}, ${text(NAMES[figure])}: ${areaM2(number(row, `${figure}_m2`))}`,
                },
                whole(number(row, `${figure}_m2`)),
              ),
        ),
      ),
    );
  const fill = () => {
    const by = (one: Row, other: Row) =>
      sorted === "name" ? name(one).localeCompare(name(other)) : number(other, `${sorted}_m2`) - number(one, `${sorted}_m2`);
    body.replaceChildren(...[...rows].sort(by).map(line));
  };
  const heading = (key: typeof sorted, words: string) => {
    const cell: HTMLElement = element(
      "th",
      { scope: "col", class: key === "name" ? null : "number", "aria-sort": key === sorted ? "descending" : null },
      element(
        "button",
        {
          type: "button",
          class: "plain",
          onclick: () => {
            sorted = key;
            cell.parentElement?.querySelectorAll("th").forEach((one) => one.removeAttribute("aria-sort"));
            cell.setAttribute("aria-sort", key === "name" ? "ascending" : "descending");
            fill();
          },
        },
        words,
      ),
    );
    return cell;
  };
  fill();
  return element(
    "table",
    { class: "regions" },
    element("caption", {}, text("overview.table")),
    element("thead", {}, element("tr", {}, heading("name", text("region")), FIGURES.map((figure) => heading(figure, text(NAMES[figure]))))),
    body,
  );
}
