/** Which records the map shows, for the reader to choose. */
import { drawing, element } from "../dom";
import { text } from "../language";
import { referenceColour, referenceDashes } from "../map/reference";
import { type CollectionDocument, collectionName } from "./collections";

/** Drawn in the server's style, which the legend explains. */
const STYLED = ["hazardous-areas", "land-releases", "activities"];

/** The layers of the programme that have anything to draw. */
export function references(collections: CollectionDocument[]): CollectionDocument[] {
  return collections.filter(
    ({ layer }) => layer !== undefined && (layer.geometry ?? []).length > 0,
  );
}

/** How a layer is drawn, as an entry of the control. */
function symbol({ layer }: CollectionDocument, number: number): SVGSVGElement {
  const colour = referenceColour(number);
  const kinds = layer?.geometry ?? [];
  const dashes = referenceDashes(number)
    .map((length) => length * 2)
    .join(" ");
  const stroke = { stroke: colour, "stroke-width": 2 };
  const line = { ...stroke, "stroke-dasharray": dashes };
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
    { class: "layers no-print", open: window.innerWidth > 1000 && own.length > 0 },
    element("summary", {}, text("layers.title")),
    element(
      "fieldset",
      {},
      element("legend", { class: "hidden" }, text("layers.title")),
      collections.filter(({ id }) => STYLED.includes(id)).map((one) => row(one, null)),
      own.map((one, number) => row(one, symbol(one, number))),
    ),
  );
  const mark = (collection: string) => {
    const box = boxes.get(collection);
    if (box !== undefined) box.checked = true;
  };
  return { root, mark };
}
