import { expect, test } from "vitest";
import { Events, gathered } from "../src/events";
import { looks } from "../src/map/looks";
import { boxOfTile, Pins } from "../src/map/pins";

test("events are put together from however the line cuts them", () => {
  const events = new Events();
  expect(events.take("retry: 3000\nid: 7\n\nid: 8\neve")).toEqual([
    { id: "7", name: "message", data: "" },
  ]);
  expect(events.take('nt: change\ndata: {"revision":8}\n')).toEqual([]);
  expect(events.take("\n: nothing new\nid: 8\n\n")).toEqual([
    { id: "8", name: "change", data: '{"revision":8}' },
    { id: "8", name: "message", data: "" },
  ]);
});

test("what comes close together is handed on together, and nothing is lost meanwhile", async () => {
  const seen: number[][] = [];
  const tell = gathered<number>(5, async (all) => {
    seen.push(all);
    await new Promise((resolve) => setTimeout(resolve, 10));
  });
  tell([1]);
  tell([2, 3]);
  await new Promise((resolve) => setTimeout(resolve, 10));
  tell([4]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(seen).toEqual([[1, 2, 3], [4]]);
});

const tile = (revision: number, more = "") =>
  `http://x/programmes/kh/collections/hazardous-areas/tiles/WebMercatorQuad/8/118/200?${more}revision=${revision}`;
const [west, south, east, north] = boxOfTile(8, 118, 200);

test("a tile that no change has touched is asked for by the name it came by", () => {
  const pins = new Pins();
  expect(pins.pinned(tile(5))).toBe(tile(5));
  pins.touched({ revision: 6, bbox: [west - 3, south - 3, west - 2, south - 2] });
  expect(pins.pinned(tile(6))).toBe(tile(5));
  pins.touched({ revision: 7, bbox: [west, south, east, north] });
  expect(pins.pinned(tile(7))).toBe(tile(7));
});

test("a tile is asked for anew after a change of unknown place, or one that was not told", () => {
  const pins = new Pins();
  pins.pinned(tile(5));
  pins.touched({ revision: 6, bbox: null });
  expect(pins.pinned(tile(6))).toBe(tile(6));
  expect(pins.pinned(tile(8))).toBe(tile(8));
});

test("tiles that fulfil a condition are always of the newest revision", () => {
  const pins = new Pins();
  pins.pinned(tile(5, "q=a&"));
  pins.touched({ revision: 6, bbox: [0, 0, 1, 1] });
  expect(pins.pinned(tile(6, "q=a&"))).toBe(tile(6, "q=a&"));
});

test("layers of an operator's map are drawn from the ground up, unknown ones as lines", () => {
  const found = looks(["places", "roads", "water", "earth", "hazards"]);
  expect(found.map((layer) => `${layer.type} ${layer.id}`)).toEqual([
    "fill basemap-earth-0",
    "fill basemap-water-0",
    "line basemap-water-1",
    "line basemap-roads-0",
    "symbol basemap-places-0",
    "line basemap-hazards-0",
  ]);
});
