/** How the layers of an operator's map are drawn. */
import type * as maplibre from "maplibre-gl";
import { language } from "../language";

/** The source of the operator's map. */
export const SOURCE = "basemap";

type Layer = maplibre.LayerSpecification;
type Fill = Omit<maplibre.FillLayerSpecification, "id">;
type Line = Omit<maplibre.LineLayerSpecification, "id">;
type Names = Omit<maplibre.SymbolLayerSpecification, "id">;
type Look = Fill | Line | Names;

/**
 * How layers of vector tiles are drawn, by what they are called in the usual schemes, the lowest
 * first. What none of the names fits is drawn as thin lines.
 */
const LOOKS: [RegExp, (id: string) => Look[]][] = [
  [/^(earth|land)$/, (id) => [fill(id, "#f6f4ef")]],
  [/landcover|landuse|natural|park/, (id) => [fill(id, "#e3ead8", 0.6)]],
  [/waterway|river/, (id) => [line(id, "#b3cbd6", [8, 0.4, 16, 3])]],
  [/water|ocean|lake/, (id) => [fill(id, "#dbe6ea"), line(id, "#b3cbd6", [8, 0.3, 16, 1.5])]],
  [/building/, (id) => [fill(id, "#ddd8d0")]],
  [
    /road|transport|street|highway|rail|path/,
    (id) => [line(id, "#c2b8a6", [6, 0.3, 12, 1.4, 17, 7])],
  ],
  [/bound|admin|border/, (id) => [line(id, "#9aa4a8", [4, 0.6, 12, 1.4], [4, 2])]],
  [/place|settlement/, (id) => [names(id)]],
];

function fill(id: string, colour: string, opacity = 1): Fill {
  return {
    type: "fill",
    source: SOURCE,
    "source-layer": id,
    filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": colour, "fill-opacity": opacity },
  };
}

/** A line; its width is told in pairs of zoom and pixels. */
function line(id: string, colour: string, widths: number[], dashes?: number[]): Line {
  const width = ["interpolate", ["linear"], ["zoom"], ...widths];
  return {
    type: "line",
    source: SOURCE,
    "source-layer": id,
    filter: ["!=", ["geometry-type"], "Point"],
    paint: {
      "line-color": colour,
      "line-width": width as maplibre.ExpressionSpecification,
      ...(dashes === undefined ? {} : { "line-dasharray": dashes }),
    },
  };
}

function names(id: string): Names {
  return {
    type: "symbol",
    source: SOURCE,
    "source-layer": id,
    layout: {
      "text-field": ["coalesce", ["get", `name:${language()}`], ["get", "name"], ""],
      "text-font": ["Noto"],
      "text-size": 12,
    },
    paint: { "text-color": "#55605f", "text-halo-color": "#ffffff", "text-halo-width": 1.4 },
  };
}

/** The layers for those that a file of vector tiles has. */
export function looks(ids: string[]): Layer[] {
  const rank = (id: string) => {
    const found = LOOKS.findIndex(([name]) => name.test(id));
    return found === -1 ? LOOKS.length : found;
  };
  const sorted = [...ids].sort((one, other) => rank(one) - rank(other));
  return sorted.flatMap((id) => {
    const made = LOOKS[rank(id)]?.[1](id) ?? [line(id, "#b9c1c5", [0, 0.7])];
    return made.map((layer, number) => ({ ...layer, id: `basemap-${id}-${number}` }) as Layer);
  });
}
