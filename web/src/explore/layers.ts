/** Which records the map shows, for the reader to choose. */
import { drawing, element } from "../dom";
import { text } from "../language";
import type { Look } from "../map/reference";
import { type CollectionDocument, collectionName, references } from "./collections";

/** What the legend explains. */
const IN_LEGEND = ["hazardous-areas", "land-releases"];
const ACTIVITIES = "activities";

/** How a collection is drawn, as an entry of the control. */
function symbol(kinds: string[], { colour, dashes }: Look): SVGSVGElement {
  const stroke = { stroke: colour, "stroke-width": 2 };
  const gaps = dashes.length === 0 ? null : dashes.map((length) => length * 2).join(" ");
  const line = { ...stroke, "stroke-dasharray": gaps };
  return drawing(
    "svg",
    { width: 22, height: 14, viewBox: "0 0 22 14", "aria-hidden": "true" },
    kinds.includes("area") &&
      drawing("rect", { x: 1, y: 1, width: 20, height: 12, fill: `${colour}1a`, ...line }),
    kinds.includes("line") && drawing("line", { x1: 0, x2: 22, y1: 7, y2: 7, ...line }),
    kinds.includes("point") && drawing("circle", { cx: 11, cy: 7, r: 4, fill: "#fff", ...stroke }),
  );
}

export interface LayerControl {
  root: HTMLElement;
  /** Marks a collection as shown. */
  mark: (collection: string) => void;
}

/** Boxes to tick, one for each collection that can be drawn. */
export function layerControl(
  collections: CollectionDocument[],
  shown: string[],
  lookOf: (collection: string) => Look,
  choose: (collection: string, isShown: boolean) => void,
): LayerControl {
  const boxes = new Map<string, HTMLInputElement>();
  const row = (one: CollectionDocument, picture: SVGSVGElement | null) => {
    const box: HTMLInputElement = element("input", {
      type: "checkbox",
      checked: shown.includes(one.id),
      onchange: () => choose(one.id, box.checked),
    });
    boxes.set(one.id, box);
    return element("label", { class: "check" }, box, picture, collectionName(one));
  };
  const own = references(collections);
  const root = element(
    "details",
    { class: "layers no-print", open: window.innerWidth > 640 },
    element("summary", {}, text("layers.title")),
    element(
      "fieldset",
      {},
      element("legend", { class: "hidden" }, text("layers.title")),
      collections.filter(({ id }) => IN_LEGEND.includes(id)).map((one) => row(one, null)),
      collections
        .filter(({ id }) => id === ACTIVITIES)
        .map((one) => row(one, symbol(["area", "point"], lookOf(one.id)))),
      own.map((one) => row(one, symbol(one.layer?.geometry ?? [], lookOf(one.id)))),
    ),
  );
  const mark = (collection: string) => {
    const box = boxes.get(collection);
    if (box !== undefined) box.checked = true;
  };
  return { root, mark };
}
