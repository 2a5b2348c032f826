/** What the page adds to the server's style: names, which it has the fonts for, and the key to it. */
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import { INK } from "../chart/palette";

/** How everything in a collection is drawn. */
export interface Look {
  colour: string;
  /** In widths of the line; none for a line without gaps. */
  dashes: number[];
}

const NAMES_FROM_ZOOM = 9;

/** How the style draws a collection in which all is drawn alike. */
export function lookOf(style: StyleSpecification, collection: string): Look {
  const line = style.layers.find((layer) => layer.id === `${collection}-line`);
  const paint = line?.type === "line" ? line.paint : undefined;
  const [colour, dashes] = [paint?.["line-color"], paint?.["line-dasharray"]];
  return {
    colour: typeof colour === "string" ? colour : INK,
    dashes: Array.isArray(dashes) ? dashes.map(Number) : [],
  };
}

/** The names of the records of a layer of the programme. */
export function namesLayer(collection: string, colour: string): LayerSpecification {
  return {
    id: `${collection}-names`,
    type: "symbol",
    source: collection,
    "source-layer": collection,
    minzoom: NAMES_FROM_ZOOM,
    layout: {
      "text-field": ["to-string", ["coalesce", ["get", "name"], ""]],
      "text-font": ["Noto"],
      "text-size": 12,
      "text-anchor": "top",
      "text-offset": [0, 0.6],
      "text-optional": true,
    },
    paint: { "text-color": colour, "text-halo-color": "#ffffff", "text-halo-width": 1.6 },
  };
}
