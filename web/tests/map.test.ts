import { readFileSync } from "node:fs";
import type { Position } from "geojson";
import type { StyleSpecification } from "maplibre-gl";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import { expect, test } from "vitest";
import { pathsOf } from "../src/geo/measure";
import { anchors, chosenOf, drawn, middles } from "../src/map/items";
import { lookOf, namesLayer } from "../src/map/reference";
import { LAYERS } from "../src/map/spot_layers";
import type { Item } from "../src/wire";

const item = (local_id: string, geometry: Item["geometry"], more = {}): Item => ({
  type: "Feature",
  id: `id-${local_id}`,
  version: 1,
  revision: 1,
  geometry,
  properties: { local_id, ...more },
});
const square = item(
  "A-1",
  {
    type: "Polygon",
    coordinates: [
      [
        [104, 12],
        [104.2, 12],
        [104.2, 12.2],
        [104, 12],
      ],
    ],
  },
  { name: "Invented field", classification: "confirmed", status: "closed" },
);
const road = item("R-1", {
  type: "LineString",
  coordinates: [
    [103, 12],
    [105, 13],
  ],
});
const well = item("W-1", { type: "Point", coordinates: [104.1, 12.1] }, { name: "Invented well" });
const nowhere = item("N-1", null);
const ALL = [square, road, well, nowhere];

const names = (items: Item[]) => items.map((one) => one.properties["local_id"]);

test("of what was kept those in view are chosen that say one of the words", () => {
  expect(names(chosenOf(ALL, [104.15, 12.15, 104.3, 12.3]))).toEqual(["A-1", "R-1"]);
  expect(names(chosenOf(ALL, [100, 10, 110, 20], "invented"))).toEqual(["A-1", "W-1"]);
  expect(names(chosenOf(ALL, [100, 10, 110, 20], "r-1, WELL"))).toEqual(["R-1", "W-1"]);
  expect(chosenOf(ALL, [0, 0, 1, 1])).toEqual([]);
});

test("what was kept is drawn as tiles would draw it, and what lies nowhere is not", () => {
  const { features } = drawn(ALL);
  expect(features.map((one) => one.properties?.["local_id"])).toEqual(["A-1", "R-1", "W-1"]);
  expect(features[0]?.properties).toMatchObject({ classification: "confirmed", closed: true });
});

test("areas have a dot in their middle; lines and points are seen by themselves", () => {
  const dots = middles(drawn(ALL));
  expect(dots.features.map((one) => one.geometry.coordinates)).toEqual([[104.1, 12.1]]);
});

test("areas and points are named where they are, each once", () => {
  const named = anchors(ALL).features.map((one) => one.properties?.["local_id"]);
  expect(named).toEqual(["A-1", "W-1"]);
});

test("no layer of areas takes the edges of areas for areas", () => {
  const fills = LAYERS.filter((layer) => layer.type === "fill");
  expect(fills.length).toBe(2);
  for (const layer of fills)
    expect(JSON.stringify(layer.filter), layer.id).toContain('["geometry-type"],"Polygon"');
});

const STYLE = {
  version: 8,
  sources: {},
  layers: [
    {
      id: "roads-line",
      type: "line",
      source: "programme",
      "source-layer": "roads",
      paint: { "line-color": "#7a5c2e", "line-dasharray": [4, 1.5] },
    },
    {
      id: "paths-line",
      type: "line",
      source: "programme",
      "source-layer": "paths",
      paint: { "line-color": "#5e3c99" },
    },
  ],
} satisfies StyleSpecification;

test("the key of the map shows layers in the colours and dashes of the server's style", () => {
  expect(lookOf(STYLE, "roads")).toEqual({ colour: "#7a5c2e", dashes: [4, 1.5] });
  expect(lookOf(STYLE, "paths")).toEqual({ colour: "#5e3c99", dashes: [] });
  expect(lookOf(STYLE, "rivers").dashes).toEqual([]);
});

test("names of layers are drawn in their colour", () => {
  const layer = namesLayer("roads", "#7a5c2e");
  expect(layer).toMatchObject({ "source-layer": "roads", paint: { "text-color": "#7a5c2e" } });
});

test("the map of countries shows Crimea as part of Ukraine", () => {
  const file = new URL("../public/countries.json", import.meta.url);
  const topology = JSON.parse(readFileSync(file, "utf8")) as Topology;
  const countries = feature(topology, topology.objects["countries"] as GeometryCollection);
  const simferopol = [34.1, 44.95] as const;
  const holds = (ring: Position[]) =>
    ring.reduce((inside, [x = 0, y = 0], number) => {
      const [u = 0, v = 0] = ring.at(number - 1) ?? [];
      const [lon, lat] = simferopol;
      return y > lat !== v > lat && lon < ((u - x) * (lat - y)) / (v - y) + x ? !inside : inside;
    }, false);
  const around = countries.features.filter((one) => pathsOf(one.geometry).some(holds));
  expect(around.map((one) => one.properties)).toEqual([{ code: "UA" }]);
});
