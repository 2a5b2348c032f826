import type { Map as MapLibre } from "maplibre-gl";
import { beforeAll, expect, test, vi } from "vitest";

let RecordTiles: typeof import("../src/map/tiles").RecordTiles;

beforeAll(async () => {
  const nothing = { getItem: () => null };
  for (const store of ["sessionStorage", "localStorage"]) vi.stubGlobal(store, nothing);
  vi.stubGlobal("location", { origin: "http://here" });
  vi.stubGlobal("fetch", async () => Response.json({ version: 8, sources: {}, layers: [] }));
  ({ RecordTiles } = await import("../src/map/tiles"));
});

/** A map whose sources are still loading, as MapLibre's are for a moment: they know no tiles. */
function loadingMap() {
  const asked = new Map<string, string[]>();
  const map = {
    setTransformRequest: () => undefined,
    setSprite: () => undefined,
    addSource: (name: string, { tiles }: { tiles: string[] }) => asked.set(name, [...tiles]),
    getSource: (name: string) => {
      const of = asked.get(name);
      return of && { setTiles: ([tiles = ""]: string[]) => of.push(tiles) };
    },
  };
  return { map: map as unknown as MapLibre, asked };
}

test("other tiles are asked for also while those before still load, and the same are not", async () => {
  const { map, asked } = loadingMap();
  const tiles = await RecordTiles.on(map, "kh");
  const question = { collection: "hazardous-areas" };
  tiles.draw(7, question);
  tiles.draw(7, question);
  tiles.draw(7, { ...question, q: "school" });
  const of = (name: string) => asked.get(`records/${name}`)?.map((url) => url.split("?")[1]);
  expect(of("hazardous-areas")).toEqual(["revision=7", "q=school&revision=7"]);
  expect(of("activities")).toEqual(["revision=7"]);
});
