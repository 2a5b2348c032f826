import { element, save } from "../dom";
import { text } from "../language";
import { png } from "./png";

/** A chart with its title, its data as a table, and the ways to take it away. */
export interface Picture {
  title: string;
  /** What the figures are of: programme, revision. */
  of: string;
  name: string;
  svg: SVGSVGElement;
  header: string[];
  rows: (string | number)[][];
}

/** A table as spreadsheets read it. */
export function csv(header: string[], rows: (string | number)[][]): Blob {
  const quoted = (cell: string | number) => {
    const written = String(cell);
    // A cell that begins so would be run as a formula by spreadsheets.
    const plain =
      typeof cell === "string" && /^[=+\-@\t\r]/.test(written) ? `'${written}` : written;
    return /[",\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  const lines = [header, ...rows].map((cells) => cells.map(quoted).join(","));
  return new Blob([`\ufeff${lines.join("\r\n")}\r\n`], { type: "text/csv" });
}

/** The buttons by which a picture and its figures are taken away. */
export function takeAway(
  title: string,
  name: string,
  picture: () => Promise<Blob>,
  figures: () => Blob,
): HTMLElement {
  const button = (label: string, act: () => void) =>
    element(
      "button",
      { type: "button", class: "quiet", onclick: act, "aria-label": `${label}: ${title}` },
      label,
    );
  return element(
    "div",
    { class: "row no-print" },
    button("PNG", () => void picture().then((blob) => save(`${name}.png`, blob))),
    button("CSV", () => save(`${name}.csv`, figures())),
  );
}

export function figure(picture: Picture): HTMLElement {
  const { title, of, name, svg, header, rows } = picture;
  const table = element(
    "table",
    {},
    element("caption", { class: "hidden" }, title),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        header.map((cell) => element("th", { scope: "col" }, cell)),
      ),
    ),
    element(
      "tbody",
      {},
      rows.map(([first, ...rest]) =>
        element(
          "tr",
          {},
          element("th", { scope: "row" }, first),
          rest.map((cell) => element("td", { class: "number" }, cell)),
        ),
      ),
    ),
  );
  const taken = takeAway(
    title,
    name,
    () => png(svg, title, of),
    () => csv(header, rows),
  );
  return element(
    "figure",
    { class: "card chart" },
    element("figcaption", {}, element("h2", {}, title)),
    svg,
    taken,
    element(
      "details",
      { class: "no-print" },
      element("summary", {}, text("chart.data")),
      element("div", { class: "wide" }, table),
    ),
  );
}
