/** The map under everything: countries of the world from the server itself, and over them what the
 * operator has. Nobody else is asked. */
import type { Feature, FeatureCollection, Geometry, Position } from "geojson";
import * as maplibre from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerAddress from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import arabic from "@fontsource/noto-sans-arabic/files/noto-sans-arabic-arabic-400-normal.woff2?url";
import cyrillic from "@fontsource/noto-sans/files/noto-sans-cyrillic-400-normal.woff2?url";
import latin from "@fontsource/noto-sans/files/noto-sans-latin-400-normal.woff2?url";
import khmer from "@fontsource/noto-sans-khmer/files/noto-sans-khmer-khmer-400-normal.woff2?url";
import { type Box, boxOf, pathsOf, unrolled } from "../geo/measure";
import { language, text } from "../language";
import { signed } from "../server";
import { follow, sized } from "./fit";
import { drawBasemap } from "./operator";

maplibre.setWorkerUrl(workerAddress);

const COUNTRIES = `${import.meta.env.BASE_URL}countries.json`;
let countries: Promise<FeatureCollection> | undefined;

async function readCountries(): Promise<FeatureCollection> {
  const topology = (await (await fetch(COUNTRIES)).json()) as Topology;
  const read = feature(
    topology,
    topology.objects["countries"] as GeometryCollection,
  ) as FeatureCollection;
  for (const ring of read.features.flatMap((one) => pathsOf(one.geometry)))
    ring.splice(0, ring.length, ...unrolled(ring));
  return read;
}

/** The fonts of the page, so that names are drawn with their script's shapes. */
const FONTS = {
  Noto: [
    { url: khmer, "unicode-range": ["U+1780-17FF", "U+19E0-19FF", "U+200B-200D", "U+25CC"] },
    { url: arabic, "unicode-range": ["U+0600-06FF", "U+0750-077F", "U+FB50-FDFF", "U+FE70-FEFF"] },
    { url: cyrillic, "unicode-range": ["U+0400-052F"] },
    { url: latin },
  ],
};

const STYLE: maplibre.StyleSpecification = {
  version: 8,
  "font-faces": FONTS,
  sources: { countries: { type: "geojson", data: { type: "FeatureCollection", features: [] } } },
  layers: [
    { id: "water", type: "background", paint: { "background-color": "#dbe6ea" } },
    { id: "land", type: "fill", source: "countries", paint: { "fill-color": "#f6f4ef" } },
    {
      id: "borders",
      type: "line",
      source: "countries",
      paint: { "line-color": "#a9b2b5", "line-width": 0.8 },
    },
  ],
};

/** Names of the map's own buttons, for people who hear them. */
function words(): Record<string, string> {
  return {
    "NavigationControl.ZoomIn": text("map.zoom_in"),
    "NavigationControl.ZoomOut": text("map.zoom_out"),
    "Map.Title": text("map.title"),
  };
}

/** Makes a map that shows a box. */
export async function baseMap(container: HTMLElement, box: Box): Promise<maplibre.Map> {
  countries ??= readCountries();
  container.setAttribute("aria-busy", "true");
  await sized(container);
  const options = { padding: 16 };
  const map = new maplibre.Map({
    container,
    style: STYLE,
    bounds: box,
    fitBoundsOptions: options,
    trackResize: false,
    attributionControl: { compact: true, customAttribution: "Natural Earth" },
    locale: words(),
    transformRequest: signed,
    dragRotate: false,
    pitchWithRotate: false,
    canvasContextAttributes: { preserveDrawingBuffer: true },
  });
  follow(map, container, { box, options });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibre.ScaleControl({ unit: "metric" }), "bottom-left");
  map.getCanvas().lang = language();
  await new Promise<void>((resolve) => void map.once("load", () => resolve()));
  source(map, "countries").setData(
    await countries.catch(() => ({ type: "FeatureCollection", features: [] })),
  );
  await drawBasemap(maplibre, map).catch(() => undefined);
  container.removeAttribute("aria-busy");
  return map;
}

/** A source of the map that holds GeoJSON; made when it is not there. */
export function source(map: maplibre.Map, name: string): maplibre.GeoJSONSource {
  if (map.getSource(name) === undefined) {
    map.addSource(name, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  }
  return map.getSource(name) as maplibre.GeoJSONSource;
}

/** Draws the borders and names of regions, to find one's way by. */
export function drawRegions(
  map: maplibre.Map,
  regions: FeatureCollection,
  names: (one: Feature) => string,
): void {
  const labels = regions.features.flatMap((one): Feature[] => {
    const coordinates = middleOf(one.geometry);
    if (coordinates === null) return [];
    return [
      {
        type: "Feature",
        geometry: { type: "Point", coordinates },
        properties: { name: names(one) },
      },
    ];
  });
  source(map, "region-outlines").setData(regions);
  source(map, "region-names").setData({ type: "FeatureCollection", features: labels });
  map.addLayer({
    id: "region-outlines",
    type: "line",
    source: "region-outlines",
    paint: { "line-color": "#8b979d", "line-width": 0.8, "line-dasharray": [4, 2] },
  });
  map.addLayer({
    id: "region-names",
    type: "symbol",
    source: "region-names",
    layout: {
      "text-field": ["get", "name"],
      "text-font": ["Noto"],
      "text-size": 13,
      "text-padding": 4,
    },
    paint: { "text-color": "#33434d", "text-halo-color": "#ffffff", "text-halo-width": 1.6 },
  });
}

/** The middle of the widest part, where a name has most room. */
function middleOf(geometry: Geometry): Position | null {
  const boxes = pathsOf(geometry).map((ring) => boxOf([{ type: "LineString", coordinates: ring }]));
  const widest = boxes.reduce(
    (best, box) =>
      box !== null && (best === null || box[2] - box[0] > best[2] - best[0]) ? box : best,
    null,
  );
  return widest === null ? null : [(widest[0] + widest[2]) / 2, (widest[1] + widest[3]) / 2];
}
