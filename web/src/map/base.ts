/** The map under everything: countries of the world from the programme itself, no stranger asked. */
import type { FeatureCollection } from "geojson";
import * as maplibre from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerAddress from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import { language, text } from "../language";

maplibre.setWorkerUrl(workerAddress);

const COUNTRIES = `${import.meta.env.BASE_URL}countries.json`;
let countries: Promise<FeatureCollection> | undefined;

async function readCountries(): Promise<FeatureCollection> {
  const topology = (await (await fetch(COUNTRIES)).json()) as Topology;
  return feature(topology, topology.objects["countries"] as GeometryCollection) as FeatureCollection;
}

const STYLE: maplibre.StyleSpecification = {
  version: 8,
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

/** Makes a map that shows a box (west, south, east, north). */
export async function baseMap(
  container: HTMLElement,
  box: [number, number, number, number],
): Promise<maplibre.Map> {
  countries ??= readCountries();
  const map = new maplibre.Map({
    container,
    style: STYLE,
    bounds: box,
    fitBoundsOptions: { padding: 16 },
    attributionControl: { compact: true, customAttribution: "Natural Earth" },
    locale: words(),
    dragRotate: false,
    pitchWithRotate: false,
    canvasContextAttributes: { preserveDrawingBuffer: true },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibre.ScaleControl({ unit: "metric" }), "bottom-left");
  map.getCanvas().lang = language();
  await new Promise<void>((resolve) => void map.once("load", () => resolve()));
  source(map, "countries").setData(await countries.catch(() => ({ type: "FeatureCollection", features: [] })));
  return map;
}

/** A source of the map that holds GeoJSON; made when it is not there. */
export function source(map: maplibre.Map, name: string): maplibre.GeoJSONSource {
  if (map.getSource(name) === undefined) {
    map.addSource(name, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  }
  return map.getSource(name) as maplibre.GeoJSONSource;
}

/** Draws the borders of regions, thin, to find one's way by. */
export function drawRegions(map: maplibre.Map, regions: FeatureCollection): void {
  source(map, "region-outlines").setData(regions);
  map.addLayer({
    id: "region-outlines",
    type: "line",
    source: "region-outlines",
    paint: { "line-color": "#8b979d", "line-width": 0.8, "line-dasharray": [4, 2] },
  });
}
