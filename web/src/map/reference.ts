/** How collections that have no style of the server are drawn: the layers of the programme itself. */
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { INK } from "../chart/palette";

type Layer = LayerSpecification & { "source-layer": string };

/** Told apart from each other, and from the colours of hazardous and released land. */
const COLOURS = ["#5e3c99", "#7a5c2e", "#3d5a1f", "#a0527f", "#3b3b3b", "#2f6f73"] as const;
/** Dashes, so that lines of two layers differ in more than colour. */
const DASHES = [[1], [4, 1.5], [1.5, 1.5], [6, 1.5, 1.5, 1.5], [3, 3], [8, 2]] as const;

export function referenceColour(number: number): string {
  return COLOURS[number % COLOURS.length] ?? INK;
}

export function referenceDashes(number: number): number[] {
  return [...(DASHES[number % DASHES.length] ?? [1])];
}

/** The layers of a style for a collection, by its place among those of the programme. */
export function referenceLayers(name: string, number: number): Layer[] {
  const colour = referenceColour(number);
  const dashes = referenceDashes(number);
  const base = { source: name };
  const dot = {
    "circle-color": "#ffffff",
    "circle-radius": ["interpolate", ["linear"], ["zoom"], 5, 2.5, 12, 5],
    "circle-stroke-color": colour,
    "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 5, 1.5, 12, 3],
  } as const;
  const count: ExpressionSpecification = ["ln", ["to-number", ["get", "count"], 1]];
  const isPoint: ExpressionSpecification = ["==", ["geometry-type"], "Point"];
  const isArea: ExpressionSpecification = ["==", ["geometry-type"], "Polygon"];
  const layers = [
    {
      id: `${name}-squares`,
      type: "circle",
      "source-layer": `${name}-squares`,
      paint: {
        "circle-color": colour,
        "circle-opacity": 0.6,
        "circle-radius": ["interpolate", ["linear"], count, 0, 2, 8, 8],
      },
    },
    {
      id: `${name}-fill`,
      type: "fill",
      "source-layer": name,
      filter: isArea,
      paint: { "fill-color": colour, "fill-opacity": 0.1 },
    },
    {
      id: `${name}-line`,
      type: "line",
      "source-layer": name,
      filter: ["!", isPoint],
      paint: { "line-color": colour, "line-width": 2, "line-dasharray": dashes },
    },
    { id: `${name}-points`, type: "circle", "source-layer": `${name}-points`, paint: dot },
    { id: `${name}-positions`, type: "circle", "source-layer": name, filter: isPoint, paint: dot },
    {
      id: `${name}-names`,
      type: "symbol",
      "source-layer": name,
      minzoom: 9,
      layout: {
        "text-field": ["to-string", ["coalesce", ["get", "name"], ""]],
        "text-font": ["Noto"],
        "text-size": 12,
        "text-anchor": "top",
        "text-offset": [0, 0.6],
        "text-optional": true,
      },
      paint: { "text-color": colour, "text-halo-color": "#ffffff", "text-halo-width": 1.6 },
    },
  ];
  return layers.map((layer) => ({ ...layer, ...base }) as Layer);
}
